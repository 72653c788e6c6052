/* sdl_sound.c: see sdl_sound.h. The machine's thread puts frames into a ring, SDL's thread takes
 * them out; neither waits for the other. The two run by different clocks, so a regulator makes the
 * mixer produce a little more or less than it would, at most 0.5 %, until the ring keeps its
 * fill. When a second was silent the device is paused and nothing costs anything. */
#include "frontend/sdl_sound.h"

#include <stdio.h>

/* A controller with a proportional and an integral part, in millionths. What an empty ring or one
 * twice as full as wanted is worth, 0.5 %, is a tenth of a semitone; what differs for good between
 * two clocks, some 0.01 %, is learned within a minute. The device takes frames in pieces, which the
 * average over a quarter of a second hides. */
int sdl_sound_regulate(SdlRegulator *r, u32 fill, u32 target)
{
    enum { MOST = 5000, SCALE = 1 << 20, AVERAGE = 16, LEARN = 20000 };
    s64 error = ((s64)target - fill) * SCALE / target;
    error = error > SCALE ? SCALE : error < -SCALE ? -SCALE : error;
    r->error += (error - r->error) / AVERAGE;
    r->drift += r->error * MOST / LEARN;
    s64 most = (s64)MOST * SCALE;
    r->drift = r->drift > most ? most : r->drift < -most ? -most : r->drift;
    s64 parts = (r->error * MOST + r->drift) / SCALE;
    return (int)(parts > MOST ? MOST : parts < -MOST ? -MOST : parts);
}

#ifndef HAVE_SDL

SdlSound *sdl_sound_open(Pc *pc, int latency_ms, char *why, size_t size)
{
    snprintf(why, size, "this build is without SDL; install libsdl2-dev and rebuild");
    return NULL;
}

void sdl_sound_poll(SdlSound *s, Pc *pc)
{
}

void sdl_sound_speed(SdlSound *s, Pc *pc, int percent)
{
}

void sdl_sound_pause(SdlSound *s, bool paused)
{
}

void sdl_sound_close(SdlSound *s)
{
}

#else

#include "frontend/pace.h"

#include <SDL.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { RATE = 48000, RING = 1 << 15, CHUNK = 512, FADE = 64, QUIET_S = 1, REGULATE_HZ = 60 };

struct SdlSound {
    SDL_AudioDeviceID device;
    u32 rate, target; /* frames a second; frames that shall wait in the ring */
    s16 ring[RING][2];
    _Atomic u32 head, tail; /* taken, put: in frames, and only ever growing */
    /* SDL's thread */
    s16 last[2];
    bool starved;
    /* the machine's thread */
    u64 silent;   /* frames of silence in a row */
    bool playing; /* the device is not paused */
    bool held;    /* by sdl_sound_pause() */
    int percent;
    SdlRegulator regulator;
    u64 regulated; /* host_ns() */
};

static u32 fill_of(SdlSound *s)
{
    return atomic_load_explicit(&s->tail, memory_order_acquire) -
           atomic_load_explicit(&s->head, memory_order_acquire);
}

/* ---- SDL's thread ---------------------------------------------------------------------------- */

/* Nothing there: the last level dies away without a click, and it begins again when there is
 * enough to go on with. */
static void fade(SdlSound *s, s16 *out, u32 n)
{
    for (u32 i = 0; i < n; i++)
        for (int side = 0; side < 2; side++)
            *out++ = s->last[side] = (s16)(s->last[side] * (FADE - 1) / FADE);
}

static void take(void *ctx, Uint8 *stream, int bytes)
{
    SdlSound *s = ctx;
    s16 *out = (s16 *)(void *)stream;
    u32 n = (u32)bytes / 4, there = fill_of(s);
    u32 head = atomic_load_explicit(&s->head, memory_order_relaxed);
    if (s->starved && there < s->target) {
        fade(s, out, n);
        return;
    }
    u32 part = there < n ? there : n;
    for (u32 i = 0; i < part; i++)
        memcpy(out + i * 2, s->ring[(head + i) % RING], 4);
    if (part)
        memcpy(s->last, out + (part - 1) * 2, 4);
    atomic_store_explicit(&s->head, head + part, memory_order_release);
    s->starved = part < n;
    fade(s, out + part * 2, n - part);
}

