/*
 * The page with the root key, as somebody typed it: what is read is what would be printed.
 */
#include "tests/fuzz/fuzz.h"

#include "support/root_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char seed[CS_KEY_SEED], again[CS_KEY_SEED];
    struct problem why = PROBLEM_INIT;
    struct cs_node_id node, whose;
    struct cs_buffer lines = CS_BUFFER_INIT;

    if (root_page_read(cs_span_make(data, size), seed, &node, &why))
        must(why.code != NULL);
    else if (node.s[0]) {
        root_page_lines(seed, &node, &lines);
        must(root_page_read(cs_buffer_span(&lines), again, &whose, NULL) == 0);
        must(memcmp(seed, again, sizeof seed) == 0 && cs_node_id_equal(&node, &whose));
    }
    cs_buffer_free(&lines);
    return 0;
}
