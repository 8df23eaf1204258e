/* Tables as people keep them: what is detected, how columns are read, what is said about rows. */
#include "tests/unit/intake_fixture.h"

#include "intake/csv.h"
#include "support/support.h"

static void a_plain_table(void **state)
{
    struct outcome o = run_text("ID,Title,Author,Language,Year,Copies,Class,Remarks\n"
                                "7,Kitabu,Asha; Juma,Kiswahili,2010,3,4,torn\n");

    (void)state;
    assert_int_equal(o.end, 0);
    assert_int_equal(o.problems, 0);
    assert_record(&o, 0,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"Kitabu\","
                  "\"creator\":[\"Asha\",\"Juma\"],\"educationalLevel\":[\"Class 4\"],"
                  "\"inLanguage\":[\"sw\"],\"datePublished\":\"2010\",\"copies\":3}");
    assert_string_equal(json_string_value(json_object_get(json_array_get(o.records, 0), "key")),
                        "7");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(o.records, 0), "number")),
                     2);
    outcome_free(&o);
}

/* What is in no mapped column must not get into a record, whatever it is. */
static void unmapped_columns_stay_out(void **state)
{
    struct outcome o = run_text("Title,Borrower,Price,Telefon\nA,Asha Mwangi,12.50,0700\n");
    char *text = json_dumps(json_object_get(json_array_get(o.records, 0), "record"), 0);

    (void)state;
    assert_null(strstr(text, "Mwangi"));
    assert_null(strstr(text, "12.5"));
    assert_null(strstr(text, "0700"));
    free(text);
    outcome_free(&o);
}

static void the_mapping_is_told(void **state)
{
    static const char *const wanted[][2] = {
        {"id", "Acc. No."}, {"name", "Titre"}, {NULL, "Pages"}, {NULL, "Prêté à"}};
    int fd = fd_of(LITERAL("Acc. No.,Titre,Pages,Prêté à\n1,a,2,b\n"));
    struct intake *in = open_fd(fd, NULL);
    const char *member, *column;
    size_t i;

    (void)state;
    assert_non_null(in);
    for (i = 0; intake_mapping(in, i, &member, &column); i++) {
        assert_string_equal(column, wanted[i][1]);
        if (wanted[i][0])
            assert_string_equal(member, wanted[i][0]);
        else
            assert_null(member);
    }
    assert_int_equal(i, 4);
    intake_close(in);
    close(fd);
}

/* "sep=" is not shown by spreadsheets: rows are counted without it. */
static void rows_are_counted_as_people_see_them(void **state)
{
    struct outcome o = run_text("sep=;\nTitle;Year\nA;2010\n;2011\n\n\n\"B\nb\";x\nC;y\n");

    (void)state;
    assert_int_equal(o.read, 3);
    assert_int_equal(o.refused, 1);
    assert_trouble(&o, 0, "3 no_title ");
    assert_trouble(&o, 1, "6 unreadable_date Year");
    assert_trouble(&o, 2, "7 unreadable_date Year");
    outcome_free(&o);
}

static void headers_below_a_title(void **state)
{
    static const char text[] =
        "Greenfield School,,\n\nPrinted 3 May,,\nNo.,Title,Author\n1,A,B\n2,C,D\n";
    int fd = fd_of(text, sizeof text - 1);
    struct intake *in = open_fd(fd, NULL);
    struct outcome o;

    (void)state;
    assert_non_null(in);
    assert_string_equal(intake_notice(in, 0)->code, "rows_above_header");
    o = run(in);
    assert_int_equal(o.read, 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(o.records, 0), "number")),
                     5);
    outcome_free(&o);
    intake_close(in);
    close(fd);
}

