/* session.h: one run of one machine, from the options to the exit status. */
#ifndef GLASS86_SESSION_H
#define GLASS86_SESSION_H

#include "frontend/chardev.h"
#include "frontend/display.h"
#include "frontend/history.h"
#include "frontend/input.h"
#include "frontend/log.h"
#include "frontend/machine.h"
#include "frontend/match.h"
#include "frontend/pace.h"
#include "frontend/record.h"
#include "frontend/midi.h"
#include "frontend/sound.h"
#include "frontend/wavin.h"
#include "frontend/stick.h"

typedef struct Session {
    const Options *opt;
    Machine machine;
    Pc *pc; /* machine.pc */
    Input input;
    Match match;
    Log log;
    Pace pace;
    struct Debug *debug;
    Display *display; /* NULL: none */
    bool display_lost; /* there was a window, and it went away */
    Sound *sound;     /* NULL: none */
    Midi *midi;       /* NULL: none */
    WavIn *wav_in;    /* NULL: none */
    Stick *stick;     /* NULL: none */
    Chardev *serial[MAX_SERIAL], *parallel, *debugcon;
    u64 serial_tx[MAX_SERIAL];

    u64 frame; /* number of the next frame; frame n is due at n / 60 guest seconds */
    u64 limit; /* tick at which -max-insns or -timeout ends the run; UINT64_MAX: none */
    int typed_order[MAX_TYPED], typed_at; /* -type-at in order of time, and the one that is next */
    const char *typed_text;               /* what is left of the one being typed */

    struct Move *move; /* the machine is on its way to another process: move.h */
    struct SessionFork *forks; /* copies that were started: fork.h */
    int fork_count;
    History *history; /* the past; NULL: not kept */
    Record *record; /* NULL: none */
    Replay *replay; /* NULL: the host's input counts */
    int save_order[MAX_SAVES], save_at; /* -savevm-at, likewise */
    bool save_failed;
    u32 golden_done; /* bit n: -golden-record n has had its turn */

    bool reset_seen; /* the guest reset the processor and -no-reboot is on */
    bool user_pause;
    bool serial_on_stdio, debugger_shown;
    bool stopped; /* the machine cannot go on until it is reset */
    bool turbo;
    u64 host_polled, host_shown, host_started; /* host_ns() */
    u64 rate_ns, rate_tick;                    /* where the current measurement of speed began */
    DisplayStatus status;
    const char *program; /* what the window is named after when it is no disk */
    VgaText *text; /* scratch for -expect */

    bool ended;
    int exit;
    const char *reason;
} Session;

/* Builds the machine, runs it, reports; the exit status. */
int session_run(const Options *o);

/* run.c: from the first instruction until s->ended. */
void run_loop(Session *s);
/* While something else waits (the debugger's prompt): looks after screen, ports, monitor and
 * gdb. */
void run_idle(Session *s);
void run_end(Session *s, int status, const char *reason);
/* Guest time has gone back or forth. */
void run_rebase(Session *s);

/* report.c: after the run: messages, screen dumps, figures; the exit status, raised if something
 * could not be written. */
int report_results(Session *s);

#endif
