/* cmd_run.c: commands that let the machine go on, or end. */
#include "frontend/cmd.h"
#include "frontend/exit.h"
#include "frontend/expr.h"
#include "frontend/past.h"

static bool can_run(Debug *d)
{
    if (d->dead)
        return debug_fail(
            d, "the processor has shut down after a triple fault; `reset` starts it again");
    if (d->gdb_command)
        return debug_fail(d, "let gdb run the machine: continue, stepi, nexti, until");
    return true;
}

/* An internal breakpoint that goes away at the next stop. */
static Break *internal(Debug *d, u32 linear)
{
    Break *b = break_new(d, BREAK_CODE, "");
    if (b) {
        d->breaks.next--;
        b->number = 0;
        b->internal = b->temp = true;
        b->addr = linear;
    }
    return b;
}

static bool cmd_continue(Debug *d, const char *args)
{
    u64 n = 1;
    if (!can_run(d) || (*args && !arg_number(d, &args, UINT32_MAX, &n)) || !arg_end(d, args))
        return false;
    Break *b = d->why_number ? break_find(d, d->why_number) : NULL;
    if (n > 1 && !b)
        return debug_fail(d, "the machine is not at a breakpoint, so there is none to pass");
    if (n > 1)
        b->ignore = n - 1;
    debug_go(d, GO_RUN, 0);
    return true;
}

static bool step(Debug *d, u64 n)
{
    if (!can_run(d))
        return false;
    debug_go(d, GO_STEP, d->pc->clock.now + n);
    return true;
}

static bool cmd_si(Debug *d, const char *args)
{
    u64 n = 1;
    if ((*args && !arg_number(d, &args, 1ull << 60, &n)) || !arg_end(d, args))
        return false;
    return n ? step(d, n) : debug_fail(d, "si 0 does nothing");
}

/* Does it come back to the instruction behind it by itself? */
static bool comes_back(const Insn *i)
{
    const Row *r = &x86_rows[i->row];
    bool string = r->attr & (ROW_REPS | ROW_REPC) && i->flags & (INSN_REP | INSN_REPNE);
    return string || !strncmp(r->name, "call", 4) || !strncmp(r->name, "int", 3);
}

static bool cmd_ni(Debug *d, const char *args)
{
    u64 n = 1;
    Insn i;
    u8 bytes[16];
    if ((*args && !arg_number(d, &args, 100000, &n)) || !arg_end(d, args) || !can_run(d))
        return false;
    if (!n)
        return debug_fail(d, "ni 0 does nothing");
    if (n > 1) { /* the rest follows at the next stop */
        char rest[32];
        char *line = rest;
        snprintf(rest, sizeof rest, "ni %u", (unsigned)n - 1);
        script_push(&d->script, "ni", &line, 1);
    }
    int len = debug_decode(d, debug_pc(d), debug_code32(d), &i, bytes);
    if (!len || !comes_back(&i))
        return step(d, 1);
    Break *b = internal(d, debug_pc(d) + (u32)len);
    if (!b)
        return false;
    b->check_esp = true;
    b->esp = d->pc->cpu.s.r[4];
    b->ss = d->pc->cpu.s.seg[SEG_SS].sel;
    if (!breaks_apply(d))
        return false;
    debug_go(d, GO_RUN, 0);
    return true;
}

static bool cmd_finish(Debug *d, const char *args)
{
    if (!arg_end(d, args) || !can_run(d))
        return false;
    debug_go(d, GO_FINISH, 0);
    return true;
}

static bool cmd_until(Debug *d, const char *args)
{
    u32 addr;
    if (!can_run(d) || !arg_address(d, &args, &addr, NULL) || !arg_end(d, args))
        return false;
    Break *b = internal(d, addr);
    if (!b || !breaks_apply(d))
        return false;
    debug_go(d, GO_RUN, 0);
    return true;
}

static bool cmd_stop(Debug *d, const char *args)
{
    if (!arg_end(d, args))
        return false;
    if (!d->stopped)
        debug_on_interrupt_key(d);
    return true;
}

static bool cmd_reset(Debug *d, const char *args)
{
    bool cold = arg_is(&args, "cold");
    if (!arg_end(d, args))
        return false;
    if (d->pc->in_cpu)
        return debug_fail(d, "stop the machine first");
    past_leave(d->session);
    input_reset_now(&d->session->input, cold);
    d->dead = d->ended = false;
    d->skip = false;
    d->session->stopped = false;
    debug_where(d, d->out);
    return true;
}

static bool cmd_quit(Debug *d, const char *args)
{
    u64 status = d->ended ? (u64)d->end_status : d->dead ? EXIT_TRIPLE_FAULT : EXIT_OK;
    if ((*args && !arg_number(d, &args, 255, &status)) || !arg_end(d, args))
        return false;
    run_end(d->session, (int)status, "quit by the user");
    return true;
}

const Cmd cmds_run[] = {
    {"c", "g cont continue", "[N]", cmd_continue,
     "Lets the machine run. With N, the breakpoint it stopped at is passed N - 1 times",
     COMPLETE_EXPR},
    {"si", "s t stepi step", "[N]", cmd_si,
     "Executes one instruction, or N. One iteration of a REP counts as one; a HLT is waited out",
     COMPLETE_EXPR},
    {"ni", "n nexti next", "[N]", cmd_ni,
     "As si, but calls, interrupts and repeated string instructions are executed as a whole",
     COMPLETE_EXPR},
    {"finish", "fin", "", cmd_finish,
     "Runs to the return from this routine (ret, retf or iret at this stack level)",
     COMPLETE_NOTHING},
    {"until", NULL, "ADDR", cmd_until, "Runs to an address", COMPLETE_EXPR},
    {"stop", NULL, "", cmd_stop,
     "Stops the machine; for -monitor, where commands can be given while it runs",
     COMPLETE_NOTHING},
    {"reset", NULL, "[cold]", cmd_reset,
     "Presses the reset button; with `cold` switches off and on, which clears the memory",
     COMPLETE_NOTHING},
    {"q", "quit exit", "[STATUS]", cmd_quit, "Ends the run, with an exit status if given",
     COMPLETE_NOTHING},
    {0},
};
