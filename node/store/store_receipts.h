/*
 * What mirrors say that they have applied of this institution's own logs, and so what of it they hide. Each
 * said so under its signature (commonshelf/seen.h): a statement, no proof. Part of store.h.
 */
#ifndef STORE_RECEIPTS_H
#define STORE_RECEIPTS_H

#include "store/store_types.h"

struct receipt_row {
    uint64_t epoch, applied; /* entries of that epoch; 0, 0: it said nothing yet */
    uint64_t seen; /* its time of that */
    uint64_t heard; /* when it was last heard to say so; 0 never */
    uint64_t asked; /* when it was last asked; 0 never */
};
/* All 0 when there is none. */
CS_MUST_USE int store_receipt_get(struct reader *r, row_id lid, row_id nid, struct receipt_row *out,
                                  struct problem *why);
CS_MUST_USE int store_receipt_put(struct transaction *t, row_id lid, row_id nid,
                                  const struct receipt_row *row, struct problem *why);

/* An own record that the published log withdraws. */
struct withdrawn_row {
    row_id lid;
    char shelf[CS_SHELF_NAME_MAX + 1];
    uint64_t redacted; /* when; 0: it is only withdrawn */
    uint64_t epoch, size; /* a mirror that has applied so many entries of that epoch hides it */
};
CS_MUST_USE int store_withdrawn_find(struct reader *r, const struct cs_uuid *id,
                                     struct withdrawn_row *out, bool *found, struct problem *why);

/* A partner, or a node that was heard to mirror the log when it was one. */
struct mirror_row {
    struct cs_node_id node;
    char name[CS_PROFILE_TEXT_MAX + 1];
    bool partner;
    struct receipt_row receipt;
};
/* By name. */
CS_MUST_USE int store_mirror_list(struct reader *r, row_id lid, struct mirror_row *rows, size_t max,
                                  size_t *n, struct problem *why);

#endif
