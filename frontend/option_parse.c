/* option_parse.c: turns the text of one option into fields of Options. Every message names the
 * value and shows what would be right. */
#include "frontend/option_table.h"

#include "devices/pc.h"
#include "frontend/chardev.h"
#include "frontend/models.h"
#include "frontend/regs.h"
#include "frontend/typing.h"
#include "frontend/units.h"

#include <regex.h>
#include <stdarg.h>
#include <stdlib.h>

static void *field_of(Options *o, const Option *row)
{
    return (u8 *)o + row->field;
}

static bool is_on(const char *s)
{
    return !strcmp(s, "on") || !strcmp(s, "yes") || !strcmp(s, "true") || !strcmp(s, "1");
}

static bool is_off(const char *s)
{
    return !strcmp(s, "off") || !strcmp(s, "no") || !strcmp(s, "false") || !strcmp(s, "0");
}

static bool parse_bool(Options *o, const Option *row, const char *text, bool *v)
{
    if (!is_on(text) && !is_off(text))
        return option_error(o, row, "`%.60s` is neither on nor off", text);
    *v = is_on(text);
    return true;
}

bool parse_flag(Options *o, const Option *row, const char *text)
{
    return parse_bool(o, row, text, field_of(o, row));
}

bool parse_string(Options *o, const Option *row, const char *text)
{
    if (!*text)
        return option_error(o, row, "the value is empty; wanted: -%s %s", row->name, row->arg);
    *(const char **)field_of(o, row) = text;
    return true;
}

/* Which word of `choices` text is, from 1; 0: none of them. */
static int choice(const char *choices, const char *text)
{
    size_t n = strlen(text);
    int value = 1;
    for (const char *w = choices; *w; value++) {
        size_t len = strcspn(w, " ");
        if (len == n && !memcmp(w, text, n))
            return value;
        w += len + (w[len] == ' ');
    }
    return 0;
}

/* The field is an enum whose value 0 means "not chosen"; word n of `choices` is value n + 1. */
bool parse_choice(Options *o, const Option *row, const char *text)
{
    int value = choice(row->choices, text);
    if (value) {
        *(int *)field_of(o, row) = value;
        return true;
    }
    return option_error(o, row, "`%.60s` is none of: %s", text, row->choices);
}

bool parse_display(Options *o, const Option *row, const char *text)
{
#ifndef HAVE_SDL
    if (!strcmp(text, "sdl"))
        return option_error(o, row,
                            "this build has no window; install libsdl2-dev and rebuild, or use "
                            "-display text");
#endif
    return parse_choice(o, row, text);
}

/* ---- lists of key=value, with ,, for a comma in a value (QEMU)
 * --------------------------------- */

typedef struct {
    const char *next;
    char item[1024];
    char *value; /* after '=', or NULL */
} ListWalk;

static bool list_next(ListWalk *w)
{
    if (!w->next || !*w->next)
        return false;
    size_t n = 0;
    const char *p = w->next;
    for (; *p && !(p[0] == ',' && p[1] != ','); p++) {
        if (*p == ',')
            p++; /* the second of a pair */
        if (n + 1 < sizeof w->item)
            w->item[n++] = *p;
    }
    w->item[n] = 0;
    w->next = *p ? p + 1 : p;
    w->value = strchr(w->item, '=');
    if (w->value)
        *w->value++ = 0;
    return true;
}

static bool list_bool(Options *o, const Option *row, const ListWalk *w, bool *v)
{
    if (!w->value) {
        *v = true;
        return true;
    }
    return parse_bool(o, row, w->value, v);
}

/* ---- media --------------------------------------------------------------------------------- */

/* F[,ro][,snapshot]...; the disks know how such a text is cut. */
static bool parse_file(Options *o, const Option *row, const char *text, DriveOption *d)
{
    char path[4096], err[256];
    *d = (DriveOption){0};
    if (!*text)
        return option_error(o, row, "the name of the image is empty");
    if (!disk_parse(text, path, sizeof path, &d->how, err, sizeof err))
        return option_error(o, row, "%s", err);
    d->file = options_keep(o, path, strlen(path));
    return true;
}

bool parse_image(Options *o, const Option *row, const char *text)
{
    if (o->image_count == MAX_IMAGES)
        return option_error(o, row, "at most %d images", MAX_IMAGES);
    return parse_file(o, row, text, &o->image[o->image_count++]);
}

