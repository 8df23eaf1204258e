/*
 * What the files of peering/ share.
 */
#ifndef PEERING_INTERNAL_H
#define PEERING_INTERNAL_H

#include <pthread.h>

#include <commonshelf/chain.h>

#include "peering/peering.h"

/* What time it was at the peers asked last: seconds ahead of this machine's monotonic clock. */
#define CLOCKS_MAX 64
#define CLOCKS_FIRM 3 /* of so many a single one never decides */
struct clocks {
    pthread_mutex_t lock;
    struct {
        row_id nid;
        int64_t ahead;
    } peer[CLOCKS_MAX];
    size_t n, next;
};

struct peering {
    char home[FILE_PATH_MAX];
    struct store *store;
    struct signer *signer;
    const struct config *config;
    void (*changed)(void *arg);
    void (*dropped)(void *arg, const struct cs_node_id *node, row_id nid);
    void *arg;
    char url[CS_URL_MAX + 1];
    pthread_mutex_t profiling; /* one new profile at a time */
    struct clocks clocks;
};

static inline void peers_changed(struct peering *p)
{
    if (p->changed)
        p->changed(p->arg);
}

static inline void peer_dropped(struct peering *p, const struct cs_node_id *node, row_id nid)
{
    if (p->dropped)
        p->dropped(p->arg, node, nid);
}

/* Stores a carried identity, as peering_carried_take; with `through`, it is followed through that peer. */
int carried_store(struct peering *p, const struct carried *c, bool is_peer, row_id through,
                  struct peer_row *row, struct problem *why);

/* ---- what a hello body brings, as a sender's claim: nothing in it is proved */
struct introduction {
    struct cs_span chain; /* keyset notes, one behind the other: what the MAC covers */
    struct cs_span profile; /* note */
    struct cs_span note; /* the hello note */
    struct cs_hello hello;
    struct cs_keyset keyset; /* the newest of the chain, which starts at hello.from's genesis */
    struct cs_buffer store; /* the chain, put together */
    size_t keysets;
};
/* Frames and hashes must agree; no signature is checked yet, so it costs little. Free it in both
 * cases. */
enum cs_status introduction_read(struct cs_span body, struct introduction *out);
void introduction_free(struct introduction *in);
/* After the MAC held: the chain of keysets from hello.from's genesis to in->keyset, … */
enum cs_status introduction_chain(struct introduction *in);
/* … and with that keyset the hello note's signature, and the profile. */
enum cs_status introduction_verify(const struct introduction *in, struct cs_profile *profile);

/* Writes this node's own frames around a hello note. */
int introduction_write(struct peering *p, struct reader *r, const struct cs_hello *hello,
                       struct cs_buffer *body, struct problem *why);
/* Fills in the hashes over this node's keysets and profile. */
int introduction_cover(struct peering *p, struct reader *r, struct cs_hello *hello,
                       struct problem *why);

/*
 * Stores identity, profile and peering of a node whose introduction was verified, unless its keysets
 * don't go with those that are held: then only what proves it (see peering_identity), and *taken is
 * not IDENTITY_TAKEN. The caller commits in both cases, then says identity_problem.
 */
int peer_store(struct transaction *t, const struct introduction *in,
               const struct cs_profile *profile, const char *network, row_id *nid,
               enum identity_taken *taken, struct problem *why);
int identity_problem(enum identity_taken taken, const char *name, struct problem *why);
/* "keys_expired" if a keyset's time is over: nobody new is introduced with it. `name` NULL: this
 * node's own. */
int identity_expired(const struct cs_keyset *keyset, const char *name, struct problem *why);

/* A peer's signed answer said what time it is there; and what time that makes it now (clock_now if it
 * never said). */
void peer_clock_heard(struct peering *p, row_id nid, uint64_t at);
uint64_t peer_clock(struct peering *p, row_id nid);
/* Who is shut out says no more what time it is. */
void peer_clock_forget(struct peering *p, row_id nid);
/* Tells people that two clocks differ. */
void clocks_warn(const char *name, uint64_t theirs);

/* The networks that a first contact may use: global, and the configured ones. */
size_t allowed_networks(const struct peering *p, struct cidr out[HTTP_FETCH_NETWORKS_MAX]);
/* The network a peer at this address belongs to, as text; false when none allows it. */
bool network_of(const struct peering *p, const struct sockaddr *address, char out[CIDR_TEXT]);

/*
 * First contact, or contact after a changed key: fetches keyset chain and profile over a captured
 * connection and accepts them only if they are `node`'s and the profile lists that connection's key.
 * The fetch's URL base is `url`. `in` gets chain and profile (its hello stays empty).
 */
int first_contact(struct peering *p, struct http_client *client, const char *url,
                  const struct cs_node_id *node, const struct cidr *network, size_t networks,
                  struct introduction *in, struct cs_profile *profile, struct http_pin *pin,
                  struct sockaddr_storage *address, struct problem *why);

#endif
