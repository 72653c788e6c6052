/* sb_dsp.c: the commands of the Sound Blaster's DSP. From Creative's "Sound Blaster Series Hardware
 * Programming Guide"; identification (E2h) and the registers of the signal processor's socket
 * (04h-0Fh) as programs have been seen to use them.
 *
 *   10h  direct output: a sample        20h  direct input
 *   14h 16h 17h 74h-77h  one block      1Ch 1Fh 7Dh 7Fh  blocks without end (2.0)
 *   90h 91h  the same fast (2.0)        24h 2Ch 98h 99h  recording
 *   B0h-BFh 16 bits, C0h-CFh 8 bits (16): mode, length
 *   30h-37h  MIDI input and UART mode   38h  MIDI output
 *   40h  time constant   41h 42h  rate  48h  block length   80h  silence
 *   D0h D5h  pause   D4h D6h  go on     D9h DAh  no block after this one
 *   D1h D3h  speaker on, off            D8h  is it on?
 *   E0h inverts a byte; E1h version; E2h by DMA; E3h copyright; E4h E8h a byte to keep
 *   F2h F3h  an interrupt at once */
#include "devices/sb.h"

/* Which cards know a command, from which kind on. */
typedef struct {
    u8 first, last; /* commands */
    u8 parameters, kind;
} Command;

static const Command commands[] = {
    {0x04, 0x04, 1, SB_16},  {0x05, 0x05, 2, SB_16}, {0x08, 0x08, 1, SB_16},
    {0x0E, 0x0E, 2, SB_16},  {0x0F, 0x0F, 1, SB_16}, {0x10, 0x10, 1, SB_1},
    {0x14, 0x17, 2, SB_1},   {0x1C, 0x1C, 0, SB_2},  {0x1F, 0x1F, 0, SB_2},
    {0x20, 0x20, 0, SB_1},   {0x24, 0x24, 2, SB_1},  {0x2C, 0x2C, 0, SB_2},
    {0x30, 0x37, 0, SB_1},   {0x38, 0x38, 1, SB_1},  {0x40, 0x40, 1, SB_1},
    {0x41, 0x42, 2, SB_16},  {0x48, 0x48, 2, SB_2},  {0x74, 0x77, 2, SB_1},
    {0x7D, 0x7D, 0, SB_2},   {0x7F, 0x7F, 0, SB_2},  {0x80, 0x80, 2, SB_1},
    {0x90, 0x91, 0, SB_2},   {0x98, 0x99, 0, SB_2},  {0xA0, 0xA0, 0, SB_PRO},
    {0xA8, 0xA8, 0, SB_PRO}, {0xB0, 0xCF, 3, SB_16}, {0xD0, 0xD1, 0, SB_1},
    {0xD3, 0xD4, 0, SB_1},   {0xD5, 0xD6, 0, SB_16}, {0xD8, 0xD8, 0, SB_2},
    {0xD9, 0xD9, 0, SB_16},  {0xDA, 0xDA, 0, SB_2},  {0xE0, 0xE0, 1, SB_1},
    {0xE1, 0xE1, 0, SB_1},   {0xE2, 0xE2, 1, SB_1},  {0xE3, 0xE3, 0, SB_16},
    {0xE4, 0xE4, 1, SB_2},   {0xE8, 0xE8, 0, SB_2},  {0xF2, 0xF2, 0, SB_1},
    {0xF3, 0xF3, 0, SB_16},  {0xF8, 0xF8, 0, SB_1}};

static int parameters_of(const SbState *s)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (s->command >= commands[i].first && s->command <= commands[i].last)
            return commands[i].parameters;
    return 0;
}

static bool knows(const Sb *sb, u8 byte)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (byte >= commands[i].first && byte <= commands[i].last)
            return sb->cfg.kind >= commands[i].kind;
    return false;
}

static u32 word(const u8 *p)
{
    return p[0] | (u32)p[1] << 8;
}

/* ---- playing --------------------------------------------------------------------------------- */

/* A Pro plays stereo when its mixer says so. */
static bool pro_stereo(const Sb *sb)
{
    return sb->cfg.kind == SB_PRO && sb->s.mixer[0x0E] & 2;
}

typedef struct {
    SbCoding coding;
    u32 length; /* bytes */
    bool again, input, fast, reference;
} Play;

static void play_old(Sb *sb, Play p)
{
    SbStream *s = &sb->s.stream;
    sb_stream_stop(sb);
    s->coding = (u8)p.coding;
    s->sixteen = s->is_signed = false;
    s->stereo = p.coding == SB_PCM && pro_stereo(sb);
    s->input = p.input;
    s->again = p.again;
    s->fast = p.fast;
    s->want_reference = p.reference;
    s->block = s->left = p.length;
    sb_stream_start(sb);
}

