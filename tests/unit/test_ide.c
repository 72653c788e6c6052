/* test_ide.c: an ATA channel on a real bus and event queue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "devices/disk/layer.h"
#include "devices/ide.h"

enum { CYLS = 20, HEADS = 4, SPT = 17, TOTAL = CYLS * HEADS * SPT };
enum { BASE = 0x1F0, CTL = 0x3F6 };

typedef struct {
    Clock clock;
    EventQueue queue;
    Bus bus;
    Snap snap;
    Ide ide;
    Disk *disk[2];
    bool irq;
    int edges;
    u8 image[TOTAL * 512];
} Rig;

static void irq_set(void *ctx, int pin, bool level)
{
    Rig *r = ctx;
    r->edges += level && !r->irq;
    r->irq = level;
}

static void out(Rig *r, int reg, u8 v)
{
    bus_out(&r->bus, (u16)(reg == 8 ? CTL : BASE + reg), 1, v);
}

static u8 in(Rig *r, int reg)
{
    return (u8)bus_in(&r->bus, (u16)(reg == 8 ? CTL : BASE + reg), 1);
}

static void pass_us(Rig *r, u64 us)
{
    u64 until = r->clock.now + clock_us(&r->clock, us);
    while (r->clock.deadline <= until) {
        if (r->clock.deadline > r->clock.now)
            r->clock.now = r->clock.deadline;
        event_run(&r->queue);
    }
    r->clock.now = until;
}

static Rig *rig(int drives, bool read_only)
{
    Rig *r = calloc(1, sizeof *r);
    char err[300];
    r->clock.ips = 10000000;
    event_queue_init(&r->queue, &r->clock);
    bus_init(&r->bus);
    for (int i = 0; i < TOTAL; i++) {
        memset(r->image + i * 512, i * 5 + 1, 512);
        store_le(r->image + i * 512, 4, (u32)i);
    }
    for (int i = 0; i < 2; i++)
        if (drives >> i & 1) {
            DiskOptions o = {.kind = DISK_HARD, .read_only = read_only, .chs = {CYLS, HEADS, SPT}};
            r->disk[i] = disk_open_memory("test", r->image, sizeof r->image, &o, err, sizeof err);
            assert_non_null(r->disk[i]);
        }
    IdeConfig cfg = {.bus = &r->bus,
                     .queue = &r->queue,
                     .snap = &r->snap,
                     .irq = {irq_set, r, 14},
                     .base = BASE,
                     .control = CTL,
                     .name = "ide0",
                     .disk = {r->disk[0], r->disk[1]}};
    ide_init(&r->ide, &cfg);
    pass_us(r, 1000);
    return r;
}

static void rig_free(Rig *r)
{
    bus_free(&r->bus);
    disk_close(r->disk[0]);
    disk_close(r->disk[1]);
    free(r);
}

static void address(Rig *r, u8 device, u32 lba, u8 count)
{
    out(r, 6, (u8)(device | (lba >> 24 & 15)));
    out(r, 2, count);
    out(r, 3, (u8)lba);
    out(r, 4, (u8)(lba >> 8));
    out(r, 5, (u8)(lba >> 16));
}

static void command(Rig *r, u8 code)
{
    out(r, 7, code);
    bool data_out = code == 0x30 || code == 0x31 || code == 0x34 || code == 0xC5 || code == 0xE8;
    if (!data_out || in(r, 8) & 1)
        assert_int_equal(in(r, 8) & 0x88, data_out ? 0 : 0x80);
    else
        assert_int_equal(in(r, 8) & 0x88, 0x08); /* asked for at once */
    pass_us(r, 100);
}

/* An interrupt is pending and the status is as wanted; reading it takes the interrupt away. */
static void expect(Rig *r, u8 status)
{
    assert_true(r->irq);
    assert_int_equal(bus_peek_port(&r->bus, BASE + 7, 1), status);
    assert_int_equal(in(r, 8), status);
    assert_true(r->irq);
    assert_int_equal(in(r, 7), status);
    assert_false(r->irq);
}

static void expect_error(Rig *r, u8 error, u8 status)
{
    expect(r, status);
    assert_int_equal(in(r, 1), error);
}

static void data_in(Rig *r, u8 *dst, int bytes, int size)
{
    for (int i = 0; i < bytes; i += size)
        store_le(dst + i, size, bus_in(&r->bus, BASE, size));
}

