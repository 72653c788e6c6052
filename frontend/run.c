/* run.c: the run loop. Guest time is cut into slices that end where something of the frontend is
 * due: a frame, a key to type, a byte to hand over, a limit. Where the cuts lie changes nothing
 * in the guest; what happens at a cut depends on guest time alone, except for what people and
 * peers do on the host. */
#include "frontend/console.h"
#include "frontend/debug.h"
#include "frontend/debug_trace.h"
#include "frontend/exit.h"
#include "frontend/golden.h"
#include "frontend/gdbstub.h"
#include "frontend/monitor.h"
#include "frontend/past.h"
#include "frontend/say.h"
#include "frontend/screen.h"
#include "frontend/session.h"
#include "frontend/states.h"
#include "frontend/term.h"
#include "frontend/typing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FRAME_HZ = 60 };

#define MS 1000000ull /* in ns */

void run_end(Session *s, int status, const char *reason)
{
    if (s->ended)
        return;
    s->ended = true;
    s->exit = status;
    s->reason = reason;
}

/* ---- the host's side ----------------------------------------------------------------------- */

static void poll_serial(Session *s)
{
    u8 buf[512];
    for (int port = 0; port < MAX_SERIAL; port++) {
        Chardev *c = s->serial[port];
        unsigned room = c ? input_serial_room(&s->input, port) : 0;
        if (room < sizeof buf)
            continue; /* the guest is slow; the host's side buffers */
        size_t n = chardev_get(c, buf, sizeof buf);
        for (size_t i = 0; i < n; i++)
            input_serial(&s->input, port, buf[i]);
        if (chardev_quit(c))
            run_end(s, EXIT_OK, "quit by the user");
    }
    if (s->parallel)
        chardev_listen(s->parallel);
    if (s->debugcon)
        chardev_listen(s->debugcon);
}

static const char *default_shot_name(void)
{
    static char name[32];
    for (int i = 1; i < 1000; i++) {
        snprintf(name, sizeof name, "glass86-%03d.png", i);
        FILE *f = fopen(name, "r");
        if (!f)
            break;
        fclose(f);
    }
    return name;
}

static void take_screenshot(Session *s)
{
    char err[256];
    const char *name = default_shot_name();
    if (screen_dump(&s->pc->vga, name, err, sizeof err))
        say("screen written to %s", name);
    else
        say("%s", err);
}

static void set_speed(Session *s)
{
    int percent = s->opt->speed;
    if (percent == SPEED_AUTO)
        percent = s->display || s->display_lost ? 100 : SPEED_MAX;
    percent = s->turbo ? SPEED_MAX : percent;
    pace_set(&s->pace, s->pc->clock.ips, percent, s->pc->clock.now);
    sound_speed(s->sound, s->pc, percent);
}

static void insert_image(Session *s, const char *file)
{
    char err[1024];
    bool forget = false;
    if (past_behind(s)) {
        say("media can be changed only in the present");
        return;
    }
    const char *drive = media_drive_for(file, err, sizeof err);
    if (!drive || !media_change(&s->machine.media, &s->input, drive, file, false, &forget, err,
                                sizeof err)) {
        say("%s", err);
        return;
    }
    if (forget)
        past_replaced(s);
    say("%s is in drive %s", file, drive);
}

/* The window went away. The machine runs on as it did; the host's ways to it stay. */
static void lose_display(Session *s)
{
    say("the window is gone; the run goes on without one (Ctrl-C or a signal ends it)");
    media_on_trouble(&s->machine.media, NULL, NULL);
    s->display->ops->close(s->display);
    s->display = NULL;
    s->display_lost = true;
    if (s->user_pause || s->stopped)
        run_end(s, EXIT_OK, "nobody can let the machine go on without a window");
}

/* A program that was started from a desktop has no terminal, where the debugger would find the end
 * of its input and quit. */
static void call_debugger(Session *s)
{
    if (s->debug->console || term_present())
        debug_on_interrupt_key(s->debug);
    else
        say("the debugger needs a terminal; start glass86 in one, or use -monitor or -gdb");
}

static void obey(Session *s, const DisplayRequests *req)
{
    if (req->lost)
        lose_display(s);
    if (req->insert)
        insert_image(s, req->insert);
    if (req->quit)
        run_end(s, EXIT_OK, "quit by the user");
    if (req->screenshot)
        take_screenshot(s);
    if (req->pause) {
        s->user_pause = !s->user_pause;
        pace_rebase(&s->pace, s->pc->clock.now);
    }
    if (req->debug)
        call_debugger(s);
    if (req->turbo) {
        s->turbo = !s->turbo;
        set_speed(s);
    }
    if (s->input.reset && s->stopped) {
        s->stopped = false;
        pace_rebase(&s->pace, s->pc->clock.now);
    }
}

