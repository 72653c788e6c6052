/*
 * mkfont: turns a drawn font (8x8.txt, 8x14.txt, 8x16.txt) into bytes. A host tool, run at build
 * time; it needs nothing but the C library. README.md in this directory describes the notation it
 * reads.
 *
 *   mkfont FONT.txt -lo FILE     NASM source of glyphs 00-7F
 *   mkfont FONT.txt -hi FILE     NASM source of glyphs 80-FF
 *   mkfont FONT.txt -pgm FILE    the whole font as a picture, 32 x 8 glyphs, to look at
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEIGHT = 16, MAX_PARTS = 64, MAX_BAND = 16 };

typedef struct {
    char name[16];
    unsigned char row[MAX_HEIGHT];
} Part;

typedef struct {
    const char *file;
    int line;
    int height;
    unsigned char glyph[256][MAX_HEIGHT];
    bool drawn[256];
    Part part[MAX_PARTS];
    int parts;
} Font;

static void die(const Font *f, const char *what, const char *detail)
{
    fprintf(stderr, "%s:%d: %s%s%s\n", f->file, f->line, what, *detail ? ": " : "", detail);
    exit(1);
}

static int glyph_number(const Font *f, const char *word)
{
    char *end;
    long n = strtol(word, &end, 16);

    if (*end || end != word + 2)
        die(f, "a glyph is named by two hexadecimal digits", word);
    return (int)n;
}

static unsigned char *glyph_new(Font *f, const char *word)
{
    int n = glyph_number(f, word);

    if (f->drawn[n])
        die(f, "glyph drawn twice", word);
    f->drawn[n] = true;
    return f->glyph[n];
}

static unsigned char *part_new(Font *f, const char *name)
{
    if (f->parts == MAX_PARTS || strlen(name) >= sizeof f->part[0].name)
        die(f, "too many parts, or the name is too long", name);
    Part *p = &f->part[f->parts++];
    strcpy(p->name, name);
    return p->row;
}

static const unsigned char *shape_find(const Font *f, const char *name)
{
    for (int i = 0; i < f->parts; i++)
        if (!strcmp(f->part[i].name, name))
            return f->part[i].row;
    int n = glyph_number(f, name);
    if (!f->drawn[n])
        die(f, "not drawn yet", name);
    return f->glyph[n];
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/* Sets columns x0..x1 of rows y0..y1; empty when a range is. Bit 7 is the leftmost column. */
static void fill(unsigned char *g, int x0, int x1, int y0, int y1)
{
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++)
            g[y] |= (unsigned char)(0x80 >> x);
}

/*
 * A box-drawing glyph: the weight (0, 1 or 2 lines) of the arm in each direction. A single stem
 * takes columns 3-4, a double one 1-2 and 5-6; a single bar takes row m, a double one rows m-1 and
 * m+1. Every arm runs to the very edge of the cell, so neighbours join in either direction and in
 * 9-dot modes (where C0-DF repeat their last column). Inside, a line stops at the first line that
 * it meets and does not cross.
 */
static void draw_box(unsigned char *g, int h, int up, int down, int left, int right)
{
    int m = h / 2 - 1, end = h - 1;
    int v = up > down ? up : down, w = left > right ? left : right;

    if (v == 2 && w == 2) {
        /* Each of the four lines breaks only on the side where an arm leaves it. */
        int arm[2] = {left, right}, x[2] = {1, 5};
        for (int i = 0; i < 2; i++) {
            if (up)
                fill(g, x[i], x[i] + 1, 0, arm[i] ? m - 1 : m + 1);
            if (down)
                fill(g, x[i], x[i] + 1, arm[i] ? m + 1 : m - 1, end);
        }
        int stem[2] = {up, down}, y[2] = {m - 1, m + 1};
        for (int i = 0; i < 2; i++) {
            if (left)
                fill(g, 0, stem[i] ? 2 : 6, y[i], y[i]);
            if (right)
                fill(g, stem[i] ? 5 : 1, 7, y[i], y[i]);
        }
        return;
    }
    if (v == 1) {
        /* A single stem stops at the near bar of a pair that passes, else covers the corner. */
        bool passes = w == 2 && left && right && !(up && down);
        int reach = w == 2 ? (passes ? -1 : 1) : 0;
        if (up)
            fill(g, 3, 4, 0, m + reach);
        if (down)
            fill(g, 3, 4, m - reach, end);
    } else if (v == 2) {
        for (int x = 1; x <= 5; x += 4) {
            if (up)
                fill(g, x, x + 1, 0, m);
            if (down)
                fill(g, x, x + 1, m, end);
        }
    }
    for (int y = w == 2 ? m - 1 : m; w && y <= m + 1; y += 2) {
        bool stops = v == 2 && up && down && !(left && right);
        if (left)
            fill(g, 0, v == 0 ? 7 : v == 1 ? 4 : stops ? 2 : 6, y, y);
        if (right)
            fill(g, v == 0 ? 0 : v == 1 ? 3 : stops ? 5 : 1, 7, y, y);
        if (w == 1)
            break;
    }
}

