/* log.h: -d, -D and -dfilter: one line per event of the machine. */
#ifndef GLASS86_LOG_H
#define GLASS86_LOG_H

#include "devices/pc.h"
#include "frontend/options.h"

#include <stdio.h>

typedef struct {
    const Options *opt;
    Pc *pc;
    CpuDebug hooks;
    int (*ack)(void *ctx); /* the machine's own */
    void *ack_ctx;
    bool acked; /* the next interrupt is the controllers' */
    u32 seen_cr0, seen_cr3;
    u8 seen_a20;
    FILE *f;    /* NULL: nothing is logged */
    int sink;   /* where the log goes once it has its size; -1: has none */
} Log;

/* False: err says why the log file cannot be written. */
bool log_open(Log *l, const Options *o, char *err, size_t errlen);
void log_attach(Log *l, Pc *pc); /* hangs on the bus and the processor as the options ask */
void log_reset(Log *l);          /* the guest reset the processor */
void log_poll(Log *l);           /* now and then: has it come to its limit? */
bool log_close(Log *l);          /* false: the log is incomplete */

#endif
