/*
 * protocol/vectors: what everybody who speaks the protocol must accept and refuse, held against the
 * library. The vectors were computed apart from it.
 */
#include "tests/unit/vectors.h"

#include <inttypes.h>
#include <jansson.h>

#include <commonshelf/charter.h>
#include <commonshelf/checkpoint.h>
#include <commonshelf/encode.h>
#include <commonshelf/entry.h>
#include <commonshelf/frames.h>
#include <commonshelf/gzip.h>
#include <commonshelf/hello.h>
#include <commonshelf/httpsig.h>
#include <commonshelf/record.h>
#include <commonshelf/tile.h>

static const char *now; /* the name of the case that runs */

/* Beside cmocka's own: these say which case it was. */
#define expect(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("\"%s\": not so: %s", now, #condition);                                       \
    } while (0)
#define expect_status(got, wanted)                                                                 \
    do {                                                                                           \
        enum cs_status got_ = (got), wanted_ = (wanted);                                           \
        if (got_ != wanted_)                                                                       \
            fail_msg("\"%s\": %s, not %s", now, cs_status_code(got_), cs_status_code(wanted_));    \
    } while (0)

/* ---- reading a case */

static struct cs_span text_of(const json_t *c, const char *member)
{
    const json_t *value = json_object_get(c, member);

    if (!json_is_string(value))
        fail_msg("\"%s\" has no text \"%s\"", now, member);
    return cs_span_make(json_string_value(value), json_string_length(value));
}

static const char *string_of(const json_t *c, const char *member)
{
    return (const char *)text_of(c, member).p;
}

static uint64_t number_of(const json_t *c, const char *member)
{
    const json_t *value = json_object_get(c, member);

    if (!json_is_integer(value))
        fail_msg("\"%s\" has no number \"%s\"", now, member);
    return (uint64_t)json_integer_value(value);
}

static bool is_true(const json_t *c, const char *member)
{
    return json_is_true(json_object_get(c, member));
}

static bool has(const json_t *c, const char *member)
{
    return json_object_get(c, member) != NULL;
}

/* From base64, or hex; the buffer is the caller's to free. */
static struct cs_buffer bytes_of(const json_t *c, const char *member)
{
    struct cs_buffer out = CS_BUFFER_INIT;

    expect_status(cs_base64_read_any(text_of(c, member), 1 << 24, &out), CS_OK);
    return out;
}

static struct cs_buffer hex_of(const json_t *c, const char *member)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    struct cs_span hex = text_of(c, member);
    unsigned char *p = cs_buffer_reserve(&out, hex.n / 2 + 1);

    expect_status(cs_hex_read(hex, p, hex.n / 2), CS_OK);
    out.n = hex.n / 2;
    return out;
}

static struct cs_hash hash_of(struct cs_span base64)
{
    struct cs_hash hash;

    expect_status(cs_base64_read(base64, hash.b, sizeof hash.b), CS_OK);
    return hash;
}

static struct cs_public_key key_of(const json_t *c, const char *member)
{
    struct cs_public_key key;

    expect_status(cs_base64_read(text_of(c, member), key.b, sizeof key.b), CS_OK);
    return key;
}

static struct cs_node_id node_of(const json_t *c, const char *member)
{
    struct cs_node_id node;

    expect_status(cs_node_id_read(text_of(c, member), &node), CS_OK);
    return node;
}

static struct cs_keyset keyset_of(const json_t *c)
{
    struct cs_keyset keyset;

    expect_status(cs_keyset_read(text_of(c, "keyset"), &keyset), CS_OK);
    return keyset;
}

/* Runs `check` on every case of a topic. */
static void each(const char *topic, void (*check)(const json_t *c))
{
    char path[4096];
    json_error_t error;
    json_t *document, *c;
    size_t i;

    assert_true((size_t)snprintf(path, sizeof path, "%s/protocol/vectors/%s.json",
                                 getenv("top_srcdir"), topic) < sizeof path);
    if (!(document = json_load_file(path, JSON_ALLOW_NUL, &error)))
        fail_msg("%s: line %d: %s", path, error.line, error.text);
    assert_true(json_array_size(json_object_get(document, "cases")) > 5);
    json_array_foreach(json_object_get(document, "cases"), i, c)
    {
        now = json_string_value(json_object_get(c, "name"));
        check(c);
    }
    json_decref(document);
}

/* ---- topics */

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

