/* unicorn.c: single instructions on ours and on Unicorn (QEMU's processor), in the modes that the
 * host's processor cannot be put into: real mode, and ring 0 with paging. docs/silicon.md lists, by
 * rule, what is left out of the comparison.
 *
 *   unicorn [-n N] [-seed N]
 *
 * TAP; differences are printed as golden tests. */
#include "tests/silicon/unicorn.h"

#include "tests/silicon/host.h"

#include <stdlib.h>

/* Real mode; ring 0 with paging, where the second page that operands reach is there, is absent, or
 * is read-only. */
typedef enum { REAL, OPEN, ABSENT, READ_ONLY, KINDS } Kind;
static const char *const kind_name[KINDS] = {"real mode", "paging", "paging, a page absent",
                                             "paging, a page read-only"};

enum { EX_UD = 6, EX_SS = 12, EX_GP = 13, EX_PF = 14 };
enum { TABLES = 0x8000, PAGE = HOST_DATA + 0x1000, SHOWN = 10, LONGEST = 5000 };

static GoldenSetup setup[KINDS];
static GoldenTest test;
static GoldenRig rig[3];
static Other other[KINDS];
static u8 theirs[GOLDEN_RAM];

const int uc_reg[8] = {UC_X86_REG_EAX, UC_X86_REG_ECX, UC_X86_REG_EDX, UC_X86_REG_EBX,
                              UC_X86_REG_ESP, UC_X86_REG_EBP, UC_X86_REG_ESI, UC_X86_REG_EDI};
const int uc_seg[6] = {UC_X86_REG_ES, UC_X86_REG_CS, UC_X86_REG_SS,
                              UC_X86_REG_DS, UC_X86_REG_FS, UC_X86_REG_GS};

/* ---- starting states ------------------------------------------------------------------------- */

static void put32(GoldenMem *m, u32 at, u32 v)
{
    for (u32 n = 0; n < 4; n++)
        golden_put(m, at + n, (u8)(v >> (8 * n)));
}

static u32 base_in(Kind kind, int seg)
{
    if (seg == SEG_CS || seg == SEG_SS)
        return seg == SEG_CS ? HOST_CODE : HOST_STACK;
    return kind == REAL ? HOST_DATA : PAGE - 0x100; /* operands cross into the page */
}

/* 32-bit segments of 64 KiB; one page directory and table map the first megabyte to itself. */
static void make_paged(GoldenSetup *s, Kind kind)
{
    s->reg[G_CR0] = CR0_PE | CR0_PG | CR0_WP | CR0_ET;
    s->reg[G_CR3] = TABLES;
    s->reg[G_LDTR + 2] = s->reg[G_LDTR + 3] = 0;
    s->reg[G_GDTR] = 0x1000;
    s->reg[G_GDTR + 1] = 7 * 8 - 1;
    for (int n = 0; n < 6; n++) {
        u32 *w = s->reg + G_ES + 4 * n, base = w[1], type = n == SEG_CS ? 0x9B : 0x93;
        w[0] = (u32)(n + 1) * 8;
        w[3] = type | ATTR_DB;
        put32(&s->mem, 0x1000 + w[0], base << 16 | 0xFFFF);
        put32(&s->mem, 0x1004 + w[0], base >> 16 | type << 8 | 0x400000);
    }
    put32(&s->mem, TABLES, (TABLES + 0x1000) | 0x23);
    for (u32 page = 0; page < GOLDEN_RAM; page += 0x1000) {
        u32 rights = 0x63; /* accessed and dirty, so that only faults can differ */
        if (page == PAGE)
            rights = kind == ABSENT ? 0x62 : kind == READ_ONLY ? 0x61 : 0x63;
        put32(&s->mem, TABLES + 0x1000 + page / 0x400, page | rights);
    }
}

static void make_setup(Gen *g, GoldenSetup *s, Kind kind)
{
    golden_reset_state(s->reg);
    snprintf(s->name, sizeof s->name, "%s", kind_name[kind]);
    for (int n = 0; n < 6; n++) {
        s->reg[G_ES + 4 * n] = base_in(kind, n) >> 4;
        s->reg[G_ES + 4 * n + 1] = base_in(kind, n);
    }
    if (kind != REAL)
        make_paged(s, kind);
    s->reg[G_EIP] = 0x1000;
    s->reg[G_ESP] = 0x800;
    s->reg[G_EBP] = 0x900;
    for (u32 n = 0; n < 0x200; n++) {
        golden_put(&s->mem, s->reg[G_DS + 1] + n, (u8)gen_edge(g));
        golden_put(&s->mem, HOST_STACK + 0x700 + n, (u8)gen_edge(g));
    }
}

