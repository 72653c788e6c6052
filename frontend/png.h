/* png.h: writes pictures as PNG files, without any library. */
#ifndef GLASS86_PNG_H
#define GLASS86_PNG_H

#include "mmu/base.h"

/* Writes width x height XRGB pixels (rows of `width` words) to `path`. Returns false with a message
 * in err (file, what went wrong, what to do); a partly written file is removed. */
bool png_write(const char *path, const u32 *pixels, int width, int height, char *err,
               size_t err_size);

#endif
