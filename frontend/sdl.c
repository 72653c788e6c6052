/* sdl.c: the window, with SDL 2. Keys go by scancode, so the guest decides about the layout. The
 * picture keeps the monitor's shape; it is first enlarged by whole numbers with sharp pixels and
 * then fitted smoothly, which looks even at any size of the window. */
#include "frontend/display.h"

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

#include <SDL.h>
#include <stdlib.h>

enum { BASE_WIDTH = 720, BASE_HEIGHT = 400 }; /* text mode, which nearly every guest starts in */

typedef struct {
    Display base; /* must come first */
    bool square, captured, chord_alone, fullscreen;
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *picture, *enlarged;
    int picture_w, picture_h, enlarged_w, enlarged_h;
    VgaFrame frame;
    bool stale; /* the window must be drawn even if the picture did not change */
    bool held[KEY_COUNT];
    unsigned buttons;
    char title[200];
} Window;

/* ---- keys ---------------------------------------------------------------------------------- */

/* SDL's scancodes are the USB HID usages: a physical place, not a character. */
/* clang-format off */
static const u16 key_of_scancode[SDL_NUM_SCANCODES] = {
    [SDL_SCANCODE_A] = KEY_A, [SDL_SCANCODE_B] = KEY_B, [SDL_SCANCODE_C] = KEY_C,
    [SDL_SCANCODE_D] = KEY_D, [SDL_SCANCODE_E] = KEY_E, [SDL_SCANCODE_F] = KEY_F,
    [SDL_SCANCODE_G] = KEY_G, [SDL_SCANCODE_H] = KEY_H, [SDL_SCANCODE_I] = KEY_I,
    [SDL_SCANCODE_J] = KEY_J, [SDL_SCANCODE_K] = KEY_K, [SDL_SCANCODE_L] = KEY_L,
    [SDL_SCANCODE_M] = KEY_M, [SDL_SCANCODE_N] = KEY_N, [SDL_SCANCODE_O] = KEY_O,
    [SDL_SCANCODE_P] = KEY_P, [SDL_SCANCODE_Q] = KEY_Q, [SDL_SCANCODE_R] = KEY_R,
    [SDL_SCANCODE_S] = KEY_S, [SDL_SCANCODE_T] = KEY_T, [SDL_SCANCODE_U] = KEY_U,
    [SDL_SCANCODE_V] = KEY_V, [SDL_SCANCODE_W] = KEY_W, [SDL_SCANCODE_X] = KEY_X,
    [SDL_SCANCODE_Y] = KEY_Y, [SDL_SCANCODE_Z] = KEY_Z,
    [SDL_SCANCODE_1] = KEY_1, [SDL_SCANCODE_2] = KEY_2, [SDL_SCANCODE_3] = KEY_3,
    [SDL_SCANCODE_4] = KEY_4, [SDL_SCANCODE_5] = KEY_5, [SDL_SCANCODE_6] = KEY_6,
    [SDL_SCANCODE_7] = KEY_7, [SDL_SCANCODE_8] = KEY_8, [SDL_SCANCODE_9] = KEY_9,
    [SDL_SCANCODE_0] = KEY_0,
    [SDL_SCANCODE_RETURN] = KEY_ENTER, [SDL_SCANCODE_ESCAPE] = KEY_ESC,
    [SDL_SCANCODE_BACKSPACE] = KEY_BACKSPACE, [SDL_SCANCODE_TAB] = KEY_TAB,
    [SDL_SCANCODE_SPACE] = KEY_SPACE, [SDL_SCANCODE_MINUS] = KEY_MINUS,
    [SDL_SCANCODE_EQUALS] = KEY_EQUAL, [SDL_SCANCODE_LEFTBRACKET] = KEY_BRACKET_LEFT,
    [SDL_SCANCODE_RIGHTBRACKET] = KEY_BRACKET_RIGHT, [SDL_SCANCODE_BACKSLASH] = KEY_BACKSLASH,
    [SDL_SCANCODE_NONUSHASH] = KEY_BACKSLASH, [SDL_SCANCODE_SEMICOLON] = KEY_SEMICOLON,
    [SDL_SCANCODE_APOSTROPHE] = KEY_APOSTROPHE, [SDL_SCANCODE_GRAVE] = KEY_GRAVE,
    [SDL_SCANCODE_COMMA] = KEY_COMMA, [SDL_SCANCODE_PERIOD] = KEY_DOT,
    [SDL_SCANCODE_SLASH] = KEY_SLASH, [SDL_SCANCODE_CAPSLOCK] = KEY_CAPS_LOCK,
    [SDL_SCANCODE_F1] = KEY_F1, [SDL_SCANCODE_F2] = KEY_F2, [SDL_SCANCODE_F3] = KEY_F3,
    [SDL_SCANCODE_F4] = KEY_F4, [SDL_SCANCODE_F5] = KEY_F5, [SDL_SCANCODE_F6] = KEY_F6,
    [SDL_SCANCODE_F7] = KEY_F7, [SDL_SCANCODE_F8] = KEY_F8, [SDL_SCANCODE_F9] = KEY_F9,
    [SDL_SCANCODE_F10] = KEY_F10, [SDL_SCANCODE_F11] = KEY_F11, [SDL_SCANCODE_F12] = KEY_F12,
    [SDL_SCANCODE_PRINTSCREEN] = KEY_PRINT, [SDL_SCANCODE_SCROLLLOCK] = KEY_SCROLL_LOCK,
    [SDL_SCANCODE_PAUSE] = KEY_PAUSE, [SDL_SCANCODE_INSERT] = KEY_INSERT,
    [SDL_SCANCODE_HOME] = KEY_HOME, [SDL_SCANCODE_PAGEUP] = KEY_PGUP,
    [SDL_SCANCODE_DELETE] = KEY_DELETE, [SDL_SCANCODE_END] = KEY_END,
    [SDL_SCANCODE_PAGEDOWN] = KEY_PGDN, [SDL_SCANCODE_RIGHT] = KEY_RIGHT,
    [SDL_SCANCODE_LEFT] = KEY_LEFT, [SDL_SCANCODE_DOWN] = KEY_DOWN, [SDL_SCANCODE_UP] = KEY_UP,
    [SDL_SCANCODE_NUMLOCKCLEAR] = KEY_NUM_LOCK, [SDL_SCANCODE_KP_DIVIDE] = KEY_KP_DIVIDE,
    [SDL_SCANCODE_KP_MULTIPLY] = KEY_KP_MULTIPLY, [SDL_SCANCODE_KP_MINUS] = KEY_KP_SUBTRACT,
    [SDL_SCANCODE_KP_PLUS] = KEY_KP_ADD, [SDL_SCANCODE_KP_ENTER] = KEY_KP_ENTER,
    [SDL_SCANCODE_KP_1] = KEY_KP_1, [SDL_SCANCODE_KP_2] = KEY_KP_2, [SDL_SCANCODE_KP_3] = KEY_KP_3,
    [SDL_SCANCODE_KP_4] = KEY_KP_4, [SDL_SCANCODE_KP_5] = KEY_KP_5, [SDL_SCANCODE_KP_6] = KEY_KP_6,
    [SDL_SCANCODE_KP_7] = KEY_KP_7, [SDL_SCANCODE_KP_8] = KEY_KP_8, [SDL_SCANCODE_KP_9] = KEY_KP_9,
    [SDL_SCANCODE_KP_0] = KEY_KP_0, [SDL_SCANCODE_KP_PERIOD] = KEY_KP_DECIMAL,
    [SDL_SCANCODE_NONUSBACKSLASH] = KEY_LESS, [SDL_SCANCODE_APPLICATION] = KEY_MENU,
    [SDL_SCANCODE_LCTRL] = KEY_CTRL, [SDL_SCANCODE_LSHIFT] = KEY_SHIFT,
    [SDL_SCANCODE_LALT] = KEY_ALT, [SDL_SCANCODE_LGUI] = KEY_META_L,
    [SDL_SCANCODE_RCTRL] = KEY_CTRL_R, [SDL_SCANCODE_RSHIFT] = KEY_SHIFT_R,
    [SDL_SCANCODE_RALT] = KEY_ALT_R, [SDL_SCANCODE_RGUI] = KEY_META_R,
};
/* clang-format on */

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

