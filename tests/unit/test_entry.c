/*
 * Entries and bundles: the worked example of SPEC.md, and what is refused (T11, T12, T47).
 */
#include "tests/unit/vectors.h"

#include <commonshelf/encode.h>
#include <commonshelf/entry.h>

static const char first_record[] =
    "{\"id\":\"urn:uuid:5f0c6f6e-0001-4000-8000-000000000001\",\"rev\":1,"
    "\"title\":\"Fracciones con regletas\",\"language\":\"es\",\"licence\":\"CC-BY-4.0\"}";
static const char second_record[] =
    "{\"id\":\"urn:uuid:5f0c6f6e-0001-4000-8000-000000000002\",\"rev\":1,"
    "\"title\":\"El ciclo del agua\"}";

/* The salts of the worked example: SHA-256("salt" and the index) cut to 16 bytes. */
static void example_salt(unsigned index, unsigned char salt[CS_SALT])
{
    struct cs_hash hash;
    char text[16];

    snprintf(text, sizeof(text), "salt%u", index);
    cs_sha256(cs_span_of(text), &hash);
    memcpy(salt, hash.b, CS_SALT);
}

static void example_entry(unsigned index, enum cs_op op, const char *payload, struct cs_buffer *out)
{
    unsigned char salt[CS_SALT];

    example_salt(index, salt);
    assert_int_equal(cs_entry_write(op, salt, cs_span_of(payload), out), CS_OK);
}

static void assert_base64(const struct cs_hash *hash, const char *expected)
{
    struct cs_buffer text = CS_BUFFER_INIT;

    cs_base64_add(&text, cs_span_make(hash->b, CS_HASH));
    assert_string_equal(cs_buffer_text(&text), expected);
    cs_buffer_free(&text);
}

static void test_worked_example(void **state)
{
    static const struct {
        enum cs_op op;
        const char *payload;
        size_t size;
        const char *leaf;
    } entries[] = {
        {CS_OP_EPOCH, "{\"epoch\":1,\"prev\":null}", 41,
         "uyVXSSauAdOjG2ObjdHCb8e9ZhRO4oPiQ7zc/QdXVpc="},
        {CS_OP_PUT, first_record, 152, "KFij44HnFm3KMwltFe3AwV389w5c502Id4L/L6fM0f4="},
        {CS_OP_PUT, second_record, 108, "y7iDKviewcKjFocwVwXknSLZJW0XNXt2FBjMYP/XEyc="},
    };
    struct cs_buffer raw = CS_BUFFER_INIT;
    struct cs_range range;
    struct cs_hash root;
    struct cs_span rest;

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct cs_buffer entry = CS_BUFFER_INIT;

        example_entry(i, entries[i].op, entries[i].payload, &entry);
        assert_int_equal(entry.n, entries[i].size);
        assert_int_equal(cs_bundle_add(&raw, cs_buffer_span(&entry)), CS_OK);
        cs_buffer_free(&entry);
    }

    cs_range_init(&range);
    rest = cs_buffer_span(&raw);
    for (unsigned i = 0; i < 3; i++) {
        struct cs_bundle_item item;
        struct cs_entry entry;

        assert_int_equal(cs_bundle_next(&rest, &item), CS_OK);
        assert_base64(&item.leaf, entries[i].leaf);
        assert_int_equal(cs_entry_read(item.entry, &entry), CS_OK);
        assert_int_equal(entry.op, entries[i].op);
        assert_true(cs_span_is(entry.payload, entries[i].payload));
        cs_range_add_leaf(&range, &item.leaf);
    }
    assert_int_equal(rest.n, 0);
    cs_range_root(&range, &root);
    assert_base64(&root, "7lHmWUVwXpV3EKun77ez8p5VT7JhlDQMahtTptOdKn4=");
    cs_buffer_free(&raw);
}

