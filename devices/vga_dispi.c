/* vga_dispi.c: the extended modes, by the registers that Bochs and QEMU invented for their VGA and
 * that VESA BIOSes, boot loaders and hobby kernels know.
 *
 *   1CE  index          1CF  data, both 16 bits
 *    0   identification: B0C0h-B0C5h as last written
 *    1   width           2   height          3   depth: 4, 8, 15, 16, 24 or 32 bits
 *    4   enable: bit 0 on, 1 registers 1-3 read as the greatest values, 5 colours of 8 bits,
 *                6 linear frame buffer, 7 memory is kept
 *    5   bank of 64 KiB in the window at A0000h
 *    6   virtual width   7   virtual height (read-only)
 *    8   first column    9   first row       A   memory in units of 64 KiB (read-only)
 *
 * While an extended mode of 8 or more bits is on, video memory is plain memory twice: through the
 * bank and, whole, at VGA_LINEAR_BASE (and where a PCI board put it). Pages that were written are
 * noted, and only their rows are drawn again. With 4 bits the memory has planes, and the VGA's own
 * registers rule the window.
 *
 * First column and row are taken over at the vertical retrace, as programs that flip pages expect.
 *
 * NOTE: the frame timing stays what the CRTC says, whatever the size of the picture; a change of
 * the palette in the middle of a frame shows in all of it. */
#include "devices/vga_internal.h"

enum { BANK_SIZE = 0x10000, BANK_PAGES = BANK_SIZE / BUS_PAGE_SIZE, WINDOW_BASE = 0xA0000 };
enum { ID_FIRST = 0xB0C0, ID_LAST = 0xB0C5 };
enum {
    DISPI_ID,
    DISPI_WIDTH,
    DISPI_HEIGHT,
    DISPI_DEPTH,
    DISPI_ENABLE,
    DISPI_BANK,
    DISPI_VIRTUAL_WIDTH,
    DISPI_VIRTUAL_HEIGHT,
    DISPI_X,
    DISPI_Y,
    DISPI_MEMORY,
};

/* ---- geometry ------------------------------------------------------------------------------- */

static bool depth_exists(u32 depth)
{
    return depth == 4 || depth == 8 || depth == 15 || depth == 16 || depth == 24 || depth == 32;
}

/* Bytes that `pixels` take; with 4 bits they lie in four planes, and a cell has 8 of them. */
static u32 bytes_of(const VgaDispi *d, u32 pixels)
{
    return d->depth == 4 ? pixels / 8 * 4 : pixels * ((d->depth + 7u) / 8);
}

static u32 pitch(const VgaDispi *d)
{
    return bytes_of(d, d->virtual_width);
}

static u32 most_rows(const VgaDispi *d)
{
    u32 rows = pitch(d) ? VGA_MEMORY / pitch(d) : 0;
    return rows > 0xFFFF ? 0xFFFF : rows;
}

static bool fits(const VgaDispi *d)
{
    return d->width && d->height && d->width <= VGA_MAX_LINEAR_WIDTH &&
           d->height <= VGA_MAX_LINEAR_HEIGHT && depth_exists(d->depth) && !(d->width & 7) &&
           bytes_of(d, d->width) * d->height <= VGA_MEMORY;
}

bool vga_dispi_check(const VgaDispi *d)
{
    if (d->id < ID_FIRST || d->id > ID_LAST || d->bank >= VGA_MEMORY / BANK_SIZE)
        return false;
    return !(d->enable & VGA_DISPI_ON) || (fits(d) && d->virtual_width >= d->width);
}

/* ---- what was written ----------------------------------------------------------------------- */

static bool collect(Vga *v, u32 base, u32 page, u32 count)
{
    bool any = false;
    for (u32 i = 0; i < count; i++) {
        if (bus_dirty(v->bus, base + i * BUS_PAGE_SIZE)) {
            v->page_serial[page + i] = v->serial + 1;
            any = true;
        }
    }
    if (any)
        bus_clear_dirty(v->bus, base, count * BUS_PAGE_SIZE);
    return any;
}

