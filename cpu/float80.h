/* float80.h: the x87's 80-bit arithmetic in integers. Nothing here knows registers, stacks or
 * instructions: operands and rules (F80Env) in, result and exceptions out. No host floating point
 * takes part, so results are the same bits on every host. Sources: Intel SDM vol. 1, chapters 4
 * and 8; 80387 programmer's reference manual, chapters 2 and 3.
 *
 * How an operation ends: it returns the masked result and adds what happened to e->raised. If an
 * exception of IE, DE or ZE is raised and not masked, the result means nothing and the caller
 * keeps its destination. With OE or UE not masked the result is the bias-adjusted one, good for a
 * register destination. */
#ifndef GLASS86_FLOAT80_H
#define GLASS86_FLOAT80_H

#include "mmu/base.h"

typedef unsigned __int128 u128;

/* As in memory: explicit integer bit 63, sign in bit 15 of exp, exponent biased by 16383. */
typedef struct {
    u64 man;
    u16 exp;
} F80;

/* Exceptions, at their places in the status word; the control word masks them at the same places.
 */
enum { X87_IE = 1, X87_DE = 2, X87_ZE = 4, X87_OE = 8, X87_UE = 16, X87_PE = 32, X87_SF = 64 };

enum { X87_NEAREST, X87_DOWN, X87_UP, X87_ZERO }; /* rounding control */

typedef struct {
    u8 masked;       /* low six bits of the control word */
    u8 rc;           /* X87_NEAREST... */
    u8 bits;         /* significand of results: 24, 53 or 64 */
    bool old;        /* 8087 and 287: see f80_num_old() */
    bool projective; /* ... with infinity control 0: one unsigned infinity */
    u8 raised;       /* out: exceptions, added to what was there */
    bool up;         /* out: C1: the result was rounded away from zero */
} F80Env;

typedef enum { F80_ZERO, F80_FINITE, F80_INF, F80_QNAN, F80_SNAN, F80_BAD } F80Class;

/* An operand taken apart. */
typedef struct {
    u64 man; /* finite: normalized, bit 63 set; NaN: as encoded */
    s32 exp; /* finite: biased by 16383, 0 and below for denormals */
    u8 cls;  /* F80Class; F80_BAD: unnormal, pseudo-infinity, pseudo-NaN: invalid since the 387 */
    u8 lead; /* zeros that were in front of the significand: of a denormal, an unnormal */
    bool neg;
    bool denormal; /* in its own format: raises DE */
} F80Num;

typedef enum { F80_LESS, F80_EQUAL, F80_GREATER, F80_UNORDERED } F80Order;

#define F80_INDEFINITE ((F80){0xC000000000000000, 0xFFFF})
#define F80_ONE        ((F80){0x8000000000000000, 0x3FFF})

static inline F80 f80_zero(bool neg)
{
    return (F80){0, (u16)(neg << 15)};
}
static inline F80 f80_inf(bool neg)
{
    return (F80){1ull << 63, (u16)(neg << 15 | 0x7FFF)};
}
/* An exception is raised that leaves the destination alone. */
static inline bool f80_stopped(const F80Env *e)
{
    return e->raised & ~e->masked & (X87_IE | X87_DE | X87_ZE);
}

/* ---- taking apart and putting together (float80.c) ------------------------------------------- */

F80Num f80_num(F80 a);
/* The same number as the 8087 and 287 see it. To them every NaN is a signaling one. They have
 * unnormals, and take denormals for such: the larger operand decides whether a sum is normalized, a
 * product or quotient is unnormal if an operand is; divisors, roots and integers must be normal.
 * Everything else normalizes them. Source: 80287 user's manual, tables 1-9 and 1-17. */
void f80_num_old(F80Num *n);
/* Rounds the value (hi + lo / 2^64) * 2^(exp - 16383 - 63), bit 63 of hi set, to e->bits. lo may
 * end in a sticky bit. */
F80 f80_round(bool neg, s32 exp, u64 hi, u64 lo, F80Env *e);
/* One operand: NaN, invalid encoding, denormal. true: *r is the result, or the operation stops. */
bool f80_special(const F80Num *a, F80Env *e, F80 *r);
bool f80_special2(const F80Num *a, const F80Num *b, F80Env *e, F80 *r);
F80 f80_invalid(F80Env *e);                  /* raises IE */
F80 f80_divide_by_zero(bool neg, F80Env *e); /* raises ZE: infinity */
/* The masked response to an overflow of this sign; takes OE back where it is none. */
bool f80_overflows_to_infinity(bool neg, F80Env *e);

