/* ops.c: what guests, time and persons do to a machine's devices, one operation after the other:
 * see rig_use(). The first byte of an operation says which it is, and of how many bytes. */
#include "tests/fuzz/fuzz.h"

enum { SLICE = 1000, END = 0xFF };

/* Ports that a fuzzer would need long to find, and the first of each device. */
static u16 port_of(Feed *f)
{
    static const u16 often[] = {
        0x00,  0x08,  0x20,  0x21,   0x40,   0x43,   0x60,   0x61,   0x64,  0x70,  0x71,  0x80,
        0x81,  0x83,  0x87,  0x89,   0x8B,   0x92,   0xA0,   0xA1,   0xC0,  0xD0,  0xD4,  0xD6,
        0xE9,  0xF0,  0x170, 0x171,  0x172,  0x174,  0x175,  0x176,  0x177, 0x1CE, 0x1CF, 0x1F0,
        0x1F1, 0x1F2, 0x1F3, 0x1F4,  0x1F5,  0x1F6,  0x1F7,  0x201,  0x220, 0x222, 0x224, 0x225,
        0x226, 0x22A, 0x22C, 0x22E,  0x22F,  0x2F8,  0x2FB,  0x330,  0x331, 0x376, 0x378, 0x37A,
        0x388, 0x389, 0x38A, 0x3B4,  0x3B8,  0x3BF,  0x3C0,  0x3C2,  0x3C4, 0x3C5, 0x3C6, 0x3C8,
        0x3C9, 0x3CE, 0x3CF, 0x3D4,  0x3D5,  0x3D8,  0x3DA,  0x3F2,  0x3F4, 0x3F5, 0x3F6, 0x3F7,
        0x3F8, 0x3F9, 0x3FB, 0x3FC,  0x4D0,  0x510,  0x511,  0x514,  0xB2,  0xCF8, 0xCFC, 0xCF9,
        0x608, 0x604, 0x600, 0xC000, 0xC002, 0xC004, 0xC008, 0x8900, 0x510, 0x518};
    u32 which = feed(f, 1);
    return (u16)(which == 0xFF ? feed(f, 2) : often[which % ARRAY_LEN(often)]);
}

static u32 address(Feed *f)
{
    static const u32 often[] = {0,          0x500,      0x7000,     0x9FFF0,    0xA0000,
                                0xAFFFC,    0xB0000,    0xB8000,    0xC0000,    0xF0000,
                                0xFFFF0,    0x100000,   0xE0000000, 0xE0FFFFFC, 0xFFFFFFF0,
                                0xFFFE0000, 0xFEC00000, 0xFD000000};
    u32 which = feed(f, 1);
    return which == 0xFF ? feed(f, 4) : often[which % ARRAY_LEN(often)] + feed(f, 2);
}

static void block(Rig *m, Feed *f, bool out)
{
    u16 port = port_of(f);
    u32 count = feed(f, 2) & 0xFFF;
    for (u32 n = 0; n < count; n++) {
        if (out)
            bus_out(&m->pc->bus, port, 2, feed(f, 1) | n << 8);
        else
            bus_in(&m->pc->bus, port, 2);
    }
}

static void media(Rig *m, Feed *f)
{
    char err[400];
    int drive = feed(f, 1) & 1 ? 4 : 0;
    Disk *all = drive ? m->cd : m->fda, *old;
    pc_change_media(m->pc, drive, feed(f, 1) & 1 ? all : NULL, feed(f, 1) & 1, &old, err,
                    sizeof err);
}

static void person(Rig *m, Feed *f)
{
    static const JoystickInput away = {.absent = 3};
    u32 what = feed(f, 1), a = feed(f, 1);
    if (what < 100)
        input_key(&m->input, (u16)(1 + a % (KEY_COUNT - 1)), what & 1);
    else if (what < 150)
        input_mouse(&m->input, (int)a - 128, (int)feed(f, 1) - 128, 0, a & 7);
    else if (what < 200)
        input_serial(&m->input, what & 1, (u8)a);
    else if (what < 250)
        input_joystick(&m->input, &away);
    else
        input_reset(&m->input, a & 1);
    input_deliver(&m->input);
}

void rig_pass(Rig *m, u64 ticks)
{
    for (u64 until = m->pc->clock.now + ticks; m->pc->clock.now < until;) {
        u64 now = m->pc->clock.now, left = until - now;
        rig_run(m, left < SLICE ? left : SLICE);
        if (m->pc->clock.now == now)
            return;
        if (!m->pc->cpu.s.halted)
            rig_idle(m);
    }
}

static void one(Rig *m, Feed *f)
{
    u32 op = feed(f, 1);
    int size = 1 << (op >> 4) % 3;
    Bus *bus = &m->pc->bus;
    switch (op & 15) {
    case 0:
    case 1:
    case 2:
    case 3: {
        u16 port = port_of(f);
        bus_out(bus, port, size, feed(f, (unsigned)size));
        break;
    }
    case 4:
        bus_in(bus, port_of(f), size);
        break;
    case 5: {
        u32 at = address(f);
        bus_write(bus, at, size, feed(f, (unsigned)size));
        break;
    }
    case 6:
        bus_read(bus, address(f), size);
        break;
    case 7:
        bus_peek(bus, address(f), size);
        break;
    case 8:
    case 9:
        rig_pass(m, (u64)feed(f, 1) << (op >> 4) % 9);
        break;
    case 10: { /* memory that DMA reads: descriptors, sectors, samples */
        size_t n;
        u32 at = address(f);
        const u8 *bytes = feed_bytes(f, op >> 4 << 2, &n);
        for (size_t i = 0; i < n; i++)
            bus_write(bus, at + (u32)i, 1, bytes[i]);
        break;
    }
    case 11:
        block(m, f, op & 16);
        break;
    case 12:
        media(m, f);
        break;
    case 13:
        rig_look(m);
        break;
    case 14:
        person(m, f);
        break;
    default:
        rig_task(m, f);
        break;
    }
}

void rig_use(Rig *m, Feed *f, int ops, u64 ticks)
{
    u64 until = m->pc->clock.now + ticks;
    while (f->left && *f->at != END && ops-- > 0 && m->pc->clock.now < until)
        one(m, f);
    feed(f, 1);
}
