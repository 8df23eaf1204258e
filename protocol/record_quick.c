/*
 * The short way to say that a record is good, for the many that are plain: one pass over the text, and
 * what it is not sure of is left to the long way.
 */
#include <commonshelf/encode.h>

#include "protocol/record_members.h"
#include "protocol/scan.h"

#define UNESCAPED_MAX 4096 /* bytes of a string with escapes; longer ones go the long way */
#define DIGITS_MAX 15 /* below 2^53 whatever they are */

struct quick {
    struct cs_span text;
    size_t i;
    uint64_t seen; /* members, by their place in the table */
    bool resource;
    struct cs_uuid id;
    uint64_t rev;
    unsigned char scratch[UNESCAPED_MAX];
};

static void skip_space(struct quick *q)
{
    while (q->i < q->text.n && (q->text.p[q->i] == ' ' || q->text.p[q->i] == '\n' ||
                                q->text.p[q->i] == '\r' || q->text.p[q->i] == '\t'))
        q->i++;
}

static bool take(struct quick *q, unsigned char c)
{
    skip_space(q);
    if (q->i == q->text.n || q->text.p[q->i] != c)
        return false;
    q->i++;
    return true;
}

/* The rest of a string with escapes, from the first of them on; `start` is where the string began. */
static bool take_escaped(struct quick *q, size_t start, struct cs_span *out)
{
    size_t n = q->i - start;

    if (n >= UNESCAPED_MAX)
        return false;
    memcpy(q->scratch, q->text.p + start, n);
    while (q->i < q->text.n && n < UNESCAPED_MAX) {
        unsigned char c = q->text.p[q->i++];

        if (c == '"') {
            *out = cs_span_make(q->scratch, n);
            return true;
        }
        if (c == '\\') {
            c = q->i < q->text.n ? q->text.p[q->i++] : 0;
            if (c == 'n')
                c = '\n';
            else if (c == 't')
                c = '\t';
            else if (c != '"' && c != '\\' && c != '/')
                return false;
        } else if (c < 0x20) {
            return false;
        }
        q->scratch[n++] = c;
    }
    return false;
}

/* A string; `out` is good until the next one. */
static bool take_string(struct quick *q, struct cs_span *out)
{
    size_t start;

    if (!take(q, '"'))
        return false;
    for (start = q->i; q->i < q->text.n; q->i++) {
        unsigned char c = q->text.p[q->i];

        if (c == '"') {
            *out = cs_span_make(q->text.p + start, q->i - start);
            q->i++;
            return true;
        }
        if (c == '\\')
            return take_escaped(q, start, out);
        if (c < 0x20)
            return false;
    }
    return false;
}

static bool take_integer(struct quick *q, const struct member *member, int64_t *out)
{
    size_t start;

    skip_space(q);
    start = q->i;
    *out = 0;
    while (q->i < q->text.n && q->i - start < DIGITS_MAX && scan_is_digit(q->text.p[q->i]))
        *out = *out * 10 + (q->text.p[q->i++] - '0');
    if (q->i == start || (q->text.p[start] == '0' && q->i - start > 1))
        return false;
    return *out >= member->low && *out <= member->high;
}

/* One value, or one item of a list. What identifies the record is kept. */
static bool take_value(struct quick *q, const struct member *member)
{
    struct cs_span s;
    int64_t number;

    switch (member->value) {
    case VALUE_STRING:
    case VALUE_TEXT:
        if (!take_string(q, &s) || !record_string_fits(s, member))
            return false;
        if (strcmp(member->name, "id") == 0)
            return cs_uuid_read(s, &q->id) == CS_OK;
        if (strcmp(member->name, "kind") == 0)
            q->resource = cs_span_is(s, "resource");
        return true;
    case VALUE_INTEGER:
        if (!take_integer(q, member, &number))
            return false;
        if (strcmp(member->name, "rev") == 0)
            q->rev = (uint64_t)number;
        return true;
    case VALUE_ENCODING:
        return false;
    }
    return false;
}

static bool take_list(struct quick *q, const struct member *member)
{
    if (!take(q, '['))
        return false;
    if (take(q, ']'))
        return true;
    for (unsigned n = 1; n <= member->list; n++) {
        if (!take_value(q, member))
            return false;
        if (take(q, ']'))
            return true;
        if (!take(q, ','))
            return false;
    }
    return false;
}

static bool take_member(struct quick *q)
{
    const struct member *member;
    struct cs_span name;
    unsigned place;

    if (!take_string(q, &name) || !(member = record_member(name, &place)) || !take(q, ':'))
        return false;
    if (q->seen >> place & 1)
        return false; /* named twice */
    q->seen |= UINT64_C(1) << place;
    return member->list ? take_list(q, member) : take_value(q, member);
}

static bool has(const struct quick *q, const char *name)
{
    unsigned place;

    return record_member(cs_span_of(name), &place) && (q->seen >> place & 1);
}

bool record_quick(struct cs_span payload, struct cs_uuid *id, uint64_t *rev)
{
    struct quick q;

    q.text = payload;
    q.i = 0;
    q.seen = 0;
    q.resource = false;
    if (payload.n > CS_ENTRY_MAX - CS_ENTRY_HEAD || !cs_utf8_valid(payload) || !take(&q, '{'))
        return false;
    do {
        if (!take_member(&q))
            return false;
    } while (take(&q, ','));
    if (!take(&q, '}'))
        return false;
    skip_space(&q);
    if (q.i != payload.n || !has(&q, "id") || !has(&q, "rev") || !has(&q, "kind") ||
        !has(&q, "name") || (q.resource && !has(&q, "category")))
        return false;
    *id = q.id;
    *rev = q.rev;
    return true;
}
