/*
 * Places that came as a leaf hash. That is what a redacted entry leaves behind, and it proves like the entry
 * itself: so a source can keep entries back, unless each hash is one that an R names. When all of a log is here,
 * the R entries are too. What none of them names is asked for again, elsewhere and later.
 */
#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/gzip.h>

#include "sync/internal.h"

#define ROWS_AT_ONCE 64
#define USELESS_MAX 4 /* answers of one source that bring nothing, in one pull */

struct filling {
    struct log_pull *lp;
    struct log_row log; /* as it is now */
    struct log_proof *proof;
    struct cs_buffer held, offered, merged, gz;
    bool changed;
};

/* ---- what is known of them */

void blank_note(struct log_pull *lp, uint64_t index)
{
    uint64_t bundle = index / CS_BUNDLE_WIDTH;

    if (lp->blanks == 0 || lp->blank[lp->blanks - 1].bundle != bundle) {
        if (lp->blanks == lp->blank_room) {
            size_t room = lp->blank_room ? lp->blank_room * 2 : 32;
            struct blank_row *more = memory_resize(lp->blank, room * sizeof *more);

            if (!more) {
                lp->blank_failed = true;
                return;
            }
            lp->blank = more;
            lp->blank_room = room;
        }
        lp->blank[lp->blanks++] = (struct blank_row){.bundle = bundle};
    }
    blank_set(&lp->blank[lp->blanks - 1], (unsigned)(index % CS_BUNDLE_WIDTH), true);
}

/* Takes off what R entries name. */
static int forget_named(struct reader *r, row_id lid, struct blank_row *row, struct problem *why)
{
    uint64_t named[CS_BUNDLE_WIDTH], first = row->bundle * CS_BUNDLE_WIDTH;
    size_t n;

    if (store_redaction_list(r, lid, first, false, named, CS_BUNDLE_WIDTH, &n, why))
        return -1;
    for (size_t i = 0; i < n && named[i] < first + CS_BUNDLE_WIDTH; i++)
        blank_set(row, (unsigned)(named[i] - first), false);
    return 0;
}

static int settle_some(struct filling *f, struct blank_row *rows, size_t n, struct problem *why)
{
    struct transaction *t = store_begin(f->lp->pull->setup->store, why);

    for (size_t i = 0; t && i < n; i++)
        if (forget_named(transaction_reader(t), f->log.lid, &rows[i], why) ||
            store_blank_put(t, f->log.lid, &rows[i], why)) {
            store_rollback(&t);
            return -1;
        }
    if (t && store_commit(&t, why) == 0)
        return 0;
    store_rollback(&t);
    return -1;
}

/* How many places are left that no R names. */
static int settle(struct filling *f, uint64_t *left, struct problem *why)
{
    struct blank_row rows[ROWS_AT_ONCE];
    uint64_t from = 0;
    size_t n;

    *left = 0;
    do {
        if (store_blank_list(f->lp->pull->reader, f->log.lid, from, rows, ROWS_AT_ONCE, &n, why) ||
            (n > 0 && settle_some(f, rows, n, why)))
            return -1;
        for (size_t i = 0; i < n; i++) {
            *left += blank_count(&rows[i]);
            from = rows[i].bundle + 1;
        }
    } while (n == ROWS_AT_ONCE);
    return 0;
}

/* ---- one bundle from somebody else */

static struct cs_tile tile_of(const struct log_row *log, uint64_t bundle)
{
    struct cs_tile tile = {CS_TILE_LEVEL_ENTRIES, bundle, CS_BUNDLE_WIDTH};
    uint64_t full;
    unsigned edge = cs_tile_edge(CS_TILE_LEVEL_ENTRIES, log->range.size, &full);

    if (bundle == full)
        tile.width = edge;
    return tile;
}

/* True if these are the places that were signed, whether as entries or as hashes. */
static bool is_signed(struct cs_span raw, const unsigned char *hashes, unsigned width)
{
    struct cs_bundle_item item;
    unsigned i = 0;

    for (; raw.n > 0; i++)
        if (i == width || cs_bundle_next(&raw, &item) != CS_OK ||
            memcmp(item.leaf.b, hashes + (size_t)i * CS_HASH, CS_HASH) != 0)
            return false;
    return i == width;
}

