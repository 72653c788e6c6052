/* fpu_func.c: x87 instructions on the top of the stack: sign, examine, root, remainder, rounding,
 * scaling, and the transcendental functions. Source: Intel SDM vol. 2. */
#include "cpu/fpu.h"

typedef F80 Unary(const F80Num *a, F80Env *e);
typedef F80 Binary(const F80Num *a, const F80Num *b, F80Env *e);

/* ST(0) = f(ST(0)) */
static void unary(Cpu *c, const Insn *i, Unary *f)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    if (fpu_empty(c, 0)) {
        if (fpu_stack_underflow(c))
            fpu_set(c, 0, F80_INDEFINITE);
        return;
    }
    F80Num a = fpu_num(c, 0);
    F80Env e = fpu_env(c);
    F80 r = f(&a, &e);
    if (fpu_commit(c, &e))
        fpu_set(c, 0, r);
}

/* ST(1) = f(ST(0), ST(1)), pop; or into ST(0) without pop. */
static void binary(Cpu *c, const Insn *i, Binary *f, bool pop)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    F80 r = F80_INDEFINITE;
    if (fpu_empty(c, 0) || fpu_empty(c, 1)) {
        if (!fpu_stack_underflow(c))
            return;
    } else {
        F80Num a = fpu_num(c, 0), b = fpu_num(c, 1);
        F80Env e = fpu_env(c);
        r = f(&a, &b, &e);
        if (!fpu_commit(c, &e))
            return;
    }
    fpu_set(c, pop ? 1 : 0, r);
    if (pop)
        fpu_pop(c);
}

/* ---- sign, examine --------------------------------------------------------------------------- */

static void set_sign(Cpu *c, const Insn *i, u16 keep, u16 flip)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    F80 v = fpu_st(c, 0);
    if (!fpu_empty(c, 0))
        v.exp = (u16)((v.exp & keep) ^ flip);
    else if (fpu_stack_underflow(c))
        v = F80_INDEFINITE;
    else
        return;
    fpu_set(c, 0, v);
}

void op_fchs(Cpu *c, const Insn *i)
{
    set_sign(c, i, 0xFFFF, 0x8000);
}

void op_fabs(Cpu *c, const Insn *i)
{
    set_sign(c, i, 0x7FFF, 0);
}

void op_fxam(Cpu *c, const Insn *i)
{
    static const u16 code[] = {[F80_ZERO] = SW_C3, [F80_FINITE] = SW_C2, [F80_INF] = SW_C2 | SW_C0,
                               [F80_QNAN] = SW_C0, [F80_SNAN] = SW_C0,   [F80_BAD] = 0};
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    F80Num a = f80_num(fpu_st(c, 0));
    if (fpu_old(c) && a.exp == 0x7FFF)
        f80_num_old(&a); /* unnormals have a class of their own */
    c->s.fpu.status = (u16)((c->s.fpu.status & ~SW_C1) | (a.neg ? SW_C1 : 0));
    fpu_set_cc(c, fpu_empty(c, 0) ? SW_C3 | SW_C0 : a.denormal ? SW_C3 | SW_C2 : code[a.cls]);
}

/* ---- root, rounding, scaling, remainder ------------------------------------------------------ */

void op_fsqrt(Cpu *c, const Insn *i)
{
    unary(c, i, f80_sqrt);
}

void op_frndint(Cpu *c, const Insn *i)
{
    unary(c, i, f80_round_to_int);
}

void op_fscale(Cpu *c, const Insn *i)
{
    binary(c, i, f80_scale, false);
}

/* FPREM (F8) and FPREM1 (F5). C2: partial; C0, C3, C1: low three bits of the quotient; without one
 * C0 and C3 stay. */
