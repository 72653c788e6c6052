/* debug_fault.h: what happened to the processor: the log of faults, with all that is needed to
 * explain them later. It is always on; a fault costs a copy of the registers. */
#ifndef GLASS86_DEBUG_FAULT_H
#define GLASS86_DEBUG_FAULT_H

#include "cpu/cpu.h"

#include <stdio.h>

struct Debug;

enum { FAULTS = 64 };

/* The two levels of a page walk, as they were. */
typedef struct {
    bool paging, large;
    u32 pde_at, pde, pte_at, pte;
} PageWalk;

typedef struct {
    u64 tick;
    int vector, during; /* during: vector whose delivery raised it, or -1 */
    bool has_error;
    u32 error;
    CpuState s; /* flags included */
    u8 code[16];
    int code_len;
    PageWalk walk; /* of CR2, for page faults */
    u8 entry[8];   /* the descriptor or gate that the error code names */
    bool has_entry;
} Fault;

typedef struct {
    Fault ring[FAULTS];
    u64 count;
    Fault other; /* one that does not go on the list */
} Faults;

/* With `list` it is remembered; else it is one of the past that is looked at again. */
const Fault *fault_note(struct Debug *d, int vector, bool has_error, u32 error, bool list);
/* The nth last, 0 being the latest; NULL: none so old. */
const Fault *fault_get(const struct Debug *d, u64 back);

void page_walk(struct Debug *d, const CpuState *s, u32 la, PageWalk *w);
void page_walk_print(const PageWalk *w, const CpuState *s, CpuModel model, u32 la, FILE *out);

/* In words, with the reason. */
void fault_explain(struct Debug *d, const Fault *f, FILE *out);
void fault_triple_report(struct Debug *d, FILE *out);

const char *vector_name(int vector);
/* "#GP(0018) in 0008:00001234" */
void fault_line(const Fault *f, char *text, size_t size);

/* A descriptor in words. */
void descriptor_text(const u8 entry[8], char *text, size_t size);
void gate_or_descriptor_text(const u8 entry[8], char *text, size_t size);

#endif
