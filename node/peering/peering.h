/*
 * The door of peering/: this node's own profile, invites, first contact, and what is known of each
 * peer. It decides whom this node knows and how they are reached, not what they may see (catalogue)
 * and not what is fetched from them (sync).
 */
#ifndef PEERING_PEERING_H
#define PEERING_PEERING_H

#include <stdatomic.h>

#include <commonshelf/evidence.h>
#include <commonshelf/hello.h>
#include <commonshelf/profile.h>

#include "http/http.h"
#include "store/store.h"
#include "support/support.h"

struct peering;

struct peering_setup {
    const char *home; /* keys/tls.crt is read from it */
    struct store *store;
    struct signer *signer;
    const struct config *config; /* kept, not copied */
    /* Called whenever the set of peers or a peer's state changed. May be NULL. Any thread. */
    void (*changed)(void *arg);
    /* Called when a node lost a right that it had: whatever is on its way to it must end now. With `nid`, what is
     * being fetched from it too; 0 when it only left a network. May be NULL. Any thread. */
    void (*dropped)(void *arg, const struct cs_node_id *node, row_id nid);
    void *arg;
};
CS_MUST_USE struct peering *peering_open(const struct peering_setup *setup, struct problem *why);
void peering_close(struct peering *p);

/* ---- this node's own profile */
/*
 * Signs and stores a new profile if anything in it changed (name, URL, pins, published shelves) or
 * half its time is over. Called at start, after a publication, and daily.
 */
CS_MUST_USE int peering_profile_refresh(struct peering *p, struct problem *why);
/* Takes a profile that this node once signed and a peer still has, where it is newer than the one here or
 * says something else with the same version: the next one is signed above it. */
CS_MUST_USE int peering_profile_adopt(struct peering *p, struct cs_span note, struct problem *why);
/* When the keys change: no profile is signed until peering_release; peering_sign_again makes the one
 * under the new keys, as part of `t`. Taken before catalogue_hold. */
void peering_hold(struct peering *p);
void peering_release(struct peering *p);
CS_MUST_USE int peering_sign_again(struct peering *p, struct transaction *t, struct problem *why);
/* "https://host[:port]": the configured one, or made from the listener when that names one address;
 * empty when there is none. */
const char *peering_url(const struct peering *p);
/* The nodes that the configuration names as relays of this one. */
const struct cs_node_id *peering_vias(const struct peering *p, size_t *n);
/* Tells where the listener really is ("127.0.0.1:41234"), for a configuration with port 0. Before
 * other threads use p. */
void peering_bound(struct peering *p, const char *address);

/* ---- invites */
#define INVITE_SECONDS_DEFAULT (7 * 86400)
#define INVITE_SECONDS_MAX (90 * 86400)
/* Appends the one-time link. "no_url" when nobody could follow it: the message lists this machine's
 * addresses. */
CS_MUST_USE int peering_invite(struct peering *p, uint64_t seconds, struct cs_buffer *link,
                               uint64_t *expires, struct problem *why);

/*
 * Redeems a link: first contact, both proofs, both identities stored. Codes: "bad_link" "own_link"
 * "invite_unknown" "invite_used" "invite_expired" "wrong_identity" "wrong_certificate" and the
 * client's. A run that was cut off is finished by the same call with the same link.
 */
CS_MUST_USE int peering_join(struct peering *p, struct cs_span link, const atomic_bool *cancel,
                             struct peer_row *peer, struct problem *why);

/* The inviter's side: the handler of POST /csh/v1/hello answers through this. */
void peering_hello(struct peering *p, struct reader *reader, struct http_exchange *x);

/* ---- peers */
/* By node ID, or by name when only one has it (case and accents as typed). "no_such_peer",
 * "several_peers". */
CS_MUST_USE int peering_find(struct peering *p, struct reader *r, const char *who,
                             struct peer_row *peer, struct problem *why);
CS_MUST_USE int peering_block(struct peering *p, row_id nid, bool blocked, struct problem *why);
/* "blocked" if this node, known here or not, is blocked: nothing but peering_block ends that. */
CS_MUST_USE int peering_not_blocked(struct reader *r, const struct cs_node_id *id,
                                    struct problem *why);
/* Its catalogue and its mirrored files, and nothing else. Not while it is being pulled. */
CS_MUST_USE int peering_forget(struct peering *p, row_id nid, struct problem *why);
/* Forgets the peer, its catalogue and its mirrored files. */
CS_MUST_USE int peering_remove(struct peering *p, row_id nid, struct problem *why);

