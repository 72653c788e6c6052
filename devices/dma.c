/* dma.c: the 8237A pair of a PC/AT with its page registers, from Intel's 8237A data sheet (231466)
 * and the IBM PC/AT Technical Reference. Chip 0 serves channels 0-3 with bytes, chip 1 channels 5-7
 * with 16-bit words; chip 0 hangs on channel 4 of chip 1 (cascade) and moves nothing while that is
 * masked. Clients ask through dmaline.h, so demand, single and block mode differ in nothing that
 * software can see: the processor is stopped or interleaved while bytes move.
 *
 *   00h-07h          C0h-CEh (even)  address, count of channel 0-3 / 4-7; low byte, then high byte
 *   08h  D0h read    status: 0-3 TC reached (cleared by reading), 4-7 request
 *            write   command: 0 memory to memory, 1 hold channel 0's address, 2 disable; the
 *                    bits for timing and polarity only store
 *   09h  D2h write   request: 0-1 channel, 2 set
 *   0Ah  D4h write   single mask: 0-1 channel, 2 set
 *   0Bh  D6h write   mode: 0-1 channel, 2-3 verify/write/read, 4 autoinit, 5 decrement,
 *                    6-7 demand/single/block/cascade
 *   0Ch  D8h write   clear the byte flip-flop
 *   0Dh  DAh read    temporary register    write  master clear
 *   0Eh  DCh write   clear all masks
 *   0Fh  DEh write   all masks             read   the masks (82C37A and later)
 *   80h-8Fh  rw      page registers: 87h 83h 81h 82h channels 0-3, 8Bh 89h 8Ah channels 5-7;
 *                    the others only store
 *
 * NOTE: memory-to-memory is carried out at once, and each channel uses its own page register. */
#include "devices/dma.h"

enum { CMD_MEM_TO_MEM = 1, CMD_HOLD = 2, CMD_DISABLE = 4 };
enum {
    MODE_TYPE = 0x0C,
    MODE_WRITE = 4,
    MODE_READ = 8,
    MODE_AUTO = 0x10,
    MODE_DOWN = 0x20,
    MODE_CASCADE = 0xC0
};

static const u8 page_of[8] = {0x7, 0x3, 0x1, 0x2, 0xF, 0xB, 0x9, 0xA};

static Dma8237 *chip_of(Dma *d, int ch)
{
    return &d->s.chip[ch >> 2];
}

/* The address counter is 16 bits wide and never carries into the page: transfers wrap in 64 KiB
 * (words: 128 KiB). */
static u32 address_of(const Dma *d, int ch, u16 addr)
{
    u32 page = d->s.page[page_of[ch]];
    return ch < 4 ? page << 16 | addr : (page & 0xFE) << 16 | (u32)addr << 1;
}

u32 dma_address(const Dma *d, int ch)
{
    return address_of(d, ch, d->s.chip[ch >> 2].channel[ch & 3].addr);
}

u32 dma_left(const Dma *d, int ch)
{
    u32 n = d->s.chip[ch >> 2].channel[ch & 3].count + 1u;
    return ch < 4 ? n : n * 2;
}

static bool granted(const Dma *d, int ch)
{
    const Dma8237 *c = &d->s.chip[ch >> 2], *second = &d->s.chip[1];
    if (c->command & CMD_DISABLE || c->mask >> (ch & 3) & 1)
        return false;
    if (ch >= 4 || d->single)
        return true;
    return !(second->command & CMD_DISABLE) && !(second->mask & 1) &&
           (second->channel[0].mode & MODE_CASCADE) == MODE_CASCADE;
}

static void terminal_count(Dma8237 *c, int i)
{
    DmaChannel *k = &c->channel[i];
    c->status |= (u8)(1 << i);
    c->request &= (u8) ~(1 << i);
    if (k->mode & MODE_AUTO) {
        k->addr = k->base_addr;
        k->count = k->base_count;
    } else {
        c->mask |= (u8)(1 << i);
    }
}

/* Steps one transfer; true: that was the last one. */
static bool step(Dma8237 *c, int i)
{
    DmaChannel *k = &c->channel[i];
    k->addr += k->mode & MODE_DOWN ? -1 : 1;
    if (k->count-- != 0)
        return false;
    terminal_count(c, i);
    return true;
}

