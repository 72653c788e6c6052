/* float80_convert.c: between the 80-bit format and those of memory: float, double, three integers,
 * packed decimal. Source: Intel SDM vol. 1, 4.2, 4.7, 8.1.2 (formats) and tables 8-10 (masked
 * responses). */
#include "cpu/float80.h"

enum { BIAS = 16383 };

/* ---- memory to 80 bits ----------------------------------------------------------------------- */

/* frac: fraction left-aligned below bit 63. */
static F80Num num_ieee(bool neg, s32 exp, u64 frac, s32 bias)
{
    F80Num n = {.neg = neg};
    if (exp == 2 * bias + 1) {
        n.man = 1ull << 63 | frac;
        n.exp = 0x7FFF;
        n.cls = !frac ? F80_INF : frac >> 62 & 1 ? F80_QNAN : F80_SNAN;
    } else if (exp) {
        n.man = 1ull << 63 | frac;
        n.exp = exp - bias + BIAS;
        n.cls = F80_FINITE;
    } else if (frac) {
        int shift = __builtin_clzll(frac);
        n.man = frac << shift;
        n.exp = 1 - bias + BIAS - shift;
        n.cls = F80_FINITE;
        n.denormal = true;
        n.lead = (u8)shift;
    }
    return n;
}

F80Num f80_num_f32(u32 v)
{
    return num_ieee(v >> 31, v >> 23 & 0xFF, (u64)(v & 0x7FFFFF) << 40, 127);
}

F80Num f80_num_f64(u64 v)
{
    return num_ieee(v >> 63, v >> 52 & 0x7FF, (v & 0xFFFFFFFFFFFFF) << 11, 1023);
}

F80Num f80_num_int(s64 v)
{
    F80Num n = {.neg = v < 0};
    if (v == 0)
        return n;
    n.man = v < 0 ? 0 - (u64)v : (u64)v;
    int shift = __builtin_clzll(n.man);
    n.man <<= shift;
    n.exp = BIAS + 63 - shift;
    n.cls = F80_FINITE;
    return n;
}

/* The 8087 and 287 make an unnormal of a denormal, and take NaNs as they are. */
static F80 load_old(const F80Num *a, F80Env *e)
{
    if (a->denormal)
        e->raised |= X87_DE;
    return (F80){a->man >> a->lead, (u16)(a->neg << 15 | (a->exp + a->lead))};
}

F80 f80_load(const F80Num *a, F80Env *e)
{
    F80 r;
    if (unlikely(e->old) && (a->denormal || a->cls >= F80_QNAN))
        return load_old(a, e);
    if (f80_special(a, e, &r) && !a->denormal)
        return r;
    if (a->cls == F80_ZERO)
        return f80_zero(a->neg);
    if (a->cls == F80_INF)
        return f80_inf(a->neg);
    return (F80){a->man, (u16)(a->neg << 15 | a->exp)};
}

/* ---- 80 bits to float and double ------------------------------------------------------------- */

typedef struct {
    int bits; /* of the significand, the hidden one included */
    s32 bias;
} Format;

static u64 compose(const Format *f, bool neg, s32 exp, u64 significand)
{
    u64 frac = significand & ((1ull << (f->bits - 1)) - 1);
    int sign_at = f->bits == 24 ? 31 : 63;
    return (u64)neg << sign_at | (u64)exp << (f->bits - 1) | frac;
}

static bool round_up(u64 v, u64 rest, bool neg, u8 rc)
{
    if (!rest)
        return false;
    if (rc == X87_NEAREST)
        return rest > 1ull << 63 || (rest == 1ull << 63 && v & 1);
    return rc == (neg ? X87_DOWN : X87_UP);
}

/* man >> drop, rounded. drop: 1 and more. */
static u64 shift_round(u64 man, s32 drop, bool neg, F80Env *e, bool *inexact)
{
    u64 v, rest;
    if (drop < 64) {
        v = man >> drop;
        rest = man << (64 - drop);
    } else {
        v = 0;
        rest = drop == 64 ? man : man != 0;
    }
    *inexact = rest != 0;
    e->up = round_up(v, rest, neg, e->rc);
    return v + e->up;
}

static u64 store_overflow(const Format *f, bool neg, F80Env *e)
{
    e->raised |= X87_OE;
    e->up = false;
    if (!(e->masked & X87_OE))
        return 0;
    e->raised |= X87_PE;
    e->up = f80_overflows_to_infinity(neg, e);
    return e->up ? compose(f, neg, 2 * f->bias + 1, 0) : compose(f, neg, 2 * f->bias, ~0ull);
}

