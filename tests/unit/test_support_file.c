/* Files: whole or not at all, synced where promised, and every step can be watched and failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "support/file.h"
#include "support/memory.h"
#include "tests/unit/test_support_directory.h"

/* The steps as they were announced, a letter each, with names relative to the test's directory. */
static char steps[20000];
static int announced, fail_step, fail_error, wanted_step;
static int sync_failures, sync_error;

static const char *short_name(const char *path)
{
    size_t n = strlen(test_directory);
    const char *name = path;

    if (!strncmp(path, test_directory, n))
        name = path[n] == '/' ? path + n + 1 : ".";
    return strstr(name, ".tmp-") ? "TMP" : name;
}

static int watch(const struct file_event *e, void *arg)
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

static void start_watching(int nth, int error)
{
    steps[0] = '\0';
    announced = 0;
    fail_step = nth;
    fail_error = error;
    wanted_step = -1;
    file_observe(watch, steps);
}

static void fail_every(enum file_step step, int error)
{
    start_watching(0, error);
    wanted_step = (int)step;
}

static void count_sync_failure(const char *path, int error)
{
    assert_non_null(path);
    sync_failures++;
    sync_error = error;
}

static int setup(void **state)
{
    sync_failures = 0;
    file_on_sync_failure(count_sync_failure);
    return test_directory_make(state);
}

static int teardown(void **state)
{
    file_observe(NULL, NULL);
    file_on_sync_failure(NULL);
    memory_fail_at(0);
    return test_directory_remove(state);
}

static void assert_content(const char *path, const char *content)
{
    struct cs_buffer b = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;

    assert_int_equal(file_read(path, 1 << 20, &b, &why), 0);
    assert_string_equal(cs_buffer_text(&b), content);
    cs_buffer_free(&b);
}

static void joins(void **state)
{
    char path[FILE_PATH_MAX], longest[FILE_PATH_MAX + 10];

    (void)state;
    assert_int_equal(file_join(path, "/a/b", "c"), 0);
    assert_string_equal(path, "/a/b/c");
    assert_int_equal(file_join(path, "/a/b///", "c/d"), 0);
    assert_string_equal(path, "/a/b/c/d");
    assert_int_equal(file_join(path, "/", "c"), 0);
    assert_string_equal(path, "/c");
    assert_int_equal(file_join(path, ".", "c"), 0);
    assert_string_equal(path, "./c");
    memset(longest, 'x', sizeof longest);
    longest[FILE_PATH_MAX - 3] = '\0';
    assert_int_equal(file_join(path, longest, "c"), 0);
    assert_int_equal(file_join(path, longest, "cd"), -1);
    longest[FILE_PATH_MAX - 3] = 'x';
    longest[FILE_PATH_MAX + 9] = '\0';
    assert_int_equal(file_join(path, longest, ""), -1);
    assert_int_equal(file_join(path, "", longest), -1);
}

static void puts_whole_files(void **state)
{
    struct problem why = PROBLEM_INIT;
    const char *path = test_path("note");
    struct stat st;

    (void)state;
    start_watching(0, 0);
    assert_int_equal(file_put(path, cs_span_of("first"), 0600, &why), 0);
    assert_string_equal(steps, "create TMP\nwrite TMP@0+5\nsync TMP\nrename TMP>note\n");
    assert_content(path, "first");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);

    start_watching(0, 0);
    assert_int_equal(file_put_durable(path, cs_span_of("second, longer"), 0600, &why), 0);
    assert_string_equal(steps,
                        "create TMP\nwrite TMP@0+14\nsync TMP\nrename TMP>note\nsyncdir .\n");
    assert_content(path, "second, longer");

    assert_int_equal(file_put(path, cs_span_make(NULL, 0), 0600, &why), 0);
    assert_content(path, "");
    assert_int_equal(test_count_files(test_directory), 1);
}

static void puts_beside_a_bare_name(void **state)
{
    struct problem why = PROBLEM_INIT;
    char before[4096];

    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(test_directory), 0);
    assert_int_equal(file_put_durable("bare", cs_span_of("x"), 0600, &why), 0);
    assert_int_equal(file_make_directory("deep/er", 0700, &why), 0);
    assert_true(file_exists("deep/er"));
    assert_int_equal(chdir(before), 0);
    assert_content(test_path("bare"), "x");
}

