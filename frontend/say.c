/* say.c: see say.h. */
#include "frontend/say.h"

#include <stdarg.h>

enum { HELD_MAX = 16, LINE_MAX_BYTES = 512 };

static char held[HELD_MAX][LINE_MAX_BYTES];
static unsigned held_count;
static bool holding;

void say(const char *fmt, ...)
{
    char line[LINE_MAX_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    text_tame(line, true);
    if (holding)
        memcpy(held[held_count++ % HELD_MAX], line, sizeof line); /* the latest count */
    else
        fprintf(stderr, "glass86: %s\n", line);
}

void say_hold(void)
{
    holding = true;
    held_count = 0;
}

void say_release(void)
{
    if (!holding)
        return;
    holding = false;
    unsigned first = held_count > HELD_MAX ? held_count - HELD_MAX : 0;
    for (unsigned i = first; i < held_count; i++)
        fprintf(stderr, "glass86: %s\n", held[i % HELD_MAX]);
    held_count = 0;
}

const char *say_last(void)
{
    return held_count ? held[(held_count - 1) % HELD_MAX] : NULL;
}

bool has_size(FILE *f, u64 limit)
{
    off_t at = limit ? ftello(f) : -1;
    return at >= 0 && (u64)at >= limit;
}