static void frames(const json_t *c)
{
    struct cs_buffer body = bytes_of(c, "body");
    struct cs_span rest = cs_buffer_span(&body), data;
    const json_t *wanted = json_object_get(c, "frames");
    enum cs_status status = cs_frames_open(&rest);
    unsigned char type = 0;
    struct cs_hash hash;
    size_t n = 0;

    while (status == CS_OK && type != CS_FRAME_END) {
        status = cs_frames_next(&rest, &type, &data);
        if (status != CS_OK || !wanted)
            continue;
        const json_t *frame = json_array_get(wanted, n++);
        struct cs_buffer hex = CS_BUFFER_INIT;

        expect(json_string_value(json_array_get(frame, 0))[0] == (char)type);
        cs_sha256(data, &hash);
        cs_hex_add(&hex, cs_span_make(hash.b, sizeof hash.b));
        expect(cs_span_is(cs_buffer_span(&hex), json_string_value(json_array_get(frame, 1))));
        cs_buffer_free(&hex);
    }
    expect_status(status, wanted ? CS_OK : CS_MALFORMED);
    expect(n == json_array_size(wanted));
    cs_buffer_free(&body);
}

static void record(const json_t *c)
{
    struct cs_record_fault fault;
    json_t *read = NULL;
    struct cs_uuid id;
    uint64_t rev;
    enum cs_status status = cs_record_read(text_of(c, "payload"), &read, &id, &rev, &fault);

    if ((status == CS_OK) != is_true(c, "good"))
        fail_msg("\"%s\": %s", now, cs_status_code(status));
    json_decref(read);
}

static void bundle(const json_t *c)
{
    struct cs_buffer gz = bytes_of(c, "bundle"), raw = CS_BUFFER_INIT;
    const json_t *leaves = json_object_get(c, "leaves"), *redacted = json_object_get(c, "redacted");
    enum cs_status status = cs_gunzip(cs_buffer_span(&gz), CS_BUNDLE_RAW_MAX, &raw);
    struct cs_span rest = cs_buffer_span(&raw);
    struct cs_bundle_item item;
    size_t n = 0, hidden = 0;

    for (; status == CS_OK && rest.n > 0; n++) {
        status = cs_bundle_next(&rest, &item);
        if (status != CS_OK || !leaves)
            continue;
        struct cs_hash wanted = hash_of(cs_span_of(json_string_value(json_array_get(leaves, n))));

        expect(memcmp(item.leaf.b, wanted.b, sizeof wanted.b) == 0);
        if (item.entry.n == 0)
            expect((size_t)json_integer_value(json_array_get(redacted, hidden++)) == n);
    }
    expect((status == CS_OK) == (leaves != NULL));
    expect(n == json_array_size(leaves) || !leaves);
    expect(hidden == json_array_size(redacted));
    cs_buffer_free(&gz);
    cs_buffer_free(&raw);
}

static void entry(const json_t *c)
{
    struct cs_buffer bytes, salt, again = CS_BUFFER_INIT;
    struct cs_entry read;
    struct cs_hash leaf, wanted;
    enum cs_status status;

    if (has(c, "bundle")) {
        bundle(c);
        return;
    }
    bytes = hex_of(c, "entry");
    status = cs_entry_read(cs_buffer_span(&bytes), &read);
    expect((status == CS_OK) == !is_true(c, "malformed"));
    if (status == CS_OK) {
        salt = hex_of(c, "salt");
        wanted = hash_of(text_of(c, "leaf"));
        expect(string_of(c, "op")[0] == (char)read.op);
        expect(memcmp(read.salt, salt.p, CS_SALT) == 0);
        if (json_is_string(json_object_get(c, "payload")))
            expect(cs_span_equal(read.payload, text_of(c, "payload")));
        cs_merkle_leaf(cs_buffer_span(&bytes), &leaf);
        expect(memcmp(leaf.b, wanted.b, sizeof leaf.b) == 0);
        expect_status(cs_entry_write(read.op, read.salt, read.payload, &again), CS_OK);
        expect(cs_span_equal(cs_buffer_span(&again), cs_buffer_span(&bytes)));
        cs_buffer_free(&salt);
        cs_buffer_free(&again);
    }
    cs_buffer_free(&bytes);
}

static struct cs_hash leaf_number(uint64_t i)
{
    unsigned char bytes[4] = {(unsigned char)(i >> 24), (unsigned char)(i >> 16),
                              (unsigned char)(i >> 8), (unsigned char)i};
    struct cs_hash leaf;

    cs_merkle_leaf(cs_span_make(bytes, sizeof bytes), &leaf);
    return leaf;
}

static size_t proof_of(const json_t *c, struct cs_hash proof[64])
{
    json_t *hash;
    size_t i;

    expect(json_array_size(json_object_get(c, "proof")) <= 64);
    json_array_foreach(json_object_get(c, "proof"), i, hash) proof[i] =
        hash_of(cs_span_of(json_string_value(hash)));
    return i;
}

static void tile(const json_t *c)
{
    const json_t *t = json_object_get(c, "tile");
    char path[CS_TILE_PATH_MAX];
    struct cs_tile read;
    enum cs_status status = cs_tile_read(text_of(c, "path"), &read);

    expect_status(status, t ? CS_OK : CS_MALFORMED);
    if (!t)
        return;
    expect(read.level == (int)json_integer_value(json_object_get(t, "level")));
    expect(read.index == number_of(t, "index") && read.width == number_of(t, "width"));
    cs_tile_path(&read, path);
    expect(cs_span_is(text_of(c, "path"), path));
    if (has(c, "size"))
        expect(cs_tile_in(&read, number_of(c, "size")) == is_true(c, "in"));
}

