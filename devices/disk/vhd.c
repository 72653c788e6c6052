/* vhd.c: Microsoft's Virtual Hard Disk, by the "Virtual Hard Disk Image Format Specification" 1.0
 * (2006): fixed (sectors and a footer), dynamic (a table of blocks, allocated when first written)
 * and differencing (a dynamic disk above a parent). All numbers are big-endian.
 *
 * Killing us at any instant leaves a whole image: a new block goes to where the footer was after a
 * new footer stands behind it, and the table learns of the block last; a sector of a differencing
 * disk is written before its bit in the block's bitmap is set. */
#include "devices/disk/layer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { TYPE_FIXED = 2, TYPE_DYNAMIC = 3, TYPE_DIFFERENCING = 4 };
enum { HEADER_SIZE = 1024, LOCATORS = 8, BLOCK_MAX = 64 << 20 };
#define UNUSED 0xFFFFFFFFu

typedef struct {
    DiskLayer layer;
    HostFile file;
    u64 bytes;
    u8 footer[DISK_SECTOR];
    bool fixed;
    u64 bat_at, end; /* of the table; where the footer is */
    u32 *bat;
    u32 blocks, block_sectors, bitmap_bytes;
    u32 cached; /* block whose bitmap is in `bitmap`; UNUSED: none */
    u8 *bitmap;
    DiskLayer *parent;
    u64 parent_bytes;
} VhdLayer;

/* The ones' complement of the sum of all bytes but the checksum's own. */
static u32 checksum(const u8 *p, int size, int own)
{
    u32 sum = 0;
    for (int i = 0; i < size; i++)
        sum += i >= own && i < own + 4 ? 0 : p[i];
    return ~sum;
}

bool vhd_is_footer(const u8 *f)
{
    return !memcmp(f, "conectix", 8) && checksum(f, DISK_SECTOR, 64) == be32(f + 64);
}

bool vhd_probe(const u8 *head, const ImageSource *s)
{
    u8 f[DISK_SECTOR];
    if (!memcmp(head, "conectix", 8))
        return true;
    return s->file.size > DISK_SECTOR && s->file.size % DISK_SECTOR == 0 &&
           !file_read(&s->file, s->file.size - DISK_SECTOR, f, sizeof f) && vhd_is_footer(f);
}

/* ---- access ---------------------------------------------------------------------------------- */

static int load_bitmap(VhdLayer *v, u32 block)
{
    if (v->cached == block)
        return 0;
    v->cached = UNUSED;
    int e = file_read(&v->file, (u64)v->bat[block] * DISK_SECTOR, v->bitmap, v->bitmap_bytes);
    if (!e)
        v->cached = block;
    return e;
}

static bool has_bit(const VhdLayer *v, u32 n)
{
    return v->bitmap[n / 8] & 0x80 >> n % 8;
}

static int read_below(const VhdLayer *v, u64 lba, u32 count, u8 *dst)
{
    u64 have = v->parent ? v->parent_bytes / DISK_SECTOR : 0;
    u32 n = lba >= have ? 0 : have - lba < count ? (u32)(have - lba) : count;
    int e = n ? v->parent->ops->read(v->parent, lba, n, dst) : 0;
    memset(dst + (size_t)n * DISK_SECTOR, 0, (size_t)(count - n) * DISK_SECTOR);
    return e;
}

static u64 sector_at(const VhdLayer *v, u32 block, u32 n)
{
    return (u64)v->bat[block] * DISK_SECTOR + v->bitmap_bytes + (u64)n * DISK_SECTOR;
}

/* Sectors n.. of one block. In a dynamic disk sectors without their bit are zeros, which is what
 * the file holds there as well. */
static int read_block(VhdLayer *v, u32 block, u32 n, u32 count, u8 *dst)
{
    u64 lba = (u64)block * v->block_sectors + n;
    if (block >= v->blocks || v->bat[block] == UNUSED)
        return read_below(v, lba, count, dst);
    if (!v->parent)
        return file_read(&v->file, sector_at(v, block, n), dst, (size_t)count * DISK_SECTOR);
    int e = load_bitmap(v, block);
    for (u32 run; !e && count; count -= run, n += run, dst += (size_t)run * DISK_SECTOR) {
        bool own = has_bit(v, n);
        for (run = 1; run < count && has_bit(v, n + run) == own; run++)
            ;
        e = own ? file_read(&v->file, sector_at(v, block, n), dst, (size_t)run * DISK_SECTOR)
                : read_below(v, (u64)block * v->block_sectors + n, run, dst);
    }
    return e;
}

