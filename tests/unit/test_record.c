/* test_record.c: a run log repeats the run; one that is damaged, cut off or made up, with checksums
 * that are right, gives a message or another run, never more than that. Run it in the sanitizer
 * build as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "bios/roms.h"
#include "devices/snapshot.h"
#include "frontend/record.h"
#include "frontend/record_file.h"

#ifdef __SANITIZE_ADDRESS__
enum { MUTATIONS = 60 };
#else
enum { MUTATIONS = 250 };
#endif

enum { LINES = 400, END = 2000000 };

static char err[1200], path[64];
static u64 seed = 5;

static u32 rnd(u32 below)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(seed >> 33) % below;
}

typedef struct {
    Pc *pc;
    Disk *fda;
    Input input;
} Machine;

static Machine *make(void)
{
    Machine *m = calloc(1, sizeof *m);
    Rom bios;
    DiskOptions floppy = {.kind = DISK_FLOPPY};
    rom_builtin(&bios, ROM_BIOS);
    m->fda = disk_open_memory("demo", rom_demo, rom_demo_size, &floppy, err, sizeof err);
    PcConfig c = {.ram = 1 << 20,
                  .cpu = CPU_486,
                  .ips = 4000000,
                  .bios = {bios.data, bios.size, 0},
                  .serial_ports = 1,
                  .floppy = {m->fda}};
    m->pc = calloc(1, sizeof *m->pc);
    if (!m->fda || !pc_init(m->pc, &c, err, sizeof err))
        fail_msg("%s", err);
    input_init(&m->input, m->pc);
    return m;
}

static void drop(Machine *m)
{
    pc_free(m->pc);
    free(m->pc);
    disk_close(m->fda);
    free(m);
}

/* A run with inputs, in the log at `path`; its last hash. */
static u64 record_run(void)
{
    Machine *m = make();
    Record *r = record_open(path, m->pc, err, sizeof err);
    assert_non_null(r);
    input_add_tap(&m->input, record_input, r);
    while (m->pc->clock.now < END) {
        pc_run(m->pc, m->pc->clock.now + 1 + rnd(200000));
        record_poll(r);
        if (rnd(2))
            input_key(&m->input, (u16)(1 + rnd(KEY_COUNT - 1)), rnd(2));
        if (rnd(4) == 0)
            input_mouse(&m->input, 3, -2, 0, 1);
        if (rnd(4) == 0)
            input_serial(&m->input, 0, (u8)rnd(256));
        if (rnd(16) == 0)
            input_reset(&m->input, rnd(2));
        if (rnd(4) == 0)
            input_joystick(&m->input, &(JoystickInput){.axis = {(u8)rnd(256)}, .absent = 2});
        if (rnd(8) == 0)
            input_cpu_reset(&m->input);
        input_deliver(&m->input);
    }
    assert_true(record_close(r));
    u64 hash = pc_hash(m->pc);
    drop(m);
    return hash;
}

/* 1: the log came to its end; 0: refused or diverged, with a message. */
static int replay_run(u64 *hash)
{
    *err = 0;
    Replay *r = replay_open(path, err, sizeof err);
    if (!r)
        return 0;
    Machine *m = make();
    bool ok = replay_check(r, m->pc, err, sizeof err);
    for (int n = 0; ok && !replay_ended(r) && m->pc->clock.now < 2 * END && n < 3000; n++) {
        pc_run(m->pc, replay_next(r, m->pc->clock.now + 500000));
        ok = replay_poll(r, &m->input, err, sizeof err);
    }
    *hash = pc_hash(m->pc);
    drop(m);
    replay_free(r);
    return ok;
}

static char *read_log(size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    *size = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    return text;
}

static void write_log(const char *text, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_true(fwrite(text, 1, size, f) == size);
    fclose(f);
}

static void test_repeats(void **state)
{
    u64 want = record_run(), got = 0;
    if (!replay_run(&got))
        fail_msg("%s", err);
    assert_true(got == want);
}

