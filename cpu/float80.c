/* float80.c: 80-bit arithmetic: rounding, add, multiply, divide, square root, remainder, compare.
 * Everything is exact up to one final f80_round(), which alone knows precision and rounding
 * control, overflow and underflow. See float80.h for the rules of the game. Source: Intel SDM vol.
 * 1, 4.8 and 8.5. */
#include "cpu/float80.h"
#include "cpu/float80_root.h"

enum {
    BIAS = 16383,
    EXP_MAX = 0x7FFE,
    ADJUST = 24576 /* of the exponent, unmasked over- and underflow */
};

static F80 pack(bool neg, s32 exp, u64 man)
{
    return (F80){man, (u16)(neg << 15 | exp)};
}

F80Num f80_num(F80 a)
{
    F80Num n = {.man = a.man, .exp = a.exp & 0x7FFF, .neg = a.exp >> 15};
    if (likely(n.exp != 0 && n.exp != 0x7FFF)) {
        n.cls = a.man >> 63 ? F80_FINITE : F80_BAD;
    } else if (n.exp == 0) {
        if (a.man == 0)
            return n;
        n.cls = F80_FINITE; /* pseudo-denormals, with bit 63 set, count as denormals */
        n.denormal = true;
        int shift = __builtin_clzll(a.man);
        n.man <<= shift;
        n.exp = 1 - shift;
        n.lead = (u8)shift;
    } else if (!(a.man >> 63)) {
        n.cls = F80_BAD;
    } else if (a.man << 1 == 0) {
        n.cls = F80_INF;
    } else {
        n.cls = a.man >> 62 & 1 ? F80_QNAN : F80_SNAN;
    }
    return n;
}

void f80_num_old(F80Num *n)
{
    if (n->cls == F80_QNAN) {
        n->cls = F80_SNAN;
    } else if (n->cls == F80_BAD && n->exp == 0x7FFF) {
        n->cls = n->man << 1 ? F80_SNAN : F80_INF;
    } else if (n->cls == F80_BAD && n->man == 0) {
        n->cls = F80_ZERO; /* pseudo-zero */
        n->exp -= 63;
        n->lead = 63;
    } else if (n->cls == F80_BAD) {
        int shift = __builtin_clzll(n->man);
        n->cls = F80_FINITE;
        n->man <<= shift;
        n->exp -= shift;
        n->lead = (u8)shift;
    }
}

/* ---- rounding -------------------------------------------------------------------------------- */

typedef struct {
    u64 man;
    bool inexact, up, carry; /* carry: out of bit 63, man is 0 */
} Rounded;

/* Drops the low `drop` bits of hi and all of lo. */
static inline Rounded round_at(u64 hi, u64 lo, int drop, bool neg, u8 rc)
{
    u64 rest = lo;
    if (drop) {
        rest = hi << (64 - drop) | lo >> drop | (lo != 0);
        hi &= ~0ull << drop;
    }
    Rounded r = {hi, rest != 0, false, false};
    if (!rest)
        return r;
    switch (rc) {
    case X87_NEAREST:
        r.up = rest > 1ull << 63 || (rest == 1ull << 63 && hi >> drop & 1);
        break;
    case X87_DOWN:
        r.up = neg;
        break;
    case X87_UP:
        r.up = !neg;
        break;
    }
    if (r.up)
        r.man += 1ull << drop;
    r.carry = r.up && r.man == 0;
    return r;
}

static F80 overflow(bool neg, s32 exp, Rounded r, F80Env *e)
{
    e->raised |= X87_OE;
    if (!(e->masked & X87_OE)) {
        e->up = r.up;
        if (r.inexact)
            e->raised |= X87_PE;
        exp -= ADJUST;
        if (exp > EXP_MAX) { /* FSCALE only */
            e->raised |= X87_PE;
            e->up = true;
            return f80_inf(neg);
        }
        return pack(neg, exp, r.man);
    }
    e->raised |= X87_PE;
    e->up = f80_overflows_to_infinity(neg, e);
    return e->up ? f80_inf(neg) : pack(neg, EXP_MAX, ~0ull << (64 - e->bits));
}

