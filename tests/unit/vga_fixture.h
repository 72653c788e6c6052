/* vga_fixture.h: a VGA on a real bus and event queue, guest time by hand, and the register sets of
 * the standard modes (IBM VGA BIOS parameter tables), for the three VGA test programs. */
#ifndef GLASS86_TEST_VGA_FIXTURE_H
#define GLASS86_TEST_VGA_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "devices/vga.h"

typedef struct {
    Clock clock;
    Bus bus;
    EventQueue queue;
    Snap snap;
    Vga vga;
    bool irq;
    int irq_rises, frames;
} Fixture;

typedef struct {
    u8 misc, seq[5], crtc[25], gc[9], atc[21];
} Mode;

static const Mode mode_text = {
    0x67,
    {3, 0x00, 0x03, 0x00, 0x02},
    {0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0,
     0,    0,    0,    0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF},
    {0, 0, 0, 0, 0, 0x10, 0x0E, 0, 0xFF},
    {0,    1,    2,    3,    4,    5,    0x14, 7,    0x38, 0x39, 0x3A,
     0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x0C, 0,    0x0F, 8,    0},
};

static const Mode mode_13h = {
    0x63,
    {3, 0x01, 0x0F, 0x00, 0x0E},
    {0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0x00, 0x41, 0,    0,   0,
     0,    0,    0,    0x9C, 0x8E, 0x8F, 0x28, 0x40, 0x96, 0xB9, 0xA3, 0xFF},
    {0, 0, 0, 0, 0, 0x40, 0x05, 0x0F, 0xFF},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x41, 0, 0x0F, 0, 0},
};

static const Mode mode_12h = {
    0xE3,
    {3, 0x01, 0x0F, 0x00, 0x06},
    {0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0x0B, 0x3E, 0x00, 0x40, 0,    0,   0,
     0,    0,    0,    0xEA, 0x8C, 0xDF, 0x28, 0x00, 0xE7, 0x04, 0xE3, 0xFF},
    {0, 0, 0, 0, 0, 0x00, 0x05, 0x0F, 0xFF},
    {0,    1,    2,    3,    4,    5,    0x14, 7,    0x38, 0x39, 0x3A,
     0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x01, 0,    0x0F, 0,    0},
};

static const Mode mode_0dh = {
    0x63,
    {3, 0x09, 0x0F, 0x00, 0x06},
    {0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0x00, 0xC0, 0,    0,   0,
     0,    0,    0,    0x9C, 0x8E, 0x8F, 0x14, 0x00, 0x96, 0xB9, 0xE3, 0xFF},
    {0, 0, 0, 0, 0, 0x00, 0x05, 0x0F, 0xFF},
    {0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x01, 0, 0x0F, 0, 0},
};

static const Mode mode_4 = {
    0x63,
    {3, 0x09, 0x03, 0x00, 0x02},
    {0x2D, 0x27, 0x28, 0x90, 0x2B, 0x80, 0xBF, 0x1F, 0x00, 0xC1, 0,    0,   0,
     0,    0,    0,    0x9C, 0x8E, 0x8F, 0x14, 0x00, 0x96, 0xB9, 0xA2, 0xFF},
    {0, 0, 0, 0, 0, 0x30, 0x0F, 0, 0xFF},
    {0,    0x13, 0x15, 0x17, 2,    4,    6, 7, 0x10, 0x11, 0x12,
     0x13, 0x14, 0x15, 0x16, 0x17, 0x01, 0, 3, 0,    0},
};

static const Mode mode_6 = {
    0x63,
    {3, 0x01, 0x01, 0x00, 0x06},
    {0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0x00, 0xC1, 0,    0,   0,
     0,    0,    0,    0x9C, 0x8E, 0x8F, 0x28, 0x00, 0x96, 0xB9, 0xC2, 0xFF},
    {0, 0, 0, 0, 0, 0x00, 0x0D, 0, 0xFF},
    {0,    0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17, 0x17,
     0x17, 0x17, 0x17, 0x17, 0x17, 0x01, 0,    1,    0,    0},
};

static inline void out(Fixture *f, u16 port, u8 value)
{
    bus_out(&f->bus, port, 1, value);
}

static inline u8 in(Fixture *f, u16 port)
{
    return (u8)bus_in(&f->bus, port, 1);
}

