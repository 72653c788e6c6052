/* debug.c: see debug.h. Stopping and going on: the hooks in the processor and on the bus, and what
 * the run loop asks
 * between two slices. */
#include "frontend/debug.h"

#include "frontend/console.h"
#include "frontend/debug_trace.h"
#include "frontend/dos21.h"
#include "frontend/exit.h"
#include "frontend/expr.h"
#include "frontend/gdbstub.h"
#include "frontend/monitor.h"
#include "frontend/past.h"
#include "frontend/reverse.h"
#include "frontend/say.h"
#include "frontend/shadow.h"
#include "frontend/tui.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

/* Instructions that are traced before the text is passed on. */
enum { TRACE_SLICE = 20000 };

/* ---- stopping
 * -------------------------------------------------------------------------------------- */

void debug_stop(Debug *d, int number, const char *fmt, ...)
{
    va_list ap;
    if (!d->want_stop && !d->stopped) { /* the first reason is told */
        va_start(ap, fmt);
        vsnprintf(d->why, sizeof d->why, fmt, ap);
        va_end(ap);
        d->why_number = number;
    }
    d->want_stop = true;
    if (d->pc->in_cpu)
        cpu_break_here(&d->pc->cpu);
    else
        pc_stop(d->pc);
}

static const char *title(const Break *b)
{
    return b->temp                                             ? "Temporary breakpoint"
           : b->kind == BREAK_WATCH || b->kind == BREAK_PWATCH ? "Watchpoint"
                                                               : "Breakpoint";
}

static bool note_hit(Debug *d, const Break *b, u64 tick, const char *text)
{
    char line[240];
    snprintf(line, sizeof line, "%s %d, %s", title(b), b->number, text);
    return reverse_hit(d, b, tick, line);
}

/* A breakpoint's event. True: it stops the machine. */
bool debug_hit(Debug *d, Break *b, const char *fmt, ...)
{
    char text[200];
    va_list ap;
    d->error[0] = 0;
    if (!(d->searching ? break_matches(d, b) : break_hits(d, b)))
        return false;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (d->searching)
        return note_hit(d, b, d->pc->clock.now - d->late, text);
    if (b->internal)
        debug_stop(d, 0, "%s", "");
    else if (b->condition && d->error[0])
        debug_stop(d, b->number, "%s %d: its condition `%.60s` fails: %.100s", title(b), b->number,
                   b->condition, d->error);
    else
        debug_stop(d, b->number, "%s %d, %s", title(b), b->number, text);
    return true;
}

/* ---- hooks in the processor
 * ------------------------------------------------------------------------ */

/* The log holds each event once, however often the past is run again. */
static const CpuDebug *log_of(const Debug *d)
{
    return past_repeating(d->session) ? NULL : d->log;
}

static bool is_magic_here(Debug *d)
{
    u8 b[2];
    return d->pc->cpu.magic && debug_read(d, debug_pc(d), b, 2) && b[0] == 0x87 &&
           b[1] == d->pc->cpu.magic;
}

static bool on_break(void *ctx, u32 linear)
{
    Debug *d = ctx;
    if (d->skip && d->skip_linear == linear && d->skip_tick == d->pc->clock.now)
        return false;
    u32 phys = 0;
    bool mapped = mmu_peek(&d->pc->cpu.mmu, linear, &phys), stop = false;
    const CpuState *s = &d->pc->cpu.s;
    EACH_BREAK(d, b)
    {
        if (b->kind == BREAK_CODE && b->addr == linear)
            stop |= debug_hit(d, b, "%s", b->what);
        else if (b->kind == BREAK_PHYS && mapped && b->addr == phys)
            stop |= debug_hit(d, b, "phys:0x%x at %04x:%08x", phys, s->seg[SEG_CS].sel, s->eip);
        else if (b->kind == BREAK_MAGIC && is_magic_here(d))
            stop |= debug_hit(d, b, "%s", b->what);
    }
    return stop;
}