/* The 8087 and 287 chop to infinity, and call it no overflow if the result is finite. */
bool f80_overflows_to_infinity(bool neg, F80Env *e)
{
    bool infinity = e->rc == X87_NEAREST || e->rc == (neg ? X87_DOWN : X87_UP);
    if (unlikely(e->old)) {
        infinity |= e->rc == X87_ZERO;
        if (!infinity)
            e->raised &= (u8)~X87_OE;
    }
    return infinity;
}

/* Tiny or nearly so: exp < 1 before rounding. Tininess is judged after rounding as if the exponent
 * had no bound. */
static F80 underflow(bool neg, s32 exp, u64 hi, u64 lo, Rounded r, F80Env *e)
{
    int drop = 64 - e->bits;
    s32 rounded_exp = exp + r.carry;
    bool tiny = rounded_exp < 1;
    if (tiny && !(e->masked & X87_UE)) {
        e->raised |= X87_UE;
        e->up = r.up;
        if (r.inexact)
            e->raised |= X87_PE;
        rounded_exp += ADJUST;
        if (rounded_exp < 1) { /* FSCALE only */
            e->raised |= X87_PE;
            return f80_zero(neg);
        }
        return pack(neg, rounded_exp, r.carry ? 1ull << 63 : r.man);
    }
    u32 shift = (u32)(1 - exp);
    if (shift < 64) {
        lo = hi << (64 - shift) | lo >> shift | (lo << (64 - shift) != 0);
        hi >>= shift;
    } else {
        lo = shift == 64 ? hi | (lo != 0) : 1;
        hi = 0;
    }
    r = round_at(hi, lo, drop, neg, e->rc);
    e->up = r.up;
    if (r.inexact)
        e->raised |= tiny ? X87_PE | X87_UE : X87_PE;
    if (unlikely(e->old) && tiny && e->rc == X87_ZERO)
        e->raised |= X87_UE; /* even if nothing is lost */
    return pack(neg, (s32)(r.man >> 63), r.man);
}

F80 f80_round(bool neg, s32 exp, u64 hi, u64 lo, F80Env *e)
{
    Rounded r = round_at(hi, lo, 64 - e->bits, neg, e->rc);
    if (unlikely(exp < 1))
        return underflow(neg, exp, hi, lo, r, e);
    if (unlikely(r.carry)) {
        r.man = 1ull << 63;
        exp++;
    }
    if (unlikely(exp > EXP_MAX))
        return overflow(neg, exp, r, e);
    e->up = r.up;
    if (r.inexact)
        e->raised |= X87_PE;
    return pack(neg, exp, r.man);
}

static F80 round128(bool neg, s32 exp, u128 m, F80Env *e)
{
    return f80_round(neg, exp, (u64)(m >> 64), (u64)m, e);
}

/* ---- NaNs and other special operands --------------------------------------------------------- */

F80 f80_invalid(F80Env *e)
{
    e->raised |= X87_IE;
    return F80_INDEFINITE;
}

F80 f80_divide_by_zero(bool neg, F80Env *e)
{
    e->raised |= X87_ZE;
    return f80_inf(neg);
}

static F80 quiet(const F80Num *a)
{
    return pack(a->neg, 0x7FFF, a->man | 3ull << 62);
}

/* Of two NaNs the one with the larger significand, but a quiet one before a signaling one (SDM
 * vol. 1, table 4-7). */
static F80 choose_nan(const F80Num *a, const F80Num *b)
{
    if (a->cls < F80_QNAN)
        return quiet(b);
    if (b->cls < F80_QNAN)
        return quiet(a);
    if (a->cls != b->cls)
        return quiet(a->cls == F80_QNAN ? a : b);
    if (a->man != b->man)
        return quiet(a->man > b->man ? a : b);
    return quiet(a->neg ? b : a);
}

