/*
 * The parser of request heads: what it takes, what it refuses and with which status, however the bytes
 * are cut; and the helpers for targets, conditions and URLs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/conditions.h"
#include "http/http.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define G "GET / HTTP/1.1\r\n"
#define H "Host: a\r\n"

/* Feeds a text in pieces of at most `step` bytes; the status, 0 when the head is whole, 1 when more is
 * wanted. `left` is how much was not taken. */
static unsigned feed(struct http_parser *parser, struct cs_span text, size_t step, size_t *left)
{
    size_t at = 0;

    while (at < text.n) {
        size_t n = text.n - at < step ? text.n - at : step, taken = 0;
        /* a copy of its own, so that a read past the end is seen by the sanitizer */
        unsigned char *piece = malloc(n);
        enum http_parse answer;

        memcpy(piece, text.p + at, n);
        answer = http_parser_feed(parser, cs_span_make(piece, n), &taken);
        free(piece);
        at += taken;
        *left = text.n - at;
        if (answer == HTTP_PARSE_BAD)
            return http_parser_status(parser);
        if (answer == HTTP_PARSE_DONE)
            return 0;
        assert_int_equal(taken, n);
    }
    return 1;
}

static unsigned status_of(struct cs_span text, size_t step)
{
    struct http_parser *parser = http_parser_new();
    size_t left;
    unsigned status;

    assert_non_null(parser);
    status = feed(parser, text, step, &left);
    if (status == 0)
        assert_non_null(http_parser_request(parser));
    else
        assert_null(http_parser_request(parser));
    http_parser_free(parser);
    return status;
}

