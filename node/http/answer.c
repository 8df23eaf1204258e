/*
 * Putting an answer on the wire: conditions and ranges, the header, the bytes.
 */
#include <errno.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "http/conditions.h"
#include "http/internal.h"

#define HEAD_ROOM 512 /* for the header lines that are written here */

/* What of the content is sent, and as which status. */
struct part {
    unsigned status;
    uint64_t first, length, whole;
    bool has_body;
};

static void choose_part(const struct http_exchange *x, uint64_t size, struct part *part)
{
    struct cs_span tags;
    uint64_t first, last;

    *part = (struct part){x->status, 0, size, size, true};
    if (x->status == 204 || x->status == 304)
        part->has_body = false;
    if (x->status != 200 || !x->has_etag || !x->request || x->request->method == HTTP_POST)
        return;
    if (http_header(x->request, "if-match", &tags) && !conditions_match(tags, x->etag, false)) {
        part->status = 412;
        part->length = 0;
    } else if (http_header(x->request, "if-none-match", &tags)) {
        if (conditions_match(tags, x->etag, true)) {
            part->status = 304;
            part->has_body = false;
            return;
        }
    }
    if (part->status != 200)
        return;
    switch (conditions_range(x->request, x->etag, size, &first, &last)) {
    case RANGE_WHOLE:
        break;
    case RANGE_PART:
        part->status = 206;
        part->first = first;
        part->length = last - first + 1;
        break;
    case RANGE_OUTSIDE:
        part->status = 416;
        part->length = 0;
        break;
    }
}

static void write_header(const struct http_exchange *x, const struct part *part, bool close,
                         struct cs_buffer *out)
{
    cs_buffer_printf(out, "HTTP/1.1 %u %s\r\nDate: %s\r\nX-Content-Type-Options: nosniff\r\n",
                     part->status, http_reason(part->status), loop_date(x->loop));
    cs_buffer_add(out, x->headers.p, x->headers.n);
    if (x->has_etag)
        cs_buffer_printf(out, "ETag: \"%s\"\r\n", x->etag);
    if (x->has_etag && part->has_body)
        cs_buffer_add_text(out, "Accept-Ranges: bytes\r\n");
    if (part->status == 206)
        cs_buffer_printf(out, "Content-Range: bytes %ju-%ju/%ju\r\n", (uintmax_t)part->first,
                         (uintmax_t)(part->first + part->length - 1), (uintmax_t)part->whole);
    if (part->status == 416)
        cs_buffer_printf(out, "Content-Range: bytes */%ju\r\n", (uintmax_t)part->whole);
    if (part->has_body)
        cs_buffer_printf(out, "Content-Length: %ju\r\n", (uintmax_t)part->length);
    if (close)
        cs_buffer_add_text(out, "Connection: close\r\n");
    cs_buffer_add_text(out, "\r\n");
}

/* A header that could not be made, or that a handler got wrong, becomes this. */
static void become_error(struct http_exchange *x)
{
    cs_buffer_free(&x->headers);
    x->headers = (struct cs_buffer){.alloc = memory_allocator()};
    x->bad_header = x->has_etag = false;
    content_release(x->content);
    x->content = NULL;
    x->status = 500;
}

static int put(struct http_exchange *x, struct cs_span body)
{
    struct cs_buffer header = {.alloc = memory_allocator()};
    struct connection *c = x->connection;
    struct part part;
    size_t room;
    int rc = -1;

    if (x->bad_header || x->headers.failed) {
        become_error(x);
        body.n = 0;
    }
    if (x->content)
        body = x->content->fd < 0 ? cs_buffer_span(&x->content->bytes) : cs_span_make(NULL, 0);
    choose_part(x, x->content ? x->content->size : body.n, &part);
    /* one allocation for what will leave joined */
    room = HEAD_ROOM + x->headers.n + (body.n < JOIN_MAX ? body.n : JOIN_MAX);
    if (!cs_buffer_reserve(&header, room < JOIN_MAX ? room : JOIN_MAX))
        goto out;
    write_header(x, &part, c->close_after || x->loop->draining, &header);
    if (header.failed)
        goto out;
    if (!part.has_body || (x->request && x->request->method == HTTP_HEAD)) {
        body.n = 0;
    } else if (x->content && x->content->fd >= 0) {
        x->offset = part.first;
        x->left = part.length;
    } else if (body.n) {
        body = cs_span_make(body.p + part.first, (size_t)part.length);
    }
    atomic_fetch_add_explicit(&x->server->requests, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&x->server->bytes_out, header.n + body.n + x->left,
                              memory_order_relaxed);
    rc = connection_send(c, &header, body, x->content, body.n + x->left);
out:
    cs_buffer_free(&header);
    return rc;
}

void answer_send(struct http_exchange *x, struct cs_span body)
{
    struct connection *c = x->connection;

    if (!c) {
        exchange_free(x);
        return;
    }
    connection_belongs(c, x);
    if (put(x, body))
        connection_close(c);
}

bool answer_stream(struct http_exchange *x)
{
    struct evbuffer *output = bufferevent_get_output(x->connection->events);
    struct evbuffer_iovec room;
    size_t want = x->left < WRITE_MAX ? (size_t)x->left : WRITE_MAX;
    ssize_t got;

    if (evbuffer_reserve_space(output, (ev_ssize_t)want, &room, 1) != 1)
        return false;
    do
        got = pread(x->content->fd, room.iov_base, want, (off_t)x->offset);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    room.iov_len = (size_t)got;
    if (evbuffer_commit_space(output, &room, 1))
        return false;
    x->offset += (uint64_t)got;
    x->left -= (uint64_t)got;
    return true;
}
