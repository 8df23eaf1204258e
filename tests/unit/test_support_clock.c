/* The clock: it runs, it can be held, its text is ISO 8601. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "support/clock.h"

static void runs_like_the_system(void **state)
{
    uint64_t before = (uint64_t)time(NULL), now = clock_now(), first, last;

    (void)state;
    assert_in_range(now, before, before + 5);
    first = clock_monotonic_us();
    nanosleep(&(struct timespec){0, 2000000}, NULL);
    last = clock_monotonic_us();
    assert_in_range(last - first, 2000, 5000000);
    assert_in_range(clock_monotonic_ms() - last / 1000, 0, 5000);
}

static void stands_still_when_held(void **state)
{
    (void)state;
    clock_hold(1790000000);
    assert_int_equal(clock_now(), 1790000000);
    assert_int_equal(clock_monotonic_ms(), UINT64_C(1790000000000));
    assert_int_equal(clock_monotonic_us(), UINT64_C(1790000000000000));
    clock_hold(1790000001);
    assert_int_equal(clock_now(), 1790000001);
    assert_int_equal(clock_ago(1), 1790000000);
    clock_hold(100); /* no time ago is later than now */
    assert_int_equal(clock_ago(99), 1);
    assert_int_equal(clock_ago(86400), 0);
    clock_hold(0);
    assert_int_not_equal(clock_now(), 1790000001);
}

static void text_of_a_time(void **state)
{
    static const struct {
        uint64_t seconds;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {1790000000, "2026-09-21T14:13:20Z"},
        {4107542399, "2100-02-28T23:59:59Z"},
        {UINT64_C(253402300799), "9999-12-31T23:59:59Z"},
        {UINT64_MAX, "9999-12-31T23:59:59Z"},
    };
    char text[CLOCK_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(text, '#', sizeof text);
        clock_text(cases[i].seconds, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_like_the_system),
        cmocka_unit_test(stands_still_when_held),
        cmocka_unit_test(text_of_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