/* Bxh, Cxh: bit 3 recording, bit 2 without end; mode bit 5 stereo, bit 4 signed; length in values
 * of one side. */
static void play_new(Sb *sb, u8 command, const u8 *p)
{
    SbStream *s = &sb->s.stream;
    sb_stream_stop(sb);
    s->coding = SB_PCM;
    s->sixteen = command < 0xC0;
    s->input = command & 8;
    s->again = command & 4;
    s->stereo = p[0] & 0x20;
    s->is_signed = p[0] & 0x10;
    s->fast = s->want_reference = false;
    s->block = s->left = word(p + 1) + 1;
    sb_stream_start(sb);
}

/* A pause that ends with an interrupt. */
static void play_silence(Sb *sb, u32 length)
{
    play_old(sb, (Play){SB_SILENCE, length, false, false, false, false});
}

static void play(Sb *sb, u8 command, const u8 *p)
{
    u32 given = word(p) + 1, set = sb->s.block + 1u;
    switch (command) {
    case 0x14:
    case 0x15:
        play_old(sb, (Play){.coding = SB_PCM, .length = given});
        break;
    case 0x16:
    case 0x17:
        play_old(sb, (Play){.coding = SB_ADPCM2, .length = given, .reference = command & 1});
        break;
    case 0x1C:
        play_old(sb, (Play){.coding = SB_PCM, .length = set, .again = true});
        break;
    case 0x1F:
        play_old(sb, (Play){SB_ADPCM2, set, true, false, false, true});
        break;
    case 0x24:
        play_old(sb, (Play){.coding = SB_PCM, .length = given, .input = true});
        break;
    case 0x2C:
        play_old(sb, (Play){.coding = SB_PCM, .length = set, .again = true, .input = true});
        break;
    case 0x74:
    case 0x75:
        play_old(sb, (Play){.coding = SB_ADPCM4, .length = given, .reference = command & 1});
        break;
    case 0x76:
    case 0x77:
        play_old(sb, (Play){.coding = SB_ADPCM26, .length = given, .reference = command & 1});
        break;
    case 0x7D:
        play_old(sb, (Play){SB_ADPCM4, set, true, false, false, true});
        break;
    case 0x7F:
        play_old(sb, (Play){SB_ADPCM26, set, true, false, false, true});
        break;
    case 0x90:
    case 0x91:
        play_old(sb, (Play){SB_PCM, set, command == 0x90, false, true, false});
        break;
    default: /* 98h, 99h */
        play_old(sb, (Play){SB_PCM, set, command == 0x98, true, true, false});
        break;
    }
}

static void direct(Sb *sb, u8 v)
{
    s32 level = (v - 128) * 256;
    sb_output(sb, sb_now(sb), level, level);
}

/* ---- identification -------------------------------------------------------------------------- */

static void version(Sb *sb)
{
    static const u8 of[][2] = {
        [SB_1] = {1, 5}, [SB_2] = {2, 1}, [SB_PRO] = {3, 2}, [SB_16] = {4, 5}};
    sb_answer(sb, of[sb->cfg.kind][0]);
    sb_answer(sb, of[sb->cfg.kind][1]);
}

/* A byte that only Creative's DSP would give, put into memory by DMA. */
static void identify_by_dma(Sb *sb, u8 v)
{
    SbState *s = &sb->s;
    bool tc;
    s->e2_value += v ^ s->e2_xor;
    s->e2_xor = (u8)(s->e2_xor >> 2 | s->e2_xor << 6);
    dma_line_write(&sb->cfg.dma_line[s->dma], &s->e2_value, 1, &tc);
}

static void copyright(Sb *sb)
{
    static const char text[] = "COPYRIGHT (C) CREATIVE TECHNOLOGY LTD, 1992.";
    for (size_t i = 0; i < sizeof text; i++) /* with the 0 */
        sb_answer(sb, (u8)text[i]);
}

/* ---- one command ----------------------------------------------------------------------------- */

static void midi(Sb *sb, u8 byte)
{
    if (sb->cfg.midi)
        sb->cfg.midi(sb->cfg.ctx, byte);
}

