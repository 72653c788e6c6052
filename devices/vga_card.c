/* vga_card.c: the adapters before the EGA: IBM's Color Graphics Adapter and the Hercules Graphics
 * Card (an MDA with a graphics mode). Both are a 6845 and a few latches around plain memory. What
 * they show is said again in VGA registers (translate() below), so that drawing, timing and text
 * extraction are the VGA's; memory is one flat window, which the view for drawing is made from.
 *
 *   CGA                              Hercules
 *   3D0-3D7  6845: even index, odd data   3B0-3B7
 *   3D8  mode: 0 80 columns, 1 graphics,  3B8  mode: 1 graphics, 3 video on,
 *        2 no burst, 3 video on,               5 blink, 7 second page
 *        4 640 dots, 5 blink
 *   3D9  colours                          -
 *   3DB, 3DC  light pen latch (vga_pen.c)
 *   3DA  status                           3BA  status, bit 7: no vertical retrace
 *   -                                     3BF  bit 0 graphics may be set, 1 memory at B8000h
 *   B8000h 16 KiB, again at BC000h        B0000h 32 or 64 KiB
 *
 * Sources: IBM Options and Adapters, Color/Graphics Monitor Adapter; Hercules Graphics Card Owner's
 * Manual; Motorola MC6845.
 *
 * NOTE: composite colours, snow and interlace (6845 register 8) are not shown; the light pen's
 * latch of a Hercules card is not there. */
#include "devices/vga_internal.h"

enum { MODE_80 = 0x01, MODE_GRAPHICS = 0x02, MODE_GREY = 0x04, MODE_ON = 0x08, MODE_640 = 0x10 };
enum { MODE_BLINK = 0x20, MODE_PAGE1 = 0x80 };
enum { CONFIG_GRAPHICS = 1, CONFIG_FULL = 2 };
enum { CGA_MEMORY = 0x4000, HERCULES_PAGE = 0x8000 };

static bool is_cga(const Vga *v)
{
    return v->s.r.card == VGA_CARD_CGA;
}

/* ---- memory --------------------------------------------------------------------------------- */

void vga_card_map(Vga *v)
{
    bool ok;
    bus_unmap(v->bus, 0xA0000, 0x20000);
    if (is_cga(v))
        ok = bus_map_ram(v->bus, 0xB8000, CGA_MEMORY, v->window, 0, "cga") &&
             bus_map_ram(v->bus, 0xBC000, CGA_MEMORY, v->window, 0, "cga again");
    else
        ok = bus_map_ram(v->bus, 0xB0000,
                         v->s.card.config & CONFIG_FULL ? 2 * HERCULES_PAGE : HERCULES_PAGE,
                         v->window, 0, "hercules");
    if (!ok)
        panic("too many memory regions on the bus: no room for the video memory");
}

/* One bit per pixel: the bytes are plane 0. Text and four colours: even bytes are plane 0, odd ones
 * plane 1, at even addresses. */
static bool one_bit(const Vga *v)
{
    u8 mode = v->s.card.mode;
    return mode & MODE_GRAPHICS && (!is_cga(v) || mode & MODE_640);
}

static u32 memory_size(const Vga *v)
{
    return is_cga(v) ? CGA_MEMORY : 2 * HERCULES_PAGE;
}

u16 vga_card_cell(const Vga *v, u32 cell)
{
    u32 at = cell & (memory_size(v) - 1);
    return one_bit(v) ? v->window[at] : (u16)load_le(v->window + (at & ~1u), 2);
}

static void build_view(Vga *v)
{
    u32 size = memory_size(v);
    bool bits = one_bit(v);
    for (u32 a = 0; a < VGA_CELLS; a++)
        store_le(v->view + 4 * a, 2, bits ? v->window[a & (size - 1)] : 0);
    for (u32 a = 0; !bits && a < VGA_CELLS; a += 2)
        memcpy(v->view + 4 * a, v->window + (a & (size - 1)), 2);
    /* the character generator */
    for (u32 glyph = 0; glyph < 256; glyph++)
        for (u32 line = 0; line < 32; line++)
            v->view[4 * (glyph * 32 + line) + 2] =
                line < v->font_height ? v->font[glyph * v->font_height + line] : 0;
}

