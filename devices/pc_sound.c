/* pc_sound.c: which chip is which source of the mixer, how loud each is, and what a restored state
 * means for sound. */
#include "devices/pc_sound.h"

/* A speaker that swings fully is about as loud as the other sources at their usual levels. */
enum { CONE_LEVEL = 12000 };

AudioTime pc_time(const Pc *pc)
{
    return (AudioTime){pc->clock.now, pc->clock.ips};
}

static void move_cone(Pc *pc, AudioTime when)
{
    s32 level = pc->speaker.s.level ? CONE_LEVEL : 0;
    audio_step(pc->cone, when, level, level);
}

/* Edges of the timer are known to the cycle, which matters where an instruction takes longer. */
void pc_sound_cone(void *ctx, bool level, bool by_timer)
{
    Pc *pc = ctx;
    move_cone(pc, by_timer ? (AudioTime){pit_edge(&pc->pit, 2), PIT_HZ} : pc_time(pc));
}

void pc_sound_init(Pc *pc)
{
    audio_init(&pc->audio);
    pc->cone = audio_source(&pc->audio);
}

/* Zeroes become the values they stand for. */
static void set_defaults(PcSound *c)
{
    if (c->sb) {
        c->fm = c->sb >= SB_PRO ? PC_FM_OPL3 : PC_FM_OPL2;
        c->sb_base = c->sb_base ? c->sb_base : 0x220;
        c->sb_irq = c->sb_irq ? c->sb_irq : 5;
        c->sb_dma = c->sb_dma ? c->sb_dma : 1;
        c->sb_dma16 = c->sb != SB_16 ? PC_NONE : c->sb_dma16 ? c->sb_dma16 : 5;
    }
    if (c->sb == SB_16 && !c->mpu_base)
        c->mpu_base = 0x330;
    c->mpu_irq = c->mpu_irq ? c->mpu_irq : 9;
}

/* A Sound Blaster has its synthesizer at base+8h, those with an OPL3 at base as well. */
static AudioSource *wire_fm(Pc *pc, const PcSound *c)
{
    AudioSource *out = audio_source(&pc->audio);
    u16 old = c->sb ? (u16)(c->sb_base + 8) : 0, new = c->sb >= SB_PRO ? c->sb_base : 0;
    opl_init(&pc->opl, &(OplConfig){.bus = &pc->bus,
                                    .queue = &pc->queue,
                                    .snap = &pc->snap,
                                    .out = out,
                                    .opl3 = c->fm == PC_FM_OPL3,
                                    .base = {0x388, old, new}});
    return out;
}

static void on_midi(void *ctx, u8 byte)
{
    const PcHooks *h = &((Pc *)ctx)->cfg.hooks;
    if (h->midi_tx)
        h->midi_tx(h->ctx, byte);
}

static void on_line_in(void *ctx, AudioTime when, u32 rate, s32 level[2])
{
    const PcHooks *h = &((Pc *)ctx)->cfg.hooks;
    if (h->line_in)
        h->line_in(h->ctx, when, rate, level);
}

static void on_cd_in(void *ctx, AudioTime when, u32 rate, s32 level[2])
{
    Pc *pc = ctx;
    for (int i = 0; i < PC_IDE_DRIVES; i++)
        ide_record(&pc->ide[i / 2], i % 2, rate, level);
}

static void on_fm_in(void *ctx, AudioTime when, u32 rate, s32 level[2])
{
    opl_record(&((Pc *)ctx)->opl, rate, level);
}

static void wire_mpu(Pc *pc, const PcSound *c)
{
    Line own = {pic_set_irq, &pc->pic, c->mpu_irq | PIC_SOURCE(2)};
    Line card = {sb_set_mpu_irq, &pc->sb, 0};
    mpu401_init(&pc->mpu, &(Mpu401Config){.bus = &pc->bus,
                                          .snap = &pc->snap,
                                          .base = c->mpu_base,
                                          .irq = c->sb == SB_16 ? card : own,
                                          .midi = on_midi,
                                          .ctx = pc});
}

