/* reverse.h: running backwards. Going back is going to the nearest earlier state and forward again
 * to the right instruction; every search stops just before what it looks for happens. The machine
 * is stopped before and after. */
#ifndef GLASS86_REVERSE_H
#define GLASS86_REVERSE_H

#include "frontend/debug.h"

/* Each takes the machine there and reports a stop, as going forward does. False: d->error, and the
 * machine has not moved. */
bool reverse_step(Debug *d, u64 n);   /* n instructions back, or to the beginning */
bool reverse_next(Debug *d);          /* one; routines and repeated strings as a whole */
bool reverse_finish(Debug *d);        /* to where this routine was called */
bool reverse_continue(Debug *d);      /* to the last hit of a breakpoint, or to the beginning */
bool reverse_goto(Debug *d, u64 tick);
bool reverse_when(Debug *d, u32 linear, u32 len);
bool reverse_branch(Debug *d, unsigned number);

/* From a hook while d->searching: breakpoint b would stop because of `text`. Always false. */
bool reverse_hit(Debug *d, const Break *b, u64 tick, const char *text);

#endif
