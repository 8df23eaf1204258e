/*
 * Signed notes: the published examples, and the bad notes T1 to T3 of the threat model.
 */
#include "tests/unit/identity.h"

#include <commonshelf/encode.h>

/* A note by the key "root" under the name "signer", and the verifier's view of that key. */
struct fixture {
    struct cs_buffer note;
    struct cs_note_key key;
};

static const char plain[] = "a shelf\nof books\n";

static int make(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->key = (struct cs_note_key){cs_span_of("signer"), CS_NOTE_ED25519, key_named("root")};
    signed_note(&f->note, cs_span_of(plain), "root", "signer");
    *state = f;
    return 0;
}

static int drop(void **state)
{
    struct fixture *f = *state;

    cs_buffer_free(&f->note);
    free(f);
    return 0;
}

static enum cs_status parse_and_verify(struct cs_span bytes, const struct cs_note_key *key)
{
    struct cs_note note;
    enum cs_status status = cs_note_parse(bytes, CS_NOTE_MAX, &note);

    return status ? status : cs_note_verify(&note, key, NULL);
}

static enum cs_status parse_text(const char *text)
{
    struct cs_note note;

    return cs_note_parse(cs_span_of(text), CS_NOTE_MAX, &note);
}

/* The note and key that Go's sumdb/note package documents. */
static void the_go_example(void **state)
{
    static const char text[] =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "— PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
        "KE6RyyBwJnAM=\n";
    unsigned char material[33], id[4];
    struct cs_note_key key = {cs_span_of("PeterNeumann"), CS_NOTE_ED25519, {{0}}};

    (void)state;
    assert_int_equal(cs_base64_read(cs_span_of("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
                                    material, sizeof(material)),
                     CS_OK);
    memcpy(key.key.b, material + 1, CS_KEY_PUBLIC);
    cs_note_key_id(&key, id);
    assert_memory_equal(id, "\xc7\x4f\x20\xa3", 4);
    assert_int_equal(parse_and_verify(cs_span_of(text), &key), CS_OK);
}

static void the_specifications_checkpoint(void **state)
{
    struct cs_keyset keyset = example_keyset();
    struct cs_node_id node = example_node_id();
    char origin[] = "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/public/1";
    char log_name[CS_NOTE_NAME_MAX + 1], witness_name[CS_NOTE_NAME_MAX + 1];
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_note_key log, witness;
    struct cs_note note;
    uint64_t time = 1;

    (void)state;
    cs_keyset_key(&keyset, &node, CS_ROLE_LOG, origin, log_name, &log);
    cs_keyset_key(&keyset, &node, CS_ROLE_WITNESS, NULL, witness_name, &witness);
    assert_int_equal(cs_note_parse(cs_span_of(example_checkpoint), CS_NOTE_MAX, &note), CS_OK);
    assert_int_equal(note.signatures, 2);
    assert_int_equal(cs_note_verify(&note, &log, &time), CS_OK);
    assert_true(time == 0);
    assert_int_equal(cs_note_verify(&note, &witness, &time), CS_OK);
    assert_true(time == 1790003600);

    cs_note_begin(&again, note.text);
    sign_as(&again, note.text, "log", log_name, CS_NOTE_ED25519, 0);
    sign_as(&again, note.text, "witness", witness_name, CS_NOTE_COSIGNATURE, 1790003600);
    assert_string_equal(cs_buffer_text(&again), example_checkpoint);
    cs_buffer_free(&again);
}

/* T1: no bit of a note may change. */
static void every_flipped_bit_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &f->key), CS_OK);
    for (size_t i = 0; i < f->note.n * 8; i++) {
        f->note.p[i / 8] ^= (unsigned char)(1u << i % 8);
        if (parse_and_verify(cs_buffer_span(&f->note), &f->key) == CS_OK)
            fail_msg("bit %zu of byte %zu may change", i % 8, i / 8);
        f->note.p[i / 8] ^= (unsigned char)(1u << i % 8);
    }
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &f->key), CS_OK);
}

static void every_cut_is_refused(void **state)
{
    struct fixture *f = *state;

    for (size_t n = 0; n < f->note.n; n++) {
        assert_int_not_equal(parse_and_verify(cs_span_make(f->note.p, n), &f->key), CS_OK);
        assert_int_not_equal(
            parse_and_verify(cs_span_make(f->note.p + n + 1, f->note.n - n - 1), &f->key), CS_OK);
    }
}

#define LINE "— k AAAAAAAA\n" /* a signature of two bytes under the key ID 0 */

