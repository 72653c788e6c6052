/* qcow2_open.c: the header of a qcow2 image, and the check that comes before any write: tables must
 * lie in the file, overlap nothing, and every cluster they use must be counted. An image that fails
 * it can be read, but is not written, because a write could land on another's data. */
#include "devices/disk/qcow2.h"

#include <errno.h>
#include <stdlib.h>

enum { INCOMPAT_DIRTY = 1, INCOMPAT_CORRUPT = 2, INCOMPAT_DATA_FILE = 4, INCOMPAT_COMPRESSION = 8 };
enum { L1_MAX = 32 << 20, REFS_MAX = 64 << 20 };
#define EXTENSION_BACKING_FORMAT 0xE2792ACAu

static bool refuse(ImageSource *s, const char *what)
{
    image_error(s, "%s; convert it: qemu-img convert -O raw", what);
    return false;
}

static bool damaged(ImageSource *s, const char *what)
{
    image_error(s, "is a damaged qcow2 image: %s; repair it (qemu-img check -r all) or fetch it "
                   "again", what);
    return false;
}

/* ---- the header ------------------------------------------------------------------------------ */

static bool read_features(Qcow *q, ImageSource *s, const u8 *h)
{
    u64 features = q->version >= 3 ? be64(h + 72) : 0;
    q->refs_order = q->version >= 3 ? be32(h + 96) : 4;
    q->autoclear = q->version >= 3 ? be64(h + 88) : 0;
    if (be32(h + 32))
        return refuse(s, "is an encrypted qcow2 image");
    if (features & INCOMPAT_DATA_FILE)
        return refuse(s, "keeps its data in another file");
    q->zstd = features & INCOMPAT_COMPRESSION && h[104] == 1;
    if (features & INCOMPAT_COMPRESSION && (h[104] > 1 || (q->zstd && !unzstd_available())))
        return refuse(s, "is compressed by a method that this program was built without");
    if (features & ~(u64)(INCOMPAT_DIRTY | INCOMPAT_CORRUPT | INCOMPAT_COMPRESSION))
        return refuse(s, "uses features of qcow2 that are not known");
    if (q->refs_order > 6)
        return damaged(s, "the size of its reference counts is not valid");
    if (features & (INCOMPAT_DIRTY | INCOMPAT_CORRUPT)) {
        s->read_only = true;
        image_note(s, "was not closed properly, so it is opened write-protected; repair it with "
                      "qemu-img check -r all");
    }
    return true;
}

static bool load_table(Qcow *q, ImageSource *s, u64 at, u64 entries, u64 **table)
{
    *table = malloc(entries * 8 + 8);
    int e = *table ? file_read(&s->file, at, *table, entries * 8) : ENOMEM;
    if (e) {
        image_error(s, "cannot be read: %s; check the file and its disk", strerror(e));
        return false;
    }
    for (u64 i = 0; i < entries; i++)
        (*table)[i] = be64((u8 *)&(*table)[i]);
    return true;
}

static bool read_header(Qcow *q, ImageSource *s, const u8 *h)
{
    q->version = be32(h + 4);
    q->cluster_bits = be32(h + 20);
    q->bytes = be64(h + 24);
    q->l1_size = be32(h + 36);
    q->l1_at = be64(h + 40);
    q->refs_at = be64(h + 48);
    u64 refs_bytes;
    if (q->version != 2 && q->version != 3)
        return refuse(s, "is a qcow image of a version that is not known");
    if (q->cluster_bits < 9 || q->cluster_bits > 21)
        return damaged(s, "the size of its clusters is not valid");
    q->cluster = 1u << q->cluster_bits;
    refs_bytes = (u64)be32(h + 56) << q->cluster_bits;
    u64 covered = (u64)q->cluster * (q->cluster / 8), size = s->file.size;
    if (!q->bytes || q->bytes > 1ull << 56)
        return damaged(s, "it says that it holds no bytes, or too many");
    if (q->l1_size * 8ull > L1_MAX || q->l1_size < (q->bytes + covered - 1) / covered ||
        q->l1_at % q->cluster || q->l1_at > size || q->l1_size * 8ull > size)
        return damaged(s, "its L1 table does not fit");
    if (refs_bytes > REFS_MAX || refs_bytes > size || q->refs_at % q->cluster || q->refs_at > size)
        return damaged(s, "its refcount table does not fit");
    q->refs_size = (u32)(refs_bytes / 8);
    return read_features(q, s, h);
}

static bool allocate_buffers(Qcow *q, ImageSource *s)
{
    q->block = malloc(q->cluster);
    q->scratch = malloc(q->cluster);
    q->packed = malloc(q->cluster + 2048);
    if (q->block && q->scratch && q->packed)
        return true;
    image_error(s, "out of host memory; close other programs");
    return false;
}

/* The format that the header's extensions give the backing file, or "". */
static void backing_format(ImageSource *s, const u8 *h, char *format, size_t size)
{
    u64 at = be32(h + 4) >= 3 ? be32(h + 100) : 72;
    *format = 0;
    for (int i = 0; i < 32; i++) {
        u8 e[8];
        if (file_read(&s->file, at, e, sizeof e) || !be32(e))
            return;
        u32 len = be32(e + 4);
        if (be32(e) == EXTENSION_BACKING_FORMAT && len < size) {
            if (!file_read(&s->file, at + 8, format, len))
                format[len] = 0;
            return;
        }
        at += 8 + (len + 7ull) / 8 * 8;
    }
}

