/* sb.c: the Sound Blaster's ports, mixers and interrupts. From Creative's "Sound Blaster Series
 * Hardware Programming Guide".
 *
 *   base+0h-3h  FM synthesizer (Pro, 16); base+8h 9h on all; see opl.c
 *   base+4h w   mixer: register        base+5h rw  mixer: data (Pro, 16)
 *   base+6h w   DSP reset: 1, then 0
 *   base+Ah r   DSP: what it answers
 *   base+Ch w   DSP: commands, parameters, samples   r  bit 7: it is busy
 *   base+Eh r   bit 7: there is an answer; reading acknowledges the 8-bit interrupt
 *   base+Fh r   reading acknowledges the 16-bit interrupt (16)
 *
 * Mixer of the Pro (CT1345): 00h reset; 04h voice, 22h master, 26h FM, 28h CD, 2Eh line: left in
 * the high, right in the low nibble, 8 steps; 0Ah microphone; 0Ch input; 0Eh bit 1 stereo, bit 5
 * filter off. Of the 16 (CT1745): those as well, and 30h-39h master, voice, FM, CD, line, left and
 * right, in bits 7-3, 2 dB each; 3Ah-47h microphone, speaker, switches, gains, tone; 80h interrupt,
 * 81h DMA channels, 82h which interrupt it is.
 *
 * NOTE: after a reset all volumes stand at the top, as with the amplifier's knob in mind, but for
 * the microphone's.
 * NOTE: what comes in at the jacks can be recorded, but is not heard. The filter of the Pro's input
 * (0Ch) only stores. */
#include "devices/sb.h"

enum { MIX_RESET = 0x00, MIX_IRQ = 0x80, MIX_DMA = 0x81, MIX_IRQ_STATUS = 0x82 };
enum { MASTER = 0x30, VOICE = 0x32, FM = 0x34, CD = 0x36, LINE = 0x38, MICROPHONE = 0x3A };
enum { OUT_SWITCHES = 0x3C, IN_SWITCHES = 0x3D, IN_GAIN = 0x3F, OUT_GAIN = 0x41 };
enum { TREBLE = 0x44, BASS = 0x46, PRO_INPUT = 0x0C, PRO_OUTPUT = 0x0E, RESET_US = 100 };

AudioTime sb_now(const Sb *sb)
{
    const Clock *c = sb->cfg.queue->clock;
    return (AudioTime){c->now, c->ips};
}

/* The 16 plays whatever D1h and D3h say. */
static void drive_output(Sb *sb, AudioTime when)
{
    bool on = sb->s.speaker || sb->cfg.kind == SB_16;
    audio_step(sb->cfg.out, when, on ? sb->s.level[0] : 0, on ? sb->s.level[1] : 0);
}

