/* test_float80.c: every x87 and MMX instruction over fixed streams of states, compared with
 * recorded results. Those of x87_golden.inc were recorded in runs in which every single state also
 * came out of the x87 of a real processor as it came out of ours (test_x87_host.c); the
 * transcendental ones in runs that MPFR agreed with. So any host can tell whether it computes what
 * an x86 computes. X87_RECORD=1 prints the table anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cpu/float80_root.h"
#include "tests/unit/x87_host.h"

static const u64 golden[] = {
#include "tests/unit/x87_golden.inc"
};

static u64 mix(u64 h, const void *data, size_t size)
{
    for (size_t k = 0; k < size; k++)
        h = (h ^ ((const u8 *)data)[k]) * 0x100000001B3;
    return h;
}

/* Fields one by one: HostState is laid out as the host likes. */
static u64 hash_runs(const HostOp *op, u32 at)
{
    u64 h = 0xCBF29CE484222325;
    rng_state = RNG_SEED;
    for (int n = 0; n < 1000; n++) {
        HostState s;
        random_state(&s);
        guest_run(at, &s, n & 1);
        u16 status = s.fpu.status & (u16)~ignored_status(op);
        const u16 words[] = {s.fpu.control, status, s.fpu.tag, (u16)s.flags};
        for (unsigned k = 0; k < ARRAY_LEN(words); k++)
            h = (h ^ words[k]) * 0x100000001B3;
        h = mix(h, s.fpu.st, sizeof s.fpu.st);
        h = mix(h, s.mem, sizeof s.mem);
    }
    return h;
}

enum {
    X87 = ARRAY_LEN(ops),
    TRANS = ARRAY_LEN(trans_ops),
    MMX = ARRAY_LEN(mmx_ops),
    ALL = X87 + TRANS + MMX
};

static const HostOp *op_at(unsigned k)
{
    return k < X87 ? &ops[k] : k < X87 + TRANS ? &trans_ops[k - X87] : &mmx_ops[k - X87 - TRANS];
}

static void test_golden(void **state)
{
    bool record = getenv("X87_RECORD");
    int bad = 0;
    guest_start(CPU_686);
    for (unsigned k = 0; k < ALL; k++) {
        if (k < X87 + TRANS)
            guest_compile(0x100 + 16 * k, op_at(k));
        else
            guest_compile_mmx(0x100 + 16 * k, op_at(k), mmx_count(k - X87 - TRANS));
    }
    for (unsigned k = 0; k < ALL; k++) {
        u64 h = hash_runs(op_at(k), 0x100 + 16 * k);
        if (record) {
            printf("    0x%016llX, /* %s */\n", (unsigned long long)h, op_at(k)->name);
        } else if (k >= ARRAY_LEN(golden) || h != golden[k]) {
            printf("# %s (%02X %02X) gives other results\n", op_at(k)->name, op_at(k)->opcode,
                   op_at(k)->modrm);
            bad++;
        }
    }
    guest_stop();
    assert_int_equal(bad, 0);
}

/* ---- a few by hand --------------------------------------------------------------------------- */

static F80Env env(u8 bits, u8 rc)
{
    return (F80Env){.masked = 0x3F, .bits = bits, .rc = rc};
}

static void expect(F80 v, u16 exp, u64 man)
{
    assert_int_equal(v.exp, exp);
    assert_true(v.man == man);
}

static void test_arithmetic(void **state)
{
    F80Num one = f80_num(F80_ONE), three = f80_num_int(3), zero = {0};
    F80Env e = env(64, X87_NEAREST);
    expect(f80_div(&one, &three, &e), 0x3FFD, 0xAAAAAAAAAAAAAAAB);
    assert_int_equal(e.raised, X87_PE);
    assert_true(e.up);
    e = env(24, X87_ZERO);
    expect(f80_div(&one, &three, &e), 0x3FFD, 0xAAAAAA0000000000);
    e = env(64, X87_NEAREST);
    expect(f80_div(&one, &zero, &e), 0x7FFF, 1ull << 63);
    assert_int_equal(e.raised, X87_ZE);
    e = env(64, X87_DOWN);
    expect(f80_add(&one, &one, true, &e), 0x8000, 0);
    expect(f80_sqrt(&three, &e), 0x3FFF, 0xDDB3D742C265539D);
}

