/* test_pit.c: the 8254 through its ports and pins; the data sheet's waveforms, and against a second
 * model that steps one CLK at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/pit.h"

typedef struct {
    Clock clock;
    EventQueue queue;
    Bus bus;
    Snap snap;
    Pit pit;
    bool level[3];
    u64 rises[3], last_rise[3], last_fall[3];
} Rig;

static struct Hook {
    Rig *rig;
    int counter;
} hooks[3];

static void on_out(void *ctx, int pin, bool level)
{
    struct Hook *h = ctx;
    Rig *r = h->rig;
    if (level && !r->level[pin]) {
        r->rises[pin]++;
        r->last_rise[pin] = r->clock.now;
    } else if (!level && r->level[pin]) {
        r->last_fall[pin] = r->clock.now;
    }
    r->level[pin] = level;
}

static Rig *make(u64 ips)
{
    Rig *r = calloc(1, sizeof *r);
    r->clock.ips = ips;
    event_queue_init(&r->queue, &r->clock);
    bus_init(&r->bus);
    PitConfig cfg = {.bus = &r->bus, .queue = &r->queue, .snap = &r->snap};
    for (int i = 0; i < 3; i++) {
        hooks[i] = (struct Hook){r, i};
        cfg.out[i] = (Line){on_out, &hooks[i], i};
    }
    pit_init(&r->pit, &cfg);
    for (int i = 0; i < 3; i++)
        r->rises[i] = 0;
    return r;
}

static int setup(void **state)
{
    *state = make(PIT_HZ); /* one tick is one CLK */
    return 0;
}

static int teardown(void **state)
{
    Rig *r = *state;
    bus_free(&r->bus);
    free(r);
    return 0;
}

static void out(Rig *r, u16 port, u8 v)
{
    bus_out(&r->bus, port, 1, v);
}

static u8 in(Rig *r, u16 port)
{
    u8 peeked = (u8)bus_peek_port(&r->bus, port, 1);
    u8 v = (u8)bus_in(&r->bus, port, 1);
    assert_int_equal(v, peeked);
    return v;
}

static void run_to(Rig *r, u64 tick)
{
    while (r->clock.deadline <= tick) {
        if (r->clock.deadline > r->clock.now)
            r->clock.now = r->clock.deadline;
        event_run(&r->queue);
    }
    r->clock.now = tick;
}

static void run(Rig *r, u64 ticks)
{
    run_to(r, r->clock.now + ticks);
}

static void program(Rig *r, int counter, int mode, u16 count)
{
    out(r, 0x43, (u8)(counter << 6 | 0x30 | mode << 1));
    out(r, (u16)(0x40 + counter), (u8)count);
    out(r, (u16)(0x40 + counter), (u8)(count >> 8));
}

static u16 read16(Rig *r, int counter)
{
    u16 low = in(r, (u16)(0x40 + counter));
    return (u16)(low | in(r, (u16)(0x40 + counter)) << 8);
}

static u16 latched(Rig *r, int counter)
{
    out(r, 0x43, (u8)(counter << 6));
    return read16(r, counter);
}

/* OUT as the line says and as asked for must agree; '-' high, '_' low, one character per CLK. */
static void expect_wave(Rig *r, int counter, const char *wave)
{
    for (int i = 0; wave[i]; i++) {
        if (r->level[counter] != (wave[i] == '-') || pit_out(&r->pit, counter) != r->level[counter])
            fail_msg("cycle %d of %s: line %d, asked %d", i, wave, r->level[counter],
                     pit_out(&r->pit, counter));
        run(r, 1);
    }
}

static void test_silent_before_programming(void **state)
{
    Rig *r = *state;
    run(r, 10000000);
    assert_int_equal(r->rises[0], 0);
    program(r, 0, 3, 1000);
    assert_int_equal(r->rises[0], 0); /* OUT was high already */
    run(r, 1001);
    assert_int_equal(r->rises[0], 1);
}

static void test_mode0(void **state)
{
    Rig *r = *state;
    program(r, 0, 0, 4); /* N + 1 CLKs after the write OUT rises */
    expect_wave(r, 0, "_____-----");
    assert_int_equal(r->rises[0], 1);
    assert_int_equal(latched(r, 0), 0xFFFB); /* counts on: loaded at 1, now 10 */
    run(r, 70000);
    assert_true(r->level[0]); /* once */
    assert_int_equal(r->rises[0], 1);
    /* a new count in two bytes: the first stops and lowers OUT */
    out(r, 0x40, 3);
    assert_false(r->level[0]);
    run(r, 50);
    out(r, 0x40, 0);
    expect_wave(r, 0, "____---");
}

