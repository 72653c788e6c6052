/* debug_text.c: bptext: text that appears on a serial port, on the debug port or on the text
 * screen. While such a breakpoint is set, video memory is watched and the VGA's ports are tapped,
 * so that the stop comes right after the instruction that completed the text. */
#include "frontend/debug.h"
#include "frontend/history.h"
#include "frontend/tui.h"

#include <stdlib.h>

void debug_on_serial(Debug *d, int port, u8 byte)
{
    char *line = d->serial_line[port], where[24] = "the debug port";
    size_t *n = &d->serial_n[port];
    if (!breaks_any(d, BREAK_TEXT) ||
        (d->session->history && history_working(d->session->history) && !d->searching))
        return;
    if (*n == sizeof d->serial_line[0] - 1) {
        memmove(line, line + 1, *n);
        (*n)--;
    }
    line[(*n)++] = byte ? (char)byte : ' ';
    line[*n] = 0;
    if (port < MAX_SERIAL)
        snprintf(where, sizeof where, "serial port %d", port + 1);
    bool stop = false;
    EACH_BREAK(d, b)
    {
        regmatch_t m;
        if (b->kind != BREAK_TEXT || regexec(&b->re, line, 1, &m, 0))
            continue;
        stop |= d->searching;
        stop |=
            debug_hit(d, b, "`%.*s` on %s", (int)(m.rm_eo - m.rm_so > 60 ? 60 : m.rm_eo - m.rm_so),
                      line + m.rm_so, where);
    }
    if (stop || byte == '\n')
        *n = 0;
}

/* Looks for all texts on the screen as it is now. True: one is new there, and stops; without
 * `hits` what is there is only remembered. */
static bool look(Debug *d, bool hits)
{
    char *text = malloc(SCREEN_TEXT_MAX);
    bool stop = false;
    if (!text)
        return false;
    vga_text(&d->pc->vga, d->session->text);
    screen_to_text(d->session->text, text);
    EACH_BREAK(d, b)
    {
        regmatch_t m;
        if (b->kind != BREAK_TEXT || !b->enabled)
            continue;
        if (regexec(&b->re, text, 1, &m, 0)) {
            b->seen[0] = 0;
            continue;
        }
        int len = m.rm_eo - m.rm_so > 90 ? 90 : (int)(m.rm_eo - m.rm_so);
        char now[sizeof b->seen];
        snprintf(now, sizeof now, "%.*s", len, text + m.rm_so);
        if (!strcmp(now, b->seen))
            continue; /* still the text that was there */
        memcpy(b->seen, now, sizeof now);
        if (hits)
            stop |= debug_hit(d, b, "`%s` on the screen", now);
    }
    free(text);
    return stop;
}

void debug_text_known(Debug *d)
{
    look(d, false);
}

void debug_text_touched(Debug *d)
{
    if (!d->text_touched)
        return;
    d->text_touched = false;
    if (breaks_any(d, BREAK_TEXT))
        look(d, true);
}

/* What the screen shows can also change with time, when a new start address takes effect. */
void debug_on_frame(Debug *d)
{
    if (!d->searching)
        tui_running(d);
    if ((!d->stopped || d->searching) && breaks_any(d, BREAK_TEXT) && look(d, true))
        debug_stopped_now(d);
}
