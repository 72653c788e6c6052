/* midifile.h: what a guest plays on its MIDI port as a standard MIDI file. */
#ifndef GLASS86_MIDIFILE_H
#define GLASS86_MIDIFILE_H

#include "mmu/base.h"

typedef struct MidiFile MidiFile;

/* NULL: err is one line. */
MidiFile *midifile_open(const char *path, char *err, size_t errlen);

/* A byte of the guest's, after so many milliseconds of guest time. The file is whole after each
 * message. */
void midifile_byte(MidiFile *m, u64 ms, u8 byte);

/* When the track has so many bytes, 2 GiB at most and at first, a line says so and nothing is
 * added: for tests. */
void midifile_limit(MidiFile *m, u32 bytes);

/* NULL is legal. False: the file could not be written to its end; err says why. */
bool midifile_close(MidiFile *m, char *err, size_t errlen);

#endif
