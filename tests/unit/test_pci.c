/* test_pci.c: the board with PCI: configuration space, shadow RAM, the bus master with a disk, the
 * ACPI timer and power-off, interrupt routing, resets, and all of that through a snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/pc_pci.h"
#include "devices/snapshot.h"

enum { BIOS_SIZE = 0x10000, IPS = 10000000, SECTORS = 20 * 16 * 63 };
enum { HOST = 0x80000000, ISA = 0x80000800, IDE = 0x80000900, PM = 0x80000B00 };

static u8 bios[BIOS_SIZE], vgabios[0x9000], image[SECTORS * 512];
static char err[300];

typedef struct {
    Pc *pc;
    Disk *disk, *disc;
    int resets;
    bool has_rom; /* a VGA BIOS made for the adapter */
} Rig;

static void on_reset(void *ctx)
{
    ((Rig *)ctx)->resets++;
}

/* The processor halts at once, so that time passes and nothing else happens. */
static Pc *build(Rig *r)
{
    Pc *pc = calloc(1, sizeof *pc);
    PcConfig cfg = {.cpu = CPU_PENTIUM,
                    .pci = true,
                    .ips = IPS,
                    .ram = 4 << 20,
                    .bios = {bios, sizeof bios, 0},
                    .hooks = {.ctx = r, .reset = on_reset},
                    .ide = {r->disk, NULL, r->disc}};
    if (r->has_rom)
        cfg.vgabios = (PcRom){vgabios, sizeof vgabios, 0};
    if (!pc_init(pc, &cfg, err, sizeof err))
        fail_msg("pc_init: %s", err);
    return pc;
}

static int setup(void **state)
{
    static Rig r;
    memset(bios, 0xF4, sizeof bios);
    bios[0] = 0x11;
    memcpy(vgabios, "\x55\xAA\x48", 3);
    vgabios[0x18] = 0x40;
    memcpy(vgabios + 0x40, "PCIR\x34\x12\x11\x11", 8);
    memset(vgabios + sizeof vgabios - 1, 0x99, 1);
    for (u32 n = 0; n < sizeof image; n++)
        image[n] = (u8)(n >> 9 ^ n * 7);
    r = (Rig){.resets = 0};
    DiskOptions o = {.kind = DISK_HARD};
    r.disk = disk_open_memory("test", image, sizeof image, &o, err, sizeof err);
    assert_non_null(r.disk);
    o.kind = DISK_CD;
    r.disc = disk_open_memory("disc", image, sizeof image, &o, err, sizeof err);
    assert_non_null(r.disc);
    r.pc = build(&r);
    *state = &r;
    return 0;
}

static int teardown(void **state)
{
    Rig *r = *state;
    pc_free(r->pc);
    free(r->pc);
    disk_close(r->disk);
    disk_close(r->disc);
    return 0;
}

static u32 in(Rig *r, u16 port, int size)
{
    return bus_in(&r->pc->bus, port, size);
}
static void out(Rig *r, u16 port, int size, u32 v)
{
    bus_out(&r->pc->bus, port, size, v);
}
static u32 get(Rig *r, u32 function, u32 reg, int size)
{
    out(r, 0xCF8, 4, function | (reg & 0xFC));
    return in(r, (u16)(0xCFC + (reg & 3)), size);
}
static void set(Rig *r, u32 function, u32 reg, int size, u32 v)
{
    out(r, 0xCF8, 4, function | (reg & 0xFC));
    out(r, (u16)(0xCFC + (reg & 3)), size, v);
}
static PcExit pass_us(Rig *r, u64 us)
{
    u64 until = r->pc->clock.now + clock_us(&r->pc->clock, us);
    PcExit why = pc_run(r->pc, until);
    return why == PC_EXIT_HALT_FOREVER ? pc_run(r->pc, until) : why;
}
static u8 memory(Rig *r, u32 at)
{
    return (u8)bus_read(&r->pc->bus, at, 1);
}
static void poke(Rig *r, u32 at, u8 v)
{
    bus_write(&r->pc->bus, at, 1, v);
}

/* ---- configuration space --------------------------------------------------------------------- */

