/*
 * The spine of a log: the root of every full bundle (level 1) and the leaves of the last, partial one.
 * About 130 KB for a million entries. Once it leads to the signed root, each bundle can be verified
 * by itself, from any source.
 */
#include "sync/internal.h"

#define SPINE_MAX (UINT64_C(1) << 18) /* bundles: 67 million entries, 8 MiB of hashes */

/* Copies the hashes that were asked for into their places. */
static int take(struct log_pull *lp, struct spine *spine, const struct cs_tile *tile,
                const struct part *part, struct problem *why)
{
    if (part->bytes.n != (size_t)tile->width * CS_HASH)
        return log_wrong(lp, part->what, why);
    for (unsigned i = 0; i < tile->width; i++) {
        const unsigned char *hash = part->bytes.p + (size_t)i * CS_HASH;
        uint64_t bundle = tile->index * CS_BUNDLE_WIDTH + i;

        if (tile->level == 0)
            memcpy(spine->leaf[i].b, hash, CS_HASH);
        else if (bundle >= spine->first)
            memcpy(spine->root[bundle - spine->first].b, hash, CS_HASH);
    }
    return 0;
}

static int fetch_tiles(struct log_pull *lp, struct spine *spine, const struct cs_tile *tile,
                       size_t n, struct problem *why)
{
    struct part part[PARTS_AT_ONCE];
    int rc;

    for (size_t i = 0; i < n; i++)
        part_tile(&part[i], &tile[i]);
    rc = parts_get(lp, part, n, why);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = take(lp, spine, &tile[i], &part[i], why);
    parts_free(part, n);
    return rc;
}

/* Every level-1 tile from the one that has bundle `first`, and the partial level-0 tile. */
static int fetch_spine(struct log_pull *lp, struct spine *spine, uint64_t first,
                       struct problem *why)
{
    struct cs_tile tile[PARTS_AT_ONCE];
    uint64_t size = lp->target.size, last_full, edge_index;
    unsigned last_width = cs_tile_edge(1, size, &last_full);
    size_t n = 0;

    spine->first = first;
    spine->full = size / CS_BUNDLE_WIDTH;
    spine->edge = cs_tile_edge(0, size, &edge_index);
    memory_free(spine->root);
    spine->root = NULL;
    if (spine->full - first > SPINE_MAX)
        return problem_set(
            why, "too_large",
            _("The shelf \"%s\" of \"%s\" claims more entries than this node mirrors. "
              "Nothing of it was fetched."),
            lp->log.shelf, lp->pull->contact->row.node.name);
    if (spine->full > first &&
        !(spine->root = memory_new((size_t)(spine->full - first) * sizeof *spine->root)))
        return problem_no_memory(why);
    if (spine->edge > 0)
        tile[n++] = (struct cs_tile){0, edge_index, spine->edge};
    for (uint64_t i = first / CS_BUNDLE_WIDTH; spine->full > first; i++) {
        unsigned width = i < last_full ? CS_BUNDLE_WIDTH : last_width;

        if (i > last_full || width == 0)
            break;
        tile[n++] = (struct cs_tile){1, i, width};
        if (n == PARTS_AT_ONCE) {
            if (fetch_tiles(lp, spine, tile, n, why))
                return -1;
            n = 0;
        }
    }
    return n > 0 ? fetch_tiles(lp, spine, tile, n, why) : 0;
}

/* The part of the held range that whole bundles make up. */
static void whole_bundles(const struct cs_range *held, struct cs_range *out)
{
    out->size = held->size / CS_BUNDLE_WIDTH * CS_BUNDLE_WIDTH;
    out->n = 0;
    for (uint64_t bits = out->size; bits; bits &= bits - 1)
        out->n++;
    memcpy(out->hash, held->hash, out->n * sizeof *out->hash);
}

static bool leads_to_target(const struct log_pull *lp, const struct spine *spine,
                            const struct cs_range *start)
{
    struct cs_range range = *start;
    struct cs_hash root;

    for (uint64_t i = spine->first; i < spine->full; i++)
        if (!cs_range_add_subtree(&range, &spine->root[i - spine->first], 8))
            return false;
    for (unsigned i = 0; i < spine->edge; i++)
        cs_range_add_leaf(&range, &spine->leaf[i]);
    cs_range_root(&range, &root);
    return range.size == lp->target.size && memcmp(root.b, lp->target.root.b, CS_HASH) == 0;
}

int spine_get(struct log_pull *lp, struct spine *spine, struct problem *why)
{
    struct cs_range held;

    memset(spine, 0, sizeof *spine);
    whole_bundles(log_writer_range(lp->writer), &held);
    if (fetch_spine(lp, spine, held.size / CS_BUNDLE_WIDTH, why))
        return -1;
    if (leads_to_target(lp, spine, &held))
        return 0;
    if (held.size == 0)
        return log_wrong(lp, "tile/1", why);
    /* Either the tiles are wrong, or they are right and continue another history than ours. */
    cs_range_init(&held);
    if (fetch_spine(lp, spine, 0, why))
        return -1;
    if (leads_to_target(lp, spine, &held))
        return target_contradicts(lp, LOG_FORKED, why);
    return log_wrong(lp, "tile/1", why);
}

void spine_free(struct spine *spine)
{
    memory_free(spine->root);
    spine->root = NULL;
}
