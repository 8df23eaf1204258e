/*
 * gzip: as a stranger's member, and as text to pack and unpack.
 */
#include "tests/fuzz/fuzz.h"

#include <commonshelf/gzip.h>

#define MAX 300000

static void unpack(struct cs_span gz)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    enum cs_status status;

    cs_buffer_add_text(&out, "before");
    status = cs_gunzip(gz, MAX, &out);
    must(status == CS_OK || status == CS_MALFORMED || status == CS_TOO_LARGE);
    must(status == CS_OK ? out.n <= MAX + 6 : out.n == 6);
    must(memcmp(out.p, "before", 6) == 0);
    cs_buffer_free(&out);
}

static void pack(struct cs_span raw)
{
    struct cs_buffer gz = CS_BUFFER_INIT, out = CS_BUFFER_INIT;

    must(cs_gzip(raw, &gz) == CS_OK);
    must(cs_gunzip(cs_buffer_span(&gz), raw.n, &out) == CS_OK);
    must(cs_span_equal(raw, cs_buffer_span(&out)));
    cs_buffer_add_byte(&gz, 0);
    must(cs_gunzip(cs_buffer_span(&gz), raw.n, &out) == CS_MALFORMED);
    cs_buffer_free(&gz);
    cs_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unpack(cs_span_make(data, size));
    pack(cs_span_make(data, size));
    return 0;
}
