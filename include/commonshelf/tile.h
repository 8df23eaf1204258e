/*
 * The file layout of a log: C2SP tlog-tiles, height 8. Paths, sizes, and the hashes inside a tile.
 * Reads and writes no files. Source: c2sp.org/tlog-tiles.
 */
#ifndef COMMONSHELF_TILE_H
#define COMMONSHELF_TILE_H

#include <commonshelf/limits.h>
#include <commonshelf/merkle.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CS_TILE_LEVEL_ENTRIES (-1) /* stands for "entries", the bundles */
#define CS_TILE_LEVEL_MAX 4 /* CS_LOG_SIZE_MAX leaves need levels 0 to 4 */

/* One tile or bundle: width 256 is the full one, 1 to 255 the partial ".p/W". */
struct cs_tile {
    int level; /* 0 to CS_TILE_LEVEL_MAX, or CS_TILE_LEVEL_ENTRIES */
    uint64_t index;
    unsigned width;
};

#define CS_TILE_PATH_MAX 64
/* "tile/0/x001/x234/067", "tile/entries/000.p/3": without a leading slash, NUL-terminated. */
CS_API void cs_tile_path(const struct cs_tile *tile, char out[CS_TILE_PATH_MAX]);
/* The exact inverse; CS_MALFORMED for everything that cs_tile_path would not write. */
CS_MUST_USE CS_API enum cs_status cs_tile_read(struct cs_span path, struct cs_tile *out);

/* True if a log of `size` entries has this tile: the full one, or the partial one that stands at its
 * right edge at that size. */
CS_API bool cs_tile_in(const struct cs_tile *tile, uint64_t size);
/* Hashes that the rightmost, perhaps partial, tile at `level` has in a log of `size`; the number of
 * full tiles before it goes to *full. */
CS_API unsigned cs_tile_edge(int level, uint64_t size, uint64_t *full);

/* The root of 2^level neighbouring hashes, level up to 8. */
CS_API void cs_tile_subtree(const unsigned char *hashes, unsigned level, struct cs_hash *out);
/* The root of the complete subtree that a full tile's 256 hashes (8,192 bytes) span. */
CS_API void cs_tile_root(const unsigned char hashes[CS_TILE_MAX], struct cs_hash *out);

#ifdef __cplusplus
}
#endif
#endif
