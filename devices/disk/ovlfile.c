/* ovlfile.c: copy-on-write in a file, the format of docs/overlay-format.md. The file is a header
 * and groups of one index page and 128 blocks of 4 KiB. A block is whole: what the guest did not
 * write of it was copied from the image below.
 *
 * Why a crash loses nothing: a block is written before the index entry that names it, and an
 * entry carries a checksum of its block. Up to the header's sequence number ("synced")
 * everything is known to be on the host's medium; later entries count only if their checksum
 * holds. A block whose entry is not synced yet is not overwritten, its new contents go to another
 * slot and their entry with them; only then may its own slot hold something else. A synced one is
 * overwritten in place, as the sectors of a plain image would be. */
#include "devices/disk/ovlfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = OVL_BLOCK, BLOCK_SECTORS = BLOCK / DISK_SECTOR, GROUP = 128, ENTRY = 32 };
enum { UNSYNCED_MAX = 4096, FLAG_COMMITTING = 1, VERSION = 1 };
static const char magic[8] = "G86OVLY\n";

u32 ovl_crc(const u8 *p, size_t n)
{
    static const u32 nibble[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
                                   0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                   0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                   0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
    u32 crc = ~0u;
    while (n--) {
        crc ^= *p++;
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return ~crc;
}

/* ---- places in the file ---------------------------------------------------------------------- */

static u64 entry_at(u32 slot)
{
    return OVL_HEADER + (u64)(slot / GROUP) * (GROUP + 1) * BLOCK + (u64)(slot % GROUP) * ENTRY;
}

static u64 block_at(u32 slot)
{
    return OVL_HEADER + ((u64)(slot / GROUP) * (GROUP + 1) + 1 + slot % GROUP) * BLOCK;
}

static u32 slots_in(u64 size)
{
    u64 group = (u64)(GROUP + 1) * BLOCK, rest;
    if (size <= OVL_HEADER)
        return 0;
    size -= OVL_HEADER;
    rest = size % group;
    u64 n = size / group * GROUP + (rest > BLOCK ? (rest - 1) / BLOCK : 0);
    return n > UINT32_MAX / 2 ? UINT32_MAX / 2 : (u32)n;
}

/* ---- the map: open addressing from block to slot --------------------------------------------- */

static u32 *find(const OvlFile *o, u64 block)
{
    u64 i = (block * 0x9E3779B97F4A7C15ull) >> 20;
    for (;; i++) {
        u32 *m = &o->map[i & (o->map_size - 1)];
        if (!*m || o->slot[*m - 1].block == block)
            return m;
    }
}

static bool grow_map(OvlFile *o)
{
    u32 *old = o->map;
    u64 size = o->map_size;
    u32 *bigger = calloc(size ? size * 2 : 256, sizeof *bigger);
    if (!bigger)
        return false;
    o->map = bigger;
    o->map_size = size ? size * 2 : 256;
    for (u64 i = 0; i < size; i++)
        if (old[i])
            *find(o, o->slot[old[i] - 1].block) = old[i];
    free(old);
    return true;
}

static bool push(OvlList *l, u32 slot)
{
    if (l->count == l->room) {
        u32 room = l->room ? l->room * 2 : 64;
        u32 *p = realloc(l->slot, room * sizeof *p);
        if (!p)
            return false;
        l->slot = p;
        l->room = room;
    }
    l->slot[l->count++] = slot;
    return true;
}

static bool room_for_slot(OvlFile *o)
{
    if (o->slots < o->slot_room)
        return true;
    u32 room = o->slot_room ? o->slot_room * 2 : 256;
    OvlSlot *p = realloc(o->slot, room * sizeof *p);
    if (!p)
        return false;
    o->slot = p;
    o->slot_room = room;
    return true;
}

/* ---- header ---------------------------------------------------------------------------------- */

/* Two copies, written in turn: one is always whole. */
static int write_header(OvlFile *o)
{
    u8 h[DISK_SECTOR] = {0};
    memcpy(h, magic, sizeof magic);
    store_le(h + 8, 4, VERSION);
    store_le(h + 12, 4, BLOCK);
    put_le64(h + 16, ++o->counter);
    put_le64(h + 24, o->sectors);
    put_le64(h + 32, o->base);
    put_le64(h + 40, o->synced);
    store_le(h + 48, 4, o->flags);
    memcpy(h + 64, o->name, sizeof o->name);
    store_le(h + 508, 4, ovl_crc(h, 508));
    return file_write(&o->file, o->counter % 2 * DISK_SECTOR, h, sizeof h);
}

static bool read_header(OvlFile *o)
{
    bool any = false;
    for (int i = 0; i < 2; i++) {
        u8 h[DISK_SECTOR];
        if (file_read(&o->file, (u64)i * DISK_SECTOR, h, sizeof h) ||
            memcmp(h, magic, sizeof magic) || load_le(h + 508, 4) != ovl_crc(h, 508) ||
            load_le(h + 8, 4) != VERSION || load_le(h + 12, 4) != BLOCK ||
            (any && le64(h + 16) <= o->counter))
            continue;
        any = true;
        o->counter = le64(h + 16);
        o->sectors = le64(h + 24);
        o->base = le64(h + 32);
        o->synced = le64(h + 40);
        o->flags = load_le(h + 48, 4);
        memcpy(o->name, h + 64, sizeof o->name);
        o->name[sizeof o->name - 1] = 0;
    }
    return any;
}

int ovl_sync(OvlFile *o)
{
    int e = file_sync(&o->file);
    if (e || o->synced == o->seq)
        return e;
    u64 before = o->synced;
    o->synced = o->seq;
    e = write_header(o);
    if (!e)
        e = file_sync(&o->file);
    if (e) { /* nobody may rely on it yet */
        o->synced = before;
        return e;
    }
    for (u32 i = 0; i < o->pending.count; i++)
        if (!push(&o->free, o->pending.slot[i]))
            break; /* lost until the file is opened again */
    o->pending.count = 0;
    return 0;
}

/* ---- access ---------------------------------------------------------------------------------- */

/* A block in full: ours, or the image's (zeros after its end). */
static int read_block(const OvlFile *o, u64 block, u8 *dst)
{
    u32 m = *find(o, block);
    if (m)
        return file_read(&o->file, block_at(m - 1), dst, BLOCK);
    u64 lba = block * BLOCK_SECTORS, left = o->sectors - lba;
    u32 n = left < BLOCK_SECTORS ? (u32)left : BLOCK_SECTORS;
    memset(dst, 0, BLOCK);
    return o->below->ops->read(o->below, lba, n, dst);
}

static int write_entry(OvlFile *o, u32 slot, u64 block, u64 seq, u32 crc)
{
    u8 e[ENTRY] = {0};
    put_le64(e, block);
    put_le64(e + 8, seq);
    store_le(e + 16, 4, crc);
    store_le(e + 28, 4, ovl_crc(e, 28));
    return file_write(&o->file, entry_at(slot), e, sizeof e);
}

static int put_new(OvlFile *o, u64 block, const u8 *data)
{
    if (((u64)o->mapped + 1) * 2 >= o->map_size && !grow_map(o))
        return ENOMEM;
    if (!room_for_slot(o))
        return ENOMEM;
    bool reuse = o->free.count;
    u32 slot = reuse ? o->free.slot[o->free.count - 1] : o->slots;
    int e = file_write(&o->file, block_at(slot), data, BLOCK);
    if (!e)
        e = write_entry(o, slot, block, o->seq + 1, ovl_crc(data, BLOCK));
    if (e)
        return e;
    if (reuse)
        o->free.count--;
    else
        o->slots++;
    o->seq++;
    u32 *m = find(o, block);
    if (*m && !push(o->slot[*m - 1].seq > o->synced ? &o->free : &o->pending, *m - 1))
        return ENOMEM;
    o->mapped += !*m;
    o->slot[slot] = (OvlSlot){block, o->seq};
    *m = slot + 1;
    return o->seq - o->synced >= UNSYNCED_MAX ? ovl_sync(o) : 0;
}

static int write_part(OvlFile *o, u64 block, u32 n, u32 count, const u8 *src)
{
    u8 data[BLOCK];
    u32 m = *find(o, block);
    size_t skip = (size_t)n * DISK_SECTOR, bytes = (size_t)count * DISK_SECTOR;
    if (m && o->slot[m - 1].seq <= o->synced)
        return file_write(&o->file, block_at(m - 1) + skip, src, bytes);
    int e = count == BLOCK_SECTORS ? 0 : read_block(o, block, data);
    if (e)
        return e;
    memcpy(data + skip, src, bytes);
    return put_new(o, block, data);
}

int ovl_put(OvlFile *o, u64 block, const u8 *data)
{
    return write_part(o, block, 0, BLOCK_SECTORS, data);
}

static int ovl_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    const OvlFile *o = (const OvlFile *)l;
    while (count) {
        u32 n = (u32)(lba % BLOCK_SECTORS), run = BLOCK_SECTORS - n < count ? BLOCK_SECTORS - n
                                                                             : count;
        u32 m = *find(o, lba / BLOCK_SECTORS);
        int e = m ? file_read(&o->file, block_at(m - 1) + (u64)n * DISK_SECTOR, dst,
                              (size_t)run * DISK_SECTOR)
                  : o->below->ops->read(o->below, lba, run, dst);
        if (e)
            return e;
        lba += run, count -= run, dst += (size_t)run * DISK_SECTOR;
    }
    return 0;
}

static int ovl_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    OvlFile *o = (OvlFile *)l;
    while (count) {
        u32 n = (u32)(lba % BLOCK_SECTORS), run = BLOCK_SECTORS - n < count ? BLOCK_SECTORS - n
                                                                             : count;
        int e = write_part(o, lba / BLOCK_SECTORS, n, run, src);
        if (e)
            return e;
        lba += run, count -= run, src += (size_t)run * DISK_SECTOR;
    }
    return 0;
}

