/* internal.h: what the files of cpu/ share and nobody else needs.
 *
 * How a cold instruction (op_name in x86.def) is written:
 *  - it runs with c->s.eip = its own EIP, c->fr/fc = flags before it, clock->now exact, c->cur = i;
 *  - compute, check, then commit: raise() may be called until the first visible change;
 *  - returning normally falls through to the next instruction; cpu_jump() goes elsewhere;
 *  - what changes mode, mapping, CPL, segments or interrupt state sets ATT_* through the helpers
 *    below. */
#ifndef GLASS86_CPU_INTERNAL_H
#define GLASS86_CPU_INTERNAL_H

#include "cpu/cold.h"
#include "cpu/cpu.h"

/* ---- faults (fault.c) ------------------------------------------------------------------------ */

enum {
    EX_DE,
    EX_DB,
    EX_NMI,
    EX_BP,
    EX_OF,
    EX_BR,
    EX_UD,
    EX_NM,
    EX_DF,
    EX_MP,
    EX_TS,
    EX_NP,
    EX_SS,
    EX_GP,
    EX_PF,
    EX_MF = 16,
    EX_AC,
    EX_MC
};

/* Abandons the current instruction and delivers the exception; does not return. The first form
 * is for vectors without an error code. The 8086 knows only DE, DB, BP, OF. */
_Noreturn void raise_ex(Cpu *c, int vector);
_Noreturn void raise_err(Cpu *c, int vector, u32 error);
_Noreturn void raise_pf(Cpu *c, u32 la, u32 error); /* sets CR2 */

/* Called by cpu_run() after a longjmp: delivers the pending fault at the current s.eip, turns a
 * fault during delivery into #DF and a fault during that into shutdown (s.shutdown). */
void fault_deliver(Cpu *c);

/* Delivers through IVT, gate or task gate (flow.c). soft: INT n, INT3, INTO (checks gate DPL);
 * return_eip: the EIP to push. May raise. */
void interrupt(Cpu *c, int vector, bool soft, bool has_error, u32 error, u32 return_eip);

/* The 286 leaves other register values than those before a string iteration that faults
 * (string.c). Called by cpu_run() before the delivery. */
void string_fault_286(Cpu *c);

/* #DE of the current instruction; the 8086 returns behind it, later models to it (legacy.c). */
_Noreturn void divide_error(Cpu *c, const Insn *i);

/* ---- register access ------------------------------------------------------------------------- */

static inline u8 *reg8(Cpu *c, u8 off)
{
    return (u8 *)c + off;
}
static inline u16 *reg16(Cpu *c, u8 off)
{
    return (u16 *)((u8 *)c + off);
}
static inline u32 *reg32(Cpu *c, u8 off)
{
    return (u32 *)((u8 *)c + off);
}
#define EAX (c->s.r[0])
#define ECX (c->s.r[1])
#define EDX (c->s.r[2])
#define EBX (c->s.r[3])
#define ESP (c->s.r[4])
#define EBP (c->s.r[5])
#define ESI (c->s.r[6])
#define EDI (c->s.r[7])
#define AX (*reg16(c, REG_EAX))
#define CX (*reg16(c, REG_ECX))
#define DX (*reg16(c, REG_EDX))
#define AL (*reg8(c, REG_EAX))
#define AH (*reg8(c, REG_EAX + 1))
#define CL (*reg8(c, REG_ECX))

static inline bool op32(const Insn *i)
{
    return i->flags & INSN_OP32;
}
static inline bool ad32(const Insn *i)
{
    return i->flags & INSN_AD32;
}
static inline int osize(const Insn *i) /* operand size in bytes: 2 or 4 */
{
    return op32(i) ? 4 : 2;
}

/* Effective address (offset in i->seg), wrapped to the address size. */
static inline u32 insn_ea(Cpu *c, const Insn *i)
{
    u32 ea = *reg32(c, i->base) + (*reg32(c, i->index) << (i->flags / INSN_SCALE)) + i->disp;
    return ad32(i) ? ea : (u16)ea;
}

/* General register of `size` bytes; writing 1 or 2 bytes leaves the rest alone. */
static inline u32 reg_get(Cpu *c, u8 off, int size)
{
    return size == 1 ? *reg8(c, off) : size == 2 ? *reg16(c, off) : *reg32(c, off);
}
static inline void reg_set(Cpu *c, u8 off, int size, u32 v)
{
    if (size == 1)
        *reg8(c, off) = (u8)v;
    else if (size == 2)
        *reg16(c, off) = (u16)v;
    else
        *reg32(c, off) = v;
}

