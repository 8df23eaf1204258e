/*
 * gzip: round trips, and T27: bombs, nested, truncated, joined and damaged members.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/gzip.h>
#include <commonshelf/limits.h>

#include <zlib.h>

#define MIB (1u << 20)

static void fill(struct cs_buffer *raw, size_t n)
{
    uint32_t x = 12345;

    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        cs_buffer_add_byte(raw, (unsigned char)("etaoin shrdlu{}\":"[x >> 28]));
    }
    assert_false(raw->failed);
}

static void round_trip(size_t n)
{
    struct cs_buffer raw = CS_BUFFER_INIT, gz = CS_BUFFER_INIT, again = CS_BUFFER_INIT;
    struct cs_buffer out = CS_BUFFER_INIT;

    fill(&raw, n);
    assert_int_equal(cs_gzip(cs_buffer_span(&raw), &gz), CS_OK);
    assert_int_equal(cs_gzip(cs_buffer_span(&raw), &again), CS_OK);
    assert_true(cs_span_equal(cs_buffer_span(&gz), cs_buffer_span(&again)));

    /* To the byte of the cap, behind what stood there; one byte less is too little. */
    cs_buffer_add_text(&out, "before");
    assert_int_equal(cs_gunzip(cs_buffer_span(&gz), n, &out), CS_OK);
    assert_int_equal(out.n, n + 6);
    assert_memory_equal(out.p, "before", 6);
    if (n > 0)
        assert_memory_equal(out.p + 6, raw.p, n);
    out.n = 6;
    if (n > 0)
        assert_int_equal(cs_gunzip(cs_buffer_span(&gz), n - 1, &out), CS_TOO_LARGE);
    assert_int_equal(out.n, 6);

    cs_buffer_free(&raw);
    cs_buffer_free(&gz);
    cs_buffer_free(&again);
    cs_buffer_free(&out);
}

static void test_round_trips(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 65535, 65536, 65537, 131072, 300000, 3 * MIB};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        round_trip(sizes[i]);
}

/* No name, no time, no system: nothing in the header says who packed it when. */
static void test_header_tells_nothing(void **state)
{
    static const unsigned char header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    struct cs_buffer gz = CS_BUFFER_INIT;

    (void)state;
    assert_int_equal(cs_gzip(cs_span_of("text"), &gz), CS_OK);
    assert_true(gz.n > sizeof(header));
    assert_memory_equal(gz.p, header, sizeof(header));
    cs_buffer_free(&gz);
}

/* Wants `status`, and `out` left as it was. */
static void refuse(struct cs_span gz, size_t max, enum cs_status status)
{
    struct cs_buffer out = CS_BUFFER_INIT;

    cs_buffer_add_text(&out, "kept");
    assert_int_equal(cs_gunzip(gz, max, &out), status);
    assert_int_equal(out.n, 4);
    assert_memory_equal(out.p, "kept", 4);
    cs_buffer_free(&out);
}

static void test_every_truncation(void **state)
{
    struct cs_buffer raw = CS_BUFFER_INIT, gz = CS_BUFFER_INIT;

    (void)state;
    fill(&raw, 500);
    assert_int_equal(cs_gzip(cs_buffer_span(&raw), &gz), CS_OK);
    for (size_t n = 0; n < gz.n; n++) {
        /* In memory of its own size, so that a sanitizer sees a step past it. */
        unsigned char *cut = malloc(n + !n);

        assert_non_null(cut);
        memcpy(cut, gz.p, n);
        refuse(cs_span_make(cut, n), MIB, CS_MALFORMED);
        refuse(cs_span_make(cut, n), 500, CS_MALFORMED);
        free(cut);
    }
    cs_buffer_free(&raw);
    cs_buffer_free(&gz);
}

