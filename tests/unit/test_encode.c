/*
 * Text forms of bytes: RFC 4648's and RFC 9562's own examples, every length both ways, and every
 * second spelling of the same bytes refused.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/encode.h>

typedef void add_function(struct cs_buffer *out, struct cs_span bytes);
typedef enum cs_status read_function(struct cs_span text, void *out, size_t n);

static const struct form {
    add_function *add;
    read_function *read;
} base64 = {cs_base64_add, cs_base64_read}, base64url = {cs_base64url_add, cs_base64url_read},
  base32 = {cs_base32_add, cs_base32_read}, hex = {cs_hex_add, cs_hex_read};

static void same_both_ways(const struct form *form, const char *bytes, const char *text)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    unsigned char back[16];
    size_t n = strlen(bytes);

    form->add(&out, cs_span_of(bytes));
    assert_string_equal(cs_buffer_text(&out), text);
    assert_int_equal(form->read(cs_span_of(text), back, n), CS_OK);
    assert_memory_equal(back, bytes, n);
    cs_buffer_free(&out);
}

/* RFC 4648 §10, in this library's spelling: base32 in lower case, no padding but in base64. */
static void rfc_4648_examples(void **state)
{
    static const char *const rows[][5] = {
        {"", "", "", "", ""},
        {"f", "Zg==", "Zg", "my", "66"},
        {"fo", "Zm8=", "Zm8", "mzxq", "666f"},
        {"foo", "Zm9v", "Zm9v", "mzxw6", "666f6f"},
        {"foob", "Zm9vYg==", "Zm9vYg", "mzxw6yq", "666f6f62"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE", "mzxw6ytb", "666f6f6261"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy", "mzxw6ytboi", "666f6f626172"},
        {"\xfb\xff\xbf", "+/+/", "-_-_", "7p736", "fbffbf"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        same_both_ways(&base64, rows[i][0], rows[i][1]);
        same_both_ways(&base64url, rows[i][0], rows[i][2]);
        same_both_ways(&base32, rows[i][0], rows[i][3]);
        same_both_ways(&hex, rows[i][0], rows[i][4]);
    }
}

static void every_length_both_ways(void **state)
{
    const struct form *forms[] = {&base64, &base64url, &base32, &hex};
    unsigned char bytes[130], back[130];
    struct cs_buffer out = CS_BUFFER_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * 151 + 7);
    for (size_t f = 0; f < 4; f++) {
        for (size_t n = 0; n <= sizeof(bytes); n++) {
            cs_buffer_reset(&out);
            forms[f]->add(&out, cs_span_make(bytes, n));
            assert_int_equal(forms[f]->read(cs_buffer_span(&out), back, n), CS_OK);
            assert_memory_equal(back, bytes, n);
            if (f == 0)
                assert_int_equal(out.n, CS_BASE64_LEN(n));
            if (f == 2)
                assert_int_equal(out.n, CS_BASE32_LEN(n));
            if (n > 0) {
                assert_int_equal(forms[f]->read(cs_buffer_span(&out), back, n - 1), CS_MALFORMED);
                assert_int_equal(forms[f]->read(cs_span_make(out.p, out.n - 1), back, n),
                                 CS_MALFORMED);
            }
        }
    }
    cs_buffer_free(&out);
}

/* Each digit's place takes exactly the digits of its alphabet. */
static void alphabets_are_exact(void **state)
{
    static const struct {
        const struct form *form;
        const char *digits;
        const char *rest; /* what stands behind the digit that is tried */
        size_t n;
    } rows[] = {
        {&base64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "AAA", 3},
        {&base64url, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", "AAA", 3},
        {&base32, "abcdefghijklmnopqrstuvwxyz234567", "aaaaaaa", 5},
        {&hex, "0123456789abcdef", "0", 1},
    };

    (void)state;
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        for (int c = 0; c < 256; c++) {
            char text[10] = {(char)c};
            unsigned char back[8];
            bool known = c != 0 && strchr(rows[r].digits, c);
            size_t length = 1 + strlen(rows[r].rest);

            memcpy(text + 1, rows[r].rest, length - 1);
            assert_int_equal(rows[r].form->read(cs_span_make(text, length), back, rows[r].n),
                             known ? CS_OK : CS_MALFORMED);
        }
    }
}

