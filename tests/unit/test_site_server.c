/* The whole site behind a real server, over a real home: what an anonymous reader gets, and
 * doesn't. */
#include "tests/unit/home_fixture.h"

#include <arpa/inet.h>
#include <commonshelf/gzip.h>
#include <commonshelf/record.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "search/search.h"
#include "site/site.h"
#include "tests/unit/site_markup.h"

#define ANSWER_MAX (1u << 20)
#define ANSWER_SECONDS 20

static struct test_home home;
static struct site *site;
static struct http_server *server;
static struct search_index *search;
static char address[ADDRESS_TEXT];
static struct cs_node_id school;

/* ---- a home with a public and a private record, and one of a peer */

static void import_one(const char *shelf, const char *key, const char *name)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b = catalogue_batch_begin(home.catalogue, shelf, key, "test", &why);
    struct batch_result result;

    assert_went_well(!b, why);
    home_stage(b, key, name);
    assert_went_well(catalogue_batch_live(&b, &result, &why), why);
}

/* A record that came from another institution, as sync would have stored it. */
static void mirror_one(void)
{
    static const char record[] =
        "{\"id\":\"urn:uuid:00000000-0000-4000-8000-000000000007\",\"rev\":2,\"kind\":\"resource\","
        "\"category\":\"equipment\",\"name\":\"Telescope <b>of the "
        "school</b>\",\"inLanguage\":[\"en\"],"
        "\"url\":\"https://riverside.example/telescope\"}";
    struct problem why = PROBLEM_INIT;
    struct cs_checkpoint checkpoint = {.size = 2, .time = clock_now() - 7200};
    struct cs_profile profile = {.version = 1, .name = "Riverside School", .place = "Riverside"};
    struct cs_hash leaf = {{0}};
    struct cs_range range;
    struct cs_uuid id;
    struct transaction *t;
    row_id nid, lid;
    bool stale;

    memset(&school, 0, sizeof school);
    memcpy(school.s, "cs1", 3);
    memset(school.s + 3, 'a', CS_NODE_ID_LEN - 3);
    profile.node = school;
    cs_origin_write(&school, "public", 1, checkpoint.origin);
    cs_range_init(&range);
    cs_range_add_leaf(&range, &leaf);
    cs_range_add_leaf(&range, &leaf);
    assert_int_equal(cs_uuid_read(cs_span_of("urn:uuid:00000000-0000-4000-8000-000000000007"), &id),
                     CS_OK);
    t = store_begin(home.store, &why);
    assert_went_well(!t, why);
    assert_went_well(store_node_add(t, &school, &nid, &why), why);
    assert_went_well(store_profile_put(t, nid, &profile, cs_span_of("x"), &why), why);
    assert_went_well(store_peer_put(t, nid, PEER_ACTIVE, "127.0.0.0/8", clock_now(), &why), why);
    assert_went_well(store_log_add(t, nid, "public", 1, &lid, &why), why);
    assert_went_well(store_mirror_checkpoint(t, lid, &checkpoint, cs_span_of("x"), "", &why), why);
    assert_went_well(store_mirror_put(t, nid, lid, &id, 2, 1, cs_span_of(record), &stale, &why),
                     why);
    assert_went_well(store_mirror_advance(t, lid, &range, &why), why);
    assert_went_well(store_peer_result(t, nid, clock_now() - 3600, true, NULL, &why), why);
    assert_went_well(store_commit(&t, &why), why);
}

static void serve(void)
{
    struct problem why = PROBLEM_INIT;
    struct http_server_config config = {
        .local = "127.0.0.1:0", .loops = 2, .error_page = site_error_page};
    struct config settings;

    config_defaults(&settings);
    snprintf(settings.name, sizeof settings.name, "Kivuli <Learning> Centre");
    site = site_new(test_directory, home.store, &settings, &why);
    assert_went_well(!site, why);
    config.error_page_arg = site;
    server = http_server_new(&config, &why);
    assert_went_well(!server, why);
    assert_went_well(site_register(site, server, &why), why);
    assert_went_well(http_server_start(server, &why), why);
    assert_true(http_server_address(server, HTTP_LOCAL, address));
}

static int set_up(void **state)
{
    struct problem why = PROBLEM_INIT;
    bool behind;

    if (test_directory_make(state))
        return -1;
    home_create(&home);
    import_one("public", "p1", "Fractions with paper");
    home_publish(&home, "public");
    import_one("public", "p2", "Fractions not yet published");
    import_one("staff", "s1", "Fractions answer key");
    mirror_one();
    search = search_index_open(test_directory, &behind, &why);
    assert_went_well(!search, why);
    assert_went_well(search_index_catch_up(search, home.store, NULL, NULL, &why), why);
    serve();
    return 0;
}

