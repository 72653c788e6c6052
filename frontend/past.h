/* past.h: the machine's past (history.h) within a session: it is kept wherever the debugger can be
 * called, the run goes on from the past with the inputs of then, and what a person does there
 * starts another future. */
#ifndef GLASS86_PAST_H
#define GLASS86_PAST_H

#include "frontend/session.h"

/* Once everything is open: begins to keep the past if somebody could want it. */
void past_open(Session *s);
void past_close(Session *s);

/* The machine has not come to its present yet: inputs come from memory, outputs are silent. */
bool past_behind(const Session *s);
bool past_repeating(const Session *s);

void past_deliver(Session *s); /* states_deliver() of a machine that is behind */
void past_poll(Session *s);    /* after a slice */
/* Before the debugger puts something in: where the machine is behind, another future begins. */
void past_leave(Session *s);
/* The debugger has changed the machine, where it now is. */
void past_edited(Session *s);
/* The machine was taken to another time: frames, limits and speed are counted from there. */
void past_moved(Session *s);
/* Goes to another line of the past. */
bool past_branch(Session *s, unsigned number, char *err, size_t errlen);
/* Puts the state in a file in the machine's place; what was known of the run waits as another line.
 * False: see err, and nothing has changed. */
bool past_load(Session *s, const char *path, char *err, size_t errlen);
/* What was known can be gone to no more. */
void past_replaced(Session *s);

#endif
