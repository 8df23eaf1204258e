/*
 * Making consistency proofs: the walk of RFC 9162 §2.1.4.1, over hashes that the caller fetches.
 */
#include <commonshelf/merkle.h>

#include <assert.h>

/* The largest power of two below n, for n > 1. */
static unsigned split_level(uint64_t n)
{
    assert(n > 1);
    return 63 - (unsigned)__builtin_clzll(n - 1);
}

enum cs_status cs_merkle_root_of(uint64_t from, uint64_t to, cs_merkle_get get, void *arg,
                                 struct cs_hash *out)
{
    struct cs_range range;
    enum cs_status status;
    struct cs_hash node;

    cs_range_init(&range);
    for (uint64_t at = from; at < to;) {
        unsigned level = 63 - (unsigned)__builtin_clzll(to - at);

        if (at & ((UINT64_C(1) << level) - 1))
            return CS_MALFORMED;
        status = get(arg, level, at >> level, &node);
        if (status)
            return status;
        if (!cs_range_add_subtree(&range, &node, level))
            return CS_MALFORMED;
        at += UINT64_C(1) << level;
    }
    cs_range_root(&range, out);
    return CS_OK;
}

/*
 * From the whole tree down to where the old one ends, each step adding the half that is not walked into.
 * RFC 9162 lists them from the bottom: they are turned round at the end.
 */
enum cs_status cs_merkle_prove_consistent(uint64_t old_size, uint64_t size, cs_merkle_get get,
                                          void *arg, struct cs_hash proof[CS_PROOF_MAX], size_t *n)
{
    uint64_t from = 0, to = size;
    bool whole = true; /* the old tree is a subtree that both sides know by its root */
    size_t steps = 0;

    if (old_size > size)
        return CS_WRONG_PROOF;
    if (size > CS_LOG_SIZE_MAX)
        return CS_TOO_LARGE;
    *n = 0;
    if (old_size == 0 || old_size == size)
        return CS_OK;
    while (old_size < to) {
        uint64_t middle = from + (UINT64_C(1) << split_level(to - from));
        bool left = old_size <= middle;
        enum cs_status status = left ? cs_merkle_root_of(middle, to, get, arg, &proof[steps])
                                     : cs_merkle_root_of(from, middle, get, arg, &proof[steps]);

        if (status)
            return status;
        steps++;
        if (left) {
            to = middle;
        } else {
            from = middle;
            whole = false;
        }
    }
    if (!whole) {
        enum cs_status status = cs_merkle_root_of(from, to, get, arg, &proof[steps]);

        if (status)
            return status;
        steps++;
    }
    for (size_t i = 0; i < steps / 2; i++) {
        struct cs_hash other = proof[i];

        proof[i] = proof[steps - 1 - i];
        proof[steps - 1 - i] = other;
    }
    *n = steps;
    return CS_OK;
}

enum cs_status cs_merkle_prefix_root(uint64_t old_size, uint64_t size, const struct cs_hash *root,
                                     const struct cs_hash *hash, size_t n, struct cs_hash *out)
{
    uint64_t fn = old_size - 1, sn = size - 1;
    bool power = (old_size & (old_size - 1)) == 0;
    struct cs_hash fr;
    enum cs_status status;

    if (old_size == 0 || old_size >= size || n == 0)
        return CS_WRONG_PROOF;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    fr = hash[0];
    for (size_t i = 1; i < n && sn > 0; i++) {
        if ((fn & 1) || fn == sn) {
            /* Never in a complete old tree: fn is 0 there from the start. */
            cs_merkle_node(&hash[i], &fr, &fr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        }
        fn >>= 1;
        sn >>= 1;
    }
    status =
        cs_merkle_consistent(old_size, &fr, size, root, power ? hash + 1 : hash, power ? n - 1 : n);
    if (status == CS_OK)
        *out = fr;
    return status;
}
