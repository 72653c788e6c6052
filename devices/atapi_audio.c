/* atapi_audio.c: a CD-ROM drive plays audio tracks (MMC-2: PLAY AUDIO, PAUSE/RESUME, STOP PLAY,
 * and the volume in mode page 0Eh). A disc turns at 75 frames of 588 samples a second of guest
 * time; an event hands the mixer a slice of them at a time, each sample with its own moment. The
 * sound is that of the drive's own outlet: it does not go through a sound card's mixer.
 *
 * What cannot be read, and the part of a play that lies on a data track, is silent. */
#include "devices/atapi_parts.h"

enum { HZ = 44100, FRAMES_HZ = 75, FRAME_SAMPLES = DISK_CD_FRAME / 4, SLICE = 256 };

static AtapiState *cd_state(IdeDrive *d)
{
    return &ide_state(d)->cd;
}

static const Clock *clock_of(IdeDrive *d)
{
    return d->channel->queue->clock;
}

/* ---- samples --------------------------------------------------------------------------------- */

/* The moment of sample n of this play, in samples since power-on. */
static u64 moment(IdeDrive *d, u64 n)
{
    return clock_cycles(clock_of(d), cd_state(d)->began, HZ) + 1 + n;
}

/* A channel of the outlet: the disc's channels that it is connected to, at its volume. */
static s32 level(const AtapiState *c, int side, const u8 *sample)
{
    s32 sum = 0;
    for (int ch = 0; ch < 2; ch++)
        if (c->connected[side] >> ch & 1)
            sum += (s16)load_le(sample + 2 * ch, 2);
    return sum * c->volume[side] / 255;
}

static void silence(IdeDrive *d)
{
    const Clock *clock = clock_of(d);
    audio_step(d->sound, (AudioTime){clock->now, clock->ips}, 0, 0);
}

static void read_frame(IdeDrive *d, u32 frame, u8 *data)
{
    bool audio = d->disk && frame < atapi_end(d) && !atapi_track(d->disk->toc, frame)->mode;
    if (!audio || disk_read_frame(d->disk, frame, data) != DISK_OK)
        memset(data, 0, DISK_CD_FRAME);
}

/* Samples of this play that are due by now and not sounded yet. */
static u64 samples_due(IdeDrive *d)
{
    const AtapiState *c = cd_state(d);
    u64 now = clock_cycles(clock_of(d), clock_of(d)->now, HZ) + 1;
    u64 all = (u64)(c->stop - c->play) * FRAME_SAMPLES, due = now - moment(d, 0);
    due = due < all ? due : all;
    return due > c->sounded ? due - c->sounded : 0;
}

static void sound(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    u8 data[DISK_CD_FRAME];
    u64 n = samples_due(d);
    if (n > HZ) { /* nobody ran the machine in between: only a state made by hand has this */
        c->sounded += n - HZ;
        n = HZ;
    }
    for (u64 end = c->sounded + n, first = c->sounded; c->sounded < end; c->sounded++) {
        u32 within = (u32)(c->sounded % FRAME_SAMPLES);
        if (!within || c->sounded == first)
            read_frame(d, c->play + (u32)(c->sounded / FRAME_SAMPLES), data);
        const u8 *sample = data + within * 4;
        audio_step(d->sound, (AudioTime){moment(d, c->sounded), HZ}, level(c, 0, sample),
                   level(c, 1, sample));
    }
}

/* Where the disc is, in the parts that a sample is divided into; samples count from the moment that
 * the first one sounds. */
enum { PARTS = 64 };

/* Sums the levels that stood from one place to another, in parts, times those parts. */
static void sum_up(IdeDrive *d, s64 from, s64 to, s64 sum[2])
{
    AtapiState *c = cd_state(d);
    u8 data[DISK_CD_FRAME];
    s64 held = -1, all = (s64)(c->stop - c->play) * FRAME_SAMPLES;
    for (s64 at = from < 0 ? 0 : from; at < to && at / PARTS < all;) {
        s64 n = at / PARTS, next = (n + 1) * PARTS < to ? (n + 1) * PARTS : to;
        if (n / FRAME_SAMPLES != held)
            read_frame(d, c->play + (u32)(held = n / FRAME_SAMPLES), data);
        for (int side = 0; side < 2; side++)
            sum[side] += level(c, side, data + n % FRAME_SAMPLES * 4) * (next - at);
        at = next;
    }
}

void ide_record(Ide *ide, int drive, u32 rate, s32 out[2])
{
    IdeDrive *d = &ide->drive[drive];
    if (!d->sound || cd_state(d)->audio != AUDIO_PLAY)
        return;
    const Clock *clock = clock_of(d);
    s64 span = rate && rate < HZ * PARTS ? HZ * PARTS / rate : 1, sum[2] = {0, 0};
    s64 at = (s64)clock_cycles(clock, clock->now, HZ * PARTS) - (s64)moment(d, 0) * PARTS;
    sum_up(d, at - span + 1, at + 1, sum);
    for (int side = 0; side < 2; side++)
        out[side] += (s32)(sum[side] / span);
}

static void arm(IdeDrive *d)
{
    u64 next = moment(d, cd_state(d)->sounded + SLICE);
    event_at(d->channel->queue, &d->slice, clock_tick_of(clock_of(d), next, HZ));
}

void atapi_on_slice(void *ctx, u64 when)
{
    IdeDrive *d = ctx;
    AtapiState *c = cd_state(d);
    if (c->audio != AUDIO_PLAY)
        return;
    sound(d);
    if (c->sounded < (u64)(c->stop - c->play) * FRAME_SAMPLES)
        arm(d);
    else
        silence(d);
}

