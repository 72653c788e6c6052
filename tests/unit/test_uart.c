/* The serial port: registers, FIFOs, interrupts, and the time that characters take. */
#include "tests/unit/io_rig.h"

#include "devices/uart.h"

enum { BASE = 0x3F8, RBR = BASE, THR = BASE, IER, IIR, LCR, MCR, LSR, MSR, SCR, FCR = IIR };

/* At divisor 12 (9600 baud), 8N1 takes 1920 oscillator cycles: 1041.67 us, and one bit 104.17
 * us. */
enum { CHAR = 1042, BIT = 105 };

typedef struct {
    Rig rig;
    Uart uart;
    Probe irq, dtr, rts;
    Sink sink;
    int breaks, rooms;
    const u8 *feed; /* what rx_room delivers */
    int feed_count;
} Board;

static void on_tx(void *ctx, u8 byte)
{
    sink_byte(&((Board *)ctx)->sink, byte);
}

static void on_break(void *ctx, bool on)
{
    ((Board *)ctx)->breaks += on ? 1 : 100;
}

static void on_room(void *ctx)
{
    Board *b = ctx;
    b->rooms++;
    if (b->feed_count) {
        assert_true(uart_rx(&b->uart, *b->feed));
        b->feed++;
        b->feed_count--;
    }
}

static Board *start(void **state, u8 kind)
{
    static Board b;
    memset(&b, 0, sizeof b);
    rig_init(&b.rig);
    UartConfig cfg = {
        .bus = &b.rig.bus,
        .queue = &b.rig.queue,
        .snap = &b.rig.snap,
        .name = "uart0",
        .base = BASE,
        .kind = kind,
        .inputs = 1 << UART_CTS | 1 << UART_DSR | 1 << UART_DCD,
        .irq = probe_line(&b.irq),
        .dtr = probe_line(&b.dtr),
        .rts = probe_line(&b.rts),
        .tx = on_tx,
        .tx_break = on_break,
        .rx_room = on_room,
        .ctx = &b,
    };
    uart_init(&b.uart, &cfg);
    uart_reset(&b.uart);
    b.rooms = 0;
    *state = &b;
    return &b;
}

static int setup(void **state)
{
    start(state, UART_16550A);
    return 0;
}

static int teardown(void **state)
{
    bus_free(&((Board *)*state)->rig.bus);
    return 0;
}

static u8 in(Board *b, int port)
{
    return in8(&b->rig, (u16)port);
}

static void out(Board *b, int port, u8 v)
{
    out8(&b->rig, (u16)port, v);
}

static void run(Board *b, u64 us)
{
    rig_run(&b->rig, us);
}

/* 8N1, FIFOs with the given trigger bits, OUT2 on. */
static void program(Board *b, u8 fcr, u8 ier)
{
    out(b, LCR, 0x03);
    out(b, FCR, fcr);
    out(b, MCR, 0x0B);
    out(b, IER, ier);
}

/* Lets bytes arrive one after the other. */
static void arrive(Board *b, int first, int count)
{
    for (int i = 0; i < count; i++) {
        assert_true(uart_rx(&b->uart, (u8)(first + i)));
        run(b, CHAR);
    }
}

static void test_after_reset(void **state)
{
    Board *b = *state;
    assert_int_equal(in(b, IER), 0x00);
    assert_int_equal(in(b, IIR), 0x01);
    assert_int_equal(in(b, LCR), 0x00);
    assert_int_equal(in(b, MCR), 0x00);
    assert_int_equal(in(b, LSR), 0x60);
    assert_int_equal(in(b, MSR), 0xB0);
    assert_int_equal(b->irq.calls, 0);
}

static void test_register_bits(void **state)
{
    Board *b = *state;
    out(b, IER, 0xFF);
    assert_int_equal(in(b, IER), 0x0F);
    out(b, MCR, 0xFF);
    assert_int_equal(in(b, MCR), 0x1F);
    out(b, MCR, 0);
    for (int v = 0; v < 256; v++) {
        out(b, SCR, (u8)v);
        assert_int_equal(in(b, SCR), v);
    }
    out(b, LCR, 0x83);
    out(b, BASE, 0x34);
    out(b, BASE + 1, 0x12);
    assert_int_equal(in(b, BASE), 0x34);
    assert_int_equal(in(b, BASE + 1), 0x12);
    out(b, LCR, 0x03);
    assert_int_equal(in(b, IER), 0x0F);
    assert_int_equal(b->uart.s.divisor, 0x1234);
    uart_reset(&b->uart);
    assert_int_equal(in(b, IER), 0);
}

