/*
 * Everything between what is held and what the peer signed: the rest of the bundle that is held in
 * part, then whole bundles several at once, then the partial one at the end. Each is verified against
 * the spine before the next is looked at. Little is got by runs of entries instead (tail.c).
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

/* The leaves of a raw bundle; exactly `width` of them. */
static bool leaves_of(struct cs_span raw, struct cs_hash *leaf, unsigned width)
{
    struct cs_bundle_item item;
    unsigned i = 0;

    while (raw.n > 0) {
        if (i == width || cs_bundle_next(&raw, &item) != CS_OK)
            return false;
        leaf[i++] = item.leaf;
    }
    return i == width;
}

static bool is_root_of(const struct cs_hash leaf[CS_BUNDLE_WIDTH], const struct cs_hash *root)
{
    struct cs_hash computed;

    static_assert(sizeof(struct cs_hash) == CS_HASH, "an array of hashes is a tile");
    cs_tile_root((const unsigned char *)leaf, &computed);
    return memcmp(computed.b, root->b, CS_HASH) == 0;
}

/* ---- whole bundles */

static struct cs_tile whole_bundle(uint64_t index)
{
    return (struct cs_tile){CS_TILE_LEVEL_ENTRIES, index, CS_BUNDLE_WIDTH};
}

/* 0 if the part is this bundle; "wrong_hash" otherwise. */
static int check_bundle(struct log_pull *lp, const struct spine *spine, uint64_t bundle,
                        const struct part *part, struct cs_buffer *raw,
                        struct cs_hash leaf[CS_BUNDLE_WIDTH], struct problem *why)
{
    if (part_gunzip(lp, part, raw, why))
        return -1;
    if (!leaves_of(cs_buffer_span(raw), leaf, CS_BUNDLE_WIDTH) ||
        !is_root_of(leaf, &spine->root[bundle - spine->first]))
        return log_wrong(lp, part->what, why);
    return 0;
}

/* A bundle that is wrong is got again elsewhere, that one only. */
static int take_bundle(struct log_pull *lp, const struct spine *spine, uint64_t bundle,
                       struct part *part, struct cs_buffer *raw, struct problem *why)
{
    struct cs_hash leaf[CS_BUNDLE_WIDTH];
    struct problem wrong = PROBLEM_INIT;
    int rc;

    while ((rc = check_bundle(lp, spine, bundle, part, raw, leaf, &wrong)) != 0 &&
           problem_is(&wrong, "wrong_hash") && part_elsewhere(lp, part) == 0)
        problem_clear(&wrong);
    if (rc) {
        if (why)
            *why = wrong;
        return -1;
    }
    return absorb_bundle(lp, cs_buffer_span(&part->bytes), raw, leaf, why);
}

/* One that a pull which was cut off kept. *taken false: there is none, or it is not what was signed. */
static int take_kept(struct log_pull *lp, const struct spine *spine, uint64_t bundle,
                     struct cs_buffer *raw, bool *taken, struct problem *why)
{
    const char *home = lp->pull->setup->home;
    struct cs_tile tile = whole_bundle(bundle);
    struct problem unused = PROBLEM_INIT;
    struct cs_hash leaf[CS_BUNDLE_WIDTH];
    struct part part;
    int rc = 0;

    *taken = false;
    if (!log_bundle_is_kept(home, lp->log.origin, &tile))
        return 0;
    part_tile(&part, &tile);
    if (log_tile_read(home, lp->log.origin, &tile, &part.bytes, &unused) == 0 &&
        check_bundle(lp, spine, bundle, &part, raw, leaf, &unused) == 0) {
        *taken = true;
        rc = absorb_bundle(lp, cs_buffer_span(&part.bytes), raw, leaf, why);
    }
    parts_free(&part, 1);
    return rc;
}

/* How many from `first` on are to be asked for together: up to the next that is kept. */
static size_t count_missing(const struct log_pull *lp, uint64_t first, uint64_t end)
{
    size_t n = 1;

    for (; n < PARTS_AT_ONCE && first + n < end; n++) {
        struct cs_tile tile = whole_bundle(first + n);

        if (log_bundle_is_kept(lp->pull->setup->home, lp->log.origin, &tile))
            break;
    }
    return n;
}

/* Asks for several bundles at once and takes them in order. What came well before the first failure
 * is taken, what came behind it is kept for the next pull. */
static int some_bundles(struct log_pull *lp, const struct spine *spine, uint64_t first, size_t n,
                        struct cs_buffer *raw, struct problem *why)
{
    struct cs_tile tile[PARTS_AT_ONCE];
    struct part part[PARTS_AT_ONCE];
    struct problem failed = PROBLEM_INIT;
    int rc = 0, got;

    for (size_t i = 0; i < n; i++) {
        tile[i] = whole_bundle(first + i);
        part_tile(&part[i], &tile[i]);
        part[i].keep = &tile[i];
    }
    got = parts_get(lp, part, n, &failed);
    for (size_t i = 0; i < n && rc == 0 && part[i].state == PART_HERE; i++)
        rc = take_bundle(lp, spine, first + i, &part[i], raw, why);
    if (rc == 0 && got) {
        rc = -1;
        if (why)
            *why = failed;
    }
    parts_free(part, n);
    return rc;
}

/* A run where runs serve and nothing that it would bring is kept. */
static int some_entries(struct log_pull *lp, const struct spine *spine, uint64_t first,
                        struct cs_buffer *raw, struct problem *why)
{
    size_t n = count_missing(lp, first, spine->full);

    if (runs_serve_for(lp) && (n == PARTS_AT_ONCE || first + n == spine->full))
        return run_get(lp, spine, why);
    return some_bundles(lp, spine, first, n, raw, why);
}