/* hi:lo / d, hi < d. On x86-64 one instruction, which compilers don't make of 128 by 64 bits. */
static inline u64 f80_divide_128(u64 hi, u64 lo, u64 d, u64 *rem)
{
    u64 q;
#ifdef __x86_64__
    __asm__("divq %4" : "=a"(q), "=d"(*rem) : "0"(lo), "1"(hi), "rm"(d) : "cc");
#else
    q = (u64)(((u128)hi << 64 | lo) / d);
    *rem = lo - q * d;
#endif
    return q;
}
/* The rounding bits below a quotient: remainder against divisor. */
static inline u64 f80_remainder_bits(u64 rem, u64 divisor)
{
    u64 half = divisor - rem; /* rem * 2 against divisor, without overflow */
    return rem < half ? rem != 0 : 1ull << 63 | (rem != half);
}

/* ---- arithmetic (float80.c) ------------------------------------------------------------------ */

F80 f80_add(const F80Num *a, const F80Num *b, bool subtract, F80Env *e); /* a + b, or a - b */
F80 f80_mul(const F80Num *a, const F80Num *b, F80Env *e);
F80 f80_div(const F80Num *a, const F80Num *b, F80Env *e);
F80 f80_sqrt(const F80Num *a, F80Env *e);
/* FPREM (truncating) or FPREM1 (nearest: IEEE). *quotient: its low bits; *partial: not done, call
 * again (C2). */
F80 f80_rem(const F80Num *a, const F80Num *b, bool nearest, u64 *quotient, bool *partial,
            F80Env *e);
F80 f80_round_to_int(const F80Num *a, F80Env *e);
F80 f80_scale(const F80Num *a, const F80Num *b, F80Env *e); /* a * 2^trunc(b) */
/* *exponent gets the unbiased exponent; returns the significand, 1 <= |s| < 2. */
F80 f80_extract(const F80Num *a, F80 *exponent, F80Env *e);
/* quiet: only signaling NaNs are invalid (FUCOM). */
F80Order f80_compare(const F80Num *a, const F80Num *b, bool quiet, F80Env *e);

/* ---- conversions (float80_convert.c) --------------------------------------------------------- */

F80Num f80_num_f32(u32 v);
F80Num f80_num_f64(u64 v);
F80Num f80_num_int(s64 v);
/* What FLD does with a memory operand: quiets signaling NaNs (IE), normalizes denormals (DE, which
 * does not stop it). */
F80 f80_load(const F80Num *a, F80Env *e);
/* Stores. If an exception but PE is raised and not masked, nothing may be written. */
u32 f80_to_f32(F80 a, F80Env *e);
u64 f80_to_f64(F80 a, F80Env *e);
s64 f80_to_int(F80 a, int bits,
               F80Env *e);     /* 16, 32 or 64; the indefinite integer if it does not fit */
F80 f80_from_bcd(const u8 *p); /* 10 bytes; no exceptions; digits above 9 count as they are */
void f80_to_bcd(F80 a, u8 *p, F80Env *e);

/* ---- transcendental functions (float80_trans.c): no precision control, rounding as e says ---- */

typedef enum {
    F80_1,
    F80_L2T,
    F80_L2E,
    F80_PI,
    F80_LG2,
    F80_LN2,
    F80_0
} F80Constant; /* as D9 E8-EE */
F80 f80_constant(F80Constant which, u8 rc);

F80 f80_2xm1(const F80Num *a, F80Env *e);
F80 f80_yl2x(const F80Num *x, const F80Num *y, F80Env *e);
F80 f80_yl2xp1(const F80Num *x, const F80Num *y, F80Env *e);
F80 f80_atan2(const F80Num *y, const F80Num *x, F80Env *e);
/* false: |a| >= 2^63, nothing done (C2). sin or cos may be NULL; tan is the ratio. */
bool f80_sincos(const F80Num *a, F80 *sin, F80 *cos, F80Env *e);
bool f80_tan(const F80Num *a, F80 *tan, F80Env *e);

#endif
