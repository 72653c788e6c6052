/* fpu_env.c: x87 control instructions: control, status and tag words, the environment in its four
 * formats, the whole state in the old image and in FXSAVE's. Sources: Intel SDM vol. 1, 8.1
 * (figures 8-9 to 8-12) and 10.5, vol. 2; 80287 manual (FSETPM); 8087 data sheet (interrupt mask).
 */
#include "cpu/fpu.h"

/* ---- words ----------------------------------------------------------------------------------- */

u16 fpu_status_word(const Cpu *c)
{
    return (u16)(c->s.fpu.status | c->s.fpu.top << 11);
}

static void set_status_word(Cpu *c, u16 v)
{
    c->s.fpu.status = v & (u16)~SW_TOP;
    c->s.fpu.top = v >> 11 & 7;
}

enum { TAG_VALID, TAG_ZERO, TAG_SPECIAL, TAG_EMPTY };

/* The processor keeps only empty or not; the rest is found out when asked. */
u16 fpu_tag_word(const Cpu *c)
{
    unsigned word = 0;
    for (unsigned n = 0; n < 8; n++) {
        F80 v = {c->s.fpu.man[n], c->s.fpu.exp[n] & 0x7FFF};
        unsigned tag = TAG_VALID;
        if (c->s.fpu.empty >> n & 1)
            tag = TAG_EMPTY;
        else if (v.exp == 0 && v.man == 0)
            tag = TAG_ZERO;
        else if (v.exp == 0 || v.exp == 0x7FFF || (!(v.man >> 63) && !fpu_old(c)))
            tag = TAG_SPECIAL; /* unnormals were valid once */
        word |= tag << (2 * n);
    }
    return (u16)word;
}

static void set_tag_word(Cpu *c, u16 v)
{
    c->s.fpu.empty = 0;
    for (unsigned n = 0; n < 8; n++)
        if ((v >> (2 * n) & 3) == TAG_EMPTY)
            c->s.fpu.empty |= (u8)(1u << n);
}

void fpu_init(Cpu *c)
{
    c->s.fpu.control = c->model == CPU_8086 ? 0x3FF : 0x37F;
    if (!c->fpu_present)
        c->s.fpu.control = 0;
    c->s.fpu.status = 0;
    c->s.fpu.top = 0;
    c->s.fpu.empty = 0xFF;
    c->s.fpu.ip = c->s.fpu.dp = 0;
    c->s.fpu.cs = c->s.fpu.ds = c->s.fpu.opcode = 0;
    fpu_update_error(c);
}

/* From the Pentium on RESET is not quite FNINIT (SDM vol. 3, table 9-1): everything unmasked,
 * registers zero and valid. */
void fpu_reset(Cpu *c)
{
    fpu_init(c);
    if (c->fpu_present && c->model >= CPU_PENTIUM) {
        c->s.fpu.control = 0x40;
        c->s.fpu.empty = 0;
        fpu_changed(c);
    }
}

/* ---- control instructions -------------------------------------------------------------------- */

void op_fninit(Cpu *c, const Insn *i)
{
    if (fpu_ready_nowait(c))
        fpu_init(c);
}

void op_fnclex(Cpu *c, const Insn *i)
{
    if (!fpu_ready_nowait(c))
        return;
    c->s.fpu.status &= (u16) ~(0x7F | SW_ES | SW_B);
    fpu_update_error(c);
}

void op_fldcw(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_set_control(c, (u16)mem_read(c, i->seg, insn_ea(c, i), 2));
    fpu_update_error(c);
}

void op_fnstcw(Cpu *c, const Insn *i)
{
    if (fpu_ready_nowait(c))
        mem_write(c, i->seg, insn_ea(c, i), 2, c->s.fpu.control);
}

void op_fnstsw(Cpu *c, const Insn *i)
{
    if (fpu_ready_nowait(c))
        mem_write(c, i->seg, insn_ea(c, i), 2, fpu_status_word(c));
}

void op_fnstsw_ax(Cpu *c, const Insn *i)
{
    if (fpu_ready_nowait(c))
        AX = fpu_status_word(c);
}

/* FENI (DB E0), FDISI (DB E1): the 8087's interrupt output; nothing on its successors. */
void op_fneni(Cpu *c, const Insn *i)
{
    if (!fpu_ready_nowait(c) || c->model > CPU_8086)
        return;
    c->s.fpu.control = (u16)((c->s.fpu.control & ~CW_IEM) | (esc_rm(i) ? CW_IEM : 0));
    fpu_update_error(c);
}

/* The 287 must be told that its environment is to have selectors in it; its successors see for
 * themselves. */
