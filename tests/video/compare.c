/* compare.c: are two PNG pictures the same, pixel by pixel? One may be the other with every pixel
 * and line repeated, as emulators write double-scanned modes.
 *
 *   compare A.png B.png [TOLERANCE]     per colour channel; default 0. Status 1: they differ. */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    unsigned width, height;
    unsigned char *rgb;
} Picture;

static Picture load(const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    Picture p = {0};
    if (png_image_begin_read_from_file(&image, path)) {
        image.format = PNG_FORMAT_RGB;
        p = (Picture){image.width, image.height, malloc(PNG_IMAGE_SIZE(image))};
        if (p.rgb && png_image_finish_read(&image, NULL, p.rgb, 0, NULL))
            return p;
    }
    printf("%s: %s\n", path, image.message[0] ? image.message : "no memory");
    exit(2);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    Picture a = load(argv[1]), b = load(argv[2]);
    int tolerance = argc > 3 ? atoi(argv[3]) : 0;
    if (a.width > b.width || a.height > b.height) {
        Picture t = a;
        a = b;
        b = t;
    }
    if (b.width % a.width || b.height % a.height) {
        printf("sizes differ: %ux%u and %ux%u\n", a.width, a.height, b.width, b.height);
        return 1;
    }
    unsigned kx = b.width / a.width, ky = b.height / a.height, bad = 0, x0 = 0, y0 = 0;
    for (unsigned y = 0; y < b.height; y++) {
        for (unsigned x = 0; x < b.width; x++) {
            const unsigned char *p = a.rgb + 3 * ((size_t)(y / ky) * a.width + x / kx);
            const unsigned char *q = b.rgb + 3 * ((size_t)y * b.width + x);
            int differ = 0;
            for (int i = 0; i < 3; i++)
                differ |= abs(p[i] - q[i]) > tolerance;
            if (differ && !bad++) {
                x0 = x;
                y0 = y;
            }
        }
    }
    if (bad)
        printf("%u of %u pixels differ, the first at %u,%u\n", bad, b.width * b.height, x0, y0);
    return bad != 0;
}
