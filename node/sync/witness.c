/*
 * The witness: cosigns the newest checkpoint of each log that is held here whole, by the rules of
 * c2sp.org/tlog-witness. Whoever meets the cosignature knows that this node saw that tree, and that it
 * continued every tree of that log that this node cosigned before.
 */
#include <inttypes.h>

#include "sync/internal.h"

#define COSIGN_AGAIN_SECONDS 3600 /* how long an unchanged log's cosignature is fresh enough */

/* The note with this node's line in it. */
static int add_line(struct signer *signer, struct cs_span note, uint64_t now,
                    struct cs_buffer *line, struct cs_buffer *out, struct problem *why)
{
    struct cs_note parsed;
    enum cs_status status = cs_note_parse(note, CS_CHECKPOINT_MAX, &parsed);

    if (status == CS_OK && signer_cosign(signer, parsed.text, now, line, why))
        return -1;
    if (status == CS_OK)
        status = cs_note_put_line(note, CS_CHECKPOINT_MAX, cs_buffer_span(line), out);
    return status == CS_OK ? 0 : problem_status(why, status, _("a checkpoint to be cosigned"));
}

/* Signs and stores: the end of both ways to a cosignature. */
static int put(const struct sync_setup *setup, struct transaction *t, struct cs_seen_log *next,
               struct cs_span note, struct cs_buffer *line, struct problem *why)
{
    struct cs_buffer out = {.alloc = memory_allocator()};
    int rc;

    next->time = clock_now();
    rc = add_line(setup->signer, note, next->time, line, &out, why) ||
                 store_seen_put(t, next, cs_buffer_span(&out), why)
             ? -1
             : 0;
    cs_buffer_free(&out);
    return rc;
}

/* What was cosigned before against the tree that is held now. 0 it continues it, 1 it does not, -1. */
static int breaks(struct pull *p, const struct log_row *log, const struct cs_seen_log *seen,
                  struct problem *why)
{
    struct cs_hash root;

    if (seen->size == log->range.size)
        cs_range_root(&log->range, &root);
    else if (log_root_at(p->setup->home, log->origin, &log->range, seen->size, &root, why))
        return -1;
    return memcmp(root.b, seen->root.b, CS_HASH) != 0;
}

/* Inside one transaction, the only one there is: checked and stored at once, so that two threads can't
 * cosign two trees that do not continue each other. *before: what was cosigned last, with its note. */
static int cosign(struct pull *p, struct transaction *t, const struct log_row *log,
                  struct cs_span note, struct cs_seen_log *before, struct cs_buffer *before_note,
                  bool *broken, struct problem *why)
{
    struct cs_buffer line = {.alloc = memory_allocator()};
    struct cs_seen_log next = {.size = log->range.size};
    bool found;
    int rc = -1;

    strcpy(next.origin, log->origin);
    cs_range_root(&log->range, &next.root);
    if (store_seen_get(transaction_reader(t), log->origin, before, before_note, &found, why))
        return -1;
    if (found && before->size <= log->range.size)
        rc = breaks(p, log, before, why);
    else if (!found)
        rc = 0;
    *broken = rc == 1;
    if (rc == 0)
        rc = put(p->setup, t, &next, note, &line, why);
    cs_buffer_free(&line);
    return rc == 0 ? 0 : -1;
}

static bool is_due(const struct log_row *log, const struct cs_seen_log *seen, bool found)
{
    uint64_t now = clock_now();

    return !found || log->range.size > seen->size ||
           (log->range.size == seen->size &&
            (seen->time + COSIGN_AGAIN_SECONDS <= now || seen->time > now));
}

static int witness(struct pull *p, const struct log_row *log, struct cs_span note,
                   struct problem *why)
{
    struct cs_buffer before_note = {.alloc = memory_allocator()};
    struct problem refused = PROBLEM_INIT;
    struct transaction *t = store_begin(p->setup->store, why);
    struct cs_seen_log before;
    bool broken = false;
    int rc = -1;

    if (!t)
        goto out;
    if (cosign(p, t, log, note, &before, &before_note, &broken, &refused) == 0) {
        rc = store_commit(&t, why);
        goto out;
    }
    store_rollback(&t);
    rc = 0;
    if (broken) /* somebody brought another history here to be cosigned */
        rc = fork_found(p, log, note, cs_buffer_span(&before_note), before.size, why);
    else
        log_problem(LOG_LEVEL_WARN, "sync", &refused);
out:
    store_rollback(&t);
    cs_buffer_free(&before_note);
    return rc;
}

