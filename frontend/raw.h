/* raw.h: -load, -entry and -regs: code that starts without any firmware. */
#ifndef GLASS86_RAW_H
#define GLASS86_RAW_H

#include "devices/pc.h"
#include "frontend/options.h"

/* Loads the files and sets the processor up, if the options ask for it. EXIT_OK, or the status
 * that belongs to the line in err. Registers that are not named have their values after reset,
 * with the segments of real mode. */
int raw_start(Pc *pc, const Options *o, char *err, size_t errlen);

#endif
