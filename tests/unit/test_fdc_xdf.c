/* test_fdc_xdf.c: the sectors of a floppy in IBM's XDF, where the format has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/fdc_rig.h"

/* An image of a disk in XDF: FATs of 11 sectors (9 on the smaller one), 224 root entries; the small
 * file system if asked for. Each sector of 512 bytes begins with its number. */
static Rig *xdf_rig(u32 per_track, bool small)
{
    char err[300];
    Rig *r = rig_with(per_track == 19 ? FDC_DRIVE_1200K : FDC_DRIVE_1440K, 0, 0, 0, false);
    u32 sectors = 160 * per_track, fat = per_track == 19 ? 9 : 11;
    r->image_size = sectors * 512;
    r->image = calloc(1, r->image_size);
    for (u32 i = 0; i < sectors; i++) {
        memset(r->image + i * 512, (int)(i * 5 + i / 256), 512);
        store_le(r->image + i * 512, 2, i);
    }
    for (u32 at = 0; at <= (small ? 1 + fat : 0); at += 1 + fat) {
        u8 *b = r->image + at * 512;
        store_le(b + 11, 2, 512);
        b[13] = 1, b[16] = 2, b[21] = 0xF9;
        store_le(b + 14, 2, 1);
        store_le(b + 17, 2, 224);
        store_le(b + 19, 2, sectors);
        store_le(b + 22, 2, fat);
        store_le(b + 24, 2, per_track);
        store_le(b + 26, 2, 2);
        store_le(b + 510, 2, 0xAA55);
    }
    DiskOptions o = {.kind = DISK_FLOPPY};
    r->disk = disk_open_memory("xdf", r->image, r->image_size, &o, err, sizeof err);
    assert_non_null(r->disk);
    fdc_insert(&r->fdc, 0, r->disk);
    return ready_for(r, 0);
}

static u8 xdf_command(Rig *r, u8 op, u8 c, u8 h, u8 id, u8 n)
{
    dma(r, 128u << n);
    cmd(r, 9, op, h << 2, c, h, id, n, id, 0x1B, 0xFF);
    pass_us(r, 30000);
    return result(r, 7)[1];
}

/* Reads a sector and looks whether it is `want` and what follows it in the image. */
static void xdf_reads(Rig *r, u8 c, u8 h, u8 id, u8 n, u32 want)
{
    if (xdf_command(r, 0x46, c, h, id, n) & 0x7F)
        fail_msg("cylinder %d head %d R %d N %d: not there", c, h, id, n);
    if (memcmp(r->dma, r->image + want * 512, 128u << n))
        fail_msg("cylinder %d head %d R %d N %d: sector %d, not %d", c, h, id, n,
                 (int)load_le(r->dma, 2), (int)want);
}

/* The first cylinder of the 3.5" format: R 129 to 139 on head 0, 129 to 147 on head 1 are in turn
 * boot sector and FAT (0-11), root directory (23-36), data (42-45). */
static void test_xdf(void **state)
{
    static const u8 chain[][2] = {{0, 3}, {0, 4}, {1, 6}, {0, 2}, {1, 2}, {0, 6}, {1, 4}, {1, 3}};
    Rig *r = xdf_rig(23, true);
    for (u8 k = 0; k < 30; k++)
        xdf_reads(r, 0, k > 10, k < 11 ? 129 + k : 129 + k - 11, 2,
                  k < 12 ? k : k < 26 ? k + 11u : k + 16u);
    for (u8 k = 0; k < 8; k++)
        xdf_reads(r, 0, 0, 1 + k, 2, 12 + k);
    for (u8 head = 0; head < 2; head++) { /* READ ID finds these and no others */
        u8 ids[256] = {0};
        for (int k = 0; k < 100; k++) {
            cmd(r, 2, 0x4A, head << 2);
            pass_us(r, 30000);
            const u8 *id = result(r, 7);
            assert_int_equal(id[6], 2);
            ids[id[5]] = 1;
        }
        for (int id = 0; id < 256; id++)
            assert_int_equal(ids[id], head ? id >= 129 && id <= 147
                                           : (id >= 1 && id <= 8) || (id >= 129 && id <= 139));
    }
    for (u8 c = 1; c < 80; c += 39) {
        u32 at = 46u * c;
        seek_to(r, c);
        for (size_t k = 0; k < ARRAY_LEN(chain); k++) {
            xdf_reads(r, c, chain[k][0], 128 + chain[k][1], chain[k][1], at);
            at += 1u << (chain[k][1] - 2);
        }
        assert_int_equal(at, 46u * (c + 1u));
    }
    assert_int_equal(xdf_command(r, 0x46, 79, 0, 131, 2) & 4, 4); /* R and N do not go together */
    assert_int_equal(xdf_command(r, 0x46, 79, 1, 128 + 7, 7) & 4, 4);
    assert_int_equal(xdf_command(r, 0x46, 79, 0, 1, 2) & 4, 4); /* nothing plain is there */
    u32 seen = 0;
    for (int k = 0; k < 4; k++) {
        cmd(r, 2, 0x4A, 0x04);
        pass_us(r, 30000);
        const u8 *id = result(r, 7);
        assert_int_equal(id[5], 128 + id[6]);
        seen |= 1u << id[6];
    }
    assert_int_equal(seen, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 6); /* READ ID, head 1 */
    dma(r, 8192);
    for (u32 i = 0; i < 8192; i++)
        r->dma[i] = (u8)(i * 3 + i / 256);
    cmd(r, 9, 0x45, 0, 79, 0, 134, 6, 134, 0x1B, 0xFF);
    pass_us(r, 30000);
    assert_int_equal(result(r, 7)[1] & 0x7F, 0);
    u8 *back = malloc(8192);
    assert_int_equal(disk_read(r->disk, 46 * 79 + 24, 16, back), DISK_OK);
    for (u32 i = 0; i < 8192; i++)
        assert_int_equal(back[i], (u8)(i * 3 + i / 256));
    free(back);
    rig_free(r);
}

/* 5.25"; and an image without the small file system, which is one of plain sectors as well. */
static void test_xdf_others(void **state)
{
    Rig *r = xdf_rig(19, true);
    for (u8 k = 0; k < 24; k++)
        xdf_reads(r, 0, k > 7, k < 8 ? 129 + k : 129 + k - 8, 2, k < 10 ? k : k + 9u);
    assert_int_equal(xdf_command(r, 0x46, 0, 1, 129 + 16, 2) & 4, 4); /* in no image */
    seek_to(r, 79);
    xdf_reads(r, 79, 0, 134, 6, 38 * 79 + 2);
    xdf_reads(r, 79, 1, 131, 3, 38 * 79 + 36);
    rig_free(r);
    r = xdf_rig(23, false);
    xdf_reads(r, 0, 0, 1, 2, 0);
    xdf_reads(r, 0, 1, 23, 2, 45);
    xdf_reads(r, 0, 0, 129, 2, 0);
    xdf_reads(r, 0, 1, 147, 2, 45);
    seek_to(r, 1);
    xdf_reads(r, 1, 0, 23, 2, 68);
    xdf_reads(r, 1, 1, 134, 6, 52);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_xdf),
                                       cmocka_unit_test(test_xdf_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
