/* imgtool.c: works on disk images through the block interface, for tests/media. Commands:
 *
 *   info IMAGE                  format, kind, sectors, geometry, protection
 *   read IMAGE OUT              all sectors to a plain file
 *   scribble IMAGE REF SEED N   the same N random writes to an image and to a plain file
 *   update IMAGE FILE           writes those sectors of a plain file that differ, and flushes
 *   stamp IMAGE SEED            writes numbered sectors for ever, tells each that is done
 *   verify IMAGE LOG            holds IMAGE everything that such a log says?
 *   fuzz IMAGE SEED N           opens, reads and writes N damaged copies; any outcome but a crash
 *
 * IMAGE may have disk options, as on the command line (",overlay=F"). */
#include "devices/disk/disk.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static Disk *open_image(const char *text, bool must)
{
    char path[4096], err[1024] = "";
    DiskOptions o = {0};
    if (!disk_parse(text, path, sizeof path, &o, err, sizeof err)) {
        fprintf(stderr, "%s\n", err);
        exit(2);
    }
    Disk *d = disk_open(path, &o, err, sizeof err);
    if (!d && must) {
        fprintf(stderr, "%s\n", err);
        exit(1);
    }
    if (!d && (!*err || strchr(err, '\n'))) {
        fprintf(stderr, "a refusal without one line of text: %s\n", err);
        exit(1);
    }
    return d;
}

static u64 rng(u64 *s)
{
    *s ^= *s << 13, *s ^= *s >> 7, *s ^= *s << 17;
    return *s * 0x2545F4914F6CDD1Dull;
}

static void check(DiskResult r, const char *what)
{
    if (r != DISK_OK) {
        fprintf(stderr, "%s: result %d\n", what, r);
        exit(1);
    }
}

static int info(const char *image)
{
    static const char *const kinds[] = {"any", "floppy", "hard", "cd"};
    Disk *d = open_image(image, true);
    printf("%s %s %" PRIu64 " %u/%u/%u%s\n", d->format, kinds[d->kind], d->sectors,
           d->geometry.cylinders, d->geometry.heads, d->geometry.sectors,
           d->read_only ? " ro" : "");
    if (*d->note)
        fprintf(stderr, "%s\n", d->note);
    disk_close(d);
    return 0;
}

static bool all_zero(const u8 *p, size_t len)
{
    return !*p && !memcmp(p, p + 1, len - 1);
}

/* Zeros become holes: a disk may be much larger than what it holds. */
static int read_all(const char *image, const char *out)
{
    static u8 buf[128 * DISK_SECTOR];
    Disk *d = open_image(image, true);
    int fd = open(out, O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || ftruncate(fd, (off_t)(d->sectors * DISK_SECTOR)))
        return 1;
    for (u64 lba = 0; lba < d->sectors;) {
        u32 n = d->sectors - lba < 128 ? (u32)(d->sectors - lba) : 128;
        size_t len = (size_t)n * DISK_SECTOR;
        check(disk_read(d, lba, n, buf), "read");
        if (!all_zero(buf, len) && pwrite(fd, buf, len, (off_t)(lba * DISK_SECTOR)) != (ssize_t)len)
            return 1;
        lba += n;
    }
    disk_close(d);
    return close(fd);
}

static int scribble(const char *image, const char *ref, u64 seed, int n)
{
    static u8 buf[200 * DISK_SECTOR];
    Disk *d = open_image(image, true);
    int fd = open(ref, O_RDWR);
    if (fd < 0)
        return 1;
    for (int i = 0; i < n; i++) {
        u32 count = (u32)(rng(&seed) % (i % 4 ? 9 : 200)) + 1;
        u64 lba = rng(&seed) % (d->sectors - count);
        for (size_t k = 0; k < count * DISK_SECTOR; k += 8) {
            u64 v = k / DISK_SECTOR % 3 ? rng(&seed) : 0;
            memcpy(buf + k, &v, 8);
        }
        check(disk_write(d, lba, count, buf), "write");
        if (pwrite(fd, buf, count * DISK_SECTOR, (off_t)(lba * DISK_SECTOR)) < 0)
            return 1;
        if (rng(&seed) % 50 == 0)
            check(disk_flush(d), "flush");
    }
    close(fd);
    return !disk_close(d);
}

static void tell(void *ctx, const char *message)
{
    fprintf(stderr, "%s\n", message);
}

static int update(const char *image, const char *file)
{
    u8 want[DISK_SECTOR], have[DISK_SECTOR];
    Disk *d = open_image(image, true);
    FILE *f = fopen(file, "rb");
    if (!f)
        return 1;
    disk_on_error(d, tell, NULL);
    for (u64 lba = 0; lba < d->sectors && fread(want, DISK_SECTOR, 1, f) == 1; lba++) {
        check(disk_read(d, lba, 1, have), "read");
        if (memcmp(want, have, DISK_SECTOR))
            check(disk_write(d, lba, 1, want), "write");
    }
    fclose(f);
    check(disk_flush(d), "flush");
    return !disk_close(d);
}

static int stamp(const char *image, u64 seed)
{
    u64 sector[DISK_SECTOR / 8];
    Disk *d = open_image(image, true);
    for (u64 n = 1;; n++) {
        u64 lba = rng(&seed) % (d->sectors < 4000 ? d->sectors : 4000);
        for (int i = 0; i < DISK_SECTOR / 8; i += 2)
            sector[i] = lba, sector[i + 1] = n;
        check(disk_write(d, lba, 1, sector), "write");
        char line[64];
        int len = snprintf(line, sizeof line, "%" PRIu64 " %" PRIu64 "\n", lba, n);
        if (write(1, line, (size_t)len) != len)
            return 1;
        if (n % 97 == 0)
            check(disk_flush(d), "flush");
    }
}