/* ---- the machine's thread -------------------------------------------------------------------- */

/* What is far ahead of the host, as with the throttle off, is dropped. */
static void put_frames(SdlSound *s, const s16 *frames, u32 n)
{
    u32 tail = atomic_load_explicit(&s->tail, memory_order_relaxed);
    if (fill_of(s) + n > RING || fill_of(s) > 3 * s->target + CHUNK)
        return;
    for (u32 i = 0; i < n; i++) {
        s16 *to = s->ring[(tail + i) % RING];
        to[0] = frames ? frames[i * 2] : 0;
        to[1] = frames ? frames[i * 2 + 1] : 0;
    }
    atomic_store_explicit(&s->tail, tail + n, memory_order_release);
}

static void play(SdlSound *s, bool on)
{
    if (s->playing != on)
        SDL_PauseAudioDevice(s->device, !on);
    s->playing = on;
}

static void from_mixer(void *ctx, const s16 *frames, u32 n)
{
    SdlSound *s = ctx;
    s->silent = frames ? 0 : s->silent + n;
    if (s->held || (!frames && !s->playing))
        return;
    if (!s->playing) /* a new beginning, with the wanted distance */
        for (u32 i = fill_of(s); i < s->target; i += 64)
            put_frames(s, NULL, 64);
    play(s, s->silent < (u64)s->rate * QUIET_S);
    if (s->playing)
        put_frames(s, frames, n);
}

static void adjust(SdlSound *s, Pc *pc, int parts)
{
    u32 percent = s->percent < 25 ? 100 : s->percent > 400 ? 100 : (u32)s->percent;
    audio_adjust(&pc->audio, pc_time(pc), (u32)(1000000 + parts), 10000 * percent);
}

void sdl_sound_poll(SdlSound *s, Pc *pc)
{
    u64 ns = host_ns();
    if (!s->playing || ns - s->regulated < 1000000000u / REGULATE_HZ)
        return;
    s->regulated = ns;
    adjust(s, pc, s->percent ? sdl_sound_regulate(&s->regulator, fill_of(s), s->target) : 0);
}

/* A guest that runs at half the speed sounds an octave lower. */
void sdl_sound_speed(SdlSound *s, Pc *pc, int percent)
{
    s->percent = percent;
    memset(&s->regulator, 0, sizeof s->regulator);
    adjust(s, pc, 0);
}

void sdl_sound_pause(SdlSound *s, bool paused)
{
    s->held = paused;
    if (paused)
        play(s, false);
}

static bool open_device(SdlSound *s, char *why, size_t size)
{
    SDL_AudioSpec want = {.freq = RATE,
                          .format = AUDIO_S16SYS,
                          .channels = 2,
                          .samples = CHUNK,
                          .callback = take,
                          .userdata = s};
    SDL_AudioSpec have;
    if (SDL_InitSubSystem(SDL_INIT_AUDIO)) {
        snprintf(why, size, "the host has no sound device that SDL can open (%s)", SDL_GetError());
        return false;
    }
    s->device = SDL_OpenAudioDevice(NULL, 0, &want, &have, SDL_AUDIO_ALLOW_FREQUENCY_CHANGE);
    if (!s->device || have.freq < 8000 || have.freq > 192000) {
        snprintf(why, size, "the host's sound device cannot be opened (%s)", SDL_GetError());
        if (s->device)
            SDL_CloseAudioDevice(s->device);
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
        return false;
    }
    s->rate = (u32)have.freq;
    return true;
}

SdlSound *sdl_sound_open(Pc *pc, int latency_ms, char *why, size_t size)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SdlSound *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of host memory");
    s->starved = true;
    s->percent = 100;
    if (!open_device(s, why, size)) {
        free(s);
        return NULL;
    }
    s->target = (u32)((u64)s->rate * (u64)latency_ms / 1000);
    pc_sound_open(pc, s->rate, from_mixer, s);
    return s;
}

void sdl_sound_close(SdlSound *s)
{
    if (!s)
        return;
    SDL_CloseAudioDevice(s->device);
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
    free(s);
}

#endif
