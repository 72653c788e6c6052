/* debug_break.h: the one table of breakpoints and watches, shared by the console, scripts, the
 * monitor and gdb. */
#ifndef GLASS86_DEBUG_BREAK_H
#define GLASS86_DEBUG_BREAK_H

#include "mmu/base.h"

#include <regex.h>
#include <stdio.h>

struct Debug;

typedef enum {
    BREAK_CODE,  /* execution at a linear address */
    BREAK_PHYS,  /* ... at a physical one */
    BREAK_WATCH, /* data at linear addresses */
    BREAK_PWATCH,
    BREAK_INT,   /* interrupt delivered */
    BREAK_EXC,   /* exception raised */
    BREAK_FAULT, /* any exception */
    BREAK_IO,
    BREAK_MODE,
    BREAK_CR,
    BREAK_INSN, /* an instruction count */
    BREAK_TEXT,
    BREAK_MAGIC,
} BreakKind;

enum { BREAK_R = 1, BREAK_W = 2, BREAK_MAX = 256 };

typedef struct {
    int number; /* 0: internal (ni, until), or gdb's */
    BreakKind kind;
    bool enabled, temp, internal, gdb;
    char what[120];  /* the command that makes it again, as typed */
    char *condition; /* NULL: none */
    char *log;       /* "fmt",E...: print this and go on */
    char **command;  /* lines to execute at a stop */
    int command_count;
    u64 hits, ignore;
    u32 addr, len; /* address, or first and last port */
    u8 rw;
    int vector;  /* -1: any; BREAK_CR: 0: the register whose number is in addr */
    int control; /* BREAK_CR: a CpuControl; -1: any */
    int ah;     /* -1: any */
    u64 tick;
    u32 esp; /* internal: hits only with the stack at or above this */
    u16 ss;
    bool check_esp;
    regex_t re;
    char seen[96]; /* BREAK_TEXT: what matched last on the screen, so that one text stops once */
} Break;

typedef struct {
    Break *list[BREAK_MAX];
    int count, next; /* next: number of the next one */
} Breaks;

#define EACH_BREAK(d, b)                                                                           \
    Break *b;                                                                                      \
    for (int n_ = 0; n_ < (d)->breaks.count && (b = (d)->breaks.list[n_], true); n_++)

/* NULL: d->error. The caller fills in the rest and calls breaks_apply(). */
Break *break_new(struct Debug *d, BreakKind kind, const char *what);
void break_delete(struct Debug *d, Break *b);
Break *break_find(struct Debug *d, int number);
void breaks_free(struct Debug *d);

/* Puts every enabled breakpoint where the processor sees it. False: d->error (too many). */
bool breaks_apply(struct Debug *d);
bool breaks_any(const struct Debug *d, BreakKind kind);

/* An event that this breakpoint waits for: counts, looks at condition and ignore count, logs.
 * True: stop. */
bool break_hits(struct Debug *d, Break *b);

/* The same without any effect, for searches in the past, where ignore counts do not count. */
bool break_matches(struct Debug *d, Break *b);

/* Condition text (NULL removes it). */
bool break_condition(struct Debug *d, Break *b, const char *text);

/* "What", for lists and stops. */
void break_describe(const Break *b, char *text, size_t size);

/* printf of the debugger: `"fmt",E,...`. */
bool debug_printf(struct Debug *d, const char *args, FILE *out, bool dry);

/* Every command about breakpoints as lines that set them again. */
void breaks_save(struct Debug *d, FILE *f);

#endif
