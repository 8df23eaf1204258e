/*
 * Charters of networks that this node follows (commonshelf/charter.h), every version of each, and who is a member
 * now. What is stored was verified; whether to follow a network was decided by others. Part of store.h.
 */
#ifndef STORE_CHARTERS_H
#define STORE_CHARTERS_H

#include <commonshelf/charter.h>

#include "store/store_types.h"

struct charter_row {
    row_id chid;
    struct cs_charter_id id;
    char name[CS_PROFILE_TEXT_MAX + 1];
    uint64_t version, issued, expires; /* of the newest */
    uint64_t since; /* when this node began to follow it */
    uint64_t confirmed; /* when it was last known that this version is the newest */
    uint64_t frozen; /* two charters of this version follow the one before; 0: none do */
};
#define STORE_CHARTERS_MAX 64 /* networks that one institution is in */

CS_MUST_USE int store_charter_find(struct reader *r, const struct cs_charter_id *id,
                                   struct charter_row *out, bool *found, struct problem *why);
/* In order of name. */
CS_MUST_USE int store_charter_list(struct reader *r, struct charter_row *rows, size_t max,
                                   size_t *n, struct problem *why);
/* The network that has a charter of this hash, and its version: the one that a next one names as `prev`. */
CS_MUST_USE int store_charter_behind(struct reader *r, const struct cs_hash *hash,
                                     struct charter_row *out, uint64_t *version, bool *found,
                                     struct problem *why);
/* Appends the newest charter, or that of `version` if it is not 0. */
CS_MUST_USE int store_charter_note(struct reader *r, row_id chid, uint64_t version,
                                   struct cs_buffer *note, bool *found, struct problem *why);
/* The newest one from now on, with its members; `charter` was read from `note`. */
CS_MUST_USE int store_charter_put(struct transaction *t, const struct cs_charter_id *id,
                                  const struct cs_charter *charter, struct cs_span note,
                                  uint64_t now, struct problem *why);
CS_MUST_USE int store_charter_confirm(struct transaction *t, row_id chid, uint64_t now,
                                      struct problem *why);
/* Keeps the other charter of that version as evidence; nothing new of the network is accepted then. */
CS_MUST_USE int store_charter_freeze(struct transaction *t, row_id chid, uint64_t version,
                                     struct cs_span other, struct problem *why);
/* Appends that evidence; *found false when there is none. */
CS_MUST_USE int store_charter_other(struct reader *r, row_id chid, struct cs_buffer *note,
                                    bool *found, struct problem *why);
CS_MUST_USE int store_charter_remove(struct transaction *t, row_id chid, struct problem *why);

/* The roles of a node in a network by the charter that is in force at `now`; 0: it is no member, the
 * charter has expired, or the network is not known here. */
CS_MUST_USE int store_charter_roles(struct reader *r, const struct cs_charter_id *id,
                                    const struct cs_node_id *node, uint64_t now, unsigned *roles,
                                    struct problem *why);

#endif
