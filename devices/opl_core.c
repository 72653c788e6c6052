/* opl_core.c: how the OPL2 and OPL3 make their samples. Sources: Yamaha's YM3812 and YMF262
 * application manuals; M. Gambrell's and O. Niemitalo's "OPLx decapsulated" (2008) for the two
 * ROMs and how they are combined; and the public descriptions of what was read from decapsulated
 * chips about envelope timing, noise, and the order in which slots are worked on.
 *
 * A sample is made by working on 36 slots in turn. Each has a phase, 10 bits of which, plus the
 * output of its modulator, address a quarter of a sine, which is stored as a logarithm; attenuation
 * is added; a second ROM turns the sum into a 13-bit number. The sum for the left output is taken
 * after slot 14, that for the right after slot 32, each with what the other slots have from the
 * last round; the right one leaves the chip a sample later.
 *
 * Everything that runs freely (envelope clock, tremolo, vibrato) follows from the number of samples
 * made. When all slots are silent the core sleeps: then its output is exactly 0, where the chip's
 * idle slots add up to 0 to -18 by the signs of their phases. */
#include "devices/opl.h"

enum { PHASE_MASK = (1 << 19) - 1, OFF = 0x1FF, SILENT_HALF = 0x1000, NEGATIVE = 0x8000 };
enum { RHYTHM = 0x20, SLOT_HAT = 13, SLOT_SNARE = 16, SLOT_CYMBAL = 17 };

/* ---- the ROMs -------------------------------------------------------------------------------- */

enum { Q = 40 };

/* 256 * -log2(x), rounded; 0 < x <= 1 in 2^-40. By squaring, a bit at a time. */
static u16 log_of(s64 x)
{
    int whole = 0;
    s64 fraction = 0;
    while (x < (s64)1 << Q) {
        x <<= 1;
        whole++;
    }
    for (int bit = 0; bit < 32; bit++) {
        x = (s64)((__int128)x * x >> Q);
        fraction <<= 1;
        if (x >= (s64)2 << Q) {
            x >>= 1;
            fraction |= 1;
        }
    }
    return (u16)((((s64)whole << 32) - fraction + (1 << 23)) >> 24);
}

/* 1024 * 2^((255 - n) / 256), rounded: the second ROM with its leading one. */
static void fill_exponents(u16 exponent[256])
{
    const u64 root = 1156047391917129430; /* 2^(1 / 256) in 2^-60 */
    u64 v = (u64)1 << 60;
    for (int n = 255; n >= 0; n--) {
        exponent[n] = (u16)((v + ((u64)1 << 49)) >> 50);
        v = (u64)((unsigned __int128)v * root >> 60);
    }
}

static u16 quarter(const u16 sine[256], int phase)
{
    return sine[phase & 0x100 ? ~phase & 0xFF : phase & 0xFF];
}

/* The same at twice the speed: the address is mirrored before it is doubled. */
static u16 fast_quarter(const u16 sine[256], int phase)
{
    return sine[(phase & 0x80 ? ~phase : phase) * 2 & 0xFF];
}

/* One period of waveform `w` at phase p, 0-1023. */
static u16 wave_at(const u16 sine[256], int w, int p)
{
    bool second = p & 0x200;
    switch (w) {
    case 0: /* sine */
        return quarter(sine, p) | (second ? NEGATIVE : 0);
    case 1: /* its positive half */
        return second ? SILENT_HALF : quarter(sine, p);
    case 2: /* rectified */
        return quarter(sine, p);
    case 3: /* rising quarters */
        return p & 0x100 ? SILENT_HALF : quarter(sine, p);
    case 4: /* a whole period in the first half */
        return second ? SILENT_HALF : fast_quarter(sine, p) | (p & 0x100 ? NEGATIVE : 0);
    case 5: /* ... rectified */
        return second ? SILENT_HALF : fast_quarter(sine, p);
    case 6: /* square */
        return second ? NEGATIVE : 0;
    default: /* exponential saw */
        return (u16)((second ? ~p & 0x1FF : p) << 3) | (second ? NEGATIVE : 0);
    }
}

