/* test_disk.c: media. Real files in a scratch directory, real locks, real host errors (a
 * file-size limit stands for a full disk). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/disk_files.h"

static void put_bpb(u8 *b, u32 total, u16 spt, u16 heads, u8 media)
{
    b[0] = 0xEB;
    store_le(b + 11, 2, 512);
    b[13] = 1;
    store_le(b + 14, 2, 1);
    b[16] = 2;
    if (total < 65536)
        store_le(b + 19, 2, total);
    else
        store_le(b + 32, 4, total);
    b[21] = media;
    store_le(b + 24, 2, spt);
    store_le(b + 26, 2, heads);
    b[510] = 0x55, b[511] = 0xAA;
}

static void put_partition(u8 *b, int n, u32 lba, u32 size, u32 h, u32 s)
{
    u8 *e = b + 446 + n * 16;
    u64 at[2] = {lba, (u64)lba + size - 1};
    e[0] = n ? 0 : 0x80;
    e[4] = 6;
    for (int k = 0; k < 2; k++) {
        u64 c = at[k] / (h * s);
        u8 *p = e + 1 + k * 4;
        p[0] = (u8)(at[k] / s % h);
        p[1] = (u8)(at[k] % s + 1);
        if (c > 1023)
            c = 1023, p[0] = (u8)(h - 1), p[1] = (u8)s;
        p[1] |= (u8)((c >> 8) << 6);
        p[2] = (u8)c;
    }
    store_le(e + 8, 4, lba);
    store_le(e + 12, 4, size);
    b[510] = 0x55, b[511] = 0xAA;
}

static void assert_geometry(const DiskGeometry *g, u32 c, u32 h, u32 s)
{
    assert_int_equal(g->cylinders, c);
    assert_int_equal(g->heads, h);
    assert_int_equal(g->sectors, s);
}

/* ---- geometry -------------------------------------------------------------------------------- */

static void test_floppy_sizes(void **state)
{
    static const u16 t[][5] = {/* KiB/2... as sectors, c, h, s, drive type */
                               {320, 40, 1, 8, 1},   {360, 40, 1, 9, 1},   {640, 40, 2, 8, 1},
                               {720, 40, 2, 9, 1},   {1280, 80, 2, 8, 3},  {1440, 80, 2, 9, 3},
                               {1600, 80, 2, 10, 3}, {2400, 80, 2, 15, 2}, {2880, 80, 2, 18, 4},
                               {3360, 80, 2, 21, 4}, {5760, 80, 2, 36, 5}, {3444, 82, 2, 21, 4}};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        Disk *d = open_ok(make("f.img", t[i][0] * 512u, "", 0), NULL);
        assert_int_equal(d->kind, DISK_FLOPPY);
        assert_geometry(&d->geometry, t[i][1], t[i][2], t[i][3]);
        assert_int_equal(d->sectors, t[i][0]);
        assert_int_equal(disk_drive_type(d), t[i][4]);
        assert_string_equal(d->note, "");
        disk_close(d);
    }
}

/* No format has these sizes, and no parameter block says more. */
static void test_floppy_cut_off(void **state)
{
    static const u32 sizes[] = {512, 121344, 737281, 1474559};
    u8 dos1[1024] = {0};
    dos1[512] = 0xFE, dos1[513] = dos1[514] = 0xFF;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        Disk *d = open_ok(make("f.img", sizes[i], "", 0), &(DiskOptions){.kind = DISK_FLOPPY});
        assert_geometry(&d->geometry, 80, 2, 18);
        assert_int_equal(d->sectors, 2880);
        assert_int_equal(disk_drive_type(d), 4);
        disk_close(d);
    }
    Disk *d =
        open_ok(make("f.img", 100000, dos1, sizeof dos1), &(DiskOptions){.kind = DISK_FLOPPY});
    assert_geometry(&d->geometry, 40, 1, 8);
    disk_close(d);
    d = open_ok(make("f.img", 1474561, "", 0), &(DiskOptions){.kind = DISK_FLOPPY});
    assert_geometry(&d->geometry, 82, 2, 18);
    disk_close(d);
}

static void test_floppy_bpb(void **state)
{
    u8 b[512] = {0};
    put_bpb(b, 720, 9, 1,
            0xF8); /* 80 tracks, one side, of the size of a 360K disk: only the BPB can tell */
    Disk *d = open_ok(make("f.img", 720 * 512, b, 512), &(DiskOptions){.kind = DISK_FLOPPY});
    assert_geometry(&d->geometry, 80, 1, 9);
    disk_close(d);

    memset(b, 0, sizeof b);
    put_bpb(b, 1440, 9, 2, 0xF9); /* a lying BPB does not change the size of a known format */
    d = open_ok(make("f.img", 2880 * 512, b, 512), NULL);
    assert_geometry(&d->geometry, 80, 2, 18);
    disk_close(d);

    memset(b, 0, sizeof b);
    put_bpb(b, 2880, 18, 2, 0xF0); /* truncated: the BPB says what the medium is */
    d = open_ok(make("f.img", 300 * 1024 + 100, b, 512), NULL);
    assert_int_equal(d->kind, DISK_FLOPPY);
    assert_geometry(&d->geometry, 80, 2, 18);
    assert_int_equal(d->sectors, 2880);
    assert_non_null(strstr(d->note, "1474560"));
    u8 s[512];
    memset(s, 7, 512);
    assert_int_equal(disk_read(d, 2879, 1, s), DISK_OK);
    assert_int_equal(s[0] | s[511], 0);
    memset(s, 7, 512);
    assert_int_equal(disk_write(d, 2879, 1, s),
                     DISK_OK); /* and the file grows rather than lose it */
    disk_close(d);
    struct stat st;
    stat(path, &st);
    assert_int_equal(st.st_size, 1474560);
}

