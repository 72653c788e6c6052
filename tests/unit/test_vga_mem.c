/* test_vga_mem.c: the memory window. A plain model of the graphics controller, written bit by bit
 * from its description and sharing nothing with the device, judges the register path; and a VGA
 * that is kept on the register path judges one that uses direct windows. */
#include "tests/unit/vga_fixture.h"

/* ---- the model ------------------------------------------------------------------------------ */

typedef struct {
    u8 plane[4][65536], latch[4];
    u8 seq[5], gc[9];
} Model;

static bool model_decode(const Model *m, u32 addr, u32 *offset, bool *big)
{
    static const u32 first[4] = {0xA0000, 0xA0000, 0xB0000, 0xB8000};
    static const u32 last[4] = {0xBFFFF, 0xAFFFF, 0xB7FFF, 0xBFFFF};
    int select = m->gc[6] >> 2 & 3;
    *offset = addr - first[select];
    *big = select == 0;
    return addr >= first[select] && addr <= last[select];
}

static bool bit(u32 v, int n)
{
    return v >> n & 1;
}

static u32 model_cell(const Model *m, u32 offset, bool big, bool chain4, bool odd_even)
{
    if (chain4)
        return (offset & 0xFFFC) + offset / 65536;
    if (odd_even)
        return (offset & 0xFFFE) + (big && bit(m->gc[6], 1) ? offset / 65536 : 0);
    return offset & 0xFFFF;
}

static void model_write(Model *m, u32 addr, u8 value)
{
    u32 offset;
    bool big;
    if (!model_decode(m, addr, &offset, &big))
        return;
    bool chain4 = bit(m->seq[4], 3), odd_even = !chain4 && !bit(m->seq[4], 2);
    u32 cell = model_cell(m, offset, big, chain4, odd_even);
    u8 rotated = value;
    for (int i = 0; i < (m->gc[3] & 7); i++)
        rotated = (u8)(rotated >> 1 | rotated << 7);
    for (int p = 0; p < 4; p++) {
        if (!bit(m->seq[2], p) || (chain4 && p != (int)(offset & 3)) ||
            (odd_even && (p & 1) != (int)(offset & 1)))
            continue;
        u8 result = 0;
        for (int i = 0; i < 8; i++) {
            bool latch = bit(m->latch[p], i), use = bit(m->gc[8], i), data;
            switch (m->gc[5] & 3) {
            case 0:
                data = bit(m->gc[1], p) ? bit(m->gc[0], p) : bit(rotated, i);
                break;
            case 1:
                result |= (u8)(latch << i);
                continue;
            case 2:
                data = bit(value, p);
                break;
            default:
                data = bit(m->gc[0], p);
                use = use && bit(rotated, i);
                break;
            }
            switch (m->gc[3] >> 3 & 3) {
            case 1:
                data = data && latch;
                break;
            case 2:
                data = data || latch;
                break;
            case 3:
                data = data != latch;
                break;
            }
            result |= (u8)((use ? data : latch) << i);
        }
        m->plane[p][cell] = result;
    }
}

static u8 model_read(Model *m, u32 addr)
{
    u32 offset;
    bool big;
    if (!model_decode(m, addr, &offset, &big))
        return 0xFF;
    bool chain4 = bit(m->seq[4], 3), odd_even = !chain4 && bit(m->gc[5], 4);
    u32 cell = model_cell(m, offset, big, chain4, odd_even);
    for (int p = 0; p < 4; p++)
        m->latch[p] = m->plane[p][cell];
    if (!bit(m->gc[5], 3)) {
        int p = m->gc[4] & 3;
        if (chain4)
            p = offset & 3;
        else if (odd_even)
            p = (p & 2) | (offset & 1);
        return m->latch[p];
    }
    u8 result = 0;
    for (int i = 0; i < 8; i++) {
        bool same = true;
        for (int p = 0; p < 4; p++)
            if (bit(m->gc[7], p) && bit(m->latch[p], i) != bit(m->gc[2], p))
                same = false;
        result |= (u8)(same << i);
    }
    return result;
}

