/* image.c: disk images. The low five bits of the first byte say what the rest is:
 *
 *   26  the beginning of an image that is as long as some floppy
 *   27  what stands behind the first 16 sectors of a CD
 *   28  edits to a dynamic VHD, whose checksums are made right
 *   29  edits to an overlay, likewise
 *   30  an overlay
 *   31  a cue sheet beside a track
 *
 * or else it is a file whose format is told or to be found out. Both overlays are on a plain image.
 * What opens is read, written, flushed, and opened once more; overlays are then committed, and
 * moved to another image. */
#include "devices/disk/disk.h"
#include "devices/disk/journal.h"
#include "devices/disk/ovlfile.h"
#include "tests/fuzz/fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

enum { BASE = 64 << 10, FLOPPY_SIZE = 1474560 };

static u8 base[BASE + 1];

void fuzz_start(void)
{
    for (u32 i = 0; i < sizeof base; i++)
        base[i] = (u8)(i * 2654435761u >> 24);
}

static void use(Disk *d, Feed *f)
{
    static u8 buf[64 * DISK_SECTOR], frame[DISK_CD_FRAME];
    u64 seed = 1, fingerprint, at[] = {0, 1, d->sectors / 2, d->sectors - 1};
    for (size_t i = 0; i < 16; i++) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        u64 lba = i < ARRAY_LEN(at) ? at[i] : (seed >> 20) % d->sectors;
        u32 n = d->sectors - lba < 64 ? (u32)(d->sectors - lba) : 64;
        if (i % 3)
            disk_read(d, lba, n, buf);
        else
            disk_write(d, lba, 1 + (u32)(seed >> 60) % n % 9, buf);
        if (d->toc)
            disk_read_frame(d, (u32)(lba / 4), frame);
    }
    disk_read(d, d->sectors, 1, buf);
    disk_read(d, UINT64_MAX, 64, buf);
    disk_flush(d);
    if (d->sectors < 4096)
        disk_fingerprint(d, &fingerprint);
}

/* ---- files that open, but for the input's edits ---------------------------------------------- */

enum { FLOPPY = 26, CD, VHD, OVERLAY_EDITS, OVERLAY, CUE };

/* Each edit says where, how much (a byte) and what. */
static void edit(Feed *f, u8 *file, u32 size)
{
    while (f->left > 3) {
        u32 where = feed(f, 2) % size;
        size_t n, most = 1 + (feed(f, 1) & 15);
        const u8 *bytes = feed_bytes(f, most < size - where ? most : size - where, &n);
        memcpy(file + where, bytes, n);
    }
}

static void seal(u8 *p, u32 n)
{
    store_le(p + n, 4, ovl_crc(p, n));
}

static Disk *open_image(const char *path, const DiskOptions *how);

/* An overlay whose checksums are right, of this image unless the input says something else. Its
 * first header and first index page are one stretch for the edits. */
static const char *overlay_of(Feed *f, const char *image, const DiskOptions *how)
{
    enum { INDEX = 4096, ENTRIES = 128, ENTRY = 32, FILE_SIZE = 2 * 4096 + ENTRIES * 4096 };
    static u8 file[FILE_SIZE], edited[512 + INDEX];
    memset(edited, 0, sizeof edited);
    memcpy(edited, "G86OVLY\n", 8);
    store_le(edited + 8, 4, 1);
    store_le(edited + 12, 4, 4096);
    DiskOptions plain = {.kind = how->kind};
    Disk *d = open_image(image, &plain);
    if (d) {
        store_le(edited + 24, 4, (u32)d->sectors);
        memcpy(edited + 32, &d->id, 8);
        disk_close(d);
    }
    edit(f, edited, sizeof edited);
    memcpy(file, edited, 512);
    memcpy(file + INDEX, edited + 512, INDEX);
    seal(file, 508);
    for (int i = 0; i < ENTRIES; i++)
        seal(file + INDEX + i * ENTRY, 28);
    return fuzz_file("x.ovl", file, FILE_SIZE);
}

static void store_be(u8 *p, unsigned n, u64 v)
{
    while (n--)
        *p++ = (u8)(v >> 8 * n);
}

static void vhd_seal(u8 *p, u32 size, u32 at)
{
    u32 sum = 0;
    store_be(p + at, 4, 0);
    for (u32 i = 0; i < size; i++)
        sum += p[i];
    store_be(p + at, 4, ~sum);
}

/* A disk of 64 KiB in blocks of 4 KiB, two of which are there. Footer, header, table, blocks with
 * a sector of bitmap each, and the footer again. */
