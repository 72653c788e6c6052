/* test_cmos.c: the MC146818 through its ports, in guest time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/cmos.h"

enum { IPS = 1000000 };

typedef struct {
    Clock clock;
    EventQueue queue;
    Bus bus;
    Snap snap;
    Cmos cmos;
    bool irq, nmi_mask;
    int irqs;
    u64 first_irq, last_irq;
} Rig;

static void on_irq(void *ctx, int pin, bool level)
{
    Rig *r = ctx;
    if (level) {
        if (!r->irqs++)
            r->first_irq = r->clock.now;
        r->last_irq = r->clock.now;
    }
    r->irq = level;
}

static void on_nmi_mask(void *ctx, int pin, bool level)
{
    ((Rig *)ctx)->nmi_mask = level;
}

static Rig *make(s64 time, u64 ips, const CmosConfig *more)
{
    Rig *r = calloc(1, sizeof *r);
    r->clock.ips = ips;
    event_queue_init(&r->queue, &r->clock);
    bus_init(&r->bus);
    CmosConfig cfg = *more;
    cfg.bus = &r->bus;
    cfg.queue = &r->queue;
    cfg.snap = &r->snap;
    cfg.irq = (Line){on_irq, r, 0};
    cfg.nmi_mask = (Line){on_nmi_mask, r, 0};
    cfg.time = time;
    cmos_init(&r->cmos, &cfg);
    return r;
}

static void drop(Rig *r)
{
    bus_free(&r->bus);
    free(r);
}

static int setup(void **state)
{
    *state =
        make(946684799, IPS, &(CmosConfig){.ram = 16 << 20}); /* 1999-12-31 23:59:59, a Friday */
    return 0;
}

static int teardown(void **state)
{
    drop(*state);
    return 0;
}

static void put(Rig *r, u8 reg, u8 v)
{
    bus_out(&r->bus, 0x70, 1, reg);
    bus_out(&r->bus, 0x71, 1, v);
}

static u8 get(Rig *r, u8 reg)
{
    bus_out(&r->bus, 0x70, 1, reg);
    u8 peeked = (u8)bus_peek_port(&r->bus, 0x71, 1);
    u8 v = (u8)bus_in(&r->bus, 0x71, 1);
    assert_int_equal(v, peeked);
    return v;
}

static void run(Rig *r, u64 ticks)
{
    u64 end = r->clock.now + ticks;
    while (r->clock.deadline <= end) {
        if (r->clock.deadline > r->clock.now)
            r->clock.now = r->clock.deadline;
        event_run(&r->queue);
    }
    r->clock.now = end;
}

static void expect_time(Rig *r, u32 date, u32 time, u8 weekday)
{
    assert_int_equal((u32)get(r, 9) << 16 | get(r, 8) << 8 | get(r, 7), date);
    assert_int_equal((u32)get(r, 4) << 16 | get(r, 2) << 8 | get(r, 0), time);
    assert_int_equal(get(r, 6), weekday);
}

static void set_time(Rig *r, u32 date, u32 time, u8 weekday)
{
    put(r, 11, get(r, 11) | 0x80);
    put(r, 9, (u8)(date >> 16)), put(r, 8, (u8)(date >> 8)), put(r, 7, (u8)date);
    put(r, 4, (u8)(time >> 16)), put(r, 2, (u8)(time >> 8)), put(r, 0, (u8)time);
    put(r, 6, weekday);
    put(r, 11, get(r, 11) & 0x7F);
}

static void test_century(void **state)
{
    Rig *r = *state;
    expect_time(r, 0x991231, 0x235959, 6);
    assert_int_equal(get(r, 0x32), 0x19);
    run(r, IPS - 1);
    expect_time(r, 0x991231, 0x235959, 6);
    run(r, 1);
    expect_time(r, 0x000101, 0x000000, 7);
    assert_int_equal(get(r, 0x32), 0x20);
    run(r, 86400ull * IPS);
    expect_time(r, 0x000102, 0x000000, 1);
}

