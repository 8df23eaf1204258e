/*
 * Nodes, their keysets and profiles, peers, invites, evidence. Part of store.h.
 */
#ifndef STORE_NODES_H
#define STORE_NODES_H

#include <commonshelf/hello.h>
#include <commonshelf/profile.h>

#include "store/store_types.h"

struct node_row {
    row_id nid;
    struct cs_node_id id;
    char name[CS_PROFILE_TEXT_MAX + 1];
    char place[CS_PROFILE_TEXT_MAX + 1];
    char url[CS_URL_MAX + 1];
    uint64_t profile_version; /* 0: no profile held */
    uint64_t profile_expires;
    uint64_t keyset_expires; /* of the newest keyset held; 0: not known */
    uint64_t frozen; /* two keysets of this version claim to be its own; 0: none do */
    unsigned vias; /* nodes that its profile names as relays (of a peer's row only) */
};

/* True when what is held of its identity ran out: shown, and nothing new is granted to it. */
static inline bool node_is_stale(const struct node_row *node, uint64_t now)
{
    return (node->keyset_expires && node->keyset_expires <= now) ||
           (node->profile_expires && node->profile_expires <= now);
}

/* Adds or finds the node; nid STORE_SELF is made by the first call on a new database. */
CS_MUST_USE int store_node_add(struct transaction *t, const struct cs_node_id *id, row_id *nid,
                               struct problem *why);
/* *found false if there is none. */
CS_MUST_USE int store_node_get(struct reader *r, row_id nid, struct node_row *out, bool *found,
                               struct problem *why);
CS_MUST_USE int store_node_find(struct reader *r, const struct cs_node_id *id, struct node_row *out,
                                bool *found, struct problem *why);

/* The first one of this name, whatever the case of its ASCII letters. */
CS_MUST_USE int store_node_named(struct reader *r, const char *name, struct node_row *out,
                                 bool *found, struct problem *why);

CS_MUST_USE int store_keyset_put(struct transaction *t, row_id nid, uint64_t version,
                                 struct cs_span note, struct problem *why);
/* Appends the newest keyset note held, or that of `version` if it is not 0. */
CS_MUST_USE int store_keyset_get(struct reader *r, row_id nid, uint64_t version,
                                 struct cs_buffer *note, bool *found, struct problem *why);
/* Appends every keyset note that is held, from the genesis on. */
CS_MUST_USE int store_keyset_chain(struct reader *r, row_id nid, struct cs_buffer *chain,
                                   struct problem *why);
/* Forgets this version and those behind it. */
CS_MUST_USE int store_keyset_drop(struct transaction *t, row_id nid, uint64_t version,
                                  struct problem *why);
/* When the newest keyset expires, and the version at which the identity is frozen (0: it isn't). */
CS_MUST_USE int store_node_keys(struct transaction *t, row_id nid, uint64_t expires,
                                uint64_t frozen, struct problem *why);
CS_MUST_USE int store_profile_put(struct transaction *t, row_id nid,
                                  const struct cs_profile *profile, struct cs_span note,
                                  struct problem *why);
/* Whatever profile comes next is newer than the one that is held. */
CS_MUST_USE int store_profile_outdate(struct transaction *t, row_id nid, struct problem *why);
CS_MUST_USE int store_profile_get(struct reader *r, row_id nid, struct cs_buffer *note, bool *found,
                                  struct problem *why);

/* ---- peers */
#define STORE_PEERS_MAX 4096 /* a node pulls from each: more than any consortium has members */
enum peer_state { PEER_ACTIVE, PEER_BLOCKED };

struct peer_row {
    struct node_row node;
    enum peer_state state;
    char network[CIDR_TEXT]; /* the only addresses it is contacted at: a CIDR or "global" */
    uint64_t since;
    uint64_t last_seen; /* last valid answer or signed request; 0 never */
    uint64_t last_sync; /* last pull that ended well; 0 never */
    uint64_t last_try;
    uint64_t profile_checked; /* when its profile was last asked for; 0 never */
    unsigned failures; /* in a row */
    char problem_code[64];
    char problem[600]; /* what the last failure said; empty when the last try went well */
    int64_t records; /* visible ones mirrored from its public shelves */
    int64_t restricted; /* and from those that are for this node */
    int64_t witnesses; /* nodes that cosigned what is held of it: of its logs the fewest */
    row_id
        through; /* the peer from whose relay a person follows it; 0: it is a peer of this node */
    uint64_t met; /* when it was last visited itself, if it names relays; 0 never */
    bool relay_for; /* this node relays for it */
    row_id relay; /* whose copy the last pull took; 0: its own */
    struct {
        struct cs_node_id id;
        char name[CS_PROFILE_TEXT_MAX + 1];
    } way; /* of these two the one that counts; empty if neither does */
};

