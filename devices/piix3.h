/* piix3.h: the ISA bridge of the chipset: reset register, routes of PCI interrupts; see piix3.c. */
#ifndef GLASS86_PIIX3_H
#define GLASS86_PIIX3_H

#include "devices/pci.h"

typedef struct {
    u8 reset; /* CF9h */
} Piix3State;

enum { PIRQS = 4 };

typedef struct {
    u32 sources[PIRQS]; /* who asks at PIRQ A-D: bit n = source n */
    u8 irq[PIRQS];      /* the 8259's input that each drives; 0: none */
} PirqState;

typedef struct {
    Bus *bus;
    Snap *snap;
    /* PIRQ n (0-3) asks at the 8259's input `irq` (3-15), or no longer. */
    void (*set_irq)(void *ctx, int n, int irq, bool level);
    /* Software asked for a reset: of everything (hard), or of the processor. */
    void (*on_reset)(void *ctx, bool hard);
    void *ctx;
} Piix3Config;

typedef struct {
    Piix3State s;
    PirqState pirq;
    PciFunction function;
    Piix3Config cfg;
} Piix3;

void piix3_init(Piix3 *p, Pci *pci, const Piix3Config *cfg);
void piix3_reset(Piix3 *p);

/* PIRQ A-D (n = 0-3) as a Line: high means asked for, though the pins are active low. Functions
 * that share one have sources (0-31) of their own. */
#define PIIX3_PIRQ(n, source) ((n) | (source) << 2)
void piix3_set_pirq(void *piix3, int pin, bool level);

#endif