void op_fnsetpm(Cpu *c, const Insn *i)
{
    if (fpu_ready_nowait(c) && c->model == CPU_286)
        c->s.fpu.protected287 = 1;
}

void op_fnop(Cpu *c, const Insn *i)
{
    if (fpu_ready(c))
        fpu_note_keep_c1(c, i);
}

void op_fdecstp(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    c->s.fpu.top = (c->s.fpu.top - 1) & 7;
}

void op_fincstp(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    c->s.fpu.top = (c->s.fpu.top + 1) & 7;
}

/* FFREE (DD C0); FFREEP (DF C0), not in the manuals, pops as well. */
void op_ffree(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    fpu_note(c, i);
    c->s.fpu.empty |= (u8)(1u << fpu_phys(c, esc_rm(i)));
    if (i->imm & 0x200)
        fpu_pop(c);
}

/* ---- the environment ------------------------------------------------------------------------- */

typedef struct {
    u32 at; /* offset of the next item */
    int seg;
    int size; /* bytes of an item: 2 or 4 */
} Image;

static bool protected_format(const Cpu *c)
{
    return c->model == CPU_286 ? c->s.fpu.protected287 : protected_mode(c);
}

/* `regs`: the eight registers follow. The whole image is checked before anything happens. */
static Image image(Cpu *c, const Insn *i, bool regs, bool write)
{
    Image m = {insn_ea(c, i), i->seg, osize(i)};
    u32 bytes = 7 * (u32)m.size + (regs ? 80 : 0);
    if (write)
        mem_probe_write(c, m.seg, m.at, bytes);
    else
        mem_probe_read(c, m.seg, m.at, bytes);
    return m;
}

static u32 step(Cpu *c, Image *m, u32 size)
{
    u32 at = m->at;
    m->at = c->model == CPU_8086 ? (u16)(at + size) : at + size;
    return at;
}

/* 32-bit items have ones in unused upper halves. */
static void put_item(Cpu *c, Image *m, u32 v)
{
    mem_write(c, m->seg, step(c, m, (u32)m->size), m->size, v);
}

static u32 get_item(Cpu *c, Image *m)
{
    return mem_read(c, m->seg, step(c, m, (u32)m->size), m->size);
}

static void put_env(Cpu *c, Image *m)
{
    u32 high = 0xFFFF0000;
    u32 ip = c->s.fpu.ip, dp = c->s.fpu.dp;
    put_item(c, m, high | c->s.fpu.control);
    put_item(c, m, high | fpu_status_word(c));
    put_item(c, m, high | fpu_tag_word(c));
    if (protected_format(c)) {
        put_item(c, m, ip);
        put_item(c, m, c->s.fpu.cs | (u32)c->s.fpu.opcode << 16);
        put_item(c, m, dp);
        put_item(c, m, high | c->s.fpu.ds);
        return;
    }
    /* real and virtual-8086 mode: linear addresses, bits 16 and up in the next item, above the
     * opcode */
    ip += (u32)c->s.fpu.cs << 4;
    dp += (u32)c->s.fpu.ds << 4;
    put_item(c, m, high | (ip & 0xFFFF));
    put_item(c, m, (ip >> 16 << 12 & 0x0FFFF000) | c->s.fpu.opcode);
    put_item(c, m, high | (dp & 0xFFFF));
    put_item(c, m, dp >> 16 << 12 & 0x0FFFF000);
}

static void get_env(Cpu *c, Image *m)
{
    fpu_set_control(c, (u16)get_item(c, m));
    set_status_word(c, (u16)get_item(c, m));
    set_tag_word(c, (u16)get_item(c, m));
    u32 ip = get_item(c, m), high_ip = get_item(c, m), dp = get_item(c, m),
        high_dp = get_item(c, m);
    if (protected_format(c)) {
        c->s.fpu.cs = (u16)high_ip;
        if (m->size == 4)
            c->s.fpu.opcode = high_ip >> 16 & 0x7FF;
        c->s.fpu.ds = (u16)high_dp;
        c->s.fpu.ip = ip;
        c->s.fpu.dp = dp;
    } else {
        c->s.fpu.opcode = high_ip & 0x7FF;
        c->s.fpu.cs = c->s.fpu.ds = 0;
        c->s.fpu.ip = (ip & 0xFFFF) | (high_ip >> 12 & 0xFFFF) << 16;
        c->s.fpu.dp = (dp & 0xFFFF) | (high_dp >> 12 & 0xFFFF) << 16;
    }
    fpu_update_error(c);
}

