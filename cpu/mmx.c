/* mmx.c: the MMX instructions of the Pentium MMX and Pentium II. The eight registers are the
 * significands of the x87's physical registers; every MMX instruction makes all tags valid and TOP
 * 0, and a write sets sign and exponent to ones. Source: Intel SDM vol. 2 and vol. 1, chapter 9. */
#include "cpu/fpu.h"

/* ---- the frame of an instruction ------------------------------------------------------------- */

/* false: wait for an error of the x87 and be tried again. */
static bool ready(Cpu *c)
{
    if (c->s.cr0 & CR0_EM || !c->fpu_present)
        raise_ex(c, EX_UD);
    return fpu_ready(c);
}

static void touch(Cpu *c)
{
    c->s.fpu.empty = 0;
    c->s.fpu.top = 0;
}

static void write_reg(Cpu *c, unsigned n, u64 v)
{
    touch(c);
    c->s.fpu.man[n] = v;
    c->s.fpu.exp[n] = 0xFFFF;
}

static u64 source(Cpu *c, const Insn *i)
{
    return i->flags & INSN_MEM ? fpu_read64(c, i) : c->s.fpu.man[i->src];
}

typedef u64 Function(u64 a, u64 b);

static void binary(Cpu *c, const Insn *i, Function *f)
{
    if (!ready(c))
        return;
    u64 b = source(c, i);
    write_reg(c, i->dst, f(c->s.fpu.man[i->dst], b));
}

/* ---- moves ----------------------------------------------------------------------------------- */

void op_movd_load(Cpu *c, const Insn *i)
{
    if (ready(c))
        write_reg(c, i->dst, src_read(c, i, 4));
}

void op_movd_store(Cpu *c, const Insn *i)
{
    if (!ready(c))
        return;
    dst_write(c, i, 4, (u32)c->s.fpu.man[i->src]);
    touch(c);
}

void op_movq_load(Cpu *c, const Insn *i)
{
    if (ready(c))
        write_reg(c, i->dst, source(c, i));
}

void op_movq_store(Cpu *c, const Insn *i)
{
    if (!ready(c))
        return;
    u64 v = c->s.fpu.man[i->src];
    if (i->flags & INSN_MEM) {
        fpu_write64(c, i, v);
        touch(c);
    } else {
        write_reg(c, i->dst, v);
    }
}

void op_emms(Cpu *c, const Insn *i)
{
    if (!ready(c))
        return;
    touch(c);
    c->s.fpu.empty = 0xFF;
}

/* ---- lanes ----------------------------------------------------------------------------------- */

#define BITS(type) (8 * (unsigned)sizeof(type))

static s32 clamp(s32 v, s32 low, s32 high)
{
    return v < low ? low : v > high ? high : v;
}

/* op_name(): lane by lane, p and q of `type`, the low bits of `value` into the lane; of: the
 * unsigned type of that width. */
#define LANEWISE(name, type, of, value)                                                            \
    static u64 name(u64 a, u64 b)                                                                  \
    {                                                                                              \
        u64 r = 0;                                                                                 \
        for (unsigned k = 0; k < 64; k += BITS(of)) {                                              \
            type p = (type)(a >> k), q = (type)(b >> k);                                           \
            r |= (u64)(of)(value) << k;                                                            \
        }                                                                                          \
        return r;                                                                                  \
    }                                                                                              \
    void op_##name(Cpu *c, const Insn *i)                                                          \
    {                                                                                              \
        binary(c, i, name);                                                                        \
    }

