/* memory.c: a layer of constant bytes, such as the built-in demo disk. It is never written: an
 * overlay above it takes the guest's writes. */
#include "devices/disk/layer.h"

#include <stdlib.h>

typedef struct {
    DiskLayer layer;
    const u8 *data;
    u64 bytes;
    u8 *owned;
} MemoryLayer;

static int memory_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    const MemoryLayer *m = (const MemoryLayer *)l;
    u64 at = lba * DISK_SECTOR, len = (u64)count * DISK_SECTOR;
    u64 have = at >= m->bytes ? 0 : m->bytes - at < len ? m->bytes - at : len;
    if (have)
        memcpy(dst, m->data + at, have);
    memset(dst + have, 0, len - have);
    return 0;
}

static int memory_flush(DiskLayer *l)
{
    return 0;
}

static void memory_close(DiskLayer *l)
{
    free(((MemoryLayer *)l)->owned);
    free(l);
}

static const DiskLayerOps memory_ops = {
    .read = memory_read, .flush = memory_flush, .close = memory_close};

DiskLayer *memory_open(const u8 *data, u64 bytes)
{
    MemoryLayer *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->layer.ops = &memory_ops;
    m->data = data;
    m->bytes = bytes;
    return &m->layer;
}

DiskLayer *memory_open_owned(u8 *data, u64 bytes)
{
    DiskLayer *l = memory_open(data, bytes);
    if (l)
        ((MemoryLayer *)l)->owned = data;
    return l;
}