/* ---- parts of a bundle */

static int fetch_tail(struct log_pull *lp, const char *what, struct cs_buffer *raw,
                      struct problem *why)
{
    struct part part;
    int rc;

    part_init(&part, what, CS_BUNDLE_GZIP_MAX);
    rc = parts_get(lp, &part, 1, why) || part_gunzip(lp, &part, raw, why) ? -1 : 0;
    parts_free(&part, 1);
    return rc;
}

/* The leaves that are held of the bundle at the right edge. */
static int held_leaves(struct log_pull *lp, struct cs_hash *leaf, unsigned width,
                       struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct cs_tile tile = {.level = 0, .width = width};
    int rc = -1;

    cs_tile_edge(0, log_writer_range(lp->writer)->size, &tile.index);
    if (log_tile_read(lp->pull->setup->home, lp->log.origin, &tile, &bytes, why) == 0) {
        memcpy(leaf[0].b, bytes.p, bytes.n);
        rc = 0;
    }
    cs_buffer_free(&bytes);
    return rc;
}

/* The source's own hashes of a full bundle; *proved false when they do not lead to the spine's. */
static int their_leaves(struct log_pull *lp, const struct spine *spine, uint64_t bundle,
                        struct cs_hash leaf[CS_BUNDLE_WIDTH], bool *proved, struct problem *why)
{
    struct cs_tile tile = {0, bundle, CS_BUNDLE_WIDTH};
    struct part part;
    int rc;

    *proved = false;
    part_tile(&part, &tile);
    rc = parts_get(lp, &part, 1, why);
    if (rc == 0 && part.bytes.n == CS_TILE_MAX) {
        memcpy(leaf[0].b, part.bytes.p, CS_TILE_MAX);
        *proved = is_root_of(leaf, &spine->root[bundle - spine->first]);
    }
    parts_free(&part, 1);
    return rc;
}

/* Entries do not fit what is held of their bundle. If the source's hashes of it lead to the signed
 * root, what is held here continues another history. */
static int blame(struct log_pull *lp, const struct spine *spine, uint64_t bundle, unsigned held,
                 const struct cs_hash *ours, const char *what, struct problem *why)
{
    struct cs_hash theirs[CS_BUNDLE_WIDTH];
    bool proved = true;

    if (bundle == spine->full)
        memcpy(theirs, spine->leaf, sizeof theirs);
    else if (their_leaves(lp, spine, bundle, theirs, &proved, why))
        return -1;
    if (proved && memcmp(theirs, ours, held * sizeof *ours) != 0)
        return target_contradicts(lp, LOG_FORKED, why);
    return log_wrong(lp, what, why);
}

/* Gets entries [size, to) of the bundle that holds `size`, where `to` is its end or the log's. */
static int part_of_bundle(struct log_pull *lp, const struct spine *spine, struct cs_buffer *raw,
                          struct problem *why)
{
    uint64_t size = log_writer_range(lp->writer)->size, bundle = size / CS_BUNDLE_WIDTH;
    unsigned held = (unsigned)(size % CS_BUNDLE_WIDTH);
    unsigned width = bundle < spine->full ? CS_BUNDLE_WIDTH : spine->edge;
    struct cs_hash leaf[CS_BUNDLE_WIDTH];
    char what[64];
    bool fits;

    snprintf(what, sizeof what, "entries/%" PRIu64 "-%" PRIu64, size,
             bundle * CS_BUNDLE_WIDTH + width);
    if ((held > 0 && held_leaves(lp, leaf, held, why)) || fetch_tail(lp, what, raw, why))
        return -1;
    fits = leaves_of(cs_buffer_span(raw), leaf + held, width - held);
    if (fits && width == CS_BUNDLE_WIDTH)
        fits = is_root_of(leaf, &spine->root[bundle - spine->first]);
    else if (fits)
        fits = memcmp(leaf, spine->leaf, width * sizeof *leaf) == 0;
    if (!fits)
        return blame(lp, spine, bundle, held, leaf, what, why);
    return absorb_entries(lp, raw, why);
}

/* ---- all of it */

static int get_all(struct log_pull *lp, const struct spine *spine, struct cs_buffer *raw,
                   struct problem *why)
{
    uint64_t next;

    while ((next = log_writer_range(lp->writer)->size / CS_BUNDLE_WIDTH) < spine->full) {
        bool taken;

        if (take_kept(lp, spine, next, raw, &taken, why))
            return -1;
        if (!taken && some_entries(lp, spine, next, raw, why))
            return -1;
    }
    if (log_writer_range(lp->writer)->size < lp->target.size && part_of_bundle(lp, spine, raw, why))
        return -1;
    return 0;
}

int entries_get(struct log_pull *lp, struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()};
    struct problem later = PROBLEM_INIT;
    struct spine spine;
    bool done = false;
    int rc = -1;

    if (tail_serves(lp) && (tail_get(lp, &done, why) || done))
        return done ? 0 : -1;
    /* The spine speaks of whole bundles: what is held of one in part is compared entry by entry. Only
     * then is it known that the target continues what is held. */
    if (spine_get(lp, &spine, why) ||
        (log_writer_range(lp->writer)->size % CS_BUNDLE_WIDTH != 0 &&
         part_of_bundle(lp, &spine, &raw, why)) ||
        target_accept(lp, why))
        goto out;
    rc = get_all(lp, &spine, &raw, why);
    /* What was verified before a failure stays; only this node's own failures come before it. */
    if (absorb_commit(lp, rc == 0 ? why : &later))
        rc = -1;
out:
    spine_free(&spine);
    cs_buffer_free(&raw);
    return rc;
}
