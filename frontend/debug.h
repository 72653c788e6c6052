/* debug.h: the debugger: what its files share. One Debug belongs to one Session. It is there in
 * every run, but while nobody uses it, it
 * only listens to faults. Commands come from the terminal, from scripts, from -monitor and
 * through gdb; all of
 * them go through debug_execute(). Nothing here changes the machine unless the user asks for a
 * change: memory is
 * peeked, and every hook only looks. */
#ifndef GLASS86_DEBUG_H
#define GLASS86_DEBUG_H

#include "frontend/debug_break.h"
#include "frontend/debug_fault.h"
#include "frontend/debug_script.h"
#include "frontend/screen.h"
#include "frontend/session.h"
#include "frontend/symbols.h"

#include <stdio.h>

/* Where the text screen may lie. */
enum { DEBUG_VIDEO = 0xA0000, DEBUG_VIDEO_SIZE = 0x20000 };

enum { DEBUG_VARS = 64, DEBUG_DISPLAYS = 32, DEBUG_ERROR = 320 };

/* What the machine was last told to do. */
typedef enum {
    GO_RUN,    /* until something happens */
    GO_STEP,   /* until Clock.now == goal; a HLT is waited out */
    GO_TICK,   /* until Clock.now == goal */
    GO_FINISH, /* until a return from the current frame */
} GoKind;

typedef struct {
    char name[32];
    u64 value;
} DebugVar;

typedef struct {
    char name[32];
    char **line;
    int count;
    char *about;
} Macro;

struct DebugTrace;

struct Debug {
    Session *session;
    Pc *pc;
    CpuDebug hooks;
    const CpuDebug *log; /* hooks of -d, which stand behind ours */
    bool console;        /* a terminal or script gives commands */
    struct Gdb *gdb;
    struct Monitor *monitor;
    struct Console *console_state;
    struct Tui *tui; /* the full-screen view; NULL: not open */

    /* ---- stopping ---- */
    bool stopped;
    bool want_stop; /* a hook wants the run to end after this instruction */
    char why[300];  /* what is said at a stop */
    int why_number; /* the breakpoint's number, or 0 */
    u64 stops;      /* counts stops, for whoever watches */
    GoKind go;
    u64 goal;
    u32 frame_esp; /* GO_FINISH */
    u16 frame_ss;
    bool
        /* the breakpoint at skip_linear does not hit at tick skip_tick: it is where we stopped */
        skip;
    u32 skip_linear;
    u64 skip_tick;
    bool dead;  /* the machine is in shutdown */
    bool ended; /* the guest ended the run, with this status; what is left is to look around */
    int end_status;
    bool gdb_command; /* the command in execution came through gdb, which runs the machine itself */
    bool remote;      /* the command in execution came from the monitor */
    bool report_due;  /* this stop is a triple fault's, which is reported */
    u8 late;          /* ticks by which the event that is told of lies back */
    bool searching;   /* the past is searched for a stop: hooks note it and do nothing else */
    u32 search_linear; /* CS:EIP of the last that was noted, and that it is about code */
    bool search_code;
    Script due; /* what is executed at this stop, by the door that told of it */
    bool at_beginning; /* the machine went back as far as it can */
    bool edited;      /* a command has changed the machine: debug_settle() */
    bool fresh_stop;  /* the console has not told of this stop yet */
    u32 mode_cr0, mode_eflags; /* of the last look at the mode */
    void (*log_tap)(void *ctx, bool write, u16 port, int size, u32 value); /* -d io */
    void *log_tap_ctx;
    void (*log_dma)(void *ctx, bool write, u32 addr, u32 len); /* -d dev */
    void *log_dma_ctx;
    bool text_touched; /* bptext: the instruction may have changed the text screen */
    char serial_line[MAX_SERIAL + 1][256]; /* for bptext; the last is the debug port */
    size_t serial_n[MAX_SERIAL + 1];

    Breaks breaks;
    Symbols symbols;
    Faults faults;
    Script script;
    struct DebugTrace *trace; /* NULL: off */
    struct Shadow *shadow;    /* info shadow on; NULL: off */
    struct Dos21 *int21;      /* dos int21 on; NULL: off */

    /* ---- commands ---- */
    FILE *out;
    FILE *said; /* what is told while no command is executed, if there is no console; or NULL */
    char *said_text;
    size_t said_n;
    char error[DEBUG_ERROR];
    bool from_console; /* the command in execution may read more lines */
    int failed;        /* commands of scripts that went wrong */
    bool assert_failed;
    char last[600]; /* for the empty line */
    DebugVar var[DEBUG_VARS];
    int var_count;
    char *display[DEBUG_DISPLAYS];
    int display_number[DEBUG_DISPLAYS], display_count, display_next;
    Macro *macro;
    int macro_count;
    u32 next_x, next_u; /* where x and disas go on */
    char x_format[3];   /* letter, unit */
    bool att, went_on;  /* AT&T syntax; disas goes on from next_u */
    u32 *found;         /* find next: addresses still in the running, and the bytes they held */
    u8 *found_byte;
    u32 found_count;
    bool found_all;
    CpuState seen; /* registers at the last stop, for marking changes */
};