static void test_functions(void **state)
{
    Rig *r = *state;
    assert_int_equal(get(r, HOST, 0, 4), 0x12378086);
    assert_int_equal(get(r, HOST, 0x2C, 4), 0x11001AF4);
    assert_int_equal(get(r, ISA, 0, 4), 0x70008086);
    assert_int_equal(get(r, ISA, 0x0E, 1), 0x80);
    assert_int_equal(get(r, IDE, 0, 4), 0x70108086);
    assert_int_equal(get(r, IDE, 8, 4) >> 8, 0x010180);
    assert_int_equal(get(r, PM, 2, 2), 0x7113);
    assert_int_equal(get(r, 0x80001000, 8, 4) >> 8, 0x030000);
    assert_int_equal(get(r, 0x80000A00, 0, 4), 0xFFFFFFFF); /* 01.2: no USB */
    assert_int_equal(get(r, 0x80010000, 0, 4), 0xFFFFFFFF); /* another bus */
    assert_int_equal(get(r, 0x00000000, 0, 4), 0xFFFFFFFF); /* not enabled */
}

static void test_mechanism(void **state)
{
    Rig *r = *state;
    out(r, 0xCF8, 4, 0xFFFFFFFF);
    assert_int_equal(in(r, 0xCF8, 4), 0x80FFFFFC);
    out(r, 0xCF8, 4, HOST);
    out(r, 0xCF8, 1, 0x40); /* too narrow: not the bridge's */
    out(r, 0xCFA, 2, 0x1234);
    assert_int_equal(in(r, 0xCF8, 4), HOST);
    assert_int_equal(in(r, 0xCF8, 2), 0xFFFF);
    assert_int_equal(in(r, 0xCFD, 1), 0x80); /* one byte of the vendor */
    set(r, HOST, 0, 4, 0);                   /* read-only */
    assert_int_equal(get(r, HOST, 0, 4), 0x12378086);
    set(r, ISA, 0x61, 1, 0x7B);
    assert_int_equal(get(r, ISA, 0x60, 4), 0x80800B80);
}

static void test_base_address(void **state)
{
    Rig *r = *state;
    assert_int_equal(get(r, IDE, 0x20, 4), 1);
    set(r, IDE, 0x20, 4, 0xFFFFFFFF);
    assert_int_equal(get(r, IDE, 0x20, 4), 0xFFFFFFF1);
    set(r, IDE, 0x20, 4, 0xC000);
    assert_int_equal(in(r, 0xC002, 1), 0xFF); /* COMMAND has ports switched off */
    set(r, IDE, 4, 2, 5);
    assert_int_equal(in(r, 0xC002, 1), 0);
    set(r, IDE, 0x20, 4, 0xD000);
    assert_int_equal(in(r, 0xC002, 1), 0xFF);
    assert_int_equal(in(r, 0xD002, 1), 0);
    set(r, IDE, 0x20, 4, 0x40); /* on top of the 8254: does not take its place */
    set(r, IDE, 0x20, 4, 0xD000);
    assert_true(r->pc->bus.port_region[0x40] != 0);
    for (u32 base = 0xC000; base < 0xF000; base += 16) /* as often as it likes */
        set(r, IDE, 0x20, 4, base);
    assert_int_equal(in(r, 0xEFF2, 1), 0);
}

/* ---- shadow RAM ------------------------------------------------------------------------------ */

static void test_shadow(void **state)
{
    Rig *r = *state;
    assert_int_equal(memory(r, 0xF0000), 0x11);
    poke(r, 0xF0000, 0x22);
    assert_int_equal(memory(r, 0xF0000), 0x11); /* ROM */
    set(r, HOST, 0x59, 1, 0x20);                /* written to RAM, read from ROM */
    poke(r, 0xF0000, 0x33);
    assert_int_equal(memory(r, 0xF0000), 0x11);
    set(r, HOST, 0x59, 1, 0x10);                /* read from RAM, not written */
    assert_int_equal(memory(r, 0xF0000), 0x33);
    poke(r, 0xF0000, 0x44);
    assert_int_equal(memory(r, 0xF0000), 0x33);
    set(r, HOST, 0x59, 1, 0x30);
    poke(r, 0xF0000, 0x55);
    assert_int_equal(memory(r, 0xF0000), 0x55);
    assert_int_equal(memory(r, 0xFFFF0000), 0x11); /* the ROM below 4 GiB stays */
    set(r, HOST, 0x5B, 1, 0x30);                   /* CC000h-CFFFFh */
    poke(r, 0xCBFFF, 1);
    poke(r, 0xCC000, 2);
    poke(r, 0xCFFFF, 3);
    poke(r, 0xD0000, 4);
    assert_int_equal(memory(r, 0xCBFFF), 0xFF);
    assert_int_equal(memory(r, 0xCC000), 2);
    assert_int_equal(memory(r, 0xCFFFF), 3);
    assert_int_equal(memory(r, 0xD0000), 0xFF);
}