typedef void MoveFn(Bus *b, u32 addr, u8 *buf, u32 len);

static void move_from_memory(Bus *b, u32 addr, u8 *buf, u32 len)
{
    bus_dma_read(b, addr, buf, len);
}

static void move_to_memory(Bus *b, u32 addr, u8 *buf, u32 len)
{
    bus_dma_write(b, addr, buf, len);
}

static void move_nothing(Bus *b, u32 addr, u8 *buf, u32 len)
{
}

/* Moves up to `units` bytes or words; returns how many. */
static u32 transfer(Dma *d, int ch, u8 *buf, u32 units, MoveFn *move, bool *tc)
{
    Dma8237 *c = chip_of(d, ch);
    DmaChannel *k = &c->channel[ch & 3];
    u32 width = ch < 4 ? 1 : 2, done = 0;
    while (done < units && !*tc) {
        /* upwards: all that neither wraps nor reaches the last transfer, in one piece */
        u32 n = units - done, room = 0x10000u - k->addr;
        n = k->mode & MODE_DOWN ? 1 : n < room ? n : room;
        n = n < k->count + 1u ? n : k->count + 1u;
        move(d->bus, address_of(d, ch, k->addr), buf + done * width, n * width);
        k->addr += (u16)(n - 1);
        if (!(k->mode & MODE_DOWN))
            k->count -= (u16)(n - 1);
        *tc = step(c, ch & 3);
        done += n;
    }
    return done;
}

static u32 dma_read(void *dma, int ch, void *dst, u32 n, bool *tc)
{
    Dma *d = dma;
    *tc = false;
    if (!granted(d, ch))
        return 0;
    bool fits = (chip_of(d, ch)->channel[ch & 3].mode & MODE_TYPE) == MODE_READ;
    u32 shift = ch < 4 ? 0 : 1;
    if (!fits)
        memset(dst, 0xFF, n); /* nobody drives the data bus */
    return transfer(d, ch, dst, n >> shift, fits ? move_from_memory : move_nothing, tc) << shift;
}

static u32 dma_write(void *dma, int ch, const void *src, u32 n, bool *tc)
{
    Dma *d = dma;
    *tc = false;
    if (!granted(d, ch))
        return 0;
    bool fits = (chip_of(d, ch)->channel[ch & 3].mode & MODE_TYPE) == MODE_WRITE;
    u32 shift = ch < 4 ? 0 : 1;
    /* move_to_memory only reads from the buffer */
    return transfer(d, ch, (u8 *)src, n >> shift, fits ? move_to_memory : move_nothing, tc)
           << shift;
}

static void dma_dreq(void *dma, int ch, bool level)
{
    Dma8237 *c = chip_of(dma, ch);
    u8 bit = (u8)(1 << (ch & 3));
    c->dreq = level ? c->dreq | bit : c->dreq & (u8)~bit;
}

DmaLine dma_line(Dma *d, int channel)
{
    return (DmaLine){dma_read, dma_write, dma_dreq, d, channel};
}

/* Channel 0 to channel 1, started by a software request for channel 0; channel 1 counts. */
static void memory_to_memory(Dma *d, Dma8237 *c)
{
    bool tc = false;
    while (!tc) {
        u8 byte;
        u16 from = c->channel[0].addr;
        bus_dma_read(d->bus, address_of(d, 0, from), &byte, 1);
        bus_dma_write(d->bus, address_of(d, 1, c->channel[1].addr), &byte, 1);
        c->temp = byte;
        step(c, 0);
        if (c->command & CMD_HOLD)
            c->channel[0].addr = from;
        tc = step(c, 1);
    }
    c->request &= (u8)~1;
}

/* ---- registers ------------------------------------------------------------------------------- */

static void write_half(Dma8237 *c, u16 *base, u16 *current, u8 v)
{
    *base = c->high ? (u16)(v << 8 | (*base & 0xFF)) : (u16)((*base & 0xFF00) | v);
    *current = c->high ? (u16)(v << 8 | (*current & 0xFF)) : (u16)((*current & 0xFF00) | v);
    c->high = !c->high;
}

static void master_clear(Dma8237 *c)
{
    c->command = c->status = c->request = c->temp = 0;
    c->high = false;
    c->mask = 0x0F;
}

