/* test_mmu.c: what the TLB does behind the guest's back does not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mmu/mmu.h"

enum { RAM = 1 << 20, DIRECTORY = 0x10000, TABLE = 0x11000, LINEAR = 0x5000 };
#define PG (1u << 31)

typedef struct {
    Bus bus;
    Mmu mmu;
    u8 *ram;
} Rig;

static void on_clean(void *ctx, u32 base, u32 size)
{
    mmu_forget_writes(ctx, base, size);
}

static Rig *make(void)
{
    Rig *r = calloc(1, sizeof *r);
    r->ram = calloc(1, RAM);
    bus_init(&r->bus);
    bus_map_ram(&r->bus, 0, RAM, r->ram, 0, "RAM");
    mmu_init(&r->mmu, &r->bus);
    r->bus.hooks.cpu_ctx = &r->mmu;
    r->bus.hooks.on_clean = on_clean;
    store_le(r->ram + DIRECTORY, 4, TABLE | 3);
    store_le(r->ram + TABLE + LINEAR / 4096 * 4, 4, 0x20000 | 3);
    mmu_set_cr(&r->mmu, PG | 1, DIRECTORY, 0);
    return r;
}

static void drop(Rig *r)
{
    bus_free(&r->bus);
    free(r->ram);
    free(r);
}

static const TlbEntry *write_to(Rig *r, u32 la)
{
    u32 error;
    const TlbEntry *e = mmu_lookup(&r->mmu, la, MMU_WRITE, &error);
    assert_non_null(e);
    return e;
}

/* The guest takes the page away and forgets INVLPG: writes go on, however often somebody looks at
 * what was written. */
static void test_dirty_tracking_is_invisible(void **state)
{
    Rig *r = make();
    write_to(r, LINEAR + 4);
    assert_true(bus_dirty(&r->bus, 0x20000));
    store_le(r->ram + TABLE + LINEAR / 4096 * 4, 4, 0);
    u64 walks = r->mmu.stats.walks;
    for (int i = 0; i < 3; i++) {
        bus_clear_dirty(&r->bus, 0, RAM);
        assert_false(bus_dirty(&r->bus, 0x20000));
        const TlbEntry *e = tlb_entry(r->mmu.tlb[0][1], LINEAR);
        assert_false(tlb_hit(e, LINEAR + 8, 4)); /* hot code has to ask */
        e = write_to(r, LINEAR + 8);
        assert_int_equal(mmu_entry_phys(&r->mmu, e), 0x20000);
        assert_true(tlb_hit(e, LINEAR + 8, 4)); /* ... once */
        assert_true(bus_dirty(&r->bus, 0x20000));
        *(u8 *)(e->addend + LINEAR + 8) = (u8)(i + 1);
        assert_int_equal(r->ram[0x20008], i + 1);
    }
    assert_int_equal(r->mmu.stats.walks, walks);
    u32 error;
    mmu_invlpg(&r->mmu, LINEAR);
    assert_null(mmu_lookup(&r->mmu, LINEAR, MMU_WRITE, &error));
    drop(r);
}

static u32 fetch_from(Rig *r, u32 la, bool user)
{
    u32 error;
    Xlat x;
    return mmu_fetch(&r->mmu, la, user, &x, &error) ? x.phys : 0xFFFFFFFF;
}

/* The guest maps the page elsewhere and forgets INVLPG: the old translations go through a state and
 * through whatever makes the TLB find out anew where memory is. */