bool parse_medium(Options *o, const Option *row, const char *text)
{
    return parse_file(o, row, text, field_of(o, row));
}

static bool place_drive(Options *o, const Option *row, const DriveOption *d, bool floppy, int index)
{
    int first = floppy ? DRIVE_FDA : DRIVE_HDA, count = floppy ? 2 : 4;
    if (index < 0) {
        for (index = 0; index < count &&
                        (o->drive[first + index].file || o->drive[first + index].cd);)
            index++;
    }
    if (index >= count)
        return option_error(o, row, "there are only %d %s drives, index 0 to %d", count,
                            floppy ? "floppy" : "IDE", count - 1);
    o->drive[first + index] = *d;
    return true;
}

static bool drive_item(Options *o, const Option *row, const ListWalk *w, DriveOption *d,
                       bool *floppy, int *index)
{
    const char *v = w->value ? w->value : "";
    u64 n;
    if (!strcmp(w->item, "file"))
        d->file = options_keep(o, v, strlen(v));
    else if (!strcmp(w->item, "if")) {
        *floppy = !strcmp(v, "floppy");
        if (!*floppy && strcmp(v, "ide"))
            return option_error(o, row, "if=%.40s: wanted floppy or ide", v);
    } else if (!strcmp(w->item, "index")) {
        if (!units_number(v, 3, &n))
            return option_error(o, row, "index=%.40s: wanted 0 to 3", v);
        *index = (int)n;
    } else if (!strcmp(w->item, "readonly") || !strcmp(w->item, "ro"))
        return list_bool(o, row, w, &d->how.read_only);
    else if (!strcmp(w->item, "snapshot"))
        return list_bool(o, row, w, &d->how.snapshot);
    else if (!strcmp(w->item, "format")) {
        d->how.raw = !strcmp(v, "raw");
        if (!*v || strlen(v) >= sizeof d->how.format)
            return option_error(o, row, "format=%.40s: wanted raw, vhd, qcow2, vdi, vmdk, imd, "
                                        "teledisk, cue or bin", v);
        strcpy(d->how.format, v);
    } else if (!strcmp(w->item, "refs") && !strcmp(v, "any")) {
        d->how.refs_any = true;
    } else if (!strcmp(w->item, "overlay")) {
        if (!*v || strlen(v) >= sizeof d->how.overlay)
            return option_error(o, row, "overlay= wants the name of a file");
        strcpy(d->how.overlay, v);
    } else if (!strcmp(w->item, "fault")) {
        DiskFault fault;
        if (!disk_fault_parse(v, &fault))
            return option_error(o, row, "fault=%.40s: wanted KIND:FIRST or KIND:FIRST-LAST, "
                                        "sectors from 0; KIND is read, write, missing or "
                                        "timeout", v);
        if (!disk_faults_add(&d->how.faults, &fault))
            return option_error(o, row, "at most %d faults for a drive", DISK_FAULTS);
    } else if (!strcmp(w->item, "media")) {
        d->cd = !strcmp(v, "cdrom");
        if (!d->cd && strcmp(v, "disk"))
            return option_error(o, row, "media=%.40s: wanted disk or cdrom", v);
    } else
        return option_error(o, row, "unknown key `%.40s`; wanted %s", w->item, row->arg);
    return true;
}

bool parse_drive(Options *o, const Option *row, const char *text)
{
    DriveOption d = {0};
    bool floppy = false;
    int index = -1;
    ListWalk w = {.next = text};
    while (list_next(&w)) {
        if (!drive_item(o, row, &w, &d, &floppy, &index))
            return false;
    }
    if (d.cd && floppy)
        return option_error(o, row, "media=cdrom goes with if=ide");
    if (d.file ? !*d.file : !d.cd)
        return option_error(o, row, "file= is missing; wanted %s", row->arg);
    return place_drive(o, row, &d, floppy, index);
}

static bool boot_order(Options *o, const Option *row, const char *order)
{
    size_t n = strlen(order);
    if (!n || n >= sizeof o->boot || strspn(order, "acd") != n)
        return option_error(o, row, "`%.40s`: the order is made of a (floppy), c (hard disk) and d "
                            "(CD)", order);
    memcpy(o->boot, order, n + 1);
    return true;
}

