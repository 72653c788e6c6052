/* ovlfile.h: overlay files, for the layer itself (ovlfile.c) and the commands that write them back
 * or move them to another image (ovlcmd.c). Functions return 0 or an errno value. */
#ifndef GLASS86_DISK_OVLFILE_H
#define GLASS86_DISK_OVLFILE_H

#include "devices/disk/layer.h"

enum { OVL_BLOCK = 4096, OVL_HEADER = 4096 };

typedef struct {
    u64 block;
    u64 seq; /* 0: free */
} OvlSlot;

typedef struct {
    u32 *slot;
    u32 count, room;
} OvlList;

typedef struct {
    DiskLayer layer;
    DiskLayer *below; /* NULL while a command works on it */
    HostFile file;
    u64 counter, sectors, base, synced, seq;
    u32 flags;
    char name[256];
    OvlSlot *slot;
    u32 slots, slot_room;
    u32 *map; /* slot + 1, or 0; a power of two of them */
    u64 map_size;
    u32 mapped;
    OvlList free, pending; /* slots to use; slots to use after the next sync */
} OvlFile;

/* `commit`: also one whose commit was interrupted. NULL: see err. */
OvlFile *ovl_open_file(const char *path, const Disk *d, bool only_read, bool commit, char *err,
                       size_t errlen);
void ovl_close_file(OvlFile *o);
int ovl_sync(OvlFile *o);
int ovl_put(OvlFile *o, u64 block, const u8 *data);
int ovl_get(const OvlFile *o, u64 block, u8 *dst);
bool ovl_has(const OvlFile *o, u64 block);
/* The next block that the file holds, from *place = 0 on; UINT64_MAX: no more. */
u64 ovl_next(const OvlFile *o, u32 *place);
int ovl_mark_committing(OvlFile *o);
int ovl_empty(OvlFile *o, u64 base);
int ovl_set_base(OvlFile *o, const Disk *d);
u32 ovl_crc(const u8 *p, size_t n);

#endif
