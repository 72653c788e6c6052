/* debug_cmd.c: finds the command of a line and executes it; help, apropos, completion and the
 * manual, all from
 * the table of cmd.h. */
#include "frontend/cmd.h"
#include "frontend/console.h"
#include "frontend/expr.h"
#include "frontend/sandbox.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

/* The groups are those of the manual. */
const CmdGroup cmd_groups[] = {
    {"Running", cmds_run},
    {"Running backwards", cmds_back},
    {"Breakpoints", cmds_break},
    {"Watchpoints", cmds_watch},
    {"Managing breakpoints", cmds_manage},
    {"Registers and expressions", cmds_registers},
    {"Memory", cmds_memory},
    {"Code", cmds_code},
    {"Processor and system", cmds_system},
    {"Devices", cmds_devices},
    {"Screen", cmds_screen},
    {"States", cmds_states},
    {"Study", cmds_study},
    {"DOS", cmds_dos},
    {"Scripts and help", cmds_script},
    {NULL, NULL},
};

bool debug_fail(Debug *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(d->error, sizeof d->error, fmt, ap);
    va_end(ap);
    text_tame(d->error, true); /* it quotes scripts, symbols and what peers sent */
    return false;
}

/* ---- arguments
 * ------------------------------------------------------------------------------------ */

static const char *skip(const char *s)
{
    return s + strspn(s, " \t");
}

bool arg_end(Debug *d, const char *args)
{
    args = skip(args);
    return !*args || debug_fail(d, "`%.40s` is too much here", args);
}

bool arg_number(Debug *d, const char **args, u64 max, u64 *v)
{
    Value value;
    if (!expr_parse(d, args, &value, false))
        return false;
    *v = value.v;
    if (value.v > max)
        return debug_fail(d, "%lld is out of range; at most %llu", (long long)value.v,
                          (unsigned long long)max);
    return true;
}

bool arg_address(Debug *d, const char **args, u32 *addr, bool *phys)
{
    Value v;
    if (!expr_parse(d, args, &v, false))
        return false;
    if (v.v > UINT32_MAX && (s64)v.v != (s32)v.v)
        return debug_fail(d, "0x%llx is no address: they have 32 bits", (unsigned long long)v.v);
    if (v.kind == VALUE_PHYS && !phys)
        return debug_fail(d, "a linear address is wanted here, not a physical one");
    *addr = (u32)v.v;
    if (phys)
        *phys = v.kind == VALUE_PHYS;
    return true;
}

bool arg_length(Debug *d, const char **args, u32 *len)
{
    u64 v;
    *args = skip(*args);
    if (**args == ',')
        *args = skip(*args + 1);
    if (**args != '+')
        return debug_fail(d, "expected ,+LENGTH at `%.30s`", *args);
    (*args)++;
    if (!arg_number(d, args, 1u << 30, &v))
        return false;
    *len = (u32)v;
    return v || debug_fail(d, "the length is 0");
}

void arg_word(const char **args, char *word, size_t size)
{
    *args = skip(*args);
    size_t n = strcspn(*args, " \t");
    snprintf(word, size, "%.*s", (int)(n < size ? n : size - 1), *args);
    *args = skip(*args + n);
}

bool arg_is(const char **args, const char *word)
{
    const char *s = skip(*args);
    size_t n = strlen(word);
    if (strncmp(s, word, n) || (s[n] && s[n] != ' ' && s[n] != '\t'))
        return false;
    *args = skip(s + n);
    return true;
}

bool arg_string(Debug *d, const char **args, char *text, size_t size)
{
    static const char from[] = "ntr0e\\\"", to[] = "\n\t\r\0\033\\\"";
    const char *s = skip(*args);
    size_t n = 0;
    bool quoted = *s == '"';
    s += quoted;
    while (*s && (quoted ? *s != '"' : *s != ' ' && *s != '\t')) {
        char c = *s++;
        const char *e = c == '\\' && quoted && *s ? strchr(from, *s) : NULL;
        if (e)
            c = to[e - from], s++;
        if (n + 1 == size)
            return debug_fail(d, "the text is too long");
        text[n++] = c;
    }
    text[n] = 0;
    if (quoted && *s != '"')
        return debug_fail(d, "the text has no closing quote");
    *args = skip(s + quoted);
    return n || debug_fail(d, "a text is missing here");
}

