/* test_disk_writes.c: what a medium with writes in memory says was written to it, which is what a
 * state in a file holds of it. */
#include "devices/disk/disk.h"
#include "devices/disk/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { SECTORS = 8192 };

static u8 image[SECTORS * DISK_SECTOR];
static bool written[SECTORS];
static char err[400];

typedef struct {
    bool refuse;
    u64 end;
    u32 count, sectors;
} Runs;

static bool on_run(void *ctx, u64 first, u64 end)
{
    Runs *r = ctx;
    r->count++;
    if (r->refuse)
        return false;
    assert_true(end > first && (first > r->end || r->count == 1)); /* in order and apart */
    for (u64 i = first; i < end; i++) {
        assert_true(written[i]);
        written[i] = false;
    }
    r->end = end;
    r->sectors += (u32)(end - first);
    return true;
}

static void write_some(Disk *d)
{
    u8 buf[16 * DISK_SECTOR] = {0};
    u32 x = 9;
    for (int n = 0; n < 600; n++) {
        x = x * 1664525 + 1013904223;
        u32 lba = (x >> 8) % SECTORS, count = 1 + (x >> 24) % 16;
        if (lba + count > SECTORS)
            count = SECTORS - lba;
        assert_int_equal(disk_write(d, lba, count, buf), DISK_OK);
        memset(written + lba, true, count);
    }
}

static void test_runs(void **state)
{
    Disk *d = disk_open_memory("memory", image, sizeof image, NULL, err, sizeof err);
    Runs runs = {0};
    assert_non_null(d);
    assert_false(disk_has_writes(d));
    assert_true(disk_writes(d, on_run, &runs));
    assert_int_equal(runs.count, 0);
    write_some(d);
    assert_true(disk_has_writes(d));
    assert_true(disk_writes(d, on_run, &runs));
    assert_true(runs.count > 100 && runs.sectors > 1000);
    for (u32 i = 0; i < SECTORS; i++)
        assert_false(written[i]); /* told, all of them */
    runs = (Runs){.refuse = true};
    assert_false(disk_writes(d, on_run, &runs));
    assert_int_equal(runs.count, 1);
    disk_forget_writes(d);
    assert_false(disk_has_writes(d));
    runs = (Runs){0};
    assert_true(disk_writes(d, on_run, &runs));
    assert_int_equal(runs.count, 0);
    disk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs)};
    return cmocka_run_group_tests_name("disk_writes", tests, NULL, NULL);
}
