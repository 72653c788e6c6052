/* cmd_data.c: commands that show and change registers and memory. */
#include "cpu/fpu.h"
#include "frontend/cmd.h"
#include "frontend/debug_fault.h"
#include "frontend/expr.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- registers
 * ------------------------------------------------------------------------------------ */

static bool cmd_registers(Debug *d, const char *args)
{
    static const u8 order[8] = {0, 3, 1, 2, 6, 7, 5, 4};
    static const char *const names[8] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    static const char *const segs[6] = {"es", "cs", "ss", "ds", "fs", "gs"};
    const CpuState *s = &d->pc->cpu.s;
    char text[120];
    if (!arg_end(d, args))
        return false;
    for (int n = 0; n < 8; n++)
        fprintf(d->out, "%s%c%08x%s", names[order[n]],
                s->r[order[n]] == d->seen.r[order[n]] ? '=' : '*', s->r[order[n]],
                n % 4 == 3 ? "\n" : "  ");
    debug_flags_text(debug_eflags(d), text, sizeof text);
    fprintf(d->out, "eip=%08x  eflags=%08x [%s]\n", s->eip, debug_eflags(d), text);
    for (int n = 0; n < 6; n++)
        fprintf(d->out, "%s=%04x%s", segs[n], s->seg[n].sel, n == 5 ? "" : "  ");
    fprintf(d->out, "  cpl=%u  insn=%" PRIu64 "%s\n", s->cpl, d->pc->clock.now,
            s->halted ? "  halted" : "");
    debug_where(d, d->out);
    return true;
}

static void cache_line(Debug *d, const char *name, const Seg *g)
{
    u8 e[8];
    char text[160];
    u32 limit = g->attr & ATTR_G ? g->limit >> 12 : g->limit;
    store_le(e, 2, limit);
    store_le(e + 2, 2, g->base);
    e[4] = (u8)(g->base >> 16);
    e[5] = (u8)g->attr;
    e[6] = (u8)((limit >> 16 & 15) | (g->attr >> 4 & 0xF0));
    e[7] = (u8)(g->base >> 24);
    descriptor_text(e, text, sizeof text);
    fprintf(d->out, "%-4s %04x  %s\n", name, g->sel, text);
}

static bool cmd_sregs(Debug *d, const char *args)
{
    static const char *const segs[6] = {"es", "cs", "ss", "ds", "fs", "gs"};
    const CpuState *s = &d->pc->cpu.s;
    for (int n = 0; n < 6; n++)
        cache_line(d, segs[n], &s->seg[n]);
    cache_line(d, "ldtr", &s->ldtr);
    cache_line(d, "tr", &s->tr);
    fprintf(d->out, "gdtr       base %08x, limit %04x\nidtr       base %08x, limit %04x\n",
            s->gdtr.base, s->gdtr.limit, s->idtr.base, s->idtr.limit);
    return arg_end(d, args);
}

static void bits_line(Debug *d, const char *name, u32 v, const char *const *bits)
{
    fprintf(d->out, "%s=%08x%s", name, v, v ? " " : "");
    for (int n = 31; n >= 0; n--)
        if (v >> n & 1 && bits[n])
            fprintf(d->out, " %s", bits[n]);
    fputc('\n', d->out);
}

static bool cmd_creg(Debug *d, const char *args)
{
    static const char *const cr0[32] = {
        [0] = "PE",  [1] = "MP",  [2] = "EM",  [3] = "TS",  [4] = "ET", [5] = "NE",
        [16] = "WP", [18] = "AM", [29] = "NW", [30] = "CD", [31] = "PG"};
    static const char *const cr4[32] = {"VME", "PVI", "TSD", "DE", "PSE",
                                        "PAE", "MCE", "PGE", "PCE"};
    const CpuState *s = &d->pc->cpu.s;
    bits_line(d, "cr0", s->cr0, cr0);
    fprintf(d->out,
            "cr2=%08x  the last page fault's address\ncr3=%08x  page directory at phys:0x%08x\n",
            s->cr2, s->cr3, s->cr3 & 0xFFFFF000);
    bits_line(d, "cr4", s->cr4, cr4);
    return arg_end(d, args);
}