static void test_statuses(void **state)
{
    static const struct {
        const char *text;
        unsigned status;
    } table[] = {
        {G H "\r\n", 0},
        {"HEAD /a/b?c=d HTTP/1.1\r\nhost: a.example:7443\r\n\r\n", 0},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 0},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 007\r\n\r\n", 0},
        {G "HoSt:\t [::1]:80 \t\r\n\r\n", 0},
        {G H "X: \xc3\xa9\r\nEmpty:\r\n\r\n", 0},
        {"GET /?q={a|b}\\^` HTTP/1.1\r\n" H "\r\n", 0},
        {"GET /?q=100% HTTP/1.1\r\n" H "\r\n", 0},
        {G H "Connection: keep-alive, Close\r\n\r\n", 0},
        {G H "Expect: 100-Continue\r\n\r\n", 0},
        {G H, 1},
        {G H "\r", 1},
        {"", 1},

        /* lines */
        {"\r\n" G H "\r\n", 400},
        {"\n", 400},
        {"GET / HTTP/1.1\n" H "\r\n", 400},
        {G "Host: a\n\r\n", 400},
        {G H "\n", 400},
        {G "Host: a\rX: b\r\n\r\n", 400},
        {G H "X: a\r\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\r\n", 400},

        /* the request line */
        {"GET  / HTTP/1.1\r\n", 400},
        {"GET / HTTP/1.1 \r\n", 400},
        {" GET / HTTP/1.1\r\n", 400},
        {"GET /\r\n", 400},
        {"GET /a b HTTP/1.1\r\n", 400},
        {"GET\t/ HTTP/1.1\r\n", 400},
        {"G\xc3T / HTTP/1.1\r\n", 400},
        {"G@T / HTTP/1.1\r\n", 400},
        {"/ HTTP/1.1\r\n", 400},
        {"get / HTTP/1.1\r\n", 501},
        {"PUT / HTTP/1.1\r\n", 501},
        {"OPTIONS * HTTP/1.1\r\n", 501},
        {"CONNECT a:443 HTTP/1.1\r\n", 501},
        {"TRACE / HTTP/1.1\r\n", 501},
        {"PRI * HTTP/2.0\r\n", 501},
        {"GET / HTTP/1.0\r\n", 505},
        {"GET / HTTP/2.0\r\n", 505},
        {"GET / HTTP/0.9\r\n", 505},
        {"GET / http/1.1\r\n", 400},
        {"GET / HTTP/1.10\r\n", 400},
        {"GET / HTTP/1,1\r\n", 400},
        {"GET / XTTP/1.1\r\n", 400},
        {"GET http://a/ HTTP/1.1\r\n", 400},
        {"GET * HTTP/1.1\r\n", 400},
        {"GET a HTTP/1.1\r\n", 400},
        {"GET ?a HTTP/1.1\r\n", 400},
        {"GET /a#b HTTP/1.1\r\n", 400},
        {"GET /<a HTTP/1.1\r\n", 400},
        {"GET /\"a HTTP/1.1\r\n", 400},
        {"GET /?\"a HTTP/1.1\r\n", 400},
        {"GET /a\\b HTTP/1.1\r\n", 400},
        {"GET /% HTTP/1.1\r\n", 400},
        {"GET /%4 HTTP/1.1\r\n", 400},
        {"GET /%4g HTTP/1.1\r\n", 400},
        {"GET /\x7f HTTP/1.1\r\n", 400},
        {"GET /\xc3\xa9 HTTP/1.1\r\n", 400},

        /* header lines */
        {G H "X : a\r\n\r\n", 400},
        {G H ": a\r\n\r\n", 400},
        {G H "X\r\n\r\n", 400},
        {G H "X Y: a\r\n\r\n", 400},
        {G H "X\t: a\r\n\r\n", 400},
        {G H "X: a\r\n b\r\n\r\n", 400},
        {G H "X: a\r\n\tb\r\n\r\n", 400},
        {G " " H "\r\n", 400},
        {G H "X(: a\r\n\r\n", 400},
        {G H "X\xc3: a\r\n\r\n", 400},
        {G H "X: a\x01\r\n\r\n", 400},
        {G H "X: a\x7f\r\n\r\n", 400},
        {G H "X: a\x0b\r\n\r\n", 400},

        /* Host */
        {G "\r\n", 400},
        {G H H "\r\n", 400},
        {G H "HOST: b\r\n\r\n", 400},
        {G "Host:\r\n\r\n", 400},
        {G "Host: a, b\r\n\r\n", 400},
        {G "Host: a b\r\n\r\n", 400},
        {G "Host: u@a\r\n\r\n", 400},
        {G "Host: a/b\r\n\r\n", 400},
        {G "Host: a:\r\n\r\n", 400},
        {G "Host: a:123456\r\n\r\n", 400},
        {G "Host: a:8x\r\n\r\n", 400},
        {G "Host: :80\r\n\r\n", 400},
        {G "Host: [::1\r\n\r\n", 400},
        {G "Host: []\r\n\r\n", 400},
        {G "Host: [::1]x\r\n\r\n", 400},
        {G "Host: [::g]\r\n\r\n", 400},
        {G "Host: a%41\r\n\r\n", 400},

        /* where a request ends: what smuggling is made of */
        {"POST / HTTP/1.1\r\n" H "\r\n", 411},
        {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         411},
        {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\n" H "TRANSFER-ENCODING:\r\nContent-Length: 3\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\n" H "Transfer-Encoding\x0b: chunked\r\nContent-Length: 3\r\n\r\n",
         400},
        {G H "Transfer-Encoding: chunked\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 1e3\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 0x10\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 1 0\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-length: 6\r\n\r\n", 400},
        {G H "Expect: 200-ok\r\n\r\n", 417},
        {G H "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", 417},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        size_t steps[] = {1, 2, 3, 7, SIZE_MAX};

        for (size_t s = 0; s < COUNT(steps); s++) {
            unsigned status = status_of(cs_span_of(table[i].text), steps[s]);

            if (status != table[i].status)
                fail_msg("row %zu in steps of %zu: %u, not %u: %s", i, steps[s], status,
                         table[i].status, table[i].text);
        }
    }
}

static void test_nul_bytes(void **state)
{
    static const char *const texts[] = {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
                                        "G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n",
                                        G "Host: a\x01\r\n\r\n",
                                        G "Ho\x01st: a\r\n\r\n",
                                        G H "X: a\r\n\x01\r\n\r\n",
                                        G "Host: a\r\x01\n\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char text[100];
        size_t n = strlen(texts[i]);

        memcpy(text, texts[i], n);
        *(char *)memchr(text, 1, n) = 0;
        assert_int_equal(status_of(cs_span_make(text, n), 1), 400);
        assert_int_equal(status_of(cs_span_make(text, n), SIZE_MAX), 400);
    }
}