/* T2: forms. */
static void forms_that_are_no_notes(void **state)
{
    static const struct {
        const char *text;
        enum cs_status status;
    } rows[] = {
        {"t\n\n" LINE, CS_OK},
        {"t\n\n" LINE LINE, CS_OK},
        {"a\n\nb\n\n" LINE, CS_OK}, /* an empty line within the text */
        {"t\n\n\n" LINE, CS_OK}, /* the text ends with an empty line */
        {"t\xe2\x80\xa8u\n\n" LINE, CS_OK}, /* U+2028 is no line end in a note */
        {"\xef\xbb\xbft\n\n" LINE, CS_OK}, /* a BOM is text like any other */
        {"", CS_MALFORMED},
        {"\n", CS_MALFORMED},
        {"\n\n", CS_MALFORMED},
        {"t", CS_MALFORMED},
        {"t\n", CS_MALFORMED},
        {"t\n\n", CS_MALFORMED}, /* no signature */
        {"t\n" LINE, CS_MALFORMED}, /* no empty line */
        {LINE, CS_MALFORMED},
        {"\n" LINE, CS_MALFORMED},
        {"t\n\n" LINE "\n", CS_MALFORMED}, /* an empty line behind */
        {"t\n\n" LINE "\n" LINE, CS_OK}, /* the last empty line is the one that counts */
        {"t\n\n— k AAAAAAAA", CS_MALFORMED}, /* no final LF */
        {"t\n\n" LINE "more\n", CS_MALFORMED},
        {"t\n\n- k AAAAAAAA\n", CS_MALFORMED}, /* a hyphen, not a dash */
        {"t\n\n—k AAAAAAAA\n", CS_MALFORMED},
        {"t\n\n—  k AAAAAAAA\n", CS_MALFORMED},
        {"t\n\n — k AAAAAAAA\n", CS_MALFORMED},
        {"t\n\n— k  AAAAAAAA\n", CS_MALFORMED},
        {"t\n\n— k AAAAAAAA \n", CS_MALFORMED},
        {"t\n\n— k AAAAAAAA more\n", CS_MALFORMED},
        {"t\n\n— k\n", CS_MALFORMED},
        {"t\n\n— AAAAAAAA\n", CS_MALFORMED},
        {"t\n\n— k+l AAAAAAAA\n", CS_MALFORMED},
        {"t\n\n— k\xe2\x80\xa8l AAAAAAAA\n", CS_MALFORMED}, /* U+2028 in a name */
        {"t\n\n— k\xc2\xa0l AAAAAAAA\n", CS_MALFORMED}, /* no-break space in a name */
        {"t\n\n— k AAAAA===\n", CS_MALFORMED},
        {"t\n\n— k AAAAAA==\n", CS_MALFORMED}, /* a key ID alone */
        {"t\n\n— k AAAAAAA=\n", CS_OK}, /* and one byte */
        {"t\n\n— k AAAAAAB=\n", CS_MALFORMED}, /* base64 with unused bits set */
        {"t\n\n— k AAAAAAA\n", CS_MALFORMED},
        {"t\n\n— k AAAA-AAA\n", CS_MALFORMED},
        {"t\r\n\r\n— k AAAAAAAA\r\n", CS_NOT_UTF8},
        {"t\n\n— k AAAAAAAA\r\n", CS_NOT_UTF8},
        {"t\tu\n\n" LINE, CS_NOT_UTF8},
        {"t\x1b[2Ju\n\n" LINE, CS_NOT_UTF8},
        {"t\x7fu\n\n" LINE, CS_NOT_UTF8},
        {"t\xc2\x9bu\n\n" LINE, CS_NOT_UTF8}, /* a one-byte CSI for terminals */
        {"t\xffu\n\n" LINE, CS_NOT_UTF8},
        {"t\xed\xa0\x80\n\n" LINE, CS_NOT_UTF8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum cs_status status = parse_text(rows[i].text);

        if (status != rows[i].status)
            fail_msg("row %zu: %s instead of %s", i, cs_status_code(status),
                     cs_status_code(rows[i].status));
    }
}

static void nul_is_a_control_character(void **state)
{
    static const char text[] = "t\0u\n\n" LINE;
    struct cs_note note;

    (void)state;
    assert_int_equal(cs_note_parse(cs_span_make(text, sizeof(text) - 1), CS_NOTE_MAX, &note),
                     CS_NOT_UTF8);
}

static void text_ends_at_the_last_empty_line(void **state)
{
    struct cs_note note;

    (void)state;
    assert_int_equal(cs_note_parse(cs_span_of("a\n\nb\n\n" LINE), CS_NOTE_MAX, &note), CS_OK);
    assert_true(cs_span_is(note.text, "a\n\nb\n"));
    assert_int_equal(cs_note_parse(cs_span_of("t\n\n\n" LINE), CS_NOTE_MAX, &note), CS_OK);
    assert_true(cs_span_is(note.text, "t\n\n"));
}

static void the_cap_is_exact(void **state)
{
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct cs_note note;

    (void)state;
    while (bytes.n < CS_NOTE_MAX - strlen("\n\n" LINE))
        cs_buffer_add_byte(&bytes, 'x');
    cs_buffer_add_text(&bytes, "\n\n" LINE);
    assert_int_equal(bytes.n, CS_NOTE_MAX);
    assert_int_equal(cs_note_parse(cs_buffer_span(&bytes), CS_NOTE_MAX, &note), CS_OK);
    assert_int_equal(cs_note_parse(cs_buffer_span(&bytes), CS_NOTE_MAX - 1, &note), CS_TOO_LARGE);
    cs_buffer_add_text(&bytes, LINE);
    assert_int_equal(cs_note_parse(cs_buffer_span(&bytes), CS_NOTE_MAX, &note), CS_TOO_LARGE);
    cs_buffer_free(&bytes);
}

static void sixteen_signatures_and_no_more(void **state)
{
    struct fixture *f = *state;
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct cs_note note;

    cs_note_begin(&bytes, cs_span_of(plain));
    for (int i = 0; i < CS_NOTE_SIGNATURES_MAX - 1; i++)
        cs_buffer_add_text(&bytes, LINE);
    sign_as(&bytes, cs_span_of(plain), "root", "signer", CS_NOTE_ED25519, 0);
    assert_int_equal(cs_note_parse(cs_buffer_span(&bytes), CS_NOTE_MAX, &note), CS_OK);
    assert_int_equal(note.signatures, CS_NOTE_SIGNATURES_MAX);
    assert_int_equal(cs_note_verify(&note, &f->key, NULL), CS_OK);
    cs_buffer_add_text(&bytes, LINE);
    assert_int_equal(cs_note_parse(cs_buffer_span(&bytes), CS_NOTE_MAX, &note), CS_MALFORMED);
    cs_buffer_free(&bytes);
}

/* T3: a signature counts for a key only if both name and key ID are the key's. */
static void name_and_key_id_belong_together(void **state)
{
    struct fixture *f = *state;
    struct cs_note_key other_name = f->key, other_key = f->key, other_type = f->key;

    other_name.name = cs_span_of("signer2");
    other_key.key = key_named("log");
    other_type.type = CS_NOTE_COSIGNATURE;
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &other_name), CS_NO_SIGNATURE);
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &other_key), CS_NO_SIGNATURE);
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &other_type), CS_NO_SIGNATURE);
}