void opl_core_init(Opl *o)
{
    u16 sine[256];
    for (int n = 0; n < 256; n++)
        sine[n] = log_of(audio_sine(2 * n + 1, 2048));
    for (int w = 0; w < OPL_WAVES; w++)
        for (int p = 0; p < 1024; p++)
            o->t.wave[w][p] = wave_at(sine, w, p);
    fill_exponents(o->t.exponent);
}

/* ---- from registers to voices ---------------------------------------------------------------- */

static int first_slot(int channel) /* of the two; the other is 3 further */
{
    static const u8 slot[9] = {0, 1, 2, 6, 7, 8, 12, 13, 14};
    return slot[channel % 9] + (channel >= 9 ? 18 : 0);
}

/* Offset of a slot's registers: in a bank of 18, six go with each 8. */
static int slot_offset(int slot)
{
    return slot % 18 / 6 * 8 + slot % 6;
}

static u8 channel_reg(const Opl *o, int base, int channel)
{
    return o->s.reg[channel >= 9][base + channel % 9];
}

static bool is_new(const Opl *o)
{
    return o->s.reg[1][5] & 1;
}

/* Channels 0-2 and 9-11 may take the slots of the third channel after them. */
static bool leads_four(const Opl *o, int channel)
{
    int n = channel % 9;
    return is_new(o) && n < 3 && o->s.reg[1][4] >> (n + (channel >= 9 ? 3 : 0)) & 1;
}

static bool follows_four(const Opl *o, int channel)
{
    return channel % 9 >= 3 && channel % 9 < 6 && leads_four(o, channel - 3);
}

static bool is_drum(const Opl *o, int channel)
{
    return channel >= 6 && channel <= 8 && o->s.reg[0][0xBD] & RHYTHM;
}

/* Attenuation that grows with the pitch: in 3/16 dB, 0 at the lowest, for 6 dB an octave. */
static u16 key_scale(int f_number, int block)
{
    static const u8 by_pitch[16] = {0, 32, 40, 45, 48, 51, 53, 55, 56, 58, 59, 60, 61, 62, 63, 64};
    int v = by_pitch[f_number >> 6] * 4 - (8 - block) * 32;
    return v > 0 ? (u8)v : 0;
}

/* A register's rate with key scaling; 0 stands still whatever the key. */
static u8 rate_of(int reg, int scale)
{
    int rate = reg * 4 + scale;
    return (u8)(!reg ? 0 : rate < 64 ? rate : 60 | (rate & 3));
}

/* What is set for a slot by itself. */
static void set_slot(const Opl *o, OplVoice *v, int slot, int channel)
{
    static const u8 multiple[16] = {1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 20, 24, 24, 30, 30};
    static const u8 shift[4] = {8, 1, 2, 0};
    const u8 *reg = o->s.reg[slot >= 18];
    int at = slot_offset(slot), pitch = follows_four(o, channel) ? channel - 3 : channel;
    u8 high = channel_reg(o, 0xB0, pitch), r20 = reg[0x20 + at];
    v->f_number = (u16)((high & 3) << 8 | channel_reg(o, 0xA0, pitch));
    v->block = high >> 2 & 7;
    v->multiple = multiple[r20 & 15];
    v->increment = ((u32)v->f_number << v->block >> 1) * v->multiple >> 1;
    v->vibrato = r20 & 0x40;
    v->tremolo = r20 & 0x80 ? 0xFF : 0;
    int split = o->s.reg[0][8] & 0x40 ? 8 : 9; /* which bit of the F number splits the keyboard */
    int scale = (v->block * 2 + (v->f_number >> split & 1)) >> (r20 & 0x10 ? 0 : 2);
    v->level = (u16)((reg[0x40 + at] & 0x3F) * 4 +
                     (key_scale(v->f_number, v->block) >> shift[reg[0x40 + at] >> 6]));
    v->sustain = reg[0x80 + at] >> 4 == 15 ? 31 : reg[0x80 + at] >> 4;
    v->rate[OPL_ATTACK] = rate_of(reg[0x60 + at] >> 4, scale);
    v->rate[OPL_DECAY] = rate_of(reg[0x60 + at] & 15, scale);
    v->rate[OPL_RELEASE] = rate_of(reg[0x80 + at] & 15, scale);
    v->rate[OPL_SUSTAIN] = r20 & 0x20 ? 0 : v->rate[OPL_RELEASE];
    v->wave = reg[0xE0 + at] & (is_new(o) ? 7 : 3);
    if (!o->cfg.opl3 && !(o->s.reg[0][1] & 0x20))
        v->wave = 0;
}

