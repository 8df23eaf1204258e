/*
 * Records: every member's shape and caps, keys, withdrawals, texts in several languages (T5, T38).
 */
#include "tests/unit/record_fixture.h"

/* ---- each member of the table: a good value, and every way to miss its shape */

struct member {
    const char *name;
    const char *good; /* one item, when it is a list */
    unsigned list;
    const char *bad; /* right JSON type, wrong value */
};

static const struct member members[] = {
    {"about", "\"Fractions\"", 64, "\" \""},
    {"alternateName", "\"Fractions\"", 16, "\"\\u0007\""},
    {"audience", "\"teacher\"", 16, "\"\""},
    {"callNumber", "\"513.2 LOP\"", 0, "\"a\\u0001\""},
    {"capacity", "30", 0, "-1"},
    {"category", "\"tutoring\"", 0, "\"tutor\""},
    {"conditionsOfAccess", "\"loan\"", 0, "\"Loan\""},
    {"contributor", "\"Ruiz, Ana\"", 64, "\"\\u007f\""},
    {"copies", "0", 0, "1000000001"},
    {"creator", "\"L\\u00f3pez, Mar\\u00eda\"", 64, "\"\\u009b31m\""},
    {"datePublished", "\"1998\"", 0, "\"c1998\""},
    {"description", "\"Two\\nlines\\tand a tab\"", 0, "\"\\r\""},
    {"educationalLevel", "\"primary\"", 16, "\"\\u001b[0m\""},
    {"encoding",
     "{\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":0,"
     "\"mediaType\":\"text/plain\",\"name\":\"empty.txt\"}",
     32, NULL},
    {"id", "\"urn:uuid:5f0c6f6e-0001-5000-8000-0000000000ff\"", 0,
     "\"urn:uuid:5f0c6f6e-0001-5000-8000-0000000000FF\""},
    {"identifier", "\"urn:isbn:9780306406157\"", 32, "\"isbn\""},
    {"image", "\"https://example.org/a.png\"", 0, "\"http://example.org/a.png\""},
    {"inLanguage", "\"es-419\"", 16, "\"spanish_latin\""},
    {"isBasedOn", "\"https://doi.org/10.1000/182\"", 16, "\"javascript:alert(1)\""},
    {"isPartOf", "\"tag:example.org,2021:set\"", 16, "\"a b\""},
    {"isbn", "\"9780306406157\"", 16, "\"9780306406158\""},
    {"keywords", "\"maths\"", 64, "\"\\n\""},
    {"kind", "\"need\"", 0, "\"offer\""},
    {"learningResourceType", "\"worksheet\"", 16, "\"\\u0085\""},
    {"license", "\"https://creativecommons.org/licenses/by/4.0/\"", 0, "\"CC-BY-4.0\""},
    {"name", "\"\\u5206\\u6570\"", 0, "\"\""},
    {"place", "\"Sala 2\"", 0, "\"\\t\""},
    {"publisher", "\"Ayuntamiento\"", 0, "\"\\u0002\""},
    {"rev", "9007199254740991", 0, "0"},
    {"timeRequired", "\"PT45M\"", 0, "\"45M\""},
    {"type", "\"3DModel\"", 8, "\"schema:Book\""},
    {"url", "\"https://library.example:8443/opac?id=7\"", 0, "\"https://user@library.example/\""},
    {"validFrom", "\"2026-09-01\"", 0, "\"2026-13-01\""},
    {"validUntil", "\"2026-09-01T10:00:00Z\"", 0, "\"tomorrow\""},
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static void test_good_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEMBERS; i++) {
        const struct member *m = &members[i];
        char *full;

        if (m->list == 0) {
            accept(m->name, m->good);
            continue;
        }
        accept(m->name, "[]");
        full = long_list(m->good, m->list);
        accept(m->name, full);
        free(full);
    }
}

