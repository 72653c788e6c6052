/* cmd_device.c: commands about the board: what each chip is doing, port access, interrupt lines,
 * media, keys,
 * speed; and about the screen. Chips are looked at through their State, never by reading their
 * ports. */
#include "frontend/cmd.h"
#include "frontend/expr.h"
#include "frontend/past.h"
#include "frontend/say.h"
#include "frontend/screen.h"
#include "frontend/typing.h"

#include <inttypes.h>
#include <stdlib.h>

static void bit_list(Debug *d, const char *what, unsigned bits, int first)
{
    fprintf(d->out, "  %s:", what);
    for (int n = 0; n < 8; n++)
        if (bits >> n & 1)
            fprintf(d->out, " IRQ%d", first + n);
    fprintf(d->out, bits ? "\n" : " none\n");
}

/* Place of an input in its chip's order; 0 is served first. */
static int rank(const Pic8259 *c, int input)
{
    return (input - c->lowest - 1) & 7;
}

/* The first of `set` that is served before `input`; -1: none. With `same` it may be `input`. */
static int before(const Pic8259 *c, u8 set, int input, bool same)
{
    for (int r = 0; r < rank(c, input) + same; r++) {
        int n = (c->lowest + 1 + r) & 7;
        if (set >> n & 1)
            return n;
    }
    return -1;
}

/* Why a request has not been delivered, in words. */
static void why_waits(Debug *d, int irq, char *text, size_t size)
{
    const Pic *p = &d->pc->pic;
    int input = irq & 7;
    for (int n = irq >> 3; n >= 0; n--, input = 2) { /* the slave's go on to the master's IR 2 */
        const Pic8259 *c = &p->s.chip[n];
        int served = c->special_mask ? -1 : before(c, c->isr, input, true),
            first = before(c, pic_irr(p, n) & ~c->imr, input, false);
        if (c->imr >> input & 1)
            snprintf(text, size, n == irq >> 3 ? "masked" : "the cascade, IRQ2, is masked");
        else if (served >= 0)
            snprintf(text, size, "IRQ%d is in service", 8 * n + served);
        else if (first >= 0)
            snprintf(text, size, "IRQ%d comes first", 8 * n + first);
        else
            continue;
        return;
    }
    snprintf(text, size, "%s",
             d->pc->cpu.s.eflags & IF ? "it is next" : "interrupts are off (IF is 0)");
}

static void print_waiting(Debug *d, int chip, u8 irr)
{
    char why[60];
    for (int n = 0; n < 8; n++)
        if (irr >> n & 1) {
            why_waits(d, 8 * chip + n, why, sizeof why);
            fprintf(d->out, "  IRQ%d waits: %s\n", 8 * chip + n, why);
        }
}

static bool info_pic(Debug *d, const char *args)
{
    const Pic *p = &d->pc->pic;
    for (int n = 0; n < 2; n++) {
        const Pic8259 *c = &p->s.chip[n];
        u8 irr = pic_irr(p, n);
        fprintf(d->out, "%s: vectors %02X-%02X%s%s%s\n", n ? "slave" : "master", c->icw2 & 0xF8,
                (c->icw2 & 0xF8) + 7, c->icw4 & 2 ? ", automatic EOI" : "",
                c->special_mask ? ", special mask" : "",
                c->expect ? ", waiting for initialization" : "");
        bit_list(d, "requested", irr, 8 * n);
        bit_list(d, "in service", c->isr, 8 * n);
        bit_list(d, "masked", c->imr, 8 * n);
        print_waiting(d, n, irr);
    }
    return arg_end(d, args);
}

static bool info_irq(Debug *d, const char *args)
{
    static const char *const names[16] = {
        "timer", "keyboard", "cascade", "COM2", "COM1",  "LPT2",        "floppy", "LPT1",
        "clock", "VGA",      "",        "",     "mouse", "coprocessor", "disk 1", "disk 2"};
    const Pic *p = &d->pc->pic;
    const CpuState *s = &d->pc->cpu.s;
    for (int n = 0; n < 16; n++) {
        const Pic8259 *c = &p->s.chip[n >> 3];
        int b = n & 7;
        fprintf(d->out, "IRQ%-2d %-12s vector %02X  line %s%s%s%s\n", n, names[n],
                (c->icw2 & 0xF8) + b, c->lines >> b & 1 ? "high" : "low",
                pic_irr(p, n >> 3) >> b & 1 ? ", requested" : "",
                c->isr >> b & 1 ? ", in service" : "", c->imr >> b & 1 ? ", masked" : "");
    }
    fprintf(d->out, "INTR is %s, IF is %u\n", s->intr ? "high" : "low", s->eflags >> 9 & 1);
    return arg_end(d, args);
}