bool parse_boot(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    while (list_next(&w)) {
        bool ok;
        if (!w.value)
            ok = boot_order(o, row, w.item);
        else if (!strcmp(w.item, "order"))
            ok = boot_order(o, row, w.value);
        else if (!strcmp(w.item, "menu"))
            ok = parse_bool(o, row, w.value, &o->boot_menu);
        else
            ok = option_error(o, row, "unknown key `%.40s`; wanted %s", w.item, row->arg);
        if (!ok)
            return false;
    }
    return *text ? true : boot_order(o, row, text);
}

/* ---- machine ------------------------------------------------------------------------------- */

/* MiB, or a number with a unit. */
static bool parse_size(Options *o, const Option *row, const char *text, u64 *v)
{
    char with_unit[40];
    size_t n = strlen(text);
    bool bare = n && text[n - 1] >= '0' && text[n - 1] <= '9' && n < sizeof with_unit - 1;
    snprintf(with_unit, sizeof with_unit, "%s%s", text, bare ? "M" : "");
    return units_scaled(with_unit, 1, 1024, v) ||
           option_error(o, row, "`%.40s` is no size; wanted MiB, or a number with K, M or G", text);
}

bool parse_log_limit(Options *o, const Option *row, const char *text)
{
    return parse_size(o, row, text, &o->log_limit);
}

bool parse_history(Options *o, const Option *row, const char *text)
{
    u64 v;
    if (!parse_size(o, row, text, &v))
        return false;
    if (v && v < HISTORY_MIN)
        return option_error(o, row, "%.40s is too little to keep anything; wanted at least 1M, or "
                                    "0 for none", text);
    o->history = v;
    return true;
}

bool parse_memory(Options *o, const Option *row, const char *text)
{
    u64 v;
    if (!parse_size(o, row, text, &v))
        return false;
    if (v < PC_RAM_MIN || v > PC_RAM_MAX)
        return option_error(o, row, "%.40s is out of range; the machine takes 256K to 3G", text);
    o->memory = v;
    return true;
}

bool parse_cpu(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    if (!list_next(&w))
        return option_error(o, row, "the model is missing; -cpu help lists them");
    if (!strcmp(w.item, "help")) {
        o->cpu_help = text;
        return true;
    }
    const CpuInfo *m = model_find(w.item);
    if (!m)
        return option_error(o, row, "unknown model `%.40s`; there are %s", w.item, row->choices);
    o->cpu = m->model;
    o->no_fpu = false;
    while (list_next(&w)) {
        bool fpu;
        if (strcmp(w.item, "fpu"))
            return option_error(o, row, "unknown key `%.40s`; wanted %s", w.item, row->arg);
        if (!list_bool(o, row, &w, &fpu))
            return false;
        o->no_fpu = !fpu;
    }
    return true;
}

static bool ega_item(Options *o, const Option *row, const ListWalk *w)
{
    const char *v = w->value ? w->value : "";
    if (!strcmp(w->item, "monitor")) {
        o->ega_monitor = (EgaMonitor)choice("ecd cd mono", v);
        if (!o->ega_monitor)
            return option_error(o, row, "monitor=%.40s: wanted ecd, cd or mono", v);
        return true;
    }
    if (strcmp(w->item, "memory"))
        return option_error(o, row, "unknown key `%.40s`; an EGA has monitor and memory", w->item);
    int n = choice("64 128 256", v);
    if (!n)
        return option_error(o, row, "memory=%.40s: wanted 64, 128 or 256", v);
    o->ega_memory = 32 << n;
    return true;
}

bool parse_video(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    if (!list_next(&w) || w.value)
        return parse_choice(o, row, text);
    if (!parse_choice(o, row, w.item))
        return false;
    o->ega_monitor = EGA_AUTO;
    o->ega_memory = 0;
    while (list_next(&w)) {
        if (o->video != VIDEO_EGA)
            return option_error(o, row, "only ega has keys, not `%.40s`", w.item);
        if (!ega_item(o, row, &w))
            return false;
    }
    return true;
}

bool parse_ips(Options *o, const Option *row, const char *text)
{
    if (!units_scaled(text, 1, 1000, &o->ips))
        return option_error(o, row, "`%.40s` is no number; wanted e.g. 400K, 30M or 100000000",
                            text);
    if (o->ips < 10000 || o->ips > 100000000000u)
        return option_error(o, row, "%.40s is out of range; wanted 10K to 100G", text);
    return true;
}

