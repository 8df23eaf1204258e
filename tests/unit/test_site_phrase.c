/* Numbers, times, dates, languages and licences as people say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "site/phrase.h"
#include "site/terms.h"
#include "support/language_table.h"

#define NOW UINT64_C(1795514400) /* 2026-11-24 10:00 UTC */

static int setup(void **state)
{
    language_set("en");
    *state = phrase_new();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    phrase_free(*state);
    language_use(NULL, 0);
    return 0;
}

static void numbers(void **state)
{
    char out[PHRASE_TEXT];

    assert_string_equal(phrase_number(*state, 0, out), "0");
    assert_string_equal(phrase_number(*state, 48212, out), "48,212");
    assert_string_equal(phrase_number(*state, INT64_MAX, out), "9,223,372,036,854,775,807");
    assert_string_equal(phrase_bytes(*state, 1, out), "1 kB");
    assert_string_equal(phrase_bytes(*state, 1200000, out), "1.2 MB");
    assert_string_equal(phrase_bytes(*state, 3000000000, out), "3 GB");
}

static void times_near_now_are_counted(void **state)
{
    static const struct {
        uint64_t ago;
        const char *words;
    } cases[] = {
        {0, "just now"},
        {59, "just now"},
        {60, "1 minute ago"},
        {59 * 60, "59 minutes ago"},
        {3600, "1 hour ago"},
        {86399, "23 hours ago"},
        {86400, "yesterday"},
        {3 * 86400, "3 days ago"},
        {27 * 86400, "27 days ago"},
        {28 * 86400, "27 October 2026"},
    };
    char out[PHRASE_TEXT];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(phrase_when(*state, NOW - cases[i].ago, NOW, out), cases[i].words);
    /* A clock that is a little ahead is no wonder; one that is far ahead is shown as it is. */
    assert_string_equal(phrase_when(*state, NOW + 200, NOW, out), "just now");
    assert_string_equal(phrase_when(*state, NOW + 2 * 86400, NOW, out), "26 November 2026");
}

static void dates_say_what_is_known(void **state)
{
    static const struct {
        const char *edtf, *words;
    } cases[] = {
        {"1998", "1998"},
        {"2021-05", "May 2021"},
        {"1998-05-03", "3 May 1998"},
        {"2000-02-29", "29 February 2000"},
        {"0800-12-25", "0800-12-25"},
        {"0800-12-25~", "about 0800-12-25"},
        {"2026-11-24T10:00:00Z", "24 November 2026"},
        {"1998?", "perhaps 1998"},
        {"1998~", "about 1998"},
        {"2021-05~", "about May 2021"},
        {"19XX", "19XX"},
        {"1998/2001", "1998/2001"},
        {"1998/..", "1998/.."},
        {"2021-21", "2021-21"}, /* a season */
        {"", ""},
        {"-", "-"},
    };
    char out[PHRASE_TEXT];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(phrase_date(*state, cases[i].edtf, out), cases[i].words);
}

static void durations(void **state)
{
    char out[PHRASE_TEXT];

    assert_string_equal(phrase_duration(*state, "PT2H", out), "2 hours");
    assert_string_equal(phrase_duration(*state, "PT1H", out), "1 hour");
    assert_string_equal(phrase_duration(*state, "PT90M", out), "90 minutes");
    assert_string_equal(phrase_duration(*state, "P3D", out), "3 days");
    assert_string_equal(phrase_duration(*state, "P12W", out), "12 weeks");
    assert_string_equal(phrase_duration(*state, "PT1H30M", out), "PT1H30M");
    assert_string_equal(phrase_duration(*state, "P1M", out), "P1M"); /* months, not minutes */
    assert_string_equal(phrase_duration(*state, "P", out), "P");
    assert_string_equal(phrase_duration(*state, "", out), "");
    assert_string_equal(phrase_duration(*state, "P99999999999999999999D", out),
                        "P99999999999999999999D");
}