/* Which slot modulates which, and which are heard: bit n of `heard` is slot n of two or four. */
static void connect(OplVoice *voice, const int *slot, const s8 *from, int n, unsigned heard,
                    s8 left, s8 right)
{
    for (int i = 0; i < n; i++) {
        OplVoice *v = &voice[slot[i]];
        v->modulator = from[i] >= 0 ? (s8)slot[from[i]] : from[i];
        v->left = heard >> i & 1 ? left : 0;
        v->right = heard >> i & 1 ? right : 0;
    }
}

static void set_pair(Opl *o, int channel, s8 left, s8 right)
{
    static const s8 chain[2] = {OPL_SELF, 0}, apart[2] = {OPL_SELF, OPL_NONE};
    static const s8 drums[2] = {OPL_NONE, OPL_NONE};
    const int slot[2] = {first_slot(channel), first_slot(channel) + 3};
    bool add = channel_reg(o, 0xC0, channel) & 1;
    if (!is_drum(o, channel)) /* two in a chain, or side by side */
        connect(o->t.voice, slot, add ? apart : chain, 2, add ? 3 : 2, left, right);
    else /* one voice for the bass drum, one for each of hat, snare, tom, cymbal; twice as loud */
        connect(o->t.voice, slot,
                channel > 6 ? drums
                : add       ? apart
                            : chain,
                2, channel > 6 ? 3 : 2, left * 2, right * 2);
}

static void set_four(Opl *o, int channel, s8 left, s8 right)
{
    static const struct {
        s8 from[4];
        u8 heard;
    } ways[4] = {{{OPL_SELF, 0, 1, 2}, 8},         /* a chain of four */
                 {{OPL_SELF, 0, OPL_NONE, 2}, 10}, /* two chains of two */
                 {{OPL_SELF, OPL_NONE, 1, 2}, 9},  /* one, and a chain of three */
                 {{OPL_SELF, OPL_NONE, 1, OPL_NONE}, 13}};
    int a = first_slot(channel), b = first_slot(channel + 3);
    const int slot[4] = {a, a + 3, b, b + 3};
    int way = (channel_reg(o, 0xC0, channel) & 1) << 1 | (channel_reg(o, 0xC0, channel + 3) & 1);
    connect(o->t.voice, slot, ways[way].from, 4, ways[way].heard, left, right);
}

static void set_channel(Opl *o, int channel)
{
    bool follows = follows_four(o, channel);
    u8 c0 = channel_reg(o, 0xC0, channel);
    s8 left = !is_new(o) || c0 & 0x10, right = !is_new(o) || c0 & 0x20;
    bool key = channel_reg(o, 0xB0, follows ? channel - 3 : channel) & 0x20;
    for (int i = 0; i < 2; i++) {
        int slot = first_slot(channel) + i * 3;
        set_slot(o, &o->t.voice[slot], slot, channel);
        o->t.voice[slot].feedback = c0 >> 1 & 7;
        o->s.slot[slot].key = key;
    }
    if (follows) /* with the panning of the second channel */
        set_four(o, channel - 3, left, right);
    else if (!leads_four(o, channel))
        set_pair(o, channel, left, right);
}

