/* cmd_script.c: commands that make scripts: source, define, hook-stop, echo, printf, assert. */
#include "frontend/cmd.h"
#include "frontend/expr.h"

#include <ctype.h>
#include <stdlib.h>

bool cmd_source(Debug *d, const char *args)
{
    char path[300];
    if (!arg_string(d, &args, path, sizeof path) || !arg_end(d, args))
        return false;
    return script_push_file(&d->script, path, d->error, sizeof d->error);
}

static bool define(Debug *d, const char *name)
{
    char **line;
    int count;
    if (!cmd_block(d, &line, &count))
        return false;
    Macro *m = NULL;
    for (int i = 0; i < d->macro_count; i++)
        if (!strcmp(d->macro[i].name, name))
            m = &d->macro[i];
    if (m)
        lines_free(m->line, m->count);
    else {
        d->macro = realloc(d->macro, ((size_t)d->macro_count + 1) * sizeof *d->macro);
        if (!d->macro)
            panic("out of host memory for a command");
        m = &d->macro[d->macro_count++];
        memset(m, 0, sizeof *m);
        snprintf(m->name, sizeof m->name, "%s", name);
    }
    m->line = line;
    m->count = count;
    return true;
}

bool cmd_define(Debug *d, const char *args)
{
    char name[64];
    arg_word(&args, name, sizeof name);
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    if (!n || name[n] || n > 31 || isdigit((unsigned char)*name))
        return debug_fail(
            d, "`%.40s` is no name for a command: letters, digits, - and _, at most 31", name);
    return arg_end(d, args) && define(d, name);
}

bool cmd_hook_stop(Debug *d, const char *args)
{
    return arg_end(d, args) && define(d, "hook-stop");
}

bool cmd_echo(Debug *d, const char *args)
{
    static const char from[] = "nrt0e\\", to[] = "\n\r\t\0\033\\";
    for (; *args; args++) {
        const char *e = *args == '\\' && args[1] ? strchr(from, args[1]) : NULL;
        fputc(e ? to[e - from] : *args, d->out);
        args += e != NULL;
    }
    return true;
}

bool cmd_printf(Debug *d, const char *args)
{
    return debug_printf(d, args, d->out, false);
}

bool cmd_assert(Debug *d, const char *args)
{
    Value v;
    if (!*args)
        return debug_fail(d, "assert what? e.g. `assert $eax==5`");
    if (!expr_eval(d, args, &v))
        return false;
    if (v.v)
        return true;
    d->assert_failed = true;
    return debug_fail(d, "assertion failed: %.200s", args);
}