static void only_the_canonical_form_is_read(void **state)
{
    static const struct {
        const struct form *form;
        const char *text;
        size_t n;
    } rows[] = {
        {&base64, "Zh==", 1}, /* unused bits set */
        {&base64, "Zm9=", 2}, /* unused bits set */
        {&base64, "Zg", 1}, /* no padding */
        {&base64, "Zg=", 1},      {&base64, "Zg===", 1},    {&base64, "Zm8==", 2},
        {&base64, "Z===", 1},     {&base64, "=Zg=", 1},     {&base64, "====", 1},
        {&base64, "Zm9v\n", 3},   {&base64, " Zm9v", 3},    {&base64, "Zm 9v", 3},
        {&base64, "Zm9v====", 3}, {&base64, "Zm9vZg==", 3}, {&base64, "Zg==Zg==", 4},
        {&base64url, "Zh", 1},    {&base64url, "Zg==", 1},  {&base64url, "Zm8=", 2},
        {&base32, "mz", 1}, /* unused bits set */
        {&base32, "MY", 1},       {&base32, "my======", 1}, {&base32, "m1", 1},
        {&hex, "6", 1},           {&hex, "0x", 1},          {&hex, "6F", 1},
        {&hex, "666", 1},
    };
    unsigned char back[16];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].form->read(cs_span_of(rows[i].text), back, rows[i].n) != CS_MALFORMED)
            fail_msg("\"%s\" was read as %zu bytes", rows[i].text, rows[i].n);
    }
}

static void base64_of_unknown_length(void **state)
{
    struct cs_buffer out = CS_BUFFER_INIT;

    (void)state;
    cs_buffer_add_text(&out, ">");
    assert_int_equal(cs_base64_read_any(cs_span_of("Zm9vYg=="), 4, &out), CS_OK);
    assert_int_equal(cs_base64_read_any(cs_span_of("Zm8="), 2, &out), CS_OK);
    assert_int_equal(cs_base64_read_any(cs_span_of(""), 0, &out), CS_OK);
    assert_string_equal(cs_buffer_text(&out), ">foobfo");
    assert_int_equal(cs_base64_read_any(cs_span_of("Zm9vYg=="), 3, &out), CS_TOO_LARGE);
    assert_int_equal(cs_base64_read_any(cs_span_of("Zm9vY"), 9, &out), CS_MALFORMED);
    assert_int_equal(cs_base64_read_any(cs_span_of("===="), 9, &out), CS_MALFORMED);
    assert_int_equal(cs_base64_read_any(cs_span_of("Zm9v*A=="), 9, &out), CS_MALFORMED);
    assert_string_equal(cs_buffer_text(&out), ">foobfo");
    cs_buffer_free(&out);
}

static void decimals(void **state)
{
    static const char *const bad[] = {"",
                                      "00",
                                      "01",
                                      "+1",
                                      "-1",
                                      "1 ",
                                      " 1",
                                      "1a",
                                      "a",
                                      "/",
                                      ":",
                                      "0x1",
                                      "1e3",
                                      "1.0",
                                      "18446744073709551616",
                                      "99999999999999999999",
                                      "184467440737095516150",
                                      "\xd9\xa1"};
    uint64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        value = 77;
        if (cs_decimal_read(cs_span_of(bad[i]), UINT64_MAX, &value) != CS_MALFORMED)
            fail_msg("\"%s\" was read", bad[i]);
        assert_int_equal(value, 77);
    }
    assert_int_equal(cs_decimal_read(cs_span_of("0"), UINT64_MAX, &value), CS_OK);
    assert_true(value == 0);
    assert_int_equal(cs_decimal_read(cs_span_of("18446744073709551615"), UINT64_MAX, &value),
                     CS_OK);
    assert_true(value == UINT64_MAX);
    assert_int_equal(cs_decimal_read(cs_span_of("65535"), 65535, &value), CS_OK);
    assert_int_equal(cs_decimal_read(cs_span_of("65536"), 65535, &value), CS_MALFORMED);
    assert_int_equal(cs_decimal_read(cs_span_of("5"), 5, &value), CS_OK);
    assert_int_equal(cs_decimal_read(cs_span_of("6"), 5, &value), CS_MALFORMED);
    assert_int_equal(cs_decimal_read(cs_span_of("15"), 5, &value), CS_MALFORMED);
    assert_int_equal(cs_decimal_read(cs_span_of("0"), 0, &value), CS_OK);
    assert_int_equal(cs_decimal_read(cs_span_of("1"), 0, &value), CS_MALFORMED);
}

/* A second reading of RFC 3629: decode, then look at the value. */
static bool naive_utf8(const unsigned char *p, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

    while (n > 0) {
        size_t length = p[0] < 0x80             ? 1
                        : (p[0] & 0xe0) == 0xc0 ? 2
                        : (p[0] & 0xf0) == 0xe0 ? 3
                        : (p[0] & 0xf8) == 0xf0 ? 4
                                                : 0;
        uint32_t value;

        if (length == 0 || length > n)
            return false;
        value = length == 1 ? p[0] : p[0] & (0x7fu >> length);
        for (size_t i = 1; i < length; i++) {
            if ((p[i] & 0xc0) != 0x80)
                return false;
            value = value << 6 | (p[i] & 0x3fu);
        }
        if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
            return false;
        p += length;
        n -= length;
    }
    return true;
}

