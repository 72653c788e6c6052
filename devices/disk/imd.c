/* imd.c: floppies in archivers' formats, which keep every track as it was read: Dave Dunfield's
 * ImageDisk (IMD, by the format's description in its manual). The image is unpacked into memory;
 * writing would need the archive to be made anew, so the medium is write-protected.
 *
 * Both formats (see teledisk.c) hand their sectors to a FloppyBuild, which finds out the geometry.
 * NOTE: a raw medium has sectors of 512 bytes, the same number on every track: what DOS and its kin
 * use. Other layouts are refused, sectors that were never readable become zeros and are counted. */
#include "devices/disk/floppy_build.h"

#include <errno.h>
#include <stdlib.h>

static int imd_sector(FloppyBuild *b, const u8 *p, u64 left, u32 size, u8 kind, int cyl, int head,
                      int number)
{
    u8 filled[8192];
    if (kind == 0 || kind > 8)
        return kind ? -1 : (floppy_missing(b, cyl, head, number), 0);
    if (kind & 1) {
        if (left < size)
            return -1;
        return floppy_sector(b, cyl, head, number, p, size) ? (int)size : -1;
    }
    if (!left)
        return -1;
    memset(filled, p[0], size);
    return floppy_sector(b, cyl, head, number, filled, size) ? 1 : -1;
}

/* One track: mode, cylinder, head and map flags, sectors, size code; numbering map, optional maps,
 * data. Returns the bytes it takes; 0: damaged. */
static u64 imd_track(FloppyBuild *b, const u8 *p, u64 left)
{
    if (left < 5 || p[0] > 5 || p[4] > 6)
        return 0;
    int cyl = p[1], head = p[2] & 1, n = p[3];
    u32 size = 128u << p[4];
    u64 maps = (u64)n * (1 + (p[2] >> 7 & 1) + (p[2] >> 6 & 1)), at = 5 + maps;
    if (at > left)
        return 0;
    for (int i = 0; i < n; i++) {
        if (at >= left)
            return 0;
        u8 kind = p[at++];
        int used = imd_sector(b, p + at, left - at, size, kind, cyl, head, p[5 + i]);
        if (used < 0)
            return 0;
        at += (u64)used;
    }
    return at;
}

DiskLayer *imd_open(ImageSource *s)
{
    FloppyBuild b;
    u64 size = s->file.size, at = 0;
    u8 *file = size <= FLOPPY_ARCHIVE_MAX ? malloc(size) : NULL;
    if (!file || file_read(&s->file, 0, file, size)) {
        free(file);
        return image_error(s, "is larger than any IMD file, or cannot be read; check the file");
    }
    floppy_begin(&b);
    while (at < size && file[at] != 0x1A) /* the comment */
        at++;
    for (at++; at < size && !b.full;) {
        u64 n = imd_track(&b, file + at, size - at);
        if (!n) {
            b.damaged = true;
            break;
        }
        at += n;
    }
    free(file);
    return floppy_finish(&b, s, "IMD");
}
