/* expr_regs.c: what can stand behind a $ in an expression: registers and their parts, descriptor
 * caches,
 * single flags, and a few facts about the run. One table serves reading, writing and completion. */
#include "cpu/fpu.h"
#include "frontend/expr.h"

#include <strings.h>

typedef enum {
    R_GPR,
    R_EIP,
    R_EFLAGS,
    R_SEL,
    R_CR,
    R_DR,
    R_FLAG,
    R_CPL,
    R_INSN,
    R_A20,
    R_PE,
    R_PG,
    R_LDTR,
    R_TASK,
    R_TSC,
    R_PC,
    R_IPS,
    R_HALTED,
    R_MM,
    R_FPU,
} Kind;

typedef struct {
    const char *name;
    u8 kind, index, size, shift; /* size in bytes; R_FLAG: index = lowest bit, shift = bits */
} Reg;

static const Reg regs[] = {
    {"eax", R_GPR, 0, 4, 0},       {"ecx", R_GPR, 1, 4, 0},      {"edx", R_GPR, 2, 4, 0},
    {"ebx", R_GPR, 3, 4, 0},       {"esp", R_GPR, 4, 4, 0},      {"ebp", R_GPR, 5, 4, 0},
    {"esi", R_GPR, 6, 4, 0},       {"edi", R_GPR, 7, 4, 0},      {"ax", R_GPR, 0, 2, 0},
    {"cx", R_GPR, 1, 2, 0},        {"dx", R_GPR, 2, 2, 0},       {"bx", R_GPR, 3, 2, 0},
    {"sp", R_GPR, 4, 2, 0},        {"bp", R_GPR, 5, 2, 0},       {"si", R_GPR, 6, 2, 0},
    {"di", R_GPR, 7, 2, 0},        {"al", R_GPR, 0, 1, 0},       {"cl", R_GPR, 1, 1, 0},
    {"dl", R_GPR, 2, 1, 0},        {"bl", R_GPR, 3, 1, 0},       {"ah", R_GPR, 0, 1, 8},
    {"ch", R_GPR, 1, 1, 8},        {"dh", R_GPR, 2, 1, 8},       {"bh", R_GPR, 3, 1, 8},
    {"eip", R_EIP, 0, 4, 0},       {"ip", R_EIP, 0, 2, 0},       {"pc", R_PC, 0, 4, 0},
    {"eflags", R_EFLAGS, 0, 4, 0}, {"flags", R_EFLAGS, 0, 2, 0}, {"es", R_SEL, 0, 2, 0},
    {"cs", R_SEL, 1, 2, 0},        {"ss", R_SEL, 2, 2, 0},       {"ds", R_SEL, 3, 2, 0},
    {"fs", R_SEL, 4, 2, 0},        {"gs", R_SEL, 5, 2, 0},       {"ldtr", R_LDTR, 0, 2, 0},
    {"tr", R_TASK, 0, 2, 0},       {"cr0", R_CR, 0, 4, 0},       {"cr2", R_CR, 2, 4, 0},
    {"cr3", R_CR, 3, 4, 0},        {"cr4", R_CR, 4, 4, 0},       {"dr0", R_DR, 0, 4, 0},
    {"dr1", R_DR, 1, 4, 0},        {"dr2", R_DR, 2, 4, 0},       {"dr3", R_DR, 3, 4, 0},
    {"dr6", R_DR, 6, 4, 0},        {"dr7", R_DR, 7, 4, 0},       {"cf", R_FLAG, 0, 1, 1},
    {"pf", R_FLAG, 2, 1, 1},       {"af", R_FLAG, 4, 1, 1},      {"zf", R_FLAG, 6, 1, 1},
    {"sf", R_FLAG, 7, 1, 1},       {"tf", R_FLAG, 8, 1, 1},      {"if", R_FLAG, 9, 1, 1},
    {"df", R_FLAG, 10, 1, 1},      {"of", R_FLAG, 11, 1, 1},     {"iopl", R_FLAG, 12, 1, 2},
    {"nt", R_FLAG, 14, 1, 1},      {"rf", R_FLAG, 16, 1, 1},     {"vm", R_FLAG, 17, 1, 1},
    {"ac", R_FLAG, 18, 1, 1},      {"vif", R_FLAG, 19, 1, 1},    {"vip", R_FLAG, 20, 1, 1},
    {"id", R_FLAG, 21, 1, 1},      {"cpl", R_CPL, 0, 1, 0},      {"pe", R_PE, 0, 1, 0},
    {"pg", R_PG, 0, 1, 0},         {"a20", R_A20, 0, 1, 0},      {"insn", R_INSN, 0, 8, 0},
    {"tsc", R_TSC, 0, 8, 0},       {"ips", R_IPS, 0, 8, 0},      {"halted", R_HALTED, 0, 1, 0},
    {"mm0", R_MM, 0, 8, 0},        {"mm1", R_MM, 1, 8, 0},       {"mm2", R_MM, 2, 8, 0},
    {"mm3", R_MM, 3, 8, 0},        {"mm4", R_MM, 4, 8, 0},       {"mm5", R_MM, 5, 8, 0},
    {"mm6", R_MM, 6, 8, 0},        {"mm7", R_MM, 7, 8, 0},       {"fctrl", R_FPU, 0, 2, 0},
    {"fstat", R_FPU, 1, 2, 0},     {"ftag", R_FPU, 2, 2, 0},
};