void op_fprem(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    c->s.fpu.status &= (u16)~SW_C2;
    if (fpu_empty(c, 0) || fpu_empty(c, 1)) {
        if (fpu_stack_underflow(c))
            fpu_set(c, 0, F80_INDEFINITE);
        return;
    }
    F80Num a = fpu_num(c, 0), b = fpu_num(c, 1);
    F80Env e = fpu_env(c);
    u64 q;
    bool partial;
    F80 r = f80_rem(&a, &b, esc_rm(i) == 5, &q, &partial, &e);
    bool number = a.cls < F80_QNAN && b.cls < F80_QNAN;
    e.up = q & 1;
    if (e.old && number)
        c->s.fpu.status = (u16)((c->s.fpu.status & ~SW_C1) | (q & 1 ? SW_C1 : 0));
    if (number && !(e.raised & X87_IE) && !f80_stopped(&e))
        fpu_set_cc(c, (partial ? SW_C2 : 0) | (q & 4 ? SW_C0 : 0) | (q & 2 ? SW_C3 : 0));
    if (fpu_commit(c, &e))
        fpu_set(c, 0, r);
}

/* ---- two results ----------------------------------------------------------------------------- */

/* Before an instruction that replaces ST(0) and pushes. false: a stack fault was dealt with. */
static bool ready_to_push(Cpu *c)
{
    bool masked;
    if (fpu_empty(c, 0))
        masked = fpu_stack_underflow(c);
    else if (!fpu_empty(c, 7))
        masked = fpu_stack_overflow(c);
    else
        return true;
    if (masked) {
        fpu_set(c, 0, F80_INDEFINITE);
        fpu_push(c, F80_INDEFINITE);
    }
    return false;
}

void op_fxtract(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    if (!ready_to_push(c))
        return;
    F80Num a = fpu_num(c, 0);
    F80Env e = fpu_env(c);
    F80 exponent, significand = f80_extract(&a, &exponent, &e);
    if (!fpu_commit(c, &e))
        return;
    fpu_set(c, 0, exponent);
    fpu_push(c, significand);
}

static bool is_number(F80 v)
{
    return (v.exp & 0x7FFF) != 0x7FFF;
}

void op_fptan(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    c->s.fpu.status &= (u16)~SW_C2;
    if (!ready_to_push(c))
        return;
    F80Num a = fpu_num(c, 0);
    F80Env e = fpu_env(c);
    F80 r;
    if (!f80_tan(&a, &r, &e)) {
        c->s.fpu.status |= SW_C2;
        return;
    }
    if (!fpu_commit(c, &e))
        return;
    fpu_set(c, 0, r);
    fpu_push(c, is_number(r) ? F80_ONE : r);
}

/* FSIN, FCOS, FSINCOS on a good operand: sine to *s, cosine to *co. */
static bool sincos(Cpu *c, F80 *s, F80 *co)
{
    F80Num a = fpu_num(c, 0);
    F80Env e = fpu_env(c);
    if (!f80_sincos(&a, s, co, &e)) {
        c->s.fpu.status |= SW_C2;
        return false;
    }
    return fpu_commit(c, &e);
}

void op_fsincos(Cpu *c, const Insn *i)
{
    F80 s, co;
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    c->s.fpu.status &= (u16)~SW_C2;
    if (!ready_to_push(c) || !sincos(c, &s, &co))
        return;
    fpu_set(c, 0, s);
    fpu_push(c, co);
}

/* FSIN (FE), FCOS (FF) */
void op_fsin(Cpu *c, const Insn *i)
{
    F80 r;
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    c->s.fpu.status &= (u16)~SW_C2;
    if (fpu_empty(c, 0)) {
        if (fpu_stack_underflow(c))
            fpu_set(c, 0, F80_INDEFINITE);
        return;
    }
    bool cosine = esc_rm(i) == 7;
    if (sincos(c, cosine ? NULL : &r, cosine ? &r : NULL))
        fpu_set(c, 0, r);
}

/* ---- the other transcendental functions ------------------------------------------------------ */

static F80 atan2_of(const F80Num *st0, const F80Num *st1, F80Env *e)
{
    return f80_atan2(st1, st0, e);
}

void op_f2xm1(Cpu *c, const Insn *i)
{
    unary(c, i, f80_2xm1);
}

void op_fyl2x(Cpu *c, const Insn *i)
{
    binary(c, i, f80_yl2x, true);
}

void op_fyl2xp1(Cpu *c, const Insn *i)
{
    binary(c, i, f80_yl2xp1, true);
}

void op_fpatan(Cpu *c, const Insn *i)
{
    binary(c, i, atan2_of, true);
}
