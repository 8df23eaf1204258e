/*
 * Signed requests: the worked example of SPEC.md byte for byte, and T20, T21, T22 and
 * every other way to get one wrong.
 */
#include "tests/unit/httpsig_fixture.h"

/* ---- the worked example */

static void test_worked_example(void **state)
{
    struct cs_httpsig sig = {.created = CREATED, .expires = EXPIRES, .nonce = NONCE}, read;
    struct cs_buffer input = CS_BUFFER_INIT, base = CS_BUFFER_INIT;
    struct exchange x = example();
    char digest[CS_DIGEST_LEN + 1];

    (void)state;
    cs_digest_write(x.body, digest);
    assert_string_equal(digest, DIGEST);
    sig.node = node_id(NODE);
    cs_httpsig_input(true, &sig, &input);
    assert_string_equal(cs_buffer_text(&input), INPUT);
    assert_true(input.n <= CS_HTTPSIG_INPUT_MAX);

    cs_httpsig_base(&x.request, cs_span_of(PARAMS), &base);
    assert_string_equal(cs_buffer_text(&base), "\"@method\": POST\n"
                                               "\"@authority\": biblio.ciudad.example\n"
                                               "\"@path\": /csh/v1/search\n"
                                               "\"@query\": ?\n"
                                               "\"content-digest\": " DIGEST "\n"
                                               "\"content-type\": application/json\n"
                                               "\"csh-to\": " OTHER "\n"
                                               "\"@signature-params\": " PARAMS);
    sign(&x);
    assert_string_equal(cs_buffer_text(&x.signed_value), SIGNATURE);
    assert_true(x.signed_value.n <= CS_HTTPSIG_VALUE_MAX);

    assert_int_equal(cs_request_verify(&x.request, cs_span_of(INPUT), cs_span_of(SIGNATURE), x.body,
                                       &x.self, &x.key, x.now, &read),
                     CS_OK);
    assert_int_equal(read.created, CREATED);
    assert_int_equal(read.expires, EXPIRES);
    assert_string_equal(read.nonce, NONCE);
    assert_string_equal(read.node.s, NODE);
    cs_buffer_free(&input);
    cs_buffer_free(&base);
    cs_buffer_free(&x.signed_value);
}

static void test_without_body(void **state)
{
    struct exchange x = example();
    struct cs_buffer base = CS_BUFFER_INIT;

    (void)state;
    x.request = (struct cs_request){.method = cs_span_of("GET"),
                                    .authority = cs_span_of("[2001:db8::1]:7443"),
                                    .path = cs_span_of("/csh/v1/shelves"),
                                    .query = cs_span_of("?since=4"),
                                    .to = cs_span_of(OTHER)};
    x.body = cs_span_make(NULL, 0);
    x.input = cs_span_of("cs=" BARE_LIST TIMES TAIL);
    cs_httpsig_base(&x.request, cs_span_of(BARE_LIST TIMES TAIL), &base);
    assert_string_equal(cs_buffer_text(&base), "\"@method\": GET\n"
                                               "\"@authority\": [2001:db8::1]:7443\n"
                                               "\"@path\": /csh/v1/shelves\n"
                                               "\"@query\": ?since=4\n"
                                               "\"csh-to\": " OTHER "\n"
                                               "\"@signature-params\": " BARE_LIST TIMES TAIL);
    cs_buffer_free(&base);
    sign(&x);
    assert_int_equal(verify(&x), CS_OK);

    /* What the signature does not cover must not be there. */
    x.body = cs_span_of("x");
    assert_int_equal(verify(&x), CS_MALFORMED);
    x.body = cs_span_make(NULL, 0);
    x.request.content_type = cs_span_of("text/plain");
    assert_int_equal(verify(&x), CS_MALFORMED);
    x.request.content_type = cs_span_make(NULL, 0);
    x.request.content_digest = cs_span_of(DIGEST);
    assert_int_equal(verify(&x), CS_MALFORMED);
    cs_buffer_free(&x.signed_value);

    /* A request with a body can't choose the shorter list. */
    x = example();
    x.input = cs_span_of("cs=" BARE_LIST TIMES TAIL);
    signed_wants(&x, CS_MALFORMED);
}

