/* wav.c: see wav.h. The format is that of Microsoft's and IBM's "Multimedia Programming Interface
 * and Data Specifications 1.0" (1991): a RIFF header with its length, a `fmt ` chunk, and a `data`
 * chunk with its length, little-endian throughout. */
#include "frontend/wav.h"

#include "frontend/say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { HEADER = 44, FRAME = 4, RIFF_SIZE = 4, DATA_SIZE = 40 };

/* Whole frames, such that the sizes of file and sound fit into 32 bits. */
#define LARGEST ((0xFFFFFFFFu - HEADER) / FRAME * FRAME)

struct Wav {
    FILE *f;
    char *path;
    u32 rate;
    u32 size;   /* bytes of sound so far */
    u32 most;   /* ... and at the end */
    u32 told;   /* ... that the header knows of */
    int error;  /* errno of the first failure */
    bool whole; /* no header can be changed later: a pipe */
    bool full;
};

static void put(u8 *p, u32 v, int bytes)
{
    for (int i = 0; i < bytes; i++)
        p[i] = (u8)(v >> 8 * i);
}

/* A pipe's reader is told the largest size: it reads to the end. */
static void write_header(Wav *w)
{
    u32 size = w->whole ? LARGEST : w->size;
    u8 h[HEADER] = "RIFF\0\0\0\0WAVEfmt ";
    put(h + RIFF_SIZE, HEADER - 8 + size, 4);
    put(h + 16, 16, 4); /* length of the fmt chunk */
    put(h + 20, 1, 2);  /* PCM */
    put(h + 22, 2, 2);  /* channels */
    put(h + 24, w->rate, 4);
    put(h + 28, w->rate * FRAME, 4);
    put(h + 32, FRAME, 2);
    put(h + 34, 16, 2);
    memcpy(h + 36, "data", 4);
    put(h + DATA_SIZE, size, 4);
    if (fwrite(h, sizeof h, 1, w->f) != 1 && !w->error)
        w->error = errno;
    w->told = w->size;
}

/* First the sound, then the header that speaks of it. */
static void update_header(Wav *w)
{
    if (w->whole || w->told == w->size)
        return;
    if (fflush(w->f) || fseek(w->f, 0, SEEK_SET)) {
        w->error = w->error ? w->error : errno;
        return;
    }
    write_header(w);
    if ((fflush(w->f) || fseek(w->f, 0, SEEK_END)) && !w->error)
        w->error = errno;
}

Wav *wav_open(const char *path, u32 rate, char *err, size_t errlen)
{
    Wav *w = calloc(1, sizeof *w);
    if (!w || !(w->path = strdup(path)))
        panic("out of host memory");
    w->rate = rate;
    w->most = LARGEST;
    w->f = fopen(path, "wb");
    if (!w->f) {
        snprintf(err, errlen, "cannot write %s: %s; choose another place", path, strerror(errno));
        free(w->path);
        free(w);
        return NULL;
    }
    w->whole = fseek(w->f, 0, SEEK_CUR) != 0;
    write_header(w);
    fflush(w->f);
    return w;
}

void wav_limit(Wav *w, u32 bytes)
{
    w->most = bytes < LARGEST ? bytes : LARGEST;
}

/* How many of n frames the file takes; the first that it does not are told of. */
static u32 room_for(Wav *w, u32 n)
{
    u32 room = (w->most - w->size) / FRAME;
    if (n <= room)
        return n;
    if (!w->full)
        say("%s has reached 4 GiB, the most a WAV file can hold; the rest is not written", w->path);
    w->full = true;
    return room;
}

void wav_write(Wav *w, const s16 *frames, u32 n)
{
    u8 bytes[512 * FRAME];
    n = room_for(w, n);
    for (u32 done = 0, part; done < n && !w->error; done += part) {
        part = n - done < 512 ? n - done : 512;
        for (u32 i = 0; i < part * 2; i++)
            put(bytes + i * 2, frames ? (u16)frames[done * 2 + i] : 0, 2);
        if (fwrite(bytes, FRAME, part, w->f) != part)
            w->error = errno ? errno : EIO;
    }
    w->size += n * FRAME;
    if (w->size - w->told >= w->rate * FRAME && !w->error)
        update_header(w);
}

bool wav_close(Wav *w, char *err, size_t errlen)
{
    if (!w)
        return true;
    if (!w->error)
        update_header(w);
    if (fclose(w->f) && !w->error)
        w->error = errno;
    int error = w->error;
    if (error)
        snprintf(err, errlen, "%s could not be written to its end: %s", w->path, strerror(error));
    free(w->path);
    free(w);
    return !error;
}
