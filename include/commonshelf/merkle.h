/*
 * Merkle trees of RFC 6962 §2.1 (the same as RFC 9162 §2.1): hashes, the compact range that a log's
 * writer or mirror keeps, inclusion and consistency proofs. No storage: tiles are in tile.h.
 */
#ifndef COMMONSHELF_MERKLE_H
#define COMMONSHELF_MERKLE_H

#include <commonshelf/key.h>
#include <commonshelf/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

CS_API void cs_merkle_leaf(struct cs_span entry, struct cs_hash *out);
CS_API void cs_merkle_node(const struct cs_hash *left, const struct cs_hash *right,
                           struct cs_hash *out);
/* The root of the tree without leaves: SHA-256 of nothing. */
CS_API void cs_merkle_empty(struct cs_hash *out);

/*
 * The complete subtrees that a tree of `size` leaves consists of, biggest first: as many as `size`
 * has one bits. Enough to append and to compute the root; `size` and `n` go together.
 */
struct cs_range {
    uint64_t size;
    size_t n;
    struct cs_hash hash[64];
};

CS_API void cs_range_init(struct cs_range *range);
/* Asserts that there is room: a tree has at most 2^64 - 1 leaves. */
CS_API void cs_range_add_leaf(struct cs_range *range, const struct cs_hash *leaf);
/* Appends the root of a complete subtree of 2^level leaves; `size` must be a multiple of that
 * (false otherwise, nothing changed). */
CS_API bool cs_range_add_subtree(struct cs_range *range, const struct cs_hash *subtree,
                                 unsigned level);
CS_API void cs_range_root(const struct cs_range *range, struct cs_hash *out);
/* From storage: the hashes one behind the other, as they stand in `hash`. The size is stored beside
 * them; CS_MALFORMED when it asks for another number of hashes. */
CS_MUST_USE CS_API enum cs_status cs_range_read(uint64_t size, struct cs_span hashes,
                                                struct cs_range *out);

/* CS_OK, or CS_WRONG_PROOF. `proof` has `n` hashes. RFC 9162 §2.1.3.2. */
CS_MUST_USE CS_API enum cs_status cs_merkle_included(uint64_t index, uint64_t size,
                                                     const struct cs_hash *leaf,
                                                     const struct cs_hash *proof, size_t n,
                                                     const struct cs_hash *root);
/* CS_OK, or CS_WRONG_PROOF. An empty old tree is consistent with every tree and needs an empty
 * proof. RFC 9162 §2.1.4.2. */
CS_MUST_USE CS_API enum cs_status cs_merkle_consistent(uint64_t old_size,
                                                       const struct cs_hash *old_root,
                                                       uint64_t size, const struct cs_hash *root,
                                                       const struct cs_hash *proof, size_t n);

/*
 * Fetches the root of the complete subtree of the leaves [index << level, (index + 1) << level). A status
 * other than CS_OK ends the walk that asked and is returned by it.
 */
typedef enum cs_status (*cs_merkle_get)(void *arg, unsigned level, uint64_t index,
                                        struct cs_hash *out);
/* The root of the leaves [from, to): MTH(D[from:to]) of RFC 9162 §2.1.1, where `from` is a multiple of the
 * largest power of two that is not above their number (CS_MALFORMED otherwise). */
CS_MUST_USE CS_API enum cs_status cs_merkle_root_of(uint64_t from, uint64_t to, cs_merkle_get get,
                                                    void *arg, struct cs_hash *out);
/* The proof that cs_merkle_consistent takes, for sizes up to CS_LOG_SIZE_MAX (CS_TOO_LARGE). */
CS_MUST_USE CS_API enum cs_status cs_merkle_prove_consistent(uint64_t old_size, uint64_t size,
                                                             cs_merkle_get get, void *arg,
                                                             struct cs_hash proof[CS_PROOF_MAX],
                                                             size_t *n);
/*
 * What root a tree has in its first `old_size` leaves (0 < old_size < size), from its own root and a
 * consistency proof; where `old_size` is a power of two and the proof leaves that subtree out, its root
 * stands before it. CS_WRONG_PROOF if the hashes do not lead to `root`. Held against another root that was
 * signed for `old_size`, it tells a fork.
 */
CS_MUST_USE CS_API enum cs_status cs_merkle_prefix_root(uint64_t old_size, uint64_t size,
                                                        const struct cs_hash *root,
                                                        const struct cs_hash *hash, size_t n,
                                                        struct cs_hash *out);

#ifdef __cplusplus
}
#endif
#endif
