/*
 * Signed responses: values that are signed here, between NUL bytes: content type, the request's
 * signature, then the body. And the bytes as each of the two headers of an answer.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/httpsig.h>

#define NONCE "AAAAAAAAAAAAAAAAAAAAAA=="
#define OTHER_NONCE "BAAAAAAAAAAAAAAAAAAAAA=="
#define CREATED 1790003700
#define LINES 5

/* The bytes before the next NUL, which is taken too. */
static struct cs_span next_value(struct cs_span *rest)
{
    const unsigned char *nul = rest->n ? memchr(rest->p, '\0', rest->n) : NULL;
    struct cs_span value = cs_span_make(rest->p, nul ? (size_t)(nul - rest->p) : rest->n);

    rest->p += value.n + (nul != NULL);
    rest->n -= value.n + (nul != NULL);
    return value;
}

static struct cs_httpsig parameters(void)
{
    struct cs_httpsig sig = {.created = CREATED, .expires = CREATED + 300, .nonce = NONCE};

    must(cs_node_id_read(cs_span_of(FUZZ_NODE), &sig.node) == CS_OK);
    return sig;
}

static void check_signed(struct cs_span rest, unsigned status)
{
    struct cs_buffer input = CS_BUFFER_INIT, base = CS_BUFFER_INIT, value = CS_BUFFER_INIT;
    unsigned char seed[CS_KEY_SEED], signature[CS_SIGNATURE];
    struct cs_public_key key = fuzz_key(FUZZ_AUTH);
    struct cs_httpsig sig = parameters(), read;
    struct cs_response response = {.status = status};
    char digest[CS_DIGEST_LEN + 1];
    size_t lines = 1;

    response.content_type = next_value(&rest);
    response.request_signature = next_value(&rest);
    cs_digest_write(rest, digest);
    response.content_digest = cs_span_of(digest);
    cs_response_input(&sig, &input);
    cs_response_base(&response, cs_span_make(input.p + 3, input.n - 3), &base);
    memset(seed, FUZZ_AUTH, sizeof(seed));
    must(cs_key_sign(seed, cs_buffer_span(&base), signature) == CS_OK);
    cs_httpsig_value(signature, &value);
    for (size_t i = 0; i < base.n; i++)
        lines += base.p[i] == '\n';
    if (cs_response_verify(&response, cs_buffer_span(&input), cs_buffer_span(&value), rest,
                           &sig.node, NONCE, &key, CREATED, &read) == CS_OK) {
        must(lines == LINES && status >= 100 && status <= 599);
        must(cs_response_verify(&response, cs_buffer_span(&input), cs_buffer_span(&value), rest,
                                &sig.node, OTHER_NONCE, &key, CREATED, &read) != CS_OK);
        must(cs_response_verify(&response, cs_buffer_span(&input), cs_buffer_span(&value), rest,
                                &sig.node, NONCE, &key, CREATED + 86400, &read) != CS_OK);
        response.status = status == 599 ? 100 : status + 1;
        must(cs_response_verify(&response, cs_buffer_span(&input), cs_buffer_span(&value), rest,
                                &sig.node, NONCE, &key, CREATED, &read) == CS_BAD_SIGNATURE);
    }
    cs_buffer_free(&input);
    cs_buffer_free(&base);
    cs_buffer_free(&value);
}

/* Nobody else's bytes verify, whatever they look like. */
static void check_header(struct cs_span bytes)
{
    struct cs_buffer input = CS_BUFFER_INIT, value = CS_BUFFER_INIT;
    unsigned char zero[CS_SIGNATURE] = {0};
    struct cs_public_key key = fuzz_key(FUZZ_AUTH);
    struct cs_httpsig sig = parameters(), read;
    char digest[CS_DIGEST_LEN + 1];
    struct cs_response response = {.status = 200,
                                   .content_type = cs_span_of("text/plain"),
                                   .request_signature = cs_span_of(":AAAA:")};

    cs_digest_write(bytes, digest);
    response.content_digest = cs_span_of(digest);
    cs_response_input(&sig, &input);
    cs_httpsig_value(zero, &value);
    must(cs_response_verify(&response, bytes, cs_buffer_span(&value), bytes, &sig.node, NONCE, &key,
                            CREATED, &read) != CS_OK);
    must(cs_response_verify(&response, cs_buffer_span(&input), bytes, bytes, &sig.node, NONCE, &key,
                            CREATED, &read) != CS_OK);
    cs_buffer_free(&input);
    cs_buffer_free(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    check_signed(cs_span_make(data + 2, size - 2), (unsigned)(data[0] << 8 | data[1]) % 1200);
    check_header(cs_span_make(data, size));
    return 0;
}
