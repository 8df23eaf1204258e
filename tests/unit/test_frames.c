/*
 * Frames: written, read, and T47.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/frames.h>

static void test_written_and_read(void **state)
{
    static const char expected[] = "CSHB1\nK\0\0\0\6keysetF\0\0\0\0I\0\0\1\0";
    struct cs_buffer out = CS_BUFFER_INIT;
    unsigned char hello[256], type;
    struct cs_span rest, data;

    (void)state;
    memset(hello, 'h', sizeof(hello));
    cs_frames_begin(&out);
    cs_frames_add(&out, CS_FRAME_KEYSET, cs_span_of("keyset"));
    cs_frames_add(&out, CS_FRAME_PROFILE, cs_span_make(NULL, 0));
    cs_frames_add(&out, CS_FRAME_HELLO, cs_span_make(hello, sizeof(hello)));
    cs_frames_end(&out);
    assert_int_equal(out.n, sizeof(expected) - 1 + sizeof(hello) + 5);
    assert_memory_equal(out.p, expected, sizeof(expected) - 1);
    assert_memory_equal(out.p + out.n - 5, "Z\0\0\0\0", 5);

    rest = cs_buffer_span(&out);
    assert_int_equal(cs_frames_open(&rest), CS_OK);
    assert_int_equal(cs_frames_next(&rest, &type, &data), CS_OK);
    assert_int_equal(type, CS_FRAME_KEYSET);
    assert_true(cs_span_is(data, "keyset"));
    assert_int_equal(cs_frames_next(&rest, &type, &data), CS_OK);
    assert_int_equal(type, CS_FRAME_PROFILE);
    assert_int_equal(data.n, 0);
    assert_int_equal(cs_frames_next(&rest, &type, &data), CS_OK);
    assert_int_equal(type, CS_FRAME_HELLO);
    assert_int_equal(data.n, 256);
    assert_int_equal(cs_frames_next(&rest, &type, &data), CS_OK);
    assert_int_equal(type, CS_FRAME_END);
    assert_int_equal(rest.n, 0);
    assert_int_equal(cs_frames_next(&rest, &type, &data), CS_MALFORMED);
    cs_buffer_free(&out);
}

static void test_magic(void **state)
{
    static const char *const refused[] = {"",       "C",       "CSHB1",     "CSHB2\n", "cshb1\n",
                                          "CSHB1 ", "CSHB1\r", " CSHB1\nZ", "PK\3\4.."};

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct cs_span rest = cs_span_of(refused[i]), before = rest;

        assert_int_equal(cs_frames_open(&rest), CS_MALFORMED);
        assert_ptr_equal(rest.p, before.p);
        assert_int_equal(rest.n, before.n);
    }
}

static void refuse(const char *bytes, size_t n)
{
    /* In memory of its own size, so that a sanitizer sees a step past it. */
    char *copy = malloc(n + !n);
    struct cs_span rest = cs_span_make(copy, n), data = {0};
    unsigned char type = 0;

    assert_non_null(copy);
    memcpy(copy, bytes, n);
    assert_int_equal(cs_frames_next(&rest, &type, &data), CS_MALFORMED);
    assert_int_equal(rest.n, n);
    assert_int_equal(type, 0);
    free(copy);
}

static void test_frames_refused(void **state)
{
    (void)state;
    refuse("", 0); /* the end is a frame, never the end of the bytes */
    refuse("K\0\0\0", 4);
    refuse("K\0\0\0\1", 5);
    refuse("K\0\0\0\2a", 6);
    refuse("K\xff\xff\xff\xff"
           "abc",
           8);
    refuse("K\x7f\xff\xff\xff", 5);
    refuse("Z\0\0\0\1a", 6); /* an end with data */
    refuse("Z\0\0\0\0a", 6); /* bytes behind the end */
    refuse("Z\0\0\0\0Z\0\0\0\0", 10); /* two ends */
}

/* A type that this version does not know is given to the caller, who refuses it. */
static void test_unknown_type(void **state)
{
    struct cs_span rest = cs_span_make("?\0\0\0\1xrest", 10), data;
    unsigned char type;

    (void)state;
    assert_int_equal(cs_frames_next(&rest, &type, &data), CS_OK);
    assert_int_equal(type, '?');
    assert_true(cs_span_is(data, "x"));
    assert_true(cs_span_is(rest, "rest"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_and_read),
        cmocka_unit_test(test_magic),
        cmocka_unit_test(test_frames_refused),
        cmocka_unit_test(test_unknown_type),
    };

    return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
