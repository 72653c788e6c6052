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

void pc_sound_cards(Pc *pc)
{
    const PcSound *cfg = &pc->cfg.sound;
    if (cfg->fm)
        opl_init(&pc->opl, &(OplConfig){.bus = &pc->bus,
                                        .queue = &pc->queue,
                                        .snap = &pc->snap,
                                        .out = audio_source(&pc->audio),
                                        .opl3 = cfg->fm == PC_FM_OPL3,
                                        .base = {0x388}});
}

void pc_sound_reset(Pc *pc)
{
    if (pc->cfg.sound.fm)
        opl_reset(&pc->opl);
}

void pc_sound_post_load(Pc *pc)
{
    audio_resync(&pc->audio, pc_time(pc));
    move_cone(pc, pc_time(pc));
    if (pc->cfg.sound.fm)
        opl_post_load(&pc->opl);
}

void pc_sound_open(Pc *pc, u32 rate, AudioSink *sink, void *ctx)
{
    audio_open(&pc->audio, pc_time(pc), rate, sink, ctx);
}

void pc_sound_run(Pc *pc)
{
    audio_run(&pc->audio, pc_time(pc));
}

void pc_sound_flush(Pc *pc)
{
    audio_flush(&pc->audio, pc_time(pc));
}
