/* Pages written from made-up answers: well formed, saying what is so, inert whatever records
 * hold. */
#include "vectors.h"

#include <commonshelf/gzip.h>

#include "site_fixture.h"
#include "site_markup.h"
#include "support/language_table.h"

#define PAGE_MAX 30000 /* of a first page, with its styles */
#define SENT_MAX 8000 /* of both as they are sent */

static int setup(void **state)
{
    static struct fixture f;

    fixture_open(&f);
    *state = &f;
    return f.phrases ? 0 : -1;
}

static int teardown(void **state)
{
    fixture_close(*state);
    language_use(NULL, 0);
    language_set("en");
    return 0;
}

static const char *assert_page(struct fixture *f)
{
    const char *text = cs_buffer_text(&f->out);
    struct markup m;

    assert_non_null(text);
    if (!markup_read(&m, cs_buffer_span(&f->out), false))
        fail_msg("%s", m.fault);
    return text;
}

static void assert_has(const char *page, const char *part)
{
    if (!strstr(page, part))
        fail_msg("missing: %s\nin: %s", part, page);
}

static void assert_lacks(const char *page, const char *part)
{
    if (strstr(page, part))
        fail_msg("not expected: %s", part);
}

static struct record_view view_of(const struct fixture *f, size_t i)
{
    struct record_view view = {
        .row = &f->hit[i].row,
        .record = f->hit[i].record,
        .peer = f->hit[i].row.nid == STORE_SELF ? NULL : &f->peers[f->hit[i].row.nid - 2].row,
        .log_size = 1204,
    };

    return view;
}

static const struct home_figures figures = {612, 48212, true, 2};

enum { PAGE_RESULTS, PAGE_HOME, PAGE_RECORD, PAGE_PEERS, PAGE_ABOUT, PAGE_JOIN, PAGE_ERROR, PAGES };

static void write_page(struct fixture *f, int which, size_t record)
{
    struct record_view view = view_of(f, record);

    cs_buffer_reset(&f->out);
    switch (which) {
    case PAGE_RESULTS:
        page_results(&f->page, &f->request, &f->answer);
        break;
    case PAGE_HOME:
        page_home(&f->page, &f->answer, &figures);
        break;
    case PAGE_RECORD:
        page_record(&f->page, &view);
        break;
    case PAGE_PEERS:
        page_peers(&f->page, f->peers, 2, true);
        break;
    case PAGE_ABOUT:
        page_about(&f->page);
        break;
    case PAGE_JOIN:
        page_join(&f->page);
        break;
    default:
        page_error(&f->page, 404, "no_record");
    }
}

static void every_page_is_well_formed_and_light(void **state)
{
    struct cs_buffer sent = CS_BUFFER_INIT;
    struct fixture *f = *state;

    for (int which = 0; which < PAGES; which++) {
        for (size_t i = 0; i < FIXTURE_HITS; i++) {
            write_page(f, which, i);
            assert_has(assert_page(f), "<html lang=\"en\" dir=\"ltr\">");
            assert_true(f->out.n + style_text().n < PAGE_MAX);
        }
        cs_buffer_reset(&sent);
        assert_int_equal(cs_gzip(cs_buffer_span(&f->out), &sent), CS_OK);
        assert_int_equal(cs_gzip(style_text(), &sent), CS_OK);
        assert_true(sent.n < SENT_MAX);
    }
    cs_buffer_free(&sent);
}

