/* fpu_arith.c: x87 add, subtract, multiply, divide, compare, conditional move. Source: Intel SDM
 * vol. 2. */
#include "cpu/alu.h"
#include "cpu/fpu.h"

/* ---- the six operations and two compares that share an encoding: the reg field --------------- */

enum { ADD, MUL, COM, COMP, SUB, SUBR, DIV, DIVR };

static F80 arith(unsigned op, const F80Num *a, const F80Num *b, F80Env *e)
{
    switch (op) {
    case ADD:
        return f80_add(a, b, false, e);
    case MUL:
        return f80_mul(a, b, e);
    case SUB:
        return f80_add(a, b, true, e);
    case SUBR:
        return f80_add(b, a, true, e);
    case DIV:
        return f80_div(a, b, e);
    }
    return f80_div(b, a, e);
}

static unsigned order_bits(F80Order o)
{
    static const u16 bits[] = {
        [F80_LESS] = SW_C0, [F80_EQUAL] = SW_C3, [F80_GREATER] = 0, [F80_UNORDERED] = SW_CC};
    return bits[o];
}

/* Sets the condition codes. false: stopped by an exception, no pop. */
static bool compare(Cpu *c, const F80Num *a, const F80Num *b, bool quiet)
{
    F80Env e = fpu_env(c);
    F80Order o = f80_compare(a, b, quiet, &e);
    fpu_set_cc(c, order_bits(o));
    return fpu_commit(c, &e);
}

/* A compare met an empty register. true: pop. */
static bool compare_empty(Cpu *c)
{
    fpu_set_cc(c, SW_CC);
    return fpu_stack_underflow(c);
}

/* ST(0) op v, into ST(0). */
static void arith_st0(Cpu *c, const Insn *i, const F80Num *v)
{
    unsigned op = esc_reg(i);
    fpu_note(c, i);
    if (unlikely(fpu_empty(c, 0))) {
        if (op == COM || op == COMP) {
            if (compare_empty(c) && op == COMP)
                fpu_pop(c);
        } else if (fpu_stack_underflow(c)) {
            fpu_set(c, 0, F80_INDEFINITE);
        }
        return;
    }
    F80Num a = fpu_num(c, 0);
    if (op == COM || op == COMP) {
        if (compare(c, &a, v, false) && op == COMP)
            fpu_pop(c);
        return;
    }
    F80Env e = fpu_env(c);
    F80 r = arith(op, &a, v, &e);
    if (fpu_commit(c, &e))
        fpu_set(c, 0, r);
}

void op_farith_m32(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Num v = fpu_seen(c, f80_num_f32(mem_read(c, i->seg, insn_ea(c, i), 4)));
    arith_st0(c, i, &v);
}

void op_farith_m64(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Num v = fpu_seen(c, f80_num_f64(fpu_read64(c, i)));
    arith_st0(c, i, &v);
}

void op_fiarith_m16(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Num v = f80_num_int((s16)mem_read(c, i->seg, insn_ea(c, i), 2));
    arith_st0(c, i, &v);
}

void op_fiarith_m32(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Num v = f80_num_int((s32)mem_read(c, i->seg, insn_ea(c, i), 4));
    arith_st0(c, i, &v);
}

/* ST(0) op ST(i), into ST(dst). In DC and DE the reversed forms have the encodings of the plain
 * ones. */
static bool arith_regs(Cpu *c, const Insn *i, unsigned dst)
{
    unsigned n = esc_rm(i);
    if (!fpu_ready(c))
        return false;
    fpu_note(c, i);
    if (unlikely(fpu_empty(c, 0) || fpu_empty(c, n))) {
        bool masked = fpu_stack_underflow(c);
        if (masked)
            fpu_set(c, dst, F80_INDEFINITE);
        return masked;
    }
    F80Num a = fpu_num(c, 0), b = fpu_num(c, n);
    F80Env e = fpu_env(c);
    F80 r = arith(esc_reg(i), &a, &b, &e);
    if (!fpu_commit(c, &e))
        return false;
    fpu_set(c, dst, r);
    return true;
}

