/*
 * The body of add-checkpoint has one spelling: what is read is written as the same bytes.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/witness.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span body = cs_span_make(data, size);
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_add_checkpoint ask;

    if (cs_add_checkpoint_read(body, &ask) == CS_OK) {
        must(ask.n <= CS_PROOF_MAX);
        cs_add_checkpoint_write(ask.old_size, ask.proof, ask.n, ask.note, &again);
        must(cs_span_equal(cs_buffer_span(&again), body));
    }
    cs_buffer_free(&again);
    return 0;
}
