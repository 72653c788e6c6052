/* history_store.h: states in memory as differences; private to history*.c. All of a machine's state
 * is seen as one row of 4 KiB pages: the large sections as they lie in memory, then the small ones
 * and the events gathered. Equal pages of neighbouring states are one page. */
#ifndef GLASS86_HISTORY_STORE_H
#define GLASS86_HISTORY_STORE_H

#include "devices/snapshot.h"

enum { STORE_PAGE = 4096, STORE_GROUP = 64 };

typedef struct StorePage StorePage;
typedef struct StoreGroup StoreGroup;

typedef struct {
    u64 tick;
    size_t input; /* how many inputs had entered */
    bool edited;  /* the debugger had just changed the machine: nothing else leads here */
    u64 id;       /* of its own */
    u32 pins;     /* futures that leave from here */
    u64 generation[SNAPSHOT_DRIVES];
    StoreGroup **group; /* [Store.groups] */
} StoreState;

typedef struct {
    Pc *pc;
    u32 pages, groups;
    struct StoreArea {
        u8 *data; /* of the machine, or Store.small */
        u32 first, count;
        bool is_ram; /* the bus knows which of its pages were written */
        bool is_rom;
    } area[SNAP_MAX + 2];
    int areas;
    u8 *small; /* small sections and events, one after the other */
    u32 small_size;
    StoreGroup **now; /* pages of the state that was last taken or restored; NULL: none */
    u64 bytes;        /* of pages and tables */
    bool lost;        /* anything may differ from `now`: the machine was replaced as a whole */
    bool roms;        /* ROMs may, since a debugger can patch them */
} Store;

void store_open(Store *s, Pc *pc);
void store_close(Store *s);

void store_take(Store *s, StoreState *out);
/* False: a disk did not come along (and was reported). */
bool store_restore(Store *s, const StoreState *state);
void store_drop(Store *s, StoreState *state);

#endif
