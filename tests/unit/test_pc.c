/* test_pc.c: the whole board with the real processor, running a few bytes of code as its BIOS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/pc.h"

enum { BIOS_SIZE = 0x10000, IPS = 1000000 };

static u8 bios[BIOS_SIZE];
static char err[256];

typedef struct {
    u8 serial[16], debug[16];
    int serial_count, debug_count, resets, moves;
    bool high;
    Pc *pc;
    bool stop_on_debug;
} Host;

static void on_serial(void *ctx, int port, u8 byte)
{
    Host *h = ctx;
    if (h->serial_count < 15)
        h->serial[h->serial_count++] = (u8)(byte + port);
}

static void on_debug(void *ctx, u8 byte)
{
    Host *h = ctx;
    if (h->debug_count < 15)
        h->debug[h->debug_count++] = byte;
    if (h->stop_on_debug)
        pc_stop(h->pc);
}

static void on_reset(void *ctx)
{
    ((Host *)ctx)->resets++;
}

/* Counts how often the sound crosses zero, by more than a ripple. */
static void on_sound(void *ctx, const s16 *frames, u32 n)
{
    Host *h = ctx;
    for (u32 i = 0; frames && i < n; i++) {
        bool high = frames[i * 2] > (h->high ? -1000 : 1000);
        h->moves += high != h->high;
        h->high = high;
    }
}

/* A BIOS whose code starts at F000:0000; every reset comes there. */
static PcConfig config(Host *h, const u8 *code, size_t len)
{
    static const u8 vector[] = {0xEA, 0x00, 0x00, 0x00, 0xF0}; /* jmp F000:0000 */
    memset(bios, 0xF4, sizeof bios);
    memcpy(bios, code, len);
    memcpy(bios + 0xFFF0, vector, sizeof vector);
    memset(h, 0, sizeof *h);
    return (PcConfig){.cpu = CPU_486,
                      .ips = IPS,
                      .ram = 1 << 20,
                      .bios = {bios, sizeof bios, 0},
                      .debug_exit_port = 0xF4,
                      .hooks = {.ctx = h,
                                .serial_tx = on_serial,
                                .debugcon_tx = on_debug,
                                .reset = on_reset}};
}

static Pc *make(const PcConfig *cfg, Host *h)
{
    Pc *pc = malloc(sizeof *pc);
    memset(pc, 0xA5, sizeof *pc);
    if (!pc_init(pc, cfg, err, sizeof err))
        fail_msg("pc_init: %s", err);
    h->pc = pc;
    return pc;
}

static void drop(Pc *pc)
{
    pc_free(pc);
    free(pc);
}

#define MACHINE(code)                                                                              \
    Host host;                                                                                     \
    PcConfig cfg = config(&host, code, sizeof code);                                               \
    Pc *pc = make(&cfg, &host)

static const u8 idle[] = {0xFB, 0xF4, 0xEB, 0xFC}; /* sti; 1: hlt; jmp 1b */

/* ---- configuration and memory map ------------------------------------------------------------ */

static void expect_refusal(const PcConfig *cfg, const char *part)
{
    Pc *pc = malloc(sizeof *pc);
    err[0] = 0;
    assert_false(pc_init(pc, cfg, err, sizeof err));
    if (!strstr(err, part) || strchr(err, '\n'))
        fail_msg("'%s' lacks '%s'", err, part);
    free(pc);
}

static void test_refusals(void **state)
{
    Host host;
    static u8 rom[0x20000];
    PcConfig good = config(&host, idle, sizeof idle), c;
    c = good, c.ram = 100 << 10;
    expect_refusal(&c, "256 KiB");
    c = good, c.ram = 4ull << 30;
    expect_refusal(&c, "3 GiB");
    c = good, c.bios.size = 0x8000;
    expect_refusal(&c, "64, 128 or 256 KiB");
    c = good, c.vgabios = (PcRom){rom, 0x18000, 0}, c.option_rom[0] = (PcRom){rom, 0x1000, 0xC8000};
    expect_refusal(&c, "overlaps");
    c = good, c.option_rom[0] = (PcRom){rom, 0x1000, 0xC8100};
    expect_refusal(&c, "multiple of 2 KiB");
    c = good, c.option_rom[0] = (PcRom){rom, 0x1000, 0xF0000};
    expect_refusal(&c, "does not fit");
    c = good, c.option_rom[0] = (PcRom){rom, 0x20000, 0},
    c.option_rom[1] = (PcRom){rom, 0x20000, 0};
    expect_refusal(&c, "does not fit");
    c = good, c.floppy_type[0] = 9;
    expect_refusal(&c, "floppy drive type");
    c = good, c.serial_ports = 3;
    expect_refusal(&c, "serial ports");
}

