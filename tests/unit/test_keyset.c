/*
 * Keysets: the worked example byte for byte, every rule broken alone under a good signature, and
 * the chain of versions (T4 and T14 of the threat model).
 */
#include "tests/unit/identity.h"

#include "protocol/wordlist.h"

#include <commonshelf/encode.h>

/* The example's text without its signature. */
static void example_text(struct cs_buffer *out)
{
    struct cs_keyset keyset = example_keyset();

    cs_buffer_reset(out);
    cs_keyset_write(&keyset, out);
    assert_non_null(cs_buffer_text(out));
}

static void the_worked_example(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    struct cs_keyset keyset, expected = example_keyset();
    struct cs_node_id node;

    (void)state;
    example_text(&text);
    signed_note(&note, cs_buffer_span(&text), "root", "root");
    assert_string_equal(cs_buffer_text(&note), example_keyset_note);
    assert_int_equal(note.n, 393);
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_OK);
    assert_int_equal(keyset.version, 1);
    assert_true(keyset.issued == 1790000000 && keyset.expires == 1821536000);
    assert_int_equal(keyset.threshold, 1);
    assert_int_equal(keyset.roots, 1);
    assert_memory_equal(keyset.root[0].b, expected.root[0].b, CS_KEY_PUBLIC);
    assert_memory_equal(keyset.log.b, expected.log.b, CS_KEY_PUBLIC);
    assert_memory_equal(keyset.auth.b, expected.auth.b, CS_KEY_PUBLIC);
    assert_memory_equal(keyset.witness.b, expected.witness.b, CS_KEY_PUBLIC);
    assert_int_equal(cs_keyset_node_id(&keyset, &node), CS_OK);
    assert_string_equal(node.s, example_node);
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

/* T1 on a whole keyset. */
static void every_flipped_bit_is_refused(void **state)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_keyset keyset;

    (void)state;
    cs_buffer_add_text(&note, example_keyset_note);
    for (size_t i = 0; i < note.n * 8; i++) {
        note.p[i / 8] ^= (unsigned char)(1u << i % 8);
        if (cs_keyset_read(cs_buffer_span(&note), &keyset) == CS_OK)
            fail_msg("bit %zu of byte %zu may change", i % 8, i / 8);
        note.p[i / 8] ^= (unsigned char)(1u << i % 8);
    }
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_OK);
    cs_buffer_free(&note);
}

#define ROOT "root 9ZZ4G7nSsplwhxVWSRdAkjA//eFVPooSJcUHycx0fds=\n"
#define LOG "log 0mghMaC3WO9vwl9FtGhZEVjLGd0rZiJlPc/sGl8dE0w=\n"
#define AUTH "auth gZkDovCyQicxCpBr/+XXX4jFsJbDii6qZhGwb5PXIO4=\n"
#define WITNESS "witness MU9oz65+N/rD2klFBYmwobmUNAUR+nF/ufwpRS5icS4=\n"
#define GOV "gov 4YY9DR1dpbkyFtvC5/qOuQLb+4OALkOUquq0aULfpAQ=\n"
#define RETIRE "retire cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/public/"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define OTHER_HASH "MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM="

