/*
 * Merkle trees against a direct reading of RFC 6962 §2.1.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/merkle.h>

#define TREE_MAX 40

static struct cs_hash leaves[TREE_MAX];

static int make_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < TREE_MAX; i++) {
        unsigned char entry[2] = {'e', (unsigned char)i};

        cs_merkle_leaf(cs_span_make(entry, sizeof(entry)), &leaves[i]);
    }
    return 0;
}

/* ---- RFC 6962 §2.1, word for word: MTH, PATH and SUBPROOF over leaves[from] to leaves[to - 1] */

static size_t split(size_t n)
{
    size_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static void naive_root(size_t from, size_t to, struct cs_hash *out)
{
    struct cs_hash left, right;
    size_t n = to - from;

    if (n == 0) {
        cs_sha256(cs_span_make(NULL, 0), out);
    } else if (n == 1) {
        *out = leaves[from];
    } else {
        naive_root(from, from + split(n), &left);
        naive_root(from + split(n), to, &right);
        cs_merkle_node(&left, &right, out);
    }
}

static size_t naive_path(size_t index, size_t from, size_t to, struct cs_hash *proof)
{
    size_t n = to - from, k, count;

    if (n == 1)
        return 0;
    k = split(n);
    if (index < k) {
        count = naive_path(index, from, from + k, proof);
        naive_root(from + k, to, &proof[count]);
    } else {
        count = naive_path(index - k, from + k, to, proof);
        naive_root(from, from + k, &proof[count]);
    }
    return count + 1;
}

static size_t naive_subproof(size_t old, size_t from, size_t to, bool whole, struct cs_hash *proof)
{
    size_t n = to - from, k, count;

    if (old == n) {
        if (whole)
            return 0;
        naive_root(from, to, proof);
        return 1;
    }
    k = split(n);
    if (old <= k) {
        count = naive_subproof(old, from, from + k, whole, proof);
        naive_root(from + k, to, &proof[count]);
    } else {
        count = naive_subproof(old - k, from + k, to, false, proof);
        naive_root(from, from + k, &proof[count]);
    }
    return count + 1;
}

/* ---- the tests */

static void test_hashes_are_those_of_rfc6962(void **state)
{
    const unsigned char joined[] = {0x01};
    struct cs_hash a, b, node, expected;
    struct cs_span parts[3];

    (void)state;
    cs_merkle_leaf(cs_span_of("one"), &a);
    cs_sha256(cs_span_make("\0one", 4), &expected);
    assert_memory_equal(a.b, expected.b, CS_HASH);

    cs_merkle_leaf(cs_span_make(NULL, 0), &b);
    cs_sha256(cs_span_make("\0", 1), &expected);
    assert_memory_equal(b.b, expected.b, CS_HASH);

    parts[0] = cs_span_make(joined, 1);
    parts[1] = cs_span_make(a.b, CS_HASH);
    parts[2] = cs_span_make(b.b, CS_HASH);
    cs_sha256_many(parts, 3, &expected);
    cs_merkle_node(&a, &b, &node);
    assert_memory_equal(node.b, expected.b, CS_HASH);

    cs_merkle_empty(&node);
    cs_sha256(cs_span_make(NULL, 0), &expected);
    assert_memory_equal(node.b, expected.b, CS_HASH);
}

static void test_range_roots_at_every_size(void **state)
{
    struct cs_range range;
    struct cs_hash root, expected;

    (void)state;
    cs_range_init(&range);
    for (size_t n = 0; n <= TREE_MAX; n++) {
        cs_range_root(&range, &root);
        naive_root(0, n, &expected);
        assert_memory_equal(root.b, expected.b, CS_HASH);
        assert_int_equal(range.size, n);
        assert_int_equal(range.n, __builtin_popcountll(n));
        if (n < TREE_MAX)
            cs_range_add_leaf(&range, &leaves[n]);
    }
}

static void test_range_of_subtrees(void **state)
{
    struct cs_range range;
    struct cs_hash subtree, root, expected;

    (void)state;
    cs_range_init(&range);
    for (size_t at = 0; at < 32; at += 8) {
        naive_root(at, at + 8, &subtree);
        assert_true(cs_range_add_subtree(&range, &subtree, 3));
    }
    naive_root(32, 34, &subtree);
    assert_true(cs_range_add_subtree(&range, &subtree, 1));
    cs_range_add_leaf(&range, &leaves[34]);
    cs_range_root(&range, &root);
    naive_root(0, 35, &expected);
    assert_memory_equal(root.b, expected.b, CS_HASH);

    /* 35 is no multiple of two: nothing changes. */
    assert_false(cs_range_add_subtree(&range, &subtree, 1));
    assert_false(cs_range_add_subtree(&range, &subtree, 64));
    assert_int_equal(range.size, 35);
    cs_range_root(&range, &root);
    assert_memory_equal(root.b, expected.b, CS_HASH);
}

static void test_range_full(void **state)
{
    struct cs_range range;
    unsigned char stored[64 * CS_HASH] = {0};

    (void)state;
    assert_int_equal(cs_range_read(UINT64_MAX, cs_span_make(stored, sizeof(stored)), &range),
                     CS_OK);
    assert_false(cs_range_add_subtree(&range, &leaves[0], 0));
    assert_int_equal(cs_range_read(UINT64_C(1) << 63, cs_span_make(stored, CS_HASH), &range),
                     CS_OK);
    assert_false(cs_range_add_subtree(&range, &leaves[0], 63));
    assert_int_equal(range.n, 1);
}

static void test_range_stored_and_read(void **state)
{
    struct cs_range range, again;
    struct cs_hash root, expected;

    (void)state;
    cs_range_init(&range);
    for (size_t i = 0; i < 13; i++)
        cs_range_add_leaf(&range, &leaves[i]);
    assert_int_equal(range.n, 3);
    assert_int_equal(cs_range_read(13, cs_span_make(range.hash, 3 * CS_HASH), &again), CS_OK);
    cs_range_add_leaf(&again, &leaves[13]);
    cs_range_root(&again, &root);
    naive_root(0, 14, &expected);
    assert_memory_equal(root.b, expected.b, CS_HASH);

    assert_int_equal(cs_range_read(13, cs_span_make(range.hash, 2 * CS_HASH), &again),
                     CS_MALFORMED);
    assert_int_equal(cs_range_read(13, cs_span_make(range.hash, 95), &again), CS_MALFORMED);
    assert_int_equal(cs_range_read(12, cs_span_make(range.hash, 3 * CS_HASH), &again),
                     CS_MALFORMED);
    assert_int_equal(cs_range_read(0, cs_span_make(range.hash, CS_HASH), &again), CS_MALFORMED);
    assert_int_equal(cs_range_read(0, cs_span_make(NULL, 0), &again), CS_OK);
    cs_range_root(&again, &root);
    cs_merkle_empty(&expected);
    assert_memory_equal(root.b, expected.b, CS_HASH);
}

static void refuse_inclusion(size_t index, size_t size, struct cs_hash *proof, size_t n,
                             const struct cs_hash *root)
{
    const struct cs_hash *leaf = &leaves[index], *other = &leaves[(index + 1) % TREE_MAX];

    for (size_t i = 0; i < n; i++) {
        proof[i].b[i] ^= 0x10;
        assert_int_equal(cs_merkle_included(index, size, leaf, proof, n, root), CS_WRONG_PROOF);
        proof[i].b[i] ^= 0x10;
    }
    proof[n] = *root;
    assert_int_equal(cs_merkle_included(index, size, leaf, proof, n + 1, root), CS_WRONG_PROOF);
    if (n > 0)
        assert_int_equal(cs_merkle_included(index, size, leaf, proof, n - 1, root), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_included(index, size, other, proof, n, root), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_included(index, size, leaf, proof, n, other), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_included(index ^ 1, size, leaf, proof, n, root), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_included(size, size, leaf, proof, n, root), CS_WRONG_PROOF);
}

static void test_inclusion_everywhere(void **state)
{
    struct cs_hash proof[65], root;

    (void)state;
    for (size_t size = 1; size <= TREE_MAX; size++) {
        naive_root(0, size, &root);
        for (size_t index = 0; index < size; index++) {
            size_t n = naive_path(index, 0, size, proof);

            assert_int_equal(cs_merkle_included(index, size, &leaves[index], proof, n, &root),
                             CS_OK);
            refuse_inclusion(index, size, proof, n, &root);
        }
    }
}

static void refuse_consistency(size_t old, const struct cs_hash *old_root, size_t size,
                               const struct cs_hash *root, struct cs_hash *proof, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        proof[i].b[i] ^= 0x10;
        assert_int_equal(cs_merkle_consistent(old, old_root, size, root, proof, n), CS_WRONG_PROOF);
        proof[i].b[i] ^= 0x10;
    }
    proof[n] = *root;
    assert_int_equal(cs_merkle_consistent(old, old_root, size, root, proof, n + 1), CS_WRONG_PROOF);
    if (n > 0)
        assert_int_equal(cs_merkle_consistent(old, old_root, size, root, proof, n - 1),
                         CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_consistent(old, &leaves[TREE_MAX - 1], size, root, proof, n),
                     CS_WRONG_PROOF);
    if (old > 0)
        assert_int_equal(cs_merkle_consistent(old, old_root, size, &leaves[TREE_MAX - 1], proof, n),
                         CS_WRONG_PROOF);
    if (old != size)
        assert_int_equal(cs_merkle_consistent(size, root, old, old_root, proof, n), CS_WRONG_PROOF);
}

