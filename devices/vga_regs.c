/* vga_regs.c: the ports of the VGA.
 *
 *   port       read                      write
 *   3B4/3D4    CRTC index                CRTC index          (3Bx: misc bit 0 clear, 3Dx: set)
 *   3B5/3D5    CRTC data                 CRTC data           (11h bit 7 locks 0-7, but 7 bit 4)
 *   3BA/3DA    input status 1            feature control     (a read resets the 3C0 flip-flop)
 *   3C0        attribute index           index, data in turn
 *   3C1        attribute data            -
 *   3C2        input status 0            miscellaneous output
 *   3C3        video subsystem enable    same, bit 0
 *   3C4 3C5    sequencer index, data     same
 *   3C6        DAC mask                  same
 *   3C7        DAC state (0 wr, 3 rd)    DAC read index
 *   3C8        DAC write index           same
 *   3C9        DAC data, R G B in turn   same
 *   3CA        feature control           -
 *   3CC        miscellaneous output      -
 *   3CE 3CF    graphics index, data      same
 *   46E8       -                         adapter enable, bit 3
 *
 * Bits that a chip does not have read as 0. A register that shows in the picture is changed through
 * show(), which also notes the scan line, so that raster effects can be drawn afterwards. */
#include "devices/vga_internal.h"

/* Which bits the registers have. */
static const VgaRegs vga_bits = {
    .crtc = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0x3F, 0x7F, 0xFF,
             0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xEF, 0xFF},
    .seq = {0x03, 0x3D, 0x0F, 0x3F, 0x0E},
    .gc = {0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF},
    .atc = {0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F,
            0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0xEF, 0xFF, 0x3F, 0x0F, 0x0F},
    .misc = 0xEF,
    .feature = 0x0B,
};

static const VgaRegs *bits_of(const Vga *v)
{
    return vga_is_ega(&v->s.r) ? &vga_ega_bits : &vga_bits;
}

/* ---- changing what is shown ----------------------------------------------------------------- */

static void log_change(Vga *v, const u8 *reg, u8 value)
{
    VgaRaster *now = &v->raster[v->raster_now];
    const VgaTiming *t = &v->timing;
    u32 line, dot;
    if (now->broken)
        return;
    vga_beam(v, &line, &dot);
    /* Nothing is drawn in the middle of a line: what comes in its left half counts for it. Past the
     * retrace the next frame has begun, and it has the value from its top. */
    if (line >= t->retrace_line || line == t->lines - 1)
        line = 0;
    else if (dot >= t->show_dots / 2)
        line++;
    u16 offset = (u16)(reg - (const u8 *)&v->s.r);
    if (line == 0) {
        ((u8 *)&now->top)[offset] = value;
        return;
    }
    if (now->count >= VGA_LOG)
        now->broken = true;
    else
        now->log[now->count++] = (VgaChange){(u16)line, offset, value};
}

/* Stores into a byte of v->s.r; false: nothing changed. */
static bool show(Vga *v, u8 *reg, u8 value)
{
    if (*reg == value)
        return false;
    log_change(v, reg, value);
    *reg = value;
    v->touched = true;
    return true;
}

/* ---- CRTC ----------------------------------------------------------------------------------- */

void vga_irq_update(Vga *v)
{
    line_set(&v->irq, v->s.irq_pending && !(v->s.r.crtc[CRTC_RETRACE_END] & 0x20));
}

/* NOTE: register 3 bit 7 clear makes 10h and 11h read as the light pen's on IBM's card; there is no
 * light pen, and clones always give the retrace registers, as here. */
static u8 crtc_read(const Vga *v)
{
    u8 index = v->s.crtc_index;
    if (index < sizeof v->s.r.crtc)
        return v->s.r.crtc[index];
    switch (index) {
    case 0x22: /* undocumented, used to save the latches: the one that read map select names */
        return (u8)(v->s.latch >> (8 * v->plan.read_plane));
    case 0x24: /* undocumented: the attribute flip-flop */
        return v->s.atc_data ? 0x80 : 0;
    case 0x26: /* undocumented: the attribute index */
        return v->s.r.atc_index;
    default:
        return 0;
    }
}