CS_MUST_USE int store_peer_put(struct transaction *t, row_id nid, enum peer_state state,
                               const char *network, uint64_t now, struct problem *why);
CS_MUST_USE int store_peer_get(struct reader *r, row_id nid, struct peer_row *out, bool *found,
                               struct problem *why);
/* Peers in order of name, at most max (STORE_PEERS_MAX for all); their number goes to *n. */
CS_MUST_USE int store_peer_list(struct reader *r, struct peer_row *rows, size_t max, size_t *n,
                                struct problem *why);
CS_MUST_USE int store_peer_checked(struct transaction *t, row_id nid, uint64_t now,
                                   struct problem *why);
/* Followed through that peer's relay from now on; 0: a peer as others are. */
CS_MUST_USE int store_peer_through(struct transaction *t, row_id nid, row_id through,
                                   struct problem *why);
CS_MUST_USE int store_peer_relay(struct transaction *t, row_id nid, row_id relay,
                                 struct problem *why);
/* `why_failed` NULL: it went well at `now`. */
CS_MUST_USE int store_peer_result(struct transaction *t, row_id nid, uint64_t now, bool synced,
                                  const struct problem *why_failed, struct problem *why);
/* It was visited itself, not at a relay. */
CS_MUST_USE int store_peer_met(struct transaction *t, row_id nid, uint64_t now,
                               struct problem *why);
/* It was its turn, and nothing was asked of it. */
CS_MUST_USE int store_peer_tried(struct transaction *t, row_id nid, uint64_t now,
                                 struct problem *why);
/* Forgets what is mirrored of the peer, and what was found out about that; it stays a peer. */
CS_MUST_USE int store_peer_empty(struct transaction *t, row_id nid, struct problem *why);
/* Forgets the peer, its mirrored logs and records; its node row and keysets stay (its identity). Of a
 * frozen one only the genesis stays: a new invite decides which keysets are believed. */
CS_MUST_USE int store_peer_remove(struct transaction *t, row_id nid, struct problem *why);

/* ---- invites */
struct invite_row {
    unsigned char name[16];
    unsigned char secret[CS_INVITE_SECRET];
    uint64_t created, expires;
    bool used;
    struct cs_node_id used_by;
    struct cs_hash mac; /* of the hello that used it */
};
CS_MUST_USE int store_invite_add(struct transaction *t, const struct invite_row *invite,
                                 struct problem *why);
CS_MUST_USE int store_invite_get(struct reader *r, const unsigned char name[16],
                                 struct invite_row *out, struct cs_buffer *answer, bool *found,
                                 struct problem *why);
CS_MUST_USE int store_invite_use(struct transaction *t, const struct invite_row *invite,
                                 struct cs_span answer, struct problem *why);
/* Removes invites whose time ended before `before`, and hellos whose invites ended. */
CS_MUST_USE int store_invite_purge(struct transaction *t, uint64_t before, struct problem *why);

/* ---- invites that this node redeems: its hello is kept as long as an invite can be good, so that the
 * same link sends the same bytes again, whatever became of the answer */
CS_MUST_USE int store_joining_get(struct reader *r, const unsigned char name[16],
                                  struct cs_buffer *body, bool *found, struct problem *why);
CS_MUST_USE int store_joining_put(struct transaction *t, const unsigned char name[16],
                                  struct cs_span body, uint64_t now, struct problem *why);

/* ---- evidence: what a peer signed and should not have; kept until the peer is removed */
CS_MUST_USE int store_evidence_add(struct transaction *t, row_id nid, const char *kind,
                                   struct cs_span note_a, struct cs_span note_b, uint64_t now,
                                   struct problem *why);
/* The same for a fork that anyone can verify: `smaller` and `larger` checkpoints, and where their sizes differ
 * the hashes of cs_merkle_prefix_root. At most STORE_EVIDENCE_MAX of them are kept of a node. */
#define STORE_EVIDENCE_MAX 32
CS_MUST_USE int store_evidence_fork(struct transaction *t, row_id nid, struct cs_span smaller,
                                    struct cs_span larger, struct cs_span hashes, uint64_t now,
                                    struct problem *why);
struct evidence {
    char kind[32]; /* "forked", "rolled_back", … */
    uint64_t time; /* when it was found */
    struct cs_buffer note_a, note_b, proof; /* emptied first; the caller's to free */
};
/* The i-th from 0, forks first; *found false behind the last. */
CS_MUST_USE int store_evidence_get(struct reader *r, row_id nid, size_t i, struct evidence *out,
                                   bool *found, struct problem *why);
CS_MUST_USE int store_evidence_count(struct reader *r, row_id nid, int64_t *n, struct problem *why);

#endif
