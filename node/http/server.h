/*
 * The server: listeners, loops, limits, routes, answers. It decides nothing about content or rights.
 * Handlers of the rooms above run on its loop threads and must finish in milliseconds, keep the
 * exchange and answer later, or move to a worker with http_defer.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <commonshelf/keyset.h>

#include "http/rate.h"
#include "http/request.h"
#include "support/support.h"

struct http_server;
struct http_exchange;

enum http_listener {
    HTTP_WORLD = 1, /* TLS, for everyone */
    HTTP_LOCAL = 2, /* plain, on loopback: the person at this machine, or a reverse proxy */
};

#define HTTP_LOOPS_MAX 16
#define HTTP_WORKERS_MAX 8

/* Zero means the default that stands beside a field. Times are in milliseconds, all absolute: a
 * trickle of bytes doesn't extend them. */
struct http_limits {
    unsigned head_ms; /* 10000: connecting, TLS and the request's head */
    unsigned body_ms; /* 30000: the request's body */
    unsigned idle_ms; /* 30000: between two requests */
    unsigned write_ms; /* 30000, and a second for every write_rate bytes of the answer */
    unsigned write_rate; /* 4096 bytes a second: slower readers are cut */
    unsigned drain_ms; /* 5000: from http_server_stop to the last connection closed */
    unsigned connections; /* 2048 at once; above it the longest idle one makes room */
    unsigned per_address; /* 256 on HTTP_WORLD; an IPv6 address counts by its /64 */
    struct rate
        connection_rate; /* 50 a second, 500 at once: new ones of an address on HTTP_WORLD */
    struct rate
        request_rate; /* 500 a second, 10000 at once: tokens of an address, see http_route */
    size_t
        held; /* 64 MiB of answers waiting for their readers; above it the longest at it is cut */
    unsigned workers; /* 2, at most HTTP_WORKERS_MAX: started when first needed */
    unsigned queue; /* 64 deferred exchanges waiting for a worker; more get 503 */
    size_t file_cache; /* 8 MiB of file bytes kept by each loop */
};

/*
 * Makes the page that a person sees for an error: appends HTML to `page`. Must not use anything of the
 * request but its language (set for the thread). `code` is the problem's code.
 */
typedef void (*http_error_page)(unsigned status, const char *code, struct cs_buffer *page,
                                void *arg);

/* Everything is copied by http_server_new, except `arg` values. An empty address leaves that listener
 * out. */
struct http_server_config {
    const char *world; /* "0.0.0.0:7443"; port 0 picks a free one */
    const char *local; /* "127.0.0.1:7480"; must be loopback */
    const char *key_path; /* PEM, for world */
    const char *certificate_path; /* PEM, the chain */
    unsigned loops; /* 0: one per core, at most 4 */
    struct http_limits limits;
    /* Reverse proxies, which no limit for one address holds for. What they put last into
     * X-Forwarded-For counts as the request's address. At most CONFIG_CIDR_MAX. */
    const struct cidr *proxy;
    size_t proxies;
    const char *language; /* for requests without Accept-Language; NULL: English */
    http_error_page error_page; /* NULL: a plain sentence */
    void *error_page_arg;
};

CS_MUST_USE struct http_server *http_server_new(const struct http_server_config *config,
                                                struct problem *why);

/* ---- routes: all added before http_server_start */
typedef void (*http_handler)(struct http_exchange *x, void *arg);

struct http_route {
    const char *path; /* exact; with `prefix`, everything that begins with it */
    bool prefix; /* the longest prefix wins, an exact path before any prefix */
    unsigned methods; /* of enum http_method; GET brings HEAD with it */
    unsigned listeners; /* of enum http_listener; 0: both */
    size_t body_max; /* 0: no body is taken */
    http_handler handler;
    void *arg;
    unsigned cost; /* 1: tokens that a request takes; one is about 20 µs of processor */
};

/* Copies the route and its path. */
CS_MUST_USE int http_server_route(struct http_server *server, const struct http_route *route,
                                  struct problem *why);

/*
 * The "host[:port]" of the node's own URL, which requests may name as Host (":443" is left away).
 * Besides it are accepted: the address the connection came in at, and on loopback connections
 * "localhost" and loopback addresses. All else is answered 421 (a page elsewhere could otherwise
 * reach this node through a name of its own: DNS rebinding). Any thread, at any time.
 */
CS_MUST_USE int http_server_set_authority(struct http_server *server, const char *authority,
                                          struct problem *why);

/* Binds and starts the loops. "address_in_use", "address_not_here", "permission", "bad_certificate". */
CS_MUST_USE int http_server_start(struct http_server *server, struct problem *why);
/* Where a listener is bound, after start: "127.0.0.1:41234". False if it is left out. */
bool http_server_address(const struct http_server *server, enum http_listener which,
                         char out[ADDRESS_TEXT]);
/* Reads key and certificate anew, for connections from now on. On failure the old ones stay. */
CS_MUST_USE int http_server_reload(struct http_server *server, const char *key_path,
                                   const char *certificate_path, struct problem *why);

/*
 * Stops accepting, lets what is in flight finish, closes, and joins the threads; returns after at
 * most limits.drain_ms and what a running deferred function still needs (http_cancelled tells it).
 */