static void data_out(Rig *r, const u8 *src, int bytes, int size)
{
    for (int i = 0; i < bytes; i += size)
        bus_out(&r->bus, BASE, size, load_le(src + i, size));
}

static void assert_registers(Rig *r, u8 count, u8 lba0, u8 lba1, u8 lba2, u8 device)
{
    assert_int_equal(in(r, 2), count);
    assert_int_equal(in(r, 3), lba0);
    assert_int_equal(in(r, 4), lba1);
    assert_int_equal(in(r, 5), lba2);
    assert_int_equal(in(r, 6), device);
}

/* ---- identity and resets --------------------------------------------------------------------- */

static u32 word(const u8 *b, int n)
{
    return load_le(b + n * 2, 2);
}

static void test_identify(void **state)
{
    Rig *r = rig(3, false);
    u8 b[512], c[512];
    command(r, 0xEC);
    expect(r, 0x58);
    data_in(r, b, 512, 2);
    assert_int_equal(in(r, 7), 0x50);
    assert_int_equal(word(b, 0), 0x40);
    assert_int_equal(word(b, 1), CYLS);
    assert_int_equal(word(b, 3), HEADS);
    assert_int_equal(word(b, 6), SPT);
    assert_int_equal(word(b, 54), CYLS);
    assert_int_equal(word(b, 57) | word(b, 58) << 16, TOTAL);
    assert_int_equal(word(b, 60) | word(b, 61) << 16, TOTAL);
    assert_int_equal(word(b, 49) & 0x0300, 0x0200);
    assert_int_equal(word(b, 63), 0);
    assert_int_equal(word(b, 47), 0x8010);
    assert_int_equal(word(b, 59), 0);
    assert_memory_equal(b + 54, "LGSA8S6", 6); /* swapped pairs */
    out(r, 6, 0xB0);
    command(r, 0xEC);
    expect(r, 0x58);
    data_in(r, c, 512, 4);
    assert_memory_not_equal(b + 20, c + 20, 20); /* another serial number */
    assert_memory_equal(b + 54, c + 54, 40);
    /* multiple and translation show */
    out(r, 6, 0xA0);
    out(r, 2, 8);
    command(r, 0xC6);
    expect(r, 0x50);
    out(r, 2, 10);
    out(r, 6, 0xA1); /* two heads */
    command(r, 0x91);
    expect(r, 0x50);
    command(r, 0xEC);
    expect(r, 0x58);
    data_in(r, b, 512, 2);
    assert_int_equal(word(b, 59), 0x108);
    assert_int_equal(word(b, 1), CYLS);
    assert_int_equal(word(b, 54), TOTAL / 20);
    assert_int_equal(word(b, 55), 2);
    assert_int_equal(word(b, 56), 10);
    rig_free(r);
}

static void test_resets(void **state)
{
    Rig *r = rig(3, false);
    assert_registers(r, 1, 1, 0, 0, 0xA0);
    assert_int_equal(in(r, 1), 1);
    assert_int_equal(in(r, 7), 0x50);
    assert_int_equal(r->edges, 0);
    address(r, 0xF0, 5, 3);
    command(r, 0x20);
    assert_true(r->irq);
    out(r, 8, 4); /* SRST in the middle of a transfer */
    assert_int_equal(in(r, 7), 0x80);
    assert_false(r->irq);
    pass_us(r, 5000);
    assert_int_equal(in(r, 7), 0x80); /* until it is released */
    out(r, 8, 0);
    assert_int_equal(in(r, 8), 0x80);
    pass_us(r, 1000);
    assert_int_equal(in(r, 7), 0x50);
    assert_registers(r, 1, 1, 0, 0, 0xA0);
    assert_int_equal(in(r, 1), 1);
    out(r, 6, 0xB0);
    assert_int_equal(in(r, 7), 0x50);
    assert_int_equal(in(r, 1), 1);
    /* diagnostic from device 1 answers as device 0 */
    command(r, 0x90);
    expect_error(r, 1, 0x50);
    assert_registers(r, 1, 1, 0, 0, 0xA0);
    rig_free(r);
}