static void test_boot_sector_only(void **state)
{
    u8 b[512] = {0xFA};
    b[510] = 0x55, b[511] = 0xAA;
    Disk *d = open_ok(make("boot.bin", 512, b, 512), NULL);
    assert_int_equal(d->kind, DISK_FLOPPY);
    assert_int_equal(d->sectors, 2880);
    disk_close(d);
}

static void test_hard_by_size(void **state)
{
    Disk *d = open_ok(make("h.img", 20u << 20, "", 0), NULL);
    assert_int_equal(d->kind, DISK_HARD);
    assert_geometry(&d->geometry, 40, 16, 63);
    assert_geometry(&d->logical, 40, 16, 63);
    disk_close(d);
    d = open_ok(make("h.img", 2ull << 30, "", 0), NULL);
    assert_geometry(&d->geometry, 4161, 16, 63);
    assert_geometry(&d->logical, 520, 128, 63); /* 64 heads would give 1040 cylinders */
    disk_close(d);
    d = open_ok(make("h.img", 505ull << 20, "", 0), NULL);
    assert_geometry(&d->geometry, 1026, 16, 63);
    assert_geometry(&d->logical, 1024, 16, 63); /* as SeaBIOS has it: bios_geometry */
    disk_close(d);
    d = open_ok(make("h.img", 40ull << 30, "", 0), NULL);
    assert_geometry(&d->geometry, 16383, 16, 63);
    assert_geometry(&d->logical, 1024, 255, 63);
    assert_int_equal(d->sectors, (40ull << 30) / 512);
    disk_close(d);
    d = open_ok(make("h.img", 512, "", 0), &(DiskOptions){.kind = DISK_HARD});
    assert_geometry(&d->geometry, 1, 1, 1);
    disk_close(d);
    d = open_ok(make("h.img", 200 * 512, "", 0), &(DiskOptions){.kind = DISK_HARD});
    assert_geometry(&d->geometry, 3, 1, 63);
    disk_close(d);
}

/* A file system without a partition table around it. */
static void test_hard_by_boot_sector(void **state)
{
    u8 b[512] = {0};
    DiskOptions hard = {.kind = DISK_HARD};
    put_bpb(b, 615 * 4 * 17, 17, 4, 0xF8);
    Disk *d = open_ok(make("h.img", 615 * 4 * 17 * 512, b, 512), &hard);
    assert_geometry(&d->geometry, 615, 4, 17);
    assert_geometry(&d->logical, 615, 4, 17);
    disk_close(d);
    put_bpb(b, 255 * 63 * 20, 63, 255, 0xF8); /* more heads than a drive says to have */
    d = open_ok(make("h.img", 255 * 63 * 20 * 512, b, 512), &hard);
    assert_geometry(&d->geometry, 318, 16, 63);
    assert_geometry(&d->logical, 20, 255, 63);
    disk_close(d);
}

static void test_hard_by_partition(void **state)
{
    u8 b[512] = {0};
    u32 total = 615 * 4 * 17; /* a 20 MB disk of 1984 */
    put_partition(b, 0, 17, total - 17, 4, 17);
    Disk *d = open_ok(make("h.img", total * 512ull, b, 512), NULL);
    assert_geometry(&d->geometry, 615, 4, 17);
    assert_geometry(&d->logical, 615, 4, 17);
    disk_close(d);

    memset(b, 0, sizeof b);
    put_partition(b, 0, 63, 255 * 63 * 100 - 63, 255, 63);
    put_partition(b, 1, 255 * 63 * 100, 255 * 63 * 50, 255, 63);
    d = open_ok(make("h.img", 255 * 63 * 150 * 512ull, b, 512), NULL);
    assert_geometry(&d->geometry, 255 * 63 * 150 / 1008, 16, 63);
    assert_geometry(&d->logical, 150, 255, 63);
    disk_close(d);

    memset(b, 0,
           sizeof b); /* starts at 1 MiB, ends anywhere: one of the usual translations agrees */
    put_partition(b, 0, 2048, 200000, 255, 63);
    d = open_ok(make("h.img", 210000 * 512ull, b, 512), NULL);
    assert_geometry(&d->logical, 210000 / (255 * 63), 255, 63);
    disk_close(d);

    memset(b, 0, sizeof b); /* beyond the end */
    put_partition(b, 0, 63, 1000000, 16, 63);
    d = open_ok(make("h.img", 1 << 20, b, 512), NULL);
    assert_int_equal(d->kind, DISK_HARD);
    assert_non_null(strstr(d->note, "fetch it again"));
    disk_close(d);
}

