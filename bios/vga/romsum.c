/*
 * romsum: gives an option ROM its length and checksum. A host tool of the build. The bytes of an
 * option ROM add up to 0 modulo 256 (IBM PC Technical Reference, "ROM modules"); NASM cannot sum
 * its own output, so it leaves the last byte zero and this puts in what is missing.
 *
 *   romsum IN OUT
 */
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 512, MAX_SIZE = 64 * 1024 };

int main(int argc, char **argv)
{
    static unsigned char rom[MAX_SIZE];
    unsigned sum = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: romsum IN OUT\n");
        return 2;
    }
    FILE *f = fopen(argv[1], "rb");
    if (!f) {
        perror(argv[1]);
        return 1;
    }
    size_t size = fread(rom, 1, sizeof rom, f);
    fclose(f);
    if (size < BLOCK || rom[0] != 0x55 || rom[1] != 0xaa || size != rom[2] * (size_t)BLOCK) {
        fprintf(stderr, "%s: needs 55 AA, then its length in blocks of 512\n", argv[1]);
        return 1;
    }
    if (rom[size - 1]) {
        fprintf(stderr, "%s: the last byte is taken, no room for the checksum\n", argv[1]);
        return 1;
    }
    for (size_t i = 0; i < size; i++)
        sum += rom[i];
    rom[size - 1] = (unsigned char)-sum;
    f = fopen(argv[2], "wb");
    if (!f || fwrite(rom, 1, size, f) != size || fclose(f)) {
        perror(argv[2]);
        return 1;
    }
    return 0;
}
