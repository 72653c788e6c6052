/* textdraw.c: see textdraw.h. */
#include "frontend/textdraw.h"

#include "devices/cp437.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLACK = 0x000000, GREY = 0xAAAAAA };

/* The sixteen colours as a PC's monitor shows them; brown is the odd one. */
static const u32 pc_colours[16] = {
    0x000000, 0x0000AA, 0x00AA00, 0x00AAAA, 0xAA0000, 0xAA00AA, 0xAA5500, 0xAAAAAA,
    0x555555, 0x5555FF, 0x55FF55, 0x55FFFF, 0xFF5555, 0xFF55FF, 0xFFFF55, 0xFFFFFF,
};

void textdraw_init(TextDraw *t, TextColours colours)
{
    memset(t, 0, sizeof *t);
    t->colours = colours;
    t->cursor_x = t->cursor_y = -1;
}

void textdraw_free(TextDraw *t)
{
    free(t->shown);
    free(t->wanted);
    free(t->out);
    memset(t, 0, sizeof *t);
}

static void *must(void *p)
{
    if (!p)
        panic("out of host memory for the terminal screen");
    return p;
}

void textdraw_resize(TextDraw *t, int columns, int rows)
{
    t->columns = columns > TEXTDRAW_COLUMNS ? TEXTDRAW_COLUMNS : columns < 1 ? 1 : columns;
    t->rows = rows > TEXTDRAW_ROWS ? TEXTDRAW_ROWS : rows < 1 ? 1 : rows;
    size_t n = (size_t)t->columns * (size_t)t->rows;
    t->shown = must(realloc(t->shown, n * sizeof *t->shown));
    t->wanted = must(realloc(t->wanted, n * sizeof *t->wanted));
    memset(t->shown, 0, n * sizeof *t->shown);
    for (size_t i = 0; i < n; i++)
        t->wanted[i] = (TextCell){' ', GREY, BLACK, false};
    t->pen_known = t->cursor_known = false;
}

/* ---- what is to be seen -------------------------------------------------------------------- */

static TextCell *cell(TextDraw *t, int x, int y)
{
    return &t->wanted[y * t->columns + x];
}

/* The first shown place along one axis, so that the cursor stays in view. */
static int scroll(int first, int size, int room, int cursor)
{
    if (size <= room)
        return 0;
    if (cursor >= 0 && cursor < first)
        first = cursor;
    if (cursor >= first + room)
        first = cursor - room + 1;
    return first > size - room ? size - room : first;
}

void textdraw_text(TextDraw *t, const VgaText *text, bool blink, int keep)
{
    int room = t->rows - keep;
    t->top = scroll(t->top, text->rows, room, text->cursor_y);
    t->left = scroll(t->left, text->columns, t->columns, text->cursor_x);
    for (int y = 0; y < room; y++) {
        for (int x = 0; x < t->columns; x++) {
            TextCell *c = cell(t, x, y);
            int gx = x + t->left, gy = y + t->top;
            *c = (TextCell){' ', GREY, BLACK, false};
            if (gx >= text->columns || gy >= text->rows)
                continue;
            u16 v = text->cells[gy * text->columns + gx];
            u8 attr = (u8)(v >> 8);
            c->code = cp437_unicode((u8)v);
            c->fg = pc_colours[attr & 15];
            c->bg = pc_colours[attr >> 4 & (blink ? 7 : 15)];
            c->blink = blink && attr & 0x80;
        }
    }
    bool on = text->cursor_on && text->cursor_y >= t->top && text->cursor_y < t->top + room;
    t->cursor_x = on ? text->cursor_x - t->left : -1;
    t->cursor_y = on ? text->cursor_y - t->top : -1;
}

