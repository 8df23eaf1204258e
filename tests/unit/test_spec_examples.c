/*
 * The examples of protocol/SPEC.md, read out of the page itself and held against the library: what a
 * stranger builds from the page must work with this node. Its values were computed apart from it.
 */
#include "tests/unit/identity.h"
#include "tests/unit/spec_page.h"

#include <commonshelf/chain.h>
#include <commonshelf/charter.h>
#include <commonshelf/checkpoint.h>
#include <commonshelf/compaction.h>
#include <commonshelf/encode.h>
#include <commonshelf/entry.h>
#include <commonshelf/evidence.h>
#include <commonshelf/frames.h>
#include <commonshelf/gzip.h>
#include <commonshelf/hello.h>
#include <commonshelf/httpsig.h>
#include <commonshelf/record.h>
#include <commonshelf/seen.h>
#include <commonshelf/shelves.h>
#include <commonshelf/tile.h>

#include "protocol/wordlist.h"

#include <inttypes.h>
#include <jansson.h>

/* The two nodes of the page. */
static struct cs_keyset keyset_of(const char *example)
{
    struct cs_keyset keyset;

    assert_int_equal(cs_keyset_read(block(example), &keyset), CS_OK);
    return keyset;
}

static struct cs_node_id id_of(const char *example)
{
    struct cs_keyset keyset = keyset_of(example);
    struct cs_node_id node;

    assert_int_equal(cs_keyset_node_id(&keyset, &node), CS_OK);
    return node;
}

/* ---- §2 to §5 */

static void the_encodings(void **state)
{
    struct cs_buffer value = CS_BUFFER_INIT;
    unsigned char bytes[4];

    (void)state;
    assert_int_equal(cs_hex_read(field("encodings", "bytes", &value), bytes, sizeof(bytes)), CS_OK);
    expect_encoded("encodings", "base64", cs_base64_add, bytes, sizeof(bytes));
    expect_encoded("encodings", "base64url", cs_base64url_add, bytes, sizeof(bytes));
    expect_encoded("encodings", "base32", cs_base32_add, bytes, sizeof(bytes));
    cs_buffer_free(&value);
}

static void a_key_id(void **state)
{
    struct cs_note_key key = {cs_span_of("root"), CS_NOTE_ED25519, key_named("root")};
    unsigned char seed[CS_KEY_SEED], id[4];

    (void)state;
    seed_named("root", seed);
    cs_note_key_id(&key, id);
    expect_encoded("key-id", "seed", cs_hex_add, seed, sizeof(seed));
    expect_encoded("key-id", "public key", cs_base64_add, key.key.b, sizeof(key.key.b));
    expect_encoded("key-id", "key id", cs_hex_add, id, sizeof(id));
    expect_field("key-id", "name", "root");
    expect_field("key-id", "type", "01");
}

static void keysets_and_their_chain(void **state)
{
    struct cs_keyset genesis = keyset_of("keyset"), second = keyset_of("keyset-2");
    struct cs_keyset third = keyset_of("keyset-3");
    struct cs_buffer chain = CS_BUFFER_INIT;
    struct cs_keyset newest;
    size_t count;
    struct cs_public_key log = key_named("log"), next_log = key_named("log 2");
    struct cs_node_id node = id_of("keyset");

    (void)state;
    assert_memory_equal(genesis.log.b, log.b, sizeof(log.b));
    assert_memory_equal(second.log.b, next_log.b, sizeof(next_log.b));
    expect_encoded("node-id", "text hash", cs_hex_add, genesis.text_hash.b, CS_HASH);
    expect_field("node-id", "node id", node.s);
    assert_int_equal(cs_keyset_follows(&genesis, block("keyset-2"), &second), CS_OK);
    cs_buffer_add_span(&chain, block("keyset"));
    cs_buffer_add_span(&chain, block("keyset-2"));
    cs_buffer_add_span(&chain, block("keyset-3"));
    assert_int_equal(cs_chain_read(cs_buffer_span(&chain), &node, &newest, &count), CS_OK);
    assert_int_equal(count, 3);
    assert_memory_equal(newest.text_hash.b, third.text_hash.b, CS_HASH);
    assert_true(third.has_gov && third.retires == 1 && third.retired[0].size == 4);
    cs_buffer_free(&chain);
}

static void check_words(void **state)
{
    struct cs_node_id a = id_of("keyset"), b = id_of("keyset-second");
    struct cs_buffer list = CS_BUFFER_INIT, value = CS_BUFFER_INIT;
    char words[CS_CHECK_WORDS_MAX];
    struct cs_hash hash;

    (void)state;
    assert_true(cs_span_is(field_at("check-words", "node", 0, &value), a.s));
    assert_true(cs_span_is(field_at("check-words", "node", 1, &value), b.s));
    cs_check_words(&b, &a, words);
    expect_field("check-words", "words", words);
    for (size_t i = 0; i < sizeof(wordlist) / sizeof(wordlist[0]); i++)
        cs_buffer_printf(&list, "%s\n", wordlist[i]);
    cs_sha256(cs_buffer_span(&list), &hash);
    expect_encoded("check-words", "list", cs_hex_add, hash.b, CS_HASH);
    cs_buffer_free(&list);
    cs_buffer_free(&value);
}

