/*
 * Files of logs: each frame that the walk gives lies inside the file, behind the one before it, and
 * its head is written back as the same bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <commonshelf/frames.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_frame_walk walk;
    struct cs_frame_place place = {0};

    if (cs_frame_walk_begin(&walk, cs_span_make(data, size), size))
        return 0;
    while (place.type != CS_FRAME_END) {
        size_t start = (size_t)walk.offset, left = size - start, n;
        unsigned char head[CS_FRAME_LOOK];
        struct cs_span look =
            cs_span_make(data + start, left < CS_FRAME_LOOK ? left : CS_FRAME_LOOK);

        if (cs_frame_walk_next(&walk, look, &place))
            return 0;
        n = cs_frame_place_write(&place, head);
        must(memcmp(head, data + start, n) == 0);
        must(place.offset == start + n && place.offset + place.length == walk.offset);
        must(walk.offset <= size);
    }
    must(walk.offset == size);
    return 0;
}