bool arg_on_off(Debug *d, const char **args, bool *on)
{
    if (arg_is(args, "on"))
        *on = true;
    else if (arg_is(args, "off"))
        *on = false;
    else
        return debug_fail(d, "expected on or off at `%.30s`", *args);
    return true;
}

bool cmd_opens_block(const char *line)
{
    line = skip(line);
    return !strncmp(line, "commands", 8) || !strncmp(line, "define ", 7) ||
           !strncmp(line, "hook-stop", 9);
}

bool cmd_block(Debug *d, char ***line, int *count)
{
    int depth = 0;
    *line = NULL;
    *count = 0;
    if (!d->from_console)
        return debug_fail(d, "lines up to `end` can be given only at the console or in a script");
    for (;;) {
        const char *text;
        char *typed = NULL;
        if (!script_empty(&d->script))
            text = script_next(&d->script);
        else if (d->session->opt->batch || d->remote || d->gdb_command ||
                 console_read(d, ">", &typed) != CONSOLE_LINE)
            text = NULL;
        else
            text = typed;
        bool end = text && !strcmp(skip(text), "end");
        if (!text || (end && !depth)) {
            free(typed);
            if (text)
                return true;
            lines_free(*line, *count);
            return debug_fail(d, "`end` is missing");
        }
        depth += cmd_opens_block(text) - end;
        *line = realloc(*line, ((size_t)*count + 1) * sizeof **line);
        if (!*line || !((*line)[*count] = strdup(text)))
            panic("out of host memory for commands");
        (*count)++;
        free(typed);
    }
}

/* ---- finding
 * -------------------------------------------------------------------------------------- */

static bool in_words(const char *list, const char *w, size_t n)
{
    for (const char *p = list; p && *p;) {
        size_t k = strcspn(p, " ");
        if (k == n && !strncmp(p, w, n))
            return true;
        p += k + (p[k] == ' ');
    }
    return false;
}

/* How well `cmd` fits the beginning of `line`: 3 exactly, 2 by alias, 1 abbreviated, 0 not. *used:
 * length of its name there. */
static int fits(const Cmd *c, const char *line, size_t *used)
{
    size_t n = strcspn(line, " \t/"), first = strcspn(c->name, " ");
    *used = n;
    if (!c->name[first]) {
        if (n == first && !strncmp(c->name, line, n))
            return 3;
        if (in_words(c->alias, line, n))
            return 2;
        return n && n < first && !strncmp(c->name, line, n);
    }
    if (in_words(c->alias, line, n))
        return 2;
    bool head = n && n <= first && !strncmp(c->name, line, n);
    const char *second = skip(line + n);
    size_t k = strcspn(second, " \t/"), want = strlen(c->name + first + 1);
    if (!head || !k || k > want || strncmp(c->name + first + 1, second, k))
        return 0;
    *used = (size_t)(second - line) + k;
    if (n == 1 && *line == 'i' && first == 4) /* `i r`, as in gdb: of all the i's, info */
        return 2;
    return n == first && k == want ? 3 : k == want ? 2 : 1;
}

static const Cmd *lookup(const char *line, size_t *used, int *rivals)
{
    const Cmd *best = NULL;
    int quality = 0;
    *rivals = 0;
    for (const CmdGroup *g = cmd_groups; g->title; g++)
        for (const Cmd *c = g->rows; c->name; c++) {
            size_t n;
            int q = fits(c, line, &n);
            if (!q || q < quality)
                continue;
            *rivals = q == quality ? *rivals + 1 : 1;
            if (q > quality) {
                best = c;
                *used = n;
                quality = q;
            }
        }
    return best;
}

