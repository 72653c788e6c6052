/* qcow2.c: QEMU's copy-on-write images, versions 2 and 3, by the format's description in QEMU's
 * docs/interop/qcow2. A guest cluster is found through L1 and L2 tables; it is unallocated (the
 * backing image shows through), all zeros, compressed, or a cluster of the file. Clusters with
 * more than one reference (internal snapshots) are copied before they are written.
 *
 * A kill at any instant leaves a whole image, with some clusters leaked at worst: counts, then
 * data, then tables. NOTE: that order is not forced onto the host's medium between two flushes;
 * after a power failure of the host `qemu-img check -r all` may have leaks to collect. */
#include "devices/disk/qcow2.h"

#include <errno.h>
#include <stdlib.h>

/* ---- tables ---------------------------------------------------------------------------------- */

/* The L2 table at `at`, from the cache or the file. */
static int load_l2(Qcow *q, u64 at, QcowL2 **found)
{
    QcowL2 *oldest = &q->l2[0];
    q->age++;
    for (int i = 0; i < QCOW_L2_CACHE; i++) {
        QcowL2 *c = &q->l2[i];
        if (c->at == at) {
            c->age = q->age;
            *found = c;
            return 0;
        }
        if (c->age < oldest->age)
            oldest = c;
    }
    if (!oldest->table && !(oldest->table = malloc(q->cluster)))
        return ENOMEM;
    oldest->at = 0;
    int e = file_read(&q->file, at, oldest->table, q->cluster);
    if (e)
        return e;
    oldest->at = at;
    oldest->age = q->age;
    *found = oldest;
    return 0;
}

static u32 l2_entries(const Qcow *q)
{
    return q->cluster / 8;
}

static int get_entry(Qcow *q, u64 n, u64 *entry)
{
    u64 i1 = n / l2_entries(q), at = i1 < q->l1_size ? q->l1[i1] & QCOW_OFFSET : 0;
    QcowL2 *t;
    *entry = 0;
    if (!at)
        return 0;
    int e = load_l2(q, at, &t);
    if (!e)
        *entry = be64(t->table + n % l2_entries(q) * 8);
    return e;
}

void qcow_compressed(const Qcow *q, u64 entry, u64 *at, u32 *len)
{
    u32 x = 62 - (q->cluster_bits - 8);
    *at = entry & ((1ull << x) - 1);
    u64 sectors = (entry & (QCOW_COMPRESSED - 1)) >> x;
    *len = (u32)((sectors + 1) * 512 - (*at & 511));
}

/* ---- reading --------------------------------------------------------------------------------- */

static int read_below(const Qcow *q, u64 lba, u32 count, u8 *dst)
{
    u64 have = q->backing ? q->backing_bytes / DISK_SECTOR : 0;
    u32 n = lba >= have ? 0 : have - lba < count ? (u32)(have - lba) : count;
    int e = n ? q->backing->ops->read(q->backing, lba, n, dst) : 0;
    memset(dst + (size_t)n * DISK_SECTOR, 0, (size_t)(count - n) * DISK_SECTOR);
    return e;
}

static int unpack(Qcow *q, u64 entry)
{
    u64 at;
    u32 len;
    qcow_compressed(q, entry, &at, &len);
    if (len > q->cluster + 1024)
        return EIO;
    int e = file_read(&q->file, at, q->packed, len);
    if (e)
        return e;
    s64 n = q->zstd ? unzstd_block(q->packed, len, q->scratch, q->cluster)
                    : inflate_block(q->packed, len, q->scratch, q->cluster, false);
    return n == q->cluster ? 0 : EIO;
}

/* `count` sectors from sector n of a guest cluster. */
static int read_cluster(Qcow *q, u64 cluster, u32 n, u32 count, u8 *dst)
{
    u64 entry;
    size_t bytes = (size_t)count * DISK_SECTOR, skip = (size_t)n * DISK_SECTOR;
    int e = get_entry(q, cluster, &entry);
    if (e)
        return e;
    if (entry & QCOW_COMPRESSED) {
        e = unpack(q, entry);
        if (!e)
            memcpy(dst, q->scratch + skip, bytes);
        return e;
    }
    if (entry & QCOW_ZERO && q->version >= 3) {
        memset(dst, 0, bytes);
        return 0;
    }
    u64 at = entry & QCOW_OFFSET;
    if (at)
        return file_read(&q->file, at + skip, dst, bytes);
    return read_below(q, (cluster << q->cluster_bits) / DISK_SECTOR + n, count, dst);
}

/* ---- writing --------------------------------------------------------------------------------- */

