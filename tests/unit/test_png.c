/* test_png.c: PNG files, read back by a small independent inflater, and code page 437. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "devices/cp437.h"
#include "frontend/png.h"

/* ---- a reader of what RFC 1951 calls fixed Huffman blocks ----------------------------------- */

typedef struct {
    const u8 *p;
    size_t len, bit;
} In;

static u32 get(In *in, int n)
{
    u32 v = 0;
    for (int i = 0; i < n; i++, in->bit++) {
        assert_true(in->bit / 8 < in->len);
        v |= (u32)(in->p[in->bit / 8] >> (in->bit % 8) & 1) << i;
    }
    return v;
}

static u32 get_symbol(In *in)
{
    u32 code = 0;
    for (int n = 1; n <= 9; n++) {
        code = code << 1 | get(in, 1);
        if (n == 7 && code <= 0x17)
            return 256 + code;
        if (n == 8 && code >= 0x30 && code <= 0xBF)
            return code - 0x30;
        if (n == 8 && code >= 0xC0 && code <= 0xC7)
            return 280 + code - 0xC0;
        if (n == 9 && code >= 0x190)
            return 144 + code - 0x190;
    }
    fail_msg("no such code");
    return 0;
}

static size_t inflate_fixed(In *in, u8 *to, size_t room)
{
    size_t n = 0;
    assert_int_equal(get(in, 1), 1);
    assert_int_equal(get(in, 2), 1);
    for (;;) {
        u32 s = get_symbol(in);
        if (s == 256)
            return n;
        if (s < 256) {
            assert_true(n < room);
            to[n++] = (u8)s;
            continue;
        }
        u32 length = 3, step = 1;
        s -= 257;
        if (s == 28) {
            length = 258;
        } else {
            u32 extra = s < 8 ? 0 : s / 4 - 1;
            for (u32 i = 0; i < s; i++, length += step)
                step = i < 8 ? 1 : 1u << (i / 4 - 1);
            length += get(in, (int)extra);
        }
        u32 code = 0;
        for (int i = 0; i < 5; i++)
            code = code << 1 | get(in, 1);
        assert_int_equal(code, 0);
        assert_true(n > 0 && n + length <= room);
        for (; length--; n++)
            to[n] = to[n - 1];
    }
}

static u32 be32(const u8 *p)
{
    return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static u32 adler32_of(const u8 *p, size_t n)
{
    u32 a = 1, b = 0;
    while (n--) {
        a = (a + *p++) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void check_file(const char *path, const u32 *pixels, u32 width, u32 height, bool indexed)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static u8 data[4 << 20], raw[4 << 20], row[65536];
    size_t len = fread(data, 1, sizeof data, file), at = 8;
    fclose(file);
    const u8 *palette = NULL, *image = NULL;
    u32 image_len = 0;
    assert_memory_equal(data, "\x89PNG\r\n\x1A\n", 8);
    assert_int_equal(be32(data + 16), width);
    assert_int_equal(be32(data + 20), height);
    assert_int_equal(data[25], indexed ? 3 : 2);
    for (; at < len; at += 12 + be32(data + at)) {
        if (!memcmp(data + at + 4, "PLTE", 4))
            palette = data + at + 8;
        if (!memcmp(data + at + 4, "IDAT", 4)) {
            image = data + at + 8;
            image_len = be32(data + at);
        }
        if (!memcmp(data + at + 4, "IEND", 4))
            assert_int_equal(be32(data + at + 8), 0xAE426082); /* the CRC every PNG ends with */
    }
    assert_int_equal(at, len);
    assert_non_null(image);
    In in = {image + 2, image_len - 2, 0};
    size_t n = inflate_fixed(&in, raw, sizeof raw), bytes = width * (indexed ? 1 : 3);
    assert_int_equal(n, (bytes + 1) * height);
    assert_int_equal(be32(image + image_len - 4), adler32_of(raw, n));
    memset(row, 0, bytes);
    for (u32 y = 0; y < height; y++) {
        const u8 *from = raw + y * (bytes + 1);
        assert_int_equal(from[0], 2);
        for (size_t i = 0; i < bytes; i++)
            row[i] = (u8)(row[i] + from[1 + i]);
        for (u32 x = 0; x < width; x++) {
            const u8 *c = indexed ? palette + 3 * row[x] : row + 3 * x;
            assert_int_equal((u32)c[0] << 16 | (u32)c[1] << 8 | c[2],
                             pixels[y * width + x] & 0xFFFFFF); /* the X of XRGB is not kept */
        }
    }
}

static void round_trip(u32 width, u32 height, u32 colours)
{
    char path[] = "/tmp/glass86-png-XXXXXX", err[200] = "";
    close(mkstemp(path));
    u32 *pixels = malloc(4 * width * height), seed = 5;
    for (u32 i = 0; i < width * height; i++) {
        seed = seed * 1103515245 + 12345;
        bool flat = i / 1000 & 1;
        pixels[i] = (flat ? i / 1000 % colours : (seed >> 16) % colours) * 0x10305;
    }
    assert_true(png_write(path, pixels, (int)width, (int)height, err, sizeof err));
    check_file(path, pixels, width, height, colours <= 256);
    unlink(path);
    free(pixels);
}

static void test_pictures(void **state)
{
    round_trip(1, 1, 1);
    round_trip(320, 200, 2);
    round_trip(33, 77, 256);
    round_trip(640, 480, 16);
    round_trip(257, 129, 5000);
}

static void test_errors(void **state)
{
    char err[200] = "";
    u32 one = 0;
    assert_false(png_write("/nonexistent/dir/a.png", &one, 1, 1, err, sizeof err));
    assert_non_null(strstr(err, "/nonexistent/dir/a.png"));
    assert_false(png_write("/tmp/x.png", &one, 0, 1, err, sizeof err));
    assert_non_null(strstr(err, "0x1"));
}

/* ---- code page 437 -------------------------------------------------------------------------- */

static void test_code_page(void **state)
{
    for (int ch = 0; ch < 256; ch++) {
        char utf8[4];
        u32 code;
        int n = cp437_utf8((u8)ch, utf8);
        assert_int_equal(utf8_decode(utf8, (size_t)n, &code), n);
        assert_int_equal(code, cp437_unicode((u8)ch));
        assert_int_equal(cp437_from_unicode(code), ch ? ch : ' ');
        for (int other = 1; other < ch; other++)
            assert_int_not_equal(cp437_unicode((u8)other), code);
    }
    assert_int_equal(cp437_unicode(0xC4), 0x2500);
    assert_int_equal(cp437_unicode(0xE1), 0x00DF);
    assert_int_equal(cp437_from_unicode(0x20AC), -1);
}

static void test_invalid_utf8(void **state)
{
    static const char *const bad[] = {
        "\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xFF"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        u32 code = 0;
        assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &code), 1);
        assert_int_equal(code, 0xFFFD);
    }
    u32 code;
    assert_int_equal(utf8_decode("", 0, &code), 0);
    assert_int_equal(utf8_decode("\xF0\x9F\x98\x80", 4, &code), 4);
    assert_int_equal(code, 0x1F600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_code_page),
        cmocka_unit_test(test_invalid_utf8),
    };
    return cmocka_run_group_tests_name("png", tests, NULL, NULL);
}
