/*
 * Watches the file seam: writes each step down as a line of text and fails those it is told to. Tests
 * only.
 */
#ifndef TEST_SUPPORT_STEPS_H
#define TEST_SUPPORT_STEPS_H

#include <sys/syscall.h>
#include <unistd.h>

#include "support/file.h"
#include "support/memory.h"
#include "tests/unit/test_support_directory.h"

/* The steps as they were announced, a line each, with names relative to the test's directory. */
static char steps[20000];
static int announced, fail_step, fail_error, wanted_step;
static int sync_failures, sync_error;

/* Stands before libc's: an announced sync that doesn't happen is none. */
static int real_syncs;

int fsync(int fd)
{
    real_syncs++;
    return (int)syscall(SYS_fsync, fd);
}

static inline const char *short_name(const char *path)
{
    size_t n = strlen(test_directory);
    const char *name = path;

    if (!strncmp(path, test_directory, n))
        name = path[n] == '/' ? path + n + 1 : ".";
    return strstr(name, ".tmp-") ? "TMP" : name;
}

static inline int watch(const struct file_event *e, void *arg)
{
    static const char *const letters[] = {
        [FILE_STEP_CREATE] = "create",          [FILE_STEP_WRITE] = "write",
        [FILE_STEP_TRUNCATE] = "truncate",      [FILE_STEP_SYNC] = "sync",
        [FILE_STEP_RENAME] = "rename",          [FILE_STEP_REMOVE] = "remove",
        [FILE_STEP_SYNC_DIRECTORY] = "syncdir", [FILE_STEP_MAKE_DIRECTORY] = "mkdir",
    };
    size_t n = strlen(steps);

    assert_ptr_equal(arg, steps);
    announced++;
    n += (size_t)snprintf(steps + n, sizeof steps - n, "%s %s", letters[e->step],
                          short_name(e->path));
    if (e->other)
        n += (size_t)snprintf(steps + n, sizeof steps - n, ">%s", short_name(e->other));
    if (e->step == FILE_STEP_WRITE)
        n += (size_t)snprintf(steps + n, sizeof steps - n, "@%d+%d", (int)e->offset,
                              (int)e->bytes.n);
    snprintf(steps + n, sizeof steps - n, "\n");
    if (wanted_step >= 0)
        return (int)e->step == wanted_step ? fail_error : 0;
    return announced == fail_step ? fail_error : 0;
}

static inline void start_watching(int nth, int error)
{
    steps[0] = '\0';
    announced = 0;
    real_syncs = 0;
    fail_step = nth;
    fail_error = error;
    wanted_step = -1;
    file_observe(watch, steps);
}

static inline void fail_every(enum file_step step, int error)
{
    start_watching(0, error);
    wanted_step = (int)step;
}

static inline void count_sync_failure(const char *path, int error)
{
    assert_non_null(path);
    sync_failures++;
    sync_error = error;
}

static inline int setup(void **state)
{
    sync_failures = 0;
    file_on_sync_failure(count_sync_failure);
    return test_directory_make(state);
}

static inline int teardown(void **state)
{
    file_observe(NULL, NULL);
    file_on_sync_failure(NULL);
    memory_fail_at(0);
    return test_directory_remove(state);
}

static inline void assert_content(const char *path, const char *content)
{
    struct cs_buffer b = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;

    assert_int_equal(file_read(path, 1 << 20, &b, &why), 0);
    assert_string_equal(cs_buffer_text(&b), content);
    cs_buffer_free(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
