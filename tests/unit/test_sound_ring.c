/* test_sound_ring.c: what reaches a sound device, with a simulated device and host: in order and
 * unchanged; as late as was asked for; no drift between two clocks; and no click at the beginning,
 * in a pause, where the host stalls or the guest runs too fast. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/audio.h"
#include "frontend/sound_ring.h"

enum { FRAMES_HZ = 60, CHUNK = 512, LOUD = 20000, PERIOD = 109, SEAM = 64 };

static s16 tone[PERIOD]; /* a sine, 440 Hz at 48 kHz */

/* A machine that makes its sound 60 times a second, and a device that takes it in pieces, both by
 * a host's clock of microseconds. */
typedef struct {
    SoundRing ring;
    SoundRegulator regulator;
    u32 rate;
    double speed; /* of the guest; 0: the host stalls */
    double drift; /* of the device's clock against the host's */
    int parts;    /* what the regulator said last */
    bool free;    /* not regulated: the throttle is off */
    double put_due, take_due, owed, us;
    u64 made, taken, starved;
    s64 waited, looks; /* sum of frames found in the ring, and how often */
    s32 last, largest; /* of the steps that the device got */
} World;

static World *make(u32 rate, u32 latency_ms)
{
    World *w = calloc(1, sizeof *w);
    w->rate = rate;
    w->speed = 1;
    w->ring.target = rate * latency_ms / 1000;
    return w;
}

static void produce(World *w)
{
    w->owed += w->rate * w->speed * (1 + w->parts * 1e-6) / FRAMES_HZ;
    while (w->owed >= 1) {
        s16 block[64][2];
        u32 n = w->owed < 64 ? (u32)w->owed : 64;
        for (u32 i = 0; i < n; i++, w->made++)
            block[i][0] = block[i][1] = tone[w->made % PERIOD];
        sound_ring_put(&w->ring, block[0], n);
        w->owed -= n;
    }
    u32 level = sound_ring_level(&w->ring);
    w->parts = w->free ? 0 : sound_regulate(&w->regulator, level, w->ring.target);
}

static void consume(World *w)
{
    s16 block[CHUNK][2];
    w->waited += (s64)sound_ring_fill(&w->ring) - CHUNK / 2; /* the mean of before and after */
    w->looks++;
    w->starved += sound_ring_fill(&w->ring) < CHUNK;
    sound_ring_take(&w->ring, block[0], CHUNK);
    for (u32 i = 0; i < CHUNK; i++) {
        s32 step = abs(block[i][0] - w->last);
        w->largest = step > w->largest ? step : w->largest;
        w->last = block[i][0];
        assert_int_equal(block[i][0], block[i][1]);
    }
    w->taken += CHUNK;
}

static void run(World *w, double seconds)
{
    double end = w->us + seconds * 1e6;
    while (w->put_due < end || w->take_due < end) {
        if (w->put_due <= w->take_due) {
            w->us = w->put_due;
            w->put_due += 1e6 / FRAMES_HZ;
            produce(w);
        } else {
            w->us = w->take_due;
            w->take_due += 1e6 * CHUNK / w->rate / (1 + w->drift);
            consume(w);
        }
    }
    w->us = end;
}

/* The tone's own largest step, and what a seam may add: twice the loudness, by a 64th a frame. */
static void assert_no_click(const World *w)
{
    s32 own = (s32)(2 * M_PI / PERIOD * LOUD) + 2;
    assert_in_range(w->largest, own / 2, own + 2 * LOUD / SEAM + 2);
}

static void test_unchanged(void **state)
{
    World *w = make(48000, 20);
    s16 in[1000][2], out[1000][2];
    for (int i = 0; i < 1000; i++) {
        in[i][0] = (s16)(i * 7919 % 65536 - 32768);
        in[i][1] = (s16)(i * 104729 % 65536 - 32768);
    }
    in[0][0] = in[0][1] = 0; /* the seam at the beginning is one to silence */
    sound_ring_put(&w->ring, in[0], 600);
    assert_int_equal(sound_ring_fill(&w->ring), 600);
    sound_ring_take(&w->ring, out[0], 100); /* not enough yet */
    for (int i = 0; i < 100; i++)
        assert_int_equal(out[i][0] | out[i][1], 0);
    sound_ring_put(&w->ring, in[600], 400);
    sound_ring_take(&w->ring, out[0], 300);
    sound_ring_take(&w->ring, out[300], 700);
    assert_memory_equal(in, out, sizeof in);
    assert_int_equal(sound_ring_fill(&w->ring), 0);
    free(w);
}