static void test_consistency_everywhere(void **state)
{
    struct cs_hash proof[65], old_root, root;

    (void)state;
    for (size_t size = 0; size <= TREE_MAX; size++) {
        naive_root(0, size, &root);
        for (size_t old = 0; old <= size; old++) {
            size_t n = old > 0 && old < size ? naive_subproof(old, 0, size, true, proof) : 0;

            naive_root(0, old, &old_root);
            assert_int_equal(cs_merkle_consistent(old, &old_root, size, &root, proof, n), CS_OK);
            refuse_consistency(old, &old_root, size, &root, proof, n);
        }
    }
}

/* ---- making proofs: the hashes of complete subtrees, as tiles have them */

static enum cs_status get_node(void *arg, unsigned level, uint64_t index, struct cs_hash *out)
{
    size_t *size = arg;

    if ((index + 1) << level > *size)
        fail_msg("a subtree that is not complete was asked for");
    naive_root(index << level, (index + 1) << level, out);
    return CS_OK;
}

static void test_proofs_that_are_made(void **state)
{
    struct cs_hash made[CS_PROOF_MAX + 1], naive[65], old_root, root, prefix;

    (void)state;
    for (size_t size = 1; size <= TREE_MAX; size++) {
        naive_root(0, size, &root);
        for (size_t old = 1; old < size; old++) {
            size_t n, expected = naive_subproof(old, 0, size, true, naive);
            bool power = (old & (old - 1)) == 0;

            naive_root(0, old, &old_root);
            assert_int_equal(
                cs_merkle_prove_consistent(old, size, get_node, &size, made + power, &n), CS_OK);
            assert_int_equal(n, expected);
            assert_memory_equal(made + power, naive, n * sizeof(*naive));
            made[0] = power ? old_root : made[0];
            assert_int_equal(cs_merkle_prefix_root(old, size, &root, made, n + power, &prefix),
                             CS_OK);
            assert_memory_equal(prefix.b, old_root.b, CS_HASH);
            for (size_t i = 0; i < n + power; i++) {
                made[i].b[3] ^= 1;
                assert_int_equal(cs_merkle_prefix_root(old, size, &root, made, n + power, &prefix),
                                 CS_WRONG_PROOF);
                made[i].b[3] ^= 1;
            }
            assert_int_equal(cs_merkle_prefix_root(old, size, &root, made, n + power - 1, &prefix),
                             CS_WRONG_PROOF);
        }
    }
}