/* The profile verifies, and written again has the same text. */
static void expect_profile(const char *example, const char *keyset_example)
{
    struct cs_keyset keyset = keyset_of(keyset_example);
    struct cs_node_id node = id_of(keyset_example);
    struct cs_profile *profile = malloc(sizeof(*profile));
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_note note;

    assert_non_null(profile);
    assert_int_equal(cs_profile_read(block(example), &node, &keyset, profile), CS_OK);
    assert_int_equal(cs_profile_write(profile, &text), CS_OK);
    assert_int_equal(cs_note_parse(block(example), CS_NOTE_MAX, &note), CS_OK);
    assert_true(cs_span_equal(cs_buffer_span(&text), note.text));
    cs_buffer_free(&text);
    free(profile);
}

static void profiles(void **state)
{
    (void)state;
    expect_profile("profile", "keyset");
    expect_profile("profile-second", "keyset-second");
}

/* ---- §6 and §8: the hello */

static void read_invite(struct cs_invite *invite)
{
    struct cs_buffer value = CS_BUFFER_INIT;

    assert_int_equal(cs_invite_read(field("invite", "link", &value), invite), CS_OK);
    cs_buffer_free(&value);
}

static void the_invite(void **state)
{
    struct cs_node_id node = id_of("keyset");
    struct cs_buffer link = CS_BUFFER_INIT;
    struct cs_invite invite;
    unsigned char name[16];

    (void)state;
    read_invite(&invite);
    assert_true(cs_node_id_equal(&invite.node, &node));
    cs_invite_write(&invite, &link);
    expect_field("invite", "link", cs_buffer_text(&link));
    cs_invite_name(invite.secret, name);
    expect_encoded("invite", "secret", cs_hex_add, invite.secret, CS_INVITE_SECRET);
    expect_encoded("invite", "name", cs_base64_add, name, sizeof(name));
    cs_buffer_free(&link);
}

/* One hello: hashes, MAC, signature; `keyset` and `profile` are the sender's. */
static struct cs_hello expect_hello(const char *example, enum cs_hello_side side,
                                    const char *keyset, const char *profile)
{
    struct cs_keyset sender = keyset_of(keyset);
    struct cs_node_id from = id_of(keyset);
    struct cs_hash hash;
    struct cs_invite invite;
    struct cs_hello hello;
    unsigned char name[16];

    read_invite(&invite);
    assert_int_equal(cs_hello_read(block(example), &hello), CS_OK);
    assert_int_equal(cs_hello_verify(block(example), &from, &sender), CS_OK);
    cs_invite_name(invite.secret, name);
    assert_memory_equal(hello.invite, name, sizeof(name));
    cs_sha256(block(keyset), &hash);
    assert_memory_equal(hello.keysets.b, hash.b, CS_HASH);
    cs_sha256(block(profile), &hash);
    assert_memory_equal(hello.profile.b, hash.b, CS_HASH);
    assert_int_equal(cs_hello_mac(&hello, side, invite.secret, &hash), CS_OK);
    assert_memory_equal(hello.mac.b, hash.b, CS_HASH);
    return hello;
}

static void both_hellos(void **state)
{
    struct cs_hello joiner, inviter;

    (void)state;
    joiner = expect_hello("hello-joiner", CS_HELLO_JOINER, "keyset-second", "profile-second");
    inviter = expect_hello("hello-inviter", CS_HELLO_INVITER, "keyset", "profile");
    assert_memory_equal(inviter.answers, joiner.nonce, CS_NONCE);
    assert_true(cs_node_id_equal(&joiner.to, &inviter.from));
    assert_true(cs_node_id_equal(&joiner.from, &inviter.to));
}

static void write_body(bool joiner, struct cs_buffer *body)
{
    cs_buffer_reset(body);
    cs_frames_begin(body);
    cs_frames_add(body, CS_FRAME_KEYSET, block(joiner ? "keyset-second" : "keyset"));
    cs_frames_add(body, CS_FRAME_PROFILE, block(joiner ? "profile-second" : "profile"));
    cs_frames_add(body, CS_FRAME_HELLO, block(joiner ? "hello-joiner" : "hello-inviter"));
    cs_frames_end(body);
}

static void expect_body(bool joiner)
{
    const char *side = joiner ? "joiner" : "inviter";
    struct cs_buffer body = CS_BUFFER_INIT, sizes = CS_BUFFER_INIT;
    struct cs_span rest, data;
    unsigned char type = 0;
    struct cs_hash hash;
    char name[32];

    write_body(joiner, &body);
    rest = cs_buffer_span(&body);
    assert_int_equal(cs_frames_open(&rest), CS_OK);
    while (type != CS_FRAME_END) {
        assert_int_equal(cs_frames_next(&rest, &type, &data), CS_OK);
        cs_buffer_printf(&sizes, "%c %zu%s", type, data.n, type == CS_FRAME_END ? "" : " ");
    }
    cs_buffer_printf(&sizes, ", %zu bytes", body.n);
    expect_field("frames", side, cs_buffer_text(&sizes));
    cs_sha256(cs_buffer_span(&body), &hash);
    snprintf(name, sizeof(name), "%s sha256", side);
    expect_encoded("frames", name, cs_hex_add, hash.b, CS_HASH);
    cs_buffer_free(&body);
    cs_buffer_free(&sizes);
}

