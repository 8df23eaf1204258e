/*
 * Invite links, and the hello notes with which two nodes prove that they know one secret. Expected
 * MACs and names were computed apart from this program.
 */
#include "tests/unit/identity.h"

#include <commonshelf/encode.h>
#include <commonshelf/hello.h>

#define NODE "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"
#define OTHER_NODE "cs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
#define SIGNER NODE "/auth"

static const unsigned char secret[CS_INVITE_SECRET] = {1, 2,  3,  4,  5,  6,  7,  8,
                                                       9, 10, 11, 12, 13, 14, 15, 16};
static const char link[] =
    "https://biblio.ciudad.example:7443/csh/join#" NODE "~AQIDBAUGBwgJCgsMDQ4PEA";

static void a_link_both_ways(void **state)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    struct cs_invite invite;

    (void)state;
    assert_int_equal(cs_invite_read(cs_span_of(link), &invite), CS_OK);
    assert_string_equal(invite.url, "https://biblio.ciudad.example:7443");
    assert_string_equal(invite.node.s, NODE);
    assert_memory_equal(invite.secret, secret, sizeof(secret));
    cs_invite_write(&invite, &out);
    assert_string_equal(cs_buffer_text(&out), link);
    cs_buffer_free(&out);
}

static void a_pasted_link_has_space_around(void **state)
{
    struct cs_buffer pasted = CS_BUFFER_INIT;
    struct cs_invite invite;

    (void)state;
    cs_buffer_printf(&pasted, " \t\r\n%s\r\n \n", link);
    assert_int_equal(cs_invite_read(cs_buffer_span(&pasted), &invite), CS_OK);
    assert_string_equal(invite.url, "https://biblio.ciudad.example:7443");
    cs_buffer_free(&pasted);
}

static void links_that_are_none(void **state)
{
    static const struct {
        const char *old, *new;
    } rows[] = {
        {"https://", "http://"},
        {"https://biblio", "https://user@biblio"},
        {":7443", ":7443/x"},
        {":7443", "?a"},
        {"/csh/join#", "/csh/join/#"},
        {"/csh/join#", "/csh/join?"},
        {"/csh/join#", "/csh/join%23"},
        {"#cs1", "#cs2"},
        {"~", "-"},
        {"~", ""},
        {"~", "~~"},
        {"PEA", "PE"},
        {"PEA", "PEB"}, /* unused bits set */
        {"PEA", "PEA="},
        {"PEA", "PE+"},
        {"PEA", "PEA~cs1"},
        {"~AQ", "~ AQ"},
        {"biblio.ciudad.example", ""},
    };
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_invite invite;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        replaced(&text, link, rows[i].old, rows[i].new);
        if (cs_invite_read(cs_buffer_span(&text), &invite) != CS_MALFORMED)
            fail_msg("%s was accepted", cs_buffer_text(&text));
    }
    for (size_t n = 0; n < strlen(link); n++) {
        assert_int_equal(cs_invite_read(cs_span_make(link, n), &invite), CS_MALFORMED);
        assert_int_equal(cs_invite_read(cs_span_of(link + n + 1), &invite), CS_MALFORMED);
    }
    cs_buffer_free(&text);
}

static void an_invites_name(void **state)
{
    unsigned char name[16], expected[16];

    (void)state;
    cs_invite_name(secret, name);
    assert_int_equal(
        cs_hex_read(cs_span_of("ad6294741d04be792c710a7e2115da0d"), expected, sizeof(expected)),
        CS_OK);
    assert_memory_equal(name, expected, sizeof(name));
}

static struct cs_hello joiners_hello(void)
{
    struct cs_hello hello = {.time = 1790003600};

    assert_int_equal(cs_node_id_read(cs_span_of(NODE), &hello.from), CS_OK);
    assert_int_equal(cs_node_id_read(cs_span_of(OTHER_NODE), &hello.to), CS_OK);
    cs_invite_name(secret, hello.invite);
    memset(hello.nonce, 0x11, CS_NONCE);
    memset(hello.keysets.b, 0x33, CS_HASH);
    memset(hello.profile.b, 0x44, CS_HASH);
    return hello;
}

static struct cs_hello inviters_hello(void)
{
    struct cs_hello joiner = joiners_hello(), hello = joiner;

    hello.from = joiner.to;
    hello.to = joiner.from;
    memcpy(hello.answers, joiner.nonce, CS_NONCE);
    memset(hello.nonce, 0x22, CS_NONCE);
    return hello;
}

