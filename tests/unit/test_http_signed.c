/*
 * Signed requests and answers, end to end between the client and the server: what is signed passes, and
 * every way of changing or replaying it does not (T19 to T22).
 */
#include "tests/unit/http_fixture.h"

#define TYPE "application/vnd.example"

struct signed_fixture {
    struct fixture f;
    struct http_client *client;
    struct http_pin pin;
    char keys[2][100];
    struct signer *signer[2]; /* the server's, the client's */
    char authority[64];
    uint64_t now;
    struct cs_node_id known; /* whose key the server knows */
    struct cs_public_key key;
    char nonce[25]; /* the last one seen */
    atomic_bool full; /* no nonce can be remembered */
    struct problem why;
};

enum { SERVER, CLIENT };

static int find_key(void *arg, const struct http_exchange *x, const struct cs_node_id *from,
                    struct cs_public_key *out, struct problem *why)
{
    const struct signed_fixture *s = arg;

    (void)x;
    if (!cs_node_id_equal(from, &s->known))
        return problem_set(why, "unknown_key", "Who is that?");
    *out = s->key;
    return 0;
}

static int take_nonce(void *arg, const struct cs_node_id *from, const char *nonce, uint64_t expires,
                      struct problem *why)
{
    struct signed_fixture *s = arg;

    (void)from;
    assert_true(expires >= s->now);
    if (s->full)
        return problem_set(why, "full", "There is no room.");
    if (strcmp(s->nonce, nonce) == 0)
        return -1;
    strcpy(s->nonce, nonce);
    return 0;
}

static void handle(struct http_exchange *x, void *arg)
{
    struct signed_fixture *s = arg;
    struct http_verifier verifier = {.self = signer_node(s->signer[SERVER]),
                                     .authority = s->authority,
                                     .now = s->now,
                                     .key = find_key,
                                     .nonce = take_nonce,
                                     .arg = s};
    struct cs_buffer out = CS_BUFFER_INIT;
    struct cs_httpsig sig;
    unsigned status;

    problem_clear(&s->why);
    if (http_verify_request(x, &verifier, &sig, &status, &s->why)) {
        if (strcmp(s->why.code, "expired") == 0 || strcmp(s->why.code, "not_yet") == 0)
            http_answer_wrong_time(x, s->signer[SERVER], &sig, s->now, s->why.code);
        else
            http_answer_problem(x, status, s->why.code, NULL);
        return;
    }
    cs_buffer_printf(&out, "for %s: ", sig.node.s);
    cs_buffer_add_span(&out, http_request(x)->body);
    http_answer_signed(x, s->signer[SERVER], &sig, s->now, 200, TYPE, cs_buffer_span(&out));
    cs_buffer_free(&out);
}

static int begin(void **state)
{
    struct signed_fixture *s = calloc(1, sizeof *s);
    struct http_route route = {.path = "/signed",
                               .methods = HTTP_POST | HTTP_GET,
                               .body_max = 1000,
                               .handler = handle,
                               .arg = s};
    struct http_server_config config = {.world = "127.0.0.1:0", .loops = 1};
    struct problem why = PROBLEM_INIT;

    fixture_prepare(&s->f);
    s->now = clock_now();
    for (int i = 0; i < 2; i++) {
        strcat(strcpy(s->keys[i], s->f.directory), i ? "/client" : "/server");
        if (signer_create(s->keys[i], &why) || !(s->signer[i] = signer_open(s->keys[i], &why)))
            fail_msg("%s: %s", why.code, why.message);
    }
    s->known = *signer_node(s->signer[CLIENT]);
    s->key = signer_keyset(s->signer[CLIENT])->auth;
    config.key_path = s->f.key;
    config.certificate_path = s->f.certificate;
    assert_non_null(s->f.server = http_server_new(&config, NULL));
    assert_int_equal(http_server_route(s->f.server, &route, NULL), 0);
    assert_int_equal(http_server_start(s->f.server, NULL), 0);
    assert_true(http_server_address(s->f.server, HTTP_WORLD, s->authority));
    snprintf(s->f.base, sizeof s->f.base, "https://%s", s->authority);
    assert_int_equal(http_certificate_pin(s->f.certificate, &s->pin, NULL), 0);
    assert_non_null(s->client = http_client_new(NULL, NULL));
    *state = s;
    return 0;
}