/* Each half of each register, for each of its four meanings. */
static void test_every_area(void **state)
{
    Rig *r = *state;
    for (u32 area = 0; area < 12; area++) {
        u32 at = 0xC0000 + area * 0x4000 + 0x123, reg = 0x5A + area / 2, shift = area % 2 * 4;
        u8 rom = memory(r, at);
        set(r, HOST, reg, 1, 3u << shift);
        poke(r, at, 0xA5);
        assert_int_equal(memory(r, at), 0xA5);
        assert_int_equal(memory(r, at + 0x4000), area == 11 ? 0xF4 : 0xFF);
        set(r, HOST, reg, 1, 0);
        assert_int_equal(memory(r, at), rom);
        set(r, HOST, reg, 1, 1u << shift);
        assert_int_equal(memory(r, at), 0xA5);
        set(r, HOST, reg, 1, 0);
    }
}

/* ---- bus master ------------------------------------------------------------------------------ */

enum { BM = 0xC000, TABLE = 0x1000, DATA = 0x20000 };

static void bm_on(Rig *r)
{
    set(r, IDE, 0x20, 4, BM);
    set(r, IDE, 4, 2, 5);
    out(r, BM + 4, 4, TABLE);
    out(r, BM + 2, 1, 0x66);
    pass_us(r, 1000); /* the drive comes out of its reset */
}

static void prd(Rig *r, int n, u32 addr, u32 bytes, bool last)
{
    bus_write(&r->pc->bus, TABLE + 8 * (u32)n, 4, addr);
    bus_write(&r->pc->bus, TABLE + 8 * (u32)n + 4, 4, (bytes & 0xFFFF) | (last ? 1u << 31 : 0));
}

static void command(Rig *r, u8 code, u32 lba, u8 count)
{
    out(r, 0x1F6, 1, 0xE0 | (lba >> 24 & 15));
    out(r, 0x1F2, 1, count);
    out(r, 0x1F3, 1, lba & 0xFF);
    out(r, 0x1F4, 1, lba >> 8 & 0xFF);
    out(r, 0x1F5, 1, lba >> 16 & 0xFF);
    out(r, 0x1F7, 1, code);
}

static void test_read_dma(void **state)
{
    Rig *r = *state;
    bm_on(r);
    prd(r, 0, DATA, 1000, false); /* regions need not be sectors */
    prd(r, 1, DATA + 0x10001, 40 * 512 - 1000, true); /* bit 0 does not count */
    out(r, BM, 1, 8);
    command(r, 0xC8, 100, 40);
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x3F6, 1), 0x58); /* DRQ: waits for the bus master */
    assert_int_equal(in(r, BM + 2, 1), 0x60);
    out(r, BM, 1, 9);
    assert_int_equal(in(r, BM + 2, 1), 0x61);
    assert_true(in(r, 0x3F6, 1) & 0x80);
    pass_us(r, 1000);
    assert_int_equal(in(r, BM + 2, 1), 0x64); /* done, interrupt */
    assert_int_equal(in(r, 0x1F7, 1), 0x50);
    for (u32 n = 0; n < 40 * 512; n++)
        assert_int_equal(memory(r, n < 1000 ? DATA + n : DATA + 0x10000 + n - 1000),
                         image[100 * 512 + n]);
    out(r, BM, 1, 0);
    out(r, BM + 2, 1, 4);
    assert_int_equal(in(r, BM + 2, 1), 0);
}

/* A packet to the CD-ROM drive on the other channel, its data to be moved by the bus master. */
static void send_packet(Rig *r, const u8 *p)
{
    out(r, 0x176, 1, 0xA0);
    out(r, 0x171, 1, 1);
    out(r, 0x177, 1, 0xA0);
    pass_us(r, 100);
    for (int i = 0; i < 12; i += 2)
        out(r, 0x170, 2, load_le(p + i, 2));
    pass_us(r, 100);
}

