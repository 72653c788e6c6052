/* tui_panes.c: the panes of the full-screen view. Everything is drawn anew each time; ncurses finds
 * out what really changed. */
#ifdef HAVE_NCURSES

#include "frontend/tui_panes.h"

#include "devices/cp437.h"
#include "frontend/cmd.h"

#include <inttypes.h>

enum { SIDE = 37, GUEST_ROWS = 25, GUEST_COLUMNS = 80 };

/* A line inside a pane, cut at its edge. */
static void put(const Pane *p, int row, int column, int ink, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
static void put(const Pane *p, int row, int column, int ink, const char *fmt, ...)
{
    char text[TUI_WIDTH];
    va_list ap;
    if (row < 0 || row >= p->rows || column >= p->columns)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    attrset(ink == INK_HERE ? A_REVERSE : COLOR_PAIR(ink) | (ink == INK_CHANGED ? A_BOLD : 0));
    mvaddnstr(p->y + row, p->x + column, text, p->columns - column);
    attrset(A_NORMAL);
}

static void title(const Pane *p, const char *text)
{
    attrset(COLOR_PAIR(INK_TITLE));
    mvhline(p->y - 1, p->x, ' ', p->columns);
    mvaddnstr(p->y - 1, p->x + 1, text, p->columns - 2);
    attrset(A_NORMAL);
}

/* ---- registers ----------------------------------------------------------------------------- */

static void registers(Debug *d, const Pane *p)
{
    static const u8 order[8] = {0, 3, 1, 2, 6, 7, 5, 4};
    static const char *const names[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    static const char *const segs[6] = {"es", "cs", "ss", "ds", "fs", "gs"};
    const CpuState *s = &d->pc->cpu.s, *was = &d->seen;
    char flags[120];
    title(p, "Registers");
    for (int n = 0; n < 8; n++) {
        int r = order[n];
        put(p, n / 2, n % 2 * 18, s->r[r] == was->r[r] ? INK_PLAIN : INK_CHANGED, "%s %08x",
            names[r], s->r[r]);
    }
    put(p, 4, 0, s->eip == was->eip ? INK_PLAIN : INK_CHANGED, "eip %08x", s->eip);
    put(p, 4, 18, s->eflags == was->eflags ? INK_PLAIN : INK_CHANGED, "efl %08x", debug_eflags(d));
    debug_flags_text(debug_eflags(d), flags, sizeof flags);
    put(p, 5, 0, s->eflags == was->eflags ? INK_PLAIN : INK_CHANGED, "%s", flags);
    for (int n = 0; n < 6; n++)
        put(p, 6 + n / 3, n % 3 * 12, s->seg[n].sel == was->seg[n].sel ? INK_PLAIN : INK_CHANGED,
            "%s %04x", segs[n], s->seg[n].sel);
    put(p, 8, 0, s->cr0 == was->cr0 ? INK_PLAIN : INK_CHANGED, "cr0 %08x", s->cr0);
    put(p, 8, 18, s->cr3 == was->cr3 ? INK_PLAIN : INK_CHANGED, "cr3 %08x", s->cr3);
    put(p, 9, 0, s->cr2 == was->cr2 ? INK_PLAIN : INK_CHANGED, "cr2 %08x", s->cr2);
    put(p, 9, 18, s->cr4 == was->cr4 ? INK_PLAIN : INK_CHANGED, "cr4 %08x", s->cr4);
}

/* ---- code ---------------------------------------------------------------------------------- */

/* The instruction `lines` before `la`, decoded from a symbol, which is where one begins; `la`:
 * there is no symbol near, or decoding does not arrive. */
static u32 before_by_symbol(Debug *d, u32 la, int lines, bool code32)
{
    u32 last[64], n = 0, at;
    Insn i;
    u8 b[16];
    const Symbol *s = symbols_at(&d->symbols, la - (u32)lines * 4);
    if (!s || la - s->addr > 1000 || lines > 64 || lines < 1)
        return la;
    for (at = s->addr; at < la; n++) {
        int len = debug_decode(d, at, code32, &i, b);
        last[n % (u32)lines] = at;
        if (!len || i.row == d->pc->cpu.decode.bad)
            return la;
        at += (u32)len;
    }
    return at != la || !n ? la : n < (u32)lines ? s->addr : last[n % (u32)lines];
}

/* Code has no way back. Without a symbol this tries some places before `la`, and takes the first
 * from which decoding arrives exactly at it. */
static u32 before(Debug *d, u32 la, int lines, bool code32)
{
    Insn i;
    u8 b[16];
    u32 known = before_by_symbol(d, la, lines, code32);
    if (known != la)
        return known;
    for (u32 back = (u32)lines * 6; back; back--) {
        u32 at = la - back;
        int n = 0;
        while (at - la > 0x80000000u) { /* still below */
            int len = debug_decode(d, at, code32, &i, b);
            if (!len || i.row == d->pc->cpu.decode.bad)
                break;
            at += (u32)len;
            n++;
        }
        if (at == la && n <= lines)
            return la - back;
    }
    return la;
}

static bool shows(Debug *d, u32 top, u32 la, int rows, bool code32)
{
    Insn i;
    u8 b[16];
    for (int n = 0; n < rows; n++) {
        if (top == la)
            return true;
        int len = debug_decode(d, top, code32, &i, b);
        if (!len)
            return false;
        top += (u32)len;
    }
    return false;
}

static bool has_break(const Debug *d, u32 la)
{
    for (int n = 0; n < d->breaks.count; n++) {
        const Break *b = d->breaks.list[n];
        if (b->kind == BREAK_CODE && b->enabled && !b->internal && b->addr == la)
            return true;
    }
    return false;
}

static void code(Debug *d, struct Tui *t, const Pane *p)
{
    const CpuState *s = &d->pc->cpu.s;
    u32 here = debug_pc(d), base = s->seg[SEG_CS].base;
    bool code32 = debug_code32(d);
    char text[300], name[120], head[40];
    title(p, code32 ? "Code, 32-bit" : "Code, 16-bit");
    if (!shows(d, t->code_top, here, p->rows - 2, code32))
        t->code_top = before(d, here, p->rows / 3, code32);
    u32 at = t->code_top;
    for (int row = 0; row < p->rows; row++) {
        u32 eip = code32 ? at - base : (u16)(at - base);
        at = base + eip;
        debug_name_of(d, at, name, sizeof name);
        int len = debug_disasm(d, at, eip, code32, text, sizeof text);
        snprintf(head, sizeof head, code32 ? "%04x:%08x" : "%04x:%04x", s->seg[SEG_CS].sel, eip);
        put(p, row, 0, has_break(d, at) ? INK_BREAK : INK_DIM, has_break(d, at) ? "*" : " ");
        put(p, row, 1, at == here ? INK_HERE : INK_PLAIN, "%-*s", p->columns - 1, "");
        put(p, row, 1, at == here ? INK_HERE : INK_PLAIN, "%s%s  %s", head, name, text);
        if (!len)
            break;
        at += (u32)len;
    }
}

/* ---- stack, memory ------------------------------------------------------------------------- */

static void stack(Debug *d, const Pane *p)
{
    const CpuState *s = &d->pc->cpu.s;
    bool wide = s->seg[SEG_SS].attr & ATTR_DB;
    u32 size = wide ? 4 : 2, sp = wide ? s->r[4] : (u16)s->r[4];
    title(p, "Stack");
    for (int row = 0; row < p->rows; row++, sp += size) {
        u8 b[4] = {0};
        char name[120] = "";
        u32 la = s->seg[SEG_SS].base + sp;
        if (!wide)
            sp = (u16)sp;
        if (!debug_read(d, la, b, size)) {
            put(p, row, 0, INK_DIM, "%04x:%0*x  not mapped", s->seg[SEG_SS].sel, wide ? 8 : 4, sp);
            break;
        }
        u32 v = load_le(b, (int)size);
        if (wide)
            debug_name_of(d, v, name, sizeof name);
        put(p, row, 0, INK_PLAIN, "%04x:%0*x  %0*x%s", s->seg[SEG_SS].sel, wide ? 8 : 4, sp,
            (int)size * 2, v, name);
    }
}

static u32 memory_base(Debug *d, const struct Tui *t)
{
    const CpuState *s = &d->pc->cpu.s;
    bool wide = s->cr0 & CR0_PE && s->seg[SEG_DS].attr & ATTR_DB;
    return t->memory_set ? t->memory
                         : (s->seg[SEG_DS].base + (wide ? s->r[6] : (u16)s->r[6])) & ~15u;
}

void tui_remember(Debug *d, struct Tui *t)
{
    t->was_base = memory_base(d, t);
    for (u32 n = 0; n < TUI_MEMORY; n++)
        t->was_known[n] = debug_read(d, t->was_base + n, &t->was[n], 1);
}

static void memory(Debug *d, struct Tui *t, const Pane *p)
{
    u32 base = memory_base(d, t);
    char head[60];
    snprintf(head, sizeof head, "Memory%s", t->memory_set ? "" : " at DS:SI");
    title(p, head);
    for (int row = 0; row < p->rows; row++) {
        u32 la = base + (u32)row * 16;
        put(p, row, 0, INK_DIM, "%08x", la);
        for (int n = 0; n < 16; n++) {
            u8 b;
            u32 k = la + (u32)n - t->was_base;
            if (!debug_read(d, la + (u32)n, &b, 1)) {
                put(p, row, 10 + 3 * n, INK_DIM, "--");
                continue;
            }
            bool changed = k < TUI_MEMORY && t->was_known[k] && t->was[k] != b;
            put(p, row, 10 + 3 * n, changed ? INK_CHANGED : INK_PLAIN, "%02x", b);
            put(p, row, 59 + n, changed ? INK_CHANGED : INK_DIM, "%c",
                b >= 32 && b < 127 ? b : '.');
        }
    }
}

/* ---- below ---------------------------------------------------------------------------------- */

static void output(struct Tui *t, const Pane *p)
{
    title(p, "Output");
    for (int row = 0; row < p->rows; row++) {
        s64 n = (s64)t->line_count - p->rows - t->scroll + row;
        if (n >= 0 && (u64)n < t->line_count && t->line_count - (u64)n <= TUI_LINES)
            put(p, row, 0, INK_PLAIN, "%s", t->line[n % TUI_LINES]);
    }
}

static void guest_screen(Debug *d, struct Tui *t, const Pane *p)
{
    vga_text(&d->pc->vga, &t->screen);
    const VgaText *v = &t->screen;
    title(p, "Guest's screen");
    if (!v->is_text) {
        put(p, 0, 0, INK_DIM, "(a graphics mode, or blank)");
        return;
    }
    int top = v->cursor_y >= p->rows ? v->cursor_y - p->rows + 1 : 0;
    for (int row = 0; row < p->rows && top + row < v->rows; row++) {
        char line[GUEST_COLUMNS * 2 * 3 + 1];
        size_t n = 0;
        for (int x = 0; x < v->columns && x < GUEST_COLUMNS * 2 && x < p->columns; x++)
            n += (size_t)cp437_utf8((u8)v->cells[(top + row) * v->columns + x], line + n);
        line[n] = 0;
        mvaddstr(p->y + row, p->x, line);
    }
}

static void breakpoints(Debug *d, const Pane *p)
{
    char text[300];
    int row = 0;
    title(p, "Breakpoints");
    for (int n = 0; n < d->breaks.count; n++) {
        const Break *b = d->breaks.list[n];
        if (b->internal)
            continue;
        break_describe(b, text, sizeof text);
        put(p, row++, 0,
            !b->enabled                  ? INK_DIM
            : d->why_number == b->number ? INK_BREAK
                                         : INK_PLAIN,
            "%3d %c %s, hit %" PRIu64 " times", b->number, b->enabled ? 'y' : 'n', text, b->hits);
    }
    if (!row)
        put(p, 0, 0, INK_DIM, "none; `b ADDR` sets one");
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void status(Debug *d)
{
    Pane p = {0, 0, 1, COLS};
    const CpuState *s = &d->pc->cpu.s;
    const char *mode = !(s->cr0 & CR0_PE) ? "real mode"
                       : s->eflags & VM   ? "virtual-8086 mode"
                       : s->cr0 & CR0_PG  ? "protected mode, paged"
                                          : "protected mode";
    put(&p, 0, 0, INK_HERE, "%-*s", COLS, "");
    put(&p, 0, 1, INK_HERE, "glass86  %s, ring %u  instruction %" PRIu64 "  %s", mode, s->cpl,
        d->pc->clock.now,
        !d->stopped ? "RUNNING, Ctrl-C stops"
        : *d->why   ? d->why
                    : "stopped");
}

static void bottom(Debug *d, struct Tui *t, const Pane *p)
{
    if (COLS >= 2 * GUEST_COLUMNS && p->rows > 8) { /* all at once */
        int left = GUEST_COLUMNS + 2, list = p->rows / 3;
        Pane a = {p->y, p->x, p->rows, left - 1},
             b = {p->y, p->x + left, p->rows - list - 1, p->columns - left},
             c = {p->y + b.rows + 1, p->x + left, list, p->columns - left};
        guest_screen(d, t, &a);
        output(t, &b);
        breakpoints(d, &c);
        return;
    }
    switch (t->bottom) {
    case TUI_SCREEN:
        guest_screen(d, t, p);
        break;
    case TUI_BREAKS:
        breakpoints(d, p);
        break;
    default:
        output(t, p);
        break;
    }
}

void tui_panes(Debug *d, struct Tui *t)
{
    erase();
    if (LINES < 16 || COLS < 60) {
        mvaddstr(0, 0, "This window is too small: 60 columns and 16 rows are needed.");
        return;
    }
    int rows = LINES - 2, /* status and command line */
        top = rows * 2 / 5 < 11   ? 11
              : rows * 2 / 5 > 20 ? 20
                                  : rows * 2 / 5;
    int middle = rows > 40 ? 8 : rows > 30 ? 6 : 4, low = rows - top - middle;
    Pane a = {2, 0, top - 1, COLS - SIDE - 1}, b = {2, COLS - SIDE, top - 1, SIDE},
         m = {top + 2, 0, middle - 1, COLS - SIDE + 16},
         k = {top + 2, COLS - SIDE + 17, middle - 1, SIDE - 17},
         l = {top + middle + 2, 0, low - 1, COLS};
    if (COLS - SIDE + 16 > 76) {
        m.columns = 76;
        k.x = 77;
        k.columns = COLS - 77;
    }
    status(d);
    code(d, t, &a);
    registers(d, &b);
    memory(d, t, &m);
    stack(d, &k);
    bottom(d, t, &l);
}

#else
typedef int tui_panes_is_empty; /* ISO C wants something here */
#endif