/* ---- T20: the same signature with something else than what was signed */

static void test_other_requests(void **state)
{
    struct exchange x;

    (void)state;
    x = example();
    x.request.method = cs_span_of("PUT");
    wants(&x, CS_BAD_SIGNATURE);
    x = example();
    x.request.authority = cs_span_of("other.example");
    wants(&x, CS_BAD_SIGNATURE);
    x = example();
    x.request.path = cs_span_of("/csh/v1/searcH");
    wants(&x, CS_BAD_SIGNATURE);
    x = example();
    x.request.query = cs_span_of("?x");
    wants(&x, CS_BAD_SIGNATURE);
    x = example();
    x.request.content_type = cs_span_of("text/plain");
    wants(&x, CS_BAD_SIGNATURE);
    x = example();
    x.key = key_named("log");
    wants(&x, CS_BAD_SIGNATURE);
    x = example();
    memset(&x.key, 0, sizeof(x.key));
    wants(&x, CS_BAD_KEY);

    /* To another node: even before the signature, and when the header is rewritten, by it. */
    x = example();
    x.self = node_id(NODE);
    wants(&x, CS_WRONG_RECIPIENT);
    x = example();
    x.self = node_id(NODE);
    x.request.to = cs_span_of(NODE);
    wants(&x, CS_BAD_SIGNATURE);
    x = example();
    x.request.to = cs_span_of("");
    wants(&x, CS_WRONG_RECIPIENT);

    /* An empty query and none are one and the same (RFC 9421 §2.2.7). */
    x = example();
    x.request.query = cs_span_of("?");
    wants(&x, CS_OK);
}

/* ---- T21: bodies and digests */

