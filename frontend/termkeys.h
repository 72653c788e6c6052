/* termkeys.h: bytes from a terminal, turned into key strokes: UTF-8 characters, the escape
 * sequences of cursor and function keys (ECMA-48, xterm, VT220, Linux console), Esc before a
 * character as Alt. */
#ifndef GLASS86_TERMKEYS_H
#define GLASS86_TERMKEYS_H

#include "devices/keys.h"

enum { TERMKEY_PREFIX = 0x1D }; /* Ctrl-] */

typedef enum {
    TERMKEY_MORE,    /* the bytes are the beginning of something longer */
    TERMKEY_STROKES, /* strokes[0..count) */
    TERMKEY_COMMAND, /* Ctrl-] and `command` */
    TERMKEY_IGNORED, /* nothing that a PC keyboard has */
} TermKeyKind;

typedef struct {
    TermKeyKind kind;
    size_t used; /* bytes consumed */
    KeyStroke strokes[KEY_STROKES_MAX];
    int count;
    char command;
} TermKey;

/* Looks at the beginning of s[0..n), n > 0. With `final` nothing more will come soon: a lone Esc
 * is the key. */
TermKey termkey_next(const char *s, size_t n, bool final);

#endif
