#include <assert.h>
#include <sys/stat.h>

#include <commonshelf/checkpoint.h>
#include <commonshelf/gzip.h>

#include "catalogue/log_sums.h"
#include "catalogue/squeeze.h"

#define LEVELS (CS_TILE_LEVEL_MAX + 1)

/*
 * A log's right edge in memory. `range.size` decides how much of each array counts: level 0 holds
 * size % 256 hashes, level 1 (size / 256) % 256, and so on; `raw` holds size % 256 entries.
 */
struct log_writer {
    char home[FILE_PATH_MAX];
    char origin[CS_ORIGIN_MAX + 1];
    struct cs_range range;
    uint64_t flushed; /* the size whose right edge is on disk */
    struct cs_buffer raw, gz;
    struct squeeze *squeeze; /* made with the first full bundle */
    uint64_t squeezed; /* the bundle that is in it */
    struct file_batch *files;
    char directory[FILE_PATH_MAX]; /* the last one that is known to be there */
    struct log_sums sums; /* of the group of bundles that is being written */
    bool has_sums, sums_changed;
    unsigned char tile[LEVELS][CS_TILE_MAX];
};

static int make_directory_of(struct log_writer *w, const char *path, struct problem *why)
{
    size_t n = (size_t)(strrchr(path, '/') - path);

    if (strlen(w->directory) == n && memcmp(w->directory, path, n) == 0)
        return 0;
    memcpy(w->directory, path, n);
    w->directory[n] = '\0';
    if (file_make_directory(w->directory, 0755, why) == 0)
        return 0;
    w->directory[0] = '\0';
    return -1;
}

/* ---- what the bundles hash to as files */

static int put_sums(struct log_writer *w, struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    char path[FILE_PATH_MAX];
    int rc = -1;

    if (!w->sums_changed)
        return 0;
    log_sums_write(&w->sums, &bytes);
    if (bytes.failed)
        problem_no_memory(why);
    else if (log_sums_path(w->home, w->origin, w->sums.group, path, why) == 0 &&
             make_directory_of(w, path, why) == 0)
        rc = file_batch_put(w->files, path, cs_buffer_span(&bytes), 0644, why);
    w->sums_changed = rc != 0;
    cs_buffer_free(&bytes);
    return rc;
}

static int add_sum(struct log_writer *w, uint64_t bundle, unsigned width, struct cs_span gz,
                   struct problem *why)
{
    uint64_t group = bundle / CS_BUNDLE_WIDTH;
    struct problem unused = PROBLEM_INIT;
    struct cs_hash sum;

    if (!w->has_sums || w->sums.group != group) {
        if (put_sums(w, why))
            return -1;
        /* Damaged ones are begun anew. */
        (void)!log_sums_read(w->home, w->origin, group, &w->sums, &unused);
        w->has_sums = true;
    }
    cs_sha256(gz, &sum);
    log_sums_set(&w->sums, bundle, width, &sum);
    w->sums_changed = true;
    return 0;
}

static int put(struct log_writer *w, int level, uint64_t index, unsigned width,
               struct cs_span bytes, struct problem *why)
{
    struct cs_tile tile = {level, index, width};
    char path[FILE_PATH_MAX];

    if (level == CS_TILE_LEVEL_ENTRIES && add_sum(w, index, width, bytes, why))
        return -1;
    if (log_tile_path(w->home, w->origin, &tile, path, why) || make_directory_of(w, path, why))
        return -1;
    return file_batch_put(w->files, path, bytes, 0644, why);
}

/* The full bundle that was handed over before. */
static int put_squeezed(struct log_writer *w, struct problem *why)
{
    enum cs_status status;
    struct cs_span gz;

    if (!w->squeeze || !squeeze_busy(w->squeeze))
        return 0;
    if ((status = squeeze_take(w->squeeze, &gz)) != CS_OK)
        return problem_status(why, status, _("a bundle of entries"));
    return put(w, CS_TILE_LEVEL_ENTRIES, w->squeezed, CS_BUNDLE_WIDTH, gz, why);
}

