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

static void separators(void **state)
{
    static const struct {
        const char *text, *format;
    } cases[] = {
        {"Title,Author\nA,B\n", "csv"},
        {"Title;Author\nA, the first;B\nC, D;E\n", "semicolon"},
        {"Title\tAuthor\nA, the first\tB; C\n", "tsv"},
        {"Title|Author\nA, the first|B\n", "pipe"},
        {"Title\nA, the first; or second\n", "csv"},
        {"sep=;\nTitle;Author\nA,x;B\n", "semicolon"},
        {"SEP=|\r\nTitle|Author\r\nA,x|B\r\n", "pipe"},
        {"\xEF\xBB\xBFTitle;Author\nA;B\n", "semicolon"},
        {"Título;Año\nÁrbol, 2ª ed.;2010\n", "semicolon"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = fd_of(cases[i].text, strlen(cases[i].text));
        struct intake *in = open_fd(fd, NULL);
        struct outcome o;

        if (!in)
            fail_msg("%zu: %s", i, why.message);
        assert_string_equal(intake_format(in), cases[i].format);
        o = run(in);
        assert_int_equal(o.end, 0);
        assert_true(o.read >= 1);
        assert_int_equal(o.refused, 0);
        outcome_free(&o);
        intake_close(in);
        close(fd);
    }
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

/* The same table in every encoding that spreadsheets write. */
static void encodings(void **state)
{
    static const char utf8[] = "Título,Autor\r\nÁrbol y niño,José\r\n";
    static const char latin[] = "T\xEDtulo,Autor\r\n\xC1rbol y ni\xF1o,Jos\xE9\r\n";
    static const char mixed[] = "Título,Autor\r\nÁrbol y niño,Jos\xE9\r\n";
    static const char wanted[] = "{\"kind\":\"resource\",\"category\":\"material\","
                                 "\"name\":\"Árbol y niño\",\"creator\":[\"José\"]}";
    char wide[2][200] = {"\xFF\xFE", "\xFE\xFF"};
    size_t n = 2, i;
    const struct {
        const char *bytes;
        size_t n;
        const char *notice;
    } cases[] = {{utf8, sizeof utf8 - 1, NULL},
                 {latin, sizeof latin - 1, "encoding_guessed"},
                 {mixed, sizeof mixed - 1, "encoding_mixed"},
                 {wide[0], 2 + 2 * (sizeof latin - 1), NULL},
                 {wide[1], 2 + 2 * (sizeof latin - 1), NULL}};

    (void)state;
    for (i = 0; i < sizeof latin - 1; i++, n += 2) {
        wide[0][n] = wide[1][n + 1] = latin[i];
        wide[0][n + 1] = wide[1][n] = 0;
    }
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = fd_of(cases[i].bytes, cases[i].n);
        struct intake *in = open_fd(fd, NULL);
        struct outcome o;

        if (!in)
            fail_msg("%zu: %s", i, why.message);
        if (cases[i].notice)
            assert_string_equal(intake_notice(in, 0)->code, cases[i].notice);
        else
            assert_null(intake_notice(in, 0));
        if (cases[i].bytes == mixed)
            assert_non_null(strstr(intake_notice(in, 0)->message, "line 2"));
        o = run(in);
        assert_int_equal(o.read, 1);
        assert_record(&o, 0, wanted);
        outcome_free(&o);
        intake_close(in);
        close(fd);
    }
}

/* Characters of all lengths, cut at every place by the chunks they are read in. */
static void long_texts_in_every_encoding(void **state)
{
    static const char piece[] = "aé€𝄞";
    const size_t rows = 40000;
    struct cs_buffer utf8 = CS_BUFFER_INIT, wide = CS_BUFFER_INIT;
    struct outcome o;

    (void)state;
    cs_buffer_add_text(&utf8, "Title\n");
    cs_buffer_add(&wide, "\xFF\xFET\0i\0t\0l\0e\0\n\0", 14);
    for (size_t i = 0; i < rows; i++) {
        cs_buffer_add_text(&utf8, piece);
        cs_buffer_add(&utf8, "xyz", i % 4);
        cs_buffer_add_byte(&utf8, '\n');
        cs_buffer_add(&wide, "a\0\xE9\0\xAC\x20\x34\xD8\x1E\xDDx\0y\0z\0", 10 + 2 * (i % 4));
        cs_buffer_add(&wide, "\n\0", 2);
    }
    for (int w = 0; w < 2; w++) {
        o = w ? run_bytes(wide.p, wide.n, NULL) : run_bytes(utf8.p, utf8.n, NULL);
        assert_int_equal(o.read, rows);
        for (size_t i = 0; i < rows; i += 997) {
            char name[40];
            json_t *record = json_object_get(json_array_get(o.records, i), "record");

            snprintf(name, sizeof name, "%s%.*s", piece, (int)(i % 4), "xyz");
            assert_string_equal(json_string_value(json_object_get(record, "name")), name);
        }
        outcome_free(&o);
    }
    cs_buffer_free(&utf8);
    cs_buffer_free(&wide);
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

/* Broken files: the rows before are given out, then -1 with the row's number in words. */
static void broken_files_name_the_row(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        const char *code, *words;
    } cases[] = {
        {LITERAL("Title,Author\nA,B\nC,\"D\n"), "unclosed_quote", "row 3"},
        {LITERAL("Title,Author\nA,B\nC,\0D\n"), "nul_byte", "row 3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_bytes(cases[i].text, cases[i].n, NULL);

        assert_int_equal(o.end, -1);
        assert_int_equal(o.read, 1);
        assert_string_equal(why.code, cases[i].code);
        assert_non_null(strstr(why.message, cases[i].words));
        outcome_free(&o);
    }
}

static void files_that_are_no_table(void **state)
{
    struct intake_options forced = {.format = "nonsense"};
    struct cs_buffer wide = CS_BUFFER_INIT;

    (void)state;
    assert_unopened(LITERAL(""), NULL, "empty_file", "empty");
    assert_unopened(LITERAL("\n\n\n"), NULL, "no_title_column", "columns");
    assert_unopened(LITERAL("PK\x03\x04...."), NULL, "not_supported", "CSV UTF-8");
    assert_unopened(LITERAL("\xD0\xCF\x11\xE0...."), NULL, "not_supported", "CSV UTF-8");
    assert_unopened(LITERAL("=LDR  00714cam\n"), NULL, "not_supported", "MarcMaker");
    assert_unopened(LITERAL("{\"a\":1}"), NULL, "not_supported", "JSON");
    assert_unopened(LITERAL("%PDF-1.7\n"), NULL, "unknown_format", "neither");
    assert_unopened(LITERAL("<html><body>x</body></html>"), NULL, "unknown_format", "neither");
    assert_unopened(LITERAL("\x7F"
                            "ELF\x02\x01\x01\0\0\0\0\0\0\0\x03\0\x3E\0\x01\0"),
                    NULL, "unknown_format", "neither");
    assert_unopened(LITERAL("T\0i\0t\0l\0e\0\n\0"), NULL, "not_supported", "UTF-16");
    assert_unopened(LITERAL("once upon a time\nthere was\n"), NULL, "no_title_column", "once upon");
    assert_unopened(LITERAL("Title\nA\n"), &forced, "unknown_format", "semicolon");
    cs_buffer_add_text(&wide, "Title");
    for (size_t i = 0; i <= CSV_COLUMNS_MAX; i++)
        cs_buffer_add_text(&wide, ",x");
    assert_unopened(wide.p, wide.n, NULL, "too_many_columns", "1000");
    cs_buffer_free(&wide);
}

static void a_pipe_is_read_like_a_file(void **state)
{
    static const char text[] = "Title,Author\nA,B\n";
    struct outcome o;
    struct intake *in;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof text - 1), sizeof text - 1);
    close(ends[1]);
    in = open_fd(ends[0], NULL);
    assert_non_null(in);
    o = run(in);
    assert_int_equal(o.read, 1);
    outcome_free(&o);
    intake_close(in);
    close(ends[0]);
    /* A directory can be opened, and is no file. */
    ends[0] = open("/", O_RDONLY | O_CLOEXEC);
    assert_null(open_fd(ends[0], NULL));
    assert_non_null(why.code);
    close(ends[0]);
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

static void allocations_that_fail(void **state)
{
    static const char text[] = "Title,Author,Language\nA,B; C,Kiswahili\nD,E,en\n";
    int fd = fd_of(text, sizeof text - 1);
    unsigned long n;

    (void)state;
    /* Every allocation up to the first row, and some of the many that load the names of languages. */
    for (n = 1; n < 4000; n += n < 300 ? 1 : 97) {
        struct intake_row row;
        struct intake *in;
        int rc = -1;

        memory_fail_at(n);
        in = open_fd(fd, NULL);
        if (in)
            rc = intake_next(in, &row, &why);
        memory_fail_at(0);
        assert_true(rc == 1 || (rc == -1 && why.code));
        intake_close(in);
    }
    close(fd);
}

/* ---- real tables */

static void real_tables(void **state)
{
    static const struct {
        const char *name;
        unsigned rows;
    } cases[] = {{"csv/african-storybook.csv", 1069},
                 {"csv/pratham-books.csv", 630},
                 {"csv/gutenberg-sample.csv", 2243},
                 {"sheets/register-hi-en.csv", 120}};
    const char *path;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o;

        path = data_path(cases[i].name);
        if (!path)
            skip();
        o = run_file(path);
        assert_int_equal(o.end, 0);
        assert_int_equal(o.read, cases[i].rows);
        assert_int_equal(o.refused, 0);
        assert_int_equal(o.problems, 0);
        outcome_free(&o);
    }
}

