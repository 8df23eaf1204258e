/*
 * HTTP signatures: the bytes as each header, and as a request's values, which are signed here. What
 * is read is written back as the same bytes; no value gets a line of its own into the base.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/httpsig.h>

#define NONCE "AAAAAAAAAAAAAAAAAAAAAA=="
#define CREATED 1790003700
#define VALUE                                                                                      \
    "cs=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==" \
    ":"

static void check_headers(struct cs_span bytes)
{
    struct cs_buffer written = CS_BUFFER_INIT;
    unsigned char signature[CS_SIGNATURE];
    struct cs_httpsig sig;
    struct cs_span params;

    for (int has_body = 0; has_body < 2; has_body++) {
        if (cs_httpsig_read(bytes, cs_span_of(VALUE), has_body, &sig, &params, signature))
            continue;
        cs_buffer_reset(&written);
        cs_httpsig_input(has_body, &sig, &written);
        must(cs_span_equal(bytes, cs_buffer_span(&written)));
        must(params.p == bytes.p + 3 && params.n == bytes.n - 3);
    }
    cs_buffer_reset(&written);
    memset(&sig, 0, sizeof(sig));
    sig.created = CREATED;
    sig.expires = CREATED + 300;
    memcpy(sig.nonce, NONCE, sizeof(NONCE));
    must(cs_node_id_read(cs_span_of(FUZZ_NODE), &sig.node) == CS_OK);
    cs_httpsig_input(true, &sig, &written);
    if (cs_httpsig_read(cs_buffer_span(&written), bytes, true, &sig, &params, signature) == CS_OK) {
        cs_buffer_reset(&written);
        cs_httpsig_value(signature, &written);
        must(cs_span_equal(bytes, cs_buffer_span(&written)));
    }
    cs_buffer_free(&written);
}

/* The bytes before the next NUL, which is taken too. */
static struct cs_span next_value(struct cs_span *rest)
{
    const unsigned char *nul = rest->n ? memchr(rest->p, '\0', rest->n) : NULL;
    struct cs_span value = cs_span_make(rest->p, nul ? (size_t)(nul - rest->p) : rest->n);

    rest->p += value.n + (nul != NULL);
    rest->n -= value.n + (nul != NULL);
    return value;
}

static size_t line_ends(struct cs_span s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.n; i++)
        count += s.p[i] == '\n';
    return count;
}

static enum cs_status sign_and_verify(const struct cs_request *request, struct cs_span body,
                                      const struct cs_httpsig *sig, size_t *lines)
{
    struct cs_buffer input = CS_BUFFER_INIT, base = CS_BUFFER_INIT, value = CS_BUFFER_INIT;
    unsigned char seed[CS_KEY_SEED], signature[CS_SIGNATURE];
    struct cs_public_key key = fuzz_key(FUZZ_AUTH);
    struct cs_httpsig read;
    enum cs_status status;

    memset(seed, FUZZ_AUTH, sizeof(seed));
    cs_httpsig_input(request->has_body, sig, &input);
    cs_httpsig_base(request, cs_span_make(input.p + 3, input.n - 3), &base);
    must(cs_key_sign(seed, cs_buffer_span(&base), signature) == CS_OK);
    cs_httpsig_value(signature, &value);
    status = cs_request_verify(request, cs_buffer_span(&input), cs_buffer_span(&value), body,
                               &sig->node, &key, CREATED, &read);
    *lines = line_ends(cs_buffer_span(&base));
    cs_buffer_free(&input);
    cs_buffer_free(&base);
    cs_buffer_free(&value);
    return status;
}

static void check_request(struct cs_span rest)
{
    struct cs_httpsig sig = {.created = CREATED, .expires = CREATED + 300, .nonce = NONCE};
    char digest[CS_DIGEST_LEN + 1];
    struct cs_request request = {0};
    enum cs_status status;
    size_t lines;

    request.method = next_value(&rest);
    request.authority = next_value(&rest);
    request.path = next_value(&rest);
    request.query = next_value(&rest);
    request.content_type = next_value(&rest);
    request.to = next_value(&rest);
    must(cs_node_id_read(cs_span_of(FUZZ_NODE), &sig.node) == CS_OK);
    request.has_body = request.content_type.n > 0;
    if (request.has_body) {
        cs_digest_write(rest, digest);
        must(cs_digest_check(cs_span_of(digest), rest) == CS_OK);
        request.content_digest = cs_span_of(digest);
    }
    status = sign_and_verify(&request, rest, &sig, &lines);
    must(status == CS_OK || status == CS_MALFORMED || status == CS_WRONG_RECIPIENT);
    if (status == CS_OK)
        must(lines == (request.has_body ? 7 : 5) && cs_span_is(request.to, FUZZ_NODE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size);

    check_headers(bytes);
    must(cs_digest_check(bytes, cs_span_of("x")) == CS_MALFORMED || size == CS_DIGEST_LEN);
    check_request(bytes);
    return 0;
}
