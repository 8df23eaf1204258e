/*
 * The parser of request heads. Bytes are kept line by line behind each other without their CRLF; places
 * in them are offsets until the head is complete, because the buffer moves while it grows.
 */
#include "http/request.h"

#include <strings.h>

#include "support/support.h"

#define HEAD_FIRST 1024 /* what most requests need */

struct place {
    uint16_t name, name_length, value, value_length;
};

struct http_parser {
    unsigned char *head;
    size_t n, room;
    size_t line; /* where the current line begins */
    size_t lines_sum; /* bytes of header lines so far, with their CRLF */
    bool in_headers; /* the request line is behind us */
    bool after_cr;
    bool done;
    unsigned status; /* of the refusal */
    unsigned version_status;
    struct place path, query; /* only `value` is used */
    struct place place[HTTP_HEADER_COUNT_MAX];
    struct http_request request;
};

_Static_assert(HTTP_HEAD_MAX <= UINT16_MAX, "places in a head are 16 bits wide");

struct http_parser *http_parser_new(void)
{
    return memory_new(sizeof(struct http_parser));
}

void http_parser_free(struct http_parser *parser)
{
    if (parser)
        memory_free(parser->head);
    memory_free(parser);
}

unsigned http_parser_status(const struct http_parser *parser)
{
    return parser->status;
}

struct http_request *http_parser_request(struct http_parser *parser)
{
    return parser->done ? &parser->request : NULL;
}

static enum http_parse refuse(struct http_parser *p, unsigned status)
{
    p->status = status;
    return HTTP_PARSE_BAD;
}

/* RFC 9110 §5.6.2 */
static bool is_token_char(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct cs_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_token_char(s.p[i]))
            return false;
    return s.n > 0;
}

