/* Batches: many files, each synced once, each directory once, after everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#include "tests/unit/test_support_steps.h"

static size_t open_descriptors(void)
{
    return test_count_files("/proc/self/fd");
}

static size_t occurrences(const char *word)
{
    size_t n = 0;

    for (const char *p = steps; (p = strstr(p, word)); p++)
        n++;
    return n;
}

/* More files than stay open: each is synced exactly once, after its rename, and each directory once,
 * after everything. */
static void a_batch_syncs_all(void **state)
{
    struct problem why = PROBLEM_INIT;
    size_t before = open_descriptors();
    struct file_batch *b = file_batch_new();
    char name[32], line[64];

    (void)state;
    assert_non_null(b);
    for (int d = 0; d < 3; d++) {
        snprintf(name, sizeof name, "d%d", d);
        assert_int_equal(mkdir(test_path(name), 0700), 0);
    }
    start_watching(0, 0);
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof name, "d%d/f%d", i % 3, i);
        assert_int_equal(file_batch_put(b, test_path(name), cs_span_of(name), 0600, &why), 0);
        assert_true(file_exists(test_path(name)));
        assert_true(open_descriptors() <= before + 64);
    }
    assert_int_equal(file_batch_commit(b, &why), 0);
    assert_int_equal(open_descriptors(), before);
    for (int i = 0; i < 150; i++) {
        const char *renamed, *synced;

        snprintf(line, sizeof line, "rename TMP>d%d/f%d\n", i % 3, i);
        renamed = strstr(steps, line);
        assert_non_null(renamed);
        snprintf(line, sizeof line, "sync d%d/f%d\n", i % 3, i);
        synced = strstr(steps, line);
        assert_non_null(synced);
        assert_true(synced > renamed);
        assert_null(strstr(synced + 1, line));
        snprintf(name, sizeof name, "d%d/f%d", i % 3, i);
        assert_content(test_path(name), name);
    }
    assert_int_equal(occurrences("syncdir"), 3);
    assert_int_equal(real_syncs, 153);
    assert_non_null(strstr(steps, "syncdir d0\nsyncdir d1\nsyncdir d2\n"));
    assert_string_equal(strstr(steps, "syncdir d2\n"), "syncdir d2\n");

    /* The next round begins empty. */
    start_watching(0, 0);
    assert_int_equal(file_batch_put(b, test_path("d1/g"), cs_span_of("x"), 0600, &why), 0);
    assert_int_equal(file_batch_commit(b, &why), 0);
    assert_string_equal(steps,
                        "create TMP\nwrite TMP@0+1\nrename TMP>d1/g\nsync d1/g\nsyncdir d1\n");
    start_watching(0, 0);
    assert_int_equal(file_batch_commit(b, &why), 0);
    assert_string_equal(steps, "");
    file_batch_free(b);
}

static void a_batch_freed_early_syncs_nothing(void **state)
{
    size_t before = open_descriptors();
    struct file_batch *b = file_batch_new();

    (void)state;
    start_watching(0, 0);
    assert_int_equal(file_batch_put(b, test_path("f"), cs_span_of("x"), 0600, NULL), 0);
    file_batch_free(b);
    file_batch_free(NULL);
    assert_int_equal(occurrences("sync"), 0);
    assert_int_equal(open_descriptors(), before);
}

/* The disk fills up in the middle: what was put before can still be committed. */
static void a_batch_outlives_a_full_disk(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct file_batch *b = file_batch_new();

    (void)state;
    assert_int_equal(file_batch_put(b, test_path("a"), cs_span_of("1"), 0600, &why), 0);
    for (int nth = 1; nth <= 3; nth++) {
        start_watching(nth, ENOSPC);
        assert_int_equal(file_batch_put(b, test_path("b"), cs_span_of("2"), 0600, &why), -1);
        assert_string_equal(why.code, "disk_full");
        problem_clear(&why);
        assert_int_equal(test_count_files(test_directory), 1);
    }
    start_watching(0, 0);
    assert_int_equal(file_batch_put(b, test_path("b"), cs_span_of("2"), 0600, &why), 0);
    assert_int_equal(file_batch_commit(b, &why), 0);
    assert_int_equal(occurrences("sync a\n"), 1);
    assert_int_equal(occurrences("sync b\n"), 1);
    file_batch_free(b);
}

static void a_batch_ends_at_a_failed_sync(void **state)
{
    struct file_batch *b = file_batch_new();
    size_t before = open_descriptors();

    (void)state;
    for (int i = 0; i < 3; i++) {
        char name[32];

        snprintf(name, sizeof name, "f%d", i);
        assert_int_equal(file_batch_put(b, test_path(name), cs_span_of("x"), 0600, NULL), 0);
    }
    fail_every(FILE_STEP_SYNC, EIO);
    assert_int_equal(file_batch_commit(b, NULL), -1);
    assert_int_equal(sync_failures, 1); /* not tried again, nor any behind it */
    assert_string_equal(steps, "sync f0\n");
    assert_int_equal(open_descriptors(), before);
    file_batch_free(b);
}

static void a_batch_without_memory(void **state)
{
    for (unsigned long n = 1;; n++) {
        struct problem why = PROBLEM_INIT;
        struct file_batch *b;
        int rc = -1;

        (void)state;
        memory_fail_at(n);
        b = file_batch_new();
        if (b)
            rc = file_batch_put(b, test_path("f"), cs_span_of("x"), 0600, &why);
        else
            problem_no_memory(&why);
        memory_fail_at(0);
        file_batch_free(b);
        if (!rc) {
            assert_true(n > 3);
            return;
        }
        assert_string_equal(why.code, "no_memory");
        assert_int_equal(test_count_files(test_directory), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_syncs_all),
        TEST(a_batch_freed_early_syncs_nothing),
        TEST(a_batch_outlives_a_full_disk),
        TEST(a_batch_ends_at_a_failed_sync),
        TEST(a_batch_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
