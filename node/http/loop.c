/*
 * An event loop on its own thread: accepts, looks at deadlines, runs what others post to it, drains.
 */
#include <errno.h>
#include <signal.h>

#include "http/internal.h"

#define PAUSE_MS 200 /* without accepting, after descriptors ran out */

static struct timeval milliseconds(unsigned ms)
{
    struct timeval t = {(time_t)(ms / 1000), (suseconds_t)(ms % 1000) * 1000};

    return t;
}

/* Often enough for the shortest limit; tests have some of a few hundred milliseconds. */
static unsigned sweep_ms(const struct http_limits *limits)
{
    unsigned shortest = limits->head_ms;

    if (limits->body_ms < shortest)
        shortest = limits->body_ms;
    if (limits->idle_ms < shortest)
        shortest = limits->idle_ms;
    if (limits->write_ms < shortest)
        shortest = limits->write_ms;
    shortest /= 4;
    return shortest < 10 ? 10 : shortest < SWEEP_MS ? shortest : SWEEP_MS;
}

static void expire(struct connection_list *list, uint64_t now)
{
    struct connection *c, *next;

    for (c = TAILQ_FIRST(list); c; c = next) {
        next = TAILQ_NEXT(c, entry);
        if (c->deadline <= now)
            connection_expire(c);
    }
}

static void close_all(struct connection_list *list)
{
    struct connection *c;

    while ((c = TAILQ_FIRST(list)))
        connection_close(c);
}

static void drain_further(struct loop *loop, uint64_t now)
{
    struct http_exchange *x;

    if (now >= loop->hurry_at)
        LIST_FOREACH(x, &loop->exchanges, entry)
    atomic_store(&x->cancelled, true);
    if (now >= loop->end_at) {
        close_all(&loop->waiting);
        close_all(&loop->busy);
    }
    if (!loop->connections)
        event_base_loopbreak(loop->base);
}

/* Connections move between the lists while they expire, but only from `waiting` to `busy`, with a new
 * deadline. */
static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct loop *loop = arg;
    struct timeval next = milliseconds(sweep_ms(&loop->server->limits));
    uint64_t now = clock_monotonic_ms();

    (void)fd;
    (void)what;
    expire(&loop->busy, now);
    expire(&loop->waiting, now);
    if (loop->draining)
        drain_further(loop, now);
    if (loop->connections || loop->draining)
        event_add(loop->sweep, &next);
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct loop *loop = arg;

    (void)fd;
    (void)what;
    mailbox_run(&loop->box);
}

static void accept_one(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *peer,
                       int length, void *arg)
{
    struct loop *loop = arg;
    struct timeval soon = milliseconds(sweep_ms(&loop->server->limits));

    connection_open(loop, fd, listener == loop->listener[0] ? HTTP_WORLD : HTTP_LOCAL, peer,
                    (socklen_t)length);
    if (!event_pending(loop->sweep, EV_TIMEOUT, NULL))
        event_add(loop->sweep, &soon);
}

/* Mostly EMFILE: asking again at once would spin. The longest waiting connection makes room. */
static void accept_failed(struct evconnlistener *listener, void *arg)
{
    struct loop *loop = arg;
    struct timeval pause = milliseconds(PAUSE_MS);
    int error = EVUTIL_SOCKET_ERROR();

    log_line(LOG_LEVEL_WARN, "http", "cannot accept a connection: %s", strerror(error));
    if (TAILQ_FIRST(&loop->waiting))
        connection_close(TAILQ_FIRST(&loop->waiting));
    evconnlistener_disable(listener);
    event_add(loop->pause, &pause);
}

static void on_pause_end(evutil_socket_t fd, short what, void *arg)
{
    struct loop *loop = arg;

    (void)fd;
    (void)what;
    for (int i = 0; i < 2; i++)
        if (loop->listener[i])
            evconnlistener_enable(loop->listener[i]);
}

static struct event_base *new_base(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (!config)
        return NULL;
    /* Without the change list each request costs four calls of epoll_ctl. */
    if (!event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) &&
        !event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK))
        base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