/* ---- flags ----------------------------------------------------------------------------------- */

static inline u32 get_arith_flags(const Cpu *c) /* OSZAPC at their places */
{
    return flags_get(c->fr, c->fc);
}
static inline void set_arith_flags(Cpu *c, u32 f)
{
    flags_set(f, &c->fr, &c->fc);
}
/* All of EFLAGS as PUSHF sees it (VM and RF included; bit 1 set; 8086: bits 12-15 set). */
u32 get_eflags(Cpu *c);
/* Writes the bits of `mask`; takes care of interrupt recognition, TF and VM derived state. */
void set_eflags(Cpu *c, u32 value, u32 mask);

/* ---- memory (mem.c): full checks, raise on fault. seg is SEG_*, size 1, 2 or 4 --------------- */

u32 mem_read_checked(Cpu *c, int seg, u32 off, int size);
void mem_write_checked(Cpu *c, int seg, u32 off, int size, u32 v);

static inline u32 mem_read(Cpu *c, int seg, u32 off, int size)
{
    const Seg *s = &c->s.seg[seg];
    u32 la = s->base + off;
    const TlbEntry *e = tlb_entry(c->rtlb, la);
    if (likely((u64)off + (u32)size <= s->rend && tlb_hit(e, la, (u32)size) && !c->align_check))
        return load_le((const u8 *)(e->addend + la), size);
    return mem_read_checked(c, seg, off, size);
}

static inline void mem_write(Cpu *c, int seg, u32 off, int size, u32 v)
{
    const Seg *s = &c->s.seg[seg];
    u32 la = s->base + off;
    const TlbEntry *e = tlb_entry(c->wtlb, la);
    if (likely((u64)off + (u32)size <= s->wend && tlb_hit(e, la, (u32)size) && !tlb_code(e, la) &&
               !c->align_check && !c->idle))
        store_le((u8 *)(e->addend + la), size, v);
    else
        mem_write_checked(c, seg, off, size, v);
}
/* Read for a read-modify-write: checks for writing first, so that the write that follows cannot
 * fault. */
u32 mem_read_rmw(Cpu *c, int seg, u32 off, int size);
/* Raises what a write would raise, without writing. */
void mem_probe_write(Cpu *c, int seg, u32 off, u32 size);
void mem_probe_read(Cpu *c, int seg, u32 off, u32 size);
/* Linear address after the segment checks of an access of `size` bytes (any number > 0); raises
 * #GP/#SS. */
u32 seg_linear(Cpu *c, int seg, u32 off, u32 size, bool write);
/* The same checks without raising. */
bool seg_allows(Cpu *c, int seg, u32 off, u32 size, bool write);
/* By linear address: `user` = paging checks as CPL 3. */
u32 lin_read_checked(Cpu *c, u32 la, int size, bool user);
void lin_write_checked(Cpu *c, u32 la, int size, u32 v, bool user);

static inline u32 lin_read(Cpu *c, u32 la, int size, bool user)
{
    const TlbEntry *e = tlb_entry(c->mmu.tlb[user][0], la);
    if (likely(tlb_hit(e, la, (u32)size)))
        return load_le((const u8 *)(e->addend + la), size);
    return lin_read_checked(c, la, size, user);
}

static inline void lin_write(Cpu *c, u32 la, int size, u32 v, bool user)
{
    const TlbEntry *e = tlb_entry(c->mmu.tlb[user][1], la);
    if (likely(tlb_hit(e, la, (u32)size) && !tlb_code(e, la) && !c->idle))
        store_le((u8 *)(e->addend + la), size, v);
    else
        lin_write_checked(c, la, size, v, user);
}
/* System structures (descriptor tables, TSS): paging checks as supervisor. */
static inline u32 sys_read(Cpu *c, u32 la, int size)
{
    return lin_read(c, la, size, false);
}
static inline void sys_write(Cpu *c, u32 la, int size, u32 v)
{
    lin_write(c, la, size, v, false);
}
void sys_probe(Cpu *c, u32 la, u32 size, bool write);