bool cmd_exists(const char *name)
{
    for (const CmdGroup *g = cmd_groups; g->title; g++)
        for (const Cmd *c = g->rows; c->name; c++)
            if (!strcmp(c->name, name))
                return true;
    return false;
}

static bool unknown(Debug *d, const char *line, int rivals)
{
    size_t n = strcspn(line, " \t/");
    for (const CmdGroup *g = cmd_groups; g->title; g++)
        for (const Cmd *c = g->rows; c->name; c++) {
            size_t first = strcspn(c->name, " ");
            if (n && n <= first && c->name[first] && !strncmp(c->name, line, n) && rivals < 2)
                return debug_fail(d, "%.*s needs one of its subjects: `help %.*s` lists them",
                                  (int)first, c->name, (int)first, c->name);
        }
    if (rivals > 1)
        return debug_fail(d, "`%.*s` could be several commands; `help` lists them",
                          (int)(n > 40 ? 40 : n), line);
    return debug_fail(d, "unknown command `%.*s`; `help` lists all, `apropos WORD` searches",
                      (int)(n > 40 ? 40 : n), line);
}

static Macro *macro_of(Debug *d, const char *line, size_t n)
{
    for (int i = 0; i < d->macro_count; i++)
        if (strlen(d->macro[i].name) == n && !strncmp(d->macro[i].name, line, n))
            return &d->macro[i];
    return NULL;
}

static bool call_macro(Debug *d, const Macro *m, const char *args)
{
    char name[24], word[200];
    int n = 0;
    for (args = skip(args); *args && n < 9; n++) {
        arg_word(&args, word, sizeof word);
        Value v;
        snprintf(name, sizeof name, "arg%d", n);
        if (!expr_eval(d, word, &v))
            return false;
        expr_set(d, name, v.v);
    }
    expr_set(d, "argc", (u64)n);
    return script_push(&d->script, m->name, m->line, m->count) ||
           debug_fail(d, "%s: commands call each other too deeply", m->name);
}

/* Why a file, a connection or another process was not to be had; always false. */
static bool sandboxed(Debug *d, const Cmd *c)
{
    size_t n = strlen(d->error);
    bool outside = c->complete == COMPLETE_FILE || !strcmp(c->name, "migrate");
    bool refused = strstr(d->error, strerror(EPERM)) || strstr(d->error, strerror(EACCES));
    if (outside && refused && sandbox_is_on())
        snprintf(d->error + n, sizeof d->error - n,
                 "; -sandbox on leaves only what the options name");
    return false;
}

/* A command without what it cannot do without: its own question, or what it wants. Always
 * false. */
static bool lacking(Debug *d, const Cmd *c, const char *args)
{
    if (!*args && *c->args && *c->args != '[' && !strchr(d->error, '?') &&
        !cmd_opens_block(c->name))
        debug_fail(d, "%s wants %s; `help %s` says more", c->name, c->args, c->name);
    return false;
}

bool debug_execute(Debug *d, const char *line, FILE *out)
{
    FILE *was = d->out;
    size_t used = 0;
    int rivals;
    line = skip(line);
    d->error[0] = 0;
    if (!*line || *line == '#')
        return true;
    if (strlen(line) > 4000)
        return debug_fail(d, "a command line of more than 4000 characters");
    if (out)
        d->out = out;
    const Macro *m = macro_of(d, line, strcspn(line, " \t"));
    if (m && !strcmp(m->name, "hook-stop"))
        m = NULL; /* this word always defines it, also anew */
    const Cmd *c = lookup(line, &used, &rivals);
    bool ok;
    if (m)
        ok = call_macro(d, m, line + strlen(m->name));
    else if (!c || rivals > 1)
        ok = unknown(d, line, rivals);
    else
        ok = c->fn(d, skip(line + used)) || lacking(d, c, skip(line + used)) || sandboxed(d, c);
    if (d->out)
        fflush(d->out);
    d->out = was;
    debug_settle(d);
    return ok;
}

