/* lptdac.c: converters at the printer port. The Covox Speech Thing is a ladder of resistors: what
 * is in the data latch sounds. The Disney Sound Source has a FIFO of 16 bytes, played at 7 kHz;
 * from its "Programmer's Guide".
 *
 *   +0  data
 *   +1  status   Sound Source: 6 the FIFO is full
 *   +2  control  Sound Source: 2 power (INIT); a byte is taken when 3 (SELECT IN) falls */
#include "devices/lptdac.h"

enum { RATE = 7000, POWER = 4, SELECT_IN = 8, FULL = 0x40, CONTROL_BITS = 0x1F, LOUD = 160 };

static void emit(LptDac *d, AudioTime when, u8 v)
{
    d->s.level = (s8)(v - 128);
    audio_step(d->cfg.out, when, d->s.level * LOUD, d->s.level * LOUD);
}

static AudioTime now_of(const LptDac *d)
{
    const Clock *c = d->cfg.queue->clock;
    return (AudioTime){c->now, c->ips};
}

static void arm(LptDac *d)
{
    event_at(d->cfg.queue, &d->due, clock_tick_of(d->cfg.queue->clock, d->s.next, RATE));
}

/* An empty FIFO holds the last level, and the clock of the samples stands until there are more. */
static void on_due(void *ctx, u64 when)
{
    LptDac *d = ctx;
    if (!d->s.count)
        return;
    emit(d, (AudioTime){d->s.next, RATE}, d->s.fifo[0]);
    memmove(d->s.fifo, d->s.fifo + 1, --d->s.count);
    d->s.next++;
    arm(d);
}

static void put(LptDac *d)
{
    const Clock *c = d->cfg.queue->clock;
    if (d->s.count == LPTDAC_FIFO)
        return;
    d->s.fifo[d->s.count++] = d->s.data;
    if (d->due.armed)
        return;
    d->s.next = clock_cycles(c, c->now, RATE) + 1;
    arm(d);
}

static void write_control(LptDac *d, u8 v)
{
    bool taken = d->s.control & SELECT_IN && !(v & SELECT_IN);
    d->s.control = v & CONTROL_BITS;
    if (d->cfg.disney && taken && v & POWER)
        put(d);
}

/* Pins that nobody drives float high; one of them is inverted. */
static u32 port_read(void *ctx, u32 port, int size)
{
    const LptDac *d = ctx;
    switch (port - d->cfg.base) {
    case 0:
        return d->s.data;
    case 1:
        return d->cfg.disney && d->s.count < LPTDAC_FIFO ? 0x7F & ~FULL : 0x7F;
    default:
        return d->s.control | 0xE0u;
    }
}

static void port_write(void *ctx, u32 port, int size, u32 value)
{
    LptDac *d = ctx;
    switch (port - d->cfg.base) {
    case 0:
        d->s.data = (u8)value;
        if (!d->cfg.disney)
            emit(d, now_of(d), d->s.data);
        break;
    case 2:
        write_control(d, (u8)value);
        break;
    default:
        break;
    }
}

void lptdac_reset(LptDac *d)
{
    memset(&d->s, 0, sizeof d->s);
    event_cancel(d->cfg.queue, &d->due);
    emit(d, now_of(d), 128);
}

void lptdac_post_load(LptDac *d)
{
    emit(d, now_of(d), (u8)(d->s.level + 128));
}

static bool check_state(const void *state, const Clock *clock)
{
    const LptDacState *s = state;
    return s->count <= LPTDAC_FIFO && s->next <= clock_cycles(clock, clock->now, RATE) + RATE;
}

void lptdac_init(LptDac *d, const LptDacConfig *cfg)
{
    static const BusOps ops = {port_read, port_write, port_read, 1};
    memset(d, 0, sizeof *d);
    d->cfg = *cfg;
    event_init(cfg->queue, &d->due, "lptdac", on_due, d);
    bus_map_port(cfg->bus, cfg->base, 3, &ops, d, "lptdac");
    snap_add(cfg->snap, "lptdac", 1, &d->s, sizeof d->s);
    snap_check(cfg->snap, check_state);
}
