/* vga_internal.h: what the parts of the VGA share with one another and with nobody else.
 *
 *   vga.c         life cycle, the retrace event, state sections
 *   vga_regs.c    ports
 *   vga_timing.c  where the beam is, in guest time
 *   vga_mem.c     the memory window: planes, latches, direct windows
 *   vga_dispi.c   extended modes: linear frame buffer and banks
 *   vga_card.c    the adapters before the EGA: CGA and Hercules
 *   vga_ega.c     where the EGA differs from the VGA
 *   vga_pen.c     the light pen's latch of EGA and CGA
 *   vga_scan.h    how the CRTC walks memory line by line
 *   vga_border.c  how wide the overscan border is
 *   vga_draw.c    registers and memory to pixels
 *   vga_text.c    registers and memory to characters */
#ifndef GLASS86_VGA_INTERNAL_H
#define GLASS86_VGA_INTERNAL_H

#include "devices/vga.h"

/* Registers by name; those that only one place knows keep their number there, with a comment. */
enum { SEQ_CLOCKING = 1, SEQ_MAP_MASK = 2, SEQ_FONTS = 3, SEQ_MEMORY = 4 };
enum {
    GC_SET = 0,
    GC_SET_ON = 1,
    GC_COMPARE = 2,
    GC_FUNCTION = 3,
    GC_READ_MAP = 4,
    GC_MODE = 5,
    GC_MISC = 6,
    GC_CARE = 7,
    GC_BIT_MASK = 8,
};
enum {
    CRTC_OVERFLOW = 0x07,
    CRTC_PRESET_ROW = 0x08,
    CRTC_MAX_SCAN = 0x09,
    CRTC_CURSOR_START = 0x0A,
    CRTC_CURSOR_END = 0x0B,
    CRTC_START_HIGH = 0x0C,
    CRTC_CURSOR_HIGH = 0x0E,
    CRTC_RETRACE_START = 0x10,
    CRTC_RETRACE_END = 0x11,
    CRTC_DISPLAY_END = 0x12,
    CRTC_OFFSET = 0x13,
    CRTC_UNDERLINE = 0x14,
    CRTC_MODE = 0x17,
    CRTC_LINE_COMPARE = 0x18,
};
enum { ATC_MODE = 0x10, ATC_OVERSCAN = 0x11, ATC_PLANES = 0x12, ATC_PAN = 0x13, ATC_COLOUR = 0x14 };
enum { ATC_PAS = 0x20 };
enum { ENABLE_3C3 = 1, ENABLE_46E8 = 2, ENABLE_ALL = 3 };

typedef enum { ADDRESS_PLANAR, ADDRESS_ODD_EVEN, ADDRESS_CHAIN4 } VgaAddress;

static inline u64 vga_now(const Vga *v)
{
    return v->queue->clock->now;
}

static inline u32 vga_load(const u8 *planes, u32 cell)
{
    return load_le(planes + 4 * cell, 4);
}

/* vga_regs.c */
bool vga_regs_map(Vga *v);
void vga_irq_update(Vga *v);

/* vga_timing.c. vga_timing_update() follows a change of the registers: the beam stays on its line
 * if the new frame has that line. vga_timing_derive() only computes v->timing. */
void vga_timing_derive(Vga *v);
void vga_timing_update(Vga *v);
void vga_timing_arm(Vga *v);
/* Is the next retrace within a second of now? No frame takes that long. */
bool vga_timing_check(const VgaState *s, const Clock *clock);
u8 vga_status1(const Vga *v); /* bits 0 and 3 of input status 1 */
u64 vga_status1_until(const Vga *v); /* the first tick at which they may differ from now */

/* vga_mem.c. vga_mem_update() follows a change of any register that memory accesses depend on. */
void vga_mem_update(Vga *v);
void vga_mem_remap(Vga *v);     /* maps the window anew whatever was mapped before */
const u8 *vga_mem_view(Vga *v); /* planes as of now, for drawing; notices changes */

/* vga_dispi.c. vga_dispi_map() puts bank and linear frame buffer on the bus; false: no room. The
 * others follow the registers. */