static void test_memory_map(void **state)
{
    static u8 vgabios[0x8000], option[512];
    Host host;
    PcConfig cfg = config(&host, idle, sizeof idle);
    vgabios[0] = 0x55, vgabios[0x7FFF] = 0x99;
    option[0] = 0x77;
    cfg.ram = 4 << 20;
    cfg.vgabios = (PcRom){vgabios, sizeof vgabios, 0};
    cfg.option_rom[0] = (PcRom){option, sizeof option, 0};
    cfg.option_rom[1] = (PcRom){option, sizeof option, 0xD0000};
    Pc *pc = make(&cfg, &host);
    Bus *b = &pc->bus;
    bus_write(b, 0x9FFFF, 1, 0x12);
    bus_write(b, 0x100000, 1, 0x34);
    bus_write(b, 0x3FFFFF, 1, 0x56);
    assert_int_equal(pc->ram[0x9FFFF], 0x12);
    assert_int_equal(pc->ram[0x100000], 0x34);
    assert_int_equal(bus_read(b, 0x3FFFFF, 1), 0x56);
    assert_int_equal(bus_read(b, 0x400000, 1), 0xFF);
    assert_int_equal(bus_read(b, 0xC0000, 1), 0x55);
    assert_int_equal(bus_read(b, 0xC7FFF, 1), 0x99);
    assert_int_equal(bus_read(b, 0xC8000, 1), 0x77); /* the first free place */
    assert_int_equal(bus_read(b, 0xD0000, 1), 0x77);
    assert_int_equal(bus_read(b, 0xE0000, 1), 0xFF);
    bus_write(b, 0xC0000, 1, 0); /* ROM */
    assert_int_equal(bus_read(b, 0xC0000, 1), 0x55);
    assert_int_equal(bus_read(b, 0xF0000, 1), idle[0]);
    assert_int_equal(bus_read(b, 0xFFFF0, 1), 0xEA);
    assert_int_equal(bus_read(b, 0xFFFFFFF0, 1), 0xEA);
    assert_int_equal(bus_read(b, 0xFFFF0000, 1), idle[0]);
    drop(pc);

    cfg.shadow_ram = cfg.fw_cfg = true; /* as SeaBIOS has it */
    pc = make(&cfg, &host);
    b = &pc->bus;
    assert_int_equal(bus_read(b, 0xC0000, 1), 0xFF);
    bus_write(b, 0xF0010, 1, 0x42);
    bus_write(b, 0xC0000, 1, 0x43);
    assert_int_equal(bus_read(b, 0xF0010, 1), 0x42);
    assert_int_equal(bus_read(b, 0xC0000, 1), 0x43);
    assert_int_equal(bus_read(b, 0xFFFF0010, 1), 0xF4);
    bus_out(b, 0x510, 2, 0x20);
    assert_int_equal(bus_in(b, 0x511, 1), 0x55);
    pc_reset(pc, true);
    assert_int_equal(bus_read(b, 0xF0010, 1), 0xF4);
    drop(pc);

    memcpy(bios + 0x100, "SeaBIOS (version 1)", 19); /* recognised */
    cfg.shadow_ram = cfg.fw_cfg = false;
    pc = make(&cfg, &host);
    assert_true(pc->cfg.shadow_ram && pc->cfg.fw_cfg);
    drop(pc);
}

