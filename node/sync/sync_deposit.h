/*
 * Own logs brought to peers that relay for this node, and those that peers bring here. Part of sync.h; SPEC.md
 * §17.
 */
#ifndef SYNC_SYNC_DEPOSIT_H
#define SYNC_SYNC_DEPOSIT_H

/* ---- there */
struct sync_deposited {
    struct cs_node_id id;
    char name[CS_PROFILE_TEXT_MAX + 1];
    bool well; /* all of the public shelves is there */
    struct problem why; /* if not */
    uint64_t bytes; /* sent */
};
struct sync_deposits {
    struct sync_deposited at[CS_PROFILE_VIAS_MAX];
    size_t n;
};
/*
 * If nobody can reach this node: brings what is new of its public shelves to those peers that its configuration
 * names as relays. What was taken is known, so that nothing is sent twice. 0 also when a relay did not take it;
 * -1 for this node's own failures. Codes: "no_consent" "no_room_there" "not_taken" and those of peering_ask.
 */
CS_MUST_USE int sync_deposit(const struct sync_setup *setup, const atomic_bool *cancel,
                             struct sync_deposits *out, struct problem *why);

/* ---- here */
enum deposited {
    DEPOSIT_TAKEN, /* all of it, or as much as there was of it */
    DEPOSIT_OTHERS, /* another node's */
    DEPOSIT_CONTRADICTS, /* what its owner signed before; kept as evidence */
    DEPOSIT_MALFORMED, /* or not what was signed: nothing, or what came before it, was taken */
    DEPOSIT_NO_ROOM, /* its files would take more than `quota` bytes */
};
/* Takes what a peer brought of one of its own logs; `held` entries of it are here then. */
CS_MUST_USE int sync_deposit_take(const struct sync_setup *setup, struct reader *r,
                                  const struct peer_row *from, struct cs_span body, uint64_t quota,
                                  enum deposited *result, uint64_t *held, struct problem *why);
/* Entries held of that node's log, by its origin's hash. */
CS_MUST_USE int sync_deposit_held(struct reader *r, row_id nid, const char *hex, uint64_t *held,
                                  struct problem *why);

#endif
