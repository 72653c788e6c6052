/* termkeys.c: see termkeys.h. */
#include "frontend/termkeys.h"

#include "devices/cp437.h"

enum {
    ESC = 0x1B,
    MOD_SHIFT = 1,
    MOD_ALT = 2,
    MOD_CTRL = 4
}; /* xterm's modifier bits, parameter - 1 */

/* CSI n ~ (VT220 and xterm) */
static const u16 tilde_keys[35] = {
    [1] = KEY_HOME, [2] = KEY_INSERT, [3] = KEY_DELETE, [4] = KEY_END,  [5] = KEY_PGUP,
    [6] = KEY_PGDN, [7] = KEY_HOME,   [8] = KEY_END,    [11] = KEY_F1,  [12] = KEY_F2,
    [13] = KEY_F3,  [14] = KEY_F4,    [15] = KEY_F5,    [17] = KEY_F6,  [18] = KEY_F7,
    [19] = KEY_F8,  [20] = KEY_F9,    [21] = KEY_F10,   [23] = KEY_F11, [24] = KEY_F12,
};

/* CSI letter and SS3 letter */
static u16 letter_key(char c)
{
    switch (c) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return KEY_RIGHT;
    case 'D':
        return KEY_LEFT;
    case 'E':
        return KEY_KP_5;
    case 'F':
        return KEY_END;
    case 'H':
        return KEY_HOME;
    case 'M':
        return KEY_KP_ENTER;
    case 'P':
        return KEY_F1;
    case 'Q':
        return KEY_F2;
    case 'R':
        return KEY_F3;
    case 'S':
        return KEY_F4;
    default:
        return KEY_NONE;
    }
}

static TermKey chord(size_t used, u16 key, unsigned mods)
{
    static const u16 mod_keys[3] = {KEY_SHIFT, KEY_ALT, KEY_CTRL};
    TermKey k = {.kind = key ? TERMKEY_STROKES : TERMKEY_IGNORED, .used = used};
    if (!key)
        return k;
    for (int i = 0; i < 3; i++) {
        if (mods >> i & 1)
            k.strokes[k.count++] = (KeyStroke){mod_keys[i], true};
    }
    k.strokes[k.count++] = (KeyStroke){key, true};
    k.strokes[k.count++] = (KeyStroke){key, false};
    for (int i = 2; i >= 0; i--) {
        if (mods >> i & 1)
            k.strokes[k.count++] = (KeyStroke){mod_keys[i], false};
    }
    return k;
}

static TermKey more_or(bool final, size_t used)
{
    return (TermKey){.kind = final ? TERMKEY_IGNORED : TERMKEY_MORE, .used = final ? used : 0};
}

/* s begins with ESC [ */
static TermKey csi(const char *s, size_t n, bool final)
{
    unsigned param[2] = {0, 0}, at = 0;
    size_t i = 2;
    if (n > 2 && s[2] == '[') /* Linux console: ESC [ [ A to E are F1 to F5 */
        return n > 3
                   ? chord(4, s[3] >= 'A' && s[3] <= 'E' ? (u16)(KEY_F1 + s[3] - 'A') : KEY_NONE, 0)
                   : more_or(final, n);
    for (; i < n && (u8)s[i] >= 0x20 && (u8)s[i] <= 0x3F; i++) {
        if (s[i] == ';' && at == 0)
            at = 1;
        else if (s[i] >= '0' && s[i] <= '9' && param[at] < 1000)
            param[at] = param[at] * 10 + (unsigned)(s[i] - '0');
    }
    if (i >= n)
        return more_or(final, n);
    unsigned mods = at && param[1] ? (param[1] - 1) & 7 : 0;
    size_t used = i + 1;
    if (s[i] == '~')
        return chord(used, param[0] < ARRAY_LEN(tilde_keys) ? tilde_keys[param[0]] : KEY_NONE,
                     mods);
    if (s[i] == 'Z') /* back tab */
        return chord(used, KEY_TAB, MOD_SHIFT);
    return chord(used, letter_key(s[i]), mods);
}