/* Bits 0-4 of BDh: hat, cymbal, tom, snare, bass drum. */
static void set_drums(Opl *o)
{
    static const u8 slots[5][2] = {{13, 13}, {17, 17}, {14, 14}, {16, 16}, {12, 15}};
    u8 drums = o->s.reg[0][0xBD];
    for (int i = 0; i < 5 && drums & RHYTHM; i++)
        for (int k = 0; k < 2; k++)
            o->s.slot[slots[i][k]].key |= drums >> i & 1;
}

void opl_core_update(Opl *o)
{
    for (int channel = 0; channel < OPL_CHANNELS; channel++)
        set_channel(o, channel);
    set_drums(o);
}

void opl_core_reset(Opl *o)
{
    u64 count = o->s.count;
    memset(&o->s, 0, sizeof o->s);
    o->s.count = count;
    o->s.noise = 1;
    for (int i = 0; i < OPL_SLOTS; i++)
        o->s.slot[i] = (OplSlot){.attenuation = OFF, .stage = OPL_RELEASE};
    opl_core_update(o);
}

/* ---- the envelope ---------------------------------------------------------------------------- */

/* The envelope's clock counts every second sample; what a slow rate looks at is how many zeros the
 * count before ends with. */
typedef struct {
    bool tick; /* this is the second sample */
    u8 zeros;  /* 1 + how many, up to 13; else 0 */
    u8 low;    /* its lowest two bits */
} EnvelopeClock;

static EnvelopeClock envelope_clock(u64 count)
{
    EnvelopeClock c = {count & 1, 0, 0};
    if (count < 2)
        return c;
    u64 n = (count >> 1) - 1;
    while (c.zeros < 13 && !(n >> c.zeros & 1))
        c.zeros++;
    c.zeros = c.zeros > 12 ? 0 : c.zeros + 1;
    c.low = n & 3;
    return c;
}

/* How far a rate moves now: 0 not at all, else 1 + the power of two. */
static int speed(EnvelopeClock c, int rate)
{
    static const u8 more[4] = {0x0, 0x1, 0x5, 0x7}; /* in which of four ticks it is one faster */
    int coarse = rate >> 2, fine = rate & 3;
    if (coarse >= 12) {
        int s = (coarse & 3) + (more[fine] >> c.low & 1);
        return s > 3 ? 3 : s ? s : c.tick;
    }
    if (!rate || !c.tick)
        return 0;
    switch (coarse + c.zeros) {
    case 12:
        return 1;
    case 13:
        return fine >> 1;
    case 14:
        return fine & 1;
    default:
        return 0;
    }
}

/* One sample of the envelope. True: the key was struck, and the phase begins anew. */
static bool run_envelope(OplSlot *s, const OplVoice *v, EnvelopeClock clock)
{
    bool struck = s->key && s->stage == OPL_RELEASE;
    int rate = v->rate[struck ? OPL_ATTACK : s->stage], step = speed(clock, rate);
    bool at_once = rate >= 60, off = (s->attenuation & 0x1F8) == 0x1F8;
    int level = s->attenuation, change = 0;
    if (struck && at_once)
        level = 0;
    if (s->stage != OPL_ATTACK && !struck && off)
        level = OFF;
    if (s->stage == OPL_ATTACK) {
        if (!s->attenuation)
            s->stage = OPL_DECAY;
        else if (s->key && step && !at_once)
            change = ~(int)s->attenuation >> (4 - step);
    } else if (s->stage == OPL_DECAY && s->attenuation >> 4 == v->sustain) {
        s->stage = OPL_SUSTAIN;
    } else if (!off && !struck && step) {
        change = 1 << (step - 1);
    }
    s->attenuation = (u16)((level + change) & OFF);
    if (struck)
        s->stage = OPL_ATTACK;
    if (!s->key)
        s->stage = OPL_RELEASE;
    return struck;
}

