/* seg.c: segment registers and their descriptor caches: look-up in GDT and LDT, the checks of a
 * load, and what is derived from a cache (bounds of fast accesses, stack mask, code mode). Source:
 * Intel SDM vol. 3, chapters 3 and 5; vol. 2, MOV; 80286 PRM chapter 6. */
#include "cpu/protect.h"

/* ---- descriptors ----------------------------------------------------------------------------- */

bool desc_fetch(Cpu *c, u16 sel, Desc *d, u32 *la)
{
    u32 base = c->s.gdtr.base, limit = c->s.gdtr.limit;
    if (sel & 4) {
        if (!(c->s.ldtr.attr & ATTR_P))
            return false;
        base = c->s.ldtr.base;
        limit = c->s.ldtr.limit;
    } else if (sel_null(sel)) {
        return false;
    }
    u32 at = sel & 0xFFF8;
    if (at + 7 > limit)
        return false;
    *la = base + at;
    d->lo = sys_read(c, *la, 4);
    d->hi = sys_read(c, *la + 4, 4);
    if (c->model == CPU_286)
        d->hi &= 0xFFFF; /* the last word is reserved there: 24-bit base, 16-bit limit */
    return true;
}

int desc_system(const Cpu *c, Desc d)
{
    int type = d.hi >> 8 & 15;
    if (desc_segment(d) || (type & TYPE_32BIT && c->model < CPU_386))
        return TYPE_NONE;
    return type;
}

void desc_touch(Cpu *c, Desc *d, u32 la)
{
    if (d->hi & DESC_ACCESSED)
        return;
    d->hi |= DESC_ACCESSED;
    sys_write(c, la + 5, 1, d->hi >> 8);
}

/* ---- what hangs on a cache ------------------------------------------------------------------- */

static bool all_flat(const Cpu *c)
{
    const Seg *ss = &c->s.seg[SEG_SS];
    return protected_mode(c) && ss->attr & ATTR_DB && flat_with(c, SEG_SS, ss);
}

static void update_code(Cpu *c)
{
    const Seg *cs = &c->s.seg[SEG_CS];
    u32 mode = MODE_VALID | (cs->attr & ATTR_DB ? MODE_CODE32 : 0) |
               (c->s.cpl == 3 ? MODE_USER : 0) | (all_flat(c) ? MODE_FLAT : 0);
    u64 key = (u64)cs->base << 32 | cs->limit;
    if (mode == c->code_mode && key == c->cs_key)
        return;
    c->code_mode = mode;
    c->cs_key = key;
    c->attention |= ATT_LOOKUP;
}

static void bound(const Cpu *c, Seg *s, bool protected)
{
    u64 end = (u64)s->limit + 1;
    if (c->model == CPU_8086)
        end = 0x10000; /* a word at FFFFh passes this bound by, and mem.c wraps it */
    s->rend = s->wend = end;
    if (!protected)
        return; /* real and V86 mode check the limit only */
    bool code = s->attr & ATTR_CODE;
    if (!(s->attr & ATTR_P) || (!code && s->attr & ATTR_E) || (code && !(s->attr & ATTR_W)))
        s->rend = 0;
    if (!s->rend || code || !(s->attr & ATTR_W))
        s->wend = 0;
}

void seg_bound(const Cpu *c, Seg *s)
{
    bound(c, s, true);
}

/* What else depends on register `seg`, whose bounds are up to date. */
static void settle(Cpu *c, int seg)
{
    const Seg *s = &c->s.seg[seg];
    if (seg == SEG_SS)
        c->sp_mask = s->attr & ATTR_DB ? 0xFFFFFFFF : 0xFFFF;
    if (seg == SEG_CS || flatness_changes(c, seg, s))
        update_code(c);
}

void seg_update(Cpu *c, int seg)
{
    bound(c, &c->s.seg[seg], protected_mode(c));
    settle(c, seg);
}

void seg_enter_code(Cpu *c, const Seg *cs, int cpl)
{
    Seg *s = &c->s.seg[SEG_CS];
    *s = *cs;
    s->sel = (u16)((s->sel & 0xFFFC) | cpl);
    if (cpl == c->s.cpl)
        update_code(c);
    else
        set_cpl(c, cpl);
}

void set_cpl(Cpu *c, int cpl)
{
    if (c->clock->now > c->usage.since) /* else the past was gone back to */
        c->usage.ring[c->usage.cpl & 3] += c->clock->now - c->usage.since;
    c->usage.cpl = (u8)cpl;
    c->usage.since = c->clock->now;
    c->s.cpl = (u8)cpl;
    c->rtlb = c->mmu.tlb[cpl == 3][0];
    c->wtlb = c->mmu.tlb[cpl == 3][1];
    c->wbytes = c->mmu.code_bytes[cpl == 3];
    c->align_check = cpl == 3 && c->s.cr0 & CR0_AM && c->s.eflags & AC;
    if (c->s.eflags & VIP)
        cpu_look(c);
    update_code(c);
}