static void test_hard_hostile_tables(void **state)
{
    u32 x = 1;
    u8 b[512];
    for (int n = 0; n < 3000; n++) {
        for (int i = 0; i < 512; i++)
            b[i] = (u8)((x = x * 1664525 + 1013904223) >> 24);
        if (n & 1)
            store_le(b + 11, 2, 512), b[13] = 1, b[16] = 2, b[21] = 0xF8, b[25] = b[27] = 0;
        for (int i = 0; i < 4; i++)
            b[446 + i * 16] &= 0x80;
        b[510] = 0x55, b[511] = 0xAA;
        DiskOptions o = {.kind = n & 2 ? DISK_ANY : DISK_HARD};
        Disk *d = disk_open_memory("noise", b, 512 + (n & 4 ? 0 : 0), &o, err, sizeof err);
        assert_non_null(d);
        assert_true(d->geometry.cylinders >= 1 && d->geometry.cylinders <= 16383);
        assert_true(d->geometry.heads >= 1 && d->geometry.heads <= 16);
        assert_true(d->geometry.sectors >= 1 && d->geometry.sectors <= 63);
        assert_true(d->logical.cylinders >= 1 && d->logical.cylinders <= 1024);
        assert_true(d->logical.heads >= 1 && d->logical.sectors >= 1);
        disk_close(d);
    }
}

static void test_lba(void **state)
{
    DiskGeometry g = {80, 2, 18};
    assert_int_equal(disk_lba(&g, 0, 0, 1), 0);
    assert_int_equal(disk_lba(&g, 79, 1, 18), 2879);
    assert_true(disk_lba(&g, 0, 0, 0) == UINT64_MAX);
    assert_true(disk_lba(&g, 0, 0, 19) == UINT64_MAX);
    assert_true(disk_lba(&g, 0, 2, 1) == UINT64_MAX);
    assert_true(disk_lba(&g, 80, 0, 1) == UINT64_MAX);
}

/* ---- contents -------------------------------------------------------------------------------- */

static void test_raw_write_reaches_file(void **state)
{
    Disk *d = open_ok(make("w.img", 1474560, "", 0), NULL);
    u8 a[1024], b[1024];
    for (int i = 0; i < 1024; i++)
        a[i] = (u8)(i * 7 + 1);
    assert_int_equal(disk_write(d, 100, 2, a), DISK_OK);
    assert_int_equal(d->generation, 1);
    int fd = open(path, O_RDONLY); /* no flush, no close: it must be in the kernel already */
    assert_int_equal(pread(fd, b, 1024, 100 * 512), 1024);
    close(fd);
    assert_memory_equal(a, b, 1024);
    memset(b, 0, sizeof b);
    assert_int_equal(disk_read(d, 100, 2, b), DISK_OK);
    assert_memory_equal(a, b, 1024);
    assert_int_equal(disk_flush(d), DISK_OK);
    assert_int_equal(disk_read(d, 2879, 2, b), DISK_RANGE);
    assert_int_equal(disk_write(d, 2880, 1, b), DISK_RANGE);
    assert_int_equal(disk_write(d, UINT64_MAX, 1, b), DISK_RANGE);
    assert_int_equal(disk_write(d, UINT64_MAX - 1, 0xFFFFFFFF, b), DISK_RANGE);
    assert_true(disk_close(d));
}

static void test_snapshot(void **state)
{
    make("s.img", 4 << 20, "base", 4);
    Disk *d = open_ok(path, &(DiskOptions){.snapshot = true});
    static u8 model[8192][512];
    memset(model, 0, sizeof model);
    memcpy(model[0], "base", 4);
    u32 x = 9;
    u8 buf[16 * 512];
    for (int n = 0; n < 20000; n++) {
        x = x * 1664525 + 1013904223;
        u32 lba = (x >> 8) % 8192, count = 1 + (x >> 24) % 16;
        if (lba + count > 8192)
            count = 8192 - lba;
        if (n % 3) {
            memset(buf, (int)(x >> 16), count * 512);
            assert_int_equal(disk_write(d, lba, count, buf), DISK_OK);
            memcpy(model[lba], buf, count * 512);
        } else {
            assert_int_equal(disk_read(d, lba, count, buf), DISK_OK);
            assert_memory_equal(buf, model[lba], count * 512);
        }
    }
    disk_flush(d);
    disk_close(d);
    u8 head[512];
    d = open_ok(path, &(DiskOptions){.read_only = true});
    disk_read(d, 0, 1, head);
    assert_memory_equal(head, "base", 4);
    for (u32 i = 1; i < 8192; i++) {
        disk_read(d, i, 1, head);
        assert_int_equal(head[0] | head[511], 0);
    }
    disk_close(d);
}