static void model_set(Model *m, bool seq, u8 index, u8 value)
{
    static const u8 seq_bits[5] = {0x03, 0x3D, 0x0F, 0x3F, 0x0E};
    static const u8 gc_bits[9] = {0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF};
    if (seq)
        m->seq[index] = value & seq_bits[index];
    else
        m->gc[index] = value & gc_bits[index];
}

static void check_planes(const Model *m, const Vga *v)
{
    for (u32 cell = 0; cell < VGA_CELLS; cell++) {
        u32 expect = 0;
        for (int p = 0; p < 4; p++)
            expect |= (u32)m->plane[p][cell] << (8 * p);
        if (expect != vga_cell(v, cell))
            fail_msg("cell %04X: %08X, model %08X", cell, vga_cell(v, cell), expect);
    }
}

/* ---- random accesses ------------------------------------------------------------------------ */

/* Few places, so that accesses meet; sometimes anywhere, window edges included. */
static u32 random_address(u32 *seed)
{
    static const u32 near[] = {0xA0000, 0xAFFF8, 0xB0000, 0xB7FF8,
                               0xB8000, 0xBFFF0, 0xA1234, 0xB9A00};
    u32 r = next_random(seed);
    return r & 0x300 ? near[r & 7] + (r >> 12) % 16 : 0xA0000 + (r >> 12) % 0x1FFF0;
}

