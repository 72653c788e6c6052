/* snapshot_pack.c: see snapshot_file.h. Speed counts for more than size here: a state is saved
 * while somebody waits, and most of a DOS machine's memory is empty and not stored at all. */
#include "devices/snapshot_file.h"

#include <stdlib.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

static bool reserve(Blob *b, size_t room)
{
    if (b->failed || room <= b->room)
        return !b->failed;
    u8 *data = realloc(b->data, room);
    b->failed = !data;
    if (data) {
        b->data = data;
        b->room = room;
    }
    return data;
}

void blob_add(Blob *b, const void *data, size_t size)
{
    size_t need = b->size + size;
    if (need > b->room && !reserve(b, need + need / 2 + 4096))
        return;
    if (b->failed)
        return;
    memcpy(b->data + b->size, data, size);
    b->size = need;
}

void blob_free(Blob *b)
{
    free(b->data);
    *b = (Blob){0};
}

#ifdef HAVE_ZSTD
static const PackMethod best = PACK_ZSTD;
#elif defined HAVE_ZLIB
static const PackMethod best = PACK_ZLIB;
#else
static const PackMethod best = PACK_STORED;
#endif

static size_t compress_to(const Blob *in, Blob *out)
{
#ifdef HAVE_ZSTD
    size_t n = reserve(out, ZSTD_compressBound(in->size))
                   ? ZSTD_compress(out->data, out->room, in->data, in->size, 1)
                   : 0;
    return ZSTD_isError(n) ? 0 : n;
#elif defined HAVE_ZLIB
    uLongf n = compressBound(in->size);
    if (!reserve(out, n) || compress2(out->data, &n, in->data, in->size, 1) != Z_OK)
        return 0;
    return n;
#else
    return 0;
#endif
}

bool pack(const Blob *in, Blob *out, PackMethod *method)
{
    *method = best;
    out->size = compress_to(in, out);
    if (out->size == 0 || out->size >= in->size) {
        *method = PACK_STORED;
        out->size = 0;
        out->failed = false;
        blob_add(out, in->data, in->size);
    }
    return !out->failed;
}

const char *pack_missing(u32 method)
{
#ifndef HAVE_ZSTD
    if (method == PACK_ZSTD)
        return "libzstd";
#endif
#ifndef HAVE_ZLIB
    if (method == PACK_ZLIB)
        return "zlib";
#endif
    return method > PACK_ZLIB ? "a library of a later version of glass86" : NULL;
}

bool unpack(PackMethod method, const u8 *in, size_t packed, u8 *out, size_t size)
{
#ifdef HAVE_ZSTD
    if (method == PACK_ZSTD)
        return ZSTD_decompress(out, size, in, packed) == size;
#endif
#ifdef HAVE_ZLIB
    if (method == PACK_ZLIB) {
        uLongf n = size;
        return uncompress(out, &n, in, packed) == Z_OK && n == size;
    }
#endif
    if (method != PACK_STORED || packed != size)
        return false;
    memcpy(out, in, size);
    return true;
}