static void the_frames(void **state)
{
    struct cs_buffer none = CS_BUFFER_INIT;

    (void)state;
    cs_frames_begin(&none);
    cs_frames_end(&none);
    expect_encoded("frames", "none", cs_hex_add, none.p, none.n);
    expect_body(true);
    expect_body(false);
    cs_buffer_free(&none);
}

/* ---- §7 */

/* A header's value as it is sent: "cs=" and what the page gives. */
static struct cs_span labelled(const char *example, const char *name, struct cs_buffer *out)
{
    struct cs_buffer value = CS_BUFFER_INIT;

    (void)field(example, name, &value);
    cs_buffer_reset(out);
    cs_buffer_printf(out, "cs=%s", (const char *)value.p);
    cs_buffer_free(&value);
    return cs_buffer_span(out);
}

/* The key called so in the page is the sender's. */
static void expect_key(const char *example, const struct cs_public_key *key)
{
    struct cs_buffer value = CS_BUFFER_INIT;
    struct cs_public_key named;

    (void)field(example, "key", &value);
    named = key_named((const char *)value.p);
    assert_memory_equal(key->b, named.b, sizeof(named.b));
    cs_buffer_free(&value);
}

static void the_signed_request(void **state)
{
    struct cs_buffer body = CS_BUFFER_INIT, v[6] = {CS_BUFFER_INIT};
    struct cs_node_id to = node_of("request", "csh-to"), from = node_of("request", "from");
    struct cs_keyset sender = keyset_of("keyset-second");
    struct cs_request request = {.method = cs_span_of("POST"), .has_body = true};
    struct cs_httpsig sig;

    (void)state;
    expect_key("request", &sender.auth);
    write_body(true, &body);
    request.authority = field("request", "authority", &v[0]);
    request.path = field("request", "path", &v[1]);
    request.content_type = field("request", "content-type", &v[2]);
    request.content_digest = field("request", "content-digest", &v[3]);
    request.to = cs_span_of(to.s);
    assert_int_equal(cs_request_verify(&request, labelled("request", "parameters", &v[4]),
                                       labelled("request", "signature", &v[5]),
                                       cs_buffer_span(&body), &to, &sender.auth, 1790003700, &sig),
                     CS_OK);
    assert_true(cs_node_id_equal(&sig.node, &from));
    assert_true(cs_span_is(request.content_type, CS_FRAMES_TYPE));
    cs_buffer_free(&body);
    for (size_t i = 0; i < 6; i++)
        cs_buffer_free(&v[i]);
}

static void the_signed_response(void **state)
{
    struct cs_buffer body = CS_BUFFER_INIT, v[5] = {CS_BUFFER_INIT};
    struct cs_node_id from = node_of("response", "from");
    struct cs_keyset sender = keyset_of("keyset");
    struct cs_response response = {.status = 200};
    struct cs_httpsig sig;

    (void)state;
    expect_key("response", &sender.auth);
    write_body(false, &body);
    expect_field("response", "status", "200");
    response.content_type = field("response", "content-type", &v[0]);
    response.content_digest = field("response", "content-digest", &v[1]);
    response.request_signature = field("request", "signature", &v[2]);
    assert_int_equal(cs_response_verify(&response, labelled("response", "parameters", &v[3]),
                                        labelled("response", "signature", &v[4]),
                                        cs_buffer_span(&body), &from,
                                        "k0bJ4o3xQm0r2bobatl9Vw==", &sender.auth, 1790003700, &sig),
                     CS_OK);
    cs_buffer_free(&body);
    for (size_t i = 0; i < 5; i++)
        cs_buffer_free(&v[i]);
}

/* ---- §9 */

static void a_record(void **state)
{
    struct cs_record_fault fault = {"", ""};
    json_t *record = NULL;
    struct cs_uuid id;
    uint64_t rev;

    (void)state;
    if (cs_record_read(block("record"), &record, &id, &rev, &fault))
        fail_msg("refused: %s %s", fault.member, fault.reason);
    assert_int_equal(rev, 3);
    json_decref(record);
}

/* The n letters, as a string or as an array of `count` of them, in a record that is good without. */
static enum cs_status check_letters(const char *member, size_t n, unsigned count)
{
    static const char base[] =
        "{\"id\":\"urn:uuid:5f0c6f6e-0001-4000-8000-000000000001\",\"rev\":1,"
        "\"kind\":\"need\",\"name\":\"x\"}";
    json_t *record = NULL, *value, *array = json_array();
    char *letters = malloc(n);
    enum cs_status status;

    assert_non_null(letters);
    memset(letters, 'x', n);
    value = json_stringn(letters, n);
    for (unsigned i = 0; i < count; i++)
        json_array_append(array, value);
    assert_int_equal(cs_json_read(cs_span_of(base), CS_ENTRY_MAX, &record), CS_OK);
    json_object_set(record, member, count ? array : value);
    status = cs_record_check(record, NULL);
    json_decref(record);
    json_decref(array);
    json_decref(value);
    free(letters);
    return status;
}

