/* legacy.c: what only the 8086 does, and some oddities of the 286 and 386: counts of 255 in
 * shifts, signs that REP flips in IMUL and IDIV, divide errors that return behind the
 * instruction, PUSH SP of the new value, SETMO. Source: hardware captures of an 80C86 and an
 * 80C286, and the 8086's microcode as published. */
#include "cpu/alu.h"
#include "cpu/internal.h"

_Noreturn void divide_error(Cpu *c, const Insn *i)
{
    if (c->model == CPU_8086)
        c->s.eip = (u16)next_eip(c, i);
    raise_ex(c, EX_DE);
}

/* ---- shifts by the whole of CL --------------------------------------------------------------- */

typedef enum { ROL, ROR, SHL, SHR, SAR } Shift;

static u32 shift_once(Shift kind, u32 v, u32 n, int w, u64 *fr, u64 *fc)
{
    switch (kind) {
    case ROL: return w == 8 ? alu_rol(v, n, 8, fr, fc) : alu_rol(v, n, 16, fr, fc);
    case ROR: return w == 8 ? alu_ror(v, n, 8, fr, fc) : alu_ror(v, n, 16, fr, fc);
    case SHL: return w == 8 ? alu_shl(v, n, 8, fr, fc) : alu_shl(v, n, 16, fr, fc);
    case SHR: return w == 8 ? alu_shr(v, n, 8, fr, fc) : alu_shr(v, n, 16, fr, fc);
    default: return w == 8 ? alu_sar(v, n, 8, fr, fc) : alu_sar(v, n, 16, fr, fc);
    }
}

/* A count that gives what n would give, in the range of alu.h. */
static u32 equivalent_count(Shift kind, u32 n, u32 w)
{
    if (n < 32)
        return n;
    return kind == ROL || kind == ROR ? (n - 1) % w + 1 : 31;
}

static void shift_by(Cpu *c, const Insn *i, int size, Shift kind, u32 n)
{
    u32 v = dst_read_rmw(c, i, size);
    dst_write(c, i, size, shift_once(kind, v, n, size * 8, &c->fr, &c->fc));
}

static void shift_cl(Cpu *c, const Insn *i, int size, Shift kind)
{
    shift_by(c, i, size, kind, equivalent_count(kind, CL, (u32)size * 8));
}

#define SHIFT_OPS(name, kind) \
    void op_##name##8_8086(Cpu *c, const Insn *i) \
    { \
        shift_cl(c, i, 1, kind); \
    } \
    void op_##name##v_8086(Cpu *c, const Insn *i) \
    { \
        shift_cl(c, i, 2, kind); \
    }
SHIFT_OPS(rol, ROL)
SHIFT_OPS(ror, ROR)
SHIFT_OPS(shl, SHL)
SHIFT_OPS(shr, SHR)
SHIFT_OPS(sar, SAR)

/* A byte shifted by CL = 16 or 24 leaves on the 386 the CF of a shift by 8, not 0 (found by the
 * authors of test386.asm). Not so with an immediate count, where captures of a 286 have 0. */
static u32 byte_count_386(u32 n)
{
    n &= 31;
    return n == 16 || n == 24 ? 8 : n;
}

void op_shl8_386(Cpu *c, const Insn *i)
{
    shift_by(c, i, 1, SHL, byte_count_386(CL));
}
void op_shr8_386(Cpu *c, const Insn *i)
{
    shift_by(c, i, 1, SHR, byte_count_386(CL));
}

void op_rcl8_8086(Cpu *c, const Insn *i)
{
    op_rcl8(c, i);
}
void op_rclv_8086(Cpu *c, const Insn *i)
{
    op_rclv(c, i);
}
void op_rcr8_8086(Cpu *c, const Insn *i)
{
    op_rcr8(c, i);
}
void op_rcrv_8086(Cpu *c, const Insn *i)
{
    op_rcrv(c, i);
}

/* "Set minus one": the adder's undocumented operation, as if OR with all ones. */
static void setmo(Cpu *c, const Insn *i, int size)
{
    dst_read_rmw(c, i, size);
    dst_write(c, i, size, 0xFFFF);
    c->fr = ~0ull;
    c->fc = 0;
}

void op_setmo8(Cpu *c, const Insn *i)
{
    setmo(c, i, 1);
}
void op_setmov(Cpu *c, const Insn *i)
{
    setmo(c, i, 2);
}
void op_setmoc8(Cpu *c, const Insn *i)
{
    if (CL)
        setmo(c, i, 1);
}
void op_setmocv(Cpu *c, const Insn *i)
{
    if (CL)
        setmo(c, i, 2);
}

/* ---- multiply and divide --------------------------------------------------------------------- */

