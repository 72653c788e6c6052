/* sdl_window.h: what the parts of the window share with one another and with nobody else.
 *
 *   sdl.c           opening and closing, events, shortcuts, title
 *   sdl_keys.c      the keyboard's table
 *   sdl_picture.c   the guest's picture in the window */
#ifndef GLASS86_SDL_WINDOW_H
#define GLASS86_SDL_WINDOW_H

#include "frontend/display.h"

#ifdef HAVE_SDL

#include "frontend/scale.h"

#include <SDL.h>

typedef struct {
    Display base; /* must come first */
    bool square, captured, chord_alone, fullscreen, turbo_held;
    ScaleKind scaling;
    SDL_Window *window;
    Pc *pc; /* since the first picture */
    VgaFrame frame;
    bool stale; /* the window must be drawn even if the picture did not change */
    bool held[KEY_COUNT];
    unsigned buttons;
    char *paste, *paste_at; /* text of the clipboard being typed, or NULL */
    char title[300];

    /* with a graphics card */
    SDL_Renderer *renderer; /* NULL: the processor draws */
    SDL_Texture *picture, *enlarged;
    int picture_w, picture_h, enlarged_w, enlarged_h;

    /* without one: what the window shows now, and how it got there */
    Scale scale;
    u32 *shown;
    int shown_w, shown_h;
    SDL_Rect shown_at;
} Window;

extern const u16 key_of_scancode[SDL_NUM_SCANCODES]; /* KEY_NONE where the guest has none */

/* Chooses how to draw; `kind` as -renderer says. False: SDL_GetError() says why not. */
bool picture_open(Window *w, RendererKind kind);
void picture_close(Window *w);
void picture_free(Window *w); /* what of it is not SDL's, if the window is lost */
/* Brings the window up to date. */
void picture_show(Window *w);
/* The renderer lost what it had. */
void picture_lost(Window *w);

#endif
#endif
