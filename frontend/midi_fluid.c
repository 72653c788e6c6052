/* midi_fluid.c: FluidSynth plays MIDI in guest time: it is asked for its samples as guest time goes
 * on, and they are a source of the machine's mixer, like those of a card. So music keeps in time
 * with everything else, is in the file of -audio wav:F, and pauses with the machine; how the run is
 * cut into pieces makes no difference. FluidSynth calculates with floating point, so its part of
 * the sound is the same in every run on one host, not on all. The library, with the many that it
 * needs, is loaded only where it is asked for: it would take a third of the time of every start. */
#include "frontend/midi.h"

#include <stdio.h>
#include <stdlib.h>

#ifndef HAVE_FLUIDSYNTH

FluidMidi *fluid_midi_open(const char *font, Pc *pc, char *err, size_t errlen)
{
    snprintf(err, errlen,
             "this build has no FluidSynth; install libfluidsynth-dev and rebuild, or "
             "use -midi F.mid");
    return NULL;
}

void fluid_midi_message(FluidMidi *f, AudioTime now, const u8 *message, u32 n)
{
}

void fluid_midi_run(FluidMidi *f, AudioTime now)
{
}

void fluid_midi_close(FluidMidi *f)
{
}

#else
#include <dlfcn.h>
#include <fluidsynth.h>

/* FluidSynth looks at messages once in a BLOCK. After the last voice its reverberation is heard for
 * TAIL more. */
enum { RATE = 44100, BLOCK = 64, TAIL = 4 * RATE / BLOCK, LEVEL = 32767 };

/* clang-format off */
#define CALLS(X)                                                                                   \
    X(delete_fluid_settings) X(delete_fluid_synth) X(fluid_free) X(fluid_set_log_function)         \
    X(fluid_settings_dupstr) X(fluid_settings_setint) X(fluid_settings_setnum)                     \
    X(fluid_synth_all_sounds_off) X(fluid_synth_cc) X(fluid_synth_channel_pressure)                \
    X(fluid_synth_get_active_voice_count) X(fluid_synth_key_pressure) X(fluid_synth_noteoff)       \
    X(fluid_synth_noteon) X(fluid_synth_pitch_bend) X(fluid_synth_program_change)                  \
    X(fluid_synth_sfload) X(fluid_synth_sysex) X(fluid_synth_write_float) X(new_fluid_settings)    \
    X(new_fluid_synth)
/* clang-format on */

struct FluidMidi {
    void *library;
    struct {
#define CALL(name) __typeof__(name) *name;
        CALLS(CALL)
#undef CALL
    } call;
    fluid_settings_t *settings;
    fluid_synth_t *synth;
    AudioSource *out;
    u64 block;  /* the next one */
    u32 silent; /* blocks without a voice, up to TAIL */
};

static void *load(FluidMidi *f, const char *name)
{
    void *call = dlsym(f->library, name);
    if (!call)
        panic("FluidSynth has no %s; rebuild with the version that is installed", name);
    return call;
}

static bool load_library(FluidMidi *f)
{
    static const char *const names[] = {"libfluidsynth.so.3", "libfluidsynth.so.2",
                                        "libfluidsynth.3.dylib"};
    for (size_t i = 0; i < ARRAY_LEN(names) && !f->library; i++)
        f->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!f->library)
        return false;
#define LOAD(name) *(void **)&f->call.name = load(f, #name);
    CALLS(LOAD)
#undef LOAD
    return true;
}

static u64 block_at(AudioTime t)
{
    return (u64)((unsigned __int128)t.count * RATE / t.hz / BLOCK);
}

