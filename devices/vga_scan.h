/* vga_scan.h: the CRTC's walk through memory, one scan line after the other. Drawing and text
 * extraction share it, so both see the same split screens and scrolled starts.
 * IBM VGA: the memory address counter (MA) counts characters, the row scan counter (RA) the lines
 * of a row; both together are turned into an address of the planes. */
#ifndef GLASS86_VGA_SCAN_H
#define GLASS86_VGA_SCAN_H

#include "devices/vga_internal.h"

typedef struct {
    u32 ma;      /* counter at the left edge of the row */
    u8 ra;       /* line within the row */
    bool second; /* second copy of a double-scanned line */
    bool split;  /* below the line compare */
    bool fresh;  /* first line of a row */
} VgaScan;

static inline void scan_begin(VgaScan *s, const VgaRegs *r)
{
    *s = (VgaScan){.ma = r->start, .ra = r->crtc[CRTC_PRESET_ROW] & 31, .fresh = true};
}

static inline u32 scan_line_compare(const VgaRegs *r)
{
    return r->crtc[CRTC_LINE_COMPARE] | (r->crtc[CRTC_OVERFLOW] & 0x10u) << 4 |
           (r->crtc[CRTC_MAX_SCAN] & 0x40u) << 3;
}

/* To the line after `line`. */
static inline void scan_next(VgaScan *s, const VgaRegs *r, u32 line)
{
    s->fresh = false;
    if (line == scan_line_compare(r)) {
        *s = (VgaScan){.split = true, .fresh = true};
        return;
    }
    if (r->crtc[CRTC_MAX_SCAN] & 0x80 && !s->second) {
        s->second = true;
        return;
    }
    s->second = false;
    if (s->ra == (r->crtc[CRTC_MAX_SCAN] & 31)) {
        s->ra = 0;
        s->fresh = true;
        s->ma = (s->ma + 2u * r->crtc[CRTC_OFFSET]) & 0xFFFF;
    } else {
        s->ra = (s->ra + 1) & 31;
    }
}

/* Attribute mode bit 5: below the split, pel panning and byte panning count as 0. */
static inline bool scan_unpanned(const VgaScan *s, const VgaRegs *r)
{
    return s->split && r->atc[ATC_MODE] & 0x20;
}

/* MA at column 0 with byte panning (preset row scan, bits 5-6). */
static inline u32 scan_left(const VgaScan *s, const VgaRegs *r)
{
    return s->ma + (scan_unpanned(s, r) ? 0 : r->crtc[CRTC_PRESET_ROW] >> 5 & 3u);
}

/* Column to count of MA steps: CRTC mode bit 3 counts every second character, underline location
 * bit 5 every fourth. */
static inline int scan_step_shift(const VgaRegs *r)
{
    return r->crtc[CRTC_UNDERLINE] & 0x20 ? 2 : r->crtc[CRTC_MODE] & 0x08 ? 1 : 0;
}

/* Address of the planes for MA and RA. Doubleword mode multiplies by 4, word mode by 2 (the bits
 * that fall off at the top come in below), byte mode by 1; mode bits 0 and 1 clear put RA bits 0
 * and 1 into address bits 13 and 14: the banks of CGA and Hercules. */
static inline u32 scan_cell(const VgaRegs *r, u32 ma, u8 ra)
{
    u8 mode = r->crtc[CRTC_MODE];
    u32 cell;
    if (r->crtc[CRTC_UNDERLINE] & 0x40)
        cell = ma << 2 | (ma >> 14 & 3);
    else if (!(mode & 0x40))
        cell = ma << 1 | (ma >> (mode & 0x20 ? 15 : 13) & 1);
    else
        cell = ma;
    if (!(mode & 1))
        cell = (cell & ~0x2000u) | (ra & 1u) << 13;
    if (!(mode & 2))
        cell = (cell & ~0x4000u) | (ra & 2u) << 13;
    return cell & (0x4000u * r->memory - 1);
}

/* Does the cursor cover line ra of a row? The EGA's leaves out the last line, goes on over the end
 * of the row when the end comes before the start or never, and is one line where the low bits of
 * both agree (as measured by J. Parsons on IBM's card). */
static inline bool scan_cursor(const VgaRegs *r, u8 ra)
{
    u8 start = r->crtc[CRTC_CURSOR_START], first = start & 31, end = r->crtc[CRTC_CURSOR_END] & 31;
    u8 max = r->crtc[CRTC_MAX_SCAN] & 31;
    if (!vga_is_ega(r))
        return !(start & 0x20) && ra >= first && ra <= end;
    if (first > max)
        return false;
    if (first == end || first == (end & 15))
        return ra == first;
    if (end > max)
        return true;
    return first < end ? ra >= first && ra < end : ra >= first || ra < end;
}

#endif
