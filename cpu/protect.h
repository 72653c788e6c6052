/* protect.h: what the files of protection and control transfer share: seg.c, segop.c, flow.c,
 * gate.c, interrupt.c, iret.c, task.c, eflags.c, fault.c. The rest of cpu/ needs only internal.h.
 *
 * A transfer works in three steps. Look: fetch descriptors, build the new caches as local Segs,
 * check everything. Probe: every stack slot and every accessed bit that will be written. Commit:
 * pushes, segments, CPL, flags, EIP; nothing there can fault. */
#ifndef GLASS86_PROTECT_H
#define GLASS86_PROTECT_H

#include "cpu/internal.h"

/* ---- descriptors ----------------------------------------------------------------------------- */

/* System descriptor types (SDM vol. 3, table 3-2). */
enum {
    TYPE_NONE = 0,
    TYPE_TSS16 = 1,
    TYPE_LDT = 2,
    TYPE_TSS16_BUSY = 3,
    TYPE_CALL16 = 4,
    TYPE_TASK_GATE = 5,
    TYPE_INT16 = 6,
    TYPE_TRAP16 = 7,
    TYPE_TSS32 = 9,
    TYPE_TSS32_BUSY = 11,
    TYPE_CALL32 = 12,
    TYPE_INT32 = 14,
    TYPE_TRAP32 = 15,

    TYPE_32BIT = 8,
    TYPE_BUSY = 2,
};
enum { DESC_BUSY = TYPE_BUSY << 8, DESC_ACCESSED = 1 << 8 };

static inline bool sel_null(u16 sel)
{
    return !(sel & 0xFFFC);
}
static inline int sel_rpl(u16 sel)
{
    return sel & 3;
}
/* A selector as an error code: without its RPL. */
static inline u32 sel_error(u16 sel)
{
    return sel & 0xFFFC;
}
static inline int desc_dpl(Desc d)
{
    return d.hi >> 13 & 3;
}
static inline bool desc_present(Desc d)
{
    return d.hi >> 15 & 1;
}
static inline bool desc_segment(Desc d) /* code or data, not system */
{
    return d.hi >> 12 & 1;
}
static inline bool desc_code(Desc d)
{
    return (d.hi >> 11 & 3) == 3;
}
static inline bool desc_conforming(Desc d) /* code only */
{
    return d.hi >> 10 & 1;
}
static inline bool desc_writable(Desc d) /* writable data */
{
    return (d.hi >> 11 & 3) == 2 && d.hi >> 9 & 1;
}
static inline bool desc_readable(Desc d) /* data, or readable code */
{
    return desc_segment(d) && (!desc_code(d) || d.hi >> 9 & 1);
}
/* TYPE_* of a system descriptor that this model knows, else TYPE_NONE. */
int desc_system(const Cpu *c, Desc d);
/* Sets the accessed bit, in *d and in memory, unless it is set. May raise #PF, so it belongs
 * before the commit. */
void desc_touch(Cpu *c, Desc *d, u32 la);

/* ---- segments -------------------------------------------------------------------------------- */

/* Builds a cache from a descriptor without touching memory; rend and wend are for seg_update(). */
void seg_build(Seg *s, u16 sel, Desc d);
/* Puts a built cache into register `seg`. */
void seg_commit(Cpu *c, int seg, const Seg *s);
/* Puts a built cache into CS and changes the privilege level, which becomes its RPL. */
void seg_enter_code(Cpu *c, const Seg *cs, int cpl);
/* Makes the register unusable, as loading a null selector does. */
void seg_set_null(Cpu *c, int seg, u16 sel);
/* Checks `sel` for SS at privilege `cpl` and builds its cache. A bad selector raises `vector`
 * (#GP, or #TS when it comes from a TSS), an absent segment #SS. */
void seg_check_stack(Cpu *c, u16 sel, int cpl, int vector, Seg *out);
/* The same for DS, ES, FS, GS and a selector that is not null. */
void seg_check_data(Cpu *c, u16 sel, int vector, Seg *out);

/* ---- stack frames ---------------------------------------------------------------------------- */

/* A frame to be pushed on the current stack or on that of an inner ring. ESP and SS change only at
 * frame_commit(). */
typedef struct {
    const Seg *ss; /* the inner stack, NULL: the current one */
    u32 sp, mask;
    u32 error; /* of #SS, for an inner stack */
} Frame;

Frame frame_current(const Cpu *c);
Frame frame_inner(const Cpu *c, const Seg *ss, u32 esp);
/* Raises what pushing `count` items of `size` bytes would raise. */
void frame_probe(Cpu *c, const Frame *f, int size, int count);
/* Pushes one item; it must have been probed. */
void frame_push(Cpu *c, Frame *f, int size, u32 v);
void frame_commit(Cpu *c, const Frame *f);

/* ---- transfers ------------------------------------------------------------------------------- */

/* Continues at cs:eip with privilege `cpl`; the RPL of CS becomes cpl. */
void flow_enter(Cpu *c, const Seg *cs, int cpl, u32 eip);
/* Selector of a far return or IRET: checks it and builds its cache; leaves the offset to the
 * caller. */
void flow_check_return(Cpu *c, u16 sel, Seg *out);
/* After a return to an outer ring: data segments that the new CPL may not use become null. */
void flow_drop_segments(Cpu *c);

/* The stack for privilege `dpl` that the current TSS names, checked. */
void gate_inner_stack(Cpu *c, int dpl, Seg *ss, u32 *esp);
/* CALL or JMP through a call gate. */
void gate_transfer(Cpu *c, u16 sel, Desc gate, bool call, u32 return_eip);
/* Interrupt of a V86 program to its own handler through the table at linear address 0 (VME). */
bool vme_redirects(Cpu *c, int vector);

/* ---- tasks ----------------------------------------------------------------------------------- */

typedef enum { TASK_JMP, TASK_CALL, TASK_INT, TASK_IRET } TaskReason;

typedef struct {
    TaskReason why;
    u32 return_eip; /* EIP and EFLAGS that the old task will resume with */
    u32 eflags;
    bool has_error; /* an error code goes onto the new task's stack */
    u32 error;
} TaskSwitch;

/* Switches to the task of TSS selector `sel`, which jmp, call, a task gate or a back link named. */
void task_switch(Cpu *c, u16 sel, const TaskSwitch *t);

/* ---- flags ----------------------------------------------------------------------------------- */

/* EFLAGS bits that this model implements. */
u32 eflags_of_model(const Cpu *c);

#endif
