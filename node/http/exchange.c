/*
 * What handlers see of a request, and how they answer.
 */
#include <assert.h>
#include <errno.h>
#include <strings.h>

#include "http/internal.h"

#define DETAIL_MAX 2000 /* of a problem's sentence in JSON */

struct http_exchange *exchange_new(struct connection *c)
{
    struct http_exchange *x = memory_new(sizeof *x);

    if (!x)
        return NULL;
    x->server = c->loop->server;
    x->loop = c->loop;
    x->thread = c->loop->index;
    x->connection = c;
    x->listener = c->listener;
    x->peer = c->peer;
    x->body.alloc = x->headers.alloc = memory_allocator();
    x->parser = c->parser;
    c->parser = NULL;
    c->exchange = x;
    LIST_INSERT_HEAD(&c->loop->exchanges, x, entry);
    return x;
}

void exchange_free(struct http_exchange *x)
{
    LIST_REMOVE(x, entry);
    if (x->large)
        atomic_fetch_sub(&x->server->large, 1);
    content_release(x->content);
    http_parser_free(x->parser);
    cs_buffer_free(&x->body);
    cs_buffer_free(&x->headers);
    arena_free(x->arena);
    memory_free(x->file_path);
    memory_free(x);
}

const struct http_request *http_request(const struct http_exchange *x)
{
    return x->request;
}

enum http_listener http_listener(const struct http_exchange *x)
{
    return x->listener;
}

const struct sockaddr *http_peer(const struct http_exchange *x)
{
    return &x->peer.any;
}

unsigned http_loop_index(const struct http_exchange *x)
{
    return x->thread;
}

bool http_cancelled(const struct http_exchange *x)
{
    return atomic_load(&x->cancelled);
}

struct arena *http_arena(struct http_exchange *x)
{
    if (!x->arena)
        x->arena = arena_new();
    return x->arena;
}

/* ---- headers of the answer */

static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {"content-length", "content-type", "connection",
                                           "date",           "etag",         "transfer-encoding"};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcasecmp(name, reserved[i]) == 0)
            return true;
    return false;
}

/* Visible ASCII, spaces, and bytes above ASCII: no byte that ends a line. */
static bool is_value(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c; c++)
        if ((*c < ' ' && *c != '\t') || *c == 0x7f)
            return false;
    return true;
}

static bool is_name(const char *name)
{
    return *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
               strlen(name);
}

void http_set_header(struct http_exchange *x, const char *name, const char *value)
{
    if (!is_name(name) || is_reserved(name) || !is_value(value)) {
        log_line(LOG_LEVEL_ERROR, "http", "a handler set a header that cannot be sent");
        x->bad_header = true;
        return;
    }
    cs_buffer_printf(&x->headers, "%s: %s\r\n", name, value);
}

static void set_content_type(struct http_exchange *x, const char *content_type)
{
    if (!content_type)
        return;
    if (is_value(content_type))
        cs_buffer_printf(&x->headers, "Content-Type: %s\r\n", content_type);
    else
        x->bad_header = true;
}

void http_set_etag(struct http_exchange *x, const char *etag)
{
    size_t n = strlen(etag);

    for (size_t i = 0; i < n; i++)
        if (etag[i] < '!' || etag[i] > '~' || etag[i] == '"')
            x->bad_header = true;
    if (n >= sizeof x->etag)
        x->bad_header = true;
    if (x->bad_header)
        return;
    memcpy(x->etag, etag, n + 1);
    x->has_etag = true;
}

/* ---- answering */

/* Nothing that the handler set holds any more. */
static void forget_answer(struct http_exchange *x)
{
    cs_buffer_reset(&x->headers);
    x->headers.failed = false;
    x->bad_header = false;
    x->has_etag = false;
    content_release(x->content);
    x->content = NULL;
}

/* On a worker the answer waits, with a copy of the body, until the loop has the exchange again. */
static void finish(struct http_exchange *x, unsigned status, struct cs_span body)
{
    assert(!x->answered);
    x->answered = true;
    x->status = status;
    if (!x->on_worker) {
        answer_send(x, body);
        return;
    }
    if (body.n) {
        struct cs_buffer copy = {.alloc = memory_allocator()};

        cs_buffer_add_span(&copy, body);
        if (copy.failed || !(x->content = content_of_buffer(&copy))) {
            cs_buffer_free(&copy);
            x->bad_header = true;
        }
    }
}

static void answer_error(struct http_exchange *x, unsigned status, const char *code)
{
    forget_answer(x);
    http_answer_problem(x, status, code, NULL);
}

void http_answer(struct http_exchange *x, unsigned status, const char *content_type,
                 struct cs_span body)
{
    set_content_type(x, content_type);
    finish(x, status, body);
}

void http_answer_buffer(struct http_exchange *x, unsigned status, const char *content_type,
                        struct cs_buffer *body)
{
    if (body->failed || !(x->content = content_of_buffer(body))) {
        cs_buffer_free(body);
        answer_error(x, 500, "no_memory");
        return;
    }
    set_content_type(x, content_type);
    finish(x, status, cs_span_make(NULL, 0));
}

static void answer_file(struct http_exchange *x, const char *path)
{
    int error = 0;

    if (!(x->content = file_cache_get(&x->loop->cache, path, x->etag, x->has_sum ? &x->sum : NULL,
                                      &error))) {
        x->has_etag = false;
        if (error == EBADMSG) {
            log_line(
                LOG_LEVEL_ERROR, "http",
                _("%s does not hold what it held: it was not sent. Run \"commonshelf doctor\"."),
                path);
            error = ENOENT; /* the reader gets it elsewhere */
        }
        if (error != ENOENT && error != ENOTDIR)
            log_line(LOG_LEVEL_ERROR, "http", "cannot read %s: %s", path, strerror(error));
        x->answered = false;
        answer_error(x, error == ENOENT || error == ENOTDIR ? 404 : 500,
                     error == ENOENT || error == ENOTDIR ? "not_found" : "unreadable");
        return;
    }
    answer_send(x, cs_span_make(NULL, 0));
}

