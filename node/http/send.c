/*
 * Bytes out. What the socket takes at once goes to it directly: most answers then need no turn of the
 * loop and no change of what is polled for. The rest waits in the bufferevent's output.
 */
#include <errno.h>
#include <openssl/err.h>

#include <event2/buffer.h>

#include "http/internal.h"

/* How much of it went out. Less than all: the socket is full, or broken, which libevent will find. */
static size_t write_tls(SSL *ssl, struct cs_span bytes)
{
    size_t done = 0;

    while (done < bytes.n) {
        size_t n = 0;

        if (SSL_write_ex(ssl, bytes.p + done, bytes.n - done, &n) != 1) {
            ERR_clear_error();
            break;
        }
        done += n;
    }
    return done;
}

static size_t write_plain(int fd, struct cs_span bytes, bool more)
{
    size_t done = 0;

    while (done < bytes.n) {
        ssize_t n = send(fd, bytes.p + done, bytes.n - done,
                         MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

/* Nothing may overtake what waits already, and before TLS stands there is nothing to write to. */
static struct cs_span write_now(struct connection *c, struct cs_span bytes, bool more)
{
    size_t done = 0, most = bytes.n < WRITE_MAX ? bytes.n : WRITE_MAX;

    if (!bytes.n || !c->ready || evbuffer_get_length(bufferevent_get_output(c->events)))
        return bytes;
    done = c->ssl ? write_tls(c->ssl, cs_span_make(bytes.p, most))
                  : write_plain(c->fd, cs_span_make(bytes.p, most), more || most < bytes.n);
    return cs_span_make(bytes.p + done, bytes.n - done);
}

/* One run of bytes: a TLS record that was begun must be tried again from contiguous memory. */
static int keep_copy(struct evbuffer *output, struct cs_span bytes)
{
    struct evbuffer_iovec room;

    if (!bytes.n)
        return 0;
    if (evbuffer_reserve_space(output, (ev_ssize_t)bytes.n, &room, 1) != 1)
        return -1;
    memcpy(room.iov_base, bytes.p, bytes.n);
    room.iov_len = bytes.n;
    return evbuffer_commit_space(output, &room, 1);
}

static void release(const void *bytes, size_t n, void *content)
{
    (void)bytes;
    (void)n;
    content_release(content);
}

static int keep_reference(struct evbuffer *output, struct cs_span bytes, struct content *content)
{
    if (!bytes.n)
        return 0;
    content->refs++;
    if (evbuffer_add_reference(output, bytes.p, bytes.n, release, content)) {
        content_release(content);
        return -1;
    }
    return 0;
}

int send_parts(struct connection *c, struct cs_buffer *head, struct cs_span body,
               struct content *content)
{
    struct evbuffer *output = bufferevent_get_output(c->events);
    size_t joined = head->n < JOIN_MAX ? JOIN_MAX - head->n : 0;
    struct cs_span rest;

    if (joined > body.n)
        joined = body.n;
    if (joined) { /* so that header and body share a packet and a TLS record */
        cs_buffer_add(head, body.p, joined);
        body = cs_span_make(body.p + joined, body.n - joined);
    }
    if (head->failed)
        return -1;
    rest = write_now(c, cs_buffer_span(head), body.n > 0);
    if (keep_copy(output, rest))
        return -1;
    rest = write_now(c, body, false);
    return content ? keep_reference(output, rest, content) : keep_copy(output, rest);
}