static void utf8_agrees_with_a_second_reading(void **state)
{
    unsigned char text[4];

    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            text[0] = (unsigned char)a;
            text[1] = (unsigned char)b;
            assert_true(cs_utf8_valid(cs_span_make(text, 1)) == naive_utf8(text, 1));
            assert_true(cs_utf8_valid(cs_span_make(text, 2)) == naive_utf8(text, 2));
            /* The bytes where the answer changes stand for all others behind them. */
            for (unsigned c = 0x7e; c <= 0xc1; c++) {
                text[2] = (unsigned char)c;
                text[3] = 0xbf;
                assert_true(cs_utf8_valid(cs_span_make(text, 3)) == naive_utf8(text, 3));
                assert_true(cs_utf8_valid(cs_span_make(text, 4)) == naive_utf8(text, 4));
            }
        }
    }
}

/* ASCII is passed over eight bytes at a time: no place may hide from the check. */
static void utf8_looks_at_every_place(void **state)
{
    unsigned char text[40];

    (void)state;
    for (size_t n = 1; n <= sizeof(text); n++) {
        for (size_t i = 0; i < n; i++) {
            memset(text, 'a', sizeof(text));
            text[i] = 0xff;
            assert_false(cs_utf8_valid(cs_span_make(text, n)));
            text[i] = 0xc3;
            if (i + 1 < n)
                text[i + 1] = 0xa9;
            assert_true(cs_utf8_valid(cs_span_make(text, n)) == (i + 1 < n));
        }
    }
    assert_true(cs_utf8_valid(cs_span_make(NULL, 0)));
}

/* RFC 9562 appendix A.4 */
static void uuid_from_a_name(void **state)
{
    struct cs_uuid dns, uuid, back;
    char text[CS_URN_UUID_LEN + 1];

    (void)state;
    assert_int_equal(
        cs_uuid_read(cs_span_of("urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"), &dns), CS_OK);
    assert_int_equal(cs_uuid_name(&dns, cs_span_of("www.example.com"), &uuid), CS_OK);
    cs_uuid_write(&uuid, text);
    assert_string_equal(text, "urn:uuid:2ed6657d-e927-568b-95e1-2665a8aea6a2");
    assert_int_equal(cs_uuid_read(cs_span_of(text), &back), CS_OK);
    assert_memory_equal(&back, &uuid, sizeof(uuid));
    assert_int_equal(cs_uuid_name(&dns, cs_span_make(NULL, 0), &uuid), CS_OK);
}

static void uuid_from_random_bytes(void **state)
{
    unsigned char ones[16], zeros[16] = {0};
    char text[CS_URN_UUID_LEN + 1];
    struct cs_uuid uuid;

    (void)state;
    memset(ones, 0xff, sizeof(ones));
    cs_uuid_random(ones, &uuid);
    cs_uuid_write(&uuid, text);
    assert_string_equal(text, "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff");
    cs_uuid_random(zeros, &uuid);
    cs_uuid_write(&uuid, text);
    assert_string_equal(text, "urn:uuid:00000000-0000-4000-8000-000000000000");
}

static void other_spellings_of_uuids(void **state)
{
    static const char *const bad[] = {
        "",
        "urn:uuid:",
        "5f0c6f6e-0001-4000-8000-000000000001",
        "URN:UUID:5f0c6f6e-0001-4000-8000-000000000001",
        "urn:uuid:5F0C6F6E-0001-4000-8000-000000000001",
        "urn:uuid:5f0c6f6e00014000800000000000000100000",
        "urn:uuid:5f0c6f6-e0001-4000-8000-000000000001",
        "urn:uuid:5f0c6f6e-0001-4000-8000-00000000000g",
        "urn:uuid:5f0c6f6e-0001-4000-8000-0000000000011",
        "urn:uuid:5f0c6f6e-0001-4000-8000-00000000000",
        "urn:uuid:5f0c6f6e:0001:4000:8000:000000000001",
    };
    struct cs_uuid uuid;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (cs_uuid_read(cs_span_of(bad[i]), &uuid) != CS_MALFORMED)
            fail_msg("\"%s\" was read", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_4648_examples),
        cmocka_unit_test(every_length_both_ways),
        cmocka_unit_test(alphabets_are_exact),
        cmocka_unit_test(only_the_canonical_form_is_read),
        cmocka_unit_test(base64_of_unknown_length),
        cmocka_unit_test(decimals),
        cmocka_unit_test(utf8_agrees_with_a_second_reading),
        cmocka_unit_test(utf8_looks_at_every_place),
        cmocka_unit_test(uuid_from_a_name),
        cmocka_unit_test(uuid_from_random_bytes),
        cmocka_unit_test(other_spellings_of_uuids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
