/*
 * Chains of keysets, and two that part: which one counts, and when nobody can say (T14 and T15 of
 * the threat model).
 */
#include "tests/unit/identity.h"

#include <commonshelf/chain.h>

#define ISSUED UINT64_C(1790000000)
#define IN_TIME (ISSUED + CS_KEYSET_OVERRIDE)

struct step {
    struct cs_buffer note;
    struct cs_keyset keyset;
};

static struct step genesis; /* roots high, middle and low; one of them suffices */
static struct cs_node_id node;

/* The keyset behind `before` with another log key, signed by these roots. */
static void make_step(struct step *out, const struct step *before, const char *log,
                      const char *roots, const char *signers, const char *retire)
{
    struct cs_keyset keyset = example_keyset();
    struct cs_buffer text = CS_BUFFER_INIT;
    char names[128], *rest, *name;

    if (before) {
        keyset.version = before->keyset.version + 1;
        keyset.prev = before->keyset.text_hash;
    }
    keyset.log = key_named(log);
    keyset.roots = 0;
    snprintf(names, sizeof(names), "%s", roots);
    for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        keyset.root[keyset.roots++] = key_named(name);
    if (retire) {
        keyset.retires = 1;
        snprintf(keyset.retired[0].origin, sizeof(keyset.retired[0].origin), "%s/public/1", retire);
        keyset.retired[0].size = 3;
    }
    cs_keyset_write(&keyset, &text);
    memset(out, 0, sizeof(*out));
    cs_note_begin(&out->note, cs_buffer_span(&text));
    snprintf(names, sizeof(names), "%s", signers);
    for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        sign_as(&out->note, cs_buffer_span(&text), name, "root", CS_NOTE_ED25519, 0);
    assert_int_equal(cs_keyset_read(cs_buffer_span(&out->note), &out->keyset), CS_OK);
    cs_buffer_free(&text);
}

/* The genesis and up to two steps behind it. */
static struct cs_buffer chain(const struct step *second, const struct step *third)
{
    struct cs_buffer notes = CS_BUFFER_INIT;

    cs_buffer_add_span(&notes, cs_buffer_span(&genesis.note));
    if (second)
        cs_buffer_add_span(&notes, cs_buffer_span(&second->note));
    if (third)
        cs_buffer_add_span(&notes, cs_buffer_span(&third->note));
    return notes;
}

static enum cs_status read_chain(struct cs_buffer notes, size_t *count)
{
    struct cs_keyset newest;
    enum cs_status status = cs_chain_read(cs_buffer_span(&notes), &node, &newest, count);

    if (status == CS_OK)
        assert_int_equal(newest.version, *count);
    cs_buffer_free(&notes);
    return status;
}

static int make_genesis(void **state)
{
    (void)state;
    make_step(&genesis, NULL, "log", "high middle low", "middle", NULL);
    return cs_keyset_node_id(&genesis.keyset, &node) == CS_OK ? 0 : -1;
}

static int drop_genesis(void **state)
{
    (void)state;
    cs_buffer_free(&genesis.note);
    return 0;
}

