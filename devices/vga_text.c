/* vga_text.c: the text screen as characters, for the terminal display, -expect and text screen
 * dumps. It walks the lines as drawing does (vga_scan.h), so start address and split screen count,
 * and it looks at the registers as they are now. */
#include "devices/vga_scan.h"

static void text_line(const Vga *v, const VgaScan *scan, VgaText *t, u32 cursor)
{
    const VgaRegs *r = &v->s.r;
    u32 ma = scan_left(scan, r);
    int shift = scan_step_shift(r), y = t->rows++;
    for (int x = 0; x < t->columns; x++) {
        u32 at = (ma + (u32)(x >> shift)) & 0xFFFF;
        t->cells[y * t->columns + x] = (u16)vga_cell(v, scan_cell(r, at, scan->ra));
        if (at == cursor && t->cursor_x < 0) {
            t->cursor_x = x;
            t->cursor_y = y;
        }
    }
}

static bool cursor_shows(const VgaRegs *r)
{
    bool any = false;
    for (u8 ra = 0; ra <= (r->crtc[CRTC_MAX_SCAN] & 31); ra++)
        any |= scan_cursor(r, ra);
    return any;
}

void vga_text(const Vga *v, VgaText *t)
{
    const VgaRegs *r = &v->s.r;
    memset(t, 0, sizeof *t);
    if (vga_dispi_on(v) || !vga_is_text(r) || !vga_has_picture(v, r))
        return;
    t->is_text = true;
    t->columns = r->crtc[1] + 1;
    t->cursor_x = t->cursor_y = -1;
    u32 cursor = ((u32)r->crtc[CRTC_CURSOR_HIGH] << 8 | r->crtc[CRTC_CURSOR_HIGH + 1]) +
                 (r->crtc[CRTC_CURSOR_END] >> 5 & 3u);
    VgaScan scan;
    scan_begin(&scan, r);
    for (u32 line = 0; line < v->timing.show_lines && t->rows < VGA_TEXT_ROWS; line++) {
        if (scan.fresh)
            text_line(v, &scan, t, cursor);
        scan_next(&scan, r, line);
    }
    t->cursor_on = cursor_shows(r) && t->cursor_x >= 0;
}
