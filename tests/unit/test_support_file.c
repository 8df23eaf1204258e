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

#include "tests/unit/test_support_steps.h"

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
    assert_int_equal(real_syncs, 2);
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
    assert_int_equal(real_syncs, 3);
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

static void removes_trees(void **state)
{
    struct problem why = PROBLEM_INIT;
    char deep[FILE_PATH_MAX];

    (void)state;
    assert_int_equal(file_make_directory(test_path("kept"), 0700, NULL), 0);
    assert_int_equal(file_put(test_path("kept/note"), cs_span_of("x"), 0600, NULL), 0);
    assert_int_equal(file_make_directory(test_path("tree/a"), 0700, NULL), 0);
    assert_int_equal(file_put(test_path("tree/a/f"), cs_span_of("x"), 0600, NULL), 0);
    assert_int_equal(symlink("../kept", test_path("tree/link")), 0);
    fail_every(FILE_STEP_REMOVE, EIO);
    assert_int_equal(file_remove_tree(test_path("tree"), &why), -1);
    assert_string_equal(why.code, "io");
    assert_true(file_exists(test_path("tree/a/f")));
    start_watching(0, 0);
    problem_clear(&why);
    assert_int_equal(file_remove_tree(test_path("tree"), &why), 0);
    assert_non_null(strstr(steps, "remove tree/a/f\nremove tree/a\n"));
    assert_string_equal(strstr(steps, "remove tree\n"), "remove tree\n");
    assert_false(file_exists(test_path("tree")));
    assert_content(test_path("kept/note"), "x");
    assert_int_equal(file_remove_tree(test_path("tree"), &why), 0);

    /* Deeper than any directory of ours: something is wrong, and it is left. */
    file_join(deep, test_directory, "deep/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18");
    assert_int_equal(file_make_directory(deep, 0700, NULL), 0);
    assert_int_equal(file_remove_tree(test_path("deep"), &why), -1);
    assert_true(file_exists(deep));
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
        TEST(removes_trees),
        TEST(locks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
