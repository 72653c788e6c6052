/* machine.c: see machine.h. */
#include "frontend/machine.h"

#include "frontend/exit.h"
#include "frontend/raw.h"
#include "frontend/say.h"
#include "frontend/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- firmware ------------------------------------------------------------------------------ */

static bool take_rom(Rom *r, PcRom *out, RomKind kind, const char *path, char *err, size_t errlen)
{
    if (!path)
        rom_builtin(r, kind);
    else if (!rom_load(r, kind, path, err, errlen))
        return false;
    if (*r->note)
        say("%s", r->note);
    out->data = r->data;
    out->size = r->size;
    return true;
}

static bool take_firmware(Machine *m, const Options *o, PcConfig *cfg, char *err, size_t errlen)
{
    bool raw = o->load_count || o->has_entry; /* no firmware but what was asked for */
    bool no_vga = o->vgabios ? !strcmp(o->vgabios, "none") : raw;
    if ((!raw || o->bios) && !take_rom(&m->bios, &cfg->bios, ROM_BIOS, o->bios, err, errlen))
        return false;
    RomKind video = o->video == VIDEO_EGA ? ROM_EGA : o->video > VIDEO_STD ? ROM_CARD : ROM_VGA;
    if (!no_vga && !take_rom(&m->vgabios, &cfg->vgabios, video, o->vgabios, err, errlen))
        return false;
    for (int i = 0; i < o->option_rom_count; i++) {
        cfg->option_rom[i].addr = o->option_rom[i].addr;
        if (!take_rom(&m->option_rom[i], &cfg->option_rom[i], ROM_OPTION, o->option_rom[i].file,
                      err, errlen))
            return false;
    }
    return true;
}

/* A kernel among the images, and the ROM that starts it. */
static bool take_kernel(Machine *m, const Options *o, PcConfig *cfg, char *err, size_t errlen)
{
    int rom = o->option_rom_count;
    for (int i = 0; i < o->image_count; i++) {
        const char *file = o->image[i].file;
        if (!multiboot_is(file))
            continue;
        if (cfg->kernel.data || rom == MAX_OPTION_ROMS || o->cpu < CPU_386) {
            snprintf(err, errlen, "%s is a Multiboot kernel, %s", file,
                     cfg->kernel.data       ? "and another is there already; name one"
                     : rom == MAX_OPTION_ROMS ? "which needs the place of an option ROM; name fewer"
                                              : "which needs -cpu 386 or later");
            return false;
        }
        u64 ram = cfg->ram ? cfg->ram : PC_RAM_DEFAULT;
        if (!multiboot_load(&m->kernel, file, o->append, ram, err, errlen))
            return false;
        cfg->kernel = m->kernel.kernel;
        take_rom(&m->option_rom[rom], &cfg->option_rom[rom], ROM_OPTION, NULL, err, errlen);
    }
    return true;
}

/* ---- the whole ----------------------------------------------------------------------------- */

/* A clock that shows the host's time makes every run different; where runs are compared it
 * stands still. */
static s64 clock_face(const Options *o)
{
    bool repeatable = o->batch || o->display == DISPLAY_NONE;
    time_t now = time(NULL);
    if (o->rtc == RTC_DATE)
        return o->rtc_date;
    if (o->rtc == RTC_AUTO && repeatable)
        return units_days(1995, 8, 24) * 86400 + 12 * 3600;
    struct tm tm;
    if (o->rtc == RTC_UTC || !localtime_r(&now, &tm))
        return now;
    return now + tm.tm_gmtoff;
}

static void describe_video(const Options *o, PcConfig *cfg)
{
    static const u8 switches[] = {VGA_SWITCHES_ECD, VGA_SWITCHES_ECD, VGA_SWITCHES_CD,
                                  VGA_SWITCHES_MONO};
    if (o->video <= VIDEO_STD)
        return;
    if (o->video == VIDEO_EGA) {
        cfg->video = VGA_CARD_EGA;
        cfg->ega_switches = switches[o->ega_monitor];
        cfg->ega_memory = o->ega_memory ? (u8)(o->ega_memory / 64) : 4;
        return;
    }
    cfg->video = o->video == VIDEO_CGA ? VGA_CARD_CGA : VGA_CARD_HERCULES;
    cfg->glyph_lines = o->video == VIDEO_CGA ? 8 : 14;
    cfg->glyphs = rom_glyphs(cfg->glyph_lines);
}

static void describe(const Machine *m, const Options *o, PcConfig *cfg)
{
    describe_video(o, cfg);
    cfg->border = o->border == BORDER_ON;
    cfg->pci = o->board == BOARD_PCI;
    cfg->ram = o->memory;
    cfg->cpu = (CpuModel)o->cpu;
    cfg->no_fpu = o->no_fpu;
    cfg->ips = o->ips;
    cfg->rtc = clock_face(o);
    media_describe(&m->media, cfg);
    cfg->shadow_ram = o->bios; /* foreign firmware keeps variables in its own image */
    memcpy(cfg->boot, o->boot, sizeof cfg->boot);
    cfg->boot_menu = o->boot_menu;
    cfg->sound = o->sound;
    cfg->joystick = o->joystick > JOYSTICK_NONE;
    cfg->serial_mouse = o->serial_mouse;
    cfg->debug_exit_port = o->debug_exit_port;
    cfg->debugcon_port = o->debugcon_port;
}

int machine_build(Machine *m, const Options *o, const PcHooks *hooks, char *err, size_t errlen)
{
    PcConfig cfg = {.hooks = *hooks};
    memset(m, 0, sizeof *m);
    int status = media_open(&m->media, o, err, errlen);
    if (!status && !take_firmware(m, o, &cfg, err, errlen))
        status = EXIT_NOINPUT;
    describe(m, o, &cfg);
    if (!status && !take_kernel(m, o, &cfg, err, errlen))
        status = EXIT_NOINPUT;
    if (!status) {
        m->pc = calloc(1, sizeof *m->pc);
        if (!m->pc)
            panic("out of host memory for the machine");
        if (!pc_init(m->pc, &cfg, err, errlen)) {
            free(m->pc);
            m->pc = NULL;
            status = EXIT_USAGE;
        }
    }
    if (!status && o->core)
        cpu_select_core(&m->pc->cpu, (CpuCore)(o->core - 1));
    if (!status)
        status = raw_start(m->pc, o, err, errlen);
    if (status)
        machine_free(m);
    return status;
}

bool machine_free(Machine *m)
{
    bool ok = true;
    if (m->pc)
        pc_free(m->pc);
    free(m->pc);
    ok &= media_close(&m->media);
    rom_free(&m->bios);
    rom_free(&m->vgabios);
    multiboot_free(&m->kernel);
    for (int i = 0; i < MAX_OPTION_ROMS; i++)
        rom_free(&m->option_rom[i]);
    memset(m, 0, sizeof *m);
    return ok;
}
