/*
 * Proofs from strangers. The first bytes choose a small tree, whose right proofs are made here by the
 * definition of RFC 9162 and must hold; what is changed in them must not. The rest is taken as a proof.
 */
#include <commonshelf/merkle.h>

#include "tests/fuzz/fuzz.h"

#define LEAVES_MAX 64
#define PROOF_MAX 70

struct proof {
    size_t n;
    struct cs_hash hash[PROOF_MAX];
};

static struct cs_hash leaves[LEAVES_MAX];

/* The biggest power of two below n. */
static size_t split(size_t n)
{
    size_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static struct cs_hash root_of(size_t from, size_t n)
{
    struct cs_hash left, right, out;
    size_t k;

    if (n == 1)
        return leaves[from];
    k = split(n);
    left = root_of(from, k);
    right = root_of(from + k, n - k);
    cs_merkle_node(&left, &right, &out);
    return out;
}

static void path_of(size_t index, size_t from, size_t n, struct proof *out)
{
    size_t k;

    if (n == 1)
        return;
    k = split(n);
    if (index < k) {
        path_of(index, from, k, out);
        out->hash[out->n++] = root_of(from + k, n - k);
    } else {
        path_of(index - k, from + k, n - k, out);
        out->hash[out->n++] = root_of(from, k);
    }
}

static void consistency_of(size_t old, size_t from, size_t n, bool whole, struct proof *out)
{
    size_t k;

    if (old == n) {
        if (!whole)
            out->hash[out->n++] = root_of(from, n);
        return;
    }
    k = split(n);
    if (old <= k) {
        consistency_of(old, from, k, whole, out);
        out->hash[out->n++] = root_of(from + k, n - k);
    } else {
        consistency_of(old - k, from + k, n - k, false, out);
        out->hash[out->n++] = root_of(from, k);
    }
}

static void check_right(size_t old, size_t size, size_t index, unsigned char where)
{
    struct cs_hash root = root_of(0, size), old_root = root_of(0, old), ranged;
    struct proof in = {0}, on = {0};
    struct cs_range range;

    path_of(index, 0, size, &in);
    must(cs_merkle_included(index, size, &leaves[index], in.hash, in.n, &root) == CS_OK);
    must(in.n == 0 ||
         cs_merkle_included(index, size, &leaves[index], in.hash, in.n - 1, &root) != CS_OK);
    consistency_of(old, 0, size, true, &on);
    must(cs_merkle_consistent(old, &old_root, size, &root, on.hash, on.n) == CS_OK);
    if (in.n) {
        in.hash[where % in.n].b[where % CS_HASH] ^= 1;
        must(cs_merkle_included(index, size, &leaves[index], in.hash, in.n, &root) ==
             CS_WRONG_PROOF);
    }
    if (on.n) {
        on.hash[where % on.n].b[where % CS_HASH] ^= 1;
        must(cs_merkle_consistent(old, &old_root, size, &root, on.hash, on.n) == CS_WRONG_PROOF);
    }
    cs_range_init(&range);
    for (size_t i = 0; i < size; i++)
        cs_range_add_leaf(&range, &leaves[i]);
    cs_range_root(&range, &ranged);
    must(memcmp(&ranged, &root, sizeof(root)) == 0);
}

static uint64_t number(const uint8_t **data)
{
    uint64_t value;

    memcpy(&value, *data, sizeof(value));
    *data += sizeof(value);
    return value;
}

/* What nobody chose: it may hold only where a proof of nothing does. */
static void check_wild(const uint8_t *data, size_t size)
{
    uint64_t index, width;
    struct proof proof = {0};
    struct cs_range range;
    struct cs_hash root, other;

    if (size < 2 * sizeof(uint64_t) + CS_HASH)
        return;
    size -= 2 * sizeof(uint64_t) + CS_HASH;
    index = number(&data);
    width = number(&data);
    memcpy(&root, data, CS_HASH);
    data += CS_HASH;
    proof.n = size / CS_HASH < PROOF_MAX ? size / CS_HASH : PROOF_MAX;
    if (proof.n)
        memcpy(proof.hash, data, proof.n * CS_HASH);
    other = root;
    other.b[0] ^= 1;
    must(cs_merkle_included(index, width, &other, proof.hash, proof.n, &root) == CS_WRONG_PROOF);
    if (cs_merkle_consistent(index, &other, width, &root, proof.hash, proof.n) == CS_OK)
        must(index == 0 && proof.n == 0);
    if (cs_range_read(width, cs_span_make(proof.hash, proof.n * CS_HASH), &range) == CS_OK) {
        must(range.n == proof.n);
        cs_range_root(&range, &other);
        if (width < UINT64_MAX)
            cs_range_add_leaf(&range, &root);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n;

    if (size < 4)
        return 0;
    for (size_t i = 0; i < LEAVES_MAX; i++)
        memset(leaves[i].b, (int)(i ^ data[3]), CS_HASH);
    n = data[0] % LEAVES_MAX + 1;
    check_right(data[1] % n + 1, n, data[2] % n, data[3]);
    check_wild(data + 4, size - 4);
    return 0;
}