static bool on_access(void *ctx, u32 linear, int size, bool write, u32 value)
{
    Debug *d = ctx;
    u32 phys = 0;
    bool mapped = mmu_peek(&d->pc->cpu.mmu, linear, &phys), stop = false;
    if (size < 4)
        value &= (1u << size * 8) - 1;
    expr_set(d, "val", value);
    expr_set(d, "addr", linear);
    expr_set(d, "size", (u64)size);
    if (write && mapped && phys - DEBUG_VIDEO < DEBUG_VIDEO_SIZE && breaks_any(d, BREAK_TEXT))
        d->text_touched = stop = true;
    if (write && mapped && !d->searching)
        stop |= shadow_write(d, phys);
    EACH_BREAK(d, b)
    {
        u32 at = b->kind == BREAK_PWATCH ? phys : linear;
        if ((b->kind != BREAK_WATCH && (b->kind != BREAK_PWATCH || !mapped)) ||
            !(b->rw & (write ? BREAK_W : BREAK_R)))
            continue;
        if (at - b->addr >= b->len && b->addr - at >= (u32)size)
            continue;
        stop |= debug_hit(d, b, "%s: %s 0x%0*x at %s0x%x", b->what, write ? "writes" : "reads",
                          size * 2, value, b->kind == BREAK_PWATCH ? "phys:" : "", at);
    }
    return stop;
}

static void on_fault(void *ctx, int vector, bool has_error, u32 error)
{
    Debug *d = ctx;
    const Fault *f = fault_note(d, vector, has_error, error, !past_repeating(d->session));
    const CpuDebug *log = log_of(d);
    if (log && log->on_fault)
        log->on_fault(log->ctx, vector, has_error, error);
    d->late = 1; /* the delivery takes the tick of the instruction */
    expr_set(d, "vec", (u64)vector);
    expr_set(d, "err", error);
    EACH_BREAK(d, b)
    {
        if (b->kind == BREAK_FAULT ||
            (b->kind == BREAK_EXC && (b->vector < 0 || b->vector == vector))) {
            char text[160];
            fault_line(f, text, sizeof text);
            debug_hit(d, b, "%s", text);
        }
    }
    d->late = 0;
}

static void on_interrupt(void *ctx, int vector, bool soft, u32 error)
{
    Debug *d = ctx;
    const CpuState *s = &d->pc->cpu.s;
    const CpuDebug *log = log_of(d);
    if (log && log->on_interrupt)
        log->on_interrupt(log->ctx, vector, soft, error);
    if (d->trace && !d->searching)
        trace_interrupt(d, vector, soft);
    if (d->int21 && !d->searching && soft && vector == 0x21)
        dos21_call(d);
    expr_set(d, "vec", (u64)vector);
    EACH_BREAK(d, b)
    {
        if (b->kind != BREAK_INT || (b->vector >= 0 && b->vector != vector) ||
            (b->ah >= 0 && (s->r[0] >> 8 & 0xFF) != (u32)b->ah))
            continue;
        if (d->pc->cpu.delivering >= 0)
            continue; /* an exception: bpexc */
        debug_hit(d, b, "%s %02Xh, AX=%04x, from %04x:%08x", soft ? "INT" : "interrupt",
                  (unsigned)vector, s->r[0] & 0xFFFF, s->seg[SEG_CS].sel, s->eip);
    }
}

static bool is_return(const Insn *i)
{
    const char *name = x86_rows[i->row].name;
    return !strncmp(name, "ret", 3) || !strncmp(name, "iret", 4);
}

static void on_insn(void *ctx, const Insn *i)
{
    Debug *d = ctx;
    const CpuDebug *log = log_of(d);
    if (log && log->on_insn)
        log->on_insn(log->ctx, i);
    if (d->trace && !d->searching)
        trace_insn(d, i);
    if (d->int21 && !d->searching)
        dos21_insn(d);
    const CpuState *s = &d->pc->cpu.s;
    if (d->go == GO_FINISH && is_return(i) && s->seg[SEG_SS].sel == d->frame_ss &&
        s->r[4] >= d->frame_esp)
        debug_stop(d, 0, "%s", "");
}

static const char *mode_name(const CpuState *s)
{
    return !(s->cr0 & CR0_PE) ? "real"
           : s->eflags & VM   ? (s->cr0 & CR0_PG ? "virtual-8086, paged" : "virtual-8086")
           : s->cr0 & CR0_PG  ? "protected, paged"
                              : "protected";
}

