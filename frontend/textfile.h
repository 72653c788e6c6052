/* textfile.h: files that people name (run logs, scripts, symbols, options), read as a whole. Each
 * has a bound: a device file or a mistaken name must not fill the host's memory. */
#ifndef GLASS86_TEXTFILE_H
#define GLASS86_TEXTFILE_H

#include "mmu/base.h"

/* The contents with a NUL behind them, *size without it; the caller frees. Pipes will do. With size
 * NULL it must be a text: no NUL before the end. NULL: err names the file and what is wrong, also
 * if it has more than `most` bytes. */
char *textfile_read(const char *path, size_t most, size_t *size, char *err, size_t errlen);

#endif