/* Appends "— signer BASE64" with the fixture's key ID and n further bytes, all 0x55. */
static void add_wrong_signature(struct fixture *f, size_t n)
{
    struct cs_buffer bytes = CS_BUFFER_INIT;
    unsigned char id[4];

    cs_note_key_id(&f->key, id);
    cs_buffer_add(&bytes, id, sizeof(id));
    for (size_t i = 0; i < n; i++)
        cs_buffer_add_byte(&bytes, 0x55);
    cs_buffer_add_text(&f->note, "— signer ");
    cs_base64_add(&f->note, cs_buffer_span(&bytes));
    cs_buffer_add_byte(&f->note, '\n');
    cs_buffer_free(&bytes);
}

/* T3, second half; with lengths no type has, beyond what is decoded too. */
static void a_bad_signature_by_a_known_key_spoils_the_note(void **state)
{
    static const size_t lengths[] = {1, 63, 64, 65, 72, 76, 77, 78, 79, 116, 117, 118, 2420, 5000};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct cs_note note;

        signed_note(&f->note, cs_span_of(plain), "root", "signer"); /* a good one before it */
        add_wrong_signature(f, lengths[i]);
        assert_int_equal(cs_note_parse(cs_buffer_span(&f->note), CS_NOTE_MAX, &note), CS_OK);
        assert_int_equal(note.signatures, 2);
        assert_int_equal(note.signature[1].bytes.n, lengths[i] <= 76 ? lengths[i] : 0);
        assert_int_equal(cs_note_verify(&note, &f->key, NULL), CS_BAD_SIGNATURE);

        cs_buffer_reset(&f->note);
        cs_note_begin(&f->note, cs_span_of(plain));
        add_wrong_signature(f, lengths[i]);
        sign_as(&f->note, cs_span_of(plain), "root", "signer", CS_NOTE_ED25519, 0);
        assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &f->key), CS_BAD_SIGNATURE);
    }
}

