/* unicorn_far.c: transfers of protected mode on ours and on Unicorn (QEMU's processor): far JMP,
 * CALL, RET and IRET, from ring 0, ring 3 and V86 mode, by random selectors: code of all kinds,
 * call gates, task gates, TSSs of both sizes and one of a V86 task, links of nested tasks; and the
 * instructions that look at descriptors. Unicorn delivers no exceptions, so the first one ends a
 * test, and only its vector is compared. docs/silicon.md lists, by rule, what is left out.
 *
 * A test begins in ring 0. For the other rings it begins with the IRETD that leads there. */
#include "tests/silicon/unicorn.h"

enum { EX_NP = 11, EX_GP = 13 };
enum { GDT = 0x1000, MAIN = 0x2000, TSS32 = 0x2100, TSS16 = 0x2200, TSSV = 0x2300 };
enum {
    START = 0x10000,  /* first instruction, ring 0 */
    INSTR = 0x11000,  /* the one under test, where it runs in another ring */
    TARGET = 0x12000, /* where transfers lead: HLTs */
    STACK = 0x30000,  /* of ring 0, of ring 3, of ring 0 out of the TSS: 1000h each */
    SHOWN = 10,
};

/* The GDT: selectors, access byte, flags, and what a gate leads to. */
enum {
    CODE0 = 0x08,
    DATA0 = 0x10,
    CODE3 = 0x18,
    DATA3 = 0x20,
    CONF0 = 0x28,
    CONF3 = 0x30,
    CODE0_16 = 0x38,
    DATA3_16 = 0x40,
    ABSENT_CODE = 0x48,
    ABSENT_DATA = 0x50,
    EXEC_ONLY = 0x58,
    READ_ONLY = 0x60,
    S_MAIN = 0x68,
    S_TSS32 = 0x70,
    S_TSS16 = 0x78,
    S_TSSV = 0x80,
    S_SHORT = 0x88, /* a TSS that is too small */
    S_LDT = 0x90,
    GATES = 0x98, /* call and task gates from here on */
    GDT_END = 0xE0,
};

static GoldenSetup setup;
static GoldenTest test;
static Gen g;
static bool narrow; /* the task that we begin in has a 16-bit TSS */
static u8 theirs[GOLDEN_RAM], memory[GOLDEN_RAM];

/* ---- the state ------------------------------------------------------------------------------- */

static void put(GoldenMem *m, u32 at, u32 v, int size)
{
    for (int n = 0; n < size; n++)
        golden_put(m, at + (u32)n, (u8)(v >> (8 * n)));
}