/* A count as a number, which in BCD has four digits. */
static unsigned pit_value(const PitCounter *c, u16 v)
{
    if (!(c->control & 1))
        return v;
    return (v >> 12) * 1000u + (v >> 8 & 15) * 100u + (v >> 4 & 15) * 10u + (v & 15);
}

static bool info_pit(Debug *d, const char *args)
{
    static const char *const use[3] = {"IRQ 0", "refresh", "speaker"};
    for (int n = 0; n < 3; n++) {
        const PitCounter *c = &d->pc->pit.s.counter[n];
        unsigned most = c->control & 1 ? 10000 : 65536; /* what a reload of 0 counts */
        fprintf(d->out, "counter %d (%s): mode %u%s, reload %u, count %u, gate %s, out %s", n,
                use[n], c->control >> 1 & 7, c->control & 1 ? " BCD" : "",
                c->reload ? pit_value(c, c->reload) : most, pit_value(c, pit_count(&d->pc->pit, n)),
                c->gate ? "high" : "low", c->out ? "high" : "low");
        if (c->n)
            fprintf(d->out, ", %u.%02u Hz", PIT_HZ / c->n, PIT_HZ % c->n * 100 / c->n);
        fputc('\n', d->out);
    }
    return arg_end(d, args);
}

static bool info_rtc(Debug *d, const char *args)
{
    const u8 *r = d->pc->cmos.s.ram;
    fprintf(d->out, "%02x%02x-%02x-%02x %02x:%02x:%02x (as stored)\n", r[0x32], r[9], r[8], r[7],
            r[4], r[2], r[0]);
    fprintf(d->out,
            "alarm %02x:%02x:%02x\nA=%02x B=%02x%s%s%s%s%s C=%02x D=%02x\nindex %02x, NMI %s\n",
            r[5], r[3], r[1], r[10], r[11], r[11] & 0x80 ? " SET" : "", r[11] & 0x40 ? " PIE" : "",
            r[11] & 0x20 ? " AIE" : "", r[11] & 0x10 ? " UIE" : "", r[11] & 4 ? " binary" : " BCD",
            r[12], r[13], d->pc->cmos.s.index, d->pc->cmos.s.nmi_mask ? "masked" : "on");
    return arg_end(d, args);
}

/* At the end of a transfer the counter has run over, to FFFFh. */
static void channel_line(Debug *d, int n, const Dma8237 *chip, const DmaChannel *c)
{
    static const char *const types[4] = {"verify", "write to memory", "read from memory",
                                         "illegal"};
    static const char *const modes[4] = {"demand", "single", "block", "cascade"};
    bool ended = chip->status >> (n & 3) & 1;
    fprintf(d->out, "phys 0x%06x, ", dma_address(&d->pc->dma, n));
    if (ended && !(c->mode & 0x10))
        fprintf(d->out, "at its end");
    else
        fprintf(d->out, "%u bytes left%s", dma_left(&d->pc->dma, n),
                ended ? ", has come round" : "");
    fprintf(d->out, ", %s, %s%s%s\n", types[c->mode >> 2 & 3], modes[c->mode >> 6],
            c->mode & 0x10 ? ", auto-init" : "", chip->mask >> (n & 3) & 1 ? ", masked" : "");
}

static bool info_dma(Debug *d, const char *args)
{
    for (int n = 0; n < 8; n++) {
        const Dma8237 *chip = &d->pc->dma.s.chip[n >> 2];
        const DmaChannel *c = &chip->channel[n & 3];
        fprintf(d->out, "channel %d: ", n);
        if (n == 4)
            fprintf(d->out, "cascade\n");
        else
            channel_line(d, n, chip, c);
    }
    return arg_end(d, args);
}

