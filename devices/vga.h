/* vga.h: the IBM VGA, and the EGA, CGA and Hercules cards. What the board wires up and what the
 * frontend draws from.
 *
 * Guest-visible state is VgaState, the video memory and the direct window (see below); everything
 * under "derived" can be thrown away and rebuilt by vga_post_load(). Drawing never changes
 * guest-visible state: a run with a screen and one without are the same run.
 *
 * Video memory is interleaved: plane p of cell a is byte 4*a+p, so one 32-bit word is what the four
 * planes hold at one address, what the latches load, and what a write changes at once. It is also
 * the order in which a linear frame buffer shows the same bytes (vga_dispi.c).
 *
 * In text modes and in mode 13h the guest's window is plain memory on the bus (`window`), with the
 * bytes in the order the processor sees; it is the truth for the cells it covers until the
 * registers leave that state, and then it is folded back into the planes. */
#ifndef GLASS86_VGA_H
#define GLASS86_VGA_H

#include "devices/event.h"
#include "devices/state.h"
#include "mmu/bus.h"
#include "mmu/line.h"

enum {
    VGA_CELLS = 65536, /* addresses per plane that an IBM VGA has */
    VGA_WINDOW = 65536,
    VGA_MEMORY = 8 << 20, /* bytes; the first 4 * VGA_CELLS of them are the planes */
    VGA_MEMORY_PAGES = VGA_MEMORY / BUS_PAGE_SIZE,
    VGA_MAX_WIDTH = 2304, /* 256 characters of 9 dots */
    VGA_MAX_HEIGHT = 2048,
    VGA_MAX_LINEAR_WIDTH = 1600,
    VGA_MAX_LINEAR_HEIGHT = 1200,
    VGA_TEXT_COLS = 256,
    VGA_TEXT_ROWS = 128,
};

/* Where the linear frame buffer stands: above all RAM that a machine can have. As a PCI function
 * the adapter shows it at another place as well (vga_place_linear()). */
#define VGA_LINEAR_BASE 0xE0000000u

/* ---- state ---------------------------------------------------------------------------------- */

/* Every register that has a say in the picture; with memory, all that the renderer reads. */
typedef struct {
    u8 crtc[0x19], seq[5], gc[9], atc[0x15];
    u8 misc, feature, dac_mask;
    u8 atc_index;   /* bit 5 is PAS, the palette address source: 0 blanks the screen */
    u8 dac_wide;    /* colours have 8 bits, not 6 */
    u8 card;        /* VgaCardKind: 0 but for the adapters before the VGA */
    u8 memory;      /* of an EGA, in units of 64 KiB: 1, 2 or 4; a VGA has 4 */
    u16 start;      /* start address as latched at the last vertical retrace */
    u8 dac[256][3]; /* red, green, blue */
} VgaRegs;

/* Which adapter it is. */
typedef enum { VGA_CARD_NONE, VGA_CARD_CGA, VGA_CARD_HERCULES, VGA_CARD_EGA } VgaCardKind;

/* The registers of a CGA or Hercules card; a VGA has all 0. */
typedef struct {
    u8 index, crtc[16]; /* 6845 */
    u8 mode, colour;    /* 3D8h or 3B8h, 3D9h */
    u8 config;          /* 3BFh */
} VgaCard;

/* The four switches at an EGA's bracket tell its BIOS which monitor is there. As input status 0 and
 * 40:88h give them: a 1 is an open switch, switch 1 is bit 0. */
enum {
    VGA_SWITCHES_CD = 7,    /* colour display: 200 lines, 16 colours */
    VGA_SWITCHES_ECD = 9,   /* enhanced colour display: 350 lines, 64 colours */
    VGA_SWITCHES_MONO = 11, /* monochrome display: 350 lines */
};

/* What an EGA has besides a VGA's registers; a VGA has all 0. */
typedef struct {
    u8 switches;
    u8 position[2]; /* 3CCh, 3CAh: which pair of data bits each graphics chip is at */
} VgaEga;

/* The light pen's latch (vga_pen.c) of EGA and CGA. */
typedef struct {
    u16 set;     /* 0 or 1; no gap is left, which a state would show */
    u16 address; /* of the character that was under the beam */
} VgaPen;

/* Register 4 of the extended modes. */
enum {
    VGA_DISPI_ON = 0x01,
    VGA_DISPI_LIMITS = 0x02,
    VGA_DISPI_DAC8 = 0x20,
    VGA_DISPI_LINEAR = 0x40,
    VGA_DISPI_KEEP = 0x80,
    VGA_DISPI_BITS = 0xE3,
};

