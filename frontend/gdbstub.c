/* gdbstub.c: see gdbstub.h. Packets are hostile until checked: lengths, numbers and addresses may
 * be anything,
 * and memory is only peeked, so that no read reaches a device. What is not implemented gets the
 * empty
 * reply, as the protocol wants. */
#include "frontend/gdbstub.h"

#include "cpu/fpu.h"
#include "frontend/chardev.h"
#include "frontend/exit.h"
#include "frontend/expr.h"
#include "frontend/reverse.h"
#include "frontend/say.h"

#include <stdlib.h>

enum {
    PACKET = 16384,
    REGS = 32,
    CORE_REGS = 16,
    SIGINT_GDB = 2,
    SIGTRAP_GDB = 5,
    SIGSEGV_GDB = 11
};

struct Gdb {
    Chardev *dev; /* NULL in tests */
    bool attached, no_ack;
    bool waits; /* gdb waits for a stop reply */
    bool interrupted;
    enum { IDLE, BODY, SUM1, SUM2 } state;
    char in[PACKET + 1];
    size_t in_n;
    u8 sum;
    char sum_text[3];
    char out[2 * PACKET + 64];
    size_t out_n;
    const u8 *rest; /* behind the packet that is being obeyed */
    size_t rest_n;
    u8 late[64]; /* came while it was */
    size_t late_n;
    Script script;          /* what is left of lines that are executed at stops */
    char reply[4 * PACKET]; /* for tests */
    size_t reply_n;
};

/* ---- sending
 * -------------------------------------------------------------------------------------- */

static void raw(struct Gdb *g, const char *s, size_t n)
{
    for (size_t i = 0; i < n && g->dev; i++)
        chardev_put(g->dev, (u8)s[i]);
    if (!g->dev && g->reply_n + n < sizeof g->reply) {
        memcpy(g->reply + g->reply_n, s, n);
        g->reply_n += n;
    }
}

static void begin(struct Gdb *g)
{
    g->out_n = 0;
}

static void put(struct Gdb *g, const char *s)
{
    size_t n = strlen(s);
    if (g->out_n + n < sizeof g->out) {
        memcpy(g->out + g->out_n, s, n);
        g->out_n += n;
    }
}

static void put_byte(struct Gdb *g, u8 v)
{
    char hex[3];
    snprintf(hex, sizeof hex, "%02x", v);
    put(g, hex);
}

static void put_bytes(struct Gdb *g, const void *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_byte(g, ((const u8 *)p)[i]);
}

static void send(struct Gdb *g)
{
    char tail[4];
    u8 sum = 0;
    for (size_t i = 0; i < g->out_n; i++)
        sum = (u8)(sum + (u8)g->out[i]);
    snprintf(tail, sizeof tail, "#%02x", sum);
    raw(g, "$", 1);
    raw(g, g->out, g->out_n);
    raw(g, tail, 3);
    if (g->dev)
        chardev_flush(g->dev);
}

static void reply(struct Gdb *g, const char *s)
{
    begin(g);
    put(g, s);
    send(g);
}

/* ---- reading numbers
 * ------------------------------------------------------------------------------ */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool number(const char **p, u64 *v)
{
    const char *s = *p;
    *v = 0;
    for (; hex_digit(*s) >= 0 && s - *p < 16; s++)
        *v = *v << 4 | (u64)hex_digit(*s);
    bool any = s != *p;
    *p = s;
    return any;
}

