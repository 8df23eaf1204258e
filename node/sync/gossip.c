/*
 * Gossip: after a pull, what others saw of the same log is held against what is here. Two trees that do not
 * continue each other are a fork, however the publisher hides it from each of its readers; a larger one that
 * the publisher does not show here is being withheld.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

#define ASKED 2 /* other nodes, for each log */
#define GOSSIP_SECONDS 21600 /* after which others are asked about a log that did not change */
#define GOSSIP_DEADLINE_MS 10000

struct gossip {
    struct pull *pull;
    struct log_row log;
    struct cs_buffer note; /* the checkpoint that is here, and what it says */
    struct cs_checkpoint ours;
    uint64_t ahead, ahead_time;
};

/* ---- forks */

static int store_fork(struct pull *p, const struct log_row *log, struct cs_span smaller,
                      struct cs_span larger, struct cs_span hashes, struct problem *why)
{
    struct transaction *t = store_begin(p->setup->store, why);

    if (!t || store_evidence_fork(t, log->nid, smaller, larger, hashes, clock_now(), why) ||
        store_mirror_state(t, log->lid, LOG_FORKED, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static int say_forked(struct pull *p, const struct log_row *log, struct problem *why)
{
    return problem_set(
        why, "forked",
        _("\"%s\" showed another node a different history of its shelf \"%s\" than this one. What "
          "is held here is kept, and both signatures are saved as evidence. Ask the institution "
          "what happened."),
        p->contact->row.node.name, log->shelf);
}

int fork_found(struct pull *p, const struct log_row *log, struct cs_span ours,
               struct cs_span theirs, uint64_t their_size, struct problem *why)
{
    struct cs_hash hash[CS_PROOF_MAX + 1];
    struct cs_span hashes = cs_span_make(NULL, 0);
    size_t n;

    if (their_size < log->checkpoint_size) {
        if (log_prove_prefix(p->setup->home, log->origin, log->range.size, their_size,
                             log->checkpoint_size, hash, &n, why))
            return -1;
        hashes = cs_span_make(hash[0].b, n * CS_HASH);
    }
    if (store_fork(p, log, theirs, ours, hashes, why))
        return -1;
    return say_forked(p, log, why);
}

/* ---- one answer */

/* True if their tree is a part of ours. *known false where our entries do not reach that far. */
static int fits(struct gossip *g, const struct cs_checkpoint *theirs, bool *known, bool *fit,
                struct problem *why)
{
    struct cs_hash root = g->ours.root;

    *known = theirs->size == g->ours.size ||
             (theirs->size < g->ours.size && g->log.range.size == g->ours.size);
    if (!*known)
        return 0;
    if (theirs->size < g->ours.size &&
        log_root_at(g->pull->setup->home, g->log.origin, &g->log.range, theirs->size, &root, why))
        return -1;
    *fit = memcmp(root.b, theirs->root.b, CS_HASH) == 0;
    return 0;
}

static int note_witness(struct gossip *g, row_id nid, uint64_t size, uint64_t time,
                        struct problem *why)
{
    struct transaction *t = store_begin(g->pull->setup->store, why);

    if (!t || store_cosigned_put(t, g->log.lid, nid, size, time, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

/* Their tree is larger: does it contain ours? Its tiles say, if the witness relays them; they must lead to what
 * the publisher signed. *fork true: it does not, and that is kept as evidence. */
static int look_into(struct gossip *g, const struct contact *witness, struct cs_span note,
                     const struct cs_checkpoint *theirs, bool *fork, struct problem *why)
{
    struct log_pull *lp = memory_new(sizeof *lp);
    struct cs_hash hash[CS_PROOF_MAX + 1], root;
    struct problem unused = PROBLEM_INIT;
    struct http_source relay;
    size_t n;
    int rc = 0;

    if (!lp)
        return problem_no_memory(why);
    lp->pull = g->pull;
    lp->log = g->log;
    source_relay(&relay, g->pull->client, witness);
    *fork = false;
    if (prefix_get(lp, &relay.source, g->ours.size, theirs, hash, &n, &root, &unused) == 0 &&
        memcmp(root.b, g->ours.root.b, CS_HASH) != 0) {
        *fork = true;
        rc = store_fork(g->pull, &g->log, cs_buffer_span(&g->note), note,
                        cs_span_make(hash[0].b, n * CS_HASH), why);
    }
    memory_free(lp);
    return rc;
}

static int compare(struct gossip *g, const struct contact *witness, struct cs_span note,
                   struct problem *why)
{
    const struct contact *publisher = g->pull->contact;
    struct cs_checkpoint theirs;
    bool known, fit = false;
    uint64_t time;

    /* Only what the publisher signed says anything about the publisher. */
    if (cs_checkpoint_read(note, g->log.origin, &publisher->row.node.id, &publisher->keyset,
                           &theirs) != CS_OK) {
        log_line(LOG_LEVEL_DEBUG, "sync", "%s: what %s saw does not verify", g->log.origin,
                 witness->row.node.name);
        return 0;
    }
    if (fits(g, &theirs, &known, &fit, why))
        return -1;
    if (known && !fit)
        return fork_found(g->pull, &g->log, cs_buffer_span(&g->note), note, theirs.size, why);
    if (theirs.size > g->ours.size && theirs.size > g->ahead) {
        bool fork = false;

        if (look_into(g, witness, note, &theirs, &fork, why))
            return -1;
        if (fork)
            return say_forked(g->pull, &g->log, why);
        g->ahead = theirs.size;
        g->ahead_time = theirs.time;
    }
    if (known &&
        cs_checkpoint_cosigned(note, &witness->row.node.id, &witness->keyset, &time) == CS_OK)
        return note_witness(g, witness->row.node.nid, theirs.size, time, why);
    return 0;
}

/* ---- asking */

struct witness {
    struct contact contact;
    struct http_fetch *fetch;
};

static int prepare(struct gossip *g, row_id nid, struct witness *w, struct problem *why)
{
    struct problem unused = PROBLEM_INIT;
    char hex[65], path[128];
    struct peer_row row;
    bool found;

    if (store_peer_get(g->pull->reader, nid, &row, &found, why))
        return -1;
    cs_origin_directory(g->log.origin, hex);
    snprintf(path, sizeof path, "/csh/v1/seen/%s/checkpoint", hex);
    if (found && peering_contact(g->pull->reader, &row, &w->contact, &unused) == 0)
        w->fetch = peering_fetch(g->pull->setup->peering, &w->contact, path, &unused);
    if (w->fetch) {
        w->fetch->cap = CS_CHECKPOINT_MAX;
        w->fetch->deadline_ms = GOSSIP_DEADLINE_MS;
    }
    return 0;
}

static int ask(struct gossip *g, struct witness *w, const row_id *nid, size_t n,
               struct problem *why)
{
    struct http_fetch *list[ASKED];
    struct problem unused = PROBLEM_INIT;
    size_t fetches = 0;
    int rc = 0;

    for (size_t i = 0; i < n; i++) {
        if (prepare(g, nid[i], &w[i], why))
            return -1;
        if (w[i].fetch)
            list[fetches++] = w[i].fetch;
    }
    /* Who does not answer says nothing: its own pulls tell how it is. */
    if (fetches > 0 && http_fetch(g->pull->client, list, fetches, &unused))
        log_line(LOG_LEVEL_DEBUG, "sync", "%s", unused.message);
    g->pull->result->requests += fetches;
    for (size_t i = 0; i < n && rc == 0; i++)
        if (w[i].fetch && !w[i].fetch->failed && w[i].fetch->status == 200)
            rc = compare(g, &w[i].contact, cs_buffer_span(&w[i].fetch->received), why);
    return rc;
}

/* Whose signature line that is; *known false if it is the publisher's, this node's, or of somebody whose keys are
 * not known here. */
static int find_signer(struct gossip *g, struct cs_span name, struct node_row *node,
                       struct cs_keyset *keyset, bool *known, struct problem *why)
{
    struct cs_buffer keys = {.alloc = memory_allocator()};
    struct cs_node_id who;
    int rc = 0;

    *known = false;
    name.n = name.n > CS_NODE_ID_LEN ? CS_NODE_ID_LEN : name.n;
    if (cs_node_id_read(name, &who) != CS_OK ||
        cs_node_id_equal(&who, &g->pull->contact->row.node.id))
        return 0;
    if (store_node_find(g->pull->reader, &who, node, known, why))
        return -1;
    if (*known && node->nid != STORE_SELF)
        rc = store_keyset_get(g->pull->reader, node->nid, 0, &keys, known, why);
    *known = rc == 0 && *known && node->nid != STORE_SELF &&
             cs_keyset_read(cs_buffer_span(&keys), keyset) == CS_OK;
    cs_buffer_free(&keys);
    return rc;
}

/* Cosignatures that came with the publisher's own checkpoint, by nodes whose keys are known here. */
static int count_lines(struct gossip *g, struct problem *why)
{
    struct cs_span note = cs_buffer_span(&g->note);
    struct cs_keyset keyset;
    struct cs_note parsed;
    struct node_row node;
    uint64_t time;
    int rc = 0;

    if (cs_note_parse(note, CS_CHECKPOINT_MAX, &parsed) != CS_OK)
        return 0;
    for (size_t i = 0; i < parsed.signatures && rc == 0; i++) {
        bool known;

        rc = find_signer(g, parsed.signature[i].name, &node, &keyset, &known, why);
        if (rc == 0 && known && cs_checkpoint_cosigned(note, &node.id, &keyset, &time) == CS_OK)
            rc = note_witness(g, node.nid, g->ours.size, time, why);
    }
    return rc;
}

static int finish(struct gossip *g, struct problem *why)
{
    struct transaction *t = store_begin(g->pull->setup->store, why);

    if (!t || store_log_gossiped(t, g->log.lid, clock_now(), g->ahead, g->ahead_time, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static bool is_due(const struct pull *p, const struct log_row *log, bool changed)
{
    uint64_t now = clock_now();

    return log->checkpoint_size > 0 && (changed || p->setup->gossip_now || log->gossiped > now ||
                                        log->gossiped + GOSSIP_SECONDS <= now);
}

int gossip_log(struct pull *p, row_id lid, bool changed, struct problem *why)
{
    struct gossip g = {.pull = p, .note = {.alloc = memory_allocator()}};
    struct witness *w = NULL;
    row_id nid[ASKED];
    bool found;
    size_t n = 0;
    int rc = -1;

    if (store_log_get(p->reader, lid, &g.log, &found, why))
        return -1;
    if (!found || !p->client || !is_due(p, &g.log, changed))
        return 0;
    if (store_log_checkpoint(p->reader, lid, &g.note, &found, why) ||
        store_peer_pick(p->reader, g.log.nid, ASKED, nid, &n, why))
        goto out;
    if (!found || n == 0 || cs_checkpoint_parse(cs_buffer_span(&g.note), &g.ours) != CS_OK) {
        rc = 0;
        goto out;
    }
    /* What is known to be ahead stays so until it is here. */
    if (g.log.ahead > g.ours.size) {
        g.ahead = g.log.ahead;
        g.ahead_time = g.log.ahead_time;
    }
    if (!(w = memory_new(ASKED * sizeof *w))) {
        problem_no_memory(why);
        goto out;
    }
    rc = ask(&g, w, nid, n, why) || count_lines(&g, why) || finish(&g, why) ? -1 : 0;
out:
    for (size_t i = 0; w && i < ASKED; i++)
        http_fetch_free(w[i].fetch);
    memory_free(w);
    cs_buffer_free(&g.note);
    return rc;
}

/* ---- how it stands with a log, from what is stored of it */

#define STALE_SECONDS 604800 /* a publisher cosigns at least daily; SPEC.md §11 */
#define WITHHELD_SECONDS                                                                           \
    3600 /* since the larger tree was signed and we were last shown the smaller */

enum standing sync_standing(const struct log_row *log, uint64_t last_sync, uint64_t now)
{
    if (log->state == LOG_FORKED)
        return STANDING_FORKED;
    if (log->state == LOG_ROLLED_BACK)
        return STANDING_ROLLED_BACK;
    if (log->blanks && log->range.size == log->checkpoint_size)
        return STANDING_INCOMPLETE;
    if (log->ahead > log->checkpoint_size && log->ahead_time + WITHHELD_SECONDS < last_sync)
        return STANDING_WITHHELD;
    if (log->checkpoint_size > 0 && log->as_of + STALE_SECONDS < now)
        return STANDING_STALE;
    return STANDING_OK;
}

const char *sync_standing_word(enum standing standing)
{
    static const char *const words[] = {"ok",         "stale",       "withheld",
                                        "incomplete", "rolled_back", "forked"};

    return words[standing];
}
