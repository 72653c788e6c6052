/* replay.c: reading a run log and repeating the run; see record.h. The file is checked as a whole
 * before anything is built, so a damaged or hostile log is an error message and nothing else. */
#include "devices/disk/journal.h"
#include "devices/snapshot.h"
#include "devices/snapshot_file.h"
#include "frontend/record.h"
#include "frontend/record_file.h"
#include "frontend/textfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { KIND_HASH = INPUT_KINDS, KIND_EDITED, KIND_END };

typedef struct {
    InputEvent e;     /* e.kind may be KIND_* as well */
    const char *text; /* hash: the components; medium: the file's name */
    u64 print;        /* of a medium */
} Item;

typedef struct {
    char drive[8];
    u64 print;
    const char *name;
} Drive;

struct Replay {
    char *text; /* the file; lines end in NUL, without checksums */
    const char *path, *machine[32];
    int machine_lines;
    Drive drive[SNAPSHOT_DRIVES];
    int drives;
    s64 rtc;
    bool has_rtc;
    Item *item;
    size_t count, room, at;
    u64 inputs, hashes, good; /* done so far; tick of the last equal hash */
};

enum { LOG_MAX = 256 << 20 }; /* bytes */

static bool fail(const Replay *r, unsigned line, const char *what, char *err, size_t errlen)
{
    snprintf(err, errlen, "%s:%u: %s", r->path, line, what);
    return false;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static Item *add_item(Replay *r)
{
    if (r->count == r->room) {
        r->room = r->room ? r->room * 2 : 256;
        r->item = realloc(r->item, r->room * sizeof *r->item);
        if (!r->item)
            panic("out of host memory for a run log");
    }
    r->item[r->count] = (Item){.text = ""};
    return &r->item[r->count++];
}

/* Does `text` begin with `word` and a blank, or consist of it? *rest is what follows. */
static bool word(const char *text, const char *w, const char **rest)
{
    size_t n = strlen(w);
    if (strncmp(text, w, n) || (text[n] && text[n] != ' '))
        return false;
    *rest = text[n] ? text + n + 1 : text + n;
    return true;
}

static bool read_key(const char *s, InputEvent *e)
{
    const char *blank = strchr(s, ' ');
    e->kind = INPUT_KEY;
    if (!blank)
        return false;
    e->key = key_from_name(s, (size_t)(blank - s));
    e->down = !strcmp(blank + 1, "down");
    return e->key != KEY_NONE && (e->down || !strcmp(blank + 1, "up"));
}

static bool read_mouse(const char *s, InputEvent *e)
{
    char end;
    e->kind = INPUT_MOUSE;
    return sscanf(s, "%9d %9d %9d %9u%c", &e->dx, &e->dy, &e->dz, &e->buttons, &end) == 4;
}

static bool read_joystick(const char *s, InputEvent *e)
{
    JoystickInput *j = &e->stick;
    char end;
    e->kind = INPUT_JOYSTICK;
    return sscanf(s, "%3hhu %3hhu %3hhu %3hhu %2hhu %2hhu%c", &j->axis[0], &j->axis[1], &j->axis[2],
                  &j->axis[3], &j->buttons, &j->absent, &end) == 6;
}

static bool read_serial(const char *s, InputEvent *e)
{
    unsigned byte;
    char end;
    e->kind = INPUT_SERIAL;
    if (sscanf(s, "%9d %2x%c", &e->port, &byte, &end) != 2 || e->port < 0 || e->port >= PC_SERIAL)
        return false;
    e->byte = (u8)byte;
    return true;
}

static bool read_medium(const char *s, Item *i)
{
    int n = 0;
    i->e.kind = INPUT_MEDIUM;
    if (sscanf(s, "%9d %16" SCNx64 " %n", &i->e.port, &i->print, &n) != 2 || !n || !s[n] ||
        i->e.port < 0 || i->e.port >= SNAPSHOT_DRIVES)
        return false;
    i->text = s + n;
    return true;
}

/* The run went back to `tick`, where only the first `inputs` inputs had entered. */
static bool go_back(Replay *r, u64 tick, const char *s)
{
    u64 inputs;
    size_t kept = 0;
    char end;
    if (sscanf(s, "%" SCNu64 "%c", &inputs, &end) != 1)
        return false;
    for (size_t i = 0; i < r->count && r->item[i].e.tick <= tick; i++) {
        bool input = r->item[i].e.kind < INPUT_KINDS;
        if (input && !inputs)
            continue;
        inputs -= input;
        r->item[kept++] = r->item[i];
    }
    r->count = kept;
    return !inputs;
}

static bool read_item(Replay *r, const char *text)
{
    const char *rest;
    char *end;
    u64 last = r->count ? r->item[r->count - 1].e.tick : 0;
    errno = 0;
    u64 tick = strtoull(text, &end, 10);
    if (errno || end == text || *end != ' ')
        return false;
    text = end + 1;
    if (word(text, "back", &rest))
        return go_back(r, tick, rest);
    if (tick < last)
        return false;
    Item *i = add_item(r);
    i->e.tick = tick;
    if (word(text, "key", &rest))
        return read_key(rest, &i->e);
    if (word(text, "mouse", &rest))
        return read_mouse(rest, &i->e);
    if (word(text, "joystick", &rest))
        return read_joystick(rest, &i->e);
    if (word(text, "serial", &rest))
        return read_serial(rest, &i->e);
    if (word(text, "medium", &rest))
        return read_medium(rest, i);
    if (word(text, "reset", &rest)) {
        i->e.kind = INPUT_RESET;
        i->e.cold = !strcmp(rest, "cold");
        return i->e.cold || !strcmp(rest, "warm");
    }
    if (word(text, "cpu-reset", &rest)) {
        i->e.kind = INPUT_CPU_RESET;
        return !*rest;
    }
    if (word(text, "hash", &rest)) {
        i->e.kind = (InputKind)KIND_HASH;
        i->text = rest;
        return true;
    }
    if (word(text, "edited", &rest)) {
        i->e.kind = (InputKind)KIND_EDITED;
        return !*rest;
    }
    i->e.kind = (InputKind)KIND_END;
    return word(text, "end", &rest) && !*rest;
}

static bool read_drive(Replay *r, const char *s)
{
    Drive *d = &r->drive[r->drives];
    int n = 0;
    if (r->drives == SNAPSHOT_DRIVES ||
        sscanf(s, "%7s %16" SCNx64 " %n", d->drive, &d->print, &n) != 2 || !n)
        return false;
    d->name = s + n;
    r->drives++;
    return true;
}

static bool read_line(Replay *r, const char *text)
{
    const char *rest;
    char end;
    if (word(text, "machine", &rest)) {
        if (r->machine_lines == (int)ARRAY_LEN(r->machine))
            return false;
        r->machine[r->machine_lines++] = rest;
        return true;
    }
    if (word(text, "rtc", &rest)) {
        r->has_rtc = true;
        return sscanf(rest, "%" SCNd64 "%c", &r->rtc, &end) == 1;
    }
    if (word(text, "drive", &rest))
        return read_drive(r, rest);
    return read_item(r, text);
}

/* Cuts the checksum off. False: it is missing or wrong. */
static bool check_line(char *text, size_t len, u64 *chain)
{
    unsigned sum;
    char end;
    if (len < 10 || text[len - 10] != ' ' || text[len - 9] != '~' || memchr(text, 0, len) ||
        sscanf(text + len - 8, "%8x%c", &sum, &end) != 1)
        return false;
    text[len - 10] = 0;
    *chain = record_chain(*chain, text, len - 10);
    return (u32)*chain == sum;
}

static bool read_lines(Replay *r, size_t size, char *err, size_t errlen)
{
    u64 chain = 0;
    unsigned number = 1;
    char *at = r->text, *end = r->text + size, *eol;
    for (; (eol = memchr(at, '\n', (size_t)(end - at))) != NULL; at = eol + 1, number++) {
        *eol = 0;
        if (!check_line(at, (size_t)(eol - at), &chain))
            return fail(r, number,
                        number == 1 ? "this is no run log of this version of glass86; name a file "
                                      "that -record wrote"
                                    : "the run log is damaged here; use another copy",
                        err, errlen);
        if (number == 1 ? strcmp(at, RECORD_MAGIC) != 0 : !read_line(r, at))
            return fail(r, number,
                        "this is not what a run log of this version holds; use the "
                        "version of glass86 that wrote it",
                        err, errlen);
    }
    if (!r->has_rtc || !r->machine_lines || !r->count)
        return fail(r, number, "the run log ends before the run began; record it again", err,
                    errlen);
    return true;
}

Replay *replay_open(const char *path, char *err, size_t errlen)
{
    Replay *r = calloc(1, sizeof *r);
    size_t size;
    if (!r)
        panic("out of host memory");
    r->path = path;
    r->text = textfile_read(path, LOG_MAX, &size, err, errlen);
    if (r->text && read_lines(r, size, err, errlen))
        return r;
    replay_free(r);
    return NULL;
}

void replay_free(Replay *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++)
        disk_close(r->item[i].e.medium);
    free(r->item);
    free(r->text);
    free(r);
}