/* What is held and, at the places of `row`, what was offered; those come off `row` and are taken. */
static int merge(struct filling *f, struct blank_row *row, struct problem *why)
{
    struct cs_span held = cs_buffer_span(&f->held), offered = cs_buffer_span(&f->offered);
    uint64_t first = row->bundle * CS_BUNDLE_WIDTH;
    struct cs_bundle_item here, there;
    enum cs_status status = CS_OK;

    cs_buffer_reset(&f->merged);
    for (unsigned i = 0; status == CS_OK && held.n > 0; i++) {
        (void)!cs_bundle_next(&held, &here);
        (void)!cs_bundle_next(&offered, &there);
        if (blank_has(row, i) && here.entry.n == 0)
            here.entry = there.entry;
        if (blank_has(row, i) && here.entry.n > 0) {
            blank_set(row, i, false);
            absorb_found(f->lp, here.entry, first + i);
        }
        if (here.entry.n > 0)
            status = cs_bundle_add(&f->merged, here.entry);
        else
            cs_bundle_add_redacted(&f->merged, &here.leaf);
    }
    if (status != CS_OK || f->merged.failed || cs_gzip(cs_buffer_span(&f->merged), &f->gz) != CS_OK)
        return problem_no_memory(why);
    return 0;
}

/* *useful: it has entries that were missing. The file first, then rows: a crash between them is gone on with by
 * whatever comes next for this bundle. */
static int fill(struct filling *f, const struct blank_row *had, const struct part *part,
                bool *useful, struct problem *why)
{
    const char *home = f->lp->pull->setup->home;
    struct cs_tile tile = tile_of(&f->log, had->bundle);
    struct blank_row row = *had;
    const unsigned char *hashes;

    *useful = false;
    cs_buffer_reset(&f->held);
    cs_buffer_reset(&f->offered);
    cs_buffer_reset(&f->gz);
    if (log_proof_leaves(f->proof, had->bundle, &hashes, why) ||
        log_bundle_read(home, f->log.origin, &tile, &f->held, why))
        return -1;
    if (!is_signed(cs_buffer_span(&f->held), hashes, tile.width) ||
        cs_gunzip(cs_buffer_span(&part->bytes), CS_BUNDLE_RAW_MAX, &f->offered) != CS_OK ||
        !is_signed(cs_buffer_span(&f->offered), hashes, tile.width))
        return 0;
    if (absorb_find(f->lp, why) || merge(f, &row, why))
        return -1;
    *useful = blank_count(&row) < blank_count(had);
    if (!*useful)
        return 0;
    f->changed = true;
    if (log_bundle_replace(home, &f->log, &tile, cs_buffer_span(&f->gz), why))
        return -1;
    return absorb_filled(f->lp, &row, why);
}

/* ---- all that one source has */

static void name_part(struct filling *f, const struct blank_row *row, struct part *part)
{
    struct cs_tile tile = tile_of(&f->log, row->bundle);
    uint64_t first = row->bundle * CS_BUNDLE_WIDTH;
    char what[64];

    if (tile.width == CS_BUNDLE_WIDTH) {
        part_tile(part, &tile);
        return;
    }
    snprintf(what, sizeof what, "entries/%" PRIu64 "-%" PRIu64, first, first + tile.width);
    part_init(part, what, CS_BUNDLE_GZIP_MAX);
}