static void test_transmit_timing(void **state)
{
    Board *b = *state;
    out(b, LCR, 0x03);
    out(b, THR, 'A');
    assert_int_equal(in(b, LSR), 0x00);
    run(b, BIT);
    assert_int_equal(in(b, LSR), 0x20); /* holding register empty, shift register not */
    out(b, THR, 'B');
    assert_int_equal(in(b, LSR), 0x00);
    run(b, CHAR - 2);
    assert_int_equal(b->sink.count, 0);
    run(b, 2);
    assert_int_equal(b->sink.count, 1);
    assert_int_equal(b->sink.byte[0], 'A');
    assert_int_equal(in(b, LSR), 0x20);
    run(b, CHAR);
    assert_int_equal(b->sink.count, 2);
    assert_int_equal(in(b, LSR), 0x60);
}

/* No drift: 960 characters at 9600 baud take one second and the start bit. */
static void test_back_to_back_does_not_drift(void **state)
{
    Board *b = *state;
    program(b, 0x01, 0);
    int written = 0;
    u64 begin = b->rig.clock.now, end = 0;
    for (int t = 0; t < 1100000 && !end; t += 50) {
        if (in(b, LSR) & 0x20)
            for (int i = 0; i < 16 && written < 960; i++, written++)
                out(b, THR, 'x');
        run(b, 50);
        if (written == 960 && in(b, LSR) & 0x40)
            end = b->rig.clock.now;
    }
    assert_in_range(end - begin, 1000100, 1000160);
}

static void test_character_formats(void **state)
{
    Board *b = *state;
    static const struct {
        u8 lcr;
        u16 halves; /* of a bit */
    } format[] = {{0x03, 20}, {0x00, 14}, {0x04, 15}, {0x0F, 24},
                  {0x07, 22}, {0x0A, 20}, {0x1B, 22}};
    out(b, LCR, 0x80);
    out(b, BASE, 0x80); /* divisor 1152: one bit is 10 ms */
    out(b, BASE + 1, 0x04);
    for (size_t i = 0; i < ARRAY_LEN(format); i++) {
        out(b, LCR, format[i].lcr);
        out(b, THR, 0xFF);
        run(b, 10000 + format[i].halves * 5000u - 1);
        assert_int_equal(b->sink.count, (int)i);
        run(b, 1);
        assert_int_equal(b->sink.count, (int)i + 1);
        assert_int_equal(b->sink.byte[i], 0xFF >> (3 - (format[i].lcr & 3)));
    }
}

static void test_divisor_zero(void **state)
{
    Board *b = *state;
    out(b, LCR, 0x83);
    out(b, BASE, 0);
    out(b, BASE + 1, 0);
    out(b, LCR, 0x03);
    out(b, THR, 'x');
    run(b, 5000000);
    assert_int_equal(b->sink.count, 0);
    run(b, 2000000);
    assert_int_equal(b->sink.count, 1);
}

static void test_thre_interrupt(void **state)
{
    Board *b = *state;
    program(b, 0, 0);
    out(b, IER, 0x02); /* enabling it while empty raises it */
    assert_true(b->irq.level);
    assert_int_equal(in(b, IIR), 0x02);
    assert_false(b->irq.level); /* reading IIR was the acknowledgement */
    assert_int_equal(in(b, IIR), 0x01);
    out(b, THR, 'a');
    assert_false(b->irq.level);
    run(b, BIT);
    assert_true(b->irq.level);
    out(b, THR, 'b'); /* so is writing THR */
    assert_false(b->irq.level);
    run(b, CHAR);
    assert_true(b->irq.level);
    out(b, IER, 0x00);
    assert_false(b->irq.level);
    out(b, IER, 0x02);
    assert_true(b->irq.level);
    out(b, IER, 0x02);
    in(b, IIR);
    out(b, IER, 0x02); /* no 0 -> 1: nothing new */
    assert_false(b->irq.level);
}

