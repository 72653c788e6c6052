/* session.c: see session.h. */
#include "tests/fuzz/session.h"

#include "frontend/fork.h"
#include "frontend/past.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/guests.h"

enum { SLICES = 8, SLICE = 2000, HISTORY = 4 << 20 };

static Options options;
static Rig *machine;

FILE *fuzz_session_out(void)
{
    return getenv("FUZZ_VERBOSE") ? stderr : fuzz_null();
}

/* The machine that the first line asks for. */
static Rig *machine_for(const u8 **data, size_t *size)
{
    char line[40] = "", name[16] = "";
    unsigned choices = 0;
    if (!*size)
        return rig_new(0);
    const u8 *end = memchr(*data, '\n', *size);
    size_t n = end ? (size_t)(end - *data) : *size;
    memcpy(line, *data, n < sizeof line - 1 ? n : sizeof line - 1);
    if (sscanf(line, "guest %15s %x", name, &choices) < 1)
        return rig_new(0);
    n += end != NULL;
    *data += n;
    *size -= n;
    Rig *m = rig_new(choices & ~(unsigned)RIG_FIRMWARE);
    if (!strcmp(name, "dos"))
        guest_dos(m);
    else if (!strcmp(name, "protected"))
        guest_protected(m);
    return m;
}

static void on_serial(void *ctx, int port, u8 byte)
{
    debug_on_serial(((Session *)ctx)->debug, port, byte);
}

Session *fuzz_session_new(const u8 **data, size_t *size)
{
    Session *s = calloc(1, sizeof *s);
    options_init(&options);
    options.history = HISTORY;
    options.batch = true;
    options.dbg = true;
    machine = machine_for(data, size);
    s->opt = &options;
    s->limit = UINT64_MAX;
    s->text = calloc(1, sizeof *s->text);
    s->pc = machine->pc;
    s->pc->cfg.hooks.ctx = s;
    s->pc->cfg.hooks.serial_tx = on_serial;
    input_init(&s->input, s->pc);
    s->debug = debug_open(s);
    s->debug->out = fuzz_session_out();
    s->debug->stopped = true;
    past_open(s);
    return s;
}

void fuzz_session_free(Session *s)
{
    fork_wait(s, NULL);
    past_close(s);
    debug_close(s->debug);
    free(s->forks);
    free(s->text);
    free(s);
    rig_free(machine);
    options_free(&options);
}

void fuzz_session_run(Session *s)
{
    Debug *d = s->debug;
    for (int n = 0; n < SLICES && !d->stopped && !s->ended; n++) {
        u64 until = debug_slice(d, s->pc->clock.now + SLICE);
        if (past_behind(s))
            past_deliver(s);
        else
            input_deliver(&s->input);
        PcExit e = pc_run(s->pc, until > s->pc->clock.now ? until : s->pc->clock.now + 1);
        if (!debug_on_exit(d, e) && e == PC_EXIT_SHUTDOWN)
            input_cpu_reset(&s->input);
        past_poll(s);
        debug_on_frame(d); /* each slice is a picture */
    }
    d->stopped = true;
    s->ended = false;
}
