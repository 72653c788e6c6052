/* vectors.c: makes golden tests for every row of x86.def that ring 3 of this host can execute, by
 * executing it.
 *
 *   vectors [-n COUNT] [-seed SEED] [-row HEX] [-own]
 *
 * COUNT tests (40) for each row, operand form, operand size and address size, to the standard
 * output. -own makes tests of the rows that only older processors have, in real mode, by executing
 * them on our own one, which passes the vectors captured from those processors: such tests keep
 * what is right, they do not find out what is. */
#include <stdlib.h>

#include "tests/silicon/gen.h"
#include "tests/silicon/host.h"

static GoldenSetup setup[2][2];
static DecodeTable decoder, decoder386;
static GoldenTest test;

static void set_reg(void *ctx, int r, u32 v)
{
    test.before[G_EAX + r] = v;
}

static void set_mem(void *ctx, u32 la, const u8 *p, u32 n)
{
    for (u32 k = 0; k < n; k++)
        if (la + k >= HOST_CODE && la + k < HOST_END)
            golden_put(&test.mem, la + k, p[k]);
}

/* Something else than HLT where tests read by chance. */
static void make_setup(Gen *g, GoldenSetup *s, bool code32, bool stack32)
{
    host_setup(s, code32, stack32, false);
    for (u32 n = 0; n < 0x200; n++)
        golden_put(&s->mem, HOST_DATA + n, (u8)gen_edge(g));
    for (u32 n = 0; n < 0x200; n++)
        golden_put(&s->mem, HOST_STACK + 0x700 + n, (u8)gen_edge(g));
}

static bool touches_stack(const Row *r)
{
    u16 op = r->opcode;
    return op == 0x60 || op == 0x61 || (op >= 0x50 && op <= 0x5F) || op == 0x68 || op == 0x6A ||
           op == 0x8F || op == 0x9C || op == 0x9D || op == 0xC2 || op == 0xC3 ||
           (op >= 0xC8 && op <= 0xCB) || op == 0xCF || op == 0xE8 || op == 0x9A ||
           (op == 0xFF && (r->ext == 2 || r->ext == 3 || r->ext == 6)) ||
           (op < 0x20 && (op & 6) == 6) || (op >> 8 && (op & 0xF6) == 0xA0);
}

static void choose_registers(Gen *g, const Row *r)
{
    static const u8 order[7] = {0, 1, 2, 3, 5, 6, 7};
    for (int n = 0; n < 3; n++)
        test.before[G_EAX + order[gen_below(g, 7)]] = gen_edge(g);
    if (r->opcode != 0x8F && !touches_stack(r) && gen_one_in(g, 4))
        test.before[G_ESP] = gen_edge(g);
    else if (touches_stack(r) && gen_one_in(g, 10))
        test.before[G_ESP] = gen_one_in(g, 2)
                                 ? gen_below(g, 40)
                                 : 0x10000 - gen_below(g, 40) + (gen_one_in(g, 2) ? 0x50000 : 0);
    if (r->opcode == 0xC9)
        test.before[G_EBP] = gen_one_in(g, 8) ? gen_edge(g) : 0x700 + gen_below(g, 0x100);
    u32 f = gen_random(g) & (OSZAPC | DF);
    if (gen_one_in(g, 40) && g->stack32)
        f |= TF;
    if (gen_one_in(g, 40))
        f |= AC;
    if (gen_one_in(g, 40) && r->opcode != 0xCF)
        f |= NT;
    test.before[G_EFLAGS] = f | IF | 2;
}

/* The 386 alone scales the base where there is no index (decode.c), and its POPAD changes the upper
 * half of ESP on a 16-bit stack. */
static bool strange_on_386(const Gen *g, const Row *r, bool op32)
{
    if (r->opcode == 0x61 && op32 && !g->stack32)
        return true;
    Insn i, on386;
    u8 bytes[32] = {0};
    memcpy(bytes, test.code, test.code_len);
    decode(&decoder, bytes, 15, g->code32, &i);
    decode(&decoder386, bytes, 15, g->code32, &on386);
    return i.base != on386.base && on386.flags & INSN_MEM;
}

