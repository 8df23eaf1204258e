/*
 * Shelves for one reader: one spelling, so what is read is written as the same bytes.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/shelves.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size), lines;
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_node_id node;
    struct cs_shelf shelf;

    must(cs_node_id_read(cs_span_of(FUZZ_NODE), &node) == CS_OK);
    if (cs_shelves_read(bytes, &node, &lines))
        return 0;
    cs_shelves_begin(&again, &node);
    while (cs_shelves_next(&lines, &shelf))
        cs_shelves_add(&again, &shelf);
    must(lines.n == 0);
    must(cs_span_equal(cs_buffer_span(&again), bytes));
    cs_buffer_free(&again);
    return 0;
}
