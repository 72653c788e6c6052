/* test_seg_flow.c: segment loads, far transfers, interrupts, IRET and flags, driven function by
 * function. Each test builds the descriptors it needs; faults are caught where cpu_run() would
 * catch them. */
#include "tests/unit/protect_rig.h"

/* ---- real mode ------------------------------------------------------------------------------- */

static void real_int_and_iret(void **state)
{
    start(CPU_486);
    put(0x21 * 4, 4, 0x12345678);
    set_eflags(cpu, IF | TF | CF | ZF, IF | TF | OSZAPC);
    Insn i = {.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(SEL(SEG_CS), 0x1234);
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x12340);
    assert_int_equal(EIP, 0x5678);
    assert_int_equal(SP, 0x7FFA);
    assert_int_equal(get(0x7FFA, 2), 0x102);
    assert_int_equal(get(0x7FFC, 2), 0);
    assert_int_equal(get(0x7FFE, 2), IF | TF | CF | ZF | 2);
    assert_int_equal(cpu->s.eflags & (IF | TF), 0);
    assert_true(cpu->attention & ATT_FLOW);
    assert_true(cpu->attention & ATT_LOOKUP);

    cpu->s.nmi_blocked = 1;
    i = plain(false);
    set_arith_flags(cpu, 0);
    TRY(op_iret(cpu, &i));
    assert_int_equal(EIP, 0x102);
    assert_int_equal(SEL(SEG_CS), 0);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(get_eflags(cpu), IF | TF | CF | ZF | 2);
    assert_int_equal(cpu->s.nmi_blocked, 0);
    assert_true(cpu->attention & ATT_EVENT);
}

static void real_int_beyond_limit(void **state)
{
    Insn i = {.imm = 0x21, .len = 2};
    start(CPU_486);
    cpu->s.idtr.limit = 0x80;
    TRY(op_int_n(cpu, &i));
    assert_fault(EX_GP, 0x21 * 8 + 2);
    stop(state);
    start(CPU_286);
    cpu->s.idtr.limit = 0;
    TRY(op_int_n(cpu, &i));
    assert_int_equal(fault, EX_DF);
    deliver();
    assert_int_equal(cpu->s.shutdown, 1);
    assert_int_equal(cpu->delivering, -1);
}

