/* geometry.c: cylinders, heads and sectors of a medium, from what is written on it. Everything
 * read from an image is hostile: any value must give some usable geometry, with no zero in it.
 *
 * References: the DOS BIOS parameter block; the PC partition table, whose entries hold the CHS
 * of a partition's first and last sector as the BIOS of the time counted them. */
#include "devices/disk/layer.h"

/* ---- floppies -------------------------------------------------------------------------------- */

/* Ordered by size. */
static const DiskGeometry floppies[] = {
    {40, 1, 8},  /* 160K: DOS 1.0 */
    {40, 1, 9},  /* 180K */
    {40, 2, 8},  /* 320K */
    {40, 2, 9},  /* 360K */
    {40, 2, 10}, /* 400K */
    {41, 2, 10}, /* 410K */
    {42, 2, 10}, /* 420K */
    {80, 2, 8},  /* 640K */
    {80, 2, 9},  /* 720K */
    {82, 2, 9},  /* 738K */
    {80, 2, 10}, /* 800K */
    {82, 2, 10}, /* 820K */
    {83, 2, 10}, /* 830K */
    {80, 2, 15}, /* 1.2M */
    {82, 2, 15}, /* 1.23M */
    {80, 2, 18}, /* 1.44M */
    {82, 2, 18}, /* 1.476M */
    {83, 2, 18}, /* 1.494M */
    {80, 2, 20}, /* 1.6M */
    {80, 2, 21}, /* 1.68M: Microsoft's DMF */
    {82, 2, 21}, /* 1.722M */
    {83, 2, 21}, /* 1.743M */
    {80, 2, 22}, /* 1.76M */
    {80, 2, 23}, /* 1.84M: IBM's XDF as a plain image */
    {80, 2, 24}, /* 1.92M */
    {80, 2, 36}, /* 2.88M */
    {80, 2, 39}, /* 3.12M */
    {80, 2, 40}, /* 3.2M */
    {80, 2, 44}, /* 3.52M */
    {80, 2, 48}, /* 3.84M */
};

static u64 sectors_of(const DiskGeometry *g)
{
    return (u64)g->cylinders * g->heads * g->sectors;
}

bool floppy_size(u64 bytes, DiskGeometry *g)
{
    for (size_t i = 0; i < ARRAY_LEN(floppies); i++)
        if (sectors_of(&floppies[i]) * DISK_SECTOR == bytes) {
            *g = floppies[i];
            return true;
        }
    return false;
}

bool bpb_read(const u8 *boot, DiskBpb *bpb)
{
    u32 total = load_le(boot + 19, 2);
    *bpb = (DiskBpb){.sectors = total ? total : load_le(boot + 32, 4),
                     .per_track = (u16)load_le(boot + 24, 2),
                     .heads = (u16)load_le(boot + 26, 2),
                     .media = boot[21]};
    u8 cluster = boot[13], fats = boot[16];
    return load_le(boot + 11, 2) == DISK_SECTOR && cluster && !(cluster & (cluster - 1)) &&
           load_le(boot + 14, 2) && fats >= 1 && fats <= 4 && bpb->media >= 0xF0 && bpb->sectors &&
           bpb->per_track >= 1 && bpb->per_track <= 63 && bpb->heads >= 1 && bpb->heads <= 255;
}

/* A floppy drive cannot step further in than this. */
enum { FLOPPY_CYLINDERS = 84 };

/* Disks of DOS 1 have no parameter block, but an allocation table in the second sector. */
static bool has_fat(DiskLayer *l, u64 sectors)
{
    u8 s[DISK_SECTOR];
    return sectors > 1 && !l->ops->read(l, 1, 1, s) && s[0] >= 0xF8 && s[1] == 0xFF && s[2] == 0xFF;
}

/* An image of odd size is cut off behind its last byte that matters. One with a file system is the
 * least that holds it. The rest are boot sectors with a kernel behind them, which count on the 18
 * sectors in a track of a 1.44M floppy. */
static bool cut_geometry(DiskLayer *l, u64 sectors, DiskGeometry *g)
{
    static const DiskGeometry usual = {80, 2, 18};
    if (sectors <= sectors_of(&usual) && !has_fat(l, sectors)) {
        *g = usual;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(floppies); i++)
        if (sectors_of(&floppies[i]) >= sectors) {
            *g = floppies[i];
            return true;
        }
    return false;
}