/* A redacted entry's place holds its hash, and the tree does not notice. */
static void test_redacted(void **state)
{
    struct cs_buffer raw = CS_BUFFER_INIT, entry = CS_BUFFER_INIT;
    struct cs_bundle_item item;
    struct cs_hash leaf;
    struct cs_span rest, bytes;

    (void)state;
    example_entry(1, CS_OP_PUT, first_record, &entry);
    cs_merkle_leaf(cs_buffer_span(&entry), &leaf);
    cs_bundle_add_redacted(&raw, &leaf);
    assert_int_equal(raw.n, 2 + CS_HASH);
    assert_int_equal(cs_bundle_add(&raw, cs_buffer_span(&entry)), CS_OK);

    rest = cs_buffer_span(&raw);
    assert_int_equal(cs_bundle_next_entry(&rest, &bytes), CS_OK);
    assert_int_equal(bytes.n, 0);
    assert_int_equal(cs_bundle_next_entry(&rest, &bytes), CS_OK);
    assert_true(cs_span_equal(bytes, cs_buffer_span(&entry)));
    assert_int_equal(cs_bundle_next_entry(&rest, &bytes), CS_MALFORMED);

    rest = cs_buffer_span(&raw);
    assert_int_equal(cs_bundle_next(&rest, &item), CS_OK);
    assert_int_equal(item.entry.n, 0);
    assert_memory_equal(item.leaf.b, leaf.b, CS_HASH);
    assert_int_equal(cs_bundle_next(&rest, &item), CS_OK);
    assert_true(cs_span_equal(item.entry, cs_buffer_span(&entry)));
    assert_memory_equal(item.leaf.b, leaf.b, CS_HASH);
    assert_int_equal(rest.n, 0);
    cs_buffer_free(&raw);
    cs_buffer_free(&entry);
}

static void test_entries_refused(void **state)
{
    unsigned char bytes[CS_ENTRY_HEAD + 2] = {0x01, 'P'};
    struct cs_entry entry;

    (void)state;
    assert_int_equal(cs_entry_read(cs_span_make(bytes, sizeof(bytes)), &entry), CS_OK);
    assert_int_equal(entry.payload.n, 2);
    assert_ptr_equal(entry.salt, bytes + 2);
    assert_int_equal(cs_entry_read(cs_span_make(bytes, CS_ENTRY_HEAD), &entry), CS_OK);
    assert_int_equal(entry.payload.n, 0);
    for (size_t n = 0; n < CS_ENTRY_HEAD; n++)
        assert_int_equal(cs_entry_read(cs_span_make(bytes, n), &entry), CS_MALFORMED);

    for (unsigned version = 0; version < 256; version++) {
        bytes[0] = (unsigned char)version;
        assert_int_equal(cs_entry_read(cs_span_make(bytes, sizeof(bytes)), &entry),
                         version == 1 ? CS_OK : CS_UNKNOWN_VERSION);
    }
    bytes[0] = 1;
    for (unsigned op = 0; op < 256; op++) {
        bool known = op && strchr("EPDR", (int)op);

        bytes[1] = (unsigned char)op;
        assert_int_equal(cs_entry_read(cs_span_make(bytes, sizeof(bytes)), &entry),
                         known ? CS_OK : CS_MALFORMED);
    }
}