static void real_stack_faults_leave_state(void **state)
{
    start(CPU_386);
    put(0x21 * 4, 4, 0x12345678);
    SP = 3; /* third word would lie at FFFFh */
    Insn i = {.imm = 0x21, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_int_equal(fault, EX_SS);
    assert_int_equal(SP, 3);
    assert_int_equal(EIP, 0x100);
    assert_int_equal(get(1, 2), 0);
    SP = 2; /* wraps between words: legal */
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(SP & 0xFFFF, 0xFFFC);
}

static void real_8086_interrupt_wraps_and_sets_high_flags(void **state)
{
    start(CPU_8086);
    put(0, 4, 0x00500060);
    SP = 1;
    TRY(interrupt(cpu, 0, false, false, 0, 0x1FF));
    assert_ok();
    assert_int_equal(SP, 0xFFFB);
    assert_int_equal(m.ram[0xFFFF], 0x02);
    assert_int_equal(m.ram[0], 0xF0);
    assert_int_equal(get(0xFFFB, 2), 0x1FF);
}

static void real_far_call_and_ret(void **state)
{
    start(CPU_386);
    Insn i = far_insn(0x800, 0x10, false);
    TRY(op_call_far(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x8000);
    assert_int_equal(EIP, 0x10);
    assert_int_equal(get(0x7FFC, 4), 0x0105);
    i = (Insn){.imm = 6, .len = 3};
    TRY(op_ret_far(cpu, &i));
    assert_int_equal(EIP, 0x105);
    assert_int_equal(SEL(SEG_CS), 0);
    assert_int_equal(SP, 0x8006);

    i = far_insn(0x800, 0x10000, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, 0);
    put(0x500, 4, 0x07001234);
    i = mem_insn(0x500, 0, false);
    TRY(op_jmp_far_m(cpu, &i));
    assert_int_equal(EIP, 0x1234);
    assert_int_equal(SEL(SEG_CS), 0x700);
}

static void unreal_mode_keeps_limits(void **state)
{
    start_protected(CPU_386, 0);
    write_cr0(cpu, cpu->s.cr0 & ~(u32)CR0_PE);
    seg_load(cpu, SEG_DS, 0x100);
    assert_int_equal(cpu->s.seg[SEG_DS].base, 0x1000);
    assert_int_equal(cpu->s.seg[SEG_DS].limit, 0xFFFFFFFF);
    assert_true(cpu->s.seg[SEG_DS].wend == (u64)1 << 32);
    Insn i = far_insn(0x10, 0x20, false);
    TRY(op_jmp_far(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].limit, 0xFFFF);
    assert_int_equal(cpu->code_mode & ~(u32)MODE_FLAT, 1);
}

static void null_segment_works_again_in_real_mode(void **state)
{
    start_protected(CPU_386, 0);
    seg_load(cpu, SEG_DS, DATA16);
    seg_load(cpu, SEG_DS, 0);
    assert_true(cpu->s.seg[SEG_DS].rend == 0);
    write_cr0(cpu, cpu->s.cr0 & ~(u32)CR0_PE);
    seg_load(cpu, SEG_DS, 0x100);
    assert_int_equal(cpu->s.seg[SEG_DS].rend, 0x10000);
}

/* ---- segment loads --------------------------------------------------------------------------- */

static void loads_check_the_descriptor(void **state)
{
    start_protected(CPU_386, 0);
    TRY(seg_load(cpu, SEG_DS, FREE));
    assert_fault(EX_GP, FREE);
    TRY(seg_load(cpu, SEG_DS, 0x103)); /* beyond the limit */
    assert_fault(EX_GP, 0x100);
    TRY(seg_load(cpu, SEG_DS, ABSENT));
    assert_fault(EX_NP, ABSENT);
    TRY(seg_load(cpu, SEG_DS, EXEC_ONLY));
    assert_fault(EX_GP, EXEC_ONLY);
    TRY(seg_load(cpu, SEG_DS, TSS2_SEL));
    assert_fault(EX_GP, TSS2_SEL);
    TRY(seg_load(cpu, SEG_DS, DATA0 | 3)); /* RPL > DPL */
    assert_fault(EX_GP, DATA0);
    TRY(seg_load(cpu, SEG_DS, CONF | 3));
    assert_ok();
    TRY(seg_load(cpu, SEG_SS, 0));
    assert_fault(EX_GP, 0);
    TRY(seg_load(cpu, SEG_SS, RODATA));
    assert_fault(EX_GP, RODATA);
    TRY(seg_load(cpu, SEG_SS, DATA3));
    assert_fault(EX_GP, DATA3 & ~3);
    TRY(seg_load(cpu, SEG_SS, ABSENT));
    assert_fault(EX_SS, ABSENT);
    TRY(seg_load(cpu, SEG_DS, 0x0C)); /* LDT, none loaded */
    assert_fault(EX_GP, 0x0C);
    assert_int_equal(SEL(SEG_SS), DATA0);
    assert_int_equal(SEL(SEG_DS), CONF | 3);
}

static void ring3_cannot_load_ring0_data(void **state)
{
    start_protected(CPU_386, 3);
    TRY(seg_load(cpu, SEG_ES, DATA0));
    assert_fault(EX_GP, DATA0);
    TRY(seg_load(cpu, SEG_SS, DATA0));
    assert_fault(EX_GP, DATA0);
}

static void loads_fill_caches(void **state)
{
    start_protected(CPU_386, 0);
    assert_int_equal(m.ram[GDT + RODATA + 5], 0x90);
    seg_load(cpu, SEG_ES, RODATA);
    assert_int_equal(m.ram[GDT + RODATA + 5], 0x91); /* accessed */
    assert_int_equal(cpu->s.seg[SEG_ES].rend, 0x1000);
    assert_int_equal(cpu->s.seg[SEG_ES].wend, 0);
    seg_load(cpu, SEG_ES, DOWN);
    assert_int_equal(cpu->s.seg[SEG_ES].rend | cpu->s.seg[SEG_ES].wend, 0);
    seg_load(cpu, SEG_ES, DATA0);
    assert_true(cpu->s.seg[SEG_ES].wend == (u64)1 << 32);
    seg_load(cpu, SEG_ES, CODE0);
    assert_true(cpu->s.seg[SEG_ES].rend == (u64)1 << 32);
    assert_int_equal(cpu->s.seg[SEG_ES].wend, 0);
    seg_load(cpu, SEG_ES, 3);
    assert_int_equal(cpu->s.seg[SEG_ES].rend, 0);
    assert_int_equal(cpu->sp_mask, 0xFFFFFFFF);
    seg_load(cpu, SEG_SS, DATA16);
    assert_int_equal(cpu->sp_mask, 0xFFFF);
}

static void ldt_and_task_register(void **state)
{
    start_protected(CPU_386, 0);
    Insn i = reg_insn(REG_EAX, 0, false);
    cpu->s.r[0] = TSS_SEL;
    TRY(op_lldt(cpu, &i));
    assert_fault(EX_GP, TSS_SEL);
    cpu->s.r[0] = LDT_SEL;
    TRY(op_lldt(cpu, &i));
    assert_ok();
    TRY(seg_load(cpu, SEG_DS, 0x0C));
    assert_ok();
    assert_int_equal(cpu->s.seg[SEG_DS].base, 0x12340);
    TRY(seg_load(cpu, SEG_DS, 0x14));
    assert_fault(EX_GP, 0x14);
    i = reg_insn(REG_EBX, 0, true);
    cpu->s.r[3] = 0xFFFFFFFF;
    TRY(op_sldt(cpu, &i));
    assert_int_equal(cpu->s.r[3], LDT_SEL);

    i = reg_insn(REG_EAX, 0, false);
    cpu->s.r[0] = TSS_SEL; /* busy */
    TRY(op_ltr(cpu, &i));
    assert_fault(EX_GP, TSS_SEL);
    cpu->s.r[0] = TSS2_SEL;
    TRY(op_ltr(cpu, &i));
    assert_ok();
    assert_int_equal(m.ram[GDT + TSS2_SEL + 5], 0x8B);
    assert_int_equal(cpu->s.tr.base, TSS2);
}

static void examine_descriptors(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = reg_insn(REG_EAX, REG_EBX, true);
    cpu->s.r[3] = DATA3;
    TRY(op_lar(cpu, &i));
    assert_int_equal(cpu->s.r[0], 0x00CFF300); /* accessed since SS was loaded */
    assert_int_equal(get_eflags(cpu) & ZF, ZF);
    TRY(op_lsl(cpu, &i));
    assert_int_equal(cpu->s.r[0], 0xFFFFFFFF);
    cpu->s.r[3] = DATA0;
    TRY(op_lsl(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);
    cpu->s.r[3] = 0;
    TRY(op_lar(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);

    i = reg_insn(REG_EBX, 0, false);
    cpu->s.r[3] = CODE3;
    TRY(op_verr(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, ZF);
    TRY(op_verw(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);
    cpu->s.r[3] = CONF;
    TRY(op_verr(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, ZF);

    i = reg_insn(REG_EBX, REG_ECX, false);
    cpu->s.r[3] = 0x10;
    cpu->s.r[1] = 0x03;
    TRY(op_arpl(cpu, &i));
    assert_int_equal(cpu->s.r[3], 0x13);
    assert_int_equal(get_eflags(cpu) & ZF, ZF);
    TRY(op_arpl(cpu, &i));
    assert_int_equal(get_eflags(cpu) & ZF, 0);
}

static void moves_of_segment_registers(void **state)
{
    start_protected(CPU_486, 0);
    Insn i = {.len = 2, .dst = REG_EAX, .src = SEG_DS, .flags = INSN_OP32};
    cpu->s.r[0] = 0xFFFFFFFF;
    TRY(op_mov_from_seg(cpu, &i));
    assert_int_equal(cpu->s.r[0], DATA0);
    i = mem_insn(0x9000, SEG_DS, true);
    put(0x9000, 4, 0xFFFFFFFF);
    TRY(op_mov_from_seg(cpu, &i));
    assert_int_equal(get(0x9000, 4), 0xFFFF0000 | DATA0);
    i = (Insn){.len = 2, .dst = SEG_CS, .src = REG_EAX};
    TRY(op_mov_to_seg(cpu, &i));
    assert_int_equal(fault, EX_UD);
    i.dst = 6;
    TRY(op_mov_to_seg(cpu, &i));
    assert_int_equal(fault, EX_UD);
    i.dst = SEG_SS;
    TRY(op_mov_to_seg(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.shadow, SHADOW_MOV_SS);
    assert_true(cpu->attention & ATT_EVENT);

    put(0x9000, 4, 0xCAFEF00D);
    put(0x9004, 2, DATA16);
    i = mem_insn(0x9000, REG_ESI, true);
    TRY(op_lfs(cpu, &i));
    assert_int_equal(cpu->s.r[6], 0xCAFEF00D);
    assert_int_equal(SEL(SEG_FS), DATA16);
    put(0x9004, 2, FREE);
    put(0x9000, 4, 0);
    TRY(op_lgs(cpu, &i));
    assert_fault(EX_GP, FREE);
    assert_int_equal(cpu->s.r[6], 0xCAFEF00D);

    i = reg_insn(SEG_FS, 0, true);
    u32 sp = SP;
    put(sp - 4, 4, 0x55555555);
    TRY(op_push_seg(cpu, &i));
    assert_int_equal(SP, sp - 4);
    assert_int_equal(get(sp - 4, 4), 0x55550000 | DATA16); /* 486 */
    i.dst = SEG_GS;
    TRY(op_pop_seg(cpu, &i));
    assert_int_equal(SP, sp);
    assert_int_equal(SEL(SEG_GS), DATA16);
}

static void old_cs_moves(void **state)
{
    start(CPU_8086);
    cpu->s.r[0] = 0x1234;
    Insn i = {.len = 2, .dst = SEG_CS | 4, .src = REG_EAX};
    TRY(op_mov_to_seg(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x12340);
    assert_int_equal(EIP, 0x102);
    put(0x8000, 2, 0x4321);
    i = (Insn){.len = 1, .dst = SEG_CS};
    TRY(op_pop_seg(cpu, &i));
    assert_int_equal(cpu->s.seg[SEG_CS].base, 0x43210);
    assert_int_equal(EIP, 0x103);
    assert_int_equal(SP, 0x8002);
}

static void table_registers(void **state)
{
    start(CPU_286);
    cpu->s.gdtr = (TableReg){0x123456, 0x789A};
    Insn i = mem_insn(0x600, 0, false);
    i.flags = INSN_MEM;
    TRY(op_sgdt(cpu, &i));
    assert_int_equal(get(0x600, 2), 0x789A);
    assert_int_equal(get(0x602, 4), 0xFF123456);
    TRY(op_lidt(cpu, &i));
    assert_int_equal(cpu->s.idtr.base, 0x123456);
    cpu->s.r[0] = 0xFFFF;
    i = reg_insn(REG_EAX, 0, false);
    TRY(op_lmsw(cpu, &i));
    assert_int_equal(cpu->s.cr0 & 15, 15);
    cpu->s.r[0] = 0;
    TRY(op_lmsw(cpu, &i));
    assert_int_equal(cpu->s.cr0 & 15, CR0_PE);
    TRY(op_smsw(cpu, &i));
    assert_int_equal(cpu->s.r[0], 0xFFF1);
    stop(state);

    start_protected(CPU_386, 3);
    i = mem_insn(0x600, 0, true);
    TRY(op_lgdt(cpu, &i));
    assert_fault(EX_GP, 0);
    i = plain(false);
    TRY(op_clts(cpu, &i));
    assert_fault(EX_GP, 0);
}

/* ---- far transfers in protected mode --------------------------------------------------------- */

static void far_jumps_check(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = far_insn(0, 0x10, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, 0);
    i.disp = CODE0;
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, CODE0);
    i.disp = DATA3;
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, DATA3 & ~3);
    i.disp = CONF; /* stays at CPL 3 */
    TRY(op_jmp_far(cpu, &i));
    assert_ok();
    assert_int_equal(SEL(SEG_CS), CONF | 3);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(EIP, 0x10);
    stop(state);

    start_protected(CPU_386, 0);
    i = far_insn(CODE16, 0x10000, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, 0);
    assert_int_equal(cpu->code_mode & ~(u32)MODE_FLAT, 3);
    i.imm = 0x55;
    TRY(op_jmp_far(cpu, &i));
    assert_int_equal(cpu->code_mode & ~(u32)MODE_FLAT, 1);
    assert_true(cpu->cs_key == 0xFFFF);
    i = far_insn(CODE3, 0, true);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, CODE3 & ~3);
}

static void call_gate_to_ring0_and_back(void **state)
{
    start_protected(CPU_386, 3);
    gate_at(GDT + GATE, CODE0, 0x22222, 0xEC, 2);
    put(0x8000, 4, 0x11111111);
    put(0x8004, 4, 0x22222222);
    Insn i = far_insn(GATE | 3, 0xDEAD, true);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 0);
    assert_int_equal(SEL(SEG_CS), CODE0);
    assert_int_equal(SEL(SEG_SS), DATA0);
    assert_int_equal(EIP, 0x22222);
    assert_int_equal(SP, 0x7000 - 24);
    static const u32 frame[] = {0x107, CODE3, 0x11111111, 0x22222222, 0x8000, DATA3};
    for (u32 n = 0; n < 6; n++)
        assert_int_equal(get(0x7000 - 24 + 4 * n, 4), frame[n]);
    assert_true(cpu->rtlb == cpu->mmu.tlb[0][0]);

    seg_load(cpu, SEG_DS, DATA0);
    seg_load(cpu, SEG_ES, DATA3);
    i = (Insn){.imm = 8, .len = 3, .flags = INSN_OP32};
    TRY(op_ret_far(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(EIP, 0x107);
    assert_int_equal(SP, 0x8008);
    assert_int_equal(SEL(SEG_SS), DATA3);
    assert_int_equal(SEL(SEG_DS), 0); /* not for ring 3 */
    assert_int_equal(SEL(SEG_ES), DATA3);
    assert_true(cpu->rtlb == cpu->mmu.tlb[1][0]);
}

static void call_gate_faults_change_nothing(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = far_insn(GATE | 3, 0, true);
    gate_at(GDT + GATE, CODE0, 0x222, 0x8C, 0); /* DPL 0 */
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_GP, GATE);
    gate_at(GDT + GATE, CODE0, 0x222, 0x6C, 0);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_NP, GATE);
    gate_at(GDT + GATE, CODE0, 0x222, 0xEC, 0);
    TRY(op_jmp_far(cpu, &i));
    assert_fault(EX_GP, CODE0);
    put(TSS + 8, 4, DATA3);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_TS, DATA3 & ~3);
    put(TSS + 8, 4, 0);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_TS, 0);
    put(TSS + 8, 4, ABSENT);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_SS, ABSENT);
    put(TSS + 8, 4, STACK0); /* limit FFFh */
    put(TSS + 4, 4, 0x1004);
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_SS, STACK0);
    put(TSS + 4, 4, 0x1000);
    cpu->s.tr.limit = 8;
    TRY(op_call_far(cpu, &i));
    assert_fault(EX_TS, TSS_SEL);
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SEL(SEG_SS), DATA3);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(EIP, 0x100);
}