/* Those that set or tell something. */
static void control(Sb *sb, u8 command, const u8 *p)
{
    SbState *s = &sb->s;
    s32 in[2];
    switch (command) {
    case 0x05:
    case 0x04:
        break;
    case 0x08: /* version of a signal processor that is not there */
        sb_answer(sb, 0xFF);
        break;
    case 0x0E:
        s->asp[p[0]] = p[1];
        break;
    case 0x0F:
        sb_answer(sb, s->asp[p[0]]);
        break;
    case 0x20:
        sb_input(sb, sb_now(sb), 0, in);
        sb_answer(sb, (u8)(((in[0] + in[1]) / 2 + 32768) >> 8));
        break;
    case 0x34:
    case 0x35:
    case 0x36:
    case 0x37:
        s->midi = true;
        break;
    case 0x38:
        midi(sb, p[0]);
        break;
    case 0x40:
        s->time_constant = p[0];
        s->rate = 0;
        break;
    case 0x41:
    case 0x42: /* high byte first; 0 would stand still */
        s->rate = (u16)(p[0] << 8 | p[1] | (p[0] | p[1] ? 0 : 1));
        break;
    case 0x48:
        s->block = (u16)word(p);
        break;
    case 0xA0:
        s->mixer[0x0E] &= (u8)~2;
        break;
    case 0xA8:
        s->mixer[0x0E] |= 2;
        break;
    case 0xE0:
        sb_answer(sb, (u8)~p[0]);
        break;
    case 0xE1:
        version(sb);
        break;
    case 0xE2:
        identify_by_dma(sb, p[0]);
        break;
    case 0xE3:
        copyright(sb);
        break;
    case 0xE4:
        s->test = p[0];
        break;
    case 0xE8:
        sb_answer(sb, s->test);
        break;
    case 0xF2:
        sb_raise(sb, SB_IRQ_8BIT);
        break;
    case 0xF3:
        sb_raise(sb, SB_IRQ_16BIT);
        break;
    case 0xF8:
        sb_answer(sb, 0);
        break;
    default:
        break;
    }
}

/* D0h-DAh. */
static void transport(Sb *sb, u8 command)
{
    switch (command) {
    case 0xD0:
    case 0xD5:
        sb_stream_pause(sb, true);
        break;
    case 0xD4:
    case 0xD6:
        sb_stream_pause(sb, false);
        break;
    case 0xD1:
        sb->s.speaker = true;
        break;
    case 0xD3:
        sb->s.speaker = false;
        break;
    case 0xD8:
        sb_answer(sb, sb->s.speaker ? 0xFF : 0);
        break;
    default: /* D9h, DAh */
        sb->s.stream.last = true;
        break;
    }
}

static void execute(Sb *sb)
{
    u8 command = sb->s.command;
    const u8 *p = sb->s.parameter;
    if (command == 0x10)
        direct(sb, p[0]);
    else if (command == 0x80)
        play_silence(sb, word(p) + 1);
    else if (command >= 0xB0 && command <= 0xCF)
        play_new(sb, command, p);
    else if (command >= 0xD0 && command <= 0xDA)
        transport(sb, command);
    else if ((command >= 0x14 && command <= 0x1F) || command == 0x24 || command == 0x2C ||
             (command >= 0x74 && command <= 0x99))
        play(sb, command, p);
    else
        control(sb, command, p);
}

/* A command that waits for parameters is one that has some, and not yet all. */
bool sb_dsp_ok(const SbState *s)
{
    return !s->has_command || s->parameters < parameters_of(s);
}

void sb_dsp_write(Sb *sb, u8 byte)
{
    SbState *s = &sb->s;
    if (s->stream.fast && s->stream.running && sb->cfg.kind != SB_16)
        return; /* high speed: only a reset is heard */
    if (s->midi) {
        midi(sb, byte);
        return;
    }
    if (!s->has_command) {
        s->command = byte;
        s->parameters = 0;
        s->has_command = knows(sb, byte);
    } else {
        s->parameter[s->parameters++] = byte;
    }
    if (s->has_command && s->parameters == parameters_of(s)) {
        s->has_command = false;
        s->parameters = 0;
        execute(sb);
    }
}

void sb_dsp_reset(Sb *sb)
{
    SbState *s = &sb->s;
    sb_stream_stop(sb);
    s->has_command = s->midi = s->speaker = false;
    s->parameters = s->count = 0;
    s->time_constant = 0;
    s->rate = 0;
    s->block = 0x7FF;
    s->e2_value = 0xAA;
    s->e2_xor = 0x96;
    s->stream.paused = false;
    sb_acknowledge(sb, SB_IRQ_8BIT | SB_IRQ_16BIT);
    sb_output(sb, sb_now(sb), 0, 0);
}