bool vga_dispi_map_ports(Vga *v);
bool vga_dispi_map(Vga *v);
void vga_dispi_unmap(Vga *v);
void vga_dispi_collect(Vga *v); /* notes the pages that were written */
void vga_dispi_retrace(Vga *v);
void vga_dispi_reset(Vga *v);
bool vga_dispi_check(const VgaDispi *d); /* of a state from a file */
/* Draws the rows of f that changed after picture `since`; f has the mode's size. */
void vga_dispi_paint(const Vga *v, const u32 palette[256], VgaFrame *f, u64 since);

/* vga_card.c */
bool vga_card_map_ports(Vga *v);
void vga_card_map(Vga *v);
void vga_card_reset(Vga *v);
bool vga_card_check(const VgaState *s);
const u8 *vga_card_view(Vga *v);
u16 vga_card_cell(const Vga *v, u32 cell); /* two planes of one address */

/* vga_border.c. Left and right are in characters, top and bottom in scan lines; all 0 when pictures
 * have no border. */
typedef struct {
    u32 left, right, top, bottom;
} VgaBorder;
VgaBorder vga_border(const Vga *v, const VgaRegs *r);

/* vga_ega.c. Bits that the EGA's registers have; what is 0 cannot be set. */
extern const VgaRegs vga_ega_bits;
u32 vga_ega_decode(u32 port); /* the VGA's port of the same meaning; 0: an EGA does not answer */
u8 vga_ega_peek(const Vga *v, u32 port);
/* Chip 0 has planes 0 and 1, chip 1 planes 2 and 3. */
void vga_ega_write_position(Vga *v, int chip, u8 value);
void vga_ega_colours(Vga *v); /* follows the miscellaneous output register */
void vga_ega_reset(Vga *v);
bool vga_ega_check(const VgaState *s);

/* vga_pen.c. `index` is 10h or 11h. */
void vga_pen_set(Vga *v);
void vga_pen_clear(Vga *v);
u8 vga_pen_status(const Vga *v); /* bits 1 and 2 of input status 1 */
u8 vga_pen_read(const Vga *v, u8 index);

static inline bool vga_is_ega(const VgaRegs *r)
{
    return r->card == VGA_CARD_EGA;
}

/* A CGA or Hercules card: no planes, all registers its own. */
static inline bool vga_is_flat(const VgaRegs *r)
{
    return r->card == VGA_CARD_CGA || r->card == VGA_CARD_HERCULES;
}

static inline bool vga_dispi_on(const Vga *v)
{
    return v->s.dispi.enable & VGA_DISPI_ON;
}

/* Is video memory plain memory in this mode? */
static inline bool vga_dispi_linear(const VgaDispi *d)
{
    return d->enable & VGA_DISPI_ON && d->depth >= 8;
}

/* The four planes' bytes as eight 4-bit pixels, leftmost in the top nibble. */
static inline u32 vga_spread(const Vga *v, u32 cell)
{
    return v->spread[cell & 0xFF] | v->spread[cell >> 8 & 0xFF] << 1 |
           v->spread[cell >> 16 & 0xFF] << 2 | v->spread[cell >> 24] << 3;
}

/* Without sync pulses, with the sequencer in reset or with timing that makes no frame the monitor
 * shows nothing. */
static inline bool vga_has_picture(const Vga *v, const VgaRegs *r)
{
    /* an EGA can also let go of its outputs, for another card to drive them */
    bool outputs = !vga_is_ega(r) || !((r->misc | r->crtc[CRTC_MODE]) & 0x10);
    return v->timing.sane && (r->seq[0] & 3) == 3 && r->crtc[CRTC_MODE] & 0x80 && outputs;
}

/* What the two graphics chips of an EGA take for their planes of a byte on the bus: a bit for each.
 * A VGA's are always at pairs 0 and 1. */
static inline u8 vga_plane_nibble(const u8 position[2], u8 value)
{
    return (u8)((value >> 2 * position[0] & 3) | (value >> 2 * position[1] & 3) << 2);
}

/* Text or graphics: both the graphics and the attribute controller have a bit; text needs both
 * clear. */
static inline bool vga_is_text(const VgaRegs *r)
{
    return !(r->gc[GC_MISC] & 1) && !(r->atc[ATC_MODE] & 1);
}

#endif
