/* media.h: the images that the options name, opened and put into drives, and the commands that
 * work on overlays without a machine. */
#ifndef GLASS86_MEDIA_H
#define GLASS86_MEDIA_H

#include "devices/pc.h"
#include "frontend/input.h"
#include "frontend/options.h"

typedef struct {
    Disk *disk[DRIVE_COUNT];
    bool cd[PC_IDE_DRIVES];
    bool demo;   /* no image was given: the built-in disk is in drive A */
    int newest;  /* the drive that the window's title names; -1: it names no drive */
    bool failed; /* the host could not do what a drive asked for */
    /* Lets a moment pass while the host's disk is full or failing; false: nobody will mend it. */
    bool (*wait)(void *ctx);
    void *wait_ctx;
    bool waiting;
    Disk **retired; /* taken out, but going back in time may want them again */
    int retired_count;
    u64 seen[DRIVE_COUNT], flushed[DRIVE_COUNT], quiet_since[DRIVE_COUNT];
} Media;

/* EXIT_OK, or the exit status that belongs to the line in err. */
int media_open(Media *m, const Options *o, char *err, size_t errlen);
/* Flushes and closes. False: something did not reach the host's disk, and was said. */
bool media_close(Media *m);
/* From now on a write that the host cannot take waits; see Media.wait. */
void media_on_trouble(Media *m, bool (*wait)(void *ctx), void *ctx);
/* What the window is named after: the file in the drive that was filled last, else in another one;
 * of those that the options name it is the first. NULL: the options name something else. */
const char *media_title(const Media *m);
/* Into the configuration of the machine. */
void media_describe(const Media *m, PcConfig *cfg);

/* Now and then, with the host's time in ns: what the guest wrote is flushed once it pauses. */
void media_tick(Media *m, u64 ns);

/* Changes the medium of a drive (fda, hdc, ... or "cdrom") of a running machine; file NULL ejects.
 * *forget: what was taken out is closed, since others may write it now, so there is no way back to
 * when it was in the drive. False: see err. */
bool media_change(Media *m, Input *in, const char *drive, const char *file, bool force,
                  bool *forget, char *err, size_t errlen);

/* The drive that an image belongs in, by what it holds: "fda" or "cdrom". NULL: see err. */
const char *media_drive_for(const char *file, char *err, size_t errlen);

/* -commit-overlay and -rebase-overlay; an exit status, after saying what was done. */
int media_command(const Options *o);

#endif
