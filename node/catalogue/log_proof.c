/*
 * Any one file of a log against the tree that is committed: a full tile's root stands in the tile above it, the
 * tiles of the right edge hold the subtrees of the range, and a bundle's entries hash to its level-0 tile. So
 * each file is proved by a few others, up to what is signed.
 */
#include <commonshelf/gzip.h>

#include "catalogue/log_sums.h"

#define LEVELS (CS_TILE_LEVEL_MAX + 1)

struct log_proof {
    char home[FILE_PATH_MAX];
    char origin[CS_ORIGIN_MAX + 1];
    struct cs_range range;
    bool rebuilds; /* goes on below a damaged tile with what it must have held */
    struct {
        bool known;
        uint64_t index;
        unsigned char bytes[CS_TILE_MAX];
    } level[LEVELS]; /* the last one of each level that was proved */
    struct cs_buffer file, raw;
    struct log_sums sums;
    bool has_sums;
};

int log_file_damaged(const char *path, struct problem *why)
{
    return problem_set(why, "log_file_damaged",
                       _("The file %s does not hold what was signed. Nothing of it was used. "
                         "\"commonshelf doctor --repair\" gets it back from a peer that has it."),
                       path);
}

static int damaged(struct log_proof *p, const struct cs_tile *tile, struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (log_tile_path(p->home, p->origin, tile, path, why))
        return -1;
    return log_file_damaged(path, why);
}

struct log_proof *log_proof_new(const char *home, const char *origin, const struct cs_range *range,
                                bool rebuilds, struct problem *why)
{
    struct log_proof *p = memory_new(sizeof *p);

    if (!p) {
        problem_no_memory(why);
        return NULL;
    }
    strcpy(p->home, home);
    strcpy(p->origin, origin);
    p->range = *range;
    p->rebuilds = rebuilds;
    p->file.alloc = p->raw.alloc = memory_allocator();
    return p;
}

void log_proof_free(struct log_proof *p)
{
    if (!p)
        return;
    cs_buffer_free(&p->file);
    cs_buffer_free(&p->raw);
    memory_free(p);
}

bool log_proof_is_of(const struct log_proof *p, const char *origin, const struct cs_range *range)
{
    return p->range.size == range->size && p->range.n == range->n &&
           memcmp(p->range.hash, range->hash, range->n * sizeof range->hash[0]) == 0 &&
           strcmp(p->origin, origin) == 0;
}

/* The tile of this place as it is committed. */
static struct cs_tile tile_at(const struct log_proof *p, int level, uint64_t index)
{
    struct cs_tile tile = {level, index, CS_BUNDLE_WIDTH};
    uint64_t full;
    unsigned edge = cs_tile_edge(level, p->range.size, &full);

    if (index == full)
        tile.width = edge;
    return tile;
}

/* The hashes of the edge at one level make up the subtrees that the range has there. */
static bool fits_range(const struct cs_range *range, const struct cs_tile *tile,
                       const unsigned char *bytes)
{
    unsigned shift = (unsigned)(8 * (tile->level + 1)), before = 0;
    struct cs_range part;

    cs_range_init(&part);
    for (unsigned i = 0; i < tile->width; i++) {
        struct cs_hash hash;

        memcpy(hash.b, bytes + (size_t)i * CS_HASH, CS_HASH);
        if (!cs_range_add_subtree(&part, &hash, (unsigned)(8 * tile->level)))
            return false;
    }
    for (uint64_t above = range->size >> shift; above; above &= above - 1)
        before++;
    return before + part.n <= range->n &&
           memcmp(part.hash, range->hash + before, part.n * sizeof part.hash[0]) == 0;
}

static int trusted(struct log_proof *p, int level, uint64_t index, struct problem *why);

/* *right: these bytes are the tile's. -1 when that can't be said. */
static int judge(struct log_proof *p, const struct cs_tile *tile, struct cs_span bytes, bool *right,
                 struct problem *why)
{
    struct cs_hash root;

