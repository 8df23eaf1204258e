/*
 * protocol/vectors: what everybody who speaks the protocol must accept and refuse, held against the
 * library. The vectors were computed apart from it. Here: who somebody is, and what is said between two.
 */
#include "tests/unit/vector_cases.h"

#include <commonshelf/hello.h>
#include <commonshelf/httpsig.h>

static void encoding(const json_t *c)
{
    static const struct {
        const char *name;
        void (*add)(struct cs_buffer *out, struct cs_span bytes);
        enum cs_status (*read)(struct cs_span text, void *out, size_t n);
    } kinds[] = {{"base64", cs_base64_add, cs_base64_read},
                 {"base64url", cs_base64url_add, cs_base64url_read},
                 {"base32", cs_base32_add, cs_base32_read},
                 {"hex", cs_hex_add, cs_hex_read}};
    struct cs_buffer bytes, again = CS_BUFFER_INIT;
    unsigned char out[64];
    uint64_t value = 7;

    if (strcmp(string_of(c, "as"), "decimal") == 0) {
        uint64_t max = strtoull(string_of(c, "max"), NULL, 10);
        enum cs_status status = cs_decimal_read(text_of(c, "text"), max, &value);

        expect_status(status, has(c, "value") ? CS_OK : CS_MALFORMED);
        expect(value == (has(c, "value") ? strtoull(string_of(c, "value"), NULL, 10) : 7));
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(string_of(c, "as"), kinds[i].name) != 0)
            continue;
        if (!has(c, "hex")) {
            for (size_t n = 0; n < sizeof out; n++)
                expect(kinds[i].read(text_of(c, "text"), out, n) == CS_MALFORMED);
            return;
        }
        bytes = hex_of(c, "hex");
        expect_status(kinds[i].read(text_of(c, "text"), out, bytes.n), CS_OK);
        expect(memcmp(out, bytes.p, bytes.n) == 0 || bytes.n == 0);
        kinds[i].add(&again, cs_buffer_span(&bytes));
        expect(cs_span_equal(cs_buffer_span(&again), text_of(c, "text")));
        cs_buffer_free(&bytes);
        cs_buffer_free(&again);
        return;
    }
    fail_msg("an unknown encoding: %s", string_of(c, "as"));
}

static void note(const json_t *c)
{
    struct cs_buffer bytes = CS_BUFFER_INIT;
    const json_t *k = json_object_get(c, "key");
    struct cs_note_key key = {text_of(k, "name"), (enum cs_note_type)number_of(k, "type"),
                              key_of(k, "public")};
    const char *wanted = string_of(c, "expect");
    struct cs_note *parsed = malloc(sizeof *parsed);
    enum cs_status status;
    uint64_t time = 0;

    if (has(c, "note"))
        cs_buffer_add_span(&bytes, text_of(c, "note"));
    else
        bytes = bytes_of(c, "note_base64");
    status = cs_note_parse(cs_buffer_span(&bytes), CS_NOTE_MAX, parsed);
    if (strcmp(wanted, "malformed") == 0) {
        expect(status == CS_MALFORMED || status == CS_NOT_UTF8 || status == CS_TOO_LARGE);
    } else {
        expect_status(status, CS_OK);
        status = cs_note_verify(parsed, &key, &time);
        expect_status(status, strcmp(wanted, "verified") == 0 ? CS_OK
                              : strcmp(wanted, "absent") == 0 ? CS_NO_SIGNATURE
                                                              : CS_BAD_SIGNATURE);
        expect(!has(c, "time") || time == number_of(c, "time"));
    }
    free(parsed);
    cs_buffer_free(&bytes);
}

/* CS_OK if every step of the chain is good. */
static enum cs_status follow(const json_t *chain, struct cs_node_id *node)
{
    struct cs_keyset keyset, next;
    enum cs_status status = CS_OK;
    json_t *item;
    size_t i;

    json_array_foreach(chain, i, item)
    {
        struct cs_span text = cs_span_make(json_string_value(item), json_string_length(item));

        if ((status = cs_keyset_read(text, &next)) != CS_OK)
            return status;
        status = i == 0 ? cs_keyset_node_id(&next, node) : cs_keyset_follows(&keyset, text, &next);
        if (status != CS_OK)
            return status;
        keyset = next;
    }
    return status;
}

static void keyset(const json_t *c)
{
    struct cs_node_id node, with;
    char words[CS_CHECK_WORDS_MAX];
    enum cs_status status = follow(json_object_get(c, "chain"), &node);

    if (!has(c, "node")) {
        expect(status != CS_OK && status != CS_NO_MEMORY && status != CS_INTERNAL);
        return;
    }
    expect_status(status, CS_OK);
    expect(cs_span_is(text_of(c, "node"), node.s));
    if (!has(c, "words"))
        return;
    with = node_of(c, "with");
    cs_check_words(&node, &with, words);
    expect(cs_span_is(text_of(c, "words"), words));
    cs_check_words(&with, &node, words);
    expect(cs_span_is(text_of(c, "words"), words));
}

static void profile(const json_t *c)
{
    struct cs_profile *read;
    struct cs_node_id node;
    struct cs_keyset keys;
    enum cs_status status;

    if (has(c, "url")) {
        expect(cs_url_is_origin(text_of(c, "url")) == is_true(c, "good"));
        return;
    }
    if (has(c, "shelf")) {
        expect(cs_shelf_name_valid(text_of(c, "shelf")) == is_true(c, "good"));
        return;
    }
    read = malloc(sizeof *read);
    node = node_of(c, "node");
    keys = keyset_of(c);
    status = cs_profile_read(text_of(c, "note"), &node, &keys, read);
    if ((status == CS_OK) != is_true(c, "good"))
        fail_msg("\"%s\": %s", now, cs_status_code(status));
    free(read);
}