static void a_real_table_says_what_it_assumed(void **state)
{
    const char *path = data_path("csv/african-storybook.csv");
    struct intake_row row;
    struct intake *in;
    int fd;

    (void)state;
    if (!path)
        skip();
    fd = open(path, O_RDONLY | O_CLOEXEC);
    in = open_fd(fd, NULL);
    assert_non_null(in);
    assert_null(intake_notice(in, 0));
    while (intake_next(in, &row, &why) == 1)
        ;
    assert_string_equal(intake_notice(in, 0)->code, "licence_version");
    assert_non_null(strstr(intake_notice(in, 0)->message, "1069"));
    intake_close(in);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_table),
        cmocka_unit_test(unmapped_columns_stay_out),
        cmocka_unit_test(the_mapping_is_told),
        cmocka_unit_test(separators),
        cmocka_unit_test(rows_are_counted_as_people_see_them),
        cmocka_unit_test(headers_below_a_title),
        cmocka_unit_test(encodings),
        cmocka_unit_test(long_texts_in_every_encoding),
        cmocka_unit_test(optional_values_are_dropped_with_a_word),
        cmocka_unit_test(needs_rooms_and_mentors),
        cmocka_unit_test(titles_in_several_languages),
        cmocka_unit_test(columns_by_hand),
        cmocka_unit_test(rows_that_do_not_fit),
        cmocka_unit_test(guarded_cells),
        cmocka_unit_test(caps),
        cmocka_unit_test(a_record_must_fit_into_an_entry),
        cmocka_unit_test(broken_files_name_the_row),
        cmocka_unit_test(files_that_are_no_table),
        cmocka_unit_test(a_pipe_is_read_like_a_file),
        cmocka_unit_test(languages_that_rows_do_not_say),
        cmocka_unit_test(allocations_that_fail),
        cmocka_unit_test(real_tables),
        cmocka_unit_test(a_real_table_says_what_it_assumed),
    };

    return cmocka_run_group_tests_name("intake/sheet", tests, NULL, NULL);
}
