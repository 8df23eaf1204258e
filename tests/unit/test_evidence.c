/*
 * Evidence: two trees of one log, signed by keys of one node's chain.
 */
#include "tests/unit/identity.h"

#include <commonshelf/evidence.h>
#include <commonshelf/frames.h>

#define LEAVES 9

static struct cs_hash leaf[2][LEAVES]; /* two histories that part at `common` */

static struct cs_buffer file, note[2];

static void histories(size_t same)
{

    for (size_t h = 0; h < 2; h++)
        for (size_t i = 0; i < LEAVES; i++) {
            unsigned char entry[2] = {(unsigned char)(i < same ? 'e' : 'x' + h), (unsigned char)i};

            cs_merkle_leaf(cs_span_make(entry, 2), &leaf[h][i]);
        }
}

static enum cs_status node_of(void *arg, unsigned level, uint64_t index, struct cs_hash *out)
{
    const struct cs_hash *leaves = arg;
    struct cs_range range;

    cs_range_init(&range);
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        cs_range_add_leaf(&range, &leaves[i]);
    cs_range_root(&range, out);
    return CS_OK;
}

static void checkpoint(size_t which, size_t history, uint64_t size, const char *key, uint64_t time)
{
    struct cs_checkpoint c = {.size = size};
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_node_id node = example_node_id();
    char witness[CS_NOTE_NAME_MAX];

    cs_origin_write(&node, "public", 1, c.origin);
    assert_int_equal(cs_merkle_root_of(0, size, node_of, leaf[history], &c.root), CS_OK);
    cs_checkpoint_write(&c, &text);
    signed_note(&note[which], cs_buffer_span(&text), key, c.origin);
    snprintf(witness, sizeof(witness), "%s/witness", node.s);
    sign_as(&note[which], cs_buffer_span(&text), "witness", witness, CS_NOTE_COSIGNATURE, time);
    cs_buffer_free(&text);
}

/* The file with the proof of the tree of `larger` for the first `n` hashes of it. */
static enum cs_status verify(size_t history, uint64_t small, uint64_t large, bool prove,
                             struct cs_evidence *out)
{
    struct cs_hash hash[CS_PROOF_MAX + 1];
    bool power = (small & (small - 1)) == 0;
    size_t n = 0;

    if (prove && small < large) {
        assert_int_equal(
            cs_merkle_prove_consistent(small, large, node_of, leaf[history], hash + power, &n),
            CS_OK);
        if (power)
            assert_int_equal(cs_merkle_root_of(0, small, node_of, leaf[history], &hash[0]), CS_OK);
        n += power;
    }
    cs_buffer_reset(&file);
    cs_frames_begin(&file);
    cs_frames_add(&file, CS_FRAME_KEYSET, cs_span_of(example_keyset_note));
    cs_evidence_add(&file, cs_buffer_span(&note[0]), cs_buffer_span(&note[1]), hash, n);
    return cs_evidence_read(cs_buffer_span(&file), out);
}

static void two_roots_of_one_size(void **state)
{
    struct cs_evidence e;

    (void)state;
    histories(2);
    checkpoint(0, 0, 4, "log", 100);
    checkpoint(1, 1, 4, "log", 100);
    assert_int_equal(verify(1, 4, 4, true, &e), CS_OK);
    assert_int_equal(e.kind, CS_EVIDENCE_FORK);
    assert_string_equal(e.node.s, example_node);
    checkpoint(1, 0, 4, "log", 200);
    assert_int_equal(verify(1, 4, 4, true, &e), CS_WRONG_PROOF);
}

static void a_larger_tree_without_the_smaller(void **state)
{
    struct cs_evidence e;

    (void)state;
    for (uint64_t small = 3; small < LEAVES; small++)
        for (uint64_t large = small + 1; large <= LEAVES; large++) {
            histories(2);
            checkpoint(0, 0, small, "log", 100);
            checkpoint(1, 1, large, "log", 100);
            assert_int_equal(verify(1, small, large, true, &e), CS_OK);
            assert_int_equal(e.kind, CS_EVIDENCE_FORK);
            assert_int_equal(e.smaller.size, small);
            /* The proof of another tree than the signed one. */
            assert_int_equal(verify(0, small, large, true, &e), CS_WRONG_PROOF);
            /* An honest log, which grew. */
            checkpoint(1, 0, large, "log", 100);
            assert_int_equal(verify(0, small, large, true, &e), CS_WRONG_PROOF);
        }
}

