/* state.h: what of a machine is guest-visible state. Every device registers its plain-data State
 * struct (no pointers, padding zeroed by memset at init) as a named, versioned section. The hash
 * over all sections and RAM is how runs are compared; the same sections are what a snapshot
 * stores. */
#ifndef GLASS86_STATE_H
#define GLASS86_STATE_H

#include "mmu/base.h"
#include "mmu/clock.h"

/* Could a chip have come into this state? Asked of every state from a file before anything of the
 * machine is touched. False for whatever the chip's code could not survive: indices outside
 * their arrays, bools that are neither 0 nor 1, times that would keep it busy for ever. `clock`
 * is the one that comes with the state. */
typedef bool SnapCheckFn(const void *state, const Clock *clock);

typedef struct {
    const char *name; /* unique, at most 15 characters */
    u16 version;      /* raised whenever the layout changes */
    void *data;
    u32 size;
    SnapCheckFn *check; /* NULL: every value will do */
    void (*gather)(void *ctx); /* writes to *data what is kept elsewhere; NULL: nothing is */
    void *ctx;
    bool late; /* states from before there was this section load as if it were all zeros */
} SnapSection;

enum { SNAP_MAX = 64 };

typedef struct {
    SnapSection section[SNAP_MAX];
    int count;
} Snap;

void snap_add(Snap *s, const char *name, u16 version, void *data, u32 size);
/* The check of the section that was added last. */
void snap_check(Snap *s, SnapCheckFn *check);
/* The section that was added last is filled when somebody wants it. */
void snap_gathered(Snap *s, void (*gather)(void *ctx), void *ctx);
/* ... and came after states had been saved without it. */
void snap_late(Snap *s);

/* Before sections are read: fills those that are kept elsewhere. */
void snap_gather(const Snap *s);

/* For checks: a bool (or a byte used as one) as it came from the file. */
#define STATE_BOOL(b) (*(const u8 *)&(b) <= 1)

/* 64-bit hash of one block, chained from `seed`; the same on every host. */
u64 state_hash(u64 seed, const void *data, u64 size);

/* Hash over every section in order of registration (RAM is a section like any other). */
u64 snap_hash(const Snap *s);

#endif
