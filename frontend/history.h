/* history.h: the machine's past. While history is kept, states are taken as the machine runs, as
 * differences from one another, and everything that enters is remembered; any instruction since
 * then can be gone to: the nearest earlier state, then forward with the same inputs. Old states
 * are thinned out as they age and when they need more than the memory they may have.
 *
 * The machine may be anywhere within what is known, [history_first(), history_last()]. Running
 * on from the past repeats it, inputs included, until the present is reached. Whoever changes
 * the machine in the past (an input from outside, a register written by the debugger) starts
 * another future: what lay ahead is forgotten.
 *
 * Disks go along (devices/disk/journal.h). Outputs do not: while history runs the machine to
 * find something, history_working() is true and the session's hooks must stay silent. */
#ifndef GLASS86_HISTORY_H
#define GLASS86_HISTORY_H

#include "frontend/input.h"

typedef struct History History;

/* Begins to keep the past of `pc`, from now on, in at most about `budget` bytes. */
History *history_open(Pc *pc, u64 budget);
void history_close(History *h);

/* ---- while the machine runs ------------------------------------------------------------------ */

/* Between two pc_run(): takes a state when it is time. */
void history_poll(History *h);
void history_input(void *history, const InputEvent *e); /* an InputTap */
/* The machine was changed by other means than input.h, at its present place. */
void history_edited(History *h);
/* The machine was replaced as a whole (a state from a file): what was known is forgotten. */
void history_restart(History *h);

/* Is the machine in the past, with known inputs still ahead? Then no others may enter it, unless
 * they start another future. */
bool history_behind(const History *h);
u64 history_next(const History *h,
                 u64 until);      /* the tick of the next known input, at most `until` */
void history_deliver(History *h); /* hands over the known inputs that are due */

/* ---- going there ----------------------------------------------------------------------------- */

u64 history_first(const History *h);
u64 history_last(const History *h);
bool history_working(const History *h);

/* Before the instruction that is executed at this tick. False: outside what is known, and err says
 * what is; or the machine did not come there (then it is as near before it as possible). */
bool history_goto(History *h, u64 tick, char *err, size_t errlen);

/* n instructions back; a halt counts as the one HLT. False: that is before the beginning, where the
 * machine now is. */
bool history_back(History *h, u64 n);

/* The last tick before now at which `stop` held. `watch` installs whatever makes the processor stop
 * there (breakpoints, watches), and removes it again; every stop of the machine with PC_EXIT_BREAK
 * asks `hit`, which must have no effects. The machine is then at that tick; false: nowhere, and it
 * is where it was. Breakpoints that were installed before take part, so remove them first if they
 * must not. */
typedef struct {
    void *ctx;
    void (*watch)(void *ctx, bool on); /* may be NULL */
    bool (*hit)(void *ctx);            /* NULL: every stop counts */
} HistorySearch;
bool history_find_last(History *h, const HistorySearch *s);

/* Which instruction wrote any of these bytes (linear addresses, at most 64) last before now?
 * Goes to that tick, before the instruction. False: none that is known. *device: no instruction
 * did, but a device by DMA, at that tick. */
bool history_when(History *h, u32 linear, u32 len, bool *device);

/* ---- figures --------------------------------------------------------------------------------- */

typedef struct {
    u64 first, last, now;
    unsigned states, inputs;
    u64 bytes, budget;
    u64 widest; /* ticks between two neighbouring states */
} HistoryInfo;
void history_info(const History *h, HistoryInfo *info);

#endif