static void test_absent(void **state)
{
    Rig *r = rig(0, false); /* nobody: the bus floats */
    for (int dev = 0; dev < 2; dev++) {
        out(r, 6, (u8)(0xA0 | dev << 4));
        out(r, 2, 0x55);
        for (int i = 1; i < 9; i++)
            assert_int_equal(in(r, i), 0x7F);
        out(r, 7, 0xEC);
        pass_us(r, 1000);
        assert_false(r->irq);
        bus_in(&r->bus, BASE, 4);
        bus_out(&r->bus, BASE, 4, 1);
    }
    rig_free(r);

    r = rig(1, false); /* a lone master answers for the slave, with status 0 */
    out(r, 6, 0xB0);
    out(r, 2, 0x55);
    out(r, 3, 0xAA);
    assert_int_equal(in(r, 2), 0x55);
    assert_int_equal(in(r, 3), 0xAA);
    assert_int_equal(in(r, 7), 0);
    assert_int_equal(in(r, 8), 0);
    out(r, 7, 0xEC);
    pass_us(r, 1000);
    assert_false(r->irq);
    assert_int_equal(in(r, 7), 0);
    out(r, 7, 0x90); /* the one command it takes */
    pass_us(r, 1000);
    expect_error(r, 1, 0x50);
    rig_free(r);

    r = rig(2, false); /* a lone slave */
    assert_int_equal(in(r, 7), 0x7F);
    out(r, 6, 0xB0);
    assert_int_equal(in(r, 7), 0x50);
    command(r, 0xEC);
    expect(r, 0x58);
    rig_free(r);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void test_read_lba(void **state)
{
    Rig *r = rig(1, false);
    u8 b[512];
    for (int size = 2; size <= 4; size += 2) {
        address(r, 0xE0, 100, 3);
        command(r, 0x20);
        r->edges = 1;
        for (int i = 0; i < 3; i++) {
            expect(r, 0x58);
            data_in(r, b, 512, size);
            assert_memory_equal(b, r->image + (100 + i) * 512, 512);
            assert_false(r->irq);
            if (i < 2)
                assert_int_equal(in(r, 7), 0x80);
            pass_us(r, 50);
        }
        assert_int_equal(in(r, 7), 0x50);
        assert_int_equal(r->edges, 3);
        assert_registers(r, 0, 102, 0, 0, 0xE0);
        assert_int_equal(bus_in(&r->bus, BASE, 2), 0xFFFF); /* no data phase */
    }
    rig_free(r);
}

static void test_read_chs(void **state)
{
    Rig *r = rig(1, false);
    u8 b[512];
    out(r, 6, 0xA0 | 3);
    out(r, 2, 2);
    out(r, 3, SPT);
    out(r, 4, 19);
    out(r, 5, 0);
    command(r, 0x21);
    expect(r, 0x58); /* the last sector of all */
    data_in(r, b, 512, 2);
    assert_int_equal(load_le(b, 4), TOTAL - 1);
    pass_us(r, 50);
    expect_error(r, 0x10, 0x51); /* and none after it */
    assert_int_equal(in(r, 2), 1);
    static const u8 bad[][3] = {{0, 0, 0}, {SPT + 1, 0, 0}, {1, CYLS, 0}, {1, 0, HEADS}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        out(r, 6, 0xA0 | bad[i][2]);
        out(r, 2, 1);
        out(r, 3, bad[i][0]);
        out(r, 4, bad[i][1]);
        command(r, 0x20);
        expect_error(r, 0x10, 0x51);
    }
    /* INITIALIZE DEVICE PARAMETERS changes what CHS means */
    out(r, 2, 10);
    out(r, 6, 0xA1);
    command(r, 0x91);
    expect(r, 0x50);
    out(r, 6, 0xA1);
    out(r, 2, 1);
    out(r, 3, 10);
    out(r, 4, 3);
    command(r, 0x20);
    expect(r, 0x58);
    data_in(r, b, 512, 2);
    assert_int_equal(load_le(b, 4), (3 * 2 + 1) * 10 + 9);
    assert_registers(r, 0, 10, 3, 0, 0xA1);
    out(r, 2, 0);
    command(r, 0x91);
    expect_error(r, 4, 0x51);
    rig_free(r);
}

static void test_256_sectors(void **state)
{
    Rig *r = rig(1, false);
    u8 b[512];
    address(r, 0xE0, 0, 0);
    command(r, 0x20);
    for (int i = 0; i < 256; i++) {
        expect(r, 0x58);
        data_in(r, b, 512, 2);
        assert_int_equal(load_le(b, 4), i);
        pass_us(r, 50);
    }
    assert_int_equal(in(r, 7), 0x50);
    address(r, 0xE0, TOTAL, 1);
    command(r, 0x20);
    expect_error(r, 0x10, 0x51);
    address(r, 0xE0, 0x0FFFFFFF, 0);
    command(r, 0x20);
    expect_error(r, 0x10, 0x51);
    rig_free(r);
}

/* Registers 2 to 5 twice: the high bytes first (ATA-6 6.20). */
static void address48(Rig *r, u64 lba, u16 count)
{
    out(r, 6, 0xE0);
    out(r, 2, (u8)(count >> 8));
    out(r, 3, (u8)(lba >> 24));
    out(r, 4, (u8)(lba >> 32));
    out(r, 5, (u8)(lba >> 40));
    out(r, 2, (u8)count);
    out(r, 3, (u8)lba);
    out(r, 4, (u8)(lba >> 8));
    out(r, 5, (u8)(lba >> 16));
}

static void test_48bit(void **state)
{
    Rig *r = rig(1, false);
    u8 b[512];
    address48(r, 3, 300);
    command(r, 0x24);
    for (int i = 0; i < 300; i++) {
        expect(r, 0x58);
        data_in(r, b, 512, 2);
        assert_int_equal(load_le(b, 4), 3 + i);
        pass_us(r, 50);
    }
    assert_int_equal(in(r, 7), 0x50);
    memset(b, 0x99, sizeof b);
    address48(r, 77, 1);
    command(r, 0x34);
    assert_int_equal(in(r, 7), 0x58);
    data_out(r, b, 512, 2);
    pass_us(r, 50);
    disk_read(r->disk[0], 77, 1, b);
    assert_int_equal(b[5], 0x99);
    address48(r, 0x123456789ABC, 1); /* far behind the end */
    command(r, 0x24);
    expect_error(r, 0x10, 0x51);
    out(r, 8, 0x80); /* HOB: the high bytes */
    assert_int_equal(in(r, 3), 0x56);
    assert_int_equal(in(r, 4), 0x34);
    assert_int_equal(in(r, 5), 0x12);
    out(r, 2, 1); /* ends that */
    assert_int_equal(in(r, 3), 0xBC);
    address48(r, (u64)1 << 28, 1); /* would be sector 0 in 28 bits */
    command(r, 0x42);
    expect_error(r, 0x10, 0x51);
    command(r, 0xEA);
    expect(r, 0x50);
    address(r, 0xE0, 5, 1); /* and a 28-bit command does not see the high bytes */
    command(r, 0x20);
    expect(r, 0x58);
    data_in(r, b, 512, 2);
    assert_int_equal(load_le(b, 4), 5);
    rig_free(r);
}

static void test_multiple(void **state)
{
    Rig *r = rig(1, false);
    static u8 b[16 * 512];
    address(r, 0xE0, 10, 10);
    command(r, 0xC4); /* not set */
    expect_error(r, 4, 0x51);
    out(r, 2, 3);
    command(r, 0xC6);
    expect_error(r, 4, 0x51);
    out(r, 2, 32);
    command(r, 0xC6);
    expect_error(r, 4, 0x51);
    out(r, 2, 4);
    command(r, 0xC6);
    expect(r, 0x50);
    address(r, 0xE0, 10, 10);
    r->edges = 0;
    command(r, 0xC4);
    for (int i = 0; i < 10; i += 4) {
        int n = i == 8 ? 2 : 4;
        expect(r, 0x58);
        data_in(r, b, n * 512, 2);
        assert_memory_equal(b, r->image + (10 + i) * 512, (size_t)n * 512);
        pass_us(r, 50);
    }
    assert_int_equal(in(r, 7), 0x50);
    assert_int_equal(r->edges, 3);

    memset(b, 0x77, sizeof b);
    address(r, 0xE0, 20, 6);
    command(r, 0xC5);
    assert_false(r->irq); /* the first block is asked for silently */
    assert_int_equal(in(r, 7), 0x58);
    data_out(r, b, 4 * 512, 4);
    pass_us(r, 50);
    expect(r, 0x58);
    data_out(r, b, 2 * 512, 2);
    assert_int_equal(in(r, 8), 0x50); /* taken at once, told a little later */
    assert_false(r->irq);
    pass_us(r, 50);
    expect(r, 0x50);
    for (u32 i = 19; i < 27; i++) {
        disk_read(r->disk[0], i, 1, b);
        assert_int_equal(b[100], i >= 20 && i < 26 ? 0x77 : r->image[i * 512 + 100]);
    }
    rig_free(r);
}

static void test_verify_seek(void **state)
{
    Rig *r = rig(1, false);
    address(r, 0xE0, 0, 200);
    command(r, 0x40);
    expect(r, 0x50);
    assert_registers(r, 0, 199, 0, 0, 0xE0);
    address(r, 0xE0, TOTAL - 5, 9);
    command(r, 0x41);
    expect_error(r, 0x10, 0x51);
    assert_int_equal(in(r, 2), 4);
    address(r, 0xE0, TOTAL - 1, 0);
    command(r, 0x70);
    expect(r, 0x50);
    address(r, 0xE0, TOTAL, 0);
    command(r, 0x7F);
    expect_error(r, 0x10, 0x51);
    command(r, 0x10);
    expect(r, 0x50);
    rig_free(r);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void test_write(void **state)
{
    Rig *r = rig(1, false);
    u8 b[1024], c[512];
    for (int i = 0; i < 1024; i++)
        b[i] = (u8)(i * 3);
    address(r, 0xE0, TOTAL - 2, 2);
    command(r, 0x30);
    assert_false(r->irq);
    assert_int_equal(in(r, 7), 0x58);
    data_out(r, b, 512, 2);
    assert_int_equal(in(r, 8), 0x58);
    assert_false(r->irq);
    pass_us(r, 50);
    expect(r, 0x58);
    data_out(r, b + 512, 512, 4);
    pass_us(r, 50);
    expect(r, 0x50);
    disk_read(r->disk[0], TOTAL - 1, 1, c);
    assert_memory_equal(c, b + 512, 512);
    command(r, 0xE7);
    expect(r, 0x50);
    address(r, 0xE0, TOTAL - 1, 2); /* runs over the end: one sector is taken */
    command(r, 0x31);
    data_out(r, b, 512, 2);
    pass_us(r, 50);
    expect_error(r, 0x10, 0x51);
    assert_int_equal(in(r, 2), 1);
    disk_read(r->disk[0], TOTAL - 1, 1, c);
    assert_memory_equal(c, b, 512);
    rig_free(r);
    r = rig(1, true);
    address(r, 0xE0, 1, 1);
    command(r, 0x30);
    expect_error(r, 0x44, 0x51);
    rig_free(r);
}

static void test_buffer_and_8bit(void **state)
{
    Rig *r = rig(1, false);
    u8 b[512], c[512];
    for (int i = 0; i < 512; i++)
        b[i] = (u8)(i ^ 0x5A);
    command(r, 0xE8);
    assert_false(r->irq);
    data_out(r, b, 512, 2);
    assert_int_equal(in(r, 7), 0x50); /* a status read before the interrupt makes it void */
    pass_us(r, 100);
    assert_false(r->irq);
    command(r, 0xE4);
    expect(r, 0x58);
    data_in(r, c, 512, 2);
    assert_memory_equal(b, c, 512);
    out(r, 1, 0x01);
    command(r, 0xEF);
    expect(r, 0x50);
    command(r, 0xE4);
    expect(r, 0x58);
    data_in(r, c, 512, 1);
    assert_memory_equal(b, c, 512);
    assert_int_equal(in(r, 7), 0x50);
    out(r, 1, 0x81);
    command(r, 0xEF);
    expect(r, 0x50);
    command(r, 0xE4);
    expect(r, 0x58);
    for (int i = 0; i < 256; i++) /* a byte access to a 16-bit drive is a word on its side */
        assert_int_equal(bus_in(&r->bus, BASE, 1), b[i * 2]);
    assert_int_equal(in(r, 7), 0x50);
    rig_free(r);
}

/* ---- settings, power, refusals --------------------------------------------------------------- */

static void test_features(void **state)
{
    Rig *r = rig(1, false);
    static const u8 good[][2] = {{0x02, 0}, {0x82, 0}, {0x03, 0}, {0x03, 1}, {0x03, 0x0C},
                                 {0x55, 0}, {0xAA, 0}, {0x66, 0}, {0xCC, 0}};
    static const u8 bad[][2] = {{0x03, 0x0D}, {0x03, 0x20}, {0x03, 0x42},
                                {0x05, 1},    {0x00, 0},    {0x99, 0}};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        out(r, 1, good[i][0]);
        out(r, 2, good[i][1]);
        command(r, 0xEF);
        expect(r, 0x50);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        out(r, 1, bad[i][0]);
        out(r, 2, bad[i][1]);
        command(r, 0xEF);
        expect_error(r, 4, 0x51);
    }
    static const u8 none[] = {0x00, 0x08, 0x22, 0x32, 0x50, 0xA0, 0xA1, 0xC8, 0xC9, 0xCA, 0xCB,
                              0xC7, 0xF8, 0xF9, 0x25, 0x35, 0x27, 0x37, 0xF1, 0xFF, 0x92, 0xDA};
    for (size_t i = 0; i < sizeof none; i++) {
        command(r, none[i]);
        expect_error(r, 4, 0x51);
    }
    rig_free(r);
}

static void test_power(void **state)
{
    Rig *r = rig(1, false);
    static const u8 t[][2] = {{0xE0, 0x00}, {0xE1, 0x80}, {0x96, 0x00}, {0x97, 0x80}};
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        command(r, t[i][0]);
        expect(r, 0x50);
        command(r, i & 1 ? 0xE5 : 0x98);
        expect(r, 0x50);
        assert_int_equal(in(r, 2), t[i][1]);
    }
    address(r, 0xE0, 0, 1);
    command(r, 0x40);
    expect(r, 0x50);
    command(r, 0xE5);
    expect(r, 0x50);
    assert_int_equal(in(r, 2), 0xFF);
    command(r, 0xE6);
    expect(r, 0x50);
    out(r, 7, 0xEC); /* asleep */
    pass_us(r, 1000);
    assert_false(r->irq);
    out(r, 8, 4);
    out(r, 8, 0);
    pass_us(r, 1000);
    command(r, 0xEC);
    expect(r, 0x58);
    rig_free(r);
}

