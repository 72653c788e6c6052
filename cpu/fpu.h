/* fpu.h: what the x87 files share: register stack, status, the frame of an instruction. See fpu.c
 * for the rules of exceptions.
 *
 * How an x87 instruction is written:
 *  - if (!fpu_ready(c)) return;   #NM, no coprocessor, pending error of an earlier instruction
 *  - read memory, which may fault: before anything visible changes
 *  - fpu_note(c, i);              pointers to instruction and operand, FOP; clears C1
 *  - stack checks, arithmetic with fpu_env(c); if fpu_commit() says so write the result, pop. */
#ifndef GLASS86_FPU_H
#define GLASS86_FPU_H

#include "cpu/float80.h"
#include "cpu/internal.h"

enum {
    SW_ES = 0x80,
    SW_C0 = 0x100,
    SW_C1 = 0x200,
    SW_C2 = 0x400,
    SW_C3 = 0x4000,
    SW_B = 0x8000,
    SW_TOP = 0x3800,
    SW_CC = SW_C0 | SW_C2 | SW_C3,
    CW_IEM = 0x80 /* 8087: interrupts off */,
    CW_IC = 0x1000 /* 8087, 287: affine infinity */,
};

/* ModR/M of an ESC instruction; the decoder leaves it in imm with the low bits of the opcode above
 * it. */
static inline unsigned esc_modrm(const Insn *i)
{
    return i->imm & 0xFF;
}
static inline unsigned esc_reg(const Insn *i)
{
    return i->imm >> 3 & 7;
}
static inline unsigned esc_rm(const Insn *i)
{
    return i->imm & 7;
}

/* ---- the stack ------------------------------------------------------------------------------- */

static inline unsigned fpu_phys(const Cpu *c, unsigned n)
{
    return (c->s.fpu.top + n) & 7;
}
static inline bool fpu_empty(const Cpu *c, unsigned n)
{
    return c->s.fpu.empty >> fpu_phys(c, n) & 1;
}
static inline F80 fpu_st(const Cpu *c, unsigned n)
{
    unsigned p = fpu_phys(c, n);
    return (F80){c->s.fpu.man[p], c->s.fpu.exp[p]};
}
static inline void fpu_set(Cpu *c, unsigned n, F80 v)
{
    unsigned p = fpu_phys(c, n);
    c->s.fpu.man[p] = v.man;
    c->s.fpu.exp[p] = v.exp;
    c->s.fpu.empty &= (u8) ~(1u << p);
}
static inline void fpu_pop(Cpu *c)
{
    c->s.fpu.empty |= (u8)(1u << c->s.fpu.top);
    c->s.fpu.top = (c->s.fpu.top + 1) & 7;
}
static inline void fpu_push(Cpu *c, F80 v)
{
    c->s.fpu.top = (c->s.fpu.top - 1) & 7;
    fpu_set(c, 0, v);
}

/* ---- exceptions ------------------------------------------------------------------------------ */

/* Cpu.fpu_may: derived from CR0, control and status word. */
enum {
    X87_THERE = 1, /* there is a coprocessor, and CR0 does not forbid it */
    X87_READY = 2, /* ... with no error pending and PE masked */
    X87_NEAR = 4,  /* ... rounding to nearest */
};

bool fpu_not_ready(Cpu *c); /* the slow half of fpu_ready() */
/* Before a waiting instruction. false: it does nothing (no coprocessor), or waits and will be
 * tried again. */
static inline bool fpu_ready(Cpu *c)
{
    return likely(c->fpu_may & X87_READY) || fpu_not_ready(c);
}
/* The same for those that don't wait for errors (FNxxx). */
bool fpu_ready_nowait(Cpu *c);

/* Notes instruction and operand: FIP, FCS, FOP, FDP, FDS. */
static inline void fpu_note_keep_c1(Cpu *c, const Insn *i)
{
    c->s.fpu.ip = c->s.eip + (i->imm >> 16); /* the 8087 skips prefixes */
    c->s.fpu.cs = c->s.seg[SEG_CS].sel;
    c->s.fpu.opcode = i->imm & 0x7FF;
    if (i->flags & INSN_MEM) {
        c->s.fpu.dp = insn_ea(c, i);
        c->s.fpu.ds = c->s.seg[i->seg].sel;
    }
}

