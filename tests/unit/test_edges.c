/*
 * Edges of the formats on which no case of the other tests stands: each row is a branch that nothing else
 * takes (`make coverage` tells them).
 */
#include "tests/unit/identity.h"
#include "tests/unit/record_fixture.h"

#include <commonshelf/checkpoint.h>
#include <commonshelf/encode.h>
#include <commonshelf/entry.h>
#include <commonshelf/gzip.h>
#include <commonshelf/hello.h>
#include <commonshelf/httpsig.h>
#include <commonshelf/profile.h>

/* ---- values of records */

static void is_bad(const char *member, const char *value)
{
    struct cs_record_fault fault;
    char *json = NULL;

    assert_true(asprintf(&json, "\"%s\"", value) > 0);
    if (check_member(member, json, &fault) != CS_BAD_MEMBER)
        fail_msg("%s: %s was accepted", member, value);
    free(json);
}

static void is_good(const char *member, const char *value)
{
    char *json = NULL;

    assert_true(asprintf(&json, "\"%s\"", value) > 0);
    accept(member, json);
    free(json);
}

static void times(void **state)
{
    static const char *const bad[] = {
        "20x0-01-01",
        "2020x01-01",
        "2020-0x-01",
        "2020-00-01",
        "2020-13-01",
        "2020-01x01",
        "2020-01-0x",
        "2020-01-00",
        "2020-01-32",
        "2020-01-01X10:00",
        "2020-01-01T1x:00",
        "2020-01-01T24:00",
        "2020-01-01T10x00",
        "2020-01-01T10:0x",
        "2020-01-01T10:60",
        "2020-01-01T10:00:6x",
        "2020-01-01T10:00:61",
        "2020-01-01T10:00:00.",
        "2020-01-01T10:00Z1",
        "2020-01-01T10:00+1x:00",
        "2020-01-01T10:00+0100",
        "2020-01-01T10:00+01:0x",
        "2020-01-01T10:00+15:00",
        "2020-01-01T10:00+01:60",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        is_bad("validFrom", bad[i]);
    is_good("validFrom", "2020-01-01T10:00:60.125+14:00");
    is_good("validFrom", "2020-01-01T10:00-03:30");
}

static void durations(void **state)
{
    static const char *const bad[] = {"P", "P1", "P1.D", "P1.5DT1H", "P1D1M", "PT", "P1DT", "P1x"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        is_bad("timeRequired", bad[i]);
    is_good("timeRequired", "P12Y1.25M");
    is_good("timeRequired", "PT90M");
}

static void pages(void **state)
{
    static const char *const bad[] = {
        "https://[::g]/", "https://[]/",   "https://[::1",      "https://a:/",
        "https://a:x/",   "https://a:0/",  "https://a:123456/", "https://a b/",
        "https://-a/",    "https://.a/",   "https:///",         "https://a/%4",
        "https://a/%4x",  "https://a/%x4", "https://a/#b#c",    "https://a/<",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        is_bad("url", bad[i]);
    is_good("url", "https://[::ffff:192.0.2.1]:8443/a?b#c%4f");
}

static void isbns(void **state)
{
    static const char *const none[] = {
        "i",
        "xsbn 9780306406157",
        "ixbn 9780306406157",
        "isxn 9780306406157",
        "isbx 9780306406157",
        "ISBN",
        "ISBN 1",
        "ISBN 12: 9780306406157",
        "ISBN 23: 9780306406157",
        "ISBN 13;9780306406157",
        "8780306406157",
        "9680306406157",
        "9770306406157",
    };
    static const char *const good[] = {
        "ISBN-13: 9780306406157",
        "ISBN 13 9780306406157",
        "ISBN10:0306406152",
        "isbn:0306406152",
    };
    char isbn[14];

    (void)state;
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        if (cs_isbn_read(cs_span_of(none[i]), isbn) != CS_MALFORMED)
            fail_msg("%s was read", none[i]);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (cs_isbn_read(cs_span_of(good[i]), isbn))
            fail_msg("%s was not read", good[i]);
        assert_string_equal(isbn, "9780306406157");
    }
    is_bad("isbn", "9780306406157");
    refuse("isbn", "[\"978030640615\"]", "value");
    refuse("isbn", "[\"97803064061a7\"]", "value");
    refuse("isbn", "[\"8780306406157\"]", "value");
}

static void languages(void **state)
{
    static const char *const bad[] = {
        "en-",    "en--us",  "zh-yue-",   "zh-yue--x",   "en-Latn-",     "en-Latn--",
        "en-US-", "es-419-", "sl-rozaj-", "sl-rozaj--x", "en-123456789",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (cs_language_valid(cs_span_of(bad[i])))
            fail_msg("%s was accepted", bad[i]);
    assert_true(cs_language_valid(cs_span_of("zh-yue-Hant-HK")));
    assert_true(cs_language_valid(cs_span_of("sl-rozaj-biske-1994")));
}

/* A text in several languages of which a stranger left one without its value, and one is none. */
static void texts_without_value(void **state)
{
    json_t *record = json_pack("{s:[{s:s},{s:s,s:i},{s:s,s:s}]}", "name", "lang", "es", "lang",
                               "es", "value", 5, "lang", "en", "value", "Fractions");
    const char *lang = NULL;

    (void)state;
    assert_non_null(record);
    assert_string_equal(cs_record_text(record, "name", "es", &lang), "Fractions");
    assert_string_equal(lang, "en");
    json_decref(record);
}

static void media_types(void **state)
{
    static const char encoding[] = "[{\"sha256\":\"%064d\",\"size\":1,\"mediaType\":\"%s\","
                                   "\"name\":\"a\"}]";
    static const struct {
        const char *type;
        bool good;
    } rows[] = {{"text/plain", true}, {"te xt/plain", false}, {"text/pl ain", false},
                {"text", false},      {"/plain", false},      {"text/", false}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cs_record_fault fault;
        char *json = NULL;

        assert_true(asprintf(&json, encoding, 0, rows[i].type) > 0);
        if ((check_member("encoding", json, &fault) == CS_OK) != rows[i].good)
            fail_msg("%s", rows[i].type);
        free(json);
    }
}

/* What the short way of reading a record leaves to the long one. */
static void records_that_are_not_plain(void **state)
{
    static const char *const members[] = {
        "\"id\":\"urn:uuid:5f0c6f6e-0001-4000-8000-000000000001\"",
        "\"rev\":1",
        "\"kind\":\"resource\"",
        "\"category\":\"material\"",
        "\"name\":\"Balance\"",
    };
    const size_t count = sizeof(members) / sizeof(members[0]);
    char *unescaped = long_value("{" BASE ",\"description\":\"", 5000, "\\n\"}");
    char *escaped = long_value("{" BASE ",\"description\":\"\\n", 5000, "\"}");
    char *huge = long_value("{" BASE ",\"description\":\"", CS_ENTRY_MAX, "\"}");

    (void)state;
    for (size_t left_out = 0; left_out <= count; left_out++) {
        struct cs_buffer text = CS_BUFFER_INIT;

        for (size_t i = 0; i < count; i++)
            if (i != left_out)
                cs_buffer_printf(&text, "%s%s", text.n ? "\t,\n" : "\t{ ", members[i]);
        cs_buffer_add_text(&text, "\r}\t");
        assert_verdict(cs_buffer_span(&text), left_out == count ? CS_OK : CS_BAD_MEMBER);
        cs_buffer_free(&text);
    }
    assert_verdict(cs_span_of(unescaped), CS_OK);
    assert_verdict(cs_span_of(escaped), CS_OK);
    assert_verdict(cs_span_of(huge), CS_TOO_LARGE);
    assert_verdict(cs_span_of("{" BASE ",\"about\":[\"\\n"), CS_BAD_JSON);
    assert_verdict(cs_span_of("{" BASE ",\"place\":\"\xff\"}"), CS_BAD_JSON);
    assert_verdict(cs_span_of("[]"), CS_BAD_MEMBER);
    free(unescaped);
    free(escaped);
    free(huge);
}

/* ---- names, addresses, links */

static void addresses(void **state)
{
    static const char nul4[] = "https://1\0.2.3", nul6[] = "https://[::\0 1]";
    char longest[64] = "https://";

    (void)state;
    assert_false(cs_url_is_origin(cs_span_of("https://1.2.3")));
    assert_false(cs_url_is_origin(cs_span_of("https://[::g]")));
    assert_false(cs_url_is_origin(cs_span_make(nul4, sizeof(nul4) - 1)));
    assert_false(cs_url_is_origin(cs_span_make(nul6, sizeof(nul6) - 1)));
    memset(longest + 8, '1', 50);
    assert_false(cs_url_is_origin(cs_span_of(longest)));
    assert_true(cs_url_is_origin(cs_span_of("https://192.0.2.1")));
}

static void names(void **state)
{
    (void)state;
    assert_true(cs_note_name_valid(cs_span_of("escuela-\xc3\xa9")));
    assert_false(cs_note_name_valid(cs_span_of("a\x01")));
    assert_false(cs_note_name_valid(cs_span_of("\xe2\x80\x83")));
}

/* Only white space is dropped around a link. */
static void links(void **state)
{
    static const char link[] = "https://a.example/csh/join#"
                               "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq~"
                               "AQIDBAUGBwgJCgsMDQ4PEA";
    static const struct {
        const char *before, *behind;
        enum cs_status status;
    } rows[] = {
        {"", "", CS_OK},
        {" \t\v", "\r\n", CS_OK},
        {"\x01", "", CS_MALFORMED},
        {"", "\x0e", CS_MALFORMED},
    };
    struct cs_invite invite;
    char text[200];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(text, sizeof(text), "%s%s%s", rows[i].before, link, rows[i].behind);
        assert_int_equal(cs_invite_read(cs_span_of(text), &invite), rows[i].status);
    }
}

/* ---- what is written must be what would be read */

static void profiles(void **state)
{
    static struct cs_profile good, bad;
    struct cs_buffer out = CS_BUFFER_INIT;

    (void)state;
    good = (struct cs_profile){.version = 1,
                               .issued = 1,
                               .expires = 2,
                               .name = "A",
                               .reach = CS_REACH_NONE,
                               .shelves = 1,
                               .shelf = {{.name = "public", .epoch = 1}}};
    good.node = example_node_id();
    assert_int_equal(cs_profile_write(&good, &out), CS_OK);
    cs_buffer_reset(&out);
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        bad = good;                                                                                \
        change;                                                                                    \
        assert_int_equal(cs_profile_write(&bad, &out), CS_MALFORMED);                              \
        assert_int_equal(out.n, 0);                                                                \
    } while (0)
    REFUSED(bad.version = 0);
    REFUSED(bad.version = (uint64_t)CS_VERSION_MAX + 1);
    REFUSED(bad.expires = bad.issued);
    REFUSED(bad.expires = (uint64_t)CS_TIME_MAX + 1);
    REFUSED(bad.name[0] = '\0');
    REFUSED(strcpy(bad.place, "two\nlines"));
    REFUSED(strcpy(bad.lang, "e\nn"));
    REFUSED(strcpy(bad.url, "a\nb"));
    REFUSED(bad.shelf[0].epoch = 0);
    REFUSED(bad.shelf[0].epoch = (uint64_t)CS_VERSION_MAX + 1);
#undef REFUSED
    cs_buffer_free(&out);
}

/* ---- notes that are none */

static void no_notes(void **state)
{
    static const char *const cut[] = {"a\n\n\xe2\x80\x94 a AAAAAA==\n",
                                      "a\n1\n\n\xe2\x80\x94 a AAAAAA==\n"};
    struct cs_keyset keyset = example_keyset();
    struct cs_node_id node = example_node_id();
    struct cs_checkpoint checkpoint;
    struct cs_buffer note = CS_BUFFER_INIT;
    size_t rank;

    (void)state;
    assert_int_equal(cs_keyset_follows(&keyset, cs_span_of("x"), &keyset), CS_MALFORMED);
    assert_int_equal(cs_keyset_rank(&keyset, cs_span_of("x"), &rank), CS_MALFORMED);
    assert_int_equal(cs_hello_verify(cs_span_of("x"), &node, &keyset), CS_MALFORMED);
    signed_note(&note, cs_span_of("x\n"), "root", "other");
    assert_int_equal(cs_keyset_rank(&keyset, cs_buffer_span(&note), &rank), CS_NO_SIGNATURE);
    assert_int_equal(cs_hello_verify(cs_buffer_span(&note), &node, &keyset), CS_MALFORMED);
    signed_note(&note, cs_span_of("x\n"), "root", "root");
    assert_int_equal(cs_keyset_rank(&keyset, cs_buffer_span(&note), &rank), CS_OK);
    note.p[note.n - 40] = note.p[note.n - 40] == 'A' ? 'B' : 'A';
    assert_int_equal(cs_keyset_rank(&keyset, cs_buffer_span(&note), &rank), CS_BAD_SIGNATURE);
    for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
        assert_int_equal(cs_checkpoint_parse(cs_span_of(cut[i]), &checkpoint), CS_MALFORMED);
    cs_buffer_free(&note);
}

/* A keyset's line that names a log to close, and says none. */
static void nothing_retired(void **state)
{
    static const char *const values[] = {"", "a", "a 1", "a 1 b",
                                         ("cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"
                                          "/public/1 x AAAA")};
    struct cs_keyset keyset = example_keyset(), read;
    struct cs_buffer text = CS_BUFFER_INIT, note = CS_BUFFER_INIT;

    (void)state;
    keyset.version = 2;
    memset(keyset.prev.b, 7, CS_HASH);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        cs_buffer_reset(&text);
        cs_keyset_write(&keyset, &text);
        cs_buffer_printf(&text, "retire %s\n", values[i]);
        signed_note(&note, cs_buffer_span(&text), "root", "root");
        assert_int_equal(cs_keyset_read(cs_buffer_span(&note), &read), CS_MALFORMED);
    }
    cs_buffer_free(&text);
    cs_buffer_free(&note);
}

