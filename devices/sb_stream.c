/* sb_stream.c: sound that the Sound Blaster's DSP plays (or records) by DMA. Each value has its
 * moment, to a fraction of a tick; several are fetched at a time, at most half a millisecond of
 * them, and the end of a block comes at its moment, with its interrupt.
 *
 * Creative's ADPCM: a value is the last one plus or minus (2 m + 1) * 2^k / 2, where m are the bits
 * below the sign and k, the step size, goes up after large m and down after m = 0. */
#include "devices/sb.h"

enum { BATCH_HZ = 2000, FASTEST = 50000, SLOWEST = 100 };

/* Values that a byte is for each side: 1, 2, 3 or 4. */
static int values_in(const SbStream *s)
{
    static const u8 of[] = {
        [SB_PCM] = 1, [SB_ADPCM2] = 4, [SB_ADPCM26] = 3, [SB_ADPCM4] = 2, [SB_SILENCE] = 1};
    return of[s->coding];
}

static int sides(const SbStream *s)
{
    return s->stereo ? 2 : 1;
}

static const DmaLine *line_of(const Sb *sb)
{
    return &sb->cfg.dma_line[sb->s.stream.sixteen ? sb->s.dma16 : sb->s.dma];
}

/* ---- time ------------------------------------------------------------------------------------ */

static u64 now_in(const Sb *sb, u32 hz)
{
    const Clock *c = sb->cfg.queue->clock;
    return clock_cycles(c, c->now, hz);
}

/* A time constant counts bytes of both sides; its fastest and slowest are the DSP's own. */
static void set_rate(Sb *sb)
{
    SbStream *s = &sb->s.stream;
    if (sb->s.rate) {
        s->hz = sb->s.rate < SLOWEST ? SLOWEST : sb->s.rate > FASTEST ? FASTEST : sb->s.rate;
        s->step = 1;
        return;
    }
    u32 period = 256u - sb->s.time_constant, least = sb->cfg.kind == SB_1 ? 43 : 22;
    s->hz = 1000000;
    s->step = (period < least ? least : period) * (u32)sides(s);
}

/* Values until the event: the rest of a block, but not more than half a millisecond of them; of
 * what plays at the same time each at its moment. */
static u64 batch(const Sb *sb)
{
    const SbStream *s = &sb->s.stream;
    u64 most = s->input && sb_input_inside(sb) ? 1 : s->hz / s->step / BATCH_HZ;
    u64 left = s->coding == SB_PCM || s->coding == SB_SILENCE
                   ? (s->left + (u32)sides(s) - 1) / (u32)sides(s)
                   : s->parts + (s->left ? 1u : 0u);
    u64 n = left < most ? left : most;
    return n ? n : 1;
}

static void arm(Sb *sb)
{
    SbStream *s = &sb->s.stream;
    if (!s->running || s->paused)
        return;
    u64 last = s->next + (batch(sb) - 1) * s->step;
    event_at(sb->cfg.queue, &sb->due, clock_tick_of(sb->cfg.queue->clock, last, s->hz));
}

/* ---- data ------------------------------------------------------------------------------------ */

/* False: the channel gives nothing now. */
static bool fetch(Sb *sb, void *data, u32 n)
{
    bool tc;
    u32 got = dma_line_read(line_of(sb), data, n, &tc);
    sb->s.stream.starved = !got;
    if (got && got < n)
        memset((u8 *)data + got, sb->s.stream.is_signed ? 0 : 0x80, n - got);
    return got;
}

static s32 eight(const SbStream *s, u8 v)
{
    return (s->is_signed ? (s8)v : v - 128) * 256;
}

static s32 sixteen(const SbStream *s, u16 v)
{
    return s->is_signed ? (s16)v : v - 32768;
}

/* Both sides at the next moment; uses up what of the block they are. */
static bool play_pcm(Sb *sb, s32 out[2])
{
    SbStream *s = &sb->s.stream;
    u32 n = s->left < (u32)sides(s) ? 1 : (u32)sides(s);
    u8 d[4];
    if (!fetch(sb, d, s->sixteen ? n * 2 : n))
        return false;
    for (u32 i = 0; i < n; i++)
        out[i] = s->sixteen ? sixteen(s, (u16)(d[i * 2] | d[i * 2 + 1] << 8)) : eight(s, d[i]);
    if (!s->stereo)
        out[1] = out[0];
    s->left -= n;
    return true;
}

/* What comes in at this moment; one side is the mean of both. */
static bool record(Sb *sb, AudioTime when)
{
    SbStream *s = &sb->s.stream;
    u32 n = s->left < (u32)sides(s) ? 1 : (u32)sides(s), bytes = s->sixteen ? 2 : 1;
    s32 in[2];
    u8 d[4];
    bool tc;
    sb_input(sb, when, s->hz / s->step, in);
    if (!s->stereo)
        in[0] = (in[0] + in[1]) / 2;
    for (u32 i = 0; i < n; i++) {
        u32 v = (u32)(in[i] + (s->is_signed ? 0 : 32768)) >> (16 - 8 * bytes);
        store_le(d + i * bytes, (int)bytes, v);
    }
    u32 put = dma_line_write(line_of(sb), d, n * bytes, &tc);
    s->starved = !put;
    s->left -= put ? n : 0;
    return put;
}