/* The example with one thing changed and signed again: only the rule itself can refuse it. */
static void every_rule_alone(void **state)
{
    static const struct {
        const char *old, *new;
        enum cs_status status;
    } rows[] = {
        {"version 1", "version 1", CS_OK},
        {"keyset/v1", "keyset/v2", CS_UNKNOWN_VERSION},
        {"keyset/v1", "keyset/v10", CS_UNKNOWN_VERSION},
        {"keyset/v1", "keyset/v", CS_MALFORMED},
        {"keyset/v1", "profile/v1", CS_MALFORMED},
        {"commonshelf/", "other/", CS_MALFORMED},
        {"commonshelf/",
         "\xef\xbb\xbf"
         "commonshelf/",
         CS_MALFORMED},
        {"version 1", "version 0", CS_MALFORMED},
        {"version 1", "version 01", CS_MALFORMED},
        {"version 1", "version  1", CS_MALFORMED},
        {"version 1", "version -1", CS_MALFORMED},
        {"version 1", "version 2", CS_MALFORMED}, /* later versions name the one before */
        {"version 1\nprev -", "version 2\nprev " OTHER_HASH, CS_OK},
        {"version 1\nprev -", "version 0\nprev " OTHER_HASH, CS_MALFORMED},
        {"version 1\nprev -", "version 2\nprev " HASH, CS_MALFORMED}, /* "-" in other words */
        {"version 1\nprev -", "version 1024\nprev " OTHER_HASH, CS_OK},
        {"version 1\nprev -", "version 1025\nprev " OTHER_HASH, CS_MALFORMED},
        {"prev -", "prev " OTHER_HASH, CS_MALFORMED}, /* the first follows nothing */
        {"prev -", "prev", CS_MALFORMED},
        {"prev -\n", "", CS_MALFORMED},
        {"issued 1790000000", "issued x", CS_MALFORMED},
        {"expires 1821536000", "expires 1790000000", CS_MALFORMED},
        {"expires 1821536000", "expires 1790000001", CS_OK},
        {"expires 1821536000", "expires 253402300799", CS_OK},
        {"expires 1821536000", "expires 253402300800", CS_MALFORMED},
        {"issued 1790000000\nexpires 1821536000", "expires 1821536000\nissued 1790000000",
         CS_MALFORMED},
        {"threshold 1", "threshold 0", CS_MALFORMED},
        {"threshold 1", "threshold 2", CS_MALFORMED}, /* more than there are roots */
        {"threshold 1", "threshold 6", CS_MALFORMED},
        {ROOT, "", CS_MALFORMED},
        {ROOT, ROOT ROOT, CS_MALFORMED}, /* one key, counted twice */
        {LOG, "log 9ZZ4G7nSsplwhxVWSRdAkjA//eFVPooSJcUHycx0fds=\n", CS_MALFORMED}, /* the root's */
        {WITNESS, "witness gZkDovCyQicxCpBr/+XXX4jFsJbDii6qZhGwb5PXIO4=\n", CS_MALFORMED},
        {LOG, LOG LOG, CS_MALFORMED},
        {LOG AUTH, AUTH LOG, CS_MALFORMED},
        {AUTH, "", CS_MALFORMED},
        {WITNESS, "", CS_MALFORMED},
        {WITNESS, WITNESS "other " HASH "\n", CS_MALFORMED}, /* no unknown lines */
        {WITNESS, WITNESS GOV, CS_OK},
        {WITNESS, GOV WITNESS, CS_MALFORMED},
        {WITNESS, WITNESS GOV GOV, CS_MALFORMED},
        {WITNESS, WITNESS "gov\n", CS_MALFORMED},
        {WITNESS, WITNESS "gov " HASH "\n", CS_BAD_KEY},
        {WITNESS, WITNESS "gov 9ZZ4G7nSsplwhxVWSRdAkjA//eFVPooSJcUHycx0fds=\n", CS_MALFORMED},
        {WITNESS, WITNESS RETIRE "1 4 " OTHER_HASH "\n", CS_MALFORMED}, /* the first has no logs */
        {WITNESS, WITNESS "\n", CS_MALFORMED}, /* T2: a second empty line */
        {"log 0mgh", "log 0mgh\n", CS_MALFORMED},
        {"dE0w=", "dE0x=", CS_MALFORMED}, /* unused bits of base64 set */
        {"dE0w=", "dE0", CS_MALFORMED},
        {LOG, "log " HASH "\n", CS_BAD_KEY}, /* T4: y = 0, a point of order 4 */
        {AUTH, "auth AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", CS_BAD_KEY}, /* neutral */
        {WITNESS, "witness 7v///////////////////////////////////////38=\n", CS_BAD_KEY}, /* p + 1 */
    };
    struct cs_buffer genesis = CS_BUFFER_INIT, text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    struct cs_keyset keyset;

    (void)state;
    example_text(&genesis);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum cs_status status;

        replaced(&text, cs_buffer_text(&genesis), rows[i].old, rows[i].new);
        signed_note(&note, cs_buffer_span(&text), "root", "root");
        status = cs_keyset_read(cs_buffer_span(&note), &keyset);
        if (status != rows[i].status)
            fail_msg("row %zu, \"%s\": %s instead of %s", i, rows[i].new, cs_status_code(status),
                     cs_status_code(rows[i].status));
    }
    cs_buffer_free(&genesis);
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