static int ovl_flush(DiskLayer *l)
{
    OvlFile *o = (OvlFile *)l;
    return o->file.write ? ovl_sync(o) : 0;
}

static void free_file(OvlFile *o)
{
    file_close(&o->file);
    free(o->map);
    free(o->slot);
    free(o->free.slot);
    free(o->pending.slot);
    free(o);
}

static void ovl_close(DiskLayer *l)
{
    OvlFile *o = (OvlFile *)l;
    if (o->below)
        o->below->ops->close(o->below);
    free_file(o);
}

static const DiskLayerOps ovl_ops = {
    .read = ovl_read, .write = ovl_write, .flush = ovl_flush, .close = ovl_close};

/* ---- opening --------------------------------------------------------------------------------- */

/* One entry of the index. What does not count leaves its slot free. */
static int take_entry(OvlFile *o, u32 slot, const u8 *e)
{
    u64 block = le64(e), seq = le64(e + 8);
    u8 data[BLOCK];
    o->slot[slot] = (OvlSlot){0, 0};
    bool valid = seq && load_le(e + 28, 4) == ovl_crc(e, 28) &&
                 block <= (o->sectors - 1) / BLOCK_SECTORS;
    if (valid && seq > o->synced) {
        int err = file_read(&o->file, block_at(slot), data, BLOCK);
        if (err)
            return err;
        valid = load_le(e + 16, 4) == ovl_crc(data, BLOCK);
    }
    if (!valid)
        return push(&o->free, slot) ? 0 : ENOMEM;
    if (((u64)o->mapped + 1) * 2 >= o->map_size && !grow_map(o))
        return ENOMEM;
    o->slot[slot] = (OvlSlot){block, seq};
    o->seq = seq > o->seq ? seq : o->seq;
    u32 *m = find(o, block), loser = slot;
    if (!*m) {
        o->mapped++;
        *m = slot + 1;
        return 0;
    }
    if (o->slot[*m - 1].seq < seq) {
        loser = *m - 1;
        *m = slot + 1;
    }
    return push(&o->pending, loser) ? 0 : ENOMEM;
}

