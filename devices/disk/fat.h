/* fat.h: the FAT file system as it lies on a disk: sizes and places, the allocation table,
 * directory entries with long names. Only formats, no files: folder.c makes a disk of a host folder
 * with it. Private to devices/disk.
 *
 * References: Microsoft's "FAT32 File System Specification" 1.03 (cited as "FAT spec"), which
 * describes FAT12 and FAT16 as well. */
#ifndef GLASS86_DISK_FAT_H
#define GLASS86_DISK_FAT_H

#include "mmu/base.h"

enum { FAT_ENTRY = 32, FAT_SHORT = 11, FAT_LONG_MAX = 255, FAT_NAME_BYTES = 3 * FAT_LONG_MAX + 1 };
enum {
    FAT_READ_ONLY = 0x01,
    FAT_HIDDEN = 0x02,
    FAT_SYSTEM = 0x04,
    FAT_LABEL = 0x08,
    FAT_LONG = 0x0F,
    FAT_DIRECTORY = 0x10,
    FAT_ARCHIVE = 0x20
};

/* ---- the volume ------------------------------------------------------------------------------ */

typedef struct {
    int bits;    /* 12, 16 or 32 */
    u32 start;   /* sector of the disk where the volume begins: of the partition; 0 on a floppy */
    u32 sectors; /* of the volume */
    u32 per_cluster, reserved, root_entries, fat_sectors; /* per_cluster: sectors */
    u32 data;     /* sector of the disk where cluster 2 begins */
    u32 clusters; /* that the volume has; the highest number is clusters + 1 */
    u8 heads, per_track, media;
} FatShape;

/* How many clusters of `bytes` bytes the contents take. */
typedef u64 FatNeed(void *ctx, u32 bytes);

/* The smallest of a few usual volumes that holds the contents and a quarter more. `bits` 0: any.
 * False: there is none. */
bool fat_plan(FatShape *s, int bits, bool floppy, u32 root_entries, FatNeed *need, void *ctx);

/* Writes partition table, boot sector and empty tables to `meta`, all sectors before s->data, which
 * hold zeros. `serial` names the disk and the volume. */
void fat_format(const FatShape *s, u32 serial, u8 *meta);

/* Offsets into meta. */
u32 fat_table_at(const FatShape *s, int copy);
u32 fat_root_at(const FatShape *s); /* FAT12 and FAT16 */

u32 fat_get(const FatShape *s, const u8 *table, u32 cluster);
void fat_set(const FatShape *s, u8 *table, u32 cluster, u32 value);
u32 fat_end(const FatShape *s); /* the mark of a last cluster */
/* Is it a number that a chain can go on with? Else it is the end, free, or damage. */
bool fat_is_cluster(const FatShape *s, u32 value);
bool fat_is_end(const FatShape *s, u32 value);

/* ---- directories ----------------------------------------------------------------------------- */

typedef struct {
    u8 name[FAT_SHORT];  /* as on disk: upper case, padded with blanks */
    u8 lower;            /* NT's bits: 08h name, 10h extension in lower case */
    bool has_long;       /* the name in UTF-8 is not this one, but from long name entries */
    u8 attr;
    u32 time;            /* date << 16 | time */
    u32 cluster, size;
} FatEntry;

typedef struct {
    const u8 *at, *end;
} FatReader;

/* The next file, directory or label; free entries are passed over. `text` gets the name in UTF-8,
 * as the host shall see it, or "" if it can be none. */
bool fat_next(FatReader *r, FatEntry *e, char text[FAT_NAME_BYTES]);

/* What a host name becomes. False: DOS cannot hold it. If it is not 8.3, e->has_long is set, and
 * one of the aliases below is still to be chosen. */
bool fat_name(const char *text, FatEntry *e);
/* The n-th alias to try for a long name: 0 is the name itself in upper case, as Windows has it, and
 * false if that is none of 8.3 characters. */
bool fat_alias(const char *text, u32 n, FatEntry *e);

/* Entries that it takes: 1, or more for a long name. */
u32 fat_entry_count(const FatEntry *e, const char *text);
void fat_put(const FatEntry *e, const char *text, u8 *dst);

u32 fat_time(s64 seconds);  /* of 1970, as the host's local time; before 1980: 1980 */
s64 fat_seconds(u32 time);

#endif
