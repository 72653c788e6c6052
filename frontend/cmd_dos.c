/* cmd_dos.c: what a DOS in the guest has in memory: the chain of memory control blocks, open
 * files, program segment prefixes, devices and drives. Source: Ralf Brown's Interrupt List
 * (structures of DOS 2 to 6). */
#include "frontend/cmd.h"
#include "frontend/dos21.h"
#include "frontend/expr.h"

#include <inttypes.h>

static u32 word_at(Debug *d, u32 linear)
{
    u8 b[2] = {0};
    debug_read(d, linear, b, 2);
    return load_le(b, 2);
}

enum { SEGMENTS = 0x10000, MCBS_MAX = 500 };

/* Whether a chain of MCBs that begins at `seg` goes on to a 'Z', with plausible sizes. tried[]: a
 * bit for each segment from which that is known not to be so, or is now. */
static bool is_chain(Debug *d, u32 seg, u8 tried[SEGMENTS / 8])
{
    int blocks = 0;
    u8 b[5];
    for (; seg < SEGMENTS && blocks < MCBS_MAX && debug_read(d, seg << 4, b, 5); blocks++) {
        if (b[0] == 'Z')
            return blocks >= 2;
        if (b[0] != 'M' || !load_le(b + 3, 2) || tried[seg / 8] >> seg % 8 & 1)
            return false;
        tried[seg / 8] |= (u8)(1 << seg % 8);
        seg += load_le(b + 3, 2) + 1;
    }
    return false;
}

/* The first MCB: found by its form, since the list of lists can be had only by a call. Memory may
 * be full of what looks like one. */
static u32 first_mcb(Debug *d)
{
    u8 tried[SEGMENTS / 8] = {0};
    for (u32 seg = 0x60; seg < 0x2000; seg++)
        if (is_chain(d, seg, tried))
            return seg;
    return 0;
}

static bool is_psp(Debug *d, u32 seg)
{
    return seg && word_at(d, seg << 4) == 0x20CD;
}

/* The name of the program whose PSP this is. Since DOS 4 the MCB in front of it has it in its last
 * eight bytes; older ones leave there what there was. */
static bool program_name(Debug *d, u32 psp, char name[9])
{
    u8 b[16];
    int n = 0;
    if (!psp || !debug_read(d, (psp - 1) << 4, b, 16) || load_le(b + 1, 2) != psp)
        return false;
    for (; n < 8 && b[8 + n]; n++) {
        if (b[8 + n] <= 32 || b[8 + n] >= 127)
            return false;
        name[n] = (char)b[8 + n];
    }
    name[n] = 0;
    return n > 0;
}

/* DOS 4 and later divide a block of their own: a letter, the segment and paragraphs of what
 * follows, for drivers a name at 8. */
static const char *system_block(u8 letter)
{
    static const struct {
        char letter;
        const char *name;
    } kinds[] = {{'D', "device"}, {'E', "device, more"}, {'I', "file system"}, {'F', "FILES"},
                 {'X', "FCBS"},   {'C', "BUFFERS, EMS"}, {'B', "BUFFERS"},     {'L', "LASTDRIVE"},
                 {'S', "STACKS"}, {'T', "INSTALL"}};
    for (size_t n = 0; n < ARRAY_LEN(kinds); n++)
        if (kinds[n].letter == letter)
            return kinds[n].name;
    return NULL;
}

static void print_system_blocks(Debug *d, u32 seg, u32 end)
{
    u8 b[16];
    while (seg < end && debug_read(d, seg << 4, b, 16) && system_block(b[0]) &&
           load_le(b + 1, 2) == seg + 1) {
        u32 size = load_le(b + 3, 2);
        fprintf(d->out, "  %04x  %6u bytes  %s", seg, size * 16, system_block(b[0]));
        for (int n = 8; b[0] == 'D' && n < 16 && b[n] > 32 && b[n] < 127; n++)
            fprintf(d->out, n == 8 ? " %c" : "%c", b[n]);
        fputc('\n', d->out);
        seg += size + 1;
    }
}