bool f80_special(const F80Num *a, F80Env *e, F80 *r)
{
    if (unlikely(a->cls >= F80_QNAN)) {
        if (a->cls == F80_BAD) {
            *r = f80_invalid(e);
            return true;
        }
        if (a->cls == F80_SNAN)
            e->raised |= X87_IE;
        *r = quiet(a);
        return true;
    }
    if (unlikely(a->denormal)) {
        e->raised |= X87_DE;
        *r = F80_INDEFINITE;
        return !(e->masked & X87_DE);
    }
    return false;
}

bool f80_special2(const F80Num *a, const F80Num *b, F80Env *e, F80 *r)
{
    if (likely(a->cls < F80_QNAN && b->cls < F80_QNAN && !a->denormal && !b->denormal))
        return false;
    if (a->cls == F80_BAD || b->cls == F80_BAD) {
        *r = f80_invalid(e);
        return true;
    }
    if (a->cls >= F80_QNAN || b->cls >= F80_QNAN) {
        if (a->cls == F80_SNAN || b->cls == F80_SNAN)
            e->raised |= X87_IE;
        *r = choose_nan(a, b);
        return true;
    }
    e->raised |= X87_DE;
    *r = F80_INDEFINITE;
    return !(e->masked & X87_DE);
}

/* ---- add and subtract ------------------------------------------------------------------------ */

static F80 exact(const F80Num *a, bool neg, F80Env *e)
{
    return f80_round(neg, a->exp, a->man, 0, e);
}

static u128 shift_right_sticky(u128 v, u32 n)
{
    if (n == 0)
        return v;
    if (n > 127)
        return v != 0;
    return v >> n | (v << (128 - n) != 0);
}

static int clz128(u128 v)
{
    u64 hi = (u64)(v >> 64);
    return hi ? __builtin_clzll(hi) : 64 + __builtin_clzll((u64)v);
}

/* Zero, infinity: at least one of the operands is one. */
static F80 add_special(const F80Num *a, const F80Num *b, bool bneg, F80Env *e)
{
    if (a->cls == F80_INF && b->cls == F80_INF)
        return a->neg != bneg || e->projective ? f80_invalid(e) : f80_inf(a->neg);
    if (a->cls == F80_INF)
        return f80_inf(a->neg);
    if (b->cls == F80_INF)
        return f80_inf(bneg);
    if (b->cls != F80_ZERO)
        return exact(b, bneg, e);
    if (a->cls != F80_ZERO)
        return exact(a, a->neg, e);
    return f80_zero(a->neg == bneg ? a->neg : e->rc == X87_DOWN);
}

/* An operand as it was encoded. */
static F80Num unnormal(const F80Num *a)
{
    F80Num n = *a;
    n.man >>= a->lead;
    n.exp += a->lead;
    return n;
}

static bool has_unnormal(const F80Num *a, const F80Num *b, const F80Env *e)
{
    return unlikely(e->old) && (a->lead || b->lead) && a->cls <= F80_FINITE && b->cls <= F80_FINITE;
}

/* Sum of finite operands of the 8087 and 287, not all of them normal. */
static F80 add_unnormal(const F80Num *x, const F80Num *y, bool yneg, F80Env *e)
{
    F80Num a = unnormal(x), b = unnormal(y);
    b.neg = yneg;
    if (a.exp < b.exp) {
        F80Num t = a;
        a = b;
        b = t;
    }
    u128 m = (u128)a.man << 63, n = shift_right_sticky((u128)b.man << 63, (u32)(a.exp - b.exp));
    bool b_larger = n > m, normal = (b_larger ? b.man : a.man) >> 63;
    u128 sum = a.neg == b.neg ? m + n : b_larger ? n - m : m - n;
    if (sum == 0)
        return f80_zero(a.neg == b.neg ? a.neg : e->rc == X87_DOWN);
    int shift = normal ? clz128(sum) : !(sum >> 127);
    return round128(b_larger ? b.neg : a.neg, a.exp + 1 - shift, sum << shift, e);
}

