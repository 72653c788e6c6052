/* test_x87_trans.c: the transcendental functions against MPFR with 400 bits: error in ulps,
 * rounding in all four modes, monotony at the seams of tables and reductions. X87_RUNS sets the
 * number of arguments of each function and class. Skipped where MPFR is not installed (looked for
 * when this file is compiled). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cpu/float80.h"

#ifdef HAVE_MPFR
#include <mpfr.h>

/* ---- numbers --------------------------------------------------------------------------------- */

enum { BIAS = 16383, BITS = 400 };

static u64 rng_state = 88172645463325252ull;

static u64 rnd(void)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return rng_state * 0x2545F4914F6CDD1Dull;
}

static void to_mpfr(mpfr_t r, F80 a)
{
    s32 exp = a.exp & 0x7FFF;
    mpfr_set_uj(r, a.man, MPFR_RNDN);
    mpfr_mul_2si(r, r, (exp ? exp : 1) - BIAS - 63, MPFR_RNDN);
    if (a.exp >> 15)
        mpfr_neg(r, r, MPFR_RNDN);
}

/* Significand of 2^lo <= |x| < 2^hi. */
static F80 random_in(int lo, int hi)
{
    u64 man = rnd();
    switch (rnd() % 6) {
    case 0:
        man = rnd() << (rnd() & 63);
        break;
    case 1:
        man = ~0ull - (rnd() >> (rnd() & 63));
        break;
    case 2:
        man = rnd() >> (rnd() & 63);
        break;
    }
    int exp = lo + (int)(rnd() % (u64)(hi - lo)) + BIAS;
    return (F80){man | 1ull << 63, (u16)(exp | (rnd() & 0x8000))};
}

/* ---- functions ------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    int arguments;
    int lo, hi, lo2, hi2; /* binary exponents of the arguments */
    F80 (*ours)(F80 a, F80 b, F80Env *e);
    void (*exact)(mpfr_t r, mpfr_t a, mpfr_t b);
    bool positive;
} Function;

static F80 our_sin(F80 a, F80 b, F80Env *e)
{
    F80Num n = f80_num(a);
    F80 r;
    f80_sincos(&n, &r, NULL, e);
    return r;
}
static F80 our_cos(F80 a, F80 b, F80Env *e)
{
    F80Num n = f80_num(a);
    F80 r;
    f80_sincos(&n, NULL, &r, e);
    return r;
}
static F80 our_tan(F80 a, F80 b, F80Env *e)
{
    F80Num n = f80_num(a);
    F80 r;
    f80_tan(&n, &r, e);
    return r;
}
static F80 our_atan2(F80 a, F80 b, F80Env *e)
{
    F80Num x = f80_num(b), y = f80_num(a);
    return f80_atan2(&y, &x, e);
}
static F80 our_2xm1(F80 a, F80 b, F80Env *e)
{
    F80Num n = f80_num(a);
    return f80_2xm1(&n, e);
}
static F80 our_yl2x(F80 a, F80 b, F80Env *e)
{
    F80Num x = f80_num(a), y = f80_num(b);
    return f80_yl2x(&x, &y, e);
}
static F80 our_yl2xp1(F80 a, F80 b, F80Env *e)
{
    F80Num x = f80_num(a), y = f80_num(b);
    return f80_yl2xp1(&x, &y, e);
}

/* The processor's reduction: |x| - n * pi66 / 2 of the least magnitude; n & 3 is returned. */
static unsigned reduce(mpfr_t r, mpfr_t x)
{
    mpfr_t half, n;
    mpfr_inits2(BITS, half, n, (mpfr_ptr)0);
    mpfr_set_ui(half, 3, MPFR_RNDN);
    mpfr_mul_2ui(half, half, 64, MPFR_RNDN);
    mpfr_t low;
    mpfr_init2(low, 64);
    mpfr_set_uj(low, 0x243F6A8885A308D3, MPFR_RNDN);
    mpfr_add(half, half, low, MPFR_RNDN);
    mpfr_mul_2si(half, half, -65, MPFR_RNDN);
    mpfr_abs(r, x, MPFR_RNDN);
    unsigned quadrant = 0;
    if (mpfr_cmp_d(r, 0.5) >= 0) {
        mpfr_div(n, r, half, MPFR_RNDN);
        mpfr_rint(n, n, MPFR_RNDN);
        quadrant = (unsigned)(mpfr_get_uj(n, MPFR_RNDN) & 3);
        mpfr_mul(n, n, half, MPFR_RNDN);
        mpfr_sub(r, r, n, MPFR_RNDN);
    }
    mpfr_clears(half, n, low, (mpfr_ptr)0);
    return quadrant;
}

