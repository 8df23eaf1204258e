/*
 * The door of sync/: pulls the public shelves of peers, verifies every byte against their signed
 * checkpoints, and keeps them as mirrors. It never believes a source: what does not verify is not
 * stored, and what contradicts itself is kept as evidence.
 */
#ifndef SYNC_SYNC_H
#define SYNC_SYNC_H

#include <stdatomic.h>

#include <commonshelf/witness.h>

#include "catalogue/catalogue.h"
#include "peering/peering.h"
#include "store/store.h"

struct sync_setup {
    const char *home;
    struct store *store;
    struct peering *peering;
    struct signer *signer; /* cosigns what was verified; NULL: nobody does */
    struct catalogue *catalogue; /* for cosignatures of own logs; NULL: none are gathered */
    bool gossip_now; /* a person asked: others are asked too, however lately they were */
    /* Called after each commit of new entries, so that they are indexed. May be NULL. Any thread. */
    void (*changed)(void *arg);
    void *arg;
    unsigned notice_seconds; /* of sync_timer: within which a notice is followed */
    bool renew; /* ask for profiles now, however fresh those held are */
};

enum sync_state { SYNC_OK, SYNC_UNCHANGED, SYNC_FAILED };
struct sync_result {
    struct cs_node_id id;
    char name[CS_PROFILE_TEXT_MAX + 1];
    enum sync_state state;
    struct problem why; /* when failed */
    uint64_t entries; /* new ones, verified and stored */
    uint64_t refused; /* of them, entries that hold no valid record: kept in the log, not shown */
    uint64_t
        redacted; /* entries whose bytes it still served: thrown away, only their hash is kept */
    uint64_t bytes; /* received */
    uint64_t requests;
    uint64_t ms;
};

/*
 * Pulls one peer now, every public shelf of it, and returns when it is done, failed or cancelled. What
 * was verified before a failure stays; the next pull goes on from there. 0 also when it failed: see
 * result->state. -1 only if this node itself can't go on (its disk, its database).
 */
CS_MUST_USE int sync_pull(const struct sync_setup *setup, row_id peer, const atomic_bool *cancel,
                          struct sync_result *result, struct problem *why);
/* A pull of this peer that runs ends soon, as one of a blocked peer does; what it verified stays. */
void sync_stop(row_id peer);
/* Waits until no pull of it runs. */
void sync_settle(row_id peer);
/*
 * Pulls several peers at once, each on a thread of its own so that none waits for another, at most
 * SYNC_AT_ONCE. Results stand in the order of `peers`.
 */
#define SYNC_AT_ONCE 16
CS_MUST_USE int sync_pull_all(const struct sync_setup *setup, const row_id *peers, size_t n,
                              const atomic_bool *cancel, struct sync_result *results,
                              struct problem *why);

/* ---- how it stands with what is mirrored of a log; the worst that is so counts */
enum standing {
    STANDING_OK,
    STANDING_STALE, /* its publisher's newest word is a week old */
    STANDING_WITHHELD, /* others have a larger tree, which its publisher does not show here */
    STANDING_INCOMPLETE, /* hashes came in place of entries that were not taken back */
    STANDING_ROLLED_BACK, /* its publisher showed a smaller tree than before */
    STANDING_FORKED, /* its publisher signed two histories */
};
/* `last_sync` is when its publisher was last pulled well. */
enum standing sync_standing(const struct log_row *log, uint64_t last_sync, uint64_t now);
/* "ok", "stale", …: as programs read it. */
const char *sync_standing_word(enum standing standing);

/* ---- this node's own history, as its peers have it */
#define SYNC_OWN_DEADLINE_MS 5000 /* for all peers together to say what they saw, at a start */
#define SYNC_OWN_AGAIN_MS 2000 /* later, when it is only about a copy that runs elsewhere */
struct own_history {
    size_t asked, answered; /* peers */
    uint64_t entries; /* of own logs that were not here and came back */
    int64_t records; /* that say something else by it */
    char from[CS_PROFILE_TEXT_MAX + 1]; /* the peer that had the last of them */
};
/*
 * Asks peers what they last saw of this node's own logs and profile, and takes back what is missing here,
 * verified as any log is. Nothing is signed; the caller holds the signer until it knows the outcome. What
 * this node's keys did not sign is ignored, whoever shows it. -1: "two_histories" when a peer has another
 * continuation of what is here (both checkpoints are then evidence, and the log's state is LOG_FORKED),
 * "history_missing" when a peer shows a later checkpoint and nobody gives its entries, "keys_older" when a
 * peer has a later keyset, and this node's own failures. May be done again after a crash.
 */