F80 f80_add(const F80Num *a, const F80Num *b, bool subtract, F80Env *e)
{
    F80 r;
    if (f80_special2(a, b, e, &r))
        return r;
    bool bneg = b->neg ^ subtract;
    if (has_unnormal(a, b, e))
        return add_unnormal(a, b, bneg, e);
    if (unlikely(a->cls != F80_FINITE || b->cls != F80_FINITE))
        return add_special(a, b, bneg, e);
    bool neg = a->neg, differ = a->neg != bneg;
    if (a->exp < b->exp || (a->exp == b->exp && a->man < b->man)) {
        const F80Num *t = a;
        a = b;
        b = t;
        neg = bneg;
    }
    u128 x = (u128)a->man << 63, y = shift_right_sticky((u128)b->man << 63, (u32)(a->exp - b->exp));
    u128 sum = differ ? x - y : x + y;
    if (sum == 0)
        return f80_zero(e->rc == X87_DOWN);
    int shift = clz128(sum);
    return round128(neg, a->exp + 1 - shift, sum << shift, e);
}

/* ---- multiply, divide, square root ----------------------------------------------------------- */

F80 f80_mul(const F80Num *a, const F80Num *b, F80Env *e)
{
    F80 r;
    if (f80_special2(a, b, e, &r))
        return r;
    bool neg = a->neg ^ b->neg;
    if (unlikely(a->cls != F80_FINITE || b->cls != F80_FINITE)) {
        if (a->cls == F80_INF || b->cls == F80_INF)
            return a->cls == F80_ZERO || b->cls == F80_ZERO ? f80_invalid(e) : f80_inf(neg);
        return f80_zero(neg);
    }
    F80Num x = *a, y = *b;
    if (has_unnormal(a, b, e)) { /* the product is not normalized either */
        x = unnormal(a);
        y = unnormal(b);
    }
    u128 m = (u128)x.man * y.man;
    s32 exp = x.exp + y.exp - BIAS + 1;
    if (!(m >> 127)) {
        m <<= 1;
        exp--;
    }
    return round128(neg, exp, m, e);
}

static F80 div_special(const F80Num *a, const F80Num *b, bool neg, F80Env *e)
{
    if (a->cls == b->cls)
        return f80_invalid(e); /* 0/0 or infinity/infinity */
    if (a->cls == F80_INF)
        return f80_inf(neg);
    if (b->cls == F80_ZERO)
        return f80_divide_by_zero(neg, e);
    return f80_zero(neg);
}

F80 f80_div(const F80Num *a, const F80Num *b, F80Env *e)
{
    F80 r;
    bool neg = a->neg ^ b->neg;
    if (unlikely(e->old && b->lead))
        return f80_invalid(e);
    if (unlikely(b->cls == F80_ZERO && a->cls == F80_FINITE))
        return f80_divide_by_zero(neg, e); /* before DE */
    if (f80_special2(a, b, e, &r))
        return r;
    if (unlikely(a->cls != F80_FINITE || b->cls != F80_FINITE))
        return div_special(a, b, neg, e);
    if (has_unnormal(a, b, e)) {
        F80Num x = unnormal(a);
        u64 left, digits = f80_divide_128(x.man >> 1, x.man << 63, b->man, &left);
        return f80_round(neg, x.exp - b->exp + BIAS, digits, f80_remainder_bits(left, b->man), e);
    }
    bool less = a->man < b->man;
    u64 rem, hi = less ? a->man : a->man >> 1, lo = less ? 0 : a->man << 63;
    u64 q = f80_divide_128(hi, lo, b->man, &rem);
    return f80_round(neg, a->exp - b->exp + BIAS - less, q, f80_remainder_bits(rem, b->man), e);
}

