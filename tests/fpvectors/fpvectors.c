/* fpvectors.c: published test vectors of 80-bit arithmetic against ours. Two formats are known by
 * their first line (docs/x87.md describes both):
 *
 *   extF80_add -rmin -precision64   what Berkeley's testfloat_gen writes, below a line that
 *   3FFF8000000000000000 ... 01     repeats its arguments (its option -prefix)
 *   2+  =0>  Hd1  -1pt  x  Hd2      IeeeCC754: vectors of Coonen, of UCBTEST and of the University
 *                                   of Antwerp, for any precision; here 64, 53 and 24 bits
 *
 *   fpvectors FILE...                 - is the standard input
 *
 * One TAP line for each file; the first differences are shown. Every vector is executed by the
 * functions of float80.h, with all exceptions masked; results and exceptions must be the same to
 * the bit, but a NaN of IeeeCC754 (Q) is any quiet NaN. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/float80.h"

enum { BIAS = 16383, SHOWN = 5 };

/* What an operation gives: a number in one of the formats, as 80 bits or as an integer. */
typedef struct {
    F80 f;
    u64 v;
    u8 flags; /* X87_IE... */
} Result;

typedef struct {
    const char *name;
    unsigned line;
    unsigned long passed, failed, unknown;
} File;

static void show(const char *what, F80 v)
{
    printf(" %s %04X.%016llX", what, v.exp, (unsigned long long)v.man);
}

/* ---- the operations -------------------------------------------------------------------------- */

/* FPREM and FPREM1 as programs use them: again until C2 is clear. */
static F80 whole_rem(F80 a, const F80Num *b, F80Env *e)
{
    u64 quotient;
    bool partial;
    do {
        F80Num n = f80_num(a);
        a = f80_rem(&n, b, true, &quotient, &partial, e);
    } while (partial);
    return a;
}

static F80 binary(char op, F80 x, F80 y, F80Env *e)
{
    F80Num a = f80_num(x), b = f80_num(y);
    switch (op) {
    case '+':
        return f80_add(&a, &b, false, e);
    case '-':
        return f80_add(&a, &b, true, e);
    case '*':
        return f80_mul(&a, &b, e);
    case '/':
        return f80_div(&a, &b, e);
    case '%':
        return whole_rem(x, &b, e);
    }
    return f80_sqrt(&a, e);
}

/* ---- TestFloat ------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    u8 operands;
    char op;    /* of binary(), or of testfloat_op() */
    u8 in, out; /* bits of operands and result: 80, 64, 32; 1 is a truth value */
    bool in_int, out_int;
} Function;

static const Function functions[] = {
    {"extF80_add", 2, '+', 80, 80, 0, 0},         {"extF80_sub", 2, '-', 80, 80, 0, 0},
    {"extF80_mul", 2, '*', 80, 80, 0, 0},         {"extF80_div", 2, '/', 80, 80, 0, 0},
    {"extF80_rem", 2, '%', 80, 80, 0, 0},         {"extF80_sqrt", 1, 'V', 80, 80, 0, 0},
    {"extF80_roundToInt", 1, 'r', 80, 80, 0, 0},  {"extF80_eq", 2, 'e', 80, 1, 0, 0},
    {"extF80_le", 2, 'l', 80, 1, 0, 0},           {"extF80_lt", 2, 'L', 80, 1, 0, 0},
    {"extF80_eq_signaling", 2, 'E', 80, 1, 0, 0}, {"extF80_le_quiet", 2, 'm', 80, 1, 0, 0},
    {"extF80_lt_quiet", 2, 'M', 80, 1, 0, 0},     {"extF80_to_f32", 1, 's', 80, 32, 0, 0},
    {"extF80_to_f64", 1, 's', 80, 64, 0, 0},      {"extF80_to_i32", 1, 's', 80, 32, 0, 1},
    {"extF80_to_i64", 1, 's', 80, 64, 0, 1},      {"f32_to_extF80", 1, 'f', 32, 80, 0, 0},
    {"f64_to_extF80", 1, 'f', 64, 80, 0, 0},      {"i32_to_extF80", 1, 'f', 32, 80, 1, 0},
    {"i64_to_extF80", 1, 'f', 64, 80, 1, 0},
};

typedef struct {
    const Function *f;
    F80Env env;
} Setup;

