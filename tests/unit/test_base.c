/*
 * Words for refusals, and the growing buffer when memory runs out.
 */
#include "tests/unit/vectors.h"

#include <limits.h>

static void every_status_has_its_own_words(void **state)
{
    (void)state;
    for (int i = CS_OK; i <= CS_INTERNAL; i++) {
        assert_string_not_equal(cs_status_code((enum cs_status)i), "unknown");
        assert_true(strlen(cs_status_text((enum cs_status)i)) > 0);
        for (int k = CS_OK; k < i; k++) {
            assert_string_not_equal(cs_status_code((enum cs_status)i),
                                    cs_status_code((enum cs_status)k));
            assert_string_not_equal(cs_status_text((enum cs_status)i),
                                    cs_status_text((enum cs_status)k));
        }
    }
    assert_string_equal(cs_status_code(CS_BAD_SIGNATURE), "bad_signature");
    assert_string_equal(cs_status_code((enum cs_status)(CS_INTERNAL + 1)), "unknown");
    assert_string_equal(cs_status_code((enum cs_status)INT_MAX), "unknown");
}

static void buffer_grows_and_keeps_what_it_has(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;

    (void)state;
    assert_string_equal(cs_buffer_text(&b), "");
    for (size_t i = 0; i < 10000; i++)
        cs_buffer_add_byte(&b, (unsigned char)i);
    assert_int_equal(b.n, 10000);
    for (size_t i = 0; i < b.n; i++)
        assert_int_equal(b.p[i], (unsigned char)i);
    cs_buffer_reset(&b);
    cs_buffer_add_text(&b, "shelf");
    cs_buffer_add_span(&b, cs_span_make(NULL, 0));
    assert_string_equal(cs_buffer_text(&b), "shelf");
    assert_int_equal(b.n, 5);
    assert_int_equal(cs_buffer_status(&b), CS_OK);
    cs_buffer_free(&b);
    cs_buffer_free(&b);
    assert_null(b.p);
}

static void printf_fits_every_length(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;

    (void)state;
    for (int length = 0; length < 300; length++) {
        cs_buffer_reset(&b);
        cs_buffer_add_text(&b, "<");
        cs_buffer_printf(&b, "%*d", length + 1, 7);
        assert_int_equal(b.n, (size_t)length + 2);
        assert_int_equal(cs_buffer_text(&b)[b.n - 1], '7');
        assert_int_equal(strlen(cs_buffer_text(&b)), b.n);
    }
    cs_buffer_free(&b);
}

/* Fails every allocation once the allowance is used up. */
static void *scarce_resize(void *ctx, void *p, size_t n)
{
    int *allowance = ctx;

    return (*allowance)-- > 0 ? realloc(p, n) : NULL;
}

static void scarce_release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void out_of_memory_is_remembered(void **state)
{
    int allowance = 1;
    struct cs_allocator scarce = {scarce_resize, scarce_release, &allowance};
    struct cs_buffer b = CS_BUFFER_INIT;

    (void)state;
    b.alloc = &scarce;
    cs_buffer_add_text(&b, "first");
    assert_int_equal(cs_buffer_status(&b), CS_OK);
    assert_null(cs_buffer_reserve(&b, 1000));
    assert_int_equal(cs_buffer_status(&b), CS_NO_MEMORY);
    cs_buffer_add_text(&b, "x");
    cs_buffer_printf(&b, "%d", 1);
    assert_int_equal(b.n, 5);
    assert_null(cs_buffer_text(&b));
    cs_buffer_free(&b);
    assert_false(b.failed);
}

static void impossible_lengths_fail(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;

    (void)state;
    cs_buffer_add_byte(&b, 'a');
    assert_null(cs_buffer_reserve(&b, SIZE_MAX));
    assert_true(b.failed);
    cs_buffer_reset(&b);
    assert_null(cs_buffer_reserve(&b, PTRDIFF_MAX));
    assert_true(b.failed);
    cs_buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_words),
        cmocka_unit_test(buffer_grows_and_keeps_what_it_has),
        cmocka_unit_test(printf_fits_every_length),
        cmocka_unit_test(out_of_memory_is_remembered),
        cmocka_unit_test(impossible_lengths_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