F80 f80_sqrt(const F80Num *a, F80Env *e)
{
    F80 r;
    if ((a->cls == F80_FINITE && a->neg) || unlikely(e->old && a->lead))
        return f80_invalid(e); /* before DE */
    if (f80_special(a, e, &r))
        return r;
    if (a->cls == F80_ZERO)
        return f80_zero(a->neg);
    if (a->cls == F80_INF)
        return a->neg || e->projective ? f80_invalid(e) : f80_inf(false);
    s32 exp = a->exp - BIAS;
    u64 below, root = f80_root(a->man, exp & 1, &below);
    return f80_round(false, (exp - (exp & 1)) / 2 + BIAS, root, below, e);
}

/* ---- remainder ------------------------------------------------------------------------------- */

static F80 rem_finite(const F80Num *a, const F80Num *b, bool nearest, u64 *quotient, bool *partial,
                      F80Env *e)
{
    s32 diff = a->exp - b->exp;
    bool neg = a->neg;
    u64 q = 0, rem = a->man;
    s32 exp = a->exp;
    if (diff >= 0) {
        /* At most 63 bits of quotient at once; else so many that the next round ends on a multiple
         * of 32. */
        *partial = diff >= 64;
        int n = *partial ? (diff & 31) | 32 : diff;
        if (rem >= b->man) {
            rem -= b->man;
            q = 1;
        }
        u128 wide = (u128)rem << n;
        u64 digits = (u64)(wide / b->man);
        rem = (u64)wide - digits * b->man;
        q = (q << n) + digits;
        exp -= n;
    }
    if (nearest && !*partial && diff >= -1) {
        u64 half = diff >= 0 ? b->man - rem
                             : b->man; /* round up if rem > half, at diff -1 in halves of b */
        bool up = diff >= 0 ? rem > half || (rem == half && q & 1) : rem > half;
        if (up) {
            /* at diff -1: b - a, in units of a's last place, is 2 * b->man - a->man, which is less
             * than 2^64 */
            rem = diff >= 0 ? b->man - rem : 2 * b->man - rem;
            neg = !neg;
            q++;
        }
    }
    *quotient = *partial ? 0 : q;
    if (rem == 0)
        return f80_zero(a->neg);
    int shift = __builtin_clzll(rem);
    return f80_round(neg, exp - shift, rem << shift, 0, e);
}

F80 f80_rem(const F80Num *a, const F80Num *b, bool nearest, u64 *quotient, bool *partial, F80Env *e)
{
    F80 r;
    *quotient = 0;
    *partial = false;
    if (a->cls < F80_QNAN && b->cls < F80_QNAN && (a->cls == F80_INF || b->cls == F80_ZERO))
        return f80_invalid(e); /* before DE */
    if (unlikely(e->old && b->lead))
        return f80_invalid(e);
    if (f80_special2(a, b, e, &r))
        return r;
    if (a->cls == F80_ZERO)
        return f80_zero(a->neg);
    u8 bits = e->bits;
    e->bits = 64; /* the result is exact, precision control has no say */
    r = b->cls == F80_INF ? exact(a, a->neg, e) : rem_finite(a, b, nearest, quotient, partial, e);
    e->bits = bits;
    return r;
}

/* ---- round to integer, scale, extract -------------------------------------------------------- */

F80 f80_round_to_int(const F80Num *a, F80Env *e)
{
    F80 r;
    if (f80_special(a, e, &r))
        return r;
    if (a->cls == F80_ZERO)
        return f80_zero(a->neg);
    if (a->cls == F80_INF)
        return f80_inf(a->neg);
    s32 drop = BIAS + 63 - a->exp;
    if (drop <= 0)
        return pack(a->neg, a->exp, a->man);
    Rounded v;
    if (drop > 64)
        v = round_at(0, 1, 0, a->neg, e->rc);
    else if (drop == 64)
        v = round_at(0, a->man, 0, a->neg, e->rc);
    else
        v = round_at(a->man, 0, drop, a->neg, e->rc);
    if (v.inexact)
        e->raised |= X87_PE;
    e->up = v.up;
    if (drop >= 64)
        return v.man ? pack(a->neg, BIAS, 1ull << 63) : f80_zero(a->neg);
    return v.carry ? pack(a->neg, a->exp + 1, 1ull << 63) : pack(a->neg, a->exp, v.man);
}

