/* vga_mem.c: the memory window at A0000h-BFFFFh.
 *
 *   address lines                     chain 4      odd/even       planar
 *   plane of CPU offset a             a & 3        a & 1 (of the  map mask, read
 *                                                  chosen pair)   map select
 *   address in the plane              a & FFFCh    a & FFFEh      a
 *
 * The planes keep the holes that this leaves (mode 13h uses every fourth address); programs that
 * turn chain 4 off over a picture see them, as on IBM's card.
 *
 * Two paths give the same bytes. The register path (write_*, read_*) does what the graphics
 * controller does, all bytes of an access in one call. The direct path puts a plain-memory copy of
 * the window on the bus while the registers make it behave like memory: text and CGA modes
 * (odd/even) and mode 13h (chain 4). unfold_window() and fold_window() convert at the borders of
 * that state; both are the guest's doing, so they happen at the same instruction in every run.
 *
 * NOTE: reads of a direct window do not load the latches. Only a guest that fills the latches in
 * such a mode, then leaves it and writes from them could tell.
 *
 * NOTE: on a VGA, memory mode bit 1 (more than 64 KB) and the odd/even page bit of the
 * miscellaneous output register are stored but have no effect; every BIOS mode sets them so that
 * none is needed. */
#include "devices/vga_internal.h"

enum { WINDOWS_BASE = 0xA0000, WINDOWS_SIZE = 0x20000, MAX_SWITCHES = 16 };
enum { BANKS = VGA_MEMORY / 4 / 0x10000 }; /* of 64 K cells */

static inline void store_cell(u8 *planes, u32 cell, u32 value)
{
    store_le(planes + 4 * cell, 4, value);
}

static inline u32 every_plane(u8 value)
{
    return value * 0x01010101u;
}

/* One bit per plane to eight. */
static inline u32 plane_bits(u32 four)
{
    return (four & 1) * 0xFFu | (four >> 1 & 1) * 0xFF00u | (four >> 2 & 1) * 0xFF0000u |
           (four >> 3 & 1) * 0xFF000000u;
}

static inline u8 rotate_right(u8 value, int by)
{
    return (u8)(value >> by | value << (8 - by));
}

/* ---- where an offset lies ------------------------------------------------------------------- */

static inline u32 planar_cell(const VgaPlan *p, u32 a)
{
    return p->bank + (a & p->cells);
}

static inline u32 odd_even_cell(const VgaPlan *p, u32 a)
{
    return ((a & 0xFFFE) | (a >> p->page_bit & p->page)) & p->cells;
}

static inline u32 chain4_cell(u32 a)
{
    return (a & 0xFFFC) | a >> 16;
}

static inline u32 odd_even_planes(u32 a)
{
    return a & 1 ? 0xFF00FF00u : 0x00FF00FFu;
}

static inline u32 chain4_plane(u32 a)
{
    return 0xFFu << (8 * (a & 3));
}

/* ---- register path: writes ------------------------------------------------------------------ */

static inline u32 combine(const VgaPlan *p, u32 data, u32 latch)
{
    switch (p->func) {
    case 1:
        return data & latch;
    case 2:
        return data | latch;
    case 3:
        return data ^ latch;
    default:
        return data;
    }
}

/* What the graphics controller offers the four planes for one byte from the processor. */
static inline u32 write_data(const Vga *v, u8 value)
{
    const VgaPlan *p = &v->plan;
    u32 latch = v->s.latch, data, mask = p->bit_mask;
    if (p->plain)
        return every_plane(value);
    switch (p->write_mode) {
    case 0:
        data = every_plane(rotate_right(value, p->rotate));
        data = (data & ~p->set_on) | (p->set & p->set_on);
        break;
    case 1:
        return latch;
    case 2:
        data = plane_bits(vga_plane_nibble(p->position, value));
        break;
    default:
        data = p->set;
        mask &= every_plane(rotate_right(value, p->rotate));
        break;
    }
    return (combine(p, data, latch) & mask) | (latch & ~mask);
}

static inline void write_planes(Vga *v, u32 cell, u32 planes, u32 data)
{
    store_cell(v->vram, cell, (vga_load(v->vram, cell) & ~planes) | (data & planes));
}

