/* The 8042 and the keyboard behind it, through the ports as a guest sees them. */
#include "tests/unit/io_rig.h"

#include "devices/kbc.h"

enum { MS = 1000 };

typedef struct {
    Rig rig;
    Kbc kbc;
    Probe irq1, irq12, a20, reset;
} Board;

static int setup(void **state)
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
        .a20 = probe_line(&b.a20),
        .reset = probe_line(&b.reset),
        .mouse_id = MOUSE_ID_EXPLORER,
    };
    kbc_init(&b.kbc, &cfg);
    kbc_reset(&b.kbc);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    bus_free(&((Board *)*state)->rig.bus);
    return 0;
}

static u8 status(Board *b)
{
    return in8(&b->rig, 0x64);
}

static void command(Board *b, u8 c)
{
    out8(&b->rig, 0x64, c);
    rig_run(&b->rig, 50);
}

static void data(Board *b, u8 v)
{
    out8(&b->rig, 0x60, v);
    rig_run(&b->rig, 50);
}

/* The next byte within `us`, or -1. */
static int next(Board *b, int us)
{
    for (int t = 0; t <= us; t += 10) {
        if (status(b) & 1)
            return in8(&b->rig, 0x60);
        rig_run(&b->rig, 10);
    }
    return -1;
}

static void expect(Board *b, const u8 *bytes, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(next(b, 2 * MS), bytes[i]);
    assert_int_equal(next(b, 5 * MS), -1);
}

#define EXPECT(b, ...) expect(b, (const u8[]){__VA_ARGS__}, (int)sizeof((const u8[]){__VA_ARGS__}))

static void no_translation(Board *b)
{
    command(b, 0x60);
    data(b, 0x01);
}

static void key_set(Board *b, u8 set)
{
    data(b, 0xF0);
    EXPECT(b, 0xFA);
    data(b, set);
    EXPECT(b, 0xFA);
}

static void press(Board *b, u16 key)
{
    kbc_key(&b->kbc, key, true);
}

static void release(Board *b, u16 key)
{
    kbc_key(&b->kbc, key, false);
}

/* ---- controller ------------------------------------------------------------------------------ */

static void test_power_on(void **state)
{
    Board *b = *state;
    assert_int_equal(status(b), 0x10);
    assert_true(b->a20.level);
    assert_int_equal(b->reset.calls, 0);
    assert_int_equal(next(b, 1000 * MS), -1);
}

static void test_self_tests(void **state)
{
    Board *b = *state;
    command(b, 0xAA);
    EXPECT(b, 0x55);
    assert_true(status(b) & 4);
    command(b, 0xAB);
    EXPECT(b, 0x00);
    command(b, 0xA9);
    EXPECT(b, 0x00);
}

static void test_input_flag_takes_time(void **state)
{
    Board *b = *state;
    out8(&b->rig, 0x64, 0xAA);
    assert_int_equal(status(b) & 0x0B, 0x0A); /* input full, command, no answer yet */
    rig_run(&b->rig, 12);
    assert_int_equal(status(b) & 0x0B, 0x08);
    rig_run(&b->rig, 30);
    assert_int_equal(status(b) & 0x0B, 0x09);
    in8(&b->rig, 0x60);
    out8(&b->rig, 0x60, 0xEE);
    assert_int_equal(status(b) & 0x0B, 0x02);
}

static void test_writes_that_do_not_wait(void **state)
{
    Board *b = *state;
    out8(&b->rig, 0x64, 0xD1);
    out8(&b->rig, 0x60, 0xDD);
    assert_false(b->a20.level);
    out8(&b->rig, 0x64, 0xD1);
    out8(&b->rig, 0x60, 0xDF);
    assert_true(b->a20.level);
}

