/* past.c: see past.h. */
#include "frontend/past.h"

#include "devices/snapshot.h"
#include "frontend/gdbstub.h"
#include "frontend/say.h"
#include "frontend/states.h"
#include "frontend/term.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* Ctrl-C gives a long search up, here or in gdb. */
static bool cancelled(void *ctx)
{
    Session *s = ctx;
    if (gdbstub_cancels(s->debug))
        return true;
    if (term_quit_signal() != SIGINT)
        return false;
    term_forget_signal();
    return true;
}

/* Whoever can call the debugger can want to go back. */
static bool debugger_in_reach(const Session *s)
{
    const Options *o = s->opt;
    bool person = !o->batch && !s->serial_on_stdio && term_present() && isatty(STDOUT_FILENO);
    return person || s->display || o->dbg || o->script_count || o->stop_first || o->gdb ||
           o->monitor || o->magic;
}

void past_open(Session *s)
{
    if (!s->opt->history || !debugger_in_reach(s))
        return;
    s->history = history_open(s->pc, s->opt->history);
    history_on_cancel(s->history, cancelled, s);
    input_add_tap(&s->input, history_input, s->history);
}

void past_close(Session *s)
{
    history_close(s->history);
    s->history = NULL;
}

bool past_behind(const Session *s)
{
    return s->history && history_behind(s->history);
}

bool past_repeating(const Session *s)
{
    return s->history && history_repeating(s->history);
}

static void begin_anew(Session *s)
{
    input_drop_typed(&s->input);
    states_skip_typed(s);
    pc_sound_restart(s->pc);
}

/* What was still to be typed belongs to the other future; what -type-at has for later times will
 * be typed in this one. */
static void fork_here(Session *s)
{
    if (s->record)
        record_back(s->record, history_inputs(s->history));
    if (s->replay) {
        replay_free(s->replay);
        s->replay = NULL;
        say("the replay ends here: from now on this is another run");
    }
    begin_anew(s);
    say("another future begins at instruction %llu; the other one is line %u",
        (unsigned long long)s->pc->clock.now, history_line(s->history));
}

void past_deliver(Session *s)
{
    if (s->input.key_count || s->input.reset) { /* a person does something */
        past_leave(s);
        states_deliver(s);
        return;
    }
    input_drop_mouse(&s->input);
    history_deliver(s->history);
}

void past_poll(Session *s)
{
    if (s->history)
        history_poll(s->history);
}

void past_leave(Session *s)
{
    if (!past_behind(s))
        return;
    fork_here(s);
    history_fork(s->history);
}

void past_edited(Session *s)
{
    if (past_behind(s))
        fork_here(s);
    if (s->record)
        record_edited(s->record);
    if (s->history)
        history_edited(s->history);
}

void past_moved(Session *s)
{
    s->stopped = false;
    run_rebase(s);
}

bool past_branch(Session *s, unsigned number, char *err, size_t errlen)
{
    if (s->record || s->replay) {
        snprintf(err, errlen, "a run log has one line only; leave -record or -replay out");
        return false;
    }
    if (!history_branch_go(s->history, number, err, errlen))
        return false;
    begin_anew(s);
    past_moved(s);
    return true;
}

bool past_load(Session *s, const char *path, char *err, size_t errlen)
{
    History *h = s->history;
    unsigned line = h ? history_line(h) : 0;
    bool waits = h && history_leave(h);
    if (!pc_load(s->pc, path, err, errlen)) {
        if (waits)
            history_stay(h);
        return false;
    }
    if (waits) {
        history_enter(h);
        say("this is line %u; the run that was left is line %u", history_line(h), line);
    } else if (h) {
        history_restart(h);
        say("the past is forgotten, since an image was written after the last state was loaded");
    }
    past_moved(s);
    return true;
}

void past_replaced(Session *s)
{
    if (s->history)
        history_restart(s->history);
    past_moved(s);
}
