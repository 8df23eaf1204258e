/*
 * Reading what a request asks for, and writing it back as links.
 */
#include <stdio.h>

#include "site/internal.h"

static const char *const fields[] = {"type",    "category", "educationalLevel", "inLanguage",
                                     "license", "node",     "availability",     "kind"};

/* The name before ':' must be a facet's: nothing else reaches the index. */
static int read_filter(struct cs_span text, struct search_filter *out)
{
    const unsigned char *colon = memchr(text.p, ':', text.n);
    struct cs_span value;

    if (!colon)
        return -1;
    value = cs_span_make(colon + 1, text.n - (size_t)(colon + 1 - text.p));
    if (value.n == 0 || value.n >= sizeof out->value)
        return -1;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (cs_span_is(cs_span_make(text.p, (size_t)(colon - text.p)), fields[i])) {
            snprintf(out->field, sizeof out->field, "%s", fields[i]);
            memcpy(out->value, value.p, value.n);
            out->value[value.n] = '\0';
            return 0;
        }
    }
    return -1;
}

static int read_number(struct cs_span text, size_t min, size_t max, size_t *out)
{
    uint64_t n;

    if (cs_decimal_read(text, max, &n) != CS_OK || n < min)
        return -1;
    *out = (size_t)n;
    return 0;
}

/* The code of the error, or NULL. */
static const char *read_parameter(const struct http_parameter *p, struct question *out,
                                  unsigned *seen)
{
    static const char *const once[] = {"q", "limit", "offset"};

    if (cs_span_is(p->name, "filter")) {
        if (out->request.filters == QUESTION_FILTERS_MAX)
            return "too_many_filters";
        return read_filter(p->value, &out->filter[out->request.filters++]) ? "bad_filter" : NULL;
    }
    for (unsigned i = 0; i < 3; i++) {
        if (!cs_span_is(p->name, once[i]))
            continue;
        if (*seen & 1u << i)
            return "repeated_parameter";
        *seen |= 1u << i;
        if (i == 0)
            out->request.query = p->value;
        else if (i == 1 && read_number(p->value, 1, SEARCH_LIMIT_MAX, &out->request.limit))
            return "bad_limit";
        else if (i == 2 && read_number(p->value, 0, SEARCH_OFFSET_MAX, &out->request.offset))
            return "bad_offset";
        return NULL;
    }
    return "unknown_parameter";
}

int question_read(struct cs_span raw, struct question *out, const char **code)
{
    unsigned seen = 0;

    memset(out, 0, sizeof *out);
    out->request.viewer.kind = VIEWER_ANONYMOUS;
    out->request.lang = language_get();
    out->request.filter = out->filter;
    out->request.limit = SEARCH_LIMIT_DEFAULT;
    *code = "bad_query";
    if (http_query_read(raw, &out->query))
        return -1;
    for (size_t i = 0; i < out->query.n; i++)
        if ((*code = read_parameter(&out->query.parameter[i], out, &seen)))
            return -1;
    *code = NULL;
    return 0;
}

void question_free(struct question *question)
{
    http_query_free(&question->query);
}

int question_record(struct cs_span path, const char *prefix, struct cs_node_id *node,
                    struct cs_uuid *id)
{
    size_t skip = strlen(prefix);
    struct cs_buffer first = CS_BUFFER_INIT, second = CS_BUFFER_INIT;
    const unsigned char *slash;
    struct cs_span rest;
    int rc = -1;

    first.alloc = second.alloc = memory_allocator();
    if (path.n < skip || memcmp(path.p, prefix, skip) != 0)
        goto out;
    rest = cs_span_make(path.p + skip, path.n - skip);
    if (!(slash = memchr(rest.p, '/', rest.n)))
        goto out;
    if (http_decode(cs_span_make(rest.p, (size_t)(slash - rest.p)), &first) ||
        http_decode(cs_span_make(slash + 1, rest.n - (size_t)(slash + 1 - rest.p)), &second))
        goto out;
    if (cs_node_id_read(cs_buffer_span(&first), node) == CS_OK &&
        cs_uuid_read(cs_buffer_span(&second), id) == CS_OK)
        rc = 0;
out:
    cs_buffer_free(&first);
    cs_buffer_free(&second);
    return rc;
}

/* ---- links */

static void add_filter(struct cs_buffer *out, const char *field, const char *value)
{
    html_raw(out, "&amp;filter=");
    html_url_part(out, cs_span_of(field));
    html_raw(out, ":");
    html_url_part(out, cs_span_of(value));
}

void question_href(struct cs_buffer *out, const struct search_request *request,
                   const struct question_change *change)
{
    html_raw(out, "\"/search?q=");
    html_url_part(out, request->query);
    for (size_t i = 0; i < request->filters && change->leave != LEAVE_ALL; i++)
        if (i != change->leave)
            add_filter(out, request->filter[i].field, request->filter[i].value);
    if (change->add_field)
        add_filter(out, change->add_field, change->add_value);
    if (request->limit != SEARCH_LIMIT_DEFAULT) {
        html_raw(out, "&amp;limit=");
        html_number(out, request->limit);
    }
    if (change->offset) {
        html_raw(out, "&amp;offset=");
        html_number(out, change->offset);
    }
    html_raw(out, "\"");
}

void search_href(struct cs_buffer *out, const char *query, const char *field, const char *value)
{
    html_raw(out, "\"/search?q=");
    if (query)
        html_url_part(out, cs_span_of(query));
    if (field)
        add_filter(out, field, value);
    html_raw(out, "\"");
}