int witness_log(struct pull *p, row_id lid, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_seen_log seen;
    struct log_row log;
    bool found, seen_before;
    int rc = -1;

    if (!p->setup->signer)
        return 0;
    if (store_log_get(p->reader, lid, &log, &found, why) ||
        store_seen_get(p->reader, log.origin, &seen, NULL, &seen_before, why) ||
        store_log_checkpoint(p->reader, lid, &note, &found, why))
        goto out;
    if (!found || log.state != LOG_OK || !log_is_whole(&log) || !is_due(&log, &seen, seen_before))
        rc = 0;
    else
        rc = witness(p, &log, cs_buffer_span(&note), why);
out:
    cs_buffer_free(&note);
    return rc;
}

/* ---- for others: POST add-checkpoint */

/* The log that the origin names, if this node follows it, and whose keys must have signed. */
static int find_origin(struct reader *r, const char *origin, struct log_row *log,
                       struct cs_node_id *node, struct cs_keyset *keyset, bool *found,
                       struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct node_row row;
    struct peer_row peer;
    uint64_t epoch;
    int rc = -1;

    *found = false;
    if (cs_origin_read(cs_span_of(origin), node, shelf, &epoch) != CS_OK)
        return 0;
    if (store_node_find(r, node, &row, found, why) ||
        (*found && store_peer_get(r, row.nid, &peer, found, why)) ||
        (*found && store_log_find(r, row.nid, shelf, epoch, log, found, why)) ||
        (*found && store_keyset_get(r, row.nid, 0, &note, found, why)))
        goto out;
    *found = *found && peer.state == PEER_ACTIVE && log->audience == AUDIENCE_PUBLIC &&
             cs_keyset_read(cs_buffer_span(&note), keyset) == CS_OK;
    rc = 0;
out:
    cs_buffer_free(&note);
    return rc;
}

/* Two roots for one size are proof, whoever brought the second. */
static int keep_fork(struct transaction *t, const struct log_row *log, struct cs_span before,
                     struct cs_span note, struct problem *why)
{
    return store_evidence_fork(t, log->nid, before, note, cs_span_make(NULL, 0), clock_now(), why);
}

/* The rules of tlog-witness, in its order. */
static enum witnessed judge(const struct cs_add_checkpoint *ask, const struct cs_seen_log *before)
{
    const struct cs_checkpoint *next = &ask->checkpoint;

    if (ask->old_size > next->size)
        return WITNESS_MALFORMED;
    if (ask->old_size != before->size)
        return WITNESS_CONFLICT;
    if (next->size == before->size && memcmp(next->root.b, before->root.b, CS_HASH) != 0)
        return WITNESS_CONFLICT;
    return cs_merkle_consistent(before->size, &before->root, next->size, &next->root, ask->proof,
                                ask->n) == CS_OK
               ? WITNESSED
               : WITNESS_WRONG_PROOF;
}

/* What must be continued: what was cosigned last, or else what is held here without having been. */
static int newest(struct transaction *t, const struct log_row *log, struct cs_seen_log *out,
                  struct cs_buffer *note, struct problem *why)
{
    bool found;

    if (store_seen_get(transaction_reader(t), log->origin, out, note, &found, why))
        return -1;
    if (!found) {
        strcpy(out->origin, log->origin);
        out->size = log->range.size;
        cs_range_root(&log->range, &out->root);
    }
    return 0;
}

int sync_witness(const struct sync_setup *setup, struct reader *r,
                 const struct cs_add_checkpoint *ask, enum witnessed *result, uint64_t *size,
                 struct cs_buffer *line, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint verified;
    struct transaction *t = NULL;
    struct cs_seen_log before;
    struct cs_keyset keyset;
    struct cs_node_id node;
    struct log_row log;
    bool found;
    int rc = -1;

    if (find_origin(r, ask->checkpoint.origin, &log, &node, &keyset, &found, why))
        goto out;
    rc = 0;
    if (!found) {
        *result = WITNESS_UNKNOWN;
        goto out;
    }
    if (cs_checkpoint_read(ask->note, log.origin, &node, &keyset, &verified) != CS_OK) {
        *result = WITNESS_FORBIDDEN;
        goto out;
    }
    rc = -1;
    if (!(t = store_begin(setup->store, why)) || newest(t, &log, &before, &note, why))
        goto out;
    *size = before.size;
    *result = judge(ask, &before);
    rc = 0;
    if (*result == WITNESSED) {
        before.size = verified.size;
        before.root = verified.root;
        rc = put(setup, t, &before, ask->note, line, why);
    } else if (note.n > 0 && verified.size == before.size &&
               memcmp(verified.root.b, before.root.b, CS_HASH) != 0) {
        rc = keep_fork(t, &log, cs_buffer_span(&note), ask->note, why);
    }
    if (rc == 0)
        rc = store_commit(&t, why);
out:
    store_rollback(&t);
    cs_buffer_free(&note);
    return rc;
}
