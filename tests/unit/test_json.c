/*
 * Strict JSON: JSONTestSuite, and T29.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/record.h>

#include <dirent.h>
#include <jansson.h>

#define PLENTY (32u << 20)

static enum cs_status read_json(struct cs_span text)
{
    json_t *json = NULL;
    enum cs_status status = cs_json_read(text, PLENTY, &json);

    assert_true((status == CS_OK) == (json != NULL));
    json_decref(json);
    return status;
}

/* Valid JSON that we refuse all the same, because two readers could understand it differently. */
static bool is_refused_extra(const char *name)
{
    static const char *const extras[] = {
        "y_object_duplicated_key.json",
        "y_object_duplicated_key_and_value.json",
        "y_object_escaped_null_in_key.json",
        "y_string_null_escape.json",
    };

    for (size_t i = 0; i < sizeof(extras) / sizeof(extras[0]); i++)
        if (strcmp(name, extras[i]) == 0)
            return true;
    return false;
}

static void test_suite(void **state)
{
    size_t accepted = 0, refused = 0, extras = 0;
    char folder[512], path[1024];
    struct dirent *entry;
    DIR *dir;

    (void)state;
    vectors_path("json/parsing", folder, sizeof(folder));
    dir = opendir(folder);
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        struct cs_buffer text = CS_BUFFER_INIT;
        bool extra = is_refused_extra(entry->d_name);
        enum cs_status wanted, got;

        if (entry->d_name[0] != 'y' && entry->d_name[0] != 'n')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        vectors_load(path, &text);
        wanted = entry->d_name[0] == 'y' && !extra ? CS_OK : CS_BAD_JSON;
        got = read_json(cs_buffer_span(&text));
        cs_buffer_free(&text);
        if (got != wanted)
            fail_msg("%s: %s", entry->d_name, cs_status_code(got));
        accepted += got == CS_OK;
        refused += got != CS_OK;
        extras += extra;
    }
    closedir(dir);
    /* What the snapshot holds; a later one may hold more. */
    assert_true(accepted >= 51 && refused >= 102 && extras >= 2);
}

static void repeat(struct cs_buffer *out, const char *text, size_t times)
{
    while (times-- > 0)
        cs_buffer_add_text(out, text);
}

static enum cs_status read_nested(const char *open, const char *inner, const char *close, size_t n)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    enum cs_status status;

    repeat(&text, open, n);
    cs_buffer_add_text(&text, inner);
    repeat(&text, close, n);
    assert_false(text.failed);
    status = read_json(cs_buffer_span(&text));
    cs_buffer_free(&text);
    return status;
}

static void test_depth(void **state)
{
    (void)state;
    assert_int_equal(read_nested("[", "1", "]", CS_JSON_DEPTH_MAX), CS_OK);
    assert_int_equal(read_nested("[", "1", "]", CS_JSON_DEPTH_MAX + 1), CS_BAD_JSON);
    assert_int_equal(read_nested("{\"a\":", "1", "}", CS_JSON_DEPTH_MAX), CS_OK);
    assert_int_equal(read_nested("{\"a\":", "1", "}", CS_JSON_DEPTH_MAX + 1), CS_BAD_JSON);
    assert_int_equal(read_nested("[", "", "]", 100000), CS_BAD_JSON);
    assert_int_equal(read_nested("[", "", "", 100000), CS_BAD_JSON);
    assert_int_equal(read_nested("", "", "]", 100000), CS_BAD_JSON);
    assert_int_equal(read_nested("}", "", "{", 100000), CS_BAD_JSON);

    /* Brackets in strings are no depth, whatever stands before their end. */
    assert_int_equal(read_json(cs_span_of("\"[[[[[[[[[[[[[[[[[[[[[[[[\"")), CS_OK);
    assert_int_equal(read_json(cs_span_of("[\"\\\"[[[[[[[[[[[[[[[[[[[[\\\\\",1]")), CS_OK);
    assert_int_equal(read_json(cs_span_of("\"\\")), CS_BAD_JSON);
    assert_int_equal(read_json(cs_span_of("\"")), CS_BAD_JSON);
}

/* An object of n members, each the given value, inside a list. */
static enum cs_status read_object(size_t n, const char *value)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    enum cs_status status;

    cs_buffer_add_text(&text, "[{},{");
    for (size_t i = 0; i < n; i++)
        cs_buffer_printf(&text, "%s\"k%zu\":%s", i ? "," : "", i, value);
    cs_buffer_add_text(&text, "}]");
    assert_false(text.failed);
    status = read_json(cs_buffer_span(&text));
    cs_buffer_free(&text);
    return status;
}

