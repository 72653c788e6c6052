/* task.c: task switching by TSS, 16-bit and 32-bit, and the I/O permission bitmap. Source: Intel
 * SDM vol. 3, chapter 7 (7.3 lists the steps in their order); vol. 1, 18.5.2 (I/O map).
 *
 * 32-bit TSS                             16-bit TSS
 *   00 link                                00 link
 *   04 ESP0 08 SS0 ... 18 SS2              02 SP0 04 SS0 ... 0C SS2
 *   1C CR3  20 EIP  24 EFLAGS              0E IP   10 FLAGS
 *   28 EAX ECX EDX EBX ESP EBP ESI EDI     12 AX CX DX BX SP BP SI DI
 *   48 ES CS SS DS FS GS                   22 ES CS SS DS
 *   60 LDT  64 T bit  66 I/O map base      2A LDT
 */
#include "cpu/protect.h"

typedef struct {
    u32 eip, eflags, registers, segments; /* offsets */
    u32 ldt, min_limit;
    u32 size; /* of a slot */
    u32 seg_count;
} Layout;

static const Layout layout16 = {0x0E, 0x10, 0x12, 0x22, 0x2A, 0x2B, 2, 4};
static const Layout layout32 = {0x20, 0x24, 0x28, 0x48, 0x60, 0x67, 4, 6};

/* What a TSS holds of its task. */
typedef struct {
    u32 cr3, eip, eflags, r[8];
    u16 sel[6], ldt;
    bool trap;
} TaskImage;

static const Layout *layout_of(const Seg *tss)
{
    return tss->attr & TYPE_32BIT ? &layout32 : &layout16;
}

/* ---- the TSS in memory ----------------------------------------------------------------------- */

static TaskImage read_task(Cpu *c, const Seg *tss)
{
    const Layout *l = layout_of(tss);
    int size = (int)l->size;
    TaskImage t = {0};
    t.eip = sys_read(c, tss->base + l->eip, size);
    t.eflags = sys_read(c, tss->base + l->eflags, size);
    /* The manual leaves upper halves undefined after a 16-bit TSS; the 386 fills them with ones. */
    u32 upper = l == &layout16 && c->model > CPU_286 ? 0xFFFF0000 : 0;
    for (u32 n = 0; n < 8; n++)
        t.r[n] = upper | sys_read(c, tss->base + l->registers + n * l->size, size);
    for (u32 n = 0; n < l->seg_count; n++)
        t.sel[n] = (u16)sys_read(c, tss->base + l->segments + n * l->size, 2);
    t.ldt = (u16)sys_read(c, tss->base + l->ldt, 2);
    if (l == &layout32) {
        t.cr3 = sys_read(c, tss->base + 0x1C, 4);
        t.trap = sys_read(c, tss->base + 0x64, 2) & 1;
    }
    return t;
}

static void save_task(Cpu *c, const Seg *tss, u32 eip, u32 eflags)
{
    const Layout *l = layout_of(tss);
    int size = (int)l->size;
    sys_write(c, tss->base + l->eip, size, eip);
    sys_write(c, tss->base + l->eflags, size, eflags);
    for (u32 n = 0; n < 8; n++)
        sys_write(c, tss->base + l->registers + n * l->size, size, c->s.r[n]);
    for (u32 n = 0; n < l->seg_count; n++)
        sys_write(c, tss->base + l->segments + n * l->size, 2, c->s.seg[n].sel);
}

static u32 descriptor_address(const Cpu *c, u16 sel)
{
    return c->s.gdtr.base + (sel & 0xFFF8);
}

static void set_busy(Cpu *c, u32 la, bool busy)
{
    u32 access = sys_read(c, la + 5, 1);
    sys_write(c, la + 5, 1, busy ? access | TYPE_BUSY : access & ~(u32)TYPE_BUSY);
}

/* ---- step 1: the new TSS may be entered ------------------------------------------------------ */

/* jmp, call and interrupts want an available TSS, IRET a busy one; the vector of a bad selector
 * differs too. */
