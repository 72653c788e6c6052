/* midi.h: where goes what a guest plays on its MIDI port: a standard MIDI file (midifile.h), the
 * host's ALSA sequencer, or FluidSynth, which plays it into the machine's own sound. None of them
 * changes anything in the guest. */
#ifndef GLASS86_MIDI_H
#define GLASS86_MIDI_H

#include "devices/pc.h"
#include "frontend/midistream.h"

typedef struct Midi Midi;

/* `where`: `alsa` or `alsa:PORT`, `fluidsynth` or `fluidsynth:FILE.sf2`, else the name of a file.
 * Before pc_sound_open(). NULL: err is one line that says why, and what would do. */
Midi *midi_open(const char *where, Pc *pc, char *err, size_t errlen);

/* A byte of the guest's, now. */
void midi_byte(Midi *m, Pc *pc, u8 byte);

/* Between two pc_run(), before the machine's sound is taken. NULL is legal here and below. */
void midi_poll(Midi *m, Pc *pc);

/* False: something could not be written; err says what. */
bool midi_close(Midi *m, char *err, size_t errlen);

/* ---- the live ones --------------------------------------------------------------------------- */

/* Messages of a known length; ms: when, in guest time. */
typedef struct AlsaMidi AlsaMidi;
AlsaMidi *alsa_midi_open(const char *port, char *err, size_t errlen); /* port NULL: nobody's yet */
void alsa_midi_message(AlsaMidi *a, u64 ms, const u8 *message, u32 n);
void alsa_midi_close(AlsaMidi *a);

typedef struct FluidMidi FluidMidi;
FluidMidi *fluid_midi_open(const char *font, Pc *pc, char *err, size_t errlen); /* NULL: its own */
void fluid_midi_message(FluidMidi *f, AudioTime now, const u8 *message, u32 n);
void fluid_midi_run(FluidMidi *f, AudioTime now);
void fluid_midi_close(FluidMidi *f);

#endif
