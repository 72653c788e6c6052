/* The PS/2 mouse behind the 8042, through the ports as a guest sees it. */
#include "tests/unit/io_rig.h"

#include "devices/kbc.h"

enum { MS = 1000 };

typedef struct {
    Rig rig;
    Kbc kbc;
    Probe irq1, irq12;
} Board;

static Board *start(void **state, u8 id)
{
    static Board b;
    memset(&b, 0, sizeof b);
    rig_init(&b.rig);
    KbcConfig cfg = {
        .bus = &b.rig.bus,
        .queue = &b.rig.queue,
        .snap = &b.rig.snap,
        .irq1 = probe_line(&b.irq1),
        .irq12 = probe_line(&b.irq12),
        .mouse_id = id,
    };
    kbc_init(&b.kbc, &cfg);
    kbc_reset(&b.kbc);
    out8(&b.rig, 0x64, 0x60);
    out8(&b.rig, 0x60, 0x43);
    *state = &b;
    return &b;
}

static int setup(void **state)
{
    start(state, MOUSE_ID_EXPLORER);
    return 0;
}

static int teardown(void **state)
{
    bus_free(&((Board *)*state)->rig.bus);
    return 0;
}

/* The next byte, which must be the mouse's, or -1. */
static int next(Board *b, int us)
{
    for (int t = 0; t <= us; t += 10) {
        u8 status = in8(&b->rig, 0x64);
        if (status & 1) {
            assert_int_equal(status & 0x21, 0x21);
            assert_true(b->irq12.level);
            u8 byte = in8(&b->rig, 0x60);
            assert_false(b->irq12.level);
            return byte;
        }
        rig_run(&b->rig, 10);
    }
    return -1;
}

static void expect(Board *b, const u8 *bytes, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(next(b, 15 * MS), bytes[i]);
    assert_int_equal(next(b, 15 * MS), -1);
}

#define EXPECT(b, ...) expect(b, (const u8[]){__VA_ARGS__}, (int)sizeof((const u8[]){__VA_ARGS__}))

static void send(Board *b, u8 byte)
{
    out8(&b->rig, 0x64, 0xD4);
    rig_run(&b->rig, 50);
    out8(&b->rig, 0x60, byte);
    rig_run(&b->rig, 50);
}

static void order(Board *b, u8 byte)
{
    send(b, byte);
    EXPECT(b, 0xFA);
}

static void knock(Board *b, u8 r1, u8 r2, u8 r3)
{
    const u8 rates[] = {r1, r2, r3};
    for (int i = 0; i < 3; i++) {
        order(b, 0xF3);
        order(b, rates[i]);
    }
}

static void test_reset_and_identify(void **state)
{
    Board *b = *state;
    send(b, 0xFF);
    send(b, 0xF2); /* waits for the end of the self-test */
    EXPECT(b, 0xFA, 0xAA, 0x00, 0xFA, 0x00);
    send(b, 0xE9);
    EXPECT(b, 0xFA, 0x00, 0x02, 100);
}

static void test_status(void **state)
{
    Board *b = *state;
    order(b, 0xE7);
    order(b, 0xE8);
    order(b, 0x03);
    order(b, 0xF3);
    order(b, 200);
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 0, 0, 0, 1);
    EXPECT(b, 0x09, 0, 0);
    send(b, 0xE9);
    EXPECT(b, 0xFA, 0x34, 3, 200);
    kbc_mouse(&b->kbc, 0, 0, 0, 2 | 4);
    EXPECT(b, 0x0E, 0, 0);
    order(b, 0xF0);
    send(b, 0xE9);
    EXPECT(b, 0xFA, 0x73, 3, 200);
    order(b, 0xF6);
    send(b, 0xE9);
    EXPECT(b, 0xFA, 0x03, 2, 100);
}

static void test_silent_until_enabled(void **state)
{
    Board *b = *state;
    kbc_mouse(&b->kbc, 5, 5, 0, 1);
    assert_int_equal(next(b, 50 * MS), -1);
    order(b, 0xF4); /* what was before does not count */
    assert_int_equal(next(b, 50 * MS), -1);
    kbc_mouse(&b->kbc, 5, 6, 0, 1);
    EXPECT(b, 0x29, 5, 0xFA); /* down is negative */
    order(b, 0xF5);
    kbc_mouse(&b->kbc, 5, 6, 0, 1);
    assert_int_equal(next(b, 50 * MS), -1);
}

static void test_large_movement_is_split(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 600, -300, 0, 0);
    EXPECT(b, 0x08, 255, 255, 0x08, 255, 45, 0x08, 90, 0);
    kbc_mouse(&b->kbc, -256, 256, 0, 0);
    EXPECT(b, 0x38, 0x01, 0x01, 0x38, 0xFF, 0xFF);
}

