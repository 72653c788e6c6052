/* lpt.c: the parallel printer adapter of the first PC, and a printer at its connector that takes
 * every byte. Manual: IBM PC Technical Reference, "Parallel Printer Adapter".
 *
 *   +0     data latch
 *   +1  R  status   7 ready (not BUSY) | 6 not ACK | 5 paper out | 4 selected | 3 no error | 2-0 1
 *   +2     control  4 IRQ enable | 3 select | 2 no INIT | 1 auto feed | 0 strobe | 7-5 read as 1
 *
 *   strobe  ____/--\_______________________    the byte is taken at the rising edge
 *   busy    ____/--------------------\_____    BUSY_US, and the acknowledge pulse
 *   not ACK --------------------\____/-----    low for ACK_US; its end interrupts, if enabled
 *
 * The interrupt line falls again when the guest reads the status or strobes the next byte. */
#include "devices/lpt.h"

enum { BUSY_US = 20, ACK_US = 5 };
enum { IDLE, BUSY, ACKNOWLEDGE }; /* LptState.phase */

enum { STROBE = 0x01, NO_INIT = 0x04, IRQ_ENABLE = 0x10, CONTROL_BITS = 0x1F };
enum {
    READY = 0x80,
    NOT_ACK = 0x40,
    PAPER_OUT = 0x20,
    SELECTED = 0x10,
    NO_ERROR = 0x08,
    UNUSED = 0x07
};

static void update_irq(Lpt *l)
{
    u8 level = l->s.acked && l->s.control & IRQ_ENABLE;
    if (level == l->s.irq_level)
        return;
    l->s.irq_level = level;
    line_set(&l->cfg.irq, level);
}

static void arm(Lpt *l, u64 from, u64 us)
{
    event_at(l->cfg.queue, &l->step, from + clock_us(l->cfg.queue->clock, us));
}

static void on_step(void *ctx, u64 when)
{
    Lpt *l = ctx;
    if (l->s.phase == BUSY) {
        l->s.phase = ACKNOWLEDGE;
        arm(l, when, ACK_US);
        return;
    }
    l->s.phase = IDLE;
    l->s.acked = 1;
    update_irq(l);
}

/* A busy or initialising printer does not look at the strobe. */
static void strobe(Lpt *l)
{
    if (!l->cfg.tx || l->s.phase != IDLE || !(l->s.control & NO_INIT))
        return;
    l->s.phase = BUSY;
    l->s.acked = 0;
    arm(l, l->cfg.queue->clock->now, BUSY_US);
    l->cfg.tx(l->cfg.ctx, l->s.data);
}

static void stop(Lpt *l)
{
    event_cancel(l->cfg.queue, &l->step);
    l->s.phase = IDLE;
    l->s.acked = 0;
}

static void write_control(Lpt *l, u8 v)
{
    u8 rising = v & ~l->s.control;
    l->s.control = v & CONTROL_BITS;
    if (!(v & NO_INIT))
        stop(l);
    if (rising & STROBE)
        strobe(l);
    update_irq(l);
}

/* With no printer the inputs float high, which reads as busy (that wire is inverted) and no
 * paper. */
static u8 status(const Lpt *l)
{
    if (!l->cfg.tx)
        return (u8)~READY;
    bool busy = l->s.phase != IDLE || !(l->s.control & NO_INIT);
    return (u8)((busy ? 0 : READY) | (l->s.phase == ACKNOWLEDGE ? 0 : NOT_ACK) | SELECTED |
                NO_ERROR | UNUSED);
}

static u32 peek_register(void *ctx, u32 port, int size)
{
    const Lpt *l = ctx;
    switch (port - l->cfg.base) {
    case 0:
        return l->s.data;
    case 1:
        return status(l);
    default:
        return l->s.control | 0xE0u;
    }
}

static u32 read_register(void *ctx, u32 port, int size)
{
    Lpt *l = ctx;
    u32 v = peek_register(ctx, port, size);
    if (port - l->cfg.base == 1) {
        l->s.acked = 0;
        update_irq(l);
    }
    return v;
}

static void write_register(void *ctx, u32 port, int size, u32 value)
{
    Lpt *l = ctx;
    if (port == l->cfg.base)
        l->s.data = (u8)value;
    else if (port - l->cfg.base == 2)
        write_control(l, (u8)value);
}

static const BusOps lpt_ops = {read_register, write_register, peek_register, 1};

static bool check_state(const void *state, const Clock *clock)
{
    return ((const LptState *)state)->phase <= ACKNOWLEDGE;
}

void lpt_init(Lpt *l, const LptConfig *cfg)
{
    memset(l, 0, sizeof *l);
    l->cfg = *cfg;
    event_init(cfg->queue, &l->step, cfg->name, on_step, l);
    if (!bus_map_port(cfg->bus, cfg->base, 3, &lpt_ops, l, cfg->name))
        panic("no room for the ports of %s: raise BUS_REGIONS", cfg->name);
    snap_add(cfg->snap, cfg->name, 1, &l->s, sizeof l->s);
    snap_check(cfg->snap, check_state);
}

/* Reset clears the control latch: INIT is active until software ends it. */
void lpt_reset(Lpt *l)
{
    u8 level = l->s.irq_level;
    stop(l);
    memset(&l->s, 0, sizeof l->s);
    l->s.irq_level = level;
    update_irq(l);
}

void lpt_post_load(Lpt *l)
{
    if (l->s.phase > ACKNOWLEDGE)
        l->s.phase = IDLE;
}
