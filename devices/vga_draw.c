/* vga_draw.c: registers and memory to pixels. The picture is a function of VgaRegs at the top of
 * the frame, the register changes on the way down, memory and the blink phase; nothing here changes
 * what a guest can see.
 *
 * The way of a pixel, as on the card: the CRTC's address (vga_scan.h) gives four bytes; text turns
 * them into a glyph line and two colours, the serializer turns them into eight 4-bit pixels
 * (planar, or CGA's pairs of bits, or the nibbles of each byte in turn); the attribute controller
 * maps 4 bits to 8 through its palette, or joins two 4-bit pixels to one of 8 bits (mode 13h); the
 * DAC makes a colour.
 *
 * Extended modes (vga_dispi.c) share the size of the picture and the colours with the others.
 *
 * The border (vga_border.c) is drawn around it where it is wanted; its colour may change from line
 * to line as everything else. NOTE: above the picture it has the colour of the first line. Blanking
 * within the shown part is not drawn. */
#include "devices/vga_scan.h"

#include <stddef.h>
#include <stdlib.h>

enum { BLANK_WIDTH = 640, BLANK_HEIGHT = 400 };

typedef struct {
    const Vga *v;
    const u8 *planes;
    VgaRegs r;
    u32 colour16[16];              /* pixel -> attribute controller -> DAC */
    u32 colour256[256];            /* 8-bit pixel -> DAC */
    int columns;                   /* characters in a line */
    int char_pixels;               /* pixels that a character becomes */
    int frame_pixels;              /* the same for the picture as a whole */
    int left, inner;               /* of a row: pixels of border, then of picture */
    bool cursor_phase, char_phase; /* cursor and blinking characters show now */
    bool blinks;                   /* something drawn depends on the phase */
    u32 row[VGA_MAX_WIDTH + 16];
} Painter;

/* ---- colours -------------------------------------------------------------------------------- */

static u32 dac_colour(const VgaRegs *r, u8 index)
{
    const u8 *c = r->dac[index & r->dac_mask];
    u32 colour = 0;
    for (int i = 0; i < 3; i++)
        colour = colour << 8 | (r->dac_wide ? c[i] : (u32)(c[i] << 2 | c[i] >> 4));
    return colour;
}

/* Attribute controller: 6 bits from the palette; bits 4-5 (mode bit 7), 6-7 from colour select. */
static u8 palette_index(const VgaRegs *r, int pixel)
{
    u8 select = r->atc[ATC_COLOUR];
    u8 index = r->atc[pixel & r->atc[ATC_PLANES] & 15];
    if (r->atc[ATC_MODE] & 0x80)
        index = (u8)((index & 0x0F) | (select & 3) << 4);
    return (u8)(index | (select & 12) << 4);
}

static void build_colours(Painter *p)
{
    for (int i = 0; i < 16; i++)
        p->colour16[i] = dac_colour(&p->r, palette_index(&p->r, i));
    for (int i = 0; i < 256; i++)
        p->colour256[i] = dac_colour(&p->r, (u8)i);
}

/* ---- text ----------------------------------------------------------------------------------- */

/* Character map select: 3 bits per font, the third one apart; maps 4-7 lie between 0-3. */
static u32 font_base(u8 select, int low, int high)
{
    return (select >> low & 3u) * 0x4000 + (select >> high & 1u) * 0x2000;
}

typedef struct {
    u32 font[2];      /* by attribute bit 3 */
    u32 cursor;       /* MA */
    bool cursor_line; /* the cursor covers this line */
} TextRow;

static TextRow text_row(const VgaRegs *r, const VgaScan *scan)
{
    const u8 *crtc = r->crtc;
    u32 skew = crtc[CRTC_CURSOR_END] >> 5 & 3u;
    return (TextRow){
        .font = {font_base(r->seq[SEQ_FONTS], 0, 4), font_base(r->seq[SEQ_FONTS], 2, 5)},
        .cursor = ((u32)crtc[CRTC_CURSOR_HIGH] << 8 | crtc[CRTC_CURSOR_HIGH + 1]) + skew,
        .cursor_line = scan_cursor(r, scan->ra),
    };
}

/* Foreground 1 is underlined: on an MDA whatever the ground, later only on ground 0. In colour
 * modes the underline lies below the character.
 *
 * NOTE: attribute mode bit 1, said to choose between the attributes of colour and of monochrome
 * displays, does nothing on IBM's adapters: mode 7 has no more than its palette, in which 1-7 are
 * lit, 9-15 bright, 0 and 8 dark. An IBM EGA with a monochrome display is known to differ from an
 * MDA by just that: grounds 1-7 are all lit, where an MDA lights none but that of 70h. */
