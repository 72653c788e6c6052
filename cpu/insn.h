/* insn.h: the decoded instruction. decode.c makes it from bytes, handlers execute it, disasm.c
 * prints it. */
#ifndef GLASS86_INSN_H
#define GLASS86_INSN_H

#include "mmu/base.h"

typedef void (*AnyFn)(void); /* a handler of whichever core is active; cast back before the call */

typedef struct Insn {
    AnyFn fn;
    /* immediate, relative displacement (sign-extended), or offset of a far pointer; ESC: ModR/M in
     * bits 0-7, low opcode bits in 8-10, and on the 8086 number of prefix bytes from 16 */
    u32 imm;
    /* address displacement, or selector of a far pointer, or second immediate of ENTER */
    u32 disp;
    u8 base;   /* address registers as byte offsets into the register file; REG_ZERO if absent */
    u8 index;
    /* register in operand 1 and 2: byte offset into the register file (AH is 1), or the number of
     * a segment, control, debug, test or MMX register; src: the count of a shift as written */
    u8 dst, src;
    u16 op;    /* handler number (hot.def) */
    u16 row;   /* row of x86.def */
    u16 off;   /* offset of the first byte in its page */
    s16 dist;  /* records to the target of a linked branch */
    u8 left;   /* records to the end of the run, this one included: what entering here charges */
    u8 len;    /* bytes, 1 to 15 */
    u8 seg;    /* segment of the memory operand, SEG_* */
    u8 flags;  /* INSN_* */
} Insn;
_Static_assert(sizeof(Insn) == 32, "two records must fit a cache line");

enum {
    INSN_OP32 = 1,   /* 32-bit operand size */
    INSN_AD32 = 2,   /* 32-bit address size */
    INSN_REPNE = 4,  /* F2 */
    INSN_REP = 8,    /* F3 */
    INSN_LOCK = 16,
    INSN_MEM = 32,   /* the E/M/O operand is memory */
    INSN_SCALE = 64, /* two bits: log2 of the index scale */
};

enum { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS };

/* Register file as byte offsets: eight registers and one that is always 0. */
enum {
    REG_EAX = 0,
    REG_ECX = 4,
    REG_EDX = 8,
    REG_EBX = 12,
    REG_ESP = 16,
    REG_EBP = 20,
    REG_ESI = 24,
    REG_EDI = 28,
    REG_ZERO = 32
};

typedef enum {
    CPU_8086,
    CPU_286,
    CPU_386,
    CPU_486,
    CPU_PENTIUM,
    CPU_PENTIUM_MMX,
    CPU_686
} CpuModel;

/* Operand kinds of x86.def. Order: see operand table in decode.c. */
enum {
    O__,
    O_Eb,
    O_Ew,
    O_Ev,
    O_Es,
    O_Ex,
    O_Gb,
    O_Gw,
    O_Gv,
    O_M,
    O_Mp,
    O_Rd,
    O_Sw,
    O_Cd,
    O_Dd,
    O_Td,
    O_Zb,
    O_Zv,
    O_AL,
    O_CL,
    O_DX,
    O_eAX,
    O_ES,
    O_CS,
    O_SS,
    O_DS,
    O_FS,
    O_GS,
    O_Ib,
    O_Ib2,
    O_Ibs,
    O_Iw,
    O_Iz,
    O_I1,
    O_Jb,
    O_Jz,
    O_Ap,
    O_Ob,
    O_Ov,
    O_Xb,
    O_Xv,
    O_Yb,
    O_Yv,
    O_Xlat,
    O_ST,
    O_STi,
    O_M16,
    O_M32,
    O_M64,
    O_M80,
    O_Men,
    O_Ed,
    O_Pq,
    O_Nq,
    O_Qd,
    O_Qq,
};

enum { ROW_END = 1, ROW_LOCK = 2, ROW_REPS = 4, ROW_REPC = 8 };

struct Cpu;
typedef void ColdFn(struct Cpu *c, const Insn *i);

typedef struct {
    u16 opcode;
    s8 ext;
    const char *name;
    u8 operand[3];
    u8 cls;       /* CLASS_* of hot.def */
    u16 hot;      /* first handler of the class, or condition code */
    ColdFn *cold; /* COLD rows; also what executes a hot row where its class has no hot form */
    u16 written, undefined;
    u8 since, until;
    u8 attr;
} Row;

extern const Row x86_rows[];
extern const u16 x86_row_count;

/* Where an operand names its register: three bits of ModR/M (0-7) and opcode (8-15) from `shift`
 * on, looked up in a table of decode.c, by operand size. */
typedef struct {
    u8 shift;
    u8 file[2];
} RegisterField;

/* Opcode -> row for one model: [map][opcode][mod == 3][reg field]. Built once per Cpu. */
typedef struct {
    CpuModel model;
    u16 row[2][256][2][8];
    u16 esc[8][64]; /* register forms of D8-DF: [opcode][low six bits of ModR/M] */
    bool by_modrm[2][256]; /* the ModR/M byte takes part in the choice */
    bool is_prefix[256];
    /* by row: what to look for behind the opcode, PLAN_* of decode.c; the registers of operands 1
     * and 2; the handler by operand size, address size (2) and memory operand (4) */
    u8 plan[1024];
    RegisterField reg[1024][2];
    u16 op[1024][8];
    u16 bad, too_long; /* the pseudo rows */
    u8 max_length;
} DecodeTable;

void decode_table_init(DecodeTable *t, CpuModel model);

/* Decodes one instruction from `avail` bytes at p (at least 1); `code32`: the D bit of the code
 * segment. Fills every field of *out but fn, op's core binding, off, dist and left. Pure: same
 * input, same output. Returns its length; 0 when the bytes do not suffice; illegal bytes give
 * the (bad) row and the length up to and including the byte that made them illegal. */
int decode(const DecodeTable *t, const u8 *p, int avail, bool code32, Insn *out);

/* Writes Intel-syntax text of *i, which lies at `eip`; returns text length (always < size). */
int disasm(const Insn *i, u32 eip, char *text, int size);

#endif