static void test_packet_dma(void **state)
{
    static const u8 ready[12] = {0}, read[12] = {0x28, 0, 0, 0, 0, 3, 0, 0, 9};
    Rig *r = *state;
    bm_on(r);
    out(r, 0x176, 1, 0xA0);
    out(r, 0x177, 1, 0xA1); /* IDENTIFY PACKET DEVICE */
    pass_us(r, 100);
    u16 word[256];
    for (int i = 0; i < 256; i++)
        word[i] = (u16)in(r, 0x170, 2);
    assert_true(word[49] & 0x100);
    assert_int_equal(word[63], 7);
    send_packet(r, ready); /* it was reset */
    prd(r, 0, DATA, 1000, false);
    prd(r, 1, DATA + 0x10000, 9 * 2048 - 1000, true);
    out(r, BM + 8 + 4, 4, TABLE);
    out(r, BM + 8, 1, 8);
    send_packet(r, read);
    assert_int_equal(in(r, 0x376, 1), 0x58);
    out(r, BM + 8, 1, 9);
    pass_us(r, 1000);
    assert_int_equal(in(r, BM + 8 + 2, 1) & 7, 4);
    assert_int_equal(in(r, 0x172, 1), 3); /* status phase */
    assert_int_equal(in(r, 0x177, 1), 0x50);
    for (u32 n = 0; n < 9 * 2048; n++)
        assert_int_equal(memory(r, n < 1000 ? DATA + n : DATA + 0x10000 + n - 1000),
                         image[3 * 2048 + n]);
    out(r, BM + 8, 1, 0);
}

static void test_write_dma(void **state)
{
    Rig *r = *state;
    u8 got[512];
    bm_on(r);
    for (u32 n = 0; n < 20 * 512; n++)
        poke(r, DATA + n, (u8)(n * 3 + 1));
    prd(r, 0, DATA, 20 * 512, true);
    command(r, 0xCA, 7, 20);
    pass_us(r, 1000);
    out(r, BM, 1, 1);
    pass_us(r, 1000);
    assert_int_equal(in(r, BM + 2, 1), 0x64);
    for (u32 s = 0; s < 20; s++) {
        assert_int_equal(disk_read(r->disk, 7 + s, 1, got), DISK_OK);
        for (u32 n = 0; n < 512; n++)
            assert_int_equal(got[n], (u8)((s * 512 + n) * 3 + 1));
    }
}

/* The drive has more than the table takes: it waits with DRQ, and the channel is no longer active;
 * a table that takes more leaves the channel active. */
static void test_wrong_table(void **state)
{
    Rig *r = *state;
    bm_on(r);
    prd(r, 0, DATA, 512, true);
    out(r, BM, 1, 8);
    command(r, 0xC8, 0, 2);
    out(r, BM, 1, 9);
    pass_us(r, 1000);
    assert_int_equal(in(r, BM + 2, 1), 0x60);
    assert_int_equal(in(r, 0x3F6, 1), 0x58);
    out(r, BM, 1, 8); /* another table for the rest */
    out(r, BM, 1, 9);
    pass_us(r, 1000);
    assert_int_equal(in(r, BM + 2, 1), 0x64);
    assert_int_equal(memory(r, DATA), image[512]);
    out(r, BM, 1, 8);
    in(r, 0x1F7, 1);
    out(r, BM + 2, 1, 0x64);
    prd(r, 0, DATA, 0, true); /* 64 KiB */
    command(r, 0xC8, 0, 1);
    out(r, BM, 1, 9);
    pass_us(r, 1000);
    assert_int_equal(in(r, BM + 2, 1), 0x65);
    /* for the other direction nothing moves, nor while the function may not master the bus */
    out(r, BM, 1, 0);
    in(r, 0x1F7, 1);
    out(r, BM + 2, 1, 0x64);
    command(r, 0xC8, 0, 1);
    out(r, BM, 1, 1);
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x3F6, 1), 0x58);
    set(r, IDE, 4, 2, 1);
    out(r, BM, 1, 8);
    out(r, BM, 1, 9);
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x3F6, 1), 0x58);
    set(r, IDE, 4, 2, 5);
    out(r, BM, 1, 8);
    out(r, BM, 1, 9);
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x3F6, 1), 0x50);
}

static void test_dma_beyond_the_end(void **state)
{
    Rig *r = *state;
    bm_on(r);
    prd(r, 0, DATA, 0, true);
    command(r, 0xC8, SECTORS - 1, 2);
    out(r, BM, 1, 9);
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x1F7, 1), 0x51);
    assert_int_equal(in(r, 0x1F1, 1), 0x10);
    assert_int_equal(in(r, 0x1F2, 1), 1);
    assert_int_equal(memory(r, DATA), image[(SECTORS - 1) * 512]);
    command(r, 0xC8, SECTORS, 1);
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x1F1, 1), 0x10);
}

