/* faults.c: see faults.h. */
#include "devices/disk/faults.h"

#include <ctype.h>
#include <stdlib.h>

static const char *const names[] = {"none", "read", "write", "missing", "timeout"};

const char *disk_fault_name(u8 kind)
{
    return kind < ARRAY_LEN(names) ? names[kind] : names[FAULT_NONE];
}

/* A decimal number without sign; moves *p behind it. */
static bool number(const char **p, u64 *v)
{
    char *end;
    if (!isdigit((unsigned char)**p))
        return false;
    *v = strtoull(*p, &end, 10);
    *p = end;
    return *v < UINT64_MAX;
}

bool disk_fault_parse(const char *text, DiskFault *f)
{
    const char *p = strchr(text, ':');
    *f = (DiskFault){0};
    for (u8 k = FAULT_READ; p && k < ARRAY_LEN(names); k++)
        if (strlen(names[k]) == (size_t)(p - text) && !strncmp(text, names[k], (size_t)(p - text)))
            f->kind = k;
    if (!f->kind)
        return false;
    p++;
    if (!number(&p, &f->first))
        return false;
    f->last = f->first;
    if (*p == '-' && (p++, !number(&p, &f->last)))
        return false;
    return !*p && f->last >= f->first;
}

bool disk_faults_add(DiskFaults *list, const DiskFault *f)
{
    if (list->count >= DISK_FAULTS)
        return false;
    list->fault[list->count++] = *f;
    return true;
}

static bool concerns(u8 kind, bool writing)
{
    return kind == FAULT_READ ? !writing : kind == FAULT_WRITE ? writing : true;
}

u32 disk_faults_before(const DiskFaults *list, u64 first, u32 count, bool writing,
                       DiskFaultKind *kind)
{
    *kind = FAULT_NONE;
    for (u32 i = 0; i < list->count; i++) {
        const DiskFault *f = &list->fault[i];
        u64 at = f->first > first ? f->first : first;
        if (concerns(f->kind, writing) && at <= f->last && at - first < count) {
            count = (u32)(at - first);
            *kind = (DiskFaultKind)f->kind;
        }
    }
    return count;
}

bool disk_faults_check(const DiskFaults *list)
{
    bool good = list->count <= DISK_FAULTS;
    for (u32 i = 0; good && i < list->count; i++)
        good = list->fault[i].kind > FAULT_NONE && list->fault[i].kind < ARRAY_LEN(names);
    return good;
}
