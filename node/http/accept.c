/*
 * New connections: whether they may come in, and what they are made of.
 */
#include <netinet/in.h>
#include <unistd.h>

#include <event2/bufferevent_ssl.h>

#include "http/internal.h"

static int open_tls(struct connection *c)
{
    struct http_server *server = c->loop->server;

    pthread_mutex_lock(&server->settings);
    c->ssl = SSL_new(server->tls);
    pthread_mutex_unlock(&server->settings);
    if (!c->ssl)
        return -1;
    c->events = bufferevent_openssl_socket_new(c->loop->base, c->fd, c->ssl,
                                               BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_DEFER_CALLBACKS);
    if (!c->events)
        return -1;
    /* Clients that cut the connection without close_notify are as good as those that don't. */
    bufferevent_openssl_set_allow_dirty_shutdown(c->events, 1);
    return 0;
}

static int open_events(struct connection *c)
{
    if (c->listener == HTTP_WORLD) {
        if (open_tls(c))
            return -1;
    } else {
        c->events = bufferevent_socket_new(c->loop->base, c->fd, BEV_OPT_DEFER_CALLBACKS);
        c->ready = true;
        if (!c->events)
            return -1;
    }
    connection_listen(c);
    return bufferevent_enable(c->events, EV_READ | EV_WRITE);
}

/* Before anything is spent on it: a handshake costs more than all else until then. */
static bool may_connect(struct http_server *server, const struct sockaddr *peer,
                        struct address_count **count)
{
    unsigned char key[RATE_ADDRESS];

    rate_address(peer, key);
    return !rate_limiter_take(server->new_connections, cs_span_make(key, sizeof key), 1) &&
           (*count = admission_enter(server->admission, peer));
}

void connection_open(struct loop *loop, int fd, enum http_listener listener,
                     const struct sockaddr *peer, socklen_t length)
{
    struct http_server *server = loop->server;
    struct address_count *count = NULL;
    struct connection *c = NULL;
    socklen_t own = sizeof c->own;

    bool proxy = is_proxy(server, peer);

    if (listener == HTTP_WORLD && !proxy && !may_connect(server, peer, &count))
        goto refused;
    if (atomic_load(&server->connections) >= server->limits.connections) {
        struct connection *oldest = TAILQ_FIRST(&loop->waiting);

        if (!oldest)
            goto refused;
        connection_close(oldest);
    }
    if (!(c = memory_new(sizeof *c)))
        goto refused;
    c->loop = loop;
    c->fd = fd;
    c->listener = listener;
    c->proxy = proxy;
    c->count = count;
    memcpy(&c->peer, peer, length < sizeof c->peer ? length : sizeof c->peer);
    if (getsockname(fd, &c->own.any, &own))
        c->own.any.sa_family = AF_UNSPEC;
    c->phase = PHASE_HEAD;
    c->deadline = clock_monotonic_ms() + server->limits.head_ms;
    TAILQ_INSERT_TAIL(&loop->waiting, c, entry);
    loop->connections++;
    atomic_fetch_add(&server->connections, 1);
    atomic_fetch_add(&server->accepted, 1);
    if (open_events(c))
        connection_close(c);
    return;
refused:
    admission_leave(server->admission, count);
    atomic_fetch_add(&server->refused, 1);
    close(fd);
}