void op_fnstenv(Cpu *c, const Insn *i)
{
    if (!fpu_ready_nowait(c))
        return;
    Image m = image(c, i, false, true);
    put_env(c, &m);
    c->s.fpu.control |= 0x3F;
    fpu_update_error(c);
}

void op_fldenv(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    Image m = image(c, i, false, false);
    get_env(c, &m);
}

void op_fnsave(Cpu *c, const Insn *i)
{
    if (!fpu_ready_nowait(c))
        return;
    Image m = image(c, i, true, true);
    put_env(c, &m);
    for (unsigned n = 0; n < 8; n++) {
        F80 v = fpu_st(c, n);
        mem_write(c, m.seg, step(c, &m, 4), 4, (u32)v.man);
        mem_write(c, m.seg, step(c, &m, 4), 4, (u32)(v.man >> 32));
        mem_write(c, m.seg, step(c, &m, 2), 2, v.exp);
    }
    fpu_init(c);
}

void op_frstor(Cpu *c, const Insn *i)
{
    if (!fpu_ready(c))
        return;
    Image m = image(c, i, true, false);
    get_env(c, &m);
    for (unsigned n = 0; n < 8; n++) {
        unsigned p = fpu_phys(c, n);
        u64 lo = mem_read(c, m.seg, step(c, &m, 4), 4);
        c->s.fpu.man[p] = lo | (u64)mem_read(c, m.seg, step(c, &m, 4), 4) << 32;
        c->s.fpu.exp[p] = (u16)mem_read(c, m.seg, step(c, &m, 2), 2);
    }
}

/* ---- FXSAVE's image -------------------------------------------------------------------------- */

/* The same in every mode, with selectors. A processor without SSE leaves bytes 24-31 (MXCSR) and
 * everything from 160 on alone; reserved bytes below are written as zeros. */
enum { FX_SIZE = 512, FX_REGS = 32, FX_REG = 16 };

/* Where the image is, once nothing stands in its way: unlike FNSAVE and FRSTOR neither way has a
 * look at pending errors. */
static Image fx_image(Cpu *c, const Insn *i, bool write)
{
    if (!c->fpu_present)
        raise_ex(c, EX_UD);
    if (c->s.cr0 & (CR0_EM | CR0_TS))
        raise_ex(c, EX_NM);
    Image m = {insn_ea(c, i), i->seg, 4};
    if (seg_linear(c, m.seg, m.at, FX_SIZE, write) & 15)
        raise_err(c, EX_GP, 0);
    if (write)
        mem_probe_write(c, m.seg, m.at, FX_SIZE);
    else
        mem_probe_read(c, m.seg, m.at, FX_SIZE);
    return m;
}

void op_fxsave(Cpu *c, const Insn *i)
{
    Image m = fx_image(c, i, true);
    u32 base = m.at;
    put_item(c, &m, c->s.fpu.control | (u32)fpu_status_word(c) << 16);
    put_item(c, &m, (u8)~c->s.fpu.empty | (u32)c->s.fpu.opcode << 16);
    put_item(c, &m, c->s.fpu.ip);
    put_item(c, &m, c->s.fpu.cs);
    put_item(c, &m, c->s.fpu.dp);
    put_item(c, &m, c->s.fpu.ds);
    m.at = base + FX_REGS;
    for (unsigned n = 0; n < 8; n++) {
        F80 v = fpu_st(c, n);
        put_item(c, &m, (u32)v.man);
        put_item(c, &m, (u32)(v.man >> 32));
        put_item(c, &m, v.exp);
        put_item(c, &m, 0);
    }
}

void op_fxrstor(Cpu *c, const Insn *i)
{
    Image m = fx_image(c, i, false);
    u32 base = m.at;
    u32 words = get_item(c, &m), tags = get_item(c, &m);
    fpu_set_control(c, (u16)words);
    set_status_word(c, (u16)(words >> 16));
    c->s.fpu.empty = (u8)~tags;
    c->s.fpu.opcode = tags >> 16 & 0x7FF;
    c->s.fpu.ip = get_item(c, &m);
    c->s.fpu.cs = (u16)get_item(c, &m);
    c->s.fpu.dp = get_item(c, &m);
    c->s.fpu.ds = (u16)get_item(c, &m);
    for (unsigned n = 0; n < 8; n++) {
        unsigned p = fpu_phys(c, n);
        m.at = base + FX_REGS + FX_REG * n;
        u64 low = get_item(c, &m);
        c->s.fpu.man[p] = low | (u64)get_item(c, &m) << 32;
        c->s.fpu.exp[p] = (u16)get_item(c, &m);
    }
    fpu_update_error(c);
}