s64 replay_rtc(const Replay *r)
{
    return r->rtc;
}

/* ---- is it this machine? --------------------------------------------------------------------- */

static bool check_machine(const Replay *r, const Pc *pc, char *err, size_t errlen)
{
    char text[STATE_TEXT];
    int n = 0;
    state_describe(pc, text);
    for (char *t = strtok(text, "\n"); t; t = strtok(NULL, "\n"), n++) {
        if (n < r->machine_lines && !strcmp(t, r->machine[n]))
            continue;
        snprintf(err, errlen,
                 "%s: the run was recorded with %s, this machine has %s; start glass86 "
                 "with the options it was recorded with",
                 r->path, n < r->machine_lines ? r->machine[n] : "another version", t);
        return false;
    }
    if (n == r->machine_lines)
        return true;
    snprintf(err, errlen,
             "%s: the run was recorded with %s, which this machine does not know; use the version "
             "of glass86 that wrote it", r->path, r->machine[n]);
    return false;
}

static const Drive *find_drive(const Replay *r, const char *name)
{
    for (int i = 0; i < r->drives; i++)
        if (!strcmp(r->drive[i].drive, name))
            return &r->drive[i];
    return NULL;
}

static bool check_media(const Replay *r, const Pc *pc, char *err, size_t errlen)
{
    for (int i = 0; i < SNAPSHOT_DRIVES; i++) {
        Disk *d = pc_medium(pc, i);
        const char *option = pc_drive_option[i];
        const Drive *want = find_drive(r, option + 1);
        u64 print = 0;
        if (!d && !want)
            continue;
        if (!d || !want) {
            snprintf(err, errlen,
                     "%s: the run was recorded with %s in drive %s; this machine has %s", r->path,
                     want ? want->name : "nothing", option, d ? d->name : "nothing");
            return false;
        }
        if (!disk_fingerprint(d, &print) || print != want->print) {
            snprintf(err, errlen,
                     "%s: the image %s is not what it was when the run was recorded; "
                     "record with -snapshot, so that it stays as it is",
                     r->path, d->name);
            return false;
        }
    }
    return true;
}

