/* options.c: gathers options from the command line and from glass86.conf, decides which of them
 * count, and applies them through the table. Knows no option by name except -config and the bare
 * IMAGE. */
#include "frontend/option_table.h"
#include "frontend/textfile.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

void options_init(Options *o)
{
    memset(o, 0, sizeof *o);
    o->speed = SPEED_AUTO;
    o->audio_latency = AUDIO_LATENCY_MS;
    for (const OptionGroup *g = option_groups; g->title; g++) {
        for (const Option *row = g->rows; row->name; row++) {
            if (row->initial && !row->parse(o, row, row->initial))
                panic("default of -%s: %s", row->name, o->error);
        }
    }
}

void options_free(Options *o)
{
    for (int i = 0; i < o->kept_count; i++)
        free(o->kept[i]);
    free(o->kept);
    free(o->use);
    memset(o, 0, sizeof *o);
}

static void *grow(void *array, int count, int *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 16;
    array = realloc(array, (size_t)*room * size);
    if (!array)
        panic("out of host memory for options");
    return array;
}

char *options_keep(Options *o, const char *s, size_t n)
{
    char *copy = malloc(n + 1);
    if (!copy)
        panic("out of host memory for options");
    memcpy(copy, s, n);
    copy[n] = 0;
    o->kept = grow(o->kept, o->kept_count, &o->kept_room, sizeof *o->kept);
    o->kept[o->kept_count++] = copy;
    return copy;
}

/* ---- look-up and errors -------------------------------------------------------------------- */

const Option *option_find(const char *name)
{
    for (const OptionGroup *g = option_groups; g->title; g++) {
        for (const Option *row = g->rows; row->name; row++) {
            if (!strcmp(row->name, name))
                return row;
        }
    }
    return NULL;
}

static int min3(int a, int b, int c)
{
    int m = a < b ? a : b;
    return m < c ? m : c;
}

