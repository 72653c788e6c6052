/* scale.h: a picture enlarged by the processor, for windows without a graphics card behind them.
 * Knows nothing of windows. Pixels are XRGB. */
#ifndef GLASS86_SCALE_H
#define GLASS86_SCALE_H

#include "mmu/base.h"

typedef enum {
    SCALE_SHARP,   /* whole multiples with sharp edges, the rest smoothed over one pixel */
    SCALE_INTEGER, /* whole multiples only; the target size is already one */
    SCALE_SMOOTH,  /* linear in both directions */
} ScaleKind;

/* One axis: target pixel i is pixel from[i] of the source, and weight[i] / 256 of the next one. */
typedef struct {
    int source, target;
    u16 *from;
    u8 *weight;
} ScaleAxis;

typedef struct {
    ScaleKind kind;
    ScaleAxis x, y;
    u32 *row; /* a blended row of the source */
} Scale;

typedef struct {
    int x, y, width, height;
} ScaleRect;

/* Where a picture of w by h pixels lies in a window of out_w by out_h: in the middle, as large as
 * it can be in the shape shape_w to shape_h. With SCALE_INTEGER both sides are cut down to whole
 * multiples of the picture's, unless it is larger than the window. No side is less than 1. */
ScaleRect scale_fit(ScaleKind kind, int w, int h, int shape_w, int shape_h, int out_w, int out_h);

/* Prepares for these sizes; costs nothing if they are the last ones. Zero a Scale before its first
 * use. Sizes are 1 to 65535; panics without host memory. */
void scale_set(Scale *s, ScaleKind kind, int source_w, int source_h, int target_w, int target_h);
void scale_free(Scale *s);

/* Draws rows [first, end) of the target; the first of them goes to `to`, `pitch` is in pixels. */
void scale_draw(Scale *s, const u32 *source, u32 *to, size_t pitch, int first, int end);

/* Which rows of the target show rows [first, end) of the source. */
void scale_reach(const Scale *s, int first, int end, int *target_first, int *target_end);

#endif
