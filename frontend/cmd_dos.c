/* cmd_dos.c: what a DOS in the guest has in memory: the chain of memory control blocks, program
 * segment prefixes, and INT
 * 21h calls by name. Source: Ralf Brown's Interrupt List (structures of DOS 2 to 6). */
#include "frontend/cmd.h"
#include "frontend/expr.h"

#include <inttypes.h>

static u32 word_at(Debug *d, u32 linear)
{
    u8 b[2] = {0};
    debug_read(d, linear, b, 2);
    return load_le(b, 2);
}

/* The first MCB: found by its form, since the list of lists can be had only by a call. A chain
 * that goes on to a 'Z' with plausible
 * sizes is one. */
static u32 first_mcb(Debug *d)
{
    for (u32 seg = 0x60; seg < 0x2000; seg++) {
        u32 s = seg;
        int blocks = 0;
        u8 b[3];
        while (blocks < 500 && debug_read(d, s << 4, b, 3) && b[0] == 'M' &&
               word_at(d, (s << 4) + 3)) {
            s += word_at(d, (s << 4) + 3) + 1;
            blocks++;
            if (s > 0xFFFF)
                break;
        }
        if (blocks >= 2 && s <= 0xFFFF && debug_read(d, s << 4, b, 1) && b[0] == 'Z')
            return seg;
    }
    return 0;
}

static bool cmd_mcb(Debug *d, const char *args)
{
    u32 seg = first_mcb(d);
    if (!arg_end(d, args))
        return false;
    if (!seg)
        return debug_fail(d, "no chain of memory control blocks: no DOS is running, or not yet");
    for (int n = 0; n < 500; n++) {
        u8 b[16];
        if (!debug_read(d, seg << 4, b, 16) || (b[0] != 'M' && b[0] != 'Z'))
            break;
        u32 owner = load_le(b + 1, 2), size = load_le(b + 3, 2);
        fprintf(d->out, "%04x  %6u bytes  owner %04x  ", seg, size * 16, owner);
        if (!owner)
            fprintf(d->out, "free\n");
        else if (owner <= 8)
            fprintf(d->out, "DOS\n");
        else
            for (int k = 8; k < 17; k++)
                fputc(k == 16 || !b[k]           ? '\n'
                      : b[k] >= 32 && b[k] < 127 ? b[k]
                                                 : '.',
                      d->out),
                    k = k < 16 && !b[k] ? 17 : k;
        if (b[0] == 'Z')
            break;
        seg += size + 1;
    }
    return true;
}

static bool cmd_psp(Debug *d, const char *args)
{
    const CpuState *s = &d->pc->cpu.s;
    u32 seg = s->seg[SEG_DS].sel;
    u64 v;
    u8 b[256];
    if (*args) {
        if (!arg_number(d, &args, 0xFFFF, &v) || !arg_end(d, args))
            return false;
        seg = (u32)v;
    } else {
        static const u8 order[] = {SEG_DS, SEG_ES, SEG_SS, SEG_CS};
        for (size_t n = 0; n < sizeof order; n++)
            if (word_at(d, (u32)s->seg[order[n]].sel << 4) == 0x20CD) {
                seg = s->seg[order[n]].sel;
                break;
            }
    }
    if (!debug_read(d, seg << 4, b, 256) || load_le(b, 2) != 0x20CD)
        return debug_fail(
            d, "there is no PSP at %04x:0000 (it begins with CD 20); give its segment", seg);
    fprintf(d->out, "PSP at %04x, memory to %04x, parent %04x, environment %04x\n", seg,
            load_le(b + 2, 2), load_le(b + 0x16, 2), load_le(b + 0x2C, 2));
    fprintf(d->out, "terminate %04x:%04x, Ctrl-C %04x:%04x, critical error %04x:%04x\n",
            load_le(b + 0xC, 2), load_le(b + 0xA, 2), load_le(b + 0x10, 2), load_le(b + 0xE, 2),
            load_le(b + 0x14, 2), load_le(b + 0x12, 2));
    fprintf(d->out, "handles:");
    for (int n = 0; n < 20; n++)
        if (b[0x18 + n] != 0xFF)
            fprintf(d->out, " %d=%02x", n, b[0x18 + n]);
    fprintf(d->out, "\ncommand line: \"%.*s\"\n", b[0x80] < 127 ? b[0x80] : 0, (char *)b + 0x81);
    return true;
}

/* ---- open files ------------------------------------------------------------------------------ */