static bool info_kbc(Debug *d, const char *args)
{
    const KbcState *k = &d->pc->kbc.s;
    const KeyboardState *b = &d->pc->kbc.keyboard.s;
    const MouseState *m = &d->pc->kbc.mouse.s;
    fprintf(d->out, "status %02x:%s%s%s%s, command byte %02x, output buffer %02x (%s)\n", k->status,
            k->status & 1 ? " output full" : "", k->status & 2 ? " input full" : "",
            k->status & 4 ? " system" : "", k->status & 0x20 ? " mouse" : "", k->ram[0], k->out,
            k->out_aux ? "mouse" : "keyboard");
    fprintf(d->out, "keyboard: set %u, %s, LEDs%s%s%s%s\n", b->set,
            b->scanning ? "scanning" : "off", b->leds & 1 ? " Scroll" : "",
            b->leds & 2 ? " Num" : "", b->leds & 4 ? " Caps" : "", b->leds & 7 ? "" : " none");
    fprintf(d->out, "mouse: %s, %u reports/s, id %u, buttons %u\n",
            m->reporting ? "reporting" : "off", m->rate, m->id, m->buttons);
    return arg_end(d, args);
}

static bool info_vga(Debug *d, const char *args)
{
    const Vga *v = &d->pc->vga;
    u32 line, dot;
    vga_beam(v, &line, &dot);
    vga_text(v, d->session->text);
    const VgaText *t = d->session->text;
    if (t->is_text)
        fprintf(d->out, "text %dx%d, cursor %d,%d %s\n", t->columns, t->rows, t->cursor_x,
                t->cursor_y, t->cursor_on ? "on" : "off");
    else
        fprintf(d->out, "%s\n",
                v->timing.sane ? "graphics mode" : "no picture: the registers describe none");
    fprintf(d->out,
            "frame %" PRIu64
            ", beam at line %u dot %u, %u x %u dots, dot clock %u Hz, start address %04x\n",
            v->s.frames, line, dot, v->timing.show_dots, v->timing.show_lines, v->timing.hz,
            v->s.r.start);
    const struct {
        const char *name;
        const u8 *r;
        int n;
    } sets[] = {{"crtc", v->s.r.crtc, 0x19},
                {"seq", v->s.r.seq, 5},
                {"gc", v->s.r.gc, 9},
                {"atc", v->s.r.atc, 0x15}};
    for (size_t k = 0; k < ARRAY_LEN(sets); k++) {
        fprintf(d->out, "%-5s", sets[k].name);
        for (int n = 0; n < sets[k].n; n++)
            fprintf(d->out, " %02x", sets[k].r[n]);
        fputc('\n', d->out);
    }
    fprintf(d->out, "misc  %02x\n", v->s.r.misc);
    return arg_end(d, args);
}

static bool info_ide(Debug *d, const char *args)
{
    for (int n = 0; n < PC_IDE_DRIVES; n++) {
        const Ide *ide = &d->pc->ide[n >> 1];
        const IdeDriveState *s = &ide->s.drive[n & 1];
        const Disk *disk = ide->drive[n & 1].disk;
        fprintf(d->out, "%s %s: ", n < 2 ? "primary" : "secondary", n & 1 ? "slave" : "master");
        if (!disk) {
            fprintf(d->out, "none\n");
            continue;
        }
        fprintf(d->out, "%s, %" PRIu64 " sectors (%u/%u/%u)%s\n", disk->name, disk->sectors,
                s->cylinders, s->heads, s->sectors, disk->read_only ? ", read-only" : "");
        fprintf(
            d->out,
            "  command %02x, status %02x:%s%s%s%s, error %02x, at sector %" PRIu64 ", %u left%s\n",
            s->command, s->status, s->status & 0x80 ? " BSY" : "", s->status & 0x40 ? " DRDY" : "",
            s->status & 8 ? " DRQ" : "", s->status & 1 ? " ERR" : "", s->error, s->lba, s->left,
            s->intrq ? ", interrupt" : "");
    }
    return arg_end(d, args);
}