static void test_against_model(void **state)
{
    Fixture *f = fixture_new(1000000);
    Model *m = calloc(1, sizeof *m);
    u32 seed = 4711;
    set_mode(f, &mode_12h);
    memcpy(m->seq, mode_12h.seq, 5);
    memcpy(m->gc, mode_12h.gc, 9);
    for (int i = 0; i < 400000; i++) {
        f->vga.s.switches = 255; /* stay on the register path */
        u32 r = next_random(&seed), value = next_random(&seed);
        int size = 1 << (r >> 8) % 3;
        if ((r & 7) < 2) {
            static const u8 regs[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
            bool seq = (r & 0x30) == 0;
            u8 index = seq ? (r & 0x40 ? 2 : 4) : regs[(r >> 16) % 9];
            out2(f, seq ? 0x3C4 : 0x3CE, index, (u8)value);
            model_set(m, seq, index, (u8)value);
        } else if (r & 8) {
            u32 addr = random_address(&seed), got, expect = 0, old[2] = {0};
            memcpy(old, m->latch, 4);
            got = bus_peek(&f->bus, addr, size);
            assert_int_equal(load_le(m->latch, 4), f->vga.s.latch);
            assert_int_equal(bus_read(&f->bus, addr, size), got);
            for (int k = 0; k < size; k++)
                expect |= (u32)model_read(m, addr + (u32)k) << (8 * k);
            assert_int_equal(got, expect);
        } else {
            u32 addr = random_address(&seed);
            bus_write(&f->bus, addr, size, value);
            for (int k = 0; k < size; k++)
                model_write(m, addr + (u32)k, (u8)(value >> (8 * k)));
        }
        if (i % 40000 == 0)
            check_planes(m, &f->vga);
    }
    check_planes(m, &f->vga);
    free(m);
    fixture_free(f);
}

/* ---- direct windows ------------------------------------------------------------------------- */

static void both(Fixture *d, Fixture *r, u16 port, u8 index, u8 value)
{
    r->vga.s.switches = 255;
    out2(d, port, index, value);
    out2(r, port, index, value);
}

static void both_mode(Fixture *d, Fixture *r, const Mode *m)
{
    r->vga.s.switches = 255;
    set_mode(d, m);
    set_mode(r, m);
    assert_int_equal(r->vga.s.direct, VGA_MMIO);
}

static void compare(Fixture *d, Fixture *r, VgaFrame *fd, VgaFrame *fr)
{
    for (u32 cell = 0; cell < VGA_CELLS; cell++)
        if (vga_cell(&d->vga, cell) != vga_cell(&r->vga, cell))
            fail_msg("cell %04X: direct %08X, registers %08X", cell, vga_cell(&d->vga, cell),
                     vga_cell(&r->vga, cell));
    vga_draw(&d->vga, fd);
    vga_draw(&r->vga, fr);
    assert_int_equal(fd->width, fr->width);
    assert_int_equal(fd->height, fr->height);
    assert_memory_equal(fd->pixels, fr->pixels, sizeof(u32) * (size_t)(fd->width * fd->height));
}

static void test_direct_equals_registers(void **state)
{
    Fixture *d = fixture_new(1000000), *r = fixture_new(1000000);
    VgaFrame fd = {0}, fr = {0};
    static const Mode *modes[] = {&mode_text, &mode_13h, &mode_12h, &mode_4, &mode_6};
    u32 seed = 31337;
    int direct = 0, planar = 0;
    for (int i = 0; i < 120000; i++) {
        u32 x = next_random(&seed), value = next_random(&seed);
        if (i % 600 == 0) { /* also while direct: mode sets without clearing keep memory */
            d->vga.s.switches = 0;
            both_mode(d, r, modes[(x >> 8) % ARRAY_LEN(modes)]);
        }
        u32 addr = random_address(&seed);
        int size = 1 << (x >> 8) % 3;
        if (x % 97 == 0) { /* the sort of register that leaves or enters a direct state */
            static const struct {
                u16 port;
                u8 index, value;
            } sets[] = {{0x3C4, 4, 6},    {0x3C4, 4, 0x0E}, {0x3C4, 4, 2},    {0x3C4, 2, 0x0F},
                        {0x3C4, 2, 4},    {0x3C4, 2, 3},    {0x3CE, 5, 0x10}, {0x3CE, 5, 0},
                        {0x3CE, 5, 0x40}, {0x3CE, 6, 5},    {0x3CE, 6, 0x0E}, {0x3CE, 4, 2},
                        {0x3CE, 4, 0},    {0x3CE, 8, 0x0F}, {0x3CE, 8, 0xFF}, {0x3CE, 6, 0x0A},
                        {0x3CE, 1, 1},    {0x3CE, 1, 0},    {0x3CE, 3, 8},    {0x3CE, 3, 0}};
            size_t n = (x >> 12) % ARRAY_LEN(sets);
            d->vga.s.switches = 0;
            both(d, r, sets[n].port, sets[n].index, sets[n].value);
        } else if (x & 0x10) {
            bus_write(&d->bus, addr, size, value);
            bus_write(&r->bus, addr, size, value);
        } else {
            assert_int_equal(bus_read(&d->bus, addr, size), bus_read(&r->bus, addr, size));
            r->vga.s.latch = d->vga.s.latch; /* the one documented difference */
        }
        if (d->vga.s.direct != VGA_MMIO)
            direct++;
        else
            planar++;
        if (i % 150 == 149)
            compare(d, r, &fd, &fr);
    }
    assert_true(direct > 20000); /* both states were really tried */
    assert_true(planar > 20000);
    vga_frame_free(&fd);
    vga_frame_free(&fr);
    fixture_free(d);
    fixture_free(r);
}

static void test_which_modes_are_direct(void **state)
{
    Fixture *f = fixture_new(1000000);
    set_mode(f, &mode_text);
    assert_int_equal(f->vga.s.direct, VGA_ODD_EVEN);
    assert_non_null(bus_host(&f->bus, 0xB8000, true));
    assert_null(bus_host(&f->bus, 0xA0000, true));
    set_mode(f, &mode_13h);
    assert_int_equal(f->vga.s.direct, VGA_CHAIN4);
    assert_non_null(bus_host(&f->bus, 0xAFFFF, true));
    set_mode(f, &mode_12h);
    assert_int_equal(f->vga.s.direct, VGA_MMIO);
    assert_null(bus_host(&f->bus, 0xA0000, true));
    set_mode(f, &mode_4);
    assert_int_equal(f->vga.s.direct, VGA_ODD_EVEN);
    fixture_free(f);
}

/* Chain 4 leaves holes: what mode 13h wrote shows at every fourth address once chain 4 is off. */
static void test_unchaining_shows_holes(void **state)
{
    Fixture *f = fixture_new(1000000);
    set_mode(f, &mode_13h);
    for (u32 i = 0; i < 16; i++)
        bus_write(&f->bus, 0xA0000 + i, 1, 0x10 + i);
    out2(f, 0x3C4, 4, 0x06);
    for (u8 p = 0; p < 4; p++) {
        out2(f, 0x3CE, 4, p);
        for (u32 i = 0; i < 16; i++)
            assert_int_equal(bus_read(&f->bus, 0xA0000 + i, 1), i & 3 ? 0 : 0x10 + i + p);
    }
    fixture_free(f);
}

/* A font goes to plane 2 while text stays where it is. */
static void test_loading_a_font(void **state)
{
    Fixture *f = fixture_new(1000000);
    set_mode(f, &mode_text);
    bus_write(&f->bus, 0xB8000, 4, 0x1F421E41);
    out2(f, 0x3C4, 2, 4);
    out2(f, 0x3C4, 4, 6);
    out2(f, 0x3CE, 4, 2);
    out2(f, 0x3CE, 5, 0);
    out2(f, 0x3CE, 6, 0);
    bus_write(&f->bus, 0xA0000, 4, 0x11223344);
    assert_int_equal(bus_read(&f->bus, 0xA0000, 4), 0x11223344);
    out2(f, 0x3C4, 2, 3);
    out2(f, 0x3C4, 4, 2);
    out2(f, 0x3CE, 4, 0);
    out2(f, 0x3CE, 5, 0x10);
    out2(f, 0x3CE, 6, 0x0E);
    assert_int_equal(f->vga.s.direct, VGA_ODD_EVEN);
    assert_int_equal(bus_read(&f->bus, 0xB8000, 4), 0x1F421E41);
    assert_int_equal(vga_cell(&f->vga, 0), 0x00441E41);
    assert_int_equal(vga_cell(&f->vga, 1), 0x00330000);
    assert_int_equal(vga_cell(&f->vga, 2), 0x00221F42);
    fixture_free(f);
}

/* Back and forth without end settles on the register path until the next frame. */
static void test_thrashing(void **state)
{
    Fixture *f = fixture_new(1000000);
    set_mode(f, &mode_13h);
    for (u32 i = 0; i < 100; i++) {
        out2(f, 0x3C4, 4, 0x06);
        out2(f, 0x3C4, 4, 0x0E);
        bus_write(&f->bus, 0xA0000 + i, 1, i + 1);
    }
    assert_int_equal(f->vga.s.direct, VGA_MMIO);
    for (u32 i = 0; i < 100; i++)
        assert_int_equal(bus_read(&f->bus, 0xA0000 + i, 1), i + 1);
    next_frame(f);
    assert_int_equal(f->vga.s.direct, VGA_CHAIN4);
    for (u32 i = 0; i < 100; i++)
        assert_int_equal(bus_read(&f->bus, 0xA0000 + i, 1), i + 1);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_model),
        cmocka_unit_test(test_which_modes_are_direct),
        cmocka_unit_test(test_direct_equals_registers),
        cmocka_unit_test(test_unchaining_shows_holes),
        cmocka_unit_test(test_loading_a_font),
        cmocka_unit_test(test_thrashing),
    };
    return cmocka_run_group_tests_name("vga_mem", tests, NULL, NULL);
}