/* ---- the other processor --------------------------------------------------------------------- */

static void on_interrupt(uc_engine *uc, uint32_t vector, void *ctx)
{
    Other *o = ctx;
    o->vector = (int)vector;
    uc_emu_stop(uc);
}

static bool on_illegal(uc_engine *uc, void *ctx)
{
    ((Other *)ctx)->vector = EX_UD;
    return false;
}

bool unicorn_open(Other *o, bool code32)
{
    uc_hook hook;
    return uc_open(UC_ARCH_X86, code32 ? UC_MODE_32 : UC_MODE_16, &o->uc) == UC_ERR_OK &&
           uc_mem_map(o->uc, 0, GOLDEN_RAM, UC_PROT_ALL) == UC_ERR_OK &&
           uc_hook_add(o->uc, &hook, UC_HOOK_INTR, (void *)on_interrupt, o, 1, 0) == UC_ERR_OK &&
           uc_hook_add(o->uc, &hook, UC_HOOK_INSN_INVALID, (void *)on_illegal, o, 1, 0) ==
               UC_ERR_OK &&
           uc_context_alloc(o->uc, &o->fresh) == UC_ERR_OK &&
           uc_context_save(o->uc, o->fresh) == UC_ERR_OK;
}

void unicorn_set(uc_engine *uc, int reg, u32 v)
{
    u64 wide = v;
    uc_reg_write(uc, reg, &wide);
}

u32 unicorn_get(uc_engine *uc, int reg)
{
    u64 wide = 0;
    uc_reg_read(uc, reg, &wide);
    return (u32)wide;
}

void unicorn_renew(Other *o, const u8 *memory)
{
    uc_mem_write(o->uc, 0, memory, GOLDEN_RAM);
    uc_context_restore(o->uc, o->fresh);
    if (o->vector >= 0) /* the request to stop still stands: a start that does nothing */
        uc_emu_start(o->uc, 0x500, 0xFFFFFFFF, 0, 1);
}

static void load_other(Other *o, Kind kind, const u8 *memory)
{
    uc_engine *uc = o->uc;
    unicorn_renew(o, memory);
    if (kind != REAL) {
        unicorn_set(uc, UC_X86_REG_CR0, 0x11);
        uc_x86_mmr gdtr = {0, test.before[G_GDTR], test.before[G_GDTR + 1], 0};
        uc_reg_write(uc, UC_X86_REG_GDTR, &gdtr);
    }
    for (int n = 0; n < 6; n++)
        unicorn_set(uc, uc_seg[n], test.before[G_ES + 4 * n]);
    if (kind != REAL) {
        unicorn_set(uc, UC_X86_REG_CR3, test.before[G_CR3]);
        unicorn_set(uc, UC_X86_REG_CR0, test.before[G_CR0]);
    }
    for (int n = 0; n < 8; n++)
        unicorn_set(uc, uc_reg[n], test.before[n]);
    unicorn_set(uc, UC_X86_REG_EFLAGS, test.before[G_EFLAGS]);
}

void unicorn_start(Other *o, u32 eip, size_t longest)
{
    o->vector = -1;
    o->other = false;
    uc_ctl_remove_cache(o->uc, 0, GOLDEN_RAM); /* memory was changed behind its back */
    uc_err e = uc_emu_start(o->uc, eip, 0xFFFFFFFF, 0, longest);
    if (e != UC_ERR_OK && o->vector < 0) {
        o->other = e != UC_ERR_INSN_INVALID && e != UC_ERR_EXCEPTION;
        o->vector = EX_UD;
    }
}

/* Runs to the HLT behind the test, or to an exception. */
static void run_other(Other *o, u32 after[G_WORDS])
{
    unicorn_start(o, test.before[G_EIP], LONGEST);
    memcpy(after, test.before, sizeof test.before);
    for (int n = 0; n < 8; n++)
        after[n] = unicorn_get(o->uc, uc_reg[n]);
    after[G_EIP] = unicorn_get(o->uc, UC_X86_REG_EIP);
    after[G_EFLAGS] = unicorn_get(o->uc, UC_X86_REG_EFLAGS);
    for (int n = 0; n < 6; n++)
        after[G_ES + 4 * n] = unicorn_get(o->uc, uc_seg[n]);
    uc_mem_read(o->uc, 0, theirs, GOLDEN_RAM);
}

