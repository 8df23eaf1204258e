/*
 * Shapes of texts, links, dates, languages and ISBNs, as the members that carry them are held to
 * them (T38).
 */
#include "tests/unit/record_fixture.h"

static void test_text_characters(void **state)
{
    char value[16];

    (void)state;
    for (unsigned c = 1; c < 0xa0; c++) {
        bool control = c < 0x20 || c >= 0x7f;

        snprintf(value, sizeof(value), "\"a\\u%04xb\"", c);
        if (control && c != '\t' && c != '\n')
            refuse("publisher", value, "value");
        else
            accept("publisher", value);
    }
    accept("publisher", "\"\\u00a0x\"");
    accept("publisher", "\"\\u200f\\u05d0 \\u202b\\u0627\\u202c\""); /* marks of direction stay */
    accept("publisher", "\"<script>alert(1)</script>\""); /* markup is text */
    refuse("publisher", "\" \\n\\t \"", "value");
}

static void test_uris(void **state)
{
    static const char *const good[] = {"\"http://example.org/\"",
                                       "\"urn:nbn:de:bvb:12-bsb00012345-6\"",
                                       "\"doi:10.1000/182\"",
                                       "\"info:oclcnum/12345\"",
                                       "\"https://example.org/a%20b?c=d&e='f'(g)#h\"",
                                       "\"mailto:library@example.org\"",
                                       "\"x-local+1.0:7\"",
                                       "\"database:7\""};
    static const char *const bad[] = {"\"javascript:alert(1)\"",
                                      "\"JavaScript:alert(1)\"",
                                      "\"data:text/html,x\"",
                                      "\"vbscript:x\"",
                                      "\"file:///etc/passwd\"",
                                      "\"blob:https://example.org/1\"",
                                      "\"filesystem:https://example.org/1\"",
                                      "\"about:blank\"",
                                      "\"view-source:https://example.org/\"",
                                      "\" javascript:alert(1)\"",
                                      "\"java\\tscript:alert(1)\"",
                                      "\"example.org/x\"",
                                      "\"//example.org/x\"",
                                      "\"https\"",
                                      "\"https:\"",
                                      "\":x\"",
                                      "\"1a:x\"",
                                      "\"c:/windows\"",
                                      "\"urn:a b\"",
                                      "\"urn:<a>\"",
                                      "\"urn:a\\\"b\"",
                                      "\"urn:a\\\\b\"",
                                      "\"urn:{a}\"",
                                      "\"urn:a|b\"",
                                      "\"urn:a^b\"",
                                      "\"urn:a`b\"",
                                      "\"urn:a%\"",
                                      "\"urn:a%2\"",
                                      "\"urn:a%zz\"",
                                      "\"urn:a#b#c\"",
                                      "\"urn:\\u00e9\"",
                                      "\"urn:a\\u007f\"",
                                      "\"urn:a\\n\""};
    char value[128];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        accept("license", good[i]);
        snprintf(value, sizeof(value), "[%s]", good[i]);
        accept("identifier", value);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        refuse("license", bad[i], "value");
        snprintf(value, sizeof(value), "[%s]", bad[i]);
        refuse("identifier", value, "value");
    }
}