static void call_gate_16(void **state)
{
    start_protected(CPU_386, 3);
    gate_at(GDT + GATE16, CODE16, 0x333, 0xE4, 1);
    put(0x8000, 2, 0xABCD);
    Insn i = far_insn(GATE16 | 3, 0, true);
    TRY(op_call_far(cpu, &i));
    assert_ok();
    assert_int_equal(EIP, 0x333);
    assert_int_equal(SP, 0x7000 - 10);
    static const u32 frame[] = {0x107, CODE3, 0xABCD, 0x8000, DATA3};
    for (u32 n = 0; n < 5; n++)
        assert_int_equal(get(0x7000 - 10 + 2 * n, 2), frame[n]);
}

static void far_return_checks(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = plain(true);
    put(0x8000, 4, 0x500);
    put(0x8004, 4, CODE0);
    TRY(op_ret_far(cpu, &i)); /* inwards */
    assert_fault(EX_GP, CODE0);
    put(0x8004, 4, CODE3);
    TRY(op_ret_far(cpu, &i));
    assert_ok();
    assert_int_equal(SP, 0x8008);
    assert_int_equal(EIP, 0x500);
}

/* ---- interrupts in protected mode ------------------------------------------------------------ */

static void interrupt_same_ring(void **state)
{
    start_protected(CPU_386, 0);
    idt(0x30, CODE0, 0x4444, 0x8E);
    idt(0x31, CODE0, 0x5555, 0x8F);
    set_eflags(cpu, IF | NT, IF | NT);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_ok();
    assert_int_equal(SP, 0x7FF4);
    assert_int_equal(get(0x7FF4, 4), 0x100);
    assert_int_equal(get(0x7FF8, 4), CODE0);
    assert_int_equal(get(0x7FFC, 4), IF | NT | 2 | (get_eflags(cpu) & OSZAPC));
    assert_int_equal(cpu->s.eflags & (IF | NT), 0);
    assert_int_equal(EIP, 0x4444);
    set_eflags(cpu, IF, IF);
    TRY(interrupt(cpu, 0x31, false, true, 0x77, 0x200));
    assert_true(cpu->s.eflags & IF); /* trap gate */
    assert_int_equal(get(SP, 4), 0x77);
    assert_int_equal(get(SP + 4, 4), 0x200);
}

