/* shortcuts.c: see shortcuts.h. */
#include "frontend/shortcuts.h"

const Shortcut shortcuts[] = {
    {KEY_G, SHORTCUT_CAPTURE, "G", "capture or release the mouse"},
    {KEY_F, SHORTCUT_FULLSCREEN, "F", "full screen and back"},
    {KEY_P, SHORTCUT_PAUSE, "P", "pause and go on"},
    {KEY_T, SHORTCUT_TURBO, "T", "full speed and back"},
    {KEY_SPACE, SHORTCUT_TURBO_HELD, "Space", "full speed while it is held"},
    {KEY_S, SHORTCUT_SCREENSHOT, "S", "write the screen to glass86-NNN.png"},
    {KEY_D, SHORTCUT_DEBUG, "D", "call the debugger"},
    {KEY_V, SHORTCUT_PASTE, "V", "type the text of the clipboard"},
    {KEY_C, SHORTCUT_COPY, "C", "copy the text screen to the clipboard"},
    {KEY_END, SHORTCUT_CTRL_ALT_DEL, "End", "press Ctrl-Alt-Del in the guest"},
    {KEY_R, SHORTCUT_RESET, "R", "reset the machine"},
    {KEY_Q, SHORTCUT_QUIT, "Q", "quit"},
    {0},
};

const char *const window_gestures[][2] = {
    {"Alt-Enter", "full screen and back"},
    {"Ctrl-Alt, let go", "capture or release the mouse; a click captures it too"},
    {"a file, dropped", "a floppy or CD image goes into the drive"},
    {NULL, NULL},
};

ShortcutAction shortcut_of(u16 key)
{
    for (const Shortcut *s = shortcuts; s->name; s++)
        if (s->key == key)
            return s->action;
    return SHORTCUT_NONE;
}
