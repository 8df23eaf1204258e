/*
 * The signer's inside, shared by the file that opens and closes it and the one that signs.
 */
#ifndef SUPPORT_SIGNER_INTERNAL_H
#define SUPPORT_SIGNER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "support/clock.h"
#include "support/file.h"
#include "support/signer.h"
#include "support/signer_keys.h"

/* The newest checkpoint that was signed for an origin. */
struct signed_log {
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size;
    struct cs_hash root;
};

/* Keysets and keys as of one version. What it says never changes; its private keys go when another
 * one takes its place, the rest stays for those who still look at it. */
struct signer_state {
    struct signer_keys keys;
    struct cs_keyset keyset;
    struct cs_buffer chain; /* every keyset note from the genesis on */
    size_t newest; /* where in it the newest begins */
    struct signer_state *before;
};

struct signer {
    char directory[FILE_PATH_MAX];
    struct cs_node_id node;
    _Atomic(struct signer_state *) now;

    pthread_mutex_t lock; /* over all that follows, and over the private keys of `now` */
    uint64_t last_time; /* of any signature of this node that is known here */
    struct signed_log *log;
    size_t logs, room;
    struct problem hold; /* without a code: nothing holds it */
    bool forgot; /* a checkpoint could not be remembered */
    uint64_t profile_version; /* 0: none yet */
    struct cs_hash profile_text;
};

#define SIGNER_KEYSET_FILE "keyset"
#define SIGNER_KEYSET_LIFETIME (UINT64_C(365) * 24 * 60 * 60) /* a year, as SPEC.md recommends */

/* Appends the signature line of a role over `text`. `origin` names the log key in checkpoints. */
CS_MUST_USE int signer_add_line(const struct signer_keys *keys, const struct cs_keyset *keyset,
                                const struct cs_node_id *node, enum cs_role role,
                                const char *origin, struct cs_span text, uint64_t time,
                                struct cs_buffer *out, struct problem *why);
/* This node has signed something at that time. With the lock held. */
static inline void signer_signed_at(struct signer *s, uint64_t time)
{
    s->last_time = time;
    clock_passed(time);
}
/* The time to sign at, never before the last one; 0 with "clock_behind" set. With the lock held. */
CS_MUST_USE uint64_t signer_time(const struct signer *s, uint64_t time, struct problem *why);
/* Fills in the online keys' public halves, and the first root's if `keys` has one. */
CS_MUST_USE int signer_keyset_keys(const struct signer_keys *keys, struct cs_keyset *out,
                                   struct problem *why);
/* Verifies state->chain and says whose it is; fills in keyset and newest. */
CS_MUST_USE enum cs_status signer_state_chain(struct signer_state *state, struct cs_node_id *node);
/* Reads a chain and the keys of its newest keyset from the directory. */
CS_MUST_USE struct signer_state *signer_state_read(const char *directory, struct cs_node_id *node,
                                                   struct problem *why);
void signer_state_free(struct signer_state *state);

#endif