static bool collect(Vga *v, u32 base, u32 size)
{
    bool any = false;
    for (u32 a = 0; a < size; a += BUS_PAGE_SIZE)
        any |= bus_dirty(v->bus, base + a);
    if (any)
        bus_clear_dirty(v->bus, base, size);
    return any;
}

const u8 *vga_card_view(Vga *v)
{
    bool changed =
        is_cga(v) ? collect(v, 0xB8000, 2 * CGA_MEMORY) : collect(v, 0xB0000, 2 * HERCULES_PAGE);
    if (changed || v->view_stale) {
        build_view(v);
        v->view_stale = false;
        v->touched = true;
    }
    return v->view;
}

/* ---- in VGA registers ----------------------------------------------------------------------- */

/* Scan lines from rows of characters, as the VGA's vertical registers have them: ten bits in two
 * places. */
static void set_vertical(u8 *crtc, int low, int bit8, int bit9, u32 lines)
{
    crtc[low] = (u8)lines;
    crtc[CRTC_OVERFLOW] =
        (u8)(crtc[CRTC_OVERFLOW] | (lines >> 8 & 1) << bit8 | (lines >> 9 & 1) << bit9);
}

static u32 least(u32 a, u32 b)
{
    return a < b ? a : b;
}

/* A CGA has no blanking of its own: between the picture and the syncs there is border. Vertical
 * sync takes 16 lines, whatever register 3 says. */
static void blank_syncs(const u8 *m, u8 *crtc, bool bits, u32 sync)
{
    u32 start = bits ? 2u * m[2] : m[2], width = m[3] & 15 ? m[3] & 15 : 16;
    u32 end = start + (bits ? 2 * width : width);
    crtc[2] = crtc[4] = (u8)least(start, 255);
    crtc[3] = end & 31;
    crtc[5] = (u8)((end & 31) | (end & 32) << 2);
    set_vertical(crtc, 0x15, 3, 8, sync); /* bit 9 is elsewhere; no card has as many lines */
    crtc[0x16] = (u8)(sync + 16);
}

static void translate_crtc(const VgaCard *c, VgaRegs *r, bool bits, bool graphics)
{
    const u8 *m = c->crtc;
    u8 *crtc = r->crtc;
    u32 row = m[9] + 1u, columns = m[1] ? m[1] : 1u;
    u32 shown = least((m[6] ? m[6] : 1u) * row, 1023);
    u32 total = least((m[4] + 1u) * row + m[5], 1023), sync = least(m[7] * row, 1023);
    memset(crtc, 0, sizeof r->crtc);
    /* a 6845 character of one-bit graphics is two bytes, of 8 dots each */
    u32 chars = bits ? 2 * columns : columns, all = bits ? 2 * (m[0] + 1u) : m[0] + 1u;
    crtc[0] = (u8)(all < 5 ? 0 : least(all - 5, 255));
    crtc[1] = (u8)least(chars - 1, 255);
    set_vertical(crtc, 0x06, 0, 5, total < 2 ? 0 : total - 2);
    set_vertical(crtc, CRTC_DISPLAY_END, 1, 6, shown - 1);
    set_vertical(crtc, CRTC_RETRACE_START, 2, 7, sync);
    crtc[CRTC_RETRACE_END] = (u8)(sync & 15); /* sixteen lines */
    crtc[CRTC_MAX_SCAN] = (u8)((m[9] & 31) | 0x40);
    blank_syncs(m, crtc, bits, sync);
    crtc[CRTC_OVERFLOW] |= 0x10; /* no line compare */
    crtc[CRTC_LINE_COMPARE] = 0xFF;
    crtc[CRTC_CURSOR_START] = (u8)((m[10] & 31) | ((m[10] & 0x60) == 0x20 || graphics ? 0x20 : 0));
    crtc[CRTC_CURSOR_END] = m[11] & 31;
    crtc[CRTC_CURSOR_HIGH] = m[14];
    crtc[CRTC_CURSOR_HIGH + 1] = m[15];
    crtc[CRTC_OFFSET] = (u8)(bits ? columns : (columns + 1) / 2);
    u32 start = (u32)m[12] << 8 | m[13];
    if (bits)
        start = start * 2;
    crtc[CRTC_START_HIGH] = (u8)(start >> 8);
    crtc[CRTC_START_HIGH + 1] = (u8)start;
    crtc[CRTC_UNDERLINE] = r->card == VGA_CARD_CGA ? 31 : 12;
    /* address lines: words but for one-bit graphics; row scan bits choose the banks */
    crtc[CRTC_MODE] = (u8)(0xA3 | (bits ? 0x40 : 0));
    if (graphics)
        crtc[CRTC_MODE] &= r->card == VGA_CARD_CGA ? (u8)~1 : (u8)~3;
}

