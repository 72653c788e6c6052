/* test_fpu.c: the x87 as part of the machine: detection, #NM, #MF, FERR# and IGNNE#, environments
 * in all formats, stores that fault, disassembly. Arithmetic is in test_float80.c and
 * test_x87_host.c. Programs are given as bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cpu/fpu.h"

static struct {
    Bus bus;
    Clock clock;
    Cpu cpu;
    u8 *ram;
    bool ferr;
    int ferr_calls;
} m;
static Cpu *const c = &m.cpu;

enum { CODE = 0x1000, DATA = 0x8000, HANDLERS = 0x500 };

static void on_ferr(void *ctx, int pin, bool level)
{
    m.ferr = level;
    m.ferr_calls++;
}

/* Real mode, SS:SP 0:7000h, BX = DATA; vector n of the IVT leads to a HLT at HANDLERS + n. */
static void start(CpuModel model, bool fpu)
{
    memset(&m, 0, sizeof m);
    m.clock = (Clock){.ips = 1000000, .deadline = UINT64_MAX};
    m.ram = calloc(1, 1 << 20);
    bus_init(&m.bus);
    bus_map_ram(&m.bus, 0, 1 << 20, m.ram, 0, "ram");
    cpu_init(c, &(CpuConfig){.bus = &m.bus,
                             .clock = &m.clock,
                             .model = model,
                             .fpu = fpu,
                             .ferr = {on_ferr, NULL, 0}});
    for (int seg = 0; seg < 6; seg++)
        seg_load_real(c, seg, 0);
    for (u32 n = 0; n < 32; n++) {
        store_le(m.ram + 4 * n, 4, HANDLERS + n);
        m.ram[HANDLERS + n] = 0xF4;
    }
    c->s.r[3] = DATA;
    c->s.r[4] = 0x7000;
    c->s.eip = CODE;
    fpu_init(c);
    cpu_state_changed(c);
}

static void stop(void)
{
    cpu_free(c);
    bus_free(&m.bus);
    free(m.ram);
}

/* Runs `count` bytes at CODE up to a HLT behind them, or at most 100 instructions. */
static void run(const u8 *code, size_t count)
{
    memcpy(m.ram + CODE, code, count);
    m.ram[CODE + count] = 0xF4;
    bus_written(&m.bus, CODE, (u32)count + 1);
    c->s.eip = CODE;
    c->s.halted = 0;
    cpu_state_changed(c);
    cpu_run(c, m.clock.now + 100);
}
#define RUN(...) run((const u8[]){__VA_ARGS__}, sizeof((const u8[]){__VA_ARGS__}))

/* The exception whose handler's HLT stopped the program, -1: it came to its own end. */
static int vector(void)
{
    assert_true(c->s.halted);
    return c->s.eip > CODE ? -1 : (int)(c->s.eip - 1 - HANDLERS);
}

static u32 data(u32 off, int size)
{
    return load_le(m.ram + DATA + off, size);
}

/* ---- is it there? ---------------------------------------------------------------------------- */

/* The classic: FNINIT, FNSTSW into a word of FFFFh, FNSTCW. */
static void test_detection(void **state)
{
    static const struct {
        CpuModel model;
        u16 control;
        bool iem; /* FDISI sets bit 7 */
        bool projective;
    } table[] = {
        {CPU_8086, 0x3FF, true, true},
        {CPU_286, 0x37F, false, true},
        {CPU_386, 0x37F, false, false},
        {CPU_PENTIUM, 0x37F, false, false},
    };
    for (unsigned k = 0; k < ARRAY_LEN(table); k++) {
        start(table[k].model, true);
        store_le(m.ram + DATA, 4, 0x5A5A5A5A);
        RUN(0xDB, 0xE3, 0xDD, 0x3F, 0xD9, 0x7F, 0x02); /* fninit; fnstsw [bx]; fnstcw [bx+2] */
        assert_int_equal(data(0, 2), 0);
        assert_int_equal(data(2, 2), table[k].control);
        /* and word [bx+2],ff7fh; fldcw [bx+2]; fdisi; fnstcw [bx+2] */
        RUN(0x81, 0x67, 0x02, 0x7F, 0xFF, 0xD9, 0x6F, 0x02, 0xDB, 0xE1, 0xD9, 0x7F, 0x02);
        assert_int_equal(data(2, 2) & 0x80, table[k].iem ? 0x80 : 0);
        /* fninit; fld1; fldz; fdivp; fld st0; fchs; fcompp; fnstsw [bx]: are the infinities equal?
         */
        RUN(0xDB, 0xE3, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0xD9, 0xC0, 0xD9, 0xE0, 0xDE, 0xD9,
            0xDD, 0x3F);
        assert_int_equal(!!(data(0, 2) & SW_C3), table[k].projective);
        stop();
    }
}

