/* sandbox.h: -sandbox on: once everything is open, the process gives up what it does not need any
 * more, so that a guest that found a hole in the emulator would still be nowhere. What stays
 * possible, and why, is docs/sandbox.md. */
#ifndef GLASS86_SANDBOX_H
#define GLASS86_SANDBOX_H

#include "frontend/options.h"

/* What may still be opened, by path. */
typedef struct {
    const char *path;
    enum {
        SANDBOX_READ,   /* it, or everything in it, for reading */
        SANDBOX_WRITE,  /* this one file, which is there */
        SANDBOX_FOLDER, /* this directory, with all that a guest can do in a fat:DIR */
    } right;
} SandboxPath;

enum { SANDBOX_PATHS = 64 };

typedef struct {
    SandboxPath path[SANDBOX_PATHS];
    int count;
    bool window; /* libraries of the host draw: they make threads, and code */
} SandboxPolicy;

/* After everything was opened, before the guest runs: for good. False: err says why not, and how to
 * do without. */
bool sandbox_enter(const Options *o, bool window, char *err, size_t errlen);

/* Is it on? For messages. */
bool sandbox_is_on(void);

/* sandbox_linux.c: makes the process live with nothing but what `p` allows. */
bool sandbox_apply(const SandboxPolicy *p, char *err, size_t errlen);

#endif