static void test_identify(void **state)
{
    Rig *r = *state;
    u16 word[256];
    bm_on(r);
    out(r, 0x1F2, 1, 0x22);
    out(r, 0x1F1, 1, 3);
    out(r, 0x1F6, 1, 0xE0);
    out(r, 0x1F7, 1, 0xEF); /* multiword DMA mode 2 */
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x1F7, 1), 0x50);
    out(r, 0x1F7, 1, 0xEC);
    pass_us(r, 1000);
    for (int n = 0; n < 256; n++)
        word[n] = (u16)in(r, 0x1F0, 2);
    assert_int_equal(word[49], 0x0B00);
    assert_int_equal(word[63], 0x0407);
    out(r, 0x1F2, 1, 0x23);
    out(r, 0x1F1, 1, 3);
    out(r, 0x1F7, 1, 0xEF);
    pass_us(r, 1000);
    assert_int_equal(in(r, 0x1F7, 1), 0x51);
}

/* ---- power management ------------------------------------------------------------------------ */

static void pm_on(Rig *r)
{
    set(r, PM, 0x40, 4, 0xB001);
    assert_int_equal(in(r, 0xB008, 4), 0xFFFFFFFF);
    set(r, PM, 0x80, 1, 1);
}

static void test_timer(void **state)
{
    Rig *r = *state;
    pm_on(r);
    u32 t = in(r, 0xB008, 4);
    pass_us(r, 1000000);
    assert_int_equal((in(r, 0xB008, 4) - t) & 0xFFFFFF, 3579545);
    assert_int_equal(in(r, 0xB00B, 1), 0);
    out(r, 0xB008, 4, 0); /* read-only */
    assert_true(in(r, 0xB008, 4) != 0);
    pass_us(r, 1400000); /* bit 23 after 2.34 s */
    assert_int_equal(in(r, 0xB000, 2), 1);
    out(r, 0xB000, 2, 1);
    assert_int_equal(in(r, 0xB000, 2), 0);
}

static void test_interrupt(void **state)
{
    Rig *r = *state;
    pm_on(r);
    pass_us(r, 1000);
    out(r, 0xB002, 2, 0xFFFF);
    assert_int_equal(in(r, 0xB002, 2), 0x0521);
    out(r, 0xB2, 1, 0xF1); /* ACPI on */
    assert_int_equal(in(r, 0xB004, 2), 1);
    assert_false(r->pc->pci.pm.s.line);
    pass_us(r, 2400000);
    assert_true(r->pc->pci.pm.s.line);
    assert_true(r->pc->pic.s.chip[1].lines & 2); /* IRQ 9 */
    out(r, 0xB000, 1, 1);
    assert_false(r->pc->pci.pm.s.line);
    out(r, 0xB2, 1, 0xF0);
    assert_int_equal(in(r, 0xB004, 2), 0);
}

/* Accesses of every size and alignment see the same bytes; what no register is, is kept. */
static void test_pm_bytes(void **state)
{
    Rig *r = *state;
    pm_on(r);
    out(r, 0xB002, 2, 0x0520);
    out(r, 0xB004, 1, 0xFF); /* the upper half stays */
    out(r, 0xB010, 4, 0x44332211);
    out(r, 0xB017, 1, 0x77);
    u8 bytes[PM_PORTS];
    for (u32 at = 0; at < PM_PORTS; at++)
        bytes[at] = (u8)in(r, 0xB000 + at, 1);
    assert_int_equal(load_le(bytes, 4), 0x05200000);
    assert_int_equal(load_le(bytes + 4, 4), 3);
    assert_int_equal(load_le(bytes + 0x10, 4), 0x44332211);
    assert_int_equal(load_le(bytes + 0x14, 4), 0x77000000);
    for (u32 at = 0; at < PM_PORTS - 4; at++) {
        assert_int_equal(in(r, 0xB000 + at, 2), load_le(bytes + at, 2));
        assert_int_equal(in(r, 0xB000 + at, 4), load_le(bytes + at, 4));
    }
    pass_us(r, 2400000);
    out(r, 0xB001, 1, 0xFF); /* bit 0 is in the other byte */
    assert_int_equal(in(r, 0xB000, 1), 1);
}

/* General events never happen; their registers, and those of the handler's port, are kept. */
static void test_pm_events(void **state)
{
    Rig *r = *state;
    out(r, 0xAFE0, 2, 0xFFFF);
    out(r, 0xAFE2, 1, 0x34);
    out(r, 0xAFE3, 1, 0x12);
    assert_int_equal(in(r, 0xAFE0, 4), 0x12340000);
    out(r, 0xAFE3, 1, 0);
    assert_int_equal(in(r, 0xAFE2, 2), 0x0034);
    out(r, 0xB3, 1, 0x5A);
    out(r, 0xB2, 1, 0x42); /* neither on nor off */
    assert_int_equal(in(r, 0xB2, 2), 0x5A42);
}

