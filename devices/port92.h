/* port92.h: system control port A of the PS/2 (port 92h): fast A20 gate and fast processor
 * reset. */
#ifndef GLASS86_PORT92_H
#define GLASS86_PORT92_H

#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

typedef struct {
    Bus *bus;
    Snap *snap;
    Line a20;   /* driven at reset (high) and on every write */
    Line reset; /* pulses high, then low, when bit 0 goes from 0 to 1 */
} Port92Config;

typedef struct {
    u8 value;
} Port92State;

typedef struct {
    Port92State s;
    Port92Config cfg;
} Port92;

void port92_init(Port92 *p, const Port92Config *cfg);
void port92_reset(Port92 *p);

/* Input in the shape of a Line: another gate (the 8042) changed A20; bit 1 reads so from now on. */
void port92_set_a20(void *port92, int pin, bool level);

#endif