static void test_absent(void **state)
{
    start(CPU_386, false);
    store_le(m.ram + DATA, 4, 0x5A5A5A5A);
    RUN(0xDB, 0xE3, 0xDD, 0x3F, 0xD9, 0x7F, 0x02, 0x9B, 0xDF, 0xE0, 0xD9, 0xE8);
    assert_int_equal(vector(), -1);
    assert_int_equal(data(0, 4), 0x5A5A5A5A);
    c->s.cr0 |= CR0_EM;
    RUN(0xDB, 0xE3);
    assert_int_equal(vector(), EX_NM);
    stop();
}

static void test_not_available(void **state)
{
    static const u8 bits[] = {CR0_EM, CR0_TS};
    for (int k = 0; k < 2; k++) {
        start(CPU_486, true);
        c->s.cr0 |= bits[k];
        RUN(0xD9, 0xE8); /* fld1 */
        assert_int_equal(vector(), EX_NM);
        RUN(0xDB, 0xE3); /* fninit */
        assert_int_equal(vector(), EX_NM);
        RUN(0x9B); /* fwait: only with MP and TS */
        assert_int_equal(vector(), -1);
        c->s.cr0 |= CR0_MP;
        RUN(0x9B);
        assert_int_equal(vector(), bits[k] == CR0_TS ? EX_NM : -1);
        stop();
    }
}

static void test_undefined_encodings(void **state)
{
    start(CPU_486, true);
    RUN(0xD9, 0xD1);
    assert_int_equal(vector(), EX_UD);
    RUN(0xDA, 0xC0); /* fcmovb: 686 */
    assert_int_equal(vector(), EX_UD);
    stop();
    start(CPU_286, true);
    RUN(0xD9, 0xFE); /* fsin: 387 */
    assert_int_equal(vector(), -1);
    stop();
}

/* ---- errors ---------------------------------------------------------------------------------- */

#define UNMASK_AND_DIVIDE                                                                          \
    0xDB, 0xE3, 0xD9, 0x2F, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9 /* fninit; fldcw [bx]; 1 / 0 */

static void test_native_error(void **state)
{
    start(CPU_486, true);
    c->s.cr0 |= CR0_NE;
    store_le(m.ram + DATA, 2, 0x340);
    RUN(UNMASK_AND_DIVIDE);
    assert_int_equal(vector(), -1); /* not yet */
    assert_int_equal(fpu_status_word(c) & (SW_ES | SW_B | X87_ZE), SW_ES | SW_B | X87_ZE);
    assert_false(m.ferr);
    RUN(0xDD, 0x7F, 0x04, 0xD9, 0x7F, 0x06, 0x9B); /* fnstsw, fnstcw don't wait, fwait does */
    assert_int_equal(vector(), EX_MF);
    assert_int_equal(data(4, 2) & 0x80, 0x80);
    assert_int_equal(load_le(m.ram + 0x7000 - 6, 2), CODE + 6); /* a fault: the FWAIT itself */
    RUN(0xD9, 0xE8);
    assert_int_equal(vector(), EX_MF);
    RUN(0xDB, 0xE2, 0xD9, 0xE8); /* fnclex; fld1 */
    assert_int_equal(vector(), -1);
    assert_int_equal(fpu_status_word(c) & 0x80FF, 0);
    stop();
}

static void test_ferr(void **state)
{
    start(CPU_486, true);
    store_le(m.ram + DATA, 2, 0x340);
    RUN(UNMASK_AND_DIVIDE);
    assert_true(m.ferr);
    u64 before = m.clock.now;
    RUN(0xD9, 0xE8); /* stands still */
    assert_false(c->s.halted);
    assert_int_equal(c->s.eip, CODE);
    assert_int_equal(m.clock.now, before + 100);
    assert_false(fpu_empty(c, 0) && fpu_empty(c, 1));
    cpu_set_nmi(c, 0, true); /* an interrupt gets through */
    cpu_run(c, m.clock.now + 100);
    assert_int_equal(vector(), EX_NMI);
    assert_int_equal(load_le(m.ram + 0x7000 - 6, 2), CODE);
    cpu_set_ignne(c, 0, true);
    RUN(0xD9, 0xE8, 0x9B);
    assert_int_equal(vector(), -1);
    cpu_set_ignne(c, 0, false);
    c->s.halted = 0;
    RUN(0xDB, 0xE2); /* fnclex */
    assert_false(m.ferr);
    assert_int_equal(m.ferr_calls, 2);
    stop();
}

