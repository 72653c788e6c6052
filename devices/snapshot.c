/* snapshot.c: what a state holds, and writing it; see snapshot.h. */
#include "devices/snapshot.h"

#include "devices/disk/journal.h"
#include "devices/pc_pci.h"
#include "devices/pc_sound.h"
#include "devices/snapshot_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the machine ----------------------------------------------------------------------------- */

const char *const pc_drive_option[SNAPSHOT_DRIVES] = {"-fda", "-fdb", "-hda",
                                                      "-hdb", "-hdc", "-hdd"};

Disk *pc_medium(const Pc *pc, int drive)
{
    if (drive < PC_FLOPPIES)
        return pc->fdc.disk[drive];
    drive -= PC_FLOPPIES;
    return pc->ide[drive / 2].drive[drive % 2].disk;
}

static u64 rom_hash(const PcRom *r)
{
    return r->data ? state_hash(r->addr, r->data, r->size) : 0;
}

void state_describe(const Pc *pc, char text[STATE_TEXT])
{
    const PcConfig *c = &pc->cfg;
    u64 options = 0;
    for (int i = 0; i < PC_OPTION_ROMS; i++)
        options = options * 31 + rom_hash(&c->option_rom[i]);
    snprintf(text, STATE_TEXT,
             "board=%s\ncpu=%s\nfpu=%s\nmemory=%" PRIu64 "\nips=%" PRIu64 "\nbios=%016" PRIx64
             "\nvga=%d %d %d\nvgabios=%016" PRIx64 "\noption-roms=%016" PRIx64
             "\nserial-ports=%d\nparallel-ports=%d\ndebug-exit=%d\ndebugcon=%d\n"
             "drive-a=%d\ndrive-b=%d\nfm=%d\nsb=%d %x %d %d %d\n"
             "mpu=%x %d\nlpt-dac=%d\njoystick=%d\nserial-mouse=%d\n",
             c->pci ? "pci" : "isa", cpu_model_name(c->cpu), c->no_fpu ? "off" : "on",
             pc->ram_size, pc->clock.ips, rom_hash(&c->bios), c->video, c->ega_switches,
             c->ega_memory, rom_hash(&c->vgabios),
             options, c->serial_ports, c->parallel_ports, c->debug_exit_port, c->debugcon_port,
             c->floppy_type[0], c->floppy_type[1], c->sound.fm, c->sound.sb, c->sound.sb_base,
             c->sound.sb_irq, c->sound.sb_dma, c->sound.sb_dma16, c->sound.mpu_base,
             c->sound.mpu_irq, c->sound.lpt_dac, c->joystick, c->serial_mouse);
}

/* The chips are told in the order in which their wires run: the processor last, which then looks at
 * everything anew. The clock has gone back or forth, so idle.c's idea of when to look next is
 * stale. */
void pc_post_load(Pc *pc)
{
    pit_post_load(&pc->pit);
    cmos_post_load(&pc->cmos);
    kbc_post_load(&pc->kbc);
    for (int i = 0; i < pc->cfg.serial_ports; i++)
        uart_post_load(&pc->uart[i]);
    if (pc->cfg.parallel_ports)
        lpt_post_load(&pc->lpt);
    vga_post_load(&pc->vga);
    pc_pci_post_load(pc);
    pc_sound_post_load(pc);
    cpu_drop_derived(&pc->cpu);
    cpu_state_changed(&pc->cpu);
    mmu_scatter(&pc->cpu.mmu);
    pc->cpu.idle_pace.next = pc->clock.now;
    pc->cpu.idle_pace.wait = 0;
    memset(&pc->cpu.poll, 0, sizeof pc->cpu.poll);
    pc->cpu.break_passed = false;
}

/* ---- writing --------------------------------------------------------------------------------- */

static size_t begin_chunk(Blob *b, const char *name, ChunkKind kind, u32 version)
{
    ChunkHeader h = {.kind = kind, .version = version};
    size_t at = b->size;
    memcpy(h.name, name, strlen(name)); /* at most 15: snap_add() saw to it */
    blob_add(b, &h, sizeof h);
    return at;
}

static void end_chunk(Blob *b, size_t at)
{
    static const u8 zeros[8];
    if (b->failed)
        return;
    u64 size = b->size - at - sizeof(ChunkHeader);
    memcpy(b->data + at + offsetof(ChunkHeader, size), &size, sizeof size);
    blob_add(b, zeros, (8 - size % 8) % 8);
}

static void add_chunk(Blob *b, const char *name, ChunkKind kind, u32 version, const void *data,
                      size_t size)
{
    size_t at = begin_chunk(b, name, kind, version);
    blob_add(b, data, size);
    end_chunk(b, at);
}

static void add_run(Blob *b, u64 first, u64 count, const void *data, size_t size)
{
    StateRun r = {first, count};
    blob_add(b, &r, sizeof r);
    if (size)
        blob_add(b, data, size);
}

static void add_pages(Blob *b, const SnapSection *s)
{
    const u8 *p = s->data;
    u32 pages = s->size / STATE_PAGE;
    size_t at = begin_chunk(b, s->name, CHUNK_PAGES, s->version);
    for (u32 n = 0, first; n < pages; n++) {
        for (first = n; n < pages && !state_is_zero(p + (size_t)n * STATE_PAGE, STATE_PAGE);)
            n++;
        if (n > first)
            add_run(b, first, n - first, p + (size_t)first * STATE_PAGE,
                    (size_t)(n - first) * STATE_PAGE);
    }
    add_run(b, 0, 0, NULL, 0);
    end_chunk(b, at);
}

