/*
 * Where a tile stands in a log's files, which tiles a log of some size has, and a full tile's root.
 */
#include <commonshelf/tile.h>

#include <commonshelf/encode.h>

#include "protocol/scan.h"

#include <assert.h>
#include <stdio.h>

/* Hashes at `level` that a log of `size` entries has; bundles hold as many as level 0. */
static uint64_t hashes_at(int level, uint64_t size)
{
    return level == CS_TILE_LEVEL_ENTRIES ? size : size >> (8 * level);
}

static bool level_valid(int level)
{
    return level >= CS_TILE_LEVEL_ENTRIES && level <= CS_TILE_LEVEL_MAX;
}

void cs_tile_path(const struct cs_tile *tile, char out[CS_TILE_PATH_MAX])
{
    uint64_t unit = 1;
    int n;

    assert(level_valid(tile->level));
    assert(tile->width >= 1 && tile->width <= CS_BUNDLE_WIDTH);
    if (tile->level == CS_TILE_LEVEL_ENTRIES)
        n = snprintf(out, CS_TILE_PATH_MAX, "tile/entries");
    else
        n = snprintf(out, CS_TILE_PATH_MAX, "tile/%d", tile->level);

    while (tile->index / unit >= 1000)
        unit *= 1000;
    for (; unit > 0; unit /= 1000)
        n += snprintf(out + n, CS_TILE_PATH_MAX - (size_t)n, unit > 1 ? "/x%03u" : "/%03u",
                      (unsigned)(tile->index / unit % 1000));
    if (tile->width < CS_BUNDLE_WIDTH)
        n += snprintf(out + n, CS_TILE_PATH_MAX - (size_t)n, ".p/%u", tile->width);
    assert(n < CS_TILE_PATH_MAX);
}

static bool take_level(struct cs_span *s, int *level)
{
    unsigned digit;

    if (scan_word(s, "entries")) {
        *level = CS_TILE_LEVEL_ENTRIES;
        return true;
    }
    if (!scan_digits(s, 1, &digit) || digit > CS_TILE_LEVEL_MAX)
        return false;
    *level = (int)digit;
    return true;
}

/* "/x001/x234/067", the first element not "x000". */
static bool take_index(struct cs_span *s, uint64_t *index)
{
    unsigned element;
    bool more;

    *index = 0;
    do {
        if (*index > CS_LOG_SIZE_MAX || !scan_char(s, '/'))
            return false;
        more = scan_char(s, 'x');
        if (!scan_digits(s, 3, &element))
            return false;
        *index = *index * 1000 + element;
        if (more && *index == 0)
            return false;
    } while (more);
    return true;
}

/* Nothing for a full tile, ".p/W" for a partial one. */
static bool take_width(struct cs_span *s, unsigned *width)
{
    uint64_t w;

    *width = CS_BUNDLE_WIDTH;
    if (s->n == 0)
        return true;
    if (!scan_word(s, ".p/") || cs_decimal_read(*s, CS_BUNDLE_WIDTH - 1, &w) || w == 0)
        return false;
    *width = (unsigned)w;
    return true;
}

enum cs_status cs_tile_read(struct cs_span path, struct cs_tile *out)
{
    struct cs_tile tile;

    if (path.n >= CS_TILE_PATH_MAX)
        return CS_MALFORMED;
    if (!scan_word(&path, "tile/") || !take_level(&path, &tile.level) ||
        !take_index(&path, &tile.index) || !take_width(&path, &tile.width))
        return CS_MALFORMED;
    if (tile.index >= hashes_at(tile.level, CS_LOG_SIZE_MAX) / CS_BUNDLE_WIDTH)
        return CS_MALFORMED;
    *out = tile;
    return CS_OK;
}

bool cs_tile_in(const struct cs_tile *tile, uint64_t size)
{
    uint64_t full;
    unsigned edge;

    if (!level_valid(tile->level) || tile->width < 1 || tile->width > CS_BUNDLE_WIDTH)
        return false;
    edge = cs_tile_edge(tile->level, size, &full);
    if (tile->width == CS_BUNDLE_WIDTH)
        return tile->index < full;
    return tile->index == full && tile->width == edge;
}

unsigned cs_tile_edge(int level, uint64_t size, uint64_t *full)
{
    uint64_t hashes;

    assert(level_valid(level));
    hashes = hashes_at(level, size);
    *full = hashes / CS_BUNDLE_WIDTH;
    return (unsigned)(hashes % CS_BUNDLE_WIDTH);
}

void cs_tile_subtree(const unsigned char *hashes, unsigned level, struct cs_hash *out)
{
    struct cs_hash row[CS_BUNDLE_WIDTH];
    size_t n = (size_t)1 << level;

    assert(n <= CS_BUNDLE_WIDTH);
    memcpy(row, hashes, n * CS_HASH);
    for (; n > 1; n /= 2)
        for (size_t i = 0; i < n / 2; i++)
            cs_merkle_node(&row[2 * i], &row[2 * i + 1], &row[i]);
    *out = row[0];
}

void cs_tile_root(const unsigned char hashes[CS_TILE_MAX], struct cs_hash *out)
{
    cs_tile_subtree(hashes, 8, out);
}
