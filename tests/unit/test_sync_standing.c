/*
 * How it stands with a mirrored log, by what is stored of it and the time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sync/sync.h"

#define NOW UINT64_C(1790000000)
#define HOUR 3600
#define DAY 86400

static void freshness(void **state)
{
    struct log_row log = {.checkpoint_size = 10, .as_of = NOW - 7 * DAY};

    (void)state;
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_OK);
    log.as_of--;
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_STALE);
    log.as_of = NOW + DAY; /* a clock that is ahead */
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_OK);
    log.as_of = 0; /* nothing was ever there */
    log.checkpoint_size = 0;
    assert_int_equal(sync_standing(&log, 0, NOW), STANDING_OK);
}

static void what_others_have(void **state)
{
    struct log_row log = {
        .checkpoint_size = 10, .as_of = NOW - 8 * DAY, .ahead = 11, .ahead_time = NOW - HOUR};

    (void)state;
    /* It may be on its way. */
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_STALE);
    log.ahead_time--;
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_WITHHELD);
    /* Its publisher did not answer since: nobody is withholding anything. */
    assert_int_equal(sync_standing(&log, NOW - HOUR, NOW), STANDING_STALE);
    log.checkpoint_size = 11;
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_STALE);
}

static void contradictions(void **state)
{
    struct log_row log = {.checkpoint_size = 10, .ahead = 20, .state = LOG_ROLLED_BACK};

    (void)state;
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_ROLLED_BACK);
    log.state = LOG_FORKED;
    assert_int_equal(sync_standing(&log, NOW, NOW), STANDING_FORKED);
    assert_string_equal(sync_standing_word(STANDING_FORKED), "forked");
    assert_string_equal(sync_standing_word(STANDING_WITHHELD), "withheld");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freshness),
        cmocka_unit_test(what_others_have),
        cmocka_unit_test(contradictions),
    };

    return cmocka_run_group_tests_name("sync_standing", tests, NULL, NULL);
}
