/* vmdk.c: VMware disk images, for reading, by "Virtual Disk Format 5.0" (VMware, 2011): sparse
 * files with grain tables (compressed grains of stream-optimized files too), and descriptors, text
 * files that list sparse, flat and empty extents. */
#include "devices/disk/layer.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXTENTS_MAX = 64, DESCRIPTOR_MAX = 64 * 1024, GRAIN_MAX = 4096 /* sectors */ };
enum { FLAG_ZERO_GRAIN = 4, FLAG_COMPRESSED = 0x10000 };
typedef enum { EXTENT_ZERO, EXTENT_FLAT, EXTENT_SPARSE } ExtentKind;

typedef struct {
    ExtentKind kind;
    u64 start, sectors; /* of the disk */
    HostFile file;
    u64 at;   /* flat: offset in the file */
    u32 *dir; /* sparse: sector numbers of the grain tables */
    u32 tables, per_table, grain, flags;
    u32 *table; /* the grain table at cached_at */
    u64 cached_at;
    u8 *data, *packed; /* the grain at data_at, and room to unpack it */
    u32 data_at;
} Extent;

typedef struct {
    DiskLayer layer;
    Extent extent[EXTENTS_MAX];
    int extents;
    u64 sectors;
} VmdkLayer;

/* ---- reading --------------------------------------------------------------------------------- */

static int find_grain(Extent *x, u64 grain, u32 *sector)
{
    u64 t = grain / x->per_table;
    u64 at = t < x->tables ? (u64)x->dir[t] * DISK_SECTOR : 0;
    *sector = 0;
    if (!at)
        return 0;
    if (x->cached_at != at) {
        x->cached_at = 0;
        int e = file_read(&x->file, at, x->table, x->per_table * 4ull);
        if (e)
            return e;
        x->cached_at = at;
    }
    *sector = load_le((u8 *)&x->table[grain % x->per_table], 4);
    if (*sector == 1 && x->flags & FLAG_ZERO_GRAIN)
        *sector = 0;
    return 0;
}

/* A compressed grain: its first sector (8 bytes), its length (4), zlib data. */
static int unpack(Extent *x, u32 sector)
{
    u8 marker[12];
    if (x->data_at == sector)
        return 0;
    x->data_at = 0;
    size_t room = (size_t)x->grain * DISK_SECTOR;
    int e = file_read(&x->file, (u64)sector * DISK_SECTOR, marker, sizeof marker);
    u32 len = load_le(marker + 8, 4);
    if (!e && len > 2 * room)
        e = EIO;
    if (!e)
        e = file_read(&x->file, (u64)sector * DISK_SECTOR + sizeof marker, x->packed, len);
    if (e)
        return e;
    s64 n = inflate_block(x->packed, len, x->data, room, true);
    if (n < 0)
        return EIO;
    memset(x->data + n, 0, room - (size_t)n);
    x->data_at = sector;
    return 0;
}

static int read_sparse(Extent *x, u64 at, u32 *count, u8 *dst)
{
    u32 n = (u32)(at % x->grain), sector;
    if (x->grain - n < *count)
        *count = x->grain - n;
    size_t bytes = (size_t)*count * DISK_SECTOR;
    int e = find_grain(x, at / x->grain, &sector);
    if (e || !sector) {
        memset(dst, 0, bytes);
        return e;
    }
    if (!(x->flags & FLAG_COMPRESSED))
        return file_read(&x->file, ((u64)sector + n) * DISK_SECTOR, dst, bytes);
    e = unpack(x, sector);
    if (!e)
        memcpy(dst, x->data + (size_t)n * DISK_SECTOR, bytes);
    return e;
}

static Extent *find(VmdkLayer *v, u64 lba)
{
    for (int i = 0; i < v->extents; i++)
        if (lba - v->extent[i].start < v->extent[i].sectors)
            return &v->extent[i];
    return NULL;
}

