/* ferr.h: the board's latch for coprocessor errors: from FERR# to IRQ 13 and IGNNE#, ports F0h and
 * F1h. */
#ifndef GLASS86_FERR_H
#define GLASS86_FERR_H

#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    Bus *bus;
    Snap *snap;
    Line irq;   /* to IRQ 13 */
    Line ignne; /* to cpu_set_ignne() */
} FerrConfig;

typedef struct {
    u8 error; /* level of FERR#, true: error */
    u8 irq;   /* the latch */
    u8 ignne;
} FerrState;

typedef struct {
    FerrState s;
    FerrConfig cfg;
} Ferr;

void ferr_init(Ferr *f, const FerrConfig *cfg);
void ferr_reset(Ferr *f); /* with the processor, whose FERR# falls with it */

/* Input in the shape of a Line: FERR#, true while the coprocessor has an unmasked error. */
void ferr_set(void *ferr, int pin, bool level);

#endif
