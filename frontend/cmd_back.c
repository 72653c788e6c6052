/* cmd_back.c: commands that go back in time, and about it. */
#include "frontend/cmd.h"
#include "frontend/history.h"
#include "frontend/reverse.h"

#include <inttypes.h>

/* gdb must know where the machine is, so it has to run it itself. */
static bool may_go(Debug *d)
{
    return !d->gdb_command ||
           debug_fail(d, "let gdb run the machine: reverse-stepi, reverse-nexti, reverse-finish, "
                         "reverse-continue");
}

static bool cmd_rsi(Debug *d, const char *args)
{
    u64 n = 1;
    if (!may_go(d) || (*args && !arg_number(d, &args, 1ull << 60, &n)) || !arg_end(d, args))
        return false;
    return n ? reverse_step(d, n) : debug_fail(d, "rsi 0 does nothing");
}

static bool cmd_rni(Debug *d, const char *args)
{
    u64 n = 1;
    if (!may_go(d) || (*args && !arg_number(d, &args, 100000, &n)) || !arg_end(d, args))
        return false;
    for (bool more = n; more; more = --n && !d->at_beginning)
        if (!reverse_next(d))
            return false;
    return true;
}

static bool cmd_rc(Debug *d, const char *args)
{
    return may_go(d) && arg_end(d, args) && reverse_continue(d);
}

static bool cmd_rfinish(Debug *d, const char *args)
{
    return may_go(d) && arg_end(d, args) && reverse_finish(d);
}

static bool cmd_goto_insn(Debug *d, const char *args)
{
    u64 n;
    if (!may_go(d))
        return false;
    if (!*args)
        return debug_fail(d, "to which instruction? `info timeline` says which are known");
    return arg_number(d, &args, 1ull << 60, &n) && arg_end(d, args) && reverse_goto(d, n);
}

static void where_in_time(Debug *d)
{
    u64 now = d->pc->clock.now, ips = d->pc->clock.ips;
    fprintf(d->out, "instruction %" PRIu64 ", %" PRIu64 ".%06" PRIu64 " guest seconds\n", now,
            now / ips, now % ips * 1000000 / ips);
}

static bool cmd_when(Debug *d, const char *args)
{
    u32 addr, len = 1;
    if (!*args) {
        where_in_time(d);
        return true;
    }
    if (!may_go(d) || !arg_address(d, &args, &addr, NULL) ||
        (*args && !arg_length(d, &args, &len)) || !arg_end(d, args))
        return false;
    if (len > 64)
        return debug_fail(d, "at most 64 bytes can be asked for at once");
    return reverse_when(d, addr, len);
}

static void list_branches(Debug *d, const History *h)
{
    HistoryBranch b;
    if (!history_branch_info(h, 0, &b))
        return;
    fprintf(d->out, "line %u is this one\n", history_line(h));
    for (unsigned i = 0; history_branch_info(h, i, &b); i++) {
        if (b.whole)
            fprintf(d->out,
                    "line %u is another run, from instruction %" PRIu64 " to %" PRIu64
                    ", left at %" PRIu64 " for a state that was loaded; %u inputs\n",
                    b.number, b.first, b.last, b.fork, b.inputs);
        else
            fprintf(d->out,
                    "line %u leaves line %u at instruction %" PRIu64 " and goes on to %" PRIu64
                    "; %u inputs\n",
                    b.number, b.from, b.fork, b.last, b.inputs);
    }
}

static bool info_timeline(Debug *d, const char *args)
{
    HistoryInfo i;
    if (!arg_end(d, args))
        return false;
    where_in_time(d);
    if (!d->session->history) {
        fprintf(d->out, "the past is not kept (-history)\n");
        return true;
    }
    history_info(d->session->history, &i);
    fprintf(d->out,
            "known: instructions %" PRIu64 " to %" PRIu64 "\n"
            "%u states, at most %" PRIu64 " instructions apart; %u inputs; %" PRIu64 " of %" PRIu64
            " KiB\n",
            i.first, i.last, i.states, i.widest, i.inputs, i.bytes >> 10, i.budget >> 10);
    list_branches(d, d->session->history);
    return true;
}

static bool cmd_branch(Debug *d, const char *args)
{
    u64 n;
    bool drop = arg_is(&args, "drop");
    if (!*args)
        return debug_fail(d, "which line? `info timeline` lists them");
    if (!arg_number(d, &args, UINT32_MAX, &n) || !arg_end(d, args))
        return false;
    if (!drop)
        return may_go(d) && reverse_branch(d, (unsigned)n);
    return d->session->history
               ? history_branch_drop(d->session->history, (unsigned)n, d->error, sizeof d->error)
               : debug_fail(d, "the past is not kept (-history)");
}

const Cmd cmds_back[] = {
    {"rsi", "reverse-stepi rstepi", "[N]", cmd_rsi,
     "Goes back one instruction, or N. A HLT that was waited out is one instruction",
     COMPLETE_EXPR},
    {"rni", "reverse-nexti rnexti", "[N]", cmd_rni,
     "As rsi, but calls, interrupts and repeated string instructions are undone as a whole",
     COMPLETE_EXPR},
    {"rc", "reverse-continue", "", cmd_rc,
     "Goes back to the last hit of any breakpoint or watchpoint, or to the beginning of what is "
     "known. The machine then stands just before what was hit. Ctrl-C calls it off",
     COMPLETE_NOTHING},
    {"rfinish", "reverse-finish", "", cmd_rfinish,
     "Goes back to the call of this routine, or to where it interrupted another",
     COMPLETE_NOTHING},
    {"goto-insn", "travel", "N", cmd_goto_insn,
     "Goes to an instruction by its number, back or forth. `p $insn` is the present one",
     COMPLETE_EXPR},
    {"when", NULL, "[ADDR[,+LEN]]", cmd_when,
     "Finds the instruction that last wrote these bytes, and goes there. Without an address: "
     "where in time the machine is",
     COMPLETE_EXPR},
    {"info timeline", NULL, "", info_timeline,
     "What is known of the past and of futures that were left, and what it costs",
     COMPLETE_NOTHING},
    {"branch", "line", "N | drop N", cmd_branch,
     "Goes to the end of another line of the past, or forgets that line. Changing a register or "
     "memory in the past begins a new line; the old one stays",
     COMPLETE_EXPR},
    {0},
};
