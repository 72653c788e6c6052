/* probe.c: decides by content what an image is: floppy or hard disk, plain or in a container, or
 * something that is no disk of ours, which is refused with the command that makes it one. Reads
 * a few sectors only. */
#include "devices/disk/layer.h"

#include <inttypes.h>
#include <stdio.h>

/* The largest floppy there is; a file without any sign of what it is counts as one up to 2.88
 * MB. */
enum { FLOPPY_BYTES_MAX = 3932160, FLOPPY_BYTES_USUAL = 2949120, ISO_MARK = 32768 };

static void add_note(char *note, size_t notelen, const char *line)
{
    size_t used = strlen(note);
    snprintf(note + used, notelen - used, "%s%s", used ? "\n" : "", line);
}

/* ---- what we do not read --------------------------------------------------------------------- */

typedef struct {
    u16 offset;
    u8 len;
    const char *magic, *what, *fix; /* fix: printf format with the name, twice at most */
} Foreign;

#define CONVERT "convert it: qemu-img convert -O raw '%s' '%s.img'"
#define UNPACK  "unpack it first and name the image inside"

static const Foreign foreign[] = {
    {0, 4, "QFI\xFB", "a qcow2 image", CONVERT},
    {0, 8, "conectix", "a dynamic VHD image", CONVERT},
    {0, 8, "vhdxfile", "a VHDX image", CONVERT},
    {0, 4, "KDMV", "a VMDK image", CONVERT},
    {0, 21, "# Disk DescriptorFile", "a VMDK descriptor", CONVERT},
    {64, 4, "\x7F\x10\xDA\xBE", "a VDI image", CONVERT},
    {0, 4, "PK\3\4", "a ZIP archive", UNPACK},
    {0, 3, "\x1F\x8B\x08", "gzip-compressed", UNPACK},
    {0, 6, "\xFD\x37zXZ\0", "xz-compressed", UNPACK},
    {0, 3, "BZh", "bzip2-compressed", UNPACK},
    {0, 4, "\x28\xB5\x2F\xFD", "zstd-compressed", UNPACK},
    {0, 6, "7z\xBC\xAF\x27\x1C", "a 7-Zip archive", UNPACK},
    {0, 4, "IMD ", "an ImageDisk (IMD) file", "convert it to a raw image (imdu '%s' '%s.img' /b)"},
    {0, 3, "TD\0", "a TeleDisk file", "convert it to a raw image"},
    {0, 3, "td\0", "a TeleDisk file", "convert it to a raw image"},
};

static bool is_foreign(const u8 *head, const char *name, char *err, size_t errlen)
{
    if (head[510] == 0x55 && head[511] == 0xAA) /* a boot sector may begin with any bytes */
        return false;
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
        const Foreign *f = &foreign[i];
        if (memcmp(head + f->offset, f->magic, f->len))
            continue;
        int n = snprintf(err, errlen, "%s: is %s, not a plain disk image; ", name, f->what);
        if (n > 0 && (size_t)n < errlen)
            snprintf(err + n, errlen - (size_t)n, f->fix, name, name);
        return true;
    }
    return false;
}

/* ISO 9660 without a partition table. With one (isohybrid) it works as a hard disk. */
static bool is_cd(DiskLayer *l, const u8 *head, u64 bytes)
{
    u8 mark[DISK_SECTOR];
    return bytes > ISO_MARK + DISK_SECTOR && !partition_table(head) &&
           !l->ops->read(l, ISO_MARK / DISK_SECTOR, 1, mark) && !memcmp(mark + 1, "CD001", 5);
}

/* ---- fixed VHD: raw sectors and a footer ----------------------------------------------------- */