static int verify(const char *image, const char *log)
{
    static u64 last[4000];
    u64 sector[DISK_SECTOR / 8];
    unsigned long long lba, n, most = 0;
    Disk *d = open_image(image, true);
    FILE *f = fopen(log, "r");
    while (f && fscanf(f, "%llu %llu\n", &lba, &n) == 2) {
        last[lba % 4000] = n;
        most = n;
    }
    for (u64 i = 0; i < 4000 && i < d->sectors; i++) {
        if (!last[i])
            continue;
        check(disk_read(d, i, 1, sector), "read");
        for (int k = 0; k < DISK_SECTOR / 8; k += 2)
            if (sector[k] != i || (sector[k + 1] != last[i] && sector[k + 1] != most + 1)) {
                fprintf(stderr, "sector %" PRIu64 ": write %" PRIu64 " is there, not %" PRIu64 "\n",
                        i, sector[k + 1], last[i]);
                return 1;
            }
    }
    printf("%llu writes\n", most);
    disk_close(d);
    return 0;
}

/* ---- damaged images -------------------------------------------------------------------------- */

static void damage(u8 *p, size_t size, u64 *seed, const u8 *whole)
{
    static const u64 odd[] = {0,
                              1,
                              0xFF,
                              0x7FFFFFFF,
                              0xFFFFFFFF,
                              0x80000000,
                              0x10000,
                              0x200,
                              0xFFFFFFFFFFFFFFFF,
                              0x8000000000000000,
                              0x4000,
                              0x80000000000000,
                              0xFFFFFFFE};
    int n = 1 + (int)(rng(seed) % 6);
    memcpy(p, whole, size);
    while (n--) {
        /* most of what matters lies at the beginning, some at the end */
        u64 r = rng(seed), span = r % 4 == 0 ? size : r % 4 == 1 ? 512 : 4096;
        size_t at = (size_t)(rng(seed) % (span < size ? span : size));
        if (r % 4 == 2 && size > 1024)
            at = size - 1024 + (size_t)(rng(seed) % 1024);
        switch (rng(seed) % 4) {
        case 0:
            p[at] ^= (u8)(1 << rng(seed) % 8);
            break;
        case 1:
            p[at] = (u8)rng(seed);
            break;
        default: { /* a table entry that lies */
            u64 v = rng(seed) % 3 ? odd[rng(seed) % ARRAY_LEN(odd)] : rng(seed) % (2 * size);
            int width = rng(seed) % 2 ? 4 : 8;
            bool big = rng(seed) % 2;
            at &= ~(size_t)3;
            for (int i = 0; i < width && at + (size_t)i < size; i++)
                p[at + (size_t)i] = (u8)(v >> 8 * (big ? width - 1 - i : i));
        }
        }
    }
}

static void use(const char *path, u64 *seed)
{
    static u8 buf[64 * DISK_SECTOR];
    Disk *d = open_image(path, false);
    if (!d)
        return;
    u64 at[] = {0, 1, d->sectors / 2, d->sectors - 1};
    for (size_t i = 0; i < 24; i++) {
        u64 lba = i < ARRAY_LEN(at) ? at[i] : rng(seed) % d->sectors;
        u32 n = d->sectors - lba < 64 ? (u32)(d->sectors - lba) : 64;
        if (i % 3)
            disk_read(d, lba, n, buf);
        else
            disk_write(d, lba, n, buf);
        if (d->toc)
            disk_read_frame(d, (u32)(lba / 4), buf);
    }
    disk_flush(d);
    disk_close(d);
}

static int fuzz(const char *image, u64 seed, int n)
{
    struct stat st;
    int fd = open(image, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0)
        return 1;
    size_t size = (size_t)st.st_size;
    u8 *whole = malloc(size), *copy = malloc(size);
    char name[4200];
    if (read(fd, whole, size) != (ssize_t)size)
        return 1;
    close(fd);
    const char *dot = strrchr(image, '.');
    snprintf(name, sizeof name, "%s.fuzz%s", image, dot ? dot : "");
    for (int i = 0; i < n; i++) {
        damage(copy, size, &seed, whole);
        size_t keep = rng(&seed) % 8 ? size : (size_t)(rng(&seed) % size) + 1;
        fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || write(fd, copy, keep) != (ssize_t)keep)
            return 1;
        close(fd);
        use(name, &seed);
    }
    unlink(name);
    free(whole);
    free(copy);
    return 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 2 ? argv[1] : "";
    u64 seed = argc > 3 ? strtoull(argv[3], NULL, 10) + 88172645463325252ull : 0;
    if (!strcmp(verb, "info"))
        return info(argv[2]);
    if (!strcmp(verb, "read") && argc == 4)
        return read_all(argv[2], argv[3]);
    if (!strcmp(verb, "scribble") && argc == 6)
        return scribble(argv[2], argv[3], strtoull(argv[4], NULL, 10) + 88172645463325252ull,
                        atoi(argv[5]));
    if (!strcmp(verb, "update") && argc == 4)
        return update(argv[2], argv[3]);
    if (!strcmp(verb, "stamp") && argc == 4)
        return stamp(argv[2], seed);
    if (!strcmp(verb, "verify") && argc == 4)
        return verify(argv[2], argv[3]);
    if (!strcmp(verb, "fuzz") && argc == 5)
        return fuzz(argv[2], seed, atoi(argv[4]));
    fprintf(stderr, "usage: imgtool info|read|scribble|stamp|verify|fuzz IMAGE ...\n");
    return 2;
}
