/* sdl.c: the window, with SDL 2: opening and closing, events and shortcuts, the title. Keys go by
 * scancode, so the guest decides about the layout. */
#include "frontend/sdl_window.h"

#include <stdio.h>

#ifndef HAVE_SDL

bool sdl_available(void)
{
    return false;
}

Display *sdl_open(const Options *o, char *err, size_t errlen)
{
    snprintf(err, errlen,
             "this build has no window; install libsdl2-dev and rebuild, or use -display text");
    return NULL;
}

#else

#include "devices/cp437.h"
#include "frontend/say.h"
#include "frontend/screen.h"
#include "frontend/sdl_lost.h"
#include "frontend/shortcuts.h"
#include "frontend/typing.h"

#include <stdlib.h>

enum { BASE_WIDTH = 720, BASE_HEIGHT = 400 }; /* text mode, which nearly every guest starts in */

/* ---- keys ---------------------------------------------------------------------------------- */

static void send_key(Window *w, Input *in, u16 key, bool down)
{
    if (key == KEY_NONE || w->held[key] == down)
        return;
    w->held[key] = down;
    input_key(in, key, down);
}

/* The host's window manager keeps the releases that happen elsewhere. */
static void release_all(Window *w, Input *in)
{
    for (u16 key = 0; key < KEY_COUNT; key++)
        send_key(w, in, key, false);
}

static void set_capture(Window *w, bool on)
{
    if (w->captured == on || SDL_SetRelativeMouseMode(on ? SDL_TRUE : SDL_FALSE))
        return;
    w->captured = on;
    SDL_SetWindowGrab(w->window, on ? SDL_TRUE : SDL_FALSE);
}

