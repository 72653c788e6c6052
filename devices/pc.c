/* pc.c: the machine. The wiring table says which pin goes where; pc_run() is the event loop. This
 * is the only file that sees both the chips and the processor. From the IBM PC/AT Technical
 * Reference: interrupt and DMA assignments, the NMI path, the coprocessor's IRQ 13, and that the
 * keyboard controller, port 92h and a shutdown cycle reset the processor and nothing else. */
#include "devices/pc.h"

#include "devices/pc_memory.h"
#include "devices/pc_pci.h"
#include "devices/pc_sound.h"

#include <stdio.h>

enum {
    REQUEST_STOP = 1,
    REQUEST_RESET = 2, /* of the processor */
    REQUEST_POWEROFF = 4,
    REQUEST_DEBUG_EXIT = 8,
    REQUEST_RESET_ALL = 16,
    REQUEST_ALL = 31
};
enum { EFLAGS_IF = 0x200 };

u64 pc_default_ips(CpuModel cpu)
{
    switch (cpu) {
    case CPU_8086:
        return 400000;
    case CPU_286:
        return 2500000;
    case CPU_386:
        return 8000000;
    case CPU_486:
        return 30000000;
    case CPU_686:
        return 200000000;
    default:
        return 100000000;
    }
}

/* ---- requests from inside the machine -------------------------------------------------------- */

static void ask(Pc *pc, unsigned what)
{
    pc->s.request |= what;
    if (pc->in_cpu)
        cpu_stop(&pc->cpu);
}

void pc_stop(Pc *pc)
{
    ask(pc, REQUEST_STOP);
}

void pc_forget_stop(Pc *pc)
{
    pc->s.request &= ~(u32)REQUEST_STOP;
}

static void on_reset_line(void *ctx, int pin, bool level)
{
    if (level)
        ask(ctx, REQUEST_RESET);
}

static void on_chipset_reset(void *ctx, bool hard)
{
    ask(ctx, hard ? REQUEST_RESET_ALL : REQUEST_RESET);
}

static void on_power_off(void *ctx)
{
    ask(ctx, REQUEST_POWEROFF);
}

static void on_debug_exit(void *ctx, u32 value)
{
    Pc *pc = ctx;
    pc->s.exit_value = value;
    ask(pc, REQUEST_DEBUG_EXIT);
}

/* ---- glue between chips ---------------------------------------------------------------------- */

/* One A20 gate with two handles: whoever wrote last decides, and both read back the same. */
static void on_a20(void *ctx, int pin, bool level)
{
    Pc *pc = ctx;
    cpu_set_a20(&pc->cpu, 0, level);
    kbc_set_a20(&pc->kbc, 0, level);
    port92_set_a20(&pc->port92, 0, level);
}

static void on_serial_tx(void *ctx, u8 byte)
{
    PcSerial *s = ctx;
    const PcHooks *h = &s->pc->cfg.hooks;
    if (h->serial_tx)
        h->serial_tx(h->ctx, s->port, byte);
}

/* ---- states ---------------------------------------------------------------------------------- */

static bool check_board(const void *state, const Clock *clock)
{
    const PcState *s = state;
    return s->request <= REQUEST_ALL && STATE_BOOL(s->is_halted) && STATE_BOOL(s->halt_reported) &&
           s->halted_since <= clock->now;
}

static bool check_cpu(const void *state, const Clock *clock)
{
    const CpuState *s = state;
    return s->r[8] == 0 && s->cpl < 4 && s->halted < 2 && s->shutdown < 2 &&
           s->shadow <= (SHADOW_STI | SHADOW_MOV_SS) && s->nmi_pending < 2 && s->nmi_blocked < 2 &&
           s->intr < 2 && s->a20 < 2 && s->fpu.top < 8 && s->fpu.ferr < 2 && s->fpu.ignne < 2 &&
           s->fpu.protected287 < 2;
}

static bool check_tlb(const void *state, const Clock *clock)
{
    return mmu_check(state);
}