static int squeeze_bundle(struct log_writer *w, uint64_t index, struct problem *why)
{
    if (!w->squeeze && !(w->squeeze = squeeze_new()))
        return problem_no_memory(why);
    if (put_squeezed(w, why))
        return -1;
    squeeze_give(w->squeeze, &w->raw);
    w->squeezed = index;
    return 0;
}

static int put_bundle(struct log_writer *w, uint64_t index, unsigned width, struct problem *why)
{
    enum cs_status status;

    cs_buffer_reset(&w->gz);
    if ((status = cs_gzip(cs_buffer_span(&w->raw), &w->gz)) != CS_OK)
        return problem_status(why, status, _("a bundle of entries"));
    return put(w, CS_TILE_LEVEL_ENTRIES, index, width, cs_buffer_span(&w->gz), why);
}

/* A hash comes to `level`; a tile that it fills is written, and its root goes one level up. `count`
 * is the number of hashes at this level before it. */
static int carry(struct log_writer *w, int level, uint64_t count, const struct cs_hash *hash,
                 struct problem *why)
{
    unsigned at = (unsigned)(count % CS_BUNDLE_WIDTH);
    struct cs_hash root;

    if (level > CS_TILE_LEVEL_MAX)
        return problem_set(why, "log_full", _("The shelf's log is full. Nothing was changed."));
    memcpy(w->tile[level] + at * CS_HASH, hash->b, CS_HASH);
    if (at + 1 < CS_BUNDLE_WIDTH)
        return 0;
    if (put(w, level, count / CS_BUNDLE_WIDTH, CS_BUNDLE_WIDTH,
            cs_span_make(w->tile[level], CS_TILE_MAX), why))
        return -1;
    cs_tile_root(w->tile[level], &root);
    return carry(w, level + 1, count / CS_BUNDLE_WIDTH, &root, why);
}

static int add_leaf(struct log_writer *w, const struct cs_hash *leaf, struct problem *why)
{
    if (carry(w, 0, w->range.size, leaf, why))
        return -1;
    cs_range_add_leaf(&w->range, leaf);
    return 0;
}

int log_writer_add(struct log_writer *w, const struct cs_bundle_item *item, struct problem *why)
{
    uint64_t index = w->range.size / CS_BUNDLE_WIDTH;
    enum cs_status status = CS_OK;

    if (item->entry.n > 0)
        status = cs_bundle_add(&w->raw, item->entry);
    else
        cs_bundle_add_redacted(&w->raw, &item->leaf);
    if (status != CS_OK || w->raw.failed)
        return problem_status(why, w->raw.failed ? CS_NO_MEMORY : status, _("an entry"));
    if (add_leaf(w, &item->leaf, why))
        return -1;
    return w->range.size % CS_BUNDLE_WIDTH == 0 ? squeeze_bundle(w, index, why) : 0;
}

int log_writer_add_bundle(struct log_writer *w, struct cs_span gz,
                          const struct cs_hash leaf[CS_BUNDLE_WIDTH], struct problem *why)
{
    assert(w->range.size % CS_BUNDLE_WIDTH == 0);
    if (put(w, CS_TILE_LEVEL_ENTRIES, w->range.size / CS_BUNDLE_WIDTH, CS_BUNDLE_WIDTH, gz, why))
        return -1;
    for (unsigned i = 0; i < CS_BUNDLE_WIDTH; i++)
        if (add_leaf(w, &leaf[i], why))
            return -1;
    return 0;
}

int log_writer_flush(struct log_writer *w, struct problem *why)
{
    if (put_squeezed(w, why))
        return -1;
    for (int level = 0; level <= CS_TILE_LEVEL_MAX; level++) {
        struct cs_tile tile = {.level = level};
        uint64_t index;
        unsigned width = cs_tile_edge(level, w->range.size, &index);

        tile.index = index;
        tile.width = width;
        /* What stands there already is committed: writing it again would put it at risk. */
        if (width == 0 || cs_tile_in(&tile, w->flushed))
            continue;
        if (put(w, level, index, width, cs_span_make(w->tile[level], (size_t)width * CS_HASH), why))
            return -1;
        if (level == 0 && put_bundle(w, index, width, why))
            return -1;
    }
    if (put_sums(w, why) || file_batch_commit(w->files, why))
        return -1;
    w->flushed = w->range.size;
    return 0;
}

