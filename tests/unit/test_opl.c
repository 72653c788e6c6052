/* test_opl.c: the FM synthesizers: every sample against a reference core, by digests; timers as
 * software looks for them; sleeping; hostile writes. */
#include "tests/unit/io_rig.h"

#include <stdlib.h>

#include "devices/opl.h"
#include "tests/unit/opl_streams.h"

typedef struct {
    Rig rig;
    Audio audio;
    Opl opl;
    u64 digest, samples;
    s16 peak;
} Board;

static Board *make(bool opl3)
{
    Board *b = calloc(1, sizeof *b);
    rig_init(&b->rig);
    audio_init(&b->audio);
    opl_init(&b->opl, &(OplConfig){.bus = &b->rig.bus,
                                   .queue = &b->rig.queue,
                                   .snap = &b->rig.snap,
                                   .out = audio_source(&b->audio),
                                   .opl3 = opl3,
                                   .base = {0x388, 0x220}});
    opl_reset(&b->opl);
    return b;
}

static void drop(Board *b)
{
    audio_free(&b->audio);
    bus_free(&b->rig.bus);
    free(b);
}

/* ---- the core -------------------------------------------------------------------------------- */

static void core_write(void *ctx, int reg, u8 v)
{
    Board *b = ctx;
    b->opl.s.reg[reg >> 8][reg & 0xFF] = v;
    opl_core_update(&b->opl);
}

static void core_run(void *ctx, int n)
{
    Board *b = ctx;
    for (b->samples += (u64)n; n--;) {
        OplFrame f = opl_core_next(&b->opl);
        b->digest = opl_digest(b->digest, f.left, f.right);
        b->peak = f.left > b->peak ? f.left : b->peak;
    }
}

/* From running the same streams through Nuked OPL3 1.8. */
static void test_reference(void **state)
{
    static const u64 want[OPL_STREAM_KINDS][6] = {
        {0x3EA1C8501D9BA915, 0x386268D50FAE6CE1, 0x45484051BA15FB5D, 0x85F3D9F9370A037F,
         0x5E2699236FCB4F4A, 0xD855C5EF7B5B54A7},
        {0x1C14151511FE187A, 0xF1847239DCF2878A, 0x71262DA220CFDEAC, 0xEB357F65A6782530,
         0xC193F8D5595C292C, 0xD5211F8F344CA09F},
        {0x14618F3AD88B62D7, 0xE910A7B9C0AFC379, 0x105B34100445167D, 0x3B368AFABF53D9E3,
         0x110298FFED687157, 0xE5EAE08EAF502E68}};
    for (int kind = 0; kind < OPL_STREAM_KINDS; kind++) {
        for (u64 seed = 1; seed <= 6; seed++) {
            Board *b = make(true);
            b->digest = 0xCBF29CE484222325u;
            OplPlayer p = {core_write, core_run, b, 0};
            opl_play(&p, (OplStream)kind, seed);
            assert_true(b->samples > 70000 && b->peak > 500);
            assert_true(b->digest == want[kind][seed - 1]);
            drop(b);
        }
    }
}

static void sleepy_run(void *ctx, int n)
{
    Board *b = ctx;
    for (; n; n--) {
        if (opl_core_silent(&b->opl)) {
            b->samples += (u64)n;
            opl_core_skip(&b->opl, (u64)n);
            return;
        }
        opl_core_next(&b->opl);
    }
}

/* A core that skips silence is in the same state as one that does not. */
static void test_skipping(void **state)
{
    for (u64 seed = 1; seed <= 4; seed++) {
        Board *a = make(true), *b = make(true);
        OplPlayer p = {core_write, core_run, a, 0}, q = {core_write, sleepy_run, b, 0};
        opl_play(&p, OPL_STREAM_RESTS, seed);
        opl_play(&q, OPL_STREAM_RESTS, seed);
        assert_memory_equal(&a->opl.s, &b->opl.s, sizeof a->opl.s);
        assert_true(b->samples > 20000); /* it did skip */
        drop(a);
        drop(b);
    }
}

/* The tables by their formulas, in double: none lies so close to a half that it matters. */
static void test_tables(void **state)
{
    Board *b = make(true);
    for (int n = 0; n < 256; n++) {
        assert_in_range(b->opl.t.exponent[n], 1024, 2047);
        if (n)
            assert_true(b->opl.t.exponent[n] < b->opl.t.exponent[n - 1]);
    }
    assert_int_equal(b->opl.t.exponent[0], 0x7FA);
    assert_int_equal(b->opl.t.exponent[127], 1448); /* 1024 * sqrt(2) = 1448.2 */
    assert_int_equal(b->opl.t.wave[0][0], 0x859);
    assert_int_equal(b->opl.t.wave[0][255], 0);
    drop(b);
}

