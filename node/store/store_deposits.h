/*
 * What relays have been given of own logs, and for whom this node relays. Part of store.h.
 */
#ifndef STORE_DEPOSITS_H
#define STORE_DEPOSITS_H

#include "store/store_types.h"

/* What a relay has taken of one own log. */
struct deposit_row {
    uint64_t size, time; /* of the checkpoint */
    uint64_t profile; /* version of the profile that went with it */
    uint64_t at; /* when */
};
CS_MUST_USE int store_deposit_get(struct reader *r, const char *origin, row_id relay,
                                  struct deposit_row *out, bool *found, struct problem *why);
CS_MUST_USE int store_deposit_put(struct transaction *t, const char *origin, row_id relay,
                                  const struct deposit_row *row, struct problem *why);

/* How depositing at this peer went: `problem` is empty if well. */
CS_MUST_USE int store_deposit_result(struct transaction *t, row_id relay, const char *problem,
                                     struct problem *why);
/* When the last deposit there was taken (0: none was), and what hindered the last try. */
CS_MUST_USE int store_deposit_last(struct reader *r, row_id relay, uint64_t *at, char *problem,
                                   size_t room, struct problem *why);

/* This node relays for the peer: it may deposit here. */
CS_MUST_USE int store_peer_relay_for(struct transaction *t, row_id nid, bool relay_for,
                                     struct problem *why);

#endif