static bool is_hex(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(struct cs_span s, const char *word)
{
    return s.n == strlen(word) && strncasecmp((const char *)s.p, word, s.n) == 0;
}

/* What may stand in a line: spaces and visible ASCII in the request line; tabs and bytes above ASCII
 * in header values too. */
static bool may_stand(const struct http_parser *p, unsigned char c)
{
    if (p->in_headers)
        return c == '\t' || (c >= ' ' && c != 0x7f);
    return c >= ' ' && c < 0x7f;
}

static bool grow(struct http_parser *p, size_t more)
{
    size_t room = p->room ? p->room : HEAD_FIRST;
    unsigned char *head;

    while (room - p->n < more)
        room *= 2;
    if (room == p->room)
        return true;
    if (!(head = memory_resize(p->head, room)))
        return false;
    p->head = head;
    p->room = room;
    return true;
}

/* Origin form only (RFC 9112 §3.2.1). Browsers leave some characters as typed in a query that
 * RFC 3986 wants encoded; none of those accepted here can end a line, a header or an HTML attribute. */
static bool target_is_good(struct cs_span path, struct cs_span query)
{
    if (!path.n || path.p[0] != '/')
        return false;
    for (size_t i = 0; i < path.n; i++) {
        if (strchr("\"<>#\\", path.p[i]))
            return false;
        if (path.p[i] == '%' &&
            (path.n - i < 3 || !is_hex(path.p[i + 1]) || !is_hex(path.p[i + 2])))
            return false;
    }
    for (size_t i = 0; i < query.n; i++)
        if (strchr("\"<>#", query.p[i]))
            return false;
    return true;
}

static unsigned read_method(struct cs_span method, enum http_method *out)
{
    if (!is_token(method))
        return 400;
    if (cs_span_is(method, "GET"))
        *out = HTTP_GET;
    else if (cs_span_is(method, "HEAD"))
        *out = HTTP_HEAD;
    else if (cs_span_is(method, "POST"))
        *out = HTTP_POST;
    else
        return 501;
    return 0;
}

static unsigned read_version(struct cs_span version)
{
    if (cs_span_is(version, "HTTP/1.1"))
        return 0;
    if (version.n == 8 && memcmp(version.p, "HTTP/", 5) == 0 && version.p[5] >= '0' &&
        version.p[5] <= '9' && version.p[6] == '.' && version.p[7] >= '0' && version.p[7] <= '9')
        return 505;
    return 400;
}

static enum http_parse end_request_line(struct http_parser *p)
{
    const unsigned char *line = p->head, *first, *second, *mark, *end;
    struct cs_span path, query = {NULL, 0}, version;
    unsigned status;

    if (!p->n)
        return refuse(p, 400);
    end = line + p->n;
    first = memchr(line, ' ', p->n);
    second = first ? memchr(first + 1, ' ', (size_t)(end - first - 1)) : NULL;
    if (!second || memchr(second + 1, ' ', (size_t)(end - second - 1)))
        return refuse(p, 400);
    if ((status = read_method(cs_span_make(line, (size_t)(first - line)), &p->request.method)))
        return refuse(p, status);
    version = cs_span_make(second + 1, (size_t)(end - second - 1));
    if ((status = read_version(version)))
        return refuse(p, status);
    path = cs_span_make(first + 1, (size_t)(second - first - 1));
    if ((mark = path.n ? memchr(path.p, '?', path.n) : NULL)) {
        query = cs_span_make(mark, (size_t)(second - mark));
        path.n = (size_t)(mark - path.p);
    }
    if (!target_is_good(path, query))
        return refuse(p, 400);
    p->path.value = (uint16_t)(path.p - p->head);
    p->path.value_length = (uint16_t)path.n;
    p->query.value = (uint16_t)(query.n ? query.p - p->head : 0);
    p->query.value_length = (uint16_t)query.n;
    p->in_headers = true;
    return HTTP_PARSE_MORE;
}

static enum http_parse end_header_line(struct http_parser *p)
{
    unsigned char *line = p->head + p->line;
    size_t n = p->n - p->line;
    const unsigned char *colon = memchr(line, ':', n);
    struct place *place = &p->place[p->request.headers];
    size_t from, to;

    if (!colon || !is_token(cs_span_make(line, (size_t)(colon - line))))
        return refuse(p, 400);
    if (p->request.headers == HTTP_HEADER_COUNT_MAX)
        return refuse(p, 431);
    for (from = (size_t)(colon - line) + 1; from < n; from++)
        if (line[from] != ' ' && line[from] != '\t')
            break;
    for (to = n; to > from; to--)
        if (line[to - 1] != ' ' && line[to - 1] != '\t')
            break;
    place->name = (uint16_t)p->line;
    place->name_length = (uint16_t)(colon - line);
    place->value = (uint16_t)(p->line + from);
    place->value_length = (uint16_t)(to - from);
    for (unsigned char *c = line; c < colon; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (unsigned char)(*c + ('a' - 'A'));
    p->request.headers++;
    return HTTP_PARSE_MORE;
}

/* host[:port] of RFC 3986 §3.2, without its percent-encoded and rarer forms; made lower case in
 * place. */
static bool read_authority(unsigned char *s, size_t n)
{
    size_t i = 0, host;

    for (size_t k = 0; k < n; k++)
        if (s[k] >= 'A' && s[k] <= 'Z')
            s[k] = (unsigned char)(s[k] + ('a' - 'A'));
    if (n && s[0] == '[') {
        for (i = 1; i < n && (is_hex(s[i]) || s[i] == ':' || s[i] == '.'); i++)
            ;
        if (i < 3 || i == n || s[i++] != ']')
            return false;
    } else {
        for (; i < n; i++)
            if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= '0' && s[i] <= '9') &&
                !(s[i] && strchr("-._", s[i])))
                break;
        if (i == 0)
            return false;
    }
    if (i == n)
        return true;
    if (s[i] != ':' || n - i < 2 || n - i > 6)
        return false;
    for (host = i + 1; host < n; host++)
        if (s[host] < '0' || s[host] > '9')
            return false;
    return true;
}

/* 1*DIGIT and nothing else. Above what any route takes it is only said to be large. */
static bool read_length(struct cs_span value, uint64_t *out)
{
    uint64_t length = 0;

    if (!value.n)
        return false;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < '0' || value.p[i] > '9')
            return false;
        length = length > UINT64_MAX / 10 - 10 ? UINT64_MAX / 10 : length * 10 + (value.p[i] - '0');
    }
    *out = length;
    return true;
}

