/* sdl_lost.c: see sdl_lost.h. Xlib calls a handler when the connection breaks and then, for the one
 * display, an exit handler (libX11 1.7, 2020); where that one returns, Xlib refuses all further
 * work on the display, and the program lives. Under Wayland SDL says that the user wants to quit
 * when the compositor is gone; the library's error tells the one from the other. The functions are
 * taken out of the libraries that SDL has loaded, so that a program without them needs none. */
#include "frontend/sdl_lost.h"

#ifdef HAVE_SDL

#include <SDL.h>

#if defined(__has_include)
#if __has_include(<X11/Xlib.h>)
#define HAVE_XLIB
#endif
#endif

#ifdef HAVE_XLIB

#include <SDL_syswm.h>

typedef int ErrorHandler(Display *, XErrorEvent *);
typedef int IoErrorHandler(Display *);
typedef void IoExitHandler(Display *, void *);

static bool gone;
static Window watched;
static void *compositor; /* struct wl_display, with Wayland */
static int (*compositor_error)(void *);

static int on_io_error(Display *x)
{
    gone = true;
    return 0;
}

static void on_io_exit(Display *x, void *ctx)
{
}

/* Requests that come too late for a window that is no more are the only ones that fail for good;
 * SDL deals with those that it expects. */
static int on_error(Display *x, XErrorEvent *e)
{
    bool window = e->error_code == BadWindow || e->error_code == BadDrawable;
    if (window && watched && e->resourceid == watched)
        gone = true;
    return 0;
}

/* NULL: there is no such function here. */
static void *function(const char *file, const char *name)
{
    void *library = SDL_LoadObject(file); /* stays, as SDL's does */
    return library ? SDL_LoadFunction(library, name) : NULL;
}

static void *xlib(const char *name)
{
    return function("libX11.so.6", name);
}

void lost_prepare(void)
{
    ErrorHandler *(*set)(ErrorHandler *) =
        (ErrorHandler * (*)(ErrorHandler *)) xlib("XSetErrorHandler");
    gone = false;
    watched = 0;
    compositor = NULL;
    if (set)
        set(on_error);
    SDL_ClearError();
}

static void watch_wayland(const SDL_SysWMinfo *info)
{
#ifdef SDL_VIDEO_DRIVER_WAYLAND
    compositor_error = (int (*)(void *))function("libwayland-client.so.0", "wl_display_get_error");
    if (compositor_error)
        compositor = info->info.wl.display;
#endif
}

void lost_watch(SDL_Window *window)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (!SDL_GetWindowWMInfo(window, &info))
        return;
    if (info.subsystem == SDL_SYSWM_WAYLAND)
        watch_wayland(&info);
    if (info.subsystem != SDL_SYSWM_X11)
        return;
    IoErrorHandler *(*set)(IoErrorHandler *) =
        (IoErrorHandler * (*)(IoErrorHandler *)) xlib("XSetIOErrorHandler");
    void (*set_exit)(Display *, IoExitHandler *, void *) =
        (void (*)(Display *, IoExitHandler *, void *))xlib("XSetIOErrorExitHandler");
    if (!set || !set_exit)
        return; /* an old libX11 ends the program */
    watched = info.info.x11.window;
    set(on_io_error);
    set_exit(info.info.x11.display, on_io_exit, NULL);
}

bool lost_window(void)
{
    gone |= compositor && compositor_error(compositor);
    return gone;
}

#else

void lost_prepare(void)
{
}

void lost_watch(SDL_Window *window)
{
}

bool lost_window(void)
{
    return false;
}

#endif
#endif