static int scan(OvlFile *o)
{
    u8 page[BLOCK];
    u32 slots = slots_in(o->file.size);
    o->seq = o->synced;
    if (!grow_map(o))
        return ENOMEM;
    for (u32 slot = 0; slot < slots; slot++) {
        int e = slot % GROUP ? 0 : file_read(&o->file, entry_at(slot), page, BLOCK);
        if (!e && !room_for_slot(o))
            e = ENOMEM;
        o->slots = slot;
        if (!e)
            e = take_entry(o, slot, page + slot % GROUP * ENTRY);
        o->slots = slot + 1;
        if (e)
            return e;
    }
    return o->file.write ? ovl_sync(o) : 0;
}

static bool create(OvlFile *o, const char *path, const Disk *d, char *err, size_t errlen)
{
    if (!file_create(&o->file, path, err, errlen))
        return false;
    o->sectors = d->sectors;
    o->base = d->id;
    snprintf(o->name, sizeof o->name, "%s", d->name);
    int e = write_header(o);
    if (!e)
        e = write_header(o);
    if (!e)
        e = file_sync(&o->file);
    if (!e)
        return true;
    unlink(path);
    snprintf(err, errlen, "%s: cannot write the overlay: %s; use another place", path, strerror(e));
    return false;
}

static bool check_base(const OvlFile *o, const char *path, const Disk *d, char *err, size_t errlen)
{
    if (o->flags & FLAG_COMMITTING)
        snprintf(err, errlen,
                 "%s: writing this overlay back into its image was interrupted; finish it: "
                 "glass86 -commit-overlay %s %s", path, path, d->name);
    else if (o->sectors != d->sectors || o->base != d->id)
        snprintf(err, errlen,
                 "%s: was made on another image (%.200s) than %.200s, or that has changed since; "
                 "name the right one, or see -rebase-overlay", path, o->name, d->name);
    else
        return true;
    return false;
}