static void a_long_signature_is_base64_to_its_end(void **state)
{
    struct fixture *f = *state;
    size_t before = f->note.n;

    for (size_t n = 77; n < 300; n++) {
        f->note.n = before;
        add_wrong_signature(f, n);
        for (size_t i = before + strlen("— signer "); i < f->note.n - 3; i++) {
            unsigned char kept = f->note.p[i];

            f->note.p[i] = '*';
            assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &f->key), CS_MALFORMED);
            f->note.p[i] = kept;
        }
        assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &f->key), CS_BAD_SIGNATURE);
        n += 40;
    }
}

/* Unknown keys beside the known one are no reason for anything. */
static void signatures_of_strangers_are_ignored(void **state)
{
    struct fixture *f = *state;

    cs_buffer_add_text(&f->note, LINE);
    sign_as(&f->note, cs_span_of("another text\n"), "log", "stranger", CS_NOTE_ED25519, 0);
    sign_as(&f->note, cs_span_of(plain), "root", "signer", CS_NOTE_ED25519,
            0); /* twice is no harm */
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &f->key), CS_OK);
}

static void low_order_keys_verify_nothing(void **state)
{
    struct fixture *f = *state;
    unsigned char signature[CS_SIGNATURE] = {1};

    /* Under the neutral key this signature fits every message. */
    f->key.key = (struct cs_public_key){{1}};
    cs_note_add_signature(&f->note, &f->key, 0, signature);
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &f->key), CS_BAD_KEY);
}

static void cosign(struct fixture *f, struct cs_note_key *key, uint64_t signed_time,
                   uint64_t said_time)
{
    unsigned char seed[CS_KEY_SEED], signature[CS_SIGNATURE];
    struct cs_buffer message = CS_BUFFER_INIT;

    *key = (struct cs_note_key){cs_span_of("witness"), CS_NOTE_COSIGNATURE, key_named("witness")};
    seed_named("witness", seed);
    cs_note_message(CS_NOTE_COSIGNATURE, cs_span_of(plain), signed_time, &message);
    assert_int_equal(cs_key_sign(seed, cs_buffer_span(&message), signature), CS_OK);
    cs_note_add_signature(&f->note, key, said_time, signature);
    cs_buffer_free(&message);
}

static void a_cosignatures_time_is_signed(void **state)
{
    struct fixture *f = *state;
    struct cs_note_key witness;
    struct cs_note note;
    uint64_t time = 5;

    cosign(f, &witness, 1790003600, 1790003600);
    cosign(f, &witness, 1790000000,
           1790000000); /* an older one behind it: the newest time counts */
    assert_int_equal(cs_note_parse(cs_buffer_span(&f->note), CS_NOTE_MAX, &note), CS_OK);
    assert_int_equal(cs_note_verify(&note, &witness, &time), CS_OK);
    assert_true(time == 1790003600);
    cosign(f, &witness, 1790003600, 1790003601);
    time = 5;
    assert_int_equal(cs_note_parse(cs_buffer_span(&f->note), CS_NOTE_MAX, &note), CS_OK);
    assert_int_equal(cs_note_verify(&note, &witness, &time), CS_BAD_SIGNATURE);
    assert_true(time == 0);
}

static void a_cosignatures_time_has_an_end(void **state)
{
    struct fixture *f = *state;
    struct cs_note_key witness;

    cosign(f, &witness, CS_TIME_MAX, CS_TIME_MAX);
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &witness), CS_OK);
    cosign(f, &witness, CS_TIME_MAX + 1, CS_TIME_MAX + 1);
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &witness), CS_BAD_SIGNATURE);
}

