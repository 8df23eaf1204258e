/*
 * Requests to other nodes, over libcurl: the only place of the node that opens outbound sockets. It
 * follows no redirect, uses no proxy, resolves only what http_url_read accepted, and connects only to
 * addresses inside the networks named with each fetch. Whom to trust is the caller's to say.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdatomic.h>

#include <commonshelf/httpsig.h>

#include "http/certificate.h"
#include "http/request.h"
#include "http/url.h"
#include "support/support.h"

#define HTTP_FETCH_HEADERS_MAX 16
#define HTTP_FETCH_NETWORKS_MAX CONFIG_CIDR_MAX
#define HTTP_FETCH_CAP_DEFAULT (1u << 20)
#define HTTP_FETCH_DEADLINE_DEFAULT 30000
#define HTTP_RESPONSE_HEADERS_MAX 16384 /* bytes of all header lines of a response */
#define HTTP_RESPONSE_LINES_MAX 64
#define HTTP_RETRY_AFTER_MAX 10 /* seconds that a server may ask to be left alone within a fetch */
#define HTTP_RETRIES_MAX 3

enum http_trust {
    HTTP_TRUST_PINS, /* the connection's key is one of `pin`; names and dates are ignored */
    HTTP_TRUST_CAPTURE, /* first contact: any key; `peer` says which, and the caller must judge it */
    HTTP_TRUST_PUBLIC, /* a certificate for the host that this machine's authorities vouch for */
};

/* The response headers that are kept: each at most HTTP_FIELD_MAX bytes, else the fetch fails. */
enum http_field {
    HTTP_ETAG, /* with its quotes */
    HTTP_CONTENT_TYPE,
    HTTP_CONTENT_DIGEST,
    HTTP_SIGNATURE,
    HTTP_SIGNATURE_INPUT,
    HTTP_DATE_FIELD,
    HTTP_CONTENT_ENCODING,
    HTTP_CONTENT_RANGE,
    HTTP_RETRY_AFTER,
    HTTP_FIELDS,
};
#define HTTP_FIELD_MAX 1000

/*
 * One request and what came of it. Start from http_fetch_new, set what is needed, run it with
 * http_fetch, read the answer, free it. Can be run again after http_fetch_reset.
 */
struct http_fetch {
    /* ---- the question */
    struct http_url url;
    enum http_method method; /* GET */
    struct cs_span body; /* of a POST; the caller's, until http_fetch returns */
    unsigned deadline_ms; /* HTTP_FETCH_DEADLINE_DEFAULT: for the whole exchange */
    unsigned low_speed_bytes; /* 512 a second, … */
    unsigned low_speed_s; /* … for 15 seconds: slower is cut as timed out */
    uint64_t cap; /* HTTP_FETCH_CAP_DEFAULT: bytes of body at most */
    enum http_trust trust; /* HTTP_TRUST_PINS: with no pin set, every connection is refused */
    struct http_pin pin[CS_PROFILE_PINS_MAX];
    size_t pins;
    struct cidr network[HTTP_FETCH_NETWORKS_MAX];
    size_t networks; /* none: no address may be contacted */
    /* Gets the body of a 200 or 206 as it comes, instead of `received`; `status` and `field` stand
     * already. Not 0 ends the fetch: `why` is then its problem. */
    int (*sink)(struct http_fetch *fetch, struct cs_span bytes, void *arg, struct problem *why);
    void *sink_arg;
    /* Called when this one has its answer or its failure, while others may still run; on the thread that
     * called http_fetch, which it must not call. */
    void (*done)(struct http_fetch *fetch, void *arg);
    void *done_arg;
    void *arg; /* the caller's own */

    /* ---- the answer */
    unsigned status; /* 0 if none came */
    struct cs_buffer
        received; /* the body; of a status other than 200, 206 at most 64 KiB is kept */
    uint64_t received_bytes; /* of body, also through the sink */
    const char *field[HTTP_FIELDS]; /* NULL when absent; a repeated one fails the fetch */
    struct http_pin peer; /* the key of the connection that this answer came over */
    bool has_peer;
    struct sockaddr_storage address; /* where it came from */
    uint64_t ms; /* how long it took */
    bool failed; /* no complete answer: `why` says which way */
    /*
     * Codes: "bad_url" "refused" "unreachable" "unknown_host" "timed_out" "wrong_certificate" "tls"
     * "address_not_allowed" "too_large" "cut_off" "not_http" "cancelled" "no_memory" "network".
     */
    struct problem why;
    struct http_fetch_inside *inside;
};

CS_MUST_USE struct http_fetch *http_fetch_new(const char *url, struct problem *why);
void http_fetch_free(struct http_fetch *fetch);
/* Forgets the answer and the request headers, keeps the rest of the question; takes another URL unless
 * it is NULL. */
CS_MUST_USE int http_fetch_reset(struct http_fetch *fetch, const char *url, struct problem *why);
/* Adds a request header, copied. */
CS_MUST_USE int http_fetch_header(struct http_fetch *fetch, const char *name, const char *value,
                                  struct problem *why);

struct http_client;

/*
 * One for each thread: keeps connections open for reuse. A connection is used again only for the same
 * trust, pins and an allowed address; all three are checked again before every request is sent.
 * `cancel` (may be NULL) ends a running http_fetch within a quarter of a second when it becomes true.
 */
CS_MUST_USE struct http_client *http_client_new(const atomic_bool *cancel, struct problem *why);
void http_client_free(struct http_client *client);
/* A second one, of whoever else may end what this client does. */
void http_client_stop_on(struct http_client *client, const atomic_bool *stop);

/*
 * Runs n fetches at once, at most 4 connections to one host, and returns when each has its answer or
 * its failure. A 429 or 503 with a Retry-After of at most HTTP_RETRY_AFTER_MAX seconds is waited for and
 * asked again, HTTP_RETRIES_MAX times and within the deadline; any other is an answer like all. 0 if all have an answer, whatever its status; -1 if any failed, with the first one's
 * problem in `why`.
 */
CS_MUST_USE int http_fetch(struct http_client *client, struct http_fetch *const *list, size_t n,
                           struct problem *why);
/* 0 if the fetch has this status. Else -1 and a problem: its own if it failed, or "http_status". */
CS_MUST_USE int http_fetch_expect(const struct http_fetch *fetch, unsigned status,
                                  struct problem *why);

#endif