static void add_events(Blob *b, const EventQueue *q)
{
    size_t at = begin_chunk(b, "events", CHUNK_EVENTS, 1);
    for (int i = 0; i < q->count; i++) {
        StateEvent e = {.when = q->all[i]->when};
        snprintf(e.name, sizeof e.name, "%s", q->all[i]->name);
        if (q->all[i]->armed)
            blob_add(b, &e, sizeof e);
    }
    end_chunk(b, at);
}

static const char *tail(const char *name, size_t most)
{
    size_t len = strlen(name);
    return len > most ? name + len - most : name;
}

static bool add_media(Blob *b, Pc *pc)
{
    size_t at = begin_chunk(b, "media", CHUNK_MEDIA, 1);
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        StateMedium m = {0};
        Disk *d = pc_medium(pc, i);
        if (d) {
            snprintf(m.name, sizeof m.name, "%s", tail(d->name, sizeof m.name - 1));
            m.flags = MEDIUM_THERE | (d->snapshot ? MEDIUM_IN_MEMORY : 0);
            m.sectors = d->sectors;
            m.generation = d->generation;
            if (!disk_fingerprint(d, &m.fingerprint))
                return false;
        }
        blob_add(b, &m, sizeof m);
    }
    end_chunk(b, at);
    return true;
}

typedef struct {
    Blob *b;
    Disk *d;
} Writes;

static bool add_written(void *ctx, u64 first, u64 end)
{
    const Writes *w = ctx;
    u8 sector[DISK_SECTOR];
    add_run(w->b, first, end - first, NULL, 0);
    for (; first < end; first++) {
        if (disk_read(w->d, first, 1, sector) != DISK_OK)
            return false;
        blob_add(w->b, sector, sizeof sector);
    }
    return true;
}

static bool add_disk(Blob *b, Disk *d, int drive)
{
    char name[16];
    snprintf(name, sizeof name, "disk%d", drive);
    size_t at = begin_chunk(b, name, CHUNK_DISK, 1);
    if (!disk_writes(d, add_written, &(Writes){b, d}))
        return false;
    add_run(b, 0, 0, NULL, 0);
    end_chunk(b, at);
    return true;
}

static bool build_body(Pc *pc, Blob *b, bool with_ram)
{
    char text[STATE_TEXT];
    state_describe(pc, text);
    add_chunk(b, "machine", CHUNK_TEXT, 1, text, strlen(text));
    if (!add_media(b, pc))
        return false;
    snap_gather(&pc->snap);
    for (int i = 0; i < pc->snap.count; i++) {
        const SnapSection *s = &pc->snap.section[i];
        if (!with_ram && s->data == pc->ram)
            continue;
        if (state_paged(s))
            add_pages(b, s);
        else
            add_chunk(b, s->name, CHUNK_PLAIN, s->version, s->data, s->size);
    }
    add_events(b, &pc->queue);
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        Disk *d = pc_medium(pc, i);
        if (d && d->snapshot && disk_has_writes(d) && !add_disk(b, d, i))
            return false;
    }
    return true;
}

static bool encode(Pc *pc, const char *name, bool with_ram, u8 **data, size_t *size, char *err,
                   size_t errlen)
{
    Blob body = {0}, packed = {0}, file = {0};
    StateHeader h = {.magic = STATE_MAGIC, .format = STATE_FORMAT, .order = STATE_ORDER};
    PackMethod method;
    bool readable = build_body(pc, &body, with_ram);
    bool ok = readable && !body.failed && pack(&body, &packed, &method);
    if (ok) {
        h.method = method;
        h.packed = packed.size;
        h.unpacked = body.size;
        h.body = state_hash(0, packed.data, packed.size);
        h.header = state_hash(0, &h, offsetof(StateHeader, header));
        blob_free(&body);
        blob_add(&file, &h, sizeof h);
        blob_add(&file, packed.data, packed.size);
        ok = !file.failed;
    }
    if (!ok)
        snprintf(err, errlen,
                 readable ? "%s: no host memory to save the state; close other programs"
                          : "%s: a disk image cannot be read, so the state was not saved; see to "
                            "the host's disk",
                 name);
    blob_free(&body);
    blob_free(&packed);
    *data = file.data;
    *size = file.size;
    if (!ok)
        blob_free(&file);
    return ok;
}

bool snapshot_encode(Pc *pc, const char *name, u8 **data, size_t *size, char *err, size_t errlen)
{
    return encode(pc, name, true, data, size, err, errlen);
}

bool snapshot_encode_rest(Pc *pc, const char *name, u8 **data, size_t *size, char *err,
                          size_t errlen)
{
    return encode(pc, name, false, data, size, err, errlen);
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool write_file(const char *path, const u8 *data, size_t size)
{
    FILE *f = fopen(path, "wbx");
    if (!f)
        return false;
    bool ok = fwrite(data, 1, size, f) == size;
    ok &= !fclose(f);
    return ok;
}

bool pc_save(Pc *pc, const char *path, char *err, size_t errlen)
{
    u8 *data;
    size_t size;
    char temp[4096];
    if (snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid()) >= (int)sizeof temp) {
        snprintf(err, errlen, "%.60s...: the name is too long for a state; use a shorter one",
                 path);
        return false;
    }
    if (!snapshot_encode(pc, path, &data, &size, err, errlen))
        return false;
    unlink(temp);
    bool ok = write_file(temp, data, size) && !rename(temp, path);
    if (!ok) {
        snprintf(err, errlen, "%s: cannot write the state: %s; choose another place", path,
                 strerror(errno));
        unlink(temp);
    }
    free(data);
    return ok;
}