/* Quotients and roots against their definition: q * d + rem is the dividend, and so on. */
static void test_digits(void **state)
{
    rng_state = RNG_SEED;
    for (int n = 0; n < 200000; n++) {
        u64 d = pattern() | 1, hi = pattern() % d, lo = pattern(), rem;
        u64 q = f80_divide_128(hi, lo, d, &rem);
        assert_true(rem < d);
        assert_true((u128)q * d + rem == ((u128)hi << 64 | lo));
        u64 bits = f80_remainder_bits(rem, d), half = 1ull << 63;
        u128 twice = (u128)rem * 2;
        assert_true(rem == 0     ? bits == 0
                    : twice == d ? bits == half
                                 : (bits > half) == (twice > d));
        u64 man = pattern() | half, below;
        u128 v = (u128)man << (63 + (n & 1));
        u64 root = f80_root(man, n & 1, &below);
        assert_true((u128)root * root <= v && root >> 63);
        u128 left = v - (u128)root * root; /* (root + 1/2)^2 = root^2 + root + 1/4 */
        assert_true(left <= 2 * (u128)root);
        assert_true(left == 0 ? below == 0 : left > root ? below > half : below && below < half);
    }
}

static void test_pi66(void **state)
{
    /* pi rounded to 64 bits is above pi66 by 2^-64 */
    F80Num n = f80_num((F80){0xC90FDAA22168C235, 0x4000});
    F80Env e = env(64, X87_NEAREST);
    F80 r;
    assert_true(f80_sincos(&n, &r, NULL, &e));
    expect(r, 0xBFBF, 1ull << 63);
    n = f80_num((F80){1ull << 63, 0x403E});
    assert_false(f80_sincos(&n, &r, NULL, &e)); /* 2^63 */
}

static void test_infinities_of_the_287(void **state)
{
    F80Num a = f80_num(f80_inf(false)), b = f80_num(f80_inf(true)), one = f80_num(F80_ONE);
    F80Env e = env(64, X87_NEAREST);
    e.projective = true;
    assert_int_equal(f80_compare(&a, &b, false, &e), F80_EQUAL);
    assert_int_equal(e.raised, 0);
    assert_int_equal(f80_compare(&a, &one, false, &e), F80_UNORDERED);
    assert_int_equal(e.raised, X87_IE);
}

/* ---- 8087 and 287 ---------------------------------------------------------------------------- */

static F80Env old_env(u8 rc)
{
    return (F80Env){.masked = 0x3F, .bits = 64, .rc = rc, .old = true};
}

static F80Num old_num(u16 exp, u64 man)
{
    F80Num n = f80_num((F80){man, exp});
    f80_num_old(&n);
    return n;
}

