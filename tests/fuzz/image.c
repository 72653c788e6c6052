/* image.c: disk images. The first byte says what the rest is: a file of unknown format, one that is
 * said to be of a certain format, a cue sheet beside a track, an overlay on a plain image (30), or
 * edits to an overlay whose checksums are made right (29). What opens is read, written, flushed,
 * and opened once more. */
#include "devices/disk/disk.h"
#include "devices/disk/journal.h"
#include "devices/disk/ovlfile.h"
#include "tests/fuzz/fuzz.h"

#include <unistd.h>

enum { BASE = 64 << 10 };

static u8 base[BASE];

void fuzz_start(void)
{
    for (u32 i = 0; i < BASE; i++)
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

static void seal(u8 *p, u32 n)
{
    store_le(p + n, 4, ovl_crc(p, n));
}

/* An overlay whose checksums are right, of this image unless the input says something else. */
static void put_overlay(Feed *f, char *path, size_t size)
{
    enum { INDEX = 4096, ENTRIES = 128, ENTRY = 32, FILE_SIZE = 2 * 4096 + ENTRIES * 4096 };
    u8 *file = calloc(1, FILE_SIZE);
    char err[400];
    size_t n;
    for (int copy = 0; copy < 2; copy++) {
        u8 *h = file + 512 * copy;
        memcpy(h, "G86OVLY\n", 8);
        store_le(h + 8, 4, 1);
        store_le(h + 12, 4, 4096);
        store_le(h + 16, 4, (u32)copy);
        store_le(h + 24, 4, BASE / DISK_SECTOR);
        Disk *d = disk_open_memory("x", base, BASE, NULL, err, sizeof err);
        memcpy(h + 32, &d->id, 8);
        disk_close(d);
    }
    while (f->left > 4) { /* where in the headers and the index, and what */
        u32 where = feed(f, 2);
        u8 *at = file + (where >> 15 ? INDEX + (where & 0xFFF) : where & 0x3FF);
        const u8 *bytes = feed_bytes(f, 1 + (feed(f, 1) & 15), &n);
        memcpy(at, bytes, n);
    }
    seal(file, 508);
    seal(file + 512, 508);
    for (int i = 0; i < ENTRIES; i++)
        seal(file + INDEX + i * ENTRY, 28);
    snprintf(path, size, "%s", fuzz_file("x.ovl", file, FILE_SIZE));
    free(file);
}

static Disk *open_image(const char *path, const DiskOptions *how)
{
    char err[1024] = "";
    Disk *d = disk_open(path, how, err, sizeof err);
    if (!d && (!*err || strchr(err, '\n')))
        panic("a refusal without one line of text: %s", err);
    return d;
}

void fuzz_one(const u8 *data, size_t size)
{
    static const char *const formats[] = {"",     "raw", "vhd",      "qcow2", "vdi",
                                          "vmdk", "imd", "teledisk", "bin",   "cue"};
    Feed f = {data, size};
    u32 how = feed(&f, 1);
    DiskOptions o = {0};
    char path[512];
    if ((how & 31) >= 29 && (how & 31) < 31) {
        if (how & 1)
            put_overlay(&f, o.overlay, sizeof o.overlay);
        else
            snprintf(o.overlay, sizeof o.overlay, "%s", fuzz_file("x.ovl", f.at, f.left));
        snprintf(path, sizeof path, "%s", fuzz_file("x.img", base, BASE));
    } else if ((how & 31) == 31) {
        fuzz_file("x.bin", base, BASE);
        snprintf(path, sizeof path, "%s", fuzz_file("x.cue", f.at, f.left));
    } else {
        snprintf(o.format, sizeof o.format, "%s", formats[how % 32 % ARRAY_LEN(formats)]);
        snprintf(path, sizeof path, "%s", fuzz_file("x.img", f.at, f.left));
    }
    o.kind = (DiskKind)(how >> 5 & 3);
    o.snapshot = how >> 7;
    for (int times = 0; times < 2; times++) {
        Disk *d = open_image(path, &o);
        if (!d)
            break;
        use(d, &f);
        disk_close(d);
    }
    unlink(path);
    if (*o.overlay)
        unlink(o.overlay);
}