/* Mean colour of the part [x, x + w) x [y, y + h) of a picture. */
static u32 mean(const VgaFrame *f, int x, int y, int w, int h)
{
    u32 r = 0, g = 0, b = 0, n = 0;
    for (int j = y; j < y + h && j < f->height; j++) {
        for (int i = x; i < x + w && i < f->width; i++, n++) {
            u32 p = f->pixels[(size_t)j * (size_t)f->width + (size_t)i];
            r += p >> 16 & 255;
            g += p >> 8 & 255;
            b += p & 255;
        }
    }
    return n ? (r / n) << 16 | (g / n) << 8 | b / n : BLACK;
}

/* How bright a colour is, to 255. */
static u32 brightness(u32 rgb)
{
    return ((rgb >> 16 & 255) * 77 + (rgb >> 8 & 255) * 151 + (rgb & 255) * 28) >> 8;
}

/* Two halves as one shade, where there are no colours. */
static void shade(TextCell *c)
{
    static const u32 shades[5] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
    u32 b = (brightness(c->fg) + brightness(c->bg)) / 2;
    c->code = shades[b < 12 ? 0 : 1 + b * 4 / 256];
    c->fg = GREY;
    c->bg = BLACK;
}

/* A place of a terminal is about twice as high as wide, so half of one is a square. */
void textdraw_picture(TextDraw *t, const VgaFrame *f, int keep)
{
    int room = t->rows - keep, w = t->columns, h = (int)((s64)w * f->aspect_h / f->aspect_w);
    if (h > room * 2) {
        h = room * 2;
        w = (int)((s64)h * f->aspect_w / f->aspect_h);
        w = w > t->columns ? t->columns : w;
    }
    h = h < 2 ? 2 : h;
    w = w < 1 ? 1 : w;
    int dx = f->width / w + 1, dy = f->height / h + 1;
    for (int y = 0; y < room; y++) {
        for (int x = 0; x < t->columns; x++) {
            TextCell *c = cell(t, x, y);
            *c = (TextCell){' ', GREY, BLACK, false};
            if (x >= w || y * 2 >= h)
                continue;
            int px = x * f->width / w;
            c->code = 0x2580; /* upper half block */
            c->fg = mean(f, px, y * 2 * f->height / h, dx, dy);
            c->bg = mean(f, px, (y * 2 + 1) * f->height / h, dx, dy);
            if (t->colours == COLOURS_NONE)
                shade(c);
        }
    }
    t->cursor_x = t->cursor_y = -1;
}

void textdraw_line(TextDraw *t, int row, const char *text)
{
    size_t n = strlen(text);
    if (row < 0 || row >= t->rows)
        return;
    for (int x = 0; x < t->columns; x++) {
        u32 code = ' ';
        if (n) {
            int used = utf8_decode(text, n, &code);
            text += used;
            n -= (size_t)used;
        }
        *cell(t, x, row) = (TextCell){code < ' ' ? ' ' : code, BLACK, GREY, false};
    }
}

/* ---- the sequences ------------------------------------------------------------------------- */

static void put(TextDraw *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(TextDraw *t, const char *fmt, ...)
{
    if (t->out_room - t->out_n < 64) {
        t->out_room = t->out_room ? t->out_room * 2 : 4096;
        t->out = must(realloc(t->out, t->out_room));
    }
    va_list ap;
    va_start(ap, fmt);
    t->out_n += (size_t)vsnprintf(t->out + t->out_n, 64, fmt, ap);
    va_end(ap);
}

static int cube(u32 v)
{
    /* the levels of xterm's colour cube: 0 95 135 175 215 255 */
    return v < 48 ? 0 : v < 115 ? 1 : (int)((v - 35) / 40);
}

/* The nearest of the sixteen, as the terminal numbers them: red is 1 there and blue 4. */
static int nearest16(u32 rgb)
{
    static const u8 ansi[8] = {0, 4, 2, 6, 1, 5, 3, 7};
    int best = 0;
    u32 best_d = UINT32_MAX;
    for (int i = 0; i < 16; i++) {
        u32 d = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            int e = (int)(rgb >> shift & 255) - (int)(pc_colours[i] >> shift & 255);
            d += (u32)(e * e);
        }
        if (d < best_d) {
            best_d = d;
            best = i;
        }
    }
    return ansi[best & 7] + (best & 8);
}

