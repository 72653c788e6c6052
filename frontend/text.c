/* text.c: the guest's screen in the terminal. Text is drawn as text, pictures as half blocks.
 * What the user types goes to the guest, except after Ctrl-]. */
#include "frontend/display.h"
#include "frontend/pace.h"
#include "frontend/say.h"
#include "frontend/term.h"
#include "frontend/termkeys.h"
#include "frontend/textdraw.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define GOODBYE "\033[0m\033[?25h\033[?7h\033[?1049l"
#define HELLO   "\033[?1049h\033[?7l\033[2J"

#define ESC_WAIT_NS                                                                                \
    40000000ull             /* a sequence's bytes come together; an Esc from a finger comes alone */
#define DRAW_NS 30000000ull /* a terminal is slow; 30 pictures per second are enough */

typedef struct {
    Display base; /* must come first */
    TextDraw draw;
    VgaText text;
    VgaFrame frame;
    char keys[512];
    size_t key_n;
    u64 key_ns; /* when the last byte came */
    u64 drawn_ns;
    bool help;
    char line[300]; /* status line */
} TextDisplay;

/* ---- keys ---------------------------------------------------------------------------------- */

static void command(TextDisplay *d, Input *in, DisplayRequests *req, char c)
{
    static const KeyStroke cad[6] = {
        {KEY_CTRL, true},    {KEY_ALT, true},  {KEY_DELETE, true},
        {KEY_DELETE, false}, {KEY_ALT, false}, {KEY_CTRL, false},
    };
    d->help = false;
    switch (c) {
    case 'q':
    case 'x':
        req->quit = true;
        break;
    case 'p':
        req->pause = true;
        break;
    case 'b':
        req->debug = true;
        break;
    case 't':
        req->turbo = true;
        break;
    case 's':
        req->screenshot = true;
        break;
    case 'r':
        input_reset(in, false);
        break;
    case 'd':
        input_type(in, cad, 6);
        break;
    case 'l':
        textdraw_resize(&d->draw, d->draw.columns, d->draw.rows);
        break;
    default:
        d->help = true;
        break;
    }
}

static void take_keys(TextDisplay *d, Input *in, DisplayRequests *req)
{
    bool final = host_ns() - d->key_ns > ESC_WAIT_NS;
    while (d->key_n) {
        TermKey k = termkey_next(d->keys, d->key_n, final);
        if (k.kind == TERMKEY_MORE) {
            if (d->key_n < 64)
                return;
            k.used = d->key_n; /* no sequence is so long */
        }
        if (k.kind == TERMKEY_STROKES && !input_type(in, k.strokes, k.count))
            return; /* the guest is behind; the rest stays here */
        if (k.kind == TERMKEY_COMMAND)
            command(d, in, req, k.command);
        d->key_n -= k.used;
        memmove(d->keys, d->keys + k.used, d->key_n);
    }
}

/* False: the terminal is gone. */
static bool read_keys(TextDisplay *d)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    if (d->key_n == sizeof d->keys || poll(&p, 1, 0) <= 0)
        return true;
    ssize_t n = read(STDIN_FILENO, d->keys + d->key_n, sizeof d->keys - d->key_n);
    if (n > 0) {
        d->key_n += (size_t)n;
        d->key_ns = host_ns();
    }
    return n > 0 || (n < 0 && !(p.revents & POLLHUP));
}

static void text_poll(Display *base, Input *in, DisplayRequests *req)
{
    TextDisplay *d = (TextDisplay *)base;
    req->quit |= !read_keys(d);
    take_keys(d, in, req);
}

/* ---- screen -------------------------------------------------------------------------------- */

static void begin_screen(TextDisplay *d)
{
    int columns, rows;
    term_size(&columns, &rows);
    term_set_goodbye(GOODBYE); /* first: a signal may come in between */
    term_write(STDOUT_FILENO, HELLO, sizeof HELLO - 1);
    textdraw_resize(&d->draw, columns, rows);
}