static void test_command_byte_and_ram(void **state)
{
    Board *b = *state;
    command(b, 0x20);
    EXPECT(b, 0x41);
    command(b, 0x60);
    data(b, 0x74);
    command(b, 0x20);
    EXPECT(b, 0x74);
    assert_true(status(b) & 4);
    for (int i = 1; i < 32; i++) {
        command(b, (u8)(0x60 + i));
        data(b, (u8)(i * 7));
    }
    for (int i = 1; i < 32; i++) {
        command(b, (u8)(0x20 + i));
        EXPECT(b, (u8)(i * 7));
    }
    command(b, 0xAE);
    command(b, 0xA8);
    command(b, 0x20);
    EXPECT(b, 0x44);
    command(b, 0xAD);
    command(b, 0xA7);
    command(b, 0x20);
    EXPECT(b, 0x74);
}

static void test_ports(void **state)
{
    Board *b = *state;
    command(b, 0xC0);
    EXPECT(b, 0xB3);
    command(b, 0xD0);
    EXPECT(b, 0xCF);
    command(b, 0xDD);
    assert_false(b->a20.level);
    command(b, 0xD0);
    EXPECT(b, 0xCD);
    command(b, 0xDF);
    assert_true(b->a20.level);
    command(b, 0xE0);
    EXPECT(b, 0x03);
    command(b, 0xAD);
    command(b, 0xE0);
    EXPECT(b, 0x02);
    kbc_set_a20(&b->kbc, 0, false); /* someone else's gate */
    int calls = b->a20.calls;
    command(b, 0xD0);
    EXPECT(b, 0xCD);
    assert_int_equal(b->a20.calls, calls);
    command(b, 0xD1);
    data(b, 0x03);
    assert_true(b->a20.level);
}

static void test_reset_line(void **state)
{
    Board *b = *state;
    command(b, 0xFE);
    assert_int_equal(b->reset.rises, 1);
    assert_false(b->reset.level);
    command(b, 0xFF);
    assert_int_equal(b->reset.rises, 1);
    command(b, 0xF0);
    assert_int_equal(b->reset.rises, 2);
    command(b, 0xD1);
    data(b, 0xFE);
    assert_int_equal(b->reset.rises, 3);
    command(b, 0xD0);
    EXPECT(b, 0xCF);
}

static void test_loops(void **state)
{
    Board *b = *state;
    command(b, 0x60);
    data(b, 0x43);
    command(b, 0xD2);
    data(b, 0x5A);
    assert_int_equal(status(b) & 0x21, 0x01);
    assert_true(b->irq1.level);
    EXPECT(b, 0x5A);
    assert_false(b->irq1.level);
    command(b, 0xD3);
    data(b, 0xA5);
    assert_int_equal(status(b) & 0x21, 0x21);
    assert_true(b->irq12.level);
    assert_false(b->irq1.level);
    EXPECT(b, 0xA5);
    assert_false(b->irq12.level);
    assert_int_equal(status(b) & 0x21, 0);
    assert_int_equal(in8(&b->rig, 0x60), 0xA5); /* an empty buffer still shows the last byte */
}

static void test_command_cancels_expected_byte(void **state)
{
    Board *b = *state;
    command(b, 0xD1);
    command(b, 0xAB);
    EXPECT(b, 0x00);
    data(b, 0xEE); /* to the keyboard, not to the output port */
    EXPECT(b, 0xEE);
    assert_int_equal(b->reset.rises, 0);
}

static void test_unknown_commands(void **state)
{
    Board *b = *state;
    for (int c = 0; c < 0x20; c++)
        command(b, (u8)c);
    for (int c = 0x40; c < 0x60; c++)
        command(b, (u8)c);
    for (int c = 0x80; c < 0xA4; c++)
        command(b, (u8)c);
    for (int c = 0xE1; c < 0xF0; c++)
        command(b, (u8)c);
    assert_int_equal(next(b, MS), -1);
    command(b, 0xAA);
    EXPECT(b, 0x55);
}

