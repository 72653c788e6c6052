/* dos21.c: see dos21.h. One table says of every function its name, what it is given and what it
 * returns, as letters that the two switches below put into words. Memory is only peeked, and may
 * hold anything. Source: Ralf Brown's Interrupt List, INT 21h, DOS 1 to 7. */
#include "frontend/dos21.h"

#include <inttypes.h>
#include <stdlib.h>

enum { CALLS = 32, SHOWN = 32, PATH_SHOWN = 128 };

/* A call that has not come back. */
typedef struct {
    u32 back, sp; /* linear address behind the INT, and the stack there */
    u16 ss;
    u32 r[8], ds, es; /* as given; ds, es: bases */
} Call;

struct Dos21 {
    Call call[CALLS];
    int count;
    u32 dta; /* linear; 0: not known yet */
};

/* ---- the table ------------------------------------------------------------------------------- */

/* given: p path at DS:DX   s path at DS:SI   P path at ES:DI   $ text at DS:DX   c character DL
 *        h handle BX   H handle CX   n CX bytes   w data at DS:DX   f FCB at DS:DX   d drive DL
 *        D drive DL, A is 0   b drive BL   a attributes CX   o access AL   k offset CX:DX
 *        v vector AL   > DS:DX   g BX paragraphs   r DX paragraphs   e segment ES
 *        x segment BX   X segment DX   A AL   C code AL   u BX   i text at DS:SI   j records CX
 *        T file time DX, CX
 * returned: e carry tells of an error in AX; the rest is for success
 *        h handle AX   n AX bytes   r the data at DS:DX   c character AL   z the same unless ZF
 *        d drive AL   s segment AX   x segment BX   b ES:BX   p position DX:AX
 *        a attributes CX   j path at DS:SI   f name at the DTA   m date   t time   v version
 *        k space   w AX   C AL   u line at DS:DX   q path at ES:DI   T file time DX, CX */