/* ---- the chip -------------------------------------------------------------------------------- */

static void put(Board *b, int reg, u8 v)
{
    u16 port = reg & 0x100 ? 0x38A : 0x388;
    out8(&b->rig, port, (u8)reg);
    out8(&b->rig, port + 1, v);
}

/* What every game does to find an AdLib card. */
static void test_detection(void **state)
{
    for (int opl3 = 0; opl3 < 2; opl3++) {
        Board *b = make(opl3);
        put(b, 4, 0x60);
        put(b, 4, 0x80);
        u8 before = in8(&b->rig, 0x388);
        put(b, 2, 0xFF);
        put(b, 4, 0x21);
        rig_run(&b->rig, 40);
        assert_int_equal(in8(&b->rig, 0x388) & 0xE0, 0);
        rig_run(&b->rig, 60); /* 100 us in all */
        assert_int_equal(bus_peek_port(&b->rig.bus, 0x388, 1) & 0xE0, 0xC0);
        u8 after = in8(&b->rig, 0x388);
        put(b, 4, 0x60);
        put(b, 4, 0x80);
        assert_int_equal(before & 0xE0, 0);
        assert_int_equal(after & 0xE0, 0xC0);
        assert_int_equal(after & 6, opl3 ? 0 : 6);
        assert_int_equal(in8(&b->rig, 0x388) & 0xE0, 0);
        assert_int_equal(in8(&b->rig, opl3 ? 0x38A : 0x388) & 0xE0, 0);
        assert_int_equal(in8(&b->rig, 0x220) & 6, opl3 ? 0 : 6);
        drop(b);
    }
}

/* A program that waits by reading the port, on a fast processor: 100 reads are some 80 us, 40 are
 * not; and that is no way to make a timer fast for long. */
static void test_waiting_by_reads(void **state)
{
    Board *b = make(false);
    b->rig.clock.ips = 100000000;
    put(b, 4, 0x80);
    put(b, 2, 0xFF);
    put(b, 4, 0x21);
    for (int i = 0; i < 40; i++, b->rig.clock.now += 2)
        assert_int_equal(in8(&b->rig, 0x388) & 0xE0, 0);
    for (int i = 0; i < 60; i++, b->rig.clock.now += 2)
        in8(&b->rig, 0x388);
    assert_int_equal(in8(&b->rig, 0x388) & 0xE0, 0xC0);
    int flags = 0;
    for (int i = 0; i < 500000; i++, b->rig.clock.now += 2) { /* 10 ms: 124 periods */
        u8 v = in8(&b->rig, 0x388);
        flags += v >> 6 & 1;
        if (v & 0x40)
            put(b, 4, 0x80);
    }
    assert_in_range(flags, 123, 127);
    drop(b);
}

static void test_timers(void **state)
{
    Board *b = make(false);
    put(b, 2, 256 - 10);
    put(b, 3, 256 - 10);
    put(b, 4, 0x80);
    put(b, 4, 3);
    int first = 0, second = 0;
    for (int us = 0; us < 100000; us += 5) { /* a flag is cleared when it is seen */
        rig_run(&b->rig, 5);
        u8 v = in8(&b->rig, 0x388);
        first += v >> 6 & 1;
        second += v >> 5 & 1;
        assert_int_equal(v >> 7, (v & 0x60) != 0);
        if (v & 0x60)
            put(b, 4, 0x80);
    }
    assert_in_range(first, 124, 125); /* every 804.6 us */
    assert_in_range(second, 30, 32);  /* every 3218 us */
    put(b, 4, 0x43);                  /* the first one masked */
    rig_run(&b->rig, 10000);
    assert_int_equal(in8(&b->rig, 0x388) & 0xE0, 0xA0);
    put(b, 4, 0x80);
    put(b, 4, 0);
    rig_run(&b->rig, 10000);
    assert_int_equal(in8(&b->rig, 0x388) & 0xE0, 0);
    drop(b);
}

static void note(Board *b, bool on)
{
    put(b, 0x20, 0x21);
    put(b, 0x23, 0x21);
    put(b, 0x40, 0x3F);
    put(b, 0x60, 0xF0);
    put(b, 0x63, 0xF0);
    put(b, 0x80, 0x0F);
    put(b, 0x83, 0x0F);
    put(b, 0xC0, 0x30);
    put(b, 0xA0, 0x44);
    put(b, 0xB0, on ? 0x32 : 0x12);
}

typedef struct {
    u64 digest;
    int rises;
    bool fell;
    s16 peak;
} Heard;

