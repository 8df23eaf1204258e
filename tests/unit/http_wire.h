/*
 * A client that speaks bytes, plain or over TLS, to a server under test. Everything has a deadline.
 * Tests only.
 */
#ifndef TESTS_HTTP_WIRE_H
#define TESTS_HTTP_WIRE_H

#include "tests/unit/http_fixture.h"

#define HOST "Host: localhost\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"

struct wire {
    int fd;
    SSL_CTX *ctx;
    SSL *ssl;
    unsigned char *in; /* what has come and was not taken */
    size_t n, room;
    bool ended, notified; /* the peer ended it; with close_notify */
};

struct answer {
    unsigned status;
    char head[4096];
    unsigned char *body;
    size_t n;
};

static bool wire_wait(struct wire *w, short what, uint64_t end)
{
    struct pollfd p = {w->fd, what, 0};
    uint64_t now = clock_monotonic_ms();

    return now < end && poll(&p, 1, (int)(end - now)) > 0;
}

static void wire_close(struct wire *w)
{
    SSL_free(w->ssl);
    SSL_CTX_free(w->ctx);
    if (w->fd >= 0)
        close(w->fd);
    free(w->in);
    memset(w, 0, sizeof *w);
    w->fd = -1;
}

/* Connects; with TLS, shakes hands. False if that fails. */
static bool wire_try(struct wire *w, const struct sockaddr_storage *to, bool tls)
{
    memset(w, 0, sizeof *w);
    w->fd = socket(to->ss_family, SOCK_STREAM, 0);
    assert_true(w->fd >= 0);
    if (connect(w->fd, (const struct sockaddr *)to,
                to->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in)))
        return false;
    if (tls) {
        struct timeval limit = {WAIT_MS / 1000, 0};

        setsockopt(w->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        w->ctx = SSL_CTX_new(TLS_client_method());
        w->ssl = SSL_new(w->ctx);
        SSL_set_fd(w->ssl, w->fd);
        if (SSL_connect(w->ssl) != 1)
            return false;
    }
    return true;
}

static void wire_open(struct wire *w, struct fixture *f, bool tls)
{
    assert_true(wire_try(w, tls ? &f->world : &f->local, tls));
}

/* False if the peer does not take it any more. */
static bool wire_send(struct wire *w, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    while (n) {
        ssize_t sent = w->ssl ? SSL_write(w->ssl, p, (int)n) : send(w->fd, p, n, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

static bool wire_say(struct wire *w, const char *text)
{
    return wire_send(w, text, strlen(text));
}

/* Takes what comes next into w->in; false at the end, or when nothing comes in time. */
static bool wire_more(struct wire *w, uint64_t end)
{
    ssize_t got;

    if (w->ended)
        return false;
    if (w->room - w->n < 65536) {
        w->room = (w->room + 65536) * 2;
        w->in = realloc(w->in, w->room);
    }
    if (!(w->ssl && SSL_pending(w->ssl)) && !wire_wait(w, POLLIN, end))
        return false;
    if (w->ssl) {
        got = SSL_read(w->ssl, w->in + w->n, 65536);
        if (got <= 0)
            w->notified = SSL_get_shutdown(w->ssl) & SSL_RECEIVED_SHUTDOWN;
    } else {
        got = recv(w->fd, w->in + w->n, 65536, 0);
    }
    if (got <= 0) {
        w->ended = true;
        return false;
    }
    w->n += (size_t)got;
    return true;
}

/* How many milliseconds until the peer ended it; WAIT_MS when it did not. */
static uint64_t wire_end(struct wire *w)
{
    uint64_t from = clock_monotonic_ms();

    while (wire_more(w, from + WAIT_MS))
        w->n = 0;
    return w->ended ? clock_monotonic_ms() - from : WAIT_MS;
}

static const char *answer_header(const struct answer *a, const char *name, char out[256])
{
    const char *line = a->head;
    size_t n = strlen(name);

    out[0] = 0;
    while ((line = strstr(line, "\r\n"))) {
        line += 2;
        if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
            snprintf(out, 256, "%.*s", (int)strcspn(line + n + 2, "\r"), line + n + 2);
            return out;
        }
    }
    return NULL;
}

static void take(struct wire *w, size_t n)
{
    memmove(w->in, w->in + n, w->n - n);
    w->n -= n;
}

/* Reads one answer. `head_only` for answers to HEAD. False if none came whole. */
static bool wire_read(struct wire *w, struct answer *a, bool head_only)
{
    uint64_t end = clock_monotonic_ms() + WAIT_MS;
    const unsigned char *blank;
    char value[256];
    size_t head;

    memset(a, 0, sizeof *a);
    while (!w->n || !(blank = memmem(w->in, w->n, "\r\n\r\n", 4)))
        if (!wire_more(w, end))
            return false;
    head = (size_t)(blank - w->in) + 4;
    assert_true(head < sizeof a->head);
    memcpy(a->head, w->in, head - 2);
    take(w, head);
    assert_int_equal(sscanf(a->head, "HTTP/1.1 %u ", &a->status), 1);
    if (answer_header(a, "Content-Length", value) && !head_only)
        a->n = strtoul(value, NULL, 10);
    while (w->n < a->n)
        if (!wire_more(w, end))
            return false;
    a->body = malloc(a->n + 1);
    if (a->n)
        memcpy(a->body, w->in, a->n);
    a->body[a->n] = 0;
    take(w, a->n);
    return true;
}

static void answer_free(struct answer *a)
{
    free(a->body);
    a->body = NULL;
}

/* Sends a request and checks status and body (NULL: any). */
static void expect(struct wire *w, const char *request, unsigned status, const char *body)
{
    struct answer a;

    assert_true(wire_say(w, request));
    if (!wire_read(w, &a, strncmp(request, "HEAD", 4) == 0))
        fail_msg("no answer to %.60s", request);
    if (a.status != status)
        fail_msg("%u, not %u, to %.60s", a.status, status, request);
    if (body)
        assert_string_equal((char *)a.body, body);
    answer_free(&a);
}

/* GET of a path with further header lines. */
static void ask(struct wire *w, const char *path, const char *headers, struct answer *a)
{
    char request[1000];

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "%s\r\n", path, headers);
    assert_true(wire_say(w, request));
    assert_true(wire_read(w, a, false));
}

/* Bytes of a file as write_file makes them. */
static void check_bytes(const struct answer *a, size_t from, size_t n)
{
    assert_int_equal(a->n, n);
    for (size_t i = 0; i < n; i++)
        if (a->body[i] != (unsigned char)((from + i) * 31 / 7))
            fail_msg("byte %zu is wrong", from + i);
}

#endif
