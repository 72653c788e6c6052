/* vga_ega.c: where IBM's Enhanced Graphics Adapter differs from the VGA, which grew out of it. The
 * EGA runs on the VGA's code, with fewer bits in its registers and without those that came later.
 *
 *   port       read                                 write
 *   3C0, 3C1   -                                    attribute index, data in turn
 *   3C2        input status 0: 4 a switch, 7 retrace  miscellaneous output: 4 outputs off
 *   3CA, 3CC   -                                    graphics 2 and 1 position: 0-1 pair of bits
 *   3C4-3CF    -                                    sequencer, graphics controller as a VGA's
 *   3x5        0Ch-0Fh: start and cursor address,   CRTC; no lock, 9-bit vertical counters
 *              10h, 11h: light pen
 *   3xA        input status 1: 1, 2 light pen       feature control
 *   3xB, 3DC   -                                    light pen latch (vga_pen.c)
 *
 * What has no entry under "read" reads FFh. There is no DAC: six bits of the palette go to the
 * monitor, which makes colours of them. An enhanced colour display takes 350 lines and 64 colours
 * when the vertical sync pulse is negative (miscellaneous output bit 7), else it is a CGA's
 * monitor.
 *
 * Source: IBM Options and Adapters, Enhanced Graphics Adapter (August 1984).
 *
 * There are two graphics chips, each for two planes, side by side at the same ports. The position
 * registers say which pair of data bits a chip takes for its planes: 0 and 1 make one controller of
 * four planes, as the BIOS sets them; anything else gives the planes other bits.
 *
 * NOTE: with both chips at one position both answer a read that selects it; here the first one
 * does. Nothing is on the feature connector: its two inputs read 0. */
#include "devices/vga_internal.h"

const VgaRegs vga_ega_bits = {
    .crtc = {0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x3F, 0x1F, 0x1F, 0x1F, 0x7F, 0xFF,
             0xFF, 0xFF, 0xFF, 0xFF, 0x3F, 0xFF, 0xFF, 0x1F, 0xFF, 0x1F, 0xFF, 0xFF},
    .seq = {0x03, 0x0F, 0x0F, 0x0F, 0x07},
    .gc = {0x0F, 0x0F, 0x0F, 0x1F, 0x07, 0x3F, 0x0F, 0x0F, 0xFF},
    .atc = {0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F,
            0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x0F, 0x3F, 0x3F, 0x0F, 0x00},
    .misc = 0xFF,
    .feature = 0x03,
};

u32 vga_ega_decode(u32 port)
{
    if (port == 0x3C1)
        return 0x3C0;
    bool later = port == 0x3C3 || (port >= 0x3C6 && port <= 0x3C9) || port == 0x46E8;
    return later ? 0 : port;
}

/* Clock select chooses the switch to be sensed: 0 is switch 4, 3 switch 1. */
static u8 status0(const VgaState *s)
{
    u8 open = s->ega.switches >> (3 - (s->r.misc >> 2 & 3)) & 1;
    return (u8)(open << 4 | (s->irq_pending ? 0x80 : 0));
}

static u8 crtc_peek(const Vga *v)
{
    u8 index = v->s.crtc_index;
    if (index >= CRTC_START_HIGH && index <= CRTC_CURSOR_HIGH + 1)
        return v->s.r.crtc[index];
    if (index == 0x10 || index == 0x11)
        return vga_pen_read(v, index);
    return 0xFF;
}

u8 vga_ega_peek(const Vga *v, u32 port)
{
    switch (port) {
    case 0x3C2:
        return status0(&v->s);
    case 0x3D5:
        return crtc_peek(v);
    case 0x3DA:
        return vga_status1(v) | v->s.status_mux | vga_pen_status(v);
    default:
        return 0xFF;
    }
}

void vga_ega_write_position(Vga *v, int chip, u8 value)
{
    v->s.ega.position[chip] = value & 3;
    vga_mem_update(v);
}

/* ---- monitors ------------------------------------------------------------------------------- */

typedef enum { COLOUR, ENHANCED, MONO } Monitor;

static Monitor monitor(const VgaState *s)
{
    static const u8 by_switches[16] = {COLOUR,   COLOUR,   ENHANCED, ENHANCED, MONO, MONO,
                                       COLOUR,   COLOUR,   ENHANCED, ENHANCED, MONO, MONO,
                                       ENHANCED, ENHANCED, ENHANCED, ENHANCED};
    return by_switches[s->ega.switches & 15];
}

/* Each of red, green and blue is one line and, at half its strength, a second one: rgbRGB. */
static void enhanced(u8 dac[3], u8 lines)
{
    for (int part = 0; part < 3; part++)
        dac[part] =
            (u8)((lines >> (2 - part) & 1 ? 0x2A : 0) + (lines >> (5 - part) & 1 ? 0x15 : 0));
}

void vga_ega_colours(Vga *v)
{
    VgaRegs *r = &v->s.r;
    Monitor m = monitor(&v->s);
    for (u8 lines = 0; lines < 64; lines++) {
        u8 *dac = r->dac[lines];
        /* bit 4 is the intensity of a colour display, and brown the odd one */
        u8 bright = lines & 0x10 ? 0x38 : 0, cga = (lines & 7) | bright;
        if (m == MONO) /* bit 3 is video, bit 4 makes it bright */
            memset(dac, lines & 8 ? lines & 0x10 ? 0x3F : 0x2A : 0, 3);
        else if (m == ENHANCED && r->misc & 0x80)
            enhanced(dac, lines);
        else
            enhanced(dac, cga == 6 ? 0x14 : cga);
    }
    v->raster[v->raster_now].broken = true;
    v->touched = true;
}

void vga_ega_reset(Vga *v)
{
    v->s.ega.position[0] = 0; /* as every BIOS sets them */
    v->s.ega.position[1] = 1;
    vga_ega_colours(v);
}

bool vga_ega_check(const VgaState *s)
{
    u8 m = s->r.memory;
    return s->ega.switches < 16 && s->ega.position[0] < 4 && s->ega.position[1] < 4 &&
           s->pen.set < 2 && (m == 4 || (vga_is_ega(&s->r) && (m == 1 || m == 2)));
}