static void tree(const json_t *c)
{
    const json_t *in = json_object_get(c, "inclusion"), *con = json_object_get(c, "consistency");
    struct cs_hash proof[64], root, old, leaf;
    struct cs_range range;
    size_t n;

    if (has(c, "path")) {
        tile(c);
    } else if (in) {
        n = proof_of(in, proof);
        root = hash_of(text_of(in, "root"));
        leaf = leaf_number(number_of(in, "index"));
        expect_status(cs_merkle_included(number_of(in, "index"), number_of(in, "size"), &leaf,
                                         proof, n, &root),
                      is_true(c, "good") ? CS_OK : CS_WRONG_PROOF);
    } else if (con) {
        n = proof_of(con, proof);
        root = hash_of(text_of(con, "root"));
        old = hash_of(text_of(con, "old_root"));
        expect_status(cs_merkle_consistent(number_of(con, "old_size"), &old, number_of(con, "size"),
                                           &root, proof, n),
                      is_true(c, "good") ? CS_OK : CS_WRONG_PROOF);
    } else {
        cs_range_init(&range);
        for (uint64_t i = 0; i < number_of(c, "size"); i++) {
            leaf = leaf_number(i);
            cs_range_add_leaf(&range, &leaf);
        }
        cs_range_root(&range, &root);
        old = hash_of(text_of(c, "root"));
        expect(memcmp(root.b, old.b, sizeof root.b) == 0);
    }
}

static void checkpoint(const json_t *c)
{
    struct cs_node_id node = node_of(c, "node");
    struct cs_keyset keys = keyset_of(c);
    struct cs_checkpoint read;
    struct cs_hash root;
    enum cs_status status =
        cs_checkpoint_read(text_of(c, "note"), string_of(c, "origin"), &node, &keys, &read);

    expect((status == CS_OK) == !is_true(c, "refused"));
    if (status != CS_OK)
        return;
    root = hash_of(text_of(c, "root"));
    expect(read.size == number_of(c, "size") && read.time == number_of(c, "time"));
    expect(memcmp(read.root.b, root.b, sizeof root.b) == 0);
}

/* CS_OK if every step of the chain is good; `last` points into the case. */
static enum cs_status follow_charters(const json_t *chain, struct cs_charter_id *id,
                                      struct cs_charter *last)
{
    struct cs_charter next;
    enum cs_status status = CS_OK;
    json_t *item;
    size_t i;

    json_array_foreach(chain, i, item)
    {
        struct cs_span text = cs_span_make(json_string_value(item), json_string_length(item));

        if ((status = cs_charter_read(text, &next)) != CS_OK)
            return status;
        status = i == 0 ? cs_charter_id(&next, id) : cs_charter_follows(last, text, &next);
        if (status != CS_OK)
            return status;
        *last = next;
    }
    return status;
}

static void charter(const json_t *c)
{
    const json_t *wanted = json_object_get(c, "members");
    struct cs_charter_member member;
    struct cs_charter last;
    struct cs_charter_id id;
    struct cs_span rest;
    enum cs_status status = follow_charters(json_object_get(c, "chain"), &id, &last);
    size_t n = 0;

    if (!has(c, "charter")) {
        expect(status != CS_OK && status != CS_NO_MEMORY && status != CS_INTERNAL);
        return;
    }
    expect_status(status, CS_OK);
    expect(cs_span_is(text_of(c, "charter"), id.s));
    for (rest = last.member_lines; cs_charter_next_member(&rest, &member); n++)
        expect(strcmp(json_string_value(json_array_get(wanted, n)), member.node.s) == 0);
    expect(n == json_array_size(wanted) && n == last.members);
}

#define TOPICS(X)                                                                                  \
    X(encodings, encoding)                                                                         \
    X(notes, note)                                                                                 \
    X(keysets, keyset)                                                                             \
    X(profiles, profile)                                                                           \
    X(contact, contact)                                                                            \
    X(requests, request)                                                                           \
    X(frames, frames)                                                                              \
    X(records, record)                                                                             \
    X(entries, entry)                                                                              \
    X(trees, tree)                                                                                 \
    X(checkpoints, checkpoint)                                                                     \
    X(charters, charter)

#define TEST(topic, check)                                                                         \
    static void vectors_of_##topic(void **state)                                                   \
    {                                                                                              \
        (void)state;                                                                               \
        each(#topic, check);                                                                       \
    }
TOPICS(TEST)

#define ENTRY(topic, check) cmocka_unit_test(vectors_of_##topic),
int main(void)
{
    const struct CMUnitTest tests[] = {TOPICS(ENTRY)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
