/*
 * One connection: requests come in, each is answered before the next is read. The parser sees bytes as
 * they come; nothing of a request is acted on before its head is whole.
 *
 * Callbacks are deferred (BEV_OPT_DEFER_CALLBACKS), so none of them runs inside OpenSSL and each may
 * close the connection.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "http/internal.h"

#define INPUT_MAX 32768 /* bytes read ahead of what is worked on */
#define LINGER_DRAINING_MS 300 /* a stopping server has less patience than LINGER_MS */
#define LARGE_BODY (1u << 20)
#define LARGE_BODIES 4 /* at once: at 16 MiB each no more than answers may hold */
#define LINGER_BYTES_MAX 262144 /* of a body nobody wants, thrown away at most */

static uint64_t after(uint64_t ms)
{
    return clock_monotonic_ms() + ms;
}

static void set_phase(struct connection *c, enum phase phase, uint64_t ms)
{
    struct loop *loop = c->loop;
    struct connection_list *from = c->phase == PHASE_HEAD ? &loop->waiting : &loop->busy;
    struct connection_list *to = phase == PHASE_HEAD ? &loop->waiting : &loop->busy;

    if (from != to || phase == PHASE_HEAD) {
        TAILQ_REMOVE(from, c, entry);
        TAILQ_INSERT_TAIL(to, c, entry);
    }
    c->phase = phase;
    c->deadline = ms ? after(ms) : UINT64_MAX;
}

/*
 * Counts what waits for this reader. When all readers together hold too much, the one that has been at
 * its answer for longest is cut with the next look at deadlines: who reads at all is not that one.
 */
static void hold(struct connection *c, size_t bytes)
{
    struct http_server *server = c->loop->server;
    struct connection *oldest;

    if (c->held)
        atomic_fetch_sub(&server->held, c->held);
    c->held = bytes;
    if (!bytes || atomic_fetch_add(&server->held, bytes) + bytes <= server->limits.held)
        return;
    TAILQ_FOREACH(oldest, &c->loop->busy, entry)
    if (oldest->phase == PHASE_ANSWER && oldest->held)
        break;
    if (!oldest)
        return;
    oldest->deadline = 0;
    atomic_fetch_sub(&server->held, oldest->held);
    oldest->held = 0;
}

static struct evbuffer *input_of(struct connection *c)
{
    return bufferevent_get_input(c->events);
}

static void give_up_exchange(struct connection *c)
{
    struct http_exchange *x = c->exchange;

    c->exchange = NULL;
    http_parser_free(c->parser);
    c->parser = NULL;
    if (!x)
        return;
    x->connection = NULL;
    atomic_store(&x->cancelled, true);
    /* What a worker has is not looked at; what no handler has seen, nobody answers. */
    if (!x->on_worker && (x->answered || c->phase == PHASE_BODY))
        exchange_free(x);
}

static void drop_events(struct connection *c)
{
    if (c->events)
        bufferevent_free(c->events);
    c->events = NULL;
    SSL_free(c->ssl);
    c->ssl = NULL;
}

void connection_close(struct connection *c)
{
    struct loop *loop = c->loop;
    struct http_server *server = loop->server;

    if (c->stepping) {
        c->doomed = true;
        return;
    }
    TAILQ_REMOVE(c->phase == PHASE_HEAD ? &loop->waiting : &loop->busy, c, entry);
    give_up_exchange(c);
    drop_events(c);
    hold(c, 0);
    if (c->linger)
        event_free(c->linger);
    close(c->fd);
    admission_leave(server->admission, c->count);
    atomic_fetch_sub(&server->connections, 1);
    loop->connections--;
    memory_free(c);
}

static void on_linger(evutil_socket_t fd, short what, void *arg)
{
    struct connection *c = arg;
    unsigned char waste[4096];
    ssize_t n = read(fd, waste, sizeof waste);

    (void)what;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    c->lingered += n > 0 ? (size_t)n : 0;
    if (n <= 0 || c->lingered > LINGER_BYTES_MAX)
        connection_close(c);
}

/*
 * Says good-bye: TLS's close_notify, then the end of what is sent. What the client still sends is read
 * and dropped for a while, because closing with bytes unread would reset the connection and take the
 * last answer with it.
 */
static void say_goodbye(struct connection *c)
{
    give_up_exchange(c);
    hold(c, 0);
    if (c->ssl && c->ready) {
        ERR_clear_error();
        SSL_shutdown(c->ssl);
        ERR_clear_error();
    }
    drop_events(c);
    set_phase(c, PHASE_LINGER, c->loop->draining ? LINGER_DRAINING_MS : LINGER_MS);
    if (shutdown(c->fd, SHUT_WR) ||
        !(c->linger = event_new(c->loop->base, c->fd, EV_READ | EV_PERSIST, on_linger, c)) ||
        event_add(c->linger, NULL))
        connection_close(c);
}