static bool info_fdc(Debug *d, const char *args)
{
    static const char *const types[] = {"none", "360 KB", "1.2 MB", "720 KB", "1.44 MB", "2.88 MB"};
    static const char *const phases[] = {"waits for a command", "looks for a sector",
                                         "moves a sector",      "did not find a sector",
                                         "gives a result",      "held in reset"};
    const FdcState *s = &d->pc->fdc.s;
    fprintf(d->out, "controller %s; command %02x, ST1 %02x, ST2 %02x, DOR %02x%s\n",
            s->phase < ARRAY_LEN(phases) ? phases[s->phase] : "?", s->command[0], s->st1, s->st2,
            s->dor, s->int_pending ? ", interrupt" : "");
    for (int n = 0; n < FDC_DRIVES; n++) {
        const Disk *disk = d->pc->fdc.disk[n];
        if (!s->unit[n].type) {
            fprintf(d->out, "drive %c: none\n", 'A' + n);
            continue;
        }
        fprintf(d->out, "drive %c: %s, %s, motor %s, track %u%s\n", 'A' + n,
                s->unit[n].type < ARRAY_LEN(types) ? types[s->unit[n].type] : "?",
                disk ? disk->name : "empty", fdc_motor(&d->pc->fdc, n) ? "on" : "off",
                s->unit[n].head_track, s->unit[n].changed ? ", disk changed" : "");
    }
    return arg_end(d, args);
}

static bool info_uart(Debug *d, const char *args)
{
    for (int n = 0; n < d->pc->cfg.serial_ports; n++) {
        const UartState *s = &d->pc->uart[n].s;
        u8 l = s->lcr, m = s->mcr, i = s->ier;
        fprintf(d->out, "COM%d at %03X: %u baud %u%c%s%s, ", n + 1, d->pc->uart[n].cfg.base,
                s->divisor ? 115200 / s->divisor : 0, 5 + (l & 3), l & 8 ? "OEMS"[l >> 4 & 3] : 'N',
                !(l & 4) ? "1"
                : l & 3  ? "2"
                         : "1.5",
                l & 0x80 ? " (divisor latch open)" : "");
        fprintf(d->out, "lines%s%s%s, interrupts%s%s%s%s%s, ", m & 1 ? " DTR" : "",
                m & 2 ? " RTS" : "", m & 3 ? "" : " none", i & 1 ? " received" : "",
                i & 2 ? " sent" : "", i & 4 ? " errors" : "", i & 8 ? " modem" : "",
                i & 15 ? "" : " none");
        fprintf(d->out, "%sFIFO %s, %u received, %u to send, IRQ %s\n",
                m & 0x10 ? "loopback, " : "", s->fcr & 1 ? "on" : "off", s->rx_count, s->tx_count,
                s->irq_level ? "high" : "low");
    }
    return arg_end(d, args);
}

static bool info_events(Debug *d, const char *args)
{
    const Clock *c = &d->pc->clock;
    fprintf(d->out, "now %" PRIu64 "\n", c->now);
    for (const Event *e = d->pc->queue.head; e; e = e->next)
        fprintf(d->out, "%12" PRIu64 "  +%-10" PRIu64 " %s\n", e->when,
                e->when > c->now ? e->when - c->now : 0, e->name);
    return arg_end(d, args);
}

/* ---- ports and lines
 * ------------------------------------------------------------------------------ */

static bool at_rest(Debug *d)
{
    return !d->pc->in_cpu || debug_fail(d, "stop the machine first");
}

static bool port_in(Debug *d, const char *args, int size)
{
    u64 port;
    if (!at_rest(d) || !arg_number(d, &args, 0xFFFF, &port) || !arg_end(d, args))
        return false;
    debug_edited(d); /* reading a port may change something, too */
    u32 v = bus_in(&d->pc->bus, (u16)port, size);
    fprintf(d->out, "0x%0*x\n", size * 2, v);
    expr_set(d, "_", v);
    return true;
}

static bool cmd_inb(Debug *d, const char *args)
{
    return port_in(d, args, 1);
}

static bool cmd_inw(Debug *d, const char *args)
{
    return port_in(d, args, 2);
}

static bool cmd_inl(Debug *d, const char *args)
{
    return port_in(d, args, 4);
}

static bool port_out(Debug *d, const char *args, int size)
{
    u64 v;
    char word[64];
    arg_word(&args, word, sizeof word);
    const char *p = word;
    u64 port;
    if (!at_rest(d) || !arg_number(d, &p, 0xFFFF, &port) || !arg_end(d, p) ||
        !arg_number(d, &args, UINT32_MAX >> (32 - 8 * size), &v) || !arg_end(d, args))
        return false;
    bus_out(&d->pc->bus, (u16)port, size, (u32)v);
    debug_edited(d);
    return true;
}