static void test_wrong_types(void **state)
{
    static const char *const values[] = {"null", "true", "{}", "1.5", "[[]]", "[null]", "[1]"};

    (void)state;
    for (size_t i = 0; i < MEMBERS; i++) {
        for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++)
            refuse(members[i].name, values[j], "shape");
        /* A list where one value stands, and one value where a list stands. */
        if (members[i].list > 0) {
            refuse(members[i].name, members[i].good, "shape");
        } else {
            char *list = long_list(members[i].good, 1);

            refuse(members[i].name, list, "shape");
            free(list);
        }
    }
}

static void test_wrong_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEMBERS; i++) {
        const struct member *m = &members[i];
        char *value;

        if (!m->bad) /* test_encodings has its own */
            continue;
        if (m->list == 0) {
            refuse(m->name, m->bad, "value");
            continue;
        }
        value = long_list(m->bad, 1);
        refuse(m->name, value, "value");
        free(value);
    }
}

static void test_list_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEMBERS; i++) {
        char *list;

        if (members[i].list == 0)
            continue;
        list = long_list(members[i].good, members[i].list + 1);
        refuse(members[i].name, list, "too_many");
        free(list);
    }
}

static void check_cap(const char *member, const char *before, size_t cap, const char *after,
                      size_t fixed)
{
    char *longest = long_value(before, cap - fixed, after);
    char *longer = long_value(before, cap - fixed + 1, after);

    accept(member, longest);
    refuse(member, longer, "too_long");
    free(longest);
    free(longer);
}