static bool open_media(Replay *r, char *err, size_t errlen)
{
    char why[400], path[RECORD_NAME];
    for (size_t i = 0; i < r->count; i++) {
        Item *m = &r->item[i];
        u64 print = 0;
        if (m->e.kind != INPUT_MEDIUM || !strcmp(m->text, "-"))
            continue;
        DiskOptions how = {.kind = m->e.port < PC_FLOPPIES ? DISK_FLOPPY : DISK_CD,
                           .snapshot = true};
        bool ok = disk_parse(m->text, path, sizeof path, &how, why, sizeof why);
        how.snapshot = true; /* a log that others made may name a file, but writes none */
        how.refs_any = false;
        *how.overlay = 0;
        m->e.medium = ok ? disk_open(path, &how, why, sizeof why) : NULL;
        if (!m->e.medium) {
            snprintf(err, errlen, "%s: the run needs a disk: %s", r->path, why);
            return false;
        }
        if (!disk_fingerprint(m->e.medium, &print) || print != m->print) {
            snprintf(err, errlen, "%s: the image %s is not what it was when the run was recorded",
                     r->path, path);
            return false;
        }
    }
    return true;
}

bool replay_check(Replay *r, Pc *pc, char *err, size_t errlen)
{
    return check_machine(r, pc, err, errlen) && check_media(r, pc, err, errlen) &&
           open_media(r, err, errlen);
}

