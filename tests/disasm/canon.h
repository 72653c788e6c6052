/* canon.h: one form for what three disassemblers say about an instruction, so that it can be
 * compared. */
#ifndef TESTS_DISASM_CANON_H
#define TESTS_DISASM_CANON_H

#include "cpu/cpu.h"

typedef enum { CANON_NONE, CANON_REG, CANON_IMM, CANON_MEM, CANON_FAR } CanonKind;

typedef struct {
    CanonKind kind;
    int size;     /* bytes of a memory operand or immediate; 0: not said */
    char reg[8];  /* CANON_REG */
    u32 value;    /* CANON_IMM; the offset of CANON_FAR; the displacement of CANON_MEM */
    u32 selector; /* CANON_FAR */
    char seg[4], base[8], index[8];
    int scale;
} CanonOperand;

typedef struct {
    int len;    /* 0: not an instruction */
    bool newer; /* ... of any processor of ours */
    bool lock, address32;
    char repeat[8]; /* "", "rep", "repe", "repne" */
    char name[24];
    int count;
    CanonOperand op[4];
    char text[128]; /* as printed, for reports */
} Canon;

void canon_ours(const DecodeTable *t, const u8 *p, bool code32, Canon *out);
bool canon_zydis(const u8 *p, bool code32, Canon *out);    /* false: not built in */
bool canon_capstone(const u8 *p, bool code32, Canon *out); /* the same */

int att_mode(int argc, char **argv); /* att.c */

/* NULL: they agree; else what differs. */
const char *canon_differ(const Canon *ours, const Canon *theirs);

/* Prefixes, opcode and ModR/M byte of an instruction, which the rules go by. */
typedef struct {
    bool op_size, ad_size, rep, repne, lock, segment;
    int map; /* 0, or 0F */
    u8 opcode, modrm;
    const Row *row; /* ours; NULL: we reject it */
} Encoding;

void encoding_of(const DecodeTable *t, const u8 *p, bool code32, Encoding *e);

/* The documented reason why these two may differ; NULL: none, so it is an error. */
void rules_print(void); /* all reasons, one per line */
const char *rule_for(bool capstone, const Encoding *e, const Canon *ours, const Canon *theirs);

#endif
