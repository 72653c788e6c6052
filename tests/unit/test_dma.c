/* test_dma.c: the 8237A pair through its ports and through dmaline.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "devices/dma.h"

enum { RAM = 0x100000 };

typedef struct {
    Bus bus;
    Snap snap;
    Dma dma;
    u8 *ram;
} Rig;

static void out(Rig *r, u16 port, u8 v)
{
    bus_out(&r->bus, port, 1, v);
}

static u8 in(Rig *r, u16 port)
{
    u8 peeked = (u8)bus_peek_port(&r->bus, port, 1);
    u8 v = (u8)bus_in(&r->bus, port, 1);
    assert_int_equal(v, peeked);
    return v;
}

static int setup(void **state)
{
    Rig *r = calloc(1, sizeof *r);
    bus_init(&r->bus);
    r->ram = calloc(RAM, 1);
    bus_map_ram(&r->bus, 0, RAM, r->ram, 0, "ram");
    dma_init(&r->dma, &(DmaConfig){&r->bus, &r->snap, false});
    out(r, 0xD6, 0xC0); /* as every AT BIOS: channel 4 is the cascade */
    out(r, 0xD4, 0x00);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    Rig *r = *state;
    bus_free(&r->bus);
    free(r->ram);
    free(r);
    return 0;
}

/* Byte channel 0-3. count is the number of transfers. */
static void program(Rig *r, int ch, u8 mode, u32 addr, u32 count)
{
    static const u16 page[4] = {0x87, 0x83, 0x81, 0x82};
    out(r, 0x0A, (u8)(4 | ch));
    out(r, 0x0B, (u8)(mode | ch));
    out(r, 0x0C, 0);
    out(r, (u16)(ch * 2), (u8)addr);
    out(r, (u16)(ch * 2), (u8)(addr >> 8));
    out(r, page[ch], (u8)(addr >> 16));
    out(r, (u16)(ch * 2 + 1), (u8)(count - 1));
    out(r, (u16)(ch * 2 + 1), (u8)((count - 1) >> 8));
    out(r, 0x0A, (u8)ch);
}

static void program_word(Rig *r, int ch, u8 mode, u32 addr, u32 count)
{
    static const u16 page[4] = {0x8F, 0x8B, 0x89, 0x8A};
    int i = ch - 4;
    out(r, 0xD4, (u8)(4 | i));
    out(r, 0xD6, (u8)(mode | i));
    out(r, 0xD8, 0);
    out(r, (u16)(0xC0 + i * 4), (u8)(addr >> 1));
    out(r, (u16)(0xC0 + i * 4), (u8)(addr >> 9));
    out(r, page[i], (u8)(addr >> 16));
    out(r, (u16)(0xC2 + i * 4), (u8)(count - 1));
    out(r, (u16)(0xC2 + i * 4), (u8)((count - 1) >> 8));
    out(r, 0xD4, (u8)i);
}

static u16 read16(Rig *r, u16 port)
{
    out(r, port < 0x10 ? 0x0C : 0xD8, 0);
    u16 low = in(r, port);
    return (u16)(low | in(r, port) << 8);
}

static void test_write_and_tc(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 2);
    u8 data[600];
    bool tc;
    for (int i = 0; i < 600; i++)
        data[i] = (u8)(i * 7);
    program(r, 2, 0x44, 0x12345, 512);
    assert_int_equal(dma_line_write(&l, data, 100, &tc), 100);
    assert_false(tc);
    assert_int_equal(dma_address(&r->dma, 2), 0x12345 + 100);
    assert_int_equal(dma_left(&r->dma, 2), 412);
    assert_int_equal(read16(r, 5), 411);
    assert_int_equal(dma_line_write(&l, data + 100, 500, &tc), 412);
    assert_true(tc);
    assert_memory_equal(r->ram + 0x12345, data, 512);
    assert_int_equal(r->ram[0x12345 + 512], 0);
    assert_int_equal(read16(r, 5), 0xFFFF);
    assert_int_equal(in(r, 0x08), 0x04);
    assert_int_equal(in(r, 0x08), 0x00); /* reading clears TC */
    assert_int_equal(in(r, 0x0F), 0x0F); /* masked by TC */
    assert_int_equal(dma_line_write(&l, data, 1, &tc), 0);
}