FluidMidi *fluid_midi_open(const char *font, Pc *pc, char *err, size_t errlen)
{
    FluidMidi *f = calloc(1, sizeof *f);
    char *found = NULL;
    if (!f)
        panic("out of host memory for -midi");
    if (!load_library(f)) {
        snprintf(err, errlen,
                 "FluidSynth is not installed (libfluidsynth3); -midi F.mid needs "
                 "none");
        free(f);
        return NULL;
    }
    for (int level = 0; level < LAST_LOG_LEVEL; level++)
        f->call.fluid_set_log_function(level, NULL, NULL);
    f->settings = f->call.new_fluid_settings();
    f->call.fluid_settings_setnum(f->settings, "synth.sample-rate", RATE);
    f->call.fluid_settings_setint(f->settings, "synth.cpu-cores", 1);
    f->synth = f->call.new_fluid_synth(f->settings);
    if (!font && !f->call.fluid_settings_dupstr(f->settings, "synth.default-soundfont", &found))
        font = found;
    if (!f->synth || !font || f->call.fluid_synth_sfload(f->synth, font, 1) == FLUID_FAILED) {
        snprintf(err, errlen,
                 "no sound font %.200s; install one (fluid-soundfont-gm), or name it: -midi "
                 "fluidsynth:FILE.sf2",
                 font ? font : "");
        f->call.fluid_free(found);
        fluid_midi_close(f);
        return NULL;
    }
    f->call.fluid_free(found);
    f->out = audio_source(&pc->audio);
    f->block = block_at(pc_time(pc));
    f->silent = TAIL;
    return f;
}

static s32 level_of(float v)
{
    return v >= 1 ? LEVEL : v <= -1 ? -LEVEL : (s32)(v * LEVEL);
}

static void play_block(FluidMidi *f)
{
    float left[BLOCK], right[BLOCK];
    f->call.fluid_synth_write_float(f->synth, BLOCK, left, 0, 1, right, 0, 1);
    for (u32 i = 0; i < BLOCK; i++)
        audio_step(f->out, (AudioTime){f->block * BLOCK + i, RATE}, level_of(left[i]),
                   level_of(right[i]));
    f->silent = f->call.fluid_synth_get_active_voice_count(f->synth) ? 0 : f->silent + 1;
    if (f->silent == TAIL)
        audio_step(f->out, (AudioTime){f->block * BLOCK + BLOCK, RATE}, 0, 0);
}

/* Up to the block that the moment lies in. Time that went back brings silence with it, and a gap of
 * more than a second is none that the machine ran through. */
void fluid_midi_run(FluidMidi *f, AudioTime now)
{
    u64 end = block_at(now);
    if (end < f->block || end > f->block + RATE / BLOCK) {
        if (f->silent < TAIL)
            f->call.fluid_synth_all_sounds_off(f->synth, -1);
        f->block = end;
    }
    if (f->silent == TAIL)
        f->block = end;
    for (; f->block < end; f->block++)
        if (f->silent < TAIL)
            play_block(f);
}

static void channel_message(FluidMidi *f, const u8 *m)
{
    int channel = m[0] & 15;
    switch (m[0] >> 4) {
    case 0x8:
        f->call.fluid_synth_noteoff(f->synth, channel, m[1]);
        break;
    case 0x9:
        f->call.fluid_synth_noteon(f->synth, channel, m[1], m[2]);
        break;
    case 0xA:
        f->call.fluid_synth_key_pressure(f->synth, channel, m[1], m[2]);
        break;
    case 0xB:
        f->call.fluid_synth_cc(f->synth, channel, m[1], m[2]);
        break;
    case 0xC:
        f->call.fluid_synth_program_change(f->synth, channel, m[1]);
        break;
    case 0xD:
        f->call.fluid_synth_channel_pressure(f->synth, channel, m[1]);
        break;
    default:
        f->call.fluid_synth_pitch_bend(f->synth, channel, m[2] << 7 | m[1]);
        break;
    }
}

void fluid_midi_message(FluidMidi *f, AudioTime now, const u8 *message, u32 n)
{
    fluid_midi_run(f, now);
    if (message[0] == MIDI_EXCLUSIVE)
        f->call.fluid_synth_sysex(f->synth, (const char *)message + 1, (int)n - 2, NULL, NULL, NULL,
                                  0);
    else
        channel_message(f, message);
    if (message[0] >> 4 == 9 && message[2])
        f->silent = 0;
}

void fluid_midi_close(FluidMidi *f)
{
    if (!f)
        return;
    f->call.delete_fluid_synth(f->synth);
    f->call.delete_fluid_settings(f->settings);
    dlclose(f->library);
    free(f);
}
#endif
