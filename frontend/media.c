/* media.c: see media.h. */
#include "frontend/media.h"

#include "bios/roms.h"
#include "frontend/exit.h"
#include "frontend/multiboot.h"
#include "frontend/say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const drive_names[DRIVE_COUNT] = {"fda", "fdb", "hda", "hdb", "hdc", "hdd"};

enum { QUIET_NS = 1000000000 };

/* ---- opening --------------------------------------------------------------------------------- */

static void on_disk_error(void *ctx, const char *message)
{
    Media *m = ctx;
    m->failed = true;
    say("%s", message);
}

/* A person is there (m->wait): what the guest wants to save is not lost to a full disk. */
static bool on_trouble(void *ctx, const char *message)
{
    Media *m = ctx;
    if (!message || !m->waiting)
        say("%s", message ? message : "the host's disk takes it now; the machine goes on");
    m->waiting = message && m->wait && m->wait(m->wait_ctx);
    return m->waiting;
}

/* Whoever watches a medium hears of its host's trouble. */
static void watch(Media *m, Disk *disk)
{
    disk_on_error(disk, on_disk_error, m);
    disk_on_trouble(disk, m->wait ? on_trouble : NULL, m);
}

/* -overlay F: the first disk has F, any other F.NAME, after its drive. */
static bool choose_overlay(const Media *m, const Options *o, DiskKind kind, int slot,
                           DiskOptions *how, char *err, size_t errlen)
{
    if (!o->overlay || *how->overlay || kind == DISK_CD || how->read_only)
        return true;
    bool first = true;
    for (int i = 0; i < DRIVE_COUNT; i++)
        first &= !m->disk[i] || m->disk[i]->kind == DISK_CD;
    int n = snprintf(how->overlay, sizeof how->overlay, "%s%s%s", o->overlay, first ? "" : ".",
                     first ? "" : drive_names[slot]);
    if (n < (int)sizeof how->overlay)
        return true;
    snprintf(err, errlen, "-overlay: the name is too long; use a shorter path");
    return false;
}

static Disk *open_medium(Media *m, const Options *o, const DriveOption *d, DiskKind kind, int slot,
                         char *err, size_t errlen)
{
    DiskOptions how = d->how;
    how.kind = kind;
    how.snapshot |= o->snapshot;
    if (!choose_overlay(m, o, kind, slot, &how, err, errlen))
        return NULL;
    Disk *disk = disk_open(d->file, &how, err, errlen);
    if (!disk)
        return NULL;
    watch(m, disk);
    if (*disk->note)
        say("%s", disk->note);
    return disk;
}

static bool is_free(const Media *m, int slot)
{
    return !m->disk[slot] && (slot < DRIVE_HDA || !m->cd[slot - DRIVE_HDA]);
}

static int free_drive(const Media *m, DiskKind kind)
{
    int first = kind == DISK_FLOPPY ? DRIVE_FDA : DRIVE_HDA;
    int last = kind == DISK_FLOPPY ? DRIVE_FDB : DRIVE_HDD;
    if (kind == DISK_CD && is_free(m, DRIVE_HDC))
        return DRIVE_HDC;
    for (int i = first; i <= last; i++)
        if (is_free(m, i))
            return i;
    return -1;
}

static bool no_drive(const char *file, const char *kind, char *err, size_t errlen)
{
    snprintf(err, errlen, "no free %s drive for %s; name fewer images", kind, file);
    return false;
}

/* Bare images go into the first free drive of their kind. Which kind that is, only a look at the
 * image tells, so it is opened without its overlay first. */
static bool open_bare(Media *m, const Options *o, const DriveOption *d, int *status, char *err,
                      size_t errlen)
{
    DriveOption look = *d;
    look.how.snapshot = true;
    look.how.overlay[0] = 0;
    Disk *disk = disk_open(look.file, &look.how, err, errlen);
    *status = EXIT_NOINPUT;
    if (!disk)
        return false;
    DiskKind kind = disk->kind;
    disk_close(disk);
    int slot = free_drive(m, kind);
    if (slot < 0) {
        *status = EXIT_USAGE;
        return no_drive(d->file, kind == DISK_FLOPPY ? "floppy" : "IDE", err, errlen);
    }
    m->disk[slot] = open_medium(m, o, d, kind, slot, err, errlen);
    if (slot >= DRIVE_HDA)
        m->cd[slot - DRIVE_HDA] = kind == DISK_CD;
    if (d == o->image)
        m->newest = slot;
    return m->disk[slot];
}

