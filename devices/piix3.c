/* piix3.c: function 0 of the 82371SB (PIIX3), the bridge to the ISA bus. What it bridges to are the
 * chips of a PC/AT, which are there without it. Left is the reset control register; the routing of
 * PCI interrupts and the decoding of chip selects hold what is written. From the 82371SB data sheet
 * (290550), chapters 2.2 and 2.5.
 *
 *   00h      8086h 7000h                      CF9h  reset control: bit 2 0 -> 1 resets,
 *   60h-63h  PIRQ A-D: IRQ, bit 7 not routed        bit 1 everything, else the processor
 *
 * NOTE: no function here has an interrupt pin that is wired, so PIRQ routes nothing. */
#include "devices/piix3.h"

enum { RESET_HARD = 2, RESET_NOW = 4 };

static u32 reset_read(void *ctx, u32 port, int size)
{
    const Piix3 *p = ctx;
    return p->s.reset;
}

static void reset_write(void *ctx, u32 port, int size, u32 value)
{
    Piix3 *p = ctx;
    u8 rising = (u8)(value & ~(u32)p->s.reset);
    p->s.reset = (u8)(value & (RESET_HARD | RESET_NOW));
    if (rising & RESET_NOW)
        p->cfg.on_reset(p->cfg.ctx, value & RESET_HARD);
}

void piix3_reset(Piix3 *p)
{
    p->s.reset = 0;
}

void piix3_init(Piix3 *p, Pci *pci, const Piix3Config *cfg)
{
    static const BusOps reset = {reset_read, reset_write, reset_read, 1};
    PciFunction *f = &p->function;
    memset(p, 0, sizeof *p);
    p->cfg = *cfg;
    pci_add(pci, f, 1, 0, 0x70008086, 0x060100);
    pci_define(f, PCI_COMMAND, 2, 0x0007, 0x0108);
    pci_define(f, PCI_HEADER, 1, 0x80, 0); /* more functions follow */
    pci_define(f, PCI_LINE, 1, 0, 0);
    pci_define(f, 0x4C, 1, 0x4D, 0xFF);    /* I/O recovery */
    pci_define(f, 0x4E, 2, 0x0003, 0x01FF);
    for (int n = 0; n < 4; n++)
        pci_define(f, 0x60 + n, 1, 0x80, 0x8F);
    pci_define(f, 0x69, 1, 0x02, 0xFE);    /* top of memory */
    pci_define(f, 0x6A, 2, 0, 0x8005);
    pci_define(f, 0x70, 2, 0x0080, 0xEFEF);
    pci_define(f, 0x76, 2, 0x0C0C, 0x8F8F);
    pci_define(f, 0x78, 2, 0x0002, 0xFFFF);
    pci_define(f, 0xA0, 4, 0, 0xFFFFFFFF); /* SMI control */
    if (!bus_map_port(cfg->bus, 0xCF9, 1, &reset, p, "PIIX3 reset"))
        panic("no room in the port table for the PIIX3");
    snap_add(cfg->snap, "piix3", 1, &p->s, sizeof p->s);
}
