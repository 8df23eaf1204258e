/*
 * Own records: shelves, sources, batches of versions; and records of every node as readers meet
 * them. Part of store.h.
 *
 * A record's row is its identity. Its text stands in versions, each part of a batch; the newest
 * version whose batch is live is what the record says, so that making a batch live, or undoing it,
 * is one small change however many records it has.
 */
#ifndef STORE_RECORDS_H
#define STORE_RECORDS_H

#include <commonshelf/charter.h>

#include "store/store_types.h"

/* ---- own shelves */
enum audience {
    AUDIENCE_PUBLIC,
    AUDIENCE_PRIVATE, /* in no log */
    AUDIENCE_NODES, /* nodes that are named */
    AUDIENCE_CHARTER, /* the members of a network */
};

/* The log of a restricted shelf has a name that tells nothing: this, and 26 random letters and digits. */
#define SHELF_RESTRICTED "r-"

struct shelf_row {
    row_id sid;
    char name[CS_SHELF_NAME_MAX + 1];
    char path[CS_SHELF_NAME_MAX + 1]; /* the name that its log has */
    enum audience audience;
    struct cs_charter_id charter; /* of AUDIENCE_CHARTER, else empty */
    uint64_t epoch;
    row_id lid; /* its log; 0 for a private shelf */
    int64_t records; /* live ones */
    int64_t waiting; /* live or withdrawn ones that differ from what is published */
};
CS_MUST_USE int store_shelf_add(struct transaction *t, const char *name, enum audience audience,
                                row_id *sid, struct problem *why);
/* Who may read it from now on; `charter` (may be NULL) is of AUDIENCE_CHARTER, named readers are forgotten. A
 * shelf without a log gets the path that fits. */
CS_MUST_USE int store_shelf_set(struct transaction *t, row_id sid, enum audience audience,
                                const struct cs_charter_id *charter, struct problem *why);
CS_MUST_USE int store_shelf_admit(struct transaction *t, row_id sid, const struct cs_node_id *node,
                                  struct problem *why);
/* In order of their IDs, at most `max`. */
CS_MUST_USE int store_shelf_readers(struct reader *r, row_id sid, struct cs_node_id *nodes,
                                    size_t max, size_t *n, struct problem *why);
/* Is this node named as a reader of the shelf? */
CS_MUST_USE int store_shelf_names(struct reader *r, row_id sid, row_id nid, bool *names,
                                  struct problem *why);
/* By the name of its log. */
CS_MUST_USE int store_shelf_by_path(struct reader *r, const char *path, struct shelf_row *out,
                                    bool *found, struct problem *why);
CS_MUST_USE int store_shelf_remove(struct transaction *t, row_id sid, struct problem *why);
CS_MUST_USE int store_shelf_find(struct reader *r, const char *name, struct shelf_row *out,
                                 bool *found, struct problem *why);
/* All of them, without counts. */
CS_MUST_USE int store_shelf_rows(struct reader *r, struct shelf_row *rows, size_t max, size_t *n,
                                 struct problem *why);
/* All of them with their counts (a walk over the shelf: for status, not for a hot path). */
CS_MUST_USE int store_shelf_list(struct reader *r, struct shelf_row *rows, size_t max, size_t *n,
                                 struct problem *why);

/* Fills in records and waiting: a walk over the shelf. */
CS_MUST_USE int store_shelf_count(struct reader *r, struct shelf_row *row, struct problem *why);

/* ---- batches */
enum batch_state { BATCH_STAGING, BATCH_LIVE, BATCH_UNDONE };

/* ---- records on their way to another shelf: withdrawn on the one, to stand on the other as they did */
struct move_row {
    row_id rid, from, to; /* shelves */
    bool published; /* the shelf that it leaves has a P of it still */
};
/* Remembers what the record says now, and where it goes. */
CS_MUST_USE int store_move_begin(struct transaction *t, row_id rid, row_id sid,
                                 struct problem *why);
CS_MUST_USE int store_move_next(struct reader *r, struct move_row *out, bool *found,
                                struct problem *why);
/* It stands there now, in batch `bid`. */
CS_MUST_USE int store_move_finish(struct transaction *t, row_id bid, row_id rid,
                                  struct problem *why);

struct batch_row {
    row_id bid, sid;
    char source[200], file[400];
    uint64_t created;
    enum batch_state state;
    int64_t added, updated, withdrawn;
};
CS_MUST_USE int store_batch_begin(struct transaction *t, row_id sid, const char *source,
                                  const char *file, uint64_t now, row_id *bid, struct problem *why);
/* Where an own record stands: by its id. */
struct own_row {
    row_id rid, sid;
    struct cs_uuid id;
    bool live; /* has a live version that is not a withdrawal */
    struct cs_hash body_hash; /* of the live version */
    uint64_t rev; /* published; 0 never */
    bool published; /* the newest published entry is a P */
    bool redacted; /* taken back for good: imports leave it out */
};
CS_MUST_USE int store_own_find(struct reader *r, const struct cs_uuid *id, struct own_row *out,
                               bool *found, struct problem *why);
/* The id that rows without an identifier were given: by source and hash of the row. */
CS_MUST_USE int store_row_id_get(struct reader *r, const char *source, const struct cs_hash *row,
                                 struct cs_uuid *id, bool *found, struct problem *why);
CS_MUST_USE int store_row_id_put(struct transaction *t, const char *source,
                                 const struct cs_hash *row, const struct cs_uuid *id,
                                 struct problem *why);
