/*
 * What a log's tiles say of its earlier sizes: roots, and proofs that a later tree continues an earlier one.
 * A tile has every eighth level; those between are hashed from it.
 */
#include "catalogue/log_files.h"

#include <commonshelf/checkpoint.h>

struct nodes {
    const char *home, *origin;
    uint64_t held; /* tiles are as of this size */
    struct cs_tile at; /* the one in `bytes`; width 0: none yet */
    struct cs_buffer bytes;
    struct problem *why;
};

static int load(struct nodes *n, int level, uint64_t index)
{
    struct cs_tile tile = {level, index, CS_BUNDLE_WIDTH};
    uint64_t full;
    unsigned edge = cs_tile_edge(level, n->held, &full);

    if (index == full)
        tile.width = edge;
    if (n->at.width == tile.width && n->at.level == level && n->at.index == index)
        return 0;
    n->at.width = 0;
    cs_buffer_reset(&n->bytes);
    if (log_tile_read(n->home, n->origin, &tile, &n->bytes, n->why))
        return -1;
    n->at = tile;
    return 0;
}

static enum cs_status node_at(void *arg, unsigned level, uint64_t index, struct cs_hash *out)
{
    struct nodes *n = arg;
    int tile_level = level / 8 < CS_TILE_LEVEL_MAX ? (int)level / 8 : CS_TILE_LEVEL_MAX;
    unsigned above = level - 8 * (unsigned)tile_level;
    uint64_t first = index << above;

    if (load(n, tile_level, first / CS_BUNDLE_WIDTH))
        return CS_INTERNAL;
    cs_tile_subtree(n->bytes.p + first % CS_BUNDLE_WIDTH * CS_HASH, above, out);
    return CS_OK;
}

int log_prove_prefix(const char *home, const char *origin, uint64_t held, uint64_t old_size,
                     uint64_t size, struct cs_hash hash[CS_PROOF_MAX + 1], size_t *count,
                     struct problem *why)
{
    struct nodes n = {.home = home, .origin = origin, .held = held, .why = why};
    bool power = old_size > 0 && (old_size & (old_size - 1)) == 0;
    enum cs_status status = CS_WRONG_PROOF;

    n.bytes.alloc = memory_allocator();
    if (0 < old_size && old_size < size && size <= held)
        status = cs_merkle_prove_consistent(old_size, size, node_at, &n, hash + power, count);
    /* A complete old tree is in no proof: its root goes before it. */
    if (status == CS_OK && power)
        status = cs_merkle_root_of(0, old_size, node_at, &n, &hash[0]);
    *count += power;
    cs_buffer_free(&n.bytes);
    if (status == CS_INTERNAL)
        return -1;
    return status == CS_OK ? 0 : problem_status(why, status, _("a proof from the log's tiles"));
}

int log_root_at(const char *home, const char *origin, const struct cs_range *held, uint64_t size,
                struct cs_hash *root, struct problem *why)
{
    struct cs_hash hash[CS_PROOF_MAX + 1], whole;
    char directory[65];
    size_t n;

    cs_range_root(held, &whole);
    if (size == held->size) {
        *root = whole;
        return 0;
    }
    if (size == 0) {
        cs_merkle_empty(root);
        return 0;
    }
    if (log_prove_prefix(home, origin, held->size, size, held->size, hash, &n, why))
        return -1;
    if (cs_merkle_prefix_root(size, held->size, &whole, hash, n, root) == CS_OK)
        return 0;
    cs_origin_directory(origin, directory);
    return problem_set(why, "log_file_damaged",
                       _("The files in %s/logs/%s do not hold what was signed. Nothing of them was "
                         "used. \"commonshelf doctor\" names them, \"commonshelf doctor --repair\" "
                         "gets them back from a peer."),
                       home, directory);
}
