/* symbols.c: see symbols.h. The text formats are told apart line by line, since all of them come
 * down to an address and a name. Files are hostile: every offset of an ELF file is checked. ELF:
 * System V ABI, chapter 4. */
#include "frontend/symbols.h"

#include "frontend/textfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FILE = 256 << 20, MAX_NAME = 200, NEAR = 65536 };

bool symbols_add(Symbols *s, const char *name, u32 addr)
{
    if (s->count == s->room) {
        int room = s->room ? s->room * 2 : 256;
        Symbol *grown = realloc(s->list, (size_t)room * sizeof *grown);
        if (!grown)
            return false;
        s->list = grown;
        s->room = room;
    }
    char *copy = strndup(name, MAX_NAME);
    if (!copy)
        return false;
    s->list[s->count++] = (Symbol){addr, copy};
    return true;
}

void symbols_clear(Symbols *s)
{
    for (int i = 0; i < s->count; i++)
        free(s->list[i].name);
    free(s->list);
    *s = (Symbols){0};
}

static int by_address(const void *a, const void *b)
{
    const Symbol *x = a, *y = b;
    return x->addr != y->addr ? (x->addr < y->addr ? -1 : 1) : strcmp(x->name, y->name);
}

bool symbols_find(const Symbols *s, const char *name, size_t len, u32 *addr)
{
    for (int i = 0; i < s->count; i++) {
        if (!strncmp(s->list[i].name, name, len) && !s->list[i].name[len]) {
            *addr = s->list[i].addr;
            return true;
        }
    }
    return false;
}

const Symbol *symbols_at(const Symbols *s, u32 addr)
{
    int lo = 0, hi = s->count;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (s->list[mid].addr <= addr)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo && addr - s->list[lo - 1].addr < NEAR ? &s->list[lo - 1] : NULL;
}

/* ---- ELF32 ----------------------------------------------------------------------------------- */

static u32 at(const u8 *p, size_t size, size_t off, int n)
{
    return off + (size_t)n <= size ? load_le(p + off, n) : 0;
}

static int load_elf(Symbols *s, const u8 *p, size_t size, u32 offset)
{
    u32 table = at(p, size, 0x20, 4), entry = at(p, size, 0x2E, 2), sections = at(p, size, 0x30, 2);
    int added = 0;
    for (u32 i = 0; i < sections; i++) {
        u64 h = table + (u64)i * entry;
        if (h + 40 > size || at(p, size, h + 4, 4) != 2) /* SHT_SYMTAB */
            continue;
        u64 syms = at(p, size, h + 16, 4), len = at(p, size, h + 20, 4),
            link = at(p, size, h + 24, 4);
        u64 strings = table + link * entry;
        u64 str = at(p, size, strings + 16, 4), str_len = at(p, size, strings + 20, 4);
        for (u64 k = 0; k + 16 <= len && syms + k + 16 <= size; k += 16) {
            u32 name = at(p, size, syms + k, 4), value = at(p, size, syms + k + 4, 4);
            u8 type = p[syms + k + 12] & 15;
            u32 section = at(p, size, syms + k + 14, 2);
            if (!name || name >= str_len || str + name >= size || section == 0 || type > 2)
                continue;
            const char *text = (const char *)p + str + name;
            if (!memchr(text, 0, size - (str + name)) || !*text)
                continue;
            added += symbols_add(s, text, value + offset);
        }
    }
    return added;
}

/* ---- text ------------------------------------------------------------------------------------ */

static bool hex_word(const char *w, size_t n, u32 *v)
{
    if (n > 2 && w[0] == '0' && (w[1] | 32) == 'x')
        w += 2, n -= 2;
    if (n && (w[n - 1] | 32) == 'h')
        n--;
    if (!n || n > 16)
        return false;
    u64 x = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isxdigit((unsigned char)w[i]))
            return false;
        x = x * 16 + (u64)(w[i] <= '9' ? w[i] - '0' : (w[i] | 32) - 'a' + 10);
    }
    *v = (u32)x;
    return x <= UINT32_MAX;
}

static bool is_name(const char *w, size_t n)
{
    if (!n || isdigit((unsigned char)*w))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)w[i]) && !strchr("_.$@?", w[i]))
            return false;
    return true;
}

/* SSSS:OOOO as DOS linkers print it, relative to where the program was loaded. Watcom's marks with
 * * or + what nobody refers to. */