static void print_block(Debug *d, u32 seg, u32 owner, u32 size)
{
    char name[9];
    fprintf(d->out, "%04x  %6u bytes  owner %04x  ", seg, size * 16, owner);
    if (!owner) {
        fprintf(d->out, "free\n");
    } else if (owner <= 8) {
        fprintf(d->out, "DOS\n");
        print_system_blocks(d, seg + 1, seg + 1 + size);
    } else {
        bool environment = is_psp(d, owner) && word_at(d, (owner << 4) + 0x2C) == seg + 1;
        fprintf(d->out, "%s%s\n", program_name(d, owner, name) ? name : "program",
                owner == seg + 1 ? ""
                : environment    ? ", environment"
                                 : ", data");
    }
}

static bool cmd_mcb(Debug *d, const char *args)
{
    u32 seg = first_mcb(d);
    if (!arg_end(d, args))
        return false;
    if (!seg)
        return debug_fail(d, "no chain of memory control blocks: no DOS is running, or not yet");
    for (int n = 0; n < MCBS_MAX; n++) {
        u8 b[16];
        if (!debug_read(d, seg << 4, b, 16) || (b[0] != 'M' && b[0] != 'Z'))
            break;
        print_block(d, seg, load_le(b + 1, 2), load_le(b + 3, 2));
        if (b[0] == 'Z')
            break;
        seg += load_le(b + 3, 2) + 1;
    }
    return true;
}

/* ---- open files ------------------------------------------------------------------------------ */

/* System file tables: a header of next table (far) and count, then entries of 3Bh bytes, before
 * DOS 4 of 35h: references at 0, open mode at 2, device word at 5, size at 11h, position at 15h,
 * name at 20h, owner's PSP at 31h. */
enum { SFT_HEAD = 6, SFT_DOS4 = 0x3B, SFT_DOS3 = 0x35, SFT_TABLES = 32, SFT_FILES = 255 };

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

/* The list of lists. Only a call gives it, but it has the first MCB's segment in front and the
 * first file table's address at 4; the first files are always AUX and CON. 0: not found. */
static u32 list_of_lists(Debug *d, u32 *entry)
{
    static const u32 sizes[] = {SFT_DOS4, SFT_DOS3};
    u32 mcb = first_mcb(d);
    for (u32 at = 0x500; mcb && at < (mcb << 4) + 0x10000 && at < 0xA0000; at++) {
        if (word_at(d, at) != mcb)
            continue;
        u32 sft = far_at(d, at + 6);
        for (size_t n = 0; n < ARRAY_LEN(sizes); n++) {
            *entry = sizes[n];
            if (has_name(d, sft + SFT_HEAD, "AUX     ") &&
                has_name(d, sft + SFT_HEAD + *entry, "CON     "))
                return at + 2;
        }
    }
    return 0;
}

static bool no_lists(Debug *d, const char *what)
{
    return debug_fail(d, "no %s: no DOS is running, or not yet", what);
}

/* Where entry `number` of the file tables is; 0: there is none. */
static u32 sft_entry(Debug *d, u32 lists, u32 entry, u32 number)
{
    u32 sft = far_at(d, lists + 4);
    for (int n = 0; n < SFT_TABLES; n++) {
        u32 count = word_at(d, sft + 4);
        if (number < count)
            return sft + SFT_HEAD + number * entry;
        if (word_at(d, sft) == 0xFFFF)
            break;
        number -= count;
        sft = far_at(d, sft);
    }
    return 0;
}

/* "NAME.EXT" of an entry, without the blanks. */
static void file_name(Debug *d, u32 at, char text[13])
{
    u8 b[11] = {0};
    int n = 0;
    debug_read(d, at + 0x20, b, sizeof b);
    for (int k = 0; k < 11; k++) {
        if (k == 8 && b[8] != ' ')
            text[n++] = '.';
        if (b[k] != ' ')
            text[n++] = b[k] > 32 && b[k] < 127 ? (char)b[k] : '.';
    }
    text[n] = 0;
}

static void print_file(Debug *d, u32 number, u32 at)
{
    char name[13];
    u32 device = word_at(d, at + 5);
    file_name(d, at, name);
    fprintf(d->out, "%3u  %-12s  opened %u times, mode %04x, owner %04x, ", number, name,
            word_at(d, at), word_at(d, at + 2), word_at(d, at + 0x31));
    if (device & 0x80)
        fprintf(d->out, "device\n");
    else
        fprintf(d->out, "drive %c:, %u bytes, at %u\n", (int)('A' + (device & 0x3F) % 26),
                dword_at(d, at + 0x11), dword_at(d, at + 0x15));
}

