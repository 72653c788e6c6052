/* units.h: numbers as people type them. All of these take the whole string or fail; nothing
 * rounds up and nothing goes through floating point. */
#ifndef GLASS86_UNITS_H
#define GLASS86_UNITS_H

#include "mmu/base.h"

/* 123 or 0x7b; at most `max`. */
bool units_number(const char *s, u64 max, u64 *v);

/* Hexadecimal, with or without 0x; at most `max`. */
bool units_hex(const char *s, u64 max, u64 *v);

/* A decimal number that may have a fraction, times `scale`: "2.5" at scale 1,000,000 is
 * 2,500,000. A letter K, M or G after it multiplies by base, base^2, base^3; base 0: no letters. */
bool units_scaled(const char *s, u64 scale, unsigned base, u64 *v);

/* SEG:OFF in hexadecimal. */
bool units_far(const char *s, u16 *seg, u32 *off);

/* 2006-06-17 or 2006-06-17T16:01:21, years 1980 to 2079, as seconds since 1970-01-01 00:00. */
bool units_date(const char *s, s64 *seconds);

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
s64 units_days(int year, int month, int day);

#endif