/* NE decides at any time who is told; LDCW may unmask what was raised long ago. */
static void test_error_follows_masks(void **state)
{
    start(CPU_486, true);
    RUN(0xDB, 0xE3, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9); /* masked */
    assert_false(m.ferr);
    store_le(m.ram + DATA, 2, 0x340);
    RUN(0xD9, 0x2F);
    assert_true(m.ferr);
    write_cr0(c, c->s.cr0 | CR0_NE);
    assert_false(m.ferr);
    write_cr0(c, c->s.cr0 & ~(u32)CR0_NE);
    assert_true(m.ferr);
    RUN(0xD9, 0x37); /* fnstenv masks everything */
    assert_false(m.ferr);
    assert_int_equal(data(4, 2) & 0x8084, 0x8084); /* in the image it is still there */
    stop();
}

/* The 8087 has an interrupt and a mask of its own, and never stops the processor. */
static void test_8087(void **state)
{
    start(CPU_8086, true);
    store_le(m.ram + DATA, 2, 0x3C0);
    RUN(UNMASK_AND_DIVIDE, 0xD9, 0xE8);
    assert_int_equal(vector(), -1);
    assert_false(m.ferr);
    RUN(0xDB, 0xE0); /* feni */
    assert_true(m.ferr);
    RUN(0x9B, 0xD9, 0xE8);
    assert_int_equal(vector(), -1);
    stop();
}

/* No stack fault bit, no C1 for rounding, unnormals tagged as valid: 8087 and 287. */
static void test_old_status(void **state)
{
    static const CpuModel models[] = {CPU_8086, CPU_286, CPU_386};
    for (unsigned k = 0; k < ARRAY_LEN(models); k++) {
        bool old = models[k] < CPU_386;
        start(models[k], true);
        RUN(0xDB, 0xE3, 0xD9, 0xE0, 0xDD, 0x3F); /* fninit; fchs of nothing; fnstsw [bx] */
        assert_int_equal(data(0, 2) & 0x7F, old ? X87_IE : X87_IE | X87_SF);
        store_le(m.ram + DATA, 4, 0x3F800000); /* 1.0 and 3.0 */
        store_le(m.ram + DATA + 4, 4, 0x40400000);
        /* fninit; fld dword [bx]; fdiv dword [bx+4]; fnstsw [bx]: rounded up */
        RUN(0xDB, 0xE3, 0xD9, 0x07, 0xD8, 0x77, 0x04, 0xDD, 0x3F);
        assert_int_equal(data(0, 2) & (X87_PE | SW_C1), old ? X87_PE : X87_PE | SW_C1);
        store_le(m.ram + DATA, 4, 1); /* the smallest denormal */
        /* fninit; fld dword [bx]; fnstenv [bx]; fxam; fnstsw [bx+20h] */
        RUN(0xDB, 0xE3, 0xD9, 0x07, 0xD9, 0x37, 0xD9, 0xE5, 0xDD, 0x7F, 0x20);
        assert_int_equal(data(4, 2), 0x3FFF); /* valid; an unnormal on the old ones */
        assert_int_equal(data(0x20, 2) & SW_CC, old ? 0 : SW_C2);
        assert_int_equal(c->s.fpu.man[7] >> 63, !old);
        stop();
    }
}

static void test_untouched_by_faults(void **state)
{
    start(CPU_386, true);
    RUN(0xD9, 0xE8); /* fld1 */
    c->s.r[3] = 0xFFFD;
    RUN(0xDD, 0x1F); /* fstp qword [bx]: beyond the segment */
    assert_int_equal(vector(), EX_GP);
    assert_int_equal(c->s.fpu.top, 7);
    assert_int_equal(fpu_status_word(c) & 0x7F, 0);
    assert_int_equal(load_le(m.ram + 0xFFFD, 2), 0);
    RUN(0xDB, 0x2F); /* fld tword [bx] */
    assert_int_equal(vector(), EX_GP);
    assert_int_equal(c->s.fpu.top, 7);
    stop();
}

/* ---- environments ---------------------------------------------------------------------------- */

