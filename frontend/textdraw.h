/* textdraw.h: turns the guest's screen into the bytes that a terminal needs to show it: only
 * what changed since the last time. Knows no terminal but the sequences of ECMA-48. */
#ifndef GLASS86_TEXTDRAW_H
#define GLASS86_TEXTDRAW_H

#include "devices/vga.h"

/* COLOURS_NONE: dark on light is shown in reverse, pictures in five shades. */
typedef enum { COLOURS_16, COLOURS_256, COLOURS_TRUE, COLOURS_NONE } TextColours;

enum { TEXTDRAW_COLUMNS = 512, TEXTDRAW_ROWS = 256 };

/* One place of the terminal. */
typedef struct {
    u32 code;   /* Unicode; 0: unknown, must be drawn */
    u32 fg, bg; /* XRGB */
    bool blink;
} TextCell;

typedef struct {
    TextColours colours;
    int columns, rows; /* of the terminal, at most TEXTDRAW_* */
    int top, left;     /* first row and column of the guest that are shown */
    TextCell *shown;   /* what the terminal has now */
    TextCell *wanted;
    int cursor_x, cursor_y; /* wanted; -1: hidden */
    char *out;              /* the sequences, out_n bytes */
    size_t out_n, out_room;
    u32 pen_fg, pen_bg;
    bool pen_known, pen_blink, cursor_known;
    int cursor_at_x, cursor_at_y; /* where the terminal has it; -1: hidden */
} TextDraw;

void textdraw_init(TextDraw *t, TextColours colours);
void textdraw_free(TextDraw *t);

/* Size of the terminal; forgets what it shows. */
void textdraw_resize(TextDraw *t, int columns, int rows);

/* Sets what is to be seen in rows [0, rows - keep): a text screen (`blink` as the attribute
 * controller has it), or a picture in half blocks. */
void textdraw_text(TextDraw *t, const VgaText *text, bool blink, int keep);
void textdraw_picture(TextDraw *t, const VgaFrame *f, int keep);

/* A line of plain text in one row. */
void textdraw_line(TextDraw *t, int row, const char *text);

/* Brings t->out up to date: the bytes to send now. Legal to send nothing when out_n is 0. */
void textdraw_update(TextDraw *t);

#endif
