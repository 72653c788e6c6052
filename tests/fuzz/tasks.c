/* tasks.c: what devices do only after several accesses in the right order, with waiting in between:
 * commands to controllers, DMA, packets, indexed registers. The order is a driver's, every value is
 * the input's; where a device has few commands, most bytes mean one of them. */
#include "tests/fuzz/fuzz.h"

enum { WORDS = 1500, WAITS = 14 };

static void out(Rig *m, u32 port, u32 value)
{
    bus_out(&m->pc->bus, (u16)port, 1, value & 0xFF);
}

static u32 in(Rig *m, u32 port)
{
    return bus_in(&m->pc->bus, (u16)port, 1) & 0xFF;
}

/* One of `n` bytes, or with FFh the next byte of the input as it is. */
static u8 choice(Feed *f, const u8 *often, size_t n)
{
    u32 which = feed(f, 1);
    return (u8)(which == 0xFF ? feed(f, 1) : often[which % n]);
}

/* Until (port & mask) == value, for at most 2/3 of a second, in longer and longer steps. */
static bool await(Rig *m, u32 port, u32 mask, u32 value)
{
    for (int n = 0; n < WAITS; n++) {
        if ((in(m, port) & mask) == value)
            return true;
        rig_pass(m, 16u << n);
    }
    return false;
}

static void program_dma(Rig *m, Feed *f, unsigned channel)
{
    static const u8 pages[] = {0x87, 0x83, 0x81, 0x82, 0x8F, 0x8B, 0x89, 0x8A};
    u32 base = channel < 4 ? 0 : 0xC0, step = channel < 4 ? 1 : 2,
        at = base + 2 * step * (channel & 3);
    u32 mode = feed(f, 1) & 0xFC, address = feed(f, 3), count = feed(f, 2);
    out(m, base + 10 * step, 4 | (channel & 3));
    out(m, base + 11 * step, mode | (channel & 3));
    out(m, base + 12 * step, 0);
    out(m, at, address);
    out(m, at, address >> 8);
    out(m, pages[channel], address >> 16);
    out(m, at + step, count);
    out(m, at + step, count >> 8);
    out(m, base + 10 * step, channel & 3);
    if (channel < 4) { /* they come through channel 4, which a BIOS sets up */
        out(m, 0xD6, 0xC0);
        out(m, 0xD4, 0);
    }
}

static void dma(Rig *m, Feed *f)
{
    unsigned channel = feed(f, 1) & 7;
    program_dma(m, f, channel);
    out(m, channel < 4 ? 9 : 0xD2, feed(f, 1)); /* a request by software */
    rig_pass(m, 256);
}

/* A command with its parameters, data if they go through the port, and results. */
static void floppy(Rig *m, Feed *f)
{
    static const u8 commands[] = {0xE6, 0xC5, 0x4D, 0x07, 0x0F, 0x08, 0x4A, 0x42, 0xCC, 0xC9,
                                  0x03, 0x13, 0x0E, 0x10, 0x12, 0x94, 0x14, 0xD1, 0xD9, 0xDD,
                                  0x16, 0x8F, 0xCF, 0x18, 0x04, 0x66, 0x46, 0x33, 0x8E, 0x2E};
    u32 how = feed(f, 1), waits = 0, sent = 0;
    out(m, 0x3F2, how & 0x80 ? feed(f, 1) : 0x3C | (how & 1));
    if (how & 0x40)
        out(m, 0x3F7, feed(f, 1));
    if (how & 0x20)
        program_dma(m, f, 2);
    for (int n = 0; n < WORDS && waits < WAITS; n++) {
        u32 status = in(m, 0x3F4);
        if ((status & 0xC0) == 0xC0)
            in(m, 0x3F5);
        else if (!(status & 0x80))
            rig_pass(m, 16u << waits++);
        else if (sent && !(status & 0x10))
            return;
        else
            out(m, 0x3F5, sent++ ? feed(f, 1) : choice(f, commands, sizeof commands));
    }
}

/* What an IDE drive wants to take or give; `reason`: it says itself which (a packet's data). */
static void words(Rig *m, Feed *f, u32 base, bool reason, bool write)
{
    int size = feed(f, 1) & 1 ? 4 : 2;
    for (int n = 0, waits = 0; n < WORDS && waits < WAITS; n++) {
        u32 status = in(m, base + 7);
        if (status & 0x80)
            rig_pass(m, 16u << waits++);
        else if (!(status & 8))
            return;
        else if (reason ? !(in(m, base + 2) & 2) : write)
            bus_out(&m->pc->bus, (u16)base, size, feed(f, 2));
        else
            bus_in(&m->pc->bus, (u16)base, size);
    }
}