static void test_entry_sizes(void **state)
{
    static unsigned char payload[CS_ENTRY_MAX];
    const unsigned char salt[CS_SALT] = {0};
    struct cs_buffer entry = CS_BUFFER_INIT, raw = CS_BUFFER_INIT;
    struct cs_span too_long = cs_span_make(payload, CS_ENTRY_MAX - CS_ENTRY_HEAD + 1);
    struct cs_span longest = cs_span_make(payload, CS_ENTRY_MAX - CS_ENTRY_HEAD);
    struct cs_bundle_item item;
    struct cs_entry read;
    struct cs_span rest;

    (void)state;
    assert_int_equal(cs_entry_write(CS_OP_PUT, salt, too_long, &entry), CS_TOO_LARGE);
    assert_int_equal(entry.n, 0);
    assert_int_equal(cs_entry_write((enum cs_op)'X', salt, longest, &entry), CS_MALFORMED);
    assert_int_equal(entry.n, 0);
    assert_int_equal(cs_entry_write(CS_OP_PUT, salt, longest, &entry), CS_OK);
    assert_int_equal(entry.n, CS_ENTRY_MAX);
    assert_int_equal(cs_entry_read(cs_buffer_span(&entry), &read), CS_OK);

    assert_int_equal(cs_bundle_add(&raw, cs_buffer_span(&entry)), CS_OK);
    rest = cs_buffer_span(&raw);
    assert_int_equal(cs_bundle_next(&rest, &item), CS_OK);
    assert_int_equal(item.entry.n, CS_ENTRY_MAX);

    cs_buffer_add_byte(&entry, 0);
    assert_int_equal(cs_entry_read(cs_buffer_span(&entry), &read), CS_TOO_LARGE);
    assert_int_equal(cs_bundle_add(&raw, cs_buffer_span(&entry)), CS_TOO_LARGE);
    assert_int_equal(cs_bundle_add(&raw, cs_span_make(entry.p, 0)), CS_MALFORMED);
    assert_int_equal(raw.n, 2 + CS_ENTRY_MAX);

    /* Too short to be read, and kept all the same: somebody signed it. */
    assert_int_equal(cs_bundle_add(&raw, cs_span_make(entry.p, 1)), CS_OK);
    rest = cs_span_make(raw.p + 2 + CS_ENTRY_MAX, raw.n - 2 - CS_ENTRY_MAX);
    assert_int_equal(cs_bundle_next(&rest, &item), CS_OK);
    assert_int_equal(item.entry.n, 1);
    assert_int_equal(rest.n, 0);
    assert_int_equal(cs_entry_read(item.entry, &read), CS_MALFORMED);
    cs_buffer_free(&entry);
    cs_buffer_free(&raw);
}

static void refuse_bundle(const void *bytes, size_t n, enum cs_status status)
{
    struct cs_span rest = cs_span_make(bytes, n);
    struct cs_bundle_item item;

    assert_int_equal(cs_bundle_next(&rest, &item), status);
    assert_ptr_equal(rest.p, bytes);
    assert_int_equal(rest.n, n);
}

static void test_bundles_refused(void **state)
{
    unsigned char bytes[64] = {0};
    unsigned char *cut;

    (void)state;
    refuse_bundle(bytes, 0, CS_MALFORMED);
    refuse_bundle(bytes, 1, CS_MALFORMED);
    refuse_bundle(bytes, 2, CS_MALFORMED); /* a redacted entry without its hash */
    refuse_bundle(bytes, 2 + CS_HASH - 1, CS_MALFORMED);
    bytes[1] = 63;
    refuse_bundle(bytes, sizeof(bytes), CS_MALFORMED); /* one byte is missing */
    bytes[0] = 0xff;
    bytes[1] = 0xff;
    refuse_bundle(bytes, sizeof(bytes), CS_TOO_LARGE);
    bytes[0] = CS_ENTRY_MAX >> 8;
    bytes[1] = (CS_ENTRY_MAX & 0xff) + 1;
    refuse_bundle(bytes, sizeof(bytes), CS_TOO_LARGE);

    /* In memory of its own size, so that a sanitizer sees a step past it. */
    cut = calloc(1, 20);
    assert_non_null(cut);
    cut[1] = 19;
    refuse_bundle(cut, 20, CS_MALFORMED);
    free(cut);
    cut = calloc(1, 1);
    assert_non_null(cut);
    refuse_bundle(cut, 1, CS_MALFORMED);
    free(cut);
}

