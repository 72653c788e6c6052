/* bios.c: our BIOS, called with anything in the registers, from a boot sector's place. A machine
 * boots once, an ISA and a PCI one; every input begins with the state then. Input: which machine,
 * then calls, each of which has its fields in the same places: service, function, registers, what
 * points where, a key, and a packet that pointers may lead to. */
#include "devices/snapshot.h"
#include "tests/fuzz/fuzz.h"

enum {
    STUB = 0x7C00,
    CODE = 0x500,
    PACKET = 0x600,
    STACK = 0x7A00,
    CALLS = 8,
    SLICE = 10000,      /* ticks */
    CALL_SLICES = 60,   /* 1.5 s: a motor starts, a reset ends */
    INPUT_SLICES = 120, /* of all calls together */
    KEY_AFTER = 3,
    BOOT_TICKS = 12000000,
};

/* ---- machines -------------------------------------------------------------------------------- */

typedef struct {
    Rig *rig;
    u8 *booted;
    size_t size;
} Machine;

static Machine machines[2];

static bool halts_at(const CpuState *s, u32 at, u32 size)
{
    return s->halted && s->seg[SEG_CS].base + s->eip - at < size;
}

static void boot(Machine *m, u32 choices)
{
    char err[600];
    m->rig = rig_new(choices);
    const CpuState *s = &m->rig->pc->cpu.s;
    while (m->rig->pc->clock.now < BOOT_TICKS && !halts_at(s, STUB, 4))
        rig_run(m->rig, SLICE);
    if (!halts_at(s, STUB, 4) ||
        !snapshot_encode(m->rig->pc, "booted", &m->booted, &m->size, err, sizeof err))
        panic("our BIOS does not boot");
}

void fuzz_start(void)
{
    boot(&machines[0], RIG_FIRMWARE | 2);
    boot(&machines[1], RIG_FIRMWARE | 1);
}

/* ---- services -------------------------------------------------------------------------------- */

/* AH, and how many values AL may have; 0: any. */
typedef struct {
    u8 ah, als;
} Function;

static const Function video[] = {
    {0x00, 0},    {0x4F, 0x0E}, {0x01, 0}, {0x02, 0}, {0x03, 0}, {0x05, 0}, {0x06, 0}, {0x07, 0},
    {0x08, 0},    {0x09, 0},    {0x0A, 0}, {0x0B, 0}, {0x0C, 0}, {0x0D, 0}, {0x0E, 0}, {0x0F, 0},
    {0x10, 0x1C}, {0x11, 0x31}, {0x12, 0}, {0x13, 4}, {0x1A, 2}, {0x1B, 0}, {0x1C, 3}, {0x04, 0},
};
static const Function disk[] = {
    {0x00, 0}, {0x01, 0}, {0x02, 32}, {0x03, 32}, {0x04, 32}, {0x05, 0}, {0x06, 0}, {0x08, 0},
    {0x09, 0}, {0x0A, 8}, {0x0B, 8},  {0x0C, 0},  {0x0D, 0},  {0x10, 0}, {0x11, 0}, {0x14, 0},
    {0x15, 0}, {0x16, 0}, {0x17, 6},  {0x18, 0},  {0x41, 0},  {0x42, 0}, {0x43, 3}, {0x44, 0},
    {0x45, 3}, {0x46, 2}, {0x47, 0},  {0x48, 0},  {0x49, 0},  {0x4B, 2}, {0x4D, 1}, {0x4E, 7},
    {0x4A, 0}, {0x4C, 0}, {0x19, 0},  {0x07, 0},
};
static const Function system_[] = {
    {0x24, 4}, {0x4F, 0}, {0x53, 17}, {0x83, 2}, {0x84, 0},    {0x85, 2}, {0x86, 0},    {0x87, 0},
    {0x88, 0}, {0x89, 0}, {0x90, 0},  {0x91, 0}, {0xC0, 0},    {0xC1, 0}, {0xC2, 9},    {0xD8, 0},
    {0xE8, 2}, {0x80, 0}, {0x8A, 0},  {0xC9, 0}, {0xE8, 0x21}, {0x82, 0}, {0xC2, 0x21},
};
static const Function keyboard[] = {
    {0x00, 0}, {0x01, 0}, {0x02, 0}, {0x03, 6}, {0x05, 0}, {0x09, 0},
    {0x0A, 0}, {0x10, 0}, {0x11, 0}, {0x12, 0}, {0x04, 0},
};
static const Function clock_[] = {
    {0x00, 0}, {0x01, 0}, {0x02, 0}, {0x03, 0},    {0x04, 0},
    {0x05, 0}, {0x06, 0}, {0x07, 0}, {0xB1, 0x10}, {0xB1, 0x90},
};
static const Function few[] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 8}, {5, 2}};

static const struct {
    u8 vector, count;
    const Function *functions;
} services[] = {
    {0x10, ARRAY_LEN(video), video},     {0x13, ARRAY_LEN(disk), disk},
    {0x15, ARRAY_LEN(system_), system_}, {0x16, ARRAY_LEN(keyboard), keyboard},
    {0x1A, ARRAY_LEN(clock_), clock_},   {0x13, ARRAY_LEN(disk), disk},
    {0x14, ARRAY_LEN(few), few},         {0x17, ARRAY_LEN(few), few},
    {0x40, ARRAY_LEN(disk), disk},       {0x11, ARRAY_LEN(few), few},
    {0x12, ARRAY_LEN(few), few},         {0x05, ARRAY_LEN(few), few},
};