CS_MUST_USE int sync_own_history(const struct sync_setup *setup, unsigned deadline_ms,
                                 const atomic_bool *cancel, struct own_history *out,
                                 struct problem *why);
/* The same of this one peer. */
CS_MUST_USE int sync_own_history_from(const struct sync_setup *setup, const struct contact *peer,
                                      const atomic_bool *cancel, struct own_history *out,
                                      struct problem *why);

/* ---- every file of a log, and what is wrong put back */
struct file_finding {
    struct problem why; /* names the file */
    bool mended;
    char from[CS_PROFILE_TEXT_MAX +
              1]; /* the peer that had it; empty: made again from what is here */
};
#define SYNC_TIRED_MAX 32
/* One run over any number of logs: a peer that did not answer is not asked again in it. */
struct file_checking {
    bool mend;
    const atomic_bool *cancel;
    void (*each)(void *arg, const struct file_finding *finding);
    void *arg;
    /* begin as 0 */
    uint64_t asking_ms;
    row_id tired[SYNC_TIRED_MAX];
    size_t tireds;
};
/*
 * Reads every file that is served of a log, own or mirrored, and gives each that is wrong. With `mend` each is
 * made again from others, or got from a peer (its publisher, or who mirrors it), and proved before it is
 * written. No publication and no pull writes the log meanwhile; a block of its publisher ends the asking. Peers are
 * asked for two minutes of a run at most.
 */
CS_MUST_USE int sync_check_files(const struct sync_setup *setup, row_id lid,
                                 struct file_checking *run, struct problem *why);

/* ---- witnessing for others (POST add-checkpoint) */
enum witnessed {
    WITNESSED, /* cosigned: the line is there */
    WITNESS_UNKNOWN, /* an origin that this node does not follow */
    WITNESS_FORBIDDEN, /* not signed by the origin's own keys */
    WITNESS_CONFLICT, /* another size was cosigned last; or that size with another root */
    WITNESS_WRONG_PROOF,
    WITNESS_MALFORMED, /* the old size is above the new one */
};
/* Checks, cosigns and stores in one step. `size` is what was cosigned last; `line` gets the signature line. */
CS_MUST_USE int sync_witness(const struct sync_setup *setup, struct reader *r,
                             const struct cs_add_checkpoint *ask, enum witnessed *result,
                             uint64_t *size, struct cs_buffer *line, struct problem *why);

/* ---- notices of something new (POST notify) */
enum noticed {
    NOTICED_NEWER, /* than what is held */
    NOTICED_KNOWN, /* already */
    NOTICED_UNKNOWN, /* no peer's */
    NOTICED_FORBIDDEN, /* not signed by the keys that its origin names */
    NOTICED_MALFORMED,
};
/* What a checkpoint note is, before its signature was looked at, and whose. */
CS_MUST_USE int sync_notice_look(struct reader *r, struct cs_span note, row_id *nid,
                                 enum noticed *result, struct problem *why);
/* NOTICED_NEWER or NOTICED_FORBIDDEN, for what looked newer. */
CS_MUST_USE int sync_notice_verify(struct reader *r, struct cs_span note, row_id nid,
                                   enum noticed *result, struct problem *why);

#include "sync/sync_bundle.h"
#include "sync/sync_deposit.h"

/* ---- in a running node: every peer in its own time */
struct sync_timer;
CS_MUST_USE struct sync_timer *sync_timer_start(const struct sync_setup *setup, unsigned minutes,
                                                struct problem *why);
/* Looks again at who is due, for instance right after a join. Any thread. */
void sync_timer_wake(struct sync_timer *timer);
/* The peer has something new: it is visited within setup->notice_seconds. Any thread; NULL is fine. */
void sync_timer_notice(struct sync_timer *timer, row_id nid);
/* Own logs may have new checkpoints: peers are told. Any thread; NULL is fine. */
void sync_timer_published(struct sync_timer *timer);
/* Cancels what runs and joins the threads. */
void sync_timer_stop(struct sync_timer *timer);

#endif
