/* pci.h: the PCI bus as software sees it: configuration space and how it is reached. See pci.c. */
#ifndef GLASS86_PCI_H
#define GLASS86_PCI_H

#include "devices/state.h"
#include "mmu/bus.h"

enum { PCI_FUNCTIONS = 8, PCI_SPACE = 256 };

/* Registers of every function (PCI 2.1, 6.1). */
enum {
    PCI_VENDOR = 0x00,
    PCI_DEVICE = 0x02,
    PCI_COMMAND = 0x04,
    PCI_STATUS = 0x06,
    PCI_REVISION = 0x08,
    PCI_CLASS = 0x09, /* programming interface, subclass, class */
    PCI_HEADER = 0x0E,
    PCI_BAR0 = 0x10,
    PCI_SUBSYSTEM = 0x2C,
    PCI_ROM = 0x30,
    PCI_LINE = 0x3C,
    PCI_PIN = 0x3D,
};
enum { PCI_COMMAND_IO = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4 };
enum { PCI_BAR_MEMORY = 0, PCI_BAR_IO = 1, PCI_BAR_PREFETCH = 8 };

/* Bytes first..last of the function's space may have changed: written, reset, or loaded from a
 * snapshot. */
typedef void PciChangedFn(void *ctx, int first, int last);

/* One function: what pci.c needs to know to answer for it. Its owner fills it at init, after
 * pci_add(), and keeps it; the bytes themselves are PciState's. */
typedef struct {
    u8 *config;             /* [PCI_SPACE], the bytes now */
    u8 initial[PCI_SPACE];  /* after a reset */
    u8 writable[PCI_SPACE]; /* bits that a write changes */
    u8 clears[PCI_SPACE];   /* bits that writing a 1 clears */
    u8 number;              /* device << 3 | function */
    PciChangedFn *changed;  /* may be NULL */
    void *ctx;
} PciFunction;

typedef struct {
    u32 address; /* CF8h */
    u8 config[PCI_FUNCTIONS][PCI_SPACE];
} PciState;

typedef struct {
    PciState s;
    PciFunction *function[PCI_FUNCTIONS];
    int count;
} Pci;

/* Ports that a function has where software puts them. */
typedef struct {
    u16 base, count; /* base 0: nowhere */
} PciPorts;

void pci_init(Pci *pci, Bus *bus, Snap *snap);
void pci_reset(Pci *pci);
void pci_post_load(Pci *pci); /* every function looks at its space anew */

/* Puts `f` on the bus: id is vendor | device << 16, code is class << 16 | subclass << 8 |
 * programming interface. */
void pci_add(Pci *pci, PciFunction *f, int device, int function, u32 id, u32 code);

/* Sets what is in the registers after a reset, and which bits can be written. */
void pci_define(PciFunction *f, int reg, int size, u32 initial, u32 writable);
/* Base address register n: `size` is a power of two; kind: PCI_BAR_*; base after reset. */
void pci_define_bar(PciFunction *f, int n, u32 size, u32 kind, u32 base);

/* Expansion ROM of `size`, a power of two from 2 KiB on. */
void pci_define_rom(PciFunction *f, u32 size);

u32 pci_get(const PciFunction *f, int reg, int size);
/* Stores bytes that the guest cannot write itself. */
void pci_set(PciFunction *f, int reg, int size, u32 value);

/* Base address in register n, or 0 while COMMAND has its kind of space switched off. */
u32 pci_bar(const PciFunction *f, int n);
/* Base address of the expansion ROM, or 0 while it is switched off. */
u32 pci_rom(const PciFunction *f);

/* Moves a function's ports to `base`, 0: away. Where another device answers they do not appear: a
 * board would have both drive the bus. */
void pci_map_ports(PciPorts *p, Bus *bus, u32 base, u16 count, const BusOps *ops, void *ctx,
                   const char *name);

#endif