/* A watched page was touched (debug.c): data breakpoints and the debugger's watches. */
void watch_access(Cpu *c, u32 la, int size, bool write, u32 value);

/* Called for each plain memory write while c->idle is set (idle.c). */
void idle_note_write(Cpu *c, u8 *host, int size);
/* Called for each IN: a loop that polls a port may wait for something, too. */
void idle_note_read(Cpu *c, u16 port, int size);
/* A device was touched. */
static inline void idle_impure(Cpu *c)
{
    if (unlikely(c->idle != NULL))
        c->idle->impure = true;
}

/* The E/M/O operand, register or memory. The caller says which register field it would be in. */
static inline u32 src_read(Cpu *c, const Insn *i, int size)
{
    return i->flags & INSN_MEM ? mem_read(c, i->seg, insn_ea(c, i), size)
                               : reg_get(c, i->src, size);
}
static inline u32 dst_read(Cpu *c, const Insn *i, int size)
{
    return i->flags & INSN_MEM ? mem_read(c, i->seg, insn_ea(c, i), size)
                               : reg_get(c, i->dst, size);
}
static inline u32 dst_read_rmw(Cpu *c, const Insn *i, int size)
{
    return i->flags & INSN_MEM ? mem_read_rmw(c, i->seg, insn_ea(c, i), size)
                               : reg_get(c, i->dst, size);
}
static inline void dst_write(Cpu *c, const Insn *i, int size, u32 v)
{
    if (i->flags & INSN_MEM)
        mem_write(c, i->seg, insn_ea(c, i), size, v);
    else
        reg_set(c, i->dst, size, v);
}

/* ---- stack (mem.c): SS:SP by SS.B, wrap as the model does ------------------------------------ */

/* ESP moved by delta under the stack-size mask, not stored. */
static inline u32 sp_add(Cpu *c, s32 delta)
{
    return (ESP & ~c->sp_mask) | ((ESP + (u32)delta) & c->sp_mask);
}
/* one item; ESP changes only if the write did not fault */
void push(Cpu *c, int size, u32 v);
u32 pop(Cpu *c, int size);                 /* one item */
static inline u32 stack_peek(Cpu *c, u32 delta, int size) /* item at SP + delta, ESP unchanged */
{
    return mem_read(c, SEG_SS, (ESP + delta) & c->sp_mask, size);
}
/* The top `bytes` of the stack in host memory, if they are plain memory in one page; else NULL. */
static inline const u8 *stack_top(const Cpu *c, u32 bytes)
{
    const Seg *s = &c->s.seg[SEG_SS];
    u32 sp = c->s.r[4] & c->sp_mask, la = s->base + sp;
    const TlbEntry *e = &c->rtlb[la >> 12 & (TLB_SIZE - 1)];
    if (c->sp_mask - sp < bytes - 1 || (u64)sp + bytes > s->rend || !tlb_hit(e, la, bytes) ||
        c->align_check)
        return NULL;
    return (const u8 *)(e->addend + la);
}

/* ---- control flow ---------------------------------------------------------------------------- */

/* Continue at `eip` (in the current CS) instead of falling through. */
static inline void cpu_jump(Cpu *c, u32 eip)
{
    c->s.eip = eip;
    c->attention |= ATT_FLOW;
}
static inline u32 next_eip(const Cpu *c, const Insn *i)
{
    return c->s.eip + i->len;
}
/* I/O permission: IOPL in protected mode, the TSS bitmap above it and in V86; raises #GP(0)
 * (task.c). */
void io_check(Cpu *c, u16 port, int size);
/* Raises #GP(0) unless eip lies within the (new) code segment `cs`. */
void check_eip(Cpu *c, const Seg *cs, u32 eip);

/* ---- segments (seg.c) ------------------------------------------------------------------------ */

static inline bool real_or_v86(const Cpu *c)
{
    return !(c->s.cr0 & CR0_PE) || c->s.eflags & VM;
}
static inline bool v86(const Cpu *c)
{
    return c->s.eflags & VM;
}
static inline bool protected_mode(const Cpu *c)
{
    return !real_or_v86(c);
}
static inline u32 iopl(const Cpu *c)
{
    return c->s.eflags >> 12 & 3;
}

/* Everything derived from segment caches: rend/wend, sp_mask, code mode. Call after changing a
 * cache directly. */