static const struct {
    const char *name, *given, *returned;
} functions[] = {
    [0x00] = {"terminate", "", ""},
    [0x01] = {"read character", "", "c"},
    [0x02] = {"write character", "c", ""},
    [0x03] = {"read AUX", "", "c"},
    [0x04] = {"write AUX", "c", ""},
    [0x05] = {"write printer", "c", ""},
    [0x06] = {"direct console I/O", "c", "z"},
    [0x07] = {"read character directly", "", "c"},
    [0x08] = {"read character, no echo", "", "c"},
    [0x09] = {"write string", "$", ""},
    [0x0A] = {"buffered input", "", "u"},
    [0x0B] = {"input status", "", "C"},
    [0x0C] = {"flush input and call", "A", "c"},
    [0x0D] = {"reset disks", "", ""},
    [0x0E] = {"select", "D", "C"},
    [0x0F] = {"open (FCB)", "f", "C"},
    [0x10] = {"close (FCB)", "f", "C"},
    [0x11] = {"find first (FCB)", "f", "C"},
    [0x12] = {"find next (FCB)", "f", "C"},
    [0x13] = {"delete (FCB)", "f", "C"},
    [0x14] = {"read sequentially (FCB)", "f", "C"},
    [0x15] = {"write sequentially (FCB)", "f", "C"},
    [0x16] = {"create (FCB)", "f", "C"},
    [0x17] = {"rename (FCB)", "f", "C"},
    [0x18] = {"nothing (CP/M)", "", ""},
    [0x19] = {"current drive", "", "d"},
    [0x1A] = {"set DTA", ">", ""},
    [0x1B] = {"allocation of the default drive", "", "w"},
    [0x1C] = {"allocation of a drive", "d", "w"},
    [0x1D] = {"nothing (CP/M)", "", ""},
    [0x1E] = {"nothing (CP/M)", "", ""},
    [0x1F] = {"parameter block of the default drive", "", "C"},
    [0x20] = {"nothing (CP/M)", "", ""},
    [0x21] = {"read a record (FCB)", "f", "C"},
    [0x22] = {"write a record (FCB)", "f", "C"},
    [0x23] = {"file size (FCB)", "f", "C"},
    [0x24] = {"set random record (FCB)", "f", ""},
    [0x25] = {"set vector", "v>", ""},
    [0x26] = {"create PSP", "X", ""},
    [0x27] = {"read records (FCB)", "fj", "C"},
    [0x28] = {"write records (FCB)", "fj", "C"},
    [0x29] = {"parse file name", "i", "C"},
    [0x2A] = {"get date", "", "m"},
    [0x2B] = {"set date", "", "C"},
    [0x2C] = {"get time", "", "t"},
    [0x2D] = {"set time", "", "C"},
    [0x2E] = {"set verify", "A", ""},
    [0x2F] = {"get DTA", "", "b"},
    [0x30] = {"get version", "", "v"},
    [0x31] = {"stay resident", "Cr", ""},
    [0x32] = {"parameter block of a drive", "d", "C"},
    [0x33] = {"Ctrl-Break", "A", ""},
    [0x34] = {"address of the InDOS flag", "", "b"},
    [0x35] = {"get vector", "v", "b"},
    [0x36] = {"free space", "d", "k"},
    [0x37] = {"switch character", "A", "C"},
    [0x38] = {"country", "A", "e"},
    [0x39] = {"mkdir", "p", "e"},
    [0x3A] = {"rmdir", "p", "e"},
    [0x3B] = {"chdir", "p", "e"},
    [0x3C] = {"create", "pa", "eh"},
    [0x3D] = {"open", "po", "eh"},
    [0x3E] = {"close", "h", "e"},
    [0x3F] = {"read", "hn", "enr"},
    [0x40] = {"write", "hnw", "en"},
    [0x41] = {"delete", "p", "e"},
    [0x42] = {"seek", "hk", "ep"},
    [0x43] = {"attributes", "A", "e"},
    [0x44] = {"ioctl", "A", "ew"},
    [0x45] = {"dup", "h", "eh"},
    [0x46] = {"dup2", "hH", "e"},
    [0x47] = {"current directory", "d", "ej"},
    [0x48] = {"allocate", "g", "es"},
    [0x49] = {"free", "e", "e"},
    [0x4A] = {"resize", "eg", "e"},
    [0x4B] = {"exec", "Ap", "e"},
    [0x4C] = {"exit", "C", ""},
    [0x4D] = {"return code", "", "w"},
    [0x4E] = {"find first", "pa", "ef"},
    [0x4F] = {"find next", "", "ef"},
    [0x50] = {"set PSP", "x", ""},
    [0x51] = {"get PSP", "", "x"},
    [0x52] = {"list of lists", "", "b"},
    [0x53] = {"parameter block from BPB", "", ""},
    [0x54] = {"get verify", "", "C"},
    [0x55] = {"create child PSP", "X", ""},
    [0x56] = {"rename", "pP", "e"},
    [0x57] = {"file time", "A", "e"},
    [0x58] = {"allocation strategy", "Au", "ew"},
    [0x59] = {"extended error", "", "w"},
    [0x5A] = {"create temporary", "pa", "eh"},
    [0x5B] = {"create new", "pa", "eh"},
    [0x5C] = {"lock", "Ah", "e"},
    [0x5D] = {"server calls", "A", "e"},
    [0x5E] = {"network names", "A", "e"},
    [0x5F] = {"network drives", "A", "e"},
    [0x60] = {"true name", "s", "eq"},
    [0x61] = {"nothing", "", ""},
    [0x62] = {"get PSP", "", "x"},
    [0x63] = {"lead bytes", "A", "C"},
    [0x64] = {"look-ahead of devices", "A", ""},
    [0x65] = {"extended country", "A", "e"},
    [0x66] = {"code page", "A", "e"},
    [0x67] = {"handle count", "u", "e"},
    [0x68] = {"commit", "h", "e"},
    [0x69] = {"serial number of a disk", "Ab", "e"},
    [0x6A] = {"commit", "h", "e"},
    [0x6B] = {"nothing", "", ""},
    [0x6C] = {"extended open", "sa", "eh"},
};

typedef struct {
    u8 al;
    const char *name, *given, *returned; /* NULL: as the function's */
} Sub;

static const Sub long_names[] = {
    {0x0D, "reset drive", "", "e"},
    {0x39, "mkdir", "p", "e"},
    {0x3A, "rmdir", "p", "e"},
    {0x3B, "chdir", "p", "e"},
    {0x41, "delete", "p", "e"},
    {0x43, "attributes", "p", "ea"},
    {0x47, "current directory", "d", "ej"},
    {0x4E, "find first", "pa", "eh"},
    {0x4F, "find next", "h", "e"},
    {0x56, "rename", "pP", "e"},
    {0x60, "true name", "s", "eq"},
    {0x6C, "open or create", "sa", "eh"},
    {0xA0, "volume", "p", "e"},
    {0xA1, "end of find", "h", "e"},
    {0xA6, "file by handle", "h", "e"},
    {0xA7, "convert time", "", "e"},
    {0xA8, "short name", "i", "e"},
    {0xA9, "server open", "s", "eh"},
    {0xAA, "substitute drive", "b", "e"},
};

