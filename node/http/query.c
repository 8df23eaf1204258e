/*
 * Percent-encoding and queries.
 */
#include "http/request.h"

#include <commonshelf/encode.h>

#include "support/support.h"

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* UTF-8 without controls: C0, DEL, and C1 in its two-byte form. A form's fields may have the tabs and
 * line ends that people paste. */
static bool is_clean_text(struct cs_span text, bool form)
{
    if (!cs_utf8_valid(text))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = text.p[i];

        if (form && (c == '\t' || c == '\n' || c == '\r'))
            continue;
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && text.p[i + 1] < 0xa0))
            return false;
    }
    return true;
}

static int decode(struct cs_span text, bool form, struct cs_buffer *out)
{
    size_t start = out->n;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = text.p[i];

        if (c == '%') {
            int high = i + 2 < text.n ? hex_value(text.p[i + 1]) : -1;
            int low = i + 2 < text.n ? hex_value(text.p[i + 2]) : -1;

            if (high < 0 || low < 0)
                return -1;
            c = (unsigned char)(high * 16 + low);
            i += 2;
        } else if (form && c == '+') {
            c = ' ';
        }
        cs_buffer_add_byte(out, c);
    }
    if (out->failed)
        return -1;
    if (out->n == start)
        return 0;
    return is_clean_text(cs_span_make(out->p + start, out->n - start), form) ? 0 : -1;
}

int http_decode(struct cs_span text, struct cs_buffer *out)
{
    return decode(text, false, out);
}

/* Decodes one side of a pair. Where it lies is kept as an offset until the store has stopped moving. */
static int decode_side(struct http_query *q, const unsigned char *from, const unsigned char *to,
                       size_t *at, size_t *length)
{
    *at = q->store.n;
    if (decode(cs_span_make(from, (size_t)(to - from)), true, &q->store))
        return -1;
    *length = q->store.n - *at;
    return 0;
}

int http_query_read(struct cs_span raw, struct http_query *out)
{
    size_t at[HTTP_PARAMETERS_MAX][2];
    const unsigned char *p = raw.p, *end;

    memset(out, 0, sizeof *out);
    out->store.alloc = memory_allocator();
    if (!raw.n)
        return 0;
    if (!cs_buffer_reserve(&out->store, raw.n))
        return -1;
    end = raw.p + raw.n;
    if (*p == '?')
        p++;
    while (p < end) {
        const unsigned char *pair_end = memchr(p, '&', (size_t)(end - p));
        const unsigned char *equals;
        struct http_parameter *parameter = &out->parameter[out->n];

        if (!pair_end)
            pair_end = end;
        if (pair_end == p) {
            p++;
            continue;
        }
        if (out->n == HTTP_PARAMETERS_MAX)
            return -1;
        equals = memchr(p, '=', (size_t)(pair_end - p));
        if (decode_side(out, p, equals ? equals : pair_end, &at[out->n][0], &parameter->name.n) ||
            decode_side(out, equals ? equals + 1 : pair_end, pair_end, &at[out->n][1],
                        &parameter->value.n))
            return -1;
        out->n++;
        p = pair_end < end ? pair_end + 1 : end;
    }
    for (size_t i = 0; i < out->n; i++) {
        out->parameter[i].name.p = out->store.p + at[i][0];
        out->parameter[i].value.p = out->store.p + at[i][1];
    }
    return 0;
}

void http_query_free(struct http_query *query)
{
    cs_buffer_free(&query->store);
    query->n = 0;
}

bool http_query_get(const struct http_query *query, const char *name, struct cs_span *value)
{
    for (size_t i = 0; i < query->n; i++) {
        if (cs_span_is(query->parameter[i].name, name)) {
            *value = query->parameter[i].value;
            return true;
        }
    }
    *value = cs_span_make(NULL, 0);
    return false;
}

bool http_query_only(const struct http_query *query, const char *const *known)
{
    for (size_t i = 0; i < query->n; i++) {
        const char *const *k = known;

        while (*k && !cs_span_is(query->parameter[i].name, *k))
            k++;
        if (!*k)
            return false;
        for (size_t j = 0; j < i; j++)
            if (cs_span_equal(query->parameter[i].name, query->parameter[j].name))
                return false;
    }
    return true;
}
