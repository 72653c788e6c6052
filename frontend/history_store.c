/* history_store.c: see history_store.h. Taking a state costs a look at each page's dirty flag, a
 * comparison of the video memory, and a copy of what changed; that is what lets it be done ten
 * times a second while somebody plays. A page that is all zeros is no page at all. */
#include "frontend/history_store.h"

#include "devices/disk/journal.h"
#include "devices/snapshot_file.h"

#include <stdlib.h>

struct StorePage {
    u32 users;
    u8 data[STORE_PAGE];
};

struct StoreGroup {
    u32 users;
    StorePage *page[STORE_GROUP]; /* NULL: zeros */
};

typedef struct {
    u64 armed, when;
} StoreEvent;

static void *take_memory(size_t size)
{
    void *p = calloc(1, size);
    if (!p)
        panic("out of host memory for the machine's past; use a smaller -history");
    return p;
}

/* ---- the row of pages ------------------------------------------------------------------------ */

static void add_area(Store *s, u8 *data, u32 size, bool is_ram)
{
    u32 count = (size + STORE_PAGE - 1) / STORE_PAGE;
    s->area[s->areas++] = (struct StoreArea){data, s->pages, count, is_ram, false};
    s->pages += count;
}

static void add_rom(Store *s, u8 *data, u32 size)
{
    for (int i = 0; i < s->areas; i++)
        if (s->area[i].data == data) /* RAM that shadows it */
            return;
    if (data) {
        add_area(s, data, size, false);
        s->area[s->areas - 1].is_rom = true;
    }
}

static bool is_small(const SnapSection *sec)
{
    return !state_paged(sec);
}

void store_open(Store *s, Pc *pc)
{
    const Snap *snap = &pc->snap;
    memset(s, 0, sizeof *s);
    s->pc = pc;
    for (int i = 0; i < snap->count; i++) {
        const SnapSection *sec = &snap->section[i];
        if (is_small(sec))
            s->small_size += sec->size;
        else
            add_area(s, sec->data, sec->size, sec->data == pc->ram);
    }
    add_rom(s, pc->rom, PC_ROM_SIZE);
    add_rom(s, pc->bios, pc->bios_size);
    s->small_size += (u32)(pc->queue.count * sizeof(StoreEvent));
    s->small_size = (s->small_size + STORE_PAGE - 1) & ~(STORE_PAGE - 1u);
    s->small = take_memory(s->small_size);
    add_area(s, s->small, s->small_size, false);
    s->groups = (s->pages + STORE_GROUP - 1) / STORE_GROUP;
}

static void gather_small(Store *s)
{
    const Snap *snap = &s->pc->snap;
    const EventQueue *q = &s->pc->queue;
    u8 *at = s->small;
    snap_gather(snap);
    for (int i = 0; i < snap->count; i++) {
        const SnapSection *sec = &snap->section[i];
        if (is_small(sec)) {
            memcpy(at, sec->data, sec->size);
            at += sec->size;
        }
    }
    for (int i = 0; i < q->count; i++, at += sizeof(StoreEvent)) {
        StoreEvent e = {q->all[i]->armed, q->all[i]->armed ? q->all[i]->when : 0};
        memcpy(at, &e, sizeof e);
    }
}

static const u8 *scatter_small(Store *s)
{
    const Snap *snap = &s->pc->snap;
    const u8 *at = s->small;
    for (int i = 0; i < snap->count; i++) {
        const SnapSection *sec = &snap->section[i];
        if (is_small(sec)) {
            memcpy(sec->data, at, sec->size);
            at += sec->size;
        }
    }
    return at;
}

static void scatter_events(Store *s, const u8 *at)
{
    EventQueue *q = &s->pc->queue;
    for (int i = 0; i < q->count; i++)
        event_cancel(q, q->all[i]);
    for (int i = 0; i < q->count; i++, at += sizeof(StoreEvent)) {
        StoreEvent e;
        memcpy(&e, at, sizeof e);
        if (e.armed)
            event_at(q, q->all[i], e.when);
    }
}

/* ---- pages and groups ------------------------------------------------------------------------ */

static void release_page(Store *s, StorePage *p)
{
    if (p && --p->users == 0) {
        free(p);
        s->bytes -= sizeof *p;
    }
}

static void release_group(Store *s, StoreGroup *g)
{
    if (!g || --g->users)
        return;
    for (int i = 0; i < STORE_GROUP; i++)
        release_page(s, g->page[i]);
    free(g);
    s->bytes -= sizeof *g;
}

static StoreGroup *new_group(Store *s, const StoreGroup *like)
{
    StoreGroup *g = take_memory(sizeof *g);
    if (like)
        *g = *like;
    for (int i = 0; like && i < STORE_GROUP; i++)
        if (g->page[i])
            g->page[i]->users++;
    g->users = 1;
    s->bytes += sizeof *g;
    return g;
}

static StorePage *page_at(StoreGroup **table, u32 n)
{
    StoreGroup *g = table ? table[n / STORE_GROUP] : NULL;
    return g ? g->page[n % STORE_GROUP] : NULL;
}

