/* The key table, names and the US layout. */
#include "tests/unit/io_rig.h"

#include "devices/keys.h"
#include "frontend/sdl_window.h"

static void test_table_is_complete_and_unique(void **state)
{
    for (u16 k = 1; k < KEY_COUNT; k++) {
        assert_non_null(key_table[k].name);
        assert_true(key_table[k].set1 && key_table[k].set2 && key_table[k].set3);
        for (u16 o = 1; o < k; o++) {
            assert_string_not_equal(key_table[k].name, key_table[o].name);
            assert_int_not_equal(key_table[k].set1, key_table[o].set1);
            assert_int_not_equal(key_table[k].set2, key_table[o].set2);
            assert_int_not_equal(key_table[k].set3, key_table[o].set3);
        }
    }
    assert_int_equal(KEY_COUNT - 1, 105); /* 104 keys and the European one */
}

/* Every key has one place on the host's keyboard; the backslash has two, on boards with and without
 * the European key. */
static void test_every_key_in_the_window(void **state)
{
#ifdef HAVE_SDL
    unsigned places[KEY_COUNT] = {0};
    for (int scancode = 0; scancode < SDL_NUM_SCANCODES; scancode++) {
        assert_true(key_of_scancode[scancode] < KEY_COUNT);
        places[key_of_scancode[scancode]]++;
    }
    for (u16 k = 1; k < KEY_COUNT; k++)
        assert_int_equal(places[k], k == KEY_BACKSLASH ? 2 : 1);
#else
    skip();
#endif
}

static void test_names(void **state)
{
    for (u16 k = 1; k < KEY_COUNT; k++)
        assert_int_equal(key_from_name(key_name(k), strlen(key_name(k))), k);
    assert_int_equal(key_from_name("del", 3), KEY_DELETE);
    assert_int_equal(key_from_name("DEL", 3), KEY_DELETE);
    assert_int_equal(key_from_name("Ret", 3), KEY_ENTER);
    assert_int_equal(key_from_name("spc", 3), KEY_SPACE);
    assert_int_equal(key_from_name("f1x", 2), KEY_F1);
    assert_int_equal(key_from_name("f13", 3), KEY_NONE);
    assert_int_equal(key_from_name("", 0), KEY_NONE);
    assert_string_equal(key_name(KEY_NONE), "?");
    assert_string_equal(key_name(9999), "?");
}

static int chord(const char *text, u16 *keys, int max)
{
    return key_chord(text, strlen(text), keys, max);
}

static void test_chords(void **state)
{
    u16 k[3];
    assert_int_equal(chord("ctrl-alt-del", k, 3), 3);
    assert_int_equal(k[0], KEY_CTRL);
    assert_int_equal(k[1], KEY_ALT);
    assert_int_equal(k[2], KEY_DELETE);
    assert_int_equal(chord("f1", k, 3), 1);
    assert_int_equal(chord("ctrl-alt-del-a", k, 3), -1);
    assert_int_equal(chord("ctrl-", k, 3), -1);
    assert_int_equal(chord("-", k, 3), -1);
    assert_int_equal(chord("", k, 3), -1);
    assert_int_equal(chord("ctrl-nokey", k, 3), -1);
}

static void test_ascii(void **state)
{
    u16 key;
    unsigned mods;
    for (int c = 0x20; c < 0x7F; c++)
        assert_true(key_from_ascii((u8)c, &key, &mods));
    assert_true(key_from_ascii('a', &key, &mods) && key == KEY_A && mods == 0);
    assert_true(key_from_ascii('A', &key, &mods) && key == KEY_A && mods == KEY_MOD_SHIFT);
    assert_true(key_from_ascii(':', &key, &mods) && key == KEY_SEMICOLON && mods == KEY_MOD_SHIFT);
    assert_true(key_from_ascii(' ', &key, &mods) && key == KEY_SPACE && mods == 0);
    assert_true(key_from_ascii('\n', &key, &mods) && key == KEY_ENTER && mods == 0);
    assert_true(key_from_ascii('\t', &key, &mods) && key == KEY_TAB);
    assert_true(key_from_ascii('\b', &key, &mods) && key == KEY_BACKSPACE);
    assert_true(key_from_ascii(3, &key, &mods) && key == KEY_C && mods == KEY_MOD_CTRL);
    assert_true(key_from_ascii(26, &key, &mods) && key == KEY_Z && mods == KEY_MOD_CTRL);
    assert_true(key_from_ascii(0x1C, &key, &mods) && key == KEY_BACKSLASH && mods == KEY_MOD_CTRL);
    assert_true(key_from_ascii(0x1F, &key, &mods) && key == KEY_MINUS && mods == KEY_MOD_CTRL);
    assert_false(key_from_ascii(0, &key, &mods));
    assert_false(key_from_ascii(0x80, &key, &mods));
}

static void test_strokes(void **state)
{
    KeyStroke s[KEY_STROKES_MAX];
    assert_int_equal(key_strokes('x', s), 2);
    assert_true(s[0].key == KEY_X && s[0].down && s[1].key == KEY_X && !s[1].down);
    assert_int_equal(key_strokes('?', s), 4);
    assert_true(s[0].key == KEY_SHIFT && s[0].down && s[3].key == KEY_SHIFT && !s[3].down);
    assert_int_equal(key_strokes(0xE9, s), 8); /* e acute: Alt 130 */
    static const u16 digits[3] = {KEY_KP_1, KEY_KP_3, KEY_KP_0};
    assert_true(s[0].key == KEY_ALT && s[0].down);
    for (int i = 0; i < 3; i++) {
        assert_true(s[1 + 2 * i].key == digits[i] && s[1 + 2 * i].down);
        assert_true(s[2 + 2 * i].key == digits[i] && !s[2 + 2 * i].down);
    }
    assert_true(s[7].key == KEY_ALT && !s[7].down);
    assert_int_equal(key_strokes(0x263A, s), 8); /* the smiling face: Alt 001 */
    assert_int_equal(s[5].key, KEY_KP_1);
    assert_int_equal(key_strokes(0, s), 0);
    assert_int_equal(key_strokes(0x4E2D, s), 0);
    assert_int_equal(key_strokes(0x10FFFF, s), 0);
}

static void test_cp437(void **state)
{
    for (int i = 1; i < 256; i++)
        assert_int_equal(key_cp437(key_cp437_unicode[i]), i);
    assert_int_equal(key_cp437(0x2588), 0xDB);
    assert_int_equal(key_cp437(0x00E4), 0x84);
    assert_int_equal(key_cp437(0x7F), -1);
    assert_int_equal(key_cp437(0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_complete_and_unique),
        cmocka_unit_test(test_every_key_in_the_window), cmocka_unit_test(test_names),
        cmocka_unit_test(test_chords),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_strokes),
        cmocka_unit_test(test_cp437),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
