/* fat.c: a FAT volume: which size suits, partition table, boot sector, allocation table. */
#include "devices/disk/fat.h"

enum { SECTOR = 512 };

/* ---- which volume ---------------------------------------------------------------------------- */

typedef struct {
    u8 bits, per_cluster, heads, per_track;
    u32 cylinders;
} Plan;

/* Whole cylinders, so that every BIOS finds the same geometry in the partition table. Below 504 MiB
 * no BIOS has to translate; 2 GiB is the most that DOS takes as FAT16. */
static const Plan floppies[] = {{12, 1, 2, 18, 80}, {12, 2, 2, 36, 80}};
static const Plan disks[] = {
    {12, 8, 16, 63, 32},    {16, 16, 16, 63, 1000}, {16, 64, 64, 63, 1015},  {32, 8, 16, 63, 1000},
    {32, 8, 255, 63, 1020}, {32, 32, 255, 63, 4000}, {32, 64, 255, 63, 16000},
};

static u32 up(u32 n, u32 unit)
{
    return (n + unit - 1) / unit * unit;
}

/* Table size for the clusters that are left when the table itself is taken off; rounding up only
 * leaves a few sectors unused. */
static void lay_out(FatShape *s, const Plan *p, bool floppy, u32 root_entries)
{
    u32 total = p->cylinders * p->heads * p->per_track;
    *s = (FatShape){.bits = p->bits,
                    .start = floppy ? 0 : p->per_track,
                    .per_cluster = p->per_cluster,
                    .reserved = p->bits == 32 ? 32 : 1,
                    .heads = p->heads,
                    .per_track = p->per_track,
                    .media = floppy ? 0xF0 : 0xF8};
    s->sectors = total - s->start;
    if (p->bits != 32)
        s->root_entries = up(root_entries, 16);
    u32 root = s->root_entries * FAT_ENTRY / SECTOR, most = s->sectors / s->per_cluster + 2;
    s->fat_sectors = (u32)(((u64)most * (u32)s->bits / 8 + 1 + SECTOR - 1) / SECTOR);
    u32 head = s->reserved + 2 * s->fat_sectors + root;
    s->data = s->start + head;
    s->clusters = (s->sectors - head) / s->per_cluster;
}

/* The number of clusters alone decides which kind of FAT a volume is (FAT spec, page 14). */
static bool kind_fits(const FatShape *s)
{
    u32 least = s->bits == 12 ? 1 : s->bits == 16 ? 4085 : 65525;
    u32 most = s->bits == 12 ? 4084 : s->bits == 16 ? 65524 : 0x0FFFFFF5;
    return s->clusters >= least && s->clusters <= most;
}

enum { ROOT_MOST = 0xFFF0 }; /* what the BPB has room for, in whole sectors */

bool fat_plan(FatShape *s, int bits, bool floppy, u32 root_entries, FatNeed *need, void *ctx)
{
    const Plan *p = floppy ? floppies : disks;
    size_t n = floppy ? ARRAY_LEN(floppies) : ARRAY_LEN(disks);
    u32 root = floppy ? 224 : 512;
    for (size_t i = 0; i < n; i++) {
        if (bits ? p[i].bits != bits : p[i].bits == 12 && !floppy)
            continue;
        if (p[i].bits != 32 && root_entries > ROOT_MOST)
            continue;
        lay_out(s, &p[i], floppy, root_entries > root ? root_entries : root);
        u64 want = need(ctx, s->per_cluster * SECTOR);
        if (kind_fits(s) && want + (floppy ? 0 : want / 4) <= s->clusters)
            return true;
    }
    return false;
}

/* ---- the allocation table -------------------------------------------------------------------- */

u32 fat_table_at(const FatShape *s, int copy)
{
    return (s->start + s->reserved + (u32)copy * s->fat_sectors) * SECTOR;
}

u32 fat_root_at(const FatShape *s)
{
    return fat_table_at(s, 2);
}

u32 fat_get(const FatShape *s, const u8 *table, u32 cluster)
{
    if (s->bits == 32)
        return load_le(table + cluster * 4, 4) & 0x0FFFFFFF;
    if (s->bits == 16)
        return load_le(table + cluster * 2, 2);
    u32 pair = load_le(table + cluster + cluster / 2, 2);
    return cluster & 1 ? pair >> 4 : pair & 0xFFF;
}

void fat_set(const FatShape *s, u8 *table, u32 cluster, u32 value)
{
    if (s->bits == 32) {
        u8 *p = table + cluster * 4; /* the top four bits are not ours */
        store_le(p, 4, (load_le(p, 4) & 0xF0000000) | (value & 0x0FFFFFFF));
    } else if (s->bits == 16) {
        store_le(table + cluster * 2, 2, value);
    } else {
        u8 *p = table + cluster + cluster / 2;
        u32 pair = load_le(p, 2);
        pair = cluster & 1 ? (pair & 0xF) | value << 4 : (pair & 0xF000) | (value & 0xFFF);
        store_le(p, 2, pair & 0xFFFF);
    }
}

u32 fat_end(const FatShape *s)
{
    return s->bits == 32 ? 0x0FFFFFFF : s->bits == 16 ? 0xFFFF : 0xFFF;
}

bool fat_is_end(const FatShape *s, u32 value)
{
    return value >= fat_end(s) - 7;
}

bool fat_is_cluster(const FatShape *s, u32 value)
{
    return value >= 2 && value - 2 < s->clusters;
}

/* ---- formatting ------------------------------------------------------------------------------ */

