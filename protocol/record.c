/*
 * Records: the table of members, and the walk that holds a stranger's record against it.
 */
#include <commonshelf/record.h>

#include "protocol/record_members.h"
#include "protocol/shape.h"

#include <jansson.h>
#include <stdlib.h>

#define INTEGER_MAX 9007199254740991 /* 2^53 - 1: what every JSON reader keeps exact */
#define COUNT_MAX 1000000000 /* copies or seats: nobody has more */

/* ---- words that a member may have */

static bool word_in(struct cs_span s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cs_span_is(s, words[i]))
            return true;
    return false;
}

static bool is_kind(struct cs_span s)
{
    static const char *const words[] = {"resource", "need"};

    return word_in(s, words, sizeof(words) / sizeof(words[0]));
}

static bool is_category(struct cs_span s)
{
    static const char *const words[] = {"material",   "equipment", "room",
                                        "expertise",  "workshop",  "mentorship",
                                        "internship", "tutoring",  "service"};

    return word_in(s, words, sizeof(words) / sizeof(words[0]));
}

static bool is_access(struct cs_span s)
{
    static const char *const words[] = {"open", "ask", "loan", "onsite"};

    return word_in(s, words, sizeof(words) / sizeof(words[0]));
}

static bool is_id(struct cs_span s)
{
    struct cs_uuid uuid;

    return cs_uuid_read(s, &uuid) == CS_OK;
}

/* ---- the table */

/* clang-format off */
#define STRING(name, list, cap, valid) {name, VALUE_STRING, list, cap, valid, 0, 0}
#define TEXT(name, list, cap) {name, VALUE_TEXT, list, cap, cs_shape_text, 0, 0}
#define INTEGER(name, low, high) {name, VALUE_INTEGER, 0, 0, NULL, low, high}

/* Sorted by name, for bsearch. */
static const struct member members[] = { /* at most 64 */
    STRING("about", 64, 400, cs_shape_text),
    TEXT("alternateName", 16, 2000),
    STRING("audience", 16, 400, cs_shape_text),
    STRING("callNumber", 0, 200, cs_shape_text),
    INTEGER("capacity", 0, COUNT_MAX),
    STRING("category", 0, 16, is_category),
    STRING("conditionsOfAccess", 0, 16, is_access),
    STRING("contributor", 64, 400, cs_shape_text),
    INTEGER("copies", 0, COUNT_MAX),
    STRING("creator", 64, 400, cs_shape_text),
    STRING("datePublished", 0, 32, cs_date_valid),
    TEXT("description", 0, 20000),
    STRING("educationalLevel", 16, 400, cs_shape_text),
    {"encoding", VALUE_ENCODING, 32, 0, NULL, 0, 0},
    STRING("id", 0, CS_URN_UUID_LEN, is_id),
    STRING("identifier", 32, 400, cs_shape_uri),
    STRING("image", 0, CS_URL_MAX, cs_shape_https),
    STRING("inLanguage", CS_RECORD_LANGUAGES_MAX, CS_LANGUAGE_MAX, cs_language_valid),
    STRING("isBasedOn", 16, 400, cs_shape_uri),
    STRING("isPartOf", 16, 400, cs_shape_uri),
    STRING("isbn", 16, 13, cs_shape_isbn),
    STRING("keywords", 64, 400, cs_shape_text),
    STRING("kind", 0, 16, is_kind),
    STRING("learningResourceType", 16, 400, cs_shape_text),
    STRING("license", 0, 400, cs_shape_uri),
    TEXT("name", 0, 2000),
    TEXT("place", 0, 400),
    STRING("publisher", 0, 400, cs_shape_text),
    INTEGER("rev", 1, INTEGER_MAX),
    STRING("timeRequired", 0, 32, cs_shape_duration),
    STRING("type", 8, 64, cs_shape_type_name),
    STRING("url", 0, CS_URL_MAX, cs_shape_https),
    STRING("validFrom", 0, 40, cs_shape_time),
    STRING("validUntil", 0, 40, cs_shape_time),
};

/* The members of an item of `encoding`. The name is a text for people, never a path. */
static const struct member encoding_members[] = {
    STRING("mediaType", 0, 127, cs_shape_media_type),
    STRING("name", 0, 400, cs_shape_text),
    STRING("sha256", 0, 64, cs_shape_sha256),
    INTEGER("size", 0, INTEGER_MAX),
    STRING("url", 0, CS_URL_MAX, cs_shape_https),
};
/* clang-format on */