/* Keys that are for us: Alt-Enter, and letters with the left Ctrl and Alt. True: taken. */
static bool hot_key(Window *w, Input *in, u16 key, unsigned mods, DisplayRequests *req)
{
    bool alt = mods & KMOD_LALT, ctrl = mods & KMOD_LCTRL;
    if (alt && !ctrl && key == KEY_ENTER) {
        toggle_fullscreen(w);
        return true;
    }
    if (!alt || !ctrl)
        return false;
    switch (key) {
    case KEY_F:
        toggle_fullscreen(w);
        return true;
    case KEY_G:
        set_capture(w, !w->captured);
        return true;
    case KEY_P:
        req->pause = true;
        return true;
    case KEY_T:
        req->turbo = true;
        return true;
    case KEY_D:
        req->debug = true;
        return true;
    case KEY_S:
        req->screenshot = true;
        return true;
    case KEY_R:
        input_reset(in, false);
        return true;
    case KEY_Q:
        req->quit = true;
        return true;
    default:
        return false;
    }
}

static void on_key(Window *w, Input *in, const SDL_KeyboardEvent *e, DisplayRequests *req)
{
    if (e->repeat || e->keysym.scancode >= SDL_NUM_SCANCODES)
        return; /* typematic is the guest keyboard's own */
    u16 key = key_of_scancode[e->keysym.scancode];
    bool down = e->type == SDL_KEYDOWN, chord = key == KEY_CTRL || key == KEY_ALT;
    if (down && !chord)
        w->chord_alone = false;
    if (down && hot_key(w, in, key, e->keysym.mod, req)) {
        release_all(w, in); /* the guest must not keep Ctrl and Alt */
        return;
    }
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

static void on_window(Window *w, Input *in, const SDL_WindowEvent *e)
{
    switch (e->event) {
    case SDL_WINDOWEVENT_FOCUS_LOST:
        release_all(w, in);
        set_capture(w, false);
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
    SDL_PumpEvents();
    return !SDL_HasEvent(SDL_QUIT);
}

static void sdl_poll(Display *d, Input *in, DisplayRequests *req)
{
    Window *w = (Window *)d;
    SDL_Event e;
    while (SDL_PollEvent(&e)) {
        switch (e.type) {
        case SDL_QUIT:
            req->quit = true;
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
            on_window(w, in, &e.window);
            break;
        case SDL_RENDER_TARGETS_RESET:
        case SDL_RENDER_DEVICE_RESET:
            w->stale = true;
            w->frame.serial = 0;
            break;
        default:
            break;
        }
    }
}

/* ---- picture ------------------------------------------------------------------------------- */

static void set_texture(Window *w, SDL_Texture **t, int *have_w, int *have_h, int width, int height,
                        bool target)
{
    if (*t && *have_w == width && *have_h == height)
        return;
    if (*t)
        SDL_DestroyTexture(*t);
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, target ? "linear" : "nearest");
    *t = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888,
                           target ? SDL_TEXTUREACCESS_TARGET : SDL_TEXTUREACCESS_STREAMING, width,
                           height);
    *have_w = width;
    *have_h = height;
}

