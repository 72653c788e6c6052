/* shortcuts.h: the keys that the window keeps for itself, in one table for the window, -help and
 * the manual. Each is pressed with the left Ctrl and the left Alt. */
#ifndef GLASS86_SHORTCUTS_H
#define GLASS86_SHORTCUTS_H

#include "devices/keys.h"

typedef enum {
    SHORTCUT_NONE,
    SHORTCUT_CAPTURE,
    SHORTCUT_FULLSCREEN,
    SHORTCUT_PAUSE,
    SHORTCUT_TURBO,
    SHORTCUT_TURBO_HELD,
    SHORTCUT_SCREENSHOT,
    SHORTCUT_DEBUG,
    SHORTCUT_PASTE,
    SHORTCUT_COPY,
    SHORTCUT_CTRL_ALT_DEL,
    SHORTCUT_RESET,
    SHORTCUT_QUIT,
} ShortcutAction;

typedef struct {
    u16 key;
    ShortcutAction action;
    const char *name; /* of the key, as printed on it */
    const char *help;
} Shortcut;

/* Ends with a row without a name. */
extern const Shortcut shortcuts[];

/* What `key` does with Ctrl and Alt held. */
ShortcutAction shortcut_of(u16 key);

/* Keys and other gestures of the window that are not in the table: a line each, NULL at the end. */
extern const char *const window_gestures[][2];

#endif