/* ---- the phase ------------------------------------------------------------------------------- */

/* Vibrato goes through eight positions: 0, 1/2, 1, 1/2, 0, -1/2, -1, -1/2 of up to 14 cents. */
static u32 increment(const Opl *o, const OplVoice *v, int position)
{
    if (!v->vibrato)
        return v->increment;
    int range = v->f_number >> 7 & 7;
    range = position & 3 ? range >> (position & 1) : 0;
    range >>= o->s.reg[0][0xBD] & 0x40 ? 0 : 1;
    int f = v->f_number + (position & 4 ? -range : range);
    return ((u32)f << v->block >> 1) * v->multiple >> 1;
}

static u32 next_noise(u32 n)
{
    return n >> 1 | ((n >> 14 ^ n) & 1) << 22;
}

/* In rhythm mode hat, snare and cymbal take their phase from bits of the hat's and the cymbal's
 * phases, and from noise. */
static u32 drum_phase(OplState *s, int slot, u32 phase)
{
    enum { BIT2 = 4, BIT3 = 8, BIT5 = 0x20, BIT7 = 0x80 };
    bool rhythm = s->reg[0][0xBD] & RHYTHM;
    if (slot == SLOT_HAT) /* bits 2, 3, 7 and 8, the last one as bit 0 */
        s->hat = (u8)((phase & (BIT2 | BIT3 | BIT7)) | (phase >> 8 & 1));
    if (!rhythm)
        return phase;
    if (slot == SLOT_CYMBAL)
        s->cymbal = phase & (BIT3 | BIT5);
    u32 hat = s->hat, cymbal = s->cymbal >> 5 & 1, noise = s->noise & 1;
    u32 mix =
        ((hat >> 2 ^ hat >> 7) & 1) | ((hat >> 3 & 1) ^ cymbal) | ((s->cymbal >> 3 & 1u) ^ cymbal);
    switch (slot) {
    case SLOT_HAT:
        return mix << 9 | (mix ^ noise ? 0xD0 : 0x34);
    case SLOT_SNARE:
        return (hat & 1) << 9 | ((hat & 1) ^ noise) << 8;
    case SLOT_CYMBAL:
        return mix << 9 | 0x80;
    default:
        return phase;
    }
}

/* ---- a sample -------------------------------------------------------------------------------- */

static s16 output(const OplTables *t, int wave, u32 phase, u32 attenuation)
{
    u16 w = t->wave[wave][phase & 0x3FF];
    u32 level = (w & 0x7FFFu) + (attenuation << 3);
    if (level > 0x1FFF)
        level = 0x1FFF;
    s16 v = (s16)(t->exponent[level & 0xFF] << 1 >> (level >> 8));
    return w & NEGATIVE ? (s16)~v : v;
}

static void run_slots(Opl *o, int from, int to, EnvelopeClock clock)
{
    OplState *st = &o->s;
    int position = (int)(st->count >> 10 & 7);
    for (int i = from; i < to; i++) {
        OplSlot *s = &st->slot[i];
        const OplVoice *v = &o->t.voice[i];
        s32 shift = 0;
        if (v->modulator == OPL_SELF)
            shift = v->feedback ? (s->before + s->out) >> (9 - v->feedback) : 0;
        else if (v->modulator >= 0)
            shift = st->slot[v->modulator].out;
        s->before = s->out;
        u32 level = s->attenuation + v->level + (st->tremolo & v->tremolo);
        bool struck = run_envelope(s, v, clock);
        u32 phase = s->phase >> 9;
        s->phase = ((struck ? 0 : s->phase) + increment(o, v, position)) & PHASE_MASK;
        phase = drum_phase(st, i, phase);
        st->noise = next_noise(st->noise);
        s->out = output(&o->t, v->wave, phase + (u32)shift, level);
    }
}