static void optional_values_are_dropped_with_a_word(void **state)
{
    struct outcome o = run_text(
        "Title,ISBN,URL,Date,Licence,Language,Copies,Type,Access,Valid until\n"
        "A,978-0-306-40615-8,not a link,soon,mine,Lorem,many,thing,sometimes,03/04/2025\n"
        "B,9.78031E+12,http://example.org/x,2010,CC BY 4.0,en,2 copies,book,free,2025-04-03\n"
        "C,0-306-40615-2 / 978-0-306-40615-7,https://example.org,03/04/2025,CC0,en; fr,,Video,"
        "préstamo,\n");

    (void)state;
    assert_int_equal(o.read, 3);
    assert_int_equal(o.refused, 0);
    assert_trouble(&o, 0, "2 isbn_checksum ISBN");
    assert_trouble(&o, 1, "2 bad_url URL");
    assert_trouble(&o, 2, "2 unreadable_date Date");
    assert_trouble(&o, 3, "2 unknown_licence Licence");
    assert_trouble(&o, 4, "2 unknown_language Language");
    assert_trouble(&o, 5, "2 unreadable_number Copies");
    assert_trouble(&o, 6, "2 unknown_word Type");
    assert_trouble(&o, 7, "2 unknown_word Access");
    assert_trouble(&o, 8, "2 unreadable_date Valid until");
    assert_trouble(&o, 9, "3 isbn_rounded ISBN");
    assert_trouble(&o, 10, "4 ambiguous_date Date");
    assert_int_equal(o.problems, 11);
    assert_record(&o, 0, "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"A\"}");
    assert_record(&o, 1,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"type\":[\"Book\"],"
                  "\"name\":\"B\",\"inLanguage\":[\"en\"],"
                  "\"license\":\"https://creativecommons.org/licenses/by/4.0/\","
                  "\"datePublished\":\"2010\",\"identifier\":[\"http://example.org/x\"],"
                  "\"conditionsOfAccess\":\"open\",\"copies\":2,\"validUntil\":\"2025-04-03\"}");
    assert_record(&o, 2,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"type\":[\"VideoObject\"],"
                  "\"name\":\"C\",\"inLanguage\":[\"en\",\"fr\"],"
                  "\"license\":\"https://creativecommons.org/publicdomain/zero/1.0/\","
                  "\"datePublished\":\"2025\",\"isbn\":[\"9780306406157\"],"
                  "\"url\":\"https://example.org\",\"conditionsOfAccess\":\"loan\"}");
    assert_string_equal(json_string_value(json_object_get(json_array_get(o.records, 2), "key")),
                        "9780306406157");
    outcome_free(&o);
}

static void needs_rooms_and_mentors(void **state)
{
    struct outcome o = run_text("Kind,Category,Nombre,Capacity,Desde,Lugar,Duración\n"
                                "need,mentor,Ayuda con Python,,2025-01-10,,\n"
                                "oferta,sala,Aula 3,30,,Planta baja,90 min\n"
                                ",,Libro,,,,\n");

    (void)state;
    assert_record(&o, 0,
                  "{\"kind\":\"need\",\"category\":\"mentorship\",\"name\":\"Ayuda con Python\","
                  "\"validFrom\":\"2025-01-10\"}");
    assert_record(
        &o, 1,
        "{\"kind\":\"resource\",\"category\":\"room\",\"name\":\"Aula 3\",\"capacity\":30,"
        "\"place\":\"Planta baja\",\"timeRequired\":\"PT90M\"}");
    assert_record(&o, 2, "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"Libro\"}");
    outcome_free(&o);
}

static void titles_in_several_languages(void **state)
{
    struct outcome o = run_text("Title (sw),Title [English],title@ar,Language,Description (sw)\n"
                                "Maji,Water,الماء,sw,Kuhusu maji\n"
                                "Maji,,,sw,\n"
                                ",Water,,sw,\n");

    (void)state;
    assert_record(&o, 0,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":["
                  "{\"value\":\"Maji\",\"lang\":\"sw\"},{\"value\":\"Water\",\"lang\":\"en\"},"
                  "{\"value\":\"الماء\",\"lang\":\"ar\"}],\"description\":\"Kuhusu maji\","
                  "\"inLanguage\":[\"sw\"]}");
    assert_record(&o, 1,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"Maji\","
                  "\"inLanguage\":[\"sw\"]}");
    assert_record(&o, 2,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":["
                  "{\"value\":\"Water\",\"lang\":\"en\"}],\"inLanguage\":[\"sw\"]}");
    outcome_free(&o);
}

