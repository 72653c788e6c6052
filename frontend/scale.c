/* scale.c: see scale.h. Everything about an axis is worked out once per size; a row costs a load
 * and a store per pixel, and a row equal to the one above it is copied. */
#include "frontend/scale.h"

#include <stdlib.h>

static void *must(void *p)
{
    if (!p)
        panic("out of host memory for the window's picture");
    return p;
}

ScaleRect scale_fit(ScaleKind kind, int w, int h, int shape_w, int shape_h, int out_w, int out_h)
{
    ScaleRect r = {.width = out_w, .height = (int)((s64)out_w * shape_h / shape_w)};
    if (r.height > out_h) {
        r.width = (int)((s64)out_h * shape_w / shape_h);
        r.height = out_h;
    }
    if (kind == SCALE_INTEGER && r.width >= w && r.height >= h) {
        r.width -= r.width % w;
        r.height -= r.height % h;
    }
    r.width = r.width > 0 ? r.width : 1;
    r.height = r.height > 0 ? r.height : 1;
    r.x = (out_w - r.width) / 2;
    r.y = (out_h - r.height) / 2;
    return r;
}

static void set_axis(ScaleAxis *a, ScaleKind kind, int source, int target)
{
    a->source = source;
    a->target = target;
    a->from = must(realloc(a->from, (size_t)target * sizeof *a->from));
    a->weight = must(realloc(a->weight, (size_t)target));
    /* the source is first enlarged k times with sharp edges, then fitted linearly */
    s64 k = kind == SCALE_SMOOTH || target < source ? 1 : target / source;
    s64 large = source * k, last = large - 1;
    for (int i = 0; i < target; i++) {
        s64 at = (2 * i + 1) * large - target; /* of its centre, in units of 1/2 target */
        s64 left = at < 0 ? 0 : at / (2 * target), right = left < last ? left + 1 : last;
        s64 part = at < 0 ? 0 : at % (2 * target) * 256 / (2 * target);
        a->from[i] = (u16)(left / k);
        a->weight[i] = left / k == right / k ? 0 : (u8)part;
    }
}

void scale_set(Scale *s, ScaleKind kind, int source_w, int source_h, int target_w, int target_h)
{
    if (s->row && s->kind == kind && s->x.source == source_w && s->y.source == source_h &&
        s->x.target == target_w && s->y.target == target_h)
        return;
    s->kind = kind;
    set_axis(&s->x, kind, source_w, target_w);
    set_axis(&s->y, kind, source_h, target_h);
    s->row = must(realloc(s->row, (size_t)source_w * sizeof *s->row));
}

void scale_free(Scale *s)
{
    free(s->x.from);
    free(s->x.weight);
    free(s->y.from);
    free(s->y.weight);
    free(s->row);
    memset(s, 0, sizeof *s);
}

/* Two channels at a time. */
static inline u32 mix(u32 a, u32 b, u32 weight)
{
    u32 rb = ((a & 0xFF00FF) * (256 - weight) + (b & 0xFF00FF) * weight) >> 8 & 0xFF00FF;
    u32 g = ((a & 0x00FF00) * (256 - weight) + (b & 0x00FF00) * weight) >> 8 & 0x00FF00;
    return rb | g;
}

static const u32 *source_row(Scale *s, const u32 *source, int y)
{
    const u32 *row = source + (size_t)s->y.from[y] * (size_t)s->x.source;
    if (!s->y.weight[y])
        return row;
    for (int x = 0; x < s->x.source; x++)
        s->row[x] = mix(row[x], row[x + s->x.source], s->y.weight[y]);
    return s->row;
}

void scale_draw(Scale *s, const u32 *source, u32 *to, size_t pitch, int first, int end)
{
    for (int y = first; y < end; y++, to += pitch) {
        if (y > first && s->y.from[y] == s->y.from[y - 1] && s->y.weight[y] == s->y.weight[y - 1]) {
            memcpy(to, to - pitch, (size_t)s->x.target * sizeof *to);
            continue;
        }
        const u32 *row = source_row(s, source, y);
        for (int x = 0; x < s->x.target; x++) {
            const u32 *p = row + s->x.from[x];
            to[x] = s->x.weight[x] ? mix(p[0], p[1], s->x.weight[x]) : p[0];
        }
    }
}

void scale_reach(const Scale *s, int first, int end, int *target_first, int *target_end)
{
    const ScaleAxis *a = &s->y;
    int from = 0, to = a->target;
    while (from < to && a->from[from] + (a->weight[from] ? 1 : 0) < first)
        from++;
    while (to > from && a->from[to - 1] >= end)
        to--;
    *target_first = from;
    *target_end = to;
}