static void gather_tlb(void *pc)
{
    mmu_gather(&((Pc *)pc)->cpu.mmu);
}

/* ---- the wiring table ------------------------------------------------------------------------ */

static Line irq(Pc *pc, int number)
{
    return (Line){pic_set_irq, &pc->pic, number};
}

static void wire_core(Pc *pc)
{
    /* the PC's 8087 had an NMI; the AT gave its successors IRQ 13 */
    Line ferr = {ferr_set, &pc->ferr, 0}, nmi_8087 = {speaker_set_fpu, &pc->speaker, 0};
    Line ignne = {cpu_set_ignne, &pc->cpu, 0};
    Line intr = {cpu_set_intr, &pc->cpu, 0}, nmi = {cpu_set_nmi, &pc->cpu, 0};
    Line gate2 = {pit_set_gate, &pc->pit, 2}, out2 = {speaker_set_out2, &pc->speaker, 0};

    cpu_init(&pc->cpu, &(CpuConfig){&pc->bus, &pc->clock, pc->cfg.cpu, !pc->cfg.no_fpu, pic_ack,
                                    &pc->pic, pc->cfg.cpu == CPU_8086 ? nmi_8087 : ferr});
    snap_add(&pc->snap, "cpu", 2, &pc->cpu.s, sizeof pc->cpu.s);
    snap_check(&pc->snap, check_cpu);
    snap_add(&pc->snap, "tlb", 1, &pc->cpu.mmu.s, sizeof pc->cpu.mmu.s);
    snap_check(&pc->snap, check_tlb);
    snap_gathered(&pc->snap, gather_tlb, pc);
    snap_late(&pc->snap);
    ferr_init(&pc->ferr, &(FerrConfig){&pc->bus, &pc->snap, irq(pc, 13), ignne});
    pic_init(&pc->pic, &(PicConfig){&pc->bus, &pc->snap, intr});
    speaker_init(&pc->speaker, &(SpeakerConfig){&pc->bus, &pc->snap, gate2, nmi, pit_refresh,
                                                &pc->pit, pc_sound_cone, pc});
    pit_init(&pc->pit, &(PitConfig){&pc->bus, &pc->queue, &pc->snap, {irq(pc, 0), {0}, out2}});
    dma_init(&pc->dma, &(DmaConfig){&pc->bus, &pc->snap, pc->cfg.cpu == CPU_8086});
}

static void wire_input(Pc *pc)
{
    Line a20 = {on_a20, pc, 0}, reset = {on_reset_line, pc, 0};
    kbc_init(&pc->kbc, &(KbcConfig){.bus = &pc->bus,
                                    .queue = &pc->queue,
                                    .snap = &pc->snap,
                                    .irq1 = irq(pc, 1),
                                    .irq12 = irq(pc, 12),
                                    .a20 = a20,
                                    .reset = reset,
                                    .mouse_id = MOUSE_ID_EXPLORER});
    port92_init(&pc->port92, &(Port92Config){&pc->bus, &pc->snap, a20, reset});
}

/* What boards of the processor's time carried. */
static u8 uart_kind(CpuModel cpu)
{
    return cpu == CPU_8086 ? UART_8250 : cpu == CPU_286 ? UART_16450 : UART_16550A;
}

static bool send_from_mouse(void *ctx, u8 byte)
{
    PcSerial *s = ctx;
    return uart_rx(&s->pc->uart[s->port], byte);
}

/* A mouse is there before the port whose lines it listens to. */
static void wire_serial_mouse(Pc *pc)
{
    if (pc->cfg.serial_mouse)
        sermouse_init(&pc->sermouse,
                      &(SermouseConfig){&pc->queue, &pc->snap, send_from_mouse,
                                        &pc->serial[pc->cfg.serial_mouse - 1]});
}

