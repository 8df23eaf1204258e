/* Values as people write them, and the one form a record has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <commonshelf/record.h>

#include "intake/draft.h"
#include "intake/text.h"
#include "intake/values.h"

static struct lexicon *lexicon;

static int setup(void **state)
{
    (void)state;
    lexicon = lexicon_new();
    return lexicon ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    lexicon_free(lexicon);
    return 0;
}

/* A text and what it must be read as; NULL: not at all. */
struct pair {
    const char *from, *to;
};

#define EACH(pairs, p)                                                                             \
    for (const struct pair *p = pairs; p < (pairs) + sizeof(pairs) / sizeof *(pairs); p++)

static void languages(void **state)
{
    static const struct pair pairs[] = {
        {"sw", "sw"},
        {"SW", "sw"},
        {"swa", "sw"},
        {"eng", "en"},
        {"fre", "fr"},
        {"fra", "fr"},
        {"ger", "de"},
        {"chi", "zh"},
        {"nuj", "nuj"},
        {"zh-hans", "zh-Hans"},
        {"ZH_HANS_CN", "zh-Hans-CN"},
        {"pt_br", "pt-BR"},
        {"lgg-official", "lgg-official"},
        {"es-419", "es-419"},
        {"English", "en"},
        {"ENGLISH", "en"},
        {"Kiswahili", "sw"},
        {"Swahili", "sw"},
        {"suajili", "sw"},
        {"français", "fr"},
        {"Francais", "fr"},
        {"Español", "es"},
        {"espanol", "es"},
        {"العربية", "ar"},
        {"عربي", NULL},
        {"हिन्दी", "hi"},
        {"中文", "zh"},
        {"普通话", "zh"},
        {"Farsi", "fa"},
        {"Hindi", "hi"},
        {"Deutsch", "de"},
        {"Português", "pt"},
        {"inglés", "en"},
        {"Kiingereza", "en"},
        {"Xhosa", "xh"},
        {"isiZulu", "zu"},
        {"አማርኛ", "am"},
        {"Luganda", "lg"},
        {"Simplified Chinese", "zh-Hans"},
        {"Lorem", NULL},
        {"xx", NULL},
        {"e", NULL},
        {"", NULL},
        {"en-", NULL},
        {"en--US", NULL},
        {"English and a very long remark that is no language at all, but goes on", NULL},
    };
    char out[VALUE_LANGUAGE_MAX];

    (void)state;
    EACH(pairs, p)
    {
        bool read = value_language(lexicon, cs_span_of(p->from), out);

        if (read != (p->to != NULL) || (read && strcmp(out, p->to) != 0))
            fail_msg("%s: %s, not %s", p->from, read ? out : "nothing", p->to ? p->to : "nothing");
        if (read)
            assert_true(cs_language_valid(cs_span_of(out)));
    }
    assert_true(value_marc_language(cs_span_of("scr"), out));
    assert_string_equal(out, "hr");
    assert_false(value_marc_language(cs_span_of("und"), out));
    assert_false(value_marc_language(cs_span_of("|||"), out));
    assert_false(value_marc_language(cs_span_of("   "), out));
}

