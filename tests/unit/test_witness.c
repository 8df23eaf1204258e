/*
 * The body of add-checkpoint.
 */
#include "tests/unit/identity.h"

#include <commonshelf/encode.h>
#include <commonshelf/witness.h>

static void what_is_written_is_read(void **state)
{
    struct cs_hash proof[CS_PROOF_MAX + 1];
    struct cs_buffer body = CS_BUFFER_INIT, again = CS_BUFFER_INIT;
    struct cs_add_checkpoint ask;

    (void)state;
    memset(proof, 0x5a, sizeof(proof));
    for (size_t n = 0; n <= CS_PROOF_MAX; n += 21) {
        cs_buffer_reset(&body);
        cs_buffer_reset(&again);
        cs_add_checkpoint_write(2, proof, n, cs_span_of(example_checkpoint), &body);
        assert_int_equal(cs_add_checkpoint_read(cs_buffer_span(&body), &ask), CS_OK);
        assert_int_equal(ask.old_size, 2);
        assert_int_equal(ask.n, n);
        assert_true(cs_span_is(ask.note, example_checkpoint));
        cs_add_checkpoint_write(ask.old_size, ask.proof, ask.n, ask.note, &again);
        assert_true(cs_span_equal(cs_buffer_span(&again), cs_buffer_span(&body)));
    }
    cs_buffer_reset(&body);
    cs_add_checkpoint_write(2, proof, CS_PROOF_MAX + 1, cs_span_of(example_checkpoint), &body);
    assert_int_equal(cs_add_checkpoint_read(cs_buffer_span(&body), &ask), CS_TOO_LARGE);
    cs_buffer_free(&body);
    cs_buffer_free(&again);
}

static void what_is_refused(void **state)
{
    static const char *const heads[] = {"",           "\n",    "old\n\n",         "old 01\n\n",
                                        "old -1\n\n", "old 1", "old 1\nAAAA\n\n", "old 1\n \n",
                                        "new 1\n\n"};
    /* It ends before the empty line, or in the middle of a hash. */
    static const char *const cut[] = {"old 1\n",
                                      "old 1\nOzFfNdhlUESQKvBCpw76R87dociwudC5fK2Ljt4yYb8=\n",
                                      "old 1\nOzFfNdhlUESQKvBCpw76R87dociwudC5fK2Ljt4yYb8="};
    struct cs_buffer body = CS_BUFFER_INIT;
    struct cs_add_checkpoint ask;

    (void)state;
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        cs_buffer_reset(&body);
        cs_buffer_printf(&body, "%s%s", heads[i], example_checkpoint);
        assert_int_equal(cs_add_checkpoint_read(cs_buffer_span(&body), &ask), CS_MALFORMED);
    }
    cs_buffer_reset(&body);
    cs_buffer_add_text(&body, "old 0\n\n");
    assert_int_not_equal(cs_add_checkpoint_read(cs_buffer_span(&body), &ask), CS_OK);
    for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
        assert_int_equal(cs_add_checkpoint_read(cs_span_of(cut[i]), &ask), CS_MALFORMED);
    cs_buffer_reset(&body);
    memset(cs_buffer_reserve(&body, CS_WITNESS_BODY_MAX), 'x', CS_WITNESS_BODY_MAX);
    body.n = CS_WITNESS_BODY_MAX;
    cs_buffer_add_byte(&body, 'x');
    assert_int_equal(cs_add_checkpoint_read(cs_buffer_span(&body), &ask), CS_TOO_LARGE);
    cs_buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_is_refused),
    };

    return cmocka_run_group_tests_name("witness", tests, NULL, NULL);
}