static bool far_word(const char *w, size_t n, u32 *v)
{
    const char *colon = memchr(w, ':', n);
    u32 seg, off;
    if (colon && (w[n - 1] == '*' || w[n - 1] == '+'))
        n--;
    if (!colon || !hex_word(w, (size_t)(colon - w), &seg) ||
        !hex_word(colon + 1, n - (size_t)(colon - w) - 1, &off))
        return false;
    *v = seg * 16 + off;
    return seg <= 0xFFFF;
}

enum { WORDS = 6 };

typedef struct {
    const char *at;
    size_t len;
} Word;

static bool word_is(const Word *w, const char *text)
{
    return w->len == strlen(text) && !memcmp(w->at, text, w->len);
}

static int split_line(const char *line, Word word[WORDS])
{
    int n = 0;
    for (const char *p = line; n < WORDS; n++) {
        p += strspn(p, " \t");
        if (!*p)
            break;
        word[n] = (Word){p, strcspn(p, " \t")};
        p += word[n].len;
    }
    return n;
}

/* Which word of the line is the name; 0: it is no line of a symbol.
 *   nm       `00007c00 T start`, with sizes `00007c00 00000010 T start`
 *   ld       `0x00007c00 start`, `0x00007c00 end = .`, `0x00007c00 PROVIDE (end = .)`
 *   NASM     `7C00 7C00 start` (real, virtual)
 *   DOS      `0000:0010 main`, also with Abs or idle between */
static int name_word(const Word *word, int n, u32 *addr)
{
    bool far = n >= 2 && far_word(word[0].at, word[0].len, addr);
    u32 v;
    if (n < 2 || (!far && (word[0].len < 4 || !hex_word(word[0].at, word[0].len, addr))))
        return 0;
    if (n == 2)
        return 1;
    if (far)
        return n == 3 && (word_is(&word[1], "Abs") || word_is(&word[1], "idle")) ? 2 : 0;
    bool second = word[1].len >= 4 && hex_word(word[1].at, word[1].len, &v);
    if (n == 3 && second) {
        *addr = v;
        return 2;
    }
    if (n == 3 && word[1].len == 1)
        return 2;
    if (n == 4 && second && word[2].len == 1)
        return 3;
    if (n >= 4 && word_is(&word[2], "="))
        return 1;
    return n >= 5 && word_is(&word[1], "PROVIDE") && word_is(&word[3], "=") ? 2 : 0;
}

static bool text_line(const char *line, char name[MAX_NAME + 1], u32 *addr)
{
    Word word[WORDS];
    int n = split_line(line, word), at = name_word(word, n, addr);
    if (!at)
        return false;
    Word w = word[at];
    if (*w.at == '(') /* PROVIDE (end = .) */
        w.at++, w.len--;
    if (!is_name(w.at, w.len) || word_is(&w, ".") || w.len > MAX_NAME)
        return false;
    memcpy(name, w.at, w.len);
    name[w.len] = 0;
    return true;
}

static int load_text(Symbols *s, char *text, u32 offset)
{
    int added = 0;
    char name[MAX_NAME + 1], *save = NULL;
    u32 addr;
    for (char *line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save))
        if (text_line(line, name, &addr))
            added += symbols_add(s, name, addr + offset);
    return added;
}

/* Maps name a symbol twice, by name and by address. */
static void drop_twins(Symbols *s)
{
    int kept = 0;
    for (int i = 0; i < s->count; i++) {
        if (kept && !by_address(&s->list[kept - 1], &s->list[i]))
            free(s->list[i].name);
        else
            s->list[kept++] = s->list[i];
    }
    s->count = kept;
}

int symbols_load(Symbols *s, const char *path, u32 offset, char *err, size_t errlen)
{
    size_t size;
    char *text = textfile_read(path, MAX_FILE, &size, err, errlen);
    if (!text)
        return -1;
    int added;
    if (size > 52 && !memcmp(text, "\177ELF\1\1", 6))
        added = load_elf(s, (u8 *)text, size, offset);
    else
        added = load_text(s, text, offset);
    free(text);
    if (!added) {
        snprintf(err, errlen,
                 "%s holds no symbols that I can read (ELF32, nm, ld, NASM or DOS map)", path);
        return -1;
    }
    qsort(s->list, (size_t)s->count, sizeof *s->list, by_address);
    drop_twins(s);
    return added;
}
