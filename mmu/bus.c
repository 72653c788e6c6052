/* bus.c: registration, and the slow but complete access path. The CPU's fast path goes through
 * its TLB and never comes here for plain memory. */
#include "mmu/bus.h"

#include <stdlib.h>

static u8 *alloc_table(size_t size)
{
    u8 *p = calloc(size, 1);
    if (!p)
        panic("out of host memory for the bus tables");
    return p;
}

void bus_init(Bus *b)
{
    memset(b, 0, sizeof *b);
    b->page_region = alloc_table(BUS_PAGES);
    b->page_flags = alloc_table(BUS_PAGES);
    b->port_region = alloc_table(65536);
    static const BusOps nobody = {.sizes = 1 | 2 | 4};
    b->regions[0] = b->ports[0] = (BusRegion){.name = "unmapped", .ops = &nobody};
    b->region_count = b->port_count = 1;
}

void bus_free(Bus *b)
{
    free(b->page_region);
    free(b->page_flags);
    free(b->port_region);
}

/* ---- registration -------------------------------------------------------------------------- */

static void remapped(Bus *b, u32 base, u32 size)
{
    if (b->hooks.on_remap)
        b->hooks.on_remap(b->hooks.cpu_ctx, base, size);
}

static bool same_window(const BusRegion *a, const BusRegion *b)
{
    return a->base == b->base && a->size == b->size && !strcmp(a->name, b->name);
}

/* An entry of a table of regions: a new one, or one that nothing is mapped to any more, since a
 * guest can move a PCI function's regions about as often as it likes. 0: none. */
static int take_entry(const u8 *used, size_t size, int *count)
{
    if (*count <= BUS_REGIONS)
        return (*count)++;
    for (int n = 1; n < *count; n++)
        if (!memchr(used, n, size))
            return n;
    return 0;
}

static bool same_region(const BusRegion *a, const BusRegion *b)
{
    return a->name == b->name && a->ops == b->ops && a->ctx == b->ctx && a->base == b->base &&
           a->size == b->size && a->host == b->host && a->rom == b->rom;
}

static bool map_memory(Bus *b, const BusRegion *r, bool moves)
{
    if ((r->base | r->size) & (BUS_PAGE_SIZE - 1))
        panic("region %s is not a whole number of pages", r->name);
    /* the same range may be mapped back and forth many times (VGA, PAM): use its entry again */
    int n = 1;
    while (n < b->region_count &&
           !(moves ? same_window(&b->regions[n], r) : same_region(&b->regions[n], r)))
        n++;
    if (n == b->region_count) {
        n = take_entry(b->page_region, BUS_PAGES, &b->region_count);
        if (!n)
            return false;
    }
    b->regions[n] = *r;
    memset(b->page_region + (r->base >> BUS_PAGE_SHIFT), n, r->size >> BUS_PAGE_SHIFT);
    remapped(b, r->base, r->size);
    return true;
}

bool bus_map_ram(Bus *b, u32 base, u32 size, u8 *host, unsigned flags, const char *name)
{
    BusRegion r;
    memset(&r, 0, sizeof r); /* map_memory() compares whole structs, padding included */
    r.name = name;
    r.base = base;
    r.size = size;
    r.host = host;
    r.rom = flags & BUS_ROM;
    return map_memory(b, &r, flags & BUS_MOVES);
}

bool bus_map_mmio(Bus *b, u32 base, u32 size, const BusOps *ops, void *ctx, const char *name)
{
    BusRegion r;
    memset(&r, 0, sizeof r);
    r.name = name;
    r.ops = ops;
    r.ctx = ctx;
    r.base = base;
    r.size = size;
    return map_memory(b, &r, false);
}

void bus_unmap(Bus *b, u32 base, u32 size)
{
    memset(b->page_region + (base >> BUS_PAGE_SHIFT), 0, size >> BUS_PAGE_SHIFT);
    remapped(b, base, size);
}

bool bus_memory_free(const Bus *b, u32 base, u32 size)
{
    for (u32 page = base >> BUS_PAGE_SHIFT, n = size >> BUS_PAGE_SHIFT; n; page++, n--)
        if (page >= BUS_PAGES || b->page_region[page])
            return false;
    return true;
}

