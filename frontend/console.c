/* console.c: see console.h, and debug_attend(), which executes what is typed. readline keeps its
 * own global
 * state, so a process has one console; that state is about the terminal, not about the guest. */
#include "frontend/console.h"

#include "frontend/cmd.h"
#include "frontend/exit.h"
#include "frontend/gdbstub.h"
#include "frontend/monitor.h"
#include "frontend/pace.h"
#include "frontend/say.h"
#include "frontend/term.h"
#include "frontend/tui.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef HAVE_READLINE
#ifdef HAVE_LIBEDIT
#include <editline/readline.h>
#else
#include <readline/history.h>
#include <readline/readline.h>
#endif
#endif

#define PROMPT "(glass86) "

enum { HISTORY_LINES = 1000 };

struct Console {
    bool edits; /* a person at a terminal */
    char buf[8192];
    size_t n;
    bool eof;
    u64 stops; /* Debug.stops when the read began */
};

static Debug *editing; /* for readline's callbacks, which carry no context */

/* Whether what the reader waits for is over: the machine runs again, or has stopped anew. */
static bool left(Debug *d)
{
    return !d->stopped || d->session->ended || d->stops != d->console_state->stops;
}

static bool host_turn(Debug *d)
{
    run_idle(d->session);
    return !left(d);
}

/* ---- readline
 * ------------------------------------------------------------------------------------- */

#ifdef HAVE_READLINE

static bool cancelled, forgotten;

static int on_idle(void)
{
    if (editing && !host_turn(editing))
        cancelled = true;
    if (cancelled || forgotten)
        rl_done = 1;
    return 0;
}

void console_forget_line(void)
{
    forgotten = true;
}

static char *generate(const char *text, int state)
{
    static int n;
    bool files;
    char line[600];
    n = state ? n + 1 : 0;
    snprintf(line, sizeof line, "%.*s", rl_point < 599 ? rl_point : 599, rl_line_buffer);
    char *s = cmd_completion(editing, line, n, &files);
    return s;
}

static char **complete(const char *text, int start, int end)
{
    bool files = false;
    char line[600];
    snprintf(line, sizeof line, "%.*s", rl_point < 599 ? rl_point : 599, rl_line_buffer);
    char *first = cmd_completion(editing, line, 0, &files);
    free(first);
    if (files)
        return NULL; /* readline's own file names */
    rl_attempted_completion_over = 1;
    return rl_completion_matches(text, generate);
}

static const char *history_path(char *path, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME"),
               *own = getenv("GLASS86_HISTORY");
    if (own)
        return own;
    if (state && *state)
        snprintf(path, size, "%s/glass86_history", state);
    else if (home && *home)
        snprintf(path, size, "%s/.glass86_history", home);
    else
        return NULL;
    return path;
}

static void start_editing(Debug *d)
{
    char path[300];
    rl_readline_name = "glass86";
    rl_attempted_completion_function = complete;
    rl_basic_word_break_characters = " \t,+-*/()[]=<>&|";
    rl_event_hook = on_idle;
    rl_catch_signals = 0;
    editing = d;
    using_history();
    const char *file = history_path(path, sizeof path);
    if (file)
        read_history(file);
    stifle_history(HISTORY_LINES);
}

static void stop_editing(void)
{
    char path[300];
    const char *file = history_path(path, sizeof path);
    if (file)
        write_history(file);
    editing = NULL;
}

static ConsoleResult edit_line(Debug *d, const char *prompt, char **line)
{
    cancelled = false;
    *line = NULL;
    do {
        forgotten = false;
        free(*line);
        *line = readline(prompt);
    } while (forgotten && !cancelled);
    if (cancelled) {
        free(*line);
        *line = NULL;
        fputc('\n', stdout);
        return CONSOLE_LEFT;
    }
    if (!*line) {
        fputc('\n', stdout);
        return CONSOLE_EOF;
    }
    if (**line)
        add_history(*line);
    return CONSOLE_LINE;
}

#else

static void start_editing(Debug *d)
{
    editing = d;
}

static void stop_editing(void)
{
    editing = NULL;
}

void console_forget_line(void)
{
    /* the terminal does */
}

#endif

/* ---- plain lines
 * ---------------------------------------------------------------------------------- */

static bool take_line(struct Console *c, char **line)
{
    char *end = memchr(c->buf, '\n', c->n);
    size_t n = end ? (size_t)(end - c->buf) : c->n;
    if (!end && !(c->eof && c->n) && c->n < sizeof c->buf)
        return false;
    *line = strndup(c->buf, n);
    size_t used = n + (end != NULL);
    memmove(c->buf, c->buf + used, c->n - used);
    c->n -= used;
    n = strlen(*line);
    if (n && (*line)[n - 1] == '\r')
        (*line)[n - 1] = 0;
    return true;
}

