/* moo.c: see moo.h. Nothing in a file is trusted: every length is checked against the body that
 * contains it. */
#include "tests/golden/moo.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    MAX_FILE = 1 << 28
}; /* far above the largest capture, far below what a bad length could ask for */

/* ---- reading in ------------------------------------------------------------------------------ */

static u8 *read_all(const char *path, size_t *size, char *error, size_t error_size)
{
    gzFile z = gzopen(path, "rb");
    if (!z) {
        snprintf(error, error_size, "cannot open %s", path);
        return NULL;
    }
    size_t room = 1 << 16, used = 0;
    u8 *data = malloc(room);
    int n = 0;
    while (data && (n = gzread(z, data + used, (unsigned)(room - used))) > 0) {
        used += (size_t)n;
        if (used < room)
            continue;
        u8 *more = room < MAX_FILE ? realloc(data, room * 2) : NULL;
        if (!more) {
            free(data);
            data = NULL;
            break;
        }
        data = more;
        room *= 2;
    }
    bool cut = gzclose(z) != Z_OK; /* reports a file that ends too early */
    bool bad = n < 0 || cut;
    if (!data)
        snprintf(error, error_size, "%s is larger than %d MiB", path, MAX_FILE >> 20);
    else if (bad)
        snprintf(error, error_size, "%s is damaged or cut off", path);
    if (data && !bad) {
        *size = used;
        return data;
    }
    free(data);
    return NULL;
}

/* ---- chunks ---------------------------------------------------------------------------------- */

typedef struct {
    const u8 *p, *end;
} Span;

typedef struct {
    char type[5];
    Span body;
} Chunk;

static size_t left(const Span *s)
{
    return (size_t)(s->end - s->p);
}

/* Takes the next chunk off *s. False: none is left, or what is left is no whole chunk (*ok
 * becomes false). */
static bool next_chunk(Span *s, Chunk *c, bool *ok)
{
    if (!left(s))
        return false;
    if (left(s) < 8 || load_le(s->p + 4, 4) > left(s) - 8) {
        *ok = false;
        return false;
    }
    memcpy(c->type, s->p, 4);
    c->type[4] = 0;
    c->body.p = s->p + 8;
    c->body.end = c->body.p + load_le(s->p + 4, 4);
    s->p = c->body.end;
    return true;
}

static bool is(const Chunk *c, const char *type)
{
    return !strcmp(c->type, type);
}

static bool take(Span *s, int size, u32 *v)
{
    if (left(s) < (size_t)size)
        return false;
    *v = load_le(s->p, size);
    s->p += size;
    return true;
}

/* ---- bodies ---------------------------------------------------------------------------------- */

/* The order of the 16-bit chunk. */
static const u8 order16[14] = {
    MOO_EAX, MOO_EBX, MOO_ECX, MOO_EDX, MOO_CS,  MOO_SS,  MOO_DS,
    MOO_ES,  MOO_ESP, MOO_EBP, MOO_ESI, MOO_EDI, MOO_EIP, MOO_EFLAGS,
};

static bool registers(Span s, bool wide, MooRegs *r)
{
    int size = wide ? 4 : 2, count = wide ? MOO_REGS : (int)ARRAY_LEN(order16);
    u32 bits;
    if (!take(&s, size, &bits))
        return false;
    for (int n = 0; n < count; n++) {
        if (!(bits >> n & 1))
            continue;
        int reg = wide ? n : order16[n];
        if (!take(&s, size, &r->v[reg]))
            return false;
        r->present |= 1u << reg;
    }
    return true;
}

/* Masks: what is not given is all ones, also above the 16 bits of a narrow one. */
static bool masks(Span s, bool wide, MooRegs *r)
{
    MooRegs given = {0};
    if (!registers(s, wide, &given))
        return false;
    for (int n = 0; n < MOO_REGS; n++)
        if (given.present >> n & 1)
            r->v[n] &= given.v[n] | (wide ? 0 : 0xFFFF0000);
    return true;
}

