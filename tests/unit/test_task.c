/* test_task.c: V86 mode, task switches, the I/O permission map and page faults inside a
 * delivery. */
#include "tests/unit/protect_rig.h"

/* ---- V86 mode -------------------------------------------------------------------------------- */

static void v86_round_trip(void **state)
{
    start_protected(CPU_486, 0);
    static const u32 image[] = {0x100,  0x1000, VM | IF | IOPL | 2, 0x200, 0x2000, 0x3000, 0x3100,
                                0x3200, 0x3300};
    SP = 0x7000;
    for (u32 n = 0; n < 9; n++)
        put(0x7000 + 4 * n, 4, image[n]);
    Insn i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_true(v86(cpu));
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(cpu->s.seg[SEG_GS].base, 0x33000);
    assert_int_equal(cpu->s.seg[SEG_ES].base, 0x30000);
    assert_int_equal(cpu->s.seg[SEG_SS].base, 0x20000);
    assert_int_equal(cpu->s.seg[SEG_DS].limit, 0xFFFF);
    assert_int_equal(cpu->s.seg[SEG_DS].wend, 0x10000);
    assert_int_equal(cpu->sp_mask, 0xFFFF);
    assert_int_equal(cpu->code_mode & ~(u32)MODE_FLAT, 5);
    assert_int_equal(SP, 0x200);

    idt(0x30, CODE0, 0x4444, 0xEE);
    put(TSS + 4, 4, 0x6000);
    i = (Insn){.imm = 0x30, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_false(v86(cpu));
    assert_int_equal(cpu->s.cpl, 0);
    assert_int_equal(SP, 0x6000 - 36);
    for (u32 n = 0; n < 9; n++)
        assert_int_equal(get(SP + 4 * n, 4),
                         n ? n == 2 ? image[n] | (get_eflags(cpu) & OSZAPC) : image[n] : 0x102);
    assert_int_equal(SEL(SEG_DS), 0);
    assert_int_equal(cpu->s.seg[SEG_GS].rend, 0);
    assert_int_equal(cpu->code_mode & ~(u32)MODE_FLAT, 3);
}

static void v86_sensitive_instructions(void **state)
{
    start_v86(CPU_486, 0);
    Insn i = {.imm = 0x30, .len = 2};
    idt(0x30, CODE0, 0x4444, 0xEE);
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0);
    i = plain(false);
    TRY(op_cli(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_sti(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_pushf(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_popf(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_iret(cpu, &i));
    assert_fault(EX_GP, 0);
    TRY(op_sldt(cpu, &i));
    assert_int_equal(fault, EX_UD);
    idt(EX_BP, CODE0, 0x3333, 0xEE);
    TRY(op_int3(cpu, &i)); /* not sensitive */
    assert_ok();
    assert_int_equal(EIP, 0x3333);
}

static void v86_must_enter_ring0(void **state)
{
    start_v86(CPU_486, IOPL);
    idt(0x30, CODE3, 0x4444, 0xEE);
    TRY(interrupt(cpu, 0x30, true, false, 0, 0x100));
    assert_fault(EX_GP, CODE3 & ~3);
    idt(0x30, CONF, 0x4444, 0xEE);
    TRY(interrupt(cpu, 0x30, true, false, 0, 0x100));
    assert_fault(EX_GP, CONF);
}

static void vme_virtual_interrupts(void **state)
{
    start_v86(CPU_PENTIUM, 0);
    cpu->s.cr4 = CR4_VME;
    cpu_mode_changed(cpu);
    put(TSS + 0x66, 2, 0x40); /* map at 40h, redirection map at 20h */
    put(0x21 * 4, 4, 0x11112222);
    Insn i = plain(false);
    TRY(op_sti(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.eflags & (IF | VIF), VIF);
    i = (Insn){.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(SEL(SEG_CS), 0x1111);
    assert_int_equal(EIP, 0x2222);
    assert_int_equal(get(0x20200 - 2, 2) & (IF | IOPL), IF | IOPL);
    assert_int_equal(cpu->s.eflags & VIF, 0);
    i = plain(false);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.eflags & VIF, VIF);
    assert_int_equal(SP, 0x200);
    assert_int_equal(cpu->s.eflags & IOPL, 0);

    set_eflags(cpu, VIP, VIP | VIF);
    TRY(op_sti(cpu, &i));
    assert_fault(EX_GP, 0);
    put(TSS + 0x24, 1, 2); /* vector 21h to the monitor */
    i = (Insn){.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0);
    put(TSS + 0x66, 2, 0x10); /* map would start below the TSS */
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0);
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static void fill_tss32(u32 at, int cpl)
{
    static const u8 order[] = {SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS};
    put(at + 0x20, 4, 0x9999);
    put(at + 0x24, 4, CF | 2);
    for (u32 n = 0; n < 8; n++)
        put(at + 0x28 + 4 * n, 4, 0x1000 * (n + 1));
    for (u32 n = 0; n < 6; n++)
        put(at + 0x48 + 4 * n, 4, order[n] == SEG_CS ? cpl ? CODE3 : CODE0 : cpl ? DATA3 : DATA0);
    put(at + 0x60, 4, LDT_SEL);
}

static void task_jump(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 3);
    cpu->s.r[0] = 0xAAAA5555;
    Insn i = far_insn(TSS2_SEL, 0, true);
    TRY(op_jmp_far(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(cpu->s.r[0], 0x1000);
    assert_int_equal(SP, 0x5000);
    assert_int_equal(SEL(SEG_GS), DATA3);
    assert_int_equal(cpu->s.ldtr.base, LDT);
    assert_int_equal(cpu->s.tr.sel, TSS2_SEL);
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x8B);
    assert_int_equal(m.ram[GDT + TSS_SEL + 5], 0x89);
    assert_int_equal(get(TSS + 0x20, 4), 0x107);
    assert_int_equal(get(TSS + 0x28, 4), 0xAAAA5555);
    assert_int_equal(get(TSS + 0x38, 4), 0x8000);
    assert_int_equal(get(TSS + 0x4C, 2), CODE0);
    assert_int_equal(get(TSS2, 2), 0);
    assert_true(cpu->s.cr0 & CR0_TS);
    assert_int_equal(get_eflags(cpu), CF | 2);
}

static void task_call_and_return(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 0);
    gate_at(GDT + TASKGATE, TSS2_SEL, 0, 0x85, 0);
    Insn i = far_insn(TASKGATE, 0, true);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(get(TSS2, 2), TSS_SEL);
    assert_true(cpu->s.eflags & NT);
    assert_int_equal(m.ram[GDT + TSS_SEL + 5], 0x8B); /* both busy */
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x8B);
    i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x107);
    assert_int_equal(cpu->s.tr.sel, TSS_SEL);
    assert_int_equal(cpu->s.eflags & NT, 0);
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x89);
    assert_int_equal(get(TSS2 + 0x24, 4) & NT, 0);
    assert_int_equal(get(TSS2 + 0x20, 4), 0x999A);
    assert_int_equal(SP, 0x8000);
}

static void task_gate_fault_pushes_error(void **state)
{
    start_protected(CPU_386, 3);
    fill_tss32(TSS2, 0);
    idt(EX_GP, TSS2_SEL, 0, 0x85);
    TRY(seg_load(cpu, SEG_DS, DATA0));
    deliver();
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.cpl, 0);
    assert_int_equal(SP, 0x4FFC);
    assert_int_equal(get(0x4FFC, 4), DATA0);
    assert_true(get(TSS + 0x24, 4) & RF);
    assert_int_equal(get(TSS + 0x20, 4), 0x100);
}

