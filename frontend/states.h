/* states.h: -loadvm, -savevm-at, -record and -replay within a session. */
#ifndef GLASS86_STATES_H
#define GLASS86_STATES_H

#include "frontend/session.h"

/* Before the machine is built: reads the log of -replay, which decides about the clock. Both
 * return an exit status, EXIT_OK if all is well; what is wrong was said. */
int states_prepare(Session *s);
/* After it was built: loads, checks, begins to record. */
int states_start(Session *s);

/* The machine goes to another process, at `spec`; at once if it does not run. False: see err. */
bool states_migrate(Session *s, const char *spec, char *err, size_t errlen);

u64 states_next(const Session *s, u64 until); /* the tick at which something is due */
/* Between slices: hands over the log's input, or what the host brought. */
void states_deliver(Session *s);
void states_poll(Session *s); /* after a slice */
/* Guest time has gone back and another future begins: what -type-at has for later is still to
 * come. */
void states_skip_typed(Session *s);
/* After the last slice. */
void states_end(Session *s);
bool states_close(Session *s); /* false: something could not be written, and was said */

#endif
