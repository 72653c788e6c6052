/* pit.c: the 8254 programmable interval timer, from Intel's data sheet (231164). A counter is not
 * stepped: its state is the cycle of its last load, and count and OUT at any cycle follow by
 * arithmetic. The only events are the edges of OUT that somebody listens to. May assume that
 * outputs are edge-sensitive: when OUT changes several times within one tick of guest time (a fast
 * counter in a slow machine), one rise is reported, and then the final level.
 *
 *   40h-42h read   counter 0-2: latched status, else latched count, else the count, by RW
 *   40h-42h write  count register, LSB/MSB as RW says
 *   43h     write  control word  SC1 SC0 RW1 RW0 M2 M1 M0 BCD
 *                  RW = 00: counter latch command
 *                  SC = 11: read-back  1 1 /COUNT /STATUS CNT2 CNT1 CNT0 0
 *   status byte    OUT NULL RW1 RW0 M2 M1 M0 BCD
 *
 * Time: a write falls between two CLK pulses; "loaded on the next CLK pulse" is the cycle after the
 * current one.
 *
 * NOTE: a count of 1 in modes 2 and 3, which the data sheet forbids, acts as 2.
 * NOTE: a gate that falls within mode 4's strobe ends it at once, not with the next CLK.
 * NOTE: between control word and first load the counting element stands still. */
#include "devices/pit.h"

#define PIT_NEVER UINT64_MAX

enum { CTL_BCD = 1, CTL_RW = 0x30, RW_LOW = 0x10, RW_HIGH = 0x20, RW_BOTH = 0x30 };
enum { STATUS_NULL = 0x40, STATUS_OUT = 0x80 };

static int mode_of(const PitCounter *c)
{
    int mode = c->control >> 1 & 7;
    return mode > 5 ? mode - 4 : mode; /* M2 is "don't care" in modes 2 and 3 */
}

static bool is_periodic(const PitCounter *c)
{
    return mode_of(c) == 2 || mode_of(c) == 3;
}

/* Modes 1 and 5 start on a rising gate and then ignore it; the others count while it is high. */
static bool is_triggered(const PitCounter *c)
{
    return mode_of(c) == 1 || mode_of(c) == 5;
}