static void test_memory_sizes(void **state)
{
    static const struct {
        CpuModel cpu;
        u64 asked, ram, low, high;
    } cases[] = {
        {CPU_8086, 256 << 10, 256 << 10, 0x40000, 0},
        {CPU_8086, 0, 1 << 20, 0xA0000, 0},
        {CPU_486, 1 << 20, 1 << 20, 0xA0000, 0},
        {CPU_286, 0, 0xFE0000, 0xA0000, 0xFE0000},
        {CPU_PENTIUM, 0, 16 << 20, 0xA0000, 16 << 20},
        {CPU_PENTIUM, 3ull << 30, 3ull << 30, 0xA0000, 3ull << 30},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Host host;
        PcConfig cfg = config(&host, idle, sizeof idle);
        cfg.cpu = cases[i].cpu;
        cfg.ram = cases[i].asked;
        Pc *pc = make(&cfg, &host);
        assert_int_equal(pc->ram_size, cases[i].ram);
        assert_non_null(bus_host(&pc->bus, (u32)cases[i].low - 1, true));
        if (cases[i].low < 0xA0000)
            assert_null(bus_host(&pc->bus, (u32)cases[i].low, true));
        if (cases[i].high)
            assert_non_null(bus_host(&pc->bus, (u32)cases[i].high - 1, true));
        assert_null(bus_host(&pc->bus, cases[i].high ? (u32)cases[i].high : 0x100000, true));
        if (cases[i].cpu == CPU_286)
            assert_int_equal(bus_read(&pc->bus, 0xFFFFF0, 1), 0xEA);
        assert_int_equal(pc_run(pc, 1000), PC_EXIT_TIME);
        assert_true(pc->cpu.s.halted);
        drop(pc);
    }
}

/* ---- ways to stop ---------------------------------------------------------------------------- */

static void test_debug_exit(void **state)
{
    static const u8 code[] = {0xB0, 0x2A, 0xE6, 0xF4, 0xF4}; /* mov al, 42; out 0xF4, al; hlt */
    MACHINE(code);
    assert_int_equal(pc_run(pc, 1000000), PC_EXIT_DEBUG_EXIT);
    assert_int_equal(pc->s.exit_value, 42);
    assert_int_equal(pc->clock.now, 3); /* jmp, mov, out */
    drop(pc);
}

static void test_power_off(void **state)
{
    /* mov si, 13; mov dx, 8900h; 1: cs lodsb; out dx, al; jmp 1b; text */
    static const u8 code[] = {0xBE, 0x0D, 0x00, 0xBA, 0x00, 0x89, 0x2E, 0xAC, 0xEE, 0xEB, 0xFB,
                              0x90, 0x90, 'S',  'h',  'u',  't',  'd',  'o',  'w',  'n'};
    MACHINE(code);
    assert_int_equal(pc_run(pc, 1000000), PC_EXIT_POWEROFF);
    drop(pc);
}

static void test_shutdown(void **state)
{
    /* lidt [cs:10h], where six zeroes are; int3 */
    static const u8 code[0x16] = {0x2E, 0x0F, 0x01, 0x1E, 0x10, 0x00, 0xCC, 0xF4};
    MACHINE(code);
    assert_int_equal(pc_run(pc, 1000), PC_EXIT_SHUTDOWN);
    assert_int_equal(pc_run(pc, 1000), PC_EXIT_SHUTDOWN); /* and stays there */
    pc_reset_cpu(pc);
    assert_int_equal(pc->cpu.s.seg[1].sel, 0xF000);
    assert_int_equal(pc_run(pc, 1000), PC_EXIT_SHUTDOWN);
    drop(pc);
}

static void test_halt_forever(void **state)
{
    static const u8 code[] = {0xFA, 0xF4, 0xEB, 0xFD}; /* cli; 1: hlt; jmp 1b */
    MACHINE(code);
    assert_int_equal(pc_run(pc, 5000), PC_EXIT_TIME); /* not at once */
    assert_int_equal(pc->clock.now, 5000);
    assert_int_equal(pc_run(pc, 10 * IPS), PC_EXIT_HALT_FOREVER);
    assert_int_equal(pc->clock.now, 3 + IPS);
    assert_int_equal(pc_run(pc, 10 * IPS), PC_EXIT_TIME); /* said once */
    assert_int_equal(pc->clock.now, 10 * IPS);
    pc_reset(pc, false);
    assert_int_equal(pc_run(pc, 20 * IPS), PC_EXIT_HALT_FOREVER);
    drop(pc);
}

static void test_masked_interrupts_are_not_forever(void **state)
{
    MACHINE(idle);
    assert_int_equal(pc_run(pc, 10 * IPS), PC_EXIT_TIME);
    assert_true(pc->cpu.s.halted);
    drop(pc);
}

