/* golden.h: instruction tests of our own. docs/golden-format.md describes the text form; this is
 * its form in memory, its reader and writer, and a processor with nothing but memory around it that
 * runs it. Used by -golden, by -golden-record and by tests/silicon. */
#ifndef GLASS86_GOLDEN_H
#define GLASS86_GOLDEN_H

#include "cpu/cpu.h"

#include <stdio.h>

/* The state of a processor as words. A segment register takes four: selector, base, limit and
 * attributes (Seg.attr); a table register two: base and limit; ST(n) three: sign and exponent, and
 * the significand, high half first. */
enum {
    G_EAX,
    G_ECX,
    G_EDX,
    G_EBX,
    G_ESP,
    G_EBP,
    G_ESI,
    G_EDI,
    G_EIP,
    G_EFLAGS,
    G_CR0,
    G_CR2,
    G_CR3,
    G_CR4,
    G_DR0,
    G_DR1,
    G_DR2,
    G_DR3,
    G_DR6,
    G_DR7,
    G_ES,
    G_CS = G_ES + 4,
    G_SS = G_CS + 4,
    G_DS = G_SS + 4,
    G_FS = G_DS + 4,
    G_GS = G_FS + 4,
    G_LDTR = G_GS + 4,
    G_TR = G_LDTR + 4,
    G_GDTR = G_TR + 4,
    G_IDTR = G_GDTR + 2,
    G_CPL = G_IDTR + 2,
    G_HALTED,
    G_FCW,
    G_FSW, /* with TOP */
    G_FTW, /* as FNSTENV stores it */
    G_FOP, /* the last instruction ... */
    G_FCS,
    G_FIP,
    G_FDS, /* ... and its operand */
    G_FDP,
    G_ST, /* ST(0) to ST(7) */
    G_MSR = G_ST + 3 * 8, /* MSRs 0 to 15: high, low */
    G_WORDS = G_MSR + 16 * 2,
};

/* Registers by name, in the order in which they are written. */
typedef struct {
    const char *name;
    u8 word, parts;
    u8 digits[4];
} GoldenReg;
extern const GoldenReg golden_regs[]; /* ends with name == NULL */

typedef struct {
    u32 addr;
    u8 value;
} GoldenByte;

typedef struct {
    GoldenByte *byte;
    u32 count, room;
} GoldenMem;

/* One access to a port, in the order in which they come. */
typedef struct {
    bool out;
    u8 size;
    u16 port;
    u32 value;
} GoldenIo;

typedef struct {
    GoldenIo *access;
    u32 count, room;
} GoldenPorts;

typedef struct GoldenSetup GoldenSetup;

enum { GOLDEN_NAME = 80, GOLDEN_CODE = 1024 };

typedef struct {
    char name[GOLDEN_NAME];
    const GoldenSetup *setup; /* or NULL */
    CpuModel first, last;     /* the models it holds for */
    u32 before[G_WORDS], after[G_WORDS];
    u64 selector_only; /* bit n: register n of golden_regs[]: of `after`, only the selector counts
                        */
    u32 undefined;     /* bits of EFLAGS that are not compared */
    u8 code[GOLDEN_CODE];
    u32 code_len;
    char text[GOLDEN_NAME]; /* assembly, for the reader */
    GoldenMem mem;          /* physical memory before, without the setup's and the code */
    GoldenMem changed;      /* ... and what is different after */
    GoldenPorts ports;      /* all accesses to ports, or none: then they are not compared */
    int exception;          /* vector, or -1 */
    bool has_error;
    u32 error;
    int line; /* where the file has it */
} GoldenTest;

/* A starting state that tests share. */
struct GoldenSetup {
    char name[GOLDEN_NAME];
    u32 reg[G_WORDS];
    GoldenMem mem;
    GoldenSetup *next;
};

/* ---- text (golden_text.c) -------------------------------------------------------------------- */

typedef struct {
    GoldenSetup *setup;
    char error[300];
} GoldenFile;

/* Calls fn for each test of f until it returns false. False: the text is wrong; file->error says
 * where. Setups live until golden_file_free(). */