static void test_transmit_fifo(void **state)
{
    Board *b = *state;
    program(b, 0x01, 0x02);
    in(b, IIR);
    for (int i = 0; i < 20; i++) /* four too many */
        out(b, THR, (u8)('a' + i));
    run(b, BIT + 15 * CHAR - 20);
    assert_false(b->irq.level);
    run(b, 20);
    assert_true(b->irq.level); /* the last byte went into the shift register */
    assert_int_equal(in(b, LSR), 0x20);
    run(b, CHAR);
    assert_int_equal(in(b, LSR), 0x60);
    assert_int_equal(b->sink.count, 16);
    assert_memory_equal(b->sink.byte, "abcdefghijklmnop", 16);
    for (int i = 0; i < 10; i++)
        out(b, THR, 'z');
    run(b, BIT);
    out(b, FCR, 0x05); /* clears the FIFO, not the shift register */
    assert_int_equal(in(b, LSR), 0x20);
    run(b, 10 * CHAR);
    assert_int_equal(b->sink.count, 17);
}

static void test_receive(void **state)
{
    Board *b = *state;
    program(b, 0, 0x01);
    assert_true(uart_rx_ready(&b->uart));
    assert_true(uart_rx(&b->uart, 'Q'));
    assert_false(uart_rx_ready(&b->uart));
    assert_false(uart_rx(&b->uart, 'R'));
    run(b, CHAR - 2);
    assert_int_equal(in(b, LSR), 0x60);
    run(b, 2);
    assert_int_equal(in(b, LSR), 0x61);
    assert_true(b->irq.level);
    assert_int_equal(in(b, IIR), 0x04);
    assert_false(uart_rx_ready(&b->uart)); /* no overrun is possible from outside */
    int rooms = b->rooms;
    assert_int_equal(in(b, RBR), 'Q');
    assert_int_equal(b->rooms, rooms + 1);
    assert_false(b->irq.level);
    assert_int_equal(in(b, IIR), 0x01);
    assert_int_equal(in(b, LSR), 0x60);
    assert_int_equal(in(b, RBR), 'Q'); /* an empty register still shows the last byte */
    assert_true(uart_rx_ready(&b->uart));
}

static void test_receive_fifo_triggers(void **state)
{
    Board *b = *state;
    static const struct {
        u8 fcr, level;
    } t[] = {{0x07, 1}, {0x47, 4}, {0x87, 8}, {0xC7, 14}};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        program(b, t[i].fcr, 0x01);
        assert_int_equal(in(b, IIR), 0xC1);
        arrive(b, 0x40, t[i].level - 1);
        assert_false(b->irq.level);
        arrive(b, 0x40 + t[i].level - 1, 1);
        assert_true(b->irq.level);
        assert_int_equal(in(b, IIR), 0xC4);
        assert_int_equal(in(b, RBR), 0x40);
        assert_false(b->irq.level); /* below the level again */
        for (int n = 1; n < t[i].level; n++)
            assert_int_equal(in(b, RBR), 0x40 + n);
        assert_int_equal(in(b, LSR), 0x60);
    }
}

static void test_receive_timeout(void **state)
{
    Board *b = *state;
    program(b, 0xC7, 0x01);
    arrive(b, 'a', 3);
    run(b, 4 * CHAR - 20);
    assert_false(b->irq.level);
    run(b, 20);
    assert_true(b->irq.level);
    assert_int_equal(in(b, IIR), 0xCC);
    assert_int_equal(in(b, RBR), 'a');
    assert_false(b->irq.level); /* a read restarts the time */
    run(b, 4 * CHAR - 20);
    assert_false(b->irq.level);
    run(b, 20);
    assert_true(b->irq.level);
    assert_int_equal(in(b, RBR), 'b');
    assert_int_equal(in(b, RBR), 'c');
    run(b, 10 * CHAR);
    assert_false(b->irq.level); /* an empty FIFO does not time out */
    arrive(b, 'd', 1);
    out(b, FCR, 0xC3);
    run(b, 10 * CHAR);
    assert_false(b->irq.level); /* nor a cleared one */
}