bool parse_rtc(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    while (list_next(&w)) {
        const char *base = w.value && !strcmp(w.item, "base") ? w.value : w.value ? NULL : w.item;
        if (!base)
            return option_error(o, row, "unknown key `%.40s`; wanted %s", w.item, row->arg);
        if (!strcmp(base, "utc"))
            o->rtc = RTC_UTC;
        else if (!strcmp(base, "localtime"))
            o->rtc = RTC_LOCALTIME;
        else if (units_date(base, &o->rtc_date))
            o->rtc = RTC_DATE;
        else
            return option_error(o, row,
                                "`%.40s`: wanted utc, localtime or a date such as "
                                "1995-08-24T12:00:00 (1980 to 2079)",
                                base);
    }
    return true;
}

bool parse_option_rom(Options *o, const Option *row, const char *text)
{
    if (o->option_rom_count == MAX_OPTION_ROMS)
        return option_error(o, row, "at most %d", MAX_OPTION_ROMS);
    RomOption *r = &o->option_rom[o->option_rom_count];
    const char *at = strrchr(text, '@');
    u64 addr;
    *r = (RomOption){.file = text};
    if (at && at[1] && strspn(at + 1, "0123456789abcdefABCDEFxX") == strlen(at + 1)) {
        if (!units_hex(at + 1, UINT32_MAX, &addr) || addr < 0xC0000 || addr > 0xEF800 ||
            addr & 0x7FF)
            return option_error(o, row,
                                "address %.40s: option ROMs sit at a multiple of 0x800 from "
                                "0xC0000 to 0xEF800",
                                at + 1);
        r->addr = (u32)addr;
        r->file = options_keep(o, text, (size_t)(at - text));
    }
    if (!*r->file)
        return option_error(o, row, "the name of the file is empty");
    o->option_rom_count++;
    return true;
}

bool parse_load(Options *o, const Option *row, const char *text)
{
    if (o->load_count == MAX_LOADS)
        return option_error(o, row, "at most %d", MAX_LOADS);
    LoadOption *l = &o->load[o->load_count];
    const char *at = strrchr(text, '@');
    if (!at || at == text || !units_far(at + 1, &l->seg, &l->off))
        return option_error(
            o, row, "`%.60s`: wanted FILE@SEG:OFF in hexadecimal, e.g. test.bin@0:7c00", text);
    l->file = options_keep(o, text, (size_t)(at - text));
    o->load_count++;
    return true;
}

bool parse_entry(Options *o, const Option *row, const char *text)
{
    if (!units_far(text, &o->entry_seg, &o->entry_off))
        return option_error(o, row, "`%.40s`: wanted SEG:OFF in hexadecimal, e.g. 0:7c00", text);
    o->has_entry = true;
    return true;
}

bool parse_regs(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    while (list_next(&w)) {
        const RegInfo *r = reg_find(w.item);
        u64 v;
        if (!r)
            return option_error(o, row, "unknown register `%.20s`; wanted e.g. eax=1,cs=0x7c0",
                                w.item);
        if (!w.value || !units_number(w.value, r->bits == 16 ? 0xFFFF : 0xFFFFFFFF, &v))
            return option_error(o, row, "%s: `%.40s` is no %d-bit number (0x for hexadecimal)",
                                r->name, w.value ? w.value : "", r->bits);
        if (o->reg_count == MAX_REGS)
            return option_error(o, row, "at most %d registers", MAX_REGS);
        o->reg[o->reg_count++] = (RegOption){.reg = r, .value = (u32)v};
    }
    return true;
}

static bool parse_port(Options *o, const Option *row, const ListWalk *w, u16 *port)
{
    u64 v;
    if (!w->value || !units_number(w->value, 0xFFFF, &v) || !v)
        return option_error(o, row, "%s=%.40s: wanted a port from 1 to 0xffff", w->item,
                            w->value ? w->value : "");
    *port = (u16)v;
    return true;
}

static bool parse_debug_exit(Options *o, const Option *row, ListWalk w)
{
    u16 size;
    o->debug_exit_port = 0xF4;
    o->debug_exit_raw = false;
    while (list_next(&w)) {
        bool ok;
        if (!strcmp(w.item, "iobase"))
            ok = parse_port(o, row, &w, &o->debug_exit_port);
        else if (!strcmp(w.item, "iosize"))
            ok = parse_port(o, row, &w, &size); /* QEMU's; every width is decoded here */
        else if (!strcmp(w.item, "raw"))
            ok = list_bool(o, row, &w, &o->debug_exit_raw);
        else
            ok = option_error(o, row, "unknown key `%.40s`; wanted %s", w.item, row->arg);
        if (!ok)
            return false;
    }
    return true;
}

