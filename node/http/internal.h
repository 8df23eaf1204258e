/*
 * What the files of the server share. Everything of a loop, its connections and its exchanges is used
 * on that loop's thread only, but for what says otherwise here.
 */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "http/server.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

#define JOIN_MAX 16384 /* header and body up to this go out in one write: one TLS record */
#define WRITE_MAX 262144 /* bytes handed to one write; also what a streamed file is read by */
#define CACHED_FILE_MAX                                                                            \
    (1u << 20) /* larger files are read piece by piece as the reader takes them */
#define LINGER_MS 2000 /* how long a closed connection's last bytes are waited for */
#define SWEEP_MS 250 /* how often deadlines are looked at */

/* ---- content.c: bytes that answers are sent from, counted by those who hold them */
struct content {
    unsigned refs;
    struct cs_buffer bytes; /* when fd is -1 */
    int fd; /* a file too large to keep */
    uint64_t size;
    char *path, *etag; /* of a file in the cache; NULL when it is not there */
    TAILQ_ENTRY(content) recent;
    LIST_ENTRY(content) same;
};
TAILQ_HEAD(content_recent, content);
LIST_HEAD(content_bucket, content);

#define CACHE_BUCKETS 512
struct file_cache {
    struct content_bucket *bucket; /* CACHE_BUCKETS, made with the first file */
    struct content_recent recent; /* the longest unused last */
    size_t bytes, max;
};

/* Takes over the buffer's bytes. NULL: no memory, the buffer is as it was. */
struct content *content_of_buffer(struct cs_buffer *bytes);
void content_release(struct content *content);
void file_cache_open(struct file_cache *cache, size_t max);
void file_cache_close(struct file_cache *cache);
/* The file's content, a reference of the caller's own; NULL: errno in *error. */
struct content *file_cache_get(struct file_cache *cache, const char *path, const char *etag,
                               const struct cs_hash *sum, int *error);

/* ---- admission.c: how many connections each address has. Any thread. */
struct admission;
struct admission *admission_new(unsigned per_address);
void admission_free(struct admission *admission);
/* A place for one more connection of this address; NULL if it has its share, or memory is short. */
struct address_count *admission_enter(struct admission *admission, const struct sockaddr *address);
void admission_leave(struct admission *admission, struct address_count *count);

/* ---- proxied.c: who asks */
bool is_proxy(const struct http_server *server, const struct sockaddr *address);
/* Puts the address that a proxy names for this request into *peer. False: it names none. */
bool read_forwarded(const struct http_request *request, union address *peer);

/* ---- post.c: functions handed to a loop by any thread */
struct post {
    struct post *next;
    void (*work)(void *arg);
    void *arg;
    bool allocated;
};

struct mailbox {
    pthread_mutex_t lock;
    int fd; /* an eventfd, readable while there are posts */
    bool closed;
    struct post *first, **last;
};

int mailbox_open(struct mailbox *box);
void mailbox_close(struct mailbox *box); /* drops what is left */
/* False once the box is shut. The post is the caller's until it was run. */
bool mailbox_put(struct mailbox *box, struct post *post);
void mailbox_shut(struct mailbox *box);
void mailbox_run(struct mailbox *box);

/* ---- loop.c */
struct connection;
TAILQ_HEAD(connection_list, connection);
LIST_HEAD(exchange_list, http_exchange);

struct loop {
    struct http_server *server;
    unsigned index;
    pthread_t thread;
    bool started;
    struct event_base *base;
    struct event *wake, *sweep;
    struct mailbox box;
    struct post drain;
    int socket[2]; /* bound, until a listener owns them; world, local */
    struct evconnlistener *listener[2];
    struct event *pause; /* brings accepting back after descriptors ran out */
    struct connection_list waiting; /* without a whole request head; the longest waiting first */
    struct connection_list busy;
    struct exchange_list exchanges;
    unsigned connections;
    struct file_cache cache;
    bool draining;
    uint64_t hurry_at, end_at; /* while draining, in milliseconds of the monotonic clock */
    uint64_t date_second;
    char date[HTTP_DATE];
};

int loop_open(struct loop *loop, struct http_server *server, unsigned index, struct problem *why);
int loop_start(struct loop *loop, struct problem *why);
void loop_stop(struct loop *loop); /* from another thread: it drains, and its thread ends */
void loop_close(struct loop *loop);
const char *loop_date(struct loop *loop);

/* ---- listen.c */
/* Binds `count` sockets to the same address; `bound` is where. */
int listen_bind(const char *address, bool loopback_only, int *sockets, unsigned count,
                struct sockaddr_storage *bound, struct problem *why);

/* ---- tls.c */
SSL_CTX *tls_context(const char *key_path, const char *certificate_path, struct problem *why);

/* ---- route.c */
struct route {
    struct http_route is;
    size_t path_length;
};

struct routes {
    struct route *list;
    size_t n, room;
};

int routes_add(struct routes *routes, const struct http_route *route, struct problem *why);
void routes_free(struct routes *routes);
/* NULL with *status 404, or 405 with the methods that are there in *methods. */
const struct route *routes_find(const struct routes *routes, const struct http_request *request,
                                enum http_listener listener, unsigned *status, unsigned *methods);
/* `own` is the address that the connection came in at. */
bool host_is_ours(struct http_server *server, const union address *own, struct cs_span authority);

/* ---- worker.c */
struct workers {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct http_exchange *first, **last;
    unsigned queued, idle, started, max, queue_max;
    bool stopping;
    pthread_t thread[HTTP_WORKERS_MAX];
    struct http_server *server;
};

