/* say.h: lines for the user. They go to the standard error output; while the terminal shows the
 * guest's screen they are kept, so that they do not tear it. */
#ifndef GLASS86_SAY_H
#define GLASS86_SAY_H

#include "mmu/base.h"

#include <stdio.h>

/* "glass86: ...\n"; the text has no newline of its own. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Between the two, lines are kept; say_release() prints them all. */
void say_hold(void);
void say_release(void);

/* Has the file that -log-limit bounds its size, limit bytes (0: no limit)? What has no position, a
 * pipe or a terminal, is bounded by whoever reads it. */
bool has_size(FILE *f, u64 limit);

/* The line held last, or NULL. */
const char *say_last(void);

#endif
