/* test_ferr.c: the coprocessor error latch. */
#include "tests/unit/io_rig.h"

#include "devices/ferr.h"

static Rig rig;
static Ferr ferr;
static Probe irq, ignne;

static int start(void **state)
{
    memset(&irq, 0, sizeof irq);
    memset(&ignne, 0, sizeof ignne);
    rig_init(&rig);
    ferr_init(&ferr, &(FerrConfig){&rig.bus, &rig.snap, probe_line(&irq), probe_line(&ignne)});
    return 0;
}

static int stop(void **state)
{
    bus_free(&rig.bus);
    return 0;
}

static void test_error_is_latched(void **state)
{
    ferr_set(&ferr, 0, true);
    assert_true(irq.level);
    ferr_set(&ferr, 0, false);
    assert_true(irq.level); /* until the port is written */
    out8(&rig, 0xF0, 0);
    assert_false(irq.level);
    assert_false(ignne.level); /* there is no error to ignore */
    assert_int_equal(irq.rises, 1);
}

static void test_ignne_lasts_as_long_as_the_error(void **state)
{
    ferr_set(&ferr, 0, true);
    assert_false(ignne.level);
    out8(&rig, 0xF0, 0);
    assert_false(irq.level);
    assert_true(ignne.level);
    out8(&rig, 0xF0, 0);
    assert_true(ignne.level);
    ferr_set(&ferr, 0, false);
    assert_false(ignne.level);
    ferr_set(&ferr, 0, true); /* the next one */
    assert_int_equal(irq.rises, 2);
}

static void test_f1_and_reset(void **state)
{
    ferr_set(&ferr, 0, true);
    out8(&rig, 0xF1, 0);
    assert_false(irq.level);
    assert_true(ignne.level);
    ferr_reset(&ferr);
    assert_false(ignne.level);
    ferr_set(&ferr, 0, true);
    ferr_reset(&ferr);
    assert_false(irq.level);
    assert_int_equal(in8(&rig, 0xF0), 0xFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_error_is_latched, start, stop),
        cmocka_unit_test_setup_teardown(test_ignne_lasts_as_long_as_the_error, start, stop),
        cmocka_unit_test_setup_teardown(test_f1_and_reset, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
