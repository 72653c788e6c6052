/* option_docs.c: the option table as text for people and shells: -dump-config, -help, the man
 * page, and the completions for bash and zsh. Nothing here knows an option by name. */
#include "frontend/option_table.h"

#include "frontend/shortcuts.h"

#include <ctype.h>

#define FOR_EACH_ROW(g, row)                                                                       \
    for (const OptionGroup *g = option_groups; g->title; g++)                                      \
        for (const Option *row = g->rows; row->name; row++)

#define FOR_EACH_SHORTCUT(k) for (const Shortcut *k = shortcuts; k->name; k++)

/* ---- -dump-config -------------------------------------------------------------------------- */

static bool needs_quotes(const char *s)
{
    size_t n = strlen(s);
    return !n || *s == '"' || isspace((u8)*s) || isspace((u8)s[n - 1]) || strchr(s, '\n');
}

static void dump_value(FILE *f, const char *s)
{
    if (!needs_quotes(s)) {
        fputs(s, f);
        return;
    }
    fputc('"', f);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fprintf(f, "\\%c", *s);
        else if (*s == '\n')
            fputs("\\n", f);
        else
            fputc(*s, f);
    }
    fputc('"', f);
}

static void dump_row(const Options *o, const Option *row, FILE *f)
{
    bool given = false;
    for (int i = 0; i < o->use_count; i++) {
        if (o->use[i].row != row || o->use[i].dropped)
            continue;
        fprintf(f, "%s = ", row->name);
        dump_value(f, o->use[i].text);
        fputc('\n', f);
        given = true;
    }
    if (given)
        return;
    if (row->initial)
        fprintf(f, "%s = %s\n", row->name, row->initial);
    else if (row->flags & OPT_FLAG)
        fprintf(f, "# %s = off\n", row->name);
    else
        fprintf(f, "# %s = %s\n", row->name, row->arg);
}

void options_dump(const Options *o, FILE *f)
{
    fputs("# glass86 configuration: `key = value`, one per line; keys are the options without\n"
          "# their dash. Lines that begin with # are comments.\n",
          f);
    for (const OptionGroup *g = option_groups; g->title; g++) {
        bool headed = false;
        for (const Option *row = g->rows; row->name; row++) {
            if (row->flags & (OPT_HIDDEN | OPT_ACTION))
                continue;
            if (!headed)
                fprintf(f, "\n# %s\n", g->title);
            headed = true;
            dump_row(o, row, f);
        }
    }
}

/* ---- -help --------------------------------------------------------------------------------- */

enum { HELP_INDENT = 26, HELP_WIDTH = 96 };

/* Prints words of s, wrapped, starting at column `col`. */
static void wrap(FILE *f, const char *s, int col)
{
    bool first = true;
    while (*s) {
        int n = (int)strcspn(s, " ");
        if (!first && col + 1 + n > HELP_WIDTH) {
            fprintf(f, "\n%*s", HELP_INDENT, "");
            col = HELP_INDENT;
        } else if (!first) {
            fputc(' ', f);
            col++;
        }
        fprintf(f, "%.*s", n, s);
        col += n;
        s += n;
        s += strspn(s, " ");
        first = false;
    }
    fputc('\n', f);
}

static bool is_bare(const Option *row)
{
    return !strcmp(row->name, "image");
}

static void help_row(const Option *row, FILE *f)
{
    char head[128], text[1024];
    if (is_bare(row))
        snprintf(head, sizeof head, "  %s", row->arg);
    else
        snprintf(head, sizeof head, "  -%s%s%s", row->name, row->arg ? " " : "",
                 row->arg ? row->arg : "");
    snprintf(text, sizeof text, row->initial ? "%s (default %s)" : "%s", row->help, row->initial);
    if (strlen(head) > HELP_INDENT - 2)
        fprintf(f, "%s\n%*s", head, HELP_INDENT, "");
    else
        fprintf(f, "%-*s", HELP_INDENT, head);
    wrap(f, text, HELP_INDENT);
}

