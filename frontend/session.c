/* session.c: see session.h. Opens everything the options name, lets run.c run it, and closes it
 * in an order that loses nothing: the guest's disks first, then the terminal, then the last
 * lines of output. */
#include "frontend/session.h"

#include "frontend/debug.h"
#include "frontend/exit.h"
#include "frontend/fork.h"
#include "frontend/past.h"
#include "frontend/sandbox.h"
#include "frontend/say.h"
#include "frontend/screen.h"
#include "frontend/states.h"
#include "frontend/term.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEMO_LIMIT_S = 120 }; /* without a terminal the demo ends by itself, long before */

/* ---- what the machine tells us ------------------------------------------------------------- */

static void on_serial(void *ctx, int port, u8 byte)
{
    Session *s = ctx;
    if (port < 0 || port >= MAX_SERIAL)
        return;
    if (past_repeating(s)) {
        debug_on_serial(s->debug, port, byte);
        return;
    }
    s->serial_tx[port]++;
    match_byte(&s->match, port, byte);
    debug_on_serial(s->debug, port, byte);
    if (s->serial[port])
        chardev_put(s->serial[port], byte);
}

static void on_parallel(void *ctx, u8 byte)
{
    Session *s = ctx;
    if (s->parallel && !past_repeating(s))
        chardev_put(s->parallel, byte);
}

static void on_midi(void *ctx, u8 byte)
{
    Session *s = ctx;
    if (s->midi && !past_repeating(s))
        midi_byte(s->midi, s->pc, byte);
}

static void on_line_in(void *ctx, AudioTime when, u32 rate, s32 level[2])
{
    const Session *s = ctx;
    if (s->wav_in)
        wavin_level(s->wav_in, when, rate, level);
}

static void on_debugcon(void *ctx, u8 byte)
{
    Session *s = ctx;
    if (past_repeating(s))
        return;
    match_byte(&s->match, MATCH_DEBUGCON, byte);
    debug_on_serial(s->debug, MAX_SERIAL, byte);
    if (s->debugcon)
        chardev_put(s->debugcon, byte);
}

static void on_reset(void *ctx)
{
    Session *s = ctx;
    if (past_repeating(s))
        return;
    log_reset(&s->log);
    if (s->opt->no_reboot) {
        s->reset_seen = true;
        pc_stop(s->pc);
    }
}

/* ---- opening ------------------------------------------------------------------------------- */

static bool open_chardev(Chardev **c, const char *spec, const char *name, u64 limit)
{
    char err[300];
    if (!spec)
        return true;
    *c = chardev_open(spec, name, err, sizeof err);
    if (!*c)
        say("-%s: %s", name, err);
    else
        chardev_limit(*c, limit);
    return *c;
}

static bool open_chardevs(Session *s)
{
    const Options *o = s->opt;
    for (int i = 0; i < o->serial_count; i++) {
        if (!open_chardev(&s->serial[i], o->serial[i], "serial", o->log_limit))
            return false;
    }
    return open_chardev(&s->parallel, o->parallel, "parallel", o->log_limit) &&
           open_chardev(&s->debugcon, o->debugcon, "debugcon", o->log_limit);
}

static void close_chardevs(Session *s)
{
    for (int i = 0; i < MAX_SERIAL; i++)
        chardev_close(s->serial[i]);
    chardev_close(s->parallel);
    chardev_close(s->debugcon);
}

static bool chardevs_failed(const Session *s)
{
    bool bad = (s->parallel && chardev_failed(s->parallel)) ||
               (s->debugcon && chardev_failed(s->debugcon));
    for (int i = 0; i < MAX_SERIAL; i++)
        bad |= s->serial[i] && chardev_failed(s->serial[i]);
    return bad;
}

static bool open_display(Session *s)
{
    char err[300] = "";
    switch (s->opt->display) {
    case DISPLAY_TEXT:
        s->display = text_open(s->opt, err, sizeof err);
        break;
    case DISPLAY_SDL:
        s->display = sdl_open(s->opt, err, sizeof err);
        break;
    default:
        return true;
    }
    if (!s->display)
        say("%s", err);
    return s->display;
}

static void sort_typed(Session *s)
{
    const Options *o = s->opt;
    for (int i = 0; i < o->typed_count; i++) {
        int at = i;
        for (; at && o->typed[s->typed_order[at - 1]].us > o->typed[i].us; at--)
            s->typed_order[at] = s->typed_order[at - 1];
        s->typed_order[at] = i;
    }
}

static void set_limits(Session *s)
{
    const Options *o = s->opt;
    u64 us = o->timeout_us;
    s->limit = o->max_insns ? o->max_insns : UINT64_MAX;
    if (!us && s->machine.media.demo && !s->display && s->limit == UINT64_MAX)
        us = DEMO_LIMIT_S * 1000000ull;
    u64 tick = us ? clock_tick_of(&s->pc->clock, us, 1000000) : UINT64_MAX;
    if (tick < s->limit)
        s->limit = tick;
}

/* Of what the options name when it is no disk. */
static const char *program_name(const Options *o)
{
    const char *file = o->image_count ? o->image[0].file : o->load_count ? o->load[0].file : NULL;
    const char *slash = file ? strrchr(file, '/') : NULL;
    return slash ? slash + 1 : file ? file : "no disk";
}

