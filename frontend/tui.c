/* tui.c: see tui.h: life of the full-screen view, its keys and its command line. */
#include "frontend/tui.h"

#ifdef HAVE_NCURSES

#include "frontend/cmd.h"
#include "frontend/pace.h"
#include "frontend/say.h"
#include "frontend/term.h"
#include "frontend/tui_panes.h"

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef HAVE_READLINE
#ifdef HAVE_LIBEDIT
#include <editline/readline.h>
#else
#include <readline/history.h>
#endif
#endif

#define GOODBYE "\033[?1049l\033[0m\033[?25h\033[?1l\033>"

enum { KEY_WAIT_MS = 40, RUNNING_NS = 100000000 };

/* ---- life ---------------------------------------------------------------------------------- */

static void start_colours(void)
{
    start_color();
    use_default_colors();
    init_pair(INK_CHANGED, COLOR_YELLOW, -1);
    init_pair(INK_TITLE, COLOR_BLACK, COLOR_CYAN);
    init_pair(INK_BREAK, COLOR_RED, -1);
    init_pair(INK_DIM, COLOR_CYAN, -1);
}

bool tui_open(Debug *d)
{
    if (d->tui)
        return true;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !d->console_state)
        return debug_fail(d, "the full-screen view needs the terminal of a -dbg session");
    if (d->session->opt->display == DISPLAY_TEXT)
        return debug_fail(d, "the terminal shows the guest's screen; start with -display none");
    struct Tui *t = calloc(1, sizeof *t);
    if (!t)
        panic("out of host memory for the full-screen view");
    t->out = open_memstream(&t->text, &t->text_n);
    if (!t->out)
        panic("out of host memory for the full-screen view");
    setlocale(LC_CTYPE, "");
    term_raw(true); /* so that every way out puts the terminal back */
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (!screen) {
        term_restore();
        fclose(t->out);
        free(t->text);
        free(t);
        return debug_fail(d, "this terminal (TERM) is unknown to ncurses");
    }
    term_set_goodbye(GOODBYE);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    set_escdelay(50);
    if (has_colors())
        start_colours();
    say_hold();
    d->tui = t;
    d->out = t->out;
    t->dirty = true;
    tui_remember(d, t);
    return true;
}

void tui_close(Debug *d)
{
    struct Tui *t = d->tui;
    if (!t)
        return;
    erase(); /* for terminals without a second screen */
    refresh();
    endwin();
    term_restore();
    say_release();
    d->out = stdout;
    d->tui = NULL;
    fclose(t->out);
    free(t->text);
    for (int n = 0; n < TUI_LINES; n++)
        free(t->line[n]);
    free(t);
}

bool tui_is_open(const Debug *d)
{
    return d->tui;
}

FILE *tui_out(Debug *d)
{
    return d->tui ? d->tui->out : stdout;
}

void tui_set_memory(Debug *d, u32 linear)
{
    d->tui->memory = linear;
    d->tui->memory_set = true;
    tui_remember(d, d->tui);
}

void tui_set_bottom(Debug *d, TuiBottom what)
{
    d->tui->bottom = what;
}

/* ---- output -------------------------------------------------------------------------------- */

static void add_line(struct Tui *t, const char *text, size_t n)
{
    char **slot = &t->line[t->line_count++ % TUI_LINES];
    free(*slot);
    *slot = strndup(text, n);
}

/* Moves what was printed since the last time into the ring of lines. */
static void gather(struct Tui *t)
{
    fflush(t->out);
    const char *p = t->text, *end = t->text + t->text_n, *eol;
    for (; p < end; p = eol + 1) {
        eol = memchr(p, '\n', (size_t)(end - p));
        if (!eol)
            eol = end;
        add_line(t, p, (size_t)(eol - p));
        t->scroll = 0;
    }
    rewind(t->out);
    fflush(t->out);
    t->text_n = 0;
}

/* Function keys and what they execute. */
static const struct {
    int number;
    const char *command, *says;
} keys[] = {
    {5, "c", "run"},    {6, "rc", "back"},  {7, "rsi", "step back"}, {8, "rni", "over, back"},
    {10, "ni", "over"}, {11, "si", "step"}, {12, "finish", "out"},
};