static void crtc_write(Vga *v, u8 value)
{
    u8 index = v->s.crtc_index;
    u8 *crtc = v->s.r.crtc;
    if (index >= sizeof v->s.r.crtc)
        return;
    value &= bits_of(v)->crtc[index];
    if (index <= 7 && crtc[CRTC_RETRACE_END] & 0x80) {
        if (index != CRTC_OVERFLOW)
            return;
        /* bit 8 of the line compare stays open */
        value = (u8)((crtc[index] & ~0x10) | (value & 0x10));
    }
    bool changed = show(v, &crtc[index], value);
    if (index == CRTC_RETRACE_END) {
        if (!(value & 0x10))
            v->s.irq_pending = 0;
        vga_irq_update(v);
    }
    if (changed)
        vga_timing_update(v);
}

/* ---- sequencer and graphics controller ------------------------------------------------------ */

static u8 seq_read(const Vga *v)
{
    return v->s.seq_index < sizeof v->s.r.seq ? v->s.r.seq[v->s.seq_index] : 0;
}

static void seq_write(Vga *v, u8 value)
{
    u8 index = v->s.seq_index;
    if (index >= sizeof v->s.r.seq)
        return;
    u8 *reg = &v->s.r.seq[index];
    value &= bits_of(v)->seq[index];
    if (index == SEQ_MAP_MASK || index == SEQ_MEMORY) {
        *reg = value; /* of no concern to the picture, and written very often */
        vga_mem_update(v);
    } else if (show(v, reg, value)) {
        vga_timing_update(v);
    }
}

static u8 gc_read(const Vga *v)
{
    return v->s.gc_index < sizeof v->s.r.gc ? v->s.r.gc[v->s.gc_index] : 0;
}

static void gc_write(Vga *v, u8 value)
{
    u8 index = v->s.gc_index;
    if (index >= sizeof v->s.r.gc)
        return;
    u8 *reg = &v->s.r.gc[index];
    if (index == GC_SET || index == GC_SET_ON || index == GC_COMPARE || index == GC_CARE)
        value = vga_plane_nibble(v->plan.position, value);
    value &= bits_of(v)->gc[index];
    if (*reg == value)
        return;
    /* only the shift mode and the graphics bit show */
    if ((index == GC_MODE && (*reg ^ value) & 0x60) || (index == GC_MISC && (*reg ^ value) & 1))
        show(v, reg, value);
    *reg = value;
    vga_mem_update(v);
}

/* ---- attribute controller ------------------------------------------------------------------- */

static u8 atc_read(const Vga *v)
{
    u8 index = v->s.r.atc_index & 0x1F;
    return index < sizeof v->s.r.atc ? v->s.r.atc[index] : 0;
}

static void atc_write(Vga *v, u8 value)
{
    VgaRegs *r = &v->s.r;
    u8 index = r->atc_index & 0x1F;
    v->s.atc_data ^= 1;
    if (v->s.atc_data) { /* it was an index */
        if ((r->atc_index ^ value) & ATC_PAS)
            show(v, &r->atc_index, value & 0x3F);
        r->atc_index = value & 0x3F;
        return;
    }
    if (index >= sizeof r->atc)
        return;
    /* the palette belongs to the display while PAS is set */
    if (index < 0x10 && r->atc_index & ATC_PAS)
        return;
    show(v, &r->atc[index], value & bits_of(v)->atc[index]);
}

/* ---- DAC ------------------------------------------------------------------------------------ */
/* INMOS G171: one address register, one holding register of three bytes. Setting up for reading
 * fetches a colour and steps the address at once; writing stores the colour with the third byte. */

static void dac_fetch(VgaState *s)
{
    memcpy(s->dac_hold, s->r.dac[s->dac_index], 3);
    s->dac_index++;
}