static u32 big_endian(const u8 *p)
{
    return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

/* Virtual Hard Disk format specification, "Hard Disk Footer Format": the checksum is the ones'
 * complement of the sum of all bytes but its own. */
static bool fixed_vhd(DiskLayer *l, u64 *bytes, DiskGeometry *hint)
{
    u8 f[DISK_SECTOR];
    u64 last = *bytes / DISK_SECTOR - 1;
    if (*bytes % DISK_SECTOR || last == 0 || l->ops->read(l, last, 1, f) ||
        memcmp(f, "conectix", 8) || big_endian(f + 60) != 2)
        return false;
    u32 sum = 0;
    for (int i = 0; i < DISK_SECTOR; i++)
        sum += i >= 64 && i < 68 ? 0 : f[i];
    u64 size = (u64)big_endian(f + 48) << 32 | big_endian(f + 52);
    if (~sum != big_endian(f + 64) || size == 0 || size > last * DISK_SECTOR || size % DISK_SECTOR)
        return false;
    *bytes = size;
    *hint = (DiskGeometry){big_endian(f + 56) >> 16, f[58], f[59]};
    return true;
}

/* ---- floppy or hard disk --------------------------------------------------------------------- */

static DiskKind kind_by_content(const u8 *head, u64 bytes)
{
    DiskGeometry g;
    DiskBpb bpb;
    bool has_bpb = bpb_read(head, &bpb);
    if (floppy_size(bytes, &g) && (has_bpb || !partition_table(head)))
        return DISK_FLOPPY;
    if (!has_bpb && partition_table(head))
        return DISK_HARD;
    if (has_bpb && bpb.media == 0xF8)
        return DISK_HARD;
    if (has_bpb && bytes <= FLOPPY_BYTES_MAX && bpb.sectors <= FLOPPY_BYTES_MAX / DISK_SECTOR)
        return DISK_FLOPPY;
    return bytes <= FLOPPY_BYTES_USUAL ? DISK_FLOPPY : DISK_HARD;
}

static void note_truncated(const char *name, u64 bytes, u64 should, char *note, size_t notelen)
{
    char line[320];
    snprintf(line, sizeof line,
             "%s: has %" PRIu64 " bytes where its own tables say %" PRIu64
             "; the rest reads as zeros: if it should be whole, fetch it again",
             name, bytes, should);
    add_note(note, notelen, line);
}

static bool shape_floppy(const u8 *head, const char *name, DiskShape *shape, char *note,
                         size_t notelen, char *err, size_t errlen)
{
    DiskGeometry *g = &shape->geometry;
    if (shape->bytes > FLOPPY_BYTES_MAX || !floppy_geometry(head, shape->bytes, g)) {
        snprintf(err, errlen,
                 "%s: with %" PRIu64
                 " bytes is larger than any floppy; attach it as a hard disk (-hda)",
                 name, shape->bytes);
        return false;
    }
    shape->logical = *g;
    shape->sectors = (u64)g->cylinders * g->heads * g->sectors;
    DiskBpb bpb;
    if (bpb_read(head, &bpb) && bpb.sectors * DISK_SECTOR > shape->bytes &&
        bpb.sectors <= shape->sectors)
        note_truncated(name, shape->bytes, bpb.sectors * DISK_SECTOR, note, notelen);
    return true;
}

static void shape_hard(DiskLayer *l, const u8 *head, const char *name, const DiskOptions *o,
                       const DiskGeometry *hint, DiskShape *shape, char *note, size_t notelen)
{
    shape->sectors = (shape->bytes + DISK_SECTOR - 1) / DISK_SECTOR;
    if (o->chs.heads && o->chs.sectors)
        hard_geometry_forced(&o->chs, shape->sectors, shape);
    else
        hard_geometry(l, head, shape->sectors, hint, shape);
    DiskBpb bpb;
    u64 should = partition_table(head)  ? partition_end(head)
                 : bpb_read(head, &bpb) ? bpb.sectors
                                        : 0;
    if (should > shape->sectors)
        note_truncated(name, shape->bytes, should * DISK_SECTOR, note, notelen);
}

bool probe_image(DiskLayer *l, const char *name, u64 bytes, const DiskOptions *o, DiskShape *shape,
                 char *note, size_t notelen, char *err, size_t errlen)
{
    *shape = (DiskShape){.format = "raw", .bytes = bytes, .kind = o->kind};
    if (bytes < DISK_SECTOR) {
        snprintf(err, errlen,
                 "%s: with %" PRIu64
                 " bytes is too small for a disk; one sector is 512 bytes: name a whole image",
                 name, bytes);
        return false;
    }
    u8 head[DISK_SECTOR];
    int e = l->ops->read(l, 0, 1, head);
    if (e) {
        snprintf(err, errlen, "%s: cannot be read: %s; check the file and its disk", name,
                 strerror(e));
        return false;
    }
    DiskGeometry hint = {0};
    if (!o->raw) {
        if (is_foreign(head, name, err, errlen))
            return false;
        if (is_cd(l, head, bytes)) {
            snprintf(
                err, errlen,
                "%s: is a CD image (ISO 9660), not a floppy or hard disk; attach it with -cdrom",
                name);
            return false;
        }
        if (fixed_vhd(l, &shape->bytes, &hint)) {
            shape->format = "vhd";
            if (shape->kind == DISK_ANY)
                shape->kind = DISK_HARD;
        }
    }
    if (shape->bytes % DISK_SECTOR) {
        char line[320];
        snprintf(line, sizeof line,
                 "%s: %" PRIu64
                 " bytes are not a whole number of 512-byte sectors; the last one is filled up "
                 "with zeros",
                 name, shape->bytes);
        add_note(note, notelen, line);
    }
    if (shape->kind == DISK_ANY)
        shape->kind = kind_by_content(head, shape->bytes);
    if (shape->kind == DISK_FLOPPY)
        return shape_floppy(head, name, shape, note, notelen, err, errlen);
    shape_hard(l, head, name, o, &hint, shape, note, notelen);
    return true;
}