static void cut_signature_inputs(void **state)
{
    static const char *const bases[] = {
        "cs=(\"@method\" \"@authority\" \"@path\" \"@query\" \"csh-to\");created=",
        "cs=(\"@method\" \"@authority\" \"@path\" \"@query\" \"csh-to\");created=1790000000",
        ("cs=(\"@method\" \"@authority\" \"@path\" \"@query\" "
         "\"csh-to\");created=1790000000;expires="),
    };
    char value[100] = "cs=:";
    unsigned char signature[CS_SIGNATURE];
    struct cs_httpsig sig;
    struct cs_span params;

    (void)state;
    memset(value + 4, 'A', 86);
    strcpy(value + 90, "==:");
    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
        assert_int_equal(cs_httpsig_read(cs_span_of(bases[i]), cs_span_of(value), false, &sig,
                                         &params, signature),
                         CS_MALFORMED);
}

/* ---- memory */

static void *never(void *ctx, void *p, size_t n)
{
    (void)ctx;
    (void)p;
    (void)n;
    return NULL;
}

static void release(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void without_memory(void **state)
{
    const struct cs_allocator none = {never, release, NULL};
    const struct cs_hash hash = {{0}};
    void (*const adds[])(struct cs_buffer *, struct cs_span) = {cs_base64_add, cs_base64url_add,
                                                                cs_base32_add, cs_hex_add};

    (void)state;
    for (size_t i = 0; i < sizeof(adds) / sizeof(adds[0]); i++) {
        struct cs_buffer out = {.alloc = &none};

        adds[i](&out, cs_span_of("some bytes"));
        assert_true(out.failed && out.n == 0);
    }
    {
        struct cs_buffer out = {.alloc = &none};

        cs_bundle_add_redacted(&out, &hash);
        assert_true(out.failed);
        cs_buffer_reset(&out);
        assert_int_equal(cs_base64_read_any(cs_span_of("AAAA"), 3, &out), CS_NO_MEMORY);
    }
    {
        struct cs_buffer out = {.alloc = &none};

        assert_int_equal(cs_gzip(cs_span_of("some bytes"), &out), CS_NO_MEMORY);
    }
}

static void spans(void **state)
{
    struct cs_span nothing = cs_span_of(NULL);

    (void)state;
    assert_true(nothing.p == NULL && nothing.n == 0);
    assert_true(cs_span_equal(nothing, cs_span_of("")));
    assert_false(cs_span_equal(cs_span_of("ab"), cs_span_of("ac")));
    assert_true(cs_span_equal(cs_span_of("ab"), cs_span_of("ab")));
    assert_false(cs_span_equal(cs_span_of("ab"), cs_span_of("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(durations),
        cmocka_unit_test(pages),
        cmocka_unit_test(isbns),
        cmocka_unit_test(languages),
        cmocka_unit_test(texts_without_value),
        cmocka_unit_test(media_types),
        cmocka_unit_test(records_that_are_not_plain),
        cmocka_unit_test(addresses),
        cmocka_unit_test(names),
        cmocka_unit_test(links),
        cmocka_unit_test(profiles),
        cmocka_unit_test(no_notes),
        cmocka_unit_test(nothing_retired),
        cmocka_unit_test(cut_signature_inputs),
        cmocka_unit_test(without_memory),
        cmocka_unit_test(spans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
