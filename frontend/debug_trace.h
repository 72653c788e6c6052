/* debug_trace.h: `trace`: a line per instruction, port access and interrupt, to a file. */
#ifndef GLASS86_DEBUG_TRACE_H
#define GLASS86_DEBUG_TRACE_H

#include "frontend/debug.h"

typedef struct {
    bool regs, mem;
    u32 first, last; /* linear range of code */
    int ring;        /* -1: all */
} TraceOptions;

/* path NULL: where the debugger tells things. */
bool trace_start(Debug *d, const char *path, const TraceOptions *o);
void trace_stop(Debug *d);
void trace_poll(Debug *d); /* now and then: has its file come to -log-limit? */
void trace_insn(Debug *d, const Insn *i);
void trace_interrupt(Debug *d, int vector, bool soft);
void trace_port(Debug *d, bool write, u16 port, int size, u32 value);

#endif