bool floppy_geometry(DiskLayer *l, const u8 *boot, u64 bytes, DiskGeometry *g)
{
    u64 sectors = (bytes + DISK_SECTOR - 1) / DISK_SECTOR;
    bool known = floppy_size(bytes, g);
    DiskBpb bpb;
    if (bpb_read(boot, &bpb) && bpb.heads <= 2 && (!known || bpb.sectors == sectors)) {
        u32 track_pair = (u32)bpb.per_track * bpb.heads;
        u64 most = bpb.sectors > sectors ? bpb.sectors : sectors;
        u64 cylinders = (most + track_pair - 1) / track_pair;
        if (cylinders <= FLOPPY_CYLINDERS) {
            *g = (DiskGeometry){(u32)cylinders, (u8)bpb.heads, (u8)bpb.per_track};
            return true;
        }
    }
    return known || cut_geometry(l, sectors, g);
}

/* ---- partition tables ------------------------------------------------------------------------ */

enum { PARTITIONS = 4, CYLINDER_MAX = 1023 };

typedef struct {
    u8 type;
    u32 lba, size;
    u32 cylinder[2], head[2], sector[2]; /* [0] of the first sector, [1] of the last */
} Partition;

static Partition partition_at(const u8 *boot, int n)
{
    const u8 *e = boot + 446 + n * 16;
    Partition p = {.type = e[4], .lba = load_le(e + 8, 4), .size = load_le(e + 12, 4)};
    for (int k = 0; k < 2; k++) {
        const u8 *chs = e + 1 + k * 4;
        p.head[k] = chs[0];
        p.sector[k] = chs[1] & 63;
        p.cylinder[k] = chs[2] | (u32)(chs[1] & 0xC0) << 2;
    }
    return p;
}

bool partition_table(const u8 *boot)
{
    if (boot[510] != 0x55 || boot[511] != 0xAA)
        return false;
    int used = 0;
    for (int i = 0; i < PARTITIONS; i++) {
        Partition p = partition_at(boot, i);
        if (boot[446 + i * 16] & 0x7F)
            return false;
        if (!p.type)
            continue;
        if (!p.lba || !p.size)
            return false;
        used++;
    }
    return used > 0;
}

u64 partition_end(const u8 *boot)
{
    u64 end = 0;
    for (int i = 0; i < PARTITIONS; i++) {
        Partition p = partition_at(boot, i);
        u64 e = (u64)p.lba + p.size;
        if (p.type && p.type != 0xEE && e > end) /* EEh: a GPT's guard says "the whole disk" */
            end = e;
    }
    return end;
}

/* Do the table's CHS fields and its LBA fields agree under h heads and s sectors? Fields at the
 * last cylinder are saturated and say nothing. */
static bool table_agrees(const u8 *boot, u32 h, u32 s)
{
    for (int i = 0; i < PARTITIONS; i++) {
        Partition p = partition_at(boot, i);
        if (!p.type || p.type == 0xEE)
            continue;
        u64 lba[2] = {p.lba, (u64)p.lba + p.size - 1};
        for (int k = 0; k < 2; k++) {
            if (p.cylinder[k] >= CYLINDER_MAX)
                continue;
            if (p.head[k] >= h || p.sector[k] < 1 || p.sector[k] > s ||
                ((u64)p.cylinder[k] * h + p.head[k]) * s + p.sector[k] - 1 != lba[k])
                return false;
        }
    }
    return true;
}

/* A candidate geometry for the partition table: it must agree with it and fit the disk at least
 * once. */
static bool try_table(const u8 *boot, u64 sectors, u32 h, u32 s, DiskGeometry *g)
{
    if (h < 1 || h > 255 || s < 1 || s > 63 || (u64)h * s > sectors || !table_agrees(boot, h, s))
        return false;
    *g = (DiskGeometry){0, (u8)h, (u8)s};
    return true;
}

/* Partitions end on a cylinder's last sector under the geometry they were made with, so the last
 * entry's end tells heads and sectors. Where it does not (modern tools align to 1 MiB), the boot
 * sector of a partition does, and else one of the usual translations agrees. */
