/* journal.c: see journal.h. The journal is a list of exchanges in order of generation, with a
 * position in it. Going back over an entry swaps its bytes with the medium's, so the same entry
 * then holds what going forward has to put back. A write while the position is not at the end
 * either repeats what was written then, as when a stretch of time is executed again, or starts
 * another future, and what lay ahead is dropped. */
#include "devices/disk/journal.h"

#include "devices/disk/layer.h"
#include "devices/state.h"

#include <stdlib.h>

typedef struct {
    u64 generation; /* the medium's after this write */
    u64 lba;
    u32 count;
    u8 *data; /* the other contents: old ones behind the position, new ones ahead of it */
} Exchange;

struct DiskJournal {
    Exchange *list;
    u32 count, room, at; /* list[at] is the first that lies ahead */
    u64 oldest;          /* generation before list[0] */
    u64 bytes;
    u8 *pending; /* what the write under way will replace */
};

static size_t bytes_of(u32 count)
{
    return (size_t)count * DISK_SECTOR;
}

bool disk_journal_start(Disk *d)
{
    if (d->journal)
        return true;
    d->journal = calloc(1, sizeof *d->journal);
    if (!d->journal)
        return false;
    d->journal->oldest = d->generation;
    return true;
}

static void drop_ahead(DiskJournal *j)
{
    while (j->count > j->at) {
        Exchange *x = &j->list[--j->count];
        j->bytes -= bytes_of(x->count);
        free(x->data);
    }
}

static void free_journal(DiskJournal *j)
{
    if (!j)
        return;
    j->at = 0;
    drop_ahead(j);
    free(j->list);
    free(j->pending);
    free(j);
}

void disk_journal_stop(Disk *d)
{
    free_journal(d->journal);
    d->journal = NULL;
}

/* ---- writing --------------------------------------------------------------------------------- */

bool journal_before(Disk *d, u64 lba, u32 count)
{
    DiskJournal *j = d->journal;
    if (j->count == j->room) {
        u32 room = j->room ? j->room * 2 : 64;
        Exchange *list = realloc(j->list, room * sizeof *list);
        if (!list)
            return false;
        j->list = list;
        j->room = room;
    }
    free(j->pending);
    j->pending = malloc(bytes_of(count));
    /* what cannot be read cannot be brought back either: zeros will do */
    if (j->pending && d->layer->ops->read(d->layer, lba, count, j->pending))
        memset(j->pending, 0, bytes_of(count));
    return j->pending;
}

static bool repeats(const Exchange *x, u64 generation, u64 lba, u32 count, const u8 *src)
{
    return x->generation == generation && x->lba == lba && x->count == count &&
           !memcmp(x->data, src, bytes_of(count));
}

