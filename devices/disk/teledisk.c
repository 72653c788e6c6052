/* teledisk.c: Sydex TeleDisk archives (TD0). The format was never published; this follows what
 * Dave Dunfield and others found out. A file header of 12 bytes, a comment if there is one, then
 * tracks: 4 bytes (sectors, cylinder, head, checksum), and per sector 6 bytes (C, H, R, N, flags,
 * checksum) and a block of data in one of three codings. "td" instead of "TD": everything after the
 * header is compressed as by LZHUF. See imd.c for what becomes of the sectors. */
#include "devices/disk/floppy_build.h"
#include "devices/disk/lzhuf.h"

#include <stdlib.h>

enum { NO_DATA = 0x30 }; /* flags: unallocated by DOS, or without data field */

/* Word pairs repeated, then (coding 2) runs: 0 n literal bytes; k n: 2k bytes, n times. */
static bool decode(const u8 *p, u32 len, u8 coding, u8 *out, u32 size)
{
    u32 n = 0, i = 0;
    if (coding == 0) {
        if (len != size)
            return false;
        memcpy(out, p, size);
        return true;
    }
    while (i < len && n < size) {
        u32 times = 1, width;
        if (coding == 1) {
            if (len - i < 4)
                return false;
            times = load_le(p + i, 2), width = 2, i += 2;
        } else {
            if (len - i < 2)
                return false;
            width = p[i] ? p[i] * 2u : p[i + 1];
            times = p[i] ? p[i + 1] : 1;
            i += 2;
        }
        if (width > len - i || (u64)times * width > size - n)
            return false;
        for (; times; times--, n += width)
            memcpy(out + n, p + i, width);
        i += width;
    }
    return n == size;
}

/* A sector at p; returns the bytes it takes, 0: damaged. */
static u64 sector(FloppyBuild *b, const u8 *p, u64 left, int cyl, int head)
{
    u8 data[8192];
    if (left < 6 || p[3] > 6)
        return 0;
    u32 size = 128u << p[3];
    if (p[4] & NO_DATA) {
        memset(data, 0, size);
        if (p[4] & 0x20)
            floppy_missing(b, cyl, head, p[2]);
        else
            floppy_sector(b, cyl, head, p[2], data, size);
        return b->full ? 0 : 6;
    }
    if (left < 9)
        return 0;
    u32 len = load_le(p + 6, 2);
    if (!len || left < 8ull + len || p[8] > 2 || !decode(p + 9, len - 1, p[8], data, size))
        return 0;
    return floppy_sector(b, cyl, head, p[2], data, size) ? 8ull + len : 0;
}

static bool tracks(FloppyBuild *b, const u8 *p, u64 size)
{
    u64 at = 0;
    while (at + 4 <= size && p[at] != 0xFF) {
        int n = p[at], cyl = p[at + 1], head = p[at + 2] & 1;
        at += 4;
        for (; n; n--) {
            u64 used = sector(b, p + at, size - at, cyl, head);
            if (!used)
                return false;
            at += used;
        }
    }
    return at < size;
}

static DiskLayer *build(ImageSource *s, const u8 *head, const u8 *body, u64 size)
{
    FloppyBuild b;
    u64 skip = 0;
    if (head[7] & 0x80) /* a comment: checksum, length, date */
        skip = size < 10 ? size : 10 + load_le(body + 2, 2);
    floppy_begin(&b);
    b.damaged = skip > size || !tracks(&b, body + skip, size - skip);
    return floppy_finish(&b, s, "TeleDisk");
}

DiskLayer *teledisk_open(ImageSource *s)
{
    enum { HEADER = 12 };
    u64 size = s->file.size;
    u8 *file = size > HEADER && size <= FLOPPY_ARCHIVE_MAX ? malloc(size) : NULL, *body = NULL;
    u64 body_size = size - HEADER;
    if (!file || file_read(&s->file, 0, file, size)) {
        free(file);
        return image_error(s, "is too short or too long for a TeleDisk file, or cannot be read; "
                              "check the file");
    }
    if (file[0] == 't') {
        body = malloc(FLOPPY_ARCHIVE_MAX);
        if (body)
            body_size = lzhuf_decode(file + HEADER, size - HEADER, body, FLOPPY_ARCHIVE_MAX);
    }
    DiskLayer *l = NULL;
    if (file[0] == 't' && !body)
        image_error(s, "out of host memory; close other programs");
    else if (file[4] / 10 != 1 && file[4] / 10 != 2)
        image_error(s, "is a TeleDisk file of a version that is not known; convert it to a raw "
                       "image by the program that made it");
    else
        l = build(s, file, body ? body : file + HEADER, body_size);
    free(body);
    free(file);
    return l;
}