static void on_mode(void *ctx)
{
    Debug *d = ctx;
    const CpuState *s = &d->pc->cpu.s;
    const CpuDebug *log = log_of(d);
    if (log && log->on_mode)
        log->on_mode(log->ctx);
    u32 was = (d->mode_cr0 & (CR0_PE | CR0_PG)) | (d->mode_eflags & VM),
        now = (s->cr0 & (CR0_PE | CR0_PG)) | (s->eflags & VM);
    d->mode_cr0 = s->cr0;
    d->mode_eflags = s->eflags;
    if (was == now || !d->pc->in_cpu)
        return;
    EACH_BREAK(d, b)
    if (b->kind == BREAK_MODE)
        debug_hit(d, b, "the processor is now in %s mode", mode_name(s));
}

static void on_control(void *ctx, CpuControl kind, u32 number, u64 value)
{
    Debug *d = ctx;
    static const char *const names[] = {"CR", "DR", "MSR "};
    const CpuDebug *log = log_of(d);
    if (log && log->on_control)
        log->on_control(log->ctx, kind, number, value);
    if (kind == CPU_INVLPG)
        return;
    if (kind == CPU_WRITE_CR && (number == 0 || number == 3) && !d->searching)
        shadow_moved(d);
    expr_set(d, "val", value);
    EACH_BREAK(d, b)
    if (b->kind == BREAK_CR && (b->control < 0 || b->control == (int)kind) &&
        (b->vector < 0 || b->addr == number))
        debug_hit(d, b, kind == CPU_WRITE_MSR ? "%s%Xh = 0x%" PRIx64 : "%s%u = 0x%" PRIx64,
                  names[kind], number, value);
}

static void on_port(void *ctx, bool write, u16 port, int size, u32 value)
{
    Debug *d = ctx;
    if (d->log_tap && !past_repeating(d->session))
        d->log_tap(d->log_tap_ctx, write, port, size, value);
    if (!d->pc->in_cpu)
        return;
    if (d->trace && !d->searching)
        trace_port(d, write, port, size, value);
    if (write && port >= 0x3B0 && port < 0x3E0 && breaks_any(d, BREAK_TEXT)) {
        d->text_touched = true;
        cpu_break_here(&d->pc->cpu);
    }
    expr_set(d, "val", value);
    expr_set(d, "port", port);
    EACH_BREAK(d, b)
    if (b->kind == BREAK_IO && (b->rw & (write ? BREAK_W : BREAK_R)) &&
        port + (u32)size > b->addr && port <= b->len)
        debug_hit(d, b, "%s port 0x%x, value 0x%0*x", write ? "writes" : "reads", port, size * 2,
                  value);
}

static void on_dma(void *ctx, bool write, u32 addr, u32 len)
{
    Debug *d = ctx;
    if (d->log_dma)
        d->log_dma(d->log_dma_ctx, write, addr, len);
    EACH_BREAK(d, b)
    {
        if (b->kind != BREAK_PWATCH || !(b->rw & (write ? BREAK_W : BREAK_R)) ||
            (addr - b->addr >= b->len && b->addr - addr >= len))
            continue;
        u32 value = 0;
        debug_read_phys(d, b->addr, &value, b->len < 4 ? b->len : 4);
        expr_set(d, "val", value);
        expr_set(d, "addr", addr);
        expr_set(d, "size", len);
        debug_hit(d, b, "%s: DMA %s %u bytes at phys:0x%x", b->what, write ? "writes" : "reads",
                  len, addr);
    }
}

void debug_hook_up(Debug *d)
{
    d->hooks.exact = d->trace || d->int21 || d->go == GO_FINISH || breaks_any(d, BREAK_INT) ||
                     breaks_any(d, BREAK_MODE) || breaks_any(d, BREAK_CR);
    bool all = d->trace || d->int21 || d->go == GO_FINISH;
    d->hooks.on_insn = (d->log && d->log->on_insn) || (all && !d->searching) ? on_insn : NULL;
    d->hooks.on_interrupt =
        (d->log && d->log->on_interrupt) || d->trace || d->int21 || breaks_any(d, BREAK_INT)
            ? on_interrupt
            : NULL;
    bool logs_mode = d->log && d->log->on_mode;
    d->hooks.on_mode = logs_mode || breaks_any(d, BREAK_MODE) ? on_mode : NULL;
    d->hooks.on_control = logs_mode || d->shadow || breaks_any(d, BREAK_CR) ? on_control : NULL;
    d->mode_cr0 = d->pc->cpu.s.cr0;
    d->mode_eflags = d->pc->cpu.s.eflags;
    bool tap = d->log_tap || d->trace || breaks_any(d, BREAK_IO) || breaks_any(d, BREAK_TEXT);
    d->pc->bus.hooks.dma = d->log_dma || breaks_any(d, BREAK_PWATCH) ? on_dma : NULL;
    d->pc->bus.hooks.dma_ctx = d;
    d->pc->bus.hooks.tap = tap ? on_port : NULL;
    d->pc->bus.hooks.tap_ctx = d;
}

