/* sermouse.c: Microsoft's serial mouse with two buttons, at 1200 baud, seven bits. It lives on the
 * port's DTR and RTS: when both have come up it says `M`, by which drivers look for it. After
 * "Microsoft Mouse Programmer's Reference" and the data sheets of compatible controllers.
 *
 *   packet   1 L R Y7 Y6 X7 X6    0 X5-X0    0 Y5-Y0        movement since the last one */
#include "devices/sermouse.h"

enum { BYTE_US = 7500, WAKE_US = 14000, FARTHEST = 127, MOST = 1 << 20 };

static void arm(Sermouse *m, u64 us)
{
    const Clock *c = m->cfg.queue->clock;
    if (!m->due.armed)
        event_at(m->cfg.queue, &m->due, c->now + clock_us(c, us));
}

static int part_of(s32 *rest)
{
    int v = *rest > FARTHEST ? FARTHEST : *rest < -FARTHEST ? -FARTHEST : *rest;
    *rest -= v;
    return v;
}

static bool has_news(const SermouseState *s)
{
    return s->dx || s->dy || s->buttons != s->told;
}

static void make_packet(SermouseState *s)
{
    int x = part_of(&s->dx), y = part_of(&s->dy);
    u8 left = s->buttons & 1, right = s->buttons >> 1 & 1;
    s->packet[0] = (u8)(0x40 | left << 5 | right << 4 | (y >> 4 & 0xC) | (x >> 6 & 3));
    s->packet[1] = x & 0x3F;
    s->packet[2] = y & 0x3F;
    s->count = 3;
    s->told = s->buttons;
}

/* A byte at a time. What the port cannot take stays for the next time. */
static void on_due(void *ctx, u64 when)
{
    Sermouse *m = ctx;
    SermouseState *s = &m->s;
    if (!s->powered)
        return;
    if (!s->count && has_news(s))
        make_packet(s);
    if (s->count && m->cfg.send(m->cfg.ctx, s->packet[0]))
        memmove(s->packet, s->packet + 1, --s->count);
    if (s->count || has_news(s))
        arm(m, BYTE_US);
}

static void drive(Sermouse *m)
{
    SermouseState *s = &m->s;
    bool on = s->dtr && s->rts;
    if (on == s->powered)
        return;
    s->powered = on;
    event_cancel(m->cfg.queue, &m->due);
    s->count = 0;
    s->dx = s->dy = 0;
    s->told = 0;
    if (on) {
        s->packet[s->count++] = 'M';
        arm(m, WAKE_US);
    }
}

void sermouse_set_dtr(void *mouse, int pin, bool level)
{
    Sermouse *m = mouse;
    m->s.dtr = level;
    drive(m);
}

void sermouse_set_rts(void *mouse, int pin, bool level)
{
    Sermouse *m = mouse;
    m->s.rts = level;
    drive(m);
}

static s32 limited(s64 v)
{
    return (s32)(v > MOST ? MOST : v < -MOST ? -MOST : v);
}

void sermouse_move(Sermouse *m, int dx, int dy, unsigned buttons)
{
    m->s.buttons = buttons & 3;
    if (!m->s.powered)
        return;
    m->s.dx = limited((s64)m->s.dx + dx);
    m->s.dy = limited((s64)m->s.dy + dy);
    if (has_news(&m->s))
        arm(m, BYTE_US);
}

static bool check_state(const void *state, const Clock *clock)
{
    const SermouseState *s = state;
    return s->count <= 4 && STATE_BOOL(s->dtr) && STATE_BOOL(s->rts) && STATE_BOOL(s->powered);
}

void sermouse_init(Sermouse *m, const SermouseConfig *cfg)
{
    memset(m, 0, sizeof *m);
    m->cfg = *cfg;
    event_init(cfg->queue, &m->due, "sermouse", on_due, m);
    snap_add(cfg->snap, "sermouse", 1, &m->s, sizeof m->s);
    snap_check(cfg->snap, check_state);
}
