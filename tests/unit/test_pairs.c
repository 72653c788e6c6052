/* test_pairs.c: a comparison and the linked jump behind it run as one handler in the fast core
 * (ops_fused.inc), and nobody may notice: not at a deadline or breakpoint between the two, and not
 * when a write changes either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cpu/cpu.h"

enum { RAM = 1 << 20, CODE = 0x10000, JUMP = 4, TICKS = 400 };

typedef struct {
    Bus bus;
    Clock clock;
    Cpu cpu;
    CpuDebug debug;
    u8 ram[RAM];
} Machine;

/* Two loops around pairs in registers and in memory; AX and [200h] say how often. */
static const u8 program[] = {
    0x40,                               /* 0  again: inc ax */
    0x83, 0xF8, 0x05,                   /* 1  cmp ax, 5 */
    0x75, 0xFA,                         /* 4  jne again */
    0xFE, 0x06, 0x00, 0x02,             /* 6  second: inc byte [200h] */
    0x80, 0x3E, 0x00, 0x02, 0x07,       /* A  cmp byte [200h], 7 */
    0x72, 0xF5,                         /* F  jb second */
    0xC6, 0x06, 0x00, 0x02, 0x00,       /* 11 mov byte [200h], 0 */
    0x31, 0xC0,                         /* 16 xor ax, ax */
    0xEB, 0xE6,                         /* 18 jmp again */
};

static bool stop_here(void *ctx, u32 linear)
{
    return true;
}

static Machine *machine(CpuCore core)
{
    Machine *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->clock.ips = 1000000;
    m->clock.deadline = UINT64_MAX;
    bus_init(&m->bus);
    bus_map_ram(&m->bus, 0, RAM, m->ram, 0, "ram");
    cpu_init(&m->cpu, &(CpuConfig){.bus = &m->bus, .clock = &m->clock, .model = CPU_486});
    cpu_select_core(&m->cpu, core);
    memcpy(m->ram + CODE, program, sizeof program);
    for (int n = 0; n < 6; n++) {
        m->cpu.s.seg[n].sel = CODE >> 4;
        m->cpu.s.seg[n].base = CODE;
    }
    m->cpu.s.eip = 0;
    m->cpu.idle_pace.next = UINT64_MAX;
    m->debug.on_break = stop_here;
    m->cpu.debug = &m->debug;
    cpu_state_changed(&m->cpu);
    return m;
}

static void gone(Machine *m)
{
    cpu_free(&m->cpu);
    bus_free(&m->bus);
    free(m);
}

static void same(const Machine *a, const Machine *b)
{
    assert_int_equal(a->clock.now, b->clock.now);
    assert_memory_equal(&a->cpu.s, &b->cpu.s, sizeof a->cpu.s);
    assert_memory_equal(a->ram, b->ram, RAM);
}

/* Every tick is a deadline once, with pairs that were made before. */
static void a_deadline_between_the_two(void **state)
{
    Machine *slow = machine(CORE_SLOW);
    for (u64 at = TICKS; at < TICKS + 40; at++) {
        Machine *fast = machine(CORE_FAST);
        assert_int_equal(cpu_run(&fast->cpu, TICKS), CPU_EXIT_TIME);
        assert_int_equal(cpu_run(&fast->cpu, at), CPU_EXIT_TIME);
        assert_int_equal(cpu_run(&slow->cpu, at), CPU_EXIT_TIME);
        same(fast, slow);
        gone(fast);
    }
    gone(slow);
}

static void a_breakpoint_on_the_jump(void **state)
{
    Machine *m = machine(CORE_FAST);
    cpu_run(&m->cpu, TICKS);
    assert_true(cpu_break(&m->cpu, CODE + JUMP, true));
    for (int n = 0; n < 3; n++) {
        assert_int_equal(cpu_run(&m->cpu, 2 * TICKS), CPU_EXIT_BREAK);
        assert_int_equal(m->cpu.s.eip, JUMP);
    }
    gone(m);
}

/* The jump, its condition and the comparison change under the pair. */
static void writes_into_a_pair(void **state)
{
    static const struct {
        u32 at;
        u8 value;
    } patch[] = {{JUMP, 0x72}, {JUMP, 0x90}, {JUMP + 1, 0xFE}, {1, 0x81},
                 {3, 9},       {0xF, 0x76},  {0xE, 3}};
    for (size_t n = 0; n < ARRAY_LEN(patch); n++) {
        Machine *fast = machine(CORE_FAST), *slow = machine(CORE_SLOW);
        for (int k = 0; k < 2; k++) {
            Machine *m = k ? slow : fast;
            cpu_run(&m->cpu, TICKS);
            bus_write(&m->bus, CODE + patch[n].at, 1, patch[n].value);
            cpu_run(&m->cpu, 2 * TICKS);
            bus_write(&m->bus, CODE + patch[n].at, 1, program[patch[n].at]);
            cpu_run(&m->cpu, 3 * TICKS);
        }
        same(fast, slow);
        gone(fast);
        gone(slow);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_between_the_two),
        cmocka_unit_test(a_breakpoint_on_the_jump),
        cmocka_unit_test(writes_into_a_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
