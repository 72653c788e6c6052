/* cmd_code.c: commands about code: disassembly, call stack, history, trace, symbols. */
#include "frontend/cmd.h"
#include "frontend/debug_history.h"
#include "frontend/debug_trace.h"
#include "frontend/expr.h"
#include "frontend/golden.h"

#include <stdlib.h>

static bool cmd_disas(Debug *d, const char *args)
{
    u32 addr = d->next_u, n = 10;
    bool by_count = true;
    u32 cs = d->pc->cpu.s.seg[SEG_CS].base, eip_base = cs;
    u16 sel = d->pc->cpu.s.seg[SEG_CS].sel;
    bool att = d->att;
    if (arg_is(&args, "/att"))
        d->att = true;
    else if (arg_is(&args, "/intel"))
        d->att = false;
    if (*args == '/') {
        char *end;
        n = (u32)strtoul(args + 1, &end, 10);
        args = end + strspn(end, "i ");
    }
    if (!*args && !d->went_on)
        addr = debug_pc(d);
    if (*args && *args != ',') {
        Value v;
        if (!expr_parse(d, &args, &v, false))
            return d->att = att, false;
        addr = (u32)v.v;
        if (v.kind == VALUE_FAR) {
            eip_base = addr - v.off;
            sel = v.seg;
        }
    }
    if (*args == ',') {
        if (!arg_length(d, &args, &n))
            return d->att = att, false;
        by_count = false;
    }
    if (!arg_end(d, args) || n > 65536)
        return d->att = att, n > 65536 ? debug_fail(d, "at most 65536") : false;
    u32 start = addr;
    for (u32 k = 0; by_count ? k < n : addr - start < n; k++) {
        char text[300], name[120];
        u8 b[16];
        Insn i;
        int len = debug_decode(d, addr, debug_code32(d), &i, b);
        debug_name_of(d, addr, name, sizeof name);
        if (*name && !strchr(name, '+'))
            fprintf(d->out, "%s:\n", name + 1);
        u32 off = addr - eip_base;
        debug_disasm(d, addr, off, debug_code32(d), text, sizeof text);
        fprintf(d->out, "%s", addr == debug_pc(d) ? "=> " : "   ");
        fprintf(d->out, debug_code32(d) || off > 0xFFFF ? "%04x:%08x  " : "%04x:%04x  ", sel, off);
        for (int m = 0; m < len; m++)
            fprintf(d->out, "%02x", b[m]);
        fprintf(d->out, "%*s%s\n", len < 8 ? 2 * (8 - len) + 1 : 1, "", text);
        if (!len)
            break;
        addr += (u32)len;
    }
    d->next_u = addr;
    d->went_on = true;
    d->att = att;
    return true;
}

/* ---- the calls that led here
 * ------------------------------------------------------------------ */

typedef struct {
    u16 cs;
    u32 base, eip, bp;
} Frame;

/* Is there a call that returns to `eip`? A return address has one in front of it, a near or a far
 * one, or an INT; what only looks like a frame has not. */
static bool called_from(Debug *d, u32 base, u32 eip, bool far)
{
    for (u32 len = 2; len <= 8; len++) {
        Insn i;
        u8 bytes[16];
        if (debug_decode(d, base + eip - len, debug_code32(d), &i, bytes) != (int)len)
            continue;
        const Row *r = &x86_rows[i.row];
        bool is_far = r->operand[0] == O_Ap || r->operand[0] == O_Mp;
        if ((!strcmp(r->name, "call") && is_far == far) || (far && !strncmp(r->name, "int", 3)))
            return true;
    }
    return false;
}

/* Takes the frame at f->bp as one whose words have `size` bytes. */
static bool unwind(Debug *d, const Frame *f, u32 size, bool far, Frame *up)
{
    u8 b[12];
    *up = *f;
    if (!debug_read(d, d->pc->cpu.s.seg[SEG_SS].base + f->bp, b, 3 * size))
        return false;
    up->bp = load_le(b, (int)size);
    up->eip = load_le(b + size, (int)size);
    if (far) {
        up->cs = (u16)load_le(b + 2 * size, 2);
        if (!expr_segment_base(d, up->cs, &up->base))
            return false;
    }
    return called_from(d, up->base, up->eip, far);
}

