/* cmd_break.c: commands that set, list and change breakpoints and watches. */
#include "frontend/cmd.h"
#include "frontend/expr.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- setting
 * -------------------------------------------------------------------------------------- */

/* `if E` at the end. The condition is the rest of the line. */
static bool take_condition(Debug *d, const char *args, const char **condition)
{
    *condition = NULL;
    if (arg_is(&args, "if")) {
        *condition = args;
        return *args ? expr_check(d, args) : debug_fail(d, "`if` needs an expression");
    }
    return arg_end(d, args);
}

/* Enters a breakpoint whose form is known to be right. */
static bool enter(Debug *d, Break *b, const char *condition)
{
    char text[300];
    if (!b)
        return false;
    b->condition = condition ? strdup(condition) : NULL;
    expr_set(d, "bpnum", (u64)b->number);
    if (!breaks_apply(d)) {
        char why[DEBUG_ERROR];
        memcpy(why, d->error, sizeof why);
        break_delete(d, b);
        breaks_apply(d);
        memcpy(d->error, why, sizeof why);
        return false;
    }
    break_describe(b, text, sizeof text);
    fprintf(d->out, "%d: %s\n", b->number, text);
    return true;
}

/* The command as it can be given again: name and the text of its operands without the condition. */
static void typed(char *what, size_t size, const char *name, const char *from, const char *to)
{
    while (to > from && to[-1] == ' ')
        to--;
    snprintf(what, size, "%s%s%.*s", name, from < to ? " " : "", (int)(to - from), from);
}

static bool set_code(Debug *d, const char *args, const char *name, bool temp, bool phys_wanted)
{
    u32 addr = debug_pc(d);
    bool phys = phys_wanted;
    const char *p = args, *condition;
    char what[120], sym[100];
    bool here = !*p || !strncmp(p, "if ", 3);
    if (!here && !arg_address(d, &p, &addr, &phys))
        return false;
    phys |= phys_wanted;
    if (!take_condition(d, p, &condition))
        return false;
    if (here)
        snprintf(what, sizeof what, "%s 0x%x", name, addr);
    else
        typed(what, sizeof what, name, args, p);
    Break *b = break_new(d, phys ? BREAK_PHYS : BREAK_CODE, what);
    if (!b)
        return false;
    b->addr = addr;
    b->temp = temp;
    debug_name_of(d, addr, sym, sizeof sym);
    if (*sym && !phys)
        fprintf(d->out, "at linear 0x%x%s\n", addr, sym);
    return enter(d, b, condition);
}

static bool cmd_b(Debug *d, const char *args)
{
    return set_code(d, args, "b", false, false);
}

static bool cmd_tb(Debug *d, const char *args)
{
    return set_code(d, args, "tb", true, false);
}

static bool cmd_pb(Debug *d, const char *args)
{
    return *args ? set_code(d, args, "pb", false, true)
                 : debug_fail(d, "pb where? e.g. `pb 0x7c00`");
}

static bool cmd_bpint(Debug *d, const char *args)
{
    const char *p = args, *condition;
    u64 v, ah;
    char what[120];
    if (!*args)
        return debug_fail(d, "bpint which interrupt? e.g. `bpint 0x21 ah=0x4c`");
    if (!arg_number(d, &p, 255, &v))
        return false;
    bool with_ah = !strncasecmp(p, "ah=", 3);
    if (with_ah) {
        p += 3 + (p[3] == '=');
        if (!arg_number(d, &p, 255, &ah))
            return false;
    }
    if (!take_condition(d, p, &condition))
        return false;
    typed(what, sizeof what, "bpint", args, p);
    Break *b = break_new(d, BREAK_INT, what);
    if (b) {
        b->vector = (int)v;
        b->ah = with_ah ? (int)ah : -1;
    }
    return enter(d, b, condition);
}

static bool vector_by_name(const char **p, u64 *v)
{
    char word[16];
    const char *q = *p;
    arg_word(&q, word, sizeof word);
    for (int n = 0; n < 20; n++) {
        const char *name = vector_name(n);
        if (*name == '#' && (!strcasecmp(word, name) || !strcasecmp(word, name + 1))) {
            *v = (u64)n;
            *p = q;
            return true;
        }
    }
    return false;
}

