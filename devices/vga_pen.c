/* vga_pen.c: the light pen's latch of EGA and CGA. A pen that sees the beam pulls a line, a
 * flip-flop keeps that, and the CRTC keeps the memory address that it has at the moment. No pen can
 * be attached, but programs can set the flip-flop themselves, which tells them where the beam is.
 *
 *   3xB   any value: clears the latch      on an EGA write only, on a CGA any access;
 *   3DC   any value: sets it               there is no 3BC, where a printer port may be
 *   3xA   bit 1 the latch is set, bit 2 the pen's switch is open
 *   3x5   registers 10h and 11h read as the address, high and low byte
 *
 * Sources: IBM Options and Adapters, Enhanced Graphics Adapter and Color/Graphics Monitor Adapter;
 * Motorola MC6845.
 *
 * NOTE: the address is that of the character under the beam. A card takes a few characters more;
 * and between frames it goes on counting rows, here it does so with the registers of now. */
#include "devices/vga_scan.h"

enum { PEN_SET = 2, PEN_SWITCH_OPEN = 4 };

static u16 address_under_beam(const Vga *v)
{
    const VgaRegs *r = &v->s.r;
    u32 line, dot;
    VgaScan scan;
    vga_beam(v, &line, &dot);
    scan_begin(&scan, r);
    for (u32 i = 0; i < line; i++)
        scan_next(&scan, r, i);
    u32 column = dot / (r->seq[SEQ_CLOCKING] & 1 ? 8 : 9);
    u32 at = scan.ma + (column >> scan_step_shift(r));
    /* a CGA in one-bit graphics counts pairs of what is a character here */
    if (r->card == VGA_CARD_CGA)
        return (u16)(at >> (r->crtc[CRTC_MODE] >> 6 & 1) & 0x3FFF);
    return (u16)at;
}

void vga_pen_set(Vga *v)
{
    if (!v->s.pen.set)
        v->s.pen.address = address_under_beam(v);
    v->s.pen.set = 1;
}

void vga_pen_clear(Vga *v)
{
    v->s.pen.set = 0;
}

u8 vga_pen_status(const Vga *v)
{
    return (u8)(PEN_SWITCH_OPEN | (v->s.pen.set ? PEN_SET : 0));
}

u8 vga_pen_read(const Vga *v, u8 index)
{
    return (u8)(index == 0x10 ? v->s.pen.address >> 8 : v->s.pen.address);
}
