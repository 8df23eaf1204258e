/*
 * When peers are visited that are said to have something new (T33): not all at once, and not put off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sync/internal.h"

#define NOW UINT64_C(1790000000)
#define WITHIN 300
#define FOLLOWED 1000

static void a_thousand_at_once_are_spread(void **state)
{
    struct notices *notices = notices_new(WITHIN);
    size_t tenth[10] = {0};

    (void)state;
    random_replay("a thousand notices");
    for (row_id nid = 2; nid < 2 + FOLLOWED; nid++)
        notices_add(notices, nid, NOW);
    for (row_id nid = 2; nid < 2 + FOLLOWED; nid++) {
        uint64_t due = notices_due(notices, nid);

        assert_in_range(due, NOW + WITHIN / 10, NOW + WITHIN);
        tenth[(due - NOW) * 10 / (WITHIN + 1)]++;
    }
    for (size_t i = 1; i < 10; i++)
        assert_in_range(tenth[i], FOLLOWED / 20, FOLLOWED / 5);
    notices_free(notices);
}

static void one_that_comes_again_puts_nothing_off(void **state)
{
    struct notices *notices = notices_new(WITHIN);
    uint64_t due;

    (void)state;
    assert_true(notices_due(notices, 2) == UINT64_MAX);
    notices_add(notices, 2, NOW);
    due = notices_due(notices, 2);
    for (unsigned i = 0; i < 10000; i++)
        notices_add(notices, 2, NOW + i / 100);
    assert_true(notices_due(notices, 2) == due);
    notices_done(notices, 2);
    assert_true(notices_due(notices, 2) == UINT64_MAX);
    notices_done(notices, 2);
    /* A clock that was ahead. */
    notices_add(notices, 2, NOW + 86400);
    notices_add(notices, 2, NOW);
    assert_in_range(notices_due(notices, 2), NOW, NOW + WITHIN);
    notices_free(notices);
}

static void at_once_where_nobody_is_to_wait(void **state)
{
    struct notices *notices = notices_new(0);

    (void)state;
    notices_add(notices, 2, NOW);
    assert_true(notices_due(notices, 2) == NOW);
    notices_free(notices);
}

static void there_is_an_end(void **state)
{
    struct notices *notices = notices_new(WITHIN);

    (void)state;
    for (row_id nid = 2; nid < 2 + STORE_PEERS_MAX; nid++)
        notices_add(notices, nid, NOW);
    notices_add(notices, 2 + STORE_PEERS_MAX, NOW);
    assert_true(notices_due(notices, 2 + STORE_PEERS_MAX) == UINT64_MAX);
    notices_done(notices, 2);
    notices_add(notices, 2 + STORE_PEERS_MAX, NOW);
    assert_true(notices_due(notices, 2 + STORE_PEERS_MAX) != UINT64_MAX);
    assert_true(notices_due(notices, 1 + STORE_PEERS_MAX) != UINT64_MAX);
    notices_free(notices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_at_once_are_spread),
        cmocka_unit_test(one_that_comes_again_puts_nothing_off),
        cmocka_unit_test(at_once_where_nobody_is_to_wait),
        cmocka_unit_test(there_is_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
