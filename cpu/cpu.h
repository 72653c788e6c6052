/* cpu.h: the processor. CpuState is everything a guest can see; Cpu adds what is derived from
 * it.
 *
 * Public: the functions at the end, for devices/pc.c and the frontend. Files inside cpu/ also
 * include internal.h, which declares what they share. */
#ifndef GLASS86_CPU_H
#define GLASS86_CPU_H

#include <setjmp.h>

#include "cpu/flags.h"
#include "cpu/insn.h"
#include "mmu/bus.h"
#include "mmu/clock.h"
#include "mmu/line.h"
#include "mmu/mmu.h"

/* A segment register with its descriptor cache. */
typedef struct {
    u32 base;
    u32 limit; /* last valid byte offset (expand-down: last invalid one), granularity applied */
    u16 sel;
    /* bits 0-7 access byte (type, S, DPL, P), bits 8-11 AVL, L, D/B, G */
    u16 attr;
    u32 pad;
    /* An n-byte access at off is good when off + n <= rend (reads), wend (writes). 0: always ask
     * the slow path (null, expand-down, not readable, not writable). */
    u64 rend, wend;
} Seg;
_Static_assert(sizeof(Seg) == 32, "Seg is indexed by shifts in hot code");

enum {
    ATTR_A = 1,
    ATTR_W = 2,
    ATTR_E = 4,
    ATTR_CODE = 8,
    ATTR_S = 16,
    ATTR_DPL = 96,
    ATTR_P = 128,
    ATTR_DB = 0x400,
    ATTR_G = 0x800
};

typedef struct {
    u32 base;
    u32 limit;
} TableReg;

enum {
    CR0_PE = 1,
    CR0_MP = 2,
    CR0_EM = 4,
    CR0_TS = 8,
    CR0_ET = 16,
    CR0_NE = 32,
    CR0_WP = 1 << 16,
    CR0_AM = 1 << 18,
    CR0_NW = 1 << 29,
    CR0_CD = 1 << 30,
    CR0_PG = 1u << 31,
    CR4_VME = 1,
    CR4_PVI = 2,
    CR4_TSD = 4,
    CR4_DE = 8,
    CR4_PSE = 16,
    CR4_PAE = 32,
    CR4_MCE = 64,
    CR4_PGE = 128,
    CR4_PCE = 256,
    CR4_OSFXSR = 512,
};

/* The x87, and with its significands the MMX registers. Registers are physical: ST(0) is number
 * `top`. */
typedef struct {
    u64 man[8];
    u16 exp[8]; /* sign in bit 15 */
    u16 control;
    u16 status; /* without TOP */
    u16 opcode; /* FOP: low 3 bits of the first opcode byte, ModR/M */
    u16 cs, ds; /* last instruction and its memory operand: selectors */
    u8 top;
    u8 empty;   /* bit n: register n is empty */
    u32 ip, dp; /* ... and offsets */
    u8 ferr;    /* level of FERR# (ERROR# of the 287 and 387) as driven, true: error */
    u8 ignne;   /* level of IGNNE# as seen */
    u8 protected287; /* FSETPM was given */
    u8 pad[9];
} Fpu;

typedef struct {
    /* EAX ECX EDX EBX ESP EBP ESI EDI, always 0; must come first: Insn holds byte offsets */
    u32 r[9];
    u32 eip;
    /* arithmetic flags are valid here only outside cpu_run(); inside see Cpu.fr and fc */
    u32 eflags;
    u32 pad0;
    Seg seg[6];
    Seg ldtr, tr;
    TableReg gdtr, idtr;
    u32 cr0, cr2, cr3, cr4;
    u32 dr[8];
    u32 test[8]; /* TR3-TR7 of the 386 and 486 */
    u64 tsc_offset; /* TSC = Clock.now + tsc_offset */
    u64 msr[16];    /* see system.c */
    u64 p6_msr[80]; /* of the 686; see p6.c */
    u8 cpl;
    u8 halted;
    u8 shutdown;
    u8 shadow;      /* interrupts and debug traps held off for one instruction: SHADOW_* */
    u8 nmi_pending;
    u8 nmi_blocked;
    u8 intr;        /* level of the INTR pin */
    u8 a20;
    u32 debug_trap; /* DR6 bits of a data breakpoint hit by the instruction just executed */
    u32 pad1;
    Fpu fpu;
} CpuState;