static int tear_down(void **state)
{
    http_server_free(server);
    site_free(site);
    search_index_close(search);
    home_close(&home);
    return test_directory_remove(state);
}

/* ---- a reader */

struct answer {
    unsigned status;
    char *text; /* all of it */
    char *body;
    size_t n; /* of the body */
};

static int reach(void)
{
    struct timeval limit = {ANSWER_SECONDS, 0};
    struct sockaddr_storage to;
    socklen_t length;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    assert_int_equal(address_read(address, &to, &length), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, length), 0);
    return fd;
}

static struct answer ask(const char *method, const char *target, const char *headers)
{
    struct answer a = {0, calloc(1, ANSWER_MAX), NULL, 0};
    char request[4000];
    ssize_t got;
    size_t n = 0;
    int fd = reach();

    assert_non_null(a.text);
    snprintf(request, sizeof request,
             "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", method, target,
             headers);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    while (n < ANSWER_MAX - 1 && (got = recv(fd, a.text + n, ANSWER_MAX - 1 - n, 0)) > 0)
        n += (size_t)got;
    close(fd);
    assert_int_equal(sscanf(a.text, "HTTP/1.1 %u ", &a.status), 1);
    a.body = memmem(a.text, n, "\r\n\r\n", 4);
    assert_non_null(a.body);
    *a.body = '\0';
    a.body += 4;
    a.n = n - (size_t)(a.body - a.text);
    return a;
}

static struct answer get(const char *target)
{
    return ask("GET", target, "Accept: text/html\r\n");
}

