/*
 * Sending what was written: headers that keep a page harmless, compression, errors.
 */
#include <strings.h>

#include <commonshelf/gzip.h>

#include "site/internal.h"

#define COMPRESS_FROM 1024 /* bytes; what is smaller fits a packet as it is */
#define ETAG_BYTES 12

struct page site_page(const struct site *site, struct site_tools *tools, struct cs_buffer *out)
{
    struct page p = {
        .out = out,
        .phrases = tools ? tools->phrases : NULL,
        .name = site->name,
        .place = site->place,
        .id = &site->id,
        .now = clock_now(),
        .indexed = atomic_load(&site->indexed),
        .to_index = tools ? atomic_load(&site->to_index) : 0,
    };

    return p;
}

void site_headers(struct http_exchange *x)
{
    http_set_header(x, "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                    "base-uri 'none'; frame-ancestors 'none'");
    http_set_header(x, "Referrer-Policy", "no-referrer");
    http_set_header(x, "Permissions-Policy",
                    "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    http_set_header(x, "Cross-Origin-Opener-Policy", "same-origin");
    http_set_header(x, "Cross-Origin-Resource-Policy", "same-origin");
}

static bool has_name(struct cs_span token, const char *name)
{
    size_t n = strlen(name);

    return token.n >= n && !strncasecmp((const char *)token.p, name, n) &&
           (token.n == n || token.p[n] == ';' || token.p[n] == ' ' || token.p[n] == '\t');
}

/* ";q=0", ";q=0.0" and the like (RFC 9110 §12.4.2). */
static bool is_refused(struct cs_span token)
{
    for (size_t i = 0; i + 2 < token.n; i++) {
        if ((token.p[i] == 'q' || token.p[i] == 'Q') && token.p[i + 1] == '=') {
            for (i += 2; i < token.n; i++)
                if (token.p[i] >= '1' && token.p[i] <= '9')
                    return false;
            return true;
        }
    }
    return false;
}

static bool accepts_gzip(const struct http_exchange *x)
{
    struct cs_span list;

    if (http_header(http_request(x), "accept-encoding", &list) != 1)
        return false;
    while (list.n) {
        const unsigned char *comma = memchr(list.p, ',', list.n);
        struct cs_span token = cs_span_make(list.p, comma ? (size_t)(comma - list.p) : list.n);

        list = cs_span_make(list.p + token.n + (comma != NULL), list.n - token.n - (comma != NULL));
        while (token.n && (*token.p == ' ' || *token.p == '\t'))
            token = cs_span_make(token.p + 1, token.n - 1);
        if (has_name(token, "gzip"))
            return !is_refused(token);
    }
    return false;
}

/* Of the bytes as they are sent: a compressed page is another representation. */
static void set_etag(struct http_exchange *x, struct cs_span body)
{
    struct cs_buffer etag = {.alloc = memory_allocator()};
    struct cs_hash hash;

    cs_sha256(body, &hash);
    cs_hex_add(&etag, cs_span_make(hash.b, ETAG_BYTES));
    if (cs_buffer_text(&etag))
        http_set_etag(x, cs_buffer_text(&etag));
    cs_buffer_free(&etag);
}

void site_send(struct http_exchange *x, unsigned status, const char *content_type,
               struct cs_buffer *body)
{
    struct cs_buffer small = {.alloc = memory_allocator()};

    if (!body->failed && body->n >= COMPRESS_FROM && accepts_gzip(x) &&
        cs_gzip(cs_buffer_span(body), &small) == CS_OK) {
        http_set_header(x, "Content-Encoding", "gzip");
        cs_buffer_free(body);
        *body = small;
    } else {
        cs_buffer_free(&small);
    }
    if (status == 200 && !body->failed)
        set_etag(x, cs_buffer_span(body));
    http_answer_buffer(x, status, content_type, body);
}

void site_send_page(struct http_exchange *x, struct cs_buffer *page)
{
    site_headers(x);
    http_set_header(x, "Cache-Control", "no-cache");
    http_set_header(x, "Content-Language", language_get());
    http_set_header(x, "Vary", "Accept-Language, Accept-Encoding");
    site_send(x, 200, "text/html; charset=utf-8", page);
}

static int add_bytes(const char *bytes, size_t n, void *buffer)
{
    cs_buffer_add(buffer, bytes, n);
    return 0;
}

static void send_json(struct http_exchange *x, unsigned status, const char *content_type,
                      const json_t *json)
{
    struct cs_buffer body = {.alloc = memory_allocator()};

    if (!json || json_dump_callback(json, add_bytes, &body, JSON_COMPACT))
        body.failed = true;
    cs_buffer_add_byte(&body, '\n');
    site_headers(x);
    http_set_header(x, "Cache-Control", status == 200 ? "no-cache" : "no-store");
    http_set_header(x, "Vary", "Accept-Language, Accept-Encoding");
    site_send(x, status, content_type, &body);
}

void site_send_json(struct http_exchange *x, const json_t *json)
{
    send_json(x, 200, "application/json", json);
}

/* ---- errors */

static bool for_programs(const struct http_exchange *x)
{
    struct cs_span path = http_request(x)->path;

    return (path.n >= 5 && !memcmp(path.p, "/api/", 5)) ||
           (path.n >= 8 && !memcmp(path.p, "/csh/v1/", 8));
}

static bool accepts_page(const struct http_exchange *x)
{
    struct cs_span accept;

    return http_header(http_request(x), "accept", &accept) &&
           memmem(accept.p, accept.n, "text/html", 9) != NULL;
}

static void send_problem(struct http_exchange *x, unsigned status, const char *code)
{
    const char *words = error_sentence(code);
    json_t *json =
        json_pack("{s:s, s:s, s:i, s:s, s:s*}", "type", "about:blank", "title", http_reason(status),
                  "status", (int)status, "code", code, "detail", words);

    send_json(x, status, "application/problem+json", json);
    json_decref(json);
}

void site_fail(const struct site *site, struct http_exchange *x, unsigned status, const char *code)
{
    struct cs_buffer out = {.alloc = memory_allocator()};
    struct page p = site_page(site, NULL, &out);

    if (status == 503)
        http_set_header(x, "Retry-After", "30");
    if (for_programs(x) || !accepts_page(x)) {
        send_problem(x, status, code);
        return;
    }
    page_error(&p, status, code);
    site_headers(x);
    http_set_header(x, "Cache-Control", "no-store");
    http_set_header(x, "Content-Language", language_get());
    http_set_header(x, "Vary", "Accept, Accept-Language, Accept-Encoding");
    site_send(x, status, "text/html; charset=utf-8", &out);
}

bool site_no_query(const struct site *site, struct http_exchange *x)
{
    if (http_request(x)->query.n == 0)
        return true;
    site_fail(site, x, 400, "unknown_parameter");
    return false;
}