static void wire_ports(Pc *pc)
{
    static const struct {
        const char *name;
        u16 base;
        u8 irq;
    } serial[PC_SERIAL] = {{"uart0", 0x3F8, 4}, {"uart1", 0x2F8, 3}};
    const PcConfig *cfg = &pc->cfg;
    const PcHooks *h = &cfg->hooks;
    wire_serial_mouse(pc);
    if (cfg->joystick)
        joystick_init(&pc->joystick, &pc->bus, &pc->snap, &pc->clock);
    for (int i = 0; i < cfg->serial_ports; i++) {
        pc->serial[i] = (PcSerial){pc, i};
        bool mouse = cfg->serial_mouse == i + 1;
        Line dtr = {sermouse_set_dtr, &pc->sermouse, 0}, rts = {sermouse_set_rts, &pc->sermouse, 0};
        /* a peer is always there and ready, as with a null-modem cable */
        uart_init(&pc->uart[i],
                  &(UartConfig){.bus = &pc->bus,
                                .queue = &pc->queue,
                                .snap = &pc->snap,
                                .name = serial[i].name,
                                .base = serial[i].base,
                                .kind = uart_kind(cfg->cpu),
                                .inputs = 1 << UART_CTS | 1 << UART_DSR | 1 << UART_DCD,
                                .irq = irq(pc, serial[i].irq),
                                .dtr = mouse ? dtr : (Line){0},
                                .rts = mouse ? rts : (Line){0},
                                .tx = on_serial_tx,
                                .ctx = &pc->serial[i]});
    }
    if (cfg->parallel_ports)
        lpt_init(&pc->lpt, &(LptConfig){&pc->bus, &pc->queue, &pc->snap, "lpt0", 0x378, irq(pc, 7),
                                        h->parallel_tx, h->ctx});
    debugcon_init(&pc->debugcon,
                  &(DebugconConfig){&pc->bus, cfg->debugcon_port, h->debugcon_tx, h->ctx});
    if (cfg->debug_exit_port)
        debug_exit_init(
            &pc->debug_exit,
            &(DebugExitConfig){&pc->bus, &pc->snap, cfg->debug_exit_port, on_debug_exit, pc});
    power_off_init(&pc->power_off,
                   &(PowerOffConfig){&pc->bus, &pc->snap, !cfg->pci, on_power_off, pc});
}

/* A channel's interrupt passes by the bus master, which notes it. */
static Line ide_irq(Pc *pc, int channel)
{
    if (pc->cfg.pci)
        return (Line){busmaster_set_irq, &pc->pci.ide, channel};
    return irq(pc, 14 + channel);
}

/* A CD-ROM drive plays discs through an outlet of its own. */
static AudioSource *cd_sound(Pc *pc, int drive)
{
    const PcConfig *cfg = &pc->cfg;
    bool cd = cfg->cd[drive] || (cfg->ide[drive] && cfg->ide[drive]->kind == DISK_CD);
    return cd ? audio_source(&pc->audio) : NULL;
}

static void wire_storage(Pc *pc)
{
    static const struct {
        const char *name;
        u16 base, control;
    } ide[2] = {{"ide0", 0x1F0, 0x3F6}, {"ide1", 0x170, 0x376}};
    const PcConfig *cfg = &pc->cfg;
    fdc_init(&pc->fdc, &(FdcConfig){&pc->bus,
                                    &pc->queue,
                                    &pc->snap,
                                    irq(pc, 6),
                                    dma_line(&pc->dma, 2),
                                    {cfg->floppy_type[0], cfg->floppy_type[1]}});
    for (int i = 0; i < PC_FLOPPIES; i++)
        if (cfg->floppy[i])
            fdc_insert(&pc->fdc, i, cfg->floppy[i]);
    for (int i = 0; i < 2; i++)
        ide_init(&pc->ide[i], &(IdeConfig){&pc->bus,
                                           &pc->queue,
                                           &pc->snap,
                                           ide_irq(pc, i),
                                           cfg->pci ? busmaster_line(&pc->pci.ide, i)
                                                    : (DmaLine){.read = NULL},
                                           ide[i].base,
                                           ide[i].control,
                                           ide[i].name,
                                           (u8)i,
                                           {cfg->ide[2 * i], cfg->ide[2 * i + 1]},
                                           {cfg->cd[2 * i], cfg->cd[2 * i + 1]},
                                           {cd_sound(pc, 2 * i), cd_sound(pc, 2 * i + 1)}});
}