typedef struct Debug Debug;

/* ---- life (debug.c) ---- */

Debug *debug_open(Session *s);
void debug_close(Debug *d);
/* Starts the console, with its commands from -x and -ex; false: said why. */
bool debug_start(Debug *d);
/* The end of the next slice of guest time. */
u64 debug_slice(Debug *d, u64 until);
/* After pc_run(). True: the debugger takes care of this exit. */
bool debug_on_exit(Debug *d, PcExit e);
void debug_on_frame(Debug *d);
/* A byte left by a serial port, or by the debug port (port == MAX_SERIAL). */
void debug_on_serial(Debug *d, int port, u8 byte);
void debug_on_interrupt_key(Debug *d); /* Ctrl-C and hot keys */
/* While stopped: takes and executes commands; returns at the latest after a short time without
 * any. */
void debug_attend(Debug *d);

/* Ends the run at this instruction (inside a hook) or at once. number: of a breakpoint, or 0. */
void debug_stop(Debug *d, int number, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A breakpoint's event: counts, conditions, logs. True: it stops the machine, with this text. */
bool debug_hit(Debug *d, Break *b, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* After an instruction: stops if a text that bptext waits for is there now. */
void debug_text_touched(Debug *d);
/* What is on the screen now is no news for bptext. */
void debug_text_known(Debug *d);
/* Between slices: makes of a stop that was asked for (debug_stop()) a stop. */
void debug_stopped_now(Debug *d);
/* Lets the machine go on. */
void debug_go(Debug *d, GoKind kind, u64 goal);
/* With or without a console, which is where things are told then. */
void debug_set_console(Debug *d, bool on);
/* Brings what was told (log, trace, dos int21) to whom the machine runs for: gdb or the monitor. */
void debug_pass_on(Debug *d);

/* What is told of a stop: why, what faulted, with `where` the instruction at CS:EIP, displays. */
void debug_tell(Debug *d, FILE *out, bool where);
/* The machine was taken to another time and stands there; d->why says why. */
void debug_arrived(Debug *d);
/* A count breakpoint, for a search in the past. */
void debug_count_hit(Debug *d, Break *b);
/* Chooses which hooks are needed now. */
void debug_hook_up(Debug *d);
/* The CPU's state was written by a command. */
void debug_changed_state(Debug *d);
/* The machine was changed by a command; and after the command, the past is told. */
void debug_edited(Debug *d);
void debug_settle(Debug *d);

/* ---- commands (debug_cmd.c) ---- */

/* Executes one line; output goes to `out`. False: d->error. */
bool debug_execute(Debug *d, const char *line, FILE *out);
/* The same for a door that has no console's lines behind it, the monitor or gdb: scripts and
 * user-defined commands that `line` (NULL: none) begins run to their end, or to the first that lets
 * the machine go on; the rest stays in *own. Errors are printed. */
void debug_execute_remote(Debug *d, Script *own, const char *line, FILE *out);
bool debug_fail(Debug *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* always false */

/* ---- looking (debug_look.c) ---- */

bool debug_read(Debug *d, u32 linear, void *dst, u32 n);
void debug_read_phys(Debug *d, u32 phys, void *dst, u32 n);
bool debug_write(Debug *d, u32 linear, const void *src, u32 n);
bool debug_write_phys(Debug *d, u32 phys, const void *src, u32 n);
u32 debug_eflags(Debug *d);
u32 debug_pc(Debug *d); /* linear address of CS:EIP */
bool debug_code32(Debug *d);
/* Decodes the instruction at `linear`; its length, 0 if it cannot be read. */
int debug_decode(Debug *d, u32 linear, bool code32, Insn *i, u8 bytes[16]);
/* One line of disassembly without the address; returns the length of the instruction, 0 if
 * unreadable. */
int debug_disasm(Debug *d, u32 linear, u32 eip, bool code32, char *text, size_t size);
void debug_where(Debug *d, FILE *out);                             /* the instruction at CS:EIP */
/* "ZF IF IOPL=3". */
void debug_flags_text(u32 eflags, char *text, size_t size);
void debug_name_of(Debug *d, u32 linear, char *text, size_t size); /* " <main+4>", or "" */

#endif
