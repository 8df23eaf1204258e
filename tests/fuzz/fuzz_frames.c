/*
 * Frames: what is read up to the end is written back as the same bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <commonshelf/frames.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span rest = cs_span_make(data, size), frame;
    struct cs_buffer written = CS_BUFFER_INIT;
    unsigned char type = 0;

    if (cs_frames_open(&rest))
        return 0;
    cs_frames_begin(&written);
    while (cs_frames_next(&rest, &type, &frame) == CS_OK)
        cs_frames_add(&written, (enum cs_frame)type, frame);
    must(written.n + rest.n == size);
    must(cs_span_equal(cs_buffer_span(&written), cs_span_make(data, written.n)));
    must((type == CS_FRAME_END) <= (rest.n == 0));
    cs_buffer_free(&written);
    return 0;
}
