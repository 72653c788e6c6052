/* screen.h: the guest's screen as text and as files. */
#ifndef GLASS86_SCREEN_H
#define GLASS86_SCREEN_H

#include "devices/vga.h"

#include <stdio.h>

enum { SCREEN_TEXT_MAX = VGA_TEXT_COLS * VGA_TEXT_ROWS * 3 + VGA_TEXT_ROWS + 1 };

/* The rows in UTF-8, blanks at their ends cut off, each with \n; returns the length without the
 * zero. */
size_t screen_to_text(const VgaText *t, char out[SCREEN_TEXT_MAX]);

/* Rows up to the last that is not blank go to f; a note in graphics modes. */
void screen_print(Vga *v, FILE *f);

/* Writes .png or .txt by the name's ending. False: err names the file and the trouble. */
bool screen_dump(Vga *v, const char *path, char *err, size_t errlen);

#endif