static void interrupt_from_ring3_and_iret(void **state)
{
    start_protected(CPU_486, 3);
    idt(0x30, CODE0, 0x4444, 0xEE);
    set_eflags(cpu, IF | CF, IF | OSZAPC);
    Insn i = {.imm = 0x30, .len = 2};
    TRY(op_int_n(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 0);
    static const u32 frame[] = {0x102, CODE3, IF | CF | 2, 0x8000, DATA3};
    for (u32 n = 0; n < 5; n++)
        assert_int_equal(get(0x7000 - 20 + 4 * n, 4), frame[n]);
    assert_int_equal(SEL(SEG_DS), DATA3);

    put(SP + 8, 4, IF | ZF | IOPL | RF | AC);
    seg_load(cpu, SEG_FS, DATA0);
    i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SP, 0x8000);
    assert_int_equal(EIP, 0x102);
    assert_int_equal(get_eflags(cpu), IF | ZF | IOPL | RF | AC | 2);
    assert_int_equal(SEL(SEG_FS), 0);
    assert_int_equal(SEL(SEG_DS), DATA3);
}

static void interrupt_gate_errors(void **state)
{
    start_protected(CPU_386, 3);
    Insn i = {.imm = 0x30, .len = 2};
    idt(0x30, CODE0, 0x4444, 0x8E);
    TRY(op_int_n(cpu, &i)); /* DPL 0: not for programs */
    assert_fault(EX_GP, 0x30 * 8 + 2);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_ok();
    stop(state);

    start_protected(CPU_386, 3);
    idt(0x30, CODE0, 0x4444, 0x0E);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_NP, 0x30 * 8 + 3); /* EXT */
    idt(0x30, CODE0, 0x4444, 0x8C);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, 0x30 * 8 + 3);
    idt(0x30, DATA0, 0x4444, 0x8E);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, DATA0 + 1);
    idt(0x30, 0, 0x4444, 0x8E);
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, 1);
    cpu->s.idtr.limit = 0x30 * 8 + 6;
    TRY(interrupt(cpu, 0x30, false, false, 0, 0x100));
    assert_fault(EX_GP, 0x30 * 8 + 3);
}