static inline void out2(Fixture *f, u16 port, u8 index, u8 value)
{
    bus_out(&f->bus, port, 2, (u32)value << 8 | index);
}

static inline void set_atc(Fixture *f, u8 index, u8 value)
{
    in(f, 0x3DA);
    out(f, 0x3C0, index);
    out(f, 0x3C0, value);
    out(f, 0x3C0, 0x20);
}

static inline void set_dac(Fixture *f, u8 index, u8 r, u8 g, u8 b)
{
    out(f, 0x3C8, index);
    out(f, 0x3C9, r);
    out(f, 0x3C9, g);
    out(f, 0x3C9, b);
}

/* The DAC colour that every test expects at an index, 6 bits and as pixel. */
static inline u8 test_level(int index, int part)
{
    return (u8)((index * (part * 2 + 1) + part * 11) & 0x3F);
}

static inline u32 test_colour(int index)
{
    u32 c = 0;
    for (int i = 0; i < 3; i++) {
        u32 level = test_level(index, i);
        c = c << 8 | level << 2 | level >> 4;
    }
    return c;
}

/* As a BIOS sets a mode; every DAC entry gets test_level(). */
static inline void set_mode(Fixture *f, const Mode *m)
{
    out(f, 0x3C2, m->misc);
    for (u8 i = 0; i < 5; i++)
        out2(f, 0x3C4, i, m->seq[i]);
    out2(f, 0x3D4, 0x11, 0);
    for (u8 i = 0; i < 25; i++)
        out2(f, 0x3D4, i, m->crtc[i]);
    for (u8 i = 0; i < 9; i++)
        out2(f, 0x3CE, i, m->gc[i]);
    in(f, 0x3DA);
    for (u8 i = 0; i < 21; i++) {
        out(f, 0x3C0, i);
        out(f, 0x3C0, m->atc[i]);
    }
    out(f, 0x3C0, 0x20);
    out(f, 0x3C6, 0xFF);
    for (int i = 0; i < 256; i++)
        set_dac(f, (u8)i, test_level(i, 0), test_level(i, 1), test_level(i, 2));
}

/* Guest time passes; events fire when they are due. */
static inline void run_to(Fixture *f, u64 tick)
{
    while (f->clock.deadline <= tick) {
        if (f->clock.now < f->clock.deadline)
            f->clock.now = f->clock.deadline;
        event_run(&f->queue);
    }
    f->clock.now = tick;
}

static inline void run(Fixture *f, u64 ticks)
{
    run_to(f, f->clock.now + ticks);
}

/* To just after the next vertical retrace has begun. */
static inline void next_frame(Fixture *f)
{
    u64 frames = f->vga.s.frames;
    while (f->vga.s.frames == frames)
        run_to(f, f->clock.deadline);
}

static void fixture_irq(void *ctx, int pin, bool level)
{
    Fixture *f = ctx;
    f->irq_rises += level && !f->irq;
    f->irq = level;
}

static void fixture_frame(void *ctx, int pin, bool level)
{
    Fixture *f = ctx;
    f->frames += level;
}

static inline Fixture *fixture_adapter(u64 ips, VgaCardKind card, u8 ega_switches, u8 ega_memory)
{
    static const u8 font[256 * 14] = {0};
    Fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->clock.ips = ips;
    bus_init(&f->bus);
    event_queue_init(&f->queue, &f->clock);
    vga_init(&f->vga, &(VgaConfig){.bus = &f->bus,
                                   .queue = &f->queue,
                                   .snap = &f->snap,
                                   .irq = {fixture_irq, f, 0},
                                   .frame = {fixture_frame, f, 0},
                                   .card = card,
                                   .ega_switches = ega_switches,
                                   .ega_memory = ega_memory,
                                   .font = font,
                                   .font_height = 14});
    return f;
}

static inline Fixture *fixture_card(u64 ips, VgaCardKind card)
{
    return fixture_adapter(ips, card, 0, 0);
}

static inline Fixture *fixture_ega(u64 ips, u8 switches, u8 memory)
{
    return fixture_adapter(ips, VGA_CARD_EGA, switches, memory);
}

static inline Fixture *fixture_new(u64 ips)
{
    return fixture_card(ips, VGA_CARD_NONE);
}

static inline void fixture_free(Fixture *f)
{
    vga_free(&f->vga);
    bus_free(&f->bus);
    free(f);
}

static inline u32 next_random(u32 *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

#endif
