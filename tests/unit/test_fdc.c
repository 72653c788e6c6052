/* test_fdc.c: the floppy controller on a real bus and event queue, with a DMA channel and an IRQ
 * line that remember what happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/fdc_rig.h"

/* ---- reset, registers ------------------------------------------------------------------------ */

static void test_reset(void **state)
{
    Rig *r = ready();
    cmd(r, 1, 0x10);
    expect(r, 1, 0x90);
    /* DSR reset heals itself and interrupts; without the gate there is no interrupt */
    out(r, 0x3F4, 0x80);
    pass_us(r, 100);
    assert_true(r->irq);
    sense(r, 0xC0, 0);
    assert_false(r->irq);
    out(r, 0x3F2, 0x04);
    out(r, 0x3F4, 0x80);
    pass_us(r, 100);
    assert_false(r->irq);
    out(r, 0x3F2, 0x0C);
    assert_true(r->irq);
    /* CONFIGURE with POLL off, kept by LOCK: a reset is silent */
    for (int i = 0; i < 4; i++)
        sense(r, (u8)(0xC0 | i), 0);
    cmd(r, 4, 0x13, 0, 0x57, 3);
    cmd(r, 1, 0x94);
    expect(r, 1, 0x10);
    out(r, 0x3F2, 0);
    out(r, 0x3F2, 0x0C);
    pass_us(r, 1000);
    assert_false(r->irq);
    cmd(r, 1, 0x0E);
    expect(r, 10, 0, 0, 0, 0, 0xDF, 0x02, 0, 0x80, 0x57, 3);
    cmd(r, 1, 0x14);
    expect(r, 1, 0);
    out(r, 0x3F4, 0x80);
    cmd(r, 1, 0x0E);
    expect(r, 10, 0, 0, 0, 0, 0xDF, 0x02, 0, 0, 0x20, 0);
    rig_free(r);
}

static void test_registers(void **state)
{
    Rig *r = ready();
    assert_int_equal(in(r, 0x3F2), 0x1C);
    assert_int_equal(in(r, 0x3F0), 0xFF);
    assert_int_equal(in(r, 0x3F1), 0xFF);
    out(r, 0x3F3, 0xFE);
    assert_int_equal(in(r, 0x3F3), 0xFE);
    assert_true(fdc_motor(&r->fdc, 0));
    assert_false(fdc_motor(&r->fdc, 1));
    cmd(r, 2, 0x12, 0x80 | 0x14 | 3);
    cmd(r, 2, 0x12, 0x20 | 1); /* without OW the drive bits stay */
    cmd(r, 1, 0x0E);
    assert_int_equal(result(r, 10)[7], 0x15);
    out(r, 0x3F4, 0x80);
    cmd(r, 1, 0x0E);
    assert_int_equal(result(r, 10)[7], 0x14);
    static const u8 bad[] = {0x00, 0x01, 0x0B,        0x15, 0x17, 0x18,
                             0x1F, 0x85, 0x4A | 0x20, 0x43, 0x90, 0xFF};
    for (size_t i = 0; i < sizeof bad; i++) {
        if (bad[i] == 0x85) /* MT WRITE is a command */
            continue;
        cmd(r, 1, bad[i]);
        expect(r, 1, 0x80);
    }
    rig_free(r);
}

static void test_sense_drive(void **state)
{
    Rig *r = ready();
    cmd(r, 2, 0x04, 0x04);
    expect(r, 1, 0x3C);
    seek_to(r, 5);
    cmd(r, 2, 0x04, 0x00);
    expect(r, 1, 0x28);
    cmd(r, 2, 0x04, 0x02); /* no such drive */
    expect(r, 1, 0x2A);
    rig_free(r);
    r = ready_for(rig_with(FDC_DRIVE_1440K, 80, 2, 18, true), 0);
    cmd(r, 2, 0x04, 0x00);
    expect(r, 1, 0x78);
    rig_free(r);
}

/* ---- seeks ----------------------------------------------------------------------------------- */