static void check_mac(const struct cs_hello *hello, enum cs_hello_side side, const char *expected)
{
    struct cs_hash mac, want;

    assert_int_equal(cs_hello_mac(hello, side, secret, &mac), CS_OK);
    assert_int_equal(cs_hex_read(cs_span_of(expected), want.b, CS_HASH), CS_OK);
    assert_memory_equal(mac.b, want.b, CS_HASH);
}

static void macs_of_both_sides(void **state)
{
    struct cs_hello joiner = joiners_hello(), inviter = inviters_hello();

    (void)state;
    check_mac(&joiner, CS_HELLO_JOINER,
              "d4ceecc79175cf6550023a0294ba90166374b8be03ea8a2f4a9b7b387f917b85");
    check_mac(&inviter, CS_HELLO_INVITER,
              "356dd4612afeb515c5072a5d97c5888c20794f87acdc55784ce2b56d7ff277b3");
}

static void everything_that_counts_is_in_the_mac(void **state)
{
    struct cs_hello hello = inviters_hello();
    unsigned char *fields[] = {(unsigned char *)hello.from.s + 10,
                               (unsigned char *)hello.to.s + 10,
                               hello.nonce,
                               hello.answers,
                               hello.keysets.b,
                               hello.profile.b};
    struct cs_hash mac, changed;
    unsigned char other[CS_INVITE_SECRET];

    (void)state;
    assert_int_equal(cs_hello_mac(&hello, CS_HELLO_INVITER, secret, &mac), CS_OK);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        *fields[i] ^= 1;
        assert_int_equal(cs_hello_mac(&hello, CS_HELLO_INVITER, secret, &changed), CS_OK);
        assert_memory_not_equal(changed.b, mac.b, CS_HASH);
        *fields[i] ^= 1;
    }
    memcpy(other, secret, sizeof(other));
    other[15] ^= 1;
    assert_int_equal(cs_hello_mac(&hello, CS_HELLO_INVITER, other, &changed), CS_OK);
    assert_memory_not_equal(changed.b, mac.b, CS_HASH);
    /* One side's MAC sent back is not the other side's, even with equal nonces. */
    memset(hello.nonce, 0, CS_NONCE);
    assert_int_equal(cs_hello_mac(&hello, CS_HELLO_INVITER, secret, &mac), CS_OK);
    memcpy(hello.nonce, hello.answers, CS_NONCE);
    assert_int_equal(cs_hello_mac(&hello, CS_HELLO_JOINER, secret, &changed), CS_OK);
    assert_memory_not_equal(changed.b, mac.b, CS_HASH);
}

static const char joiners_text[] = "commonshelf/hello/v1\n"
                                   "from " NODE "\n"
                                   "to " OTHER_NODE "\n"
                                   "time 1790003600\n"
                                   "invite rWKUdB0EvnkscQp+IRXaDQ==\n"
                                   "nonce EREREREREREREREREREREQ==\n"
                                   "answers -\n"
                                   "keysets MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM=\n"
                                   "profile REREREREREREREREREREREREREREREREREREREREREQ=\n"
                                   "mac 1M7sx5F1z2VQAjoClLqQFmN0uL4D6oovSpt7OH+Re4U=\n";

static void same_hello(const struct cs_hello *a, const struct cs_hello *b)
{
    assert_string_equal(a->from.s, b->from.s);
    assert_string_equal(a->to.s, b->to.s);
    assert_true(a->time == b->time);
    assert_memory_equal(a->invite, b->invite, sizeof(a->invite));
    assert_memory_equal(a->nonce, b->nonce, CS_NONCE);
    assert_memory_equal(a->answers, b->answers, CS_NONCE);
    assert_memory_equal(a->keysets.b, b->keysets.b, CS_HASH);
    assert_memory_equal(a->profile.b, b->profile.b, CS_HASH);
    assert_memory_equal(a->mac.b, b->mac.b, CS_HASH);
}

static void a_note_both_ways(void **state)
{
    struct cs_hello hellos[] = {joiners_hello(), inviters_hello()}, read;
    struct cs_buffer text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        enum cs_hello_side side = i == 0 ? CS_HELLO_JOINER : CS_HELLO_INVITER;

        assert_int_equal(cs_hello_mac(&hellos[i], side, secret, &hellos[i].mac), CS_OK);
        cs_buffer_reset(&text);
        cs_hello_write(&hellos[i], &text);
        if (i == 0)
            assert_string_equal(cs_buffer_text(&text), joiners_text);
        signed_note(&note, cs_buffer_span(&text), "auth", SIGNER);
        assert_int_equal(cs_hello_read(cs_buffer_span(&note), &read), CS_OK);
        same_hello(&read, &hellos[i]);
    }
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