static void licences(void **state)
{
#define CC "https://creativecommons.org/"
    static const struct pair pairs[] = {
        {"CC BY", CC "licenses/by/4.0/"},
        {"CC-BY", CC "licenses/by/4.0/"},
        {"cc by-nc 4.0", CC "licenses/by-nc/4.0/"},
        {"CC-BY-NC-SA-3.0", CC "licenses/by-nc-sa/3.0/"},
        {"CC BY-SA 3.0 IGO", CC "licenses/by-sa/3.0/igo/"},
        {"CC-BY-SA-3.0-DE", CC "licenses/by-sa/3.0/de/"},
        {"CC BY-ND 4.0 International", CC "licenses/by-nd/4.0/"},
        {"CC-BY-4.0", CC "licenses/by/4.0/"},
        {"BY-NC-ND", CC "licenses/by-nc-nd/4.0/"},
        {"CC0", CC "publicdomain/zero/1.0/"},
        {"CC0-1.0", CC "publicdomain/zero/1.0/"},
        {"Public Domain", CC "publicdomain/mark/1.0/"},
        {"dominio publico", CC "publicdomain/mark/1.0/"},
        {"http://creativecommons.org/licenses/by/3.0/", CC "licenses/by/3.0/"},
        {"https://creativecommons.org/licenses/by-sa/4.0/deed.fr", CC "licenses/by-sa/4.0/"},
        {"www.creativecommons.org/licenses/by/2.0/uk", CC "licenses/by/2.0/uk/"},
        {"creativecommons.org/publicdomain/zero/1.0", CC "publicdomain/zero/1.0/"},
        {"All rights reserved", "https://rightsstatements.org/vocab/InC/1.0/"},
        {"MIT", "https://spdx.org/licenses/MIT"},
        {"gpl-3.0-or-later", "https://spdx.org/licenses/GPL-3.0-or-later"},
        {"https://example.org/terms", "https://example.org/terms"},
        {"by", NULL},
        {"CC", NULL},
        {"CC BY-SA-ND", NULL},
        {"CC BY something", NULL},
        {"javascript:alert(1)", NULL},
        {"ask the author", NULL},
        {"", NULL},
        {"creativecommons.org/licenses/by/4.0\"><script>", NULL},
    };
    char out[VALUE_LICENCE_MAX];
    bool assumed;

    (void)state;
    EACH(pairs, p)
    {
        bool read = value_licence(lexicon, cs_span_of(p->from), out, &assumed);

        if (read != (p->to != NULL) || (read && strcmp(out, p->to) != 0))
            fail_msg("%s: %s, not %s", p->from, read ? out : "nothing", p->to ? p->to : "nothing");
    }
    value_licence(lexicon, cs_span_of("CC BY"), out, &assumed);
    assert_true(assumed);
    value_licence(lexicon, cs_span_of("CC BY 4.0"), out, &assumed);
    assert_false(assumed);
}

static void dates(void **state)
{
    static const struct pair pairs[] = {
        {"2010", "2010"},
        {" 2010 ", "2010"},
        {"2010-05", "2010-05"},
        {"2010-05-03", "2010-05-03"},
        {"2010-5-3", "2010-05-03"},
        {"2010/05/03", "2010-05-03"},
        {"2010.05.03", "2010-05-03"},
        {"3.5.2010", "2010-05-03"},
        {"31/12/2010", "2010-12-31"},
        {"12/31/2010", "2010-12-31"},
        {"05/05/2010", "2010-05-05"},
        {"03/05/2010", "2010"},
        {"31-12-2010", "2010-12-31"},
        {"5/2010", "2010-05"},
        {"05.2010", "2010-05"},
        {"c1998", "1998"},
        {"©1998", "1998"},
        {"[1998]", "1998"},
        {"[1998?]", "1998?"},
        {"1998?", "1998?"},
        {"ca. 1998", "1998~"},
        {"ca1998", "1998~"},
        {"[ca. 1850]", "1850~"},
        {"19--", "19XX"},
        {"19uu", "19XX"},
        {"199-", "199X"},
        {"199u", "199X"},
        {"[199-?]", "199X"},
        {"[19--?]", "19XX"},
        {"1998-2001", "1998/2001"},
        {"1998–2001", "1998/2001"},
        {"1998 - 2001", "1998/2001"},
        {"1998-", "1998/.."},
        {"1998/2001", "1998/2001"},
        {"1998, c1997", "1998"},
        {"May 2010", "2010"},
        {"mayo de 2010", "2010"},
        {"2010年5月", "2010"},
        {"2010-05-03T10:00:00Z", "2010-05-03"},
        {"2010-05-03 10:00", "2010-05-03"},
        {"٢٠١٠", "2010"},
        {"२०१०", "2010"},
        {"1425 هـ / 2004 م", "2004"},
        {"19XX", "19XX"},
        {"1425هـ", NULL},
        {"[19", NULL},
        {"31/02/2010", "2010"},
        {"99", NULL},
        {"soon", NULL},
        {"", NULL},
        {"43586", NULL},
        {"0000", NULL},
        {"12345678", NULL},
        {"2010-13-45", "2010"},
    };
    char out[VALUE_DATE_MAX];
    bool vague;

    (void)state;
    EACH(pairs, p)
    {
        bool read = value_date(cs_span_of(p->from), out, &vague);

        if (read != (p->to != NULL) || (read && strcmp(out, p->to) != 0))
            fail_msg("%s: %s, not %s", p->from, read ? out : "nothing", p->to ? p->to : "nothing");
        if (read && !cs_date_valid(cs_span_of(out)))
            fail_msg("%s: %s is no EDTF", p->from, out);
    }
    assert_true(value_date(cs_span_of("03/05/2010"), out, &vague));
    assert_true(vague);
    assert_true(value_date(cs_span_of("13/05/2010"), out, &vague));
    assert_false(vague);
}