/* The pages that a guest wrote through the window and the frame buffer. */
void vga_dispi_collect(Vga *v)
{
    bool window = collect(v, WINDOW_BASE, v->mapped_bank, BANK_PAGES);
    bool linear = collect(v, VGA_LINEAR_BASE, 0, VGA_MEMORY_PAGES);
    if (v->linear_base && v->linear_mapped)
        linear |= collect(v, v->linear_base, 0, VGA_MEMORY_PAGES);
    v->pages_touched |= window | linear;
}

/* ---- the bus -------------------------------------------------------------------------------- */

static void map_linear_at(Vga *v, u32 base, bool on)
{
    if (!base)
        return;
    if (!on)
        bus_unmap(v->bus, base, VGA_MEMORY);
    else if (!bus_map_ram(v->bus, base, VGA_MEMORY, v->vram, 0, "vga-linear"))
        panic("too many memory regions on the bus: no room for the linear frame buffer");
}

static void map_linear(Vga *v, bool on)
{
    if (on == v->linear_mapped)
        return;
    v->linear_mapped = on;
    map_linear_at(v, VGA_LINEAR_BASE, on);
    map_linear_at(v, v->linear_base, on);
}

/* Below is RAM, above the firmware. */
void vga_place_linear(Vga *v, u32 base)
{
    bool stands = base > VGA_LINEAR_BASE && base < 0xFF000000u && !(base % VGA_MEMORY);
    base = stands ? base : 0;
    if (base == v->linear_base)
        return;
    if (v->linear_mapped) {
        vga_dispi_collect(v);
        map_linear_at(v, v->linear_base, false);
    }
    v->linear_base = base;
    if (v->linear_mapped)
        map_linear_at(v, base, true);
}

bool vga_dispi_map(Vga *v)
{
    map_linear(v, true);
    v->mapped_bank = v->s.dispi.bank * (u32)BANK_PAGES;
    return bus_map_ram(v->bus, WINDOW_BASE, BANK_SIZE, v->vram + v->s.dispi.bank * (u32)BANK_SIZE,
                       BUS_MOVES, "vga-bank");
}

void vga_dispi_unmap(Vga *v)
{
    map_linear(v, false);
}

/* ---- registers ------------------------------------------------------------------------------ */

static void set_dac_width(Vga *v, bool wide)
{
    VgaRegs *r = &v->s.r;
    if (r->dac_wide == wide)
        return;
    r->dac_wide = wide;
    for (int i = 0; i < 256; i++)
        for (int part = 0; part < 3; part++)
            r->dac[i][part] = (u8)(wide ? r->dac[i][part] << 2 : r->dac[i][part] >> 2);
}

static void enable(Vga *v, u16 value)
{
    VgaDispi *d = &v->s.dispi;
    bool was = d->enable & VGA_DISPI_ON, on = value & VGA_DISPI_ON && fits(d);
    d->enable = (u16)((value & VGA_DISPI_BITS & ~VGA_DISPI_ON) | (on ? VGA_DISPI_ON : 0));
    set_dac_width(v, d->enable & VGA_DISPI_DAC8);
    if (on && !was) {
        d->virtual_width = d->width;
        d->x = d->y = d->shown_x = d->shown_y = 0;
        d->bank = 0;
    }
    v->raster[v->raster_now].broken = true;
    v->touched = true;
    vga_mem_update(v); /* what the direct window held must be in its place first */
    if (on && !was && !(value & VGA_DISPI_KEEP))
        memset(v->vram, 0, (size_t)pitch(d) * d->height);
}