static void test_seek(void **state)
{
    Rig *r = ready();
    cmd(r, 3, 0x0F, 0x04, 10);
    assert_int_equal(in(r, 0x3F4), 0x81);
    pass_us(r, 29000); /* ten steps of 3 ms */
    assert_false(r->irq);
    pass_us(r, 2000);
    assert_true(r->irq);
    assert_int_equal(in(r, 0x3F4), 0x80);
    sense(r, 0x24, 10);
    cmd(r, 3, 0xCF, 0, 5);
    pass_us(r, 100000);
    sense(r, 0x20, 15);
    cmd(r, 3, 0x8F, 0, 15);
    pass_us(r, 100000);
    sense(r, 0x20, 0);
    /* two drives at once: an edge each */
    r->edges = 0;
    cmd(r, 3, 0x0F, 0, 3);
    cmd(r, 3, 0x0F, 1, 4);
    assert_int_equal(in(r, 0x3F4), 0x83);
    pass_us(r, 100000);
    sense(r, 0x20, 3);
    assert_true(r->irq);
    sense(r, 0x21, 4);
    assert_false(r->irq);
    assert_int_equal(r->edges, 2);
    /* no drive: track 0 never comes */
    cmd(r, 2, 0x07, 2);
    pass_us(r, 300000);
    sense(r, 0x72, 0);
    /* past 79 steps */
    seek_to(r, 83);
    cmd(r, 2, 0x07, 0);
    pass_us(r, 300000);
    sense(r, 0x70, 0);
    cmd(r, 2, 0x07, 0);
    pass_us(r, 300000);
    sense(r, 0x20, 0);
    rig_free(r);
}

/* ---- reads by DMA ---------------------------------------------------------------------------- */

static void test_read_one(void **state)
{
    Rig *r = ready();
    seek_to(r, 7);
    dma(r, 512);
    cmd(r, 9, 0xE6, 0x04, 7, 1, 5, 2, 18, 0x1B, 0xFF);
    assert_int_equal(in(r, 0x3F4), 0x10);
    pass_us(r, 1000);
    assert_true(r->irq);
    assert_false(r->dreq);
    assert_int_equal(in(r, 0x3F4), 0xD0);
    assert_memory_equal(r->dma, r->image + lba_of(7, 1, 5) * 512, 512);
    expect(r, 7, 0x04, 0, 0, 7, 1, 6, 2);
    assert_false(r->irq);
    rig_free(r);
}

static void test_read_many(void **state)
{
    Rig *r = ready();
    seek_to(r, 2);
    dma(r, 18 * 1024); /* a whole cylinder with MT */
    cmd(r, 9, 0xE6, 0, 2, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 20000);
    assert_memory_equal(r->dma, r->image + lba_of(2, 0, 1) * 512, 18 * 1024);
    expect(r, 7, 0x04, 0, 0, 3, 0, 1, 2);

    dma(r, 18 * 512); /* ends with side 0 */
    cmd(r, 9, 0xE6, 0, 2, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 20000);
    expect(r, 7, 0x00, 0, 0, 2, 1, 1, 2);

    dma(r, 60000); /* no TC: end of cylinder */
    cmd(r, 9, 0x66, 0, 2, 0, 17, 2, 18, 0x1B, 0xFF);
    pass_us(r, 20000);
    assert_int_equal(r->dma_pos, 1024);
    expect(r, 7, 0x40, 0x80, 0, 3, 0, 1, 2);

    dma(r, 100); /* TC inside a sector */
    cmd(r, 9, 0x46, 0, 2, 0, 3, 2, 18, 0x1B, 0xFF);
    pass_us(r, 20000);
    assert_int_equal(r->dma_pos, 100);
    assert_int_equal(r->dma[99], r->image[lba_of(2, 0, 3) * 512 + 99]);
    assert_int_equal(r->dma[100], 0xAA);
    expect(r, 7, 0x00, 0, 0, 2, 0, 4, 2);
    rig_free(r);
}

