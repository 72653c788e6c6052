/* bus.h: the physical address space (4 GiB) and the 64 K I/O ports.
 *
 * Memory is a table of 4 KiB pages; each page belongs to one region: RAM, ROM or MMIO. A RAM
 * page may carry flags (see BUS_PAGE_*) by which the CPU learns of writes to decoded code and
 * others learn of dirty pages. Ports are a table of 65,536 region numbers. Unmapped reads give
 * all ones, unmapped writes vanish: an ISA bus with nobody home.
 *
 * Addresses here are after the A20 gate, which the Mmu applies. DMA goes past the gate. */
#ifndef GLASS86_BUS_H
#define GLASS86_BUS_H

#include "mmu/base.h"

enum {
    BUS_PAGE_SHIFT = 12,
    BUS_PAGE_SIZE = 1 << BUS_PAGE_SHIFT,
    BUS_PAGES = 1 << 20,
    BUS_REGIONS = 255
};

/* One descriptor serves ports and memory. `addr` is the full physical address or port number;
 * size is
 * 1, 2 or 4 and always one that `sizes` (a mask of 1|2|4) contains: the bus splits the rest into
 * smaller accesses in ascending address order. A callback may be NULL: reads give all ones. */
typedef struct {
    u32 (*read)(void *ctx, u32 addr, int size);
    void (*write)(void *ctx, u32 addr, int size, u32 value);
    u32 (*peek)(void *ctx, u32 addr, int size); /* no side effects, for the debugger; may be NULL */
    u8 sizes; /* or with BUS_STORAGE */
} BusOps;

/* An adapter's memory: accesses concern its contents and latches alone, never time, interrupts or
 * mappings, so that string instructions do many in one go (bus_storage()). The callbacks take any
 * size and alignment within a page. */
enum { BUS_STORAGE = 0x80 };

/* What the next read of a port would do, for the processor that looks for a loop that waits
 * (cpu/idle.c): up to tick `until` (excluded), unless an event comes or the device is written to,
 * each read gives the same and changes nothing but the bits `toggles`, which the next one changes
 * back. until 0: it can't be told. */
typedef struct {
    u64 until;
    u32 toggles;
} BusSteady;
typedef BusSteady BusSteadyFn(void *ctx, u32 port);

typedef struct {
    const char *name;
    const BusOps *ops; /* NULL: plain memory */
    void *ctx;
    u32 base, size; /* size 0 means up to the end of the space */
    u8 *host;       /* plain memory only: host address of `base` */
    bool rom;       /* plain memory only: writes vanish */
    BusSteadyFn *steady; /* ports only; may be NULL */
} BusRegion;

/* Per-page flags of plain memory. */
enum {
    BUS_PAGE_CODE = 1,  /* holds decoded instructions: writes are reported to on_code_write */
    BUS_PAGE_DIRTY = 2, /* written since bus_clear_dirty(); set by every path that writes */
};

/* Observers; all optional. The tap sees every port access of the guest (for -d io and bpio). */
typedef struct {
    void *cpu_ctx;
    /* plain memory with BUS_PAGE_CODE was written */
    void (*on_code_write)(void *ctx, u32 addr, u32 len);
    /* translations into this range are stale */
    void (*on_remap)(void *ctx, u32 base, u32 size);
    /* write translations must be taken again */
    void (*on_clean)(void *ctx, u32 base, u32 size);
    void *tap_ctx;
    void (*tap)(void *ctx, bool write, u16 port, int size, u32 value);
    /* a device reads or has written memory by itself (for pwatch and -d dev) */
    void *dma_ctx;
    void (*dma)(void *ctx, bool write, u32 addr, u32 len);
} BusHooks;

typedef struct Bus {
    u8 *page_region; /* [BUS_PAGES] index into regions; 0 = unmapped */
    u8 *page_flags;  /* [BUS_PAGES] BUS_PAGE_* */
    u8 *port_region; /* [65536] index into ports; 0 = unmapped */
    BusRegion regions[BUS_REGIONS + 1];
    BusRegion ports[BUS_REGIONS + 1];
    int region_count, port_count; /* entries used, the unmapped one included */
    BusHooks hooks;
} Bus;

/* Allocates the tables; panics when the host has no memory. bus_free() releases them. */
void bus_init(Bus *b);
void bus_free(Bus *b);

/* Mapping. base and size are multiples of 4 KiB; later mappings win over earlier ones; false: the
 * region table is full. `host` must stay valid as long as the bus. */
enum {
    BUS_ROM = 1,
    /* `host` changes often: an earlier mapping with the same name and range is taken over */
    BUS_MOVES = 2,
};
bool bus_map_ram(Bus *b, u32 base, u32 size, u8 *host, unsigned flags, const char *name);
bool bus_map_mmio(Bus *b, u32 base, u32 size, const BusOps *ops, void *ctx, const char *name);
bool bus_map_port(Bus *b, u16 base, u32 count, const BusOps *ops, void *ctx, const char *name);
void bus_unmap_ports(Bus *b, u16 base, u32 count);
bool bus_ports_free(const Bus *b, u16 base, u32 count); /* nobody answers at any of them */
void bus_unmap(Bus *b, u32 base, u32 size);
bool bus_memory_free(const Bus *b, u32 base, u32 size); /* nobody answers anywhere in it */

/* Memory. Any address and alignment, size 1, 2 or 4; accesses that cross a page or region are
 * split. */
u32 bus_read(Bus *b, u32 addr, int size);
void bus_write(Bus *b, u32 addr, int size, u32 value);
u32 bus_peek(Bus *b, u32 addr, int size); /* no side effects; MMIO without peek reads as all ones */
void bus_dma_read(Bus *b, u32 addr, void *dst, u32 len);
void bus_dma_write(Bus *b, u32 addr, const void *src, u32 len);

/* Host address of plain memory at `addr`, valid to the end of its 4 KiB page; NULL for MMIO,
 * unmapped memory and, with `write`, for ROM. A writer must call bus_written() afterwards. */
u8 *bus_host(Bus *b, u32 addr, bool write);
void bus_written(Bus *b, u32 addr, u32 len);

/* The region at `addr` if it is a device's storage, whose callbacks may be called without the bus
 * within the 4 KiB page; NULL otherwise. */
const BusRegion *bus_storage(const Bus *b, u32 addr);

/* Dirty tracking of plain memory, by page. Clearing makes the next write to each page visible
 * again. */
static inline bool bus_dirty(const Bus *b, u32 addr)
{
    return b->page_flags[addr >> BUS_PAGE_SHIFT] & BUS_PAGE_DIRTY;
}
void bus_clear_dirty(Bus *b, u32 base, u32 size);

/* Ports. size 1, 2 or 4; a device that has only 8-bit registers sees ascending byte accesses. */
u32 bus_in(Bus *b, u16 port, int size);
void bus_out(Bus *b, u16 port, int size, u32 value);
u32 bus_peek_port(Bus *b, u16 port, int size);

/* The device mapped at `port` can say when its reads are steady. */
void bus_set_steady(Bus *b, u16 port, BusSteadyFn *fn);
/* As `port`'s device says; not steady while somebody is told of each access. */
BusSteady bus_steady(const Bus *b, u16 port);

#endif
