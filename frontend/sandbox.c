/* sandbox.c: what -sandbox on leaves possible, from the options; see sandbox.h. Files that the
 * options name for results are made here, so that each can be allowed by itself. */
#include "frontend/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_on;

bool sandbox_is_on(void)
{
    return is_on;
}

static bool add(SandboxPolicy *p, const char *path, int right, char *err, size_t errlen)
{
    if (p->count == SANDBOX_PATHS) {
        snprintf(err, errlen, "more than %d files are to be written after the start; name fewer",
                 SANDBOX_PATHS);
        return false;
    }
    p->path[p->count].path = path;
    p->path[p->count++].right = right;
    return true;
}

/* A file for results: there from now on, perhaps empty. */
static bool add_result(SandboxPolicy *p, const char *path, char *err, size_t errlen)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        snprintf(err, errlen, "cannot write %s: %s; choose another place", path, strerror(errno));
        return false;
    }
    close(fd);
    return add(p, path, SANDBOX_WRITE, err, errlen);
}

/* A state is written beside its place and renamed: its folder is needed. */
static bool add_folder_of(SandboxPolicy *p, Options *keep, const char *file, char *err,
                          size_t errlen)
{
    const char *slash = strrchr(file, '/');
    const char *dir = !slash          ? "."
                      : slash == file ? "/"
                                      : options_keep(keep, file, (size_t)(slash - file));
    return add(p, dir, SANDBOX_FOLDER, err, errlen);
}

/* A folder disk that the guest may write: files come and go. */
static bool add_disk(SandboxPolicy *p, const DriveOption *d, char *err, size_t errlen)
{
    const char *dir = d->file && !strncmp(d->file, "fat:", 4) ? d->file + 4 : NULL;
    static const char *const kinds[] = {"12:", "16:", "32:", "floppy:"};
    for (size_t i = 0; dir && i < ARRAY_LEN(kinds); i++)
        if (!strncmp(dir, kinds[i], strlen(kinds[i])))
            dir += strlen(kinds[i]);
    return !dir || add(p, dir, SANDBOX_FOLDER, err, errlen);
}

static bool add_disks(SandboxPolicy *p, const Options *o, char *err, size_t errlen)
{
    bool ok = true;
    for (int i = 0; i < DRIVE_COUNT; i++)
        ok = ok && add_disk(p, &o->drive[i], err, errlen);
    for (int i = 0; i < o->image_count; i++)
        ok = ok && add_disk(p, &o->image[i], err, errlen);
    return ok;
}

static bool add_results(SandboxPolicy *p, const Options *o, char *err, size_t errlen)
{
    bool ok = !o->stats || add_result(p, o->stats, err, errlen);
    for (int i = 0; i < o->screendump_count; i++)
        ok = ok && add_result(p, o->screendump[i], err, errlen);
    for (int i = 0; i < o->golden_at_count; i++)
        ok = ok && add_result(p, o->golden_at[i].file, err, errlen);
    for (int i = 0; i < o->save_count; i++)
        ok = ok && add_folder_of(p, (Options *)o, o->save[i].file, err, errlen);
    return ok;
}

bool sandbox_enter(const Options *o, bool window, char *err, size_t errlen)
{
    SandboxPolicy p = {.window = window};
    if (!add_disks(&p, o, err, errlen) || !add_results(&p, o, err, errlen) ||
        !sandbox_apply(&p, err, errlen))
        return false;
    is_on = true;
    return true;
}