static void test_https(void **state)
{
    static const char *const good[] = {
        "\"https://example.org\"",      "\"https://example.org:443/\"",
        "\"https://127.0.0.1/\"",       "\"https://[2001:db8::1]:8443/x\"",
        "\"https://a_b.example/?q#f\"", "\"https://xn--bcher-kva.example/\"",
        "\"https://example.org?x=@\""};
    static const char *const bad[] = {"\"https://\"",
                                      "\"https:///x\"",
                                      "\"https:/example.org\"",
                                      "\"HTTPS://example.org\"",
                                      "\"http://example.org\"",
                                      "\"ftp://example.org\"",
                                      "\"javascript:https://example.org\"",
                                      "\"https://a@example.org/\"",
                                      "\"https://a:b@example.org/\"",
                                      "\"https://example.org:/\"",
                                      "\"https://example.org:0/\"",
                                      "\"https://example.org:65536/\"",
                                      "\"https://example.org:1a/\"",
                                      "\"https://example.org:123456/\"",
                                      "\"https://[::1/\"",
                                      "\"https://[]/\"",
                                      "\"https://[::g]/\"",
                                      "\"https://[::1]x/\"",
                                      "\"https://.example/\"",
                                      "\"https://-a.example/\"",
                                      "\"https://exa mple/\"",
                                      "\"https://ex%61mple/\"",
                                      "\"https://b\\u00fccher.example/\"",
                                      "\"https://example.org/<script>\"",
                                      "\"https://example.org/\\\\x\""};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        accept("url", good[i]);
        accept("image", good[i]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        refuse("url", bad[i], "value");
        refuse("image", bad[i], "value");
    }
}

