/* line.h: one interrupt or signal wire. The driver calls line_set() with the level; who listens is
 * decided by the wiring table in devices/pc.c. An unconnected line (set == NULL) is legal. */
#ifndef GLASS86_LINE_H
#define GLASS86_LINE_H

#include "mmu/base.h"

typedef struct {
    void (*set)(void *ctx, int pin, bool level);
    void *ctx;
    int pin;
} Line;

static inline void line_set(const Line *l, bool level)
{
    if (l->set)
        l->set(l->ctx, l->pin, level);
}

#endif
