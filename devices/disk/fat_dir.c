/* fat_dir.c: directory entries: reading them with their long names, and making them from host
 * names.
 *
 * A long name stands before its entry, last part first, 13 UTF-16 units in each part (FAT spec,
 * page 28). It counts only if it is complete and its checksum is that of the short name: programs
 * that do not know long names leave orphans behind. */
#include "devices/disk/fat.h"

#include <stdio.h>
#include <time.h>

#include "devices/cp437.h"

enum { PART = 13, LAST_PART = 0x40, DELETED = 0xE5, KANJI_E5 = 0x05 };

static const u8 unit_at[PART] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

static u8 checksum(const u8 *name)
{
    u8 sum = 0;
    for (int i = 0; i < FAT_SHORT; i++)
        sum = (u8)((sum << 7 | sum >> 1) + name[i]);
    return sum;
}

/* ---- UTF-8 and UTF-16 ------------------------------------------------------------------------ */

/* Appends a code point; false: no room. */
static bool put_utf8(char *out, size_t *n, u32 code)
{
    u8 b[4];
    int len = 0;
    if (code < 0x80) {
        b[len++] = (u8)code;
    } else if (code < 0x800) {
        b[len++] = (u8)(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        b[len++] = (u8)(0xE0 | code >> 12);
    } else {
        b[len++] = (u8)(0xF0 | code >> 18);
    }
    int rest = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    while (rest--)
        b[len++] = (u8)(0x80 | (code >> 6 * rest & 63));
    if (*n + (size_t)len >= FAT_NAME_BYTES)
        return false;
    memcpy(out + *n, b, (size_t)len);
    out[*n += (size_t)len] = 0;
    return true;
}

static bool text_of_units(const u16 *unit, u32 count, char *out)
{
    size_t n = 0;
    for (u32 i = 0; i < count; i++) {
        u32 code = unit[i];
        if (code >= 0xD800 && code < 0xDC00 && i + 1 < count && (unit[i + 1] & 0xFC00) == 0xDC00)
            code = 0x10000 + ((code & 0x3FF) << 10 | (unit[++i] & 0x3FF));
        else if (code >= 0xD800 && code < 0xE000)
            return false;
        if (!put_utf8(out, &n, code))
            return false;
    }
    return count > 0;
}

/* The units of a name; -1: it is not UTF-8, or too long. */
static int units_of_text(const char *text, u16 *unit)
{
    size_t len = strlen(text);
    int n = 0;
    while (len) {
        u32 code;
        int used = utf8_decode(text, len, &code);
        if (code == 0xFFFD || n + (code >= 0x10000) >= FAT_LONG_MAX)
            return -1;
        if (code >= 0x10000) {
            unit[n++] = (u16)(0xD800 | (code - 0x10000) >> 10);
            code = 0xDC00 | ((code - 0x10000) & 0x3FF);
        }
        unit[n++] = (u16)code;
        text += used, len -= (size_t)used;
    }
    return n;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* What may be a component of a path on the host: a guest may write anything into a directory. */
static bool is_safe(const char *text)
{
    if (!*text || !strcmp(text, ".") || !strcmp(text, ".."))
        return false;
    for (const char *p = text; *p; p++) {
        if ((u8)*p < 0x20 || *p == '/' || *p == 0x7F)
            return false;
    }
    return strlen(text) <= 255;
}

static void short_text(const u8 *raw, u8 lower, char *out)
{
    size_t n = 0;
    *out = 0;
    for (int i = 0; i < FAT_SHORT; i++) {
        u8 ch = i == 0 && raw[0] == KANJI_E5 ? DELETED : raw[i];
        bool small = lower & (i < 8 ? 8 : 16);
        if (i == 8 && memcmp(raw + 8, "   ", 3))
            put_utf8(out, &n, '.');
        if (ch == ' ' && (i >= 8 || !memcmp(raw + i, "        ", 8u - (u32)i)))
            i = i < 8 ? 7 : FAT_SHORT;
        else
            put_utf8(out, &n, ch < 0x80 ? (small && ch >= 'A' && ch <= 'Z' ? ch + 32u : ch)
                                        : cp437_unicode(ch));
    }
}

typedef struct {
    u16 unit[PART * 20];
    int next; /* number of the part that must follow; 0: complete */
    u32 count;
    u8 sum;
    bool valid;
} LongName;

static void take_part(LongName *l, const u8 *e)
{
    int number = e[0] & 0x1F;
    if (e[0] & LAST_PART && number >= 1 && number <= 20) {
        l->valid = true;
        l->next = number;
        l->count = (u32)number * PART;
        l->sum = e[13];
    }
    if (!l->valid || !l->next || number != l->next || e[13] != l->sum) {
        l->valid = false;
        return;
    }
    l->next--;
    for (int i = 0; i < PART; i++) {
        u32 at = (u32)l->next * PART + (u32)i;
        l->unit[at] = (u16)load_le(e + unit_at[i], 2);
        if (!l->unit[at] && at < l->count)
            l->count = at; /* only the last part ends early */
    }
}

bool fat_next(FatReader *r, FatEntry *e, char text[FAT_NAME_BYTES])
{
    LongName l = {.valid = false};
    for (; r->at < r->end && r->at[0]; r->at += FAT_ENTRY) {
        const u8 *raw = r->at;
        if (raw[0] == DELETED) {
            l.valid = false;
            continue;
        }
        if ((raw[11] & 0x3F) == FAT_LONG) {
            take_part(&l, raw);
            continue;
        }
        memcpy(e->name, raw, FAT_SHORT);
        e->lower = raw[12] & 0x18;
        e->attr = raw[11];
        e->time = load_le(raw + 22, 2) | load_le(raw + 24, 2) << 16;
        e->cluster = load_le(raw + 26, 2) | load_le(raw + 20, 2) << 16;
        e->size = load_le(raw + 28, 4);
        e->has_long = l.valid && !l.next && l.sum == checksum(raw) &&
                      text_of_units(l.unit, l.count, text) && is_safe(text);
        if (!e->has_long)
            short_text(raw, e->lower, text);
        if (!is_safe(text))
            *text = 0;
        r->at += FAT_ENTRY;
        return true;
    }
    return false;
}

/* ---- making ---------------------------------------------------------------------------------- */

static bool short_char(u8 ch)
{
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
           (ch && strchr("!#$%&'()-@^_`{}~", ch));
}

/* One part of an 8.3 name: legal, not too long, and, if `lower` is wanted, of one case. */
static bool short_part(const char *s, size_t len, size_t most, u8 *out, bool *lower)
{
    bool up = false, down = false;
    if (len > most)
        return false;
    memset(out, ' ', most);
    for (size_t i = 0; i < len; i++) {
        u8 ch = (u8)s[i];
        if (!short_char(ch))
            return false;
        up |= ch >= 'A' && ch <= 'Z';
        down |= ch >= 'a' && ch <= 'z';
        out[i] = ch >= 'a' && ch <= 'z' ? (u8)(ch - 32) : ch;
    }
    if (lower)
        *lower = down;
    return !(up && down) || !lower;
}

static bool is_device(const u8 *name)
{
    static const char *const devices[] = {"CON     ", "PRN     ", "AUX     ", "NUL     ",
                                          "CLOCK$  "};
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        if (!memcmp(name, devices[i], 8))
            return true;
    }
    return (!memcmp(name, "COM", 3) || !memcmp(name, "LPT", 3)) && name[3] >= '1' &&
           name[3] <= '9' && !memcmp(name + 4, "    ", 4);
}

/* The short name if the text is one, in upper case. With places for what each half's case is,
 * neither may mix them. */
static bool short_halves(const char *text, u8 name[FAT_SHORT], bool *low_base, bool *low_ext)
{
    const char *dot = strrchr(text, '.');
    size_t base = dot ? (size_t)(dot - text) : strlen(text);
    return base && (!dot || dot[1]) && short_part(text, base, 8, name, low_base) &&
           short_part(dot ? dot + 1 : "", dot ? strlen(dot + 1) : 0, 3, name + 8, low_ext);
}

/* If the text is a short name nothing more is needed. */
static bool short_name(const char *text, FatEntry *e)
{
    bool low_base = false, low_ext = false;
    if (!short_halves(text, e->name, &low_base, &low_ext))
        return false;
    e->lower = (u8)((low_base ? 8 : 0) | (low_ext ? 16 : 0));
    return true;
}

/* DOS opens the device whatever the extension is, and Windows does with blanks behind the name. */
static bool names_device(const char *text)
{
    u8 stem[8];
    size_t len = strcspn(text, " .");
    return len && short_part(text, len, 8, stem, NULL) && is_device(stem);
}

bool fat_name(const char *text, FatEntry *e)
{
    u16 unit[FAT_LONG_MAX + 2];
    size_t len = strlen(text);
    if (!is_safe(text) || strpbrk(text, "\"*:<>?\\|") ||
        text[len - 1] == '.' || text[len - 1] == ' ' || units_of_text(text, unit) <= 0)
        return false;
    e->has_long = !short_name(text, e);
    if (!e->has_long)
        return !is_device(e->name);
    e->lower = 0;
    return !names_device(text);
}

/* Legal characters of text[0..len) in upper case, others as underscores, blanks and dots left out.
 */
static int squeeze(const char *text, size_t len, u8 *out, int most)
{
    int n = 0;
    for (size_t i = 0; i < len && n < most; i++) {
        u8 ch = (u8)text[i];
        if (ch == ' ' || ch == '.' || (ch & 0xC0) == 0x80)
            continue;
        out[n++] = !short_char(ch) ? '_' : ch >= 'a' && ch <= 'z' ? (u8)(ch - 32) : ch;
    }
    return n;
}

bool fat_alias(const char *text, u32 n, FatEntry *e)
{
    if (!n)
        return short_halves(text, e->name, NULL, NULL);
    const char *dot = strrchr(text, '.');
    size_t len = strlen(text);
    if (dot == text)
        dot = NULL;
    u8 base[8];
    int used = squeeze(text, dot ? (size_t)(dot - text) : len, base, 8);
    char tail[12];
    int digits = snprintf(tail, sizeof tail, "~%u", n);
    if (used > 8 - digits)
        used = 8 - digits;
    memset(e->name, ' ', FAT_SHORT);
    memcpy(e->name, base, (size_t)used);
    memcpy(e->name + used, tail, (size_t)digits);
    if (dot)
        squeeze(dot + 1, strlen(dot + 1), e->name + 8, 3);
    return true;
}

u32 fat_entry_count(const FatEntry *e, const char *text)
{
    u16 unit[FAT_LONG_MAX + 2];
    int n = e->has_long ? units_of_text(text, unit) : 0;
    return 1 + (n > 0 ? ((u32)n + PART - 1) / PART : 0);
}

static void put_long(const FatEntry *e, const char *text, u32 parts, u8 *dst)
{
    u16 unit[PART * 21];
    memset(unit, 0xFF, sizeof unit);
    int n = units_of_text(text, unit);
    if (n % PART)
        unit[n] = 0;
    for (u32 k = parts; k-- > 0; dst += FAT_ENTRY) {
        memset(dst, 0, FAT_ENTRY);
        dst[0] = (u8)((k + 1) | (k + 1 == parts ? LAST_PART : 0));
        dst[11] = FAT_LONG;
        dst[13] = checksum(e->name);
        for (int i = 0; i < PART; i++)
            store_le(dst + unit_at[i], 2, unit[k * PART + (u32)i]);
    }
}

void fat_put(const FatEntry *e, const char *text, u8 *dst)
{
    u32 parts = fat_entry_count(e, text) - 1;
    put_long(e, text, parts, dst);
    dst += parts * FAT_ENTRY;
    memset(dst, 0, FAT_ENTRY);
    memcpy(dst, e->name, FAT_SHORT);
    dst[11] = e->attr;
    dst[12] = e->lower;
    store_le(dst + 18, 2, e->time >> 16); /* last access */
    store_le(dst + 20, 2, e->cluster >> 16);
    store_le(dst + 22, 2, e->time & 0xFFFF);
    store_le(dst + 24, 2, e->time >> 16);
    store_le(dst + 26, 2, e->cluster & 0xFFFF);
    store_le(dst + 28, 4, e->size);
}

/* ---- times ----------------------------------------------------------------------------------- */

u32 fat_time(s64 seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;
    if (!localtime_r(&t, &tm) || tm.tm_year < 80)
        return 33u << 16; /* 1 January 1980 */
    if (tm.tm_year > 207)
        return (127u << 9 | 12u << 5 | 31) << 16;
    u32 date = (u32)(tm.tm_year - 80) << 9 | (u32)(tm.tm_mon + 1) << 5 | (u32)tm.tm_mday;
    return date << 16 | (u32)tm.tm_hour << 11 | (u32)tm.tm_min << 5 | (u32)tm.tm_sec / 2;
}

s64 fat_seconds(u32 time)
{
    struct tm tm = {.tm_year = (int)(time >> 25) + 80,
                    .tm_mon = (int)(time >> 21 & 15) - 1,
                    .tm_mday = (int)(time >> 16 & 31),
                    .tm_hour = (int)(time >> 11 & 31),
                    .tm_min = (int)(time >> 5 & 63),
                    .tm_sec = (int)(time & 31) * 2,
                    .tm_isdst = -1};
    return (s64)mktime(&tm);
}