static void test_smart(void **state)
{
    Rig *r = rig(1, false);
    u8 b[512], sum = 0;
    out(r, 1, 0xDA);
    out(r, 4, 0x4F);
    out(r, 5, 0xC2);
    command(r, 0xB0); /* off at power-on */
    expect_error(r, 4, 0x51);
    out(r, 1, 0xD8);
    command(r, 0xB0);
    expect(r, 0x50);
    out(r, 1, 0xDA);
    command(r, 0xB0);
    expect(r, 0x50);
    assert_int_equal(in(r, 4), 0x4F);
    assert_int_equal(in(r, 5), 0xC2);
    out(r, 1, 0xD0);
    command(r, 0xB0);
    expect(r, 0x58);
    data_in(r, b, 512, 2);
    for (int i = 0; i < 512; i++)
        sum += b[i];
    assert_int_equal(sum, 0);
    out(r, 4, 0);
    command(r, 0xB0);
    expect_error(r, 4, 0x51);
    rig_free(r);
}

static void test_interrupt_gate(void **state)
{
    Rig *r = rig(3, false);
    out(r, 8, 2); /* nIEN */
    command(r, 0xEC);
    assert_false(r->irq);
    out(r, 8, 0); /* still pending */
    assert_true(r->irq);
    out(r, 6, 0xB0); /* the other drive has none */
    assert_false(r->irq);
    in(r, 7);
    out(r, 6, 0xA0);
    assert_true(r->irq);
    in(r, 8);
    assert_true(r->irq);
    in(r, 7);
    assert_false(r->irq);
    command(r, 0xEC);
    assert_true(r->irq);
    out(r, 7, 0xEC); /* a command takes it away as well */
    assert_false(r->irq);
    out(r, 2, 0x42); /* a busy drive does not listen */
    out(r, 7, 0x91);
    pass_us(r, 100);
    expect(r, 0x58);
    assert_int_not_equal(in(r, 2), 0x42);
    rig_free(r);
}