static void test_read(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 1);
    u8 data[16];
    bool tc;
    for (int i = 0; i < 16; i++)
        r->ram[0x5000 + i] = (u8)(0xA0 + i);
    program(r, 1, 0x48, 0x5000, 16);
    assert_int_equal(dma_line_read(&l, data, 16, &tc), 16);
    assert_true(tc);
    assert_memory_equal(data, r->ram + 0x5000, 16);
}

static void test_autoinit(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 1);
    bool tc;
    program(r, 1, 0x54, 0x8000, 4);
    for (int pass = 0; pass < 3; pass++) {
        u8 data[6] = {(u8)pass, 1, 2, 3, 4, 5};
        assert_int_equal(dma_line_write(&l, data, 6, &tc), 4);
        assert_true(tc);
        assert_int_equal(r->ram[0x8000], pass);
        assert_int_equal(dma_address(&r->dma, 1), 0x8000);
    }
    assert_int_equal(in(r, 0x0F) & 2, 0);
}

static void test_decrement(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 3);
    bool tc;
    program(r, 3, 0x64, 0x20001, 4);
    assert_int_equal(dma_line_write(&l, "abcd", 4, &tc), 4);
    assert_true(tc);
    assert_memory_equal(r->ram + 0x20000, "ba", 2);
    assert_memory_equal(r->ram + 0x2FFFE, "dc", 2); /* wraps within the page */
}

static void test_no_carry_into_page(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 2);
    bool tc;
    program(r, 2, 0x44, 0x3FFFE, 4);
    assert_int_equal(dma_line_write(&l, "wxyz", 4, &tc), 4);
    assert_memory_equal(r->ram + 0x3FFFE, "wx", 2);
    assert_memory_equal(r->ram + 0x30000, "yz", 2);
    assert_int_equal(r->ram[0x40000], 0);
}

static void test_full_page(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 2);
    u8 *data = malloc(0x10000);
    bool tc;
    memset(data, 0x5A, 0x10000);
    program(r, 2, 0x44, 0x50000, 0x10000);
    assert_int_equal(dma_line_write(&l, data, 0x10000, &tc), 0x10000);
    assert_true(tc);
    assert_memory_equal(r->ram + 0x50000, data, 0x10000);
    free(data);
}

static void test_verify_and_wrong_direction(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 2);
    u8 data[4] = {1, 2, 3, 4};
    bool tc;
    program(r, 2, 0x40, 0x6000, 4);
    assert_int_equal(dma_line_write(&l, data, 4, &tc), 4);
    assert_true(tc);
    assert_int_equal(r->ram[0x6000], 0);
    program(r, 2, 0x48, 0x6000, 4); /* to the device, but the device writes */
    assert_int_equal(dma_line_write(&l, data, 3, &tc), 3);
    assert_false(tc);
    assert_int_equal(r->ram[0x6000], 0);
    program(r, 2, 0x44, 0x6000, 4);
    assert_int_equal(dma_line_read(&l, data, 4, &tc), 4);
    assert_int_equal(data[0], 0xFF);
}

static void test_masks(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 2);
    bool tc;
    program(r, 2, 0x44, 0x6000, 100);
    out(r, 0x0A, 0x06);
    assert_int_equal(dma_line_write(&l, "x", 1, &tc), 0);
    out(r, 0x0E, 0);
    assert_int_equal(in(r, 0x0F), 0);
    assert_int_equal(dma_line_write(&l, "x", 1, &tc), 1);
    out(r, 0x08, 4); /* controller disabled */
    assert_int_equal(dma_line_write(&l, "x", 1, &tc), 0);
    out(r, 0x08, 0);
    out(r, 0xD4, 4); /* the cascade is masked */
    assert_int_equal(dma_line_write(&l, "x", 1, &tc), 0);
    out(r, 0xD4, 0);
    out(r, 0xD6, 0x40); /* channel 4 is no cascade */
    assert_int_equal(dma_line_write(&l, "x", 1, &tc), 0);
    r->dma.single = true;
    assert_int_equal(dma_line_write(&l, "x", 1, &tc), 1);
}

