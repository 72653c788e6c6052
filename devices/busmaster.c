/* busmaster.c: function 1 of the 82371SB (PIIX3): two ATA channels' bytes move between drive and
 * memory without the processor. From the 82371SB data sheet (290550), chapters 2.3 and 2.7, and the
 * Programming Interface for Bus Master IDE Controller 1.0.
 *
 *   00h   8086h 7010h, class 0101h, 80h         40h, 42h  timing and decoding of the channels
 *   20h   base of 16 ports; a channel has 8:
 *         +0  command: bit 0 start, bit 3 to memory
 *         +2  status: bit 0 active, 1 error, 2 interrupt (writing 1 clears 1 and 2), 5-6 stored
 *         +4  address of the descriptors: 32 bits address, 16 bits bytes (0: 64 KiB), bit 63 last
 *
 * The drive says when bytes move (dmaline.h); they do so in no time. NOTE: 40h and 42h hold what is
 * written: the channels answer at their ports in any case, as on a board without PCI. */
#include "devices/busmaster.h"

enum { START = 1, TO_MEMORY = 8, COMMAND_BITS = START | TO_MEMORY };
enum { ACTIVE = 1, ERROR = 2, INTERRUPT = 4, CAPABLE = 0x60 };
enum { BAR_PORTS = 4, PORTS = 16 };

/* ---- moving bytes ---------------------------------------------------------------------------- */

static void fetch_descriptor(BusMaster *b, BusMasterChannel *c)
{
    u8 d[8];
    bus_dma_read(b->cfg.bus, c->next, d, sizeof d);
    c->next += sizeof d;
    c->addr = load_le(d, 4) & ~1u;
    c->left = load_le(d + 4, 2) & ~1u;
    if (!c->left)
        c->left = 0x10000;
    c->last = d[7] & 0x80;
}

/* How many of n bytes may move now, all to or from one region; 0: none. */
static u32 part(BusMaster *b, BusMasterChannel *c, bool to_memory, u32 n)
{
    if (!(c->status & ACTIVE) || !(c->command & TO_MEMORY) != !to_memory ||
        !(pci_get(&b->function, PCI_COMMAND, 2) & PCI_COMMAND_MASTER))
        return 0;
    if (!c->left)
        fetch_descriptor(b, c);
    return n < c->left ? n : c->left;
}

/* Counts what moved; the end of the last region ends the transfer. */
static bool moved(BusMasterChannel *c, u32 n)
{
    c->addr += n;
    c->left -= n;
    if (c->left || !c->last)
        return false;
    c->status &= (u8)~ACTIVE;
    return true;
}

static u32 line_read(void *ctx, int channel, void *dst, u32 n, bool *tc)
{
    BusMaster *b = ctx;
    BusMasterChannel *c = &b->s.channel[channel];
    u32 done = 0, k;
    while (done < n && (k = part(b, c, false, n - done))) {
        bus_dma_read(b->cfg.bus, c->addr, (u8 *)dst + done, k);
        done += k;
        *tc = moved(c, k);
    }
    return done;
}

static u32 line_write(void *ctx, int channel, const void *src, u32 n, bool *tc)
{
    BusMaster *b = ctx;
    BusMasterChannel *c = &b->s.channel[channel];
    u32 done = 0, k;
    while (done < n && (k = part(b, c, true, n - done))) {
        bus_dma_write(b->cfg.bus, c->addr, (const u8 *)src + done, k);
        done += k;
        *tc = moved(c, k);
    }
    return done;
}

DmaLine busmaster_line(BusMaster *b, int channel)
{
    return (DmaLine){.read = line_read, .write = line_write, .ctx = b, .channel = channel};
}

void busmaster_set_irq(void *bus_master, int channel, bool level)
{
    BusMaster *b = bus_master;
    if (level)
        b->s.channel[channel].status |= INTERRUPT;
    line_set(&b->cfg.irq[channel], level);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static void write_command(BusMaster *b, int channel, u8 v)
{
    BusMasterChannel *c = &b->s.channel[channel];
    bool started = v & ~c->command & START;
    c->command = v & COMMAND_BITS;
    if (started) {
        c->status |= ACTIVE;
        c->next = c->table;
        c->left = 0;
        c->last = false;
        line_set(&b->cfg.ready[channel], true);
    } else if (!(v & START)) {
        c->status &= (u8)~ACTIVE;
    }
}

static void write_status(BusMasterChannel *c, u8 v)
{
    u8 kept = c->status & (u8) ~(v & (ERROR | INTERRUPT)) & (ACTIVE | ERROR | INTERRUPT);
    c->status = (u8)(kept | (v & CAPABLE));
}

static u32 ports_read(void *ctx, u32 port, int size)
{
    const BusMaster *b = ctx;
    const BusMasterChannel *c = &b->s.channel[port >> 3 & 1];
    switch (port & 7) {
    case 0:
        return c->command;
    case 2:
        return c->status;
    case 1:
    case 3:
        return 0;
    default:
        return c->table >> (8 * (port & 3));
    }
}

static void ports_write(void *ctx, u32 port, int size, u32 value)
{
    BusMaster *b = ctx;
    int channel = port >> 3 & 1;
    BusMasterChannel *c = &b->s.channel[channel];
    u8 table[4], at = port & 3;
    switch (port & 7) {
    case 0:
        write_command(b, channel, (u8)value);
        break;
    case 2:
        write_status(c, (u8)value);
        break;
    case 1:
    case 3:
        break;
    default:
        store_le(table, 4, c->table);
        table[at] = (u8)value;
        c->table = load_le(table, 4) & ~3u;
    }
}

static void function_changed(void *ctx, int first, int last)
{
    static const BusOps ops = {ports_read, ports_write, ports_read, 1};
    BusMaster *b = ctx;
    pci_map_ports(&b->ports, b->cfg.bus, pci_bar(&b->function, BAR_PORTS), PORTS, &ops, b,
                  "IDE bus master");
}

/* ---- life ------------------------------------------------------------------------------------ */

void busmaster_reset(BusMaster *b)
{
    memset(&b->s, 0, sizeof b->s);
}

static bool check_state(const void *state, const Clock *clock)
{
    const BusMasterState *s = state;
    for (int n = 0; n < 2; n++)
        if (!STATE_BOOL(s->channel[n].last) || s->channel[n].left > 0x10000)
            return false;
    return true;
}

void busmaster_init(BusMaster *b, Pci *pci, const BusMasterConfig *cfg)
{
    PciFunction *f = &b->function;
    memset(b, 0, sizeof *b);
    b->cfg = *cfg;
    pci_add(pci, f, 1, 1, 0x70108086, 0x010180);
    pci_define(f, 0x0D, 1, 0, 0xF0);         /* latency timer */
    pci_define(f, PCI_LINE, 1, 0, 0);
    pci_define(f, 0x40, 4, 0, 0xFFFFFFFF);   /* channel timing */
    pci_define(f, 0x44, 1, 0, 0xFF);
    pci_define_bar(f, BAR_PORTS, PORTS, PCI_BAR_IO, 0);
    f->changed = function_changed;
    f->ctx = b;
    snap_add(cfg->snap, "busmaster", 1, &b->s, sizeof b->s);
    snap_check(cfg->snap, check_state);
}