/* ---- a request */

/* The exchange is the handler's from here. */
static void handle(struct connection *c)
{
    struct http_exchange *x = c->exchange;
    struct http_request *request = http_parser_request(x->parser);
    struct cs_span languages;
    char wanted[256];

    request->body = cs_buffer_span(&x->body);
    set_phase(c, PHASE_HANDLER, 0);
    http_header(request, "accept-language", &languages);
    if (languages.n >= sizeof wanted)
        languages.n = sizeof wanted - 1;
    if (languages.n)
        memcpy(wanted, languages.p, languages.n);
    wanted[languages.n] = 0;
    language_set(languages.n ? wanted : c->loop->server->language);
    x->route->is.handler(x, x->route->is.arg);
}

static void refuse(struct connection *c, unsigned status, const char *code)
{
    set_phase(c, PHASE_HANDLER, 0);
    http_answer_problem(c->exchange, status, code, NULL);
}

static void allow(struct http_exchange *x, unsigned methods)
{
    char list[32];

    snprintf(list, sizeof list, "%s%s%s", methods & HTTP_GET ? "GET, HEAD" : "",
             methods & HTTP_GET && methods & HTTP_POST ? ", " : "",
             methods & HTTP_POST ? "POST" : "");
    http_set_header(x, "Allow", list);
}

/* Long bodies are taken a few at a time: all of them together have a bound, whoever sends them. */
static bool has_room(struct http_exchange *x)
{
    if (x->request->length <= LARGE_BODY)
        return true;
    x->large = atomic_fetch_add(&x->server->large, 1) < LARGE_BODIES;
    if (!x->large)
        atomic_fetch_sub(&x->server->large, 1);
    return x->large;
}

/* The head is whole: everything that can be judged by it is, before a byte of body is taken. */
static void begin(struct connection *c)
{
    struct http_exchange *x = exchange_new(c);
    const struct http_request *request;
    unsigned status, methods;

    if (!x) {
        connection_close(c);
        return;
    }
    request = x->request = http_parser_request(x->parser);
    set_phase(c, PHASE_HANDLER, 0);
    c->close_after |= request->close || c->loop->draining;
    if (request->length > 0)
        c->close_after = true; /* unless the body is read */
    x->limited = c->listener == HTTP_WORLD && !c->proxy;
    if (c->proxy)
        x->limited = read_forwarded(request, &x->peer);
    if (!host_is_ours(c->loop->server, &c->own, request->authority)) {
        refuse(c, 421, "wrong_host");
        return;
    }
    x->route = routes_find(&c->loop->server->routes, request, c->listener, &status, &methods);
    if (!http_charge(x, x->route && x->route->is.cost ? x->route->is.cost : 1))
        return;
    if (!x->route) {
        if (status == 405)
            allow(x, methods);
        refuse(c, status, status == 404 ? "not_found" : "method_not_allowed");
        return;
    }
    if (request->length > x->route->is.body_max) {
        refuse(c, 413, "too_large");
        return;
    }
    if (!has_room(x)) {
        http_set_header(x, "Retry-After", "10");
        refuse(c, 503, "busy");
        return;
    }
    if (!request->length) {
        handle(c);
        return;
    }
    c->close_after = request->close || c->loop->draining;
    set_phase(c, PHASE_BODY, c->loop->server->limits.body_ms);
    if (request->expect && !evbuffer_get_length(input_of(c)))
        bufferevent_write(c->events, "HTTP/1.1 100 Continue\r\n\r\n", 25);
}

/* The head was refused: there is no request to speak of, and no telling where the next one begins. */
static void refuse_head(struct connection *c, unsigned status)
{
    static const struct {
        unsigned status;
        const char *code;
    } codes[] = {{408, "timed_out"},          {411, "length_required"},   {414, "target_too_long"},
                 {417, "expectation_failed"}, {431, "headers_too_large"}, {501, "method_unknown"},
                 {503, "no_memory"},          {505, "version_unknown"}};
    const char *code = "bad_request";

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].status == status)
            code = codes[i].code;
    c->close_after = true;
    if (!c->exchange && !exchange_new(c)) {
        connection_close(c);
        return;
    }
    refuse(c, status, code);
}

static void read_head(struct connection *c)
{
    struct evbuffer *input = input_of(c);
    struct evbuffer_iovec piece;
    enum http_parse answer;
    size_t taken;

    if (!c->parser) {
        uint64_t deadline = after(c->loop->server->limits.head_ms);

        if (!(c->parser = http_parser_new())) {
            connection_close(c);
            return;
        }
        if (c->served || c->deadline > deadline) /* the first counts from the connection's start */
            c->deadline = deadline;
    }
    if (evbuffer_peek(input, -1, NULL, &piece, 1) < 1)
        return;
    answer = http_parser_feed(c->parser, cs_span_make(piece.iov_base, piece.iov_len), &taken);
    evbuffer_drain(input, taken);
    if (answer == HTTP_PARSE_DONE)
        begin(c);
    else if (answer == HTTP_PARSE_BAD)
        refuse_head(c, http_parser_status(c->parser));
}

