/*
 * Records for unit tests: one that is good, with one member more or another in its place.
 */
#ifndef TESTS_RECORD_FIXTURE_H
#define TESTS_RECORD_FIXTURE_H

#include "tests/unit/vectors.h"

#include <commonshelf/record.h>

#include <jansson.h>

#define BASE                                                                                       \
    "\"id\":\"urn:uuid:5f0c6f6e-0001-4000-8000-000000000001\",\"rev\":1,\"kind\":\"resource\","    \
    "\"category\":\"material\",\"name\":\"Fracciones con regletas\""

/* The short way says what the long way says. */
static inline void assert_verdict(struct cs_span payload, enum cs_status status)
{
    struct cs_uuid id;
    uint64_t rev;

    if (cs_record_verify(payload, &id, &rev) != status)
        fail_msg("another verdict of %.*s", (int)payload.n, (const char *)payload.p);
}

/* Checks a record of BASE and one member more, or one in BASE's place. */
static inline enum cs_status check_member(const char *member, const char *value,
                                          struct cs_record_fault *fault)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    json_t *record = NULL, *json;
    enum cs_status status;
    char *written;

    assert_int_equal(cs_json_read(cs_span_of("{" BASE "}"), CS_ENTRY_MAX, &record), CS_OK);
    cs_buffer_add_text(&text, value);
    if (cs_json_read(cs_buffer_span(&text), 1u << 20, &json))
        fail_msg("%s: the test's value is no JSON: %s", member, value);
    json_object_set_new(record, member, json);
    *fault = (struct cs_record_fault){"", ""};
    status = cs_record_check(record, fault);
    written = json_dumps(record, JSON_INDENT(1));
    assert_non_null(written);
    if (strlen(written) <= CS_ENTRY_MAX - CS_ENTRY_HEAD)
        assert_verdict(cs_span_of(written), status);
    free(written);
    json_decref(record);
    cs_buffer_free(&text);
    return status;
}

static inline void accept(const char *member, const char *value)
{
    struct cs_record_fault fault;

    if (check_member(member, value, &fault))
        fail_msg("%s: %s refused: %s %s", member, value, fault.member, fault.reason);
}

static inline void refuse(const char *member, const char *value, const char *reason)
{
    struct cs_record_fault fault;

    if (check_member(member, value, &fault) != CS_BAD_MEMBER)
        fail_msg("%s: %s was accepted", member, value);
    assert_string_equal(fault.member, member);
    if (strcmp(fault.reason, reason) != 0)
        fail_msg("%s: %s refused for %s, not for %s", member, value, fault.reason, reason);
}

/* `before`, the letter a n times, `after`. The caller frees. */
static inline char *long_value(const char *before, size_t n, const char *after)
{
    struct cs_buffer text = CS_BUFFER_INIT;

    cs_buffer_add_text(&text, before);
    for (size_t i = 0; i < n; i++)
        cs_buffer_add_byte(&text, 'a');
    cs_buffer_add_text(&text, after);
    assert_non_null(cs_buffer_text(&text));
    return (char *)text.p;
}

/* A JSON array of n times the value. The caller frees. */
static inline char *long_list(const char *value, size_t n)
{
    struct cs_buffer text = CS_BUFFER_INIT;

    for (size_t i = 0; i < n; i++)
        cs_buffer_printf(&text, "%s%s", i ? "," : "[", value);
    cs_buffer_add_text(&text, "]");
    assert_non_null(cs_buffer_text(&text));
    return (char *)text.p;
}

#endif