static void draw_shade(unsigned char *g, int h, int quarters)
{
    static const unsigned char pattern[4][2] = {{0, 0}, {0x22, 0x88}, {0x55, 0xaa}, {0xdd, 0x77}};

    for (int y = 0; y < h; y++)
        g[y] = pattern[quarters][y & 1];
}

static bool draw_block(unsigned char *g, int h, const char *which)
{
    if (!strcmp(which, "full"))
        fill(g, 0, 7, 0, h - 1);
    else if (!strcmp(which, "upper"))
        fill(g, 0, 7, 0, h / 2 - 1);
    else if (!strcmp(which, "lower"))
        fill(g, 0, 7, h / 2, h - 1);
    else if (!strcmp(which, "left"))
        fill(g, 0, 3, 0, h - 1);
    else if (!strcmp(which, "right"))
        fill(g, 4, 7, 0, h - 1);
    else
        return false;
    return true;
}

/* ---- the notation ---------------------------------------------------------------------------- */

static int split(char *line, char **word, int max)
{
    int n = 0;

    for (char *w = strtok(line, " \t\r\n"); w && n < max; w = strtok(NULL, " \t\r\n"))
        word[n++] = w;
    return n;
}

/* `make 8E = A + diaer-1`: the union of shapes, each moved by the signed rows behind its name. */
static void read_make(Font *f, char **word, int n)
{
    if (n < 4 || strcmp(word[2], "="))
        die(f, "expected `make NN = SHAPE + SHAPE...`", "");
    unsigned char *g = glyph_new(f, word[1]);
    for (int i = 3; i < n; i += 2) {
        int shift = 0;
        char *sign = strpbrk(word[i], "+-");
        if (sign) {
            shift = atoi(sign);
            *sign = 0;
        }
        const unsigned char *s = shape_find(f, word[i]);
        for (int y = 0; y < f->height; y++)
            if (s[y] && (y + shift < 0 || y + shift >= f->height))
                die(f, "shape leaves the cell", word[i]);
            else if (s[y])
                g[y + shift] |= s[y];
    }
}

static void read_box(Font *f, char **word, int n)
{
    int arm[4] = {0};
    static const char sides[] = "UDLR";

    for (int i = 2; i < n; i++) {
        const char *side = strchr(sides, word[i][0]);
        if (!side || (word[i][1] != '1' && word[i][1] != '2'))
            die(f, "an arm is one of U D L R and 1 or 2", word[i]);
        arm[side - sides] = word[i][1] - '0';
    }
    draw_box(glyph_new(f, word[1]), f->height, arm[0], arm[1], arm[2], arm[3]);
}

/* One row of a band: as many cells of eight `.` or `#` as the band has names. */
static void read_row(Font *f, char *line, unsigned char **target, int count, int y)
{
    char *cell[MAX_BAND + 1];
    int n = split(line, cell, MAX_BAND + 1);

    if (n != count)
        die(f, "a row has another number of cells than the band has names", "");
    if (y >= f->height)
        die(f, "the band is taller than the font", "");
    for (int i = 0; i < n; i++) {
        if (strlen(cell[i]) != 8 || strspn(cell[i], ".#") != 8)
            die(f, "a cell is eight characters, `.` or `#`", cell[i]);
        for (int x = 0; x < 8; x++)
            if (cell[i][x] == '#')
                target[i][y] |= (unsigned char)(0x80 >> x);
    }
}