    *right = false;
    if (bytes.n != (size_t)tile->width * CS_HASH)
        return 0;
    if (tile->width < CS_BUNDLE_WIDTH) {
        *right = fits_range(&p->range, tile, bytes.p);
        return 0;
    }
    if (tile->level == CS_TILE_LEVEL_MAX)
        return damaged(p, tile, why);
    if (trusted(p, tile->level + 1, tile->index / CS_BUNDLE_WIDTH, why))
        return -1;
    cs_tile_root(bytes.p, &root);
    *right =
        memcmp(root.b, p->level[tile->level + 1].bytes + tile->index % CS_BUNDLE_WIDTH * CS_HASH,
               CS_HASH) == 0;
    return 0;
}

/* ---- a tile from what stands below it */

static bool leaves_of(struct cs_span raw, unsigned width, unsigned char *hashes)
{
    struct cs_bundle_item item;
    unsigned i = 0;

    for (; raw.n > 0; i++) {
        if (i == width || cs_bundle_next(&raw, &item) != CS_OK)
            return false;
        memcpy(hashes + (size_t)i * CS_HASH, item.leaf.b, CS_HASH);
    }
    return i == width;
}

static bool from_bundle(struct log_proof *p, const struct cs_tile *tile, unsigned char *hashes)
{
    struct cs_tile bundle = {CS_TILE_LEVEL_ENTRIES, tile->index, tile->width};
    struct problem unused = PROBLEM_INIT;

    cs_buffer_reset(&p->raw);
    return log_bundle_read(p->home, p->origin, &bundle, &p->raw, &unused) == 0 &&
           leaves_of(cs_buffer_span(&p->raw), tile->width, hashes);
}

static bool from_tiles(struct log_proof *p, const struct cs_tile *tile, unsigned char *hashes)
{
    struct problem unused = PROBLEM_INIT;

    for (unsigned i = 0; i < tile->width; i++) {
        struct cs_tile below = {tile->level - 1, tile->index * CS_BUNDLE_WIDTH + i,
                                CS_BUNDLE_WIDTH};
        struct cs_hash root;

        cs_buffer_reset(&p->file);
        if (log_tile_read(p->home, p->origin, &below, &p->file, &unused))
            return false;
        cs_tile_root(p->file.p, &root);
        memcpy(hashes + (size_t)i * CS_HASH, root.b, CS_HASH);
    }
    return true;
}

/* 0 with the tile in its level's place; -1 if what is below does not lead there either. */
static int rebuild(struct log_proof *p, const struct cs_tile *tile, struct problem *why)
{
    unsigned char *hashes = p->level[tile->level].bytes;
    bool right;

    if (!(tile->level == 0 ? from_bundle(p, tile, hashes) : from_tiles(p, tile, hashes)) ||
        judge(p, tile, cs_span_make(hashes, (size_t)tile->width * CS_HASH), &right, why) || !right)
        return -1;
    p->level[tile->level].known = true;
    p->level[tile->level].index = tile->index;
    return 0;
}

int log_proof_rebuild(struct log_proof *p, const struct cs_tile *tile, struct cs_span *bytes)
{
    struct cs_tile now = tile_at(p, tile->level, tile->index);
    struct problem unused = PROBLEM_INIT;

    p->level[tile->level].known = false;
    if (rebuild(p, &now, &unused) || tile->width > now.width)
        return -1;
    *bytes = cs_span_make(p->level[tile->level].bytes, (size_t)tile->width * CS_HASH);
    return 0;
}

/* ---- one file */

