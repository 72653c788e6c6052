/* roms.h: firmware images: ours, which are part of the program, and foreign ones from files. */
#ifndef GLASS86_ROMS_H
#define GLASS86_ROMS_H

#include "mmu/base.h"

/* Images built from bios/ and embedded in the program. */
extern const unsigned char rom_bios[], rom_vgabios[], rom_egabios[], rom_cardbios[],
    rom_multiboot[], rom_demo[];
extern const unsigned long rom_bios_size, rom_vgabios_size, rom_egabios_size, rom_cardbios_size,
    rom_multiboot_size, rom_demo_size;

/* ROM_CARD: of a CGA or Hercules card. */
typedef enum { ROM_BIOS, ROM_VGA, ROM_EGA, ROM_CARD, ROM_OPTION } RomKind;

typedef struct {
    const u8 *data;
    u32 size;
    u8 *owned;      /* what rom_free() releases, or NULL */
    char note[256]; /* one line the user should see, or "" */
} Rom;

/* Our own system BIOS, video BIOS, or option ROM that starts a Multiboot kernel. */
void rom_builtin(Rom *r, RomKind kind);

/* The 256 glyphs of a CGA's (8 lines) or an MDA's (14 lines) character generator. */
const u8 *rom_glyphs(int lines);

/* Reads a foreign image. Any ROM is accepted: what looks wrong (signature, checksum, unusual
 * size) is only noted, and a system BIOS is padded at its low end to 64, 128 or 256 KiB. False:
 * err says why the file cannot be one (unreadable, empty, not a whole number of 512-byte blocks,
 * larger than its place). */
bool rom_load(Rom *r, RomKind kind, const char *path, char *err, size_t errlen);
void rom_free(Rom *r);

#endif
