/* layer.h: what stands behind a Disk. A layer stores sectors; an overlay is a layer above
 * another one. Private to devices/disk. Functions return 0 or an errno value: the host's
 * trouble, put into words by disk.c.
 *
 * Every layer reads zeros where it stores nothing but the medium has sectors: an image file may
 * be shorter than the floppy it stands for. */
#ifndef GLASS86_DISK_LAYER_H
#define GLASS86_DISK_LAYER_H

#include "devices/disk/disk.h"

typedef struct {
    int (*read)(DiskLayer *l, u64 lba, u32 count, u8 *dst);
    int (*write)(DiskLayer *l, u64 lba, u32 count, const u8 *src); /* NULL: never written */
    int (*flush)(DiskLayer *l);
    void (*close)(DiskLayer *l); /* frees the layer and those below it */
} DiskLayerOps;

struct DiskLayer {
    const DiskLayerOps *ops;
};

/* raw.c: a host file or block device of *bytes bytes. Opens it for writing if `write` and if the
 * host allows, else clears *write and says why in `note`. NULL: see err. */
DiskLayer *raw_open(const char *path, bool *write, u64 *bytes, char *note, size_t notelen,
                    char *err, size_t errlen);

/* memory.c: constant bytes. NULL: no host memory. */
DiskLayer *memory_open(const u8 *data, u64 bytes);

/* overlay.c: writes are kept in memory, what was not written comes from `below`, which the
 * overlay then owns. NULL: no host memory (`below` is still the caller's). */
DiskLayer *overlay_open(DiskLayer *below);
void overlay_clear(DiskLayer *overlay); /* as if nothing had been written */
DiskLayer *overlay_below(DiskLayer *overlay);

/* ---- probe.c: what an image is --------------------------------------------------------------- */

typedef struct {
    DiskKind kind;
    const char *format;
    u64 bytes;   /* of disk contents: a container's own footer is not counted */
    u64 sectors; /* of the medium; may be more than `bytes` fill */
    DiskGeometry geometry, logical;
} DiskShape;

/* Fills `shape` from the contents of a layer of `bytes` bytes. False: err says why it is no disk
 * that can be used as `o` asks. `note` gets a line if something is odd but usable. */
bool probe_image(DiskLayer *l, const char *name, u64 bytes, const DiskOptions *o, DiskShape *shape,
                 char *note, size_t notelen, char *err, size_t errlen);

/* ---- geometry.c ------------------------------------------------------------------------------ */

/* The fields of a DOS boot sector that matter here. False: it does not hold a believable BPB. */
typedef struct {
    u64 sectors;
    u16 per_track, heads;
    u8 media;
} DiskBpb;
bool bpb_read(const u8 *boot, DiskBpb *bpb);

/* Does the sector end in a believable partition table with at least one partition? */
bool partition_table(const u8 *boot);
u64 partition_end(const u8 *boot); /* first sector after all partitions */

/* Is there a floppy format of exactly this size? */
bool floppy_size(u64 bytes, DiskGeometry *g);
/* Geometry of the floppy in an image of `bytes` bytes; false: too large for any. */
bool floppy_geometry(const u8 *boot, u64 bytes, DiskGeometry *g);
/* Both geometries of a hard disk of `sectors` sectors; `hint` is what a container says, or all
 * zero. */
void hard_geometry(DiskLayer *l, const u8 *boot, u64 sectors, const DiskGeometry *hint,
                   DiskShape *shape);
/* The geometry was told by the user. */
void hard_geometry_forced(const DiskGeometry *chs, u64 sectors, DiskShape *shape);

#endif
