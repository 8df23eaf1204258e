/* The log's lines, and strangers' text on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/clock.h"
#include "support/log.h"
#include "support/terminal.h"

static char got[10000];
static int saved_stderr, ends[2];

static void capture(void)
{
    assert_int_equal(pipe(ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
}

static const char *captured(void)
{
    ssize_t n;
    size_t total = 0;

    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    while ((n = read(ends[0], got + total, sizeof got - 1 - total)) > 0)
        total += (size_t)n;
    close(ends[0]);
    got[total] = '\0';
    return got;
}

static void one_line_each(void **state)
{
    (void)state;
    clock_hold(1790000000);
    capture();
    log_line(LOG_LEVEL_INFO, "sync", "%d entries of %s", 12, "Biblioteca Ñandú");
    log_line(LOG_LEVEL_ERROR, "store", "two\nlines\x1b[2J");
    assert_string_equal(captured(),
                        "2026-09-21T14:13:20Z info sync: 12 entries of Biblioteca Ñandú\n"
                        "2026-09-21T14:13:20Z error store: two\\x0alines\\x1b[2J\n");
    clock_hold(0);
}

static void levels(void **state)
{
    (void)state;
    clock_hold(1790000000);
    capture();
    log_line(LOG_LEVEL_DEBUG, "a", "not yet");
    log_set_level(LOG_LEVEL_DEBUG);
    log_line(LOG_LEVEL_DEBUG, "a", "now");
    log_set_level(LOG_LEVEL_ERROR);
    log_line(LOG_LEVEL_WARN, "a", "no more");
    log_line(LOG_LEVEL_ERROR, "a", "always");
    log_set_level(LOG_LEVEL_INFO);
    assert_string_equal(captured(), "2026-09-21T14:13:20Z debug a: now\n"
                                    "2026-09-21T14:13:20Z error a: always\n");
    clock_hold(0);
}

static void long_lines_end(void **state)
{
    char text[9000];

    (void)state;
    memset(text, '\x01', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    capture();
    log_line(LOG_LEVEL_INFO, "a", "%s", text);
    captured();
    assert_in_range(strlen(got), 4000, 4096);
    assert_int_equal(got[strlen(got) - 1], '\n');
    assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
}

static void problems(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    clock_hold(1790000000);
    problem_detail(&why, "errno 28");
    problem_set(&why, "disk_full", "No space.");
    capture();
    log_problem(LOG_LEVEL_WARN, "file", &why);
    problem_clear(&why);
    problem_set(&why, "late", "Too late.");
    log_problem(LOG_LEVEL_INFO, "sync", &why);
    assert_string_equal(captured(),
                        "2026-09-21T14:13:20Z warn file: No space. [disk_full: errno 28]\n"
                        "2026-09-21T14:13:20Z info sync: Too late. [late]\n");
    clock_hold(0);
}

static void terminal_escapes(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},
        {"plain text, ~", "plain text, ~"},
        {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
        {"a\tb\r\n", "a\\x09b\\x0d\\x0a"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b"
         "31m",
         "\\x9b31m"}, /* CSI as one C1 character */
        {"\xc2\xa0", "\xc2\xa0"},
        {"\xe2\x80\xae"
         "evil",
         "\\u202eevil"},
        {"\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069"},
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},
        {"\xe2\x80\x8f\xd7\x90", "\xe2\x80\x8f\xd7\x90"}, /* a mark of direction moves nothing */
        {"हिन्दी العربية 中文", "हिन्दी العربية 中文"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc0\xaf", "\\xc0\\xaf"}, /* overlong */
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* a surrogate */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* over U+10FFFF */
        {"\xf0\x9f\x93\x9a", "\xf0\x9f\x93\x9a"},
        {"end \xe2\x80", "end \\xe2\\x80"},
    };
    char out[200];

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(terminal_text(out, sizeof out, cs_span_of(pairs[i][0])),
                         strlen(pairs[i][1]));
        assert_string_equal(out, pairs[i][1]);
    }
    assert_int_equal(terminal_text(out, sizeof out, cs_span_make("a\0b", 3)), 6);
    assert_string_equal(out, "a\\x00b");
}

static void terminal_room(void **state)
{
    const char *text = "a\xe2\x82\xac\x1b";
    char out[16];

    (void)state;
    for (size_t room = 1; room <= 9; room++) {
        size_t want = room < 2 ? 0 : room < 5 ? 1 : room < 9 ? 4 : 8;

        memset(out, '#', sizeof out);
        assert_int_equal(terminal_text(out, room, cs_span_of(text)), want);
        assert_int_equal(out[want], '\0');
        assert_int_equal(out[room], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_each),    cmocka_unit_test(levels),
        cmocka_unit_test(long_lines_end),   cmocka_unit_test(problems),
        cmocka_unit_test(terminal_escapes), cmocka_unit_test(terminal_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
