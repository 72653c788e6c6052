/* history_part.h: what the files of the machine's past share: history.c keeps it, history_search.c
 * looks for something in it, history_branch.c keeps futures that did not come about. */
#ifndef GLASS86_HISTORY_PART_H
#define GLASS86_HISTORY_PART_H

#include "devices/disk/journal.h"
#include "frontend/history.h"
#include "frontend/history_store.h"

typedef struct {
    InputEvent e;
    u64 generation; /* of the medium put in */
} Known;

/* A future that did not come about, or the one that was left for another. */
typedef struct Branch {
    struct Branch *next;
    unsigned number;
    u64 anchor, fork, last; /* the state it leaves from, that state's tick, and its own end */
    StoreState *state;      /* behind the anchor */
    size_t states;
    Known *input;
    size_t inputs;
    struct {
        Disk *disk;
        DiskFuture *future;
        DiskPast *past; /* of a whole line */
    } medium[SNAPSHOT_DRIVES];
    /* A whole line has no anchor: it is a run of its own, left when a state was loaded. Its states
     * are all there were, and the rest is as in History. */
    bool whole;
    size_t input_at;
    u64 home;
    Disk *first_medium[SNAPSHOT_DRIVES];
} Branch;

struct History {
    Pc *pc;
    Store store;
    u64 budget;
    /* In order of tick. Two may have the same: the machine before it was changed, and after. */
    StoreState *state;
    size_t states, state_room;
    Known *input;
    size_t inputs, input_room, input_at; /* input_at: the next one, where the machine now is */
    Disk *first_medium[SNAPSHOT_DRIVES]; /* in the drives at the beginning */
    u64 last;
    Branch *branch;          /* latest first */
    /* the state of this line at which images hold what they do in all whole lines that wait */
    u64 home;
    unsigned line, next_line; /* number of the present line, and of the next one to begin */
    u64 next_id;             /* of states */
    u64 taken_ns;
    bool working, cancelled;
    bool (*cancel)(void *ctx);
    void *cancel_ctx;
    CpuDebug quiet;
    u64 note_from, note_until, noted; /* of the stretch that is searched; noted: UINT64_MAX none */
};

void *history_grow(void *list, size_t count, size_t *room, size_t size);

/* ---- states ---- */

size_t history_states_until(const History *h, u64 tick); /* how many lie at or before it */
StoreState *history_add_state(History *h); /* the machine as it is, after others of its tick */
void history_take_here(History *h);        /* unless there is one of this tick */
void history_drop_state(History *h, size_t i);
void history_restore(History *h, size_t i);

/* ---- branches ---- */

void history_branch_off(History *h, bool changed); /* what lies ahead waits from now on */
void history_drop_branches(History *h);
void history_forget_anchor(History *h, u64 id); /* nothing can leave from there any more */
u64 history_branch_bytes(const History *h);
void *history_memory(size_t size); /* zeros */
Branch *history_holder_of(const History *h, u64 id); /* the branch that has this state */
void history_drop_branch(History *h, Branch *b);
size_t history_index_of(const StoreState *list, size_t count, u64 id); /* count: not there */

/* ---- whole lines ---- */

/* To line b, from which all that is known of the present one waits. */
void history_switch_line(History *h, Branch *b);
void history_drop_lines(History *h);   /* no way leads to them any more */
bool history_drop_a_line(History *h);  /* the one that was left first; false: there is none */
void history_begin(History *h);        /* nothing is known yet but the machine as it is */

/* ---- running again ---- */

void history_deliver_inputs(History *h, size_t until);

typedef struct {
    CpuDebug *debug;
    void (*tap)(void *ctx, bool write, u16 port, int size, u32 value);
    void (*dma)(void *ctx, bool write, u32 addr, u32 len);
    void (*fired)(void *ctx, const Event *e);
} Silenced;

/* Nothing that happens while we look for something is to be seen or to stop anything. */
Silenced history_begin_work(History *h);
void history_end_work(History *h, Silenced s);

typedef struct {
    void *ctx;
    void (*after)(void *ctx, PcExit e);                     /* after each piece; may be NULL */
    u64 (*limit)(void *ctx, const History *h, u64 until); /* where it ends; may be NULL */
} Pieces;

/* True: the machine came to `target`; false: it cannot, or the user has called it off. */
bool history_run_to(History *h, u64 target, const Pieces *pieces);
bool history_go(History *h, u64 tick); /* anywhere from the first state on */
void history_note_present(History *h); /* the machine may have run on since the last poll */

#endif