void http_answer_file(struct http_exchange *x, const char *content_type, const char *path,
                      const char *etag, const struct cs_hash *sum)
{
    assert(!x->answered);
    http_set_etag(x, etag);
    x->has_sum = sum != NULL;
    if (sum)
        x->sum = *sum;
    set_content_type(x, content_type);
    if (x->on_worker && !(x->file_path = memory_copy_text(path))) {
        answer_error(x, 500, "no_memory");
        return;
    }
    x->answered = true;
    x->status = 200;
    if (!x->on_worker)
        answer_file(x, path);
}

void http_answer_see_other(struct http_exchange *x, const char *location)
{
    if (location[0] != '/' || location[1] == '/')
        x->bad_header = true; /* another host's: never from here */
    http_set_header(x, "Location", location);
    finish(x, 303, cs_span_make(NULL, 0));
}

/* ---- problems */

static void add_json_text(struct cs_buffer *out, const char *text)
{
    cs_buffer_add_byte(out, '"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            cs_buffer_printf(out, "\\%c", *c);
        else if (*c < ' ')
            cs_buffer_printf(out, "\\u%04x", *c);
        else
            cs_buffer_add_byte(out, *c);
    }
    cs_buffer_add_byte(out, '"');
}

static bool wants_page(const struct http_exchange *x)
{
    static const char html[] = "text/html";
    struct cs_span accept;

    if (!x->request || !http_header(x->request, "accept", &accept))
        return false;
    for (size_t i = 0; i + sizeof html - 1 <= accept.n; i++)
        if (memcmp(accept.p + i, html, sizeof html - 1) == 0)
            return true;
    return false;
}

static void write_page(struct http_exchange *x, unsigned status, const char *code,
                       struct cs_buffer *out)
{
    if (x->server->error_page) {
        x->server->error_page(status, code, out, x->server->error_page_arg);
        return;
    }
    cs_buffer_printf(out,
                     "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%u</title>"
                     "<p>%s\n",
                     status, http_reason(status));
}

static void write_problem(unsigned status, const char *code, const char *detail,
                          struct cs_buffer *out)
{
    cs_buffer_printf(out, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,\"code\":",
                     http_reason(status), status);
    add_json_text(out, code);
    if (detail) {
        cs_buffer_add_text(out, ",\"detail\":");
        add_json_text(out, detail);
    }
    cs_buffer_add_text(out, "}\n");
}

void http_answer_problem(struct http_exchange *x, unsigned status, const char *code,
                         const char *detail)
{
    struct cs_buffer out = {.alloc = memory_allocator()};
    const char *type = "application/problem+json";

    x->has_etag = false;
    if (wants_page(x)) {
        type = "text/html; charset=utf-8";
        write_page(x, status, code, &out);
    } else {
        write_problem(status, code, detail, &out);
    }
    cs_buffer_add_text(&x->headers, "Cache-Control: no-store\r\n");
    if (out.failed) {
        cs_buffer_free(&out);
        type = NULL;
    }
    set_content_type(x, type);
    finish(x, status, cs_buffer_span(&out));
    cs_buffer_free(&out);
}

/* ---- how much an address may ask */

#define LATER_MAX 3600

void http_answer_later(struct http_exchange *x, unsigned seconds)
{
    char text[16];

    forget_answer(x);
    snprintf(text, sizeof text, "%u", seconds < LATER_MAX ? seconds : LATER_MAX);
    http_set_header(x, "Retry-After", text);
    http_answer_problem(x, 429, "too_many_requests", NULL);
}

bool http_charge(struct http_exchange *x, unsigned tokens)
{
    unsigned char key[RATE_ADDRESS];
    unsigned seconds;

    if (!x->limited)
        return true;
    rate_address(&x->peer.any, key);
    seconds = rate_limiter_take(x->server->new_requests, cs_span_make(key, sizeof key), tokens);
    if (seconds)
        http_answer_later(x, seconds);
    return !seconds;
}

/* ---- deferred */

static void come_back(void *arg)
{
    struct http_exchange *x = arg;

    x->on_worker = false;
    x->thread = x->loop->index;
    language_set(x->language);
    if (x->file_path && x->status == 200)
        answer_file(x, x->file_path);
    else
        answer_send(x, cs_span_make(NULL, 0));
}

void exchange_work(struct http_exchange *x, unsigned thread)
{
    struct loop *loop = x->loop;

    x->thread = thread;
    language_set(x->language);
    x->work(x, x->work_arg);
    if (!x->answered)
        answer_error(x, 500, "internal");
    x->post = (struct post){.work = come_back, .arg = x};
    /* When the loop has ended it owns the exchange all the same, and frees it. */
    if (!mailbox_put(&loop->box, &x->post))
        return;
}

void http_defer(struct http_exchange *x, void (*work)(struct http_exchange *x, void *arg),
                void *arg)
{
    assert(!x->on_worker && !x->answered);
    x->work = work;
    x->work_arg = arg;
    x->language = language_get();
    x->on_worker = true;
    if (workers_put(&x->server->workers, x))
        return;
    x->on_worker = false;
    forget_answer(x);
    http_set_header(x, "Retry-After", "2");
    http_answer_problem(x, 503, "busy", NULL);
}