static void times(void **state)
{
    static const struct pair pairs[] = {
        {"2024-05-31", "2024-05-31"},
        {"31.5.2024", "2024-05-31"},
        {"31/05/2024", "2024-05-31"},
        {"2024-05-31T10:00Z", "2024-05-31T10:00Z"},
        {"2024-05-31T10:00:30+03:00", "2024-05-31T10:00:30+03:00"},
        {"2024-05-31 10:00", "2024-05-31"},
        {"03/05/2024", NULL},
        {"2024", NULL},
        {"2024-02-30", NULL},
        {"tomorrow", NULL},
    };
    static const struct pair durations[] = {
        {"PT45M", "PT45M"}, {"90 min", "PT90M"}, {"90 minutes", "PT90M"},
        {"2 h", "PT2H"},    {"2 hours", "PT2H"}, {"1:30", "PT1H30M"},
        {"3 days", "P3D"},  {"long", NULL},      {"5", NULL},
    };
    char out[VALUE_TIME_MAX];

    (void)state;
    EACH(pairs, p)
    {
        bool read = value_time(cs_span_of(p->from), out);

        if (read != (p->to != NULL) || (read && strcmp(out, p->to) != 0))
            fail_msg("%s: %s, not %s", p->from, read ? out : "nothing", p->to ? p->to : "nothing");
    }
    EACH(durations, p)
    {
        bool read = value_duration(cs_span_of(p->from), out);

        if (read != (p->to != NULL) || (read && strcmp(out, p->to) != 0))
            fail_msg("%s: %s, not %s", p->from, read ? out : "nothing", p->to ? p->to : "nothing");
    }
}

static void addresses(void **state)
{
    static const struct {
        const char *from, *to;
        enum uri_kind kind;
    } cases[] = {
        {"https://example.org/a?b=c#d", "https://example.org/a?b=c#d", URI_HTTPS},
        {"HTTPS://Example.org/", "https://Example.org/", URI_HTTPS},
        {"http://example.org", "http://example.org", URI_HTTP},
        {"https://example.org/नमस्ते x",
         "https://example.org/"
         "%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87%20x",
         URI_HTTPS},
        {"https://example.org/100%", "https://example.org/100%25", URI_HTTPS},
        {"https://example.org/%20", "https://example.org/%20", URI_HTTPS},
        {"urn:isbn:9780306406157", "urn:isbn:9780306406157", URI_OTHER},
        {"info:lccn/85153773", "info:lccn/85153773", URI_OTHER},
        {"javascript:alert(1)", NULL, URI_NONE},
        {"data:text/html,x", NULL, URI_NONE},
        {"www.example.org", NULL, URI_NONE},
        {"https://", NULL, URI_NONE},
        {"https:example.org", NULL, URI_NONE},
        {"https://user:word@example.org/", NULL, URI_NONE},
        {"https:///x", NULL, URI_NONE},
        {"urn:", NULL, URI_NONE},
        {"", NULL, URI_NONE},
        {"https://exa mple.org/", NULL, URI_NONE},
    };
    char out[VALUE_URI_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum uri_kind kind = value_uri(cs_span_of(cases[i].from), 400, out);

        if (kind != cases[i].kind || (cases[i].to && strcmp(out, cases[i].to) != 0))
            fail_msg("%s: %d %s", cases[i].from, kind, kind ? out : "");
    }
    assert_int_equal(value_uri(cs_span_of("https://example.org/abc"), 20, out), URI_NONE);
}