static void test_caps(void **state)
{
    static const struct {
        const char *member;
        size_t cap;
        bool list;
    } texts[] = {
        {"about", 400, true},          {"alternateName", 2000, true},
        {"audience", 400, true},       {"callNumber", 200, false},
        {"contributor", 400, true},    {"creator", 400, true},
        {"description", 20000, false}, {"educationalLevel", 400, true},
        {"keywords", 400, true},       {"learningResourceType", 400, true},
        {"name", 2000, false},         {"place", 400, false},
        {"publisher", 400, false},     {"type", 64, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        check_cap(texts[i].member, texts[i].list ? "[\"" : "\"", texts[i].cap,
                  texts[i].list ? "\"]" : "\"", 0);
    check_cap("identifier", "[\"urn:x:", 400, "\"]", 6);
    check_cap("isBasedOn", "[\"urn:x:", 400, "\"]", 6);
    check_cap("isPartOf", "[\"urn:x:", 400, "\"]", 6);
    check_cap("license", "\"urn:x:", 400, "\"", 6);
    check_cap("url", "\"https://example.org/", 2000, "\"", 20);
    check_cap("image", "\"https://example.org/", 2000, "\"", 20);
    refuse("type", "[\"\"]", "value");
    refuse("isbn", "[\"978-0-306-40615-7\"]", "too_long");
    refuse("id", "\"urn:uuid:5f0c6f6e-0001-4000-8000-0000000000011\"", "too_long");
    refuse("inLanguage", "[\"en-x-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd\"]", "too_long");
    refuse("datePublished", "\"1998-01-01T00:00:00.000000000000Z\"", "too_long");
    refuse("timeRequired", "\"PT111111111111111111111111111111S\"", "too_long");
    refuse("validFrom", "\"2026-09-01T10:00:00.00000000000000000000Z\"", "too_long");
}

static void test_integers(void **state)
{
    (void)state;
    accept("rev", "1");
    refuse("rev", "-1", "value");
    refuse("rev", "9007199254740992", "value");
    refuse("rev", "1.0", "shape");
    refuse("rev", "\"1\"", "shape");
    accept("copies", "1000000000");
    refuse("copies", "-1", "value");
    refuse("capacity", "1000000001", "value");
}

/* ---- required members */

static void check_record(const char *text, const char *member, const char *reason)
{
    struct cs_record_fault fault = {"", ""};
    json_t *record = NULL;
    enum cs_status status;

    assert_int_equal(cs_json_read(cs_span_of(text), CS_ENTRY_MAX, &record), CS_OK);
    status = cs_record_check(record, &fault);
    assert_int_equal(cs_record_check(record, NULL), status);
    json_decref(record);
    assert_int_equal(status, reason ? CS_BAD_MEMBER : CS_OK);
    if (reason) {
        assert_string_equal(fault.member, member);
        assert_string_equal(fault.reason, reason);
    }
}

#define ID "\"id\":\"urn:uuid:5f0c6f6e-0001-4000-8000-000000000001\""

static void test_required_members(void **state)
{
    (void)state;
    check_record("{" BASE "}", "", NULL);
    check_record("{}", "id", "missing");
    check_record("[]", "", "shape");
    check_record("\"x\"", "", "shape");
    check_record("null", "", "shape");
    check_record("{\"rev\":1,\"kind\":\"need\",\"name\":\"x\"}", "id", "missing");
    check_record("{" ID ",\"kind\":\"need\",\"name\":\"x\"}", "rev", "missing");
    check_record("{" ID ",\"rev\":1,\"name\":\"x\"}", "kind", "missing");
    check_record("{" ID ",\"rev\":1,\"kind\":\"need\"}", "name", "missing");
    check_record("{" ID ",\"rev\":1,\"kind\":\"need\",\"name\":null}", "name", "shape");

    /* A need may leave the category open; a resource has one. */
    check_record("{" ID ",\"rev\":1,\"kind\":\"need\",\"name\":\"x\"}", "", NULL);
    check_record("{" ID ",\"rev\":1,\"kind\":\"resource\",\"name\":\"x\"}", "category", "missing");
    check_record("{" ID ",\"rev\":1,\"kind\":\"need\",\"category\":\"x\",\"name\":\"x\"}",
                 "category", "value");
}

/* Unknown members pass, whatever they hold: a later version has more of them. */
static void test_unknown_members_pass(void **state)
{
    (void)state;
    accept("titel", "\"x\"");
    accept("x-local", "{\"a\":[1,2,{\"b\":null}]}");
    accept("", "\"\"");
    accept("Name", "3");
    accept("names", "\"\\u0007\"");
}

static void test_categories(void **state)
{
    static const char *const words[] = {"material",   "equipment", "room",
                                        "expertise",  "workshop",  "mentorship",
                                        "internship", "tutoring",  "service"};
    char value[32];

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        snprintf(value, sizeof(value), "\"%s\"", words[i]);
        accept("category", value);
        snprintf(value, sizeof(value), "\"%s \"", words[i]);
        refuse("category", value, "value");
    }
    accept("conditionsOfAccess", "\"open\"");
    accept("conditionsOfAccess", "\"ask\"");
    accept("conditionsOfAccess", "\"onsite\"");
}

/* ---- texts */

static void test_texts_in_languages(void **state)
{
    char *list;

    (void)state;
    accept("name", "[{\"value\":\"Water\",\"lang\":\"en\"}]");
    accept("name", "[{\"value\":\"\\u6c34\",\"lang\":\"zh-Hant\",\"x\":1}]");
    accept("alternateName", "[\"Agua\",[{\"value\":\"Maji\",\"lang\":\"sw\"}]]");
    refuse("name", "[]", "shape");
    refuse("name", "[\"Water\"]", "shape");
    refuse("name", "[{\"value\":\"Water\"}]", "shape");
    refuse("name", "[{\"lang\":\"en\"}]", "shape");
    refuse("name", "{\"value\":\"Water\",\"lang\":\"en\"}", "shape");
    refuse("name", "[{\"value\":\"\",\"lang\":\"en\"}]", "value");
    refuse("name", "[{\"value\":\"Water\",\"lang\":\"english language\"}]", "value");
    refuse("name", "[{\"value\":\"Water\",\"lang\":\"\"}]", "value");
    refuse("name", "[{\"value\":\"a\",\"lang\":\"en\"},{\"value\":\"\\u0008\",\"lang\":\"es\"}]",
           "value");
    list = long_list("{\"value\":\"a\",\"lang\":\"en\"}", CS_RECORD_LANGUAGES_MAX + 1);
    refuse("name", list, "too_many");
    free(list);
    list = long_value("[{\"value\":\"", 2001, "\",\"lang\":\"en\"}]");
    refuse("name", list, "too_long");
    free(list);
}

static const char *text_of(const char *record, const char *member, const char *lang,
                           const char **found_lang, json_t **keep)
{
    json_decref(*keep);
    assert_int_equal(cs_json_read(cs_span_of(record), CS_ENTRY_MAX, keep), CS_OK);
    return cs_record_text(*keep, member, lang, found_lang);
}

static void test_reading_texts(void **state)
{
    static const char several[] = "{\"inLanguage\":[\"sw\"],\"name\":["
                                  "{\"value\":\"Water\",\"lang\":\"en\"},"
                                  "{\"value\":\"Agua\",\"lang\":\"es\"},"
                                  "{\"value\":\"Agua MX\",\"lang\":\"es-MX\"},"
                                  "{\"value\":\"\\u6c34\",\"lang\":\"zh-Hans\"}]}";
    static const char single[] = "{\"inLanguage\":[\"sw\",\"en\"],\"name\":\"Maji\"}";
    const char *lang = "unset";
    json_t *keep = NULL;

    (void)state;
    assert_string_equal(text_of(several, "name", "es", &lang, &keep), "Agua");
    assert_string_equal(lang, "es");
    assert_string_equal(text_of(several, "name", "es-MX", &lang, &keep), "Agua MX");
    assert_string_equal(text_of(several, "name", "ES-mx", &lang, &keep), "Agua MX");
    assert_string_equal(lang, "es-MX");
    assert_string_equal(text_of(several, "name", "es-AR", &lang, &keep), "Agua");
    assert_string_equal(text_of(several, "name", "zh", &lang, &keep), "\xe6\xb0\xb4");
    assert_string_equal(lang, "zh-Hans");
    assert_string_equal(text_of(several, "name", "e", &lang, &keep), "Water");
    assert_string_equal(text_of(several, "name", "hi", &lang, &keep), "Water");
    assert_string_equal(lang, "en");
    assert_string_equal(text_of(several, "name", NULL, NULL, &keep), "Water");

    assert_string_equal(text_of(single, "name", "en", &lang, &keep), "Maji");
    assert_string_equal(lang, "sw");
    assert_string_equal(text_of("{\"name\":\"x\"}", "name", "en", &lang, &keep), "x");
    assert_null(lang);
    lang = "unset";
    assert_null(text_of(single, "description", "en", &lang, &keep));
    assert_null(lang);
    assert_null(text_of("{\"name\":[]}", "name", "en", NULL, &keep));
    assert_null(text_of("{\"name\":[3,{\"lang\":\"en\"}]}", "name", "en", NULL, &keep));
    assert_null(text_of("{\"name\":7}", "name", "en", NULL, &keep));
    json_decref(keep);
}

/* ---- links and files */

#define SHA "\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define SIZE "\"size\":12"
#define MEDIA "\"mediaType\":\"application/pdf\""
#define FILE_NAME "\"name\":\"hoja.pdf\""

static void test_encodings(void **state)
{
    char *value;

    (void)state;
    accept("encoding", "[{" SHA "," SIZE "," MEDIA "," FILE_NAME "}]");
    accept("encoding", "[{" SHA "," SIZE "," MEDIA "," FILE_NAME
                       ",\"url\":\"https://example.org/hoja.pdf\",\"note\":1}]");
    accept("encoding", "[{" SHA "," SIZE ",\"mediaType\":\"image/svg+xml\"," FILE_NAME "}]");
    accept("encoding", "[{" SHA "," SIZE "," MEDIA ",\"name\":\"../../etc/x\"}]"); /* a text */

    refuse("encoding", "[{" SIZE "," MEDIA "," FILE_NAME "}]", "missing");
    refuse("encoding", "[{" SHA "," MEDIA "," FILE_NAME "}]", "missing");
    refuse("encoding", "[{" SHA "," SIZE "," FILE_NAME "}]", "missing");
    refuse("encoding", "[{" SHA "," SIZE "," MEDIA "}]", "missing");
    refuse("encoding", "[[]]", "shape");
    refuse("encoding", "[\"x\"]", "shape");
    refuse("encoding", "[{" SHA ",\"size\":\"12\"," MEDIA "," FILE_NAME "}]", "shape");
    refuse("encoding", "[{" SHA ",\"size\":-1," MEDIA "," FILE_NAME "}]", "value");
    refuse("encoding", "[{\"sha256\":\"e3b0\"," SIZE "," MEDIA "," FILE_NAME "}]", "value");
    refuse("encoding",
           "[{\"sha256\":\"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\"," SIZE
           "," MEDIA "," FILE_NAME "}]",
           "value");
    refuse("encoding",
           "[{\"sha256\":\"g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"," SIZE
           "," MEDIA "," FILE_NAME "}]",
           "value");
    refuse("encoding", "[{" SHA "," SIZE ",\"mediaType\":\"pdf\"," FILE_NAME "}]", "value");
    refuse("encoding", "[{" SHA "," SIZE ",\"mediaType\":\"/pdf\"," FILE_NAME "}]", "value");
    refuse("encoding", "[{" SHA "," SIZE ",\"mediaType\":\"text/\"," FILE_NAME "}]", "value");
    refuse("encoding", "[{" SHA "," SIZE ",\"mediaType\":\"text/a/b\"," FILE_NAME "}]", "value");
    refuse("encoding", "[{" SHA "," SIZE ",\"mediaType\":\"text/html; x=1\"," FILE_NAME "}]",
           "value");
    refuse("encoding", "[{" SHA "," SIZE ",\"mediaType\":\"text/html\\r\\nX:1\"," FILE_NAME "}]",
           "value");
    refuse("encoding", "[{" SHA "," SIZE "," MEDIA ",\"name\":\"a\\r\\nb\"}]", "value");
    refuse("encoding",
           "[{" SHA "," SIZE "," MEDIA "," FILE_NAME ",\"url\":\"http://example.org/\"}]", "value");
    value = long_value("[{" SHA "," SIZE "," MEDIA ",\"name\":\"", 401, "\"}]");
    refuse("encoding", value, "too_long");
    free(value);
}

/* ---- whole payloads */

static void test_payloads(void **state)
{
    static const char good[] = "{" BASE "}";
    struct cs_record_fault fault = {"", ""};
    struct cs_uuid id, same;
    json_t *record = NULL;
    uint64_t rev = 0;

    (void)state;
    assert_int_equal(cs_record_read(cs_span_of(good), &record, &id, &rev, &fault), CS_OK);
    assert_non_null(record);
    assert_int_equal(rev, 1);
    assert_int_equal(
        cs_uuid_read(cs_span_of("urn:uuid:5f0c6f6e-0001-4000-8000-000000000001"), &same), CS_OK);
    assert_memory_equal(&id, &same, sizeof(id));
    json_decref(record);

    assert_int_equal(cs_record_read(cs_span_of("{" BASE), &record, &id, &rev, &fault), CS_BAD_JSON);
    assert_null(record);
    assert_int_equal(cs_record_read(cs_span_of("{\"id\":1}"), &record, &id, &rev, &fault),
                     CS_BAD_MEMBER);
    assert_null(record);
    assert_string_equal(fault.member, "rev");
    assert_int_equal(cs_record_read(cs_span_of("[]"), &record, &id, &rev, NULL), CS_BAD_MEMBER);
    assert_null(record);
}

/* Every byte of a record in turn becomes each of those that mean something in JSON or in a record. */
static void test_verdicts_agree(void **state)
{
    static const char good[] =
        "{" BASE ",\"about\":[\"a\\n\",\"\xc3\xb1\"],\"isbn\":[],\"copies\":10}";
    static const unsigned char others[] = "\"\\/[]{}:,.-+eE019 \n\t\x01\x7f\x80\xc2\xff aiu";
    char text[sizeof good];

    (void)state;
    assert_verdict(cs_span_of(good), CS_OK);
    assert_verdict(cs_span_of("{" BASE ",\"rev\":1}"), CS_BAD_JSON);
    for (size_t i = 0; i < sizeof good - 1; i++) {
        for (size_t k = 0; k < sizeof others; k++) {
            struct cs_span payload = cs_span_make(text, sizeof good - 1);
            json_t *record = NULL;
            struct cs_uuid id;
            uint64_t rev;

            memcpy(text, good, sizeof good);
            text[i] = (char)others[k];
            assert_verdict(payload, cs_record_read(payload, &record, &id, &rev, NULL));
            json_decref(record);
        }
        assert_verdict(cs_span_make(good, i), CS_BAD_JSON);
    }
}

static void test_payload_size(void **state)
{
    struct cs_record_fault fault;
    struct cs_uuid id;
    json_t *record = NULL;
    uint64_t rev;
    char *text =
        long_value("{" BASE ",\"x\":\"", CS_ENTRY_MAX - CS_ENTRY_HEAD - sizeof(BASE) - 8, "\"}");

    (void)state;
    assert_int_equal(strlen(text), CS_ENTRY_MAX - CS_ENTRY_HEAD);
    assert_int_equal(cs_record_read(cs_span_of(text), &record, &id, &rev, &fault), CS_OK);
    json_decref(record);
    free(text);
    text = long_value("{" BASE ",\"x\":\"", CS_ENTRY_MAX - CS_ENTRY_HEAD - sizeof(BASE) - 7, "\"}");
    assert_int_equal(cs_record_read(cs_span_of(text), &record, &id, &rev, &fault), CS_TOO_LARGE);
    assert_null(record);
    free(text);
}

static void test_withdrawals(void **state)
{
    static const struct {
        const char *text;
        enum cs_status status;
    } payloads[] = {
        {"{" ID ",\"rev\":2}", CS_OK},
        {"{" ID ",\"rev\":2,\"reason\":\"lost\"}", CS_OK},
        {"{" ID "}", CS_BAD_MEMBER},
        {"{\"rev\":2}", CS_BAD_MEMBER},
        {"{" ID ",\"rev\":0}", CS_BAD_MEMBER},
        {"{" ID ",\"rev\":9007199254740992}", CS_BAD_MEMBER},
        {"{" ID ",\"rev\":\"2\"}", CS_BAD_MEMBER},
        {"{" ID ",\"rev\":2.0}", CS_BAD_MEMBER},
        {"{\"id\":\"5f0c6f6e-0001-4000-8000-000000000001\",\"rev\":2}", CS_BAD_MEMBER},
        {"{\"id\":7,\"rev\":2}", CS_BAD_MEMBER},
        {"[]", CS_BAD_MEMBER},
        {"null", CS_BAD_MEMBER},
        {"", CS_BAD_JSON},
        {"{" ID ",\"rev\":2,\"rev\":3}", CS_BAD_JSON},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
        struct cs_uuid id;
        uint64_t rev = 0;

        if (cs_withdrawal_read(cs_span_of(payloads[i].text), &id, &rev) != payloads[i].status)
            fail_msg("%s: not %s", payloads[i].text, cs_status_code(payloads[i].status));
        assert_int_equal(rev, payloads[i].status == CS_OK ? 2 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_values),
        cmocka_unit_test(test_wrong_types),
        cmocka_unit_test(test_wrong_values),
        cmocka_unit_test(test_list_lengths),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_required_members),
        cmocka_unit_test(test_unknown_members_pass),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_texts_in_languages),
        cmocka_unit_test(test_reading_texts),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_payloads),
        cmocka_unit_test(test_verdicts_agree),
        cmocka_unit_test(test_payload_size),
        cmocka_unit_test(test_withdrawals),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
