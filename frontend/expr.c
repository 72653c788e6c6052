/* expr.c: see expr.h. A recursive-descent parser that evaluates as it goes; conditions of
 * breakpoints are
 * short, so their text is simply parsed at each hit. Arithmetic is in 64 bits; registers and
 * memory are
 * unsigned. Operators and their ranks are C's. */
#include "frontend/expr.h"

#include <ctype.h>
#include <stdarg.h>

enum { MAX_DEPTH = 60 };

typedef struct {
    Debug *d;
    const char *p;
    bool dry, hex; /* hex: inside the offset of SEG:OFF numbers are hexadecimal */
    int depth;
    int ternary; /* how many ':' of ?: are still to come */
} Parser;

static bool conditional(Parser *p, Value *v);
static bool additive(Parser *p, Value *v);
static bool unary(Parser *p, Value *v);

static void blanks(Parser *p)
{
    while (*p->p == ' ' || *p->p == '\t')
        p->p++;
}

static bool expected(Parser *p, const char *what)
{
    if (!*p->p)
        return debug_fail(p->d, "expected %s at the end of the expression", what);
    return debug_fail(p->d, "expected %s at `%.30s`", what, p->p);
}

static bool take(Parser *p, const char *op)
{
    blanks(p);
    size_t n = strlen(op);
    if (strncmp(p->p, op, n))
        return false;
    p->p += n;
    return true;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static Value number(u64 v, int size)
{
    return (Value){.v = v, .size = (u8)size};
}

/* ---- addresses
 * ---------------------------------------------------------------------------------- */

bool expr_descriptor(Debug *d, u16 sel, u8 b[8])
{
    const CpuState *s = &d->pc->cpu.s;
    bool local = sel & 4, none = local && !(s->ldtr.sel & 0xFFFC);
    u32 table = local ? s->ldtr.base : s->gdtr.base, limit = local ? s->ldtr.limit : s->gdtr.limit;
    if (none || (u32)(sel | 7) > limit || !debug_read(d, table + (sel & 0xFFF8u), b, 8))
        return debug_fail(d, "selector %04x is beyond its descriptor table", sel);
    if (!(b[5] & 0x10) && b[5] & 4) /* a system descriptor, and neither TSS nor LDT */
        return debug_fail(d, "selector %04x names a gate, which has no base", sel);
    return true;
}

u32 expr_descriptor_base(const u8 b[8])
{
    return load_le(b + 2, 2) | (u32)b[4] << 16 | (u32)b[7] << 24;
}

bool expr_segment_base(Debug *d, u16 sel, u32 *base)
{
    CpuState *s = &d->pc->cpu.s;
    if (!(s->cr0 & CR0_PE) || s->eflags & VM) {
        *base = (u32)sel << 4;
        return true;
    }
    for (int n = 0; n < 6; n++) {
        if (s->seg[n].sel == sel) {
            *base = s->seg[n].base;
            return true;
        }
    }
    u8 b[8];
    if (!expr_descriptor(d, sel, b))
        return false;
    *base = expr_descriptor_base(b);
    return true;
}

static bool offset_after(Parser *p, Value *v, u32 base, u16 seg)
{
    bool hex = p->hex;
    int ternary = p->ternary;
    p->hex = true;
    p->ternary = 0;
    Value off;
    bool ok = additive(p, &off);
    p->hex = hex;
    p->ternary = ternary;
    if (!ok)
        return false;
    CpuState *s = &p->d->pc->cpu.s;
    bool real = !(s->cr0 & CR0_PE) || s->eflags & VM;
    u32 o = (u32)off.v;
    if (real && off.v <= 0x1FFFF)
        o &= 0xFFFF; /* offsets wrap in a real-mode segment */
    *v = (Value){.v = (u32)(base + o), .kind = VALUE_FAR, .seg = seg, .off = o};
    return true;
}

/* Whether the ':' before s can be spared, since every ?: that waits for one finds another. */
static bool is_spare(const Parser *p, const char *s)
{
    int depth = 0, left = -p->ternary;
    for (; p->ternary && *s && *s != ',' && depth >= 0; s++) {
        if (*s == '\'' && s[1] && s[2] == '\'')
            s += 2;
        else if (strchr("([", *s))
            depth++;
        else if (strchr(")]", *s))
            depth--;
        else if (!depth)
            left += (*s == ':') - (*s == '?');
    }
    return left >= 0;
}

/* A ':' that joins segment and offset: nothing but the offset may follow it directly. */
static bool joins(const Parser *p, const char *s)
{
    char c = s[0] == ':' ? s[1] : 0;
    return c && (is_word(c) || c == '$' || c == '(' || c == '[') && is_spare(p, s + 1);
}

static int segment_number(const char *name, size_t n)
{
    static const char names[] = "escsssdsfsgs";
    for (int i = 0; n == 2 && i < 6; i++)
        if (!strncasecmp(name, names + 2 * i, 2))
            return i;
    return -1;
}

/* ---- primaries
 * ----------------------------------------------------------------------------------- */

static bool memory(Parser *p, u64 *v, const Value *at, int size)
{
    u8 b[8] = {0};
    if (!p->dry && at->kind == VALUE_PHYS)
        debug_read_phys(p->d, (u32)at->v, b, (u32)size);
    else if (!p->dry && !debug_read(p->d, (u32)at->v, b, (u32)size))
        return debug_fail(p->d, "linear address 0x%08x is not mapped", (u32)at->v);
    *v = size > 4 ? load_le(b, 4) | (u64)load_le(b + 4, 4) << 32 : load_le(b, size);
    return true;
}

static int width_named(const char *s, size_t n)
{
    static const struct {
        const char *name;
        int size;
    } widths[] = {{"byte", 1}, {"word", 2},  {"dword", 4}, {"qword", 8},
                  {"char", 1}, {"short", 2}, {"int", 4},   {"long", 4}};
    for (size_t i = 0; i < ARRAY_LEN(widths); i++)
        if (strlen(widths[i].name) == n && !strncasecmp(s, widths[i].name, n))
            return widths[i].size;
    return 0;
}

/* [E]: memory of `size` bytes; the bracket is already seen. */
static bool bracket(Parser *p, Value *v, int size)
{
    Value at;
    bool hex = p->hex;
    int ternary = p->ternary;
    p->hex = false;
    p->ternary = 0;
    p->p++;
    bool ok = conditional(p, &at) && (take(p, "]") || expected(p, "]"));
    p->hex = hex;
    p->ternary = ternary;
    u64 m;
    if (!ok || !memory(p, &m, &at, size))
        return false;
    *v = number(m, size);
    return true;
}

static bool digits(Parser *p, Value *v)
{
    const char *s = p->p;
    size_t n = 0;
    while (is_word(s[n]))
        n++;
    size_t all_hex = strspn(s, "0123456789abcdefABCDEF"), dec = strspn(s, "0123456789");
    u64 x = 0;
    int base = 10;
    size_t from = 0, to = n;
    if (n > 2 && s[0] == '0' && (s[1] | 32) == 'x')
        base = 16, from = 2;
    else if (!p->hex && n > 2 && s[0] == '0' && (s[1] | 32) == 'b' && strspn(s + 2, "01") + 2 >= n)
        base = 2, from = 2;
    else if (n > 1 && (s[n - 1] | 32) == 'h' && all_hex == n - 1)
        base = 16, to = n - 1;
    else if (p->hex && all_hex >= n)
        base = 16;
    else if (dec < n)
        return debug_fail(p->d,
                          "`%.*s` is no number; wanted 123, 0x7b, 7Bh, or SEG:OFF in hexadecimal",
                          (int)(n > 30 ? 30 : n), s);
    for (size_t i = from; i < to; i++) {
        int c = (unsigned char)s[i], digit = c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
        if (digit < 0 || digit >= base)
            return debug_fail(p->d, "`%.*s` is no number of base %d", (int)(n > 30 ? 30 : n), s,
                              base);
        if (x > (UINT64_MAX - (u64)digit) / (u64)base)
            return debug_fail(p->d, "`%.*s` does not fit 64 bits", (int)(n > 30 ? 30 : n), s);
        x = x * (u64)base + (u64)digit;
    }
    p->p += n;
    *v = number(x, 0);
    return true;
}

static bool character(Parser *p, Value *v)
{
    static const char from[] = "nrt0e\\'", to[] = "\n\r\t\0\033\\'";
    const char *s = p->p + 1;
    u8 c = (u8)*s;
    if (c == '\\' && s[1]) {
        const char *e = strchr(from, *++s);
        if (!e)
            return expected(p, "\\n \\r \\t \\0 \\e \\\\ or \\'");
        c = (u8)to[e - from];
    }
    if (!*s || s[1] != '\'')
        return expected(p, "a character in quotes, as 'A'");
    p->p = s + 2;
    *v = number(c, 1);
    return true;
}

/* Variables that the debugger itself sets, when there is something to say: 0 before. */
static bool comes_later(const char *s, size_t n)
{
    static const char *const own[] = {"_",    "__",  "val", "addr",  "size",
                                      "port", "vec", "err", "bpnum", "argc"};
    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        if (strlen(own[i]) == n && !memcmp(own[i], s, n))
            return true;
    return n == 4 && !memcmp(s, "arg", 3);
}

/* $name, $name.field */
static bool dollar(Parser *p, Value *v)
{
    const char *s = p->p + 1;
    size_t n = 0;
    u64 x;
    int size = 0;
    while (is_word(s[n]) || (s[n] == '.' && is_word(s[n + 1])))
        n++;
    if (!expr_register(p->d, s, n, &x, &size)) {
        while (memchr(s, '.', n))
            n = (size_t)((const char *)memchr(s, '.', n) - s);
        DebugVar *var = n ? expr_variable(p->d, s, n, false) : NULL;
        if (!n)
            return expected(p, "a register or variable after $");
        if (!var && !comes_later(s, n))
            return debug_fail(p->d,
                              "there is no register or variable $%.*s; `set $%.*s=0` makes one",
                              (int)(n > 40 ? 40 : n), s, (int)(n > 40 ? 40 : n), s);
        x = var ? var->value : 0;
    }
    p->p = s + n;
    if (size == 2 && joins(p, p->p)) {
        int seg = segment_number(s, n);
        u32 base;
        p->p++;
        if (seg >= 0)
            base = p->d->pc->cpu.s.seg[seg].base;
        else if (!expr_segment_base(p->d, (u16)x, &base))
            return false;
        return offset_after(p, v, base, (u16)x);
    }
    *v = number(x, size);
    return true;
}

/* A name without $: width, phys:, segment, symbol or register. */
static bool name(Parser *p, Value *v)
{
    const char *s = p->p;
    size_t n = 0;
    while (is_word(s[n]) || strchr("@?~.", s[n] ? s[n] : ' '))
        n++;
    size_t word = 0;
    while (is_word(s[word]))
        word++;
    int width = width_named(s, word), seg = segment_number(s, word);
    if (width && (s[word] == '[' || s[word] == ' ')) {
        p->p += word;
        blanks(p);
        if (*p->p == '[')
            return bracket(p, v, width);
        p->p = s;
    }
    if (word == 4 && !strncmp(s, "phys:", 5)) {
        p->p += 5;
        if (!additive(p, v))
            return false;
        if (v->v > UINT32_MAX)
            return debug_fail(p->d, "physical addresses have 32 bits");
        *v = (Value){.v = v->v, .kind = VALUE_PHYS};
        return true;
    }
    p->p += word;
    if (seg >= 0 && joins(p, p->p)) {
        p->p++;
        return offset_after(p, v, p->d->pc->cpu.s.seg[seg].base, p->d->pc->cpu.s.seg[seg].sel);
    }
    p->p = s;
    u32 addr;
    if (symbols_find(&p->d->symbols, s, n, &addr)) {
        p->p += n;
        *v = number(addr, 0);
        return true;
    }
    u64 x;
    int size = 0;
    if (expr_register(p->d, s, word, &x, &size)) {
        p->p += word;
        *v = number(x, size);
        return true;
    }
    return debug_fail(p->d, "`%.*s` is neither symbol nor register", (int)(n > 40 ? 40 : n), s);
}

static bool far_literal(Parser *p)
{
    size_t n = strspn(p->p, "0123456789abcdefABCDEF");
    return n && n <= 4 && joins(p, p->p + n);
}

static bool primary(Parser *p, Value *v)
{
    blanks(p);
    char c = *p->p;
    if (far_literal(p)) {
        u32 seg = 0, base;
        for (; *p->p != ':'; p->p++) {
            int h = (unsigned char)*p->p;
            seg = seg * 16 + (u32)(h <= '9' ? h - '0' : (h | 32) - 'a' + 10);
        }
        p->p++;
        return expr_segment_base(p->d, (u16)seg, &base) && offset_after(p, v, base, (u16)seg);
    }
    if (isdigit((unsigned char)c) ||
        (p->hex && isxdigit((unsigned char)c) && strspn(p->p, "0123456789abcdefABCDEF") &&
         !is_word(p->p[strspn(p->p, "0123456789abcdefABCDEF")])))
        return digits(p, v);
    if (c == '\'')
        return character(p, v);
    if (c == '$')
        return dollar(p, v);
    if (c == '[')
        return bracket(p, v, 4);
    if (c == '(') {
        bool hex = p->hex;
        int ternary = p->ternary;
        p->p++;
        p->ternary = 0;
        bool ok = conditional(p, v) && (take(p, ")") || expected(p, ")"));
        p->hex = hex;
        p->ternary = ternary;
        return ok;
    }
    if (isalpha((unsigned char)c) || c == '_' || c == '.' || c == '@' || c == '?')
        return name(p, v);
    return expected(p, "a number, register, symbol or [address]");
}

/* {byte}A, as gdb writes it. */
static bool braces(Parser *p, Value *v)
{
    p->p++;
    blanks(p);
    size_t n = 0;
    while (is_word(p->p[n]))
        n++;
    int size = width_named(p->p, n);
    if (!size)
        return expected(p, "byte, word, dword or qword");
    p->p += n;
    if (!take(p, "}"))
        return expected(p, "}");
    Value at;
    u64 m;
    if (!unary(p, &at) || !memory(p, &m, &at, size))
        return false;
    *v = number(m, size);
    return true;
}

static bool unary(Parser *p, Value *v)
{
    blanks(p);
    char c = *p->p;
    if (!strchr("-+~!*{", c ? c : ' '))
        return primary(p, v);
    if (++p->depth > MAX_DEPTH)
        return debug_fail(p->d, "the expression is nested too deeply");
    if (c == '{') {
        bool ok = braces(p, v);
        p->depth--;
        return ok;
    }
    p->p++;
    if (!unary(p, v))
        return false;
    p->depth--;
    u64 m;
    if (c == '*') {
        if (!memory(p, &m, v, 4))
            return false;
        *v = number(m, 4);
        return true;
    }
    *v = number(c == '-' ? 0 - v->v : c == '~' ? ~v->v : c == '!' ? !v->v : v->v, 0);
    return true;
}

/* ---- operators
 * ------------------------------------------------------------------------------------ */

static const struct {
    const char *op;
    int rank;
} operators[] = {
    {"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<<", 8}, {">>", 8},
    {"<=", 7}, {">=", 7}, {"|", 3},  {"^", 4},  {"&", 5},  {"<", 7},
    {">", 7},  {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10},
};

static int next_operator(Parser *p)
{
    blanks(p);
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (!strncmp(p->p, operators[i].op, strlen(operators[i].op)))
            return (int)i;
    return -1;
}

/* -1 written by a person equals FFFFFFFFh held by a register. */
static bool equal(u64 a, u64 b)
{
    bool fit = (a <= UINT32_MAX || (s64)a == (s32)a) && (b <= UINT32_MAX || (s64)b == (s32)b);
    return fit ? (u32)a == (u32)b : a == b;
}

static bool apply(Parser *p, const char *op, Value *a, const Value *b)
{
    u64 x = a->v, y = b->v, r = 0;
    s64 sx = (s64)x, sy = (s64)y;
    switch (op[0] | op[1] << 8) {
    case '|' | '|' << 8:
        r = x || y;
        break;
    case '&' | '&' << 8:
        r = x && y;
        break;
    case '=' | '=' << 8:
        r = equal(x, y);
        break;
    case '!' | '=' << 8:
        r = !equal(x, y);
        break;
    case '<' | '<' << 8:
        r = y < 64 ? x << y : 0;
        break;
    case '>' | '>' << 8:
        r = y < 64 ? x >> y : 0;
        break;
    case '<' | '=' << 8:
        r = sx <= sy;
        break;
    case '>' | '=' << 8:
        r = sx >= sy;
        break;
    case '|':
        r = x | y;
        break;
    case '^':
        r = x ^ y;
        break;
    case '&':
        r = x & y;
        break;
    case '<':
        r = sx < sy;
        break;
    case '>':
        r = sx > sy;
        break;
    case '+':
        r = x + y;
        break;
    case '-':
        r = x - y;
        break;
    case '*':
        r = x * y;
        break;
    default:
        if (!y && p->dry) {
            r = 0;
            break;
        }
        if (!y)
            return debug_fail(p->d, "division by zero");
        r = sy == -1 ? (op[0] == '/' ? 0 - x : 0) : (u64)(op[0] == '/' ? sx / sy : sx % sy);
    }
    *a = number(r, 0);
    return true;
}

static bool binary(Parser *p, Value *v, int rank)
{
    if (!unary(p, v))
        return false;
    for (int i; (i = next_operator(p)) >= 0 && operators[i].rank >= rank;) {
        const char *op = operators[i].op;
        Value right;
        bool dry = p->dry;
        p->p += strlen(op);
        p->dry |= (!strcmp(op, "||") && v->v) || (!strcmp(op, "&&") && !v->v);
        bool ok = ++p->depth <= MAX_DEPTH ? binary(p, &right, operators[i].rank + 1)
                                          : debug_fail(p->d, "the expression is nested too deeply");
        p->depth--;
        if (!ok || !apply(p, op, v, &right))
            return false;
        p->dry = dry;
    }
    return true;
}

static bool additive(Parser *p, Value *v)
{
    return binary(p, v, 9);
}

static bool conditional(Parser *p, Value *v)
{
    if (++p->depth > MAX_DEPTH)
        return debug_fail(p->d, "the expression is nested too deeply");
    if (!binary(p, v, 1))
        return false;
    if (take(p, "?")) {
        bool dry = p->dry, yes = v->v;
        Value no;
        p->ternary++;
        p->dry = dry || !yes;
        if (!conditional(p, v) || !(take(p, ":") || expected(p, ": of a ?:")))
            return false;
        p->ternary--;
        p->dry = dry || yes;
        if (!conditional(p, &no))
            return false;
        p->dry = dry;
        if (!yes)
            *v = no;
    }
    p->depth--;
    return true;
}

/* ---- entry points
 * -------------------------------------------------------------------------------- */

bool expr_parse(Debug *d, const char **text, Value *v, bool dry)
{
    Parser p = {.d = d, .p = *text, .dry = dry};
    if (!conditional(&p, v))
        return false;
    blanks(&p);
    *text = p.p;
    return true;
}

static bool whole(Debug *d, const char *text, Value *v, bool dry)
{
    if (!expr_parse(d, &text, v, dry))
        return false;
    return !*text || debug_fail(d, "expected an operator at `%.30s`", text);
}

bool expr_eval(Debug *d, const char *text, Value *v)
{
    return whole(d, text, v, false);
}

bool expr_check(Debug *d, const char *text)
{
    Value v;
    return whole(d, text, &v, true);
}

/* ---- assignment
 * ---------------------------------------------------------------------------------- */

static bool assign_memory(Debug *d, const Value *at, int size, u64 v)
{
    u8 b[8];
    store_le(b, 4, (u32)v);
    store_le(b + 4, 4, (u32)(v >> 32));
    return at->kind == VALUE_PHYS ? debug_write_phys(d, (u32)at->v, b, (u32)size)
                                  : debug_write(d, (u32)at->v, b, (u32)size);
}

static bool value_after(Parser *p, Value *v)
{
    if (!take(p, "="))
        return expected(p, "=");
    return whole(p->d, p->p, v, false);
}

bool expr_assign(Debug *d, const char *text)
{
    Parser p = {.d = d, .p = text};
    Value at, v;
    blanks(&p);
    const char *s = p.p;
    size_t n = 0;
    int size = 0;
    if (*s == '{') {
        p.p++;
        blanks(&p);
        while (is_word(p.p[n]))
            n++;
        size = width_named(p.p, n);
        p.p += n;
        if (!size || !take(&p, "}"))
            return expected(&p, "{byte}, {word} or {dword}");
        if (!unary(&p, &at) || !value_after(&p, &v))
            return false;
        return assign_memory(d, &at, size, v.v);
    }
    bool dollar_sign = *s == '$';
    s += dollar_sign;
    while (is_word(s[n]) || (s[n] == '.' && is_word(s[n + 1])))
        n++;
    size = *s == '[' ? 4 : width_named(s, n);
    p.p = s + n;
    blanks(&p);
    if (*p.p == '[' && size && !dollar_sign) {
        p.p++;
        if (!conditional(&p, &at) || !(take(&p, "]") || expected(&p, "]")) || !value_after(&p, &v))
            return false;
        return assign_memory(d, &at, size, v.v);
    }
    if (!n)
        return expected(&p, "a register, $variable, byte[A], word[A] or dword[A]");
    if (!value_after(&p, &v))
        return false;
    u64 old;
    int bytes;
    if (expr_register(d, s, n, &old, &bytes))
        return expr_set_register(d, s, n, v.v);
    if (!dollar_sign || memchr(s, '.', n))
        return debug_fail(d, "`%.*s` is no register; variables begin with $",
                          (int)(n > 40 ? 40 : n), s);
    DebugVar *var = expr_variable(d, s, n, true);
    if (!var)
        return debug_fail(d,
                          "no room for another variable, or its name is longer than 31 characters");
    var->value = v.v;
    return true;
}

/* ---- variables
 * ----------------------------------------------------------------------------------- */

DebugVar *expr_variable(Debug *d, const char *name_, size_t len, bool create)
{
    for (int i = 0; i < d->var_count; i++)
        if (strlen(d->var[i].name) == len && !memcmp(d->var[i].name, name_, len))
            return &d->var[i];
    if (!create || d->var_count == DEBUG_VARS || len >= sizeof d->var[0].name)
        return NULL;
    DebugVar *v = &d->var[d->var_count++];
    memset(v, 0, sizeof *v);
    memcpy(v->name, name_, len);
    return v;
}

void expr_set(Debug *d, const char *name_, u64 v)
{
    DebugVar *var = expr_variable(d, name_, strlen(name_), true);
    if (var)
        var->value = v;
}
