/*
 * Hashes of RFC 6962 trees, the compact range, and the two walks that check proofs.
 */
#include <commonshelf/merkle.h>

#include <assert.h>

void cs_merkle_leaf(struct cs_span entry, struct cs_hash *out)
{
    const struct cs_span parts[] = {cs_span_make("\x00", 1), entry};

    cs_sha256_many(parts, 2, out);
}

void cs_merkle_node(const struct cs_hash *left, const struct cs_hash *right, struct cs_hash *out)
{
    unsigned char node[1 + 2 * CS_HASH];

    node[0] = 0x01;
    memcpy(node + 1, left->b, CS_HASH);
    memcpy(node + 1 + CS_HASH, right->b, CS_HASH);
    cs_sha256(cs_span_make(node, sizeof(node)), out);
}

void cs_merkle_empty(struct cs_hash *out)
{
    cs_sha256(cs_span_make(NULL, 0), out);
}

static bool hash_equal(const struct cs_hash *a, const struct cs_hash *b)
{
    return memcmp(a->b, b->b, CS_HASH) == 0;
}

void cs_range_init(struct cs_range *range)
{
    range->size = 0;
    range->n = 0;
}

bool cs_range_add_subtree(struct cs_range *range, const struct cs_hash *subtree, unsigned level)
{
    uint64_t width;
    struct cs_hash top = *subtree;

    if (level > 63)
        return false;
    width = UINT64_C(1) << level;
    if (range->size % width != 0 || range->size > UINT64_MAX - width)
        return false;

    /* Adding is binary counting: each carry joins two subtrees of one width. */
    for (uint64_t carry = width; range->size & carry; carry <<= 1) {
        assert(range->n > 0);
        cs_merkle_node(&range->hash[--range->n], &top, &top);
    }
    range->hash[range->n++] = top;
    range->size += width;
    return true;
}

void cs_range_add_leaf(struct cs_range *range, const struct cs_hash *leaf)
{
    bool added = cs_range_add_subtree(range, leaf, 0);

    assert(added); /* only a tree of 2^64 - 1 leaves is full */
    (void)added;
}

void cs_range_root(const struct cs_range *range, struct cs_hash *out)
{
    size_t i = range->n;

    if (i == 0) {
        cs_merkle_empty(out);
        return;
    }
    *out = range->hash[--i];
    while (i > 0)
        cs_merkle_node(&range->hash[--i], out, out);
}

enum cs_status cs_range_read(uint64_t size, struct cs_span hashes, struct cs_range *out)
{
    size_t n = (size_t)__builtin_popcountll(size);

    if (hashes.n != n * CS_HASH)
        return CS_MALFORMED;
    out->size = size;
    out->n = n;
    for (size_t i = 0; i < n; i++)
        memcpy(out->hash[i].b, hashes.p + i * CS_HASH, CS_HASH);
    return CS_OK;
}

/* Both walks keep the names of RFC 9162: fn and sn are the node's and the last node's place. */
enum cs_status cs_merkle_included(uint64_t index, uint64_t size, const struct cs_hash *leaf,
                                  const struct cs_hash *proof, size_t n, const struct cs_hash *root)
{
    uint64_t fn = index, sn = size - 1;
    struct cs_hash r = *leaf;

    if (index >= size)
        return CS_WRONG_PROOF;
    for (size_t i = 0; i < n; i++) {
        if (sn == 0)
            return CS_WRONG_PROOF;
        if ((fn & 1) || fn == sn) {
            cs_merkle_node(&proof[i], &r, &r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            cs_merkle_node(&r, &proof[i], &r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_equal(&r, root) ? CS_OK : CS_WRONG_PROOF;
}

/* The two cases in which a proof is empty: nothing before, or nothing new. */
static enum cs_status consistent_without_proof(uint64_t old_size, const struct cs_hash *old_root,
                                               uint64_t size, const struct cs_hash *root, size_t n)
{
    struct cs_hash empty;

    if (n != 0)
        return CS_WRONG_PROOF;
    if (old_size == 0) {
        cs_merkle_empty(&empty);
        if (!hash_equal(old_root, &empty))
            return CS_WRONG_PROOF;
    }
    if (old_size == size)
        return hash_equal(old_root, root) ? CS_OK : CS_WRONG_PROOF;
    return CS_OK;
}

enum cs_status cs_merkle_consistent(uint64_t old_size, const struct cs_hash *old_root,
                                    uint64_t size, const struct cs_hash *root,
                                    const struct cs_hash *proof, size_t n)
{
    uint64_t fn = old_size - 1, sn = size - 1;
    struct cs_hash fr, sr;
    size_t i = 0;

    if (old_size > size)
        return CS_WRONG_PROOF;
    if (old_size == 0 || old_size == size)
        return consistent_without_proof(old_size, old_root, size, root, n);

    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    if (fn == 0) {
        /* The old tree is one complete subtree of the new one: its root opens the proof unsaid. */
        fr = *old_root;
    } else {
        if (n == 0)
            return CS_WRONG_PROOF;
        fr = proof[i++];
    }
    sr = fr;
    for (; i < n; i++) {
        if (sn == 0)
            return CS_WRONG_PROOF;
        if ((fn & 1) || fn == sn) {
            cs_merkle_node(&proof[i], &fr, &fr);
            cs_merkle_node(&proof[i], &sr, &sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            cs_merkle_node(&sr, &proof[i], &sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_equal(&fr, old_root) && hash_equal(&sr, root) ? CS_OK : CS_WRONG_PROOF;
}