static void test_password(void **state)
{
    Board *b = *state;
    command(b, 0xA4);
    EXPECT(b, 0xF1);
    command(b, 0xA6); /* nothing to lock with */
    press(b, KEY_X);
    release(b, KEY_X);
    EXPECT(b, 0x2D, 0xAD);
    command(b, 0xA5);
    data(b, 0x1E);
    data(b, 0x30);
    data(b, 0x00);
    command(b, 0xA4);
    EXPECT(b, 0xFA);
    command(b, 0x60 + 0x14);
    data(b, 0x77);
    command(b, 0xA6);
    static const u16 typed[] = {KEY_X, KEY_A, KEY_A};
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        press(b, typed[i]);
        release(b, typed[i]);
        assert_int_equal(next(b, 5 * MS), -1);
    }
    press(b, KEY_B);
    EXPECT(b, 0x77);
    release(b, KEY_B);
    EXPECT(b, 0xB0);
}

static void test_long_password(void **state)
{
    Board *b = *state;
    command(b, 0xA5);
    for (int i = 0; i < 300; i++)
        data(b, 0x1E);
    data(b, 0);
    command(b, 0xA6);
    for (int i = 0; i < 8; i++) {
        release(b, KEY_A);
        press(b, KEY_A);
        assert_int_equal(next(b, 3 * MS), -1);
    }
    release(b, KEY_A);
    EXPECT(b, 0x9E);
}

/* ---- scan codes ------------------------------------------------------------------------------ */

/* Untranslated set 2, translated set 2, and the keyboard's own set 1 agree for every key. */
static void test_every_key(void **state)
{
    Board *b = *state;
    for (u16 key = 1; key < KEY_COUNT; key++) {
        if (key == KEY_PRINT || key == KEY_PAUSE)
            continue;
        u8 prefix = (u8)(key_table[key].set1 >> 8), code = (u8)key_table[key].set1;
        press(b, key);
        if (prefix)
            assert_int_equal(next(b, MS), prefix);
        EXPECT(b, code);
        release(b, key);
        if (prefix)
            assert_int_equal(next(b, MS), prefix);
        EXPECT(b, code | 0x80);
    }
    no_translation(b);
    for (u16 key = 1; key < KEY_COUNT; key++) {
        if (key == KEY_PRINT || key == KEY_PAUSE)
            continue;
        u8 prefix = (u8)(key_table[key].set2 >> 8), code = (u8)key_table[key].set2;
        press(b, key);
        if (prefix)
            assert_int_equal(next(b, MS), prefix);
        EXPECT(b, code);
        release(b, key);
        if (prefix)
            assert_int_equal(next(b, MS), prefix);
        EXPECT(b, 0xF0, code);
    }
    key_set(b, 1);
    for (u16 key = 1; key < KEY_COUNT; key++) {
        if (key == KEY_PRINT || key == KEY_PAUSE)
            continue;
        u8 prefix = (u8)(key_table[key].set1 >> 8), code = (u8)key_table[key].set1;
        press(b, key);
        release(b, key);
        if (prefix)
            EXPECT(b, prefix, code, prefix, code | 0x80);
        else
            EXPECT(b, code, code | 0x80);
    }
}

static void test_pause(void **state)
{
    Board *b = *state;
    press(b, KEY_PAUSE);
    EXPECT(b, 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5);
    assert_int_equal(next(b, 2000 * MS), -1); /* does not repeat */
    release(b, KEY_PAUSE);
    assert_int_equal(next(b, 5 * MS), -1);
    press(b, KEY_CTRL_R);
    EXPECT(b, 0xE0, 0x1D);
    press(b, KEY_PAUSE);
    EXPECT(b, 0xE0, 0x46, 0xE0, 0xC6);
    release(b, KEY_PAUSE);
    release(b, KEY_CTRL_R);
    EXPECT(b, 0xE0, 0x9D);
    no_translation(b);
    press(b, KEY_PAUSE);
    EXPECT(b, 0xE1, 0x14, 0x77, 0xE1, 0xF0, 0x14, 0xF0, 0x77);
    release(b, KEY_PAUSE);
}

