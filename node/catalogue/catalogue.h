/*
 * The door of catalogue/: this institution's shelves and records, the one decision about who may see
 * what, and the logs in which its public shelves are published.
 */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include "catalogue/log_files.h"
#include "store/store.h"
#include "support/support.h"

struct json_t;

/* ---- the access decision */
enum viewer_kind {
    VIEWER_ANONYMOUS, /* anybody on the network, and every page */
    VIEWER_PEER, /* a node that proved itself by a signature */
    VIEWER_OWNER, /* the owner of the home, at its command line */
};
struct viewer {
    enum viewer_kind kind;
    row_id peer; /* for VIEWER_PEER */
};
enum action { ACTION_READ, ACTION_WRITE };
/* The only function that says who may do what to which shelf. Every way in asks it, or the next one. */
bool catalogue_allows(struct viewer viewer, enum action action, row_id shelf_node,
                      enum audience audience);

/* May this viewer read the own shelf now? Besides the above it knows which peer a restricted one is for. */
CS_MUST_USE int catalogue_reads(struct reader *r, struct viewer viewer,
                                const struct shelf_row *shelf, bool *may, struct problem *why);

/* Is this node of the audience charter:ID now: a member of the network by the charter in force here? Not once it
 * expired, or when this node doesn't follow the network. */
CS_MUST_USE int catalogue_admits(struct reader *r, const struct cs_charter_id *charter,
                                 const struct cs_node_id *node, bool *admits, struct problem *why);

/* May this viewer see this record now: the decision above, and that nobody but the owner sees what was
 * not published. */
bool catalogue_shows(struct viewer viewer, const struct record_row *row);

struct catalogue;
/* Finishes what a crash interrupted: pending publications are completed, abandoned batches removed. */
CS_MUST_USE struct catalogue *catalogue_open(const char *home, struct store *store,
                                             struct signer *signer, struct problem *why);
void catalogue_close(struct catalogue *c);

/* ---- batches: staged, then live as one, or not at all */
struct catalogue_batch;
enum draft_outcome {
    DRAFT_ADDED,
    DRAFT_UPDATED,
    DRAFT_UNCHANGED,
    DRAFT_REPEATED, /* the same id came earlier in this batch; this one took its place */
    DRAFT_TOO_LARGE, /* refused: would not fit an entry (CS_ENTRY_MAX) */
    DRAFT_ELSEWHERE, /* refused: the id stands on another shelf */
    DRAFT_REDACTED, /* refused: it was taken back for good */
};

CS_MUST_USE struct catalogue_batch *catalogue_batch_begin(struct catalogue *c, const char *shelf,
                                                          const char *source, const char *file,
                                                          struct problem *why);
/*
 * Stages one record: members without id and rev, already checked; `key` its identifier in the source
 * or NULL; `original` the source's bytes.
 */
CS_MUST_USE int catalogue_batch_add(struct catalogue_batch *b, const struct json_t *record,
                                    const char *key, struct cs_span original,
                                    enum draft_outcome *outcome, struct problem *why);
/* Withdraws what the source no longer has. "replace_too_much" above a tenth unless `yes`. */
CS_MUST_USE int catalogue_batch_replace(struct catalogue_batch *b, bool yes, int64_t *withdrawn,
                                        struct problem *why);
struct batch_result {
    row_id bid; /* 0 when nothing changed */
    int64_t added, updated, unchanged, withdrawn;
};
/* Makes it live and frees *b. */
CS_MUST_USE int catalogue_batch_live(struct catalogue_batch **b, struct batch_result *result,
                                     struct problem *why);
/* Forgets it and frees *b; NULL is fine. */
void catalogue_batch_drop(struct catalogue_batch **b);
CS_MUST_USE int catalogue_batch_undo(struct catalogue *c, row_id bid, struct problem *why);

/* ---- publishing */
struct publish_result {
    struct shelf_row shelf;
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size, added;
    struct cs_hash root;
};
/* Appends what changed on a shelf that others may read to its log and signs the new checkpoint. */
CS_MUST_USE int catalogue_publish(struct catalogue *c, const char *shelf,
                                  struct publish_result *result,
                                  void (*progress)(void *arg, uint64_t done, uint64_t of),
                                  void *arg, struct problem *why);
/* Signs again the checkpoints that are a day old, so that mirrors can tell a quiet shelf from one that
 * is being withheld. */
CS_MUST_USE int catalogue_refresh(struct catalogue *c, struct problem *why);
/*
 * A node that was asked to cosign an own log's newest checkpoint answered with this signature line: it is
 * verified by that node's keys, stored, and served with the checkpoint. A line that does not fit changes
 * nothing.
 */
CS_MUST_USE int catalogue_cosigned(struct catalogue *c, row_id lid, row_id nid,
                                   const struct cs_node_id *node, const struct cs_keyset *keyset,
                                   struct cs_span line, struct problem *why);
/* A change of single records outside an import: a batch of its own, live at once. */
CS_MUST_USE int catalogue_withdraw(struct catalogue *c, const struct cs_uuid *id, row_id *bid,
                                   struct problem *why);

/*
 * A record goes to another of the own shelves: its withdrawal is published where others could read it, then it
 * stands there, to be published. A crash in between is gone on from at the next start. "no_such_record",
 * "no_such_shelf".
 */
CS_MUST_USE int catalogue_move(struct catalogue *c, const struct cs_uuid *id, const char *shelf,
                               struct problem *why);

/* ---- a home that is older than what it once signed */
/*
 * Takes the own log up to this checkpoint, which its own keys signed, from the log's files: they are
 * proved from what the database has to the checkpoint's root, then every record says what its newest
 * entry says. *records: how many changed. "two_histories" when what the database has is no part of it;
 * nothing is changed then. May be done again after a crash.
 */