/* In a replay the clock shows what it showed then. */
static int build_machine(Session *s, const PcHooks *hooks, char *err, size_t errlen)
{
    Options o = *s->opt;
    if (s->replay) {
        o.rtc = RTC_DATE;
        o.rtc_date = replay_rtc(s->replay);
    }
    return machine_build(&s->machine, &o, hooks, err, errlen);
}

/* A host without controllers, or one where they cannot be looked for, still runs. */
static void open_stick(Session *s)
{
    char why[200];
    s->input.keys_are_stick = s->opt->joystick == JOYSTICK_KEYS;
    if (s->opt->joystick == JOYSTICK_SDL && !(s->stick = stick_open(why, sizeof why)))
        say("-joystick: %s", why);
}

static bool close_midi(Session *s)
{
    char err[300];
    bool ok = midi_close(s->midi, err, sizeof err);
    if (!ok)
        say("-midi: %s; free some space on the host's disk", err);
    s->midi = NULL;
    return ok;
}

/* Before the machine: it may record at once. */
static int open_line_in(Session *s)
{
    char err[300];
    if (!s->opt->audio_in)
        return EXIT_OK;
    if (!s->opt->sound.sb) {
        say("-audio-in: there is no Sound Blaster to record it; add -device sb16");
        return EXIT_USAGE;
    }
    s->wav_in = wavin_open(s->opt->audio_in, err, sizeof err);
    if (!s->wav_in)
        say("-audio-in: %s", err);
    return s->wav_in ? EXIT_OK : EXIT_NOINPUT;
}

static int open_all(Session *s)
{
    char err[512];
    PcHooks hooks = {
        .ctx = s,
        .serial_tx = on_serial,
        .parallel_tx = on_parallel,
        .midi_tx = on_midi,
        .line_in = on_line_in,
        .debugcon_tx = on_debugcon,
        .reset = on_reset,
    };
    int status = open_line_in(s);
    if (!status)
        status = states_prepare(s);
    if (status)
        return status;
    status = build_machine(s, &hooks, err, sizeof err);
    if (status) {
        say("%s", err);
        return status;
    }
    s->pc = s->machine.pc;
    if (!log_open(&s->log, s->opt, err, sizeof err)) {
        say("%s", err);
        return EXIT_NOINPUT;
    }
    log_attach(&s->log, s->pc);
    s->debug = debug_open(s);
    input_init(&s->input, s->pc);
    match_init(&s->match, s->opt);
    s->text = malloc(sizeof *s->text);
    if (!s->text)
        panic("out of host memory for the text screen");
    for (int i = 0; i < s->opt->serial_count; i++)
        s->serial_on_stdio |= strstr(s->opt->serial[i], "stdio") != NULL;
    if (!open_chardevs(s))
        return EXIT_NOINPUT;
    if (!open_display(s))
        return EXIT_INTERNAL;
    s->program = program_name(s->opt);
    sort_typed(s);
    set_limits(s);
    status = states_start(s);
    if (status)
        return status;
    if (s->opt->midi && !(s->midi = midi_open(s->opt->midi, s->pc, err, sizeof err))) {
        say("-midi: %s", err);
        return EXIT_NOINPUT;
    }
    if (!sound_open(&s->sound, s->opt, s->pc, err, sizeof err)) {
        say("-audio: %s", err);
        return EXIT_NOINPUT;
    }
    open_stick(s);
    past_open(s);
    return EXIT_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void on_panic(void *ctx)
{
    term_restore();
    say_release();
}

static void close_display(Session *s)
{
    if (s->display)
        s->display->ops->close(s->display);
    s->display = NULL;
    say_release();
}

static int close_doors(const Session *s)
{
    char err[400];
    if (sandbox_enter(s->opt, s->opt->display == DISPLAY_SDL, err, sizeof err))
        return EXIT_OK;
    say("-sandbox on: %s", err);
    return EXIT_INTERNAL;
}

int session_run(const Options *o)
{
    Session *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of host memory");
    s->opt = o;
    panic_set_hook(on_panic, s);
    term_handle_signals();
    int status = open_all(s);
    if (!status && !debug_start(s->debug))
        status = EXIT_NOINPUT;
    if (!status && o->sandbox == SANDBOX_ON)
        status = close_doors(s);
    bool failed = false;
    if (!status) {
        run_loop(s);
        midi_poll(s->midi, s->pc);
        failed = !sound_close(s->sound, s->pc);
        s->sound = NULL;
        stick_close(s->stick);
        s->stick = NULL;
        close_display(s);
        status = report_results(s);
    }
    int copies = fork_wait(s, NULL);
    status = status ? status : copies;
    u64 insns = 0, hash = 0;
    bool hashed = !status || s->ended;
    if (s->pc && hashed) {
        insns = s->pc->clock.now;
        hash = pc_hash(s->pc);
    }
    failed |= chardevs_failed(s);
    failed |= !sound_close(s->sound, s->pc);
    stick_close(s->stick);
    failed |= !close_midi(s);
    wavin_close(s->wav_in);
    s->wav_in = NULL;
    past_close(s);
    debug_close(s->debug);
    close_chardevs(s);
    failed |= !log_close(&s->log);
    failed |= !states_close(s);
    if (s->pc)
        failed |= !machine_free(&s->machine);
    match_free(&s->match);
    free(s->forks);
    free(s->text);
    free(s);
    panic_set_hook(NULL, NULL);
    term_restore();
    if (o->hash && hashed)
        printf("hash %" PRIu64 " %016" PRIx64 "\n", insns, hash);
    if (fflush(stdout))
        failed = true;
    return failed && !status ? EXIT_INTERNAL : status;
}