static bool cmd_bpexc(Debug *d, const char *args)
{
    const char *p = args, *condition;
    u64 v;
    char what[120];
    if (!*args)
        return debug_fail(
            d, "bpexc which exception? a number, or de db ud nm df ts np ss gp pf mf ac");
    if (!vector_by_name(&p, &v) && !arg_number(d, &p, 31, &v))
        return debug_fail(d, "`%.20s`: wanted 0 to 31, or de db ud nm df ts np ss gp pf mf ac",
                          args);
    if (!take_condition(d, p, &condition))
        return false;
    typed(what, sizeof what, "bpexc", args, p);
    Break *b = break_new(d, BREAK_EXC, what);
    if (b)
        b->vector = (int)v;
    return enter(d, b, condition);
}

static bool plain(Debug *d, const char *args, BreakKind kind, const char *name)
{
    const char *condition;
    if (!take_condition(d, args, &condition))
        return false;
    return enter(d, break_new(d, kind, name), condition);
}

static bool cmd_bpfault(Debug *d, const char *args)
{
    return plain(d, args, BREAK_FAULT, "bpfault");
}

static bool cmd_bpmode(Debug *d, const char *args)
{
    return plain(d, args, BREAK_MODE, "bpmode");
}

/* CRn, n, DRn or `msr [N]`. *n: UINT64_MAX is any. */
static bool control_register(Debug *d, const char **p, int *kind, u64 *n)
{
    bool dr = !strncasecmp(*p, "dr", 2), cr = !strncasecmp(*p, "cr", 2);
    *n = UINT64_MAX;
    if (!strncasecmp(*p, "msr", 3) && (!(*p)[3] || (*p)[3] == ' ')) {
        *p += 3;
        *p += strspn(*p, " ");
        *kind = CPU_WRITE_MSR;
        return !**p || !strncmp(*p, "if ", 3) || arg_number(d, p, UINT32_MAX, n);
    }
    *kind = dr ? CPU_WRITE_DR : CPU_WRITE_CR;
    *p += dr || cr ? 2 : 0;
    return arg_number(d, p, dr ? 7 : 4, n);
}

static bool cmd_bpcr(Debug *d, const char *args)
{
    const char *p = args, *condition;
    int kind = -1;
    u64 n = UINT64_MAX;
    char what[120];
    bool one = *p && strncmp(p, "if ", 3);
    if (one && !control_register(d, &p, &kind, &n))
        return debug_fail(d, "`%.30s`: wanted cr0 to cr4, dr0 to dr7, msr or msr N", args);
    if (!take_condition(d, p, &condition))
        return false;
    typed(what, sizeof what, "bpcr", args, one ? p : args);
    Break *b = break_new(d, BREAK_CR, what);
    if (b) {
        b->control = kind;
        b->vector = n == UINT64_MAX ? -1 : 0;
        b->addr = (u32)n;
    }
    return enter(d, b, condition);
}

static bool cmd_bpio(Debug *d, const char *args)
{
    const char *p = args, *condition;
    u64 first, last;
    char what[120];
    /* PORT-PORT: the minus is not a subtraction here */
    char low[40];
    size_t n = strcspn(p, "- ");
    if (!*args)
        return debug_fail(d, "bpio which port? e.g. `bpio 0x3f8-0x3ff w`");
    if (p[n] == '-' && n < sizeof low) {
        snprintf(low, sizeof low, "%.*s", (int)n, p);
        const char *q = low;
        p += n + 1;
        if (!arg_number(d, &q, 0xFFFF, &first) || !arg_number(d, &p, 0xFFFF, &last))
            return false;
    } else {
        if (!arg_number(d, &p, 0xFFFF, &first))
            return false;
        last = first;
    }
    if (last < first)
        return debug_fail(d, "the range ends before it begins");
    u8 rw = arg_is(&p, "r") ? BREAK_R : arg_is(&p, "w") ? BREAK_W : BREAK_R | BREAK_W;
    arg_is(&p, "rw");
    if (!take_condition(d, p, &condition))
        return false;
    typed(what, sizeof what, "bpio", args, p);
    Break *b = break_new(d, BREAK_IO, what);
    if (b) {
        b->addr = (u32)first;
        b->len = (u32)last;
        b->rw = rw;
    }
    return enter(d, b, condition);
}