static void set_bit(u8 *reg, u8 v)
{
    u8 bit = (u8)(1 << (v & 3));
    *reg = v & 4 ? *reg | bit : *reg & (u8)~bit;
}

static void write_reg(Dma *d, Dma8237 *c, int reg, u8 v)
{
    DmaChannel *k = &c->channel[reg >> 1 & 3];
    switch (reg) {
    case 0x8:
        c->command = v;
        break;
    case 0x9:
        set_bit(&c->request, v);
        if (c == &d->s.chip[0] && c->command & CMD_MEM_TO_MEM && c->request & 1 &&
            !(c->command & CMD_DISABLE))
            memory_to_memory(d, c);
        break;
    case 0xA:
        set_bit(&c->mask, v);
        break;
    case 0xB:
        c->channel[v & 3].mode = v & (u8)~3;
        break;
    case 0xC:
        c->high = false;
        break;
    case 0xD:
        master_clear(c);
        break;
    case 0xE:
        c->mask = 0;
        break;
    case 0xF:
        c->mask = v & 0x0F;
        break;
    default:
        if (reg & 1)
            write_half(c, &k->base_count, &k->count, v);
        else
            write_half(c, &k->base_addr, &k->addr, v);
    }
}

static u8 peek_reg(const Dma8237 *c, int reg)
{
    const DmaChannel *k = &c->channel[reg >> 1 & 3];
    switch (reg) {
    case 0x8:
        return c->status | (u8)((c->dreq | c->request) << 4);
    case 0xD:
        return c->temp;
    case 0xF:
        return c->mask;
    case 0x9:
    case 0xA:
    case 0xB:
    case 0xC:
    case 0xE:
        return 0xFF; /* "illegal" in the data sheet's table */
    default: {
        u16 v = reg & 1 ? k->count : k->addr;
        return (u8)(c->high ? v >> 8 : v);
    }
    }
}

static u8 read_reg(Dma8237 *c, int reg)
{
    u8 v = peek_reg(c, reg);
    if (reg < 8)
        c->high = !c->high;
    else if (reg == 8)
        c->status = 0;
    return v;
}

static int reg_of(u32 port)
{
    return port < 0x10 ? (int)port : (int)(port - 0xC0) >> 1; /* chip 1 does not decode A0 */
}

static u32 chip_read(void *ctx, u32 port, int size)
{
    Dma *d = ctx;
    return read_reg(&d->s.chip[port >= 0xC0], reg_of(port));
}

static void chip_write(void *ctx, u32 port, int size, u32 value)
{
    Dma *d = ctx;
    write_reg(d, &d->s.chip[port >= 0xC0], reg_of(port), (u8)value);
}

static u32 chip_peek(void *ctx, u32 port, int size)
{
    const Dma *d = ctx;
    return peek_reg(&d->s.chip[port >= 0xC0], reg_of(port));
}

static u32 page_read(void *ctx, u32 port, int size)
{
    const Dma *d = ctx;
    return d->s.page[port & 15];
}

static void page_write(void *ctx, u32 port, int size, u32 value)
{
    Dma *d = ctx;
    d->s.page[port & 15] = (u8)value;
}

/* ---- life ------------------------------------------------------------------------------------ */

void dma_reset(Dma *d)
{
    for (int i = 0; i < 2; i++)
        master_clear(&d->s.chip[i]);
}

static bool check_state(const void *state, const Clock *clock)
{
    const DmaState *s = state;
    return STATE_BOOL(s->chip[0].high) && STATE_BOOL(s->chip[1].high);
}

void dma_init(Dma *d, const DmaConfig *cfg)
{
    static const BusOps chip_ops = {chip_read, chip_write, chip_peek, 1};
    static const BusOps page_ops = {page_read, page_write, page_read, 1};
    memset(d, 0, sizeof *d);
    d->bus = cfg->bus;
    d->single = cfg->single;
    bus_map_port(d->bus, 0x00, 16, &chip_ops, d, "dma1");
    bus_map_port(d->bus, 0xC0, 32, &chip_ops, d, "dma2");
    bus_map_port(d->bus, 0x80, 16, &page_ops, d, "dma page");
    snap_add(cfg->snap, "dma", 1, &d->s, sizeof d->s);
    snap_check(cfg->snap, check_state);
    dma_reset(d);
}