const char *expr_register_name(int n)
{
    return n >= 0 && n < (int)ARRAY_LEN(regs) ? regs[n].name : NULL;
}

static const Reg *find(const char *name, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(regs); i++)
        if (strlen(regs[i].name) == len && !strncasecmp(regs[i].name, name, len))
            return &regs[i];
    return NULL;
}

/* ---- $cs.base and the like
 * ----------------------------------------------------------------------- */

static Seg *cache(CpuState *s, const char *name, size_t len)
{
    const Reg *r = find(name, len);
    if (!r)
        return NULL;
    return r->kind == R_SEL    ? &s->seg[r->index]
           : r->kind == R_LDTR ? &s->ldtr
           : r->kind == R_TASK ? &s->tr
                               : NULL;
}

static bool is(const char *s, size_t n, const char *what)
{
    return strlen(what) == n && !strncasecmp(s, what, n);
}

static bool field(Debug *d, const char *name, size_t len, const char *dot, u64 *v, int *size)
{
    CpuState *s = &d->pc->cpu.s;
    size_t n = (size_t)(dot - name), f = len - n - 1;
    const char *what = dot + 1;
    const TableReg *t = is(name, n, "gdtr") ? &s->gdtr : is(name, n, "idtr") ? &s->idtr : NULL;
    const Seg *g = cache(s, name, n);
    *size = 4;
    if (is(what, f, "base") && (t || g))
        *v = t ? t->base : g->base;
    else if (is(what, f, "limit") && (t || g))
        *v = t ? t->limit : g->limit;
    else if (!g)
        return false;
    else if (is(what, f, "sel"))
        *v = g->sel, *size = 2;
    else if (is(what, f, "attr"))
        *v = g->attr, *size = 2;
    else if (is(what, f, "type"))
        *v = g->attr & 15, *size = 1;
    else if (is(what, f, "dpl"))
        *v = g->attr >> 5 & 3, *size = 1;
    else if (is(what, f, "p"))
        *v = g->attr >> 7 & 1, *size = 1;
    else if (is(what, f, "g"))
        *v = !!(g->attr & ATTR_G), *size = 1;
    else if (is(what, f, "db"))
        *v = !!(g->attr & ATTR_DB), *size = 1;
    else
        return false;
    return true;
}

static u64 ones(int size)
{
    return size >= 8 ? UINT64_MAX : (1ull << (8 * size)) - 1;
}

bool expr_register(Debug *d, const char *name, size_t len, u64 *v, int *size)
{
    CpuState *s = &d->pc->cpu.s;
    const char *dot = memchr(name, '.', len);
    if (dot)
        return field(d, name, len, dot, v, size);
    const Reg *r = find(name, len);
    if (!r)
        return false;
    u64 x = 0;
    switch ((Kind)r->kind) {
    case R_GPR:
        x = s->r[r->index] >> r->shift;
        break;
    case R_EIP:
        x = s->eip;
        break;
    case R_PC:
        x = debug_pc(d);
        break;
    case R_EFLAGS:
        x = debug_eflags(d);
        break;
    case R_SEL:
        x = s->seg[r->index].sel;
        break;
    case R_LDTR:
        x = s->ldtr.sel;
        break;
    case R_TASK:
        x = s->tr.sel;
        break;
    case R_CR:
        x = r->index == 0 ? s->cr0 : r->index == 2 ? s->cr2 : r->index == 3 ? s->cr3 : s->cr4;
        break;
    case R_DR:
        x = s->dr[r->index];
        break;
    case R_FLAG:
        x = debug_eflags(d) >> r->index & ((1u << r->shift) - 1);
        break;
    case R_CPL:
        x = s->cpl;
        break;
    case R_PE:
        x = s->cr0 & CR0_PE;
        break;
    case R_PG:
        x = s->cr0 >> 31;
        break;
    case R_A20:
        x = s->a20;
        break;
    case R_INSN:
        x = d->pc->clock.now;
        break;
    case R_TSC:
        x = d->pc->clock.now + s->tsc_offset;
        break;
    case R_IPS:
        x = d->pc->clock.ips;
        break;
    case R_HALTED:
        x = s->halted;
        break;
    case R_MM:
        x = s->fpu.man[r->index];
        break;
    case R_FPU:
        x = r->index == 0   ? s->fpu.control
            : r->index == 1 ? fpu_status_word(&d->pc->cpu)
                            : fpu_tag_word(&d->pc->cpu);
        break;
    }
    *v = x & ones(r->size);
    *size = r->size;
    return true;
}