/* The largest rectangle of the picture's shape in the middle of the window. */
static SDL_Rect fit(const Window *w, int out_w, int out_h)
{
    s64 shape_w = w->square ? w->frame.width : w->frame.aspect_w;
    s64 shape_h = w->square ? w->frame.height : w->frame.aspect_h;
    SDL_Rect r = {0, 0, out_w, (int)(out_w * shape_h / shape_w)};
    if (r.h > out_h)
        r = (SDL_Rect){0, 0, (int)(out_h * shape_w / shape_h), out_h};
    r.x = (out_w - r.w) / 2;
    r.y = (out_h - r.h) / 2;
    return r;
}

static void upload(Window *w)
{
    const VgaFrame *f = &w->frame;
    void *pixels;
    int pitch;
    set_texture(w, &w->picture, &w->picture_w, &w->picture_h, f->width, f->height, false);
    if (!w->picture || SDL_LockTexture(w->picture, NULL, &pixels, &pitch))
        return;
    for (int y = 0; y < f->height; y++)
        memcpy((u8 *)pixels + (size_t)y * (size_t)pitch, f->pixels + (size_t)y * (size_t)f->width,
               (size_t)f->width * 4);
    SDL_UnlockTexture(w->picture);
}

static void present(Window *w)
{
    int out_w, out_h;
    if (SDL_GetRendererOutputSize(w->renderer, &out_w, &out_h) || !w->picture)
        return;
    SDL_Rect to = fit(w, out_w, out_h);
    int kx = to.w / w->frame.width, ky = to.h / w->frame.height;
    bool exact = kx * w->frame.width == to.w && ky * w->frame.height == to.h;
    SDL_SetRenderDrawColor(w->renderer, 0, 0, 0, 255);
    if (!exact) {
        set_texture(w, &w->enlarged, &w->enlarged_w, &w->enlarged_h, w->frame.width * (kx ? kx : 1),
                    w->frame.height * (ky ? ky : 1), true);
        exact = !w->enlarged || SDL_SetRenderTarget(w->renderer, w->enlarged);
    }
    if (!exact) {
        SDL_RenderCopy(w->renderer, w->picture, NULL, NULL);
        SDL_SetRenderTarget(w->renderer, NULL);
    }
    SDL_RenderClear(w->renderer);
    SDL_RenderCopy(w->renderer, exact ? w->picture : w->enlarged, NULL, &to);
    SDL_RenderPresent(w->renderer);
}