static void dac_set_index(VgaState *s, u8 index, bool reading)
{
    s->dac_index = index;
    s->dac_part = 0;
    s->dac_reading = reading;
    if (reading)
        dac_fetch(s);
}

static u8 dac_read(VgaState *s)
{
    u8 value = s->dac_hold[s->dac_part];
    if (++s->dac_part == 3) {
        s->dac_part = 0;
        dac_fetch(s);
    }
    return value;
}

static void dac_write(Vga *v, u8 value)
{
    VgaState *s = &v->s;
    s->dac_hold[s->dac_part] = s->r.dac_wide ? value : value & 0x3F;
    if (++s->dac_part < 3)
        return;
    s->dac_part = 0;
    for (int i = 0; i < 3; i++)
        show(v, &s->r.dac[s->dac_index][i], s->dac_hold[i]);
    s->dac_index++;
}

/* ---- general registers ---------------------------------------------------------------------- */

/* Switch sense is a comparator on the DAC outputs, by which a BIOS finds out whether a colour
 * monitor loads them: colour 0 bright enough pulls it low. */
static u8 status0(const Vga *v)
{
    const u8 *c = v->s.r.dac[0];
    u8 sense = c[0] + c[1] + c[2] >= 0x4E ? 0 : 0x10;
    return (u8)(sense | (v->s.irq_pending ? 0x80 : 0));
}

static void misc_write(Vga *v, u8 value)
{
    if (show(v, &v->s.r.misc, value & bits_of(v)->misc)) {
        if (vga_is_ega(&v->s.r))
            vga_ega_colours(v);
        vga_timing_update(v);
        vga_mem_update(v);
    }
}

static void enable_write(Vga *v, u8 source, bool on)
{
    v->s.enabled = (u8)((v->s.enabled & ~source) | (on ? source : 0));
    vga_mem_update(v);
}

/* ---- decode --------------------------------------------------------------------------------- */

/* 3Dxh and 3Bxh are the same registers; misc bit 0 says which address answers. Gives the 3Dxh port,
 * or 0 when nobody is home. */
static u32 decode(const Vga *v, u32 port)
{
    if (vga_is_ega(&v->s.r))
        port = vga_ega_decode(port);
    if (port == 0x3C3 || port == 0x46E8)
        return port;
    if (v->s.enabled != ENABLE_ALL)
        return 0;
    if (port >= 0x3C0 && port < 0x3D0)
        return port;
    bool colour = v->s.r.misc & 1;
    if (colour != (port >= 0x3D0))
        return 0;
    return colour ? port : port + 0x20;
}

static u32 vga_port_peek(void *ctx, u32 port, int size)
{
    const Vga *v = ctx;
    const VgaState *s = &v->s;
    port = decode(v, port);
    if (vga_is_ega(&s->r))
        return vga_ega_peek(v, port);
    switch (port) {
    case 0x3C0:
        return s->r.atc_index;
    case 0x3C1:
        return atc_read(v);
    case 0x3C2:
        return status0(v);
    case 0x3C3:
        return s->enabled & ENABLE_3C3 ? 1 : 0;
    case 0x3C4:
        return s->seq_index;
    case 0x3C5:
        return seq_read(v);
    case 0x3C6:
        return s->r.dac_mask;
    case 0x3C7:
        return s->dac_reading ? 3 : 0;
    case 0x3C8:
        return s->dac_index;
    case 0x3C9:
        return s->dac_hold[s->dac_part];
    case 0x3CA:
        return s->r.feature;
    case 0x3CC:
        return s->r.misc;
    case 0x3CE:
        return s->gc_index;
    case 0x3CF:
        return gc_read(v);
    case 0x3D4:
        return s->crtc_index;
    case 0x3D5:
        return crtc_read(v);
    case 0x3DA:
        return vga_status1(v) | s->status_mux;
    default:
        return 0xFF;
    }
}