static void exact_sincos(mpfr_t result, mpfr_t a, bool cosine)
{
    mpfr_t r;
    mpfr_init2(r, BITS);
    unsigned q = reduce(r, a) + cosine;
    (q & 1 ? mpfr_cos : mpfr_sin)(result, r, MPFR_RNDN);
    if ((q >> 1 & 1) != (!cosine && mpfr_sgn(a) < 0))
        mpfr_neg(result, result, MPFR_RNDN);
    mpfr_clear(r);
}
static void exact_sin(mpfr_t r, mpfr_t a, mpfr_t b)
{
    exact_sincos(r, a, false);
}
static void exact_cos(mpfr_t r, mpfr_t a, mpfr_t b)
{
    exact_sincos(r, a, true);
}
static void exact_tan(mpfr_t r, mpfr_t a, mpfr_t b)
{
    mpfr_t c;
    mpfr_init2(c, BITS);
    exact_sincos(r, a, false);
    exact_sincos(c, a, true);
    mpfr_div(r, r, c, MPFR_RNDN);
    mpfr_clear(c);
}
static void exact_atan2(mpfr_t r, mpfr_t a, mpfr_t b)
{
    mpfr_atan2(r, a, b, MPFR_RNDN);
}
static void exact_2xm1(mpfr_t r, mpfr_t a, mpfr_t b)
{
    mpfr_t t;
    mpfr_init2(t, BITS);
    mpfr_const_log2(t, MPFR_RNDN);
    mpfr_mul(t, t, a, MPFR_RNDN);
    mpfr_expm1(r, t, MPFR_RNDN);
    mpfr_clear(t);
}
static void exact_yl2x(mpfr_t r, mpfr_t a, mpfr_t b)
{
    mpfr_log2(r, a, MPFR_RNDN);
    mpfr_mul(r, r, b, MPFR_RNDN);
}
static void exact_yl2xp1(mpfr_t r, mpfr_t a, mpfr_t b)
{
    mpfr_t t;
    mpfr_init2(t, BITS);
    mpfr_const_log2(t, MPFR_RNDN);
    mpfr_log1p(r, a, MPFR_RNDN);
    mpfr_div(r, r, t, MPFR_RNDN);
    mpfr_mul(r, r, b, MPFR_RNDN);
    mpfr_clear(t);
}

static const Function functions[] = {
    {"fsin small", 1, -70, 0, 0, 1, our_sin, exact_sin, false},
    {"fsin", 1, 0, 63, 0, 1, our_sin, exact_sin, false},
    {"fcos small", 1, -70, 0, 0, 1, our_cos, exact_cos, false},
    {"fcos", 1, 0, 63, 0, 1, our_cos, exact_cos, false},
    {"fptan small", 1, -70, 0, 0, 1, our_tan, exact_tan, false},
    {"fptan", 1, 0, 63, 0, 1, our_tan, exact_tan, false},
    {"fpatan near 1", 2, -8, 8, -8, 8, our_atan2, exact_atan2, false},
    {"fpatan", 2, -60, 60, -60, 60, our_atan2, exact_atan2, false},
    {"f2xm1", 1, -8, 0, 0, 1, our_2xm1, exact_2xm1, false},
    {"f2xm1 small", 1, -16000, -8, 0, 1, our_2xm1, exact_2xm1, false},
    {"fyl2x near 1", 2, -2, 2, -5, 5, our_yl2x, exact_yl2x, true},
    {"fyl2x", 2, -16000, 16000, -4000, 4000, our_yl2x, exact_yl2x, true},
    {"fyl2xp1", 2, -10, -2, -5, 5, our_yl2xp1, exact_yl2xp1, false},
    {"fyl2xp1 small", 2, -8000, -8, -4000, 4000, our_yl2xp1, exact_yl2xp1, false},
};

/* Arguments are such that 400 bits tell on which side of a rounding boundary each result lies. */

/* |r - exact| in units of the last place of r. */
static double ulps(F80 r, mpfr_t exact)
{
    mpfr_t d;
    mpfr_init2(d, BITS);
    to_mpfr(d, r);
    mpfr_sub(d, d, exact, MPFR_RNDN);
    mpfr_mul_2si(d, d, -((r.exp & 0x7FFF) - BIAS - 63), MPFR_RNDN);
    double u = mpfr_get_d(d, MPFR_RNDN);
    mpfr_clear(d);
    return u < 0 ? -u : u;
}

static bool is_1(F80 a)
{
    return (a.exp & 0x7FFF) == BIAS && a.man << 1 == 0;
}

typedef struct {
    double worst;
    long wrong; /* not the correctly rounded result */
} Score;

