/* gen.h: instructions from the rows of x86.def, with operands that are likely to matter. The
 * instruction's bytes are made here; registers and memory that it needs are asked of the caller,
 * who either starts the test with them or makes instructions that load them. */
#ifndef GLASS86_SILICON_GEN_H
#define GLASS86_SILICON_GEN_H

#include "frontend/golden.h"

typedef struct Gen Gen;
struct Gen {
    u64 seed;
    bool code32, stack32;
    const u32
        *reg;   /* G_* words: the registers as they are; only segment bases are read if !known */
    bool known; /* reg[] holds what the general registers will hold */
    bool tame;  /* no faults wanted, if they can be avoided */
    bool paged; /* some pages are closed: HOST_ABSENT, HOST_READ_ONLY */
    u8 *code;
    u32 len;
    u32 eip; /* of code[0] */
    void *ctx;
    void (*set_reg)(void *ctx, int r, u32 value); /* general register r (0-7) shall hold value */
    void (*set_mem)(void *ctx, u32 la, const u8 *p, u32 n); /* memory at la shall hold ... */
    u32 address; /* linear address of the memory operand, ~0 if there is none */
};

u32 gen_random(Gen *g);
u32 gen_below(Gen *g, u32 n); /* 0 .. n-1 */
bool gen_one_in(Gen *g, u32 n);
u32 gen_edge(Gen *g); /* a value near the edges of 8, 16 or 32 bits, or any */
u16 gen_selector(Gen *g);

/* What a row allows. */
bool gen_row_runs(const Row *r);   /* ring 3 on a present-day processor can show what it does */
bool gen_row_x87(const Row *r);    /* x87 or MMX */
bool gen_row_has_rm(const Row *r); /* there are a register form and a memory form */
bool gen_row_memory_only(const Row *r);
bool gen_row_uses_memory(const Row *r, bool mem); /* address size matters */
bool gen_row_has_sizes(const Row *r);             /* operand size matters */
u32 gen_flags_read(const Row *r);
u32 gen_undefined(const Row *r,
                  bool op32);      /* flags undefined after it, on some processor at least */
bool gen_ends_block(const Row *r); /* goes elsewhere */

/* Did the host do in this test, of one instruction, what processors do differently? */
bool gen_explained(const Gen *g, const GoldenTest *t, const Row *r, bool op32, bool ad32);

/* Appends one instruction to g->code. */
void gen_insn(Gen *g, int row, bool op32, bool ad32, bool mem);

#endif
