/* test_speaker.c: port 61h, with the real timer behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/pit.h"
#include "devices/speaker.h"

typedef struct {
    Clock clock;
    EventQueue queue;
    Bus bus;
    Snap snap;
    Pit pit;
    Speaker speaker;
    int moves;
    bool cone, nmi;
    u64 last_move, period;
} Rig;

static void on_sound(void *ctx, bool level, bool by_timer)
{
    Rig *r = ctx;
    assert_int_not_equal(level, r->cone);
    u64 tick = r->clock.now;
    if (by_timer) /* here a tick is a cycle of the timer */
        assert_int_equal(tick, pit_edge(&r->pit, 2));
    if (level) {
        r->period = tick - r->last_move;
        r->last_move = tick;
    }
    r->cone = level;
    r->moves++;
}

static void on_nmi(void *ctx, int pin, bool level)
{
    ((Rig *)ctx)->nmi = level;
}

static int setup(void **state)
{
    Rig *r = calloc(1, sizeof *r);
    r->clock.ips = PIT_HZ;
    event_queue_init(&r->queue, &r->clock);
    bus_init(&r->bus);
    speaker_init(&r->speaker, &(SpeakerConfig){&r->bus,
                                               &r->snap,
                                               {pit_set_gate, &r->pit, 2},
                                               {on_nmi, r, 0},
                                               pit_refresh,
                                               &r->pit,
                                               on_sound,
                                               r});
    PitConfig pit = {&r->bus, &r->queue, &r->snap, {{0}, {0}, {speaker_set_out2, &r->speaker, 0}}};
    pit_init(&r->pit, &pit);
    speaker_reset(&r->speaker);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    Rig *r = *state;
    bus_free(&r->bus);
    free(r);
    return 0;
}

static void run(Rig *r, u64 ticks)
{
    u64 end = r->clock.now + ticks;
    while (r->clock.deadline <= end) {
        r->clock.now = r->clock.deadline;
        event_run(&r->queue);
    }
    r->clock.now = end;
}

static u8 in61(Rig *r)
{
    u8 v = (u8)bus_in(&r->bus, 0x61, 1);
    assert_int_equal(v, bus_peek_port(&r->bus, 0x61, 1));
    return v;
}

static void tone(Rig *r, u16 count)
{
    bus_out(&r->bus, 0x43, 1, 0xB6);
    bus_out(&r->bus, 0x42, 1, count & 0xFF);
    bus_out(&r->bus, 0x42, 1, count >> 8);
}

static void test_beep(void **state)
{
    Rig *r = *state;
    tone(r, 1193);
    run(r, 5000);
    assert_int_equal(r->moves, 0);
    bus_out(&r->bus, 0x61, 1, 3);
    run(r, 1193 * 10);
    assert_in_range(r->moves, 19, 21);
    assert_int_equal(r->period, 1193);
    bus_out(&r->bus, 0x61, 1, 0);
    assert_false(r->cone);
    int moves = r->moves;
    run(r, 10000);
    assert_int_equal(r->moves, moves);
}

static void test_data_bit_alone(void **state)
{
    Rig *r = *state;
    tone(r, 1193); /* gate low: OUT2 rests high, so the data bit moves the cone */
    for (int i = 0; i < 10; i++) {
        bus_out(&r->bus, 0x61, 1, i & 1 ? 0 : 2);
        assert_int_equal(r->cone, !(i & 1));
        run(r, 100);
    }
    assert_int_equal(r->moves, 10);
}

static void test_read_bits(void **state)
{
    Rig *r = *state;
    assert_int_equal(in61(r) & 0xCF, 0);
    bus_out(&r->bus, 0x61, 1, 0xFF);
    assert_int_equal(in61(r) & 0xCF, 0x0F);
    tone(r, 100);
    int out2 = 0, refresh = 0;
    u8 last = in61(r);
    for (int i = 0; i < 1000; i++) {
        run(r, 1);
        u8 v = in61(r);
        out2 += (v ^ last) >> 5 & 1;
        refresh += (v ^ last) >> 4 & 1;
        last = v;
    }
    assert_in_range(out2, 19, 21);
    assert_in_range(refresh, 55, 56); /* every 18 CLKs */
}

static void test_nmi(void **state)
{
    Rig *r = *state;
    speaker_set_check(&r->speaker, SPEAKER_PARITY, true);
    speaker_set_check(&r->speaker, SPEAKER_PARITY, false);
    assert_true(r->nmi); /* latched */
    assert_int_equal(in61(r) & 0xC0, 0x80);
    speaker_set_nmi_mask(&r->speaker, 0, true);
    assert_false(r->nmi);
    speaker_set_nmi_mask(&r->speaker, 0, false);
    assert_true(r->nmi);
    bus_out(&r->bus, 0x61, 1, 4);
    assert_false(r->nmi);
    speaker_set_check(&r->speaker, SPEAKER_PARITY, true); /* disabled */
    assert_false(r->nmi);
    speaker_set_check(&r->speaker, SPEAKER_IOCHK, true);
    assert_true(r->nmi);
    assert_int_equal(in61(r) & 0xC0, 0x40);
    speaker_reset(&r->speaker);
    assert_false(r->nmi);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {T(test_beep), T(test_data_bit_alone), T(test_read_bits),
                                       T(test_nmi)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