static void faults_push_error_and_rf(void **state)
{
    start_protected(CPU_386, 0);
    idt(EX_GP, CODE0, 0x4444, 0x8E);
    TRY(seg_load(cpu, SEG_DS, FREE));
    deliver();
    assert_int_equal(EIP, 0x4444);
    assert_int_equal(get(SP, 4), FREE);
    assert_int_equal(get(SP + 4, 4), 0x100);
    assert_true(get(SP + 12, 4) & RF);
    assert_int_equal(cpu->delivering, -1);
}

static void double_and_triple_faults(void **state)
{
    start_protected(CPU_386, 0);
    idt(EX_DF, CODE0, 0xDDDD, 0x8E);
    TRY(seg_load(cpu, SEG_DS, FREE)); /* #GP has no gate */
    deliver();
    assert_int_equal(EIP, 0xDDDD);
    assert_int_equal(get(SP, 4), 0);
    assert_int_equal(cpu->s.shutdown, 0);
    idt(EX_DF, CODE0, 0xDDDD, 0x0E);
    TRY(raise_ex(cpu, EX_DE));
    deliver();
    assert_int_equal(cpu->s.shutdown, 1);
    stop(state);

    /* benign first: the second fault is served by itself */
    start_protected(CPU_386, 0);
    idt(EX_GP, CODE0, 0x4444, 0x8E);
    TRY(raise_ex(cpu, EX_UD));
    deliver();
    assert_int_equal(EIP, 0x4444);
    assert_int_equal(get(SP, 4), EX_UD * 8 + 3);
}

