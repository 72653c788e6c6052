/* test_pic.c: the 8259A pair through its ports and pins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/pic.h"

typedef struct {
    Bus bus;
    Snap snap;
    Pic pic;
    bool intr;
    int changes;
} Rig;

static void on_intr(void *ctx, int pin, bool level)
{
    Rig *r = ctx;
    r->changes += r->intr != level;
    r->intr = level;
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

static void init_chip(Rig *r, u16 port, u8 base, u8 icw3, u8 icw4)
{
    out(r, port, 0x11);
    out(r, port + 1, base);
    out(r, port + 1, icw3);
    out(r, port + 1, icw4);
}

static void init_pair(Rig *r, u8 master_icw4, u8 slave_icw4)
{
    init_chip(r, 0x20, 0x08, 0x04, master_icw4);
    init_chip(r, 0xA0, 0x70, 0x02, slave_icw4);
}

static int setup(void **state)
{
    Rig *r = calloc(1, sizeof *r);
    bus_init(&r->bus);
    pic_init(&r->pic, &(PicConfig){&r->bus, &r->snap, {on_intr, r, 0}});
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

static void irq(Rig *r, int n, bool level)
{
    pic_set_irq(&r->pic, n, level);
}

static void eoi(Rig *r, int n)
{
    if (n >= 8)
        out(r, 0xA0, 0x20);
    out(r, 0x20, 0x20);
}

static void test_silent_before_init(void **state)
{
    Rig *r = *state;
    for (int i = 0; i < 16; i++)
        irq(r, i, true);
    assert_false(r->intr);
    assert_int_equal(in(r, 0x21), 0xFF);
    assert_int_equal(in(r, 0xA1), 0xFF);
}

static void test_vectors(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    for (int i = 0; i < 16; i++) {
        if (i == 2)
            continue;
        irq(r, i, true);
        assert_true(r->intr);
        assert_int_equal(pic_ack(&r->pic), i < 8 ? 8 + i : 0x70 + i - 8);
        assert_false(r->intr);
        eoi(r, i);
        assert_false(r->intr);
        irq(r, i, false);
    }
    irq(r, 2, true); /* the AT's IRQ 2 is IRQ 9 */
    assert_int_equal(pic_ack(&r->pic), 0x71);
}

static void test_nesting(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 4, true);
    assert_int_equal(pic_ack(&r->pic), 12);
    irq(r, 5, true);
    assert_false(r->intr); /* lower waits */
    irq(r, 3, true);
    assert_true(r->intr); /* higher interrupts */
    assert_int_equal(pic_ack(&r->pic), 11);
    eoi(r, 3);
    assert_false(r->intr);
    eoi(r, 4);
    assert_int_equal(pic_ack(&r->pic), 13);
}

static void test_mask(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    out(r, 0x21, 0xFE);
    irq(r, 1, true);
    assert_false(r->intr);
    out(r, 0x20, 0x0A);
    assert_int_equal(in(r, 0x20), 0x02); /* a masked input still latches */
    out(r, 0x21, 0x00);
    assert_true(r->intr);
    out(r, 0x21, 0x02);
    assert_false(r->intr);
}

static void test_irr_isr(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 1, true);
    irq(r, 6, true);
    assert_int_equal(in(r, 0x20), 0x42);
    assert_int_equal(pic_irr(&r->pic, 0), 0x42);
    pic_ack(&r->pic);
    assert_int_equal(in(r, 0x20), 0x40);
    out(r, 0x20, 0x0B);
    assert_int_equal(in(r, 0x20), 0x02);
    out(r, 0x20, 0x08); /* no read command: the choice stands */
    assert_int_equal(in(r, 0x20), 0x02);
}

static void test_edge(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 5, true);
    pic_ack(&r->pic);
    eoi(r, 5);
    assert_false(r->intr); /* high is not enough */
    irq(r, 5, false);
    irq(r, 5, true);
    assert_true(r->intr);
    irq(r, 5, false);
    assert_false(r->intr); /* withdrawn */
    assert_int_equal(in(r, 0x20), 0);
}