/* "2.5s" as ticks. False: it is no time, or with an error one that cannot be. */
static bool guest_time(Debug *d, const char **args, u64 *tick)
{
    size_t n = strspn(*args, "0123456789.");
    u64 us = 0, scale = 1000000;
    bool point = false;
    if (!n || n >= 20 || (*args)[n] != 's' || ((*args)[n + 1] && (*args)[n + 1] != ' '))
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = (*args)[i];
        if (c == '.' && point)
            return debug_fail(d, "`%.20s` is no time; e.g. 2.5s", *args);
        if (c == '.') {
            point = true;
        } else if (!point || scale > 1) {
            if (us > 100000000000000ull)
                return debug_fail(d, "that is too far away");
            us = us * 10 + (u64)(c - '0');
            scale /= point ? 10 : 1;
        }
    }
    if (us > 1000000000000000ull / scale)
        return debug_fail(d, "that is too far away");
    *tick = clock_tick_of(&d->pc->clock, us * scale, 1000000);
    *args += n + 1;
    return true;
}

/* N instructions or N.NNs of guest time, with + from now. */
static bool cmd_bpinsn(Debug *d, const char *args)
{
    u64 tick;
    char what[120];
    bool from_now = *args == '+';
    args += from_now;
    if (!*args)
        return debug_fail(d, "bpinsn when? an instruction count, 2.5s of guest time, or with + "
                             "from now");
    if (!guest_time(d, &args, &tick) &&
        (*d->error || !arg_number(d, &args, from_now ? 1ull << 60 : UINT64_MAX - 1, &tick)))
        return false;
    if (!arg_end(d, args))
        return false;
    tick += from_now ? d->pc->clock.now : 0;
    if (tick <= d->pc->clock.now && !d->session->history)
        return debug_fail(d, "instruction %" PRIu64 " is in the past; it is now %" PRIu64, tick,
                          d->pc->clock.now);
    snprintf(what, sizeof what, "bpinsn %" PRIu64, tick);
    Break *b = break_new(d, BREAK_INSN, what);
    if (b)
        b->tick = tick;
    return enter(d, b, NULL);
}

static bool cmd_bptext(Debug *d, const char *args)
{
    char what[120], re[100], why[100];
    snprintf(what, sizeof what, "bptext %s", args);
    if (!arg_string(d, &args, re, sizeof re) || !arg_end(d, args))
        return false;
    regex_t compiled;
    int bad = regcomp(&compiled, re, REG_EXTENDED | REG_NEWLINE);
    if (bad) {
        regerror(bad, &compiled, why, sizeof why);
        return debug_fail(d, "`%.60s` is no POSIX extended expression: %s", re, why);
    }
    if (!regexec(&compiled, "", 0, NULL, 0)) {
        regfree(&compiled);
        return debug_fail(d, "`%.60s` matches nothing at all, and so everywhere", re);
    }
    Break *b = break_new(d, BREAK_TEXT, what);
    if (!b)
        regfree(&compiled);
    else
        b->re = compiled;
    debug_text_known(d);
    return enter(d, b, NULL);
}

static bool cmd_bpmagic(Debug *d, const char *args)
{
    static const char names[8][3] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    char word[8], what[40];
    arg_word(&args, word, sizeof word);
    if (!*word)
        strcpy(word, "bx");
    if (!arg_end(d, args))
        return false;
    for (unsigned n = 1; n < 8; n++)
        if (!strcasecmp(word, names[n])) {
            snprintf(what, sizeof what, "bpmagic %s", names[n]);
            Break *b = break_new(d, BREAK_MAGIC, what);
            if (b)
                b->addr = 0xC0 | n << 3 | n;
            return enter(d, b, NULL);
        }
    return debug_fail(d, "`%s`: wanted bx, cx, dx, sp, bp, si or di (xchg ax,ax is NOP)", word);
}

