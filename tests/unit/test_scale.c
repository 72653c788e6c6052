/* test_scale.c: where the picture lies in the window, the picture enlarged by the processor, and
 * the keys of the window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "frontend/scale.h"
#include "frontend/shortcuts.h"
#include "frontend/typing.h"

enum { W = 4, H = 3 };

static const u32 picture[W * H] = {
    0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF, 0x000000, 0x102030,
    0x405060, 0x708090, 0x123456, 0x654321, 0xABCDEF, 0xFEDCBA,
};

static u32 *scaled(Scale *s, ScaleKind kind, int w, int h)
{
    u32 *out = calloc((size_t)(w * h), sizeof *out);
    assert_non_null(out);
    scale_set(s, kind, W, H, w, h);
    scale_draw(s, picture, out, (size_t)w, 0, h);
    return out;
}

static void expect_fit(ScaleKind kind, int shape_w, int shape_h, int out_w, int out_h, ScaleRect r)
{
    ScaleRect got = scale_fit(kind, 720, 400, shape_w, shape_h, out_w, out_h);
    assert_int_equal(got.x, r.x);
    assert_int_equal(got.y, r.y);
    assert_int_equal(got.width, r.width);
    assert_int_equal(got.height, r.height);
}

/* Text of 720x400: 4:3 as on a monitor, or with square pixels. */
static void test_fit(void **state)
{
    static const ScaleKind fractions[] = {SCALE_SHARP, SCALE_SMOOTH};
    for (int k = 0; k < 2; k++) {
        expect_fit(fractions[k], 4, 3, 1440, 1080, (ScaleRect){0, 0, 1440, 1080});
        expect_fit(fractions[k], 4, 3, 1920, 1080, (ScaleRect){240, 0, 1440, 1080}); /* too wide */
        expect_fit(fractions[k], 4, 3, 800, 1000, (ScaleRect){0, 200, 800, 600});    /* too high */
        expect_fit(fractions[k], 720, 400, 1000, 1000, (ScaleRect){0, 222, 1000, 555});
        expect_fit(fractions[k], 4, 3, 333, 777, (ScaleRect){0, 264, 333, 249}); /* smaller */
        expect_fit(fractions[k], 4, 3, 1, 1, (ScaleRect){0, 0, 1, 1});
    }
    expect_fit(SCALE_INTEGER, 720, 400, 1500, 1000, (ScaleRect){30, 100, 1440, 800});
    expect_fit(SCALE_INTEGER, 4, 3, 1500, 1100, (ScaleRect){30, 150, 1440, 800}); /* 1466x1100 */
    expect_fit(SCALE_INTEGER, 4, 3, 700, 300, (ScaleRect){150, 0, 400, 300}); /* no room for one */
    expect_fit(SCALE_INTEGER, 4, 3, 65535, 65535, (ScaleRect){7, 8367, 65520, 48800});
}

/* Whole multiples repeat pixels exactly, whatever the kind of fitting. */
static void test_whole_multiples(void **state)
{
    static const ScaleKind kinds[] = {SCALE_SHARP, SCALE_INTEGER};
    for (int k = 0; k < 2; k++) {
        Scale s = {0};
        u32 *out = scaled(&s, kinds[k], W * 3, H * 2);
        for (int y = 0; y < H * 2; y++)
            for (int x = 0; x < W * 3; x++)
                assert_int_equal(out[y * W * 3 + x], picture[y / 2 * W + x / 3]);
        free(out);
        scale_free(&s);
    }
}

/* In between, a pixel is sharp but where two meet. */
static void test_sharp(void **state)
{
    Scale s = {0};
    u32 *out = scaled(&s, SCALE_SHARP, W * 5 / 2, H);
    assert_int_equal(out[0], 0xFF0000);
    assert_int_equal(out[1], 0xFF0000);
    assert_int_equal(out[2], 0x7F7F00); /* half of each */
    assert_int_equal(out[3], 0x00FF00);
    assert_int_equal(out[W * 5 / 2 - 1], 0xFFFFFF);
    free(out);
    scale_free(&s);
}

static void test_smooth_and_smaller(void **state)
{
    Scale s = {0};
    u32 *out = scaled(&s, SCALE_SMOOTH, W * 2, H);
    assert_int_equal(out[0], 0xFF0000);
    assert_int_equal(out[1], 0xBF3F00);
    assert_int_equal(out[2], 0x3FBF00);
    free(out);
    out = scaled(&s, SCALE_SHARP, 2, 1);
    assert_int_equal(out[0], 0x081018); /* the middle of 000000 and 102030 */
    free(out);
    out = scaled(&s, SCALE_SMOOTH, 1, 1);
    free(out);
    scale_free(&s);
}

/* Drawing only the rows that a change reaches gives the same as drawing all. */
static void test_reach(void **state)
{
    enum { TW = 17, TH = 19 };
    static const ScaleKind kinds[] = {SCALE_SHARP, SCALE_SMOOTH};
    for (int k = 0; k < 2; k++) {
        for (int row = 0; row < H; row++) {
            Scale s = {0};
            u32 changed[W * H];
            memcpy(changed, picture, sizeof changed);
            for (int x = 0; x < W; x++)
                changed[row * W + x] ^= 0x00F0F0F0;
            u32 *part = scaled(&s, kinds[k], TW, TH), *whole = calloc(TW * TH, sizeof *whole);
            int first, end;
            scale_reach(&s, row, row + 1, &first, &end);
            assert_in_range(first, 0, end - 1);
            assert_in_range(end, first + 1, TH);
            scale_draw(&s, changed, part + first * TW, TW, first, end);
            scale_draw(&s, changed, whole, TW, 0, TH);
            assert_memory_equal(part, whole, TW * TH * sizeof *whole);
            free(part);
            free(whole);
            scale_free(&s);
        }
    }
}

static void test_shortcuts_are_told_apart(void **state)
{
    for (const Shortcut *a = shortcuts; a->name; a++) {
        assert_int_equal(shortcut_of(a->key), a->action);
        for (const Shortcut *b = a + 1; b->name; b++) {
            assert_int_not_equal(a->key, b->key);
            assert_int_not_equal(a->action, b->action);
        }
    }
    assert_int_equal(shortcut_of(KEY_A), SHORTCUT_NONE);
}

/* A clipboard's text is taken as it is: no escapes, no key names. */
static void test_plain_typing(void **state)
{
    const char *text = "{a}\\n\r\n\xE2\x82\xAC"
                       "z"; /* the euro sign is on no key */
    static const u16 want[] = {KEY_BRACKET_LEFT, KEY_A, KEY_BRACKET_RIGHT, KEY_BACKSLASH, KEY_N,
                               KEY_ENTER,        KEY_Z};
    KeyStroke strokes[KEY_STROKES_MAX];
    size_t at = 0;
    int n;
    while ((n = typing_plain(&text, strokes)) > 0) {
        bool seen = false;
        assert_in_range(at, 0, ARRAY_LEN(want) - 1);
        for (int i = 0; i < n; i++)
            seen |= strokes[i].key == want[at];
        assert_true(seen);
        at++;
    }
    assert_int_equal(at, ARRAY_LEN(want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_whole_multiples),          cmocka_unit_test(test_sharp),
        cmocka_unit_test(test_smooth_and_smaller),       cmocka_unit_test(test_reach),
        cmocka_unit_test(test_shortcuts_are_told_apart), cmocka_unit_test(test_plain_typing),
    };
    return cmocka_run_group_tests_name("scale", tests, NULL, NULL);
}