static void test_read_only(void **state)
{
    Disk *d = open_ok(make("r.img", 1474560, "", 0), &(DiskOptions){.read_only = true});
    u8 s[512] = {1};
    assert_int_equal(disk_write(d, 0, 1, s), DISK_PROTECTED);
    assert_int_equal(d->generation, 0);
    disk_close(d);
    if (geteuid()) { /* root may write anything */
        chmod(path, 0444);
        d = open_ok(path, NULL);
        assert_true(d->read_only);
        assert_non_null(strstr(d->note, "write-protected"));
        assert_int_equal(disk_write(d, 0, 1, s), DISK_PROTECTED);
        disk_close(d);
        chmod(path, 0);
        refused(path, NULL, "ermission");
    }
}

static void test_memory(void **state)
{
    static const u8 data[1000] = "demo"; /* const: a write to it would crash */
    Disk *d = disk_open_memory("demo", data, sizeof data, NULL, err, sizeof err);
    assert_non_null(d);
    assert_string_equal(d->format, "memory");
    assert_int_equal(d->kind, DISK_FLOPPY);
    u8 s[1024];
    assert_int_equal(disk_read(d, 0, 2, s), DISK_OK);
    assert_string_equal(s, "demo");
    memset(s, 5, 512);
    assert_int_equal(disk_write(d, 319, 1, s), DISK_OK);
    memset(s, 0, 512);
    assert_int_equal(disk_read(d, 319, 1, s), DISK_OK);
    assert_int_equal(s[511], 5);
    disk_close(d);
}

static void test_id(void **state)
{
    Disk *a = open_ok(make("a.img", 1474560, "x", 1), &(DiskOptions){.snapshot = true});
    u64 id = a->id;
    disk_close(a);
    a = open_ok(path, &(DiskOptions){.snapshot = true});
    assert_true(a->id == id && id);
    disk_close(a);
    a = open_ok(make("a.img", 1474560, "y", 1), NULL);
    assert_true(a->id != id);
    disk_close(a);
}

/* ---- trouble --------------------------------------------------------------------------------- */

static void test_bad_images(void **state)
{
    refused(file("none.img"), NULL, "No such file");
    refused(dir, NULL, "directory");
    refused(make("empty.img", 0, "", 0), NULL, "empty");
    refused(make("small.img", 100, "", 0), NULL, "too small");
    refused("/dev/null", NULL, "neither");
    assert_int_equal(mkfifo(file("fifo"), 0600), 0);
    refused(path, NULL, "neither");
    refused(make("q.img", 1 << 20, "QFI\xFB", 4), NULL, "not known");
    refused(make("z.img", 1 << 20, "PK\3\4", 4), NULL, "ZIP");
    refused(make("big.img", 5 << 20, "", 0), &(DiskOptions){.kind = DISK_FLOPPY}, "-hda");
    u8 iso[32768 + 6] = {0};
    memcpy(iso + 32768, "\1CD001", 6);
    make("cd.iso", 1 << 20, iso, sizeof iso);
    refused(path, &(DiskOptions){.kind = DISK_HARD}, "CD image");
    Disk *cd = open_ok(path, NULL);
    assert_int_equal(cd->kind, DISK_CD);
    assert_int_equal(cd->sectors, 2048);
    assert_int_equal(cd->toc->track[cd->toc->count].start, 512);
    disk_close(cd);
    char deep[200];
    snprintf(deep, sizeof deep, "%s/x", make("plain", 512, "", 0));
    refused(deep, NULL, "check the path");
    Disk *d = open_ok(make("q.img", 1 << 20, "QFI\xFB", 4), &(DiskOptions){.raw = true});
    disk_close(d);
    d = open_ok(make("odd.img", (1 << 20) + 3, "", 0), &(DiskOptions){.kind = DISK_HARD});
    assert_int_equal(d->sectors, 2049);
    assert_non_null(strstr(d->note, "whole number"));
    u8 s[512];
    assert_int_equal(disk_read(d, 2048, 1, s), DISK_OK);
    disk_close(d);
}

