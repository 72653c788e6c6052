/* floppy_build.h: a plain floppy image from the sectors that an archive holds, in any order. */
#ifndef GLASS86_DISK_FLOPPY_BUILD_H
#define GLASS86_DISK_FLOPPY_BUILD_H

#include "devices/disk/layer.h"

enum { FLOPPY_CYLINDERS = 84, FLOPPY_SECTORS = 48, FLOPPY_ARCHIVE_MAX = 16 << 20 };

typedef struct {
    u8 *data; /* [cylinder][head][sector] of 512 bytes */
    int cylinders, heads, sectors;
    int lost;      /* sectors that could not be read when the archive was made */
    bool odd_size; /* sectors of another size than 512 */
    bool damaged, full;
    bool any;
} FloppyBuild;

void floppy_begin(FloppyBuild *b);
/* False: no room (b->full) or no memory. `number` counts from 1. */
bool floppy_sector(FloppyBuild *b, int cyl, int head, int number, const u8 *data, u32 size);
void floppy_missing(FloppyBuild *b, int cyl, int head, int number);
/* The layer, and what `s` shall know; frees the rest. */
DiskLayer *floppy_finish(FloppyBuild *b, ImageSource *s, const char *format);

#endif
