/* main.c: from the arguments to one run. Decides what the options leave open: which file of
 * defaults, which display. */
#include "frontend/cmd.h"
#include "frontend/exit.h"
#include "frontend/golden.h"
#include "frontend/media.h"
#include "frontend/models.h"
#include "frontend/options.h"
#include "frontend/say.h"
#include "frontend/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#ifndef GLASS86_VERSION
#define GLASS86_VERSION "0.1"
#endif

static int usage(const Options *o)
{
    say("%s", o->error);
    return EXIT_USAGE;
}

/* The command line first, because it names the file; the file next, which must not override it. */
static int load_options(Options *o, int argc, char **argv)
{
    static const char standard[] = "glass86.conf";
    const char *path = NULL;
    if (!options_read_args(o, argc, argv))
        return usage(o);
    for (int i = 0; i < o->use_count; i++) {
        if (!strcmp(options_use_name(&o->use[i]), "config"))
            path = o->use[i].text;
    }
    bool read = path ? strcmp(path, "none") != 0 : !access(standard, F_OK);
    path = path ? path : standard;
    if (read && access(path, R_OK)) {
        say("cannot read %s: %s; `-config none` runs without a file", path, strerror(errno));
        return EXIT_NOINPUT;
    }
    if (read && !options_read_file(o, path))
        return usage(o);
    if (!options_apply(o))
        return usage(o);
    return EXIT_OK;
}

/* Options that print something and end. */
static bool print_only(const Options *o)
{
    if (o->help)
        options_help(stdout);
    else if (o->version)
        puts("glass86 " GLASS86_VERSION);
    else if (o->cpu_help) {
        for (const CpuInfo *m = models; m->name; m++)
            printf("%-12s %s\n", m->name, m->about);
    } else if (o->dump_config)
        options_dump(o, stdout);
    else if (o->help_man)
        options_man(stdout);
    else if (o->help_bash)
        options_bash(stdout);
    else if (o->help_debugger)
        cmd_docs(stdout);
    else if (o->help_opcodes)
        opcode_docs(stdout);
    else if (o->help_zsh)
        options_zsh(stdout);
    else
        return false;
    return true;
}

static bool wants_stdio(const Options *o)
{
    const char *all[MAX_SERIAL + 2] = {o->parallel, o->debugcon, o->serial[0], o->serial[1]};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i] && strstr(all[i], "stdio"))
            return true;
    }
    return false;
}

/* Somebody who starts an image from a place without window and terminal would see nothing. */
static void note_no_screen(const Options *o)
{
    bool asked = o->dbg || o->tui ||
                 o->script_count || o->gdb || o->monitor || o->stop_first || o->batch ||
                 o->max_insns || o->timeout_us || o->expect.count || wants_stdio(o);
    bool image = o->image_count || o->drive[DRIVE_FDA].file || o->drive[DRIVE_HDA].file ||
                 o->cdrom.file;
    if (o->display == DISPLAY_NONE && image && !asked)
        say("neither a window nor a terminal here: running without a screen; Ctrl-C ends");
}

/* A window if there is a display, else the terminal, else nothing. */
static bool choose_display(Options *o)
{
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (o->nographic) {
        o->display = DISPLAY_NONE;
        if (!o->serial_count)
            o->serial[o->serial_count++] = "mon:stdio";
    }
    bool debugger = o->dbg || o->tui || o->script_count;
    if (debugger && wants_stdio(o) && !o->batch) {
        say("the debugger and a device on stdio both want the terminal; use e.g. -serial file:F or "
            "-monitor");
        return false;
    }
    if (o->display == DISPLAY_AUTO && debugger && (o->batch || !sdl_available()))
        o->display = DISPLAY_NONE; /* the terminal is the debugger's */
    if (o->display == DISPLAY_TEXT && wants_stdio(o)) {
        say("-display text and a device on stdio both want the terminal; use -display none, or "
            "e.g. "
            "-serial file:F");
        return false;
    }
    if (o->display == DISPLAY_AUTO) {
        if (o->batch)
            o->display = DISPLAY_NONE;
        else if (sdl_available())
            o->display = DISPLAY_SDL;
        else
            o->display = terminal && !wants_stdio(o) ? DISPLAY_TEXT : DISPLAY_NONE;
        note_no_screen(o);
    }
    return true;
}

int main(int argc, char **argv)
{
    static Options o;
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error of that write, no more */
    options_init(&o);
    int status = load_options(&o, argc, argv);
    if (!status && print_only(&o))
        status = fflush(stdout) || ferror(stdout) ? EXIT_INTERNAL : EXIT_OK;
    else if (!status && (o.commit || o.rebase))
        status = media_command(&o);
    else if (!status)
        status = o.golden_count    ? golden_main(o.golden, o.golden_count, o.core - 1)
                 : choose_display(&o) ? session_run(&o) : EXIT_USAGE;
    options_free(&o);
    return status;
}