static void test_stop(void **state)
{
    static const u8 code[] = {0xB0, 'a',  0xE6, 0xE9,
                              0x40, 0xEB, 0xFB}; /* mov al,'a'; 1: out; inc ax; jmp */
    MACHINE(code);
    host.stop_on_debug = true;
    assert_int_equal(pc_run(pc, IPS), PC_EXIT_STOP);
    assert_int_equal(host.debug_count, 1);
    assert_int_equal(pc->clock.now, 3);
    assert_int_equal(pc_run(pc, IPS), PC_EXIT_STOP);
    assert_int_equal(pc->clock.now, 6);
    host.stop_on_debug = false;
    assert_int_equal(pc_run(pc, 30), PC_EXIT_TIME);
    assert_memory_equal(host.debug, "abcdefghij", 10);
    drop(pc);
}

/* ---- time ------------------------------------------------------------------------------------ */

/* PIC to vectors 20h, IRQ 0 counts the word at 0:500h, PIT mode 2 with 11,932; then halts between
 * interrupts. */
static const u8 timer_code[] = {
    0x31,
    0xC0, /* xor ax, ax */
    0x8E,
    0xD8,
    0x8E,
    0xD0, /* mov ds, ax; mov ss, ax */
    0xBC,
    0x00,
    0x70, /* mov sp, 7000h */
    0xC7,
    0x06,
    0x80,
    0x00,
    0x40,
    0x00, /* mov word [80h], 40h */
    0xC7,
    0x06,
    0x82,
    0x00,
    0x00,
    0xF0, /* mov word [82h], F000h */
    0xB0,
    0x11,
    0xE6,
    0x20,
    0xB0,
    0x20,
    0xE6,
    0x21, /* ICW1, ICW2 = 20h */
    0xB0,
    0x04,
    0xE6,
    0x21,
    0xB0,
    0x01,
    0xE6,
    0x21, /* ICW3, ICW4 */
    0xB0,
    0xFE,
    0xE6,
    0x21, /* all but IRQ 0 masked */
    0xB0,
    0x34,
    0xE6,
    0x43,
    0xB0,
    0x9C,
    0xE6,
    0x40, /* mode 2, 2E9Ch */
    0xB0,
    0x2E,
    0xE6,
    0x40,
    0xFB, /* sti */
    0xF4,
    0xEB,
    0xFD, /* hlt; jmp $-1 */
    0x90,
    0x90,
    0x90,
    0x90,
    0x90,
    0x90,
    0x90,
    /* 40h: */ 0xFF,
    0x06,
    0x00,
    0x05, /* inc word [500h] */
    0x50,
    0xB0,
    0x20,
    0xE6,
    0x20,
    0x58,
    0xCF, /* push ax; EOI; pop ax; iret */
};

static void test_timer(void **state)
{
    assert_int_equal(timer_code[0x40], 0xFF);
    MACHINE(timer_code);
    assert_int_equal(pc_run(pc, 10ull * IPS), PC_EXIT_TIME);
    assert_int_equal(pc->clock.now, 10ull * IPS);
    assert_int_equal(bus_peek(&pc->bus, 0x500, 2), (10ull * PIT_HZ - 2) / 0x2E9C);
    drop(pc);
}

/* However a run is cut into calls, and whatever runs beside it, it is the same run. */
static void test_slices(void **state)
{
    Host h[3];
    PcConfig cfg = config(&h[0], timer_code, sizeof timer_code);
    Pc *whole = make(&cfg, &h[0]), *sliced = make(&cfg, &h[1]), *random = make(&cfg, &h[2]);
    u64 end = 2 * IPS;
    u32 x = 1;
    assert_int_equal(pc_hash(whole), pc_hash(sliced));
    pc_run(whole, end);
    for (u64 t = 0; t < end; t += 997) {
        pc_run(sliced, t + 997 < end ? t + 997 : end);
        while (random->clock.now < sliced->clock.now) {
            x = x * 1664525 + 1013904223;
            u64 next = random->clock.now + (x >> 20) % 300;
            pc_run(random, next < sliced->clock.now ? next : sliced->clock.now);
        }
    }
    assert_int_equal(whole->clock.now, sliced->clock.now);
    assert_int_equal(pc_hash(whole), pc_hash(sliced));
    assert_int_equal(pc_hash(whole), pc_hash(random));
    pc_run(sliced, end + 1);
    assert_int_not_equal(pc_hash(whole), pc_hash(sliced));
    drop(whole), drop(sliced), drop(random);
}

