/*
 * What the files of sync/ share: one pull of one peer, and of one of its logs.
 */
#ifndef SYNC_INTERNAL_H
#define SYNC_INTERNAL_H

#include "sync/sync.h"

struct pull;
struct log_pull;

/* ---- source.c: where a log is got from */

/* Something of a log, asked for by the name that it has behind "SHELF/EPOCH/" (SPEC.md §10), whoever
 * has it: "checkpoint", "tile/…", "entries/FROM-TO". */
#define PART_NAME_MAX (CS_TILE_PATH_MAX + 32)
enum part_state { PART_MISSING, PART_HERE, PART_UNCHANGED };
struct part {
    char what[PART_NAME_MAX];
    uint64_t cap; /* of bytes */
    const char *known; /* an ETag: that it is this one still is answer enough. NULL: it is not */
    const struct cs_tile *keep; /* a bundle: kept as it comes (log_bundle_keep). NULL: nothing is */
    enum part_state state;
    struct cs_buffer bytes; /* as they go over the wire: bundles are gzip */
    char etag[80]; /* empty when the source has none */
    unsigned tried; /* sources that were asked for it, besides the pull's own */
};

/* The publisher itself, or somebody or something that has what it signed. All are believed alike:
 * not at all. */
struct source {
    /* Gets n parts of one log, at once where it can, and sets the state of each. -1 if one is missing:
     * `why` is of the first in order, "not_there" when the source has none of that name. */
    int (*get)(struct source *source, struct log_pull *lp, struct part *part, size_t n,
               struct problem *why);
    bool live; /* it is the publisher: what it shows is its newest word */
    const char *name; /* for people */
};

#define PARTS_AT_ONCE 8 /* asked for together; the client opens at most four connections */
/* An empty part of that name. */
void part_init(struct part *part, const char *what, uint64_t cap);
void part_tile(struct part *part, const struct cs_tile *tile);
/* Failures of the way there, not of what is there. */
bool source_is_failing(const struct problem *why);
/* From the pull's source; what that has not, or does not give, from relays. */
int parts_get(struct log_pull *lp, struct part *part, size_t n, struct problem *why);
/* What came was wrong: the same from the next relay. -1 when there is none; `why` is then as it was. */
int part_elsewhere(struct log_pull *lp, struct part *part);
void parts_free(struct part *part, size_t n);
/* The gzip bytes of a part, uncompressed into `raw` (emptied first). */
int part_gunzip(struct log_pull *lp, const struct part *part, struct cs_buffer *raw,
                struct problem *why);
/* "wrong_hash": the source's `what` does not belong to what the peer signed. */
int log_wrong(struct log_pull *lp, const char *what, struct problem *why);

/* ---- source_http.c: the publisher, over the network */
struct http_source {
    struct source source;
    struct http_client *client;
    const struct contact *at;
    bool relay; /* it has a copy of another node's log */
};
void source_http(struct http_source *source, struct http_client *client, const struct contact *at);
/* Another node that mirrors it. */
void source_relay(struct http_source *source, struct http_client *client, const struct contact *at);

/* ---- relay.c: peers that mirror the same log */
#define RELAYS_MAX 3 /* are tried for each part */
struct relay {
    struct contact contact;
    struct http_source source;
};
/* The i-th relay of the log, or NULL. They are looked for when the first is needed, once for each log. */
struct relay *relay_get(struct log_pull *lp, unsigned i);
void relays_free(struct log_pull *lp);
/* Its publisher does not answer: what relays have of its logs is taken from them. */
int pull_from_relays(struct pull *p, bool *changed, struct problem *why);

/* ---- through.c: peers that are only ever read at relays */
/* All of its public shelves as its relays have them. *fresh: its publisher has signed that lately, and nobody is
 * known to have more. "not_at_relay" "unreachable", and those of a pull. */
int pull_through(struct pull *p, bool *changed, bool *fresh, struct problem *why);
/* The same of a peer that can be asked itself, but names relays to be asked in its place. *done false: it is to
 * be asked itself now. */
int pull_sparing(struct pull *p, bool *changed, bool *done, struct problem *why);

struct pull {
    const struct sync_setup *setup;
    const atomic_bool *cancel;
    struct reader *reader;
    struct http_client *client; /* NULL: nothing is got over the network */
    struct contact *contact; /* whose logs these are */
    struct source *source;
    struct sync_result *result;
    bool renewed; /* the peer's profile was asked for in this pull */
    bool awaited; /* nobody was asked: this node is the one to which it sends what is new */
    bool relayed; /* the publisher gave nothing, or nothing right: relays did */
};

/* One verified entry that holds a record, withdraws one, or redacts an earlier entry. */
struct taken {
    enum cs_op op;
    uint64_t index, rev; /* of an R, `rev` is the index that it names */
    struct cs_uuid id;
    struct cs_span payload; /* into one of the kept bundles */
};

#define TAKE_ENTRIES 4096 /* entries that are verified before they are written together */
#define TAKE_BYTES (8u << 20) /* or their bytes */

