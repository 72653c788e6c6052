/* machine.h: builds the Pc that the options describe, with its firmware and media, and takes it
 * apart. */
#ifndef GLASS86_MACHINE_H
#define GLASS86_MACHINE_H

#include "bios/roms.h"
#include "devices/pc.h"
#include "frontend/media.h"
#include "frontend/multiboot.h"
#include "frontend/options.h"

typedef struct {
    Pc *pc;
    Rom bios, vgabios, option_rom[MAX_OPTION_ROMS];
    Media media;
    Multiboot kernel;
} Machine;

/* EXIT_OK, or the exit status that belongs to the line in err. */
int machine_build(Machine *m, const Options *o, const PcHooks *hooks, char *err, size_t errlen);

/* Flushes and closes the images. False: something did not reach the host's disk, and was said. */
bool machine_free(Machine *m);

#endif
