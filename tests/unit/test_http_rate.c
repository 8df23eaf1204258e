/*
 * Buckets of tokens: what they give, when they give again, and whom they forget.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "http/rate.h"

static int hold(void **state)
{
    (void)state;
    clock_hold(1000000);
    return 0;
}

static int let_go(void **state)
{
    (void)state;
    clock_hold(0);
    return 0;
}

static void test_burst_and_refill(void **state)
{
    struct rate_limiter *l = rate_limiter_new((struct rate){2, 10}, 16);
    struct cs_span a = cs_span_of("a"), b = cs_span_of("b");

    (void)state;
    assert_non_null(l);
    for (int i = 0; i < 10; i++)
        assert_int_equal(rate_limiter_take(l, a, 1), 0);
    assert_int_equal(rate_limiter_take(l, a, 1), 1);
    assert_int_equal(rate_limiter_take(l, a, 7), 4); /* 3.5 seconds for seven */
    assert_int_equal(rate_limiter_take(l, b, 10), 0); /* another key has its own */
    clock_hold(1000001);
    assert_int_equal(rate_limiter_take(l, a, 2), 0);
    assert_int_equal(rate_limiter_take(l, a, 1), 1);
    clock_hold(2000000); /* never more than full */
    assert_int_equal(rate_limiter_take(l, a, 10), 0);
    assert_int_equal(rate_limiter_take(l, a, 1), 1);
    rate_limiter_free(l);
}

/* What costs more than a whole burst can still be had, by who has waited for a full one. */
static void test_dear(void **state)
{
    struct rate_limiter *l = rate_limiter_new((struct rate){1, 10}, 16);

    (void)state;
    assert_int_equal(rate_limiter_take(l, cs_span_of("a"), 1000), 0);
    assert_int_equal(rate_limiter_take(l, cs_span_of("a"), 1000), 10);
    rate_limiter_free(l);
}

static void test_unlimited(void **state)
{
    struct rate_limiter *l = rate_limiter_new((struct rate){RATE_UNLIMITED, 0}, 16);

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(rate_limiter_take(l, cs_span_of("a"), UINT32_MAX), 0);
    rate_limiter_free(l);
}

/* A crowd of strangers can't make the node forget who has used up what it had. */
static void test_crowd(void **state)
{
    struct rate_limiter *l = rate_limiter_new((struct rate){1, 10}, 64);
    struct cs_span greedy = cs_span_of("greedy");

    (void)state;
    assert_int_equal(rate_limiter_take(l, greedy, 10), 0);
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(rate_limiter_take(l, cs_span_make(&i, sizeof i), 1), 0);
    assert_int_equal(rate_limiter_take(l, greedy, 1), 1);
    rate_limiter_free(l);
}

/* Keys of every length, and keys that differ in one byte only, are different keys. */
static void test_keys(void **state)
{
    struct rate_limiter *l = rate_limiter_new((struct rate){1, 1}, 4096);
    unsigned char zeros[64] = {0};

    (void)state;
    for (size_t n = 0; n <= sizeof zeros; n++)
        assert_int_equal(rate_limiter_take(l, cs_span_make(zeros, n), 1), 0);
    for (size_t i = 0; i < sizeof zeros; i++) {
        zeros[i] = 1;
        assert_int_equal(rate_limiter_take(l, cs_span_make(zeros, sizeof zeros), 1), 0);
        zeros[i] = 0;
    }
    assert_int_equal(rate_limiter_take(l, cs_span_make(zeros, sizeof zeros), 1), 1);
    rate_limiter_free(l);
}

static void key_of(const char *text, unsigned char key[RATE_ADDRESS])
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(7)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        rate_address((const struct sockaddr *)&v4, key);
        return;
    }
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    rate_address((const struct sockaddr *)&v6, key);
}

static bool same(const char *a, const char *b)
{
    unsigned char x[RATE_ADDRESS], y[RATE_ADDRESS];

    key_of(a, x);
    key_of(b, y);
    return memcmp(x, y, sizeof x) == 0;
}

static void test_addresses(void **state)
{
    (void)state;
    assert_true(same("192.0.2.1", "192.0.2.1"));
    assert_false(same("192.0.2.1", "192.0.2.2"));
    assert_true(same("192.0.2.1", "::ffff:192.0.2.1"));
    assert_true(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
    assert_false(same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert_false(same("::192.0.2.1", "192.0.2.1"));
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1; n <= 2; n++) {
        memory_fail_at(n);
        assert_null(rate_limiter_new((struct rate){1, 1}, 16));
    }
    memory_fail_at(0);
    rate_limiter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_burst_and_refill, hold, let_go),
        cmocka_unit_test_setup_teardown(test_dear, hold, let_go),
        cmocka_unit_test_setup_teardown(test_unlimited, hold, let_go),
        cmocka_unit_test_setup_teardown(test_crowd, hold, let_go),
        cmocka_unit_test_setup_teardown(test_keys, hold, let_go),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