static void test_print_screen(void **state)
{
    Board *b = *state;
    press(b, KEY_PRINT);
    EXPECT(b, 0xE0, 0x2A, 0xE0, 0x37);
    release(b, KEY_PRINT);
    EXPECT(b, 0xE0, 0xB7, 0xE0, 0xAA);
    static const u16 mods[] = {KEY_SHIFT, KEY_SHIFT_R, KEY_CTRL, KEY_CTRL_R};
    for (size_t i = 0; i < ARRAY_LEN(mods); i++) {
        press(b, mods[i]);
        while (next(b, 2 * MS) >= 0)
            ;
        press(b, KEY_PRINT);
        EXPECT(b, 0xE0, 0x37);
        release(b, KEY_PRINT);
        EXPECT(b, 0xE0, 0xB7);
        release(b, mods[i]);
        while (next(b, 2 * MS) >= 0)
            ;
    }
    press(b, KEY_ALT);
    EXPECT(b, 0x38);
    press(b, KEY_PRINT);
    EXPECT(b, 0x54);
    release(b, KEY_ALT); /* the release keeps the form of the press */
    EXPECT(b, 0xB8);
    release(b, KEY_PRINT);
    EXPECT(b, 0xD4);
    no_translation(b);
    press(b, KEY_PRINT);
    EXPECT(b, 0xE0, 0x12, 0xE0, 0x7C);
    release(b, KEY_PRINT);
    EXPECT(b, 0xE0, 0xF0, 0x7C, 0xE0, 0xF0, 0x12);
}

static void test_gray_keys(void **state)
{
    Board *b = *state;
    no_translation(b);
    press(b, KEY_SHIFT);
    EXPECT(b, 0x12);
    press(b, KEY_HOME);
    EXPECT(b, 0xE0, 0xF0, 0x12, 0xE0, 0x6C);
    release(b, KEY_HOME);
    EXPECT(b, 0xE0, 0xF0, 0x6C, 0xE0, 0x12);
    press(b, KEY_SHIFT_R);
    EXPECT(b, 0x59);
    press(b, KEY_UP);
    EXPECT(b, 0xE0, 0xF0, 0x12, 0xE0, 0xF0, 0x59, 0xE0, 0x75);
    release(b, KEY_UP);
    EXPECT(b, 0xE0, 0xF0, 0x75, 0xE0, 0x12, 0xE0, 0x59);
    release(b, KEY_SHIFT);
    EXPECT(b, 0xF0, 0x12);
    press(b, KEY_KP_DIVIDE);
    EXPECT(b, 0xE0, 0xF0, 0x59, 0xE0, 0x4A);
    release(b, KEY_KP_DIVIDE);
    EXPECT(b, 0xE0, 0xF0, 0x4A, 0xE0, 0x59);
    data(b, 0xED);
    EXPECT(b, 0xFA);
    data(b, 0x02);
    EXPECT(b, 0xFA);
    assert_int_equal(kbc_leds(&b->kbc), 2);
    press(b, KEY_END); /* Num Lock and Shift cancel out */
    EXPECT(b, 0xE0, 0x69);
    release(b, KEY_END);
    EXPECT(b, 0xE0, 0xF0, 0x69);
    release(b, KEY_SHIFT_R);
    EXPECT(b, 0xF0, 0x59);
    press(b, KEY_DELETE);
    EXPECT(b, 0xE0, 0x12, 0xE0, 0x71);
    release(b, KEY_DELETE);
    EXPECT(b, 0xE0, 0xF0, 0x71, 0xE0, 0xF0, 0x12);
    press(b, KEY_KP_DIVIDE);
    EXPECT(b, 0xE0, 0x4A);
    release(b, KEY_KP_DIVIDE);
    EXPECT(b, 0xE0, 0xF0, 0x4A);
    press(b, KEY_CTRL_R);
    EXPECT(b, 0xE0, 0x14);
}