static void vga_mem_write(void *ctx, u32 addr, int size, u32 value)
{
    Vga *v = ctx;
    const VgaPlan *p = &v->plan;
    u32 a = addr - p->base, map = p->map;
    v->touched = true;
    switch (p->address) {
    case ADDRESS_PLANAR:
        for (; size--; a++, value >>= 8)
            write_planes(v, planar_cell(p, a), map, write_data(v, (u8)value));
        break;
    case ADDRESS_ODD_EVEN:
        for (; size--; a++, value >>= 8)
            write_planes(v, odd_even_cell(p, a), map & odd_even_planes(a),
                         write_data(v, (u8)value));
        break;
    default:
        for (; size--; a++, value >>= 8)
            write_planes(v, chain4_cell(a), map & chain4_plane(a), write_data(v, (u8)value));
        break;
    }
}

/* ---- register path: reads ------------------------------------------------------------------- */

/* One byte for the processor; *latch is left as the access leaves the latches. */
static inline u32 read_byte(const Vga *v, u32 a, u32 *latch)
{
    const VgaPlan *p = &v->plan;
    u32 plane;
    switch (p->read_address) {
    case ADDRESS_PLANAR:
        *latch = vga_load(v->vram, planar_cell(p, a));
        plane = p->read_plane;
        break;
    case ADDRESS_ODD_EVEN:
        *latch = vga_load(v->vram, odd_even_cell(p, a));
        plane = (p->read_plane & 2u) | (a & 1);
        break;
    default:
        *latch = vga_load(v->vram, chain4_cell(a));
        plane = a & 3;
        break;
    }
    if (p->read_mode == 0)
        return (*latch >> (8 * plane) & 0xFF) | p->undriven;
    /* read mode 1: a bit is set where all planes that matter match the compare colour */
    u32 differ = (*latch ^ p->compare) & p->care;
    differ |= differ >> 16;
    differ |= differ >> 8;
    return ~differ & 0xFF;
}

static u32 read_bytes(const Vga *v, u32 addr, int size, u32 *latch)
{
    u32 a = addr - v->plan.base, value = 0;
    for (int i = 0; i < size; i++)
        value |= read_byte(v, a + (u32)i, latch) << (8 * i);
    return value;
}

static u32 vga_mem_read(void *ctx, u32 addr, int size)
{
    Vga *v = ctx;
    return read_bytes(v, addr, size, &v->s.latch);
}

static u32 vga_mem_peek(void *ctx, u32 addr, int size)
{
    u32 unused;
    return read_bytes(ctx, addr, size, &unused);
}

static const BusOps mem_ops = {vga_mem_read, vga_mem_write, vga_mem_peek, 1 | 2 | 4 | BUS_STORAGE};

/* ---- direct path ---------------------------------------------------------------------------- */

static inline u32 window_size(const Vga *v)
{
    return v->s.direct == VGA_CHAIN4 ? 0x10000 : 0x8000;
}

/* Window bytes [from, to) into planes; both are multiples of 4. */
static void fold_window(const Vga *v, u8 *planes, u32 from, u32 to)
{
    const u8 *w = v->window;
    if (v->s.direct == VGA_CHAIN4) {
        for (u32 a = from; a < to; a += 4)
            memcpy(planes + 4 * a, w + a, 4);
    } else {
        for (u32 a = from; a < to; a += 2)
            memcpy(planes + 4 * a, w + a, 2);
    }
}

static void unfold_window(Vga *v)
{
    u32 size = window_size(v);
    if (v->s.direct == VGA_CHAIN4) {
        for (u32 a = 0; a < size; a += 4)
            memcpy(v->window + a, v->vram + 4 * a, 4);
    } else {
        for (u32 a = 0; a < size; a += 2)
            memcpy(v->window + a, v->vram + 4 * a, 2);
    }
}