static void test_members(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;

    (void)state;
    assert_int_equal(read_object(CS_JSON_MEMBERS_MAX, "1"), CS_OK);
    assert_int_equal(read_object(CS_JSON_MEMBERS_MAX + 1, "1"), CS_BAD_JSON);
    assert_int_equal(read_object(CS_JSON_MEMBERS_MAX, "[1,2,{\"a\":1,\"b\":2}]"), CS_OK);

    /* Items of a list are bounded by the text's length alone. */
    cs_buffer_add_text(&text, "[0");
    repeat(&text, ",0", 5000);
    cs_buffer_add_text(&text, "]");
    assert_int_equal(read_json(cs_buffer_span(&text)), CS_OK);
    cs_buffer_free(&text);
}

static void test_hostile_texts(void **state)
{
    static const struct {
        const char *p;
        size_t n;
    } texts[] = {
#define TEXT(literal) {literal, sizeof(literal) - 1}
        TEXT("{\"a\":1,\"a\":2}"),
        TEXT("{\"a\":1,\"\\u0061\":2}"), /* the same key in two spellings */
        TEXT("{\"x\":{\"a\":1,\"a\":1}}"),
        TEXT("1e309"),
        TEXT("[-1e309]"),
        TEXT("99999999999999999999999"),
        TEXT("\"\\ud800\""),
        TEXT("\"\\udc00\\ud800\""),
        TEXT("\"\\ud800x\""),
        TEXT("\"\xed\xa0\x80\""), /* a surrogate in UTF-8 */
        TEXT("\"\xc0\xaf\""), /* overlong */
        TEXT("\"\xf4\x90\x80\x80\""),
        TEXT("\"\xff\""),
        TEXT("\"\\u0000\""),
        TEXT("\"a\0b\""),
        TEXT("{\"a\0b\":1}"),
        TEXT("1\0"),
        TEXT("\xef\xbb\xbf{}"),
        TEXT("\xff\xfe{\0}\0"),
        TEXT("{} {}"),
        TEXT("{}x"),
        TEXT(""),
        TEXT(" "),
        TEXT("nul"),
        TEXT("NaN"),
        TEXT("Infinity"),
        TEXT("{'a':1}"),
        TEXT("{a:1}"),
        TEXT("[1,]"),
        TEXT("/* */1"),
        TEXT("\"\n\""),
        TEXT("01"),
        TEXT("[}"),
        TEXT("}{"),
#undef TEXT
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (read_json(cs_span_make(texts[i].p, texts[i].n)) != CS_BAD_JSON)
            fail_msg("taken for JSON: text %zu, %s", i, texts[i].p);
}

static void test_size(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    json_t *json = NULL;

    (void)state;
    assert_int_equal(cs_json_read(cs_span_of("[1234]"), 6, &json), CS_OK);
    json_decref(json);
    assert_int_equal(cs_json_read(cs_span_of("[1234]"), 5, &json), CS_TOO_LARGE);
    assert_null(json);

    cs_buffer_add_byte(&text, '"');
    repeat(&text, "0123456789", 1u << 20);
    cs_buffer_add_byte(&text, '"');
    assert_int_equal(cs_json_read(cs_buffer_span(&text), CS_ENTRY_MAX, &json), CS_TOO_LARGE);
    cs_buffer_free(&text);
}

/* The bytes are not followed by a NUL, and nothing behind them is read. */
static void test_no_byte_behind(void **state)
{
    static const char *const texts[] = {"{\"a\":[1,\"\\u00e9\"]}", "\"x", "12", "tru", "\"\\u12"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t n = strlen(texts[i]);
        char *copy = malloc(n);

        assert_non_null(copy);
        memcpy(copy, texts[i], n);
        (void)read_json(cs_span_make(copy, n));
        free(copy);
    }
}

static size_t left; /* allocations until jansson gets none */

static void *scarce(size_t n)
{
    return left > 0 && left-- > 0 ? malloc(n) : NULL;
}

/* What there was no memory to read is not said to be bad, whichever allocation it was. */
static void test_memory_that_ends(void **state)
{
    static const struct {
        const char *text;
        enum cs_status status;
    } rows[] = {
        {"{\"a\":[1,{\"b\":[2.5,null]},\"c\"],\"d\":\"e\"}", CS_OK},
        {"[true,false,[],{}]", CS_OK},
        {"\"text\"", CS_OK},
        {"[\"a\",\"b\" \"c\"]", CS_BAD_JSON},
        {"{\"a\":1,\"a\":1}", CS_BAD_JSON},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cs_span text = cs_span_of(rows[i].text);
        enum cs_status status = CS_NO_MEMORY;
        size_t n = 0;

        for (; status == CS_NO_MEMORY; n++) {
            json_t *json = NULL;

            left = n;
            json_set_alloc_funcs(scarce, free);
            status = cs_json_read(text, text.n, &json);
            json_set_alloc_funcs(malloc, free);
            if (status == CS_NO_MEMORY)
                assert_null(json);
            json_decref(json);
        }
        if (status != rows[i].status)
            fail_msg("%s: %s after %zu allocations", rows[i].text, cs_status_code(status), n - 1);
        assert_true(n > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_no_byte_behind),
        cmocka_unit_test(test_memory_that_ends),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