static void test_read_errors(void **state)
{
    Rig *r = ready();
    seek_to(r, 0);
    dma(r, 512);
    cmd(r, 9, 0x46, 0, 0, 0, 19, 2, 25, 0x1B, 0xFF); /* no sector 19 */
    pass_us(r, 30000);
    expect(r, 7, 0x40, 0x04, 0, 0, 0, 19, 2);
    cmd(r, 9, 0x46, 0, 1, 0, 1, 2, 18, 0x1B, 0xFF); /* the heads are elsewhere */
    pass_us(r, 30000);
    expect(r, 7, 0x40, 0x04, 0x10, 1, 0, 1, 2);
    cmd(r, 9, 0x46, 4, 0, 0, 1, 2, 18, 0x1B, 0xFF); /* H does not match the side */
    pass_us(r, 30000);
    expect(r, 7, 0x44, 0x04, 0, 0, 0, 1, 2);
    cmd(r, 9, 0x46, 0, 0, 0, 1, 3, 18, 0x1B, 0xFF); /* N */
    pass_us(r, 30000);
    expect(r, 7, 0x40, 0x04, 0, 0, 0, 1, 3);
    cmd(r, 9, 0x06, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF); /* FM */
    pass_us(r, 30000);
    expect(r, 7, 0x40, 0x01, 0, 0, 0, 1, 2);
    out(r, 0x3F7, 2); /* 250 kb/s on a high-density disk */
    cmd(r, 9, 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 30000);
    expect(r, 7, 0x40, 0x01, 0, 0, 0, 1, 2);
    out(r, 0x3F4, 0); /* DSR sets the rate as well */
    r->masked = true; /* nobody answers DREQ */
    cmd(r, 9, 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 1000);
    assert_true(r->dreq);
    r->masked = false; /* late is good enough */
    pass_us(r, 1000);
    expect(r, 7, 0x00, 0, 0, 0, 0, 2, 2);
    r->masked = true;
    cmd(r, 9, 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 100000);
    assert_false(r->dreq);
    expect(r, 7, 0x40, 0x10, 0, 0, 0, 1, 2);
    cmd(r, 9, 0x46, 1, 0, 0, 1, 2, 18, 0x1B, 0xFF); /* an empty drive */
    pass_us(r, 100000);
    expect(r, 7, 0x41, 0x01, 0, 0, 0, 1, 2);
    cmd(r, 9, 0x46, 3, 0, 0, 1, 2, 18, 0x1B, 0xFF); /* no drive */
    pass_us(r, 100000);
    expect(r, 7, 0x43, 0x01, 0, 0, 0, 1, 2);
    rig_free(r);
}

static void test_deleted(void **state)
{
    Rig *r = ready();
    dma(r, 1024);
    cmd(r, 9, 0x4C, 0, 0, 0, 3, 2, 18, 0x1B, 0xFF); /* an ordinary sector is read, then it stops */
    pass_us(r, 10000);
    assert_int_equal(r->dma_pos, 512);
    expect(r, 7, 0x00, 0, 0x40, 0, 0, 3, 2);
    dma(r, 1024);
    cmd(r, 9, 0x6C, 0, 0, 0, 3, 2, 18, 0x1B, 0xFF); /* SK: all are skipped */
    pass_us(r, 10000);
    assert_int_equal(r->dma_pos, 0);
    expect(r, 7, 0x40, 0x80, 0x40, 1, 0, 1, 2);
    rig_free(r);
}

static void test_read_track_and_id(void **state)
{
    Rig *r = ready();
    seek_to(r, 1);
    dma(r, 3 * 512);
    cmd(r, 9, 0x42, 0, 1, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 10000);
    expect(r, 7, 0x00, 0, 0, 1, 0, 4, 2);
    assert_memory_equal(r->dma, r->image + lba_of(1, 0, 1) * 512, 1536);
    dma(r, 60000);
    cmd(r, 9, 0x42, 0, 1, 0, 1, 2, 5, 0x1B, 0xFF);
    pass_us(r, 10000);
    assert_int_equal(r->dma_pos, 5 * 512);
    expect(r, 7, 0x40, 0x80, 0, 2, 0, 1, 2);
    dma(r, 1024);
    cmd(r, 9, 0x42, 0, 9, 0, 7, 2, 18, 0x1B, 0xFF); /* wrong IDs are told but read */
    pass_us(r, 10000);
    assert_int_equal(r->dma_pos, 1024);
    assert_int_equal(r->dma[1], 1);
    assert_int_equal(result(r, 7)[1], 4);

    int seen[19] = {0}; /* READ ID sees every sector of the track pass */
    for (int i = 0; i < 18; i++) {
        cmd(r, 2, 0x4A, 4);
        pass_us(r, 1000);
        const u8 *b = result(r, 7);
        assert_int_equal(b[0], 4);
        assert_int_equal(b[3], 1);
        assert_int_equal(b[4], 1);
        assert_true(b[5] >= 1 && b[5] <= 18);
        seen[b[5]]++;
    }
    for (int i = 1; i <= 18; i++)
        assert_int_equal(seen[i], 1);
    out(r, 0x3F7, 1);
    cmd(r, 2, 0x4A, 0);
    pass_us(r, 30000);
    assert_int_equal(result(r, 7)[1], 1);
    rig_free(r);
}

