/* fpu_mem.c: x87 loads and stores in all formats. Source: Intel SDM vol. 2 (FLD, FST, FILD, FIST,
 * FBLD, FBSTP). */
#include "cpu/fpu.h"

/* ---- operands of 8 and 10 bytes -------------------------------------------------------------- */

/* Checks [ea, ea + size) as a whole, so that the pieces that follow can't fault. In one page and
 * within the segment the first piece does that. */
static u32 operand(Cpu *c, const Insn *i, u32 size, bool write)
{
    u32 ea = insn_ea(c, i);
    const Seg *s = &c->s.seg[i->seg];
    bool within = (u64)ea + size <= (write ? s->wend : s->rend);
    if (likely(within && ((s->base + ea) & 0xFFF) + size <= 0x1000 && !c->align_check))
        return ea;
    if (unlikely(c->align_check) && (seg_linear(c, i->seg, ea, size, write) & 7))
        raise_err(c, EX_AC, 0);
    if (write)
        mem_probe_write(c, i->seg, ea, size);
    else
        mem_probe_read(c, i->seg, ea, size);
    return ea;
}

/* Offset of a later piece: the 8086 wraps in its segment. */
static u32 piece(const Cpu *c, u32 ea, u32 n)
{
    return c->model == CPU_8086 ? (u16)(ea + n) : ea + n;
}

static u64 read64_at(Cpu *c, const Insn *i, u32 ea)
{
    u64 lo = mem_read(c, i->seg, ea, 4);
    return lo | (u64)mem_read(c, i->seg, piece(c, ea, 4), 4) << 32;
}

static void write64_at(Cpu *c, const Insn *i, u32 ea, u64 v)
{
    mem_write(c, i->seg, ea, 4, (u32)v);
    mem_write(c, i->seg, piece(c, ea, 4), 4, (u32)(v >> 32));
}

u64 fpu_read64(Cpu *c, const Insn *i)
{
    return read64_at(c, i, operand(c, i, 8, false));
}

void fpu_write64(Cpu *c, const Insn *i, u64 v)
{
    write64_at(c, i, operand(c, i, 8, true), v);
}

static F80 read80(Cpu *c, const Insn *i)
{
    u32 ea = operand(c, i, 10, false);
    F80 v = {.man = read64_at(c, i, ea)};
    v.exp = (u16)mem_read(c, i->seg, piece(c, ea, 8), 2);
    return v;
}

static void write80(Cpu *c, const Insn *i, F80 v)
{
    u32 ea = operand(c, i, 10, true);
    write64_at(c, i, ea, v.man);
    mem_write(c, i->seg, piece(c, ea, 8), 2, v.exp);
}

/* ---- loads ----------------------------------------------------------------------------------- */

static bool room(Cpu *c)
{
    if (likely(fpu_empty(c, 7)))
        return true;
    if (fpu_stack_overflow(c))
        fpu_push(c, F80_INDEFINITE);
    return false;
}

static void load(Cpu *c, const Insn *i, const F80Num *v)
{
    fpu_note(c, i);
    if (!room(c))
        return;
    F80Env e = fpu_env(c);
    F80 r = f80_load(v, &e);
    fpu_commit(c, &e);
    if (!(e.raised & ~e.masked & X87_IE)) /* an unmasked DE does not keep the operand out */
        fpu_push(c, r);
}

void op_fld_m32(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Num v = f80_num_f32(mem_read(c, i->seg, insn_ea(c, i), 4));
    load(c, i, &v);
}

void op_fld_m64(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Num v = f80_num_f64(fpu_read64(c, i));
    load(c, i, &v);
}

static void load_int(Cpu *c, const Insn *i, s64 v)
{
    F80Num n = f80_num_int(v);
    load(c, i, &n);
}

void op_fild_m16(Cpu *c, const Insn *i)
{
    if (fpu_ready(c))
        load_int(c, i, (s16)mem_read(c, i->seg, insn_ea(c, i), 2));
}

void op_fild_m32(Cpu *c, const Insn *i)
{
    if (fpu_ready(c))
        load_int(c, i, (s32)mem_read(c, i->seg, insn_ea(c, i), 4));
}

void op_fild_m64(Cpu *c, const Insn *i)
{
    if (fpu_ready(c))
        load_int(c, i, (s64)fpu_read64(c, i));
}

/* As it is, whatever it is: no exceptions. */
static void load_raw(Cpu *c, const Insn *i, F80 v)
{
    fpu_note(c, i);
    if (room(c))
        fpu_push(c, v);
}

void op_fld_m80(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80 v = read80(c, i);
    load_raw(c, i, v);
    if (unlikely(fpu_old(c)) && !(v.exp & 0x7FFF) && v.man)
        fpu_raise(c, X87_DE);
}

void op_fbld(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80 raw = read80(c, i);
    u8 bytes[10];
    store_le(bytes, 4, (u32)raw.man);
    store_le(bytes + 4, 4, (u32)(raw.man >> 32));
    store_le(bytes + 8, 2, raw.exp);
    load_raw(c, i, f80_from_bcd(bytes));
}

