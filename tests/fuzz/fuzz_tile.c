/*
 * Paths of tiles: what is read is written back as the same bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <commonshelf/tile.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span path = cs_span_make(data, size);
    char written[CS_TILE_PATH_MAX];
    struct cs_tile tile;

    if (cs_tile_read(path, &tile))
        return 0;
    cs_tile_path(&tile, written);
    must(cs_span_is(path, written));
    must(!cs_tile_in(&tile, 0));
    must(tile.width < CS_BUNDLE_WIDTH || cs_tile_in(&tile, CS_LOG_SIZE_MAX));
    return 0;
}