static void offer(FwcfgConfig *c, const char *folder, const char *name, const PcRom *rom)
{
    FwcfgFile *f = &c->file[c->file_count];
    if (!rom->data)
        return;
    snprintf(f->name, sizeof f->name, "%s%s", folder, name);
    f->data = rom->data;
    f->size = rom->size;
    c->file_count++;
}

/* A video BIOS that the adapter has as its expansion ROM is found there. */
static void offer_video(FwcfgConfig *c, const Pc *pc)
{
    if (!pc->cfg.pci || !pc_pci_vga_rom(&pc->cfg.vgabios))
        offer(c, "vgaroms/", "vgabios.bin", &pc->cfg.vgabios);
}

static void wire_firmware(Pc *pc)
{
    static const char *const names[PC_OPTION_ROMS] = {"rom0.bin", "rom1.bin", "rom2.bin",
                                                      "rom3.bin", "rom4.bin", "rom5.bin",
                                                      "rom6.bin", "rom7.bin"};
    FwcfgConfig c = {
        .bus = &pc->bus, .snap = &pc->snap, .ram = pc->ram_size, .kernel = pc->cfg.kernel};
    if (!pc->cfg.fw_cfg && !pc->cfg.kernel.data)
        return;
    if (pc->cfg.fw_cfg)
        offer_video(&c, pc);
    for (int i = 0; pc->cfg.fw_cfg && i < PC_OPTION_ROMS; i++)
        offer(&c, "genroms/", names[i], &pc->cfg.option_rom[i]);
    fwcfg_init(&pc->fwcfg, &c);
}

static void wire_video(Pc *pc)
{
    /* an ISA card's IRQ 2, which the AT turned into IRQ 9 */
    Line retrace = pc->cfg.pci ? pc_pci_vga_irq(pc) : irq(pc, 2);
    const PcConfig *cfg = &pc->cfg;
    vga_init(&pc->vga, &(VgaConfig){.bus = &pc->bus,
                                    .queue = &pc->queue,
                                    .snap = &pc->snap,
                                    .irq = retrace,
                                    .card = cfg->video,
                                    .ega_switches = cfg->ega_switches,
                                    .ega_memory = cfg->ega_memory,
                                    .font = cfg->glyphs,
                                    .font_height = cfg->glyph_lines,
                                    .border = cfg->border});
}

static void wire_chipset(Pc *pc)
{
    pc_pci_init(pc, &(PcPciWires){.sci = irq(pc, 9),
                                  .ide_irq = {irq(pc, 14), irq(pc, 15)},
                                  .reset = on_chipset_reset,
                                  .power_off = on_power_off});
}

/* ---- configuration --------------------------------------------------------------------------- */

static u8 boot_code(char letter)
{
    return letter == 'a' ? 1 : letter == 'c' ? 2 : letter == 'd' ? 3 : 0;
}

/* How a BIOS shall translate a disk's geometry into one that INT 13h can express. */
static u8 translation(const Disk *d)
{
    const DiskGeometry *g = d ? &d->geometry : NULL, *l = d ? &d->logical : NULL;
    if (!d || d->kind == DISK_CD ||
        (g->cylinders == l->cylinders && g->heads == l->heads && g->sectors == l->sectors))
        return 0;
    return l->sectors == 63 ? 1 : 2;
}

