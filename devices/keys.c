/* keys.c: the key table, key names, and the US layout. Everything is constant data; see keys.h.
 * Scan codes: IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-Key)". The
 * three keys that came later (Windows and Menu): Microsoft, "Keyboard Scan Code Specification". */
#include "devices/keys.h"

#define TYPEMATIC  KEY_TYPEMATIC
#define MAKE_BREAK KEY_MAKE_BREAK
#define MAKE_ONLY  KEY_MAKE_ONLY

/* clang-format off */
const KeyInfo key_table[KEY_COUNT] = {
    /*                      name            set 1   set 2   set 3 type in set 3  gray */
    [KEY_ESC]           = {"esc",           0x01,   0x76,   0x08, MAKE_ONLY,  false},
    [KEY_F1]            = {"f1",            0x3B,   0x05,   0x07, MAKE_ONLY,  false},
    [KEY_F2]            = {"f2",            0x3C,   0x06,   0x0F, MAKE_ONLY,  false},
    [KEY_F3]            = {"f3",            0x3D,   0x04,   0x17, MAKE_ONLY,  false},
    [KEY_F4]            = {"f4",            0x3E,   0x0C,   0x1F, MAKE_ONLY,  false},
    [KEY_F5]            = {"f5",            0x3F,   0x03,   0x27, MAKE_ONLY,  false},
    [KEY_F6]            = {"f6",            0x40,   0x0B,   0x2F, MAKE_ONLY,  false},
    [KEY_F7]            = {"f7",            0x41,   0x83,   0x37, MAKE_ONLY,  false},
    [KEY_F8]            = {"f8",            0x42,   0x0A,   0x3F, MAKE_ONLY,  false},
    [KEY_F9]            = {"f9",            0x43,   0x01,   0x47, MAKE_ONLY,  false},
    [KEY_F10]           = {"f10",           0x44,   0x09,   0x4F, MAKE_ONLY,  false},
    [KEY_F11]           = {"f11",           0x57,   0x78,   0x56, MAKE_ONLY,  false},
    [KEY_F12]           = {"f12",           0x58,   0x07,   0x5E, MAKE_ONLY,  false},
    [KEY_PRINT]         = {"print",         0xE037, 0xE07C, 0x57, MAKE_ONLY,  false},
    [KEY_SCROLL_LOCK]   = {"scroll_lock",   0x46,   0x7E,   0x5F, MAKE_ONLY,  false},
    [KEY_PAUSE]         = {"pause",         0xE046, 0xE07E, 0x62, MAKE_ONLY,  false},

    [KEY_GRAVE]         = {"grave_accent",  0x29,   0x0E,   0x0E, TYPEMATIC,  false},
    [KEY_1]             = {"1",             0x02,   0x16,   0x16, TYPEMATIC,  false},
    [KEY_2]             = {"2",             0x03,   0x1E,   0x1E, TYPEMATIC,  false},
    [KEY_3]             = {"3",             0x04,   0x26,   0x26, TYPEMATIC,  false},
    [KEY_4]             = {"4",             0x05,   0x25,   0x25, TYPEMATIC,  false},
    [KEY_5]             = {"5",             0x06,   0x2E,   0x2E, TYPEMATIC,  false},
    [KEY_6]             = {"6",             0x07,   0x36,   0x36, TYPEMATIC,  false},
    [KEY_7]             = {"7",             0x08,   0x3D,   0x3D, TYPEMATIC,  false},
    [KEY_8]             = {"8",             0x09,   0x3E,   0x3E, TYPEMATIC,  false},
    [KEY_9]             = {"9",             0x0A,   0x46,   0x46, TYPEMATIC,  false},
    [KEY_0]             = {"0",             0x0B,   0x45,   0x45, TYPEMATIC,  false},
    [KEY_MINUS]         = {"minus",         0x0C,   0x4E,   0x4E, TYPEMATIC,  false},
    [KEY_EQUAL]         = {"equal",         0x0D,   0x55,   0x55, TYPEMATIC,  false},
    [KEY_BACKSPACE]     = {"backspace",     0x0E,   0x66,   0x66, TYPEMATIC,  false},

    [KEY_TAB]           = {"tab",           0x0F,   0x0D,   0x0D, TYPEMATIC,  false},
    [KEY_Q]             = {"q",             0x10,   0x15,   0x15, TYPEMATIC,  false},
    [KEY_W]             = {"w",             0x11,   0x1D,   0x1D, TYPEMATIC,  false},
    [KEY_E]             = {"e",             0x12,   0x24,   0x24, TYPEMATIC,  false},
    [KEY_R]             = {"r",             0x13,   0x2D,   0x2D, TYPEMATIC,  false},
    [KEY_T]             = {"t",             0x14,   0x2C,   0x2C, TYPEMATIC,  false},
    [KEY_Y]             = {"y",             0x15,   0x35,   0x35, TYPEMATIC,  false},
    [KEY_U]             = {"u",             0x16,   0x3C,   0x3C, TYPEMATIC,  false},
    [KEY_I]             = {"i",             0x17,   0x43,   0x43, TYPEMATIC,  false},
    [KEY_O]             = {"o",             0x18,   0x44,   0x44, TYPEMATIC,  false},
    [KEY_P]             = {"p",             0x19,   0x4D,   0x4D, TYPEMATIC,  false},
    [KEY_BRACKET_LEFT]  = {"bracket_left",  0x1A,   0x54,   0x54, TYPEMATIC,  false},
    [KEY_BRACKET_RIGHT] = {"bracket_right", 0x1B,   0x5B,   0x5B, TYPEMATIC,  false},
    [KEY_BACKSLASH]     = {"backslash",     0x2B,   0x5D,   0x5C, TYPEMATIC,  false},

    [KEY_CAPS_LOCK]     = {"caps_lock",     0x3A,   0x58,   0x14, MAKE_BREAK, false},
    [KEY_A]             = {"a",             0x1E,   0x1C,   0x1C, TYPEMATIC,  false},
    [KEY_S]             = {"s",             0x1F,   0x1B,   0x1B, TYPEMATIC,  false},
    [KEY_D]             = {"d",             0x20,   0x23,   0x23, TYPEMATIC,  false},
    [KEY_F]             = {"f",             0x21,   0x2B,   0x2B, TYPEMATIC,  false},
    [KEY_G]             = {"g",             0x22,   0x34,   0x34, TYPEMATIC,  false},
    [KEY_H]             = {"h",             0x23,   0x33,   0x33, TYPEMATIC,  false},
    [KEY_J]             = {"j",             0x24,   0x3B,   0x3B, TYPEMATIC,  false},
    [KEY_K]             = {"k",             0x25,   0x42,   0x42, TYPEMATIC,  false},
    [KEY_L]             = {"l",             0x26,   0x4B,   0x4B, TYPEMATIC,  false},
    [KEY_SEMICOLON]     = {"semicolon",     0x27,   0x4C,   0x4C, TYPEMATIC,  false},
    [KEY_APOSTROPHE]    = {"apostrophe",    0x28,   0x52,   0x52, TYPEMATIC,  false},
    [KEY_ENTER]         = {"ret",           0x1C,   0x5A,   0x5A, TYPEMATIC,  false},

    [KEY_SHIFT]         = {"shift",         0x2A,   0x12,   0x12, MAKE_BREAK, false},
    [KEY_LESS]          = {"less",          0x56,   0x61,   0x13, TYPEMATIC,  false},
    [KEY_Z]             = {"z",             0x2C,   0x1A,   0x1A, TYPEMATIC,  false},
    [KEY_X]             = {"x",             0x2D,   0x22,   0x22, TYPEMATIC,  false},
    [KEY_C]             = {"c",             0x2E,   0x21,   0x21, TYPEMATIC,  false},
    [KEY_V]             = {"v",             0x2F,   0x2A,   0x2A, TYPEMATIC,  false},
    [KEY_B]             = {"b",             0x30,   0x32,   0x32, TYPEMATIC,  false},
    [KEY_N]             = {"n",             0x31,   0x31,   0x31, TYPEMATIC,  false},
    [KEY_M]             = {"m",             0x32,   0x3A,   0x3A, TYPEMATIC,  false},
    [KEY_COMMA]         = {"comma",         0x33,   0x41,   0x41, TYPEMATIC,  false},
    [KEY_DOT]           = {"dot",           0x34,   0x49,   0x49, TYPEMATIC,  false},
    [KEY_SLASH]         = {"slash",         0x35,   0x4A,   0x4A, TYPEMATIC,  false},
    [KEY_SHIFT_R]       = {"shift_r",       0x36,   0x59,   0x59, MAKE_BREAK, false},

    [KEY_CTRL]          = {"ctrl",          0x1D,   0x14,   0x11, MAKE_BREAK, false},
    [KEY_META_L]        = {"meta_l",        0xE05B, 0xE01F, 0x8B, MAKE_BREAK, false},
    [KEY_ALT]           = {"alt",           0x38,   0x11,   0x19, MAKE_BREAK, false},
    [KEY_SPACE]         = {"spc",           0x39,   0x29,   0x29, TYPEMATIC,  false},
    [KEY_ALT_R]         = {"alt_r",         0xE038, 0xE011, 0x39, MAKE_ONLY,  false},
    [KEY_META_R]        = {"meta_r",        0xE05C, 0xE027, 0x8C, MAKE_BREAK, false},
    [KEY_MENU]          = {"menu",          0xE05D, 0xE02F, 0x8D, MAKE_BREAK, false},
    [KEY_CTRL_R]        = {"ctrl_r",        0xE01D, 0xE014, 0x58, MAKE_ONLY,  false},

    [KEY_INSERT]        = {"insert",        0xE052, 0xE070, 0x67, MAKE_ONLY,  true},
    [KEY_HOME]          = {"home",          0xE047, 0xE06C, 0x6E, MAKE_ONLY,  true},
    [KEY_PGUP]          = {"pgup",          0xE049, 0xE07D, 0x6F, MAKE_ONLY,  true},
    [KEY_DELETE]        = {"delete",        0xE053, 0xE071, 0x64, TYPEMATIC,  true},
    [KEY_END]           = {"end",           0xE04F, 0xE069, 0x65, MAKE_ONLY,  true},
    [KEY_PGDN]          = {"pgdn",          0xE051, 0xE07A, 0x6D, MAKE_ONLY,  true},
    [KEY_UP]            = {"up",            0xE048, 0xE075, 0x63, TYPEMATIC,  true},
    [KEY_LEFT]          = {"left",          0xE04B, 0xE06B, 0x61, TYPEMATIC,  true},
    [KEY_DOWN]          = {"down",          0xE050, 0xE072, 0x60, TYPEMATIC,  true},
    [KEY_RIGHT]         = {"right",         0xE04D, 0xE074, 0x6A, TYPEMATIC,  true},

    [KEY_NUM_LOCK]      = {"num_lock",      0x45,   0x77,   0x76, MAKE_ONLY,  false},
    [KEY_KP_DIVIDE]     = {"kp_divide",     0xE035, 0xE04A, 0x77, MAKE_ONLY,  false},
    [KEY_KP_MULTIPLY]   = {"kp_multiply",   0x37,   0x7C,   0x7E, MAKE_ONLY,  false},
    [KEY_KP_SUBTRACT]   = {"kp_subtract",   0x4A,   0x7B,   0x84, MAKE_ONLY,  false},
    [KEY_KP_7]          = {"kp_7",          0x47,   0x6C,   0x6C, MAKE_ONLY,  false},
    [KEY_KP_8]          = {"kp_8",          0x48,   0x75,   0x75, MAKE_ONLY,  false},
    [KEY_KP_9]          = {"kp_9",          0x49,   0x7D,   0x7D, MAKE_ONLY,  false},
    [KEY_KP_ADD]        = {"kp_add",        0x4E,   0x79,   0x7C, TYPEMATIC,  false},
    [KEY_KP_4]          = {"kp_4",          0x4B,   0x6B,   0x6B, MAKE_ONLY,  false},
    [KEY_KP_5]          = {"kp_5",          0x4C,   0x73,   0x73, MAKE_ONLY,  false},
    [KEY_KP_6]          = {"kp_6",          0x4D,   0x74,   0x74, MAKE_ONLY,  false},
    [KEY_KP_1]          = {"kp_1",          0x4F,   0x69,   0x69, MAKE_ONLY,  false},
    [KEY_KP_2]          = {"kp_2",          0x50,   0x72,   0x72, MAKE_ONLY,  false},
    [KEY_KP_3]          = {"kp_3",          0x51,   0x7A,   0x7A, MAKE_ONLY,  false},
    [KEY_KP_ENTER]      = {"kp_enter",      0xE01C, 0xE05A, 0x79, MAKE_ONLY,  false},
    [KEY_KP_0]          = {"kp_0",          0x52,   0x70,   0x70, MAKE_ONLY,  false},
    [KEY_KP_DECIMAL]    = {"kp_decimal",    0x53,   0x71,   0x71, MAKE_ONLY,  false},
};
/* clang-format on */