static void palette_cga(const VgaCard *c, VgaRegs *r)
{
    u8 ground = c->colour & 15, first = 2;
    for (u8 i = 0; i < 16; i++)
        r->atc[i] = i;
    r->atc[ATC_OVERSCAN] = ground;
    if (!(c->mode & MODE_GRAPHICS))
        return;
    if (c->mode & MODE_640) {
        r->atc[0] = r->atc[ATC_OVERSCAN] = 0;
        r->atc[1] = ground;
        return;
    }
    first = c->colour & 0x20 ? 3 : 2;
    r->atc[0] = ground;
    for (u8 i = 1; i < 4; i++)
        r->atc[i] = (u8)(first + 2 * (i - 1));
    if (c->mode & MODE_GREY) /* cyan, red, white */
        r->atc[1] = 3, r->atc[2] = 4, r->atc[3] = 7;
    if (c->colour & 0x10)
        for (int i = 1; i < 4; i++)
            r->atc[i] |= 8;
}

static void palette_mono(VgaRegs *r, bool graphics)
{
    r->atc[0] = 0;
    for (int i = 1; i < 16; i++)
        r->atc[i] = i < 8 ? 1 : 2;
    r->atc[8] = 0; /* 08h and 88h show nothing */
    if (graphics)
        r->atc[1] = 2;
}

static void translate(Vga *v)
{
    const VgaCard *c = &v->s.card;
    VgaRegs *r = &v->s.r;
    bool graphics = c->mode & MODE_GRAPHICS, cga = is_cga(v), bits = one_bit(v);
    memset(r->seq, 0, sizeof r->seq);
    memset(r->gc, 0, sizeof r->gc);
    r->seq[0] = 3;
    r->seq[SEQ_CLOCKING] = (u8)((cga || graphics) | (c->mode & MODE_ON ? 0 : 0x20));
    /* the dot clock is halved for 40 columns and four colours */
    if (cga && !(c->mode & MODE_80) && !bits)
        r->seq[SEQ_CLOCKING] |= 8;
    r->gc[GC_MISC] = graphics;
    r->gc[GC_MODE] = graphics && !bits ? 0x20 : 0;
    r->atc[ATC_MODE] =
        (u8)((graphics ? 1 : 0) | (!graphics && c->mode & MODE_BLINK ? 8 : 0) | (cga ? 0 : 4));
    r->atc[ATC_PLANES] = bits ? 1 : graphics ? 3 : 15;
    r->atc[ATC_PAN] = cga || graphics ? 0 : 8;
    r->atc_index = ATC_PAS;
    if (cga)
        palette_cga(c, r);
    else
        palette_mono(r, graphics);
    translate_crtc(c, r, bits, graphics);
    if (!cga && c->mode & MODE_PAGE1 && graphics)
        r->crtc[CRTC_START_HIGH] ^= 0x80;
    v->touched = v->view_stale = true;
    vga_timing_update(v);
}

/* ---- ports ---------------------------------------------------------------------------------- */

static u8 status(const Vga *v)
{
    u8 s = vga_status1(v);
    if (is_cga(v))
        return s | 0xF0 | vga_pen_status(v);
    /* bit 0: horizontal retrace, 3: dots, 7: no vertical retrace */
    return (u8)((s & 1) | (s & 1 ? 0 : 8) | (s & 8 ? 0 : 0x80));
}

/* Of the 6845 only the cursor's place and the light pen's can be read. */
static u8 crtc_read(const Vga *v)
{
    const VgaCard *c = &v->s.card;
    if (c->index == 14 || c->index == 15)
        return c->crtc[c->index];
    return is_cga(v) && (c->index == 16 || c->index == 17) ? vga_pen_read(v, c->index) : 0;
}