static void invite(const json_t *c)
{
    struct cs_invite *read = malloc(sizeof *read);
    enum cs_status status = cs_invite_read(text_of(c, "link"), read);
    struct cs_buffer secret, name;
    unsigned char made[16];

    expect_status(status, has(c, "url") ? CS_OK : CS_MALFORMED);
    if (status == CS_OK) {
        secret = hex_of(c, "secret");
        name = bytes_of(c, "invite_name");
        expect(cs_span_is(text_of(c, "url"), read->url));
        expect(cs_span_is(text_of(c, "node"), read->node.s));
        expect(memcmp(read->secret, secret.p, sizeof read->secret) == 0);
        cs_invite_name(read->secret, made);
        expect(memcmp(made, name.p, sizeof made) == 0);
        cs_buffer_free(&secret);
        cs_buffer_free(&name);
    }
    free(read);
}

static void contact(const json_t *c)
{
    const char *wanted;
    enum cs_hello_side side;
    struct cs_buffer secret;
    struct cs_hello hello;
    struct cs_keyset keys;
    struct cs_hash mac;
    enum cs_status status;

    if (has(c, "link")) {
        invite(c);
        return;
    }
    wanted = string_of(c, "expect");
    side = strcmp(string_of(c, "side"), "joiner") == 0 ? CS_HELLO_JOINER : CS_HELLO_INVITER;
    secret = hex_of(c, "secret");
    keys = keyset_of(c);
    status = cs_hello_read(text_of(c, "note"), &hello);
    if (strcmp(wanted, "malformed") == 0) {
        expect(status == CS_MALFORMED || status == CS_UNKNOWN_VERSION);
    } else {
        expect_status(status, CS_OK);
        expect_status(cs_hello_mac(&hello, side, secret.p, &mac), CS_OK);
        expect((memcmp(mac.b, hello.mac.b, sizeof mac.b) == 0) == (strcmp(wanted, "mac") != 0));
        expect_status(cs_hello_verify(text_of(c, "note"), &hello.from, &keys),
                      strcmp(wanted, "signature") == 0 ? CS_BAD_SIGNATURE : CS_OK);
    }
    cs_buffer_free(&secret);
}

static enum cs_status status_named(const char *word)
{
    static const struct {
        const char *word;
        enum cs_status status;
    } words[] = {{"good", CS_OK},
                 {"malformed", CS_MALFORMED},
                 {"recipient", CS_WRONG_RECIPIENT},
                 {"origin", CS_WRONG_ORIGIN},
                 {"expired", CS_EXPIRED},
                 {"not_yet", CS_NOT_YET},
                 {"signature", CS_BAD_SIGNATURE},
                 {"digest", CS_BAD_DIGEST}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].status;
    fail_msg("\"%s\": an unknown word: %s", now, word);
    return CS_INTERNAL;
}

static enum cs_status verify_response(const json_t *c, struct cs_span body, uint64_t time)
{
    const json_t *r = json_object_get(c, "response");
    struct cs_response response = {.status = (unsigned)number_of(r, "status"),
                                   .content_type = text_of(r, "content_type"),
                                   .content_digest = text_of(r, "content_digest"),
                                   .request_signature = text_of(c, "request_signature")};
    struct cs_node_id from = node_of(c, "from");
    struct cs_public_key key = key_of(c, "key");
    struct cs_httpsig sig;

    return cs_response_verify(&response, text_of(r, "signature_input"), text_of(r, "signature"),
                              body, &from, string_of(c, "nonce"), &key, time, &sig);
}

static enum cs_status verify_request(const json_t *c, struct cs_span body, uint64_t time)
{
    const json_t *r = json_object_get(c, "request");
    struct cs_request request = {.method = text_of(r, "method"),
                                 .authority = text_of(r, "authority"),
                                 .path = text_of(r, "path"),
                                 .query = text_of(r, "query"),
                                 .has_body = has(r, "content_digest"),
                                 .to = text_of(r, "csh_to")};
    struct cs_node_id to = node_of(c, "to");
    struct cs_public_key key = key_of(c, "key");
    struct cs_httpsig sig;

    if (request.has_body) {
        request.content_type = text_of(r, "content_type");
        request.content_digest = text_of(r, "content_digest");
    }
    return cs_request_verify(&request, text_of(r, "signature_input"), text_of(r, "signature"), body,
                             &to, &key, time, &sig);
}

static void request(const json_t *c)
{
    struct cs_buffer body = bytes_of(c, "body");
    uint64_t time = number_of(c, "now");

    expect_status(has(c, "request") ? verify_request(c, cs_buffer_span(&body), time)
                                    : verify_response(c, cs_buffer_span(&body), time),
                  status_named(string_of(c, "expect")));
    cs_buffer_free(&body);
}

#define TOPICS(X)                                                                                  \
    X(encodings, encoding)                                                                         \
    X(notes, note)                                                                                 \
    X(keysets, keyset)                                                                             \
    X(profiles, profile)                                                                           \
    X(contact, contact)                                                                            \
    X(requests, request)
TOPICS(TEST)

int main(void)
{
    const struct CMUnitTest tests[] = {TOPICS(ENTRY)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
