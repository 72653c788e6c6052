/* deflate.c: compressed parts of qcow2 and VMDK images, by zlib (RFC 1950, 1951) and zstd (RFC
 * 8878). A build without one of them cannot read those parts. */
#include "devices/disk/layer.h"

#ifdef HAVE_ZLIB
#include <zlib.h>

s64 inflate_block(const u8 *src, size_t len, u8 *dst, size_t room, bool zlib)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)src,
                  .avail_in = (uInt)len,
                  .next_out = dst,
                  .avail_out = (uInt)room};
    if (inflateInit2(&z, zlib ? 15 : -12) != Z_OK)
        return -1;
    int r = inflate(&z, Z_FINISH);
    s64 n = (s64)(room - z.avail_out);
    inflateEnd(&z);
    /* a full buffer ends the stream: what follows is padding up to a sector */
    return r == Z_STREAM_END || (r == Z_BUF_ERROR && n == (s64)room) ? n : -1;
}
#else
s64 inflate_block(const u8 *src, size_t len, u8 *dst, size_t room, bool zlib)
{
    return -1;
}
#endif

#ifdef HAVE_ZSTD
#include <zstd.h>

bool unzstd_available(void)
{
    return true;
}

s64 unzstd_block(const u8 *src, size_t len, u8 *dst, size_t room)
{
    size_t frame = ZSTD_findFrameCompressedSize(src, len); /* padding follows */
    size_t n = ZSTD_isError(frame) ? frame : ZSTD_decompress(dst, room, src, frame);
    return ZSTD_isError(n) ? -1 : (s64)n;
}
#else
bool unzstd_available(void)
{
    return false;
}

s64 unzstd_block(const u8 *src, size_t len, u8 *dst, size_t room)
{
    return -1;
}
#endif
