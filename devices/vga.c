/* vga.c: the IBM VGA as a whole: construction, reset, state sections and what happens at each
 * vertical retrace. The parts are listed in vga_internal.h. Source throughout: IBM PS/2 Video
 * Subsystem technical reference, and for what it leaves open the behaviour that DOS software relies
 * on. */
#include "devices/vga_internal.h"

#include <stdlib.h>

static void *alloc_zeroed(size_t size)
{
    void *p = calloc(size, 1);
    if (!p)
        panic("out of host memory for video memory");
    return p;
}

/* Bits spread to nibbles: four planes' bytes, shifted by plane and or-ed, are then eight pixels. */
static void build_spread(u32 spread[256])
{
    for (u32 byte = 0; byte < 256; byte++) {
        u32 out = 0;
        for (int bit = 0; bit < 8; bit++)
            out |= (byte >> bit & 1) << (4 * bit);
        spread[byte] = out;
    }
}

/* ---- vertical retrace ----------------------------------------------------------------------- */

static void next_raster(Vga *v)
{
    VgaRaster *shown = &v->raster[v->raster_now];
    VgaRaster *before = &v->raster[v->raster_now ^ 1];
    if (shown->count || before->count)
        v->touched = true; /* even if every register is back where it was */
    v->raster_now ^= 1;
    before->top = v->s.r;
    before->count = 0;
    before->broken = false;
}

static void on_retrace(void *ctx, u64 when)
{
    Vga *v = ctx;
    VgaRegs *r = &v->s.r;
    v->s.frames++;
    /* the start address is taken over here: a change made while a frame is on screen shows whole in
     * the next */
    u16 start = (u16)(r->crtc[CRTC_START_HIGH] << 8 | r->crtc[CRTC_START_HIGH + 1]);
    if (r->start != start) {
        r->start = start;
        v->touched = true;
    }
    vga_dispi_retrace(v);
    next_raster(v);
    if (v->s.switches) {
        v->s.switches = 0;
        vga_mem_update(v);
    }
    /* CRTC 11h: bit 4 clear holds the interrupt off, bit 5 set disables it */
    if ((r->crtc[CRTC_RETRACE_END] & 0x30) == 0x10) {
        v->s.irq_pending = 1;
        vga_irq_update(v);
    }
    v->s.retrace_dots += (u64)v->timing.line_dots * v->timing.lines;
    vga_timing_arm(v);
    line_set(&v->frame, true);
    line_set(&v->frame, false);
}

/* ---- life cycle ----------------------------------------------------------------------------- */

void vga_reset(Vga *v)
{
    v->s.r = (VgaRegs){.dac_mask = 0xFF, .card = v->s.r.card, .memory = v->s.r.memory};
    v->s.crtc_index = v->s.seq_index = v->s.gc_index = 0;
    v->s.atc_data = 0;
    v->s.dac_index = v->s.dac_part = v->s.dac_reading = 0;
    v->s.enabled = ENABLE_ALL;
    v->s.status_mux = 0;
    v->s.irq_pending = 0;
    v->s.switches = 0;
    v->s.latch = 0;
    v->s.pen = (VgaPen){0};
    vga_dispi_reset(v);
    v->touched = true;
    vga_irq_update(v);
    if (vga_is_flat(&v->s.r))
        vga_card_reset(v);
    if (vga_is_ega(&v->s.r))
        vga_ega_reset(v);
    vga_mem_update(v);
    vga_timing_update(v);
    v->raster[0].broken = v->raster[1].broken = true;
}

static bool check_state(const void *state, const Clock *clock)
{
    const VgaState *s = state;
    for (int i = 0; i < 256; i++)
        if ((s->r.dac[i][0] | s->r.dac[i][1] | s->r.dac[i][2]) > (s->r.dac_wide ? 255 : 63))
            return false;
    return s->dac_part < 3 && s->direct <= VGA_FLAT && s->r.card <= VGA_CARD_EGA &&
           (s->direct == VGA_FLAT) == vga_is_flat(&s->r) && vga_card_check(s) && vga_ega_check(s) &&
           s->crtc_index < 64 && s->r.atc_index < 64 && vga_dispi_check(&s->dispi) &&
           (s->direct == VGA_LINEAR) == vga_dispi_linear(&s->dispi) && vga_timing_check(s, clock);
}

void vga_init(Vga *v, const VgaConfig *config)
{
    memset(v, 0, sizeof *v);
    v->bus = config->bus;
    v->queue = config->queue;
    v->irq = config->irq;
    v->frame = config->frame;
    v->s.r.card = (u8)config->card;
    v->s.r.memory = 4;
    if (vga_is_ega(&v->s.r)) {
        v->s.r.memory = config->ega_memory;
        v->s.ega.switches = config->ega_switches;
    }
    v->font = config->font;
    v->font_height = config->font_height;
    v->border = config->border;
    v->vram = alloc_zeroed(VGA_MEMORY);
    v->page_serial = alloc_zeroed(VGA_MEMORY_PAGES * sizeof *v->page_serial);
    v->view = alloc_zeroed(4 * VGA_CELLS);
    v->window = alloc_zeroed(VGA_WINDOW);
    snap_add(config->snap, "vga", 4, &v->s, sizeof v->s);
    snap_check(config->snap, check_state);
    snap_add(config->snap, "vga-ram", 2, v->vram, VGA_MEMORY);
    snap_add(config->snap, "vga-window", 1, v->window, VGA_WINDOW);
    event_init(v->queue, &v->retrace, "vga-retrace", on_retrace, v);
    build_spread(v->spread);
    bool ok = vga_is_flat(&v->s.r)  ? vga_card_map_ports(v)
              : vga_is_ega(&v->s.r) ? vga_regs_map(v)
                                    : vga_regs_map(v) && vga_dispi_map_ports(v);
    if (!ok)
        panic("too many port regions on the bus: no room for the VGA");
    vga_timing_derive(v); /* the beam needs a frame to be in before anything asks for it */
    v->s.base_tick = vga_now(v);
    v->s.retrace_dots = v->timing.retrace_line * v->timing.line_dots;
    vga_timing_arm(v);
    vga_reset(v);
}

void vga_free(Vga *v)
{
    free(v->vram);
    free(v->page_serial);
    free(v->view);
    free(v->window);
}

void vga_post_load(Vga *v)
{
    v->raster[0] = (VgaRaster){.top = v->s.r, .broken = true};
    v->raster[1] = v->raster[0];
    v->touched = true;
    v->view_stale = true;
    vga_timing_derive(v);
    vga_timing_arm(v);
    vga_mem_remap(v);
}
