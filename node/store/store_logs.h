/*
 * Logs: the own shelves' and the mirrored ones. Part of store.h. The tiles and bundles are files, in
 * catalogue's and sync's care; here is what commits them.
 */
#ifndef STORE_LOGS_H
#define STORE_LOGS_H

#include <commonshelf/entry.h>
#include <commonshelf/tile.h>

#include "store/store_records.h"
#include "store/store_types.h"

enum log_state { LOG_OK, LOG_FORKED, LOG_ROLLED_BACK };

struct log_row {
    row_id lid, nid;
    char shelf[CS_SHELF_NAME_MAX + 1];
    uint64_t epoch;
    char origin[CS_ORIGIN_MAX + 1];
    enum log_state state;
    struct cs_range range; /* committed: its size is the number of entries held and verified */
    uint64_t checkpoint_size; /* of the newest checkpoint; a mirror may still be behind it */
    uint64_t previous_size; /* of the checkpoint before it; 0 if there was none */
    uint64_t as_of; /* its time */
    char etag[80]; /* the checkpoint's, at its source; empty if none */
    uint64_t gossiped; /* when other nodes were last asked what they saw of it; 0 never */
    uint64_t ahead; /* size of the largest checkpoint that another node has; 0 none is known */
    uint64_t ahead_time; /* when the publisher signed that one */
    enum audience audience; /* an own log's is its shelf's */
    char title[CS_SHELF_NAME_MAX + 1]; /* of a mirrored one that is restricted: its shelf's name */
    uint64_t superseded; /* when a next epoch took its place; 0: it is the current one */
    bool
        blanks; /* some held places have hashes only, and nothing yet says that they were taken back */
};
/* It has not all that was signed: entries are missing, or stand as hashes that no R names. */
static inline bool log_is_whole(const struct log_row *log)
{
    return log->range.size == log->checkpoint_size && !log->blanks;
}
/* For STORE_SELF it becomes the log of the own shelf that has this path. */
CS_MUST_USE int store_log_add(struct transaction *t, row_id nid, const char *shelf, uint64_t epoch,
                              row_id *lid, struct problem *why);
/* A mirrored log is for this node, by name or as a member of a network: nobody else is shown anything of it. In
 * the transaction that added it. */
CS_MUST_USE int store_log_restrict(struct transaction *t, row_id lid, enum audience audience,
                                   const char *title, struct problem *why);
/* Is any mirrored log of this node one of those? */
CS_MUST_USE int store_log_any_restricted(struct reader *r, row_id nid, bool *any,
                                         struct problem *why);
/* Forgets a mirrored log of which no record is left; its files are to be removed. */
CS_MUST_USE int store_log_forget(struct transaction *t, row_id lid, struct problem *why);
CS_MUST_USE int store_log_get(struct reader *r, row_id lid, struct log_row *out, bool *found,
                              struct problem *why);
/* The newest one of an own shelf. */
CS_MUST_USE int store_log_of_shelf(struct reader *r, row_id sid, struct log_row *out, bool *found,
                                   struct problem *why);
CS_MUST_USE int store_log_find(struct reader *r, row_id nid, const char *shelf, uint64_t epoch,
                               struct log_row *out, bool *found, struct problem *why);
CS_MUST_USE int store_log_by_origin(struct reader *r, const char *origin, struct log_row *out,
                                    bool *found, struct problem *why);
CS_MUST_USE int store_log_list(struct reader *r, row_id nid, struct log_row *rows, size_t max,
                               size_t *n, struct problem *why);
/* The newest checkpoint's signed note. */
CS_MUST_USE int store_log_checkpoint(struct reader *r, row_id lid, struct cs_buffer *note,
                                     bool *found, struct problem *why);

/* ---- own logs: entries that wait for their checkpoint. Their order is that of `rid`, so the first
 * stands at the log's committed size; nothing else is known of their places before the checkpoint. */
struct pending {
    row_id rid; /* 0: the E entry of a new log */
    enum cs_op op;
    unsigned char salt[CS_SALT];
    uint64_t rev;
};
/*
 * Looks at up to `max` records of the shelf that may differ from what is published and adds a pending
 * entry with a fresh salt for each that does; drops those that no longer do. *more true while some
 * are left to look at.
 */
