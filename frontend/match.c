/* match.c: see match.h. Lines end in \n, `.` does not cross them, ^ and $ match at them. A
 * carriage return is dropped and a zero byte shows as a blank, because POSIX expressions end at
 * one. */
#include "frontend/match.h"

#include "frontend/screen.h"

#include <stdlib.h>

static void *must(void *p)
{
    if (!p)
        panic("out of host memory for -expect");
    return p;
}

static int compile(Pattern *out, const PatternList *list)
{
    for (int i = 0; i < list->count; i++) {
        out[i].text = list->re[i];
        if (regcomp(&out[i].re, list->re[i], REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
            panic("expression %s no longer compiles", list->re[i]); /* options checked it */
    }
    return list->count;
}

void match_init(Match *m, const Options *o)
{
    memset(m, 0, sizeof *m);
    m->expect_count = compile(m->expect, &o->expect);
    m->fail_on_count = compile(m->fail_on, &o->fail_on);
    if (!match_active(m))
        return;
    m->screen = must(malloc(SCREEN_TEXT_MAX));
    m->last = must(calloc(1, sizeof *m->last));
    for (int i = 0; i < MATCH_STREAMS; i++)
        m->stream[i].text = must(malloc(MATCH_WINDOW + 1));
}

void match_free(Match *m)
{
    for (int i = 0; i < m->expect_count; i++)
        regfree(&m->expect[i].re);
    for (int i = 0; i < m->fail_on_count; i++)
        regfree(&m->fail_on[i].re);
    for (int i = 0; i < MATCH_STREAMS; i++)
        free(m->stream[i].text);
    free(m->screen);
    free(m->last);
    memset(m, 0, sizeof *m);
}

bool match_active(const Match *m)
{
    return m->expect_count || m->fail_on_count;
}

static void look(Match *m, const char *text, int flags)
{
    for (int i = 0; i < m->expect_count; i++) {
        Pattern *p = &m->expect[i];
        if (!p->seen && !regexec(&p->re, text, 0, NULL, flags))
            p->seen = true;
    }
    for (int i = 0; i < m->fail_on_count && !m->failed; i++) {
        if (!regexec(&m->fail_on[i].re, text, 0, NULL, flags))
            m->failed = m->fail_on[i].text;
    }
}

/* Afterwards only the tail is kept, cut at a line if there is one. */
static void look_at_stream(Match *m, MatchStream *s)
{
    if (!s->fresh)
        return;
    s->fresh = false;
    s->text[s->n] = 0;
    look(m, s->text, s->cut_line ? REG_NOTBOL : 0);
    if (s->n <= MATCH_TAIL)
        return;
    const char *keep = s->text + s->n - MATCH_TAIL;
    const char *line = memchr(keep, '\n', MATCH_TAIL - 1);
    s->cut_line = !line;
    if (line)
        keep = line + 1;
    s->n -= (size_t)(keep - s->text);
    memmove(s->text, keep, s->n);
}

void match_byte(Match *m, int stream, u8 byte)
{
    MatchStream *s = &m->stream[stream];
    if (!s->text || byte == '\r')
        return;
    if (s->n == MATCH_WINDOW)
        look_at_stream(m, s);
    s->text[s->n++] = byte ? (char)byte : ' ';
    s->fresh = true;
}

static bool same_screen(const VgaText *a, const VgaText *b)
{
    return a->is_text == b->is_text && a->columns == b->columns && a->rows == b->rows &&
           !memcmp(a->cells, b->cells, sizeof a->cells[0] * (size_t)(a->columns * a->rows));
}

MatchResult match_check(Match *m, const VgaText *text)
{
    if (!match_active(m))
        return MATCH_NOTHING;
    for (int i = 0; i < MATCH_STREAMS; i++)
        look_at_stream(m, &m->stream[i]);
    if (text->is_text && !same_screen(text, m->last)) {
        *m->last = *text;
        screen_to_text(text, m->screen);
        look(m, m->screen, 0);
    }
    if (m->failed)
        return MATCH_FAILED;
    return m->expect_count && !match_missing(m) ? MATCH_EXPECTED : MATCH_NOTHING;
}

const char *match_missing(const Match *m)
{
    for (int i = 0; i < m->expect_count; i++) {
        if (!m->expect[i].seen)
            return m->expect[i].text;
    }
    return NULL;
}
