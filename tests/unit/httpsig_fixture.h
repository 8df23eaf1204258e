/*
 * The worked example of a signed request, changed at will and then signed or verified. Tests only.
 */
#ifndef TESTS_HTTPSIG_FIXTURE_H
#define TESTS_HTTPSIG_FIXTURE_H

#include "tests/unit/identity.h"

#include <commonshelf/encode.h>
#include <commonshelf/httpsig.h>

#define NODE "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"
#define OTHER "cs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
#define NONCE "k0bJ4o3xQ0m1r6Yb2t9V1w=="
#define CREATED 1790003700
#define EXPIRES 1790004000
#define LIST                                                                                       \
    "(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" "        \
    "\"csh-to\")"
#define BARE_LIST "(\"@method\" \"@authority\" \"@path\" \"@query\" \"csh-to\")"
#define RESPONSE_LIST                                                                              \
    "(\"@status\" \"content-digest\" \"content-type\" \"signature\";req;key=\"cs\")"
#define TIMES ";created=1790003700;expires=1790004000"
#define TAIL ";nonce=\"" NONCE "\";keyid=\"" NODE "/auth\";tag=\"commonshelf-v1\""
#define PARAMS LIST TIMES TAIL
#define INPUT "cs=" PARAMS
#define BODY "{\"q\":\"fracciones\",\"lang\":\"es\",\"limit\":20}"
#define DIGEST "sha-256=:It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUvI=:"
#define SIGNATURE                                                                                  \
    "cs=:WXKqUFfDZSr8A+1UECbcFMziXWBUmGRSYrdVunhOFTMtyW34uuQJGI3G1P+BsRgJaql1op9G+RY/"             \
    "bElDLfDQCQ==:"

/* A request and all that goes with it. */
struct exchange {
    struct cs_request request;
    struct cs_span input, signature, body;
    struct cs_node_id self;
    struct cs_public_key key;
    uint64_t now;
    struct cs_buffer signed_value;
};

static inline struct cs_node_id node_id(const char *text)
{
    struct cs_node_id node;

    assert_int_equal(cs_node_id_read(cs_span_of(text), &node), CS_OK);
    return node;
}

static inline struct exchange example(void)
{
    struct exchange x = {.input = cs_span_of(INPUT),
                         .signature = cs_span_of(SIGNATURE),
                         .body = cs_span_of(BODY),
                         .self = node_id(OTHER),
                         .key = key_named("auth"),
                         .now = CREATED + 10,
                         .signed_value = CS_BUFFER_INIT};

    x.request = (struct cs_request){.method = cs_span_of("POST"),
                                    .authority = cs_span_of("biblio.ciudad.example"),
                                    .path = cs_span_of("/csh/v1/search"),
                                    .query = cs_span_of(""),
                                    .has_body = true,
                                    .content_type = cs_span_of("application/json"),
                                    .content_digest = cs_span_of(DIGEST),
                                    .to = cs_span_of(OTHER)};
    return x;
}

static inline void sign_base(const struct cs_buffer *base, struct cs_buffer *value)
{
    unsigned char seed[CS_KEY_SEED], signature[CS_SIGNATURE];

    assert_false(base->failed);
    seed_named("auth", seed);
    assert_int_equal(cs_key_sign(seed, cs_buffer_span(base), signature), CS_OK);
    cs_buffer_reset(value);
    cs_httpsig_value(signature, value);
}

/* Signs the request as it stands, so that a refusal has another reason than the signature. */
static inline void sign(struct exchange *x)
{
    struct cs_buffer base = CS_BUFFER_INIT;

    cs_httpsig_base(&x->request, cs_span_make(x->input.p + 3, x->input.n - 3), &base);
    sign_base(&base, &x->signed_value);
    x->signature = cs_buffer_span(&x->signed_value);
    cs_buffer_free(&base);
}

static inline enum cs_status verify(const struct exchange *x)
{
    struct cs_httpsig sig;

    return cs_request_verify(&x->request, x->input, x->signature, x->body, &x->self, &x->key,
                             x->now, &sig);
}

static inline void wants(struct exchange *x, enum cs_status status)
{
    enum cs_status got = verify(x);

    if (got != status)
        fail_msg("%s, not %s", cs_status_code(got), cs_status_code(status));
    cs_buffer_free(&x->signed_value);
}

static inline void signed_wants(struct exchange *x, enum cs_status status)
{
    sign(x);
    wants(x, status);
}

#endif