enum { SHADOW_STI = 1, SHADOW_MOV_SS = 2 };

/* Reasons to leave the fast path before the next instruction; 0 nearly always. */
enum {
    ATT_FLOW = 1,   /* s.eip was set by the instruction: do not fall through */
    ATT_LOOKUP = 2, /* mapping, mode or code changed: find the next record anew */
    ATT_EVENT = 4,  /* interrupt, trap, NMI, halt, shadow: cpu_run must look at s */
    ATT_STOP = 8,   /* someone asked cpu_run to return */
    ATT_BREAK = 16, /* a breakpoint or watchpoint was hit */
};

typedef enum {
    CPU_EXIT_TIME,
    CPU_EXIT_HALT,
    CPU_EXIT_BREAK,
    CPU_EXIT_SHUTDOWN,
    CPU_EXIT_STOP
} CpuExit;

/* Which of the three cores executes: fast (tail calls, inline memory), trampoline (handlers
 * return to a loop, inline memory) or slow (returning handlers, called memory; also what the
 * other two fall back to). */
typedef enum { CORE_FAST, CORE_TRAMPOLINE, CORE_SLOW } CpuCore;

typedef struct DecodedPage DecodedPage;
typedef struct Pages Pages;

/* What decoded instructions depend on, besides their bytes (Cpu.code_mode). */
enum {
    MODE_VALID = 1,
    MODE_CODE32 = 2, /* D bit of CS */
    MODE_USER = 4,   /* CPL 3 */
    MODE_FLAT = 8,   /* as ops.inc explains under FLAT */
};

/* Latest look-ups of decoded pages, by linear page. */
typedef struct {
    u64 cs_key; /* base and limit of CS: they decide which offsets of the page are code */
    u32 page;   /* linear page number */
    u32 mode;   /* Cpu.code_mode it was looked up in; 0: empty */
    DecodedPage *dp;
    u64 pad;
} PageRef;
enum { PAGE_REFS = 64, CPU_ROWS = 1024, CPU_SPACES = 17 };

/* A selector that was checked for a use (protect.h), and the cache built from its descriptor. */
typedef struct {
    u64 raw; /* the descriptor's bytes at the time */
    u32 key; /* selector, privilege level, use; 0: empty */
    u32 pad;
    Seg seg;
} SegMemo;
enum { SEG_MEMOS = 64 };

/* What a stretch of instructions wrote, while idle.c looks for a period. */
typedef struct {
    struct {
        u8 *host;
        u32 old;
        u8 size;
    } write[256];
    int count;
    bool impure; /* it touched a device */
    u64 until;   /* what it read from ports holds up to this tick (excluded) ... */
    u32 toggled; /* ... and these bits of devices differ from the beginning */
} IdleLog;

/* When to look for a period again, and the ticks to wait after the last failure. */
typedef struct {
    u64 next, wait;
} IdlePace;

typedef struct Cpu Cpu;
struct Cpu {
    CpuState s; /* must come first */

    /* ---- running state, meaningful inside cpu_run(); hot, so near the front ---- */
    u64 fr, fc;       /* lazy flags (flags.h) */
    s64 budget;       /* instructions to the deadline, less what the current run was charged */
    /* tick of the deadline: now = end - (budget + left) before the current record */
    u64 end;
    u32 attention;    /* ATT_* */
    u32 eip_base;     /* EIP of offset 0 of the current page: EIP = eip_base + record->off */
    u32 sp_mask;      /* FFFFh or FFFFFFFFh by SS.B */
    u32 code_mode;    /* nonzero; MODE_*: what PageRef must match */
    u64 cs_key;
    TlbEntry *rtlb, *wtlb; /* sets of the current privilege level */
    const u8 **wbytes;     /* beside wtlb: maps of code bytes */
    bool align_check;      /* CR0.AM, EFLAGS.AC and CPL 3 */
    u8 fpu_may;            /* what x87 instructions may assume: fpu_changed() */
    u8 fpu_drop;           /* bits of a significand that precision control drops: 0, 11 or 40 */
    DecodedPage *page;     /* page of the current record */
    const Insn *cur;       /* record being executed, while in cold code or the slow core */
    Clock *clock;
    Bus *bus;
    const AnyFn *core_fn; /* handlers of the active core, by Insn.op */
    const AnyFn *simple_fn, *flat_fn; /* special forms of them, or the same */
    /* its pairs in registers, with a plain address, and in flat segments; NULL: it has none */
    const AnyFn (*fused[3])[16];
    PageRef ref[PAGE_REFS];
    SegMemo memo[SEG_MEMOS];
    Mmu mmu;
    Pages *pages;