void journal_after(Disk *d, u64 lba, u32 count, const u8 *src, bool done)
{
    DiskJournal *j = d->journal;
    if (!done)
        return; /* the medium is what it was */
    if (j->at < j->count && repeats(&j->list[j->at], d->generation, lba, count, src)) {
        free(j->list[j->at].data);
    } else {
        drop_ahead(j);
        j->list[j->count++] = (Exchange){d->generation, lba, count, NULL};
        j->bytes += bytes_of(count);
    }
    j->list[j->at++].data = j->pending;
    j->pending = NULL;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static bool swap(Disk *d, Exchange *x)
{
    u8 *now = malloc(bytes_of(x->count));
    if (!now)
        return false;
    bool ok = disk_read(d, x->lba, x->count, now) == DISK_OK &&
              !d->layer->ops->write(d->layer, x->lba, x->count, x->data);
    free(ok ? x->data : now);
    if (ok)
        x->data = now;
    return ok;
}

bool disk_journal_go(Disk *d, u64 generation)
{
    DiskJournal *j = d->journal;
    if (generation == d->generation)
        return true;
    if (!j || generation < j->oldest)
        return false;
    while (j->at && j->list[j->at - 1].generation > generation) {
        if (!swap(d, &j->list[j->at - 1]))
            return false;
        j->at--;
    }
    while (j->at < j->count && j->list[j->at].generation <= generation) {
        if (!swap(d, &j->list[j->at]))
            return false;
        j->at++;
    }
    d->generation = generation;
    return true;
}

void disk_journal_forget(Disk *d, u64 generation)
{
    DiskJournal *j = d->journal;
    u32 n = 0;
    if (!j)
        return;
    for (; n < j->at && j->list[n].generation <= generation; n++) {
        j->bytes -= bytes_of(j->list[n].count);
        j->oldest = j->list[n].generation;
        free(j->list[n].data);
    }
    memmove(j->list, j->list + n, (j->count - n) * sizeof *j->list);
    j->count -= n;
    j->at -= n;
}

u64 disk_journal_bytes(const Disk *d)
{
    return d->journal ? d->journal->bytes + d->journal->room * sizeof(Exchange) : 0;
}

/* ---- futures that wait ----------------------------------------------------------------------- */

struct DiskFuture {
    Exchange *list;
    u32 count;
    u64 bytes;
};

DiskFuture *disk_journal_cut(Disk *d)
{
    DiskJournal *j = d->journal;
    if (!j || j->at == j->count)
        return NULL;
    DiskFuture *f = calloc(1, sizeof *f);
    u32 count = j->count - j->at;
    if (f)
        f->list = malloc(count * sizeof *f->list);
    if (!f || !f->list)
        panic("out of host memory for a disk's past; use a smaller -history");
    memcpy(f->list, j->list + j->at, count * sizeof *f->list);
    f->count = count;
    for (u32 i = 0; i < count; i++)
        f->bytes += bytes_of(f->list[i].count);
    j->bytes -= f->bytes;
    j->count = j->at;
    return f;
}

void disk_journal_join(Disk *d, DiskFuture *f)
{
    DiskJournal *j = d->journal;
    if (!f)
        return;
    drop_ahead(j);
    Exchange *list = realloc(j->list, (j->count + f->count) * sizeof *list);
    if (!list)
        panic("out of host memory for a disk's past; use a smaller -history");
    j->list = list;
    memcpy(list + j->count, f->list, f->count * sizeof *list);
    j->room = j->count += f->count;
    j->bytes += f->bytes;
    free(f->list);
    free(f);
}

void disk_future_free(DiskFuture *f)
{
    for (u32 i = 0; f && i < f->count; i++)
        free(f->list[i].data);
    if (f)
        free(f->list);
    free(f);
}

u64 disk_future_bytes(const DiskFuture *f)
{
    return f ? f->bytes + f->count * sizeof *f->list : 0;
}

/* ---- pasts that wait ------------------------------------------------------------------------- */

struct DiskPast {
    DiskJournal *journal;
    u64 generation;
    OverlayWrites *writes; /* of a medium with writes in memory */
};

DiskPast *disk_past_take(Disk *d)
{
    DiskPast *p = calloc(1, sizeof *p);
    if (!p || (d->snapshot && !(p->writes = overlay_take(d->layer)))) {
        free(p);
        return NULL;
    }
    p->journal = d->journal;
    p->generation = d->generation;
    d->journal = NULL;
    return p;
}

void disk_past_put(Disk *d, DiskPast *p)
{
    disk_journal_stop(d);
    if (p->writes) {
        overlay_put(d->layer, p->writes);
    } else {
        d->fingerprint_at = 0; /* generations of another past */
    }
    d->journal = p->journal;
    d->generation = p->generation;
    free(p);
}

void disk_past_free(DiskPast *p)
{
    if (!p)
        return;
    free_journal(p->journal);
    overlay_writes_free(p->writes);
    free(p);
}

u64 disk_past_bytes(const DiskPast *p)
{
    return p && p->journal ? p->journal->bytes + p->journal->room * sizeof(Exchange) : 0;
}

/* ---- for states in files --------------------------------------------------------------------- */

bool disk_has_writes(const Disk *d)
{
    return overlay_used(d->layer);
}

bool disk_writes(const Disk *d, bool (*fn)(void *ctx, u64 first, u64 end), void *ctx)
{
    return overlay_runs(d->layer, fn, ctx);
}

void disk_forget_writes(Disk *d)
{
    overlay_clear(d->layer);
}

static bool fingerprint(Disk *d, DiskLayer *l, u64 *h)
{
    enum { CHUNK = 128, HEAD = 2048, WHOLE = 64 << 11, SAMPLES = 256 };
    u8 *buf = malloc(bytes_of(CHUNK));
    u64 step = d->sectors <= WHOLE ? CHUNK : d->sectors / SAMPLES;
    bool ok = buf;
    *h = d->sectors;
    for (u64 lba = 0; ok && lba < d->sectors; lba += lba < HEAD ? CHUNK : step) {
        u64 left = d->sectors - lba;
        u32 n = left < CHUNK ? (u32)left : CHUNK;
        ok = !l->ops->read(l, lba, n, buf);
        if (ok)
            *h = state_hash(*h, buf, bytes_of(n));
    }
    free(buf);
    return ok;
}

bool disk_fingerprint(Disk *d, u64 *print)
{
    u64 at = d->snapshot ? 1 : d->generation + 1;
    if (d->fingerprint_at != at) {
        if (!fingerprint(d, d->snapshot ? overlay_below(d->layer) : d->layer, &d->fingerprint))
            return false;
        d->fingerprint_at = at;
    }
    *print = d->fingerprint;
    return true;
}