static void choose_models(const Gen *g, const Row *r, bool op32)
{
    test.first = r->since > CPU_386 ? (CpuModel)r->since : CPU_386;
    test.last = (CpuModel)r->until;
    bool later = r->opcode == 0x0F20 || r->opcode == 0x0F22;     /* CR4 */
    if (later && test.first < CPU_PENTIUM)
        test.first = CPU_PENTIUM;
    if (op32 && r->operand[0] >= O_ES && r->operand[0] <= O_GS) { /* moves 32 bits here only */
        test.first = CPU_PENTIUM;
        test.last = CPU_PENTIUM_MMX;
    }
    bool flags =
        r->opcode == 0x9D || r->opcode == 0xCF; /* ID can be changed from the later 486 on */
    if ((test.before[G_EFLAGS] & AC || strange_on_386(g, r, op32)) && test.first < CPU_486)
        test.first = CPU_486;
    if (flags && test.first < CPU_PENTIUM)
        test.first = CPU_PENTIUM;
}

static void describe(u32 eip, bool code32)
{
    Insn i;
    u8 bytes[32] = {0};
    memcpy(bytes, test.code, test.code_len);
    decode(&decoder, bytes, 15, code32, &i);
    disasm(&i, eip, test.text, sizeof test.text);
}

/* One test; false: not usable. */
static bool make(Gen *g, int row, bool op32, bool ad32, bool mem, FILE *f, int number)
{
    const Row *r = &x86_rows[row];
    g->code32 = gen_one_in(g, 2);
    g->stack32 = g->code32 ? !gen_one_in(g, 4) : gen_one_in(g, 4);
    golden_start(&test, &setup[g->code32][g->stack32]);
    choose_registers(g, r);
    g->known = true;
    g->reg = test.before;
    g->code = test.code;
    g->len = 0;
    g->eip = test.before[G_EIP];
    gen_insn(g, row, op32, ad32, mem);
    if (r->opcode == 0xCF)
        test.before[G_EFLAGS] &= ~(u32)NT;
    test.code_len = g->len;
    test.undefined = gen_undefined(r, op32);
    choose_models(g, r, op32);
    describe(g->eip, g->code32);
    snprintf(test.name, sizeof test.name, "%04x%s%.0d o%d a%d %s %d", r->opcode,
             r->ext < 0 ? "" : "/", r->ext < 0 ? 0 : r->ext, op32 ? 32 : 16, ad32 ? 32 : 16,
             mem ? "mem" : "reg", number);
    if (r->ext == 0)
        snprintf(test.name, sizeof test.name, "%04x/0 o%d a%d %s %d", r->opcode, op32 ? 32 : 16,
                 ad32 ? 32 : 16, mem ? "mem" : "reg", number);
    bool ok = host_run(&test);
    if (ok)
        host_changes(&test);
    ok = ok && !gen_explained(g, &test, r, op32, ad32);
    if (ok)
        golden_write(f, &test);
    host_clear();
    return ok;
}

static void make_row(Gen *g, int row, int count, FILE *f)
{
    const Row *r = &x86_rows[row];
    for (int op32 = 0; op32 < 2; op32++)
        for (int ad32 = 0; ad32 < 2; ad32++)
            for (int mem = 0; mem < 2; mem++) {
                if (mem ? !gen_row_has_rm(r) && !gen_row_memory_only(r) : gen_row_memory_only(r))
                    continue;
                if ((!op32 && !gen_row_has_sizes(r)) || (ad32 && !gen_row_uses_memory(r, mem)))
                    continue;
                if (!op32 && r->opcode >= 0x0FC8 && r->opcode <= 0x0FCF)
                    continue; /* BSWAP of 16 bits is undefined */
                for (int made = 0, tries = 0; made < count && tries < 4 * count; tries++)
                    made += make(g, row, op32, ad32, mem, f, made + 1);
            }
}

/* ---- rows of older processors ---------------------------------------------------------------- */

static GoldenSetup real;
static GoldenRig rig;

static void make_real(Gen *g)
{
    golden_reset_state(real.reg);
    snprintf(real.name, sizeof real.name, "real");
    static const u8 seg[] = {G_ES, G_DS, G_SS, G_CS, G_FS, G_GS};
    static const u16 base[] = {HOST_DATA >> 4, HOST_DATA >> 4, HOST_STACK >> 4,
                               HOST_CODE >> 4, HOST_DATA >> 4, HOST_DATA >> 4};
    for (size_t n = 0; n < sizeof seg; n++) {
        real.reg[seg[n]] = base[n];
        real.reg[seg[n] + 1] = (u32)base[n] << 4;
    }
    real.reg[G_ESP] = 0x800;
    real.reg[G_EBP] = 0x900;
    real.reg[G_EIP] = 0x1000;
    for (u32 n = 0; n < 0x200; n++) {
        golden_put(&real.mem, HOST_DATA + n, (u8)gen_edge(g));
        golden_put(&real.mem, HOST_STACK + 0x700 + n, (u8)gen_edge(g));
    }
}

