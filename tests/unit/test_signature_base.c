/*
 * Signature bases of RFC 9421 appendix B: its six examples, built from its messages, and its six
 * signatures over them. The library's own profile uses less of the RFC; the function is the same.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/encode.h>

#include "protocol/httpsig_internal.h"
#include "protocol/scan.h"

#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <strings.h>

#define COMPONENTS_MAX 16

static json_t *suite;

static const char *text(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));

    if (!s)
        fail_msg("the vectors have no %s", name);
    return s;
}

/* ---- what a message says of a component: enough of RFC 9421 §2 for the examples */

static struct cs_span upto(struct cs_span s, char end)
{
    size_t n = 0;

    while (n < s.n && s.p[n] != (unsigned char)end)
        n++;
    return cs_span_make(s.p, n);
}

/* What stands behind the first `end`. */
static struct cs_span after(struct cs_span s, char end)
{
    struct cs_span before = upto(s, end);

    scan_skip(&s, before.n < s.n ? before.n + 1 : before.n);
    return s;
}

static struct cs_span header(const char *message, struct cs_span name)
{
    struct cs_span rest = after(cs_span_of(message), '\n');

    while (rest.n > 0 && rest.p[0] != '\n') {
        struct cs_span line = upto(rest, '\n'), field = upto(line, ':'), value = after(line, ' ');

        if (field.n == name.n &&
            strncasecmp((const char *)field.p, (const char *)name.p, name.n) == 0)
            return value;
        rest = after(rest, '\n');
    }
    fail_msg("the message has no %.*s", (int)name.n, (const char *)name.p);
    return rest;
}

static struct cs_span derived(const char *message, const char *identifier)
{
    struct cs_span line = upto(cs_span_of(message), '\n');
    struct cs_span target = upto(after(line, ' '), ' '), query = after(target, '?');

    if (strcmp(identifier, "\"@method\"") == 0)
        return upto(line, ' ');
    if (strcmp(identifier, "\"@status\"") == 0)
        return target;
    if (strcmp(identifier, "\"@path\"") == 0)
        return upto(target, '?');
    if (strcmp(identifier, "\"@query\"") == 0)
        return cs_span_make(query.p - 1, query.n + 1);
    if (strcmp(identifier, "\"@authority\"") == 0)
        return header(message, cs_span_of("host"));
    assert_string_equal(identifier, "\"@query-param\";name=\"Pet\"");
    return after(after(query, '&'), '=');
}

static struct cs_span value_of(const char *message, const char *identifier)
{
    if (identifier[1] == '@')
        return derived(message, identifier);
    return header(message, cs_span_make(identifier + 1, strlen(identifier) - 2));
}

/* ---- the suite's bases */

struct list {
    struct cs_component component[COMPONENTS_MAX];
    char identifier[COMPONENTS_MAX][64];
    size_t n;
    struct cs_span params;
};

/* Takes the list of components out of "label=(…);…". */
static void read_list(const json_t *vector, struct list *list)
{
    struct cs_span rest = after(cs_span_of(text(vector, "signature_input")), '=');
    struct cs_span inner;

    list->params = rest;
    list->n = 0;
    scan_skip(&rest, 1);
    inner = upto(rest, ')');
    while (inner.n > 0) {
        struct cs_span item = upto(inner, ' ');

        assert_true(list->n < COMPONENTS_MAX && item.n < sizeof(list->identifier[0]));
        memcpy(list->identifier[list->n], item.p, item.n);
        list->identifier[list->n][item.n] = '\0';
        list->component[list->n].identifier = list->identifier[list->n];
        list->n++;
        inner = after(inner, ' ');
    }
}

/* The response is signed over a digest of its body that its archived message does not carry. */
static void body_digest(const char *message, struct cs_buffer *out)
{
    const char *body = strstr(message, "\n\n") + 2;
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    assert_int_equal(EVP_Digest(body, strlen(body), hash, &n, EVP_sha512(), NULL), 1);
    cs_buffer_add_text(out, "sha-512=:");
    cs_base64_add(out, cs_span_make(hash, n));
    cs_buffer_add_byte(out, ':');
}

static void build_base(const json_t *vector, struct cs_buffer *out)
{
    const char *message = text(json_object_get(suite, "messages"), text(vector, "message"));
    struct cs_buffer digest = CS_BUFFER_INIT;
    struct list list;

    read_list(vector, &list);
    body_digest(message, &digest);
    for (size_t i = 0; i < list.n; i++) {
        if (strcmp(list.identifier[i], "\"content-digest\"") == 0)
            list.component[i].value = cs_buffer_span(&digest);
        else
            list.component[i].value = value_of(message, list.identifier[i]);
    }
    cs_signature_base(list.component, list.n, list.params, out);
    cs_buffer_free(&digest);
}

/* ---- the suite's signatures, four algorithms */

static EVP_PKEY *public_key(const json_t *vector)
{
    const json_t *key = json_object_get(json_object_get(suite, "keys"), text(vector, "keyid"));
    const char *pem = text(key, "public_pem");
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

    BIO_free(bio);
    assert_non_null(pkey);
    return pkey;
}

