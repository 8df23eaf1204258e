/*
 * What the files that take back this node's own history share.
 */
#ifndef SYNC_OWN_H
#define SYNC_OWN_H

#include "sync/internal.h"

#define OWN_PEERS 16 /* are asked, by chance among all */
#define OWN_EMPTY_MAX 4 /* hints of a peer with nothing behind them; then no more are looked at */

/* What a peer says that it saw of an own log. */
struct own_claim {
    struct cs_seen_log seen;
    size_t peer;
};

struct own {
    const struct sync_setup *setup;
    const atomic_bool *cancel;
    unsigned deadline_ms;
    struct reader *reader;
    struct http_client *client;
    struct contact *self; /* this node, in the place of the peer whose logs these are */
    struct contact *peer[OWN_PEERS];
    size_t peers;
    unsigned empty[OWN_PEERS]; /* of each, hints with nothing behind them */
    struct own_claim *claim;
    size_t claims, room;
    struct sync_result counts;
    struct problem
        missing; /* a later checkpoint, signed here once, whose entries nobody gave so far */
    struct own_history *out;
};

/* Fetches `path` of each peer whose place in `wanted` is set (NULL: of all), at once and within the
 * deadline; `fetch` gets what came, NULL for who was not asked. */
int own_ask(struct own *o, const char *const *path, uint64_t cap,
            struct http_fetch *fetch[OWN_PEERS], struct problem *why);

/* Holds one claim against what is here: takes back what is missing, keeps what contradicts. */
int own_compare(struct own *o, const struct own_claim *claim, struct problem *why);

#endif
