/* fwcfg.h: QEMU's firmware configuration ports, by which SeaBIOS finds its VGA BIOS and a kernel
 * comes into memory; see fwcfg.c. */
#ifndef GLASS86_FWCFG_H
#define GLASS86_FWCFG_H

#include "devices/state.h"
#include "mmu/bus.h"

enum { FWCFG_FILES = 12, FWCFG_NAME = 56 };

typedef struct {
    char name[FWCFG_NAME]; /* "vgaroms/vgabios.bin"; zero-terminated */
    const u8 *data;        /* must outlive the device */
    u32 size;
} FwcfgFile;

/* A kernel that QEMU would load itself: the items that its -kernel fills. */
typedef struct {
    const u8 *data; /* NULL: none; must outlive the device */
    u32 addr, size, entry;
    const u8 *info; /* what the kernel is told, ready but for what only the BIOS knows */
    u32 info_addr, info_size;
} FwcfgKernel;

typedef struct {
    Bus *bus;
    Snap *snap;
    u64 ram; /* bytes */
    FwcfgFile file[FWCFG_FILES];
    int file_count;
    FwcfgKernel kernel;
} FwcfgConfig;

typedef struct {
    u16 item;
    u16 pad;
    u32 offset; /* of the next byte */
} FwcfgState;

typedef struct {
    FwcfgState s;
    FwcfgConfig cfg;
} Fwcfg;

void fwcfg_init(Fwcfg *f, const FwcfgConfig *cfg);
void fwcfg_reset(Fwcfg *f);

#endif