void op_farith_st(Cpu *c, const Insn *i)
{
    arith_regs(c, i, 0);
}

void op_farith_sti(Cpu *c, const Insn *i)
{
    arith_regs(c, i, esc_rm(i));
}

void op_farithp(Cpu *c, const Insn *i)
{
    if (arith_regs(c, i, esc_rm(i)))
        fpu_pop(c);
}

/* ---- compares of registers ------------------------------------------------------------------- */

static void compare_regs(Cpu *c, const Insn *i, unsigned n, bool quiet, int pops)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    bool pop;
    if (unlikely(fpu_empty(c, 0) || fpu_empty(c, n))) {
        pop = compare_empty(c);
    } else {
        F80Num a = fpu_num(c, 0), b = fpu_num(c, n);
        pop = compare(c, &a, &b, quiet);
    }
    for (; pop && pops > 0; pops--)
        fpu_pop(c);
}

void op_fcom(Cpu *c, const Insn *i)
{
    compare_regs(c, i, esc_rm(i), false, 0);
}

void op_fcomp(Cpu *c, const Insn *i)
{
    compare_regs(c, i, esc_rm(i), false, 1);
}

void op_fcompp(Cpu *c, const Insn *i)
{
    compare_regs(c, i, 1, false, 2);
}

void op_fucom(Cpu *c, const Insn *i)
{
    compare_regs(c, i, esc_rm(i), true, 0);
}

void op_fucomp(Cpu *c, const Insn *i)
{
    compare_regs(c, i, esc_rm(i), true, 1);
}

void op_fucompp(Cpu *c, const Insn *i)
{
    compare_regs(c, i, 1, true, 2);
}

void op_ftst(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    F80Num a = fpu_num(c, 0), zero = {0};
    if (fpu_empty(c, 0))
        compare_empty(c);
    else
        compare(c, &a, &zero, false);
}

/* FCOMI, FUCOMI (DB), FCOMIP, FUCOMIP (DF): into ZF, PF, CF. */
void op_fcomi(Cpu *c, const Insn *i)
{
    static const u8 flags[] = {
        [F80_LESS] = CF, [F80_EQUAL] = ZF, [F80_GREATER] = 0, [F80_UNORDERED] = ZF | PF | CF};
    unsigned n = esc_rm(i);
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    bool pop, quiet = esc_reg(i) == 5;
    F80Order o = F80_UNORDERED;
    if (fpu_empty(c, 0) || fpu_empty(c, n)) {
        pop = fpu_stack_underflow(c);
    } else {
        F80Num a = fpu_num(c, 0), b = fpu_num(c, n);
        F80Env e = fpu_env(c);
        o = f80_compare(&a, &b, quiet, &e);
        pop = fpu_commit(c, &e);
    }
    set_arith_flags(c, flags[o]);
    if (pop && i->imm & 0x400)
        fpu_pop(c);
}

/* FCMOVcc: DA moves if B, E, BE, U; DB if not. */
void op_fcmov(Cpu *c, const Insn *i)
{
    static const u8 condition[4] = {2, 4, 6, 10};
    unsigned n = esc_rm(i);
    if (!fpu_ready(c))
        return;
    fpu_note_keep_c1(c, i);
    if (fpu_empty(c, 0) || fpu_empty(c, n)) {
        c->s.fpu.status &= (u16)~SW_C1;
        if (fpu_stack_underflow(c))
            fpu_set(c, 0, F80_INDEFINITE);
        return;
    }
    unsigned cc = condition[esc_reg(i) & 3] | (i->imm >> 8 & 1);
    if (alu_cond((int)cc, c->fr, c->fc))
        fpu_set(c, 0, fpu_st(c, n));
}
