/* roms.c: see roms.h. Sizes and signatures: a system BIOS ends at 4 GiB and at 1 MiB, where the
 * processor begins; an option ROM begins with 55h AAh, its length in 512-byte blocks, and sums
 * to zero (PC BIOS convention since 1982, also in the Plug and Play BIOS specification, 1.0A,
 * 3.2). */
#include "bios/roms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BLOCK = 512, BIOS_MAX = 256 << 10, VGA_MAX = 64 << 10, OPTION_MAX = 128 << 10 };

static const struct {
    const char *what;
    u32 max;
} kinds[] = {
    [ROM_BIOS] = {"a system BIOS", BIOS_MAX},
    [ROM_VGA] = {"a VGA BIOS", VGA_MAX},
    [ROM_EGA] = {"an EGA BIOS", VGA_MAX},
    [ROM_CARD] = {"a video BIOS", VGA_MAX},
    [ROM_OPTION] = {"an option ROM", OPTION_MAX},
};

void rom_builtin(Rom *r, RomKind kind)
{
    *r = (Rom){.data = rom_bios, .size = (u32)rom_bios_size};
    if (kind == ROM_VGA)
        *r = (Rom){.data = rom_vgabios, .size = (u32)rom_vgabios_size};
    if (kind == ROM_EGA)
        *r = (Rom){.data = rom_egabios, .size = (u32)rom_egabios_size};
    if (kind == ROM_CARD)
        *r = (Rom){.data = rom_cardbios, .size = (u32)rom_cardbios_size};
    if (kind == ROM_OPTION)
        *r = (Rom){.data = rom_multiboot, .size = (u32)rom_multiboot_size};
}

/* Behind the entry point, bios/vga/cardbios.asm has the offsets of both. */
const u8 *rom_glyphs(int lines)
{
    return rom_cardbios + load_le(rom_cardbios + (lines == 8 ? 6 : 8), 2);
}

static bool check_size(RomKind kind, const char *path, u64 size, char *err, size_t errlen)
{
    u32 max = kinds[kind].max;
    if (!size)
        snprintf(err, errlen, "%s is empty; %s has 512 bytes to %u KiB", path, kinds[kind].what,
                 max >> 10);
    else if (size > max)
        snprintf(err, errlen, "%s is %llu bytes long; %s has at most %u KiB (%u)", path,
                 (unsigned long long)size, kinds[kind].what, max >> 10, max);
    else if (size % BLOCK)
        snprintf(err, errlen,
                 "%s is %llu bytes long, which is no whole number of 512-byte blocks: it is "
                 "truncated or no ROM image",
                 path, (unsigned long long)size);
    else
        return true;
    return false;
}

/* The whole file into r->owned; a system BIOS at the high end of 64, 128 or 256 KiB. */
static bool read_file(Rom *r, RomKind kind, const char *path, u32 *file_size, char *err,
                      size_t errlen)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st)) {
        snprintf(err, errlen, "cannot read %s: %s", path, strerror(errno));
        if (f)
            fclose(f);
        return false;
    }
    bool ok = false;
    if (S_ISDIR(st.st_mode))
        snprintf(err, errlen, "%s is a directory; give the name of a ROM image", path);
    else if (!S_ISREG(st.st_mode))
        snprintf(err, errlen, "%s is not a regular file; copy the ROM image into one", path);
    else if (check_size(kind, path, (u64)st.st_size, err, errlen)) {
        u32 size = (u32)st.st_size, room = size;
        if (kind == ROM_BIOS) {
            for (room = 64 << 10; room < size;)
                room *= 2;
        }
        r->owned = malloc(room);
        if (!r->owned)
            panic("out of host memory for %s", path);
        memset(r->owned, 0xFF, room - size);
        r->size = room;
        *file_size = size;
        ok = fread(r->owned + room - size, 1, size, f) == size;
        if (!ok)
            snprintf(err, errlen, "cannot read all of %s: %s", path,
                     ferror(f) ? strerror(errno) : "it shrank");
    }
    fclose(f);
    return ok;
}

static void note_oddities(Rom *r, RomKind kind, const char *path, u32 file_size)
{
    if (kind == ROM_BIOS) {
        if (r->size != file_size)
            snprintf(r->note, sizeof r->note, "%s is %u KiB long; placed at the end of %u KiB",
                     path, file_size >> 10, r->size >> 10);
        return;
    }
    u32 length = r->data[2] * (u32)BLOCK;
    u8 sum = 0;
    for (u32 i = 0; i < length && i < r->size; i++)
        sum = (u8)(sum + r->data[i]);
    if (r->data[0] != 0x55 || r->data[1] != 0xAA)
        snprintf(r->note, sizeof r->note, "%s does not begin with 55 AA: no BIOS will run it",
                 path);
    else if (length > r->size)
        snprintf(r->note, sizeof r->note, "%s says that it has %u bytes, but has %u: truncated?",
                 path, length, r->size);
    else if (sum)
        snprintf(r->note, sizeof r->note,
                 "the checksum of %s is wrong: most BIOSes will not run it", path);
}

bool rom_load(Rom *r, RomKind kind, const char *path, char *err, size_t errlen)
{
    memset(r, 0, sizeof *r);
    u32 file_size = 0;
    if (!read_file(r, kind, path, &file_size, err, errlen)) {
        rom_free(r);
        return false;
    }
    r->data = r->owned;
    note_oddities(r, kind, path, file_size);
    return true;
}

void rom_free(Rom *r)
{
    free(r->owned);
    memset(r, 0, sizeof *r);
}
