/* disk.c: opening and closing media, the checks every access passes, and the one place where a
 * host error is put into words. */
#include "devices/disk/disk.h"
#include "devices/disk/journal.h"
#include "devices/disk/layer.h"
#include "devices/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- options in text ------------------------------------------------------------------------- */

static bool parse_chs(const char *text, DiskGeometry *g)
{
    unsigned c, h, s;
    char end;
    if (sscanf(text, "%u/%u/%u%c", &c, &h, &s, &end) != 3 || c < 1 || c > 16383 || h < 1 ||
        h > 255 || s < 1 || s > 63)
        return false;
    *g = (DiskGeometry){c, (u8)h, (u8)s};
    return true;
}

static bool parse_word(const char *w, DiskOptions *o)
{
    static const struct {
        const char *word;
        size_t flag;
        bool value;
    } words[] = {
        {"ro", offsetof(DiskOptions, read_only), true},
        {"readonly", offsetof(DiskOptions, read_only), true},
        {"readonly=on", offsetof(DiskOptions, read_only), true},
        {"readonly=off", offsetof(DiskOptions, read_only), false},
        {"snapshot", offsetof(DiskOptions, snapshot), true},
        {"snapshot=on", offsetof(DiskOptions, snapshot), true},
        {"snapshot=off", offsetof(DiskOptions, snapshot), false},
        {"raw", offsetof(DiskOptions, raw), true},
        {"format=raw", offsetof(DiskOptions, raw), true},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!strcmp(w, words[i].word)) {
            *(bool *)((char *)o + words[i].flag) = words[i].value;
            return true;
        }
    return !strncmp(w, "chs=", 4) && parse_chs(w + 4, &o->chs);
}

bool disk_parse(const char *text, char *path, size_t size, DiskOptions *o, char *err, size_t errlen)
{
    size_t len = strlen(text);
    if (len >= size) {
        snprintf(err, errlen, "%.40s...: name of a disk image is too long; use a shorter path",
                 text);
        return false;
    }
    memcpy(path, text, len + 1);
    struct stat st;
    char *comma;
    /* from the right, until what is left is a file or holds no comma */
    while (stat(path, &st) < 0 && (comma = strrchr(path, ',')) != NULL) {
        if (!parse_word(comma + 1, o)) {
            snprintf(err, errlen,
                     "%s: unknown disk option '%s'; known are ro, snapshot, raw, chs=C/H/S", text,
                     comma + 1);
            return false;
        }
        *comma = 0;
    }
    return true;
}

/* ---- opening --------------------------------------------------------------------------------- */

static u64 medium_id(DiskLayer *l, u64 sectors)
{
    u8 head[8 * DISK_SECTOR] = {0};
    u32 n = sectors < 8 ? (u32)sectors : 8;
    if (l->ops->read(l, 0, n, head))
        memset(head, 0, sizeof head);
    u64 id = state_hash(sectors, head, sizeof head);
    return id ? id : 1;
}

/* Builds the Disk above `layer`, which it takes over, also on failure. */
static Disk *finish(const char *name, DiskLayer *layer, u64 bytes, const DiskOptions *o,
                    const char *note, char *err, size_t errlen)
{
    DiskShape shape;
    Disk *d = calloc(1, sizeof *d);
    if (!d || !(d->name = strdup(name))) {
        snprintf(err, errlen, "%s: out of host memory; close other programs", name);
        goto fail;
    }
    snprintf(d->note, sizeof d->note, "%s", note);
    if (!probe_image(layer, name, bytes, o, &shape, d->note, sizeof d->note, err, errlen))
        goto fail;
    d->format = shape.format;
    d->kind = shape.kind;
    d->sectors = shape.sectors;
    d->geometry = shape.geometry;
    d->logical = shape.logical;
    d->read_only = o->read_only;
    d->snapshot = o->snapshot && !o->read_only;
    d->id = medium_id(layer, d->sectors);
    if (d->snapshot) {
        DiskLayer *top = overlay_open(layer);
        if (!top) {
            snprintf(err, errlen, "%s: out of host memory; close other programs", name);
            goto fail;
        }
        layer = top;
    }
    d->layer = layer;
    return d;
fail:
    layer->ops->close(layer);
    if (d)
        free(d->name);
    free(d);
    return NULL;
}

Disk *disk_open(const char *path, const DiskOptions *o, char *err, size_t errlen)
{
    DiskOptions opt = o ? *o : (DiskOptions){0};
    char note[sizeof((Disk *)0)->note] = "";
    bool write = !opt.read_only && !opt.snapshot, wanted = write;
    u64 bytes;
    DiskLayer *layer = raw_open(path, &write, &bytes, note, sizeof note, err, errlen);
    if (!layer)
        return NULL;
    if (wanted && !write)
        opt.read_only = true;
    return finish(path, layer, bytes, &opt, note, err, errlen);
}