/* ---- writing
 * ------------------------------------------------------------------------------------- */

/* A segment register gets the cache that a load in this mode would give it; rights are not
 * checked. */
static bool set_segment(Debug *d, Seg *g, u16 sel)
{
    CpuState *s = &d->pc->cpu.s;
    u8 b[8];
    if (!(s->cr0 & CR0_PE) || s->eflags & VM) {
        g->sel = sel;
        g->base = (u32)sel << 4;
        return true;
    }
    if (!(sel & 0xFFFC)) {
        *g = (Seg){.sel = sel};
        return true;
    }
    if (!expr_descriptor(d, sel, b))
        return false;
    g->sel = sel;
    g->base = expr_descriptor_base(b);
    g->limit = load_le(b, 2) | (u32)(b[6] & 15) << 16;
    if (b[6] & 0x80)
        g->limit = g->limit << 12 | 0xFFF;
    g->attr = (u16)(b[5] | (b[6] & 0xF0) << 4);
    return true;
}

static bool set_field(Debug *d, const char *name, size_t len, const char *dot, u64 v)
{
    CpuState *s = &d->pc->cpu.s;
    size_t n = (size_t)(dot - name), f = len - n - 1;
    const char *what = dot + 1;
    TableReg *t = is(name, n, "gdtr") ? &s->gdtr : is(name, n, "idtr") ? &s->idtr : NULL;
    Seg *g = cache(s, name, n);
    if (is(what, f, "base") && (t || g))
        *(t ? &t->base : &g->base) = (u32)v;
    else if (is(what, f, "limit") && (t || g))
        *(t ? &t->limit : &g->limit) = (u32)v;
    else if (is(what, f, "attr") && g)
        g->attr = (u16)(v & 0xFFF);
    else if (is(what, f, "sel") && g)
        g->sel = (u16)v;
    else
        return debug_fail(d, "$%.*s cannot be set", (int)len, name);
    return true;
}

static bool set_plain(Debug *d, const Reg *r, u64 v)
{
    CpuState *s = &d->pc->cpu.s;
    u32 mask = (u32)ones(r->size) << r->shift;
    switch ((Kind)r->kind) {
    case R_GPR:
        s->r[r->index] = (s->r[r->index] & ~mask) | ((u32)v << r->shift & mask);
        return true;
    case R_EIP:
        s->eip = (s->eip & ~mask) | ((u32)v & mask);
        return true;
    case R_EFLAGS:
        cpu_edit_eflags(&d->pc->cpu, (s->eflags & ~mask) | ((u32)v & mask));
        return true;
    case R_SEL:
        return set_segment(d, &s->seg[r->index], (u16)v);
    case R_LDTR:
        s->ldtr.sel = (u16)v;
        return true;
    case R_TASK:
        s->tr.sel = (u16)v;
        return true;
    case R_CR:
        *(r->index == 0   ? &s->cr0
          : r->index == 2 ? &s->cr2
          : r->index == 3 ? &s->cr3
                          : &s->cr4) = (u32)v;
        return true;
    case R_DR:
        s->dr[r->index] = (u32)v;
        return true;
    case R_MM:
        s->fpu.man[r->index] = v;
        return true;
    case R_FLAG:
        mask = ((1u << r->shift) - 1) << r->index;
        cpu_edit_eflags(&d->pc->cpu, (s->eflags & ~mask) | ((u32)v << r->index & mask));
        return true;
    default:
        return debug_fail(d, "$%s cannot be set", r->name);
    }
}

bool expr_set_register(Debug *d, const char *name, size_t len, u64 v)
{
    const char *dot = memchr(name, '.', len);
    const Reg *r = find(name, len);
    if (d->pc->in_cpu)
        return debug_fail(d, "registers can be set only while the machine is stopped");
    if (!(dot ? set_field(d, name, len, dot, v) : set_plain(d, r, v)))
        return false;
    debug_changed_state(d);
    return true;
}
