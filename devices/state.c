/* state.c: the section table and its hash. */
#include "devices/state.h"

void snap_add(Snap *s, const char *name, u16 version, void *data, u32 size)
{
    if (s->count >= SNAP_MAX)
        panic("too many snapshot sections: raise SNAP_MAX (adding %s)", name);
    if (strlen(name) > 15)
        panic("snapshot section name too long: %s", name);
    s->section[s->count++] =
        (SnapSection){.name = name, .version = version, .data = data, .size = size};
}

void snap_check(Snap *s, SnapCheckFn *check)
{
    s->section[s->count - 1].check = check;
}

void snap_gathered(Snap *s, void (*gather)(void *ctx), void *ctx)
{
    s->section[s->count - 1].gather = gather;
    s->section[s->count - 1].ctx = ctx;
}

void snap_late(Snap *s)
{
    s->section[s->count - 1].late = true;
}

void snap_gather(const Snap *s)
{
    for (int i = 0; i < s->count; i++)
        if (s->section[i].gather)
            s->section[i].gather(s->section[i].ctx);
}

static inline u64 mix(u64 h, u64 v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15ull;
    return h ^ (h >> 29);
}

u64 state_hash(u64 seed, const void *data, u64 size)
{
    const u8 *p = data;
    u64 a = seed ^ size, b = ~seed;
    /* two chains: RAM is large and multiplies have latency */
    for (; size >= 16; p += 16, size -= 16) {
        u64 x, y;
        memcpy(&x, p, 8);
        memcpy(&y, p + 8, 8);
        a = mix(a, x);
        b = mix(b, y);
    }
    for (; size; p++, size--)
        a = mix(a, *p + 1ull);
    return mix(a, b);
}

u64 snap_hash(const Snap *s)
{
    u64 h = 0x676C617373383621ull;
    snap_gather(s);
    for (int i = 0; i < s->count; i++) {
        h = state_hash(h, s->section[i].name, strlen(s->section[i].name));
        h = state_hash(h, s->section[i].data, s->section[i].size);
    }
    return h;
}
