/* test_vga_dispi.c: the extended modes: registers, banks and linear frame buffer, pixels of every
 * depth, and what is drawn again. */
#include "tests/unit/vga_fixture.h"

enum { WIDTH = 1, HEIGHT, DEPTH, ENABLE, BANK, VIRTUAL_WIDTH, VIRTUAL_HEIGHT, X, Y, MEMORY };

static void set(Fixture *f, u16 index, u16 value)
{
    bus_out(&f->bus, 0x1CE, 2, index);
    bus_out(&f->bus, 0x1CF, 2, value);
}

static u16 get(Fixture *f, u16 index)
{
    bus_out(&f->bus, 0x1CE, 2, index);
    return (u16)bus_in(&f->bus, 0x1CF, 2);
}

static void extended(Fixture *f, u16 width, u16 height, u16 depth)
{
    set(f, ENABLE, 0);
    set(f, WIDTH, width);
    set(f, HEIGHT, height);
    set(f, DEPTH, depth);
    set(f, ENABLE, VGA_DISPI_ON | VGA_DISPI_LINEAR);
}

static Fixture *machine(u16 width, u16 height, u16 depth)
{
    Fixture *f = fixture_new(25175000);
    set_mode(f, &mode_12h);
    next_frame(f);
    extended(f, width, height, depth);
    return f;
}

static void put(Fixture *f, u32 at, int size, u32 value)
{
    bus_write(&f->bus, VGA_LINEAR_BASE + at, size, value);
}

static u32 pixel(const VgaFrame *f, int x, int y)
{
    assert_in_range(x, 0, f->width - 1);
    assert_in_range(y, 0, f->height - 1);
    return f->pixels[y * f->width + x];
}

static void test_registers(void **state)
{
    Fixture *f = fixture_new(25175000);
    assert_int_equal(get(f, 0), 0xB0C5);
    set(f, 0, 0xB0C2);
    assert_int_equal(get(f, 0), 0xB0C2);
    set(f, 0, 0x1234);
    assert_int_equal(get(f, 0), 0xB0C2);
    assert_int_equal(get(f, MEMORY), VGA_MEMORY >> 16);
    set(f, ENABLE, VGA_DISPI_LIMITS);
    assert_int_equal(get(f, WIDTH), 1600);
    assert_int_equal(get(f, HEIGHT), 1200);
    assert_int_equal(get(f, DEPTH), 32);
    extended(f, 640, 480, 16);
    assert_int_equal(get(f, ENABLE), 0x41);
    set(f, WIDTH, 800); /* not while it is shown */
    assert_int_equal(get(f, WIDTH), 640);
    assert_int_equal(get(f, VIRTUAL_WIDTH), 640);
    assert_int_equal(get(f, VIRTUAL_HEIGHT), VGA_MEMORY / 1280);
    set(f, VIRTUAL_WIDTH, 1000);
    assert_int_equal(get(f, VIRTUAL_HEIGHT), VGA_MEMORY / 2000);
    set(f, VIRTUAL_WIDTH, 65000); /* 480 such rows do not fit */
    assert_int_equal(get(f, VIRTUAL_WIDTH), 1000);
    /* an aligned word at 1D0h is the data as well */
    bus_out(&f->bus, 0x1CE, 2, X);
    bus_out(&f->bus, 0x1D0, 2, 0x123);
    assert_int_equal(bus_in(&f->bus, 0x1D0, 2), 0x123);
    fixture_free(f);
}

static void test_senseless_modes_stay_off(void **state)
{
    static const u16 bad[][3] = {{0, 480, 8},    {640, 0, 8},    {641, 480, 8},
                                 {1608, 480, 8}, {640, 1201, 8}, {640, 480, 7},
                                 {640, 480, 33}, {640, 480, 1},  {65528, 65535, 32}};
    Fixture *f = fixture_new(25175000);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        extended(f, bad[i][0], bad[i][1], bad[i][2]);
        assert_int_equal(get(f, ENABLE) & VGA_DISPI_ON, 0);
    }
    fixture_free(f);
}

static void test_bank_and_linear_are_one(void **state)
{
    Fixture *f = machine(800, 600, 8);
    for (u16 bank = 0; bank < VGA_MEMORY >> 16; bank++) {
        set(f, BANK, bank);
        bus_write(&f->bus, 0xA0000 + bank, 1, bank + 1u);
    }
    for (u32 bank = 0; bank < VGA_MEMORY >> 16; bank++)
        assert_int_equal(bus_read(&f->bus, VGA_LINEAR_BASE + bank * 0x10001, 1), bank + 1);
    put(f, 5 * 0x10000 + 77, 4, 0x12345678);
    set(f, BANK, 5);
    assert_int_equal(bus_read(&f->bus, 0xA0000 + 77, 4), 0x12345678);
    set(f, ENABLE, 0);
    assert_int_equal(bus_read(&f->bus, VGA_LINEAR_BASE, 4), 0xFFFFFFFF);
    fixture_free(f);
}