/* ---- watches
 * -------------------------------------------------------------------------------------- */

static bool set_watch(Debug *d, const char *args, const char *name, u8 rw, bool phys)
{
    const char *p = args, *condition;
    u32 addr, len = 1;
    bool is_phys = phys;
    char what[120];
    if (!*args)
        return debug_fail(d, "%s what? e.g. `%s 0x417,2`", name, name);
    Value v;
    if (!expr_parse(d, &p, &v, false))
        return false;
    addr = (u32)v.v;
    is_phys |= v.kind == VALUE_PHYS;
    if (*p == ',') {
        u64 n;
        p++;
        p += *p == '+';
        if (!arg_number(d, &p, 1 << 20, &n))
            return false;
        len = (u32)n;
    }
    if (!len)
        return debug_fail(d, "the length is 0");
    typed(what, sizeof what, name, args, p);
    char val[300];
    if (!strncmp(p, "if val", 6) && !isalnum((unsigned char)p[6]) && p[6] != '_') { /* no $ */
        snprintf(val, sizeof val, "if $%s", p + 3);
        p = val;
    }
    if (!take_condition(d, p, &condition))
        return false;
    Break *b = break_new(d, is_phys ? BREAK_PWATCH : BREAK_WATCH, what);
    if (b) {
        b->addr = addr;
        b->len = len;
        b->rw = rw;
    }
    return enter(d, b, condition);
}

static bool cmd_watch(Debug *d, const char *args)
{
    return set_watch(d, args, "watch", BREAK_W, false);
}

static bool cmd_rwatch(Debug *d, const char *args)
{
    return set_watch(d, args, "rwatch", BREAK_R, false);
}

static bool cmd_awatch(Debug *d, const char *args)
{
    return set_watch(d, args, "awatch", BREAK_R | BREAK_W, false);
}

static bool cmd_pwatch(Debug *d, const char *args)
{
    return set_watch(d, args, "pwatch", BREAK_W, true);
}

/* ---- managing
 * ------------------------------------------------------------------------------------- */

static bool cmd_info_b(Debug *d, const char *args)
{
    bool any = false;
    char text[300];
    if (!arg_end(d, args))
        return false;
    for (int n = 0; n < d->breaks.count; n++) {
        const Break *b = d->breaks.list[n];
        if (b->internal)
            continue;
        break_describe(b, text, sizeof text);
        if (b->gdb)
            fprintf(d->out, "gdb  %s 0x%x\n", text, b->addr);
        else
            fprintf(d->out, "%-3d %c %s%s\n", b->number, b->enabled ? 'y' : 'n', text,
                    b->temp ? " (once)" : "");
        if (b->hits)
            fprintf(d->out, "      hit %" PRIu64 " times\n", b->hits);
        if (b->ignore)
            fprintf(d->out, "      the next %" PRIu64 " hits are ignored\n", b->ignore);
        if (b->log)
            fprintf(d->out, "      prints %s and goes on\n", b->log);
        for (int i = 0; i < b->command_count; i++)
            fprintf(d->out, "      > %s\n", b->command[i]);
        any = true;
    }
    if (!any)
        fprintf(d->out, "no breakpoints\n");
    return true;
}

static Break *which(Debug *d, const char **args)
{
    u64 n;
    if (!**args) {
        debug_fail(d, "which breakpoint? `info b` lists them");
        return NULL;
    }
    if (!arg_number(d, args, INT32_MAX, &n))
        return NULL;
    Break *b = break_find(d, (int)n);
    if (!b || b->gdb) {
        debug_fail(d, "there is no breakpoint %d; `info b` lists them", (int)n);
        return NULL;
    }
    return b;
}

/* Neither gdb's, which come and go by its packets, nor that of an `until` under way. */
static bool is_users(const Break *b)
{
    return !b->gdb && !b->internal;
}