static void assert_has(const char *text, const char *part)
{
    if (!strcasestr(text, part))
        fail_msg("missing: %s\nin: %s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("not expected: %s", part);
}

static void assert_page(const struct answer *a)
{
    struct markup m;

    assert_has(a->text, "content-type: text/html; charset=utf-8");
    assert_has(a->text,
               "content-security-policy: default-src 'none'; style-src 'self'; img-src 'self'; "
               "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    assert_has(a->text, "referrer-policy: no-referrer");
    assert_has(a->text, "x-content-type-options: nosniff");
    assert_has(a->text, "permissions-policy:");
    assert_has(a->text, "content-language: en");
    assert_null(strcasestr(a->text, "set-cookie"));
    if (!markup_read(&m, cs_span_make(a->body, a->n), false))
        fail_msg("%s", m.fault);
}

static void expect_page(const char *target, unsigned status, const char *part)
{
    struct answer a = get(target);

    if (a.status != status)
        fail_msg("%u, not %u, for %s", a.status, status, target);
    assert_page(&a);
    assert_has(a.body, part);
    free(a.text);
}

static json_t *expect_json(const char *target, unsigned status)
{
    struct answer a = ask("GET", target, "Accept: text/html, */*\r\n");
    json_t *json = json_loadb(a.body, a.n, JSON_REJECT_DUPLICATES, NULL);

    if (a.status != status)
        fail_msg("%u, not %u, for %s", a.status, status, target);
    assert_has(a.text, status == 200 ? "content-type: application/json"
                                     : "content-type: application/problem+json");
    assert_non_null(json);
    free(a.text);
    return json;
}

/* The path of an own record's page, by its identifier in the source. */
static void own_path(const char *before, const char *source, char out[400])
{
    struct problem why = PROBLEM_INIT;
    struct cs_buffer json = CS_BUFFER_INIT;
    char urn[CS_URN_UUID_LEN + 1];
    struct record_row row;
    row_id rids[16];
    size_t n;
    bool found;

    assert_went_well(store_record_ids(home.reader, 0, 0, rids, 16, &n, &why), why);
    for (size_t i = 0; i < n; i++) {
        cs_buffer_reset(&json);
        assert_went_well(store_record_get(home.reader, rids[i], &row, &json, &found, &why), why);
        if (!found || !memmem(json.p, json.n, source, strlen(source)))
            continue;
        cs_uuid_write(&row.id, urn);
        snprintf(out, 400, "%s%s/urn%%3Auuid%%3A%s", before, row.node.s, urn + 9);
        cs_buffer_free(&json);
        return;
    }
    fail_msg("no record %s", source);
}

/* ---- tests */

static void pages_are_served(void **state)
{
    (void)state;
    expect_page("/", 200, "Kivuli &lt;Learning&gt; Centre");
    expect_page("/search?q=fractions", 200, "Fractions with paper");
    expect_page("/search?q=telescope", 200, "Riverside School");
    expect_page("/search?q=", 200, "Everything there is");
    expect_page("/search?q=zzzz", 200, "Nothing found");
    expect_page("/peers", 200, "Riverside School");
    expect_page("/about", 200, "<code class=\"id\"><span>cs1</span>");
    expect_page("/csh/join", 200, "commonshelf join");
}

static void a_peers_record_is_shown_as_text(void **state)
{
    char path[400];

    (void)state;
    snprintf(path, sizeof path, "/record/%s/urn%%3Auuid%%3A00000000-0000-4000-8000-000000000007",
             school.s);
    expect_page(path, 200,
                "<h1 lang=\"en\" dir=\"auto\">Telescope &lt;b&gt;of the school&lt;/b&gt;</h1>");
    expect_page(path, 200, "2 hours ago");
    expect_page(path, 200, "signatures were checked here");
    expect_page(path, 200, "Catalogued by <bdi>Riverside School</bdi>");
    expect_page(path, 200, "href=\"https://riverside.example/telescope\"");
}

static void own_records_are_shown_once_published(void **state)
{
    char path[400];

    (void)state;
    own_path("/record/", "Fractions with paper", path);
    expect_page(path, 200, "our signed catalogue");
    own_path("/record/", "not yet published", path);
    expect_page(path, 404, "");
}

/* As if it did not exist: the same words as for one that doesn't. */
static void private_records_are_not_there(void **state)
{
    struct answer a, b;
    char path[400];

    (void)state;
    own_path("/record/", "answer key", path);
    a = get(path);
    path[strlen(path) - 1] ^= 1;
    b = get(path);
    assert_int_equal(a.status, 404);
    assert_page(&a);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.body, b.body, a.n);
    free(a.text);
    free(b.text);
    own_path("/api/v1/record/", "answer key", path);
    json_decref(expect_json(path, 404));
    a = get("/search?q=answer+key");
    assert_lacks(a.body, "Fractions answer");
    free(a.text);
    a = get("/api/v1/search?q=fractions");
    assert_lacks(a.body, "answer key");
    free(a.text);
}

static void a_blocked_peers_record_is_gone(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct transaction *t = store_begin(home.store, &why);
    struct node_row node;
    char path[400];
    bool found;

    (void)state;
    assert_went_well(!t, why);
    assert_went_well(store_node_find(transaction_reader(t), &school, &node, &found, &why), why);
    assert_went_well(store_peer_put(t, node.nid, PEER_BLOCKED, "127.0.0.0/8", clock_now(), &why),
                     why);
    assert_went_well(store_commit(&t, &why), why);
    snprintf(path, sizeof path, "/record/%s/urn%%3Auuid%%3A00000000-0000-4000-8000-000000000007",
             school.s);
    expect_page(path, 404, "no such record");
    expect_page("/peers", 200, "shut out");
}

static void programs_get_json(void **state)
{
    char path[400];
    json_t *json;

    (void)state;
    json = expect_json("/api/v1/search?q=telescope", 200);
    assert_int_equal(json_integer_value(json_object_get(json, "total")), 1);
    json_decref(json);
    snprintf(path, sizeof path,
             "/api/v1/record/%s/urn%%3Auuid%%3A00000000-0000-4000-8000-000000000007", school.s);
    json = expect_json(path, 200);
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "record"), "url")),
                        "https://riverside.example/telescope");
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "node"), "id")),
                        school.s);
    assert_int_equal(strlen(json_string_value(json_object_get(json, "as_of"))), CLOCK_TEXT - 1);
    json_decref(json);
    own_path("/api/v1/record/", "not yet published", path);
    json_decref(expect_json(path, 404));
    json = expect_json("/healthz", 200);
    assert_true(json_is_true(json_object_get(json, "ok")));
    json_decref(json);
}

