/* piix3.c: function 0 of the 82371SB (PIIX3), the bridge to the ISA bus. What it bridges to are the
 * chips of a PC/AT, which are there without it. Left are the reset control register and the routing
 * of PCI interrupts; the decoding of chip selects holds what is written. From the 82371SB data
 * sheet (290550), chapters 2.2 and 2.5.
 *
 *   00h      8086h 7000h                      CF9h  reset control: bit 2 0 -> 1 resets,
 *   60h-63h  PIRQ A-D: 3-0 IRQ,                     bit 1 everything, else the processor
 *            7 not routed
 *
 * Of the 8259s' inputs 0-2, 8 and 13 are reserved, and a PIRQ that names one goes nowhere. PIRQs
 * may share an input with each other and with an ISA device: it is high while anybody asks. That it
 * be level-triggered, which sharing needs, software says in the ELCR (pic.c). */
#include "devices/piix3.h"

enum { RESET_HARD = 2, RESET_NOW = 4 };
enum { PIRQ_ROUTE = 0x60, PIRQ_OFF = 0x80, PIRQ_INPUTS = 0xDEF8 };

/* ---- PCI interrupts -------------------------------------------------------------------------- */

static u8 routed_to(const Piix3 *p, int n)
{
    u32 route = pci_get(&p->function, PIRQ_ROUTE + n, 1), irq = route & 15;
    return route & PIRQ_OFF || !(PIRQ_INPUTS >> irq & 1) ? 0 : (u8)irq;
}

static void drive(Piix3 *p, int n, bool level)
{
    if (p->pirq.irq[n])
        p->cfg.set_irq(p->cfg.ctx, n, p->pirq.irq[n], level);
}

static void function_changed(void *ctx, int first, int last)
{
    Piix3 *p = ctx;
    for (int n = 0; n < PIRQS; n++) {
        u8 irq = routed_to(p, n);
        if (irq == p->pirq.irq[n])
            continue;
        drive(p, n, false);
        p->pirq.irq[n] = irq;
        drive(p, n, p->pirq.sources[n] != 0);
    }
}

void piix3_set_pirq(void *piix3, int pin, bool level)
{
    Piix3 *p = piix3;
    int n = pin & (PIRQS - 1);
    u32 bit = 1u << (pin >> 2);
    p->pirq.sources[n] = level ? p->pirq.sources[n] | bit : p->pirq.sources[n] & ~bit;
    drive(p, n, p->pirq.sources[n] != 0);
}

/* ---- reset register -------------------------------------------------------------------------- */

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

/* ---- life ------------------------------------------------------------------------------------ */

/* What asks for interrupts are other chips' outputs, which keep their levels; where they go to was
 * reset with the bus. */
void piix3_reset(Piix3 *p)
{
    p->s.reset = 0;
}

static bool check_pirq(const void *state, const Clock *clock)
{
    const PirqState *s = state;
    for (int n = 0; n < PIRQS; n++)
        if (s->irq[n] && (s->irq[n] > 15 || !(PIRQ_INPUTS >> s->irq[n] & 1)))
            return false;
    return true;
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
    for (int n = 0; n < PIRQS; n++)
        pci_define(f, PIRQ_ROUTE + n, 1, PIRQ_OFF, 0x8F);
    pci_define(f, 0x69, 1, 0x02, 0xFE);    /* top of memory */
    pci_define(f, 0x6A, 2, 0, 0x8005);
    pci_define(f, 0x70, 2, 0x0080, 0xEFEF);
    pci_define(f, 0x76, 2, 0x0C0C, 0x8F8F);
    pci_define(f, 0x78, 2, 0x0002, 0xFFFF);
    pci_define(f, 0xA0, 4, 0, 0xFFFFFFFF); /* SMI control */
    f->changed = function_changed;
    f->ctx = p;
    if (!bus_map_port(cfg->bus, 0xCF9, 1, &reset, p, "PIIX3 reset"))
        panic("no room in the port table for the PIIX3");
    snap_add(cfg->snap, "piix3", 1, &p->s, sizeof p->s);
    snap_add(cfg->snap, "pirq", 1, &p->pirq, sizeof p->pirq);
    snap_check(cfg->snap, check_pirq);
    snap_late(cfg->snap);
}
