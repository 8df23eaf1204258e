/*
 * Proving a log from its files: the one reading that signing, recovery and doctor share.
 */
#include <inttypes.h>

#include "catalogue/log_files.h"

struct prover {
    const char *home, *origin;
    struct cs_range *range;
    uint64_t start, size;
    int (*each)(void *arg, uint64_t index, const struct cs_bundle_item *item, struct problem *why);
    void *arg;
    struct cs_buffer raw, tile, above;
};

static int wrong(const struct prover *p, const struct cs_tile *tile, struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (log_tile_path(p->home, p->origin, tile, path, why))
        return -1;
    return log_file_damaged(path, why);
}

static struct cs_tile tile_at(int level, uint64_t index, uint64_t size)
{
    struct cs_tile tile = {level, index, CS_BUNDLE_WIDTH};
    uint64_t full;
    unsigned width = cs_tile_edge(level, size, &full);

    if (index == full)
        tile.width = width;
    return tile;
}

/* One bundle against its level-0 tile; its new entries go into the range. */
static int prove_bundle(struct prover *p, uint64_t index, struct problem *why)
{
    struct cs_tile bundle = tile_at(CS_TILE_LEVEL_ENTRIES, index, p->size);
    struct cs_tile hashes = tile_at(0, index, p->size);
    uint64_t at = index * CS_BUNDLE_WIDTH;
    struct cs_bundle_item item;
    struct cs_span rest;
    unsigned i = 0;

    cs_buffer_reset(&p->raw);
    cs_buffer_reset(&p->tile);
    if (log_bundle_read(p->home, p->origin, &bundle, &p->raw, why) ||
        log_tile_read(p->home, p->origin, &hashes, &p->tile, why))
        return -1;
    for (rest = cs_buffer_span(&p->raw); rest.n > 0; i++, at++) {
        if (i == bundle.width || cs_bundle_next(&rest, &item) != CS_OK)
            return wrong(p, &bundle, why);
        if (memcmp(item.leaf.b, p->tile.p + (size_t)i * CS_HASH, CS_HASH) != 0)
            return wrong(p, &bundle, why);
        if (at < p->start)
            continue;
        cs_range_add_leaf(p->range, &item.leaf);
        if (p->each && p->each(p->arg, at, &item, why))
            return -1;
    }
    return i == bundle.width ? 0 : wrong(p, &bundle, why);
}

/* Tiles of one level, from the first that can hold something new: the root of each full tile below
 * must stand in them. */
static int prove_level(struct prover *p, int level, struct problem *why)
{
    unsigned shift = (unsigned)(8 * (level + 1));
    uint64_t hashes = p->size >> (8 * level), first = p->start >> shift;

    for (uint64_t index = first; index * CS_BUNDLE_WIDTH < hashes; index++) {
        struct cs_tile tile = tile_at(level, index, p->size);

        cs_buffer_reset(&p->above);
        if (log_tile_read(p->home, p->origin, &tile, &p->above, why))
            return -1;
        for (unsigned i = 0; i < tile.width; i++) {
            struct cs_tile below = {level - 1, index * CS_BUNDLE_WIDTH + i, CS_BUNDLE_WIDTH};
            struct cs_hash root;

            /* What was full before `start` was proved when it was written. */
            if ((below.index + 1) << (8 * level) <= p->start)
                continue;
            cs_buffer_reset(&p->tile);
            if (log_tile_read(p->home, p->origin, &below, &p->tile, why))
                return -1;
            cs_tile_root(p->tile.p, &root);
            if (memcmp(root.b, p->above.p + (size_t)i * CS_HASH, CS_HASH) != 0)
                return wrong(p, &tile, why);
        }
    }
    return 0;
}

int log_prove(const char *home, const char *origin, struct cs_range *range, uint64_t size,
              int (*each)(void *arg, uint64_t index, const struct cs_bundle_item *item,
                          struct problem *why),
              void *arg, struct problem *why)
{
    struct prover p = {.home = home,
                       .origin = origin,
                       .range = range,
                       .start = range->size,
                       .size = size,
                       .each = each,
                       .arg = arg};
    int rc = -1;

    p.raw.alloc = p.tile.alloc = p.above.alloc = memory_allocator();
    for (uint64_t index = p.start / CS_BUNDLE_WIDTH; index * CS_BUNDLE_WIDTH < size; index++)
        if (prove_bundle(&p, index, why))
            goto out;
    for (int level = 1; level <= CS_TILE_LEVEL_MAX; level++)
        if (prove_level(&p, level, why))
            goto out;
    rc = 0;
out:
    cs_buffer_free(&p.raw);
    cs_buffer_free(&p.tile);
    cs_buffer_free(&p.above);
    return rc;
}
