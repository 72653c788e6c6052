/* float80_trans.c: the transcendental functions of the x87, in integers with 128-bit significands.
 *
 * Each function reduces its argument with a table and sums a short power series; the error before
 * the final rounding stays below 2^-110, so results are the correctly rounded ones but for about
 * one argument in 2^40, in every rounding mode, and therefore monotonic where the functions are.
 * docs/x87.md tells what was measured. Trigonometric arguments are reduced by pi in 66 bits, as in
 * all Intel coprocessors from the 387 on: sin(x) here is the sine of x * pi / pi66 (Intel SDM vol.
 * 1, 8.3.8). Special operands: SDM vol. 2, the tables of each instruction.
 * NOTE: outside of the ranges the manuals give for F2XM1 and FYL2XP1 results are undefined; here
 * F2XM1 leaves its operand, FYL2XP1 is right for all x > -1. */
#include "cpu/float80_tables.h"

enum { BIAS = 16383 };

/* ---- numbers with 128-bit significands ------------------------------------------------------- */

/* (-1)^neg * m * 2^(exp - 127); bit 127 of m is set, or m is 0. */
typedef struct {
    u128 m;
    s32 exp;
    bool neg;
} Big;

static const Big one = {(u128)1 << 127, 0, false};
static const Big pi = {U(0xC90FDAA22168C234, 0xC4C6628B80DC1CD1), 1, false};
static const Big half_pi = {U(0xC90FDAA22168C234, 0xC4C6628B80DC1CD1), 0, false};
static const Big quarter_pi = {U(0xC90FDAA22168C234, 0xC4C6628B80DC1CD1), -1, false};
static const Big log2_e = {U(0xB8AA3B295C17F0BB, 0xBE87FED0691D3E89), 0, false};
static const Big ln_2 = {U(0xB17217F7D1CF79AB, 0xC9E3B39803F2F6AF), -1, false};

static int clz128(u128 v)
{
    u64 hi = (u64)(v >> 64);
    return hi ? __builtin_clzll(hi) : 64 + __builtin_clzll((u64)v);
}

static Big make(bool neg, u128 m, s32 exp)
{
    if (m == 0)
        return (Big){0, 0, neg};
    int shift = clz128(m);
    return (Big){m << shift, exp - shift, neg};
}

static Big from_num(const F80Num *a)
{
    return (Big){(u128)a->man << 64, a->exp - BIAS, a->neg};
}

static Big negate(Big a)
{
    a.neg = !a.neg;
    return a;
}

/* High half of the 256-bit product. */
static u128 mul_high(u128 a, u128 b)
{
    u64 ah = (u64)(a >> 64), al = (u64)a, bh = (u64)(b >> 64), bl = (u64)b;
    u128 low = (u128)al * bl, m1 = (u128)ah * bl, m2 = (u128)al * bh;
    u128 middle = (low >> 64) + (u64)m1 + (u64)m2;
    return (u128)ah * bh + (m1 >> 64) + (m2 >> 64) + (middle >> 64);
}

static Big mul(Big a, Big b)
{
    return make(a.neg ^ b.neg, mul_high(a.m, b.m), a.exp + b.exp + 1);
}

static Big add(Big a, Big b)
{
    if (b.m == 0)
        return a;
    if (a.m == 0)
        return b;
    if (a.exp < b.exp || (a.exp == b.exp && a.m < b.m)) {
        Big t = a;
        a = b;
        b = t;
    }
    s32 shift = a.exp - b.exp;
    u128 y = shift > 126 ? 0 : b.m >> 1 >> shift;
    return make(a.neg, a.neg == b.neg ? (a.m >> 1) + y : (a.m >> 1) - y, a.exp + 1);
}

/* One 64-bit digit of *rem * 2^64 / b, *rem < b; *rem becomes the remainder (Knuth, algorithm D).
 */
