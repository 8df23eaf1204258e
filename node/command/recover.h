/*
 * What the files of `keys recover` share: a node that lost its disk or its keys, and those who still have
 * what it signed.
 */
#ifndef COMMAND_RECOVER_H
#define COMMAND_RECOVER_H

#include "command/command.h"
#include "sync/sync.h"

extern const struct command command_keys_recover;

#define RECOVER_SOURCES_MAX 8 /* a handful of peers; more say nothing new */

/* A peer that mirrored the lost node. */
struct recover_source {
    const char *link;
    struct contact contact;
    struct remembered remembered;
};

struct recovery {
    struct call *call;
    struct config *config; /* of the home that is there, or will be */
    struct cs_node_id node;
    unsigned char root[CS_KEY_SEED];
    struct http_client *client;
    struct peering *peering; /* with a configuration and nothing else */
    struct recover_source *source;
    size_t sources; /* those that had something */
    size_t failed; /* those that had not, or were not reached */
    const struct recover_source *newest; /* the one with the longest chain of keysets */
};

/* Asks all whom the command line names. -1 when none of them has anything: as the last one said; and
 * "two_identities" when they have two chains that contradict each other. */
CS_MUST_USE int recover_gather(struct recovery *r, struct problem *why);
void recover_sources_free(struct recovery *r);
/* Takes back what they have of the own logs. Home open up to its peering, the signer held. */
CS_MUST_USE int recover_history(struct recovery *r, struct home *home, struct own_history *sum,
                                struct problem *why);

#endif
