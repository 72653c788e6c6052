/* test_fwcfg.c: the firmware configuration ports as SeaBIOS uses them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/fwcfg.h"

static void get(Bus *b, u16 item, u8 *dst, int n)
{
    bus_out(b, 0x510, 2, item);
    for (int i = 0; i < n; i++) {
        u32 peeked = bus_peek_port(b, 0x511, 1);
        dst[i] = (u8)bus_in(b, 0x511, 1);
        assert_int_equal(dst[i], peeked);
    }
}

static void test_items(void **state)
{
    static const u8 rom[] = {0x55, 0xAA, 0x40};
    Bus b;
    Snap snap = {0};
    Fwcfg f;
    u8 v[160];
    bus_init(&b);
    FwcfgConfig cfg = {.bus = &b,
                       .snap = &snap,
                       .ram = 64 << 20,
                       .file = {{"vgaroms/vgabios.bin", rom, 3}, {"genroms/x", rom, 2}},
                       .file_count = 2,
                       .kernel = {rom, 0x100000, 3, 0x100001, rom + 1, 0x90800, 1}};
    fwcfg_init(&f, &cfg);
    get(&b, 0, v, 5);
    assert_memory_equal(v, "QEMU", 5);
    get(&b, 1, v, 5);
    assert_memory_equal(v, "\1\0\0\0\0", 5);
    get(&b, 3, v, 8);
    assert_memory_equal(v, "\0\0\0\4\0\0\0\0", 8);
    get(&b, 0x19, v, 4 + 128 + 8);
    assert_memory_equal(v, "\0\0\0\2", 4);
    assert_memory_equal(v + 4, "\0\0\0\3\0\x20\0\0vgaroms/vgabios.bin\0", 28);
    assert_memory_equal(v + 68, "\0\0\0\2\0\x21\0\0genroms/x\0", 18);
    assert_int_equal(v[4 + 128], 0);
    get(&b, 0x07, v, 5);
    assert_memory_equal(v, "\0\0\x10\0\0", 5);
    get(&b, 0x08, v, 5);
    assert_memory_equal(v, "\3\0\0\0\0", 5);
    get(&b, 0x10, v, 4);
    assert_memory_equal(v, "\1\0\x10\0", 4);
    get(&b, 0x11, v, 4);
    assert_memory_equal(v, "\x55\xAA\x40\0", 4);
    get(&b, 0x0A, v, 4);
    assert_memory_equal(v, "\0\x08\x09\0", 4);
    get(&b, 0x12, v, 2);
    assert_memory_equal(v, "\xAA\0", 2);
    get(&b, 0x20, v, 5);
    assert_memory_equal(v, "\x55\xAA\x40\0\0", 5);
    get(&b, 0x22, v, 2); /* no such item */
    assert_memory_equal(v, "\0\0", 2);
    get(&b, 0xFFFF, v, 2);
    assert_memory_equal(v, "\0\0", 2);
    bus_out(&b, 0x510, 2, 0);
    bus_out(&b, 0x511, 1, 7); /* writes change nothing */
    bus_out(&b, 0x510, 1, 7);
    assert_int_equal(bus_in(&b, 0x511, 1), 'Q');
    fwcfg_reset(&f);
    assert_int_equal(bus_in(&b, 0x511, 1), 'Q');
    bus_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_items)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