static Seg find_task(Cpu *c, u16 sel, TaskReason why)
{
    int vector = why == TASK_IRET ? EX_TS : EX_GP;
    Desc d;
    u32 la;
    if (sel & 4 || !desc_fetch(c, sel, &d, &la))
        raise_err(c, vector, sel_error(sel));
    int type = desc_system(c, d), busy = why == TASK_IRET ? TYPE_BUSY : 0;
    if (type != (TYPE_TSS16 | busy) && type != (TYPE_TSS32 | busy))
        raise_err(c, vector, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    Seg tss;
    seg_build(&tss, sel, d);
    if (tss.limit < layout_of(&tss)->min_limit)
        raise_err(c, EX_TS, sel_error(sel));
    return tss;
}

/* ---- step 2: everything that will be written is writable ------------------------------------- */

static void probe_switch(Cpu *c, const Seg *old, const Seg *tss, TaskReason why)
{
    const Layout *l = layout_of(old);
    if (old->limit < l->min_limit)
        raise_err(c, EX_TS, sel_error(old->sel));
    sys_probe(c, tss->base, layout_of(tss)->min_limit + 1, false);
    sys_probe(c, old->base + l->eip, l->ldt - l->eip, true);
    if (why == TASK_JMP || why == TASK_IRET)
        sys_probe(c, descriptor_address(c, old->sel) + 5, 1, true);
    if (why != TASK_IRET)
        sys_probe(c, descriptor_address(c, tss->sel) + 5, 1, true);
    if (why == TASK_CALL || why == TASK_INT)
        sys_probe(c, tss->base, 2, true);
}

/* ---- step 4: the new task's segments, faults being its own ----------------------------------- */

static void load_ldt(Cpu *c, u16 sel)
{
    if (sel_null(sel))
        return;
    Desc d;
    u32 la;
    if (sel & 4 || !desc_fetch(c, sel, &d, &la) || desc_system(c, d) != TYPE_LDT ||
        !desc_present(d))
        raise_err(c, EX_TS, sel_error(sel));
    seg_build(&c->s.ldtr, sel, d);
}

static void load_code(Cpu *c, u16 sel)
{
    Desc d;
    u32 la;
    if (sel_null(sel) || !desc_fetch(c, sel, &d, &la) || !desc_code(d))
        raise_err(c, EX_TS, sel_error(sel));
    int dpl = desc_dpl(d), rpl = sel_rpl(sel);
    if (desc_conforming(d) ? dpl > rpl : dpl != rpl)
        raise_err(c, EX_TS, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    seg_set_from_desc(c, &c->s.seg[SEG_CS], sel, d, la);
}

/* SS comes first, and until it is there the task is at CPL 3: a fault of LDT or SS then goes to the
 * ring 0 stack that the new TSS names, instead of one that does not exist, which would be a triple
 * fault. The manual only says that a task had better handle it (SDM vol. 3, 6.15, interrupt 10);
 * Bochs does the same. */
static void load_segments(Cpu *c, const TaskImage *t)
{
    load_ldt(c, t->ldt);
    if (v86(c)) {
        for (int seg = 0; seg < 6; seg++)
            seg_load_real(c, seg, t->sel[seg]);
        return;
    }
    Seg s;
    int cpl = sel_rpl(t->sel[SEG_CS]);
    seg_check_stack(c, t->sel[SEG_SS], cpl, EX_TS, &s);
    seg_commit(c, SEG_SS, &s);
    set_cpl(c, cpl);
    load_code(c, t->sel[SEG_CS]);
    for (int seg = 0; seg < 6; seg++) {
        if (seg == SEG_CS || seg == SEG_SS || sel_null(t->sel[seg]))
            continue;
        seg_check_data(c, t->sel[seg], EX_TS, &s);
        seg_commit(c, seg, &s);
    }
}

/* ---- step 3: the old task goes, the new one comes -------------------------------------------- */

static void leave_task(Cpu *c, const Seg *tss, const TaskSwitch *t)
{
    const Seg *old = &c->s.tr;
    save_task(c, old, t->return_eip, t->eflags);
    if (t->why == TASK_JMP || t->why == TASK_IRET)
        set_busy(c, descriptor_address(c, old->sel), false);
    if (t->why == TASK_CALL || t->why == TASK_INT)
        sys_write(c, tss->base, 2, old->sel);
    if (t->why != TASK_IRET)
        set_busy(c, descriptor_address(c, tss->sel), true);
}

/* All but the segments, whose selectors are in place with caches that nobody can use yet. */
static void enter_task(Cpu *c, const Seg *tss, const TaskImage *t, bool nested)
{
    enum { DR7_LOCAL = 0x155 };
    bool wide = tss->attr & TYPE_32BIT;
    c->s.tr = *tss;
    c->s.tr.attr |= TYPE_BUSY;
    c->s.cr0 |= CR0_TS;
    fpu_changed(c);
    if (c->s.dr[7] & DR7_LOCAL) {
        c->s.dr[7] &= ~(u32)DR7_LOCAL;
        debug_changed(c);
    }
    if (wide && c->s.cr0 & CR0_PG)
        c->s.cr3 = t->cr3;
    for (int n = 0; n < 8; n++)
        c->s.r[n] = t->r[n];
    c->s.ldtr.sel = t->ldt;
    c->s.ldtr.attr = 0;
    set_eflags(c, t->eflags | (nested ? NT : 0), eflags_of_model(c));
    set_cpl(c, 3); /* until SS is loaded */
    for (int seg = 0; seg < 6; seg++)
        seg_set_null(c, seg, t->sel[seg]);
    cpu_mode_changed(c); /* flushes the TLB, which a load of CR3 does even with the same value */
    cpu_jump(c, t->eip);
}

void task_switch(Cpu *c, u16 sel, const TaskSwitch *t)
{
    Seg tss = find_task(c, sel, t->why);
    probe_switch(c, &c->s.tr, &tss, t->why);
    TaskImage image = read_task(c, &tss);
    leave_task(c, &tss, t);
    enter_task(c, &tss, &image, t->why == TASK_CALL || t->why == TASK_INT);

    load_segments(c, &image);
    if (t->has_error)
        push(c, tss.attr & TYPE_32BIT ? 4 : 2, t->error);
    check_eip(c, &c->s.seg[SEG_CS], image.eip);
    if (image.trap) {
        c->delivering = -1; /* the event has arrived; this trap is the new task's first */
        c->external = false;
        debug_exception(c, DR6_BT);
    }
}

/* ---- I/O permission -------------------------------------------------------------------------- */

/* The processor always reads two bytes of the map, which therefore ends in a byte of ones. */
static bool map_allows(Cpu *c, u16 port, int size)
{
    const Seg *tr = &c->s.tr;
    if (!(tr->attr & ATTR_P) || !(tr->attr & TYPE_32BIT) || tr->limit < 0x67)
        return false;
    u32 at = sys_read(c, tr->base + 0x66, 2) + port / 8;
    if (at + 1 > tr->limit)
        return false;
    u32 bits = sys_read(c, tr->base + at, 2);
    return !(bits >> (port & 7) & ((1u << size) - 1));
}

void io_check(Cpu *c, u16 port, int size)
{
    if (!(c->s.cr0 & CR0_PE))
        return;
    if (!v86(c) && c->s.cpl <= iopl(c))
        return;
    if (!map_allows(c, port, size))
        raise_err(c, EX_GP, 0);
}