/* ---- names ----------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *name;
    u16 key;
} aliases[] = {
    {"escape", KEY_ESC},         {"enter", KEY_ENTER},           {"return", KEY_ENTER},
    {"space", KEY_SPACE},        {"del", KEY_DELETE},            {"ins", KEY_INSERT},
    {"bs", KEY_BACKSPACE},       {"bksp", KEY_BACKSPACE},        {"control", KEY_CTRL},
    {"ctrl_l", KEY_CTRL},        {"shift_l", KEY_SHIFT},         {"alt_l", KEY_ALT},
    {"altgr", KEY_ALT_R},        {"win", KEY_META_L},            {"meta", KEY_META_L},
    {"compose", KEY_MENU},       {"sysrq", KEY_PRINT},           {"prtsc", KEY_PRINT},
    {"break", KEY_PAUSE},        {"caps", KEY_CAPS_LOCK},        {"numlock", KEY_NUM_LOCK},
    {"capslock", KEY_CAPS_LOCK}, {"scrolllock", KEY_SCROLL_LOCK}, {"pageup", KEY_PGUP},
    {"pagedown", KEY_PGDN},      {"grave", KEY_GRAVE},           {"period", KEY_DOT},
    {"asterisk", KEY_KP_MULTIPLY}, {"plus", KEY_KP_ADD},         {"kp_minus", KEY_KP_SUBTRACT},
    {"kp_plus", KEY_KP_ADD},     {"equals", KEY_EQUAL},          {"kp_period", KEY_KP_DECIMAL},
};
/* clang-format on */

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool same_name(const char *name, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!name[i] || name[i] != lower((unsigned char)text[i]))
            return false;
    return name[len] == '\0';
}