static enum cs_status no_node(void *arg, unsigned level, uint64_t index, struct cs_hash *out)
{
    (void)arg;
    (void)level;
    (void)index;
    (void)out;
    return CS_INTERNAL;
}

static void test_proofs_that_cannot_be_made(void **state)
{
    struct cs_hash proof[CS_PROOF_MAX], root;
    size_t n;

    (void)state;
    assert_int_equal(cs_merkle_prove_consistent(3, 7, no_node, NULL, proof, &n), CS_INTERNAL);
    assert_int_equal(cs_merkle_prove_consistent(7, 3, no_node, NULL, proof, &n), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_prove_consistent(1, UINT64_MAX, no_node, NULL, proof, &n),
                     CS_TOO_LARGE);
    assert_int_equal(cs_merkle_prove_consistent(0, 3, no_node, NULL, proof, &n), CS_OK);
    assert_int_equal(n, 0);
    n = 9;
    assert_int_equal(cs_merkle_prove_consistent(3, 3, no_node, NULL, proof, &n), CS_OK);
    assert_int_equal(n, 0); /* a tree continues itself without any hash */
    assert_int_equal(cs_merkle_root_of(1, 3, no_node, NULL, &root), CS_MALFORMED);
    naive_root(0, 7, &root);
    assert_int_equal(cs_merkle_prefix_root(0, 7, &root, proof, 1, &root), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_prefix_root(7, 7, &root, proof, 1, &root), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_prefix_root(3, 7, &root, proof, 0, &root), CS_WRONG_PROOF);
}