static void test_set3(void **state)
{
    Board *b = *state;
    no_translation(b);
    key_set(b, 3);
    press(b, KEY_A); /* typematic: no break */
    EXPECT(b, 0x1C);
    assert_int_equal(next(b, 600 * MS), 0x1C);
    release(b, KEY_A);
    assert_int_equal(next(b, 2000 * MS), -1);
    press(b, KEY_SHIFT); /* make and break, no repeat */
    EXPECT(b, 0x12);
    assert_int_equal(next(b, 2000 * MS), -1);
    release(b, KEY_SHIFT);
    EXPECT(b, 0xF0, 0x12);
    press(b, KEY_F1); /* make only */
    release(b, KEY_F1);
    EXPECT(b, 0x07);
    press(b, KEY_PRINT);
    release(b, KEY_PRINT);
    press(b, KEY_PAUSE);
    release(b, KEY_PAUSE);
    EXPECT(b, 0x57, 0x62);
    data(b, 0xFA); /* all keys: everything */
    EXPECT(b, 0xFA);
    press(b, KEY_F1);
    release(b, KEY_F1);
    EXPECT(b, 0x07, 0xF0, 0x07);
    data(b, 0xFD); /* F1 and F2: make only */
    EXPECT(b, 0xFA);
    data(b, 0x07);
    EXPECT(b, 0xFA);
    data(b, 0x0F);
    EXPECT(b, 0xFA);
    data(b, 0x03); /* no such key */
    EXPECT(b, 0xFE);
    press(b, KEY_F2);
    release(b, KEY_F2);
    press(b, KEY_F3);
    release(b, KEY_F3);
    EXPECT(b, 0x0F, 0x17, 0xF0, 0x17);
    data(b, 0xF6); /* defaults: the types too */
    EXPECT(b, 0xFA);
    press(b, KEY_F3);
    release(b, KEY_F3);
    EXPECT(b, 0x17);
    data(b, 0xF0);
    EXPECT(b, 0xFA);
    data(b, 0x00);
    EXPECT(b, 0xFA, 0x03);
}

static void test_typematic(void **state)
{
    Board *b = *state;
    data(b, 0xF3);
    EXPECT(b, 0xFA);
    data(b, 0x20); /* 500 ms, 30 per second */
    EXPECT(b, 0xFA);
    press(b, KEY_A);
    EXPECT(b, 0x1E);
    assert_int_equal(next(b, 480 * MS), -1);
    assert_int_equal(next(b, 30 * MS), 0x1E);
    u64 start = b->rig.clock.now;
    for (int i = 0; i < 30; i++)
        assert_int_equal(next(b, 40 * MS), 0x1E);
    u64 took = b->rig.clock.now - start;
    assert_in_range(took, 990 * MS, 1010 * MS);
    press(b, KEY_B); /* the newest key repeats */
    assert_int_equal(next(b, 40 * MS), 0x30);
    assert_int_equal(next(b, 600 * MS), 0x30);
    release(b, KEY_A);
    assert_int_equal(next(b, 5 * MS), 0x9E);
    assert_int_equal(next(b, 40 * MS), 0x30);
    release(b, KEY_B);
    assert_int_equal(next(b, 5 * MS), 0xB0);
    assert_int_equal(next(b, 2000 * MS), -1);
    kbc_key(&b->kbc, KEY_C, true);
    kbc_key(&b->kbc, KEY_C, true); /* the host's own repeat */
    EXPECT(b, 0x2E);
    release(b, KEY_C);
    release(b, KEY_C);
    EXPECT(b, 0xAE);
}

static void test_typematic_slowest(void **state)
{
    Board *b = *state;
    data(b, 0xF3);
    EXPECT(b, 0xFA);
    data(b, 0x7F); /* 1 s, 2 per second */
    EXPECT(b, 0xFA);
    press(b, KEY_A);
    EXPECT(b, 0x1E);
    assert_int_equal(next(b, 990 * MS), -1);
    assert_int_equal(next(b, 20 * MS), 0x1E);
    assert_int_equal(next(b, 490 * MS), -1);
    assert_int_equal(next(b, 20 * MS), 0x1E);
}