static void test_request(void **state)
{
    static const char text[] =
        "POST /csh/v1/a%2Fb?x=1&y HTTP/1.1\r\nHOST: Node.Example:7443\r\nX-A:  b c \t\r\nx-a: d\r\n"
        "Content-Length: 4\r\nConnection: upgrade , close\r\nExpect: 100-continue\r\n\r\nbody";
    struct http_parser *parser = http_parser_new();
    const struct http_request *r;
    struct cs_span value;
    size_t left;

    (void)state;
    assert_int_equal(feed(parser, cs_span_of(text), 5, &left), 0);
    assert_true(left >= 4); /* bytes of the body are never taken */
    assert_int_equal(left, 4);
    r = http_parser_request(parser);
    assert_int_equal(r->method, HTTP_POST);
    assert_true(cs_span_is(r->path, "/csh/v1/a%2Fb"));
    assert_true(cs_span_is(r->query, "?x=1&y"));
    assert_true(cs_span_is(r->authority, "node.example:7443"));
    assert_true(r->has_length && r->length == 4 && r->close && r->expect);
    assert_int_equal(http_header(r, "x-a", &value), 2);
    assert_true(cs_span_is(value, "b c"));
    assert_int_equal(http_header(r, "x-b", &value), 0);
    assert_int_equal(value.n, 0);
    http_parser_free(parser);
}

static void test_huge_length(void **state)
{
    struct http_parser *parser = http_parser_new();
    size_t left;

    (void)state;
    assert_int_equal(feed(parser,
                          cs_span_of("POST / HTTP/1.1\r\n" H
                                     "Content-Length: 99999999999999999999999999999999\r\n\r\n"),
                          9, &left),
                     0);
    assert_true(http_parser_request(parser)->length > HTTP_BODY_MAX);
    http_parser_free(parser);
}

/* ---- limits, each at its edge */

static unsigned status_of_long(const char *before, size_t n, const char *after)
{
    size_t b = strlen(before), a = strlen(after);
    char *text = malloc(b + n + a);
    unsigned status;

    memcpy(text, before, b);
    memset(text + b, 'a', n);
    memcpy(text + b + n, after, a);
    status = status_of(cs_span_make(text, b + n + a), 1000);
    assert_int_equal(status_of(cs_span_make(text, b + n + a), SIZE_MAX), status);
    free(text);
    return status;
}

static void test_line_limit(void **state)
{
    size_t fits = HTTP_LINE_MAX - strlen("GET / HTTP/1.1");

    (void)state;
    assert_int_equal(status_of_long("GET /", fits, " HTTP/1.1\r\n" H "\r\n"), 0);
    assert_int_equal(status_of_long("GET /", fits + 1, " HTTP/1.1\r\n" H "\r\n"), 414);
    assert_int_equal(status_of_long("GET /", 1000000, ""), 414);
}

static void test_headers_limit(void **state)
{
    size_t fits = HTTP_HEADERS_MAX - strlen(H) - strlen("X: \r\n");
    char *text = malloc(1u << 20);
    size_t n = 0;

    (void)state;
    assert_int_equal(status_of_long(G H "X: ", fits, "\r\n\r\n"), 0);
    assert_int_equal(status_of_long(G H "X: ", fits + 1, "\r\n\r\n"), 431);
    assert_int_equal(status_of_long(G H "X: ", 1000000, ""), 431);
    /* 10,000 header lines */
    n += (size_t)sprintf(text, G H);
    for (int i = 0; i < 10000; i++)
        n += (size_t)sprintf(text + n, "x%d: y\r\n", i);
    assert_int_equal(status_of(cs_span_make(text, n), 4096), 431);
    free(text);
}

