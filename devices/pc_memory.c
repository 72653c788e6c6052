/* pc_memory.c: the memory map of a PC/AT.
 *
 *   00000000h  RAM, up to 640 KiB
 *   000A0000h  video memory (vga.c maps it; after reset, unmapped or colour text)
 *   000C0000h  VGA BIOS, option ROMs
 *   000E0000h  the last 128 KiB of the system BIOS (or 64, at F0000h)
 *   00100000h  RAM: byte n of it is byte n of the RAM array, so the 384 KiB below stay hidden
 *   00FE0000h  80286: the BIOS again, where that processor starts
 *   ........h  the whole BIOS image, ending at 4 GiB, where 386 and later start
 *
 * ROMs are copied into a 256 KiB area, since images are multiples of 512 bytes but the bus maps
 * pages. Bytes of that area that no image covers read as FFh. On a board with PCI the host bridge
 * says which parts of it are RAM instead: bytes C0000h-FFFFFh of the RAM array. RAM is mapped from
 * the host untouched, so it costs nothing until the guest writes it. */
#include "devices/pc_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ROM_BASE   0xC0000u
#define ROM_SIZE   ((u32)PC_ROM_SIZE)
#define OPTION_END 0xF0000u  /* the BIOS's own last 64 KiB begin here */
#define TOP_286    0xFE0000u /* an 80286 has 24 address lines and its BIOS at their end */

/* How much of the BIOS's end stands below 1 MiB. A SeaBIOS of 256 KiB has code in all of it, which
 * boards with PCI copy there; here the other ROMs are not in its way. */
static u32 bios_shown_below_1m(const Pc *pc)
{
    u32 most = pc->cfg.fw_cfg && !pc->cfg.pci ? ROM_SIZE : 0x20000;
    return pc->bios_size > most ? most : pc->bios_size;
}

/* End of the memory that this processor can address and that is not its BIOS. */
static u64 reach_of(CpuModel cpu)
{
    return cpu == CPU_8086 ? 1u << 20 : cpu == CPU_286 ? TOP_286 : PC_RAM_MAX;
}

/* ---- ROM images ------------------------------------------------------------------------------ */

static bool check_bios(const PcRom *bios, char *err, size_t errlen)
{
    if (!bios->data || bios->size == 0x10000 || bios->size == 0x20000 || bios->size == 0x40000)
        return true;
    snprintf(err, errlen, "the BIOS image has %u bytes; it must have 64, 128 or 256 KiB",
             (unsigned)bios->size);
    return false;
}

/* Puts one image at `at`; the area is FFh where nothing is, and `used` says which 2 KiB blocks are
 * taken. */
static bool place(Pc *pc, bool used[ROM_SIZE / 2048], const PcRom *rom, u32 at, const char *what,
                  char *err, size_t errlen)
{
    u32 end = ROM_BASE + ROM_SIZE - bios_shown_below_1m(pc);
    if (rom->size == 0 || at < ROM_BASE || at >= end || rom->size > end - at) {
        snprintf(err, errlen, "the %s (%u bytes at %05Xh) does not fit between C0000h and %05Xh",
                 what, (unsigned)rom->size, (unsigned)at, (unsigned)end - 1);
        return false;
    }
    for (u32 i = (at - ROM_BASE) / 2048; i <= (at - ROM_BASE + rom->size - 1) / 2048; i++) {
        if (used[i]) {
            snprintf(err, errlen, "the %s at %05Xh overlaps another ROM; give it another address",
                     what, (unsigned)at);
            return false;
        }
        used[i] = true;
    }
    memcpy(pc->rom + (at - ROM_BASE), rom->data, rom->size);
    return true;
}

/* First address from which `size` bytes are free; the one after the end if there is none. */
static u32 find_place(const bool used[ROM_SIZE / 2048], u32 size)
{
    u32 blocks = (size + 2047) / 2048, run = 0;
    for (u32 i = 0; i < (OPTION_END - ROM_BASE) / 2048; i++) {
        run = used[i] ? 0 : run + 1;
        if (run >= blocks)
            return ROM_BASE + (i + 1 - blocks) * 2048;
    }
    return OPTION_END;
}

static bool place_options(Pc *pc, bool used[ROM_SIZE / 2048], char *err, size_t errlen)
{
    for (int pass = 0; pass < 2; pass++) { /* those that insist on an address come first */
        for (int i = 0; i < PC_OPTION_ROMS; i++) {
            const PcRom *rom = &pc->cfg.option_rom[i];
            if (!rom->data || (rom->addr == 0) != (pass == 1))
                continue;
            if (rom->addr % 2048) {
                snprintf(err, errlen, "option ROM address %05Xh is not a multiple of 2 KiB",
                         (unsigned)rom->addr);
                return false;
            }
            u32 at = rom->addr ? rom->addr : find_place(used, rom->size);
            if (!place(pc, used, rom, at, "option ROM", err, errlen))
                return false;
        }
    }
    return true;
}

static bool fill_roms(Pc *pc, char *err, size_t errlen)
{
    bool used[ROM_SIZE / 2048] = {false};
    u32 low = bios_shown_below_1m(pc);
    memset(pc->rom, 0xFF, ROM_SIZE);
    if (low) {
        memcpy(pc->rom + ROM_SIZE - low, pc->bios + pc->bios_size - low, low);
        memset(used + (ROM_SIZE - low) / 2048, true, low / 2048);
    }
    if (pc->cfg.fw_cfg) /* SeaBIOS lays out the rest itself */
        return true;
    if (pc->cfg.vgabios.data &&
        !place(pc, used, &pc->cfg.vgabios, ROM_BASE, "VGA BIOS", err, errlen))
        return false;
    return place_options(pc, used, err, errlen);
}