/* ---- one test -------------------------------------------------------------------------------- */

static void set_reg(void *ctx, int r, u32 v)
{
    test.before[G_EAX + r] = v;
}

static void set_mem(void *ctx, u32 la, const u8 *p, u32 n)
{
    for (u32 k = 0; k < n; k++)
        if (la + k >= HOST_DATA && la + k < HOST_END)
            golden_put(&test.mem, la + k, p[k]);
}

/* Rows that Unicorn has a notion of: no ports, no software interrupts, nothing of the system. */
static bool candidate(const Row *r)
{
    u16 op = r->opcode;
    if (!gen_row_runs(r) || (op >= 0x6C && op <= 0x6F) || (op >= 0xE4 && op <= 0xE7) ||
        (op >= 0xEC && op <= 0xEF) || (op >= 0xCC && op <= 0xCF) || op == 0x9A || op == 0xEA ||
        op == 0xCA || op == 0xCB || op == 0xF4 || op == 0x9B || (op == 0xFF && r->ext >= 3))
        return false;
    if (op >= 0x0F00 && op < 0x0F40)
        return false;
    return r->ext != 1 || (op & 0xFE) != 0xF6; /* an alias of TEST that QEMU does not know */
}

static void choose_state(Gen *g)
{
    static const u8 order[7] = {0, 1, 2, 3, 5, 6, 7};
    for (int n = 0; n < 3; n++)
        test.before[G_EAX + order[gen_below(g, 7)]] = gen_edge(g);
    test.before[G_EFLAGS] = (gen_random(g) & (OSZAPC | DF)) | 2;
}

static void make(Gen *g, int row, Kind kind)
{
    const Row *r = &x86_rows[row];
    bool mem = gen_row_memory_only(r) || (gen_row_has_rm(r) && !gen_one_in(g, 3));
    g->code32 = g->stack32 = kind != REAL;
    golden_start(&test, &setup[kind]);
    g->known = g->tame = true;
    g->reg = test.before;
    g->code = test.code;
    g->len = 0;
    g->eip = test.before[G_EIP];
    choose_state(g);
    bool op32 = gen_one_in(g, 2);
    if (r->operand[0] >= O_ES && r->operand[0] <= O_GS)
        op32 = false; /* QEMU moves four bytes, as the Pentium does */
    if (r->opcode >= 0x0FC8 && r->opcode <= 0x0FCF)
        op32 = true; /* BSWAP of 16 bits is undefined */
    gen_insn(g, row, op32, gen_one_in(g, 2), mem);
    test.code_len = g->len;
    test.undefined = gen_undefined(r, true);
    test.first = test.last = CPU_686;
    for (u32 n = 0; kind != REAL && n < g->len; n++) /* with paging the code is memory, too */
        golden_put(&test.mem, HOST_CODE + g->eip + n, test.code[n]);
    snprintf(test.name, sizeof test.name, "%02x in %s", r->opcode, kind_name[kind]);
}

/* Ours: to the HLT, or just before the delivery of an exception. */
static void run_ours(GoldenRig *r)
{
    golden_run(r, &test);
    if (r->exception < 0)
        return;
    test.exception = r->exception;
    golden_clear(r);
    golden_run(r, &test);
}

/* Where QEMU is known to differ from processors; Q1 to Q4 in docs/silicon.md. */
static bool explained(const GoldenRig *r, const Other *o, const Row *row)
{
    bool lock = memchr(test.code, 0xF0, test.code_len);
    if (o->other || r->exception == EX_GP || r->exception == EX_SS || !r->ended)
        return true; /* limits of segments; the end of memory */
    return (lock && !strcmp(row->name, "neg")) || row->opcode == 0xC2 || row->opcode == 0xC8 ||
           (row->opcode == 0x63 && o->vector == EX_PF);
}