static void notes_that_are_none(void **state)
{
    static const struct {
        const char *old, *new;
        enum cs_status status;
    } rows[] = {
        {"time 1790003600", "time 0", CS_OK},
        {"hello/v1", "hello/v2", CS_UNKNOWN_VERSION},
        {"hello/v1", "keyset/v1", CS_MALFORMED},
        {"from cs1e", "from cs1E", CS_MALFORMED},
        {"to cs1q", "to cs1", CS_MALFORMED},
        {"time 1790003600", "time 253402300800", CS_MALFORMED},
        {"time 1790003600", "time -1", CS_MALFORMED},
        {"invite rWKU", "invite ", CS_MALFORMED},
        {"answers -", "answers AAAAAAAAAAAAAAAAAAAAAA==", CS_MALFORMED}, /* "-" otherwise spelled */
        {"answers -", "answers EREREREREREREREREREREQ==", CS_OK},
        {"answers -", "answers ERER", CS_MALFORMED},
        {"answers -\n", "", CS_MALFORMED},
        {"nonce EREREREREREREREREREREQ==", "nonce AAAAAAAAAAAAAAAAAAAAAA==", CS_MALFORMED},
        {"nonce EREREREREREREREREREREQ==", "nonce -", CS_MALFORMED},
        {"keysets MzMz", "keysets MzM", CS_MALFORMED},
        {"profile RERE", "keysets RERE", CS_MALFORMED},
        {"mac 1M7s", "mac 1M7", CS_MALFORMED},
        {"Re4U=\n", "Re4U=\nmore lines\n", CS_MALFORMED},
        {"Re4U=\n", "Re4U=\n\n", CS_MALFORMED},
    };
    struct cs_buffer text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    struct cs_hello hello;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum cs_status status;

        replaced(&text, joiners_text, rows[i].old, rows[i].new);
        signed_note(&note, cs_buffer_span(&text), "auth", SIGNER);
        status = cs_hello_read(cs_buffer_span(&note), &hello);
        if (status != rows[i].status)
            fail_msg("row %zu, \"%s\": %s instead of %s", i, rows[i].new, cs_status_code(status),
                     cs_status_code(rows[i].status));
    }
    assert_int_equal(cs_hello_read(cs_span_of(joiners_text), &hello), CS_MALFORMED); /* unsigned */
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

static void the_senders_auth_key_signs(void **state)
{
    struct cs_keyset keyset = example_keyset();
    struct cs_node_id node = example_node_id(), other;
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_span text = cs_span_of(joiners_text);

    (void)state;
    assert_int_equal(cs_node_id_read(cs_span_of(OTHER_NODE), &other), CS_OK);
    signed_note(&note, text, "auth", SIGNER);
    assert_int_equal(cs_hello_verify(cs_buffer_span(&note), &node, &keyset), CS_OK);
    assert_int_equal(cs_hello_verify(cs_buffer_span(&note), &other, &keyset), CS_WRONG_ORIGIN);
    signed_note(&note, text, "log", SIGNER);
    assert_int_equal(cs_hello_verify(cs_buffer_span(&note), &node, &keyset), CS_NO_SIGNATURE);
    signed_note(&note, text, "auth", NODE "/log");
    assert_int_equal(cs_hello_verify(cs_buffer_span(&note), &node, &keyset), CS_NO_SIGNATURE);
    cs_buffer_reset(&note);
    cs_note_begin(&note, text);
    sign_as(&note, cs_span_of("another text\n"), "auth", SIGNER, CS_NOTE_ED25519, 0);
    assert_int_equal(cs_hello_verify(cs_buffer_span(&note), &node, &keyset), CS_BAD_SIGNATURE);
    cs_buffer_free(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_both_ways),
        cmocka_unit_test(a_pasted_link_has_space_around),
        cmocka_unit_test(links_that_are_none),
        cmocka_unit_test(an_invites_name),
        cmocka_unit_test(macs_of_both_sides),
        cmocka_unit_test(everything_that_counts_is_in_the_mac),
        cmocka_unit_test(a_note_both_ways),
        cmocka_unit_test(notes_that_are_none),
        cmocka_unit_test(the_senders_auth_key_signs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
