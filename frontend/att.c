/* att.c: see att.h. Works on the text, which has one regular form, so that instructions are named
 * in one place
 * only. Differences as in the GNU assembler manual, "AT&T Syntax versus Intel Syntax". */
#include "frontend/att.h"

#include "mmu/base.h"

#include <ctype.h>
#include <stdio.h>

enum { MAX_OPERANDS = 3, PIECE = 64 };

static const char *const registers[] = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "ax",  "cx",  "dx",  "bx",
    "sp",  "bp",  "si",  "di",  "al",  "cl",  "dl",  "bl",  "ah",  "ch",  "dh",  "bh",
    "es",  "cs",  "ss",  "ds",  "fs",  "gs",
};
static const char *const numbered[] = {"cr", "dr", "tr", "mm", "st"};

static bool is_register(const char *s, size_t n)
{
    for (size_t i = 0; n == 3 && isdigit((unsigned char)s[2]) && i < ARRAY_LEN(numbered); i++)
        if (!strncmp(s, numbered[i], 2))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(registers); i++)
        if (strlen(registers[i]) == n && !strncmp(s, registers[i], n))
            return true;
    return false;
}

/* 'b', 'w', 'l' by the size that Intel syntax names; 0: none. */
static char take_size(const char **s)
{
    static const struct {
        const char *word;
        char suffix;
    } sizes[] = {{"byte ", 'b'},  {"word ", 'w'},  {"dword ", 'l'},
                 {"qword ", 'q'}, {"tword ", 't'}, {"far ", 0}};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        size_t n = strlen(sizes[i].word);
        if (!strncmp(*s, sizes[i].word, n)) {
            *s += n;
            return sizes[i].suffix;
        }
    }
    return 0;
}

/* [seg:base+index*scale+disp] -> %seg:disp(%base,%index,scale) */
static void address(const char *s, char *out, size_t size)
{
    char seg[8] = "", base[8] = "", index[8] = "", disp[24] = "", scale = 0;
    s++; /* [ */
    if (s[0] && s[1] && s[2] == ':') {
        snprintf(seg, sizeof seg, "%%%.2s:", s);
        s += 3;
    }
    while (*s && *s != ']') {
        bool minus = *s == '-';
        s += *s == '+' || minus;
        size_t n = strcspn(s, "+-*]");
        if (is_register(s, n) && !*base && s[n] != '*')
            snprintf(base, sizeof base, "%%%.*s", (int)n, s);
        else if (is_register(s, n)) {
            snprintf(index, sizeof index, ",%%%.*s", (int)n, s);
            if (s[n] == '*') {
                scale = s[n + 1];
                n += 2;
            }
        } else
            snprintf(disp, sizeof disp, "%s%.*s", minus ? "-" : "", (int)(n < 16 ? n : 16), s);
        s += n;
        if (!n && *s != ']' && *s)
            s++;
    }
    if (*base || *index)
        snprintf(out, size, scale ? "%s%s(%s%s,%c)" : "%s%s(%s%s)", seg, disp, base, index, scale);
    else
        snprintf(out, size, "%s%s", seg, disp);
}

static void operand(const char *s, char *out, size_t size, bool branch)
{
    size_t n = strlen(s);
    if (n == 3 && !strncmp(s, "st", 2))
        snprintf(out, size, s[2] == '0' ? "%%st" : "%%st(%c)", s[2]);
    else if (is_register(s, n))
        snprintf(out, size, branch ? "*%%%.60s" : "%%%.60s", s);
    else if (*s == '[') {
        size_t star = branch;
        if (star)
            *out = '*';
        address(s, out + star, size - star);
    } else if (branch)
        snprintf(out, size, "%.60s", s);
    else
        snprintf(out, size, "$%.60s", s);
}

