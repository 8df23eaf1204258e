/*
 * The witness: cosigns the newest checkpoint of each log that is held here whole, by the rules of
 * c2sp.org/tlog-witness. Whoever meets the cosignature knows that this node saw that tree, and that it
 * continued every tree of that log that this node cosigned before.
 */
#include <inttypes.h>

#include "sync/internal.h"

#define COSIGN_AGAIN_SECONDS 3600 /* how long an unchanged log's cosignature is fresh enough */

/* The note with this node's line in it. */
static int add_line(struct pull *p, struct cs_span note, uint64_t now, struct cs_buffer *out,
                    struct problem *why)
{
    struct cs_buffer line = {.alloc = memory_allocator()};
    struct cs_note parsed;
    enum cs_status status = cs_note_parse(note, CS_CHECKPOINT_MAX, &parsed);
    int rc = -1;

    if (status == CS_OK && signer_cosign(p->setup->signer, parsed.text, now, &line, why))
        goto out;
    if (status == CS_OK)
        status = cs_note_put_line(note, CS_CHECKPOINT_MAX, cs_buffer_span(&line), out);
    rc = status == CS_OK ? 0 : problem_status(why, status, _("a checkpoint that is held"));
out:
    cs_buffer_free(&line);
    return rc;
}

/* True if the tree that is held now has in it what was cosigned before. */
static bool continues(struct pull *p, const struct log_row *log, const struct cs_seen_log *seen,
                      struct problem *why)
{
    struct cs_hash root;

    if (seen->size == log->range.size)
        cs_range_root(&log->range, &root);
    else if (log_root_at(p->setup->home, log->origin, log->range.size, seen->size, &root, why))
        return false;
    if (memcmp(root.b, seen->root.b, CS_HASH) == 0)
        return true;
    problem_set(why, "forked",
                _("\"%s\" does not continue the tree of %" PRIu64
                  " entries that this node cosigned for it. It was not cosigned again."),
                log->origin, seen->size);
    return false;
}

/* Inside one transaction, the only one there is: checked and stored at once, so that two threads can't
 * cosign two trees that do not continue each other. */
static int cosign(struct pull *p, struct transaction *t, const struct log_row *log,
                  struct cs_span note, struct problem *why)
{
    struct cs_buffer out = {.alloc = memory_allocator()};
    struct cs_seen_log seen, next = {.size = log->range.size, .time = clock_now()};
    bool found;
    int rc = -1;

    strcpy(next.origin, log->origin);
    cs_range_root(&log->range, &next.root);
    if (store_seen_get(transaction_reader(t), log->origin, &seen, NULL, &found, why) ||
        (found && !continues(p, log, &seen, why)) || add_line(p, note, next.time, &out, why) ||
        store_seen_put(t, &next, cs_buffer_span(&out), why))
        goto out;
    rc = 0;
out:
    cs_buffer_free(&out);
    return rc;
}

static bool is_due(const struct log_row *log, const struct cs_seen_log *seen, bool found)
{
    uint64_t now = clock_now();

    return !found || log->range.size > seen->size ||
           (log->range.size == seen->size &&
            (seen->time + COSIGN_AGAIN_SECONDS <= now || seen->time > now));
}

int witness_log(struct pull *p, row_id lid, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem refused = PROBLEM_INIT;
    struct transaction *t = NULL;
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
    if (!found || log.state != LOG_OK || log.range.size != log.checkpoint_size ||
        !is_due(&log, &seen, seen_before)) {
        rc = 0;
        goto out;
    }
    if (!(t = store_begin(p->setup->store, why)))
        goto out;
    if (cosign(p, t, &log, cs_buffer_span(&note), &refused)) {
        log_problem(LOG_LEVEL_WARN, "sync", &refused);
        rc = 0;
        goto out;
    }
    rc = store_commit(&t, why);
out:
    store_rollback(&t);
    cs_buffer_free(&note);
    return rc;
}
