/* fwcfg.c: the ports by which QEMU hands things to firmware. On a board without PCI they are the
 * only place where SeaBIOS looks for a VGA BIOS and option ROMs, and a Multiboot kernel comes
 * through them (bios/multiboot), so the machine has them then, and only then: to a guest they say
 * "this is QEMU". From QEMU's docs/specs/fw_cfg.
 *
 *   510h  write 16 bits  selects an item and its first byte
 *   511h  read 8 bits    the next byte of the item; zeroes after its end and where there is no item
 *
 *   items  0000h  "QEMU"            0001h  revision, 1 = these two ports
 *          0003h  bytes of RAM      0005h, 000Fh  processors: 1
 *          0007h  kernel: address   0008h  size    0010h  entry    0011h  image
 *          000Ah  its information: address    000Bh  size    0012h  data
 *          0019h  directory: count, then size, item, 0, name of each file (big-endian numbers)
 *          0020h  and up: the files */
#include "devices/fwcfg.h"

enum {
    ITEM_SIGNATURE = 0,
    ITEM_REVISION = 1,
    ITEM_RAM = 3,
    ITEM_CPUS = 5,
    ITEM_KERNEL_ADDR = 7,
    ITEM_KERNEL_SIZE = 8,
    ITEM_INFO_ADDR = 10,
    ITEM_INFO_SIZE = 11,
    ITEM_MAX_CPUS = 15,
    ITEM_KERNEL_ENTRY = 16,
    ITEM_KERNEL_DATA = 17,
    ITEM_INFO_DATA = 18,
    ITEM_DIRECTORY = 0x19,
    ITEM_FILES = 0x20
};
enum { ENTRY_SIZE = 8 + FWCFG_NAME };

static u8 byte_of(u64 value, u32 offset)
{
    return offset < 8 ? (u8)(value >> (8 * offset)) : 0;
}

static u8 big_endian(u32 value, u32 offset)
{
    return (u8)(value >> (8 * (3 - offset)));
}

static u8 directory_byte(const Fwcfg *f, u32 offset)
{
    if (offset < 4)
        return big_endian((u32)f->cfg.file_count, offset);
    u32 n = (offset - 4) / ENTRY_SIZE, at = (offset - 4) % ENTRY_SIZE;
    if (n >= (u32)f->cfg.file_count)
        return 0;
    if (at < 4)
        return big_endian(f->cfg.file[n].size, at);
    if (at < 8)
        return big_endian((ITEM_FILES + n) << 16, at - 4);
    return (u8)f->cfg.file[n].name[at - 8];
}

static u8 blob_byte(const u8 *data, u32 size, u32 offset)
{
    return offset < size ? data[offset] : 0;
}

static u8 item_byte(const Fwcfg *f, u16 item, u32 offset)
{
    const FwcfgKernel *k = &f->cfg.kernel;
    switch (item) {
    case ITEM_SIGNATURE:
        return offset < 4 ? (u8) "QEMU"[offset] : 0;
    case ITEM_REVISION:
    case ITEM_CPUS:
    case ITEM_MAX_CPUS:
        return byte_of(1, offset);
    case ITEM_RAM:
        return byte_of(f->cfg.ram, offset);
    case ITEM_KERNEL_ADDR:
        return byte_of(k->addr, offset);
    case ITEM_KERNEL_SIZE:
        return byte_of(k->size, offset);
    case ITEM_KERNEL_ENTRY:
        return byte_of(k->entry, offset);
    case ITEM_KERNEL_DATA:
        return blob_byte(k->data, k->size, offset);
    case ITEM_INFO_ADDR:
        return byte_of(k->info_addr, offset);
    case ITEM_INFO_SIZE:
        return byte_of(k->info_size, offset);
    case ITEM_INFO_DATA:
        return blob_byte(k->info, k->info_size, offset);
    case ITEM_DIRECTORY:
        return directory_byte(f, offset);
    default:
        if (item < ITEM_FILES || item >= ITEM_FILES + f->cfg.file_count)
            return 0;
        const FwcfgFile *file = &f->cfg.file[item - ITEM_FILES];
        return blob_byte(file->data, file->size, offset);
    }
}

static u32 fwcfg_peek(void *ctx, u32 port, int size)
{
    const Fwcfg *f = ctx;
    return port & 1 ? item_byte(f, f->s.item, f->s.offset) : 0xFF;
}

static u32 fwcfg_read(void *ctx, u32 port, int size)
{
    Fwcfg *f = ctx;
    u32 v = fwcfg_peek(ctx, port, size);
    if (port & 1)
        f->s.offset++;
    return v;
}

static void select_write(void *ctx, u32 port, int size, u32 value)
{
    Fwcfg *f = ctx;
    if (size != 2) /* the data port does not take writes, and a byte selects nothing */
        return;
    f->s.item = (u16)value;
    f->s.offset = 0;
}

void fwcfg_reset(Fwcfg *f)
{
    memset(&f->s, 0, sizeof f->s);
}

void fwcfg_init(Fwcfg *f, const FwcfgConfig *cfg)
{
    static const BusOps ops = {fwcfg_read, select_write, fwcfg_peek, 1 | 2};
    memset(f, 0, sizeof *f);
    f->cfg = *cfg;
    bus_map_port(cfg->bus, 0x510, 2, &ops, f, "fw_cfg");
    snap_add(cfg->snap, "fw_cfg", 1, &f->s, sizeof f->s);
}