static bool cmd_outb(Debug *d, const char *args)
{
    return port_out(d, args, 1);
}

static bool cmd_outw(Debug *d, const char *args)
{
    return port_out(d, args, 2);
}

static bool cmd_outl(Debug *d, const char *args)
{
    return port_out(d, args, 4);
}

static bool cmd_irq(Debug *d, const char *args)
{
    char word[32];
    u64 n;
    arg_word(&args, word, sizeof word);
    const char *p = word;
    if (!at_rest(d) || !arg_number(d, &p, 15, &n) || !arg_end(d, p))
        return false;
    bool raise = arg_is(&args, "raise");
    if (!raise && !arg_is(&args, "lower"))
        return debug_fail(d, "expected raise or lower");
    debug_edited(d);
    pic_set_irq(&d->pc->pic, (int)n | PIC_SOURCE(31), raise); /* a source of our own */
    return arg_end(d, args);
}

static bool cmd_nmi(Debug *d, const char *args)
{
    if (!at_rest(d) || !arg_end(d, args))
        return false;
    cpu_set_nmi(&d->pc->cpu, 0, true);
    cpu_set_nmi(&d->pc->cpu, 0, false);
    debug_edited(d);
    return true;
}

/* ---- media
 * ---------------------------------------------------------------------------------------- */

static bool change(Debug *d, const char *drive, const char *file)
{
    Session *s = d->session;
    bool forget = false;
    if (!at_rest(d))
        return false;
    if (past_behind(s))
        return debug_fail(d, "media can be changed only in the present: `c`, or `goto-insn N` with "
                             "the last N that `info timeline` shows");
    if (!media_change(&s->machine.media, &s->input, drive, file, false, &forget, d->error,
                      sizeof d->error))
        return false;
    if (forget)
        past_replaced(s);
    return true;
}

static bool cmd_change(Debug *d, const char *args)
{
    char drive[16];
    arg_word(&args, drive, sizeof drive);
    if (!*args)
        return debug_fail(d, "change which drive to which image?");
    return change(d, drive, args);
}

static bool cmd_eject(Debug *d, const char *args)
{
    char drive[16];
    arg_word(&args, drive, sizeof drive);
    return arg_end(d, args) && change(d, drive, NULL);
}

static void list_faults(Debug *d)
{
    static const char *const drives[] = {"fda", "fdb", "hda", "hdb", "hdc", "hdd"};
    for (int n = 0; n < (int)ARRAY_LEN(drives); n++) {
        const DiskFaults *list = pc_faults(d->pc, n);
        for (u32 i = 0; list && i < list->count; i++)
            fprintf(d->out, "%s %s:%" PRIu64 "-%" PRIu64 "\n", drives[n],
                    disk_fault_name(list->fault[i].kind), list->fault[i].first,
                    list->fault[i].last);
    }
}

static bool cmd_fault(Debug *d, const char *args)
{
    char drive[16], text[60];
    DiskFault fault;
    arg_word(&args, drive, sizeof drive);
    arg_word(&args, text, sizeof text);
    if (!arg_end(d, args))
        return false;
    if (!*drive) {
        list_faults(d);
        return true;
    }
    int slot = !strcmp(drive, "cdrom") ? pc_cd_drive(d->pc) : pc_drive(drive);
    DiskFaults *list = slot < 0 ? NULL : pc_faults(d->pc, slot);
    if (!list)
        return debug_fail(d, "%s: no such drive; there are fda, fdb, hda to hdd and cdrom", drive);
    if (!at_rest(d))
        return false;
    bool off = !strcmp(text, "off");
    if (!off && !disk_fault_parse(text, &fault))
        return debug_fail(d, "wanted read, write, missing or timeout, and sectors: read:100-107; "
                             "or off");
    if (off)
        *list = (DiskFaults){.count = 0};
    else if (!disk_faults_add(list, &fault))
        return debug_fail(d, "a drive has at most %d faults; `fault %s off` first", DISK_FAULTS,
                          drive);
    debug_edited(d);
    return true;
}

/* ---- keys and speed
 * ------------------------------------------------------------------------------- */