void debug_execute_remote(Debug *d, Script *own, const char *line, FILE *out)
{
    Script console = d->script;
    bool from_console = d->from_console, stopped = d->stopped;
    char copy[4096];
    d->script = *own;
    for (; line || (line = script_next(&d->script)); line = NULL) {
        snprintf(copy, sizeof copy, "%s", line);
        d->from_console = !script_empty(&d->script); /* blocks come from the script itself */
        if (!debug_execute(d, copy, out)) {
            fprintf(out, "%s\n", d->error);
            script_drop(&d->script);
        }
        if (stopped && !d->stopped)
            break;
    }
    *own = d->script;
    d->script = console;
    d->from_console = from_console;
}

/* ---- help
 * ----------------------------------------------------------------------------------------- */

static void first_sentence(const char *help, FILE *out)
{
    const char *end = strstr(help, ". ");
    fprintf(out, "%.*s", end ? (int)(end - help) : (int)strlen(help), help);
}

static void summary(const Cmd *c, FILE *out)
{
    char head[80];
    snprintf(head, sizeof head, "%s%s%s", c->name, *c->args ? " " : "", c->args);
    fprintf(out, "  %-34s ", head);
    first_sentence(c->help, out);
    if (c->alias)
        fprintf(out, " (%s)", c->alias);
    fputc('\n', out);
}

static bool cmd_help(Debug *d, const char *args)
{
    size_t used;
    int rivals;
    size_t len = strlen(args);
    if (!*args) {
        for (const CmdGroup *g = cmd_groups; g->title; g++) {
            fprintf(d->out, "%s\n", g->title);
            for (const Cmd *c = g->rows; c->name; c++)
                summary(c, d->out);
        }
        fprintf(d->out,
                "Addresses: 0x7c00, 7C00h, SEG:OFF in hexadecimal, phys:0x7c00, a symbol, $reg.\n");
        return true;
    }
    const Cmd *exact = lookup(args, &used, &rivals);
    if (exact && rivals == 1 && used == len) {
        fprintf(d->out, "%s%s%s\n%s.\n", exact->name, *exact->args ? " " : "", exact->args,
                exact->help);
        if (exact->alias)
            fprintf(d->out, "Also: %s\n", exact->alias);
        return true;
    }
    bool any = false;
    for (const CmdGroup *g = cmd_groups; g->title; g++)
        for (const Cmd *c = g->rows; c->name; c++)
            if (!strncmp(c->name, args, len)) {
                summary(c, d->out);
                any = true;
            }
    return any || debug_fail(d, "no command `%.40s`; `apropos WORD` searches", args);
}

static bool has(const char *text, const char *word)
{
    return text && strcasestr(text, word);
}

static bool cmd_apropos(Debug *d, const char *args)
{
    bool any = false;
    if (!*args)
        return debug_fail(d, "apropos what? e.g. `apropos page`");
    for (const CmdGroup *g = cmd_groups; g->title; g++)
        for (const Cmd *c = g->rows; c->name; c++)
            if (has(c->name, args) || has(c->alias, args) || has(c->help, args)) {
                summary(c, d->out);
                any = true;
            }
    return any || debug_fail(d, "nothing about `%.40s`", args);
}

const Cmd cmds_script[] = {
    {"source", NULL, "FILE", cmd_source, "Executes the commands in a file", COMPLETE_FILE},
    {"define", NULL, "NAME", cmd_define,
     "Makes a command of the lines that follow, up to `end`. Its arguments are $arg0, $arg1, ... "
     "and their number $argc",
     COMPLETE_NOTHING},
    {"hook-stop", NULL, "", cmd_hook_stop, "Lines that are executed at every stop, up to `end`",
     COMPLETE_NOTHING},
    {"echo", NULL, "TEXT", cmd_echo, "Prints a text; \\n is a new line", COMPLETE_NOTHING},
    {"printf", NULL, "\"FORMAT\",E,...", cmd_printf,
     "Prints values. %d %u %x %o %c as in C, %s the string at an address, %p an address",
     COMPLETE_EXPR},
    {"assert", NULL, "E", cmd_assert,
     "Fails the run if the expression is 0: with -batch the exit status becomes 92", COMPLETE_EXPR},
    {"help", "h ?", "[COMMAND]", cmd_help, "Describes a command, or lists all", COMPLETE_COMMAND},
    {"apropos", NULL, "WORD", cmd_apropos, "Lists the commands whose description holds a word",
     COMPLETE_NOTHING},
    {0},
};