/* The L2 table for a guest cluster that may be written to: allocated, and ours alone. */
static int own_l2(Qcow *q, u64 cluster, QcowL2 **table)
{
    u64 i1 = cluster / l2_entries(q), old, at;
    u8 entry[8];
    if (i1 >= q->l1_size)
        return EIO;
    old = q->l1[i1];
    if (old & QCOW_COPIED && old & QCOW_OFFSET)
        return load_l2(q, old & QCOW_OFFSET, table);
    int e = qcow_allocate(q, true, &at);
    if (e)
        return e;
    memset(q->scratch, 0, q->cluster);
    if (old & QCOW_OFFSET)
        e = file_read(&q->file, old & QCOW_OFFSET, q->scratch, q->cluster);
    if (!e)
        e = file_write(&q->file, at, q->scratch, q->cluster);
    put_be64(entry, at | QCOW_COPIED);
    if (!e)
        e = file_write(&q->file, q->l1_at + i1 * 8, entry, sizeof entry);
    if (e)
        return e;
    q->l1[i1] = at | QCOW_COPIED;
    for (int i = 0; i < QCOW_L2_CACHE; i++)
        if (q->l2[i].at == at) /* whatever was there before */
            q->l2[i].at = 0;
    if (old & QCOW_OFFSET)
        e = qcow_refs_add(q, (old & QCOW_OFFSET) >> q->cluster_bits, -1);
    return e ? e : load_l2(q, at, table);
}

/* What an entry pointed to has one reference less. */
static int release(Qcow *q, u64 entry)
{
    u64 at = entry & QCOW_OFFSET, last;
    u32 len;
    if (!(entry & QCOW_COMPRESSED))
        return at ? qcow_refs_add(q, at >> q->cluster_bits, -1) : 0;
    qcow_compressed(q, entry, &at, &len);
    last = (at + len - 1) >> q->cluster_bits;
    int e = 0;
    for (u64 i = at >> q->cluster_bits; i <= last && !e; i++)
        e = qcow_refs_add(q, i, -1);
    return e;
}

static int write_new(Qcow *q, u64 cluster, u32 n, u32 count, const u8 *src)
{
    QcowL2 *t;
    u64 at, old;
    u32 sectors = q->cluster / DISK_SECTOR;
    u8 *whole = malloc(q->cluster), entry[8];
    if (!whole)
        return ENOMEM;
    int e = own_l2(q, cluster, &t);
    if (!e && count < sectors)
        e = read_cluster(q, cluster, 0, sectors, whole);
    if (!e)
        e = get_entry(q, cluster, &old);
    if (!e)
        e = qcow_allocate(q, false, &at);
    if (!e) {
        memcpy(whole + (size_t)n * DISK_SECTOR, src, (size_t)count * DISK_SECTOR);
        e = file_write(&q->file, at, whole, q->cluster);
    }
    free(whole);
    if (!e)
        e = own_l2(q, cluster, &t);
    if (e)
        return e;
    put_be64(entry, at | QCOW_COPIED);
    u64 place = cluster % l2_entries(q) * 8;
    e = file_write(&q->file, t->at + place, entry, sizeof entry);
    if (e)
        return e;
    memcpy(t->table + place, entry, sizeof entry);
    return release(q, old);
}

static int write_cluster(Qcow *q, u64 cluster, u32 n, u32 count, const u8 *src)
{
    u64 entry, at, i1 = cluster / l2_entries(q);
    int e = get_entry(q, cluster, &entry);
    if (e)
        return e;
    at = entry & QCOW_OFFSET;
    bool own = i1 < q->l1_size && q->l1[i1] & QCOW_COPIED && entry & QCOW_COPIED &&
               !(entry & (QCOW_COMPRESSED | QCOW_ZERO));
    if (!own || !at)
        return write_new(q, cluster, n, count, src);
    if (qcow_is_meta(q, at))
        return EIO;
    return file_write(&q->file, at + (u64)n * DISK_SECTOR, src, (size_t)count * DISK_SECTOR);
}

static int transfer(Qcow *q, u64 lba, u32 count, u8 *dst, const u8 *src)
{
    u32 sectors = q->cluster / DISK_SECTOR;
    int e = 0;
    while (count && !e) {
        u32 n = (u32)(lba % sectors), run = sectors - n < count ? sectors - n : count;
        e = src ? write_cluster(q, lba / sectors, n, run, src)
                : read_cluster(q, lba / sectors, n, run, dst);
        lba += run, count -= run;
        size_t bytes = (size_t)run * DISK_SECTOR;
        if (src)
            src += bytes;
        else
            dst += bytes;
    }
    return e;
}

static int qcow_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    return transfer((Qcow *)l, lba, count, dst, NULL);
}

/* Extensions that a writer does not keep up (persistent bitmaps) are declared void first. */
static int qcow_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    Qcow *q = (Qcow *)l;
    static const u8 none[8];
    if (q->autoclear) {
        int e = file_write(&q->file, 88, none, sizeof none);
        if (e)
            return e;
        q->autoclear = 0;
    }
    return transfer(q, lba, count, NULL, src);
}

static int qcow_flush(DiskLayer *l)
{
    return file_sync(&((Qcow *)l)->file);
}

void qcow_free(Qcow *q)
{
    if (q->backing)
        q->backing->ops->close(q->backing);
    for (int i = 0; i < QCOW_L2_CACHE; i++)
        free(q->l2[i].table);
    free(q->l1);
    free(q->refs);
    free(q->block);
    free(q->meta);
    free(q->scratch);
    free(q->packed);
    free(q);
}

static void qcow_close(DiskLayer *l)
{
    file_close(&((Qcow *)l)->file);
    qcow_free((Qcow *)l);
}

const DiskLayerOps qcow_ops = {
    .read = qcow_read, .write = qcow_write, .flush = qcow_flush, .close = qcow_close};
