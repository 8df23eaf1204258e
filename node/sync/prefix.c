/*
 * Whether a tree that somebody else has contains the one that is here: asked of its tiles, which must lead to
 * the root that the publisher signed.
 */
#include "sync/internal.h"

struct remote {
    struct log_pull *lp;
    struct source *source;
    uint64_t size; /* of their tree */
    struct cs_tile at; /* the one in `part`; width 0: none */
    struct part part;
    struct problem *why;
};

static int load(struct remote *r, int level, uint64_t index)
{
    struct cs_tile tile = {level, index, CS_BUNDLE_WIDTH};
    uint64_t full;
    unsigned edge = cs_tile_edge(level, r->size, &full);

    if (index == full)
        tile.width = edge;
    if (r->at.width == tile.width && r->at.level == level && r->at.index == index)
        return 0;
    parts_free(&r->part, 1);
    r->at.width = 0;
    part_tile(&r->part, &tile);
    if (r->source->get(r->source, r->lp, &r->part, 1, r->why))
        return -1;
    if (r->part.bytes.n != (size_t)tile.width * CS_HASH)
        return log_wrong(r->lp, r->part.what, r->why);
    r->at = tile;
    return 0;
}

static enum cs_status node_at(void *arg, unsigned level, uint64_t index, struct cs_hash *out)
{
    struct remote *r = arg;
    int tile_level = level / 8 < CS_TILE_LEVEL_MAX ? (int)level / 8 : CS_TILE_LEVEL_MAX;
    unsigned above = level - 8 * (unsigned)tile_level;
    uint64_t first = index << above;

    if (load(r, tile_level, first / CS_BUNDLE_WIDTH))
        return CS_INTERNAL;
    cs_tile_subtree(r->part.bytes.p + first % CS_BUNDLE_WIDTH * CS_HASH, above, out);
    return CS_OK;
}

int prefix_get(struct log_pull *lp, struct source *source, uint64_t old_size,
               const struct cs_checkpoint *theirs, struct cs_hash hash[CS_PROOF_MAX + 1], size_t *n,
               struct cs_hash *root, struct problem *why)
{
    struct remote r = {.lp = lp, .source = source, .size = theirs->size, .why = why};
    bool power = (old_size & (old_size - 1)) == 0;
    enum cs_status status;

    part_init(&r.part, "", 0);
    status = cs_merkle_prove_consistent(old_size, theirs->size, node_at, &r, hash + power, n);
    if (status == CS_OK && power)
        status = cs_merkle_root_of(0, old_size, node_at, &r, &hash[0]);
    *n += power;
    parts_free(&r.part, 1);
    if (status == CS_OK)
        status = cs_merkle_prefix_root(old_size, theirs->size, &theirs->root, hash, *n, root);
    if (status == CS_INTERNAL)
        return -1;
    return status == CS_OK ? 0 : log_wrong(lp, "tile", why);
}