static void test_verify(void **state)
{
    Rig *r = ready();
    dma(r, 100);
    cmd(r, 9, 0xD6, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 20000);
    assert_int_equal(r->dma_pos, 0);
    expect(r, 7, 0x04, 0, 0, 1, 0, 1, 2);
    cmd(r, 9, 0x56, 0x80, 0, 0, 2, 2, 18, 0x1B, 3); /* EC: three sectors */
    pass_us(r, 20000);
    expect(r, 7, 0x00, 0, 0, 0, 0, 5, 2);
    cmd(r, 9, 0x56, 0x80, 0, 0, 17, 2, 18, 0x1B, 3);
    pass_us(r, 20000);
    expect(r, 7, 0x40, 0x80, 0, 1, 0, 1, 2);
    cmd(r, 9, 0x56, 0, 0, 0, 1, 2, 20, 0x1B, 0xFF);
    pass_us(r, 40000);
    expect(r, 7, 0x40, 0x04, 0, 0, 0, 19, 2);
    rig_free(r);
}

/* ---- writes ---------------------------------------------------------------------------------- */

static void read_back(Rig *r, u32 lba, u8 *s)
{
    assert_int_equal(disk_read(r->disk, lba, 1, s), DISK_OK);
}

static void test_write(void **state)
{
    Rig *r = ready();
    u8 s[512];
    seek_to(r, 79);
    dma(r, 1024);
    memset(r->dma, 0x11, 512);
    memset(r->dma + 512, 0x22, 512);
    cmd(r, 9, 0xC5, 0, 79, 0, 18, 2, 18, 0x1B, 0xFF); /* across the side */
    pass_us(r, 10000);
    expect(r, 7, 0x04, 0, 0, 79, 1, 2, 2);
    read_back(r, lba_of(79, 0, 18), s);
    assert_int_equal(s[0], 0x11);
    read_back(r, lba_of(79, 1, 1), s);
    assert_int_equal(s[511], 0x22);
    dma(r, 10);
    cmd(r, 9, 0x49, 4, 79, 1, 18, 2, 18, 0x1B, 0xFF); /* deleted; TC early: the rest is zeros */
    pass_us(r, 10000);
    expect(r, 7, 0x04, 0, 0, 80, 1, 1, 2);
    read_back(r, 2879, s);
    assert_int_equal(s[9], 0xAA);
    assert_int_equal(s[10], 0);
    rig_free(r);

    r = ready_for(rig_with(FDC_DRIVE_1440K, 80, 2, 18, true), 0);
    dma(r, 512);
    cmd(r, 9, 0x45, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 1000);
    expect(r, 7, 0x40, 0x02, 0, 0, 0, 1, 2);
    cmd(r, 6, 0x4D, 0, 2, 18, 0x54, 0xF6);
    pass_us(r, 1000);
    assert_int_equal(result(r, 7)[1], 2);
    assert_int_equal(r->dma_pos, 0);
    rig_free(r);
}

