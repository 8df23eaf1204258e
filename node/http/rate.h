/*
 * How often something may be done for each of many strangers: a bucket of tokens for each key, filled at
 * a steady rate. It refuses; it doesn't delay, queue, or remember who misbehaved.
 */
#ifndef HTTP_RATE_H
#define HTTP_RATE_H

#include <commonshelf/base.h>

#include "support/support.h"

#define RATE_UNLIMITED UINT32_MAX

struct rate {
    uint32_t per_second; /* tokens that come back; RATE_UNLIMITED: nothing is ever refused */
    uint32_t burst; /* tokens of a full bucket, which a new key begins with */
};

/*
 * Room for at least `keys` keys, all of it taken now: when it is full, who is nearest to a full bucket is
 * forgotten. Which keys share a place depends on a secret, so nobody can choose to push others out. NULL: no memory.
 */
CS_MUST_USE struct rate_limiter *rate_limiter_new(struct rate rate, size_t keys);
void rate_limiter_free(struct rate_limiter *limiter);
/*
 * Takes `tokens` of the key's. 0 if it has them; else nothing is taken, and it returns after how many
 * seconds it will have them (at least 1). More than a whole burst is asked as a burst. Any thread.
 */
CS_MUST_USE unsigned rate_limiter_take(struct rate_limiter *limiter, struct cs_span key,
                                       uint32_t tokens);

/* Whom an address belongs to: the address itself for IPv4, the /64 for IPv6, which is what one
 * subscriber has. */
#define RATE_ADDRESS 9
void rate_address(const struct sockaddr *address, unsigned char key[RATE_ADDRESS]);

#endif