static void test_env_real_16(void **state)
{
    start(CPU_386, true);
    c->s.seg[SEG_DS].sel = 0x1234;
    RUN(0x26, 0xD9, 0x47, 0x10, 0xD9, 0x37); /* fld dword [es:bx+10h]; fnstenv [bx] */
    assert_int_equal(data(0, 2), 0x37F);
    assert_int_equal(data(2, 2), 0x3800);
    assert_int_equal(data(4, 2), 0x7FFF);
    assert_int_equal(data(6, 2), CODE);
    assert_int_equal(data(8, 2), 0x147);
    assert_int_equal(data(10, 2), DATA + 0x10);
    assert_int_equal(data(12, 2), 0);
    stop();
    start(CPU_8086, true); /* the 8087 notes the ESC, without prefixes */
    RUN(0x26, 0xD9, 0x47, 0x10, 0xD9, 0x37);
    assert_int_equal(data(6, 2), CODE + 1);
    stop();
}

static void test_env_real_32(void **state)
{
    start(CPU_486, true);
    c->s.seg[SEG_DS].sel = 0xABCD;
    RUN(0xDF, 0x47, 0x10, 0x66, 0xD9, 0x37); /* fild word [bx+10h]; o32 fnstenv [bx] */
    assert_int_equal(data(0, 4), 0xFFFF037F);
    assert_int_equal(data(4, 4), 0xFFFF3800);
    assert_int_equal(data(8, 4), 0xFFFF7FFF);
    assert_int_equal(data(12, 4), 0xFFFF0000 | CODE);
    assert_int_equal(data(16, 4), 0x747);
    assert_int_equal(data(20, 4), 0xFFFF0000 | ((0xABCD0 + DATA + 0x10) & 0xFFFF));
    assert_int_equal(data(24, 4), (0xABCD0 + DATA + 0x10) >> 16 << 12);
    RUN(0xDB, 0xE3, 0x66, 0xD9, 0x27, 0x66, 0xD9, 0x77, 0x40); /* fninit, back, and out again */
    assert_memory_equal(m.ram + DATA, m.ram + DATA + 0x40, 28);
    stop();
}

static void test_env_protected(void **state)
{
    start(CPU_486, true);
    c->s.cr0 |= CR0_PE;
    c->s.seg[SEG_CS].sel = 0x18;
    c->s.seg[SEG_DS].sel = 0x20;
    cpu_state_changed(c);
    RUN(0xDF, 0x47, 0x10, 0x66, 0xD9, 0x37, 0xD9, 0x77,
        0x40); /* and a 16-bit one; FNSTENV masked nothing new */
    assert_int_equal(data(12, 4), CODE);
    assert_int_equal(data(16, 4), 0x07470018);
    assert_int_equal(data(20, 4), DATA + 0x10);
    assert_int_equal(data(24, 4), 0xFFFF0020);
    assert_int_equal(data(0x46, 2), CODE);
    assert_int_equal(data(0x48, 2), 0x18);
    assert_int_equal(data(0x4A, 2), DATA + 0x10);
    assert_int_equal(data(0x4C, 2), 0x20);
    stop();
}

static void test_save_restore(void **state)
{
    start(CPU_486, true);
    RUN(0xD9, 0xEB, 0xD9, 0xE8, 0xD9, 0xEE, 0xDD, 0xD9, 0xDD,
        0x37); /* fldpi fld1 fldz; fstp st1; fnsave */
    assert_int_equal(c->s.fpu.empty, 0xFF);
    assert_int_equal(c->s.fpu.control, 0x37F);
    assert_int_equal(data(4, 2), 0x1FFF); /* pi in 7, zero in 6 */
    RUN(0xDD, 0x27, 0xDD, 0x77, 0x70);    /* frstor; fnsave elsewhere */
    assert_memory_equal(m.ram + DATA, m.ram + DATA + 0x70, 94);
    stop();
}

/* A 287 changes its format when FSETPM tells it, not with PE. */
static void test_fsetpm(void **state)
{
    start(CPU_286, true);
    c->s.seg[SEG_DS].sel = 0x1000;
    RUN(0xD9, 0x07, 0xD9, 0x37); /* fld dword [bx]; fnstenv [bx] */
    assert_int_equal(data(12, 2), 0x1000);
    assert_int_equal(data(10, 2), DATA);
    RUN(0xDB, 0xE4, 0xD9, 0x37); /* fsetpm */
    assert_int_equal(data(12, 2), 0x1000);
    assert_int_equal(data(8, 2), 0);
    stop();
}