CS_MUST_USE int catalogue_adopt(struct catalogue *c, struct cs_span note, int64_t *records,
                                struct problem *why);
/* That problem, for a shelf. */
int catalogue_two_histories(const char *shelf, struct problem *why);

/* ---- when the keys change */
/* No publication begins, and no checkpoint is signed, until catalogue_release. Not for long. */
void catalogue_hold(struct catalogue *c);
void catalogue_release(struct catalogue *c);
/* Signs the newest checkpoint of every own log with the keys that are in force now, as part of `t`.
 * While held. */
CS_MUST_USE int catalogue_sign_again(struct catalogue *c, struct transaction *t,
                                     struct problem *why);
/* Writes the files of those checkpoints, once they are committed. While held. */
CS_MUST_USE int catalogue_derive(struct catalogue *c, struct problem *why);

/* ---- redaction: taking a record back for good */
struct redact_result {
    uint64_t entries; /* of own logs that said it: their text is gone */
    uint64_t appended; /* entries that were published to say so */
};
/*
 * Withdraws the record if it isn't yet, forgets every version of it and its source's bytes, publishes
 * that (and what waited already), and leaves only hashes in the own logs. A record that was withdrawn
 * before, or redacted before, is fine. What a crash interrupts goes on at the next start.
 */
CS_MUST_USE int catalogue_redact(struct catalogue *c, const struct cs_uuid *id,
                                 struct redact_result *result, struct problem *why);
/* Lets imports bring the record again. */
CS_MUST_USE int catalogue_redact_allow(struct catalogue *c, const struct cs_uuid *id,
                                       struct problem *why);
/*
 * Takes the entries out of an own or mirrored log's files that the store says were redacted, and of a
 * mirror's records what they said. *changed if there were any. Nobody else may write the log's files
 * meanwhile.
 */
CS_MUST_USE int log_redact_open(const char *home, struct store *store, struct reader *reader,
                                const struct log_row *log, bool *changed, struct problem *why);

/* ---- epochs: a log begun anew with what its records say now */
struct compact_result {
    uint64_t epoch, before, size; /* entries of the old log, and of the new one */
    char origin[CS_ORIGIN_MAX + 1];
    struct cs_hash root;
};
/* Starts the next epoch of a published shelf. The profile is to be made anew after it. */
CS_MUST_USE int catalogue_compact(struct catalogue *c, const char *shelf,
                                  struct compact_result *result, struct problem *why);
/* True once more than half of a log is past, of one that is worth the trouble. */
bool catalogue_is_worn(uint64_t size, int64_t records);
#define CATALOGUE_KEEP_EPOCH                                                                       \
    (UINT64_C(90) * 86400) /* seconds an old epoch is served after its end */
/* Stops serving old epochs that ended before that time, and removes their files. */
CS_MUST_USE int catalogue_prune(struct catalogue *c, uint64_t before, uint64_t *pruned,
                                struct problem *why);
struct cs_compaction;
/* Which entries of a log, own or mirrored, live on in its next epoch; the indexes stay the result's,
 * which is freed with cs_compaction_free. The log is proved on the way. */
CS_MUST_USE struct cs_compaction *log_choose_live(const char *home, const struct log_row *log,
                                                  const uint64_t **live, size_t *n,
                                                  struct problem *why);
/* The files of the next epoch: `first` (its E entry), then those entries; durable, not committed. */
CS_MUST_USE struct log_writer *log_copy_live(const char *home, const struct log_row *log,
                                             const char *origin, struct cs_span first,
                                             const uint64_t *live, size_t n, struct problem *why);
/* Removes the files of logs that were left. */
CS_MUST_USE int logs_remove_leaving(const char *home, struct store *store, struct reader *r,
                                    struct problem *why);

/* ---- every file of a log, one by one */
struct log_damage {
    struct cs_tile
        tile; /* what is wrong; with level LOG_SUMS the sums of bundles from 256·index on */
    struct problem why; /* names the file */
};
#define LOG_SUMS (-2)
/* Reads each file that is served of the log, own or mirrored, and gives each that is missing or does not hold
 * what was signed or written. One that only damaged ones could prove comes with the next scan. */
CS_MUST_USE int log_scan(const char *home, const struct log_row *log,
                         int (*each)(void *arg, const struct log_damage *damage,
                                     struct problem *why),
                         void *arg, struct problem *why);
/* Makes the file again from others of the log; *done false where they do not say what was in it. Nobody else
 * may write the log's files meanwhile. */
CS_MUST_USE int log_mend(const char *home, const struct log_row *log,
                         const struct log_damage *damage, bool *done, struct problem *why);
/* A bundle with entries where the file has hashes. What an older edge holds of it is removed. */
CS_MUST_USE int log_bundle_replace(const char *home, const struct log_row *log,
                                   const struct cs_tile *tile, struct cs_span gz,
                                   struct problem *why);
/* Puts a file back from what somebody else has of it: a tile's bytes, or the gzip of a bundle or of a run that
 * has its entries. Entries that were redacted here stay so. *done false if it is not what was signed. */
CS_MUST_USE int log_put_back(const char *home, struct reader *r, const struct log_row *log,
                             const struct cs_tile *tile, struct cs_span bytes, bool *done,
                             struct problem *why);

/* ---- proving */
struct doctor_check {
    const char *name;
    bool ok;
    char detail[PROBLEM_MESSAGE_MAX];
};
/* Every own log, and every mirrored one, from its files: bundles, tiles, root, checkpoint. */
CS_MUST_USE int catalogue_prove_logs(struct catalogue *c, struct reader *r,
                                     void (*report)(void *arg, const struct doctor_check *check),
                                     void *arg, struct problem *why);

#endif