static void test_cut_off(void **state)
{
    u64 hash;
    size_t size;
    record_run();
    char *text = read_log(&size);
    for (int i = 0; i < 60; i++) {
        write_log(text, rnd((u32)size));
        if (!replay_run(&hash))
            assert_true(*err);
    }
    free(text);
}

static int split(char *text, char *line[LINES])
{
    int n = 0;
    for (char *at = strtok(text, "\n"); at && n < LINES; at = strtok(NULL, "\n")) {
        size_t len = strlen(at);
        at[len > 10 ? len - 10 : 0] = 0; /* without the checksum */
        line[n++] = at;
    }
    return n;
}

static void sign_and_write(char *const *line, int n)
{
    FILE *f = fopen(path, "wb");
    u64 chain = 0;
    for (int i = 0; i < n; i++) {
        chain = record_chain(chain, line[i], strlen(line[i]));
        fprintf(f, "%s ~%08x\n", line[i], (unsigned)chain);
    }
    fclose(f);
}

/* The log with line `with` for the first that begins with `was`, behind it if `was` ends with `+`;
 * its checksums are right. */
static void change_log(const char *log, const char *was, char *with)
{
    static char copy[1 << 20];
    char *line[LINES + 1];
    size_t n = strlen(was);
    bool behind = n && was[n - 1] == '+';
    int at = 0;
    strcpy(copy, log);
    int count = split(copy, line);
    while (at < count && strncmp(line[at], was, n - behind))
        at++;
    assert_true(at < count);
    if (behind) {
        memmove(line + at + 1, line + at, (size_t)(count - at) * sizeof *line);
        line[at + 1] = with;
        count++;
    } else if (*with) {
        line[at] = with;
    } else {
        memmove(line + at, line + at + 1, (size_t)(--count - at) * sizeof *line);
    }
    sign_and_write(line, count);
}

static void test_says_why(void **state)
{
    static const struct {
        const char *was, *with, *says; /* NULL: it is replayed */
    } t[] = {
        {"glass86", "glass86 run log 9", ":1: this is not what a run log of this version holds"},
        {"machine cpu", "machine cpu=386", "recorded with cpu=386, this machine has cpu=486"},
        {"machine serial-mouse", "", "recorded with another version, this machine has serial-mo"},
        {"machine serial-mouse+", "machine wheels=4", "with wheels=4, which this machine does not"},
        {"rtc", "", "the run log ends before the run began"},
        {"rtc", "rtc 1 2", "this is not what a run log of this version holds"},
        {"rtc", "radio 1", "this is not what a run log of this version holds"},
        {"drive", "", "recorded with nothing in drive -fda; this machine has demo"},
        {"drive+", "drive hda 0 hard.img", "with hard.img in drive -hda; this machine has nothing"},
        {"drive", "drive fda 123 demo", "the image demo is not what it was when the run"},
        {"drive", "drive fda", "this is not what a run log of this version holds"},
        {"0 hash+", "0 back 1", "this is not what a run log of this version holds"},
        {"0 hash+", "5 cpu-reset now", "this is not what a run log of this version holds"},
        {"0 hash+", "5 edited now", "this is not what a run log of this version holds"},
        {"0 hash+", "5 reset hot", "this is not what a run log of this version holds"},
        {"0 hash+", "5 key hyper down", "this is not what a run log of this version holds"},
        {"0 hash+", "5 key a", "this is not what a run log of this version holds"},
        {"0 hash+", "5 mouse 1 2 3", "this is not what a run log of this version holds"},
        {"0 hash+", "5 joystick 1 2 3", "this is not what a run log of this version holds"},
        {"0 hash+", "5 serial 9 41", "this is not what a run log of this version holds"},
        {"0 hash+", "5 medium 6 0 x", "this is not what a run log of this version holds"},
        {"0 hash+", "5 medium 0 0 /nowhere/x", "the run needs a disk: /nowhere/x: cannot open"},
        {"0 hash+", "5 medium 0 0 x,rw", "the run needs a disk: x,rw: unknown disk option 'rw'"},
        {"0 hash+", "5 edited", "at instruction 5 the machine was changed in the debugger"},
        {"0 hash+", "5 serial 1 41", "at instruction 5 serial port 1 does not take a byte"},
        {"0 hash+", "5 hash cpu=0", "at instruction 5 section "},
        {"0 hash+", "0 key a down", NULL},
        {"0 hash+", "0 cpu-reset", NULL},
        {"0 hash+", "0 joystick 1 2 3 4 5 6", NULL},
        {"0 hash+", "0 medium 0 0 -", NULL},
    };
    Machine *m = make();
    size_t size;
    u64 hash;
    char with[100];
    Record *r = record_open(path, m->pc, err, sizeof err);
    assert_true(record_close(r));
    drop(m);
    char *log = read_log(&size), *end = strstr(log, "0 hash");
    *strchr(end, '\n') = 0; /* its hash once more, and its end, would differ */
    for (size_t i = 0; i < ARRAY_LEN(t); i++) {
        strcpy(with, t[i].with);
        change_log(log, t[i].was, with);
        bool good = replay_run(&hash);
        if (good != !t[i].says || (!good && !strstr(err, t[i].says)))
            fail_msg("%s: '%s', wanted '%s'", t[i].with, good ? "replayed" : err, t[i].says);
        if (!good && (strncmp(err, path, strlen(path)) || strchr(err, '\n')))
            fail_msg("%s", err);
    }
    free(log);
}