static void test_start_dates(void **state)
{
    static const struct {
        s64 time;
        u32 date, clock;
        u8 weekday, century;
    } cases[] = {
        {0, 0x700101, 0x000000, 5, 0x19},          {951782400, 0x000229, 0x000000, 3, 0x20},
        {-1, 0x691231, 0x235959, 4, 0x19},         {315532800, 0x800101, 0x000000, 3, 0x19},
        {1709210096, 0x240229, 0x123456, 5, 0x20}, {4102444799, 0x991231, 0x235959, 5, 0x20},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Rig *r = make(cases[i].time, IPS, &(CmosConfig){.ram = 1 << 20});
        expect_time(r, cases[i].date, cases[i].clock, cases[i].weekday);
        assert_int_equal(get(r, 0x32), cases[i].century);
        drop(r);
    }
}

static void test_leap_days(void **state)
{
    Rig *r = *state;
    static const struct {
        u32 from, to;
    } cases[] = {{0x960228, 0x960229}, {0x970228, 0x970301}, {0x000228, 0x000229},
                 {0x960229, 0x960301}, {0x950430, 0x950501}, {0x950731, 0x950801},
                 {0x951231, 0x960101}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        set_time(r, cases[i].from, 0x235959, 7);
        run(r, IPS);
        expect_time(r, cases[i].to, 0x000000, 1);
    }
}

static void test_binary_and_12_hours(void **state)
{
    Rig *r = *state;
    put(r, 11, 0x06);
    set_time(r, 95 << 16 | 11 << 8 | 30, 23 << 16 | 59 << 8 | 59, 3);
    run(r, IPS);
    expect_time(r, 95 << 16 | 12 << 8 | 1, 0, 4);
    put(r, 11, 0x00); /* BCD, 12 hours */
    set_time(r, 0x950101, 0x115959, 1);
    run(r, IPS);
    expect_time(r, 0x950101, 0x920000, 1); /* noon is 12 PM */
    set_time(r, 0x950101, 0x925959, 1);
    run(r, IPS);
    expect_time(r, 0x950101, 0x810000, 1);
    set_time(r, 0x950101, 0x915959, 1);
    run(r, IPS);
    expect_time(r, 0x950102, 0x120000, 2); /* midnight is 12 AM */
    set_time(r, 0x950101, 0x125959, 1);
    run(r, IPS);
    expect_time(r, 0x950101, 0x010000, 1);
}

static void test_set_stops_updates(void **state)
{
    Rig *r = *state;
    put(r, 11, 0x92);
    assert_int_equal(get(r, 11), 0x82); /* SET clears UIE */
    run(r, 10 * IPS);
    expect_time(r, 0x991231, 0x235959, 6);
    assert_int_equal(get(r, 10) & 0x80, 0);
    put(r, 11, 0x02);
    run(r, IPS);
    expect_time(r, 0x000101, 0x000000, 7);
}

static void test_update_in_progress(void **state)
{
    Rig *r = *state;
    run(r, 10 * IPS); /* boundary */
    u64 up = 0, first = 0;
    for (u64 i = 0; i < IPS; i += 10) {
        if (get(r, 10) & 0x80) {
            first = first ? first : i;
            up += 10;
        } else {
            assert_int_equal(first, 0); /* one piece, and it reaches the boundary */
        }
        run(r, 10);
    }
    assert_in_range(up, 2200, 2260);
    assert_int_equal(get(r, 10) & 0x80, 0);
}

static void test_update_interrupt(void **state)
{
    Rig *r = *state;
    put(r, 11, 0x12);
    run(r, 5 * IPS + 5);
    assert_int_equal(r->irqs, 1); /* the line stays until C is read */
    assert_int_equal(r->first_irq, IPS);
    assert_true(r->irq);
    assert_int_equal(get(r, 12),
                     0x80 | 0x10 | 0x40 | 0x20); /* midnight is also the alarm, 00:00:00 */
    assert_false(r->irq);
    assert_int_equal(get(r, 12), 0);
    run(r, IPS);
    assert_int_equal(r->irqs, 2);
}

static void test_alarm(void **state)
{
    Rig *r = *state;
    put(r, 11, 0x22);
    put(r, 1, 0x05), put(r, 3, 0x00), put(r, 5, 0x00);
    run(r, 6 * IPS - 1);
    assert_int_equal(r->irqs, 0);
    run(r, 1);
    assert_int_equal(r->irqs, 1);
    assert_int_equal(get(r, 12) & 0xB0, 0xB0);
    put(r, 1, 0x30), put(r, 3, 0xFF), put(r, 5, 0xC0); /* every minute at :30 */
    r->irqs = 0;
    for (int i = 0; i < 600; i++) {
        run(r, IPS);
        get(r, 12);
    }
    assert_int_equal(r->irqs, 10);
}

