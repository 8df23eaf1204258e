#include "http/conditions.h"

#include <strings.h>

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t';
}

bool conditions_match(struct cs_span list, const char *etag, bool weak)
{
    struct cs_span wanted = cs_span_of(etag);
    size_t i = 0;

    if (cs_span_is(list, "*"))
        return true;
    while (i < list.n) {
        bool is_weak = false;
        size_t from;

        if (is_space(list.p[i]) || list.p[i] == ',') {
            i++;
            continue;
        }
        if (list.n - i > 2 && list.p[i] == 'W' && list.p[i + 1] == '/') {
            is_weak = true;
            i += 2;
        }
        if (list.p[i] != '"')
            return false;
        from = ++i;
        while (i < list.n && list.p[i] != '"')
            i++;
        if (i == list.n)
            return false;
        if ((weak || !is_weak) && cs_span_equal(cs_span_make(list.p + from, i - from), wanted))
            return true;
        i++;
    }
    return false;
}

/* Digits from *i on; a number too large for any content becomes the largest. False without a digit. */
static bool read_digits(struct cs_span s, size_t *i, uint64_t *out)
{
    size_t from = *i;
    uint64_t value = 0;

    for (; *i < s.n && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i)
        value = value > UINT64_MAX / 10 - 1 ? UINT64_MAX : value * 10 + (s.p[*i] - '0');
    *out = value;
    return *i > from;
}

/* bytes=FIRST-LAST, bytes=FIRST- or bytes=-SUFFIX, alone. */
static enum range read_range(struct cs_span value, uint64_t size, uint64_t *first, uint64_t *last)
{
    size_t i = 6;
    bool has_first, has_last;

    if (value.n < 8 || strncasecmp((const char *)value.p, "bytes=", 6) != 0)
        return RANGE_WHOLE;
    has_first = read_digits(value, &i, first);
    if (i == value.n || value.p[i++] != '-')
        return RANGE_WHOLE;
    has_last = read_digits(value, &i, last);
    if (i != value.n || (!has_first && !has_last))
        return RANGE_WHOLE;
    if (!has_first) {
        if (*last == 0 || size == 0)
            return RANGE_OUTSIDE;
        *first = *last < size ? size - *last : 0;
        *last = size - 1;
        return RANGE_PART;
    }
    if (has_last && *last < *first)
        return RANGE_WHOLE;
    if (*first >= size)
        return RANGE_OUTSIDE;
    if (!has_last || *last >= size)
        *last = size - 1;
    return RANGE_PART;
}

enum range conditions_range(const struct http_request *request, const char *etag, uint64_t size,
                            uint64_t *first, uint64_t *last)
{
    struct cs_span range, condition;

    if (request->method != HTTP_GET || http_header(request, "range", &range) != 1)
        return RANGE_WHOLE;
    if (http_header(request, "if-range", &condition) &&
        (cs_span_is(condition, "*") || !conditions_match(condition, etag, false)))
        return RANGE_WHOLE;
    return read_range(range, size, first, last);
}