static void listen(void *ctx, const s16 *frames, u32 n)
{
    Heard *h = ctx;
    for (u32 i = 0; i < n; i++) {
        s16 v = frames ? frames[i * 2] : 0;
        h->rises += h->fell && v > 1000;
        h->fell = v < -1000 || (h->fell && v <= 1000);
        h->peak = v > h->peak ? v : h->peak;
        h->digest = opl_digest(h->digest, v, frames ? frames[i * 2 + 1] : 0);
    }
}

/* A note sounds at its pitch, ends, and then nothing costs anything: no event is armed. */
static void test_note(void **state)
{
    Board *b = make(false);
    Heard h = {0};
    audio_open(&b->audio, (AudioTime){0, 1}, 48000, listen, &h);
    rig_run(&b->rig, 1000000);
    assert_int_equal(b->rig.clock.deadline, UINT64_MAX);
    note(b, true);
    assert_true(b->opl.s.awake);
    rig_run(&b->rig, 1000000);
    audio_flush(&b->audio, (AudioTime){2, 1});
    /* F number 244h, block 4, multiple 1: 580 * 49716 / 2^(20 - 4) */
    assert_in_range(h.rises, 439, 441);
    assert_in_range(h.peak, 4000, 4200);
    note(b, false);
    rig_run(&b->rig, 100000);
    assert_false(b->opl.s.awake);
    assert_int_equal(b->rig.clock.deadline, UINT64_MAX);
    drop(b);
}

/* The second bank, and the new waveforms, need the NEW bit; an OPL2 needs bit 5 of 01h. */
static void test_old_and_new(void **state)
{
    Board *b = make(true);
    out8(&b->rig, 0x38A, 0x20);
    out8(&b->rig, 0x38B, 0x55);
    assert_int_equal(b->opl.s.reg[0][0x20], 0x55);
    put(b, 0x105, 1);
    out8(&b->rig, 0x38A, 0x20);
    out8(&b->rig, 0x38B, 0xAA);
    assert_int_equal(b->opl.s.reg[0][0x20], 0x55);
    assert_int_equal(b->opl.s.reg[1][0x20], 0xAA);
    put(b, 0xE0, 7);
    assert_int_equal(b->opl.t.voice[0].wave, 7);
    put(b, 0x105, 0);
    assert_int_equal(b->opl.t.voice[0].wave, 3);
    drop(b);
    b = make(false);
    assert_int_equal(bus_peek_port(&b->rig.bus, 0x38A, 1), 0xFF);
    put(b, 0xE0, 2);
    assert_int_equal(b->opl.t.voice[0].wave, 0);
    put(b, 1, 0x20);
    assert_int_equal(b->opl.t.voice[0].wave, 2);
    drop(b);
}

/* A state in the middle of everything goes on as the machine it was taken from. */
static void test_state(void **state)
{
    Board *a = make(true), *b = make(true);
    u64 seed = 5;
    for (int i = 0; i < 3000; i++) {
        out8(&a->rig, 0x388 + (rig_random(&seed) & 3), (u8)rig_random(&seed));
        rig_run(&a->rig, rig_random(&seed) % 200);
    }
    b->opl.s = a->opl.s;
    b->rig.clock = a->rig.clock;
    b->rig.clock.deadline = UINT64_MAX;
    if (a->opl.batch.armed)
        event_at(&b->rig.queue, &b->opl.batch, a->opl.batch.when);
    assert_true(a->rig.snap.section[0].check(&b->opl.s, &b->rig.clock));
    opl_post_load(&b->opl);
    for (int i = 0; i < 3000; i++) {
        u16 port = 0x388 + (rig_random(&seed) & 3);
        u8 v = (u8)rig_random(&seed);
        u32 n = rig_random(&seed) % 200;
        out8(&a->rig, port, v);
        out8(&b->rig, port, v);
        rig_run(&a->rig, n);
        rig_run(&b->rig, n);
        assert_int_equal(in8(&a->rig, 0x388), in8(&b->rig, 0x388));
    }
    assert_memory_equal(&a->opl.s, &b->opl.s, sizeof a->opl.s);
    b->opl.s.slot[3].stage = 9;
    assert_false(a->rig.snap.section[0].check(&b->opl.s, &b->rig.clock));
    drop(a);
    drop(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference), cmocka_unit_test(test_skipping),
        cmocka_unit_test(test_tables),    cmocka_unit_test(test_detection),
        cmocka_unit_test(test_timers),    cmocka_unit_test(test_waiting_by_reads),
        cmocka_unit_test(test_note),      cmocka_unit_test(test_old_and_new),
        cmocka_unit_test(test_state)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
