/* move_stream.h: the stream in which a machine moves, for move.c, which sends, and
 * move_receive.c. */
#ifndef GLASS86_MOVE_STREAM_H
#define GLASS86_MOVE_STREAM_H

#include "mmu/base.h"

#define MOVE_MAGIC "G86MOVE\x01"

enum { MOVE_PAGE = 4096, MOVE_PAGES_MAX = 256 };

typedef enum {
    MOVE_HELLO = 1, /* a: size of the memory */
    MOVE_PAGES,     /* a: first page, b: how many, then their bytes */
    MOVE_ROUND,     /* a: number of the round that ends */
    MOVE_REST,      /* a: size; then a state without memory */
    MOVE_END,       /* a: instruction count, b: hash */
    MOVE_TAKEN,     /* the answer: b: hash */
    MOVE_REFUSED,   /* the answer: a: length of a message, which follows */
} MoveType;

typedef struct {
    u32 type;
    u32 zero;
    u64 a, b;
} MoveHead;
_Static_assert(sizeof(MoveHead) == 24, "part of the format");

enum { MOVE_MESSAGE = 600 };

#endif