static void test_words(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 5);
    bool tc;
    program_word(r, 5, 0x44, 0x71234, 4);
    assert_int_equal(dma_line_write(&l, "abcdefgh", 5, &tc), 4); /* an odd byte stays */
    assert_int_equal(dma_line_write(&l, "efgh", 4, &tc), 4);
    assert_true(tc);
    assert_memory_equal(r->ram + 0x71234, "abcdefgh", 8);
    assert_int_equal(in(r, 0xD0), 0x02);
    /* A16 comes from the address register, not from the page */
    program_word(r, 6, 0x44, 0x30000, 2);
    assert_int_equal(dma_address(&r->dma, 6), 0x30000);
    program_word(r, 6, 0x44, 0x20000, 2);
    out(r, 0x89, 0x03);
    assert_int_equal(dma_address(&r->dma, 6), 0x20000);
    assert_int_equal(dma_left(&r->dma, 6), 4);
    program_word(r, 7, 0x64, 0x40002, 3);
    l = dma_line(&r->dma, 7);
    assert_int_equal(dma_line_write(&l, "123456", 6, &tc), 6);
    assert_memory_equal(r->ram + 0x40000, "3412", 4);
    assert_memory_equal(r->ram + 0x5FFFE, "56", 2); /* wraps in 128 KiB */
}

static void test_status_and_flip_flop(void **state)
{
    Rig *r = *state;
    DmaLine l = dma_line(&r->dma, 3);
    dma_line_dreq(&l, true);
    assert_int_equal(in(r, 0x08), 0x80);
    dma_line_dreq(&l, false);
    out(r, 0x09, 0x05);
    assert_int_equal(in(r, 0x08), 0x20); /* a software request shows too */
    out(r, 0x0C, 0);
    out(r, 0x00, 0x34);
    out(r, 0x0C, 0);
    out(r, 0x00, 0x56); /* low byte again */
    out(r, 0x00, 0x12);
    assert_int_equal(read16(r, 0), 0x1256);
    out(r, 0x0D, 0); /* master clear */
    assert_int_equal(in(r, 0x08), 0);
    assert_int_equal(in(r, 0x0F), 0x0F);
    assert_int_equal(in(r, 0x0D), 0);
    assert_int_equal(in(r, 0x0A), 0xFF);
}

static void test_pages(void **state)
{
    Rig *r = *state;
    for (int i = 0; i < 16; i++)
        out(r, (u16)(0x80 + i), (u8)(i * 3));
    for (int i = 0; i < 16; i++)
        assert_int_equal(in(r, (u16)(0x80 + i)), i * 3);
}

static void test_memory_to_memory(void **state)
{
    Rig *r = *state;
    memcpy(r->ram + 0x1000, "hello, world", 12);
    program(r, 0, 0x88, 0x1000, 12);
    program(r, 1, 0x84, 0x2000, 12);
    out(r, 0x08, 1);
    out(r, 0x09, 4);
    assert_memory_equal(r->ram + 0x2000, "hello, world", 12);
    assert_int_equal(in(r, 0x0D), 'd');
    assert_int_equal(in(r, 0x08) & 2, 2);
    program(r, 0, 0x88, 0x1001, 12);
    program(r, 1, 0x84, 0x2000, 4);
    out(r, 0x08, 3); /* hold: a fill */
    out(r, 0x09, 4);
    assert_memory_equal(r->ram + 0x2000, "eeeeo,", 6);
}

static void test_any_write_is_safe(void **state)
{
    Rig *r = *state;
    u32 x = 7;
    u8 buf[512] = {0};
    for (int i = 0; i < 100000; i++) {
        x = x * 1664525 + 1013904223;
        u32 w = x >> 10 & 63;
        u16 port = (u16)(w < 16 ? w : w < 32 ? 0x80 + w - 16 : 0xC0 + w - 32);
        u8 v = (u8)(x >> 18);
        if (port == 9 && i % 1000)
            v = 0; /* memory to memory is slow */
        out(r, port, v);
        in(r, port);
        DmaLine l = dma_line(&r->dma, (int)(x >> 26 & 7));
        bool tc;
        u32 n = x >> 16 & 511;
        u32 got = x >> 31 ? dma_line_read(&l, buf, n, &tc) : dma_line_write(&l, buf, n, &tc);
        assert_true(got <= n);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_write_and_tc),
        T(test_read),
        T(test_autoinit),
        T(test_decrement),
        T(test_no_carry_into_page),
        T(test_full_page),
        T(test_verify_and_wrong_direction),
        T(test_masks),
        T(test_words),
        T(test_status_and_flip_flop),
        T(test_pages),
        T(test_memory_to_memory),
        T(test_any_write_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
