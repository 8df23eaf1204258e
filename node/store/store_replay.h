/*
 * The nonces of signed requests that were accepted, in a database of its own: HOME/replay.db. It says whether
 * one was seen before, not whether the request is good. peer_api/ asks. Part of store.h.
 */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include "store/store_types.h"

struct replay; /* shared by all threads */

/* About 200 bytes on disk each. A nonce is kept for six minutes as this program's requests live: a peer
 * whose place is full asked 90 times a second for all that time. */
#define REPLAY_EACH 32768
#define REPLAY_ALL 262144

/* Opens it, or makes it. A damaged one is thrown away and made anew: what it knew is worth ten minutes. `each`
 * and `all` are how many are kept of a node and in all. */
CS_MUST_USE struct replay *store_replay_open(const char *home, uint32_t each, uint32_t all,
                                             struct problem *why);
void store_replay_close(struct replay *replay); /* NULL is fine */

enum replay_found {
    REPLAY_NEW, /* and remembered, durably, until `until` */
    REPLAY_SEEN,
    REPLAY_FULL, /* there is no room for it now */
};
/*
 * Looks for a node's nonce and remembers it. Returns once that is on the disk: threads that ask at the
 * same time share one commit. Nonces whose time was over at `now` are forgotten.
 */
CS_MUST_USE int store_replay_add(struct replay *replay, const struct cs_node_id *node,
                                 const char *nonce, uint64_t until, uint64_t now,
                                 enum replay_found *found, struct problem *why);

#endif