static void mutate_text(char *s)
{
    static const char *const odd[] = {"-1", "99999999999999999999", "", "%n", "a\x80\xff",
                                      "2147483648"};
    size_t len = strlen(s);
    if (!len)
        return;
    char *at = s + rnd((u32)len);
    if (rnd(3)) {
        *at = (char)(1 + rnd(126));
        *at = *at == '\n' ? ' ' : *at;
    } else {
        const char *with = odd[rnd(ARRAY_LEN(odd))];
        memcpy(at, with, strlen(with) < strlen(at) ? strlen(with) : strlen(at));
    }
}

/* What a medium was opened with is in the log, as far as the guest notices it; no name damages the
 * log. */
static void check_medium(const char *dir, const char *name, const char *options, const char *word,
                         bool ro, bool plain)
{
    char file[100], text[120], open[120];
    size_t size;
    DiskOptions how = {.kind = DISK_FLOPPY};
    snprintf(file, sizeof file, "%s/%s", dir, name);
    snprintf(text, sizeof text, "%s%s", file, options);
    FILE *f = fopen(file, "wb");
    assert_true(f && !ftruncate(fileno(f), 1474560));
    fclose(f);
    Machine *m = make(), *n = make();
    Record *r = record_open(path, m->pc, err, sizeof err);
    input_add_tap(&m->input, record_input, r);
    pc_run(m->pc, 1000);
    assert_true(disk_parse(text, open, sizeof open, &how, err, sizeof err));
    Disk *d = disk_open(open, &how, err, sizeof err);
    assert_non_null(d);
    input_medium(&m->input, 0, d);
    assert_true(record_close(r));
    drop(m);
    disk_close(d);
    char *log = read_log(&size);
    assert_non_null(strstr(log, word));
    free(log);
    Replay *again = replay_open(path, err, sizeof err);
    if (!again)
        fail_msg("%s: %s", text, err);
    if (replay_check(again, n->pc, err, sizeof err)) {
        assert_true(replay_poll(again, &n->input, err, sizeof err));
        pc_run(n->pc, 1000);
        assert_true(replay_poll(again, &n->input, err, sizeof err));
        assert_int_equal(pc_medium(n->pc, 0)->read_only, ro);
        assert_int_equal(pc_medium(n->pc, 0)->plain, plain);
        assert_int_equal(pc_medium(n->pc, 0)->faults.count, how.faults.count);
    } else { /* a name that no line can hold */
        if (!strchr(file, '\n'))
            fail_msg("%s: %s", text, err);
        assert_non_null(strstr(err, "the run needs a disk"));
    }
    drop(n);
    replay_free(again);
    unlink(file);
}