void options_help(FILE *f)
{
    fputs("usage: glass86 [options] [IMAGE]...\n"
          "A PC under glass. Without an image the built-in demo disk runs. One or two dashes both "
          "work.\n",
          f);
    for (const OptionGroup *g = option_groups; g->title; g++) {
        fprintf(f, "\n%s\n", g->title);
        for (const Option *row = g->rows; row->name; row++) {
            if (!(row->flags & OPT_HIDDEN))
                help_row(row, f);
        }
    }
    fputs("\nKeys of the window\n", f);
    FOR_EACH_SHORTCUT(k)
    {
        fprintf(f, "  Ctrl-Alt-%-*s%s\n", HELP_INDENT - 11, k->name, k->help);
    }
    for (int i = 0; window_gestures[i][0]; i++)
        fprintf(f, "  %-*s%s\n", HELP_INDENT - 2, window_gestures[i][0], window_gestures[i][1]);
    fputs("\nexit status: 0 powered off, user quit or -expect seen; the guest's own from "
          "isa-debug-exit;\n"
          "64 usage; 66 image or ROM unreadable; 70 internal error; 86 triple fault; 90 -expect "
          "not seen;\n"
          "92 -fail-on seen; 124 limit reached\n",
          f);
}

/* ---- man page ------------------------------------------------------------------------------ */

/* roff: a backslash and a dash must be escaped, a line must not begin with . or ' */
static void roff(FILE *f, const char *s)
{
    if (*s == '.' || *s == '\'')
        fputs("\\&", f);
    for (; *s; s++) {
        if (*s == '\\')
            fputs("\\e", f);
        else if (*s == '-')
            fputs("\\-", f);
        else
            fputc(*s, f);
    }
}

static void man_row(const Option *row, FILE *f)
{
    fputs(".TP\n", f);
    if (is_bare(row))
        fprintf(f, ".I %s\n", row->arg);
    else {
        fputs(".B \\-", f);
        roff(f, row->name);
        if (row->arg) {
            fputs(" \\fI", f);
            roff(f, row->arg);
            fputs("\\fR", f);
        }
        fputc('\n', f);
    }
    roff(f, row->help);
    fputs(".\n", f);
    if (row->initial) {
        fputs("Default: ", f);
        roff(f, row->initial);
        fputs(".\n", f);
    }
}

static const char man_head[] =
    ".\\\" Generated from the option table by `make docs`; do not edit.\n"
    ".TH GLASS86 1 \"\" \"glass86\" \"User Commands\"\n"
    ".SH NAME\n"
    "glass86 \\- a PC under glass: a deterministic x86 PC emulator\n"
    ".SH SYNOPSIS\n"
    ".B glass86\n"
    ".RI [ options ] \" \" [ IMAGE ]...\n"
    ".SH DESCRIPTION\n"
    "glass86 interprets every instruction of an x86 PC, from the 8086 to the Pentium, and lets you "
    "see what\n"
    "happens inside. Guest time is a count of executed instructions: the same image and the same "
    "input give the\n"
    "same run, on any host at any speed. Without an image the built\\-in demo disk runs.\n"
    ".PP\n"
    "One or two dashes both work. Every option is also a line\n"
    ".I key = value\n"
    "in\n"
    ".IR glass86.conf ;\n"
    ".B \\-dump\\-config\n"
    "prints the effective file.\n"
    ".SH OPTIONS\n";

static const char man_keys[] =
    ".SH KEYS\n"
    ".SS In the window\n";

static const char man_tail[] =
    ".SS In the terminal\n"
    "Ctrl\\-] is the prefix: q quits, p pauses, t turns the throttle off, r resets, d sends "
    "Ctrl\\-Alt\\-Del,\n"
    "s takes a screenshot, l redraws, Ctrl\\-] sends itself, f and a digit stand for a function "
    "key.\n"
    "With \\-serial mon:stdio the prefix is Ctrl\\-A: x quits, a sends Ctrl\\-A itself.\n"
    ".SH EXIT STATUS\n"
    ".TP\n0\nThe guest powered off, the user quit, or \\-expect was seen.\n"
    ".TP\n64\nThe command line or glass86.conf is wrong.\n"
    ".TP\n66\nAn image or ROM cannot be read.\n"
    ".TP\n70\nInternal error, or trouble with the host.\n"
    ".TP\n86\nTriple fault.\n"
    ".TP\n90\nThe run ended before \\-expect was seen.\n"
    ".TP\n92\n\\-fail\\-on was seen.\n"
    ".TP\n124\nThe limit of \\-max\\-insns or \\-timeout was reached.\n"
    ".PP\n"
    "With \\-device isa\\-debug\\-exit a guest chooses the status: a byte v gives (v<<1)|1, or v "
    "itself with raw=on.\n"
    ".SH FILES\n"
    ".TP\n.I glass86.conf\nRead from the current directory if it is there.\n"
    ".SH EXAMPLES\n"
    ".TP\n.B glass86 dos.img\nBoots an image; type by content, geometry by boot sector, partition "
    "table or size.\n"
    ".TP\n.B glass86 \\-batch \\-display none \\-timeout 20 \\-expect \"A:.>\" dos.img\n"
    "Boots, waits for the prompt, and ends with status 0 when it is seen.\n";

