/* snapshot_load.c: reading a state; see snapshot.h. The file may be truncated, damaged, another
 * machine's or made by somebody who wants to harm: every length, index and value is looked at
 * before the first byte of the machine changes. */
#include "devices/disk/journal.h"
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNKS = SNAP_MAX + 16 };

typedef struct {
    ChunkHeader head;
    const u8 *data;
} Chunk;

typedef struct {
    Pc *pc;
    const char *name;
    Chunk chunk[CHUNKS];
    int count;
    u8 *body;    /* unpacked */
    const u8 *ram; /* memory that came another way; NULL: it is in the state */
    Clock clock; /* of the state */
    const Chunk *section[SNAP_MAX], *events, *media, *disk[SNAPSHOT_DRIVES];
    char *err;
    size_t errlen;
} Loader;

__attribute__((format(printf, 2, 3))) static bool refuse(Loader *l, const char *fmt, ...)
{
    va_list args;
    int n = snprintf(l->err, l->errlen, "%s: ", l->name);
    va_start(args, fmt);
    if (n >= 0 && (size_t)n < l->errlen)
        vsnprintf(l->err + n, l->errlen - (size_t)n, fmt, args);
    va_end(args);
    if (l->errlen)
        text_tame(l->err, false); /* a state names events, sections and media */
    return false;
}

static bool damaged(Loader *l, const char *what)
{
    return refuse(l, "the state is damaged (%s); use another copy or save it again", what);
}

/* ---- header and chunks ----------------------------------------------------------------------- */

/* What a body of this machine can have at most. */
static u64 largest_body(const Pc *pc)
{
    u64 n = 1 << 20;
    for (int i = 0; i < pc->snap.count; i++)
        n += pc->snap.section[i].size + pc->snap.section[i].size / 64;
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        const Disk *d = pc_medium(pc, i);
        n += d && d->snapshot ? d->sectors * (DISK_SECTOR + sizeof(StateRun)) : 0;
    }
    return n;
}

static bool check_header(Loader *l, const StateHeader *h, const u8 *data, size_t size)
{
    static const StateHeader zero;
    size_t told = size < sizeof *h ? size : sizeof *h;
    if (!told || memcmp(data, STATE_MAGIC, told < 8 ? told : 8))
        return refuse(l, "this is no saved state of glass86; name a file that savevm wrote");
    if (size < sizeof *h)
        return damaged(l, "it ends within its header");
    if (h->order != STATE_ORDER)
        return refuse(l, "the state comes from a host with another byte order; load it there");
    if (h->format != STATE_FORMAT && h->header == state_hash(0, h, offsetof(StateHeader, header)))
        return refuse(l,
                      "the state has format %u and this glass86 reads format %d; use the version "
                      "that saved it",
                      (unsigned)h->format, STATE_FORMAT);
    if (h->header != state_hash(0, h, offsetof(StateHeader, header)) ||
        h->reserved != zero.reserved)
        return damaged(l, "its header's checksum is wrong");
    if (h->packed != size - sizeof *h)
        return damaged(l, h->packed > size - sizeof *h ? "it is cut off" : "it is too long");
    if (h->body != state_hash(0, data + sizeof *h, (u64)h->packed))
        return damaged(l, "its checksum is wrong");
    if (pack_missing(h->method))
        return refuse(l, "the state is compressed with %s, which this glass86 was built without",
                      pack_missing(h->method));
    return true;
}

static bool split(Loader *l, const u8 *body, size_t size)
{
    for (size_t at = 0; at < size;) {
        if (l->count == CHUNKS || size - at < sizeof(ChunkHeader))
            return damaged(l, "its list of sections is wrong");
        Chunk *c = &l->chunk[l->count++];
        memcpy(&c->head, body + at, sizeof c->head);
        at += sizeof c->head;
        c->data = body + at;
        if (c->head.name[15] || c->head.size > size - at)
            return damaged(l, "a section reaches beyond its end");
        u64 padded = (c->head.size + 7) & ~(u64)7;
        at += padded < size - at ? (size_t)padded : size - at;
        for (int i = 0; i < l->count - 1; i++)
            if (!strcmp(l->chunk[i].head.name, c->head.name))
                return damaged(l, "it has a section twice");
    }
    return true;
}

static const Chunk *find(const Loader *l, const char *name, ChunkKind kind)
{
    for (int i = 0; i < l->count; i++)
        if (!strcmp(l->chunk[i].head.name, name) && l->chunk[i].head.kind == (u32)kind)
            return &l->chunk[i];
    return NULL;
}