/* Some bundles. *useless counts what brought nothing, and is 0 again with what does. */
static int ask(struct filling *f, struct source *source, const struct blank_row *rows, size_t n,
               unsigned *useless, struct problem *why)
{
    struct problem failed = PROBLEM_INIT;
    struct part part[PARTS_AT_ONCE];
    int rc = 0;

    for (size_t i = 0; i < n; i++)
        name_part(f, &rows[i], &part[i]);
    if (source->get(source, f->lp, part, n, &failed) && problem_is(&failed, "cancelled")) {
        *why = failed;
        rc = -1;
    }
    for (size_t i = 0; i < n && rc == 0; i++) {
        bool useful = false;

        if (part[i].state == PART_HERE)
            rc = fill(f, &rows[i], &part[i], &useful, why);
        *useless = useful ? 0 : *useless + 1;
        if (rc == 0 && !useful && part[i].state == PART_HERE)
            log_line(LOG_LEVEL_WARN, "sync",
                     _("%s gives hashes in place of entries of \"%s\" that were not taken back "
                       "(%s): it is asked elsewhere"),
                     source->name, f->log.origin, part[i].what);
    }
    parts_free(part, n);
    return rc;
}

/* From a place of chance on, once around: what one source does not give at the beginning must not hide what it
 * would give behind it. */
static int ask_source(struct filling *f, struct source *source, struct problem *why)
{
    struct blank_row rows[PARTS_AT_ONCE];
    uint64_t start = 0, from, bundles = f->log.range.size / CS_BUNDLE_WIDTH + 1;
    unsigned useless = 0;
    bool around = false;
    size_t n, most = 1;

    random_bytes(&start, sizeof start);
    from = start %= bundles;
    while (useless < USELESS_MAX) {
        if (store_blank_list(f->lp->pull->reader, f->log.lid, from, rows, most, &n, why))
            return -1;
        while (around && n > 0 && rows[n - 1].bundle >= start)
            n--;
        if (n == 0 && around)
            break;
        if (n == 0) {
            around = true;
            from = 0;
            continue;
        }
        if (ask(f, source, rows, n, &useless, why))
            return -1;
        from = rows[n - 1].bundle + 1;
        most = useless ? 1 : PARTS_AT_ONCE; /* who brought nothing is asked for one at a time */
    }
    return 0;
}

/* ---- the end of a pull */

static int say_incomplete(const struct filling *f, uint64_t left, struct problem *why)
{
    return problem_set(why, "incomplete",
                       _("%" PRIu64
                         " entries of the shelf \"%s\" of \"%s\" are missing: hashes came "
                         "in their place, though nothing says that they were taken back. What is "
                         "here of the shelf is proved and kept, the rest is asked for again, here "
                         "and at others."),
                       left, f->log.shelf, f->lp->pull->contact->row.node.name);
}

static int fill_all(struct filling *f, uint64_t *left, struct problem *why)
{
    struct relay *relay;

    if (!(f->proof =
              log_proof_new(f->lp->pull->setup->home, f->log.origin, &f->log.range, false, why)) ||
        ask_source(f, f->lp->pull->source, why) || settle(f, left, why))
        return -1;
    for (unsigned i = 0; *left > 0 && (relay = relay_get(f->lp, i)) != NULL; i++)
        if (ask_source(f, &relay->source.source, why) || settle(f, left, why))
            return -1;
    return 0;
}

int blank_settle(struct log_pull *lp, bool ask_now, bool *left, bool *changed, struct problem *why)
{
    struct filling f = {.lp = lp};
    uint64_t places = 0;
    bool found;
    int rc = -1;

    *left = false;
    f.held.alloc = f.offered.alloc = f.merged.alloc = f.gz.alloc = memory_allocator();
    if (store_log_get(lp->pull->reader, lp->log.lid, &f.log, &found, why))
        return -1;
    if (!found || !f.log.blanks || f.log.range.size != f.log.checkpoint_size)
        return 0;
    if (settle(&f, &places, why) || (ask_now && places > 0 && fill_all(&f, &places, why)))
        goto out;
    *left = places > 0;
    rc = places > 0 && ask_now ? say_incomplete(&f, places, why) : 0;
out:
    if (f.changed && lp->pull->setup->changed)
        lp->pull->setup->changed(lp->pull->setup->arg);
    *changed = *changed || f.changed;
    log_proof_free(f.proof);
    cs_buffer_free(&f.held);
    cs_buffer_free(&f.offered);
    cs_buffer_free(&f.merged);
    cs_buffer_free(&f.gz);
    return rc;
}
