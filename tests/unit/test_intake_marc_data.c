/* Real records: their number in each file, and what other readers make of the same. */
#include "tests/unit/marc_fixture.h"

#include <dirent.h>

#include "intake/text.h"

/* ---- real records: how many there are in each file, and how many of them are refused by name */

static const struct {
    const char *name;
    unsigned read, refused;
    const char *because; /* code of the refusals */
} counts[] = {
    {"blacklight30/test_data.utf8.mrc", 30, 0, NULL},
    {"blacklight30/test_data.utf8.marc.xml", 30, 0, NULL},
    {"national/loc_general.xml", 99, 0, NULL},
    {"national/princeton.xml", 50, 0, NULL},
    {"national/dnb.xml", 99, 0, NULL},
    {"national/202799094.xml", 1, 0, NULL},
    {"national/202995748.xml", 1, 0, NULL},
    {"national/202998709.xml", 1, 0, NULL},
    {"pymarc/marc.dat", 20, 0, NULL},
    {"pymarc/test.dat", 10, 0, NULL},
    {"pymarc/one.dat", 1, 0, NULL},
    {"pymarc/marc8.dat", 1, 0, NULL},
    {"pymarc/utf8_with_leader_flag.dat", 1, 0, NULL},
    {"pymarc/diacritic.dat", 1, 0, NULL},
    {"pymarc/multi_isbn.dat", 1, 0, NULL},
    {"pymarc/testunimarc.dat", 1, 0, NULL},
    {"pymarc/utf8.xml", 1, 0, NULL},
    {"pymarc/batch.xml", 2, 0, NULL},
    {"marc4j/065001035.mrc", 40, 0, NULL},
    {"marc4j/brkrtest.mrc", 8, 0, NULL},
    {"marc4j/brkrtest_UTF8.mrc", 8, 0, NULL},
    {"marc4j/chabon.mrc", 2, 0, NULL},
    {"marc4j/chabon.xml", 2, 0, NULL},
    {"marc4j/cyrillic_capital_e.mrc", 2, 0, NULL},
    {"marc4j/sample1.mrc", 4, 4, "not_bibliographic"}, /* every second one says what is held */
    {"marc4j/summerland.mrc", 1, 0, NULL},
    {"marc4j/summerland.xml", 1, 0, NULL},
    {"traject/245_no_ab.marc", 1, 0, NULL},
    {"traject/date_with_u.marc", 1, 0, NULL},
    {"traject/george_eliot.marc", 1, 0, NULL},
    {"traject/hebrew880s.marc", 1, 0, NULL},
    {"traject/louis_armstrong.marc", 1, 0, NULL},
    {"traject/manuscript_online_thesis.marc", 1, 0, NULL},
    {"traject/musical_cage.marc", 1, 0, NULL},
    {"traject/one-marc8.mrc", 1, 0, NULL},
    {"traject/online_only.marc", 1, 0, NULL},
    {"catmandu/camel.mrc", 10, 0, NULL},
    {"catmandu/marc.xml", 1, 0, NULL},
    {"yaz/marc0.marc", 0, 1, "no_title"}, /* a call number is all it has */
    {"yaz/marc1.marc", 1, 0, NULL},
    {"yaz/marc2.marc", 1, 0, NULL},
    {"yaz/marc3.marc", 1, 0, NULL},
    {"yaz/marc4.marc", 0, 1,
     "bad_directory"}, /* its leader stands twice, so the directory is off */
    {"yaz/marc5.marc", 1, 0, NULL},
    {"yaz/marc6.marc", 1, 0, NULL},
    {"yaz/marc7.marc", 1, 0, NULL},
    {"yaz/marc8.marc", 1, 0, NULL},
    {"yaz/marc9.marc", 1, 0, NULL},
    {"yaz/marc10.marc", 1, 0, NULL},
    {"yaz/marc11.marc", 1, 0, NULL},
    {"yaz/marc12.marc", 1, 0, NULL},
};

