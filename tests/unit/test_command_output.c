/* What a command says: nothing in it can move a terminal, JSON stands alone, lines fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>

#include "command/document.h"
#include "command/output.h"
#include "command/text.h"

/* What was handed on. */
struct heard {
    char out[8192], err[8192], progress[8192];
    bool deaf;
};

static void append(char *to, struct cs_span bytes)
{
    size_t n = strlen(to);

    assert_true(n + bytes.n < 8192);
    if (bytes.n)
        memcpy(to + n, bytes.p, bytes.n);
    to[n + bytes.n] = '\0';
}

static int take(void *arg, enum frame type, struct cs_span bytes)
{
    struct heard *heard = arg;

    if (heard->deaf)
        return -1;
    append(type == FRAME_OUT   ? heard->out
           : type == FRAME_ERR ? heard->err
                               : heard->progress,
           bytes);
    if (type == FRAME_PROGRESS)
        append(heard->progress, cs_span_of("|"));
    return 0;
}

static bool say_yes(void *arg, struct cs_span question)
{
    append(((struct heard *)arg)->err, question);
    return true;
}

static struct output new_output(struct heard *heard)
{
    struct output out = {.shape = {.width = 40}, .take = take, .ask = say_yes, .arg = heard};

    memset(heard, 0, sizeof *heard);
    output_begin(&out);
    return out;
}

static void test_escapes(void **state)
{
    struct heard heard;
    struct output out = new_output(&heard);

    (void)state;
    output_print(&out, "%s\n",
                 "a\x1b[2Jb\x7f\xc2\x9b"
                 "1m\xe2\x80\xae"
                 "c\r\td\xff");
    output_say(&out, "%s", "\x1b]0;title\x07");
    output_end(&out);
    assert_null(strpbrk(heard.out, "\x1b\x7f\r\t"));
    assert_non_null(strstr(heard.out, "a\\x1b[2Jb\\x7f\\x9b1m\\u202ec"));
    assert_string_equal(heard.err, "\\x1b]0;title\\x07\n");
}

static void test_style(void **state)
{
    struct heard heard;
    struct output out = new_output(&heard);

    (void)state;
    output_print(&out, STYLE_STRONG "a" STYLE_END " " STYLE_MATCH "b" STYLE_END "\n");
    out.shape.colour = true;
    output_print(&out, STYLE_STRONG "c" STYLE_END "\n");
    output_end(&out);
    assert_string_equal(heard.out, "a b\n\x1b[1mc\x1b[0m\n");
}

static void test_json_alone(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct heard heard;
    struct output out = new_output(&heard);
    struct problem said = PROBLEM_INIT;

    (void)state;
    out.shape.json = true;
    output_print(&out, "for people\n");
    output_say(&out, "a remark");
    assert_int_equal(output_json(&out, json_pack("{s:i}", "n", 1), &why), 0);
    output_end(&out);
    assert_string_equal(heard.out, "{\"n\":1}\n");
    assert_string_equal(heard.err, "a remark\n");

    out = new_output(&heard);
    out.shape.json = true;
    problem_set(&said, "no_home", "Not at \"%s\".", "/x\xff");
    output_problem(&out, &said);
    output_end(&out);
    assert_string_equal(heard.out, "{\"error\":{\"code\":\"no_home\",\"message\":\"Not at "
                                   "\\\"/x\\\\xff\\\".\"}}\n");
    assert_string_equal(heard.err, "commonshelf: Not at \"/x\\xff\".\n");
}

static void test_quiet(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct heard heard;
    struct output out = new_output(&heard);

    (void)state;
    out.shape.quiet = out.shape.progress = true;
    output_print(&out, "a result\n");
    output_say(&out, "a remark");
    output_warn(&out, "a warning");
    output_progress(&out, "working", 1, 2);
    assert_int_equal(output_json(&out, json_object(), &why), 0);
    output_end(&out);
    assert_string_equal(heard.out, "a result\n");
    assert_string_equal(heard.err, "a warning\n");
    assert_string_equal(heard.progress, "");
}

static void test_progress(void **state)
{
    struct heard heard;
    struct output out = new_output(&heard);

    (void)state;
    output_progress(&out, "Reading", 1, 0);
    assert_string_equal(heard.progress, ""); /* no terminal */
    out.shape.progress = true;
    output_progress(&out, "Reading", 1, 10);
    output_progress(&out, "Reading", 2, 10); /* too soon after the first */
    output_say(&out, "done"); /* takes the line away first */
    output_end(&out);
    assert_string_equal(heard.progress, "Reading: 1 of 10||");
}

static void test_ask(void **state)
{
    struct heard heard;
    struct output out = new_output(&heard);

    (void)state;
    assert_false(output_ask(&out, "%s", "Sure?")); /* nobody there */
    assert_string_equal(heard.err, "");
    out.shape.ask = true;
    assert_true(output_ask(&out, "Sure, %s?", "\x1b"));
    assert_string_equal(heard.err, "Sure, \\x1b?");
    output_end(&out);
}

static void test_nobody_listens(void **state)
{
    struct heard heard;
    struct output out = new_output(&heard);

    (void)state;
    heard.deaf = true;
    output_print(&out, "x\n");
    assert_false(out.lost); /* it is still held */
    output_end(&out);
    assert_true(out.lost);
}