static void toggle_fullscreen(Window *w)
{
    w->fullscreen = !w->fullscreen;
    SDL_SetWindowFullscreen(w->window, w->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    w->stale = true;
}

/* ---- shortcuts ----------------------------------------------------------------------------- */

/* The clipboard's text is typed as fast as the guest takes it. */
static void begin_paste(Window *w)
{
    SDL_free(w->paste);
    w->paste = w->paste_at = SDL_GetClipboardText();
}

static void feed_paste(Window *w, Input *in)
{
    KeyStroke strokes[KEY_STROKES_MAX];
    while (w->paste) {
        const char *next = w->paste_at;
        int n = typing_plain(&next, strokes);
        if (n && !input_type(in, strokes, n))
            return; /* later */
        w->paste_at += next - w->paste_at;
        if (!*w->paste_at) {
            SDL_free(w->paste);
            w->paste = w->paste_at = NULL;
        }
    }
}

static void copy_screen(Window *w)
{
    VgaText *t = w->pc ? malloc(sizeof *t) : NULL;
    char *text = malloc(SCREEN_TEXT_MAX);
    if (t && text) {
        vga_text(&w->pc->vga, t);
        if (t->is_text) {
            screen_to_text(t, text);
            SDL_SetClipboardText(text);
        } else {
            say("the screen shows no text to copy; Ctrl-Alt-S writes it as a picture");
        }
    }
    free(text);
    free(t);
}

static void press_ctrl_alt_del(Input *in)
{
    static const u16 keys[] = {KEY_CTRL, KEY_ALT, KEY_DELETE};
    for (int i = 0; i < 3; i++)
        input_key(in, keys[i], true);
    for (int i = 2; i >= 0; i--)
        input_key(in, keys[i], false);
}

static void hold_turbo(Window *w, bool on, DisplayRequests *req)
{
    if (w->turbo_held == on)
        return;
    w->turbo_held = on;
    req->turbo = true; /* there and back */
}

static void obey_shortcut(Window *w, Input *in, ShortcutAction action, DisplayRequests *req)
{
    switch (action) {
    case SHORTCUT_NONE:
        break;
    case SHORTCUT_CAPTURE:
        set_capture(w, !w->captured);
        break;
    case SHORTCUT_FULLSCREEN:
        toggle_fullscreen(w);
        break;
    case SHORTCUT_PAUSE:
        req->pause = true;
        break;
    case SHORTCUT_TURBO:
        req->turbo = true;
        break;
    case SHORTCUT_TURBO_HELD:
        hold_turbo(w, true, req);
        break;
    case SHORTCUT_SCREENSHOT:
        req->screenshot = true;
        break;
    case SHORTCUT_DEBUG:
        req->debug = true;
        break;
    case SHORTCUT_PASTE:
        begin_paste(w);
        break;
    case SHORTCUT_COPY:
        copy_screen(w);
        break;
    case SHORTCUT_CTRL_ALT_DEL:
        press_ctrl_alt_del(in);
        break;
    case SHORTCUT_RESET:
        input_reset(in, false);
        break;
    case SHORTCUT_QUIT:
        req->quit = true;
        break;
    }
}

/* Which shortcut a key is: Alt-Enter, or one of the table with the left Ctrl and Alt. */
static ShortcutAction hot_key(u16 key, unsigned mods)
{
    bool alt = mods & KMOD_LALT, ctrl = mods & KMOD_LCTRL;
    if (alt && !ctrl && key == KEY_ENTER)
        return SHORTCUT_FULLSCREEN;
    return alt && ctrl ? shortcut_of(key) : SHORTCUT_NONE;
}

static void on_key(Window *w, Input *in, const SDL_KeyboardEvent *e, DisplayRequests *req)
{
    if (e->repeat || e->keysym.scancode >= SDL_NUM_SCANCODES)
        return; /* typematic is the guest keyboard's own */
    u16 key = key_of_scancode[e->keysym.scancode];
    bool down = e->type == SDL_KEYDOWN, chord = key == KEY_CTRL || key == KEY_ALT;
    if (down && !chord)
        w->chord_alone = false;
    ShortcutAction action = down ? hot_key(key, e->keysym.mod) : SHORTCUT_NONE;
    if (action) {
        release_all(w, in); /* the guest must not keep Ctrl and Alt */
        obey_shortcut(w, in, action, req);
        return;
    }
    if (!down && (chord || shortcut_of(key) == SHORTCUT_TURBO_HELD))
        hold_turbo(w, false, req);
    if (down && chord)
        w->chord_alone = true;
    /* Ctrl-Alt, let go without another key */
    if (!down && chord && w->chord_alone && w->held[KEY_CTRL] && w->held[KEY_ALT]) {
        w->chord_alone = false;
        set_capture(w, !w->captured);
    }
    send_key(w, in, key, down);
}

/* ---- mouse --------------------------------------------------------------------------------- */

static unsigned button_bit(u8 button)
{
    switch (button) {
    case SDL_BUTTON_LEFT:
        return 1;
    case SDL_BUTTON_RIGHT:
        return 2;
    case SDL_BUTTON_MIDDLE:
        return 4;
    case SDL_BUTTON_X1:
        return 8;
    case SDL_BUTTON_X2:
        return 16;
    default:
        return 0;
    }
}

static void on_button(Window *w, Input *in, const SDL_MouseButtonEvent *e)
{
    bool down = e->type == SDL_MOUSEBUTTONDOWN;
    if (!w->captured) {
        if (down && e->button == SDL_BUTTON_LEFT)
            set_capture(w, true);
        return; /* the click that captures is not the guest's */
    }
    unsigned bit = button_bit(e->button);
    w->buttons = down ? w->buttons | bit : w->buttons & ~bit;
    input_mouse(in, 0, 0, 0, w->buttons);
}

static void on_window(Window *w, Input *in, const SDL_WindowEvent *e, DisplayRequests *req)
{
    switch (e->event) {
    case SDL_WINDOWEVENT_FOCUS_LOST:
        release_all(w, in);
        hold_turbo(w, false, req);
        set_capture(w, false);
        if (w->buttons)
            input_mouse(in, 0, 0, 0, 0);
        w->buttons = 0;
        break;
    case SDL_WINDOWEVENT_EXPOSED:
    case SDL_WINDOWEVENT_SIZE_CHANGED:
        w->stale = true;
        break;
    default:
        break;
    }
}

static bool sdl_wait(Display *d)
{
    if (!lost_window())
        SDL_PumpEvents();
    return !lost_window() && !SDL_HasEvent(SDL_QUIT);
}

static void sdl_poll(Display *d, Input *in, DisplayRequests *req)
{
    Window *w = (Window *)d;
    SDL_Event e;
    while (!lost_window() && SDL_PollEvent(&e)) {
        switch (e.type) {
        case SDL_QUIT:
            req->quit |= !lost_window();
            break;
        case SDL_KEYDOWN:
        case SDL_KEYUP:
            on_key(w, in, &e.key, req);
            break;
        case SDL_MOUSEMOTION:
            if (w->captured)
                input_mouse(in, e.motion.xrel, e.motion.yrel, 0, w->buttons);
            break;
        case SDL_MOUSEBUTTONDOWN:
        case SDL_MOUSEBUTTONUP:
            on_button(w, in, &e.button);
            break;
        case SDL_MOUSEWHEEL:
            if (w->captured)
                input_mouse(in, 0, 0, -e.wheel.y, w->buttons);
            break;
        case SDL_WINDOWEVENT:
            on_window(w, in, &e.window, req);
            break;
        case SDL_RENDER_TARGETS_RESET:
        case SDL_RENDER_DEVICE_RESET:
            picture_lost(w);
            break;
        case SDL_DROPFILE:
            free(req->insert);
            req->insert = strdup(e.drop.file);
            SDL_free(e.drop.file);
            break;
        default:
            break;
        }
    }
    feed_paste(w, in);
    if (lost_window()) {
        release_all(w, in);
        req->lost = true;
    }
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void sdl_show(Display *d, Pc *pc)
{
    Window *w = (Window *)d;
    w->pc = pc;
    if (!lost_window())
        picture_show(w);
}

static void sdl_status(Display *d, const DisplayStatus *st)
{
    Window *w = (Window *)d;
    char title[sizeof w->title];
    /* coarse steps: a title that flickers is not read */
    int percent = st->percent > 95 && st->percent < 105 ? 100 : st->percent / 5 * 5;
    snprintf(title, sizeof title, "%s - glass86 - %s %d%%%s - %s - %s", st->what, st->state,
             percent, st->turbo ? " turbo" : "", st->drives,
             w->captured ? "Ctrl-Alt releases the mouse" : "click or Ctrl-Alt captures the mouse");
    if (!strcmp(title, w->title) || lost_window())
        return;
    memcpy(w->title, title, sizeof title);
    SDL_SetWindowTitle(w->window, title);
}

static void sdl_close(Display *d)
{
    Window *w = (Window *)d;
    if (lost_window()) { /* what SDL holds of it stays with the X server that is no more */
        picture_free(w);
        free(w);
        return;
    }
    set_capture(w, false);
    picture_close(w);
    SDL_free(w->paste);
    if (w->window)
        SDL_DestroyWindow(w->window);
    free(w);
    SDL_Quit();
}

bool sdl_available(void)
{
#ifdef __linux__
    /* libwayland would complain on the terminal */
    if (!getenv("DISPLAY") && !getenv("WAYLAND_DISPLAY"))
        return false;
#endif
    /* SDL must leave SIGINT and SIGTERM alone: the run loop ends cleanly on them */
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    lost_prepare();
    /* a driver without a window would leave the user with nothing to look at */
    if (SDL_InitSubSystem(SDL_INIT_VIDEO))
        return false;
    const char *driver = SDL_GetCurrentVideoDriver();
    if (driver &&
        (!strcmp(driver, "x11") || !strcmp(driver, "wayland") || !strcmp(driver, "cocoa")))
        return true;
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    return false;
}

static int auto_scale(int width, int height)
{
    SDL_Rect area;
    if (SDL_GetDisplayUsableBounds(0, &area))
        return 1;
    int kx = area.w * 9 / 10 / width, ky = area.h * 9 / 10 / height;
    int k = kx < ky ? kx : ky;
    return k < 1 ? 1 : k > 3 ? 3 : k;
}

static bool open_window(Window *w, const Options *o)
{
    int width = BASE_WIDTH, height = w->square ? BASE_HEIGHT : BASE_WIDTH * 3 / 4;
    int k = o->scale ? o->scale : auto_scale(width, height);
    u32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    if (o->fullscreen)
        flags |= SDL_WINDOW_FULLSCREEN_DESKTOP;
    w->fullscreen = o->fullscreen;
    w->window = SDL_CreateWindow("glass86", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED,
                                 width * k, height * k, flags);
    if (!w->window)
        return false;
    return picture_open(w, o->renderer);
}

Display *sdl_open(const Options *o, char *err, size_t errlen)
{
    static const DisplayOps ops = {sdl_poll, sdl_show, sdl_status, sdl_close, NULL, sdl_wait};
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    lost_prepare();
    if (SDL_InitSubSystem(SDL_INIT_VIDEO)) {
        snprintf(err, errlen,
                 "-display sdl: no window can be opened here (%s); use -display text or none",
                 SDL_GetError());
        return NULL;
    }
    Window *w = calloc(1, sizeof *w);
    if (!w)
        panic("out of host memory for the window");
    w->base.ops = &ops;
    w->square = o->aspect == ASPECT_SQUARE;
    w->scaling = o->scaling == SCALING_INTEGER  ? SCALE_INTEGER
                 : o->scaling == SCALING_SMOOTH ? SCALE_SMOOTH
                                                : SCALE_SHARP;
    w->stale = true;
    if (open_window(w, o)) {
        lost_watch(w->window);
        return &w->base;
    }
    snprintf(err, errlen,
             "-display sdl: no window can be opened here (%s); use -display text or none",
             SDL_GetError());
    sdl_close(&w->base);
    return NULL;
}

#endif