static bool separator(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

/* ADDR,LEN */
static bool range(const char **p, u32 *addr, u32 *len)
{
    u64 a, n;
    if (!number(p, &a) || !separator(p, ',') || !number(p, &n) || n > UINT32_MAX)
        return false;
    *addr = (u32)a; /* gdb may extend the sign */
    *len = (u32)n;
    return true;
}

static size_t unhex(const char *s, u8 *out, size_t max)
{
    size_t n = 0;
    for (; n < max && hex_digit(s[0]) >= 0 && hex_digit(s[1]) >= 0; s += 2)
        out[n++] = (u8)(hex_digit(s[0]) << 4 | hex_digit(s[1]));
    return n;
}

/* ---- registers
 * ------------------------------------------------------------------------------------ */

/* Register n, less than REGS, in gdb's order; returns its bytes: 4, or 10 for st0-st7. */
static int get_register(Debug *d, unsigned n, u8 b[10])
{
    static const u8 gpr[8] = {0, 1, 2, 3, 4, 5, 6, 7},
                    segs[6] = {SEG_CS, SEG_SS, SEG_DS, SEG_ES, SEG_FS, SEG_GS};
    const CpuState *s = &d->pc->cpu.s;
    u32 v;
    if (n < 8)
        v = s->r[gpr[n]];
    else if (n == 8)
        v = debug_pc(d);
    else if (n == 9)
        v = debug_eflags(d);
    else if (n < CORE_REGS)
        v = s->seg[segs[n - 10]].sel;
    else if (n < CORE_REGS + 8) {
        unsigned r = (n - CORE_REGS + s->fpu.top) & 7;
        for (int i = 0; i < 8; i++)
            b[i] = (u8)(s->fpu.man[r] >> 8 * i);
        store_le(b + 8, 2, s->fpu.exp[r]);
        return 10;
    } else {
        const u32 fpu[8] = {s->fpu.control,
                            fpu_status_word(&d->pc->cpu),
                            fpu_tag_word(&d->pc->cpu),
                            s->fpu.cs,
                            s->fpu.ip,
                            s->fpu.ds,
                            s->fpu.dp,
                            s->fpu.opcode};
        v = fpu[n - CORE_REGS - 8];
    }
    store_le(b, 4, v);
    return 4;
}

static bool set_register(Debug *d, unsigned n, const u8 *b)
{
    static const char *const segs[6] = {"cs", "ss", "ds", "es", "fs", "gs"};
    CpuState *s = &d->pc->cpu.s;
    u32 v = load_le(b, 4);
    if (n < 8)
        s->r[n] = v;
    else if (n == 8)
        s->eip = v - s->seg[SEG_CS].base;
    else if (n == 9)
        cpu_edit_eflags(&d->pc->cpu, v);
    else if (n < CORE_REGS) {
        int seg = n == 10   ? SEG_CS
                  : n == 11 ? SEG_SS
                  : n == 12 ? SEG_DS
                  : n == 13 ? SEG_ES
                  : n == 14 ? SEG_FS
                            : SEG_GS;
        if (s->seg[seg].sel == (u16)v)
            return true; /* G writes all; what is unchanged keeps its cache */
        u32 linear = debug_pc(d);
        if (!expr_set_register(d, segs[n - 10], 2, v & 0xFFFF))
            return false;
        if (seg == SEG_CS)
            s->eip = linear - s->seg[SEG_CS].base; /* gdb's EIP is linear and has not moved */
        return true;
    } else if (n < CORE_REGS + 8) {
        unsigned r = (n - CORE_REGS + s->fpu.top) & 7;
        s->fpu.man[r] = load_le(b, 4) | (u64)load_le(b + 4, 4) << 32;
        s->fpu.exp[r] = (u16)load_le(b + 8, 2);
    } else {
        unsigned k = n - CORE_REGS - 8;
        if (k == 0)
            s->fpu.control = (u16)v;
        else if (k == 1) {
            s->fpu.status = (u16)(v & ~0x3800u);
            s->fpu.top = v >> 11 & 7;
        } else if (k == 2)
            for (unsigned r = 0; r < 8; r++)
                s->fpu.empty =
                    (u8)((s->fpu.empty & ~(1u << r)) | (unsigned)((v >> 2 * r & 3) == 3) << r);
        else if (k == 3 || k == 5)
            *(k == 3 ? &s->fpu.cs : &s->fpu.ds) = (u16)v;
        else if (k == 4 || k == 6)
            *(k == 4 ? &s->fpu.ip : &s->fpu.dp) = v;
        else
            s->fpu.opcode = v & 0x7FF;
    }
    debug_changed_state(d);
    return true;
}

static void read_all(Debug *d, struct Gdb *g)
{
    u8 b[10];
    begin(g);
    for (unsigned n = 0; n < REGS; n++)
        put_bytes(g, b, (size_t)get_register(d, n, b));
    send(g);
}

static void write_all(Debug *d, struct Gdb *g, const char *p)
{
    u8 b[REGS * 10], *at = b, probe[10];
    size_t n = unhex(p, b, sizeof b);
    bool ok = n >= 4 * CORE_REGS;
    for (unsigned r = 0; ok && r < REGS; r++) {
        size_t len = (size_t)get_register(d, r, probe);
        if ((size_t)(at - b) + len > n)
            break;
        ok = set_register(d, r, at);
        at += len;
    }
    reply(g, ok ? "OK" : "E22");
}

static void read_one(Debug *d, struct Gdb *g, const char *p)
{
    u64 n;
    u8 b[10];
    int len = number(&p, &n) && n < REGS ? get_register(d, (unsigned)n, b) : 0;
    begin(g);
    if (len)
        put_bytes(g, b, (size_t)len);
    else
        put(g, "E22");
    send(g);
}

static void write_one(Debug *d, struct Gdb *g, const char *p)
{
    u64 n;
    u8 b[10], probe[10];
    bool ok = number(&p, &n) && n < REGS && separator(&p, '=') &&
              unhex(p, b, sizeof b) == (size_t)get_register(d, (unsigned)n, probe) &&
              set_register(d, (unsigned)n, b);
    reply(g, ok ? "OK" : "E22");
}

/* ---- memory
 * --------------------------------------------------------------------------------------- */

static void read_memory(Debug *d, struct Gdb *g, const char *p)
{
    u32 addr, len, n = 0;
    u8 b;
    if (!range(&p, &addr, &len)) {
        reply(g, "E22");
        return;
    }
    begin(g);
    for (; n < len && n < PACKET / 2 - 8 && debug_read(d, addr + n, &b, 1); n++)
        put_byte(g, b);
    if (!n && len)
        put(g, "E14");
    send(g);
}

static void write_memory(Debug *d, struct Gdb *g, const char *p, const char *end, bool binary)
{
    static u8 data[PACKET];
    u32 addr, len, n = 0;
    if (!range(&p, &addr, &len) || !separator(&p, ':') || len > sizeof data) {
        reply(g, "E22");
        return;
    }
    if (binary)
        for (; p < end && n < len; p++)
            data[n++] = *p == '}' && p + 1 < end ? (u8)(*++p ^ 0x20) : (u8)*p;
    else
        n = (u32)unhex(p, data, len);
    reply(g, n != len ? "E22" : !len || debug_write(d, addr, data, len) ? "OK" : "E14");
}

/* ---- breakpoints
 * ---------------------------------------------------------------------------------- */

static Break *find_point(Debug *d, BreakKind kind, u32 addr, u32 len, u8 rw)
{
    for (int n = 0; n < d->breaks.count; n++) {
        Break *b = d->breaks.list[n];
        if (b->gdb && b->kind == kind && b->addr == addr && b->rw == rw &&
            (kind == BREAK_CODE || b->len == len))
            return b;
    }
    return NULL;
}

static void point(Debug *d, struct Gdb *g, const char *p, bool on)
{
    static const u8 rights[5] = {0, 0, BREAK_W, BREAK_R, BREAK_R | BREAK_W};
    u64 type;
    u32 addr, len;
    if (!number(&p, &type) || !separator(&p, ',') || !range(&p, &addr, &len)) {
        reply(g, "E22");
        return;
    }
    if (type > 4) {
        reply(g, "");
        return;
    }
    BreakKind kind = type < 2 ? BREAK_CODE : BREAK_WATCH;
    Break *b = find_point(d, kind, addr, len, rights[type]);
    bool ok = true;
    if (!on && b)
        break_delete(d, b);
    if (on && !b) {
        if (kind == BREAK_WATCH && (!len || len > 4096)) {
            reply(g, "E22");
            return;
        }
        b = break_new(d, kind, "gdb");
        if (b) {
            d->breaks.next--;
            b->number = 0;
            b->gdb = true;
            b->addr = addr;
            b->len = len;
            b->rw = rights[type];
        }
        ok = b;
    }
    bool applied = breaks_apply(d);
    if (on && b && !applied) {
        break_delete(d, b);
        breaks_apply(d);
    }
    reply(g, ok && applied ? "OK" : "E28");
}

static void forget_points(Debug *d)
{
    for (int n = d->breaks.count - 1; n >= 0; n--)
        if (d->breaks.list[n]->gdb)
            break_delete(d, d->breaks.list[n]);
    breaks_apply(d);
}

/* ---- queries
 * -------------------------------------------------------------------------------------- */

static const char target[] =
    "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
    "<architecture>i8086</architecture><feature name=\"org.gnu.gdb.i386.core\">"
    "<flags id=\"f\" size=\"4\"><field name=\"CF\" start=\"0\" end=\"0\"/><field name=\"PF\" "
    "start=\"2\" end=\"2\"/>"
    "<field name=\"AF\" start=\"4\" end=\"4\"/><field name=\"ZF\" start=\"6\" end=\"6\"/><field "
    "name=\"SF\" start=\"7\" end=\"7\"/>"
    "<field name=\"TF\" start=\"8\" end=\"8\"/><field name=\"IF\" start=\"9\" end=\"9\"/><field "
    "name=\"DF\" start=\"10\" end=\"10\"/>"
    "<field name=\"OF\" start=\"11\" end=\"11\"/><field name=\"NT\" start=\"14\" "
    "end=\"14\"/><field name=\"RF\" start=\"16\" end=\"16\"/>"
    "<field name=\"VM\" start=\"17\" end=\"17\"/><field name=\"AC\" start=\"18\" "
    "end=\"18\"/></flags>"
#define R32(n, t) "<reg name=\"" n "\" bitsize=\"32\" type=\"" t "\"/>"
#define R80(n)    "<reg name=\"" n "\" bitsize=\"80\" type=\"i387_ext\"/>"
#define RF(n)     "<reg name=\"" n "\" bitsize=\"32\" type=\"int\" group=\"float\"/>"
    R32("eax", "int32") R32("ecx", "int32") R32("edx", "int32") R32("ebx", "int32")
        R32("esp", "data_ptr") R32("ebp", "data_ptr") R32("esi", "int32") R32("edi", "int32")
            R32("eip", "code_ptr") R32("eflags", "f") R32("cs", "int32") R32("ss", "int32")
                R32("ds", "int32") R32("es", "int32") R32("fs", "int32") R32("gs", "int32")
                    R80("st0") R80("st1") R80("st2") R80("st3") R80("st4") R80("st5") R80("st6")
                        R80("st7") RF("fctrl") RF("fstat") RF("ftag") RF("fiseg") RF("fioff")
                            RF("foseg") RF("fooff") RF("fop") "</feature></target>";

static void features(struct Gdb *g, const char *p)
{
    u32 off, len;
    if (!range(&p, &off, &len)) {
        reply(g, "E00");
        return;
    }
    u32 size = sizeof target - 1, n = off < size ? size - off : 0;
    if (n > len)
        n = len;
    if (n > PACKET / 2)
        n = PACKET / 2;
    begin(g);
    put(g, off + n < size ? "m" : "l");
    memcpy(g->out + g->out_n, target + (off < size ? off : 0), n);
    g->out_n += n;
    send(g);
}

/* Text for gdb's console; gdb must wait for a reply. No packet is longer than PacketSize. */
static void say_text(struct Gdb *g, const char *text, size_t size)
{
    enum { PART = PACKET / 4 - 1 };
    for (size_t at = 0; at < size; at += PART) {
        begin(g);
        put(g, "O");
        put_bytes(g, text + at, size - at < PART ? size - at : PART);
        send(g);
    }
}

static void monitor_command(Debug *d, struct Gdb *g, const char *p)
{
    char line[PACKET / 2 + 1], *text = NULL; /* as long as can come; debug_execute() has its say */
    size_t n = unhex(p, (u8 *)line, sizeof line - 1), size = 0;
    line[n] = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        reply(g, "E0c");
        return;
    }
    d->gdb_command = true;
    Script own = {0};
    debug_execute_remote(d, &own, line, out);
    script_drop(&own);
    d->gdb_command = false;
    fclose(out);
    say_text(g, text, size);
    free(text);
    reply(g, "OK");
}

