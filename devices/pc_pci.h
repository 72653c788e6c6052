/* pc_pci.h: the PCI part of the board; internal to pc.c and snapshots. */
#ifndef GLASS86_PC_PCI_H
#define GLASS86_PC_PCI_H

#include "devices/pc.h"

typedef struct {
    Line sci;        /* IRQ 9 */
    Line ide_irq[2]; /* IRQ 14 and 15 */
    void (*reset)(void *pc, bool hard);
    void (*power_off)(void *pc);
} PcPciWires;

/* All four do nothing on a board without PCI. The drives are wired before. */
void pc_pci_init(Pc *pc, const PcPciWires *w);
void pc_pci_reset(Pc *pc);
void pc_pci_post_load(Pc *pc);
void pc_pci_free(Pc *pc);

/* Where the adapter's interrupt goes on a board with PCI. */
Line pc_pci_vga_irq(Pc *pc);

/* Is `rom` one that the adapter on the board with PCI carries as its expansion ROM? */
bool pc_pci_vga_rom(const PcRom *rom);

#endif