typedef struct {
    Pc *pc;
    char order[8];
    int count;
    u64 at[8];
} Trail;

static struct Mark {
    Trail *trail;
    char name;
} marks[3];

static void leave_mark(void *ctx, u64 when)
{
    struct Mark *m = ctx;
    Trail *t = m->trail;
    t->at[t->count] = t->pc->clock.now;
    t->order[t->count++] = m->name;
}

static void test_event_order(void **state)
{
    static const u8 spin[] = {0xEB, 0xFE};
    MACHINE(spin);
    Trail t = {.pc = pc};
    Event e[3];
    for (int i = 0; i < 3; i++) {
        marks[i] = (struct Mark){&t, (char)('a' + i)};
        event_init(&pc->queue, &e[i], "mark", leave_mark, &marks[i]);
    }
    event_at(&pc->queue, &e[2], 100);
    event_at(&pc->queue, &e[1], 100);
    event_at(&pc->queue, &e[0], 250);
    assert_int_equal(pc_run(pc, 99), PC_EXIT_TIME);
    assert_int_equal(t.count, 0);
    pc_run(pc, 100); /* events due at `until` have fired */
    assert_string_equal(t.order, "bc");
    assert_int_equal(t.at[0], 100);
    pc_run(pc, 1000);
    assert_string_equal(t.order, "bca");
    assert_int_equal(t.at[2], 250); /* the processor came back at exactly that instruction */
    event_at(&pc->queue, &e[0], 7); /* in the past: at the next chance */
    pc_run(pc, 1000);
    assert_string_equal(t.order, "bcaa");
    drop(pc);
}

/* ---- wires ----------------------------------------------------------------------------------- */

/* The first time through: asks for a reset; the second time (CMOS 0Fh says so) exits. */
static void reset_by(const u8 *pulse, size_t len)
{
    u8 code[64] = {0xB0, 0x8F, 0xE6, 0x70, 0xE4, 0x71, 0x3C, 0x55, 0x74, 0x1C, /* cmos 0F == 55h? */
                   0xB0, 0x55, 0xE6, 0x71,                                     /* set it */
                   0x31, 0xC0, 0x8E, 0xD8, 0xC6, 0x06, 0x00, 0x06, 0x77}; /* mov byte [600h], 77h */
    static const u8 finish[] = {0xA0, 0x00, 0x06, 0xE6, 0xF4, 0xF4}; /* mov al, [600h]; out F4h */
    memcpy(code + 23, pulse, len);
    memcpy(code + 38, finish, sizeof finish);
    MACHINE(code);
    bus_out(&pc->bus, 0x21, 1, 0x5A);
    assert_int_equal(pc_run(pc, 10 * IPS), PC_EXIT_DEBUG_EXIT);
    assert_int_equal(pc->s.exit_value, 0x77);            /* RAM stays */
    assert_int_equal(bus_in(&pc->bus, 0x21, 1), 0x5A); /* and so do the chips */
    assert_int_equal(host.resets, 1);
    assert_true(pc->cpu.s.a20);
    drop(pc);
}

static void test_reset_lines(void **state)
{
    static const u8 by_kbc[] = {0xB0, 0xFE, 0xE6, 0x64, 0xFA, 0xF4};
    static const u8 by_92[] = {0xB0, 0x01, 0xE6, 0x92, 0xFA, 0xF4};
    reset_by(by_kbc, sizeof by_kbc);
    reset_by(by_92, sizeof by_92);
}

static void test_a20(void **state)
{
    MACHINE(idle);
    Bus *b = &pc->bus;
    assert_true(pc->cpu.s.a20);
    bus_out(b, 0x92, 1, 0);
    assert_false(pc->cpu.s.a20);
    bus_out(b, 0x92, 1, 2);
    assert_true(pc->cpu.s.a20);
    bus_out(b, 0x64, 1, 0xD1);
    pc_run(pc, 10000);
    bus_out(b, 0x60, 1, 0xDD);
    pc_run(pc, 20000);
    assert_false(pc->cpu.s.a20);
    assert_int_equal(bus_in(b, 0x92, 1) & 2, 0); /* one gate, two handles */
    bus_out(b, 0x92, 1, 2);
    assert_true(pc->cpu.s.a20);
    bus_out(b, 0x92, 1, 0);
    pc_reset_cpu(pc);
    assert_true(pc->cpu.s.a20);
    drop(pc);
}