static const char *after(const char *s, const char *head)
{
    size_t n = strlen(head);
    return strncmp(s, head, n) ? NULL : s + n;
}

static void query(Debug *d, struct Gdb *g, const char *p)
{
    const char *rest;
    if (after(p, "qSupported"))
        reply(g, d->session->history
                     ? "PacketSize=2000;qXfer:features:read+;QStartNoAckMode+;vContSupported+;"
                       "ReverseStep+;ReverseContinue+"
                     : "PacketSize=2000;qXfer:features:read+;QStartNoAckMode+;vContSupported+");
    else if ((rest = after(p, "qXfer:features:read:target.xml:")))
        features(g, rest);
    else if (after(p, "qXfer:features:read:"))
        reply(g, "E00"); /* there is no other */
    else if ((rest = after(p, "qRcmd,")))
        monitor_command(d, g, rest);
    else if (!strcmp(p, "qAttached") || after(p, "qAttached:"))
        reply(g, "1");
    else if (!strcmp(p, "qC"))
        reply(g, "QC1");
    else if (!strcmp(p, "qfThreadInfo"))
        reply(g, "m1");
    else if (!strcmp(p, "qsThreadInfo"))
        reply(g, "l");
    else if (!strcmp(p, "QStartNoAckMode")) {
        reply(g, "OK");
        g->no_ack = true;
    } else
        reply(g, "");
}