static void score(const Function *f, F80 a, F80 b, u8 rc, Score *s)
{
    static const mpfr_rnd_t modes[4] = {MPFR_RNDN, MPFR_RNDD, MPFR_RNDU, MPFR_RNDZ};
    mpfr_t x, y, exact, rounded, ours;
    mpfr_inits2(BITS, x, y, exact, (mpfr_ptr)0);
    mpfr_inits2(64, rounded, ours, (mpfr_ptr)0);
    F80Env e = {.masked = 0x3F, .rc = rc, .bits = 53}; /* precision control must not matter */
    F80 r = f->ours(a, b, &e);
    to_mpfr(x, a);
    to_mpfr(y, b);
    f->exact(exact, x, y);
    mpfr_set(rounded, exact, modes[rc]);
    to_mpfr(ours, r);
    double u = ulps(r, exact);
    if (u > s->worst)
        s->worst = u;
    s->wrong += !mpfr_equal_p(rounded, ours);
    bool up = mpfr_cmpabs(ours, exact) > 0, inexact = !mpfr_equal_p(ours, exact);
    if (e.up != up || !!(e.raised & X87_PE) != inexact) {
        if (s->wrong < 5)
            printf("# %s(%04X.%016llX, %04X.%016llX) rc %d: up %d, raised %X\n", f->name, a.exp,
                   (unsigned long long)a.man, b.exp, (unsigned long long)b.man, rc, e.up, e.raised);
        s->wrong++;
    }
    mpfr_clears(x, y, exact, rounded, ours, (mpfr_ptr)0);
}

static long runs(void)
{
    const char *s = getenv("X87_RUNS");
    return s ? atol(s) : 1000;
}

static void test_error(void **state)
{
    for (unsigned k = 0; k < ARRAY_LEN(functions); k++) {
        const Function *f = &functions[k];
        Score nearest = {0}, directed = {0};
        for (long n = 0; n < runs(); n++) {
            F80 a = random_in(f->lo, f->hi), b = random_in(f->lo2, f->hi2);
            if (f->positive)
                a.exp &= 0x7FFF;
            if (is_1(a))
                continue;
            score(f, a, b, X87_NEAREST, &nearest);
            score(f, a, b, 1 + rnd() % 3, &directed);
        }
        printf("# %-14s %ld arguments: nearest %.6f ulp, %ld not rounded correctly; directed %.6f "
               "ulp, %ld\n",
               f->name, runs(), nearest.worst, nearest.wrong, directed.worst, directed.wrong);
        assert_true(nearest.worst < 0.5000001);
        assert_true(directed.worst < 1.0000001);
        assert_int_equal(nearest.wrong + directed.wrong, 0);
    }
}

/* ---- seams ----------------------------------------------------------------------------------- */

static F80 step_up(F80 a)
{
    if (++a.man == 0) {
        a.man = 1ull << 63;
        a.exp++;
    }
    return a;
}

static F80 step_down(F80 a)
{
    if (a.man-- == 1ull << 63) {
        a.man = ~0ull;
        a.exp--;
    }
    return a;
}

static bool ordered(F80 a, F80 b) /* a <= b */
{
    F80Num x = f80_num(a), y = f80_num(b);
    F80Env e = {.masked = 0x3F, .bits = 64};
    return f80_compare(&x, &y, false, &e) != F80_GREATER;
}

/* f increases over [x, x + 2n ulps], around every seam of its table. */
static void check_seam(F80 (*f)(F80, F80, F80Env *), F80 x, F80 second)
{
    F80Env e = {.masked = 0x3F, .bits = 64};
    for (int n = 0; n < 20; n++)
        x = step_down(x);
    F80 last = f(x, second, &e);
    for (int n = 0; n < 40; n++) {
        x = step_up(x);
        F80 r = f(x, second, &e);
        assert_true(ordered(last, r));
        last = r;
    }
}

static F80 ratio(u64 n, u64 d)
{
    F80Num a = f80_num_int((s64)n), b = f80_num_int((s64)d);
    F80Env e = {.masked = 0x3F, .bits = 64};
    return f80_div(&a, &b, &e);
}

static void test_seams(void **state)
{
    F80 unit = F80_ONE;
    for (u64 k = 1; k < 64; k++) {
        check_seam(our_atan2, ratio(k, 64), unit); /* table of 32, steps at odd 64ths */
        check_seam(our_2xm1, ratio(k, 64), unit);
        check_seam(our_atan2, ratio(64, k), unit); /* and beyond 1 */
    }
    for (u64 k = 91; k < 182; k++) {
        check_seam(our_yl2x, ratio(128, 2 * (k / 2) + 1), unit);
        check_seam(our_yl2x, ratio(2 * 128, k), unit);
    }
    check_seam(our_yl2xp1, ratio(1, 64), unit);
    check_seam(our_yl2xp1, ratio(1, 128), unit);
    check_seam(our_sin, ratio(1, 2), unit);
    check_seam(our_sin, (F80){0xC90FDAA22168C234, 0x3FFE}, unit); /* pi/4 */
    check_seam(our_tan, ratio(1, 2), unit);
    check_seam(our_tan, (F80){0xC90FDAA22168C234, 0x3FFE}, unit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_error), cmocka_unit_test(test_seams)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void test_without_mpfr(void **state)
{
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_without_mpfr)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