static u32 card_peek(void *ctx, u32 port, int size)
{
    const Vga *v = ctx;
    u32 at = port & 15;
    if (at < 8 && at & 1)
        return crtc_read(v);
    return at == 10 ? status(v) : 0xFF;
}

/* At 3DBh and 3DCh. */
static void pen_access(Vga *v, u32 at)
{
    if (at == 11)
        vga_pen_clear(v);
    else
        vga_pen_set(v);
}

static u32 card_read(void *ctx, u32 port, int size)
{
    u32 at = port & 15;
    if (is_cga(ctx) && (at == 11 || at == 12))
        pen_access(ctx, at);
    return card_peek(ctx, port, size);
}

/* Of the status, which changes with the beam alone. */
static BusSteady steady(void *ctx, u32 port)
{
    return (BusSteady){.until = (port & 15) == 10 ? vga_status1_until(ctx) : 0};
}

static void crtc_write(Vga *v, u8 value)
{
    static const u8 bits[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x1F, 0x7F, 0x7F,
                                0x03, 0x1F, 0x7F, 0x1F, 0x3F, 0xFF, 0x3F, 0xFF};
    VgaCard *c = &v->s.card;
    if (c->index >= sizeof c->crtc)
        return;
    c->crtc[c->index] = value & bits[c->index];
    translate(v);
}

static void card_write(void *ctx, u32 port, int size, u32 value32)
{
    Vga *v = ctx;
    VgaCard *c = &v->s.card;
    u8 value = (u8)value32;
    u32 at = port & 15;
    if (at < 8 && !(at & 1)) {
        c->index = value & 31;
    } else if (at < 8) {
        crtc_write(v, value);
    } else if (at == 8 && is_cga(v)) {
        c->mode = value & 0x3F;
        translate(v);
    } else if (at == 8) {
        if (!(c->config & CONFIG_GRAPHICS))
            value &= (u8)~MODE_GRAPHICS;
        if (!(c->config & CONFIG_FULL))
            value &= (u8)~MODE_PAGE1;
        c->mode = value & (MODE_GRAPHICS | MODE_ON | MODE_BLINK | MODE_PAGE1);
        translate(v);
    } else if (at == 9 && is_cga(v)) {
        c->colour = value & 0x3F;
        translate(v);
    } else if (is_cga(v) && (at == 11 || at == 12)) {
        pen_access(v, at);
    } else if (at == 15 && !is_cga(v)) {
        c->config = value & 3;
        vga_card_map(v);
    }
}

bool vga_card_map_ports(Vga *v)
{
    static const BusOps ops = {card_read, card_write, card_peek, 1};
    u16 base = is_cga(v) ? 0x3D0 : 0x3B0;
    if (!bus_map_port(v->bus, base, is_cga(v) ? 13 : 12, &ops, v, is_cga(v) ? "cga" : "hercules"))
        return false;
    bus_set_steady(v->bus, base, steady);
    return is_cga(v) || bus_map_port(v->bus, 0x3BF, 1, &ops, v, "hercules-config");
}

/* ---- life cycle ----------------------------------------------------------------------------- */

/* The colours that the lines R, G, B and I make on their monitors; brown is the odd one. */
static void build_dac(VgaRegs *r)
{
    memset(r->dac, 0, sizeof r->dac);
    for (u8 i = 0; i < 16; i++) {
        for (int part = 0; part < 3; part++)
            r->dac[i][part] = (u8)((i >> (2 - part) & 1 ? 0x2A : 0) + (i & 8 ? 0x15 : 0));
        if (i == 6)
            r->dac[i][1] = 0x15;
    }
    if (r->card == VGA_CARD_HERCULES) {
        memset(r->dac[1], 0x2A, 3);
        memset(r->dac[2], 0x3F, 3);
    }
}

void vga_card_reset(Vga *v)
{
    memset(&v->s.card, 0, sizeof v->s.card);
    v->s.direct = VGA_FLAT;
    build_dac(&v->s.r);
    vga_card_map(v);
    translate(v);
}

bool vga_card_check(const VgaState *s)
{
    const VgaCard *c = &s->card;
    return c->index < 32 && c->config < 4;
}