static void test_periodic(void **state)
{
    static const u32 hz[16] = {0,   256, 128, 8192, 4096, 2048, 1024, 512,
                               256, 128, 64,  32,   16,   8,    4,    2};
    for (int rate = 0; rate < 16; rate++) {
        Rig *r = make(0, IPS, &(CmosConfig){.ram = 1 << 20});
        put(r, 10, (u8)(0x20 | rate));
        put(r, 11, 0x42);
        u64 irqs = 0;
        for (u64 tick = 0; tick < 3 * IPS; tick = r->clock.now) {
            u64 next = r->clock.deadline < 3 * IPS ? r->clock.deadline : 3 * IPS;
            run(r, next - tick);
            irqs += get(r, 12) >> 7 & 1;
        }
        assert_int_equal(irqs, hz[rate] * 3);
        drop(r);
    }
}

static void test_periodic_flag_without_interrupt(void **state)
{
    Rig *r = *state;
    get(r, 12);
    run(r, 900);
    assert_int_equal(get(r, 12), 0);
    run(r, 100);
    assert_int_equal(get(r, 12), 0x40); /* 1,024 Hz: 977 us */
    assert_int_equal(get(r, 12), 0);
    run(r, 976);
    assert_int_equal(get(r, 12), 0x40);
    assert_int_equal(r->irqs, 0);
    put(r, 10, 0x20); /* no rate */
    run(r, 100000);
    assert_int_equal(get(r, 12) & 0x40, 0);
}

static void test_enabling_finds_flag(void **state)
{
    Rig *r = *state;
    run(r, 2000); /* PF is set by now */
    put(r, 11, 0x42);
    assert_true(r->irq);
    assert_int_equal(get(r, 12), 0xC0);
}

static void test_divider(void **state)
{
    Rig *r = *state;
    run(r, IPS / 3);
    put(r, 10, 0x76); /* reset */
    run(r, 10 * IPS);
    assert_int_equal(get(r, 0), 0x59);
    put(r, 10, 0x26);
    run(r, IPS / 2 - 100);
    assert_int_equal(get(r, 0), 0x59);
    run(r, 200); /* half a second after release */
    assert_int_equal(get(r, 0), 0x00);
    run(r, IPS);
    assert_int_equal(get(r, 0), 0x01);
}

static void test_daylight_saving(void **state)
{
    Rig *r = *state;
    put(r, 11, 0x03);
    set_time(r, 0x950430, 0x015959, 1);
    run(r, IPS);
    expect_time(r, 0x950430, 0x030000, 1);
    set_time(r, 0x951029, 0x015959, 1);
    run(r, IPS);
    expect_time(r, 0x951029, 0x010000, 1);
    run(r, 3600ull * IPS);
    expect_time(r, 0x951029, 0x020000, 1);
    put(r, 11, 0x02);
    set_time(r, 0x950430, 0x015959, 1);
    run(r, IPS);
    expect_time(r, 0x950430, 0x020000, 1);
}

static void test_ports(void **state)
{
    Rig *r = *state;
    bus_out(&r->bus, 0x70, 1, 0x8F);
    assert_true(r->nmi_mask);
    assert_int_equal(bus_in(&r->bus, 0x70, 1), 0xFF);
    bus_out(&r->bus, 0x71, 1, 0x05);
    bus_out(&r->bus, 0x70, 1, 0x0F);
    assert_false(r->nmi_mask);
    assert_int_equal(bus_in(&r->bus, 0x71, 1), 0x05);
    put(r, 12, 0xFF), put(r, 13, 0x00); /* read only */
    assert_int_equal(get(r, 12) & 0x3F, 0);
    assert_int_equal(get(r, 13), 0x80);
    put(r, 0x7F, 0xA5);
    assert_int_equal(get(r, 0x7F), 0xA5);
    put(r, 11, 0x7A);
    cmos_reset(&r->cmos);
    assert_int_equal(get(r, 11), 0x02);
    assert_int_equal(get(r, 0x0F), 0x05); /* shutdown status survives */
}

static u32 get16(Rig *r, u8 reg)
{
    return get(r, reg) | (u32)get(r, reg + 1) << 8;
}

