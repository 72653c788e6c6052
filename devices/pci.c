/* pci.c: the PCI bus, as far as software can tell: one bus, configuration mechanism 1, and the
 * rules by which bytes of a configuration space are written. What the registers of a function do is
 * its owner's business (i440fx.c, piix3.c, busmaster.c, piix4pm.c, pc_pci.c), who is told of every
 * change. From the PCI Local Bus Specification 2.1, chapters 3.7.4 and 6.
 *
 *   CF8h   32 bits: 31 enable, 23-16 bus, 15-11 device, 10-8 function, 7-2 register
 *   CFCh   the register that CF8h names, in 1, 2 or 4 bytes
 *
 * NOTE: an expansion ROM answers without COMMAND's memory bit, too: Bochs's BIOS copies the VGA
 * BIOS from there before it sets that, as Bochs lets it.
 *
 * An access of another size to CF8h-CFBh does not reach the bridge. Where no function answers,
 * reads give ones: the bridge ends them with a master abort. */
#include "devices/pci.h"

enum { ENABLE = 1u << 31, ADDRESS_BITS = 0x80FFFFFC };
#define PCI_ROM_ON 1u /* bit 0 of its register */

/* ---- bytes of a space ------------------------------------------------------------------------ */

u32 pci_get(const PciFunction *f, int reg, int size)
{
    return load_le(f->config + reg, size);
}

void pci_set(PciFunction *f, int reg, int size, u32 value)
{
    store_le(f->config + reg, size, value);
}

static void write_byte(PciFunction *f, int reg, u8 v)
{
    u8 *b = &f->config[reg];
    *b = (u8)((*b & ~f->writable[reg]) | (v & f->writable[reg]));
    *b &= (u8) ~(v & f->clears[reg]);
}

static void changed(PciFunction *f, int first, int last)
{
    if (f->changed)
        f->changed(f->ctx, first, last);
}

/* ---- mechanism 1 ----------------------------------------------------------------------------- */

static PciFunction *addressed(const Pci *pci)
{
    u32 a = pci->s.address;
    if (!(a & ENABLE) || a >> 16 & 0xFF)
        return NULL;
    for (int i = 0; i < pci->count; i++)
        if (pci->function[i]->number == (a >> 8 & 0xFF))
            return pci->function[i];
    return NULL;
}

static u32 address_read(void *ctx, u32 port, int size)
{
    const Pci *pci = ctx;
    return size == 4 ? pci->s.address : 0xFFFFFFFFu;
}

static void address_write(void *ctx, u32 port, int size, u32 value)
{
    Pci *pci = ctx;
    if (size == 4)
        pci->s.address = value & ADDRESS_BITS;
}

static int register_at(const Pci *pci, u32 port)
{
    return (int)((pci->s.address & 0xFC) | (port & 3));
}

static u32 data_read(void *ctx, u32 port, int size)
{
    const Pci *pci = ctx;
    const PciFunction *f = addressed(pci);
    return f ? pci_get(f, register_at(pci, port), size) : 0xFFFFFFFFu;
}

static void data_write(void *ctx, u32 port, int size, u32 value)
{
    Pci *pci = ctx;
    PciFunction *f = addressed(pci);
    if (!f)
        return;
    int reg = register_at(pci, port);
    for (int i = 0; i < size; i++)
        write_byte(f, reg + i, (u8)(value >> (8 * i)));
    changed(f, reg, reg + size - 1);
}

/* ---- building a function --------------------------------------------------------------------- */

void pci_define(PciFunction *f, int reg, int size, u32 initial, u32 writable)
{
    store_le(f->initial + reg, size, initial);
    store_le(f->writable + reg, size, writable);
}

void pci_define_bar(PciFunction *f, int n, u32 size, u32 kind, u32 base)
{
    pci_define(f, PCI_BAR0 + 4 * n, 4, base | kind, ~(size - 1));
    u32 space = kind & PCI_BAR_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
    f->writable[PCI_COMMAND] |= (u8)space;
}

void pci_define_rom(PciFunction *f, u32 size)
{
    pci_define(f, PCI_ROM, 4, 0, ~(size - 1) | PCI_ROM_ON);
    f->writable[PCI_COMMAND] |= PCI_COMMAND_MEMORY;
}

void pci_add(Pci *pci, PciFunction *f, int device, int function, u32 id, u32 code)
{
    if (pci->count == PCI_FUNCTIONS)
        panic("too many PCI functions: raise PCI_FUNCTIONS");
    memset(f, 0, sizeof *f);
    f->number = (u8)(device << 3 | function);
    f->config = pci->s.config[pci->count];
    pci->function[pci->count++] = f;
    pci_define(f, PCI_VENDOR, 4, id, 0);
    pci_define(f, PCI_REVISION, 4, code << 8, 0);
    pci_define(f, PCI_COMMAND, 2, 0, PCI_COMMAND_MASTER);
    pci_define(f, PCI_STATUS, 2, 0x0200, 0); /* DEVSEL# timing: medium */
    store_le(f->clears + PCI_STATUS, 2, 0xF900);
    pci_define(f, PCI_LINE, 1, 0, 0xFF);
}

u32 pci_bar(const PciFunction *f, int n)
{
    u32 v = pci_get(f, PCI_BAR0 + 4 * n, 4);
    bool io = v & PCI_BAR_IO;
    u32 need = io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
    return pci_get(f, PCI_COMMAND, 2) & need ? v & ~(io ? 3u : 15u) : 0;
}

u32 pci_rom(const PciFunction *f)
{
    u32 v = pci_get(f, PCI_ROM, 4);
    return v & PCI_ROM_ON ? v & ~PCI_ROM_ON : 0;
}

void pci_map_ports(PciPorts *p, Bus *bus, u32 base, u16 count, const BusOps *ops, void *ctx,
                   const char *name)
{
    if (base > 0xFFFF)
        base = 0;
    if (base == p->base)
        return;
    if (p->base)
        bus_unmap_ports(bus, p->base, p->count);
    *p = (PciPorts){0, 0};
    if (base && bus_ports_free(bus, (u16)base, count) &&
        bus_map_port(bus, (u16)base, count, ops, ctx, name))
        *p = (PciPorts){(u16)base, count};
}

/* ---- life ------------------------------------------------------------------------------------ */

void pci_reset(Pci *pci)
{
    pci->s.address = 0;
    for (int i = 0; i < pci->count; i++)
        memcpy(pci->function[i]->config, pci->function[i]->initial, PCI_SPACE);
    pci_post_load(pci);
}

void pci_post_load(Pci *pci)
{
    for (int i = 0; i < pci->count; i++)
        changed(pci->function[i], 0, PCI_SPACE - 1);
}

static bool check_state(const void *state, const Clock *clock)
{
    return !(((const PciState *)state)->address & ~ADDRESS_BITS);
}

void pci_init(Pci *pci, Bus *bus, Snap *snap)
{
    static const BusOps address = {address_read, address_write, address_read, 1 | 2 | 4};
    static const BusOps data = {data_read, data_write, data_read, 1 | 2 | 4};
    memset(pci, 0, sizeof *pci);
    if (!bus_map_port(bus, 0xCF8, 4, &address, pci, "PCI address") ||
        !bus_map_port(bus, 0xCFC, 4, &data, pci, "PCI data"))
        panic("no room in the port table for PCI");
    snap_add(snap, "pci", 1, &pci->s, sizeof pci->s);
    snap_check(snap, check_state);
}
