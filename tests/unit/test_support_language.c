/* Choosing a language and looking up in its table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "support/language.h"
#include "support/language_table.h"

static unsigned two_forms(unsigned long n)
{
    return n != 1;
}

/* Arabic's rule: the one with the most forms. */
static unsigned six_forms(unsigned long n)
{
    return n == 0                          ? 0
           : n == 1                        ? 1
           : n == 2                        ? 2
           : n % 100 >= 3 && n % 100 <= 10 ? 3
           : n % 100 >= 11                 ? 4
                                           : 5;
}

static unsigned wrong_form(unsigned long n)
{
    (void)n;
    return 9;
}

static const struct language_message spanish[] = {
    {"%lu record", "%lu registro\0%lu registros", 2},
    {"Search", "Buscar", 1},
    {"Shelf", "Estante", 1},
};
static const struct language_message arabic[] = {
    {"%lu record", "zero\0one\0two\0few\0many\0other", 6},
};
static const struct language_message chinese[] = {
    {"Search", "搜索", 1},
};
static const struct language_message broken[] = {
    {"%lu record", "only", 1},
};
static const struct language_table es = {"es", two_forms, 3, spanish};
static const struct language_table ar = {"ar", six_forms, 1, arabic};
static const struct language_table zh = {"zh-Hans", two_forms, 1, chinese};
static const struct language_table sw = {"sw", wrong_form, 1, broken};
static const struct language_table *const tables[] = {&ar, &es, &sw, &zh};

static int use_tables(void **state)
{
    (void)state;
    language_use(tables, 4);
    return 0;
}

static int use_own(void **state)
{
    (void)state;
    language_use(NULL, 0);
    return 0;
}

static void chooses(void **state)
{
    static const char *const cases[][2] = {
        {"", "en"},
        {"C", "en"},
        {"POSIX", "en"},
        {"en_GB.UTF-8", "en"},
        {"es", "es"},
        {"ES", "es"},
        {"es-MX", "es"},
        {"es_ES.UTF-8", "es"},
        {"es_ES@euro", "es"},
        {"es-419-x-school", "es"},
        {"est", "en"},
        {"zh-Hans-CN", "zh-Hans"},
        {"zh-CN", "zh-Hans"},
        {"zh", "zh-Hans"},
        {"fr", "en"},
        {"fr, es;q=0.5", "es"},
        {"fr,en;q=0.8,es;q=0.5", "en"},
        {"en;q=0.5, es;q=0.8", "es"},
        {"ar;q=0.3,es;q=0.301,sw;q=0.29", "es"},
        {"es;q=0, ar", "ar"},
        {"es;q=0", "en"},
        {"es;q=0.0, en", "en"},
        {"es ; q=0.9 , ar;q=0.8", "es"},
        {"es;q=1.000", "es"},
        {"es;level=1, ar;q=0.1", "ar"},
        {"*", "en"},
        {"*, es;q=0.1", "es"},
        {",,,es", "es"},
        {"-", "en"},
        {"-es", "en"},
        {"es\xff", "en"},
        {"es;q=", "en"},
        {";q=1", "en"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,es", "es"},
        {"a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,es", "en"}, /* a 17th range is not looked at */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        language_set("ar");
        language_set(cases[i][0]);
        if (strcmp(language_get(), cases[i][1]) != 0)
            fail_msg("\"%s\" gives %s, not %s", cases[i][0], language_get(), cases[i][1]);
    }
    language_set("es");
    language_set(NULL);
    assert_string_equal(language_get(), "en");
}

static void looks_up(void **state)
{
    (void)state;
    language_set("es");
    assert_string_equal(_("Search"), "Buscar");
    assert_string_equal(_("Shelf"), "Estante");
    assert_string_equal(_("Not translated yet"), "Not translated yet");
    assert_string_equal(_(""), "");
    language_set("zh");
    assert_string_equal(_("Search"), "搜索");
    assert_string_equal(_("Shelf"), "Shelf");
    language_set("en");
    assert_string_equal(_("Search"), "Search");
}

static void counts(void **state)
{
    static const struct {
        unsigned long n;
        const char *text;
    } arabic_counts[] = {
        {0, "zero"},  {1, "one"},   {2, "two"},     {3, "few"},   {10, "few"},
        {11, "many"}, {99, "many"}, {100, "other"}, {103, "few"}, {111, "many"},
    };

    (void)state;
    language_set("en");
    assert_string_equal(P_("%lu record", "%lu records", 1), "%lu record");
    assert_string_equal(P_("%lu record", "%lu records", 0), "%lu records");
    assert_string_equal(P_("%lu record", "%lu records", 2), "%lu records");
    language_set("es");
    assert_string_equal(P_("%lu record", "%lu records", 1), "%lu registro");
    assert_string_equal(P_("%lu record", "%lu records", 5), "%lu registros");
    assert_string_equal(P_("%lu shelf", "%lu shelves", 5), "%lu shelves");
    language_set("ar");
    for (size_t i = 0; i < sizeof arabic_counts / sizeof arabic_counts[0]; i++)
        assert_string_equal(P_("%lu record", "%lu records", arabic_counts[i].n),
                            arabic_counts[i].text);
    language_set("sw");
    assert_string_equal(P_("%lu record", "%lu records", 3), "only");
}

static void *in_another_thread(void *out)
{
    const char **seen = out;

    seen[0] = language_get();
    language_set("zh-Hans");
    seen[1] = _("Search");
    return NULL;
}

static void each_thread_has_its_own(void **state)
{
    const char *seen[2];
    pthread_t thread;

    (void)state;
    language_set("es");
    assert_int_equal(pthread_create(&thread, NULL, in_another_thread, seen), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(seen[0], "en");
    assert_string_equal(seen[1], "搜索");
    assert_string_equal(_("Search"), "Buscar");
}

/* What binary search and readers rely on, for the tables that are shipped. */
static void own_tables_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < languages_count; i++) {
        const struct language_table *t = languages[i];

        assert_string_not_equal(t->tag, "en");
        for (size_t j = 0; j < t->n; j++) {
            assert_true(t->message[j].forms >= 1);
            assert_true(t->message[j].text[0] != '\0');
            if (j)
                assert_true(strcmp(t->message[j - 1].message, t->message[j].message) < 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chooses, use_tables, use_own),
        cmocka_unit_test_setup_teardown(looks_up, use_tables, use_own),
        cmocka_unit_test_setup_teardown(counts, use_tables, use_own),
        cmocka_unit_test_setup_teardown(each_thread_has_its_own, use_tables, use_own),
        cmocka_unit_test(own_tables_are_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