static bool cmd_files(Debug *d, const char *args)
{
    u32 entry, lists = list_of_lists(d, &entry), at;
    if (!arg_end(d, args))
        return false;
    if (!lists)
        return no_lists(d, "system file table");
    for (u32 number = 0; number < SFT_FILES && (at = sft_entry(d, lists, entry, number));
         number++) {
        u32 users = word_at(d, at);
        if (users && users != 0xFFFF)
            print_file(d, number, at);
    }
    return true;
}

/* ---- program segment prefixes ---------------------------------------------------------------- */

/* The running program's. DOS 4 and later and FreeDOS keep it at 10h in the swappable area, which
 * is at 320h of the segment where the list of lists is at 26h; DOS 3.1 to 3.3 has it at 2D0h. Else
 * a segment register may have it. */
static u32 current_psp(Debug *d)
{
    static const u16 areas[] = {0x320, 0x2D0};
    static const u8 order[] = {SEG_DS, SEG_ES, SEG_SS, SEG_CS};
    const CpuState *s = &d->pc->cpu.s;
    u32 entry, lists = list_of_lists(d, &entry);
    for (size_t n = 0; n < ARRAY_LEN(areas) && lists; n++) {
        u32 seg = word_at(d, lists - 0x26 + areas[n] + 0x10);
        if (is_psp(d, seg) && word_at(d, ((seg - 1) << 4) + 1) == seg)
            return seg;
    }
    for (size_t n = 0; n < ARRAY_LEN(order); n++)
        if (is_psp(d, s->seg[order[n]].sel))
            return s->seg[order[n]].sel;
    return 0;
}

/* The handle table of a PSP: since DOS 3 at 34h, with its length at 32h, before always at 18h. */
static void print_handles(Debug *d, u32 seg)
{
    u32 psp = seg << 4, table = far_at(d, psp + 0x34), count = word_at(d, psp + 0x32), entry,
        lists = list_of_lists(d, &entry);
    if (!count || count > 255) {
        table = psp + 0x18;
        count = 20;
    }
    fprintf(d->out, "handles:");
    for (u32 n = 0; n < count; n++) {
        u8 number = 0xFF;
        char name[13] = "?";
        if (!debug_read(d, table + n, &number, 1) || number == 0xFF)
            continue;
        u32 at = lists ? sft_entry(d, lists, entry, number) : 0;
        if (at)
            file_name(d, at, name);
        fprintf(d->out, at ? " %u=%u(%s)" : " %u=%u", n, number, name);
    }
    fputc('\n', d->out);
}

static bool cmd_psp(Debug *d, const char *args)
{
    u64 v = 0;
    u8 b[256];
    if (*args && (!arg_number(d, &args, 0xFFFF, &v) || !arg_end(d, args)))
        return false;
    u32 seg = v ? (u32)v : current_psp(d);
    if (!seg)
        return debug_fail(d, "no program is running under a DOS that I know; `dos mcb` shows who "
                             "owns memory, and `dos psp SEG` its PSP");
    if (!is_psp(d, seg) || !debug_read(d, seg << 4, b, 256))
        return debug_fail(d, "there is no PSP at %04x:0000: it would begin with CD 20", seg);
    fprintf(d->out, "PSP at %04x, memory to %04x, parent %04x, environment %04x\n", seg,
            load_le(b + 2, 2), load_le(b + 0x16, 2), load_le(b + 0x2C, 2));
    fprintf(d->out, "terminate %04x:%04x, Ctrl-C %04x:%04x, critical error %04x:%04x\n",
            load_le(b + 0xC, 2), load_le(b + 0xA, 2), load_le(b + 0x10, 2), load_le(b + 0xE, 2),
            load_le(b + 0x14, 2), load_le(b + 0x12, 2));
    print_handles(d, seg);
    fprintf(d->out, "command line: \"");
    for (int n = 0; n < b[0x80] && n < 127; n++)
        fputc(b[0x81 + n] >= 32 && b[0x81 + n] < 127 ? b[0x81 + n] : '.', d->out);
    fprintf(d->out, "\"\n");
    return true;
}