static void test_feed_by_room(void **state)
{
    Board *b = *state;
    program(b, 0x87, 0x01);
    u8 text[100], got[100];
    for (int i = 0; i < 100; i++)
        text[i] = (u8)(i * 3);
    b->feed = text + 1;
    b->feed_count = 99;
    int n = 0;
    assert_true(uart_rx(&b->uart, text[0]));
    for (int t = 0; t < 300 && n < 100; t++) {
        run(b, 5000);
        while (in(b, LSR) & 1)
            got[n++] = in(b, RBR);
        assert_int_equal(in(b, LSR) & 0x1E, 0);
    }
    assert_int_equal(n, 100);
    assert_memory_equal(text, got, 100);
}

static void test_feed_waits_for_a_slow_reader(void **state)
{
    Board *b = *state;
    program(b, 0x07, 0);
    static const u8 text[] = "The quick brown fox jumps over the lazy dog";
    b->feed = text + 1;
    b->feed_count = sizeof text - 2;
    uart_rx(&b->uart, text[0]);
    run(b, 100 * CHAR);
    assert_int_equal(in(b, LSR), 0x61); /* full, no overrun */
    for (size_t i = 0; i < sizeof text - 1; i++) {
        assert_int_equal(in(b, RBR), text[i]);
        run(b, 2 * CHAR);
    }
    assert_int_equal(in(b, LSR), 0x60);
}

static void test_loopback(void **state)
{
    Board *b = *state;
    program(b, 0, 0);
    assert_true(b->dtr.level && b->rts.level);
    out(b, MCR, 0x10);
    assert_false(b->dtr.level || b->rts.level);
    assert_int_equal(in(b, MSR), 0x0B); /* CTS, DSR, DCD fell */
    assert_int_equal(in(b, MSR), 0x00);
    static const struct {
        u8 mcr, msr;
    } map[] = {{0x11, 0x22}, {0x12, 0x13}, {0x14, 0x41}, {0x18, 0x8C}};
    for (size_t i = 0; i < ARRAY_LEN(map); i++) {
        out(b, MCR, map[i].mcr);
        u8 msr = in(b, MSR);
        assert_int_equal(msr & 0xF0, map[i].msr & 0xF0);
    }
    assert_false(uart_rx_ready(&b->uart));
    out(b, THR, 0x5A);
    run(b, BIT + CHAR);
    assert_int_equal(in(b, LSR), 0x61);
    assert_int_equal(in(b, RBR), 0x5A);
    assert_int_equal(b->sink.count, 0);
    out(b, THR, 1);
    run(b, BIT + CHAR);
    out(b, THR, 2);
    run(b, BIT + CHAR);
    assert_int_equal(in(b, LSR), 0x63); /* overrun: the newer byte stays */
    assert_int_equal(in(b, LSR), 0x61);
    assert_int_equal(in(b, RBR), 2);
    out(b, FCR, 0x07);
    for (int i = 0; i < 18; i++) {
        out(b, THR, (u8)i);
        run(b, BIT + CHAR);
    }
    assert_int_equal(in(b, LSR), 0x63);
    for (int i = 0; i < 16; i++)
        assert_int_equal(in(b, RBR), i); /* a full FIFO keeps the older bytes */
    assert_int_equal(in(b, LSR), 0x60);
    int rooms = b->rooms;
    out(b, MCR, 0x0B);
    assert_int_equal(b->rooms, rooms + 1);
}

static void test_loopback_disconnects_the_pin(void **state)
{
    Board *b = *state;
    program(b, 0, 0x01);
    uart_rx(&b->uart, 'x');
    out(b, MCR, 0x18);
    run(b, 2 * CHAR);
    assert_int_equal(in(b, LSR), 0x60);
    out(b, THR, 'y');
    run(b, BIT + CHAR);
    assert_int_equal(in(b, IIR), 0x04);
    assert_false(b->irq.level); /* OUT2's pin is inactive in loopback mode */
}