/* Appends a block of zeros without any bit set. */
static int allocate(VhdLayer *v, u32 block)
{
    u64 size = v->bitmap_bytes + (u64)v->block_sectors * DISK_SECTOR, at = v->end;
    u8 entry[4];
    if (at / DISK_SECTOR >= UNUSED || at % DISK_SECTOR)
        return EFBIG;
    int e = file_write(&v->file, at + size, v->footer, DISK_SECTOR);
    memset(v->bitmap, 0, v->bitmap_bytes);
    v->cached = UNUSED;
    if (!e) /* over the old footer; what follows is a hole of the host file, so zeros */
        e = file_write(&v->file, at, v->bitmap, v->bitmap_bytes);
    if (e)
        return e;
    v->end = at + size;
    put_be32(entry, (u32)(at / DISK_SECTOR));
    e = file_write(&v->file, v->bat_at + block * 4ull, entry, sizeof entry);
    if (!e)
        v->bat[block] = (u32)(at / DISK_SECTOR);
    return e;
}

static int write_block(VhdLayer *v, u32 block, u32 n, u32 count, const u8 *src)
{
    int e = 0;
    if (block >= v->blocks)
        return EIO;
    if (v->bat[block] == UNUSED)
        e = allocate(v, block);
    if (!e)
        e = file_write(&v->file, sector_at(v, block, n), src, (size_t)count * DISK_SECTOR);
    if (!e)
        e = load_bitmap(v, block);
    if (e)
        return e;
    bool changed = false;
    for (u32 i = n; i < n + count; i++) {
        changed |= !has_bit(v, i);
        v->bitmap[i / 8] |= (u8)(0x80 >> i % 8);
    }
    if (!changed)
        return 0;
    u32 first = n / 8, last = (n + count - 1) / 8;
    return file_write(&v->file, (u64)v->bat[block] * DISK_SECTOR + first, v->bitmap + first,
                      last - first + 1);
}

static int transfer(VhdLayer *v, u64 lba, u32 count, u8 *dst, const u8 *src)
{
    int e = 0;
    while (count && !e) {
        u64 block = lba / v->block_sectors;
        u32 n = (u32)(lba % v->block_sectors), run = v->block_sectors - n;
        run = run < count ? run : count;
        if (block > UINT32_MAX)
            return EIO;
        e = src ? write_block(v, (u32)block, n, run, src) : read_block(v, (u32)block, n, run, dst);
        lba += run, count -= run;
        if (src)
            src += (size_t)run * DISK_SECTOR;
        else
            dst += (size_t)run * DISK_SECTOR;
    }
    return e;
}

static int vhd_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    VhdLayer *v = (VhdLayer *)l;
    if (v->fixed)
        return file_read(&v->file, lba * DISK_SECTOR, dst, (size_t)count * DISK_SECTOR);
    return transfer(v, lba, count, dst, NULL);
}

static int vhd_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    VhdLayer *v = (VhdLayer *)l;
    if (v->fixed)
        return file_write(&v->file, lba * DISK_SECTOR, src, (size_t)count * DISK_SECTOR);
    return transfer(v, lba, count, NULL, src);
}

static int vhd_flush(DiskLayer *l)
{
    return file_sync(&((VhdLayer *)l)->file);
}

static void free_layer(VhdLayer *v)
{
    if (v->parent)
        v->parent->ops->close(v->parent);
    free(v->bat);
    free(v->bitmap);
    free(v);
}

static void vhd_close(DiskLayer *l)
{
    file_close(&((VhdLayer *)l)->file);
    free_layer((VhdLayer *)l);
}

static const DiskLayerOps vhd_ops = {
    .read = vhd_read, .write = vhd_write, .flush = vhd_flush, .close = vhd_close};

/* ---- parents --------------------------------------------------------------------------------- */

/* UTF-16 of either byte order to UTF-8 with '/' for '\'. Stops at the end, a zero or a full
 * buffer. */