static ConsoleResult plain_line(Debug *d, const char *prompt, char **line)
{
    struct Console *c = d->console_state;
    if (c->edits) {
        fputs(prompt, stdout);
        fflush(stdout);
    }
    while (!take_line(c, line)) {
        if (c->eof)
            return CONSOLE_EOF;
        struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&p, 1, 50) > 0) {
            ssize_t n = read(STDIN_FILENO, c->buf + c->n, sizeof c->buf - c->n);
            if (n > 0)
                c->n += (size_t)n;
            else if (n == 0 || (errno != EINTR && errno != EAGAIN))
                c->eof = true;
        }
        if (!host_turn(d))
            return CONSOLE_LEFT;
    }
    return CONSOLE_LINE;
}

/* ---- the console
 * ---------------------------------------------------------------------------------- */

void console_open(Debug *d)
{
    if (d->console_state)
        return;
    d->console_state = calloc(1, sizeof *d->console_state);
    if (!d->console_state)
        panic("out of host memory for the console");
    d->console_state->edits =
        isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !d->session->opt->batch;
    if (d->console_state->edits)
        start_editing(d);
}

void console_close(Debug *d)
{
    if (!d->console_state)
        return;
    tui_close(d);
    if (d->console_state->edits)
        stop_editing();
    free(d->console_state);
    d->console_state = NULL;
}

static ConsoleResult screen_line(Debug *d, char **line)
{
    while (!tui_key(d, line))
        if (!host_turn(d))
            return CONSOLE_LEFT;
    return CONSOLE_LINE;
}

ConsoleResult console_read(Debug *d, const char *prompt, char **line)
{
    struct Console *c = d->console_state;
    if (!c)
        return CONSOLE_EOF;
    c->stops = d->stops;
    fflush(stdout);
    if (tui_is_open(d))
        return screen_line(d, line);
#ifdef HAVE_READLINE
    if (c->edits)
        return edit_line(d, prompt, line);
#endif
    return plain_line(d, prompt, line);
}

/* ---- at a stop
 * ------------------------------------------------------------------------------------ */

/* Told once, by the console, before it takes commands. */
static void tell(Debug *d)
{
    d->fresh_stop = false;
    debug_tell(d, d->out, true);
    fflush(d->out);
    script_take(&d->script, &d->due);
}

static void complain(Debug *d, bool script, const char *place)
{
    fflush(stdout);
    fprintf(d->tui ? tui_out(d) : stderr, "%s%s\n", script ? place : "", d->error);
    if (!script)
        return;
    d->failed++;
    script_drop(&d->script);
}

static void finish_batch(Debug *d)
{
    int status = d->ended ? d->end_status : d->dead ? EXIT_TRIPLE_FAULT : EXIT_OK;
    if (d->assert_failed)
        status = EXIT_FAIL_SEEN;
    else if (d->failed)
        status = EXIT_USAGE;
    run_end(d->session, status, "the commands are at their end");
}

static void execute_line(Debug *d, const char *line, bool script)
{
    char place[140];
    script_place(&d->script, place, sizeof place);
    if (!script && !*line && *d->last)
        line = d->last;
    else if (!script) /* half a command is none */
        snprintf(d->last, sizeof d->last, "%s", strlen(line) < sizeof d->last ? line : "");
    d->from_console = true;
    if (!debug_execute(d, line, tui_out(d)))
        complain(d, script, place);
    d->from_console = false;
}

void debug_attend(Debug *d)
{
    if (!d->console) {
        run_idle(d->session);
        host_sleep(2000000);
        return;
    }
    if (d->fresh_stop)
        tell(d);
    const char *line = script_next(&d->script);
    if (line) {
        char copy[4096];
        snprintf(copy, sizeof copy, "%s", line);
        execute_line(d, copy, true);
        return;
    }
    if (d->session->opt->batch) {
        finish_batch(d);
        return;
    }
    char *typed = NULL;
    switch (console_read(d, PROMPT, &typed)) {
    case CONSOLE_LINE: {
        char copy[4096];
        snprintf(copy, sizeof copy, "%s", typed);
        free(typed);
        execute_line(d, copy, false);
        break;
    }
    case CONSOLE_EOF:
        if (gdbstub_listens(d)) {
            debug_set_console(d, false); /* gdb goes on alone */
            break;
        }
        d->failed = 0; /* what a person typed wrong is no failure */
        if (d->assert_failed)
            run_end(d->session, EXIT_FAIL_SEEN, "an assertion failed");
        else
            run_end(d->session, d->ended ? d->end_status : EXIT_OK, "end of input");
        break;
    case CONSOLE_LEFT:
        break;
    }
}