static void test_format(void **state)
{
    Rig *r = ready();
    u8 s[512];
    seek_to(r, 3);
    dma(r, 18 * 4);
    for (int i = 0; i < 18; i++)
        memcpy(r->dma + i * 4, (u8[]){3, 1, (u8)(i + 1), 2}, 4);
    cmd(r, 6, 0x4D, 4, 2, 18, 0x54, 0xF6);
    pass_us(r, 10000);
    assert_int_equal(result(r, 7)[0], 4);
    assert_int_equal(r->dma_count, 0);
    for (u32 i = 1; i <= 18; i++) {
        read_back(r, lba_of(3, 1, i), s);
        assert_int_equal(s[0], 0xF6);
        assert_int_equal(s[511], 0xF6);
    }
    read_back(r, lba_of(4, 0, 1), s);
    assert_int_equal(s[0], 8);
    dma(r, 4);
    memcpy(r->dma, (u8[]){3, 0, 30, 2}, 4); /* an ID the image has no place for */
    cmd(r, 6, 0x4D, 0, 2, 1, 0x54, 0xF6);
    pass_us(r, 10000);
    const u8 *b = result(r, 7);
    assert_int_equal(b[0], 0x40);
    assert_int_equal(b[1], 4);
    rig_free(r);
}

static void test_scan(void **state)
{
    Rig *r = ready();
    dma(r, 1024);
    memcpy(r->dma, r->image, 512);
    memset(r->dma + 200, 0xFF, 50); /* FFh matches anything */
    cmd(r, 9, 0x51, 0, 0, 0, 1, 2, 18, 0x1B, 1);
    pass_us(r, 10000);
    expect(r, 7, 0x00, 0, 0x08, 0, 0, 1, 2);
    dma(r, 512 * 18);
    memset(r->dma, 0, sizeof r->dma);
    cmd(r, 9, 0x51, 0, 0, 0, 2, 2, 18, 0x1B, 1);
    pass_us(r, 10000);
    expect(r, 7, 0x00, 0, 0x04, 1, 0, 1, 2);
    dma(r, 512 * 18);
    memset(r->dma, 0xFE, 512); /* host above disk */
    cmd(r, 9, 0x59, 0, 0, 0, 2, 2, 18, 0x1B, 1);
    pass_us(r, 10000);
    expect(r, 7, 0x00, 0, 0x00, 0, 0, 2, 2);
    dma(r, 512 * 18);
    memset(r->dma, 0x00, sizeof r->dma);
    seek_to(r, 1);
    cmd(r, 9, 0x5D, 0, 1, 0, 2, 2, 18, 0x1B, 2);
    pass_us(r, 10000);
    expect(r, 7, 0x00, 0, 0x00, 1, 0, 2, 2);
    rig_free(r);
}

static char told[500];

static void tell(void *ctx, const char *message)
{
    snprintf(told, sizeof told, "%s", message);
}

static int failing_io(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    return 5; /* EIO */
}

static int failing_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    return 28; /* ENOSPC */
}

static void test_host_errors(void **state)
{
    Rig *r = ready();
    DiskLayerOps bad = *r->disk->layer->ops;
    const DiskLayerOps *good = r->disk->layer->ops;
    bad.read = failing_io;
    bad.write = failing_write;
    r->disk->layer->ops = &bad;
    disk_on_error(r->disk, tell, NULL);
    dma(r, 512);
    cmd(r, 9, 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 1000);
    expect(r, 7, 0x40, 0x20, 0x20, 0, 0, 1, 2);
    assert_non_null(strstr(told, "cannot read"));
    dma(r, 512);
    cmd(r, 9, 0x45, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 1000);
    assert_int_equal(result(r, 7)[0], 0x50);
    assert_non_null(strstr(told, "free some space"));
    r->disk->layer->ops = good;
    rig_free(r);
}

/* ---- PIO ------------------------------------------------------------------------------------- */

static void pio(Rig *r, bool fifo, u8 threshold)
{
    cmd(r, 3, 0x03, 0xDF, 0x03);
    if (fifo)
        cmd(r, 4, 0x13, 0, threshold, 0);
}

static u32 pio_read(Rig *r, u8 *dst, u32 max)
{
    u32 n = 0;
    for (int idle = 0; idle < 2000; idle++) {
        u8 msr = in(r, 0x3F4);
        if ((msr & 0xF0) == 0xF0) {
            assert_true(r->irq);
            assert_true(n < max);
            dst[n++] = in(r, 0x3F5);
            idle = 0;
        } else if ((msr & 0xF0) == 0xD0) {
            break;
        }
        pass_us(r, 2);
    }
    return n;
}