static bool cmd_delete(Debug *d, const char *args)
{
    bool known = true;
    for (int n = d->breaks.count - 1; !*args && n >= 0; n--)
        if (is_users(d->breaks.list[n]))
            break_delete(d, d->breaks.list[n]);
    while (*args && known) {
        Break *b = which(d, &args);
        known = b;
        if (b)
            break_delete(d, b);
    }
    return breaks_apply(d) && known;
}

static bool set_enabled(Debug *d, const char *args, bool on)
{
    bool known = true;
    for (int n = 0; !*args && n < d->breaks.count; n++)
        if (is_users(d->breaks.list[n]))
            d->breaks.list[n]->enabled = on;
    while (*args && known) {
        Break *b = which(d, &args);
        known = b;
        if (b)
            b->enabled = on;
    }
    return breaks_apply(d) && known;
}

static bool cmd_enable(Debug *d, const char *args)
{
    return set_enabled(d, args, true);
}

static bool cmd_disable(Debug *d, const char *args)
{
    return set_enabled(d, args, false);
}

static bool cmd_ignore(Debug *d, const char *args)
{
    char word[40];
    u64 k;
    arg_word(&args, word, sizeof word);
    const char *p = word;
    Break *b = which(d, &p);
    if (!b || !arg_number(d, &args, UINT32_MAX, &k) || !arg_end(d, args))
        return false;
    b->ignore = k;
    return true;
}

static bool cmd_condition(Debug *d, const char *args)
{
    char word[40];
    arg_word(&args, word, sizeof word);
    const char *p = word;
    Break *b = which(d, &p);
    return b && break_condition(d, b, *args ? args : NULL);
}

static bool cmd_commands(Debug *d, const char *args)
{
    Break *b = NULL;
    bool named = *args;
    if (named)
        b = which(d, &args);
    else
        for (int n = 0; n < d->breaks.count; n++)
            if (is_users(d->breaks.list[n]))
                b = d->breaks.list[n];
    if (!b)
        return !named && debug_fail(d, "there is no breakpoint; set one first");
    char **line;
    int count;
    if (!cmd_block(d, &line, &count))
        return false;
    lines_free(b->command, b->command_count);
    b->command = line;
    b->command_count = count;
    return true;
}

static bool cmd_log(Debug *d, const char *args)
{
    u32 addr;
    bool phys;
    const char *p = args;
    if (!*args)
        return debug_fail(d, "log where and what? e.g. `log 0x7c00 \"ax=%%x\\n\",$ax`");
    if (!arg_address(d, &p, &addr, &phys))
        return false;
    const char *quote = p;
    if (!debug_printf(d, quote, d->out, true))
        return false;
    char what[120];
    typed(what, sizeof what, "log", args, p);
    Break *b = break_new(d, phys ? BREAK_PHYS : BREAK_CODE, what);
    if (b) {
        b->addr = addr;
        b->log = strdup(quote);
    }
    return enter(d, b, NULL);
}

static bool cmd_save(Debug *d, const char *args)
{
    char path[300];
    if (!arg_string(d, &args, path, sizeof path) || !arg_end(d, args))
        return false;
    FILE *f = fopen(path, "w");
    if (!f)
        return debug_fail(d, "cannot write %s: %s", path, strerror(errno));
    breaks_save(d, f);
    bool bad = ferror(f);
    return (!fclose(f) && !bad) || debug_fail(d, "cannot write %s: %s", path, strerror(errno));
}

