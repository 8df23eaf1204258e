/*
 * Keysets: the bytes as a note, as a chain, and as a text that a root has signed. Every keyset that is read is
 * written again as the same bytes: it has no second spelling.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/chain.h>
#include <commonshelf/encode.h>

static void check_read(struct cs_span bytes)
{
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_keyset keyset;
    struct cs_node_id node;
    struct cs_note note;

    if (cs_keyset_read(bytes, &keyset))
        return;
    must(cs_note_parse(bytes, CS_NOTE_MAX, &note) == CS_OK);
    cs_keyset_write(&keyset, &again);
    must(cs_span_equal(cs_buffer_span(&again), note.text));
    must((cs_keyset_node_id(&keyset, &node) == CS_OK) == (keyset.version == 1));
    must(cs_keyset_follows(&keyset, bytes, &keyset) == CS_WRONG_CHAIN);
    cs_buffer_free(&again);
}

/* Whatever a chain is, it relates to itself and to its beginning as it should. */
static void check_chain(struct cs_span bytes)
{
    struct cs_span rest = bytes, first;
    enum cs_chain_relation relation;
    struct cs_keyset keyset, newest;
    struct cs_node_id node;
    size_t count;

    if (!cs_chain_next(&rest, &first) || cs_keyset_read(first, &keyset) ||
        cs_keyset_node_id(&keyset, &node) || cs_chain_read(bytes, &node, &newest, &count))
        return;
    must(newest.version == count);
    must(cs_chain_compare(bytes, bytes, 0, &relation, NULL, NULL, NULL) == CS_OK);
    must(relation == CS_CHAIN_SAME);
    must(cs_chain_compare(first, bytes, 0, &relation, NULL, NULL, NULL) == CS_OK);
    must(relation == (count > 1 ? CS_CHAIN_CONTINUES : CS_CHAIN_SAME));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_node_id node;

    if (cs_node_id_read(cs_span_make(data, size), &node) == CS_OK)
        must(strlen(node.s) == CS_NODE_ID_LEN);
    check_read(cs_span_make(data, size));
    check_chain(cs_span_make(data, size));
    fuzz_sign(cs_span_make(data, size), FUZZ_ROOT, "root", &note);
    check_read(cs_buffer_span(&note));
    cs_buffer_free(&note);
    return 0;
}