static bool open_drive(Media *m, const Options *o, int slot, char *err, size_t errlen)
{
    const DriveOption *d = &o->drive[slot];
    DiskKind kind = slot <= DRIVE_FDB ? DISK_FLOPPY : d->cd ? DISK_CD : DISK_HARD;
    if (d->cd)
        m->cd[slot - DRIVE_HDA] = true;
    if (!d->file)
        return true;
    m->disk[slot] = open_medium(m, o, d, kind, slot, err, errlen);
    return m->disk[slot];
}

static int open_cdrom(Media *m, const Options *o, char *err, size_t errlen)
{
    int slot = free_drive(m, DISK_CD);
    if (slot < 0)
        return no_drive(o->cdrom.file, "IDE", err, errlen), EXIT_USAGE;
    m->cd[slot - DRIVE_HDA] = true;
    m->disk[slot] = open_medium(m, o, &o->cdrom, DISK_CD, slot, err, errlen);
    return m->disk[slot] ? EXIT_OK : EXIT_NOINPUT;
}

static int open_all(Media *m, const Options *o, char *err, size_t errlen)
{
    bool any = o->image_count || o->load_count || o->has_entry || o->cdrom.file;
    int status = EXIT_OK;
    for (int i = 0; i < DRIVE_COUNT; i++) {
        any |= o->drive[i].file != NULL;
        if (!open_drive(m, o, i, err, errlen))
            return EXIT_NOINPUT;
    }
    if (o->cdrom.file && (status = open_cdrom(m, o, err, errlen)) != EXIT_OK)
        return status;
    for (int i = 0; i < DRIVE_COUNT && m->newest < 0; i++)
        if (m->disk[i])
            m->newest = i;
    if (o->image_count)
        m->newest = -1; /* the first of them, if it is a disk */
    for (int i = 0; i < o->image_count; i++) /* kernels are no disks: machine.c takes them */
        if (!multiboot_is(o->image[i].file) &&
            !open_bare(m, o, &o->image[i], &status, err, errlen))
            return status;
    if (any)
        return EXIT_OK;
    m->demo = true;
    DiskOptions how = {.kind = DISK_FLOPPY};
    m->newest = DRIVE_FDA;
    m->disk[DRIVE_FDA] = disk_open_memory("demo", rom_demo, rom_demo_size, &how, err, errlen);
    return m->disk[DRIVE_FDA] ? EXIT_OK : EXIT_INTERNAL;
}

int media_open(Media *m, const Options *o, char *err, size_t errlen)
{
    memset(m, 0, sizeof *m);
    m->newest = -1;
    return open_all(m, o, err, errlen);
}

bool media_close(Media *m)
{
    bool ok = true;
    for (int i = 0; i < DRIVE_COUNT; i++) {
        ok &= disk_close(m->disk[i]);
        m->disk[i] = NULL;
    }
    for (int i = 0; i < m->retired_count; i++)
        ok &= disk_close(m->retired[i]);
    free(m->retired);
    m->retired = NULL;
    m->retired_count = 0;
    return ok && !m->failed;
}

const char *media_title(const Media *m)
{
    const Disk *d = m->newest < 0 ? NULL : m->disk[m->newest];
    for (int i = 0; i < DRIVE_COUNT && !d && m->newest >= 0; i++)
        d = m->disk[i];
    if (!d)
        return m->newest < 0 ? NULL : "no disk";
    const char *slash = strrchr(d->name, '/');
    return slash && slash[1] ? slash + 1 : d->name;
}

void media_on_trouble(Media *m, bool (*wait)(void *ctx), void *ctx)
{
    m->wait = wait;
    m->wait_ctx = ctx;
    for (int i = 0; i < DRIVE_COUNT; i++) {
        if (m->disk[i])
            watch(m, m->disk[i]);
    }
}

void media_describe(const Media *m, PcConfig *cfg)
{
    for (int i = 0; i < PC_FLOPPIES; i++)
        cfg->floppy[i] = m->disk[DRIVE_FDA + i];
    for (int i = 0; i < PC_IDE_DRIVES; i++) {
        cfg->ide[i] = m->disk[DRIVE_HDA + i];
        cfg->cd[i] = m->cd[i];
    }
}

/* ---- while it runs --------------------------------------------------------------------------- */

/* DOS never asks a disk to flush its cache. What it wrote goes to the host's medium when it has
 * been quiet for a second, so that a power failure costs little. The guest cannot tell. */
