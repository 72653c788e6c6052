/* state.c: machine states from files. The first byte says how the rest becomes a file: 0, it is the
 * file; 1, it is the body, under a header that is right; else operations on devices
 * (rig_use()), so that they are at work when the state is taken, and edits to that
 * state (rig_state()). A state that is taken must be one that the machine can go on from, whatever
 * is done to its devices next, look at and save. */
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"
#include "devices/state.h"
#include "tests/fuzz/fuzz.h"

enum { OPS = 60, TICKS = 300000 };

void fuzz_start(void)
{
}

static u8 *with_header(const u8 *body, size_t n, size_t *size)
{
    StateHeader h = {.magic = STATE_MAGIC,
                     .format = STATE_FORMAT,
                     .order = STATE_ORDER,
                     .method = PACK_STORED,
                     .packed = n,
                     .unpacked = n,
                     .body = state_hash(0, body, n)};
    h.header = state_hash(0, &h, offsetof(StateHeader, header));
    *size = sizeof h + n;
    u8 *file = malloc(*size);
    memcpy(file, &h, sizeof h);
    memcpy(file + sizeof h, body, n);
    return file;
}

/* Not of all of it, which takes long: memory and video memory are the last to be written. */
static u64 known(const Pc *pc)
{
    u64 h = state_hash(pc->clock.now, pc->ram, 4096);
    for (int i = 0; i < pc->snap.count; i++)
        if (pc->snap.section[i].size < 65536)
            h = state_hash(h, pc->snap.section[i].data, pc->snap.section[i].size);
    return h;
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    char err[1200];
    u32 how = feed(&f, 1);
    Rig *m = rig_new(how > 1 ? feed(&f, 2) & ~(u32)RIG_FIRMWARE : 0);
    u8 *file = NULL, *again;
    size_t n = f.left;
    if (how > 1)
        rig_use(m, &f, OPS, TICKS);
    if (how == 1)
        file = with_header(f.at, f.left, &n);
    else if (how)
        file = rig_state(m, &f, false, &n);
    u64 before = known(m->pc);
    if (!snapshot_decode(m->pc, "fuzz", file ? file : f.at, n, err, sizeof err)) {
        if (before != known(m->pc) || !*err || strchr(err, '\n'))
            panic("a state was refused, but not properly: %s", err);
        fuzz_note(err);
    } else {
        fuzz_note("taken");
        rig_run(m, 20000);
        if (how > 1)
            rig_use(m, &f, OPS, TICKS);
        rig_pass(m, 40000);
        rig_look(m);
        if (!snapshot_encode(m->pc, "fuzz", &again, &n, err, sizeof err))
            panic("%s", err);
        free(again);
    }
    free(file);
    rig_free(m);
}
