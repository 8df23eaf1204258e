/*
 * The spine of a log: the root of every full bundle (level 1) and the leaves of the last, partial one.
 * About 130 KB for a million entries. Once it leads to the signed root, each bundle can be verified
 * by itself, from any source.
 */
#include "sync/internal.h"

#define SPINE_MAX (UINT64_C(1) << 18) /* bundles: 67 million entries, 8 MiB of hashes */

struct spine_part {
    struct cs_tile tile;
    struct http_fetch *fetch;
};

static int ask(struct log_pull *lp, struct spine_part *part, struct problem *why)
{
    char what[CS_TILE_PATH_MAX];

    cs_tile_path(&part->tile, what);
    part->fetch = log_fetch(lp, what, (uint64_t)part->tile.width * CS_HASH, why);
    return part->fetch ? 0 : -1;
}

/* Copies the hashes that were asked for into their places. */
static int take(struct log_pull *lp, struct spine *spine, const struct spine_part *part,
                struct problem *why)
{
    struct cs_span body = cs_buffer_span(&part->fetch->received);
    char what[CS_TILE_PATH_MAX];

    if (body.n != (size_t)part->tile.width * CS_HASH) {
        cs_tile_path(&part->tile, what);
        return log_wrong(lp, what, why);
    }
    for (unsigned i = 0; i < part->tile.width; i++) {
        const unsigned char *hash = body.p + (size_t)i * CS_HASH;
        uint64_t bundle = part->tile.index * CS_BUNDLE_WIDTH + i;

        if (part->tile.level == 0)
            memcpy(spine->leaf[i].b, hash, CS_HASH);
        else if (bundle >= spine->first)
            memcpy(spine->root[bundle - spine->first].b, hash, CS_HASH);
    }
    return 0;
}

static int fetch_parts(struct log_pull *lp, struct spine *spine, struct spine_part *parts, size_t n,
                       struct problem *why)
{
    struct http_fetch *list[LOG_FETCHES] = {NULL};
    int rc = -1;

    for (size_t i = 0; i < n; i++)
        if (ask(lp, &parts[i], why))
            goto out;
    for (size_t i = 0; i < n; i++)
        list[i] = parts[i].fetch;
    if (log_fetch_run(lp, list, n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (take(lp, spine, &parts[i], why))
            goto out;
    rc = 0;
out:
    for (size_t i = 0; i < n; i++) {
        http_fetch_free(parts[i].fetch);
        parts[i].fetch = NULL;
    }
    return rc;
}

/* Every level-1 tile from the one that has bundle `first`, and the partial level-0 tile. */
static int fetch_spine(struct log_pull *lp, struct spine *spine, uint64_t first,
                       struct problem *why)
{
    struct spine_part part[LOG_FETCHES] = {{.fetch = NULL}};
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
        part[n++].tile = (struct cs_tile){0, edge_index, spine->edge};
    for (uint64_t i = first / CS_BUNDLE_WIDTH; spine->full > first; i++) {
        unsigned width = i < last_full ? CS_BUNDLE_WIDTH : last_width;

        if (i > last_full || width == 0)
            break;
        part[n++].tile = (struct cs_tile){1, i, width};
        if (n == LOG_FETCHES) {
            if (fetch_parts(lp, spine, part, n, why))
                return -1;
            n = 0;
        }
    }
    return n > 0 ? fetch_parts(lp, spine, part, n, why) : 0;
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
