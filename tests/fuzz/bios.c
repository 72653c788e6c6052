/* bios.c: our BIOS, called with anything in the registers, from a boot sector's place. A machine
 * boots once; every input begins with its state then. */
#include "devices/snapshot.h"
#include "tests/fuzz/fuzz.h"

enum { STUB = 0x7C00, CALLS = 6, CALL_TICKS = 150000, BOOT_TICKS = 12000000 };

static Rig *machine;
static u8 *booted;
static size_t booted_size;

static bool has_booted(void)
{
    const CpuState *s = &machine->pc->cpu.s;
    return s->halted && s->seg[SEG_CS].base + s->eip - STUB < 4;
}

void fuzz_start(void)
{
    char err[600];
    machine = rig_new(RIG_FIRMWARE | 2);
    while (machine->pc->clock.now < BOOT_TICKS && !has_booted())
        rig_run(machine, 10000);
    if (!has_booted() ||
        !snapshot_encode(machine->pc, "booted", &booted, &booted_size, err, sizeof err))
        panic("our BIOS does not boot");
}

static void segment(CpuState *s, int seg, u16 sel)
{
    s->seg[seg].sel = sel;
    s->seg[seg].base = (u32)sel << 4;
}

/* int N; hlt, with these registers; keys come now and then, so that who waits for one goes on. */
static void call(Rig *m, Feed *f)
{
    static const u8 often[] = {0x10, 0x13, 0x15, 0x16, 0x1A, 0x14, 0x17, 0x11, 0x12, 0x05};
    CpuState *s = &m->pc->cpu.s;
    u32 vector = feed(f, 1);
    u8 code[] = {0xFB, 0xCD, 0, 0xF4, 0xEB, 0xFD};
    code[2] = vector < 240 ? often[vector % ARRAY_LEN(often)] : (u8)feed(f, 1);
    if (s->cr0 & CR0_PE)
        return;
    cpu_poke(&m->pc->cpu, 0x500, code, sizeof code);
    for (int n = 0; n < 8; n++)
        s->r[n] = feed(f, 2);
    s->r[0] |= feed(f, 1) << 16;
    s->r[4] = 0x7A00;
    segment(s, SEG_CS, 0);
    segment(s, SEG_SS, 0);
    segment(s, SEG_DS, (u16)feed(f, 2));
    segment(s, SEG_ES, (u16)feed(f, 2));
    s->eip = 0x500;
    s->halted = 0;
    cpu_state_changed(&m->pc->cpu);
    rig_run(m, CALL_TICKS);
    input_key(&m->input, (u16)(1 + feed(f, 1) % (KEY_COUNT - 1)), true);
    input_deliver(&m->input);
    rig_run(m, CALL_TICKS / 4);
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    char err[600];
    input_drop(&machine->input);
    pc_reset(machine->pc, true);
    if (!snapshot_decode(machine->pc, "booted", booted, booted_size, err, sizeof err))
        panic("%s", err);
    for (int n = 0; n < CALLS && f.left; n++)
        call(machine, &f);
    rig_look(machine);
}