void ide_post_load(Ide *ide)
{
    for (int i = 0; i < 2; i++)
        if (ide->drive[i].sound && ide->s.drive[i].cd.audio != AUDIO_PLAY)
            silence(&ide->drive[i]);
}

/* ---- playing --------------------------------------------------------------------------------- */

u32 atapi_play_position(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    if (c->audio != AUDIO_PLAY)
        return c->play;
    u64 at = c->play + clock_cycles(clock_of(d), clock_of(d)->now - c->began, FRAMES_HZ);
    if (at < c->stop)
        return (u32)at;
    atapi_end_audio(d, AUDIO_DONE);
    c->play = c->stop;
    return c->stop;
}

void atapi_end_audio(IdeDrive *d, u8 how)
{
    AtapiState *c = cd_state(d);
    if (c->audio == AUDIO_PLAY) {
        u64 at = c->play + clock_cycles(clock_of(d), clock_of(d)->now - c->began, FRAMES_HZ);
        sound(d);
        silence(d);
        event_cancel(d->channel->queue, &d->slice);
        c->play = at < c->stop ? (u32)at : c->stop;
    }
    c->audio = how;
}

static void begin(IdeDrive *d, u32 from, u32 to)
{
    AtapiState *c = cd_state(d);
    c->play = from;
    c->stop = to;
    c->began = clock_of(d)->now;
    c->sounded = 0;
    c->audio = to > from ? AUDIO_PLAY : AUDIO_NONE;
    if (to > from)
        arm(d);
}

static void play(IdeDrive *d, u32 from, u32 to)
{
    if (from == UINT32_MAX)
        from = atapi_play_position(d);
    if (from >= atapi_end(d) || to > atapi_end(d) || to < from) {
        atapi_fail(d, KEY_ILLEGAL, ASC_ADDRESS, 0);
        return;
    }
    if (to > from && atapi_track(d->disk->toc, from)->mode) {
        atapi_fail(d, KEY_ILLEGAL, ASC_TRACK_MODE, 0);
        return;
    }
    atapi_end_audio(d, AUDIO_NONE);
    begin(d, from, to);
    atapi_good(d);
}

void atapi_play_audio(IdeDrive *d)
{
    const u8 *p = cd_state(d)->packet;
    u32 from = be(p + 2, 4), to;
    u32 count = p[0] == 0xA5 ? be(p + 6, 4) : be(p + 7, 2);
    if (p[0] == 0x47) {
        bool current = p[3] == 0xFF && p[4] == 0xFF && p[5] == 0xFF;
        if ((!current && !atapi_from_msf(p + 3, &from)) || !atapi_from_msf(p + 6, &to)) {
            atapi_fail(d, KEY_ILLEGAL, ASC_FIELD, 0);
            return;
        }
        play(d, current ? UINT32_MAX : from, to);
        return;
    }
    u32 start = from == UINT32_MAX ? atapi_play_position(d) : from;
    play(d, start, count > UINT32_MAX - start ? UINT32_MAX : start + count);
}

void atapi_pause_resume(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    bool resume = c->packet[8] & 1;
    u32 at = atapi_play_position(d);
    if (c->audio != AUDIO_PLAY && c->audio != AUDIO_PAUSE) {
        atapi_fail(d, KEY_ILLEGAL, ASC_SEQUENCE, 0);
        return;
    }
    atapi_end_audio(d, AUDIO_PAUSE);
    c->play = at;
    if (resume)
        begin(d, at, c->stop);
    atapi_good(d);
}

void atapi_stop_play(IdeDrive *d)
{
    atapi_end_audio(d, AUDIO_NONE);
    atapi_good(d);
}

/* ---- volume ---------------------------------------------------------------------------------- */

void atapi_reset_audio(IdeDrive *d)
{
    AtapiState *c = cd_state(d);
    event_cancel(d->channel->queue, &d->slice);
    if (d->sound)
        silence(d);
    c->audio = AUDIO_NONE;
    for (int side = 0; side < 2; side++) {
        c->connected[side] = (u8)(1 << side);
        c->volume[side] = 0xFF;
    }
}

/* Mode page 0Eh: bytes 8, 10 connections, 9, 11 volume. */
enum { PAGE_AUDIO = 0x0E, PAGE_AUDIO_BYTES = 16, MODE_HEADER = 8 };

u32 atapi_page_audio(IdeDrive *d, u8 *p, bool changeable)
{
    const AtapiState *c = cd_state(d);
    p[0] = PAGE_AUDIO;
    p[1] = PAGE_AUDIO_BYTES - 2;
    p[2] = changeable ? 0 : 4; /* IMMED */
    for (int side = 0; side < 2; side++) {
        p[8 + 2 * side] = changeable ? 0x03 : c->connected[side];
        p[9 + 2 * side] = changeable ? 0xFF : c->volume[side];
    }
    return PAGE_AUDIO_BYTES;
}

void atapi_take_pages(IdeDrive *d, const u8 *b, u32 bytes)
{
    AtapiState *c = cd_state(d);
    if (c->audio == AUDIO_PLAY)
        sound(d); /* what came before has the old volume */
    for (u32 at = MODE_HEADER; at + 2 <= bytes; at += 2u + b[at + 1]) {
        if ((b[at] & 0x3F) != PAGE_AUDIO || at + PAGE_AUDIO_BYTES > bytes)
            continue;
        for (u32 side = 0; side < 2; side++) {
            c->connected[side] = b[at + 8 + 2 * side] & 3;
            c->volume[side] = b[at + 9 + 2 * side];
        }
    }
}