static bool ram(Span s, MooRam *r)
{
    if (!take(&s, 4, &r->count) || left(&s) / 5 < r->count)
        return false;
    r->p = s.p;
    return true;
}

static bool counted(Span s, const u8 **p, u32 *length)
{
    if (!take(&s, 4, length) || left(&s) < *length)
        return false;
    *p = s.p;
    return true;
}

static bool state(Span s, MooState *st, MooTest *t)
{
    Chunk c;
    bool ok = true;
    while (ok && next_chunk(&s, &c, &ok)) {
        if (is(&c, "REGS") || is(&c, "RG32")) {
            t->wide = c.type[2] == '3';
            ok = registers(c.body, t->wide, &st->regs);
        } else if (is(&c, "RMSK") || is(&c, "RM32")) {
            ok = masks(c.body, c.type[2] == '3', &t->mask);
        } else if (is(&c, "RAM ")) {
            ok = ram(c.body, &st->ram);
        }
    }
    return ok;
}

static bool event(Span s, MooTest *t)
{
    u32 vector;
    if (!take(&s, 1, &vector) || !take(&s, 4, &t->flags_at))
        return false;
    t->vector = (u8)vector;
    t->has_event = true;
    return true;
}

static bool test(Span s, MooTest *t)
{
    Chunk c;
    bool ok = take(&s, 4, &t->index);
    while (ok && next_chunk(&s, &c, &ok)) {
        if (is(&c, "NAME"))
            ok = counted(c.body, (const u8 **)&t->name, &t->name_len);
        else if (is(&c, "BYTS"))
            ok = counted(c.body, &t->bytes, &t->length);
        else if (is(&c, "INIT"))
            ok = state(c.body, &t->before, t);
        else if (is(&c, "FINA"))
            ok = state(c.body, &t->after, t);
        else if (is(&c, "EXCP"))
            ok = event(c.body, t);
    }
    return ok && t->bytes && t->before.regs.present;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool header(const Chunk *c, MooFile *f)
{
    Span s = c->body;
    u32 version, count;
    if (!is(c, "MOO ") || !take(&s, 4, &version) || (version & 0xFF) != 1 || !take(&s, 4, &count) ||
        left(&s) < 4)
        return false;
    memcpy(f->cpu, s.p, 4);
    return true;
}

static u32 count_tests(Span s)
{
    u32 n = 0;
    Chunk c;
    bool ok = true;
    while (next_chunk(&s, &c, &ok))
        n += is(&c, "TEST");
    return n;
}

static bool parse(MooFile *f, Span s)
{
    Chunk c;
    bool ok = true;
    if (!next_chunk(&s, &c, &ok) || !header(&c, f))
        return false;
    f->tests = calloc(count_tests(s) + 1,
                      sizeof *f->tests); /* by what is there, not by what the header claims */
    MooRegs mask = {0};
    memset(mask.v, 0xFF, sizeof mask.v);
    while (f->tests && ok && next_chunk(&s, &c, &ok)) {
        if (is(&c, "RMSK") || is(&c, "RM32")) {
            ok = masks(c.body, c.type[2] == '3', &mask);
        } else if (is(&c, "TEST")) {
            MooTest *t = &f->tests[f->count];
            t->mask = mask;
            ok = test(c.body, t);
            f->count += ok;
        }
    }
    return f->tests && ok;
}

bool moo_load(MooFile *f, const char *path, char *error, size_t error_size)
{
    memset(f, 0, sizeof *f);
    size_t size;
    f->data = read_all(path, &size, error, error_size);
    if (!f->data)
        return false;
    if (parse(f, (Span){f->data, f->data + size}))
        return true;
    snprintf(error, error_size, "%s: not a MOO file of version 1, or broken after %u tests", path,
             (unsigned)f->count);
    moo_free(f);
    return false;
}

void moo_free(MooFile *f)
{
    free(f->tests);
    free(f->data);
    memset(f, 0, sizeof *f);
}
