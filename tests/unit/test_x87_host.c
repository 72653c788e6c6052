/* test_x87_host.c: every x87 instruction whose result is defined to the bit, against the x87 of the host, over random and edge
 * operands in all rounding and precision modes, masked and unmasked. X87_RUNS sets the number of runs of each instruction
 * (default 2000; `X87_RUNS=1000000 build/unit/test_x87_host` for millions). Skipped on hosts other than x86-64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifdef __x86_64__
#include "tests/unit/x87_host.h"

static const HostOp ops[] = {
#define MEM8(n, op) {n " /0", op, 0x00}, {n " /1", op, 0x08}, {n " /2", op, 0x10}, {n " /3", op, 0x18}, \
                    {n " /4", op, 0x20}, {n " /5", op, 0x28}, {n " /6", op, 0x30}, {n " /7", op, 0x38}
    MEM8("arith m32", 0xD8), MEM8("arith i32", 0xDA), MEM8("arith m64", 0xDC), MEM8("arith i16", 0xDE),
    {"fld m32", 0xD9, 0x00}, {"fst m32", 0xD9, 0x10}, {"fstp m32", 0xD9, 0x18},
    {"fild i32", 0xDB, 0x00}, {"fist i32", 0xDB, 0x10}, {"fistp i32", 0xDB, 0x18},
    {"fld m80", 0xDB, 0x28}, {"fstp m80", 0xDB, 0x38},
    {"fld m64", 0xDD, 0x00}, {"fst m64", 0xDD, 0x10}, {"fstp m64", 0xDD, 0x18},
    {"fild i16", 0xDF, 0x00}, {"fist i16", 0xDF, 0x10}, {"fistp i16", 0xDF, 0x18},
    {"fbld", 0xDF, 0x20}, {"fild i64", 0xDF, 0x28}, {"fbstp", 0xDF, 0x30}, {"fistp i64", 0xDF, 0x38},
    {"fnstcw", 0xD9, 0x38}, {"fnstsw", 0xDD, 0x38}, {"fldcw", 0xD9, 0x28},
#define REG3(n, op, m) {n " st0", op, m}, {n " st1", op, m + 1}, {n " st7", op, m + 7}
    REG3("fadd st,", 0xD8, 0xC0), REG3("fmul st,", 0xD8, 0xC8), REG3("fcom", 0xD8, 0xD0),
    REG3("fcomp", 0xD8, 0xD8), REG3("fsub st,", 0xD8, 0xE0), REG3("fsubr st,", 0xD8, 0xE8),
    REG3("fdiv st,", 0xD8, 0xF0), REG3("fdivr st,", 0xD8, 0xF8),
    REG3("fld", 0xD9, 0xC0), REG3("fxch", 0xD9, 0xC8), {"fnop", 0xD9, 0xD0},
    {"fchs", 0xD9, 0xE0}, {"fabs", 0xD9, 0xE1}, {"ftst", 0xD9, 0xE4}, {"fxam", 0xD9, 0xE5},
    {"fld1", 0xD9, 0xE8}, {"fldl2t", 0xD9, 0xE9}, {"fldl2e", 0xD9, 0xEA}, {"fldpi", 0xD9, 0xEB},
    {"fldlg2", 0xD9, 0xEC}, {"fldln2", 0xD9, 0xED}, {"fldz", 0xD9, 0xEE},
    {"fxtract", 0xD9, 0xF4}, {"fprem1", 0xD9, 0xF5}, {"fdecstp", 0xD9, 0xF6}, {"fincstp", 0xD9, 0xF7},
    {"fprem", 0xD9, 0xF8}, {"fsqrt", 0xD9, 0xFA}, {"frndint", 0xD9, 0xFC}, {"fscale", 0xD9, 0xFD},
    REG3("fcmovb", 0xDA, 0xC0), REG3("fcmove", 0xDA, 0xC8), REG3("fcmovbe", 0xDA, 0xD0),
    REG3("fcmovu", 0xDA, 0xD8), {"fucompp", 0xDA, 0xE9},
    REG3("fcmovnb", 0xDB, 0xC0), REG3("fcmovne", 0xDB, 0xC8), REG3("fcmovnbe", 0xDB, 0xD0),
    REG3("fcmovnu", 0xDB, 0xD8), {"fnclex", 0xDB, 0xE2}, {"fninit", 0xDB, 0xE3},
    REG3("fucomi", 0xDB, 0xE8), REG3("fcomi", 0xDB, 0xF0),
    REG3("fadd to", 0xDC, 0xC0), REG3("fmul to", 0xDC, 0xC8), REG3("fsubr to", 0xDC, 0xE0),
    REG3("fsub to", 0xDC, 0xE8), REG3("fdivr to", 0xDC, 0xF0), REG3("fdiv to", 0xDC, 0xF8),
    REG3("ffree", 0xDD, 0xC0), REG3("fst", 0xDD, 0xD0), REG3("fstp", 0xDD, 0xD8),
    REG3("fucom", 0xDD, 0xE0), REG3("fucomp", 0xDD, 0xE8),
    REG3("faddp", 0xDE, 0xC0), REG3("fmulp", 0xDE, 0xC8), {"fcompp", 0xDE, 0xD9},
    REG3("fsubrp", 0xDE, 0xE0), REG3("fsubp", 0xDE, 0xE8), REG3("fdivrp", 0xDE, 0xF0),
    REG3("fdivp", 0xDE, 0xF8), REG3("ffreep", 0xDF, 0xC0), REG3("fucomip", 0xDF, 0xE8),
    REG3("fcomip", 0xDF, 0xF0),
};

/* MMX, 0F and this opcode; shifts get a random count, which is compiled in. */
static const HostOp mmx_ops[] = {
    {"punpcklbw", 0x60, 0x08}, {"punpcklbw reg", 0x60, 0xCA}, {"punpcklwd", 0x61, 0x08},
    {"punpcklwd reg", 0x61, 0xCA}, {"punpckldq", 0x62, 0x08}, {"punpckldq reg", 0x62, 0xCA},
    {"packsswb", 0x63, 0x08}, {"packsswb reg", 0x63, 0xCA}, {"pcmpgtb", 0x64, 0x08},
    {"pcmpgtb reg", 0x64, 0xCA}, {"pcmpgtw", 0x65, 0x08}, {"pcmpgtw reg", 0x65, 0xCA},
    {"pcmpgtd", 0x66, 0x08}, {"pcmpgtd reg", 0x66, 0xCA}, {"packuswb", 0x67, 0x08},
    {"packuswb reg", 0x67, 0xCA}, {"punpckhbw", 0x68, 0x08}, {"punpckhbw reg", 0x68, 0xCA},
    {"punpckhwd", 0x69, 0x08}, {"punpckhwd reg", 0x69, 0xCA}, {"punpckhdq", 0x6A, 0x08},
    {"punpckhdq reg", 0x6A, 0xCA}, {"packssdw", 0x6B, 0x08}, {"packssdw reg", 0x6B, 0xCA},
    {"movd", 0x6E, 0x08}, {"movq", 0x6F, 0x08}, {"movq reg", 0x6F, 0xCA}, {"movd to", 0x7E, 0x08},
    {"movq to", 0x7F, 0x08}, {"movq to reg", 0x7F, 0xCA}, {"pcmpeqb", 0x74, 0x08},
    {"pcmpeqb reg", 0x74, 0xCA}, {"pcmpeqw", 0x75, 0x08}, {"pcmpeqw reg", 0x75, 0xCA},
    {"pcmpeqd", 0x76, 0x08}, {"pcmpeqd reg", 0x76, 0xCA}, {"psrlw", 0xD1, 0x08},
    {"psrlw reg", 0xD1, 0xCA}, {"psrld", 0xD2, 0x08}, {"psrld reg", 0xD2, 0xCA},
    {"psrlq", 0xD3, 0x08}, {"psrlq reg", 0xD3, 0xCA}, {"pmullw", 0xD5, 0x08},
    {"pmullw reg", 0xD5, 0xCA}, {"psubusb", 0xD8, 0x08}, {"psubusb reg", 0xD8, 0xCA},
    {"psubusw", 0xD9, 0x08}, {"psubusw reg", 0xD9, 0xCA}, {"pand", 0xDB, 0x08},
    {"pand reg", 0xDB, 0xCA}, {"paddusb", 0xDC, 0x08}, {"paddusb reg", 0xDC, 0xCA},
    {"paddusw", 0xDD, 0x08}, {"paddusw reg", 0xDD, 0xCA}, {"pandn", 0xDF, 0x08},
    {"pandn reg", 0xDF, 0xCA}, {"psraw", 0xE1, 0x08}, {"psraw reg", 0xE1, 0xCA},
    {"psrad", 0xE2, 0x08}, {"psrad reg", 0xE2, 0xCA}, {"pmulhw", 0xE5, 0x08},
    {"pmulhw reg", 0xE5, 0xCA}, {"psubsb", 0xE8, 0x08}, {"psubsb reg", 0xE8, 0xCA},
    {"psubsw", 0xE9, 0x08}, {"psubsw reg", 0xE9, 0xCA}, {"por", 0xEB, 0x08},
    {"por reg", 0xEB, 0xCA}, {"paddsb", 0xEC, 0x08}, {"paddsb reg", 0xEC, 0xCA},
    {"paddsw", 0xED, 0x08}, {"paddsw reg", 0xED, 0xCA}, {"pxor", 0xEF, 0x08},
    {"pxor reg", 0xEF, 0xCA}, {"psllw", 0xF1, 0x08}, {"psllw reg", 0xF1, 0xCA},
    {"pslld", 0xF2, 0x08}, {"pslld reg", 0xF2, 0xCA}, {"psllq", 0xF3, 0x08},
    {"psllq reg", 0xF3, 0xCA}, {"pmaddwd", 0xF5, 0x08}, {"pmaddwd reg", 0xF5, 0xCA},
    {"psubb", 0xF8, 0x08}, {"psubb reg", 0xF8, 0xCA}, {"psubw", 0xF9, 0x08},
    {"psubw reg", 0xF9, 0xCA}, {"psubd", 0xFA, 0x08}, {"psubd reg", 0xFA, 0xCA},
    {"paddb", 0xFC, 0x08}, {"paddb reg", 0xFC, 0xCA}, {"paddw", 0xFD, 0x08},
    {"paddw reg", 0xFD, 0xCA}, {"paddd", 0xFE, 0x08}, {"paddd reg", 0xFE, 0xCA},
    {"psrlw imm", 0x71, 0xD1}, {"psraw imm", 0x71, 0xE1}, {"psllw imm", 0x71, 0xF1},
    {"psrld imm", 0x72, 0xD1}, {"psrad imm", 0x72, 0xE1}, {"pslld imm", 0x72, 0xF1},
    {"psrlq imm", 0x73, 0xD1}, {"psllq imm", 0x73, 0xF1}, {"emms", 0x77, 0},
};

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
    printf("#   %-5s cw %04X sw %04X tag %04X flags %03X", what, s->fpu.control, s->fpu.status, s->fpu.tag,
           s->flags);
    show_f80("st0", s->fpu.st[0]);
    show_f80("st1", s->fpu.st[1]);
    show_f80("st7", s->fpu.st[7]);
    show_f80("mem", s->mem);
    printf("\n");
}

