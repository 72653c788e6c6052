/* bits.c: bit tests and scans, double shifts, rotates through carry, and the 486's exchange
 * instructions. */
#include "cpu/alu.h"
#include "cpu/internal.h"

/* ---- BT BTS BTR BTC -------------------------------------------------------------------------- */

typedef u32 BitFn(u32 v, u32 bit);

static u32 bit_set(u32 v, u32 bit)
{
    return v | bit;
}
static u32 bit_reset(u32 v, u32 bit)
{
    return v & ~bit;
}
static u32 bit_complement(u32 v, u32 bit)
{
    return v ^ bit;
}

/* OF, undefined in the manuals, as the 386 leaves it: it brings the bit into CF by a rotation
 * through a cleared carry, and OF is RCR's (found by the authors of test386.asm). */
static u32 bit_overflow(u32 v, u32 bit, u32 w)
{
    u64 ring = (u64)v << 1 | (u64)v << (w + 2); /* the carry, 0, lies between two copies */
    return (ring >> bit ^ ring >> (bit + w)) & 1 ? OF : 0;
}

/* `change` NULL: BT. The flags other than CF are undefined and stay, but for OF on the 386. */
static void bit_op(Cpu *c, const Insn *i, u32 bit, u32 ea, BitFn *change)
{
    int size = osize(i);
    bool mem = i->flags & INSN_MEM;
    u32 mask = 1u << (bit & (u32)(size * 8 - 1));
    u32 v = !mem     ? reg_get(c, i->dst, size)
            : change ? mem_read_rmw(c, i->seg, ea, size)
                     : mem_read(c, i->seg, ea, size);
    if (change && mem)
        mem_write(c, i->seg, ea, size, change(v, mask));
    else if (change)
        reg_set(c, i->dst, size, change(v, mask));
    c->fc = flags_with_c(c->fc, v & mask);
    if (c->model == CPU_386)
        set_arith_flags(c, (get_arith_flags(c) & ~(u32)OF) |
                               bit_overflow(v, bit & (u32)(size * 8 - 1), (u32)size * 8));
}

/* With a register offset the bit string reaches 2 GB either way from the operand. */
static void bit_op_reg(Cpu *c, const Insn *i, BitFn *change)
{
    int size = osize(i);
    u32 off = reg_get(c, i->src, size), ea = insn_ea(c, i);
    s32 away = size == 4 ? ((s32)off >> 5) * 4 : ((s16)off >> 4) * 2;
    ea += (u32)away;
    bit_op(c, i, off, ad32(i) ? ea : (u16)ea, change);
}

#define BIT_OPS(name, change) \
    void op_##name(Cpu *c, const Insn *i) \
    { \
        bit_op_reg(c, i, change); \
    } \
    void op_##name##_imm(Cpu *c, const Insn *i) \
    { \
        bit_op(c, i, i->imm, insn_ea(c, i), change); \
    }
BIT_OPS(bt, NULL)
BIT_OPS(bts, bit_set)
BIT_OPS(btr, bit_reset)
BIT_OPS(btc, bit_complement)

/* ---- BSF BSR: a zero source leaves the destination alone ------------------------------------- */

static void scanned(Cpu *c, const Insn *i, u32 v, u32 position)
{
    if (v)
        reg_set(c, i->dst, osize(i), position);
    set_arith_flags(c, (get_arith_flags(c) & ~(u32)ZF) | (v ? 0 : ZF));
}

void op_bsf(Cpu *c, const Insn *i)
{
    u32 v = src_read(c, i, osize(i));
    scanned(c, i, v, v ? (u32)__builtin_ctz(v) : 0);
}

void op_bsr(Cpu *c, const Insn *i)
{
    u32 v = src_read(c, i, osize(i));
    scanned(c, i, v, v ? 31 - (u32)__builtin_clz(v) : 0);
}

/* ---- SHLD SHRD ------------------------------------------------------------------------------- */

static u32 double_count(Cpu *c, const Insn *i)
{
    return (x86_rows[i->row].operand[2] == O_CL ? CL : i->imm) & 31;
}

static void double_shifted(Cpu *c, const Insn *i, u32 r, bool carry, bool overflow)
{
    int w = osize(i) * 8;
    dst_write(c, i, osize(i), r);
    c->fr = flags_result(r, w);
    c->fc = flags_make_fc(carry, overflow, 0);
}

/* 16-bit counts above 16 go on with the destination again, as processors do; the manual leaves
 * them undefined. */
void op_shld(Cpu *c, const Insn *i)
{
    u32 n = double_count(c, i), w = (u32)osize(i) * 8;
    u64 d = dst_read_rmw(c, i, osize(i)), s = reg_get(c, i->src, osize(i));
    if (!n)
        return;
    unsigned __int128 chain = (unsigned __int128)d << (2 * w) | s << w | d;
    u64 r = (u64)(chain << n >> (2 * w)) & (w == 32 ? 0xFFFFFFFF : 0xFFFF);
    bool carry = (u64)(chain >> (3 * w - n)) & 1;
    double_shifted(c, i, (u32)r, carry, (r ^ d) >> (w - 1) & 1);
}

void op_shrd(Cpu *c, const Insn *i)
{
    u32 n = double_count(c, i), w = (u32)osize(i) * 8;
    u64 d = dst_read_rmw(c, i, osize(i)), s = reg_get(c, i->src, osize(i));
    if (!n)
        return;
    unsigned __int128 chain = (unsigned __int128)d << (2 * w) | s << w | d;
    u64 r = (u64)(chain >> n) & (w == 32 ? 0xFFFFFFFF : 0xFFFF);
    bool carry = (u64)(chain >> (n - 1)) & 1;
    double_shifted(c, i, (u32)r, carry, (r ^ d) >> (w - 1) & 1);
}

