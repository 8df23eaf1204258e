/*
 * Origins and signed checkpoints: the worked example byte for byte, and T6, T10 and what else is
 * refused.
 */
#include "tests/unit/identity.h"

#include <commonshelf/checkpoint.h>
#include <commonshelf/encode.h>

#define ROOT_TEXT "7lHmWUVwXpV3EKun77ez8p5VT7JhlDQMahtTptOdKn4="
#define NODE "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"
#define ORIGIN NODE "/public/1"
#define WITNESS NODE "/witness"
#define EXAMPLE_TIME 1790003600

static enum cs_status read_note(struct cs_span note, const char *origin, struct cs_checkpoint *out)
{
    struct cs_node_id node = example_node_id();
    struct cs_keyset keyset = example_keyset();

    return cs_checkpoint_read(note, origin, &node, &keyset, out);
}

static void test_worked_example(void **state)
{
    struct cs_buffer note = CS_BUFFER_INIT, text = CS_BUFFER_INIT;
    struct cs_node_id node = example_node_id();
    struct cs_checkpoint checkpoint = {.size = 3}, read;

    (void)state;
    cs_origin_write(&node, "public", 1, checkpoint.origin);
    assert_string_equal(checkpoint.origin, ORIGIN);
    assert_int_equal(cs_base64_read(cs_span_of(ROOT_TEXT), checkpoint.root.b, CS_HASH), CS_OK);
    cs_checkpoint_write(&checkpoint, &text);
    cs_note_begin(&note, cs_buffer_span(&text));
    sign_as(&note, cs_buffer_span(&text), "log", ORIGIN, CS_NOTE_ED25519, 0);
    sign_as(&note, cs_buffer_span(&text), "witness", WITNESS, CS_NOTE_COSIGNATURE, EXAMPLE_TIME);
    assert_int_equal(note.n, 448);
    assert_string_equal(cs_buffer_text(&note), example_checkpoint);

    assert_int_equal(read_note(cs_buffer_span(&note), ORIGIN, &read), CS_OK);
    assert_string_equal(read.origin, ORIGIN);
    assert_int_equal(read.size, 3);
    assert_memory_equal(read.root.b, checkpoint.root.b, CS_HASH);
    assert_int_equal(read.time, EXAMPLE_TIME);

    assert_int_equal(cs_checkpoint_parse(cs_buffer_span(&note), &read), CS_OK);
    assert_int_equal(read.size, 3);
    assert_int_equal(read.time, 0);
    cs_buffer_free(&note);
    cs_buffer_free(&text);
}