static void results_say_who_has_it_and_how_fresh(void **state)
{
    struct fixture *f = *state;
    const char *page;

    write_page(f, PAGE_RESULTS, 0);
    page = assert_page(f);
    assert_has(page, "<h1>37 results</h1>");
    assert_has(page, "from <bdi>3</bdi> institutions");
    assert_has(page, "how a <mark>solar cooker</mark> heats");
    assert_has(page, "<bdi>Kivuli Learning Centre</bdi> <small>our own</small>");
    assert_has(page,
               "<bdi>Riverside School</bdi> <small><time datetime=\"2026-11-24T09:56:00Z\">as of "
               "<bdi>4 minutes ago</bdi></time>");
    assert_has(page, "<span class=\"dot late\"></span><bdi>Makers’ Yard</bdi> <small><time "
                     "datetime=\"2026-11-20T10:00:00Z\">last heard <bdi>4 days ago</bdi>");
    assert_has(page, "Open now");
    assert_has(page, "CC BY 4.0");
    assert_has(page, "Ask to borrow · <bdi>3</bdi> copies");
    assert_has(page, "Needed: can you help?");
    assert_has(page,
               "href=\"/record/cs1bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/"
               "urn%3Auuid%3A00000000-0000-4000-8000-000000000002\" lang=\"en\" dir=\"auto\">");
    assert_has(page, "lang=\"ar\" dir=\"auto\">");
    assert_has(page, "<title>solar cooker: 37 results · Kivuli Learning Centre</title>");
    assert_has(page, "value=\"solar cooker\"");
    assert_lacks(page, "still being put in order");
}

static void totals_that_are_not_exact_say_so(void **state)
{
    struct fixture *f = *state;

    f->answer.total = 10000;
    f->answer.total_exact = false;
    write_page(f, PAGE_RESULTS, 0);
    assert_has(assert_page(f), "More than 10,000 results");
}

static void facets_are_links_that_keep_the_question(void **state)
{
    static const struct search_filter filter[] = {{"inLanguage", "sw"}, {"category", "material"}};
    struct fixture *f = *state;
    const char *page;

    f->request.query = cs_span_of("a&b \"c\"");
    f->request.filter = filter;
    f->request.filters = 2;
    f->request.limit = 5;
    f->request.offset = 5;
    write_page(f, PAGE_RESULTS, 0);
    page = assert_page(f);
    /* One more. */
    assert_has(page,
               "\"/search?q=a%26b%20%22c%22&amp;filter=inLanguage:sw&amp;filter=category:material"
               "&amp;filter=availability:open&amp;limit=5\"");
    /* The chosen one taken away, in the list and above the results. */
    assert_has(page,
               "<a href=\"/search?q=a%26b%20%22c%22&amp;filter=category:material&amp;limit=5\" "
               "aria-current=\"true\"><span><bdi>Swahili</bdi> <small><bdi "
               "lang=\"sw\">Kiswahili</bdi></small>");
    assert_has(page, "<a class=\"chip\" href=\"/search?q=a%26b%20%22c%22&amp;filter=inLanguage:sw"
                     "&amp;limit=5\"><bdi>Learning material</bdi>");
    /* A new search keeps them. */
    assert_has(page, "<input type=\"hidden\" name=\"filter\" value=\"inLanguage:sw\">");
    /* Before and after. */
    assert_has(page,
               "rel=\"prev\" href=\"/search?q=a%26b%20%22c%22&amp;filter=inLanguage:sw&amp;filter="
               "category:material&amp;limit=5\"");
    assert_has(page, "&amp;limit=5&amp;offset=10\"");
    assert_has(page, "<ol class=\"hits\" start=\"6\">");
}

static void the_last_page_leads_no_further(void **state)
{
    struct fixture *f = *state;

    f->answer.total = FIXTURE_HITS;
    write_page(f, PAGE_RESULTS, 0);
    assert_lacks(assert_page(f), "class=\"pages\"");
    f->answer.total = 900000;
    f->request.offset = SEARCH_OFFSET_MAX;
    write_page(f, PAGE_RESULTS, 0);
    assert_lacks(assert_page(f), "rel=\"next\"");
    assert_has(assert_page(f), "A more exact question finds them");
}

static void finding_nothing_helps(void **state)
{
    struct fixture *f = *state;
    const char *page;

    f->answer.n = f->answer.facets = 0;
    f->answer.total = 0;
    write_page(f, PAGE_RESULTS, 0);
    page = assert_page(f);
    assert_has(page, "<h1>Nothing found</h1>");
    assert_has(page, "Try fewer words");
    assert_has(page, "Makers’ Yard</bdi>: last heard");
    assert_lacks(page, "class=\"facets\"");
}

