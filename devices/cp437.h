/* cp437.h: code page 437, the character set of the PC's screen, to Unicode and back. */
#ifndef GLASS86_CP437_H
#define GLASS86_CP437_H

#include "mmu/base.h"

/* Unicode of a screen character. 00h-1Fh and 7Fh are their glyphs (1 is U+263A), not controls;
 * 00h is a blank. */
u16 cp437_unicode(u8 ch);

/* Screen character for a Unicode code point; -1 when code page 437 has none. */
int cp437_from_unicode(u32 code);

/* Appends the UTF-8 form of a screen character (1 to 3 bytes, no terminator); returns its size. */
int cp437_utf8(u8 ch, char out[3]);

/* Reads one UTF-8 character from s[0..len) into *code; returns the bytes used, or 0 if len is 0. An
 * invalid byte counts as one character, U+FFFD. */
int utf8_decode(const char *s, size_t len, u32 *code);

#endif