static u32 vga_port_read(void *ctx, u32 port, int size)
{
    Vga *v = ctx;
    switch (decode(v, port)) {
    case 0x3C9:
        return dac_read(&v->s);
    case 0x3DA:
        v->s.atc_data = 0;
        /* NOTE: bits 4-5 show two of the colour bits now being sent; diagnostics only want to see
         * them move */
        v->s.status_mux ^= 0x30;
        return vga_port_peek(ctx, port, size);
    default:
        return vga_port_peek(ctx, port, size);
    }
}

/* Input status 1, unless reading it does more than move the diagnostic bits. */
static BusSteady steady(void *ctx, u32 port)
{
    const Vga *v = ctx;
    bool holds = decode(v, port) == 0x3DA && !v->s.atc_data;
    return (BusSteady){holds ? vga_status1_until(v) : 0, 0x30};
}

static void vga_port_write(void *ctx, u32 port, int size, u32 value32)
{
    Vga *v = ctx;
    VgaState *s = &v->s;
    u8 value = (u8)value32;
    u32 at = decode(v, port);
    switch (at) {
    case 0x3C0:
        atc_write(v, value);
        break;
    case 0x3C2:
        misc_write(v, value);
        break;
    case 0x3C3:
        enable_write(v, ENABLE_3C3, value & 1);
        break;
    case 0x3C4:
        s->seq_index = value & 7;
        break;
    case 0x3C5:
        seq_write(v, value);
        break;
    case 0x3C6:
        show(v, &s->r.dac_mask, value);
        break;
    case 0x3C7:
        dac_set_index(s, value, true);
        break;
    case 0x3C8:
        dac_set_index(s, value, false);
        break;
    case 0x3C9:
        dac_write(v, value);
        break;
    case 0x3CA:
    case 0x3CC:
        if (vga_is_ega(&s->r))
            vga_ega_write_position(v, at == 0x3CA, value);
        break;
    case 0x3CE:
        s->gc_index = value & 15;
        break;
    case 0x3CF:
        gc_write(v, value);
        break;
    case 0x3D4:
        s->crtc_index = value & 0x3F;
        break;
    case 0x3D5:
        crtc_write(v, value);
        break;
    case 0x3DA:
        s->r.feature = value & bits_of(v)->feature;
        break;
    case 0x3DB:
        vga_pen_clear(v);
        break;
    case 0x3DC:
        vga_pen_set(v);
        break;
    case 0x46E8:
        enable_write(v, ENABLE_46E8, value & 8);
        break;
    }
}

static u32 enable_read(void *ctx, u32 port, int size)
{
    return 0xFF; /* 46E8h is write-only */
}

bool vga_regs_map(Vga *v)
{
    static const BusOps ops = {vga_port_read, vga_port_write, vga_port_peek, 1};
    static const BusOps enable_ops = {enable_read, vga_port_write, NULL, 1};
    bool ok =
        bus_map_port(v->bus, 0x3B4, 2, &ops, v, "vga-crtc-mono") &&
        bus_map_port(v->bus, 0x3BA, 1, &ops, v, "vga-status-mono") &&
        bus_map_port(v->bus, 0x3C0, 16, &ops, v, "vga") &&
        bus_map_port(v->bus, 0x3D4, 2, &ops, v, "vga-crtc") &&
        bus_map_port(v->bus, 0x3DA, 1, &ops, v, "vga-status") &&
        (vga_is_ega(&v->s.r)
             ? bus_map_port(v->bus, 0x3BB, 1, &ops, v, "ega-pen-mono") &&
                   bus_map_port(v->bus, 0x3DB, 2, &ops, v, "ega-pen")
             : bus_map_port(v->bus, 0x46E8, 1, &enable_ops, v, "vga-enable"));
    bus_set_steady(v->bus, 0x3BA, steady);
    bus_set_steady(v->bus, 0x3DA, steady);
    return ok;
}