static void expect_caps(const char *member, size_t cap, unsigned count)
{
    if (check_letters(member, cap, count) || !check_letters(member, cap + 1, count) ||
        (count && !check_letters(member, 1, count + 1)))
        fail_msg("%s: not the caps that SPEC.md gives", member);
}

/* A number as the page writes it; `rest` goes behind it. */
static size_t take_number(const char **rest)
{
    size_t n = 0;

    for (; (**rest >= '0' && **rest <= '9') || **rest == ','; ++*rest)
        n = **rest == ',' ? n : n * 10 + (size_t)(**rest - '0');
    return n;
}

/* "| `name`, `name` | shape | cap | …", or "count × cap", of members that are texts or strings. */
static size_t expect_member_row(const char *row)
{
    const char *shape = strstr(row, " | ") + 3, *cap = strstr(shape, " | ") + 3;
    const char *name = row;
    unsigned count = 0;
    size_t n, members = 0;

    if (strncmp(shape, "array of ", 9) == 0)
        count = 1;
    shape += count ? 9 : 0;
    if (strncmp(shape, "text", 4) != 0 && strncmp(shape, "string", 6) != 0)
        return 0;
    n = take_number(&cap);
    if (count) {
        count = (unsigned)n;
        cap += strlen(" × ");
        n = take_number(&cap);
    }
    while ((name = strchr(name, '`')) && name < shape - 3) {
        char member[32];

        assert_int_equal(sscanf(name, "`%31[a-zA-Z]`", member), 1);
        expect_caps(member, n, count);
        members++;
        name = strchr(name + 1, '`') + 1;
    }
    return members;
}

static void caps_of_members(void **state)
{
    const char *at = strstr((const char *)page.p, "\n| member | shape | cap |");
    size_t members = 0;

    (void)state;
    assert_non_null(at);
    for (at = strchr(at + 1, '\n') + 1; *at == '|'; at = strchr(at, '\n') + 1) {
        if (at[2] == '`')
            members += expect_member_row(at);
    }
    assert_int_equal(members, 13);
}