/* Where one hash of several can't be had there is no proof, whichever it is. */
static enum cs_status few_nodes(void *arg, unsigned level, uint64_t index, struct cs_hash *out)
{
    size_t *left = arg, size = TREE_MAX;

    return (*left)-- > 0 ? get_node(&size, level, index, out) : CS_CUT_OFF;
}

static void test_proofs_cut_short(void **state)
{
    struct cs_hash proof[CS_PROOF_MAX];
    size_t n = 9, asked = 0;

    (void)state;
    for (;; asked++) {
        size_t left = asked;

        if (cs_merkle_prove_consistent(3, 7, few_nodes, &left, proof, &n) == CS_OK)
            break;
        assert_int_equal(n, 0);
    }
    assert_int_equal(n, 4);
    assert_int_equal(asked, 5); /* one of the four stands for a subtree that is not complete */
}

/* Behind the last hash that a proof needs, no other may stand. */
static void test_prefix_roots_with_more_than_is_needed(void **state)
{
    struct cs_hash proof[CS_PROOF_MAX + 1], root, prefix;

    (void)state;
    for (size_t size = 2; size <= TREE_MAX; size++) {
        naive_root(0, size, &root);
        for (size_t old = 1; old < size; old++) {
            bool power = (old & (old - 1)) == 0;
            size_t n = naive_subproof(old, 0, size, true, proof + power) + power;

            if (power)
                naive_root(0, old, &proof[0]);
            for (size_t more = n; more <= CS_PROOF_MAX; more++) {
                proof[more] = root;
                assert_int_equal(cs_merkle_prefix_root(old, size, &root, proof, more + 1, &prefix),
                                 CS_WRONG_PROOF);
            }
            assert_int_equal(cs_merkle_prefix_root(old, size, &root, proof, n, &prefix), CS_OK);
        }
    }
}

/* 64 hashes are more than any tree needs: refused, and without reading past a tree's height. */
static void test_odd_proofs(void **state)
{
    struct cs_hash proof[64], root;

    (void)state;
    memset(proof, 0x55, sizeof(proof));
    naive_root(0, 7, &root);
    assert_int_equal(cs_merkle_included(3, 7, &leaves[3], proof, 64, &root), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_consistent(3, &root, 7, &root, proof, 64), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_consistent(0, &root, 7, &root, proof, 64), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_included(0, 0, &leaves[0], proof, 0, &root), CS_WRONG_PROOF);
    /* A tree that shrank, with the root unchanged; and no proof where one is needed. */
    assert_int_equal(cs_merkle_consistent(4, &root, 3, &root, NULL, 0), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_consistent(3, &root, 4, &root, NULL, 0), CS_WRONG_PROOF);
    assert_int_equal(cs_merkle_included(UINT64_MAX, 1, &leaves[0], proof, 0, &leaves[0]),
                     CS_WRONG_PROOF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes_are_those_of_rfc6962),
        cmocka_unit_test(test_range_roots_at_every_size),
        cmocka_unit_test(test_range_of_subtrees),
        cmocka_unit_test(test_range_full),
        cmocka_unit_test(test_range_stored_and_read),
        cmocka_unit_test(test_inclusion_everywhere),
        cmocka_unit_test(test_consistency_everywhere),
        cmocka_unit_test(test_proofs_that_are_made),
        cmocka_unit_test(test_proofs_that_cannot_be_made),
        cmocka_unit_test(test_proofs_cut_short),
        cmocka_unit_test(test_prefix_roots_with_more_than_is_needed),
        cmocka_unit_test(test_odd_proofs),
    };

    return cmocka_run_group_tests_name("merkle", tests, make_leaves, NULL);
}
