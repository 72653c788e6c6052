/* midifile.c: see midifile.h. One track (format 0), 500 divisions for each quarter note of half a
 * second: a division is a millisecond. From "Standard MIDI Files 1.0". System exclusive messages
 * are events of their own. After each message come the end of the track and its
 * length, which the next one overwrites, so the file is good however this process ends. */
#include "frontend/midifile.h"

#include "frontend/midistream.h"
#include "frontend/say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LENGTH_AT = 18, TRACK_AT = 22, LARGEST = 0x7F000000 };

struct MidiFile {
    FILE *f;
    char *path;
    MidiStream stream;
    u64 last;   /* ms of the event before */
    u32 length; /* of the track so far */
    u32 most;   /* ... after which nothing begins */
    int error;
    bool full;
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
    m->most = LARGEST;
    put(m, head, sizeof head);
    m->length = 0;
    end_track(m);
    return m;
}

static void write_event(MidiFile *m, u64 ms, const u8 *message, u32 n)
{
    if (m->error || m->full)
        return;
    if (m->length >= m->most) {
        m->full = true;
        say("-midi: %s has 2 GiB, and takes no more", m->path);
        return;
    }
    ms = ms > m->last ? ms : m->last; /* somebody went back in time, and on from there */
    u64 delta = ms - m->last;
    put_variable(m, delta < 0x0FFFFFFF ? delta : 0x0FFFFFFF);
    m->last = ms;
    if (message[0] == MIDI_EXCLUSIVE) { /* its length does not count the F0h */
        put(m, message, 1);
        put_variable(m, n - 1);
        put(m, message + 1, n - 1);
    } else {
        put(m, message, n);
    }
    end_track(m);
}

void midifile_limit(MidiFile *m, u32 bytes)
{
    m->most = bytes < LARGEST ? bytes : LARGEST;
}

void midifile_byte(MidiFile *m, u64 ms, u8 byte)
{
    if (midistream_byte(&m->stream, byte))
        write_event(m, ms, m->stream.message, m->stream.count);
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