static void read_body(struct connection *c)
{
    struct http_exchange *x = c->exchange;
    struct evbuffer *input = input_of(c);
    size_t have = evbuffer_get_length(input);
    size_t want = (size_t)x->request->length - x->body.n;
    unsigned char *to;

    if (have > want)
        have = want;
    if (!(to = cs_buffer_reserve(&x->body, have))) {
        connection_close(c);
        return;
    }
    evbuffer_remove(input, to, have);
    x->body.n += have;
    if (x->body.n == x->request->length)
        handle(c);
}

/* ---- an answer */

/* What there was to send is sent: the next piece of a file, the next request, or the end. */
static void end_answer(struct connection *c)
{
    struct http_exchange *x = c->exchange;

    c->written = false;
    if (x->left) {
        if (!answer_stream(x))
            connection_close(c); /* its length was announced: only cutting it off is honest */
        return;
    }
    c->exchange = NULL;
    exchange_free(x);
    hold(c, 0);
    if (c->close_after || c->loop->draining) {
        say_goodbye(c);
        return;
    }
    c->served = true;
    set_phase(c, PHASE_HEAD, c->loop->server->limits.idle_ms);
    if (c->ended && !evbuffer_get_length(input_of(c)))
        say_goodbye(c);
}

/* Whether anything can be done without waiting, and which. */
static bool can_step(const struct connection *c)
{
    if (c->doomed)
        return false;
    if (c->phase == PHASE_ANSWER)
        return c->written;
    return (c->phase == PHASE_HEAD || c->phase == PHASE_BODY) &&
           evbuffer_get_length(bufferevent_get_input(c->events));
}

/* The one place where a connection moves on. Handlers may answer inside a step: the answer's end is then
 * the next step here, not a call inside the call. */
static void take_steps(struct connection *c)
{
    if (c->stepping)
        return;
    c->stepping = true;
    while (can_step(c)) {
        if (c->phase == PHASE_HEAD)
            read_head(c);
        else if (c->phase == PHASE_BODY)
            read_body(c);
        else
            end_answer(c);
    }
    c->stepping = false;
    if (c->doomed)
        connection_close(c);
}

static void on_read(struct bufferevent *events, void *arg)
{
    (void)events;
    take_steps(arg);
}

int connection_send(struct connection *c, struct cs_buffer *head, struct cs_span body,
                    struct content *content, uint64_t size)
{
    const struct http_limits *limits = &c->loop->server->limits;
    size_t waiting;

    if (send_parts(c, head, body, content))
        return -1;
    set_phase(c, PHASE_ANSWER, limits->write_ms + size * 1000 / limits->write_rate);
    waiting = evbuffer_get_length(bufferevent_get_output(c->events));
    c->written = !waiting;
    hold(c, waiting);
    take_steps(c);
    return 0;
}

static void on_written(struct bufferevent *events, void *arg)
{
    struct connection *c = arg;

    if (c->phase != PHASE_ANSWER || evbuffer_get_length(bufferevent_get_output(events)))
        return;
    c->written = true;
    take_steps(c);
}

static void on_event(struct bufferevent *events, short what, void *arg)
{
    struct connection *c = arg;

    (void)events;
    if (what & BEV_EVENT_CONNECTED) {
        c->ready = true;
        return;
    }
    ERR_clear_error(); /* the queue is the thread's, shared with other connections */
    /* It may still listen for its answers; under TLS libevent writes no more after the end. */
    if ((what & BEV_EVENT_EOF) && !c->ssl &&
        (c->phase == PHASE_HANDLER || c->phase == PHASE_ANSWER)) {
        c->ended = true;
        return;
    }
    connection_close(c);
}

void connection_expire(struct connection *c)
{
    if (c->ready && ((c->phase == PHASE_HEAD && c->parser) || c->phase == PHASE_BODY))
        refuse_head(c, 408);
    else if (c->ready && c->phase == PHASE_HEAD && c->served)
        say_goodbye(c);
    else
        connection_close(c);
}

void connection_drain(struct connection *c)
{
    c->close_after = true;
    if (c->phase == PHASE_HEAD && !c->parser) {
        if (c->ready)
            say_goodbye(c);
        else
            connection_close(c);
    }
}

void connection_listen(struct connection *c)
{
    bufferevent_setcb(c->events, on_read, on_written, on_event, c);
    bufferevent_setwatermark(c->events, EV_READ, 0, INPUT_MAX);
    bufferevent_set_max_single_write(c->events, WRITE_MAX);
}