static void text_show(Display *base, Pc *pc)
{
    TextDisplay *d = (TextDisplay *)base;
    u64 ns = host_ns();
    if (ns - d->drawn_ns < DRAW_NS)
        return;
    d->drawn_ns = ns;
    if (term_resumed())
        begin_screen(d);
    vga_text(&pc->vga, &d->text);
    int rows = d->text.is_text ? d->text.rows : 0;
    int keep = d->help || d->draw.rows > rows ? 1 : 0;
    if (d->text.is_text)
        textdraw_text(&d->draw, &d->text, pc->vga.s.r.atc[0x10] & 8, keep);
    else {
        vga_draw(&pc->vga, &d->frame);
        textdraw_picture(&d->draw, &d->frame, keep);
    }
    if (keep)
        textdraw_line(&d->draw, d->draw.rows - 1, d->line);
    textdraw_update(&d->draw);
    term_write(STDOUT_FILENO, d->draw.out, d->draw.out_n);
}

static void text_status(Display *base, const DisplayStatus *st)
{
    TextDisplay *d = (TextDisplay *)base;
    const char *message = say_last();
    if (d->help)
        snprintf(d->line, sizeof d->line,
                 " q quit  p pause  b debugger  t turbo  r reset  d Ctrl-Alt-Del  s screenshot  f1 "
                 "F1  l redraw");
    else
        snprintf(d->line, sizeof d->line, " %s  %s  %s%s", st->what, st->state,
                 st->turbo ? "turbo  " : "", message ? message : "Ctrl-] q quits, Ctrl-] h helps");
}

/* The guest stands still inside a write: why is on the last row, whatever the guest has there. What
 * is typed waits, but for the wish to quit, which text_poll() will find as well. */
static bool text_wait(Display *base)
{
    TextDisplay *d = (TextDisplay *)base;
    const char *message = say_last();
    bool here = read_keys(d);
    for (size_t i = 0; i + 1 < d->key_n; i++)
        if (d->keys[i] == TERMKEY_PREFIX && (d->keys[i + 1] == 'q' || d->keys[i + 1] == 'x'))
            here = false;
    if (term_resumed())
        begin_screen(d);
    snprintf(d->line, sizeof d->line, " %s", message ? message : "waiting for the host's disk");
    textdraw_line(&d->draw, d->draw.rows - 1, d->line);
    textdraw_update(&d->draw);
    term_write(STDOUT_FILENO, d->draw.out, d->draw.out_n);
    return here;
}

static void text_leave(Display *base, bool on)
{
    if (on) {
        term_restore();
        say_release();
    } else if (term_raw(false)) {
        say_hold();
        begin_screen((TextDisplay *)base);
    }
}

static void text_close(Display *base)
{
    TextDisplay *d = (TextDisplay *)base;
    term_restore();
    textdraw_free(&d->draw);
    vga_frame_free(&d->frame);
    free(d);
    say_release();
}

static TextColours terminal_colours(void)
{
    const char *term = getenv("TERM"), *depth = getenv("COLORTERM"), *none = getenv("NO_COLOR");
    if ((none && *none) || (term && (!strncmp(term, "vt", 2) || !strcmp(term, "dumb"))))
        return COLOURS_NONE;
    if (depth && (strstr(depth, "truecolor") || strstr(depth, "24bit")))
        return COLOURS_TRUE;
    return term && (strstr(term, "256") || strstr(term, "direct")) ? COLOURS_256 : COLOURS_16;
}

Display *text_open(const Options *o, char *err, size_t errlen)
{
    static const DisplayOps ops = {text_poll, text_show, text_status, text_close, text_leave,
                                   text_wait};
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term_raw(false)) {
        snprintf(err, errlen,
                 "-display text needs a terminal as standard input and output; use -display none");
        return NULL;
    }
    TextDisplay *d = calloc(1, sizeof *d);
    if (!d)
        panic("out of host memory for the terminal screen");
    d->base.ops = &ops;
    textdraw_init(&d->draw, terminal_colours());
    say_hold();
    begin_screen(d);
    return &d->base;
}
