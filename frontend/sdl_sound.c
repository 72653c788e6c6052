/* sdl_sound.c: see sdl_sound.h. The machine's thread puts frames into a ring, SDL's thread takes
 * them out. The two run by different clocks, so a regulator makes the mixer produce a little more
 * or less than it would, at most 0.5 %, until the ring keeps its fill. When a second was silent the
 * device is paused and nothing costs anything. */
#include "frontend/sdl_sound.h"

#include "frontend/sound_ring.h"

#include <stdio.h>

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
#include <stdlib.h>

enum { RATE = 48000, CHUNK = 512, QUIET_S = 1, REGULATE_HZ = 60, FADE_OUT_MS = 50 };

struct SdlSound {
    SDL_AudioDeviceID device;
    u32 rate; /* frames a second */
    SoundRing ring;
    u64 silent;   /* frames of silence in a row */
    bool playing; /* the device is not paused */
    bool held;    /* by sdl_sound_pause() */
    int percent;
    SoundRegulator regulator;
    u64 regulated; /* host_ns() */
};

static void take(void *ctx, Uint8 *stream, int bytes)
{
    sound_ring_take(&((SdlSound *)ctx)->ring, (s16 *)(void *)stream, (u32)bytes / 4);
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
        sound_ring_prime(&s->ring);
    play(s, s->silent < (u64)s->rate * QUIET_S);
    if (s->playing)
        sound_ring_put(&s->ring, frames, n);
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
    u32 level = sound_ring_level(&s->ring), target = s->ring.target;
    adjust(s, pc, s->percent ? sound_regulate(&s->regulator, level, target) : 0);
}

/* A guest that runs at half the speed sounds an octave lower. */
void sdl_sound_speed(SdlSound *s, Pc *pc, int percent)
{
    s->percent = percent;
    memset(&s->regulator, 0, sizeof s->regulator);
    sound_ring_trim(&s->ring);
    adjust(s, pc, 0);
}

/* A device that is stopped is silent at once; so it gets some milliseconds to become so by itself.
 * Called again and again while nothing changes. */
void sdl_sound_pause(SdlSound *s, bool paused)
{
    if (paused == s->held)
        return;
    s->held = paused;
    sound_ring_hold(&s->ring, paused);
    for (int ms = 0; s->playing && paused && ms < FADE_OUT_MS && !sound_ring_quiet(&s->ring); ms++)
        SDL_Delay(1);
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
    s->percent = 100;
    if (!open_device(s, why, size)) {
        free(s);
        return NULL;
    }
    s->ring.target = (u32)((u64)s->rate * (u64)latency_ms / 1000);
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