static void task_faults(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 0);
    Insn i = far_insn(TSS2_SEL, 0, true);
    gdt(TSS2_SEL, TSS2, 0x66, 0x89, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_TS, TSS2_SEL);
    gdt(TSS2_SEL, TSS2, 0x67, 0x09, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_NP, TSS2_SEL);
    gdt(TSS2_SEL, TSS2, 0x67, 0x8B, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, TSS2_SEL);
    assert_int_equal(cpu->s.tr.sel, TSS_SEL);
    gdt(TSS2_SEL, TSS2, 0x67, 0x89, 0);
    put(TSS2 + 0x50, 4, RODATA); /* SS */
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_TS, RODATA);
    assert_int_equal(cpu->s.tr.sel, TSS2_SEL); /* the fault is the new task's */
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.seg[SEG_DS].rend, 0);
}

static void task_debug_trap(void **state)
{
    start_protected(CPU_386, 0);
    fill_tss32(TSS2, 0);
    put(TSS2 + 0x64, 2, 1);
    cpu->s.dr[7] = 0x455;
    Insn i = far_insn(TSS2_SEL, 0, true);
    TRY(op_jmp_far(cpu, &i));
    assert_int_equal(fault, EX_DB);
    assert_true(cpu->s.dr[6] & DR6_BT);
    assert_int_equal(EIP, 0x9999);
    assert_int_equal(cpu->s.dr[7] & 0x3FF, 0);
}