const Cmd cmds_break[] = {
    {"b", "break hbreak", "[ADDR] [if E]", cmd_b,
     "Stops before the instruction at an address, by default the current one. Matches by linear "
     "address; phys:A by physical",
     COMPLETE_EXPR},
    {"tb", "tbreak", "[ADDR] [if E]", cmd_tb, "As b, but only once", COMPLETE_EXPR},
    {"pb", NULL, "PHYS [if E]", cmd_pb,
     "Stops before the instruction at a physical address, however it is mapped", COMPLETE_EXPR},
    {"bpint", NULL, "N [ah=X] [if E]", cmd_bpint,
     "Stops at the first instruction of the handler of an interrupt, software's or hardware's, "
     "perhaps only with this AH",
     COMPLETE_EXPR},
    {"bpexc", NULL, "N|gp|pf|... [if E]", cmd_bpexc, "Stops at the handler of an exception",
     COMPLETE_NOTHING},
    {"bpfault", NULL, "[if E]", cmd_bpfault,
     "Stops at the handler of any exception. $vec and $err tell which", COMPLETE_EXPR},
    {"bpio", NULL, "PORT[-PORT] [r|w] [if E]", cmd_bpio,
     "Stops after an access to these ports. $port and $val tell which", COMPLETE_EXPR},
    {"bpmode", NULL, "[if E]", cmd_bpmode,
     "Stops after a switch between real, protected and virtual-8086 mode, or of paging",
     COMPLETE_EXPR},
    {"bpcr", NULL, "[CRn|DRn|msr [N]] [if E]", cmd_bpcr,
     "Stops after a write to this control register, debug register or MSR, without a name to any "
     "of them. $val is what it writes",
     COMPLETE_EXPR},
    {"bpinsn", NULL, "[+]N|[+]SECONDSs", cmd_bpinsn,
     "Stops when N instructions have been executed in all, or at a guest time such as 2.5s; with + "
     "counted from now",
     COMPLETE_NOTHING},
    {"bptext", NULL, "RE", cmd_bptext,
     "Stops when a POSIX extended expression appears on a serial port, on the debug port or on the "
     "text screen, there right after the instruction that completed it",
     COMPLETE_NOTHING},
    {"bpmagic", NULL, "[bx|cx|...]", cmd_bpmagic,
     "Makes `xchg bx,bx` (or another register) a breakpoint wherever it stands, as -magic-break "
     "does",
     COMPLETE_NOTHING},
    {0},
};

const Cmd cmds_watch[] = {
    {"watch", NULL, "A[,LEN] [if E]", cmd_watch,
     "Stops after an instruction that writes to linear memory. In the condition $val is what it "
     "writes",
     COMPLETE_EXPR},
    {"rwatch", NULL, "A[,LEN] [if E]", cmd_rwatch, "Stops after an instruction that reads there",
     COMPLETE_EXPR},
    {"awatch", NULL, "A[,LEN] [if E]", cmd_awatch, "Stops after one that reads or writes",
     COMPLETE_EXPR},
    {"pwatch", NULL, "PHYS[,LEN] [if E]", cmd_pwatch,
     "Stops after the processor writes to physical memory, by whatever linear address, or a device "
     "does by DMA",
     COMPLETE_EXPR},
    {0},
};

const Cmd cmds_manage[] = {
    {"info breakpoints", NULL, "", cmd_info_b, "Lists breakpoints and watches", COMPLETE_NOTHING},
    {"d", "delete", "[N...]", cmd_delete, "Deletes breakpoints; all without a number",
     COMPLETE_EXPR},
    {"enable", NULL, "[N...]", cmd_enable, "Enables breakpoints; all without a number",
     COMPLETE_EXPR},
    {"disable", NULL, "[N...]", cmd_disable, "Disables breakpoints", COMPLETE_EXPR},
    {"ignore", NULL, "N K", cmd_ignore, "Lets the next K hits of breakpoint N pass", COMPLETE_EXPR},
    {"condition", NULL, "N [E]", cmd_condition,
     "Makes breakpoint N hit only if E is not 0; without E always", COMPLETE_EXPR},
    {"commands", NULL, "[N]", cmd_commands,
     "Gives breakpoint N, or the last, commands to execute at a stop. They follow, up to `end`",
     COMPLETE_EXPR},
    {"log", NULL, "ADDR \"FORMAT\",E,...", cmd_log,
     "Prints values whenever an address is reached, without stopping", COMPLETE_EXPR},
    {"save breakpoints", NULL, "FILE", cmd_save, "Writes the breakpoints as commands for `source`",
     COMPLETE_FILE},
    {0},
};