/* Both drives at work at the same time keep their own registers and data. */
static void test_two_drives(void **state)
{
    Rig *r = rig(3, false);
    u8 b[512];
    address(r, 0xE0, 11, 1);
    command(r, 0x20);
    in(r, 7);
    address(r, 0xF0, 22, 1);
    command(r, 0x20);
    in(r, 7);
    data_in(r, b, 512, 2);
    assert_int_equal(load_le(b, 4), 22);
    out(r, 6, 0xE0);
    data_in(r, b, 512, 2);
    assert_int_equal(load_le(b, 4), 11);
    rig_free(r);
}

static int failing_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    return lba <= 52 && lba + count > 52 ? 5 : 0; /* EIO on sector 52 */
}

static int failing_write(DiskLayer *l, u64 lba, u32 count, const u8 *src)
{
    return 28; /* ENOSPC */
}

static int failing_flush(DiskLayer *l)
{
    return 5;
}

static int tellings;

static void tell(void *ctx, const char *message)
{
    tellings++;
}

static void test_host_errors(void **state)
{
    Rig *r = rig(1, false);
    DiskLayerOps bad = *r->disk[0]->layer->ops;
    const DiskLayerOps *good = r->disk[0]->layer->ops;
    u8 b[512] = {0};
    bad.read = failing_read;
    bad.write = failing_write;
    bad.flush = failing_flush;
    r->disk[0]->layer->ops = &bad;
    disk_on_error(r->disk[0], tell, NULL);
    tellings = 0;
    address(r, 0xE0, 50, 5);
    command(r, 0x20);
    for (int i = 0; i < 2; i++) {
        expect(r, 0x58);
        data_in(r, b, 512, 2);
        pass_us(r, 50);
    }
    expect_error(r, 0x40, 0x51); /* UNC at 52, three sectors missing */
    assert_registers(r, 3, 52, 0, 0, 0xE0);
    assert_int_equal(tellings, 1);
    address(r, 0xE0, 60, 1);
    command(r, 0x30);
    data_out(r, b, 512, 2);
    pass_us(r, 50);
    expect_error(r, 0x04, 0x71); /* DF */
    assert_int_equal(tellings, 2);
    command(r, 0xE7);
    expect_error(r, 0x04, 0x71);
    assert_int_equal(tellings, 3);
    r->disk[0]->layer->ops = good;
    rig_free(r);
}