static void test_bodies_and_digests(void **state)
{
    static const char *const digests[] = {
        "",
        "sha-256=::",
        "sha-256=:It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUvI=",
        "sha-256=:It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUvI=;",
        "sha-256=It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUvI=::",
        "SHA-256=:It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUvI=:",
        "sha-256=:It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUvJ=:",
        "sha-256=:It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUv==:",
        "sha-256=:It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUv I=:",
        "sha-256=\"It0MNKWBHWQkjcbvFX7K2EyGUv7ZZoexeNGTxDAkUvI=\"",
        DIGEST " ",
        DIGEST ";a",
        DIGEST ", " DIGEST,
        DIGEST ", sha-512=:AA==:",
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWX"
        "vJwew==:",
        "sha-512=:AA==:, " DIGEST};
    struct exchange x = example();

    (void)state;
    for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
        assert_int_equal(cs_digest_check(cs_span_of(digests[i]), x.body), CS_MALFORMED);
        x.request.content_digest = cs_span_of(digests[i]);
        signed_wants(&x, CS_MALFORMED);
    }
    assert_int_equal(cs_digest_check(cs_span_of(DIGEST), x.body), CS_OK);
    assert_int_equal(cs_digest_check(cs_span_of(DIGEST), cs_span_of("x")), CS_BAD_DIGEST);

    x = example();
    x.body = cs_span_of(BODY " ");
    wants(&x, CS_BAD_DIGEST);
    x = example();
    x.body = cs_span_make(NULL, 0);
    wants(&x, CS_BAD_DIGEST);
    x = example();
    x.request.content_digest = cs_span_of("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
    wants(&x, CS_BAD_SIGNATURE); /* an honest digest of another body */
    x = example();
    x.request.content_digest = cs_span_of("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
    signed_wants(&x, CS_BAD_DIGEST);
}

/* ---- values that would bring lines of their own into the base, or are of no known form */

static void test_values_refused(void **state)
{
    static char long_path[CS_URL_MAX + 2];
    struct exchange x;

    (void)state;
#define REFUSED(member, value)                                                                     \
    do {                                                                                           \
        x = example();                                                                             \
        x.request.member = cs_span_make(value, sizeof(value) - 1);                                 \
        signed_wants(&x, CS_MALFORMED);                                                            \
    } while (0)
    REFUSED(method, "");
    REFUSED(method, "post");
    REFUSED(method, "POST\n\"@path\": /");
    REFUSED(method, "POST GET");
    REFUSED(method, "ABCDEFGHIJKLMNOPQ");
    REFUSED(authority, "");
    REFUSED(authority, "Biblio.ciudad.example");
    REFUSED(authority, "biblio.ciudad.example\n\"@path\": /x");
    REFUSED(authority, "a b");
    REFUSED(authority, "b\xc3\xbc"
                       "cher.example");
    REFUSED(path, "");
    REFUSED(path, "csh/v1/search");
    REFUSED(path, "/csh?q");
    REFUSED(path, "/a b");
    REFUSED(path, "/a\n\"@query\": ?");
    REFUSED(path, "/a\0b");
    REFUSED(path, "/\xc3\xa9");
    REFUSED(query, "x");
    REFUSED(query, "?a b");
    REFUSED(query, "?a\r\nb");
    REFUSED(content_type, "");
    REFUSED(content_type, " text/plain");
    REFUSED(content_type, "text/plain ");
    REFUSED(content_type, "text/plain\n\"csh-to\": x");
    REFUSED(content_type, "text/plain\x7f");
    REFUSED(content_type, "text/plain;a=\"\xc3\xa9\"");
#undef REFUSED
    memset(long_path, 'a', sizeof(long_path));
    long_path[0] = '/';
    x = example();
    x.request.path = cs_span_make(long_path, CS_URL_MAX);
    signed_wants(&x, CS_OK);
    x = example();
    x.request.path = cs_span_make(long_path, CS_URL_MAX);
    x.request.query = cs_span_of("?");
    signed_wants(&x, CS_MALFORMED);
    x = example();
    x.request.path = cs_span_make(long_path, CS_URL_MAX + 1);
    signed_wants(&x, CS_MALFORMED);
}

/* ---- times */

static void test_times(void **state)
{
    static const struct {
        uint64_t now;
        enum cs_status status;
    } clocks[] = {{CREATED, CS_OK},
                  {CREATED - CS_REQUEST_SKEW_MAX, CS_OK},
                  {CREATED - CS_REQUEST_SKEW_MAX - 1, CS_NOT_YET},
                  {EXPIRES + CS_REQUEST_SKEW_MAX, CS_OK},
                  {EXPIRES + CS_REQUEST_SKEW_MAX + 1, CS_EXPIRED},
                  {0, CS_NOT_YET},
                  {UINT64_MAX, CS_EXPIRED}};
    static const char *const times[] = {
        ";created=1790003700;expires=1790004001", /* 301 seconds */
        ";created=1790003700;expires=1790003700",
        ";created=1790003700;expires=1790003699",
        ";created=1790003700;expires=0",
        ";created=0;expires=1790004000",
        ";created=01790003700;expires=1790004000",
        ";created=+1790003700;expires=1790004000",
        ";created=-1;expires=1790004000",
        ";created=1790003700.0;expires=1790004000",
        ";created=\"1790003700\";expires=1790004000",
        ";created= 1790003700;expires=1790004000",
        ";created=;expires=1790004000",
        ";created=253402300800;expires=253402300801",
        ";created=18446744073709551616;expires=18446744073709551617"};
    struct exchange x;

    (void)state;
    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        x = example();
        x.now = clocks[i].now;
        wants(&x, clocks[i].status);
    }
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct cs_buffer input = CS_BUFFER_INIT;

        cs_buffer_printf(&input, "cs=%s%s%s", LIST, times[i], TAIL);
        x = example();
        x.input = cs_buffer_span(&input);
        signed_wants(&x, CS_MALFORMED);
        cs_buffer_free(&input);
    }
}

/* ---- T22: other signatures, other grammars */

