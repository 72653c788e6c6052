/* floppy_build.c: see floppy_build.h. */
#include "devices/disk/floppy_build.h"

#include <stdlib.h>

static size_t place(int cyl, int head, int sector, int heads, int sectors)
{
    return (((size_t)cyl * (size_t)heads + (size_t)head) * (size_t)sectors + (size_t)sector) *
           DISK_SECTOR;
}

void floppy_begin(FloppyBuild *b)
{
    memset(b, 0, sizeof *b);
    b->data = calloc(1, place(FLOPPY_CYLINDERS, 0, 0, 2, FLOPPY_SECTORS));
    b->full = !b->data;
}

static bool note_place(FloppyBuild *b, int cyl, int head, int number)
{
    if (b->full || cyl >= FLOPPY_CYLINDERS || head > 1 || number < 1 || number > FLOPPY_SECTORS) {
        b->full = true;
        return false;
    }
    b->cylinders = cyl >= b->cylinders ? cyl + 1 : b->cylinders;
    b->heads = head >= b->heads ? head + 1 : b->heads;
    b->sectors = number > b->sectors ? number : b->sectors;
    b->any = true;
    return true;
}

bool floppy_sector(FloppyBuild *b, int cyl, int head, int number, const u8 *data, u32 size)
{
    if (size != DISK_SECTOR) {
        b->odd_size = true;
        return true;
    }
    if (!note_place(b, cyl, head, number))
        return false;
    memcpy(b->data + place(cyl, head, number - 1, 2, FLOPPY_SECTORS), data, DISK_SECTOR);
    return true;
}

void floppy_missing(FloppyBuild *b, int cyl, int head, int number)
{
    b->lost += note_place(b, cyl, head, number);
}

static DiskLayer *refuse(FloppyBuild *b, ImageSource *s, const char *what)
{
    free(b->data);
    return image_error(s, "%s; convert it to a raw image by the program that made it", what);
}

DiskLayer *floppy_finish(FloppyBuild *b, ImageSource *s, const char *format)
{
    if (b->full)
        return refuse(b, s, "holds more tracks or sectors than a PC's floppy");
    if (b->odd_size)
        return refuse(b, s, "has sectors of another size than 512 bytes");
    if (!b->any)
        return refuse(b, s, "holds no sector, or is damaged");
    size_t bytes = place(b->cylinders, 0, 0, b->heads, b->sectors), track;
    track = (size_t)b->sectors * DISK_SECTOR;
    u8 *image = calloc(1, bytes);
    if (!image)
        return refuse(b, s, "needs more memory than the host has");
    for (int c = 0; c < b->cylinders; c++)
        for (int h = 0; h < b->heads; h++)
            memcpy(image + place(c, h, 0, b->heads, b->sectors),
                   b->data + place(c, h, 0, 2, FLOPPY_SECTORS), track);
    free(b->data);
    DiskLayer *l = memory_open_owned(image, bytes);
    if (!l) {
        free(image);
        return image_error(s, "out of host memory; close other programs");
    }
    file_close(&s->file);
    if (b->damaged)
        image_note(s, "the %s file is damaged or was cut off; what follows reads as zeros", format);
    if (b->lost)
        image_note(s, "%d sectors could not be read when the image was made; they read as zeros",
                   b->lost);
    if (s->write)
        image_note(s, "%s images are only read: the guest finds it write-protected; use -snapshot "
                      "or -overlay", format);
    s->bytes = bytes;
    s->kind = DISK_FLOPPY;
    s->hint = (DiskGeometry){(u32)b->cylinders, (u8)b->heads, (u8)b->sectors};
    s->read_only = true;
    return l;
}