static bool open_backing(Qcow *q, ImageSource *s, const u8 *h)
{
    char name[1024], format[16];
    u64 at = be64(h + 8);
    u32 len = be32(h + 16);
    if (!at)
        return true;
    if (len >= sizeof name || file_read(&s->file, at, name, len))
        return damaged(s, "the name of its backing file does not fit");
    name[len] = 0;
    backing_format(s, h, format, sizeof format);
    if (!strcmp(format, "vpc"))
        strcpy(format, "vhd");
    q->backing = image_parent(s, !strncmp(name, "file:", 5) ? name + 5 : name,
                              *format ? format : NULL, &q->backing_bytes);
    return q->backing;
}

/* ---- the check before writing ---------------------------------------------------------------- */

typedef struct {
    Qcow *q;
    u8 *seen; /* a bit per cluster: data that only one entry uses */
    u64 clusters;
    bool ok;
} Check;

/* Claims the clusters of a table: in the file, not claimed yet. */
static void claim(Check *c, u64 at, u64 bytes)
{
    Qcow *q = c->q;
    u64 end = (at + bytes + q->cluster - 1) >> q->cluster_bits;
    if (at % q->cluster || end > c->clusters || at > at + bytes) {
        c->ok = false;
        return;
    }
    for (u64 i = at >> q->cluster_bits; i < end && c->ok; i++) {
        u64 count;
        c->ok = !qcow_is_meta(q, i << q->cluster_bits) && qcow_mark_meta(q, i << q->cluster_bits) &&
                !qcow_refs_get(q, i, &count) && count;
    }
}

static void check_data(Check *c, u64 entry)
{
    Qcow *q = c->q;
    u64 at = entry & QCOW_OFFSET, i = at >> q->cluster_bits, count, last = i;
    u32 len;
    if (entry & QCOW_COMPRESSED) {
        qcow_compressed(q, entry, &at, &len);
        i = at >> q->cluster_bits;
        last = (at + len - 1) >> q->cluster_bits;
    } else if (!at) {
        return;
    } else if (at % q->cluster) {
        c->ok = false;
        return;
    }
    for (; i <= last && c->ok; i++) {
        bool beyond = i >= c->clusters; /* compressed data may reach past a short file */
        if (beyond && entry & QCOW_COMPRESSED)
            continue;
        c->ok = !beyond && !qcow_is_meta(q, i << q->cluster_bits) &&
                !qcow_refs_get(q, i, &count) && count;
        if (!c->ok || !(entry & QCOW_COPIED))
            continue;
        c->ok = !(c->seen[i / 8] >> i % 8 & 1) && count == 1;
        c->seen[i / 8] |= (u8)(1 << i % 8);
    }
}

static void check_l2(Check *c, u64 at)
{
    Qcow *q = c->q;
    if (file_read(&q->file, at, q->scratch, q->cluster)) {
        c->ok = false;
        return;
    }
    for (u32 i = 0; i < q->cluster / 8 && c->ok; i++)
        check_data(c, be64(q->scratch + i * 8));
}

static bool check(Qcow *q, const u8 *h)
{
    Check c = {.q = q, .ok = true, .clusters = (q->file.size + q->cluster - 1) >> q->cluster_bits};
    c.seen = calloc(1, c.clusters / 8 + 1);
    if (!c.seen)
        return false;
    claim(&c, 0, q->cluster);
    claim(&c, q->refs_at, q->refs_size * 8ull);
    for (u32 i = 0; i < q->refs_size && c.ok; i++)
        if (q->refs[i])
            claim(&c, q->refs[i], q->cluster);
    claim(&c, q->l1_at, q->l1_size * 8ull);
    for (u32 i = 0; i < q->l1_size && c.ok; i++)
        if (q->l1[i] & QCOW_OFFSET)
            claim(&c, q->l1[i] & QCOW_OFFSET, q->cluster);
    for (u32 i = 0; i < q->l1_size && c.ok; i++)
        if (q->l1[i] & QCOW_OFFSET)
            check_l2(&c, q->l1[i] & QCOW_OFFSET);
    free(c.seen);
    return c.ok && q->refs_size && !(be32(h + 60) && be64(h + 64) % q->cluster);
}

/* ---- opening --------------------------------------------------------------------------------- */

static bool open_image(Qcow *q, ImageSource *s)
{
    u8 h[128];
    int e = file_read(&s->file, 0, h, sizeof h);
    if (e) {
        image_error(s, "cannot be read: %s; check the file and its disk", strerror(e));
        return false;
    }
    q->file = s->file;
    if (!read_header(q, s, h) || !allocate_buffers(q, s) ||
        !load_table(q, s, q->l1_at, q->l1_size, &q->l1) ||
        !load_table(q, s, q->refs_at, q->refs_size, &q->refs) || !open_backing(q, s, h))
        return false;
    if (s->write && !s->read_only && !check(q, h)) {
        s->read_only = true;
        image_note(s, "has tables that do not agree with each other, so it is opened "
                      "write-protected; repair it with qemu-img check -r all");
    }
    return true;
}

DiskLayer *qcow2_open(ImageSource *s)
{
    Qcow *q = calloc(1, sizeof *q);
    if (!q)
        return image_error(s, "out of host memory; close other programs");
    q->layer.ops = &qcow_ops;
    if (!open_image(q, s)) {
        qcow_free(q);
        return NULL;
    }
    s->bytes = q->bytes;
    s->kind = DISK_HARD;
    return &q->layer;
}