static void test_power_off(void **state)
{
    Rig *r = *state;
    pm_on(r);
    out(r, 0xB004, 2, 0x2400); /* some other sleep */
    assert_int_equal(pass_us(r, 10), PC_EXIT_TIME);
    out(r, 0xB004, 2, 0x2000);
    assert_int_equal(pass_us(r, 10), PC_EXIT_POWEROFF);
    set(r, PM, 0x80, 1, 0);
    out(r, 0xB004, 2, 0x2000); /* nobody there */
    assert_int_equal(pass_us(r, 10), PC_EXIT_TIME);
}

/* ---- PCI interrupts -------------------------------------------------------------------------- */

static bool asked(Rig *r, int irq)
{
    return r->pc->pic.s.chip[irq >> 3].lines >> (irq & 7) & 1;
}

/* PIRQ n to every number: the 8259s' inputs that exist and are not reserved get it. */
static void test_pirq_routes(void **state)
{
    Rig *r = *state;
    for (int n = 0; n < PIRQS; n++) {
        piix3_set_pirq(&r->pc->pci.isa, PIIX3_PIRQ(n, 7), true);
        for (int irq = 0; irq < 16; irq++) {
            bool exists = irq >= 3 && irq != 8 && irq != 13;
            set(r, ISA, 0x60 + (u32)n, 1, (u32)irq);
            for (int other = 3; other < 16; other++)
                assert_int_equal(asked(r, other), exists && other == irq);
        }
        set(r, ISA, 0x60 + (u32)n, 1, 0x8B);
        assert_false(asked(r, 11));
        piix3_set_pirq(&r->pc->pci.isa, PIIX3_PIRQ(n, 7), false);
    }
}

/* Devices on one PIRQ, PIRQs on one input: it is high until the last of them has what it wanted. */
static void test_pirq_shared(void **state)
{
    Rig *r = *state;
    Piix3 *isa = &r->pc->pci.isa;
    set(r, ISA, 0x60, 4, 0x0B800B0B);
    piix3_set_pirq(isa, PIIX3_PIRQ(0, 1), true);
    piix3_set_pirq(isa, PIIX3_PIRQ(0, 2), true);
    piix3_set_pirq(isa, PIIX3_PIRQ(3, 3), true);
    piix3_set_pirq(isa, PIIX3_PIRQ(0, 1), false);
    assert_true(asked(r, 11));
    piix3_set_pirq(isa, PIIX3_PIRQ(0, 2), false);
    assert_true(asked(r, 11));
    piix3_set_pirq(isa, PIIX3_PIRQ(3, 3), false);
    assert_false(asked(r, 11));
    piix3_set_pirq(isa, PIIX3_PIRQ(2, 3), true); /* routed nowhere, until it is */
    assert_false(asked(r, 11));
    set(r, ISA, 0x62, 1, 11);
    assert_true(asked(r, 11));
    out(r, 0xCF9, 1, 0x06); /* a reset forgets the routes, not who asks */
    pass_us(r, 10);
    assert_int_equal(get(r, ISA, 0x60, 4), 0x80808080);
    assert_false(asked(r, 11));
    set(r, ISA, 0x62, 1, 10);
    assert_true(asked(r, 10));
}

/* Requests and routes come back from a state; one that names an input there is not is refused. */
static void test_pirq_state(void **state)
{
    Rig *r = *state;
    u8 *data;
    size_t size;
    set(r, ISA, 0x61, 1, 10);
    piix3_set_pirq(&r->pc->pci.isa, PIIX3_PIRQ(1, 2), true);
    assert_true(snapshot_encode(r->pc, "test", &data, &size, err, sizeof err));
    Rig other = {.disk = r->disk, .disc = r->disc};
    other.pc = build(&other);
    assert_true(snapshot_decode(other.pc, "test", data, size, err, sizeof err));
    free(data);
    assert_true(pc_hash(other.pc) == pc_hash(r->pc));
    assert_true(asked(&other, 10));
    piix3_set_pirq(&other.pc->pci.isa, PIIX3_PIRQ(1, 2), false);
    assert_false(asked(&other, 10));
    r->pc->pci.isa.pirq.irq[1] = 13;
    assert_true(snapshot_encode(r->pc, "test", &data, &size, err, sizeof err));
    assert_false(snapshot_decode(other.pc, "test", data, size, err, sizeof err));
    free(data);
    r->pc->pci.isa.pirq.irq[1] = 10;
    pc_free(other.pc);
    free(other.pc);
}