#define LATER "version 2\nprev " OTHER_HASH
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

/* The same with a later keyset: what its `retire` lines may say. */
static void every_rule_of_retired_logs(void **state)
{
    static const struct {
        const char *lines;
        enum cs_status status;
    } rows[] = {
        {RETIRE "1 4 " OTHER_HASH "\n", CS_OK},
        {GOV RETIRE "1 4 " OTHER_HASH "\n" RETIRE "2 0 " EMPTY "\n", CS_OK},
        {RETIRE "1 4 " OTHER_HASH "\n" GOV, CS_MALFORMED},
        {RETIRE "1 4 " OTHER_HASH "\n" RETIRE "1 5 " OTHER_HASH "\n", CS_MALFORMED}, /* twice */
        {RETIRE "1 0 " OTHER_HASH "\n", CS_WRONG_HASH},
        {RETIRE "0 4 " OTHER_HASH "\n", CS_MALFORMED},
        {RETIRE "1 04 " OTHER_HASH "\n", CS_MALFORMED},
        {RETIRE "1 1099511627777 " OTHER_HASH "\n", CS_MALFORMED},
        {RETIRE "1 1099511627776 " OTHER_HASH "\n", CS_OK},
        {RETIRE "1 4\n", CS_MALFORMED},
        {RETIRE "1\n", CS_MALFORMED},
        {RETIRE "1 4 " OTHER_HASH " x\n", CS_MALFORMED},
        {"retire x 4 " OTHER_HASH "\n", CS_MALFORMED},
        {RETIRE
         "1 4 " OTHER_HASH "\n"
         "retire cs1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/public/1 4 " OTHER_HASH
         "\n",
         CS_WRONG_ORIGIN}, /* two nodes' logs */
    };
    struct cs_buffer genesis = CS_BUFFER_INIT, later = CS_BUFFER_INIT, text = CS_BUFFER_INIT,
                     note = CS_BUFFER_INIT, again = CS_BUFFER_INIT;
    struct cs_keyset keyset;

    (void)state;
    example_text(&genesis);
    replaced(&later, cs_buffer_text(&genesis), "version 1\nprev -", LATER);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum cs_status status;

        cs_buffer_reset(&text);
        cs_buffer_add_span(&text, cs_buffer_span(&later));
        cs_buffer_add_text(&text, rows[i].lines);
        signed_note(&note, cs_buffer_span(&text), "root", "root");
        status = cs_keyset_read(cs_buffer_span(&note), &keyset);
        if (status != rows[i].status)
            fail_msg("row %zu: %s instead of %s", i, cs_status_code(status),
                     cs_status_code(rows[i].status));
        if (status)
            continue;
        cs_buffer_reset(&again);
        cs_keyset_write(&keyset, &again);
        assert_true(cs_span_equal(cs_buffer_span(&again), cs_buffer_span(&text)));
    }
    cs_buffer_reset(&text);
    cs_buffer_add_span(&text, cs_buffer_span(&later));
    for (int i = 0; i <= CS_KEYSET_RETIRED_MAX; i++) {
        signed_note(&note, cs_buffer_span(&text), "root", "root");
        assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_OK);
        assert_int_equal(keyset.retires, i);
        cs_buffer_printf(&text, RETIRE "%d 4 " OTHER_HASH "\n", i + 1);
    }
    signed_note(&note, cs_buffer_span(&text), "root", "root");
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_MALFORMED);
    cs_buffer_free(&genesis);
    cs_buffer_free(&later);
    cs_buffer_free(&text);
    cs_buffer_free(&note);
    cs_buffer_free(&again);
}

static void a_root_of_small_order(void **state)
{
    struct cs_keyset keyset = example_keyset(), read;
    struct cs_note_key key = {cs_span_of("root"), CS_NOTE_ED25519, {{1}}};
    struct cs_buffer text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    unsigned char signature[CS_SIGNATURE] = {1}; /* fits every message under this key */

    (void)state;
    keyset.root[0] = key.key;
    cs_keyset_write(&keyset, &text);
    cs_note_begin(&note, cs_buffer_span(&text));
    cs_note_add_signature(&note, &key, 0, signature);
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &read), CS_BAD_KEY);
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