static bool table_geometry(DiskLayer *l, const u8 *boot, u64 sectors, DiskGeometry *g)
{
    static const u8 usual[][2] = {{16, 63}, {255, 63}, {240, 63}, {128, 63}, {64, 63},
                                  {32, 63}, {64, 32},  {15, 63},  {16, 17},  {4, 17}};
    for (int i = PARTITIONS - 1; i >= 0; i--) {
        Partition p = partition_at(boot, i);
        if (p.type && try_table(boot, sectors, p.head[1] + 1, p.sector[1], g))
            return true;
    }
    for (int i = PARTITIONS - 1; i >= 0; i--) {
        Partition p = partition_at(boot, i);
        u8 first[DISK_SECTOR];
        DiskBpb bpb;
        if (p.type && p.lba < sectors && !l->ops->read(l, p.lba, 1, first) &&
            bpb_read(first, &bpb) && try_table(boot, sectors, bpb.heads, bpb.per_track, g))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(usual); i++)
        if (try_table(boot, sectors, usual[i][0], usual[i][1], g))
            return true;
    return false;
}

/* ---- hard disks ------------------------------------------------------------------------------ */

enum { ATA_CYLINDERS = 16383, ATA_HEADS = 16, BIOS_CYLINDERS = 1024 };

static u32 cylinders_for(u64 sectors, u32 h, u32 s, u32 most)
{
    u64 c = sectors / (h * s);
    return c > most ? most : c ? (u32)c : 1;
}

/* What a drive of this size says of itself when nothing is known. */
static DiskGeometry size_geometry(u64 sectors)
{
    u32 h = ATA_HEADS, s = 63;
    if (sectors < 63)
        h = 1, s = (u32)sectors;
    else if (sectors < 16 * 63)
        h = 1;
    return (DiskGeometry){cylinders_for(sectors, h, s, ATA_CYLINDERS), (u8)h, (u8)s};
}

/* The BIOS's view of a drive with too many cylinders: "LBA assist", the doubling of heads that
 * every BIOS since 1995 agrees on, down to its rounding: a disk a little beyond 1024 cylinders
 * keeps its heads and loses the rest. */
static DiskGeometry assisted_geometry(u64 sectors)
{
    static const u8 heads[] = {16, 32, 64, 128, 255};
    size_t i = 0;
    while (i < ARRAY_LEN(heads) - 1 && sectors / (BIOS_CYLINDERS * 63u) > heads[i])
        i++;
    return (DiskGeometry){cylinders_for(sectors, heads[i], 63, BIOS_CYLINDERS), heads[i], 63};
}

void hard_geometry_forced(const DiskGeometry *chs, u64 sectors, DiskShape *shape)
{
    u32 h = chs->heads, s = chs->sectors;
    shape->logical = (DiskGeometry){cylinders_for(sectors, h, s, BIOS_CYLINDERS), (u8)h, (u8)s};
    if (chs->cylinders && chs->cylinders < shape->logical.cylinders)
        shape->logical.cylinders = chs->cylinders;
    if (h > ATA_HEADS) {
        shape->geometry = size_geometry(sectors);
        return;
    }
    shape->geometry = (DiskGeometry){cylinders_for(sectors, h, s, ATA_CYLINDERS), (u8)h, (u8)s};
    if (chs->cylinders && chs->cylinders < shape->geometry.cylinders)
        shape->geometry.cylinders = chs->cylinders;
}

void hard_geometry(DiskLayer *l, const u8 *boot, u64 sectors, const DiskGeometry *hint,
                   DiskShape *shape)
{
    DiskGeometry g;
    DiskBpb bpb;
    if (partition_table(boot) && table_geometry(l, boot, sectors, &g)) {
        hard_geometry_forced(&g, sectors, shape);
    } else if (!partition_table(boot) && bpb_read(boot, &bpb) &&
               (u64)bpb.heads * bpb.per_track <= sectors) {
        g = (DiskGeometry){0, (u8)bpb.heads, (u8)bpb.per_track};
        hard_geometry_forced(&g, sectors, shape);
    } else if (hint->heads && hint->sectors && hint->sectors <= 63 && hint->heads <= ATA_HEADS &&
               (u64)hint->heads * hint->sectors <= sectors) {
        hard_geometry_forced(hint, sectors, shape);
        if (shape->geometry.cylinders > BIOS_CYLINDERS)
            shape->logical = assisted_geometry(sectors);
    } else {
        shape->geometry = shape->logical = size_geometry(sectors);
        if (shape->geometry.cylinders > BIOS_CYLINDERS)
            shape->logical = assisted_geometry(sectors);
    }
}
