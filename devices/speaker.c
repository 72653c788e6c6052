/* speaker.c: system control port B at 61h, the AT's successor of the PC's 8255 port B: gate and
 * data of the speaker, and the two NMI sources of the board with their enables; on a board with an
 * 8087, that is a third one, as on the PC. From the IBM PC and PC/AT Technical References. The
 * cone's position is the AND of timer 2's output and the data bit; its movements are reported with
 * their tick, and making sound of them is the business of whoever listens.
 *
 *   61h  bit 0  rw  gate of timer 2
 *        bit 1  rw  speaker data
 *        bit 2  rw  1 = parity check off, and its latch clear
 *        bit 3  rw  1 = channel check off, and its latch clear
 *        bit 4  r   toggles with each refresh request (timer 1, every 15 us)
 *        bit 5  r   OUT of timer 2
 *        bit 6  r   channel check (IOCHK) happened
 *        bit 7  r   parity check happened */
#include "devices/speaker.h"

enum { GATE2 = 1, DATA = 2, PARITY_OFF = 4, IOCHK_OFF = 8, REFRESH = 0x10, OUT2 = 0x20 };

static void move_cone(Speaker *sp, bool by_timer)
{
    bool level = sp->s.out2 && sp->s.control & DATA;
    if (level == sp->s.level)
        return;
    sp->s.level = level;
    if (sp->wire.sound)
        sp->wire.sound(sp->wire.sound_ctx, level, by_timer);
}

static void drive_nmi(Speaker *sp)
{
    bool nmi = (sp->s.status || sp->s.fpu) && !sp->s.nmi_masked;
    if (nmi == sp->s.nmi)
        return;
    sp->s.nmi = nmi;
    line_set(&sp->wire.nmi, nmi);
}

void speaker_set_out2(void *speaker, int pin, bool level)
{
    Speaker *sp = speaker;
    sp->s.out2 = level;
    move_cone(sp, true);
}

void speaker_set_nmi_mask(void *speaker, int pin, bool masked)
{
    Speaker *sp = speaker;
    sp->s.nmi_masked = masked;
    drive_nmi(sp);
}

void speaker_set_fpu(void *speaker, int pin, bool level)
{
    Speaker *sp = speaker;
    sp->s.fpu = level;
    drive_nmi(sp);
}

void speaker_set_check(void *speaker, int pin, bool level)
{
    Speaker *sp = speaker;
    u8 off = pin == SPEAKER_PARITY ? PARITY_OFF : IOCHK_OFF;
    if (level && !(sp->s.control & off))
        sp->s.status |= (u8)pin;
    drive_nmi(sp);
}

static u32 speaker_read(void *ctx, u32 port, int size)
{
    const Speaker *sp = ctx;
    u32 v = sp->s.control | sp->s.status;
    if (sp->wire.refresh && sp->wire.refresh(sp->wire.refresh_ctx))
        v |= REFRESH;
    return sp->s.out2 ? v | OUT2 : v;
}

static void speaker_write(void *ctx, u32 port, int size, u32 value)
{
    Speaker *sp = ctx;
    sp->s.control = value & (GATE2 | DATA | PARITY_OFF | IOCHK_OFF);
    if (value & PARITY_OFF)
        sp->s.status &= (u8)~SPEAKER_PARITY;
    if (value & IOCHK_OFF)
        sp->s.status &= (u8)~SPEAKER_IOCHK;
    drive_nmi(sp);
    line_set(&sp->wire.gate2, value & GATE2); /* may move OUT2, which comes back by its own line */
    move_cone(sp, false);
}

/* OUT2, the NMI mask and the 8087's interrupt are other chips' outputs and keep their levels. */
void speaker_reset(Speaker *sp)
{
    sp->s.control = sp->s.status = 0;
    drive_nmi(sp);
    line_set(&sp->wire.gate2, false);
    move_cone(sp, false);
}

static bool check_state(const void *state, const Clock *clock)
{
    const SpeakerState *s = state;
    return STATE_BOOL(s->out2) && STATE_BOOL(s->nmi_masked) && STATE_BOOL(s->level) &&
           STATE_BOOL(s->nmi) && STATE_BOOL(s->fpu);
}

void speaker_init(Speaker *sp, const SpeakerConfig *cfg)
{
    static const BusOps ops = {speaker_read, speaker_write, speaker_read, 1};
    memset(sp, 0, sizeof *sp);
    sp->wire = *cfg;
    bus_map_port(cfg->bus, 0x61, 1, &ops, sp, "port61");
    snap_add(cfg->snap, "speaker", 2, &sp->s, sizeof sp->s);
    snap_check(cfg->snap, check_state);
}
