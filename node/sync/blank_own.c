/*
 * Hashes in place of entries, where no pull is: in what a peer gives back of an own log, and in files that lie
 * here already.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "sync/internal.h"

/* Takes off what the store knows as taken back. */
static int forget_known(struct reader *r, row_id lid, struct blank_row *row, struct problem *why)
{
    uint64_t known[CS_BUNDLE_WIDTH], first = row->bundle * CS_BUNDLE_WIDTH;
    size_t n = 0;

    if (store_redaction_list(r, lid, first, false, known, CS_BUNDLE_WIDTH, &n, why))
        return -1;
    for (size_t i = 0; i < n && known[i] < first + CS_BUNDLE_WIDTH; i++)
        blank_set(row, (unsigned)(known[i] - first), false);
    return 0;
}

/* ---- an own log that comes back from a peer */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void forget_named(const struct log_pull *lp, struct blank_row *row)
{
    for (unsigned i = 0; i < CS_BUNDLE_WIDTH; i++) {
        uint64_t index = row->bundle * CS_BUNDLE_WIDTH + i;

        if (blank_has(row, i) && lp->named.n > 0 &&
            bsearch(&index, lp->named.p, lp->named.n / sizeof index, sizeof index, by_number))
            blank_set(row, i, false);
    }
}

/* Not committed, so nothing needs it: the next peer is asked for this bundle. */
static int drop_bundle(struct log_pull *lp, uint64_t bundle, struct problem *why)
{
    struct cs_tile tile = {CS_TILE_LEVEL_ENTRIES, bundle, CS_BUNDLE_WIDTH};
    char path[FILE_PATH_MAX];
    uint64_t full;
    unsigned edge = cs_tile_edge(CS_TILE_LEVEL_ENTRIES, lp->target.size, &full);

    if (bundle == full)
        tile.width = edge;
    return log_tile_path(lp->pull->setup->home, lp->log.origin, &tile, path, why) ||
                   file_remove(path, why)
               ? -1
               : 0;
}

int blank_check_own(struct log_pull *lp, struct problem *why)
{
    uint64_t left = 0;

    if (lp->blank_failed || lp->named.failed)
        return problem_no_memory(why);
    if (lp->named.n > 0)
        qsort(lp->named.p, lp->named.n / sizeof(uint64_t), sizeof(uint64_t), by_number);
    for (size_t i = 0; i < lp->blanks; i++) {
        struct blank_row *row = &lp->blank[i];

        forget_named(lp, row);
        if (lp->log.lid && forget_known(lp->pull->reader, lp->log.lid, row, why))
            return -1;
        left += blank_count(row);
        if (blank_count(row) > 0 && drop_bundle(lp, row->bundle, why))
            return -1;
    }
    if (left == 0)
        return 0;
    return problem_set(
        why, "incomplete",
        _("it has only hashes in place of %" PRIu64 " entries that were never taken back"), left);
}

/* ---- files that are here */

static int look_at(struct reader *r, const struct log_row *log, struct cs_span raw,
                   struct blank_row *row, struct problem *why)
{
    struct cs_bundle_item item;

    memset(row->bits, 0, sizeof row->bits);
    for (unsigned i = 0; i < CS_BUNDLE_WIDTH && raw.n > 0; i++) {
        if (cs_bundle_next(&raw, &item) != CS_OK)
            return 0; /* damaged: that is said already */
        blank_set(row, i, item.entry.n == 0);
    }
    return blank_count(row) ? forget_known(r, log->lid, row, why) : 0;
}

static int say_missing(const char *home, const struct log_row *log, const struct cs_tile *tile,
                       unsigned n, struct problem *found)
{
    char path[FILE_PATH_MAX];

    if (log_tile_path(home, log->origin, tile, path, found))
        return -1;
    problem_set(found, "log_entries_missing",
                _("The file %s has only hashes in place of %u entries that nobody took back. The "
                  "rest of it is right. %s"),
                path, n,
                log->nid == STORE_SELF
                    ? _("\"commonshelf doctor --repair\" asks peers for them.")
                    : _("After \"commonshelf doctor --repair\" each sync asks for them."));
    return 0;
}

int blank_look(const char *home, struct reader *r, const struct log_row *log,
               int (*each)(void *arg, const struct log_damage *damage, struct problem *why),
               void *arg, struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()};
    uint64_t full;
    unsigned edge = cs_tile_edge(CS_TILE_LEVEL_ENTRIES, log->range.size, &full);
    int rc = 0;

    /* The R that names it may still be on its way. */
    if (log->nid != STORE_SELF && log->range.size != log->checkpoint_size)
        return 0;
    for (uint64_t i = 0; rc == 0 && i < full + (edge > 0); i++) {
        struct log_damage damage = {
            .tile = {CS_TILE_LEVEL_ENTRIES, i, i < full ? CS_BUNDLE_WIDTH : edge}};
        struct problem unused = PROBLEM_INIT;
        struct blank_row row = {.bundle = i};

        cs_buffer_reset(&raw);
        if (log_bundle_read(home, log->origin, &damage.tile, &raw, &unused))
            continue;
        rc = look_at(r, log, cs_buffer_span(&raw), &row, why);
        if (rc == 0 && blank_count(&row) > 0)
            rc = say_missing(home, log, &damage.tile, blank_count(&row), &damage.why) ||
                         each(arg, &damage, why)
                     ? -1
                     : 0;
    }
    cs_buffer_free(&raw);
    return rc;
}

int blank_remember(const struct sync_setup *setup, struct reader *r, const struct log_row *log,
                   const struct cs_tile *tile, struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()};
    struct blank_row row = {.bundle = tile->index};
    struct transaction *t = NULL;
    int rc = -1;

    if (log_bundle_read(setup->home, log->origin, tile, &raw, why) == 0 &&
        look_at(r, log, cs_buffer_span(&raw), &row, why) == 0 &&
        (t = store_begin(setup->store, why)) && store_blank_add(t, log->lid, &row, why) == 0)
        rc = store_commit(&t, why);
    store_rollback(&t);
    cs_buffer_free(&raw);
    return rc;
}