static void test_epoch(void **state)
{
    static const char *const refused[] = {
        "",
        "{}",
        "null",
        "[1,null]",
        "{\"epoch\":1}",
        "{\"epoch\":2,\"prev\":null}",
        "{\"epoch\":0,\"prev\":null}",
        "{\"epoch\":\"1\",\"prev\":null}",
        "{\"epoch\":1.0,\"prev\":null}",
        "{\"epoch\":1,\"prev\":{}}",
        "{\"epoch\":1,\"prev\":0}",
        "{\"epoch\":1,\"epoch\":1,\"prev\":null}",
        "{\"epoch\":1,\"prev\":null} ,",
    };
    struct cs_buffer payload = CS_BUFFER_INIT;

    (void)state;
    assert_int_equal(cs_epoch_write(1, NULL, &payload), CS_OK);
    assert_string_equal(cs_buffer_text(&payload), "{\"epoch\":1,\"prev\":null}");
    assert_int_equal(cs_epoch_read(cs_buffer_span(&payload), 1, NULL), CS_OK);
    assert_int_equal(cs_epoch_read(cs_buffer_span(&payload), 2, NULL), CS_MALFORMED);
    assert_int_equal(cs_epoch_read(cs_buffer_span(&payload), 0, NULL), CS_MALFORMED);
    assert_int_equal(cs_epoch_write(2, NULL, &payload), CS_MALFORMED);
    assert_int_equal(cs_epoch_write(0, NULL, &payload), CS_MALFORMED);
    cs_buffer_free(&payload);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (cs_epoch_read(cs_span_of(refused[i]), 1, NULL) != CS_MALFORMED)
            fail_msg("%s was taken for leaf 0", refused[i]);
}

#define NODE "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"
#define ROOT "f0vRonOGeEG56i3Nx5/SYa4DOguuOOpkZkv3+8q/s58="

static void test_next_epoch(void **state)
{
    static const char good[] = "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE
                               "/public/1\",\"size\":5,\"root\":\"" ROOT "\",\"count\":1}}";
    static const char *const refused[] = {
        "{\"epoch\":2,\"prev\":null}",
        "{\"epoch\":2,\"prev\":{}}",
        "{\"epoch\":1,\"prev\":{\"origin\":\"" NODE "/public/1\",\"size\":5,\"root\":\"" ROOT
        "\",\"count\":1}}",
        "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE "/public/2\",\"size\":5,\"root\":\"" ROOT
        "\",\"count\":1}}",
        "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE "/public/1\",\"size\":5,\"count\":1}}",
        "{\"epoch\":2,\"prev\":{\"origin\":\"elsewhere\",\"size\":5,\"root\":\"" ROOT
        "\",\"count\":1}}",
        "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE "/public/1\",\"size\":0,\"root\":\"" ROOT
        "\",\"count\":0}}",
        "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE "/public/1\",\"size\":5,\"root\":\"" ROOT
        "\",\"count\":5}}",
        "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE
        "/public/1\",\"size\":5,\"root\":\"AAAA\",\"count\":1}}",
        /* larger than a log can be */
        "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE
        "/public/1\",\"size\":1099511627777,\"root\":\"" ROOT "\",\"count\":1}}",
        "{\"epoch\":2,\"prev\":{\"origin\":\"" NODE "/public/1\",\"size\":5,\"root\":\"" ROOT
        "\",\"count\":-1}}",
    };
    struct cs_buffer payload = CS_BUFFER_INIT;
    struct cs_epoch_prev prev;

    (void)state;
    assert_int_equal(cs_epoch_read(cs_span_of(good), 2, &prev), CS_OK);
    assert_string_equal(prev.origin, NODE "/public/1");
    assert_int_equal(prev.size, 5);
    assert_int_equal(prev.count, 1);
    assert_base64(&prev.root, ROOT);
    assert_int_equal(cs_epoch_read(cs_span_of(good), 3, &prev), CS_MALFORMED);
    assert_int_equal(cs_epoch_write(2, &prev, &payload), CS_OK);
    assert_string_equal(cs_buffer_text(&payload), good);
    assert_int_equal(cs_epoch_write(1, &prev, &payload), CS_MALFORMED);
    assert_int_equal(cs_epoch_write((uint64_t)CS_VERSION_MAX + 1, &prev, &payload), CS_MALFORMED);
    cs_buffer_free(&payload);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (cs_epoch_read(cs_span_of(refused[i]), 2, NULL) != CS_MALFORMED)
            fail_msg("%s was taken for leaf 0", refused[i]);
}