static const char *const required[] = {"id", "rev", "kind", "name"};
static const char *const encoding_required[] = {"sha256", "size", "mediaType", "name"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- values: each check returns a reason of struct cs_record_fault, or NULL */

static const char too_long[] = "too_long", too_many[] = "too_many", shape[] = "shape",
                  missing[] = "missing", value[] = "value";

static struct cs_span string_of(const json_t *string)
{
    return cs_span_make(json_string_value(string), json_string_length(string));
}

bool record_string_fits(struct cs_span s, const struct member *member)
{
    return s.n > 0 && s.n <= member->cap && member->valid(s);
}

static const char *check_string(const json_t *string, size_t cap, bool (*valid)(struct cs_span))
{
    struct cs_span s;

    if (!json_is_string(string))
        return shape;
    s = string_of(string);
    if (s.n > cap)
        return too_long;
    return s.n > 0 && valid(s) ? NULL : value;
}

static const char *check_integer(const json_t *integer, const struct member *member)
{
    json_int_t n;

    if (!json_is_integer(integer))
        return shape;
    n = json_integer_value(integer);
    return n >= member->low && n <= member->high ? NULL : value;
}

/* A string, or an array of the same text in several languages or scripts. */
static const char *check_text(const json_t *text, const struct member *member)
{
    size_t n = json_array_size(text);

    if (!json_is_array(text))
        return check_string(text, member->cap, member->valid);
    if (n == 0)
        return shape;
    if (n > CS_RECORD_LANGUAGES_MAX)
        return too_many;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(text, i);
        const char *reason;

        if (!json_is_object(item))
            return shape;
        reason = check_string(json_object_get(item, "value"), member->cap, member->valid);
        if (!reason)
            reason =
                check_string(json_object_get(item, "lang"), CS_LANGUAGE_MAX, cs_language_valid);
        if (reason)
            return reason;
    }
    return NULL;
}

static const char *check_encoding(const json_t *encoding)
{
    if (!json_is_object(encoding))
        return shape;
    for (size_t i = 0; i < COUNT(encoding_required); i++)
        if (!json_object_get(encoding, encoding_required[i]))
            return missing;
    for (size_t i = 0; i < COUNT(encoding_members); i++) {
        const struct member *member = &encoding_members[i];
        const json_t *json = json_object_get(encoding, member->name);
        const char *reason = NULL;

        if (json && member->value == VALUE_INTEGER)
            reason = check_integer(json, member);
        else if (json)
            reason = check_string(json, member->cap, member->valid);
        if (reason)
            return reason;
    }
    return NULL;
}

static const char *check_value(const json_t *json, const struct member *member)
{
    switch (member->value) {
    case VALUE_STRING:
        return check_string(json, member->cap, member->valid);
    case VALUE_TEXT:
        return check_text(json, member);
    case VALUE_INTEGER:
        return check_integer(json, member);
    case VALUE_ENCODING:
        return check_encoding(json);
    }
    return shape;
}

static const char *check_member(const json_t *json, const struct member *member)
{
    if (member->list == 0)
        return check_value(json, member);
    if (!json_is_array(json))
        return shape;
    if (json_array_size(json) > member->list)
        return too_many;
    for (size_t i = 0; i < json_array_size(json); i++) {
        const char *reason = check_value(json_array_get(json, i), member);

        if (reason)
            return reason;
    }
    return NULL;
}

/* ---- records */

static int by_name(const void *key, const void *element)
{
    const char *name = key;
    const struct member *member = element;

    return strcmp(name, member->name);
}

