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

#endif