/* Prints what follows it, waits for a key and goes on to the BIOS's "no bootable disk". */
static const u8 boot_code[] = {
    0xE8, 0x00, 0x00,       /*     call next         */
    0x5E,                   /* next: pop si          */
    0x83, 0xC6, 0x1C,       /*     add si, text-next */
    0xFC,                   /*     cld               */
    0x2E, 0xAC,             /* again: cs lodsb       */
    0x84, 0xC0,             /*     test al, al       */
    0x74, 0x09,             /*     jz done           */
    0xB4, 0x0E,             /*     mov ah, 0Eh       */
    0xBB, 0x07, 0x00,       /*     mov bx, 7         */
    0xCD, 0x10,             /*     int 10h           */
    0xEB, 0xF1,             /*     jmp again         */
    0xB4, 0x00,             /* done: mov ah, 0       */
    0xCD, 0x16,             /*     int 16h           */
    0xCD, 0x18,             /*     int 18h           */
    0xEB, 0xFE,             /*     jmp $             */
};
static const char boot_text[] =
    "A folder of the host: start DOS from another disk. Press a key.\r\n";

static void put_code(u8 *sector, u32 at)
{
    memcpy(sector + at, boot_code, sizeof boot_code);
    memcpy(sector + at + sizeof boot_code, boot_text, sizeof boot_text);
    sector[510] = 0x55;
    sector[511] = 0xAA;
}

static void put_chs(u8 *p, const FatShape *s, u32 lba)
{
    u32 track = lba / s->per_track, c = track / s->heads, h = track % s->heads;
    u32 sector = lba % s->per_track + 1;
    if (c > 1023)
        c = 1023, h = s->heads - 1u, sector = s->per_track;
    p[0] = (u8)h;
    p[1] = (u8)(sector | (c >> 2 & 0xC0));
    p[2] = (u8)c;
}

static u8 partition_type(const FatShape *s)
{
    bool beyond_chs = (u64)s->start + s->sectors > 1023u * s->heads * s->per_track;
    if (s->bits == 32)
        return beyond_chs ? 0x0C : 0x0B;
    return s->bits == 12 ? 0x01 : s->sectors < 65536 ? 0x04 : 0x06;
}

static void put_partition_table(const FatShape *s, u32 serial, u8 *mbr)
{
    put_code(mbr, 0);
    store_le(mbr + 440, 4, serial);
    u8 *e = mbr + 446;
    e[0] = 0x80;
    put_chs(e + 1, s, s->start);
    e[4] = partition_type(s);
    put_chs(e + 5, s, s->start + s->sectors - 1);
    store_le(e + 8, 4, s->start);
    store_le(e + 12, 4, s->sectors);
}

/* What DOS 4 and later look for behind the BPB (FAT spec, page 11). */
static void put_extension(const FatShape *s, u32 serial, u8 *b)
{
    b[0] = s->start ? 0x80 : 0;
    b[2] = 0x29;
    store_le(b + 3, 4, serial);
    memcpy(b + 7, "HOST FOLDER", 11);
    memcpy(b + 18, s->bits == 32 ? "FAT32   " : s->bits == 16 ? "FAT16   " : "FAT12   ", 8);
}

static void put_boot_sector(const FatShape *s, u32 serial, u8 *b)
{
    u32 code = s->bits == 32 ? 90 : 62;
    put_code(b, code);
    b[0] = 0xEB;
    b[1] = (u8)(code - 2);
    b[2] = 0x90;
    memcpy(b + 3, "MSDOS5.0", 8);
    store_le(b + 11, 2, SECTOR);
    b[13] = (u8)s->per_cluster;
    store_le(b + 14, 2, s->reserved);
    b[16] = 2;
    store_le(b + 17, 2, s->root_entries);
    bool small = s->sectors < 65536 && s->bits != 32;
    store_le(b + 19, 2, small ? s->sectors : 0);
    b[21] = s->media;
    store_le(b + 22, 2, s->bits == 32 ? 0 : s->fat_sectors);
    store_le(b + 24, 2, s->per_track);
    store_le(b + 26, 2, s->heads);
    store_le(b + 28, 4, s->start);
    store_le(b + 32, 4, small ? 0 : s->sectors);
    if (s->bits != 32) {
        put_extension(s, serial, b + 36);
        return;
    }
    store_le(b + 36, 4, s->fat_sectors);
    store_le(b + 44, 4, 2); /* the root directory's first cluster */
    store_le(b + 48, 2, 1); /* FSInfo */
    store_le(b + 50, 2, 6); /* the copy of the boot sector */
    put_extension(s, serial, b + 64);
    store_le(b + SECTOR, 4, 0x41615252); /* FSInfo: free clusters not known */
    store_le(b + SECTOR + 484, 4, 0x61417272);
    store_le(b + SECTOR + 488, 4, 0xFFFFFFFF);
    store_le(b + SECTOR + 492, 4, 0xFFFFFFFF);
    store_le(b + SECTOR + 508, 4, 0xAA550000);
    memcpy(b + 6 * SECTOR, b, 2 * SECTOR);
}

void fat_format(const FatShape *s, u32 serial, u8 *meta)
{
    if (s->start)
        put_partition_table(s, serial, meta);
    put_boot_sector(s, serial, meta + s->start * SECTOR);
    for (int copy = 0; copy < 2; copy++) {
        u8 *table = meta + fat_table_at(s, copy);
        fat_set(s, table, 0, (fat_end(s) & ~0xFFu) | s->media);
        fat_set(s, table, 1, fat_end(s));
    }
}
