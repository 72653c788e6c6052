/* test_floppy_archives.c: TeleDisk archives of our own making, plain and compressed, and
 * ImageDisk's, in all codings of a sector, against what went in; and cut off anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/disk/disk.h"
#include "devices/disk/lzhuf.h"

enum { CYLINDERS = 40, HEADS = 2, SECTORS = 9, ALL = CYLINDERS * HEADS * SECTORS, ROOM = 600000 };

static u8 want[ALL][DISK_SECTOR], file[ROOM], plain[ROOM];
static size_t size;
static char path[] = "/tmp/glass86-archive-XXXXXX", err[400];

static void put(const void *p, size_t n)
{
    assert_true(size + n <= ROOM);
    memcpy(file + size, p, n);
    size += n;
}

static void put_block(u8 coding, const u8 *data, u16 n)
{
    u8 head[3] = {(u8)(n + 1), (u8)((n + 1) >> 8), coding};
    put(head, 3);
    put(data, n);
}

/* Sector number `n`, coded as its number says, with the contents that must come of it. */
static void put_sector(int n, int cyl, int head)
{
    u8 *w = want[n], coded[600];
    u8 top[6] = {(u8)cyl, (u8)head, (u8)(n % SECTORS + 1), 2, n % 4 == 3 ? 0x10 : 0, 0};
    put(top, 6);
    switch (n % 4) {
    case 0: /* as it is */
        for (int i = 0; i < DISK_SECTOR; i++)
            w[i] = (u8)(n * 7 + i);
        put_block(0, w, DISK_SECTOR);
        break;
    case 1: /* a pair of bytes, 256 times */
        for (int i = 0; i < DISK_SECTOR; i++)
            w[i] = (u8)(i & 1 ? n : n >> 8);
        memcpy(coded, (u8[]){0, 1, (u8)(n >> 8), (u8)n}, 4);
        put_block(1, coded, 4);
        break;
    case 2: /* 112 literal bytes, then four bytes, 100 times */
        coded[0] = 0, coded[1] = 112;
        for (int i = 0; i < 112; i++)
            w[i] = coded[2 + i] = (u8)(n + i * 3);
        memcpy(coded + 114, (u8[]){2, 100, 1, 2, 3, (u8)n}, 6);
        for (int i = 0; i < 400; i++)
            w[112 + i] = i % 4 == 3 ? (u8)n : (u8)(i % 4 + 1);
        put_block(2, coded, 120);
        break;
    default: /* not in use: no data */
        break;
    }
}

static void make_archive(void)
{
    static const u8 head[12] = {'T', 'D', 0, 0, 0x15, 0, 0, 0x80, 0, 2};
    static const u8 comment[14] = {0, 0, 4, 0, 95, 8, 24, 12, 0, 0, 't', 'e', 's', 't'};
    size = 0;
    put(head, sizeof head);
    put(comment, sizeof comment);
    for (int t = 0; t < CYLINDERS * HEADS; t++) {
        u8 top[4] = {SECTORS, (u8)(t / HEADS), (u8)(t % HEADS), 0};
        put(top, 4);
        for (int i = 0; i < SECTORS; i++)
            put_sector(t * SECTORS + i, t / HEADS, t % HEADS);
    }
    put((u8[]){0xFF, 0, 0, 0}, 4);
}

static Disk *open_first(size_t n)
{
    DiskOptions how = {.read_only = true};
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(file, 1, n, f), n);
    fclose(f);
    return disk_open(path, &how, err, sizeof err);
}

/* The archive in `file` has what went into it. */
static void check_contents(const char *format)
{
    u8 sector[DISK_SECTOR];
    Disk *d = open_first(size);
    if (!d)
        fail_msg("%s", err);
    assert_string_equal(d->format, format);
    assert_true(d->read_only);
    assert_int_equal(d->sectors, ALL);
    assert_int_equal(d->geometry.cylinders, CYLINDERS);
    for (u32 n = 0; n < ALL; n++) {
        assert_int_equal(disk_read(d, n, 1, sector), DISK_OK);
        assert_memory_equal(sector, want[n], DISK_SECTOR);
    }
    disk_close(d);
}

static void refused(const char *why)
{
    Disk *d = open_first(size);
    assert_null(d);
    if (!strstr(err, why))
        fail_msg("%s", err);
}

static void test_teledisk(void **state)
{
    make_archive();
    check_contents("teledisk");
    file[4] = 0x35;
    refused("version");
    size = 12;
    refused("too short");
}

/* Any part of it opens, or is refused with a line. */
static void cut_off(void)
{
    for (size_t n = 1; n < size; n += n < 700 ? 1 : 3989) {
        err[0] = 0;
        Disk *d = open_first(n);
        if (!d)
            assert_true(*err && !strchr(err, '\n'));
        disk_close(d);
    }
}

static void test_teledisk_cut_off(void **state)
{
    make_archive();
    cut_off();
}