bool bus_map_port(Bus *b, u16 base, u32 count, const BusOps *ops, void *ctx, const char *name)
{
    if (base + count > 65536)
        panic("ports of %s pass FFFFh", name);
    int n = take_entry(b->port_region, 65536, &b->port_count);
    if (!n)
        return false;
    b->ports[n] = (BusRegion){.name = name, .ops = ops, .ctx = ctx, .base = base, .size = count};
    memset(b->port_region + base, n, count);
    return true;
}

bool bus_ports_free(const Bus *b, u16 base, u32 count)
{
    for (u32 p = base; p < base + count; p++)
        if (p > 0xFFFF || b->port_region[p])
            return false;
    return true;
}

void bus_unmap_ports(Bus *b, u16 base, u32 count)
{
    memset(b->port_region + base, 0, count);
}

/* ---- access through callbacks ---------------------------------------------------------------- */

static inline bool in_one_page(u32 addr, int size)
{
    return (addr & (BUS_PAGE_SIZE - 1)) + (u32)size <= BUS_PAGE_SIZE;
}

/* The largest access of at most `size` bytes at `addr` that the device takes and that is aligned
 * for it. */
static int piece(const BusOps *ops, u32 addr, int size)
{
    int n = size;
    if (ops->sizes & BUS_STORAGE && in_one_page(addr, size))
        return size;
    while (n > 1 && (!(ops->sizes & n) || (addr & (u32)(n - 1))))
        n >>= 1;
    return n;
}

static u32 ones(int size)
{
    return size == 4 ? 0xFFFFFFFFu : (1u << (size * 8)) - 1;
}

static u32 ops_read(const BusRegion *r, u32 addr, int size)
{
    return r->ops->read ? r->ops->read(r->ctx, addr, size) & ones(size) : ones(size);
}

static u32 ops_peek(const BusRegion *r, u32 addr, int size)
{
    return r->ops->peek ? r->ops->peek(r->ctx, addr, size) & ones(size) : ones(size);
}

static void ops_write(const BusRegion *r, u32 addr, int size, u32 value)
{
    if (r->ops->write)
        r->ops->write(r->ctx, addr, size, value & ones(size));
}

/* ---- memory ---------------------------------------------------------------------------------- */

static inline const BusRegion *region_at(const Bus *b, u32 addr)
{
    return &b->regions[b->page_region[addr >> BUS_PAGE_SHIFT]];
}

u8 *bus_host(Bus *b, u32 addr, bool write)
{
    const BusRegion *r = region_at(b, addr);
    if (r->ops || (write && r->rom))
        return NULL;
    return r->host + (addr - r->base);
}

const BusRegion *bus_storage(const Bus *b, u32 addr)
{
    const BusRegion *r = region_at(b, addr);
    return r->ops && r->ops->sizes & BUS_STORAGE ? r : NULL;
}

void bus_written(Bus *b, u32 addr, u32 len)
{
    u8 *flags = &b->page_flags[addr >> BUS_PAGE_SHIFT];
    *flags |= BUS_PAGE_DIRTY;
    if (*flags & BUS_PAGE_CODE && b->hooks.on_code_write)
        b->hooks.on_code_write(b->hooks.cpu_ctx, addr, len);
}

void bus_clear_dirty(Bus *b, u32 base, u32 size)
{
    for (u32 p = base >> BUS_PAGE_SHIFT, n = size >> BUS_PAGE_SHIFT; n--; p++)
        b->page_flags[p] &= (u8)~BUS_PAGE_DIRTY;
    if (b->hooks.on_clean)
        b->hooks.on_clean(b->hooks.cpu_ctx, base, size);
}

static u32 read_any(Bus *b, u32 addr, int size, u32 (*device)(const BusRegion *, u32, int))
{
    const BusRegion *r = region_at(b, addr);
    if (!r->ops && in_one_page(addr, size))
        return load_le(r->host + (addr - r->base), size);
    if (r->ops && piece(r->ops, addr, size) == size)
        return device(r, addr, size);
    int half = size / 2; /* misaligned, crossing or too wide: halves, low address first */
    if (!half)
        return device(r, addr, 1);
    u32 low = read_any(b, addr, half, device);
    return low | read_any(b, addr + (u32)half, half, device) << (half * 8);
}

