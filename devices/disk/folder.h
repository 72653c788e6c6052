/* folder.h: a host folder as a FAT disk, "fat:DIR". Private to devices/disk/folder*.c.
 *
 *   folder.c        the layer: sectors out of memory and host files, writes into memory
 *   folder_scan.c   the folder as it is -> nodes, tables, directories
 *   folder_names.c  the names of a directory that is being scanned
 *   folder_read.c   the volume as the guest left it -> the tree that it wants
 *   folder_sync.c   makes the folder like that tree
 *   folder_host.c   the only code that touches the folder
 *
 * The nodes always mirror the host folder. A cluster's contents are in `page` if the guest (or the
 * scan, for directories) wrote them; else in the host file and at the place that `source` names;
 * else they are zeros. So a file that nobody writes costs no memory, however large it is. */
#ifndef GLASS86_DISK_FOLDER_H
#define GLASS86_DISK_FOLDER_H

#include "devices/disk/fat.h"
#include "devices/disk/layer.h"

/* Names in all, levels, bytes of a directory (FAT specification, page 24), and how many of a
 * directory's entries the scan fills, so that the guest can still make some. */
enum { FOLDER_ENTRIES = 1 << 20, FOLDER_DEPTH = 64, FOLDER_DIR_BYTES = 65536 * FAT_ENTRY };
enum { FOLDER_DIR_FILLED = 65536 - 256 };
/* Names of our own in the folder during a sync: this and a number, then FOLDER_NEW for contents
 * that shall replace a file's, or "-" and the name of a file that made room. */
#define FOLDER_TEMP ".glass86-"
#define FOLDER_NEW ".tmp"

/* What the host says of a file, to notice that somebody else has changed it. */
typedef struct {
    s64 mtime_ns, size;
    u64 inode;
} HostStamp;

typedef struct FolderWish FolderWish;

typedef struct FolderNode {
    struct FolderNode *parent, *child, *next;
    struct FolderNode *last; /* child that was appended last; NULL: unknown */
    char *name; /* on the host: one component of a path */
    bool is_dir;
    FatEntry entry; /* as the volume has it */
    u32 file;       /* its number in Folder.file, 0: nothing on the volume is read from it */
    u32 clusters;   /* that are read from it */
    HostStamp stamp;
    FolderWish *wish; /* during a sync: what the guest wants of it */
} FolderNode;

/* A host file that clusters are read from. Deleted and replaced files stay open: DOS can undelete,
 * and a moved cluster may still come from there. */
typedef struct {
    FolderNode *node; /* NULL: no longer in the folder */
    int fd;           /* -1: closed */
    u64 used;         /* when, for closing the one that was not used for longest */
} FolderFile;

typedef struct {
    u32 file, index; /* file 0: none */
} Source;

typedef struct {
    DiskLayer layer;
    int fd; /* of the folder */
    FatShape shape;
    u8 *meta;       /* all sectors before the first cluster, */
    u8 *original;   /* and the first ones as they were made: a guest may format the disk */
    u8 **page;      /* [clusters + 1], the last for what lies behind them */
    u8 *fresh;      /* a bit for each page that was written since the last sync */
    Source *source; /* [clusters + 1] */
    FolderFile *file;
    u32 file_count;
    u64 clock;   /* counts uses of files */
    u32 temp;    /* number of the next temporary name */
    FolderNode *root;
    u32 damage;  /* entries found damaged by the last sync */
    bool dirty;  /* the guest has written since the last sync */
    char notice[400];
} Folder;

/* What the guest's tables say: a tree like that of the nodes. */
struct FolderWish {
    FolderWish *parent, *child, *next;
    bool is_dir;
    bool damaged; /* its chain is no chain: the host's file stays as it is */
    FatEntry entry;
    char *name; /* UTF-8 */
    u32 clusters;
    FolderNode *node; /* that is to become this; NULL: a new one */
};

/* ---- folder.c -------------------------------------------------------------------------------- */