static void test_header_count(void **state)
{
    char text[4096];

    (void)state;
    for (int extra = 0; extra < 2; extra++) {
        size_t n = (size_t)sprintf(text, G H);

        for (int i = 1; i < HTTP_HEADER_COUNT_MAX + extra; i++)
            n += (size_t)sprintf(text + n, "x: y\r\n");
        n += (size_t)sprintf(text + n, "\r\n");
        assert_int_equal(status_of(cs_span_make(text, n), SIZE_MAX), extra ? 431 : 0);
    }
}

/* ---- targets */

static void test_decode(void **state)
{
    static const struct {
        const char *from, *to;
    } table[] = {{"", ""},         {"a%20b+c", "a b+c"}, {"%C3%a9", "\xc3\xa9"},
                 {"%2F%2e", "/."}, {"%", NULL},          {"%4", NULL},
                 {"a%zz", NULL},   {"%00", NULL},        {"%0a", NULL},
                 {"%7F", NULL},    {"%C3", NULL},        {"%ED%A0%80", NULL},
                 {"%C0%AF", NULL}, {"%c2%85", NULL},     {"%c2%a0", "\xc2\xa0"},
                 {"%FF", NULL},    {"%1f", NULL},        {"%252e", "%2e"}};

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct cs_buffer out = CS_BUFFER_INIT;
        int rc = http_decode(cs_span_of(table[i].from), &out);

        if (rc != (table[i].to ? 0 : -1))
            fail_msg("%s", table[i].from);
        if (table[i].to)
            assert_true(cs_span_is(cs_buffer_span(&out), table[i].to));
        cs_buffer_free(&out);
    }
}

static void test_query(void **state)
{
    static const char *const known[] = {"q", "limit", NULL};
    struct http_query query;
    struct cs_span value;

    (void)state;
    assert_int_equal(http_query_read(cs_span_of("?q=a+b%26c&&limit=10&empty=&bare&=x&q=2"), &query),
                     0);
    assert_int_equal(query.n, 6);
    assert_true(http_query_get(&query, "q", &value) && cs_span_is(value, "a b&c"));
    assert_true(http_query_get(&query, "empty", &value) && value.n == 0);
    assert_true(http_query_get(&query, "bare", &value) && value.n == 0);
    assert_true(http_query_get(&query, "", &value) && cs_span_is(value, "x"));
    assert_false(http_query_get(&query, "none", &value));
    assert_false(http_query_only(&query, known));
    http_query_free(&query);

    assert_int_equal(http_query_read(cs_span_of("q=1&limit=2"), &query), 0);
    assert_true(http_query_only(&query, known));
    http_query_free(&query);
    assert_int_equal(http_query_read(cs_span_of("q=1&q=2"), &query), 0);
    assert_false(http_query_only(&query, known));
    http_query_free(&query);
    assert_int_equal(http_query_read(cs_span_of("?"), &query), 0);
    assert_true(query.n == 0 && http_query_only(&query, known));
    http_query_free(&query);
    assert_int_equal(http_query_read(cs_span_of("q=a%09b%0D%0A"), &query), 0);
    http_query_free(&query);
    assert_int_equal(http_query_read(cs_span_of("q=%00"), &query), -1);
    http_query_free(&query);
    assert_int_equal(http_query_read(cs_span_of("q=100%"), &query), -1);
    http_query_free(&query);
}

static void test_query_count(void **state)
{
    char text[3 * (HTTP_PARAMETERS_MAX + 1) + 1] = "";
    struct http_query query;

    (void)state;
    for (int i = 0; i < HTTP_PARAMETERS_MAX; i++)
        strcat(text, "a=&");
    assert_int_equal(http_query_read(cs_span_of(text), &query), 0);
    http_query_free(&query);
    strcat(text, "a=");
    assert_int_equal(http_query_read(cs_span_of(text), &query), -1);
    http_query_free(&query);
}

/* ---- conditions and ranges */

static void test_match(void **state)
{
    static const struct {
        const char *list;
        bool weak, strong;
    } table[] = {
        {"\"a\"", true, true},          {"W/\"a\"", true, false}, {"\"b\", \"a\"", true, true},
        {"\"b\",W/\"a\"", true, false}, {"*", true, true},        {"a", false, false},
        {"\"a", false, false},          {"\"\"", false, false},   {"", false, false},
        {"\"b\" \"a\"", true, true},    {"w/\"a\"", false, false}};

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(conditions_match(cs_span_of(table[i].list), "a", true), table[i].weak);
        assert_int_equal(conditions_match(cs_span_of(table[i].list), "a", false), table[i].strong);
    }
}