void seg_update(Cpu *c, int seg);
/* MOV/POP/Lxx to ES SS DS FS GS in the current mode, with all checks. */
void seg_load(Cpu *c, int seg, u16 sel);
/* Real-mode style load: base = sel * 16, limit and attributes as real mode leaves them (V86:
 * fixed 64K, DPL 3). */
void seg_load_real(Cpu *c, int seg, u16 sel);
/* A raw descriptor. */
typedef struct {
    u32 lo, hi;
} Desc;
/* Reads the descriptor of `sel`; false if null or outside its table (no fault raised by the
 * look-up itself except page faults). *la gets its linear address. */
bool desc_fetch(Cpu *c, u16 sel, Desc *d, u32 *la);
static inline u32 desc_base(Desc d)
{
    return d.lo >> 16 | (d.hi & 0xFF) << 16 | (d.hi & 0xFF000000);
}
static inline u32 desc_limit(Desc d)
{
    u32 l = (d.lo & 0xFFFF) | (d.hi & 0xF0000);
    return d.hi & 1u << 23 ? l << 12 | 0xFFF : l;
}
static inline u16 desc_attr(Desc d)
{
    return (u16)((d.hi >> 8 & 0xFF) | (d.hi >> 12 & 0xF00));
}
/* Loads cache `s` from a descriptor that was checked; sets the accessed bit in memory where due. */
void seg_set_from_desc(Cpu *c, Seg *s, u16 sel, Desc d, u32 la);
/* New CPL: TLB sets, code mode. */
void set_cpl(Cpu *c, int cpl);

/* ---- debug registers (debug.c) --------------------------------------------------------------- */

enum { DR6_BD = 1 << 13, DR6_BS = 1 << 14, DR6_BT = 1 << 15, DR7_GD = 1 << 13 };

/* Delivers #DB with these DR6 bits: as a fault or trap at s.eip, whichever the caller makes it
 * (fault.c). */
void debug_exception(Cpu *c, u32 dr6_bits);
/* DR0-7 or the debugger's watches were written: pages to watch, code breakpoints */
void debug_changed(Cpu *c);
bool debug_code_breaks(const Cpu *c); /* some code breakpoint of DR0-3 is on */
bool debug_code_hit(Cpu *c);      /* one of them is at CS:EIP: #DB delivered */
void debug_io_hit(Cpu *c, u16 port, int size); /* I/O breakpoints (CR4.DE): noted in s.debug_trap */

/* ---- the 686's registers (p6.c) -------------------------------------------------------------- */

/* False: there is no such register, or it does not take this value. */
bool p6_read_msr(Cpu *c, u32 n, u64 *v);
bool p6_write_msr(Cpu *c, u32 n, u64 v);

/* ---- control registers (system.c) ------------------------------------------------------------ */

/* Told to the debugger. */
static inline void control_written(Cpu *c, CpuControl kind, u32 number, u64 value)
{
    if (unlikely(c->debug && c->debug->on_control))
        c->debug->on_control(c->debug->ctx, kind, number, value);
}

void write_cr0(Cpu *c, u32 v); /* MOV CR0's checks and consequences */

/* ---- x87 (fpu.c, fpu_env.c) ------------------------------------------------------------------ */

void fpu_reset(Cpu *c);        /* RESET */
/* ES, B and FERR# follow flags, masks and CR0.NE: call after changing any of them */
void fpu_update_error(Cpu *c);
void fpu_changed(Cpu *c);      /* CR0, control or status word changed: fpu_may, fpu_drop */

/* ---- modes (cpu.c) --------------------------------------------------------------------------- */

/* CR0/CR3/CR4/A20/CPL/VM changed: tells the Mmu and recomputes what hangs on them; sets
 * ATT_LOOKUP. */
void cpu_mode_changed(Cpu *c);
/* Interrupt-related state changed (IF, TF, shadow, pending): makes the run loop look. */
static inline void cpu_look(Cpu *c)
{
    c->attention |= ATT_EVENT;
}

/* Ticks that a repeating instruction may still use before the deadline, itself included (at
 * least 1). */
static inline u64 ticks_left(const Cpu *c, const Insn *i)
{
    return (u64)(c->budget + i->left);
}
/* The current instruction takes n more ticks than one. */
static inline void use_ticks(Cpu *c, u64 n)
{
    c->budget -= (s64)n;
}

#endif
