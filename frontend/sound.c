/* sound.c: see sound.h. */
#include "frontend/sound.h"

#include "frontend/say.h"
#include "frontend/sdl_sound.h"
#include "frontend/wav.h"

#include <stdio.h>
#include <stdlib.h>

enum { WAV_RATE = 48000 };

struct Sound {
    Wav *wav;
    SdlSound *sdl;
};

static void to_wav(void *ctx, const s16 *frames, u32 n)
{
    wav_write(ctx, frames, n);
}

static SoundKind wanted(const Options *o)
{
    if (o->audio == SOUND_AUTO)
        return o->display == DISPLAY_SDL && !o->batch ? SOUND_SDL : SOUND_NONE;
    return o->audio;
}

bool sound_open(Sound **out, const Options *o, Pc *pc, char *err, size_t errlen)
{
    SoundKind kind = wanted(o);
    char why[200];
    *out = NULL;
    if (kind == SOUND_NONE)
        return true;
    Sound *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of host memory");
    if (kind == SOUND_WAV && !(s->wav = wav_open(o->audio_file, WAV_RATE, err, errlen))) {
        free(s);
        return false;
    }
    if (s->wav)
        pc_sound_open(pc, WAV_RATE, to_wav, s->wav);
    if (kind == SOUND_SDL && !(s->sdl = sdl_sound_open(pc, o->audio_latency, why, sizeof why))) {
        say("no sound: %s; -audio none silences this line, -audio wav:F writes a file", why);
        free(s);
        return true;
    }
    *out = s;
    return true;
}

/* Somebody went back in time and on from there: a file has that sound already, an ear wants it. */
void sound_poll(Sound *s, Pc *pc)
{
    if (!s)
        return;
    if (s->sdl && audio_behind(&pc->audio, pc_time(pc)))
        audio_restart(&pc->audio, pc_time(pc));
    pc_sound_run(pc);
    if (s->sdl)
        sdl_sound_poll(s->sdl, pc);
}

void sound_speed(Sound *s, Pc *pc, int percent)
{
    if (s && s->sdl)
        sdl_sound_speed(s->sdl, pc, percent);
}

void sound_pause(Sound *s, bool paused)
{
    if (s && s->sdl)
        sdl_sound_pause(s->sdl, paused);
}

bool sound_close(Sound *s, Pc *pc)
{
    char err[300];
    if (!s)
        return true;
    if (s->wav)
        pc_sound_flush(pc);
    bool ok = wav_close(s->wav, err, sizeof err);
    if (!ok)
        say("-audio: %s; free some space on the host's disk", err);
    sdl_sound_close(s->sdl);
    free(s);
    return ok;
}
