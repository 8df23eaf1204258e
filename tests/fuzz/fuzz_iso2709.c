/*
 * Mending a record of ISO 2709: what comes out has a length and a directory that fit its bytes, so
 * that mending it again changes nothing.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "intake/marc_mend.h"
#include "intake/marc_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char out[2 * MARC_RECORD_MAX], again[2 * MARC_RECORD_MAX];
    const char *code = NULL;
    size_t n;

    if (size > MARC_RECORD_MAX || memchr(data, 0x1D, size))
        return 0;
    n = mend_iso2709(data, size, out, &code);
    if (n == 0) {
        must(code != NULL);
        return 0;
    }
    must(n <= 99999 && out[n - 1] == 0x1D);
    must(mend_iso2709(out, n - 1, again, &code) == n);
    must(memcmp(out, again, n) == 0);
    return 0;
}