static u64 digit(u128 *rem, u128 b)
{
    u64 bh = (u64)(b >> 64), bl = (u64)b;
    u64 q = (u64)(*rem >> 64) >= bh ? ~0ull : (u64)(*rem / bh);
    u128 t = *rem - (u128)q * bh, low = (u128)q * bl;
    u128 r = (t << 64) - low;
    bool negative = t >> 64 == 0 && t << 64 < low;
    while (negative) {
        q--;
        r += b;
        negative = r >= b; /* no carry yet */
    }
    *rem = r;
    return q;
}

static Big divide(Big a, Big b)
{
    bool whole = a.m >= b.m;
    u128 rem = whole ? a.m - b.m : a.m;
    u128 q = (u128)digit(&rem, b.m) << 64;
    q |= digit(&rem, b.m);
    if (whole)
        return (Big){(u128)1 << 127 | q >> 1, a.exp - b.exp, (bool)(a.neg ^ b.neg)};
    return make(a.neg ^ b.neg, q, a.exp - b.exp - 1);
}

/* |a| < 1 as a fraction in units of 2^-128. */
static u128 fraction(Big a)
{
    u32 shift = (u32)(-1 - a.exp);
    return shift > 127 ? 0 : a.m >> shift;
}

static Big from_fraction(u128 f)
{
    return make(false, f, -1);
}

/* 1 - f and 1 + f; never exactly 1, since f stands for something that is not 0. */
static Big one_minus(u128 f)
{
    return make(false, 0 - (f | !f), -1);
}
static Big one_plus(u128 f)
{
    return (Big){(u128)1 << 127 | f >> 1, 0, false};
}

/* The final rounding. Results of these functions are irrational but for arguments that were dealt
 * with before. */
static F80 result(Big a, F80Env *e)
{
    u8 bits = e->bits;
    e->bits = 64;
    F80 r = f80_round(a.neg, a.exp + BIAS, (u64)(a.m >> 64), (u64)a.m | 1, e);
    e->bits = bits;
    return r;
}

static F80 result_exact(const F80Num *a, bool neg, F80Env *e)
{
    u8 bits = e->bits;
    e->bits = 64;
    F80 r = a->cls == F80_ZERO ? f80_zero(neg) : f80_round(neg, a->exp, a->man, 0, e);
    e->bits = bits;
    return r;
}

/* c[0] - z * (c[1] - z * (c[2] ... c[n])) without c[0]: the fraction to be subtracted. */
static u128 alternating(u128 z, const u128 *coefficient, int n, int stride)
{
    u128 acc = coefficient[n * stride];
    for (int k = n - 1; k > 0; k--)
        acc = coefficient[k * stride] - mul_high(z, acc);
    return mul_high(z, acc);
}

/* ---- constants ------------------------------------------------------------------------------- */

F80 f80_constant(F80Constant which, u8 rc)
{
    static const struct {
        u64 man; /* cut off */
        u16 exp;
        bool up; /* the nearest is one more */
    } table[] = {
        [F80_1] = {0x8000000000000000, 0x3FFF, false},
        [F80_L2T] = {0xD49A784BCD1B8AFE, 0x4000, false},
        [F80_L2E] = {0xB8AA3B295C17F0BB, 0x3FFF, true},
        [F80_PI] = {0xC90FDAA22168C234, 0x4000, true},
        [F80_LG2] = {0x9A209A84FBCFF798, 0x3FFD, true},
        [F80_LN2] = {0xB17217F7D1CF79AB, 0x3FFE, true},
    };
    if (which == F80_0)
        return f80_zero(false);
    bool up = rc == X87_NEAREST ? table[which].up : rc == X87_UP && which != F80_1;
    return (F80){table[which].man + up, table[which].exp};
}

/* ---- sine, cosine, tangent ------------------------------------------------------------------- */

/* Sine and cosine of |r| <= pi/4. Terms to z^16 and z^17: what follows is below 2^-128. */
static Big sin_series(Big r)
{
    Big s = mul(r, one_minus(alternating(fraction(mul(r, r)), inverse_factorial + 1, 16, 2)));
    s.neg = r.neg;
    return s;
}

static Big cos_series(Big r)
{
    return one_minus(alternating(fraction(mul(r, r)), inverse_factorial, 17, 2));
}