static void test_mode0_gate(void **state)
{
    Rig *r = *state;
    program(r, 2, 0, 5); /* gate 2 is low after reset */
    expect_wave(r, 2, "__________");
    assert_int_equal(latched(r, 2), 5);
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "___");
    pit_set_gate(&r->pit, 2, false);
    expect_wave(r, 2, "____________");
    assert_int_equal(latched(r, 2), 2);
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "__---");
    pit_set_gate(&r->pit, 2, false);
    expect_wave(r, 2, "-----"); /* the gate has no effect on OUT */
}

static void test_mode1(void **state)
{
    Rig *r = *state;
    program(r, 2, 1, 3);
    expect_wave(r, 2, "-----");
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "-___----");
    pit_set_gate(&r->pit, 2, false);
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "-__"); /* retriggered while low */
    pit_set_gate(&r->pit, 2, false);
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "____----");
    program(r, 2, 1, 4); /* gate stays high: no trigger */
    expect_wave(r, 2, "------");
}

static void test_mode2(void **state)
{
    Rig *r = *state;
    program(r, 0, 2, 4);
    expect_wave(r, 0, "----_---_---_---");
    assert_int_equal(latched(r, 0), 1);
    run(r, 1);
    assert_int_equal(latched(r, 0), 4);
    program(r, 0, 2, 3);
    expect_wave(r, 0, "---_--");
    /* a new count waits for the end of the period */
    out(r, 0x40, 5);
    out(r, 0x40, 0);
    expect_wave(r, 0, "_----_----_");
    program(r, 0, 2, 0); /* 65,536 */
    u64 first = r->last_rise[0] = 0;
    run(r, 1 + 65536);
    first = r->last_rise[0];
    run(r, 65536);
    assert_int_equal(r->last_rise[0] - first, 65536);
}

static void test_mode2_gate(void **state)
{
    Rig *r = *state;
    program(r, 2, 2, 3);
    expect_wave(r, 2, "-------");
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "---_--");
    pit_set_gate(&r->pit, 2, false); /* in what would be the low CLK: high at once */
    expect_wave(r, 2, "-----");
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "---_--_");
}

static void test_mode3_even(void **state)
{
    Rig *r = *state;
    program(r, 0, 3, 4);
    expect_wave(r, 0, "---__--__--__");
    program(r, 0, 3, 6);
    static const u16 counts[] = {6, 4, 2, 6, 4, 2, 6};
    run(r, 1);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++, run(r, 1))
        assert_int_equal(latched(r, 0), counts[i]);
}

static void test_mode3_odd(void **state)
{
    Rig *r = *state;
    program(r, 0, 3, 5);
    expect_wave(r, 0, "----__---__---__-");
    program(r, 0, 3, 5);
    static const u16 counts[] = {4, 2, 0, 4, 2, 4, 2, 0, 4, 2};
    run(r, 1);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++, run(r, 1))
        assert_int_equal(latched(r, 0), counts[i]);
}

static void test_mode3_new_count(void **state)
{
    Rig *r = *state;
    program(r, 0, 3, 8);
    expect_wave(r, 0, "---"); /* load, then two of four high cycles */
    out(r, 0x40, 4);
    out(r, 0x40, 0);
    expect_wave(r, 0, "--__--__"); /* this half to its end, then the new halves */
    run(r, 3);                     /* into the low half */
    assert_false(r->level[0]);
    out(r, 0x40, 6);
    out(r, 0x40, 0);
    expect_wave(r, 0, "_---___---___");
}

static void test_mode4(void **state)
{
    Rig *r = *state;
    program(r, 0, 4, 3);
    expect_wave(r, 0, "----_-----");
    run(r, 70000);
    assert_int_equal(r->rises[0], 1);
    program(r, 0, 4, 3);
    expect_wave(r, 0, "--");
    out(r, 0x40, 5); /* the first byte does not stop it, the second reloads */
    out(r, 0x40, 0);
    expect_wave(r, 0, "------_--");
}

