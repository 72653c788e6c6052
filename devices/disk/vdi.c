/* vdi.c: VirtualBox disk images, for reading: fixed and dynamic ones, which both are a table of
 * blocks. Layout as in VirtualBox's VDICore.h, header version 1.1:
 *
 *   64 signature  68 version  76 type: 1 dynamic 2 fixed  340 table  344 data  368 bytes (8)
 *   376 bytes per block  380 extra bytes before each block  384 blocks */
#include "devices/disk/layer.h"

#include <errno.h>
#include <stdlib.h>

enum { BLOCK_MAX = 64 << 20 };
#define NO_BLOCK 0xFFFFFFFEu /* and FFFFFFFFh: reads as zeros */

typedef struct {
    DiskLayer layer;
    HostFile file;
    u32 *table;
    u32 blocks, block_bytes, extra;
    u64 data_at;
} VdiLayer;

static int vdi_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    const VdiLayer *v = (const VdiLayer *)l;
    u32 sectors = v->block_bytes / DISK_SECTOR;
    while (count) {
        u64 block = lba / sectors;
        u32 n = (u32)(lba % sectors), run = sectors - n < count ? sectors - n : count;
        size_t bytes = (size_t)run * DISK_SECTOR;
        int e = 0;
        if (block >= v->blocks || v->table[block] >= NO_BLOCK)
            memset(dst, 0, bytes);
        else
            e = file_read(&v->file,
                          v->data_at + (u64)v->table[block] * ((u64)v->block_bytes + v->extra) +
                              v->extra + (u64)n * DISK_SECTOR,
                          dst, bytes);
        if (e)
            return e;
        lba += run, count -= run, dst += bytes;
    }
    return 0;
}

static int vdi_flush(DiskLayer *l)
{
    return 0;
}

static void vdi_close(DiskLayer *l)
{
    VdiLayer *v = (VdiLayer *)l;
    file_close(&v->file);
    free(v->table);
    free(v);
}

static const DiskLayerOps vdi_ops = {.read = vdi_read, .flush = vdi_flush, .close = vdi_close};

static bool read_header(VdiLayer *v, ImageSource *s, const u8 *h)
{
    u32 type = load_le(h + 76, 4), block = load_le(h + 376, 4);
    u64 table_at = load_le(h + 340, 4);
    v->data_at = load_le(h + 344, 4);
    v->extra = load_le(h + 380, 4);
    v->blocks = load_le(h + 384, 4);
    s->bytes = le64(h + 368);
    if (load_le(h + 70, 2) != 1 || type < 1 || type > 2) {
        image_error(s, "is a VDI of a version or kind (%u) that is not known; convert it: qemu-img "
                       "convert -O raw", type);
        return false;
    }
    if (block < DISK_SECTOR || block > BLOCK_MAX || block & (block - 1) || v->extra > BLOCK_MAX ||
        !s->bytes || s->bytes > (u64)v->blocks * block || v->blocks * 4ull > s->file.size ||
        table_at > s->file.size) {
        image_error(s, "is a damaged VDI: its block table does not fit; fetch it again");
        return false;
    }
    v->block_bytes = block;
    v->table = malloc(v->blocks * 4ull + 4);
    int e = v->table ? file_read(&s->file, table_at, v->table, v->blocks * 4ull) : ENOMEM;
    if (e)
        image_error(s, "cannot be read: %s; check the file and its disk", strerror(e));
    for (u32 i = 0; !e && i < v->blocks; i++)
        v->table[i] = load_le((u8 *)&v->table[i], 4);
    return !e;
}

DiskLayer *vdi_open(ImageSource *s)
{
    u8 h[DISK_SECTOR];
    VdiLayer *v = calloc(1, sizeof *v);
    int e = v ? file_read(&s->file, 0, h, sizeof h) : ENOMEM;
    if (e)
        image_error(s, "cannot be read: %s; check the file and its disk", strerror(e));
    if (e || !read_header(v, s, h)) {
        if (v)
            free(v->table);
        free(v);
        return NULL;
    }
    v->layer.ops = &vdi_ops;
    v->file = s->file;
    s->kind = DISK_HARD;
    s->read_only = true;
    if (s->write)
        image_note(s, "VDI images are only read: the guest finds it write-protected; use -snapshot "
                      "or -overlay");
    return &v->layer;
}