/* |x| = quadrant * pi/2 + r, |r| <= pi/4, exactly, with pi in 66 bits. |x| < 2^63. */
static Big reduce(const F80Num *a, unsigned *quadrant)
{
    static const u128 half_pi66 = U(3, 0x243F6A8885A308D3); /* in units of 2^-65 */
    s32 exp = a->exp - BIAS;
    *quadrant = 0;
    if (exp < -1) {
        Big r = from_num(a);
        r.neg = false;
        return r;
    }
    u128 v = (u128)a->man << (exp + 2), n = v / half_pi66, rem = v - n * half_pi66;
    bool neg = rem > half_pi66 / 2;
    if (neg) {
        rem = half_pi66 - rem;
        n++;
    }
    *quadrant = (unsigned)n & 3;
    return make(neg, rem, 127 - 65);
}

static bool too_big(const F80Num *a)
{
    return a->cls == F80_FINITE && a->exp >= BIAS + 63;
}

/* Zero, infinity, NaN for sine and tangent (`cosine`: of zero it is 1). true: *r is the result. */
static bool trig_special(const F80Num *a, bool cosine, F80 *r, F80Env *e)
{
    if (f80_special(a, e, r))
        return true;
    if (a->cls == F80_INF)
        *r = f80_invalid(e);
    else if (a->cls == F80_ZERO)
        *r = cosine ? F80_ONE : f80_zero(a->neg);
    else
        return false;
    return true;
}

bool f80_sincos(const F80Num *a, F80 *sin, F80 *cos, F80Env *e)
{
    if (too_big(a))
        return false;
    F80 unused;
    bool special = trig_special(a, false, sin ? sin : &unused, e);
    special |= trig_special(a, true, cos ? cos : &unused, e);
    if (special)
        return true;
    unsigned quadrant;
    Big r = reduce(a, &quadrant), s, co;
    bool odd = quadrant & 1;
    /* C1 tells of the cosine, the last one rounded, if there are both */
    if (sin) {
        s = odd ? cos_series(r) : sin_series(r);
        s.neg ^= (quadrant >> 1) ^ a->neg;
        *sin = result(s, e);
    }
    if (cos) {
        co = odd ? negate(sin_series(r)) : cos_series(r);
        co.neg ^= quadrant >> 1;
        *cos = result(co, e);
    }
    return true;
}

/* tan(r) = r * (1 + r^2/3 + ...), for r so small that the quotient would lose which side of r it
 * is on. */
static Big tan_tiny(Big r)
{
    return mul(r, one_plus(mul_high(fraction(mul(r, r)), inverse_odd[1])));
}

bool f80_tan(const F80Num *a, F80 *tan, F80Env *e)
{
    if (too_big(a))
        return false;
    if (trig_special(a, false, tan, e))
        return true;
    unsigned quadrant;
    Big r = reduce(a, &quadrant), s = sin_series(r), co = cos_series(r);
    Big t = quadrant & 1 ? negate(divide(co, s)) : r.exp < -40 ? tan_tiny(r) : divide(s, co);
    t.neg ^= a->neg;
    *tan = result(t, e);
    return true;
}

/* ---- arctangent ------------------------------------------------------------------------------ */

/* atan(t), 0 < t <= 1: atan(k/32) + atan((t - k/32) / (1 + t * k/32)). */
static Big atan_unit(Big t)
{
    unsigned k = 0;
    if (t.exp >= -6)
        k = (unsigned)(t.m >> (121 - t.exp)) / 2 + ((unsigned)(t.m >> (121 - t.exp)) & 1);
    Big u = t;
    if (k) {
        Big c = make(false, k, 127 - 5);
        u = divide(add(t, negate(c)), add(one, mul(t, c)));
    }
    Big r = u;
    if (u.m)
        r = mul(u, one_minus(alternating(fraction(mul(u, u)), inverse_odd, 11, 1)));
    return k ? add(from_fraction(atan_table[k]), r) : r;
}

