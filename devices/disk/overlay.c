/* overlay.c: copy-on-write in memory. Written sectors are kept in blocks of eight with a mask of
 * those that are valid, found through an open-addressed hash table by block number; everything
 * else comes from the layer below, which is never written. Overlays stack: a snapshot later
 * freezes one and puts another on top. */
#include "devices/disk/layer.h"

#include <errno.h>
#include <stdlib.h>

enum { BLOCK_SECTORS = 8, FIRST_SLOTS = 64 };

typedef struct {
    u64 number;
    u8 valid; /* bit n: sector n was written; an unused slot has none */
    u8 *data;
} Block;

struct OverlayWrites {
    Block *slot;
    u64 slots, used; /* slots is a power of two, at most half of them used */
};

typedef struct {
    DiskLayer layer;
    DiskLayer *below;
    OverlayWrites w;
} OverlayLayer;

/* The block's slot, or the free one where it would go. */
static Block *find(const OverlayLayer *o, u64 number)
{
    u64 i = (number * 0x9E3779B97F4A7C15ull) >> 20;
    for (;; i++) {
        Block *b = &o->w.slot[i & (o->w.slots - 1)];
        if (!b->valid || b->number == number)
            return b;
    }
}

static bool grow(OverlayLayer *o)
{
    OverlayLayer bigger = *o;
    bigger.w.slots = o->w.slots * 2;
    bigger.w.slot = calloc(bigger.w.slots, sizeof(Block));
    if (!bigger.w.slot)
        return false;
    for (u64 i = 0; i < o->w.slots; i++)
        if (o->w.slot[i].valid)
            *find(&bigger, o->w.slot[i].number) = o->w.slot[i];
    free(o->w.slot);
    *o = bigger;
    return true;
}

static const u8 *written(const OverlayLayer *o, u64 lba)
{
    const Block *b = find(o, lba / BLOCK_SECTORS);
    unsigned n = (unsigned)(lba % BLOCK_SECTORS);
    return b->valid >> n & 1 ? b->data + n * DISK_SECTOR : NULL;
}

static int overlay_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    const OverlayLayer *o = (const OverlayLayer *)l;
    while (count) {
        const u8 *mine = written(o, lba);
        u32 n = 1;
        if (mine) {
            memcpy(dst, mine, DISK_SECTOR);
        } else {
            while (n < count && !written(o, lba + n))
                n++;
            int e = o->below->ops->read(o->below, lba, n, dst);
            if (e)
                return e;
        }
        lba += n, count -= n, dst += (size_t)n * DISK_SECTOR;
    }
    return 0;
}

static int overlay_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    OverlayLayer *o = (OverlayLayer *)l;
    for (; count; count--, lba++, src += DISK_SECTOR) {
        if (o->w.used * 2 >= o->w.slots && !grow(o))
            return ENOMEM;
        Block *b = find(o, lba / BLOCK_SECTORS);
        unsigned n = (unsigned)(lba % BLOCK_SECTORS);
        if (!b->valid) {
            b->data = malloc(BLOCK_SECTORS * DISK_SECTOR);
            if (!b->data)
                return ENOMEM;
            b->number = lba / BLOCK_SECTORS;
            o->w.used++;
        }
        memcpy(b->data + n * DISK_SECTOR, src, DISK_SECTOR);
        b->valid |= (u8)(1 << n);
    }
    return 0;
}

static int overlay_flush(DiskLayer *l)
{
    return 0; /* nothing below has changed */
}

static void free_blocks(OverlayWrites *w)
{
    for (u64 i = 0; i < w->slots; i++)
        free(w->slot[i].data);
    free(w->slot);
}

static void overlay_close(DiskLayer *l)
{
    OverlayLayer *o = (OverlayLayer *)l;
    free_blocks(&o->w);
    o->below->ops->close(o->below);
    free(o);
}

void overlay_clear(DiskLayer *l)
{
    OverlayLayer *o = (OverlayLayer *)l;
    for (u64 i = 0; i < o->w.slots; i++)
        free(o->w.slot[i].data);
    memset(o->w.slot, 0, o->w.slots * sizeof *o->w.slot);
    o->w.used = 0;
}

OverlayWrites *overlay_take(DiskLayer *l)
{
    OverlayLayer *o = (OverlayLayer *)l;
    OverlayWrites *w = malloc(sizeof *w);
    Block *slot = calloc(FIRST_SLOTS, sizeof *slot);
    if (!w || !slot) {
        free(w);
        free(slot);
        return NULL;
    }
    *w = o->w;
    o->w = (OverlayWrites){slot, FIRST_SLOTS, 0};
    return w;
}

void overlay_put(DiskLayer *l, OverlayWrites *w)
{
    OverlayLayer *o = (OverlayLayer *)l;
    free_blocks(&o->w);
    o->w = *w;
    free(w);
}

void overlay_writes_free(OverlayWrites *w)
{
    if (w)
        free_blocks(w);
    free(w);
}

bool overlay_used(const DiskLayer *l)
{
    return ((const OverlayLayer *)l)->w.used;
}

static int by_number(const void *a, const void *b)
{
    const Block *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* A copy of the blocks in use, in order; NULL: no host memory. */
static Block *sorted(const OverlayWrites *w)
{
    Block *list = malloc((w->used + 1) * sizeof *list);
    u64 n = 0;
    for (u64 i = 0; list && i < w->slots; i++)
        if (w->slot[i].valid)
            list[n++] = w->slot[i];
    if (list)
        qsort(list, n, sizeof *list, by_number);
    return list;
}

bool overlay_runs(const DiskLayer *l, bool (*fn)(void *ctx, u64 first, u64 end), void *ctx)
{
    const OverlayWrites *w = &((const OverlayLayer *)l)->w;
    Block *list = sorted(w);
    u64 first = 0, end = 0;
    bool ok = list;
    for (u64 i = 0; ok && i < w->used * BLOCK_SECTORS; i++) {
        const Block *b = &list[i / BLOCK_SECTORS];
        u64 lba = b->number * BLOCK_SECTORS + i % BLOCK_SECTORS;
        if (!(b->valid >> i % BLOCK_SECTORS & 1))
            continue;
        if (lba != end) {
            ok = first == end || fn(ctx, first, end);
            first = lba;
        }
        end = lba + 1;
    }
    free(list);
    return ok && (first == end || fn(ctx, first, end));
}

DiskLayer *overlay_below(DiskLayer *l)
{
    return ((OverlayLayer *)l)->below;
}

static const DiskLayerOps overlay_ops = {
    .read = overlay_read, .write = overlay_write, .flush = overlay_flush, .close = overlay_close};

DiskLayer *overlay_open(DiskLayer *below)
{
    OverlayLayer *o = calloc(1, sizeof *o);
    if (!o)
        return NULL;
    o->w.slots = FIRST_SLOTS;
    o->w.slot = calloc(o->w.slots, sizeof(Block));
    if (!o->w.slot) {
        free(o);
        return NULL;
    }
    o->layer.ops = &overlay_ops;
    o->below = below;
    return &o->layer;
}