static bool cmd_dreg(Debug *d, const char *args)
{
    static const char *const what[4] = {"execution", "writes", "I/O", "reads and writes"};
    static const u8 len[4] = {1, 2, 8, 4};
    const CpuState *s = &d->pc->cpu.s;
    for (int n = 0; n < 4; n++) {
        fprintf(d->out, "dr%d=%08x", n, s->dr[n]);
        if (s->dr[7] >> 2 * n & 3)
            fprintf(d->out, "  %s, %u bytes%s", what[s->dr[7] >> (16 + 4 * n) & 3],
                    len[s->dr[7] >> (18 + 4 * n) & 3], s->dr[6] >> n & 1 ? ", was hit" : "");
        else
            fprintf(d->out, "  off");
        fputc('\n', d->out);
    }
    fprintf(d->out, "dr6=%08x%s%s%s\ndr7=%08x%s\n", s->dr[6],
            s->dr[6] & 0x2000 ? "  BD: debug registers were to be used" : "",
            s->dr[6] & 0x4000 ? "  BS: single step" : "",
            s->dr[6] & 0x8000 ? "  BT: task switch" : "", s->dr[7],
            s->dr[7] & 0x2000 ? "  GD: debug registers are guarded" : "");
    return arg_end(d, args);
}

static void fpu_flags(Debug *d, const char *what, unsigned bits)
{
    static const char *const names[6] = {"invalid",  "denormal",  "zero divide",
                                         "overflow", "underflow", "inexact"};
    fprintf(d->out, "%s", what);
    for (int n = 0; n < 6; n++)
        if (bits >> n & 1)
            fprintf(d->out, " %s%s", names[n], bits >> (n + 1) & 0x3F >> (n + 1) ? "," : "");
    fprintf(d->out, bits & 0x3F ? "\n" : " none\n");
}

static void fpu_words(Debug *d, unsigned control, unsigned status)
{
    static const char *const rounding[4] = {"to nearest", "down", "up", "to zero"},
                             *const precision[4] = {"24", "reserved", "53", "64"};
    fprintf(d->out, "control=%04x  rounds %s, %s bits\n", control, rounding[control >> 10 & 3],
            precision[control >> 8 & 3]);
    fpu_flags(d, "  masked:", control & 0x3F);
    fprintf(d->out, "status=%04x  top=%u%s%s%s%s%s%s\n", status, status >> 11 & 7,
            status & 0x4000 ? " C3" : "", status & 0x400 ? " C2" : "", status & 0x200 ? " C1" : "",
            status & 0x100 ? " C0" : "", status & 0x40 ? ", stack fault" : "",
            status & 0x80 ? ", an error waits" : "");
    fpu_flags(d, "  happened:", status & 0x3F);
}

static bool cmd_fpu(Debug *d, const char *args)
{
    const Fpu *f = &d->pc->cpu.s.fpu;
    if (!arg_end(d, args))
        return false;
    if (!d->pc->cpu.fpu_present) {
        fprintf(d->out, "this machine has no coprocessor\n");
        return true;
    }
    fpu_words(d, f->control, fpu_status_word(&d->pc->cpu));
    for (unsigned n = 0; n < 8; n++) {
        unsigned r = (f->top + n) & 7;
        u16 e = f->exp[r] & 0x7FFF;
        fprintf(d->out, "st%u  %04x %016" PRIx64 "  ", n, f->exp[r], f->man[r]);
        if (f->empty >> r & 1)
            fprintf(d->out, "empty\n");
        else if (e == 0x7FFF)
            fprintf(d->out, f->man[r] << 1    ? "NaN\n"
                            : f->exp[r] >> 15 ? "-infinity\n"
                                              : "+infinity\n");
        else { /* for the eye only */
            long double v = (long double)f->man[r];
            for (int k = e - 16383 - 63; k; k += k < 0 ? 1 : -1)
                v = k < 0 ? v / 2 : v * 2;
            fprintf(d->out, "%s%.19Lg\n", f->exp[r] >> 15 ? "-" : "", v);
        }
    }
    fprintf(d->out, "last instruction %04x:%08x, operand %04x:%08x\n", f->cs, f->ip, f->ds, f->dp);
    return true;
}