static void test_range(void **state)
{
    static const struct {
        const char *headers;
        enum range range;
        uint64_t first, last;
    } table[] = {
        {"Range: bytes=0-0\r\n", RANGE_PART, 0, 0},
        {"Range: bytes=10-19\r\n", RANGE_PART, 10, 19},
        {"Range: Bytes=90-\r\n", RANGE_PART, 90, 99},
        {"Range: bytes=90-200\r\n", RANGE_PART, 90, 99},
        {"Range: bytes=-5\r\n", RANGE_PART, 95, 99},
        {"Range: bytes=-500\r\n", RANGE_PART, 0, 99},
        {"Range: bytes=0-99999999999999999999999\r\n", RANGE_PART, 0, 99},
        {"Range: bytes=100-\r\n", RANGE_OUTSIDE, 0, 0},
        {"Range: bytes=100-100\r\n", RANGE_OUTSIDE, 0, 0},
        {"Range: bytes=99999999999999999999999-\r\n", RANGE_OUTSIDE, 0, 0},
        {"Range: bytes=-0\r\n", RANGE_OUTSIDE, 0, 0},
        {"Range: bytes=9-3\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=0-1,3-4\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=-\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=a-b\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes= 1-2\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=+1-2\r\n", RANGE_WHOLE, 0, 0},
        {"Range: items=1-2\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=0-0\r\nRange: bytes=1-1\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=1-2\r\nIf-Range: \"tag\"\r\n", RANGE_PART, 1, 2},
        {"Range: bytes=1-2\r\nIf-Range: \"other\"\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=1-2\r\nIf-Range: W/\"tag\"\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=1-2\r\nIf-Range: *\r\n", RANGE_WHOLE, 0, 0},
        {"Range: bytes=1-2\r\nIf-Range: Tue, 24 Nov 2026 10:00:00 GMT\r\n", RANGE_WHOLE, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct http_parser *parser = http_parser_new();
        uint64_t first = 0, last = 0;
        char text[300];
        size_t left;
        enum range range;

        snprintf(text, sizeof text, G H "%s\r\n", table[i].headers);
        assert_int_equal(feed(parser, cs_span_of(text), SIZE_MAX, &left), 0);
        range = conditions_range(http_parser_request(parser), "tag", 100, &first, &last);
        if (range != table[i].range)
            fail_msg("%s: %d", table[i].headers, range);
        if (range == RANGE_PART) {
            assert_int_equal(first, table[i].first);
            assert_int_equal(last, table[i].last);
        }
        http_parser_free(parser);
    }
}

static void test_range_of_nothing(void **state)
{
    struct http_parser *parser = http_parser_new();
    uint64_t first, last;
    size_t left;

    (void)state;
    assert_int_equal(feed(parser, cs_span_of(G H "Range: bytes=-5\r\n\r\n"), 1, &left), 0);
    assert_int_equal(conditions_range(http_parser_request(parser), "t", 0, &first, &last),
                     RANGE_OUTSIDE);
    http_parser_free(parser);
}

/* ---- names */

static void test_date(void **state)
{
    char text[HTTP_DATE];

    (void)state;
    http_date(784111777, text);
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    http_date(0, text);
    assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    http_date(UINT64_MAX, text);
    assert_int_equal(strlen(text), HTTP_DATE - 1);
}

/* ---- URLs of other nodes */

static void test_url(void **state)
{
    static const struct {
        const char *from, *text, *authority, *path, *query;
    } good[] = {
        {"https://a.example", "https://a.example/", "a.example", "/", ""},
        {"HTTPS://A.Example:443/B?c", "https://a.example/B?c", "a.example", "/B", "?c"},
        {"https://a.example:7443?x", "https://a.example:7443/?x", "a.example:7443", "/", "?x"},
        {"https://192.0.2.1:7443/", "https://192.0.2.1:7443/", "192.0.2.1:7443", "/", ""},
        {"https://[2001:DB8::1]:7443/a", "https://[2001:db8::1]:7443/a", "[2001:db8::1]:7443", "/a",
         ""},
        {"https://xn--bcher-kva.example/%20", "https://xn--bcher-kva.example/%20",
         "xn--bcher-kva.example", "/%20", ""},
        {"https://localhost:7443", "https://localhost:7443/", "localhost:7443", "/", ""},
        {"https://1.library.example", "https://1.library.example/", "1.library.example", "/", ""},
    };
    static const char *const bad[] = {
        "",
        "a.example",
        "http://a.example/",
        "file:///etc/passwd",
        "gopher://a.example/",
        "https:/a.example",
        "https\x1a\x0f\x0f"
        "a.example",
        "https://",
        "https:///a",
        "https://u:p@a.example/",
        "https://u@a.example/",
        "https://a.example:22/",
        "https://a.example:80/",
        "https://a.example:0/",
        "https://a.example:65536/",
        "https://a.example:07443/",
        "https://a.example:/",
        "https://a.example:x/",
        "https://a.example/#f",
        "https://a.example/a b",
        "https://a.example/%zz",
        "https://a.example/\xc3\xa9",
        "https://a.example/a\r\nHost: b",
        "https://127.1/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://017700000001/",
        "https://0127.0.0.1/",
        "https://1.2.3.4.5/",
        "https://127.0.0.1./",
        "https://localhost./",
        "https://a..example/",
        "https://.example/",
        "https://-a.example/",
        "https://a-.example/",
        "https://b\xc3\xbc"
        "cher.example/",
        "https://[::1/",
        "https://::1/",
        "https://[::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[1.2.3.4]/",
        "https://[]/",
        "https://a.example\\@b.example/",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct problem why = PROBLEM_INIT;
        struct http_url url;

        if (http_url_read(good[i].from, &url, &why))
            fail_msg("%s", good[i].from);
        assert_string_equal(url.text, good[i].text);
        assert_string_equal(url.authority, good[i].authority);
        assert_true(cs_span_is(url.path, good[i].path));
        assert_true(cs_span_is(url.query, good[i].query));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct problem why = PROBLEM_INIT;
        struct http_url url;

        if (!http_url_read(bad[i], &url, &why))
            fail_msg("taken: %s", bad[i]);
        assert_string_equal(why.code, "bad_url");
    }
}

static void test_url_length(void **state)
{
    char text[CS_URL_MAX + 2] = "https://a.example/";
    struct problem why = PROBLEM_INIT;
    struct http_url url;
    char joined[CS_URL_MAX + 1];

    (void)state;
    memset(text + strlen(text), 'a', CS_URL_MAX - strlen(text));
    text[CS_URL_MAX] = 0;
    assert_int_equal(http_url_read(text, &url, &why), 0);
    assert_int_equal(strlen(url.text), CS_URL_MAX);
    assert_int_equal(http_url_join(text, "/a", joined), -1);
    text[CS_URL_MAX] = 'a';
    text[CS_URL_MAX + 1] = 0;
    assert_int_equal(http_url_read(text, &url, &why), -1);
    assert_int_equal(http_url_join("https://a.example/", "/b", joined), 0);
    assert_string_equal(joined, "https://a.example/b");
    assert_int_equal(http_url_join("https://a.example/x", "/b", joined), 0);
    assert_string_equal(joined, "https://a.example/x/b");
}

/* No allocation that fails may be noticed later than here. */
static void test_no_memory(void **state)
{
    struct http_parser *parser;
    size_t left;

    (void)state;
    memory_fail_at(1);
    assert_null(http_parser_new());
    memory_fail_at(0);
    parser = http_parser_new();
    memory_fail_at(1);
    assert_int_equal(feed(parser, cs_span_of(G H "\r\n"), SIZE_MAX, &left), 503);
    memory_fail_at(0);
    http_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_huge_length),
        cmocka_unit_test(test_line_limit),
        cmocka_unit_test(test_headers_limit),
        cmocka_unit_test(test_header_count),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_query_count),
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_range_of_nothing),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_url_length),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