u16 key_from_name(const char *name, size_t len)
{
    for (u16 k = KEY_NONE + 1; k < KEY_COUNT; k++)
        if (same_name(key_table[k].name, name, len))
            return k;
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
        if (same_name(aliases[i].name, name, len))
            return aliases[i].key;
    return KEY_NONE;
}

const char *key_name(u16 key)
{
    return key > KEY_NONE && key < KEY_COUNT ? key_table[key].name : "?";
}

int key_chord(const char *text, size_t len, u16 *keys, int max)
{
    int count = 0;
    for (size_t start = 0; start <= len;) {
        const char *dash = memchr(text + start, '-', len - start);
        size_t end = dash ? (size_t)(dash - text) : len;
        u16 key = key_from_name(text + start, end - start);
        if (key == KEY_NONE || count == max)
            return -1;
        keys[count++] = key;
        start = end + 1;
    }
    return count;
}

/* ---- characters ------------------------------------------------------------------------------ */

/* Each key's two characters on the US layout. */
/* clang-format off */
static const struct {
    u16 key;
    char plain, shifted;
} us_layout[] = {
    {KEY_GRAVE, '`', '~'},        {KEY_1, '1', '!'},             {KEY_2, '2', '@'},
    {KEY_3, '3', '#'},            {KEY_4, '4', '$'},             {KEY_5, '5', '%'},
    {KEY_6, '6', '^'},            {KEY_7, '7', '&'},             {KEY_8, '8', '*'},
    {KEY_9, '9', '('},            {KEY_0, '0', ')'},             {KEY_MINUS, '-', '_'},
    {KEY_EQUAL, '=', '+'},        {KEY_BRACKET_LEFT, '[', '{'},  {KEY_BRACKET_RIGHT, ']', '}'},
    {KEY_BACKSLASH, '\\', '|'},   {KEY_SEMICOLON, ';', ':'},     {KEY_APOSTROPHE, '\'', '"'},
    {KEY_COMMA, ',', '<'},        {KEY_DOT, '.', '>'},           {KEY_SLASH, '/', '?'},
    {KEY_SPACE, ' ', ' '},        {KEY_Q, 'q', 'Q'},             {KEY_W, 'w', 'W'},
    {KEY_E, 'e', 'E'},            {KEY_R, 'r', 'R'},             {KEY_T, 't', 'T'},
    {KEY_Y, 'y', 'Y'},            {KEY_U, 'u', 'U'},             {KEY_I, 'i', 'I'},
    {KEY_O, 'o', 'O'},            {KEY_P, 'p', 'P'},             {KEY_A, 'a', 'A'},
    {KEY_S, 's', 'S'},            {KEY_D, 'd', 'D'},             {KEY_F, 'f', 'F'},
    {KEY_G, 'g', 'G'},            {KEY_H, 'h', 'H'},             {KEY_J, 'j', 'J'},
    {KEY_K, 'k', 'K'},            {KEY_L, 'l', 'L'},             {KEY_Z, 'z', 'Z'},
    {KEY_X, 'x', 'X'},            {KEY_C, 'c', 'C'},             {KEY_V, 'v', 'V'},
    {KEY_B, 'b', 'B'},            {KEY_N, 'n', 'N'},             {KEY_M, 'm', 'M'},
};
/* clang-format on */

