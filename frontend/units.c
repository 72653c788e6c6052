/* units.c: see units.h. */
#include "frontend/units.h"

#include <ctype.h>
#include <stdio.h>

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((u8)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static bool digits(const char *s, int radix, u64 max, u64 *v)
{
    u64 n = 0;
    if (!*s)
        return false;
    for (; *s; s++) {
        int d = digit_value(*s);
        if (d >= radix || n > (UINT64_MAX - (u64)d) / (u64)radix)
            return false;
        n = n * (u64)radix + (u64)d;
    }
    *v = n;
    return n <= max;
}

static bool has_0x(const char *s)
{
    return s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
}

bool units_number(const char *s, u64 max, u64 *v)
{
    return has_0x(s) ? digits(s + 2, 16, max, v) : digits(s, 10, max, v);
}

bool units_hex(const char *s, u64 max, u64 *v)
{
    return digits(has_0x(s) ? s + 2 : s, 16, max, v);
}

bool units_scaled(const char *s, u64 scale, unsigned base, u64 *v)
{
    unsigned __int128 n = 0, unit = scale;
    const char *p = s;
    int fraction = 0;
    bool point = false, any = false;
    for (; isdigit((u8)*p) || (*p == '.' && !point); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        any = true;
        if (point && ++fraction > 9)
            continue; /* beyond any unit here */
        n = n * 10 + (unsigned)(*p - '0');
        if (n > UINT64_MAX)
            return false;
    }
    if (*p && base) {
        static const char letters[] = "KMG";
        const char *letter = strchr(letters, toupper((u8)*p));
        if (!letter || p[1])
            return false;
        for (const char *l = letters; l <= letter; l++)
            unit *= base;
        p++;
    }
    if (!any || *p || unit > UINT64_MAX)
        return false;
    n *= unit;
    for (int i = 0; i < fraction && i < 9; i++)
        n /= 10;
    *v = (u64)n;
    return n <= UINT64_MAX;
}

bool units_far(const char *s, u16 *seg, u32 *off)
{
    const char *colon = strchr(s, ':');
    char head[16];
    u64 a, b;
    if (!colon || colon - s >= (long)sizeof head)
        return false;
    memcpy(head, s, (size_t)(colon - s));
    head[colon - s] = 0;
    if (!units_hex(head, 0xFFFF, &a) || !units_hex(colon + 1, UINT32_MAX, &b))
        return false;
    *seg = (u16)a;
    *off = (u32)b;
    return true;
}

/* Counts years from March, so that the leap day is the last of the year and months have a fixed
 * start. */
s64 units_days(int year, int month, int day)
{
    s64 y = month <= 2 ? year - 1 : year;
    s64 m = (month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int month_days(int year, int month)
{
    return (int)(month == 12 ? 31 : units_days(year, month + 1, 1) - units_days(year, month, 1));
}

bool units_date(const char *s, s64 *seconds)
{
    int y, mo, d, h = 0, mi = 0, sec = 0, n = 0;
    if (sscanf(s, "%4d-%2d-%2d%n", &y, &mo, &d, &n) != 3)
        return false;
    if (s[n] == 'T' || s[n] == ' ') {
        int m = 0;
        if (sscanf(s + n + 1, "%2d:%2d:%2d%n", &h, &mi, &sec, &m) != 3)
            return false;
        n += 1 + m;
    }
    if (s[n] || y < 1980 || y > 2079 || mo < 1 || mo > 12 || d < 1 || d > month_days(y, mo) ||
        h < 0 || h > 23 || mi < 0 || mi > 59 || sec < 0 || sec > 59)
        return false;
    *seconds = units_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec;
    return true;
}