/* Edit distance with swapped neighbours as one step (optimal string alignment). */
static int distance(const char *a, const char *b)
{
    enum { N = 32 };
    int d[N + 1][N + 1], la = (int)strlen(a), lb = (int)strlen(b);
    if (la > N || lb > N)
        return N;
    for (int i = 0; i <= la; i++)
        d[i][0] = i;
    for (int j = 0; j <= lb; j++)
        d[0][j] = j;
    for (int i = 1; i <= la; i++) {
        for (int j = 1; j <= lb; j++) {
            int cost = tolower((u8)a[i - 1]) != tolower((u8)b[j - 1]);
            d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    }
    return d[la][lb];
}

const char *option_nearest(const char *name)
{
    const char *best = NULL;
    int best_d = 1 + (int)strlen(name) / 3; /* further away is no help */
    for (const OptionGroup *g = option_groups; g->title; g++) {
        for (const Option *row = g->rows; row->name; row++) {
            if (row->flags & OPT_HIDDEN)
                continue;
            int d = distance(name, row->name);
            bool begins = strlen(name) > 2 && !strncmp(row->name, name, strlen(name));
            if (d < best_d || (!best && (begins || d == best_d))) {
                best_d = d < best_d ? d : best_d;
                best = row->name;
            }
        }
    }
    return best;
}

static bool fail(Options *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool fail(Options *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(o->error, sizeof o->error, fmt, ap);
    va_end(ap);
    text_tame(o->error, false); /* it quotes what was given */
    return false;
}

bool option_error(Options *o, const Option *row, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = snprintf(o->error, sizeof o->error, "-%s: ", row->name);
    vsnprintf(o->error + n, sizeof o->error - (size_t)n, fmt, ap);
    va_end(ap);
    text_tame(o->error, false);
    return false;
}

/* ---- gathering ----------------------------------------------------------------------------- */

const char *options_use_name(const OptionUse *u)
{
    return u->row->name;
}

static void add_use(Options *o, const Option *row, const char *text, const char *file, int line)
{
    o->use = grow(o->use, o->use_count, &o->use_room, sizeof *o->use);
    o->use[o->use_count++] = (OptionUse){.row = row, .text = text, .file = file, .line = line};
}

static bool looks_like_option(const char *s)
{
    return s[0] == '-' && s[1] && option_find(s + 1 + (s[1] == '-'));
}

/* One argument that begins with a dash; *i is advanced over its value. */
static bool read_option(Options *o, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 1 + (argv[*i][1] == '-');
    const char *value = NULL;
    const Option *row = option_find(name);
    const char *equals = strchr(name, '=');
    if (!row && equals) {
        value = equals + 1;
        name = options_keep(o, name, (size_t)(equals - name));
        row = option_find(name);
    }
    if (!row) {
        const char *near = option_nearest(name);
        if (near)
            return fail(o, "unknown option -%s; did you mean -%s?", name, near);
        return fail(o, "unknown option -%s; glass86 -help lists them all", name);
    }
    if (!value && row->flags & OPT_FLAG)
        value = "on";
    if (!value) {
        if (*i + 1 >= argc || looks_like_option(argv[*i + 1]))
            return fail(o, "option -%s needs a value: -%s %s", row->name, row->name, row->arg);
        value = argv[++*i];
    }
    add_use(o, row, value, NULL, 0);
    return true;
}

bool options_read_args(Options *o, int argc, char **argv)
{
    bool only_images = false, golden = false; /* bare arguments after -golden are tests */
    for (int i = 1; i < argc; i++) {
        if (!only_images && !strcmp(argv[i], "--"))
            only_images = true;
        else if (!only_images && argv[i][0] == '-' && argv[i][1]) {
            if (!read_option(o, argc, argv, &i))
                return false;
            golden |= !strcmp(options_use_name(&o->use[o->use_count - 1]), "golden");
        } else
            add_use(o, option_find(golden ? "golden" : "image"), argv[i], NULL, 0);
    }
    return true;
}

static char *trim(char *s)
{
    while (isspace((u8)*s))
        s++;
    size_t n = strlen(s);
    while (n && isspace((u8)s[n - 1]))
        n--;
    s[n] = 0;
    return s;
}

/* "..." with \" \\ and \n inside; in place. Text without quotes stands as it is. */
static bool unquote(char *s)
{
    if (*s != '"')
        return true;
    char *out = s;
    const char *in = s + 1;
    while (*in && *in != '"') {
        if (*in == '\\' && in[1]) {
            in++;
            *out++ = *in == 'n' ? '\n' : *in;
            in++;
        } else
            *out++ = *in++;
    }
    bool closed = *in == '"' && !in[1];
    *out = 0;
    return closed;
}

enum { MAX_FILE = 1 << 20, MAX_USES = 4096 };

static bool read_line(Options *o, const char *path, int line, char *s)
{
    s = trim(s);
    if (!*s || *s == '#' || *s == ';')
        return true;
    char *equals = strchr(s, '=');
    if (!equals)
        return fail(o, "%s:%d: `%.60s` is not of the form `key = value`", path, line, s);
    *equals = 0;
    char *key = trim(s), *value = trim(equals + 1);
    const Option *row = option_find(key);
    if (!row || row->flags & OPT_ACTION) {
        const char *near = row ? NULL : option_nearest(key);
        return fail(o, "%s:%d: unknown key `%.60s`; %s%s%s", path, line, key,
                    near ? "did you mean `" : "glass86 -dump-config shows them all",
                    near ? near : "", near ? "`?" : "");
    }
    if (!unquote(value))
        return fail(o, "%s:%d: the quote is not closed", path, line);
    if (o->use_count == MAX_USES)
        return fail(o, "%s:%d: more than %d options; is this the right file?", path, line,
                    MAX_USES);
    add_use(o, row, options_keep(o, value, strlen(value)), path, line);
    return true;
}

bool options_read_file(Options *o, const char *path)
{
    char *text = textfile_read(path, MAX_FILE, NULL, o->error, sizeof o->error), *rest = text;
    if (!text)
        return false;
    path = options_keep(o, path, strlen(path));
    bool ok = true;
    for (int n = 1; ok && rest; n++)
        ok = read_line(o, path, n, strsep(&rest, "\n"));
    free(text);
    return ok;
}

/* ---- applying ------------------------------------------------------------------------------ */

/* A later use of the same option overrides an earlier one; for options that may be repeated, all
 * those of the command line together override all those of the file. */
static void drop_overridden(Options *o)
{
    for (int i = 0; i < o->use_count; i++) {
        for (int j = 0; j < o->use_count; j++) {
            OptionUse *a = &o->use[i];
            const OptionUse *b = &o->use[j];
            if (a->row != b->row)
                continue;
            if (a->file && !b->file)
                a->dropped = true;
            else if ((a->file == NULL) == (b->file == NULL) && j > i &&
                     !(a->row->flags & OPT_REPEAT))
                a->dropped = true;
        }
    }
}

static bool apply_use(Options *o, const OptionUse *u)
{
    if (u->row->parse(o, u->row, u->text))
        return true;
    if (u->file) {
        char *message = options_keep(o, o->error, strlen(o->error));
        fail(o, "%s:%d: %s", u->file, u->line, message);
    }
    return false;
}

bool options_apply(Options *o)
{
    drop_overridden(o);
    for (int from_args = 0; from_args < 2; from_args++) {
        for (int i = 0; i < o->use_count; i++) {
            const OptionUse *u = &o->use[i];
            if (!u->dropped && (u->file == NULL) == from_args && !apply_use(o, u))
                return false;
        }
    }
    return true;
}