static bool verify_rsa_pss(const json_t *vector, struct cs_span base, struct cs_span signature)
{
    EVP_PKEY *pkey = public_key(vector);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters;
    int good;

    assert_int_equal(EVP_DigestVerifyInit(ctx, &parameters, EVP_sha512(), NULL, pkey), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 64), 1);
    good = EVP_DigestVerify(ctx, signature.p, signature.n, base.p, base.n);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return good == 1;
}

/* r and s, 32 bytes each, as OpenSSL wants them. */
static bool verify_ecdsa(const json_t *vector, struct cs_span base, struct cs_span signature)
{
    EVP_PKEY *pkey = public_key(vector);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ECDSA_SIG *pair = ECDSA_SIG_new();
    unsigned char *der = NULL;
    int length, good;

    assert_int_equal(signature.n, 64);
    ECDSA_SIG_set0(pair, BN_bin2bn(signature.p, 32, NULL), BN_bin2bn(signature.p + 32, 32, NULL));
    length = i2d_ECDSA_SIG(pair, &der);
    assert_true(length > 0);
    assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pkey), 1);
    good = EVP_DigestVerify(ctx, der, (size_t)length, base.p, base.n);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return good == 1;
}

static bool verify_ed25519(const json_t *vector, struct cs_span base, struct cs_span signature)
{
    const json_t *key = json_object_get(json_object_get(suite, "keys"), text(vector, "keyid"));
    struct cs_public_key public;

    assert_int_equal(signature.n, CS_SIGNATURE);
    assert_int_equal(cs_base64url_read(cs_span_of(text(json_object_get(key, "jwk"), "x")), public.b,
                                       sizeof(public.b)),
                     CS_OK);
    return cs_key_verify(&public, base, signature.p) == CS_OK;
}

static bool verify_hmac(const json_t *vector, struct cs_span base, struct cs_span signature)
{
    const json_t *key = json_object_get(json_object_get(suite, "keys"), text(vector, "keyid"));
    struct cs_buffer secret = CS_BUFFER_INIT;
    struct cs_hash mac;

    assert_int_equal(cs_base64_read_any(cs_span_of(text(key, "base64")), 1024, &secret), CS_OK);
    assert_int_equal(cs_hmac_sha256(cs_buffer_span(&secret), base, &mac), CS_OK);
    cs_buffer_free(&secret);
    return signature.n == CS_HASH && cs_equal_secret(mac.b, signature.p, CS_HASH);
}

static bool verify(const json_t *vector, struct cs_span base, struct cs_span signature)
{
    const char *key = text(vector, "keyid");

    if (strcmp(key, "test-key-rsa-pss") == 0)
        return verify_rsa_pss(vector, base, signature);
    if (strcmp(key, "test-key-ecc-p256") == 0)
        return verify_ecdsa(vector, base, signature);
    if (strcmp(key, "test-key-ed25519") == 0)
        return verify_ed25519(vector, base, signature);
    assert_string_equal(key, "test-shared-secret");
    return verify_hmac(vector, base, signature);
}

static void test_rfc9421_appendix_b(void **state)
{
    const json_t *vectors;
    char path[512];

    (void)state;
    vectors_path("crypto/rfc9421/rfc9421-vectors.json", path, sizeof(path));
    suite = json_load_file(path, 0, NULL);
    vectors = json_object_get(suite, "vectors");
    assert_int_equal(json_array_size(vectors), 6);
    for (size_t i = 0; i < 6; i++) {
        const json_t *vector = json_array_get(vectors, i);
        struct cs_buffer base = CS_BUFFER_INIT, signature = CS_BUFFER_INIT;

        build_base(vector, &base);
        assert_string_equal(cs_buffer_text(&base), text(vector, "signature_base"));
        assert_int_equal(
            cs_base64_read_any(cs_span_of(text(vector, "signature_base64")), 1024, &signature),
            CS_OK);
        if (!verify(vector, cs_buffer_span(&base), cs_buffer_span(&signature)))
            fail_msg("%s does not verify", text(vector, "label"));
        base.p[0] ^= 1;
        if (verify(vector, cs_buffer_span(&base), cs_buffer_span(&signature)))
            fail_msg("%s verifies over another base", text(vector, "label"));
        cs_buffer_free(&base);
        cs_buffer_free(&signature);
    }
    json_decref(suite);
}

/* RFC 9421 §2.5: one line for each component, and no line end behind the parameters. */
static void test_form(void **state)
{
    const struct cs_component components[] = {
        {"\"@method\"", cs_span_of("GET")},
        {"\"signature\";req;key=\"cs\"", cs_span_of(":AA==:")},
    };
    struct cs_buffer base = CS_BUFFER_INIT;

    (void)state;
    cs_signature_base(components, 2, cs_span_of("(\"@method\")"), &base);
    assert_string_equal(cs_buffer_text(&base), "\"@method\": GET\n"
                                               "\"signature\";req;key=\"cs\": :AA==:\n"
                                               "\"@signature-params\": (\"@method\")");
    cs_buffer_reset(&base);
    cs_signature_base(NULL, 0, cs_span_of("()"), &base);
    assert_string_equal(cs_buffer_text(&base), "\"@signature-params\": ()");
    cs_buffer_free(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc9421_appendix_b),
        cmocka_unit_test(test_form),
    };

    return cmocka_run_group_tests_name("signature_base", tests, NULL, NULL);
}
