/*
 * Request heads, and what is read out of them: however the bytes are cut, the verdict is the same, and
 * a request that was taken keeps the parser's promises. The first byte chooses the cut.
 */
#include "http/conditions.h"
#include "http/http.h"
#include "tests/fuzz/fuzz.h"

/* Feeds in pieces of `step` bytes; 0 when whole, 1 for more, else the status. */
static unsigned feed(struct http_parser *parser, struct cs_span text, size_t step, size_t *taken)
{
    *taken = 0;
    while (*taken < text.n) {
        size_t n = text.n - *taken < step ? text.n - *taken : step, some = 0;
        enum http_parse answer = http_parser_feed(parser, cs_span_make(text.p + *taken, n), &some);

        must(some <= n);
        *taken += some;
        if (answer == HTTP_PARSE_BAD) {
            must(http_parser_status(parser) >= 400);
            return http_parser_status(parser);
        }
        if (answer == HTTP_PARSE_DONE)
            return 0;
        must(some == n);
    }
    return 1;
}

static void check_header(const struct http_header *h)
{
    must(h->name.n >= 1);
    for (size_t k = 0; k < h->name.n; k++)
        must(h->name.p[k] > ' ' && h->name.p[k] != ':' &&
             !(h->name.p[k] >= 'A' && h->name.p[k] <= 'Z'));
    for (size_t k = 0; k < h->value.n; k++)
        must(h->value.p[k] != '\r' && h->value.p[k] != '\n' && h->value.p[k] != 0);
    conditions_match(h->value, "abc", true);
}

static void check_request(const struct http_request *r)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    struct http_query query;
    struct cs_span value;
    uint64_t first, last;

    must(r->method == HTTP_GET || r->method == HTTP_HEAD || r->method == HTTP_POST);
    must(r->path.n >= 1 && r->path.p[0] == '/' && r->path.n + r->query.n <= HTTP_LINE_MAX);
    must(r->query.n == 0 || r->query.p[0] == '?');
    must(r->authority.n >= 1);
    must(r->headers >= 1 && r->headers <= HTTP_HEADER_COUNT_MAX);
    must(http_header(r, "host", &value) == 1);
    must(http_header(r, "transfer-encoding", NULL) == 0);
    must(http_header(r, "content-length", NULL) == r->has_length);
    must(r->has_length || (r->length == 0 && r->method != HTTP_POST));
    for (size_t i = 0; i < r->headers; i++)
        check_header(&r->header[i]);
    if (http_decode(r->path, &out) == 0)
        must(out.n <= r->path.n && !memchr(out.p, 0, out.n));
    cs_buffer_free(&out);
    if (http_query_read(r->query, &query) == 0)
        must(query.n <= HTTP_PARAMETERS_MAX && query.store.n <= r->query.n);
    http_query_free(&query);
    if (conditions_range(r, "abc", 1000, &first, &last) == RANGE_PART)
        must(first <= last && last < 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_parser *whole, *cut;
    struct cs_span text;
    size_t taken[2];
    unsigned status;

    if (size == 0)
        return 0;
    text = cs_span_make(data + 1, size - 1);
    whole = http_parser_new();
    cut = http_parser_new();
    must(whole && cut);
    status = feed(whole, text, SIZE_MAX, &taken[0]);
    must(feed(cut, text, (size_t)data[0] + 1, &taken[1]) == status);
    must((http_parser_request(whole) != NULL) == (status == 0));
    if (status == 0) {
        must(taken[0] == taken[1]);
        check_request(http_parser_request(whole));
    }
    http_parser_free(whole);
    http_parser_free(cut);
    return 0;
}