static void test_mode5(void **state)
{
    Rig *r = *state;
    program(r, 2, 5, 3);
    expect_wave(r, 2, "------");
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "----_----");
    pit_set_gate(&r->pit, 2, false);
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "--");
    pit_set_gate(&r->pit, 2, false);
    pit_set_gate(&r->pit, 2, true);
    expect_wave(r, 2, "----_--");
}

static void test_mode_aliases(void **state)
{
    Rig *r = *state;
    program(r, 0, 6, 4);
    expect_wave(r, 0, "----_---_");
    program(r, 0, 7, 4);
    expect_wave(r, 0, "---__--__");
    out(r, 0x43, 0xE2 & ~0x20 & 0xFF); /* read back, both */
}

static void test_bcd(void **state)
{
    Rig *r = *state;
    out(r, 0x43, 0x31 | 2 << 1);
    out(r, 0x40, 0x00);
    out(r, 0x40, 0x10); /* 1000 */
    run(r, 1);
    assert_int_equal(latched(r, 0), 0x1000);
    run(r, 1);
    assert_int_equal(latched(r, 0), 0x0999);
    run(r, 999);
    assert_int_equal(latched(r, 0), 0x1000);
    out(r, 0x43, 0x31); /* mode 0, 0 = 10,000 */
    out(r, 0x40, 0);
    out(r, 0x40, 0);
    run(r, 10000);
    assert_false(r->level[0]);
    run(r, 1);
    assert_true(r->level[0]);
    assert_int_equal(latched(r, 0), 0);
    run(r, 1);
    assert_int_equal(latched(r, 0), 0x9999);
}

static void test_byte_access(void **state)
{
    Rig *r = *state;
    out(r, 0x43, 0x14); /* low byte only, mode 2 */
    out(r, 0x40, 100);
    run(r, 11);
    assert_int_equal(in(r, 0x40), 90);
    assert_int_equal(in(r, 0x40), 90);
    out(r, 0x43, 0x24); /* high byte only */
    out(r, 0x40, 0x12);
    run(r, 2);
    assert_int_equal(in(r, 0x40), 0x11);
    out(r, 0x43, 0x34);
    out(r, 0x40, 0x00);
    out(r, 0x40, 0x02);
    run(r, 2);
    assert_int_equal(in(r, 0x40), 0xFF); /* 01FFh, then 01xx */
    run(r, 10);
    assert_int_equal(in(r, 0x40), 0x01);
    assert_int_equal(in(r, 0x43), 0xFF);
}

static void test_latch(void **state)
{
    Rig *r = *state;
    program(r, 0, 2, 1000);
    run(r, 11);
    out(r, 0x43, 0x00);
    run(r, 100);
    out(r, 0x43, 0x00); /* ignored: still latched */
    assert_int_equal(read16(r, 0), 990);
    assert_int_equal(in(r, 0x40), (890 & 0xFF)); /* live again */
}

static void test_read_back(void **state)
{
    Rig *r = *state;
    program(r, 0, 2, 1000);
    assert_int_equal(r->pit.s.counter[0].null_count, true);
    out(r, 0x43, 0xE2); /* status of 0 */
    assert_int_equal(in(r, 0x40), 0x80 | 0x40 | 0x34);
    run(r, 1);
    out(r, 0x43, 0xE2);
    assert_int_equal(in(r, 0x40), 0x80 | 0x34);
    out(r, 0x43, 0xC2); /* status and count */
    run(r, 5);
    assert_int_equal(in(r, 0x40), 0x80 | 0x34);
    assert_int_equal(read16(r, 0), 1000);
    program(r, 2, 0, 7);
    out(r, 0x43, 0xDE); /* counts of all three */
    run(r, 5);
    assert_int_equal(read16(r, 0), 995);
    assert_int_equal(in(r, 0x41), r->pit.s.counter[1].latch & 0xFF);
    (void)read16(r, 2);
    out(r, 0x43, 0xE8);
    assert_int_equal(in(r, 0x42), 0x30); /* OUT low, loaded */
}

/* Six hundred seconds at speeds that share no factor with the crystal: not one edge more or
 * less. */
static void test_no_drift(void **state)
{
    static const u64 speeds[] = {400000, 2500001, 30000000, 99999989};
    for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
        Rig *r = make(speeds[i]);
        program(r, 0, 2, 11932);
        run_to(r, speeds[i] * 600);
        assert_int_equal(r->rises[0], ((u64)PIT_HZ * 600 - 1) / 11932);
        u64 cycles = clock_cycles(&r->clock, r->last_rise[0], PIT_HZ);
        assert_int_equal(r->last_rise[0], clock_tick_of(&r->clock, cycles, PIT_HZ));
        void *s = r;
        teardown(&s);
    }
}

