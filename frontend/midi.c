/* midi.c: see midi.h. */
#include "frontend/midi.h"

#include "frontend/midifile.h"

#include <stdlib.h>

struct Midi {
    MidiFile *file;
    AlsaMidi *alsa;
    FluidMidi *fluid;
    MidiStream stream; /* of the live ones */
};

/* `name` or `name:REST`; *rest is NULL in the first case. */
static bool is(const char *where, const char *name, const char **rest)
{
    size_t n = strlen(name);
    *rest = where[n] == ':' && where[n + 1] ? where + n + 1 : NULL;
    return !strncmp(where, name, n) && (!where[n] || where[n] == ':');
}

Midi *midi_open(const char *where, Pc *pc, char *err, size_t errlen)
{
    const char *rest;
    Midi *m = calloc(1, sizeof *m);
    if (!m)
        panic("out of host memory for -midi");
    if (is(where, "alsa", &rest))
        m->alsa = alsa_midi_open(rest, err, errlen);
    else if (is(where, "fluidsynth", &rest))
        m->fluid = fluid_midi_open(rest, pc, err, errlen);
    else
        m->file = midifile_open(where, err, errlen);
    if (m->file || m->alsa || m->fluid)
        return m;
    free(m);
    return NULL;
}

void midi_byte(Midi *m, Pc *pc, u8 byte)
{
    u64 ms = clock_cycles(&pc->clock, pc->clock.now, 1000);
    if (m->file) {
        midifile_byte(m->file, ms, byte);
        return;
    }
    if (!midistream_byte(&m->stream, byte))
        return;
    if (m->alsa)
        alsa_midi_message(m->alsa, ms, m->stream.message, m->stream.count);
    if (m->fluid)
        fluid_midi_message(m->fluid, pc_time(pc), m->stream.message, m->stream.count);
}

void midi_poll(Midi *m, Pc *pc)
{
    if (m && m->fluid)
        fluid_midi_run(m->fluid, pc_time(pc));
}

bool midi_close(Midi *m, char *err, size_t errlen)
{
    if (!m)
        return true;
    bool ok = midifile_close(m->file, err, errlen);
    alsa_midi_close(m->alsa);
    fluid_midi_close(m->fluid);
    free(m);
    return ok;
}
