/* debug_script.h: where command lines come from before the console is asked: -x, -ex, `source`,
 * user-defined commands and the commands of breakpoints. A stack: what was begun last is
 * finished first, and a run command in the middle leaves the rest for the next stop. */
#ifndef GLASS86_DEBUG_SCRIPT_H
#define GLASS86_DEBUG_SCRIPT_H

#include "mmu/base.h"

typedef struct Source {
    char name[100];
    char **line;
    int count, at;
    bool quiet;
    struct Source *below;
} Source;

typedef struct {
    Source *top;
    int depth;
} Script;

enum { SCRIPT_DEPTH = 40 };

/* False: nested too deeply. Lines are copied. */
bool script_push(Script *s, const char *name, char *const *line, int count);
/* False: err says why. */
bool script_push_file(Script *s, const char *path, char *err, size_t errlen);
/* Puts the sources of `from` before those of `s`; `from` is empty then. Those that would be nested
 * too deeply are forgotten. */
void script_take(Script *s, Script *from);
/* The next line, or NULL; valid until the next call. */
const char *script_next(Script *s);
/* "file:line" of the line given last, or "". */
void script_place(const Script *s, char *text, size_t size);
bool script_empty(const Script *s);
void script_drop(Script *s); /* forgets everything */

void lines_free(char **line, int count);

#endif
