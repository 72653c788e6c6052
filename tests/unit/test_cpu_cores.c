/* test_cpu_cores.c: random programs on all three cores, cut into random slices, with derived state dropped at random: the state of the
 * processor, memory and all that a device saw must be the same at every checkpoint (twin, slice and drop tests).
 *
 * GLASS86_SEED=n starts elsewhere, GLASS86_ROUNDS=n runs longer (the soak test). A failure names its seed and the first tick
 * and instruction at which two worlds differ. */
#include "cpu_world.h"

#include "cpu/hot.def"
#include "cpu/protect.h"

/* Ways to run a program. In real mode and V86 mode a segment is 64 KiB; all others are flat. */
typedef enum { REAL, PROTECTED_16, RING_0, RING_3, V86, MODES } Mode;

static const char *const mode_name[MODES] = {"real mode", "16-bit protected mode", "ring 0", "ring 3 with paging", "V86 mode with paging"};

enum {
    GDT_AT = 0x1000, IDT_AT = 0x2000, TSS_AT = 0x3000, STUBS = 0x4000, STACK_TOP = 0x9000,
    CODE_AT = 0x10000, CODE_SIZE = 0x10000, PAGES_AT = 0xF0000,
    CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x1B, DATA3 = 0x23, TSS_SEL = 0x28,
    CHECKPOINTS = 6, CHECK_EVERY = 2500,
};

static u64 first_seed = 1;
static u32 rounds = 16;

/* ---- code ------------------------------------------------------------------------------------------------ */

/* Instructions that end things or leave the beaten track come seldom. */
static bool rare(const u8 *p, int len)
{
    for (int n = 0; n < len; n++) {
        u8 b = p[n];
        if (b == 0x66 || b == 0x67 || (b & 0xE7) == 0x26 || b == 0xF2 || b == 0xF3 || b == 0x64 || b == 0x65)
            continue;
        if (b == 0x0F && n + 1 < len)
            return p[n + 1] < 0x40;
        return b == 0xF4 || b == 0xF0 || b == 0x9A || b == 0xEA || (b >= 0xC8 && b <= 0xCF) || b == 0x9D || b == 0x8E || b == 0x07 ||
               b == 0x17 || b == 0x1F || (b >= 0xE4 && b <= 0xE7) || (b >= 0xEC && b <= 0xEF) || (b >= 0x6C && b <= 0x6F) || b == 0xFF ||
               b == 0xFA || b == 0xD4 || b == 0xBC || b == 0x5C || b == 0xC2 || b == 0xC3 || b == 0x62;
    }
    return true;
}

/* Displacements, immediates and offsets of 32 bits, brought into memory. */
static void tame(Rng *r, u8 *p, int len, const Insn *i)
{
    bool jump = i->op >= OP_jo && i->op <= OP_call32_l && !(i->flags & INSN_MEM);
    for (int n = 1; n + 4 <= len; n++) {
        u32 v = load_le(p + n, 4);
        if (jump && v == i->imm)
            store_le(p + n, 4, (u32)(s32)(below(r, 4000) - 2000));
        else if (v > 0xFFFF && ((i->flags & INSN_MEM && v == i->disp) || (v == i->imm && !one_in(r, 8))))
            store_le(p + n, 4, below(r, 0x90000));
    }
}

/* A store into the code around `here`, or a REP STOSB over it and perhaps over itself; their offset in the segment that data
 * instructions use is `bias` more. Returns the length. */
static int patch(Rng *r, u8 *p, u32 here, u32 bias, bool code32)
{
    u32 to = here + bias + below(r, 100) - 40, n = 0;
    int size = code32 ? 4 : 2;
    if (one_in(r, 3)) {
        p[n++] = 0xBF; /* mov (e)di */
        store_le(p + n, size, to);
        n += (u32)size;
        p[n++] = 0xB9; /* mov (e)cx */
        store_le(p + n, size, below(r, 50));
        n += (u32)size;
        p[n++] = 0xF3;
        p[n++] = 0xAA;
        return (int)n;
    }
    static const u8 open[4] = {0x2E, 0x2E, 0x26, 0x3E};
    if (!code32)
        p[n++] = open[below(r, 4)];
    p[n++] = 0xC6; /* mov byte [to], imm */
    p[n++] = code32 ? 0x05 : 0x06;
    store_le(p + n, size, to);
    n += (u32)size;
    p[n++] = (u8)rnd(r);
    return (int)n;
}