/* ---- TeleDisk's compression ------------------------------------------------------------------ */

/* LZHUF's encoder: the code tree as a list by weight, siblings side by side, the root last. */
enum { SYMBOLS = 314, NODES = 2 * SYMBOLS - 1, WEIGHT_MAX = 0x8000, WINDOW = 4096, MATCH = 60 };

static struct {
    struct {
        int weight, up, down, symbol; /* down: the left of its two; -1: a leaf */
    } node[NODES];
    int leaf[SYMBOLS];
    int symbols, rebuilt, bits;
    u32 pending;
} enc;

static void put_bit(unsigned bit)
{
    enc.pending = enc.pending << 1 | bit;
    if (++enc.bits == 8) {
        put(&(u8){(u8)enc.pending}, 1);
        enc.bits = 0;
    }
}

static void put_bits(u32 v, int n)
{
    while (n--)
        put_bit(v >> n & 1);
}

/* Who is above and where each leaf is, from `down` and `symbol`. */
static void link_tree(int from, int to)
{
    for (int n = from; n <= to; n++) {
        if (enc.node[n].down < 0)
            enc.leaf[enc.node[n].symbol] = n;
        else
            enc.node[enc.node[n].down].up = enc.node[enc.node[n].down + 1].up = n;
    }
}

static void plant(void)
{
    memset(&enc, 0, sizeof enc);
    for (int n = 0; n < NODES; n++) {
        int left = 2 * (n - SYMBOLS);
        bool leaf = n < SYMBOLS;
        enc.node[n].down = leaf ? -1 : left;
        enc.node[n].symbol = leaf ? n : -1;
        enc.node[n].weight = leaf ? 1 : enc.node[left].weight + enc.node[left + 1].weight;
    }
    link_tree(0, NODES - 1);
}

/* The leaves keep their order at half their weight; each pair's sum goes behind all that do not
 * weigh more. */
static void replant(void)
{
    int n = 0;
    for (int i = 0; i < NODES; i++) {
        if (enc.node[i].down >= 0)
            continue;
        enc.node[n] = enc.node[i];
        enc.node[n++].weight = (enc.node[i].weight + 1) / 2;
    }
    for (int left = 0; n < NODES; left += 2, n++) {
        int sum = enc.node[left].weight + enc.node[left + 1].weight, at = n;
        for (; enc.node[at - 1].weight > sum; at--)
            enc.node[at] = enc.node[at - 1];
        enc.node[at].weight = sum;
        enc.node[at].down = left;
        enc.node[at].symbol = -1;
    }
    link_tree(0, NODES - 1);
    enc.rebuilt++;
}

static void weigh(int symbol)
{
    if (enc.node[NODES - 1].weight == WEIGHT_MAX)
        replant();
    for (int n = enc.leaf[symbol];; n = enc.node[n].up) {
        int last = n;
        while (last < NODES - 1 && enc.node[last + 1].weight == enc.node[n].weight)
            last++;
        int down = enc.node[n].down, is = enc.node[n].symbol;
        enc.node[n].down = enc.node[last].down, enc.node[n].symbol = enc.node[last].symbol;
        enc.node[last].down = down, enc.node[last].symbol = is;
        link_tree(n, n);
        link_tree(last, last);
        n = last;
        enc.node[n].weight++;
        if (n == NODES - 1)
            return;
    }
}

static void put_symbol(int symbol)
{
    u8 way[NODES];
    int n = enc.leaf[symbol], steps = 0;
    for (; n != NODES - 1; n = enc.node[n].up)
        way[steps++] = n != enc.node[enc.node[n].up].down;
    while (steps)
        put_bit(way[--steps]);
    weigh(symbol);
    enc.symbols++;
}

/* The upper six bits by a code of 3 to 8 bits, shorter for nearer. */
static void put_distance(u32 distance)
{
    static const u8 ends[] = {1, 4, 12, 24, 48, 64}; /* first value that has no 3, 4, ... bits */
    u32 upper = distance >> 6, code = 0;
    int len = 3;
    for (u32 v = 0; v < upper; v++, code++)
        for (; v >= ends[len - 3]; len++)
            code <<= 1;
    for (; upper >= ends[len - 3]; len++)
        code <<= 1;
    put_bits(code, len);
    put_bits(distance & 63, 6);
}

/* Compresses `in` behind what `file` holds; `copies`: with copies from the window, which begins as
 * blanks. */