static void test_repeats_do_not_fill_the_buffer(void **state)
{
    Board *b = *state;
    press(b, KEY_A);
    rig_run(&b->rig, 10000 * MS);
    release(b, KEY_A);
    EXPECT(b, 0x1E, 0x1E, 0x9E); /* one in port 60h, one in the buffer */
}

static void test_overrun(void **state)
{
    Board *b = *state;
    no_translation(b);
    command(b, 0xAD);
    static const u16 keys[] = {KEY_A, KEY_B, KEY_C, KEY_D, KEY_E};
    for (size_t i = 0; i < 5; i++) {
        press(b, keys[i]);
        release(b, keys[i]);
    }
    press(b, KEY_HOME); /* one byte is left: two do not fit */
    release(b, KEY_HOME);
    press(b, KEY_F);
    command(b, 0xAE);
    EXPECT(b, 0x1C, 0xF0, 0x1C, 0x32, 0xF0, 0x32, 0x21, 0xF0, 0x21, 0x23, 0xF0, 0x23, 0x24, 0xF0,
           0x24, 0x00);
    release(b, KEY_F);
    EXPECT(b, 0xF0, 0x2B);
}

static void test_overrun_in_position_17(void **state)
{
    Board *b = *state;
    no_translation(b);
    key_set(b, 1);
    command(b, 0xAD);
    for (u16 i = 0; i < 8; i++) {
        press(b, KEY_1 + i);
        release(b, KEY_1 + i);
    }
    for (u16 i = 0; i < 8; i++)
        press(b, KEY_Q + i);
    command(b, 0xAE);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(next(b, 2 * MS), 2 + i);
        assert_int_equal(next(b, 2 * MS), 0x82 + i);
    }
    EXPECT(b, 0xFF);
}

/* ---- keyboard commands ----------------------------------------------------------------------- */

static void test_keyboard_commands(void **state)
{
    Board *b = *state;
    data(b, 0xEE);
    EXPECT(b, 0xEE);
    data(b, 0xF2);
    EXPECT(b, 0xFA, 0xAB, 0x41); /* the ID goes through translation like everything */
    data(b, 0xF0);
    EXPECT(b, 0xFA);
    data(b, 0x00);
    EXPECT(b, 0xFA, 0x41);
    no_translation(b);
    data(b, 0xF2);
    EXPECT(b, 0xFA, 0xAB, 0x83);
    data(b, 0xF0);
    EXPECT(b, 0xFA);
    data(b, 0x00);
    EXPECT(b, 0xFA, 0x02);
    data(b, 0xF0);
    EXPECT(b, 0xFA);
    data(b, 0x04);
    EXPECT(b, 0xFE);
    data(b, 0x05); /* no command */
    EXPECT(b, 0xFE);
    data(b, 0xFE); /* resend: what came before the refusals */
    EXPECT(b, 0xFA);
    data(b, 0xED);
    EXPECT(b, 0xFA);
    data(b, 0xF4); /* a command in place of the option */
    EXPECT(b, 0xFA);
    data(b, 0x07);
    EXPECT(b, 0xFE);
    assert_int_equal(kbc_leds(&b->kbc), 0);
}

static void test_disable_and_enable(void **state)
{
    Board *b = *state;
    data(b, 0xF5);
    EXPECT(b, 0xFA);
    assert_false(kbc_ready_for_key(&b->kbc));
    press(b, KEY_A);
    release(b, KEY_A);
    assert_int_equal(next(b, 1000 * MS), -1);
    data(b, 0xF4);
    EXPECT(b, 0xFA);
    assert_true(kbc_ready_for_key(&b->kbc));
    press(b, KEY_A);
    EXPECT(b, 0x1E);
}