/* ---- the manual
 * ------------------------------------------------------------------------------------ */

static void md(const char *s, FILE *f)
{
    for (; *s; s++)
        fprintf(f, *s == '|' ? "\\|" : "%c", *s);
}

void cmd_docs(FILE *f)
{
    fprintf(f, "# The debugger\n\n"
               "Generated from the command table by `make docs`; do not edit.\n\n"
               "The debugger is always in the program. `-dbg` starts with it, stopped before the "
               "first instruction; `-ex COMMAND` and `-x FILE`\n"
               "give it commands; Ctrl-C in the terminal, Ctrl-Alt-D in the window and Ctrl-] b "
               "with `-display text` call it later. With `-batch`\n"
               "the run ends when the commands do: status 64 if one of them was wrong, 92 if an "
               "`assert` failed. The same commands work over\n"
               "`-monitor DEV` and as gdb's `monitor ...` (`-s` listens on port 1234 for gdb).\n\n"
               "An empty line repeats the last command. Commands may be abbreviated as long as "
               "they stay unique.\n\n"
               "## Addresses and expressions\n\n"
               "| form | meaning |\n|---|---|\n"
               "| `0x7c00` `7C00h` `31744` | linear address or number |\n"
               "| `f000:fff0` `ds:si+4` `$cs:$eip` | segment and offset; bare numbers in them are "
               "hexadecimal |\n"
               "| `phys:0x7c00` | physical address |\n"
               "| `main` `main+4` | symbol (`sym FILE` loads them) |\n"
               "| `$eax` `$ax` `$ah` `$eip` `$pc` `$cs` `$cr0` `$dr7` | registers; `$pc` is the "
               "linear address of CS:EIP |\n"
               "| `$cs.base` `.limit` `.attr` `.type` `.dpl` `.p` `.g` `.db` | descriptor caches; "
               "also "
               "`$gdtr.base`, `$idtr.limit`, `$ldtr`, `$tr` |\n"
               "| `$zf` `$cf` `$if` `$iopl` `$vm` | flags; `$cpl` `$pe` `$pg` `$a20` `$halted` |\n"
               "| `$mm0` ... `$mm7` `$fctrl` `$fstat` `$ftag` | MMX registers, words of the "
               "coprocessor |\n"
               "| `$insn` `$ips` `$tsc` | instructions executed, instructions per guest second, "
               "time-stamp counter |\n"
               "| `byte[A]` `word[A]` `dword[A]` `qword[A]` `[A]` `{byte}A` | memory |\n"
               "| `$_` `$__` `$bpnum` `$x` | last address examined, its value, last breakpoint, "
               "your own variables |\n"
               "| `$val` `$addr` `$port` `$vec` `$err` | in conditions: value and address of the "
               "access, port, vector, error code |\n\n"
               "Operators are C's: `?: || && | ^ & == != < <= > >= << >> + - * / %% ! ~`. Values "
               "are unsigned and have 64 bits.\n");
    for (const CmdGroup *g = cmd_groups; g->title; g++) {
        fprintf(f, "\n## %s\n\n| command | also | meaning |\n|---|---|---|\n", g->title);
        for (const Cmd *c = g->rows; c->name; c++) {
            fprintf(f, "| `");
            md(c->name, f);
            fprintf(f, *c->args ? " " : "");
            md(c->args, f);
            fprintf(f, "` | %s | ", c->alias ? c->alias : "");
            md(c->help, f);
            fprintf(f, ". |\n");
        }
    }
    fprintf(f, "\n## When a breakpoint hits\n\n"
               "Every stop is exact: the machine has executed all instructions before the place "
               "and none after it. A code breakpoint stops before its\n"
               "instruction, a watchpoint or port breakpoint after it, `bpint` and `bpexc` at the "
               "first instruction of the handler. Nothing costs\n"
               "anything while it is not set. A run with the debugger attached is the same run, "
               "bit for bit, as long as no command writes.\n\n"
               "## Through the monitor and gdb\n\n"
               "All commands, and all kinds of stops, work over `-monitor DEV` and as gdb's "
               "`monitor ...`. A stop is told to whom the machine runs for, with the lines\n"
               "of `commands` and `hook-stop` that belong to it; so is what `log`, `trace on` and "
               "`dos int21 on` print meanwhile. gdb sees a stop that has no packet\n"
               "(a port, an interrupt, a mode switch) as SIGTRAP, and prints the reason before it. "
               "gdb itself runs the machine: `continue`, `stepi`. A block up to\n"
               "`end` is typed into the monitor like at the console; gdb takes one from a file, "
               "with `monitor source FILE`. `target remote | glass86 IMAGE -S -gdb stdio`\n"
               "starts a machine for one session.\n\n"
               "## Trace files\n\n"
               "`trace on file F` writes one line per instruction: count, CS:EIP, ring, bytes, "
               "text; with `regs` the general registers and EFLAGS before the\n"
               "instruction. Lines that begin with `io` and `int` tell of port accesses and "
               "interrupts, lines with `mem` (with the `mem` word) of the\n"
               "memory operand's linear address and what it held.\n");
}