struct log_pull {
    struct pull *pull;
    struct log_row log;
    struct relay *relay; /* NULL: not looked for yet */
    size_t relays;
    bool tired; /* the source failed in this log: relays are asked first */
    uint64_t held; /* entries on disk and in the database when the pull began */
    bool own; /* this node's: only its files are written here, catalogue_adopt does the rest */

    /* the checkpoint to get to */
    struct cs_checkpoint target;
    struct cs_buffer note;
    char etag[80];
    bool
        next_epoch; /* it follows the epoch that is held: not accepted yet, its first entries are */
    struct cs_range computed; /* what was made of that */

    /* verified, written to files, not yet committed: bundles' raw bytes and what is in them */
    struct log_writer *writer;
    uint64_t committed;
    struct cs_buffer raw[TAKE_ENTRIES / CS_BUNDLE_WIDTH + 2];
    size_t raws, raw_bytes;
    struct taken *taken;
    size_t takens;

    /* places that came as hashes, of a mirror since the last commit */
    struct blank_row *blank;
    size_t blanks, blank_room;
    bool blank_failed; /* no memory */
    struct cs_buffer named; /* of an own log: the indexes that R entries name */
};

/* ---- checkpoint.c */
enum target { TARGET_NONE, TARGET_SAME, TARGET_NEWER };
/* Gets the newest checkpoint and judges it against the one held. TARGET_NONE: nothing new at all. */
int target_get(struct log_pull *lp, enum target *found, struct problem *why);
/* Gets the newest checkpoint and verifies it, no more. */
int target_fetch(struct log_pull *lp, struct problem *why);
/* Keeps what proves that the peer signed two histories; sets the log's state. */
int target_contradicts(struct log_pull *lp, enum log_state state, struct problem *why);
/* Stores the target as the newest checkpoint, once it was shown to continue what is held. */
int target_accept(struct log_pull *lp, struct problem *why);

/* ---- spine.c: the hashes that stand above the bundles */
struct spine {
    uint64_t first; /* the bundle that root[0] is of */
    uint64_t full; /* full bundles of the log: root has full - first */
    struct cs_hash *root;
    unsigned edge; /* entries in the last, partial bundle */
    struct cs_hash leaf[CS_BUNDLE_WIDTH];
};
/* Fetches them and proves that they lead from what is held to the target's root. */
int spine_get(struct log_pull *lp, struct spine *spine, struct problem *why);
void spine_free(struct spine *spine);

/* ---- tail.c: runs of entries, where little is missing */
/* Whether one run, or a few, are the way to get what is missing. */
bool tail_serves(const struct log_pull *lp);
bool runs_serve_for(const struct log_pull *lp);
/* All that is missing: gets, verifies, accepts, absorbs and commits it. *done false: nothing was
 * taken, and the spine is to tell what is wrong. */
int tail_get(struct log_pull *lp, bool *done, struct problem *why);
/* Bundles and the rest behind them, as far as a run reaches; the size is at a bundle's beginning. */
int run_get(struct log_pull *lp, const struct spine *spine, struct problem *why);

/* ---- absorb.c: from verified bytes to files and rows */
/* One whole bundle: its gzip bytes are kept as they came. `raw` is taken over and emptied. */
int absorb_bundle(struct log_pull *lp, struct cs_span gz, struct cs_buffer *raw,
                  const struct cs_hash leaf[CS_BUNDLE_WIDTH], struct problem *why);
/* Any run of entries. `raw` is taken over and emptied. */
int absorb_entries(struct log_pull *lp, struct cs_buffer *raw, struct problem *why);
/* Writes and commits what was absorbed since the last time. */
int absorb_commit(struct log_pull *lp, struct problem *why);
void absorb_free(struct log_pull *lp);

/* Entries of places that are held as hashes: absorb_find, absorb_found for each (its bytes stay until the end),
 * absorb_filled writes their rows, and that `row` is what is still missing of the bundle. */
int absorb_find(struct log_pull *lp, struct problem *why);
void absorb_found(struct log_pull *lp, struct cs_span entry, uint64_t index);
int absorb_filled(struct log_pull *lp, const struct blank_row *row, struct problem *why);

/* ---- blank.c: hashes where no entry was taken back */
/* The place came as a hash. */
void blank_note(struct log_pull *lp, uint64_t index);
/* When all of a log is held: looks which hashes no R names, and with `ask_now` asks every source for those. *left:
 * there still are some; then, with `ask_now`, -1 "incomplete". */
int blank_settle(struct log_pull *lp, bool ask_now, bool *left, bool *changed, struct problem *why);
/* ---- blank_own.c */
/* The same of an own log that came back from one peer: "incomplete", and what is so is not kept. */
int blank_check_own(struct log_pull *lp, struct problem *why);
/* Gives each bundle that lies here with such hashes ("log_entries_missing"). */
int blank_look(const char *home, struct reader *r, const struct log_row *log,
               int (*each)(void *arg, const struct log_damage *damage, struct problem *why),
               void *arg, struct problem *why);
