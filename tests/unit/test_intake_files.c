/* Tables as files: formats, encodings, what is no table, what is broken, and real ones. */
#include "tests/unit/intake_fixture.h"

#include "intake/csv.h"
#include "support/support.h"

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
        cmocka_unit_test(separators),
        cmocka_unit_test(encodings),
        cmocka_unit_test(long_texts_in_every_encoding),
        cmocka_unit_test(broken_files_name_the_row),
        cmocka_unit_test(files_that_are_no_table),
        cmocka_unit_test(a_pipe_is_read_like_a_file),
        cmocka_unit_test(allocations_that_fail),
        cmocka_unit_test(real_tables),
        cmocka_unit_test(a_real_table_says_what_it_assumed),
    };

    return cmocka_run_group_tests_name("intake/files", tests, NULL, NULL);
}