static void narrow(const u8 *p, u32 bytes, bool big, char *out, size_t size)
{
    size_t n = 0;
    for (u32 i = 0; i + 1 < bytes && n + 4 < size; i += 2) {
        u32 c = big ? p[i] << 8 | p[i + 1] : p[i + 1] << 8 | p[i];
        if (!c)
            break;
        if (c < 0x80) {
            out[n++] = c == '\\' ? '/' : (char)c;
        } else if (c < 0x800) {
            out[n++] = (char)(0xC0 | c >> 6);
            out[n++] = (char)(0x80 | (c & 63));
        } else {
            out[n++] = (char)(0xE0 | c >> 12);
            out[n++] = (char)(0x80 | (c >> 6 & 63));
            out[n++] = (char)(0x80 | (c & 63));
        }
    }
    out[n] = 0;
}

/* A parent must be the one that the child was made on: its footer's unique id tells. */
static bool right_parent(const ImageSource *s, const char *name, const u8 *id)
{
    char path[4096], note[64] = "", err[256];
    HostFile f;
    u8 footer[DISK_SECTOR];
    if (!image_reference(s, name, path, sizeof path) ||
        !file_open(&f, path, false, note, sizeof note, err, sizeof err))
        return false;
    bool ok = f.size >= DISK_SECTOR &&
              !file_read(&f, f.size - DISK_SECTOR, footer, sizeof footer) &&
              vhd_is_footer(footer) && !memcmp(footer + 68, id, 16);
    file_close(&f);
    return ok;
}

/* Candidates, best first: the relative locator, the absolute one, the bare name beside the
 * child. */
static bool find_parent(ImageSource *s, const u8 *header, char *name, size_t size)
{
    static const char kinds[][5] = {"W2ru", "W2ku"};
    u8 text[2048];
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
        for (int i = 0; i < LOCATORS; i++) {
            const u8 *l = header + 576 + i * 24;
            u32 length = be32(l + 8);
            if (memcmp(l, kinds[k], 4) || !length || length > sizeof text ||
                file_read(&s->file, be64(l + 16), text, length))
                continue;
            narrow(text, length, false, name, size);
            if (right_parent(s, name, header + 40))
                return true;
        }
    char full[1024];
    narrow(header + 64, 512, true, full, sizeof full);
    const char *slash = strrchr(full, '/');
    snprintf(name, size, "%s", slash ? slash + 1 : full);
    return *name && right_parent(s, name, header + 40);
}

static bool open_parent(VhdLayer *v, ImageSource *s, const u8 *header)
{
    char name[2048], full[1024];
    if (!find_parent(s, header, name, sizeof name)) {
        narrow(header + 64, 512, true, full, sizeof full);
        image_error(s, "is a differencing VHD and the image it builds on (%.200s) is not where it "
                       "should be, or is another one; put it beside this file, or add ,refs=any",
                       full);
        return false;
    }
    v->parent = image_parent(s, name, "vhd", &v->parent_bytes);
    return v->parent;
}

/* ---- opening --------------------------------------------------------------------------------- */

static bool read_table(VhdLayer *v, ImageSource *s, const u8 *header)
{
    u32 block_bytes = be32(header + 32);
    u64 wanted;
    v->bat_at = be64(header + 16);
    v->blocks = be32(header + 28);
    if (block_bytes < DISK_SECTOR || block_bytes > BLOCK_MAX || block_bytes & (block_bytes - 1)) {
        image_error(s, "is a damaged VHD: blocks of %u bytes; fetch it again", block_bytes);
        return false;
    }
    v->block_sectors = block_bytes / DISK_SECTOR;
    v->bitmap_bytes = (v->block_sectors / 8 + DISK_SECTOR - 1) / DISK_SECTOR * DISK_SECTOR;
    wanted = (v->bytes + block_bytes - 1) / block_bytes;
    if (v->blocks < wanted || wanted * 4 > s->file.size || v->bat_at > s->file.size) {
        image_error(s, "is a damaged VHD: its block table does not fit; fetch it again");
        return false;
    }
    v->blocks = (u32)wanted;
    v->bat = malloc(wanted * 4 + 4);
    v->bitmap = calloc(1, v->bitmap_bytes + 1);
    int e = v->bat && v->bitmap ? file_read(&s->file, v->bat_at, v->bat, wanted * 4) : ENOMEM;
    if (e) {
        image_error(s, "cannot be read: %s; check the file and its disk", strerror(e));
        return false;
    }
    for (u32 i = 0; i < v->blocks; i++)
        v->bat[i] = be32((u8 *)&v->bat[i]);
    v->cached = UNUSED;
    return true;
}

/* No block may lie behind the end, on the tables or on another block: a write into it would
 * destroy them. */