static void show_keys(int row)
{
    char text[TUI_WIDTH] = "F9 break  Tab pane  ";
    size_t n = strlen(text);
    for (size_t k = 0; k < ARRAY_LEN(keys); k++)
        if (cmd_exists(keys[k].command))
            n += (size_t)snprintf(text + n, sizeof text - n, "F%d %s  ", keys[k].number,
                                  keys[k].says);
    attrset(COLOR_PAIR(INK_DIM));
    mvaddnstr(row, 12, text, COLS - 13);
    attrset(A_NORMAL);
}

static void draw(Debug *d)
{
    struct Tui *t = d->tui;
    int row = LINES - 1, first = 0;
    gather(t);
    tui_panes(d, t);
    if ((int)t->at > COLS - 12)
        first = (int)t->at - (COLS - 12);
    attrset(A_NORMAL);
    mvaddstr(row, 0, "(glass86) ");
    addnstr(t->edit + first, COLS - 11);
    if (!t->edit_n && d->stopped)
        show_keys(row);
    move(row, 10 + (int)t->at - first);
    refresh();
    t->dirty = false;
    t->drawn_ns = host_ns();
}

void tui_running(Debug *d)
{
    if (d->tui && host_ns() - d->tui->drawn_ns > RUNNING_NS)
        draw(d);
}

/* ---- the command line ----------------------------------------------------------------------- */

static void set_edit(struct Tui *t, const char *text)
{
    snprintf(t->edit, sizeof t->edit, "%s", text);
    t->edit_n = t->at = strlen(t->edit);
}

static void insert(struct Tui *t, const char *text, size_t n)
{
    if (t->edit_n + n + 1 > sizeof t->edit)
        return;
    memmove(t->edit + t->at + n, t->edit + t->at, t->edit_n - t->at + 1);
    memcpy(t->edit + t->at, text, n);
    t->edit_n += n;
    t->at += n;
}

static void erase_at(struct Tui *t)
{
    if (t->at == t->edit_n)
        return;
    memmove(t->edit + t->at, t->edit + t->at + 1, t->edit_n - t->at);
    t->edit_n--;
}

/* One candidate completes; several complete as far as they agree, and are listed. */
static void complete(Debug *d, struct Tui *t)
{
    char line[sizeof t->edit], common[200] = "", all[200] = "";
    bool files;
    int count = 0;
    char *s;
    snprintf(line, sizeof line, "%.*s", (int)t->at, t->edit);
    for (; (s = cmd_completion(d, line, count, &files)); count++) {
        if (!count)
            snprintf(common, sizeof common, "%s", s);
        size_t k = 0;
        while (common[k] && common[k] == s[k])
            k++;
        common[k] = 0;
        if (count == 1)
            fprintf(t->out, "%s ", all);
        if (count)
            fprintf(t->out, "%s ", s);
        else
            snprintf(all, sizeof all, "%s", s);
        free(s);
    }
    if (count > 1)
        fputc('\n', t->out);
    size_t word = t->at;
    while (word && !strchr(" \t,+-*/()[]=<>&|", t->edit[word - 1]))
        word--;
    size_t have = t->at - word, n = strlen(common);
    if (count && n >= have)
        insert(t, common + have, n - have);
    if (count == 1)
        insert(t, " ", 1);
}

static void recall(struct Tui *t, int by)
{
#ifdef HAVE_READLINE
    int want = t->recall + by;
    HIST_ENTRY *e = want > 0 && want <= history_length
                        ? history_get(history_base + history_length - want)
                        : NULL;
    if (!e && want != 0)
        return;
    t->recall = want;
    set_edit(t, e ? e->line : "");
#endif
}

static char *enter(struct Tui *t)
{
    char *line = strdup(t->edit);
    fprintf(t->out, "(glass86) %s\n", t->edit);
#ifdef HAVE_READLINE
    if (*t->edit)
        add_history(t->edit);
#endif
    t->recall = 0;
    set_edit(t, "");
    return line;
}

