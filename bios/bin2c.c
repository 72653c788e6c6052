/* bin2c.c: host tool of the build: `bin2c NAME FILE` prints FILE as the C array `const unsigned
 * char NAME[]` and its size `NAME_size`. Lines of zeros are left out, so that a mostly empty
 * disk stays a small source. */
#include <stdio.h>
#include <string.h>

enum { LINE = 32 };

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bin2c NAME FILE\n");
        return 64;
    }
    FILE *f = fopen(argv[2], "rb");
    if (!f) {
        perror(argv[2]);
        return 66;
    }
    static const unsigned char zeros[LINE];
    unsigned char line[LINE];
    unsigned long at = 0;
    size_t n;
    printf("extern const unsigned char %s[];\nextern const unsigned long %s_size;\n", argv[1],
           argv[1]);
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    if (size <= 0) {
        fprintf(stderr, "bin2c: %s is empty\n", argv[2]);
        return 66;
    }
    printf("const unsigned long %s_size = %ldUL;\nconst unsigned char %s[%ld] = {\n", argv[1], size,
           argv[1], size);
    while ((n = fread(line, 1, LINE, f))) {
        if (at && !memcmp(line, zeros, n)) {
            at += n;
            continue;
        }
        printf("[%lu] = ", at);
        for (size_t i = 0; i < n; i++)
            printf("%u,", line[i]);
        putchar('\n');
        at += n;
    }
    printf("};\n");
    if (ferror(f) || fflush(stdout) || ferror(stdout)) {
        perror("bin2c");
        return 70;
    }
    return 0;
}