static u32 pick_drive(Rig *m, Feed *f, u32 how)
{
    u32 base = how & 1 ? 0x170 : 0x1F0;
    out(m, base + 6, feed(f, 1));
    await(m, base + 7, 0x80, 0);
    return base;
}

static void disk(Rig *m, Feed *f)
{
    static const u8 commands[] = {0xEC, 0x20, 0x30, 0x24, 0x34, 0xC4, 0xC5, 0xC6, 0xC8, 0xCA,
                                  0x25, 0x35, 0x29, 0x39, 0x40, 0x42, 0x70, 0x90, 0x91, 0xEF,
                                  0xE7, 0xEA, 0xF8, 0x27, 0xF9, 0x37, 0xB0, 0xE1, 0xE5, 0xE6,
                                  0xA1, 0x08, 0xDE, 0xDF, 0x10, 0x32, 0x22, 0xE4, 0xE8, 0x00};
    u32 how = feed(f, 1), base = pick_drive(m, f, how);
    for (u32 twice = how >> 1 & 1; twice <= 1; twice++)
        for (u32 reg = 1; reg < 6; reg++)
            out(m, base + reg, feed(f, 1));
    out(m, base + 7, choice(f, commands, sizeof commands));
    if (how & 4)
        out(m, 0xC000 + (how & 1 ? 8 : 0), feed(f, 1));
    words(m, f, base, false, how & 8);
    if (how & 16)
        out(m, base + 0x206, feed(f, 1));
}

static void packet(Rig *m, Feed *f)
{
    static const u8 commands[] = {0x28, 0x43, 0x03, 0x12, 0x5A, 0x55, 0x51, 0x46, 0x4A, 0xBE,
                                  0xB9, 0xA8, 0x25, 0x00, 0x1B, 0x1E, 0x2B, 0x42, 0x44, 0x45,
                                  0x47, 0x48, 0x4B, 0x4E, 0x52, 0xBA, 0xBB, 0xBD, 0xA5, 0xAD};
    u32 how = feed(f, 1) ^ 1, base = pick_drive(m, f, how), bytes = feed(f, 2);
    out(m, base + 1, how & 2);
    out(m, base + 4, bytes);
    out(m, base + 5, bytes >> 8);
    out(m, base + 7, 0xA0);
    if (how & 4)
        out(m, 0xC000 + (how & 1 ? 8 : 0), feed(f, 1));
    if (!await(m, base + 7, 0x88, 8))
        return;
    u32 first = choice(f, commands, sizeof commands) | feed(f, 1) << 8;
    for (int n = 0; n < 6; n++)
        bus_out(&m->pc->bus, (u16)base, 2, n ? feed(f, 2) : first);
    words(m, f, base, true, false);
}

/* A table of regions for the bus master, which pci() may have given its ports. */
static void regions(Rig *m, Feed *f)
{
    u32 channel = feed(f, 1) & 1, at = 0x8000 + 64 * channel;
    for (u32 n = 0; n < 3; n++) {
        bus_write(&m->pc->bus, at + 8 * n, 4, feed(f, 4));
        bus_write(&m->pc->bus, at + 8 * n + 4, 4, feed(f, 2) | (n == 2 ? 0x80000000 : 0));
    }
    bus_out(&m->pc->bus, (u16)(0xC004 + 8 * channel), 4, at);
}

static void sound(Rig *m, Feed *f)
{
    static const u8 commands[] = {0x14, 0x1C, 0x90, 0x91, 0xC6, 0xB6, 0xCE, 0xBE, 0x24, 0x2C, 0x98,
                                  0x16, 0x17, 0x74, 0x75, 0x76, 0x77, 0x7D, 0x7F, 0x1F, 0x10, 0x20,
                                  0x40, 0x41, 0x42, 0x48, 0xD0, 0xD1, 0xD3, 0xD4, 0xD5, 0xD6, 0xD8,
                                  0xD9, 0xDA, 0x80, 0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0xE8, 0xF2, 0xF3,
                                  0x30, 0x34, 0x37, 0x38, 0xA0, 0xA8, 0x0E, 0x0F, 0x04, 0x05, 0xF8};
    u32 how = feed(f, 1);
    if (how & 1) {
        out(m, 0x226, 1);
        rig_pass(m, 4);
        out(m, 0x226, 0);
        await(m, 0x22E, 0x80, 0x80);
        in(m, 0x22A);
    }
    if (how & 2)
        program_dma(m, f, how & 4 ? 5 : 1);
    for (u32 n = 0; n <= (how >> 3 & 3); n++)
        if (await(m, 0x22C, 0x80, 0))
            out(m, 0x22C, n ? feed(f, 1) : choice(f, commands, sizeof commands));
    if (how & 0x20)
        rig_pass(m, (u64)feed(f, 1) << 5);
    for (u32 n = how >> 6; n; n--) {
        in(m, n & 1 ? 0x22E : 0x22F);
        in(m, 0x22A);
    }
}