static void a_smaller_tree_later(void **state)
{
    struct cs_evidence e;

    (void)state;
    histories(LEAVES);
    checkpoint(0, 0, 3, "log", 300);
    checkpoint(1, 0, 5, "log", 200);
    assert_int_equal(verify(0, 3, 5, false, &e), CS_OK);
    assert_int_equal(e.kind, CS_EVIDENCE_ROLLBACK);
    checkpoint(0, 0, 3, "log", 100);
    assert_int_equal(verify(0, 3, 5, false, &e), CS_WRONG_PROOF);
}

static void what_is_no_evidence(void **state)
{
    struct cs_evidence e;

    (void)state;
    histories(2);
    checkpoint(0, 0, 4, "log", 100);
    checkpoint(1, 1, 4, "auth", 100); /* not the log key */
    assert_int_equal(verify(1, 4, 4, true, &e), CS_NO_SIGNATURE);
    checkpoint(1, 1, 3, "log", 100); /* the larger one first */
    assert_int_equal(verify(1, 4, 4, true, &e), CS_MALFORMED);
    checkpoint(1, 1, 4, "log", 100);
    assert_int_equal(verify(1, 4, 4, true, &e), CS_OK);
    for (size_t n = 0; n < file.n; n += 7)
        assert_int_not_equal(cs_evidence_read(cs_span_make(file.p, n), &e), CS_OK);
    file.p[file.n - 5] = 'K'; /* the end is no end */
    assert_int_not_equal(cs_evidence_read(cs_buffer_span(&file), &e), CS_OK);
    cs_buffer_reset(&file);
    cs_frames_begin(&file);
    cs_evidence_add(&file, cs_buffer_span(&note[0]), cs_buffer_span(&note[1]), NULL, 0);
    assert_int_equal(cs_evidence_read(cs_buffer_span(&file), &e), CS_MALFORMED); /* no keys */
}

struct frame {
    unsigned char type;
    struct cs_span data;
};

static enum cs_status read_frames(const struct frame *frame, size_t n, struct cs_evidence *out)
{
    cs_buffer_reset(&file);
    cs_frames_begin(&file);
    for (size_t i = 0; i < n; i++)
        cs_frames_add(&file, frame[i].type, frame[i].data);
    cs_frames_end(&file);
    return cs_evidence_read(cs_buffer_span(&file), out);
}

#define READ(...)                                                                                  \
    read_frames((const struct frame[]){__VA_ARGS__},                                               \
                sizeof((const struct frame[]){__VA_ARGS__}) / sizeof(struct frame), &e)

/* Each frame in its place, no other, and none twice. */
static void frames_out_of_order(void **state)
{
    struct frame k = {CS_FRAME_KEYSET, cs_span_of(example_keyset_note)}, c, d, h, none, f;
    struct cs_evidence e;
    struct cs_hash hash;

    (void)state;
    histories(2);
    checkpoint(0, 0, 3, "log", 200);
    checkpoint(1, 1, 4, "log", 100);
    c = (struct frame){CS_FRAME_CHECKPOINT, cs_buffer_span(&note[0])};
    d = (struct frame){CS_FRAME_CHECKPOINT, cs_buffer_span(&note[1])};
    memset(&hash, 5, sizeof(hash));
    h = (struct frame){CS_FRAME_HASHES, cs_span_make(hash.b, CS_HASH)};
    none = (struct frame){CS_FRAME_HASHES, cs_span_make(hash.b, CS_HASH - 1)};
    f = (struct frame){CS_FRAME_PROFILE, cs_span_of("x")};
    assert_int_equal(READ(k, c, d), CS_OK);
    assert_int_equal(READ(k, c, d, h), CS_WRONG_PROOF); /* in order, and proves nothing */
    assert_int_equal(READ(k), CS_MALFORMED);
    assert_int_equal(READ(k, c), CS_MALFORMED);
    assert_int_equal(READ(k, c, h), CS_MALFORMED);
    assert_int_equal(READ(k, h, c, d), CS_MALFORMED);
    assert_int_equal(READ(k, c, h, d), CS_MALFORMED);
    assert_int_equal(READ(k, c, d, h, h), CS_MALFORMED);
    assert_int_equal(READ(k, c, d, h, c), CS_MALFORMED);
    assert_int_equal(READ(k, c, d, d), CS_MALFORMED);
    assert_int_equal(READ(k, c, d, none), CS_MALFORMED);
    assert_int_equal(READ(k, c, k, d), CS_MALFORMED);
    assert_int_equal(READ(k, c, d, k), CS_MALFORMED);
    assert_int_equal(READ(k, f, c, d), CS_MALFORMED);
}