static void put_colour(TextDraw *t, u32 rgb, bool back)
{
    int base = back ? 48 : 38;
    u32 r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;
    if (t->colours == COLOURS_TRUE)
        put(t, "\033[%d;2;%u;%u;%um", base, r, g, b);
    else if (t->colours == COLOURS_256)
        put(t, "\033[%d;5;%dm", base, 16 + 36 * cube(r) + 6 * cube(g) + cube(b));
    else {
        int n = nearest16(rgb);
        put(t, "\033[%dm", (n < 8 ? (back ? 40 : 30) : (back ? 92 : 82)) + n);
    }
}

static void put_colours(TextDraw *t, const TextCell *c)
{
    if (t->colours == COLOURS_NONE) {
        put(t, brightness(c->bg) > brightness(c->fg) ? "\033[7m" : "\033[27m");
        return;
    }
    if (!t->pen_known || t->pen_fg != c->fg)
        put_colour(t, c->fg, false);
    if (!t->pen_known || t->pen_bg != c->bg)
        put_colour(t, c->bg, true);
}

static void put_pen(TextDraw *t, const TextCell *c)
{
    if (!t->pen_known || t->pen_blink != c->blink) {
        put(t, c->blink ? "\033[0;5m" : "\033[0m");
        t->pen_known = false;
    }
    if (!t->pen_known || t->pen_fg != c->fg || t->pen_bg != c->bg)
        put_colours(t, c);
    t->pen_fg = c->fg;
    t->pen_bg = c->bg;
    t->pen_blink = c->blink;
    t->pen_known = true;
}

static void put_utf8(TextDraw *t, u32 c)
{
    if (c < 0x80)
        put(t, "%c", (int)c);
    else if (c < 0x800)
        put(t, "%c%c", (int)(0xC0 | c >> 6), (int)(0x80 | (c & 63)));
    else if (c < 0x10000)
        put(t, "%c%c%c", (int)(0xE0 | c >> 12), (int)(0x80 | (c >> 6 & 63)),
            (int)(0x80 | (c & 63)));
    else
        put(t, "?");
}

static bool same_cell(const TextCell *a, const TextCell *b)
{
    return a->code == b->code && a->bg == b->bg && a->blink == b->blink &&
           (a->fg == b->fg || a->code == ' ');
}

static void put_cursor(TextDraw *t, bool moved)
{
    if (!moved && t->cursor_known && t->cursor_at_x == t->cursor_x && t->cursor_at_y == t->cursor_y)
        return;
    if (t->cursor_x >= 0)
        put(t, "\033[%d;%dH\033[?25h", t->cursor_y + 1, t->cursor_x + 1);
    else
        put(t, "\033[?25l");
    t->cursor_at_x = t->cursor_x;
    t->cursor_at_y = t->cursor_y;
    t->cursor_known = true;
}

void textdraw_update(TextDraw *t)
{
    static const char hide[] = "\033[?25l";
    t->out_n = 0;
    bool any = false;
    for (int y = 0; y < t->rows; y++) {
        int at = -1; /* column where the terminal's cursor stands in this row */
        for (int x = 0; x < t->columns; x++) {
            size_t i = (size_t)(y * t->columns + x);
            if (same_cell(&t->shown[i], &t->wanted[i]))
                continue;
            if (!any)
                put(t, hide);
            any = true;
            if (at != x)
                put(t, "\033[%d;%dH", y + 1, x + 1);
            put_pen(t, &t->wanted[i]);
            put_utf8(t, t->wanted[i].code);
            t->shown[i] = t->wanted[i];
            at = x + 1;
        }
    }
    put_cursor(t, any);
}