/* System file tables: a header of next table (far) and count, then entries of 3Bh bytes, before
 * DOS 4 of 35h: references at 0, open mode at 2, device word at 5, size at 11h, position at 15h,
 * name at 20h, owner's PSP at 31h. */
enum { SFT_HEAD = 6, SFT_DOS4 = 0x3B, SFT_DOS3 = 0x35, SFT_TABLES = 32 };

static u32 dword_at(Debug *d, u32 linear)
{
    return word_at(d, linear) | word_at(d, linear + 2) << 16;
}

static u32 far_at(Debug *d, u32 linear)
{
    return (word_at(d, linear + 2) << 4) + word_at(d, linear);
}

static bool has_name(Debug *d, u32 entry, const char *name)
{
    char b[8];
    return debug_read(d, entry + 0x20, b, 8) && !memcmp(b, name, 8);
}

/* The first table. The list of lists, which only a call gives, has the first MCB's segment in
 * front and this address at 4; the first entries are always AUX and CON. */
static u32 first_sft(Debug *d, u32 mcb, u32 *entry)
{
    static const u32 sizes[] = {SFT_DOS4, SFT_DOS3};
    for (u32 at = 0x500; at < (mcb << 4) + 0x10000 && at < 0xA0000; at++) {
        if (word_at(d, at) != mcb)
            continue;
        u32 sft = far_at(d, at + 6);
        for (size_t n = 0; n < ARRAY_LEN(sizes); n++) {
            *entry = sizes[n];
            if (has_name(d, sft + SFT_HEAD, "AUX     ") &&
                has_name(d, sft + SFT_HEAD + *entry, "CON     "))
                return sft;
        }
    }
    return 0;
}

static void print_file(Debug *d, u32 number, u32 at)
{
    u8 name[11] = {0};
    u32 device = word_at(d, at + 5);
    debug_read(d, at + 0x20, name, sizeof name);
    for (size_t n = 0; n < sizeof name; n++)
        name[n] = name[n] >= 32 && name[n] < 127 ? name[n] : '.';
    fprintf(d->out, "%3u  %.8s.%.3s  opened %u times, mode %04x, owner %04x, ", number,
            (char *)name, (char *)name + 8, word_at(d, at), word_at(d, at + 2),
            word_at(d, at + 0x31));
    if (device & 0x80)
        fprintf(d->out, "device\n");
    else
        fprintf(d->out, "drive %c:, %u bytes, at %u\n", (int)('A' + (device & 0x3F) % 26),
                dword_at(d, at + 0x11), dword_at(d, at + 0x15));
}

static bool cmd_files(Debug *d, const char *args)
{
    u32 entry, number = 0, mcb = first_mcb(d), sft = mcb ? first_sft(d, mcb, &entry) : 0;
    if (!arg_end(d, args))
        return false;
    if (!sft)
        return debug_fail(d, "no system file table: no DOS is running, or not yet");
    for (int n = 0; n < SFT_TABLES; n++) {
        u32 count = word_at(d, sft + 4);
        for (u32 k = 0; k < count && k < 256; k++, number++) {
            u32 at = sft + SFT_HEAD + k * entry, users = word_at(d, at);
            if (users && users != 0xFFFF)
                print_file(d, number, at);
        }
        if (word_at(d, sft) == 0xFFFF)
            break;
        sft = far_at(d, sft);
    }
    return true;
}

