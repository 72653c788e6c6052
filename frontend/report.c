/* report.c: what is written after a run: the reason of a bad end, screen dumps, figures. */
#include "frontend/exit.h"
#include "frontend/say.h"
#include "frontend/screen.h"
#include "frontend/session.h"
#include "frontend/study.h"
#include "frontend/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static void print_seconds(char *out, size_t n, u64 us)
{
    snprintf(out, n, "%" PRIu64 ".%03u", us / 1000000, (unsigned)(us / 1000 % 1000));
}

static void say_reason(const Session *s)
{
    char at[40];
    print_seconds(at, sizeof at, clock_cycles(&s->pc->clock, s->pc->clock.now, 1000000));
    switch (s->exit) {
    case EXIT_NOT_SEEN:
        say("-expect: `%s` not seen within %s guest seconds; %s", match_missing(&s->match), at,
            s->reason);
        break;
    case EXIT_FAIL_SEEN:
        if (s->match.failed) /* else an assert of the debugger, which has told of itself */
            say("-fail-on: `%s` seen after %s guest seconds", s->match.failed, at);
        break;
    case EXIT_LIMIT:
        say("%s after %" PRIu64 " instructions, %s guest seconds", s->reason, s->pc->clock.now, at);
        break;
    default:
        break;
    }
}

static void write_spaces(FILE *f, Cpu *c)
{
    cpu_count_space(c);
    fprintf(f, "  \"address_spaces\": [");
    for (int n = 0; n < CPU_SPACES && c->usage.space[n].used; n++)
        fprintf(f, "%s{\"paged\": %s, \"cr3\": %u, \"ticks\": %" PRIu64 "}", n ? ", " : "",
                c->usage.space[n].paged ? "true" : "false", c->usage.space[n].cr3,
                c->usage.space[n].ticks);
    fprintf(f, "],\n");
}

static void write_disks(FILE *f, const Session *s)
{
    bool first = true;
    fprintf(f, "  \"disks\": [");
    for (int n = 0; n < DRIVE_COUNT; n++) {
        const Disk *d = s->machine.media.disk[n];
        if (!d)
            continue;
        fprintf(f, "%s{\"drive\": %d, \"read\": %" PRIu64 ", \"written\": %" PRIu64 "}",
                first ? "" : ", ", n, d->sectors_read * DISK_SECTOR,
                d->sectors_written * DISK_SECTOR);
        first = false;
    }
    fprintf(f, "],\n");
}

/* Our own reasons hold nothing that JSON would have to escape. */
static bool write_stats(const Session *s, const char *path)
{
    const Clock *c = &s->pc->clock;
    u64 host = host_ns() - s->host_started;
    char guest[40], spent[40];
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    print_seconds(guest, sizeof guest, clock_cycles(c, c->now, 1000000));
    print_seconds(spent, sizeof spent, host / 1000);
    fprintf(f, "{\n");
    fprintf(f, "  \"status\": %d,\n  \"end\": \"%s\",\n", s->exit, s->reason);
    fprintf(f, "  \"instructions\": %" PRIu64 ",\n  \"ips\": %" PRIu64 ",\n", c->now, c->ips);
    fprintf(f, "  \"guest_seconds\": %s,\n  \"host_seconds\": %s,\n", guest, spent);
    fprintf(f, "  \"frames\": %" PRIu64 ",\n", s->pc->vga.s.frames);
    u64 ring[4];
    study_rings(s->debug, ring);
    fprintf(f, "  \"ring_ticks\": [%" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64 "],\n", ring[0],
            ring[1], ring[2], ring[3]);
    write_spaces(f, &s->pc->cpu);
    write_disks(f, s);
    fprintf(f, "  \"halted_ticks\": %" PRIu64 ",\n  \"waited_ticks\": %" PRIu64 ",\n",
            s->pc->halted_ticks, s->pc->cpu.usage.waited);
    fprintf(f, "  \"pages_written\": %u,\n  \"faults\": %" PRIu64 ",\n", study_pages(s->debug),
            s->debug->faults.count);
    fprintf(f, "  \"interrupts\": {");
    bool first = true;
    for (int v = 0; v < 256; v++) {
        if (!s->pc->cpu.usage.vector[v])
            continue;
        fprintf(f, "%s\"%02X\": %" PRIu64, first ? "" : ", ", (unsigned)v,
                s->pc->cpu.usage.vector[v]);
        first = false;
    }
    fprintf(f, "},\n");
    fprintf(f, "  \"serial\": [");
    for (int i = 0; i < MAX_SERIAL; i++)
        fprintf(f, "%s{\"sent\": %" PRIu64 ", \"received\": %" PRIu64 "}", i ? ", " : "",
                s->serial_tx[i], s->input.rx_total[i]);
    fprintf(f, "]\n}\n");
    bool bad = ferror(f);
    return !fclose(f) && !bad;
}

int report_results(Session *s)
{
    const Options *o = s->opt;
    bool failed = false;
    char err[300];
    say_reason(s);
    for (int i = 0; i < o->screendump_count; i++) {
        if (!screen_dump(&s->pc->vga, o->screendump[i], err, sizeof err)) {
            say("-screendump: %s", err);
            failed = true;
        }
    }
    if (o->stats && !write_stats(s, o->stats)) {
        say("-stats: cannot write %s: %s", o->stats, strerror(errno));
        failed = true;
    }
    if (s->machine.media.demo && o->display == DISPLAY_NONE)
        screen_print(&s->pc->vga, stdout);
    return failed && !s->exit ? EXIT_INTERNAL : s->exit;
}