static u64 count_events(Rig *r, u64 until)
{
    u64 n = 0;
    while (r->clock.deadline <= until) {
        assert_true(r->clock.deadline > r->clock.now || n == 0);
        r->clock.now = r->clock.deadline;
        event_run(&r->queue);
        n++;
    }
    r->clock.now = until;
    return n;
}

/* Several periods within one tick: at most one event per tick, and each tick is a rise. */
static void test_fast_counter_slow_machine(void **state)
{
    for (int mode = 2; mode <= 3; mode++) {
        Rig *r = make(1000); /* 1193 cycles per tick */
        program(r, 0, mode, 2);
        assert_in_range(count_events(r, 10000), 9990, 10001);
        assert_in_range(r->rises[0], 9990, 10001);
        void *s = r;
        teardown(&s);
        r = make(1);
        program(r, 0, mode, 1); /* forbidden, and safe */
        assert_in_range(count_events(r, 1000), 990, 1001);
        s = r;
        teardown(&s);
    }
}

static void test_refresh(void **state)
{
    Rig *r = *state;
    bool first = pit_refresh(&r->pit);
    int toggles = 0;
    for (int i = 0; i < 18 * 100; i++) {
        run(r, 1);
        bool now = pit_refresh(&r->pit);
        toggles += now != first;
        first = now;
    }
    assert_in_range(toggles, 99, 100);
}

static void test_post_load(void **state)
{
    Rig *r = *state;
    program(r, 0, 3, 1000);
    run(r, 300);
    u64 when = r->pit.event[0].when;
    event_cancel(&r->queue, &r->pit.event[0]);
    pit_post_load(&r->pit);
    assert_true(r->pit.event[0].armed);
    assert_int_equal(r->pit.event[0].when, when);
}

/* ---- a second opinion: one counter, stepped -------------------------------------------------- */

typedef struct {
    int mode;
    bool bcd, gate, out, load, trigger, written, half, first, stop, done, low_half;
    u32 cr, ce, n; /* ce in units, 0 .. modulus-1 */
} Model;

static u32 model_modulus(const Model *m)
{
    return m->bcd ? 10000 : 65536;
}

static void model_control(Model *m, int mode, bool bcd)
{
    m->mode = mode;
    m->bcd = bcd;
    m->out = mode != 0;
    m->load = m->trigger = m->written = m->half = m->stop = m->done = m->low_half = false;
    m->first = true;
}

static void model_first_byte(Model *m)
{
    if (m->mode == 0) {
        m->stop = true;
        m->load = m->out = false;
    }
}

static void model_count(Model *m, u32 count)
{
    m->cr = count;
    m->written = true;
    m->stop = false;
    if (m->mode == 0)
        m->out = false;
    if (m->mode == 0 || m->mode == 4 || ((m->mode == 2 || m->mode == 3) && m->first))
        m->load = true;
    else if (m->mode == 2 || m->mode == 3)
        m->half = true; /* a new count waits */
    m->first = false;
}

static void model_gate(Model *m, bool level)
{
    if (level && !m->gate && m->written && m->mode != 0 && m->mode != 4)
        m->trigger = true;
    if (!level && (m->mode == 2 || m->mode == 3))
        m->out = true;
    if (!level && m->gate && m->mode == 4) /* a known deviation, see pit.c */
        m->out = true;
    m->gate = level;
}

static void model_load(Model *m)
{
    u32 v = m->cr ? m->cr : model_modulus(m);
    m->n = v;
    m->ce = m->mode == 3 ? v & ~1u : v;
    m->load = m->trigger = m->half = m->done = m->low_half = false;
    m->ce %= model_modulus(m);
}

