/*
 * Evidence that a node signed two histories of one log: a file that anybody can verify, offline, without
 * knowing the node. It proves what was signed, not why. Form: SPEC.md, Evidence.
 */
#ifndef COMMONSHELF_EVIDENCE_H
#define COMMONSHELF_EVIDENCE_H

#include <commonshelf/checkpoint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CS_EVIDENCE_MAX                                                                            \
    (CS_FRAMES_BODY_MAX + 65536) /* a keyset chain, two checkpoints, 64 hashes */

enum cs_evidence_kind {
    CS_EVIDENCE_FORK, /* two roots for one size, or a larger tree that does not contain the smaller */
    CS_EVIDENCE_ROLLBACK, /* a smaller tree, signed later than the larger one */
};

struct cs_evidence {
    enum cs_evidence_kind kind;
    struct cs_node_id node; /* whose keys signed both */
    struct cs_checkpoint smaller, larger; /* of one size: in the order of the file */
    struct cs_hash prefix; /* the root that the larger tree has at the smaller's size; forks only */
};

/*
 * Reads a whole file. CS_OK: both checkpoints are signed by keys of the node's own chain, and contradict
 * each other. CS_WRONG_PROOF: everything is signed, and nothing is contradicted. Otherwise what is wrong
 * with it: CS_MALFORMED, CS_WRONG_CHAIN, CS_WRONG_ORIGIN, CS_NO_SIGNATURE, CS_BAD_SIGNATURE and so on.
 */
CS_MUST_USE CS_API enum cs_status cs_evidence_read(struct cs_span file, struct cs_evidence *out);

/* Appends the frames behind the keysets', which the caller has put there: two checkpoint notes, the smaller
 * first, and `n` hashes for cs_merkle_prefix_root (none where the sizes are equal). */
CS_API void cs_evidence_add(struct cs_buffer *out, struct cs_span smaller, struct cs_span larger,
                            const struct cs_hash *hash, size_t n);

#ifdef __cplusplus
}
#endif
#endif
