/* fork.h: copies of a running machine. A copy is a process of its own, with everything that the
 * original had in memory, the past included, shared until written (fork(2)); it executes a script
 * and ends, as with -batch. Its output goes to files of its own. */
#ifndef GLASS86_FORK_H
#define GLASS86_FORK_H

#include "frontend/debug.h"

/* Starts a copy that executes the commands in `script`; its output goes to PREFIX.out, that of its
 * ports to PREFIX.serial1 and so on. Returns twice: in the copy `d` is the copy's. False: d->error.
 * As many copies run at the same time as the host has processors; others are waited for. */
bool fork_machine(Debug *d, const char *script, const char *prefix);

/* Waits for all copies and tells of each on `out` if that is not NULL. The first exit status that
 * is not 0, else 0. */
int fork_wait(Session *s, FILE *out);

#endif
