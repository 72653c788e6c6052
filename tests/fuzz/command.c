/* command.c: lines for the debugger, as from a script: commands, expressions (behind ?),
 * assignments (=), and words to complete (a tab in front). No file can be opened meanwhile, since a
 * line may name any. */
#include "frontend/cmd.h"
#include "frontend/expr.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/session.h"

enum { LINES = 40, COMPLETIONS = 8 };

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

void fuzz_one(const u8 *data, size_t size)
{
    Session *s = fuzz_session_new(&data, &size);
    Debug *d = s->debug;
    char *text = calloc(1, size + 1), *rest = text, *line;
    Script own = {0};
    Value v;
    memcpy(text, data, size);
    fuzz_forbid_files(true);
    for (int n = 0; n < LINES && (line = strsep(&rest, "\n")); n++) {
        if (*line == '?') {
            expr_eval(d, line + 1, &v);
        } else if (*line == '=') {
            expr_assign(d, line + 1);
        } else if (*line == '\t') {
            complete(d, line + 1);
        } else {
            d->console = true;
            debug_execute_remote(d, &own, line, fuzz_session_out());
        }
        fuzz_session_run(s);
    }
    fuzz_forbid_files(false);
    script_drop(&own);
    fuzz_session_free(s);
    free(text);
}
