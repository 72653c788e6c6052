/* gdbstub.h: the remote side of gdb's serial protocol (GDB manual, appendix E). EIP is carried
 * as a linear address and the architecture announced is i8086: gdb then decodes 16-bit code, and
 * `set architecture i386` switches to 32-bit and back. Breakpoints go into the debugger's own
 * table. */
#ifndef GLASS86_GDBSTUB_H
#define GLASS86_GDBSTUB_H

#include "frontend/debug.h"

bool gdbstub_open(Debug *d); /* as -gdb asks; false: said why */
void gdbstub_close(Debug *d);
void gdbstub_abandon(Debug *d); /* in a copy of the process: gdb stays with the original */
void gdbstub_poll(Debug *d);
void gdbstub_stopped(Debug *d);
/* Text for gdb's console, while gdb waits for a stop. False: it does not. */
bool gdbstub_say(Debug *d, const char *text, size_t n);
/* Asked now and then by a long search that gdb waits for: has it sent Ctrl-C? */
bool gdbstub_cancels(Debug *d);
bool gdbstub_attached(const Debug *d);
bool gdbstub_listens(const Debug *d);

/* For tests: a stub without a line to gdb, and bytes as gdb would send them. The reply is what
 * follows. */
void gdbstub_open_test(Debug *d);
void gdbstub_feed(Debug *d, const u8 *bytes, size_t n);
const char *gdbstub_reply(Debug *d); /* everything said since the last call */

#endif
