/* mouse.c: the PS/2 mouse: movement counters, reports at the sample rate, and the commands of the
 * host. Two buttons and a wheel or more come after the driver's "knock": Set Sample Rate 200, 100,
 * 80 makes it an IntelliMouse (ID 3, a fourth byte with the wheel), 200, 200, 80 an Explorer (ID 4,
 * two side buttons). Manuals: IBM PS/2 Mouse Technical Reference; Microsoft's description of the
 * IntelliMouse packets.
 *
 *   from the host                      answers (after FAh)
 *   E6 E7  scaling 1:1, 2:1            E8 r  resolution 1, 2, 4, 8 counts/mm
 *   E9     status                      0 remote enabled 2:1 0 L M R, resolution, rate
 *   EA     stream mode                 EB    read data: a report
 *   EC EE  leave, enter wrap mode      F0    remote mode
 *   F2     identify: 00, 03 or 04      F3 n  sample rate 10 20 40 60 80 100 200
 *   F4 F5 F6  enable, disable reports, defaults
 *   FE     resend the last answer      FF    reset: AA 00 after the self-test
 *
 *   report  b0  Yover Xover Ysign Xsign 1 M R L     b1 dx   b2 dy (up is positive)
 *           b3  ID 3: dz (towards the user is positive)     ID 4: 0 0 B5 B4, dz in 4 bits
 *
 * NOTE: the host's pointer moves in pixels, not millimetres, so the resolution is kept and reported
 * but does not scale; and movement beyond one report's 8 bits and sign goes into the next one
 * instead of being lost with an overflow bit. The self-test is short for the reason given in
 * keyboard.c. */
#include "devices/mouse.h"

enum { BAT_US = 500, RATE_DEFAULT = 100, RESOLUTION_DEFAULT = 2, COUNTER_MAX = 1 << 20 };
enum { ACK = 0xFA, ERROR = 0xFC, RESEND = 0xFE, BAT_OK = 0xAA, FIRST_COMMAND = 0xE6 };

static u64 now(const Mouse *m)
{
    return m->queue->clock->now;
}

