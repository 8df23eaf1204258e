/* The allocation pair, the libraries that use it, and the arena. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <event2/event.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <unicode/uset.h>

#include "support/memory.h"

static int install(void **state)
{
    (void)state;
    return memory_install();
}

static void fails_where_it_is_told(void **state)
{
    void *p, *q;

    (void)state;
    memory_fail_at(3);
    p = memory_resize(NULL, 10);
    assert_non_null(p);
    memset(p, 7, 10);
    q = memory_new(10);
    assert_non_null(q);
    assert_null(memory_resize(p, 20));
    assert_int_equal(((unsigned char *)p)[9], 7);
    p = memory_resize(p, 20);
    assert_non_null(p);
    assert_int_equal(((unsigned char *)p)[9], 7);
    memory_fail_at(1);
    assert_null(memory_new(1));
    memory_fail_at(1);
    assert_null(memory_copy_text("x"));
    memory_fail_at(1);
    memory_fail_at(0);
    memory_free(q);
    q = memory_new(1000);
    assert_non_null(q);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(((unsigned char *)q)[i], 0);
    memory_free(p);
    memory_free(q);
    memory_free(NULL);
}

static void copies(void **state)
{
    char *s = memory_copy_text("Ñandú");

    (void)state;
    assert_string_equal(s, "Ñandú");
    memory_free(s);
    s = memory_copy_span(cs_span_make("abc\0def", 7));
    assert_memory_equal(s, "abc\0def", 8);
    memory_free(s);
    s = memory_copy_span(cs_span_make(NULL, 0));
    assert_string_equal(s, "");
    memory_free(s);
}

static void serves_buffers(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;

    (void)state;
    b.alloc = memory_allocator();
    memory_fail_at(1);
    cs_buffer_add_text(&b, "x");
    assert_true(b.failed);
    cs_buffer_free(&b);
    cs_buffer_add_text(&b, "x");
    assert_false(b.failed);
    cs_buffer_free(&b);
}

/* Each library really allocates through the pair: the next allocation is made to fail. */
static void libraries_use_it(void **state)
{
    struct event_base *base;
    json_t *json;
    USet *letters;
    CURL *curl;
    void *p;

    (void)state;
    memory_fail_at(1);
    assert_null(OPENSSL_malloc(16));
    p = OPENSSL_malloc(16);
    assert_non_null(p);
    memory_fail_at(1);
    assert_null(OPENSSL_realloc(p, 1 << 20));
    OPENSSL_free(p);

    memory_fail_at(1);
    assert_null(sqlite3_malloc(16));
    p = sqlite3_malloc(1000);
    assert_non_null(p);
    assert_true(sqlite3_msize(p) >= 1000);
    memset(p, 1, 1000);
    sqlite3_free(p);

    memory_fail_at(1);
    assert_null(json_object());
    json = json_object();
    assert_non_null(json);
    json_decref(json);

    memory_fail_at(1);
    assert_null(event_base_new());
    base = event_base_new();
    assert_non_null(base);
    event_base_free(base);

    memory_fail_at(1);
    assert_null(curl_easy_init());
    curl = curl_easy_init();
    assert_non_null(curl);
    curl_easy_cleanup(curl);

    memory_fail_at(1);
    assert_null(uset_openEmpty());
    letters = uset_openEmpty();
    assert_non_null(letters);
    uset_close(letters);
    memory_fail_at(0);
}

/* A second call would come after the libraries have started, and is told so. */
static void comes_first_or_not_at_all(void **state)
{
    void *p = OPENSSL_malloc(1);

    (void)state;
    OPENSSL_free(p);
    assert_int_equal(memory_install(), -1);
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
    struct arena *a = arena_new();
    unsigned char *p;

    (void)state;
    assert_non_null(a);
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 3000; n = n * 2 + 1) {
            for (int i = 0; i < 20; i++) {
                p = arena_take(a, n);
                assert_non_null(p);
                assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
                for (size_t j = 0; j < n; j++)
                    assert_int_equal(p[j], 0);
                memset(p, 0xff, n);
            }
        }
        p = arena_take(a, 5u << 20);
        assert_non_null(p);
        assert_int_equal(p[(5u << 20) - 1], 0);
        memset(p, 0xff, 5u << 20);
        arena_reset(a);
    }
    arena_free(a);
    arena_free(NULL);
}

static void arena_text_ends_with_nul(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(arena_text(a, "librería", 8), "librer\xc3\xad");
    assert_string_equal(arena_text(a, "abc", 0), "");
    assert_string_equal(arena_text(a, NULL, 0), "");
    arena_free(a);
}

static void arena_survives_want_of_memory(void **state)
{
    struct arena *a;
    char *kept;

    (void)state;
    for (unsigned long n = 1; n <= 2; n++) {
        memory_fail_at(n);
        assert_null(arena_new());
    }
    a = arena_new();
    kept = arena_text(a, "kept", 4);
    memory_fail_at(1);
    assert_null(arena_take(a, 100000));
    assert_null(arena_take(a, SIZE_MAX));
    assert_null(arena_take(a, SIZE_MAX - 40));
    assert_null(arena_text(a, "x", SIZE_MAX));
    assert_non_null(arena_take(a, 100000));
    assert_string_equal(kept, "kept");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fails_where_it_is_told),
        cmocka_unit_test(copies),
        cmocka_unit_test(serves_buffers),
        cmocka_unit_test(libraries_use_it),
        cmocka_unit_test(comes_first_or_not_at_all),
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_text_ends_with_nul),
        cmocka_unit_test(arena_survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, install, NULL);
}