static void test_scaling(void **state)
{
    Board *b = *state;
    order(b, 0xE7);
    order(b, 0xF4);
    static const u8 in[] = {1, 2, 3, 4, 5, 6, 7}, out[] = {1, 1, 3, 6, 9, 12, 14};
    for (size_t i = 0; i < sizeof in; i++) {
        kbc_mouse(&b->kbc, in[i], in[i], 0, 0);
        EXPECT(b, 0x28, out[i], (u8)-out[i]);
    }
    kbc_mouse(&b->kbc, 128, 0, 0, 0);
    EXPECT(b, 0x08, 254, 0, 0x08, 1, 0);
    order(b, 0xF0); /* remote mode does not scale */
    kbc_mouse(&b->kbc, 7, 0, 0, 0);
    send(b, 0xEB);
    EXPECT(b, 0xFA, 0x08, 7, 0);
}

static void test_remote_mode(void **state)
{
    Board *b = *state;
    order(b, 0xF0);
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 3, -4, 0, 2);
    assert_int_equal(next(b, 50 * MS), -1);
    send(b, 0xEB);
    EXPECT(b, 0xFA, 0x0A, 3, 4);
    send(b, 0xEB); /* counters start anew */
    EXPECT(b, 0xFA, 0x0A, 0, 0);
    order(b, 0xEA);
    kbc_mouse(&b->kbc, 1, 0, 0, 2);
    EXPECT(b, 0x0A, 1, 0);
}

static void test_wrap_mode(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    order(b, 0xEE);
    static const u8 echoed[] = {0x00, 0x55, 0xF3, 0xF4, 0xEB, 0xEE, 0xFE};
    for (size_t i = 0; i < sizeof echoed; i++) {
        send(b, echoed[i]);
        EXPECT(b, echoed[i]);
    }
    kbc_mouse(&b->kbc, 1, 1, 0, 0);
    assert_int_equal(next(b, 50 * MS), -1);
    order(b, 0xEC);
    kbc_mouse(&b->kbc, 1, 0, 0, 0);
    EXPECT(b, 0x08, 1, 0);
    order(b, 0xEE);
    send(b, 0xFF);
    EXPECT(b, 0xFA, 0xAA, 0x00);
    send(b, 0x01);
    EXPECT(b, 0xFE);
}

static void test_wheel(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 1, 0, 5, 0); /* no wheel yet, nor later */
    EXPECT(b, 0x08, 1, 0);
    knock(b, 200, 100, 80);
    send(b, 0xF2);
    EXPECT(b, 0xFA, 0x03);
    kbc_mouse(&b->kbc, 0, 0, -1, 0);
    EXPECT(b, 0x08, 0, 0, 0xFF);
    kbc_mouse(&b->kbc, 0, 0, 200, 0);
    EXPECT(b, 0x08, 0, 0, 127, 0x08, 0, 0, 73);
    kbc_mouse(&b->kbc, 0, 0, 0, 8); /* a side button does not exist for this ID */
    assert_int_equal(next(b, 50 * MS), -1);
}

static void test_explorer(void **state)
{
    Board *b = *state;
    knock(b, 200, 200, 80);
    send(b, 0xF2);
    EXPECT(b, 0xFA, 0x04);
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 0, 0, -1, 8);
    EXPECT(b, 0x08, 0, 0, 0x1F);
    kbc_mouse(&b->kbc, 0, 0, 9, 16);
    EXPECT(b, 0x08, 0, 0, 0x27, 0x08, 0, 0, 0x22);
    send(b, 0xFF);
    EXPECT(b, 0xFA, 0xAA, 0x00);
    send(b, 0xF2);
    EXPECT(b, 0xFA, 0x00);
}

static void test_mouse_that_cannot(void **state)
{
    teardown(state);
    Board *b = start(state, MOUSE_ID_PLAIN);
    knock(b, 200, 100, 80);
    send(b, 0xF2);
    EXPECT(b, 0xFA, 0x00);
    teardown(state);
    b = start(state, MOUSE_ID_WHEEL);
    knock(b, 200, 200, 80);
    send(b, 0xF2);
    EXPECT(b, 0xFA, 0x00);
    knock(b, 200, 100, 80);
    send(b, 0xF2);
    EXPECT(b, 0xFA, 0x03);
}