static void test_modem_status(void **state)
{
    Board *b = *state;
    program(b, 0, 0x08);
    uart_set_modem(&b->uart, UART_CTS, false);
    assert_true(b->irq.level);
    assert_int_equal(in(b, IIR), 0x00);
    assert_int_equal(in(b, MSR), 0xA1);
    assert_false(b->irq.level);
    uart_set_modem(&b->uart, UART_RI, true); /* a ring's begin is no event */
    assert_false(b->irq.level);
    assert_int_equal(in(b, MSR), 0xE0);
    uart_set_modem(&b->uart, UART_RI, false);
    assert_true(b->irq.level);
    uart_set_modem(&b->uart, UART_DSR, false);
    uart_set_modem(&b->uart, UART_DCD, false);
    assert_int_equal(in(b, MSR), 0x0E);
    uart_set_modem(&b->uart, UART_DCD, false); /* no change */
    assert_false(b->irq.level);
    uart_set_modem(&b->uart, 99, true);
    uart_set_modem(&b->uart, -1, true);
    assert_int_equal(in(b, MSR), 0x00);
}

static void test_priorities(void **state)
{
    Board *b = *state;
    program(b, 0, 0x0F);
    in(b, IIR); /* THR empty */
    uart_set_modem(&b->uart, UART_CTS, false);
    assert_int_equal(in(b, IIR), 0x00);
    out(b, IER, 0x0D);
    out(b, IER, 0x0F);
    assert_true(uart_rx_break(&b->uart));
    run(b, CHAR);
    assert_int_equal(in(b, IIR), 0x06);
    assert_int_equal(in(b, LSR), 0x71);
    assert_int_equal(in(b, IIR), 0x04);
    assert_int_equal(in(b, RBR), 0x00);
    assert_int_equal(in(b, IIR), 0x02);
    assert_int_equal(in(b, IIR), 0x00);
    assert_true(b->irq.level);
    in(b, MSR);
    assert_int_equal(in(b, IIR), 0x01);
    assert_false(b->irq.level);
}

static void test_break_in_fifo(void **state)
{
    Board *b = *state;
    program(b, 0x07, 0x04);
    arrive(b, 'a', 1);
    uart_rx_break(&b->uart);
    run(b, CHAR);
    assert_int_equal(in(b, LSR), 0xE1); /* it is in the FIFO but not on top */
    assert_false(b->irq.level);
    assert_int_equal(in(b, RBR), 'a');
    assert_true(b->irq.level);
    assert_int_equal(in(b, LSR), 0xF1);
    assert_int_equal(in(b, LSR), 0x61);
    assert_false(b->irq.level);
    assert_int_equal(in(b, RBR), 0);
    assert_int_equal(in(b, LSR), 0x60);
}

static void test_send_break(void **state)
{
    Board *b = *state;
    out(b, LCR, 0x43);
    assert_int_equal(b->breaks, 1);
    out(b, THR, 'x');
    run(b, 2 * CHAR);
    assert_int_equal(b->sink.count, 0); /* the wire is held */
    out(b, LCR, 0x03);
    assert_int_equal(b->breaks, 101);
    out(b, THR, 'y');
    run(b, 2 * CHAR);
    assert_int_equal(b->sink.count, 1);
    out(b, LCR, 0x43);
    uart_reset(&b->uart);
    assert_int_equal(b->breaks, 202);
}

static void test_out2_gates_the_interrupt(void **state)
{
    Board *b = *state;
    out(b, MCR, 0x00);
    out(b, IER, 0x02);
    assert_int_equal(bus_peek_port(&b->rig.bus, IIR, 1), 0x02);
    assert_false(b->irq.level);
    out(b, MCR, 0x08);
    assert_true(b->irq.level);
    out(b, MCR, 0x00);
    assert_false(b->irq.level);
}

static void test_fifo_control(void **state)
{
    Board *b = *state;
    program(b, 0x01, 0);
    arrive(b, 'a', 3);
    out(b, FCR, 0xC0); /* bit 0 clear: FIFOs off, all else ignored, both emptied */
    assert_int_equal(in(b, IIR), 0x01);
    assert_int_equal(in(b, LSR), 0x60);
    arrive(b, 'b', 1);
    out(b, FCR, 0x02); /* not taken while off */
    assert_int_equal(in(b, LSR), 0x61);
    out(b, FCR, 0x01);
    assert_int_equal(in(b, LSR), 0x60);
    arrive(b, 'c', 2);
    out(b, FCR, 0x81); /* a new level keeps the data */
    assert_int_equal(in(b, RBR), 'c');
    out(b, FCR, 0x83);
    assert_int_equal(in(b, LSR), 0x60);
}

