/* fdc_rig.h: the floppy controller on a bus and event queue, with a DMA channel and an IRQ line
 * that remember what happened, for the tests of it. */
#ifndef GLASS86_TESTS_FDC_RIG_H
#define GLASS86_TESTS_FDC_RIG_H

#include "devices/disk/layer.h"
#include "devices/fdc.h"

typedef struct {
    Clock clock;
    EventQueue queue;
    Bus bus;
    Snap snap;
    Fdc fdc;
    Disk *disk;
    u8 *image;
    u32 image_size;
    bool irq, dreq;
    int edges;
    u8 dma[65536];
    u32 dma_pos, dma_count; /* dma_count: bytes until terminal count */
    bool masked;
} Rig;

static inline void irq_set(void *ctx, int pin, bool level)
{
    Rig *r = ctx;
    r->edges += level && !r->irq;
    r->irq = level;
}

static inline u32 dma_move(Rig *r, u8 *dst, const u8 *src, u32 n, bool *tc)
{
    if (r->masked || !r->dma_count)
        return 0;
    if (n > r->dma_count)
        n = r->dma_count;
    if (dst)
        memcpy(dst, r->dma + r->dma_pos, n);
    if (src)
        memcpy(r->dma + r->dma_pos, src, n);
    r->dma_pos += n;
    r->dma_count -= n;
    *tc = !r->dma_count;
    return n;
}

static inline u32 dma_read(void *ctx, int channel, void *dst, u32 n, bool *tc)
{
    assert_int_equal(channel, 2);
    return dma_move(ctx, dst, NULL, n, tc);
}

static inline u32 dma_write(void *ctx, int channel, const void *src, u32 n, bool *tc)
{
    return dma_move(ctx, NULL, src, n, tc);
}

static inline void dma_dreq(void *ctx, int channel, bool level)
{
    ((Rig *)ctx)->dreq = level;
}

static inline void out(Rig *r, u16 port, u8 v)
{
    bus_out(&r->bus, port, 1, v);
}

static inline u8 in(Rig *r, u16 port)
{
    return (u8)bus_in(&r->bus, port, 1);
}

static inline void pass_us(Rig *r, u64 us)
{
    u64 until = r->clock.now + clock_us(&r->clock, us);
    while (r->clock.deadline <= until) {
        if (r->clock.deadline > r->clock.now)
            r->clock.now = r->clock.deadline;
        event_run(&r->queue);
    }
    r->clock.now = until;
}

/* Sector contents: first byte track*2+head, second byte sector number, the rest their mix. */
static inline void fill_image(Rig *r, u32 c, u32 h, u32 s)
{
    r->image_size = c * h * s * 512;
    r->image = calloc(1, r->image_size);
    for (u32 i = 0; i < c * h * s; i++) {
        memset(r->image + i * 512, (int)(i * 7 + i / 256), 512);
        r->image[i * 512] = (u8)(i / s);
        r->image[i * 512 + 1] = (u8)(i % s + 1);
        r->image[i * 512 + 510] = 0;
    }
}

static inline Rig *rig_with(FdcDriveType type, u32 c, u32 h, u32 s, bool read_only)
{
    Rig *r = calloc(1, sizeof *r);
    r->clock.ips = 10000000;
    event_queue_init(&r->queue, &r->clock);
    bus_init(&r->bus);
    FdcConfig cfg = {.bus = &r->bus,
                     .queue = &r->queue,
                     .snap = &r->snap,
                     .irq = {irq_set, r, 6},
                     .dma = {dma_read, dma_write, dma_dreq, r, 2},
                     .drive = {type, FDC_DRIVE_1440K}};
    fdc_init(&r->fdc, &cfg);
    if (c) {
        char err[300];
        fill_image(r, c, h, s);
        DiskOptions o = {.kind = DISK_FLOPPY, .read_only = read_only};
        r->disk = disk_open_memory("test", r->image, r->image_size, &o, err, sizeof err);
        assert_non_null(r->disk);
        assert_int_equal(r->disk->geometry.sectors, s);
        fdc_insert(&r->fdc, 0, r->disk);
    }
    return r;
}

static inline void rig_free(Rig *r)
{
    bus_free(&r->bus);
    disk_close(r->disk);
    free(r->image);
    free(r);
}

static inline void cmd(Rig *r, int n, ...)
{
    va_list ap;
    va_start(ap, n);
    while (n--) {
        assert_int_equal(in(r, 0x3F4) & 0xC0, 0x80);
        out(r, 0x3F5, (u8)va_arg(ap, int));
    }
    va_end(ap);
}

/* Reads n result bytes and checks that the controller then waits for a command. */
static inline const u8 *result(Rig *r, int n)
{
    static u8 b[16];
    memset(b, 0xEE, sizeof b);
    for (int i = 0; i < n; i++) {
        assert_int_equal(in(r, 0x3F4) & 0xD0, 0xD0);
        assert_int_equal(bus_peek_port(&r->bus, 0x3F5, 1), bus_peek_port(&r->bus, 0x3F5, 1));
        b[i] = in(r, 0x3F5);
    }
    assert_int_equal(in(r, 0x3F4) & 0xD0, 0x80);
    return b;
}

static inline void expect(Rig *r, int n, ...)
{
    const u8 *b = result(r, n);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        int want = va_arg(ap, int);
        if (b[i] != want)
            fail_msg("result byte %d is %02X, wanted %02X (%02X %02X %02X %02X %02X %02X %02X)", i,
                     b[i], want, b[0], b[1], b[2], b[3], b[4], b[5], b[6]);
    }
    va_end(ap);
}

static inline void sense(Rig *r, u8 st0, u8 pcn)
{
    cmd(r, 1, 0x08);
    expect(r, 2, st0, pcn);
}

/* As a BIOS does: reset, four senses, SPECIFY, data rate, recalibrate. */
static inline Rig *ready_for(Rig *r, u8 rate)
{
    out(r, 0x3F2, 0x00);
    assert_int_equal(in(r, 0x3F4), 0);
    out(r, 0x3F2, 0x1C);
    assert_int_equal(in(r, 0x3F4), 0x80);
    assert_false(r->irq);
    pass_us(r, 100);
    assert_true(r->irq);
    for (int i = 0; i < 4; i++)
        sense(r, (u8)(0xC0 | i), 0);
    assert_false(r->irq);
    cmd(r, 1, 0x08); /* nothing more to sense */
    expect(r, 1, 0x80);
    cmd(r, 3, 0x03, 0xDF, 0x02);
    out(r, 0x3F7, rate);
    cmd(r, 2, 0x07, 0);
    assert_int_equal(in(r, 0x3F4), 0x81);
    pass_us(r, 300000);
    assert_true(r->irq);
    sense(r, 0x20, 0);
    r->edges = 0;
    return r;
}

static inline Rig *ready(void)
{
    return ready_for(rig_with(FDC_DRIVE_1440K, 80, 2, 18, false), 0);
}

static inline void seek_to(Rig *r, u8 track)
{
    cmd(r, 3, 0x0F, 0, track);
    pass_us(r, 600000);
    sense(r, 0x20, track);
}

static inline void dma(Rig *r, u32 count)
{
    r->dma_pos = 0;
    r->dma_count = count;
    memset(r->dma, 0xAA, sizeof r->dma);
}

static inline u32 lba_of(u32 c, u32 h, u32 s)
{
    return (c * 2 + h) * 18 + s - 1;
}

#endif