/* ---- MMX ------------------------------------------------------------------------------------- */

static void test_mmx_aliasing(void **state)
{
    start(CPU_PENTIUM_MMX, true);
    store_le(m.ram + DATA, 4, 0x01020304);
    RUN(0xD9, 0xE8, 0x0F, 0x6E, 0x17); /* fld1; movd mm2,[bx] */
    assert_int_equal(c->s.fpu.top, 0);
    assert_int_equal(fpu_tag_word(c) & 0x30, 0x20);
    assert_int_equal(c->s.fpu.empty, 0);
    assert_int_equal(c->s.fpu.exp[2], 0xFFFF);
    assert_int_equal(c->s.fpu.man[2], 0x01020304);
    RUN(0x0F, 0x77);
    assert_int_equal(fpu_tag_word(c), 0xFFFF);
    RUN(0x0F, 0xA2); /* cpuid */
    c->s.cr0 |= CR0_EM;
    RUN(0x0F, 0x77);
    assert_int_equal(vector(), EX_UD);
    c->s.cr0 = (c->s.cr0 & ~(u32)CR0_EM) | CR0_TS;
    RUN(0x0F, 0x77);
    assert_int_equal(vector(), EX_NM);
    stop();
    start(CPU_PENTIUM, true);
    RUN(0x0F, 0x77);
    assert_int_equal(vector(), EX_UD);
    stop();
    start(CPU_PENTIUM_MMX, false);
    RUN(0x0F, 0x77);
    assert_int_equal(vector(), EX_UD);
    c->s.r[0] = 1;
    RUN(0x0F, 0xA2);
    assert_int_equal(c->s.r[2] & 0x800001, 0);
    stop();
}

/* ---- text ------------------------------------------------------------------------------------ */

static void test_disassembly(void **state)
{
    static const struct {
        u8 code[4];
        const char *text;
    } table[] = {
        {{0xD8, 0x07}, "fadd dword [bx]"},
        {{0xDC, 0x47, 0x10}, "fadd qword [bx+0x10]"},
        {{0xD8, 0xC1}, "fadd st0,st1"},
        {{0xDC, 0xE9}, "fsub st1,st0"},
        {{0xDE, 0xC9}, "fmulp st1,st0"},
        {{0xDB, 0x2F}, "fld tword [bx]"},
        {{0xDF, 0x27}, "fbld tword [bx]"},
        {{0xDF, 0x2F}, "fild qword [bx]"},
        {{0xD9, 0xFE}, "fsin"},
        {{0xDF, 0xE0}, "fnstsw ax"},
        {{0xD9, 0x37}, "fnstenv [bx]"},
        {{0xD9, 0xCB}, "fxch st3"},
        {{0xDB, 0xF1}, "fcomi st0,st1"},
        {{0xDA, 0xC2}, "fcmovb st0,st2"},
        {{0xDE, 0xD9}, "fcompp"},
        {{0x0F, 0xFC, 0x0F}, "paddb mm1,[bx]"},
        {{0x0F, 0x71, 0xD3, 0x05}, "psrlw mm3,5"},
        {{0x0F, 0x6E, 0xC8}, "movd mm1,eax"},
        {{0x0F, 0x7F, 0x0F}, "movq [bx],mm1"},
        {{0xD9, 0xD1}, "esc"},
    };
    static DecodeTable t;
    decode_table_init(&t, CPU_686);
    for (unsigned k = 0; k < ARRAY_LEN(table); k++) {
        Insn i;
        char text[80];
        decode(&t, table[k].code, 4, false, &i);
        disasm(&i, 0x100, text, sizeof text);
        assert_int_equal(strncmp(text, table[k].text, strlen(table[k].text)), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_detection),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_not_available),
        cmocka_unit_test(test_undefined_encodings),
        cmocka_unit_test(test_native_error),
        cmocka_unit_test(test_ferr),
        cmocka_unit_test(test_error_follows_masks),
        cmocka_unit_test(test_8087),
        cmocka_unit_test(test_old_status),
        cmocka_unit_test(test_untouched_by_faults),
        cmocka_unit_test(test_env_real_16),
        cmocka_unit_test(test_env_real_32),
        cmocka_unit_test(test_env_protected),
        cmocka_unit_test(test_save_restore),
        cmocka_unit_test(test_fsetpm),
        cmocka_unit_test(test_mmx_aliasing),
        cmocka_unit_test(test_disassembly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