LANEWISE(paddb, u8, u8, p + q)
LANEWISE(paddw, u16, u16, p + q)
LANEWISE(paddd, u32, u32, p + q)
LANEWISE(psubb, u8, u8, p - q)
LANEWISE(psubw, u16, u16, p - q)
LANEWISE(psubd, u32, u32, p - q)
LANEWISE(paddsb, s8, u8, clamp(p + q, -128, 127))
LANEWISE(paddsw, s16, u16, clamp(p + q, -32768, 32767))
LANEWISE(psubsb, s8, u8, clamp(p - q, -128, 127))
LANEWISE(psubsw, s16, u16, clamp(p - q, -32768, 32767))
LANEWISE(paddusb, u8, u8, clamp(p + q, 0, 255))
LANEWISE(paddusw, u16, u16, clamp(p + q, 0, 65535))
LANEWISE(psubusb, u8, u8, clamp(p - q, 0, 255))
LANEWISE(psubusw, u16, u16, clamp(p - q, 0, 65535))
LANEWISE(pmullw, s16, u16, p *q)
LANEWISE(pmulhw, s16, u16, (u32)(p *q) >> 16)
LANEWISE(pcmpeqb, u8, u8, p == q ? 0xFF : 0)
LANEWISE(pcmpeqw, u16, u16, p == q ? 0xFFFF : 0)
LANEWISE(pcmpeqd, u32, u32, p == q ? 0xFFFFFFFF : 0)
LANEWISE(pcmpgtb, s8, u8, p > q ? 0xFF : 0)
LANEWISE(pcmpgtw, s16, u16, p > q ? 0xFFFF : 0)
LANEWISE(pcmpgtd, s32, u32, p > q ? 0xFFFFFFFF : 0)

/* Two products per doubleword. 8000h * 8000h twice wraps to 80000000h. */
static u64 pmaddwd(u64 a, u64 b)
{
    u64 r = 0;
    for (unsigned k = 0; k < 64; k += 32) {
        u32 low = (u32)((s16)(a >> k) * (s16)(b >> k));
        u32 high = (u32)((s16)(a >> (k + 16)) * (s16)(b >> (k + 16)));
        r |= (u64)(u32)(low + high) << k;
    }
    return r;
}

/* ---- logic ----------------------------------------------------------------------------------- */

static u64 pand(u64 a, u64 b)
{
    return a & b;
}
static u64 pandn(u64 a, u64 b)
{
    return ~a & b;
}
static u64 por(u64 a, u64 b)
{
    return a | b;
}
static u64 pxor(u64 a, u64 b)
{
    return a ^ b;
}

/* ---- shifts: every lane by the whole 64-bit count -------------------------------------------- */

static u64 psrlq(u64 a, u64 n)
{
    return n > 63 ? 0 : a >> n;
}
static u64 psllq(u64 a, u64 n)
{
    return n > 63 ? 0 : a << n;
}

#define SHIFTS(letter, u, s)                                                                       \
    static u64 psrl##letter(u64 a, u64 n)                                                          \
    {                                                                                              \
        u64 r = 0;                                                                                 \
        for (unsigned k = 0; k < 64 && n < BITS(u); k += BITS(u))                                  \
            r |= (u64)(u)((u)(a >> k) >> n) << k;                                                  \
        return r;                                                                                  \
    }                                                                                              \
    static u64 psll##letter(u64 a, u64 n)                                                          \
    {                                                                                              \
        u64 r = 0;                                                                                 \
        for (unsigned k = 0; k < 64 && n < BITS(u); k += BITS(u))                                  \
            r |= (u64)(u)((u)(a >> k) << n) << k;                                                  \
        return r;                                                                                  \
    }                                                                                              \
    static u64 psra##letter(u64 a, u64 n)                                                          \
    {                                                                                              \
        u64 r = 0;                                                                                 \
        if (n > BITS(u) - 1)                                                                       \
            n = BITS(u) - 1;                                                                       \
        for (unsigned k = 0; k < 64; k += BITS(u))                                                 \
            r |= (u64)(u)((s)(a >> k) >> n) << k;                                                  \
        return r;                                                                                  \
    }
SHIFTS(w, u16, s16)
SHIFTS(d, u32, s32)