static void test_depths(void **state)
{
    static const struct {
        u16 depth;
        u32 value, colour;
    } want[] = {
        {15, 0x7C00, 0xFF0000},     {15, 0x03E0, 0x00FF00}, {15, 0x001F, 0x0000FF},
        {15, 0xBDEF, 0x7B7B7B},     {16, 0xF800, 0xFF0000}, {16, 0x07E0, 0x00FF00},
        {16, 0x001F, 0x0000FF},     {16, 0x8410, 0x848284}, {24, 0x123456, 0x123456},
        {32, 0xFF123456, 0x123456},
    };
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        u32 bytes = (want[i].depth + 7u) / 8;
        Fixture *f = machine(320, 200, want[i].depth);
        VgaFrame v = {0};
        for (u32 b = 0; b < bytes; b++)
            put(f, (320 * 7 + 319) * bytes + b, 1, want[i].value >> (8 * b) & 0xFF);
        assert_true(vga_draw(&f->vga, &v));
        assert_int_equal(v.width, 320);
        assert_int_equal(v.height, 200);
        assert_int_equal(pixel(&v, 319, 7), want[i].colour);
        assert_int_equal(pixel(&v, 0, 8), 0);
        vga_frame_free(&v);
        fixture_free(f);
    }
}

static void test_palette_of_six_and_eight_bits(void **state)
{
    Fixture *f = machine(640, 480, 8);
    VgaFrame v = {0};
    put(f, 0, 2, 0x0201);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), test_colour(1));
    assert_int_equal(pixel(&v, 1, 0), test_colour(2));
    set(f, ENABLE, VGA_DISPI_ON | VGA_DISPI_LINEAR | VGA_DISPI_DAC8);
    assert_int_equal(f->vga.s.r.dac[1][0], test_level(1, 0) << 2);
    set_dac(f, 1, 0xFE, 0x81, 0x03);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 0, 0), 0xFE8103);
    set(f, ENABLE, 0);
    assert_int_equal(f->vga.s.r.dac[1][0], 0x3F);
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_planes(void **state)
{
    Fixture *f = machine(800, 600, 4);
    VgaFrame v = {0};
    out2(f, 0x3C4, 2, 0x05);
    bus_write(&f->bus, 0xA0000 + 100 * 599 + 99, 1, 0x01);
    vga_draw(&f->vga, &v);
    assert_int_equal(v.width, 800);
    assert_int_equal(pixel(&v, 799, 599), test_colour(mode_12h.atc[5]));
    assert_int_equal(pixel(&v, 798, 599), test_colour(mode_12h.atc[0]));
    extended(f, 1280, 1024, 4); /* more than the window holds */
    set(f, BANK, 2);
    bus_write(&f->bus, 0xA0000, 1, 0x80);
    vga_draw(&f->vga, &v);
    u32 at = 2 * 65536 * 8;
    assert_int_equal(pixel(&v, at % 1280, at / 1280), test_colour(mode_12h.atc[5]));
    vga_frame_free(&v);
    fixture_free(f);
}

static void test_start_is_taken_over_at_the_retrace(void **state)
{
    Fixture *f = machine(640, 480, 16);
    VgaFrame v = {0};
    set(f, VIRTUAL_WIDTH, 1000);
    put(f, (30 * 1000 + 20) * 2, 2, 0xFFFF);
    set(f, X, 20);
    set(f, Y, 30);
    vga_draw(&f->vga, &v);
    assert_int_equal(pixel(&v, 20, 30), 0xFFFFFF);
    next_frame(f);
    assert_true(vga_draw(&f->vga, &v));
    assert_int_equal(pixel(&v, 0, 0), 0xFFFFFF);
    assert_int_equal(pixel(&v, 20, 30), 0);
    vga_frame_free(&v);
    fixture_free(f);
}

/* The address counter wraps at the end of memory, in the middle of a row and of a pixel. */
static void test_memory_wraps(void **state)
{
    Fixture *f = machine(800, 600, 24);
    VgaFrame v = {0};
    u32 rows = VGA_MEMORY / 2400;
    u32 left = VGA_MEMORY - rows * 2400, x = left / 3;
    put(f, VGA_MEMORY - left % 3, 1, 0x11);
    for (u32 i = left % 3; i < 3; i++)
        put(f, i - left % 3, 1, 0x22);
    set(f, Y, (u16)rows);
    next_frame(f);
    vga_draw(&f->vga, &v);
    assert_in_range(left % 3, 1, 2);
    assert_int_equal(pixel(&v, (int)x, 0) & 0xFF, 0x11);
    assert_int_equal(pixel(&v, (int)x, 0) >> 16, 0x22);
    vga_frame_free(&v);
    fixture_free(f);
}