static const char *vhd(Feed *f)
{
    enum { HEADER = 512, TABLE = 1536, BLOCKS = 2048, BLOCK = 4608, END = BLOCKS + 2 * BLOCK };
    static u8 file[END + 512];
    memset(file, 0, sizeof file);
    memcpy(file, "conectix", 8);
    store_be(file + 12, 4, 0x10000);
    store_be(file + 16, 8, HEADER);
    store_be(file + 40, 8, BASE);
    store_be(file + 48, 8, BASE);
    store_be(file + 60, 4, 3);
    memcpy(file + HEADER, "cxsparse", 8);
    store_be(file + HEADER + 8, 8, UINT64_MAX);
    store_be(file + HEADER + 16, 8, TABLE);
    store_be(file + HEADER + 24, 4, 0x10000);
    store_be(file + HEADER + 28, 4, BASE / 4096);
    store_be(file + HEADER + 32, 4, 4096);
    memset(file + TABLE, 0xFF, 512);
    store_be(file + TABLE, 4, BLOCKS / 512);
    store_be(file + TABLE + 12, 4, (BLOCKS + BLOCK) / 512);
    memset(file + BLOCKS, 0xAA, BLOCK);
    edit(f, file, END);
    vhd_seal(file, 512, 64);
    vhd_seal(file + HEADER, 1024, 36);
    memcpy(file + END, file, 512);
    return fuzz_file("x.img", file, sizeof file);
}

/* The input, and zeros to a size that floppies have. */
static const char *floppy(Feed *f)
{
    static const off_t sizes[] = {1884160, 163840,  368640,  737280,
                                  1228800, 1474560, 2949120, 1720320};
    off_t size = sizes[feed(f, 1) % ARRAY_LEN(sizes)];
    const char *path = fuzz_file("x.img", f->at, f->left);
    if (truncate(path, size))
        panic("%s: cannot be given its size", path);
    return path;
}

static const char *cd(Feed *f)
{
    static u8 file[BASE];
    size_t n;
    memset(file, 0, sizeof file);
    const u8 *bytes = feed_bytes(f, BASE - 16 * 2048, &n);
    memcpy(file + 16 * 2048, bytes, n);
    return fuzz_file("x.img", file, sizeof file);
}

static Disk *open_image(const char *path, const DiskOptions *how)
{
    char err[1024] = "";
    Disk *d = disk_open(path, how, err, sizeof err);
    if (!d && (!*err || strchr(err, '\n')))
        panic("a refusal without one line of text: %s", err);
    fuzz_note(d ? d->format : err);
    return d;
}

/* Writes the files; which image, and how it is to be opened. */
static const char *prepare(Feed *f, u32 what, DiskOptions *o)
{
    static const char *const formats[] = {"",     "raw", "vhd",      "qcow2", "vdi",
                                          "vmdk", "imd", "teledisk", "bin",   "cue"};
    static char path[512];
    switch (what) {
    case FLOPPY:
        return floppy(f);
    case CD:
        return cd(f);
    case VHD:
        return vhd(f);
    case OVERLAY_EDITS:
    case OVERLAY:
        snprintf(path, sizeof path, "%s", fuzz_file("x.img", base, BASE));
        snprintf(o->overlay, sizeof o->overlay, "%s",
                 what == OVERLAY ? fuzz_file("x.ovl", f->at, f->left) : overlay_of(f, path, o));
        return path;
    case CUE:
        fuzz_file("x.bin", base, BASE);
        return fuzz_file("x.cue", f->at, f->left);
    default:
        snprintf(o->format, sizeof o->format, "%s", formats[what % ARRAY_LEN(formats)]);
        return fuzz_file("x.img", f->at, f->left);
    }
}

/* What -commit-overlay and -rebase-overlay do. The image may at most become the floppy that an
 * image as small as this may be. */
static void write_back(const char *image, const char *overlay)
{
    char err[1024] = "", other[512];
    u64 blocks;
    struct stat st;
    DiskOptions how = {.format = "raw"};
    snprintf(other, sizeof other, "%s", fuzz_file("y.img", base + 1, BASE));
    for (int times = 0; times < 2; times++) {
        bool ok = times ? disk_rebase(overlay, image, other, &blocks, err, sizeof err)
                        : disk_commit(overlay, image, &how, &blocks, err, sizeof err);
        if (!ok && (!*err || strchr(err, '\n')))
            panic("a refusal without one line of text: %s", err);
        fuzz_note(ok ? times ? "rebased" : "committed" : err);
    }
    if (stat(image, &st) || (st.st_size != BASE && st.st_size != FLOPPY_SIZE))
        panic("an image of %d bytes has %lld now", BASE, (long long)st.st_size);
    unlink(other);
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    u32 how = feed(&f, 1);
    DiskOptions o = {.kind = (DiskKind)(how >> 5 & 3), .snapshot = how >> 7};
    char path[512];
    snprintf(path, sizeof path, "%s", prepare(&f, how & 31, &o));
    for (int times = 0; times < 2; times++) {
        Disk *d = open_image(path, &o);
        if (!d)
            break;
        use(d, &f);
        disk_close(d);
    }
    if (*o.overlay) {
        write_back(path, o.overlay);
        unlink(o.overlay);
    }
    unlink(path);
}