static void fill_with_code(Rng *r, u8 *at, u32 size, CpuModel model, bool code32)
{
    u32 bias = code32 ? CODE_AT : 0;
    DecodeTable *table = malloc(sizeof *table);
    assert_non_null(table);
    decode_table_init(table, model);
    for (u32 n = 0; n < size;) {
        u8 p[16];
        if (one_in(r, 30) && n + sizeof p < size) {
            n += (u32)patch(r, at + n, n, bias, code32);
            continue;
        }
        for (int k = 0; k < 15; k++)
            p[k] = (u8)rnd(r);
        if (one_in(r, 12))
            p[0] = 0x0F;
        Insn i;
        int len = decode(table, p, 15, code32, &i);
        bool wild = one_in(r, 40); /* bytes as they come, illegal ones included */
        if (!wild && (i.row >= x86_row_count - 2 || (rare(p, len) && !one_in(r, 12))))
            continue;
        if (i.flags & INSN_AD32 || i.flags & INSN_OP32)
            tame(r, p, len, &i);
        for (int k = 0; k < len && n < size; k++)
            at[n++] = p[k];
    }
    free(table);
}

/* ---- tables and handlers --------------------------------------------------------------------------------- */

static u8 *emit(u8 *p, const char *hex)
{
    for (unsigned b; sscanf(hex, "%2x", &b) == 1; hex += 2)
        *p++ = (u8)b;
    return p;
}

