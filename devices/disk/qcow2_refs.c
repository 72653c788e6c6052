/* qcow2_refs.c: reference counts of qcow2 clusters, and finding free ones. A count is raised before
 * anything points to the cluster and lowered after nothing does any more, so that a kill in between
 * loses at most some space. The refcount table grows by being written anew elsewhere. */
#include "devices/disk/qcow2.h"

#include <errno.h>
#include <stdlib.h>

static u64 per_block(const Qcow *q)
{
    return (u64)q->cluster * 8 >> q->refs_order;
}

bool qcow_is_meta(const Qcow *q, u64 at)
{
    u64 i = at >> q->cluster_bits;
    return i < q->metas && q->meta[i / 8] >> i % 8 & 1;
}

bool qcow_mark_meta(Qcow *q, u64 at)
{
    u64 i = at >> q->cluster_bits;
    if (i >= q->metas) {
        u64 n = (i + 1024) * 2 / 8 * 8;
        u8 *m = realloc(q->meta, n / 8);
        if (!m)
            return false;
        memset(m + q->metas / 8, 0, (n - q->metas) / 8);
        q->meta = m;
        q->metas = n;
    }
    q->meta[i / 8] |= (u8)(1 << i % 8);
    return true;
}

static int load(Qcow *q, u64 at)
{
    if (q->block_at == at)
        return 0;
    q->block_at = 0;
    int e = file_read(&q->file, at, q->block, q->cluster);
    if (!e)
        q->block_at = at;
    return e;
}

static u64 get_entry(const Qcow *q, const u8 *block, u64 n)
{
    u32 bits = 1u << q->refs_order;
    if (bits < 8)
        return block[n * bits / 8] >> n * bits % 8 & ((1u << bits) - 1);
    u64 v = 0;
    for (u32 i = 0; i < bits / 8; i++)
        v = v << 8 | block[n * bits / 8 + i];
    return v;
}

static void set_entry(const Qcow *q, u8 *block, u64 n, u64 v)
{
    u32 bits = 1u << q->refs_order;
    if (bits < 8) {
        u8 *p = &block[n * bits / 8], mask = (u8)(((1u << bits) - 1) << n * bits % 8);
        *p = (u8)((*p & ~mask) | (v << n * bits % 8 & mask));
        return;
    }
    for (u32 i = bits / 8; i--; v >>= 8)
        block[n * bits / 8 + i] = (u8)v;
}

int qcow_refs_get(Qcow *q, u64 index, u64 *count)
{
    u64 slot = index / per_block(q);
    *count = 0;
    if (slot >= q->refs_size || !q->refs[slot])
        return 0;
    int e = load(q, q->refs[slot]);
    if (!e)
        *count = get_entry(q, q->block, index % per_block(q));
    return e;
}

static int put(Qcow *q, u64 index, u64 count)
{
    u64 slot = index / per_block(q), n = index % per_block(q);
    int e = load(q, q->refs[slot]);
    if (e)
        return e;
    set_entry(q, q->block, n, count);
    u64 byte = n << q->refs_order >> 3;
    size_t len = q->refs_order < 3 ? 1 : 1u << (q->refs_order - 3);
    return file_write(&q->file, q->block_at + byte, q->block + byte, len);
}

int qcow_refs_add(Qcow *q, u64 index, int delta)
{
    u64 count, most = q->refs_order == 6 ? UINT64_MAX : (1ull << (1u << q->refs_order)) - 1;
    int e = qcow_refs_get(q, index, &count);
    if (e)
        return e;
    if (delta < 0 ? count == 0 : count == most)
        return EIO;
    if (delta < 0 && count == 1 && index < q->hint)
        q->hint = index;
    return put(q, index, count + (u64)(s64)delta);
}

/* A block of counts for `slot`, stored in cluster `index`, which belongs to that slot. */
static int new_block(Qcow *q, u64 slot, u64 index)
{
    u8 entry[8];
    u64 at = index << q->cluster_bits;
    q->block_at = 0;
    memset(q->block, 0, q->cluster);
    set_entry(q, q->block, index % per_block(q), 1);
    int e = file_write(&q->file, at, q->block, q->cluster);
    put_be64(entry, at);
    if (!e)
        e = file_write(&q->file, q->refs_at + slot * 8, entry, sizeof entry);
    if (e)
        return e;
    q->refs[slot] = q->block_at = at;
    return qcow_mark_meta(q, at) ? 0 : ENOMEM;
}

static int store_table(Qcow *q, const u64 *table, u64 at, u32 clusters)
{
    u64 bytes = (u64)clusters << q->cluster_bits;
    u8 *image = malloc(bytes), header[12];
    if (!image)
        return ENOMEM;
    for (u64 i = 0; i < bytes / 8; i++)
        put_be64(image + i * 8, table[i]);
    int e = file_write(&q->file, at, image, bytes);
    free(image);
    put_be64(header, at);
    put_be32(header + 8, clusters);
    return e ? e : file_write(&q->file, 48, header, sizeof header); /* the switch */
}

/* The table is full: one of twice its size goes to the first clusters it does not cover yet,
 * followed by the block that counts them. */
static int grow_table(Qcow *q)
{
    u32 clusters = (u32)(q->refs_size * 8ull / q->cluster * 2);
    u64 index = q->refs_size * per_block(q), old_at = q->refs_at;
    u32 old_clusters = clusters / 2;
    if (clusters + 1 > per_block(q) || (u64)clusters << q->cluster_bits > 64 << 20)
        return EFBIG;
    u64 *table = calloc((u64)clusters << q->cluster_bits, 1);
    if (!table)
        return ENOMEM;
    memcpy(table, q->refs, q->refs_size * 8ull);
    u64 block_at = (index + clusters) << q->cluster_bits;
    table[q->refs_size] = block_at;
    q->block_at = 0;
    memset(q->block, 0, q->cluster);
    for (u32 i = 0; i <= clusters; i++)
        set_entry(q, q->block, i, 1);
    int e = file_write(&q->file, block_at, q->block, q->cluster);
    if (!e)
        e = store_table(q, table, index << q->cluster_bits, clusters);
    if (e) {
        free(table);
        return e;
    }
    free(q->refs);
    q->refs = table;
    q->refs_at = index << q->cluster_bits;
    q->refs_size = (u32)(((u64)clusters << q->cluster_bits) / 8);
    for (u32 i = 0; i <= clusters; i++)
        if (!qcow_mark_meta(q, (index + i) << q->cluster_bits))
            return ENOMEM;
    for (u32 i = 0; i < old_clusters && !e; i++) {
        u64 gone = (old_at >> q->cluster_bits) + i;
        q->meta[gone / 8] &= (u8)~(1 << gone % 8);
        e = qcow_refs_add(q, gone, -1);
    }
    return e;
}

int qcow_allocate(Qcow *q, bool meta, u64 *at)
{
    for (u64 index = q->hint;; index++) {
        u64 slot = index / per_block(q), count;
        if (index << q->cluster_bits > QCOW_OFFSET - q->cluster)
            return EFBIG;
        int e = 0;
        if (slot >= q->refs_size)
            e = grow_table(q);
        else if (!q->refs[slot] && !qcow_is_meta(q, index << q->cluster_bits))
            e = new_block(q, slot, index);
        if (!e)
            e = qcow_refs_get(q, index, &count);
        if (e)
            return e;
        if (count || qcow_is_meta(q, index << q->cluster_bits))
            continue;
        e = put(q, index, 1);
        q->hint = index + 1;
        *at = index << q->cluster_bits;
        if (!e && meta && !qcow_mark_meta(q, *at))
            e = ENOMEM;
        return e;
    }
}
