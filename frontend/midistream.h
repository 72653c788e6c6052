/* midistream.h: bytes of a MIDI cable become messages: running status is written out, real-time
 * bytes, which may come within any message, and system common messages are left out. From "MIDI 1.0
 * Detailed Specification". */
#ifndef GLASS86_MIDISTREAM_H
#define GLASS86_MIDISTREAM_H

#include "mmu/base.h"

enum { MIDI_LONGEST = 1 << 16, MIDI_EXCLUSIVE = 0xF0, MIDI_END_EXCLUSIVE = 0xF7 };

/* Zero it first. */
typedef struct {
    u8 message[MIDI_LONGEST]; /* a status byte and what follows; F0h ... F7h if exclusive */
    u32 count;
    u8 status; /* running; 0: none */
    bool whole;
} MidiStream;

/* True: message[] holds `count` bytes of a whole message, until the next call. One that is longer
 * than MIDI_LONGEST is left out. */
bool midistream_byte(MidiStream *m, u8 byte);

#endif