/* ---- is it this machine's? ------------------------------------------------------------------- */

static const char *remedy(const char *key)
{
    static const struct {
        const char *key, *text;
    } table[] = {{"cpu", "start glass86 with that -cpu"},
                 {"fpu", "start glass86 with the same -cpu MODEL,fpu="},
                 {"memory", "start glass86 with -m and that many bytes"},
                 {"ips", "start glass86 with that -ips"},
                 {"bios", "start glass86 with the same -bios"},
                 {"vga", "start glass86 with the same -vga"},
                 {"vgabios", "start glass86 with the same -vgabios"},
                 {"option-roms", "start glass86 with the same -option-rom"},
                 {"drive-a", "start glass86 with the same kind of floppy in drive A"},
                 {"drive-b", "start glass86 with the same kind of floppy in drive B"},
                 {"debug-exit", "start glass86 with the same -device isa-debug-exit"},
                 {"debugcon", "start glass86 with the same -debugcon port"}};
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (!strcmp(table[i].key, key))
            return table[i].text;
    return "start glass86 with the options it was saved with";
}

/* Cuts the line at *text off; false: there is none. */
static bool next_line(const char **text, const char *end, char *key, size_t keylen, char *value,
                      size_t valuelen)
{
    const char *eol = memchr(*text, '\n', (size_t)(end - *text));
    const char *eq = eol ? memchr(*text, '=', (size_t)(eol - *text)) : NULL;
    if (!eq)
        return false;
    snprintf(key, keylen, "%.*s", (int)(eq - *text), *text);
    snprintf(value, valuelen, "%.*s", (int)(eol - eq - 1), eq + 1);
    *text = eol + 1;
    return true;
}

static bool check_machine(Loader *l)
{
    const Chunk *c = find(l, "machine", CHUNK_TEXT);
    char mine[STATE_TEXT], key[32], value[64], mykey[32], myvalue[64];
    if (!c || c->head.size > STATE_TEXT)
        return damaged(l, "it does not say what machine it is of");
    state_describe(l->pc, mine);
    const char *m = mine, *mend = mine + strlen(mine);
    const char *t = (const char *)c->data, *tend = t + c->head.size;
    while (next_line(&m, mend, mykey, sizeof mykey, myvalue, sizeof myvalue)) {
        if (!next_line(&t, tend, key, sizeof key, value, sizeof value) || strcmp(key, mykey))
            return refuse(l,
                          "the state was saved by another version of glass86, whose machines have "
                          "no '%s'; use that version",
                          mykey);
        if (strcmp(value, myvalue))
            return refuse(l, "the state was saved with %s=%s, this machine has %s=%s; %s", key,
                          value, mykey, myvalue, remedy(mykey));
    }
    return t == tend ||
           refuse(l, "the state was saved by a later version of glass86; use that version");
}

/* ---- sections -------------------------------------------------------------------------------- */

/* A list of runs over `units` units of `unit` bytes: in order, in range, ended, nothing after. */
static bool runs_fit(const Chunk *c, u64 units, u64 unit)
{
    u64 at = 0, next = 0, size = c->head.size;
    for (;;) {
        StateRun r;
        if (size - at < sizeof r)
            return false;
        memcpy(&r, c->data + at, sizeof r);
        at += sizeof r;
        if (!r.count)
            return at == size;
        if (r.first < next || r.first > units || r.count > units - r.first ||
            r.count > (size - at) / unit)
            return false;
        next = r.first + r.count;
        at += r.count * unit;
    }
}

/* Memory that came another way is no section of the state. */
static bool elsewhere(const Loader *l, const SnapSection *s)
{
    return l->ram && s->data == l->pc->ram;
}

static bool check_section(Loader *l, const SnapSection *s, const Chunk **out)
{
    const Chunk *c = *out = find(l, s->name, state_paged(s) ? CHUNK_PAGES : CHUNK_PLAIN);
    if (!c && s->late)
        return true;
    if (!c)
        return refuse(l,
                      "the state has no section '%s', which this machine needs; load it with the "
                      "version and options that saved it",
                      s->name);
    if (c->head.version != s->version || (!state_paged(s) && c->head.size != s->size))
        return refuse(l,
                      "section '%s' has version %u and %" PRIu64 " bytes, this glass86 has version "
                      "%u and %u bytes; load it with the version that saved it",
                      s->name, (unsigned)c->head.version, (u64)c->head.size, (unsigned)s->version,
                      (unsigned)s->size);
    if (state_paged(s) && !runs_fit(c, s->size / STATE_PAGE, STATE_PAGE))
        return damaged(l, s->name);
    return true;
}

