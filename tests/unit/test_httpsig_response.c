/*
 * Signed responses: bound to the request's signature and nonce, and to the node that was asked.
 */
#include "tests/unit/httpsig_fixture.h"

#define RESPONSE_PARAMS                                                                            \
    RESPONSE_LIST TIMES ";nonce=\"" NONCE "\";keyid=\"" NODE "/auth\";tag=\"commonshelf-v1\""
#define REQUEST_SIGNATURE                                                                          \
    ":WXKqUFfDZSr8A+1UECbcFMziXWBUmGRSYrdVunhOFTMtyW34uuQJGI3G1P+BsRgJaql1op9G+RY/bElDLfDQCQ==:"

static struct cs_response example_response(void)
{
    return (struct cs_response){.status = 200,
                                .content_type = cs_span_of("application/json"),
                                .content_digest = cs_span_of(DIGEST),
                                .request_signature = cs_span_of(REQUEST_SIGNATURE)};
}

static void sign_response(const struct cs_response *response, const char *params,
                          struct cs_buffer *value)
{
    struct cs_buffer base = CS_BUFFER_INIT;

    cs_response_base(response, cs_span_of(params), &base);
    sign_base(&base, value);
    cs_buffer_free(&base);
}

static enum cs_status verify_response(const struct cs_response *response, const char *input,
                                      const struct cs_buffer *value, const char *body,
                                      const char *from, const char *nonce, uint64_t now)
{
    struct cs_public_key key = key_named("auth");
    struct cs_node_id node = node_id(from);
    struct cs_httpsig sig;

    return cs_response_verify(response, cs_span_of(input), cs_buffer_span(value), cs_span_of(body),
                              &node, nonce, &key, now, &sig);
}

static void test_response(void **state)
{
    static const char input[] = "cs=" RESPONSE_PARAMS;
    struct cs_httpsig sig = {.created = CREATED, .expires = EXPIRES, .nonce = NONCE};
    struct cs_response response = example_response();
    struct cs_buffer value = CS_BUFFER_INIT, text = CS_BUFFER_INIT;

    (void)state;
    sig.node = node_id(NODE);
    cs_response_input(&sig, &text);
    assert_string_equal(cs_buffer_text(&text), input);
    cs_buffer_reset(&text);
    cs_response_base(&response, cs_span_of(RESPONSE_PARAMS), &text);
    assert_string_equal(cs_buffer_text(&text),
                        "\"@status\": 200\n"
                        "\"content-digest\": " DIGEST "\n"
                        "\"content-type\": application/json\n"
                        "\"signature\";req;key=\"cs\": " REQUEST_SIGNATURE "\n"
                        "\"@signature-params\": " RESPONSE_PARAMS);
    cs_buffer_free(&text);

    sign_response(&response, RESPONSE_PARAMS, &value);
#define VERIFY(body, from, nonce, now)                                                             \
    verify_response(&response, input, &value, body, from, nonce, now)
    assert_int_equal(VERIFY(BODY, NODE, NONCE, CREATED), CS_OK);
    assert_int_equal(VERIFY("{}", NODE, NONCE, CREATED), CS_BAD_DIGEST);
    assert_int_equal(VERIFY(BODY, OTHER, NONCE, CREATED), CS_WRONG_ORIGIN);
    assert_int_equal(VERIFY(BODY, NODE, "AAAAAAAAAAAAAAAAAAAAAA==", CREATED), CS_WRONG_RECIPIENT);
    assert_int_equal(VERIFY(BODY, NODE, "", CREATED), CS_WRONG_RECIPIENT);
    assert_int_equal(VERIFY(BODY, NODE, NONCE, CREATED - 301), CS_NOT_YET);
    assert_int_equal(VERIFY(BODY, NODE, NONCE, EXPIRES + 301), CS_EXPIRED);

    response.status = 401;
    assert_int_equal(VERIFY(BODY, NODE, NONCE, CREATED), CS_BAD_SIGNATURE);
    response = example_response();
    response.content_type = cs_span_of("text/html");
    assert_int_equal(VERIFY(BODY, NODE, NONCE, CREATED), CS_BAD_SIGNATURE);
    /* The answer to another request of the same nonce. */
    response = example_response();
    response.request_signature = cs_span_of(":AAAA:");
    assert_int_equal(VERIFY(BODY, NODE, NONCE, CREATED), CS_BAD_SIGNATURE);
#undef VERIFY
    cs_buffer_free(&value);
}

static void refuse_response(const struct cs_response *response, const char *params)
{
    struct cs_buffer value = CS_BUFFER_INIT, input = CS_BUFFER_INIT;

    sign_response(response, params, &value);
    cs_buffer_printf(&input, "cs=%s", params);
    assert_int_equal(
        verify_response(response, cs_buffer_text(&input), &value, BODY, NODE, NONCE, CREATED),
        CS_MALFORMED);
    cs_buffer_free(&value);
    cs_buffer_free(&input);
}

static void test_responses_refused(void **state)
{
    struct cs_response response;

    (void)state;
    response = example_response();
    refuse_response(&response, PARAMS); /* a request's list */
    refuse_response(&response, "(\"@status\")" TIMES TAIL);
    refuse_response(&response, "(\"@status\" \"content-digest\" \"content-type\")" TIMES TAIL);
    refuse_response(&response, RESPONSE_PARAMS ";alg=\"ed25519\"");
    response.status = 99;
    refuse_response(&response, RESPONSE_PARAMS);
    response.status = 600;
    refuse_response(&response, RESPONSE_PARAMS);
    response = example_response();
    response.content_type = cs_span_of("text/plain\n\"@status\": 200");
    refuse_response(&response, RESPONSE_PARAMS);
    response = example_response();
    response.content_digest = cs_span_of("sha-512=:AA==:");
    refuse_response(&response, RESPONSE_PARAMS);
    response = example_response();
    response.request_signature = cs_span_of("");
    refuse_response(&response, RESPONSE_PARAMS);
    response.request_signature = cs_span_of(":A\nA:");
    refuse_response(&response, RESPONSE_PARAMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_responses_refused),
    };

    return cmocka_run_group_tests_name("httpsig_response", tests, NULL, NULL);
}