void media_tick(Media *m, u64 ns)
{
    for (int i = 0; i < DRIVE_COUNT; i++) {
        Disk *d = m->disk[i];
        if (!d)
            continue;
        if (d->generation != m->seen[i]) {
            m->seen[i] = d->generation;
            m->quiet_since[i] = ns;
        } else if (d->generation != m->flushed[i] && ns - m->quiet_since[i] >= QUIET_NS) {
            m->flushed[i] = d->generation;
            disk_flush(d);
        }
    }
}

/* An image that is written is closed, so that the host and other drives can have it. True: it
 * was. */
static bool retire(Media *m, Disk *d)
{
    if (!d || d->snapshot || d->read_only || d->kind == DISK_CD) {
        m->retired = realloc(m->retired, ((size_t)m->retired_count + 1) * sizeof *m->retired);
        if (!m->retired)
            panic("out of host memory");
        m->retired[m->retired_count++] = d;
        return false;
    }
    disk_close(d);
    return true;
}

bool media_change(Media *m, Input *in, const char *drive, const char *file, bool force,
                  bool *forget, char *err, size_t errlen)
{
    char path[4096];
    Pc *pc = in->pc;
    Disk *disk = NULL;
    bool cdrom = !strcmp(drive, "cdrom");
    int slot = cdrom ? pc_cd_drive(pc) : pc_drive(drive);
    if (slot < 0) {
        snprintf(err, errlen, cdrom ? "%s: this machine has no CD-ROM drive; start it with -cdrom"
                                    : "%s: no such drive; there are fda, fdb, hda to hdd and cdrom",
                 drive);
        return false;
    }
    if (file) {
        DiskOptions how = {.kind = slot < PC_FLOPPIES ? DISK_FLOPPY : DISK_CD};
        if (!disk_parse(file, path, sizeof path, &how, err, errlen) ||
            !(disk = disk_open(path, &how, err, errlen)))
            return false;
        watch(m, disk);
    }
    if (!pc_may_change(pc, slot, disk, force, err, errlen)) {
        disk_close(disk);
        return false;
    }
    input_medium(in, slot, disk);
    *forget = retire(m, m->disk[slot]);
    m->disk[slot] = disk;
    if (disk)
        m->newest = slot;
    m->seen[slot] = m->flushed[slot] = 0;
    return true;
}

const char *media_drive_for(const char *file, char *err, size_t errlen)
{
    char path[4096];
    DiskOptions how = {0};
    if (!disk_parse(file, path, sizeof path, &how, err, errlen))
        return NULL;
    how.read_only = true; /* only to see what it is */
    Disk *disk = disk_open(path, &how, err, errlen);
    if (!disk)
        return NULL;
    DiskKind kind = disk->kind;
    disk_close(disk);
    if (kind == DISK_FLOPPY || kind == DISK_CD)
        return kind == DISK_CD ? "cdrom" : "fda";
    snprintf(err, errlen,
             "%s is a hard disk, which cannot be changed while the machine runs; name it on the "
             "command line", file);
    return NULL;
}

/* ---- commands without a machine -------------------------------------------------------------- */

static int commit(const Options *o, char *err, size_t errlen)
{
    u64 blocks;
    if (o->image_count != 1) {
        say("-commit-overlay: name the image that the overlay belongs to: glass86 -commit-overlay "
            "%s IMAGE", o->commit);
        return EXIT_USAGE;
    }
    if (!disk_commit(o->commit, o->image[0].file, &o->image[0].how, &blocks, err, errlen))
        return say("%s", err), EXIT_NOINPUT;
    printf("%s: %" PRIu64 " KiB written to %s; the overlay is empty\n", o->commit, blocks * 4,
           o->image[0].file);
    return EXIT_OK;
}

static int rebase(const Options *o, char *err, size_t errlen)
{
    u64 blocks;
    if (o->image_count != 2) {
        say("-rebase-overlay: name the image it was made on and the new one: glass86 "
            "-rebase-overlay %s OLD NEW", o->rebase);
        return EXIT_USAGE;
    }
    if (!disk_rebase(o->rebase, o->image[0].file, o->image[1].file, &blocks, err, errlen))
        return say("%s", err), EXIT_NOINPUT;
    printf("%s: belongs to %s now; %" PRIu64 " KiB were added\n", o->rebase, o->image[1].file,
           blocks * 4);
    return EXIT_OK;
}

int media_command(const Options *o)
{
    char err[1024];
    return o->commit ? commit(o, err, sizeof err) : rebase(o, err, sizeof err);
}