static bool same(const StorePage *p, const u8 *data)
{
    return p ? !memcmp(p->data, data, STORE_PAGE) : state_is_zero(data, STORE_PAGE);
}

/* A group that only this table uses may be written; others are copied first. */
static void set_page(Store *s, StoreGroup **table, u32 n, const u8 *data)
{
    StoreGroup **g = &table[n / STORE_GROUP];
    if (!*g || (*g)->users > 1) {
        StoreGroup *mine = new_group(s, *g);
        release_group(s, *g);
        *g = mine;
    }
    StorePage **p = &(*g)->page[n % STORE_GROUP];
    release_page(s, *p);
    *p = NULL;
    if (state_is_zero(data, STORE_PAGE))
        return;
    *p = malloc(sizeof **p);
    if (!*p)
        panic("out of host memory for the machine's past; use a smaller -history");
    (*p)->users = 1;
    memcpy((*p)->data, data, STORE_PAGE);
    s->bytes += sizeof **p;
}

static StoreGroup **copy_table(Store *s, StoreGroup **from)
{
    StoreGroup **t = take_memory(s->groups * sizeof *t);
    s->bytes += s->groups * sizeof *t;
    for (u32 i = 0; from && i < s->groups; i++) {
        t[i] = from[i];
        if (t[i])
            t[i]->users++;
    }
    return t;
}

static void free_table(Store *s, StoreGroup **t)
{
    for (u32 i = 0; t && i < s->groups; i++)
        release_group(s, t[i]);
    if (t)
        s->bytes -= s->groups * sizeof *t;
    free(t);
}

void store_close(Store *s)
{
    free_table(s, s->now);
    free(s->small);
    memset(s, 0, sizeof *s);
}

/* ---- taking and restoring -------------------------------------------------------------------- */

/* RAM under the video memory and the ROMs has no page on the bus; it changes when the machine is
 * switched off and on, if at all. */
static bool on_bus(u32 page)
{
    return page < 0xA0000 / STORE_PAGE || page >= 0x100000 / STORE_PAGE;
}

static bool maybe_changed(const Store *s, const struct StoreArea *a, u32 page)
{
    if (s->lost || !s->now)
        return true;
    if (a->is_rom)
        return s->roms;
    return !a->is_ram || !on_bus(page) || bus_dirty(&s->pc->bus, page * STORE_PAGE);
}

static void clean(Store *s)
{
    u64 top = s->pc->ram_size;
    bus_clear_dirty(&s->pc->bus, 0, top < 0xA0000 ? (u32)top : 0xA0000);
    if (top > 0x100000)
        bus_clear_dirty(&s->pc->bus, 0x100000, (u32)(top - 0x100000));
}

void store_take(Store *s, StoreState *out)
{
    StoreGroup **t = copy_table(s, s->now);
    gather_small(s);
    for (int i = 0; i < s->areas; i++) {
        const struct StoreArea *a = &s->area[i];
        for (u32 n = 0; n < a->count; n++) {
            const u8 *data = a->data + (size_t)n * STORE_PAGE;
            if (maybe_changed(s, a, n) && !same(page_at(t, a->first + n), data))
                set_page(s, t, a->first + n, data);
        }
    }
    clean(s);
    s->lost = false;
    free_table(s, s->now);
    s->now = copy_table(s, t);
    out->group = t;
    out->tick = s->pc->clock.now;
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        const Disk *d = pc_medium(s->pc, i);
        out->generation[i] = d ? d->generation : 0;
    }
}

static void put_page(u8 *data, const StorePage *p)
{
    if (p)
        memcpy(data, p->data, STORE_PAGE);
    else if (!state_is_zero(data, STORE_PAGE))
        memset(data, 0, STORE_PAGE);
}

static void put_area(Store *s, const struct StoreArea *a, StoreGroup **table)
{
    for (u32 n = 0; n < a->count; n++) {
        StorePage *p = page_at(table, a->first + n);
        if (maybe_changed(s, a, n) || p != page_at(s->now, a->first + n))
            put_page(a->data + (size_t)n * STORE_PAGE, p);
    }
}

static bool put_disks(Store *s, const StoreState *state)
{
    bool ok = true;
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        Disk *d = pc_medium(s->pc, i);
        if (d)
            ok &= disk_journal_go(d, state->generation[i]);
    }
    return ok;
}

bool store_restore(Store *s, const StoreState *state)
{
    for (int i = 0; i < s->areas; i++)
        put_area(s, &s->area[i], state->group);
    const u8 *events = scatter_small(s);
    bool ok = put_disks(s, state);
    pc_post_load(s->pc);
    scatter_events(s, events);
    clean(s);
    s->lost = false;
    StoreGroup **now = copy_table(s, state->group);
    free_table(s, s->now);
    s->now = now;
    return ok;
}

void store_drop(Store *s, StoreState *state)
{
    free_table(s, state->group);
    state->group = NULL;
}