/* ---- reset and snapshot ---------------------------------------------------------------------- */

static void test_resets(void **state)
{
    Rig *r = *state;
    set(r, HOST, 0x59, 1, 0x30);
    out(r, 0xCF9, 1, 0x04);
    pass_us(r, 10);
    assert_int_equal(r->resets, 1);
    assert_int_equal(get(r, HOST, 0x59, 1), 0x30); /* the processor only */
    out(r, 0xCF9, 1, 0x06);                        /* bit 2 was set already */
    pass_us(r, 10);
    assert_int_equal(r->resets, 1);
    out(r, 0xCF9, 1, 0x02);
    out(r, 0xCF9, 1, 0x06);
    pass_us(r, 10);
    assert_int_equal(r->resets, 2);
    assert_int_equal(get(r, HOST, 0x59, 1), 0);
    assert_int_equal(memory(r, 0xF0000), 0x11);
    assert_int_equal(in(r, 0xCF9, 1), 0);
}

static void test_snapshot(void **state)
{
    Rig *r = *state;
    u8 *data;
    size_t size;
    set(r, HOST, 0x59, 1, 0x30);
    poke(r, 0xF0000, 0x77);
    set(r, HOST, 0x5A, 1, 0x02);
    pm_on(r);
    bm_on(r);
    u64 hash = pc_hash(r->pc);
    if (!snapshot_encode(r->pc, "test", &data, &size, err, sizeof err))
        fail_msg("%s", err);
    Rig other = {.disk = r->disk, .disc = r->disc};
    other.pc = build(&other);
    if (!snapshot_decode(other.pc, "test", data, size, err, sizeof err))
        fail_msg("%s", err);
    assert_true(pc_hash(other.pc) == hash);
    assert_int_equal(memory(&other, 0xF0000), 0x77);
    poke(&other, 0xC0000, 0x12);
    assert_int_equal(memory(&other, 0xC0000), 0xFF);
    assert_int_equal(in(&other, 0xB004, 2), 0);
    assert_int_equal(in(&other, BM + 2, 1), 0x60);
    free(data);
    pc_free(other.pc);
    free(other.pc);
}