static bool from_layout(u8 ch, u16 *key, unsigned *mods)
{
    for (size_t i = 0; i < ARRAY_LEN(us_layout); i++) {
        if (us_layout[i].plain != (char)ch && us_layout[i].shifted != (char)ch)
            continue;
        *key = us_layout[i].key;
        *mods = us_layout[i].plain == (char)ch ? 0 : KEY_MOD_SHIFT;
        return true;
    }
    return false;
}

bool key_from_ascii(u8 ch, u16 *key, unsigned *mods)
{
    *mods = 0;
    switch (ch) {
    case '\n':
    case '\r':
        *key = KEY_ENTER;
        return true;
    case '\t':
        *key = KEY_TAB;
        return true;
    case '\b':
        *key = KEY_BACKSPACE;
        return true;
    case 0x1B:
        *key = KEY_ESC;
        return true;
    case 0x7F: /* what the BIOS gives for Ctrl-Backspace */
        *key = KEY_BACKSPACE;
        *mods = KEY_MOD_CTRL;
        return true;
    }
    if (ch >= 0x80)
        return false;
    if (ch >= 0x20)
        return from_layout(ch, key, mods);
    /* ^A..^Z, ^\, ^], ^^, ^_ ; the last two are Ctrl-6 and Ctrl-minus on a US board. ^@ has no
     * key. */
    static const char on_key[] = "abcdefghijklmnopqrstuvwxyz[\\]6-";
    if (!ch || !from_layout((u8)on_key[ch - 1], key, mods))
        return false;
    *mods = KEY_MOD_CTRL;
    return true;
}