static void segment(u32 sel, u32 base, u32 limit, u32 access, u32 flags)
{
    put(&setup.mem, GDT + sel, base << 16 | (limit & 0xFFFF), 4);
    put(&setup.mem, GDT + sel + 4,
        (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20, 4);
}

/* All have been accessed: QEMU does not set the bit at every load. */
static void make_gdt(void)
{
    put(&setup.mem, GDT, 0, 4);
    put(&setup.mem, GDT + 4, 0, 4);
    segment(CODE0, 0, 0xFFFFF, 0x9B, 0xC);
    segment(DATA0, 0, 0xFFFFF, 0x93, 0xC);
    segment(CODE3, 0, 0xFFFFF, 0xFB, 0xC);
    segment(DATA3, 0, 0xFFFFF, 0xF3, 0xC);
    segment(CONF0, 0, 0xFFFFF, 0x9F, 0xC);
    segment(CONF3, 0, 0xFFFFF, 0xFF, 0xC);
    segment(CODE0_16, 0x10000, 0xFFFF, 0x9B, 0);
    segment(DATA3_16, 0x30000, 0xFFFF, 0xF3, 0);
    segment(ABSENT_CODE, 0, 0xFFFFF, 0x1B, 0xC);
    segment(ABSENT_DATA, 0, 0xFFFFF, 0x73, 0xC);
    segment(EXEC_ONLY, 0, 0xFFFFF, 0xF9, 0xC);
    segment(READ_ONLY, 0, 0xFFFFF, 0xF1, 0xC);
    segment(S_MAIN, MAIN, 0x67, 0x8B, 0);
    segment(S_TSS32, TSS32, 0x67, 0x89, 0);
    segment(S_TSS16, TSS16, 0x2B, 0x81, 0);
    segment(S_TSSV, TSSV, 0x67, 0xE9, 0);
    segment(S_SHORT, TSS32, 0x66, 0x89, 0);
    segment(S_LDT, TSSV, 7, 0x82, 0);
}

static const u16 any[] = {0,         3,         CODE0,     CODE0,       DATA0,        CODE3 | 3,
                          DATA3 | 3, CONF0,     CONF3 | 3, CODE0_16,    DATA3_16 | 3, ABSENT_CODE,
                          EXEC_ONLY, READ_ONLY, S_MAIN,    S_TSS32,     S_TSS32,      S_TSS16,
                          S_TSSV,    S_SHORT,   S_LDT,     ABSENT_DATA, 0x0C,         GDT_END};

static u16 some_selector(void)
{
    u16 s = gen_one_in(&g, 3) ? (u16)(GATES + 8 * gen_below(&g, (GDT_END - GATES) / 8))
                              : any[gen_below(&g, ARRAY_LEN(any))];
    return gen_one_in(&g, 4) ? (u16)((s & ~3) | gen_below(&g, 4)) : s;
}

static u32 some_flags(void)
{
    return (gen_random(&g) & (OSZAPC | DF | IF | IOPL | (gen_one_in(&g, 4) ? NT : 0))) | 2;
}

static u32 some_target(void)
{
    return TARGET + gen_below(&g, 0x800);
}

static void make_gates(void)
{
    static const u8 type[] = {0x84, 0x8C, 0x85, 0xE4, 0xEC, 0xE5, 0xEC, 0xE4, 0x6C};
    static const u16 leads[] = {CODE0,     CODE0,   CONF0,   CODE3 | 3,   CONF3,
                                CODE0 | 3, S_TSS32, S_TSS16, ABSENT_CODE, DATA0};
    for (u32 sel = GATES; sel < GDT_END; sel += 8) {
        u8 access = type[gen_below(&g, ARRAY_LEN(type))];
        u16 to = leads[gen_below(&g, ARRAY_LEN(leads))];
        bool wide = (access & 15) == 12, task = (access & 15) == 5;
        u32 off = wide ? some_target() : 0xF000 + gen_below(&g, 0x800);
        if (task && !gen_one_in(&g, 4))
            to = gen_one_in(&g, 2) ? S_TSS32 : gen_one_in(&g, 2) ? S_TSS16 : S_TSSV;
        put(&test.mem, GDT + sel, (u32)to << 16 | (off & 0xFFFF), 4);
        put(&test.mem, GDT + sel + 4,
            (off & 0xFFFF0000) | (u32)access << 8 | (task ? 0 : gen_below(&g, 5)), 4);
    }
}

/* Registers and segments of a task: `at` EIP's offset, each slot of `size` bytes. */
static void make_task(u32 tss, u32 at, int size, bool v86)
{
    static const u16 code[] = {CODE0, CODE0, CODE3 | 3, CONF3 | 3};
    u16 cs = size == 2 ? CODE0_16 : code[gen_below(&g, ARRAY_LEN(code))];
    u16 ss = cs & 3 ? DATA3 | 3 : DATA0;
    if (gen_one_in(&g, 12))
        cs = some_selector();
    if (gen_one_in(&g, 12))
        ss = some_selector();
    u32 eip = size == 2 || v86 ? 0xF000 : some_target();
    put(&test.mem, tss, 0, 4);
    put(&test.mem, tss + at, eip, size);
    put(&test.mem, tss + at + (u32)size,
        v86 ? (some_flags() & ~(u32)NT) | VM : some_flags() & ~(u32)NT, size);
    u32 regs = tss + at + 2 * (u32)size, segs = regs + 8 * (u32)size;
    for (u32 n = 0; n < 8; n++)
        put(&test.mem, regs + n * (u32)size, n == 4 ? 0x3800u : gen_random(&g), size);
    for (u32 n = 0; n < (size == 2 ? 4u : 6u); n++) {
        u16 sel = n == 1 ? cs : n == 2 ? ss : gen_one_in(&g, 3) ? 0 : DATA3 | 3;
        if (n != 1 && n != 2 && gen_one_in(&g, 16))
            sel = some_selector();
        if (v86)
            sel = (u16)(0x1000 + n);
        put(&test.mem, segs + n * (u32)size, sel, size);
    }
    put(&test.mem, segs + (size == 2 ? 8u : 24u), 0, size);
    if (size == 4) {
        put(&test.mem, tss + 0x1C, 0, 4);
        put(&test.mem, tss + 0x64, 0x680000, 4);
    }
}

/* The TSS that we begin with: what matters is the link and the stack of ring 0. */
static void make_main(void)
{
    u16 ss = gen_one_in(&g, 16) ? some_selector() : DATA0;
    narrow = gen_one_in(&g, 4);
    for (u32 n = 0; n < 0x68; n += 4)
        put(&test.mem, MAIN + n, 0, 4);
    put(&test.mem, MAIN, some_selector(), 2);
    if (!narrow) {
        put(&test.mem, MAIN + 4, STACK + 0x2F00, 4);
        put(&test.mem, MAIN + 8, ss, 4);
        return;
    }
    put(&test.mem, MAIN + 2, 0xE000, 2);
    put(&test.mem, MAIN + 4, ss, 2);
    put(&test.mem, GDT + S_MAIN, MAIN << 16 | 0x2B, 4);
    put(&test.mem, GDT + S_MAIN + 4, 0x8300, 4);
    memcpy(test.before + G_TR, (u32[]){S_MAIN, MAIN, 0x2B, 0x83}, 16);
}

/* ---- the instruction under test -------------------------------------------------------------- */

static u32 push_item(u32 esp, u32 v, int size)
{
    put(&test.mem, esp - (u32)size, v, size);
    return esp - (u32)size;
}

/* What lies on the stack for RET and IRET: of the ring that the selector names. */
static u32 make_frame(u32 esp, u16 cs, int size, bool iret, bool v86)
{
    bool ring3 = cs & 3;
    esp = push_item(esp, gen_one_in(&g, 8) ? some_selector() : ring3 ? DATA3 | 3 : DATA0, size);
    esp = push_item(esp, STACK + 0x1C00, size);
    if (iret)
        esp = push_item(esp, some_flags(), size);
    esp = push_item(esp, cs, size);
    bool far = size == 4 && !v86 && cs >> 3 != CODE0_16 >> 3; /* limits are not compared: Q1 */
    return push_item(esp, far ? some_target() : 0xF000, size);
}

/* Writes the instruction at `at`, and what it needs below `esp`; returns ESP. */
static u32 make_instruction(u32 at, u32 esp, bool v86)
{
    static const u8 look[][3] = {{0x8E, 0xD8},    {0x8E, 0xC0},    {0x8E, 0xE0},    {0x8E, 0xD0},
                                 {0x0F, 0, 0xE0}, {0x0F, 0, 0xE8}, {0x0F, 2, 0xD8}, {0x0F, 3, 0xD8},
                                 {0x0F, 0, 0xD0}, {0x0F, 0, 0xD8}};
    u16 sel = some_selector();
    bool op32 = !gen_one_in(&g, 4);
    int size = op32 ? 4 : 2;
    u8 b[12];
    u32 n = 0;
    if (op32 == v86)
        b[n++] = 0x66;
    switch (gen_below(&g, 5)) {
    case 0:
    case 1:
        b[n++] = gen_one_in(&g, 2) ? 0xEA : 0x9A;
        store_le(b + n, 4, op32 && !v86 && sel >> 3 != CODE0_16 >> 3 ? some_target() : 0xF000);
        store_le(b + n + (u32)size, 2, sel);
        n += (u32)size + 2;
        break;
    case 2:
    case 3: {
        bool iret = gen_one_in(&g, 2);
        static const u16 good[] = {CODE0, CODE3 | 3, CONF0, CONF3 | 3, CONF0 | 3};
        if (!gen_one_in(&g, 4))
            sel = good[gen_below(&g, ARRAY_LEN(good))];
        esp = make_frame(esp, sel, size, iret, v86);
        b[n++] = iret ? 0xCF : 0xCB;
        break;
    }
    default: {
        const u8 *p = look[gen_below(&g, ARRAY_LEN(look))];
        u32 len = p[0] == 0x0F ? 3 : 2;
        memcpy(b + n, p, len);
        n += len;
        test.before[G_EAX] = (gen_random(&g) & 0xFFFF0000) | sel;
    }
    }
    for (u32 k = 0; k < n; k++)
        golden_put(&test.mem, at + k, b[k]);
    return esp;
}

static void make(void)
{
    u32 kind = gen_below(&g, 3), esp0 = STACK + 0xF00, esp3 = STACK + 0x1F00;
    golden_start(&test, &setup);
    make_gates();
    make_main();
    make_task(TSS32, 0x20, 4, false);
    make_task(TSS16, 0x0E, 2, false);
    make_task(TSSV, 0x20, 4, true);
    for (int n = 0; n < 8; n++)
        test.before[n] = gen_edge(&g);
    test.before[G_EFLAGS] = kind ? some_flags() & ~(u32)NT : some_flags();
    test.undefined = 0;
    if (kind == 0) {
        esp0 = make_instruction(START, esp0, false);
    } else {
        golden_put(&test.mem, START, 0xCF);
        bool v86 = kind == 2;
        if (v86) {
            esp3 = 0x1F00;
            for (int n = 0; n < 4; n++)
                esp0 = push_item(esp0, STACK >> 4, 4);
        }
        u32 inner = v86 ? STACK + esp3 : esp3;
        u32 moved = make_instruction(INSTR, inner, v86) - inner;
        esp0 = push_item(esp0, v86 ? STACK >> 4 : DATA3 | 3, 4);
        esp0 = push_item(esp0, esp3 + moved, 4);
        esp0 = push_item(esp0, (some_flags() & ~(u32)NT) | (v86 ? VM : 0), 4);
        esp0 = push_item(esp0, v86 ? START >> 4 : CODE3 | 3, 4);
        esp0 = push_item(esp0, v86 ? INSTR - START : INSTR, 4);
    }
    test.before[G_ESP] = esp0;
    test.first = test.last = CPU_686;
    snprintf(test.name, sizeof test.name, "transfer %s",
             kind == 0   ? "in ring 0"
             : kind == 1 ? "in ring 3"
                         : "in V86 mode");
}

static void prepare(void)
{
    golden_reset_state(setup.reg);
    snprintf(setup.name, sizeof setup.name, "far transfers");
    make_gdt();
    u32 *r = setup.reg;
    r[G_CR0] = CR0_PE | CR0_ET;
    r[G_GDTR] = GDT;
    r[G_GDTR + 1] = GDT_END - 1;
    memcpy(r + G_LDTR, (u32[]){0, 0, 0, 0}, 16);
    memcpy(r + G_TR, (u32[]){S_MAIN, MAIN, 0x67, 0x8B}, 16);
    for (int n = 0; n < 6; n++) {
        u32 w[4] = {n == SEG_CS ? CODE0 : DATA0, 0, 0xFFFFFFFF, n == SEG_CS ? 0xC9B : 0xC93};
        memcpy(r + G_ES + 4 * n, w, sizeof w);
    }
    r[G_EIP] = START;
}

/* ---- running and comparing ------------------------------------------------------------------- */

static void load_other(Other *o)
{
    uc_engine *uc = o->uc;
    unicorn_renew(o, memory);
    unicorn_set(uc, UC_X86_REG_CR0, 0x11);
    uc_x86_mmr gdtr = {0, GDT, GDT_END - 1, 0}, ldtr = {0, 0, 0, 0},
               tr = {S_MAIN, MAIN, test.before[G_TR + 2], narrow ? 0x8100 : 0x8900}; /* not busy */
    uc_reg_write(uc, UC_X86_REG_GDTR, &gdtr);
    uc_reg_write(uc, UC_X86_REG_LDTR, &ldtr);
    uc_reg_write(uc, UC_X86_REG_TR, &tr);
    for (int n = 0; n < 6; n++)
        unicorn_set(uc, uc_seg[n], test.before[G_ES + 4 * n]);
    for (int n = 0; n < 8; n++)
        unicorn_set(uc, uc_reg[n], test.before[n]);
    unicorn_set(uc, UC_X86_REG_EFLAGS, test.before[G_EFLAGS]);
}

static void run_other(Other *o, u32 after[G_WORDS])
{
    unicorn_start(o, START, 20);
    memcpy(after, test.before, sizeof test.before);
    for (int n = 0; n < 8; n++)
        after[n] = unicorn_get(o->uc, uc_reg[n]);
    for (int n = 0; n < 6; n++)
        after[G_ES + 4 * n] = unicorn_get(o->uc, uc_seg[n]) & 0xFFFF;
    after[G_EIP] = unicorn_get(o->uc, UC_X86_REG_EIP);
    after[G_EFLAGS] = unicorn_get(o->uc, UC_X86_REG_EFLAGS);
    after[G_CR0] = unicorn_get(o->uc, UC_X86_REG_CR0);
    uc_x86_mmr tr = {0}, ldtr = {0};
    uc_reg_read(o->uc, UC_X86_REG_TR, &tr);
    uc_reg_read(o->uc, UC_X86_REG_LDTR, &ldtr);
    after[G_TR] = tr.selector;
    after[G_LDTR] = ldtr.selector;
    uc_mem_read(o->uc, 0, theirs, GOLDEN_RAM);
}

static void run_ours(GoldenRig *r)
{
    test.exception = -1;
    golden_run(r, &test);
    if (r->exception < 0)
        return;
    test.exception = r->exception;
    golden_clear(r);
    golden_run(r, &test);
}

/* HLT outside ring 0 is our end, too: for Unicorn it is an exception like others. */
static bool ended(Other *o, u32 after[G_WORDS])
{
    u32 cs = after[G_CS], base = cs >> 3 == CODE0_16 >> 3 ? 0x10000 : 0;
    if (after[G_EFLAGS] & VM)
        base = cs << 4;
    if (o->vector < 0) {
        after[G_EIP]--; /* it stops behind the HLT */
        return true;
    }
    return o->vector == EX_GP && (cs & 3 || after[G_EFLAGS] & VM) &&
           theirs[(base + after[G_EIP]) % GOLDEN_RAM] == GOLDEN_FILL;
}

/* Where QEMU is known to differ from processors: Q6 to Q11 in docs/silicon.md. */
static bool explained(const GoldenRig *r, const Other *o, const u32 after[G_WORDS])
{
    const u8 *p = memory + (strstr(test.name, "ring 0") ? START : INSTR);
    u32 tr = r->after[G_TR], cs = r->after[G_CS] & ~3u;
    p += *p == 0x66;
    if (!r->ended || tr == S_TSS16 || (narrow && tr != S_MAIN)) /* Q6 */
        return true;
    if (*p == 0xEA && r->exception == EX_NP && o->vector == EX_GP) /* Q7 */
        return true;
    if ((cs == CONF0 || cs == CONF3) && *p == 0x9A && r->exception < 0 && /* Q8 */
        after[G_CS] == (cs == CONF3 ? CONF3 | 3 : CONF0))
        return true;
    if (p[0] == 0x0F && p[1] == 0x00 && p[2] == 0xD8 && !(test.before[G_EAX] & 0xFFFC)) /* Q9 */
        return true;
    if (tr != S_MAIN && r->exception >= 0 && o->vector >= 0) /* Q11 */
        return true;
    return p[0] == 0x0F && p[1] == 0x02; /* Q10 */
}

static const char *difference(const GoldenRig *r, Other *o, u32 after[G_WORDS])
{
    bool halted = ended(o, after);
    enum { FLAGS = OSZAPC | DF | IF | IOPL | NT | VM };
    if (halted != (r->exception < 0) || (!halted && r->exception != o->vector))
        return "exception";
    if (!halted)
        return NULL;
    for (int n = 0; n < 8; n++)
        if (r->after[n] != after[n])
            return "register";
    for (int n = 0; n < 6; n++)
        if (r->after[G_ES + 4 * n] != after[G_ES + 4 * n])
            return "selector";
    if (r->after[G_EIP] != after[G_EIP])
        return "eip";
    if ((r->after[G_EFLAGS] ^ after[G_EFLAGS]) & FLAGS)
        return "eflags";
    if (r->after[G_TR] != after[G_TR] || r->after[G_LDTR] != after[G_LDTR])
        return "tr or ldtr";
    if ((r->after[G_CR0] ^ after[G_CR0]) & CR0_TS)
        return "cr0.ts";
    return memcmp(r->ram, theirs, GOLDEN_RAM) ? "memory" : NULL;
}

static void show(const GoldenRig *r, const Other *o, const u32 after[G_WORDS], const char *what)
{
    static const char *const name[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    static const char *const seg[] = {"es", "cs", "ss", "ds", "fs", "gs"};
    printf("# %s differs, %s; exceptions: ours %d, unicorn %d\n", what, test.name, r->exception,
           o->vector);
    for (int n = 0; n < 8; n++)
        if (r->after[n] != after[n])
            printf("# %s: ours %08x, unicorn %08x\n", name[n], (unsigned)r->after[n],
                   (unsigned)after[n]);
    for (int n = 0; n < 6; n++)
        if (r->after[G_ES + 4 * n] != after[G_ES + 4 * n])
            printf("# %s: ours %04x, unicorn %04x\n", seg[n], (unsigned)r->after[G_ES + 4 * n],
                   (unsigned)after[G_ES + 4 * n]);
    printf("# eip: ours %08x, unicorn %08x; eflags: ours %08x, unicorn %08x\n",
           (unsigned)r->after[G_EIP], (unsigned)after[G_EIP], (unsigned)r->after[G_EFLAGS],
           (unsigned)after[G_EFLAGS]);
    for (u32 n = 0, lines = 0; n < GOLDEN_RAM && lines < 8; n++)
        if (r->ram[n] != theirs[n]) {
            printf("# %05x: ours %02x, unicorn %02x\n", (unsigned)n, r->ram[n], theirs[n]);
            lines++;
        }
    u32 at = strstr(test.name, "ring 0") ? START : INSTR;
    printf("# at %x:", (unsigned)at);
    for (u32 n = 0; n < 9; n++)
        printf(" %02x", memory[at + n]);
    printf("\n");
}

u32 unicorn_far(u32 count, u64 seed, GoldenRig rig[3])
{
    static Other other;
    u32 wrong = 0, left_out = 0, faults = 0;
    g = (Gen){.seed = seed ^ 0x9E3779B97F4A7C15ull};
    prepare();
    if (!unicorn_open(&other, true)) {
        printf("ok 2 - far transfers # SKIP Unicorn does not start\n");
        return 0;
    }
    for (u32 n = 0; n < count; n++) {
        GoldenRig *r = &rig[n % 3];
        u32 after[G_WORDS];
        make();
        golden_place(r, &test);
        memcpy(memory, r->ram, GOLDEN_RAM);
        golden_clear(r);
        run_ours(r);
        load_other(&other);
        run_other(&other, after);
        const char *what = difference(r, &other, after);
        faults += r->exception >= 0;
        if (what && explained(r, &other, after))
            left_out++;
        else if (what && wrong++ < SHOWN)
            show(r, &other, after, what);
        golden_clear(r);
    }
    printf("# %u end in exceptions, %u left out as explained\n", (unsigned)faults,
           (unsigned)left_out);
    printf("%s 2 - far transfers: %u, %u differences\n", wrong ? "not ok" : "ok", (unsigned)count,
           (unsigned)wrong);
    return wrong;
}
