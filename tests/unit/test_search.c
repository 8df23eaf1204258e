/*
 * Searching a small catalogue in many languages, through the whole of search/: what must be found, what
 * must not, and that nothing a person types is an error.
 */
#include "tests/unit/home_fixture.h"

#include "search/search.h"

static struct test_home home;
static struct search_index *search_index;
static struct searcher *searcher;

static const struct {
    const char *name, *lang, *description;
} records[] = {
    {"Running and walking for beginners", "en", "Eight lessons for runners."},
    {"L'eau et la forêt", "fr", "Où va l'eau de pluie ?"},
    {"El niño que calculaba", "es", "Matemáticas y energía para la escuela."},
    {"الماء في حياتنا", "ar", "كتاب عن المياه للأطفال"},
    {"مدرسة القرية", "ar", "قصة"},
    {"पानी कहाँ से आता है", "hi", "वर्षा और नदी की कहानी"},
    {"Maji safi kwa shule", "sw", "Mwongozo wa kupima maji."},
    {"水循环教学", "zh", "给小学生的科学课"},
    {"น้ำตกในป่า", "th", "หนังสือภาพสำหรับเด็ก"},
    {"日本の川と水", "ja", "小学校の理科"},
    {"한국의 강과 물", "ko", "초등학교 과학"},
    {"Вода и лес", "ru", "Книга о лесах России"},
    {"Die Straße der Bücher", "de", "Über Häuser und Bäume"},
    {"Su döngüsü", "tr", "İlkokul için fen bilgisi"},
    {"آب و زندگی", "fa", "کتاب‌های کودکان"},
    {"O'Neil's state-of-the-art guide", "en", "C++ and 3.14"},
    {"Buku air bersih", "id", "Untuk sekolah dasar"},
    {"پانی کی کہانی", "ur", "بچوں کے لیے"},
};
#define RECORDS (sizeof records / sizeof *records)

static int set_up(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b;
    struct batch_result result;
    enum draft_outcome outcome;
    bool behind;

    if (test_directory_make(state))
        return -1;
    home_create(&home);
    b = catalogue_batch_begin(home.catalogue, "public", "s", "test", &why);
    assert_went_well(!b, why);
    for (size_t i = 0; i < RECORDS; i++) {
        json_t *r = json_pack("{s:s,s:s,s:s,s:s,s:[s],s:[s]}", "kind", "resource", "category",
                              i % 2 ? "material" : "workshop", "name", records[i].name,
                              "description", records[i].description, "inLanguage", records[i].lang,
                              "isbn", i ? "9780306406157" : "9781938168994");
        assert_non_null(r);
        assert_went_well(catalogue_batch_add(b, r, NULL, cs_span_of("x"), &outcome, &why), why);
        assert_int_equal(outcome, DRAFT_ADDED);
        json_decref(r);
    }
    assert_went_well(catalogue_batch_live(&b, &result, &why), why);
    home_publish(&home, "public");
    home_import(&home, "staff", "t", "secret salary", 2);
    search_index = search_index_open(test_directory, &behind, &why);
    assert_went_well(!search_index, why);
    assert_went_well(search_index_catch_up(search_index, home.store, NULL, NULL, &why), why);
    searcher = search_open(test_directory, home.reader, &why);
    assert_went_well(!searcher, why);
    return 0;
}

static int tear_down(void **state)
{
    search_close(searcher);
    search_index_close(search_index);
    home_close(&home);
    return test_directory_remove(state);
}

static void ask_as(enum viewer_kind kind, struct cs_span query, struct search_answer *answer)
{
    struct search_request request = {.query = query, .lang = "en", .limit = SEARCH_LIMIT_MAX};
    struct problem why = PROBLEM_INIT;
    json_t *json;

    request.viewer.kind = kind;
    assert_went_well(search_run(searcher, &request, answer, &why), why);
    assert_true(answer->n <= (size_t)answer->total);
    json = search_json(&request, answer);
    assert_non_null(json);
    json_decref(json);
}

static bool finds(const char *query, const char *name)
{
    struct search_answer answer;
    bool found = false;

    ask_as(VIEWER_ANONYMOUS, cs_span_of(query), &answer);
    for (size_t i = 0; i < answer.n; i++)
        found = found || strcmp(answer.hit[i].name, name) == 0;
    search_answer_free(&answer);
    return found;
}

static int64_t total(enum viewer_kind kind, const char *query)
{
    struct search_answer answer;
    int64_t n;

    ask_as(kind, cs_span_of(query), &answer);
    n = answer.total;
    search_answer_free(&answer);
    return n;
}

