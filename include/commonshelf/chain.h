/*
 * A node's keysets from the genesis on, one note behind the other, and what two such chains of one
 * node say about each other. It doesn't say what to do about a contradiction: that is peering.
 * SPEC.md §4.
 */
#ifndef COMMONSHELF_CHAIN_H
#define COMMONSHELF_CHAIN_H

#include <commonshelf/keyset.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the first note off several: its text, the empty line, its signature lines. False if there
 * is none. Nothing of it is judged. */
CS_API bool cs_chain_next(struct cs_span *rest, struct cs_span *note);

/*
 * Reads and verifies a chain of `node`: CS_WRONG_ORIGIN when it begins with another node's genesis
 * or ends another node's logs, CS_TOO_LARGE over CS_KEYSET_CHAIN_MAX steps, else as cs_keyset_read
 * and cs_keyset_follows say. `newest` and `count` (the number of keysets) are set as far as it was
 * read.
 */
CS_MUST_USE CS_API enum cs_status cs_chain_read(struct cs_span chain, const struct cs_node_id *node,
                                                struct cs_keyset *newest, size_t *count);

enum cs_chain_relation {
    CS_CHAIN_SAME,
    CS_CHAIN_CONTINUES, /* the offered one goes on behind the held one */
    CS_CHAIN_OLDER, /* the offered one ends before the held one does */
    CS_CHAIN_OVERRIDES, /* they part, and the offered step is a higher root's, in time */
    CS_CHAIN_OVERRIDDEN, /* they part, and the held step is a higher root's */
    CS_CHAIN_CONTRADICTS, /* they part, and nothing says which one counts */
};

/*
 * How a chain relates to the one that is held; both were read by cs_chain_read for one node. Texts
 * count, not signatures. Where they part, `version` and the two notes of that version are set (NULL
 * takes none). `now` is the reader's clock: only within CS_KEYSET_OVERRIDE seconds from the held
 * step's `issued` a higher root overrides it.
 */
CS_MUST_USE CS_API enum cs_status cs_chain_compare(struct cs_span held, struct cs_span offered,
                                                   uint64_t now, enum cs_chain_relation *relation,
                                                   uint64_t *version, struct cs_span *held_note,
                                                   struct cs_span *offered_note);

#ifdef __cplusplus
}
#endif
#endif
