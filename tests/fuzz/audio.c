/* audio.c: WAV files for -audio-in, and what a card hears of them at odd moments. The first bytes
 * choose the moments, the file follows. */
#include "frontend/wavin.h"
#include "tests/fuzz/fuzz.h"

enum { MOMENTS = 12 };

void fuzz_start(void)
{
}

/* A moment may be anywhere in what 64 bits count, and the card's rate is the guest's. */
static void hear(const WavIn *w, Feed *f)
{
    AudioTime when = {feed(f, 3), 1 + feed(f, 3)};
    when.count <<= feed(f, 1) & 31;
    s32 level[2];
    u32 rate = feed(f, 2) * 4;
    wavin_level(w, when, rate && rate < 1000 ? 1000 : rate, level);
}

void fuzz_one(const u8 *data, size_t size)
{
    char err[1200] = "";
    size_t n;
    Feed f = {data, size};
    const u8 *moments = feed_bytes(&f, MOMENTS * 9, &n);
    WavIn *w = wavin_open(fuzz_file("in.wav", f.at, f.left), err, sizeof err);
    fuzz_note(w ? "heard" : "refused");
    if (!w && (!*err || strchr(err, '\n')))
        panic("a refusal without one line of text: %s", err);
    for (Feed m = {moments, n}; w && m.left;)
        hear(w, &m);
    wavin_close(w);
}
