/* What an import tells: each problem once, as CSV, as JSON with its cap, and gathered for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>

#include "command/import_report.h"
#include "tests/unit/test_support_directory.h"

static struct cs_buffer heard[2]; /* standard output and error */

static int take(void *arg, enum frame type, struct cs_span bytes)
{
    (void)arg;
    if (type == FRAME_OUT || type == FRAME_ERR)
        cs_buffer_add_span(&heard[type == FRAME_ERR], bytes);
    return 0;
}

static struct output new_output(void)
{
    struct output out = {.shape = {.width = 80}, .take = take};

    cs_buffer_free(&heard[0]);
    cs_buffer_free(&heard[1]);
    output_begin(&out);
    return out;
}

static void forget_heard(void)
{
    cs_buffer_free(&heard[0]);
    cs_buffer_free(&heard[1]);
}

static const char *read_text(const char *path, struct cs_buffer *text)
{
    struct problem why = PROBLEM_INIT;

    assert_int_equal(file_read(path, 1 << 20, text, &why), 0);
    return cs_buffer_text(text);
}

/* Quoted as RFC 4180 has it, and nothing that a spreadsheet would take for a formula; what was in the
 * file before is gone. */
static void test_csv(void **state)
{
    struct call_file file = {.name = test_path("errors.csv")};
    struct intake_problem p = {7, "=cmd()", "bad", "say \"what\", then\nwhy", true};
    struct cs_buffer text = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct output out = new_output();
    struct import_report r;

    (void)state;
    assert_int_equal(file_put(file.name,
                              cs_span_of("much older and longer than what follows: "
                                         "0123456789012345678901234567890123456789"
                                         "0123456789012345678901234567890123456789"
                                         "0123456789012345678901234567890123456789"),
                              0600, &why),
                     0);
    file.fd = open(file.name, O_WRONLY);
    assert_int_equal(import_report_begin(&r, &out, &file, &why), 0);
    assert_int_equal(import_report_problem(&r, "a,b.csv", &p, &why), 0);
    p = (struct intake_problem){0, "", "note", "plain", false};
    assert_int_equal(import_report_problem(&r, "-x.csv", &p, &why), 0);
    assert_int_equal(import_report_finish(&r, &why), 0);
    close(file.fd);
    assert_string_equal(read_text(file.name, &text),
                        "file,row,column,code,effect,message\r\n"
                        "\"a,b.csv\",7,'=cmd(),bad,refused,\"say \"\"what\"\", then\nwhy\"\r\n"
                        "'-x.csv,0,,note,left out,plain\r\n");
    cs_buffer_free(&text);
    import_report_free(&r);
    output_end(&out);
    forget_heard();
}

static void test_cap(void **state)
{
    struct intake_problem p = {.column = "Year", .code = "bad", .message = "No year."};
    struct problem why = PROBLEM_INIT;
    struct output out = new_output();
    struct import_report r;
    json_t *document;

    (void)state;
    assert_int_equal(import_report_begin(&r, &out, NULL, &why), 0);
    for (p.row = 1; p.row <= IMPORT_PROBLEMS_MAX + 23; p.row++)
        assert_int_equal(import_report_problem(&r, "a.csv", &p, &why), 0);
    document = import_report_json(&r, false);
    assert_int_equal(json_array_size(json_object_get(document, "problems")), IMPORT_PROBLEMS_MAX);
    assert_int_equal(json_integer_value(json_object_get(document, "problems_left_out")), 23);
    json_decref(document);
    import_report_show(&r, false);
    output_end(&out);
    /* One message for all of them, and how many it does not cover. */
    assert_string_equal(cs_buffer_text(&heard[1]),
                        "a.csv, rows 1, 2, 3, 4, 5 and 995 more, Year: No year.\n"
                        "… and 23 more; --errors OUT.csv writes all of them.\n");
    import_report_free(&r);
    forget_heard();
}

/* Rows that became no record come first. */
static void test_order(void **state)
{
    struct intake_problem left = {2, "ISBN", "isbn", "No ISBN.", false};
    struct intake_problem refused = {9, "", "no_title", "No title.", true};
    struct problem why = PROBLEM_INIT;
    struct output out = new_output();
    struct import_report r;

    (void)state;
    assert_int_equal(import_report_begin(&r, &out, NULL, &why), 0);
    assert_int_equal(import_report_problem(&r, "a.csv", &left, &why), 0);
    assert_int_equal(import_report_problem(&r, "a.csv", &refused, &why), 0);
    import_report_show(&r, true);
    output_end(&out);
    assert_string_equal(cs_buffer_text(&heard[1]), "a.csv, row 9: refused. No title.\n"
                                                   "a.csv, row 2, ISBN: No ISBN.\n"
                                                   "This was a trial: nothing was changed.\n");
    import_report_free(&r);
    forget_heard();
}

static void test_mapping(void **state)
{
    const struct intake_options options = {0};
    struct problem why = PROBLEM_INIT;
    struct output out = new_output();
    struct import_report r;
    struct intake *in;
    json_t *mapping;
    int fd;

    (void)state;
    assert_int_equal(
        file_put(test_path("a.csv"), cs_span_of("Title,Price\nFractions,9\nWater,8\n"), 0600, &why),
        0);
    fd = open(test_path("a.csv"), O_RDONLY);
    in = intake_open(fd, "a.csv", &options, &why);
    if (!in)
        fail_msg("%s", why.message);
    assert_int_equal(import_report_begin(&r, &out, NULL, &why), 0);
    assert_int_equal(import_report_mapping(&r, "a.csv", in, true, &why), 0);
    mapping = json_pack("{s:s}", "name", "Title");
    assert_true(json_equal(r.mapping, mapping));
    output_end(&out);
    assert_non_null(strstr(cs_buffer_text(&heard[0]), "Title   name\n"));
    assert_non_null(strstr(cs_buffer_text(&heard[0]), "Price   nothing: it stays here\n"));
    json_decref(mapping);
    import_report_free(&r);
    intake_close(in);
    close(fd);
    forget_heard();
}

int main(void)
{
#define WITH_DIRECTORY(test)                                                                       \
    cmocka_unit_test_setup_teardown(test, test_directory_make, test_directory_remove)
    const struct CMUnitTest tests[] = {
        WITH_DIRECTORY(test_csv),
        cmocka_unit_test(test_cap),
        cmocka_unit_test(test_order),
        WITH_DIRECTORY(test_mapping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
