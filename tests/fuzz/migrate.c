/* migrate.c: the stream in which a machine comes from another process. The first byte says how the
 * input becomes one: 0, it is the stream; 1, it stands behind a proper beginning; else, as in
 * state.c, operations on devices and edits to the part without memory of a stream that is right
 * otherwise; and what is left of the input is done to the devices that came. */
#include "frontend/move.h"
#include "frontend/move_stream.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

enum { OPS = 60, TICKS = 300000 };

void fuzz_start(void)
{
}

static void put(int fd, const void *data, size_t n)
{
    if (write(fd, data, n) != (ssize_t)n)
        panic("cannot write the stream");
}

static void put_head(int fd, MoveType type, u64 a, u64 b)
{
    MoveHead h = {type, 0, a, b};
    put(fd, &h, sizeof h);
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    char err[1200] = "";
    MoveReport r;
    u32 how = feed(&f, 1);
    Rig *m = rig_new(0);
    if (how > 1)
        rig_use(m, &f, OPS, TICKS);
    u64 end = pc_hash(m->pc);
    int fd = memfd_create("stream", MFD_CLOEXEC);
    if (how) {
        put(fd, MOVE_MAGIC, 8);
        put_head(fd, MOVE_HELLO, m->pc->ram_size, 0);
    }
    if (how > 1) {
        size_t n;
        u8 *rest = rig_state(m, &f, true, &n);
        put_head(fd, MOVE_REST, n, 0);
        put(fd, rest, n);
        put_head(fd, MOVE_END, 0, end);
        free(rest);
    } else {
        put(fd, f.at, f.left);
    }
    lseek(fd, 0, SEEK_SET);
    bool ok = move_receive(m->pc, fd, &r, err, sizeof err);
    if (!ok && (!*err || strchr(err, '\n')))
        panic("a refusal without one line of text: %s", err);
    rig_run(m, 20000);
    rig_use(m, &f, OPS, TICKS);
    rig_pass(m, 40000);
    close(fd);
    rig_free(m);
}