static void a_records_id(void **state)
{
    static const struct cs_uuid dns = {{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4,
                                        0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};
    struct cs_buffer name = CS_BUFFER_INIT, source = CS_BUFFER_INIT, key = CS_BUFFER_INIT;
    struct cs_node_id node = node_of("record-id", "node");
    char urn[CS_URN_UUID_LEN + 1];
    struct cs_uuid space, id;

    (void)state;
    assert_int_equal(cs_uuid_name(&dns, cs_span_of("record.commonshelf"), &space), CS_OK);
    cs_uuid_write(&space, urn);
    assert_non_null(strstr((const char *)page.p, urn + strlen("urn:uuid:")));
    (void)field("record-id", "source", &source);
    (void)field("record-id", "identifier", &key);
    cs_buffer_printf(&name, "%s\n%s\n%s", node.s, (const char *)source.p, (const char *)key.p);
    assert_int_equal(cs_uuid_name(&space, cs_buffer_span(&name), &id), CS_OK);
    cs_uuid_write(&id, urn);
    expect_field("record-id", "id", urn);
    cs_buffer_free(&name);
    cs_buffer_free(&source);
    cs_buffer_free(&key);
}

/* ---- §11 */

#define ENTRIES 4

/* Entry i of the page as bytes; what it says is checked on the way. */
static void read_entry_of(const char *example, unsigned i, struct cs_buffer *entry,
                          struct cs_hash *leaf)
{
    struct cs_buffer value = CS_BUFFER_INIT;
    unsigned char salt[CS_SALT];
    json_t *record = NULL;
    struct cs_span text, payload;
    struct cs_uuid id;
    uint64_t rev;
    char index[4];

    snprintf(index, sizeof(index), "%u", i);
    text = field(example, index, &value);
    assert_true(text.n > 79 && text.p[1] == ' ' && text.p[34] == ' ');
    assert_int_equal(cs_hex_read(cs_span_make(text.p + 2, 32), salt, sizeof(salt)), CS_OK);
    assert_int_equal(cs_base64_read(cs_span_make(text.p + 35, 44), leaf->b, CS_HASH), CS_OK);
    payload = cs_span_make(text.p + 79, text.n - 79);
    assert_int_equal(cs_entry_write((enum cs_op)text.p[0], salt, payload, entry), CS_OK);
    if (text.p[0] == CS_OP_EPOCH)
        assert_int_equal(cs_epoch_read(payload, strcmp(example, "epoch-2") ? 1 : 2, NULL), CS_OK);
    else if (text.p[0] == CS_OP_PUT)
        assert_int_equal(cs_record_read(payload, &record, &id, &rev, NULL), CS_OK);
    else if (text.p[0] == CS_OP_REDACT)
        assert_int_equal(cs_redaction_read(payload, 1, i, &rev), CS_OK);
    else
        assert_int_equal(cs_withdrawal_read(payload, &id, &rev), CS_OK);
    json_decref(record);
    cs_buffer_free(&value);
}

static void read_entry(unsigned i, struct cs_buffer *entry, struct cs_hash *leaf)
{
    read_entry_of("entries", i, entry, leaf);
}

static void expect_root(const struct cs_range *range)
{
    struct cs_hash root;
    char size[4];

    snprintf(size, sizeof(size), "%" PRIu64, range->size);
    cs_range_root(range, &root);
    expect_encoded("roots", size, cs_base64_add, root.b, CS_HASH);
}

/* The R that follows them. */
static void expect_redaction(struct cs_range *range)
{
    struct cs_buffer entry = CS_BUFFER_INIT;
    struct cs_hash leaf, computed, root;

    read_entry_of("redaction", ENTRIES, &entry, &leaf);
    cs_merkle_leaf(cs_buffer_span(&entry), &computed);
    assert_memory_equal(computed.b, leaf.b, CS_HASH);
    cs_range_add_leaf(range, &leaf);
    cs_range_root(range, &root);
    expect_encoded("redaction", "root", cs_base64_add, root.b, CS_HASH);
    cs_buffer_free(&entry);
}

/* Which of them live on, and the epoch that they make. */
static void expect_next_epoch(void)
{
    struct cs_compaction *c = cs_compaction_new(1, NULL);
    struct cs_buffer entry = CS_BUFFER_INIT;
    struct cs_bundle_item item;
    struct cs_range next;
    struct cs_hash root;
    const uint64_t *live;
    size_t n;

    assert_non_null(c);
    for (unsigned i = 0; i <= ENTRIES; i++) {
        cs_buffer_reset(&entry);
        read_entry_of(i < ENTRIES ? "entries" : "redaction", i, &entry, &item.leaf);
        item.entry = cs_buffer_span(&entry);
        assert_int_equal(cs_compaction_add(c, &item), CS_OK);
    }
    cs_compaction_live(c, &live, &n);
    assert_int_equal(n, 1);
    assert_int_equal(live[0], 2);
    cs_compaction_free(c);
    cs_range_init(&next);
    for (unsigned i = 0; i < 2; i++) {
        cs_buffer_reset(&entry);
        read_entry_of(i ? "entries" : "epoch-2", i ? 2 : 0, &entry, &item.leaf);
        cs_merkle_leaf(cs_buffer_span(&entry), &root);
        assert_memory_equal(root.b, item.leaf.b, CS_HASH);
        cs_range_add_leaf(&next, &item.leaf);
    }
    cs_range_root(&next, &root);
    expect_encoded("epoch-2", "root", cs_base64_add, root.b, CS_HASH);
    expect_field("epoch-2", "size", "2");
    cs_buffer_free(&entry);
}

static void entries_and_roots(void **state)
{
    struct cs_range range;

    (void)state;
    cs_range_init(&range);
    expect_root(&range);
    for (unsigned i = 0; i < ENTRIES; i++) {
        struct cs_buffer entry = CS_BUFFER_INIT;
        struct cs_hash leaf, computed;

        read_entry(i, &entry, &leaf);
        cs_merkle_leaf(cs_buffer_span(&entry), &computed);
        assert_memory_equal(computed.b, leaf.b, CS_HASH);
        cs_range_add_leaf(&range, &leaf);
        expect_root(&range);
        cs_buffer_free(&entry);
    }
    expect_redaction(&range);
    expect_next_epoch();
}

/* A bundle's gzip bytes, appended. */
static void read_gzip(const char *example, struct cs_buffer *gz)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_span rest = block(example), line;

    while (cs_note_line(&rest, &line))
        cs_buffer_add_span(&text, line);
    assert_int_equal(cs_base64_read_any(cs_buffer_span(&text), 65536, gz), CS_OK);
    cs_buffer_free(&text);
}

/* Both bundles lead to the same leaves; `redacted` is the entry whose bytes are gone. */
static void expect_bundle(const char *example, unsigned redacted)
{
    struct cs_buffer gz = CS_BUFFER_INIT, raw = CS_BUFFER_INIT;
    struct cs_span rest;
    unsigned i = 0;

    read_gzip(example, &gz);
    assert_int_equal(cs_gunzip(cs_buffer_span(&gz), CS_BUNDLE_RAW_MAX, &raw), CS_OK);
    for (rest = cs_buffer_span(&raw); rest.n > 0; i++) {
        struct cs_buffer entry = CS_BUFFER_INIT;
        struct cs_bundle_item item;
        struct cs_hash leaf;

        assert_true(i < ENTRIES);
        read_entry(i, &entry, &leaf);
        assert_int_equal(cs_bundle_next(&rest, &item), CS_OK);
        assert_memory_equal(item.leaf.b, leaf.b, CS_HASH);
        if (i == redacted)
            assert_int_equal(item.entry.n, 0);
        else
            assert_true(cs_span_equal(item.entry, cs_buffer_span(&entry)));
        cs_buffer_free(&entry);
    }
    assert_int_equal(i, ENTRIES);
    cs_buffer_free(&gz);
    cs_buffer_free(&raw);
}

static void bundles(void **state)
{
    (void)state;
    expect_bundle("bundle", ENTRIES);
    expect_bundle("bundle-redacted", 1);
}

static void the_checkpoint(void **state)
{
    struct cs_keyset keyset = keyset_of("keyset");
    struct cs_node_id node = id_of("keyset");
    struct cs_checkpoint checkpoint;
    char origin[CS_ORIGIN_MAX + 1];

    (void)state;
    cs_origin_write(&node, "public", 1, origin);
    assert_int_equal(cs_checkpoint_read(block("checkpoint"), origin, &node, &keyset, &checkpoint),
                     CS_OK);
    assert_int_equal(checkpoint.size, ENTRIES);
    assert_int_equal(checkpoint.time, 1790003600);
    expect_encoded("roots", "4", cs_base64_add, checkpoint.root.b, CS_HASH);
}