/* ---- between slices
 * -------------------------------------------------------------------------------- */

/* What the user wants executed at this stop: the lines of the breakpoint, and before them
 * hook-stop. Scripts are a stack. */
static void note_lines(Debug *d)
{
    const Break *b = d->why_number ? break_find(d, d->why_number) : NULL;
    script_drop(&d->due);
    if (b && b->command_count)
        script_push(&d->due, "commands", b->command, b->command_count);
    for (int i = 0; i < d->macro_count; i++)
        if (!strcmp(d->macro[i].name, "hook-stop"))
            script_push(&d->due, "hook-stop", d->macro[i].line, d->macro[i].count);
}

static void enter_stop(Debug *d)
{
    d->want_stop = false;
    d->stopped = true;
    d->stops++;
    d->pc->cpu.break_passed = false;
    if (!d->pc->in_cpu)
        pc_forget_stop(d->pc);
    if (d->go == GO_FINISH) {
        d->go = GO_RUN;
        debug_hook_up(d);
    }
    d->go = GO_RUN;
    d->skip = true; /* going on from here does not meet the breakpoint of here again */
    d->skip_linear = debug_pc(d);
    d->skip_tick = d->pc->clock.now;
    if (d->int21)
        dos21_insn(d);
    note_lines(d); /* now: a temporary breakpoint's are gone with it */
    bool gone = false;
    for (int n = d->breaks.count - 1; n >= 0; n--) {
        Break *b = d->breaks.list[n];
        if (b->internal || (b->temp && b->hits)) {
            break_delete(d, b);
            gone = true;
        }
    }
    if (gone)
        breaks_apply(d);
    d->fresh_stop = true;
    d->went_on = false;
    debug_pass_on(d);
    gdbstub_stopped(d);
    monitor_stopped(d);
}

/* ---- telling without a console
 * ------------------------------------------------------------------ */

static void open_said(Debug *d)
{
    d->said = open_memstream(&d->said_text, &d->said_n);
    if (!d->said)
        panic("out of host memory for the debugger");
}

static void close_said(Debug *d)
{
    if (d->said)
        fclose(d->said);
    free(d->said_text);
    d->said = NULL;
    d->said_text = NULL;
    d->said_n = 0;
}

void debug_set_console(Debug *d, bool on)
{
    debug_pass_on(d);
    close_said(d);
    d->console = on;
    if (!on && (d->monitor || d->gdb))
        open_said(d);
    d->out = d->said ? d->said : tui_out(d);
}

void debug_pass_on(Debug *d)
{
    if (!d->said || fflush(d->said) || !d->said_n)
        return;
    bool heard = !d->console && (gdbstub_say(d, d->said_text, d->said_n) ||
                                 monitor_say(d, d->said_text, d->said_n));
    if (!heard) { /* also in a copy of the machine, which has a console of its own */
        fwrite(d->said_text, 1, d->said_n, stdout);
        fflush(stdout);
    }
    bool is_out = d->out == d->said;
    close_said(d);
    open_said(d);
    if (is_out)
        d->out = d->said;
}

void debug_tell(Debug *d, FILE *out, bool where)
{
    if (*d->why)
        fprintf(out, "%s\n", d->why);
    if (d->report_due)
        fault_triple_report(d, out);
    if (where)
        debug_where(d, out);
    for (int i = 0; i < d->display_count; i++) {
        fprintf(out, "%d: ", d->display_number[i]);
        if (!debug_execute(d, d->display[i], out))
            fprintf(out, "%s\n", d->error);
    }
}

void debug_stopped_now(Debug *d)
{
    enter_stop(d);
}

