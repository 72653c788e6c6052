/* monitor.h: -monitor DEV: the debugger's commands from a socket, a pseudo terminal or another
 * terminal. They are executed between two slices of guest time, also while the machine runs. */
#ifndef GLASS86_MONITOR_H
#define GLASS86_MONITOR_H

#include "frontend/debug.h"

bool monitor_open(Debug *d); /* false: said why */
void monitor_close(Debug *d);
void monitor_abandon(Debug *d); /* in a copy of the process: the line stays the original's */
void monitor_poll(Debug *d);
void monitor_stopped(Debug *d); /* tells of a stop */
/* Text that belongs to no command. False: nobody is there. */
bool monitor_say(Debug *d, const char *text, size_t n);
/* Somebody is there, who looks after a machine that stands. */
bool monitor_attached(const Debug *d);

#endif