/* ---- running
 * -------------------------------------------------------------------------------------- */

/* The watch of gdb's that this stop tells of, by the words of debug.c, since the instruction may
 * have made other accesses after it. *at becomes the first byte of the watch that was met: gdb
 * knows it again only by an address within. */
static const Break *watch_met(Debug *d, u32 *at)
{
    char verb[8], value[12];
    u32 addr;
    if (sscanf(d->why, "Watchpoint 0, gdb: %7s 0x%11[0-9a-f] at 0x%x", verb, value, &addr) != 3)
        return NULL;
    u8 rw = strcmp(verb, "writes") ? BREAK_R : BREAK_W;
    EACH_BREAK(d, b)
    {
        bool inside = addr - b->addr < b->len;
        if (!b->gdb || b->kind != BREAK_WATCH || !(b->rw & rw) ||
            (!inside && b->addr - addr >= strlen(value) / 2))
            continue;
        *at = inside ? addr : b->addr;
        return b;
    }
    return NULL;
}

static void say_stop(Debug *d, struct Gdb *g)
{
    char text[64];
    u32 at;
    const Break *w = watch_met(d, &at);
    begin(g);
    snprintf(text, sizeof text, "T%02x",
             d->dead          ? SIGSEGV_GDB
             : g->interrupted ? SIGINT_GDB
                              : SIGTRAP_GDB);
    put(g, text);
    if (w) {
        const char *kind = w->rw == BREAK_R ? "rwatch" : w->rw == BREAK_W ? "watch" : "awatch";
        snprintf(text, sizeof text, "%s:%08x;", kind, at);
        put(g, text);
    }
    if (d->at_beginning)
        put(g, "replaylog:begin;");
    put(g, "thread:1;");
    send(g);
    g->interrupted = false;
    g->waits = false;
}