static void test_lock(void **state)
{
    make("l.img", 1474560, "", 0);
    DiskOptions snap = {.snapshot = true};
    Disk *d = open_ok(path, NULL);
    refused(path, NULL, "in use");
    refused(path, &snap, "being written");
    disk_close(d);
    Disk *a = open_ok(path, &snap), *b = open_ok(path, &snap); /* readers go together */
    refused(path, NULL, "in use");
    disk_close(a);
    disk_close(b);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork(); /* a lock dies with its process, even by SIGKILL */
    if (!child) {
        d = disk_open(path, NULL, err, sizeof err);
        if (write(pipes[1], d ? "y" : "n", 1) == 1)
            pause();
        _exit(1);
    }
    char c = 0;
    assert_int_equal(read(pipes[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    refused(path, NULL, "in use");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    disk_close(open_ok(path, NULL));
}

static char told[1024];
static int tellings;

static void tell(void *ctx, const char *message)
{
    tellings++;
    snprintf(told, sizeof told, "%s", message);
}

static void test_host_error(void **state)
{
    /* an image of 1 MiB that must grow (a floppy's missing tail) against a limit on file sizes */
    u8 b[512] = {0}, s[512] = {3};
    put_bpb(b, 2880, 18, 2, 0xF0);
    Disk *d = open_ok(make("full.img", 1 << 20, b, 512), NULL);
    tellings = 0;
    disk_on_error(d, tell, NULL);
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    DiskResult r1 = disk_write(d, 2879, 1, s), r2 = disk_write(d, 2878, 1, s);
    DiskResult r3 = disk_read(d, 0, 1, b), r4 = disk_write(d, 2877, 1, s);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(r1, DISK_FAILED);
    assert_int_equal(r2, DISK_FAILED);
    assert_int_equal(r3, DISK_OK);
    assert_int_equal(r4, DISK_FAILED);
    assert_int_equal(tellings, 1);
    assert_non_null(strstr(told, "full.img: cannot write sector 2879"));
    assert_non_null(strstr(told, "; "));
    assert_int_equal(disk_write(d, 2879, 1, s), DISK_OK);
    setrlimit(RLIMIT_FSIZE, &small);
    disk_write(d, 2879, 1, s);
    DiskResult r5 = disk_write(d, 2879, 1, s);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(r5, DISK_FAILED);
    assert_int_equal(tellings, 2);
    disk_close(d);
}

static struct {
    struct rlimit mended;
    int asked, passed;
} host;

static bool mend_at_third(void *ctx, const char *message)
{
    host.passed += !message;
    host.asked += message != NULL;
    if (host.asked == 3)
        setrlimit(RLIMIT_FSIZE, &host.mended);
    return true;
}

static bool give_up(void *ctx, const char *message)
{
    return ++host.asked < 5;
}

/* The guest stands still inside its write until somebody has mended the host's disk. */
static void test_host_is_mended(void **state)
{
    u8 s[512] = "late", b[512];
    Disk *d = open_ok(make("wait.img", 1474560, NULL, 0), NULL);
    tellings = 0;
    disk_on_error(d, tell, NULL);
    disk_on_trouble(d, mend_at_third, NULL);
    getrlimit(RLIMIT_FSIZE, &host.mended);
    struct rlimit small = host.mended;
    small.rlim_cur = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    DiskResult r = disk_write(d, 2879, 1, s);
    setrlimit(RLIMIT_FSIZE, &small);
    disk_on_trouble(d, give_up, NULL);
    host.asked = 0;
    DiskResult never = disk_write(d, 2878, 1, s);
    setrlimit(RLIMIT_FSIZE, &host.mended);
    assert_int_equal(r, DISK_OK);
    assert_int_equal(host.passed, 1);
    assert_int_equal(never, DISK_FAILED);
    assert_int_equal(host.asked, 5);
    assert_int_equal(tellings, 1);
    assert_int_equal(disk_read(d, 2879, 1, b), DISK_OK);
    assert_memory_equal(s, b, 512);
    disk_close(d);
}

/* A guest without a cache writes sector by sector and flushes rarely: the overlay's file is about
 * as long as what was written all the same, and all of it is there when nothing was flushed. */
static void test_overlay_grows_little(void **state)
{
    enum { COUNT = 1600 };
    DiskOptions how = {.kind = DISK_HARD};
    u8 s[512], b[512];
    struct stat st;
    char base[220];
    snprintf(base, sizeof base, "%s", make("below.img", 4 << 20, "", 0));
    snprintf(how.overlay, sizeof how.overlay, "%s.overlay", base);
    unlink(how.overlay);
    Disk *d = open_ok(base, &how);
    for (int round = 0; round < 2; round++)
        for (u32 n = 0; n < COUNT; n++) {
            memset(s, (int)(n + 1) * (round + 1), sizeof s);
            assert_int_equal(disk_write(d, n, 1, s), DISK_OK);
        }
    assert_int_equal(stat(how.overlay, &st), 0);
    assert_true(st.st_size < COUNT * 512 * 3 / 2);
    for (u32 n = 0; n < COUNT; n++) {
        memset(s, (int)(n + 1) * 2, sizeof s);
        assert_int_equal(disk_read(d, n, 1, b), DISK_OK);
        assert_memory_equal(b, s, 512);
    }
    disk_close(d);
    unlink(how.overlay);
}

static void test_vhd(void **state)
{
    u64 size = 10u << 20;
    make("v.vhd", size + 512, "", 0);
    u8 f[512] = "conectix";
    f[52] = (u8)(size >> 24), f[53] = (u8)(size >> 16);
    f[56] = 301 >> 8, f[57] = 301 & 255, f[58] = 4, f[59] = 17, f[63] = 2;
    seal(f, 512, 64);
    int fd = open(path, O_RDWR);
    assert_int_equal(pwrite(fd, f, 512, (off_t)size), 512);
    close(fd);
    Disk *d = open_ok(path, NULL);
    assert_string_equal(d->format, "vhd");
    assert_int_equal(d->sectors, size / 512);
    assert_geometry(&d->geometry, 301, 4, 17);
    assert_int_equal(disk_write(d, size / 512, 1, f), DISK_RANGE); /* the footer is out of reach */
    disk_close(d);
}

/* ---- what a guest must not write to a plain image -------------------------------------------- */

static void fill_head(u8 *b, const char *magic, size_t n, size_t at, bool boots)
{
    memset(b, 0, 512);
    if (!strncmp(magic, "FILE", 4)) /* a sheet is text without an end in its first sector */
        memset(b, ' ', 512);
    memcpy(b + at, magic, n);
    if (boots)
        b[510] = 0x55, b[511] = 0xAA;
}

static void test_disguised_head(void **state)
{
    static const struct {
        const char *magic;
        size_t n, at;
        bool boots, plain;
    } t[] = {
        {"QFI\xFB", 4, 0, false, false},
        {"KDMV", 4, 0, false, false},
        {"# Disk DescriptorFile", 21, 0, false, false},
        {"IMD ", 4, 0, false, false},
        {"td\0", 3, 0, false, false},
        {"\x7F\x10\xDA\xBE", 4, 64, false, false},
        {"\x7F\x10\xDA\xBE", 4, 64, true, false},
        {"conectix", 8, 0, false, false},
        {"conectix", 8, 0, true, false},
        {"FILE \"x\" BINARY\n TRACK 01 AUDIO\n", 32, 0, false, false},
        {"\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\2\0\1", 16, 0, false, false},
        {"QFI\xFB", 4, 0, true, true}, /* a boot sector may begin with anything */
        {"FILE", 4, 0, false, true},
    };
    u8 b[512], was[512], zero[512] = {0};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        fill_head(b, t[i].magic, t[i].n, t[i].at, t[i].boots);
        Disk *d = open_ok(make("plain.img", 1474560, "", 0), NULL);
        tellings = 0;
        disk_on_error(d, tell, NULL);
        DiskResult want = t[i].plain ? DISK_OK : DISK_FAILED;
        assert_int_equal(disk_write(d, 0, 1, b), want);
        assert_int_equal(disk_write(d, 0, 1, b), want);
        assert_int_equal(tellings, !t[i].plain);
        assert_int_equal(disk_read(d, 0, 1, was), DISK_OK);
        assert_memory_equal(was, t[i].plain ? b : zero, 512);
        assert_int_equal(disk_write(d, 1, 1, b), DISK_OK);
        disk_close(d);
        /* the user's word allows it; and without that it is another format from then on */
        DiskOptions raw = {.raw = true};
        d = open_ok(path, &raw);
        assert_int_equal(disk_write(d, 0, 1, b), DISK_OK);
        disk_close(d);
        d = disk_open(path, NULL, err, sizeof err);
        if (t[i].plain != (d && !strcmp(d->format, "raw")))
            fail_msg("%.8s: opened as %s", t[i].magic, d ? d->format : err);
        disk_close(d);
    }
    assert_non_null(strstr(told, "plain.img: "));
    assert_non_null(strstr(told, "say format=raw"));
}

/* A VHD is known by its last sector, and the last of a file that grows may be any. */
static void test_disguised_tail(void **state)
{
    u8 two[1024] = {0}, *f = two + 512, b[512] = {0};
    memcpy(f, "conectix", 8);
    seal(f, 512, 64);
    Disk *d = open_ok(make("whole.img", 1474560, "", 0), NULL);
    assert_int_equal(disk_write(d, 2879, 1, f), DISK_FAILED);
    assert_int_equal(disk_write(d, 2878, 2, two), DISK_FAILED);
    assert_int_equal(disk_write(d, 2878, 1, f), DISK_OK);
    disk_close(d);
    put_bpb(b, 2880, 18, 2, 0xF0);
    d = open_ok(make("grows.img", 1 << 20, b, 512), NULL);
    assert_int_equal(disk_write(d, 2047, 1, f), DISK_FAILED);
    assert_int_equal(disk_write(d, 2046, 2, two), DISK_FAILED);
    assert_int_equal(disk_write(d, 2500, 1, f), DISK_FAILED);
    assert_int_equal(disk_write(d, 2046, 1, f), DISK_OK);
    f[9] ^= 1; /* not a footer without its sum */
    assert_int_equal(disk_write(d, 2500, 1, f), DISK_OK);
    disk_close(d);
}

/* ---- what the host's errors are called ------------------------------------------------------- */

static int layer_error;

static int fail_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    return layer_error;
}

static void test_remedies(void **state)
{
    static const struct {
        int error;
        const char *remedy;
    } t[] = {
        {ENOSPC, "; free some space"},        {EDQUOT, "; free some space"},
        {EFBIG, "(ulimit -f)"},               {EROFS, "; remount the host's disk writable"},
        {EIO, "; the host's disk is failing"}, {ENOMEM, "; free some memory"},
        {EBADF, "; mend that"},
    };
    u8 s[512] = {0};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        Disk *d = open_ok(make("remedy.img", 1474560, "", 0), NULL);
        DiskLayerOps ops = *d->layer->ops;
        ops.write = fail_write;
        d->layer->ops = &ops;
        layer_error = t[i].error;
        disk_on_error(d, tell, NULL);
        assert_int_equal(disk_write(d, 7, 1, s), DISK_FAILED);
        if (!strstr(told, "remedy.img: cannot write sector 7: ") || !strstr(told, t[i].remedy))
            fail_msg("told `%s`, wanted `%s`", told, t[i].remedy);
        disk_close(d);
    }
}

