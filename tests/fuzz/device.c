/* device.c: the borders of every device: ports and memory registers, written and read with anything
 * in any order, with time passing in between, so that what was set up (DMA into any address, disk
 * commands, sound, interrupts) also happens; see ops.c and tasks.c. */
#include "tests/fuzz/fuzz.h"

enum { PARTS = 2, OPS_MAX = 200, TICKS_MAX = 300000 };

void fuzz_start(void)
{
}

/* Inputs that are to try a controller should get through to its medium. */
static void note(const Rig *m)
{
    const struct {
        const Disk *disk;
        const char *read, *written;
    } media[] = {{m->fda, "floppy read", "floppy written"},
                 {m->hda, "disk read", "disk written"},
                 {m->cd, "disc read", "disc written"}};
    for (int n = 0; n < 3; n++) {
        if (media[n].disk->sectors_read)
            fuzz_note(media[n].read);
        if (media[n].disk->sectors_written)
            fuzz_note(media[n].written);
    }
}

void fuzz_one(const u8 *data, size_t size)
{
    Feed f = {data, size};
    Rig *m = rig_new(feed(&f, 2) & ~(u32)RIG_FIRMWARE);
    for (int n = 0; n < PARTS; n++) {
        rig_use(m, &f, OPS_MAX, TICKS_MAX);
        rig_look(m);
    }
    rig_pass(m, 40000);
    rig_look(m);
    note(m);
    rig_free(m);
}