CS_MUST_USE int store_pending_fill(struct transaction *t, row_id sid, row_id lid, size_t max,
                                   bool *more, struct problem *why);
/* The next one behind `after` (-1 for the first), with its payload appended (nothing for E). */
CS_MUST_USE int store_pending_next(struct reader *r, row_id lid, row_id after, struct pending *out,
                                   struct cs_buffer *payload, bool *found, struct problem *why);
/* Those and the R entries that wait. */
CS_MUST_USE int store_pending_count(struct reader *r, row_id lid, uint64_t *n, struct problem *why);
/*
 * The commit point of a publication: range and checkpoint of the log, records marked as published,
 * pending entries gone, and so are the R entries that waited.
 */
CS_MUST_USE int store_log_publish(struct transaction *t, row_id lid, const struct cs_range *range,
                                  const struct cs_checkpoint *checkpoint, struct cs_span note,
                                  struct problem *why);
/* A newer signature over the same tree. */
CS_MUST_USE int store_log_refresh(struct transaction *t, row_id lid,
                                  const struct cs_checkpoint *checkpoint, struct cs_span note,
                                  struct problem *why);

/* ---- an own log that is ahead of the database: the home was put back from an older copy */
struct own_entry {
    enum cs_op op; /* CS_OP_PUT or CS_OP_WITHDRAW */
    struct cs_uuid id;
    uint64_t rev, index;
    struct cs_span body; /* the record without id and rev; empty for a withdrawal */
    struct cs_hash body_hash;
};
/*
 * The record is published as this entry says, and says so itself, in batch `bid`, where the database
 * knew of nothing newer (*changed false otherwise). May be done again.
 */
CS_MUST_USE int store_own_adopt(struct transaction *t, row_id bid, row_id sid, const char *source,
                                const struct own_entry *entry, bool *changed, struct problem *why);
/* After all entries of an epoch that this database did not know: what is published of the shelf and not in it
 * was withdrawn before it began, and is so in batch `bid`. */
CS_MUST_USE int store_own_left(struct transaction *t, row_id bid, row_id sid, int64_t *withdrawn,
                               struct problem *why);
/* The log's range and newest checkpoint are these; what waited for it is looked at anew. */
CS_MUST_USE int store_log_adopt(struct transaction *t, row_id lid, const struct cs_range *range,
                                const struct cs_checkpoint *checkpoint, struct cs_span note,
                                struct problem *why);

/* ---- epochs */
/* The shelf's newest epoch that is held of a node. */
CS_MUST_USE int store_log_current(struct reader *r, row_id nid, const char *shelf,
                                  struct log_row *out, bool *found, struct problem *why);
/* The salt for the E of the epoch that follows: the same until that epoch is there. */
CS_MUST_USE int store_epoch_salt(struct transaction *t, row_id lid, unsigned char salt[CS_SALT],
                                 struct problem *why);
/* The log of an epoch that follows. */
struct epoch_row {
    uint64_t epoch;
    const struct cs_range *range; /* what is on disk and proved of it */
    const struct cs_checkpoint *checkpoint; /* its origin is the new log's */
    struct cs_span note;
    const char *etag;
};
/*
 * The commit point of a change of epochs: the row of the log is the next one's from now on. An own log
 * stays as a row of its own, superseded at `now`; of a mirrored one only its origin stays, among those
 * whose files are to be removed.
 */
CS_MUST_USE int store_epoch_switch(struct transaction *t, row_id lid, const struct epoch_row *next,
                                   uint64_t now, struct problem *why);
/* Lower epochs of the same shelf than this log's ended, at the latest now. */
CS_MUST_USE int store_log_supersede(struct transaction *t, row_id lid, uint64_t now,
                                    struct problem *why);
/* Hides and forgets up to `max` mirrored records of a log; *more true while some are left. */
CS_MUST_USE int store_mirror_clear(struct transaction *t, row_id lid, int64_t max, bool *more,
                                   struct problem *why);
/* Forgets a superseded log; its files are to be removed. */
CS_MUST_USE int store_log_remove(struct transaction *t, row_id lid, struct problem *why);
/* The first of the logs whose files are to be removed, behind `after` ("" for the first). */
CS_MUST_USE int store_leaving_next(struct reader *r, const char *after,
                                   char origin[CS_ORIGIN_MAX + 1], bool *found,
                                   struct problem *why);