/* ---- devices and drives ---------------------------------------------------------------------- */

/* Headers: next (far), attributes at 4, strategy and interrupt routine, at 0Ah the name, or of a
 * block device the number of units. NUL is the first; since DOS 3.1 it lies in the list of
 * lists. */
static bool cmd_devices(Debug *d, const char *args)
{
    u32 entry, lists = list_of_lists(d, &entry), at = lists + 0x22;
    if (!arg_end(d, args))
        return false;
    if (!lists)
        return no_lists(d, "devices");
    u8 b[18];
    for (int n = 0; n < 100 && debug_read(d, at, b, sizeof b); n++) {
        u32 kind = load_le(b + 4, 2);
        if (n == 0 && memcmp(b + 10, "NUL     ", 8))
            return debug_fail(d, "the chain of devices does not begin with NUL: an unknown DOS");
        fprintf(d->out, "%08x  attributes %04x  ", at, kind);
        if (kind & 0x8000)
            fprintf(d->out, "%.8s%s%s%s\n", (char *)b + 10, kind & 1 ? "  standard input" : "",
                    kind & 2 ? "  standard output" : "", kind & 8 ? "  clock" : "");
        else
            fprintf(d->out, "block device, %u units\n", b[10]);
        if (load_le(b, 2) == 0xFFFF)
            break;
        at = (load_le(b + 2, 2) << 4) + load_le(b, 2);
    }
    return true;
}

/* Current directories: an array at 16h of the list of lists, LASTDRIVE at 21h; entries of 51h
 * bytes before DOS 4, then 58h: the path, at 43h flags. */
static bool cmd_drives(Debug *d, const char *args)
{
    static const u32 sizes[] = {0x58, 0x51};
    u32 entry, lists = list_of_lists(d, &entry);
    u8 last = 0, path[68] = {0};
    if (!arg_end(d, args))
        return false;
    if (!lists)
        return no_lists(d, "drives");
    u32 cds = far_at(d, lists + 0x16), size = sizes[entry == SFT_DOS3];
    debug_read(d, lists + 0x21, &last, 1);
    for (u32 n = 0; n < last && n < 26 && debug_read(d, cds + n * size, path, 67); n++) {
        u32 flags = word_at(d, cds + n * size + 0x43);
        if (!(flags & 0xF000))
            continue;
        for (int k = 0; k < 67 && path[k]; k++)
            path[k] = path[k] >= 32 && path[k] < 127 ? path[k] : '.';
        fprintf(d->out, "%c:  %s%s%s%s%s\n", (int)('A' + n), (char *)path,
                flags & 0x4000 ? "  physical" : "", flags & 0x8000 ? "  network or redirected" : "",
                flags & 0x2000 ? "  joined" : "", flags & 0x1000 ? "  substituted" : "");
    }
    return true;
}

/* ---- calls ----------------------------------------------------------------------------------- */

static bool cmd_int21(Debug *d, const char *args)
{
    bool on;
    if (!arg_on_off(d, &args, &on) || !arg_end(d, args))
        return false;
    dos21_switch(d, on);
    return true;
}

const Cmd cmds_dos[] = {
    {"dos mcb", NULL, "", cmd_mcb,
     "Shows DOS's memory blocks and who owns them; since DOS 4 also what is in DOS's own",
     COMPLETE_NOTHING},
    {"dos psp", NULL, "[SEG]", cmd_psp,
     "Shows a program segment prefix, by default the running program's: memory, handles with their "
     "files, command line",
     COMPLETE_NOTHING},
    {"dos files", NULL, "", cmd_files,
     "Shows the files and devices that are open: name, mode, owner, size, position. Handles of a "
     "process (dos psp) are numbers in this list",
     COMPLETE_NOTHING},
    {"dos devices", NULL, "", cmd_devices, "Shows the chain of device drivers", COMPLETE_NOTHING},
    {"dos drives", NULL, "", cmd_drives, "Shows the drives and their current directories",
     COMPLETE_NOTHING},
    {"dos int21", NULL, "on|off", cmd_int21,
     "Prints every INT 21h call with its name, paths, handles, the first bytes of data, and what "
     "it "
     "returns, errors by name",
     COMPLETE_NOTHING},
    {0},
};
