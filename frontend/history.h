/* history.h: the machine's past. While history is kept, states are taken as the machine runs, as
 * differences from one another, and everything that enters is remembered; any instruction since
 * then can be gone to: the nearest earlier state, then forward with the same inputs. Old states
 * are thinned out as they age and when they need more than the memory they may have.
 *
 * The machine may be anywhere within what is known, [history_first(), history_last()]. Running
 * on from the past repeats it, inputs included, until the present is reached. Whoever changes
 * the machine in the past (an input from outside, a register written by the debugger) starts
 * another future; what lay ahead waits as a branch.
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
/* What lay ahead becomes a branch: another future begins here. */
void history_fork(History *h);
u64 history_inputs(const History *h); /* how many inputs lead to here */
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
/* What the machine does now it has done before: outputs were made then. */
bool history_repeating(const History *h);

/* Before the instruction that is executed at this tick. False: outside what is known, and err says
 * what is; or the machine did not come there (then it is as near before it as possible). */
bool history_goto(History *h, u64 tick, char *err, size_t errlen);

/* n instructions back; a halt counts as the one HLT. False: that is before the beginning, where the
 * machine now is. */
bool history_back(History *h, u64 n);

/* The last tick before now at which something happened. `watch` installs what notices it (hooks in
 * cpu.debug, bus.hooks.tap, breakpoints) and takes it away; whoever notices calls history_note()
 * and lets the machine run on. The machine is then at that tick, before the instruction; false:
 * nothing happened, or the user called it off, and the machine is where it was. */
typedef struct {
    void *ctx;
    void (*watch)(void *ctx, bool on);
    void (*after)(void *ctx, PcExit e); /* after each piece of the run; NULL: none */
    u64 (*limit)(void *ctx, const History *h, u64 until); /* where a piece ends; NULL: anywhere */
    bool earlier; /* it takes a while to notice, so begin earlier than seems necessary */
    /* 0: all of the past, in stretches. Else: first the last so many ticks, then eight times as
     * many and so on, each time up to now. */
    u64 window, reach; /* at most so far back; 0: as far as is known */
} HistorySearch;
bool history_find_last(History *h, const HistorySearch *s);
/* From within a search. True: this is the latest so far. */
bool history_note(History *h, u64 tick);

bool history_cancelled(const History *h); /* that search was called off */

/* A long way takes its time; asked now and then whether to give up. */
void history_on_cancel(History *h, bool (*cancel)(void *ctx), void *ctx);

/* Which instruction wrote any of these bytes (linear addresses, at most 64) last before now?
 * Goes to that tick, before the instruction. False: none that is known. *device: no instruction
 * did, but a device by DMA (or the processor in its page tables), right after that instruction. */
bool history_when(History *h, u32 linear, u32 len, bool *device);

/* ---- branches -------------------------------------------------------------------------------- */

/* Where somebody changes the machine in the past, what lay ahead becomes a branch with the number
 * that its line had; the new line gets the next one. The first line is 1. */
unsigned history_line(const History *h);

typedef struct {
    unsigned number, from; /* the line it leaves from */
    u64 fork, last;        /* ticks */
    unsigned inputs;
    bool whole; /* it leaves from nowhere: a run of its own from tick `first` on, left at `fork` */
    u64 first;
} HistoryBranch;
bool history_branch_info(const History *h, unsigned i, HistoryBranch *info); /* false: no such */

/* A state from a file is about to take the machine's place: all that is known waits as a line of
 * its own. False: it cannot, since the image in a drive was written in this line, and then the past
 * must be forgotten once the state is loaded, by history_restart(). Afterwards history_enter(): the
 * machine as it is now begins another line; or history_stay(): the machine is what it was. */
bool history_leave(History *h);
void history_enter(History *h);
void history_stay(History *h);

/* To the end of a branch, which becomes the line; what is left becomes a branch. False: see err. */
bool history_branch_go(History *h, unsigned number, char *err, size_t errlen);
/* Branches that leave from it go with it. */
bool history_branch_drop(History *h, unsigned number, char *err, size_t errlen);

/* ---- figures --------------------------------------------------------------------------------- */

typedef struct {
    u64 first, last, now;
    unsigned states, inputs;
    u64 bytes, budget;
    u64 widest; /* ticks between two neighbouring states */
} HistoryInfo;
void history_info(const History *h, HistoryInfo *info);

#endif