/* ---- values
 * --------------------------------------------------------------------------------------- */

static u64 mask_of(const Value *v)
{
    int size = v->size;
    if (!size) /* a negative number that a person wrote */
        return (s64)v->v < 0 && (s64)v->v == (s32)v->v ? 0xFFFFFFFF : UINT64_MAX;
    return size >= 8 ? UINT64_MAX : (1ull << 8 * size) - 1;
}

static bool print_as(Debug *d, const Value *value, char fmt)
{
    u64 v = value->v, m = v & mask_of(value);
    char name[120];
    switch (fmt) {
    case 'x':
        fprintf(d->out, "0x%" PRIx64, m);
        break;
    case 'd':
        if (value->size == 1 || value->size == 2 || value->size == 4)
            v = (u64)(value->size == 1 ? (s8)v : value->size == 2 ? (s16)v : (s64)(s32)v);
        fprintf(d->out, "%" PRId64, (s64)v);
        break;
    case 'u':
        fprintf(d->out, "%" PRIu64, m);
        break;
    case 'o':
        fprintf(d->out, "0%" PRIo64, m);
        break;
    case 'c':
        fprintf(d->out, m >= 32 && m < 127 ? "%u '%c'" : "%u", (unsigned)m & 0xFF, (int)m);
        break;
    case 't':
        for (int n = 63, any = 0; n >= 0; n--)
            if (m >> n & 1 || any || !n) {
                fputc('0' + (m >> n & 1), d->out);
                any = 1;
            }
        break;
    case 'a':
        debug_name_of(d, (u32)m, name, sizeof name);
        fprintf(d->out, "0x%x%s", (u32)m, name);
        break;
    default:
        return debug_fail(d, "format /%c is unknown; there are x d u o t c a", fmt);
    }
    return true;
}

static bool cmd_print(Debug *d, const char *args)
{
    Value v;
    char fmt = 0;
    if (*args == '/') {
        fmt = args[1];
        args += fmt ? 2 : 1;
    }
    if (!*args)
        return debug_fail(d, "print what? e.g. `p/x $eax+1`");
    if (!expr_eval(d, args, &v))
        return false;
    expr_set(d, "_", v.v);
    if (v.kind == VALUE_FAR && !fmt) {
        fprintf(d->out, "%04x:%04x = linear 0x%x\n", v.seg, v.off, (u32)v.v);
        return true;
    }
    if (fmt) {
        if (!print_as(d, &v, fmt))
            return false;
    } else {
        print_as(d, &v, v.size ? 'u' : 'd');
        fprintf(d->out, " (0x%" PRIx64 ")", v.v & mask_of(&v));
    }
    fputc('\n', d->out);
    return true;
}

static bool cmd_set(Debug *d, const char *args)
{
    if (arg_is(&args, "disassembly-flavor") || arg_is(&args, "syntax")) {
        bool att = arg_is(&args, "att");
        if (!att && !arg_is(&args, "intel"))
            return debug_fail(d, "expected intel or att");
        d->att = att;
        return arg_end(d, args);
    }
    if (arg_is(&args, "var") && !*args)
        return debug_fail(d, "set what? e.g. `set $eax=5` or `set byte[0x417]=0x20`");
    return expr_assign(d, args);
}

