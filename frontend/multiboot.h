/* multiboot.h: kernels in the sense of the Multiboot Specification 0.6.96, as GRUB and QEMU boot
 * them. */
#ifndef GLASS86_MULTIBOOT_H
#define GLASS86_MULTIBOOT_H

#include "devices/pc.h"

typedef struct {
    FwcfgKernel kernel; /* its pointers lead to what follows */
    u8 *image, *info;
} Multiboot;

/* Does the file begin like a Multiboot kernel? No for what cannot be read. */
bool multiboot_is(const char *path);

/* Reads the kernel `path` for a machine with `ram` bytes; `command` (or NULL) follows its name on
 * its command line. False: err is one line. */
bool multiboot_load(Multiboot *m, const char *path, const char *command, u64 ram, char *err,
                    size_t errlen);
void multiboot_free(Multiboot *m);

#endif
