/* Problems: the first cause stays, texts fit, every errno that people meet has words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/problem.h"

static void the_first_stays(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    assert_int_equal(problem_set(&why, "one", "%d of %s", 3, "them"), -1);
    assert_int_equal(problem_usage(&why, "two", "other"), -1);
    assert_int_equal(problem_errno(&why, ENOSPC, FILE_WRITE, "/x"), -1);
    assert_int_equal(problem_status(&why, CS_BAD_KEY, "it"), -1);
    assert_int_equal(problem_no_memory(&why), -1);
    assert_string_equal(why.code, "one");
    assert_string_equal(why.message, "3 of them");
    assert_int_equal(why.exit_status, EXIT_NOT_DONE);
    assert_string_equal(why.detail, "");
    problem_clear(&why);
    assert_null(why.code);
    problem_usage(&why, "two", "other");
    assert_string_equal(why.code, "two");
    assert_string_equal(why.message, "other");
    assert_int_equal(why.exit_status, EXIT_USAGE);
}

static void codes_are_whole_words(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    assert_false(problem_is(NULL, "one"));
    assert_false(problem_is(&why, "one two"));
    problem_set(&why, "data", "x");
    assert_true(problem_is(&why, "data"));
    assert_true(problem_is(&why, "data two"));
    assert_true(problem_is(&why, "one data two"));
    assert_true(problem_is(&why, "database data"));
    assert_false(problem_is(&why, "database"));
    assert_false(problem_is(&why, "one metadata two"));
    assert_false(problem_is(&why, "dat"));
    assert_false(problem_is(&why, ""));
}

static void nobody_listens(void **state)
{
    (void)state;
    assert_int_equal(problem_set(NULL, "one", "x"), -1);
    assert_int_equal(problem_usage(NULL, "one", "x"), -1);
    assert_int_equal(problem_errno(NULL, EIO, FILE_READ, "/x"), -1);
    assert_int_equal(problem_status(NULL, CS_EXPIRED, "it"), -1);
    assert_int_equal(problem_no_memory(NULL), -1);
    problem_detail(NULL, "x");
    problem_clear(NULL);
}

/* However the cut falls, what is left is whole characters and says that something is missing. */
static void long_texts_are_cut_between_characters(void **state)
{
    char text[PROBLEM_MESSAGE_MAX * 2];

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        struct problem why = PROBLEM_INIT;
        size_t n = shift;

        memset(text, 'a', n);
        while (n + 3 < sizeof text) {
            memcpy(text + n, "\xe0\xa4\x95", 3);
            n += 3;
        }
        text[n] = '\0';
        problem_set(&why, "long", "%s", text);
        n = strlen(why.message);
        assert_in_range(n, PROBLEM_MESSAGE_MAX - 6, PROBLEM_MESSAGE_MAX - 1);
        assert_memory_equal(why.message + n - 3, "\xe2\x80\xa6", 3);
        assert_int_equal((n - 3 - shift) % 3, 0);
        assert_memory_equal(why.message, text, n - 3);
    }
}

static void a_text_that_just_fits_is_whole(void **state)
{
    struct problem why = PROBLEM_INIT;
    char text[PROBLEM_MESSAGE_MAX];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    problem_set(&why, "fits", "%s", text);
    assert_string_equal(why.message, text);
}

/* Names come from peers and from file systems: a message is UTF-8 that moves no terminal. */
static void bytes_of_strangers_are_escaped(void **state)
{
    struct problem why = PROBLEM_INIT;
    char text[2000];

    (void)state;
    problem_detail(&why, "%s", "caf\xe9\r");
    problem_set(&why, "odd", "%s\nsecond line\n", "\xff\x1b[2J\xe2\x80\xae Ñandú");
    assert_string_equal(why.message, "\\xff\\x1b[2J\\u202e Ñandú\nsecond line\n");
    assert_string_equal(why.detail, "caf\\xe9\\x0d");

    /* Escapes take more room than the bytes: what fits is written, and always ended. */
    for (size_t n = PROBLEM_MESSAGE_MAX / 4 - 3; n < sizeof text; n += 7) {
        memset(text, '\x1b', n);
        text[n] = '\0';
        problem_clear(&why);
        problem_set(&why, "odd", "%s", text);
        assert_in_range(strlen(why.message), PROBLEM_MESSAGE_MAX - 20, PROBLEM_MESSAGE_MAX - 1);
        assert_memory_equal(why.message, "\\x1b\\x1b", 8);
    }
}

static void causes_of_the_system(void **state)
{
    static const struct {
        int error;
        const char *code;
    } cases[] = {
        {ENOSPC, "disk_full"},
        {EDQUOT, "disk_full"},
        {EACCES, "permission"},
        {EPERM, "permission"},
        {ENOENT, "not_found"},
        {ENOTDIR, "not_found"},
        {EROFS, "read_only"},
        {EMFILE, "too_many_files"},
        {ENFILE, "too_many_files"},
        {EIO, "io"},
        {EISDIR, "io"},
        {EEXIST, "exists"},
        {ENOMEM, "no_memory"},
        {ESTALE, "io"},
        {ENAMETOOLONG, "name_too_long"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int verb = FILE_READ; verb <= FILE_REMOVE; verb++) {
            struct problem why = PROBLEM_INIT;

            assert_int_equal(problem_errno(&why, cases[i].error, (enum file_verb)verb, "/a%sb/50%"),
                             -1);
            assert_string_equal(why.code, cases[i].code);
            if (cases[i].error != ENOMEM)
                assert_non_null(strstr(why.message, "/a%sb/50%"));
            if (cases[i].error != ENOMEM)
                assert_non_null(strstr(why.detail, "errno"));
        }
    }
}

static void reasons_of_the_protocol(void **state)
{
    (void)state;
    for (int status = CS_NO_MEMORY; status <= CS_INTERNAL; status++) {
        struct problem why = PROBLEM_INIT;

        assert_int_equal(problem_status(&why, (enum cs_status)status, "The profile of Ñandú"), -1);
        assert_string_equal(why.code, cs_status_code((enum cs_status)status));
        if (status != CS_NO_MEMORY)
            assert_non_null(strstr(why.message, "The profile of Ñandú"));
    }
}

static void detail_is_kept_apart(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    problem_detail(&why, "row %d", 7);
    problem_detail(&why, "later");
    problem_set(&why, "one", "what happened");
    assert_string_equal(why.detail, "row 7");
    assert_string_equal(why.message, "what happened");
    problem_clear(&why);
    assert_string_equal(why.detail, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_stays),
        cmocka_unit_test(codes_are_whole_words),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(a_text_that_just_fits_is_whole),
        cmocka_unit_test(bytes_of_strangers_are_escaped),
        cmocka_unit_test(causes_of_the_system),
        cmocka_unit_test(reasons_of_the_protocol),
        cmocka_unit_test(detail_is_kept_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
