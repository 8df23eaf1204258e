/*
 * Seen notes: what is accepted, and what of them is not.
 */
#include "tests/unit/identity.h"

#include <commonshelf/seen.h>

#define LINE                                                                                       \
    "log cs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq/%s/1 4 "                          \
    "OzFfNdhlUESQKvBCpw76R87dociwudC5fK2Ljt4yYb8= %u applied 3\n"

static struct cs_buffer text, note;

static int forget(void **state)
{
    (void)state;
    cs_buffer_free(&text);
    cs_buffer_free(&note);
    return 0;
}

static void head(void)
{
    struct cs_node_id node = example_node_id();

    cs_buffer_reset(&text);
    cs_seen_begin(&text, &node, 1790007500);
}

static enum cs_status read_signed(const char *key, const char *signer, struct cs_span *logs)
{
    struct cs_node_id node = example_node_id();
    struct cs_keyset keyset = example_keyset();
    char name[CS_NOTE_NAME_MAX];
    uint64_t time;

    snprintf(name, sizeof(name), "%s/%s", node.s, signer);
    signed_note(&note, cs_buffer_span(&text), key, name);
    return cs_seen_read(cs_buffer_span(&note), &node, &keyset, &time, logs);
}

static enum cs_status read_text(void)
{
    struct cs_span logs;

    return read_signed("witness", "witness", &logs);
}

static void none_and_several(void **state)
{
    struct cs_seen_log log;
    struct cs_span logs;

    (void)state;
    head();
    assert_int_equal(read_signed("witness", "witness", &logs), CS_OK);
    assert_false(cs_seen_next(&logs, &log));
    cs_buffer_printf(&text, LINE, "b", 7u);
    cs_buffer_printf(&text, LINE, "a", 8u);
    cs_buffer_printf(&text, LINE, "b", 8u);
    assert_int_equal(read_signed("witness", "witness", &logs), CS_OK);
    for (int i = 0; i < 3; i++)
        assert_true(cs_seen_next(&logs, &log));
    assert_int_equal(log.time, 8);
    assert_int_equal(log.size, 4);
    assert_int_equal(log.applied, 3);
    assert_false(cs_seen_next(&logs, &log));
}

static void only_its_witness_says_so(void **state)
{
    struct cs_node_id other = example_node_id();
    struct cs_keyset keyset = example_keyset();
    struct cs_span logs;
    uint64_t time;

    (void)state;
    head();
    assert_int_equal(read_signed("log", "log", &logs), CS_NO_SIGNATURE);
    assert_int_equal(read_signed("log", "witness", &logs), CS_NO_SIGNATURE); /* another key ID */
    assert_int_equal(read_text(), CS_OK);
    note.p[25] ^= 1; /* in the node ID */
    assert_int_not_equal(cs_seen_read(cs_buffer_span(&note), &other, &keyset, &time, &logs), CS_OK);
    assert_int_equal(read_text(), CS_OK);
    other.s[10] = other.s[10] == 'a' ? 'b' : 'a';
    assert_int_equal(cs_seen_read(cs_buffer_span(&note), &other, &keyset, &time, &logs),
                     CS_WRONG_ORIGIN);
}

static void order_and_form(void **state)
{
    static const char *const bad[] = {
        "log x 4 OzFfNdhlUESQKvBCpw76R87dociwudC5fK2Ljt4yYb8= 7 applied 3\n", "log\n", "seen x\n",
        "log cs1 4\n"};
    static const char *const heads[] = {"commonshelf/seen/v1\n", "commonshelf/seen/v1\nnode x\n",
                                        "commonshelf/seen/v1\nnode %s\n",
                                        "commonshelf/seen/v1\nnode %s\ntime 01\n",
                                        "commonshelf/seen/v1\ntime 1790007500\nnode %s\n"};

    (void)state;
    head();
    cs_buffer_printf(&text, LINE LINE, "a", 7u, "a", 7u);
    assert_int_equal(read_text(), CS_MALFORMED);
    head();
    cs_buffer_printf(&text, LINE LINE, "b", 7u, "a", 7u);
    assert_int_equal(read_text(), CS_MALFORMED);
    head();
    cs_buffer_printf(&text, LINE LINE, "a", 8u, "b", 7u);
    assert_int_equal(read_text(), CS_MALFORMED);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        head();
        cs_buffer_add_text(&text, bad[i]);
        assert_int_equal(read_text(), CS_MALFORMED);
    }
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        replaced(&text, heads[i], strstr(heads[i], "%s") ? "%s" : "1\n",
                 strstr(heads[i], "%s") ? example_node : "1\n");
        assert_int_equal(read_text(), CS_MALFORMED);
    }
    head();
    cs_buffer_printf(&text, LINE, "a", 7u);
    assert_int_equal(read_text(), CS_OK);
    *strstr(cs_buffer_text(&text), "= ") = 'A'; /* no hash: one byte too many */
    assert_int_equal(read_text(), CS_MALFORMED);
    head();
    cs_buffer_printf(&text, LINE, "a", 7u);
    text.p[text.n - 2] = 'x'; /* behind "applied" */
    assert_int_equal(read_text(), CS_MALFORMED);
}

static void not_too_many(void **state)
{
    (void)state;
    head();
    for (unsigned i = 0; i < CS_SEEN_LOGS_MAX; i++)
        cs_buffer_printf(&text, LINE, "a", i);
    assert_int_equal(read_text(), CS_OK);
    cs_buffer_printf(&text, LINE, "a", CS_SEEN_LOGS_MAX + 0u);
    assert_int_equal(read_text(), CS_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_and_several),
        cmocka_unit_test(only_its_witness_says_so),
        cmocka_unit_test(order_and_form),
        cmocka_unit_test(not_too_many),
    };

    return cmocka_run_group_tests_name("seen", tests, NULL, forget);
}
