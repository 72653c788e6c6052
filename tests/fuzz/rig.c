/* rig.c: machines for the fuzz targets; see fuzz.h. */
#include "bios/roms.h"
#include "devices/disk/journal.h"
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"
#include "devices/state.h"
#include "tests/fuzz/fuzz.h"

enum { HARD_DISK = 1 << 20, CD_SIZE = 64 << 10, RAM = 1 << 20, CODE = 0x600, IRET = 0x610 };

/* Few instructions to the second: a motor is soon at its speed. */
enum { IPS = 400000 };

static u8 hard_disk[HARD_DISK], disc[CD_SIZE], floppy[368640];
static const u8 boot[] = {0xFA, 0xF4, 0xEB, 0xFC}; /* cli; 1: hlt; jmp 1b */
static char err[2048];

void rig_idle(Rig *m)
{
    static const u8 idle[] = {0xFB, 0xF4, 0xEB, 0xFC}, iret = 0xCF;
    Pc *pc = m->pc;
    CpuState *s = &pc->cpu.s;
    memcpy(pc->ram + CODE, idle, sizeof idle);
    pc->ram[IRET] = iret;
    for (u32 v = 0; v < 256; v++)
        store_le(pc->ram + 4 * v, 4, IRET);
    for (int i = 0; i < 6; i++) {
        s->seg[i].sel = 0;
        s->seg[i].base = 0;
    }
    s->eip = CODE;
    s->r[4] = 0x7000;
    cpu_state_changed(&pc->cpu);
}

/* A disc that a drive takes: an ISO 9660 volume descriptor is all it needs. */
static void make_disc(void)
{
    memcpy(disc + 16 * 2048, "\1CD001\1", 8);
    store_le(disc + 16 * 2048 + 80, 4, CD_SIZE / 2048);
    memcpy(disc + 17 * 2048, "\377CD001\1", 8);
}

static void choose(PcConfig *c, u32 choices)
{
    static const CpuModel models[] = {CPU_PENTIUM, CPU_8086, CPU_286,     CPU_386,
                                      CPU_486,     CPU_686,  CPU_PENTIUM, CPU_PENTIUM};
    c->cpu = models[choices >> 8 & 7];
    c->pci = choices & 1 && c->cpu >= CPU_386;
    c->sound.sb = choices & 2 ? SB_16 : choices & 4 ? SB_PRO : 0;
    c->sound.fm = choices & 8 ? PC_FM_OPL3 : PC_FM_OPL2;
    c->sound.lpt_dac = choices & 16 ? PC_LPT_DISNEY : choices & 32 ? PC_LPT_COVOX : 0;
    c->serial_mouse = choices & 64 ? 2 : 0;
    c->joystick = true;
    if (c->pci && !(choices & RIG_FIRMWARE)) {
        c->fw_cfg = true;
        c->kernel = (FwcfgKernel){rom_demo, 0x100000, rom_demo_size, 0x100000, disc, 0x9000, 512};
    }
    c->border = choices >> 12 & 1;
    if (choices >> 11 & 1 && !c->pci) {
        c->video = choices >> 12 & 1 ? VGA_CARD_CGA : VGA_CARD_HERCULES;
        if (choices >> 13 & 1) {
            c->video = VGA_CARD_EGA;
            c->ega_switches = choices >> 12 & 15;
            c->ega_memory = (u8)(1 << (choices >> 14) % 3);
        }
        c->glyph_lines = c->video == VGA_CARD_CGA ? 8 : 14;
        c->glyphs = rom_glyphs(c->glyph_lines);
    }
}

static Disk *medium(const char *name, const u8 *data, u64 size, DiskKind kind)
{
    DiskOptions how = {.kind = kind};
    Disk *d = disk_open_memory(name, data, size, &how, err, sizeof err);
    if (!d)
        panic("%s", err);
    return d;
}

static void listen(void *ctx, const s16 *frames, u32 n)
{
    static s16 loudest;
    (void)ctx;
    for (u32 i = 0; frames && i < 2 * n; i++)
        loudest = frames[i] > loudest ? frames[i] : loudest;
}

/* A data track, and two to listen to, which only cue sheets have otherwise. */
static void add_music(Disk *cd)
{
    static const DiskToc toc = {
        .count = 3,
        .track = {{1, 4, 1, 0}, {2, 0, 0, 18}, {3, 0, 0, 25}, {0xAA, 0, 0, CD_SIZE / 2048}}};
    *(DiskToc *)(uintptr_t)cd->toc = toc;
}