static void every_step_counts(void **state)
{
    struct step second, third, skipping, stranger;
    size_t count;

    (void)state;
    make_step(&second, &genesis, "a", "high low", "low", NULL);
    make_step(&third, &second, "b", "high low", "high", NULL);
    make_step(&skipping, &second, "c", "high low", "middle high", NULL); /* middle is no root now */
    make_step(&stranger, &genesis, "d", "other", "other", NULL);
    assert_int_equal(read_chain(chain(NULL, NULL), &count), CS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(read_chain(chain(&second, &third), &count), CS_OK);
    assert_int_equal(count, 3);
    assert_int_equal(read_chain(chain(&second, &skipping), &count), CS_OK);
    assert_int_equal(read_chain(chain(&third, NULL), &count),
                     CS_WRONG_CHAIN); /* T14: N+2 without N+1 */
    assert_int_equal(read_chain(chain(&third, &second), &count), CS_WRONG_CHAIN);
    assert_int_equal(read_chain(chain(&second, &second), &count), CS_WRONG_CHAIN);
    assert_int_equal(read_chain(chain(&stranger, NULL), &count),
                     CS_NO_SIGNATURE); /* T14: new only */
    cs_buffer_free(&second.note);
    cs_buffer_free(&third.note);
    cs_buffer_free(&skipping.note);
    cs_buffer_free(&stranger.note);
}

static void a_chain_is_one_nodes(void **state)
{
    struct cs_node_id other = example_node_id();
    struct step own, foreign;
    struct cs_keyset newest;
    size_t count;

    (void)state;
    assert_int_equal(cs_chain_read(cs_buffer_span(&genesis.note), &other, &newest, &count),
                     CS_WRONG_ORIGIN);
    make_step(&own, &genesis, "a", "high", "high", node.s);
    make_step(&foreign, &genesis, "a", "high", "high", other.s);
    assert_int_equal(read_chain(chain(&own, NULL), &count), CS_OK);
    assert_int_equal(read_chain(chain(&foreign, NULL), &count), CS_WRONG_ORIGIN);
    assert_int_equal(cs_chain_read(cs_span_make(NULL, 0), &node, &newest, &count), CS_MALFORMED);
    cs_buffer_free(&own.note);
    cs_buffer_free(&foreign.note);
}

/* How `offered` relates to `held`; the version at which they part, 0 if they don't. */
static enum cs_chain_relation compare(struct cs_buffer held, struct cs_buffer offered, uint64_t now,
                                      uint64_t *version)
{
    enum cs_chain_relation relation = CS_CHAIN_SAME;
    struct cs_span a, b;

    *version = 0;
    assert_int_equal(cs_chain_compare(cs_buffer_span(&held), cs_buffer_span(&offered), now,
                                      &relation, version, &a, &b),
                     CS_OK);
    cs_buffer_free(&held);
    cs_buffer_free(&offered);
    return relation;
}

static void one_that_goes_on(void **state)
{
    struct step second, third;
    uint64_t version;

    (void)state;
    make_step(&second, &genesis, "a", "high", "high", NULL);
    make_step(&third, &second, "b", "high", "high", NULL);
    assert_int_equal(compare(chain(NULL, NULL), chain(NULL, NULL), 0, &version), CS_CHAIN_SAME);
    assert_int_equal(compare(chain(NULL, NULL), chain(&second, &third), 0, &version),
                     CS_CHAIN_CONTINUES);
    assert_int_equal(compare(chain(&second, NULL), chain(&second, &third), 0, &version),
                     CS_CHAIN_CONTINUES);
    assert_int_equal(compare(chain(&second, &third), chain(&second, NULL), 0, &version),
                     CS_CHAIN_OLDER);
    assert_int_equal(version, 0);
    cs_buffer_free(&second.note);
    cs_buffer_free(&third.note);
}

/* The same keyset with another signature is the same keyset. */
static void signatures_are_no_identity(void **state)
{
    struct step one, other;
    uint64_t version;

    (void)state;
    make_step(&one, &genesis, "a", "high low", "low", NULL);
    make_step(&other, &genesis, "a", "high low", "high low", NULL);
    assert_int_equal(compare(chain(&one, NULL), chain(&other, NULL), IN_TIME, &version),
                     CS_CHAIN_SAME);
    cs_buffer_free(&one.note);
    cs_buffer_free(&other.note);
}

/* T15 */
static void two_that_part(void **state)
{
    static const struct {
        const char *held, *offered;
        uint64_t now;
        enum cs_chain_relation relation;
    } rows[] = {
        {"middle", "middle", IN_TIME, CS_CHAIN_CONTRADICTS},
        {"low", "high", IN_TIME, CS_CHAIN_OVERRIDES},
        {"low", "middle", IN_TIME, CS_CHAIN_OVERRIDES},
        {"low", "low high", IN_TIME, CS_CHAIN_OVERRIDES},
        {"low", "high", IN_TIME + 1, CS_CHAIN_CONTRADICTS}, /* too late */
        {"low high", "high", IN_TIME, CS_CHAIN_CONTRADICTS},
        {"middle", "low", IN_TIME, CS_CHAIN_OVERRIDDEN},
        {"high", "low middle", IN_TIME + 1, CS_CHAIN_OVERRIDDEN}, /* what is held, stays */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct step held, offered, behind;
        uint64_t version;

        make_step(&held, &genesis, "a", "high middle low", rows[i].held, NULL);
        make_step(&offered, &genesis, "b", "high middle low", rows[i].offered, NULL);
        make_step(&behind, &held, "c", "high middle low", "high", NULL);
        if (compare(chain(&held, NULL), chain(&offered, NULL), rows[i].now, &version) !=
            rows[i].relation)
            fail_msg("row %zu", i);
        assert_int_equal(version, 2);
        /* What was built upon the held one makes it no stronger. */
        assert_int_equal(
            compare(chain(&held, &behind), chain(&offered, NULL), rows[i].now, &version),
            rows[i].relation);
        assert_int_equal(version, 2);
        cs_buffer_free(&held.note);
        cs_buffer_free(&offered.note);
        cs_buffer_free(&behind.note);
    }
}

/* The order is that of the keyset before the two, whatever they say themselves. */
static void the_order_is_the_predecessors(void **state)
{
    struct step held, offered;
    uint64_t version;

    (void)state;
    make_step(&held, &genesis, "a", "low high", "low", NULL);
    make_step(&offered, &genesis, "b", "high low", "high", NULL);
    assert_int_equal(compare(chain(&held, NULL), chain(&offered, NULL), IN_TIME, &version),
                     CS_CHAIN_OVERRIDES);
    cs_buffer_free(&held.note);
    cs_buffer_free(&offered.note);
    /* A root that only the new keyset has gives no rank. */
    make_step(&held, &genesis, "a", "new middle", "new middle", NULL);
    make_step(&offered, &genesis, "b", "high", "high", NULL);
    assert_int_equal(compare(chain(&held, NULL), chain(&offered, NULL), IN_TIME, &version),
                     CS_CHAIN_OVERRIDES);
    cs_buffer_free(&held.note);
    cs_buffer_free(&offered.note);
}

/* What is no chain, and what nobody asked for. */
static void the_edges_of_a_chain(void **state)
{
    static const struct {
        const char *notes;
        enum cs_status status;
    } rows[] = {
        {"a\n", CS_MALFORMED},
        {"a\n\n\xe2\x80\x94 root AAAA", CS_MALFORMED},
        {"a\n\n\xe2\x80\x94 root AAAAAA==\n", CS_MALFORMED},
    };
    struct step other;
    struct cs_buffer held = chain(NULL, NULL);
    struct cs_span notes = cs_buffer_span(&held);
    enum cs_chain_relation relation;
    struct cs_keyset newest;
    size_t count;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cs_span bad = cs_span_of(rows[i].notes);

        assert_int_equal(cs_chain_read(bad, &node, &newest, &count), rows[i].status);
        assert_int_equal(cs_chain_compare(notes, bad, 0, &relation, NULL, NULL, NULL),
                         rows[i].status);
        assert_int_equal(cs_chain_compare(bad, notes, 0, &relation, NULL, NULL, NULL),
                         rows[i].status);
    }
    make_step(&other, NULL, "second log", "high middle low", "low", NULL);
    assert_int_equal(
        cs_chain_compare(notes, cs_buffer_span(&other.note), 0, &relation, NULL, NULL, NULL),
        CS_WRONG_ORIGIN);
    cs_buffer_free(&other.note);
    cs_buffer_free(&held);
}