int workers_open(struct workers *workers, struct http_server *server);
void workers_close(struct workers *workers); /* runs what is queued, joins; once */
bool workers_put(struct workers *workers, struct http_exchange *x);

/* ---- the server */
struct http_server {
    struct http_limits limits;
    char *world, *local, *language;
    http_error_page error_page;
    void *error_page_arg;
    struct routes routes;
    pthread_mutex_t settings; /* guards authority and tls */
    char *authority;
    SSL_CTX *tls;
    struct admission *admission;
    struct rate_limiter *new_connections, *new_requests; /* by address */
    struct cidr proxy[CONFIG_CIDR_MAX];
    size_t proxies;
    atomic_uint large; /* requests with a long body that have not ended */
    atomic_size_t held; /* bytes of answers in memory that wait for their readers */
    struct sockaddr_storage bound[2];
    bool has[2]; /* which listeners there are: world, local */
    unsigned loops;
    struct loop *loop;
    struct workers workers;
    bool started;
    atomic_uint connections;
    atomic_ullong accepted, refused, requests, bytes_out;
};

/* ---- accept.c, connection.c */
enum phase {
    PHASE_HEAD, /* nothing, or a part of a request head, has come */
    PHASE_BODY, /* the head is whole, the body is coming */
    PHASE_HANDLER, /* a handler has the exchange */
    PHASE_ANSWER, /* the answer is going out */
    PHASE_LINGER, /* said good-bye; what still comes is thrown away, so that it is heard */
};

struct connection {
    struct loop *loop;
    TAILQ_ENTRY(connection) entry; /* in loop->waiting while PHASE_HEAD, else in loop->busy */
    enum phase phase;
    enum http_listener listener;
    bool proxy; /* it is one of server->proxy */
    int fd;
    SSL *ssl; /* NULL on the plain listener */
    struct bufferevent *events;
    struct event *linger;
    struct http_parser *parser; /* from a request's first byte to the end of its head */
    struct http_exchange *exchange;
    uint64_t deadline;
    bool ready; /* TLS stands */
    bool served; /* at least one request came in before */
    bool ended; /* the client sends no more */
    bool close_after; /* no further request is read */
    bool written; /* all bytes that there are of the answer have gone out */
    bool stepping; /* its steps are being taken: what closes it now waits until they are over */
    bool doomed; /* it was closed meanwhile */
    bool owned; /* a request on it was signed by `owner` */
    struct cs_node_id owner;
    size_t lingered;
    size_t held; /* what of server->held is this one's */
    union address peer, own;
    struct address_count *count;
};

/* Owns fd from here, also when it fails. */
void connection_open(struct loop *loop, int fd, enum http_listener listener,
                     const struct sockaddr *peer, socklen_t length);
/* Gives c->events their callbacks and bounds. */
void connection_listen(struct connection *c);
void connection_close(struct connection *c);
void connection_expire(struct connection *c); /* its deadline has passed */
void connection_drain(struct connection *c);
/*
 * Sends the head of an answer and its body, and waits for them to be gone at most as long as a body of
 * `size` bytes may take. Small ones leave at once, without a turn of the loop; of the rest, what
 * `content` holds is sent from there. The exchange may be gone afterwards. -1: no memory.
 */
int connection_send(struct connection *c, struct cs_buffer *head, struct cs_span body,
                    struct content *content, uint64_t size);

/* ---- belong.c */
/* The connection is the node's whose request this is, also when the exchange is over. */
void connection_belongs(struct connection *c, const struct http_exchange *x);

/* ---- send.c */
/* Sends head and body, at once as far as the socket takes them; the rest is kept in the output. `head`
 * is grown. -1: no memory. */
int send_parts(struct connection *c, struct cs_buffer *head, struct cs_span body,
               struct content *content);

/* ---- exchange.c */
struct http_exchange {
    struct http_server *server;
    struct loop *loop;
    struct connection *connection; /* NULL once the client is gone; the loop's thread only */
    LIST_ENTRY(http_exchange) entry;
    struct http_parser *parser;
    const struct http_request *request; /* NULL when the head was refused */
    enum http_listener listener;
    union address peer;
    bool limited; /* its address's tokens are counted */
    const struct route *route;
    struct cs_buffer body;
    bool large; /* counted in server->large */
    struct arena *arena;
    unsigned thread; /* what http_loop_index says */
    atomic_bool cancelled;
    atomic_bool owned; /* `owner` stands, and does not change any more */
    struct cs_node_id owner;

    /* the answer */
    bool answered;
    unsigned status;
    struct cs_buffer headers; /* lines set so far, each with its CRLF */
    bool bad_header;
    bool has_etag;
    char etag[100];
    struct content *content; /* NULL: no body */
    uint64_t offset, left; /* of content that is still to be read from its file */

    /* while it is deferred */
    bool on_worker;
    void (*work)(struct http_exchange *x, void *arg);
    void *work_arg;
    const char *language;
    struct http_exchange *queue_next;
    struct cs_hash sum; /* that the file must have */
    bool has_sum;
    char *file_path; /* http_answer_file called on a worker: opened on the loop */
    struct post post;
};

struct http_exchange *exchange_new(struct connection *c);
void exchange_free(struct http_exchange *x);
/* Runs a deferred function and hands the exchange back to its loop; on the worker `thread`. */
void exchange_work(struct http_exchange *x, unsigned thread);

/* ---- answer.c */
/* Writes the answer that stands in x to its connection, or frees x if there is none any more. `body`
 * is used when x->content is NULL. */
void answer_send(struct http_exchange *x, struct cs_span body);
/* Reads the next piece of a large file into the output. False when reading failed. */
bool answer_stream(struct http_exchange *x);

#endif
