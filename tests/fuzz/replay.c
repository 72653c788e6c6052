/* replay.c: run logs. The first byte says what the rest is: 0, the file; else lines, which get
 * their checksums here, and (2 and more) a beginning that fits the machine. What is taken is
 * played. */
#include "devices/disk/journal.h"
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"
#include "frontend/record.h"
#include "frontend/record_file.h"
#include "tests/fuzz/fuzz.h"

#include <inttypes.h>

enum { SLICES = 60, SLICE = 20000, LINES = 300 };

typedef struct {
    char *text;
    size_t n;
    u64 chain;
} Log;

void fuzz_start(void)
{
}

static void add(Log *l, const char *text, size_t n)
{
    l->text = realloc(l->text, l->n + n + 16);
    memcpy(l->text + l->n, text, n);
    l->chain = record_chain(l->chain, text, n);
    l->n += n;
    l->n += (size_t)sprintf(l->text + l->n, " ~%08x\n", (unsigned)l->chain);
}

/* As record.c begins a log of this machine. */
static void begin(Log *l, Pc *pc)
{
    char text[STATE_TEXT], line[STATE_TEXT + 16];
    add(l, RECORD_MAGIC, strlen(RECORD_MAGIC));
    state_describe(pc, text);
    for (char *t = strtok(text, "\n"); t; t = strtok(NULL, "\n"))
        add(l, line, (size_t)snprintf(line, sizeof line, "machine %s", t));
    add(l, "rtc 0", 5);
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        Disk *d = pc_medium(pc, i);
        u64 print;
        if (d && disk_fingerprint(d, &print))
            add(l, line, (size_t)snprintf(line, sizeof line, "drive %s %016" PRIx64 " %s",
                                          pc_drive_option[i] + 1, print, d->name));
    }
}

static void play(Replay *r, Rig *m)
{
    char err[1200] = "";
    fuzz_forbid_files(true);
    if (replay_check(r, m->pc, err, sizeof err)) {
        for (int n = 0; n < SLICES && !replay_ended(r); n++) {
            u64 now = m->pc->clock.now, until = replay_next(r, now + SLICE);
            rig_run(m, until > now ? until - now : 1);
            if (!replay_poll(r, &m->input, err, sizeof err))
                break;
        }
        fuzz_note("played");
        replay_summary(r, err, sizeof err);
    } else if (!*err || strchr(err, '\n')) {
        panic("a refusal without one line of text: %s", err);
    }
    fuzz_note(err);
    fuzz_forbid_files(false);
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    char err[1200] = "";
    Log log = {0};
    u32 how = feed(&f, 1);
    static char path[512];
    Rig *m = rig_new(0);
    if (how >= 2)
        begin(&log, m->pc);
    for (int n = 0; how && f.left && n < LINES; n++) {
        const u8 *end = memchr(f.at, '\n', f.left);
        size_t len = end ? (size_t)(end - f.at) : f.left;
        add(&log, (const char *)f.at, len);
        feed_bytes(&f, len + (end != NULL), &len);
    }
    snprintf(path, sizeof path, "%s",
             fuzz_file("x.log", how ? (u8 *)log.text : f.at, how ? log.n : f.left));
    Replay *r = replay_open(path, err, sizeof err);
    if (r)
        play(r, m);
    else if (!*err || strchr(err, '\n'))
        panic("a refusal without one line of text: %s", err);
    else
        fuzz_note(err);
    replay_free(r);
    free(log.text);
    rig_free(m);
}