u32 vga_cell(const Vga *v, u32 address)
{
    u32 cell = address & (VGA_CELLS - 1);
    if (v->s.direct == VGA_FLAT)
        return vga_card_cell(v, cell);
    u32 word = vga_load(v->vram, cell);
    if (v->s.direct == VGA_CHAIN4 && !(cell & 3))
        return load_le(v->window + cell, 4);
    if (v->s.direct == VGA_ODD_EVEN && !(cell & 1) && cell < window_size(v))
        return (word & 0xFFFF0000u) | load_le(v->window + cell, 2);
    return word;
}

const u8 *vga_mem_view(Vga *v)
{
    if (v->s.direct == VGA_FLAT)
        return vga_card_view(v);
    if (v->s.direct == VGA_LINEAR)
        vga_dispi_collect(v);
    if (v->s.direct == VGA_MMIO || v->s.direct == VGA_LINEAR)
        return v->vram;
    u32 size = window_size(v);
    bool dirty = v->view_stale;
    if (v->view_stale) {
        memcpy(v->view, v->vram, 4 * VGA_CELLS);
        fold_window(v, v->view, 0, size);
        v->view_stale = false;
    } else {
        for (u32 a = 0; a < size; a += BUS_PAGE_SIZE) {
            if (bus_dirty(v->bus, v->plan.base + a)) {
                fold_window(v, v->view, a, a + BUS_PAGE_SIZE);
                dirty = true;
            }
        }
    }
    if (dirty) {
        bus_clear_dirty(v->bus, v->plan.base, size);
        v->touched = true;
    }
    return v->view;
}

/* ---- what the registers mean ---------------------------------------------------------------- */

static void plan_window(VgaPlan *p, const VgaState *s)
{
    static const u32 base[4] = {0xA0000, 0xA0000, 0xB0000, 0xB8000};
    static const u32 size[4] = {0x20000, 0x10000, 0x8000, 0x8000};
    int select = s->r.gc[GC_MISC] >> 2 & 3;
    bool on = s->enabled == ENABLE_ALL && s->r.misc & 2;
    p->base = base[select];
    p->size = on ? size[select] : 0;
    if (s->dispi.enable & VGA_DISPI_ON) {
        p->base = 0xA0000;
        p->size = on ? 0x10000 : 0;
    }
    p->bank = s->dispi.enable & VGA_DISPI_ON ? s->dispi.bank % BANKS * 0x10000u : 0;
}

/* Memory mode bit 1 clear: the addresses of a card with 64 KiB, where bit 14 takes the place of
 * bit 0. Write mode 3 does not exist. */
static void plan_ega(VgaPlan *p, const VgaRegs *r, const u8 position[2])
{
    u8 select = r->gc[GC_READ_MAP];
    p->position[0] = position[0];
    p->position[1] = position[1];
    p->undriven = 0;
    if (select >> 1 == position[0])
        p->read_plane = select & 1;
    else if (select >> 1 == position[1])
        p->read_plane = 2 | (select & 1);
    else
        p->undriven = 0xFF;
    bool extended = r->seq[SEQ_MEMORY] & 2;
    p->cells = (extended ? r->memory : 1) * 0x4000u - 1;
    if (!extended) {
        p->page_bit = 14;
        p->page = r->gc[GC_MISC] >> 1 & 1;
    }
    if (p->write_mode == 3)
        p->map = 0;
}

static void plan_access(VgaPlan *p, const VgaState *s)
{
    const VgaRegs *r = &s->r;
    const u8 *gc = r->gc;
    bool chain4 = r->seq[SEQ_MEMORY] & 8;
    p->map = plane_bits(r->seq[SEQ_MAP_MASK]);
    p->bit_mask = every_plane(gc[GC_BIT_MASK]);
    p->set = plane_bits(gc[GC_SET]);
    p->set_on = plane_bits(gc[GC_SET_ON]);
    p->compare = plane_bits(gc[GC_COMPARE]);
    p->care = plane_bits(gc[GC_CARE]);
    p->write_mode = gc[GC_MODE] & 3;
    p->read_mode = gc[GC_MODE] >> 3 & 1;
    p->func = gc[GC_FUNCTION] >> 3 & 3;
    p->rotate = gc[GC_FUNCTION] & 7;
    p->read_plane = gc[GC_READ_MAP] & 3;
    p->position[0] = 0;
    p->position[1] = 1;
    p->undriven = 0;
    p->address = chain4                      ? ADDRESS_CHAIN4
                 : !(r->seq[SEQ_MEMORY] & 4) ? ADDRESS_ODD_EVEN
                                             : ADDRESS_PLANAR;
    p->read_address = chain4               ? ADDRESS_CHAIN4
                      : gc[GC_MODE] & 0x10 ? ADDRESS_ODD_EVEN
                                           : ADDRESS_PLANAR;
    p->page_bit = 16;
    p->page = p->size == 0x20000 && gc[GC_MISC] & 2;
    p->cells = VGA_CELLS - 1;
    if (vga_is_ega(r))
        plan_ega(p, r, s->ega.position);
    p->plain = p->write_mode == 0 && !p->func && !p->rotate && !p->set_on && p->bit_mask == ~0u;
}

