/* The root key as a page: what is printed comes back, and typing errors are named by their line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/memory.h"
#include "support/root_page.h"

#define NODE "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"

static unsigned char seed[CS_KEY_SEED];
static struct cs_node_id node;
static struct cs_buffer page;
static struct problem why;

static int make(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (unsigned char)(i * 37 + 11);
    memcpy(node.s, NODE, sizeof NODE);
    cs_buffer_reset(&page);
    root_page_write(seed, &node, "Hill School", &page);
    problem_clear(&why);
    return page.failed ? -1 : 0;
}

static int unmake(void **state)
{
    (void)state;
    cs_buffer_free(&page);
    return 0;
}

static void assert_read(struct cs_span text)
{
    unsigned char got[CS_KEY_SEED];
    struct cs_node_id whose;

    problem_clear(&why);
    if (root_page_read(text, got, &whose, &why))
        fail_msg("%s: %s", why.code, why.message);
    assert_memory_equal(got, seed, sizeof seed);
    assert_string_equal(whose.s, NODE);
}

static void assert_mistyped(struct cs_span text, const char *lines)
{
    unsigned char got[CS_KEY_SEED];
    struct cs_node_id whose;

    problem_clear(&why);
    assert_int_equal(root_page_read(text, got, &whose, &why), -1);
    assert_string_equal(why.code, "page_mistyped");
    if (!strstr(why.message, lines))
        fail_msg("\"%s\" does not say \"%s\"", why.message, lines);
}

/* Where line `number` begins on the page. */
static char *line_at(int number)
{
    char start[] = "\n0  ", *at;

    start[1] = (char)('0' + number);
    at = memmem(page.p, page.n, start, 4);
    assert_non_null(at);
    return at + 1;
}

static void what_is_printed_comes_back(void **state)
{
    struct cs_buffer other = CS_BUFFER_INIT;

    (void)state;
    assert_read(cs_buffer_span(&page));
    root_page_lines(seed, &node, &other);
    assert_int_equal(other.n, ROOT_PAGE_LINES * 28);
    assert_read(cs_buffer_span(&other));
    cs_buffer_reset(&other);
    root_page_code(seed, &node, &other);
    assert_read(cs_buffer_span(&other));
    cs_buffer_free(&other);
}

/* As people type: without blanks, in capitals, with hyphens, 0 and 1 for o and l, lines in any order. */
static void as_people_type(void **state)
{
    struct cs_buffer typed = CS_BUFFER_INIT;

    (void)state;
    for (int i = ROOT_PAGE_LINES; i > 0; i--) {
        const char *line = line_at(i);

        cs_buffer_printf(&typed, " %d) ", i);
        for (line += 1; *line != '\n'; line++) {
            if (*line == ' ')
                cs_buffer_add_text(&typed, i % 2 ? "" : "-");
            else if (*line == 'o' || *line == 'l' || *line == 'b')
                cs_buffer_add_byte(&typed, *line == 'o' ? '0' : *line == 'l' ? '1' : '8');
            else
                cs_buffer_add_byte(&typed, (unsigned char)(*line >= 'a' ? *line - 32 : *line));
        }
        cs_buffer_add_text(&typed, "\r\n");
    }
    assert_read(cs_buffer_span(&typed));
    cs_buffer_free(&typed);
}

/* Every letter of every line, wrong by one. */
static void every_slip_is_named(void **state)
{
    (void)state;
    for (int i = 1; i <= ROOT_PAGE_LINES; i++) {
        char expected[16], *line = line_at(i);

        snprintf(expected, sizeof expected, "Line %d ", i);
        for (char *c = line + 1; *c != '\n'; c++) {
            char before = *c;

            if (before == ' ')
                continue;
            *c = before == 'a' ? 'c' : 'a';
            assert_mistyped(cs_buffer_span(&page), expected);
            *c = '?';
            assert_mistyped(cs_buffer_span(&page), expected);
            *c = ' '; /* one too few */
            assert_mistyped(cs_buffer_span(&page), expected);
            *c = before;
        }
    }
    assert_read(cs_buffer_span(&page));
}

static void swapped_and_missing_lines(void **state)
{
    char *two = line_at(2), *five = line_at(5);

    (void)state;
    *two = '5';
    *five = '2';
    assert_mistyped(cs_buffer_span(&page), "Lines 2, 5 ");
    *two = 'x';
    *five = 'x';
    assert_mistyped(cs_buffer_span(&page), "Lines 2, 5 ");
    assert_mistyped(cs_span_make(NULL, 0), "Lines 1, 2, 3, 4, 5, 6, 7 ");
}

/* Whole lines of another page don't fit among these. */
static void lines_of_two_pages(void **state)
{
    struct cs_buffer other = CS_BUFFER_INIT, mixed = CS_BUFFER_INIT;
    unsigned char another[CS_KEY_SEED] = {7};

    (void)state;
    root_page_lines(another, &node, &other);
    cs_buffer_add(&mixed, other.p, 28);
    cs_buffer_add(&mixed, line_at(2), (size_t)6 * 28);
    assert_mistyped(cs_buffer_span(&mixed), "do not belong together");
    cs_buffer_free(&other);
    cs_buffer_free(&mixed);
}

static void a_key_file(void **state)
{
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                              "-----END PRIVATE KEY-----\n";
    unsigned char got[CS_KEY_SEED];
    struct cs_node_id whose;

    (void)state;
    assert_int_equal(root_page_read(cs_span_of(pem), got, &whose, &why), 0);
    assert_string_equal(whose.s, "");
    assert_int_equal(got[0], 0x9d);
    assert_int_equal(root_page_read(cs_span_make(pem, 60), got, &whose, &why), -1);
    assert_string_equal(why.code, "key_damaged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_printed_comes_back, make, unmake),
        cmocka_unit_test_setup_teardown(as_people_type, make, unmake),
        cmocka_unit_test_setup_teardown(every_slip_is_named, make, unmake),
        cmocka_unit_test_setup_teardown(swapped_and_missing_lines, make, unmake),
        cmocka_unit_test_setup_teardown(lines_of_two_pages, make, unmake),
        cmocka_unit_test_setup_teardown(a_key_file, make, unmake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