static bool has_next(const Debug *d, u64 *tick)
{
    *tick = UINT64_MAX;
    for (int n = 0; n < d->breaks.count; n++) {
        const Break *b = d->breaks.list[n];
        if (b->kind == BREAK_INSN && b->enabled && b->tick > d->pc->clock.now && b->tick < *tick)
            *tick = b->tick;
    }
    if ((d->go == GO_STEP || d->go == GO_TICK) && d->goal < *tick)
        *tick = d->goal;
    return *tick != UINT64_MAX;
}

u64 debug_slice(Debug *d, u64 until)
{
    u64 tick, room = d->pc->clock.now + TRACE_SLICE;
    if (d->trace && d->said && room < until)
        until = room;
    return has_next(d, &tick) && tick < until ? tick : until;
}

static void test_counts(Debug *d)
{
    EACH_BREAK(d, b)
    if (b->kind == BREAK_INSN && b->tick == d->pc->clock.now &&
        debug_hit(d, b, "%" PRIu64 " instructions", b->tick))
        continue;
}

void debug_count_hit(Debug *d, Break *b)
{
    char text[40];
    snprintf(text, sizeof text, "%" PRIu64 " instructions", b->tick);
    if (break_matches(d, b))
        note_hit(d, b, b->tick, text);
}

/* A step over HLT ends behind the instruction that comes after it has woken. */
static bool step_done(Debug *d)
{
    Pc *pc = d->pc;
    if (d->go == GO_TICK)
        return pc->clock.now >= d->goal;
    if (d->go != GO_STEP || pc->clock.now < d->goal)
        return false;
    bool wakes = pc->cpu.s.nmi_pending || (pc->cpu.s.intr && pc->cpu.s.eflags & IF);
    if (!pc->cpu.s.halted)
        return true;
    d->goal = wakes || pc->clock.deadline <= pc->clock.now ? pc->clock.now + 1 : pc->clock.deadline;
    return false;
}