static void test_needs_a_386(void **state)
{
    Pc *pc = calloc(1, sizeof *pc);
    PcConfig cfg = {.cpu = CPU_286, .pci = true};
    assert_false(pc_init(pc, &cfg, err, sizeof err));
    assert_non_null(strstr(err, "386"));
    free(pc);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

/* The VGA BIOS is in the adapter's expansion ROM, if it was made for it. */
static void test_expansion_rom(void **state)
{
    enum { VGA = 0x80001000, HERE = 0xFEB00000, THERE = 0xD0010000, USUAL = 0xE0000000 };
    Rig *bare = *state, card = {.disk = bare->disk, .disc = bare->disc, .has_rom = true};
    Rig *r = &card;
    set(bare, VGA, 0x30, 4, 0xFFFFFFFE);
    assert_int_equal(get(bare, VGA, 0x30, 4), 0);
    r->pc = build(r);
    set(r, VGA, 0x30, 4, 0xFFFFFFFE);
    assert_int_equal(get(r, VGA, 0x30, 4), 0xFFFF0000); /* 64 KiB */
    set(r, VGA, 0x30, 4, HERE);
    assert_int_equal(memory(r, HERE), 0xFF); /* bit 0 is off */
    set(r, VGA, 0x30, 4, HERE | 1);
    assert_int_equal(memory(r, HERE), 0x55);
    assert_int_equal(memory(r, HERE + sizeof vgabios - 1), 0x99);
    assert_int_equal(memory(r, HERE + 0xFFFF), 0xFF);
    poke(r, HERE, 0);
    assert_int_equal(memory(r, HERE), 0x55);
    set(r, VGA, 0x30, 4, THERE | 1);
    assert_int_equal(memory(r, HERE), 0xFF);
    assert_int_equal(memory(r, THERE + 1), 0xAA);
    u8 *data;
    size_t size;
    assert_true(snapshot_encode(r->pc, "test", &data, &size, err, sizeof err));
    set(r, VGA, 0x30, 4, THERE); /* bit 0 off */
    assert_int_equal(memory(r, THERE + 1), 0xFF);
    assert_true(snapshot_decode(r->pc, "test", data, size, err, sizeof err));
    assert_int_equal(memory(r, THERE + 1), 0xAA);
    free(data);
    set(r, VGA, 0x30, 4, 0x00010001); /* over RAM it does not appear, nor at its end */
    assert_int_equal(memory(r, 0x10000), 0);
    set(r, VGA, 0x30, 4, 0xFFFF0001);
    assert_int_equal(memory(r, 0xFFFF0000), 0x11);
    set(r, VGA, 0x30, 4, USUAL | 1); /* the frame buffer wins when it comes, and stays */
    set(r, VGA, 0x10, 4, USUAL);
    set(r, VGA, 0x30, 4, 0);
    pc_reset(r->pc, false);
    assert_int_equal(get(r, VGA, 0x30, 4), 0);
    pc_free(r->pc);
    free(r->pc);
    PcRom other = {vgabios, sizeof vgabios, 0};
    assert_true(pc_pci_vga_rom(&other));
    other.size = 0x47;
    assert_false(pc_pci_vga_rom(&other)); /* cut off */
    other = (PcRom){image, 0x1A, 0};
    assert_false(pc_pci_vga_rom(&other));
}

/* The VGA's memory lies where base address register 0 says, and where it is without PCI. */
static void test_frame_buffer(void **state)
{
    enum { VGA = 0x80001000, HERE = 0xFD000000, THERE = 0xE8000000, USUAL = 0xE0000000 };
    static const u16 mode[][2] = {{1, 640}, {2, 480}, {3, 8}, {4, 0x41}};
    Rig *r = *state;
    set(r, VGA, 0x10, 4, 0xFFFFFFFF);
    assert_int_equal(get(r, VGA, 0x10, 4), 0xFF800008); /* 8 MiB, prefetchable */
    set(r, VGA, 0x10, 4, HERE);
    for (size_t i = 0; i < ARRAY_LEN(mode); i++) {
        out(r, 0x1CE, 2, mode[i][0]);
        out(r, 0x1D0, 2, mode[i][1]);
    }
    poke(r, USUAL + 5, 0x55);
    assert_int_equal(memory(r, HERE + 5), 0xFF); /* COMMAND has memory off */
    set(r, VGA, 4, 2, 2);
    assert_int_equal(memory(r, HERE + 5), 0x55);
    poke(r, HERE + 0x12345, 0xAA);
    assert_int_equal(memory(r, USUAL + 0x12345), 0xAA);
    set(r, VGA, 0x10, 4, THERE);
    assert_int_equal(memory(r, HERE + 5), 0xFF);
    assert_int_equal(memory(r, THERE + 0x12345), 0xAA);
    VgaFrame f = {.width = 0}; /* what is written there is drawn */
    vga_draw(&r->pc->vga, &f);
    assert_int_equal(f.width, 640);
    poke(r, THERE + 9, 1);
    pass_us(r, 20000);
    assert_true(vga_draw(&r->pc->vga, &f));
    vga_frame_free(&f);
    set(r, VGA, 0x10, 4, 0); /* over RAM, or over the BIOS, it does not appear */
    assert_int_equal(memory(r, 0x100), 0);
    set(r, VGA, 0x10, 4, 0xFFFFFFFF);
    assert_int_equal(memory(r, 0xFFFF0000), 0x11);
    assert_int_equal(memory(r, USUAL + 5), 0x55);
    set(r, VGA, 0x10, 4, THERE); /* the mode goes off and on */
    out(r, 0x1CE, 2, 4);
    out(r, 0x1D0, 2, 0);
    assert_int_equal(memory(r, THERE + 5), 0xFF);
    out(r, 0x1D0, 2, 0xC1);
    assert_int_equal(memory(r, THERE + 5), 0x55);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_functions),    TEST(test_mechanism),   TEST(test_base_address),
        TEST(test_shadow),       TEST(test_every_area),  TEST(test_read_dma),
        TEST(test_packet_dma),
        TEST(test_write_dma),    TEST(test_wrong_table), TEST(test_dma_beyond_the_end),
        TEST(test_identify),     TEST(test_timer),       TEST(test_interrupt),
        TEST(test_pm_bytes),     TEST(test_pm_events),
        TEST(test_power_off),    TEST(test_resets),      TEST(test_snapshot),
        TEST(test_needs_a_386),  TEST(test_frame_buffer), TEST(test_pirq_routes),
        TEST(test_pirq_shared),  TEST(test_pirq_state), TEST(test_expansion_rom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
