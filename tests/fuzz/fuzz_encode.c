/*
 * The small spellings: what is read is written again as the same text, so nothing has a second one.
 */
#include <commonshelf/encode.h>

#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#define BYTES_MAX 4096

struct spelling {
    enum cs_status (*read)(struct cs_span text, void *out, size_t n);
    void (*add)(struct cs_buffer *out, struct cs_span bytes);
    size_t (*bytes)(size_t text); /* that so much text may stand for */
};

static size_t of_base64(size_t text)
{
    return text / 4 * 3;
}
static size_t of_base64url(size_t text)
{
    return text * 3 / 4;
}
static size_t of_base32(size_t text)
{
    return text * 5 / 8;
}
static size_t of_hex(size_t text)
{
    return text / 2;
}

static const struct spelling spellings[] = {
    {cs_base64_read, cs_base64_add, of_base64},
    {cs_base64url_read, cs_base64url_add, of_base64url},
    {cs_base32_read, cs_base32_add, of_base32},
    {cs_hex_read, cs_hex_add, of_hex},
};

/* At most one length fits; padding leaves three to try. */
static void check_spelling(const struct spelling *s, struct cs_span text)
{
    struct cs_buffer again = CS_BUFFER_INIT;
    unsigned char bytes[BYTES_MAX + 1];
    size_t most = s->bytes(text.n), fitting = 0;

    for (size_t less = 0; less < 3 && less <= most; less++) {
        bytes[most - less] = 0x5a;
        if (s->read(text, bytes, most - less) != CS_OK)
            continue;
        fitting++;
        must(bytes[most - less] == 0x5a);
        cs_buffer_reset(&again);
        s->add(&again, cs_span_make(bytes, most - less));
        must(cs_span_equal(text, cs_buffer_span(&again)));
    }
    must(fitting <= 1);
    cs_buffer_free(&again);
}

static void check_any(struct cs_span text)
{
    struct cs_buffer bytes = CS_BUFFER_INIT, again = CS_BUFFER_INIT;

    if (cs_base64_read_any(text, BYTES_MAX, &bytes) == CS_OK) {
        must(bytes.n <= BYTES_MAX);
        cs_base64_add(&again, cs_buffer_span(&bytes));
        must(cs_span_equal(text, cs_buffer_span(&again)));
    }
    cs_buffer_free(&bytes);
    cs_buffer_free(&again);
}

static void check_numbers(struct cs_span text)
{
    char again[32], urn[CS_URN_UUID_LEN + 1];
    struct cs_uuid uuid;
    uint64_t value;

    if (cs_decimal_read(text, UINT64_MAX, &value) == CS_OK) {
        snprintf(again, sizeof(again), "%llu", (unsigned long long)value);
        must(cs_span_is(text, again));
        must(value == 0 || cs_decimal_read(text, value - 1, &value) != CS_OK);
    }
    if (cs_uuid_read(text, &uuid) == CS_OK) {
        cs_uuid_write(&uuid, urn);
        must(cs_span_is(text, urn));
    }
}

/* UTF-8 is valid whole if and only if it is in two parts that are cut between characters. */
static void check_utf8(struct cs_span text)
{
    size_t half = text.n / 2;

    while (half < text.n && (text.p[half] & 0xc0) == 0x80)
        half++;
    must(cs_utf8_valid(text) == (cs_utf8_valid(cs_span_make(text.p, half)) &&
                                 cs_utf8_valid(cs_span_make(text.p + half, text.n - half))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span text = cs_span_make(data, size);

    if (size > BYTES_MAX)
        return 0;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        check_spelling(&spellings[i], text);
    check_any(text);
    check_numbers(text);
    check_utf8(text);
    return 0;
}
