/* debug_history.h: the instructions executed last, from the ring of entered runs that the
 * processor always keeps. */
#ifndef GLASS86_DEBUG_HISTORY_H
#define GLASS86_DEBUG_HISTORY_H

#include "frontend/debug.h"

/* The last n instructions, oldest first. */
void history_print(Debug *d, int n, FILE *out);

#endif