static void test_older_chips(void **state)
{
    teardown(state);
    Board *b = start(state, UART_16450);
    out(b, FCR, 0xC7);
    assert_int_equal(in(b, IIR), 0x01);
    out(b, SCR, 0x5A);
    assert_int_equal(in(b, SCR), 0x5A);
    teardown(state);
    b = start(state, UART_8250);
    out(b, FCR, 0xC7);
    assert_int_equal(in(b, IIR), 0x01);
    out(b, SCR, 0x5A);
    assert_int_equal(in(b, SCR), 0xFF);
}

static void test_peek_has_no_effect(void **state)
{
    Board *b = *state;
    program(b, 0x01, 0x0F);
    arrive(b, 'a', 2);
    uart_set_modem(&b->uart, UART_CTS, false);
    u64 before = snap_hash(&b->rig.snap);
    assert_int_equal(bus_peek_port(&b->rig.bus, RBR, 1), 'a');
    for (int p = BASE; p < BASE + 8; p++)
        bus_peek_port(&b->rig.bus, (u16)p, 1);
    assert_true(before == snap_hash(&b->rig.snap));
}

static u64 hostile(Board *b, u64 seed)
{
    for (int i = 0; i < 300000; i++) {
        u32 r = rig_random(&seed);
        u16 port = (u16)(BASE + (r & 7));
        switch (r >> 3 & 7) {
        case 0:
        case 1:
        case 2:
            out8(&b->rig, port, (u8)(r >> 8));
            break;
        case 3:
        case 4:
            in8(&b->rig, port);
            break;
        case 5:
            uart_rx(&b->uart, (u8)(r >> 8));
            break;
        case 6:
            uart_set_modem(&b->uart, r >> 8 & 3, r >> 10 & 1);
            break;
        default:
            run(b, r >> 8 & 0xFFF);
        }
    }
    return snap_hash(&b->rig.snap);
}

static void test_hostile_guest_is_harmless_and_repeatable(void **state)
{
    u64 first = hostile(*state, 16550);
    teardown(state);
    Board *b = start(state, UART_16550A);
    assert_true(first == hostile(b, 16550));
    uart_reset(&b->uart);
    out(b, LCR, 0x83);
    out(b, BASE, 12);
    out(b, BASE + 1, 0);
    program(b, 0x07, 0);
    b->sink.count = 0;
    out(b, THR, 'k');
    run(b, 2 * CHAR);
    assert_int_equal(b->sink.byte[0], 'k');
    memset(&b->uart.s, 0xFF, sizeof b->uart.s);
    uart_post_load(&b->uart);
    hostile(b, 3);
}

/* A guest that powers off right behind its last character. */
static void test_drain_at_power_off(void **state)
{
    Board *b = *state;
    program(b, 0x07, 0);
    for (const char *p = "END"; *p; p++)
        out(b, THR, (u8)*p);
    run(b, CHAR / 2);
    UartState before = b->uart.s;
    uart_drain(&b->uart);
    assert_int_equal(b->sink.count, 3);
    assert_memory_equal(b->sink.byte, "END", 3);
    assert_memory_equal(&before, &b->uart.s, sizeof before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_after_reset),
        TEST(test_register_bits),
        TEST(test_transmit_timing),
        TEST(test_back_to_back_does_not_drift),
        TEST(test_character_formats),
        TEST(test_divisor_zero),
        TEST(test_thre_interrupt),
        TEST(test_transmit_fifo),
        TEST(test_drain_at_power_off),
        TEST(test_receive),
        TEST(test_receive_fifo_triggers),
        TEST(test_receive_timeout),
        TEST(test_feed_by_room),
        TEST(test_feed_waits_for_a_slow_reader),
        TEST(test_loopback),
        TEST(test_loopback_disconnects_the_pin),
        TEST(test_modem_status),
        TEST(test_priorities),
        TEST(test_break_in_fifo),
        TEST(test_send_break),
        TEST(test_out2_gates_the_interrupt),
        TEST(test_fifo_control),
        TEST(test_older_chips),
        TEST(test_peek_has_no_effect),
        TEST(test_hostile_guest_is_harmless_and_repeatable),
    };
    return cmocka_run_group_tests_name("uart", tests, NULL, NULL);
}