/* A program that is told to end while it works for a test has not passed it. */
static void quit_by_signal(Session *s)
{
    const Options *o = s->opt;
    bool test = o->batch || o->max_insns || o->timeout_us || match_active(&s->match);
    run_end(s, test ? EXIT_LIMIT : EXIT_OK, "ended by a signal");
}

/* Ctrl-C calls the debugger where somebody can talk to it; at its prompt it forgets the line. */
static void on_signal(Session *s)
{
    const Options *o = s->opt;
    bool person = term_present() && isatty(STDOUT_FILENO) && !o->batch && !s->serial_on_stdio;
    if (term_quit_signal() != SIGINT || !(person || s->debug->console)) {
        quit_by_signal(s);
        return;
    }
    term_forget_signal();
    console_forget_line();
    debug_on_interrupt_key(s->debug);
}

/* At most once per millisecond: at full speed a slice may take less. */
static void poll_host(Session *s)
{
    u64 ns = host_ns();
    if (term_quit_signal())
        on_signal(s);
    if (ns - s->host_polled < MS)
        return;
    s->host_polled = ns;
    poll_serial(s);
    media_tick(&s->machine.media, ns);
    debug_pass_on(s->debug);
    monitor_poll(s->debug);
    gdbstub_poll(s->debug);
    stick_poll(s->stick, &s->input);
    if (s->display) {
        DisplayRequests req = {0};
        s->display->ops->poll(s->display, &s->input, &req);
        obey(s, &req);
        free(req.insert);
    }
}

static void flush_outputs(Session *s)
{
    log_poll(&s->log);
    trace_poll(s->debug);
    for (int i = 0; i < MAX_SERIAL; i++) {
        if (s->serial[i])
            chardev_flush(s->serial[i]);
    }
    if (s->parallel)
        chardev_flush(s->parallel);
    if (s->debugcon)
        chardev_flush(s->debugcon);
}

/* ---- frames -------------------------------------------------------------------------------- */

static void measure_speed(Session *s, u64 ns)
{
    u64 span = ns - s->rate_ns, now = s->pc->clock.now;
    if (span < 500 * MS)
        return;
    u64 ticks = now - s->rate_tick;
    s->status.kips = (u64)((unsigned __int128)ticks * MS / span);
    s->status.percent = (int)((unsigned __int128)ticks * 1000 * MS * 100 / s->pc->clock.ips / span);
    s->rate_ns = ns;
    s->rate_tick = now;
}

/* The drives that hold something, with a star while they work. */
static void describe_drives(const Session *s, char *out, size_t room)
{
    size_t n = 0;
    char disk = 'C';
    *out = 0;
    for (int i = 0; i < DRIVE_COUNT && n < room; i++) {
        bool floppy = i < PC_FLOPPIES;
        int ide = i - PC_FLOPPIES;
        if (!s->machine.media.disk[i])
            continue;
        bool busy = floppy ? fdc_motor(&s->pc->fdc, i) : ide_busy(&s->pc->ide[ide / 2], ide % 2);
        n += (size_t)snprintf(out + n, room - n, "%s%c:%s", n ? " " : "", floppy ? 'A' + i : disk,
                              busy ? "*" : "");
        disk += !floppy;
    }
}

static void name_window(Session *s)
{
    const char *disk = media_title(&s->machine.media);
    s->status.what = disk ? disk : s->program;
}

/* The screen is drawn at most 60 times per host second, however fast the guest's frames come. */
static void show(Session *s)
{
    u64 ns = host_ns();
    if (!s->display || ns - s->host_shown < 15 * MS)
        return;
    s->host_shown = ns;
    measure_speed(s, ns);
    s->status.turbo = s->turbo;
    name_window(s);
    describe_drives(s, s->status.drives, sizeof s->status.drives);
    s->status.state = s->debug->stopped ? "in the debugger"
                      : s->stopped      ? "stopped by a triple fault"
                      : s->user_pause   ? "paused"
                                        : "running";
    s->display->ops->status(s->display, &s->status);
    s->display->ops->show(s->display, s->pc);
}

static void wait_for_host(Session *s)
{
    u64 ns;
    while (!s->ended && (ns = pace_ahead(&s->pace, s->pc->clock.now))) {
        host_sleep(ns < 10 * MS ? ns : 10 * MS);
        poll_host(s);
    }
}