/* An index that is not complete knows nothing for certain. */
static void nothing_is_no_truth_while_indexing(void **state)
{
    struct fixture *f = *state;
    const char *page;

    f->answer.n = f->answer.facets = 0;
    f->answer.total = 0;
    f->page.indexed = 12000;
    f->page.to_index = 90000;
    write_page(f, PAGE_RESULTS, 0);
    page = assert_page(f);
    assert_has(page, "<h1>Nothing found so far</h1>");
    assert_has(page, "<bdi>12,000</bdi> of <bdi>90,000</bdi> records so far");
    assert_lacks(page, "Neither here nor");
    write_page(f, PAGE_HOME, 0);
    assert_has(assert_page(f), "<bdi>12,000</bdi> of <bdi>90,000</bdi> records so far");
    assert_lacks(assert_page(f), "Nothing is catalogued");
}

static void a_record_is_told_whole(void **state)
{
    struct fixture *f = *state;
    struct markup m;
    const char *page;

    write_page(f, PAGE_RECORD, 2);
    page = assert_page(f);
    assert_has(page, "<h1 lang=\"en\" dir=\"auto\">The solar cooker: a teacher’s guide</h1>");
    assert_has(page,
               "<p class=\"other\" lang=\"sw\" dir=\"auto\">Jiko la jua: mwongozo wa mwalimu</p>");
    assert_has(page, "<p lang=\"sw\" dir=\"auto\">Mwongozo wa kufundisha");
    assert_has(page, "<a href=\"/search?q=Nuru%20Teachers%E2%80%99%20Press\">");
    assert_has(page,
               "Learning material</bdi> · <bdi>Book</bdi> · <bdi lang=\"en\">teacher’s guide");
    assert_has(page, "<dd><bdi>May 2021</bdi></dd>");
    assert_has(page, "<dd><bdi>12 weeks</bdi></dd>");
    assert_has(page, "<bdi>In copyright</bdi>");
    assert_has(page, "<bdi>9789976100426</bdi>");
    assert_has(page, "<bdi>urn:isbn:9789976100426</bdi>");
    assert_has(page, "Call number <bdi>530.7 OTI</bdi>");
    assert_has(page,
               "<a rel=\"noopener nofollow external\" "
               "href=\"https://opac.northgate.example:8443/bib/1204#top\" class=\"button main\">");
    assert_has(page, "<bdi>opac.northgate.example:8443</bdi>");
    assert_has(page, "Catalogued by <bdi>Makers’ Yard</bdi>");
    assert_has(page, "with <bdi>1,204</bdi> entries");
    assert_has(page, "href=\"/api/v1/record/cs1cccccccccc");
    /* "http:" licences are shown, not linked: only the owner's page leads away. */
    assert_true(markup_read(&m, cs_buffer_span(&f->out), false));
    assert_int_equal(m.links_out, 1);
    write_page(f, PAGE_RECORD, 0);
    page = assert_page(f);
    assert_has(page, "href=\"https://riverside.example/files/solar-cooker.pdf\"");
    assert_has(page, "PDF</bdi> · 1.2 MB · <bdi>riverside.example</bdi>");
}

static void what_is_not_published_says_so(void **state)
{
    struct fixture *f = *state;

    f->hit[0].row.as_of = 0;
    write_page(f, PAGE_RECORD, 0);
    assert_has(assert_page(f), "not in that institution’s signed catalogue yet");
    assert_lacks(assert_page(f), "checked here");
}

static void peers_are_told_as_they_are(void **state)
{
    struct fixture *f = *state;
    const char *page;

    write_page(f, PAGE_PEERS, 0);
    page = assert_page(f);
    assert_has(page, "<bdi>2</bdi> other institutions.");
    assert_has(page, "<bdi>6,208</bdi> records of theirs");
    assert_has(page, "kept here and up to date");
    assert_has(page, "silent; what is kept here may be out of date");
    assert_has(page, "href=\"https://peer0.example:7443\"");
    f->peers[0].standing = STANDING_ROLLED_BACK;
    f->peers[1].row.state = PEER_BLOCKED;
    snprintf(f->peers[0].row.problem, sizeof f->peers[0].row.problem, "secret detail");
    write_page(f, PAGE_PEERS, 0);
    page = assert_page(f);
    assert_has(page, "its catalogue contradicted what it had signed before");
    assert_has(page, "shut out");
    assert_lacks(page, "up to date");
    assert_lacks(page, "secret detail");
    cs_buffer_reset(&f->out);
    page_peers(&f->page, NULL, 0, false);
    assert_has(assert_page(f), "No other institution yet.");
}