static void test_keyboard_reset(void **state)
{
    Board *b = *state;
    data(b, 0xED);
    EXPECT(b, 0xFA);
    data(b, 0x07);
    EXPECT(b, 0xFA);
    press(b, KEY_A);
    data(b, 0xFF);
    data(b, 0xF2); /* waits for the end of the test */
    assert_false(kbc_ready_for_key(&b->kbc));
    EXPECT(b, 0xFA, 0xAA, 0xFA, 0xAB, 0x41);
    assert_int_equal(kbc_leds(&b->kbc), 0);
    assert_int_equal(next(b, 2000 * MS), -1); /* the held key does not repeat any more */
}

static void test_interface_off_holds_bytes(void **state)
{
    Board *b = *state;
    command(b, 0xAD);
    press(b, KEY_A);
    release(b, KEY_A);
    assert_false(kbc_ready_for_key(&b->kbc));
    assert_int_equal(next(b, 20 * MS), -1);
    command(b, 0xAE);
    EXPECT(b, 0x1E, 0x9E);
    command(b, 0xAD);
    data(b, 0xF4); /* data turns the interface on */
    EXPECT(b, 0xFA);
    command(b, 0x20);
    EXPECT(b, 0x41);
}

static void test_interrupts(void **state)
{
    Board *b = *state;
    press(b, KEY_HOME);
    rig_run(&b->rig, 10 * MS);
    assert_int_equal(b->irq1.rises, 1);
    assert_true(b->irq1.level);
    assert_int_equal(in8(&b->rig, 0x60), 0xE0);
    assert_false(b->irq1.level);
    rig_run(&b->rig, 10 * MS);
    assert_int_equal(b->irq1.rises, 2); /* one edge for each byte */
    command(b, 0x60);
    data(b, 0x40);
    assert_false(b->irq1.level); /* switched off under an unread byte */
    command(b, 0x60);
    data(b, 0x41);
    assert_true(b->irq1.level);
    assert_int_equal(in8(&b->rig, 0x60), 0x47);
    command(b, 0x60);
    data(b, 0x40);
    release(b, KEY_HOME);
    int rises = b->irq1.rises;
    EXPECT(b, 0xE0, 0xC7);
    assert_int_equal(b->irq1.rises, rises);
    assert_int_equal(b->irq12.calls, 0);
}

/* An answer that slips between F0h and its code must not become a release, nor the code a press. */
static void test_answer_between_prefix_and_code(void **state)
{
    Board *b = *state;
    press(b, KEY_A);
    EXPECT(b, 0x1E);
    release(b, KEY_A);
    rig_run(&b->rig, 450); /* F0h is in, the code is on the wire */
    assert_false(kbc_ready_for_key(&b->kbc));
    out8(&b->rig, 0x60, 0xF2);
    EXPECT(b, 0xFA, 0xAB, 0x41, 0x9E);
    press(b, KEY_A);
    EXPECT(b, 0x1E);
    release(b, KEY_A);
    rig_run(&b->rig, 450);
    out8(&b->rig, 0x60, 0xF4); /* throws the code away */
    EXPECT(b, 0xFA);
    press(b, KEY_B);
    EXPECT(b, 0x30);
}

/* Ten thousand characters with a slow reader: all arrive. */
static void test_typing_is_never_lost(void **state)
{
    Board *b = *state;
    int sent = 0, got = 0, guard = 0;
    u64 seed = 1;
    bool down = false;
    while (got < 20000) {
        assert_true(guard++ < 2000000);
        if (sent < 20000 && kbc_ready_for_key(&b->kbc)) {
            down = !down;
            kbc_key(&b->kbc, (u16)(KEY_A + sent / 2 % 9), down);
            sent++;
        }
        rig_run(&b->rig, rig_random(&seed) % 2000);
        if (status(b) & 1) {
            assert_int_equal(in8(&b->rig, 0x60), (0x1E + got / 2 % 9) | (got & 1 ? 0x80 : 0));
            got++;
        }
    }
}

/* ---- robustness ------------------------------------------------------------------------------ */

