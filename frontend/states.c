/* states.c: see states.h. */
#include "frontend/states.h"

#include "devices/snapshot.h"
#include "frontend/debug.h"
#include "frontend/exit.h"
#include "frontend/move.h"
#include "frontend/past.h"
#include "frontend/record.h"
#include "frontend/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

int states_prepare(Session *s)
{
    char err[600];
    if (!s->opt->replay)
        return EXIT_OK;
    if (s->opt->record) {
        say("-record and -replay exclude each other; leave one out");
        return EXIT_USAGE;
    }
    s->replay = replay_open(s->opt->replay, err, sizeof err);
    if (!s->replay)
        say("-replay: %s", err);
    return s->replay ? EXIT_OK : EXIT_NOINPUT;
}

/* Texts that would have been typed before the state was saved are in it already. */
void states_skip_typed(Session *s)
{
    const Options *o = s->opt;
    s->typed_at = 0;
    s->typed_text = NULL;
    while (s->typed_at < o->typed_count &&
           clock_tick_of(&s->pc->clock, o->typed[s->typed_order[s->typed_at]].us, 1000000) <
               s->pc->clock.now)
        s->typed_at++;
}

static void sort_saves(Session *s)
{
    const Options *o = s->opt;
    for (int i = 0; i < o->save_count; i++) {
        int at = i;
        for (; at && o->save[s->save_order[at - 1]].insn > o->save[i].insn; at--)
            s->save_order[at] = s->save_order[at - 1];
        s->save_order[at] = i;
    }
    while (s->save_at < o->save_count && o->save[s->save_order[s->save_at]].insn < s->pc->clock.now)
        s->save_at++;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static int wait_for_machine(Session *s)
{
    char err[1200];
    MoveReport r;
    int fd = chardev_connection(s->opt->incoming, true, err, sizeof err);
    bool ok = fd >= 0 && move_receive(s->pc, fd, &r, err, sizeof err);
    if (fd >= 0)
        close(fd);
    if (!ok) {
        say("-incoming: %s", err);
        return EXIT_NOINPUT;
    }
    say("the machine has come, in %u rounds and %" PRIu64
        " KiB; it goes on at instruction %" PRIu64,
        r.rounds, r.bytes >> 10, r.tick);
    states_skip_typed(s);
    return EXIT_OK;
}

static void moved(Session *s)
{
    const MoveReport *r = move_report(s->move);
    say("the machine has moved in %u rounds: %" PRIu64 " pages, %" PRIu64
        " of them while it stood still; %" PRIu64 " KiB; downtime %" PRIu64 ".%03" PRIu64
        " ms; hash %016" PRIx64,
        r->rounds, r->pages, r->last_pages, r->bytes >> 10, r->downtime_ns / 1000000,
        r->downtime_ns / 1000 % 1000, r->hash);
    run_end(s, EXIT_OK, "the machine has moved");
}

/* True while there is more to send. */
static bool move_on(Session *s, bool now, char *err, size_t errlen)
{
    MoveResult r = move_step(s->move, now, err, errlen);
    if (r == MOVE_GOES_ON)
        return true;
    if (r == MOVE_DONE) {
        moved(s);
        *err = 0;
    }
    move_end(s->move);
    s->move = NULL;
    return false;
}

bool states_migrate(Session *s, const char *spec, char *err, size_t errlen)
{
    if (s->move) {
        snprintf(err, errlen, "the machine is on its way already");
        return false;
    }
    int fd = chardev_connection(spec, false, err, errlen);
    if (fd < 0)
        return false;
    s->move = move_begin(s->pc, fd);
    *err = 0;
    while (s->debug->stopped && move_on(s, true, err, errlen))
        continue;
    return !*err;
}

static void poll_move(Session *s)
{
    char err[1200];
    if (s->move && !move_on(s, false, err, sizeof err) && *err)
        say("migrate: %s", err);
}

int states_start(Session *s)
{
    const Options *o = s->opt;
    char err[1200];
    int came = o->incoming ? wait_for_machine(s) : EXIT_OK;
    if (came)
        return came;
    if (o->loadvm && !pc_load(s->pc, o->loadvm, err, sizeof err)) {
        say("-loadvm: %s", err);
        return EXIT_NOINPUT;
    }
    if (o->loadvm)
        states_skip_typed(s);
    sort_saves(s);
    if (s->replay && !replay_check(s->replay, s->pc, err, sizeof err)) {
        say("-replay: %s", err);
        return EXIT_NOINPUT;
    }
    if (o->record) {
        s->record = record_open(o->record, s->pc, err, sizeof err);
        if (!s->record) {
            say("-record: %s", err);
            return EXIT_NOINPUT;
        }
        input_add_tap(&s->input, record_input, s->record);
    }
    return EXIT_OK;
}

static u64 save_tick(const Session *s)
{
    const Options *o = s->opt;
    return s->save_at < o->save_count ? o->save[s->save_order[s->save_at]].insn : UINT64_MAX;
}

u64 states_next(const Session *s, u64 until)
{
    if (save_tick(s) < until)
        until = save_tick(s);
    return s->replay ? replay_next(s->replay, until) : until;
}

void states_deliver(Session *s)
{
    char err[600];
    if (past_behind(s)) {
        past_deliver(s);
        return;
    }
    if (!s->replay) {
        input_deliver(&s->input);
        return;
    }
    input_drop(&s->input);
    if (!replay_poll(s->replay, &s->input, err, sizeof err)) {
        say("-replay: %s", err);
        run_end(s, EXIT_DIVERGED, "the replay diverged");
    } else if (replay_ended(s->replay)) {
        run_end(s, EXIT_OK, "the replay is complete");
    }
}

static void save_due(Session *s)
{
    char err[600];
    while (save_tick(s) <= s->pc->clock.now) {
        const SaveOption *save = &s->opt->save[s->save_order[s->save_at++]];
        if (!pc_save(s->pc, save->file, err, sizeof err)) {
            say("-savevm-at: %s", err);
            s->save_failed = true;
        }
    }
}

void states_poll(Session *s)
{
    poll_move(s);
    past_poll(s);
    if (past_behind(s))
        return;
    save_due(s);
    if (s->record)
        record_poll(s->record);
}

/* The machine has ended by itself: at the same instruction as then? */
void states_end(Session *s)
{
    char text[600];
    if (!s->replay || past_behind(s))
        return;
    if (s->exit != EXIT_DIVERGED && !replay_poll(s->replay, &s->input, text, sizeof text)) {
        say("-replay: %s", text);
        s->exit = EXIT_DIVERGED;
    } else if (s->exit != EXIT_DIVERGED) {
        replay_summary(s->replay, text, sizeof text);
        say("-replay: %s", text);
    }
}

/* What was to be written at instructions that the run did not come to. */
static void name_missing(const Session *s)
{
    const Options *o = s->opt;
    for (int i = s->save_at; s->ended && i < o->save_count; i++)
        say("-savevm-at: the run ended before instruction %" PRIu64 "; %s was not written",
            o->save[s->save_order[i]].insn, o->save[s->save_order[i]].file);
    for (int i = 0; s->ended && i < o->golden_at_count; i++)
        if (!(s->golden_done >> i & 1))
            say("-golden-record: the run ended before instruction %" PRIu64
                "; nothing was written to %s", o->golden_at[i].at, o->golden_at[i].file);
}

bool states_close(Session *s)
{
    name_missing(s);
    bool ok = record_close(s->record);
    if (!ok)
        say("-record: %s could not be written to its end; free some space on the host's disk",
            s->opt->record);
    s->record = NULL;
    move_end(s->move);
    s->move = NULL;
    replay_free(s->replay);
    s->replay = NULL;
    return ok && !s->save_failed;
}