static TermKey character(const char *s, size_t n, bool final)
{
    TermKey k = {.kind = TERMKEY_STROKES, .used = 1};
    u8 c = (u8)s[0];
    if (c == '\r' || c == '\n')
        k.count = key_strokes('\n', k.strokes);
    else if (c == 0x7F)
        k.count = key_strokes('\b', k.strokes);
    else if (c == 0)
        return chord(1, KEY_SPACE, MOD_CTRL);
    else if (c == 8)
        return chord(1, KEY_BACKSPACE, MOD_CTRL); /* what terminals send for it; Backspace is 7F */
    else if (c >= 0x1C && c < 0x20) {
        static const u16 keys[4] = {KEY_BACKSLASH, KEY_BRACKET_RIGHT, KEY_6, KEY_MINUS};
        return chord(1, keys[c - 0x1C], MOD_CTRL);
    } else {
        size_t need = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        u32 code;
        if (n < need)
            return more_or(final, n);
        k.used = (size_t)utf8_decode(s, n, &code);
        k.count = key_strokes(code, k.strokes);
    }
    if (!k.count)
        k.kind = TERMKEY_IGNORED;
    return k;
}

/* Esc and something that is no sequence: Alt with it. */
static TermKey with_alt(const char *s, size_t n, bool final)
{
    TermKey k = s[1] == ESC ? chord(1, KEY_ESC, 0) : character(s + 1, n - 1, final);
    if (s[1] == ESC || k.kind == TERMKEY_MORE)
        return k; /* of two Escs the first is a key, and the second begins anew */
    k.used++;
    if (k.kind != TERMKEY_STROKES || k.count + 2 > KEY_STROKES_MAX)
        return k;
    memmove(k.strokes + 1, k.strokes, (size_t)k.count * sizeof k.strokes[0]);
    k.strokes[0] = (KeyStroke){KEY_ALT, true};
    k.strokes[k.count + 1] = (KeyStroke){KEY_ALT, false};
    k.count += 2;
    return k;
}

/* Ctrl-] f 1 to 9, 0, -, = : function keys for terminals that keep them to themselves. */
static TermKey prefixed_function(const char *s, size_t n)
{
    static const char digits[] = "1234567890-=";
    if (n < 3)
        return (TermKey){.kind = TERMKEY_MORE};
    const char *d = s[2] ? strchr(digits, s[2]) : NULL;
    return chord(3,
                 !d                ? KEY_NONE
                 : d - digits < 10 ? (u16)(KEY_F1 + (d - digits))
                                   : (u16)(KEY_F11 + (d - digits - 10)),
                 0);
}

static TermKey prefixed(const char *s, size_t n)
{
    if (n < 2)
        return (TermKey){.kind = TERMKEY_MORE}; /* waits for its command, however long it takes */
    if (s[1] == 'f')
        return prefixed_function(s, n);
    if (s[1] == TERMKEY_PREFIX)
        return chord(2, KEY_BRACKET_RIGHT, MOD_CTRL);
    return (TermKey){.kind = TERMKEY_COMMAND, .used = 2, .command = s[1]};
}

TermKey termkey_next(const char *s, size_t n, bool final)
{
    if (s[0] == TERMKEY_PREFIX)
        return prefixed(s, n);
    if (s[0] != ESC)
        return character(s, n, final);
    if (n == 1)
        return final ? chord(1, KEY_ESC, 0) : (TermKey){.kind = TERMKEY_MORE};
    if (s[1] == '[' && (n > 2 || !final))
        return csi(s, n, final);
    if (s[1] == 'O' && (n > 2 || !final)) {
        if (n < 3)
            return (TermKey){.kind = TERMKEY_MORE};
        return chord(3, letter_key(s[2]), 0);
    }
    return with_alt(s, n, final);
}