/* Registers behind an index, one after the other. */
static void indexed(Rig *m, Feed *f)
{
    static const struct {
        u16 index, data;
        u8 size;
    } pairs[] = {{0x3C4, 0x3C5, 1}, {0x3CE, 0x3CF, 1}, {0x3D4, 0x3D5, 1}, {0x3B4, 0x3B5, 1},
                 {0x3C0, 0x3C0, 1}, {0x70, 0x71, 1},   {0x224, 0x225, 1}, {0x388, 0x389, 1},
                 {0x38A, 0x38B, 1}, {0x1CE, 0x1CF, 2}, {0x3C8, 0x3C9, 1}, {0x510, 0x511, 1}};
    u32 which = feed(f, 1) % ARRAY_LEN(pairs), index = feed(f, 1);
    int size = pairs[which].size;
    in(m, 0x3DA); /* the attribute controller's port takes an index next */
    for (u32 n = feed(f, 1) & 31; n; n--) {
        bus_out(&m->pc->bus, pairs[which].index, pairs[which].index == 0x510 ? 2 : size, index);
        bus_out(&m->pc->bus, pairs[which].data, size, feed(f, (unsigned)size));
        bus_in(&m->pc->bus, pairs[which].data, size);
        index = (index & ~0xFFu) | ((index + 1) & 0xFF);
    }
}

/* Configuration registers: where a driver would write, and anywhere. */
static void pci(Rig *m, Feed *f)
{
    static const u16 often[] = {0x904,  0x920,  0xB04,  0xB40, 0xB80, 0xB90, 0xBD2,
                                0x1004, 0x1010, 0x1030, 0x59,  0x5C,  0x72,  0x860,
                                0x862,  0x84C,  0x941,  0x943, 0x50,  0x103C};
    u32 which = feed(f, 1), size = 1u << feed(f, 1) % 3;
    u32 at = which == 0xFF ? feed(f, 2) : often[which % ARRAY_LEN(often)];
    bus_out(&m->pc->bus, 0xCF8, 4, 0x80000000 | (at & 0xFFFC));
    bus_out(&m->pc->bus, (u16)(0xCFC + (at & (4 - size))), (int)size, feed(f, size));
    bus_in(&m->pc->bus, (u16)(0xCFC + (at & (4 - size))), (int)size);
}

/* The 8042, and through it keyboard and mouse. */
static void keyboard(Rig *m, Feed *f)
{
    static const u8 commands[] = {0xD4, 0x60, 0x20, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA,
                                  0xAB, 0xAD, 0xAE, 0xC0, 0xD0, 0xD1, 0xD2, 0xD3, 0xDD, 0xE0},
                    orders[] = {0xF4, 0xF3, 0xE8, 0xEB, 0xE9, 0xF0, 0xEA, 0xEC, 0xEE, 0xF5, 0xF6,
                                0xFF, 0xE6, 0xE7, 0xF2, 0xED, 0xFB, 0xFC, 0xFD, 0xFA, 0xFE, 0xF8};
    u32 how = feed(f, 1);
    if (how & 1)
        out(m, 0x64, choice(f, commands, sizeof commands));
    for (u32 n = how >> 1 & 3; n; n--) {
        await(m, 0x64, 2, 0);
        out(m, 0x60, how & 8 ? feed(f, 1) : choice(f, orders, sizeof orders));
    }
    for (u32 n = how >> 4; n; n--) {
        rig_pass(m, 400);
        in(m, 0x60);
    }
}

void rig_task(Rig *m, Feed *f)
{
    static void (*const tasks[])(Rig *, Feed *) = {floppy,  disk, packet,  dma,     sound,
                                                   indexed, pci,  regions, keyboard};
    tasks[feed(f, 1) % ARRAY_LEN(tasks)](m, f);
}