static void folding(void **state)
{
    static const struct pair pairs[] = {
        {"Título", "titulo"},
        {"TITRE :", "titre"},
        {"Acc. No.", "accno"},
        {"Nº", "no"},
        {"STRAßE", "straße"},
        {"اَلْعُنْوَانُ", "العنوان"},
        {"العـنوان", "العنوان"},
        {"लेखक ", "लेखक"},
        {"Ｔｉｔｌｅ", "title"},
        {"٣", "3"},
        {"书名：", "书名"},
        {"...", ""},
        {"", ""},
        {"T\xC3\xADtulo", "titulo"},
        {"Ti\xCC\x81tulo", "titulo"},
    };
    char out[FOLD_MAX + 1], *large = NULL;

    (void)state;
    EACH(pairs, p)
    {
        size_t n = text_fold(cs_span_of(p->from), out);

        if (n != strlen(p->to) || strcmp(out, p->to) != 0)
            fail_msg("%s: “%s”", p->from, out);
    }
    large = test_malloc(1 << 20);
    memset(large, 'x', 1 << 20);
    assert_int_equal(text_fold(cs_span_make(large, 1 << 20), out), 0);
    assert_int_equal(text_fold(cs_span_make(large, FOLD_MAX), out), FOLD_MAX);
    assert_int_equal(text_fold(cs_span_make(large, FOLD_MAX + 1), out), 0);
    memcpy(large, "\xC3\xA9", 2); /* what is not all ASCII takes another way */
    assert_int_equal(text_fold(cs_span_make(large, FOLD_MAX + 1), out), FOLD_MAX);
    assert_int_equal(text_fold(cs_span_make(large, FOLD_MAX + 2), out), 0);
    assert_int_equal(text_fold(cs_span_make(large, FOLD_MAX * 2), out), 0);
    test_free(large);
}

static void tidying(void **state)
{
    static const struct {
        const char *from, *to;
        bool lines;
    } cases[] = {
        {"plain", "plain", false},
        {"  a  b\tc\r\nd ", "a b c d", false},
        {"a\r\nb\n\n\n\nc", "a\nb\n\nc", true},
        {"\xC2\xA0x\xE3\x80\x80y", "x y", false},
        {"\xEF\xBB\xBFx", "x", false},
        {"a\x01\x7F\xC2\x9B"
         "b",
         "ab", false},
        {"Cafe\xCC\x81", "Caf\xC3\xA9", false},
        {"क\xE2\x80\x8Dष", "क\xE2\x80\x8Dष", false},
        {"it’s – “so”", "it’s – “so”", false},
        {" \t\n", "", false},
        {"", "", false},
        {"a\xE2\x80\x89z", "a z", false},
    };
    struct cs_buffer scratch = CS_BUFFER_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cs_span t = text_tidy(cs_span_of(cases[i].from), cases[i].lines, &scratch);

        if (!cs_span_is(t, cases[i].to))
            fail_msg("%zu: “%.*s”", i, (int)t.n, (const char *)t.p);
    }
    assert_true(cs_span_is(text_cut(cs_span_of("aé"), 2), "a"));
    assert_true(cs_span_is(text_cut(cs_span_of("aé"), 3), "aé"));
    assert_int_equal(text_number(cs_span_of("12")), 12);
    assert_int_equal(text_number(cs_span_of("१२")), 12);
    assert_int_equal(text_number(cs_span_of("-1")), -1);
    assert_int_equal(text_number(cs_span_of("99999999999999999999")), -1);
    cs_buffer_free(&scratch);
}