static bool same(const GoldenRig *r, const Other *o, const u32 after[G_WORDS])
{
    if (r->exception != o->vector)
        return false;
    if (r->exception >= 0) /* state in the middle of an instruction is not Unicorn's strength */
        return true;
    for (int n = 0; n < 8; n++)
        if (r->after[n] != after[n])
            return false;
    u32 eip = after[G_EIP] - 1; /* it stops behind the HLT */
    if ((r->after[G_EIP] ^ eip) & (r->after[G_CS + 3] & ATTR_DB ? 0xFFFFFFFF : 0xFFFF))
        return false;
    for (int n = 0; n < 6; n++)
        if (r->after[G_ES + 4 * n] != (after[G_ES + 4 * n] & 0xFFFF))
            return false;
    return !((r->after[G_EFLAGS] ^ after[G_EFLAGS]) & ~test.undefined & (OSZAPC | DF)) &&
           !memcmp(r->ram, theirs, GOLDEN_RAM);
}

static void show(const GoldenRig *r, const Other *o, const u32 after[G_WORDS])
{
    printf("# ours: exception %d, unicorn: %d\n", r->exception, o->vector);
    for (int n = 0; n < 8; n++)
        if (r->after[n] != after[n])
            printf("# register %d: ours %08x, unicorn %08x\n", n, (unsigned)r->after[n],
                   (unsigned)after[n]);
    printf("# eip: ours %08x, unicorn %08x; eflags: ours %08x, unicorn %08x, undefined %x\n",
           (unsigned)r->after[G_EIP], (unsigned)after[G_EIP] - 1, (unsigned)r->after[G_EFLAGS],
           (unsigned)after[G_EFLAGS], (unsigned)test.undefined);
    for (u32 n = 0, lines = 0; n < GOLDEN_RAM && lines < 8; n++)
        if (r->ram[n] != theirs[n]) {
            printf("# %05x: ours %02x, unicorn %02x\n", (unsigned)n, r->ram[n], theirs[n]);
            lines++;
        }
    golden_write(stdout, &test);
}

static void compare(GoldenRig *r, const Row *row, Kind kind, u32 *left_out, u32 *wrong)
{
    static u8 memory[GOLDEN_RAM];
    u32 after[G_WORDS];
    Other *o = &other[kind];
    golden_place(r, &test);
    memcpy(memory, r->ram, GOLDEN_RAM);
    golden_clear(r);
    run_ours(r);
    load_other(o, kind, memory);
    run_other(o, after);
    if (explained(r, o, row))
        ++*left_out;
    else if (!same(r, o, after) && (*wrong)++ < SHOWN)
        show(r, o, after);
    golden_clear(r);
}

int main(int argc, char **argv)
{
    Gen g = {.seed = 1, .set_reg = set_reg, .set_mem = set_mem};
    u32 count = 20000, left_out[KINDS] = {0}, wrong = 0;
    for (int n = 1; n + 1 < argc; n += 2) {
        if (!strcmp(argv[n], "-n"))
            count = (u32)strtod(argv[n + 1], NULL);
        else if (!strcmp(argv[n], "-seed"))
            g.seed = strtoull(argv[n + 1], NULL, 0);
    }
    for (int core = 0; core < 3; core++)
        if (!golden_rig_init(&rig[core], CPU_686, (CpuCore)core))
            panic("out of host memory");
    for (int kind = 0; kind < KINDS; kind++) {
        make_setup(&g, &setup[kind], (Kind)kind);
        if (!unicorn_open(&other[kind], kind != REAL)) {
            printf("1..0 # SKIP Unicorn does not start\n");
            return 0;
        }
    }
    for (u32 n = 0; n < count; n++) {
        Kind kind = (Kind)(n % KINDS);
        int row;
        do
            row = (int)gen_below(&g, x86_row_count);
        while (!candidate(&x86_rows[row]));
        make(&g, row, kind);
        compare(&rig[n / KINDS % 3], &x86_rows[row], kind, &left_out[kind], &wrong);
    }
    printf("%s 1 - unicorn: %u instructions, %u differences\n", wrong ? "not ok" : "ok",
           (unsigned)count, (unsigned)wrong);
    for (int kind = 0; kind < KINDS; kind++)
        printf("# %s: %u left out as explained\n", kind_name[kind], (unsigned)left_out[kind]);
    wrong += unicorn_far(count / 4, g.seed, rig);
    printf("1..2\n");
    return wrong != 0;
}
