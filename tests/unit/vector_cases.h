/*
 * Reading protocol/vectors: documents of cases, and what stands in a case. Tests only.
 */
#ifndef TESTS_VECTOR_CASES_H
#define TESTS_VECTOR_CASES_H

#include "tests/unit/vectors.h"

#include <inttypes.h>
#include <jansson.h>

#include <commonshelf/encode.h>
#include <commonshelf/keyset.h>

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

static inline struct cs_span text_of(const json_t *c, const char *member)
{
    const json_t *value = json_object_get(c, member);

    if (!json_is_string(value))
        fail_msg("\"%s\" has no text \"%s\"", now, member);
    return cs_span_make(json_string_value(value), json_string_length(value));
}

static inline const char *string_of(const json_t *c, const char *member)
{
    return (const char *)text_of(c, member).p;
}

static inline uint64_t number_of(const json_t *c, const char *member)
{
    const json_t *value = json_object_get(c, member);

    if (!json_is_integer(value))
        fail_msg("\"%s\" has no number \"%s\"", now, member);
    return (uint64_t)json_integer_value(value);
}

static inline bool is_true(const json_t *c, const char *member)
{
    return json_is_true(json_object_get(c, member));
}

static inline bool has(const json_t *c, const char *member)
{
    return json_object_get(c, member) != NULL;
}

/* From base64, or hex; the buffer is the caller's to free. */
static inline struct cs_buffer bytes_of(const json_t *c, const char *member)
{
    struct cs_buffer out = CS_BUFFER_INIT;

    expect_status(cs_base64_read_any(text_of(c, member), 1 << 24, &out), CS_OK);
    return out;
}

static inline struct cs_buffer hex_of(const json_t *c, const char *member)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    struct cs_span hex = text_of(c, member);
    unsigned char *p = cs_buffer_reserve(&out, hex.n / 2 + 1);

    expect_status(cs_hex_read(hex, p, hex.n / 2), CS_OK);
    out.n = hex.n / 2;
    return out;
}

static inline struct cs_hash hash_of(struct cs_span base64)
{
    struct cs_hash hash;

    expect_status(cs_base64_read(base64, hash.b, sizeof hash.b), CS_OK);
    return hash;
}

static inline struct cs_public_key key_of(const json_t *c, const char *member)
{
    struct cs_public_key key;

    expect_status(cs_base64_read(text_of(c, member), key.b, sizeof key.b), CS_OK);
    return key;
}

static inline struct cs_node_id node_of(const json_t *c, const char *member)
{
    struct cs_node_id node;

    expect_status(cs_node_id_read(text_of(c, member), &node), CS_OK);
    return node;
}

static inline struct cs_keyset keyset_of(const json_t *c)
{
    struct cs_keyset keyset;

    expect_status(cs_keyset_read(text_of(c, "keyset"), &keyset), CS_OK);
    return keyset;
}

/* Runs `check` on every case of a topic. */
static inline void each(const char *topic, void (*check)(const json_t *c))
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

#define TEST(topic, check)                                                                         \
    static void vectors_of_##topic(void **state)                                                   \
    {                                                                                              \
        (void)state;                                                                               \
        each(#topic, check);                                                                       \
    }
#define ENTRY(topic, check) cmocka_unit_test(vectors_of_##topic),

#endif