/* 0F 71-73 with a count in the instruction; the reg field is 2, 4 or 6: right, right arithmetic,
 * left. */
void op_mmx_shift_imm(Cpu *c, const Insn *i)
{
    static Function *const shift[3][3] = {
        {psrlw, psraw, psllw},
        {psrld, psrad, pslld},
        {psrlq, NULL, psllq},
    };
    const Row *r = &x86_rows[i->row];
    if (!ready(c))
        return;
    Function *f = shift[r->opcode - 0x0F71][r->ext / 2 - 1];
    write_reg(c, i->dst, f(c->s.fpu.man[i->dst], i->imm));
}

/* ---- pack and unpack ------------------------------------------------------------------------- */

static u64 pack_words(u64 a, u64 b, s32 low, s32 high)
{
    u64 r = 0;
    for (unsigned k = 0; k < 4; k++) {
        r |= (u64)(u8)clamp((s16)(a >> 16 * k), low, high) << 8 * k;
        r |= (u64)(u8)clamp((s16)(b >> 16 * k), low, high) << (8 * k + 32);
    }
    return r;
}

static u64 packsswb(u64 a, u64 b)
{
    return pack_words(a, b, -128, 127);
}
static u64 packuswb(u64 a, u64 b)
{
    return pack_words(a, b, 0, 255);
}
static u64 packssdw(u64 a, u64 b)
{
    u64 r = 0;
    for (unsigned k = 0; k < 2; k++) {
        r |= (u64)(u16)clamp((s32)(a >> 32 * k), -32768, 32767) << 16 * k;
        r |= (u64)(u16)clamp((s32)(b >> 32 * k), -32768, 32767) << (16 * k + 32);
    }
    return r;
}

/* Lanes of `bits` from the low halves of a and b, alternating. */
static u64 interleave(u64 a, u64 b, unsigned bits)
{
    u64 r = 0, mask = (1ull << bits) - 1;
    for (unsigned k = 0; k < 32; k += bits)
        r |= (a >> k & mask) << 2 * k | (b >> k & mask) << (2 * k + bits);
    return r;
}

static u64 punpckhbw(u64 a, u64 b)
{
    return interleave(a >> 32, b >> 32, 8);
}
static u64 punpckhwd(u64 a, u64 b)
{
    return interleave(a >> 32, b >> 32, 16);
}
static u64 punpckhdq(u64 a, u64 b)
{
    return interleave(a >> 32, b >> 32, 32);
}

/* These read only 32 bits of memory. */
static void unpack_low(Cpu *c, const Insn *i, unsigned bits)
{
    if (!ready(c))
        return;
    u64 b = i->flags & INSN_MEM ? mem_read(c, i->seg, insn_ea(c, i), 4) : c->s.fpu.man[i->src];
    write_reg(c, i->dst, interleave(c->s.fpu.man[i->dst], b, bits));
}

void op_punpcklbw(Cpu *c, const Insn *i)
{
    unpack_low(c, i, 8);
}
void op_punpcklwd(Cpu *c, const Insn *i)
{
    unpack_low(c, i, 16);
}
void op_punpckldq(Cpu *c, const Insn *i)
{
    unpack_low(c, i, 32);
}

#define BINARY(name)                                                                               \
    void op_##name(Cpu *c, const Insn *i)                                                          \
    {                                                                                              \
        binary(c, i, name);                                                                        \
    }
BINARY(pmaddwd)
BINARY(pand)
BINARY(pandn)
BINARY(por)
BINARY(pxor)
BINARY(psrlw)
BINARY(psrld)
BINARY(psrlq)
BINARY(psraw)
BINARY(psrad)
BINARY(psllw)
BINARY(pslld)
BINARY(psllq)
BINARY(packsswb)
BINARY(packuswb)
BINARY(packssdw)
BINARY(punpckhbw)
BINARY(punpckhwd)
BINARY(punpckhdq)