/* In a prologue, before or behind its push of BP, the frame is not there yet, and BP is still the
 * caller's. */
static bool caller_from_prologue(Debug *d, const Frame *f, Frame *up)
{
    const CpuState *s = &d->pc->cpu.s;
    u32 sp = s->seg[SEG_SS].attr & ATTR_DB ? s->r[4] : s->r[4] & 0xFFFF;
    u8 b[5] = {0}; /* what is in front, and here */
    if (!debug_read(d, f->base + f->eip - 1, b, sizeof b))
        return false;
    bool prefix = b[1] == 0x66, pushed = b[0] == 0x55;
    const u8 *here = b + 1 + prefix;
    bool moves = (here[0] == 0x89 && here[1] == 0xE5) || (here[0] == 0x8B && here[1] == 0xEC);
    if (here[0] != 0x55 && !(pushed && moves))
        return false;
    u32 size = debug_code32(d) != prefix ? 4 : 2;
    for (int far = 0; far < 2; far++) {
        Frame here_would_be = *f;
        here_would_be.bp = sp - (here[0] == 0x55 ? size : 0);
        if (unwind(d, &here_would_be, size, far, up)) {
            up->bp = f->bp;
            return true;
        }
    }
    return false;
}

/* The caller's frame. Compilers of 32-bit code for 16-bit segments save 4 bytes there, too. */
static bool caller(Debug *d, const Frame *f, Frame *up)
{
    u32 own = debug_code32(d) ? 4 : 2;
    for (int try = 0; try < 4; try++)
        if (unwind(d, f, try < 2 ? own : 6 - own, try & 1, up))
            return true;
    return false;
}

/* The place of a frame. A call may be the last instruction of its routine, and its return address
 * already another's: the call's own address tells the name. */
static void frame_name(Debug *d, const Frame *f, bool returned, char *name, size_t size)
{
    u32 linear = f->base + f->eip;
    const Symbol *s = symbols_at(&d->symbols, linear - returned);
    *name = 0;
    if (s && linear != s->addr)
        snprintf(name, size, " <%.80s+%u>", s->name, linear - s->addr);
    else if (s)
        snprintf(name, size, " <%.80s>", s->name);
}

/* Follows the chain of saved frame pointers. */
static bool cmd_bt(Debug *d, const char *args)
{
    const CpuState *s = &d->pc->cpu.s;
    u64 max = 32;
    if ((*args && !arg_number(d, &args, 1000, &max)) || !arg_end(d, args))
        return false;
    bool wide = debug_code32(d), wide_stack = s->seg[SEG_SS].attr & ATTR_DB;
    Frame f = {s->seg[SEG_CS].sel, s->seg[SEG_CS].base, s->eip,
               s->r[5] & (wide_stack ? 0xFFFFFFFF : 0xFFFF)};
    for (u64 n = 0; n <= max; n++) {
        char name[120];
        Frame up;
        frame_name(d, &f, n > 0, name, sizeof name);
        fprintf(d->out, wide ? "#%u  %04x:%08x%s\n" : "#%u  %04x:%04x%s\n", (unsigned)n, f.cs,
                f.eip, name);
        bool early = !n && caller_from_prologue(d, &f, &up);
        if (!early && (!f.bp || !caller(d, &f, &up) || (up.bp <= f.bp && up.bp)))
            break; /* frames lie higher and higher */
        f = up;
    }
    return true;
}

static bool cmd_history(Debug *d, const char *args)
{
    u64 n = 20;
    if ((*args && !arg_number(d, &args, 2000, &n)) || !arg_end(d, args))
        return false;
    history_print(d, (int)n, d->out);
    return true;
}