static void test_redaction(void **state)
{
    static const char *const refused[] = {
        "",
        "{}",
        "[1,7]",
        "{\"epoch\":1}",
        "{\"index\":7}",
        "{\"epoch\":1,\"index\":0}", /* the E */
        "{\"epoch\":1,\"index\":9}", /* itself */
        "{\"epoch\":1,\"index\":10}", /* not there yet */
        "{\"epoch\":1,\"index\":-1}",
        "{\"epoch\":1,\"index\":9223372036854775807}",
        "{\"epoch\":1,\"index\":9223372036854775808}",
        "{\"epoch\":2,\"index\":7}",
        "{\"epoch\":\"1\",\"index\":7}",
        "{\"epoch\":1,\"index\":7.0}",
        "{\"epoch\":1,\"index\":7,\"index\":7}",
        "{\"epoch\":1,\"index\":7}}",
    };
    struct cs_buffer payload = CS_BUFFER_INIT;
    uint64_t index = 5;

    (void)state;
    assert_int_equal(cs_redaction_write(1, 8, &payload), CS_OK);
    assert_string_equal(cs_buffer_text(&payload), "{\"epoch\":1,\"index\":8}");
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (cs_redaction_read(cs_span_of(refused[i]), 1, 9, &index) != CS_MALFORMED || index != 5)
            fail_msg("%s was taken for a redaction", refused[i]);
    assert_int_equal(cs_redaction_read(cs_buffer_span(&payload), 1, 9, &index), CS_OK);
    assert_int_equal(index, 8);
    assert_int_equal(
        cs_redaction_read(cs_span_of("{\"epoch\":1,\"index\":1,\"why\":[]}"), 1, 9, &index), CS_OK);
    assert_int_equal(index, 1);
    assert_int_equal(cs_redaction_write(0, 1, &payload), CS_MALFORMED);
    assert_int_equal(cs_redaction_write((uint64_t)CS_VERSION_MAX + 1, 1, &payload), CS_MALFORMED);
    assert_int_equal(cs_redaction_write(1, 0, &payload), CS_MALFORMED);
    assert_int_equal(cs_redaction_write(1, CS_LOG_SIZE_MAX, &payload), CS_MALFORMED);
    cs_buffer_free(&payload);
}

static void *no_memory(void *ctx, void *p, size_t n)
{
    (void)ctx;
    (void)p;
    (void)n;
    return NULL;
}

static void test_out_of_memory(void **state)
{
    const struct cs_allocator alloc = {no_memory, NULL, NULL};
    const unsigned char salt[CS_SALT] = {0}, entry[CS_ENTRY_HEAD] = {0};
    struct cs_buffer out = {NULL, 0, 0, false, &alloc};

    (void)state;
    assert_int_equal(cs_entry_write(CS_OP_PUT, salt, cs_span_of("{}"), &out), CS_NO_MEMORY);
    cs_buffer_reset(&out);
    assert_int_equal(cs_bundle_add(&out, cs_span_make(entry, sizeof(entry))), CS_NO_MEMORY);
    cs_buffer_reset(&out);
    assert_int_equal(cs_epoch_write(1, NULL, &out), CS_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),  cmocka_unit_test(test_redacted),
        cmocka_unit_test(test_entries_refused), cmocka_unit_test(test_entry_sizes),
        cmocka_unit_test(test_bundles_refused), cmocka_unit_test(test_epoch),
        cmocka_unit_test(test_next_epoch),      cmocka_unit_test(test_redaction),
        cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
