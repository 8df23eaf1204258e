/*
 * Other people's structured fields (RFC 8941) where our headers would stand: nothing is accepted
 * that the frozen grammar does not write.
 */
#include "tests/unit/httpsig_fixture.h"

#include <jansson.h>

/* The grammar alone: most numbers are no time of today. */
static enum cs_status read_with_created(const char *raw)
{
    struct cs_buffer input = CS_BUFFER_INIT;
    struct exchange x = example();
    unsigned char signature[CS_SIGNATURE];
    struct cs_httpsig sig;
    struct cs_span params;
    enum cs_status status;

    cs_buffer_printf(&input, "cs=%s;created=%s;expires=1790004000%s", LIST, raw, TAIL);
    status = cs_httpsig_read(cs_buffer_span(&input), x.signature, true, &sig, &params, signature);
    if (status == CS_OK)
        assert_int_equal(sig.created, strtoull(raw, NULL, 10));
    cs_buffer_free(&input);
    return status;
}

/* Numbers: those that are whole, not negative and in their one shortest spelling; no others. */
static void test_structured_numbers(void **state)
{
    size_t accepted = 0, refused = 0;
    char path[512];
    json_t *cases;

    (void)state;
    vectors_path("crypto/structured-fields/number.json", path, sizeof(path));
    cases = json_load_file(path, 0, NULL);
    assert_true(json_array_size(cases) > 0);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        const json_t *number = json_array_get(json_object_get(one, "expected"), 0);
        const char *raw = json_string_value(json_array_get(json_object_get(one, "raw"), 0));
        char canonical[32];
        bool wanted;

        assert_non_null(raw);
        snprintf(canonical, sizeof(canonical), "%lld", (long long)json_integer_value(number));
        wanted = json_is_integer(number) && json_integer_value(number) >= 0 &&
                 (uint64_t)json_integer_value(number) <= CS_TIME_MAX && strcmp(canonical, raw) == 0;
        if ((read_with_created(raw) == CS_OK) != wanted)
            fail_msg("%s: %s", raw, wanted ? "refused" : "accepted");
        accepted += wanted;
        refused += !wanted;
    }
    json_decref(cases);
    assert_true(accepted >= 2 && refused >= 20);
}

/* Strings, lists, dictionaries of any kind are neither our headers nor our nonces. */
static void test_structured_values(void **state)
{
    static const char *const files[] = {"string",     "item",           "list",    "listlist",
                                        "param-list", "param-listlist", "examples"};
    size_t count = 0;

    (void)state;
    for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
        char name[64], path[512];
        json_t *cases;

        snprintf(name, sizeof(name), "crypto/structured-fields/%s.json", files[f]);
        vectors_path(name, path, sizeof(path));
        cases = json_load_file(path, 0, NULL);
        assert_true(json_array_size(cases) > 0);
        for (size_t i = 0; i < json_array_size(cases); i++) {
            const json_t *raws = json_object_get(json_array_get(cases, i), "raw");

            for (size_t j = 0; j < json_array_size(raws); j++) {
                struct cs_span raw = cs_span_of(json_string_value(json_array_get(raws, j)));
                struct exchange x = example();

                assert_int_equal(cs_digest_check(raw, x.body), CS_MALFORMED);
                x.signature = raw;
                assert_true(verify(&x) == CS_MALFORMED || raw.n > CS_HTTPSIG_VALUE_MAX);
                x = example();
                x.input = raw;
                assert_true(verify(&x) == CS_MALFORMED || raw.n > CS_HTTPSIG_INPUT_MAX);
                count++;
            }
        }
        json_decref(cases);
    }
    assert_true(count > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structured_numbers),
        cmocka_unit_test(test_structured_values),
    };

    return cmocka_run_group_tests_name("httpsig_fields", tests, NULL, NULL);
}