static void resume(Debug *d, struct Gdb *g, bool step, const char *addr)
{
    u64 at;
    g->waits = true;
    g->interrupted = false;
    if (addr && number(&addr, &at)) {
        d->pc->cpu.s.eip = (u32)at - d->pc->cpu.s.seg[SEG_CS].base;
        debug_changed_state(d);
    }
    if (d->dead) {
        say_stop(d, g);
        return;
    }
    debug_go(d, step ? GO_STEP : GO_RUN, d->pc->clock.now + 1);
}

/* bs, bc: each ends in a stop of its own, which is reported. */
static void backwards(Debug *d, struct Gdb *g, const char *p)
{
    g->waits = true;
    g->interrupted = false;
    debug_settle(d);
    bool known = !strcmp(p, "s") || !strcmp(p, "c");
    if (!known || !d->session->history) {
        g->waits = false;
        reply(g, "");
    } else if (!(*p == 's' ? reverse_step(d, 1) : reverse_continue(d))) {
        say_stop(d, g); /* called off */
    }
}

static void vcont(Debug *d, struct Gdb *g, const char *p)
{
    if (!strcmp(p, "vCont?"))
        reply(g, "vCont;c;C;s;S");
    else if (p[5] == ';' && (p[6] == 'c' || p[6] == 'C' || p[6] == 's' || p[6] == 'S'))
        resume(d, g, (p[6] | 32) == 's', NULL);
    else
        reply(g, "E22");
}

/* The line is gone, or gdb goes. Without a D packet the machine stays as it is, so that gdb can
 * come back. */
static void detach(Debug *d, struct Gdb *g, bool go_on)
{
    g->attached = g->no_ack = g->waits = false;
    script_drop(&g->script);
    forget_points(d);
    if (go_on && d->stopped && !d->console)
        debug_go(d, GO_RUN, 0);
}