static void hostile(Board *b, u64 seed, int steps)
{
    for (int i = 0; i < steps; i++) {
        u32 r = rig_random(&seed);
        u8 v = (u8)(r >> 8);
        switch (r & 7) {
        case 0:
        case 1:
            out8(&b->rig, 0x60, v);
            break;
        case 2:
            out8(&b->rig, 0x64, v);
            break;
        case 3:
            in8(&b->rig, 0x60);
            break;
        case 4:
            kbc_key(&b->kbc, (u16)(r >> 16 & 0x7F), v & 1);
            break;
        case 5:
            kbc_mouse(&b->kbc, (int)(r << 1), (int)(r * 77), (int)(s8)v, r >> 16);
            break;
        default:
            rig_run(&b->rig, v * (r >> 16 & 15));
            break;
        }
    }
}

static void test_hostile_guest_is_harmless_and_repeatable(void **state)
{
    Board *b = *state;
    hostile(b, 86, 300000);
    u64 first = snap_hash(&b->rig.snap);
    teardown(state);
    setup(state);
    b = *state;
    hostile(b, 86, 300000);
    assert_true(first == snap_hash(&b->rig.snap));
    kbc_reset(&b->kbc);
    while (next(b, 10 * MS) >= 0)
        ;
    command(b, 0xAA);
    EXPECT(b, 0x55);
    data(b, 0xFF);
    EXPECT(b, 0xFA, 0xAA);
}

static void test_post_load_of_garbage(void **state)
{
    Board *b = *state;
    memset(&b->kbc.s, 0xFF, sizeof b->kbc.s);
    memset(&b->kbc.keyboard.s, 0xFF, sizeof b->kbc.keyboard.s);
    memset(&b->kbc.mouse.s, 0xFF, sizeof b->kbc.mouse.s);
    kbc_post_load(&b->kbc);
    hostile(b, 7, 20000);
}

static void test_peek_has_no_effect(void **state)
{
    Board *b = *state;
    press(b, KEY_A);
    rig_run(&b->rig, MS);
    u64 before = snap_hash(&b->rig.snap);
    assert_int_equal(bus_peek_port(&b->rig.bus, 0x60, 1), 0x1E);
    assert_int_equal(bus_peek_port(&b->rig.bus, 0x64, 1) & 1, 1);
    assert_true(before == snap_hash(&b->rig.snap));
}

static void test_no_mouse(void **state)
{
    Board *b = *state;
    b->kbc.cfg.no_mouse = true;
    command(b, 0xD4);
    data(b, 0xF4);
    assert_int_equal(status(b) & 0x61, 0x61);
    EXPECT(b, 0xFE);
    assert_int_equal(status(b) & 0x61, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_power_on),
        TEST(test_self_tests),
        TEST(test_input_flag_takes_time),
        TEST(test_writes_that_do_not_wait),
        TEST(test_command_byte_and_ram),
        TEST(test_ports),
        TEST(test_reset_line),
        TEST(test_loops),
        TEST(test_command_cancels_expected_byte),
        TEST(test_unknown_commands),
        TEST(test_password),
        TEST(test_long_password),
        TEST(test_every_key),
        TEST(test_pause),
        TEST(test_print_screen),
        TEST(test_gray_keys),
        TEST(test_set3),
        TEST(test_typematic),
        TEST(test_typematic_slowest),
        TEST(test_repeats_do_not_fill_the_buffer),
        TEST(test_overrun),
        TEST(test_overrun_in_position_17),
        TEST(test_keyboard_commands),
        TEST(test_disable_and_enable),
        TEST(test_keyboard_reset),
        TEST(test_interface_off_holds_bytes),
        TEST(test_interrupts),
        TEST(test_answer_between_prefix_and_code),
        TEST(test_typing_is_never_lost),
        TEST(test_hostile_guest_is_harmless_and_repeatable),
        TEST(test_post_load_of_garbage),
        TEST(test_peek_has_no_effect),
        TEST(test_no_mouse),
    };
    return cmocka_run_group_tests_name("kbc", tests, NULL, NULL);
}