/* The chips' own checks, on an aligned copy. */
static bool check_values(Loader *l, const SnapSection *s, const Chunk *c)
{
    if (!s->check || !c)
        return true;
    void *copy = malloc(s->size);
    if (!copy)
        return refuse(l, "no host memory to load the state; close other programs");
    memcpy(copy, c->data, s->size);
    bool ok = s->check(copy, &l->clock);
    free(copy);
    return ok || refuse(l,
                        "section '%s' holds values that no machine comes to; the file was not "
                        "written by glass86 as it is",
                        s->name);
}

static bool check_clock(Loader *l, const Chunk *c)
{
    memcpy(&l->clock, c->data, sizeof l->clock);
    return (l->clock.ips == l->pc->clock.ips && l->clock.now < 1ull << 60) ||
           damaged(l, "its clock is wrong");
}

static bool check_sections(Loader *l)
{
    const Snap *snap = &l->pc->snap;
    int known = 0, wanted = 0;
    for (int i = 0; i < snap->count; i++) {
        if (elsewhere(l, &snap->section[i]))
            continue;
        if (!check_section(l, &snap->section[i], &l->section[i]))
            return false;
        wanted += l->section[i] != NULL;
        if (snap->section[i].data == &l->pc->clock && !check_clock(l, l->section[i]))
            return false;
    }
    for (int i = 0; i < snap->count; i++)
        if (!elsewhere(l, &snap->section[i]) &&
            !check_values(l, &snap->section[i], l->section[i]))
            return false;
    for (int i = 0; i < l->count; i++)
        known += l->chunk[i].head.kind == CHUNK_PLAIN || l->chunk[i].head.kind == CHUNK_PAGES;
    return known == wanted ||
           refuse(l, "the state has devices that this machine lacks; load it with the version and "
                     "options that saved it");
}

static Event *event_by_name(const EventQueue *q, const char *name)
{
    for (int i = 0; i < q->count; i++)
        if (!strncmp(q->all[i]->name, name, sizeof((StateEvent *)0)->name - 1))
            return q->all[i];
    return NULL;
}

static bool check_events(Loader *l)
{
    const Chunk *c = l->events = find(l, "events", CHUNK_EVENTS);
    if (!c || c->head.size % sizeof(StateEvent) ||
        c->head.size / sizeof(StateEvent) > l->pc->queue.count)
        return damaged(l, "its list of events is wrong");
    for (u64 i = 0; i < c->head.size / sizeof(StateEvent); i++) {
        StateEvent e;
        memcpy(&e, c->data + i * sizeof e, sizeof e);
        if (e.name[sizeof e.name - 1] || e.when < l->clock.now)
            return damaged(l, "its list of events is wrong");
        if (!event_by_name(&l->pc->queue, e.name))
            return refuse(l,
                          "the state has an event '%s' that this glass86 does not know; load it "
                          "with the version that saved it",
                          e.name);
    }
    return true;
}

/* ---- media ----------------------------------------------------------------------------------- */

static bool check_medium(Loader *l, int drive, StateMedium *m)
{
    Disk *d = pc_medium(l->pc, drive);
    const char *option = pc_drive_option[drive];
    u64 print;
    m->name[sizeof m->name - 1] = 0;
    if (!(m->flags & MEDIUM_THERE))
        return !d ||
               refuse(l, "the state has nothing in drive %s, this machine has %s; leave it out",
                      option, d->name);
    if (!d)
        return refuse(l,
                      "the state has %s in drive %s, this machine has nothing there; start "
                      "glass86 with %s %s",
                      m->name, option, option, m->name);
    if (!disk_fingerprint(d, &print))
        return refuse(l, "%s cannot be read to see whether it is the image of the state", d->name);
    if (d->sectors != m->sectors || print != m->fingerprint)
        return refuse(l,
                      "the image %s in drive %s is not what %s was when the state was saved; use "
                      "a copy from then%s",
                      d->name, option, m->name,
                      m->flags & MEDIUM_IN_MEMORY ? ""
                                                  : ", and -snapshot where states are to last");
    l->disk[drive] = NULL;
    if (!(m->flags & MEDIUM_IN_MEMORY))
        return true;
    char name[16];
    snprintf(name, sizeof name, "disk%d", drive);
    const Chunk *c = l->disk[drive] = find(l, name, CHUNK_DISK);
    if (c && !runs_fit(c, d->sectors, DISK_SECTOR))
        return damaged(l, "what was written to its disks");
    if (c && !d->snapshot)
        return refuse(l,
                      "the state was saved with the writes to %s in memory; start glass86 with "
                      "-snapshot, so that the image stays as it is",
                      d->name);
    return true;
}

