/* cmd_state.c: commands about machine states in files: saving, loading, listing, comparing. */
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"
#include "frontend/cmd.h"
#include "frontend/fork.h"
#include "frontend/history.h"
#include "frontend/past.h"
#include "frontend/states.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { RANGES_SHOWN = 8 };

static bool name_of(Debug *d, const char **args, char *path, size_t size)
{
    if (!**args)
        return debug_fail(d, "a file name is missing");
    return arg_string(d, args, path, size);
}

static bool cmd_savevm(Debug *d, const char *args)
{
    char path[1024];
    return name_of(d, &args, path, sizeof path) && arg_end(d, args) &&
           pc_save(d->pc, path, d->error, sizeof d->error);
}

static bool cmd_loadvm(Debug *d, const char *args)
{
    char path[1024];
    Session *s = d->session;
    if (!name_of(d, &args, path, sizeof path) || !arg_end(d, args))
        return false;
    if (s->replay)
        return debug_fail(d, "a replay is under way, which another state would break");
    if (!past_load(s, path, d->error, sizeof d->error))
        return false;
    if (s->record)
        record_edited(s->record);
    if (d->stopped)
        debug_arrived(d);
    return true;
}

static bool cmd_hash(Debug *d, const char *args)
{
    if (!arg_end(d, args))
        return false;
    fprintf(d->out, "hash %" PRIu64 " %016" PRIx64 "\n", d->pc->clock.now, pc_hash(d->pc));
    return true;
}

/* ---- info snapshots -------------------------------------------------------------------------- */

static void list_one(Debug *d, const char *path, const char *name, off_t size)
{
    u8 *section[SNAP_MAX] = {0};
    Clock clock = {0};
    char err[1200];
    if (snapshot_sections(d->pc, path, section, err, sizeof err)) {
        for (int i = 0; i < d->pc->snap.count; i++)
            if (d->pc->snap.section[i].data == &d->pc->clock)
                memcpy(&clock, section[i], sizeof clock);
        fprintf(d->out, "%-24s %8" PRIu64 " KiB  instruction %" PRIu64 ", %" PRIu64 ".%03" PRIu64
                        " s\n",
                name, (u64)size >> 10, clock.now, clock.now / clock.ips,
                clock.now % clock.ips * 1000 / clock.ips);
        snapshot_sections_free(d->pc, section);
    } else {
        fprintf(d->out, "%-24s %8" PRIu64 " KiB  not for this machine: %s\n", name,
                (u64)size >> 10, err);
    }
}

static bool is_state(const char *path, off_t *size)
{
    struct stat st;
    char magic[8];
    if (stat(path, &st) || !S_ISREG(st.st_mode))
        return false;
    FILE *f = fopen(path, "rb");
    bool is = f && fread(magic, 1, 8, f) == 8 && !memcmp(magic, STATE_MAGIC, 8);
    if (f)
        fclose(f);
    *size = st.st_size;
    return is;
}

static bool info_snapshots(Debug *d, const char *args)
{
    char dir[900] = ".", path[1200];
    struct dirent **entry = NULL;
    bool any = false;
    if ((*args && !arg_string(d, &args, dir, sizeof dir)) || !arg_end(d, args))
        return false;
    int n = scandir(dir, &entry, NULL, alphasort);
    if (n < 0)
        return debug_fail(d, "%.200s: there is no such directory", dir);
    for (int i = 0; i < n; i++) {
        off_t size;
        snprintf(path, sizeof path, "%s/%s", dir, entry[i]->d_name);
        if (is_state(path, &size)) {
            list_one(d, path, entry[i]->d_name, size);
            any = true;
        }
        free(entry[i]);
    }
    free(entry);
    if (!any)
        fprintf(d->out, "no states in %s; `savevm FILE` saves one\n", dir);
    return true;
}

/* ---- diff ------------------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    u8 *section[SNAP_MAX];
    bool present; /* the machine as it is */
} Side;

static bool open_side(Debug *d, Side *side, const char *name)
{
    side->name = name;
    side->present = !strcmp(name, "now");
    if (!side->present)
        return snapshot_sections(d->pc, name, side->section, d->error, sizeof d->error);
    snap_gather(&d->pc->snap);
    for (int i = 0; i < d->pc->snap.count; i++)
        side->section[i] = d->pc->snap.section[i].data;
    return true;
}

static void close_side(Debug *d, Side *side)
{
    if (!side->present)
        snapshot_sections_free(d->pc, side->section);
}

/* Registers by name; what else differs in the processor shows as bytes. */
static bool diff_cpu(FILE *out, const u8 *a, const u8 *b)
{
#define AT(field) offsetof(CpuState, field)
    static const struct {
        const char *name;
        size_t at;
        int size;
    } regs[] = {
        {"eax", AT(r[0]), 4},
        {"ecx", AT(r[1]), 4},
        {"edx", AT(r[2]), 4},
        {"ebx", AT(r[3]), 4},
        {"esp", AT(r[4]), 4},
        {"ebp", AT(r[5]), 4},
        {"esi", AT(r[6]), 4},
        {"edi", AT(r[7]), 4},
        {"eip", AT(eip), 4},
        {"eflags", AT(eflags), 4},
        {"es", AT(seg[SEG_ES].sel), 2},
        {"cs", AT(seg[SEG_CS].sel), 2},
        {"ss", AT(seg[SEG_SS].sel), 2},
        {"ds", AT(seg[SEG_DS].sel), 2},
        {"fs", AT(seg[SEG_FS].sel), 2},
        {"gs", AT(seg[SEG_GS].sel), 2},
        {"cr0", AT(cr0), 4},
        {"cr2", AT(cr2), 4},
        {"cr3", AT(cr3), 4},
        {"cr4", AT(cr4), 4},
    };
#undef AT
    bool any = false;
    for (size_t n = 0; n < ARRAY_LEN(regs); n++) {
        u32 x = load_le(a + regs[n].at, regs[n].size), y = load_le(b + regs[n].at, regs[n].size);
        if (x == y)
            continue;
        fprintf(out, "  %-6s %0*x -> %0*x\n", regs[n].name, regs[n].size * 2, x,
                regs[n].size * 2, y);
        any = true;
    }
    return any;
}