static int vmdk_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    VmdkLayer *v = (VmdkLayer *)l;
    while (count) {
        Extent *x = find(v, lba);
        u64 at = x ? lba - x->start : 0;
        u32 run = x && x->sectors - at < count ? (u32)(x->sectors - at) : count;
        int e = 0;
        if (x && x->kind == EXTENT_SPARSE)
            e = read_sparse(x, at, &run, dst);
        else if (x && x->kind == EXTENT_FLAT)
            e = file_read(&x->file, x->at + at * DISK_SECTOR, dst, (size_t)run * DISK_SECTOR);
        else
            memset(dst, 0, (size_t)run * DISK_SECTOR);
        if (e)
            return e;
        lba += run, count -= run, dst += (size_t)run * DISK_SECTOR;
    }
    return 0;
}

static int vmdk_flush(DiskLayer *l)
{
    return 0;
}

static void free_layer(VmdkLayer *v, bool files)
{
    for (int i = 0; i < v->extents; i++) {
        Extent *x = &v->extent[i];
        if (files && x->kind != EXTENT_ZERO)
            file_close(&x->file);
        free(x->dir);
        free(x->table);
        free(x->data);
        free(x->packed);
    }
    free(v);
}

static void vmdk_close(DiskLayer *l)
{
    free_layer((VmdkLayer *)l, true);
}

static const DiskLayerOps vmdk_ops = {.read = vmdk_read, .flush = vmdk_flush, .close = vmdk_close};

/* ---- a sparse file --------------------------------------------------------------------------- */

static bool damaged(ImageSource *s, const char *what)
{
    image_error(s, "is a damaged VMDK: %s; fetch it again", what);
    return false;
}