static void remove_keys(const char *directory)
{
    static const char *const names[] = {"root.key", "log.key", "auth.key", "witness.key", "keyset"};
    char path[200];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

static int end(void **state)
{
    struct signed_fixture *s = *state;

    http_client_free(s->client);
    for (int i = 0; i < 2; i++) {
        signer_close(s->signer[i]);
        remove_keys(s->keys[i]);
    }
    fixture_end(&s->f);
    free(s);
    return 0;
}

static struct http_fetch *fetch_new(struct signed_fixture *s, const char *path, const char *body)
{
    char url[CS_URL_MAX + 1];
    struct http_fetch *fetch;

    assert_int_equal(http_url_join(s->f.base, path, url), 0);
    assert_non_null(fetch = http_fetch_new(url, NULL));
    fetch->method = body ? HTTP_POST : HTTP_GET;
    fetch->body = cs_span_of(body);
    fetch->pin[0] = s->pin;
    fetch->pins = 1;
    assert_int_equal(cidr_read("127.0.0.0/8", &fetch->network[0]), 0);
    fetch->networks = 1;
    return fetch;
}

static void sign(struct signed_fixture *s, struct http_fetch *fetch, uint64_t now)
{
    struct problem why = PROBLEM_INIT;

    if (http_sign_request(fetch, s->signer[CLIENT], signer_node(s->signer[SERVER]), TYPE, now,
                          &why))
        fail_msg("%s: %s", why.code, why.message);
}

static void run(struct signed_fixture *s, struct http_fetch *fetch, unsigned status,
                const char *code)
{
    struct problem why = PROBLEM_INIT;

    if (http_fetch(s->client, &fetch, 1, &why))
        fail_msg("%s: %s", why.code, why.message);
    if (fetch->status != status)
        fail_msg("%u, not %u: %.*s", fetch->status, status, (int)fetch->received.n,
                 (const char *)fetch->received.p);
    if (code)
        assert_string_equal(s->why.code, code);
}

static int verify_by(struct http_fetch *fetch, struct signer *node, struct signer *key)
{
    uint64_t at;

    return http_verify_response(fetch, signer_node(node), &signer_keyset(key)->auth, &at, NULL);
}

static int verify(struct signed_fixture *s, struct http_fetch *fetch)
{
    return verify_by(fetch, s->signer[SERVER], s->signer[SERVER]);
}

static void test_both_ways(void **state)
{
    struct signed_fixture *s = *state;
    static const struct {
        const char *path, *body;
    } table[] = {
        {"/signed", "a body"}, {"/signed?a=b&c", "a body"}, {"/signed?a=b", NULL}, {"/signed", ""}};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct http_fetch *fetch = fetch_new(s, table[i].path, table[i].body);
        char expected[200];

        sign(s, fetch, s->now);
        run(s, fetch, 200, NULL);
        snprintf(expected, sizeof expected, "for %s: %s", s->known.s,
                 table[i].body ? table[i].body : "");
        assert_true(cs_span_is(cs_buffer_span(&fetch->received), expected));
        assert_int_equal(verify(s, fetch), 0);
        http_fetch_free(fetch);
    }
}

static void test_unsigned_and_replayed(void **state)
{
    struct signed_fixture *s = *state;
    struct http_fetch *fetch = fetch_new(s, "/signed", "a body");

    run(s, fetch, 401, "no_signature");
    assert_int_equal(verify(s, fetch), -1);
    sign(s, fetch, s->now);
    run(s, fetch, 200, NULL);
    run(s, fetch, 401, "replayed"); /* the same bytes again */
    assert_int_equal(verify(s, fetch), -1);
    s->full = true;
    run(s, fetch, 503, "full");
    s->full = false;
    http_fetch_free(fetch);
}

static void test_wrong_key(void **state)
{
    struct signed_fixture *s = *state;
    struct http_fetch *fetch = fetch_new(s, "/signed", "a body");

    sign(s, fetch, s->now);
    s->known = *signer_node(s->signer[SERVER]);
    run(s, fetch, 401, "unknown_key");
    s->known = *signer_node(s->signer[CLIENT]);
    s->key = signer_keyset(s->signer[SERVER])->auth;
    run(s, fetch, 401, "bad_signature");
    http_fetch_free(fetch);
}

static void test_other_node_or_host(void **state)
{
    struct signed_fixture *s = *state;
    struct http_fetch *fetch = fetch_new(s, "/signed", "a body");

    assert_int_equal(http_sign_request(fetch, s->signer[CLIENT], signer_node(s->signer[CLIENT]),
                                       TYPE, s->now, NULL),
                     0);
    run(s, fetch, 401, "wrong_recipient");
    http_fetch_free(fetch);
    fetch = fetch_new(s, "/signed", "a body");
    sign(s, fetch, s->now);
    strcpy(s->authority, "node.example");
    run(s, fetch, 401, "bad_signature");
    http_fetch_free(fetch);
}

static void test_times(void **state)
{
    struct signed_fixture *s = *state;
    struct http_fetch *fetch = fetch_new(s, "/signed", "a body");

    sign(s, fetch, s->now - CS_REQUEST_SKEW_MAX - 100);
    run(s, fetch, 401, "expired");
    assert_int_equal(http_fetch_reset(fetch, NULL, NULL), 0);
    sign(s, fetch, s->now + CS_REQUEST_SKEW_MAX + 100);
    run(s, fetch, 401, "not_yet");
    http_fetch_free(fetch);
}

/* Whoever is told that the time is wrong is told the right one, whatever its own clock says; and nobody who
 * is not who it says it is. */
