/* protect.h: what the files of protection and control transfer share: seg.c, segop.c, flow.c,
 * gate.c, interrupt.c, iret.c, task.c, eflags.c, fault.c. The rest of cpu/ needs only internal.h.
 *
 * A transfer works in three steps. Look: fetch descriptors, build the new caches as local Segs,
 * check everything. Probe: every stack slot and every accessed bit that will be written. Commit:
 * pushes, segments, CPL, flags, EIP; nothing there can fault. */
#ifndef GLASS86_PROTECT_H
#define GLASS86_PROTECT_H

#include "cpu/internal.h"

/* ---- descriptors ----------------------------------------------------------------------------- */

/* System descriptor types (SDM vol. 3, table 3-2). */
enum {
    TYPE_NONE = 0,
    TYPE_TSS16 = 1,
    TYPE_LDT = 2,
    TYPE_TSS16_BUSY = 3,
    TYPE_CALL16 = 4,
    TYPE_TASK_GATE = 5,
    TYPE_INT16 = 6,
    TYPE_TRAP16 = 7,
    TYPE_TSS32 = 9,
    TYPE_TSS32_BUSY = 11,
    TYPE_CALL32 = 12,
    TYPE_INT32 = 14,
    TYPE_TRAP32 = 15,

    TYPE_32BIT = 8,
    TYPE_BUSY = 2,
};
enum { DESC_BUSY = TYPE_BUSY << 8, DESC_ACCESSED = 1 << 8 };

static inline bool sel_null(u16 sel)
{
    return !(sel & 0xFFFC);
}
static inline int sel_rpl(u16 sel)
{
    return sel & 3;
}
/* A selector as an error code: without its RPL. */
static inline u32 sel_error(u16 sel)
{
    return sel & 0xFFFC;
}
static inline int desc_dpl(Desc d)
{
    return d.hi >> 13 & 3;
}
static inline bool desc_present(Desc d)
{
    return d.hi >> 15 & 1;
}
static inline bool desc_segment(Desc d) /* code or data, not system */
{
    return d.hi >> 12 & 1;
}
static inline bool desc_code(Desc d)
{
    return (d.hi >> 11 & 3) == 3;
}
static inline bool desc_conforming(Desc d) /* code only */
{
    return d.hi >> 10 & 1;
}
static inline bool desc_writable(Desc d) /* writable data */
{
    return (d.hi >> 11 & 3) == 2 && d.hi >> 9 & 1;
}
static inline bool desc_readable(Desc d) /* data, or readable code */
{
    return desc_segment(d) && (!desc_code(d) || d.hi >> 9 & 1);
}
/* TYPE_* of a system descriptor that this model knows, else TYPE_NONE. */
int desc_system(const Cpu *c, Desc d);
/* Sets the accessed bit, in *d and in memory, unless it is set. May raise #PF, so it belongs
 * before the commit. */
void desc_touch(Cpu *c, Desc *d, u32 la);

/* ---- segments -------------------------------------------------------------------------------- */

/* Builds a cache from a descriptor without touching memory; without rend and wend. */
void seg_build(Seg *s, u16 sel, Desc d);
/* rend and wend of a cache that protected mode will use. */
void seg_bound(const Cpu *c, Seg *s);
static inline int attr_dpl(u16 attr)
{
    return attr >> 5 & 3;
}
/* Will code with these attributes, reached through a gate, run in an inner ring? */
static inline bool code_is_inner(const Cpu *c, u16 attr)
{
    return !(attr & ATTR_E) && attr_dpl(attr) < c->s.cpl;
}
/* Puts a built and bounded cache into register `seg`. */
void seg_commit(Cpu *c, int seg, const Seg *s);
/* Puts a built and bounded cache into CS and changes the privilege level, which becomes its RPL. */
void seg_enter_code(Cpu *c, const Seg *cs, int cpl);
/* A selector in a 32-bit slot of the stack: the Pentium moves 32 bits, zeros above; all others move
 * 16 and leave the rest of the slot alone (SDM vol. 3, "Selector Pushes and Pops"). */