OvlFile *ovl_open_file(const char *path, const Disk *d, bool only_read, bool commit, char *err,
                       size_t errlen)
{
    char note[300] = "";
    OvlFile *o = calloc(1, sizeof *o);
    if (!o) {
        snprintf(err, errlen, "%s: out of host memory; close other programs", path);
        return NULL;
    }
    o->file.fd = -1;
    bool exists = !access(path, F_OK), ok;
    if (!exists && (only_read || commit)) {
        snprintf(err, errlen, "%s: there is no such overlay; check the name", path);
        ok = false;
    } else {
        ok = exists ? file_open(&o->file, path, !only_read, note, sizeof note, err, errlen)
                    : create(o, path, d, err, errlen);
    }
    if (ok && exists && !only_read && !o->file.write) {
        snprintf(err, errlen, "%s: the overlay cannot be written; allow it (chmod u+w) or use "
                              "another", path);
        ok = false;
    }
    if (ok && exists && !read_header(o)) {
        snprintf(err, errlen, "%s: is no overlay of glass86; name another file, which need not "
                              "exist yet", path);
        ok = false;
    }
    ok = ok && ((commit && o->sectors == d->sectors && o->flags & FLAG_COMMITTING) ||
                check_base(o, path, d, err, errlen));
    int e = ok ? scan(o) : 0;
    if (e) {
        snprintf(err, errlen, "%s: cannot be read: %s; check the file and its disk", path,
                 strerror(e));
        ok = false;
    }
    if (ok)
        return o;
    free_file(o);
    return NULL;
}

DiskLayer *ovlfile_open(const char *path, DiskLayer *below, const Disk *d, bool only_read,
                        char *err, size_t errlen)
{
    OvlFile *o = ovl_open_file(path, d, only_read, false, err, errlen);
    if (!o)
        return NULL;
    o->layer.ops = &ovl_ops;
    o->below = below;
    return &o->layer;
}

/* ---- what the commands need ------------------------------------------------------------------ */

u64 ovl_next(const OvlFile *o, u32 *place)
{
    while (*place < o->slots) {
        u32 slot = (*place)++;
        const OvlSlot *s = &o->slot[slot];
        if (s->seq && *find(o, s->block) == slot + 1)
            return s->block;
    }
    return UINT64_MAX;
}

int ovl_get(const OvlFile *o, u64 block, u8 *dst)
{
    return read_block(o, block, dst);
}

bool ovl_has(const OvlFile *o, u64 block)
{
    return *find(o, block) != 0;
}

int ovl_mark_committing(OvlFile *o)
{
    o->flags |= FLAG_COMMITTING;
    int e = write_header(o);
    return e ? e : file_sync(&o->file);
}

int ovl_empty(OvlFile *o, u64 base)
{
    int e = file_truncate(&o->file, OVL_HEADER);
    if (!e)
        e = file_sync(&o->file);
    o->flags = 0;
    o->base = base;
    o->synced = o->seq;
    if (!e)
        e = write_header(o);
    return e ? e : file_sync(&o->file);
}

int ovl_set_base(OvlFile *o, const Disk *d)
{
    int e = ovl_sync(o);
    o->base = d->id;
    memset(o->name, 0, sizeof o->name);
    snprintf(o->name, sizeof o->name, "%s", d->name);
    if (!e)
        e = write_header(o);
    return e ? e : file_sync(&o->file);
}

void ovl_close_file(OvlFile *o)
{
    free_file(o);
}