int loop_open(struct loop *loop, struct http_server *server, unsigned index, struct problem *why)
{
    memset(loop, 0, sizeof *loop);
    loop->server = server;
    loop->index = index;
    loop->socket[0] = loop->socket[1] = -1;
    loop->box.fd = -1;
    TAILQ_INIT(&loop->waiting);
    TAILQ_INIT(&loop->busy);
    LIST_INIT(&loop->exchanges);
    file_cache_open(&loop->cache, server->limits.file_cache);
    if (mailbox_open(&loop->box))
        return problem_errno(why, errno, FILE_OPEN, "eventfd");
    if (!(loop->base = new_base()) ||
        !(loop->wake = event_new(loop->base, loop->box.fd, EV_READ | EV_PERSIST, on_wake, loop)) ||
        !(loop->sweep = evtimer_new(loop->base, on_sweep, loop)) ||
        !(loop->pause = evtimer_new(loop->base, on_pause_end, loop)) || event_add(loop->wake, NULL))
        return problem_no_memory(why);
    return 0;
}

static void *run(void *arg)
{
    struct loop *loop = arg;

    event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    mailbox_shut(&loop->box);
    mailbox_run(&loop->box); /* what came before it was shut */
    return NULL;
}

int loop_start(struct loop *loop, struct problem *why)
{
    sigset_t all, before;
    int error;

    for (int i = 0; i < 2; i++) {
        if (loop->socket[i] < 0)
            continue;
        loop->listener[i] =
            evconnlistener_new(loop->base, accept_one, loop,
                               LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, loop->socket[i]);
        if (!loop->listener[i])
            return problem_no_memory(why);
        loop->socket[i] = -1;
        evconnlistener_set_error_cb(loop->listener[i], accept_failed);
    }
    /* Signals are for the thread that waits for them; and a broken pipe is an error, not a signal. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&loop->thread, NULL, run, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error) {
        problem_set(why, "no_thread", _("The system gives this node no further thread."));
        problem_detail(why, "%s", strerror(error));
        return -1;
    }
    loop->started = true;
    return 0;
}

static void drain(void *arg)
{
    struct loop *loop = arg;
    struct connection *c, *next;
    struct timeval now = {0, 0};
    unsigned drain_ms = loop->server->limits.drain_ms;

    loop->draining = true;
    loop->end_at = clock_monotonic_ms() + drain_ms;
    loop->hurry_at = loop->end_at - drain_ms / 5;
    event_del(loop->pause);
    for (int i = 0; i < 2; i++) {
        if (loop->listener[i])
            evconnlistener_free(loop->listener[i]);
        loop->listener[i] = NULL;
    }
    for (c = TAILQ_FIRST(&loop->waiting); c; c = next) {
        next = TAILQ_NEXT(c, entry);
        connection_drain(c);
    }
    event_add(loop->sweep, &now);
}

void loop_stop(struct loop *loop)
{
    loop->drain = (struct post){.work = drain, .arg = loop};
    mailbox_put(&loop->box, &loop->drain);
}

void loop_close(struct loop *loop)
{
    struct http_exchange *x;

    close_all(&loop->waiting);
    close_all(&loop->busy);
    while ((x = LIST_FIRST(&loop->exchanges)))
        exchange_free(x);
    for (int i = 0; i < 2; i++) {
        if (loop->listener[i])
            evconnlistener_free(loop->listener[i]);
        if (loop->socket[i] >= 0)
            evutil_closesocket(loop->socket[i]);
    }
    if (loop->pause)
        event_free(loop->pause);
    if (loop->sweep)
        event_free(loop->sweep);
    if (loop->wake)
        event_free(loop->wake);
    if (loop->base)
        event_base_free(loop->base);
    mailbox_close(&loop->box);
    file_cache_close(&loop->cache);
}

const char *loop_date(struct loop *loop)
{
    uint64_t now = clock_now();

    if (now != loop->date_second) {
        http_date(now, loop->date);
        loop->date_second = now;
    }
    return loop->date;
}