/* Ranges of bytes that differ; equal ones in between count if they are few. */
static void diff_bytes(FILE *out, const u8 *a, const u8 *b, u32 size)
{
    enum { NEAR = 16 };
    u32 bytes = 0, ranges = 0;
    for (u32 at = 0; at < size; ranges++) {
        while (at < size && a[at] == b[at])
            at++;
        if (at == size)
            break;
        u32 first = at, last = at;
        for (; at < size && at - last <= NEAR; at++) {
            if (a[at] == b[at])
                continue;
            last = at;
            bytes++;
        }
        if (ranges < RANGES_SHOWN)
            fprintf(out, first == last ? "  0x%x" : "  0x%x-0x%x", first, last);
        at = last + 1;
    }
    fprintf(out, "%s\n  %u bytes in %u ranges\n", ranges > RANGES_SHOWN ? "  ..." : "", bytes,
            ranges);
}

static void diff_section(Debug *d, int i, const Side *a, const Side *b, bool *any)
{
    const SnapSection *s = &d->pc->snap.section[i];
    if (!memcmp(a->section[i], b->section[i], s->size))
        return;
    *any = true;
    fprintf(d->out, "%s\n", s->name);
    if (s->data != &d->pc->cpu.s || !diff_cpu(d->out, a->section[i], b->section[i]))
        diff_bytes(d->out, a->section[i], b->section[i], s->size);
}

static bool cmd_diff(Debug *d, const char *args)
{
    char first[1024], second[1024] = "now";
    Side a = {0}, b = {0};
    bool any = false;
    if (!name_of(d, &args, first, sizeof first) ||
        (*args && !arg_string(d, &args, second, sizeof second)) || !arg_end(d, args) ||
        !open_side(d, &a, first))
        return false;
    bool ok = open_side(d, &b, second);
    for (int i = 0; ok && i < d->pc->snap.count; i++)
        diff_section(d, i, &a, &b, &any);
    if (ok && !any)
        fprintf(d->out, "no difference\n");
    if (ok)
        close_side(d, &b);
    close_side(d, &a);
    return ok;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static bool cmd_fork(Debug *d, const char *args)
{
    char script[1024], prefix[200];
    if (!name_of(d, &args, script, sizeof script))
        return false;
    if (!*args)
        return debug_fail(d, "where shall its output go? fork FILE PREFIX");
    return arg_string(d, &args, prefix, sizeof prefix) && arg_end(d, args) &&
           fork_machine(d, script, prefix);
}

static bool cmd_migrate(Debug *d, const char *args)
{
    char spec[320];
    if (!*args)
        return debug_fail(d, "where to? migrate unix:F or tcp:HOST:PORT, where another glass86 "
                             "waits with -incoming");
    if (past_behind(d->session))
        return debug_fail(d, "the machine can leave only from the present");
    return arg_string(d, &args, spec, sizeof spec) && arg_end(d, args) &&
           states_migrate(d->session, spec, d->error, sizeof d->error);
}

static bool cmd_wait(Debug *d, const char *args)
{
    if (!arg_end(d, args))
        return false;
    int status = fork_wait(d->session, d->out);
    return !status || debug_fail(d, "a copy ended with status %d", status);
}

const Cmd cmds_states[] = {
    {"savevm", NULL, "FILE", cmd_savevm,
     "Saves the machine's state to a file, for `loadvm` and -loadvm", COMPLETE_FILE},
    {"loadvm", NULL, "FILE", cmd_loadvm,
     "Loads a state. Machine and media must be those it was saved with; what was known of the run "
     "that is left waits as another line (info timeline)",
     COMPLETE_FILE},
    {"info snapshots", NULL, "[DIR]", info_snapshots, "Lists the states in a directory",
     COMPLETE_FILE},
    {"diff", NULL, "FILE [FILE]", cmd_diff,
     "Shows in what two states differ, or a state and the present machine, which is also `now`",
     COMPLETE_FILE},
    {"fork", NULL, "FILE PREFIX", cmd_fork,
     "Starts a copy of the machine that executes the commands in a file and ends. Its output goes "
     "to PREFIX.out, its ports' to PREFIX.serial1 ... Needs -display none, and -snapshot for disks",
     COMPLETE_FILE},
    {"migrate", NULL, "DEV", cmd_migrate,
     "Sends the machine to another glass86, which waits with -incoming. It runs here until little "
     "is left to send, and then there; this one ends",
     COMPLETE_NOTHING},
    {"wait", NULL, "", cmd_wait, "Waits for all copies; fails if one did", COMPLETE_NOTHING},
    {"hash", NULL, "", cmd_hash,
     "Prints a hash over the whole machine: equal hashes, equal machines", COMPLETE_NOTHING},
    {0},
};
