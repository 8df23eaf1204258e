/*
 * A disk that fills up, or fails, at every single step of importing and publishing: the command says
 * so, and what was there before is there afterwards.
 */
#include "tests/unit/home_fixture.h"

#include <errno.h>

#define STEPS_MAX 400 /* far more than five records take */

static struct failing {
    unsigned long at, steps;
    int error;
    bool happened;
} failing;

/* Removing and truncating free space and do not fail for want of it. */
static int fail_once(const struct file_event *event, void *arg)
{
    struct failing *f = arg;

    if (event->step == FILE_STEP_REMOVE || event->step == FILE_STEP_TRUNCATE ||
        event->step == FILE_STEP_SYNC || event->step == FILE_STEP_SYNC_DIRECTORY)
        return 0;
    if (++f->steps < f->at)
        return 0;
    f->happened = true;
    return f->error; /* and it stays full */
}

static int import_and_publish(struct test_home *h, struct problem *why)
{
    struct catalogue_batch *b = NULL;
    struct batch_result batch;
    struct publish_result published;
    enum draft_outcome outcome;
    int rc = -1;

    if (!(b = catalogue_batch_begin(h->catalogue, "public", "s", "test", why)))
        return -1;
    for (int i = 0; i < 5; i++) {
        char name[32];
        json_t *record;

        snprintf(name, sizeof name, "new %d", i);
        record =
            json_pack("{s:s,s:s,s:s}", "kind", "resource", "category", "material", "name", name);
        rc = catalogue_batch_add(b, record, name, cs_span_of(name), &outcome, why);
        json_decref(record);
        if (rc)
            goto out;
    }
    rc = catalogue_batch_live(&b, &batch, why) ||
                 catalogue_publish(h->catalogue, "public", &published, NULL, NULL, why)
             ? -1
             : 0;
out:
    catalogue_batch_drop(&b);
    return rc;
}

/* One try with the n-th step failing; true while there was an n-th step. */
static bool try_failing_at(unsigned long n, int error, const char *code)
{
    struct problem why = PROBLEM_INIT;
    struct test_home home;
    struct publish_result before, after;
    void *state = NULL;
    int rc;

    assert_int_equal(test_directory_make(&state), 0);
    home_create(&home);
    home_import(&home, "public", "old", "old", 2);
    before = home_publish(&home, "public");
    failing = (struct failing){.at = n, .error = error};
    file_observe(fail_once, &failing);
    rc = import_and_publish(&home, &why);
    file_observe(NULL, NULL);
    if (rc) {
        assert_true(failing.happened);
        assert_string_equal(why.code, code);
        assert_true(strlen(why.message) > 20);
    }
    home_close(&home);
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    after = home_publish(&home, "public");
    /* All of it or none of it, whichever was reported. */
    if (rc == 0)
        assert_int_equal(after.size, before.size + 5);
    else
        assert_true(after.size == before.size || after.size == before.size + 5);
    rc = import_and_publish(&home, &why);
    assert_int_equal(rc, 0);
    assert_int_equal(home_publish(&home, "public").size, before.size + 5);
    home_close(&home);
    assert_int_equal(test_directory_remove(&state), 0);
    return failing.happened;
}

static void a_full_disk_is_said_and_loses_nothing(void **state)
{
    unsigned long n = 1;

    (void)state;
    while (n < STEPS_MAX && try_failing_at(n, ENOSPC, "disk_full"))
        n++;
    assert_true(n > 10);
    assert_true(n < STEPS_MAX);
}

static void a_failing_disk_is_said_and_loses_nothing(void **state)
{
    unsigned long n = 1;

    (void)state;
    while (n < STEPS_MAX && try_failing_at(n, EIO, "io"))
        n += 3;
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_said_and_loses_nothing),
        cmocka_unit_test(a_failing_disk_is_said_and_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
