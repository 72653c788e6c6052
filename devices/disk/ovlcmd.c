/* ovlcmd.c: writing an overlay back into its image, and moving one to another image. Both may be
 * killed at any instant and run again: a commit only repeats writes, and is marked in the overlay
 * until the image has it all; a rebase adds what the old image held before it changes the name. */
#include "devices/disk/ovlfile.h"

#include <stdio.h>

static bool failed(const char *path, const char *what, int e, char *err, size_t errlen)
{
    snprintf(err, errlen, "%s: cannot be %s: %s; mend that and repeat the command", path, what,
             strerror(e));
    return false;
}

static u32 sectors_of(const Disk *d, u64 block)
{
    u64 left = d->sectors - block * (OVL_BLOCK / DISK_SECTOR);
    return left < OVL_BLOCK / DISK_SECTOR ? (u32)left : OVL_BLOCK / DISK_SECTOR;
}

static bool write_back(OvlFile *o, Disk *d, const char *overlay, u64 *blocks, char *err,
                       size_t errlen)
{
    u8 data[OVL_BLOCK];
    u32 place = 0;
    int e = ovl_mark_committing(o);
    if (e)
        return failed(overlay, "written", e, err, errlen);
    for (u64 block; (block = ovl_next(o, &place)) != UINT64_MAX; ++*blocks) {
        e = ovl_get(o, block, data);
        if (e)
            return failed(overlay, "read", e, err, errlen);
        u64 lba = block * (OVL_BLOCK / DISK_SECTOR);
        e = d->layer->ops->write(d->layer, lba, sectors_of(d, block), data);
        if (e)
            return failed(d->name, "written", e, err, errlen);
    }
    e = d->layer->ops->flush(d->layer);
    if (e)
        return failed(d->name, "written", e, err, errlen);
    e = ovl_empty(o, disk_identity(d));
    return !e || failed(overlay, "written", e, err, errlen);
}

static bool can_write(const Disk *d, const char *image, char *err, size_t errlen)
{
    if (!d->read_only && d->layer->ops->write)
        return true;
    snprintf(err, errlen, "%s: cannot be written, so nothing was changed; make it writable, or "
                          "copy it", image);
    return false;
}

/* The image, to be written or not, and the overlay on it. A small image may have been in any drive,
 * and has as many sectors as its medium there: it is what the overlay says it was made on. What is
 * wrong is said of the image as it seems to be. */
static Disk *open_both(const char *image, const DiskOptions *how, const char *overlay, bool write,
                       OvlFile **o, char *err, size_t errlen)
{
    static const DiskKind kinds[] = {DISK_ANY, DISK_HARD, DISK_FLOPPY};
    char other[1024] = "";
    for (size_t n = 0; n < ARRAY_LEN(kinds); n++) {
        char *to = n ? other : err;
        size_t room = n ? sizeof other : errlen;
        DiskOptions opt = *how;
        opt.kind = n ? kinds[n] : opt.kind;
        Disk *d = disk_open(image, &opt, to, room);
        *o = d && (!write || can_write(d, image, to, room))
                 ? ovl_open_file(overlay, d, false, true, to, room)
                 : NULL;
        if (*o)
            return d;
        disk_close(d);
    }
    text_tame(err, false); /* the overlay names an image */
    return NULL;
}

bool disk_commit(const char *overlay, const char *image, const DiskOptions *how, u64 *blocks,
                 char *err, size_t errlen)
{
    DiskOptions opt = *how;
    OvlFile *o;
    *blocks = 0;
    opt.overlay[0] = 0;
    opt.snapshot = false;
    Disk *d = open_both(image, &opt, overlay, true, &o, err, errlen);
    if (!d)
        return false;
    bool ok = write_back(o, d, overlay, blocks, err, errlen);
    ovl_close_file(o);
    disk_close(d);
    return ok;
}

static bool keep_differences(OvlFile *o, Disk *from, Disk *to, const char *overlay, u64 *blocks,
                             char *err, size_t errlen)
{
    u8 old[OVL_BLOCK], new[OVL_BLOCK];
    u64 count = (from->sectors + OVL_BLOCK / DISK_SECTOR - 1) / (OVL_BLOCK / DISK_SECTOR);
    for (u64 block = 0; block < count; block++) {
        u64 lba = block * (OVL_BLOCK / DISK_SECTOR);
        u32 n = sectors_of(from, block);
        if (ovl_has(o, block))
            continue;
        memset(old, 0, sizeof old);
        memset(new, 0, sizeof new);
        int e = from->layer->ops->read(from->layer, lba, n, old);
        if (e)
            return failed(from->name, "read", e, err, errlen);
        e = to->layer->ops->read(to->layer, lba, n, new);
        if (e)
            return failed(to->name, "read", e, err, errlen);
        if (!memcmp(old, new, sizeof old))
            continue;
        e = ovl_put(o, block, old);
        if (e)
            return failed(overlay, "written", e, err, errlen);
        ++*blocks;
    }
    int e = ovl_set_base(o, to);
    return !e || failed(overlay, "written", e, err, errlen);
}

bool disk_rebase(const char *overlay, const char *from, const char *to, u64 *blocks, char *err,
                 size_t errlen)
{
    DiskOptions opt = {.read_only = true};
    OvlFile *o;
    *blocks = 0;
    Disk *a = open_both(from, &opt, overlay, false, &o, err, errlen);
    if (!a)
        return false;
    opt.kind = a->kind;
    Disk *b = disk_open(to, &opt, err, errlen);
    bool ok = b && a->sectors == b->sectors;
    if (ok)
        ok = keep_differences(o, a, b, overlay, blocks, err, errlen);
    else if (b)
        snprintf(err, errlen, "%s: has another size than %s; an overlay only fits images of the "
                              "same size: resize one", to, from);
    ovl_close_file(o);
    disk_close(a);
    disk_close(b);
    return ok;
}