/* ---- the run --------------------------------------------------------------------------------- */

u64 replay_next(const Replay *r, u64 until)
{
    return r->at < r->count && r->item[r->at].e.tick < until ? r->item[r->at].e.tick : until;
}

/* The value that a hash line gives for a component. */
static bool find_hash(const char *text, const char *name, u32 *value)
{
    size_t n = strlen(name);
    for (const char *t = text; t && *t; t = strchr(t, ' '), t = t ? t + 1 : NULL) {
        unsigned v;
        if (!strncmp(t, name, n) && t[n] == '=' && sscanf(t + n + 1, "%8x", &v) == 1) {
            *value = v;
            return true;
        }
    }
    return false;
}

/* A log from before there was this section has no hash of it. */
static bool is_known(const Pc *pc, int section, const char *text)
{
    u32 value;
    return section == pc->snap.count || !pc->snap.section[section].late ||
           find_hash(text, pc->snap.section[section].name, &value);
}

static bool verify(Replay *r, const Pc *pc, const char *text, char *err, size_t errlen)
{
    const char *first = NULL;
    int differing = 0;
    snap_gather(&pc->snap);
    for (int i = 0; i <= pc->snap.count; i++) {
        u32 want;
        if (!is_known(pc, i, text))
            continue;
        if (find_hash(text, record_section(pc, i), &want) && want == record_hash(pc, i))
            continue;
        if (!differing++)
            first = record_section(pc, i);
    }
    if (!differing) {
        r->hashes++;
        r->good = pc->clock.now;
        return true;
    }
    snprintf(err, errlen,
             "%s: the run diverged: at instruction %" PRIu64 " section '%s' differs%s "
             "(the last equal hash was at %" PRIu64 ")",
             r->path, pc->clock.now, first, differing > 1 ? ", and others" : "", r->good);
    return false;
}

static bool repeat(Replay *r, Input *in, const Item *i, char *err, size_t errlen)
{
    Pc *pc = in->pc;
    if (i->e.kind == (InputKind)KIND_HASH)
        return verify(r, pc, i->text, err, errlen);
    if (i->e.kind == (InputKind)KIND_END)
        return true;
    if (i->e.kind == (InputKind)KIND_EDITED) {
        snprintf(err, errlen,
                 "%s: at instruction %" PRIu64 " the machine was changed in the debugger, which "
                 "a log does not hold; the run can be repeated up to there",
                 r->path, pc->clock.now);
        return false;
    }
    r->inputs++;
    if (input_repeat(pc, &i->e)) {
        input_tell(in, &i->e);
        return true;
    }
    snprintf(err, errlen,
             "%s: the run diverged: at instruction %" PRIu64 " serial port %d does not "
             "take a byte that it took",
             r->path, pc->clock.now, i->e.port);
    return false;
}

bool replay_poll(Replay *r, Input *in, char *err, size_t errlen)
{
    const Pc *pc = in->pc;
    while (r->at < r->count && r->item[r->at].e.tick <= pc->clock.now) {
        const Item *i = &r->item[r->at++];
        if (i->e.tick < pc->clock.now) {
            snprintf(err, errlen,
                     "%s: the run diverged: nothing stopped at instruction %" PRIu64
                     ", where input came; was it recorded from a state?",
                     r->path, i->e.tick);
            return false;
        }
        if (!repeat(r, in, i, err, errlen))
            return false;
    }
    return true;
}

bool replay_ended(const Replay *r)
{
    return r->at == r->count;
}

void replay_summary(const Replay *r, char *text, size_t size)
{
    bool whole = r->item[r->count - 1].e.kind == (InputKind)KIND_END;
    snprintf(text, size, "%s: replayed %" PRIu64 " inputs, %" PRIu64 " hashes were equal%s",
             r->path, r->inputs, r->hashes,
             whole ? "" : "; the log ends without its end: its writer was killed");
}