static void home_counts_and_leads_on(void **state)
{
    struct fixture *f = *state;
    const char *page;

    write_page(f, PAGE_HOME, 0);
    page = assert_page(f);
    assert_has(page,
               "<bdi>612</bdi> records of our own · <bdi>48,212</bdi> from <bdi>2</bdi> other");
    assert_has(page,
               "<a href=\"/search?q=&amp;filter=category:equipment\"><span>Equipment and kits");
    assert_has(page, "<label for=\"q\">");
    assert_lacks(page, "filter=category:room"); /* there is none */
}

static void errors_speak_to_people(void **state)
{
    struct fixture *f = *state;

    cs_buffer_reset(&f->out);
    f->page.phrases = NULL; /* as for errors that the server finds itself */
    page_error(&f->page, 400, "unknown_parameter");
    assert_has(assert_page(f), "does not know");
    cs_buffer_reset(&f->out);
    page_error(&f->page, 500, "never heard of");
    assert_has(assert_page(f), "Nothing is lost");
    f->page.phrases = f->phrases;
}

static void the_node_id_can_be_copied_whole(void **state)
{
    struct fixture *f = *state;

    write_page(f, PAGE_ABOUT, 0);
    assert_has(assert_page(f), "<span>cs1</span><wbr><span>aaaa</span><wbr>");
    assert_lacks(assert_page(f), "<span>aaa</span>");
}

static unsigned only_form(unsigned long n)
{
    (void)n;
    return 0;
}

static void another_language_turns_the_page(void **state)
{
    static const struct language_message message = {"Search", "بحث", 1};
    static const struct language_table arabic = {"ar-EG", only_form, 1, &message};
    static const struct language_table *const tables[] = {&arabic};
    struct fixture *f = *state;

    language_use(tables, 1);
    language_set("ar");
    write_page(f, PAGE_RESULTS, 0);
    assert_has(assert_page(f), "<html lang=\"ar-EG\" dir=\"rtl\">");
    assert_has(assert_page(f), "<button>بحث</button>");
    assert_has(assert_page(f), "٢٠٢٤");
}

/* ---- hostile records */

/* The same value with every string in it replaced. */
static json_t *poison(const json_t *value, const char *text)
{
    json_t *out, *item;
    const char *key;
    size_t i;

    if (json_is_string(value))
        return json_stringn_nocheck(text, strlen(text));
    if (json_is_array(value)) {
        out = json_array();
        json_array_foreach((json_t *)(uintptr_t)value, i, item)
            json_array_append_new(out, poison(item, text));
        return out;
    }
    if (json_is_object(value)) {
        out = json_object();
        json_object_foreach((json_t *)(uintptr_t)value, key, item)
            json_object_set_new(out, key, poison(item, text));
        return out;
    }
    return json_deep_copy(value);
}

static void poison_fixture(struct fixture *f, const char *text)
{
    struct search_hit *h = &f->hit[2];
    json_t *poisoned = poison(h->record, text);

    json_decref((json_t *)(uintptr_t)h->record);
    h->record = poisoned;
    h->name = h->name_lang = h->snippet = h->snippet_lang = h->availability = text;
    f->page.name = f->page.place = text;
    f->request.query = cs_span_of(text);
    for (size_t i = 0; i < 2; i++) {
        struct node_row *node = &f->peers[i].row.node;

        f->peer[i].name = text;
        snprintf(node->name, sizeof node->name, "%s", text);
        snprintf(node->place, sizeof node->place, "%s", text);
        snprintf(node->url, sizeof node->url, "%s", text);
    }
    snprintf(h->row.node_name, sizeof h->row.node_name, "%s", text);
    snprintf(h->row.shelf, sizeof h->row.shelf, "%s", text);
    for (size_t i = 0; i < 3; i++)
        f->category[i].value = text;
    f->language[3].value = f->availability[0].value = f->node[1].value = text;
}