static bool cmd_display(Debug *d, const char *args)
{
    char line[300];
    if (!*args) {
        for (int i = 0; i < d->display_count; i++) {
            fprintf(d->out, "%d: ", d->display_number[i]);
            if (!debug_execute(d, d->display[i], d->out))
                fprintf(d->out, "%s\n", d->error);
        }
        return true;
    }
    if (d->display_count == DEBUG_DISPLAYS)
        return debug_fail(d, "there are %d displays already", DEBUG_DISPLAYS);
    bool memory = *args == '/' &&
                  (strpbrk(args, "isbhwg") && strpbrk(args, "isbhwg") < args + strcspn(args, " "));
    snprintf(line, sizeof line, memory ? "x%s" : "p%s%s", *args == '/' ? args : " ",
             *args == '/' ? "" : args);
    if (!debug_execute(d, line, d->out))
        return false;
    d->display[d->display_count] = strdup(line);
    d->display_number[d->display_count++] = ++d->display_next;
    return true;
}

static bool cmd_undisplay(Debug *d, const char *args)
{
    u64 n;
    if (!arg_number(d, &args, INT32_MAX, &n) || !arg_end(d, args))
        return false;
    for (int i = 0; i < d->display_count; i++) {
        if (d->display_number[i] != (int)n)
            continue;
        free(d->display[i]);
        d->display_count--;
        memmove(&d->display[i], &d->display[i + 1],
                (size_t)(d->display_count - i) * sizeof *d->display);
        memmove(&d->display_number[i], &d->display_number[i + 1],
                (size_t)(d->display_count - i) * sizeof *d->display_number);
        return true;
    }
    return debug_fail(d, "there is no display %d", (int)n);
}

/* ---- memory
 * --------------------------------------------------------------------------------------- */

typedef struct {
    bool phys;
    u32 addr;
} Place;

static bool get(Debug *d, const Place *p, u32 off, void *dst, u32 n)
{
    if (p->phys)
        debug_read_phys(d, p->addr + off, dst, n);
    else
        return debug_read(d, p->addr + off, dst, n) ||
               debug_fail(d, "linear address 0x%08x is not mapped", p->addr + off);
    return true;
}

/* /NFU. False: d->error. */
static bool x_format(Debug *d, const char **args, u32 *count, char *fmt, int *unit)
{
    static const char units[] = "bhwg";
    *count = 1;
    *fmt = d->x_format[0];
    const char *u = strchr(units, d->x_format[1]);
    *unit = u ? 1 << (u - units) : 1;
    if (**args != '/')
        return true;
    const char *p = *args + 1;
    u64 n = 0;
    for (; *p >= '0' && *p <= '9'; p++)
        n = n > 100000 ? n : n * 10 + (u64)(*p - '0');
    if (p != *args + 1)
        *count = (u32)n;
    for (; *p && *p != ' '; p++) {
        if (strchr("xduotcsia", *p))
            *fmt = *p;
        else if ((u = strchr(units, *p)))
            *unit = 1 << (u - units);
        else
            return debug_fail(d, "`%c` in %.*s: formats are x d u o t c s i a, units b h w g", *p,
                              (int)strcspn(*args, " "), *args);
    }
    if (*count > 65536 || !*count)
        return debug_fail(d, "1 to 65536 units at a time");
    d->x_format[0] = *fmt == 'i' || *fmt == 's' ? 'x' : *fmt;
    d->x_format[1] = units[*unit == 1 ? 0 : *unit == 2 ? 1 : *unit == 4 ? 2 : 3];
    *args = p + strspn(p, " ");
    return true;
}

static void head(Debug *d, const Place *p, u32 off)
{
    char name[120];
    debug_name_of(d, p->addr + off, name, sizeof name);
    fprintf(d->out, p->phys ? "phys:0x%08x:" : "0x%08x%s:", p->addr + off, name);
}

static bool x_strings(Debug *d, const Place *p, u32 count)
{
    u32 off = 0;
    while (count--) {
        u8 c = 0;
        head(d, p, off);
        fputs(" \"", d->out);
        for (int n = 0; n < 200; n++) {
            if (!get(d, p, off++, &c, 1))
                return false;
            if (!c)
                break;
            fprintf(d->out, c >= 32 && c < 127 ? "%c" : "\\x%02x", c);
        }
        fputs("\"\n", d->out);
    }
    d->next_x = p->addr + off;
    return true;
}