/* The catalogue of the page as a file of logs: T and E have numbers before their bytes. */
static void write_file(struct cs_buffer *file)
{
    struct cs_buffer entries = CS_BUFFER_INIT, tile = CS_BUFFER_INIT;
    static const unsigned char numbers[9];

    cs_buffer_add(&entries, numbers, 8);
    read_gzip("bundle", &entries);
    cs_buffer_add(&tile, numbers, 9);
    for (unsigned i = 0; i < ENTRIES; i++) {
        struct cs_buffer entry = CS_BUFFER_INIT;
        struct cs_hash leaf;

        read_entry(i, &entry, &leaf);
        cs_buffer_add(&tile, leaf.b, CS_HASH);
        cs_buffer_free(&entry);
    }
    cs_frames_begin(file);
    cs_frames_add(file, CS_FRAME_KEYSET, block("keyset"));
    cs_frames_add(file, CS_FRAME_PROFILE, block("profile"));
    cs_frames_add(file, CS_FRAME_CHECKPOINT, block("checkpoint"));
    cs_frames_add(file, CS_FRAME_TILE, cs_buffer_span(&tile));
    cs_frames_add(file, CS_FRAME_ENTRIES, cs_buffer_span(&entries));
    cs_frames_end(file);
    cs_buffer_free(&entries);
    cs_buffer_free(&tile);
}

static void the_file(void **state)
{
    struct cs_buffer file = CS_BUFFER_INIT, sizes = CS_BUFFER_INIT;
    struct cs_frame_place place = {0};
    struct cs_frame_walk walk;
    struct cs_hash hash;

    (void)state;
    write_file(&file);
    assert_int_equal(cs_frame_walk_begin(&walk, cs_buffer_span(&file), file.n), CS_OK);
    while (place.type != CS_FRAME_END) {
        uint64_t start = walk.offset;

        assert_int_equal(
            cs_frame_walk_next(&walk, cs_span_make(file.p + start, file.n - (size_t)start), &place),
            CS_OK);
        cs_buffer_printf(&sizes, "%c %" PRIu64 "%s", place.type,
                         walk.offset - start - CS_FRAME_HEAD,
                         place.type == CS_FRAME_END ? "" : " ");
    }
    cs_buffer_printf(&sizes, ", %zu bytes", file.n);
    expect_field("file", "frames", cs_buffer_text(&sizes));
    cs_sha256(cs_buffer_span(&file), &hash);
    expect_encoded("file", "sha256", cs_hex_add, hash.b, CS_HASH);
    cs_buffer_free(&file);
    cs_buffer_free(&sizes);
}

/* ---- §17 */

static void the_cosigned_checkpoint(void **state)
{
    struct cs_keyset witness = keyset_of("keyset-second");
    struct cs_node_id second = id_of("keyset-second");
    struct cs_buffer again = CS_BUFFER_INIT;
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_span note = block("cosigned"), before = block("checkpoint"), line;
    struct cs_note_key key;
    struct cs_note parsed;
    uint64_t time;

    (void)state;
    assert_int_equal(cs_note_parse(note, CS_CHECKPOINT_MAX, &parsed), CS_OK);
    cs_keyset_key(&witness, &second, CS_ROLE_WITNESS, NULL, name, &key);
    assert_int_equal(cs_note_verify(&parsed, &key, &time), CS_OK);
    assert_int_equal(time, 1790007200);
    /* It is the checkpoint above with one more line, put there twice over. */
    line = cs_span_make(note.p + before.n, note.n - before.n);
    assert_int_equal(cs_note_put_line(before, CS_CHECKPOINT_MAX, line, &again), CS_OK);
    assert_true(cs_span_equal(cs_buffer_span(&again), note));
    cs_buffer_reset(&again);
    assert_int_equal(cs_note_put_line(note, CS_CHECKPOINT_MAX, line, &again), CS_OK);
    assert_true(cs_span_equal(cs_buffer_span(&again), note));
    cs_buffer_free(&again);
}

static void the_seen_note(void **state)
{
    struct cs_keyset witness = keyset_of("keyset-second");
    struct cs_node_id second = id_of("keyset-second");
    struct cs_buffer text = CS_BUFFER_INIT, path = CS_BUFFER_INIT;
    struct cs_seen_log log;
    struct cs_span logs;
    struct cs_note note;
    uint64_t time;
    char hex[65];

    (void)state;
    assert_int_equal(cs_seen_read(block("seen"), &second, &witness, &time, &logs), CS_OK);
    assert_int_equal(time, 1790007500);
    cs_seen_begin(&text, &second, time);
    assert_true(cs_seen_next(&logs, &log));
    cs_seen_add(&text, &log);
    assert_false(cs_seen_next(&logs, &log));
    assert_int_equal(cs_note_parse(block("seen"), CS_SEEN_MAX, &note), CS_OK);
    assert_true(cs_span_equal(cs_buffer_span(&text), note.text));
    assert_int_equal(log.applied, ENTRIES);
    expect_field("seen-path", "origin", log.origin);
    cs_origin_directory(log.origin, hex);
    cs_buffer_printf(&path, "/csh/v1/seen/%s/checkpoint", hex);
    expect_field("seen-path", "path", cs_buffer_text(&path));
    cs_buffer_free(&text);
    cs_buffer_free(&path);
}