static const Sub ioctls[] = {
    {0x00, "device word", "h", NULL},         {0x01, "set device word", "h", "e"},
    {0x02, "read control", "hn", "en"},       {0x03, "write control", "hn", "en"},
    {0x04, "read drive control", "bn", "en"}, {0x05, "write drive control", "bn", "en"},
    {0x06, "input status", "h", "eC"},        {0x07, "output status", "h", "eC"},
    {0x08, "removable?", "b", NULL},          {0x09, "remote drive?", "b", NULL},
    {0x0A, "remote handle?", "h", NULL},      {0x0B, "sharing retries", "", "e"},
    {0x0C, "character request", "h", "e"},    {0x0D, "block request", "b", "e"},
    {0x0E, "logical drive", "b", "eC"},       {0x0F, "set logical drive", "b", "eC"},
    {0x10, "handle request?", "h", "e"},      {0x11, "drive request?", "b", "e"},
};

static const Sub breaks[] = {
    {0x00, "get Ctrl-Break check", "", ""},  {0x01, "set Ctrl-Break check", "", ""},
    {0x02, "swap Ctrl-Break check", "", ""}, {0x05, "boot drive", "", ""},
    {0x06, "true version", "", ""},
};

static const Sub attribute_calls[] = {{0x00, "get", "p", "ea"}, {0x01, "set", "pa", "e"}};

static const Sub time_calls[] = {{0x00, "get", "h", "eT"}, {0x01, "set", "hT", "e"}};

static const Sub servers[] = {
    {0x00, "server call", "", "e"},
    {0x01, "commit all", "", "e"},
    {0x06, "address of the swappable area", "", "e"},
    {0x0A, "set extended error", "", ""},
};

static const Sub strategies[] = {
    {0x00, "get allocation strategy", "", NULL},
    {0x01, "set allocation strategy", "u", "e"},
    {0x02, "get upper memory link", "", "eC"},
    {0x03, "set upper memory link", "u", "e"},
};

static const struct {
    u8 ah;
    const Sub *list;
    size_t count;
} families[] = {
    {0x43, attribute_calls, ARRAY_LEN(attribute_calls)},
    {0x57, time_calls, ARRAY_LEN(time_calls)},
    {0x33, breaks, ARRAY_LEN(breaks)},
    {0x44, ioctls, ARRAY_LEN(ioctls)},
    {0x58, strategies, ARRAY_LEN(strategies)},
    {0x5D, servers, ARRAY_LEN(servers)},
    {0x71, long_names, ARRAY_LEN(long_names)},
};

static const Sub *sub_of(u8 ah, u8 al)
{
    for (size_t n = 0; n < ARRAY_LEN(families); n++)
        for (size_t k = 0; families[n].ah == ah && k < families[n].count; k++)
            if (families[n].list[k].al == al)
                return &families[n].list[k];
    return NULL;
}

static const char *error_name(u32 error)
{
    static const char *const names[] = {
        [0x01] = "no such function",
        [0x02] = "file not found",
        [0x03] = "path not found",
        [0x04] = "too many open files",
        [0x05] = "access denied",
        [0x06] = "invalid handle",
        [0x07] = "memory blocks destroyed",
        [0x08] = "not enough memory",
        [0x09] = "no such memory block",
        [0x0A] = "invalid environment",
        [0x0B] = "invalid format",
        [0x0C] = "invalid access code",
        [0x0D] = "invalid data",
        [0x0F] = "invalid drive",
        [0x10] = "current directory",
        [0x11] = "not the same device",
        [0x12] = "no more files",
        [0x13] = "disk write-protected",
        [0x14] = "unknown unit",
        [0x15] = "drive not ready",
        [0x16] = "unknown command",
        [0x17] = "bad CRC",
        [0x18] = "bad request length",
        [0x19] = "seek error",
        [0x1A] = "unknown medium",
        [0x1B] = "sector not found",
        [0x1C] = "out of paper",
        [0x1D] = "write fault",
        [0x1E] = "read fault",
        [0x1F] = "general failure",
        [0x20] = "sharing violation",
        [0x21] = "lock violation",
        [0x22] = "wrong disk",
        [0x23] = "no FCB",
        [0x24] = "sharing buffer full",
        [0x27] = "disk full",
        [0x32] = "no network request",
        [0x50] = "file exists",
        [0x52] = "cannot make directory",
        [0x53] = "failed by INT 24h",
        [0x57] = "invalid parameter",
    };
    return error < ARRAY_LEN(names) && names[error] ? names[error] : NULL;
}