/* clang-format off */
const u16 key_cp437_unicode[256] = {
    0x0000, 0x263A, 0x263B, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022,
    0x25D8, 0x25CB, 0x25D9, 0x2642, 0x2640, 0x266A, 0x266B, 0x263C,
    0x25BA, 0x25C4, 0x2195, 0x203C, 0x00B6, 0x00A7, 0x25AC, 0x21A8,
    0x2191, 0x2193, 0x2192, 0x2190, 0x221F, 0x2194, 0x25B2, 0x25BC,
    0x0020, 0x0021, 0x0022, 0x0023, 0x0024, 0x0025, 0x0026, 0x0027,
    0x0028, 0x0029, 0x002A, 0x002B, 0x002C, 0x002D, 0x002E, 0x002F,
    0x0030, 0x0031, 0x0032, 0x0033, 0x0034, 0x0035, 0x0036, 0x0037,
    0x0038, 0x0039, 0x003A, 0x003B, 0x003C, 0x003D, 0x003E, 0x003F,
    0x0040, 0x0041, 0x0042, 0x0043, 0x0044, 0x0045, 0x0046, 0x0047,
    0x0048, 0x0049, 0x004A, 0x004B, 0x004C, 0x004D, 0x004E, 0x004F,
    0x0050, 0x0051, 0x0052, 0x0053, 0x0054, 0x0055, 0x0056, 0x0057,
    0x0058, 0x0059, 0x005A, 0x005B, 0x005C, 0x005D, 0x005E, 0x005F,
    0x0060, 0x0061, 0x0062, 0x0063, 0x0064, 0x0065, 0x0066, 0x0067,
    0x0068, 0x0069, 0x006A, 0x006B, 0x006C, 0x006D, 0x006E, 0x006F,
    0x0070, 0x0071, 0x0072, 0x0073, 0x0074, 0x0075, 0x0076, 0x0077,
    0x0078, 0x0079, 0x007A, 0x007B, 0x007C, 0x007D, 0x007E, 0x2302,
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7,
    0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE, 0x00EC, 0x00C4, 0x00C5,
    0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192,
    0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA, 0x00BA,
    0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556,
    0x2555, 0x2563, 0x2551, 0x2557, 0x255D, 0x255C, 0x255B, 0x2510,
    0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567,
    0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256B,
    0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4,
    0x03A6, 0x0398, 0x03A9, 0x03B4, 0x221E, 0x03C6, 0x03B5, 0x2229,
    0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};