static bool x_code(Debug *d, const Place *p, u32 count)
{
    u32 off = 0;
    char text[200];
    if (p->phys)
        return debug_fail(d, "x/i wants a linear address");
    u32 eip_base = d->pc->cpu.s.seg[SEG_CS].base;
    while (count--) {
        int len = debug_disasm(d, p->addr + off, p->addr + off - eip_base, debug_code32(d), text,
                               sizeof text);
        head(d, p, off);
        fprintf(d->out, " %s\n", text);
        if (!len)
            break;
        off += (u32)len;
    }
    d->next_x = p->addr + off;
    return true;
}

static bool x_units(Debug *d, const Place *p, u32 count, char fmt, int unit)
{
    u32 per_line = fmt == 't' ? 4 : unit == 8 ? 2 : 16 / (u32)unit, off = 0;
    Value v = {.size = (u8)unit};
    if (fmt == 'c' || fmt == 'd' || fmt == 'u')
        per_line = 8;
    for (u32 n = 0; n < count; n++, off += (u32)unit) {
        u8 b[8] = {0};
        if (!get(d, p, off, b, (u32)unit)) {
            if (n % per_line)
                fputc('\n', d->out);
            return false;
        }
        v.v = load_le(b, unit > 4 ? 4 : unit) | (unit > 4 ? (u64)load_le(b + 4, 4) << 32 : 0);
        if (n % per_line == 0)
            head(d, p, off);
        fputc(' ', d->out);
        if (fmt == 'x')
            fprintf(d->out, "%0*" PRIx64, unit * 2, v.v);
        else
            print_as(d, &v, fmt);
        if (n % per_line == per_line - 1 || n + 1 == count) {
            if (fmt == 'x' && unit == 1) {
                u32 from = n - n % per_line;
                fprintf(d->out, "%*s  ", (int)(3 * (from + per_line - 1 - n)), "");
                for (u32 k = from; k <= n; k++) {
                    u8 c = 0;
                    get(d, p, k, &c, 1);
                    fputc(c >= 32 && c < 127 ? c : '.', d->out);
                }
            }
            fputc('\n', d->out);
        }
    }
    expr_set(d, "_", p->addr + off - (u32)unit);
    expr_set(d, "__", v.v);
    d->next_x = p->addr + off;
    return true;
}

static bool examine(Debug *d, const char *args, bool phys)
{
    u32 count;
    char fmt;
    int unit;
    Place p = {phys, d->next_x};
    if (!x_format(d, &args, &count, &fmt, &unit))
        return false;
    if (*args && (!arg_address(d, &args, &p.addr, &p.phys) || !arg_end(d, args)))
        return false;
    p.phys |= phys;
    return fmt == 's'   ? x_strings(d, &p, count)
           : fmt == 'i' ? x_code(d, &p, count)
                        : x_units(d, &p, count, fmt, unit);
}

static bool cmd_x(Debug *d, const char *args)
{
    return examine(d, args, false);
}

static bool cmd_xp(Debug *d, const char *args)
{
    return examine(d, args, true);
}

/* ---- find
 * ----------------------------------------------------------------------------------------- */

enum { FIND_MAX = 64, SIEVE_MAX = 1 << 24 };

static bool pattern(Debug *d, const char *args, u8 *out, u32 *n)
{
    char text[256];
    *n = 0;
    if (*args == '"') {
        if (!arg_string(d, &args, text, sizeof text))
            return false;
        *n = (u32)strlen(text);
        memcpy(out, text, *n);
        return arg_end(d, args);
    }
    for (; *args; args += strspn(args, " ,")) {
        u64 v;
        if (*n == 256)
            return debug_fail(d, "at most 256 bytes at a time");
        if (!arg_number(d, &args, 255, &v))
            return false;
        out[(*n)++] = (u8)v;
    }
    return true;
}