/* ---- pieces of a line ------------------------------------------------------------------------ */

static u32 low(u32 r)
{
    return r & 0xFFFF;
}

/* `before` holds the opening quote; end: a byte that ends the text, or -1. */
static void quoted(Debug *d, const char *before, u32 linear, int end, u32 most)
{
    u8 c;
    u32 n = 0;
    fputs(before, d->out);
    for (; n < most && debug_read(d, linear + n, &c, 1) && (end < 0 || c != end); n++) {
        if (end > 0 && !c)
            break;
        if (c == '\r' || c == '\n' || c == '\t')
            fputs(c == '\r' ? "\\r" : c == '\n' ? "\\n" : "\\t", d->out);
        else
            fprintf(d->out, c >= 32 && c < 127 ? "%c" : "\\x%02x", c);
    }
    fputs(n == most && end >= 0 ? "\"..." : "\"", d->out);
}

/* The first bytes of a buffer, as text. */
static void data(Debug *d, u32 linear, u32 n)
{
    if (!n)
        return;
    quoted(d, " \"", linear, -1, n < SHOWN ? n : SHOWN);
    if (n > SHOWN)
        fputs("...", d->out);
}

static void character(Debug *d, u32 c)
{
    c &= 0xFF;
    fprintf(d->out, c >= 32 && c < 127 ? " '%c'" : " %02xh", c);
}

/* An extended FCB has FFh and seven bytes in front. */
static void fcb(Debug *d, u32 linear)
{
    u8 b[19] = {0};
    debug_read(d, linear, b, sizeof b);
    const u8 *f = b[0] == 0xFF ? b + 7 : b;
    fputs(" \"", d->out);
    if (f[0] && f[0] <= 26)
        fprintf(d->out, "%c:", 'A' + f[0] - 1);
    for (int n = 1; n < 12; n++) {
        if (n == 9)
            fputc('.', d->out);
        if (f[n] != ' ')
            fputc(f[n] >= 32 && f[n] < 127 ? f[n] : '.', d->out);
    }
    fputc('"', d->out);
}

static void drive(Debug *d, u32 number)
{
    if (number && number <= 26)
        fprintf(d->out, " drive %c:", (int)('A' + number - 1));
    else
        fprintf(d->out, number ? " drive %u" : " default drive", number);
}

static void attributes(Debug *d, u32 a)
{
    static const char *const names[6] = {"read only", "hidden",    "system",
                                         "label",     "directory", "archive"};
    for (int n = 0; n < 6; n++)
        if (a >> n & 1)
            fprintf(d->out, ", %s", names[n]);
}

static void access_mode(Debug *d, u32 al)
{
    static const char *const names[4] = {"read", "write", "read and write", "access 3"};
    static const char *const sharing[8] = {
        "", ", deny all", ", deny write", ", deny read", ", deny none", "", "", ""};
    fprintf(d->out, ", to %s%s%s", names[al & 3], sharing[al >> 4 & 7],
            al & 0x80 ? ", not inherited" : "");
}

/* The date and time of a file, as directories hold them. */
static void file_time(Debug *d, u32 date, u32 time)
{
    fprintf(d->out, ", %u-%02u-%02u %02u:%02u:%02u", 1980 + (date >> 9), date >> 5 & 15, date & 31,
            time >> 11, time >> 5 & 63, (time & 31) * 2);
}

static void offset(Debug *d, const Call *c)
{
    static const char *const from[4] = {"from the beginning", "from here", "from the end", "?"};
    fprintf(d->out, ", %d %s", (int)(low(c->r[1]) << 16 | low(c->r[2])), from[c->r[0] & 3]);
}