static bool check_media(Loader *l)
{
    const Chunk *c = l->media = find(l, "media", CHUNK_MEDIA);
    if (!c || c->head.size != SNAPSHOT_DRIVES * sizeof(StateMedium))
        return damaged(l, "its list of media is wrong");
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        StateMedium m;
        memcpy(&m, c->data + (size_t)i * sizeof m, sizeof m);
        if (!check_medium(l, i, &m))
            return false;
    }
    return true;
}

/* ---- taking it over; nothing fails from here on ---------------------------------------------- */

static void take_pages(const SnapSection *s, const Chunk *c, u8 *out)
{
    const u8 *in = c->data;
    u64 page = 0, pages = s->size / STATE_PAGE;
    while (page < pages) {
        StateRun r;
        memcpy(&r, in, sizeof r);
        in += sizeof r;
        u64 until = r.count ? r.first : pages;
        for (; page < until; page++) /* an empty page is not written: the host need not back it */
            if (!state_is_zero(out + page * STATE_PAGE, STATE_PAGE))
                memset(out + page * STATE_PAGE, 0, STATE_PAGE);
        memcpy(out + page * STATE_PAGE, in, r.count * STATE_PAGE);
        in += r.count * STATE_PAGE;
        page += r.count;
    }
}

static void take_disk(Disk *d, const StateMedium *m, const Chunk *c)
{
    StateRun r;
    if (d->snapshot)
        disk_forget_writes(d);
    for (const u8 *in = c ? c->data : NULL; c; in += r.count * DISK_SECTOR) {
        memcpy(&r, in, sizeof r);
        in += sizeof r;
        if (!r.count)
            break;
        for (u64 i = 0; i < r.count; i++)
            if (disk_write(d, r.first + i, 1, in + i * DISK_SECTOR) != DISK_OK)
                panic("out of host memory for the disks of a state");
    }
    d->generation = m->generation;
    d->fingerprint_at = d->snapshot ? d->fingerprint_at : m->generation + 1;
}

static void take_media(Loader *l)
{
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        StateMedium m;
        Disk *d = pc_medium(l->pc, i);
        memcpy(&m, l->media->data + (size_t)i * sizeof m, sizeof m);
        if (!d)
            continue;
        bool kept = d->journal;
        disk_journal_stop(d); /* its past is not this state's */
        take_disk(d, &m, l->disk[i]);
        if (kept && !disk_journal_start(d))
            panic("out of host memory for a disk's journal");
    }
}

static void take_events(Loader *l)
{
    EventQueue *q = &l->pc->queue;
    for (int i = 0; i < q->count; i++)
        event_cancel(q, q->all[i]);
    for (u64 i = 0; i < l->events->head.size / sizeof(StateEvent); i++) {
        StateEvent e;
        memcpy(&e, l->events->data + i * sizeof e, sizeof e);
        event_at(q, event_by_name(q, e.name), e.when);
    }
}

static void take_section(const SnapSection *s, const Chunk *c, u8 *out)
{
    if (!c)
        memset(out, 0, s->size);
    else if (state_paged(s))
        take_pages(s, c, out);
    else
        memcpy(out, c->data, s->size);
}

/* Empty pages are not written: the host need not back them. */
static void take_ram(Pc *pc, const u8 *ram)
{
    for (u64 at = 0; at < pc->ram_size; at += STATE_PAGE)
        if (memcmp(pc->ram + at, ram + at, STATE_PAGE))
            memcpy(pc->ram + at, ram + at, STATE_PAGE);
}

static void take(Loader *l)
{
    const Snap *snap = &l->pc->snap;
    if (l->ram)
        take_ram(l->pc, l->ram);
    for (int i = 0; i < snap->count; i++)
        if (!elsewhere(l, &snap->section[i]))
            take_section(&snap->section[i], l->section[i], snap->section[i].data);
    take_media(l);
    pc_post_load(l->pc);
    take_events(l); /* last: a chip's own idea of its events must not differ, but this is exact */
}