static bool has_rep(const Insn *i)
{
    return i->flags & (INSN_REP | INSN_REPNE);
}

static void product(Cpu *c, int size, u32 r, bool wide)
{
    if (size == 1) {
        AX = (u16)r;
    } else {
        AX = (u16)r;
        DX = (u16)(r >> 16);
    }
    c->fr = flags_result(size == 1 ? AH : DX, size * 8);
    c->fc = flags_make_fc(wide, wide, 0);
}

static void mul_8086(Cpu *c, const Insn *i, int size)
{
    u32 r = dst_read(c, i, size) * reg_get(c, REG_EAX, size);
    /* the prefix sets the flag by which the microcode keeps the sign of the product */
    if (has_rep(i))
        r = 0 - r;
    product(c, size, r, r >> (size * 8) & (size == 1 ? 0xFF : 0xFFFF));
}

static s32 sign_extend(u32 v, int size)
{
    return size == 1 ? (s8)v : (s16)v;
}

static void imul_8086(Cpu *c, const Insn *i, int size)
{
    s32 r = sign_extend(dst_read(c, i, size), size) * sign_extend(reg_get(c, REG_EAX, size), size);
    if (has_rep(i))
        r = -r;
    product(c, size, (u32)r, r != sign_extend((u32)r, size));
}

static void quotient(Cpu *c, int size, u32 q, u32 r)
{
    if (size == 1) {
        AL = (u8)q;
        AH = (u8)r;
    } else {
        AX = (u16)q;
        DX = (u16)r;
    }
}

static void div_8086(Cpu *c, const Insn *i, int size)
{
    u32 d = dst_read(c, i, size), n = size == 1 ? AX : (u32)DX << 16 | AX;
    if (n >> (size * 8) >= d)
        divide_error(c, i);
    quotient(c, size, n / d, n % d);
}

static void idiv_8086(Cpu *c, const Insn *i, int size)
{
    s64 d = sign_extend(dst_read(c, i, size), size);
    s64 n = size == 1 ? (s16)AX : (s32)((u32)DX << 16 | AX);
    s64 max = size == 1 ? 0x7F : 0x7FFF;
    if (!d)
        divide_error(c, i);
    s64 q = n / d;
    if (q > max || q < -max) /* -80h is an error here, unlike on later models */
        divide_error(c, i);
    quotient(c, size, (u32)(has_rep(i) ? -q : q), (u32)(n % d));
}

/* The 286 divides magnitudes bit by bit in a remainder register of the operand's width, and finds
 * an overflow only in the sign of the quotient. So some quotients that are too large pass as -80h
 * (-8000h), with a remainder that has lost its carry: as hardware captures (80C286) have it. */
static void idiv_286(Cpu *c, const Insn *i, int size)
{
    s32 d = sign_extend(dst_read(c, i, size), size);
    s32 n = size == 1 ? (s16)AX : (s32)((u32)DX << 16 | AX);
    u32 w = (u32)size * 8, mask = (1u << w) - 1;
    u32 divisor = d < 0 ? 0 - (u32)d : (u32)d, dividend = n < 0 ? 0 - (u32)n : (u32)n;
    u32 r = dividend >> w & mask, q = 0;
    for (u32 bit = w; bit--;) {
        r = (r << 1 | (dividend >> bit & 1)) & mask;
        q <<= 1;
        if (r >= divisor) {
            r -= divisor;
            q |= 1;
        }
    }
    bool negative = (n < 0) != (d < 0);
    u32 top = 1u << (w - 1);
    if (!d || q > top || (q == top && !negative))
        divide_error(c, i);
    quotient(c, size, negative ? 0 - q : q, n < 0 ? 0 - r : r);
}

void op_idiv8_286(Cpu *c, const Insn *i)
{
    idiv_286(c, i, 1);
}
void op_idivv_286(Cpu *c, const Insn *i)
{
    idiv_286(c, i, 2);
}

#define SIZES(name) \
    void op_##name##8_8086(Cpu *c, const Insn *i) \
    { \
        name##_8086(c, i, 1); \
    } \
    void op_##name##v_8086(Cpu *c, const Insn *i) \
    { \
        name##_8086(c, i, 2); \
    }
SIZES(mul)
SIZES(imul)
SIZES(div)
SIZES(idiv)

/* ---- stack ----------------------------------------------------------------------------------- */

void op_push_sp_8086(Cpu *c, const Insn *i)
{
    push(c, 2, ESP - 2);
}

void op_push_rm_8086(Cpu *c, const Insn *i)
{
    bool sp = !(i->flags & INSN_MEM) && i->dst == REG_ESP;
    push(c, 2, sp ? ESP - 2 : dst_read(c, i, 2));
}