static void sdl_show(Display *d, Pc *pc)
{
    Window *w = (Window *)d;
    bool changed = vga_draw(&pc->vga, &w->frame);
    if (changed || !w->picture)
        upload(w);
    if (changed || w->stale)
        present(w);
    w->stale = false;
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void sdl_status(Display *d, const DisplayStatus *st)
{
    Window *w = (Window *)d;
    char title[sizeof w->title];
    /* coarse steps: a title that flickers is not read */
    int percent = st->percent > 95 && st->percent < 105 ? 100 : st->percent / 5 * 5;
    snprintf(title, sizeof title, "%s - glass86 - %s %d%%%s - %s", st->what, st->state, percent,
             st->turbo ? " turbo" : "",
             w->captured ? "Ctrl-Alt releases the mouse" : "click or Ctrl-Alt captures the mouse");
    if (!strcmp(title, w->title))
        return;
    memcpy(w->title, title, sizeof title);
    SDL_SetWindowTitle(w->window, title);
}

static void sdl_close(Display *d)
{
    Window *w = (Window *)d;
    set_capture(w, false);
    if (w->enlarged)
        SDL_DestroyTexture(w->enlarged);
    if (w->picture)
        SDL_DestroyTexture(w->picture);
    if (w->renderer)
        SDL_DestroyRenderer(w->renderer);
    if (w->window)
        SDL_DestroyWindow(w->window);
    vga_frame_free(&w->frame);
    free(w);
    SDL_Quit();
}

bool sdl_available(void)
{
    /* SDL must leave SIGINT and SIGTERM alone: the run loop ends cleanly on them */
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
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
    w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_TARGETTEXTURE);
    if (!w->renderer)
        w->renderer =
            SDL_CreateRenderer(w->window, -1, SDL_RENDERER_SOFTWARE | SDL_RENDERER_TARGETTEXTURE);
    return w->renderer;
}

Display *sdl_open(const Options *o, char *err, size_t errlen)
{
    static const DisplayOps ops = {sdl_poll, sdl_show, sdl_status, sdl_close, NULL, sdl_wait};
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
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
    w->stale = true;
    if (open_window(w, o))
        return &w->base;
    snprintf(err, errlen,
             "-display sdl: no window can be opened here (%s); use -display text or none",
             SDL_GetError());
    sdl_close(&w->base);
    return NULL;
}

#endif
