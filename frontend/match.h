/* match.h: -expect and -fail-on: watches the text screen, the serial ports and the debug port
 * for regular expressions. */
#ifndef GLASS86_MATCH_H
#define GLASS86_MATCH_H

#include "devices/vga.h"
#include "frontend/options.h"

#include <regex.h>

enum { MATCH_DEBUGCON = MAX_SERIAL, MATCH_STREAMS };

/* How much of a stream's past an expression can reach back over. */
enum { MATCH_TAIL = 4096, MATCH_WINDOW = 65536 };

typedef struct {
    regex_t re;
    const char *text;
    bool seen;
} Pattern;

typedef struct {
    char *text; /* MATCH_WINDOW + 1 bytes */
    size_t n;
    bool fresh;    /* bytes since the last check */
    bool cut_line; /* the window does not begin at the start of a line */
} MatchStream;

typedef enum { MATCH_NOTHING, MATCH_EXPECTED, MATCH_FAILED } MatchResult;

typedef struct {
    Pattern expect[MAX_PATTERNS], fail_on[MAX_PATTERNS];
    int expect_count, fail_on_count;
    MatchStream stream[MATCH_STREAMS];
    char *screen;       /* as UTF-8 */
    VgaText *last;      /* the screen that `screen` was made of */
    const char *failed; /* the -fail-on that was seen */
} Match;

void match_init(Match *m, const Options *o);
void match_free(Match *m);
bool match_active(const Match *m);

/* A byte came out of a serial port or of MATCH_DEBUGCON. */
void match_byte(Match *m, int stream, u8 byte);

/* Looks at what is new since the last call. `text` is the text screen, which is compared with
 * the last one. */
MatchResult match_check(Match *m, const VgaText *text);

/* The first expression that is still to be seen, or NULL. */
const char *match_missing(const Match *m);

#endif
