/*
 * Which entries live on: every rule of SPEC.md §11 by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <commonshelf/compaction.h>
#include <jansson.h>

#define A "urn:uuid:d126afcc-7945-44fb-922e-a01d3f03c301"
#define B "urn:uuid:d126afcc-7945-44fb-922e-a01d3f03c302"

struct place {
    char op; /* '-': a redacted place */
    const char *payload;
};

/* Compares what lives of the places behind an E with the wanted indexes, which end with 0. */
static void expect_live(const struct place *place, size_t n, const uint64_t *wanted)
{
    struct cs_compaction *c = cs_compaction_new(1, NULL);
    const unsigned char salt[CS_SALT] = {1};
    struct cs_buffer entry = CS_BUFFER_INIT;
    const uint64_t *live;
    size_t alive, expected = 0;

    assert_non_null(c);
    for (size_t i = 0; i <= n; i++) {
        struct cs_bundle_item item = {.entry = {NULL, 0}};
        const struct place *p = i ? &place[i - 1] : NULL;

        cs_buffer_reset(&entry);
        if (!p || p->op != '-') {
            assert_int_equal(
                cs_entry_write(p ? (enum cs_op)p->op : CS_OP_EPOCH, salt,
                               cs_span_of(p ? p->payload : "{\"epoch\":1,\"prev\":null}"), &entry),
                CS_OK);
            if (p && p->op == CS_OP_PUT && strstr(p->payload, "later version"))
                entry.p[0] = 2;
            item.entry = cs_buffer_span(&entry);
        }
        assert_int_equal(cs_compaction_add(c, &item), CS_OK);
    }
    cs_compaction_live(c, &live, &alive);
    while (wanted[expected])
        expected++;
    if (alive != expected || (alive && memcmp(live, wanted, alive * sizeof *live) != 0))
        fail_msg("%zu live, the first at %ju; not %zu", alive, alive ? (uintmax_t)live[0] : 0,
                 expected);
    cs_compaction_free(c);
    cs_buffer_free(&entry);
}

#define PUT(id, rev)                                                                               \
    {                                                                                              \
        'P', "{\"id\":\"" id "\",\"rev\":" #rev "}"                                                \
    }
#define END(id, rev)                                                                               \
    {                                                                                              \
        'D', "{\"id\":\"" id "\",\"rev\":" #rev "}"                                                \
    }
#define TAKE(index)                                                                                \
    {                                                                                              \
        'R', "{\"epoch\":1,\"index\":" #index "}"                                                  \
    }
#define LIVE(...)                                                                                  \
    (const uint64_t[])                                                                             \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define EXPECT(wanted, ...)                                                                        \
    do {                                                                                           \
        const struct place place[] = {__VA_ARGS__};                                                \
        expect_live(place, sizeof place / sizeof *place, wanted);                                  \
    } while (0)

static void the_highest_revision_lives(void **state)
{
    (void)state;
    expect_live(NULL, 0, LIVE(0));
    EXPECT(LIVE(1, 2, 0), PUT(B, 1), PUT(A, 1));
    EXPECT(LIVE(2, 0), PUT(A, 1), PUT(A, 2));
    EXPECT(LIVE(1, 0), PUT(A, 2), PUT(A, 1));
    EXPECT(LIVE(1, 0), PUT(A, 2), PUT(A, 2));
    EXPECT(LIVE(2, 3, 0), PUT(A, 1), PUT(B, 7), PUT(A, 9007199254740991));
}

static void what_was_ended_does_not(void **state)
{
    (void)state;
    EXPECT(LIVE(0), PUT(A, 1), END(A, 2));
    EXPECT(LIVE(0), END(A, 2), PUT(A, 1));
    EXPECT(LIVE(1, 0), PUT(A, 2), END(A, 1));
    EXPECT(LIVE(1, 0), PUT(A, 2), END(A, 2));
    EXPECT(LIVE(0), END(A, 2), PUT(A, 2));
    EXPECT(LIVE(3, 0), PUT(A, 1), END(A, 2), PUT(A, 3));
}

static void what_was_redacted_is_as_if_it_had_not_been(void **state)
{
    (void)state;
    EXPECT(LIVE(0), PUT(A, 1), TAKE(1));
    EXPECT(LIVE(1, 0), PUT(A, 1), PUT(A, 2), TAKE(2));
    EXPECT(LIVE(1, 0), PUT(A, 1), {'-', NULL}, TAKE(2));
    EXPECT(LIVE(1, 0), PUT(A, 1), {'-', NULL});
    EXPECT(LIVE(1, 0), PUT(A, 1), END(A, 2), TAKE(2));
    /* those that name nothing: themselves, what is not there, the E, another epoch's */
    EXPECT(LIVE(1, 0), PUT(A, 1), TAKE(2), TAKE(9), TAKE(0), {'R', "{\"epoch\":2,\"index\":1}"},
           {'R', "{}"});
}

