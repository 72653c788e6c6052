/* typing.c: see typing.h. */
#include "frontend/typing.h"

#include "devices/cp437.h"

#include <stdio.h>

enum { CHORD_MAX = KEY_STROKES_MAX / 2 };

/* Pressed in order, released in reverse. */
static int chord_strokes(const u16 *keys, int n, KeyStroke *out)
{
    for (int i = 0; i < n; i++) {
        out[i] = (KeyStroke){keys[i], true};
        out[2 * n - 1 - i] = (KeyStroke){keys[i], false};
    }
    return 2 * n;
}

static int escape_strokes(char c, KeyStroke *out)
{
    switch (c) {
    case 'n':
    case 'r':
        return key_strokes('\n', out);
    case 't':
        return key_strokes('\t', out);
    case 'b':
        return key_strokes('\b', out);
    case 'e':
        return key_strokes(0x1B, out);
    case '\\':
    case '{':
    case '}':
        return key_strokes((u8)c, out);
    default:
        return 0;
    }
}

/* One character or chord at s; its length to *len. 0: it cannot be typed. */
static int strokes_at(const char *s, KeyStroke *out, size_t *len)
{
    u16 keys[CHORD_MAX];
    u32 code;
    *len = 1;
    if (*s == '\\') {
        *len = s[1] ? 2 : 1;
        return escape_strokes(s[1], out);
    }
    if (*s == '{') {
        size_t n = strcspn(s, "}");
        *len = n + (s[n] == '}');
        int count = s[n] == '}' ? key_chord(s + 1, n - 1, keys, CHORD_MAX) : -1;
        return count > 0 ? chord_strokes(keys, count, out) : 0;
    }
    *len = (size_t)utf8_decode(s, strlen(s), &code);
    return key_strokes(code, out);
}

bool typing_check(const char *text, char *why, size_t whylen)
{
    KeyStroke out[KEY_STROKES_MAX];
    size_t len;
    for (; *text; text += len) {
        if (strokes_at(text, out, &len))
            continue;
        int show = len > 40 ? 40 : (int)len;
        if (*text == '\\')
            snprintf(why, whylen, "`%.*s` is unknown; there are \\n \\t \\e \\b \\\\ \\{", 2, text);
        else if (*text == '{')
            snprintf(why, whylen,
                     "`%.*s` names no keys; wanted e.g. {ctrl-c} {f1} {up}; a brace is \\{", show,
                     text);
        else
            snprintf(why, whylen, "no key types `%.*s`", show, text);
        return false;
    }
    return true;
}

int typing_next(const char **text, KeyStroke out[KEY_STROKES_MAX])
{
    size_t len;
    if (!**text)
        return 0;
    int n = strokes_at(*text, out, &len);
    *text += len;
    return n;
}

int typing_plain(const char **text, KeyStroke out[KEY_STROKES_MAX])
{
    while (**text) {
        u32 code;
        int used = utf8_decode(*text, strlen(*text), &code);
        *text += used > 0 ? used : 1;
        int n = code == '\r' ? 0 : key_strokes(code, out);
        if (n)
            return n;
    }
    return 0;
}