static void wire_clock(Pc *pc)
{
    const PcConfig *cfg = &pc->cfg;
    CmosConfig c = {.bus = &pc->bus,
                    .queue = &pc->queue,
                    .snap = &pc->snap,
                    .irq = irq(pc, 8),
                    .nmi_mask = {speaker_set_nmi_mask, &pc->speaker, 0},
                    .time = cfg->rtc,
                    .ram = pc->ram_size,
                    .fpu = !cfg->no_fpu,
                    .boot_menu = cfg->boot_menu,
                    .mouse = true};
    for (int i = 0; i < 3; i++)
        c.boot[i] = i < (int)strlen(cfg->boot) ? boot_code(cfg->boot[i]) : 0;
    for (int i = 0; i < PC_FLOPPIES; i++)
        c.floppy[i] = cfg->floppy_type[i];
    for (int i = 0; i < PC_IDE_DRIVES; i++) {
        const Disk *d = cfg->ide[i];
        c.translation[i] = translation(d);
        if (d && i < 2 && !cfg->cd[i])
            c.disk[i] =
                (CmosDisk){(u16)d->geometry.cylinders, d->geometry.heads, d->geometry.sectors};
    }
    cmos_init(&pc->cmos, &c);
}

static u8 floppy_type(const PcConfig *cfg, int drive)
{
    if (cfg->floppy_type[drive] == PC_NONE)
        return FDC_DRIVE_NONE;
    if (cfg->floppy_type[drive])
        return cfg->floppy_type[drive];
    if (cfg->floppy[drive])
        return disk_drive_type(cfg->floppy[drive]);
    return drive == 0 ? FDC_DRIVE_1440K : FDC_DRIVE_NONE;
}

static bool is_seabios(const PcRom *bios)
{
    return bios->data && memmem(bios->data, bios->size, "SeaBIOS (version", 16);
}

/* Floppy, hard disk, CD: those that hold something. A hard disk that is there is tried even if a
 * floppy drive is empty, since an empty drive takes time to find out about. */
static void default_order(PcConfig *c)
{
    bool disk = false, disc = false;
    int n = 0;
    for (int i = 0; i < PC_IDE_DRIVES; i++) {
        disk |= c->ide[i] && !c->cd[i];
        disc |= c->ide[i] && c->cd[i];
    }
    if (c->floppy[0] || (!disk && !disc))
        c->boot[n++] = 'a';
    if (disk || !disc)
        c->boot[n++] = 'c';
    if (disc)
        c->boot[n++] = 'd';
}

/* Zeroes become the values they stand for. */
static void set_defaults(PcConfig *c)
{
    if (!c->ips)
        c->ips = pc_default_ips(c->cpu);
    for (int i = 0; i < PC_FLOPPIES; i++)
        c->floppy_type[i] = floppy_type(c, i);
    for (int i = 0; i < PC_IDE_DRIVES; i++)
        c->cd[i] |= c->ide[i] && c->ide[i]->kind == DISK_CD;
    if (!c->boot[0])
        default_order(c);
    c->boot[3] = 0;
    c->serial_ports = c->serial_ports == PC_NONE ? 0
                      : c->serial_ports          ? c->serial_ports
                                                 : PC_SERIAL;
    c->parallel_ports = c->parallel_ports == PC_NONE || c->sound.lpt_dac ? 0 : 1;
    if (is_seabios(&c->bios))
        c->shadow_ram = c->fw_cfg = true;
    if (c->pci)
        c->shadow_ram = false;
    if (!c->debugcon_port)
        c->debugcon_port = 0xE9;
}

static bool check_config(const PcConfig *c, char *err, size_t errlen)
{
    if (c->pci && c->cpu < CPU_386) {
        snprintf(err, errlen, "a board with PCI needs a 386 or later; use -M isa or another -cpu");
        return false;
    }
    if (c->serial_ports > PC_SERIAL) {
        snprintf(err, errlen, "%d serial ports: there can be at most %d", c->serial_ports,
                 PC_SERIAL);
        return false;
    }
    if (c->serial_mouse > c->serial_ports) {
        snprintf(err, errlen, "a mouse at COM%d, which is absent", c->serial_mouse);
        return false;
    }
    for (int i = 0; i < PC_FLOPPIES; i++) {
        if (c->floppy_type[i] > FDC_DRIVE_2880K) {
            snprintf(err, errlen, "floppy drive type %d: use 1 (360K) to 5 (2.88M)",
                     c->floppy_type[i]);
            return false;
        }
        if (c->floppy[i] && !c->floppy_type[i]) {
            snprintf(err, errlen, "a floppy for drive %c, which is absent", 'A' + i);
            return false;
        }
    }
    return true;
}