static const char *call_name(u8 ah)
{
    static const char *const names[] = {[0x00] = "terminate",
                                        [0x01] = "read character",
                                        [0x02] = "write character",
                                        [0x06] = "direct console I/O",
                                        [0x08] = "read character, no echo",
                                        [0x09] = "write string",
                                        [0x0A] = "buffered input",
                                        [0x0B] = "input status",
                                        [0x0E] = "select drive",
                                        [0x0F] = "open (FCB)",
                                        [0x10] = "close (FCB)",
                                        [0x11] = "find first (FCB)",
                                        [0x19] = "current drive",
                                        [0x1A] = "set DTA",
                                        [0x25] = "set vector",
                                        [0x2A] = "get date",
                                        [0x2C] = "get time",
                                        [0x2F] = "get DTA",
                                        [0x30] = "get version",
                                        [0x31] = "stay resident",
                                        [0x33] = "Ctrl-Break",
                                        [0x34] = "InDOS flag",
                                        [0x35] = "get vector",
                                        [0x36] = "free space",
                                        [0x38] = "country",
                                        [0x39] = "mkdir",
                                        [0x3A] = "rmdir",
                                        [0x3B] = "chdir",
                                        [0x3C] = "create",
                                        [0x3D] = "open",
                                        [0x3E] = "close",
                                        [0x3F] = "read",
                                        [0x40] = "write",
                                        [0x41] = "delete",
                                        [0x42] = "seek",
                                        [0x43] = "attributes",
                                        [0x44] = "ioctl",
                                        [0x45] = "dup",
                                        [0x46] = "dup2",
                                        [0x47] = "current directory",
                                        [0x48] = "allocate",
                                        [0x49] = "free",
                                        [0x4A] = "resize",
                                        [0x4B] = "exec",
                                        [0x4C] = "exit",
                                        [0x4D] = "return code",
                                        [0x4E] = "find first",
                                        [0x4F] = "find next",
                                        [0x50] = "set PSP",
                                        [0x51] = "get PSP",
                                        [0x52] = "list of lists",
                                        [0x56] = "rename",
                                        [0x57] = "file time",
                                        [0x58] = "allocation strategy",
                                        [0x59] = "extended error",
                                        [0x5A] = "create temporary",
                                        [0x5B] = "create new",
                                        [0x62] = "get PSP",
                                        [0x67] = "handle count",
                                        [0x68] = "commit",
                                        [0x6C] = "extended open"};
    return ah < ARRAY_LEN(names) && names[ah] ? names[ah] : "?";
}

static void string_note(Debug *d, u32 linear, char end)
{
    u8 c;
    fputs(" \"", d->out);
    for (int n = 0; n < 80 && debug_read(d, linear + (u32)n, &c, 1) && c != end && c; n++)
        fputc(c >= 32 && c < 127 ? c : '.', d->out);
    fputc('"', d->out);
}

void debug_int21(Debug *d)
{
    const CpuState *s = &d->pc->cpu.s;
    u8 ah = (u8)(s->r[0] >> 8);
    u32 dx = s->seg[SEG_DS].base + (s->r[2] & 0xFFFF);
    fprintf(d->out, "%12" PRIu64 " %04x:%04x INT 21h AH=%02x %s", d->pc->clock.now,
            s->seg[SEG_CS].sel, s->eip & 0xFFFF, ah, call_name(ah));
    switch (ah) {
    case 0x02:
        fprintf(d->out, " '%c'", (int)(s->r[2] & 0xFF) >= 32 ? (int)(s->r[2] & 0x7F) : '.');
        break;
    case 0x09:
        string_note(d, dx, '$');
        break;
    case 0x39:
    case 0x3A:
    case 0x3B:
    case 0x3C:
    case 0x3D:
    case 0x41:
    case 0x43:
    case 0x4B:
    case 0x4E:
    case 0x5B:
        string_note(d, dx, 0);
        break;
    case 0x6C:
        string_note(d, s->seg[SEG_DS].base + (s->r[6] & 0xFFFF), 0);
        break;
    case 0x3E:
    case 0x42:
        fprintf(d->out, " handle %u", s->r[3] & 0xFFFF);
        break;
    case 0x3F:
    case 0x40:
        fprintf(d->out, " handle %u, %u bytes", s->r[3] & 0xFFFF, s->r[1] & 0xFFFF);
        break;
    case 0x25:
    case 0x35:
    case 0x4C:
        fprintf(d->out, " %02x", s->r[0] & 0xFF);
        break;
    case 0x48:
    case 0x4A:
        fprintf(d->out, " %u paragraphs", s->r[3] & 0xFFFF);
        break;
    default:
        break;
    }
    fputc('\n', d->out);
}

static bool cmd_int21(Debug *d, const char *args)
{
    bool on;
    if (!arg_on_off(d, &args, &on) || !arg_end(d, args))
        return false;
    d->int21 = on;
    debug_hook_up(d);
    return true;
}

const Cmd cmds_dos[] = {
    {"dos mcb", NULL, "", cmd_mcb, "Shows DOS's memory blocks and who owns them", COMPLETE_NOTHING},
    {"dos psp", NULL, "[SEG]", cmd_psp,
     "Shows a program segment prefix: memory, handles, command line", COMPLETE_NOTHING},
    {"dos files", NULL, "", cmd_files,
     "Shows the files and devices that are open: name, mode, owner, size, position. Handles of a "
     "process (dos psp) are numbers in this list",
     COMPLETE_NOTHING},
    {"dos int21", NULL, "on|off", cmd_int21, "Prints every INT 21h call with its name and strings",
     COMPLETE_NOTHING},
    {0},
};
