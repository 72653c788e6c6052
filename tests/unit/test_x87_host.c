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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_host),
                                       cmocka_unit_test(test_mmx_against_host)};
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
