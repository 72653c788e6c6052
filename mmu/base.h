/* base.h: the integer types and four helpers that every file of glass86 uses. Nothing else
 * belongs here: a header that everything includes must stay smaller than a screen. */
#ifndef GLASS86_BASE_H
#define GLASS86_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A broken invariant of our own (never a guest's or a user's doing): prints the message, lets the
 * hook that the frontend installed dump the machine, and ends the process with status 70. */
_Noreturn void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void panic_set_hook(void (*hook)(void *ctx), void *ctx);

/* Puts ? for the control characters in a message: names out of images, folders and guests may hold
 * anything, also what a terminal obeys. `lines`: but not for those that divide lines. */
void text_tame(char *text, bool lines);

/* Little-endian loads and stores at any alignment; size is 1, 2 or 4 bytes. Hosts are
 * little-endian. */
static inline u32 load_le(const u8 *p, int size)
{
    u16 v16;
    u32 v32;
    switch (size) {
    case 1:
        return *p;
    case 2:
        memcpy(&v16, p, 2);
        return v16;
    default:
        memcpy(&v32, p, 4);
        return v32;
    }
}

static inline void store_le(u8 *p, int size, u32 v)
{
    u16 v16 = (u16)v;
    switch (size) {
    case 1:
        *p = (u8)v;
        break;
    case 2:
        memcpy(p, &v16, 2);
        break;
    default:
        memcpy(p, &v, 4);
    }
}

#endif
