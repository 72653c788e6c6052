/* display.h: what a screen on the host is to the run loop. sdl.c and text.c are the two kinds;
 * without a screen there is no Display. */
#ifndef GLASS86_DISPLAY_H
#define GLASS86_DISPLAY_H

#include "devices/pc.h"
#include "frontend/input.h"
#include "frontend/options.h"

/* What the user asked of the program, not of the guest. The run loop clears them. */
typedef struct {
    bool quit, pause, turbo, screenshot, debug;
    bool lost; /* not asked for: the screen is gone; the run loop closes the display */
    char *insert; /* an image for a drive, or NULL; the run loop frees it */
} DisplayRequests;

/* What the title or status line says. */
typedef struct {
    const char *what;  /* name of the image */
    const char *state; /* "running", "paused", "stopped: triple fault" ... */
    int percent;       /* of real time */
    u64 kips;          /* thousand guest instructions per host second */
    bool turbo;
    char drives[32]; /* "A:* C:"; the star: at work */
} DisplayStatus;

typedef struct Display Display;

typedef struct {
    void (*poll)(Display *d, Input *in, DisplayRequests *req); /* takes the host's events */
    void (*show)(Display *d, Pc *pc);                          /* draws what changed */
    void (*status)(Display *d, const DisplayStatus *st);
    void (*close)(Display *d);
    void (*leave)(Display *d, bool on); /* gives the terminal away and takes it back; or NULL */
    /* Stays alive without taking events; false: the user wants to quit. Or NULL. */
    bool (*wait)(Display *d);
} DisplayOps;

struct Display {
    const DisplayOps *ops;
};

/* Whether a window can be opened here. */
bool sdl_available(void);

/* NULL: err says why, and what else to use. */
Display *sdl_open(const Options *o, char *err, size_t errlen);
Display *text_open(const Options *o, char *err, size_t errlen);

#endif