static void only_what_can_be_read_counts(void **state)
{
    (void)state;
    EXPECT(LIVE(1, 0), PUT(A, 1), {'P', "{\"id\":\"" A "\",\"rev\":0}"});
    EXPECT(LIVE(1, 0), PUT(A, 1), {'P', "{\"id\":\"" A "\"}"}, {'P', "nonsense"}, {'P', ""});
    EXPECT(LIVE(1, 0), PUT(A, 1), {'P', "{\"id\":\"" A "\",\"rev\":2,\"x\":\"later version\"}"});
    EXPECT(LIVE(1, 0), PUT(A, 1), {'E', "{\"epoch\":1,\"prev\":null}"});
    /* what a later version may read otherwise lives */
    EXPECT(LIVE(2, 0), PUT(A, 1), {'P', "{\"id\":\"" A "\",\"rev\":2,\"kind\":\"dream\"}"});
}

static void *none(void *ctx, void *p, size_t n)
{
    int *left = ctx;

    return (*left)-- > 0 ? realloc(p, n) : NULL;
}

static void give_back(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void memory_that_ends_is_said(void **state)
{
    const unsigned char salt[CS_SALT] = {0};
    struct cs_buffer put = CS_BUFFER_INIT, take = CS_BUFFER_INIT;
    struct cs_bundle_item item = {.entry = {NULL, 0}};
    int left = 0;
    const struct cs_allocator alloc = {none, give_back, &left};
    struct cs_compaction *c;

    (void)state;
    assert_null(cs_compaction_new(1, &alloc));
    left = 1;
    c = cs_compaction_new(1, &alloc);
    assert_non_null(c);
    assert_int_equal(
        cs_entry_write(CS_OP_PUT, salt, cs_span_of("{\"id\":\"" A "\",\"rev\":1}"), &put), CS_OK);
    assert_int_equal(
        cs_entry_write(CS_OP_REDACT, salt, cs_span_of("{\"epoch\":1,\"index\":1}"), &take), CS_OK);
    assert_int_equal(cs_compaction_add(c, &item), CS_OK);
    item.entry = cs_buffer_span(&put);
    assert_int_equal(cs_compaction_add(c, &item), CS_NO_MEMORY);
    item.entry = cs_buffer_span(&take);
    assert_int_equal(cs_compaction_add(c, &item), CS_NO_MEMORY);
    cs_compaction_free(c);
    cs_compaction_free(NULL);
    cs_buffer_free(&put);
    cs_buffer_free(&take);
}

static size_t json_left; /* allocations until jansson gets none */

static void *json_take(size_t n)
{
    return json_left > 0 && json_left-- > 0 ? malloc(n) : NULL;
}

/* A statement that there was no memory to read is not one that can't be read: left out, it would make
 * another entry live than everywhere else. */
static void memory_that_ends_in_a_statement_is_said(void **state)
{
    static const struct place place[] = {PUT(A, 1), TAKE(1)};
    const unsigned char salt[CS_SALT] = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct cs_buffer entry = CS_BUFFER_INIT;
        struct cs_compaction *c = cs_compaction_new(1, NULL);
        struct cs_bundle_item item = {.entry = {NULL, 0}};

        assert_non_null(c);
        assert_int_equal(
            cs_entry_write((enum cs_op)place[i].op, salt, cs_span_of(place[i].payload), &entry),
            CS_OK);
        item.entry = cs_buffer_span(&entry);
        for (json_left = 0; json_left < 3; json_left++) {
            size_t left = json_left;

            json_set_alloc_funcs(json_take, free);
            assert_int_equal(cs_compaction_add(c, &item), CS_NO_MEMORY);
            json_set_alloc_funcs(malloc, free);
            json_left = left;
        }
        cs_compaction_free(c);
        cs_buffer_free(&entry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_revision_lives),
        cmocka_unit_test(what_was_ended_does_not),
        cmocka_unit_test(what_was_redacted_is_as_if_it_had_not_been),
        cmocka_unit_test(only_what_can_be_read_counts),
        cmocka_unit_test(memory_that_ends_is_said),
        cmocka_unit_test(memory_that_ends_in_a_statement_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