/* What was asked for is what lies between, from the least latency to the largest, with slow and
 * fast devices; and the device never runs out. */
static void test_latency(void **state)
{
    static const u32 rates[] = {44100, 192000}, latencies[] = {20, 60, 500};
    for (size_t r = 0; r < ARRAY_LEN(rates); r++)
        for (size_t l = 0; l < ARRAY_LEN(latencies); l++) {
            World *w = make(rates[r], latencies[l]);
            sound_ring_prime(&w->ring);
            run(w, 10);
            w->waited = w->looks = w->starved = 0;
            run(w, 5);
            double ms = 1000. * (double)w->waited / (double)w->looks / w->rate;
            if (fabs(ms - latencies[l]) > 1 + latencies[l] * 0.05)
                fail_msg("%u Hz: %g ms, not %u", rates[r], ms, latencies[l]);
            assert_int_equal(w->starved, 0);
            assert_no_click(w);
            free(w);
        }
}

/* Clocks that differ by 0.02 % for five minutes: nothing is lost or lacking, and as much comes out
 * as went in. */
static void test_drift(void **state)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        World *w = make(48000, 60);
        w->drift = sign * 0.0002;
        sound_ring_prime(&w->ring);
        run(w, 100);
        w->starved = w->waited = w->looks = 0;
        run(w, 200);
        assert_int_equal(w->starved, 0);
        assert_in_range(w->waited / w->looks, 2700, 3060);
        assert_int_equal(w->made + w->ring.target - sound_ring_fill(&w->ring), w->taken);
        assert_no_click(w);
        free(w);
    }
}

static void test_no_clicks(void **state)
{
    World *w = make(48000, 60);
    sound_ring_prime(&w->ring);
    run(w, 3);
    w->speed = 0; /* the host stalls, and the ring runs dry */
    run(w, 0.3);
    assert_true(w->starved > 0);
    assert_int_equal(w->last, 0);
    w->speed = 1;
    run(w, 3);
    sound_ring_hold(&w->ring, true); /* a pause */
    run(w, 0.05);
    assert_true(sound_ring_quiet(&w->ring));
    w->speed = 0;
    run(w, 1);
    sound_ring_hold(&w->ring, false);
    assert_false(sound_ring_quiet(&w->ring));
    w->speed = 1;
    run(w, 3);
    w->speed = 10; /* turbo */
    w->free = true;
    run(w, 3);
    w->speed = 2;
    bool late = false; /* in the middle of a piece that is not left out */
    for (int i = 0; i < 1000 && !late; i++) {
        run(w, 0.01);
        late = !w->ring.skipping && sound_ring_fill(&w->ring) > 2 * w->ring.target;
    }
    assert_true(late);
    w->speed = 1;
    w->free = false;
    sound_ring_trim(&w->ring);
    run(w, 0.5);
    assert_in_range(sound_ring_fill(&w->ring), 1500, 4300); /* as late as before, at once */
    assert_no_click(w);
    free(w);
}

static void test_regulator(void **state)
{
    SoundRegulator r = {0};
    double fill = 0, target = 2880;
    for (int i = 0; i < 60 * 120; i++) {
        int parts = sound_regulate(&r, (u32)fill, (u32)target);
        assert_in_range(parts + 5000, 0, 10000);
        fill += 800 * (1 + parts * 1e-6) - 800 * 1.0002;
        if (fill < 0)
            fill = 0;
    }
    assert_true(fabs(fill - target) < target / 10);
}

int main(void)
{
    for (int i = 0; i < PERIOD; i++)
        tone[i] = (s16)lrint(LOUD * sin(2 * M_PI * i / PERIOD));
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_unchanged),
                                       cmocka_unit_test(test_latency), cmocka_unit_test(test_drift),
                                       cmocka_unit_test(test_no_clicks),
                                       cmocka_unit_test(test_regulator)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