/* ---- RAM ------------------------------------------------------------------------------------- */

static void *map_zero_pages(void *at, u64 size)
{
    int fixed = at ? MAP_FIXED : 0;
    return mmap(at, size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
}

static bool take_ram(Pc *pc, char *err, size_t errlen)
{
    u64 size = pc->cfg.ram ? pc->cfg.ram : PC_RAM_DEFAULT;
    if (size < PC_RAM_MIN || size > PC_RAM_MAX) {
        snprintf(err, errlen, "%llu KiB of memory: it must be between 256 KiB and 3 GiB",
                 (unsigned long long)(size >> 10));
        return false;
    }
    if (size > reach_of(pc->cfg.cpu))
        size = reach_of(pc->cfg.cpu);
    size &= ~(u64)0xFFFF;
    void *ram = map_zero_pages(NULL, size);
    if (ram == MAP_FAILED) {
        snprintf(err, errlen, "the host has no %llu MiB of memory for the guest; ask for less",
                 (unsigned long long)(size >> 20));
        return false;
    }
    pc->ram = ram;
    pc->ram_size = size;
    return true;
}

void pc_memory_clear(Pc *pc)
{
    char err[160];
    if (map_zero_pages(pc->ram, pc->ram_size) == MAP_FAILED)
        panic("the host took the guest's memory away");
    fill_roms(pc, err, sizeof err); /* they fitted at init */
    for (u64 at = 0; at < pc->ram_size; at += BUS_PAGE_SIZE) {
        bool hidden = at >= 0xA0000 && at < ROM_BASE;
        bool rom = at >= ROM_BASE && at < 0x100000 && !pc->cfg.shadow_ram && !pc->cfg.pci;
        if (!hidden && !rom)
            bus_written(&pc->bus, (u32)at, BUS_PAGE_SIZE);
    }
}

/* ---- the map --------------------------------------------------------------------------------- */

static void map_roms(Pc *pc)
{
    Bus *b = &pc->bus;
    if (pc->cfg.shadow_ram) {
        bus_map_ram(b, ROM_BASE, ROM_SIZE, pc->rom, 0, "shadow RAM");
        snap_add(&pc->snap, "shadow", 1, pc->rom, ROM_SIZE);
    } else {
        bus_map_ram(b, ROM_BASE, ROM_SIZE, pc->rom, BUS_ROM, "ROM");
    }
    if (!pc->bios)
        return;
    u32 low = bios_shown_below_1m(pc);
    bus_map_ram(b, 0u - pc->bios_size, pc->bios_size, pc->bios, BUS_ROM, "BIOS at 4 GiB");
    if (pc->cfg.cpu == CPU_286)
        bus_map_ram(b, 0x1000000u - low, low, pc->bios + pc->bios_size - low, BUS_ROM,
                    "BIOS at 16 MiB");
}

static void map_ram(Pc *pc)
{
    u64 top = pc->ram_size;
    u32 base = top < 0xA0000 ? (u32)top : 0xA0000;
    bus_map_ram(&pc->bus, 0, base, pc->ram, 0, "RAM");
    if (top > 0x100000)
        bus_map_ram(&pc->bus, 0x100000, (u32)(top - 0x100000), pc->ram + 0x100000, 0,
                    "extended RAM");
    snap_add(&pc->snap, "ram", 1, pc->ram, (u32)pc->ram_size);
}

/* Read from ROM, written to RAM: how firmware copies itself in place. */
static u32 copying_read(void *ctx, u32 addr, int size)
{
    const Pc *pc = ctx;
    return load_le(pc->rom + (addr - ROM_BASE), size);
}

static void copying_write(void *ctx, u32 addr, int size, u32 value)
{
    Pc *pc = ctx;
    store_le(pc->ram + addr, size, value);
    bus_written(&pc->bus, addr, (u32)size);
}

void pc_memory_shadow(void *ctx, u32 base, u32 size, bool read_ram, bool write_ram)
{
    static const BusOps copying = {copying_read, copying_write, copying_read, 1 | 2 | 4};
    Pc *pc = ctx;
    bool mapped;
    if (!read_ram && write_ram)
        mapped = bus_map_mmio(&pc->bus, base, size, &copying, pc, "ROM over RAM");
    else if (read_ram)
        mapped = bus_map_ram(&pc->bus, base, size, pc->ram + base, write_ram ? 0 : BUS_ROM,
                             "shadow RAM");
    else
        mapped = bus_map_ram(&pc->bus, base, size, pc->rom + (base - ROM_BASE), BUS_ROM, "ROM");
    if (!mapped)
        panic("no room in the memory map: raise BUS_REGIONS");
}

bool pc_memory_init(Pc *pc, char *err, size_t errlen)
{
    const PcRom *bios = &pc->cfg.bios;
    if (!check_bios(bios, err, errlen) || !take_ram(pc, err, errlen))
        return false;
    pc->rom = malloc(ROM_SIZE);
    if (bios->data) {
        pc->bios = malloc(bios->size);
        pc->bios_size = bios->size;
    }
    if (!pc->rom || (bios->data && !pc->bios))
        panic("out of host memory for the ROMs");
    if (bios->data)
        memcpy(pc->bios, bios->data, bios->size);
    if (!fill_roms(pc, err, errlen)) {
        pc_memory_free(pc);
        return false;
    }
    map_ram(pc);
    map_roms(pc);
    return true;
}

void pc_memory_free(Pc *pc)
{
    if (pc->ram)
        munmap(pc->ram, pc->ram_size);
    free(pc->rom);
    free(pc->bios);
    pc->ram = pc->rom = pc->bios = NULL;
}