/* Data sheet, modes 2 and 3: the period's last CLK, or a half's. */
static void model_clk(Model *m)
{
    u32 mod = model_modulus(m);
    if (m->load || m->trigger) {
        model_load(m);
        if (m->mode != 0)
            m->out = m->mode != 1;
        m->first = false;
        return;
    }
    bool running = m->n && !m->stop && (m->mode == 1 || m->mode == 5 || m->gate) && !m->first;
    if (!running)
        return;
    switch (m->mode) {
    case 0:
        m->ce = (m->ce + mod - 1) % mod;
        if (m->ce == 0)
            m->out = true;
        break;
    case 1:
        m->ce = (m->ce + mod - 1) % mod;
        if (m->ce == 0)
            m->out = true;
        break;
    case 2:
        if (m->ce == 1) {
            model_load(m);
            m->out = true;
        } else {
            m->ce = (m->ce + mod - 1) % mod;
            m->out = m->ce != 1;
        }
        break;
    case 3:
        /* even halves end when 2 has been counted; the high half of an odd count lasts one CLK
         * longer */
        if (m->ce == (m->n & 1 && !m->low_half ? 0u : 2u) % mod) {
            bool low = !m->low_half;
            model_load(m);
            m->low_half = low;
            m->out = !low;
        } else {
            m->ce = (m->ce + mod - 2) % mod;
        }
        break;
    default:
        m->ce = (m->ce + mod - 1) % mod;
        m->out = m->done || m->ce != 0;
        if (m->ce == 0)
            m->done = true;
        break;
    }
}

static u32 model_read(const Model *m)
{
    u32 v = m->ce;
    return m->bcd ? (v / 1000 % 10) << 12 | (v / 100 % 10) << 8 | (v / 10 % 10) << 4 | v % 10 : v;
}

static void test_against_stepped_model(void **state)
{
    u32 x = 12345;
#define RANDOM(n) ((x = x * 1664525 + 1013904223) >> 12) % (n)
    for (int round = 0; round < 4000; round++) {
        Rig *r = *state;
        Model m = {0};
        m.gate = r->pit.s.counter[2].gate;
        int mode = RANDOM(6);
        bool bcd = RANDOM(4) == 0;
        out(r, 0x43, (u8)(0xB0 | mode << 1 | bcd));
        model_control(&m, mode, bcd);
        bool loaded = false;
        for (int step = 0; step < 60; step++) {
            u32 what = RANDOM(12);
            if (what < 2) {
                u32 count = RANDOM(20) == 0 ? 0 : 2 + RANDOM(7);
                out(r, 0x42, (u8)count);
                model_first_byte(&m);
                if (RANDOM(3) == 0) {
                    run(r, 1);
                    model_clk(&m);
                }
                out(r, 0x42, 0);
                model_count(&m, count);
            } else if (what < 4) {
                bool level = RANDOM(2);
                pit_set_gate(&r->pit, 2, level);
                model_gate(&m, level);
            }
            if (RANDOM(5)) { /* several changes within one CLK are allowed too */
                run(r, 1);
                model_clk(&m);
            }
            loaded |= m.n != 0;
            if (r->level[2] != m.out || pit_out(&r->pit, 2) != m.out)
                fail_msg("round %d step %d mode %d: OUT %d (asked %d), model %d", round, step, mode,
                         r->level[2], pit_out(&r->pit, 2), m.out);
            if (loaded && !m.stop && !m.first && !m.load && pit_count(&r->pit, 2) != model_read(&m))
                fail_msg("round %d step %d mode %d n %u: count %u, model %u", round, step, mode,
                         m.n, pit_count(&r->pit, 2), model_read(&m));
        }
        run(r, 1);
        pit_set_gate(&r->pit, 2, RANDOM(2));
    }
}

static void test_any_write_is_safe(void **state)
{
    Rig *r = *state;
    u32 x = 99;
    for (int i = 0; i < 300000; i++) {
        x = x * 1664525 + 1013904223;
        u16 port = (u16)(0x40 + (x >> 8 & 3));
        if (x & 0x80000000)
            out(r, port, (u8)(x >> 16));
        else
            in(r, port);
        if ((x >> 24 & 15) == 0)
            pit_set_gate(&r->pit, 2, x >> 29 & 1);
        run(r, x >> 10 & 63);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_silent_before_programming),
        T(test_mode0),
        T(test_mode0_gate),
        T(test_mode1),
        T(test_mode2),
        T(test_mode2_gate),
        T(test_mode3_even),
        T(test_mode3_odd),
        T(test_mode3_new_count),
        T(test_mode4),
        T(test_mode5),
        T(test_mode_aliases),
        T(test_bcd),
        T(test_byte_access),
        T(test_latch),
        T(test_read_back),
        T(test_no_drift),
        T(test_fast_counter_slow_machine),
        T(test_refresh),
        T(test_post_load),
        T(test_against_stepped_model),
        T(test_any_write_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