/* T1: any bit of it changed, anywhere. */
static void test_every_flipped_bit(void **state)
{
    size_t n = strlen(example_checkpoint);
    unsigned char *note = malloc(n);
    struct cs_checkpoint read;

    (void)state;
    assert_non_null(note);
    memcpy(note, example_checkpoint, n);
    for (size_t bit = 0; bit < n * 8; bit++) {
        note[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (read_note(cs_span_make(note, n), ORIGIN, &read) == CS_OK)
            fail_msg("bit %zu does not matter", bit);
        note[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    free(note);
}

static void test_origins(void **state)
{
    static const char *const refused[] = {
        "",
        "/",
        "//",
        NODE,
        NODE "/public",
        NODE "/public/",
        NODE "//1",
        NODE "/public/0",
        NODE "/public/01",
        NODE "/public/-1",
        NODE "/public/+1",
        NODE "/public/1 ",
        NODE "/public/1/",
        NODE "/public/1/2",
        NODE "/public/9223372036854775808",
        NODE "/public/18446744073709551617",
        NODE "/Public/1",
        NODE "/-public/1",
        NODE "/pub lic/1",
        NODE "/../1",
        NODE "/abcdefghijklmnopqrstuvwxyz0123456/1",
        "cs2e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/public/1",
        "CS1E5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/public/1",
        "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqf/public/1",
        " " ORIGIN,
        "x/" ORIGIN};
    char shelf[CS_SHELF_NAME_MAX + 1], out[CS_ORIGIN_MAX + 1];
    struct cs_node_id node;
    uint64_t epoch;

    (void)state;
    assert_int_equal(cs_origin_read(cs_span_of(ORIGIN), &node, shelf, &epoch), CS_OK);
    assert_string_equal(node.s, NODE);
    assert_string_equal(shelf, "public");
    assert_int_equal(epoch, 1);

    /* The longest that there is. */
    cs_origin_write(&node, "abcdefghijklmnopqrstuvwxyz012345", CS_VERSION_MAX, out);
    assert_int_equal(cs_origin_read(cs_span_of(out), &node, shelf, &epoch), CS_OK);
    assert_string_equal(shelf, "abcdefghijklmnopqrstuvwxyz012345");
    assert_true(epoch == CS_VERSION_MAX);

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (cs_origin_read(cs_span_of(refused[i]), &node, shelf, &epoch) != CS_MALFORMED)
            fail_msg("%s was taken for an origin", refused[i]);
}

static void test_directory(void **state)
{
    char out[65];

    (void)state;
    cs_origin_directory(ORIGIN, out);
    assert_string_equal(out, "8803735095506db24a06656ab88a3590b9ace83c62cea4e648a8bd3c0a8041b1");
}

/* A note with this text, signed as the example's log and witness. */
static void sign_text(const char *text, struct cs_buffer *note)
{
    cs_buffer_reset(note);
    cs_note_begin(note, cs_span_of(text));
    sign_as(note, cs_span_of(text), "log", ORIGIN, CS_NOTE_ED25519, 0);
    sign_as(note, cs_span_of(text), "witness", WITNESS, CS_NOTE_COSIGNATURE, EXAMPLE_TIME);
}

/* What the right keys sign is refused all the same when it is no checkpoint. */
static void test_texts_refused(void **state)
{
    static const struct {
        const char *text;
        enum cs_status status;
    } texts[] = {{ORIGIN "\n3\n" ROOT_TEXT "\n", CS_OK},
                 {ORIGIN "\n3\n" ROOT_TEXT "\nextension\n", CS_MALFORMED},
                 {ORIGIN "\n3\n", CS_MALFORMED},
                 {ORIGIN "\n", CS_MALFORMED},
                 {ORIGIN "\n03\n" ROOT_TEXT "\n", CS_MALFORMED},
                 {ORIGIN "\n+3\n" ROOT_TEXT "\n", CS_MALFORMED},
                 {ORIGIN "\n-3\n" ROOT_TEXT "\n", CS_MALFORMED},
                 {ORIGIN "\n 3\n" ROOT_TEXT "\n", CS_MALFORMED},
                 {ORIGIN "\n0x3\n" ROOT_TEXT "\n", CS_MALFORMED},
                 {ORIGIN "\n1099511627776\n" ROOT_TEXT "\n", CS_OK}, /* 2^40 */
                 {ORIGIN "\n1099511627777\n" ROOT_TEXT "\n", CS_MALFORMED},
                 {ORIGIN "\n18446744073709551619\n" ROOT_TEXT "\n", CS_MALFORMED},
                 {ORIGIN "\n3\n7lHmWUVwXpV3EKun77ez8p5VT7JhlDQMahtTptOdKn4\n", CS_MALFORMED},
                 {ORIGIN "\n3\n7lHmWUVwXpV3EKun77ez8p5VT7JhlDQMahtTptOdKn5=\n", CS_MALFORMED},
                 {ORIGIN "\n3\n7lHmWUVwXpV3EKun77ez8p5VT7JhlDQMahtTptOdKg==\n", CS_MALFORMED},
                 {ORIGIN "\n3\n \n", CS_MALFORMED},
                 {"example.org/log\n3\n" ROOT_TEXT "\n", CS_MALFORMED},
                 /* T10: without entries there is one root only. */
                 {ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", CS_OK},
                 {ORIGIN "\n0\n" ROOT_TEXT "\n", CS_WRONG_HASH},
                 /* Another log of the same node, and another node's. */
                 {NODE "/public/2\n3\n" ROOT_TEXT "\n", CS_WRONG_ORIGIN},
                 {NODE "/school/1\n3\n" ROOT_TEXT "\n", CS_WRONG_ORIGIN},
                 {"cs1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/public/1\n3\n" ROOT_TEXT
                  "\n",
                  CS_WRONG_ORIGIN}};
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_checkpoint read;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        enum cs_status status;

        sign_text(texts[i].text, &note);
        status = read_note(cs_buffer_span(&note), ORIGIN, &read);
        if (status != texts[i].status)
            fail_msg("%s: %s", texts[i].text, cs_status_code(status));
    }
    cs_buffer_free(&note);
}

/* T6: whose signatures count. */
static void test_signers(void **state)
{
    static const struct {
        const char *log_key, *log_name, *witness_key, *witness_name;
        enum cs_status status;
    } signers[] = {{"log", ORIGIN, "witness", WITNESS, CS_OK},
                   {"other", ORIGIN, "witness", WITNESS, CS_NO_SIGNATURE},
                   {"auth", ORIGIN, "witness", WITNESS, CS_NO_SIGNATURE},
                   {"log", NODE "/public/2", "witness", WITNESS, CS_NO_SIGNATURE},
                   {"log", NODE "/log", "witness", WITNESS, CS_NO_SIGNATURE},
                   {"log", ORIGIN, "other", WITNESS, CS_NO_SIGNATURE},
                   {"log", ORIGIN, "log", WITNESS, CS_NO_SIGNATURE},
                   {"log", ORIGIN, "witness", ORIGIN, CS_NO_SIGNATURE}};
    static const char text[] = ORIGIN "\n3\n" ROOT_TEXT "\n";
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_checkpoint read;

    (void)state;
    for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++) {
        cs_buffer_reset(&note);
        cs_note_begin(&note, cs_span_of(text));
        sign_as(&note, cs_span_of(text), signers[i].log_key, signers[i].log_name, CS_NOTE_ED25519,
                0);
        sign_as(&note, cs_span_of(text), signers[i].witness_key, signers[i].witness_name,
                CS_NOTE_COSIGNATURE, EXAMPLE_TIME);
        memset(&read, 0, sizeof(read));
        assert_int_equal(read_note(cs_buffer_span(&note), ORIGIN, &read), signers[i].status);
        if (signers[i].status)
            assert_int_equal(read.size, 0);
    }

    /* One of the two alone is not enough. */
    cs_buffer_reset(&note);
    cs_note_begin(&note, cs_span_of(text));
    sign_as(&note, cs_span_of(text), "log", ORIGIN, CS_NOTE_ED25519, 0);
    assert_int_equal(read_note(cs_buffer_span(&note), ORIGIN, &read), CS_NO_SIGNATURE);
    cs_buffer_reset(&note);
    cs_note_begin(&note, cs_span_of(text));
    sign_as(&note, cs_span_of(text), "witness", WITNESS, CS_NOTE_COSIGNATURE, EXAMPLE_TIME);
    assert_int_equal(read_note(cs_buffer_span(&note), ORIGIN, &read), CS_NO_SIGNATURE);
    cs_buffer_free(&note);
}

/* A third signature, of a witness that is not known here, changes nothing. */
static void test_other_witnesses(void **state)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_checkpoint read;
    struct cs_span text = cs_span_of(ORIGIN "\n3\n" ROOT_TEXT "\n");

    (void)state;
    cs_buffer_add_text(&note, example_checkpoint);
    sign_as(&note, text, "other", "cs1other/witness", CS_NOTE_COSIGNATURE, EXAMPLE_TIME + 5);
    assert_int_equal(read_note(cs_buffer_span(&note), ORIGIN, &read), CS_OK);
    assert_int_equal(read.time, EXAMPLE_TIME);
    cs_buffer_free(&note);
}

static void test_cosigned_by(void **state)
{
    struct cs_node_id node = example_node_id();
    struct cs_keyset keyset = example_keyset();
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_span text = cs_span_of(ORIGIN "\n3\n" ROOT_TEXT "\n");
    uint64_t time = 0;

    (void)state;
    assert_int_equal(cs_checkpoint_cosigned(text, &node, &keyset, &time), CS_MALFORMED);
    cs_note_begin(&note, text);
    sign_as(&note, text, "log", ORIGIN, CS_NOTE_ED25519, 0);
    assert_int_equal(cs_checkpoint_cosigned(cs_buffer_span(&note), &node, &keyset, &time),
                     CS_NO_SIGNATURE);
    assert_int_equal(time, 0);
    sign_as(&note, text, "witness", WITNESS, CS_NOTE_COSIGNATURE, EXAMPLE_TIME);
    assert_int_equal(cs_checkpoint_cosigned(cs_buffer_span(&note), &node, &keyset, &time), CS_OK);
    assert_int_equal(time, EXAMPLE_TIME);
    assert_int_equal(cs_checkpoint_cosigned(cs_buffer_span(&note), &node, &keyset, NULL), CS_OK);
    note.p[0] ^= 2; /* another text under the same signatures */
    assert_int_equal(cs_checkpoint_cosigned(cs_buffer_span(&note), &node, &keyset, NULL),
                     CS_BAD_SIGNATURE);
    cs_buffer_free(&note);
}

static void test_size_of_a_note(void **state)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_checkpoint read;

    (void)state;
    cs_buffer_add_text(&note, example_checkpoint);
    while (note.n <= CS_CHECKPOINT_MAX)
        cs_buffer_add_byte(&note, 'x');
    assert_int_equal(read_note(cs_buffer_span(&note), ORIGIN, &read), CS_TOO_LARGE);
    assert_int_equal(cs_checkpoint_parse(cs_buffer_span(&note), &read), CS_TOO_LARGE);
    assert_int_equal(cs_checkpoint_parse(cs_span_make(NULL, 0), &read), CS_MALFORMED);
    cs_buffer_free(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),  cmocka_unit_test(test_every_flipped_bit),
        cmocka_unit_test(test_origins),         cmocka_unit_test(test_directory),
        cmocka_unit_test(test_texts_refused),   cmocka_unit_test(test_signers),
        cmocka_unit_test(test_other_witnesses), cmocka_unit_test(test_cosigned_by),
        cmocka_unit_test(test_size_of_a_note),
    };

    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