const struct member *record_member(struct cs_span name, unsigned *place)
{
    size_t low = 0, high = COUNT(members);

    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *here = members[middle].name;
        int order = strncmp((const char *)name.p, here, name.n);

        if (order == 0 && !here[name.n]) {
            *place = (unsigned)middle;
            return &members[middle];
        }
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static enum cs_status refuse(struct cs_record_fault *fault, const char *member, const char *reason)
{
    if (fault) {
        fault->member = member;
        fault->reason = reason;
    }
    return CS_BAD_MEMBER;
}

enum cs_status cs_record_check(const struct json_t *record, struct cs_record_fault *fault)
{
    json_t *object = (json_t *)(uintptr_t)record; /* jansson walks objects without const only */
    const char *name;
    json_t *json;

    if (!json_is_object(record))
        return refuse(fault, "", shape);
    for (size_t i = 0; i < COUNT(required); i++)
        if (!json_object_get(record, required[i]))
            return refuse(fault, required[i], missing);

    json_object_foreach(object, name, json)
    {
        const struct member *member =
            bsearch(name, members, COUNT(members), sizeof(members[0]), by_name);
        const char *reason = member ? check_member(json, member) : NULL;

        if (reason)
            return refuse(fault, member->name, reason);
    }
    if (cs_span_is(string_of(json_object_get(record, "kind")), "resource") &&
        !json_object_get(record, "category"))
        return refuse(fault, "category", missing);
    return CS_OK;
}

enum cs_status cs_record_key(const struct json_t *record, struct cs_uuid *id, uint64_t *rev)
{
    const json_t *urn = json_object_get(record, "id");
    const json_t *number = json_object_get(record, "rev");

    if (!json_is_string(urn) || cs_uuid_read(string_of(urn), id))
        return CS_BAD_MEMBER;
    if (!json_is_integer(number) || json_integer_value(number) < 1 ||
        json_integer_value(number) > INTEGER_MAX)
        return CS_BAD_MEMBER;
    *rev = (uint64_t)json_integer_value(number);
    return CS_OK;
}

enum cs_status cs_record_read(struct cs_span payload, struct json_t **record, struct cs_uuid *id,
                              uint64_t *rev, struct cs_record_fault *fault)
{
    enum cs_status status = cs_json_read(payload, CS_ENTRY_MAX - CS_ENTRY_HEAD, record);

    if (status)
        return status;
    status = cs_record_check(*record, fault);
    if (status == CS_OK)
        status = cs_record_key(*record, id, rev);
    if (status) {
        json_decref(*record);
        *record = NULL;
    }
    return status;
}

enum cs_status cs_record_verify(struct cs_span payload, struct cs_uuid *id, uint64_t *rev)
{
    json_t *record = NULL;
    enum cs_status status;

    if (record_quick(payload, id, rev))
        return CS_OK;
    status = cs_record_read(payload, &record, id, rev, NULL);
    json_decref(record);
    return status;
}

enum cs_status cs_withdrawal_read(struct cs_span payload, struct cs_uuid *id, uint64_t *rev)
{
    json_t *withdrawal = NULL;
    enum cs_status status = cs_json_read(payload, CS_ENTRY_MAX - CS_ENTRY_HEAD, &withdrawal);

    if (status)
        return status;
    status = cs_record_key(withdrawal, id, rev);
    json_decref(withdrawal);
    return status;
}

/* ---- texts in several languages */

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static bool equal_folded(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower((unsigned char)a[i]) != lower((unsigned char)b[i]))
            return false;
    return true;
}

/* How well a text's language serves a reader's: 2 the same tag, 1 the same primary subtag, 0. */
static int language_fit(const char *have, const char *want)
{
    size_t length = strlen(have), primary = strcspn(have, "-");

    if (length == strlen(want) && equal_folded(have, want, length))
        return 2;
    return primary == strcspn(want, "-") && equal_folded(have, want, primary) ? 1 : 0;
}

/* The item of a text's array that fits `lang` best; NULL if none is well formed. */
static const json_t *best_item(const json_t *items, const char *lang)
{
    const json_t *best = NULL;
    int best_fit = -1;

    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const char *have = json_string_value(json_object_get(item, "lang"));
        int fit = have && lang ? language_fit(have, lang) : 0;

        if (fit > best_fit && json_is_string(json_object_get(item, "value"))) {
            best = item;
            best_fit = fit;
        }
    }
    return best;
}

const char *cs_record_text(const struct json_t *record, const char *member, const char *lang,
                           const char **found_lang)
{
    const json_t *text = json_object_get(record, member);
    const char *found, *language;

    if (json_is_array(text)) {
        const json_t *item = best_item(text, lang);

        found = json_string_value(json_object_get(item, "value"));
        language = json_string_value(json_object_get(item, "lang"));
    } else {
        found = json_string_value(text);
        language = json_string_value(json_array_get(json_object_get(record, "inLanguage"), 0));
    }
    if (found_lang)
        *found_lang = found ? language : NULL;
    return found;
}
