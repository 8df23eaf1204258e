/* Where a home is, whose it is, and that making one leaves all or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>

#include "command/command.h"
#include "tests/unit/test_support_directory.h"

static void set_places(const char *home, const char *data, const char *user)
{
    home ? setenv("COMMONSHELF_HOME", home, 1) : unsetenv("COMMONSHELF_HOME");
    data ? setenv("XDG_DATA_HOME", data, 1) : unsetenv("XDG_DATA_HOME");
    user ? setenv("HOME", user, 1) : unsetenv("HOME");
}

static void assert_found(const char *given, const char *expected)
{
    struct problem why = PROBLEM_INIT;
    char path[FILE_PATH_MAX];

    assert_int_equal(home_find(given, path, &why), 0);
    assert_string_equal(path, expected);
}

static void test_find(void **state)
{
    struct problem why = PROBLEM_INIT;
    char path[FILE_PATH_MAX], here[FILE_PATH_MAX];

    (void)state;
    set_places("/srv/shelf", "/data", "/home/ada");
    assert_found("/else/where", "/else/where");
    assert_found(NULL, "/srv/shelf");
    set_places(NULL, "/data", "/home/ada");
    assert_found(NULL, "/data/commonshelf");
    set_places("", "relative", "/home/ada");
    assert_found(NULL, "/home/ada/.local/share/commonshelf");
    assert_found("/slash/", "/slash");
    assert_found("/", "/");
    assert_non_null(getcwd(path, sizeof path));
    assert_int_equal(file_join(here, path, "lib"), 0);
    assert_found("lib", here);
    assert_int_equal(home_find("", path, &why), -1);
    problem_clear(&why);
    set_places(NULL, NULL, NULL);
    assert_int_equal(home_find(NULL, path, &why), -1);
    assert_string_equal(why.code, "no_home");
    assert_int_equal(why.exit_status, EXIT_USAGE);
}

static void test_exists(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    assert_int_equal(home_exists(test_path("none"), &why), -1);
    assert_string_equal(why.code, "no_home");
    assert_non_null(strstr(why.message, "init"));
}

/* Another user's home is refused with the command that would work, whatever stands in it. */
static void test_owner(void **state)
{
    char *const argv[] = {"commonshelf", "search", "it's a $HOME", NULL};
    struct problem why = PROBLEM_INIT;

    (void)state;
    assert_int_equal(home_owned(test_directory, argv, false, &why), 0);
    if (geteuid() != 0) {
        assert_int_equal(home_owned("/", argv, false, &why), -1);
        assert_non_null(strstr(why.message, "sudo -u root commonshelf -C / search "
                                            "'it'\\''s a $HOME'"));
        return;
    }
    assert_int_equal(chown(test_directory, 65534, (gid_t)-1), 0);
    assert_int_equal(home_owned(test_directory, argv, true, &why), -1);
    assert_string_equal(why.code, "other_user");
    assert_non_null(strstr(why.message, " commonshelf search 'it'\\''s a $HOME'"));
    assert_int_equal(chown(test_directory, 0, (gid_t)-1), 0);
}

/* ---- init */

static int take(void *arg, enum frame type, struct cs_span bytes)
{
    (void)arg;
    (void)type;
    (void)bytes;
    return 0;
}

static int init(const char *path, struct problem *why)
{
    static const struct option_spec name = {"name", 0, "NAME", NULL, 0};
    static const struct option_spec listen = {"listen", 0, "ADDR", NULL, 0};
    struct option_given given[] = {{&name, "Hill School"}, {&listen, "127.0.0.1:7443"}};
    struct output out = {.shape = {.width = 80, .quiet = true}, .take = take};
    struct call *call = memory_new(sizeof *call);
    int rc;

    assert_non_null(call);
    call->command = &command_init;
    call->options.given = given;
    call->options.n = 2;
    call->home_path = path;
    call->out = &out;
    output_begin(&out);
    problem_clear(why);
    call->command = &command_init;
    rc = command_init.run(call, why);
    output_end(&out);
    memory_free(call);
    return rc;
}

static void test_init(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct home *home;
    struct stat st;
    char path[FILE_PATH_MAX];

    (void)state;
    assert_int_equal(file_join(path, test_directory, "deep/down/home"), 0);
    if (init(path, &why))
        fail_msg("%s", why.message);
    assert_int_equal(home_exists(path, &why), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(test_count_files(test_path("deep/down")), 1);
    assert_int_equal(init(path, &why), -1);
    assert_string_equal(why.code, "home_exists");
    problem_clear(&why);
    home = home_new(path, -1, &why);
    assert_non_null(home);
    if (home_open_reading(home, &why))
        fail_msg("%s", why.message);
    assert_string_equal(home->config.name, "Hill School");
    home_free(home);
}

static void test_init_over(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    assert_int_equal(mkdir(test_path("empty"), 0755), 0);
    assert_int_equal(init(test_path("empty"), &why), 0);
    assert_int_equal(mkdir(test_path("full"), 0755), 0);
    assert_int_equal(mkdir(test_path("full/thing"), 0755), 0);
    assert_int_equal(init(test_path("full"), &why), -1);
    assert_string_equal(why.code, "home_exists");
    assert_int_equal(test_count_files(test_path("full")), 1);
    assert_int_equal(file_put(test_path("file"), cs_span_of("x"), 0600, &why), 0);
    assert_int_equal(init(test_path("file"), &why), -1);
    assert_string_equal(why.code, "home_exists");
}

static int steps, fail_step;

static int watch(const struct file_event *event, void *arg)
{
    (void)event;
    (void)arg;
    return ++steps == fail_step ? ENOSPC : 0;
}

static void ignore_sync(const char *path, int error)
{
    (void)path;
    (void)error;
}

static void assert_whole(const char *path)
{
    struct problem why = PROBLEM_INIT;
    struct home *home = home_new(path, -1, &why);

    assert_non_null(home);
    if (home_exists(path, &why) || home_open_reading(home, &why) || home_open_signer(home, &why))
        fail_msg("step %d: %s", fail_step, why.message);
    home_free(home);
}

/* Whichever step fails, afterwards there is a whole home or no trace of one. */
static void test_init_disk_full(void **state)
{
    const char *path = test_path("home");
    struct problem why = PROBLEM_INIT;
    int last = 1, refused = 0;

    (void)state;
    file_on_sync_failure(ignore_sync);
    for (fail_step = 0; fail_step <= last; fail_step++) {
        steps = 0;
        file_observe(watch, NULL);
        refused += init(path, &why) != 0;
        file_observe(NULL, NULL);
        if (fail_step == 0)
            last = steps;
        if (file_exists(path))
            assert_whole(path);
        else
            assert_int_equal(test_count_files(test_directory), 0);
        test_directory_remove(NULL);
        assert_int_equal(mkdir(test_directory, 0700), 0);
    }
    file_on_sync_failure(NULL);
    assert_true(last > 20);
    assert_true(refused > 20);
}

int main(void)
{
#define WITH_DIRECTORY(test)                                                                       \
    cmocka_unit_test_setup_teardown(test, test_directory_make, test_directory_remove)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),    WITH_DIRECTORY(test_exists),
        WITH_DIRECTORY(test_owner),     WITH_DIRECTORY(test_init),
        WITH_DIRECTORY(test_init_over), WITH_DIRECTORY(test_init_disk_full),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