static bool type_text(Debug *d, const char *text)
{
    KeyStroke strokes[KEY_STROKES_MAX];
    if (!typing_check(text, d->error, sizeof d->error))
        return false;
    past_leave(d->session);
    while (*text) {
        int n = typing_next(&text, strokes);
        if (n && !input_type(&d->session->input, strokes, n))
            return debug_fail(d, "too many keys are on their way; let the machine take some first");
    }
    return true;
}

/* The escapes are those of -type-at: quotes are taken off, the rest is left to typing.c. */
static bool cmd_type(Debug *d, const char *args)
{
    char text[1000];
    size_t n = strlen(args);
    while (n && args[n - 1] == ' ')
        n--;
    if (n >= 2 && *args == '"' && args[n - 1] == '"')
        args++, n -= 2;
    if (!n || n >= sizeof text)
        return debug_fail(d, n ? "the text is too long" : "type what? e.g. `type \"dir\\n\"`");
    memcpy(text, args, n);
    text[n] = 0;
    return type_text(d, text);
}

static bool cmd_sendkey(Debug *d, const char *args)
{
    char text[100], word[90];
    arg_word(&args, word, sizeof word);
    if (!*word || !arg_end(d, args))
        return *word ? false : debug_fail(d, "send which keys? e.g. `sendkey ctrl-alt-del`");
    snprintf(text, sizeof text, "{%s}", word);
    return type_text(d, text);
}

/* A number with its sign: in an expression `3 -2` would be 1. */
static bool arg_move(Debug *d, const char **args, int *v)
{
    char word[20], *end;
    const char *at = *args;
    arg_word(args, word, sizeof word);
    long n = strtol(word, &end, 10);
    if (!*word || *end || n < -1000 || n > 1000) {
        *args = at;
        return debug_fail(d, "how far right and down, -1000 to 1000? e.g. `mouse_move 5 -3`");
    }
    *v = (int)n;
    return true;
}

static bool cmd_mouse_move(Debug *d, const char *args)
{
    Input *in = &d->session->input;
    int dx, dy, dz = 0;
    if (!arg_move(d, &args, &dx) || !arg_move(d, &args, &dy) ||
        (*args && !arg_move(d, &args, &dz)) || !arg_end(d, args))
        return false;
    past_leave(d->session);
    input_mouse(in, dx, dy, dz, in->buttons);
    return true;
}

static bool cmd_mouse_button(Debug *d, const char *args)
{
    u64 buttons;
    if (!arg_number(d, &args, 31, &buttons) || !arg_end(d, args))
        return false;
    past_leave(d->session);
    input_mouse(&d->session->input, 0, 0, 0, (unsigned)buttons);
    return true;
}

static bool cmd_speed(Debug *d, const char *args)
{
    u64 percent;
    int v;
    if (arg_is(&args, "max"))
        v = SPEED_MAX;
    else if (arg_is(&args, "real"))
        v = 100;
    else {
        size_t n = strcspn(args, "%");
        char word[20];
        snprintf(word, sizeof word, "%.*s", (int)(n < 19 ? n : 19), args);
        const char *p = word;
        if (!arg_number(d, &p, 100000, &percent) || !arg_end(d, p))
            return false;
        if (!percent)
            return debug_fail(d, "wanted max, real or N%%");
        args += n + (args[n] == '%');
        v = (int)percent;
    }
    if (!arg_end(d, args))
        return false;
    pace_set(&d->session->pace, d->pc->clock.ips, v, d->pc->clock.now);
    return true;
}

/* ---- screen
 * --------------------------------------------------------------------------------------- */

static bool cmd_screen(Debug *d, const char *args)
{
    if (!arg_end(d, args))
        return false;
    screen_print(&d->pc->vga, d->out);
    return true;
}

static bool cmd_screendump(Debug *d, const char *args)
{
    char path[300];
    if (!arg_string(d, &args, path, sizeof path) || !arg_end(d, args))
        return false;
    const char *dot = strrchr(path, '.');
    if (!dot || (strcmp(dot, ".png") && strcmp(dot, ".txt")))
        return debug_fail(d, "the name must end in .png or .txt");
    return screen_dump(&d->pc->vga, path, d->error, sizeof d->error);
}