/*
 * Adds a version to a batch: `body` is the record's JSON object without id and rev, or empty for a
 * withdrawal; `original` the source's own bytes. A version of the same record earlier in the same
 * batch is replaced (*again true). `rid` 0: the record is new.
 */
CS_MUST_USE int store_version_add(struct transaction *t, row_id bid, row_id sid, const char *source,
                                  const struct cs_uuid *id, row_id rid, struct cs_span body,
                                  const struct cs_hash *body_hash, struct cs_span original,
                                  bool *again, struct problem *why);
/* Takes a record's version out of a batch again; *dropped says whether there was one. */
CS_MUST_USE int store_version_drop(struct transaction *t, row_id bid, row_id rid, bool *dropped,
                                   struct problem *why);
/* Remembers that the source still has this record, for the two calls below; forgotten when the batch
 * becomes live. */
CS_MUST_USE int store_kept_add(struct transaction *t, row_id bid, row_id rid, struct problem *why);
/* Live records of a source, and those of them that were not kept in batch `bid`; with
 * store_missing_withdraw a withdrawal is added to the batch for each of the latter. */
CS_MUST_USE int store_missing_count(struct reader *r, row_id bid, const char *source, int64_t *gone,
                                    int64_t *live, struct problem *why);
CS_MUST_USE int store_missing_withdraw(struct transaction *t, row_id bid, const char *source,
                                       struct problem *why);
CS_MUST_USE int store_batch_state(struct transaction *t, row_id bid, enum batch_state state,
                                  int64_t added, int64_t updated, int64_t withdrawn,
                                  struct problem *why);
CS_MUST_USE int store_batch_get(struct reader *r, row_id bid, struct batch_row *out, bool *found,
                                struct problem *why);
CS_MUST_USE int store_batch_list(struct reader *r, struct batch_row *rows, size_t max, size_t *n,
                                 struct problem *why);
/* Forgets everything an own record ever said, in every batch, whatever becomes of those; what is left
 * is a withdrawal in batch `bid`. */
CS_MUST_USE int store_record_redact(struct transaction *t, row_id bid, row_id rid, uint64_t now,
                                    struct problem *why);
/* The same of the own record whose newest published entry stands at `index` of `epoch`, if that is known: of a
 * record that a later epoch took over it is not. */
CS_MUST_USE int store_place_redact(struct transaction *t, row_id bid, row_id sid, uint64_t epoch,
                                   uint64_t index, uint64_t now, struct problem *why);
/* Imports may bring it again. */
CS_MUST_USE int store_record_allow(struct transaction *t, row_id rid, struct problem *why);
/* Removes up to `max` versions of a batch that never became live, and at last the batch; *more true
 * while some are left. bid 0: any such batch, as after a crash. */
CS_MUST_USE int store_batch_discard(struct transaction *t, row_id bid, int max, bool *more,
                                    struct problem *why);

/* ---- any record, as a reader meets it */
struct record_row {
    row_id rid, nid, lid;
    struct cs_uuid id;
    struct cs_node_id node;
    char node_name[CS_PROFILE_TEXT_MAX + 1];
    char shelf[CS_SHELF_NAME_MAX + 1];
    enum audience audience; /* of its shelf */
    uint64_t rev; /* own: that of its next entry if it waits to be published */
    bool published; /* it stands in its owner\'s log */
    uint64_t as_of; /* time of the checkpoint it was seen in; 0 for own, unpublished ones */
    struct cs_span json; /* the record's text, in the caller's buffer */
};
/*
 * The record if it can be seen by its owner: live, not hidden, its peer not blocked. Who else may see
 * it is catalogue's to say. Appends its JSON to `json`; out->json is set to that part only when
 * `json` is not resized later, so read one at a time.
 */
CS_MUST_USE int store_record_get(struct reader *r, row_id rid, struct record_row *out,
                                 struct cs_buffer *json, bool *found, struct problem *why);
CS_MUST_USE int store_record_find(struct reader *r, const struct cs_node_id *node,
                                  const struct cs_uuid *id, struct record_row *out,
                                  struct cs_buffer *json, bool *found, struct problem *why);
/* The source's own bytes of an own record's live version; *found false without any. */
CS_MUST_USE int store_record_original(struct reader *r, row_id rid, struct cs_buffer *original,
                                      bool *found, struct problem *why);
struct record_counts {
    int64_t own, mirrored;
};
CS_MUST_USE int store_record_counts(struct reader *r, struct record_counts *out,
                                    struct problem *why);

/* ---- what the search index must look at: changes in the order in which they were committed */
struct change {
    int64_t seq;
    row_id rid; /* one record, */
    row_id bid; /* or all records of a batch */
};
/* Changes after `after`, at most max. */
CS_MUST_USE int store_changes(struct reader *r, int64_t after, struct change *rows, size_t max,
                              size_t *n, struct problem *why);
CS_MUST_USE int store_changes_last(struct reader *r, int64_t *seq, struct problem *why);
/* Forgets changes up to `through`. */
CS_MUST_USE int store_changes_prune(struct transaction *t, int64_t through, struct problem *why);
/* Record numbers of a batch, or (bid 0) of everything, in order, those above `after`. */
CS_MUST_USE int store_record_ids(struct reader *r, row_id bid, row_id after, row_id *rids,
                                 size_t max, size_t *n, struct problem *why);

#endif