static void the_shelves(void **state)
{
    struct cs_node_id node = id_of("keyset");
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_shelf shelf;
    struct cs_span lines;
    int n = 0;

    (void)state;
    assert_int_equal(cs_shelves_read(block("shelves"), &node, &lines), CS_OK);
    cs_shelves_begin(&text, &node);
    for (; cs_shelves_next(&lines, &shelf); n++)
        cs_shelves_add(&text, &shelf);
    assert_int_equal(n, 2);
    assert_true(cs_span_equal(cs_buffer_span(&text), block("shelves")));
    cs_buffer_free(&text);
}

static void the_evidence(void **state)
{
    struct cs_buffer value = CS_BUFFER_INIT, hashes = CS_BUFFER_INIT, file = CS_BUFFER_INIT;
    struct cs_hash hash[CS_PROOF_MAX + 1], whole;
    struct cs_evidence e;
    char size[32];

    (void)state;
    assert_int_equal(cs_base64_read_any(field("evidence", "hashes", &value), sizeof(hash), &hashes),
                     CS_OK);
    memcpy(hash[0].b, hashes.p, hashes.n);
    cs_frames_begin(&file);
    cs_frames_add(&file, CS_FRAME_KEYSET, block("keyset"));
    cs_evidence_add(&file, block("forked"), block("checkpoint"), hash, hashes.n / CS_HASH);
    assert_int_equal(cs_evidence_read(cs_buffer_span(&file), &e), CS_OK);
    assert_int_equal(e.kind, CS_EVIDENCE_FORK);
    expect_encoded("evidence", "root at 3", cs_base64_add, e.prefix.b, CS_HASH);
    snprintf(size, sizeof(size), "%zu bytes", file.n);
    expect_field("evidence", "file", size);
    cs_sha256(cs_buffer_span(&file), &whole);
    expect_encoded("evidence", "file sha256", cs_hex_add, whole.b, CS_HASH);
    cs_buffer_free(&value);
    cs_buffer_free(&hashes);
    cs_buffer_free(&file);
}

static void tile_paths(void **state)
{
    struct cs_span rest = block("tile-paths"), name;
    struct cs_buffer value = CS_BUFFER_INIT;
    size_t lines = 0;

    (void)state;
    for (; next_field(&rest, &name, &value); lines++) {
        struct cs_tile tile = {.level = CS_TILE_LEVEL_ENTRIES}, read;
        char path[CS_TILE_PATH_MAX], level[8], text[64];

        snprintf(text, sizeof(text), "%.*s", (int)name.n, (const char *)name.p);
        assert_int_equal(sscanf(text, "%7[a-z0-9] %" SCNu64 " %u", level, &tile.index, &tile.width),
                         3);
        if (strcmp(level, "entries") != 0)
            tile.level = (int)strtol(level, NULL, 10);
        cs_tile_path(&tile, path);
        assert_string_equal((const char *)value.p, path);
        assert_int_equal(cs_tile_read(cs_buffer_span(&value), &read), CS_OK);
        assert_int_equal(read.index, tile.index);
    }
    assert_true(lines > 4);
    cs_buffer_free(&value);
}

/* ---- §18 */

static void charters(void **state)
{
    struct cs_node_id first = id_of("keyset"), second = id_of("keyset-second");
    struct cs_keyset keyset = keyset_of("keyset-3");
    struct cs_charter now, next;
    struct cs_charter_member member;
    struct cs_charter_id id;

    (void)state;
    assert_int_equal(cs_charter_read(block("charter"), &now), CS_OK);
    assert_int_equal(cs_charter_id(&now, &id), CS_OK);
    expect_field("charter-id", "charter id", id.s);
    assert_int_equal(cs_charter_read(block("charter-2"), &next), CS_OK);
    assert_int_equal(cs_charter_follows(&now, block("charter-2"), &next), CS_OK);
    assert_int_equal(next.members, now.members + 1);
    assert_true(cs_charter_find(&next, &second, &member));
    assert_int_equal(member.roles, CS_CHARTER_PUBLISHER | CS_CHARTER_MIRROR);
    /* The first node's key is the one that its keyset gives. */
    assert_true(cs_node_id_equal(&now.coordinator[1].node, &first));
    assert_memory_equal(now.coordinator[1].gov.b, keyset.gov.b, CS_KEY_PUBLIC);
}

/* ---- §14 */

