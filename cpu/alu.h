/* alu.h: arithmetic as pure functions: operands and the lazy flag words in, result out, flag
 * words updated. `w` is the operand width in bits (8, 16, 32), always a constant at the call, so
 * each use compiles to a few instructions. Operands come zero-extended; bits of a result above w
 * are garbage for the caller to cut off. Hot and cold code share these. */
#ifndef GLASS86_ALU_H
#define GLASS86_ALU_H

#include "cpu/flags.h"

#define ALU static inline __attribute__((always_inline)) u32

ALU alu_add(u32 a, u32 b, int w, u64 *fr, u64 *fc)
{
    u32 r = a + b;
    *fr = flags_result(r, w);
    *fc = flags_carries((a & b) | ((a | b) & ~r), w);
    return r;
}

ALU alu_adc(u32 a, u32 b, int w, u64 *fr, u64 *fc)
{
    u32 r = a + b + flag_c(*fc);
    *fr = flags_result(r, w);
    *fc = flags_carries((a & b) | ((a | b) & ~r), w);
    return r;
}

ALU alu_sub(u32 a, u32 b, int w, u64 *fr, u64 *fc)
{
    u32 r = a - b;
    *fr = flags_result(r, w);
    *fc = flags_carries((~a & b) | ((~a | b) & r), w);
    return r;
}

ALU alu_sbb(u32 a, u32 b, int w, u64 *fr, u64 *fc)
{
    u32 r = a - b - flag_c(*fc);
    *fr = flags_result(r, w);
    *fc = flags_carries((~a & b) | ((~a | b) & r), w);
    return r;
}

ALU alu_logic(u32 r, int w, u64 *fr, u64 *fc)
{
    *fr = flags_result(r, w);
    *fc = 0;
    return r;
}

ALU alu_and(u32 a, u32 b, int w, u64 *fr, u64 *fc)
{
    return alu_logic(a & b, w, fr, fc);
}

ALU alu_or(u32 a, u32 b, int w, u64 *fr, u64 *fc)
{
    return alu_logic(a | b, w, fr, fc);
}

ALU alu_xor(u32 a, u32 b, int w, u64 *fr, u64 *fc)
{
    return alu_logic(a ^ b, w, fr, fc);
}

/* Carry word of INC and DEC: CF as it was in `old`; `over` has the top bit of the operand set if it
 * overflowed, `changed` the bits that changed. */
static inline __attribute__((always_inline)) u64 alu_keep_c(u64 old, u32 over, u32 changed, int w)
{
    return (old & 1u << 31) | ((old ^ over << (32 - w)) >> 1 & 1u << 30) | (changed >> 1 & 8);
}

ALU alu_inc(u32 a, int w, u64 *fr, u64 *fc)
{
    u32 r = a + 1;
    *fr = flags_result(r, w);
    *fc = alu_keep_c(*fc, ~a & r, a ^ r, w);
    return r;
}

ALU alu_dec(u32 a, int w, u64 *fr, u64 *fc)
{
    u32 r = a - 1;
    *fr = flags_result(r, w);
    *fc = alu_keep_c(*fc, a & ~r, a ^ r, w);
    return r;
}

ALU alu_neg(u32 a, int w, u64 *fr, u64 *fc)
{
    return alu_sub(0, a, w, fr, fc);
}

ALU alu_not(u32 a, int w, u64 *fr, u64 *fc)
{
    return ~a;
}

/* Shifts and rotates: n is the masked count 0-31. A count of 0 changes no flag. OF is computed
 * for every count as the processor does for 1 (top bits of the result); the manual leaves it
 * undefined above 1. AF, undefined as well, is 1 after a shift: so the 386 has it. */
ALU alu_shl(u32 a, u32 n, int w, u64 *fr, u64 *fc)
{
    if (!n)
        return a;
    u64 wide = (u64)a << n;
    u32 r = (u32)wide, c = wide >> w & 1;
    *fr = flags_result(r, w);
    *fc = flags_make_fc(c, c ^ (r >> (w - 1) & 1), 1);
    return r;
}

ALU alu_shr(u32 a, u32 n, int w, u64 *fr, u64 *fc)
{
    if (!n)
        return a;
    u32 r = (u32)((u64)a >> n);
    *fr = flags_result(r, w);
    *fc = flags_make_fc((u64)a >> (n - 1) & 1, (r >> (w - 1) ^ r >> (w - 2)) & 1, 1);
    return r;
}

ALU alu_sar(u32 a, u32 n, int w, u64 *fr, u64 *fc)
{
    if (!n)
        return a;
    s64 s = (s64)flags_result(a, w);
    u32 r = (u32)(s >> n);
    *fr = flags_result(r, w);
    *fc = flags_make_fc(s >> (n - 1) & 1, 0, 1);
    return r;
}

/* Rotates change CF and OF only. */
ALU alu_rol(u32 a, u32 n, int w, u64 *fr, u64 *fc)
{
    if (!n)
        return a;
    u32 k = n & (u32)(w - 1);
    u32 r = k ? a << k | a >> ((u32)w - k) : a;
    u32 c = r & 1, o = (r >> (w - 1) & 1) ^ c;
    *fc = flags_make_fc(c, o, flag_a(*fc));
    return r;
}

ALU alu_ror(u32 a, u32 n, int w, u64 *fr, u64 *fc)
{
    if (!n)
        return a;
    u32 k = n & (u32)(w - 1);
    u32 r = k ? a >> k | a << ((u32)w - k) : a;
    u32 c = r >> (w - 1) & 1, o = (r >> (w - 2) & 1) ^ c;
    *fc = flags_make_fc(c, o, flag_a(*fc));
    return r;
}

/* Conditions of Jcc, SETcc, CMOVcc by the low four opcode bits. */
static inline __attribute__((always_inline)) bool alu_cond(int cc, u64 fr, u64 fc)
{
    bool b;
    switch (cc >> 1) {
    case 0: b = flag_o(fc); break;
    case 1: b = (s32)fc < 0; break;
    case 2: b = (u32)fr == 0; break;
    case 3: b = (s32)fc < 0 || (u32)fr == 0; break;
    case 4: b = (s64)fr < 0; break;
    case 5: b = flag_p(fr); break;
    case 6: b = flag_s(fr) != flag_o(fc); break;
    default: b = (u32)fr == 0 || flag_s(fr) != flag_o(fc); break;
    }
    return b != (cc & 1);
}

#undef ALU
#endif