/* Begins a search of the kind "what has changed?": every byte of a range is a candidate. */
static bool sieve_start(Debug *d, const Place *p, u32 len)
{
    if (len > SIEVE_MAX)
        return debug_fail(d, "at most 16 MiB at a time");
    free(d->found);
    free(d->found_byte);
    d->found = malloc(len * sizeof *d->found);
    d->found_byte = malloc(len);
    if (!d->found || !d->found_byte)
        panic("out of host memory for find");
    d->found_count = 0;
    d->found_all = p->phys;
    for (u32 n = 0; n < len; n++)
        if (get(d, p, n, &d->found_byte[d->found_count], 1))
            d->found[d->found_count++] = p->addr + n;
    fprintf(d->out, "%u bytes are remembered; `find next changed|same|<|>|=V` narrows them down\n",
            d->found_count);
    return true;
}

static bool sieve_next(Debug *d, const char *args)
{
    u64 v = 0;
    char how;
    if (!d->found)
        return debug_fail(d, "begin with `find A,+LEN`");
    if (arg_is(&args, "changed"))
        how = '!';
    else if (arg_is(&args, "same"))
        how = 's';
    else if (*args == '<' || *args == '>' || *args == '=') {
        how = *args++;
        args += strspn(args, " ");
        bool value = *args || how == '=';
        if (value && !arg_number(d, &args, 255, &v))
            return false;
        if (value)
            how = how == '<' ? 'l' : how == '>' ? 'g' : '=';
    } else
        return debug_fail(d, "expected changed, same, <, >, <V, >V or =V");
    if (!arg_end(d, args))
        return false;
    u32 kept = 0;
    for (u32 n = 0; n < d->found_count; n++) {
        u8 b = 0, old = d->found_byte[n];
        Place p = {d->found_all, d->found[n]};
        if (!get(d, &p, 0, &b, 1))
            continue;
        bool keep = how == '!'   ? b != old
                    : how == 's' ? b == old
                    : how == '<' ? b < old
                    : how == '>' ? b > old
                    : how == 'l' ? b < v
                    : how == 'g' ? b > v
                                 : b == v;
        if (!keep)
            continue;
        d->found[kept] = d->found[n];
        d->found_byte[kept++] = b;
    }
    d->found_count = kept;
    fprintf(d->out, "%u left\n", kept);
    for (u32 n = 0; n < kept && n < 16 && kept <= 256; n++)
        fprintf(d->out, "0x%08x  %02x\n", d->found[n], d->found_byte[n]);
    return true;
}

static bool cmd_find(Debug *d, const char *args)
{
    Place p = {0};
    u32 len, n, hits = 0;
    u8 want[256], have[256];
    if (arg_is(&args, "next"))
        return sieve_next(d, args);
    if (!*args)
        return debug_fail(d, "find where? e.g. `find 0,+0x100000,\"MZ\"`");
    if (!arg_address(d, &args, &p.addr, &p.phys) || !arg_length(d, &args, &len))
        return false;
    args += strspn(args, " ,");
    if (!*args)
        return sieve_start(d, &p, len);
    if (!pattern(d, args, want, &n))
        return false;
    for (u32 off = 0; off + n <= len && hits < FIND_MAX; off++) {
        if (!get(d, &p, off, have, 1) || have[0] != want[0] ||
            (n > 1 && !get(d, &p, off, have, n)) || memcmp(have, want, n))
            continue;
        char name[120];
        debug_name_of(d, p.addr + off, name, sizeof name);
        fprintf(d->out, "0x%08x%s\n", p.addr + off, name);
        expr_set(d, "_", p.addr + off);
        hits++;
    }
    fprintf(d->out, hits == FIND_MAX ? "%u found; there may be more\n" : "%u found\n", hits);
    return true;
}

/* ---- files
 * ---------------------------------------------------------------------------------------- */