void http_server_stop(struct http_server *server);
void http_server_free(struct http_server *server); /* stops it; NULL is fine */

/*
 * Cuts, soon, every connection on which this node signed a request, whatever is on its way there. Any thread;
 * what the node asks from then on is for the handlers to refuse.
 */
void http_server_drop(struct http_server *server, const struct cs_node_id *who);

struct http_server_numbers {
    unsigned connections; /* open now */
    uint64_t accepted, refused; /* since start; refused for a limit */
    uint64_t requests; /* answered */
    uint64_t bytes_out;
};
void http_server_numbers(const struct http_server *server, struct http_server_numbers *out);

/* How many threads may run handlers or deferred functions: loops and workers. */
unsigned http_thread_count(const struct http_server *server);
/* Runs `work` on a loop's thread soon; from any thread. -1 when the server is stopping or memory is
 * short. */
CS_MUST_USE int http_post(struct http_server *server, unsigned loop, void (*work)(void *arg),
                          void *arg);

/* ---- an exchange: one request and its answer. Belongs to the loop's thread that called the handler,
 * or to the worker while a deferred function runs. */
const struct http_request *http_request(const struct http_exchange *x);
enum http_listener http_listener(const struct http_exchange *x);
/* The client's address; what a trusted reverse proxy says it is, or the proxy's own. */
const struct sockaddr *http_peer(const struct http_exchange *x);
/* The number of the thread that runs now, below http_thread_count: 0 … loops-1 are the loops, then
 * the workers. For what is kept per thread, such as database connections. */
unsigned http_loop_index(const struct http_exchange *x);
/* The client is gone or the server is stopping: long work may end early. It must still answer (the
 * answer goes nowhere). Any thread. */
bool http_cancelled(const struct http_exchange *x);
/*
 * Takes further tokens from the request's address, for what turned out to be dear, before it is done.
 * False: it has no more, and the exchange was answered 429.
 */
CS_MUST_USE bool http_charge(struct http_exchange *x, unsigned tokens);
/* Answers 429 (RFC 6585 §4): come back after this many seconds. */
void http_answer_later(struct http_exchange *x, unsigned seconds);
/* The request is this node's, as it says: see http_server_drop. http_verify_request tells it; nothing is decided by
 * it. */
void http_belongs(struct http_exchange *x, const struct cs_node_id *who);
/* Memory that lives until the answer was sent; NULL when there is none. */
struct arena *http_arena(struct http_exchange *x);

/*
 * Lets `work` run on a worker thread; it answers with the same functions, and what it answered is
 * sent from the loop. The thread's language is the handler's. When the queue is full the exchange is
 * answered 503 here: after this call the handler must not touch it.
 */
void http_defer(struct http_exchange *x, void (*work)(struct http_exchange *x, void *arg),
                void *arg);

/* ---- answering: exactly one http_answer… for each exchange, which then is no longer the handler's.
 * The handler may return without answering and answer later from the same loop (http_post). Never
 * answering keeps the connection open until the server stops. HEAD needs no care. */

/* Adds a header before the answer. Content-Length, Content-Type, Connection, Date, ETag and
 * Transfer-Encoding are not set this way. A value with a control character turns the answer into a
 * 500. */
void http_set_header(struct http_exchange *x, const char *name, const char *value);
/*
 * A strong validator, without its quotes: [!#-~] only. With it a 200 to GET or HEAD heeds
 * If-None-Match (304), and one Range with If-Range (206, 416); several ranges get the whole (RFC 9110
 * §14.2 allows it).
 */
void http_set_etag(struct http_exchange *x, const char *etag);

/* The body is copied. content_type may be NULL when there is no body. */
void http_answer(struct http_exchange *x, unsigned status, const char *content_type,
                 struct cs_span body);
/* Takes the buffer's bytes: it is empty afterwards. A failed buffer is answered 500. */
void http_answer_buffer(struct http_exchange *x, unsigned status, const char *content_type,
                        struct cs_buffer *body);
/*
 * A whole file with a strong ETag, which must change when the content does: hot files are answered
 * from a cache that knows them by path and ETag. Missing: 404. Other failures: 500, logged. With `sum`,
 * what is read from disk must hash to it (SHA-256), each time: else 404, logged.
 */
void http_answer_file(struct http_exchange *x, const char *content_type, const char *path,
                      const char *etag, const struct cs_hash *sum);
/*
 * An error: the page for people where the request accepts HTML, else a problem document (RFC 9457)
 * with the member "code". Never anything of the request. `detail` is a sentence in the reader's
 * language, or NULL for the status's own.
 */
void http_answer_problem(struct http_exchange *x, unsigned status, const char *code,
                         const char *detail);
/* 303 to a path of this node. */
void http_answer_see_other(struct http_exchange *x, const char *location);

/* "Not Found". "Unknown" for a status that has none here. */
const char *http_reason(unsigned status);
/* "Tue, 24 Nov 2026 10:00:00 GMT" (RFC 9110 §5.6.7), NUL-terminated. */
#define HTTP_DATE 30
void http_date(uint64_t seconds, char out[HTTP_DATE]);

#endif