const struct cs_range *log_writer_range(const struct log_writer *w)
{
    return &w->range;
}

/* The hashes of the right edge must lead to the hashes of the range: each level's tile holds the
 * subtrees that the range has between 2^(8·level) and 2^(8·level+7) leaves. */
static bool edge_fits(const struct log_writer *w)
{
    struct cs_range edge;
    struct cs_hash edge_root, root;
    uint64_t size = 0;

    cs_range_init(&edge);
    for (int level = CS_TILE_LEVEL_MAX; level >= 0; level--) {
        uint64_t full;
        unsigned width = cs_tile_edge(level, w->range.size, &full);
        uint64_t start = full * CS_BUNDLE_WIDTH << (8 * level);

        /* What lies left of this tile is covered by the levels above it. */
        if (start != size)
            return false;
        for (unsigned i = 0; i < width; i++) {
            struct cs_hash h;
            memcpy(h.b, w->tile[level] + (size_t)i * CS_HASH, CS_HASH);
            if (!cs_range_add_subtree(&edge, &h, (unsigned)(8 * level)))
                return false;
            size += UINT64_C(1) << (8 * level);
        }
    }
    cs_range_root(&edge, &edge_root);
    cs_range_root(&w->range, &root);
    return edge.size == w->range.size && memcmp(edge_root.b, root.b, CS_HASH) == 0;
}

/* The entries of the partial bundle must hash to the level-0 tile. */
static bool bundle_fits(const struct log_writer *w, unsigned width)
{
    struct cs_span rest = cs_buffer_span(&w->raw);
    struct cs_bundle_item item;
    unsigned i = 0;

    for (; rest.n > 0; i++)
        if (i == width || cs_bundle_next(&rest, &item) != CS_OK ||
            memcmp(item.leaf.b, w->tile[0] + (size_t)i * CS_HASH, CS_HASH) != 0)
            return false;
    return i == width;
}

static int load_edge(struct log_writer *w, struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    char directory[65];
    int rc = -1;

    for (int level = 0; level <= CS_TILE_LEVEL_MAX; level++) {
        struct cs_tile tile = {.level = level};

        tile.width = cs_tile_edge(level, w->range.size, &tile.index);
        if (tile.width == 0)
            continue;
        cs_buffer_reset(&bytes);
        if (log_tile_read(w->home, w->origin, &tile, &bytes, why))
            goto out;
        memcpy(w->tile[level], bytes.p, bytes.n);
        tile.level = CS_TILE_LEVEL_ENTRIES;
        if (level == 0 && log_bundle_read(w->home, w->origin, &tile, &w->raw, why))
            goto out;
    }
    cs_origin_directory(w->origin, directory);
    if (!edge_fits(w) || !bundle_fits(w, (unsigned)(w->range.size % CS_BUNDLE_WIDTH))) {
        problem_set(why, "log_file_damaged",
                    _("The newest files of the log in %s/logs/%s do not hold what was signed. "
                      "Nothing was written. Run \"commonshelf doctor\"."),
                    w->home, directory);
        goto out;
    }
    rc = 0;
out:
    cs_buffer_free(&bytes);
    return rc;
}

struct log_writer *log_writer_open(const char *home, const char *origin,
                                   const struct cs_range *range, struct problem *why)
{
    struct log_writer *w = memory_new(sizeof *w);

    if (!w || !(w->files = file_batch_new())) {
        log_writer_free(w);
        problem_no_memory(why);
        return NULL;
    }
    assert(strlen(home) < sizeof w->home && strlen(origin) < sizeof w->origin);
    strcpy(w->home, home);
    strcpy(w->origin, origin);
    w->range = *range;
    w->flushed = range->size;
    w->raw.alloc = w->gz.alloc = memory_allocator();
    if (load_edge(w, why)) {
        log_writer_free(w);
        return NULL;
    }
    return w;
}

void log_writer_free(struct log_writer *w)
{
    if (!w)
        return;
    squeeze_free(w->squeeze);
    file_batch_free(w->files);
    cs_buffer_free(&w->raw);
    cs_buffer_free(&w->gz);
    memory_free(w);
}