    /* ---- pending fault, set by raise() ---- */
    jmp_buf fault_jmp;
    int fault_vector;
    u32 fault_error;
    bool fault_has_error;
    /* vector whose delivery is under way (a fault now is a double fault candidate), else -1 */
    int delivering;
    bool external;  /* ... and it is an external interrupt: error codes get EXT */

    IdleLog *idle; /* while looking for a period, else NULL */
    IdlePace idle_pace;
    struct {
        IdlePace pace;
        u64 since; /* tick of the first of `count` reads of ports */
        u32 count;
        bool due; /* a device's port is being polled: look now */
    } poll;
    Insn between; /* what `cur` points to between instructions */
    /* instruction that is not in a decoded page (crosses pages, lies in MMIO) and its terminator */
    Insn temp[2];

    /* where runs were entered, and when: history.c */
    const Insn *past_insn[256];
    u32 past_left[256]; /* ticks to past_end */
    u64 past_end;

    /* what was used, for people; counted only off the hot path, and without what idle skipping
     * passes over */
    struct {
        u64 ring[4], since; /* ticks by CPL, up to tick `since`, and the CPL since then */
        u8 cpl;
        u64 cold[CPU_ROWS][4]; /* cold instructions by row of x86.def and CPL */
        u32 cold_first[CPU_ROWS]; /* linear address of the first */
        u64 vector[256]; /* interrupts and exceptions that were delivered */
        /* ticks by address space, up to tick `space_since`: the first ones seen, the last entry
         * for all others */
        struct {
            u32 cr3;
            bool paged, used;
            u64 ticks;
        } space[CPU_SPACES];
        u64 space_since;
        u64 waited; /* ticks of waiting loops that idle.c passed over */
    } usage;

    CpuModel model;
    CpuCore core;
    bool fpu_present;
    int (*ack)(void *ctx);
    void *ack_ctx;
    Line ferr;
    DecodeTable decode;

    /* ---- watching, by the debugger; none of it costs anything while empty ---- */
    struct CpuDebug *debug;
    u32 break_at[64]; /* linear addresses of execution breakpoints */
    int break_count;
    struct {
        u32 linear, len;
        bool read, write;
    } watch[16]; /* the debugger's data watches */
    int watch_count;
    struct {
        u32 first, last; /* physical bytes */
    } watch_phys[16];
    int watch_phys_count;
    u16 temp_op;  /* handler number of temp[0], whose record may be that of a breakpoint */
    u8 magic; /* MODRM of an `xchg r,r` that is a breakpoint wherever it stands; 0: none */
    bool break_passed; /* the breakpoint at CS:EIP was reported: execute its instruction */
};

enum { CPU_HISTORY = 256 };

/* An instruction that was executed. */
typedef struct {
    u64 tick;
    u32 addr;
    bool linear; /* else the address is physical */
    bool code32;
} CpuPast;

/* INVLPG: `number` is the linear address. */
typedef enum { CPU_WRITE_CR, CPU_WRITE_DR, CPU_WRITE_MSR, CPU_INVLPG } CpuControl;

/* What a debugger hangs on a Cpu; all optional. Calls happen inside cpu_run(). */
typedef struct CpuDebug {
    void *ctx;
    /* true: stop before the instruction */
    bool (*on_break)(void *ctx, u32 linear);
    /* watched page touched; true: stop after */
    bool (*on_access)(void *ctx, u32 linear, int size, bool write, u32 value);
    /* before every instruction; forces the slow core */
    void (*on_insn)(void *ctx, const Insn *i);
    /* about to be delivered: CS:EIP is where from */
    void (*on_interrupt)(void *ctx, int vector, bool soft, u32 error);
    /* an exception was raised, not yet delivered; two that make a double fault: also the #DF */
    void (*on_fault)(void *ctx, int vector, bool has_error, u32 error);
    /* CR0, CR3, CR4, VM, A20 or the task may have changed */
    void (*on_mode)(void *ctx);
    /* MOV to CR or DR, LMSW, CLTS, WRMSR, INVLPG: done */
    void (*on_control)(void *ctx, CpuControl kind, u32 number, u64 value);
    bool exact; /* every single event is wanted: waiting loops are executed, not passed over */
} CpuDebug;