/* Each bit of the check sum, the length, the magic and the method. */
static void test_damage(void **state)
{
    struct cs_buffer raw = CS_BUFFER_INIT, gz = CS_BUFFER_INIT;

    (void)state;
    fill(&raw, 500);
    assert_int_equal(cs_gzip(cs_buffer_span(&raw), &gz), CS_OK);
    for (size_t bit = 0; bit < 64; bit++) {
        size_t at = gz.n - 8 + bit / 8;

        gz.p[at] ^= (unsigned char)(1u << bit % 8);
        refuse(cs_buffer_span(&gz), MIB, CS_MALFORMED);
        gz.p[at] ^= (unsigned char)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 24; bit++) {
        gz.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
        refuse(cs_buffer_span(&gz), MIB, CS_MALFORMED);
        gz.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    refuse(cs_span_of("not gzip at all, only a text"), MIB, CS_MALFORMED);
    refuse(cs_span_make("\x78\x9c\x03\x00\x00\x00\x00\x01", 8), MIB, CS_MALFORMED); /* zlib */
    refuse(cs_span_make(NULL, 0), MIB, CS_MALFORMED);
    cs_buffer_free(&raw);
    cs_buffer_free(&gz);
}

static void test_nothing_may_follow(void **state)
{
    struct cs_buffer gz = CS_BUFFER_INIT, many = CS_BUFFER_INIT, empty = CS_BUFFER_INIT;

    (void)state;
    assert_int_equal(cs_gzip(cs_span_of("first"), &gz), CS_OK);
    cs_buffer_add_span(&many, cs_buffer_span(&gz));
    cs_buffer_add_byte(&many, 0);
    refuse(cs_buffer_span(&many), MIB, CS_MALFORMED);

    many.n = 0;
    cs_buffer_add_span(&many, cs_buffer_span(&gz));
    cs_buffer_add_span(&many, cs_buffer_span(&gz));
    refuse(cs_buffer_span(&many), MIB, CS_MALFORMED);

    assert_int_equal(cs_gzip(cs_span_make(NULL, 0), &empty), CS_OK);
    many.n = 0;
    for (int i = 0; i < 10000; i++)
        cs_buffer_add_span(&many, cs_buffer_span(&empty));
    refuse(cs_buffer_span(&many), MIB, CS_MALFORMED);
    cs_buffer_free(&gz);
    cs_buffer_free(&many);
    cs_buffer_free(&empty);
}

/* Zeros, packed as tightly as zlib does. */
static void pack_zeros(size_t n, struct cs_buffer *gz)
{
    static const unsigned char zeros[65536];
    z_stream z = {0};

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_non_null(cs_buffer_reserve(gz, n / 900 + 4096));
    z.next_out = gz->p;
    z.avail_out = (uInt)(n / 900 + 4096);
    for (; n > 0; n -= sizeof(zeros)) {
        z.next_in = (z_const Bytef *)(uintptr_t)zeros;
        z.avail_in = sizeof(zeros);
        assert_int_equal(deflate(&z, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    gz->n = z.total_out;
    deflateEnd(&z);
}

struct counted {
    size_t most;
};

static void *counted_resize(void *ctx, void *p, size_t n)
{
    struct counted *count = ctx;

    count->most = n > count->most ? n : count->most;
    return realloc(p, n);
}

static void counted_release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

/* A bomb under the cap is stopped by its ratio, long before it fills memory. */
static void test_bombs(void **state)
{
    struct counted count = {0};
    const struct cs_allocator alloc = {counted_resize, counted_release, &count};
    struct cs_buffer bomb = CS_BUFFER_INIT, nested = CS_BUFFER_INIT, out = CS_BUFFER_INIT;

    (void)state;
    pack_zeros(64 * MIB, &bomb);
    assert_true(bomb.n < 80000);
    out.alloc = &alloc;
    assert_int_equal(cs_gunzip(cs_buffer_span(&bomb), CS_BUNDLE_RAW_MAX * 8u, &out), CS_TOO_LARGE);
    assert_int_equal(out.n, 0);
    assert_true(count.most <= 4 * MIB);

    /* Over the cap, the ratio unasked. */
    refuse(cs_buffer_span(&bomb), 1000, CS_TOO_LARGE);
    refuse(cs_buffer_span(&bomb), 0, CS_TOO_LARGE);

    /* A packed bomb is unpacked once. */
    assert_int_equal(cs_gzip(cs_buffer_span(&bomb), &nested), CS_OK);
    assert_int_equal(cs_gunzip(cs_buffer_span(&nested), MIB, &out), CS_OK);
    assert_true(cs_span_equal(cs_buffer_span(&out), cs_buffer_span(&bomb)));
    cs_buffer_free(&bomb);
    cs_buffer_free(&nested);
    cs_buffer_free(&out);
}

/* A MiB may be of any ratio: a bundle of equal records is no attack. */
static void test_small_and_dense_is_no_bomb(void **state)
{
    struct cs_buffer gz = CS_BUFFER_INIT, out = CS_BUFFER_INIT;

    (void)state;
    pack_zeros(MIB, &gz);
    assert_int_equal(cs_gunzip(cs_buffer_span(&gz), MIB, &out), CS_OK);
    assert_int_equal(out.n, MIB);
    cs_buffer_free(&gz);
    cs_buffer_free(&out);
}

static void *failing_resize(void *ctx, void *p, size_t n)
{
    int *left = ctx;

    return (*left)-- > 0 ? realloc(p, n) : NULL;
}

/* Each allocation in turn, zlib's own too, is the one that fails. */
static void test_out_of_memory(void **state)
{
    struct cs_buffer raw = CS_BUFFER_INIT, gz = CS_BUFFER_INIT;
    enum cs_status status = CS_NO_MEMORY;
    int left, tries;
    const struct cs_allocator alloc = {failing_resize, counted_release, &left};

    (void)state;
    fill(&raw, 200000);
    for (tries = 0; status != CS_OK; tries++) {
        struct cs_buffer out = {NULL, 0, 0, false, &alloc};

        left = tries;
        status = cs_gzip(cs_buffer_span(&raw), &out);
        assert_true(status == CS_OK || (status == CS_NO_MEMORY && out.n == 0));
        cs_buffer_free(&out);
    }
    assert_true(tries > 3);

    assert_int_equal(cs_gzip(cs_buffer_span(&raw), &gz), CS_OK);
    status = CS_NO_MEMORY;
    for (tries = 0; status != CS_OK; tries++) {
        struct cs_buffer out = {NULL, 0, 0, false, &alloc};

        left = tries;
        status = cs_gunzip(cs_buffer_span(&gz), MIB, &out);
        assert_true(status == CS_OK || (status == CS_NO_MEMORY && out.n == 0));
        cs_buffer_free(&out);
    }
    assert_true(tries > 3);
    cs_buffer_free(&raw);
    cs_buffer_free(&gz);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_header_tells_nothing),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_nothing_may_follow),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_small_and_dense_is_no_bomb),
        cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