/* Every member can be named by its own name; and each table leads only to what records may have. */
static void tables_lead_to_members(void **state)
{
    (void)state;
    for (int m = 0; m < MEMBERS; m++) {
        const char *name = member_name((enum member)m);
        const char *found = lexicon_find(lexicon, LEXICON_HEADER, cs_span_of(name));

        if (!found || strcmp(found, name) != 0)
            fail_msg("%s is found as %s", name, found ? found : "nothing");
    }
    for (const struct lexicon_entry *e = lexicon_headers; e->meaning; e++)
        if (member_find(e->meaning) == MEMBER_NONE)
            fail_msg("%s is no member", e->meaning);
    for (const struct lexicon_entry *e = lexicon_licences; e->meaning; e++)
        assert_int_equal(strncmp(e->meaning, "https://", 8), 0);
    for (const struct lexicon_entry *e = lexicon_languages; e->meaning; e++)
        assert_true(cs_language_valid(cs_span_of(e->meaning)));
}

static void headers_in_many_languages(void **state)
{
    static const struct pair pairs[] = {
        {"Title", "name"},
        {"BOOK TITLE", "name"},
        {"Título", "name"},
        {"titre", "name"},
        {"العنوان", "name"},
        {"शीर्षक", "name"},
        {"Jina la kitabu", "name"},
        {"Kichwa", "name"},
        {"书名", "name"},
        {"题名", "name"},
        {"Titel", "name"},
        {"Author(s)", "creator"},
        {"Autor/a", "creator"},
        {"Auteur", "creator"},
        {"المؤلف", "creator"},
        {"लेखक", "creator"},
        {"Mwandishi", "creator"},
        {"作者", "creator"},
        {"Translator", "contributor"},
        {"Language", "inLanguage"},
        {"Idioma", "inLanguage"},
        {"Lugha", "inLanguage"},
        {"भाषा", "inLanguage"},
        {"اللغة", "inLanguage"},
        {"语言", "inLanguage"},
        {"Éditeur", "publisher"},
        {"Mchapishaji", "publisher"},
        {"Year", "datePublished"},
        {"Año", "datePublished"},
        {"Mwaka", "datePublished"},
        {"ISBN-13", "isbn"},
        {"Acc. No.", "id"},
        {"Text#", "id"},
        {"Copies", "copies"},
        {"Class", "educationalLevel"},
        {"कक्षा", "educationalLevel"},
        {"Darasa", "educationalLevel"},
        {"Shelf", "callNumber"},
        {"Licence", "license"},
        {"Bookshelves", "keywords"},
        {"Summary", "description"},
        {"Pages", "ignore"},
        {"Valid until", "validUntil"},
        {"Borrower", NULL},
        {"Remarks", NULL},
    };

    (void)state;
    EACH(pairs, p)
    {
        const char *found = lexicon_find(lexicon, LEXICON_HEADER, cs_span_of(p->from));

        if ((found != NULL) != (p->to != NULL) || (found && strcmp(found, p->to) != 0))
            fail_msg("%s: %s", p->from, found ? found : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages),
        cmocka_unit_test(licences),
        cmocka_unit_test(dates),
        cmocka_unit_test(times),
        cmocka_unit_test(addresses),
        cmocka_unit_test(folding),
        cmocka_unit_test(tidying),
        cmocka_unit_test(tables_lead_to_members),
        cmocka_unit_test(headers_in_many_languages),
    };

    return cmocka_run_group_tests_name("intake/values", tests, setup, teardown);
}