static void test_inputs_refused(void **state)
{
    static const char *const inputs[] = {
        "", "cs", "cs=", PARAMS, "sig1=" PARAMS, "CS=" PARAMS, " " INPUT, INPUT " ",
        INPUT ";alg=\"ed25519\"", INPUT ", cs2=" PARAMS, INPUT ", " INPUT, "a=(), " INPUT,
        "cs=" LIST ";alg=\"hmac-sha256\"" TIMES TAIL, "cs=" LIST TIMES ";alg=\"ed25519\"" TAIL,
        "cs=" LIST TAIL TIMES, /* parameters in another order */
        "cs=" LIST ";expires=1790004000;created=1790003700" TAIL,
        "cs=" LIST ";created=1790003700" TAIL, "cs=" LIST TIMES, "cs= " LIST TIMES TAIL,
        "cs=" LIST " " TIMES TAIL, "cs=" LIST "; created=1790003700;expires=1790004000" TAIL,
        /* another list: reordered, shorter, longer, spaced, with parameters */
        "cs=(\"@authority\" \"@method\" \"@path\" \"@query\" \"content-digest\" \"content-type\" "
        "\"csh-to\")" TIMES TAIL,
        "cs=()" TIMES TAIL,
        "cs=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" "
        "\"csh-to\" \"date\")" TIMES TAIL,
        "cs=(\"@method\"  \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" "
        "\"csh-to\")" TIMES TAIL,
        "cs=(\"@method\";req \"@authority\" \"@path\" \"@query\" \"content-digest\" "
        "\"content-type\" \"csh-to\")" TIMES TAIL,
        "cs=" RESPONSE_LIST TIMES TAIL,
        /* other tags, keys and nonces */
        "cs=" LIST TIMES ";nonce=\"" NONCE "\";keyid=\"" NODE "/auth\";tag=\"commonshelf-v2\"",
        "cs=" LIST TIMES ";nonce=\"" NONCE "\";keyid=\"" NODE "/auth\"",
        "cs=" LIST TIMES ";nonce=\"" NONCE "\";keyid=\"" NODE "/log\";tag=\"commonshelf-v1\"",
        "cs=" LIST TIMES ";nonce=\"" NONCE "\";keyid=\"" NODE "\";tag=\"commonshelf-v1\"",
        "cs=" LIST TIMES ";nonce=\"" NONCE "\";keyid=\"https://evil.example/key\";"
        "tag=\"commonshelf-v1\"",
        "cs=" LIST TIMES ";nonce=\"" NONCE "\";keyid=\"\";tag=\"commonshelf-v1\"",
        "cs=" LIST TIMES ";nonce=\"\";keyid=\"" NODE "/auth\";tag=\"commonshelf-v1\"",
        "cs=" LIST TIMES ";nonce=\"k0bJ4o3xQ0m1r6Yb2t9V1w\";keyid=\"" NODE
        "/auth\";tag=\"commonshelf-v1\"",
        "cs=" LIST TIMES ";nonce=\"k0bJ4o3xQ0m1r6Yb2t9V1x==\";keyid=\"" NODE
        "/auth\";tag=\"commonshelf-v1\"",
        "cs=" LIST TIMES ";nonce=\"k0bJ4o3xQ0m1r6Yb2t9V1w=\\\"\";keyid=\"" NODE
        "/auth\";tag=\"commonshelf-v1\"",
        /* draft-cavage, in the header it does not belong to */
        "keyId=\"" NODE "/auth\",algorithm=\"hs2019\",headers=\"(request-target) host date\""};
    struct exchange x = example();

    (void)state;
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        struct cs_buffer base = CS_BUFFER_INIT;

        /* Signed as any reader of RFC 9421 would: behind the first '='. */
        x.input = cs_span_of(inputs[i]);
        cs_httpsig_base(&x.request,
                        cs_span_of(strchr(inputs[i], '=') ? strchr(inputs[i], '=') + 1 : ""),
                        &base);
        sign_base(&base, &x.signed_value);
        x.signature = cs_buffer_span(&x.signed_value);
        if (verify(&x) != CS_MALFORMED)
            fail_msg("%s was accepted", inputs[i]);
        cs_buffer_free(&base);
    }
    cs_buffer_free(&x.signed_value);
}

