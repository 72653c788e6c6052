/* formats.c: decides which format an image file has and opens it. Formats are recognized by their
 * magic numbers; a plain image is what nobody recognizes. Images that build on others (VHD's
 * parents, qcow2's backing files) come back here for them, up to a depth that ends loops. */
#include "devices/disk/layer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 16 };

void *image_error(ImageSource *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = snprintf(s->err, s->errlen, "%s: ", s->path);
    if (n >= 0 && (size_t)n < s->errlen)
        vsnprintf(s->err + n, s->errlen - (size_t)n, fmt, ap);
    va_end(ap);
    return NULL;
}

void image_note(ImageSource *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    size_t used = strlen(s->note);
    int n = snprintf(s->note + used, s->notelen - used, "%s%s: ", used ? "\n" : "", s->path);
    used += n > 0 ? (size_t)n : 0;
    if (used < s->notelen)
        vsnprintf(s->note + used, s->notelen - used, fmt, ap);
    va_end(ap);
}

static bool is_qcow2(const u8 *h, const ImageSource *s)
{
    return !memcmp(h, "QFI\xFB", 4);
}

static bool is_vdi(const u8 *h, const ImageSource *s)
{
    return !memcmp(h + 64, "\x7F\x10\xDA\xBE", 4);
}

static bool is_vmdk(const u8 *h, const ImageSource *s)
{
    return !memcmp(h, "KDMV", 4) || !memcmp(h, "# Disk DescriptorFile", 21);
}

static bool is_imd(const u8 *h, const ImageSource *s)
{
    return !memcmp(h, "IMD ", 4);
}

static bool is_teledisk(const u8 *h, const ImageSource *s)
{
    return !memcmp(h, "TD\0", 3) || !memcmp(h, "td\0", 3);
}

static const struct {
    const char *name;
    bool (*probe)(const u8 *head, const ImageSource *s);
    DiskLayer *(*open)(ImageSource *s);
} formats[] = {
    {"qcow2", is_qcow2, qcow2_open},     {"vhd", vhd_probe, vhd_open},
    {"vdi", is_vdi, vdi_open},           {"vmdk", is_vmdk, vmdk_open},
    {"imd", is_imd, imd_open},           {"teledisk", is_teledisk, teledisk_open},
    {"cue", cue_probe, cue_open},        {"bin", bin_probe, bin_open},
};

/* Is it formats[i], when the user names no format? */
static bool recognized(size_t i, const u8 *head, const ImageSource *s)
{
    bool boots = head[510] == 0x55 && head[511] == 0xAA; /* may begin with any bytes */
    /* a VHD is known by its footer as well, whatever its first sector holds */
    if (boots && strcmp(formats[i].name, "vhd") && !is_vdi(head, s))
        return false;
    return formats[i].probe(head, s);
}

bool image_is_container(const u8 *head, const char *path, u64 bytes)
{
    const ImageSource s = {.path = path, .file = {.fd = -1, .size = bytes}};
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (recognized(i, head, &s))
            return true;
    return false;
}

static DiskLayer *open_raw(ImageSource *s)
{
    DiskLayer *l = raw_open(&s->file);
    s->format = "raw";
    s->bytes = s->file.size;
    return l ? l : image_error(s, "out of host memory; close other programs");
}

static DiskLayer *open_format(ImageSource *s, const char *format)
{
    u8 head[DISK_SECTOR];
    int e = file_read(&s->file, 0, head, sizeof head);
    if (e)
        return image_error(s, "cannot be read: %s; check the file and its disk", strerror(e));
    if (format && !strcmp(format, "raw"))
        return open_raw(s);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        bool named = format && !strcmp(format, formats[i].name);
        if (named ? formats[i].probe(head, s) : !format && recognized(i, head, s)) {
            s->format = formats[i].name;
            return formats[i].open(s);
        }
        if (named)
            return image_error(s, "is no %s image; leave format= out to go by its content",
                               format);
    }
    if (format)
        return image_error(s, "format %s is not known; there are raw, vhd, qcow2, vdi, vmdk, imd, "
                              "teledisk, cue and bin", format);
    return open_raw(s);
}

DiskLayer *image_open(ImageSource *s, const char *format)
{
    if (s->depth > DEPTH_MAX)
        return image_error(s, "builds on more than %d images, or on itself; convert it to a single "
                              "one (qemu-img convert)", DEPTH_MAX);
    if (!file_open(&s->file, s->path, s->write, s->note, s->notelen, s->err, s->errlen))
        return NULL;
    s->write = s->file.write;
    DiskLayer *l = open_format(s, format);
    if (!l)
        file_close(&s->file);
    return l;
}

static bool image_beside(const char *path, const char *name, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    size_t n = *name == '/' || !slash ? 0 : (size_t)(slash - path) + 1;
    if (n + strlen(name) >= size)
        return false;
    memcpy(out, path, n);
    strcpy(out + n, name);
    return true;
}

/* Is `target`, with all links followed, below the folder that `path` lies in? What is not there is
 * nowhere else, either. */
static bool in_folder_of(const char *path, const char *target)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t n = !slash ? 1 : slash == path ? 1 : (size_t)(slash - path);
    if (n >= sizeof folder)
        return false;
    memcpy(folder, slash ? path : ".", n);
    folder[n] = 0;
    char *base = realpath(folder, NULL), *real = realpath(target, NULL);
    size_t len = base ? strlen(base) : 0;
    bool inside = !real || (base && !strncmp(real, base, len) &&
                            (real[len] == '/' || (len && base[len - 1] == '/')));
    free(base);
    free(real);
    return inside;
}

bool image_reference(const ImageSource *s, const char *name, char *out, size_t size)
{
    const char *what = !image_beside(s->path, name, out, size) ? "whose name is too long"
                       : !s->refs_any && !in_folder_of(s->path, out)
                           ? "which is outside its folder; add ,refs=any if that is meant"
                           : NULL;
    if (what)
        snprintf(s->err, s->errlen, "%s: names the file %.200s, %s", s->path, name, what);
    return !what;
}

/* A loop would meet its own lock first, and be called "in use". */
static bool builds_on_itself(const ImageSource *child, const char *path)
{
    struct stat parent, st;
    if (stat(path, &parent))
        return false;
    for (const ImageSource *s = child; s; s = s->child) {
        if (!fstat(s->file.fd, &st) && st.st_dev == parent.st_dev && st.st_ino == parent.st_ino)
            return true;
    }
    return false;
}

DiskLayer *image_parent(const ImageSource *child, const char *name, const char *format, u64 *bytes)
{
    char path[4096], err[512], note[256] = "";
    ImageSource s = {.path = path,
                     .depth = child->depth + 1,
                     .child = child,
                     .refs_any = child->refs_any,
                     .note = note,
                     .notelen = sizeof note,
                     .err = err,
                     .errlen = sizeof err};
    if (!image_reference(child, name, path, sizeof path))
        return NULL;
    if (builds_on_itself(child, path)) {
        snprintf(child->err, child->errlen, "%s: builds on itself; repair it with qemu-img rebase",
                 child->path);
        return NULL;
    }
    DiskLayer *l = image_open(&s, format);
    free(s.toc);
    *bytes = s.bytes;
    if (!l)
        snprintf(child->err, child->errlen, "%s: builds on another image: %s", child->path, err);
    return l;
}