static void test_cold_reset(void **state)
{
    MACHINE(timer_code);
    pc_run(pc, IPS);
    assert_int_not_equal(bus_peek(&pc->bus, 0x500, 2), 0);
    bus_out(&pc->bus, 0x70, 1, 0x50);
    bus_out(&pc->bus, 0x71, 1, 0x99);
    pc_reset(pc, false);
    assert_int_not_equal(bus_peek(&pc->bus, 0x500, 2), 0);
    pc_reset(pc, true);
    assert_int_equal(bus_peek(&pc->bus, 0x500, 2), 0);
    assert_int_equal(bus_peek_port(&pc->bus, 0x21, 1), 0xFF);
    bus_out(&pc->bus, 0x70, 1, 0x50);
    assert_int_equal(bus_in(&pc->bus, 0x71, 1), 0x99);
    u64 before = pc->clock.now;
    pc_run(pc, before + IPS);
    assert_in_range(bus_peek(&pc->bus, 0x500, 2), 98, 100);
    drop(pc);
}

static void test_interrupt_wires(void **state)
{
    MACHINE(idle);
    Bus *b = &pc->bus;
    for (int chip = 0; chip < 2; chip++) { /* both PICs initialised, all masked */
        u16 port = chip ? 0xA0 : 0x20;
        bus_out(b, port, 1, 0x11);
        bus_out(b, port + 1, 1, 8);
        bus_out(b, port + 1, 1, chip ? 2 : 4);
        bus_out(b, port + 1, 1, 1);
        bus_out(b, port + 1, 1, 0xFF);
    }
    /* RTC periodic interrupt on IRQ 8 */
    bus_out(b, 0x70, 1, 0x0B);
    bus_out(b, 0x71, 1, 0x42);
    pc_run(pc, IPS / 100);
    assert_int_equal(pic_irr(&pc->pic, 1) & 1, 1);
    /* a key on IRQ 1 */
    bus_out(b, 0x64, 1, 0x60);
    pc_run(pc, pc->clock.now + IPS / 100);
    bus_out(b, 0x60, 1, 0x45);
    bus_out(b, 0x64, 1, 0xAE);
    pc_run(pc, pc->clock.now + IPS / 100);
    pc_key(pc, KEY_A, true);
    pc_run(pc, pc->clock.now + IPS / 50);
    assert_int_equal(pic_irr(&pc->pic, 0) & 2, 2);
    assert_int_equal(bus_in(b, 0x60, 1), 0x1E);
    /* coprocessor error on IRQ 13 until port F0h is written */
    pc->cpu.ferr.set(pc->cpu.ferr.ctx, pc->cpu.ferr.pin, true);
    pc->cpu.ferr.set(pc->cpu.ferr.ctx, pc->cpu.ferr.pin, false);
    assert_int_equal(pic_irr(&pc->pic, 1) & 0x20, 0x20);
    bus_out(b, 0xF0, 1, 0);
    assert_int_equal(pic_irr(&pc->pic, 1) & 0x20, 0);
    /* parity error: NMI, unless port 70h bit 7 */
    bus_out(b, 0x70, 1, 0x8F);
    speaker_set_check(&pc->speaker, SPEAKER_PARITY, true);
    assert_false(pc->cpu.s.nmi_pending);
    bus_out(b, 0x70, 1, 0x0F);
    assert_true(pc->cpu.s.nmi_pending);
    drop(pc);
}