CS_MUST_USE int store_leaving_done(struct transaction *t, const char *origin, struct problem *why);

/* Looks at one record as store_pending_fill does at many. */
CS_MUST_USE int store_pending_look(struct transaction *t, row_id sid, row_id lid, row_id rid,
                                   struct problem *why);

/* ---- redactions, of own logs and mirrored ones: which entries were taken back, and how far that is
 * carried out */
/* The entry at `index` is to be, or was, taken back; again is fine. `say`: an R with a fresh salt is
 * still to be appended to the own log; without, it is there. */
CS_MUST_USE int store_redaction_add(struct transaction *t, row_id lid, uint64_t index, bool say,
                                    struct problem *why);
/* No file of the log holds its bytes any more. */
CS_MUST_USE int store_redaction_done(struct transaction *t, row_id lid, uint64_t index,
                                     struct problem *why);
/* Those at `from` or behind, in order; with `open`, only those that files may still hold. */
CS_MUST_USE int store_redaction_list(struct reader *r, row_id lid, uint64_t from, bool open,
                                     uint64_t *index, size_t max, size_t *n, struct problem *why);
/* The first one at `from` or behind whose R waits to be appended, with that entry's salt. */
CS_MUST_USE int store_redaction_next(struct reader *r, row_id lid, uint64_t from, uint64_t *index,
                                     unsigned char salt[CS_SALT], bool *found, struct problem *why);
struct redaction_counts {
    uint64_t all, open, waiting; /* open: files may hold the bytes; waiting: the R is not signed */
};
CS_MUST_USE int store_redaction_count(struct reader *r, row_id lid, struct redaction_counts *out,
                                      struct problem *why);

/* ---- blanks: places of a mirrored log that came as a leaf hash, with no R yet that names them. One row for each
 * bundle that has some, so that a million of them take little room. */
struct blank_row {
    uint64_t bundle;
    unsigned char bits[CS_BUNDLE_WIDTH / 8];
};
bool blank_has(const struct blank_row *row, unsigned place);
void blank_set(struct blank_row *row, unsigned place, bool is);
unsigned blank_count(const struct blank_row *row);
/* These too. */
CS_MUST_USE int store_blank_add(struct transaction *t, row_id lid, const struct blank_row *row,
                                struct problem *why);
/* These and no others of that bundle. */
CS_MUST_USE int store_blank_put(struct transaction *t, row_id lid, const struct blank_row *row,
                                struct problem *why);
/* Those of bundle `from` or behind, in order. */
CS_MUST_USE int store_blank_list(struct reader *r, row_id lid, uint64_t from,
                                 struct blank_row *rows, size_t max, size_t *n,
                                 struct problem *why);

/* ---- mirrors */
/* A verified checkpoint of a peer, before its entries are here. */
CS_MUST_USE int store_mirror_checkpoint(struct transaction *t, row_id lid,
                                        const struct cs_checkpoint *checkpoint, struct cs_span note,
                                        const char *etag, struct problem *why);
/* Entries are here and verified up to range->size. */
CS_MUST_USE int store_mirror_advance(struct transaction *t, row_id lid,
                                     const struct cs_range *range, struct problem *why);
CS_MUST_USE int store_mirror_state(struct transaction *t, row_id lid, enum log_state state,
                                   struct problem *why);
/* A P entry: kept if its rev is above what is held (*stale true otherwise). */
CS_MUST_USE int store_mirror_put(struct transaction *t, row_id nid, row_id lid,
                                 const struct cs_uuid *id, uint64_t rev, uint64_t index,
                                 struct cs_span payload, bool *stale, struct problem *why);
/* A D entry: hides the record, forgets its text. */
CS_MUST_USE int store_mirror_withdraw(struct transaction *t, row_id nid, row_id lid,
                                      const struct cs_uuid *id, uint64_t rev, uint64_t index,
                                      bool *stale, struct problem *why);
/* The entry that says `rev` of a record was redacted: if that is what the record says, it is hidden
 * and its text forgotten. */
CS_MUST_USE int store_mirror_forget(struct transaction *t, row_id nid, row_id lid,
                                    const struct cs_uuid *id, uint64_t rev, struct problem *why);

#endif