/* The index of the record it must find; negative: the one (less one) that it must not. */
static const struct {
    const char *query;
    int record;
} matches[] = {
    {"running", 0},
    {"RUNNING", 0},
    {"runners", 0},
    {"run", 0},
    {"walk lessons", 0},
    {"\"running and walking\"", 0},
    {"\"walking and running\"", -1},
    {"lessons -eight", -1},
    {"runn*", 0},
    {"eau", 1},
    {"foret", 1},
    {"forêt", 1},
    {"nino", 2},
    {"NIÑO", 2},
    {"matematicas", 2},
    {"energia", 2},
    {"title:energia", -3},
    {"ماء", 3},
    {"الماء", 3},
    {"المَاء", 3},
    {"مدرسه", 4},
    {"المدرسة", 4},
    {"पानी", 5},
    {"नदी", 5},
    {"maji", 6},
    {"mwongozo", 6},
    {"水", 7},
    {"水循环", 7},
    {"循环", 7},
    {"教学", 7},
    {"环水", -8},
    {"น้ำตก", 8},
    {"ป่า", 8},
    {"川", 9},
    {"日本", 9},
    {"한국", 10},
    {"вода", 11},
    {"ЛЕС", 11},
    {"strasse", 12},
    {"Straße", 12},
    {"bücher", 12},
    {"bucher", 12},
    {"döngüsü", 13},
    {"dongusu", 13},
    {"آب", 14},
    {"زندگی", 14},
    {"o'neil", 15},
    {"oneil", 15},
    {"state-of-the-art", 15},
    {"state art", 15},
    {"air bersih", 16},
    {"پانی", 17},
    {"running OR maji", 0},
    {"running OR maji", 6},
    {"lang:sw maji", 6},
    {"lang:en maji", -7},
    {"category:workshop running", 0},
    {"9781938168994", 0},
    {"978-1-938168-99-4", 0},
    {"1-938168-99-2", 0},
    {"isbn:9781938168994", 0},
    {"9780306406157", -1},
    {"waterfall", -9},
    {"zzz running", -1},
};

static void words_find_their_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        int record = matches[i].record;
        const char *name = records[record < 0 ? -record - 1 : record].name;

        if (finds(matches[i].query, name) != (record >= 0))
            fail_msg("\"%s\" %s \"%s\"", matches[i].query, record >= 0 ? "does not find" : "finds",
                     name);
    }
}

/* T45, and what else people type. */
static const char *const odd[] = {
    "",
    "\"",
    "\"\"",
    "*",
    "**",
    "-",
    "--",
    "-x",
    "OR",
    "OR OR",
    "a OR",
    "OR a",
    "NEAR(",
    "NEAR(a b)",
    "title:",
    "title:\"",
    "col:x",
    "o'neil",
    "a AND",
    "NOT",
    "(((((((((((((((((((((((((((((((((((((((((((((((((",
    ")))",
    "+",
    "^x",
    "{title}:x",
    "x AND NOT y",
    "\\",
    "%",
    "'; DROP TABLE record; --",
    "\x01\x02",
    "\x1f\x1e\x1d\x1c\x1b",
    "\xff\xfe",
    "\xc3",
    "\xed\xa0\x80",
    "a\x1f_b",
    "😀",
    "👩‍👩‍👧‍👦",
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
    "\u202eabc",
    "ﷺ",
    "isbn:",
    "lang:",
    "from:",
    "from:nobody",
    "level:\"",
    "-lang:en",
};

static void nothing_typed_is_an_error(void **state)
{
    struct cs_buffer big = CS_BUFFER_INIT;
    struct search_answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        total(VIEWER_ANONYMOUS, odd[i]);
    for (unsigned i = 0; i < 5000; i++)
        cs_buffer_printf(&big, "t%u ", i);
    ask_as(VIEWER_ANONYMOUS, cs_buffer_span(&big), &answer);
    search_answer_free(&answer);
    cs_buffer_reset(&big);
    for (unsigned i = 0; i < 3000; i++)
        cs_buffer_add_text(&big, "水");
    ask_as(VIEWER_ANONYMOUS, cs_buffer_span(&big), &answer);
    search_answer_free(&answer);
    cs_buffer_free(&big);
    ask_as(VIEWER_ANONYMOUS, cs_span_make("running\0maji", 12), &answer);
    search_answer_free(&answer);
}

