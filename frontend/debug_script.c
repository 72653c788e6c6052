/* debug_script.c: see debug_script.h. */
#include "frontend/debug_script.h"

#include "frontend/textfile.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_LINES = 100000, MAX_FILE = 16 << 20 };

static void *need(void *p)
{
    if (!p)
        panic("out of host memory for a script");
    return p;
}

void lines_free(char **line, int count)
{
    for (int i = 0; i < count; i++)
        free(line[i]);
    free(line);
}

static void pop(Script *s)
{
    Source *top = s->top;
    s->top = top->below;
    s->depth--;
    lines_free(top->line, top->count);
    free(top);
}

/* A script that ends by calling itself would go on for ever; what comes again at every stop may do
 * so. */
static bool repeats(const char *now, const char *next)
{
    return !strcmp(now, next) && strcmp(now, "ni") && strcmp(now, "commands") &&
           strcmp(now, "hook-stop");
}

/* A last line that calls another source needs no place any more. */
static void drop_finished(Script *s, const char *next)
{
    while (s->top && s->top->at == s->top->count && !repeats(s->top->name, next))
        pop(s);
}

static bool push(Script *s, const char *name, char **line, int count)
{
    drop_finished(s, name);
    if (s->depth == SCRIPT_DEPTH) {
        lines_free(line, count);
        return false;
    }
    Source *src = need(calloc(1, sizeof *src));
    snprintf(src->name, sizeof src->name, "%s", name);
    src->line = line;
    src->count = count;
    src->below = s->top;
    s->top = src;
    s->depth++;
    return true;
}

bool script_push(Script *s, const char *name, char *const *line, int count)
{
    char **copy = need(calloc((size_t)count + 1, sizeof *copy));
    for (int i = 0; i < count; i++)
        copy[i] = need(strdup(line[i]));
    return push(s, name, copy, count);
}

/* The lines of a text, which is changed; *count: how many. */
static char **split(char *text, int *count)
{
    char **line = NULL;
    *count = 0;
    for (char *l; text && *text && *count < MAX_LINES;) {
        l = strsep(&text, "\n");
        l[strcspn(l, "\r")] = 0;
        line = need(realloc(line, ((size_t)*count + 1) * sizeof *line));
        line[(*count)++] = need(strdup(l));
    }
    return line;
}

bool script_push_file(Script *s, const char *path, char *err, size_t errlen)
{
    int count;
    char *text = textfile_read(path, MAX_FILE, NULL, err, errlen);
    if (!text)
        return false;
    char **line = split(text, &count);
    free(text);
    if (push(s, path, line, count))
        return true;
    snprintf(err, errlen, "%s: scripts call each other too deeply", path);
    return false;
}

void script_take(Script *s, Script *from)
{
    Source *last = from->top;
    if (!last)
        return;
    drop_finished(s, last->name);
    if (s->depth + from->depth > SCRIPT_DEPTH) {
        script_drop(from);
        return;
    }
    while (last->below)
        last = last->below;
    last->below = s->top;
    s->top = from->top;
    s->depth += from->depth;
    *from = (Script){0};
}

const char *script_next(Script *s)
{
    while (s->top && s->top->at == s->top->count)
        pop(s);
    return s->top ? s->top->line[s->top->at++] : NULL;
}

bool script_empty(const Script *s)
{
    for (const Source *src = s->top; src; src = src->below)
        if (src->at < src->count)
            return false;
    return true;
}

void script_place(const Script *s, char *text, size_t size)
{
    *text = 0;
    if (s->top)
        snprintf(text, size, "%s:%d: ", s->top->name, s->top->at);
}

void script_drop(Script *s)
{
    while (s->top)
        pop(s);
}