/* ---- completion
 * ------------------------------------------------------------------------------------ */

static char *joined(const char *head, const char *tail)
{
    char *s = malloc(strlen(head) + strlen(tail) + 1);
    if (s)
        strcat(strcpy(s, head), tail);
    return s;
}

static char *command_word(Debug *d, const char *line, const char *word, int n)
{
    size_t before = (size_t)(word - line), len = strlen(word);
    for (const CmdGroup *g = cmd_groups; g->title; g++)
        for (const Cmd *c = g->rows; c->name; c++) {
            size_t first = strcspn(c->name, " ");
            bool second =
                before && c->name[first] && before > first && !strncmp(line, c->name, first);
            const char *w = second ? c->name + first + 1 : before ? NULL : c->name;
            if (w && !strncmp(w, word, len) && !n--)
                return strdup(w);
        }
    for (int i = 0; i < d->macro_count && !before; i++)
        if (!strncmp(d->macro[i].name, word, len) && !n--)
            return strdup(d->macro[i].name);
    return NULL;
}

static char *expression_word(Debug *d, const char *word, int n)
{
    size_t len = strlen(word);
    if (*word == '$') {
        const char *reg;
        for (int i = 0; (reg = expr_register_name(i)); i++)
            if (!strncmp(reg, word + 1, len - 1) && !n--)
                return joined("$", reg);
        for (int i = 0; i < d->var_count; i++)
            if (!strncmp(d->var[i].name, word + 1, len - 1) && !n--)
                return joined("$", d->var[i].name);
        return NULL;
    }
    for (int i = 0; i < d->symbols.count; i++)
        if (!strncmp(d->symbols.list[i].name, word, len) && !n--)
            return strdup(d->symbols.list[i].name);
    return NULL;
}

char *cmd_completion(Debug *d, const char *line, int n, bool *files)
{
    line = skip(line);
    const char *word = line + strlen(line);
    while (word > line && !strchr(" \t,+-*/()[]=<>&|", word[-1]))
        word--;
    *files = false;
    char *s = command_word(d, line, word, n);
    if (s || word == line)
        return s;
    size_t used;
    int rivals;
    const Cmd *c = lookup(line, &used, &rivals);
    if (c && c->complete == COMPLETE_FILE) {
        *files = true;
        return NULL;
    }
    return c && c->complete == COMPLETE_COMMAND ? command_word(d, word, word, n)
                                                : expression_word(d, word, n);
}
