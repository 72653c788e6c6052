/* test_x87_host.c: every x87 instruction whose result is defined to the bit, against the x87 of
 * the host, over random and edge operands in all rounding and precision modes, masked and
 * unmasked. X87_RUNS sets the number of runs of each instruction (default 2000; `X87_RUNS=1000000
 * build/unit/test_x87_host` for millions). Skipped on hosts other than x86-64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifdef __x86_64__
#include <sys/mman.h>

#include "tests/unit/x87_host.h"

static void show_f80(const char *what, const u8 *p)
{
    u64 man;
    u16 exp;
    memcpy(&man, p, 8);
    memcpy(&exp, p + 8, 2);
    printf(" %s %04X.%016llX", what, exp, (unsigned long long)man);
}

static void show(const char *what, const HostState *s)
{
    printf("#   %-5s cw %04X sw %04X tag %04X flags %03X", what, s->fpu.control, s->fpu.status,
           s->fpu.tag, s->flags);
    show_f80("st0", s->fpu.st[0]);
    show_f80("st1", s->fpu.st[1]);
    show_f80("st7", s->fpu.st[7]);
    show_f80("mem", s->mem);
    printf("\n");
}

static bool same(const HostState *a, const HostState *b)
{
    return a->fpu.control == b->fpu.control && a->fpu.status == b->fpu.status &&
           a->fpu.tag == b->fpu.tag && !memcmp(a->fpu.st, b->fpu.st, sizeof a->fpu.st) &&
           !memcmp(a->mem, b->mem, sizeof a->mem) && a->flags == b->flags;
}

static long compare_op(const HostOp *op, HostFn *f, u32 at, long runs)
{
    long bad = 0;
    rng_state = RNG_SEED; /* the first 1000 states are those of test_float80.c */
    for (long n = 0; n < runs; n++) {
        HostState in, host, ours;
        random_state(&in);
        host = ours = in;
        host_run(f, &host);
        guest_run(at, &ours, n & 1);
        host.fpu.status &= (u16)~ignored_status(op);
        ours.fpu.status &= (u16)~ignored_status(op);
        if (same(&host, &ours))
            continue;
        if (bad++ < 3) {
            printf("# %s (%02X %02X) differs:\n", op->name, op->opcode, op->modrm);
            show("in", &in);
            show("host", &host);
            show("ours", &ours);
        }
    }
    if (bad)
        printf("# %s: %ld of %ld differ\n", op->name, bad, runs);
    return bad;
}

static void test_mmx_against_host(void **state)
{
    const char *runs = getenv("X87_RUNS"), *only = getenv("X87_OP");
    long n = runs ? atol(runs) : 2000, bad = 0;
    u8 *code =
        mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        skip();
    guest_start(CPU_PENTIUM_MMX);
    for (unsigned k = 0; k < ARRAY_LEN(mmx_ops); k++)
        guest_compile_mmx(0x100 + 16 * k, &mmx_ops[k], mmx_count(k));
    for (unsigned k = 0; k < ARRAY_LEN(mmx_ops); k++) {
        if (only && !strstr(mmx_ops[k].name, only))
            continue;
        HostFn *f = host_compile_mmx(code + 32 * k, &mmx_ops[k], mmx_count(k));
        bad += compare_op(&mmx_ops[k], f, 0x100 + 16 * k, n);
    }
    guest_stop();
    munmap(code, 65536);
    assert_int_equal(bad, 0);
}

static void test_against_host(void **state)
{
    const char *runs = getenv("X87_RUNS"), *only = getenv("X87_OP");
    long n = runs ? atol(runs) : 2000, bad = 0;
    u8 *code =
        mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        skip();
    guest_start(CPU_686);
    for (unsigned k = 0; k < ARRAY_LEN(ops); k++) /* all before the first is decoded */
        guest_compile(0x100 + 16 * k, &ops[k]);
    for (unsigned k = 0; k < ARRAY_LEN(ops); k++) {
        u32 at = 0x100 + 16 * k;
        if (only && !strstr(ops[k].name, only))
            continue;
        bad += compare_op(&ops[k], host_compile(code + 16 * k, &ops[k]), at, n);
    }
    guest_stop();
    munmap(code, 65536);
    assert_int_equal(bad, 0);
}

/* ---- the whole state ------------------------------------------------------------------------- */

enum { FX_POINTERS = 6, FX_MXCSR = 24, FX_REGISTERS = 32, FX_XMM = 160, FX_SIZE = 512 };

/* As FXSAVE stores it; pointers, MXCSR and XMM registers, in which processors differ, left out. */
static bool same_image(const u8 *a, const u8 *b)
{
    return !memcmp(a, b, FX_POINTERS) &&
           !memcmp(a + FX_REGISTERS, b + FX_REGISTERS, FX_XMM - FX_REGISTERS);
}

/* FXSAVE of random states stores the host's image and leaves the state alone; FXRSTOR of that image
 * into another random state brings it back. */