/* ---- CDs ------------------------------------------------------------------------------------- */

/* A track image without its sheet, and what a drive reads from it. */
static void test_cd_bin(void **state)
{
    u8 b[3 * CD_FRAME] = {0}, s[512], f[CD_FRAME];
    for (u8 mode = 1; mode <= 2; mode++) {
        for (int n = 0; n < 3; n++) {
            u8 *p = b + n * CD_FRAME;
            memset(p + 1, 0xFF, 10);
            p[15] = mode;
            memset(p + 16, 0xE0 + n, CD_FRAME - 16);
            memset(p + (mode == 2 ? 24 : 16), 0x10 + n, CD_BLOCK);
        }
        Disk *d = open_ok(make("t.bin", sizeof b, b, sizeof b), NULL);
        assert_string_equal(d->format, "bin");
        assert_int_equal(d->kind, DISK_CD);
        assert_true(d->read_only);
        assert_int_equal(d->sectors, 12);
        assert_int_equal(d->toc->count, 1);
        assert_int_equal(d->toc->track[0].mode, mode);
        assert_int_equal(d->toc->track[1].start, 3);
        assert_int_equal(disk_read(d, 11, 1, s), DISK_OK);
        assert_int_equal(s[0], 0x12);
        assert_int_equal(s[511], 0x12);
        assert_int_equal(disk_read_frame(d, 1, f), DISK_OK);
        assert_memory_equal(f, b + CD_FRAME, CD_FRAME);
        assert_int_equal(disk_read_frame(d, 3, f), DISK_RANGE);
        disk_close(d);
    }
}