/* Zeros and infinities. The result is n * pi/4 with n = 0, 1, 2, 3, 4. */
static F80 atan2_special(const F80Num *y, const F80Num *x, F80Env *e)
{
    int n;
    if (y->cls == F80_INF)
        n = x->cls != F80_INF ? 2 : x->neg ? 3 : 1;
    else if (y->cls == F80_ZERO || x->cls == F80_INF)
        n = x->neg ? 4 : 0;
    else
        n = 2; /* x is zero, y is not */
    if (n == 0)
        return f80_zero(y->neg);
    Big r = n == 1 ? quarter_pi : n == 2 ? half_pi : n == 4 ? pi : add(half_pi, quarter_pi);
    r.neg = y->neg;
    return result(r, e);
}

F80 f80_atan2(const F80Num *y, const F80Num *x, F80Env *e)
{
    F80 special;
    if (f80_special2(x, y, e, &special))
        return special;
    if (x->cls != F80_FINITE || y->cls != F80_FINITE)
        return atan2_special(y, x, e);
    Big a = from_num(y), b = from_num(x), r;
    a.neg = b.neg = false;
    bool steep = a.exp > b.exp || (a.exp == b.exp && a.m > b.m);
    r = atan_unit(steep ? divide(b, a) : divide(a, b));
    if (steep)
        r = add(half_pi, x->neg ? r : negate(r));
    else if (x->neg)
        r = add(pi, negate(r));
    r.neg = y->neg;
    return result(r, e);
}

/* ---- 2^x - 1 --------------------------------------------------------------------------------- */

/* e^v - 1, |v| <= ln(2)/64 */
static Big expm1_series(Big v)
{
    u128 f = fraction(v), acc = inverse_factorial[15];
    for (int n = 14; n > 1; n--)
        acc = v.neg ? inverse_factorial[n] - mul_high(f, acc)
                    : inverse_factorial[n] + mul_high(f, acc);
    acc = mul_high(f, acc);
    return mul(v, v.neg ? one_minus(acc) : one_plus(acc));
}

/* 2^(k/32), k from -32 to 31 */
static Big exp2_step(int k)
{
    return (Big){exp2_table[k & 31], k < 0 ? -1 : 0, false};
}

F80 f80_2xm1(const F80Num *a, F80Env *e)
{
    F80 special;
    if (f80_special(a, e, &special))
        return special;
    if (a->cls == F80_ZERO)
        return f80_zero(a->neg);
    if (a->cls == F80_INF)
        return a->neg ? (F80){1ull << 63, 0xBFFF} : f80_inf(false);
    if (a->exp >= BIAS) {
        F80Num half = *a;
        half.exp -= a->neg; /* 2^-1 - 1 */
        return result_exact(a->exp == BIAS && a->man << 1 == 0 ? &half : a, a->neg, e);
    }
    Big x = from_num(a);
    int k = 0;
    if (x.exp >= -6) {
        k = (int)((unsigned)(x.m >> (121 - x.exp)) + 1) / 2;
        k = x.neg ? -k : k;
    }
    if (k == 0)
        return result(expm1_series(mul(x, ln_2)), e);
    Big r = add(x, make(k > 0, (u128)(k < 0 ? -k : k), 127 - 5));
    Big step = k == 32 ? (Big){one.m, 1, false} : exp2_step(k);
    Big rest = r.m ? mul(step, expm1_series(mul(r, ln_2))) : (Big){0};
    return result(add(add(step, negate(one)), rest), e);
}

/* ---- logarithms ------------------------------------------------------------------------------ */

/* ln(1 + u), |u| < 1/32: twice the area tangent of u / (2 + u). */
static Big log1p_series(Big u)
{
    if (u.m == 0)
        return u;
    Big two = {one.m, 1, false}, s = divide(u, add(two, u));
    u128 w = fraction(mul(s, s)), acc = inverse_odd[10];
    for (int k = 9; k > 0; k--)
        acc = inverse_odd[k] + mul_high(w, acc);
    Big r = mul(s, one_plus(mul_high(w, acc)));
    r.exp++;
    return r;
}