static void set_bank(Vga *v, u16 value)
{
    VgaDispi *d = &v->s.dispi;
    u16 bank = value % (VGA_MEMORY / BANK_SIZE);
    if (bank == d->bank)
        return;
    if (v->s.direct == VGA_LINEAR)
        v->pages_touched |= collect(v, WINDOW_BASE, v->mapped_bank, BANK_PAGES);
    d->bank = bank;
    if (v->s.direct == VGA_LINEAR) {
        if (!vga_dispi_map(v))
            panic("the window's region went away");
    } else {
        vga_mem_update(v);
    }
}

static void set_virtual_width(VgaDispi *d, u16 value)
{
    u16 before = d->virtual_width;
    d->virtual_width = (u16)(value < d->width ? d->width : value & ~7);
    if (d->enable & VGA_DISPI_ON && most_rows(d) < d->height)
        d->virtual_width = before;
}

static u16 dispi_read(const VgaDispi *d)
{
    bool limits = d->enable & VGA_DISPI_LIMITS;
    switch (d->index) {
    case DISPI_ID:
        return d->id;
    case DISPI_WIDTH:
        return limits ? VGA_MAX_LINEAR_WIDTH : d->width;
    case DISPI_HEIGHT:
        return limits ? VGA_MAX_LINEAR_HEIGHT : d->height;
    case DISPI_DEPTH:
        return limits ? 32 : d->depth;
    case DISPI_ENABLE:
        return d->enable;
    case DISPI_BANK:
        return d->bank;
    case DISPI_VIRTUAL_WIDTH:
        return d->virtual_width;
    case DISPI_VIRTUAL_HEIGHT:
        return (u16)most_rows(d);
    case DISPI_X:
        return d->x;
    case DISPI_Y:
        return d->y;
    case DISPI_MEMORY:
        return VGA_MEMORY / BANK_SIZE;
    default:
        return 0;
    }
}

static void dispi_write(Vga *v, u16 value)
{
    VgaDispi *d = &v->s.dispi;
    bool on = d->enable & VGA_DISPI_ON;
    switch (d->index) {
    case DISPI_ID:
        if (value >= ID_FIRST && value <= ID_LAST)
            d->id = value;
        break;
    case DISPI_WIDTH: /* size and depth hold still while they are shown */
        d->width = on ? d->width : value;
        break;
    case DISPI_HEIGHT:
        d->height = on ? d->height : value;
        break;
    case DISPI_DEPTH:
        d->depth = on ? d->depth : value ? value : 8;
        break;
    case DISPI_ENABLE:
        enable(v, value);
        break;
    case DISPI_BANK:
        set_bank(v, value);
        break;
    case DISPI_VIRTUAL_WIDTH:
        set_virtual_width(d, value);
        v->touched = true;
        break;
    case DISPI_X:
        d->x = value;
        break;
    case DISPI_Y:
        d->y = value;
        break;
    }
}

void vga_dispi_retrace(Vga *v)
{
    VgaDispi *d = &v->s.dispi;
    if (d->x == d->shown_x && d->y == d->shown_y)
        return;
    d->shown_x = d->x;
    d->shown_y = d->y;
    v->touched = true;
}

void vga_dispi_reset(Vga *v)
{
    v->s.dispi = (VgaDispi){.id = ID_LAST, .depth = 8};
}

/* A word at an odd address comes as two bytes on this bus, as on a real one: the second byte, at
 * 1D0h, carries the write out. A word at 1D0h is the data register as well, for hosts that cannot
 * do odd addresses. */
static u32 port_read(void *ctx, u32 port, int size)
{
    const VgaDispi *d = &((const Vga *)ctx)->s.dispi;
    if (port == 0x1CE)
        return d->index;
    u16 data = dispi_read(d);
    return port == 0x1D0 && size == 1 ? data >> 8 : data;
}

static void port_write(void *ctx, u32 port, int size, u32 value)
{
    Vga *v = ctx;
    VgaDispi *d = &v->s.dispi;
    if (port == 0x1CE)
        d->index = (u16)value;
    else if (port == 0x1CF)
        d->low = value & 0xFF;
    else
        dispi_write(v, (u16)(size == 1 ? value << 8 | d->low : value));
}