Disk *disk_open_memory(const char *name, const u8 *data, u64 size, const DiskOptions *o, char *err,
                       size_t errlen)
{
    DiskOptions opt = o ? *o : (DiskOptions){0};
    DiskLayer *layer = memory_open(data, size);
    if (!layer) {
        snprintf(err, errlen, "%s: out of host memory; close other programs", name);
        return NULL;
    }
    opt.snapshot = true;
    Disk *d = finish(name, layer, size, &opt, "", err, errlen);
    if (d && !strcmp(d->format, "raw"))
        d->format = "memory";
    return d;
}

bool disk_close(Disk *d)
{
    if (!d)
        return true;
    bool ok = !d->generation || disk_flush(d) == DISK_OK;
    disk_journal_stop(d);
    free(d->written);
    d->layer->ops->close(d->layer);
    free(d->name);
    free(d);
    return ok;
}

/* ---- access ---------------------------------------------------------------------------------- */

void disk_on_error(Disk *d, DiskErrorFn *fn, void *ctx)
{
    d->error_fn = fn;
    d->error_ctx = ctx;
}

static const char *remedy(int e)
{
    switch (e) {
    case ENOSPC:
    case EDQUOT:
        return "free some space on the host's disk and let the guest try again";
    case EFBIG:
        return "raise the host's limit on file sizes (ulimit -f) and let the guest try again";
    case EROFS:
        return "remount the host's disk writable, or use -snapshot";
    case EIO:
        return "the host's disk is failing: copy the image elsewhere";
    case ENOMEM:
        return "free some memory on the host and let the guest try again";
    default:
        return "mend that and let the guest try again";
    }
}

/* Turns a layer's errno into the result; tells the frontend once per kind of trouble, so that a
 * guest which retries for ever does not flood it. */
static DiskResult conclude(Disk *d, const char *what, u64 lba, int e)
{
    if (!e) {
        d->reported = 0;
        return DISK_OK;
    }
    if (e != d->reported && d->error_fn) {
        char message[1024], where[40] = "";
        if (lba != UINT64_MAX)
            snprintf(where, sizeof where, " sector %" PRIu64, lba);
        snprintf(message, sizeof message,
                 "%s: cannot %s%s: %s; the guest was told of a drive error; %s", d->name, what,
                 where, strerror(e), remedy(e));
        d->error_fn(d->error_ctx, message);
    }
    d->reported = e;
    return DISK_FAILED;
}

static bool on_medium(const Disk *d, u64 lba, u32 count)
{
    return lba < d->sectors && count <= d->sectors - lba;
}

DiskResult disk_read(Disk *d, u64 lba, u32 count, void *dst)
{
    if (!on_medium(d, lba, count))
        return DISK_RANGE;
    int e = d->layer->ops->read(d->layer, lba, count, dst);
    if (!e && d->reported) /* a read that works says nothing about a full disk */
        return DISK_OK;
    return conclude(d, "read", lba, e);
}

DiskResult disk_write(Disk *d, u64 lba, u32 count, const void *src)
{
    if (!on_medium(d, lba, count))
        return DISK_RANGE;
    if (d->read_only || !d->layer->ops->write)
        return DISK_PROTECTED;
    if (d->journal && !journal_before(d, lba, count))
        return conclude(d, "write", lba, ENOMEM);
    d->generation++;
    int e = d->layer->ops->write(d->layer, lba, count, src);
    if (!e && d->snapshot && !journal_mark(d, lba, count))
        e = ENOMEM;
    if (d->journal)
        journal_after(d, lba, count, src, !e);
    return conclude(d, "write", lba, e);
}

DiskResult disk_flush(Disk *d)
{
    int e = d->layer->ops->flush(d->layer);
    if (!e && d->reported)
        return DISK_OK;
    return conclude(d, "flush", UINT64_MAX, e);
}

/* ---- geometry -------------------------------------------------------------------------------- */

u64 disk_lba(const DiskGeometry *g, u32 cylinder, u32 head, u32 sector)
{
    if (cylinder >= g->cylinders || head >= g->heads || sector < 1 || sector > g->sectors)
        return UINT64_MAX;
    return ((u64)cylinder * g->heads + head) * g->sectors + sector - 1;
}

u8 disk_drive_type(const Disk *d)
{
    const DiskGeometry *g = &d->geometry;
    if (g->sectors > 24)
        return 5;
    if (g->cylinders <= 43 && g->sectors <= 11)
        return 1;
    if (g->sectors == 15)
        return 2;
    return g->sectors <= 11 ? 3 : 4;
}
