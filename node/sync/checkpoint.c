/*
 * The peer's newest checkpoint against the one that is held: newer, the same, or a contradiction.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

static int held_checkpoint(struct log_pull *lp, struct cs_checkpoint *held, struct cs_buffer *note,
                           struct problem *why)
{
    bool found;

    memset(held, 0, sizeof *held);
    if (store_log_checkpoint(lp->pull->reader, lp->log.lid, note, &found, why))
        return -1;
    if (!found)
        return 0;
    if (cs_checkpoint_parse(cs_buffer_span(note), held) != CS_OK)
        return problem_set(
            why, "database_damaged",
            _("The checkpoint that is held of \"%s\" can't be read. Run \"commonshelf "
              "doctor\"."),
            lp->pull->contact->row.node.name);
    held->time = lp->log.as_of;
    return 0;
}

/* A proof for others, where there can be one: their hashes of the first entries, which must lead to what they
 * signed. Without it the two notes are kept as they are. */
static int keep(struct log_pull *lp, struct transaction *t, const char *kind, struct cs_span held,
                const struct cs_hash *hash, size_t n, struct problem *why)
{
    struct cs_span note = cs_buffer_span(&lp->note);

    if (n > 0)
        return store_evidence_fork(t, lp->log.nid, held, note, cs_span_make(hash[0].b, n * CS_HASH),
                                   clock_now(), why);
    return store_evidence_add(t, lp->log.nid, kind, held, note, clock_now(), why);
}

static size_t prove(struct log_pull *lp, struct cs_span held, struct cs_hash hash[CS_PROOF_MAX + 1])
{
    struct problem unused = PROBLEM_INIT;
    struct cs_checkpoint ours;
    struct cs_hash root;
    size_t n;

    if (cs_checkpoint_parse(held, &ours) != CS_OK || ours.size == 0 ||
        ours.size >= lp->target.size ||
        prefix_get(lp, lp->pull->source, ours.size, &lp->target, hash, &n, &root, &unused))
        return 0;
    return memcmp(root.b, ours.root.b, CS_HASH) == 0 ? 0 : n;
}

int target_contradicts(struct log_pull *lp, enum log_state state, struct problem *why)
{
    struct cs_buffer held = {.alloc = memory_allocator()};
    const char *kind = state == LOG_FORKED ? "forked" : "rolled_back";
    const char *name = lp->pull->contact->row.node.name;
    struct cs_hash hash[CS_PROOF_MAX + 1];
    struct transaction *t = NULL;
    size_t n = 0;
    bool found;

    if (lp->next_epoch)
        return epoch_refuse(lp, why);
    if (store_log_checkpoint(lp->pull->reader, lp->log.lid, &held, &found, why)) {
        cs_buffer_free(&held);
        return -1;
    }
    if (state == LOG_FORKED)
        n = prove(lp, cs_buffer_span(&held), hash);
    if (!(t = store_begin(lp->pull->setup->store, why)) ||
        keep(lp, t, kind, cs_buffer_span(&held), hash, n, why) ||
        store_mirror_state(t, lp->log.lid, state, why) || store_commit(&t, why)) {
        store_rollback(&t);
        cs_buffer_free(&held);
        return -1;
    }
    cs_buffer_free(&held);
    if (state == LOG_FORKED)
        return problem_set(
            why, "forked",
            _("\"%s\" signed two different histories of its shelf \"%s\". The new one "
              "was refused, the one held here is kept, and both signatures are saved "
              "as evidence. Ask the institution what happened."),
            name, lp->log.shelf);
    return problem_set(
        why, "rolled_back",
        _("\"%s\" shows an older state of its shelf \"%s\" than it signed before (%" PRIu64
          " entries, not %" PRIu64 "). It was refused and saved as evidence; the newer "
          "one is kept. If they restored a backup, their node must recover first."),
        name, lp->log.shelf, lp->target.size, lp->log.checkpoint_size);
}

/* A copy may be old, but what it is a copy of must have become what is held. */
static int judge_older(struct log_pull *lp, struct cs_span held, struct problem *why)
{
    const struct log_row *log = &lp->log;
    struct cs_hash root;

    if (lp->target.size == 0 || log->range.size != log->checkpoint_size)
        return 0;
    if (log_root_at(lp->pull->setup->home, log->origin, &log->range, lp->target.size, &root, why))
        return -1;
    if (memcmp(root.b, lp->target.root.b, CS_HASH) == 0)
        return 0;
    return fork_found(lp->pull, log, held, cs_buffer_span(&lp->note), lp->target.size, why);
}