static void wire_lpt_dac(Pc *pc, const PcSound *c)
{
    lptdac_init(&pc->lpt_dac, &(LptDacConfig){.bus = &pc->bus,
                                              .queue = &pc->queue,
                                              .snap = &pc->snap,
                                              .out = audio_source(&pc->audio),
                                              .base = 0x378,
                                              .disney = c->lpt_dac == PC_LPT_DISNEY});
}

/* All that its mixer can select is wired; IRQ 2 of the bus is IRQ 9 of the AT. */
static void wire_sb(Pc *pc, const PcSound *c, AudioSource *fm)
{
    SbConfig cfg = {.bus = &pc->bus,
                    .queue = &pc->queue,
                    .snap = &pc->snap,
                    .audio = &pc->audio,
                    .out = audio_source(&pc->audio),
                    .fm = fm,
                    .kind = c->sb,
                    .base = c->sb_base,
                    .irq = c->sb_irq,
                    .dma = c->sb_dma == PC_NONE ? 0 : c->sb_dma,
                    .midi = on_midi,
                    .line_in = on_line_in,
                    .cd_in = on_cd_in,
                    .fm_in = on_fm_in,
                    .ctx = pc};
    static const u8 irqs[] = {2, 5, 7, 10};
    cfg.dma16 = c->sb_dma16 == PC_NONE ? cfg.dma : c->sb_dma16;
    for (size_t i = 0; i < ARRAY_LEN(irqs); i++) /* the printer port may drive the same wire */
        cfg.irq_line[irqs[i]] = (Line){pic_set_irq, &pc->pic, irqs[i] | PIC_SOURCE(1)};
    for (int ch = 0; ch < 8; ch++)
        if (ch != 2 && ch != 4)
            cfg.dma_line[ch] = dma_line(&pc->dma, ch);
    audio_way(cfg.out, AUDIO_VOICE);
    audio_way(fm, AUDIO_CARD);
    for (int i = 0; i < PC_IDE_DRIVES; i++) {
        cfg.cd[i] = pc->ide[i / 2].drive[i % 2].sound;
        audio_way(cfg.cd[i], AUDIO_CARD);
    }
    sb_init(&pc->sb, &cfg);
}

void pc_sound_cards(Pc *pc)
{
    PcSound *c = &pc->cfg.sound;
    set_defaults(c);
    AudioSource *fm = c->fm ? wire_fm(pc, c) : NULL;
    if (c->sb)
        wire_sb(pc, c, fm);
    if (c->mpu_base)
        wire_mpu(pc, c);
    if (c->lpt_dac)
        wire_lpt_dac(pc, c);
}

void pc_sound_reset(Pc *pc)
{
    if (pc->cfg.sound.fm)
        opl_reset(&pc->opl);
    if (pc->cfg.sound.sb)
        sb_reset(&pc->sb);
    if (pc->cfg.sound.mpu_base)
        mpu401_reset(&pc->mpu);
    if (pc->cfg.sound.lpt_dac)
        lptdac_reset(&pc->lpt_dac);
}

void pc_sound_post_load(Pc *pc)
{
    audio_resync(&pc->audio, pc_time(pc));
    move_cone(pc, pc_time(pc));
    for (int i = 0; i < PC_IDE_DRIVES / 2; i++)
        ide_post_load(&pc->ide[i]);
    if (pc->cfg.sound.fm)
        opl_post_load(&pc->opl);
    if (pc->cfg.sound.sb)
        sb_post_load(&pc->sb);
    if (pc->cfg.sound.lpt_dac)
        lptdac_post_load(&pc->lpt_dac);
}

void pc_sound_open(Pc *pc, u32 rate, AudioSink *sink, void *ctx)
{
    audio_open(&pc->audio, pc_time(pc), rate, sink, ctx);
}

void pc_sound_run(Pc *pc)
{
    audio_run(&pc->audio, pc_time(pc));
}

void pc_sound_restart(Pc *pc)
{
    audio_restart(&pc->audio, pc_time(pc));
}

void pc_sound_flush(Pc *pc)
{
    audio_flush(&pc->audio, pc_time(pc));
}