/* What became of a chain of keysets. */
enum identity_taken {
    IDENTITY_TAKEN, /* it is what is held now */
    IDENTITY_OLDER, /* it ends before the one that is held does */
    IDENTITY_OVERRIDDEN, /* it parts from it, and a higher root signed what is held */
    IDENTITY_FROZEN, /* it parts from it, and nobody can say which counts (SPEC.md §4) */
};
/*
 * Takes over a verified chain of keysets of `node`, wherever it came from. Where it contradicts what
 * is held, both notes become evidence, and the identity is frozen or the higher root's chain stays.
 * Only IDENTITY_TAKEN allows to believe what `newest`, its last keyset, verifies. The caller commits
 * in every case. "own_identity" if it is this node itself.
 */
CS_MUST_USE int peering_identity(struct transaction *t, const struct cs_node_id *node,
                                 struct cs_span chain, const struct cs_keyset *newest, row_id *nid,
                                 enum identity_taken *taken, struct problem *why);

/* "identity_frozen", for a node_row.frozen. */
int peering_frozen(const char *name, struct problem *why);

/* What a peer is for the rooms that talk to it: its verified keys and profile. */
struct contact {
    struct peer_row row;
    struct cs_keyset keyset;
    struct cs_profile profile;
};
/* "profile_unreadable" when what is stored no longer verifies. */
CS_MUST_USE int peering_contact(struct reader *r, const struct peer_row *row, struct contact *out,
                                struct problem *why);
/* A fetch of `path` at the peer, with its pins and the one network it may be contacted in. */
CS_MUST_USE struct http_fetch *peering_fetch(struct peering *p, const struct contact *contact,
                                             const char *path, struct problem *why);
/* Signs a fetch for the peer, by its clock as far as that is known. `content_type` is NULL without a body. */
CS_MUST_USE int peering_sign(struct peering *p, const struct contact *contact,
                             struct http_fetch *fetch, const char *content_type,
                             struct problem *why);
/* What is asked of a peer, signed. */
struct peer_question {
    const char *path; /* with its query */
    const char *content_type; /* of a POST; NULL: a GET */
    struct cs_span body;
    uint64_t cap; /* of the answer's bytes; 0: the client's own */
    unsigned deadline_ms; /* 0: the client's own */
};
/*
 * A signed request and its answer, 200 and signed by the peer; free it. When the peer says that it came at
 * the wrong time, people are told so and it is sent once more by the peer's clock. Codes: "not_known_there"
 * "blocked_there" "not_there" "http_status" "bad_answer_signature", and the client's.
 */
CS_MUST_USE int peering_ask(struct peering *p, struct http_client *client,
                            const struct contact *contact, const struct peer_question *question,
                            struct http_fetch **answer, struct problem *why);
/* The key by which the sender's requests are verified, if it is a peer: "unknown_key" if not. Whether it may
 * do anything is asked with peering_may_ask once its signature is known to be good: "blocked",
 * "identity_frozen". */
CS_MUST_USE int peering_signer_key(struct reader *r, const struct cs_node_id *from,
                                   struct peer_row *peer, struct cs_public_key *auth,
                                   struct problem *why);
CS_MUST_USE int peering_may_ask(const struct peer_row *peer, struct problem *why);
/*
 * Gets the peer's keysets and profile anew, over a connection that is not verified until the profile
 * it brings lists the connection's own key; stores what is newer; brings `contact` up to date.
 * "wrong_identity", "wrong_certificate", "profile_older", "keyset_older", "keyset_overridden",
 * "identity_frozen", and the client's codes.
 */
CS_MUST_USE int peering_renew(struct peering *p, struct http_client *client,
                              struct contact *contact, struct problem *why);

/* ---- identities that a file or another node brings here */
struct carried {
    struct cs_node_id id;
    struct cs_keyset keyset; /* the newest of the chain */
    struct cs_profile profile;
    struct cs_span chain, note; /* as given: the caller's */
};
/* Verifies a chain of keyset notes, one behind the other from the genesis on, and a profile. */
CS_MUST_USE enum cs_status peering_carried_read(struct cs_span chain, struct cs_span profile,
                                                struct carried *out);
/*
 * Stores what of it is newer than what is held of this peer, and gives the peer's row. With `trusted`,
 * the person's word that they mean this node, one that is no peer becomes one. Codes: "unknown_node"
 * "blocked" "identity_frozen" "keyset_overridden". Not for this node's own identity.
 */
CS_MUST_USE int peering_carried_take(struct peering *p, struct reader *r,
                                     const struct carried *carried, bool trusted,
                                     struct peer_row *row, struct problem *why);