static void only_the_roots_sign_keysets(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    struct cs_keyset keyset;

    (void)state;
    example_text(&text);
    signed_note(&note, cs_buffer_span(&text), "log", "root");
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_NO_SIGNATURE);
    signed_note(&note, cs_buffer_span(&text), "root", "log"); /* the key under another name */
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_NO_SIGNATURE);
    cs_buffer_reset(&note);
    cs_note_begin(&note, cs_buffer_span(&text));
    sign_as(&note, cs_span_of("another text\n"), "root", "root", CS_NOTE_ED25519, 0);
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_BAD_SIGNATURE);
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

/* A keyset with these roots, signed by these: names separated by spaces, "-" for none. */
static enum cs_status make_keyset(uint64_t version, const struct cs_hash *prev, unsigned threshold,
                                  const char *roots, const char *signers, struct cs_buffer *note,
                                  struct cs_keyset *out)
{
    struct cs_keyset keyset = example_keyset();
    struct cs_buffer text = CS_BUFFER_INIT;
    char names[128], *rest, *name;
    enum cs_status status;

    keyset.version = version;
    keyset.threshold = threshold;
    if (prev)
        keyset.prev = *prev;
    keyset.roots = 0;
    snprintf(names, sizeof(names), "%s", roots);
    for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        keyset.root[keyset.roots++] = key_named(name);
    cs_keyset_write(&keyset, &text);
    cs_buffer_reset(note);
    cs_note_begin(note, cs_buffer_span(&text));
    snprintf(names, sizeof(names), "%s", signers);
    for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        sign_as(note, cs_buffer_span(&text), name, "root", CS_NOTE_ED25519, 0);
    status = cs_keyset_read(cs_buffer_span(note), out);
    cs_buffer_free(&text);
    return status;
}

static void thresholds_count_different_roots(void **state)
{
    static const struct {
        unsigned threshold;
        const char *signers;
        enum cs_status status;
    } rows[] = {
        {2, "a b", CS_OK},
        {2, "c a", CS_OK},
        {2, "a b c", CS_OK},
        {2, "a", CS_NO_SIGNATURE},
        {2, "a a", CS_NO_SIGNATURE}, /* T14: one signer counted twice */
        {2, "a d e", CS_NO_SIGNATURE}, /* strangers don't count */
        {3, "a b", CS_NO_SIGNATURE},
        {3, "c b a", CS_OK},
        {1, "b", CS_OK},
    };
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_keyset keyset;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(
            make_keyset(1, NULL, rows[i].threshold, "a b c", rows[i].signers, &note, &keyset),
            rows[i].status);
    cs_buffer_free(&note);
}

static void at_most_five_roots(void **state)
{
    struct cs_buffer five = CS_BUFFER_INIT, six = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    struct cs_keyset keyset;

    (void)state;
    assert_int_equal(make_keyset(1, NULL, 5, "a b c d e", "a b c d e", &note, &keyset), CS_OK);
    assert_int_equal(keyset.roots, 5);
    cs_keyset_write(&keyset, &five);
    replaced(&six, cs_buffer_text(&five), LOG, ROOT LOG);
    signed_note(&note, cs_buffer_span(&six), "a", "root");
    assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &keyset), CS_MALFORMED);
    cs_buffer_free(&five);
    cs_buffer_free(&six);
    cs_buffer_free(&note);
}

struct chain {
    struct cs_keyset first, second;
    struct cs_buffer note;
};

static int make_chain(void **state)
{
    struct chain *c = calloc(1, sizeof(*c));

    assert_int_equal(make_keyset(1, NULL, 2, "a b c", "a b", &c->note, &c->first), CS_OK);
    *state = c;
    return 0;
}

static int drop_chain(void **state)
{
    struct chain *c = *state;

    cs_buffer_free(&c->note);
    free(c);
    return 0;
}

static enum cs_status follow(struct chain *c)
{
    return cs_keyset_follows(&c->first, cs_buffer_span(&c->note), &c->second);
}