static void test_wrong_clocks(void **state)
{
    static const uint64_t clocks[] = {1, 1790000000, 1790010800, 4000000000};
    struct signed_fixture *s = *state;

    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        struct http_fetch *fetch = fetch_new(s, "/signed", "a body");
        uint64_t at = 0;

        s->now = 1800000000 + i;
        sign(s, fetch, clocks[i]);
        run(s, fetch, 401, clocks[i] < s->now ? "expired" : "not_yet");
        assert_int_equal(http_verify_response(fetch, signer_node(s->signer[SERVER]),
                                              &signer_keyset(s->signer[SERVER])->auth, &at, NULL),
                         0);
        assert_int_equal(at, s->now);
        s->key.b[0] ^= 1;
        run(s, fetch, 401, "bad_signature");
        assert_int_equal(verify(s, fetch), -1);
        s->key.b[0] ^= 1;
        http_fetch_free(fetch);
    }
}

/* What was signed is changed before it is sent. */
static void test_changed(void **state)
{
    struct signed_fixture *s = *state;
    struct http_fetch *fetch = fetch_new(s, "/signed", "a body");
    char url[CS_URL_MAX + 1];

    sign(s, fetch, s->now);
    fetch->body = cs_span_of("b body");
    run(s, fetch, 400, "bad_digest");
    fetch->body = cs_span_of("a body");
    assert_int_equal(http_url_join(s->f.base, "/signed?x", url), 0);
    assert_int_equal(http_url_read(url, &fetch->url, NULL), 0);
    run(s, fetch, 401, "bad_signature");
    http_fetch_free(fetch);
}

/* A second header of a kind, beside the signed one. */
static void test_doubled(void **state)
{
    static const struct {
        const char *name, *value;
    } table[] = {{"Signature", "sig1=:AAAA:"},
                 {"Signature-Input", "sig1=(\"@method\");created=1"},
                 {"Content-Digest", "sha-512=:AAAA:"},
                 {"Content-Type", TYPE},
                 {"CSH-To", "cs1"}};
    struct signed_fixture *s = *state;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct http_fetch *fetch = fetch_new(s, "/signed", "a body");

        sign(s, fetch, s->now);
        assert_int_equal(http_fetch_header(fetch, table[i].name, table[i].value, NULL), 0);
        run(s, fetch, 400, "malformed");
        http_fetch_free(fetch);
    }
}

/* Other schemes, and parameters in another order, are no signatures here. */
static void test_downgrade(void **state)
{
    static const char *const inputs[] = {
        "cs=();created=1",
        "keyId=\"a\",algorithm=\"hmac-sha256\",headers=\"date\",signature=\"AAAA\"",
        "cs=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" "
        "\"csh-to\");created=1;expires=2;nonce=\"AAAAAAAAAAAAAAAAAAAAAA==\";keyid=\"x\";"
        "tag=\"commonshelf-v2\"",
    };
    struct signed_fixture *s = *state;

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct http_fetch *fetch = fetch_new(s, "/signed", "a body");

        assert_int_equal(http_fetch_header(fetch, "Signature-Input", inputs[i], NULL), 0);
        assert_int_equal(http_fetch_header(fetch, "Signature", "cs=:AAAA:", NULL), 0);
        run(s, fetch, 400, "malformed");
        http_fetch_free(fetch);
    }
}

/* The answer is changed, or is one to another request. */
static void test_answers(void **state)
{
    struct signed_fixture *s = *state;
    struct http_fetch *fetch = fetch_new(s, "/signed", "a body"), *other;
    const char *signature;

    sign(s, fetch, s->now);
    run(s, fetch, 200, NULL);
    assert_int_equal(verify(s, fetch), 0);
    assert_int_equal(verify_by(fetch, s->signer[CLIENT], s->signer[CLIENT]), -1);
    assert_int_equal(verify_by(fetch, s->signer[SERVER], s->signer[CLIENT]), -1);
    fetch->status = 201;
    assert_int_equal(verify(s, fetch), -1);
    fetch->status = 200;
    fetch->received.p[0] ^= 1;
    assert_int_equal(verify(s, fetch), -1);
    fetch->received.p[0] ^= 1;
    signature = fetch->field[HTTP_SIGNATURE];
    fetch->field[HTTP_SIGNATURE] = NULL;
    assert_int_equal(verify(s, fetch), -1);
    fetch->field[HTTP_SIGNATURE] = signature;
    assert_int_equal(verify(s, fetch), 0);

    /* an honest answer to another request */
    other = fetch_new(s, "/signed", "a body");
    sign(s, other, s->now);
    run(s, other, 200, NULL);
    assert_true(cs_span_equal(cs_buffer_span(&other->received), cs_buffer_span(&fetch->received)));
    for (int i = 0; i < HTTP_FIELDS; i++) {
        const char *field = other->field[i];

        other->field[i] = fetch->field[i];
        fetch->field[i] = field;
    }
    assert_int_equal(verify(s, other), -1);
    assert_int_equal(verify(s, fetch), -1);
    http_fetch_free(fetch);
    http_fetch_free(other);
}

#define in(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in(test_wrong_clocks),
        in(test_both_ways),
        in(test_unsigned_and_replayed),
        in(test_wrong_key),
        in(test_other_node_or_host),
        in(test_times),
        in(test_changed),
        in(test_doubled),
        in(test_downgrade),
        in(test_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
