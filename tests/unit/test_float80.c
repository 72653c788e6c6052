/* test_float80.c: every x87 and MMX instruction over fixed streams of states, compared with
 * recorded results. Those of x87_golden.inc were recorded in runs in which every single state also
 * came out of the x87 of a real processor as it came out of ours (test_x87_host.c); the
 * transcendental ones in runs that MPFR agreed with. So any host can tell whether it computes what
 * an x86 computes. X87_RECORD=1 prints the table anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
        assert_true(rem == 0 ? bits == 0 : twice == d ? bits == half : (bits > half) == (twice > d));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_pi66),
        cmocka_unit_test(test_infinities_of_the_287),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