static void task_286(void **state)
{
    start_protected(CPU_286, 0);
    put(TSS3 + 0x0E, 2, 0x1111);
    put(TSS3 + 0x12, 2, 0x2222);
    put(TSS3 + 0x1A, 2, 0x9000);
    put(TSS3 + 0x22, 2, DATA0);
    put(TSS3 + 0x24, 2, CODE0);
    put(TSS3 + 0x26, 2, DATA0);
    put(TSS3 + 0x28, 2, DATA0);
    cpu->s.r[3] = 0x7777;
    Insn i = far_insn(TSS3_SEL, 0, false);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x1111);
    assert_int_equal(cpu->s.r[0], 0x2222);
    assert_int_equal(get(TSS + 0x0E, 2), 0x105);
    assert_int_equal(get(TSS + 0x18, 2), 0x7777);
    assert_int_equal(get(TSS3, 2), TSS_SEL);
    i = plain(false);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x105);
    assert_int_equal(cpu->s.r[3], 0x7777);
}

static void io_permission(void **state)
{
    start_protected(CPU_386, 3);
    gdt(TSS_SEL, TSS, 0x90, 0x8B, 0);
    cpu->s.tr.limit = 0x90;
    put(TSS + 0x66, 2, 0x68);
    memset(m.ram + TSS + 0x68, 0xFF, 0x40);
    put(TSS + 0x68, 2, 0xFE7F); /* ports 7 and 8 */
    TRY(io_check(cpu, 7, 1));
    assert_ok();
    TRY(io_check(cpu, 7, 2));
    assert_ok();
    TRY(io_check(cpu, 7, 4));
    assert_fault(EX_GP, 0);
    TRY(io_check(cpu, 6, 1));
    assert_fault(EX_GP, 0);
    put(TSS + 0x90, 1, 0);
    TRY(io_check(cpu, 0x140, 1)); /* the second byte lies beyond the limit */
    assert_fault(EX_GP, 0);
    set_eflags(cpu, IOPL, IOPL);
    TRY(io_check(cpu, 6, 1));
    assert_ok();
    set_eflags(cpu, VM, VM);
    TRY(io_check(cpu, 6, 1)); /* V86: IOPL does not help */
    assert_fault(EX_GP, 0);
}

/* ---- paging ---------------------------------------------------------------------------------- */

/* A frame whose second page is missing must leave nothing behind. */
static void page_fault_during_delivery(void **state)
{
    start_protected(CPU_486, 3);
    u32 dir = 0x10000, table = 0x11000;
    put(dir, 4, table | 7);
    for (u32 n = 0; n < 256; n++)
        put(table + 4 * n, 4, n << 12 | 7);
    put(table + 4 * 6, 4, 0); /* page 6000h */
    cpu->s.cr3 = dir;
    cpu->s.cr0 |= CR0_PG;
    cpu_mode_changed(cpu);
    put(TSS + 4, 4, 0x7008);
    idt(0x30, CODE0, 0x4444, 0xEE);
    Insn i = {.imm = 0x30, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_PF, PF_WRITE);
    assert_int_equal(cpu->s.cr2, 0x6FFC);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(get(0x7004, 4), 0);
    assert_int_equal(EIP, 0x100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(v86_round_trip),
        TEST(v86_sensitive_instructions),
        TEST(v86_must_enter_ring0),
        TEST(vme_virtual_interrupts),
        TEST(task_jump),
        TEST(task_call_and_return),
        TEST(task_gate_fault_pushes_error),
        TEST(task_faults),
        TEST(task_debug_trap),
        TEST(task_286),
        TEST(io_permission),
        TEST(page_fault_during_delivery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