static void assert_all_inert(struct fixture *f, const char *text)
{
    struct markup m;

    poison_fixture(f, text);
    for (int which = 0; which < PAGES; which++) {
        write_page(f, which, 2);
        assert_false(f->out.failed);
        if (!markup_read(&m, cs_buffer_span(&f->out), false))
            fail_msg("page %d: %s (from: %s)", which, m.fault, text);
        if (memmem(f->out.p, f->out.n, "\xe2\x80\xae", 3))
            fail_msg("page %d turns the direction of reading", which);
    }
}

static void hostile_records_are_inert(void **state)
{
    static const char *const strings[] = {
        "<script>alert(1)</script>",
        "\"><img onerror=alert(1) src=x>",
        "javascript:alert(1)",
        "\xe2\x80\xaetxt.exe\xe2\x81\xa6",
        "</title></main><script>",
        "https://x.example/\"onclick=\"x",
        "https://user:pass@x.example/",
        "%s%n%99$s",
        "\x02<b>\x03</b>\x02",
        "'",
        "&",
        "\xff\xfe",
    };

    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        assert_all_inert(*state, strings[i]);
}

static void naughty_records_are_inert(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    char path[1000];
    json_t *list;

    vectors_path("strings/blns.json", path, sizeof path);
    vectors_load(path, &text);
    assert_non_null(list = json_loadb((const char *)text.p, text.n, 0, NULL));
    for (size_t i = 0; i < json_array_size(list); i++)
        assert_all_inert(*state, json_string_value(json_array_get(list, i)));
    json_decref(list);
    cs_buffer_free(&text);
}

/* A later version of the protocol may give members other shapes. */
static void members_of_other_shapes_are_left_out(void **state)
{
    static const char *const shapes[] = {"null",
                                         "1",
                                         "1e300",
                                         "true",
                                         "{}",
                                         "[]",
                                         "[1,null,{}]",
                                         "[[\"x\"]]",
                                         "{\"value\":1}",
                                         "[{\"value\":\"x\"}]",
                                         "[{\"value\":\"x\",\"lang\":7}]",
                                         "\"\""};
    struct fixture *f = *state;
    const char *key;
    json_t *item;

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        json_t *shape = json_loads(shapes[i], JSON_DECODE_ANY, NULL);
        json_t *record = json_object();

        json_object_foreach((json_t *)(uintptr_t)f->hit[2].record, key, item)
            json_object_set(record, key, shape);
        json_object_set(record, "encoding", shape);
        json_decref((json_t *)(uintptr_t)f->hit[2].record);
        f->hit[2].record = record;
        f->hit[2].name = f->hit[2].name_lang = f->hit[2].snippet_lang = NULL;
        f->hit[2].availability = "unknown";
        write_page(f, PAGE_RESULTS, 2);
        assert_has(assert_page(f), "Without a title");
        write_page(f, PAGE_RECORD, 2);
        assert_page(f);
        json_decref(shape);
    }
}

static void memory_may_run_out_anywhere(void **state)
{
    struct fixture *f = *state;
    bool whole = false;

    for (unsigned long n = 1; !whole && n < 200; n++) {
        cs_buffer_free(&f->out);
        f->out = (struct cs_buffer){.alloc = memory_allocator()};
        memory_fail_at(n);
        write_page(f, PAGE_RESULTS, 0);
        memory_fail_at(0);
        whole = !f->out.failed;
        if (whole)
            assert_page(f);
    }
    assert_true(whole);
}

/* ---- what may be asked */

static const char *fault(const char *query)
{
    struct question q;
    const char *code;

    if (question_read(cs_span_of(query), &q, &code))
        assert_non_null(code);
    else
        assert_null(code);
    question_free(&q);
    return code ? code : "";
}

