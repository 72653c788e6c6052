/* test_decode.c: lengths and operands of representative encodings on the models where they
 * differ; every row of x86.def is reachable; and decoding is a pure function that never wants a
 * byte more than it needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cpu/cpu.h"
#include "cpu/hot.def"

static int bytes_of(const char *hex, u8 *out)
{
    int n = 0;
    for (unsigned b; sscanf(hex, "%2x", &b) == 1; hex += 2)
        out[n++] = (u8)b;
    return n;
}

static DecodeTable *table_of(CpuModel m)
{
    static DecodeTable table[CPU_686 + 1];
    static bool made[CPU_686 + 1];
    if (!made[m])
        decode_table_init(&table[m], m);
    made[m] = true;
    return &table[m];
}

static int decode_hex(CpuModel m, bool code32, const char *hex, Insn *i)
{
    u8 p[16] = {0};
    bytes_of(hex, p);
    return decode(table_of(m), p, 15, code32, i);
}

/* ---- encodings ------------------------------------------------------------------------------- */

static const struct {
    CpuModel model;
    bool code32;
    const char *hex;
    int len;
    const char *text; /* at 100h */
} encodings[] = {
    {CPU_8086, 0, "00D8", 2, "add al,bl"},
    {CPU_8086, 0, "8EDB", 2, "mov ds,bx"},
    {CPU_286, 0, "8B4702", 3, "mov ax,[bx+2]"},
    {CPU_386, 0, "668B4702", 4, "mov eax,[bx+2]"},
    {CPU_386, 1, "678B4702", 4, "mov eax,[bx+2]"},
    {CPU_386, 0, "648B07", 3, "mov ax,[fs:bx]"},
    /* SIB: no index, scale, no base */
    {CPU_386, 1, "8B4424F8", 4, "mov eax,[esp-8]"},
    {CPU_386, 1, "8B849888776655", 7, "mov eax,[eax+ebx*4+0x55667788]"},
    {CPU_386, 0, "67668B048D78563412", 9, "mov eax,[ecx*4+0x12345678]"},
    /* offsets, pointers, relative targets */
    {CPU_8086, 0, "26A03412", 4, "mov al,[es:0x1234]"},
    {CPU_386, 1, "A012345678", 5, "mov al,[0x78563412]"},
    {CPU_8086, 0, "9A78563412", 5, "call 0x1234:0x5678"},
    {CPU_386, 1, "9A785634129ABC", 7, "call 0xbc9a:0x12345678"},
    {CPU_8086, 0, "EBFE", 2, "jmp 0x100"},
    {CPU_386, 0, "0F84FEFF", 4, "jz 0x102"},
    {CPU_386, 1, "0F84FEFFFFFF", 6, "jz 0x104"},
    {CPU_386, 1, "E810000000", 5, "call 0x115"},
    {CPU_386, 1, "66E81000", 4, "call 0x114"},
    /* immediates */
    {CPU_286, 0, "C8341205", 4, "enter 0x1234,5"},
    {CPU_386, 1, "6BC0F0", 3, "imul eax,eax,-0x10"},
    {CPU_386, 1, "69C078563412", 6, "imul eax,eax,0x12345678"},
    {CPU_386, 1, "68FFFFFFFF", 5, "push 0xffffffff"},
    {CPU_386, 1, "6AFF", 2, "push -1"},
    {CPU_386, 1, "C20800", 3, "ret 8"},
    {CPU_386, 1, "CD21", 2, "int 0x21"},
    {CPU_386, 1, "D1E0", 2, "shl eax,1"},
    {CPU_386, 1, "C1E024", 3, "shl eax,0x24"}, /* as written; executed modulo 32 */
    {CPU_386, 1, "0FBA20FF", 4, "bt dword [eax],0xff"},
    {CPU_386, 1, "0FA4C305", 4, "shld ebx,eax,5"},
    {CPU_386, 1, "0FB6C1", 3, "movzx eax,cl"},
    /* REP with an operand size between */
    {CPU_386, 1, "F3A5", 2, "rep movsd"},
    {CPU_386, 0, "F366A5", 3, "rep movsd"},
    /* control registers: mod is ignored */
    {CPU_386, 1, "0F20C3", 3, "mov ebx,cr0"},
    {CPU_386, 1, "0F2003", 3, "mov ebx,cr0"},
    /* LOCK: anything up to the 286, memory destinations from the 386 on */
    {CPU_286, 0, "F08B07", 3, "lock mov ax,[bx]"},
    {CPU_386, 1, "F00118", 3, "lock add [eax],ebx"},
    {CPU_386, 1, "F001D8", 3, "lock (bad)"},
    {CPU_386, 1, "F08B03", 3, "lock (bad)"},
    /* the same bytes through the ages */
    {CPU_8086, 0, "60FE", 2, "jo 0x100"},
    {CPU_286, 0, "60FE", 1, "pusha"},
    {CPU_8086, 0, "0F", 1, "pop cs"},
    {CPU_8086, 0, "D2F0", 2, "setmoc al,cl"},
    {CPU_286, 0, "D2F0", 2, "sal al,cl"},
    {CPU_8086, 0, "F6C834", 3, "test al,0x34"},
    {CPU_8086, 0, "FF38", 2, "push word [bx+si]"},
    {CPU_386, 0, "FF38", 2, "(bad)"},
    {CPU_386, 0, "F1", 1, "int1"},
    {CPU_386, 1, "D80A", 2, "fmul dword [edx]"},
    {CPU_386, 1, "0FC9", 2, "(bad)"},
    {CPU_486, 1, "0FC9", 2, "bswap ecx"},
    {CPU_486, 1, "0FA2", 2, "(bad)"},
    {CPU_PENTIUM, 1, "0FA2", 2, "cpuid"},
    {CPU_PENTIUM, 1, "0FC70E", 3, "cmpxchg8b [esi]"},
    /* memory only: the ModR/M byte belongs to the illegal instruction that it makes */
    {CPU_386, 1, "8DC0", 2, "(bad)"},
    {CPU_386, 1, "C5C0", 2, "(bad)"},
    {CPU_PENTIUM, 1, "0FC7C8", 3, "(bad)"},
};