static bool cmd_dump(Debug *d, const char *args)
{
    char path[300];
    Place p = {0};
    u32 len;
    if (!arg_string(d, &args, path, sizeof path) || !arg_address(d, &args, &p.addr, &p.phys) ||
        !arg_length(d, &args, &len) || !arg_end(d, args))
        return false;
    FILE *f = fopen(path, "wb");
    if (!f)
        return debug_fail(d, "cannot write %s: %s", path, strerror(errno));
    bool ok = true;
    for (u32 n = 0; ok && n < len; n++) {
        u8 b;
        ok = get(d, &p, n, &b, 1);
        if (ok)
            fputc(b, f);
    }
    bool bad = ferror(f);
    if (fclose(f) || bad)
        return debug_fail(d, "cannot write %s: %s", path, strerror(errno));
    return ok;
}

static bool cmd_restore(Debug *d, const char *args)
{
    char path[300];
    Place p = {0};
    if (!arg_string(d, &args, path, sizeof path) || !arg_address(d, &args, &p.addr, &p.phys) ||
        !arg_end(d, args))
        return false;
    FILE *f = fopen(path, "rb");
    if (!f)
        return debug_fail(d, "cannot read %s: %s", path, strerror(errno));
    u8 buf[4096];
    bool ok = true;
    u32 total = 0;
    for (size_t n; ok && (n = fread(buf, 1, sizeof buf, f)) > 0; total += (u32)n)
        ok = p.phys ? debug_write_phys(d, p.addr + total, buf, (u32)n)
                    : debug_write(d, p.addr + total, buf, (u32)n);
    if (ok && ferror(f)) /* a directory, a disk that gives errors */
        ok = debug_fail(d, "cannot read %s: %s", path, strerror(errno));
    fclose(f);
    if (ok)
        fprintf(d->out, "%u bytes\n", total);
    return ok;
}

const Cmd cmds_registers[] = {
    {"info registers", "r regs", "", cmd_registers,
     "Shows the general registers and flags; a * marks what the last run changed",
     COMPLETE_NOTHING},
    {"info sregs", "sregs", "", cmd_sregs,
     "Shows the segment registers with their descriptor caches in words", COMPLETE_NOTHING},
    {"info creg", "creg", "", cmd_creg, "Shows the control registers, bit by bit",
     COMPLETE_NOTHING},
    {"info dreg", "dreg", "", cmd_dreg, "Shows the guest's debug registers", COMPLETE_NOTHING},
    {"info fpu", "fpu", "", cmd_fpu, "Shows the coprocessor", COMPLETE_NOTHING},
    {"p", "print", "[/FORMAT] E", cmd_print,
     "Prints a value. Formats: x d u o t(binary) c a(address with symbol)", COMPLETE_EXPR},
    {"set", NULL, "$REG=E | byte[A]=E | $VAR=E | syntax intel|att", cmd_set,
     "Changes a register, memory or a variable, or the syntax of disassembly", COMPLETE_EXPR},
    {"display", NULL, "[/FORMAT] [E]", cmd_display,
     "Prints a value, or with /i /s or a unit memory, at every stop", COMPLETE_EXPR},
    {"undisplay", NULL, "N", cmd_undisplay, "Takes a display away", COMPLETE_NOTHING},
    {0},
};

const Cmd cmds_memory[] = {
    {"x", NULL, "[/NFU] [A]", cmd_x,
     "Shows memory: N units of size b h w g (1 2 4 8 bytes) as x d u o t c, strings s, "
     "instructions i, addresses a. Without an address it goes on",
     COMPLETE_EXPR},
    {"xp", NULL, "[/NFU] [PHYS]", cmd_xp, "The same for physical memory", COMPLETE_EXPR},
    {"find", NULL, "A,+LEN,BYTES|\"TEXT\" | A,+LEN | next changed|same|<|>|<V|>V|=V", cmd_find,
     "Searches memory for bytes or a text. Without them remembers the range, and `find next` keeps "
     "the bytes that changed, stayed, fell or rose, or compare so",
     COMPLETE_EXPR},
    {"dump", NULL, "FILE A,+LEN", cmd_dump, "Writes memory to a file", COMPLETE_FILE},
    {"restore", NULL, "FILE A", cmd_restore, "Loads a file into memory", COMPLETE_FILE},
    {0},
};