static MatchResult look_for_patterns(Session *s)
{
    if (!match_active(&s->match))
        return MATCH_NOTHING;
    vga_text(&s->pc->vga, s->text);
    return match_check(&s->match, s->text);
}

static void test_patterns(Session *s)
{
    switch (look_for_patterns(s)) {
    case MATCH_EXPECTED:
        run_end(s, EXIT_OK, "-expect seen");
        break;
    case MATCH_FAILED:
        run_end(s, EXIT_FAIL_SEEN, "-fail-on seen");
        break;
    case MATCH_NOTHING:
        break;
    }
}

static u64 frame_tick(const Session *s)
{
    return clock_tick_of(&s->pc->clock, s->frame, FRAME_HZ);
}

static void end_frame(Session *s)
{
    u64 now = s->pc->clock.now;
    if (now < frame_tick(s))
        return;
    s->frame = clock_cycles(&s->pc->clock, now, FRAME_HZ) + 1;
    if (!past_behind(s))
        test_patterns(s);
    debug_on_frame(s->debug);
    show(s);
    wait_for_host(s);
}

/* ---- -type-at ------------------------------------------------------------------------------ */

static u64 typed_tick(const Session *s)
{
    if (s->typed_text)
        return 0;
    if (s->typed_at == s->opt->typed_count)
        return UINT64_MAX;
    return clock_tick_of(&s->pc->clock, s->opt->typed[s->typed_order[s->typed_at]].us, 1000000);
}

static void type_text(Session *s)
{
    KeyStroke strokes[KEY_STROKES_MAX];
    while (typed_tick(s) <= s->pc->clock.now) {
        if (!s->typed_text)
            s->typed_text = s->opt->typed[s->typed_order[s->typed_at++]].text;
        while (s->typed_text) {
            const char *next = s->typed_text;
            int n = typing_next(&next, strokes);
            if (n && !input_type(&s->input, strokes, n))
                return; /* the queue is full; on with it later */
            s->typed_text = n ? next : NULL;
        }
    }
}

/* ---- the guest's side ---------------------------------------------------------------------- */

static void on_triple_fault(Session *s)
{
    const Options *o = s->opt;
    const CpuState *c = &s->pc->cpu.s;
    TripleAction action = o->triple;
    if (action == TRIPLE_RESET && !o->no_reboot && !s->replay) {
        input_cpu_reset(&s->input);
        return;
    }
    say("triple fault at %04x:%08x after %llu instructions (CR0 %08x, CR2 %08x, CR3 %08x, IDT %08x "
        "limit %04x)",
        c->seg[SEG_CS].sel, c->eip, (unsigned long long)s->pc->clock.now, c->cr0, c->cr2, c->cr3,
        c->idtr.base, c->idtr.limit);
    if (past_behind(s) ||
        (s->replay && replay_next(s->replay, UINT64_MAX) == s->pc->clock.now))
        return; /* the log has what ended the shutdown then */
    fault_triple_report(s->debug, stderr);
    bool window = o->display == DISPLAY_SDL && !o->batch;
    if (action == TRIPLE_RESET)
        run_end(s, EXIT_OK, "the guest would reboot (-no-reboot)");
    else if (s->display && (action == TRIPLE_STOP || (action != TRIPLE_EXIT && window)))
        s->stopped = true;
    else
        run_end(s, EXIT_TRIPLE_FAULT, "triple fault");
}

/* Nothing can wake the machine. Where somebody watches, the last screen stays; with a limit,
 * time runs on to it. */
static void on_dead_halt(Session *s)
{
    if (s->limit == UINT64_MAX && (!s->display || s->opt->batch))
        run_end(s, EXIT_OK, "the guest halted with interrupts off");
}

static void on_machine_exit(Session *s, PcExit e)
{
    u32 v = s->pc->s.exit_value;
    if (debug_on_exit(s->debug, e))
        return;
    switch (e) {
    case PC_EXIT_TIME:
    case PC_EXIT_BREAK:
        break;
    case PC_EXIT_POWEROFF:
        pc_drain_serial(s->pc);
        run_end(s, EXIT_OK, "the guest powered off");
        break;
    case PC_EXIT_DEBUG_EXIT:
        pc_drain_serial(s->pc);
        run_end(s, (int)((s->opt->debug_exit_raw ? v : v << 1 | 1) & 0xFF), "isa-debug-exit");
        break;
    case PC_EXIT_SHUTDOWN:
        on_triple_fault(s);
        break;
    case PC_EXIT_STOP:
        if (s->reset_seen)
            run_end(s, EXIT_OK, "the guest would reboot (-no-reboot)");
        break;
    case PC_EXIT_HALT_FOREVER:
        on_dead_halt(s);
        break;
    }
}