/* What the host does differently from Intel's manuals: an AMD processor leaves C1 alone in FCOMI and FUCOMI. */
static u16 ignored_status(const HostOp *op)
{
    bool fcomi = (op->opcode & 0xFB) == 0xDB && op->modrm >= 0xE8 && op->modrm < 0xF8;
    return fcomi ? SW_C1 : 0;
}

static bool same(const HostState *a, const HostState *b)
{
    return a->fpu.control == b->fpu.control && a->fpu.status == b->fpu.status && a->fpu.tag == b->fpu.tag &&
           !memcmp(a->fpu.st, b->fpu.st, sizeof a->fpu.st) && !memcmp(a->mem, b->mem, sizeof a->mem) &&
           a->flags == b->flags;
}

static long compare_op(const HostOp *op, HostFn *f, u32 at, long runs)
{
    long bad = 0;
    for (long n = 0; n < runs; n++) {
        HostState in, host, ours;
        random_state(&in);
        host = ours = in;
        host_run(f, &host);
        guest_run(at, &ours);
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
    u8 *code = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        skip();
    guest_start(CPU_PENTIUM_MMX);
    for (unsigned k = 0; k < ARRAY_LEN(mmx_ops); k++)
        guest_compile_mmx(0x100 + 16 * k, &mmx_ops[k], (u8)(7 * k % 37));
    for (unsigned k = 0; k < ARRAY_LEN(mmx_ops); k++) {
        if (only && !strstr(mmx_ops[k].name, only))
            continue;
        HostFn *f = host_compile_mmx(code + 32 * k, &mmx_ops[k], (u8)(7 * k % 37));
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
    u8 *code = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_host), cmocka_unit_test(test_mmx_against_host)};
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
