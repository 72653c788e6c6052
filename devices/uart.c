/* uart.c: the 16550A serial port, and by setting its ancestors 16450 (no FIFOs) and 8250 (no
 * scratch register either). Bytes take their time on the wire: a character lasts as long as divisor
 * and format say, in cycles of the 1.8432 MHz oscillator. Manual: National Semiconductor, "PC16550D
 * Universal Asynchronous Receiver/Transmitter with FIFOs".
 *
 *   +0  R  RBR  oldest received byte         W  THR  byte to send        (DLAB: divisor low)
 *   +1     IER  3 modem | 2 line status | 1 THR empty | 0 data there     (DLAB: divisor high)
 *   +2  R  IIR  7-6 FIFOs on | 3-1 source | 0 none
 *       W  FCR  7-6 trigger | 2 clear TX | 1 clear RX | 0 on
 *   +3     LCR  7 DLAB | 6 break | 5-3 parity | 2 stop bits | 1-0 data bits - 5
 *   +4     MCR  4 loop | 3 OUT2 | 2 OUT1 | 1 RTS | 0 DTR
 *   +5  R  LSR  7 error in FIFO | 6 TX idle | 5 THR empty | 4 break | 3 framing | 2 parity |
 *               1 overrun | 0 data there
 *   +6  R  MSR  7 DCD | 6 RI | 5 DSR | 4 CTS | 3-0 changes of these
 *   +7     SCR  scratch
 *
 * On a PC the interrupt reaches the bus only while the OUT2 pin is active; in loopback mode the
 * pins are not, so then no interrupt does.
 *
 * NOTE: the THR-empty interrupt of FIFO mode comes when the FIFO runs empty, without the chip's
 * delay of one character after a single byte. NOTE: divisor 0 counts as 65,536. NOTE: writes to LSR
 * and MSR, meant for factory tests, do nothing. */
#include "devices/uart.h"

#include <stdio.h>

enum { OSCILLATOR_HZ = 1843200, DIVISOR_DEFAULT = 12 /* 9600 baud */ };

enum { IER_DATA = 1, IER_THRE = 2, IER_LINE = 4, IER_MODEM = 8 };
enum { IIR_NONE = 1, IIR_MODEM = 0, IIR_THRE = 2, IIR_DATA = 4, IIR_LINE = 6, IIR_TIMEOUT = 0xC };
enum { FCR_ON = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4, FCR_KEPT = 0xC9 };
enum { LCR_STOP2 = 4, LCR_PARITY = 8, LCR_BREAK = 0x40, LCR_DLAB = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 0x10 };
enum {
    LSR_DATA = 0x01,
    LSR_OVERRUN = 0x02,
    LSR_BREAK = 0x10,
    LSR_THRE = 0x20,
    LSR_IDLE = 0x40,
    LSR_FIFO_ERROR = 0x80,
    LSR_CHAR_ERRORS = 0x1C,
};

static const Clock *clock_of(const Uart *u)
{
    return u->cfg.queue->clock;
}

static bool fifo_on(const UartState *s)
{
    return s->fcr & FCR_ON;
}

static int capacity(const UartState *s)
{
    return fifo_on(s) ? UART_FIFO : 1;
}

static bool looped(const UartState *s)
{
    return s->mcr & MCR_LOOP;
}

/* ---- time ------------------------------------------------------------------------------------ */

static u64 bit_cycles(const UartState *s)
{
    return 16u * (s->divisor ? s->divisor : 65536u);
}

/* Start bit, data, parity and stop bits; two "stop bits" of a 5-bit character are one and a
 * half. */
static u64 char_cycles(const UartState *s)
{
    unsigned data = 5u + (s->lcr & 3u);
    unsigned halves = 2 * (1 + data + !!(s->lcr & LCR_PARITY));
    halves += !(s->lcr & LCR_STOP2) ? 2 : data == 5 ? 3 : 4;
    return bit_cycles(s) * halves / 2;
}

static u64 cycles_now(const Uart *u)
{
    return clock_cycles(clock_of(u), clock_of(u)->now, OSCILLATOR_HZ);
}

