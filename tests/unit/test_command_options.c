/* The words behind a command: what is an option, what an argument, and what neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "command/duration.h"
#include "command/options.h"

static const struct option_spec own[] = {
    {"name", 0, "NAME", "", 0},
    {"map", 'm', "FIELD=COLUMN", "", OPTION_MANY},
    {"dry-run", 'n', NULL, "", 0},
    {"limit", 0, "N", "", 0},
};
static const struct option_spec global[] = {
    {"home", 'C', "HOME", "", 0},
    {"json", 0, NULL, "", 0},
};
static const struct option_table tables[] = {{own, 4}, {global, 2}};

static size_t count(const char *const *words)
{
    size_t n = 0;

    while (words[n])
        n++;
    return n;
}

static int read_words(struct options *o, const char *const *words, bool first_only, size_t *taken,
                      struct problem *why)
{
    problem_clear(why);
    return options_read(o, tables, 2, (char *const *)(uintptr_t)words, count(words), first_only,
                        taken, why);
}

static void test_forms(void **state)
{
    static const char *const words[] = {"a.csv", "--name", "Hill School", "--map=name=Titel",
                                        "-m",    "id=Nr",  "-n",          "-Chome",
                                        "-",     "--",     "--json",      NULL};
    struct problem why = PROBLEM_INIT;
    struct options o = OPTIONS_INIT;
    size_t taken;

    (void)state;
    assert_int_equal(read_words(&o, words, false, &taken, &why), 0);
    assert_int_equal(taken, count(words));
    assert_string_equal(options_value(&o, "name"), "Hill School");
    assert_string_equal(options_each(&o, "map", 0), "name=Titel");
    assert_string_equal(options_each(&o, "map", 1), "id=Nr");
    assert_null(options_each(&o, "map", 2));
    assert_true(options_has(&o, "dry-run"));
    assert_string_equal(options_value(&o, "home"), "home");
    assert_false(options_has(&o, "json"));
    assert_int_equal(o.arguments, 3);
    assert_string_equal(o.argument[0], "a.csv");
    assert_string_equal(o.argument[1], "-");
    assert_string_equal(o.argument[2], "--json");
    options_free(&o);
}

/* An option's value may look like one. */
static void test_value_with_dash(void **state)
{
    static const char *const words[] = {"--name", "--json", NULL};
    struct problem why = PROBLEM_INIT;
    struct options o = OPTIONS_INIT;
    size_t taken;

    (void)state;
    assert_int_equal(read_words(&o, words, false, &taken, &why), 0);
    assert_string_equal(options_value(&o, "name"), "--json");
    assert_false(options_has(&o, "json"));
    options_free(&o);
}

static void test_first_only(void **state)
{
    static const char *const words[] = {"--json", "import", "--name", "x", NULL};
    struct problem why = PROBLEM_INIT;
    struct options o = OPTIONS_INIT;
    size_t taken;

    (void)state;
    assert_int_equal(read_words(&o, words, true, &taken, &why), 0);
    assert_int_equal(taken, 2);
    assert_int_equal(o.arguments, 1);
    assert_string_equal(o.argument[0], "import");
    assert_false(options_has(&o, "name"));
    options_free(&o);
}

static void expect_refused(const char *const *words, const char *code, const char *says)
{
    struct problem why = PROBLEM_INIT;
    struct options o = OPTIONS_INIT;
    size_t taken;

    assert_int_equal(read_words(&o, words, false, &taken, &why), -1);
    assert_string_equal(why.code, code);
    assert_int_equal(why.exit_status, EXIT_USAGE);
    assert_non_null(strstr(why.message, says));
    options_free(&o);
}

static void test_refused(void **state)
{
    (void)state;
    expect_refused((const char *const[]){"--nmae", "x", NULL}, "unknown_option", "--name");
    expect_refused((const char *const[]){"--dryrun=1", NULL}, "unknown_option", "--dry-run");
    expect_refused((const char *const[]){"-x", NULL}, "unknown_option", "--x");
    expect_refused((const char *const[]){"--name", NULL}, "option_needs_value", "--name");
    expect_refused((const char *const[]){"-n5", NULL}, "option_takes_no_value", "--dry-run");
    expect_refused((const char *const[]){"--json=1", NULL}, "option_takes_no_value", "--json");
    expect_refused((const char *const[]){"--name", "a", "--name=b", NULL}, "option_twice",
                   "--name");
}

static void test_number(void **state)
{
    static const char *const words[] = {"--limit", "100", NULL};
    static const char *const wrong[] = {"-1",   "1.5", "",   "101",
                                        "0x10", " 1",  "07", "99999999999999999999"};
    struct problem why = PROBLEM_INIT;
    struct options o = OPTIONS_INIT;
    uint64_t n;
    size_t taken;

    (void)state;
    assert_int_equal(options_number(&o, "limit", 20, 100, &n, &why), 0);
    assert_int_equal(n, 20);
    assert_int_equal(read_words(&o, words, false, &taken, &why), 0);
    assert_int_equal(options_number(&o, "limit", 20, 100, &n, &why), 0);
    assert_int_equal(n, 100);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        problem_clear(&why);
        o.given[0].value = wrong[i];
        assert_int_equal(options_number(&o, "limit", 20, 100, &n, &why), -1);
        assert_string_equal(why.code, "bad_number");
    }
    options_free(&o);
}

static void test_nearest(void **state)
{
    static const char *const names[] = {"import", "invite", "init", NULL};

    (void)state;
    assert_string_equal(nearest_name(names, "imprt"), "import");
    assert_string_equal(nearest_name(names, "innit"), "init");
    assert_null(nearest_name(names, "frobnicate-everything"));
    assert_null(nearest_name((const char *const[]){NULL}, "x"));
}

static void test_no_memory(void **state)
{
    static const char *const words[] = {"--name", "x", "a", NULL};

    (void)state;
    for (unsigned long n = 1; n <= 2; n++) {
        struct problem why = PROBLEM_INIT;
        struct options o = OPTIONS_INIT;
        size_t taken;

        memory_fail_at(n);
        assert_int_equal(read_words(&o, words, false, &taken, &why), -1);
        assert_string_equal(why.code, "no_memory");
        memory_fail_at(0);
        options_free(&o);
    }
}

static void test_duration(void **state)
{
    static const char *const wrong[] = {
        "", "7", "d", "0d", "-1d", "1.5h", "7 d", "7D", "8d", "2w", "999999999999999999999s", "1y"};
    const uint64_t week = 604800;
    uint64_t seconds;

    (void)state;
    assert_int_equal(duration_read("45s", week, &seconds), 0);
    assert_int_equal(seconds, 45);
    assert_int_equal(duration_read("30m", week, &seconds), 0);
    assert_int_equal(seconds, 1800);
    assert_int_equal(duration_read("12h", week, &seconds), 0);
    assert_int_equal(seconds, 43200);
    assert_int_equal(duration_read("7d", week, &seconds), 0);
    assert_int_equal(seconds, week);
    assert_int_equal(duration_read("1w", week, &seconds), 0);
    assert_int_equal(seconds, week);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(duration_read(wrong[i], week, &seconds), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),      cmocka_unit_test(test_value_with_dash),
        cmocka_unit_test(test_first_only), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_number),     cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_duration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
