/*
 * What this node cosigned of others' logs, and for whom it vouches with it. Part of store.h.
 */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include <commonshelf/seen.h>

#include "store/store_types.h"

/* The newest checkpoint of an origin that was cosigned, with its note appended (`note` may be NULL). */
CS_MUST_USE int store_seen_get(struct reader *r, const char *origin, struct cs_seen_log *out,
                               struct cs_buffer *note, bool *found, struct problem *why);
/* The same by the hex SHA-256 of the origin (64 characters), if the log is one that this node follows. */
CS_MUST_USE int store_seen_followed(struct reader *r, const char *hex, struct cs_seen_log *out,
                                    struct cs_buffer *note, bool *found, struct problem *why);
/* Logs that are followed and were cosigned at `since` or later, in order of time, then of origin. */
CS_MUST_USE int store_seen_list(struct reader *r, uint64_t since, struct cs_seen_log *rows,
                                size_t max, size_t *n, struct problem *why);
/* Everything that was ever cosigned, in order of origin, behind `after` ("" for the first). */
CS_MUST_USE int store_seen_all(struct reader *r, const char *after, struct cs_seen_log *rows,
                               size_t max, size_t *n, struct problem *why);
CS_MUST_USE int store_seen_put(struct transaction *t, const struct cs_seen_log *seen,
                               struct cs_span note, struct problem *why);

/* ---- gossip: what others saw of the logs that are here */
/* Others were asked at `now`. The size and publisher's time of the largest checkpoint that one of them has,
 * 0 when none is larger than ours. */
CS_MUST_USE int store_log_gossiped(struct transaction *t, row_id lid, uint64_t now, uint64_t ahead,
                                   uint64_t ahead_time, struct problem *why);
/* A cosignature by the node `nid` was verified, at a size where it fits the tree that is here. */
CS_MUST_USE int store_cosigned_put(struct transaction *t, row_id lid, row_id nid, uint64_t size,
                                   uint64_t time, struct problem *why);
/* How many nodes' cosignatures were. */
CS_MUST_USE int store_cosigned_count(struct reader *r, row_id lid, int64_t *n, struct problem *why);
/* Up to `max` active peers that have an address, by chance, without `except`. */
CS_MUST_USE int store_peer_pick(struct reader *r, row_id except, size_t max, row_id *nids,
                                size_t *n, struct problem *why);

/* Active peers that have an address and may relay the log: those first whose cosignature of it is known,
 * the rest by chance. */
CS_MUST_USE int store_relay_pick(struct reader *r, row_id lid, row_id except, size_t max,
                                 row_id *nids, size_t *n, struct problem *why);
/* The node if this one relays a log of it: not if it is blocked. */
CS_MUST_USE int store_relayed_node(struct reader *r, const struct cs_node_id *id, row_id *nid,
                                   bool *found, struct problem *why);

#endif
