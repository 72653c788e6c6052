/* i440fx.c: the 82441FX (PMC), host bridge of the 440FX chipset, as far as software on one
 * processor can tell: its programmable attribute map, by which firmware copies itself into RAM and
 * DOS tools find room for drivers. From the 82441FX data sheet (290549), chapter 3.2.
 *
 *   00h   8086h 1237h                        59h      F0000h-FFFFFh in bits 7-4
 *   60h   DRB0-7: end of each memory row     5Ah-5Fh  16 KiB from C0000h on: bits 3-0 the first,
 *         in units of 8 MiB                           bits 7-4 the second
 *   72h   SMRAM                                       bit 0 read RAM, bit 1 write RAM (bits 4, 5)
 *
 * The subsystem is QEMU's, by which SeaBIOS knows where it is. NOTE: DRAM timing, error and SMRAM
 * registers hold what is written and do nothing: no system management mode exists here. */
#include "devices/i440fx.h"

enum { PAM0 = 0x59, PAM_COUNT = 7, PAM_READ = 1, PAM_WRITE = 2, PAM_BITS = 0x33 };
enum { DRB0 = 0x60, DRB_COUNT = 8, ROW_UNIT = 8 << 20 };

static void set_area(const I440fx *b, u32 base, u32 size, u32 attributes)
{
    b->cfg.shadow(b->cfg.ctx, base, size, attributes & PAM_READ, attributes & PAM_WRITE);
}

static void bridge_changed(void *ctx, int first, int last)
{
    const I440fx *b = ctx;
    for (int n = 0; n < PAM_COUNT; n++) {
        u32 pam = pci_get(&b->function, PAM0 + n, 1);
        if (PAM0 + n < first || PAM0 + n > last)
            continue;
        if (n == 0) {
            set_area(b, 0xF0000, 0x10000, pam >> 4);
        } else {
            u32 base = 0xC0000 + (u32)(n - 1) * 0x8000;
            set_area(b, base, 0x4000, pam);
            set_area(b, base + 0x4000, 0x4000, pam >> 4);
        }
    }
}

void i440fx_init(I440fx *b, Pci *pci, const I440fxConfig *cfg)
{
    PciFunction *f = &b->function;
    b->cfg = *cfg;
    pci_add(pci, f, 0, 0, 0x12378086, 0x060000);
    pci_define(f, PCI_REVISION, 1, 2, 0);
    pci_define(f, PCI_COMMAND, 2, 0x0006, 0x0102); /* memory and bus master are always on */
    pci_define(f, PCI_STATUS, 2, 0x0280, 0);
    pci_define(f, PCI_SUBSYSTEM, 4, 0x11001AF4, 0);
    pci_define(f, PCI_LINE, 1, 0, 0);
    pci_define(f, 0x0D, 1, 0, 0xF8);           /* latency timer */
    pci_define(f, 0x50, 2, 0, 0xFFFF);         /* PMCCFG */
    pci_define(f, 0x57, 1, 0x01, 0xFF);        /* DRAM control, timing */
    pci_define(f, 0x58, 1, 0x10, 0xFF);
    pci_define(f, PAM0, 1, 0, 0x30);
    for (int n = 1; n < PAM_COUNT; n++)
        pci_define(f, PAM0 + n, 1, 0, PAM_BITS);
    u64 rows = (cfg->ram + ROW_UNIT - 1) / ROW_UNIT;
    for (int n = 0; n < DRB_COUNT; n++)
        pci_define(f, DRB0 + n, 1, rows > 0xFF ? 0xFF : (u32)rows, 0xFF);
    pci_define(f, 0x72, 1, 0x02, 0x7F);        /* SMRAM */
    f->changed = bridge_changed;
    f->ctx = b;
}