/* clang-format off */
static const struct {
    const char *name;
    uint64_t value;
} caps[] = {
#define CAP(name) {#name, name}
    CAP(CS_NODE_ID_LEN), CAP(CS_TIME_MAX), CAP(CS_VERSION_MAX), CAP(CS_NOTE_MAX),
    CAP(CS_NOTE_SIGNATURES_MAX), CAP(CS_NOTE_NAME_MAX), CAP(CS_KEYSET_ROOTS_MAX),
    CAP(CS_KEYSET_CHAIN_MAX), CAP(CS_KEYSET_RETIRED_MAX), CAP(CS_KEYSET_OVERRIDE), CAP(CS_PROFILE_PINS_MAX), CAP(CS_PROFILE_VIAS_MAX),
    CAP(CS_PROFILE_SHELVES_MAX), CAP(CS_PROFILE_TEXT_MAX), CAP(CS_URL_MAX), CAP(CS_SHELF_NAME_MAX),
    CAP(CS_ORIGIN_MAX), CAP(CS_ENTRY_MAX), CAP(CS_ENTRY_HEAD), CAP(CS_BUNDLE_WIDTH),
    CAP(CS_BUNDLE_RAW_MAX), CAP(CS_BUNDLE_GZIP_MAX), CAP(CS_TILE_MAX), CAP(CS_CHECKPOINT_MAX),
    CAP(CS_TAIL_ENTRIES_MAX), CAP(CS_TAIL_RAW_MAX), CAP(CS_LOG_SIZE_MAX), CAP(CS_JSON_DEPTH_MAX),
    CAP(CS_JSON_MEMBERS_MAX), CAP(CS_RECORD_LANGUAGES_MAX), CAP(CS_LANGUAGE_MAX),
    CAP(CS_FRAMES_BODY_MAX), CAP(CS_INVITE_SECRET), CAP(CS_NONCE), CAP(CS_REQUEST_LIFETIME_MAX),
    CAP(CS_REQUEST_SKEW_MAX), CAP(CS_COSIGNATURE_AHEAD), CAP(CS_HTTPSIG_INPUT_MAX),
    CAP(CS_HTTPSIG_VALUE_MAX), CAP(CS_PROOF_MAX), CAP(CS_SEEN_LOGS_MAX), CAP(CS_SEEN_MAX),
    CAP(CS_CHARTER_MAX), CAP(CS_CHARTER_COORDINATORS_MAX), CAP(CS_CHARTER_MEMBERS_MAX),
    CAP(CS_CHARTER_TERMS_MAX), CAP(CS_CHARTER_TERM_MAX), CAP(CS_CHARTER_CHAIN_MAX),
    CAP(CS_CHARTER_LIFETIME_MAX),
    CAP(CS_DEPOSIT_MAX),
};
/* clang-format on */
#define CAPS (sizeof(caps) / sizeof(caps[0]))

/* "| `NAME` | 1,024 |" somewhere in the page. */
static uint64_t value_in_page(const char *name)
{
    char cell[80];
    const char *at;
    uint64_t value = 0;

    snprintf(cell, sizeof(cell), "| `%s` | ", name);
    at = strstr((const char *)page.p, cell);
    if (!at)
        fail_msg("%s is in no table of SPEC.md", name);
    for (at += strlen(cell); *at != ' '; at++) {
        if (*at >= '0' && *at <= '9')
            value = value * 10 + (uint64_t)(*at - '0');
        else
            assert_int_equal(*at, ',');
    }
    return value;
}

static void every_cap(void **state)
{
    struct cs_buffer header = CS_BUFFER_INIT;
    const char *at;
    size_t defined = 0;

    (void)state;
    for (size_t i = 0; i < CAPS; i++) {
        if (value_in_page(caps[i].name) != caps[i].value)
            fail_msg("SPEC.md has another value for %s", caps[i].name);
    }
    /* No cap that the header has is missing in the page. */
    load("include/commonshelf/limits.h", &header);
    for (at = (const char *)header.p; (at = strstr(at, "#define CS_")); defined++) {
        char name[40];

        at += strlen("#define ");
        assert_int_equal(sscanf(at, "%39[A-Z0-9_]", name), 1);
        (void)value_in_page(name);
    }
    assert_int_equal(defined, CAPS - 2); /* two are httpsig.h's */
    cs_buffer_free(&header);
}

/* Stands last: nothing is called an example that nobody looked at. */
static void no_example_is_left(void **state)
{
    (void)state;
    expect_all_read();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_encodings),
        cmocka_unit_test(a_key_id),
        cmocka_unit_test(keysets_and_their_chain),
        cmocka_unit_test(check_words),
        cmocka_unit_test(profiles),
        cmocka_unit_test(the_invite),
        cmocka_unit_test(both_hellos),
        cmocka_unit_test(the_frames),
        cmocka_unit_test(the_signed_request),
        cmocka_unit_test(the_signed_response),
        cmocka_unit_test(a_record),
        cmocka_unit_test(caps_of_members),
        cmocka_unit_test(a_records_id),
        cmocka_unit_test(entries_and_roots),
        cmocka_unit_test(bundles),
        cmocka_unit_test(the_checkpoint),
        cmocka_unit_test(the_file),
        cmocka_unit_test(tile_paths),
        cmocka_unit_test(the_cosigned_checkpoint),
        cmocka_unit_test(the_seen_note),
        cmocka_unit_test(the_shelves),
        cmocka_unit_test(the_evidence),
        cmocka_unit_test(charters),
        cmocka_unit_test(every_cap),
        cmocka_unit_test(no_example_is_left),
    };

    return cmocka_run_group_tests(tests, find_blocks, forget_page);
}