void op_fld_st(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    unsigned n = esc_rm(i);
    fpu_note(c, i);
    if (fpu_empty(c, n)) {
        if (fpu_stack_underflow(c))
            fpu_push(c, F80_INDEFINITE);
    } else if (room(c)) {
        fpu_push(c, fpu_st(c, n));
    }
}

/* D9 E8-EE: the constants; rounding control matters since the 387. */
void op_fld_const(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    u8 rc = c->model >= CPU_386 ? fpu_env(c).rc : X87_NEAREST;
    load_raw(c, i, f80_constant((F80Constant)esc_rm(i), rc));
}

/* ---- stores ---------------------------------------------------------------------------------- */

/* A store either happens as a whole (memory, flags, pop) or not at all, and its memory write may
 * fault: so flags and pointers come after the write. Unmasked over- and underflow stop a store,
 * for memory has no room for an adjusted exponent. */
static bool store_allowed(const F80Env *e)
{
    return !(e->raised & ~e->masked & (X87_IE | X87_OE | X87_UE));
}

static void store_done(Cpu *c, const Insn *i, const F80Env *e, bool pop)
{
    bool written = store_allowed(e);
    fpu_note(c, i);
    if (e->up && !e->old)
        c->s.fpu.status |= SW_C1;
    if (e->raised)
        fpu_raise(c, e->raised);
    if (written && pop)
        fpu_pop(c);
}

/* The value to be stored; an empty register is a stack fault and stores the indefinite. */
static F80 store_source(Cpu *c, F80Env *e)
{
    if (likely(!fpu_empty(c, 0)))
        return fpu_st(c, 0);
    e->raised |= X87_IE | X87_SF;
    return F80_INDEFINITE;
}

/* FST with reg field 2, FSTP with 3; FIST and FISTP likewise. */
static bool pops(const Insn *i)
{
    return esc_reg(i) & 1;
}

void op_fst_m32(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Env e = fpu_env(c);
    u32 v = f80_to_f32(store_source(c, &e), &e);
    if (store_allowed(&e))
        mem_write(c, i->seg, insn_ea(c, i), 4, v);
    store_done(c, i, &e, pops(i));
}

void op_fst_m64(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Env e = fpu_env(c);
    u64 v = f80_to_f64(store_source(c, &e), &e);
    if (store_allowed(&e))
        fpu_write64(c, i, v);
    store_done(c, i, &e, pops(i));
}

static void store_int(Cpu *c, const Insn *i, int bits, bool pop)
{
    if (!fpu_ready(c))
        return;
    F80Env e = fpu_env(c);
    F80 a = store_source(c, &e);
    u64 v = (u64)f80_to_int(a, bits, &e);
    if (store_allowed(&e) && bits == 64)
        fpu_write64(c, i, v);
    else if (store_allowed(&e))
        mem_write(c, i->seg, insn_ea(c, i), bits / 8, (u32)v);
    store_done(c, i, &e, pop);
}

void op_fist_m16(Cpu *c, const Insn *i)
{
    store_int(c, i, 16, pops(i));
}

void op_fist_m32(Cpu *c, const Insn *i)
{
    store_int(c, i, 32, pops(i));
}

void op_fistp_m64(Cpu *c, const Insn *i)
{
    store_int(c, i, 64, true);
}

void op_fstp_m80(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Env e = fpu_env(c);
    F80 v = store_source(c, &e);
    if (store_allowed(&e))
        write80(c, i, v);
    store_done(c, i, &e, true);
}

void op_fbstp(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    F80Env e = fpu_env(c);
    u8 b[10];
    f80_to_bcd(store_source(c, &e), b, &e);
    u64 lo = load_le(b, 4) | (u64)load_le(b + 4, 4) << 32;
    if (store_allowed(&e))
        write80(c, i, (F80){lo, (u16)load_le(b + 8, 2)});
    store_done(c, i, &e, true);
}

/* FST ST(i), FSTP ST(i) and the aliases of the latter: DD D0, and everything else pops. */
void op_fst_st(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    bool pop = (i->imm & 0x7F8) != 0x5D0;
    fpu_note(c, i);
    F80 v = fpu_st(c, 0);
    if (fpu_empty(c, 0)) {
        if (!fpu_stack_underflow(c))
            return;
        v = F80_INDEFINITE;
    }
    fpu_set(c, esc_rm(i), v);
    if (pop)
        fpu_pop(c);
}

static F80 or_indefinite(const Cpu *c, unsigned n)
{
    return fpu_empty(c, n) ? F80_INDEFINITE : fpu_st(c, n);
}

void op_fxch(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    unsigned n = esc_rm(i);
    fpu_note(c, i);
    F80 a = or_indefinite(c, 0), b = or_indefinite(c, n);
    if ((fpu_empty(c, 0) || fpu_empty(c, n)) && !fpu_stack_underflow(c))
        return;
    fpu_set(c, 0, b);
    fpu_set(c, n, a);
}
