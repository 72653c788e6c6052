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
    {0, 8, "vhdxfile", "a VHDX image", CONVERT},
    {0, 16, "WithoutFreeSpace", "a Parallels image", CONVERT},
    {0, 16, "WithouFreSpacExt", "a Parallels image", CONVERT},
    {0, 4, "QED", "a QED image", CONVERT},
    {0, 22, "Bochs Virtual HD Image", "an image in a format of Bochs's", CONVERT},
    {0, 8, "MComprHD", "a CHD image", UNPACK},
    {0, 4, "PK\3\4", "a ZIP archive", UNPACK},
    {0, 3, "\x1F\x8B\x08", "gzip-compressed", UNPACK},
    {0, 6, "\xFD\x37zXZ\0", "xz-compressed", UNPACK},
    {0, 3, "BZh", "bzip2-compressed", UNPACK},
    {0, 4, "\x28\xB5\x2F\xFD", "zstd-compressed", UNPACK},
    {0, 6, "7z\xBC\xAF\x27\x1C", "a 7-Zip archive", UNPACK},
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

/* ---- CDs ------------------------------------------------------------------------------------- */

/* An ISO 9660 volume descriptor at block 16 (ECMA-119 6.7.1). */
static bool has_iso(DiskLayer *l, u64 bytes)
{
    u8 mark[DISK_SECTOR];
    return bytes > ISO_MARK + DISK_SECTOR && !l->ops->read(l, ISO_MARK / DISK_SECTOR, 1, mark) &&
           !memcmp(mark + 1, "CD001", 5);
}

static bool shape_cd(const char *name, DiskShape *shape, char *err, size_t errlen)
{
    shape->sectors = (shape->bytes + CD_BLOCK - 1) / CD_BLOCK * (CD_BLOCK / DISK_SECTOR);
    shape->geometry = shape->logical = (DiskGeometry){1, 1, 1};
    if (shape->sectors / 4 <= UINT32_MAX / 2)
        return true;
    snprintf(err, errlen, "%s: is larger than any CD or DVD; name a CD image", name);
    return false;
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

static bool shape_floppy(DiskLayer *l, const u8 *head, const char *name, DiskShape *shape,
                         char *note, size_t notelen, char *err, size_t errlen)
{
    DiskGeometry *g = &shape->geometry;
    if (shape->bytes > FLOPPY_BYTES_MAX || !floppy_geometry(l, head, shape->bytes, g)) {
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

/* A container's floppy, whose geometry is known. */
static bool shape_given(const DiskGeometry *g, DiskShape *shape)
{
    shape->geometry = shape->logical = *g;
    shape->sectors = (u64)g->cylinders * g->heads * g->sectors;
    return true;
}

static bool wrong_drive(const char *name, const char *is, const char *option, char *err,
                        size_t errlen)
{
    snprintf(err, errlen, "%s: is %s; attach it with %s", name, is, option);
    return false;
}

/* Has the CD image to be refused, as what was asked for? */
static bool fits_drive(const ImageSource *s, const DiskOptions *o, const DiskShape *shape,
                       const u8 *head, bool iso, char *err, size_t errlen)
{
    bool cd = s->toc || (iso && !partition_table(head)); /* with one it works as a hard disk */
    if (cd && !o->raw && (shape->kind == DISK_HARD || shape->kind == DISK_FLOPPY))
        return wrong_drive(s->path,
                           "a CD image (ISO 9660 or a cue sheet), not a floppy or hard "
                           "disk",
                           "-cdrom", err, errlen);
    if (s->kind == DISK_FLOPPY && s->hint.heads && shape->kind != DISK_FLOPPY)
        return wrong_drive(s->path, "a floppy image", "-fda", err, errlen);
    return true;
}

static void note_ragged(const char *name, u64 bytes, char *note, size_t notelen)
{
    char line[320];
    snprintf(line, sizeof line,
             "%s: %" PRIu64
             " bytes are not a whole number of 512-byte sectors; the last one is filled up "
             "with zeros",
             name, bytes);
    add_note(note, notelen, line);
}

bool probe_image(DiskLayer *l, const ImageSource *s, const DiskOptions *o, DiskShape *shape,
                 char *note, size_t notelen, char *err, size_t errlen)
{
    const char *name = s->path;
    *shape = (DiskShape){.format = s->format, .bytes = s->bytes, .kind = o->kind};
    if (s->bytes < DISK_SECTOR) {
        snprintf(err, errlen,
                 "%s: with %" PRIu64
                 " bytes is too small for a disk; one sector is 512 bytes: name a whole image",
                 name, s->bytes);
        return false;
    }
    u8 head[DISK_SECTOR];
    int e = l->ops->read(l, 0, 1, head);
    if (e) {
        snprintf(err, errlen, "%s: cannot be read: %s; check the file and its disk", name,
                 strerror(e));
        return false;
    }
    bool plain = !strcmp(s->format, "raw") && !o->raw;
    if (plain && is_foreign(head, name, err, errlen))
        return false;
    bool iso = plain && has_iso(l, s->bytes);
    if (shape->kind == DISK_ANY)
        shape->kind = s->toc || iso ? DISK_CD
                      : s->kind     ? s->kind
                                    : kind_by_content(head, shape->bytes);
    if (!fits_drive(s, o, shape, head, iso, err, errlen))
        return false;
    if (shape->kind == DISK_CD)
        return shape_cd(name, shape, err, errlen);
    if (shape->bytes % DISK_SECTOR)
        note_ragged(name, shape->bytes, note, notelen);
    if (shape->kind == DISK_FLOPPY && s->hint.heads)
        return shape_given(&s->hint, shape);
    if (shape->kind == DISK_FLOPPY)
        return shape_floppy(l, head, name, shape, note, notelen, err, errlen);
    shape_hard(l, head, name, o, &s->hint, shape, note, notelen);
    return true;
}