const Cmd cmds_devices[] = {
    {"info irq", NULL, "", info_irq,
     "Shows every interrupt line: vector, level, requested, in service, masked", COMPLETE_NOTHING},
    {"info pic", NULL, "", info_pic,
     "Shows the interrupt controllers: what is requested, in service and masked, and why each "
     "request "
     "waits",
     COMPLETE_NOTHING},
    {"info pit", NULL, "", info_pit, "Shows the timer", COMPLETE_NOTHING},
    {"info rtc", NULL, "", info_rtc, "Shows the clock", COMPLETE_NOTHING},
    {"info dma", NULL, "", info_dma, "Shows the DMA channels", COMPLETE_NOTHING},
    {"info kbc", NULL, "", info_kbc, "Shows keyboard controller, keyboard and mouse",
     COMPLETE_NOTHING},
    {"info vga", NULL, "", info_vga, "Shows mode, beam and registers of the VGA", COMPLETE_NOTHING},
    {"info ide", NULL, "", info_ide, "Shows the hard disks", COMPLETE_NOTHING},
    {"info fdc", NULL, "", info_fdc, "Shows the floppy controller and its drives",
     COMPLETE_NOTHING},
    {"info uart", NULL, "", info_uart, "Shows the serial ports", COMPLETE_NOTHING},
    {"info events", NULL, "", info_events,
     "Shows what the devices will do next, by instruction count", COMPLETE_NOTHING},
    {"inb", "in", "PORT", cmd_inb, "Reads a port, with all consequences", COMPLETE_EXPR},
    {"inw", NULL, "PORT", cmd_inw, "Reads a word from a port", COMPLETE_EXPR},
    {"inl", NULL, "PORT", cmd_inl, "Reads a dword from a port", COMPLETE_EXPR},
    {"outb", "out", "PORT V", cmd_outb, "Writes to a port", COMPLETE_EXPR},
    {"outw", NULL, "PORT V", cmd_outw, "Writes a word to a port", COMPLETE_EXPR},
    {"outl", NULL, "PORT V", cmd_outl, "Writes a dword to a port", COMPLETE_EXPR},
    {"irq", NULL, "N raise|lower", cmd_irq, "Drives an interrupt line", COMPLETE_NOTHING},
    {"nmi", NULL, "", cmd_nmi, "Sends a non-maskable interrupt", COMPLETE_NOTHING},
    {"change", NULL, "fda|fdb IMAGE[,ro]", cmd_change, "Puts another floppy into a drive",
     COMPLETE_FILE},
    {"eject", NULL, "fda|fdb", cmd_eject, "Takes the floppy out", COMPLETE_NOTHING},
    {"fault", NULL, "[DRIVE KIND:FIRST[-LAST] | DRIVE off]", cmd_fault,
     "Makes sectors of a medium fail (KIND: read, write, missing, timeout), heals it, or lists "
     "what fails",
     COMPLETE_NOTHING},
    {"type", NULL, "\"TEXT\"", cmd_type,
     "Types a text on the guest's keyboard; \\n is Enter, {ctrl-c} keys by name", COMPLETE_NOTHING},
    {"sendkey", NULL, "KEY[-KEY...]", cmd_sendkey, "Presses keys together, e.g. ctrl-alt-del",
     COMPLETE_NOTHING},
    {"mouse_move", NULL, "DX DY [DZ]", cmd_mouse_move,
     "Moves the guest's mouse right and down, and turns its wheel towards the user",
     COMPLETE_NOTHING},
    {"mouse_button", NULL, "STATE", cmd_mouse_button,
     "Presses buttons of the guest's mouse (sum of 1 left, 2 right, 4 middle) and lets go of the "
     "others",
     COMPLETE_NOTHING},
    {"speed", NULL, "max|real|N%", cmd_speed, "Sets the speed against real time", COMPLETE_NOTHING},
    {0},
};

const Cmd cmds_screen[] = {
    {"layout", NULL, "[tui | off | mem A | output | screen | breaks]", cmd_layout,
     "Opens the full-screen view of registers, code, stack, memory, the guest's screen and "
     "breakpoints, or chooses what it shows; off closes it",
     COMPLETE_EXPR},
    {"screen", NULL, "", cmd_screen, "Prints the guest's text screen", COMPLETE_NOTHING},
    {"screendump", NULL, "F.png|F.txt", cmd_screendump, "Writes the guest's screen to a file",
     COMPLETE_FILE},
    {0},
};
