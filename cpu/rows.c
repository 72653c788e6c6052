/* rows.c: x86.def as data. */
#include "cpu/hot.def"
#include "cpu/cpu.h"
#include "cpu/cold.h"
#include "cpu/flags.h"

#define COLD(f) CLASS_COLD, OP_cold, op_##f
#define ALU2(n) CLASS_ALU2, OP_##n##8_rr, NULL
#define ALU1(n) CLASS_ALU1, OP_##n##8_r, NULL
#define SHIFT(n) CLASS_SHIFT, OP_##n##8_ri, NULL
#define XCHG(n) CLASS_XCHG, OP_##n##8_rr, NULL
#define MULDIV(n) CLASS_MULDIV, OP_##n##8_r, NULL
#define IMUL2(n) CLASS_IMUL, OP_##n##_16_r, NULL
#define IMUL3(n) CLASS_IMUL, OP_##n##_16_r, NULL
#define MOVX(n) CLASS_MOVX, OP_##n##16_8_r, NULL
#define LEA(n) CLASS_LEA, OP_##n##16_a16, NULL
#define PUSH(n) CLASS_PUSH, OP_##n##16_i, NULL
#define POP(n) CLASS_POP, OP_##n##16, NULL
#define LEAVE(n) CLASS_BY_OPSIZE, OP_##n##16, NULL
#define CONV(n) CLASS_BY_OPSIZE, OP_##n##16, NULL
#define RET(n) CLASS_BY_OPSIZE, OP_##n##16, NULL
#define RETI(n) CLASS_BY_OPSIZE, OP_##n##16, NULL
#define JCC(n) CLASS_JCC, OP_jo + 2 * (n), NULL
#define SETCC(n) CLASS_RM, OP_seto_r + 3 * (n), NULL
#define LOOP(n) CLASS_LOOP, OP_##n##16, NULL
#define JMP(n) CLASS_JMP, OP_##n, NULL
#define CALL(n) CLASS_CALL, OP_##n##16, NULL
#define CALLI(n) CLASS_INDIRECT, OP_##n##16_r, NULL
#define JMPI(n) CLASS_INDIRECT, OP_##n##16_r, NULL
#define STR(n) CLASS_STRING, STR_##n, op_##n
#define X87R(n, f) CLASS_PLAIN, OP_##n, op_##f
#define X87M(n, f) CLASS_BY_ADSIZE, OP_##n##_a16, op_##f
#define SYS(n) CLASS_PLAIN, OP_##n, op_##n
#define SYSW(n) CLASS_BY_OPSIZE, OP_##n##16, op_##n
#define SYSRM(n) CLASS_RM, OP_##n##_r, op_##n
#define PLAIN(n) CLASS_PLAIN, OP_##n, NULL

enum {
    STR_movs8 = OP_movs8_a16, STR_movsv = OP_movs16_a16, STR_cmps8 = OP_cmps8_a16,
    STR_cmpsv = OP_cmps16_a16, STR_stos8 = OP_stos8_a16, STR_stosv = OP_stos16_a16,
    STR_lods8 = OP_lods8_a16, STR_lodsv = OP_lods16_a16, STR_scas8 = OP_scas8_a16,
    STR_scasv = OP_scas16_a16, I86 = CPU_8086, I286 = CPU_286, I386 = CPU_386, I486 = CPU_486,
    P5 = CPU_PENTIUM, MMX = CPU_PENTIUM_MMX, P6 = CPU_686, LAST = CPU_686, END = ROW_END,
    LOCK = ROW_LOCK, REPS = ROW_REPS, REPC = ROW_REPC,
};
#define EXT_(e) EXT2_##e
#define EXT2__ -1
#define EXT2_0 0
#define EXT2_1 1
#define EXT2_2 2
#define EXT2_3 3
#define EXT2_4 4
#define EXT2_5 5
#define EXT2_6 6
#define EXT2_7 7

const Row x86_rows[] = {
#define X(opcode, ext, name, o1, o2, o3, body, wr, un, since, until, attr) \
    {opcode, EXT_(ext), name, {O_##o1, O_##o2, O_##o3}, body, wr, un, since, until, attr},
#include "cpu/x86.def"
};
const u16 x86_row_count = ARRAY_LEN(x86_rows);
_Static_assert(ARRAY_LEN(x86_rows) <= CPU_ROWS, "usage is counted by row");
