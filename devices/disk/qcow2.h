/* qcow2.h: what the three parts of the qcow2 layer share: mapping and transfer (qcow2.c), reference
 * counts and allocation (qcow2_refs.c), opening and the check before writing (qcow2_open.c). */
#ifndef GLASS86_DISK_QCOW2_H
#define GLASS86_DISK_QCOW2_H

#include "devices/disk/layer.h"

enum { QCOW_L2_CACHE = 16 };
#define QCOW_COPIED     (1ull << 63) /* exactly one reference: may be written in place */
#define QCOW_COMPRESSED (1ull << 62)
#define QCOW_ZERO       1ull
#define QCOW_OFFSET     0x00FFFFFFFFFFFE00ull

typedef struct {
    u64 at; /* in the file; 0: unused */
    u8 *table;
    u32 age;
} QcowL2;

typedef struct {
    DiskLayer layer;
    HostFile file;
    u64 bytes;
    u32 version, cluster_bits, cluster;
    u64 l1_at, *l1; /* in host order */
    u32 l1_size;
    u64 refs_at, *refs; /* the refcount table, in host order */
    u32 refs_size;      /* entries */
    u32 refs_order;     /* bits of a refcount: 1 << order */
    u64 autoclear;
    bool zstd; /* how compressed clusters are packed; else deflate */
    QcowL2 l2[QCOW_L2_CACHE];
    u32 age;
    u8 *block; /* the refcount block at block_at */
    u64 block_at;
    u64 hint;  /* no free cluster below this index */
    u8 *meta;  /* a bit per cluster: tables and header, never data; only when writing */
    u64 metas; /* clusters it covers */
    u8 *scratch, *packed;
    DiskLayer *backing;
    u64 backing_bytes;
} Qcow;

int qcow_refs_get(Qcow *q, u64 index, u64 *count);
int qcow_refs_add(Qcow *q, u64 index, int delta);
/* A free cluster with one reference, as file offset. `meta`: for a table. */
int qcow_allocate(Qcow *q, bool meta, u64 *at);
bool qcow_is_meta(const Qcow *q, u64 at);
bool qcow_mark_meta(Qcow *q, u64 at); /* false: no host memory */

/* Where the compressed data of an entry lie. */
void qcow_compressed(const Qcow *q, u64 entry, u64 *at, u32 *len);

extern const DiskLayerOps qcow_ops;
void qcow_free(Qcow *q);

#endif