static void representative_encodings(void **state)
{
    for (size_t n = 0; n < ARRAY_LEN(encodings); n++) {
        Insn i;
        char text[80];
        int len = decode_hex(encodings[n].model, encodings[n].code32, encodings[n].hex, &i);
        disasm(&i, 0x100, text, sizeof text);
        if (len != encodings[n].len || strcmp(text, encodings[n].text))
            fail_msg("%s on %s: length %d, %s; expected %d, %s", encodings[n].hex,
                     cpu_model_name(encodings[n].model), len, text, encodings[n].len,
                     encodings[n].text);
        assert_int_equal(i.len, len);
    }
}

static void fields(void **state)
{
    Insn i;
    decode_hex(CPU_386, true, "2E8A6C8804", &i); /* mov ch,[cs:eax+ecx*4+4] */
    assert_int_equal(i.dst, REG_ECX + 1);
    assert_int_equal(i.base, REG_EAX);
    assert_int_equal(i.index, REG_ECX);
    assert_int_equal(i.flags / INSN_SCALE, 2);
    assert_int_equal(i.disp, 4);
    assert_int_equal(i.seg, SEG_CS);
    assert_int_equal(i.op, OP_mov8_rm32);
    decode_hex(CPU_8086, false, "8946FE", &i); /* mov [bp-2],ax: BP means SS */
    assert_int_equal(i.seg, SEG_SS);
    assert_int_equal(i.base, REG_EBP);
    assert_int_equal(i.index, REG_ZERO);
    assert_int_equal(i.op, OP_mov16_mr16);
    decode_hex(CPU_8086, false, "890E3412", &i); /* mov [1234h],cx: no register at all */
    assert_int_equal(i.seg, SEG_DS);
    assert_int_equal(i.base, REG_ZERO);
    assert_int_equal(i.disp, 0x1234);
    decode_hex(CPU_386, true, "8B0424", &i); /* mov eax,[esp]: ESP means SS */
    assert_int_equal(i.seg, SEG_SS);
    decode_hex(CPU_386, true, "F2F3A4", &i); /* the last of F2 and F3 counts */
    assert_true(i.flags & INSN_REP);
    assert_false(i.flags & INSN_REPNE);
}