static void packet(Debug *d, struct Gdb *g)
{
    const char *p = g->in;
    switch (*p) {
    case '?':
        say_stop(d, g);
        break;
    case 'g':
        read_all(d, g);
        break;
    case 'G':
        write_all(d, g, p + 1);
        break;
    case 'p':
        read_one(d, g, p + 1);
        break;
    case 'P':
        write_one(d, g, p + 1);
        break;
    case 'm':
        read_memory(d, g, p + 1);
        break;
    case 'M':
        write_memory(d, g, p + 1, p + g->in_n, false);
        break;
    case 'X':
        write_memory(d, g, p + 1, p + g->in_n, true);
        break;
    case 'c':
        resume(d, g, false, p + 1);
        break;
    case 's':
        resume(d, g, true, p + 1);
        break;
    case 'H':
    case 'T':
        reply(g, "OK");
        break;
    case 'Z':
        point(d, g, p + 1, true);
        break;
    case 'z':
        point(d, g, p + 1, false);
        break;
    case 'q':
    case 'Q':
        query(d, g, p);
        break;
    case 'D':
        reply(g, "OK");
        detach(d, g, true);
        break;
    case 'k':
        run_end(d->session, EXIT_OK, "killed by gdb");
        break;
    case 'b':
        backwards(d, g, p + 1);
        break;
    case 'v':
        if (after(p, "vCont"))
            vcont(d, g, p);
        else
            reply(g, "");
        break;
    default:
        reply(g, "");
        break;
    }
    debug_settle(d);
}

/* ---- receiving
 * ------------------------------------------------------------------------------------ */

static void attach(Debug *d, struct Gdb *g)
{
    g->attached = true;
    g->state = IDLE;
    if (!d->stopped) {
        snprintf(d->why, sizeof d->why, "gdb has attached");
        d->why_number = 0;
        debug_stopped_now(d);
    }
}

static void complete(Debug *d, struct Gdb *g)
{
    bool good = hex_digit(g->sum_text[0]) >= 0 && hex_digit(g->sum_text[1]) >= 0 &&
                (hex_digit(g->sum_text[0]) << 4 | hex_digit(g->sum_text[1])) == g->sum;
    g->state = IDLE;
    if (!g->no_ack) {
        raw(g, good ? "+" : "-", 1);
        if (!good)
            return;
    }
    g->in[g->in_n] = 0;
    packet(d, g);
}

static void receive(Debug *d, struct Gdb *g, u8 c)
{
    switch (g->state) {
    case IDLE:
        if (c == '$') {
            g->state = BODY;
            g->in_n = 0;
            g->sum = 0;
        } else if (c == 3 && !d->stopped) {
            g->interrupted = true;
            debug_on_interrupt_key(d);
        } else if (c == 3 && g->waits) { /* between two lines of a breakpoint */
            script_drop(&g->script);
            g->interrupted = true;
            say_stop(d, g);
        }
        break;
    case BODY:
        if (c == '#')
            g->state = SUM1;
        else if (c == '$') /* the rest of the last packet was lost */
            g->in_n = 0, g->sum = 0;
        else {
            g->sum = (u8)(g->sum + c);
            if (g->in_n < PACKET)
                g->in[g->in_n++] = (char)c;
        }
        break;
    case SUM1:
        g->sum_text[0] = (char)c;
        g->state = SUM2;
        break;
    case SUM2:
        g->sum_text[1] = (char)c;
        complete(d, g);
        break;
    }
}

void gdbstub_feed(Debug *d, const u8 *bytes, size_t n)
{
    struct Gdb *g = d->gdb;
    for (size_t i = 0; i < n; i++) {
        if (!g->attached && (bytes[i] == '+' || bytes[i] == '-'))
            continue; /* the acknowledgement of a D packet is no new beginning */
        if (!g->attached)
            attach(d, g);
        g->rest = bytes + i + 1;
        g->rest_n = n - i - 1;
        receive(d, g, bytes[i]);
    }
    g->rest_n = 0;
}

/* Acknowledgements may stand before it, and nothing else: gdb waits for a reply. */
static bool has_interrupt(const u8 *bytes, size_t n)
{
    while (n && (*bytes == '+' || *bytes == '-'))
        bytes++, n--;
    return n && *bytes == 3;
}

bool gdbstub_cancels(Debug *d)
{
    struct Gdb *g = d->gdb;
    if (!g || !g->attached || !g->waits || g->interrupted) /* once is enough */
        return false;
    if (g->dev)
        g->late_n += chardev_get(g->dev, g->late + g->late_n, sizeof g->late - g->late_n);
    g->interrupted |= has_interrupt(g->rest, g->rest_n) || has_interrupt(g->late, g->late_n);
    return g->interrupted;
}