/* Every step of replacing a file fails once: the old content stays, no litter, a reason in words. */
static void each_failure_leaves_the_old_file(void **state)
{
    static const int errors[] = {ENOSPC, EIO, EDQUOT};
    static const char *const codes[] = {"disk_full", "io", "disk_full"};
    const char *path = test_path("note");

    (void)state;
    assert_int_equal(file_put(path, cs_span_of("old"), 0600, NULL), 0);
    for (size_t e = 0; e < sizeof errors / sizeof errors[0]; e++) {
        for (int nth = 1; nth <= 4; nth++) {
            struct problem why = PROBLEM_INIT;

            start_watching(nth, errors[e]);
            sync_failures = 0;
            assert_int_equal(file_put(path, cs_span_of("new"), 0600, &why), -1);
            file_observe(NULL, NULL);
            assert_string_equal(why.code, codes[e]);
            assert_content(path, "old");
            assert_int_equal(test_count_files(test_directory), 1);
            assert_int_equal(sync_failures, nth == 3);
            if (nth == 3)
                assert_int_equal(sync_error, errors[e]);
        }
    }
    start_watching(5, EIO);
    assert_int_equal(file_put_durable(path, cs_span_of("new"), 0600, NULL), -1);
    assert_int_equal(sync_failures, 1);
}

static void puts_new_files_only_once(void **state)
{
    struct problem why = PROBLEM_INIT;
    const char *path = test_path("key");

    (void)state;
    assert_int_equal(file_put_new(path, cs_span_of("first"), 0600, &why), 0);
    assert_int_equal(file_put_new(path, cs_span_of("second"), 0600, &why), -1);
    assert_string_equal(why.code, "exists");
    assert_content(path, "first");
    assert_int_equal(symlink("nowhere", test_path("link")), 0);
    problem_clear(&why);
    assert_int_equal(file_put_new(test_path("link"), cs_span_of("x"), 0600, &why), -1);
    assert_string_equal(why.code, "exists");
    assert_int_equal(test_count_files(test_directory), 2);
}

static void puts_where_it_can_not(void **state)
{
    struct problem why = PROBLEM_INIT;
    char longest[FILE_PATH_MAX + 10];

    (void)state;
    assert_int_equal(file_put(test_path("no/such"), cs_span_of("x"), 0600, &why), -1);
    assert_string_equal(why.code, "not_found");
    problem_clear(&why);
    assert_int_equal(mkdir(test_path("d"), 0700), 0);
    assert_int_equal(file_put(test_path("d"), cs_span_of("x"), 0600, &why), -1);
    assert_int_equal(test_count_files(test_directory), 1);
    problem_clear(&why);
    memset(longest, 'x', sizeof longest);
    longest[0] = '/';
    longest[FILE_PATH_MAX + 5] = '/';
    longest[FILE_PATH_MAX + 9] = '\0';
    assert_int_equal(file_put(longest, cs_span_of("x"), 0600, &why), -1);
    assert_string_equal(why.code, "name_too_long");
    assert_int_equal(file_put_durable(longest, cs_span_of("x"), 0600, NULL), -1);
    assert_int_equal(file_make_directory(longest, 0700, NULL), -1);
    assert_int_equal(file_make_directory("", 0700, NULL), -1);
}