static void columns_by_hand(void **state)
{
    static const char text[] = "a,b,c\n1,2,3\n";
    const char *named[] = {"name=b", "id=A", "ignore=c"}, *numbered[] = {"name=2"},
               *headed[] = {"name=2"}, *bad_field[] = {"nonsense=a"}, *bad_column[] = {"name=x"},
               *bad_form[] = {"name"}, *moved[] = {"name=Other"}, *alias[] = {"titre=b"};
    struct intake_options o = {.map = named, .maps = 3};
    struct outcome out;

    (void)state;
    assert_unopened(text, sizeof text - 1, NULL, "no_title_column", "a, b, c");
    assert_non_null(strstr(why.message, "--map name="));
    assert_int_equal(why.exit_status, EXIT_NOT_DONE);

    out = run_bytes(text, sizeof text - 1, &o);
    assert_record(&out, 0, "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"2\"}");
    assert_int_equal(out.read, 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(out.records, 0), "key")),
                        "1");
    outcome_free(&out);

    /* By number only, and no header that is known: the first row is a record too. */
    o = (struct intake_options){.map = numbered, .maps = 1};
    out = run_bytes(text, sizeof text - 1, &o);
    assert_int_equal(out.read, 2);
    assert_record(&out, 0, "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"b\"}");
    outcome_free(&out);

    /* By number with a header that is known. */
    o.map = headed;
    out = run_bytes(LITERAL("Author,Book\nAsha,Maji\n"), &o);
    assert_int_equal(out.read, 1);
    assert_record(&out, 0,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"Maji\","
                  "\"creator\":[\"Asha\"]}");
    outcome_free(&out);

    o.map = alias;
    out = run_bytes(text, sizeof text - 1, &o);
    assert_int_equal(out.read, 1);
    outcome_free(&out);

    /* What was proposed gives way to what is said. */
    o.map = moved;
    out = run_bytes(LITERAL("Title,Other\nA,B\n"), &o);
    assert_record(&out, 0, "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"B\"}");
    outcome_free(&out);

    o.map = bad_field;
    assert_unopened(text, sizeof text - 1, &o, "bad_map", "nonsense");
    assert_int_equal(why.exit_status, EXIT_USAGE);
    o.map = bad_column;
    assert_unopened(text, sizeof text - 1, &o, "bad_map", "a, b, c");
    o.map = bad_form;
    assert_unopened(text, sizeof text - 1, &o, "bad_map", "FIELD=COLUMN");
}

static void rows_that_do_not_fit(void **state)
{
    struct outcome o = run_text("Title,Author\nA\nB,C,D,E\nF,\"G\" H\n,\n   ,\t\n,I\n");

    (void)state;
    assert_int_equal(o.read, 3);
    assert_int_equal(o.refused, 1);
    assert_trouble(&o, 0, "3 too_many_cells ");
    assert_trouble(&o, 1, "4 stray_quote Author");
    assert_trouble(&o, 2, "7 no_title ");
    outcome_free(&o);
}

/* Formulas that export disarmed come back as they were. */
static void guarded_cells(void **state)
{
    struct outcome o = run_text("Title,Author\n'=1+1,'+49\n'quoted','x\n");

    (void)state;
    assert_record(&o, 0,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"=1+1\","
                  "\"creator\":[\"+49\"]}");
    assert_record(&o, 1,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"'quoted'\","
                  "\"creator\":[\"'x\"]}");
    outcome_free(&o);
}