/* The extended modes: registers 1CEh/1CFh as Bochs and QEMU have them. */
typedef struct {
    u16 index, id;
    u16 low;                  /* first byte of a word for the data register */
    u16 width, height, depth; /* pixels; 4, 8, 15, 16, 24 or 32 bits */
    u16 enable;               /* VGA_DISPI_* */
    u16 bank;                 /* of 64 KiB, in the window at A0000h */
    u16 virtual_width;        /* pixels from one row to the next */
    u16 x, y;                 /* first pixel to show */
    u16 shown_x, shown_y;     /* as latched at the last vertical retrace */
} VgaDispi;

typedef struct {
    VgaRegs r;
    VgaDispi dispi;
    VgaCard card;
    VgaEga ega;
    VgaPen pen;
    u8 crtc_index, seq_index, gc_index;
    u8 atc_data; /* flip-flop of port 3C0h: 0 the next write is an index, 1 it is data */
    u8 dac_index, dac_part, dac_reading, dac_hold[3];
    u8 enabled;    /* ports 3C3h, 46E8h: bit per source, all set when on */
    u8 status_mux; /* bits 4-5 of input status 1 */
    u8 irq_pending;
    u8 direct;     /* VgaDirect: which window is plain memory now */
    u8 switches;   /* changes of `direct` in this frame, to stop a guest from thrashing */
    u32 latch;     /* the four latches, plane 0 in the low byte */
    u64 base_tick; /* guest time at which the beam was base_dots into its frames */
    u64 base_dots;
    u64 retrace_dots; /* position of the next vertical retrace on the same scale */
    u64 frames;       /* vertical retraces since power-on; blinking counts these */
} VgaState;

/* VGA_LINEAR: an extended mode; window and frame buffer are video memory itself. VGA_FLAT: a CGA or
 * Hercules card; the window is all the memory there is. */
typedef enum { VGA_MMIO, VGA_CHAIN4, VGA_ODD_EVEN, VGA_LINEAR, VGA_FLAT } VgaDirect;

/* Frame timing from the CRTC registers; derived. */
typedef struct {
    u32 hz;                    /* dot clock */
    u32 line_dots;             /* dots in a line, never 0 */
    u32 lines;                 /* lines in a frame, never 0 */
    u32 show_dots, show_lines; /* the part with display enable */
    u32 retrace_line, retrace_lines;
    bool sane; /* false: the registers describe no picture; the screen is blank */
} VgaTiming;

/* What a memory access means under the current registers; derived. */
typedef struct {
    u32 map, bit_mask, set, set_on; /* expanded to 8 bits per plane */
    u32 compare, care;              /* read mode 1, likewise */
    u32 base, size;                 /* the window; size 0: memory does not answer */
    u32 bank;                       /* first cell of the window; 0 but in 4-bit extended modes */
    u32 cells;                      /* addresses per plane, less one */
    u8 write_mode, read_mode, func, rotate, read_plane;
    u8 address, read_address; /* VgaAddress, for writes and for reads */
    u8 page, page_bit;        /* odd/even: 1 if that address bit takes the place of bit 0 */
    u8 position[2];           /* pair of data bits for planes 0-1 and 2-3 */
    u8 undriven;              /* FFh: read map select names planes that are not there */
    bool plain;               /* write mode 0 with nothing but the map mask in the way */
} VgaPlan;

/* Changes of VgaRegs while a frame is on the screen, so that each takes effect at its scan line
 * (raster bars, split palettes); derived. The picture of a frame is `top` with the log applied on
 * the way down. */
enum { VGA_LOG = 4096 };
typedef struct {
    u16 line;   /* first line that shows the new value */
    u16 offset; /* of the byte in VgaRegs */
    u8 value;
} VgaChange;

typedef struct {
    VgaRegs top;
    u32 count;
    bool broken; /* timing changed or the log overflowed: the frame cannot be told line by line */
    VgaChange log[VGA_LOG];
} VgaRaster;

typedef struct {
    Bus *bus;
    EventQueue *queue;
    Snap *snap;
    Line irq;   /* vertical retrace interrupt: IRQ 2/9 on an ISA board, INTA# of PCI */
    Line frame; /* pulsed at every vertical retrace: the frontend's cue; optional */
    VgaCardKind card;
    u8 ega_switches; /* of an EGA: VGA_SWITCHES_* */
    u8 ega_memory;   /* ... and its memory, in units of 64 KiB: 1, 2 or 4 */
    /* The character generator of a card: 256 glyphs of so many lines; must outlive the adapter. */
    const u8 *font;
    u8 font_height;
    bool border; /* pictures have the overscan border around them */
} VgaConfig;