static bool parse_fm(Options *o, const Option *row, ListWalk w, PcFm fm)
{
    if (list_next(&w))
        return option_error(o, row, "unknown key `%.40s`: this card has no settings", w.item);
    o->sound.fm = fm;
    return true;
}

/* One of the numbers of a list such as "5 7 10". */
static bool parse_one_of(Options *o, const Option *row, const ListWalk *w, const char *list,
                         u8 *value)
{
    u64 v;
    bool number = w->value && units_number(w->value, 255, &v);
    for (const char *p = list; number && *p; p += strspn(p, " ")) {
        char *end;
        if (strtoul(p, &end, 10) == v) {
            *value = v ? (u8)v : PC_NONE;
            return true;
        }
        p = end;
    }
    return option_error(o, row, "%s=%.40s: wanted one of %s", w->item, w->value ? w->value : "",
                        list);
}

static bool parse_sb_item(Options *o, const Option *row, const ListWalk *w)
{
    PcSound *s = &o->sound;
    if (!strcmp(w->item, "irq"))
        return parse_one_of(o, row, w, "2 5 7 10", &s->sb_irq);
    if (!strcmp(w->item, "dma"))
        return parse_one_of(o, row, w, "0 1 3", &s->sb_dma);
    if (!strcmp(w->item, "dma16") && s->sb == SB_16)
        return parse_one_of(o, row, w, "5 6 7 0", &s->sb_dma16);
    if (strcmp(w->item, "iobase"))
        return option_error(o, row, "unknown key `%.40s`; wanted iobase, irq, dma%s", w->item,
                            s->sb == SB_16 ? " or dma16" : "");
    if (!parse_port(o, row, w, &s->sb_base))
        return false;
    if (s->sb_base % 0x20 || s->sb_base < 0x220 || s->sb_base > 0x280)
        return option_error(o, row, "iobase=%s: wanted 0x220, 0x240, 0x260 or 0x280", w->value);
    return true;
}

static bool parse_sb(Options *o, const Option *row, ListWalk w, SbKind kind)
{
    o->sound.sb = kind;
    o->sound.sb_base = 0;
    o->sound.sb_irq = o->sound.sb_dma = o->sound.sb_dma16 = 0;
    while (list_next(&w))
        if (!parse_sb_item(o, row, &w))
            return false;
    return true;
}

static bool parse_mpu(Options *o, const Option *row, ListWalk w)
{
    PcSound *s = &o->sound;
    s->mpu_base = 0x330;
    s->mpu_irq = 0;
    while (list_next(&w)) {
        if (!strcmp(w.item, "irq")) {
            if (!parse_one_of(o, row, &w, "2 3 5 7 9", &s->mpu_irq))
                return false;
        } else if (strcmp(w.item, "iobase")) {
            return option_error(o, row, "unknown key `%.40s`; wanted iobase or irq", w.item);
        } else if (!parse_port(o, row, &w, &s->mpu_base)) {
            return false;
        }
    }
    return true;
}

static bool parse_lpt_dac(Options *o, const Option *row, ListWalk w, PcLptDac kind)
{
    if (list_next(&w))
        return option_error(o, row, "unknown key `%.40s`: it is at the first printer port", w.item);
    o->sound.lpt_dac = kind;
    return true;
}

bool parse_device(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    if (list_next(&w) && !w.value) {
        if (!strcmp(w.item, "isa-debug-exit"))
            return parse_debug_exit(o, row, w);
        if (!strcmp(w.item, "adlib"))
            return parse_fm(o, row, w, PC_FM_OPL2);
        if (!strcmp(w.item, "opl3"))
            return parse_fm(o, row, w, PC_FM_OPL3);
        if (!strcmp(w.item, "mpu401"))
            return parse_mpu(o, row, w);
        if (!strcmp(w.item, "covox") || !strcmp(w.item, "disney"))
            return parse_lpt_dac(o, row, w, *w.item == 'c' ? PC_LPT_COVOX : PC_LPT_DISNEY);
        static const char *const sb[] = {"", "sb1", "sb2", "sbpro", "sb16"};
        for (int kind = SB_1; kind <= SB_16; kind++)
            if (!strcmp(w.item, sb[kind]))
                return parse_sb(o, row, w, (SbKind)kind);
    }
    return option_error(o, row, "unknown device `%.60s`; there are: %s", text, row->choices);
}

