/* lzhuf.h: the decoder of LZHUF (Haruyasu Yoshizaki, 1988): LZSS with adaptive Huffman codes. */
#ifndef GLASS86_DISK_LZHUF_H
#define GLASS86_DISK_LZHUF_H

#include "mmu/base.h"

/* Decodes until the input ends or `room` bytes are there; returns how many. Any input is safe. */
u64 lzhuf_decode(const u8 *src, u64 len, u8 *dst, u64 room);

#endif
