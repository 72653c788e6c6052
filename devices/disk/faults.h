/* faults.h: sectors that a medium is made to fail at, for testing guests: what "-drive
 * ...,fault=read:100-107" and the debugger's `fault` say. A drive asks before it moves a sector;
 * whatever else uses a Disk (states, journals, fingerprints) sees the medium whole. Plain data: a
 * drive keeps its copy in its state, so that snapshots and going back in time have it. */
#ifndef GLASS86_DISK_FAULTS_H
#define GLASS86_DISK_FAULTS_H

#include "mmu/base.h"

enum { DISK_FAULTS = 8 };

typedef enum {
    FAULT_NONE,
    FAULT_READ,    /* the sector is found, its data cannot be read */
    FAULT_WRITE,   /* the drive cannot write: a fault of its own */
    FAULT_MISSING, /* no sector with that number is found */
    FAULT_TIMEOUT, /* the drive never answers; only a reset wakes it */
} DiskFaultKind;

typedef struct {
    u64 first, last; /* sectors of 512 bytes; of a CD blocks of 2048 */
    u8 kind, pad[7];
} DiskFault;

typedef struct {
    DiskFault fault[DISK_FAULTS];
    u32 count, pad;
} DiskFaults;

/* Reads "KIND:FIRST[-LAST]", KIND being read, write, missing or timeout. False: it is not that. */
bool disk_fault_parse(const char *text, DiskFault *f);
const char *disk_fault_name(u8 kind);
bool disk_faults_add(DiskFaults *list, const DiskFault *f); /* false: there are DISK_FAULTS */

/* How many of the `count` sectors from `first` come before the first one that fails; *kind: how
 * that one does, FAULT_NONE if none does. */
u32 disk_faults_before(const DiskFaults *list, u64 first, u32 count, bool writing,
                       DiskFaultKind *kind);
bool disk_faults_check(const DiskFaults *list); /* of a loaded state */

#endif
