/* screen.c: see screen.h. */
#include "frontend/screen.h"

#include "devices/cp437.h"
#include "frontend/png.h"

#include <errno.h>
#include <stdlib.h>

size_t screen_to_text(const VgaText *t, char out[SCREEN_TEXT_MAX])
{
    char *p = out;
    for (int y = 0; y < t->rows; y++) {
        char *end = p; /* after the last character that shows */
        for (int x = 0; x < t->columns; x++) {
            u8 ch = (u8)t->cells[y * t->columns + x];
            p += cp437_utf8(ch, p);
            if (ch != ' ' && ch != 0 && ch != 0xFF)
                end = p;
        }
        p = end;
        *p++ = '\n';
    }
    *p = 0;
    return (size_t)(p - out);
}

static void print_graphics_note(Vga *v, FILE *f)
{
    VgaFrame frame = {0};
    vga_draw(v, &frame);
    if (frame.blank)
        fputs("(the screen is blank)\n", f);
    else
        fprintf(f, "(graphics mode, %dx%d)\n", frame.width, frame.height);
    vga_frame_free(&frame);
}

void screen_print(Vga *v, FILE *f)
{
    VgaText *t = malloc(sizeof *t);
    char *text = malloc(SCREEN_TEXT_MAX);
    if (!t || !text)
        panic("out of host memory for the text screen");
    vga_text(v, t);
    if (t->is_text) {
        size_t n = screen_to_text(t, text);
        while (n > 1 && text[n - 1] == '\n' && text[n - 2] == '\n')
            n--;
        fwrite(text, 1, n, f);
    } else
        print_graphics_note(v, f);
    free(text);
    free(t);
}

static bool dump_text(Vga *v, const char *path, char *err, size_t errlen)
{
    FILE *f = fopen(path, "w");
    if (f) {
        screen_print(v, f);
        bool bad = ferror(f);
        if (!fclose(f) && !bad)
            return true;
    }
    snprintf(err, errlen, "cannot write %s: %s", path, strerror(errno));
    return false;
}

static bool dump_picture(Vga *v, const char *path, char *err, size_t errlen)
{
    VgaFrame frame = {0};
    vga_draw(v, &frame);
    bool ok = png_write(path, frame.pixels, frame.width, frame.height, err, errlen);
    vga_frame_free(&frame);
    return ok;
}

bool screen_dump(Vga *v, const char *path, char *err, size_t errlen)
{
    size_t n = strlen(path);
    bool text = n > 4 && !strcmp(path + n - 4, ".txt");
    return text ? dump_text(v, path, err, errlen) : dump_picture(v, path, err, errlen);
}
