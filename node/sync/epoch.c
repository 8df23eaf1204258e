/*
 * A peer's shelf begins a new epoch. Who holds the old one to its end computes the new one's entries
 * from what is here, and only compares: nothing but the first entry is fetched. Who does not, and
 * can't get the rest of it any more, takes the new epoch as a newcomer does.
 */
#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/compaction.h>

#include "sync/internal.h"

/* What a mirror computes by itself needs about 40 bytes an entry; beyond this it fetches. */
#define COMPUTE_MAX (UINT64_C(1) << 22)

static int keep_evidence(struct log_pull *lp, const char *kind, struct cs_span ours,
                         struct cs_span theirs, enum log_state state, struct problem *why)
{
    struct transaction *t = store_begin(lp->pull->setup->store, why);

    if (!t || store_evidence_add(t, lp->log.nid, kind, ours, theirs, clock_now(), why) ||
        store_mirror_state(t, lp->log.lid, state, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

int epoch_refuse(struct log_pull *lp, struct problem *why)
{
    struct cs_buffer held = {.alloc = memory_allocator()};
    bool found;
    int rc = -1;

    if (store_log_checkpoint(lp->pull->reader, lp->log.lid, &held, &found, why) == 0 &&
        keep_evidence(lp, "bad_epoch", cs_buffer_span(&held), cs_buffer_span(&lp->note), LOG_FORKED,
                      why) == 0)
        rc = problem_set(why, "bad_epoch",
                         _("\"%s\" began its shelf \"%s\" anew, but not with what was in it: "
                           "records are missing or altered. The new one was refused, what was held "
                           "is kept, and both signatures are saved as evidence. Ask the "
                           "institution what happened."),
                         lp->pull->contact->row.node.name, lp->log.shelf);
    cs_buffer_free(&held);
    return rc;
}

int epoch_accept(struct log_pull *lp, struct problem *why)
{
    const struct sync_setup *setup = lp->pull->setup;
    struct epoch_row next = {lp->log.epoch, &lp->computed, &lp->target, cs_buffer_span(&lp->note),
                             lp->etag};
    struct transaction *t = store_begin(setup->store, why);

    if (!t || store_epoch_switch(t, lp->log.lid, &next, clock_now(), why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    lp->next_epoch = false;
    return logs_remove_leaving(setup->home, setup->store, lp->pull->reader, why);
}

/* ---- what the new epoch says of itself */

/* Its E entry, into `entry`, and what it follows. */
static int first_entry(struct log_pull *lp, struct cs_buffer *entry, struct cs_epoch_prev *prev,
                       struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()};
    struct cs_bundle_item item;
    struct cs_entry first;
    struct cs_span rest;
    struct part part;
    int rc = -1;

    part_init(&part, "entries/0-1", CS_BUNDLE_GZIP_MAX);
    if (parts_get(lp, &part, 1, why) || part_gunzip(lp, &part, &raw, why))
        goto out;
    rest = cs_buffer_span(&raw);
    if (cs_bundle_next(&rest, &item) != CS_OK || item.entry.n == 0 ||
        cs_entry_read(item.entry, &first) != CS_OK || first.op != CS_OP_EPOCH ||
        cs_epoch_read(first.payload, lp->log.epoch, prev) != CS_OK) {
        rc = log_wrong(lp, "entries/0-1", why);
        goto out;
    }
    cs_buffer_add_span(entry, item.entry);
    rc = entry->failed ? problem_no_memory(why) : 0;
out:
    cs_buffer_free(&raw);
    parts_free(&part, 1);
    return rc;
}

/* `held` as its next epoch: same row, another origin, nothing held. */
static struct log_pull *begin(struct pull *p, const struct log_row *held, uint64_t epoch,
                              struct problem *why)
{
    struct log_pull *lp = memory_new(sizeof *lp);

    if (!lp) {
        problem_no_memory(why);
        return NULL;
    }
    lp->pull = p;
    lp->note.alloc = lp->named.alloc = memory_allocator();
    lp->log = *held;
    lp->log.epoch = epoch;
    lp->log.checkpoint_size = lp->log.previous_size = 0;
    lp->log.etag[0] = '\0';
    cs_range_init(&lp->log.range);
    cs_origin_write(&p->contact->row.node.id, held->shelf, epoch, lp->log.origin);
    return lp;
}

static void end(struct log_pull *lp)
{
    if (!lp)
        return;
    absorb_free(lp);
    log_writer_free(lp->writer);
    cs_buffer_free(&lp->note);
    memory_free(lp);
}

/* ---- by computing it */

/* Its first entries must be these; whatever follows them is pulled as ever. */
static int compare(struct log_pull *lp, struct problem *why)
{
    struct cs_hash root;

    lp->computed = *log_writer_range(lp->writer);
    lp->held = lp->committed = lp->computed.size;
    if (lp->target.size < lp->computed.size)
        return epoch_refuse(lp, why);
    if (lp->target.size > lp->computed.size)
        return entries_get(lp, why);
    cs_range_root(&lp->computed, &root);
    if (memcmp(root.b, lp->target.root.b, CS_HASH) != 0)
        return epoch_refuse(lp, why);
    return epoch_accept(lp, why);
}

static int compute(struct log_pull *lp, const struct log_row *old, struct cs_span entry,
                   const struct cs_epoch_prev *prev, struct problem *why)
{
    const char *home = lp->pull->setup->home;
    struct cs_compaction *chosen;
    const uint64_t *live;
    int rc = -1;
    size_t n;

    if (!(chosen = log_choose_live(home, old, &live, &n, why)))
        return -1;
    if (n != prev->count)
        rc = epoch_refuse(lp, why);
    else if ((lp->writer = log_copy_live(home, old, lp->log.origin, entry, live, n, why)))
        rc = compare(lp, why);
    cs_compaction_free(chosen);
    return rc;
}

static bool ends_as_said(const struct log_row *old, const struct cs_epoch_prev *prev)
{
    struct cs_hash root;

    cs_range_root(&old->range, &root);
    return old->range.size == prev->size && memcmp(root.b, prev->root.b, CS_HASH) == 0;
}

static int not_there(struct log_pull *lp, struct problem *why)
{
    return problem_set(why, "not_there",
                       _("\"%s\" does not have the epoch of its shelf \"%s\" any more that is held "
                         "here."),
                       lp->pull->contact->row.node.name, lp->log.shelf);
}

/* From the epoch that is held to the one after it. "not_there" when it can't be computed here. */
static int step(struct pull *p, struct log_row *held, bool *changed, struct problem *why)
{
    struct log_pull *lp = begin(p, held, held->epoch + 1, why);
    struct cs_buffer entry = {.alloc = memory_allocator()};
    struct cs_epoch_prev prev;
    bool found;
    int rc = -1;

    if (!lp || target_fetch(lp, why) || first_entry(lp, &entry, &prev, why))
        goto out;
    lp->next_epoch = true;
    if (strcmp(prev.origin, held->origin) != 0) {
        rc = epoch_refuse(lp, why);
        goto out;
    }
    /* To the end of the old one first: that is what the new one is compared with. */
    if ((held->range.size < prev.size || held->blanks) &&
        pull_log(p, held->shelf, held->epoch, changed, why)) {
        if (!problem_is(why, "incomplete"))
            goto out;
        problem_clear(why);
    }
    if (store_log_get(p->reader, held->lid, held, &found, why))
        goto out;
    /* Which entries live can't be told where some are kept back. */
    if (held->range.size < prev.size || held->range.size > COMPUTE_MAX || held->blanks)
        rc = not_there(lp, why);
    else if (!ends_as_said(held, &prev))
        rc = epoch_refuse(lp, why);
    else
        rc = compute(lp, held, cs_buffer_span(&entry), &prev, why);
    *changed = *changed || lp->committed > lp->held;
out:
    end(lp);
    cs_buffer_free(&entry);
    return rc;
}

/* ---- as a newcomer */

#define CLEAR_AT_ONCE 2000

int log_clear(struct pull *p, const struct log_row *held, struct problem *why)
{
    bool more = true;

    while (more) {
        struct transaction *t = store_begin(p->setup->store, why);

        if (!t || store_mirror_clear(t, held->lid, CLEAR_AT_ONCE, &more, why) ||
            store_commit(&t, why)) {
            store_rollback(&t);
            return -1;
        }
    }
    return 0;
}

/* The old one can't be continued: the new one takes its place, empty at first. */
static int start_anew(struct pull *p, const struct log_row *held, uint64_t epoch, bool *changed,
                      struct problem *why)
{
    struct log_pull *lp = begin(p, held, epoch, why);
    struct cs_buffer entry = {.alloc = memory_allocator()};
    struct cs_epoch_prev prev;
    int rc = -1;

    if (!lp || target_fetch(lp, why) || first_entry(lp, &entry, &prev, why) ||
        log_clear(p, held, why))
        goto out;
    cs_range_init(&lp->computed);
    *changed = true;
    rc = epoch_accept(lp, why);
out:
    end(lp);
    cs_buffer_free(&entry);
    return rc;
}

/* ---- which epoch a profile may name */

static int superseded(struct pull *p, const struct log_row *held, uint64_t epoch,
                      struct problem *why)
{
    struct log_pull *lp = begin(p, held, held->epoch, why);
    struct cs_buffer ours = {.alloc = memory_allocator()}, theirs = ours;
    bool found;
    int rc = -1;

    if (lp && store_log_checkpoint(p->reader, held->lid, &ours, &found, why) == 0 &&
        store_profile_get(p->reader, held->nid, &theirs, &found, why) == 0 &&
        keep_evidence(lp, "old_epoch", cs_buffer_span(&ours), cs_buffer_span(&theirs),
                      LOG_ROLLED_BACK, why) == 0)
        rc = problem_set(why, "old_epoch",
                         _("\"%s\" shows an epoch of its shelf \"%s\" that it ended before "
                           "(%" PRIu64 ", not %" PRIu64 "). It was refused and saved as evidence; "
                           "the newer one is kept. If they restored a backup, their node must "
                           "recover first."),
                         p->contact->row.node.name, held->shelf, epoch, held->epoch);
    end(lp);
    cs_buffer_free(&ours);
    cs_buffer_free(&theirs);
    return rc;
}

int epoch_follow(struct pull *p, const char *shelf, uint64_t epoch, bool *changed, bool *older,
                 struct problem *why)
{
    struct log_row held;
    bool found;

    *older = false;
    for (;;) {
        if (store_log_current(p->reader, p->contact->row.node.nid, shelf, &held, &found, why))
            return -1;
        if (!found || held.epoch == epoch)
            return 0;
        if (held.epoch > epoch && !p->source->live) {
            *older = true; /* a copy of then: nobody says that it is now */
            return 0;
        }
        if (held.epoch > epoch)
            return superseded(p, &held, epoch, why);
        if (held.range.size == 0)
            return start_anew(p, &held, epoch, changed, why);
        if (step(p, &held, changed, why)) {
            if (!problem_is(why, "not_there"))
                return -1;
            problem_clear(why);
            return start_anew(p, &held, epoch, changed, why);
        }
    }
}
