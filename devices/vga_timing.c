/* vga_timing.c: where the beam is. Everything follows from the CRTC registers and guest time: the
 * position is the number of dot clocks since `base_tick`, so that status reads, the retrace event
 * and the line at which a register change shows all agree and never drift.
 * IBM VGA technical reference, CRT controller: horizontal in characters, vertical in lines. */
#include "devices/vga_internal.h"

/* Faster than any monitor or program wants. Guests set the CRTC register by register, so senseless
 * totals are common for a moment; they must not flood the event queue. */
enum { MAX_FRAMES_PER_SECOND = 1000 };

static u32 vertical(const VgaRegs *r, int low, int bit8, int bit9)
{
    u32 overflow = r->crtc[CRTC_OVERFLOW];
    return r->crtc[low] | (overflow >> bit8 & 1) << 8 | (overflow >> bit9 & 1) << 9;
}

static u32 least(u32 a, u32 b)
{
    return a < b ? a : b;
}

static void derive(const VgaRegs *r, VgaTiming *t)
{
    u32 width = r->seq[SEQ_CLOCKING] & 1 ? 8 : 9;
    /* CRTC mode bit 2: the vertical counters count every second line */
    u32 twice = r->crtc[CRTC_MODE] & 4 ? 2 : 1;

    /* NOTE: clock selects 2 and 3 are pins of the feature connector; with nothing there, a real
     * card stops. Here they are the 25 MHz crystal. */
    t->hz = (r->misc >> 2 & 3) == 1 ? 28322000 : 25175000;
    bool ega = vga_is_ega(r);
    /* an EGA takes clock 0 from the bus; 2 and 3 are as above */
    if (ega)
        t->hz = (r->misc >> 2 & 3) == 1 ? 16257000 : 14318180;
    else if (r->card)
        t->hz = r->card == VGA_CARD_CGA ? 14318180 : 16257000;
    if (r->seq[SEQ_CLOCKING] & 8)
        t->hz /= 2;
    t->line_dots = (r->crtc[0] + (ega ? 2u : 5u)) * width;
    t->show_dots = least((r->crtc[1] + 1u) * width, t->line_dots);
    t->lines = (vertical(r, 6, 0, 5) + 2) * twice;
    t->show_lines = least((vertical(r, CRTC_DISPLAY_END, 1, 6) + 1) * twice, t->lines);
    u32 retrace = vertical(r, CRTC_RETRACE_START, 2, 7);
    t->retrace_line = retrace * twice;
    /* the end is a comparison of the low four bits */
    u32 length = (r->crtc[CRTC_RETRACE_END] - retrace) & 15;
    t->retrace_lines = (length ? length : 16) * twice;
    t->sane = t->line_dots * t->lines >= t->hz / MAX_FRAMES_PER_SECOND;
    if (!t->sane)
        *t = (VgaTiming){.hz = 25175000,
                         .line_dots = 800,
                         .lines = 449,
                         .show_dots = 640,
                         .show_lines = 400,
                         .retrace_line = 412,
                         .retrace_lines = 2};
}

void vga_timing_derive(Vga *v)
{
    derive(&v->s.r, &v->timing);
}

static u32 frame_dots(const VgaTiming *t)
{
    return t->line_dots * t->lines;
}

static u64 dots_now(const Vga *v)
{
    u64 ticks = vga_now(v) - v->s.base_tick;
    return v->s.base_dots + clock_cycles(v->queue->clock, ticks, v->timing.hz);
}

void vga_beam(const Vga *v, u32 *line, u32 *dot)
{
    u32 at = (u32)(dots_now(v) % frame_dots(&v->timing));
    *line = at / v->timing.line_dots;
    *dot = at % v->timing.line_dots;
}

u8 vga_status1(const Vga *v)
{
    const VgaTiming *t = &v->timing;
    u32 line, dot;
    vga_beam(v, &line, &dot);
    u8 status = line < t->show_lines && dot < t->show_dots ? 0 : 1;
    /* a retrace that starts near the end of the frame goes on over its edge; one that starts beyond
     * never happens */
    u32 since = line - t->retrace_line + (line < t->retrace_line ? t->lines : 0);
    if (t->retrace_line < t->lines && since < t->retrace_lines)
        status |= 8;
    return status;
}

/* The beam's place at the next edge of a line's picture or of the retrace, in dots of the frame. */
static u32 next_edge(const VgaTiming *t, u32 line, u32 dot)
{
    if (line < t->show_lines && dot < t->show_dots)
        return line * t->line_dots + t->show_dots;
    u32 retrace_end = (t->retrace_line + t->retrace_lines) % t->lines;
    u32 next = line + 1 < t->show_lines ? line + 1 : t->lines;
    if (t->retrace_line > line)
        next = least(next, t->retrace_line);
    if (retrace_end > line)
        next = least(next, retrace_end);
    return next * t->line_dots;
}

u64 vga_status1_until(const Vga *v)
{
    const VgaTiming *t = &v->timing;
    u64 dots = dots_now(v);
    u32 at = (u32)(dots % frame_dots(t));
    dots += next_edge(t, at / t->line_dots, at % t->line_dots) - at;
    return v->s.base_tick + clock_tick_of(v->queue->clock, dots - v->s.base_dots, t->hz);
}

void vga_timing_arm(Vga *v)
{
    u64 ahead = v->s.retrace_dots - v->s.base_dots;
    event_at(v->queue, &v->retrace,
             v->s.base_tick + clock_tick_of(v->queue->clock, ahead, v->timing.hz));
}

bool vga_timing_check(const VgaState *s, const Clock *clock)
{
    VgaTiming t;
    derive(&s->r, &t);
    if (s->base_tick > clock->now || s->base_dots > 1ull << 40)
        return false;
    u64 dots = s->base_dots + clock_cycles(clock, clock->now - s->base_tick, t.hz);
    return s->retrace_dots + t.hz > dots && s->retrace_dots < dots + t.hz;
}

void vga_timing_update(Vga *v)
{
    VgaTiming old = v->timing;
    u32 line, dot;
    vga_beam(v, &line, &dot);
    vga_timing_derive(v);
    const VgaTiming *t = &v->timing;
    if (old.hz == t->hz && old.line_dots == t->line_dots && old.lines == t->lines &&
        old.retrace_line == t->retrace_line)
        return;
    v->raster[v->raster_now].broken = true;
    v->s.base_tick = vga_now(v);
    v->s.base_dots = least(line, t->lines - 1) * t->line_dots + least(dot, t->line_dots - 1);
    /* The event fires once per frame even when the retrace is beyond its end, where the monitor
     * would see none: the screen of a guest that is still setting up must be drawn too. */
    u32 at = least(t->retrace_line, t->lines - 1) * t->line_dots;
    v->s.retrace_dots = at > v->s.base_dots ? at : at + frame_dots(t);
    vga_timing_arm(v);
}