static void compress(const u8 *in, size_t n, bool copies)
{
    static int seen[1 << 16];
    plant();
    for (int i = 0; i < 1 << 16; i++)
        seen[i] = -1;
    for (size_t at = 0; at < n;) {
        size_t len = 0;
        int from = -1;
        if (copies && n - at >= 3) {
            int *last = &seen[(u16)(in[at] * 251 + in[at + 1] * 31 + in[at + 2])];
            from = *last;
            *last = (int)at;
            if (from >= 0 && at - (size_t)from <= WINDOW)
                while (len < MATCH && at + len < n && in[(size_t)from + len] == in[at + len])
                    len++;
        }
        size_t blanks = 0;
        while (copies && !at && blanks < MATCH && in[blanks] == ' ')
            blanks++;
        if (blanks >= 3) {
            put_symbol(253 + (int)blanks);
            put_distance(WINDOW - 61); /* far before the first byte */
            at += blanks;
        } else if (len >= 3) {
            put_symbol(253 + (int)len);
            put_distance((u32)(at - (size_t)from - 1));
            at += len;
        } else {
            put_symbol(in[at++]);
        }
    }
    while (enc.bits)
        put_bit(0);
}

/* "td": the archive behind its header, compressed. */
static void make_compressed(bool copies)
{
    make_archive();
    size_t n = size - 12;
    memcpy(plain, file + 12, n);
    file[0] = 't', file[1] = 'd';
    size = 12;
    compress(plain, n, copies);
}

static void test_compressed(void **state)
{
    make_compressed(true);
    check_contents("teledisk");
    assert_true(enc.symbols < 60000);
    cut_off();
    make_compressed(false);
    check_contents("teledisk");
    assert_true(enc.rebuilt >= 2); /* the weights were halved on the way */
}

/* What no archive has: copies of every length from every distance, the blanks before the start. */
static void test_lzhuf(void **state)
{
    static u8 in[200000], out[200000];
    u32 seed = 1;
    for (size_t i = 0; i < sizeof in; i++) {
        seed = seed * 1103515245 + 12345;
        in[i] = i < 40                    ? ' '
                : seed >> 20 & 7          ? in[i - 1 - (seed >> 8 & 4095) % i]
                                          : (u8)(seed >> 24);
    }
    for (size_t i = 100; i + 5000 < sizeof in; i += 997) /* far and long ones */
        memcpy(in + i + 4096 - i % 64, in + i, 3 + i % 58);
    size = 0;
    compress(in, sizeof in, true);
    assert_int_equal(lzhuf_decode(file, size, out, sizeof out), sizeof in);
    assert_memory_equal(in, out, sizeof in);
    assert_true(enc.rebuilt >= 2);
    assert_int_equal(lzhuf_decode(file, size, out, 1000), 1000);
    assert_int_equal(lzhuf_decode(file, 0, out, 1000), 0);
}

/* ---- ImageDisk ------------------------------------------------------------------------------- */

/* Sector records: 0 unreadable; 1 data, 2 one byte for all; 3, 4 deleted; 5 to 8 with an error. */
static void put_imd_sector(int n)
{
    u8 kind = (u8)(n % 9), *w = want[n];
    put(&kind, 1);
    for (int i = 0; i < DISK_SECTOR; i++)
        w[i] = kind == 0 ? 0 : kind & 1 ? (u8)(n * 3 + i) : (u8)(n + 1);
    if (kind)
        put(w, kind & 1 ? DISK_SECTOR : 1);
}

/* Tracks with every map, sectors interleaved. */
static void make_imd(void)
{
    static const char comment[] = "IMD 1.18: 21/11/2026 12:00:00\r\nof our own making\x1A";
    size = 0;
    put(comment, sizeof comment - 1);
    for (int t = 0; t < CYLINDERS * HEADS; t++) {
        u8 maps = (u8)(t % 4 << 6);
        u8 top[5] = {(u8)(t % 6), (u8)(t / HEADS), (u8)(t % HEADS | maps), SECTORS, 2}, r[SECTORS];
        put(top, 5);
        for (int i = 0; i < SECTORS; i++)
            r[i] = (u8)(i * 2 % SECTORS + 1);
        put(r, SECTORS);
        for (int m = 0; m < (maps >> 7) + (maps >> 6 & 1); m++) /* cylinders, heads: skipped */
            put(r, SECTORS);
        for (int i = 0; i < SECTORS; i++)
            put_imd_sector(t * SECTORS + r[i] - 1);
    }
}

static void test_imd(void **state)
{
    make_imd();
    check_contents("imd");
    cut_off();
    make_imd();
    size_t at = (size_t)((u8 *)memchr(file, 0x1A, size) - file) + 1;
    size = at;
    refused("holds no sector");
    make_imd();
    file[at + 4] = 3; /* sectors of 1024 bytes */
    refused("another size");
    make_imd();
    file[at + 5] = 49;
    refused("more tracks or sectors");
    make_imd();
    file[at + 1] = 84;
    refused("more tracks or sectors");
    make_imd();
    file[at] = 6; /* no such mode: nothing behind it is believed */
    refused("holds no sector");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_teledisk), cmocka_unit_test(test_teledisk_cut_off),
        cmocka_unit_test(test_compressed), cmocka_unit_test(test_lzhuf),
        cmocka_unit_test(test_imd)};
    close(mkstemp(path));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
