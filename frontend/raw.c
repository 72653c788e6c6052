/* raw.c: see raw.h. */
#include "frontend/raw.h"

#include "frontend/exit.h"
#include "frontend/regs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A reader of a whole file into guest RAM; anything that is not RAM there is the user's mistake. */
static int load_file(Pc *pc, const LoadOption *l, char *err, size_t errlen)
{
    u64 addr = (u64)l->seg * 16 + l->off;
    u8 chunk[4096];
    size_t n;
    struct stat st;
    FILE *f = fopen(l->file, "rb");
    if (!f || fstat(fileno(f), &st)) {
        snprintf(err, errlen, "-load: cannot read %s: %s", l->file, strerror(errno));
        if (f)
            fclose(f);
        return EXIT_NOINPUT;
    }
    if (S_ISDIR(st.st_mode)) {
        snprintf(err, errlen, "-load: %s is a directory; give the name of a file", l->file);
        fclose(f);
        return EXIT_NOINPUT;
    }
    while ((n = fread(chunk, 1, sizeof chunk, f))) {
        for (size_t i = 0; i < n; i++, addr++) {
            u8 *to = addr < pc->ram_size ? bus_host(&pc->bus, (u32)addr, true) : NULL;
            if (!to) {
                snprintf(
                    err, errlen,
                    "-load: %s at %04x:%04x reaches address 0x%llx, where there is no RAM; load it "
                    "lower or give more with -m",
                    l->file, l->seg, l->off, (unsigned long long)addr);
                fclose(f);
                return EXIT_USAGE;
            }
            *to = chunk[i];
            bus_written(&pc->bus, (u32)addr, 1);
        }
    }
    bool bad = ferror(f);
    if (bad)
        snprintf(err, errlen, "-load: cannot read %s: %s", l->file, strerror(errno));
    fclose(f);
    return bad ? EXIT_NOINPUT : EXIT_OK;
}

static void set_segment(CpuState *s, int n, u16 sel)
{
    s->seg[n].sel = sel;
    s->seg[n].base = (u32)sel << 4;
}

static void set_register(CpuState *s, const RegInfo *r, u32 value)
{
    u32 *field = r->kind == NAMED_EIP      ? &s->eip
                 : r->kind == NAMED_EFLAGS ? &s->eflags
                                           : &s->r[r->index];
    if (r->kind == NAMED_SEGMENT)
        set_segment(s, r->index, (u16)value);
    else if (r->bits == 16)
        *field = (*field & 0xFFFF0000) | value;
    else
        *field = value;
    s->eflags |= 2; /* always set, whatever was asked for */
}

int raw_start(Pc *pc, const Options *o, char *err, size_t errlen)
{
    if (!o->load_count && !o->has_entry && !o->reg_count)
        return EXIT_OK;
    for (int i = 0; i < o->load_count; i++) {
        int status = load_file(pc, &o->load[i], err, errlen);
        if (status)
            return status;
    }
    CpuState *s = &pc->cpu.s;
    bool own_entry = o->has_entry || (o->load_count && !o->bios);
    if (own_entry) {
        set_segment(s, SEG_CS, o->has_entry ? o->entry_seg : o->load[0].seg);
        s->eip = o->has_entry ? o->entry_off : o->load[0].off;
    }
    for (int i = 0; i < o->reg_count; i++)
        set_register(s, o->reg[i].reg, o->reg[i].value);
    cpu_state_changed(&pc->cpu);
    return EXIT_OK;
}