/* ---- host side ----------------------------------------------------------------------------- */

bool parse_scale(Options *o, const Option *row, const char *text)
{
    u64 v;
    if (!units_number(text, 10, &v) || !v)
        return option_error(o, row, "`%.40s`: wanted 1 to 10", text);
    o->scale = (int)v;
    return true;
}

static bool parse_sdl_sound(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    u64 ms;
    while (list_next(&w)) {
        if (strcmp(w.item, "latency"))
            return option_error(o, row, "unknown key `%.40s`; wanted %s", w.item, row->arg);
        if (!w.value || !units_number(w.value, 500, &ms) || ms < AUDIO_LATENCY_LEAST)
            return option_error(o, row, "latency=%.40s: wanted 20 to 500 milliseconds",
                                w.value ? w.value : "");
        o->audio_latency = (int)ms;
    }
    return true;
}

bool parse_audio(Options *o, const Option *row, const char *text)
{
    o->audio_latency = AUDIO_LATENCY_MS;
    if (!strcmp(text, "none")) {
        o->audio = SOUND_NONE;
    } else if (!strncmp(text, "wav:", 4) && text[4]) {
        o->audio = SOUND_WAV;
        o->audio_file = text + 4;
    } else if (!strcmp(text, "sdl") || !strncmp(text, "sdl,", 4)) {
#ifndef HAVE_SDL
        return option_error(o, row, "this build has no sound device; install libsdl2-dev and "
                                    "rebuild, or use -audio wav:F");
#endif
        o->audio = SOUND_SDL;
        return parse_sdl_sound(o, row, text + 3 + (text[3] == ','));
    } else {
        return option_error(o, row, "`%.60s`: wanted %s", text, row->arg);
    }
    return true;
}

bool parse_audio_in(Options *o, const Option *row, const char *text)
{
    if (strncmp(text, "wav:", 4) || !text[4])
        return option_error(o, row, "`%.60s`: wanted %s", text, row->arg);
    o->audio_in = text + 4;
    return true;
}

bool parse_speed(Options *o, const Option *row, const char *text)
{
    char number[16];
    size_t n = strlen(text);
    u64 v;
    if (!strcmp(text, "max"))
        o->speed = SPEED_MAX;
    else if (!strcmp(text, "real"))
        o->speed = 100;
    else {
        snprintf(number, sizeof number, "%s", text);
        if (n < 2 || n >= sizeof number || text[n - 1] != '%')
            return option_error(o, row, "`%.40s`: wanted max, real or a percentage such as 50%%",
                                text);
        number[n - 1] = 0;
        if (!units_number(number, 100000, &v) || !v)
            return option_error(o, row, "`%.40s`: wanted 1%% to 100000%%", text);
        o->speed = (int)v;
    }
    return true;
}

static bool check_chardev(Options *o, const Option *row, const char *text)
{
    char err[256];
    return chardev_check(text, err, sizeof err) || option_error(o, row, "%s", err);
}

bool parse_serial(Options *o, const Option *row, const char *text)
{
    if (o->serial_count == MAX_SERIAL)
        return option_error(o, row, "the machine has %d serial ports", MAX_SERIAL);
    bool mouse = !strcmp(text, "msmouse");
    if (mouse && o->serial_mouse)
        return option_error(o, row, "there can be one msmouse");
    if (!mouse && !check_chardev(o, row, text))
        return false;
    o->serial_mouse = mouse ? (u8)(o->serial_count + 1) : o->serial_mouse;
    o->serial[o->serial_count++] = mouse ? "null" : text;
    return true;
}

bool parse_chardev(Options *o, const Option *row, const char *text)
{
    if (!check_chardev(o, row, text))
        return false;
    *(const char **)field_of(o, row) = text;
    return true;
}

bool parse_debugcon(Options *o, const Option *row, const char *text)
{
    const char *comma = strrchr(text, ',');
    if (comma && !strncmp(comma, ",port=", 6)) {
        ListWalk w = {.next = comma + 1};
        if (!list_next(&w) || !parse_port(o, row, &w, &o->debugcon_port))
            return false;
        text = options_keep(o, text, (size_t)(comma - text));
    }
    return parse_chardev(o, row, text);
}