static void real_records(void **state)
{
    char name[200];
    const char *path;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct outcome o;
        unsigned refusals = 0;

        snprintf(name, sizeof name, "marc/%s", counts[i].name);
        path = data_path(name);
        if (!path)
            skip();
        o = run_file(path);
        if (o.end != 0 || o.read != counts[i].read || o.refused != counts[i].refused)
            fail_msg("%s: %u read, %u refused", name, o.read, o.refused);
        for (size_t k = 0; counts[i].because && k < json_array_size(o.troubles); k++)
            refusals +=
                strstr(json_string_value(json_array_get(o.troubles, k)), counts[i].because) != NULL;
        assert_int_equal(refusals, counts[i].refused);
        outcome_free(&o);
    }
}

/* The same records as ISO 2709 and as the MARCXML that yaz-marcdump made of them. */
static void both_forms_agree(void **state)
{
    static const char *const pairs[][2] = {
        {"blacklight30/test_data.utf8.mrc", "blacklight30/test_data.utf8.marc.xml"},
        {"marc4j/chabon.mrc", "marc4j/chabon.xml"},
        {"marc4j/summerland.mrc", "marc4j/summerland.xml"},
        {"yaz/marc2.marc", "yaz/marc2.xml"},
        {"yaz/marc3.marc", "yaz/marc3.xml"},
        {"yaz/marc5.marc", "yaz/marc5.xml"},
        {"yaz/marc6.marc", "yaz/marc6.xml"},
        {"yaz/marc7.marc", "yaz/marc7.xml"},
        {"yaz/marc8.marc", "yaz/marc8.xml"},
        {"yaz/marc9.marc", "yaz/marc9.xml"},
        {"yaz/marc12.marc", "yaz/marc12.xml"},
    };
    char name[200], other[200];

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct outcome a, b;

        snprintf(name, sizeof name, "marc/%s", pairs[i][0]);
        snprintf(other, sizeof other, "marc/%s", pairs[i][1]);
        if (!data_path(name))
            skip();
        a = run_file(data_path(name));
        b = run_file(data_path(other));
        if (!json_equal(a.records, b.records))
            fail_msg("%s: %s\n%s", name, json_dumps(a.records, JSON_COMPACT),
                     json_dumps(b.records, JSON_COMPACT));
        outcome_free(&a);
        outcome_free(&b);
    }
}

/* Lines in MARC-8 beside the same in UTF-8. */
static void marc8_lines(void **state)
{
    char line8[4000], line[4000], title[4100];
    const char *fields[] = {"245", title, NULL};
    struct cs_buffer marc = CS_BUFFER_INIT, scratch = CS_BUFFER_INIT;
    unsigned same = 0, lines = 0;
    struct outcome o;
    FILE *in8, *in;

    (void)state;
    if (!data_path("marc/pymarc/test_marc8.txt"))
        skip();
    in8 = fopen(data_path("marc/pymarc/test_marc8.txt"), "rb");
    in = fopen(data_path("marc/pymarc/test_utf8.txt"), "rb");
    assert_true(in8 && in);
    while (fgets(line8, sizeof line8, in8)) {
        line8[strcspn(line8, "\n")] = '\0';
        snprintf(title, sizeof title, "00" SUB("a") "[%s]", line8);
        add_record(&marc, BOOK8, fields);
        lines++;
    }
    o = run_bytes(marc.p, marc.n, NULL);
    assert_int_equal(o.read, lines);
    for (unsigned i = 0; i < lines; i++) {
        const char *name = json_string_value(
            json_object_get(json_object_get(json_array_get(o.records, i), "record"), "name"));
        char wanted[4100];
        struct cs_span tidy;

        assert_non_null(fgets(line, sizeof line, in));
        line[strcspn(line, "\n")] = '\0';
        snprintf(wanted, sizeof wanted, "[%s]", line);
        tidy = text_tidy(cs_span_of(wanted), false, &scratch);
        same += name && cs_span_is(tidy, name);
    }
    print_message("# MARC-8: %u of %u lines alike\n", same, lines);
    assert_true(same * 100 >= lines * 95);
    fclose(in8);
    fclose(in);
    outcome_free(&o);
    cs_buffer_free(&marc);
    cs_buffer_free(&scratch);
}

/* ---- what Open Library reads from the same records */

struct tally {
    unsigned titles, titles_same, isbns, isbns_same, authors, authors_same;
};