/* Only rows in written pages are drawn; the others are left as the frame has them. */
static void test_only_what_changed(void **state)
{
    Fixture *f = machine(1024, 768, 32);
    VgaFrame v = {0};
    vga_draw(&f->vga, &v);
    assert_false(vga_draw(&f->vga, &v));
    for (int i = 0; i < v.width * v.height; i++)
        v.pixels[i] = 0xBAD;
    put(f, 1024 * 4 * 500 + 8, 4, 0x00ABCDEF);
    assert_true(vga_draw(&f->vga, &v));
    assert_int_equal(pixel(&v, 2, 500), 0xABCDEF);
    assert_int_equal(pixel(&v, 0, 500), 0);
    assert_int_equal(pixel(&v, 0, 499), 0xBAD);
    assert_int_equal(pixel(&v, 0, 501), 0xBAD);
    /* through a bank that is gone when it is drawn */
    set(f, BANK, 16);
    bus_write(&f->bus, 0xA0000, 4, 0x00FEDCBA);
    set(f, BANK, 0);
    assert_true(vga_draw(&f->vga, &v));
    assert_int_equal(pixel(&v, 0, 256), 0xFEDCBA);
    assert_int_equal(pixel(&v, 0, 255), 0xBAD);
    /* a second consumer gets all of it */
    VgaFrame w = {0};
    assert_true(vga_draw(&f->vga, &w));
    assert_int_equal(pixel(&w, 2, 500), 0xABCDEF);
    assert_int_equal(pixel(&w, 0, 499), 0);
    vga_frame_free(&v);
    vga_frame_free(&w);
    fixture_free(f);
}

static void test_vga_memory_is_the_same(void **state)
{
    Fixture *f = fixture_new(25175000);
    set_mode(f, &mode_13h);
    for (u32 i = 0; i < 64000; i += 4)
        bus_write(&f->bus, 0xA0000 + i, 4, i);
    set(f, WIDTH, 640);
    set(f, HEIGHT, 400);
    set(f, DEPTH, 8);
    set(f, ENABLE, VGA_DISPI_ON | VGA_DISPI_KEEP);
    /* chain 4 uses every fourth address */
    assert_int_equal(bus_read(&f->bus, VGA_LINEAR_BASE + 4 * 1000, 4), 1000);
    set(f, ENABLE, 0);
    assert_int_equal(bus_read(&f->bus, 0xA0000 + 1000, 4), 1000);
    fixture_free(f);
}

static void test_state_comes_back(void **state)
{
    Fixture *f = machine(640, 480, 8), *g = fixture_new(25175000);
    set(f, BANK, 3);
    bus_write(&f->bus, 0xA0010, 1, 0x5A);
    assert_int_equal(f->snap.count, g->snap.count);
    for (int i = 0; i < f->snap.count; i++) {
        const SnapSection *s = &f->snap.section[i];
        assert_true(!s->check || s->check(s->data, &f->clock));
        memcpy(g->snap.section[i].data, s->data, s->size);
    }
    g->clock = f->clock;
    vga_post_load(&g->vga);
    assert_int_equal(bus_read(&g->bus, 0xA0010, 1), 0x5A);
    assert_int_equal(bus_read(&g->bus, VGA_LINEAR_BASE + 0x30010, 1), 0x5A);
    VgaState bad = f->vga.s;
    bad.dispi.width = 65528;
    assert_false(f->snap.section[0].check(&bad, &f->clock));
    bad = f->vga.s;
    bad.dispi.enable = 0;
    assert_false(f->snap.section[0].check(&bad, &f->clock));
    fixture_free(f);
    fixture_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_senseless_modes_stay_off),
        cmocka_unit_test(test_bank_and_linear_are_one),
        cmocka_unit_test(test_depths),
        cmocka_unit_test(test_palette_of_six_and_eight_bits),
        cmocka_unit_test(test_planes),
        cmocka_unit_test(test_start_is_taken_over_at_the_retrace),
        cmocka_unit_test(test_memory_wraps),
        cmocka_unit_test(test_only_what_changed),
        cmocka_unit_test(test_vga_memory_is_the_same),
        cmocka_unit_test(test_state_comes_back),
    };
    return cmocka_run_group_tests_name("vga_dispi", tests, NULL, NULL);
}