static Loader *new_loader(Pc *pc, const char *name, char *err, size_t errlen)
{
    Loader *l = calloc(1, sizeof *l);
    if (!l)
        panic("out of host memory");
    l->pc = pc;
    l->name = name;
    l->err = err;
    l->errlen = errlen;
    return l;
}

static void free_loader(Loader *l)
{
    free(l->body);
    free(l);
}

/* Header and body, up to the list of chunks. */
static bool unpack_body(Loader *l, const u8 *data, size_t size)
{
    StateHeader h = {.order = 0};
    memcpy(&h, data, size < sizeof h ? size : sizeof h);
    if (!check_header(l, &h, data, size))
        return false;
    if (h.unpacked > largest_body(l->pc))
        return refuse(l, "the state is larger than this machine; it was saved with more memory or "
                         "other disks: use the options of then");
    if (!(l->body = malloc(h.unpacked ? h.unpacked : 1)))
        return refuse(l, "no host memory to load the state; close other programs");
    if (!unpack((PackMethod)h.method, data + sizeof h, h.packed, l->body, h.unpacked))
        return damaged(l, "it cannot be decompressed");
    return split(l, l->body, h.unpacked) && check_machine(l) && check_sections(l);
}

bool snapshot_decode(Pc *pc, const char *name, const u8 *data, size_t size, char *err,
                     size_t errlen)
{
    return snapshot_decode_rest(pc, name, data, size, NULL, err, errlen);
}

u64 snapshot_rest_limit(const Pc *pc)
{
    return largest_body(pc) - pc->ram_size + sizeof(StateHeader);
}

bool snapshot_decode_rest(Pc *pc, const char *name, const u8 *data, size_t size, const u8 *ram,
                          char *err, size_t errlen)
{
    Loader *l = new_loader(pc, name, err, errlen);
    l->ram = ram;
    bool ok = unpack_body(l, data, size) && check_events(l) && check_media(l);
    if (ok)
        take(l);
    free_loader(l);
    return ok;
}

/* ---- files ----------------------------------------------------------------------------------- */

static u8 *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    u8 *data = NULL;
    long end;
    if (!f)
        return NULL;
    if (!fseek(f, 0, SEEK_END) && (end = ftell(f)) >= 0 && !fseek(f, 0, SEEK_SET)) {
        *size = (size_t)end;
        data = malloc(*size + 1);
        if (data && fread(data, 1, *size, f) != *size) {
            free(data);
            data = NULL;
            errno = errno ? errno : EIO;
        }
    }
    fclose(f);
    return data;
}

static u8 *read_state(const char *path, size_t *size, char *err, size_t errlen)
{
    u8 *data = read_file(path, size);
    if (!data)
        snprintf(err, errlen, "%s: cannot read the state: %s; check the name", path,
                 strerror(errno));
    return data;
}

void snapshot_sections_free(const Pc *pc, u8 *copy[SNAP_MAX])
{
    for (int i = 0; i < pc->snap.count; i++) {
        free(copy[i]);
        copy[i] = NULL;
    }
}

static bool copy_sections(Loader *l, u8 *copy[SNAP_MAX])
{
    const Snap *snap = &l->pc->snap;
    for (int i = 0; i < snap->count; i++) {
        copy[i] = calloc(1, snap->section[i].size);
        if (!copy[i]) {
            snapshot_sections_free(l->pc, copy);
            return refuse(l, "no host memory to look at the state; close other programs");
        }
        take_section(&snap->section[i], l->section[i], copy[i]);
    }
    return true;
}

bool snapshot_sections(Pc *pc, const char *path, u8 *copy[SNAP_MAX], char *err, size_t errlen)
{
    size_t size = 0;
    u8 *data = read_state(path, &size, err, errlen);
    memset(copy, 0, SNAP_MAX * sizeof *copy);
    if (!data)
        return false;
    Loader *l = new_loader(pc, path, err, errlen);
    bool ok = unpack_body(l, data, size) && copy_sections(l, copy);
    free_loader(l);
    free(data);
    return ok;
}

bool pc_load(Pc *pc, const char *path, char *err, size_t errlen)
{
    size_t size = 0;
    u8 *data = read_state(path, &size, err, errlen);
    if (!data)
        return false;
    bool ok = snapshot_decode(pc, path, data, size, err, errlen);
    free(data);
    if (ok)
        pc_sound_restart(pc);
    return ok;
}