static void test_pio_read(void **state)
{
    for (int fifo = 0; fifo < 2; fifo++) {
        Rig *r = ready();
        u8 got[2048];
        pio(r, fifo, 7);
        cmd(r, 9, 0x46, 0, 0, 0, 16, 2, 18, 0x1B, 0xFF);
        assert_int_equal(pio_read(r, got, sizeof got), 1536); /* no TC in this mode: to the end */
        assert_memory_equal(got, r->image + 15 * 512, 1536);
        assert_true(r->irq);
        expect(r, 7, 0x40, 0x80, 0, 1, 0, 1, 2);
        cmd(r, 9, 0x46, 0, 0, 0, 16, 2, 18, 0x1B, 0xFF);
        pass_us(r, 10000); /* nobody fetches: overrun */
        expect(r, 7, 0x40, 0x10, 0, 0, 0, 16, 2);
        rig_free(r);
    }
}

static void test_pio_write(void **state)
{
    for (int fifo = 0; fifo < 2; fifo++) {
        Rig *r = ready();
        u8 s[512];
        pio(r, fifo, 7);
        cmd(r, 9, 0x45, 0, 0, 0, 17, 2, 18, 0x1B, 0xFF);
        u32 n = 0;
        for (int i = 0; i < 100000; i++) {
            u8 msr = in(r, 0x3F4);
            if ((msr & 0xF0) == 0xB0) {
                assert_true(r->irq);
                out(r, 0x3F5, (u8)(n++ / 3));
            } else if ((msr & 0xF0) == 0xD0) {
                break;
            }
            pass_us(r, 2);
        }
        assert_int_equal(n, 1024);
        expect(r, 7, 0x40, 0x80, 0, 1, 0, 1, 2);
        read_back(r, 17, s);
        assert_int_equal(s[511], (1023 / 3) & 0xFF);
        cmd(r, 9, 0x45, 0, 0, 0, 17, 2, 18, 0x1B, 0xFF);
        pass_us(r, 10000); /* underrun; the sector keeps its contents */
        expect(r, 7, 0x40, 0x10, 0, 0, 0, 17, 2);
        read_back(r, 17, s);
        assert_int_equal(s[511], (1023 / 3) & 0xFF);
        /* FORMAT through the FIFO */
        cmd(r, 6, 0x4D, 0, 2, 2, 0x54, 0xE5);
        static const u8 ids[] = {0, 0, 4, 2, 0, 0, 9, 2};
        for (n = 0; n < 8;) {
            if ((in(r, 0x3F4) & 0xF0) == 0xB0)
                out(r, 0x3F5, ids[n++]);
            else
                pass_us(r, 5);
        }
        pass_us(r, 1000);
        assert_int_equal(result(r, 7)[0], 0);
        read_back(r, 8, s);
        assert_int_equal(s[7], 0xE5);
        rig_free(r);
    }
}

/* ---- formats, implied seek, media change ----------------------------------------------------- */

static void test_formats(void **state)
{
    static const struct {
        FdcDriveType type;
        u8 c, h, s, rate, wrong;
    } t[] = {{FDC_DRIVE_360K, 40, 1, 8, 2, 0},   {FDC_DRIVE_360K, 40, 2, 9, 1, 3},
             {FDC_DRIVE_720K, 80, 2, 9, 2, 0},   {FDC_DRIVE_1200K, 80, 2, 15, 0, 2},
             {FDC_DRIVE_1440K, 80, 2, 9, 2, 0},  {FDC_DRIVE_1440K, 80, 2, 21, 0, 3},
             {FDC_DRIVE_2880K, 80, 2, 36, 3, 0}, {FDC_DRIVE_1440K, 40, 2, 9, 2, 0}};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        Rig *r = ready_for(rig_with(t[i].type, t[i].c, t[i].h, t[i].s, false), t[i].rate);
        u8 c = (u8)(t[i].c - 1), h = (u8)(t[i].h - 1), s = t[i].s;
        seek_to(r, c);
        dma(r, 512);
        cmd(r, 9, 0x46, h << 2, c, h, s, 2, s, 0x1B, 0xFF);
        pass_us(r, 1000);
        assert_int_equal(result(r, 7)[0], h << 2);
        assert_memory_equal(r->dma, r->image + r->image_size - 512, 512);
        if (h == 0) { /* the other side of a single-sided disk */
            cmd(r, 9, 0x46, 4, c, 1, 1, 2, s, 0x1B, 0xFF);
            pass_us(r, 30000);
            assert_int_equal(result(r, 7)[1], 1);
        }
        out(r, 0x3F7, t[i].wrong);
        cmd(r, 2, 0x4A, 0);
        pass_us(r, 30000);
        assert_int_equal(result(r, 7)[1], 1);
        rig_free(r);
    }
}