static int clamp(int v, int lo, int hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* ---- reports --------------------------------------------------------------------------------- */

static u8 visible_buttons(const MouseState *s)
{
    return s->id == MOUSE_ID_EXPLORER ? 0x1F : 0x07;
}

static bool streams(const MouseState *s)
{
    return s->reporting && !s->remote && !s->wrap && !s->in_bat;
}

static bool has_news(const MouseState *s)
{
    u8 held = (s->buttons | s->clicked) & visible_buttons(s);
    return s->dx || s->dy || s->dz || s->due || held != s->reported;
}

/* At most one report is under way; the next follows when it is sent and its sample time has
 * come. */
static void schedule(Mouse *m, u64 t)
{
    MouseState *s = &m->s;
    if (streams(s) && has_news(s) && !s->packet.count && !s->replies.count && !m->sample.armed)
        event_at(m->queue, &m->sample, t > s->next_sample ? t : s->next_sample);
}

/* Scaling 2:1 of the manual: small movements stay fine, larger ones double. Stream mode only. */
static int scale(int v)
{
    static const u8 small[6] = {0, 1, 1, 3, 6, 9};
    int mag = v < 0 ? -v : v;
    int out = mag < 6 ? small[mag] : mag * 2;
    return v < 0 ? -out : out;
}

static int take_axis(s32 *counter, bool doubled)
{
    int limit = doubled ? 127 : 255;
    int v = clamp(*counter, -limit, limit);
    *counter -= v;
    return doubled ? scale(v) : v;
}

/* Builds the report of what happened since the last one. A button that was pressed and released in
 * between shows as pressed; the release follows in the next report. */
static int build_report(MouseState *s, bool doubled, u8 out[4])
{
    u8 held = (s->buttons | s->clicked) & visible_buttons(s);
    int dx = take_axis(&s->dx, doubled), dy = take_axis(&s->dy, doubled);
    s->clicked = 0;
    s->reported = held;
    s->due = 0;
    out[0] = (u8)(0x08 | (held & 7) | (dx < 0) << 4 | (dy < 0) << 5);
    out[1] = (u8)dx;
    out[2] = (u8)dy;
    if (s->id == MOUSE_ID_PLAIN) {
        s->dz = 0;
        return 3;
    }
    bool wide = s->id == MOUSE_ID_WHEEL;
    int dz = wide ? clamp(s->dz, -128, 127) : clamp(s->dz, -8, 7);
    s->dz -= dz;
    out[3] = wide ? (u8)dz : (u8)((dz & 0x0F) | (held & 0x18) << 1);
    return 4;
}

/* Ticks between samples; a loaded state with rate 0 counts as 1. */
static u64 sample_period(const Mouse *m)
{
    u64 ticks = m->queue->clock->ips / (m->s.rate ? m->s.rate : 1u);
    return ticks ? ticks : 1;
}

static void on_sample(void *ctx, u64 when)
{
    Mouse *m = ctx;
    MouseState *s = &m->s;
    if (!streams(s) || !has_news(s) || s->packet.count || s->replies.count)
        return;
    s->last_count = (u8)build_report(s, s->scaling, s->last);
    for (int i = 0; i < s->last_count; i++)
        ps2_push(&s->packet, s->last[i]);
    s->next_sample = when + sample_period(m);
    ps2_wake(&m->wake);
}

static void add(s32 *counter, s64 v)
{
    s64 sum = *counter + v;
    *counter = (s32)(sum < -COUNTER_MAX ? -COUNTER_MAX : sum > COUNTER_MAX ? COUNTER_MAX : sum);
}

void mouse_move(Mouse *m, int dx, int dy, int dz, unsigned buttons)
{
    MouseState *s = &m->s;
    u8 held = buttons & 0x1F;
    if ((s->reporting || s->remote) && !s->in_bat) {
        s->clicked |= held & ~s->buttons;
        add(&s->dx, dx);
        add(&s->dy, -(s64)dy);
        if (s->id != MOUSE_ID_PLAIN)
            add(&s->dz, dz);
    }
    s->buttons = held;
    schedule(m, now(m));
}

static void clear_counters(MouseState *s)
{
    s->dx = s->dy = s->dz = 0;
    s->clicked = 0;
}

/* ---- commands -------------------------------------------------------------------------------- */

/* Every answer starts a new record for Resend. */
static void answer(Mouse *m, u8 byte)
{
    m->s.last[0] = byte;
    m->s.last_count = 1;
    ps2_push(&m->s.replies, byte);
    ps2_wake(&m->wake);
}

static void answer_more(Mouse *m, u8 byte)
{
    MouseState *s = &m->s;
    if (s->last_count < sizeof s->last)
        s->last[s->last_count++] = byte;
    ps2_push(&s->replies, byte);
}

static void set_defaults(MouseState *s)
{
    s->rate = RATE_DEFAULT;
    s->resolution = RESOLUTION_DEFAULT;
    s->scaling = 0;
    s->remote = 0;
    s->reporting = 0;
    s->reported = s->buttons & visible_buttons(s);
    s->due = 0;
    clear_counters(s);
}

static void start_bat(Mouse *m)
{
    MouseState *s = &m->s;
    set_defaults(s);
    s->wrap = 0;
    s->due = 0;
    s->knock[0] = s->knock[1] = 0;
    s->id = MOUSE_ID_PLAIN;
    ps2_clear(&s->replies);
    ps2_clear(&s->packet);
    answer(m, ACK);
    s->in_bat = 1;
    s->held_full = 0;
    event_at(m->queue, &m->bat, now(m) + clock_us(m->queue->clock, BAT_US));
}

static void on_bat(void *ctx, u64 when)
{
    Mouse *m = ctx;
    m->s.in_bat = 0;
    answer(m, BAT_OK);
    answer_more(m, m->s.id);
    if (m->s.held_full) {
        m->s.held_full = 0;
        mouse_receive(m, m->s.held);
    }
}

/* The first invalid byte is answered by Resend, a second one in a row by Error. */
static void refuse(Mouse *m)
{
    MouseState *s = &m->s;
    u8 verdict = s->bad ? ERROR : RESEND;
    s->bad = !s->bad;
    if (verdict == ERROR)
        s->command = 0;
    ps2_push(&s->replies, verdict);
    ps2_wake(&m->wake);
}

static void set_rate(Mouse *m, u8 rate)
{
    MouseState *s = &m->s;
    if (s->knock[0] == 200 && s->knock[1] == 100 && rate == 80 && m->max_id >= MOUSE_ID_WHEEL)
        s->id = MOUSE_ID_WHEEL;
    if (s->knock[0] == 200 && s->knock[1] == 200 && rate == 80 && m->max_id >= MOUSE_ID_EXPLORER)
        s->id = MOUSE_ID_EXPLORER;
    s->knock[0] = s->knock[1];
    s->knock[1] = rate;
    s->rate = rate;
}

static bool valid_rate(u8 rate)
{
    static const u8 rates[] = {10, 20, 40, 60, 80, 100, 200};
    return memchr(rates, rate, sizeof rates) != NULL;
}

static void take_option(Mouse *m, u8 byte)
{
    MouseState *s = &m->s;
    if (s->command == 0xE8 ? byte > 3 : !valid_rate(byte)) {
        refuse(m);
        return;
    }
    if (s->command == 0xE8)
        s->resolution = byte;
    else
        set_rate(m, byte);
    s->command = 0;
    s->bad = 0;
    answer(m, ACK);
}

static void answer_status(Mouse *m)
{
    const MouseState *s = &m->s;
    u8 b = s->buttons;
    answer_more(m, (u8)(s->remote << 6 | s->reporting << 5 | s->scaling << 4 | (b & 1) << 2 |
                        (b & 4) >> 1 | (b & 2) >> 1));
    answer_more(m, s->resolution);
    answer_more(m, s->rate);
}

/* Read Data. The ACK is not part of the record for Resend: a report fills it. */
static void answer_report(Mouse *m)
{
    u8 report[4];
    int n = build_report(&m->s, false, report);
    m->s.last_count = 0;
    for (int i = 0; i < n; i++)
        answer_more(m, report[i]);
}

/* The whole record again, also when it was cut in the middle. */
static void resend(Mouse *m)
{
    ps2_clear(&m->s.packet);
    for (int i = 0; i < m->s.last_count; i++)
        ps2_push(&m->s.replies, m->s.last[i]);
    ps2_wake(&m->wake);
}

static bool is_command(u8 byte)
{
    return byte >= FIRST_COMMAND && byte != 0xED && byte != 0xEF && byte != 0xF1 &&
           !(byte >= 0xF7 && byte <= 0xFD);
}

/* What a command does to the state; its answer beyond the ACK comes later. */
static void apply_command(MouseState *s, u8 byte)
{
    switch (byte) {
    case 0xE6:
    case 0xE7:
        s->scaling = byte & 1;
        break;
    case 0xE8:
    case 0xF3:
        s->command = byte;
        break;
    case 0xEA:
    case 0xF0:
        s->remote = byte == 0xF0;
        clear_counters(s);
        break;
    case 0xEC:
    case 0xEE:
        s->wrap = byte == 0xEE;
        clear_counters(s);
        break;
    case 0xF4:
        s->reporting = 1;
        s->reported = s->buttons & visible_buttons(s);
        clear_counters(s);
        break;
    case 0xF5:
        s->reporting = 0;
        clear_counters(s);
        break;
    case 0xF6:
        set_defaults(s);
        break;
    }
}

static void run_command(Mouse *m, u8 byte)
{
    MouseState *s = &m->s;
    if (byte == 0xFF) {
        start_bat(m);
        return;
    }
    if (byte == 0xFE) {
        resend(m);
        return;
    }
    apply_command(s, byte);
    answer(m, ACK);
    if (byte == 0xE9)
        answer_status(m);
    else if (byte == 0xEB)
        answer_report(m);
    else if (byte == 0xF2)
        answer_more(m, s->id);
}

/* A report that a command cuts off is not continued; another one tells the buttons afterwards. */
static void drop_report(MouseState *s)
{
    if (!s->packet.count)
        return;
    ps2_clear(&s->packet);
    s->due = 1;
}

void mouse_receive(Mouse *m, u8 byte)
{
    MouseState *s = &m->s;
    if (s->in_bat && byte != 0xFF) {
        s->held = byte;
        s->held_full = 1;
        return;
    }
    if (byte != 0xFE)
        drop_report(s);
    if (s->wrap && byte != 0xEC && byte != 0xFF) {
        answer(m, byte);
    } else if (s->command && byte < FIRST_COMMAND) {
        take_option(m, byte);
    } else if (is_command(byte)) {
        s->command = 0;
        s->bad = 0;
        run_command(m, byte);
    } else {
        s->command = 0;
        refuse(m);
    }
}

/* ---- towards the controller ------------------------------------------------------------------ */

bool mouse_has_byte(const Mouse *m)
{
    return m->s.replies.count || m->s.packet.count;
}

u8 mouse_take(Mouse *m)
{
    MouseState *s = &m->s;
    u8 byte = ps2_pop(s->replies.count ? &s->replies : &s->packet);
    schedule(m, now(m));
    return byte;
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static bool check_state(const void *state, const Clock *clock)
{
    const MouseState *s = state;
    return s->replies.count <= PS2_QUEUE_SIZE && s->packet.count <= PS2_QUEUE_SIZE &&
           s->last_count <= sizeof s->last && s->resolution <= 3;
}

void mouse_init(Mouse *m, EventQueue *queue, Snap *snap, Ps2Wake wake, u8 max_id)
{
    memset(m, 0, sizeof *m);
    m->queue = queue;
    m->wake = wake;
    m->max_id = max_id;
    event_init(queue, &m->sample, "mouse.sample", on_sample, m);
    event_init(queue, &m->bat, "mouse.bat", on_bat, m);
    snap_add(snap, "mouse", 1, &m->s, sizeof m->s);
    snap_check(snap, check_state);
}

void mouse_reset(Mouse *m)
{
    u8 buttons = m->s.buttons;
    memset(&m->s, 0, sizeof m->s);
    m->s.buttons = buttons;
    event_cancel(m->queue, &m->sample);
    event_cancel(m->queue, &m->bat);
    set_defaults(&m->s);
}

void mouse_post_load(Mouse *m)
{
    MouseState *s = &m->s;
    if (s->replies.count > PS2_QUEUE_SIZE)
        ps2_clear(&s->replies);
    if (s->packet.count > PS2_QUEUE_SIZE)
        ps2_clear(&s->packet);
    if (s->last_count > sizeof s->last)
        s->last_count = 0;
}