static bool underlined(const VgaRegs *r, u8 attr)
{
    return (attr & (r->card == VGA_CARD_HERCULES ? 0x07 : 0x77)) == 1;
}

/* The nine dots of a character line, leftmost in bit 8. */
static u32 text_dots(Painter *p, const TextRow *t, const VgaScan *scan, u8 ch, u8 attr, bool cursor)
{
    const VgaRegs *r = &p->r;
    if (cursor) {
        p->blinks = true;
        if (p->cursor_phase)
            return 0x1FF;
    }
    if (r->atc[ATC_MODE] & 8 && attr & 0x80) {
        p->blinks = true;
        if (!p->char_phase)
            return 0;
    }
    if (underlined(r, attr) && scan->ra == (r->crtc[CRTC_UNDERLINE] & 31))
        return 0x1FF;
    u32 glyph = p->planes[4 * (t->font[attr >> 3 & 1] + ch * 32u + scan->ra) + 2];
    /* the ninth dot is background, but for the line graphics C0h-DFh it repeats the eighth */
    bool repeat = r->atc[ATC_MODE] & 4 && (ch & 0xE0) == 0xC0;
    return glyph << 1 | (repeat ? glyph & 1 : 0);
}

/* An MDA, as on a Hercules card, decodes attributes as a whole: 70h is dark on light, 00h dark on
 * dark, and everything else light on dark, whatever its ground. */
static u8 mda_attribute(u8 attr)
{
    u8 both = attr & 0x77;
    return both == 0x70 || both == 0 ? attr : (u8)((attr & 0x88) | 7);
}

static void draw_text(Painter *p, const VgaScan *scan)
{
    const VgaRegs *r = &p->r;
    TextRow t = text_row(r, scan);
    u32 ma = scan_left(scan, r);
    int shift = scan_step_shift(r);
    u8 background = r->atc[ATC_MODE] & 8 ? 7 : 15;
    u32 *out = p->row;
    for (int x = 0; x <= p->columns; x++) { /* one more for pel panning */
        u32 at = (ma + (u32)(x >> shift)) & 0xFFFF;
        u32 cell = vga_load(p->planes, scan_cell(r, at, scan->ra));
        u8 ch = (u8)cell, attr = (u8)(cell >> 8);
        u32 dots = text_dots(p, &t, scan, ch, attr, t.cursor_line && at == t.cursor);
        if (r->card == VGA_CARD_HERCULES)
            attr = mda_attribute(attr);
        u32 fore = p->colour16[attr & 15], back = p->colour16[attr >> 4 & background];
        u32 change = fore ^ back; /* without a branch per pixel: this is most of the work */
        for (int i = 0; i < 9; i++)
            out[i] = back ^ (change & (0u - (dots >> (8 - i) & 1)));
        out += p->char_pixels;
    }
}

/* ---- graphics ------------------------------------------------------------------------------- */

/* Pairs of bits, CGA's 4 colours: even planes hold the left four pixels, odd ones the right four;
 * the lower plane gives bits 0-1, the upper one bits 2-3. */
static u32 serialize_pairs(u32 cell)
{
    u32 out = 0;
    for (int plane = 0; plane < 2; plane++) {
        u32 low = cell >> (8 * plane) & 0xFF, high = cell >> (8 * plane + 16) & 0xFF;
        for (int bit = 6; bit >= 0; bit -= 2)
            out = out << 4 | (high >> bit & 3) << 2 | (low >> bit & 3);
    }
    return out;
}

/* Eight 4-bit pixels, leftmost in the top nibble. */
static inline u32 serialize(const Vga *v, u8 mode, u32 cell)
{
    if (mode & 0x40)
        return cell << 24 | (cell & 0xFF00) << 8 | (cell >> 8 & 0xFF00) | cell >> 24;
    if (mode & 0x20)
        return serialize_pairs(cell);
    return vga_spread(v, cell);
}

/* Blinking in graphics: bit 3 of each pixel is set in one phase and inverted in the other. */
static u32 blink_pixels(const Painter *p, u32 eight)
{
    return p->char_phase ? eight | 0x88888888u : eight ^ 0x88888888u;
}

