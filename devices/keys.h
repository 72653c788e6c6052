/* keys.h: the physical keys of a 104-key US board (and the 102nd key of European ones), each with
 * its scan codes in sets 1, 2 and 3 and its name; and how characters are typed on it. Pure tables
 * and functions: no machine state. Codes: IBM PS/2 Hardware Interface Technical Reference,
 * "Keyboards (101- and 102-Key)". */
#ifndef GLASS86_KEYS_H
#define GLASS86_KEYS_H

#include "mmu/base.h"

/* clang-format off */
enum Key {
    KEY_NONE,
    KEY_ESC, KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8, KEY_F9, KEY_F10,
    KEY_F11, KEY_F12, KEY_PRINT, KEY_SCROLL_LOCK, KEY_PAUSE,
    KEY_GRAVE, KEY_1, KEY_2, KEY_3, KEY_4, KEY_5, KEY_6, KEY_7, KEY_8, KEY_9, KEY_0, KEY_MINUS,
    KEY_EQUAL, KEY_BACKSPACE,
    KEY_TAB, KEY_Q, KEY_W, KEY_E, KEY_R, KEY_T, KEY_Y, KEY_U, KEY_I, KEY_O, KEY_P,
    KEY_BRACKET_LEFT, KEY_BRACKET_RIGHT, KEY_BACKSLASH,
    KEY_CAPS_LOCK, KEY_A, KEY_S, KEY_D, KEY_F, KEY_G, KEY_H, KEY_J, KEY_K, KEY_L, KEY_SEMICOLON,
    KEY_APOSTROPHE, KEY_ENTER,
    KEY_SHIFT, KEY_LESS, KEY_Z, KEY_X, KEY_C, KEY_V, KEY_B, KEY_N, KEY_M, KEY_COMMA, KEY_DOT,
    KEY_SLASH, KEY_SHIFT_R,
    KEY_CTRL, KEY_META_L, KEY_ALT, KEY_SPACE, KEY_ALT_R, KEY_META_R, KEY_MENU, KEY_CTRL_R,
    KEY_INSERT, KEY_HOME, KEY_PGUP, KEY_DELETE, KEY_END, KEY_PGDN,
    KEY_UP, KEY_LEFT, KEY_DOWN, KEY_RIGHT,
    KEY_NUM_LOCK, KEY_KP_DIVIDE, KEY_KP_MULTIPLY, KEY_KP_SUBTRACT, KEY_KP_7, KEY_KP_8, KEY_KP_9,
    KEY_KP_ADD, KEY_KP_4, KEY_KP_5, KEY_KP_6, KEY_KP_1, KEY_KP_2, KEY_KP_3, KEY_KP_ENTER,
    KEY_KP_0, KEY_KP_DECIMAL,
    KEY_COUNT
};
/* clang-format on */

/* What a key sends in set 3, in the order of the commands F7h-FAh that choose it. */
enum {
    KEY_TYPEMATIC,      /* make code, repeated; no break code */
    KEY_MAKE_BREAK,     /* make and break codes, no repeats */
    KEY_MAKE_ONLY,      /* one make code */
    KEY_TYPEMATIC_BREAK /* make code, repeated, and break code, as every key does in sets 1 and 2 */
};

typedef struct {
    const char *name; /* as in QEMU's sendkey */
    u16 set1, set2;   /* make code; E0xx means that an E0 prefix comes first */
    u8 set3;
    u8 type;   /* KEY_TYPEMATIC ...: the default in set 3 */
    bool gray; /* a cursor key that simulates Shift and Num Lock states of the old 84-key board */
} KeyInfo;

/* Print Screen and Pause send sequences of their own; their codes here are the plain middle
 * part. */
extern const KeyInfo key_table[KEY_COUNT];

/* Key of a name ("ctrl", "f1", "ret", also aliases such as "enter"; case does not matter) of `len`
 * characters; KEY_NONE if there is none. */
u16 key_from_name(const char *name, size_t len);
const char *key_name(u16 key); /* "?" for what is not a key */

/* Keys of a chord such as "ctrl-alt-del" (names joined by '-'), in order. Returns how many
 * (1..max), or -1 when a name is unknown or there are more than max. */
int key_chord(const char *text, size_t len, u16 *keys, int max);

enum { KEY_MOD_SHIFT = 1, KEY_MOD_CTRL = 2 };

/* US layout: the key and modifiers (KEY_MOD_*) that type an ASCII character. Control characters are
 * Enter (\n, \r), Tab, Backspace, Esc, or Ctrl with a letter. false: no key types it. */
bool key_from_ascii(u8 ch, u16 *key, unsigned *mods);

typedef struct {
    u16 key;
    bool down;
} KeyStroke;

enum { KEY_STROKES_MAX = 10 };

/* The presses and releases that type a character given as Unicode: directly, or through its code
 * page 437 number with Alt and the keypad. Returns how many strokes, 0 if the character is in
 * neither. */
int key_strokes(u32 unicode, KeyStroke out[KEY_STROKES_MAX]);

/* Code page 437, both ways. key_cp437() gives -1 for a character that it lacks. */
extern const u16 key_cp437_unicode[256];
int key_cp437(u32 unicode);

#endif
