/* flags.h: EFLAGS, and the lazy form of its six arithmetic flags.
 *
 * Every arithmetic instruction leaves two words, from which any flag can be had later:
 *
 *   fr, result word:  bits 31..0  the result, sign-extended from the operand's width
 *                     bits 63..32 its sign (all ones or all zeros)
 *       ZF = (bits 31..0 are 0)     SF = bit 63
 *       PF = even parity of (byte 0 XOR byte 4); byte 4 is 00h or FFh, which leaves parity alone
 *   fc, carry word:   bit 31 CF   bit 30 carry into the top bit: OF = bit 31 XOR bit 30   bit 3 AF
 *
 * Keeping sign and zero in separate halves lets flags_set() express every combination that POPF
 * can load, also those that no result has (ZF with SF), without another word. */
#ifndef GLASS86_FLAGS_H
#define GLASS86_FLAGS_H

#include "mmu/base.h"

enum {
    CF = 1 << 0,
    PF = 1 << 2,
    AF = 1 << 4,
    ZF = 1 << 6,
    SF = 1 << 7,
    TF = 1 << 8,
    IF = 1 << 9,
    DF = 1 << 10,
    OF = 1 << 11,
    IOPL = 3 << 12,
    NT = 1 << 14,
    RF = 1 << 16,
    VM = 1 << 17,
    AC = 1 << 18,
    VIF = 1 << 19,
    VIP = 1 << 20,
    ID = 1 << 21,

    OSZAP = OF | SF | ZF | AF | PF,
    OSZAPC = OSZAP | CF,
    OSZPC = OF | SF | ZF | PF | CF,
};

static inline u32 flag_c(u64 fc)
{
    return (u32)fc >> 31;
}
static inline u32 flag_o(u64 fc)
{
    return ((u32)fc >> 31 ^ (u32)fc >> 30) & 1;
}
static inline u32 flag_a(u64 fc)
{
    return (u32)fc >> 3 & 1;
}
static inline u32 flag_z(u64 fr)
{
    return (u32)fr == 0;
}
static inline u32 flag_s(u64 fr)
{
    return (u32)(fr >> 63);
}
static inline u32 flag_p(u64 fr)
{
    return !__builtin_parity((u8)fr ^ (u8)(fr >> 32));
}

/* The six flags at their EFLAGS positions. */
static inline u32 flags_get(u64 fr, u64 fc)
{
    return flag_c(fc) | flag_p(fr) << 2 | flag_a(fc) << 4 | flag_z(fr) << 6 | flag_s(fr) << 7 |
           flag_o(fc) << 11;
}

static inline u64 flags_make_fc(bool c, bool o, bool a)
{
    return (u32)c << 31 | (u32)(c ^ o) << 30 | (u32)a << 3;
}

static inline u64 flags_make_fr(bool z, bool s, bool p)
{
    return (u64)s << 63 | (u64)!p << 32 | (z ? 0 : 0x100);
}

/* Loads the lazy words from EFLAGS bits; other bits of `f` are ignored. */
static inline void flags_set(u32 f, u64 *fr, u64 *fc)
{
    *fr = flags_make_fr(f & ZF, f & SF, f & PF);
    *fc = flags_make_fc(f & CF, f & OF, f & AF);
}

/* The carry word with another CF; OF, its difference from bit 30, stays. */
static inline u64 flags_with_c(u64 fc, bool c)
{
    return flag_c(fc) == c ? fc : fc ^ 3u << 30;
}

/* Result word of a value of `bits` (8, 16, 32) bits. */
static inline u64 flags_result(u32 v, int bits)
{
    return (u64)(s64)((s32)(v << (32 - bits)) >> (32 - bits));
}

/* Carry word of an addition or subtraction from the vector of carries (borrows) out of each bit. */
static inline u64 flags_carries(u32 out, int bits)
{
    return bits == 32 ? out : out << (32 - bits) | (out & 8);
}

#endif