static void arm(Uart *u, Event *e, u64 cycle)
{
    event_at(u->cfg.queue, e, clock_tick_of(clock_of(u), cycle, OSCILLATOR_HZ));
}

static u8 data_mask(const UartState *s)
{
    return (u8)((1u << (5 + (s->lcr & 3))) - 1);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static int trigger_level(const UartState *s)
{
    static const u8 level[4] = {1, 4, 8, 14};
    return fifo_on(s) ? level[s->fcr >> 6] : 1;
}

/* The source that IIR names, by the chip's fixed priority. */
static u8 interrupt_id(const UartState *s)
{
    if (s->ier & IER_LINE && s->lsr_errors)
        return IIR_LINE;
    if (s->ier & IER_DATA && s->rx_count >= trigger_level(s))
        return IIR_DATA;
    if (s->ier & IER_DATA && s->rx_timeout)
        return IIR_TIMEOUT;
    if (s->ier & IER_THRE && s->thre_pending)
        return IIR_THRE;
    if (s->ier & IER_MODEM && s->msr_delta)
        return IIR_MODEM;
    return IIR_NONE;
}

static void update_irq(Uart *u)
{
    UartState *s = &u->s;
    bool pin = s->mcr & MCR_OUT2 && !looped(s);
    u8 level = pin && interrupt_id(s) != IIR_NONE;
    if (level == s->irq_level)
        return;
    s->irq_level = level;
    line_set(&u->cfg.irq, level);
}

/* ---- receiver -------------------------------------------------------------------------------- */

static void restart_timeout(Uart *u)
{
    const UartState *s = &u->s;
    if (fifo_on(s) && s->rx_count)
        arm(u, &u->timeout, cycles_now(u) + 4 * char_cycles(s));
    else
        event_cancel(u->cfg.queue, &u->timeout);
}

/* A character's errors show in LSR when it is the next to be read. */
static void reveal_errors(UartState *s)
{
    if (!s->rx_count)
        return;
    s->lsr_errors |= (u8)(s->rx[0] >> 8);
    s->rx[0] &= 0xFF;
}

/* A full FIFO keeps what it has; a full single register takes the newer character. */
static void receive(Uart *u, u16 entry)
{
    UartState *s = &u->s;
    if (s->rx_count == capacity(s)) {
        s->lsr_errors |= LSR_OVERRUN;
        if (!fifo_on(s))
            s->rx[0] = entry;
    } else {
        s->rx[s->rx_count++] = entry;
    }
    reveal_errors(s);
    restart_timeout(u);
    update_irq(u);
}

static u8 read_rbr(Uart *u)
{
    UartState *s = &u->s;
    if (!s->rx_count)
        return s->rbr;
    s->rbr = (u8)s->rx[0];
    s->rx_count--;
    memmove(s->rx, s->rx + 1, s->rx_count * sizeof s->rx[0]);
    s->rx[s->rx_count] = 0;
    s->rx_timeout = 0;
    reveal_errors(s);
    restart_timeout(u);
    update_irq(u);
    return s->rbr;
}

static void clear_rx(Uart *u)
{
    UartState *s = &u->s;
    memset(s->rx, 0, sizeof s->rx);
    s->rx_count = 0;
    s->rx_timeout = 0;
    s->lsr_errors &= LSR_OVERRUN;
    restart_timeout(u);
}

static void offer_room(Uart *u)
{
    if (u->cfg.rx_room && uart_rx_ready(u))
        u->cfg.rx_room(u->cfg.ctx);
}

static void on_rx_due(void *ctx, u64 when)
{
    Uart *u = ctx;
    u->s.rx_busy = 0;
    if (!looped(&u->s)) /* in loopback mode the input pin is disconnected */
        receive(u, u->s.rsr);
    offer_room(u);
}

static void on_timeout(void *ctx, u64 when)
{
    Uart *u = ctx;
    u->s.rx_timeout = fifo_on(&u->s) && u->s.rx_count;
    update_irq(u);
}

bool uart_rx_ready(const Uart *u)
{
    const UartState *s = &u->s;
    return !s->rx_busy && !looped(s) && s->rx_count < capacity(s);
}

static bool start_rx(Uart *u, u16 entry)
{
    if (!uart_rx_ready(u))
        return false;
    u->s.rsr = entry;
    u->s.rx_busy = 1;
    arm(u, &u->rx_due, cycles_now(u) + char_cycles(&u->s));
    return true;
}

bool uart_rx(Uart *u, u8 byte)
{
    return start_rx(u, byte & data_mask(&u->s));
}

bool uart_rx_break(Uart *u)
{
    return start_rx(u, LSR_BREAK << 8);
}

/* ---- transmitter ----------------------------------------------------------------------------- */

static void send_finished_byte(Uart *u)
{
    UartState *s = &u->s;
    u8 byte = s->tsr & data_mask(s);
    s->tsr_busy = 0;
    if (looped(s))
        receive(u, byte);
    else if (!(s->lcr & LCR_BREAK) &&
             u->cfg.tx) /* a break holds the wire: the byte is lost on it */
        u->cfg.tx(u->cfg.ctx, byte);
}

/* The shift register takes the next byte, exactly when the one before has ended. */
static void load_tsr(Uart *u)
{
    UartState *s = &u->s;
    s->tsr = s->tx[0];
    s->tsr_busy = 1;
    s->tx_count--;
    memmove(s->tx, s->tx + 1, s->tx_count);
    s->tx[s->tx_count] = 0;
    if (!s->tx_count)
        s->thre_pending = 1;
    s->tx_end += char_cycles(s);
    arm(u, &u->tx_due, s->tx_end);
}

static void on_tx_due(void *ctx, u64 when)
{
    Uart *u = ctx;
    if (u->s.tsr_busy)
        send_finished_byte(u);
    if (u->s.tx_count)
        load_tsr(u);
    update_irq(u);
}

void uart_drain(const Uart *u)
{
    const UartState *s = &u->s;
    if (!u->cfg.tx || looped(s) || s->lcr & LCR_BREAK)
        return;
    if (s->tsr_busy)
        u->cfg.tx(u->cfg.ctx, s->tsr & data_mask(s));
    for (int i = 0; i < s->tx_count; i++)
        u->cfg.tx(u->cfg.ctx, s->tx[i] & data_mask(s));
}

/* An idle transmitter starts at the next edge of its baud clock, so THR empty goes off for one
 * bit. */
static void write_thr(Uart *u, u8 byte)
{
    UartState *s = &u->s;
    if (s->tx_count < capacity(s))
        s->tx[s->tx_count++] = byte;
    else if (!fifo_on(s))
        s->tx[0] = byte;
    s->thre_pending = 0;
    if (!u->tx_due.armed) {
        s->tx_end = cycles_now(u) + bit_cycles(s);
        arm(u, &u->tx_due, s->tx_end);
    }
    update_irq(u);
}

static void clear_tx(UartState *s)
{
    if (s->tx_count)
        s->thre_pending = 1;
    memset(s->tx, 0, sizeof s->tx);
    s->tx_count = 0;
}

/* ---- modem lines ----------------------------------------------------------------------------- */

/* Bits 4-7 of MSR: the pins, or in loopback mode RTS, DTR, OUT1 and OUT2. */
static u8 modem_status(const UartState *s)
{
    if (!looped(s))
        return (u8)(s->inputs << 4);
    return (u8)(!!(s->mcr & MCR_RTS) << 4 | !!(s->mcr & MCR_DTR) << 5 | !!(s->mcr & MCR_OUT1) << 6 |
                !!(s->mcr & MCR_OUT2) << 7);
}

/* Every change is noted but a ring's begin: TERI is its trailing edge. */
static void update_modem(Uart *u)
{
    UartState *s = &u->s;
    u8 is = modem_status(s), changed = is ^ s->modem;
    u8 ring_began = is & changed & (0x10 << UART_RI);
    s->msr_delta |= (u8)((changed & ~ring_began) >> 4);
    s->modem = is;
    update_irq(u);
}

static void drive_pins(Uart *u)
{
    UartState *s = &u->s;
    u8 pins = looped(s) ? 0 : s->mcr & (MCR_DTR | MCR_RTS);
    u8 changed = pins ^ s->pins;
    s->pins = pins;
    if (changed & MCR_DTR)
        line_set(&u->cfg.dtr, pins & MCR_DTR);
    if (changed & MCR_RTS)
        line_set(&u->cfg.rts, pins & MCR_RTS);
}

void uart_set_modem(void *uart, int pin, bool level)
{
    Uart *u = uart;
    if (pin < UART_CTS || pin > UART_DCD)
        return;
    u8 bit = (u8)(1u << pin);
    u->s.inputs = (u8)((u->s.inputs & ~bit) | (level ? bit : 0));
    update_modem(u);
}

/* ---- registers ------------------------------------------------------------------------------- */

static u8 line_status(const UartState *s)
{
    u8 v = s->lsr_errors;
    if (s->rx_count)
        v |= LSR_DATA;
    if (!s->tx_count)
        v |= LSR_THRE | (s->tsr_busy ? 0 : LSR_IDLE);
    bool bad = s->lsr_errors & LSR_CHAR_ERRORS;
    for (int i = 0; i < s->rx_count; i++)
        bad |= s->rx[i] >> 8 != 0;
    return v | (fifo_on(s) && bad ? LSR_FIFO_ERROR : 0);
}

static u32 peek_register(void *ctx, u32 port, int size)
{
    const Uart *u = ctx;
    const UartState *s = &u->s;
    bool dlab = s->lcr & LCR_DLAB;
    switch ((port - u->cfg.base) & 7) {
    case 0:
        return dlab ? s->divisor & 0xFF : s->rx_count ? s->rx[0] & 0xFF : s->rbr;
    case 1:
        return dlab ? s->divisor >> 8 : s->ier;
    case 2:
        return interrupt_id(s) | (fifo_on(s) ? 0xC0 : 0);
    case 3:
        return s->lcr;
    case 4:
        return s->mcr;
    case 5:
        return line_status(s);
    case 6:
        return s->modem | s->msr_delta;
    default:
        return u->cfg.kind == UART_8250 ? 0xFF : s->scr;
    }
}

/* Reading RBR, IIR, LSR and MSR is also an acknowledgement. */
static u32 read_register(void *ctx, u32 port, int size)
{
    Uart *u = ctx;
    UartState *s = &u->s;
    u32 v = peek_register(ctx, port, size);
    switch ((port - u->cfg.base) & 7) {
    case 0:
        if (s->lcr & LCR_DLAB)
            return v;
        v = read_rbr(u);
        offer_room(u);
        return v;
    case 2:
        if ((v & 0x0F) == IIR_THRE)
            s->thre_pending = 0;
        break;
    case 5:
        s->lsr_errors = 0;
        break;
    case 6:
        s->msr_delta = 0;
        break;
    default:
        return v;
    }
    update_irq(u);
    return v;
}

/* Enabling the THR-empty interrupt while THR is empty raises it: that is how drivers start
 * sending. */
static void write_ier(Uart *u, u8 v)
{
    UartState *s = &u->s;
    if (v & ~s->ier & IER_THRE && !s->tx_count)
        s->thre_pending = 1;
    s->ier = v & 0x0F;
    update_irq(u);
}

/* Turning the FIFOs on or off empties them; without bit 0 the other bits are not taken. */
static void write_fcr(Uart *u, u8 v)
{
    UartState *s = &u->s;
    if (u->cfg.kind != UART_16550A)
        return;
    bool toggled = (v ^ s->fcr) & FCR_ON;
    s->fcr = v & FCR_ON ? v & FCR_KEPT : 0;
    if (toggled || (v & FCR_ON && v & FCR_CLEAR_RX))
        clear_rx(u);
    if (toggled || (v & FCR_ON && v & FCR_CLEAR_TX))
        clear_tx(s);
    update_irq(u);
    offer_room(u);
}

static void write_lcr(Uart *u, u8 v)
{
    u8 changed = v ^ u->s.lcr;
    u->s.lcr = v;
    if (changed & LCR_BREAK && !looped(&u->s) && u->cfg.tx_break)
        u->cfg.tx_break(u->cfg.ctx, v & LCR_BREAK);
}

static void write_mcr(Uart *u, u8 v)
{
    u->s.mcr = v & 0x1F;
    drive_pins(u);
    update_modem(u);
    offer_room(u);
}

static void write_divisor(UartState *s, int high, u8 v)
{
    s->divisor = high ? (u16)((s->divisor & 0x00FF) | v << 8) : (u16)((s->divisor & 0xFF00) | v);
}

static void write_register(void *ctx, u32 port, int size, u32 value)
{
    Uart *u = ctx;
    UartState *s = &u->s;
    u8 v = (u8)value;
    u32 reg = (port - u->cfg.base) & 7;
    if (reg < 2 && s->lcr & LCR_DLAB)
        write_divisor(s, reg, v);
    else if (reg == 0)
        write_thr(u, v);
    else if (reg == 1)
        write_ier(u, v);
    else if (reg == 2)
        write_fcr(u, v);
    else if (reg == 3)
        write_lcr(u, v);
    else if (reg == 4)
        write_mcr(u, v);
    else if (reg == 7)
        s->scr = v;
}

/* Line and modem status, once their reading has nothing left to clear. */
static BusSteady steady(void *ctx, u32 port)
{
    const Uart *u = ctx;
    u32 at = (port - u->cfg.base) & 7;
    bool holds = (at == 5 && !u->s.lsr_errors) || (at == 6 && !u->s.msr_delta);
    return (BusSteady){.until = holds ? UINT64_MAX : 0};
}

static const BusOps uart_ops = {read_register, write_register, peek_register, 1};

/* ---- set-up ---------------------------------------------------------------------------------- */

static void add_event(Uart *u, int n, const char *suffix, Event *e, EventFn *fn)
{
    snprintf(u->event_names[n], sizeof u->event_names[n], "%s.%s", u->cfg.name, suffix);
    event_init(u->cfg.queue, e, u->event_names[n], fn, u);
}

static void power_on(UartState *s, u8 inputs)
{
    memset(s, 0, sizeof *s);
    s->divisor = DIVISOR_DEFAULT;
    s->inputs = inputs;
    s->modem = modem_status(s);
}

static bool check_state(const void *state, const Clock *clock)
{
    const UartState *s = state;
    return !(s->fcr & ~FCR_KEPT) && s->rx_count <= capacity(s) && s->tx_count <= capacity(s);
}

void uart_init(Uart *u, const UartConfig *cfg)
{
    memset(u, 0, sizeof *u);
    u->cfg = *cfg;
    power_on(&u->s, cfg->inputs & 0x0F);
    add_event(u, 0, "tx", &u->tx_due, on_tx_due);
    add_event(u, 1, "rx", &u->rx_due, on_rx_due);
    add_event(u, 2, "idle", &u->timeout, on_timeout);
    if (!bus_map_port(cfg->bus, cfg->base, 8, &uart_ops, u, cfg->name))
        panic("no room for the ports of %s: raise BUS_REGIONS", cfg->name);
    bus_set_steady(cfg->bus, cfg->base, steady);
    snap_add(cfg->snap, cfg->name, 1, &u->s, sizeof u->s);
    snap_check(cfg->snap, check_state);
}

/* Master reset. Pins that others drive keep their levels. */
void uart_reset(Uart *u)
{
    UartState *s = &u->s;
    u8 irq = s->irq_level, pins = s->pins, line_was_held = s->lcr & LCR_BREAK;
    event_cancel(u->cfg.queue, &u->tx_due);
    event_cancel(u->cfg.queue, &u->rx_due);
    event_cancel(u->cfg.queue, &u->timeout);
    power_on(s, s->inputs);
    s->irq_level = irq;
    s->pins = pins;
    if (line_was_held && u->cfg.tx_break)
        u->cfg.tx_break(u->cfg.ctx, false);
    drive_pins(u);
    update_irq(u);
    offer_room(u);
}

void uart_post_load(Uart *u)
{
    UartState *s = &u->s;
    s->fcr &= FCR_KEPT;
    if (s->rx_count > capacity(s))
        s->rx_count = 0;
    if (s->tx_count > capacity(s))
        s->tx_count = 0;
}