/* ---- length limits --------------------------------------------------------------------------- */

static void too_long(void **state)
{
    static const struct {
        CpuModel model;
        int prefixes;
        bool legal;
    } cases[] = {{CPU_286, 9, true},
                 {CPU_286, 10, false},
                 {CPU_386, 14, true},
                 {CPU_386, 15, false},
                 {CPU_8086, 14, true}};
    for (size_t n = 0; n < ARRAY_LEN(cases); n++) {
        u8 p[16];
        Insn i;
        memset(p, 0x2E, sizeof p);
        p[cases[n].prefixes] = 0x90;
        int len = decode(table_of(cases[n].model), p, 15, false, &i);
        assert_int_equal(i.row == table_of(cases[n].model)->too_long, !cases[n].legal);
        if (cases[n].legal)
            assert_int_equal(len, cases[n].prefixes + 1);
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

static void every_row_is_reachable(void **state)
{
    bool *reached = calloc(x86_row_count, sizeof *reached);
    assert_non_null(reached);
    for (CpuModel m = CPU_8086; m <= CPU_686; m++)
        for (u32 n = 0; n < 1 << 17; n++) {
            u8 p[15] = {0x0F};
            int at = n >> 16; /* 1: behind 0F */
            p[at] = (u8)(n >> 8);
            p[at + 1] = (u8)n;
            Insn i;
            decode(table_of(m), p, 15, false, &i);
            reached[i.row] = true;
        }
    for (int n = 0; n < x86_row_count - 2; n++)
        if (!reached[n])
            fail_msg("row %d, %s (%04X), is never found", n, x86_rows[n].name, x86_rows[n].opcode);
    free(reached);
}

/* ---- purity ---------------------------------------------------------------------------------- */

/* Whatever the bytes: the same result again, a length of 1 to 15, and none from fewer bytes than
 * that. The bytes stand at the end of a block of their own, so that a sanitizer sees any look
 * beyond. */
static void random_bytes(void **state)
{
    u64 r = 1;
    for (int n = 0; n < 60000; n++) {
        u8 p[15];
        for (int k = 0; k < 15; k++) {
            r = r * 6364136223846793005u + 1442695040888963407u;
            p[k] = (u8)(r >> 56);
        }
        CpuModel m = (CpuModel)(n % (CPU_686 + 1));
        bool code32 = m >= CPU_386 && n & 8;
        Insn a, b;
        int len = decode(table_of(m), p, 15, code32, &a);
        assert_in_range(len, 1, 15);
        bool endless = a.row == table_of(m)->too_long;
        for (int avail = 1; avail < 15; avail++) {
            u8 *exact = malloc((size_t)avail);
            assert_non_null(exact);
            memcpy(exact, p, (size_t)avail);
            int again = decode(table_of(m), exact, avail, code32, &b);
            free(exact);
            if (endless)
                continue;
            assert_int_equal(again, avail < len ? 0 : len);
            if (again)
                assert_memory_equal(&a, &b, sizeof a);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(representative_encodings),
        cmocka_unit_test(fields),
        cmocka_unit_test(too_long),
        cmocka_unit_test(every_row_is_reachable),
        cmocka_unit_test(random_bytes),
    };
    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