/* A medium made to fail: the commands that move blocks stop at the very sector. */
static void test_faults(void **state)
{
    static const char *const faults[] = {"read:52-53", "write:62", "missing:72", "timeout:82"};
    Rig *r = rig(1, false);
    DiskFault f;
    u8 b[8 * 512], c[512];
    memset(b, 0x99, sizeof b);
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        assert_true(disk_fault_parse(faults[i], &f));
        assert_true(disk_faults_add(ide_faults(&r->ide, 0), &f));
    }
    out(r, 2, 8);
    command(r, 0xC6);
    expect(r, 0x50);
    address(r, 0xE0, 48, 8);
    command(r, 0xC4); /* READ MULTIPLE: the address is the bad sector's */
    expect_error(r, 0x40, 0x51);
    assert_registers(r, 4, 52, 0, 0, 0xE0);
    address(r, 0xE0, 48, 8);
    command(r, 0x40);
    expect_error(r, 0x40, 0x51);
    assert_registers(r, 4, 52, 0, 0, 0xE0);
    address(r, 0xE0, 60, 4);
    command(r, 0xC5); /* WRITE MULTIPLE: what comes before is written */
    data_out(r, b, 4 * 512, 4);
    pass_us(r, 50);
    expect_error(r, 0x04, 0x71);
    assert_registers(r, 2, 62, 0, 0, 0xE0);
    for (u32 i = 60; i < 64; i++) {
        disk_read(r->disk[0], i, 1, c);
        assert_int_equal(c[100], i < 62 ? 0x99 : r->image[i * 512 + 100]);
    }
    address(r, 0xE0, 72, 1);
    command(r, 0x20);
    expect_error(r, 0x10, 0x51);
    address(r, 0xE0, 82, 1);
    command(r, 0x20);
    pass_us(r, 30000000);
    assert_int_equal(in(r, 8), 0x80);
    assert_false(r->irq);
    out(r, 8, 4); /* only a reset wakes it */
    pass_us(r, 10);
    out(r, 8, 0);
    pass_us(r, 1000);
    assert_int_equal(in(r, 7), 0x50);
    address(r, 0xE0, 83, 1);
    command(r, 0x20);
    expect(r, 0x58);
    rig_free(r);
}