typedef struct Vga {
    VgaState s;
    Bus *bus;
    EventQueue *queue;
    Line irq, frame;
    Event retrace;

    const u8 *font; /* of a card */
    u8 font_height;
    bool border;

    u8 *vram;   /* VGA_MEMORY bytes, in the snapshot */
    u8 *window; /* VGA_WINDOW bytes, in the snapshot */

    /* derived */
    VgaTiming timing;
    VgaPlan plan;
    u32 mapped_base, mapped_size; /* the window as the bus knows it */
    u32 mapped_bank;              /* video memory page at its start, with VGA_LINEAR */
    u32 linear_base;              /* the frame buffer's second place, or 0 */
    bool linear_mapped;           /* the linear frame buffer is on the bus */
    u64 *page_serial;             /* [VGA_MEMORY_PAGES] picture in which a page last changed */
    u64 whole_serial;             /* ... and everything else that shows in extended modes */
    bool pages_touched;           /* some page changed since `serial` was last raised */
    VgaRaster raster[2];
    int raster_now;  /* the frame being shown; the other one is complete */
    u32 spread[256]; /* bit 7..0 of a byte to bit 0 of eight nibbles, leftmost pixel highest */
    u8 *view;        /* planes as they are now while `direct` (window folded in), for drawing */
    bool view_stale; /* view must be rebuilt from vram and window */
    bool touched;    /* memory or a register changed since `serial` was last raised */
    u64 serial;      /* version of the picture */
} Vga;

/* Allocates video memory (panics without host memory), maps ports and memory, registers the event
 * and the snapshot sections, and resets. vga_free() releases the memory. */
void vga_init(Vga *v, const VgaConfig *config);
void vga_free(Vga *v);
void vga_reset(Vga *v);     /* hardware reset: registers; memory keeps its contents */
/* The linear frame buffer appears at `base` too, while there is one; 0, or where it cannot stand:
 * it does not. For a board that keeps the place in a register of its own. */
void vga_place_linear(Vga *v, u32 base);
void vga_post_load(Vga *v); /* after a state load: rebuilds everything derived */

/* ---- picture -------------------------------------------------------------------------------- */

/* One consumer's copy of the picture. Zero it, hand it to vga_draw() as often as you like, and
 * release it with vga_frame_free(). pixels is row after row, XRGB (0x00RRGGBB), width pixels per
 * row. */
typedef struct {
    u32 *pixels;
    int width, height;      /* at least 1 */
    /* Shape of the whole picture on the monitor: 4:3 for every VGA mode without its border. */
    int aspect_w, aspect_h;
    int left, top; /* width of the border, in pixels; 0 without one */
    u32 border;             /* overscan colour, XRGB */
    bool blank;             /* no picture: no sync, absurd timing; pixels are black */
    u32 capacity;           /* private from here on */
    u64 serial;
    u8 phase;
    bool blinks;
} VgaFrame;

/* Brings f up to date. Returns whether anything changed since f was last drawn; when not, it costs
 * a few page-flag tests. Double-scanned lines are drawn once (mode 13h is 320x200). */
bool vga_draw(Vga *v, VgaFrame *f);
void vga_frame_free(VgaFrame *f);

/* ---- text ----------------------------------------------------------------------------------- */

typedef struct {
    bool is_text; /* false: a graphics mode or a blank screen; the rest is zero */
    int columns, rows;
    int cursor_x, cursor_y; /* -1, -1 when outside the screen */
    bool cursor_on;         /* enabled and with a shape that shows; blinking does not count */
    /* [y * columns + x]: character (code page 437) | attribute << 8 */
    u16 cells[VGA_TEXT_COLS * VGA_TEXT_ROWS];
} VgaText;

/* The text screen as the CRTC shows it: start address and split screen count. No side effects. */
void vga_text(const Vga *v, VgaText *t);

/* ---- for the debugger and tests ------------------------------------------------------------- */

/* Where the beam is now: line (0 is the first shown line) and dot within the line. */
void vga_beam(const Vga *v, u32 *line, u32 *dot);

/* What the four planes hold at one address, plane 0 in the low byte; a direct window is looked
 * through. */
u32 vga_cell(const Vga *v, u32 address);

#endif
