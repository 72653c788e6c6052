/* sdl_lost.h: a window that goes away under the program: the X server or the Wayland compositor
 * ends or cuts the connection, or somebody destroys the window. Xlib would end the program then. */
#ifndef GLASS86_SDL_LOST_H
#define GLASS86_SDL_LOST_H

#include <stdbool.h>

struct SDL_Window;

/* Before SDL's video begins: errors of the protocol no longer end the program. */
void lost_prepare(void);

/* A window is there; from now on its loss is noticed. Does nothing but on X11 and Wayland. One
 * window at a time. */
void lost_watch(struct SDL_Window *window);

/* Is it gone? Then SDL's video must not be called any more. */
bool lost_window(void);

#endif