static void test_fault_words(void **state)
{
    static const char *const wrong[] = {"",        "read",      "read:",   "read:x",  "read:-1",
                                        "read:2-", "read:2-1",  "read:1,", "bad:1",   "none:1",
                                        "rea:1",   "read:1 2",  "read: 1", "read:+1", "read:1-+2"};
    DiskFault f = {0};
    DiskFaults list = {0};
    DiskFaultKind kind;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(disk_fault_parse(wrong[i], &f));
    assert_true(disk_fault_parse("timeout:7-18446744073709551614", &f));
    for (int i = 0; i < DISK_FAULTS; i++)
        assert_true(disk_faults_add(&list, &f));
    assert_false(disk_faults_add(&list, &f));
    assert_true(disk_faults_check(&list));
    assert_int_equal(disk_faults_before(&list, 0, 7, true, &kind), 7);
    assert_int_equal(kind, FAULT_NONE);
    assert_int_equal(disk_faults_before(&list, 0, 8, true, &kind), 7);
    assert_int_equal(kind, FAULT_TIMEOUT);
    assert_int_equal(disk_faults_before(&list, 1ull << 40, 16, false, &kind), 0);
    list.count = DISK_FAULTS + 1;
    assert_false(disk_faults_check(&list));
}

/* ---- hostile guests -------------------------------------------------------------------------- */