static void pause_here(Debug *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void pause_here(Debug *d, const char *fmt, ...)
{
    va_list ap;
    if (!d->want_stop) {
        va_start(ap, fmt);
        vsnprintf(d->why, sizeof d->why, fmt, ap);
        va_end(ap);
        d->why_number = 0;
    }
    enter_stop(d);
}

void debug_arrived(Debug *d)
{
    d->dead = d->pc->cpu.s.shutdown;
    d->ended = d->report_due = false;
    enter_stop(d);
}

bool debug_on_exit(Debug *d, PcExit e)
{
    bool attached = d->console || gdbstub_attached(d) || monitor_attached(d);
    debug_text_touched(d);
    shadow_follow(d);
    if (d->want_stop && (e == PC_EXIT_BREAK || e == PC_EXIT_STOP || e == PC_EXIT_TIME)) {
        enter_stop(d);
        return true;
    }
    switch (e) {
    case PC_EXIT_TIME:
        test_counts(d);
        if (d->want_stop || step_done(d)) {
            bool said = d->want_stop;
            if (!said)
                d->why[0] = 0, d->why_number = 0;
            enter_stop(d);
            return true;
        }
        return false;
    case PC_EXIT_BREAK:
        d->pc->cpu.break_passed = false;
        return true;
    case PC_EXIT_SHUTDOWN:
        if (!attached || d->session->opt->triple == TRIPLE_RESET ||
            d->session->opt->triple == TRIPLE_EXIT)
            return false;
        d->dead = d->report_due = true;
        pause_here(d, "triple fault: the processor has shut down");
        return true;
    case PC_EXIT_HALT_FOREVER:
        if (!attached || d->session->limit != UINT64_MAX)
            return false;
        pause_here(d, "halted with interrupts off");
        return true;
    case PC_EXIT_POWEROFF:
    case PC_EXIT_DEBUG_EXIT:
        if (!d->console)
            return false;
        d->end_status =
            e == PC_EXIT_POWEROFF
                ? EXIT_OK
                : (int)((d->session->opt->debug_exit_raw ? d->pc->s.exit_value
                                                         : d->pc->s.exit_value << 1 | 1) &
                        0xFF);
        d->ended = true;
        pause_here(d,
                   e == PC_EXIT_POWEROFF ? "the guest powered off"
                                         : "the guest ended the run with status %d",
                   d->end_status);
        return true;
    case PC_EXIT_STOP:
        return false;
    }
    return false;
}

void debug_go(Debug *d, GoKind kind, u64 goal)
{
    if (d->ended) {
        run_end(d->session, d->end_status, "the guest ended the run");
        return;
    }
    debug_settle(d);
    d->stopped = false;
    d->want_stop = d->at_beginning = d->report_due = false;
    d->why[0] = 0;
    d->go = kind;
    d->goal = goal;
    if (d->pc->clock.now != d->skip_tick)
        d->skip = false;
    if (kind == GO_FINISH) {
        d->frame_esp = d->pc->cpu.s.r[4];
        d->frame_ss = d->pc->cpu.s.seg[SEG_SS].sel;
    }
    d->seen = d->pc->cpu.s;
    debug_hook_up(d);
    pace_rebase(&d->session->pace, d->pc->clock.now);
}

void debug_on_interrupt_key(Debug *d)
{
    if (d->stopped)
        return;
    if (!d->console && !gdbstub_attached(d) && !d->remote) {
        debug_set_console(d, true);
        console_open(d);
        say("the machine is stopped; `c` goes on, `help` helps, `q` quits");
    }
    snprintf(d->why, sizeof d->why, "interrupted");
    d->why_number = 0;
    enter_stop(d);
}

/* ---- life
 * ------------------------------------------------------------------------------------------ */

Debug *debug_open(Session *s)
{
    Debug *d = calloc(1, sizeof *d);
    if (!d)
        panic("out of host memory for the debugger");
    d->session = s;
    d->pc = s->pc;
    d->out = stdout;
    d->breaks.next = 1;
    d->log = s->pc->cpu.debug;
    d->log_tap = s->pc->bus.hooks.tap;
    d->log_tap_ctx = s->pc->bus.hooks.tap_ctx;
    d->log_dma = s->pc->bus.hooks.dma;
    d->log_dma_ctx = s->pc->bus.hooks.dma_ctx;
    d->seen = s->pc->cpu.s;
    snprintf(d->x_format, sizeof d->x_format, "xb");
    d->hooks = (CpuDebug){.ctx = d,
                          .on_break = on_break,
                          .on_access = on_access,
                          .on_fault = on_fault};
    s->pc->cpu.debug = &d->hooks;
    debug_hook_up(d);
    return d;
}

void debug_close(Debug *d)
{
    if (!d)
        return;
    trace_stop(d);
    dos21_switch(d, false);
    shadow_close(d);
    monitor_close(d);
    gdbstub_close(d);
    console_close(d);
    breaks_free(d);
    symbols_clear(&d->symbols);
    script_drop(&d->script);
    script_drop(&d->due);
    close_said(d);
    for (int i = 0; i < d->display_count; i++)
        free(d->display[i]);
    for (int i = 0; i < d->macro_count; i++) {
        lines_free(d->macro[i].line, d->macro[i].count);
        free(d->macro[i].about);
    }
    free(d->macro);
    free(d->found);
    free(d->found_byte);
    d->pc->cpu.debug = NULL;
    d->pc->bus.hooks.tap = NULL;
    d->pc->bus.hooks.dma = NULL;
    free(d);
}

static bool push_options(Debug *d)
{
    const Options *o = d->session->opt;
    char err[300];
    for (int i = o->script_count - 1; i >= 0; i--) { /* a stack: the first comes last */
        char *line = (char *)o->script[i].text;
        if (!o->script[i].is_file)
            script_push(&d->script, "-ex", &line, 1);
        else if (!script_push_file(&d->script, line, err, sizeof err)) {
            say("-x: %s", err);
            return false;
        }
    }
    return true;
}

/* The option has let only a right register pass. */
static void set_magic(Debug *d, const char *reg)
{
    char line[40];
    snprintf(line, sizeof line, "bpmagic %s", reg);
    debug_execute(d, line, NULL);
}

bool debug_start(Debug *d)
{
    const Options *o = d->session->opt;
    bool gdb = o->gdb, scripts = o->script_count;
    d->console = o->dbg || o->tui || scripts || (o->stop_first && !gdb && !o->monitor);
    if (!monitor_open(d) || !gdbstub_open(d) || !push_options(d))
        return false;
    debug_set_console(d, d->console);
    if (o->magic)
        set_magic(d, o->magic);
    if (d->console)
        console_open(d);
    if (o->tui && !tui_open(d)) {
        say("-tui: %s", d->error);
        return false;
    }
    if (d->console || o->stop_first) {
        enter_stop(d);
        d->fresh_stop = d->console && !scripts;
    }
    return true;
}
