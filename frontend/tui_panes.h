/* tui_panes.h: the state of the full-screen view and its panes; for tui.c and tui_panes.c only. */
#ifndef GLASS86_TUI_PANES_H
#define GLASS86_TUI_PANES_H

#include "frontend/tui.h"

/* Its wide characters bring names of ours; text goes out as UTF-8 all the same. */
#define NCURSES_WIDECHAR 0
#include <ncurses.h>

enum { TUI_LINES = 2000, TUI_WIDTH = 400, TUI_MEMORY = 4096 };

/* Colour pairs. */
enum { INK_PLAIN, INK_CHANGED, INK_TITLE, INK_BREAK, INK_HERE, INK_DIM };

typedef struct {
    int y, x, rows, columns; /* without the title line, which is at y - 1 */
} Pane;

struct Tui {
    FILE *out; /* what commands print, gathered in text */
    char *text;
    size_t text_n;
    char *line[TUI_LINES]; /* a ring of lines of output */
    u64 line_count;
    int scroll;        /* output: lines up from the end */
    char edit[600];    /* the command line */
    size_t edit_n, at; /* bytes, and where the cursor is */
    int recall;        /* history: lines back, 0: none */
    TuiBottom bottom;
    u32 memory;      /* first address shown */
    bool memory_set; /* by the user; else it follows DS:SI */
    u32 code_top;    /* first line of the code pane */
    u32 was_base;    /* what memory held at the last stop, for marking changes */
    u8 was[TUI_MEMORY];
    bool was_known[TUI_MEMORY];
    u64 stops; /* Debug.stops when `was` was taken */
    u64 drawn_ns;
    bool dirty;
    VgaText screen;
};

/* Draws everything that is not the command line. */
void tui_panes(Debug *d, struct Tui *t);

/* Takes note of what the memory pane shows, before the machine goes on. */
void tui_remember(Debug *d, struct Tui *t);

#endif
