/* midifile.c: see midifile.h. One track (format 0), 500 divisions for each quarter note of half a
 * second: a division is a millisecond. From "Standard MIDI Files 1.0". Running status is written
 * out; system exclusive messages are events of their own; what the format cannot hold (clock,
 * active sensing, song position) is left out. After each message come the end of the track and its
 * length, which the next one overwrites, so the file is good however this process ends. */
#include "frontend/midifile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LENGTH_AT = 18, TRACK_AT = 22, MESSAGE = 1 << 16, EXCLUSIVE = 0xF0, END_EXCLUSIVE = 0xF7 };

struct MidiFile {
    FILE *f;
    char *path;
    u8 message[MESSAGE]; /* being received */
    u32 count;
    u8 status;  /* running; 0: none */
    u64 last;   /* ms of the event before */
    u32 length; /* of the track so far */
    int error;
};

static void put(MidiFile *m, const u8 *p, u32 n)
{
    if (fwrite(p, 1, n, m->f) != n && !m->error)
        m->error = errno ? errno : EIO;
    m->length += n;
}

/* Seven bits a byte, the highest first; all but the last with bit 7. */
static void put_variable(MidiFile *m, u64 v)
{
    u8 bytes[5];
    u32 n = 0;
    for (int shift = 28; shift >= 0; shift -= 7)
        if (n || !shift || v >> shift & 0x7F)
            bytes[n++] = (u8)((v >> shift & 0x7F) | (shift ? 0x80 : 0));
    put(m, bytes, n);
}

static void seek(MidiFile *m, u32 at)
{
    if (fseek(m->f, (long)at, SEEK_SET) && !m->error)
        m->error = errno;
}

static void end_track(MidiFile *m)
{
    static const u8 end[4] = {0, 0xFF, 0x2F, 0};
    u32 whole = m->length;
    put(m, end, sizeof end);
    u32 v = m->length;
    const u8 length[4] = {(u8)(v >> 24), (u8)(v >> 16), (u8)(v >> 8), (u8)v};
    seek(m, LENGTH_AT);
    put(m, length, 4);
    if (fflush(m->f) && !m->error)
        m->error = errno;
    m->length = whole;
    seek(m, TRACK_AT + whole);
}

MidiFile *midifile_open(const char *path, char *err, size_t errlen)
{
    static const u8 head[TRACK_AT] = "MThd\0\0\0\6\0\0\0\1\1\xF4MTrk";
    MidiFile *m = calloc(1, sizeof *m);
    if (!m || !(m->path = strdup(path)))
        panic("out of host memory");
    m->f = fopen(path, "wb");
    if (m->f && fseek(m->f, 0, SEEK_CUR)) {
        fclose(m->f);
        m->f = NULL;
    }
    if (!m->f) {
        snprintf(err, errlen, "cannot write %s: %s; choose another place", path, strerror(errno));
        free(m->path);
        free(m);
        return NULL;
    }
    put(m, head, sizeof head);
    m->length = 0;
    end_track(m);
    return m;
}

/* How many data bytes follow a status byte of a channel. */
static u32 data_bytes(u8 status)
{
    u8 kind = status & 0xF0;
    return kind == 0xC0 || kind == 0xD0 ? 1 : 2;
}

static void write_event(MidiFile *m, u64 ms)
{
    if (m->error || m->length > 0x7F000000)
        return;
    ms = ms > m->last ? ms : m->last; /* somebody went back in time, and on from there */
    u64 delta = ms - m->last;
    put_variable(m, delta < 0x0FFFFFFF ? delta : 0x0FFFFFFF);
    m->last = ms;
    if (m->message[0] == EXCLUSIVE) { /* its length does not count the F0h */
        put(m, m->message, 1);
        put_variable(m, m->count - 1);
        put(m, m->message + 1, m->count - 1);
    } else {
        put(m, m->message, m->count);
    }
    end_track(m);
}

static void status_byte(MidiFile *m, u64 ms, u8 byte)
{
    if (byte >= 0xF8)
        return; /* real time: may come within any message */
    if (byte == END_EXCLUSIVE && m->count && m->message[0] == EXCLUSIVE && m->count < MESSAGE) {
        m->message[m->count++] = byte;
        write_event(m, ms);
    }
    m->count = 0;
    m->status = byte < 0xF0 ? byte : 0;
    if (byte == EXCLUSIVE)
        m->message[m->count++] = byte;
}

void midifile_byte(MidiFile *m, u64 ms, u8 byte)
{
    if (byte & 0x80) {
        status_byte(m, ms, byte);
        return;
    }
    if (m->count && m->message[0] == EXCLUSIVE) {
        if (m->count < MESSAGE)
            m->message[m->count++] = byte;
        return;
    }
    if (!m->status)
        return;
    if (!m->count)
        m->message[m->count++] = m->status;
    m->message[m->count++] = byte;
    if (m->count == 1 + data_bytes(m->status)) {
        write_event(m, ms);
        m->count = 0;
    }
}

bool midifile_close(MidiFile *m, char *err, size_t errlen)
{
    if (!m)
        return true;
    int error = m->error;
    if (fclose(m->f) && !error)
        error = errno;
    if (error)
        snprintf(err, errlen, "%s could not be written to its end: %s", m->path, strerror(error));
    free(m->path);
    free(m);
    return !error;
}