/* An image of data blocks has no frames; a drive makes them. Gaps that no file holds are silence
 * before audio, and empty blocks before data. */
static void test_cd_frames_made(void **state)
{
    u8 b[20 * CD_BLOCK] = {0}, f[CD_FRAME], sync[12], zero[CD_FRAME] = {0};
    memset(sync, 0xFF, 12);
    sync[0] = sync[11] = 0;
    memset(b + 17 * CD_BLOCK, 7, CD_BLOCK);
    DiskOptions cd = {.kind = DISK_CD};
    Disk *d = open_ok(make("x.iso", sizeof b, b, sizeof b), &cd);
    assert_int_equal(disk_read_frame(d, 17, f), DISK_OK);
    assert_memory_equal(f, sync, 12);
    assert_memory_equal(f + 12, "\0\2\x17\1", 4); /* 150 + 17 frames are 00:02:17 */
    assert_memory_equal(f + 16, b + 17 * CD_BLOCK, CD_BLOCK);
    disk_close(d);
    static const char *const kinds[] = {"AUDIO", "MODE1/2048"};
    for (size_t i = 0; i < 2; i++) {
        char sheet[200];
        snprintf(sheet, sizeof sheet, "FILE \"x.iso\" BINARY\nTRACK 01 %s\nPREGAP 00:02:00\n"
                                      "INDEX 01 00:00:00\n", kinds[i]);
        d = open_ok(make("gap.cue", strlen(sheet), sheet, strlen(sheet)), NULL);
        assert_int_equal(d->toc->track[0].start, 150);
        assert_int_equal(disk_read_frame(d, 149, f), DISK_OK);
        assert_memory_equal(f, i ? sync : zero, 12);
        assert_memory_equal(f + 16, zero, CD_BLOCK);
        disk_close(d);
    }
}

static void sheet_refused(const char *sheet, const char *word)
{
    refused(make("bad.cue", strlen(sheet), sheet, strlen(sheet)), NULL, word);
}