static void caps(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;
    struct outcome o;
    json_t *record;

    (void)state;
    cs_buffer_add_text(&b, "Title,Author,Description\nhuge,");
    for (size_t i = 0; i < CSV_CELL_MAX + 1; i++)
        cs_buffer_add_byte(&b, 'x');
    cs_buffer_add_text(&b, ",\nlong,");
    for (size_t i = 0; i < 100; i++)
        cs_buffer_printf(&b, "author %zu;", i);
    cs_buffer_add_text(&b, ",");
    for (size_t i = 0; i < 10001; i++)
        cs_buffer_add_text(&b, "é");
    cs_buffer_add_text(&b, "\n");
    o = run_bytes(b.p, b.n, NULL);
    assert_int_equal(o.end, 0);
    assert_trouble(&o, 0, "2 huge_cell Author");
    assert_trouble(&o, 1, "3 too_many Author");
    assert_trouble(&o, 2, "3 too_long Description");
    assert_int_equal(o.problems, 3);
    record = json_object_get(json_array_get(o.records, 0), "record");
    assert_int_equal(json_array_size(json_object_get(record, "creator")), 64);
    assert_int_equal(json_string_length(json_object_get(record, "description")), 20000);
    outcome_free(&o);
    cs_buffer_free(&b);
}

/* A record over what an entry of the log can hold loses its longest part, and says so. */
static void a_record_must_fit_into_an_entry(void **state)
{
    static const char *const heads[] = {"Description", "Keywords", "Subjects", "Author",
                                        "Illustrator"};
    struct cs_buffer b = CS_BUFFER_INIT;
    struct outcome o;

    (void)state;
    cs_buffer_add_text(&b, "Title");
    for (size_t h = 0; h < 5; h++)
        cs_buffer_printf(&b, ",%s", heads[h]);
    cs_buffer_add_text(&b, "\nlarge");
    for (size_t h = 0; h < 5; h++) {
        cs_buffer_add_byte(&b, ',');
        for (size_t i = 0; i < 60; i++)
            cs_buffer_printf(&b, "%0*zu;", h ? 350 : 320, i);
    }
    cs_buffer_add_byte(&b, '\n');
    o = run_bytes(b.p, b.n, NULL);
    assert_int_equal(o.read, 1);
    assert_trouble(&o, 0, "2 too_large ");
    assert_true(json_dumpb(json_object_get(json_array_get(o.records, 0), "record"), NULL, 0,
                           JSON_COMPACT) <= CS_ENTRY_MAX - 200);
    outcome_free(&o);
    cs_buffer_free(&b);
}

static void languages_that_rows_do_not_say(void **state)
{
    struct intake_options o = {.language = "sw"};
    struct outcome out = run_bytes(LITERAL("Title,Language\nA,\nB,en\n"), &o);

    (void)state;
    assert_record(&out, 0,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"A\","
                  "\"inLanguage\":[\"sw\"]}");
    assert_record(&out, 1,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"name\":\"B\","
                  "\"inLanguage\":[\"en\"]}");
    outcome_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_table),
        cmocka_unit_test(unmapped_columns_stay_out),
        cmocka_unit_test(the_mapping_is_told),
        cmocka_unit_test(rows_are_counted_as_people_see_them),
        cmocka_unit_test(headers_below_a_title),
        cmocka_unit_test(optional_values_are_dropped_with_a_word),
        cmocka_unit_test(needs_rooms_and_mentors),
        cmocka_unit_test(titles_in_several_languages),
        cmocka_unit_test(columns_by_hand),
        cmocka_unit_test(rows_that_do_not_fit),
        cmocka_unit_test(guarded_cells),
        cmocka_unit_test(caps),
        cmocka_unit_test(a_record_must_fit_into_an_entry),
        cmocka_unit_test(languages_that_rows_do_not_say),
    };

    return cmocka_run_group_tests_name("intake/sheet", tests, NULL, NULL);
}
