/* The parallel port and its printer. */
#include "tests/unit/io_rig.h"

#include "devices/lpt.h"

typedef struct {
    Rig rig;
    Lpt lpt, empty;
    Probe irq;
    Sink sink;
} Board;

static int setup(void **state)
{
    static Board b;
    memset(&b, 0, sizeof b);
    rig_init(&b.rig);
    LptConfig cfg = {
        .bus = &b.rig.bus,
        .queue = &b.rig.queue,
        .snap = &b.rig.snap,
        .name = "lpt0",
        .base = 0x378,
        .irq = probe_line(&b.irq),
        .tx = sink_byte,
        .ctx = &b.sink,
    };
    lpt_init(&b.lpt, &cfg);
    cfg.name = "lpt1";
    cfg.base = 0x278;
    cfg.tx = NULL;
    lpt_init(&b.empty, &cfg);
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
    return in8(&b->rig, 0x379);
}

static void control(Board *b, u8 v)
{
    out8(&b->rig, 0x37A, v);
}

static void print(Board *b, u8 byte, u8 flags)
{
    out8(&b->rig, 0x378, byte);
    control(b, 0x0D | flags);
    control(b, 0x0C | flags);
}

static void test_registers(void **state)
{
    Board *b = *state;
    out8(&b->rig, 0x378, 0xAA);
    assert_int_equal(in8(&b->rig, 0x378), 0xAA);
    control(b, 0xFC);
    assert_int_equal(in8(&b->rig, 0x37A), 0xFC);
    control(b, 0x0C);
    assert_int_equal(in8(&b->rig, 0x37A), 0xEC);
    out8(&b->rig, 0x379, 0x00); /* the status cannot be written */
    assert_int_equal(status(b), 0xDF);
    lpt_reset(&b->lpt);
    assert_int_equal(in8(&b->rig, 0x37A), 0xE0);
    assert_int_equal(status(b), 0x5F); /* INIT is active: not ready */
}

static void test_handshake(void **state)
{
    Board *b = *state;
    control(b, 0x0C);
    print(b, 'x', 0);
    assert_int_equal(b->sink.count, 1);
    assert_int_equal(b->sink.byte[0], 'x');
    assert_int_equal(status(b) & 0xC0, 0x40); /* busy */
    rig_run(&b->rig, 19);
    assert_int_equal(status(b) & 0xC0, 0x40);
    rig_run(&b->rig, 2);
    assert_int_equal(status(b) & 0xC0, 0x00); /* acknowledge */
    rig_run(&b->rig, 5);
    assert_int_equal(status(b) & 0xC0, 0xC0);
}

static void test_strobe_is_an_edge(void **state)
{
    Board *b = *state;
    control(b, 0x0C);
    control(b, 0x0D);
    rig_run(&b->rig, 100);
    control(b, 0x0D);
    assert_int_equal(b->sink.count, 1);
    control(b, 0x0C);
    assert_int_equal(b->sink.count, 1);
    print(b, 'a', 0);
    print(b, 'b', 0); /* busy: lost */
    assert_int_equal(b->sink.count, 2);
    rig_run(&b->rig, 100);
    print(b, 'c', 0);
    assert_int_equal(b->sink.count, 3);
    assert_int_equal(b->sink.byte[2], 'c');
}

static void test_interrupt(void **state)
{
    Board *b = *state;
    control(b, 0x0C);
    print(b, 'a', 0);
    rig_run(&b->rig, 100);
    assert_int_equal(b->irq.calls, 0); /* not enabled */
    assert_int_equal(status(b), 0xDF);
    control(b, 0x1C);
    assert_int_equal(b->irq.calls, 0); /* nothing new */
    print(b, 'b', 0x10);
    rig_run(&b->rig, 24);
    assert_false(b->irq.level);
    rig_run(&b->rig, 1);
    assert_true(b->irq.level);
    print(b, 'c', 0x10); /* the next byte, no look at the status */
    assert_false(b->irq.level);
    rig_run(&b->rig, 25);
    assert_int_equal(b->irq.rises, 2);
    bus_peek_port(&b->rig.bus, 0x379, 1);
    assert_true(b->irq.level);
    status(b);
    assert_false(b->irq.level);
    print(b, 'd', 0x10);
    rig_run(&b->rig, 25);
    control(b, 0x0C);
    assert_false(b->irq.level);
}

static void test_init_stops_the_printer(void **state)
{
    Board *b = *state;
    control(b, 0x0C);
    print(b, 'a', 0);
    control(b, 0x08);
    assert_int_equal(status(b) & 0x80, 0);
    control(b, 0x09); /* no strobe while initialising */
    assert_int_equal(b->sink.count, 1);
    control(b, 0x0C);
    assert_int_equal(status(b), 0xDF);
}

static void test_no_printer(void **state)
{
    Board *b = *state;
    out8(&b->rig, 0x27A, 0x0C);
    assert_int_equal(in8(&b->rig, 0x279), 0x7F);
    out8(&b->rig, 0x27A, 0x1D);
    rig_run(&b->rig, 100);
    assert_int_equal(in8(&b->rig, 0x279), 0x7F);
    assert_int_equal(b->irq.calls, 0);
}

static void test_hostile_guest(void **state)
{
    Board *b = *state;
    u64 seed = 5;
    for (int i = 0; i < 100000; i++) {
        u32 r = rig_random(&seed);
        u16 port = (u16)(0x378 + r % 3);
        if (r & 0x100)
            out8(&b->rig, port, (u8)(r >> 16));
        else
            in8(&b->rig, port);
        rig_run(&b->rig, r >> 12 & 15);
    }
    lpt_reset(&b->lpt);
    assert_false(b->irq.level);
    b->sink.count = 0;
    control(b, 0x0C);
    print(b, 'z', 0);
    assert_int_equal(b->sink.count, 1);
    b->lpt.s.phase = 0xFF;
    lpt_post_load(&b->lpt);
    assert_int_equal(status(b), 0xDF);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_registers),
        TEST(test_handshake),
        TEST(test_strobe_is_an_edge),
        TEST(test_interrupt),
        TEST(test_init_stops_the_printer),
        TEST(test_no_printer),
        TEST(test_hostile_guest),
    };
    return cmocka_run_group_tests_name("lpt", tests, NULL, NULL);
}