typedef struct {
    Bus *bus;
    Clock *clock;
    CpuModel model;
    bool fpu;
    int (*ack)(void *ctx); /* INTA cycle: the vector from the 8259 pair; NULL: vector 0 */
    void *ack_ctx;
    Line ferr; /* x87 FERR# -> IRQ13: true while an unmasked error stands and CR0.NE is 0 */
} CpuConfig;

/* Prepares *c, installs the bus hooks; allocates only the decoded-page cache. Ends with
 * cpu_reset(). */
void cpu_init(Cpu *c, const CpuConfig *cfg);
void cpu_free(Cpu *c);
void cpu_reset(Cpu *c);

/* Runs until Clock.now == until, or an event is due earlier (both CPU_EXIT_TIME), or for the
 * other reasons. On CPU_EXIT_HALT the caller moves Clock.now on. All of CpuState is up to date
 * on return. */
CpuExit cpu_run(Cpu *c, u64 until);

/* Wires: Line shape. INTR is a level, NMI an edge, A20 a level (true: enabled), IGNNE a level. */
void cpu_set_intr(void *cpu, int pin, bool level);
void cpu_set_nmi(void *cpu, int pin, bool level);
void cpu_set_a20(void *cpu, int pin, bool level);
/* true: numeric errors are ignored while CR0.NE is 0 */
void cpu_set_ignne(void *cpu, int pin, bool level);
void cpu_stop(Cpu *c); /* makes cpu_run() return CPU_EXIT_STOP after the current instruction */

/* Selects the core; CORE_FAST falls back to trampoline in builds without tail calls. */
void cpu_select_core(Cpu *c, CpuCore core);
/* After s was written from outside (state load, test): rebuilds everything derived from it, with
 * an empty TLB. */
void cpu_state_changed(Cpu *c);
/* The same with the TLB kept, unless what it depends on has changed. */
void cpu_registers_changed(Cpu *c);
/* Drops all derived state; by construction this changes nothing that a guest can see. */
void cpu_drop_derived(Cpu *c);

/* Reads n bytes at a linear address without faults or side effects; false where not mapped. */
bool cpu_peek(Cpu *c, u32 linear, void *dst, u32 n);
bool cpu_poke(Cpu *c, u32 linear, const void *src, u32 n);
/* Data watch on [linear, linear + len); hits call debug->on_access. false: table full. */
bool cpu_watch(Cpu *c, u32 linear, u32 len, bool read, bool write, bool on);
/* The same for physical addresses, by whatever linear address they are reached; on_access gets
 * the linear one. */
bool cpu_watch_phys(Cpu *c, u32 phys, u32 len, bool on);
/* The instructions executed last, at most `max`, oldest first; how many. Iterations of a REP
 * show once. */
int cpu_history(Cpu *c, CpuPast *out, int max);
/* From a hook: cpu_run() returns CPU_EXIT_BREAK after this instruction. */
static inline void cpu_break_here(Cpu *c)
{
    c->attention |= ATT_BREAK;
}
/* Charges usage.space with the ticks of the current address space up to now. */
void cpu_count_space(Cpu *c);
/* EFLAGS at any time, also inside a hook. */
static inline u32 cpu_eflags(const Cpu *c, bool running)
{
    return running ? (c->s.eflags & ~(u32)OSZAPC) | flags_get(c->fr, c->fc) : c->s.eflags;
}
/* EFLAGS of a processor at rest, without the bits that its model lacks. cpu_registers_changed()
 * must follow. */
void cpu_edit_eflags(Cpu *c, u32 value);
/* Execution breakpoint at a linear address; hits call debug->on_break. false: table full. */
bool cpu_break(Cpu *c, u32 linear, bool on);

CpuModel cpu_model_by_name(const char *name, bool *ok);
const char *cpu_model_name(CpuModel m);

#endif