static void print_given(Debug *d, const Call *c, char what)
{
    FILE *f = d->out;
    u32 al = c->r[0] & 0xFF, bx = low(c->r[3]), cx = low(c->r[1]), dx = low(c->r[2]);
    switch (what) {
    case 'p':
        quoted(d, " \"", c->ds + dx, 0, PATH_SHOWN);
        break;
    case 's':
    case 'i':
        quoted(d, " \"", c->ds + low(c->r[6]), what == 'i' ? '\r' : 0, PATH_SHOWN);
        break;
    case 'P':
        quoted(d, " to \"", c->es + low(c->r[7]), 0, PATH_SHOWN);
        break;
    case '$':
        quoted(d, " \"", c->ds + dx, '$', PATH_SHOWN);
        break;
    case 'c':
        character(d, dx);
        break;
    case 'h':
        fprintf(f, " handle %u", bx);
        break;
    case 'H':
        fprintf(f, " as handle %u", cx);
        break;
    case 'n':
        fprintf(f, ", %u bytes", cx);
        break;
    case 'w':
        data(d, c->ds + dx, cx);
        break;
    case 'f':
        fcb(d, c->ds + dx);
        break;
    case 'd':
        drive(d, dx & 0xFF);
        break;
    case 'D':
        drive(d, (dx & 0xFF) + 1);
        break;
    case 'b':
        drive(d, bx & 0xFF);
        break;
    case 'a':
        attributes(d, cx);
        break;
    case 'o':
        access_mode(d, al);
        break;
    case 'k':
        offset(d, c);
        break;
    case 'v':
    case 'A':
        fprintf(f, " %02x", al);
        break;
    case '>':
        fprintf(f, " %04x:%04x", c->ds >> 4, dx);
        break;
    case 'g':
    case 'r':
        fprintf(f, " %u paragraphs", what == 'g' ? bx : dx);
        break;
    case 'e':
        fprintf(f, " segment %04x,", c->es >> 4);
        break;
    case 'x':
    case 'X':
        fprintf(f, " segment %04x", what == 'x' ? bx : dx);
        break;
    case 'C':
        fprintf(f, " code %u", al);
        break;
    case 'u':
        fprintf(f, " %u", bx);
        break;
    case 'j':
        fprintf(f, ", %u records", cx);
        break;
    case 'T':
        file_time(d, dx, cx);
        break;
    default:
        break;
    }
}

static void print_space(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    u64 cluster = (u64)low(s->r[0]) * low(s->r[1]);
    if (low(s->r[0]) == 0xFFFF)
        fputs(" no such drive", d->out);
    else
        fprintf(d->out, " %" PRIu64 " of %" PRIu64 " bytes free", cluster * low(s->r[3]),
                cluster * low(s->r[2]));
}

static void print_returned(Debug *d, const Call *c, char what)
{
    const CpuState *s = &d->pc->cpu.s;
    FILE *f = d->out;
    u32 ax = low(s->r[0]), al = ax & 0xFF, bx = low(s->r[3]), cx = low(s->r[1]), dx = low(s->r[2]);
    switch (what) {
    case 'h':
        fprintf(f, " handle %u", ax);
        break;
    case 'n':
        fprintf(f, " %u bytes", ax);
        break;
    case 'r':
        data(d, c->ds + low(c->r[2]), ax);
        break;
    case 'c':
        character(d, al);
        break;
    case 'z':
        if (debug_eflags(d) & ZF)
            fputs(" nothing", f);
        else
            character(d, al);
        break;
    case 'd':
        drive(d, al + 1);
        break;
    case 's':
    case 'x':
        fprintf(f, " segment %04x", what == 's' ? ax : bx);
        break;
    case 'b':
        fprintf(f, " %04x:%04x", s->seg[SEG_ES].sel, bx);
        break;
    case 'p':
        fprintf(f, " at %u", dx << 16 | ax);
        break;
    case 'a':
        fprintf(f, " %02x", cx);
        attributes(d, cx);
        break;
    case 'j':
        quoted(d, " \"\\", c->ds + low(c->r[6]), 0, 64);
        break;
    case 'f':
        if (d->int21->dta)
            quoted(d, " \"", d->int21->dta + 0x1E, 0, 13);
        break;
    case 'm':
        fprintf(f, " %u-%02u-%02u", cx, dx >> 8, dx & 0xFF);
        break;
    case 't':
        fprintf(f, " %02u:%02u:%02u.%02u", cx >> 8, cx & 0xFF, dx >> 8, dx & 0xFF);
        break;
    case 'T':
        file_time(d, dx, cx);
        break;
    case 'v':
        fprintf(f, " %u.%02u, OEM %02x", al, ax >> 8, bx >> 8);
        break;
    case 'k':
        print_space(d);
        break;
    case 'w':
        fprintf(f, " AX=%04x", ax);
        break;
    case 'u': {
        u8 n = 0;
        debug_read(d, c->ds + low(c->r[2]) + 1, &n, 1);
        quoted(d, " \"", c->ds + low(c->r[2]) + 2, -1, n);
        break;
    }
    case 'q':
        quoted(d, " \"", c->es + low(c->r[7]), 0, PATH_SHOWN);
        break;
    case 'C':
        fprintf(f, " AL=%02x", al);
        break;
    default:
        break;
    }
}

