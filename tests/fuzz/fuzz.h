/*
 * What all fuzz targets share: libFuzzer's entry, and a check that stays on in every build.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. */
static inline void must(int holds)
{
    if (!holds)
        abort();
}

#endif
