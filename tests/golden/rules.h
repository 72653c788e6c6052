/* rules.h: which captured tests say something about which model, and what of them must be
 * compared. Differences between processors are stated here by instruction and event, never by
 * naming tests: the runner must do with vectors it has never seen. */
#ifndef GLASS86_GOLDEN_RULES_H
#define GLASS86_GOLDEN_RULES_H

#include "cpu/insn.h"
#include "tests/golden/moo.h"

typedef enum { FAMILY_8086, FAMILY_286, FAMILY_386, FAMILY_NONE } Family;

/* From the four letters of the file's header; FAMILY_NONE: a processor we do not model. */
Family family_of(const char *cpu);
const char *family_name(Family f);
bool family_applies(Family f, CpuModel m);

/* The bytes of an instruction, as far as the rules need them. */
typedef struct {
    bool lock, rep;
    int seg;  /* override, or -1 */
    bool two; /* behind 0F */
    u8 opcode;
    u8 modrm;   /* the byte behind the opcode, 0 if there is none */
    u32 length; /* with prefixes, without the closing HLT */
} Shape;

Shape shape_of(Family f, const MooTest *t);
bool shape_is_string(const Shape *s);

typedef struct {
    const char *skip; /* why the test does not apply; NULL: it does */
    u32 flags;        /* bits of FLAGS that are compared, on top of the test's own mask */
    u32 ignore;       /* bit n: register n is not compared */
    bool stack_fault; /* the 286's vector 13 is 12 if the access went through SS */
} Rule;

Rule rule_for(Family f, CpuModel m, const MooTest *t, const Shape *s);

/* May this exception (12 or 13) be the answer to a word at offset FFFFh in this instruction? */
bool rule_allows_vector(const Shape *s, const MooTest *t, int vector);

#endif
