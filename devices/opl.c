/* opl.c: the registers, timers and ports of the YM3812 and YMF262; the sound is opl_core.c's. From
 * Yamaha's application manuals.
 *
 *   base+0  read   status: 7 any timer, 6 timer 1, 5 timer 2; YM3812: bits 1 and 2 read as 1, by
 *                  which software tells it from a YMF262
 *           write  address, first bank
 *   base+1  write  data (base+3 as well)
 *   base+2  write  address, second bank (YMF262)
 *
 *   02h 03h  timer 1, timer 2: counts up to 256 in steps of 80.5 and 321.8 us
 *   04h      7 clear the flags and nothing else; 6, 5 mask timer 1, 2; 1, 0 run timer 2, 1
 *
 * Until bit 0 of 105h is set, a YMF262 knows no second bank but for that register. Time is counted
 * in samples; the timers run off the same divider. While anything sounds, samples are made in
 * batches, at fixed points of guest time, so that the state never hangs on who listens. */
#include "devices/opl.h"

enum { BATCH = 256, AT_MOST = 4096 };
enum { TIMER1 = 2, TIMER_CONTROL = 4, FLAGS_RESET = 0x80 };

static u64 sample_now(const Opl *o)
{
    const Clock *c = o->cfg.queue->clock;
    return clock_cycles(c, c->now, OPL_CLOCK_HZ) / OPL_CYCLES;
}

/* ---- sound ----------------------------------------------------------------------------------- */

/* The level stood up to here. */
static void sum_up(Opl *o, u64 cycle)
{
    if (cycle <= o->s.summed)
        return;
    for (int side = 0; side < 2; side++)
        o->s.sum[side] += o->s.level[side] * (s64)(cycle - o->s.summed);
    o->s.summed = cycle;
}

static void emit(Opl *o, OplFrame f)
{
    AudioTime when = {o->s.count * OPL_CYCLES, OPL_CLOCK_HZ};
    sum_up(o, when.count);
    o->s.level[0] = f.left;
    o->s.level[1] = f.right;
    audio_step(o->cfg.out, when, f.left, f.right);
}

static void catch_up(Opl *o)
{
    u64 n = sample_now(o) - o->s.count;
    if (!o->s.awake) {
        opl_core_skip(o, n);
        return;
    }
    if (n > AT_MOST) { /* never, but for a state that somebody made up */
        opl_core_skip(o, n - AT_MOST);
        n = AT_MOST;
    }
    while (n--)
        emit(o, opl_core_next(o));
}

void opl_record(Opl *o, u32 rate, s32 level[2])
{
    const Clock *c = o->cfg.queue->clock;
    u64 now = clock_cycles(c, c->now, OPL_CLOCK_HZ), since = now - o->s.looked_in;
    catch_up(o);
    sum_up(o, now);
    for (int side = 0; side < 2; side++) {
        bool mean = rate && since && since <= 2 * OPL_CLOCK_HZ / rate;
        level[side] = mean ? (s32)(o->s.sum[side] / (s64)since) : o->s.level[side];
        o->s.sum[side] = 0;
    }
    o->s.looked_in = now;
}

static void arm(Opl *o)
{
    u64 next = (o->s.count / BATCH + 1) * BATCH;
    event_at(o->cfg.queue, &o->batch,
             clock_tick_of(o->cfg.queue->clock, next * OPL_CYCLES, OPL_CLOCK_HZ));
}

static void on_batch(void *ctx, u64 when)
{
    Opl *o = ctx;
    catch_up(o);
    if (opl_core_silent(o)) {
        o->s.awake = false;
        emit(o, (OplFrame){0, 0});
    } else {
        arm(o);
    }
}

static void wake(Opl *o)
{
    if (o->s.awake || opl_core_silent(o))
        return;
    o->s.awake = true;
    arm(o);
}

/* ---- time as programs take it ---------------------------------------------------------------- */

/* On an ISA bus an access takes a microsecond, and programs wait for a timer's 80 us by reading the
 * port 100 or 200 times. Where guest instructions are faster than that, each access puts the timers
 * ahead by what it lacks. They get no more than one such wait after each start, so a program that
 * plays by the timers keeps its time. */
static void spend_access(Opl *o)
{
    enum { ACCESS = 15, MOST = 1500 }; /* 1 us, 105 us */
    const Clock *c = o->cfg.queue->clock;
    u64 now = clock_cycles(c, c->now, OPL_CLOCK_HZ), since = now - o->s.looked;
    if (since < ACCESS && o->s.credit + ACCESS <= MOST)
        o->s.credit += ACCESS - (u32)since;
    o->s.looked = now;
}

/* ---- timers ---------------------------------------------------------------------------------- */

static u64 timer_clock(const Opl *o, int timer)
{
    const Clock *c = o->cfg.queue->clock;
    u64 cycles = clock_cycles(c, c->now, OPL_CLOCK_HZ) + o->s.credit;
    return cycles / OPL_CYCLES >> (timer ? 4 : 2);
}