static void man_key(const char *chord, const char *key, const char *help, FILE *f)
{
    fputs(".TP\n.B ", f);
    roff(f, chord);
    roff(f, key);
    fputc('\n', f);
    roff(f, help);
    fputs(".\n", f);
}

void options_man(FILE *f)
{
    fputs(man_head, f);
    for (const OptionGroup *g = option_groups; g->title; g++) {
        fprintf(f, ".SS %s\n", g->title);
        for (const Option *row = g->rows; row->name; row++) {
            if (!(row->flags & OPT_HIDDEN))
                man_row(row, f);
        }
    }
    fputs(man_keys, f);
    FOR_EACH_SHORTCUT(k)
    {
        man_key("Ctrl-Alt-", k->name, k->help, f);
    }
    for (int i = 0; window_gestures[i][0]; i++)
        man_key("", window_gestures[i][0], window_gestures[i][1], f);
    fputs(".PP\nCtrl and Alt are the left ones.\n", f);
    fputs(man_tail, f);
}

/* ---- completions --------------------------------------------------------------------------- */

void options_bash(FILE *f)
{
    fputs("# bash completion for glass86; generated from the option table by `make docs`\n"
          "_glass86()\n{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    case ${prev/#--/-} in\n",
          f);
    FOR_EACH_ROW(g, row)
    {
        if (row->flags & (OPT_HIDDEN | OPT_FLAG) || is_bare(row))
            continue;
        if (row->choices && !strcmp(row->choices, "FILE"))
            fprintf(f, "    -%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", row->name);
        else if (row->choices)
            fprintf(f, "    -%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
                    row->name, row->choices);
        else
            fprintf(f, "    -%s) COMPREPLY=(); return ;;\n", row->name);
    }
    fputs("    esac\n    case $cur in\n    -*) COMPREPLY=($(compgen -W '", f);
    FOR_EACH_ROW(g, row)
    {
        if (!(row->flags & OPT_HIDDEN) && !is_bare(row))
            fprintf(f, "-%s ", row->name);
    }
    fputs(
        "' -- \"${cur/#--/-}\")) ;;\n    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n    esac\n}\n"
        "complete -o filenames -F _glass86 glass86\n",
        f);
}

/* zsh: inside '...[help]:name:action' brackets, colons and quotes need care. */
static void zsh_text(FILE *f, const char *s, const char *stop)
{
    for (; *s && !strchr(stop, *s); s++) {
        if (*s == '\'')
            fputs("'\\''", f);
        else if (strchr("[]:\\", *s))
            fprintf(f, "\\%c", *s);
        else
            fputc(*s, f);
    }
}

void options_zsh(FILE *f)
{
    fputs("#compdef glass86\n# generated from the option table by `make docs`\n_arguments \\\n", f);
    FOR_EACH_ROW(g, row)
    {
        if (row->flags & OPT_HIDDEN || is_bare(row))
            continue;
        fprintf(f, "    '%s-%s[", row->flags & OPT_REPEAT ? "*" : "", row->name);
        zsh_text(f, row->help, ";");
        fputc(']', f);
        if (!(row->flags & OPT_FLAG)) {
            fputc(':', f);
            zsh_text(f, row->arg, "");
            if (row->choices && !strcmp(row->choices, "FILE"))
                fputs(":_files", f);
            else if (row->choices)
                fprintf(f, ":(%s)", row->choices);
            else
                fputs(": ", f);
        }
        fputs("' \\\n", f);
    }
    fputs("    '*:image:_files'\n", f);
}
