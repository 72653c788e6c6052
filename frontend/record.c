/* record.c: writing a run log; see record.h. Each line ends with a checksum over all lines up to
 * it. Lines are handed to the kernel after each slice of the run, so a log that ends in the
 * middle of a line is one whose writer was killed, and everything before that line is good. */
#include "frontend/record.h"

#include "devices/disk/journal.h"
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"
#include "frontend/pace.h"
#include "frontend/record_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct Record {
    FILE *f;
    Pc *pc;
    u64 chain; /* checksum so far */
    u64 hashed_ns;
    bool dirty;
};

__attribute__((format(printf, 2, 3))) static void line(Record *r, const char *fmt, ...)
{
    char text[RECORD_LINE];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n < 0 || n >= (int)sizeof text)
        panic("a line of the run log is too long");
    r->chain = record_chain(r->chain, text, (size_t)n);
    fprintf(r->f, "%s ~%08x\n", text, (unsigned)r->chain);
    r->dirty = true;
}

u32 record_hash(const Pc *pc, int section)
{
    if (section < pc->snap.count) {
        const SnapSection *s = &pc->snap.section[section];
        return (u32)state_hash(0, s->data, s->size);
    }
    u64 h = 0;
    for (int i = 0; i < pc->queue.count; i++) {
        u64 armed[2] = {(u64)i, pc->queue.all[i]->when};
        if (pc->queue.all[i]->armed)
            h = state_hash(h, armed, sizeof armed);
    }
    return (u32)h;
}

const char *record_section(const Pc *pc, int section)
{
    return section < pc->snap.count ? pc->snap.section[section].name : "events";
}

static void write_hash(Record *r)
{
    char text[RECORD_LINE];
    size_t n = 0;
    snap_gather(&r->pc->snap);
    for (int i = 0; i <= r->pc->snap.count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, " %s=%08x", record_section(r->pc, i),
                              (unsigned)record_hash(r->pc, i));
    line(r, "%" PRIu64 " hash%s", r->pc->clock.now, text);
    r->hashed_ns = host_ns();
}

/* How `change` would name the medium: what it was opened with, as far as the guest notices. A name
 * is one line, and of no more bytes than a line takes. */
static void medium_text(const Disk *d, char *out, size_t size)
{
    bool ro = d->read_only && d->kind != DISK_CD, raw = !strcmp(d->format, "raw") && !d->plain;
    enum { FAULT = 56 }; /* at most */
    size_t n = (size_t)snprintf(out, size, "%.*s%s%s", (int)size - 9 - DISK_FAULTS * FAULT, d->name,
                                raw ? ",raw" : "", ro ? ",ro" : "");
    for (u32 i = d->faults.count; i-- && n < size;) { /* words are read from the end */
        const DiskFault *f = &d->faults.fault[i];
        n += (size_t)snprintf(out + n, size - n, ",fault=%s:%" PRIu64 "-%" PRIu64,
                              disk_fault_name(f->kind), f->first, f->last);
    }
    text_tame(out, false);
}

static bool write_media(Record *r, char *err, size_t errlen)
{
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        Disk *d = pc_medium(r->pc, i);
        char name[RECORD_NAME];
        u64 print;
        if (!d)
            continue;
        if (!disk_fingerprint(d, &print)) {
            snprintf(err, errlen, "%s cannot be read; see to the host's disk", d->name);
            return false;
        }
        medium_text(d, name, sizeof name);
        line(r, "drive %s %016" PRIx64 " %s", pc_drive_option[i] + 1, print, name);
    }
    return true;
}

static void write_machine(Record *r)
{
    char text[STATE_TEXT];
    state_describe(r->pc, text);
    for (char *t = strtok(text, "\n"); t; t = strtok(NULL, "\n"))
        line(r, "machine %s", t);
    line(r, "rtc %" PRId64, r->pc->cfg.rtc);
}

Record *record_open(const char *path, Pc *pc, char *err, size_t errlen)
{
    Record *r = calloc(1, sizeof *r);
    if (!r)
        panic("out of host memory");
    r->f = fopen(path, "w");
    r->pc = pc;
    if (!r->f) {
        snprintf(err, errlen, "cannot write %s: %s; choose another place", path, strerror(errno));
        free(r);
        return NULL;
    }
    line(r, RECORD_MAGIC);
    write_machine(r);
    if (!write_media(r, err, errlen)) {
        fclose(r->f);
        free(r);
        return NULL;
    }
    write_hash(r);
    record_poll(r);
    return r;
}

void record_input(void *record, const InputEvent *e)
{
    Record *r = record;
    char name[RECORD_NAME] = "-";
    u64 print = 0, t = e->tick;
    switch (e->kind) {
    case INPUT_KEY:
        line(r, "%" PRIu64 " key %s %s", t, key_name(e->key), e->down ? "down" : "up");
        break;
    case INPUT_MOUSE:
        line(r, "%" PRIu64 " mouse %d %d %d %u", t, e->dx, e->dy, e->dz, e->buttons);
        break;
    case INPUT_SERIAL:
        line(r, "%" PRIu64 " serial %d %02x", t, e->port, e->byte);
        break;
    case INPUT_JOYSTICK:
        line(r, "%" PRIu64 " joystick %u %u %u %u %u %u", t, e->stick.axis[0], e->stick.axis[1],
             e->stick.axis[2], e->stick.axis[3], e->stick.buttons, e->stick.absent);
        break;
    case INPUT_RESET:
        line(r, "%" PRIu64 " reset %s", t, e->cold ? "cold" : "warm");
        break;
    case INPUT_CPU_RESET:
        line(r, "%" PRIu64 " cpu-reset", t);
        break;
    case INPUT_MEDIUM:
        if (e->medium) {
            disk_fingerprint(e->medium, &print);
            medium_text(e->medium, name, sizeof name);
        }
        line(r, "%" PRIu64 " medium %d %016" PRIx64 " %s", t, e->port, print, name);
        break;
    default:
        break;
    }
}

void record_edited(Record *r)
{
    line(r, "%" PRIu64 " edited", r->pc->clock.now);
}

void record_back(Record *r, u64 inputs)
{
    line(r, "%" PRIu64 " back %" PRIu64, r->pc->clock.now, inputs);
}

/* When a hash is taken hangs on host time, which changes nothing in the run: a replay checks
 * whatever hashes the log holds. */
void record_poll(Record *r)
{
    if (host_ns() - r->hashed_ns > 1000000000ull)
        write_hash(r);
    if (r->dirty)
        fflush(r->f);
    r->dirty = false;
}

/* All lines were handed to the kernel before, so closing writes nothing. */
void record_abandon(Record *r)
{
    if (!r)
        return;
    fclose(r->f);
    free(r);
}

bool record_close(Record *r)
{
    if (!r)
        return true;
    write_hash(r);
    line(r, "%" PRIu64 " end", r->pc->clock.now);
    bool ok = !ferror(r->f);
    ok &= !fclose(r->f);
    free(r);
    return ok;
}
