/* typing.h: text with named keys, as -type-at takes it, turned into key strokes. */
#ifndef GLASS86_TYPING_H
#define GLASS86_TYPING_H

#include "devices/keys.h"

/* Whether `text` can be typed: \n \r \t \b \e \\ \{ are known, {ctrl-alt-del} names keys,
 * everything else is a character of code page 437 in UTF-8. False: why says what cannot. */
bool typing_check(const char *text, char *why, size_t whylen);

/* The strokes of the next character of a checked text; moves *text on. 0 at its end. */
int typing_next(const char **text, KeyStroke out[KEY_STROKES_MAX]);

/* The same for text as it is, such as a clipboard's: a new line is Enter, and characters that no
 * key types are passed over. */
int typing_plain(const char **text, KeyStroke out[KEY_STROKES_MAX]);

#endif
