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

#endif
