/* tui.h: the debugger's full-screen view: registers, code, stack, memory, the guest's text screen,
 * breakpoints and the output of commands at once, with a command line below. It stands in for the
 * line editor of console.c while it is open. Carried by ncursesw; without it tui_open() says so. */
#ifndef GLASS86_TUI_H
#define GLASS86_TUI_H

#include "frontend/debug.h"

/* Takes the terminal over. False: d->error. */
bool tui_open(Debug *d);
void tui_close(Debug *d); /* legal when not open */
bool tui_is_open(const Debug *d);

/* Waits a moment for keys. True: *line (to be freed) is a command to execute. */
bool tui_key(Debug *d, char **line);
/* The machine runs: shows so, and the guest's screen, from time to time. */
void tui_running(Debug *d);
/* Where output goes meanwhile. */
FILE *tui_out(Debug *d);

typedef enum { TUI_OUTPUT, TUI_SCREEN, TUI_BREAKS, TUI_BOTTOMS } TuiBottom;

/* `layout mem A` and its like. */
void tui_set_memory(Debug *d, u32 linear);
void tui_set_bottom(Debug *d, TuiBottom what);

#endif