static void test_level(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    out(r, 0x4D0, 0xFF);
    out(r, 0x4D1, 0xFF);
    assert_int_equal(in(r, 0x4D0), 0xF8);
    assert_int_equal(in(r, 0x4D1), 0xDE);
    irq(r, 11, true);
    assert_int_equal(pic_ack(&r->pic), 0x73);
    assert_false(r->intr);
    eoi(r, 11);
    assert_true(r->intr); /* still asserted */
    irq(r, 11, false);
    assert_false(r->intr);
}

static void test_spurious(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 3, true);
    irq(r, 3, false);
    assert_int_equal(pic_ack(&r->pic), 15);
    out(r, 0x20, 0x0B);
    assert_int_equal(in(r, 0x20), 0); /* without ISR bit */
    /* slave: the master's request is real, the slave's went away */
    irq(r, 10, true);
    r->pic.s.chip[1].edges = 0;
    assert_int_equal(pic_ack(&r->pic), 0x77);
    assert_int_equal(in(r, 0x20), 0x04);
    out(r, 0xA0, 0x0B);
    assert_int_equal(in(r, 0xA0), 0);
}

static void test_shared(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 5, true);
    irq(r, 5 | PIC_SOURCE(1), true);
    irq(r, 5, false);
    assert_true(r->intr);
    irq(r, 5 | PIC_SOURCE(1), false);
    assert_false(r->intr);
}

static void test_slave_keeps_asking(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 9, true);
    irq(r, 8, true);
    assert_int_equal(pic_ack(&r->pic), 0x70);
    eoi(r, 8);
    assert_true(r->intr);
    assert_int_equal(pic_ack(&r->pic), 0x71);
    eoi(r, 9);
    assert_false(r->intr);
}

static void test_slave_auto_eoi_back_to_back(void **state)
{
    Rig *r = *state;
    init_pair(r, 3, 3);
    irq(r, 14, true);
    irq(r, 12, true);
    assert_int_equal(pic_ack(&r->pic), 0x74);
    assert_true(r->intr); /* the slave's INT pulsed: the master saw a new edge */
    assert_int_equal(pic_ack(&r->pic), 0x76);
    assert_false(r->intr);
}

static void test_fully_nested_slave(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 12, true);
    pic_ack(&r->pic);
    irq(r, 8, true);
    assert_false(r->intr); /* IR2 is in service and blocks itself */
    eoi(r, 12);
    pic_ack(&r->pic);
    eoi(r, 8);
    irq(r, 8, false);
    irq(r, 12, false);

    init_pair(r, 0x11, 1); /* special fully nested */
    irq(r, 12, true);
    assert_int_equal(pic_ack(&r->pic), 0x74);
    irq(r, 3, true);
    assert_false(r->intr); /* lower inputs of the master stay out */
    irq(r, 8, true);
    assert_true(r->intr);
    assert_int_equal(pic_ack(&r->pic), 0x70);
}

static void test_auto_eoi(void **state)
{
    Rig *r = *state;
    init_pair(r, 3, 1);
    irq(r, 4, true);
    pic_ack(&r->pic);
    out(r, 0x20, 0x0B);
    assert_int_equal(in(r, 0x20), 0);
    out(r, 0x20, 0x80); /* rotate in AEOI mode */
    irq(r, 4, false);
    irq(r, 4, true);
    pic_ack(&r->pic);
    irq(r, 4, false);
    irq(r, 4, true);
    irq(r, 5, true);
    assert_int_equal(pic_ack(&r->pic), 13); /* 4 is the lowest now */
}

static void test_rotation(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 3, true);
    pic_ack(&r->pic);
    out(r, 0x20, 0xA0); /* rotate on non-specific EOI: 3 becomes lowest, 4 highest */
    irq(r, 0, true);
    irq(r, 4, true);
    assert_int_equal(pic_ack(&r->pic), 12);
    out(r, 0x20, 0x64); /* specific EOI of 4 */
    assert_int_equal(pic_ack(&r->pic), 8);
    out(r, 0x20, 0xE0); /* rotate on specific EOI of 0 */
    irq(r, 1, true);
    irq(r, 7, true);
    assert_int_equal(pic_ack(&r->pic), 9);
    out(r, 0x20, 0x20);
    out(r, 0x20, 0xC6); /* set priority: 7 highest */
    irq(r, 5, true);
    assert_int_equal(pic_ack(&r->pic), 15);
    out(r, 0x20, 0x45); /* no operation */
    assert_false(r->intr);
}

