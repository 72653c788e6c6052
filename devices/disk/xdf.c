/* xdf.c: IBM's eXtended Density Format, which gets 1.84 MB onto a 3.5" floppy and 1.52 MB onto a
 * 5.25" one by sectors of up to 8 KiB, different ones on the same track. An image of it holds the
 * file system's sectors in their order, 2 * 23 (or 19) of 512 bytes for a cylinder; this file says
 * where on the disk each of them is. Facts: mtools (xdf_io.c) and fdutils (xdfcopy.c), by A. Knaff.
 *
 * A cylinder but the first is a chain of sectors on alternating heads, one of each size on a head;
 * R is 128 + N. The first cylinder has sectors of 512 bytes only. R = 1 to 8 on head 0 are a small
 * file system that tells a system without the driver what this is; R from 129 on, on head 0 and
 * then on head 1, are boot sector and first FAT, the root directory, the data. The second FAT and
 * the five sectors behind the root directory, which the file system marks as bad, have no place of
 * their own: in an image the small file system lies in them.
 *
 * NOTE: an image without the small file system has been made, or is to be used, as one of plain
 * sectors. It has plain sectors 1 to 23 (or 19) on every track, which no floppy has room for, and
 * those of XDF besides. */
#include "devices/disk/layer.h"

enum { BASE = 128, AUX_SECTORS = 8, BAD_SECTORS = 5, N_512 = 2, CHAIN = 8 };

/* A link of the chain; N 0 ends it. */
typedef struct {
    u8 head, n;
} Link;

static const struct {
    u8 per_track;  /* sectors of 512 bytes that a track stands for */
    u8 on_first[2]; /* sectors on the first cylinder, by head */
    Link chain[CHAIN + 1];
} formats[] = {
    {19, {16, 17}, {{0, 3}, {0, 6}, {1, 2}, {0, 2}, {1, 6}, {1, 3}}},
    {23, {19, 19}, {{0, 3}, {0, 4}, {1, 6}, {0, 2}, {1, 2}, {0, 6}, {1, 4}, {1, 3}}},
};

static int format_of(const DiskGeometry *g)
{
    for (size_t f = 0; f < ARRAY_LEN(formats); f++)
        if (g->cylinders == 80 && g->heads == 2 && g->sectors == formats[f].per_track)
            return (int)f;
    return -1;
}

DiskXdf xdf_probe(DiskLayer *l, const DiskGeometry *g)
{
    DiskXdf none = {0, 0, false};
    DiskBpb bpb;
    u8 boot[DISK_SECTOR];
    int f = format_of(g);
    if (f < 0 || l->ops->read(l, 0, 1, boot) || !bpb_read(boot, &bpb) ||
        bpb.per_track != g->sectors || load_le(boot + 14, 2) != 1)
        return none;
    /* both FATs, the directory and what lies behind it are on the first cylinder; the small file
     * system fits into a FAT */
    u32 fat = load_le(boot + 22, 2), root = load_le(boot + 17, 2);
    if (fat < AUX_SECTORS || !root || root % 16 ||
        1 + 2 * fat + root / 16 + BAD_SECTORS > 2u * g->sectors)
        return none;
    if (l->ops->read(l, 1 + fat, 1, boot))
        return none;
    bool small = bpb_read(boot, &bpb) && load_le(boot + 510, 2) == 0xAA55;
    return (DiskXdf){(u8)fat, (u8)(root / 16), small};
}

/* The place in the image of the file system's sector `k` on the first cylinder, of those that have
 * a place on the disk. */
static u32 place_of(const DiskXdf *x, u32 k)
{
    if (k <= x->fat)
        return k;
    return k + x->fat + (k > (u32)x->fat + x->root ? BAD_SECTORS : 0);
}

static bool on_first_cylinder(const Disk *d, u32 head, u8 r, u64 *lba)
{
    const u8 *on = formats[format_of(&d->geometry)].on_first;
    if (d->xdf.small && !head && r >= 1 && r <= AUX_SECTORS) {
        *lba = d->xdf.fat + r;
        return true;
    }
    u32 mine = head ? on[1] : on[0] - AUX_SECTORS, k = (u32)r - BASE - 1;
    if (r <= BASE || k >= mine)
        return false;
    u32 place = place_of(&d->xdf, head ? k + on[0] - AUX_SECTORS : k);
    *lba = place;
    return place < 2u * d->geometry.sectors;
}

bool xdf_sector(const Disk *d, u32 cylinder, u32 head, u8 r, u8 n, u64 *lba)
{
    if (!d->xdf.small && n == N_512 && r <= d->geometry.sectors) {
        *lba = disk_lba(&d->geometry, cylinder, head, r);
        return *lba != UINT64_MAX;
    }
    if (!cylinder)
        return n == N_512 && on_first_cylinder(d, head, r, lba);
    u64 at = 2ull * d->geometry.sectors * cylinder;
    for (const Link *l = formats[format_of(&d->geometry)].chain; l->n; l++) {
        if (l->head == head && l->n == n && r == BASE + n) {
            *lba = at;
            return true;
        }
        at += 1u << (l->n - N_512);
    }
    return false;
}

void xdf_id(const Disk *d, u32 cylinder, u32 head, u32 k, u8 *r, u8 *n)
{
    int f = format_of(&d->geometry);
    u8 there[CHAIN], count = 0;
    *n = N_512;
    if (!cylinder) {
        k %= formats[f].on_first[head];
        *r = (u8)(head ? BASE + 1 + k : k < AUX_SECTORS ? k + 1 : BASE + 1 + k - AUX_SECTORS);
        return;
    }
    for (const Link *l = formats[f].chain; l->n; l++)
        if (l->head == head)
            there[count++] = l->n;
    *n = there[k % count];
    *r = (u8)(BASE + *n);
}