static void test_dates(void **state)
{
    static const char *const good[] = {"1998",
                                       "0001",
                                       "2021-05",
                                       "1998-05-03",
                                       "2024-02-29",
                                       "2000-02-29",
                                       "19XX",
                                       "199X",
                                       "2004-XX",
                                       "1985-04-XX",
                                       "1985-XX-XX",
                                       "2001-21",
                                       "2001-24",
                                       "1998?",
                                       "1998~",
                                       "1998%",
                                       "199X?",
                                       "2021-05~",
                                       "1998/2001",
                                       "1998/..",
                                       "../1998",
                                       "1998/",
                                       "/1998",
                                       "1998?/2001-05~",
                                       "19XX/20XX",
                                       "-0350",
                                       "1998-05-03T10:30:00Z",
                                       "1998-05-03T10:30:00+02:00"};
    static const char *const bad[] = {"",
                                      "c1998",
                                      "[1998]",
                                      "98",
                                      "998",
                                      "19988",
                                      "1998-",
                                      "1998-5",
                                      "1998-00",
                                      "1998-13",
                                      "1998-20",
                                      "1998-25",
                                      "1998-05-",
                                      "1998-05-3",
                                      "1998-05-00",
                                      "1998-05-32",
                                      "2023-02-29",
                                      "1900-02-29",
                                      "1998-21-01",
                                      "1998-05-03-01",
                                      "1XXX",
                                      "XXXX",
                                      "19X8",
                                      "19XX-05",
                                      "X998",
                                      "1998-X5",
                                      "1998-XX-05",
                                      "1998 ",
                                      " 1998",
                                      "1998??",
                                      "?",
                                      "1998/2001/2003",
                                      "../..",
                                      "/",
                                      "../",
                                      "..",
                                      "-0000",
                                      "--1998",
                                      "1998.5",
                                      "1998,1999",
                                      "1998/x",
                                      "1998-05-03T25:00:00Z",
                                      "1998-05-03T10",
                                      "1998-05-03 10:30:00"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!cs_date_valid(cs_span_of(good[i])))
            fail_msg("%s was refused", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (cs_date_valid(cs_span_of(bad[i])))
            fail_msg("%s was taken for a date", bad[i]);
}

static void test_times(void **state)
{
    static const char *const good[] = {
        "\"2026-09-01\"",           "\"2026-09-01T10:00Z\"",
        "\"2026-09-01T10:00\"",     "\"2026-09-01T10:00:59.123+05:30\"",
        "\"2026-09-01T23:59:60Z\"", "\"2026-09-01T10:00:00-08:00\""};
    static const char *const bad[] = {"\"2026\"",
                                      "\"2026-09\"",
                                      "\"2026-09-31\"",
                                      "\"2026-09-01T\"",
                                      "\"2026-09-01T24:00Z\"",
                                      "\"2026-09-01T10:60Z\"",
                                      "\"2026-09-01T10:00:61Z\"",
                                      "\"2026-09-01T10:00:00.Z\"",
                                      "\"2026-09-01T10:00:00z\"",
                                      "\"2026-09-01T10:00:00+0530\"",
                                      "\"2026-09-01T10:00:00+15:00\"",
                                      "\"2026-09-01T10:00:00+05:60\"",
                                      "\"2026-09-01t10:00:00Z\"",
                                      "\"2026-09-01T10:00:00Z \"",
                                      "\"01.09.2026\""};
    static const char *const durations[] = {
        "\"PT45M\"", "\"P1Y2M3W4DT5H6M7S\"", "\"P2W\"", "\"PT1.5H\"", "\"P0D\"", "\"P1.5D\""};
    static const char *const no_durations[] = {
        "\"P\"",        "\"PT\"",    "\"P1DT\"",    "\"45M\"",   "\"PT45\"",
        "\"P45\"",      "\"PM\"",    "\"P1D2M\"",   "\"P1M1M\"", "\"PT1D\"",
        "\"P1H\"",      "\"PT.5H\"", "\"-P1D\"",    "\"PT1.H\"", "\"PT1.5H3M\"",
        "\"P1.5DT3M\"", "\"PT1M \"", "\"PT1MT2S\"", "\"pt1m\""};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        accept("validFrom", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refuse("validUntil", bad[i], "value");
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++)
        accept("timeRequired", durations[i]);
    for (size_t i = 0; i < sizeof(no_durations) / sizeof(no_durations[0]); i++)
        refuse("timeRequired", no_durations[i], "value");
}

static void test_languages(void **state)
{
    static const char *const good[] = {"en",
                                       "es-419",
                                       "zh-Hant",
                                       "zh-Hant-TW",
                                       "sl-rozaj-biske-1994",
                                       "de-1996",
                                       "zh-cmn-Hans-CN",
                                       "x-klingon",
                                       "en-a-bbb-x-a",
                                       "hy-Latn-IT-arevela",
                                       "sgn",
                                       "mul",
                                       "und",
                                       "EN-us",
                                       "de-CH-x-phonebk",
                                       "ar-aao",
                                       "en-u-ca-gregory",
                                       "mas",
                                       "zh-gan-yue-cmn",
                                       "abcdefgh",
                                       "en-x-aaaaaaaa-bbbbbbbb-cccccccc-ddd"};
    static const char *const bad[] = {
        "",
        "e",
        "en-",
        "-en",
        "en--us",
        "en_US",
        "english_",
        "en us",
        "123",
        "abcdefghi",
        "en-abcdefghi",
        "i-klingon",
        "en-a",
        "en-x",
        "x",
        "a-en",
        "de-419-DE",
        "en-GB-oed1-Latn",
        "en-u-a-x",
        "\xc3\xa9s",
        "en-\xc3\xa9",
        "en-x-",
        "zh-gan-yue-cmn-hak",
        "en-x-aaaaaaaa-bbbbbbbb-cccccccc-dddd" /* 36 bytes */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!cs_language_valid(cs_span_of(good[i])))
            fail_msg("%s was refused", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (cs_language_valid(cs_span_of(bad[i])))
            fail_msg("%s was taken for a language", bad[i]);
}

static void test_isbns(void **state)
{
    static const struct {
        const char *text;
        const char *isbn;
    } good[] = {{"9780306406157", "9780306406157"},
                {"978-0-306-40615-7", "9780306406157"},
                {"978 0 306 40615 7", "9780306406157"},
                {"0306406152", "9780306406157"},
                {"0-306-40615-2", "9780306406157"},
                {"ISBN 0-306-40615-2", "9780306406157"},
                {"ISBN: 0306406152", "9780306406157"},
                {"isbn0306406152", "9780306406157"},
                {"ISBN-13: 978-0-306-40615-7", "9780306406157"},
                {"ISBN-10 0-306-40615-2", "9780306406157"},
                {"ISBN 13: 9780306406157", "9780306406157"},
                {"ISBN10:0306406152", "9780306406157"},
                {"0306406152 (pbk.)", "9780306406157"},
                {"0306406152(pbk.)", "9780306406157"},
                {"9780306406157 (v. 1)", "9780306406157"},
                {"9780306406157 [hardback]", "9780306406157"},
                {"9780306406157 : $25.00", "9780306406157"},
                {"9780306406157 pbk.", "9780306406157"},
                {"9780306406157; 2nd", "9780306406157"},
                {" 9780306406157 ", "9780306406157"},
                {"080442957X", "9780804429573"},
                {"0-8044-2957-x (cloth)", "9780804429573"},
                {"978\xe2\x80\x93"
                 "0\xe2\x80\x91"
                 "306\xc2\xad"
                 "40615\xc2\xa0"
                 "7",
                 "9780306406157"},
                {"979-10-90636-07-1", "9791090636071"}};
    static const struct {
        const char *text;
        enum cs_status status;
    } bad[] = {{"9780306406158", CS_BAD_MEMBER},
               {"0306406153", CS_BAD_MEMBER},
               {"080442957X1", CS_MALFORMED},
               {"0804429570", CS_BAD_MEMBER},
               {"", CS_MALFORMED},
               {"ISBN", CS_MALFORMED},
               {"ISBN-13:", CS_MALFORMED},
               {"n/a", CS_MALFORMED},
               {"030640615", CS_MALFORMED},
               {"03064061521", CS_MALFORMED},
               {"978030640615", CS_MALFORMED},
               {"97803064061570", CS_MALFORMED},
               {"9780306406157 2", CS_MALFORMED},
               {"9780306406157x", CS_MALFORMED},
               {"978--0306406157", CS_MALFORMED},
               {"1234567890128", CS_MALFORMED}, /* an article number of another agency */
               {"9.78031E+12", CS_MALFORMED},
               {"X306406152", CS_MALFORMED},
               {"03064X6152", CS_MALFORMED},
               {"ISSN 0317-8471", CS_MALFORMED},
               {"978030640615X", CS_MALFORMED}};
    char out[14];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (cs_isbn_read(cs_span_of(good[i].text), out))
            fail_msg("%s was refused", good[i].text);
        assert_string_equal(out, good[i].isbn);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (cs_isbn_read(cs_span_of(bad[i].text), out) != bad[i].status)
            fail_msg("%s: not %s", bad[i].text, cs_status_code(bad[i].status));
    assert_int_equal(cs_isbn_read(cs_span_make("0306406152\0", 11), out), CS_MALFORMED);

    refuse("isbn", "[\"0306406152\"]", "value");
    refuse("isbn", "[\"978030640615 \"]", "value");
    refuse("isbn", "[\"978030640615\"]", "value");
    refuse("isbn", "[\"1234567890128\"]", "value");
}

/* Awkward strings are text or are refused; none is more than a text to us. */
static void test_naughty_strings(void **state)
{
    struct cs_record_fault fault;
    size_t accepted = 0, refused = 0;
    json_t *strings, *record;
    char path[512];

    (void)state;
    vectors_path("strings/blns.json", path, sizeof(path));
    strings = json_load_file(path, JSON_ALLOW_NUL, NULL);
    assert_true(json_is_array(strings));
    assert_int_equal(cs_json_read(cs_span_of("{" BASE "}"), CS_ENTRY_MAX, &record), CS_OK);
    for (size_t i = 0; i < json_array_size(strings); i++) {
        json_object_set(record, "name", json_array_get(strings, i));
        if (cs_record_check(record, &fault)) {
            assert_string_equal(fault.member, "name");
            refused++;
            continue;
        }
        for (const char *p = cs_record_text(record, "name", NULL, NULL); *p; p++)
            assert_true((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
        accepted++;
    }
    assert_true(accepted >= 400 && refused >= 3);
    json_decref(record);
    json_decref(strings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text_characters),
                                       cmocka_unit_test(test_naughty_strings),
                                       cmocka_unit_test(test_uris),
                                       cmocka_unit_test(test_https),
                                       cmocka_unit_test(test_dates),
                                       cmocka_unit_test(test_times),
                                       cmocka_unit_test(test_languages),
                                       cmocka_unit_test(test_isbns)};

    return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