static void adpcm_step(SbStream *s, u8 bits, int width, int largest)
{
    u8 sign = (u8)(1 << (width - 1)), m = bits & (sign - 1);
    u8 high = width == 4 ? 5 : width == 3 ? 3 : 1; /* from this m on the step grows */
    s32 change =
        s->step_size == 4 && width == 3 ? 5 * (2 * m + 1) : (2 * m + 1) << s->step_size >> 1;
    s32 v = s->reference + (bits & sign ? -change : change);
    s->reference = (u8)(v < 0 ? 0 : v > 255 ? 255 : v);
    if (m >= high && s->step_size < largest)
        s->step_size++;
    else if (!m && s->step_size)
        s->step_size--;
}

/* The next value of the byte at hand. 2.6 bits are three, three and two. */
static void adpcm_next(SbStream *s)
{
    s->parts--;
    if (s->coding == SB_ADPCM4) {
        adpcm_step(s, s->packed >> 4, 4, 3);
        s->packed = (u8)(s->packed << 4);
    } else if (s->coding == SB_ADPCM26) {
        adpcm_step(s, s->parts ? s->packed >> 5 : (u8)(s->packed >> 6 << 1), 3, 4);
        s->packed = (u8)(s->packed << 3);
    } else {
        adpcm_step(s, s->packed >> 6, 2, 5);
        s->packed = (u8)(s->packed << 2);
    }
}

static bool play_adpcm(Sb *sb, s32 out[2])
{
    SbStream *s = &sb->s.stream;
    if (!s->parts && s->left) {
        u8 byte;
        if (!fetch(sb, &byte, 1))
            return false;
        s->left--;
        if (s->want_reference) {
            s->want_reference = false;
            s->reference = byte;
            s->step_size = 0;
        } else {
            s->packed = byte;
            s->parts = (u8)values_in(s);
        }
    }
    if (s->parts)
        adpcm_next(s);
    out[0] = out[1] = (s->reference - 128) * 256;
    return true;
}

/* ---- a block --------------------------------------------------------------------------------- */

static void end_block(Sb *sb)
{
    SbStream *s = &sb->s.stream;
    bool go_on = s->again && !s->last && s->block;
    s->left = s->block;
    if (!go_on)
        sb_stream_stop(sb);
    sb_raise(sb, s->sixteen ? SB_IRQ_16BIT : SB_IRQ_8BIT);
}

/* False: no data. */
static bool next_value(Sb *sb)
{
    SbStream *s = &sb->s.stream;
    s32 out[2] = {0, 0};
    AudioTime when = {s->next, s->hz};
    if (s->coding == SB_SILENCE) {
        s->left--;
        sb_output(sb, when, 0, 0);
        return true;
    }
    if (s->input)
        return record(sb, when);
    if (!(s->coding == SB_PCM ? play_pcm(sb, out) : play_adpcm(sb, out)))
        return false;
    sb_output(sb, when, out[0], out[1]);
    return true;
}

/* All that is due. A channel that gives nothing (masked, or not programmed yet) is asked again a
 * batch later, and what it missed is lost. */
void sb_stream_due(void *ctx, u64 when)
{
    Sb *sb = ctx;
    SbStream *s = &sb->s.stream;
    u64 now = now_in(sb, s->hz);
    while (s->running && s->next <= now) {
        if (!next_value(sb)) {
            s->next = now + (u64)(s->hz / s->step / BATCH_HZ + 1) * s->step;
            break;
        }
        s->next += s->step;
        if (!s->left && !s->parts)
            end_block(sb);
    }
    arm(sb);
}

void sb_stream_start(Sb *sb)
{
    SbStream *s = &sb->s.stream;
    set_rate(sb);
    s->running = true;
    s->paused = s->last = false;
    s->parts = 0;
    s->next = now_in(sb, s->hz) + s->step;
    dma_line_dreq(line_of(sb), s->coding != SB_SILENCE);
    arm(sb);
}

void sb_stream_stop(Sb *sb)
{
    SbStream *s = &sb->s.stream;
    s->running = s->fast = s->again = s->last = s->starved = false;
    s->parts = 0;
    event_cancel(sb->cfg.queue, &sb->due);
    dma_line_dreq(line_of(sb), false);
}

void sb_stream_pause(Sb *sb, bool paused)
{
    SbStream *s = &sb->s.stream;
    if (!s->running || s->paused == paused)
        return;
    s->paused = paused;
    dma_line_dreq(line_of(sb), !paused && s->coding != SB_SILENCE);
    if (paused) {
        event_cancel(sb->cfg.queue, &sb->due);
    } else {
        s->next = now_in(sb, s->hz) + s->step;
        arm(sb);
    }
}

/* As a state may say. The due event must not have years of values to go through. */
bool sb_stream_ok(const SbStream *s, const Clock *clock)
{
    if (s->coding > SB_SILENCE || s->step_size > 5 || s->parts > 4 || !STATE_BOOL(s->running) ||
        !STATE_BOOL(s->paused) || !STATE_BOOL(s->sixteen) || !STATE_BOOL(s->stereo) ||
        !STATE_BOOL(s->is_signed) || !STATE_BOOL(s->input) || !STATE_BOOL(s->again) ||
        !STATE_BOOL(s->last) || !STATE_BOOL(s->want_reference) || !STATE_BOOL(s->fast) ||
        !STATE_BOOL(s->starved))
        return false;
    if (!s->running)
        return true;
    if (!s->hz || s->hz > 1000000 || !s->step || s->step > 1024 || (!s->left && !s->parts))
        return false;
    u64 now = clock_cycles(clock, clock->now, s->hz);
    return s->paused || (s->next + s->hz > now && s->next < now + s->hz);
}