/* T14: both the old and the new threshold, or nothing. */
static void a_rotation_is_signed_by_both_sides(void **state)
{
    struct chain *c = *state;

    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "d a b", &c->note, &c->second),
                     CS_OK);
    assert_int_equal(follow(c), CS_OK);
    assert_int_equal(make_keyset(2, &c->first.text_hash, 2, "b c d", "b c", &c->note, &c->second),
                     CS_OK);
    assert_int_equal(follow(c), CS_OK); /* roots of both */

    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "d", &c->note, &c->second), CS_OK);
    assert_int_equal(follow(c), CS_NO_SIGNATURE); /* by the new alone */
    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "d a", &c->note, &c->second),
                     CS_OK);
    assert_int_equal(follow(c), CS_NO_SIGNATURE); /* too few of the old */
    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "d a a", &c->note, &c->second),
                     CS_OK);
    assert_int_equal(follow(c), CS_NO_SIGNATURE); /* one of the old twice */
    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "a b", &c->note, &c->second),
                     CS_NO_SIGNATURE); /* by the old alone */
}

static void a_rotation_follows_its_predecessor(void **state)
{
    struct chain *c = *state;
    struct cs_hash other = c->first.text_hash;

    other.b[0] ^= 1;
    assert_int_equal(make_keyset(3, &c->first.text_hash, 1, "d", "d a b", &c->note, &c->second),
                     CS_OK);
    assert_int_equal(follow(c), CS_WRONG_CHAIN); /* T14: N+2 without N+1 */
    assert_int_equal(make_keyset(2, &other, 1, "d", "d a b", &c->note, &c->second), CS_OK);
    assert_int_equal(follow(c), CS_WRONG_CHAIN); /* of another history */
    assert_int_equal(make_keyset(1, NULL, 2, "a b c", "a b", &c->note, &c->second), CS_OK);
    assert_int_equal(follow(c), CS_WRONG_CHAIN); /* itself */
}

static void a_bad_signature_by_an_old_root_spoils_the_rotation(void **state)
{
    struct chain *c = *state;

    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "d a b", &c->note, &c->second),
                     CS_OK);
    sign_as(&c->note, cs_span_of("another text\n"), "c", "root", CS_NOTE_ED25519, 0);
    assert_int_equal(cs_keyset_read(cs_buffer_span(&c->note), &c->second), CS_OK);
    assert_int_equal(follow(c), CS_BAD_SIGNATURE);
}

/* The signatures that are counted must be those of the keyset that is taken over. */
static void the_note_is_the_keysets_own(void **state)
{
    struct chain *c = *state;
    struct cs_keyset other;

    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "e", "e", &c->note, &other), CS_OK);
    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "d a b", &c->note, &c->second),
                     CS_OK);
    c->second = other;
    assert_int_equal(follow(c), CS_WRONG_HASH);
}

static void only_the_first_keyset_names_the_node(void **state)
{
    struct chain *c = *state;
    struct cs_node_id node;

    assert_int_equal(cs_keyset_node_id(&c->first, &node), CS_OK);
    assert_int_equal(make_keyset(2, &c->first.text_hash, 1, "d", "d a b", &c->note, &c->second),
                     CS_OK);
    assert_int_equal(cs_keyset_node_id(&c->second, &node), CS_WRONG_CHAIN);
}

static void node_ids(void **state)
{
    static const char *const bad[] = {
        "",
        "cs1",
        "e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq",
        "cs2e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq",
        "CS1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq",
        "cs1E5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq",
        "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqf",
        "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfqq",
        "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfr", /* unused bits set */
        "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqf1",
        "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqf\n",
    };
    struct cs_node_id node, other;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(cs_node_id_read(cs_span_of(bad[i]), &node), CS_MALFORMED);
    node = example_node_id();
    other = node;
    assert_true(cs_node_id_equal(&node, &other));
    other.s[54] = 'a';
    assert_false(cs_node_id_equal(&node, &other));
}