static void naughty_strings(void **state)
{
    const char *data = getenv("COMMONSHELF_TEST_DATA");
    char path[FILE_PATH_MAX];
    json_t *list, *text;
    size_t i;

    (void)state;
    if (!data) {
        print_message("COMMONSHELF_TEST_DATA is not set: no naughty strings here\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/strings/blns.json", data);
    list = json_load_file(path, JSON_ALLOW_NUL, NULL);
    assert_true(json_array_size(list) > 500);
    json_array_foreach(list, i, text)
    {
        struct search_answer answer;
        ask_as(VIEWER_ANONYMOUS, cs_span_make(json_string_value(text), json_string_length(text)),
               &answer);
        search_answer_free(&answer);
    }
    json_decref(list);
}

static void an_empty_query_is_the_whole_catalogue(void **state)
{
    (void)state;
    assert_int_equal(total(VIEWER_ANONYMOUS, ""), RECORDS);
    assert_int_equal(total(VIEWER_ANONYMOUS, "  "), RECORDS);
    assert_int_equal(total(VIEWER_ANONYMOUS, "((("), 0);
}

static void private_records_are_their_owners(void **state)
{
    (void)state;
    assert_int_equal(total(VIEWER_OWNER, "salary"), 2);
    assert_int_equal(total(VIEWER_ANONYMOUS, "salary"), 0);
    assert_int_equal(total(VIEWER_PEER, "salary"), 0);
}

static void what_is_withdrawn_is_gone(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct search_answer answer;
    struct cs_uuid id;
    row_id bid;

    (void)state;
    ask_as(VIEWER_ANONYMOUS, cs_span_of("bersih"), &answer);
    assert_int_equal(answer.n, 1);
    id = answer.hit[0].row.id;
    search_answer_free(&answer);
    assert_went_well(catalogue_withdraw(home.catalogue, &id, &bid, &why), why);
    /* At once, even before the index has followed. */
    assert_false(finds("bersih", records[16].name));
    assert_went_well(search_index_catch_up(search_index, home.store, NULL, NULL, &why), why);
    assert_int_equal(total(VIEWER_ANONYMOUS, "bersih"), 0);
    assert_went_well(catalogue_batch_undo(home.catalogue, bid, &why), why);
    assert_went_well(search_index_catch_up(search_index, home.store, NULL, NULL, &why), why);
    assert_true(finds("bersih", records[16].name));
}

static void the_index_can_be_lost(void **state)
{
    struct problem why = PROBLEM_INIT;
    bool behind;

    (void)state;
    search_close(searcher);
    search_index_close(search_index);
    assert_int_equal(file_remove_tree(test_path("index"), NULL), 0);
    search_index = search_index_open(test_directory, &behind, &why);
    assert_went_well(!search_index, why);
    assert_true(behind);
    assert_went_well(search_index_catch_up(search_index, home.store, NULL, NULL, &why), why);
    searcher = search_open(test_directory, home.reader, &why);
    assert_went_well(!searcher, why);
    assert_true(finds("running", records[0].name));
    assert_int_equal(total(VIEWER_OWNER, ""), RECORDS + 2);
}

static void snippets_mark_what_was_found(void **state)
{
    struct search_answer answer;

    (void)state;
    ask_as(VIEWER_ANONYMOUS, cs_span_of("energia"), &answer);
    assert_int_equal(answer.n, 1);
    assert_non_null(strstr(answer.hit[0].snippet, "\x02"
                                                  "energía"
                                                  "\x03"));
    search_answer_free(&answer);
    ask_as(VIEWER_ANONYMOUS, cs_span_of("runner"), &answer);
    assert_non_null(strstr(answer.hit[0].snippet, "\x02"
                                                  "runners"
                                                  "\x03"));
    search_answer_free(&answer);
}

static void facets_count_the_hits(void **state)
{
    struct search_answer answer;
    bool seen = false;

    (void)state;
    ask_as(VIEWER_ANONYMOUS, cs_span_of(""), &answer);
    for (size_t i = 0; i < answer.facets; i++) {
        if (strcmp(answer.facet[i].field, "category") != 0)
            continue;
        seen = true;
        assert_int_equal(answer.facet[i].n, 2);
        assert_int_equal(answer.facet[i].value[0].count + answer.facet[i].value[1].count, RECORDS);
    }
    assert_true(seen);
    search_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_find_their_records),
        cmocka_unit_test(nothing_typed_is_an_error),
        cmocka_unit_test(naughty_strings),
        cmocka_unit_test(an_empty_query_is_the_whole_catalogue),
        cmocka_unit_test(private_records_are_their_owners),
        cmocka_unit_test(what_is_withdrawn_is_gone),
        cmocka_unit_test(the_index_can_be_lost),
        cmocka_unit_test(snippets_mark_what_was_found),
        cmocka_unit_test(facets_count_the_hits),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
