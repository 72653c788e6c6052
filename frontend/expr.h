/* expr.h: expressions of the debugger: registers, memory, symbols, variables, and C's operators. */
#ifndef GLASS86_EXPR_H
#define GLASS86_EXPR_H

#include "frontend/debug.h"

typedef enum { VALUE_NUMBER, VALUE_FAR, VALUE_PHYS } ValueKind;

typedef struct {
    u64 v;          /* VALUE_FAR: the linear address */
    ValueKind kind; /* how it was written */
    u16 seg;
    u32 off;
    u8 size; /* bytes of the register or memory it came from, else 0 */
} Value;

/* Evaluates as much of *text as is an expression and moves *text behind it, blanks included.
 * False: d->error says what was expected. With `dry` only the form is checked: memory reads give
 * 0. */
bool expr_parse(Debug *d, const char **text, Value *v, bool dry);
/* The whole text must be one expression. */
bool expr_eval(Debug *d, const char *text, Value *v);
bool expr_check(Debug *d, const char *text);
/* `target = E`: a register, a variable or memory. */
bool expr_assign(Debug *d, const char *text);

/* Registers and everything else that stands behind a $. False: no such name. */
bool expr_register(Debug *d, const char *name, size_t len, u64 *v, int *size);
/* One that expr_register() knows. False: d->error. */
bool expr_set_register(Debug *d, const char *name, size_t len, u64 v);
/* Names for completion: the nth, or NULL. */
const char *expr_register_name(int n);

DebugVar *expr_variable(Debug *d, const char *name, size_t len, bool create);
void expr_set(Debug *d, const char *name, u64 v);

/* Base of segment `sel` as the present mode understands it. False: d->error, no such segment. */
bool expr_segment_base(Debug *d, u16 sel, u32 *base);
/* The descriptor of `sel`, other than a gate, in the GDT or LDT, and its base. False: d->error. */
bool expr_descriptor(Debug *d, u16 sel, u8 b[8]);
u32 expr_descriptor_base(const u8 b[8]);

#endif
