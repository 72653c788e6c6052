/* pc_pci.c: the board with PCI (`-M pci`): a PC/AT's chips behind a host bridge and a south bridge,
 * as QEMU's "pc" and Bochs have them, so that firmware written for those finds what it expects.
 *
 *   00.0  8086h 1237h  82441FX host bridge: which of C0000h-FFFFFh is ROM, which RAM
 *   01.0  8086h 7000h  PIIX3 ISA bridge, reset register
 *   01.1  8086h 7010h  PIIX3 IDE with bus master
 *   01.3  8086h 7113h  PIIX4 power management
 *   02.0  1234h 1111h  VGA: BAR 0 is the linear frame buffer; INTA# is the vertical retrace;
 *                      expansion ROM, where the VGA BIOS was made for it
 *
 * There is no APIC: PCI interrupts reach the 8259s as the ISA bridge routes them. Power management
 * says that it has INTA#, and is wired to IRQ 9. */
#include "devices/pc_pci.h"

#include "devices/pc_memory.h"

#include <stdlib.h>

enum { VGA_DEVICE = 2, VGA_ID = 0x11111234, ROM_LEAST = 0x10000 };
enum { SOURCE_PIRQ = 4 }; /* sources of an IRQ before that are ISA cards' */

/* ---- VGA ------------------------------------------------------------------------------------- */

/* Is this a VGA BIOS for our adapter? Its data structure ("PCIR", PCI 2.1, 6.3.1.2) says so. */
bool pc_pci_vga_rom(const PcRom *rom)
{
    u32 at = rom->data && rom->size > 0x1A ? load_le(rom->data + 0x18, 2) : 0;
    return at && at + 8 <= rom->size && !memcmp(rom->data + at, "PCIR", 4) &&
           load_le(rom->data + at + 4, 4) == VGA_ID;
}

static void add_vga_rom(PcPci *p, const PcRom *rom)
{
    if (!pc_pci_vga_rom(rom))
        return;
    p->vga_rom_size = ROM_LEAST;
    while (p->vga_rom_size < rom->size)
        p->vga_rom_size *= 2;
    p->vga_rom = malloc(p->vga_rom_size);
    if (!p->vga_rom)
        panic("out of host memory for the ROMs");
    memset(p->vga_rom, 0xFF, p->vga_rom_size);
    memcpy(p->vga_rom, rom->data, rom->size);
    pci_define_rom(&p->vga, p->vga_rom_size);
}

/* Where anything else answers it does not appear. */
static void place_vga_rom(Pc *pc)
{
    PcPci *p = &pc->pci;
    u32 base = p->vga_rom ? pci_rom(&p->vga) : 0;
    if (base && bus_memory_free(&pc->bus, base, p->vga_rom_size) &&
        bus_map_ram(&pc->bus, base, p->vga_rom_size, p->vga_rom, BUS_ROM, "VGA expansion ROM"))
        p->vga_rom_base = base;
}

static void remove_vga_rom(Pc *pc)
{
    if (pc->pci.vga_rom_base)
        bus_unmap(&pc->bus, pc->pci.vga_rom_base, pc->pci.vga_rom_size);
    pc->pci.vga_rom_base = 0;
}

/* Software has put the frame buffer somewhere. VGA BIOSes and systems that know the adapter without
 * PCI find it in its usual place all the same. */
static void vga_changed(void *ctx, int first, int last)
{
    Pc *pc = ctx;
    remove_vga_rom(pc);
    vga_place_linear(&pc->vga, pci_bar(&pc->pci.vga, 0));
    place_vga_rom(pc);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

/* Each device's pins are turned by one against its neighbour's, as on QEMU's and Bochs's boards;
 * the tables of our BIOS (bios/system/pirq.asm, acpi.asm) and of theirs say the same. */
static Line interrupt_pin(Pc *pc, int device, int pin)
{
    int n = (device - 1 + pin) % PIRQS;
    return (Line){piix3_set_pirq, &pc->pci.isa, PIIX3_PIRQ(n, device)};
}

Line pc_pci_vga_irq(Pc *pc)
{
    return interrupt_pin(pc, VGA_DEVICE, 0);
}

static void set_pirq(void *ctx, int n, int irq, bool level)
{
    pic_set_irq(&((Pc *)ctx)->pic, irq | PIC_SOURCE(SOURCE_PIRQ + n), level);
}

/* ---- life ------------------------------------------------------------------------------------ */

void pc_pci_init(Pc *pc, const PcPciWires *w)
{
    PcPci *p = &pc->pci;
    if (!pc->cfg.pci)
        return;
    pci_init(&p->bus, &pc->bus, &pc->snap);
    i440fx_init(&p->host, &p->bus, &(I440fxConfig){pc_memory_shadow, pc, pc->ram_size});
    piix3_init(&p->isa, &p->bus, &(Piix3Config){&pc->bus, &pc->snap, set_pirq, w->reset, pc});
    BusMasterConfig ide = {.bus = &pc->bus, .snap = &pc->snap};
    for (int i = 0; i < 2; i++) {
        ide.irq[i] = w->ide_irq[i];
        ide.ready[i] = (Line){ide_dma_ready, &pc->ide[i], 0};
    }
    busmaster_init(&p->ide, &p->bus, &ide);
    piix4pm_init(&p->pm, &p->bus, &(Piix4PmConfig){&pc->bus, &pc->queue, &pc->snap, w->sci,
                                                   w->power_off, pc});
    pci_add(&p->bus, &p->vga, VGA_DEVICE, 0, VGA_ID, 0x030000);
    pci_define(&p->vga, PCI_REVISION, 1, 2, 0);
    pci_define_bar(&p->vga, 0, VGA_MEMORY, PCI_BAR_MEMORY | PCI_BAR_PREFETCH, 0);
    add_vga_rom(p, &pc->cfg.vgabios);
    pci_define(&p->vga, PCI_PIN, 1, 1, 0);
    p->vga.writable[PCI_COMMAND] |= PCI_COMMAND_IO; /* its ports are where a VGA's are, always */
    p->vga.changed = vga_changed;
    p->vga.ctx = pc;
}

void pc_pci_reset(Pc *pc)
{
    if (!pc->cfg.pci)
        return;
    pci_reset(&pc->pci.bus);
    piix3_reset(&pc->pci.isa);
    busmaster_reset(&pc->pci.ide);
    piix4pm_reset(&pc->pci.pm);
}

void pc_pci_free(Pc *pc)
{
    free(pc->pci.vga_rom);
}

void pc_pci_post_load(Pc *pc)
{
    if (pc->cfg.pci)
        pci_post_load(&pc->pci.bus);
}