static u64 cycle_now(const Pit *p)
{
    return clock_cycles(p->queue->clock, p->queue->clock->now, PIT_HZ);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static u32 modulus(const PitCounter *c)
{
    return c->control & CTL_BCD ? 10000 : 65536;
}

/* Length that a count register stands for: 0 is the largest. Digits above 9 count by weight. */
static u32 decode_count(const PitCounter *c)
{
    u32 v = c->reload;
    if (c->control & CTL_BCD)
        v = ((v >> 12) * 1000 + (v >> 8 & 15) * 100 + (v >> 4 & 15) * 10 + (v & 15)) % 10000;
    if (!v)
        return modulus(c);
    return v == 1 && is_periodic(c) ? 2 : v;
}

static u16 encode_count(const PitCounter *c, u32 v)
{
    if (!(c->control & CTL_BCD))
        return (u16)v;
    return (u16)(v / 1000 % 10 << 12 | v / 100 % 10 << 8 | v / 10 % 10 << 4 | v % 10);
}

/* ---- the waveform: everything as a function of the cycles since the load --------------------- */

static u64 elapsed(const PitCounter *c, u64 t)
{
    return c->stopped ? c->held : (u64)((s64)t - c->base);
}

/* Mode 3 is high for the longer half of an odd count. */
static u32 high_half(u32 n)
{
    return (n + 1) / 2;
}

/* OUT at cycle t; only valid while no load lies between the state and t. */
static bool out_at(const PitCounter *c, u64 t)
{
    int mode = mode_of(c);
    if (!c->n)
        return mode != 0;
    u64 e = elapsed(c, t);
    switch (mode) {
    case 0:
    case 1:
        return e >= c->n;
    case 2: /* a low gate forces OUT high at once */
        return c->stopped || e % c->n != c->n - 1;
    case 3:
        return c->stopped || e % c->n < high_half(c->n);
    default:
        return c->strobed || e != c->n;
    }
}

static u16 count_at(const PitCounter *c, u64 t)
{
    if (!c->n)
        return c->residue;
    u64 e = elapsed(c, t);
    u32 m = modulus(c), v;
    if (mode_of(c) == 2) {
        v = (u32)(c->n - e % c->n);
    } else if (mode_of(c) == 3) { /* decrements by two, twice per period; odd counts load n - 1 */
        u32 phase = (u32)(e % c->n), half = high_half(c->n);
        v = (c->n & ~1u) - 2 * (phase < half ? phase : phase - half);
    } else { /* after terminal count the element runs on, through the largest count */
        v = (u32)((c->n + m - e % m) % m);
    }
    return encode_count(c, v % m);
}

/* First cycle after t at which OUT may differ from OUT at t; PIT_NEVER: none. A load counts as
 * one. */
static u64 next_change(const PitCounter *c, u64 t)
{
    if (!c->n || c->stopped)
        return c->load_at;
    u64 e = elapsed(c, t), next = PIT_NEVER;
    u32 phase = (u32)(e % c->n);
    switch (mode_of(c)) {
    case 0:
    case 1:
        if (e < c->n)
            next = t + (c->n - e);
        break;
    case 2:
        next = phase < c->n - 1 ? t + (c->n - 1 - phase) : t + 1;
        break;
    case 3:
        next = t + (phase < high_half(c->n) ? high_half(c->n) - phase : c->n - phase);
        break;
    default:
        if (e <= c->n)
            next = e < c->n ? t + (c->n - e) : t + 1;
        break;
    }
    return next < c->load_at ? next : c->load_at;
}

/* ---- progress -------------------------------------------------------------------------------- */

/* Count register into counting element, at cycle load_at. */
static void load(PitCounter *c)
{
    c->n = decode_count(c);
    c->base = (s64)c->load_at;
    if (c->at_half) /* "at the end of the half-cycle": the low half goes on with the new count */
        c->base -= high_half(c->n);
    c->held = 0;
    c->stopped = !is_triggered(c) && !c->gate;
    c->null_count = c->at_end = c->at_half = c->strobed = false;
    c->load_at = PIT_NEVER;
}

/* Brings a counter to cycle t. True: OUT rose at least once on the way; c->out is OUT at t, and
 * *edge the cycle since which it has been. */
static bool advance(PitCounter *c, u64 t, u64 *edge)
{
    bool rose = false, level = c->out;
    u64 at = c->seen;
    for (;;) {
        u64 next = next_change(c, at);
        if (next > t)
            break;
        at = next;
        if (c->load_at == at)
            load(c);
        bool out = out_at(c, at);
        rose |= out && !level;
        if (out != level)
            *edge = at;
        level = out;
        /* whole periods at once: a fast counter may have thousands between two looks */
        if (c->load_at == PIT_NEVER && c->n && !c->stopped && is_periodic(c) && t - at > c->n) {
            at += (t - at) / c->n * c->n;
            rose = true;
        }
    }
    c->seen = t;
    c->out = level;
    return rose;
}

static void arm(Pit *p, int i)
{
    if (!p->out[i].set)
        return;
    const PitCounter *c = &p->s.counter[i];
    u64 next = next_change(c, c->seen);
    if (next == PIT_NEVER)
        event_cancel(p->queue, &p->event[i]);
    else
        event_at(p->queue, &p->event[i], clock_tick_of(p->queue->clock, next, PIT_HZ));
}

/* Advances a counter to now and reports what OUT did; the caller then changes it and calls
 * settle(). */
static PitCounter *catch_up(Pit *p, int i)
{
    PitCounter *c = &p->s.counter[i];
    bool before = c->out;
    bool rose = advance(c, cycle_now(p), &p->edge[i]);
    if (before && rose)
        line_set(&p->out[i], false);
    if (rose && !c->out)
        line_set(&p->out[i], true);
    if (c->out != before || rose)
        line_set(&p->out[i], c->out);
    return c;
}

/* After a change: the new level of OUT, and the event for the next edge. */
static void settle(Pit *p, int i)
{
    PitCounter *c = &p->s.counter[i];
    bool out = out_at(c, c->seen);
    if (out != c->out) {
        c->out = out;
        p->edge[i] = c->seen;
        line_set(&p->out[i], out);
    }
    arm(p, i);
}

static void pit_event(void *ctx, u64 when)
{
    struct PitPin *pin = ctx;
    catch_up(pin->pit, pin->counter);
    arm(pin->pit, pin->counter);
}

/* ---- control word and counts ----------------------------------------------------------------- */

static void latch_count(PitCounter *c, u64 t)
{
    if (c->count_latched)
        return; /* the first latch stands until it is read */
    c->latch = count_at(c, t);
    c->count_latched = true;
}

static u8 status_of(const PitCounter *c)
{
    return c->control | (c->null_count ? STATUS_NULL : 0) | (c->out ? STATUS_OUT : 0);
}

static void read_back(Pit *p, u8 v)
{
    for (int i = 0; i < 3; i++) {
        if (!(v & 2 << i))
            continue;
        PitCounter *c = catch_up(p, i);
        if (!(v & 0x20))
            latch_count(c, c->seen);
        if (!(v & 0x10) && !c->status_latched) {
            c->status = status_of(c);
            c->status_latched = true;
        }
        arm(p, i);
    }
}

static void write_control(Pit *p, u8 v)
{
    int i = v >> 6;
    if (i == 3) {
        read_back(p, v);
        return;
    }
    PitCounter *c = catch_up(p, i);
    if (!(v & CTL_RW)) {
        latch_count(c, c->seen);
        return;
    }
    c->residue = count_at(c, c->seen);
    c->control = v & 0x3F;
    c->n = 0;
    c->load_at = PIT_NEVER;
    c->held = 0;
    c->stopped = c->at_end = c->at_half = c->have_count = c->strobed = false;
    c->write_high = c->read_high = c->count_latched = c->status_latched = false;
    c->null_count = true;
    settle(p, i);
}

/* A complete count has been written at cycle t: when does it go into the counting element? */
static void schedule_load(PitCounter *c, u64 t)
{
    bool first = !c->have_count;
    c->have_count = c->null_count = true;
    if (is_triggered(c))
        return; /* on the next rising gate */
    if (!is_periodic(c) || first) {
        c->load_at = t + 1;
    } else if (c->load_at == PIT_NEVER && !c->stopped) {
        /* modes 2 and 3 finish the period, or half of it, that is under way */
        u32 phase = (u32)(elapsed(c, t) % c->n), half = high_half(c->n);
        c->at_end = true;
        c->at_half = mode_of(c) == 3 && phase < half;
        c->load_at = t + (c->at_half ? half - phase : c->n - phase);
    }
}

static void write_count(Pit *p, int i, u8 v)
{
    PitCounter *c = catch_up(p, i);
    switch (c->control & CTL_RW) {
    case RW_LOW:
        c->reload = v;
        break;
    case RW_HIGH:
        c->reload = (u16)(v << 8);
        break;
    default:
        c->write_high = !c->write_high;
        if (c->write_high) {
            c->low = v;
            if (mode_of(c) ==
                0) { /* mode 0: the first byte stops counting and sets OUT low at once */
                c->residue = count_at(c, c->seen);
                c->n = 0;
                c->load_at = PIT_NEVER;
                settle(p, i);
            }
            return;
        }
        c->reload = (u16)(v << 8 | c->low);
    }
    schedule_load(c, c->seen);
    if (mode_of(c) == 0) { /* OUT goes low with the write, one CLK before the load */
        c->residue = count_at(c, c->seen);
        c->n = 0;
    }
    settle(p, i);
}

void pit_set_gate(void *pit, int pin, bool level)
{
    Pit *p = pit;
    PitCounter *c = &p->s.counter[pin];
    if (c->gate == level)
        return;
    c = catch_up(p, pin);
    c->gate = level;
    u64 t = c->seen;
    if (level && c->have_count && (is_triggered(c) || is_periodic(c))) {
        c->load_at = t + 1; /* a trigger: (re)start from the count register */
        c->at_end = c->at_half = false;
    } else if (level && c->n && c->stopped) {
        c->base = (s64)(t - c->held);
        c->stopped = false;
    } else if (!level && !is_triggered(c) && c->n && !c->stopped) {
        c->held = elapsed(c, t);
        c->stopped = true;
        c->strobed = mode_of(c) == 4 && (c->strobed || c->held == c->n);
        if (c->at_end) {
            c->load_at =
                PIT_NEVER; /* the period it waited for will not end; the next trigger loads */
            c->at_end = c->at_half = false;
        }
    }
    settle(p, pin);
}

/* ---- reading --------------------------------------------------------------------------------- */

static u8 count_byte(const PitCounter *c, u16 count)
{
    bool high =
        (c->control & CTL_RW) == RW_HIGH || ((c->control & CTL_RW) == RW_BOTH && c->read_high);
    return (u8)(high ? count >> 8 : count);
}

static u32 pit_peek(void *ctx, u32 port, int size)
{
    Pit *p = ctx;
    int i = port & 3;
    if (i == 3)
        return 0xFF;                /* the control word cannot be read */
    PitCounter c = p->s.counter[i]; /* a copy: advancing it tells nobody */
    if (c.status_latched)
        return c.status;
    advance(&c, cycle_now(p), &(u64){0});
    return count_byte(&c, c.count_latched ? c.latch : count_at(&c, c.seen));
}

static u32 pit_read(void *ctx, u32 port, int size)
{
    Pit *p = ctx;
    u32 value = pit_peek(ctx, port, size);
    PitCounter *c = &p->s.counter[port & 3];
    if ((port & 3) == 3)
        return value;
    if (c->status_latched) {
        c->status_latched = false;
        return value;
    }
    if ((c->control & CTL_RW) == RW_BOTH)
        c->read_high = !c->read_high;
    if (!c->read_high) /* that was the last byte of the count */
        c->count_latched = false;
    return value;
}

static void pit_write(void *ctx, u32 port, int size, u32 value)
{
    if ((port & 3) == 3)
        write_control(ctx, (u8)value);
    else
        write_count(ctx, port & 3, (u8)value);
}

u64 pit_edge(const Pit *p, int counter)
{
    return p->edge[counter];
}

bool pit_out(Pit *p, int counter)
{
    PitCounter c = p->s.counter[counter];
    advance(&c, cycle_now(p), &(u64){0});
    return c.out;
}

u16 pit_count(const Pit *p, int counter)
{
    PitCounter c = p->s.counter[counter];
    advance(&c, cycle_now(p), &(u64){0});
    return count_at(&c, c.seen);
}

bool pit_refresh(void *pit)
{
    Pit *p = pit;
    PitCounter c = p->s.counter[1];
    advance(&c, cycle_now(p), &(u64){0});
    if (!c.n || c.stopped)
        return false;
    return elapsed(&c, c.seen) / c.n & 1;
}

/* ---- life ------------------------------------------------------------------------------------ */

/* The 8254 has no reset pin and powers up undefined. OUT starts high, so that nothing rises before
 * a counter is programmed. Counter 1 runs with the period that every PC gives it, since on later
 * boards refresh does not wait for software. */
void pit_reset(Pit *p)
{
    u64 t = cycle_now(p);
    memset(&p->s, 0, sizeof p->s);
    for (int i = 0; i < 3; i++) {
        PitCounter *c = &p->s.counter[i];
        c->seen = t;
        c->load_at = PIT_NEVER;
        c->control = i == 1 ? RW_LOW | 2 << 1 : RW_BOTH | 3 << 1;
        c->gate = i != 2;
        c->out = c->null_count = true;
    }
    p->s.counter[1].reload = 18;
    schedule_load(&p->s.counter[1], t);
    for (int i = 0; i < 3; i++) {
        line_set(&p->out[i], true);
        event_cancel(p->queue, &p->event[i]);
        arm(p, i);
    }
}

void pit_post_load(Pit *p)
{
    for (int i = 0; i < 3; i++) {
        event_cancel(p->queue, &p->event[i]);
        arm(p, i);
    }
}

/* What a counter waits for is never further away than its longest period. */
static bool check_counter(const PitCounter *c, u64 now)
{
    bool bools = STATE_BOOL(c->gate) && STATE_BOOL(c->stopped) && STATE_BOOL(c->strobed) &&
                 STATE_BOOL(c->at_end) && STATE_BOOL(c->at_half) && STATE_BOOL(c->null_count) &&
                 STATE_BOOL(c->have_count) && STATE_BOOL(c->write_high) &&
                 STATE_BOOL(c->read_high) && STATE_BOOL(c->count_latched) &&
                 STATE_BOOL(c->status_latched) && STATE_BOOL(c->out);
    bool periodic_of_one = c->n == 1 && is_periodic(c);
    return bools && c->control < 0x40 && c->n <= 65536 && !periodic_of_one && c->seen <= now &&
           c->held <= now && c->base >= -65536 && c->base <= (s64)now &&
           (c->load_at == PIT_NEVER ||
            (c->load_at > c->seen && c->load_at <= c->seen + 2 * 65536));
}

static bool check_state(const void *state, const Clock *clock)
{
    const PitState *s = state;
    u64 now = clock_cycles(clock, clock->now, PIT_HZ);
    return check_counter(&s->counter[0], now) && check_counter(&s->counter[1], now) &&
           check_counter(&s->counter[2], now);
}

void pit_init(Pit *p, const PitConfig *cfg)
{
    static const BusOps ops = {pit_read, pit_write, pit_peek, 1};
    static const char *const names[3] = {"pit0", "pit1", "pit2"};
    memset(p, 0, sizeof *p);
    p->bus = cfg->bus;
    p->queue = cfg->queue;
    for (int i = 0; i < 3; i++) {
        p->out[i] = cfg->out[i];
        p->pin[i] = (struct PitPin){p, i};
        event_init(p->queue, &p->event[i], names[i], pit_event, &p->pin[i]);
    }
    bus_map_port(p->bus, 0x40, 4, &ops, p, "pit");
    snap_add(cfg->snap, "pit", 1, &p->s, sizeof p->s);
    snap_check(cfg->snap, check_state);
    pit_reset(p);
}