static u64 hostile_run(u32 seed, int rounds)
{
    static const u8 favourites[] = {0x20, 0x30, 0xC4, 0xC5, 0xC6, 0xEC, 0x91,
                                    0x40, 0xE4, 0xE8, 0xEF, 0xB0, 0x90};
    Rig *r = rig((int)(seed % 4), seed & 4);
    u32 x = seed * 2654435761u + 1;
    for (int i = 0; i < rounds; i++) {
        x ^= x << 13, x ^= x >> 17, x ^= x << 5;
        int reg = 1 + (x >> 4 & 7), size = 1 << (x >> 8 & 3) % 3;
        u8 v = (u8)(x >> 16);
        switch (x & 15) {
        case 0:
        case 1:
            pass_us(r, v);
            break;
        case 2:
        case 3:
        case 4:
            for (int k = 0; k < v * 2; k++)
                bus_in(&r->bus, BASE, size);
            break;
        case 5:
        case 6:
        case 7:
            for (int k = 0; k < v * 2; k++)
                bus_out(&r->bus, BASE, size, x + (u32)k);
            break;
        case 8:
            out(r, 7, favourites[v % sizeof favourites]);
            break;
        case 9:
            bus_out(&r->bus, (u16)(BASE + reg), size, x);
            break;
        case 10:
            in(r, reg);
            bus_peek_port(&r->bus, (u16)(BASE + reg), size);
            break;
        case 11:
            if ((v & 7) == 0)
                out(r, 8, v >> 3);
            else
                out(r, 8, 0);
            break;
        case 12:
            address(r, (u8)(0xE0 | (v & 0x10)), x >> 22, v & 15);
            break;
        default:
            out(r, reg == 7 && v & 3 ? 2 : reg, v);
        }
    }
    u64 h = snap_hash(&r->snap);
    rig_free(r);
    return h;
}

static void test_hostile(void **state)
{
    for (u32 seed = 0; seed < 24; seed++)
        hostile_run(seed, 10000);
    assert_int_equal(hostile_run(33, 5000), hostile_run(33, 5000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identify),   cmocka_unit_test(test_resets),
        cmocka_unit_test(test_absent),     cmocka_unit_test(test_read_lba),
        cmocka_unit_test(test_read_chs),   cmocka_unit_test(test_256_sectors),
        cmocka_unit_test(test_48bit),
        cmocka_unit_test(test_multiple),   cmocka_unit_test(test_verify_seek),
        cmocka_unit_test(test_write),      cmocka_unit_test(test_buffer_and_8bit),
        cmocka_unit_test(test_features),   cmocka_unit_test(test_power),
        cmocka_unit_test(test_smart),      cmocka_unit_test(test_interrupt_gate),
        cmocka_unit_test(test_two_drives), cmocka_unit_test(test_host_errors),
        cmocka_unit_test(test_faults),     cmocka_unit_test(test_fault_words),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
