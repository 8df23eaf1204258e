/*
 * What is little, in few requests: runs of entries instead of whole bundles. A run that brings all that
 * is missing needs no spine, for the root that it leads to is signed.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

#define RUNS_MAX 4 /* more is a case for bundles, which the source need not make anew */

/* A run is made by the publisher as it is asked for. Others may have bundles only. */
static bool runs_serve(const struct log_pull *lp)
{
    return lp->pull->source->live && lp->held > 0;
}

bool tail_serves(const struct log_pull *lp)
{
    return runs_serve(lp) && lp->target.size - lp->held <= CS_TAIL_ENTRIES_MAX;
}

bool runs_serve_for(const struct log_pull *lp)
{
    return runs_serve(lp) && lp->target.size - lp->held <= RUNS_MAX * CS_TAIL_ENTRIES_MAX;
}

static int fetch_run(struct log_pull *lp, uint64_t to, struct part *part, struct problem *why)
{
    char what[64];

    snprintf(what, sizeof what, "entries/%" PRIu64 "-%" PRIu64, log_writer_range(lp->writer)->size,
             to);
    part_init(part, what, CS_BUNDLE_GZIP_MAX);
    return parts_get(lp, part, 1, why);
}

/* Takes the entries of `raw` in pieces that end where bundles do. All of them are verified. */
static int absorb_run(struct log_pull *lp, struct cs_span raw, struct problem *why)
{
    while (raw.n > 0) {
        unsigned held = (unsigned)(log_writer_range(lp->writer)->size % CS_BUNDLE_WIDTH);
        struct cs_buffer piece = {.alloc = memory_allocator()};
        struct cs_span rest = raw, entry;
        int rc;

        for (unsigned i = held; i < CS_BUNDLE_WIDTH && rest.n > 0; i++)
            if (cs_bundle_next_entry(&rest, &entry) != CS_OK)
                return problem_status(why, CS_INTERNAL, "a run of entries");
        cs_buffer_add(&piece, raw.p, raw.n - rest.n);
        rc = piece.failed ? problem_no_memory(why) : absorb_entries(lp, &piece, why);
        cs_buffer_free(&piece);
        if (rc)
            return -1;
        raw = rest;
    }
    return 0;
}

/* ---- all that is missing, in one run */

static bool leads_to_target(const struct log_pull *lp, struct cs_span raw)
{
    struct cs_range range = *log_writer_range(lp->writer);
    struct cs_bundle_item item;
    struct cs_hash root;

    while (raw.n > 0) {
        if (range.size == lp->target.size || cs_bundle_next(&raw, &item) != CS_OK)
            return false;
        cs_range_add_leaf(&range, &item.leaf);
    }
    cs_range_root(&range, &root);
    return range.size == lp->target.size && memcmp(root.b, lp->target.root.b, CS_HASH) == 0;
}

int tail_get(struct log_pull *lp, bool *done, struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()};
    struct problem ignored = PROBLEM_INIT;
    struct part part;
    int rc = -1;

    *done = false;
    if (fetch_run(lp, lp->target.size, &part, why))
        goto out;
    /* Damaged, cut short for its size, or of another history: the spine tells which. */
    if (part_gunzip(lp, &part, &raw, &ignored) || !leads_to_target(lp, cs_buffer_span(&raw))) {
        rc = 0;
        goto out;
    }
    if (target_accept(lp, why) || absorb_run(lp, cs_buffer_span(&raw), why) ||
        absorb_commit(lp, why))
        goto out;
    *done = true;
    rc = 0;
out:
    cs_buffer_free(&raw);
    parts_free(&part, 1);
    return rc;
}

/* ---- some whole bundles, and the rest, by runs */

/* Verifies and takes the bundle that `rest` begins with. */
static int take_piece(struct log_pull *lp, const struct spine *spine, struct cs_span *rest,
                      const char *what, struct problem *why)
{
    uint64_t bundle = log_writer_range(lp->writer)->size / CS_BUNDLE_WIDTH;
    unsigned width = bundle < spine->full ? CS_BUNDLE_WIDTH : spine->edge;
    struct cs_hash leaf[CS_BUNDLE_WIDTH], root;
    struct cs_span start = *rest;
    struct cs_bundle_item item;
    bool fits;

    for (unsigned i = 0; i < width; i++) {
        if (cs_bundle_next(rest, &item) != CS_OK)
            return log_wrong(lp, what, why);
        leaf[i] = item.leaf;
    }
    if (bundle < spine->full) {
        cs_tile_root((const unsigned char *)leaf, &root);
        fits = memcmp(root.b, spine->root[bundle - spine->first].b, CS_HASH) == 0;
    } else {
        fits = width > 0 && memcmp(leaf, spine->leaf, width * sizeof *leaf) == 0;
    }
    if (!fits)
        return log_wrong(lp, what, why);
    return absorb_run(lp, cs_span_make(start.p, start.n - rest->n), why);
}

int run_get(struct log_pull *lp, const struct spine *spine, struct problem *why)
{
    uint64_t to = log_writer_range(lp->writer)->size + CS_TAIL_ENTRIES_MAX;
    struct cs_buffer raw = {.alloc = memory_allocator()};
    struct cs_span rest;
    struct part part;
    int rc = -1;

    if (to > lp->target.size)
        to = lp->target.size;
    if (fetch_run(lp, to, &part, why) || part_gunzip(lp, &part, &raw, why))
        goto out;
    rest = cs_buffer_span(&raw);
    rc = rest.n > 0 ? 0 : log_wrong(lp, part.what, why);
    while (rc == 0 && rest.n > 0)
        rc = take_piece(lp, spine, &rest, part.what, why);
out:
    cs_buffer_free(&raw);
    parts_free(&part, 1);
    return rc;
}
