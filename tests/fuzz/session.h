/* session.h: a session with a machine and a debugger and nothing else, for the targets whose inputs
 * are what a person, a script or gdb says. */
#ifndef GLASS86_TESTS_FUZZ_SESSION_H
#define GLASS86_TESTS_FUZZ_SESSION_H

#include "frontend/debug.h"

/* The first line of an input may choose the guest and the machine: "guest dos", "guest protected",
 * with a number for rig_new() behind it, and is taken off then. Without one the machine idles. */
Session *fuzz_session_new(const u8 **data, size_t *size);
void fuzz_session_free(Session *s);
/* Where the debugger says what it has to say: nowhere, or with FUZZ_VERBOSE to standard error. */
FILE *fuzz_session_out(void);
/* If the last command let the machine go on: some slices of it. */
void fuzz_session_run(Session *s);

#endif