static int by_value(const void *a, const void *b)
{
    u32 x = *(const u32 *)a, y = *(const u32 *)b;
    return x < y ? -1 : x > y;
}

static bool check_table(const VhdLayer *v, ImageSource *s)
{
    u64 size = (v->bitmap_bytes + (u64)v->block_sectors * DISK_SECTOR) / DISK_SECTOR;
    u64 tables = (v->bat_at + v->blocks * 4ull + DISK_SECTOR - 1) / DISK_SECTOR;
    u32 *sorted = malloc(v->blocks * 4ull + 4), used = 0;
    bool ok = sorted;
    if (!ok)
        image_error(s, "out of host memory; close other programs");
    for (u32 i = 0; ok && i < v->blocks; i++)
        if (v->bat[i] != UNUSED)
            sorted[used++] = v->bat[i];
    if (ok)
        qsort(sorted, used, 4, by_value);
    for (u32 i = 0; ok && i < used; i++) {
        ok = sorted[i] >= tables && (sorted[i] + size) * DISK_SECTOR <= v->file.size &&
             (!i || sorted[i] - sorted[i - 1] >= size);
        if (!ok)
            image_error(s, "is a damaged VHD: its block table points outside the file, or twice to "
                           "the same place; fetch it again, or repair it (qemu-img convert)");
    }
    free(sorted);
    return ok;
}

static bool open_dynamic(VhdLayer *v, ImageSource *s, u32 type)
{
    u8 header[HEADER_SIZE];
    int e = file_read(&s->file, be64(v->footer + 16), header, sizeof header);
    if (e || memcmp(header, "cxsparse", 8) ||
        checksum(header, HEADER_SIZE, 36) != be32(header + 36)) {
        image_error(s, "is a damaged VHD: its dynamic disk header is not valid; fetch it again");
        return false;
    }
    v->end = s->file.size >= DISK_SECTOR ? s->file.size - DISK_SECTOR : 0;
    return read_table(v, s, header) && check_table(v, s) &&
           (type != TYPE_DIFFERENCING || open_parent(v, s, header));
}

/* The footer, or its copy at the beginning: an image that was cut off can still be read. */
static bool read_footer(VhdLayer *v, ImageSource *s)
{
    u64 size = s->file.size;
    bool whole = size >= DISK_SECTOR && size % DISK_SECTOR == 0 &&
                 !file_read(&s->file, size - DISK_SECTOR, v->footer, DISK_SECTOR) &&
                 vhd_is_footer(v->footer);
    if (whole)
        return true;
    if (file_read(&s->file, 0, v->footer, DISK_SECTOR) || !vhd_is_footer(v->footer)) {
        image_error(s, "is a damaged VHD: neither its footer nor the copy is valid; fetch it "
                       "again");
        return false;
    }
    s->read_only = true;
    image_note(s, "has no valid footer at its end (was it cut off?); it is opened write-protected");
    return true;
}

static bool open_layer(VhdLayer *v, ImageSource *s)
{
    if (!read_footer(v, s))
        return false;
    u32 type = be32(v->footer + 60);
    v->bytes = be64(v->footer + 48);
    v->fixed = type == TYPE_FIXED;
    v->file = s->file;
    if (type < TYPE_FIXED || type > TYPE_DIFFERENCING) {
        image_error(s, "is a VHD of a kind (%u) that is not known; convert it: qemu-img convert -O "
                       "raw", type);
        return false;
    }
    if (!v->bytes || v->bytes % DISK_SECTOR || v->bytes > 1ull << 46 ||
        (v->fixed && v->bytes > s->file.size - DISK_SECTOR)) {
        image_error(s, "is a damaged VHD: it says that it holds %llu bytes; fetch it again",
                    (unsigned long long)v->bytes);
        return false;
    }
    return v->fixed || open_dynamic(v, s, type);
}

DiskLayer *vhd_open(ImageSource *s)
{
    VhdLayer *v = calloc(1, sizeof *v);
    if (!v)
        return image_error(s, "out of host memory; close other programs");
    v->layer.ops = &vhd_ops;
    if (!open_layer(v, s)) {
        free_layer(v);
        return NULL;
    }
    s->bytes = v->bytes;
    s->kind = DISK_HARD;
    s->hint = (DiskGeometry){be32(v->footer + 56) >> 16, v->footer[58], v->footer[59]};
    return &v->layer;
}