/* The kernel takes a part of the bytes and refuses the rest: a short write, then an error. */
static void a_short_write_is_no_write(void **state)
{
    const char *path = test_path("note");
    char big[5000];
    pid_t pid;
    int status;

    (void)state;
    memset(big, 'x', sizeof big);
    assert_int_equal(file_put(path, cs_span_of("old"), 0600, NULL), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct rlimit limit = {1000, 1000};
        struct problem why = PROBLEM_INIT;

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        if (file_put(path, cs_span_make(big, sizeof big), 0600, &why) != -1)
            _exit(2);
        _exit(strcmp(why.code, "disk_full") != 0 ? 3 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_content(path, "old");
    assert_int_equal(test_count_files(test_directory), 1);
}

/* Without a handler a failed sync ends the process with status 1, says so, and nothing is renamed. */
static void a_failed_sync_is_final(void **state)
{
    char said[2000] = "";
    int ends[2], status;
    ssize_t n;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        file_on_sync_failure(NULL);
        fail_every(FILE_STEP_SYNC, EIO);
        (void)!file_put(test_path("note"), cs_span_of("x"), 0600, NULL);
        _exit(42);
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    n = read(ends[0], said, sizeof said - 1);
    close(ends[0]);
    assert_true(n > 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_non_null(strstr(said, "synced"));
    assert_false(file_exists(test_path("note")));
}

static void reads(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    const char *path = test_path("data");
    static char big[200000];

    (void)state;
    memset(big, 'y', sizeof big);
    assert_int_equal(file_put(path, cs_span_make(big, sizeof big), 0600, &why), 0);
    cs_buffer_add_text(&b, "head");
    assert_int_equal(file_read(path, sizeof big, &b, &why), 0);
    assert_int_equal(b.n, sizeof big + 4);
    assert_memory_equal(b.p, "heady", 5);
    assert_int_equal(file_read(path, sizeof big - 1, &b, &why), -1);
    assert_string_equal(why.code, "too_large");
    assert_int_equal(b.n, sizeof big + 4);
    problem_clear(&why);
    assert_int_equal(file_read(test_path("none"), 10, &b, &why), -1);
    assert_string_equal(why.code, "not_found");
    problem_clear(&why);
    assert_int_equal(file_read(test_directory, 10, &b, &why), -1);
    assert_string_equal(why.code, "io");
    cs_buffer_free(&b);
    b.alloc = memory_allocator();
    problem_clear(&why);
    memory_fail_at(1);
    assert_int_equal(file_read(path, sizeof big, &b, &why), -1);
    assert_string_equal(why.code, "no_memory");
    cs_buffer_free(&b);
    assert_int_equal(file_put(path, cs_span_make(NULL, 0), 0600, NULL), 0);
    assert_int_equal(file_read(path, 0, &b, NULL), 0);
    assert_int_equal(b.n, 0);
    cs_buffer_free(&b);
}

static void makes_directories(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct stat st;

    (void)state;
    start_watching(0, 0);
    assert_int_equal(file_make_directory(test_path("a/b//c/"), 0700, &why), 0);
    assert_string_equal(steps,
                        "mkdir a\nsyncdir .\nmkdir a/b\nsyncdir a\nmkdir a/b//c\nsyncdir a/b\n");
    assert_int_equal(stat(test_path("a/b/c"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    start_watching(0, 0);
    assert_int_equal(file_make_directory(test_path("a/b/c"), 0700, &why), 0);
    assert_string_equal(steps, "");
    assert_int_equal(file_put(test_path("file"), cs_span_of("x"), 0600, NULL), 0);
    assert_int_equal(file_make_directory(test_path("file/d"), 0700, &why), -1);
    assert_int_equal(file_make_directory(test_path("file"), 0700, NULL), -1);
    problem_clear(&why);
    fail_every(FILE_STEP_MAKE_DIRECTORY, ENOSPC);
    assert_int_equal(file_make_directory(test_path("x/y"), 0700, &why), -1);
    assert_string_equal(why.code, "disk_full");
    assert_false(file_exists(test_path("x")));
    fail_every(FILE_STEP_SYNC_DIRECTORY, EIO);
    assert_int_equal(file_make_directory(test_path("x"), 0700, NULL), -1);
    assert_int_equal(sync_failures, 1);
}

static void syncs_directories(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    assert_int_equal(file_sync_directory(test_directory, &why), 0);
    fail_every(FILE_STEP_SYNC_DIRECTORY, EINVAL); /* a file system without */
    assert_int_equal(file_sync_directory(test_directory, &why), 0);
    assert_int_equal(sync_failures, 0);
    assert_int_equal(file_sync_directory(test_path("none"), &why), -1);
    assert_string_equal(why.code, "not_found");
}

static void removes(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    assert_int_equal(file_put(test_path("note"), cs_span_of("x"), 0600, NULL), 0);
    fail_every(FILE_STEP_REMOVE, EROFS);
    assert_int_equal(file_remove(test_path("note"), &why), -1);
    assert_string_equal(why.code, "read_only");
    assert_true(file_exists(test_path("note")));
    start_watching(0, 0);
    assert_int_equal(file_remove(test_path("note"), &why), 0);
    assert_string_equal(steps, "remove note\n");
    assert_false(file_exists(test_path("note")));
    assert_int_equal(file_remove(test_path("note"), &why), 0);
    assert_int_equal(file_remove(test_path("no/such"), &why), 0);
}

static void locks(void **state)
{
    struct problem why = PROBLEM_INIT;
    int first, second;

    (void)state;
    start_watching(0, 0);
    first = file_lock(test_path("lock"), &why);
    assert_true(first >= 0);
    assert_string_equal(steps, "create lock\n");
    assert_int_equal(fcntl(first, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    second = file_lock(test_path("lock"), &why);
    assert_int_equal(second, -1);
    assert_string_equal(why.code, "locked");
    problem_clear(&why);
    close(first);
    second = file_lock(test_path("lock"), &why);
    assert_true(second >= 0);
    close(second);
    assert_string_equal(steps, "create lock\n");
    assert_int_equal(file_lock(test_path("no/lock"), &why), -1);
    assert_string_equal(why.code, "not_found");
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(joins),
        TEST(puts_whole_files),
        TEST(puts_beside_a_bare_name),
        TEST(each_failure_leaves_the_old_file),
        TEST(puts_new_files_only_once),
        TEST(puts_where_it_can_not),
        TEST(a_short_write_is_no_write),
        TEST(a_failed_sync_is_final),
        TEST(reads),
        TEST(makes_directories),
        TEST(syncs_directories),
        TEST(removes),
        TEST(locks),
        TEST(a_batch_syncs_all),
        TEST(a_batch_freed_early_syncs_nothing),
        TEST(a_batch_outlives_a_full_disk),
        TEST(a_batch_ends_at_a_failed_sync),
        TEST(a_batch_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