/* ---- debugger ------------------------------------------------------------------------------ */

bool parse_script(Options *o, const Option *row, const char *text)
{
    if (o->script_count == MAX_SCRIPTS)
        return option_error(o, row, "at most %d", MAX_SCRIPTS);
    if (!*text)
        return option_error(o, row, "the value is empty; wanted: -%s %s", row->name, row->arg);
    o->script[o->script_count++] = (ScriptOption){text, !strcmp(row->name, "x")};
    return true;
}

/* -s is a flag, -gdb takes a device; QEMU's tcp::1234 needs no ",server". */
bool parse_gdb(Options *o, const Option *row, const char *text)
{
    char err[300];
    bool on;
    if (row->flags & OPT_FLAG) {
        if (!parse_bool(o, row, text, &on))
            return false;
        if (on)
            o->gdb = "tcp::1234";
        return true;
    }
    if (!chardev_check(text, err, sizeof err))
        return option_error(o, row, "%s", err);
    o->gdb = text;
    return true;
}

bool parse_magic(Options *o, const Option *row, const char *text)
{
    static const char *const names[] = {"bx", "cx", "dx", "sp", "bp", "si", "di"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!strcmp(text, names[i])) {
            o->magic = names[i];
            return true;
        }
    }
    return option_error(o, row, "`%.20s`: wanted one of %s", text, row->choices);
}

/* ---- limits, tests, logs ------------------------------------------------------------------- */

bool parse_max_insns(Options *o, const Option *row, const char *text)
{
    if (!units_scaled(text, 1, 1000, &o->max_insns) || !o->max_insns)
        return option_error(o, row, "`%.40s`: wanted a number of instructions, e.g. 5000000 or 5M",
                            text);
    return true;
}

/* Anything above would overflow when it is turned into instructions. */
#define MAX_SECONDS_US (1000000000ull * 1000000)

bool parse_golden(Options *o, const Option *row, const char *text)
{
    if (o->golden_count == MAX_GOLDEN)
        return option_error(o, row, "at most %d files at a time", MAX_GOLDEN);
    o->golden[o->golden_count++] = text;
    return true;
}

bool parse_golden_record(Options *o, const Option *row, const char *text)
{
    const char *comma = strchr(text, ',');
    GoldenOption *r = &o->golden_at[o->golden_at_count];
    if (o->golden_at_count == MAX_GOLDEN_AT)
        return option_error(o, row, "at most %d of them", MAX_GOLDEN_AT);
    if (!comma || !comma[1] ||
        !units_scaled(options_keep(o, text, (size_t)(comma - text)), 1, 1000, &r->at))
        return option_error(o, row, "`%.40s`: wanted a number of instructions and a file, N,F",
                            text);
    r->file = comma + 1;
    o->golden_at_count++;
    return true;
}

bool parse_timeout(Options *o, const Option *row, const char *text)
{
    if (!units_scaled(text, 1000000, 0, &o->timeout_us) || !o->timeout_us ||
        o->timeout_us > MAX_SECONDS_US)
        return option_error(o, row, "`%.40s`: wanted guest seconds, e.g. 30 or 2.5", text);
    return true;
}

