/*
 * Shelves for one reader: what is accepted, and what of them is not.
 */
#include "tests/unit/identity.h"

#include <commonshelf/shelves.h>

#define CHARTER "ch1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"

static enum cs_status read(const char *lines)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_node_id node = example_node_id();
    struct cs_span rest;
    enum cs_status status;

    cs_shelves_begin(&text, &node);
    cs_buffer_add_text(&text, lines);
    status = cs_shelves_read(cs_buffer_span(&text), &node, &rest);
    cs_buffer_free(&text);
    return status;
}

static void there_and_back(void **state)
{
    static const struct cs_shelf shelf[] = {
        {"4q2w", 3, "staff", CS_SHELF_NODES, {""}},
        {"k7", 1, "maths", CS_SHELF_CHARTER, {CHARTER}},
        {"public", CS_VERSION_MAX, "public", CS_SHELF_PUBLIC, {""}},
    };
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_node_id node = example_node_id();
    struct cs_span lines;
    struct cs_shelf out;

    (void)state;
    cs_shelves_begin(&text, &node);
    for (size_t i = 0; i < 3; i++)
        cs_shelves_add(&text, &shelf[i]);
    assert_int_equal(cs_shelves_read(cs_buffer_span(&text), &node, &lines), CS_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_true(cs_shelves_next(&lines, &out));
        assert_string_equal(out.path, shelf[i].path);
        assert_string_equal(out.name, shelf[i].name);
        assert_string_equal(out.charter.s, shelf[i].charter.s);
        assert_int_equal(out.epoch, shelf[i].epoch);
        assert_int_equal(out.audience, shelf[i].audience);
    }
    assert_false(cs_shelves_next(&lines, &out));
    cs_buffer_free(&text);
}

static void refused(void **state)
{
    static const char *const bad[] = {
        "shelf a\n",
        "shelf a 1\n",
        "shelf a 1 b\n",
        "shelf a 1 b \n",
        "shelf a 1 b nobody\n",
        "shelf a 1 b nodes x\n",
        "shelf a 0 b nodes\n",
        "shelf a 01 b nodes\n",
        "shelf a 9223372036854775808 b nodes\n",
        "shelf A 1 b nodes\n",
        "shelf a 1 B nodes\n",
        "shelf -a 1 b nodes\n",
        "shelf a  1 b nodes\n",
        "shelf a 1 b public\n", /* a public shelf is called what its path is */
        "shelf a 1 b charter:\n",
        "shelf a 1 b charter:ch1\n",
        "shelf a 1 b charter:" CHARTER "q\n",
        "shelf a 1 b nodes", /* no line end */
        "shelf a 1 b nodes\n\n",
        "shelf b 1 b nodes\nshelf a 1 a nodes\n",
        "shelf a 1 b nodes\nshelf a 2 c nodes\n",
        "log a 1 b nodes\n",
        "\xff\n",
        "shelf abcdefghijklmnopqrstuvwxyz0123456 1 b nodes\n",
    };

    (void)state;
    assert_int_equal(read(""), CS_OK);
    assert_int_equal(read("shelf a 1 b nodes\nshelf b 1 b public\n"), CS_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (read(bad[i]) != CS_MALFORMED)
            fail_msg("taken: %s", bad[i]);
}

static void whose(void **state)
{
    struct cs_node_id node = example_node_id();
    struct cs_span lines;

    (void)state;
    assert_int_equal(
        cs_shelves_read(cs_span_of("commonshelf/shelves/v1\nnode cs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
                                   "qqqqqqqqqqqqqqqqqqqqq\n"),
                        &node, &lines),
        CS_WRONG_ORIGIN);
    assert_int_equal(cs_shelves_read(cs_span_of("commonshelf/shelves/v2\n"), &node, &lines),
                     CS_UNKNOWN_VERSION);
    assert_int_equal(cs_shelves_read(cs_span_of("commonshelf/shelves/v1\n"), &node, &lines),
                     CS_MALFORMED);
    assert_int_equal(cs_shelves_read(cs_span_of(""), &node, &lines), CS_MALFORMED);
}

static void too_many(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;

    (void)state;
    for (int i = 0; i < CS_PROFILE_SHELVES_MAX; i++)
        cs_buffer_printf(&text, "shelf a%04d 1 b nodes\n", i);
    assert_int_equal(read(cs_buffer_text(&text)), CS_OK);
    cs_buffer_add_text(&text, "shelf b 1 b nodes\n");
    assert_int_equal(read(cs_buffer_text(&text)), CS_TOO_LARGE);
    while (text.n <= CS_SHELVES_MAX)
        cs_buffer_add_text(&text, "shelf b 1 b nodes\n");
    assert_int_equal(read(cs_buffer_text(&text)), CS_TOO_LARGE);
    cs_buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(refused),
        cmocka_unit_test(whose),
        cmocka_unit_test(too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
