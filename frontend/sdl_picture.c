/* sdl_picture.c: the guest's picture in the window. Two ways: textures and the graphics card, where
 * there is one; else the processor scales the rows that changed into the window's own surface.
 * OpenGL that is emulated by the processor would cost a hundred megabytes and several times the
 * work, so it is not asked for where the host has no graphics device. */
#include "frontend/sdl_window.h"

#ifdef HAVE_SDL

#include <stdlib.h>
#include <unistd.h>

/* ---- where the picture lies ---------------------------------------------------------------- */

/* With the shape that -aspect wants. */
static SDL_Rect fit(const Window *w, int out_w, int out_h)
{
    const VgaFrame *f = &w->frame;
    ScaleRect r =
        scale_fit(w->scaling, f->width, f->height, w->square ? f->width : f->aspect_w,
                  w->square ? f->height : f->aspect_h, out_w, out_h);
    return (SDL_Rect){r.x, r.y, r.width, r.height};
}

/* ---- by the processor ---------------------------------------------------------------------- */

/* Rows [*first, *end) of the picture differ from what the window shows. */
static bool changed_rows(const Window *w, int *first, int *end)
{
    const VgaFrame *f = &w->frame;
    size_t row = (size_t)f->width, bytes = row * sizeof *f->pixels;
    int a = 0, b = f->height;
    while (a < b && !memcmp(f->pixels + (size_t)a * row, w->shown + (size_t)a * row, bytes))
        a++;
    while (b > a &&
           !memcmp(f->pixels + (size_t)(b - 1) * row, w->shown + (size_t)(b - 1) * row, bytes))
        b--;
    *first = a;
    *end = b;
    return a < b;
}

/* Draws target rows [first, end) into a surface of any format. */
static void draw_rows(Window *w, SDL_Surface *s, const SDL_Rect *to, int first, int end)
{
    u32 format = s->format->format;
    u8 *at = (u8 *)s->pixels + (size_t)(to->y + first) * (size_t)s->pitch +
             (size_t)to->x * s->format->BytesPerPixel;
    if (format == SDL_PIXELFORMAT_RGB888 || format == SDL_PIXELFORMAT_ARGB8888) {
        scale_draw(&w->scale, w->frame.pixels, (u32 *)(void *)at, (size_t)s->pitch / 4, first, end);
        return;
    }
    size_t row = (size_t)to->w;
    u32 *rows = malloc(row * (size_t)(end - first) * sizeof *rows);
    if (!rows)
        panic("out of host memory for the window's picture");
    scale_draw(&w->scale, w->frame.pixels, rows, row, first, end);
    SDL_ConvertPixels(to->w, end - first, SDL_PIXELFORMAT_RGB888, rows, (int)row * 4, format, at,
                      s->pitch);
    free(rows);
}

static void keep_shown(Window *w, const SDL_Rect *at)
{
    const VgaFrame *f = &w->frame;
    size_t bytes = (size_t)f->width * (size_t)f->height * sizeof *w->shown;
    if (f->width != w->shown_w || f->height != w->shown_h) {
        w->shown = realloc(w->shown, bytes);
        if (!w->shown)
            panic("out of host memory for the window's picture");
        w->shown_w = f->width;
        w->shown_h = f->height;
    }
    memcpy(w->shown, f->pixels, bytes);
    w->shown_at = *at;
}

static void show_surface(Window *w, bool changed)
{
    SDL_Surface *s = SDL_GetWindowSurface(w->window);
    if (!s || (!changed && !w->stale))
        return;
    const VgaFrame *f = &w->frame;
    SDL_Rect to = fit(w, s->w, s->h);
    int first = 0, end = f->height;
    bool whole = w->stale || f->width != w->shown_w || f->height != w->shown_h ||
                 memcmp(&to, &w->shown_at, sizeof to) != 0;
    if (!whole && !changed_rows(w, &first, &end))
        return;
    scale_set(&w->scale, w->scaling, f->width, f->height, to.w, to.h);
    scale_reach(&w->scale, first, end, &first, &end);
    if (whole)
        SDL_FillRect(s, NULL, 0);
    if (SDL_MUSTLOCK(s) && SDL_LockSurface(s))
        return;
    draw_rows(w, s, &to, first, end);
    if (SDL_MUSTLOCK(s))
        SDL_UnlockSurface(s);
    if (whole)
        SDL_UpdateWindowSurface(w->window);
    else
        SDL_UpdateWindowSurfaceRects(w->window, &(SDL_Rect){to.x, to.y + first, to.w, end - first},
                                     1);
    keep_shown(w, &to);
    w->stale = false;
}

/* ---- by a graphics card -------------------------------------------------------------------- */

static void set_texture(Window *w, SDL_Texture **t, int *have_w, int *have_h, int width, int height,
                        bool target)
{
    if (*t && *have_w == width && *have_h == height)
        return;
    if (*t)
        SDL_DestroyTexture(*t);
    bool linear = target || w->scaling == SCALE_SMOOTH;
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, linear ? "linear" : "nearest");
    *t = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888,
                           target ? SDL_TEXTUREACCESS_TARGET : SDL_TEXTUREACCESS_STREAMING, width,
                           height);
    *have_w = width;
    *have_h = height;
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
    bool exact =
        w->scaling == SCALE_SMOOTH || (kx * w->frame.width == to.w && ky * w->frame.height == to.h);
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

static void show_texture(Window *w, bool changed)
{
    if (changed || !w->picture)
        upload(w);
    if (changed || w->stale)
        present(w);
    w->stale = false;
}

/* ---- which one ----------------------------------------------------------------------------- */

void picture_show(Window *w)
{
    bool changed = vga_draw(&w->pc->vga, &w->frame);
    if (w->renderer)
        show_texture(w, changed);
    else
        show_surface(w, changed);
}

void picture_lost(Window *w)
{
    w->stale = true;
    w->frame.serial = 0;
}

static bool has_graphics_device(void)
{
#ifdef __linux__
    return !access("/dev/dri/renderD128", R_OK | W_OK) || !access("/dev/nvidiactl", R_OK | W_OK);
#else
    return true;
#endif
}

bool picture_open(Window *w, RendererKind kind)
{
    bool card = kind == RENDERER_CARD || (kind == RENDERER_AUTO && has_graphics_device());
    if (card)
        w->renderer = SDL_CreateRenderer(w->window, -1,
                                         SDL_RENDERER_ACCELERATED | SDL_RENDERER_TARGETTEXTURE);
    /* or SDL would put a surface on OpenGL by itself */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    if (w->renderer || SDL_GetWindowSurface(w->window))
        return true;
    /* SDL 2 has no surfaces for Wayland: there it is OpenGL, whoever computes it */
    w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_TARGETTEXTURE);
    return w->renderer;
}

void picture_close(Window *w)
{
    if (w->enlarged)
        SDL_DestroyTexture(w->enlarged);
    if (w->picture)
        SDL_DestroyTexture(w->picture);
    if (w->renderer)
        SDL_DestroyRenderer(w->renderer);
    picture_free(w);
}

void picture_free(Window *w)
{
    scale_free(&w->scale);
    free(w->shown);
    vga_frame_free(&w->frame);
}

#endif