/* A cosignature that is good but for a byte behind it. */
static void a_cosignatures_length_is_exact(void **state)
{
    struct fixture *f = *state;
    size_t before = f->note.n, head = strlen("— witness ");
    unsigned char bytes[77] = {0};
    struct cs_note_key witness;

    cosign(f, &witness, 1790003600, 1790003600);
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &witness), CS_OK);
    assert_int_equal(
        cs_base64_read(cs_span_make(f->note.p + before + head, f->note.n - before - head - 1),
                       bytes, 76),
        CS_OK);
    f->note.n = before + head;
    cs_base64_add(&f->note, cs_span_make(bytes, 77));
    cs_buffer_add_byte(&f->note, '\n');
    assert_int_equal(parse_and_verify(cs_buffer_span(&f->note), &witness), CS_BAD_SIGNATURE);
}

/* The plain signature of a text can't be passed off as a cosignature of it, nor the reverse. */
static void types_sign_different_messages(void **state)
{
    struct cs_buffer plain_message = CS_BUFFER_INIT, cosigned = CS_BUFFER_INIT;

    (void)state;
    cs_note_message(CS_NOTE_ED25519, cs_span_of(plain), 9, &plain_message);
    cs_note_message(CS_NOTE_COSIGNATURE, cs_span_of(plain), 9, &cosigned);
    assert_string_equal(cs_buffer_text(&plain_message), plain);
    assert_string_equal(cs_buffer_text(&cosigned), "cosignature/v1\ntime 9\na shelf\nof books\n");
    cs_buffer_free(&plain_message);
    cs_buffer_free(&cosigned);
}

static void names(void **state)
{
    char longest[CS_NOTE_NAME_MAX + 2];

    (void)state;
    memset(longest, 'n', sizeof(longest));
    assert_true(cs_note_name_valid(cs_span_make(longest, CS_NOTE_NAME_MAX)));
    assert_false(cs_note_name_valid(cs_span_make(longest, CS_NOTE_NAME_MAX + 1)));
    assert_true(cs_note_name_valid(cs_span_of("bibliothèque.example/public")));
    assert_false(cs_note_name_valid(cs_span_of("")));
    assert_false(cs_note_name_valid(cs_span_of("a b")));
    assert_false(cs_note_name_valid(cs_span_of("a+b")));
    assert_false(cs_note_name_valid(cs_span_of("a\nb")));
    assert_false(cs_note_name_valid(cs_span_of("a\x01")));
    assert_false(cs_note_name_valid(cs_span_of("a\xff")));
    assert_false(cs_note_name_valid(cs_span_of("a\xe3\x80\x80z"))); /* ideographic space */
    assert_false(cs_note_name_valid(cs_span_of("a\xc2\x85z"))); /* next line */
}

static void lines_and_fields(void **state)
{
    struct cs_span rest = cs_span_of("a b c\n\nd\ne"), line, word, value;

    (void)state;
    assert_true(cs_note_line(&rest, &line));
    assert_true(cs_span_is(line, "a b c"));
    assert_true(cs_note_field(line, &word, &value));
    assert_true(cs_span_is(word, "a"));
    assert_true(cs_span_is(value, "b c"));
    assert_true(cs_note_line(&rest, &line));
    assert_int_equal(line.n, 0);
    assert_false(cs_note_field(line, &word, &value));
    assert_true(cs_note_line(&rest, &line));
    assert_false(cs_note_field(line, &word, &value));
    assert_true(cs_note_line(&rest, &line));
    assert_true(cs_span_is(line, "e"));
    assert_false(cs_note_line(&rest, &line));
    assert_false(cs_note_field(cs_span_of(" b"), &word, &value));
    assert_false(cs_note_field(cs_span_of("a "), &word, &value));
}

#define with_fixture(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_go_example),
        cmocka_unit_test(the_specifications_checkpoint),
        with_fixture(every_flipped_bit_is_refused),
        with_fixture(every_cut_is_refused),
        cmocka_unit_test(forms_that_are_no_notes),
        cmocka_unit_test(nul_is_a_control_character),
        cmocka_unit_test(text_ends_at_the_last_empty_line),
        cmocka_unit_test(the_cap_is_exact),
        with_fixture(sixteen_signatures_and_no_more),
        with_fixture(name_and_key_id_belong_together),
        with_fixture(a_bad_signature_by_a_known_key_spoils_the_note),
        with_fixture(a_long_signature_is_base64_to_its_end),
        with_fixture(signatures_of_strangers_are_ignored),
        with_fixture(low_order_keys_verify_nothing),
        with_fixture(a_cosignatures_time_is_signed),
        with_fixture(a_cosignatures_time_has_an_end),
        with_fixture(a_cosignatures_length_is_exact),
        cmocka_unit_test(types_sign_different_messages),
        cmocka_unit_test(names),
        cmocka_unit_test(lines_and_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