static void font_read(Font *f, FILE *in)
{
    char line[256];
    unsigned char *target[MAX_BAND];
    int count = 0, y = 0;

    while (fgets(line, sizeof line, in)) {
        f->line++;
        if (line[0] == ';' || line[strspn(line, " \r\n")] == 0) {
            count = 0;
            continue;
        }
        if (line[0] == '.' || line[0] == '#') {
            if (!count)
                die(f, "pixels outside a band", "");
            read_row(f, line, target, count, y++);
            continue;
        }
        char *word[MAX_BAND + 4];
        int n = split(line, word, MAX_BAND + 4);
        count = 0;
        if (n == 2 && !strcmp(word[0], "size"))
            f->height = atoi(word[1]);
        else if (!f->height || f->height > MAX_HEIGHT)
            die(f, "the first line must be `size 8`, `size 14` or `size 16`", "");
        else if (n >= 4 && !strcmp(word[n - 2], "from")) {
            bool part = !strcmp(word[0], "parts");
            for (count = 0; count < n - 3 && count < MAX_BAND; count++)
                target[count] = part ? part_new(f, word[count + 1]) : glyph_new(f, word[count + 1]);
            y = atoi(word[n - 1]);
        } else if (!strcmp(word[0], "make"))
            read_make(f, word, n);
        else if (!strcmp(word[0], "box") && n > 2)
            read_box(f, word, n);
        else if (!strcmp(word[0], "shade") && n == 3 && strchr("123", word[2][0]))
            draw_shade(glyph_new(f, word[1]), f->height, word[2][0] - '0');
        else if (!strcmp(word[0], "block") && n == 3) {
            if (!draw_block(glyph_new(f, word[1]), f->height, word[2]))
                die(f, "a block is full, upper, lower, left or right", word[2]);
        } else
            die(f, "not understood", word[0]);
    }
}

/* 00, 20 and FF are blank; every other glyph must have been drawn. */
static void font_check(Font *f)
{
    char name[3];

    f->drawn[0x00] = f->drawn[0x20] = f->drawn[0xff] = true;
    for (int i = 0; i < 256; i++)
        if (!f->drawn[i]) {
            snprintf(name, sizeof name, "%02X", i);
            die(f, "glyph missing", name);
        }
}

/* ---- output ---------------------------------------------------------------------------------- */

static void write_nasm(const Font *f, FILE *out, int first, int last)
{
    fprintf(out, "; Glyphs %02X-%02X of the 8x%d font. Generated by bios/fonts/mkfont.c from\n"
                 "; bios/fonts/8x%d.txt: edit that file, not this one.\n",
            first, last, f->height, f->height);
    for (int i = first; i <= last; i++) {
        fprintf(out, "        db ");
        for (int y = 0; y < f->height; y++)
            fprintf(out, "0%02Xh%s", f->glyph[i][y], y + 1 < f->height ? "," : "");
        fprintf(out, " ; %02X\n", i);
    }
}

static void write_picture(const Font *f, FILE *out)
{
    enum { ACROSS = 32, CELL = 10 };
    int cell_h = f->height + 2;

    fprintf(out, "P5\n%d %d\n255\n", ACROSS * CELL, 256 / ACROSS * cell_h);
    for (int y = 0; y < 256 / ACROSS * cell_h; y++)
        for (int x = 0; x < ACROSS * CELL; x++) {
            const unsigned char *g = f->glyph[y / cell_h * ACROSS + x / CELL];
            int gx = x % CELL, gy = y % cell_h;
            bool inside = gx < 8 && gy < f->height;
            fputc(!inside ? 64 : g[gy] & (0x80 >> gx) ? 255 : 0, out);
        }
}

int main(int argc, char **argv)
{
    static Font font;

    if (argc < 4 || argc % 2) {
        fprintf(stderr, "usage: mkfont FONT.txt { -lo | -hi | -pgm } FILE ...\n");
        return 2;
    }
    FILE *in = fopen(argv[1], "r");
    if (!in) {
        perror(argv[1]);
        return 1;
    }
    font.file = argv[1];
    font_read(&font, in);
    fclose(in);
    font_check(&font);
    for (int i = 2; i < argc; i += 2) {
        FILE *out = fopen(argv[i + 1], "wb");
        if (!out) {
            perror(argv[i + 1]);
            return 1;
        }
        if (!strcmp(argv[i], "-pgm"))
            write_picture(&font, out);
        else if (!strcmp(argv[i], "-hi"))
            write_nasm(&font, out, 0x80, 0xff);
        else
            write_nasm(&font, out, 0x00, 0x7f);
        if (fclose(out)) {
            perror(argv[i + 1]);
            return 1;
        }
    }
    return 0;
}