/* clang-format on */

int key_cp437(u32 unicode)
{
    if (unicode >= 0x20 && unicode < 0x7F)
        return (int)unicode;
    for (int i = 1; i < 256; i++)
        if (key_cp437_unicode[i] == unicode)
            return i;
    return -1;
}

static int stroke(KeyStroke *out, int n, u16 key, bool down)
{
    out[n] = (KeyStroke){key, down};
    return n + 1;
}

/* Alt held, the three decimal digits on the keypad, Alt released: INT 09h composes the code. */
static int alt_code(int code, KeyStroke *out)
{
    static const u16 digit[10] = {KEY_KP_0, KEY_KP_1, KEY_KP_2, KEY_KP_3, KEY_KP_4,
                                  KEY_KP_5, KEY_KP_6, KEY_KP_7, KEY_KP_8, KEY_KP_9};
    int n = stroke(out, 0, KEY_ALT, true);
    for (int place = 100; place; place /= 10) {
        u16 key = digit[code / place % 10];
        n = stroke(out, n, key, true);
        n = stroke(out, n, key, false);
    }
    return stroke(out, n, KEY_ALT, false);
}

int key_strokes(u32 unicode, KeyStroke out[KEY_STROKES_MAX])
{
    u16 key;
    unsigned mods;
    if (unicode >= 0x80 || !key_from_ascii((u8)unicode, &key, &mods)) {
        int code = key_cp437(unicode);
        return code > 0 ? alt_code(code, out) : 0;
    }
    u16 mod = mods & KEY_MOD_SHIFT ? KEY_SHIFT : mods & KEY_MOD_CTRL ? KEY_CTRL : KEY_NONE;
    int n = 0;
    if (mod)
        n = stroke(out, n, mod, true);
    n = stroke(out, n, key, true);
    n = stroke(out, n, key, false);
    if (mod)
        n = stroke(out, n, mod, false);
    return n;
}