static bool cmd_trace(Debug *d, const char *args)
{
    TraceOptions o = {.last = UINT32_MAX, .ring = -1};
    char path[300];
    bool on, file = false;
    if (!arg_on_off(d, &args, &on))
        return false;
    while (on && *args) {
        u64 v;
        if (arg_is(&args, "file")) {
            if (!arg_string(d, &args, path, sizeof path))
                return false;
            file = true;
        } else if (arg_is(&args, "regs"))
            o.regs = true;
        else if (arg_is(&args, "mem"))
            o.mem = true;
        else if (arg_is(&args, "ring")) {
            if (!arg_number(d, &args, 3, &v))
                return false;
            o.ring = (int)v;
        } else if (arg_is(&args, "range")) {
            u32 len;
            if (!arg_address(d, &args, &o.first, NULL) || !arg_length(d, &args, &len))
                return false;
            o.last = o.first + len - 1;
        } else
            return debug_fail(d, "`%.30s`: wanted file F, regs, mem, ring N or range A,+LEN", args);
    }
    if (!arg_end(d, args))
        return false;
    if (on)
        return trace_start(d, file ? path : NULL, &o);
    trace_stop(d);
    return true;
}

static bool cmd_sym(Debug *d, const char *args)
{
    char path[300];
    u32 offset = 0;
    if (!arg_string(d, &args, path, sizeof path))
        return false;
    char *at = strrchr(path, '@');
    if (at) {
        const char *p = at + 1;
        *at = 0;
        if (!arg_address(d, &p, &offset, NULL) || !arg_end(d, p))
            return false;
    }
    int n =
        arg_end(d, args) ? symbols_load(&d->symbols, path, offset, d->error, sizeof d->error) : -1;
    if (n >= 0)
        fprintf(d->out, "%d symbols\n", n);
    return n >= 0;
}

static bool cmd_symbol(Debug *d, const char *args)
{
    u32 addr = debug_pc(d);
    char name[120];
    if ((*args && !arg_address(d, &args, &addr, NULL)) || !arg_end(d, args))
        return false;
    debug_name_of(d, addr, name, sizeof name);
    fprintf(d->out, "0x%x%s\n", addr, *name ? name : " has no symbol");
    return true;
}

static bool cmd_golden_record(Debug *d, const char *args)
{
    char path[300];
    return arg_string(d, &args, path, sizeof path) && arg_end(d, args) &&
           golden_record(&d->pc->cpu, path, d->error, sizeof d->error);
}

const Cmd cmds_code[] = {
    {"disas", "u disassemble", "[/att|/intel] [/N] [A] [,+LEN]", cmd_disas,
     "Disassembles 10 or N instructions, or LEN bytes. Without an address at CS:EIP, and then it "
     "goes on",
     COMPLETE_EXPR},
    {"bt", "backtrace where", "[N]", cmd_bt,
     "Shows the calls that led here, by frame pointer: near and far calls, interrupts, in 16-bit "
     "and "
     "32-bit code. It ends where no call is in front of a return address",
     COMPLETE_NOTHING},
    {"history", NULL, "[N]", cmd_history,
     "Shows the last N (20) instructions that were executed. It is always on; a REP shows once",
     COMPLETE_NOTHING},
    {"trace", NULL, "on|off [file F] [regs] [mem] [ring N] [range A,+LEN]", cmd_trace,
     "Writes every instruction, port access and interrupt, to a file or here", COMPLETE_FILE},
    {"golden-record", NULL, "FILE", cmd_golden_record,
     "Appends the instruction at CS:EIP to FILE as a golden test: state before and after, and "
     "memory, found on a copy of the machine (docs/golden-format.md)",
     COMPLETE_FILE},
    {"sym", "symbol-file", "FILE[@OFFSET]", cmd_sym,
     "Loads symbols from an ELF32 file, nm output, or a map of ld, NASM or a DOS linker, OFFSET "
     "higher",
     COMPLETE_FILE},
    {"info symbol", NULL, "[A]", cmd_symbol, "Names the symbol at or before an address",
     COMPLETE_EXPR},
    {0},
};