static void test_translations_last(void **state)
{
    Rig *r = make();
    u32 error;
    write_to(r, LINEAR);
    assert_int_equal(fetch_from(r, LINEAR + 5, false), 0x20005);
    u8 *pte = r->ram + TABLE + LINEAR / 4096 * 4;
    assert_int_equal(load_le(pte, 4), 0x20000 | 0x63);
    store_le(pte, 4, 0x30000 | 3);
    mmu_gather(&r->mmu);
    assert_true(mmu_check(&r->mmu.s));
    mmu_flush(&r->mmu);
    mmu_scatter(&r->mmu);
    mmu_add_slow(&r->mmu, LINEAR, 4);
    mmu_clear_slow(&r->mmu);
    mmu_refresh(&r->mmu);
    const TlbEntry *e = write_to(r, LINEAR + 8);
    assert_int_equal(mmu_entry_phys(&r->mmu, e), 0x20000);
    assert_true(tlb_hit(e, LINEAR, 4));
    assert_ptr_equal((u8 *)(e->addend + LINEAR), r->ram + 0x20000);
    assert_true(bus_dirty(&r->bus, 0x20000));
    assert_int_equal(fetch_from(r, LINEAR, false), 0x20000);
    e = mmu_lookup(&r->mmu, LINEAR, MMU_READ, &error); /* which had no entry */
    assert_int_equal(mmu_entry_phys(&r->mmu, e), 0x30000);
    mmu_set_cr(&r->mmu, 1, DIRECTORY, 0);
    mmu_gather(&r->mmu);
    static const TlbState empty;
    assert_memory_equal(&r->mmu.s, &empty, sizeof empty);
    drop(r);
}

static u32 evicted;

static void on_evict(void *ctx, u32 page)
{
    evicted = page;
}

/* Entries for fetches make room for others of the same set; whoever keeps something derived from
 * them hears of it. */
static void test_fetches_are_evicted(void **state)
{
    Rig *r = make();
    u32 other = LINEAR + TLB_SIZE * 4096;
    r->mmu.on_evict = on_evict;
    store_le(r->ram + TABLE + other / 4096 * 4, 4, 0x40000 | 7);
    assert_int_equal(fetch_from(r, LINEAR, false), 0x20000);
    store_le(r->ram + TABLE + LINEAR / 4096 * 4, 4, 0x30000 | 3);
    evicted = 0;
    assert_int_equal(fetch_from(r, LINEAR, false), 0x20000);
    assert_int_equal(evicted, 0);
    assert_int_equal(fetch_from(r, LINEAR, true), 0xFFFFFFFF); /* it is the supervisor's */
    assert_int_equal(fetch_from(r, other, false), 0x40000);
    assert_int_equal(evicted, LINEAR);
    assert_int_equal(fetch_from(r, LINEAR, false), 0x30000);
    drop(r);
}

/* A state from a file: entries that are none, or stand where they could not have come. */
static void test_check(void **state)
{
    static TlbState s;
    assert_true(mmu_check(&s));
    s.entry[1][TLB_FETCH][5] = 0x0002000000005001;
    assert_true(mmu_check(&s));
    s.entry[1][TLB_FETCH][5] = 0x0002000000006001;
    assert_false(mmu_check(&s));
    s.entry[1][TLB_FETCH][5] = 0x0002000000005000;
    assert_false(mmu_check(&s));
    s.entry[1][TLB_FETCH][5] = 0x0002000100005001;
    assert_false(mmu_check(&s));
}

/* Pages that are watched, and what is no memory, stay slow. */
static void test_slow_stays_slow(void **state)
{
    Rig *r = make();
    mmu_add_slow(&r->mmu, LINEAR, 4);
    for (int i = 0; i < 3; i++) {
        const TlbEntry *e = write_to(r, LINEAR);
        assert_true(e->tag & TLB_SLOW);
        bus_clear_dirty(&r->bus, 0, RAM);
    }
    store_le(r->ram + TABLE + 6 * 4, 4, 0x200000 | 3); /* nobody home */
    for (int i = 0; i < 3; i++)
        assert_true(write_to(r, 0x6000)->tag & TLB_SLOW);
    drop(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dirty_tracking_is_invisible),
                                       cmocka_unit_test(test_translations_last),
                                       cmocka_unit_test(test_fetches_are_evicted),
                                       cmocka_unit_test(test_check),
                                       cmocka_unit_test(test_slow_stays_slow)};
    return cmocka_run_group_tests_name("mmu", tests, NULL, NULL);
}