static void conforming_handler_keeps_ring(void **state)
{
    start_protected(CPU_386, 3);
    idt(0x30, CONF, 0x4444, 0xEE);
    TRY(interrupt(cpu, 0x30, true, false, 0, 0x100));
    assert_ok();
    assert_int_equal(cpu->s.cpl, 3);
    assert_int_equal(SEL(SEG_CS), CONF | 3);
    assert_int_equal(SP, 0x7FF4);
}

static void iret_flag_rights(void **state)
{
    start_protected(CPU_486, 3);
    put(0x8000, 4, 0x500);
    put(0x8004, 4, CODE3);
    put(0x8008, 4, IF | IOPL | TF | CF);
    Insn i = plain(true);
    TRY(op_iret(cpu, &i));
    assert_ok();
    assert_int_equal(get_eflags(cpu), TF | CF | 2); /* neither IF nor IOPL */
    SP = 0x8000;
    put(0x8004, 4, CODE0);
    TRY(op_iret(cpu, &i));
    assert_fault(EX_GP, CODE0);
}

/* ---- flags ----------------------------------------------------------------------------------- */

static void popf_by_model(void **state)
{
    static const struct {
        CpuModel model;
        bool wide;
        u32 expect;
    } t[] = {
        {CPU_8086, false, 0xFFD7}, {CPU_286, false, 0x0FD7}, {CPU_386, false, 0x7FD7},
        {CPU_386, true, 0x7FD7},   {CPU_486, true, 0x47FD7}, {CPU_PENTIUM, true, 0x247FD7},
    };
    for (size_t n = 0; n < ARRAY_LEN(t); n++) {
        start(t[n].model);
        put(0x8000, 4, 0xFFFFFFFF);
        Insn i = plain(t[n].wide);
        TRY(op_popf(cpu, &i));
        assert_ok();
        assert_int_equal(get_eflags(cpu), t[n].expect);
        assert_true(cpu->attention & ATT_EVENT);
        if (n + 1 < ARRAY_LEN(t))
            stop(state);
    }
}