/* ---- life ------------------------------------------------------------------------------------ */

bool pc_init(Pc *pc, const PcConfig *cfg, char *err, size_t errlen)
{
    memset(pc, 0, sizeof *pc);
    pc->cfg = *cfg;
    set_defaults(&pc->cfg);
    if (!check_config(&pc->cfg, err, errlen))
        return false;
    pc->clock.ips = pc->cfg.ips;
    event_queue_init(&pc->queue, &pc->clock);
    snap_add(&pc->snap, "clock", 1, &pc->clock, sizeof pc->clock);
    snap_add(&pc->snap, "board", 1, &pc->s, sizeof pc->s);
    snap_check(&pc->snap, check_board);
    bus_init(&pc->bus);
    if (!pc_memory_init(pc, err, errlen)) {
        bus_free(&pc->bus);
        return false;
    }
    pc_sound_init(pc);
    wire_core(pc);
    wire_clock(pc);
    wire_input(pc);
    wire_ports(pc);
    wire_storage(pc);
    wire_video(pc);
    wire_chipset(pc);
    wire_firmware(pc);
    pc_sound_cards(pc);
    pc_reset(pc, false);
    return true;
}

void pc_free(Pc *pc)
{
    audio_free(&pc->audio);
    vga_free(&pc->vga);
    cpu_free(&pc->cpu);
    pc_memory_free(pc);
    pc_pci_free(pc);
    bus_free(&pc->bus);
}

/* Both gates start open: the first instruction after reset lies under the top of the address
 * space. */
void pc_reset_cpu(Pc *pc)
{
    on_a20(pc, 0, true);
    cpu_reset(&pc->cpu);
    pc->s.is_halted = pc->s.halt_reported = false;
}

/* The interrupt controllers come last: edges that the others make while they reset mean nothing. */
void pc_reset(Pc *pc, bool cold)
{
    if (cold)
        pc_memory_clear(pc);
    speaker_reset(&pc->speaker);
    pit_reset(&pc->pit);
    dma_reset(&pc->dma);
    cmos_reset(&pc->cmos);
    kbc_reset(&pc->kbc);
    port92_reset(&pc->port92);
    for (int i = 0; i < pc->cfg.serial_ports; i++)
        uart_reset(&pc->uart[i]);
    if (pc->cfg.parallel_ports)
        lpt_reset(&pc->lpt);
    if (pc->cfg.debug_exit_port)
        debug_exit_reset(&pc->debug_exit);
    power_off_reset(&pc->power_off);
    fwcfg_reset(&pc->fwcfg);
    fdc_reset(&pc->fdc);
    ide_reset(&pc->ide[0]);
    ide_reset(&pc->ide[1]);
    vga_reset(&pc->vga);
    pc_pci_reset(pc);
    pc_sound_reset(pc);
    if (pc->cfg.joystick)
        joystick_reset(&pc->joystick);
    ferr_reset(&pc->ferr);
    pic_reset(&pc->pic);
    pc_reset_cpu(pc);
    pc->s.request = 0;
}

void pc_drain_serial(const Pc *pc)
{
    for (int i = 0; i < pc->cfg.serial_ports; i++)
        uart_drain(&pc->uart[i]);
}

/* ---- running --------------------------------------------------------------------------------- */