/* ---- calls ----------------------------------------------------------------------------------- */

static const char *name_of(u8 ah)
{
    return ah < ARRAY_LEN(functions) ? functions[ah].name : ah == 0x71 ? "long names" : "unknown";
}

static const char *letters(const Call *c, bool returned)
{
    u8 ah = (u8)(c->r[0] >> 8);
    const Sub *sub = sub_of(ah, (u8)c->r[0]);
    if (ah == 0x06) /* DL = FFh asks, all else is written */
        return (c->r[2] & 0xFF) == 0xFF ? (returned ? "z" : "") : (returned ? "" : "c");
    const char *own = ah >= ARRAY_LEN(functions) ? NULL
                      : returned                 ? functions[ah].returned
                                                 : functions[ah].given;
    const char *of_sub = sub ? (returned ? sub->returned : sub->given) : NULL;
    return of_sub ? of_sub : own ? own : "";
}

static void print_call(Debug *d, const Call *c)
{
    const CpuState *s = &d->pc->cpu.s;
    u8 ah = (u8)(c->r[0] >> 8);
    const Sub *sub = sub_of(ah, (u8)c->r[0]);
    fprintf(d->out, "%12" PRIu64 " %04x:%04x INT 21h AH=%02x %s", d->pc->clock.now,
            s->seg[SEG_CS].sel, s->eip & 0xFFFF, ah, name_of(ah));
    const char *p = letters(c, false);
    if (sub)
        fprintf(d->out, " %02x, %s%s", sub->al, sub->name, *p ? ":" : "");
    for (; *p; p++)
        print_given(d, c, *p);
    fputc('\n', d->out);
}

static void print_result(Debug *d, const Call *c)
{
    const char *p = letters(c, true);
    u32 ax = low(d->pc->cpu.s.r[0]);
    const char *name = error_name(ax);
    if (!*p)
        return;
    fprintf(d->out, "%12" PRIu64 "                   AH=%02x ->", d->pc->clock.now,
            c->r[0] >> 8 & 0xFF);
    if (*p == 'e' && debug_eflags(d) & CF) {
        fprintf(d->out, name ? " error %u, %s" : " error %u", ax, name);
        p = "";
    } else if (!strcmp(p, "e"))
        fputs(" done", d->out);
    for (; *p; p++)
        print_returned(d, c, *p);
    fputc('\n', d->out);
}

void dos21_call(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    struct Dos21 *t = d->int21;
    Call c = {.back = s->seg[SEG_CS].base + s->eip + 2,
              .sp = s->r[4],
              .ss = s->seg[SEG_SS].sel,
              .ds = s->seg[SEG_DS].base,
              .es = s->seg[SEG_ES].base};
    memcpy(c.r, s->r, sizeof c.r);
    if (t->count == CALLS) /* the oldest has probably ended its program */
        memmove(t->call, t->call + 1, sizeof *t->call * (size_t)--t->count);
    t->call[t->count++] = c;
    if ((c.r[0] >> 8 & 0xFF) == 0x1A)
        t->dta = c.ds + low(c.r[2]);
    print_call(d, &c);
}

void dos21_insn(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    struct Dos21 *t = d->int21;
    u32 here = s->seg[SEG_CS].base + s->eip;
    for (int n = t->count - 1; n >= 0; n--) {
        const Call *c = &t->call[n];
        if (c->back != here || c->sp != s->r[4] || c->ss != s->seg[SEG_SS].sel)
            continue;
        t->count = n; /* what was called later never came back: its program has ended */
        print_result(d, c);
        return;
    }
}

void dos21_switch(Debug *d, bool on)
{
    free(d->int21);
    d->int21 = NULL;
    if (on && !(d->int21 = calloc(1, sizeof *d->int21)))
        panic("out of host memory for the calls of DOS");
    debug_hook_up(d);
}
