/* monitor.c: see monitor.h. */
#include "frontend/monitor.h"

#include "frontend/chardev.h"
#include "frontend/cmd.h"
#include "frontend/say.h"

#include <stdlib.h>

#define PROMPT "(glass86) "

enum { BLOCK_LINES = 1000 };

struct Monitor {
    Chardev *dev;
    char line[4096]; /* debug_execute() refuses what nearly fills it */
    size_t n;
    Script script; /* what is left of scripts that this door began */
    char **block;  /* lines of a block (commands, define, hook-stop) whose `end` is still to come */
    int block_count, block_depth;
};

bool monitor_open(Debug *d)
{
    char err[300];
    if (!d->session->opt->monitor)
        return true;
    struct Monitor *m = d->monitor = calloc(1, sizeof *m);
    if (!m)
        panic("out of host memory for the monitor");
    m->dev = chardev_open(d->session->opt->monitor, "monitor", err, sizeof err);
    if (!m->dev)
        say("-monitor: %s", err);
    return m->dev;
}

static void drop_block(struct Monitor *m)
{
    lines_free(m->block, m->block_count);
    m->block = NULL;
    m->block_count = m->block_depth = 0;
}

void monitor_close(Debug *d)
{
    if (!d->monitor)
        return;
    chardev_close(d->monitor->dev);
    script_drop(&d->monitor->script);
    drop_block(d->monitor);
    free(d->monitor);
    d->monitor = NULL;
}

void monitor_abandon(Debug *d)
{
    char err[100];
    if (d->monitor && d->monitor->dev)
        chardev_replace(d->monitor->dev, "null", err, sizeof err);
}

static void answer(struct Monitor *m, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        chardev_put(m->dev, (u8)text[i]);
}

static void prompt(struct Monitor *m, const char *text)
{
    answer(m, text, strlen(text));
    chardev_flush(m->dev);
}

/* Executes a line, or with NULL goes on with a script that had let the machine run. */
static void obey(Debug *d, struct Monitor *m, const char *line)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return;
    d->remote = true;
    debug_execute_remote(d, &m->script, line, out);
    d->remote = false;
    fclose(out);
    answer(m, text, n);
    free(text);
    prompt(m, PROMPT);
}

/* A block is gathered up to its `end`, and then executed as a script. */
static void take_line(Debug *d, struct Monitor *m, const char *line)
{
    bool opens = cmd_opens_block(line);
    if (!m->block_count && !opens) {
        obey(d, m, line);
        return;
    }
    if (m->block_count == BLOCK_LINES) {
        drop_block(m);
        prompt(m, "a block has at most 1000 lines\n" PROMPT);
        return;
    }
    m->block = realloc(m->block, ((size_t)m->block_count + 1) * sizeof *m->block);
    if (!m->block || !(m->block[m->block_count++] = strdup(line)))
        panic("out of host memory for commands");
    m->block_depth += opens - !strcmp(line + strspn(line, " \t"), "end");
    if (m->block_depth) {
        prompt(m, ">");
        return;
    }
    script_push(&m->script, "monitor", m->block, m->block_count);
    drop_block(m);
    obey(d, m, NULL);
}

void monitor_poll(Debug *d)
{
    struct Monitor *m = d->monitor;
    u8 buf[256];
    if (!m || !m->dev)
        return;
    if (!chardev_connected(m->dev)) { /* what one began to type is not the next one's */
        drop_block(m);
        m->n = 0;
    }
    if (d->stopped && !script_empty(&m->script))
        obey(d, m, NULL);
    size_t n = chardev_get(m->dev, buf, sizeof buf);
    for (size_t i = 0; i < n; i++) {
        if (buf[i] == '\n' || buf[i] == '\r') {
            m->line[m->n] = 0;
            if (m->n)
                take_line(d, m, m->line);
            m->n = 0;
        } else if (m->n + 1 < sizeof m->line)
            m->line[m->n++] = (char)buf[i];
    }
    chardev_flush(m->dev);
}

void monitor_stopped(Debug *d)
{
    struct Monitor *m = d->monitor;
    char *text = NULL;
    size_t n = 0;
    if (!m || !m->dev)
        return;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return;
    debug_tell(d, out, true);
    fclose(out);
    answer(m, text, n);
    chardev_flush(m->dev);
    free(text);
    if (!d->console) /* whose lines they are if there is one */
        script_take(&m->script, &d->due);
}

bool monitor_say(Debug *d, const char *text, size_t n)
{
    struct Monitor *m = d->monitor;
    if (!m || !m->dev || !chardev_hears(m->dev))
        return false;
    answer(m, text, n);
    chardev_flush(m->dev);
    return chardev_hears(m->dev);
}

bool monitor_attached(const Debug *d)
{
    return d->monitor && chardev_connected(d->monitor->dev) && !d->session->opt->batch;
}