/* A step after the last that is followed. */
static void a_chain_has_an_end(void **state)
{
    struct cs_buffer notes = chain(NULL, NULL);
    struct step before = genesis, next;
    size_t count;

    (void)state;
    for (unsigned i = 2; i <= CS_KEYSET_CHAIN_MAX; i++) {
        make_step(&next, &before, "log", "high middle low", "high", NULL);
        cs_buffer_add_span(&notes, cs_buffer_span(&next.note));
        cs_buffer_free(&next.note);
        before = next;
    }
    {
        struct cs_buffer whole = CS_BUFFER_INIT;

        cs_buffer_add_span(&whole, cs_buffer_span(&notes));
        assert_int_equal(read_chain(whole, &count), CS_OK);
        assert_int_equal(count, CS_KEYSET_CHAIN_MAX);
    }
    cs_buffer_add_span(&notes, cs_buffer_span(&genesis.note));
    assert_int_equal(read_chain(notes, &count), CS_TOO_LARGE);
}

/* Sanitizers see what is done with no bytes at all. */
static void nothing_is_no_chain(void **state)
{
    struct cs_span rest = cs_span_make(NULL, 0), note;

    (void)state;
    assert_false(cs_chain_next(&rest, &note));
    assert_int_equal(rest.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_chain),
        cmocka_unit_test(every_step_counts),
        cmocka_unit_test(a_chain_is_one_nodes),
        cmocka_unit_test(one_that_goes_on),
        cmocka_unit_test(signatures_are_no_identity),
        cmocka_unit_test(two_that_part),
        cmocka_unit_test(the_order_is_the_predecessors),
        cmocka_unit_test(the_edges_of_a_chain),
        cmocka_unit_test(a_chain_has_an_end),
    };

    return cmocka_run_group_tests(tests, make_genesis, drop_genesis);
}