static void popf_rights(void **state)
{
    start_protected(CPU_486, 3);
    put(0x8000, 4, 0xFFFFFFFF);
    Insn i = plain(true);
    TRY(op_popf(cpu, &i));
    assert_ok();
    assert_int_equal(get_eflags(cpu) & (IF | IOPL | VM | RF), 0);
    assert_int_equal(get_eflags(cpu) & AC, AC);
    TRY(op_cli(cpu, &i));
    assert_fault(EX_GP, 0);
    set_eflags(cpu, IOPL, IOPL);
    TRY(op_sti(cpu, &i));
    assert_ok();
    assert_int_equal(cpu->s.shadow, SHADOW_STI);
    assert_true(cpu->s.eflags & IF);
    SP = 0x8000;
    set_eflags(cpu, RF, RF);
    TRY(op_pushf(cpu, &i));
    assert_int_equal(get(0x7FFC, 4) & RF, 0);
}

static void bound_and_into(void **state)
{
    start(CPU_386);
    put(0x600, 4, 0x0005FFFE); /* -2 .. 5 */
    Insn i = mem_insn(0x600, REG_EAX, false);
    cpu->s.r[0] = 0xFFFE;
    TRY(op_bound(cpu, &i));
    assert_ok();
    cpu->s.r[0] = 6;
    TRY(op_bound(cpu, &i));
    assert_int_equal(fault, EX_BR);
    cpu->s.r[0] = 0xFFFD;
    TRY(op_bound(cpu, &i));
    assert_int_equal(fault, EX_BR);
    put(16, 4, 0x00201234);
    i = plain(false);
    set_arith_flags(cpu, 0);
    TRY(op_into(cpu, &i));
    assert_int_equal(EIP, 0x100);
    set_arith_flags(cpu, OF);
    TRY(op_into(cpu, &i));
    assert_int_equal(EIP, 0x1234);
    assert_int_equal(get(0x7FFA, 2), 0x101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(real_int_and_iret),
        TEST(real_int_beyond_limit),
        TEST(real_stack_faults_leave_state),
        TEST(real_8086_interrupt_wraps_and_sets_high_flags),
        TEST(real_far_call_and_ret),
        TEST(unreal_mode_keeps_limits),
        TEST(null_segment_works_again_in_real_mode),
        TEST(loads_check_the_descriptor),
        TEST(ring3_cannot_load_ring0_data),
        TEST(loads_fill_caches),
        TEST(ldt_and_task_register),
        TEST(examine_descriptors),
        TEST(moves_of_segment_registers),
        TEST(old_cs_moves),
        TEST(table_registers),
        TEST(far_jumps_check),
        TEST(call_gate_to_ring0_and_back),
        TEST(call_gate_faults_change_nothing),
        TEST(call_gate_16),
        TEST(far_return_checks),
        TEST(interrupt_same_ring),
        TEST(interrupt_from_ring3_and_iret),
        TEST(interrupt_gate_errors),
        TEST(faults_push_error_and_rf),
        TEST(double_and_triple_faults),
        TEST(conforming_handler_keeps_ring),
        TEST(iret_flag_rights),
        TEST(popf_by_model),
        TEST(popf_rights),
        TEST(bound_and_into),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