void check_eip(Cpu *c, const Seg *cs, u32 eip)
{
    if (eip > cs->limit && c->model != CPU_8086)
        raise_err(c, EX_GP, 0);
}

/* ---- filling caches -------------------------------------------------------------------------- */

void seg_build(Seg *s, u16 sel, Desc d)
{
    memset(s, 0, sizeof *s);
    s->sel = sel;
    s->base = desc_base(d);
    s->limit = desc_limit(d);
    s->attr = desc_attr(d);
}

void seg_commit(Cpu *c, int seg, const Seg *s)
{
    c->s.seg[seg] = *s;
    settle(c, seg);
}

void seg_set_from_desc(Cpu *c, Seg *s, u16 sel, Desc d, u32 la)
{
    if (desc_segment(d))
        desc_touch(c, &d, la);
    seg_build(s, sel, d);
    seg_bound(c, s);
    if (s >= c->s.seg && s < c->s.seg + ARRAY_LEN(c->s.seg))
        settle(c, (int)(s - c->s.seg));
}

/* Base and limit stay, as in the processor: a later load in real mode, which changes neither limit
 * nor attributes, must find the limit that was there. */
void seg_set_null(Cpu *c, int seg, u16 sel)
{
    Seg *s = &c->s.seg[seg];
    s->sel = sel;
    s->attr &= (u16)~ATTR_P;
    seg_update(c, seg);
}

static void load_fixed(Cpu *c, int seg, u16 sel, u16 attr)
{
    Seg *s = &c->s.seg[seg];
    s->sel = sel;
    s->base = (u32)sel << 4;
    s->limit = 0xFFFF;
    s->attr = attr;
    seg_update(c, seg);
}

/* In real mode the processor loads selector and base only, so limits and sizes set in protected
 * mode live on ("unreal mode"). CS is the exception up to the 486: it gets the values of reset
 * with every load. */
void seg_load_real(Cpu *c, int seg, u16 sel)
{
    Seg *s = &c->s.seg[seg];
    if (unlikely(v86(c))) {
        load_fixed(c, seg, sel, ATTR_V86);
        return;
    }
    if (seg != SEG_CS) {
        s->sel = sel;
        s->base = (u32)sel << 4;
        if (unlikely((s->attr & 0xFF) != ATTR_REAL))
            s->attr = (u16)((s->attr & 0xF00) | ATTR_REAL);
        return;
    }
    if (c->model < CPU_PENTIUM && (s->limit != 0xFFFF || s->attr != ATTR_REAL)) {
        load_fixed(c, seg, sel, ATTR_REAL);
        return;
    }
    s->sel = sel;
    s->base = (u32)sel << 4;
    s->attr = (u16)((s->attr & 0xF00) | ATTR_REAL);
    update_code(c);
}

/* ---- the checks of a load (SDM vol. 2, MOV; vol. 3, 5.6 and 5.7) ----------------------------- */

void seg_keep(Cpu *c, u16 sel, int cpl, SegUse use, Desc d, u32 la, Seg *out)
{
    desc_touch(c, &d, la);
    seg_build(out, sel, d);
    seg_bound(c, out);
    seg_remember(c, sel, cpl, use, d, out);
}

void seg_check_stack(Cpu *c, u16 sel, int cpl, int vector, Seg *out)
{
    if (likely(seg_recall(c, sel, cpl, FOR_STACK, out)))
        return;
    Desc d;
    u32 la;
    if (sel_null(sel) || !desc_fetch(c, sel, &d, &la))
        raise_err(c, vector, sel_error(sel));
    if (sel_rpl(sel) != cpl || !desc_writable(d) || desc_dpl(d) != cpl)
        raise_err(c, vector, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_SS, sel_error(sel));
    seg_keep(c, sel, cpl, FOR_STACK, d, la, out);
}

void seg_check_data(Cpu *c, u16 sel, int vector, Seg *out)
{
    if (likely(seg_recall(c, sel, c->s.cpl, FOR_DATA, out)))
        return;
    Desc d;
    u32 la;
    if (!desc_fetch(c, sel, &d, &la) || !desc_readable(d))
        raise_err(c, vector, sel_error(sel));
    bool conforming = desc_code(d) && desc_conforming(d);
    if (!conforming && (sel_rpl(sel) > desc_dpl(d) || c->s.cpl > desc_dpl(d)))
        raise_err(c, vector, sel_error(sel));
    if (!desc_present(d))
        raise_err(c, EX_NP, sel_error(sel));
    seg_keep(c, sel, c->s.cpl, FOR_DATA, d, la, out);
}

void seg_load(Cpu *c, int seg, u16 sel)
{
    if (real_or_v86(c)) {
        seg_load_real(c, seg, sel);
        return;
    }
    Seg s;
    if (seg == SEG_SS) {
        seg_check_stack(c, sel, c->s.cpl, EX_GP, &s);
    } else if (sel_null(sel)) {
        seg_set_null(c, seg, sel);
        return;
    } else {
        seg_check_data(c, sel, EX_GP, &s);
    }
    seg_commit(c, seg, &s);
}