static u32 timer_period(const Opl *o, int timer)
{
    return 256u - o->s.reg[0][TIMER1 + timer];
}

/* Flags as of now. */
static void look_at_timers(Opl *o)
{
    for (int t = 0; t < 2; t++) {
        u64 now = timer_clock(o, t);
        u8 flag = 0x40 >> t;
        if (!o->s.running[t] || now < o->s.overflow[t])
            continue;
        u64 periods = (now - o->s.overflow[t]) / timer_period(o, t) + 1;
        o->s.overflow[t] += periods * timer_period(o, t);
        if (!(o->s.reg[0][TIMER_CONTROL] & flag))
            o->s.status |= flag | 0x80;
    }
}

static void write_control(Opl *o, u8 v)
{
    if (v & FLAGS_RESET) {
        o->s.status = 0;
        return;
    }
    o->s.reg[0][TIMER_CONTROL] = v;
    o->s.status &= (u8) ~(v & 0x60);
    if (!(o->s.status & 0x60))
        o->s.status = 0;
    for (int t = 0; t < 2; t++) {
        bool run = v >> t & 1;
        if (run && !o->s.running[t]) {
            o->s.credit = 0;
            o->s.overflow[t] = timer_clock(o, t) + timer_period(o, t);
        }
        o->s.running[t] = run;
    }
}

/* ---- registers ------------------------------------------------------------------------------- */

static void write_reg(Opl *o, u8 v)
{
    look_at_timers(o);
    if (!o->s.bank && o->s.address == TIMER_CONTROL) {
        write_control(o, v);
        return;
    }
    if (o->s.reg[o->s.bank][o->s.address] == v)
        return;
    catch_up(o);
    o->s.reg[o->s.bank][o->s.address] = v;
    opl_core_update(o);
    wake(o);
}

static u8 status(Opl *o)
{
    return o->s.status | (o->cfg.opl3 ? 0 : 6);
}

static u32 port_read(void *ctx, u32 port, int size)
{
    Opl *o = ctx;
    spend_access(o);
    look_at_timers(o);
    return port & 1 ? 0xFF : status(o);
}

static u32 port_peek(void *ctx, u32 port, int size)
{
    Opl copy = *(Opl *)ctx;
    look_at_timers(&copy);
    return port & 1 ? 0xFF : status(&copy);
}

static void port_write(void *ctx, u32 port, int size, u32 value)
{
    Opl *o = ctx;
    spend_access(o);
    if (port & 1) {
        write_reg(o, (u8)value);
        return;
    }
    o->s.address = (u8)value;
    o->s.bank = port & 2 && (o->s.reg[1][5] & 1 || value == 5);
}

/* ---- life ------------------------------------------------------------------------------------ */

/* Time goes on over a reset, as does what hangs on it. */
void opl_reset(Opl *o)
{
    opl_core_reset(o);
    o->s.count = sample_now(o);
    event_cancel(o->cfg.queue, &o->batch);
    emit(o, (OplFrame){0, 0});
}

void opl_post_load(Opl *o)
{
    opl_core_update(o);
}

static bool check_state(const void *state, const Clock *clock)
{
    const OplState *s = state;
    u64 now = clock_cycles(clock, clock->now, OPL_CLOCK_HZ) / OPL_CYCLES;
    for (int i = 0; i < OPL_SLOTS; i++)
        if (s->slot[i].stage > OPL_RELEASE || !STATE_BOOL(s->slot[i].key) ||
            s->slot[i].attenuation > 0x1FF)
            return false;
    for (int t = 0; t < 2; t++)
        if (!STATE_BOOL(s->running[t]) || s->overflow[t] > (now >> (t ? 4 : 2)) + 260)
            return false;
    u64 cycle = clock_cycles(clock, clock->now, OPL_CLOCK_HZ);
    if (s->summed > cycle || s->looked_in > s->summed)
        return false;
    for (int side = 0; side < 2; side++) {
        u64 size = s->sum[side] < 0 ? ~(u64)s->sum[side] : (u64)s->sum[side];
        if (size / 32768 > s->summed - s->looked_in)
            return false;
    }
    return s->count <= now && s->credit <= 1500 && STATE_BOOL(s->bank) && STATE_BOOL(s->awake);
}

void opl_init(Opl *o, const OplConfig *cfg)
{
    static const BusOps ops = {port_read, port_write, port_peek, 1};
    memset(o, 0, sizeof *o);
    o->cfg = *cfg;
    event_init(cfg->queue, &o->batch, "opl", on_batch, o);
    for (size_t i = 0; i < ARRAY_LEN(cfg->base); i++)
        if (cfg->base[i])
            bus_map_port(cfg->bus, cfg->base[i], cfg->opl3 ? 4 : 2, &ops, o, "opl");
    snap_add(cfg->snap, "opl", 3, &o->s, sizeof o->s);
    snap_check(cfg->snap, check_state);
    opl_core_init(o);
    opl_core_reset(o);
}
