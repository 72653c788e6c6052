/* test_vga_string.c: string instructions on the adapter's memory, in one go and an element at a
 * time: registers, memory, planes and latches must come out the same, whatever the graphics
 * controller is told to do with what it gets. */
#include "cpu/cpu.h"
#include "tests/unit/vga_fixture.h"

enum { RAM = 0xA0000, CODE = 0x500, FAULT = 0x600, STACK = 0x8000, DATA = 0x10000 };
enum { TRIALS = 800, ELEMENTS = 700 };

static const u8 stay[] = {0xEB, 0xFE}; /* jmp $ */

typedef struct {
    Fixture *f;
    Cpu cpu;
    u8 ram[RAM];
} Machine;

static Machine *machine_new(void)
{
    Machine *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->f = fixture_new(100000000);
    m->f->clock.deadline = UINT64_MAX;
    bus_map_ram(&m->f->bus, 0, RAM, m->ram, 0, "ram");
    cpu_init(&m->cpu, &(CpuConfig){.bus = &m->f->bus, .clock = &m->f->clock, .model = CPU_386});
    m->cpu.idle_pace.next = UINT64_MAX;
    store_le(m->ram + 4 * 13, 4, FAULT); /* an operand that does not fit at FFFFh */
    memcpy(m->ram + FAULT, stay, sizeof stay);
    set_mode(m->f, &mode_12h);
    return m;
}

static void machine_free(Machine *m)
{
    cpu_free(&m->cpu);
    fixture_free(m->f);
    free(m);
}

typedef struct {
    u8 code[4];
    u32 length, si, di, cx, eax, flags;
    u16 ds, es;
    u8 gc[9], map;
} Trial;

static u16 any_segment(u32 *seed)
{
    static const u16 segments[] = {0xA000, 0xA000, 0xA0FF, 0xA8F1, 0xAFF0, DATA >> 4};
    return segments[next_random(seed) % ARRAY_LEN(segments)];
}

/* Often close to the end of a page, where stretches end, or of the segment, where they wrap. */
static u32 any_offset(u32 *seed)
{
    static const u32 near[] = {0, 0x1000, 0x8000, 0xFFFF};
    u32 r = next_random(seed);
    return (r & 1 ? r >> 8 : near[r >> 1 & 3] + (r >> 8 & 63) - 32) & 0xFFFF;
}

static Trial any_trial(u32 *seed)
{
    static const u8 opcodes[] = {0xA4, 0xA5, 0xAA, 0xAB, 0xA6, 0xAC, 0xAF};
    Trial t = {.ds = any_segment(seed), .es = any_segment(seed)};
    u32 r = next_random(seed);
    t.code[t.length++] = 0xF3;
    if (r & 1)
        t.code[t.length++] = 0x66;
    t.code[t.length++] = opcodes[(r >> 1) % ARRAY_LEN(opcodes)];
    t.flags = r & 0x80000000 ? 0x402 : 2;
    t.si = any_offset(seed);
    t.di = any_offset(seed);
    t.cx = next_random(seed) % ELEMENTS;
    t.eax = next_random(seed);
    t.map = (u8)next_random(seed);
    for (int i = 0; i < 9; i++)
        t.gc[i] = (u8)next_random(seed);
    if (r & 0x40000000) { /* as most programs leave it */
        t.gc[1] = t.gc[3] = t.gc[5] = 0;
        t.gc[8] = 0xFF;
    }
    t.gc[6] = (t.gc[6] & 0xF1) | 4; /* at A0000h */
    return t;
}

static void set_up(Machine *m, const Trial *t)
{
    CpuState *s = &m->cpu.s;
    for (u8 i = 0; i < 9; i++)
        out2(m->f, 0x3CE, i, t->gc[i]);
    out2(m->f, 0x3C4, 2, t->map);
    memcpy(m->ram + CODE, t->code, t->length);
    memcpy(m->ram + CODE + t->length, stay, sizeof stay);
    s->seg[SEG_CS].sel = 0;
    s->seg[SEG_CS].base = 0;
    s->seg[SEG_DS].sel = t->ds;
    s->seg[SEG_DS].base = (u32)t->ds << 4;
    s->seg[SEG_ES].sel = t->es;
    s->seg[SEG_ES].base = (u32)t->es << 4;
    s->eip = CODE;
    s->r[4] = STACK;
    s->r[0] = t->eax;
    s->r[1] = t->cx;
    s->r[6] = t->si;
    s->r[7] = t->di;
    s->eflags = t->flags;
    cpu_drop_derived(&m->cpu);
    cpu_state_changed(&m->cpu);
}

/* In stretches of `slice` ticks until the instruction is done. */
static void perform(Machine *m, const Trial *t, u64 slice)
{
    set_up(m, t);
    for (u32 n = 0; m->cpu.s.eip == CODE; n++) {
        assert_true(n <= ELEMENTS);
        cpu_run(&m->cpu, m->f->clock.now + slice);
    }
}

static void assert_alike(const Machine *a, const Machine *b)
{
    assert_memory_equal(a->cpu.s.r, b->cpu.s.r, sizeof a->cpu.s.r);
    assert_int_equal(a->cpu.s.eip, b->cpu.s.eip);
    assert_int_equal(a->cpu.s.eflags, b->cpu.s.eflags);
    assert_int_equal(a->f->vga.s.latch, b->f->vga.s.latch);
    assert_memory_equal(a->f->vga.vram, b->f->vga.vram, 4 * VGA_CELLS);
    assert_memory_equal(a->ram, b->ram, RAM);
}

static void test_in_one_go_as_by_element(void **state)
{
    Machine *whole = machine_new(), *single = machine_new();
    u32 seed = 0x86;
    for (u32 i = DATA; i < DATA + 0x10000; i++)
        whole->ram[i] = single->ram[i] = (u8)next_random(&seed);
    for (int n = 0; n < TRIALS; n++) {
        Trial t = any_trial(&seed);
        perform(whole, &t, t.cx ? t.cx : 1);
        perform(single, &t, 1);
        assert_alike(whole, single);
    }
    machine_free(whole);
    machine_free(single);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_one_go_as_by_element)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