static inline bool wide_selectors(const Cpu *c)
{
    return c->model == CPU_PENTIUM || c->model == CPU_PENTIUM_MMX;
}
/* Attributes of a segment loaded in real mode, and in V86 mode, where DPL is 3. */
enum { ATTR_REAL = ATTR_P | ATTR_S | ATTR_W | ATTR_A, ATTR_V86 = ATTR_REAL | ATTR_DPL };
/* Makes the register unusable, as loading a null selector does. */
void seg_set_null(Cpu *c, int seg, u16 sel);
/* Checks `sel` for SS at privilege `cpl` and builds its cache. A bad selector raises `vector`
 * (#GP, or #TS when it comes from a TSS), an absent segment #SS. */
void seg_check_stack(Cpu *c, u16 sel, int cpl, int vector, Seg *out);
/* The same for DS, ES, FS, GS and a selector that is not null. */
void seg_check_data(Cpu *c, u16 sel, int vector, Seg *out);
/* Base 0 and every byte of 4 GiB readable and writable. */
static inline bool seg_flat(const Seg *s)
{
    return !s->base && s->rend == 1ull << 32 && s->wend == 1ull << 32;
}

/* ES, SS and DS are flat, and CS has no limit: what MODE_FLAT stands for, but for SS.B. `seg`
 * counts as holding *s. */
static inline bool flat_with(const Cpu *c, int seg, const Seg *s)
{
    const Seg *r = c->s.seg;
    return r[SEG_CS].limit == 0xFFFFFFFF && seg_flat(seg == SEG_SS ? s : &r[SEG_SS]) &&
           seg_flat(seg == SEG_DS ? s : &r[SEG_DS]) && seg_flat(seg == SEG_ES ? s : &r[SEG_ES]);
}

/* May MODE_FLAT change when `seg` becomes *s? */
static inline bool flatness_changes(const Cpu *c, int seg, const Seg *s)
{
    if (seg > SEG_DS)
        return false;
    return c->code_mode & MODE_FLAT ? !seg_flat(s) : flat_with(c, seg, s);
}

/* ---- selectors that were checked before ------------------------------------------------------ */

/* What a selector is loaded for decides what is checked. The checks are a function of the use, the
 * selector, a privilege level and the descriptor's bytes, and so is the cache that comes of them.
 * Programs load the same few over and over: what was found good is remembered and, if the
 * descriptor is still the same, not gone through again. The accessed bit is one of its bytes. */
typedef enum { FOR_DATA = 1, FOR_STACK, FOR_RETURN, FOR_GATE, FOR_FAR } SegUse;

static inline u32 memo_key(u16 sel, int cpl, SegUse use)
{
    return sel | (u32)cpl << 16 | (u32)use << 18;
}

static inline SegMemo *memo_at(Cpu *c, u16 sel, int cpl, SegUse use)
{
    return &c->memo[((u32)sel >> 3 ^ (u32)cpl << 2 ^ (u32)use << 4) & (SEG_MEMOS - 1)];
}

/* The checks have passed: sets the accessed bit at `la` (may raise #PF), builds and bounds the
 * cache, and remembers it. */
void seg_keep(Cpu *c, u16 sel, int cpl, SegUse use, Desc d, u32 la, Seg *out);

/* True: `sel` is good for this use, and *out is its cache, complete. False: nobody knows. */
static inline __attribute__((always_inline)) bool seg_recall(Cpu *c, u16 sel, int cpl, SegUse use,
                                                             Seg *out)
{
    u32 base = c->s.gdtr.base, limit = c->s.gdtr.limit, at = sel & 0xFFF8;
    if (sel & 4) {
        base = c->s.ldtr.base;
        limit = c->s.ldtr.attr & ATTR_P ? c->s.ldtr.limit : 0;
    }
    const TlbEntry *e = tlb_entry(c->mmu.tlb[0][0], base + at);
    const SegMemo *m = memo_at(c, sel, cpl, use);
    u64 raw;
    if (at + 7 > limit || !tlb_hit(e, base + at, 8) || m->key != memo_key(sel, cpl, use))
        return false;
    memcpy(&raw, (const u8 *)(e->addend + (base + at)), 8);
    if (raw != m->raw)
        return false;
    *out = m->seg;
    return true;
}

