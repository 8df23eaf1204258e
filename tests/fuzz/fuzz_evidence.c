/*
 * Evidence files. A contradiction is only found between two checkpoints that parse.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/evidence.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_evidence e;

    if (cs_evidence_read(cs_span_make(data, size), &e) == CS_OK) {
        must(strcmp(e.smaller.origin, e.larger.origin) == 0);
        must(e.smaller.size <= e.larger.size);
    }
    return 0;
}
