/* piix3.h: the ISA bridge of the chipset, with its reset register; see piix3.c. */
#ifndef GLASS86_PIIX3_H
#define GLASS86_PIIX3_H

#include "devices/pci.h"

typedef struct {
    u8 reset; /* CF9h */
} Piix3State;

typedef struct {
    Bus *bus;
    Snap *snap;
    /* Software asked for a reset: of everything (hard), or of the processor. */
    void (*on_reset)(void *ctx, bool hard);
    void *ctx;
} Piix3Config;

typedef struct {
    Piix3State s;
    PciFunction function;
    Piix3Config cfg;
} Piix3;

void piix3_init(Piix3 *p, Pci *pci, const Piix3Config *cfg);
void piix3_reset(Piix3 *p);

#endif
