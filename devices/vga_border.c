/* vga_border.c: how wide the overscan border is. It fills what is neither shown nor blanked: the
 * CRTC blanks the beam from one count to another, the horizontal one in characters, the vertical
 * one in lines, and while it flies back there is nothing to see either.
 *
 * IBM VGA: blanking lags a character and a line behind the part with display enable, which gives
 * its modes a border of one character on both sides. An EGA does not lag, and delays display
 * enable by a skew (register 3, bits 5-6). The ends of blanking and retrace are compared in their
 * low bits only. */
#include "devices/vga_internal.h"

/* The first count after `start` whose low bits are those of `end`. */
static u32 end_of(u32 start, u32 end, u32 mask)
{
    u32 length = (end - start) & mask;
    return start + (length ? length : mask + 1);
}

static u32 least(u32 a, u32 b)
{
    return a < b ? a : b;
}

/* Shown are [from, shown), dark [dark, light), of `total`. What is left on both sides. */
static void sides(u32 from, u32 shown, u32 dark, u32 light, u32 total, u32 *before, u32 *after)
{
    total += from;
    if (shown >= total)
        return;
    dark = dark < shown ? shown : least(dark, total);
    light = light < dark ? dark : least(light, total);
    *after = dark - shown;
    *before = total - light;
}

static void horizontal(const VgaRegs *r, VgaBorder *b)
{
    const u8 *c = r->crtc;
    bool ega = vga_is_ega(r);
    u32 skew = c[3] >> 5 & 3, lag = r->card ? 0 : 1;
    u32 total = least(c[0] + (ega ? 2u : 5u), 256), shown = c[1] + 1u;
    u32 dark = c[2],
        light = ega ? end_of(dark, c[3], 31) : end_of(dark, (c[3] & 31u) | (c[5] & 0x80u) >> 2, 63);
    dark += lag;
    light += lag;
    if (ega) { /* its BIOS blanks less than the retrace */
        u32 sync_skew = c[5] >> 5 & 3, sync_end = end_of(c[4], c[5], 31) + sync_skew;
        dark = least(dark, c[4] + sync_skew);
        light = light > sync_end ? light : sync_end;
    }
    sides(skew, skew + shown, dark, light, total, &b->left, &b->right);
}

static u32 bits(const VgaRegs *r, u32 low, u32 bit8, u32 bit9)
{
    return low | (bit8 ? 0x100 : 0) | (bit9 && !vga_is_ega(r) ? 0x200 : 0);
}

static void vertical(const VgaRegs *r, const VgaTiming *t, VgaBorder *b)
{
    const u8 *c = r->crtc;
    u32 twice = c[CRTC_MODE] & 4 ? 2 : 1, lag = r->card ? 0 : 1;
    u32 dark = bits(r, c[0x15], c[CRTC_OVERFLOW] & 8, c[CRTC_MAX_SCAN] & 0x20);
    u32 light = end_of(dark, c[0x16], vga_is_ega(r) ? 31 : 255);
    u32 sync_end = t->retrace_line + t->retrace_lines;
    dark = least((dark + lag) * twice, t->retrace_line);
    light = (light + lag) * twice;
    sides(0, t->show_lines, dark, light > sync_end ? light : sync_end,
          least(t->lines, VGA_MAX_HEIGHT), &b->top, &b->bottom);
}

VgaBorder vga_border(const Vga *v, const VgaRegs *r)
{
    VgaBorder b = {0};
    if (!v->border || r->card == VGA_CARD_HERCULES || vga_dispi_on(v))
        return b;
    horizontal(r, &b);
    vertical(r, &v->timing, &b);
    return b;
}