Rig *rig_new(u32 choices)
{
    Rig *m = calloc(1, sizeof *m);
    Rom bios = {0}, vgabios = {0};
    make_disc();
    bool firmware = choices & RIG_FIRMWARE;
    memcpy(floppy, boot, sizeof boot);
    store_le(floppy + 510, 2, 0xAA55);
    m->fda = firmware ? medium("floppy", floppy, sizeof floppy, DISK_FLOPPY)
                      : medium("floppy", rom_demo, rom_demo_size, DISK_FLOPPY);
    m->hda = medium("hard", hard_disk, HARD_DISK, DISK_HARD);
    m->cd = medium("disc", disc, CD_SIZE, DISK_CD);
    add_music(m->cd);
    PcConfig c = {.ram = RAM,
                  .ips = IPS,
                  .floppy = {m->fda},
                  .ide = {m->hda, NULL, m->cd},
                  .cd = {[2] = true},
                  .debug_exit_port = 0xF4};
    choose(&c, choices);
    if (choices & RIG_FIRMWARE) {
        rom_builtin(&bios, ROM_BIOS);
        rom_builtin(&vgabios, c.video ? ROM_CARD : ROM_VGA);
        c.bios = (PcRom){bios.data, bios.size, 0};
        c.vgabios = (PcRom){vgabios.data, vgabios.size, 0};
    }
    m->pc = calloc(1, sizeof *m->pc);
    if (!pc_init(m->pc, &c, err, sizeof err))
        panic("%s", err);
    input_init(&m->input, m->pc);
    if (choices >> 13 & 1)
        pc_sound_open(m->pc, 8000 << (choices >> 14), listen, NULL);
    if (!(choices & RIG_FIRMWARE))
        rig_idle(m);
    return m;
}

void rig_free(Rig *m)
{
    pc_free(m->pc);
    free(m->pc);
    disk_close(m->fda);
    disk_close(m->hda);
    disk_close(m->cd);
    free(m);
}

void rig_run(Rig *m, u64 ticks)
{
    u64 until = m->pc->clock.now + ticks;
    if (until < ticks)
        return;
    for (int stops = 0; m->pc->clock.now < until && stops < 1000; stops++) {
        PcExit e = pc_run(m->pc, until);
        if (e == PC_EXIT_SHUTDOWN)
            input_cpu_reset(&m->input);
    }
}

u32 rig_look(Rig *m)
{
    static VgaText text;
    static VgaFrame frame; /* its pixels are kept for the next look */
    vga_draw(&m->pc->vga, &frame);
    u32 sum = 0;
    for (int i = 0; i < frame.width * frame.height; i += 61)
        sum += frame.pixels[i];
    vga_text(&m->pc->vga, &text);
    pc_sound_run(m->pc);
    return sum;
}

/* ---- states ---------------------------------------------------------------------------------- */

enum { CHUNKS = 64 };

/* An edit: which chunk (1 byte), where in it (2, with the top bit from its end), how many bytes (1,
 * at most 32), and what. Chunk 255 is the whole body, chunk headers too, and takes 3 for where. */
static void edit(u8 *body, size_t size, Feed *f)
{
    u8 *chunk[CHUNKS];
    u64 sizes[CHUNKS];
    u32 chunks = 0;
    for (size_t at = 0; at < size && chunks < CHUNKS; chunks++) {
        ChunkHeader h;
        memcpy(&h, body + at, sizeof h);
        chunk[chunks] = body + at + sizeof h;
        sizes[chunks] = h.size;
        at += sizeof h + ((h.size + 7) & ~7ull);
    }
    for (u32 edits = feed(f, 1); edits-- && f->left;) {
        u32 which = feed(f, 1), top = which == 0xFF ? 0x800000 : 0x8000;
        u8 *to = which == 0xFF ? body : chunk[which % chunks];
        size_t n, room = which == 0xFF ? size : sizes[which % chunks];
        u32 where = feed(f, which == 0xFF ? 3 : 2);
        const u8 *bytes = feed_bytes(f, 1 + (feed(f, 1) & 31), &n);
        if (!room)
            continue;
        size_t at = (where & (top - 1)) % room;
        if (where & top)
            at = room - 1 - at;
        memcpy(to + at, bytes, n < room - at ? n : room - at);
    }
}

u8 *rig_state(Rig *m, Feed *f, bool rest, size_t *size)
{
    u8 *file;
    size_t packed;
    StateHeader h;
    if (!(rest ? snapshot_encode_rest : snapshot_encode)(m->pc, "fuzz", &file, &packed, err,
                                                         sizeof err))
        panic("%s", err);
    memcpy(&h, file, sizeof h);
    *size = sizeof h + h.unpacked;
    u8 *plain = malloc(*size), *body = plain + sizeof h;
    if (!unpack(h.method, file + sizeof h, h.packed, body, h.unpacked))
        panic("a state of our own does not unpack");
    free(file);
    edit(body, h.unpacked, f);
    h.method = PACK_STORED;
    h.packed = h.unpacked;
    h.body = state_hash(0, body, h.unpacked);
    h.header = state_hash(0, &h, offsetof(StateHeader, header));
    memcpy(plain, &h, sizeof h);
    return plain;
}