static void test_setup_bytes(void **state)
{
    CmosConfig cfg = {.ram = 512ull << 20,
                      .floppy = {4, 2},
                      .disk = {{1024, 16, 63}, {615, 4, 17}},
                      .translation = {1, 0, 2, 0},
                      .fpu = true,
                      .mouse = true,
                      .boot = {2, 1, 3}};
    Rig *r = make(0, IPS, &cfg);
    assert_int_equal(get(r, 0x10), 0x42);
    assert_int_equal(get(r, 0x12), 0xFF);
    assert_int_equal(get(r, 0x14), 0x47);
    assert_int_equal(get16(r, 0x15), 640);
    assert_int_equal(get16(r, 0x17), 65535);
    assert_int_equal(get16(r, 0x30), 65535);
    assert_int_equal(get16(r, 0x34), (512 - 16) * 16);
    assert_int_equal(get(r, 0x19), 47);
    assert_int_equal(get16(r, 0x1B), 1024);
    assert_int_equal(get(r, 0x1D), 16);
    assert_int_equal(get(r, 0x20), 0xC8);
    assert_int_equal(get(r, 0x23), 63);
    assert_int_equal(get16(r, 0x24), 615);
    assert_int_equal(get(r, 0x2C), 17);
    assert_int_equal(get(r, 0x39), 0x21);
    assert_int_equal(get(r, 0x3D), 0x12);
    assert_int_equal(get(r, 0x38), 0x30);
    u32 sum = 0;
    for (u8 i = 0x10; i <= 0x2D; i++)
        sum += get(r, i);
    assert_int_equal(get(r, 0x2E) << 8 | get(r, 0x2F), sum);
    cmos_set(&r->cmos, 0x13, 0x77);
    assert_int_equal(get(r, 0x2E) << 8 | get(r, 0x2F), sum + 0x77);
    drop(r);
    r = make(0, IPS, &(CmosConfig){.ram = 512 << 10});
    assert_int_equal(get16(r, 0x15), 512);
    assert_int_equal(get16(r, 0x17), 0);
    assert_int_equal(get16(r, 0x34), 0);
    assert_int_equal(get(r, 0x14), 0);
    drop(r);
    r = make(0, IPS, &(CmosConfig){.ram = 3ull << 30});
    assert_int_equal(get16(r, 0x34), (3072 - 16) * 16);
    drop(r);
}

/* Slower than the oscillator: several cycles pass in each tick. */
static void test_slow_machine(void **state)
{
    Rig *r = make(0, 100, &(CmosConfig){.ram = 1 << 20});
    put(r, 10, 0x23);
    put(r, 11, 0x42);
    for (int i = 0; i < 1000; i++) {
        run(r, 1);
        assert_int_equal(get(r, 12) & 0xC0, 0xC0);
    }
    assert_int_equal(get(r, 0), 0x10);
    drop(r);
}

static void test_post_load(void **state)
{
    Rig *r = *state;
    put(r, 11, 0x42);
    u64 second = r->cmos.second.when, periodic = r->cmos.periodic.when;
    event_cancel(&r->queue, &r->cmos.second);
    event_cancel(&r->queue, &r->cmos.periodic);
    cmos_post_load(&r->cmos);
    assert_int_equal(r->cmos.second.when, second);
    assert_int_equal(r->cmos.periodic.when, periodic);
}

static void test_any_write_is_safe(void **state)
{
    Rig *r = *state;
    u32 x = 3;
    for (int i = 0; i < 200000; i++) {
        x = x * 1664525 + 1013904223;
        u8 reg = x >> 30 ? x >> 8 & 15 : x >> 8 & 127;
        if (x & 0x20000000)
            put(r, reg, (u8)(x >> 16));
        else
            get(r, reg);
        run(r, x >> 12 & 4095);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_century),
        T(test_start_dates),
        T(test_leap_days),
        T(test_binary_and_12_hours),
        T(test_set_stops_updates),
        T(test_update_in_progress),
        T(test_update_interrupt),
        T(test_alarm),
        T(test_periodic),
        T(test_periodic_flag_without_interrupt),
        T(test_enabling_finds_flag),
        T(test_divider),
        T(test_daylight_saving),
        T(test_ports),
        T(test_setup_bytes),
        T(test_slow_machine),
        T(test_post_load),
        T(test_any_write_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