/* 80287 user's manual, table 1-9, line by line. 1/8 as an unnormal is 3FFF.1000000000000000. */
static void test_unnormals_of_the_287(void **state)
{
    const u64 eighth = 1ull << 60, one = 1ull << 63;
    F80Num a = old_num(0x3FFF, eighth), b = old_num(0x3FFF, one), u = old_num(0x3FFE, eighth);
    F80Env e = old_env(X87_NEAREST);
    /* sums: the larger operand decides */
    expect(f80_add(&a, &b, false, &e), 0x3FFF, one | eighth);
    expect(f80_add(&b, &a, true, &e), 0x3FFE, 0xE000000000000000);
    expect(f80_add(&a, &u, false, &e), 0x3FFF, eighth | eighth >> 1);
    expect(f80_add(&u, &a, true, &e), 0xBFFF, eighth >> 1);
    F80Num small = old_num(0x3FF0, one);
    expect(f80_add(&a, &small, false, &e), 0x3FFF, eighth | one >> 15);
    /* products and quotients */
    expect(f80_mul(&a, &b, &e), 0x3FFF, eighth);
    expect(f80_mul(&a, &a, &e), 0x3FFF, eighth >> 3);
    expect(f80_div(&a, &b, &e), 0x3FFF, eighth);
    assert_int_equal(e.raised, 0);
    f80_div(&b, &a, &e);
    assert_int_equal(e.raised, X87_IE);
    u64 q;
    bool partial;
    e = old_env(X87_NEAREST);
    f80_rem(&b, &a, false, &q, &partial, &e);
    assert_int_equal(e.raised, X87_IE);
    e = old_env(X87_NEAREST);
    F80Num three = f80_num_int(3), unnormal_seven = old_num(0x4002, 7ull << 60); /* 7 = 1110b */
    expect(f80_rem(&unnormal_seven, &three, false, &q, &partial, &e), 0x3FFF, one);
    assert_int_equal(q, 2);
    /* compared and rounded by their value */
    assert_int_equal(f80_compare(&a, &u, false, &e), F80_GREATER);
    F80Num same = old_num(0x3FFC, one);
    assert_int_equal(f80_compare(&a, &same, false, &e), F80_EQUAL);
    expect(f80_round_to_int(&unnormal_seven, &e), 0x4001, 7ull << 61);
    assert_int_equal(e.raised, 0);
    f80_sqrt(&a, &e);
    assert_int_equal(e.raised, X87_IE);
    /* stores: invalid, but where the value is below the format's smallest: underflow */
    e = old_env(X87_NEAREST);
    assert_int_equal(f80_to_f32((F80){eighth, 0x3FFF}, &e), 0xFFC00000);
    assert_int_equal(e.raised, X87_IE);
    e = old_env(X87_NEAREST);
    assert_int_equal(f80_to_f32((F80){eighth, 0x3F81}, &e), 0x100000); /* 2^-129 */
    assert_int_equal(e.raised, 0);
    e = old_env(X87_NEAREST);
    assert_int_equal(f80_to_int((F80){7ull << 60, 0x4002}, 16, &e), -0x8000);
    assert_int_equal(e.raised, X87_IE);
    /* FXTRACT takes it as it is */
    e = old_env(X87_NEAREST);
    F80 exponent, significand = f80_extract(&a, &exponent, &e);
    expect(significand, 0x3FFF, eighth);
    expect(exponent, 0, 0);
}

/* Intel387 data sheet, appendix A.1: what is different since. */
static void test_exceptions_of_the_287(void **state)
{
    F80Num nan = old_num(0x7FFF, 3ull << 62), one = f80_num(F80_ONE), zero = {0};
    F80Env e = old_env(X87_NEAREST);
    expect(f80_add(&nan, &one, false, &e), 0x7FFF, 3ull << 62);
    assert_int_equal(e.raised, X87_IE); /* any NaN */
    F80 exponent;
    e = old_env(X87_NEAREST);
    f80_extract(&zero, &exponent, &e);
    expect(exponent, 0, 0);
    assert_int_equal(e.raised, 0); /* FXTRACT of 0 */
    F80Num denormal = f80_num_f32(1);
    F80 v = f80_load(&denormal, &e);
    expect(v, 0x3F81, 1ull << 40); /* FLD leaves an unnormal */
    assert_int_equal(e.raised, X87_DE);
    e = old_env(X87_NEAREST);
    denormal = old_num(0, 1ull << 62);
    f80_sqrt(&denormal, &e);
    assert_int_equal(e.raised, X87_IE);
    /* overflow: chopped to infinity; none where the result is finite */
    F80Num huge = old_num(0x7FFE, ~0ull);
    e = old_env(X87_ZERO);
    expect(f80_add(&huge, &huge, false, &e), 0x7FFF, 1ull << 63);
    assert_int_equal(e.raised, X87_OE | X87_PE);
    e = old_env(X87_DOWN);
    expect(f80_add(&huge, &huge, false, &e), 0x7FFE, ~0ull);
    assert_int_equal(e.raised, X87_PE);
    /* underflow: chopped, also without a loss */
    F80Num tiny = old_num(1, 1ull << 63), half = old_num(0x3FFE, 1ull << 63);
    e = old_env(X87_ZERO);
    expect(f80_mul(&tiny, &half, &e), 0, 1ull << 62);
    assert_int_equal(e.raised, X87_UE);
    e = old_env(X87_NEAREST);
    f80_mul(&tiny, &half, &e);
    assert_int_equal(e.raised, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_pi66),
        cmocka_unit_test(test_infinities_of_the_287),
        cmocka_unit_test(test_unnormals_of_the_287),
        cmocka_unit_test(test_exceptions_of_the_287),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