static void test_signatures_refused(void **state)
{
    static const char *const signatures[] = {
        "",
        "cs",
        "cs=::",
        "sig=:WXKqUFfDZSr8A+1UECbcFMziXWBUmGRSYrdVunhOFTMtyW34uuQJGI3G1P+BsRgJaql1op9G+RY/"
        "bElDLfDQCQ=="
        ":",
        "cs=:WXKqUFfDZSr8A+1UECbcFMziXWBUmGRSYrdVunhOFTMtyW34uuQJGI3G1P+BsRgJaql1op9G+RY/"
        "bElDLfDQCR==:",
        "cs=:WXKqUFfDZSr8A+1UECbcFMziXWBUmGRSYrdVunhOFTMtyW34uuQJGI3G1P+BsRgJaql1op9G+RY/"
        "bElDLfDQC===:",
        "cs=:WXKqUFfDZSr8A+1UECbcFMziXWBUmGRSYrdVunhOFTMtyW34uuQJGI3G1P+BsRgJaql1op9G+RY/"
        "bElDLfDQCQ==",
        SIGNATURE " ",
        SIGNATURE ";a",
        SIGNATURE ", x=:AA==:",
        " " SIGNATURE,
        "keyId=\"x\",algorithm=\"rsa-sha256\",headers=\"date\",signature=\"AAAA\""};
    static char too_long[CS_HTTPSIG_INPUT_MAX + 2];
    struct exchange x;

    (void)state;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        x = example();
        x.signature = cs_span_of(signatures[i]);
        wants(&x, CS_MALFORMED);
    }
    memset(too_long, 'a', sizeof(too_long) - 1);
    x = example();
    x.signature = cs_span_make(too_long, CS_HTTPSIG_VALUE_MAX + 1);
    wants(&x, CS_TOO_LARGE);
    x = example();
    x.input = cs_span_make(too_long, CS_HTTPSIG_INPUT_MAX + 1);
    wants(&x, CS_TOO_LARGE);
}

/* T1: any bit of either header changed. */
static void test_every_flipped_bit(void **state)
{
    static const char *const headers[] = {INPUT, SIGNATURE};
    struct exchange x = example();

    (void)state;
    for (size_t h = 0; h < 2; h++) {
        size_t n = strlen(headers[h]);
        unsigned char *header = malloc(n);

        assert_non_null(header);
        memcpy(header, headers[h], n);
        x.input = h == 0 ? cs_span_make(header, n) : cs_span_of(INPUT);
        x.signature = h == 1 ? cs_span_make(header, n) : cs_span_of(SIGNATURE);
        for (size_t bit = 0; bit < n * 8; bit++) {
            header[bit / 8] ^= (unsigned char)(1u << bit % 8);
            if (verify(&x) == CS_OK)
                fail_msg("bit %zu of header %zu does not matter", bit, h);
            header[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
        for (size_t cut = 0; cut < n; cut++) {
            x.input = h == 0 ? cs_span_make(header, cut) : cs_span_of(INPUT);
            x.signature = h == 1 ? cs_span_make(header, cut) : cs_span_of(SIGNATURE);
            assert_int_equal(verify(&x), CS_MALFORMED);
        }
        free(header);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),    cmocka_unit_test(test_without_body),
        cmocka_unit_test(test_other_requests),    cmocka_unit_test(test_bodies_and_digests),
        cmocka_unit_test(test_values_refused),    cmocka_unit_test(test_times),
        cmocka_unit_test(test_inputs_refused),    cmocka_unit_test(test_signatures_refused),
        cmocka_unit_test(test_every_flipped_bit),
    };

    return cmocka_run_group_tests_name("httpsig", tests, NULL, NULL);
}