/* Firmware written for emulators never writes CCR and never seeks: any disk answers and seeks are
 * implied until somebody does. */
static void test_careless_firmware(void **state)
{
    Rig *r = rig_with(FDC_DRIVE_1440K, 80, 2, 18, false);
    out(r, 0x3F2, 0x1C);
    pass_us(r, 100);
    cmd(r, 2, 0x4A, 0);
    pass_us(r, 1000);
    assert_int_equal(result(r, 7)[0], 0);
    dma(r, 512);
    cmd(r, 9, 0x46, 0, 9, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 300000);
    expect(r, 7, 0x00, 0, 0, 9, 0, 2, 2);
    seek_to(r, 8);
    cmd(r, 9, 0x46, 0, 9, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 300000);
    expect(r, 7, 0x40, 0x04, 0x10, 9, 0, 1, 2);
    out(r, 0x3F7, 2);
    cmd(r, 2, 0x4A, 0);
    pass_us(r, 30000);
    assert_int_equal(result(r, 7)[1], 1);
    rig_free(r);
}

static void test_double_step(void **state)
{
    Rig *r = ready_for(rig_with(FDC_DRIVE_1200K, 40, 2, 9, false), 1);
    seek_to(r, 20);
    cmd(r, 2, 0x4A, 0);
    pass_us(r, 1000);
    assert_int_equal(result(r, 7)[3], 10);
    seek_to(r, 21);
    cmd(r, 2, 0x4A, 0);
    pass_us(r, 30000);
    assert_int_equal(result(r, 7)[1], 1);
    rig_free(r);
}

static void test_implied_seek(void **state)
{
    Rig *r = ready();
    cmd(r, 4, 0x13, 0, 0x60, 0);
    dma(r, 512);
    cmd(r, 9, 0x46, 0, 40, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 1000);
    assert_false(r->irq); /* 40 steps take their time */
    pass_us(r, 150000);
    expect(r, 7, 0x00, 0, 0, 40, 0, 2, 2);
    assert_int_equal(r->dma[0], 80);
    cmd(r, 1, 0x0E);
    assert_int_equal(result(r, 10)[0], 40);
    rig_free(r);
}

static void test_media_change(void **state)
{
    Rig *r = rig_with(FDC_DRIVE_1440K, 80, 2, 18, false);
    ready_for(r, 0);
    assert_true(in(r, 0x3F7) & 0x80); /* recalibrate at track 0 gave no pulse */
    seek_to(r, 1);
    assert_false(in(r, 0x3F7) & 0x80);
    assert_ptr_equal(fdc_eject(&r->fdc, 0), r->disk);
    assert_true(in(r, 0x3F7) & 0x80);
    seek_to(r, 0);
    assert_true(in(r, 0x3F7) & 0x80); /* nothing in the drive: it stays */
    cmd(r, 9, 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 30000);
    assert_int_equal(result(r, 7)[1], 1);
    assert_null(fdc_insert(&r->fdc, 0, r->disk));
    assert_true(in(r, 0x3F7) & 0x80);
    seek_to(r, 1);
    assert_false(in(r, 0x3F7) & 0x80);
    out(r, 0x3F2, 0x1E); /* a drive that does not exist drives nothing */
    assert_false(in(r, 0x3F7) & 0x80);
    out(r, 0x3F2, 0x1C);
    /* pulled out in the middle of a transfer */
    seek_to(r, 0);
    dma(r, 9 * 512);
    cmd(r, 9, 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 500);
    fdc_eject(&r->fdc, 0);
    pass_us(r, 30000);
    assert_int_equal(result(r, 7)[0], 0x40);
    rig_free(r);
    r = ready_for(rig_with(FDC_DRIVE_360K, 40, 2, 9, false), 2);
    assert_false(in(r, 0x3F7) & 0x80); /* no such line */
    rig_free(r);
}

