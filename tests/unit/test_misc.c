/* Port 92h, debug console, isa-debug-exit and power-off. */
#include "tests/unit/io_rig.h"

#include "devices/misc.h"
#include "devices/port92.h"

typedef struct {
    Rig rig;
    Port92 p92;
    Debugcon con;
    DebugExit ex;
    PowerOff off;
    Probe a20, reset;
    Sink sink;
    u32 exit_value;
    int exits, offs;
} Board;

static void on_exit_value(void *ctx, u32 value)
{
    ((Board *)ctx)->exits++;
    ((Board *)ctx)->exit_value = value;
}

static void on_off(void *ctx)
{
    ((Board *)ctx)->offs++;
}

static Board *start(void **state, u16 exit_base)
{
    static Board b;
    memset(&b, 0, sizeof b);
    rig_init(&b.rig);
    Bus *bus = &b.rig.bus;
    Snap *snap = &b.rig.snap;
    port92_init(&b.p92, &(Port92Config){bus, snap, probe_line(&b.a20), probe_line(&b.reset)});
    debugcon_init(&b.con, &(DebugconConfig){bus, 0xE9, sink_byte, &b.sink});
    debug_exit_init(&b.ex, &(DebugExitConfig){bus, snap, exit_base, on_exit_value, &b});
    power_off_init(&b.off, &(PowerOffConfig){bus, snap, true, on_off, &b});
    port92_reset(&b.p92);
    *state = &b;
    return &b;
}

static int setup(void **state)
{
    start(state, 0xF4);
    return 0;
}

static int teardown(void **state)
{
    bus_free(&((Board *)*state)->rig.bus);
    return 0;
}

static void test_port92_a20(void **state)
{
    Board *b = *state;
    assert_true(b->a20.level);
    assert_int_equal(in8(&b->rig, 0x92), 0x02);
    out8(&b->rig, 0x92, 0x00);
    assert_false(b->a20.level);
    out8(&b->rig, 0x92, 0x02);
    assert_true(b->a20.level);
    port92_set_a20(&b->p92, 0, false);
    assert_true(b->a20.level); /* an input drives nothing */
    assert_int_equal(in8(&b->rig, 0x92), 0x00);
    port92_set_a20(&b->p92, 0, true);
    assert_int_equal(in8(&b->rig, 0x92), 0x02);
}

static void test_port92_reset(void **state)
{
    Board *b = *state;
    out8(&b->rig, 0x92, 0x03);
    assert_int_equal(b->reset.rises, 1);
    assert_false(b->reset.level);
    out8(&b->rig, 0x92, 0x03); /* already 1: no edge */
    assert_int_equal(b->reset.rises, 1);
    out8(&b->rig, 0x92, 0x02);
    out8(&b->rig, 0x92, 0x03);
    assert_int_equal(b->reset.rises, 2);
}

static void test_port92_lock_stays(void **state)
{
    Board *b = *state;
    out8(&b->rig, 0x92, 0xFE);
    assert_int_equal(in8(&b->rig, 0x92), 0xCA);
    out8(&b->rig, 0x92, 0x00);
    assert_int_equal(in8(&b->rig, 0x92), 0x08);
    port92_reset(&b->p92);
    assert_int_equal(in8(&b->rig, 0x92), 0x02);
}

static void test_debugcon(void **state)
{
    Board *b = *state;
    assert_int_equal(in8(&b->rig, 0xE9), 0xE9);
    for (const char *p = "hello"; *p; p++)
        out8(&b->rig, 0xE9, (u8)*p);
    assert_int_equal(b->sink.count, 5);
    assert_memory_equal(b->sink.byte, "hello", 5);
}

static void test_debug_exit(void **state)
{
    Board *b = *state;
    assert_int_equal(in8(&b->rig, 0xF4), 0);
    bus_out(&b->rig.bus, 0xF4, 4, 0x12345678);
    assert_int_equal(b->exits, 1);
    assert_int_equal(b->exit_value, 0x12345678);
    out8(&b->rig, 0xF4, 1); /* once */
    assert_int_equal(b->exits, 1);
    debug_exit_reset(&b->ex);
    bus_out(&b->rig.bus, 0xF4, 2, 0xBEEF);
    assert_int_equal(b->exit_value, 0xBEEF);
    debug_exit_reset(&b->ex);
    out8(&b->rig, 0xF4, 0x31);
    assert_int_equal(b->exit_value, 0x31);
    assert_int_equal(b->exits, 3);
}

static void test_debug_exit_at_odd_base(void **state)
{
    teardown(state);
    Board *b = start(state, 0x501);
    bus_out(&b->rig.bus, 0x501, 2, 0x0042);
    assert_int_equal(b->exits, 1);
    assert_int_equal(b->exit_value, 0x42);
    teardown(state);
    b = start(state, 0xFFFF); /* the last port: no room for four */
    out8(&b->rig, 0xFFFF, 7);
    assert_int_equal(b->exit_value, 7);
}

static void say(Board *b, const char *text)
{
    for (; *text; text++)
        out8(&b->rig, 0x8900, (u8)*text);
}

static void test_shutdown_word(void **state)
{
    Board *b = *state;
    say(b, "shutdown");
    say(b, "Shutdow");
    assert_int_equal(b->offs, 0);
    say(b, "Shutdown");
    assert_int_equal(b->offs, 1);
    say(b, "ShutdoShutSShutdown");
    assert_int_equal(b->offs, 2);
    say(b, "Shut");
    power_off_reset(&b->off);
    say(b, "down");
    assert_int_equal(b->offs, 2);
}

static void test_acpi_ports(void **state)
{
    Board *b = *state;
    bus_out(&b->rig.bus, 0x604, 2, 0x2000);
    assert_int_equal(b->offs, 1);
    bus_out(&b->rig.bus, 0xB004, 2, 0x2001);
    assert_int_equal(b->offs, 2);
    bus_out(&b->rig.bus, 0x4004, 2, 0x3400);
    assert_int_equal(b->offs, 3);
    bus_out(&b->rig.bus, 0x604, 4, 0x00002000);
    assert_int_equal(b->offs, 4);
    bus_out(&b->rig.bus, 0x604, 2, 0x0001);
    bus_out(&b->rig.bus, 0x604, 2, 0x3400);
    bus_out(&b->rig.bus, 0x4004, 2, 0x2000);
    out8(&b->rig, 0x604, 0x20);
    assert_int_equal(b->offs, 4);
    assert_int_equal(bus_in(&b->rig.bus, 0x604, 2), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_port92_a20),    TEST(test_port92_reset), TEST(test_port92_lock_stays),
        TEST(test_debugcon),      TEST(test_debug_exit),   TEST(test_debug_exit_at_odd_base),
        TEST(test_shutdown_word), TEST(test_acpi_ports),
    };
    return cmocka_run_group_tests_name("misc", tests, NULL, NULL);
}