static inline u32 folder_cluster_bytes(const Folder *f)
{
    return f->shape.per_cluster * DISK_SECTOR;
}
/* The chain's next cluster, or 0. */
u32 folder_follow(const Folder *f, u32 cluster);
/* A whole cluster; 0 or an errno value. */
int folder_read_cluster(Folder *f, u32 cluster, u8 *dst);
void folder_say(Folder *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

FolderNode *folder_add_node(FolderNode *parent, const char *name,
                            bool is_dir); /* NULL: no memory */
void folder_unlink_node(FolderNode *n); /* takes it out of its parent's list */
void folder_free_node(FolderNode *n);   /* with all below it, which are in no list any more */
void folder_path(const FolderNode *n, char *out, size_t size); /* for messages */

/* ---- folder_scan.c --------------------------------------------------------------------------- */

/* Fills nodes, shape, tables and sources from the folder. False: s->err. */
bool folder_scan(Folder *f, ImageSource *s, int bits, bool floppy);

/* ---- folder_names.c -------------------------------------------------------------------------- */

typedef struct FolderNames FolderNames;

FolderNames *folder_names_new(u32 most); /* for at most so many names; NULL: no memory */
void folder_names_free(FolderNames *n);  /* NULL is good */
/* Is there an entry with this short name, or with this name in any case? */
bool folder_names_taken(const FolderNames *n, const FatEntry *e, const char *name);
void folder_names_add(FolderNames *n, const FolderNode *node);
/* Gives e->name the alias of a long name with the lowest number that is free. */
void folder_names_alias(FolderNames *n, const char *name, FatEntry *e);

/* ---- folder_read.c --------------------------------------------------------------------------- */

/* The tree that the guest's tables describe; NULL: no host memory. *damage: entries whose chains
 * make no sense, so nothing may be deleted now. Hostile tables give some tree, never a loop. */
FolderWish *folder_wishes(Folder *f, u32 *damage);
void folder_free_wishes(FolderWish *w);

/* ---- folder_sync.c --------------------------------------------------------------------------- */

int folder_sync(Folder *f); /* 0 or an errno value; f->notice may say more */

/* ---- folder_host.c --------------------------------------------------------------------------- */

/* Every function takes one component at a time and follows no links. 0 or an errno value. */
int host_open_dir(const Folder *f, const FolderNode *dir, int *fd);
int host_stamp(const Folder *f, const FolderNode *n, HostStamp *stamp);
bool host_exists(const Folder *f, const FolderNode *dir, const char *name);
/* Bytes of a source file, zeros behind its end. */
int host_read(Folder *f, u32 file, u64 at, u8 *dst, size_t len);
/* A new source for the node; 0: no memory. */
u32 host_add_source(Folder *f, FolderNode *n);
/* The file will be deleted or replaced: keeps it open for those clusters. */
void host_keep(Folder *f, FolderNode *n);
int host_make_dir(Folder *f, FolderNode *dir, const char *name);
int host_move(Folder *f, FolderNode *n, FolderNode *dir, const char *name);
int host_remove(Folder *f, FolderNode *n);
/* An unused name of our own in a folder; `room` is the name of the file that makes room; NULL:
 * none. */
void host_temp_name(Folder *f, const FolderNode *dir, const char *room, char *out, size_t size);
/* Opens the node's file for writing in place, or (name) a new one in its folder. */
int host_open_write(Folder *f, const FolderNode *n, int *fd);
int host_create(Folder *f, const FolderNode *dir, const char *name, int *fd);
void host_finish(Folder *f, FolderNode *n, int fd); /* time, attributes; closes; new stamp */
/* Hidden and system, as a file keeps them for DOS; 0 if the host's file system cannot. */
u8 host_attributes(int dir, const char *name);
/* Hidden and system of a folder, as its entry has them, where the host can keep them. */
void host_mark_dir(const Folder *f, const FolderNode *dir);
void host_close_all(Folder *f);

#endif