/* ---- nodes that are read at a relay */
/*
 * Follows a node through `via`, a peer that mirrors its public shelves; nothing is asked of the node itself,
 * now or later. Its node ID is what is trusted. "not_at_relay" "is_peer" "blocked" "own_identity", those of
 * peering_carried_take and the client's.
 */
CS_MUST_USE int peering_follow(struct peering *p, struct reader *r, struct http_client *client,
                               const struct contact *via, const struct cs_node_id *node,
                               struct peer_row *row, struct problem *why);
/* peering_renew for a peer that is read at `relay`. */
CS_MUST_USE int peering_renew_at(struct peering *p, struct reader *r, struct http_client *client,
                                 const struct contact *relay, struct contact *contact,
                                 struct problem *why);
/* From when on a peer that names relays is to be visited itself: each node at another moment. */
uint64_t peering_direct_due(const struct peering *p, const struct peer_row *row);
/* This node is one of the relays that the profile names. */
bool peering_is_relay_of(const struct peering *p, const struct cs_profile *profile);
/* True for one that is only ever read at a relay. */
static inline bool peering_is_relayed(const struct contact *contact)
{
    return contact->row.through || contact->profile.reach == CS_REACH_NONE;
}

/* ---- a node that lost everything but its root key, and what mirrors still have of it */
struct remembered {
    struct cs_buffer chain,
        note; /* keysets from the genesis on; the profile, empty if none counts */
    struct cs_keyset keyset; /* the newest of them */
    struct cs_profile profile; /* if there is a note */
    uint64_t seen; /* when it was last cosigned there; 0: not known */
};
/*
 * First contact with the node that an invite link names, which stays unused. For a home that is not there
 * yet: `p` needs nothing but its configuration. `own` is who asks: "own_link" "bad_link" and those of
 * peering_join.
 */
CS_MUST_USE int peering_meet(struct peering *p, struct http_client *client, struct cs_span link,
                             const struct cs_node_id *own, struct contact *out,
                             struct problem *why);
/* Gets what it has of `node`'s identity. "nothing_remembered". Free it after a success. */
CS_MUST_USE int peering_recall(struct peering *p, struct http_client *client,
                               const struct contact *at, const struct cs_node_id *node,
                               struct remembered *out, struct problem *why);
/* Verifies chain and note, as `node`'s, and fills in the rest. */
CS_MUST_USE int remembered_read(struct remembered *r, const struct cs_node_id *node,
                                struct problem *why);
void remembered_free(struct remembered *r);
/* Takes keysets and profile out of the frames of peering_identity_frames; verifies none. */
CS_MUST_USE enum cs_status peering_identity_read(struct cs_span frames, struct cs_buffer *chain,
                                                 struct cs_buffer *profile);

/* Appends a node's identity as frames: its keysets from the genesis on, and its profile. */
CS_MUST_USE int peering_identity_frames(struct reader *r, row_id nid, struct cs_buffer *out,
                                        struct problem *why);
/* A file by which anybody can verify what this peer signed and should not have; what it proves goes to
 * `proved`. "no_evidence" when nothing of the kind is known. */
CS_MUST_USE int peering_evidence(struct reader *r, row_id nid, struct cs_buffer *file,
                                 struct cs_evidence *proved, struct problem *why);

/* ---- charters of networks */
enum charter_taken {
    CHARTER_TAKEN, /* the last one is in force now */
    CHARTER_HELD, /* it was there already */
    CHARTER_FROZEN, /* another one of its version is held, and both follow the one before */
};
/*
 * Takes charters of one network in the order of their versions, one note behind the other: all of them or, at
 * the first that is refused, none. With `trusted`, a person's word, a network that is not followed yet is from
 * now on. `row` is the network as it stands then. "charter_unknown" "no_signature" "bad_signature" "wrong_chain"
 * "wrong_key" "expired"; "charter_frozen" after both were kept.
 */
CS_MUST_USE int peering_charters_take(struct peering *p, struct cs_span notes, bool trusted,
                                      struct charter_row *row, enum charter_taken *taken,
                                      struct problem *why);
/* By charter ID, or by name when only one has it. "no_such_charter", "several_charters". */
CS_MUST_USE int peering_charter_find(struct reader *r, const char *what, struct charter_row *row,
                                     struct problem *why);
/* Follows the network no more. */
CS_MUST_USE int peering_charter_remove(struct peering *p, row_id chid, struct problem *why);

/* Six words for both sides to compare. */
void peering_check_words(const struct peering *p, const struct cs_node_id *peer,
                         char out[CS_CHECK_WORDS_MAX]);

#endif
