/* midistream.c: see midistream.h. */
#include "frontend/midistream.h"

/* How many data bytes follow a status byte of a channel. */
static u32 data_bytes(u8 status)
{
    u8 kind = status & 0xF0;
    return kind == 0xC0 || kind == 0xD0 ? 1 : 2;
}

static bool status_byte(MidiStream *m, u8 byte)
{
    if (byte >= 0xF8)
        return false;
    bool end = byte == MIDI_END_EXCLUSIVE && m->count && m->message[0] == MIDI_EXCLUSIVE &&
               m->count < MIDI_LONGEST;
    m->status = byte < 0xF0 ? byte : 0;
    if (end) {
        m->message[m->count++] = byte;
        return true;
    }
    m->count = 0;
    if (byte == MIDI_EXCLUSIVE)
        m->message[m->count++] = byte;
    return false;
}

static bool data_byte(MidiStream *m, u8 byte)
{
    if (m->count && m->message[0] == MIDI_EXCLUSIVE) {
        if (m->count < MIDI_LONGEST)
            m->message[m->count++] = byte;
        return false;
    }
    if (!m->status)
        return false;
    if (!m->count)
        m->message[m->count++] = m->status;
    m->message[m->count++] = byte;
    return m->count == 1 + data_bytes(m->status);
}

bool midistream_byte(MidiStream *m, u8 byte)
{
    if (m->whole)
        m->count = 0;
    m->whole = byte & 0x80 ? status_byte(m, byte) : data_byte(m, byte);
    return m->whole;
}
