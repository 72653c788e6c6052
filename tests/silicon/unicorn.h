/* unicorn.h: what the comparisons with Unicorn share: unicorn.c, single instructions, and
 * unicorn_far.c, transfers of protected mode. */
#ifndef GLASS86_SILICON_UNICORN_H
#define GLASS86_SILICON_UNICORN_H

#include <unicorn/unicorn.h>

#include "tests/silicon/gen.h"

typedef struct {
    uc_engine *uc;
    uc_context *fresh; /* as started: it remembers an exception that was never delivered */
    int vector;        /* of the exception that came, or -1 */
    bool other;        /* something that no processor does: it left memory */
} Other;

/* Unicorn's names for EAX to EDI and ES to GS, in our order. */
extern const int uc_reg[8], uc_seg[6];

bool unicorn_open(Other *o, bool code32);
void unicorn_set(uc_engine *uc, int reg, u32 v);
u32 unicorn_get(uc_engine *uc, int reg);
/* As started, with this memory [GOLDEN_RAM]. */
void unicorn_renew(Other *o, const u8 *memory);
/* Runs to a HLT or an exception. */
void unicorn_start(Other *o, u32 eip, size_t longest);

/* `count` random far transfers; prints TAP test 2; the number of differences. */
u32 unicorn_far(u32 count, u64 seed, GoldenRig rig[3]);

#endif