bool vga_dispi_map_ports(Vga *v)
{
    static const BusOps ops = {port_read, port_write, port_read, 1 | 2};
    return bus_map_port(v->bus, 0x1CE, 3, &ops, v, "vga-dispi");
}

/* ---- the picture ---------------------------------------------------------------------------- */

static u32 five(u32 v)
{
    return v << 3 | v >> 2;
}

static u32 six(u32 v)
{
    return v << 2 | v >> 4;
}

enum { ROW_MAX = VGA_MAX_LINEAR_WIDTH * 4 };

/* The bytes of a row in one piece, even where the address counter wraps in the middle of it. */
static const u8 *row_at(const Vga *v, u32 at, u32 bytes, u8 room[ROW_MAX])
{
    if (at + bytes <= VGA_MEMORY)
        return v->vram + at;
    memcpy(room, v->vram + at, VGA_MEMORY - at);
    memcpy(room + (VGA_MEMORY - at), v->vram, bytes - (VGA_MEMORY - at));
    return room;
}

static void draw_linear_row(const Vga *v, const u32 *palette, u32 at, u32 *to)
{
    const VgaDispi *d = &v->s.dispi;
    u8 room[ROW_MAX];
    const u8 *from = row_at(v, at, bytes_of(d, d->width), room);
    for (const u32 *end = to + d->width; to < end; to++) {
        u32 p;
        switch (d->depth) {
        case 8:
            *to = palette[*from++];
            break;
        case 15:
            p = load_le(from, 2), from += 2;
            *to = five(p >> 10 & 31) << 16 | five(p >> 5 & 31) << 8 | five(p & 31);
            break;
        case 16:
            p = load_le(from, 2), from += 2;
            *to = five(p >> 11) << 16 | six(p >> 5 & 63) << 8 | five(p & 31);
            break;
        case 24:
            *to = load_le(from, 2) | (u32)from[2] << 16, from += 3;
            break;
        default:
            *to = load_le(from, 4) & 0xFFFFFF, from += 4;
            break;
        }
    }
}

/* `at` is the byte of the first cell; `skip` of its pixels lie left of the screen. */
static void draw_planar_row(const Vga *v, const u32 *palette, u32 at, u32 skip, u32 *to)
{
    u32 left = v->s.dispi.width;
    for (; left; at = (at + 4) % VGA_MEMORY) {
        u32 eight = vga_spread(v, load_le(v->vram + at, 4)) << (4 * skip);
        for (u32 i = skip; i < 8 && left; i++, left--, eight <<= 4)
            *to++ = palette[eight >> 28];
        skip = 0;
    }
}

static bool row_changed(const Vga *v, u32 at, u32 bytes, u64 since)
{
    for (u32 page = at / BUS_PAGE_SIZE, last = (at + bytes - 1) / BUS_PAGE_SIZE; page <= last;
         page++)
        if (v->page_serial[page % VGA_MEMORY_PAGES] > since)
            return true;
    return false;
}

void vga_dispi_paint(const Vga *v, const u32 palette[256], VgaFrame *f, u64 since)
{
    const VgaDispi *d = &v->s.dispi;
    u32 row_bytes = bytes_of(d, d->width);
    for (u32 y = 0; y < d->height; y++) {
        u32 *to = f->pixels + (size_t)y * d->width;
        u32 at = (u32)((u64)(d->shown_y + y) * pitch(d) % VGA_MEMORY);
        at = (at + bytes_of(d, d->shown_x)) % VGA_MEMORY;
        if (since >= v->whole_serial && !row_changed(v, at, row_bytes, since))
            continue;
        if (d->depth == 4)
            draw_planar_row(v, palette, at & ~3u, d->shown_x & 7, to);
        else
            draw_linear_row(v, palette, at, to);
    }
}