static void more_than_there_can_be(void **state)
{
    static struct cs_hash hashes[CS_PROOF_MAX + 2];
    struct frame k = {CS_FRAME_KEYSET, cs_span_of(example_keyset_note)}, c, d, h;
    struct cs_evidence e;

    (void)state;
    histories(2);
    checkpoint(0, 0, 3, "log", 200);
    checkpoint(1, 1, 4, "log", 100);
    c = (struct frame){CS_FRAME_CHECKPOINT, cs_buffer_span(&note[0])};
    d = (struct frame){CS_FRAME_CHECKPOINT, cs_buffer_span(&note[1])};
    h = (struct frame){CS_FRAME_HASHES, cs_span_make(hashes, sizeof(hashes))};
    assert_int_equal(READ(k, c, d, h), CS_TOO_LARGE);
    h.data.n -= CS_HASH;
    assert_int_equal(READ(k, c, d, h), CS_WRONG_PROOF);
    while (file.n <= CS_EVIDENCE_MAX)
        cs_frames_add(&file, CS_FRAME_KEYSET, k.data);
    assert_int_equal(cs_evidence_read(cs_buffer_span(&file), &e), CS_TOO_LARGE);
}

/* The note of the version behind the example's, which has another log key. */
static void next_keyset(struct cs_buffer *out, const char *signer)
{
    struct cs_keyset keyset = example_keyset(), first;
    struct cs_buffer text = CS_BUFFER_INIT;

    assert_int_equal(cs_keyset_read(cs_span_of(example_keyset_note), &first), CS_OK);
    keyset.version = 2;
    keyset.prev = first.text_hash;
    keyset.log = key_named("other");
    cs_keyset_write(&keyset, &text);
    signed_note(out, cs_buffer_span(&text), signer, "root");
    cs_buffer_free(&text);
}

/* Each checkpoint counts by the keys of its own time; only the node's chain says which those are. */
static void keys_that_changed_in_between(void **state)
{
    struct frame k = {CS_FRAME_KEYSET, cs_span_of(example_keyset_note)}, l = k, c, d, x = k;
    struct cs_buffer second = CS_BUFFER_INIT;
    struct cs_evidence e;

    (void)state;
    histories(2);
    checkpoint(0, 0, 4, "log", 100);
    checkpoint(1, 1, 4, "other", 100);
    next_keyset(&second, "root");
    l.data = cs_buffer_span(&second);
    c = (struct frame){CS_FRAME_CHECKPOINT, cs_buffer_span(&note[0])};
    d = (struct frame){CS_FRAME_CHECKPOINT, cs_buffer_span(&note[1])};
    x.data = cs_span_of("no keyset\n");
    assert_int_equal(READ(k, l, c, d), CS_OK);
    assert_int_equal(e.kind, CS_EVIDENCE_FORK);
    assert_string_equal(e.node.s, example_node);
    assert_int_equal(READ(k, c, d), CS_NO_SIGNATURE);
    assert_int_not_equal(READ(k, k, c, d), CS_OK);
    assert_int_not_equal(READ(l, c, d), CS_OK);
    assert_int_equal(READ(x, c, d), CS_MALFORMED);
    assert_int_equal(READ(k, x, c, d), CS_MALFORMED);
    d.data = cs_span_of("no note");
    assert_int_equal(READ(k, l, c, d), CS_MALFORMED);
    d.data = cs_buffer_span(&note[1]);
    next_keyset(&second, "other"); /* a stranger's version brings no keys */
    l.data = cs_buffer_span(&second);
    assert_int_not_equal(READ(k, l, c, d), CS_OK);
    cs_buffer_free(&second);
}

static int forget(void **state)
{
    (void)state;
    cs_buffer_free(&file);
    cs_buffer_free(&note[0]);
    cs_buffer_free(&note[1]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_roots_of_one_size),
        cmocka_unit_test(a_larger_tree_without_the_smaller),
        cmocka_unit_test(a_smaller_tree_later),
        cmocka_unit_test(what_is_no_evidence),
        cmocka_unit_test(frames_out_of_order),
        cmocka_unit_test(more_than_there_can_be),
        cmocka_unit_test(keys_that_changed_in_between),
    };

    return cmocka_run_group_tests_name("evidence", tests, NULL, forget);
}