/* Which window, if any, acts like plain memory: what is written to a byte is read from it, and
 * goes nowhere else. */
static VgaDirect plan_direct(const VgaPlan *p)
{
    if (!p->plain || p->read_mode || p->address != p->read_address || p->cells < 0x7FFF)
        return VGA_MMIO;
    if (p->address == ADDRESS_CHAIN4 && p->size == 0x10000 && p->map == 0xFFFFFFFF)
        return VGA_CHAIN4;
    if (p->address == ADDRESS_ODD_EVEN && p->size == 0x8000 && p->map == 0xFFFF &&
        p->read_plane < 2 && !p->undriven)
        return VGA_ODD_EVEN;
    return VGA_MMIO;
}

static void map_window(Vga *v)
{
    const VgaPlan *p = &v->plan;
    v->mapped_base = p->base;
    v->mapped_size = p->size;
    bus_unmap(v->bus, WINDOWS_BASE, WINDOWS_SIZE);
    bool ok = true;
    if (v->s.direct != VGA_LINEAR)
        vga_dispi_unmap(v);
    if (v->s.direct == VGA_LINEAR)
        ok = vga_dispi_map(v);
    else if (p->size && v->s.direct != VGA_MMIO)
        ok = bus_map_ram(v->bus, p->base, p->size, v->window, 0, "vga-window");
    else if (p->size)
        ok = bus_map_mmio(v->bus, p->base, p->size, &mem_ops, v, "vga");
    if (!ok)
        panic("too many memory regions on the bus: no room for the VGA window");
}

void vga_mem_remap(Vga *v)
{
    if (v->s.direct == VGA_FLAT) {
        vga_card_map(v);
        return;
    }
    v->linear_mapped = true; /* whatever it was: map_window() starts from nothing */
    vga_dispi_unmap(v);
    plan_window(&v->plan, &v->s);
    plan_access(&v->plan, &v->s);
    map_window(v);
}

void vga_mem_update(Vga *v)
{
    if (vga_is_flat(&v->s.r))
        return;
    VgaPlan *p = &v->plan;
    plan_window(p, &v->s);
    plan_access(p, &v->s);
    VgaDirect direct = vga_dispi_linear(&v->s.dispi) ? VGA_LINEAR
                       : vga_dispi_on(v)             ? VGA_MMIO
                                                     : plan_direct(p);
    bool moved = p->base != v->mapped_base || p->size != v->mapped_size;
    /* Each change converts 64 KB. A guest that goes back and forth many times in a frame is better
     * served by the register path until the next retrace. */
    if ((direct != v->s.direct || moved) && v->s.switches >= MAX_SWITCHES && direct != VGA_LINEAR)
        direct = VGA_MMIO;
    if (direct == v->s.direct && !moved)
        return;
    if (v->s.direct == VGA_CHAIN4 || v->s.direct == VGA_ODD_EVEN)
        fold_window(v, v->vram, 0, window_size(v));
    v->s.direct = (u8)direct;
    if (direct == VGA_CHAIN4 || direct == VGA_ODD_EVEN) {
        v->s.switches++;
        unfold_window(v);
        v->view_stale = true;
    }
    v->touched = true;
    map_window(v);
}