/* The first of -golden-record that lies ahead of `now`, or is due at it. */
static u64 next_golden(const Session *s, u64 now)
{
    u64 next = UINT64_MAX;
    for (int n = 0; n < s->opt->golden_at_count; n++)
        if (s->opt->golden_at[n].at >= now && s->opt->golden_at[n].at < next)
            next = s->opt->golden_at[n].at;
    return next;
}

static void record_golden(Session *s)
{
    char err[300];
    for (int n = 0; n < s->opt->golden_at_count; n++) {
        if (s->opt->golden_at[n].at != s->pc->clock.now || s->golden_done >> n & 1)
            continue;
        s->golden_done |= 1u << n;
        if (golden_record(&s->pc->cpu, s->opt->golden_at[n].file, err, sizeof err))
            continue;
        say("-golden-record: %s", err);
        s->save_failed = true;
    }
}

static u64 slice_end(const Session *s)
{
    u64 now = s->pc->clock.now, until = frame_tick(s);
    if (next_golden(s, now + 1) < until)
        until = next_golden(s, now + 1);
    if (s->limit < until)
        until = s->limit;
    if (past_behind(s)) {
        until = history_next(s->history, until);
    } else {
        if (!s->typed_text && typed_tick(s) < until)
            until = typed_tick(s);
        until = input_next(&s->input, until);
        until = states_next(s, until);
    }
    until = debug_slice(s->debug, until);
    return until > now ? until : now + 1;
}

void run_idle(Session *s)
{
    poll_host(s);
    show(s);
    flush_outputs(s);
}

static void idle(Session *s)
{
    sound_pause(s->sound, true);
    host_sleep(10 * MS);
    show(s);
}

/* What the guest showed in its last slice counts, however the run ended. */
static void last_look(Session *s)
{
    MatchResult r = look_for_patterns(s);
    if (r == MATCH_FAILED)
        s->exit = EXIT_FAIL_SEEN;
    else if (r == MATCH_EXPECTED)
        s->exit = EXIT_OK;
    else if (match_missing(&s->match) && (s->exit == EXIT_OK || s->exit == EXIT_LIMIT))
        s->exit = EXIT_NOT_SEEN;
}

/* The host's disk is full or failing, and the guest stands still inside its write: nothing may
 * reach the machine now. */
static bool wait_for_disk(void *ctx)
{
    Session *s = ctx;
    name_window(s);
    s->status.state = "waiting for the host's disk";
    s->display->ops->status(s->display, &s->status);
    host_sleep(200 * MS);
    return !term_quit_signal() && (!s->display->ops->wait || s->display->ops->wait(s->display));
}

/* The terminal's screen makes room for the debugger's console. */
static void show_debugger(Session *s, bool on)
{
    if (s->display && s->display->ops->leave && s->debug->console && on != s->debugger_shown) {
        s->display->ops->leave(s->display, on);
        s->debugger_shown = on;
    }
}

void run_rebase(Session *s)
{
    s->frame = clock_cycles(&s->pc->clock, s->pc->clock.now, FRAME_HZ) + 1;
    s->rate_ns = host_ns();
    s->rate_tick = s->pc->clock.now;
    pace_rebase(&s->pace, s->pc->clock.now);
}

void run_loop(Session *s)
{
    s->host_started = host_ns();
    run_rebase(s);
    set_speed(s);
    if (s->display && !s->opt->batch)
        media_on_trouble(&s->machine.media, wait_for_disk, s);
    while (!s->ended) {
        poll_host(s);
        if (s->ended)
            break;
        if (s->debug->stopped) {
            show_debugger(s, true);
            sound_pause(s->sound, true);
            debug_attend(s->debug);
            if (!s->debug->stopped)
                show_debugger(s, false);
            continue;
        }
        if (s->user_pause || s->stopped) {
            idle(s);
            continue;
        }
        if (!past_behind(s))
            type_text(s);
        states_deliver(s);
        if (s->ended)
            break;
        if (unlikely(s->opt->golden_at_count))
            record_golden(s);
        sound_pause(s->sound, false);
        on_machine_exit(s, pc_run(s->pc, slice_end(s)));
        states_poll(s);
        midi_poll(s->midi, s->pc);
        sound_poll(s->sound, s->pc);
        flush_outputs(s);
        if (s->debug->stopped)
            continue;
        end_frame(s);
        if (s->pc->clock.now >= s->limit)
            run_end(s, EXIT_LIMIT, "limit reached");
    }
    media_on_trouble(&s->machine.media, NULL, NULL);
    last_look(s);
    states_end(s);
}