u32 bus_read(Bus *b, u32 addr, int size)
{
    return read_any(b, addr, size, ops_read);
}

u32 bus_peek(Bus *b, u32 addr, int size)
{
    return read_any(b, addr, size, ops_peek);
}

void bus_write(Bus *b, u32 addr, int size, u32 value)
{
    const BusRegion *r = region_at(b, addr);
    if (!r->ops && in_one_page(addr, size)) {
        if (r->rom)
            return;
        store_le(r->host + (addr - r->base), size, value);
        bus_written(b, addr, (u32)size);
    } else if (r->ops && piece(r->ops, addr, size) == size) {
        ops_write(r, addr, size, value);
    } else {
        int half = size / 2;
        bus_write(b, addr, half, value);
        bus_write(b, addr + (u32)half, half, value >> (half * 8));
    }
}

/* Length of the part of [addr, addr+len) that lies in addr's page. */
static u32 page_part(u32 addr, u32 len)
{
    u32 room = BUS_PAGE_SIZE - (addr & (BUS_PAGE_SIZE - 1));
    return len < room ? len : room;
}

void bus_dma_read(Bus *b, u32 addr, void *dst, u32 len)
{
    if (unlikely(b->hooks.dma != NULL))
        b->hooks.dma(b->hooks.dma_ctx, false, addr, len);
    for (u8 *d = dst; len;) {
        u32 n = page_part(addr, len);
        const u8 *host = bus_host(b, addr, false);
        if (host)
            memcpy(d, host, n);
        else
            for (u32 i = 0; i < n; i++)
                d[i] = (u8)bus_read(b, addr + i, 1);
        addr += n, d += n, len -= n;
    }
}

void bus_dma_write(Bus *b, u32 addr, const void *src, u32 len)
{
    u32 first = addr, count = len;
    for (const u8 *s = src; len;) {
        u32 n = page_part(addr, len);
        u8 *host = bus_host(b, addr, true);
        if (host) {
            memcpy(host, s, n);
            bus_written(b, addr, n);
        } else {
            for (u32 i = 0; i < n; i++)
                bus_write(b, addr + i, 1, s[i]);
        }
        addr += n, s += n, len -= n;
    }
    if (unlikely(b->hooks.dma != NULL))
        b->hooks.dma(b->hooks.dma_ctx, true, first, count);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static u32 port_read(Bus *b, u16 port, int size, u32 (*device)(const BusRegion *, u32, int))
{
    const BusRegion *r = &b->ports[b->port_region[port]];
    if (piece(r->ops, port, size) == size)
        return device(r, port, size);
    int half = size / 2;
    u32 low = port_read(b, port, half, device);
    return low | port_read(b, (u16)(port + half), half, device) << (half * 8);
}

static void port_write(Bus *b, u16 port, int size, u32 value)
{
    const BusRegion *r = &b->ports[b->port_region[port]];
    if (piece(r->ops, port, size) == size) {
        ops_write(r, port, size, value);
        return;
    }
    int half = size / 2;
    port_write(b, port, half, value);
    port_write(b, (u16)(port + half), half, value >> (half * 8));
}

u32 bus_in(Bus *b, u16 port, int size)
{
    u32 value = port_read(b, port, size, ops_read);
    if (unlikely(b->hooks.tap != NULL))
        b->hooks.tap(b->hooks.tap_ctx, false, port, size, value);
    return value;
}

void bus_out(Bus *b, u16 port, int size, u32 value)
{
    if (unlikely(b->hooks.tap != NULL))
        b->hooks.tap(b->hooks.tap_ctx, true, port, size, value & ones(size));
    port_write(b, port, size, value);
}

u32 bus_peek_port(Bus *b, u16 port, int size)
{
    return port_read(b, port, size, ops_peek);
}

void bus_set_steady(Bus *b, u16 port, BusSteadyFn *fn)
{
    if (b->port_region[port])
        b->ports[b->port_region[port]].steady = fn;
}

BusSteady bus_steady(const Bus *b, u16 port)
{
    const BusRegion *r = &b->ports[b->port_region[port]];
    return r->steady && !b->hooks.tap ? r->steady(r->ctx, port) : (BusSteady){0};
}