static void bad_requests_are_told_apart(void **state)
{
    static const struct {
        const char *target;
        unsigned status;
        const char *code;
    } cases[] = {
        {"search?sort=title%3Bdrop", 400, "unknown_parameter"},
        {"search?q=a&limit=0", 400, "bad_limit"},
        {"search?q=a&limit=101", 400, "bad_limit"},
        {"search?q=a&offset=-1", 400, "bad_offset"},
        {"search?q=a&offset=1000000000000000000", 400, "bad_offset"},
        {"search?q=a&filter=type:%27%25", 200, NULL},
        {"search?q=a&filter=shelf:x", 400, "bad_filter"},
        {"record/x/y", 404, "no_record"},
        {"record/", 404, "no_record"},
        {"record/a/b?x=1", 400, "unknown_parameter"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char target[200];
        json_t *json;

        snprintf(target, sizeof target, "/%s", cases[i].target);
        expect_page(target, cases[i].status, "<h1>");
        snprintf(target, sizeof target, "/api/v1/%s", cases[i].target);
        json = expect_json(target, cases[i].status);
        if (cases[i].code) {
            assert_string_equal(json_string_value(json_object_get(json, "code")), cases[i].code);
            assert_int_equal(json_integer_value(json_object_get(json, "status")), cases[i].status);
            assert_non_null(json_object_get(json, "detail"));
        }
        json_decref(json);
    }
    expect_page("/?x=1", 400, "<h1>");
    expect_page("/peers?x", 400, "<h1>");
    expect_page("/about?", 400, "<h1>");
}

static void wrong_addresses_get_a_page_without_echo(void **state)
{
    struct answer a = get("/nowhere/%3Cscript%3Ealert(1)");

    (void)state;
    assert_int_equal(a.status, 404);
    assert_page(&a);
    assert_lacks(a.body, "nowhere");
    assert_lacks(a.body, "alert");
    free(a.text);
    a = ask("GET", "/nowhere", "Accept: application/json\r\n");
    assert_int_equal(a.status, 404);
    assert_has(a.text, "application/problem+json");
    free(a.text);
    a = ask("POST", "/search", "Content-Length: 0\r\nAccept: text/html\r\n");
    assert_int_equal(a.status, 405);
    assert_has(a.text, "allow: GET, HEAD");
    assert_has(a.body, "That was not understood");
    free(a.text);
}

static void the_stylesheet_may_be_kept_for_ever(void **state)
{
    struct answer page = get("/about"), a;
    const char *path = strstr(page.body, "/style-");
    char target[60];

    (void)state;
    assert_non_null(path);
    snprintf(target, sizeof target, "%.*s", (int)strcspn(path, "\""), path);
    a = ask("GET", target, "");
    assert_int_equal(a.status, 200);
    assert_has(a.text, "content-type: text/css");
    assert_has(a.text, "immutable");
    free(a.text);
    free(page.text);
    a = ask("GET", "/favicon.ico", "");
    assert_int_equal(a.status, 200);
    assert_has(a.text, "image/svg+xml");
    free(a.text);
    a = ask("GET", "/robots.txt", "");
    assert_has(a.body, "Disallow: /search");
    free(a.text);
}

static void pages_are_compressed_for_those_who_can(void **state)
{
    struct answer plain = get("/search?q=fractions");
    struct answer small = ask("GET", "/search?q=fractions",
                              "Accept: text/html\r\nAccept-Encoding: br, gzip;q=0.5\r\n");
    struct answer refused =
        ask("GET", "/search?q=fractions", "Accept: text/html\r\nAccept-Encoding: gzip;q=0\r\n");
    struct cs_buffer out = CS_BUFFER_INIT;

    (void)state;
    assert_has(small.text, "content-encoding: gzip");
    assert_has(small.text, "vary: Accept-Language, Accept-Encoding");
    assert_true(small.n < plain.n);
    assert_int_equal(cs_gunzip(cs_span_make(small.body, small.n), ANSWER_MAX, &out), CS_OK);
    assert_int_equal(out.n, plain.n);
    assert_null(strcasestr(refused.text, "content-encoding"));
    cs_buffer_free(&out);
    free(plain.text);
    free(small.text);
    free(refused.text);
}

static void what_is_held_is_not_sent_again(void **state)
{
    struct answer a = get("/about"), b;
    const char *etag = strcasestr(a.text, "etag: ");
    char headers[200];

    (void)state;
    assert_non_null(etag);
    snprintf(headers, sizeof headers, "Accept: text/html\r\nIf-None-Match: %.*s\r\n",
             (int)strcspn(etag + 6, "\r"), etag + 6);
    b = ask("GET", "/about", headers);
    assert_int_equal(b.status, 304);
    assert_int_equal(b.n, 0);
    free(a.text);
    free(b.text);
    a = ask("HEAD", "/about", "");
    assert_int_equal(a.status, 200);
    assert_int_equal(a.n, 0);
    free(a.text);
}

static void an_index_on_its_way_is_told(void **state)
{
    (void)state;
    site_indexing(site, 1, 20);
    expect_page("/search?q=zzzz", 200, "Nothing found so far");
    site_indexing(site, 0, 0);
    expect_page("/search?q=zzzz", 200, "<h1>Nothing found</h1>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_served),
        cmocka_unit_test(a_peers_record_is_shown_as_text),
        cmocka_unit_test(own_records_are_shown_once_published),
        cmocka_unit_test(private_records_are_not_there),
        cmocka_unit_test(programs_get_json),
        cmocka_unit_test(bad_requests_are_told_apart),
        cmocka_unit_test(wrong_addresses_get_a_page_without_echo),
        cmocka_unit_test(the_stylesheet_may_be_kept_for_ever),
        cmocka_unit_test(pages_are_compressed_for_those_who_can),
        cmocka_unit_test(what_is_held_is_not_sent_again),
        cmocka_unit_test(an_index_on_its_way_is_told),
        cmocka_unit_test(a_blocked_peers_record_is_gone),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