/* True: *why is what pc_run() returns. A reset is carried out here and the run goes on. */
static bool take_request(Pc *pc, PcExit *why)
{
    static const struct {
        unsigned request;
        PcExit why;
    } exits[] = {{REQUEST_DEBUG_EXIT, PC_EXIT_DEBUG_EXIT},
                 {REQUEST_POWEROFF, PC_EXIT_POWEROFF},
                 {REQUEST_STOP, PC_EXIT_STOP}};
    u32 reset = pc->s.request & (REQUEST_RESET | REQUEST_RESET_ALL);
    if (reset) {
        pc->s.request &= ~reset;
        if (pc->cfg.hooks.reset)
            pc->cfg.hooks.reset(pc->cfg.hooks.ctx);
        u32 others = pc->s.request;
        if (reset & REQUEST_RESET_ALL)
            pc_reset(pc, false);
        else
            pc_reset_cpu(pc);
        pc->s.request |= others; /* the hook's wish to stop, above all */
    }
    for (size_t i = 0; i < ARRAY_LEN(exits); i++) {
        if (pc->s.request & exits[i].request) {
            pc->s.request &= ~exits[i].request;
            *why = exits[i].why;
            return true;
        }
    }
    return false;
}

/* The processor waits: time jumps to whatever happens next. True: it waits for ever. Devices get a
 * guest second before that is said, since a command given just before HLT (a reset pulse, a disk
 * write) takes its time. */
static bool skip_halt(Pc *pc, u64 limit, u64 began)
{
    if (!pc->s.is_halted || pc->clock.now != began) { /* it has executed since: another halt */
        pc->s.is_halted = true;
        pc->s.halt_reported = false;
        pc->s.halted_since = pc->clock.now;
    }
    bool deaf = !(pc->cpu.s.eflags & EFLAGS_IF) && !pc->s.halt_reported;
    u64 patience = pc->s.halted_since + pc->clock.ips;
    if (patience < pc->clock.now) /* a debugger has just cleared IF */
        patience = pc->clock.now;
    if (deaf && patience < limit)
        limit = patience;
    pc->halted_ticks += limit - pc->clock.now;
    pc->clock.now = limit;
    if (deaf && limit == patience) {
        pc->s.halt_reported = true;
        return true;
    }
    return false;
}

static CpuExit run_cpu(Pc *pc, u64 limit)
{
    pc->in_cpu = true;
    CpuExit exit = cpu_run(&pc->cpu, limit);
    pc->in_cpu = false;
    if (exit != CPU_EXIT_HALT)
        pc->s.is_halted = false;
    return exit;
}

PcExit pc_run(Pc *pc, u64 until)
{
    for (;;) {
        PcExit why;
        event_run(&pc->queue);
        if (take_request(pc, &why))
            return why;
        if (pc->clock.now >= until)
            return PC_EXIT_TIME;
        u64 began = pc->clock.now, limit = pc->clock.deadline < until ? pc->clock.deadline : until;
        switch (run_cpu(pc, limit)) {
        case CPU_EXIT_TIME:
        case CPU_EXIT_STOP: /* take_request() knows why */
            break;
        case CPU_EXIT_HALT:
            limit = pc->clock.deadline < until ? pc->clock.deadline : until;
            if (pc->s.request == 0 && skip_halt(pc, limit, began))
                return PC_EXIT_HALT_FOREVER;
            break;
        case CPU_EXIT_BREAK:
            return PC_EXIT_BREAK;
        case CPU_EXIT_SHUTDOWN:
            return PC_EXIT_SHUTDOWN;
        }
    }
}

/* ---- input ----------------------------------------------------------------------------------- */

void pc_key(Pc *pc, u16 key, bool down)
{
    kbc_key(&pc->kbc, key, down);
}

void pc_mouse(Pc *pc, int dx, int dy, int dz, unsigned buttons)
{
    if (pc->cfg.serial_mouse)
        sermouse_move(&pc->sermouse, dx, dy, buttons);
    else
        kbc_mouse(&pc->kbc, dx, dy, dz, buttons);
}

void pc_joystick(Pc *pc, const JoystickInput *in)
{
    if (pc->cfg.joystick)
        joystick_set(&pc->joystick, in);
}

