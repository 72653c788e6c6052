/* i440fx.h: the host bridge: which parts of C0000h-FFFFFh are ROM and which RAM; see i440fx.c. */
#ifndef GLASS86_I440FX_H
#define GLASS86_I440FX_H

#include "devices/pci.h"

/* Reads of [base, base + size) come from RAM or ROM from now on, writes go to RAM or nowhere. */
typedef void ShadowFn(void *ctx, u32 base, u32 size, bool read_ram, bool write_ram);

typedef struct {
    ShadowFn *shadow;
    void *ctx;
    u64 ram; /* bytes */
} I440fxConfig;

typedef struct {
    PciFunction function;
    I440fxConfig cfg;
} I440fx;

void i440fx_init(I440fx *b, Pci *pci, const I440fxConfig *cfg);

#endif
