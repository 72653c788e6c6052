/* monitor.c: see monitor.h. */
#include "frontend/monitor.h"

#include "frontend/chardev.h"
#include "frontend/say.h"

#include <stdlib.h>

struct Monitor {
    Chardev *dev;
    char line[1000];
    size_t n;
    Script script; /* what is left of scripts that this door began */
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

void monitor_close(Debug *d)
{
    if (!d->monitor)
        return;
    chardev_close(d->monitor->dev);
    script_drop(&d->monitor->script);
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
    answer(m, "(glass86) ", 10);
    chardev_flush(m->dev);
    free(text);
}

void monitor_poll(Debug *d)
{
    struct Monitor *m = d->monitor;
    u8 buf[256];
    if (!m || !m->dev)
        return;
    if (d->stopped && !script_empty(&m->script))
        obey(d, m, NULL);
    size_t n = chardev_get(m->dev, buf, sizeof buf);
    for (size_t i = 0; i < n; i++) {
        if (buf[i] == '\n' || buf[i] == '\r') {
            m->line[m->n] = 0;
            if (m->n)
                obey(d, m, m->line);
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
    if (*d->why)
        fprintf(out, "%s\n", d->why);
    debug_where(d, out);
    fclose(out);
    answer(m, text, n);
    chardev_flush(m->dev);
    free(text);
}
