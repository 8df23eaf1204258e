/*
 * The signer's inside, shared by the file that opens and closes it and the one that signs.
 */
#ifndef SUPPORT_SIGNER_INTERNAL_H
#define SUPPORT_SIGNER_INTERNAL_H

#include <pthread.h>

#include "support/signer.h"
#include "support/signer_keys.h"

/* The newest checkpoint that was signed for an origin. */
struct signed_log {
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size;
    struct cs_hash root;
};

struct signer {
    struct signer_keys keys;
    struct cs_node_id node;
    struct cs_keyset keyset;
    struct cs_buffer chain; /* every keyset note from the genesis on */
    size_t newest; /* where in it the newest begins */

    pthread_mutex_t lock; /* over all that follows */
    uint64_t last_time; /* of any signature of this node that is known here */
    struct signed_log *log;
    size_t logs, room;
    struct problem hold; /* without a code: nothing holds it */
    bool forgot; /* a checkpoint could not be remembered */
    uint64_t profile_version; /* 0: none yet */
    struct cs_hash profile_text;
};

/* Appends the signature line of a role over `text`. `origin` names the log key in checkpoints. */
CS_MUST_USE int signer_add_line(const struct signer_keys *keys, const struct cs_keyset *keyset,
                                const struct cs_node_id *node, enum cs_role role,
                                const char *origin, struct cs_span text, uint64_t time,
                                struct cs_buffer *out, struct problem *why);

#endif
