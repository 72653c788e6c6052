/* session.h: a session with a machine and a debugger and nothing else, for the targets whose inputs
 * are what a person, a script or gdb says. */
#ifndef GLASS86_TESTS_FUZZ_SESSION_H
#define GLASS86_TESTS_FUZZ_SESSION_H

#include "frontend/debug.h"

Session *fuzz_session_new(void);
void fuzz_session_free(Session *s);
/* If the last command let the machine go on: some slices of it. */
void fuzz_session_run(Session *s);

#endif
