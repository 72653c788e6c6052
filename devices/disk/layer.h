/* layer.h: what stands behind a Disk. A layer stores sectors; an overlay is a layer above
 * another one. Private to devices/disk. Functions return 0 or an errno value: the host's
 * trouble, put into words by disk.c.
 *
 * Every layer reads zeros where it stores nothing but the medium has sectors: an image file may
 * be shorter than the floppy it stands for. */
#ifndef GLASS86_DISK_LAYER_H
#define GLASS86_DISK_LAYER_H

#include "devices/disk/disk.h"
#include "devices/disk/file.h"

enum { CD_BLOCK = 2048, CD_FRAME = 2352 };

typedef struct {
    int (*read)(DiskLayer *l, u64 lba, u32 count, u8 *dst);
    int (*write)(DiskLayer *l, u64 lba, u32 count, const u8 *src); /* NULL: never written */
    int (*flush)(DiskLayer *l);
    void (*close)(DiskLayer *l); /* frees the layer and those below it */
    /* A CD's frame as it lies on the disc, CD_FRAME bytes. NULL: only data blocks are kept. */
    int (*read_frame)(DiskLayer *l, u32 frame, u8 *dst);
} DiskLayerOps;

struct DiskLayer {
    const DiskLayerOps *ops;
    char *notice; /* after a flush, what the user should know, or ""; NULL: this layer never says */
};

/* ---- formats.c: which format an image file has ----------------------------------------------- */

/* What is being opened, and what was found. Openers fill the second half; on success the host
 * file belongs to the layer. */
typedef struct ImageSource {
    const char *path;
    bool write; /* wanted, and possible */
    int depth;  /* of parent images, to end loops */
    const struct ImageSource *child; /* the image that builds on this one, or NULL */
    bool refs_any; /* files that it names may lie anywhere */
    HostFile file;
    char *note, *err;
    size_t notelen, errlen;

    const char *format;
    u64 bytes;         /* of disk contents */
    DiskKind kind;     /* DISK_ANY: by content */
    DiskGeometry hint; /* or all zero; for floppies it is the geometry */
    bool read_only;    /* this format, or this image, can only be read */
    DiskToc *toc;      /* of a cue sheet; allocated */
} ImageSource;

/* Opens `s->path` with the given format (NULL: by content). NULL: see s->err. */
DiskLayer *image_open(ImageSource *s, const char *format);
/* The image that `child` names as the one it builds on, for reading; `name` is as the child spells
 * it, relative to the child's folder. */
DiskLayer *image_parent(const ImageSource *child, const char *name, const char *format,
                        u64 *bytes);