static void test_reset_aborts(void **state)
{
    Rig *r = ready();
    dma(r, 9 * 512);
    cmd(r, 9, 0x46, 0, 0, 0, 1, 2, 18, 0x1B, 0xFF);
    pass_us(r, 300);
    out(r, 0x3F2, 0);
    out(r, 0x3F2, 0x1C);
    pass_us(r, 30000);
    assert_true(r->dma_pos < 9 * 512);
    sense(r, 0xC0, 0);
    rig_free(r);
}

/* ---- hostile guests -------------------------------------------------------------------------- */

static u32 rnd(u32 *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 17;
    return *x ^= *x << 5;
}

static u64 hostile_run(u32 seed, int rounds)
{
    static const u8 favourites[] = {0x46, 0xE6, 0x45, 0xC5, 0x4D, 0x4A, 0x42, 0x4C,
                                    0x49, 0x51, 0x59, 0x5D, 0x56, 0x07, 0x0F, 0x08,
                                    0x03, 0x04, 0x13, 0x12, 0x0E, 0x94, 0xCF, 0x8F};
    Rig *r = rig_with((FdcDriveType)(seed % 6), 80, 2, 18, seed & 1);
    u32 x = seed * 2654435761u + 1;
    for (int i = 0; i < rounds; i++) {
        u32 v = rnd(&x);
        u16 port = (u16)(0x3F0 + (v & 7));
        u8 byte = (u8)(v >> 8);
        switch (v >> 28) {
        case 0:
            pass_us(r, (v >> 16) & 0xFFF);
            break;
        case 1:
            r->dma_pos = 0;
            r->dma_count = (v >> 8) & 0x7FFF;
            r->masked = v & 64;
            break;
        case 2:
            if (!(v & 0xF00))
                fdc_insert(&r->fdc, 0, v & 1 ? r->disk : NULL);
            break;
        case 3:
            in(r, port);
            bus_peek_port(&r->bus, port, 1);
            break;
        case 4:
            if (!(v & 0x300))
                out(r, port, byte);
            break;
        case 5:
        case 6:
            out(r, 0x3F5, favourites[byte % sizeof favourites]);
            break;
        case 7:
            if (!(v & 0x700))
                out(r, 0x3F2, 0x0C);
            break;
        default:
            out(r, 0x3F5, byte & (v & 64 ? 0x1F : 3));
            if (v & 128)
                in(r, 0x3F5);
        }
        if (port != 0x3F6 && (v & 0x3000000) == 0)
            out(r, 0x3F5, byte % 20);
    }
    u64 h = snap_hash(&r->snap);
    rig_free(r);
    return h;
}

static void test_hostile(void **state)
{
    for (u32 seed = 0; seed < 24; seed++)
        hostile_run(seed, 10000);
    assert_int_equal(hostile_run(77, 5000), hostile_run(77, 5000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_sense_drive),
        cmocka_unit_test(test_seek),
        cmocka_unit_test(test_read_one),
        cmocka_unit_test(test_read_many),
        cmocka_unit_test(test_read_errors),
        cmocka_unit_test(test_deleted),
        cmocka_unit_test(test_read_track_and_id),
        cmocka_unit_test(test_verify),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_host_errors),
        cmocka_unit_test(test_pio_read),
        cmocka_unit_test(test_pio_write),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_careless_firmware),
        cmocka_unit_test(test_double_step),
        cmocka_unit_test(test_implied_seek),
        cmocka_unit_test(test_media_change),
        cmocka_unit_test(test_reset_aborts),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