/* trunc(b), limited to what decides every scaling. */
static s32 scale_count(const F80Num *b)
{
    s32 e = b->exp - BIAS;
    if (e < 0)
        return 0;
    s32 n = e > 15 ? 0x10000 : (s32)(b->man >> (63 - e));
    return b->neg ? -n : n;
}

F80 f80_scale(const F80Num *a, const F80Num *b, F80Env *e)
{
    F80 r;
    if (f80_special2(a, b, e, &r))
        return r;
    if (b->cls == F80_INF) {
        if (a->cls == (b->neg ? F80_INF : F80_ZERO))
            return f80_invalid(e);
        return b->neg ? f80_zero(a->neg) : f80_inf(a->neg);
    }
    if (a->cls == F80_INF)
        return f80_inf(a->neg);
    if (a->cls == F80_ZERO)
        return f80_zero(a->neg);
    u8 bits = e->bits;
    e->bits = 64;
    s32 n = b->cls == F80_ZERO ? 0 : scale_count(b);
    r = f80_round(a->neg, a->exp + n, a->man, 0, e);
    e->bits = bits;
    return r;
}

F80 f80_extract(const F80Num *a, F80 *exponent, F80Env *e)
{
    F80 r;
    F80Num n = *a;
    n.denormal &= !e->old;
    if (f80_special(&n, e, &r)) {
        *exponent = r;
        return r;
    }
    if (unlikely(e->old) && a->cls != F80_FINITE) {
        *exponent = a->cls == F80_ZERO ? f80_zero(false) : f80_invalid(e);
        return a->cls == F80_ZERO ? f80_zero(a->neg) : F80_INDEFINITE;
    }
    if (a->cls == F80_ZERO) {
        *exponent = f80_divide_by_zero(true, e);
        return f80_zero(a->neg);
    }
    if (a->cls == F80_INF) {
        *exponent = f80_inf(false);
        return f80_inf(a->neg);
    }
    u8 lead = e->old ? a->lead : 0; /* an unnormal stays one */
    s32 log = a->exp + lead - BIAS;
    u64 magnitude = (u64)(log < 0 ? -log : log);
    if (log == 0) {
        *exponent = f80_zero(false);
    } else {
        int shift = __builtin_clzll(magnitude);
        *exponent = pack(log < 0, BIAS + 63 - shift, magnitude << shift);
    }
    return pack(a->neg, BIAS, a->man >> lead);
}

/* ---- compare --------------------------------------------------------------------------------- */

static int magnitude_order(const F80Num *a, const F80Num *b)
{
    if (a->cls != b->cls)
        return a->cls < b->cls ? -1 : 1; /* zero, finite, infinity */
    if (a->cls != F80_FINITE)
        return 0;
    if (a->exp != b->exp)
        return a->exp < b->exp ? -1 : 1;
    return a->man < b->man ? -1 : a->man > b->man;
}

F80Order f80_compare(const F80Num *a, const F80Num *b, bool quiet_nans, F80Env *e)
{
    if (unlikely(a->cls >= F80_QNAN || b->cls >= F80_QNAN)) {
        if (!quiet_nans || a->cls >= F80_SNAN || b->cls >= F80_SNAN)
            e->raised |= X87_IE;
        return F80_UNORDERED;
    }
    if (e->projective && (a->cls == F80_INF || b->cls == F80_INF)) {
        if (a->cls == b->cls)
            return F80_EQUAL;
        e->raised |= X87_IE;
        return F80_UNORDERED;
    }
    if (a->denormal || b->denormal)
        e->raised |= X87_DE;
    int m = magnitude_order(a, b);
    if (a->cls == F80_ZERO && b->cls == F80_ZERO)
        return F80_EQUAL;
    if (a->neg != b->neg)
        return a->neg ? F80_LESS : F80_GREATER;
    if (a->neg)
        m = -m;
    return m < 0 ? F80_LESS : m > 0 ? F80_GREATER : F80_EQUAL;
}