static void test_media(void **state)
{
    char dir[] = "/tmp/glass86-media-XXXXXX";
    assert_non_null(mkdtemp(dir));
    check_medium(dir, "a,b.img", "", "/a,b.img ~", false, true);
    check_medium(dir, "a.img", ",ro", "/a.img,ro ~", true, true);
    check_medium(dir, "b.img", ",raw", "/b.img,raw ~", false, false);
    check_medium(dir, "c.img", ",ro,raw", "/c.img,raw,ro ~", true, false);
    check_medium(dir, "e.img", ",fault=read:7,fault=write:8-900",
                 "/e.img,fault=read:7-7,fault=write:8-900 ~", false, true);
    check_medium(dir, "d\n.img", "", "/d?.img ~", false, true);
    rmdir(dir);
}

/* A log can name files of the host, but has none written. */
static void test_hostile_media(void **state)
{
    char file[] = "/tmp/glass86-media-XXXXXX", overlay[60], with[300];
    size_t size;
    int fd = mkstemp(file);
    assert_true(fd >= 0 && !ftruncate(fd, 1474560));
    close(fd);
    snprintf(overlay, sizeof overlay, "%s.ovl", file);
    Machine *m = make(), *n = make();
    Record *r = record_open(path, m->pc, err, sizeof err);
    input_add_tap(&m->input, record_input, r);
    pc_run(m->pc, 1000);
    Disk *d = disk_open(file, &(DiskOptions){.kind = DISK_FLOPPY}, err, sizeof err);
    assert_non_null(d);
    input_medium(&m->input, 0, d);
    assert_true(record_close(r));
    drop(m);
    disk_close(d);
    char *log = read_log(&size), *line = strstr(log, "1000 medium");
    assert_non_null(line);
    snprintf(with, sizeof with, "%.*s,refs=any,snapshot=off,overlay=%s",
             (int)(strstr(line, " ~") - line), line, overlay);
    change_log(log, "1000 medium", with);
    free(log);
    Replay *again = replay_open(path, err, sizeof err);
    if (!again || !replay_check(again, n->pc, err, sizeof err))
        fail_msg("%s", err);
    assert_true(replay_poll(again, &n->input, err, sizeof err));
    pc_run(n->pc, 1000);
    assert_true(replay_poll(again, &n->input, err, sizeof err));
    assert_true(pc_medium(n->pc, 0)->snapshot);
    assert_int_equal(access(overlay, F_OK), -1);
    drop(n);
    replay_free(again);
    unlink(file);
}

static void test_made_up(void **state)
{
    u64 hash;
    size_t size;
    int refused = 0;
    record_run();
    char *text = read_log(&size), *copy = malloc(size + 1);
    static char added[64];
    for (int i = 0; i < MUTATIONS; i++) {
        char *line[LINES + 1];
        memcpy(copy, text, size + 1);
        int n = split(copy, line);
        for (u32 k = rnd(3); k--;)
            mutate_text(line[rnd((u32)n)]);
        if (rnd(4) == 0)
            line[rnd((u32)n)] = line[rnd((u32)n)];
        if (rnd(4) == 0) {
            const char *form = rnd(2) ? "%u back %u" : "%u medium %u 0 x";
            snprintf(added, sizeof added, form, rnd(END), rnd(9));
            line[rnd((u32)n)] = added;
        }
        sign_and_write(line, n - (int)rnd(4));
        if (!replay_run(&hash)) {
            assert_true(*err);
            refused++;
        }
    }
    assert_true(refused > MUTATIONS / 4);
    free(copy);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_repeats),
                                       cmocka_unit_test(test_cut_off),
                                       cmocka_unit_test(test_media),
                                       cmocka_unit_test(test_says_why),
                                       cmocka_unit_test(test_hostile_media),
                                       cmocka_unit_test(test_made_up)};
    snprintf(path, sizeof path, "/tmp/glass86-record-%ld", (long)getpid());
    int failed = cmocka_run_group_tests_name("record", tests, NULL, NULL);
    unlink(path);
    return failed;
}