bool pc_serial_rx(Pc *pc, int port, u8 byte)
{
    return port >= 0 && port < pc->cfg.serial_ports && uart_rx(&pc->uart[port], byte);
}

Disk *pc_change_floppy(Pc *pc, int drive, Disk *medium)
{
    return medium ? fdc_insert(&pc->fdc, drive, medium) : fdc_eject(&pc->fdc, drive);
}

static const char *const drive_names[] = {"fda", "fdb", "hda", "hdb", "hdc", "hdd"};

/* The medium must suit the drive, and the drive must let go of the one it has. */
bool pc_may_change(Pc *pc, int drive, const Disk *medium, bool force, char *err, size_t errlen)
{
    if (drive < 0 || drive >= PC_FLOPPIES + PC_IDE_DRIVES) {
        snprintf(err, errlen, "there are only drives fda, fdb and hda to hdd");
        return false;
    }
    const char *name = drive_names[drive];
    int n = drive - PC_FLOPPIES;
    if (drive < PC_FLOPPIES && !pc->cfg.floppy_type[drive])
        snprintf(err, errlen, "%s: there is no such drive", name);
    else if (drive >= PC_FLOPPIES && !ide_is_cd(&pc->ide[n / 2], n % 2))
        snprintf(err, errlen, "%s: is no drive whose medium can be changed", name);
    else if (medium && drive < PC_FLOPPIES && medium->kind != DISK_FLOPPY)
        snprintf(err, errlen, "%s: %.200s is no floppy; attach it with -hda or -cdrom", name,
                 medium->name);
    else if (medium && drive >= PC_FLOPPIES && medium->kind != DISK_CD)
        snprintf(err, errlen, "%s: %.200s is no CD", name, medium->name);
    else if (drive >= PC_FLOPPIES && !force && ide_locked(&pc->ide[n / 2], n % 2)) {
        ide_ask_eject(&pc->ide[n / 2], n % 2);
        snprintf(err, errlen, "%s: the guest has locked the disc; it was asked to let go: try "
                              "again, or force it", name);
    } else
        return true;
    return false;
}

DiskFaults *pc_faults(Pc *pc, int drive)
{
    int n = drive - PC_FLOPPIES;
    if (drive < PC_FLOPPIES)
        return pc->cfg.floppy_type[drive] ? fdc_faults(&pc->fdc, drive) : NULL;
    return pc->cfg.ide[n] || pc->cfg.cd[n] ? ide_faults(&pc->ide[n / 2], n % 2) : NULL;
}

int pc_drive(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(drive_names); i++)
        if (!strcmp(name, drive_names[i]))
            return (int)i;
    return -1;
}

int pc_cd_drive(const Pc *pc)
{
    for (int i = 0; i < PC_IDE_DRIVES; i++)
        if (pc->cfg.cd[i])
            return PC_FLOPPIES + i;
    return -1;
}

bool pc_change_media(Pc *pc, int drive, Disk *medium, bool force, Disk **old, char *err,
                     size_t errlen)
{
    *old = NULL;
    if (!pc_may_change(pc, drive, medium, force, err, errlen))
        return false;
    int n = drive - PC_FLOPPIES;
    *old = drive < PC_FLOPPIES ? pc_change_floppy(pc, drive, medium)
                               : ide_change(&pc->ide[n / 2], n % 2, medium);
    if (drive < PC_FLOPPIES)
        pc->cfg.floppy[drive] = medium;
    else
        pc->cfg.ide[n] = medium;
    return true;
}

/* ---- comparing ------------------------------------------------------------------------------- */

u64 pc_hash(const Pc *pc)
{
    u64 h = snap_hash(&pc->snap);
    for (int i = 0; i < pc->queue.count; i++) {
        u64 armed[2] = {(u64)i, pc->queue.all[i]->when};
        if (pc->queue.all[i]->armed)
            h = state_hash(h, armed, sizeof armed);
    }
    return h;
}
