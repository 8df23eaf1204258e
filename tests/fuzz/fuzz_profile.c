/*
 * Profiles: the bytes as a note, as a text that the node's log key has signed, and as a URL. What
 * is read can be written, and then reads as the same profile.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/profile.h>

#define SIGNER FUZZ_NODE "/log"

static void check_read(struct cs_span bytes)
{
    static struct cs_profile first, second;
    struct cs_buffer text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    struct cs_keyset keyset = fuzz_keyset();
    struct cs_node_id node;

    must(cs_node_id_read(cs_span_of(FUZZ_NODE), &node) == CS_OK);
    if (cs_profile_read(bytes, &node, &keyset, &first))
        return;
    must(cs_profile_write(&first, &text) == CS_OK);
    fuzz_sign(cs_buffer_span(&text), FUZZ_LOG, SIGNER, &note);
    must(cs_profile_read(cs_buffer_span(&note), &node, &keyset, &second) == CS_OK);
    must(memcmp(&first, &second, sizeof(first)) == 0);
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size);
    struct cs_buffer note = CS_BUFFER_INIT;

    if (cs_url_is_origin(bytes))
        must(size <= 2000 && !memchr(data, '@', size) && !memchr(data, '\0', size));
    check_read(bytes);
    fuzz_sign(bytes, FUZZ_LOG, SIGNER, &note);
    check_read(cs_buffer_span(&note));
    cs_buffer_free(&note);
    return 0;
}