typedef bool GoldenFn(void *ctx, const GoldenTest *t);
bool golden_read(GoldenFile *file, FILE *f, const char *name, GoldenFn *fn, void *ctx);
void golden_file_free(GoldenFile *file);

void golden_write_head(FILE *f);
void golden_write_setup(FILE *f, const GoldenSetup *s);
void golden_write(FILE *f, const GoldenTest *t);

void golden_start(GoldenTest *t, const GoldenSetup *s); /* an empty test that begins as s does */
void golden_free(GoldenTest *t);
void golden_put(GoldenMem *m, u32 addr, u8 value); /* sets or appends */
bool golden_get(const GoldenMem *m, u32 addr, u8 *value);
void golden_reset_state(u32 reg[G_WORDS]); /* real mode, all zero */

/* ---- running (golden_run.c) ------------------------------------------------------------------ */

enum { GOLDEN_RAM = 1 << 20, GOLDEN_FILL = 0xF4, GOLDEN_EXTRA = 64 };

typedef struct {
    Cpu cpu;
    Bus bus;
    Clock clock;
    CpuDebug debug;
    const GoldenTest *test;
    const GoldenSetup *setup; /* whose memory is in place */
    u8 *ram, *back,
        *want; /* GOLDEN_RAM bytes: memory, what it holds between tests, and shall after this one */
    struct {
        u32 base;
        u8 *page;
    } extra[GOLDEN_EXTRA]; /* pages above that the test names */
    int extras;

    /* the outcome of golden_run() */
    u32 after[G_WORDS];
    int exception;
    u32 error;
    bool ended; /* an exception, or the HLT that is everywhere */
    u32 io_done;   /* accesses to ports, as the test has them */
    bool io_wrong; /* the next one was another */
} GoldenRig;

bool golden_rig_init(GoldenRig *r, CpuModel model, CpuCore core);
void golden_rig_free(GoldenRig *r);

/* The memory that t begins with; golden_clear() must follow. False as for golden_run(). */
bool golden_place(GoldenRig *r, const GoldenTest *t);
/* Runs t and leaves the outcome in *r, memory included. golden_clear() must follow. False: t names
 * more memory, before and after, than a rig has. */
bool golden_run(GoldenRig *r, const GoldenTest *t);
bool golden_passed(GoldenRig *r);
bool golden_state_passed(const GoldenRig *r); /* the same without memory */
/* Makes the outcome what t expects. */
void golden_take(GoldenRig *r, GoldenTest *t);
/* What is different: initial, expected and actual, side by side. */
void golden_report(GoldenRig *r, FILE *f);
void golden_clear(GoldenRig *r);
/* Host address of a byte, or NULL. */
u8 *golden_byte(GoldenRig *r, u32 addr);

/* Segment registers are among the first 64 of golden_regs[]; what comes behind has no selector. */
static inline bool golden_bit(u64 set, size_t n)
{
    return n < 64 && set >> n & 1;
}

/* ---- ports and MSRs (golden_io.c) -------------------------------------------------------------
 */

void golden_ports_add(GoldenPorts *p, GoldenIo access);
/* "PORT SIZE VALUE"; false: it is none. */
bool golden_ports_read(GoldenPorts *p, bool out, const char *text);
void golden_ports_write(FILE *f, const GoldenPorts *p);
bool golden_ports_map(GoldenRig *r); /* onto the rig's bus */
bool golden_ports_right(const GoldenRig *r);
void golden_ports_report(const GoldenRig *r, FILE *f);

void golden_load_msrs(CpuState *s, const u32 reg[G_WORDS]);
void golden_save_msrs(const CpuState *s, u32 reg[G_WORDS]);

void golden_load_state(Cpu *c, const u32 reg[G_WORDS]);
void golden_save_state(const Cpu *c, u32 reg[G_WORDS]);

/* ---- the program's options ----------------------------------------------------------------------
 */

/* -golden FILE...: TAP to the standard output, exit status. "-" reads the standard input. */
int golden_main(const char *const *file, int count, int core);

/* -golden-record N,F: the instruction that c is about to execute, run on a copy, to file `name`. */
bool golden_record(Cpu *c, const char *name, char *err, size_t errlen);

#endif
