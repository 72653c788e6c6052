/* command.c: lines for the debugger, as from a script: commands with their blocks, expressions
 * (behind ?), assignments (=), and words to complete (a tab in front). No file can be opened
 * meanwhile, since a line may name any. */
#include "frontend/cmd.h"
#include "frontend/expr.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/session.h"

enum { LINES = 40, COMPLETIONS = 8, TURNS = 8 };

/* Lines up to an `end` that closes the first, for a command that wants them. */
typedef struct {
    char *line[LINES];
    int count, depth;
} Block;

void fuzz_start(void)
{
    fuzz_null();
}

static void complete(Debug *d, const char *line)
{
    bool files;
    char *word = NULL;
    for (int n = 0; n < COMPLETIONS && (word = cmd_completion(d, line, n, &files)); n++)
        free(word);
}

/* A line, or with NULL what is in `own`; and what breakpoints have said that is to be done at the
 * stops that come of it. */
static void obey(Session *s, Script *own, const char *line)
{
    Debug *d = s->debug;
    for (int n = 0; n < TURNS && (line || !script_empty(own)); n++, line = NULL) {
        d->console = true;
        debug_execute_remote(d, own, line, fuzz_session_out());
        fuzz_session_run(s);
        script_take(own, &d->due);
    }
}

static void take_line(Session *s, Script *own, Block *b, char *line)
{
    bool opens = cmd_opens_block(line);
    if (!b->count && !opens) {
        obey(s, own, line);
        return;
    }
    b->line[b->count++] = line;
    b->depth += opens - !strcmp(line, "end");
    if (b->depth)
        return;
    script_push(own, "fuzz", b->line, b->count);
    b->count = 0;
    obey(s, own, NULL);
}

void fuzz_one(const u8 *data, size_t size)
{
    Session *s = fuzz_session_new(&data, &size);
    Debug *d = s->debug;
    char *text = calloc(1, size + 1), *rest = text, *line;
    Script own = {0};
    Block block = {.count = 0};
    Value v;
    memcpy(text, data, size);
    fuzz_forbid_files(true);
    for (int n = 0; n < LINES && (line = strsep(&rest, "\n")); n++) {
        if (*line == '?')
            expr_eval(d, line + 1, &v);
        else if (*line == '=')
            expr_assign(d, line + 1);
        else if (*line == '\t')
            complete(d, line + 1);
        else
            take_line(s, &own, &block, line);
    }
    fuzz_forbid_files(false);
    script_drop(&own);
    fuzz_session_free(s);
    free(text);
}
