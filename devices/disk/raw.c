/* raw.c: an image that is nothing but its sectors, in a host file or block device. */
#include "devices/disk/layer.h"

#include <stdlib.h>

typedef struct {
    DiskLayer layer;
    HostFile file;
} RawLayer;

static int raw_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    return file_read(&((RawLayer *)l)->file, lba * DISK_SECTOR, dst, (size_t)count * DISK_SECTOR);
}

static int raw_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    return file_write(&((RawLayer *)l)->file, lba * DISK_SECTOR, src, (size_t)count * DISK_SECTOR);
}

static int raw_flush(DiskLayer *l)
{
    return file_sync(&((RawLayer *)l)->file);
}

static void raw_close(DiskLayer *l)
{
    file_close(&((RawLayer *)l)->file);
    free(l);
}

static const DiskLayerOps raw_ops = {
    .read = raw_read, .write = raw_write, .flush = raw_flush, .close = raw_close};

DiskLayer *raw_open(const HostFile *f)
{
    RawLayer *raw = calloc(1, sizeof *raw);
    if (!raw)
        return NULL;
    raw->layer.ops = &raw_ops;
    raw->file = *f;
    return &raw->layer;
}