/* ---- keys ----------------------------------------------------------------------------------- */

static char *toggle_break(Debug *d)
{
    char line[40];
    for (int n = 0; n < d->breaks.count; n++) {
        const Break *b = d->breaks.list[n];
        if (b->kind == BREAK_CODE && !b->internal && b->addr == debug_pc(d)) {
            snprintf(line, sizeof line, "d %d", b->number);
            return strdup(line);
        }
    }
    return strdup("b");
}

static void page_memory(Debug *d, struct Tui *t, s32 by)
{
    if (!t->memory_set)
        t->memory = t->was_base;
    tui_set_memory(d, t->memory + (u32)by);
}

/* Keys that edit; false: not one of them. */
static bool editing_key(Debug *d, struct Tui *t, int c)
{
    switch (c) {
    case KEY_LEFT:
        t->at -= t->at > 0;
        return true;
    case KEY_RIGHT:
        t->at += t->at < t->edit_n;
        return true;
    case KEY_HOME:
    case 1:
        t->at = 0;
        return true;
    case KEY_END:
    case 5:
        t->at = t->edit_n;
        return true;
    case KEY_DC:
    case 4:
        erase_at(t);
        return true;
    case KEY_BACKSPACE:
    case 127:
    case 8:
        if (t->at) {
            t->at--;
            erase_at(t);
        }
        return true;
    case 21:
        set_edit(t, "");
        return true; /* Ctrl-U */
    case KEY_UP:
        recall(t, 1);
        return true;
    case KEY_DOWN:
        recall(t, -1);
        return true;
    case 12:
        clearok(stdscr, TRUE);
        return true; /* Ctrl-L */
    case '\t':
        if (t->edit_n)
            complete(d, t);
        else
            t->bottom = (t->bottom + 1) % TUI_BOTTOMS;
        return true;
    case KEY_PPAGE:
        page_memory(d, t, -64);
        return true;
    case KEY_NPAGE:
        page_memory(d, t, 64);
        return true;
    case KEY_SR:
        t->scroll += t->scroll < (int)t->line_count;
        return true;
    case KEY_SF:
        t->scroll -= t->scroll > 0;
        return true;
    }
    if (c < 32 || c > 126)
        return false;
    insert(t, &(char){(char)c}, 1);
    return true;
}

static char *command_key(Debug *d, struct Tui *t, int c)
{
    if (c == '\r' || c == '\n' || c == KEY_ENTER)
        return enter(t);
    if (c == KEY_F(9))
        return toggle_break(d);
    for (size_t n = 0; n < ARRAY_LEN(keys); n++)
        if (KEY_F(keys[n].number) == c && cmd_exists(keys[n].command))
            return strdup(keys[n].command);
    return NULL;
}

bool tui_key(Debug *d, char **line)
{
    struct Tui *t = d->tui;
    if (term_resumed()) {
        int columns, rows;
        term_size(&columns, &rows);
        resizeterm(rows, columns);
        clearok(stdscr, TRUE);
        t->dirty = true;
    }
    if (t->stops != d->stops) {
        t->stops = d->stops;
        t->dirty = true;
    }
    if (t->dirty)
        draw(d);
    timeout(KEY_WAIT_MS);
    int c = getch();
    if (c == ERR)
        return false;
    t->dirty = true;
    if (editing_key(d, t, c))
        return false;
    *line = command_key(d, t, c);
    if (*line)
        tui_remember(d, t);
    return *line;
}

#else

bool tui_open(Debug *d)
{
    return debug_fail(d, "this program was built without ncursesw, which carries the full-screen "
                         "view; install libncurses-dev and build again");
}

void tui_close(Debug *d)
{
}

bool tui_is_open(const Debug *d)
{
    return false;
}

bool tui_key(Debug *d, char **line)
{
    return false;
}

void tui_running(Debug *d)
{
}

FILE *tui_out(Debug *d)
{
    return stdout;
}

void tui_set_memory(Debug *d, u32 linear)
{
}

void tui_set_bottom(Debug *d, TuiBottom what)
{
}

#endif