/* ---- RCL RCR: rotation of width + 1 bits ----------------------------------------------------- */

/* n from 0 to width + 1. */
static u32 rotate_carry_left(u32 v, u32 n, u32 w, bool *carry)
{
    u64 all = (u64)*carry << w | v, ring = (2ull << w) - 1;
    all = (all << n | all >> (w + 1 - n)) & ring;
    *carry = all >> w & 1;
    return (u32)all;
}

static void rotate_through_carry(Cpu *c, const Insn *i, int size, u32 count, bool left)
{
    u32 w = (u32)size * 8, n = count % (w + 1);
    u32 v = dst_read_rmw(c, i, size);
    if (!count)
        return; /* a full turn, in contrast, sets OF */
    bool carry = flag_c(c->fc);
    u32 r = rotate_carry_left(v, left ? n : w + 1 - n, w, &carry);
    dst_write(c, i, size, r);
    bool top = r >> (w - 1) & 1;
    bool overflow = left ? top ^ carry : top ^ (r >> (w - 2) & 1);
    c->fc = flags_make_fc(carry, overflow, flag_a(c->fc));
}

static u32 shift_count(Cpu *c, const Insn *i)
{
    u32 n = x86_rows[i->row].operand[1] == O_CL ? CL : i->imm;
    return c->model == CPU_8086 ? n : n & 31;
}

void op_rcl8(Cpu *c, const Insn *i)
{
    rotate_through_carry(c, i, 1, shift_count(c, i), true);
}
void op_rclv(Cpu *c, const Insn *i)
{
    rotate_through_carry(c, i, osize(i), shift_count(c, i), true);
}
void op_rcr8(Cpu *c, const Insn *i)
{
    rotate_through_carry(c, i, 1, shift_count(c, i), false);
}
void op_rcrv(Cpu *c, const Insn *i)
{
    rotate_through_carry(c, i, osize(i), shift_count(c, i), false);
}

/* ---- CMPXCHG XADD BSWAP CMOV ----------------------------------------------------------------- */

static void sub_flags(Cpu *c, u32 a, u32 b, int size)
{
    if (size == 1)
        alu_sub(a, b, 8, &c->fr, &c->fc);
    else if (size == 2)
        alu_sub(a, b, 16, &c->fr, &c->fc);
    else
        alu_sub(a, b, 32, &c->fr, &c->fc);
}

static void cmpxchg(Cpu *c, const Insn *i, int size)
{
    u32 acc = reg_get(c, REG_EAX, size), v = dst_read_rmw(c, i, size);
    bool equal = acc == v;
    /* the destination is written either way */
    dst_write(c, i, size, equal ? reg_get(c, i->src, size) : v);
    if (!equal)
        reg_set(c, REG_EAX, size, v);
    sub_flags(c, acc, v, size);
}

void op_cmpxchg8(Cpu *c, const Insn *i)
{
    cmpxchg(c, i, 1);
}
void op_cmpxchgv(Cpu *c, const Insn *i)
{
    cmpxchg(c, i, osize(i));
}

void op_cmpxchg8b(Cpu *c, const Insn *i)
{
    u32 ea = insn_ea(c, i), high_ea = ad32(i) ? ea + 4 : (u16)(ea + 4);
    if (unlikely(c->align_check) && seg_linear(c, i->seg, ea, 8, true) & 7)
        raise_err(c, EX_AC, 0); /* before #PF, after the limit */
    mem_probe_write(c, i->seg, ea, 8);
    u32 low = mem_read_rmw(c, i->seg, ea, 4), high = mem_read_rmw(c, i->seg, high_ea, 4);
    bool equal = low == EAX && high == EDX;
    mem_write(c, i->seg, ea, 4, equal ? EBX : low);
    mem_write(c, i->seg, high_ea, 4, equal ? ECX : high);
    if (!equal) {
        EAX = low;
        EDX = high;
    }
    set_arith_flags(c, (get_arith_flags(c) & ~(u32)ZF) | (equal ? ZF : 0));
}

static void xadd(Cpu *c, const Insn *i, int size)
{
    u32 d = dst_read_rmw(c, i, size), s = reg_get(c, i->src, size);
    if (i->flags & INSN_MEM) /* the source may be part of the address */
        dst_write(c, i, size, d + s);
    reg_set(c, i->src, size, d);
    if (!(i->flags & INSN_MEM)) /* after the source: XADD of a register with itself doubles it */
        dst_write(c, i, size, d + s);
    if (size == 1)
        alu_add(d, s, 8, &c->fr, &c->fc);
    else if (size == 2)
        alu_add(d, s, 16, &c->fr, &c->fc);
    else
        alu_add(d, s, 32, &c->fr, &c->fc);
}

void op_xadd8(Cpu *c, const Insn *i)
{
    xadd(c, i, 1);
}
void op_xaddv(Cpu *c, const Insn *i)
{
    xadd(c, i, osize(i));
}

/* NOTE: a 16-bit operand size is undefined; processors clear the register's lower half. */
void op_bswap(Cpu *c, const Insn *i)
{
    if (op32(i))
        *reg32(c, i->dst) = __builtin_bswap32(*reg32(c, i->dst));
    else
        *reg16(c, i->dst) = 0;
}

void op_cmov(Cpu *c, const Insn *i)
{
    u32 v = src_read(c, i, osize(i)); /* faults even if the condition is false */
    if (alu_cond(x86_rows[i->row].opcode & 15, c->fr, c->fc))
        reg_set(c, i->dst, osize(i), v);
}