static bool has_error_code(int vector)
{
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

/* Every handler goes on one byte behind where it came from, so that a program gets past its faults; that of #DB turns TF off. */
static void handlers(Image *im, Mode mode)
{
    for (int v = 0; v < 256; v++) {
        u8 *p = im->ram + STUBS + v * 16;
        bool error = mode != REAL && has_error_code(v);
        if (mode == REAL || mode == PROTECTED_16) {
            p = emit(p, error ? "83C402" : "");      /* add sp, 2 */
            p = emit(p, "5589E5");                   /* push bp / mov bp, sp */
            p = emit(p, v == 1 ? "806607FE" : "83460201"); /* and byte [bp+7], 0FEh or add word [bp+2], 1 */
            emit(p, "5DCF");                         /* pop bp / iret */
        } else {
            p = emit(p, error ? "83C404" : "");      /* add esp, 4 */
            p = emit(p, v == 1 ? "80642409FE" : "83042401"); /* and byte [esp+9], 0FEh or add dword [esp], 1 */
            emit(p, "CF");                           /* iretd */
        }
    }
}

static void put_desc(Image *im, u32 at, u32 base, u32 limit, u32 access, u32 flags)
{
    store_le(im->ram + at, 4, (limit & 0xFFFF) | base << 16);
    store_le(im->ram + at + 4, 4, (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20 | (base & 0xFF000000));
}

static void tables(Image *im, Mode mode)
{
    if (mode == REAL) {
        for (u32 v = 0; v < 256; v++)
            store_le(im->ram + v * 4, 4, STUBS / 16 << 16 | v * 16);
        return;
    }
    bool wide = mode != PROTECTED_16;
    u32 limit = wide ? 0xFFFFF : 0xFFFF, flags = wide ? 4 : 0, base = wide ? 0 : CODE_AT;
    put_desc(im, GDT_AT + CODE0, 0, limit, 0x9B, flags);
    put_desc(im, GDT_AT + DATA0, base, limit, 0x93, flags);
    put_desc(im, GDT_AT + (CODE3 & ~3), 0, limit, 0xFB, flags);
    put_desc(im, GDT_AT + (DATA3 & ~3), base, limit, 0xF3, flags);
    put_desc(im, GDT_AT + TSS_SEL, TSS_AT, 0x67 + 8192 + 1, 0x8B, 0);
    for (u32 v = 0; v < 256; v++) {
        u32 off = STUBS + v * 16;
        store_le(im->ram + IDT_AT + v * 8, 4, CODE0 << 16 | off);
        store_le(im->ram + IDT_AT + v * 8 + 4, 4, wide ? 0xEE00 : 0xE600);
    }
    store_le(im->ram + TSS_AT + 4, 4, STACK_TOP);
    store_le(im->ram + TSS_AT + 8, 4, DATA0);
    store_le(im->ram + TSS_AT + 0x64, 4, 0x68u << 16); /* the I/O bitmap begins behind, all clear: ports are open */
}

/* One page table: below CODE_AT for ring 0 only, above it for all but a few pages. The tables themselves are mapped nowhere: stale
 * translations would make a guest's result depend on what the TLB holds, as on real processors. */
static void page_tables(Rng *r, Image *im)
{
    store_le(im->ram + PAGES_AT, 4, (PAGES_AT + 0x1000) | 7);
    for (u32 n = 0; n < PAGES_AT >> 12; n++) {
        u32 rights = n < CODE_AT >> 12 ? 3 : n < (CODE_AT + CODE_SIZE) >> 12 ? 7 : one_in(r, 8) ? 0 : one_in(r, 8) ? 5 : 7;
        u32 page = n >= 0x80 && n < 0x90 ? n - 0x60 : n; /* aliases of pages that are mapped elsewhere too */
        store_le(im->ram + PAGES_AT + 0x1000 + n * 4, 4, page << 12 | rights);
    }
    for (u32 n = 4; n < 8; n++) /* code under a second address */
        store_le(im->ram + PAGES_AT + 0x1000 + (0xA8 + n) * 4, 4, (CODE_AT + (n << 12)) | 7);
}

/* ---- the image ------------------------------------------------------------------------------------------- */

static void set_segment(CpuState *s, int seg, u16 sel, u32 base, u32 limit, u16 attr)
{
    s->seg[seg] = (Seg){.sel = sel, .base = base, .limit = limit, .attr = attr};
}

static void registers(Rng *r, Image *im, Mode mode)
{
    CpuState *s = &im->s;
    bool small = mode == REAL || mode == PROTECTED_16 || mode == V86;
    for (int n = 0; n < 8; n++)
        s->r[n] = one_in(r, 3) ? below(r, 300) : one_in(r, 12) ? rnd(r) : small ? below(r, 0x10000) : CODE_AT + below(r, 0x80000);
    s->r[4] = small ? below(r, 0x8000) * 2 : CODE_AT + CODE_SIZE + below(r, 0x20000) * 2;
    s->eip = (small && mode != PROTECTED_16 ? 0 : CODE_AT) + below(r, CODE_SIZE - 64);
    if (im->model < CPU_386)
        for (int n = 0; n < 8; n++)
            s->r[n] &= 0xFFFF;
    s->eflags = 2 | (rnd(r) & (OSZAPC | DF)) | (one_in(r, 2) ? IF : 0) | (one_in(r, 20) ? TF : 0);
}

static void segments(Rng *r, Image *im, Mode mode)
{
    CpuState *s = &im->s;
    u16 code = ATTR_P | ATTR_S | ATTR_CODE | ATTR_W | ATTR_A, data = ATTR_P | ATTR_S | ATTR_W | ATTR_A;
    u16 wide = mode == RING_0 || mode == RING_3 ? ATTR_DB : 0, dpl = mode == RING_3 || mode == V86 ? ATTR_DPL : 0;
    for (int n = 0; n < 6; n++) {
        u16 sel = one_in(r, 2) ? CODE_AT >> 4 : (u16)below(r, 0xE000);
        if (n == SEG_CS)
            sel = CODE_AT >> 4;
        if (mode == REAL || mode == V86)
            set_segment(s, n, sel, (u32)sel << 4, 0xFFFF, data | dpl);
        else if (n == SEG_CS)
            set_segment(s, n, mode == RING_3 ? CODE3 : CODE0, 0, 0xFFFFF, code | wide | dpl);
        else
            set_segment(s, n, mode == RING_3 ? DATA3 : DATA0, wide ? 0 : CODE_AT, wide ? 0xFFFFF : 0xFFFF, data | wide | dpl);
    }
    if (mode == PROTECTED_16) /* a 16-bit IP reaches 64 KiB only */
        set_segment(s, SEG_CS, CODE0, 0, 0xFFFF, code);
}

static void system_registers(Image *im, Mode mode)
{
    CpuState *s = &im->s;
    if (mode == REAL)
        return;
    s->cr0 |= CR0_PE;
    s->gdtr = (TableReg){GDT_AT, 0x2F};
    s->idtr = (TableReg){IDT_AT, 0x7FF};
    s->tr = (Seg){.sel = TSS_SEL, .base = TSS_AT, .limit = 0x67 + 8192 + 1, .attr = ATTR_P | 11};
    s->ldtr = (Seg){0};
    if (mode != RING_3 && mode != V86)
        return;
    s->cpl = 3;
    s->cr0 |= CR0_PG;
    s->cr3 = PAGES_AT;
}

static void make_image(Image *im, CpuModel model, Mode mode, u64 seed)
{
    Rng r = {seed};
    World *w = malloc(sizeof *w);
    assert_non_null(w);
    world_init(w, model, (Plan){.core = CORE_SLOW});
    im->model = model;
    im->s = w->cpu.s; /* what reset leaves */
    world_free(w);
    free(w);
    for (u32 n = 0; n < WORLD_RAM; n++)
        im->ram[n] = one_in(&r, 4) ? 0 : (u8)rnd(&r);
    registers(&r, im, mode);
    segments(&r, im, mode);
    system_registers(im, mode);
    if (mode == V86)
        im->s.eflags |= VM | (one_in(&r, 2) ? IOPL : 0);
    handlers(im, mode);
    tables(im, mode);
    if (mode == RING_3 || mode == V86)
        page_tables(&r, im);
    fill_with_code(&r, im->ram + CODE_AT, CODE_SIZE, model, mode == RING_0 || mode == RING_3);
}

/* ---- a program in all ways ------------------------------------------------------------------------------- */

/* Between two checkpoints: new registers, awake, sometimes an interrupt. The same for every world that was the same. */
static void intervene(World *w, const Image *im, int checkpoint)
{
    CpuState *s = &w->cpu.s;
    Rng r = {world_hash(w) + (u64)checkpoint};
    if (s->shutdown || (s->cr0 ^ im->s.cr0) & (CR0_PE | CR0_PG) || one_in(&r, 2)) {
        u8 intr = s->intr;
        *s = im->s; /* from the beginning, in the memory of now, elsewhere */
        s->intr = intr;
        bool flat = s->seg[SEG_CS].base == 0;
        s->eip = (flat ? CODE_AT : 0) + below(&r, CODE_SIZE - 64);
        if (im->model == CPU_286 && flat)
            s->eip &= 0xFFFF;
        bus_dma_write(&w->bus, 0, im->ram, CODE_AT);
    }
    s->halted = 0;
    cpu_state_changed(&w->cpu);
    if (one_in(&r, 3))
        cpu_set_intr(&w->cpu, 0, true);
}

/* A guest that has turned on paging with tables of its own making sees its TLB: results may differ then. */
static bool sees_tlb(const World *w, const Image *im)
{
    return w->cpu.s.cr0 & ~im->s.cr0 & CR0_PG;
}

static const Plan plans[] = {
    {CORE_SLOW, 0, false}, /* the reference */
    {CORE_FAST, 0, false},
    {CORE_TRAMPOLINE, 0, false},
    {CORE_FAST, 700, false},
    {CORE_TRAMPOLINE, 25, false},
    {CORE_FAST, 300, true},
    {CORE_SLOW, 100, true},
};

typedef struct {
    u64 hash[CHECKPOINTS];
    bool void_from[CHECKPOINTS];
} Trail;

static void world_to(World *w, const Image *im, u64 tick, Trail *trail)
{
    world_load(w, im);
    for (int n = 0; n < CHECKPOINTS; n++) {
        u64 end = (u64)(n + 1) * CHECK_EVERY;
        world_run(w, end < tick ? end : tick);
        if (end > tick)
            return;
        if (trail) {
            trail->hash[n] = world_hash(w);
            trail->void_from[n] = sees_tlb(w, im);
        }
        intervene(w, im, n);
    }
}

static void print_difference(const World *a, const World *b)
{
    const u32 *x = (const u32 *)&a->cpu.s, *y = (const u32 *)&b->cpu.s;
    for (size_t n = 0; n < sizeof(CpuState) / 4; n++)
        if (x[n] != y[n])
            print_message("  state +%03zX: %08X, %08X\n", n * 4, (unsigned)x[n], (unsigned)y[n]);
    for (u32 n = 0, shown = 0; n < WORLD_RAM && shown < 8; n++)
        if (a->ram[n] != b->ram[n]) {
            print_message("  memory %05X: %02X, %02X\n", (unsigned)n, a->ram[n], b->ram[n]);
            shown++;
        }
    if (a->noticed != b->noticed)
        print_message("  the device saw different things\n");
    if (a->clock.now != b->clock.now)
        print_message("  ticks: %llu, %llu\n", (unsigned long long)a->clock.now, (unsigned long long)b->clock.now);
}

static void print_instruction(World *w)
{
    CpuState *s = &w->cpu.s;
    u8 bytes[16];
    Insn i;
    char text[80];
    if (!cpu_peek(&w->cpu, s->seg[SEG_CS].base + s->eip, bytes, 15) ||
        !decode(&w->cpu.decode, bytes, 15, s->seg[SEG_CS].attr & ATTR_DB, &i))
        return;
    disasm(&i, s->eip, text, sizeof text);
    print_message("  instruction before: %04X:%08X %s\n", s->seg[SEG_CS].sel, (unsigned)s->eip, text);
}

/* Finds the first tick at which the two differ and shows it. */
static void explain(const Image *im, World *a, World *b, u64 lo, u64 hi)
{
    while (hi - lo > 1) {
        u64 mid = lo + (hi - lo) / 2;
        world_to(a, im, mid, NULL);
        world_to(b, im, mid, NULL);
        if (world_hash(a) == world_hash(b))
            lo = mid;
        else
            hi = mid;
    }
    world_to(a, im, lo, NULL);
    print_message("  tick %llu\n", (unsigned long long)hi);
    print_instruction(a);
    world_to(a, im, hi, NULL);
    world_to(b, im, hi, NULL);
    print_difference(a, b);
}

static void compare(const Image *im, Mode mode, u64 seed, World *w, Trail *trail, size_t plan)
{
    for (int n = 0; n < CHECKPOINTS; n++) {
        if (trail[0].void_from[n])
            return;
        if (trail[0].hash[n] == trail[plan].hash[n])
            continue;
        print_message("seed %llu, %s, %s: plan %zu differs from the slow core\n", (unsigned long long)seed, cpu_model_name(im->model),
                      mode_name[mode], plan);
        explain(im, &w[0], &w[plan], (u64)n * CHECK_EVERY, (u64)(n + 1) * CHECK_EVERY);
        fail();
    }
}

static void run_programs(CpuModel model, Mode mode)
{
    Image *im = malloc(sizeof *im);
    World *w = malloc(ARRAY_LEN(plans) * sizeof *w);
    assert_non_null(im);
    assert_non_null(w);
    for (size_t p = 0; p < ARRAY_LEN(plans); p++)
        world_init(&w[p], model, plans[p]);
    for (u32 n = 0; n < rounds; n++) {
        u64 seed = first_seed + n;
        Trail trail[ARRAY_LEN(plans)];
        make_image(im, model, mode, seed * 64 + (u64)mode * 8 + (u64)model);
        for (size_t p = 0; p < ARRAY_LEN(plans); p++)
            world_to(&w[p], im, UINT64_MAX, &trail[p]);
        for (size_t p = 1; p < ARRAY_LEN(plans); p++)
            compare(im, mode, seed, w, trail, p);
    }
    for (size_t p = 0; p < ARRAY_LEN(plans); p++)
        world_free(&w[p]);
    free(w);
    free(im);
}

#define PROGRAMS(name, model, mode) \
    static void name(void **state) \
    { \
        run_programs(model, mode); \
    }
PROGRAMS(real_mode_8086, CPU_8086, REAL)
PROGRAMS(real_mode_286, CPU_286, REAL)
PROGRAMS(real_mode_386, CPU_386, REAL)
PROGRAMS(real_mode_pentium, CPU_PENTIUM, REAL)
PROGRAMS(protected_286, CPU_286, PROTECTED_16)
PROGRAMS(ring_0_386, CPU_386, RING_0)
PROGRAMS(ring_0_pentium, CPU_PENTIUM, RING_0)
PROGRAMS(ring_3_486, CPU_486, RING_3)
PROGRAMS(ring_3_pentium, CPU_PENTIUM, RING_3)
PROGRAMS(v86_386, CPU_386, V86)
PROGRAMS(v86_pentium, CPU_PENTIUM, V86)

int main(void)
{
    const char *seed = getenv("GLASS86_SEED"), *count = getenv("GLASS86_ROUNDS");
    if (seed)
        first_seed = strtoull(seed, NULL, 0);
    if (count)
        rounds = (u32)strtoul(count, NULL, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_mode_8086), cmocka_unit_test(real_mode_286), cmocka_unit_test(real_mode_386),
        cmocka_unit_test(real_mode_pentium), cmocka_unit_test(protected_286), cmocka_unit_test(ring_0_386),
        cmocka_unit_test(ring_0_pentium), cmocka_unit_test(ring_3_486), cmocka_unit_test(ring_3_pentium),
        cmocka_unit_test(v86_386), cmocka_unit_test(v86_pentium),
    };
    return cmocka_run_group_tests_name("cpu cores", tests, NULL, NULL);
}
