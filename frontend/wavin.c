/* wavin.c: see wavin.h. The format is that of Microsoft's and IBM's "Multimedia Programming
 * Interface and Data Specifications 1.0" (1991); PCM of 8 or 16 bits, one side or two. A level
 * between two frames, and one for a slower rate, is what the mixer's filter makes of the frames
 * around it, its impulse response stretched to the slower of both rates; integers only, so a guest
 * records the same on every host. */
#include "frontend/wavin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { LARGEST = 256 << 20, HEAD = 12, CHUNK = 8, FORMAT = 16, SLOWEST = 1000, FASTEST = 192000 };
enum { PLACE_BITS = 8 }; /* places between two frames: AUDIO_PHASES */

struct WavIn {
    s16 (*frame)[2];
    u32 frames, rate;
    s32 kernel[AUDIO_PHASES + 1][AUDIO_TAPS];
};

_Static_assert(AUDIO_PHASES == 1 << PLACE_BITS, "the filter's rows are places between frames");

static u8 *read_all(const char *path, u32 *size, char *err, size_t errlen)
{
    FILE *f = fopen(path, "rb");
    long end = f && !fseek(f, 0, SEEK_END) ? ftell(f) : -1;
    u8 *data = NULL;
    if (end < 0) {
        snprintf(err, errlen, "cannot read %s: %s; wav: wants the path of a WAV file", path,
                 strerror(errno));
    } else if (end > LARGEST) {
        snprintf(err, errlen, "%s is larger than 256 MiB; cut it into pieces", path);
    } else if (!(data = malloc((size_t)end + 1))) {
        panic("out of host memory for %s", path);
    } else if (fseek(f, 0, SEEK_SET) || fread(data, 1, (size_t)end, f) != (size_t)end) {
        snprintf(err, errlen, "cannot read %s: %s", path, strerror(errno));
        free(data);
        data = NULL;
    }
    if (f)
        fclose(f);
    *size = (u32)end;
    return data;
}

/* A chunk by its name, or NULL; *bytes: what the file has of it. Chunks begin at even places. */
static const u8 *find_chunk(const u8 *file, u32 size, const char *name, u32 *bytes)
{
    for (u64 at = HEAD; at + CHUNK <= size;) {
        u64 length = load_le(file + at + 4, 4), rest = size - at - CHUNK;
        *bytes = (u32)(length < rest ? length : rest);
        if (!memcmp(file + at, name, 4))
            return file + at + CHUNK;
        at += CHUNK + length + (length & 1);
    }
    return NULL;
}

static s16 value_at(const u8 *p, u32 bytes)
{
    return bytes == 2 ? (s16)load_le(p, 2) : (s16)((*p - 128) * 256);
}

/* False: the file is not one of those that can be had. */
static bool take(WavIn *w, const u8 *file, u32 size)
{
    u32 n, data_bytes;
    bool is_wave = size >= HEAD && !memcmp(file, "RIFF", 4) && !memcmp(file + 8, "WAVE", 4);
    const u8 *format = is_wave ? find_chunk(file, size, "fmt ", &n) : NULL;
    if (!format || n < FORMAT || load_le(format, 2) != 1)
        return false;
    const u8 *data = find_chunk(file, size, "data", &data_bytes);
    u32 sides = load_le(format + 2, 2), bits = load_le(format + 14, 2), bytes = bits / 8;
    w->rate = load_le(format + 4, 4);
    if (!data || sides < 1 || sides > 2 || (bits != 8 && bits != 16) || w->rate < SLOWEST ||
        w->rate > FASTEST)
        return false;
    w->frames = data_bytes / (sides * bytes);
    w->frame = malloc(((size_t)w->frames + 1) * sizeof w->frame[0]);
    if (!w->frame)
        panic("out of host memory for -audio-in");
    for (u32 i = 0; i < w->frames; i++)
        for (u32 side = 0; side < 2; side++)
            w->frame[i][side] =
                value_at(data + (i * sides + (side < sides ? side : 0)) * bytes, bytes);
    return true;
}

WavIn *wavin_open(const char *path, char *err, size_t errlen)
{
    u32 size;
    u8 *file = read_all(path, &size, err, errlen);
    if (!file)
        return NULL;
    WavIn *w = calloc(1, sizeof *w);
    if (!w)
        panic("out of host memory for %s", path);
    bool ok = take(w, file, size);
    free(file);
    if (!ok) {
        snprintf(err, errlen,
                 "%s is not a WAV file of 8 or 16 bits (PCM), mono or stereo, 1 to 192 kHz; "
                 "convert it with any sound editor",
                 path);
        wavin_close(w);
        return NULL;
    }
    audio_kernel(w->kernel);
    return w;
}

void wavin_close(WavIn *w)
{
    if (w)
        free(w->frame);
    free(w);
}

/* The filter's impulse response, so many places from its middle; see audio_kernel.c for that. */
static s32 response(const WavIn *w, s64 places)
{
    s64 n = places + ((AUDIO_TAPS / 2 - 1) << PLACE_BITS);
    s64 tap = (n + AUDIO_PHASES - 1) >> PLACE_BITS;
    return tap >= 0 && tap < AUDIO_TAPS ? w->kernel[(tap << PLACE_BITS) - n][tap] : 0;
}

void wavin_level(const WavIn *w, AudioTime when, u32 rate, s32 level[2])
{
    const s64 half = AUDIO_TAPS << PLACE_BITS >> 1;
    u64 second = when.count / when.hz, rest = when.count % when.hz;
    level[0] = level[1] = 0;
    if (second > ((u64)w->frames + AUDIO_TAPS) / w->rate + w->rate)
        return;
    /* in places between frames, then in places of the filter */
    s64 at = (s64)(second * w->rate << PLACE_BITS) +
             (s64)(((rest * w->rate << PLACE_BITS) + when.hz / 2) / when.hz);
    u32 slow = rate && rate < w->rate ? rate : w->rate;
    s64 reach = half * w->rate / slow;
    s64 first = ((at - reach) >> PLACE_BITS) + 1, last = (at + reach) >> PLACE_BITS;
    s64 sum[2] = {0, 0}, weights = 0;
    for (s64 i = first; i <= last; i++) {
        s32 weight = response(w, (i * AUDIO_PHASES - at) * slow / w->rate);
        weights += weight;
        if (i < 0 || i >= (s64)w->frames)
            continue;
        sum[0] += (s64)weight * w->frame[i][0];
        sum[1] += (s64)weight * w->frame[i][1];
    }
    for (int side = 0; side < 2 && weights > 0; side++)
        level[side] = (s32)(sum[side] / weights);
}