/* The lines of the user's breakpoints and of hook-stop. One may let the machine go on; gdb then
 * still waits, and the rest follows at the next stop. */
static void obey_lines(Debug *d, struct Gdb *g)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return;
    d->remote = true;
    debug_execute_remote(d, &g->script, NULL, out);
    d->remote = false;
    fclose(out);
    say_text(g, text, size);
    free(text);
    if (d->stopped)
        say_stop(d, g);
}

void gdbstub_poll(Debug *d)
{
    struct Gdb *g = d->gdb;
    u8 buf[1024];
    if (!g || !g->dev)
        return;
    if (g->attached && g->waits && d->stopped && !script_empty(&g->script))
        obey_lines(d, g);
    size_t n = g->late_n;
    memcpy(buf, g->late, n);
    g->late_n = 0;
    n += chardev_get(g->dev, buf + n, sizeof buf - n);
    gdbstub_feed(d, buf, n);
    chardev_flush(g->dev);
    if (!n && g->attached && !chardev_connected(g->dev)) {
        detach(d, g, false);
        if (!strcmp(d->session->opt->gdb, "stdio")) /* a pipe that nobody can open again */
            run_end(d->session, EXIT_OK, "gdb has gone");
    }
}

void gdbstub_stopped(Debug *d)
{
    struct Gdb *g = d->gdb;
    char *text = NULL;
    size_t size = 0;
    FILE *out = g && g->attached && g->waits ? open_memstream(&text, &size) : NULL;
    if (!out)
        return;
    if (d->why_number || d->dead) /* gdb has its own words for its own */
        debug_tell(d, out, false);
    fclose(out);
    say_text(g, text, size);
    free(text);
    if (g->interrupted) /* Ctrl-C ends also what the lines of a breakpoint go on with */
        script_drop(&g->script);
    else if (!d->console)
        script_take(&g->script, &d->due);
    if (script_empty(&g->script))
        say_stop(d, g);
}

bool gdbstub_say(Debug *d, const char *text, size_t n)
{
    struct Gdb *g = d->gdb;
    if (!g || !g->attached || !g->waits)
        return false;
    say_text(g, text, n);
    return true;
}

bool gdbstub_attached(const Debug *d)
{
    return d->gdb && d->gdb->attached;
}

bool gdbstub_listens(const Debug *d)
{
    return d->gdb && d->gdb->dev;
}

/* ---- life
 * ----------------------------------------------------------------------------------------- */

static struct Gdb *new_stub(void)
{
    struct Gdb *g = calloc(1, sizeof *g);
    if (!g)
        panic("out of host memory for the gdb stub");
    return g;
}

bool gdbstub_open(Debug *d)
{
    const char *spec = d->session->opt->gdb;
    char text[320], err[300];
    if (!spec)
        return true;
    bool socket = !strncmp(spec, "tcp:", 4) || !strncmp(spec, "unix:", 5);
    snprintf(text, sizeof text, "%.300s%s", spec,
             socket && !strstr(spec, ",server") ? ",server" : "");
    d->gdb = new_stub();
    d->gdb->dev = chardev_open(text, "gdb", err, sizeof err);
    if (!d->gdb->dev) {
        say("-gdb: %s", err);
        return false;
    }
    return true;
}

void gdbstub_open_test(Debug *d)
{
    d->gdb = new_stub();
}

const char *gdbstub_reply(Debug *d)
{
    struct Gdb *g = d->gdb;
    g->reply[g->reply_n] = 0;
    g->reply_n = 0;
    return g->reply;
}

void gdbstub_abandon(Debug *d)
{
    struct Gdb *g = d->gdb;
    char err[100];
    if (!g)
        return;
    g->attached = g->waits = false;
    forget_points(d);
    if (g->dev)
        chardev_replace(g->dev, "null", err, sizeof err);
}

void gdbstub_close(Debug *d)
{
    struct Gdb *g = d->gdb;
    if (!g)
        return;
    if (g->attached && g->dev) {
        char text[8];
        snprintf(text, sizeof text, "W%02x", d->session->exit & 0xFF);
        reply(g, text);
    }
    chardev_close(g->dev);
    script_drop(&g->script);
    free(g);
    d->gdb = NULL;
}