static const char *renamed(const char *name)
{
    static const char *const names[][2] = {
        {"cbw", "cbtw"},      {"cwde", "cwtl"},   {"cwd", "cwtd"},      {"cdq", "cltd"},
        {"retf", "lret"},     {"movsd", "movsl"}, {"lodsd", "lodsl"},   {"stosd", "stosl"},
        {"scasd", "scasl"},   {"cmpsd", "cmpsl"}, {"insd", "insl"},     {"outsd", "outsl"},
        {"pushad", "pushal"}, {"popad", "popal"}, {"pushfd", "pushfl"}, {"popfd", "popfl"},
        {"iretd", "iretl"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (!strcmp(names[i][0], name))
            return names[i][1];
    return name;
}

static char register_suffix(const char *s)
{
    size_t n = strlen(s);
    if (!is_register(s, n))
        return 0;
    return *s == 'e' && n == 3 ? 'l' : n == 2 && (s[1] == 'l' || s[1] == 'h') ? 'b' : 'w';
}

static bool is_branch(const char *name)
{
    return *name == 'j' || !strcmp(name, "call") || !strncmp(name, "loop", 4);
}

/* The x87's memory operands have letters of their own, and integers others than numbers. */
static const char *x87_suffix(const char *name, char size)
{
    bool integer = name[1] == 'i';
    if (!strcmp(name, "fbld") || !strcmp(name, "fbstp") || size == 't')
        return name[1] == 'b' ? "" : "t";
    if (size == 'q')
        return integer ? "ll" : "l";
    if (size == 'l')
        return integer ? "l" : "s";
    return integer ? "s" : ""; /* control and status words have one size */
}

/* The GNU assembler keeps an old mistake: with a result in ST(i), subtractions and divisions are
 * called the reverse of what they are. */
static void reverse_x87(char *name, const char *first)
{
    size_t n = strlen(name);
    bool pops = n && name[n - 1] == 'p', reversed;
    if ((strncmp(name, "fsub", 4) && strncmp(name, "fdiv", 4)) || !strncmp(first, "st0", 3) > pops)
        return;
    reversed = name[4] == 'r';
    snprintf(name + 4, 4, "%s%s", reversed ? "" : "r", pops ? "p" : "");
}

/* These have no letter for the size; the first two keep the order of operands as well. */
static bool is_plain(const char *name)
{
    return !strcmp(name, "bound") || !strcmp(name, "enter") || !strcmp(name, "lar") ||
           !strcmp(name, "lsl");
}

void att_from_intel(const char *intel, char *out, size_t size)
{
    char name[48] = "", word[24], op[MAX_OPERANDS][PIECE], done[MAX_OPERANDS][PIECE + 2];
    size_t n;
    for (;;) { /* prefixes are words of their own */
        n = strcspn(intel, " ");
        snprintf(word, sizeof word, "%.*s", (int)(n < 23 ? n : 23), intel);
        intel += n + (intel[n] == ' ');
        bool prefix = !strcmp(word, "lock") || !strncmp(word, "rep", 3) ||
                      (is_register(word, strlen(word)) && *intel);
        if (!prefix)
            break;
        size_t used = strlen(name);
        snprintf(name + used, sizeof name - used, is_register(word, strlen(word)) ? "%%%s " : "%s ",
                 word);
    }
    bool branch = is_branch(word),
         extend = !strncmp(word, "movzx", 5) || !strncmp(word, "movsx", 5);
    bool far = !strncmp(intel, "far ", 4) ||
               (branch && strchr(intel, ':') && *intel != '[' && !strchr(intel, '['));
    int count = 0;
    char suffix = 0;
    while (*intel && count < MAX_OPERANDS) {
        char s = take_size(&intel);
        suffix = s ? s : suffix;
        n = strcspn(intel, ",");
        snprintf(op[count], PIECE, "%.*s", (int)(n < PIECE - 1 ? n : PIECE - 1), intel);
        intel += n + (intel[n] == ',');
        count++;
    }
    if (far && branch && count && *op[0] != '[') {
        char *colon = strchr(op[0], ':');
        if (colon) {
            *colon = 0;
            snprintf(out, size, "%sl%s $%s,$%s", name, word, op[0], colon + 1);
            return;
        }
    }
    if (extend) { /* movzx eax,byte [..] -> movzbl */
        char from = suffix      ? suffix
                    : count > 1 ? register_suffix(op[1])
                                : 0,
             to = register_suffix(op[0]);
        word[4] = 0;
        snprintf(name + strlen(name), sizeof name - strlen(name), "%s%c%c", word, from ? from : 'b',
                 to ? to : 'l');
    } else {
        if (count == 2 && *op[0] == 's' && *op[1] == 's')
            reverse_x87(word, op[0]);
        snprintf(name + strlen(name), sizeof name - strlen(name), "%s%s", far && branch ? "l" : "",
                 count ? word : renamed(word));
        if (suffix && *word == 'f') {
            size_t used = strlen(name);
            snprintf(name + used, sizeof name - used, "%s", x87_suffix(word, suffix));
        } else if (suffix && !(branch && far) && !is_plain(word)) {
            size_t used = strlen(name);
            snprintf(name + used, sizeof name - used, "%c", suffix);
        }
    }
    snprintf(out, size, "%s", name);
    bool straight = count == 2 && is_plain(word) && *word != 'l';
    for (int k = 0; k < count; k++) {
        int i = straight ? k : count - 1 - k;
        operand(op[i], done[i], sizeof done[i], branch);
        n = strlen(out);
        snprintf(out + n, size - n, "%s%s", k ? "," : " ", done[i]);
    }
}