/* Reports come at most once per sample, and what happens in between adds up. */
static void test_sample_rate(void **state)
{
    Board *b = *state;
    order(b, 0xF3);
    order(b, 20);
    order(b, 0xF4);
    int reports = 0, moved = 0, sent = 0;
    for (int t = 0; t < 1000; t++) {
        kbc_mouse(&b->kbc, 1, 0, 0, 0);
        sent++;
        while (in8(&b->rig, 0x64) & 1) {
            assert_int_equal(next(b, 0), 0x08);
            moved += next(b, 5 * MS);
            assert_int_equal(next(b, 5 * MS), 0);
            reports++;
        }
        rig_run(&b->rig, 1 * MS);
    }
    assert_in_range(reports, 19, 21);
    assert_in_range(moved, sent - 60, sent);
}

static void test_short_click_is_seen(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 0, 0, 0, 1);
    kbc_mouse(&b->kbc, 0, 0, 0, 0);
    EXPECT(b, 0x09, 0, 0, 0x08, 0, 0);
}

static void test_command_cuts_a_report(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 4, 0, 0, 1);
    assert_int_equal(next(b, 20 * MS), 0x09);
    send(b, 0xE6);
    EXPECT(b, 0xFA, 0x09, 0, 0); /* the buttons are told again */
}

static void test_resend(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    kbc_mouse(&b->kbc, 4, 0, 0, 1);
    EXPECT(b, 0x09, 4, 0);
    send(b, 0xFE);
    EXPECT(b, 0x09, 4, 0);
    kbc_mouse(&b->kbc, 7, 0, 0, 1);
    assert_int_equal(next(b, 20 * MS), 0x09);
    send(b, 0xFE); /* in the middle: from its beginning, once */
    EXPECT(b, 0x09, 7, 0);
}

static void test_invalid_bytes(void **state)
{
    Board *b = *state;
    send(b, 0x12);
    EXPECT(b, 0xFE);
    send(b, 0x12);
    EXPECT(b, 0xFC);
    order(b, 0xF3);
    send(b, 0);
    EXPECT(b, 0xFE);
    order(b, 40);
    order(b, 0xE8);
    send(b, 4);
    EXPECT(b, 0xFE);
    send(b, 9);
    EXPECT(b, 0xFC);
    send(b, 1); /* no option any more */
    EXPECT(b, 0xFE);
    send(b, 0xE9);
    EXPECT(b, 0xFA, 0, 2, 40);
    order(b, 0xF3);
    order(b, 0xF4); /* a command in place of the option */
    send(b, 0xFB);
    EXPECT(b, 0xFE);
}

static void test_interface_off(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    out8(&b->rig, 0x64, 0xA7);
    kbc_mouse(&b->kbc, 9, 0, 0, 0);
    assert_int_equal(next(b, 50 * MS), -1);
    out8(&b->rig, 0x64, 0xA8);
    EXPECT(b, 0x08, 9, 0);
}

/* A report can be cut into by a key; both streams stay whole. */
static void test_keys_between(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    u8 mouse[300];
    int keys = 0, got = 0;
    for (int t = 0; t < 400; t++) {
        kbc_mouse(&b->kbc, 1, 0, 0, 0);
        if (t < 40)
            kbc_key(&b->kbc, KEY_A, !(t & 1));
        rig_run(&b->rig, MS);
        u8 status = in8(&b->rig, 0x64);
        if (!(status & 1))
            continue;
        u8 byte = in8(&b->rig, 0x60);
        if (!(status & 0x20))
            assert_int_equal(byte, keys++ & 1 ? 0x9E : 0x1E);
        else if (got < 300)
            mouse[got++] = byte;
    }
    assert_int_equal(keys, 40);
    assert_true(got > 60);
    for (int i = 0; i + 2 < got; i += 3)
        assert_true(mouse[i] == 0x08 && mouse[i + 2] == 0);
}

static void test_extreme_input(void **state)
{
    Board *b = *state;
    order(b, 0xF4);
    for (int i = 0; i < 10; i++)
        kbc_mouse(&b->kbc, INT32_MIN, INT32_MIN, INT32_MAX, 0xFFFFFFFF);
    assert_int_equal(next(b, 20 * MS), 0x1F);
    assert_int_equal(next(b, 20 * MS), 0x01);
    assert_int_equal(next(b, 20 * MS), 0xFF);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reset_and_identify),
        TEST(test_status),
        TEST(test_silent_until_enabled),
        TEST(test_large_movement_is_split),
        TEST(test_scaling),
        TEST(test_remote_mode),
        TEST(test_wrap_mode),
        TEST(test_wheel),
        TEST(test_explorer),
        TEST(test_mouse_that_cannot),
        TEST(test_sample_rate),
        TEST(test_short_click_is_seen),
        TEST(test_command_cuts_a_report),
        TEST(test_resend),
        TEST(test_invalid_bytes),
        TEST(test_interface_off),
        TEST(test_keys_between),
        TEST(test_extreme_input),
    };
    return cmocka_run_group_tests_name("mouse", tests, NULL, NULL);
}