static void questions_are_read_strictly(void **state)
{
    static const struct {
        const char *query, *code;
    } cases[] = {
        {"", ""},
        {"?q=solar+cooker&limit=100&offset=10000", ""},
        {"?q=%27%3B--", ""},
        {"?filter=type:Book&filter=type:Map&filter=inLanguage:sw", ""},
        {"?sort=title%3Bdrop", "unknown_parameter"},
        {"?Q=x", "unknown_parameter"},
        {"?q=a&q=b", "repeated_parameter"},
        {"?limit=0", "bad_limit"},
        {"?limit=101", "bad_limit"},
        {"?limit=", "bad_limit"},
        {"?limit=1.5", "bad_limit"},
        {"?offset=-1", "bad_offset"},
        {"?offset=1e18", "bad_offset"},
        {"?offset=99999999999999999999", "bad_offset"},
        {"?offset=10001", "bad_offset"},
        {"?offset=%201", "bad_offset"},
        {"?filter=Book", "bad_filter"},
        {"?filter=shelf:private", "bad_filter"},
        {"?filter=type:", "bad_filter"},
        {"?filter=", "bad_filter"},
        {"?q=%ff", "bad_query"},
        {"?q=%00", "bad_query"},
        {"?filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a&"
         "filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a&"
         "filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a&filter=kind:a",
         "too_many_filters"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(fault(cases[i].query), cases[i].code);
    /* Every code has a sentence. */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (*cases[i].code)
            assert_non_null(error_sentence(cases[i].code));
}

static void long_filters_are_refused(void **state)
{
    char query[300] = "?filter=type:";
    size_t n = strlen(query);

    (void)state;
    memset(query + n, 'x', 199);
    assert_string_equal(fault(query), "");
    query[n + 199] = 'x';
    assert_string_equal(fault(query), "bad_filter");
}

static void records_are_named_strictly(void **state)
{
#define NODE "cs1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define UUID "00000000-0000-4000-8000-000000000001"
    static const char *const good[] = {
        "/record/" NODE "/urn%3Auuid%3A" UUID,
        "/record/" NODE "/urn:uuid:" UUID,
        ("/record/%63s1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/urn%3auuid%3a" UUID),
    };
    static const char *const bad[] = {
        "/record/",
        "/record/" NODE,
        "/record/" NODE "/",
        "/record/" NODE "/" UUID,
        "/record/" NODE "/urn:uuid:" UUID "/x",
        "/record/" NODE "/urn:uuid:" UUID "%00",
        "/record/../" NODE "/urn:uuid:" UUID,
        "/record/" NODE "%2Furn:uuid:" UUID,
        "/record/cs1/urn:uuid:" UUID,
        "/elsewhere",
    };
    struct cs_node_id node;
    struct cs_uuid id;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(question_record(cs_span_of(good[i]), "/record/", &node, &id), 0);
        assert_string_equal(node.s, NODE);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!question_record(cs_span_of(bad[i]), "/record/", &node, &id))
            fail_msg("taken: %s", bad[i]);
}

static void the_stylesheet_is_named_by_its_content(void **state)
{
    (void)state;
    assert_int_equal(strlen(style_path()), strlen("/style-0123456789abcdef.css"));
    assert_non_null(memmem(style_text().p, style_text().n, "prefers-color-scheme: dark", 26));
    assert_true(cs_utf8_valid(style_text()));
}

#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(every_page_is_well_formed_and_light),
        PAGE_TEST(results_say_who_has_it_and_how_fresh),
        PAGE_TEST(totals_that_are_not_exact_say_so),
        PAGE_TEST(facets_are_links_that_keep_the_question),
        PAGE_TEST(the_last_page_leads_no_further),
        PAGE_TEST(finding_nothing_helps),
        PAGE_TEST(nothing_is_no_truth_while_indexing),
        PAGE_TEST(a_record_is_told_whole),
        PAGE_TEST(what_is_not_published_says_so),
        PAGE_TEST(peers_are_told_as_they_are),
        PAGE_TEST(home_counts_and_leads_on),
        PAGE_TEST(errors_speak_to_people),
        PAGE_TEST(the_node_id_can_be_copied_whole),
        PAGE_TEST(another_language_turns_the_page),
        PAGE_TEST(hostile_records_are_inert),
        PAGE_TEST(naughty_records_are_inert),
        PAGE_TEST(members_of_other_shapes_are_left_out),
        PAGE_TEST(memory_may_run_out_anywhere),
        cmocka_unit_test(questions_are_read_strictly),
        cmocka_unit_test(long_filters_are_refused),
        cmocka_unit_test(records_are_named_strictly),
        cmocka_unit_test(the_stylesheet_is_named_by_its_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