static void make_own(Gen *g, int row, bool mem, int number, FILE *f)
{
    const Row *r = &x86_rows[row];
    g->code32 = g->stack32 = false;
    golden_start(&test, &real);
    g->reg = test.before;
    g->code = test.code;
    g->len = 0;
    g->eip = test.before[G_EIP];
    choose_registers(g, r);
    test.before[G_EFLAGS] &= (u32)(OSZAPC | DF | 2);
    gen_insn(g, row, r->since >= CPU_386 && gen_one_in(g, 2), false, mem);
    for (int n = 0; n < 8 && r->until < CPU_386; n++)
        test.before[G_EAX + n] &= 0xFFFF;
    test.code_len = g->len;
    test.first = (CpuModel)r->since;
    test.last = (CpuModel)r->until;
    test.undefined = gen_undefined(r, false);
    decode_table_init(&decoder, (CpuModel)r->until);
    describe(g->eip, false);
    snprintf(test.name, sizeof test.name, "%04x %s %d", r->opcode, mem ? "mem" : "reg", number);
    if (golden_run(&rig, &test) && rig.ended) {
        golden_take(&rig, &test);
        golden_write(f, &test);
    }
    golden_clear(&rig);
}

static void make_old_rows(Gen *g, int count, FILE *f)
{
    make_real(g);
    g->tame = g->known = true;
    fputs("# rows that present-day processors do not have; by our own processor: see vectors.c\n",
          f);
    golden_write_setup(f, &real);
    for (int row = 0; row < x86_row_count; row++) {
        const Row *r = &x86_rows[row];
        bool old = r->until == CPU_8086 || (r->opcode >= 0x0F10 && r->opcode <= 0x0F13);
        if (!old || gen_row_x87(r) || r->opcode == 0xF1 || r->opcode == 0xFFFF)
            continue;
        if (!golden_rig_init(&rig, (CpuModel)r->until, CORE_SLOW))
            panic("out of host memory");
        for (int mem = 0; mem < 2; mem++)
            for (int n = 0; n < count && (!mem || gen_row_has_rm(r)); n++)
                make_own(g, row, mem, n + 1, f);
        golden_rig_free(&rig);
    }
}

int main(int argc, char **argv)
{
    Gen g = {.seed = 0x9E3779B97F4A7C15ull, .set_reg = set_reg, .set_mem = set_mem};
    int count = 40;
    long only = -1;
    bool own = false;
    for (int n = 1; n < argc; n += 2) {
        if (!strcmp(argv[n], "-own")) {
            own = true;
            n--;
            continue;
        }
        if (n + 1 == argc)
            break;
        if (!strcmp(argv[n], "-n"))
            count = atoi(argv[n + 1]);
        else if (!strcmp(argv[n], "-seed"))
            g.seed ^= strtoull(argv[n + 1], NULL, 0) * 0x632BE59BD9B4E019ull;
        else if (!strcmp(argv[n], "-row"))
            only = strtol(argv[n + 1], NULL, 16);
    }
    const char *why;
    if (own) {
        golden_write_head(stdout);
        make_old_rows(&g, count, stdout);
        return 0;
    }
    if (!host_init(&why)) {
        fprintf(stderr, "vectors: %s\n", why);
        return 2;
    }
    decode_table_init(&decoder, CPU_686);
    decode_table_init(&decoder386, CPU_386);
    golden_write_head(stdout);
    for (int code32 = 0; code32 < 2; code32++)
        for (int stack32 = 0; stack32 < 2; stack32++) {
            make_setup(&g, &setup[code32][stack32], code32, stack32);
            golden_write_setup(stdout, &setup[code32][stack32]);
        }
    for (int row = 0; row < x86_row_count; row++)
        if (gen_row_runs(&x86_rows[row]) && (only < 0 || x86_rows[row].opcode == only))
            make_row(&g, row, count, stdout);
    return 0;
}
