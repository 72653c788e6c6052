/* ours.c: the text of cpu/disasm.c taken apart again, so that the printed text itself is what is
 * compared; and the comparison. */
#include "canon.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_number(const char *s)
{
    return isdigit((unsigned char)*s);
}

static const char *take(const char *s, const char *stop, char *out, size_t size)
{
    size_t n = strcspn(s, stop);
    snprintf(out, size, "%.*s", (int)n, s);
    return s + n;
}

/* seg:base+index*scale+disp] */
static void memory(const char *s, CanonOperand *o)
{
    char part[24];
    o->kind = CANON_MEM;
    if (s[0] && s[1] && s[2] == ':') {
        s = take(s, ":", o->seg, sizeof o->seg) + 1;
    }
    while (*s && *s != ']') {
        bool minus = *s == '-';
        s += *s == '+' || minus;
        s = take(s, "+-*]", part, sizeof part);
        if (is_number(part)) {
            u32 v = (u32)strtoul(part, NULL, 0);
            o->value = minus ? 0 - v : v;
        } else if (!*o->base && *s != '*') {
            snprintf(o->base, sizeof o->base, "%.7s", part);
        } else {
            snprintf(o->index, sizeof o->index, "%.7s", part);
            o->scale = *s == '*' ? s[1] - '0' : 1;
            s += *s == '*' ? 2 : 0;
        }
    }
    if (!*o->seg)
        strcpy(o->seg, strstr(o->base, "bp") || !strcmp(o->base, "esp") ? "ss" : "ds");
}

static void operand(const char *s, CanonOperand *o)
{
    static const struct {
        const char *word;
        int size;
    } sizes[] = {{"byte ", 1}, {"word ", 2}, {"dword ", 4}, {"qword ", 8}, {"tword ", 10}};
    for (size_t n = 0; n < ARRAY_LEN(sizes); n++)
        if (!strncmp(s, sizes[n].word, strlen(sizes[n].word))) {
            o->size = sizes[n].size;
            s += strlen(sizes[n].word);
            break;
        }
    if (*s == '[') {
        memory(s + 1, o);
    } else if (strchr(s, ':')) {
        o->kind = CANON_FAR;
        o->selector = (u32)strtoul(s, NULL, 0);
        o->value = (u32)strtoul(strchr(s, ':') + 1, NULL, 0);
    } else if (is_number(s) || *s == '-') {
        o->kind = CANON_IMM;
        o->value = *s == '-' ? 0 - (u32)strtoul(s + 1, NULL, 0) : (u32)strtoul(s, NULL, 0);
    } else {
        o->kind = CANON_REG;
        snprintf(o->reg, sizeof o->reg, "%.7s", s);
    }
}

static bool is_segment(const char *s)
{
    return strlen(s) == 2 && s[1] == 's' && strchr("ecsdfg", s[0]);
}

void canon_ours(const DecodeTable *t, const u8 *p, bool code32, Canon *out)
{
    Insn i;
    char word[64];
    memset(out, 0, sizeof *out);
    int len = decode(t, p, 16, code32, &i);
    if (!len || i.row == t->bad || i.row == t->too_long) {
        snprintf(out->text, sizeof out->text, "(bad)");
        return;
    }
    out->len = len;
    out->address32 = i.flags & INSN_AD32;
    disasm(&i, 0x1000, out->text, sizeof out->text);
    const char *s = out->text;
    char seg[4] = "";
    for (;;) {
        s = take(s, " ", word, sizeof word);
        bool more = *s == ' ';
        s += more;
        if (!strcmp(word, "lock"))
            out->lock = true;
        else if (!strncmp(word, "rep", 3))
            snprintf(out->repeat, sizeof out->repeat, "%.7s", word);
        else if (more && is_segment(word))
            snprintf(seg, sizeof seg, "%.3s", word);
        else
            break;
    }
    snprintf(out->name, sizeof out->name, "%.20s", word);
    if (*seg) { /* of a string instruction's source */
        out->op[0].kind = CANON_MEM;
        strcpy(out->op[0].seg, seg);
        out->count = 1;
    }
    if (!strncmp(s, "far ", 4)) {
        strcat(out->name, "f");
        s += 4;
    }
    while (*s && out->count < 4) {
        s = take(s, ",", word, sizeof word);
        s += *s == ',';
        operand(word, &out->op[out->count++]);
    }
    if (out->op[0].kind == CANON_FAR)
        strcat(out->name, "f");
}

static u32 mask_of(int size)
{
    return size == 1 ? 0xFF : size == 2 ? 0xFFFF : 0xFFFFFFFF;
}

static const char *operand_differs(const CanonOperand *a, const CanonOperand *b, bool address32)
{
    u32 amask = address32 ? 0xFFFFFFFF : 0xFFFF;
    if (a->kind != b->kind)
        return "kind of operand";
    switch (a->kind) {
    case CANON_REG:
        return strcmp(a->reg, b->reg) ? "register" : NULL;
    case CANON_IMM:
        return (a->value ^ b->value) & mask_of(b->size) ? "immediate" : NULL;
    case CANON_FAR:
        return a->value != b->value || a->selector != b->selector ? "far pointer" : NULL;
    case CANON_MEM:
        if (strcmp(a->seg, b->seg))
            return "segment";
        if (strcmp(a->base, b->base) || strcmp(a->index, b->index) ||
            (*a->index && a->scale != b->scale) || (a->value ^ b->value) & amask)
            return "address";
        return a->size && b->size && a->size != b->size ? "size of memory operand" : NULL;
    default:
        return NULL;
    }
}

const char *canon_differ(const Canon *ours, const Canon *theirs)
{
    if (ours->len != theirs->len)
        return "length";
    if (strcmp(ours->name, theirs->name))
        return "mnemonic";
    if (ours->lock != theirs->lock || strcmp(ours->repeat, theirs->repeat))
        return "prefix";
    if (ours->count != theirs->count)
        return "number of operands";
    bool swapped = !strcmp(ours->name, "xchg") && ours->op[0].kind == CANON_REG &&
                   !operand_differs(&ours->op[0], &theirs->op[1], false);
    for (int n = 0; n < ours->count && !swapped; n++) {
        const char *what = operand_differs(&ours->op[n], &theirs->op[n], ours->address32);
        if (what)
            return what;
    }
    return NULL;
}
