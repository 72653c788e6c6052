/* png.c: PNG files without a library, after RFC 2083 (PNG), 1950 (zlib) and 1951 (deflate). The
 * headless build has no libraries and takes screenshots all the same, so one writer of our own
 * serves all builds, and the files are the same bytes everywhere.
 *
 * Screens are flat: rows repeat and pixels repeat. So each row is stored as its difference from the
 * row above (filter 2), which is mostly zeros, and deflate is used only for runs of one byte (fixed
 * Huffman codes, matches at distance 1). Up to 256 colours become a palette picture. */
#include "frontend/png.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    u8 *data;
    size_t len, room;
    u32 bits; /* of the deflate stream, not yet in data, lowest first */
    int bit_count;
} Out;

static void put(Out *o, u8 byte)
{
    if (o->len == o->room) {
        o->room = o->room ? 2 * o->room : 65536;
        o->data = realloc(o->data, o->room);
        if (!o->data)
            panic("out of host memory for a PNG file");
    }
    o->data[o->len++] = byte;
}

static void put_be32(Out *o, u32 v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        put(o, (u8)(v >> shift));
}

/* ---- chunks --------------------------------------------------------------------------------- */

static u32 crc32_of(const u8 *p, size_t n)
{
    u32 crc = ~0u;
    while (n--) {
        crc ^= *p++;
        for (int i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static size_t begin_chunk(Out *o, const char *type)
{
    size_t start = o->len;
    put_be32(o, 0);
    for (int i = 0; i < 4; i++)
        put(o, (u8)type[i]);
    return start;
}

static void end_chunk(Out *o, size_t start)
{
    u32 length = (u32)(o->len - start - 8);
    for (int i = 0; i < 4; i++)
        o->data[start + (size_t)i] = (u8)(length >> (24 - 8 * i));
    put_be32(o, crc32_of(o->data + start + 4, length + 4));
}

/* ---- deflate -------------------------------------------------------------------------------- */

static void put_bits(Out *o, u32 value, int n)
{
    o->bits |= value << o->bit_count;
    for (o->bit_count += n; o->bit_count >= 8; o->bit_count -= 8, o->bits >>= 8)
        put(o, (u8)o->bits);
}

/* Huffman codes go highest bit first. */
static void put_code(Out *o, u32 code, int n)
{
    while (n--)
        put_bits(o, code >> n & 1, 1);
}

/* The fixed code of RFC 1951, 3.2.6. */
static void put_symbol(Out *o, u32 s)
{
    if (s < 144)
        put_code(o, 0x30 + s, 8);
    else if (s < 256)
        put_code(o, 0x190 + s - 144, 9);
    else if (s < 280)
        put_code(o, s - 256, 7);
    else
        put_code(o, 0xC0 + s - 280, 8);
}

/* Repeats the last byte about `n` times (3 to 258): the longest length that needs no extra bits;
 * returns it. */
static size_t put_run(Out *o, size_t n)
{
    static const u16 base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const u8 extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    int i = 28;
    while (base[i] > n)
        i--;
    put_symbol(o, 257 + (u32)i);
    put_bits(o, 0, extra[i]);
    put_bits(o, 0, 5); /* distance code 0: one byte back */
    return base[i];
}

static void put_zlib(Out *o, const u8 *p, size_t n)
{
    u32 a = 1, b = 0; /* Adler-32 */
    put(o, 0x78);
    put(o, 0x01);
    put_bits(o, 3, 3); /* last block, fixed codes */
    for (size_t i = 0; i < n;) {
        size_t run = 0;
        while (i && i + run < n && p[i + run] == p[i - 1] && run < 258)
            run++;
        if (run >= 3) {
            i += put_run(o, run);
        } else {
            put_symbol(o, p[i++]);
        }
    }
    put_symbol(o, 256);
    put_bits(o, 0, 7); /* to a whole byte */
    o->bits = 0;
    o->bit_count = 0;
    for (size_t i = 0; i < n; i++) {
        a = (a + p[i]) % 65521;
        b = (b + a) % 65521;
    }
    put_be32(o, b << 16 | a);
}

/* ---- picture -------------------------------------------------------------------------------- */

/* Colours of the picture in order of appearance; 257 when there are more than 256. */
static int find_palette(const u32 *pixels, size_t n, u32 palette[256], u8 *index)
{
    int count = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        u32 colour = pixels[i] & 0xFFFFFF;
        if (!count || palette[last] != colour) {
            for (last = 0; last < count && palette[last] != colour; last++)
                ;
            if (last == 256)
                return 257;
            if (last == count)
                palette[count++] = colour;
        }
        index[i] = (u8)last;
    }
    return count;
}

static void put_colour(Out *o, u32 colour)
{
    put(o, (u8)(colour >> 16));
    put(o, (u8)(colour >> 8));
    put(o, (u8)colour);
}

static void split_colours(u8 *to, const u32 *pixels, size_t n)
{
    for (; n--; to += 3, pixels++) {
        to[0] = (u8)(*pixels >> 16);
        to[1] = (u8)(*pixels >> 8);
        to[2] = (u8)*pixels;
    }
}

/* Rows of `stride` bytes to filter byte and differences from the row above. */
static void put_image(Out *o, const u8 *rows, size_t stride, size_t height)
{
    u8 *filtered = malloc((stride + 1) * height);
    if (!filtered)
        panic("out of host memory for a PNG file");
    u8 *f = filtered;
    for (size_t y = 0; y < height; y++) {
        *f++ = 2;
        for (size_t x = 0; x < stride; x++, rows++)
            *f++ = (u8)(*rows - (y ? rows[-(ptrdiff_t)stride] : 0));
    }
    size_t chunk = begin_chunk(o, "IDAT");
    put_zlib(o, filtered, (stride + 1) * height);
    end_chunk(o, chunk);
    free(filtered);
}

static void encode(Out *o, const u32 *pixels, int width, int height)
{
    static const u8 magic[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    size_t n = (size_t)width * (size_t)height;
    u32 palette[256];
    u8 *bytes = malloc(3 * n);
    if (!bytes)
        panic("out of host memory for a PNG file");
    int colours = find_palette(pixels, n, palette, bytes);
    bool indexed = colours <= 256;

    for (int i = 0; i < 8; i++)
        put(o, magic[i]);
    size_t chunk = begin_chunk(o, "IHDR");
    put_be32(o, (u32)width);
    put_be32(o, (u32)height);
    put(o, 8);               /* bits per sample */
    put(o, indexed ? 3 : 2); /* colour type */
    put(o, 0);               /* deflate, adaptive filters, not interlaced */
    put(o, 0);
    put(o, 0);
    end_chunk(o, chunk);
    if (indexed) {
        chunk = begin_chunk(o, "PLTE");
        for (int i = 0; i < colours; i++)
            put_colour(o, palette[i]);
        end_chunk(o, chunk);
    } else {
        split_colours(bytes, pixels, n);
    }
    put_image(o, bytes, (size_t)width * (indexed ? 1 : 3), (size_t)height);
    end_chunk(o, begin_chunk(o, "IEND"));
    free(bytes);
}

static bool fail(const char *path, char *err, size_t err_size)
{
    snprintf(err, err_size,
             "%s: cannot write the picture: %s; choose a writable place with free space", path,
             strerror(errno));
    return false;
}

bool png_write(const char *path, const u32 *pixels, int width, int height, char *err,
               size_t err_size)
{
    if (width < 1 || height < 1 || width > 16384 || height > 16384) {
        snprintf(err, err_size, "%s: cannot write a picture of %dx%d pixels", path, width, height);
        return false;
    }
    FILE *file = fopen(path, "wb");
    if (!file)
        return fail(path, err, err_size);
    Out o = {0};
    encode(&o, pixels, width, height);
    bool ok = fwrite(o.data, 1, o.len, file) == o.len;
    ok &= fclose(file) == 0;
    free(o.data);
    if (ok)
        return true;
    fail(path, err, err_size);
    remove(path);
    return false;
}