/* C1 tells about rounding and stack faults since the 387. */
static inline bool fpu_old(const Cpu *c)
{
    return c->model < CPU_386;
}

static inline void fpu_note(Cpu *c, const Insn *i)
{
    fpu_note_keep_c1(c, i);
    if (likely(!fpu_old(c)))
        c->s.fpu.status &= (u16)~SW_C1;
}

static inline F80Env fpu_env(const Cpu *c)
{
    static const u8 bits[4] = {24, 64, 53, 64};
    u16 cw = c->s.fpu.control;
    return (F80Env){
        .masked = cw & 0x3F,
        .rc = cw >> 10 & 3,
        .bits = bits[cw >> 8 & 3],
        .old = fpu_old(c),
        .projective = fpu_old(c) && !(cw & CW_IC),
    };
}

/* An operand in the eyes of the model. */
static inline F80Num fpu_seen(const Cpu *c, F80Num n)
{
    if (unlikely(fpu_old(c)))
        f80_num_old(&n);
    return n;
}
static inline F80Num fpu_num(const Cpu *c, unsigned n)
{
    return fpu_seen(c, f80_num(fpu_st(c, n)));
}

/* Raises exceptions of the status word's low seven bits; SF is there since the 387. */
static inline void fpu_raise(Cpu *c, unsigned flags)
{
    c->s.fpu.status |= (u16)(fpu_old(c) ? flags & 0x3F : flags);
    if (unlikely(flags & ~c->s.fpu.control & 0x3F))
        fpu_update_error(c);
}
/* Takes over what an operation raised, and C1. true: its result may be written. */
static inline bool fpu_commit(Cpu *c, const F80Env *e)
{
    if (e->up && !e->old)
        c->s.fpu.status |= SW_C1;
    if (e->raised)
        fpu_raise(c, e->raised);
    return likely(!f80_stopped(e));
}

/* Stack faults. true: masked, the destination gets the indefinite. */
bool fpu_stack_underflow(Cpu *c);
bool fpu_stack_overflow(Cpu *c);

static inline void fpu_set_cc(Cpu *c, unsigned bits)
{
    c->s.fpu.status = (u16)((c->s.fpu.status & ~SW_CC) | bits);
}

/* ---- control (fpu.c, fpu_env.c) -------------------------------------------------------------- */

/* fpu_changed(), inline for FLDCW. The 8087 and 287 have no hot forms. */
static inline void fpu_derive(Cpu *c)
{
    static const u8 drop[4] = {40, 0, 11, 0};
    u16 control = c->s.fpu.control;
    unsigned may = 0;
    if (c->fpu_present && !(c->s.cr0 & (CR0_EM | CR0_TS))) {
        may = X87_THERE;
        if (!(c->s.fpu.status & SW_ES) && control & X87_PE && !fpu_old(c))
            may |= control & 0xC00 ? X87_READY : X87_READY | X87_NEAR;
    }
    c->fpu_may = (u8)may;
    c->fpu_drop = drop[control >> 8 & 3];
}

/* Bit 6 is always set; bit 7 is the 8087's interrupt mask and nothing later; bit 12 has no effect
 * since the 387. Errors that are pending: see fpu_update_error(). */
static inline void fpu_set_control(Cpu *c, u16 v)
{
    u16 mask = c->model == CPU_8086 ? 0x1FBF : 0x1F3F;
    c->s.fpu.control = (u16)((v & mask) | 0x40);
    fpu_derive(c);
}
void fpu_init(Cpu *c); /* FNINIT */
u16 fpu_status_word(const Cpu *c);
u16 fpu_tag_word(const Cpu *c);

/* ---- memory (fpu_mem.c): 8 and 10 bytes, checked as one operand ------------------------------ */

u64 fpu_read64(Cpu *c, const Insn *i);
void fpu_write64(Cpu *c, const Insn *i, u64 v);

#endif