static bool folded_within(const char *part, const char *whole)
{
    char a[FOLD_MAX + 1], b[FOLD_MAX + 1];

    if (!part || !whole || !text_fold(text_cut(cs_span_of(part), 100), a) ||
        !text_fold(text_cut(cs_span_of(whole), FOLD_MAX), b))
        return false;
    return strstr(b, a) != NULL || strstr(a, b) != NULL;
}

static bool any_text(const json_t *texts, const char *wanted)
{
    const json_t *item;
    size_t i;

    if (json_is_string(texts))
        return folded_within(wanted, json_string_value(texts));
    for (i = 0; i < json_array_size(texts); i++) {
        item = json_array_get(texts, i);
        if (folded_within(wanted, json_is_object(item)
                                      ? json_string_value(json_object_get(item, "value"))
                                      : json_string_value(item)))
            return true;
    }
    return false;
}

static void compare(const json_t *record, const json_t *oracle, const char *name, struct tally *t)
{
    const json_t *authors = json_object_get(oracle, "authors"),
                 *isbns = json_object_get(oracle, "isbn_13");
    size_t i;

    t->titles++;
    if (any_text(json_object_get(record, "name"),
                 json_string_value(json_object_get(oracle, "title"))))
        t->titles_same++;
    else
        print_message("# %s: title %s\n", name,
                      json_string_value(json_object_get(oracle, "title")));
    for (i = 0; i < json_array_size(authors); i++) {
        const char *author = json_string_value(json_object_get(json_array_get(authors, i), "name"));

        t->authors++;
        if (any_text(json_object_get(record, "creator"), author) ||
            any_text(json_object_get(record, "contributor"), author))
            t->authors_same++;
        else
            print_message("# %s: author %s\n", name, author);
    }
    for (i = 0; i < json_array_size(isbns); i++) {
        char digits[14];

        if (cs_isbn_read(cs_span_of(json_string_value(json_array_get(isbns, i))), digits) != CS_OK)
            continue; /* Open Library takes them as they come */
        t->isbns++;
        if (any_text(json_object_get(record, "isbn"), json_string_value(json_array_get(isbns, i))))
            t->isbns_same++;
        else
            print_message("# %s: ISBN %s\n", name, json_string_value(json_array_get(isbns, i)));
    }
}

static void compare_folder(const char *folder, struct tally *t)
{
    char name[400], path[4200];
    struct dirent *entry;
    DIR *directory = opendir(data_path(folder));

    assert_non_null(directory);
    while ((entry = readdir(directory))) {
        const char *dot = strstr(entry->d_name, ".expect.json");
        json_t *oracle;
        struct outcome o;

        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || dot)
            continue;
        o = run_file(data_path(name));
        assert_int_equal(o.end, 0);
        assert_int_equal(o.read, 1);
        snprintf(path, sizeof path, "%s.expect.json", data_path(name));
        oracle = json_load_file(path, 0, NULL);
        if (json_is_object(oracle))
            compare(json_object_get(json_array_get(o.records, 0), "record"), oracle, entry->d_name,
                    t);
        json_decref(oracle);
        outcome_free(&o);
    }
    closedir(directory);
}

static void another_reader_agrees(void **state)
{
    struct tally t = {0};

    (void)state;
    if (!data_path("marc/openlibrary/bin"))
        skip();
    compare_folder("marc/openlibrary/bin", &t);
    compare_folder("marc/openlibrary/xml", &t);
    print_message("# Open Library: titles %u of %u, authors %u of %u, ISBN-13 %u of %u\n",
                  t.titles_same, t.titles, t.authors_same, t.authors, t.isbns_same, t.isbns);
    assert_true(t.titles >= 25);
    assert_true(t.titles_same * 100 >= t.titles * 90);
    assert_true(t.authors_same * 100 >= t.authors * 90);
    assert_int_equal(t.isbns_same, t.isbns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_records),
        cmocka_unit_test(both_forms_agree),
        cmocka_unit_test(marc8_lines),
        cmocka_unit_test(another_reader_agrees),
    };

    return cmocka_run_group_tests_name("intake/marc data", tests, NULL, NULL);
}