static void keys_of_roles(void **state)
{
    struct cs_keyset keyset = example_keyset();
    struct cs_node_id node = example_node_id();
    char name[CS_NOTE_NAME_MAX + 1], expected[80];
    struct cs_note_key key;

    (void)state;
    cs_keyset_key(&keyset, &node, CS_ROLE_ROOT, NULL, name, &key);
    assert_string_equal(name, "root");
    assert_memory_equal(key.key.b, keyset.root[0].b, CS_KEY_PUBLIC);
    cs_keyset_key(&keyset, &node, CS_ROLE_LOG, "o/public/1", name, &key);
    assert_string_equal(name, "o/public/1");
    assert_memory_equal(key.key.b, keyset.log.b, CS_KEY_PUBLIC);
    for (int role = CS_ROLE_LOG; role < CS_ROLES; role++) {
        const struct cs_public_key *keys[] = {NULL, &keyset.log, &keyset.auth, &keyset.witness};

        cs_keyset_key(&keyset, &node, (enum cs_role)role, NULL, name, &key);
        snprintf(expected, sizeof(expected), "%s/%s", example_node,
                 cs_role_name((enum cs_role)role));
        assert_string_equal(name, expected);
        assert_true(cs_span_is(key.name, expected));
        assert_memory_equal(key.key.b, keys[role]->b, CS_KEY_PUBLIC);
        assert_int_equal(key.type, role == CS_ROLE_WITNESS ? CS_NOTE_COSIGNATURE : CS_NOTE_ED25519);
    }
}

static bool one_letter_apart(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), same = 0;

    while (a[same] && a[same] == b[same])
        same++;
    if (n == m)
        return strcmp(a + same + 1, b + same + 1) == 0;
    if (n + 1 == m)
        return strcmp(a + same, b + same + 1) == 0;
    return n == m + 1 && strcmp(a + same + 1, b + same) == 0;
}

static void the_word_list_is_unambiguous(void **state)
{
    const size_t count = sizeof(wordlist) / sizeof(wordlist[0]);

    (void)state;
    assert_int_equal(count, 2048);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(strlen(wordlist[i]), 4, 8);
        assert_int_equal(strspn(wordlist[i], "abcdefghijklmnopqrstuvwxyz"), strlen(wordlist[i]));
        if (i > 0 && strncmp(wordlist[i - 1], wordlist[i], 4) >= 0)
            fail_msg("%s and %s", wordlist[i - 1], wordlist[i]);
        for (size_t k = 0; k < i; k++) {
            if (one_letter_apart(wordlist[i], wordlist[k]))
                fail_msg("%s and %s", wordlist[i], wordlist[k]);
        }
    }
}

/* The expected words were computed apart from this program, from the list and SHA-256. */
static void check_words_are_the_same_from_both_sides(void **state)
{
    struct cs_node_id a = example_node_id(), b;
    char ab[CS_CHECK_WORDS_MAX], ba[CS_CHECK_WORDS_MAX];

    (void)state;
    assert_int_equal(
        cs_node_id_read(cs_span_of("cs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"), &b),
        CS_OK);
    cs_check_words(&a, &b, ab);
    cs_check_words(&b, &a, ba);
    assert_string_equal(ab, "landmark niece earnest wedding wicker legend");
    assert_string_equal(ba, ab);
    b.s[3] = 'a';
    cs_check_words(&a, &b, ba);
    assert_string_not_equal(ba, ab);
}

#define with_chain(test) cmocka_unit_test_setup_teardown(test, make_chain, drop_chain)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(every_rule_alone),
        cmocka_unit_test(every_rule_of_retired_logs),
        cmocka_unit_test(a_root_of_small_order),
        cmocka_unit_test(only_the_roots_sign_keysets),
        cmocka_unit_test(thresholds_count_different_roots),
        cmocka_unit_test(at_most_five_roots),
        with_chain(a_rotation_is_signed_by_both_sides),
        with_chain(a_rotation_follows_its_predecessor),
        with_chain(a_bad_signature_by_an_old_root_spoils_the_rotation),
        with_chain(the_note_is_the_keysets_own),
        with_chain(only_the_first_keyset_names_the_node),
        cmocka_unit_test(node_ids),
        cmocka_unit_test(keys_of_roles),
        cmocka_unit_test(the_word_list_is_unambiguous),
        cmocka_unit_test(check_words_are_the_same_from_both_sides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
