/*
 * Reading one HTTP/1.1 request head, strictly (RFC 9112), and the helpers for what stands in it. Pure:
 * bytes in, a request or an error status out. No socket, no clock. The server feeds it; handlers read
 * requests with the functions below.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <commonshelf/base.h>

#define HTTP_LINE_MAX 8192 /* request line: RFC 9112 §3 asks for at least 8000 */
#define HTTP_HEADERS_MAX 16384 /* all header lines together */
#define HTTP_HEADER_COUNT_MAX 64 /* browsers send about 20 */
#define HTTP_BODY_MAX (16u << 20) /* no route may ask for more */
#define HTTP_HEAD_MAX (HTTP_LINE_MAX + HTTP_HEADERS_MAX + 4)
#define HTTP_PARAMETERS_MAX 64 /* in one query */

enum http_method { HTTP_GET = 1, HTTP_HEAD = 2, HTTP_POST = 4 };

/* One header line. The name is in lower case, the value without white space around it. */
struct http_header {
    struct cs_span name, value;
};

/*
 * A request. All spans point into the parser's own buffer (or the connection's, for the body) and
 * live as long as the exchange.
 */
struct http_request {
    enum http_method method;
    struct cs_span path; /* raw, begins with '/'; every % is followed by two hex digits */
    struct cs_span query; /* raw, with its '?'; empty when there is none */
    struct cs_span authority; /* Host, in lower case, checked to be host[:port] */
    size_t headers;
    struct http_header header[HTTP_HEADER_COUNT_MAX];
    bool has_length; /* Content-Length was given */
    uint64_t length; /* what it said */
    bool close; /* Connection: close */
    bool expect; /* Expect: 100-continue */
    struct cs_span body;
};

/* The value of the header with this lower-case name. How many such lines there are is returned; the
 * first one's value is put in *value (empty when 0). value may be NULL. */
size_t http_header(const struct http_request *request, const char *name, struct cs_span *value);

/* ---- the parser */
struct http_parser;

CS_MUST_USE struct http_parser *http_parser_new(void); /* NULL: no memory */
void http_parser_free(struct http_parser *parser);

enum http_parse {
    HTTP_PARSE_MORE, /* all bytes taken; the head is not complete */
    HTTP_PARSE_DONE, /* the head is complete; bytes behind it were not taken */
    HTTP_PARSE_BAD, /* refused: http_parser_status says with what; feed it no more */
};

/*
 * Takes bytes of a request head and says how many of them were taken. What is refused, and with which
 * status: anything that is not CRLF-lined, a control character, a header name that is no token, white
 * space before the colon, a folded line, no or two Host headers, two or malformed Content-Length
 * headers (400); Transfer-Encoding, or POST without Content-Length (411); a target over
 * HTTP_LINE_MAX (414); headers over HTTP_HEADERS_MAX or HTTP_HEADER_COUNT_MAX (431); Expect of
 * anything but 100-continue (417); a method other than GET, HEAD, POST (501); a version other than
 * HTTP/1.1 (505).
 */
enum http_parse http_parser_feed(struct http_parser *parser, struct cs_span bytes, size_t *taken);
unsigned http_parser_status(const struct http_parser *parser);
/* The request, once HTTP_PARSE_DONE was returned; NULL before. Lives as long as the parser. */
struct http_request *http_parser_request(struct http_parser *parser);

/* ---- targets (RFC 3986) */

/*
 * Decodes %XX and appends the bytes to `out`. -1 for a % without two hex digits, a decoded NUL or
 * other control character, or text that is not UTF-8; `out` may then have part of it.
 */
CS_MUST_USE int http_decode(struct cs_span text, struct cs_buffer *out);

/* One parameter of a query, decoded ('+' is a space): the form of application/x-www-form-urlencoded. */
struct http_parameter {
    struct cs_span name, value;
};

struct http_query {
    size_t n;
    struct http_parameter parameter[HTTP_PARAMETERS_MAX];
    struct cs_buffer store; /* what the spans point into */
};

/* Reads a raw query, with or without its '?', or a form's body. -1 when it is malformed as for
 * http_decode (tabs and line ends are allowed here), or has more than HTTP_PARAMETERS_MAX. Free it in
 * both cases. */
CS_MUST_USE int http_query_read(struct cs_span raw, struct http_query *out);
void http_query_free(struct http_query *query);
/* The first value of a name; false when it is absent. */
bool http_query_get(const struct http_query *query, const char *name, struct cs_span *value);
/* True if every name is one of `known` (a list ended by NULL) and none stands twice: for routes of
 * programs, where an unknown parameter is an error. */
bool http_query_only(const struct http_query *query, const char *const *known);

#endif