/* True if a comma-separated list has this word. */
static bool list_has(struct cs_span list, const char *word)
{
    size_t i = 0;

    while (i < list.n) {
        size_t from = i, to;

        while (i < list.n && list.p[i] != ',')
            i++;
        to = i++;
        while (from < to && (list.p[from] == ' ' || list.p[from] == '\t'))
            from++;
        while (to > from && (list.p[to - 1] == ' ' || list.p[to - 1] == '\t'))
            to--;
        if (is_word(cs_span_make(list.p + from, to - from), word))
            return true;
    }
    return false;
}

/* The headers that decide where the request ends and whom it is for. */
static unsigned read_framing(struct http_parser *p)
{
    struct http_request *r = &p->request;
    struct cs_span value;
    size_t lengths;

    if (http_header(r, "transfer-encoding", NULL))
        return 411;
    lengths = http_header(r, "content-length", &value);
    if (lengths > 1 || (lengths && !read_length(value, &r->length)))
        return 400;
    r->has_length = lengths == 1;
    if (http_header(r, "host", &value) != 1 ||
        !read_authority(p->head + (value.p - p->head), value.n))
        return 400;
    r->authority = value;
    if (r->method == HTTP_POST && !r->has_length)
        return 411;
    if (http_header(r, "expect", &value)) {
        if (!is_word(value, "100-continue") || http_header(r, "expect", NULL) > 1)
            return 417;
        r->expect = true;
    }
    for (size_t i = 0; i < r->headers; i++)
        if (cs_span_is(r->header[i].name, "connection") && list_has(r->header[i].value, "close"))
            r->close = true;
    return 0;
}

static enum http_parse end_head(struct http_parser *p)
{
    struct http_request *r = &p->request;
    unsigned status;

    for (size_t i = 0; i < r->headers; i++) {
        const struct place *place = &p->place[i];

        r->header[i].name = cs_span_make(p->head + place->name, place->name_length);
        r->header[i].value = cs_span_make(p->head + place->value, place->value_length);
    }
    r->path = cs_span_make(p->head + p->path.value, p->path.value_length);
    r->query = cs_span_make(p->head + p->query.value, p->query.value_length);
    if ((status = read_framing(p)))
        return refuse(p, status);
    p->done = true;
    return HTTP_PARSE_DONE;
}

static enum http_parse end_line(struct http_parser *p)
{
    enum http_parse answer;

    if (!p->in_headers)
        answer = end_request_line(p);
    else if (p->n == p->line)
        answer = end_head(p);
    else if ((p->lines_sum += 2) > HTTP_HEADERS_MAX)
        answer = refuse(p, 431);
    else
        answer = end_header_line(p);
    p->line = p->n;
    p->after_cr = false;
    return answer;
}

enum http_parse http_parser_feed(struct http_parser *p, struct cs_span bytes, size_t *taken)
{
    size_t i = 0;
    enum http_parse answer = HTTP_PARSE_MORE;

    if (p->status)
        return HTTP_PARSE_BAD;
    while (i < bytes.n && answer == HTTP_PARSE_MORE) {
        size_t from = i;

        if (p->after_cr) {
            answer = bytes.p[i++] == '\n' ? end_line(p) : refuse(p, 400);
            continue;
        }
        while (i < bytes.n && may_stand(p, bytes.p[i]))
            i++;
        if (!p->in_headers && p->n + (i - from) > HTTP_LINE_MAX)
            answer = refuse(p, 414);
        else if (p->in_headers && (p->lines_sum += i - from) > HTTP_HEADERS_MAX)
            answer = refuse(p, 431);
        else if (!grow(p, i - from))
            answer = refuse(p, 503);
        else if (i > from)
            memcpy(p->head + p->n, bytes.p + from, i - from);
        if (answer != HTTP_PARSE_MORE)
            break;
        p->n += i - from;
        if (i == bytes.n)
            break;
        if (bytes.p[i++] == '\r')
            p->after_cr = true;
        else
            answer = refuse(p, 400);
    }
    *taken = i;
    return answer;
}

size_t http_header(const struct http_request *request, const char *name, struct cs_span *value)
{
    struct cs_span wanted = cs_span_of(name);
    size_t count = 0;

    if (value)
        *value = cs_span_make(NULL, 0);
    for (size_t i = 0; i < request->headers; i++) {
        if (!cs_span_equal(request->header[i].name, wanted))
            continue;
        if (count++ == 0 && value)
            *value = request->header[i].value;
    }
    return count;
}