static u64 store_finite(const Format *f, const F80Num *a, F80Env *e)
{
    s32 exp = a->exp - BIAS + f->bias, drop = 64 - f->bits;
    bool inexact;
    u64 v = shift_round(a->man, drop, a->neg, e, &inexact);
    s32 carry = (s32)(v >> f->bits);
    if (exp + carry > 2 * f->bias)
        return store_overflow(f, a->neg, e);
    if (exp >= 1) {
        if (inexact)
            e->raised |= X87_PE;
        return compose(f, a->neg, exp + carry, carry ? 0 : v);
    }
    bool tiny = exp + carry < 1;
    if (tiny && !(e->masked & X87_UE)) {
        e->raised |= X87_UE; /* and no more: nothing is stored */
        e->up = false;
        return 0;
    }
    v = shift_round(a->man, drop + 1 - exp, a->neg, e, &inexact);
    if (inexact)
        e->raised |= tiny ? X87_UE | X87_PE : X87_PE;
    if (unlikely(e->old) && tiny && e->rc == X87_ZERO)
        e->raised |= X87_UE;
    return compose(f, a->neg, (s32)(v >> (f->bits - 1)), v);
}

/* A register as the model in question sees it. */
static F80Num source(F80 a, const F80Env *e)
{
    F80Num n = f80_num(a);
    if (unlikely(e->old))
        f80_num_old(&n);
    return n;
}

static u64 store_float(const Format *f, F80 a, F80Env *e)
{
    F80Num n = source(a, e);
    F80 nan;
    n.denormal = false; /* a store raises no DE */
    if (unlikely(e->old && n.lead && n.exp - BIAS + f->bias >= 1))
        n.cls = F80_BAD; /* an unnormal that is not tiny */
    if (f80_special(&n, e, &nan))
        return compose(f, nan.exp >> 15, 2 * f->bias + 1, nan.man >> (64 - f->bits));
    if (n.cls == F80_ZERO)
        return compose(f, n.neg, 0, 0);
    if (n.cls == F80_INF)
        return compose(f, n.neg, 2 * f->bias + 1, 0);
    return store_finite(f, &n, e);
}

u32 f80_to_f32(F80 a, F80Env *e)
{
    static const Format single = {24, 127};
    return (u32)store_float(&single, a, e);
}

u64 f80_to_f64(F80 a, F80Env *e)
{
    static const Format dbl = {53, 1023};
    return store_float(&dbl, a, e);
}

/* ---- 80 bits to integer and decimal ---------------------------------------------------------- */

/* |a| as an integer. false: above `max`, not a number: IE. */
static bool magnitude(const F80Num *a, u64 max, u64 *v, F80Env *e)
{
    bool inexact = false;
    *v = 0;
    if (a->cls == F80_ZERO)
        return true;
    s32 drop = BIAS + 63 - a->exp;
    if (a->cls == F80_FINITE && drop >= 0 && !(unlikely(e->old) && a->lead)) {
        *v = drop ? shift_round(a->man, drop, a->neg, e, &inexact) : a->man;
        if (*v <= max) {
            if (inexact)
                e->raised |= X87_PE;
            return true;
        }
    }
    e->up = false;
    e->raised |= X87_IE;
    return false;
}

s64 f80_to_int(F80 a, int bits, F80Env *e)
{
    F80Num n = source(a, e);
    u64 v, top = 1ull << (bits - 1);
    if (!magnitude(&n, n.neg ? top : top - 1, &v, e))
        return (s64)(0 - top);
    return (s64)(n.neg ? 0 - v : v);
}

F80 f80_from_bcd(const u8 *p)
{
    u64 v = 0;
    for (int k = 8; k >= 0; k--)
        v = v * 100 + (p[k] >> 4) * 10u + (p[k] & 15u);
    F80Env quiet = {.masked = 0x3F, .bits = 64};
    F80Num n = f80_num_int((s64)v);
    F80 r = f80_load(&n, &quiet);
    r.exp |= (u16)((p[9] & 0x80) << 8);
    return r;
}

void f80_to_bcd(F80 a, u8 *p, F80Env *e)
{
    static const u8 indefinite[10] = {0, 0, 0, 0, 0, 0, 0, 0xC0, 0xFF, 0xFF};
    F80Num n = source(a, e);
    u64 v;
    if (!magnitude(&n, 999999999999999999, &v, e)) {
        memcpy(p, indefinite, sizeof indefinite);
        return;
    }
    for (int k = 0; k < 9; k++) {
        p[k] = (u8)(v % 10 | v / 10 % 10 << 4);
        v /= 100;
    }
    p[9] = n.neg ? 0x80 : 0;
}