static void languages_by_name(void **state)
{
    char out[PHRASE_TEXT];

    (void)state;
    assert_string_equal(phrase_language("sw", out), "Swahili");
    assert_string_equal(phrase_language("zh-Hans", out), "Chinese (Simplified)");
    assert_string_equal(phrase_language("und", out), "language not known");
    assert_string_equal(phrase_language("qqq", out), "qqq");
    assert_string_equal(phrase_language("x<y", out), "x<y");
    assert_string_equal(phrase_language_own("sw", out), "Kiswahili");
    assert_string_equal(phrase_language_own("fr", out), "fran\xc3\xa7"
                                                        "ais");
    assert_string_equal(phrase_language_own("qqq", out), "");
    assert_false(phrase_right_to_left());
}

static unsigned only_form(unsigned long n)
{
    (void)n;
    return 0;
}

/* Each language has formatters of its own, more of them than are kept ready. */
static void every_language_in_its_own_way(void **state)
{
    static const char *const tags[] = {"ar-EG", "de",      "fr", "es", "hi",
                                       "sw",    "zh-Hans", "he", "it"};
    static struct language_table table[9];
    static const struct language_table *tables[9];
    char out[PHRASE_TEXT];

    for (size_t i = 0; i < 9; i++) {
        table[i] = (struct language_table){tags[i], only_form, 0, NULL};
        tables[i] = &table[i];
    }
    language_use(tables, 9);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 9; i++) {
            language_set(tags[i]);
            phrase_number(*state, 1204, out);
            if (i == 0)
                assert_string_equal(out, "\xd9\xa1\xd9\xac\xd9\xa2\xd9\xa0\xd9\xa4");
            if (i == 1)
                assert_string_equal(out, "1.204");
            assert_int_equal(phrase_right_to_left(), i == 0 || i == 7);
            phrase_when(*state, NOW - 3 * 86400, NOW, out);
            if (i == 1)
                assert_string_equal(out, "vor 3 Tagen");
            phrase_date(*state, "2021-05-03", out);
            if (i == 3)
                assert_string_equal(out, "3 de mayo de 2021");
            phrase_language("sw", out);
            if (i == 1)
                assert_string_equal(out, "Suaheli");
        }
    }
}

static void licences(void **state)
{
    static const struct {
        const char *uri, *name;
    } cases[] = {
        {"https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC BY-NC-SA 4.0"},
        {"http://creativecommons.org/licenses/by/3.0/de/", "CC BY 3.0"},
        {"https://www.creativecommons.org/licenses/by-sa/4.0/deed.fr", "CC BY-SA 4.0"},
        {"https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"},
        {"https://creativecommons.org/publicdomain/mark/1.0/", "Public domain"},
        {"http://rightsstatements.org/vocab/InC/1.0/", "In copyright"},
        {"https://spdx.org/licenses/MIT", "MIT"},
        {"https://spdx.org/licenses/GPL-3.0-or-later.html", "GPL-3.0-or-later"},
    };
    static const char *const none[] = {
        "",
        "urn:x",
        "https://creativecommons.org",
        "https://creativecommons.org/licenses/",
        "https://creativecommons.org/licenses/<b>/",
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        "https://evil.example/creativecommons.org/licenses/by/4.0/",
        "javascript://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/4.0/",
    };
    char out[TERM_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(term_license(cases[i].uri, out));
        assert_string_equal(out, cases[i].name);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(term_license(none[i], out));
}

static void every_category_has_a_word(void **state)
{
    (void)state;
    for (size_t i = 0; term_categories[i]; i++)
        assert_non_null(term_category(term_categories[i]));
    assert_null(term_category("nonsense"));
    assert_string_equal(term_media("application/pdf"), "PDF");
    assert_string_equal(term_media("x/y"), "x/y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(times_near_now_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(dates_say_what_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(durations, setup, teardown),
        cmocka_unit_test_setup_teardown(languages_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(every_language_in_its_own_way, setup, teardown),
        cmocka_unit_test(licences),
        cmocka_unit_test(every_category_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
