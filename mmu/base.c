/* base.c: panic(), the one way out when an invariant of the emulator itself is broken. */
#include "mmu/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void (*panic_hook)(void *ctx);
static void *panic_ctx;

void panic_set_hook(void (*hook)(void *ctx), void *ctx)
{
    panic_hook = hook;
    panic_ctx = ctx;
}

_Noreturn void panic(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("glass86: internal error: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    void (*hook)(void *) = panic_hook;
    panic_hook = NULL; /* a hook that panics must not be entered again */
    if (hook)
        hook(panic_ctx);
    exit(70);
}

void text_tame(char *text, bool lines)
{
    for (; *text; text++)
        if (((u8)*text < 32 && !(lines && *text == '\n')) || *text == 127)
            *text = '?';
}
