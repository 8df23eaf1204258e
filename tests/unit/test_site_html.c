/* Writing HTML: whatever a stranger wrote stays text, and only https leads away. */
#include "vectors.h"

#include <jansson.h>

#include "site/html.h"
#include "site_markup.h"
#include "support/language.h"
#include "support/language_table.h"

static const char *written(struct cs_buffer *b)
{
    const char *text = cs_buffer_text(b);

    assert_non_null(text);
    return text;
}

#define EXPECT(call, expected)                                                                     \
    do {                                                                                           \
        struct cs_buffer o = CS_BUFFER_INIT;                                                       \
        call;                                                                                      \
        assert_string_equal(written(&o), expected);                                                \
        cs_buffer_free(&o);                                                                        \
    } while (0)

static void text_is_escaped_for_its_place(void **state)
{
    (void)state;
    EXPECT(html_text(&o, "a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;\"c\"'d'");
    EXPECT(html_attribute(&o, "a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
    EXPECT(html_url_part(&o, cs_span_of("a b&c=d/?#%\"'<\xc3\xa9~-._")),
           "a%20b%26c%3Dd%2F%3F%23%25%22%27%3C%C3%A9~-._");
    EXPECT(html_number(&o, UINT64_MAX), "18446744073709551615");
    EXPECT(html_raw(&o, "<p>"), "<p>");
}

static void odd_bytes_are_replaced(void **state)
{
    (void)state;
    EXPECT(html_text(&o, "a\x01\x1b[31m\x7f\tb\nc"),
           "a\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd\tb\nc");
    EXPECT(html_text(&o, "\xff\xc3(\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT(html_text(&o, "\xc2\x85x"), "\xef\xbf\xbdx"); /* a line end of C1 */
    EXPECT(html_span(&o, cs_span_make("a\0<", 3)), "a\xef\xbf\xbd&lt;");
}

static void directions_cannot_be_turned(void **state)
{
    (void)state;
    /* An override, an isolate that is never closed, an embedding; the marks of plain text stay. */
    EXPECT(html_text(&o, "a\xe2\x80\xaegpj.exe\xe2\x81\xa7"
                         "b\xe2\x80\xab"
                         "c\xe2\x80\x8f"),
           "agpj.exe"
           "b"
           "c\xe2\x80\x8f");
    EXPECT(html_value(&o, "x\xe2\x80\xae", "ar\""), "<bdi lang=\"ar&quot;\">x</bdi>");
    EXPECT(html_value(&o, "x", NULL), "<bdi>x</bdi>");
    EXPECT(html_language(&o, ""), " dir=\"auto\"");
    EXPECT(html_language(&o, "sw"), " lang=\"sw\" dir=\"auto\"");
}

static void sentences_hold_values(void **state)
{
    (void)state;
    EXPECT(html_words(&o, "%s & %s", "<1>", "2"), "<bdi>&lt;1&gt;</bdi> &amp; <bdi>2</bdi>");
    EXPECT(html_words(&o, "%s%%: %%s", "ten"), "<bdi>ten</bdi>%: %s");
}

static unsigned only_form(unsigned long n)
{
    (void)n;
    return 0;
}

/* Other languages say it in another order. */
static void values_may_change_places(void **state)
{
    static const struct language_message message = {"%s of %s", "of %2$s <%1$s>", 1};
    static const struct language_table table = {"xx", only_form, 1, &message};
    static const struct language_table *const tables[] = {&table};

    (void)state;
    language_use(tables, 1);
    language_set("xx");
    EXPECT(html_words(&o, _("%s of %s"), "one", "ten"), "of <bdi>ten</bdi> &lt;<bdi>one</bdi>&gt;");
    language_use(NULL, 0);
    language_set("en");
}

static void marks_are_always_closed(void **state)
{
    (void)state;
    EXPECT(html_marked(&o, "a \x02<b>\x03 c"), "a <mark>&lt;b&gt;</mark> c");
    EXPECT(html_marked(&o, "\x02"
                           "a\x02"
                           "b\x03\x03"
                           "c\x02"
                           "d"),
           "<mark>ab</mark>c<mark>d</mark>");
}

static void paragraphs(void **state)
{
    (void)state;
    EXPECT(html_paragraphs(&o, "\n one\ntwo \r\n \n\nthree<", "en"),
           "<p lang=\"en\" dir=\"auto\"> one<br>two</p><p lang=\"en\" dir=\"auto\">three&lt;</p>");
    EXPECT(html_paragraphs(&o, " \n\t\n", NULL), "");
}

static void only_https_is_a_link(void **state)
{
    static const char *const good[] = {
        "https://a.example",
        "https://a.example:8443/x?y=1&z='#f",
        "https://[2001:db8::1]/",
        "https://xn--bcher-kva.example/%C3%A9",
    };
    static const char *const bad[] = {
        "",
        "http://a.example",
        "HTTPS://a.example",
        "javascript:alert(1)",
        "//a.example",
        "/x",
        "https:a.example",
        "https://",
        "https:///x",
        "https://user@a.example",
        "https://a:b@c.example",
        "https://a.example\\@b.example",
        "https://a.example\" onclick=\"x",
        "https://a.example/<x>",
        "https://a.example/ x",
        "https://a.example/\x01",
        "https://bücher.example",
        "https://a.example/\xe2\x80\xae",
        "https://a.example:",
        "https://a.example:99999999",
        "https://[::1",
        "https://-a.example",
        " https://a.example",
        "data:text/html,x",
        "java\nscript:alert(1)",
        "https://a.example/\x7f",
    };
    struct cs_span host;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct cs_buffer o = CS_BUFFER_INIT;
        struct markup m;

        assert_true(html_url_host(good[i], &host));
        assert_true(html_link_out(&o, good[i], "button"));
        html_raw(&o, "</a>");
        assert_true(markup_read(&m, cs_buffer_span(&o), true));
        assert_int_equal(m.links_out, 1);
        assert_non_null(strstr(written(&o), "rel=\"noopener nofollow external\""));
        cs_buffer_free(&o);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct cs_buffer o = CS_BUFFER_INIT;

        if (html_url_host(bad[i], &host))
            fail_msg("taken for a link: %s", bad[i]);
        assert_false(html_link_out(&o, bad[i], NULL));
        assert_int_equal(o.n, 0);
        cs_buffer_free(&o);
    }
    assert_false(html_url_host(NULL, &host));
    assert_true(html_url_host("https://a.example:8443/x", &host));
    assert_true(cs_span_is(host, "a.example:8443"));
}

/* Through every function, at once, with a tag around each. */
static void write_everywhere(struct cs_buffer *o, const char *text)
{
    html_raw(o, "<p class=\"");
    html_attribute(o, text);
    html_raw(o, "\"");
    html_language(o, text);
    html_raw(o, "><a href=\"/search?q=");
    html_url_part(o, cs_span_of(text));
    html_raw(o, "\">");
    html_text(o, text);
    html_raw(o, "</a>");
    html_marked(o, text);
    html_value(o, text, text);
    html_words(o, "%s", text);
    html_raw(o, "</p>");
    html_paragraphs(o, text, text);
    if (html_link_out(o, text, text))
        html_raw(o, "</a>");
}

static void assert_inert(const char *text)
{
    struct cs_buffer o = CS_BUFFER_INIT;
    struct markup m;

    write_everywhere(&o, text);
    assert_false(o.failed);
    if (!markup_read(&m, cs_buffer_span(&o), true))
        fail_msg("%s (from: %s)", m.fault, text);
    cs_buffer_free(&o);
}

static void hostile_strings_are_inert(void **state)
{
    static const char *const strings[] = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "javascript:alert(1)",
        "--><svg/onload=alert(1)>",
        "]]><x>",
        "</title><script>x</script>",
        "</bdi></p></main>",
        "&lt;script&gt;",
        "&#x3c;script&#x3e;",
        "\x02<b>\x03",
        "%s%n%1$s",
        "\xe2\x80\xaetxt.exe",
        "<p>\n\n</p>\n\n<p>",
        "\xc0\xbcscript\xc0\xbe",
        "\xef\xbb\xbf<x>",
        "+ADw-script+AD4-",
        "`onclick=alert(1)",
        "\xe2\x80\xa8x\xe2\x80\xa9",
    };

    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        assert_inert(strings[i]);
}

static void naughty_strings_are_inert(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    char path[1000];
    json_t *list;

    (void)state;
    vectors_path("strings/blns.json", path, sizeof path);
    vectors_load(path, &text);
    assert_non_null(list = json_loadb((const char *)text.p, text.n, 0, NULL));
    assert_true(json_array_size(list) > 400);
    for (size_t i = 0; i < json_array_size(list); i++)
        assert_inert(json_string_value(json_array_get(list, i)));
    json_decref(list);
    cs_buffer_free(&text);
}

/* Bytes at random, biased to those that mean something in HTML and UTF-8. */
static void any_bytes_are_inert(void **state)
{
    static const char bytes[] =
        "<>&\"'/=! -abp\x01\x02\x03\n\xc2\x80\xe2\x81\xa6\xae\xf0\x9f\x98\xff%s";
    uint32_t seed = 1;
    char text[40];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        text[sizeof text - 1] = '\0';
        assert_inert(text);
    }
}

/* The reader above is strict enough to notice what it is there for. */
static void the_reader_notices(void **state)
{
    static const char *const bad[] = {
        "<script>x</script>",
        "<p onclick=\"x\"></p>",
        "<p><b></p></b>",
        "<p>",
        "</p>",
        "a < b",
        "a & b",
        "<a href=\"javascript:x\"></a>",
        "<a href=\"//x\"></a>",
        "<p class=x></p>",
        "<p class=\"<\"></p>",
        "<img>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "\x01",
        "\xff",
        "<p ",
        "<p style=\"x\"></p>",
        "<!-- -->",
    };
    struct markup m;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (markup_read(&m, cs_span_of(bad[i]), true))
            fail_msg("not noticed: %s", bad[i]);
    assert_true(markup_read(&m, cs_span_of("<p class=\"a\">x<br>&amp;</p>"), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_escaped_for_its_place),
        cmocka_unit_test(odd_bytes_are_replaced),
        cmocka_unit_test(directions_cannot_be_turned),
        cmocka_unit_test(sentences_hold_values),
        cmocka_unit_test(values_may_change_places),
        cmocka_unit_test(marks_are_always_closed),
        cmocka_unit_test(paragraphs),
        cmocka_unit_test(only_https_is_a_link),
        cmocka_unit_test(hostile_strings_are_inert),
        cmocka_unit_test(naughty_strings_are_inert),
        cmocka_unit_test(any_bytes_are_inert),
        cmocka_unit_test(the_reader_notices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