/* Fills x from the header of x->file. */
static bool open_sparse(Extent *x, ImageSource *s)
{
    u8 h[DISK_SECTOR];
    int e = file_read(&x->file, 0, h, sizeof h);
    if (e || memcmp(h, "KDMV", 4))
        return damaged(s, "an extent has no valid header");
    if (le64(h + 56) == UINT64_MAX && /* written as a stream: the header is repeated at the end */
        (x->file.size < 1024 || file_read(&x->file, x->file.size - 1024, h, sizeof h) ||
         memcmp(h, "KDMV", 4)))
        return damaged(s, "it was cut off");
    u64 capacity = le64(h + 12), grain = le64(h + 20), dir_at = le64(h + 56);
    x->flags = load_le(h + 8, 4);
    x->per_table = load_le(h + 44, 4);
    if (!capacity || capacity > 1ull << 40 || !grain || grain > GRAIN_MAX || !x->per_table ||
        x->per_table > 65536)
        return damaged(s, "the sizes in its header are not valid");
    x->grain = (u32)grain;
    x->sectors = capacity;
    u64 tables = (capacity + grain * x->per_table - 1) / (grain * x->per_table);
    if (tables > 1 << 22 || dir_at > x->file.size / DISK_SECTOR)
        return damaged(s, "its grain directory does not fit");
    x->tables = (u32)tables;
    x->dir = malloc(tables * 4);
    x->table = malloc(x->per_table * 4ull);
    x->data = malloc((size_t)grain * DISK_SECTOR);
    x->packed = malloc((size_t)grain * DISK_SECTOR * 2);
    e = x->dir && x->table && x->data && x->packed
            ? file_read(&x->file, dir_at * DISK_SECTOR, x->dir, tables * 4)
            : ENOMEM;
    if (e)
        image_error(s, "cannot be read: %s; check the file and its disk", strerror(e));
    for (u32 i = 0; !e && i < x->tables; i++)
        x->dir[i] = load_le((u8 *)&x->dir[i], 4);
    return !e;
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static bool has_parent(const char *text)
{
    const char *p = strcasestr(text, "parentCID");
    if (!p)
        return false;
    p += strcspn(p, "=\n");
    p += strspn(p, "= \t");
    return *p && strncasecmp(p, "ffffffff", 8) != 0;
}

static bool add_extent(VmdkLayer *v, ImageSource *s, u64 sectors, const char *kind,
                       const char *name, u64 offset)
{
    char path[4096];
    if (v->extents == EXTENTS_MAX || sectors > 1ull << 40)
        return damaged(s, "its descriptor lists too much");
    Extent *x = &v->extent[v->extents];
    *x = (Extent){.start = v->sectors, .sectors = sectors, .at = offset * DISK_SECTOR};
    x->kind = !strcmp(kind, "ZERO") ? EXTENT_ZERO
              : !strcmp(kind, "SPARSE") ? EXTENT_SPARSE : EXTENT_FLAT;
    if (x->kind == EXTENT_FLAT && strcmp(kind, "FLAT"))
        return damaged(s, "its descriptor lists extents of a kind that cannot be read");
    if (x->kind != EXTENT_ZERO) {
        if (!image_reference(s, name, path, sizeof path) ||
            !file_open(&x->file, path, false, s->note, s->notelen, s->err, s->errlen))
            return false;
    }
    v->extents++;
    if (x->kind == EXTENT_SPARSE && !open_sparse(x, s))
        return false;
    x->sectors = sectors; /* what its header has not is empty */
    v->sectors += sectors;
    return true;
}

/* "RW 4192256 SPARSE "disk-s001.vmdk"", "RW 2048 FLAT "disk-flat.vmdk" 0", "RW 63 ZERO" */
static bool read_extents(VmdkLayer *v, ImageSource *s, char *text)
{
    char *save = NULL;
    for (char *line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
        char access[12], kind[12], name[1024] = "";
        unsigned long long sectors, offset = 0;
        int n = sscanf(line, "%11s %llu %11s \"%1023[^\"]\" %llu", access, &sectors, kind, name,
                       &offset);
        if (n >= 3 && !strcmp(access, "NOACCESS")) /* it takes its place all the same */
            strcpy(kind, "ZERO");
        else if (n < 3 || (strcmp(access, "RW") && strcmp(access, "RDONLY")))
            continue;
        if (!add_extent(v, s, sectors, kind, name, offset))
            return false;
    }
    return v->extents > 0 || damaged(s, "its descriptor lists no extent");
}

static bool open_descriptor(VmdkLayer *v, ImageSource *s)
{
    if (s->file.size > DESCRIPTOR_MAX)
        return damaged(s, "its descriptor is too long");
    char *text = calloc(1, s->file.size + 1);
    if (!text || file_read(&s->file, 0, text, s->file.size)) {
        free(text);
        return damaged(s, "it cannot be read");
    }
    bool ok = !has_parent(text);
    if (!ok)
        image_error(s, "is a VMDK snapshot that builds on another image; convert it: qemu-img "
                       "convert -O raw");
    ok = ok && read_extents(v, s, text);
    free(text);
    return ok;
}

static bool open_single(VmdkLayer *v, ImageSource *s)
{
    u8 h[DISK_SECTOR];
    v->extents = 1;
    v->extent[0] = (Extent){.kind = EXTENT_SPARSE, .file = s->file};
    if (!open_sparse(&v->extent[0], s))
        return false;
    v->sectors = v->extent[0].sectors;
    if (file_read(&s->file, 0, h, sizeof h))
        return damaged(s, "it cannot be read");
    u64 at = le64(h + 28) * DISK_SECTOR, len = le64(h + 36) * DISK_SECTOR;
    if (!at || !len || len > DESCRIPTOR_MAX)
        return true;
    char *text = calloc(1, len + 1);
    bool parent = text && !file_read(&s->file, at, text, len) && has_parent(text);
    free(text);
    if (parent)
        image_error(s, "is a VMDK snapshot that builds on another image; convert it: qemu-img "
                       "convert -O raw");
    return !parent;
}

DiskLayer *vmdk_open(ImageSource *s)
{
    u8 magic[4];
    VmdkLayer *v = calloc(1, sizeof *v);
    if (!v || file_read(&s->file, 0, magic, 4)) {
        free(v);
        return image_error(s, "cannot be read; check the file and its disk");
    }
    v->layer.ops = &vmdk_ops;
    bool single = !memcmp(magic, "KDMV", 4);
    if (!(single ? open_single(v, s) : open_descriptor(v, s))) {
        free_layer(v, !single); /* the single file is the caller's again */
        return NULL;
    }
    if (!single)
        file_close(&s->file);
    s->bytes = v->sectors * DISK_SECTOR;
    s->kind = DISK_HARD;
    s->read_only = true;
    if (s->write)
        image_note(s, "VMDK images are only read: the guest finds it write-protected; use "
                      "-snapshot or -overlay");
    return &v->layer;
}