/* `s` was built from `d`, with its accessed bit set, and bounded. */
static inline void seg_remember(Cpu *c, u16 sel, int cpl, SegUse use, Desc d, const Seg *s)
{
    SegMemo *m = memo_at(c, sel, cpl, use);
    m->raw = (u64)d.hi << 32 | d.lo;
    m->key = memo_key(sel, cpl, use);
    m->seg = *s;
}

/* ---- stack frames ---------------------------------------------------------------------------- */

/* A frame to be pushed on the current stack or on that of an inner ring. ESP and SS change only at
 * frame_commit(). */
typedef struct {
    const Seg *ss; /* the inner stack, NULL: the current one */
    u32 sp, mask;
    u32 error; /* of #SS, for an inner stack */
    /* host address less stack offset, when what was probed is plain memory in one page; or 0 */
    uintptr_t host;
} Frame;

Frame frame_current(const Cpu *c);
Frame frame_inner(const Cpu *c, const Seg *ss, u32 esp);
/* Raises what pushing `count` items of `size` bytes would raise. */
void frame_probe(Cpu *c, Frame *f, int size, int count);
void frame_push_checked(Cpu *c, const Frame *f, int size, u32 v);
/* Pushes one item; it must have been probed. */
static inline void frame_push(Cpu *c, Frame *f, int size, u32 v)
{
    f->sp = (f->sp & ~f->mask) | ((f->sp - (u32)size) & f->mask);
    if (likely(f->host))
        store_le((u8 *)(f->host + (f->sp & f->mask)), size, v);
    else
        frame_push_checked(c, f, size, v);
}
void frame_commit(Cpu *c, const Frame *f);

/* ---- transfers ------------------------------------------------------------------------------- */

/* Continues at cs:eip with privilege `cpl`; the RPL of CS becomes cpl. */
void flow_enter(Cpu *c, const Seg *cs, int cpl, u32 eip);
/* Selector of a far return or IRET: checks it and builds its cache; leaves the offset to the
 * caller. */
void flow_check_return(Cpu *c, u16 sel, Seg *out);
/* After a return to an outer ring: data segments that the new CPL may not use become null. */
void flow_drop_segments(Cpu *c);

/* The stack for privilege `dpl` that the current TSS names, checked. */
void gate_inner_stack(Cpu *c, int dpl, Seg *ss, u32 *esp);
/* CALL or JMP through a call gate. */
void gate_transfer(Cpu *c, u16 sel, Desc gate, bool call, u32 return_eip);
/* Interrupt of a V86 program to its own handler through the table at linear address 0 (VME). */
bool vme_redirects(Cpu *c, int vector);

/* ---- tasks ----------------------------------------------------------------------------------- */

typedef enum { TASK_JMP, TASK_CALL, TASK_INT, TASK_IRET } TaskReason;

typedef struct {
    TaskReason why;
    u32 return_eip; /* EIP and EFLAGS that the old task will resume with */
    u32 eflags;
    bool has_error; /* an error code goes onto the new task's stack */
    u32 error;
} TaskSwitch;

/* Switches to the task of TSS selector `sel`, which jmp, call, a task gate or a back link named. */
void task_switch(Cpu *c, u16 sel, const TaskSwitch *t);

/* ---- flags ----------------------------------------------------------------------------------- */

/* EFLAGS bits that this model implements. */
static inline u32 eflags_of_model(const Cpu *c)
{
    enum {
        OF_8086 = OSZAPC | TF | IF | DF,
        OF_286 = OF_8086 | IOPL | NT,
        OF_386 = OF_286 | RF | VM,
        OF_486 = OF_386 | AC,
        OF_PENTIUM = OF_486 | VIF | VIP | ID,
    };
    static const u32 bits[] = {
        [CPU_8086] = OF_8086,       [CPU_286] = OF_286,           [CPU_386] = OF_386,
        [CPU_486] = OF_486,         [CPU_PENTIUM] = OF_PENTIUM,   [CPU_PENTIUM_MMX] = OF_PENTIUM,
        [CPU_686] = OF_PENTIUM,
    };
    return bits[c->model];
}

#endif