static const u8 drives[] = {0x00, 0x80, 0xE0, 0x01, 0x81, 0x9F, 0x82, 0x02};

/* Bits of the byte that says what points where. A pointer leads to the packet. */
enum {
    SI_POINTS = 1,
    DI_POINTS = 2,
    BX_POINTS = 4,
    BP_POINTS = 8,
    OWN_DS = 16, /* not the packet's */
    OWN_ES = 32,
    OWN_DX = 64, /* not a drive, not SMAP */
};

static void segment(CpuState *s, int seg, u16 sel)
{
    s->seg[seg].sel = sel;
    s->seg[seg].base = (u32)sel << 4;
}

/* ---- a call ---------------------------------------------------------------------------------- */

typedef struct {
    u8 vector, where, key;
    u16 ds, es;
    u32 r[8];
} Call;

/* Numbers from F0h on are taken as they are. */
static void choose(Call *c, u32 service, u32 function, u32 ax)
{
    c->vector = (u8)(ax >> 16);
    c->r[0] = ax;
    if (service >= 0xF0)
        return;
    service %= ARRAY_LEN(services);
    c->vector = services[service].vector;
    if (function >= 0xF0)
        return;
    const Function *f = &services[service].functions[function % services[service].count];
    u32 al = ax & 0xFF;
    c->r[0] = (ax & 0xFFFF0000) | (u32)f->ah << 8 | (f->als && al >= f->als ? al % f->als : al);
}

static void point(Call *c)
{
    static const u8 bits[4][2] = {{SI_POINTS, 6}, {DI_POINTS, 7}, {BX_POINTS, 3}, {BP_POINTS, 5}};
    for (int n = 0; n < 4; n++)
        if (c->where & bits[n][0])
            c->r[bits[n][1]] = 0;
    if (!(c->where & OWN_DS))
        c->ds = PACKET >> 4;
    if (!(c->where & OWN_ES))
        c->es = PACKET >> 4;
    if (c->where & OWN_DX)
        return;
    if (c->vector == 0x13 || c->vector == 0x40)
        c->r[2] = (c->r[2] & 0xFF00) | drives[c->r[2] % ARRAY_LEN(drives)];
    if ((u16)c->r[0] == 0xE820)
        c->r[2] = 0x534D4150; /* SMAP */
}

static Call take(Rig *m, Feed *f)
{
    static const u8 order[] = {3, 1, 2, 6, 7, 5}; /* BX CX DX SI DI BP */
    Call c = {0};
    u32 service = feed(f, 1), function = feed(f, 1), ax = feed(f, 3);
    choose(&c, service, function, ax);
    for (size_t n = 0; n < ARRAY_LEN(order); n++)
        c.r[order[n]] = feed(f, 2);
    c.where = (u8)feed(f, 1);
    c.ds = (u16)feed(f, 2);
    c.es = (u16)feed(f, 2);
    c.key = (u8)feed(f, 1);
    point(&c);
    size_t n;
    u32 size = feed(f, 1);
    const u8 *packet = feed_bytes(f, size, &n);
    if (n)
        cpu_poke(&m->pc->cpu, PACKET, packet, (u32)n);
    return c;
}

/* int N; hlt, with these registers. A key comes after a while, so that who waits goes on. */
static void call(Rig *m, Feed *f, int *slices)
{
    Cpu *cpu = &m->pc->cpu;
    CpuState *s = &cpu->s;
    Call c = take(m, f);
    u8 code[] = {0xFB, 0xCD, c.vector, 0xF4, 0xEB, 0xFD};
    if (s->cr0 & CR0_PE)
        return;
    cpu_poke(cpu, CODE, code, sizeof code);
    memcpy(s->r, c.r, sizeof c.r);
    s->r[4] = STACK;
    segment(s, SEG_CS, 0);
    segment(s, SEG_SS, 0);
    segment(s, SEG_DS, c.ds);
    segment(s, SEG_ES, c.es);
    s->eip = CODE;
    s->halted = 0;
    cpu_state_changed(cpu);
    for (int n = 0; n < CALL_SLICES && *slices < INPUT_SLICES; n++, ++*slices) {
        rig_run(m, SLICE);
        if (n == KEY_AFTER || (!n && c.key & 0x80)) {
            input_key(&m->input, (u16)(1 + (c.key & 0x7F) % (KEY_COUNT - 1)), true);
            input_deliver(&m->input);
        } else if (halts_at(s, CODE, sizeof code)) {
            break;
        }
    }
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    char err[600];
    Machine *m = &machines[feed(&f, 1) & 1];
    Rig *rig = m->rig;
    int slices = 0;
    input_drop(&rig->input);
    pc_reset(rig->pc, true);
    if (!snapshot_decode(rig->pc, "booted", m->booted, m->size, err, sizeof err))
        panic("%s", err);
    for (int n = 0; n < CALLS && f.left; n++)
        call(rig, &f, &slices);
    rig_look(rig);
}