/* Puts "PATH: text" into s->err; NULL, for returning. */
void *image_error(ImageSource *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void image_note(ImageSource *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Would an image of `bytes` at `path` be taken for another format than raw by this first sector? A
 * plain image must not be turned into one. A VHD is known by its last sector, too. */
bool image_is_container(const u8 *head, const char *path, u64 bytes);
/* A file that the image names: relative to the image's folder, and, unless s->refs_any, in there;
 * an image from anywhere must not show the guest the host's files. False: see s->err. */
bool image_reference(const ImageSource *s, const char *name, char *out, size_t size);

DiskLayer *vhd_open(ImageSource *s);
DiskLayer *qcow2_open(ImageSource *s);
DiskLayer *vdi_open(ImageSource *s);
DiskLayer *vmdk_open(ImageSource *s);
DiskLayer *imd_open(ImageSource *s);
DiskLayer *teledisk_open(ImageSource *s);
DiskLayer *cue_open(ImageSource *s); /* iso.c */
DiskLayer *bin_open(ImageSource *s);
bool bin_probe(const u8 *head, const ImageSource *s);
bool cue_probe(const u8 *head, const ImageSource *s);
bool vhd_probe(const u8 *head, const ImageSource *s);
bool vhd_is_footer(const u8 *sector);

/* deflate.c: at most `room` bytes of a deflate stream (zlib's header too if `zlib`); the number
 * of bytes, or -1: damaged, or this build has no zlib. */
s64 inflate_block(const u8 *src, size_t len, u8 *dst, size_t room, bool zlib);
/* The same of a zstd frame, what follows it left alone. */
s64 unzstd_block(const u8 *src, size_t len, u8 *dst, size_t room);
bool unzstd_available(void);

/* iso.c: a CD_FRAME of the data block `data`, as a mode 1 frame at position `frame`. */
void cd_frame_make(u32 frame, const u8 *data, u8 *dst);
/* One data track of `blocks` blocks. */
DiskToc *cd_toc_single(u32 blocks);

/* raw.c: takes the file over. NULL: no host memory. */
DiskLayer *raw_open(const HostFile *f);

/* memory.c: constant bytes. NULL: no host memory. */
DiskLayer *memory_open(const u8 *data, u64 bytes);
/* The same; `data` came from malloc() and is freed with the layer. */
DiskLayer *memory_open_owned(u8 *data, u64 bytes);

/* overlay.c: writes are kept in memory, what was not written comes from `below`, which the
 * overlay then owns. NULL: no host memory (`below` is still the caller's). */
DiskLayer *overlay_open(DiskLayer *below);
void overlay_clear(DiskLayer *overlay); /* as if nothing had been written */
bool overlay_used(const DiskLayer *overlay); /* something was written */

/* Tells fn of every run of sectors, [first, end), that was written, in order. False: fn said so, or
 * there is no host memory. */
bool overlay_runs(const DiskLayer *overlay, bool (*fn)(void *ctx, u64 first, u64 end), void *ctx);
DiskLayer *overlay_below(DiskLayer *overlay);
/* Takes out all that was written, as if nothing had been; NULL: no host memory. Puts it in again
 * in place of what was written meanwhile. */
typedef struct OverlayWrites OverlayWrites;
OverlayWrites *overlay_take(DiskLayer *overlay);
void overlay_put(DiskLayer *overlay, OverlayWrites *w); /* w is used up */
void overlay_writes_free(OverlayWrites *w);

/* disk.c: Disk.id for what the layer holds now. */
u64 disk_identity(const Disk *d);

/* ovlfile.c: the same, in a file that outlives the run. `only_read`: it may not be changed either.
 * NULL: see err (`below` is still the caller's). */
DiskLayer *ovlfile_open(const char *path, DiskLayer *below, const Disk *d, bool only_read,
                        char *err, size_t errlen);

/* folder.c: a host folder as a disk, "fat:DIR". */
DiskLayer *folder_open(ImageSource *s);

/* ---- probe.c: what an image is --------------------------------------------------------------- */

typedef struct {
    DiskKind kind;
    const char *format;
    u64 bytes;   /* of disk contents: a container's own footer is not counted */
    u64 sectors; /* of the medium; may be more than `bytes` fill */
    DiskGeometry geometry, logical;
} DiskShape;

/* Fills `shape` from the contents of a layer that `s` describes. False: err says why it is no disk
 * that can be used as `o` asks. `note` gets a line if something is odd but usable. */
bool probe_image(DiskLayer *l, const ImageSource *s, const DiskOptions *o, DiskShape *shape,
                 char *note, size_t notelen, char *err, size_t errlen);

/* ---- geometry.c ------------------------------------------------------------------------------ */

/* The fields of a DOS boot sector that matter here. False: it does not hold a believable BPB. */
typedef struct {
    u64 sectors;
    u16 per_track, heads;
    u8 media;
} DiskBpb;
bool bpb_read(const u8 *boot, DiskBpb *bpb);
/* xdf.c: is this floppy one in XDF, by geometry and contents? */
DiskXdf xdf_probe(DiskLayer *l, const DiskGeometry *g);

/* Does the sector end in a believable partition table with at least one partition? */
bool partition_table(const u8 *boot);
u64 partition_end(const u8 *boot); /* first sector after all partitions */

/* Is there a floppy format of exactly this size? */
bool floppy_size(u64 bytes, DiskGeometry *g);
/* Geometry of the floppy in an image of `bytes` bytes; false: too large for any. */
bool floppy_geometry(DiskLayer *l, const u8 *boot, u64 bytes, DiskGeometry *g);
/* Both geometries of a hard disk of `sectors` sectors; `hint` is what a container says, or all
 * zero. */
void hard_geometry(DiskLayer *l, const u8 *boot, u64 sectors, const DiskGeometry *hint,
                   DiskShape *shape);
/* The geometry was told by the user. */
void hard_geometry_forced(const DiskGeometry *chs, u64 sectors, DiskShape *shape);

#endif