static void test_state_against_host(void **state)
{
    static u8 image[FX_SIZE] __attribute__((aligned(16)));
    static const u8 code[] = {0x0F, 0xAE, 0x07, 0xF4, 0x0F, 0xAE, 0x0F, 0xF4}; /* [bx]; HLT */
    enum { SAVE = 0x100, RESTORE = SAVE + 4 };
    guest_start(CPU_686);
    memcpy(m.ram + SAVE, code, sizeof code);
    rng_state = RNG_SEED;
    for (int n = 0; n < 2000; n++) {
        HostState in, ours, other;
        random_state(&in);
        memset(image, 0xA5, sizeof image);
        memset(m.ram + OPERAND, 0xA5, FX_SIZE);
        __asm__ volatile("frstor %1; fxsave %0; fninit" : "+m"(image) : "m"(in.fpu));
        ours = in;
        memset(ours.mem, 0xA5, sizeof ours.mem);
        guest_run(SAVE, &ours, n & 1);
        assert_true(same_image(image, m.ram + OPERAND));
        for (int i = FX_MXCSR; i < FX_SIZE; i++)
            if (i < FX_REGISTERS || i >= FX_XMM)
                assert_int_equal(m.ram[OPERAND + i], 0xA5);
        random_state(&other);
        memcpy(m.ram + OPERAND, image, FX_SIZE);
        memcpy(other.mem, image, sizeof other.mem);
        guest_run(RESTORE, &other, n & 1);
        assert_int_equal(other.fpu.control, ours.fpu.control);
        assert_int_equal(other.fpu.status, ours.fpu.status);
        assert_int_equal(other.fpu.tag, ours.fpu.tag);
        assert_memory_equal(other.fpu.st, ours.fpu.st, sizeof ours.fpu.st);
    }
    guest_stop();
}

/* ---- transcendental functions ---------------------------------------------------------------- */

/* Exponents of the arguments of a function: ST(0), ST(1); signs as given (0, or 8000h: either). */
static const struct {
    const char *name;
    s16 low0, high0, low1, high1;
    u16 sign0;
} domains[] = {
    {"f2xm1", -64, -1, 0, 0, 0x8000},      {"fyl2x", -200, 200, -50, 50, 0},
    {"fptan", -64, 66, 0, 0, 0x8000},      {"fpatan", -60, 60, -60, 60, 0x8000},
    {"fyl2xp1", -64, -3, -50, 50, 0x8000}, {"fsincos", -64, 66, 0, 0, 0x8000},
    {"fsin", -64, 66, 0, 0, 0x8000},       {"fcos", -64, 66, 0, 0, 0x8000},
};

static void random_argument(u8 *p, int low, int high, u16 sign)
{
    u64 man = pattern() | 1ull << 63, r = rnd();
    u16 exp = (u16)(0x3FFF + low + (int)(r % (u64)(high - low + 1)));
    exp |= r >> 32 & sign;
    memcpy(p, &man, 8);
    memcpy(p + 8, &exp, 2);
}

/* Distance in units of the last place; all of it across a change of sign. */
static u64 ulps(const u8 *a, const u8 *b)
{
    __int128 v[2];
    for (int k = 0; k < 2; k++) {
        u64 man;
        u16 exp;
        memcpy(&man, k ? b : a, 8);
        memcpy(&exp, (k ? b : a) + 8, 2);
        v[k] = (__int128)(exp & 0x7FFF) << 63 | (man & ~0ull >> 1);
        v[k] = exp >> 15 ? -v[k] : v[k];
    }
    __int128 d = v[0] < v[1] ? v[1] - v[0] : v[0] - v[1];
    return d > UINT32_MAX ? UINT32_MAX : (u64)d;
}

/* Ours are correctly rounded (test_x87_trans.c), Intel and AMD promise an error below one unit: so
 * the difference is one at most, over all arguments up to 2^63 and beyond. That is also the proof
 * that arguments are reduced by the same pi of 66 bits: with any other, large ones would give
 * nothing alike. PE and C1 tell about the last bit; AMD raises PE for exact results as well. */
static long compare_function(unsigned k, HostFn *f, u32 at, long runs)
{
    long bad = 0;
    rng_state = RNG_SEED;
    for (long n = 0; n < runs; n++) {
        HostState in, host, ours;
        memset(&in, 0, sizeof in);
        in.fpu.control = 0x37F;
        in.fpu.tag = 0xC000; /* ST(7) is empty: there is room to push */
        random_argument(in.fpu.st[0], domains[k].low0, domains[k].high0, domains[k].sign0);
        random_argument(in.fpu.st[1], domains[k].low1, domains[k].high1, 0x8000);
        host = ours = in;
        host_run(f, &host);
        guest_run(at, &ours, n & 1);
        u16 status = (host.fpu.status ^ ours.fpu.status) & (u16) ~(SW_C1 | X87_PE);
        bool good = !status && host.fpu.tag == ours.fpu.tag;
        for (int st = 0; st < 8 && good; st++)
            good = ulps(host.fpu.st[st], ours.fpu.st[st]) <= 1;
        if (good)
            continue;
        if (bad++ < 3) {
            printf("# %s differs by more than one unit:\n", domains[k].name);
            show("in", &in);
            show("host", &host);
            show("ours", &ours);
        }
    }
    return bad;
}

static void test_transcendental_against_host(void **state)
{
    const char *runs = getenv("X87_RUNS");
    long n = runs ? atol(runs) : 2000, bad = 0;
    u8 *code =
        mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        skip();
    guest_start(CPU_686);
    for (unsigned k = 0; k < ARRAY_LEN(trans_ops); k++) {
        assert_string_equal(trans_ops[k].name, domains[k].name);
        guest_compile(0x100 + 16 * k, &trans_ops[k]);
    }
    for (unsigned k = 0; k < ARRAY_LEN(trans_ops); k++)
        bad += compare_function(k, host_compile(code + 16 * k, &trans_ops[k]), 0x100 + 16 * k, n);
    guest_stop();
    munmap(code, 65536);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_host),
                                       cmocka_unit_test(test_state_against_host),
                                       cmocka_unit_test(test_mmx_against_host),
                                       cmocka_unit_test(test_transcendental_against_host)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void test_against_host(void **state)
{
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_host)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
