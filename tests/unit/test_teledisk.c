/* test_teledisk.c: TeleDisk archives of our own making, in all codings of a sector, against what
 * went in; and cut off anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/disk/disk.h"

enum { CYLINDERS = 40, HEADS = 2, SECTORS = 9, ALL = CYLINDERS * HEADS * SECTORS, ROOM = 600000 };

static u8 want[ALL][DISK_SECTOR], file[ROOM];
static size_t size;
static char path[] = "/tmp/glass86-teledisk-XXXXXX", err[400];

static void put(const void *p, size_t n)
{
    assert_true(size + n <= ROOM);
    memcpy(file + size, p, n);
    size += n;
}

static void put_block(u8 coding, const u8 *data, u16 n)
{
    u8 head[3] = {(u8)(n + 1), (u8)((n + 1) >> 8), coding};
    put(head, 3);
    put(data, n);
}

/* Sector number `n`, coded as its number says, with the contents that must come of it. */
static void put_sector(int n, int cyl, int head)
{
    u8 *w = want[n], coded[600];
    u8 top[6] = {(u8)cyl, (u8)head, (u8)(n % SECTORS + 1), 2, n % 4 == 3 ? 0x10 : 0, 0};
    put(top, 6);
    switch (n % 4) {
    case 0: /* as it is */
        for (int i = 0; i < DISK_SECTOR; i++)
            w[i] = (u8)(n * 7 + i);
        put_block(0, w, DISK_SECTOR);
        break;
    case 1: /* a pair of bytes, 256 times */
        for (int i = 0; i < DISK_SECTOR; i++)
            w[i] = (u8)(i & 1 ? n : n >> 8);
        memcpy(coded, (u8[]){0, 1, (u8)(n >> 8), (u8)n}, 4);
        put_block(1, coded, 4);
        break;
    case 2: /* 112 literal bytes, then four bytes, 100 times */
        coded[0] = 0, coded[1] = 112;
        for (int i = 0; i < 112; i++)
            w[i] = coded[2 + i] = (u8)(n + i * 3);
        memcpy(coded + 114, (u8[]){2, 100, 1, 2, 3, (u8)n}, 6);
        for (int i = 0; i < 400; i++)
            w[112 + i] = i % 4 == 3 ? (u8)n : (u8)(i % 4 + 1);
        put_block(2, coded, 120);
        break;
    default: /* not in use: no data */
        break;
    }
}

static void make_archive(void)
{
    static const u8 head[12] = {'T', 'D', 0, 0, 0x15, 0, 0, 0x80, 0, 2};
    static const u8 comment[14] = {0, 0, 4, 0, 95, 8, 24, 12, 0, 0, 't', 'e', 's', 't'};
    size = 0;
    put(head, sizeof head);
    put(comment, sizeof comment);
    for (int t = 0; t < CYLINDERS * HEADS; t++) {
        u8 top[4] = {SECTORS, (u8)(t / HEADS), (u8)(t % HEADS), 0};
        put(top, 4);
        for (int i = 0; i < SECTORS; i++)
            put_sector(t * SECTORS + i, t / HEADS, t % HEADS);
    }
    put((u8[]){0xFF, 0, 0, 0}, 4);
}

static Disk *open_first(size_t n)
{
    DiskOptions how = {.read_only = true};
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(file, 1, n, f), n);
    fclose(f);
    return disk_open(path, &how, err, sizeof err);
}

static void test_contents(void **state)
{
    u8 sector[DISK_SECTOR];
    Disk *d = open_first(size);
    if (!d)
        fail_msg("%s", err);
    assert_string_equal(d->format, "teledisk");
    assert_int_equal(d->sectors, ALL);
    assert_int_equal(d->geometry.cylinders, CYLINDERS);
    for (u32 n = 0; n < ALL; n++) {
        assert_int_equal(disk_read(d, n, 1, sector), DISK_OK);
        assert_memory_equal(sector, want[n], DISK_SECTOR);
    }
    disk_close(d);
}

/* Any part of it opens, or is refused with a line. */
static void test_cut_off(void **state)
{
    for (size_t n = 1; n < size; n += n < 700 ? 1 : 3989) {
        err[0] = 0;
        Disk *d = open_first(n);
        if (!d)
            assert_true(*err && !strchr(err, '\n'));
        disk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_contents),
                                       cmocka_unit_test(test_cut_off)};
    close(mkstemp(path));
    make_archive();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