static void draw_graphics(Painter *p, const VgaScan *scan)
{
    const VgaRegs *r = &p->r;
    u32 ma = scan_left(scan, r);
    int shift = scan_step_shift(r);
    u8 mode = r->gc[GC_MODE];
    bool blink = r->atc[ATC_MODE] & 8 && p->char_pixels == 8;
    /* An EGA with 64 KiB has two planes of twice the size: the serializers are loaded with sixteen
     * dots every other character, and the odd plane of each pair follows the even one. */
    bool chained = vga_is_ega(r) && r->seq[SEQ_CLOCKING] & 4;
    u32 *out = p->row;
    p->blinks |= blink;
    for (int x = 0; x <= p->columns; x++) {
        u32 at = (ma + (u32)(x >> shift)) & 0xFFFF;
        u32 cell = vga_load(p->planes, scan_cell(r, at, scan->ra));
        if (chained)
            cell = cell >> (x & 1 ? 8 : 0) & 0x00FF00FF;
        u32 eight = serialize(p->v, mode, cell);
        if (blink)
            eight = blink_pixels(p, eight);
        if (p->char_pixels == 8) {
            for (int i = 28; i >= 0; i -= 4)
                *out++ = p->colour16[eight >> i & 15];
        } else {
            for (int i = 24; i >= 0; i -= 8)
                *out++ = p->colour256[eight >> i & 0xFF];
        }
    }
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Pixels by which the line moves to the left. With 9 dots the register counts 8, 0, 1 .. 7. */
static int pel_pan(const Painter *p, const VgaScan *scan)
{
    int pan = p->r.atc[ATC_PAN];
    if (scan_unpanned(scan, &p->r))
        return 0;
    if (p->char_pixels == 9)
        return pan > 7 ? 0 : pan + 1;
    pan &= 7;
    return p->char_pixels == 4 ? pan >> 1 : pan;
}

static void fill(u32 *to, int n, u32 colour)
{
    while (n--)
        *to++ = colour;
}

/* The picture has 8 dots to a character: each 8-bit pixel takes two of them. */
static void double_pixels(u32 *row, int width)
{
    for (int x = width - 1; x > 0; x--)
        row[x] = row[x / 2];
}

static void draw_border(const Painter *p, u32 *to, int n)
{
    const VgaRegs *r = &p->r;
    bool off = r->seq[SEQ_CLOCKING] & 0x20;
    fill(to, n, off ? 0 : dac_colour(r, r->atc[ATC_OVERSCAN]));
}

/* The shown part of a row; `to` is where it begins. */
static void draw_shown(Painter *p, const VgaScan *scan, u32 *to, int width)
{
    const VgaRegs *r = &p->r;
    if (r->seq[SEQ_CLOCKING] & 0x20) { /* screen off */
        fill(to, width, 0);
    } else if (!(r->atc_index & ATC_PAS)) {
        fill(to, width, dac_colour(r, r->atc[ATC_OVERSCAN]));
    } else {
        if (vga_is_text(r))
            draw_text(p, scan);
        else
            draw_graphics(p, scan);
        memcpy(to, p->row + pel_pan(p, scan), sizeof(u32) * (size_t)width);
        if (p->char_pixels == 4 && p->frame_pixels == 8)
            double_pixels(to, width);
    }
}

static void draw_row(Painter *p, const VgaScan *scan, u32 *to, int width)
{
    draw_border(p, to, p->left);
    draw_shown(p, scan, to + p->left, p->inner);
    draw_border(p, to + p->left + p->inner, width - p->left - p->inner);
}

/* ---- the frame ------------------------------------------------------------------------------ */

static int char_pixels(const VgaRegs *r)
{
    if (vga_is_text(r))
        return r->seq[SEQ_CLOCKING] & 1 ? 8 : 9;
    return r->atc[ATC_MODE] & 0x40 ? 4 : 8; /* two 4-bit pixels make one */
}

/* Scan lines that show the same pixels one after the other and are drawn once: the doubling bit,
 * and in graphics the lines of a row unless they choose a bank. */
static u32 line_repeat(const VgaRegs *r)
{
    u32 repeat = r->crtc[CRTC_MAX_SCAN] & 0x80 ? 2 : 1;
    if (!vga_is_text(r) && (r->crtc[CRTC_MODE] & 3) == 3)
        repeat *= (r->crtc[CRTC_MAX_SCAN] & 31) + 1u;
    return repeat;
}

static void resize(VgaFrame *f, int width, int height)
{
    u32 need = (u32)width * (u32)height;
    if (need > f->capacity) {
        free(f->pixels);
        f->pixels = malloc(sizeof(u32) * need);
        if (!f->pixels)
            panic("out of host memory for a %dx%d picture", width, height);
        f->capacity = need;
    }
    f->width = width;
    f->height = height;
}

static void begin_picture(const Vga *v, const VgaRegs *r, VgaFrame *f)
{
    f->aspect_w = 4;
    f->aspect_h = 3;
    f->border = dac_colour(r, r->atc[ATC_OVERSCAN]);
    f->blinks = false;
    f->left = f->top = 0;
    f->blank = !vga_has_picture(v, r);
    if (f->blank) {
        resize(f, BLANK_WIDTH, BLANK_HEIGHT);
        return;
    }
    if (vga_dispi_on(v)) {
        resize(f, v->s.dispi.width, v->s.dispi.height);
        return;
    }
    u32 repeat = line_repeat(r);
    VgaBorder b = vga_border(v, r);
    int unit = char_pixels(r), width = (r->crtc[1] + 1) * unit;
    int height = (int)((v->timing.show_lines + repeat - 1) / repeat);
    f->left = (int)b.left * unit;
    f->top = (int)(b.top / repeat);
    resize(f, width + f->left + (int)b.right * unit, height + f->top + (int)(b.bottom / repeat));
    if (f->width != width || f->height != height) {
        f->aspect_w = 4000 * f->width / width;
        f->aspect_h = 3000 * f->height / height;
    }
}

static u8 blink_phase(const Vga *v)
{
    return v->s.frames >> 3 & 3; /* the cursor changes every 8 frames, characters every 16 */
}

/* The last complete frame if registers changed while it was on the screen, else NULL. */
static const VgaRaster *raster_to_draw(const Vga *v)
{
    const VgaRaster *done = &v->raster[v->raster_now ^ 1];
    return done->count && !done->broken && !v->raster[v->raster_now].broken ? done : NULL;
}

/* Applies the changes that show from `line` on; returns how many of the log are done. */
static u32 apply_log(Painter *p, const VgaRaster *raster, u32 done, u32 line)
{
    u32 before = done;
    for (; done < raster->count && raster->log[done].line <= line; done++)
        ((u8 *)&p->r)[raster->log[done].offset] = raster->log[done].value;
    if (done != before) {
        p->char_pixels = char_pixels(&p->r);
        build_colours(p);
    }
    return done;
}

/* An extended mode: rows that did not change since picture `since` stay. */
static void paint_extended(const Vga *v, VgaFrame *f, u64 since)
{
    const VgaDispi *d = &v->s.dispi;
    Painter p = {.v = v, .r = v->s.r};
    if (!f->pixels || f->width != d->width || f->height != d->height || f->blank)
        since = 0;
    begin_picture(v, &p.r, f);
    f->blank |= p.r.seq[SEQ_CLOCKING] & 0x20 || !(p.r.atc_index & ATC_PAS);
    if (f->blank) {
        fill(f->pixels, f->width * f->height, 0);
        return;
    }
    build_colours(&p);
    vga_dispi_paint(v, d->depth == 4 ? p.colour16 : p.colour256, f, since);
}

static void paint(const Vga *v, const u8 *planes, VgaFrame *f)
{
    Painter p = {.v = v, .planes = planes};
    const VgaRaster *raster = raster_to_draw(v);
    p.r = raster ? raster->top : v->s.r;
    begin_picture(v, &p.r, f);
    if (f->blank) {
        fill(f->pixels, f->width * f->height, 0);
        return;
    }
    p.char_pixels = p.frame_pixels = char_pixels(&p.r);
    p.cursor_phase = !(f->phase & 1);
    p.char_phase = !(f->phase & 2);
    build_colours(&p);
    u32 repeat = line_repeat(&p.r), applied = 0;
    size_t pitch = (size_t)f->width;
    p.left = f->left;
    p.inner = (p.r.crtc[1] + 1) * p.char_pixels;
    VgaScan scan;
    scan_begin(&scan, &p.r);
    for (int y = 0; y < f->top; y++)
        draw_border(&p, f->pixels + (size_t)y * pitch, f->width);
    for (u32 line = 0, y = (u32)f->top; y < (u32)f->height; line++) {
        if (raster)
            applied = apply_log(&p, raster, applied, line);
        p.columns = (p.inner + p.char_pixels - 1) / p.char_pixels;
        if (line % repeat == 0 && line >= v->timing.show_lines)
            draw_border(&p, f->pixels + (size_t)y++ * pitch, f->width);
        else if (line % repeat == 0)
            draw_row(&p, &scan, f->pixels + (size_t)y++ * pitch, f->width);
        scan_next(&scan, &p.r, line);
    }
    f->blinks = p.blinks;
}

bool vga_draw(Vga *v, VgaFrame *f)
{
    const u8 *planes = vga_mem_view(v);
    if (v->touched || v->pages_touched) {
        v->serial++;
        if (v->touched)
            v->whole_serial = v->serial;
        v->touched = v->pages_touched = false;
    }
    u8 phase = blink_phase(v);
    if (f->pixels && f->serial == v->serial && (!f->blinks || f->phase == phase))
        return false;
    u64 since = f->serial;
    f->serial = v->serial;
    f->phase = phase;
    if (vga_dispi_on(v))
        paint_extended(v, f, since);
    else
        paint(v, planes, f);
    return true;
}

void vga_frame_free(VgaFrame *f)
{
    free(f->pixels);
    memset(f, 0, sizeof *f);
}
