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

static bool copy_word(char *dst, size_t size, const char *w)
{
    size_t n = strlen(w);
    if (!n || n >= size)
        return false;
    memcpy(dst, w, n + 1);
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
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!strcmp(w, words[i].word)) {
            *(bool *)((char *)o + words[i].flag) = words[i].value;
            return true;
        }
    if (!strncmp(w, "format=", 7)) {
        o->raw = !strcmp(w + 7, "raw");
        return copy_word(o->format, sizeof o->format, w + 7);
    }
    if (!strcmp(w, "refs=any"))
        return o->refs_any = true;
    DiskFault fault;
    if (!strncmp(w, "fault=", 6))
        return disk_fault_parse(w + 6, &fault) && disk_faults_add(&o->faults, &fault);
    if (!strncmp(w, "overlay=", 8))
        return copy_word(o->overlay, sizeof o->overlay, w + 8);
    return !strncmp(w, "chs=", 4) && parse_chs(w + 4, &o->chs);
}

static bool exists(const char *path)
{
    struct stat st;
    const char *folder = strncmp(path, "fat:", 4) ? path : strrchr(path, ':') + 1;
    return !stat(folder, &st);
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
    char *comma;
    /* from the right, until what is left is a file or holds no comma */
    while (!exists(path) && (comma = strrchr(path, ',')) != NULL) {
        if (!parse_word(comma + 1, o)) {
            snprintf(
                err, errlen,
                "%s: unknown disk option '%s'; known are ro, snapshot, raw, format=F, chs=C/H/S, "
                "overlay=F, refs=any, fault=KIND:FIRST-LAST (KIND: read, write, missing, timeout)",
                text, comma + 1);
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

u64 disk_identity(const Disk *d)
{
    return medium_id(d->layer, d->sectors);
}

static void *no_memory(const char *name, char *err, size_t errlen)
{
    snprintf(err, errlen, "%s: out of host memory; close other programs", name);
    return NULL;
}

/* Above the image: the overlay file, or memory. Takes `layer` over, also on failure. */
static DiskLayer *cover(Disk *d, DiskLayer *layer, const DiskOptions *o, char *err, size_t errlen)
{
    DiskLayer *top;
    if (*o->overlay && d->kind != DISK_CD && !o->read_only) {
        top = ovlfile_open(o->overlay, layer, d, o->snapshot, err, errlen);
        if (!top)
            goto fail;
        layer = top;
    }
    if (d->snapshot) {
        top = overlay_open(layer);
        if (!top) {
            no_memory(d->name, err, errlen);
            goto fail;
        }
        layer = top;
    }
    return layer;
fail:
    layer->ops->close(layer);
    return NULL;
}

static void describe(Disk *d, DiskLayer *layer, const DiskShape *shape, const ImageSource *s,
                     const DiskOptions *o)
{
    d->format = shape->format;
    d->kind = shape->kind;
    d->sectors = shape->sectors;
    d->geometry = shape->geometry;
    d->logical = shape->logical;
    if (d->kind == DISK_FLOPPY)
        d->xdf = xdf_probe(layer, &d->geometry);
    d->read_only = o->read_only || d->kind == DISK_CD || (s->read_only && !o->snapshot);
    d->snapshot = o->snapshot && !d->read_only;
    d->plain = !strcmp(d->format, "raw") && !o->raw;
    d->tail = shape->bytes ? (shape->bytes - 1) / DISK_SECTOR : 0;
    d->faults = o->faults;
}

/* Builds the Disk above `layer`, which it takes over, also on failure. */
static Disk *finish(DiskLayer *layer, ImageSource *s, const DiskOptions *o, char *err,
                    size_t errlen)
{
    DiskShape shape;
    Disk *d = calloc(1, sizeof *d);
    if (!d || !(d->name = strdup(s->path))) {
        no_memory(s->path, err, errlen);
        goto fail;
    }
    snprintf(d->note, sizeof d->note, "%s", s->note);
    if (!probe_image(layer, s, o, &shape, d->note, sizeof d->note, err, errlen))
        goto fail;
    describe(d, layer, &shape, s, o);
    d->id = medium_id(layer, d->sectors);
    if (d->kind == DISK_CD) {
        d->toc = s->toc ? s->toc : cd_toc_single((u32)(d->sectors / (CD_BLOCK / DISK_SECTOR)));
        s->toc = NULL;
        if (!d->toc) {
            no_memory(s->path, err, errlen);
            goto fail;
        }
    }
    d->layer = cover(d, layer, o, err, errlen);
    layer = NULL;
    if (d->layer)
        return d;
fail:
    if (layer)
        layer->ops->close(layer);
    if (d) {
        free((void *)(uintptr_t)d->toc);
        free(d->name);
    }
    free(d);
    free(s->toc);
    return NULL;
}

static Disk *open_file(const char *path, const DiskOptions *o, char *err, size_t errlen)
{
    DiskOptions opt = o ? *o : (DiskOptions){0};
    char note[sizeof((Disk *)0)->note] = "";
    bool write = !opt.read_only && !opt.snapshot && !*opt.overlay && opt.kind != DISK_CD;
    ImageSource s = {.path = path,
                     .write = write,
                     .refs_any = opt.refs_any,
                     .kind = opt.kind,
                     .note = note,
                     .notelen = sizeof note,
                     .err = err,
                     .errlen = errlen};
    DiskLayer *layer = !strncmp(path, "fat:", 4)
                           ? folder_open(&s)
                           : image_open(&s, opt.raw ? "raw" : *opt.format ? opt.format : NULL);
    if (!layer)
        return NULL;
    if (write && !s.write)
        s.read_only = true;
    if (!write && (opt.snapshot || *opt.overlay))
        s.read_only = false; /* the image need not be written */
    return finish(layer, &s, &opt, err, errlen);
}

Disk *disk_open(const char *path, const DiskOptions *o, char *err, size_t errlen)
{
    Disk *d = open_file(path, o, err, errlen);
    if (!d)
        text_tame(err, false); /* images name others, and themselves */
    return d;
}

Disk *disk_open_memory(const char *name, const u8 *data, u64 size, const DiskOptions *o, char *err,
                       size_t errlen)
{
    DiskOptions opt = o ? *o : (DiskOptions){0};
    ImageSource s = {.path = name, .note = "", .format = "raw", .bytes = size};
    DiskLayer *layer = memory_open(data, size);
    if (!layer)
        return no_memory(name, err, errlen);
    opt.snapshot = true;
    Disk *d = finish(layer, &s, &opt, err, errlen);
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
    d->layer->ops->close(d->layer);
    free((void *)(uintptr_t)d->toc);
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

void disk_on_trouble(Disk *d, DiskWaitFn *fn, void *ctx)
{
    d->wait_fn = fn;
    d->wait_ctx = ctx;
}

static const char *remedy(int e)
{
    switch (e) {
    case ENOSPC:
    case EDQUOT:
        return "free some space on the host's disk";
    case EFBIG:
        return "raise the host's limit on file sizes (ulimit -f)";
    case EROFS:
        return "remount the host's disk writable, or use -snapshot";
    case EIO:
        return "the host's disk is failing: copy the image elsewhere";
    case EMEDIUMTYPE:
        return "it has formatted the folder's disk: the folder stays as it was; use a disk image "
               "for that";
    case ENOMEM:
        return "free some memory on the host";
    default:
        return "mend that";
    }
}

static void describe_trouble(const Disk *d, const char *what, u64 lba, int e, const char *then,
                             char *out, size_t size)
{
    char where[40] = "";
    if (lba != UINT64_MAX)
        snprintf(where, sizeof where, " sector %" PRIu64, lba);
    snprintf(out, size, "%s: cannot %s%s: %s; %s; %s", d->name, what, where, strerror(e), then,
             remedy(e));
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
        char message[1024];
        describe_trouble(d, what, lba, e, "the guest was told of a drive error", message,
                         sizeof message);
        d->error_fn(d->error_ctx, message);
    }
    d->reported = e;
    return DISK_FAILED;
}

/* Can a person mend it while the guest stands still? */
static bool may_pass(int e)
{
    return e == ENOSPC || e == EDQUOT || e == EFBIG || e == EROFS || e == EIO || e == ENOMEM;
}

static bool wait_for_host(Disk *d, const char *what, u64 lba, int e)
{
    char message[1024];
    if (!d->wait_fn || !may_pass(e))
        return false;
    describe_trouble(d, what, lba, e, "the machine waits", message, sizeof message);
    return d->wait_fn(d->wait_ctx, message);
}

static void waited_enough(Disk *d)
{
    if (d->wait_fn)
        d->wait_fn(d->wait_ctx, NULL);
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
    d->sectors_read += e ? 0 : count;
    if (!e && d->reported) /* a read that works says nothing about a full disk */
        return DISK_OK;
    return conclude(d, "read", lba, e);
}

/* A guest that writes a container's header to a plain image could make the next run open files of
 * the host as "its" backing files or tracks. */
static bool is_disguise(const Disk *d, u64 lba, u32 count, const u8 *src)
{
    if (!d->plain)
        return false;
    if (lba == 0 && image_is_container(src, d->name, d->sectors * DISK_SECTOR))
        return true;
    for (u64 n = lba > d->tail ? lba : d->tail; n < lba + count; n++)
        if (vhd_is_footer(src + (n - lba) * DISK_SECTOR))
            return true;
    return false;
}

static DiskResult disguised(Disk *d)
{
    char message[512];
    snprintf(message, sizeof message,
             "%.300s: the guest wants to write another image format's header or footer; it was "
             "told of a drive error; say format=raw if that is meant",
             d->name);
    if (d->error_fn && d->reported != EPERM)
        d->error_fn(d->error_ctx, message);
    d->reported = EPERM;
    return DISK_FAILED;
}

DiskResult disk_write(Disk *d, u64 lba, u32 count, const void *src)
{
    if (!on_medium(d, lba, count))
        return DISK_RANGE;
    if (d->read_only || !d->layer->ops->write)
        return DISK_PROTECTED;
    if (is_disguise(d, lba, count, src))
        return disguised(d);
    if (d->journal && !journal_before(d, lba, count))
        return conclude(d, "write", lba, ENOMEM);
    d->generation++;
    int e, tries = 0;
    while ((e = d->layer->ops->write(d->layer, lba, count, src)) != 0 &&
           wait_for_host(d, "write", lba, e))
        tries++;
    if (!e && tries)
        waited_enough(d);
    d->sectors_written += e ? 0 : count;
    if (d->journal)
        journal_after(d, lba, count, src, !e);
    return conclude(d, "write", lba, e);
}

/* What a layer has to say, besides whether it went well. */
static void pass_notice(Disk *d)
{
    char *text = d->layer->notice;
    if (!text || !*text)
        return;
    char message[600];
    snprintf(message, sizeof message, "%.150s: %s", d->name, text);
    if (d->error_fn)
        d->error_fn(d->error_ctx, message);
    *text = 0;
}

DiskResult disk_flush(Disk *d)
{
    int e, tries = 0;
    while ((e = d->layer->ops->flush(d->layer)) != 0 && wait_for_host(d, "flush", UINT64_MAX, e))
        tries++;
    if (!e && tries)
        waited_enough(d);
    pass_notice(d);
    if (!e && d->reported)
        return DISK_OK;
    return conclude(d, "flush", UINT64_MAX, e);
}

DiskResult disk_read_frame(Disk *d, u32 frame, u8 *dst)
{
    if (!d->toc || frame >= d->toc->track[d->toc->count].start)
        return DISK_RANGE;
    if (d->layer->ops->read_frame)
        return conclude(d, "read", frame * 4ull, d->layer->ops->read_frame(d->layer, frame, dst));
    u8 data[CD_BLOCK];
    DiskResult r = disk_read(d, frame * 4ull, 4, data);
    if (r == DISK_OK)
        cd_frame_make(frame, data, dst);
    return r;
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