static void test_large_output(void **state)
{
    struct heard heard;
    struct output out = new_output(&heard);

    (void)state;
    for (int i = 0; i < 1000; i++)
        output_print(&out, "%d\n", i % 10);
    output_end(&out);
    assert_int_equal(strlen(heard.out), 2000);
    assert_false(out.lost);
}

/* ---- text in columns */

static void assert_line(const char *text, size_t width, const char *expected)
{
    struct cs_buffer b = CS_BUFFER_INIT;

    text_add_line(&b, cs_span_of(text), width);
    assert_string_equal(cs_buffer_text(&b), expected);
    cs_buffer_free(&b);
}

static void test_width(void **state)
{
    (void)state;
    assert_int_equal(text_width(cs_span_of("fractions")), 9);
    assert_int_equal(text_width(cs_span_of("分数")), 4);
    assert_int_equal(text_width(cs_span_of("e\xcc\x81")), 1);
    assert_int_equal(text_width(cs_span_of("كسور")), 4);
    assert_int_equal(text_width(cs_span_of(STYLE_MATCH "a" STYLE_END)), 1);
    assert_line("  two \n lines\t", 40, "two lines");
    assert_line("fractions", 9, "fractions");
    assert_line("fractions", 8, "fractio…");
    assert_line("one two", 5, "one…");
    assert_line("分数分数", 5, "分数…");
    assert_line("分数分数", 4, "分…"); /* no half character */
    assert_line("\x1b[1m", 40, "\\x1b[1m");
    assert_line("\x02x", 40, "\\x02x"); /* marks in data are not marks */
    assert_line("abc", 0, "");
}

static void assert_wrapped(const char *text, size_t width, size_t lines, const char *expected)
{
    struct cs_buffer b = CS_BUFFER_INIT;

    text_add_wrapped(&b, cs_span_of(text), 2, width, lines);
    assert_string_equal(cs_buffer_text(&b), expected);
    cs_buffer_free(&b);
}

static void test_wrap(void **state)
{
    (void)state;
    assert_wrapped("one two three", 7, 5, "  one two\n  three\n");
    assert_wrapped("one two three", 7, 1, "  one tw…\n");
    assert_wrapped("incomprehensible", 6, 5, "  incomp\n  rehens\n  ible\n");
    assert_wrapped("分数分数", 4, 5, "  分数\n  分数\n");
    assert_wrapped("", 10, 5, "");
    assert_wrapped("a " STYLE_MATCH "b c" STYLE_END " d", 3, 5,
                   "  a " STYLE_MATCH "b" STYLE_END "\n  " STYLE_MATCH "c" STYLE_END " d\n");
}

static void test_beside(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;

    (void)state;
    text_add_beside(&b, cs_span_of("name"), cs_span_of("one two"), 6, 9, 9);
    text_add_beside(&b, cs_span_of("longer"), cs_span_of("x"), 6, 9, 9);
    text_add_beside(&b, cs_span_of("none"), cs_span_of(""), 6, 9, 9);
    assert_string_equal(cs_buffer_text(&b), "name  one\n      two\nlonger\n      x\nnone\n");
    cs_buffer_free(&b);
}

static void test_table(void **state)
{
    static const char *const titles[] = {"Name", "Records"};
    static const char *const first[] = {"Biblioteca con un nombre muy, muy largo", "12"};
    static const char *const second[] = {"学校\x1b", "3"};
    struct heard heard;
    struct output out = new_output(&heard);
    struct table *table = table_new(titles, 2);

    (void)state;
    assert_non_null(table);
    table_print(table, &out); /* titles alone are not shown */
    table_add(table, first);
    table_add(table, second);
    table_print(table, &out);
    table_free(table);
    output_end(&out);
    assert_string_equal(heard.out, "Name                             Records\n"
                                   "Biblioteca con un nombre muy,…   12\n"
                                   "学校\\x1b                         3\n");
}

static void test_ago(void **state)
{
    char text[TEXT_AGO];

    (void)state;
    text_ago(0, 1000000, text);
    assert_string_equal(text, "never");
    text_ago(1000000, 1000030, text);
    assert_string_equal(text, "just now");
    text_ago(1000000, 999000, text); /* a clock that runs ahead */
    assert_string_equal(text, "just now");
    text_ago(1000000, 1000060, text);
    assert_string_equal(text, "1 minute ago");
    text_ago(1000000, 1000000 + 7200, text);
    assert_string_equal(text, "2 hours ago");
    text_ago(1000000, 1000000 + 86400 * 40, text);
    assert_string_equal(text, "40 days ago");
}

static void test_documents(void **state)
{
    struct cs_hash hash = {{0}};
    json_t *value;

    (void)state;
    value = document_text("a\xff");
    assert_string_equal(json_string_value(value), "a\\xff");
    json_decref(value);
    value = document_time(0);
    assert_true(json_is_null(value));
    json_decref(value);
    value = document_time(1764460800);
    assert_string_equal(json_string_value(value), "2025-11-30T00:00:00Z");
    json_decref(value);
    value = document_hash(&hash);
    assert_string_equal(json_string_value(value), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_style),
        cmocka_unit_test(test_json_alone),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_ask),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_large_output),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_beside),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_ago),
        cmocka_unit_test(test_documents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