static void test_cue_errors(void **state)
{
#define ONE "FILE \"one.bin\" BINARY\n"
    static const struct {
        const char *sheet, *word;
    } t[] = {
        {ONE "TRACK 01 MODE1/2048\n", "track 1 has no INDEX 01"},
        {ONE "TRACK 01 AUDIO\nINDEX 01 00:01:00\nTRACK 02 AUDIO\nINDEX 01 00:00:10\n",
         "positions of track 1 do not ascend"},
        {ONE "TRACK 01 AUDIO\nINDEX 01 99:00:00\n", "positions of track 1 do not ascend"},
        {ONE "TRACK 01 AUDIO\nINDEX 01 00:00:75\n", "line 3: wanted a position"},
        {ONE "INDEX 01 00:00:00\n", "line 2: wanted a position"},
        {"TRACK 01 AUDIO\nREM FILE\n", "line 1: a TRACK before any FILE"},
        {ONE "TRACK 02 AUDIO\nTRACK 04 AUDIO\n", "line 3: track numbers must ascend"},
        {ONE "TRACK 100 AUDIO\n", "line 2: track numbers must ascend"},
        {ONE "TRACK 01 MODE3/2048\n", "line 2: the kind of track is unknown"},
        {"FILE \"one.wav\" WAVE\n", "line 1: only FILE ... BINARY"},
        {ONE "REM nothing\n", "lists no track"},
    };
    char *big = calloc(1, 300000);
    size_t n = 0;
    assert_non_null(big);
    make("one.bin", 40 * CD_FRAME, "", 0);
    for (size_t i = 0; i < ARRAY_LEN(t); i++)
        sheet_refused(t[i].sheet, t[i].word);
    for (int i = 0; i < 100; i++)
        n += (size_t)sprintf(big + n, ONE);
    sheet_refused(big, "line 100: more than 99 files");
    n = (size_t)sprintf(big, ONE);
    for (int i = 1; i <= 99; i++)
        n += (size_t)sprintf(big + n, "TRACK %02d AUDIO\nPREGAP 999:59:74\nPOSTGAP 999:59:74\n"
                                      "INDEX 01 00:00:00\n", i);
    sheet_refused(big, "the disc is longer than any");
    n = (size_t)sprintf(big, ONE "TRACK 01 AUDIO\nINDEX 01 00:00:00\n");
    memset(big + n, '\n', 256 * 1024 + 1 - n);
    big[256 * 1024] = 0;
    Disk *d = open_ok(make("long.cue", strlen(big), big, strlen(big)), NULL);
    assert_int_equal(d->toc->count, 1);
    disk_close(d);
    big[256 * 1024] = '\n';
    sheet_refused(big, "is too long for a cue sheet");
    free(big);
}

static void test_parse(void **state)
{
    DiskOptions o = {0};
    char p[200];
    assert_true(disk_parse("x.img", p, sizeof p, &o, err, sizeof err));
    assert_string_equal(p, "x.img");
    assert_true(disk_parse("x.img,ro,chs=10/4/17", p, sizeof p, &o, err, sizeof err));
    assert_string_equal(p, "x.img");
    assert_true(o.read_only && !o.snapshot);
    assert_geometry(&o.chs, 10, 4, 17);
    assert_true(
        disk_parse("x.img,readonly=off,snapshot=on,format=raw", p, sizeof p, &o, err, sizeof err));
    assert_true(!o.read_only && o.snapshot && o.raw);
    assert_false(disk_parse("x.img,r0", p, sizeof p, &o, err, sizeof err));
    assert_non_null(strstr(err, "'r0'"));
    assert_false(disk_parse("x.img,chs=1/300/2", p, sizeof p, &o, err, sizeof err));
    make("a,ro", 512, "", 0);
    o = (DiskOptions){0};
    char name[220], want[200];
    strcpy(want, path);
    assert_true(disk_parse(want, p, sizeof p, &o, err, sizeof err));
    assert_string_equal(p, want);
    assert_false(o.read_only);
    snprintf(name, sizeof name, "%s,snapshot", want);
    assert_true(disk_parse(name, p, sizeof p, &o, err, sizeof err));
    assert_string_equal(p, want);
    assert_true(o.snapshot);
}

static void test_forced_chs(void **state)
{
    DiskOptions o = {.kind = DISK_HARD, .chs = {100, 8, 20}};
    Disk *d = open_ok(make("c.img", 10 << 20, "", 0), &o);
    assert_geometry(&d->geometry, 100, 8, 20);
    disk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floppy_sizes),
        cmocka_unit_test(test_floppy_cut_off),
        cmocka_unit_test(test_floppy_bpb),
        cmocka_unit_test(test_boot_sector_only),
        cmocka_unit_test(test_hard_by_size),
        cmocka_unit_test(test_hard_by_boot_sector),
        cmocka_unit_test(test_hard_by_partition),
        cmocka_unit_test(test_hard_hostile_tables),
        cmocka_unit_test(test_lba),
        cmocka_unit_test(test_raw_write_reaches_file),
        cmocka_unit_test(test_snapshot),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_bad_images),
        cmocka_unit_test(test_lock),
        cmocka_unit_test(test_host_error),
        cmocka_unit_test(test_host_is_mended),
        cmocka_unit_test(test_overlay_grows_little),
        cmocka_unit_test(test_vhd),
        cmocka_unit_test(test_disguised_head),
        cmocka_unit_test(test_disguised_tail),
        cmocka_unit_test(test_remedies),
        cmocka_unit_test(test_cd_bin),
        cmocka_unit_test(test_cd_frames_made),
        cmocka_unit_test(test_cue_errors),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_forced_chs),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