/* The line with the arguments. */
static bool testfloat_setup(char *line, Setup *s)
{
    *s = (Setup){.env = {.masked = 0x3F, .bits = 64}};
    for (char *word = strtok(line, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
        static const struct {
            const char *name;
            u8 rc, bits;
        } options[] = {{"-rnear_even", X87_NEAREST, 0}, {"-rminMag", X87_ZERO, 0},
                       {"-rmin", X87_DOWN, 0},          {"-rmax", X87_UP, 0},
                       {"-precision80", 0, 64},         {"-precision64", 0, 53},
                       {"-precision32", 0, 24}};
        for (unsigned k = 0; k < ARRAY_LEN(functions); k++)
            if (!strcmp(word, functions[k].name))
                s->f = &functions[k];
        for (unsigned k = 0; k < ARRAY_LEN(options); k++)
            if (!strcmp(word, options[k].name)) {
                if (options[k].bits)
                    s->env.bits = options[k].bits;
                else
                    s->env.rc = options[k].rc;
            }
    }
    return s->f;
}

/* Reads `bits` bits of hexadecimal digits. */
static bool read_operand(char **p, int bits, F80 *f, u64 *v)
{
    char word[32];
    int n, used;
    if (sscanf(*p, "%31[0-9A-Fa-f]%n", word, &used) != 1)
        return false;
    n = (int)strlen(word);
    *p += used;
    *p += strspn(*p, " \t");
    *f = (F80){0, 0};
    if (bits == 80) {
        *v = 0;
        if (n != 20)
            return false;
        f->man = strtoull(word + 4, NULL, 16);
        word[4] = 0;
        f->exp = (u16)strtoul(word, NULL, 16);
        return true;
    }
    *v = strtoull(word, NULL, 16);
    return n == (bits + 3) / 4;
}

static u64 compare(char op, F80 x, F80 y, F80Env *e)
{
    F80Num a = f80_num(x), b = f80_num(y);
    F80Order o = f80_compare(&a, &b, op == 'e' || op == 'm' || op == 'M', e);
    if (op == 'e' || op == 'E')
        return o == F80_EQUAL;
    return o == F80_LESS || (o == F80_EQUAL && (op == 'l' || op == 'm'));
}

static u64 store(const Function *f, F80 x, F80Env *e)
{
    if (f->out_int)
        return (u64)f80_to_int(x, f->out, e) & (f->out == 32 ? 0xFFFFFFFF : ~0ull);
    return f->out == 32 ? f80_to_f32(x, e) : f80_to_f64(x, e);
}

static F80 load(const Function *f, u64 v, F80Env *e)
{
    F80Num n = f->in == 32 ? f->in_int ? f80_num_int((s32)v) : f80_num_f32((u32)v)
               : f->in_int ? f80_num_int((s64)v)
                           : f80_num_f64(v);
    return f80_load(&n, e);
}

static Result testfloat_op(const Function *f, const F80 *x, u64 v, F80Env e)
{
    Result r = {{0, 0}, 0, 0};
    F80Num a = f80_num(x[0]);
    switch (f->op) {
    case 'r':
        r.f = f80_round_to_int(&a, &e);
        break;
    case 's':
        r.v = store(f, x[0], &e);
        break;
    case 'f':
        r.f = load(f, v, &e);
        break;
    default:
        if (f->out == 1)
            r.v = compare(f->op, x[0], x[1], &e);
        else
            r.f = binary(f->op, x[0], x[1], &e);
    }
    r.flags = e.raised;
    return r;
}

/* TestFloat's flags, from bit 0: inexact, underflow, overflow, division by zero, invalid. */
static u8 x87_flags(unsigned t)
{
    static const u8 bit[5] = {X87_PE, X87_UE, X87_OE, X87_ZE, X87_IE};
    u8 flags = 0;
    for (int k = 0; k < 5; k++)
        flags |= t >> k & 1 ? bit[k] : 0;
    return flags;
}

static void testfloat_line(File *file, const Setup *s, char *p)
{
    F80 x[2] = {{0, 0}, {0, 0}}, want;
    u64 v = 0, wanted;
    char *line = p;
    bool good = true;
    for (int k = 0; k < s->f->operands; k++)
        good = good && read_operand(&p, s->f->in, &x[k], &v);
    good = good && read_operand(&p, s->f->out, &want, &wanted);
    char *end;
    unsigned flags = (unsigned)strtoul(p, &end, 16);
    if (!good || end == p) {
        file->unknown++;
        return;
    }
    Result r = testfloat_op(s->f, x, v, s->env);
    r.flags &= (u8)~X87_DE; /* the x87's own */
    if (r.f.man == want.man && r.f.exp == want.exp && r.v == wanted &&
        r.flags == x87_flags(flags)) {
        file->passed++;
        return;
    }
    if (file->failed++ < SHOWN) {
        printf("# %s:%u: %s %s", file->name, file->line, s->f->name, line);
        show("#   ours", r.f);
        printf(" %llX, exceptions %02X\n", (unsigned long long)r.v, r.flags);
    }
}

/* ---- IeeeCC754 ------------------------------------------------------------------------------- */

/* A number is a root (an integer, H infinity, T the smallest normal number, Q a NaN) and modifiers:
 * p, m  power of two added to the exponent (t: the precision, B: the bias)
 * i, d  so many units in the last place more or less; i(n) at bit n behind the point
 * u     so many units in the last place of what was there
 * Kept as exponent and fraction of `bits` bits, fraction in the high bits of 63. */
typedef struct {
    s64 exp; /* biased; 0 and fraction: denormal */
    u64 fraction;
    bool neg, nan;
    const char *p;
    int bits;
    bool bad;
} Coded;

static s64 coded_integer(Coded *n)
{
    s64 v = 0;
    switch (*n->p) {
    case 't':
        n->p++;
        return n->bits;
    case 'h':
        n->p++;
        return (n->bits + 1) / 2 - 1;
    }
    while (isdigit((unsigned char)*n->p))
        v = v * 10 + (*n->p++ - '0');
    return v;
}

/* Adds steps to exponent and fraction as to one number. */
static void coded_step(Coded *n, s64 steps, int place)
{
    __int128 v = (__int128)n->exp << 63 | n->fraction;
    v += (__int128)steps << place;
    n->exp = (s64)(v >> 63);
    n->fraction = (u64)v & ~0ull >> 1;
}

static void coded_root(Coded *n)
{
    char c = *n->p;
    if (c == 'H' || c == 'T' || c == 'Q') {
        n->p++;
        n->exp = c == 'T' ? 1 : 0x7FFF;
        n->nan = c == 'Q';
        return;
    }
    if (!isdigit((unsigned char)c)) {
        n->bad = true;
        return;
    }
    u64 v = (u64)coded_integer(n);
    if (v == 0)
        return;
    int shift = __builtin_clzll(v);
    n->exp = BIAS + 63 - shift;
    n->fraction = v << shift & ~0ull >> 1;
}

/* p and m: by a number, or B (the bias) and B1 to B9 (the bias and one, halved so many times). */
static s64 coded_power(Coded *n)
{
    if (*n->p != 'B')
        return coded_integer(n);
    n->p++;
    int k = isdigit((unsigned char)*n->p) ? *n->p++ - '0' : 0;
    return k ? (BIAS + 1) >> k : BIAS;
}

static void coded_place(Coded *n, int sign)
{
    int place = 64 - n->bits;
    if (*n->p == '(') {
        n->p++;
        s64 at = coded_integer(n);
        if (*n->p == '+' || *n->p == '-') {
            int s = *n->p++ == '+' ? 1 : -1;
            at += s * coded_integer(n);
        }
        if (*n->p++ != ')')
            n->bad = true;
        place = 63 - (int)at;
    }
    coded_step(n, sign * coded_integer(n), place);
}

/* u: k units in the last place of the number that was there. */
static void coded_units(Coded *n)
{
    u64 k = (u64)coded_integer(n);
    int place = 64 - n->bits, shift = k ? __builtin_clzll(k) : 0;
    if (n->exp <= 1) {
        n->exp = 0;
        n->fraction = k << place;
    } else {
        n->exp -= 63 - place - (63 - shift);
        n->fraction = k << shift & ~0ull >> 1;
    }
}

static bool coded_number(const char *word, int bits, F80 *f, bool *nan)
{
    Coded n = {.p = word, .bits = bits};
    if (*n.p == '+' || *n.p == '-')
        n.neg = *n.p++ == '-';
    coded_root(&n);
    while (*n.p && !n.bad) {
        switch (*n.p++) {
        case 'p':
            n.exp += coded_power(&n);
            break;
        case 'm':
            n.exp -= coded_power(&n);
            break;
        case 'i':
            coded_place(&n, 1);
            break;
        case 'd':
            coded_place(&n, -1);
            break;
        case 'u':
            coded_units(&n);
            break;
        default:
            n.bad = true;
        }
    }
    *nan = n.nan;
    if (n.bad || n.exp < 0 || n.exp > 0x7FFF)
        return false;
    u64 man = n.fraction | (n.exp ? 1ull << 63 : 0) | (n.nan ? 3ull << 62 : 0);
    *f = (F80){man, (u16)(n.neg << 15 | n.exp)};
    return true;
}

/* u, v and w are underflow by three definitions of tininess; the x87 has the first two: tiny after
 * rounding, and inexact. */
static bool coded_flags(const char *word, u8 *flags)
{
    *flags = 0;
    if (!strcmp(word, "OK"))
        return true;
    for (; *word; word++)
        switch (*word) {
        case 'x':
            *flags |= X87_PE;
            break;
        case 'u':
        case 'v':
            *flags |= X87_UE;
            break;
        case 'w':
            break;
        case 'o':
            *flags |= X87_OE;
            break;
        case 'z':
            *flags |= X87_ZE;
            break;
        case 'i':
            *flags |= X87_IE;
            break;
        default:
            return false;
        }
    return true;
}

static void ieeecc_one(File *file, char op, const char *line, char *const *word, int bits, u8 rc)
{
    F80 a, b = {0, 0}, want, got;
    bool nan, ignored;
    u8 flags;
    int k = op == 'V' ? 1 : 2;
    bool good = coded_number(word[0], bits, &a, &ignored) &&
                (k == 1 || coded_number(word[1], bits, &b, &ignored)) &&
                coded_flags(word[k], &flags) && coded_number(word[k + 1], bits, &want, &nan);
    if (!good) {
        if (!file->unknown++)
            printf("# %s:%u: not understood: %s", file->name, file->line, line);
        return;
    }
    F80Env e = {.masked = 0x3F, .bits = (u8)bits, .rc = rc};
    got = binary(op, a, b, &e);
    bool quiet_nan = (got.exp & 0x7FFF) == 0x7FFF && got.man >> 62 == 3;
    bool same = nan ? quiet_nan : got.man == want.man && got.exp == want.exp;
    if (same && (e.raised & ~X87_DE) == flags) {
        file->passed++;
        return;
    }
    if (file->failed++ < SHOWN) {
        printf("# %s:%u: %d bits, rounding %d: %s", file->name, file->line, bits, rc, line);
        show("#  ", a);
        show("", b);
        show("wanted", want);
        printf(" %02X", flags);
        show("ours", got);
        printf(" %02X\n", e.raised);
    }
}

/* Roundings: = nearest, 0 towards zero, < down, > up, or ALL; e and o: for even or odd
 * precision. */
static void ieeecc_line(File *file, const char *line)
{
    static const u8 rounding[] = {
        ['='] = X87_NEAREST, ['<'] = X87_DOWN, ['>'] = X87_UP, ['0'] = X87_ZERO};
    static const u8 precision[] = {64, 53, 24};
    char text[512], *word[8];
    int words = 0;
    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok(text, " \t\r\n"); w && words < 8; w = strtok(NULL, " \t\r\n"))
        word[words++] = w;
    if (words < 5 || strlen(word[0]) != 2)
        return;
    char parity = 0, op = word[0][1];
    int at = 1;
    if (!strcmp(word[1], "e") || !strcmp(word[1], "o"))
        parity = word[at++][0];
    const char *modes = !strcmp(word[at], "ALL") ? "=<>0" : word[at];
    if (words < at + (op == 'V' ? 4 : 5) || strspn(modes, "=<>0") != strlen(modes)) {
        file->unknown++;
        return;
    }
    for (unsigned k = 0; k < ARRAY_LEN(precision); k++)
        for (const char *m = modes; *m; m++)
            if (!parity || (parity == 'o') == (precision[k] & 1))
                ieeecc_one(file, op, line, word + at + 1, precision[k], rounding[(u8)*m]);
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool run(const char *name)
{
    FILE *f = strcmp(name, "-") ? fopen(name, "r") : stdin;
    File file = {.name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name};
    char line[512];
    Setup setup = {.f = NULL};
    bool testfloat = false;
    if (!f) {
        printf("not ok %s: cannot be read\n", name);
        return false;
    }
    while (fgets(line, sizeof line, f)) {
        file.line++;
        if (file.line == 1 && strchr(line, '_'))
            testfloat = testfloat_setup(line, &setup);
        else if (testfloat)
            testfloat_line(&file, &setup, line);
        else if (line[0] != '!')
            ieeecc_line(&file, line);
    }
    if (f != stdin)
        fclose(f);
    bool ok = file.passed && !file.failed && !file.unknown;
    printf("%s %s: %lu vectors", ok ? "ok" : "not ok", file.name, file.passed);
    if (testfloat)
        printf(" of %s, %d bits, rounding %d", setup.f->name, setup.env.bits, setup.env.rc);
    if (file.failed || file.unknown)
        printf("; %lu differ, %lu not understood", file.failed, file.unknown);
    printf("\n");
    return ok;
}

int main(int argc, char **argv)
{
    bool ok = true;
    for (int k = 1; k < argc; k++)
        ok = run(argv[k]) && ok;
    return !ok;
}
