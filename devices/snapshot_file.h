/* snapshot_file.h: the layout of a state file, for the half that writes it (snapshot.c) and the
 * half that reads it (snapshot_load.c). docs/state-format.md explains it. */
#ifndef GLASS86_SNAPSHOT_FILE_H
#define GLASS86_SNAPSHOT_FILE_H

#include "devices/snapshot.h"

#define STATE_MAGIC "GLASS86\x1A" /* 1Ah ends what DOS's TYPE shows */
enum { STATE_FORMAT = 1, STATE_ORDER = 0x01020304 };

typedef enum { PACK_STORED, PACK_ZSTD, PACK_ZLIB } PackMethod;

typedef struct {
    char magic[8];
    u32 format;
    u32 order;    /* STATE_ORDER as the writer's host stores it */
    u32 method;   /* PackMethod of the body */
    u32 reserved; /* 0 */
    u64 packed;   /* bytes of the body in the file, to its end */
    u64 unpacked; /* bytes of the body */
    u64 body;     /* state_hash(0) of the body as in the file */
    u64 header;   /* state_hash(0) of what stands before this */
} StateHeader;
_Static_assert(sizeof(StateHeader) == 56, "part of the file format");

/* The body is a row of chunks, each starting at a multiple of 8. */
typedef enum {
    CHUNK_TEXT,   /* "machine": lines of key=value */
    CHUNK_PLAIN,  /* a section as it is */
    CHUNK_PAGES,  /* a large section without its empty pages */
    CHUNK_EVENTS, /* "events": StateEvent[] */
    CHUNK_MEDIA,  /* "media": StateMedium[6] */
    CHUNK_DISK,   /* "disk0"...: what was written to a medium that keeps writes in memory */
} ChunkKind;

typedef struct {
    char name[16];
    u32 kind;
    u32 version; /* of the section */
    u64 size;    /* of what follows, without padding */
} ChunkHeader;
_Static_assert(sizeof(ChunkHeader) == 32, "part of the file format");

typedef struct {
    char name[24];
    u64 when;
} StateEvent;
_Static_assert(sizeof(StateEvent) == 32, "part of the file format");

enum { MEDIUM_THERE = 1, MEDIUM_IN_MEMORY = 2 };

typedef struct {
    char name[64]; /* end of the file's name, for messages */
    u64 flags;     /* MEDIUM_* */
    u64 sectors;
    u64 fingerprint; /* disk_fingerprint() */
    u64 generation;
} StateMedium;
_Static_assert(sizeof(StateMedium) == 96, "part of the file format");

/* In CHUNK_PAGES: count pages from page `first`, then their bytes. In CHUNK_DISK the same with
 * sectors. A count of 0 ends the list. */
typedef struct {
    u64 first, count;
} StateRun;

enum { STATE_PAGE = 4096, STATE_LARGE = 16 * STATE_PAGE };

/* Large sections are stored as pages. */
static inline bool state_paged(const SnapSection *s)
{
    return s->size >= STATE_LARGE && s->size % STATE_PAGE == 0;
}

static inline bool state_is_zero(const u8 *p, size_t n) /* n > 8 */
{
    u64 first;
    memcpy(&first, p, 8);
    return first == 0 && !memcmp(p, p + 8, n - 8);
}

/* What the machine is, as the "machine" chunk says it; at most STATE_TEXT bytes. */
enum { STATE_TEXT = 2048 };
void state_describe(const Pc *pc, char text[STATE_TEXT]);

/* snapshot_pack.c: bytes that grow, and their compression by whichever library was built in. */
typedef struct {
    u8 *data;
    size_t size, room;
    bool failed; /* no host memory; further additions are ignored */
} Blob;

void blob_add(Blob *b, const void *data, size_t size);
void blob_free(Blob *b);

/* Compresses `in`; what does not shrink stays as it is. False: no host memory. */
bool pack(const Blob *in, Blob *out, PackMethod *method);
/* Fills out[size] exactly. False: damaged. */
bool unpack(PackMethod method, const u8 *in, size_t packed, u8 *out, size_t size);
/* The library's name if this build lacks it, else NULL. */
const char *pack_missing(u32 method);

#endif