/* Brings the tile of this place, proved, into its level's. */
static int trusted(struct log_proof *p, int level, uint64_t index, struct problem *why)
{
    struct problem missing = PROBLEM_INIT;
    struct cs_tile tile = tile_at(p, level, index);
    bool right = false;

    if (p->level[level].known && p->level[level].index == index)
        return 0;
    p->level[level].known = false;
    cs_buffer_reset(&p->file);
    if (log_tile_read(p->home, p->origin, &tile, &p->file, &missing) == 0) {
        memcpy(p->level[level].bytes, p->file.p, p->file.n);
        if (judge(p, &tile, cs_span_make(p->level[level].bytes, (size_t)tile.width * CS_HASH),
                  &right, why))
            return -1;
    } else if (!problem_is(&missing, "log_file_missing log_file_damaged")) {
        *why = missing;
        return -1;
    }
    if (right) {
        p->level[level].known = true;
        p->level[level].index = index;
        return 0;
    }
    if (p->rebuilds && rebuild(p, &tile, why) == 0)
        return 0;
    problem_clear(why);
    return missing.code ? (*why = missing, -1) : damaged(p, &tile, why);
}

int log_proof_tile(struct log_proof *p, const struct cs_tile *tile, struct cs_span bytes,
                   struct problem *why)
{
    bool right;

    if (cs_tile_in(tile, p->range.size)) {
        if (judge(p, tile, bytes, &right, why))
            return -1;
    } else { /* of an edge that the log grew over */
        if (trusted(p, tile->level, tile->index, why))
            return -1;
        right = bytes.n == (size_t)tile->width * CS_HASH &&
                memcmp(bytes.p, p->level[tile->level].bytes, bytes.n) == 0;
    }
    return right ? 0 : damaged(p, tile, why);
}

int log_proof_leaves(struct log_proof *p, uint64_t bundle, const unsigned char **hashes,
                     struct problem *why)
{
    if (trusted(p, 0, bundle, why))
        return -1;
    *hashes = p->level[0].bytes;
    return 0;
}

int log_proof_sum(struct log_proof *p, const struct cs_tile *bundle, const struct cs_hash **sum,
                  struct problem *why)
{
    uint64_t group = bundle->index / CS_BUNDLE_WIDTH;

    *sum = NULL;
    if (!p->has_sums || p->sums.group != group) {
        p->has_sums = false;
        if (log_sums_read(p->home, p->origin, group, &p->sums, why))
            return -1;
        p->has_sums = true;
    }
    *sum = log_sums_get(&p->sums, bundle->index, bundle->width);
    return 0;
}

int log_proof_bundle(struct log_proof *p, const struct cs_tile *bundle, struct cs_span gz,
                     struct problem *why)
{
    struct cs_bundle_item item;
    const unsigned char *hashes;
    enum cs_status status;
    struct cs_span rest;
    unsigned i = 0;

    if (log_proof_leaves(p, bundle->index, &hashes, why))
        return -1;
    cs_buffer_reset(&p->raw);
    if ((status = cs_gunzip(gz, CS_BUNDLE_RAW_MAX, &p->raw)) == CS_NO_MEMORY)
        return problem_no_memory(why);
    if (status != CS_OK)
        return damaged(p, bundle, why);
    for (rest = cs_buffer_span(&p->raw); rest.n > 0; i++)
        if (i == bundle->width || cs_bundle_next(&rest, &item) != CS_OK ||
            memcmp(item.leaf.b, hashes + (size_t)i * CS_HASH, CS_HASH) != 0)
            return damaged(p, bundle, why);
    return i == bundle->width ? 0 : damaged(p, bundle, why);
}

int log_proof_file(struct log_proof *p, const struct cs_tile *tile, struct cs_span bytes,
                   struct problem *why)
{
    struct problem unused = PROBLEM_INIT;
    const struct cs_hash *sum;
    struct cs_hash is;

    if (tile->level != CS_TILE_LEVEL_ENTRIES)
        return log_proof_tile(p, tile, bytes, why);
    cs_sha256(bytes, &is);
    /* Sums that were read before may be older than a bundle that was redacted since. */
    for (bool again = p->has_sums;; again = false) {
        /* Those that can't be read leave it to the tree. */
        if (log_proof_sum(p, tile, &sum, &unused) || !sum)
            return log_proof_bundle(p, tile, bytes, why);
        if (memcmp(is.b, sum->b, CS_HASH) == 0)
            return 0;
        if (!again)
            return damaged(p, tile, why);
        p->has_sums = false;
    }
}