static void test_serial_and_sound(void **state)
{
    MACHINE(idle);
    Bus *b = &pc->bus;
    for (int i = 0; i < 2; i++) {
        u16 base = i ? 0x2F8 : 0x3F8;
        bus_out(b, base + 3, 1, 0x83); /* 115,200 8N1 */
        bus_out(b, base, 1, 1);
        bus_out(b, base + 1, 1, 0);
        bus_out(b, base + 3, 1, 3);
        bus_out(b, base, 1, 'x');
        pc_run(pc, pc->clock.now + IPS / 100);
        assert_true(pc_serial_rx(pc, i, 'q'));
        pc_run(pc, pc->clock.now + IPS / 100);
        assert_int_equal(bus_in(b, base, 1), 'q');
    }
    assert_memory_equal(host.serial, "xy", 2);
    assert_false(pc_serial_rx(pc, 2, 'q'));
    bus_out(b, 0x43, 1, 0xB6);
    bus_out(b, 0x42, 1, 0xA9);
    bus_out(b, 0x42, 1, 0x04);
    bus_out(b, 0x61, 1, 3);
    pc_sound_open(pc, 48000, on_sound, &host);
    pc_run(pc, pc->clock.now + IPS / 10);
    pc_sound_run(pc);
    assert_true(host.moves < 195); /* the last of it may still change */
    pc_sound_flush(pc);
    assert_in_range(host.moves, 195, 205);
    drop(pc);
}

static void test_cmos(void **state)
{
    Host host;
    PcConfig cfg = config(&host, idle, sizeof idle);
    cfg.ram = 32 << 20;
    memcpy(cfg.boot, "ca", 3);
    Pc *pc = make(&cfg, &host);
    static const u8 expected[][2] = {{0x15, 0x80}, {0x16, 0x02}, {0x17, 0x00},
                                     {0x18, 0x7C}, {0x34, 0x00}, {0x35, 0x01},
                                     {0x10, 0x40}, {0x3D, 0x12}, {0x14, 0x07}};
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        bus_out(&pc->bus, 0x70, 1, expected[i][0]);
        assert_int_equal(bus_in(&pc->bus, 0x71, 1), expected[i][1]);
    }
    drop(pc);
}

/* Without a wish: the floppy, then the hard disk; the hard disk alone when there is no floppy. */
static void test_boot_order(void **state)
{
    u8 *image = calloc(1, 1 << 20);
    Disk *disk = disk_open_memory("disk", image, 1 << 20, &(DiskOptions){.kind = DISK_HARD}, err,
                                  sizeof err);
    assert_non_null(disk);
    for (int with = 0; with < 2; with++) {
        Host host;
        PcConfig cfg = config(&host, idle, sizeof idle);
        cfg.ide[0] = with ? disk : NULL;
        Pc *pc = make(&cfg, &host);
        assert_string_equal(pc->cfg.boot, with ? "c" : "ac");
        bus_out(&pc->bus, 0x70, 1, 0x3D);
        assert_int_equal(bus_in(&pc->bus, 0x71, 1), with ? 0x02 : 0x21);
        drop(pc);
    }
    disk_close(disk);
    free(image);
}

/* Every port, every size, random values: whatever a guest writes, the host lives. */
static void test_hostile_ports(void **state)
{
    MACHINE(idle);
    u32 x = 77;
    for (int i = 0; i < 400000; i++) {
        x = x * 1664525 + 1013904223;
        u16 port = (u16)(x >> 8);
        if (x >> 30)
            port &= 0x3FF;
        int size = 1 << (x >> 25) % 3;
        x = x * 1664525 + 1013904223;
        if (x & 0x80000000)
            bus_out(&pc->bus, port, size, x >> 3);
        else
            bus_in(&pc->bus, port, size);
        if (i % 16 == 0)
            pc_run(pc, pc->clock.now + (x >> 20) % 200);
    }
    drop(pc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_memory_map),
        cmocka_unit_test(test_memory_sizes),
        cmocka_unit_test(test_debug_exit),
        cmocka_unit_test(test_power_off),
        cmocka_unit_test(test_shutdown),
        cmocka_unit_test(test_halt_forever),
        cmocka_unit_test(test_masked_interrupts_are_not_forever),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_timer),
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_event_order),
        cmocka_unit_test(test_reset_lines),
        cmocka_unit_test(test_a20),
        cmocka_unit_test(test_cold_reset),
        cmocka_unit_test(test_interrupt_wires),
        cmocka_unit_test(test_serial_and_sound),
        cmocka_unit_test(test_cmos),
        cmocka_unit_test(test_boot_order),
        cmocka_unit_test(test_hostile_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