static void test_special_mask(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    irq(r, 1, true);
    pic_ack(&r->pic);
    irq(r, 6, true);
    assert_false(r->intr);
    out(r, 0x21, 0x02);
    assert_false(r->intr);
    out(r, 0x20, 0x68); /* set special mask mode */
    assert_true(r->intr);
    assert_int_equal(pic_ack(&r->pic), 14);
    out(r, 0x20, 0x20); /* non-specific EOI passes the masked level by */
    out(r, 0x20, 0x0B);
    assert_int_equal(in(r, 0x20), 0x02);
    out(r, 0x20, 0x48); /* reset special mask mode */
    out(r, 0x20, 0x20);
    assert_int_equal(in(r, 0x20), 0x00);
}

static void test_poll(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    out(r, 0x20, 0x0C);
    assert_int_equal(in(r, 0x20), 0x00);
    irq(r, 6, true);
    out(r, 0x20, 0x0C);
    assert_int_equal(in(r, 0x21), 0x86); /* either port */
    assert_false(r->intr);
    out(r, 0x20, 0x0B);
    assert_int_equal(in(r, 0x20), 0x40);
    irq(r, 9, true);
    out(r, 0xA0, 0x0C);
    assert_int_equal(in(r, 0xA0), 0x81);
    assert_int_equal(in(r, 0x21), 0x00);
}

static void test_init_clears(void **state)
{
    Rig *r = *state;
    init_pair(r, 1, 1);
    out(r, 0x21, 0x40);
    irq(r, 1, true);
    pic_ack(&r->pic);
    irq(r, 5, true);
    out(r, 0x20, 0x11);
    assert_false(r->intr);
    assert_int_equal(in(r, 0x20), 0); /* edges forgotten, reads IRR */
    irq(r, 4, true);
    assert_false(r->intr); /* not while the sequence is open */
    out(r, 0x21, 0x20);
    out(r, 0x21, 0x04);
    out(r, 0x21, 0x01);
    assert_int_equal(in(r, 0x21), 0);
    assert_true(r->intr);
    assert_int_equal(pic_ack(&r->pic), 0x24);
}

static void test_short_sequences(void **state)
{
    Rig *r = *state;
    out(r, 0x20, 0x12); /* single, no ICW4: MCS-80, interval 8 */
    out(r, 0x21, 0x55);
    out(r, 0x21, 0x00); /* OCW1 already */
    assert_int_equal(in(r, 0x21), 0);
    irq(r, 3, true);
    assert_int_equal(pic_ack(&r->pic), 3 << 3);
    out(r, 0x20, 0x56 | 0xA0); /* interval 4, A7-A5 */
    out(r, 0x21, 0);
    irq(r, 3, false);
    irq(r, 3, true);
    assert_int_equal(pic_ack(&r->pic), 0xE0 | 3 << 2);
    out(r, 0x20, 0x13); /* single with ICW4: IR2 is an input like others */
    out(r, 0x21, 0x40);
    out(r, 0x21, 0x01);
    out(r, 0xA0, 0x13);
    out(r, 0xA1, 0x50);
    out(r, 0xA1, 0x01);
    irq(r, 9, true);
    assert_int_equal(pic_ack(&r->pic), 0x42);
}

static void test_any_write_is_safe(void **state)
{
    Rig *r = *state;
    static const u16 ports[] = {0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1};
    u32 x = 1;
    for (int i = 0; i < 200000; i++) {
        x = x * 1664525 + 1013904223;
        u16 port = ports[(x >> 8) % 6];
        if (x & 0x80000000)
            out(r, port, (u8)(x >> 16));
        else
            in(r, port);
        pic_set_irq(&r->pic, (int)(x >> 12 & 511), x >> 21 & 1);
        int v = x & 7 ? 0 : pic_ack(&r->pic);
        assert_in_range(v, 0, 255);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_silent_before_init),
        T(test_vectors),
        T(test_nesting),
        T(test_mask),
        T(test_irr_isr),
        T(test_edge),
        T(test_level),
        T(test_spurious),
        T(test_shared),
        T(test_slave_keeps_asking),
        T(test_slave_auto_eoi_back_to_back),
        T(test_fully_nested_slave),
        T(test_auto_eoi),
        T(test_rotation),
        T(test_special_mask),
        T(test_poll),
        T(test_init_clears),
        T(test_short_sequences),
        T(test_any_write_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