static Big from_int(s32 v)
{
    return make(v < 0, (u128)(v < 0 ? -v : v), 127);
}

/* log2(x), x > 0 and not 1: exponent, minus log2(c) of a c near 1/m, plus log2(m * c). */
static Big log2_of(Big x)
{
    s32 exp = x.exp;
    Big m = {x.m, 0, false};
    if (m.m >> 112 >= 0xB505) { /* sqrt(2) */
        m.exp--;
        exp++;
    }
    u32 top = (u32)(m.m >> 112), unit = 64u << (15 - m.exp); /* m is top / 2^(15 - m.exp) */
    u32 k = (unit + top / 2) / top;
    Big u = add(mul(m, make(false, k, 127 - 6)), negate(one));
    if (k == 64)
        u = add(m, negate(one)); /* not a bit lost */
    Big r = mul(log1p_series(u), log2_e);
    if (k != 64) {
        Big c = from_fraction(log2_table[k - 45]);
        c.neg = k > 64;
        r = add(r, c);
    }
    return exp ? add(from_int(exp), r) : r;
}

/* y * log for the cases in which log is zero or infinite, or y is. `order`: sign of the logarithm.
 */
static F80 ylog_special(const F80Num *y, int order, bool infinite, F80Env *e)
{
    bool neg = y->neg ^ (order < 0);
    if (infinite)
        return y->cls == F80_ZERO ? f80_invalid(e) : f80_inf(neg);
    if (y->cls == F80_INF)
        return order == 0 ? f80_invalid(e) : f80_inf(neg);
    return f80_zero(neg);
}

F80 f80_yl2x(const F80Num *x, const F80Num *y, F80Env *e)
{
    F80 special;
    if (x->cls != F80_ZERO && x->cls <= F80_INF && x->neg && y->cls < F80_QNAN)
        return f80_invalid(e);
    if (x->cls == F80_ZERO && y->cls == F80_FINITE)
        return f80_divide_by_zero(!y->neg, e); /* before DE */
    if (f80_special2(x, y, e, &special))
        return special;
    if (x->cls == F80_ZERO)
        return ylog_special(y, -1, true, e);
    if (x->cls == F80_INF)
        return ylog_special(y, 1, true, e);
    bool power = x->man << 1 == 0;
    s32 n = x->exp - BIAS;
    int order = n < 0 ? -1 : n > 0 || !power;
    if (order == 0 || y->cls != F80_FINITE)
        return ylog_special(y, order, false, e);
    if (power) { /* the logarithm is an integer */
        F80Num whole = f80_num_int(n);
        u8 bits = e->bits;
        e->bits = 64;
        F80 r = f80_mul(&whole, y, e);
        e->bits = bits;
        return r;
    }
    return result(mul(log2_of(from_num(x)), from_num(y)), e);
}

/* log2(1 + x), x > -1, not 0 */
static Big log2p1(Big x)
{
    if (x.exp < -6)
        return mul(log1p_series(x), log2_e);
    return log2_of(add(one, x));
}

F80 f80_yl2xp1(const F80Num *x, const F80Num *y, F80Env *e)
{
    F80 special;
    bool numbers = x->cls < F80_QNAN && y->cls < F80_QNAN;
    bool below = x->neg && (x->cls == F80_INF || (x->cls == F80_FINITE && x->exp >= BIAS));
    if (numbers && below) { /* before DE */
        if (x->cls == F80_INF || x->exp > BIAS || x->man << 1)
            return f80_invalid(e);
        return y->cls == F80_FINITE ? f80_divide_by_zero(!y->neg, e) : ylog_special(y, -1, true, e);
    }
    if (f80_special2(x, y, e, &special))
        return special;
    if (x->cls == F80_ZERO)
        return y->cls == F80_INF ? f80_invalid(e) : f80_zero(x->neg ^ y->neg);
    if (x->cls == F80_INF)
        return ylog_special(y, 1, true, e);
    if (y->cls != F80_FINITE)
        return ylog_special(y, x->neg ? -1 : 1, false, e);
    return result(mul(log2p1(from_num(x)), from_num(y)), e);
}