bool parse_pattern(Options *o, const Option *row, const char *text)
{
    PatternList *list = field_of(o, row);
    regex_t re;
    char why[128];
    if (!*text)
        return option_error(o, row, "the expression is empty and would match at once");
    int bad = regcomp(&re, text, REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
    if (bad) {
        regerror(bad, &re, why, sizeof why);
        return option_error(o, row, "`%.80s` is no POSIX extended regular expression: %s", text,
                            why);
    }
    regfree(&re);
    if (list->count == MAX_PATTERNS)
        return option_error(o, row, "at most %d", MAX_PATTERNS);
    list->re[list->count++] = text;
    return true;
}

bool parse_type_at(Options *o, const Option *row, const char *text)
{
    const char *comma = strchr(text, ',');
    char number[32], why[160];
    TypeOption *t = &o->typed[o->typed_count];
    if (o->typed_count == MAX_TYPED)
        return option_error(o, row, "at most %d", MAX_TYPED);
    if (!comma || comma - text >= (long)sizeof number)
        return option_error(o, row, "`%.60s`: wanted T,TEXT, e.g. 3,dir\\n", text);
    memcpy(number, text, (size_t)(comma - text));
    number[comma - text] = 0;
    if (!units_scaled(number, 1000000, 0, &t->us) || t->us > MAX_SECONDS_US)
        return option_error(o, row, "`%.30s` is no time in guest seconds, e.g. 3 or 2.5", number);
    if (!typing_check(comma + 1, why, sizeof why))
        return option_error(o, row, "%s", why);
    t->text = comma + 1;
    o->typed_count++;
    return true;
}

bool parse_savevm_at(Options *o, const Option *row, const char *text)
{
    const char *comma = strchr(text, ',');
    char number[32];
    SaveOption *s = &o->save[o->save_count];
    if (o->save_count == MAX_SAVES)
        return option_error(o, row, "at most %d", MAX_SAVES);
    if (!comma || !comma[1] || comma - text >= (long)sizeof number)
        return option_error(o, row, "`%.60s`: wanted N,F, e.g. 500M,ready.state", text);
    memcpy(number, text, (size_t)(comma - text));
    number[comma - text] = 0;
    if (!units_scaled(number, 1, 1000, &s->insn))
        return option_error(o, row, "`%.30s` is no number of instructions, e.g. 5000000 or 5M",
                            number);
    s->file = comma + 1;
    o->save_count++;
    return true;
}

bool parse_screendump(Options *o, const Option *row, const char *text)
{
    const char *dot = strrchr(text, '.');
    if (!dot || (strcmp(dot, ".png") && strcmp(dot, ".txt")))
        return option_error(
            o, row, "`%.80s`: the name must end in .png (picture) or .txt (text screen)", text);
    if (o->screendump_count == MAX_DUMPS)
        return option_error(o, row, "at most %d", MAX_DUMPS);
    o->screendump[o->screendump_count++] = text;
    return true;
}

static const struct {
    const char *name;
    u32 bit;
} log_items[] = {
    {"io", LOG_IO},   {"int", LOG_INT},   {"irq", LOG_IRQ},
    {"exc", LOG_EXC}, {"insn", LOG_INSN}, {"reset", LOG_RESET},
    {"mmu", LOG_MMU}, {"pf", LOG_PF},     {"dev", LOG_DEV},
    {"sens", LOG_SENS}, {"guest_errors", LOG_GUEST},
};

bool parse_log(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    o->log = 0;
    while (list_next(&w)) {
        u32 bit = 0;
        for (size_t i = 0; i < ARRAY_LEN(log_items); i++) {
            if (!strcmp(w.item, log_items[i].name))
                bit = log_items[i].bit;
        }
        if (!bit)
            return option_error(o, row, "unknown item `%.40s`; there are %s", w.item, row->choices);
        o->log |= bit;
    }
    return true;
}

/* A-B, A..B, A+LEN, A; and QEMU's A-LEN, "LEN bytes that end at A", when the second number is
 * the smaller. */
static bool parse_range(const char *s, RangeOption *r)
{
    char head[32];
    size_t n = strcspn(s, "-+.");
    u64 a, b;
    if (n >= sizeof head)
        return false;
    memcpy(head, s, n);
    head[n] = 0;
    if (!units_number(head, UINT32_MAX, &a))
        return false;
    char op = s[n];
    if (!op)
        b = a;
    else if (op == '.' && s[n + 1] != '.')
        return false;
    else if (!units_number(s + n + 1 + (op == '.'), UINT32_MAX, &b))
        return false;
    else if (op == '+')
        b = b ? a + b - 1 : a;
    else if (op == '-' && b < a) {
        u64 last = a;
        a = a - b + 1;
        b = last;
    }
    *r = (RangeOption){(u32)a, (u32)b};
    return a <= b && b <= UINT32_MAX;
}

bool parse_filter(Options *o, const Option *row, const char *text)
{
    ListWalk w = {.next = text};
    o->filter_count = 0;
    while (list_next(&w)) {
        if (o->filter_count == MAX_FILTERS)
            return option_error(o, row, "at most %d ranges", MAX_FILTERS);
        if (w.value || !parse_range(w.item, &o->filter[o->filter_count++]))
            return option_error(o, row, "`%.60s` is no range; wanted e.g. 0x3f8-0x3ff or 0x60+8",
                                w.item);
    }
    return true;
}
