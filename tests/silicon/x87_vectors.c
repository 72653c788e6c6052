/* x87_vectors.c: makes golden tests for the x87 and MMX rows of x86.def, on an x86-64 host. States
 * are those of tests/unit/x87_host.h. A test is written only if the host's own x87 comes to the
 * same state as ours, registers, words, memory and flags; pointers to instruction and operand,
 * which processors keep in different ways, are our own. So are the tests of the transcendental
 * functions, in whose last bit no two processors agree (MPFR judges them, test_x87_trans.c), and
 * of the control instructions.
 *
 *   x87vectors [-n COUNT]     COUNT tests (16) of each instruction, to the standard output */
#include <stdio.h>

#ifdef __x86_64__
#include <stdlib.h>
#include <sys/mman.h>

#include "frontend/golden.h"
#include "tests/unit/x87_host.h"

/* Not compared with the host: they store or load pointers, or are not those of its generation. */
static const HostOp control_ops[] = {
    {"fldenv", 0xD9, 0x20},  {"fnstenv", 0xD9, 0x30},   {"frstor", 0xDD, 0x20},
    {"fnsave", 0xDD, 0x30},  {"fneni", 0xDB, 0xE0},     {"fndisi", 0xDB, 0xE1},
    {"fnsetpm", 0xDB, 0xE4}, {"fnstsw ax", 0xDF, 0xE0}, {"fxch4", 0xDD, 0xC9},
    {"fxch7", 0xDF, 0xC9},   {"fcom2", 0xDC, 0xD1},     {"fcomp3", 0xDC, 0xD9},
    {"fcomp5", 0xDE, 0xD1},  {"fstp1", 0xD9, 0xD9},     {"fstp8", 0xDF, 0xD1},
    {"fstp9", 0xDF, 0xD9},
};

static GoldenRig rig;
static GoldenTest test;
static DecodeTable decoder;
static u8 *host_code;

/* Bytes of the instruction, memory operands at [bx]. */
static void encode(const HostOp *op, bool mmx, u8 count)
{
    u8 *p = test.code;
    if (mmx)
        *p++ = 0x0F;
    *p++ = op->opcode;
    if (!mmx || op->opcode != 0x77)
        *p++ = op->modrm < 0xC0 ? (op->modrm & 0x38) | 7 : op->modrm;
    if (mmx && op->opcode >= 0x71 && op->opcode <= 0x73)
        *p++ = count;
    test.code_len = (u32)(p - test.code);
}

static void put_state(const HostState *s, u32 *w)
{
    w[G_EFLAGS] = 2 | s->flags;
    w[G_FCW] = s->fpu.control;
    w[G_FSW] = s->fpu.status;
    w[G_FTW] = s->fpu.tag;
    for (unsigned n = 0; n < 8; n++) {
        u64 man;
        u16 exp;
        memcpy(&man, s->fpu.st[n], 8);
        memcpy(&exp, s->fpu.st[n] + 8, 2);
        w[G_ST + 3 * n] = exp;
        w[G_ST + 3 * n + 1] = (u32)(man >> 32);
        w[G_ST + 3 * n + 2] = (u32)man;
    }
}

/* Registers that hardly an instruction looks at need not fill the file with random bits; and the
 * tags become those that belong to the values. */
static void simplify(HostState *s)
{
    for (int n = 2; n < 7; n++) {
        memset(s->fpu.st[n], 0, 10);
        s->fpu.st[n][7] = 0x80;
        s->fpu.st[n][8] = 0xFF;
        s->fpu.st[n][9] = 0x3F;
    }
    guest_load(s);
    s->fpu.tag = fpu_tag_word(&m.cpu);
}

/* What the rig has computed is what the host has computed. */
static bool same_as_host(const HostState *host)
{
    u32 want[G_WORDS];
    memcpy(want, rig.after, sizeof want);
    put_state(host, want);
    for (u32 n = 0; n < sizeof host->mem; n++)
        if (*golden_byte(&rig, OPERAND + n) != host->mem[n])
            return false;
    return !memcmp(want, rig.after, sizeof want);
}

static void describe(const HostOp *op, int number)
{
    Insn i;
    u8 bytes[16] = {0};
    memcpy(bytes, test.code, test.code_len);
    decode(&decoder, bytes, 15, false, &i);
    disasm(&i, 0x100, test.text, sizeof test.text);
    snprintf(test.name, sizeof test.name, "%s %d", op->name, number);
    const Row *r = &x86_rows[i.row];
    test.first = r->since > CPU_386 ? (CpuModel)r->since : CPU_386;
}

static bool make(const HostOp *op, HostFn *f, bool mmx, u8 count, int number)
{
    HostState s;
    random_state(&s);
    simplify(&s);
    golden_start(&test, NULL);
    encode(op, mmx, count);
    describe(op, number);
    put_state(&s, test.before);
    test.before[G_EIP] = 0x100;
    test.before[G_EBX] = OPERAND;
    test.before[G_CR0] = CR0_NE;
    for (u32 n = 0; n < sizeof s.mem && op->modrm < 0xC0; n++)
        golden_put(&test.mem, OPERAND + n, s.mem[n]);
    bool ok = golden_run(&rig, &test) && rig.ended;
    if (ok && f) {
        HostState host = s;
        host_run(f, &host);
        if (op->modrm >= 0xC0)
            memset(host.mem, GOLDEN_FILL, sizeof host.mem);
        if (ignored_status(op))
            host.fpu.status = (u16)((host.fpu.status & ~SW_C1) | (rig.after[G_FSW] & SW_C1));
        ok = same_as_host(&host);
    }
    if (ok) {
        golden_take(&rig, &test);
        golden_write(stdout, &test);
    }
    golden_clear(&rig);
    return ok;
}

/* kind: 0 compared with the host, 1 MMX, compared as well, 2 our own. */
static void make_all(const HostOp *op, unsigned count, int kind, int tests)
{
    for (unsigned k = 0; k < count; k++) {
        HostFn *f = kind == 2   ? NULL
                    : kind == 1 ? host_compile_mmx(host_code, &op[k], mmx_count(k))
                                : host_compile(host_code, &op[k]);
        rng_state = RNG_SEED;
        for (int made = 0, tries = 0; made < tests; tries++) {
            if (tries == 10 * tests) {
                fprintf(stderr, "x87vectors: %s: the host differs\n", op[k].name);
                exit(1);
            }
            made += make(&op[k], f, kind == 1, mmx_count(k), made + 1);
        }
    }
}

int main(int argc, char **argv)
{
    int tests = argc == 3 && !strcmp(argv[1], "-n") ? atoi(argv[2]) : 16;
    host_code =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (host_code == MAP_FAILED || !golden_rig_init(&rig, CPU_686, CORE_SLOW)) {
        fprintf(stderr, "x87vectors: no memory to execute\n");
        return 2;
    }
    guest_start(CPU_686);
    decode_table_init(&decoder, CPU_686);
    golden_write_head(stdout);
    printf("# x87 and MMX: states that a real processor came to as well; see x87_vectors.c\n");
    make_all(ops, ARRAY_LEN(ops), 0, tests);
    make_all(mmx_ops, ARRAY_LEN(mmx_ops), 1, tests);
    make_all(trans_ops, ARRAY_LEN(trans_ops), 2, tests);
    make_all(control_ops, ARRAY_LEN(control_ops), 2, 2);
    guest_stop();
    golden_rig_free(&rig);
    return 0;
}
#else
int main(void)
{
    fprintf(stderr, "x87vectors: this needs an x86-64 host\n");
    return 2;
}
#endif