void sb_output(Sb *sb, AudioTime when, s32 left, s32 right)
{
    sb->s.level[0] = (s16)left;
    sb->s.level[1] = (s16)right;
    drive_output(sb, when);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void drive_irq(Sb *sb)
{
    bool level = sb->s.pending;
    if (level == sb->s.irq_level)
        return;
    sb->s.irq_level = level;
    line_set(&sb->cfg.irq_line[sb->s.irq], level);
}

void sb_raise(Sb *sb, u8 which)
{
    sb->s.pending |= which;
    drive_irq(sb);
}

void sb_acknowledge(Sb *sb, u8 which)
{
    sb->s.pending &= (u8)~which;
    drive_irq(sb);
}

void sb_set_mpu_irq(void *ctx, int pin, bool level)
{
    if (level)
        sb_raise(ctx, SB_IRQ_MPU);
    else
        sb_acknowledge(ctx, SB_IRQ_MPU);
}

static void select_irq(Sb *sb, u8 number)
{
    if (number == sb->s.irq)
        return;
    if (sb->s.irq_level)
        line_set(&sb->cfg.irq_line[sb->s.irq], false);
    sb->s.irq_level = false;
    sb->s.irq = number;
    drive_irq(sb);
}

/* ---- volumes and tone ------------------------------------------------------------------------ */

static bool has_mixer(const Sb *sb)
{
    return sb->cfg.kind >= SB_PRO;
}

/* 2 dB for each step below 31: 65,536 * 10^(-(31 - v) / 10), to 1 part in 2^16. */
static u32 gain_of(u8 v)
{
    u64 gain = 65536u << 15;
    for (int i = v >> 3; i < 31; i++)
        gain = gain * 52057 >> 16; /* 10^(-1/10) * 2^16 */
    return (u32)(gain >> 15);
}

/* Gains in and out of the 16: 0, 6, 12 or 18 dB. */
static u32 amplified(u32 gain, u8 v)
{
    return gain << (v >> 6);
}

static u32 both(const Sb *sb, int reg)
{
    const u8 *m = sb->s.mixer;
    int side = reg & 1;
    u32 gain = (u32)((u64)gain_of(m[reg]) * gain_of(m[MASTER + side]) >> 16);
    return amplified(gain, m[OUT_GAIN + side]);
}

static void set_tone(Sb *sb)
{
    const u8 *m = sb->s.mixer;
    AudioTone tone = {.low_pass = sb->cfg.kind == SB_PRO && !(m[PRO_OUTPUT] & 0x20)};
    for (int side = 0; side < 2; side++) {
        bool has = sb->cfg.kind == SB_16;
        tone.bass[side] = has ? m[BASS + side] >> 4 : AUDIO_FLAT;
        tone.treble[side] = has ? m[TREBLE + side] >> 4 : AUDIO_FLAT;
    }
    audio_tone(sb->cfg.audio, sb_now(sb), &tone);
}

/* Of the switches of the 16, bits 2 and 1 of 3Ch are the CD's left and right. */
static void set_volumes(Sb *sb)
{
    u8 on = sb->s.mixer[OUT_SWITCHES];
    audio_gain(sb->cfg.out, sb_now(sb), both(sb, VOICE), both(sb, VOICE + 1));
    audio_gain(sb->cfg.fm, sb_now(sb), both(sb, FM), both(sb, FM + 1));
    for (size_t i = 0; i < ARRAY_LEN(sb->cfg.cd) && has_mixer(sb); i++)
        audio_gain(sb->cfg.cd[i], sb_now(sb), on & 4 ? both(sb, CD) : 0,
                   on & 2 ? both(sb, CD + 1) : 0);
    set_tone(sb);
}

/* ---- what is recorded ------------------------------------------------------------------------ */

/* Switches of each side of the 16's converter: the microphone, and the right and the left of the
 * others. */
enum { IN_MICROPHONE = 0x01, IN_CD = 0x02, IN_LINE = 0x08, IN_FM = 0x20 };

typedef struct {
    s32 line[2], cd[2], fm[2];
} SbInputs;

static s32 clipped(s64 v)
{
    return (s32)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
}

/* Both sides of a source, as the two switches from `right` on let them through. */
static s64 switched(const Sb *sb, u8 on, u8 right, int volume, const s32 level[2])
{
    const u8 *m = sb->s.mixer;
    s64 v = on & right << 1 ? (s64)level[0] * gain_of(m[volume]) : 0;
    return v + (on & right ? (s64)level[1] * gain_of(m[volume + 1]) : 0);
}

/* The jacks for line and microphone carry the same. */
static s32 mix_input(const Sb *sb, int side, const SbInputs *in)
{
    const u8 *m = sb->s.mixer;
    u8 on = m[IN_SWITCHES + side];
    s64 v = on & IN_MICROPHONE ? (s64)(in->line[0] + in->line[1]) / 2 * gain_of(m[MICROPHONE]) : 0;
    v += switched(sb, on, IN_LINE, LINE, in->line);
    v += switched(sb, on, IN_CD, CD, in->cd);
    v += switched(sb, on, IN_FM, FM, in->fm);
    return clipped((v >> 16) * (1 << (m[IN_GAIN + side] >> 6)));
}

/* The Pro's input: bits 2-1 of 0Ch are 1 for the CD, 3 for the line, else the microphone. */
static u8 pro_choice(const Sb *sb)
{
    return sb->s.mixer[PRO_INPUT] >> 1 & 3;
}

static bool hears(const Sb *sb, u8 switches)
{
    const u8 *on = sb->s.mixer + IN_SWITCHES;
    return sb->cfg.kind == SB_16 && (on[0] | on[1]) & switches;
}

static bool hears_cd(const Sb *sb)
{
    return hears(sb, IN_CD | IN_CD << 1) || (sb->cfg.kind == SB_PRO && pro_choice(sb) == 1);
}

static bool hears_fm(const Sb *sb)
{
    return hears(sb, IN_FM | IN_FM << 1);
}

bool sb_input_inside(const Sb *sb)
{
    return hears_cd(sb) || hears_fm(sb);
}

static SbInputs listen(Sb *sb, AudioTime when, u32 rate)
{
    SbInputs in = {{0, 0}, {0, 0}, {0, 0}};
    if (sb->cfg.line_in)
        sb->cfg.line_in(sb->cfg.ctx, when, rate, in.line);
    if (sb->cfg.cd_in && hears_cd(sb))
        sb->cfg.cd_in(sb->cfg.ctx, when, rate, in.cd);
    if (sb->cfg.fm_in && hears_fm(sb))
        sb->cfg.fm_in(sb->cfg.ctx, when, rate, in.fm);
    return in;
}

/* A microphone is one sound for both sides, and all that the oldest cards have. */
void sb_input(Sb *sb, AudioTime when, u32 rate, s32 level[2])
{
    SbInputs in = listen(sb, when, rate);
    u8 choice = sb->cfg.kind == SB_PRO ? pro_choice(sb) : 0;
    for (int side = 0; side < 2; side++)
        level[side] = sb->cfg.kind == SB_16 ? mix_input(sb, side, &in)
                      : choice == 1         ? clipped(in.cd[side])
                      : choice == 3         ? in.line[side]
                                            : (in.line[0] + in.line[1]) / 2;
}

/* ---- the mixer's registers ------------------------------------------------------------------- */

/* The Pro's pairs of nibbles are a view of the 16's pairs of registers; 3 bits of each are there on
 * a Pro, 4 on a 16. */
static int pair_of(u8 reg)
{
    switch (reg) {
    case 0x04:
        return VOICE;
    case 0x22:
        return MASTER;
    case 0x26:
        return FM;
    case 0x28:
        return CD;
    case 0x2E:
        return LINE;
    default:
        return 0;
    }
}

static u8 nibble_to_volume(const Sb *sb, u8 nibble)
{
    return (u8)(sb->cfg.kind == SB_16 ? nibble << 4 | (nibble & 8) : (nibble | 1) << 4 | 8);
}

static void reset_mixer(Sb *sb)
{
    u8 irq = sb->s.mixer[MIX_IRQ], dma = sb->s.mixer[MIX_DMA];
    memset(sb->s.mixer, 0, sizeof sb->s.mixer);
    for (int reg = MASTER; reg < MICROPHONE; reg++)
        sb->s.mixer[reg] = 0xF8;
    sb->s.mixer[OUT_SWITCHES] = 0x1F;
    sb->s.mixer[IN_SWITCHES] = 0x15;
    sb->s.mixer[IN_SWITCHES + 1] = 0x0B;
    for (int reg = TREBLE; reg < BASS + 2; reg++)
        sb->s.mixer[reg] = 0x80;
    sb->s.mixer[MIX_IRQ] = irq;
    sb->s.mixer[MIX_DMA] = dma;
    set_volumes(sb);
}

static void write_irq_select(Sb *sb, u8 v)
{
    static const u8 number[4] = {2, 5, 7, 10};
    for (int i = 0; i < 4; i++) {
        if (v >> i & 1) {
            sb->s.mixer[MIX_IRQ] = v & 15;
            select_irq(sb, number[i]);
            return;
        }
    }
}

/* One 8-bit and one 16-bit channel; without the latter words go through the former. */
static void write_dma_select(Sb *sb, u8 v)
{
    for (u8 ch = 0; ch < 4; ch++)
        if (ch != 2 && v >> ch & 1) {
            sb->s.dma = ch;
            break;
        }
    sb->s.dma16 = sb->s.dma;
    for (u8 ch = 5; ch < 8; ch++)
        if (v >> ch & 1) {
            sb->s.dma16 = ch;
            break;
        }
    sb->s.mixer[MIX_DMA] = (u8)(1 << sb->s.dma | (sb->s.dma16 > 3 ? 1 << sb->s.dma16 : 0));
}

static void write_mixer(Sb *sb, u8 reg, u8 v)
{
    int pair = pair_of(reg);
    if (reg == MIX_RESET) {
        reset_mixer(sb);
    } else if (pair) {
        sb->s.mixer[pair] = nibble_to_volume(sb, v >> 4);
        sb->s.mixer[pair + 1] = nibble_to_volume(sb, v & 15);
    } else if (reg < 0x30) {
        sb->s.mixer[reg] = v;
    } else if (sb->cfg.kind == SB_16) {
        if (reg == MIX_IRQ)
            write_irq_select(sb, v);
        else if (reg == MIX_DMA)
            write_dma_select(sb, v);
        else if (reg < 0x48)
            sb->s.mixer[reg] = reg < 0x3A ? v & 0xF8 : v;
    }
    set_volumes(sb);
}

static u8 read_mixer(const Sb *sb, u8 reg)
{
    int pair = pair_of(reg);
    if (pair) {
        u8 v = (sb->s.mixer[pair] & 0xF0) | sb->s.mixer[pair + 1] >> 4;
        return sb->cfg.kind == SB_16 ? v : v | 0x11;
    }
    if (sb->cfg.kind != SB_16 && reg >= 0x30)
        return 0xFF;
    if (reg == MIX_IRQ_STATUS)
        return sb->s.pending | 0x20; /* as a CT1745 of version 4.05 has its upper bits */
    return sb->s.mixer[reg];
}

/* ---- ports ----------------------------------------------------------------------------------- */

void sb_answer(Sb *sb, u8 byte)
{
    if (sb->s.count < SB_FIFO)
        sb->s.fifo[sb->s.count++] = byte;
}

static u8 take_answer(Sb *sb)
{
    SbState *s = &sb->s;
    if (s->count) {
        s->last_read = s->fifo[0];
        memmove(s->fifo, s->fifo + 1, --s->count);
    }
    return s->last_read;
}

/* A reset takes its time; in the high-speed mode of a 2.0 or Pro it does nothing but end it. */
static void write_reset(Sb *sb, u8 v)
{
    bool was = sb->s.resetting;
    sb->s.resetting = v & 1;
    if (!was || v & 1)
        return;
    if (sb->s.stream.fast && sb->cfg.kind != SB_16) {
        sb_stream_stop(sb);
        return;
    }
    sb_dsp_reset(sb);
    const Clock *c = sb->cfg.queue->clock;
    event_at(sb->cfg.queue, &sb->ready, c->now + clock_us(c, RESET_US));
}

static void on_ready(void *ctx, u64 when)
{
    Sb *sb = ctx;
    sb->s.count = 0;
    sb_answer(sb, 0xAA);
}

static u32 port_read(void *ctx, u32 port, int size)
{
    Sb *sb = ctx;
    switch (port - sb->cfg.base) {
    case 0x4:
        return has_mixer(sb) ? sb->s.mixer_index : 0xFF;
    case 0x5:
        return has_mixer(sb) ? read_mixer(sb, sb->s.mixer_index) : 0xFF;
    case 0xA:
        return take_answer(sb);
    case 0xC:
        return sb->s.resetting || sb->ready.armed ? 0xFF : 0x7F;
    case 0xE:
        sb_acknowledge(sb, SB_IRQ_8BIT);
        return sb->s.count ? 0xFF : 0x7F;
    case 0xF:
        if (sb->cfg.kind == SB_16)
            sb_acknowledge(sb, SB_IRQ_16BIT);
        return 0xFF;
    default:
        return 0xFF;
    }
}

static u32 port_peek(void *ctx, u32 port, int size)
{
    const Sb *sb = ctx;
    switch (port - sb->cfg.base) {
    case 0xA:
        return sb->s.count ? sb->s.fifo[0] : sb->s.last_read;
    case 0xE:
        return sb->s.count ? 0xFF : 0x7F;
    case 0xF:
        return 0xFF;
    default:
        return port_read(ctx, port, size);
    }
}

static void port_write(void *ctx, u32 port, int size, u32 value)
{
    Sb *sb = ctx;
    u8 v = (u8)value;
    switch (port - sb->cfg.base) {
    case 0x4:
        sb->s.mixer_index = v;
        break;
    case 0x5:
        if (has_mixer(sb))
            write_mixer(sb, sb->s.mixer_index, v);
        break;
    case 0x6:
        write_reset(sb, v);
        break;
    case 0xC:
        if (!sb->s.resetting && !sb->ready.armed)
            sb_dsp_write(sb, v);
        drive_output(sb, sb_now(sb)); /* a command may have switched the speaker */
        break;
    default:
        break;
    }
}

/* ---- life ------------------------------------------------------------------------------------ */

static u8 irq_bit(u8 irq)
{
    return irq == 2 || irq == 9 ? 1 : irq == 5 ? 2 : irq == 7 ? 4 : irq == 10 ? 8 : 0;
}

void sb_reset(Sb *sb)
{
    sb_dsp_reset(sb);
    event_cancel(sb->cfg.queue, &sb->ready);
    sb->s.pending = 0;
    sb->s.resetting = false;
    sb->s.mixer_index = 0;
    drive_irq(sb);
    select_irq(sb, sb->cfg.irq);
    sb->s.dma = sb->cfg.dma;
    sb->s.dma16 = sb->cfg.dma16;
    sb->s.mixer[MIX_IRQ] = irq_bit(sb->cfg.irq);
    sb->s.mixer[MIX_DMA] = (u8)(1 << sb->cfg.dma | (sb->cfg.dma16 > 3 ? 1 << sb->cfg.dma16 : 0));
    reset_mixer(sb);
    sb_output(sb, sb_now(sb), 0, 0);
}

void sb_post_load(Sb *sb)
{
    set_volumes(sb);
    drive_output(sb, sb_now(sb));
}

static bool check_state(const void *state, const Clock *clock)
{
    const SbState *s = state;
    return sb_stream_ok(&s->stream, clock) && s->count <= SB_FIFO &&
           s->parameters < SB_PARAMETERS && sb_dsp_ok(s) && s->irq < 16 && s->dma < 8 &&
           s->dma16 < 8 && STATE_BOOL(s->has_command) && STATE_BOOL(s->speaker) &&
           STATE_BOOL(s->resetting) && STATE_BOOL(s->midi) && STATE_BOOL(s->irq_level);
}

void sb_init(Sb *sb, const SbConfig *cfg)
{
    static const BusOps ops = {port_read, port_write, port_peek, 1};
    memset(sb, 0, sizeof *sb);
    sb->cfg = *cfg;
    sb->s.irq = cfg->irq;
    event_init(cfg->queue, &sb->due, "sb", sb_stream_due, sb);
    event_init(cfg->queue, &sb->ready, "sb reset", on_ready, sb);
    bus_map_port(cfg->bus, (u16)(cfg->base + 4), 4, &ops, sb, "sb");
    bus_map_port(cfg->bus, (u16)(cfg->base + 10), 6, &ops, sb, "sb");
    snap_add(cfg->snap, "sb", 1, &sb->s, sizeof sb->s);
    snap_check(cfg->snap, check_state);
}