static int judge_against(struct log_pull *lp, const struct cs_checkpoint *held, struct cs_span note,
                         enum target *found, struct problem *why)
{
    if (lp->target.size < held->size) {
        *found = TARGET_NONE;
        return lp->pull->source->live ? target_contradicts(lp, LOG_ROLLED_BACK, why)
                                      : judge_older(lp, note, why);
    }
    if (held->size > 0 && lp->target.size == held->size) {
        if (memcmp(lp->target.root.b, held->root.b, CS_HASH) != 0)
            return target_contradicts(lp, LOG_FORKED, why);
        /* An older signature over the same tree says nothing new. */
        if (lp->target.time < held->time && lp->log.range.size == held->size) {
            *found = TARGET_NONE;
            return 0;
        }
    }
    *found = lp->log.range.size == lp->target.size ? TARGET_SAME : TARGET_NEWER;
    if (lp->target.time > clock_agreed() + CS_COSIGNATURE_AHEAD)
        log_line(LOG_LEVEL_WARN, "sync", _("time not certain: \"%s\" signs with a later clock"),
                 lp->pull->contact->row.node.name);
    return 0;
}

static int judge(struct log_pull *lp, enum target *found, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint held;
    int rc = held_checkpoint(lp, &held, &note, why);

    if (rc == 0)
        rc = judge_against(lp, &held, cs_buffer_span(&note), found, why);
    cs_buffer_free(&note);
    return rc;
}

static int read_note(struct log_pull *lp, const struct part *part, struct problem *why)
{
    const struct contact *c = lp->pull->contact;
    char what[CS_PROFILE_TEXT_MAX + 200];
    enum cs_status status;

    cs_buffer_reset(&lp->note);
    cs_buffer_add_span(&lp->note, cs_buffer_span(&part->bytes));
    if (lp->note.failed)
        return problem_no_memory(why);
    status = cs_checkpoint_read(cs_buffer_span(&lp->note), lp->log.origin, &c->row.node.id,
                                &c->keyset, &lp->target);
    if (status != CS_OK) {
        snprintf(what, sizeof what, _("the checkpoint of \"%s\""), c->row.node.name);
        return problem_status(why, status, what);
    }
    if (lp->target.size > CS_LOG_SIZE_MAX)
        return problem_status(why, CS_TOO_LARGE, _("the other node's catalogue"));
    static_assert(sizeof lp->etag == sizeof part->etag, "an ETag is kept whole");
    strcpy(lp->etag, part->etag);
    return 0;
}

int target_get(struct log_pull *lp, enum target *found, struct problem *why)
{
    struct part part;
    int rc;

    part_init(&part, "checkpoint", CS_CHECKPOINT_MAX);
    /* An answer "nothing new" is enough only when nothing of the last one is missing. */
    if (lp->log.etag[0] && lp->log.range.size == lp->log.checkpoint_size)
        part.known = lp->log.etag;
    /* Whose word it is matters here: no relay's in place of the publisher's. */
    rc = lp->pull->source->get(lp->pull->source, lp, &part, 1, why);
    if (rc == 0 && part.state == PART_UNCHANGED)
        *found = TARGET_NONE;
    else if (rc == 0 && (rc = read_note(lp, &part, why)) == 0)
        rc = judge(lp, found, why);
    parts_free(&part, 1);
    return rc;
}

int target_fetch(struct log_pull *lp, struct problem *why)
{
    struct part part;
    int rc;

    part_init(&part, "checkpoint", CS_CHECKPOINT_MAX);
    rc = parts_get(lp, &part, 1, why);
    if (rc == 0)
        rc = read_note(lp, &part, why);
    parts_free(&part, 1);
    return rc;
}

int target_accept(struct log_pull *lp, struct problem *why)
{
    struct transaction *t;

    if (lp->next_epoch)
        return epoch_accept(lp, why);
    if (lp->own)
        return 0;
    t = store_begin(lp->pull->setup->store, why);

    if (!t ||
        store_mirror_checkpoint(t, lp->log.lid, &lp->target, cs_buffer_span(&lp->note), lp->etag,
                                why) ||
        (lp->log.state != LOG_OK && store_mirror_state(t, lp->log.lid, LOG_OK, why)) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}
