/*
 * What the files of peer_api/ share.
 */
#ifndef PEER_API_INTERNAL_H
#define PEER_API_INTERNAL_H

#include "peer_api/peer_api.h"

#define API_NOTE_SECONDS 60 /* how long a note that changes may be kept by caches */
#define READERS_MAX (HTTP_LOOPS_MAX + HTTP_WORKERS_MAX)

/* Logs that a thread was asked for lately, as anybody may see them: one is asked for thousands of parts. */
#define LOGS_REMEMBERED 4
struct logs {
    struct {
        bool known;
        uint64_t generation; /* of the store, when it was looked up */
        struct log_row log;
    } slot[LOGS_REMEMBERED];
    unsigned next;
};

struct peer_api {
    char home[FILE_PATH_MAX];
    struct store *store;
    struct signer *signer;
    struct peering *peering;
    struct replay *replay;
    struct reader *reader[READERS_MAX]; /* one for each thread of the server, opened when needed */
    struct etags *etags[READERS_MAX];
    struct log_proof *proof[READERS_MAX];
    struct logs logs[READERS_MAX];
    struct rate_limiter *notices; /* that may be verified, for each publisher */
    void (*noticed)(void *arg, row_id nid);
    void *noticed_arg;
    void (*records)(void *arg);
    void *records_arg;
    uint64_t quota; /* bytes that each node may deposit */
};

/* This thread's reader; NULL after it has answered the exchange. */
struct reader *api_reader(struct peer_api *api, struct http_exchange *x);
/* 404, the same for what does not exist and what may not be seen. */
void api_not_found(struct http_exchange *x);
/* A query where none is taken (SPEC.md §10): answered 400, true. */
bool api_has_query(struct http_exchange *x);
/* While it is not known whether this home is older than what its peers saw, its own checkpoints and profile
 * are not shown: they would look like a rollback. True after it has answered 503. */
bool api_is_uncertain(struct peer_api *api, struct http_exchange *x);
/* 500, logged. */
void api_failed(struct http_exchange *x, const struct problem *why);
/* Answers a note or other small body with its hash as ETag. `max_age` in seconds. */
void api_answer_note(struct http_exchange *x, struct cs_span body, unsigned max_age);
/* The same with the Cache-Control given. */
void api_answer_note_to(struct http_exchange *x, struct cs_span body, const char *cache);

/* ---- signed.c: a peer that proved itself */
struct caller {
    struct peer_row peer;
    struct cs_httpsig signature; /* of its request: for signing the answer */
};
#define COST_SIGNED 16 /* tokens: a signature verified, one made, and a share of a disk's sync */
/* True if the request says that it is signed, however badly. */
bool api_has_signature(const struct http_exchange *x);
/*
 * Who signed the request. False after it has answered: 400, 401, 403 for a peer that is blocked or frozen,
 * 429. Waits for the disk: on a worker only.
 */
bool api_caller(struct peer_api *api, struct http_exchange *x, struct caller *caller);
/* Answers it, signed, for it alone. */
void api_answer_caller(struct peer_api *api, struct http_exchange *x, const struct caller *caller,
                       unsigned status, const char *type, struct cs_span body);

/* GET /csh/v1/shelves */
void api_shelves(struct http_exchange *x, void *arg);

/* The same once it was looked for: 500 if that failed, 404 if there is none. */
void api_answer_found(struct http_exchange *x, int failed, bool found, struct cs_span body,
                      unsigned max_age, const struct problem *why);

/* GET /csh/v1/log/SHELF/EPOCH/… and relay/HEX/… */
void api_log(struct http_exchange *x, void *arg);

/* POST /csh/v1/deposit, GET deposit/HEX */
void api_deposit(struct http_exchange *x, void *arg);
void api_deposit_held(struct http_exchange *x, void *arg);

/* GET /csh/v1/relay/NODE-ID, and api_log's */
void api_relay(struct http_exchange *x, void *arg);

/* GET /csh/v1/seen, and seen/HEX/checkpoint */
void api_seen(struct http_exchange *x, void *arg);
void api_seen_checkpoint(struct http_exchange *x, void *arg);

/* GET /csh/v1/charter/ID[/N] */
void api_charter(struct http_exchange *x, void *arg);

/* POST /csh/v1/add-checkpoint */
void api_add_checkpoint(struct http_exchange *x, void *arg);

/* POST /csh/v1/notify */
void api_notify(struct http_exchange *x, void *arg);

/* ---- strong ETags of files: the SHA-256 of their bytes, remembered by path */
struct etags;
#define ETAG_TEXT 45 /* base64url of 32 bytes and a NUL */
void etags_free(struct etags *etags);
/* Of a file of the log, which is proved when it is first read and when another one stands in its place; `sum`
 * is what it hashes to. -1 when it is not there, can't be read, or is damaged ("log_file_damaged"). */
int etag_of(struct peer_api *api, struct http_exchange *x, const struct log_row *log,
            const struct cs_tile *tile, char out[ETAG_TEXT], struct cs_hash *sum,
            struct problem *why);

#endif