/* From now on each pull of this mirror asks for what the bundle lacks. */
int blank_remember(const struct sync_setup *setup, struct reader *r, const struct log_row *log,
                   const struct cs_tile *tile, struct problem *why);

/* ---- entries.c: everything between the held size and the target's */
int entries_get(struct log_pull *lp, struct problem *why);

/* ---- witness.c */
/* Cosigns the newest checkpoint of a log that is held whole. Never a reason for a pull to fail, unless this
 * node's own disk is. */
int witness_log(struct pull *p, row_id lid, struct problem *why);

/* ---- gossip.c */
/* Asks others what they saw of the log, if it is time. -1 "forked" when it contradicts what is here. */
int gossip_log(struct pull *p, row_id lid, bool changed, struct problem *why);
/* Keeps what proves that two checkpoints do not continue each other: theirs, of at most our size, and ours,
 * which is held whole unless the sizes are equal. Always -1: "forked". */
int fork_found(struct pull *p, const struct log_row *log, struct cs_span ours,
               struct cs_span theirs, uint64_t their_size, struct problem *why);

/* ---- prefix.c */
/* The root that a larger tree, signed as `theirs`, has in its first `old_size` entries, and the hashes that
 * prove it, from a source of its tiles. */
int prefix_get(struct log_pull *lp, struct source *source, uint64_t old_size,
               const struct cs_checkpoint *theirs, struct cs_hash hash[CS_PROOF_MAX + 1], size_t *n,
               struct cs_hash *root, struct problem *why);

/* ---- collect.c */
/* Asks the peer of this pull to cosign own logs that have few cosignatures yet. */
int collect_cosignatures(struct pull *p, struct problem *why);
/* ---- receipts.c */
/* Asks the peer of this pull, if it is time, how far it has applied own logs. Its silence is no failure. */
int collect_receipts(struct pull *p, struct problem *why);

/* ---- charters.c */
/* Asks the peer of this pull for the charters of the networks that both are in. */
int collect_charters(struct pull *p, struct problem *why);
/* Charters of one network after the other, as a file has them. */
#define CHARTERS_BYTES_MAX (16u << 20) /* of all that one source gives at once */
int charters_take(struct peering *peering, struct cs_span notes, struct problem *why);

/* ---- epoch.c */
/* Brings what is held of a shelf to the epoch that the profile names, if it holds another. *older: the
 * source has an epoch that was ended, and does not claim otherwise. */
int epoch_follow(struct pull *p, const char *shelf, uint64_t epoch, bool *changed, bool *older,
                 struct problem *why);
/* For a pull with next_epoch: the switch, once it was shown to continue what was computed; and what
 * becomes of one that does not. */
int epoch_accept(struct log_pull *lp, struct problem *why);
int epoch_refuse(struct log_pull *lp, struct problem *why);

/* ---- shelves.c */
/* Those shelves of the peer that are for this node and not for everybody; lets go of those that are not any
 * more. */
int shelves_pull(struct pull *p, bool *changed, struct problem *why);

/* Forgets the records of a mirrored log, some at a time. */
int log_clear(struct pull *p, const struct log_row *held, struct problem *why);

/* ---- pull.c */
int pull_log(struct pull *p, const char *shelf, uint64_t epoch, bool *changed, struct problem *why);
/* The log of a shelf in the epoch that its profile names. */
int pull_shelf(struct pull *p, const struct cs_profile_shelf *shelf, bool *changed,
               struct problem *why);

/* Every public shelf that the profile names. */
int pull_shelves(struct pull *p, bool *changed, struct problem *why);
#define PROFILE_CHECK_SECONDS 3600 /* new shelves and pins are learnt of this often */

/* Failures of this node's own, after which going on with others makes no sense. */
bool pull_is_own_failure(const struct problem *why);

/* ---- notices.c: not thread-safe */
struct notices;
struct notices *notices_new(unsigned within); /* seconds. NULL: no memory */
void notices_free(struct notices *notices);
void notices_add(struct notices *notices, row_id nid, uint64_t now);
/* When it is to be visited; UINT64_MAX: there is no notice of it. */
uint64_t notices_due(struct notices *notices, row_id nid);
void notices_done(struct notices *notices, row_id nid);

/* ---- announce.c: for one thread at a time */
struct announcer;
struct announcer *announcer_new(const struct sync_setup *setup, const atomic_bool *cancel);
void announcer_free(struct announcer *a);
/* Appends the checkpoint of the next own public log that was published since it was last asked: 1; 0 if there is
 * none. */
int announcer_next(struct announcer *a, struct cs_buffer *note, struct problem *why);
/* Sends it to every peer that can be reached. Who is not there is no failure. */
int announcer_tell(struct announcer *a, struct cs_span note, struct problem *why);

/* ---- busy.c: one pull of a peer at a time in this process */
void busy_enter(row_id nid, atomic_bool *stop);
void busy_leave(row_id nid);

#endif