static s16 clip(s32 v)
{
    return (s16)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
}

/* A triangle of 210 steps of 64 samples, 4.8 dB high, or 1 dB. */
static u8 tremolo_at(const Opl *o, u64 count)
{
    u32 position = (u32)((count >> 6) % 210);
    return (u8)((position < 105 ? position : 210 - position) >> (o->s.reg[0][0xBD] & 0x80 ? 2 : 4));
}

OplFrame opl_core_next(Opl *o)
{
    OplState *st = &o->s;
    EnvelopeClock clock = envelope_clock(st->count);
    OplFrame f = {0, clip(st->right)};
    s32 left = 0, right = 0;
    run_slots(o, 0, 15, clock);
    for (int i = 0; i < OPL_SLOTS; i++)
        left += st->slot[i].out * o->t.voice[i].left;
    f.left = clip(left);
    run_slots(o, 15, 33, clock);
    for (int i = 0; i < OPL_SLOTS; i++)
        right += st->slot[i].out * o->t.voice[i].right;
    st->right = right;
    run_slots(o, 33, OPL_SLOTS, clock);
    st->count++;
    st->tremolo = tremolo_at(o, st->count);
    return f;
}

/* ---- silence --------------------------------------------------------------------------------- */

bool opl_core_silent(const Opl *o)
{
    for (int i = 0; i < OPL_SLOTS; i++) {
        const OplSlot *s = &o->s.slot[i];
        if (s->attenuation != OFF || s->stage != (s->key ? OPL_SUSTAIN : OPL_RELEASE))
            return false;
    }
    return true;
}

/* n steps of the noise register. A step is linear over GF(2): its matrix, as the images of the 23
 * bits, is squared for each bit of n. */
static u32 skip_noise(u32 noise, u64 n)
{
    enum { BITS = 23 };
    u32 step[BITS];
    for (int i = 0; i < BITS; i++)
        step[i] = next_noise(1u << i);
    for (; n; n >>= 1) {
        u32 image = 0, square[BITS] = {0};
        for (int i = 0; i < BITS; i++) {
            image ^= noise >> i & 1 ? step[i] : 0;
            for (int k = 0; k < BITS; k++)
                square[i] ^= step[i] >> k & 1 ? step[k] : 0;
        }
        if (n & 1)
            noise = image;
        memcpy(step, square, sizeof step);
    }
    return noise;
}

/* Vibrato repeats after 8 * 1024 samples. */
static u32 skip_phase(const Opl *o, const OplVoice *v, u64 n)
{
    u64 count = o->s.count, phase = 0, round = 0;
    if (!v->vibrato)
        return (u32)(n * v->increment);
    for (int p = 0; p < 8; p++)
        round += (u64)increment(o, v, p) << 10;
    phase = (n >> 13) * round;
    for (n &= 0x1FFF; n;) {
        u64 part = 1024 - (count & 1023);
        part = part < n ? part : n;
        phase += part * increment(o, v, (int)(count >> 10 & 7));
        count += part;
        n -= part;
    }
    return (u32)phase;
}

/* The last samples are made in full, for what hangs on the sample before. */
void opl_core_skip(Opl *o, u64 n)
{
    enum { FULL = 3 };
    OplState *st = &o->s;
    if (n > FULL) {
        for (int i = 0; i < OPL_SLOTS; i++)
            st->slot[i].phase =
                (st->slot[i].phase + skip_phase(o, &o->t.voice[i], n - FULL)) & PHASE_MASK;
        st->noise = skip_noise(st->noise, (n - FULL) * OPL_SLOTS);
        st->count += n - FULL;
        st->tremolo = tremolo_at(o, st->count);
        n = FULL;
    }
    while (n--)
        opl_core_next(o);
}
