/*
 * The server over the wire: a real one on loopback, asked byte by byte.
 */
#include "tests/unit/http_wire.h"

static int begin_with(void **state, const struct http_limits *limits, unsigned loops)
{
    struct fixture *f = malloc(sizeof *f);

    fixture_prepare(f);
    fixture_start(f, limits, loops);
    *state = f;
    return 0;
}

static int begin(void **state)
{
    return begin_with(state, &(struct http_limits){0}, 1);
}

static int begin_two_loops(void **state)
{
    return begin_with(state, &(struct http_limits){0}, 2);
}

static int end(void **state)
{
    struct fixture *f = *state;

    fixture_end(f);
    free(f);
    return 0;
}

/* ---- what everybody does */

static void keeps_alive(struct fixture *f, bool tls)
{
    struct wire w;
    struct answer a;
    char value[256];

    wire_open(&w, f, tls);
    for (int i = 0; i < 3; i++)
        expect(&w, GET("/hello"), 200, "hello\n");
    assert_true(wire_say(&w, "GET /hello HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
    assert_true(wire_read(&w, &a, false));
    assert_string_equal(answer_header(&a, "Connection", value), "close");
    assert_non_null(answer_header(&a, "Date", value));
    assert_int_equal(strlen(value), HTTP_DATE - 1);
    assert_string_equal(answer_header(&a, "Content-Type", value), "text/plain");
    assert_string_equal(answer_header(&a, "Cache-Control", value), "no-store");
    assert_string_equal(answer_header(&a, "X-Content-Type-Options", value), "nosniff");
    assert_null(answer_header(&a, "Server", value));
    answer_free(&a);
    assert_true(wire_end(&w) < 3000);
    assert_int_equal(w.notified, tls);
    wire_close(&w);
}

static void test_keep_alive(void **state)
{
    keeps_alive(*state, false);
    keeps_alive(*state, true);
}

static void pipelines(struct fixture *f, bool tls)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct answer a;
    struct wire w;

    for (int i = 0; i < 200; i++)
        cs_buffer_printf(&text,
                         "GET /tree/%d HTTP/1.1\r\n" HOST "\r\n"
                         "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\n%03d",
                         i, i);
    cs_buffer_add_text(&text, GET("/defer") GET("/late") GET("/hello"));
    wire_open(&w, f, tls);
    assert_true(wire_send(&w, text.p, text.n));
    for (int i = 0; i < 200; i++) {
        char expected[32];

        snprintf(expected, sizeof expected, "short /tree/%d", i);
        assert_true(wire_read(&w, &a, false));
        assert_string_equal((char *)a.body, expected);
        answer_free(&a);
        snprintf(expected, sizeof expected, "%03d", i);
        assert_true(wire_read(&w, &a, false));
        assert_string_equal((char *)a.body, expected);
        answer_free(&a);
    }
    expect(&w, "", 200, "worker 1");
    expect(&w, "", 200, "late\n");
    expect(&w, "", 200, "hello\n");
    wire_close(&w);
    cs_buffer_free(&text);
}

static void test_pipelining(void **state)
{
    pipelines(*state, false);
    pipelines(*state, true);
}

/* Requests that are all sent before the end of what the client sends are all answered. */
static void test_half_close(void **state)
{
    struct wire w;

    wire_open(&w, *state, false);
    assert_true(wire_say(&w, GET("/hello") GET("/defer") GET("/late")));
    assert_int_equal(shutdown(w.fd, SHUT_WR), 0);
    expect(&w, "", 200, "hello\n");
    expect(&w, "", 200, "worker 1");
    expect(&w, "", 200, "late\n");
    assert_true(wire_end(&w) < 3000);
    wire_close(&w);
}

static void test_byte_by_byte(void **state)
{
    static const char text[] =
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n12345" GET("/hello");

    for (int tls = 0; tls < 2; tls++) {
        struct wire w;

        wire_open(&w, *state, tls);
        for (size_t i = 0; i < sizeof text - 1; i++)
            assert_true(wire_send(&w, text + i, 1));
        expect(&w, "", 200, "12345");
        expect(&w, "", 200, "hello\n");
        wire_close(&w);
    }
}

static void test_head(void **state)
{
    static const char *const paths[] = {"/hello", "/tagged", "/file", "/large", "/big"};
    struct wire w;

    wire_open(&w, *state, true);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct answer head, get;
        char request[100], of_head[256], of_get[256];

        snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\n" HOST "\r\n", paths[i]);
        assert_true(wire_say(&w, request));
        assert_true(wire_read(&w, &head, true));
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", paths[i]);
        assert_true(wire_say(&w, request));
        assert_true(wire_read(&w, &get, false));
        assert_int_equal(head.status, 200);
        assert_string_equal(answer_header(&head, "Content-Length", of_head),
                            answer_header(&get, "Content-Length", of_get));
        answer_free(&head);
        answer_free(&get);
    }
    expect(&w, "HEAD /none HTTP/1.1\r\n" HOST "\r\n", 404, "");
    expect(&w, GET("/hello"), 200, "hello\n");
    wire_close(&w);
}

static void test_routes(void **state)
{
    struct wire w, l;
    struct answer a;
    char value[256];

    wire_open(&w, *state, true);
    wire_open(&l, *state, false);
    expect(&w, GET("/tree/"), 200, "short /tree/");
    expect(&w, GET("/tree/deep/one?x"), 200, "exact /tree/deep/one?x");
    expect(&w, GET("/tree/deep/one/"), 200, "long /tree/deep/one/");
    expect(&w, GET("/tree/../hello"), 200, "short /tree/../hello");
    expect(&w, GET("/tree"), 404, NULL);
    expect(&w, GET("/hello/"), 404, NULL);
    expect(&w, GET("/%68ello"), 404, NULL);
    expect(&w, GET("//hello"), 404, NULL);
    expect(&w, GET("/local"), 404, NULL);
    expect(&l, GET("/local"), 200, "hello\n");
    assert_true(wire_say(&w, "POST /hello HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"));
    assert_true(wire_read(&w, &a, false));
    assert_int_equal(a.status, 405);
    assert_string_equal(answer_header(&a, "Allow", value), "GET, HEAD");
    answer_free(&a);
    assert_true(wire_say(&w, GET("/echo")));
    assert_true(wire_read(&w, &a, false));
    assert_int_equal(a.status, 405);
    assert_string_equal(answer_header(&a, "Allow", value), "POST");
    answer_free(&a);
    wire_close(&w);
    wire_close(&l);
}

/* ---- conditions, ranges, files */

static void test_conditions(void **state)
{
    struct wire w;
    struct answer a;
    char value[256];

    wire_open(&w, *state, true);
    ask(&w, "/tagged", "If-None-Match: \"v1\"\r\n", &a);
    assert_int_equal(a.status, 304);
    assert_string_equal(answer_header(&a, "ETag", value), "\"v1\"");
    assert_null(answer_header(&a, "Content-Length", value));
    answer_free(&a);
    ask(&w, "/tagged", "If-None-Match: W/\"v1\"\r\n", &a);
    assert_int_equal(a.status, 304);
    answer_free(&a);
    ask(&w, "/tagged", "If-None-Match: \"v0\"\r\n", &a);
    assert_int_equal(a.status, 200);
    assert_string_equal((char *)a.body, "0123456789");
    answer_free(&a);
    ask(&w, "/file", "If-None-Match: \"abc\"\r\n", &a);
    assert_int_equal(a.status, 304);
    assert_string_equal(answer_header(&a, "Cache-Control", value), "max-age=86400");
    answer_free(&a);
    ask(&w, "/tagged", "If-Match: \"v0\"\r\n", &a);
    assert_int_equal(a.status, 412);
    answer_free(&a);
    ask(&w, "/hello", "If-None-Match: *\r\n", &a); /* has no tag */
    assert_int_equal(a.status, 200);
    answer_free(&a);
    wire_close(&w);
}

static void test_ranges(void **state)
{
    static const struct {
        const char *headers;
        unsigned status;
        const char *body, *content_range;
    } table[] = {
        {"Range: bytes=2-4\r\n", 206, "234", "bytes 2-4/10"},
        {"Range: bytes=-3\r\n", 206, "789", "bytes 7-9/10"},
        {"Range: bytes=7-\r\n", 206, "789", "bytes 7-9/10"},
        {"Range: bytes=10-\r\n", 416, "", "bytes */10"},
        {"Range: bytes=5-2\r\n", 200, "0123456789", NULL},
        {"Range: bytes=0-1,3-4\r\n", 200, "0123456789", NULL},
        {"Range: bytes=2-4\r\nIf-Range: \"v1\"\r\n", 206, "234", "bytes 2-4/10"},
        {"Range: bytes=2-4\r\nIf-Range: W/\"v1\"\r\n", 200, "0123456789", NULL},
        {"Range: bytes=2-4\r\nIf-Range: \"v0\"\r\n", 200, "0123456789", NULL},
        {"Range: bytes=2-4\r\nIf-None-Match: \"v1\"\r\n", 304, "", NULL},
    };
    struct cs_buffer many = CS_BUFFER_INIT;
    struct wire w;
    struct answer a;
    char value[256];

    wire_open(&w, *state, true);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *range;

        ask(&w, "/tagged", table[i].headers, &a);
        if (a.status != table[i].status)
            fail_msg("%s: %u", table[i].headers, a.status);
        assert_string_equal((char *)a.body, table[i].body);
        range = answer_header(&a, "Content-Range", value);
        if (table[i].content_range)
            assert_string_equal(range, table[i].content_range);
        else
            assert_null(range);
        answer_free(&a);
    }
    cs_buffer_add_text(&many, "GET /tagged HTTP/1.1\r\n" HOST "Range: bytes=0-0");
    for (int i = 0; i < 1000; i++)
        cs_buffer_printf(&many, ",%d-%d", i % 9, i % 9 + 1);
    cs_buffer_add_text(&many, "\r\n\r\n");
    expect(&w, cs_buffer_text(&many), 200, "0123456789");
    cs_buffer_free(&many);
    wire_close(&w);
}

static void test_files(void **state)
{
    struct fixture *f = *state;
    struct wire w;
    struct answer a;

    for (int tls = 0; tls < 2; tls++) {
        wire_open(&w, f, tls);
        for (int i = 0; i < 2; i++) { /* from the file, then from the cache */
            ask(&w, "/file", "", &a);
            assert_int_equal(a.status, 200);
            check_bytes(&a, 0, 70000);
            answer_free(&a);
            ask(&w, "/file", "Range: bytes=60000-\r\nIf-Range: \"abc\"\r\n", &a);
            assert_int_equal(a.status, 206);
            check_bytes(&a, 60000, 10000);
            answer_free(&a);
            ask(&w, "/large", "", &a);
            assert_int_equal(a.status, 200);
            check_bytes(&a, 0, BIG_BYTES);
            answer_free(&a);
            ask(&w, "/large", "Range: bytes=1000000-1999999\r\n", &a);
            assert_int_equal(a.status, 206);
            check_bytes(&a, 1000000, 1000000);
            answer_free(&a);
            ask(&w, "/big", "", &a);
            check_bytes(&a, 0, BIG_BYTES);
            answer_free(&a);
            ask(&w, "/defer-file", "", &a);
            check_bytes(&a, 0, 70000);
            answer_free(&a);
        }
        expect(&w, GET("/missing"), 404, NULL);
        wire_close(&w);
    }
}

static void hash_file(const char *path)
{
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;

    assert_int_equal(file_read(path, BIG_BYTES, &bytes, &why), 0);
    cs_sha256(cs_buffer_span(&bytes), &proved_sum);
    cs_buffer_free(&bytes);
}

/* What is read from disk is held against its hash each time: small files before they are kept, large ones before
 * they are sent piece by piece. */
static void test_files_that_changed(void **state)
{
    struct fixture *f = *state;
    const char *const paths[] = {f->file, f->large};
    const char *const asks[] = {"/proved", "/proved-large"};
    struct answer a;
    struct wire w;

    wire_open(&w, f, true);
    for (size_t i = 0; i < 2; i++) {
        FILE *spoiled = fopen(paths[i], "r+");

        hash_file(paths[i]);
        proved_sum.b[5] ^= 1;
        expect(&w, i ? GET("/proved-large") : GET("/proved"), 404, NULL);
        proved_sum.b[5] ^= 1;
        ask(&w, asks[i], "", &a);
        assert_int_equal(a.status, 200);
        check_bytes(&a, 0, i ? BIG_BYTES : 70000);
        answer_free(&a);
        fseek(spoiled, 60000, SEEK_SET);
        putc(0x5a, spoiled);
        assert_int_equal(fclose(spoiled), 0);
        ask(&w, asks[i], "", &a);
        /* The small one is in memory as it was. */
        assert_int_equal(a.status, i ? 404 : 200);
        if (i == 0)
            check_bytes(&a, 0, 70000);
        answer_free(&a);
    }
    wire_close(&w);
}

/* A hot file needs its file no more; a large one that shrinks while it is sent is cut off, not filled
 * up. */
static void test_files_vanish(void **state)
{
    struct fixture *f = *state;
    struct wire w;
    struct answer a;

    wire_open(&w, f, true);
    ask(&w, "/file", "", &a);
    answer_free(&a);
    assert_int_equal(truncate(f->file, 10), 0);
    ask(&w, "/file", "", &a);
    check_bytes(&a, 0, 70000);
    answer_free(&a);
    wire_close(&w);

    wire_open(&w, f, false);
    assert_true(wire_say(&w, GET("/large")));
    assert_true(wire_more(&w, clock_monotonic_ms() + WAIT_MS));
    assert_int_equal(truncate(f->large, 100000), 0);
    assert_false(wire_read(&w, &a, false));
    assert_true(w.ended);
    wire_close(&w);
}

/* ---- bodies */

static void test_bodies(void **state)
{
    static unsigned char body[HTTP_BODY_MAX];
    struct wire w;
    struct answer a;
    char head[200];

    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (unsigned char)(i * 31 / 7);
    wire_open(&w, *state, true);
    snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n",
             sizeof body);
    assert_true(wire_say(&w, head) && wire_send(&w, body, sizeof body));
    assert_true(wire_read(&w, &a, false));
    assert_int_equal(a.status, 200);
    check_bytes(&a, 0, sizeof body);
    answer_free(&a);
    expect(&w, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200, "");
    expect(&w, "POST /small HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\n0123456789", 200,
           "0123456789");
    wire_close(&w);

    /* asks first */
    wire_open(&w, *state, true);
    assert_true(wire_say(&w, "POST /echo HTTP/1.1\r\n" HOST
                             "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
    assert_true(wire_read(&w, &a, false));
    assert_int_equal(a.status, 100);
    answer_free(&a);
    expect(&w, "ok", 200, "ok");
    wire_close(&w);
}

/* Refused by the head alone, and the client that goes on sending hears why. */
static void test_bodies_too_large(void **state)
{
    static const char *const heads[] = {
        "POST /small HTTP/1.1\r\n" HOST "Content-Length: 11\r\n\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 16777217\r\n\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999\r\n\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 20000000\r\nExpect: 100-continue\r\n\r\n",
        "GET /hello HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n",
    };
    static const char rest[100000];

    for (int tls = 0; tls < 2; tls++) {
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
            struct wire w;
            struct answer a;
            char value[256];

            wire_open(&w, *state, tls);
            assert_true(wire_say(&w, heads[i]));
            wire_send(&w, rest, sizeof rest);
            assert_true(wire_read(&w, &a, false));
            assert_int_equal(a.status, 413);
            assert_string_equal(answer_header(&a, "Connection", value), "close");
            answer_free(&a);
            assert_true(wire_end(&w) < 3000);
            wire_close(&w);
        }
    }
}

/* ---- what smuggling is made of (T24), and noise (T23): an answer of 4xx or 5xx, then the end */

static void test_refused_and_closed(void **state)
{
    static const struct {
        const char *text;
        unsigned status;
    } table[] = {
        {"POST /echo HTTP/1.1\r\n" HOST
         "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
         411},
        {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", 411},
        {"POST /echo HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         411},
        {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
         411},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\n12345", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1e3\r\n\r\n", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 0\r\n\r\n12345", 400},
        {"POST /echo HTTP/1.1\r\n" HOST "\r\n", 411},
        {"GET /hello HTTP/1.1\nHost: localhost\n\n", 400},
        {"GET /hello HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\n" HOST HOST "\r\n", 400},
        {"GET /hello HTTP/1.1\r\n\r\n", 400},
        {"GET /hello HTTP/1.0\r\n\r\n", 505},
        {"DELETE /hello HTTP/1.1\r\n", 501},
        {"GET http://localhost/hello HTTP/1.1\r\n", 400},
        {"\x16\x03\x01\x02", 400},
    };

    for (int tls = 0; tls < 2; tls++) {
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
            struct wire w;
            struct answer a;
            char value[256];

            wire_open(&w, *state, tls);
            assert_true(wire_say(&w, table[i].text));
            wire_say(&w, GET("/hello")); /* what is smuggled must not be answered */
            if (!wire_read(&w, &a, false))
                fail_msg("no answer: %s", table[i].text);
            if (a.status != table[i].status)
                fail_msg("%u: %s", a.status, table[i].text);
            assert_string_equal(answer_header(&a, "Connection", value), "close");
            assert_string_equal(answer_header(&a, "Content-Type", value),
                                "application/problem+json");
            answer_free(&a);
            assert_int_equal(w.n, 0);
            assert_true(wire_end(&w) < 3000);
            assert_int_equal(w.n, 0);
            wire_close(&w);
        }
    }
}

static void test_huge_heads(void **state)
{
    static char noise[1u << 20];
    static const char *const starts[] = {"GET /", "GET /hello HTTP/1.1\r\n" HOST "X: "};
    static const unsigned statuses[] = {414, 431};

    memset(noise, 'a', sizeof noise);
    for (int tls = 0; tls < 2; tls++) {
        for (int i = 0; i < 2; i++) {
            struct wire w;
            struct answer a;

            wire_open(&w, *state, tls);
            assert_true(wire_say(&w, starts[i]));
            wire_send(&w, noise, 200000);
            assert_true(wire_read(&w, &a, false));
            assert_int_equal(a.status, statuses[i]);
            answer_free(&a);
            wire_close(&w);
        }
    }
}

static void test_not_tls(void **state)
{
    struct fixture *f = *state;
    struct wire w;

    assert_true(wire_try(&w, &f->world, false));
    assert_true(wire_say(&w, GET("/hello")));
    assert_true(wire_end(&w) < 3000);
    wire_close(&w);
}

static void test_old_tls(void **state)
{
    struct fixture *f = *state;
    struct wire w;

    assert_true(wire_try(&w, &f->world, false));
    w.ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(w.ctx, 0);
    SSL_CTX_set_min_proto_version(w.ctx, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(w.ctx, TLS1_1_VERSION);
    w.ssl = SSL_new(w.ctx);
    SSL_set_fd(w.ssl, w.fd);
    assert_int_not_equal(SSL_connect(w.ssl), 1);
    wire_close(&w);
}

/* ---- Host */

static void test_host(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *host;
        unsigned status;
    } table[] = {{"localhost", 200},
                 {"localhost:8080", 200},
                 {"127.0.0.1", 200},
                 {"127.0.0.5:99", 200},
                 {"[::1]", 200},
                 {"Node.Example:7443", 200},
                 {"node.example", 421},
                 {"node.example:443", 421},
                 {"evil.example", 421},
                 {"localhost.evil.example", 421},
                 {"10.0.0.1", 421},
                 {"0.0.0.0", 421},
                 {"127.0.0.1.evil.example", 421}};

    assert_int_equal(http_server_set_authority(f->server, "node.EXAMPLE:7443", NULL), 0);
    for (int tls = 0; tls < 2; tls++) {
        struct wire w;

        wire_open(&w, f, tls);
        for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
            char request[200];

            snprintf(request, sizeof request, "GET /hello HTTP/1.1\r\nHost: %s\r\n\r\n",
                     table[i].host);
            expect(&w, request, table[i].status, NULL);
        }
        assert_int_equal(http_server_set_authority(f->server, "node.example:443", NULL), 0);
        expect(&w, "GET /hello HTTP/1.1\r\nHost: node.example\r\n\r\n", 200, NULL);
        expect(&w, "GET /hello HTTP/1.1\r\nHost: node.example:443\r\n\r\n", 200, NULL);
        assert_int_equal(http_server_set_authority(f->server, "node.example:7443", NULL), 0);
        wire_close(&w);
    }
}

/* ---- errors */

static void test_problems(void **state)
{
    struct wire w;
    struct answer a;
    char value[256];

    wire_open(&w, *state, true);
    ask(&w, "/problem", "", &a);
    assert_int_equal(a.status, 422);
    assert_string_equal(answer_header(&a, "Content-Type", value), "application/problem+json");
    assert_string_equal((char *)a.body,
                        "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\","
                        "\"status\":422,\"code\":\"bad_thing\","
                        "\"detail\":\"It is \\\"bad\\\"\\u000a<b>.\"}\n");
    answer_free(&a);
    ask(&w, "/none?<script>", "", &a);
    assert_int_equal(a.status, 400);
    answer_free(&a);
    wire_close(&w);

    wire_open(&w, *state, true);
    ask(&w, "/script-alert", "Accept: text/html,application/xhtml+xml\r\n", &a);
    assert_int_equal(a.status, 404);
    assert_string_equal(answer_header(&a, "Content-Type", value), "text/html; charset=utf-8");
    assert_null(strstr((char *)a.body, "script"));
    answer_free(&a);
    ask(&w, "/bad-header", "", &a);
    assert_int_equal(a.status, 500);
    assert_null(answer_header(&a, "Set-Cookie", value));
    assert_null(answer_header(&a, "Location", value));
    answer_free(&a);
    ask(&w, "/see-other", "", &a);
    assert_int_equal(a.status, 303);
    assert_string_equal(answer_header(&a, "Location", value), "/hello");
    answer_free(&a);
    ask(&w, "/see-elsewhere", "", &a);
    assert_int_equal(a.status, 500);
    answer_free(&a);
    ask(&w, "/forgetful", "", &a);
    assert_int_equal(a.status, 500);
    answer_free(&a);
    wire_close(&w);
}

/* ---- starting */

static void test_port_in_use(void **state)
{
    struct fixture *f = *state;
    struct http_server_config config = {0};
    char address[ADDRESS_TEXT];

    assert_true(http_server_address(f->server, HTTP_LOCAL, address));
    config.local = address;
    for (unsigned loops = 1; loops <= 2; loops++) {
        struct problem why = PROBLEM_INIT;
        struct http_server *server;

        config.loops = loops;
        server = http_server_new(&config, &why);
        assert_non_null(server);
        assert_int_equal(http_server_start(server, &why), -1);
        assert_string_equal(why.code, "address_in_use");
        assert_non_null(strstr(why.message, address));
        http_server_free(server);
    }
}

static void test_bad_configurations(void **state)
{
    static const struct {
        const char *world, *local, *code;
    } table[] = {{NULL, "0.0.0.0:0", "not_loopback"},
                 {NULL, "[::]:0", "not_loopback"},
                 {NULL, "localhost:80", "bad_address"},
                 {"192.0.2.1:0", NULL, "address_not_here"}};
    struct fixture *f = *state;
    struct http_server_config config = {
        .world = "127.0.0.1:0", .key_path = f->file, .certificate_path = f->certificate};
    struct problem why = PROBLEM_INIT;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct http_server_config tried = {.world = table[i].world,
                                           .local = table[i].local,
                                           .key_path = f->key,
                                           .certificate_path = f->certificate,
                                           .loops = 1};
        struct http_server *server;

        problem_clear(&why);
        server = http_server_new(&tried, &why);
        assert_non_null(server);
        assert_int_equal(http_server_start(server, &why), -1);
        assert_string_equal(why.code, table[i].code);
        http_server_free(server);
    }
    problem_clear(&why);
    assert_null(http_server_new(&config, &why));
    assert_string_equal(why.code, "bad_certificate");
    config.key_path = f->key;
    config.certificate_path = "/nonexistent";
    problem_clear(&why);
    assert_null(http_server_new(&config, &why));
    assert_string_equal(why.code, "bad_certificate");
}

static void peer_pin(struct wire *w, struct http_pin *out)
{
    X509 *certificate = SSL_get1_peer_certificate(w->ssl);
    unsigned char *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);

    cs_sha256(cs_span_make(der, (size_t)n), &out->spki);
    OPENSSL_free(der);
    X509_free(certificate);
}

static void test_reload(void **state)
{
    struct fixture *f = *state;
    struct problem why = PROBLEM_INIT;
    struct http_pin before, after, seen;
    struct wire old, fresh;

    wire_open(&old, f, true);
    peer_pin(&old, &seen);
    assert_int_equal(http_certificate_pin(f->certificate, &before, &why), 0);
    assert_memory_equal(&before, &seen, sizeof seen);
    assert_int_equal(http_server_reload(f->server, f->file, f->certificate, &why), -1);
    assert_string_equal(why.code, "bad_certificate");
    assert_int_equal(http_certificate_create(f->key, f->certificate, "node.example", NULL), 0);
    assert_int_equal(http_certificate_pin(f->certificate, &after, NULL), 0);
    assert_memory_not_equal(&before, &after, sizeof before);
    assert_int_equal(http_server_reload(f->server, f->key, f->certificate, NULL), 0);
    wire_open(&fresh, f, true);
    peer_pin(&fresh, &seen);
    assert_memory_equal(&after, &seen, sizeof seen);
    expect(&old, GET("/hello"), 200, "hello\n");
    expect(&fresh, GET("/hello"), 200, "hello\n");
    wire_close(&old);
    wire_close(&fresh);
}

static void test_ipv6(void **state)
{
    struct fixture *f = *state;
    struct http_server_config config = {
        .world = "[::1]:0", .key_path = f->key, .certificate_path = f->certificate, .loops = 1};
    struct http_route route = {.path = "/hello", .methods = HTTP_GET, .handler = handle_hello};
    struct http_server *server = http_server_new(&config, NULL);
    struct problem why = PROBLEM_INIT;
    char address[ADDRESS_TEXT], request[200];
    struct sockaddr_storage at;
    socklen_t n;
    struct wire w;

    assert_non_null(server);
    assert_int_equal(http_server_route(server, &route, NULL), 0);
    if (http_server_start(server, &why)) {
        print_message("skipped: no IPv6 here (%s)\n", why.message);
        http_server_free(server);
        skip();
    }
    assert_true(http_server_address(server, HTTP_WORLD, address));
    assert_int_equal(address_read(address, &at, &n), 0);
    assert_true(wire_try(&w, &at, true));
    snprintf(request, sizeof request, "GET /hello HTTP/1.1\r\nHost: %s\r\n\r\n", address);
    expect(&w, request, 200, "hello\n");
    expect(&w, "GET /hello HTTP/1.1\r\nHost: [2001:db8::1]\r\n\r\n", 421, NULL);
    wire_close(&w);
    http_server_free(server);
}

static void test_loops(void **state)
{
    struct fixture *f = *state;
    struct http_server_numbers numbers;

    assert_int_equal(http_thread_count(f->server), 4);
    for (int i = 0; i < 20; i++) {
        struct wire w;

        wire_open(&w, f, i % 2);
        expect(&w, GET("/hello"), 200, "hello\n");
        expect(&w, GET("/defer"), 200, NULL);
        expect(&w, GET("/late"), 200, "late\n");
        wire_close(&w);
    }
    http_server_numbers(f->server, &numbers);
    assert_int_equal(numbers.accepted, 20);
    assert_int_equal(numbers.requests, 60);
}

/* Who is shut out has no connection any more, whatever goes on on it; all others keep theirs. */
static void test_drop(void **state)
{
    struct fixture *f = *state;
    struct cs_node_id a = node_lettered('a');
    struct wire mine[2], working, other, nobody;

    for (int i = 0; i < 2; i++) {
        wire_open(&mine[i], f, i == 1);
        expect(&mine[i], GET("/mine/a"), 200, "hello\n");
        expect(&mine[i], GET("/hello"), 200, "hello\n"); /* it is still of the same one */
    }
    wire_open(&other, f, true);
    expect(&other, GET("/mine/b"), 200, "hello\n");
    wire_open(&nobody, f, true);
    expect(&nobody, GET("/hello"), 200, "hello\n");
    wire_open(&working, f, true);
    assert_true(wire_say(&working, GET("/mine-slowly/a")));
    while (atomic_load(&f->entered) < 1)
        usleep(1000);
    http_server_drop(f->server, &a);
    assert_true(wire_end(&mine[0]) < WAIT_MS);
    assert_true(wire_end(&mine[1]) < WAIT_MS);
    assert_true(wire_end(&working) < WAIT_MS);
    while (atomic_load(&f->left) < 1)
        usleep(1000);
    assert_int_equal(atomic_load(&f->cancelled), 1);
    expect(&other, GET("/hello"), 200, "hello\n");
    expect(&nobody, GET("/hello"), 200, "hello\n");
    for (int i = 0; i < 2; i++)
        wire_close(&mine[i]);
    wire_close(&working);
    wire_close(&other);
    wire_close(&nobody);
}

#define in(setup, test) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in(begin, test_keep_alive),
        in(begin, test_pipelining),
        in(begin, test_half_close),
        in(begin, test_byte_by_byte),
        in(begin, test_head),
        in(begin_two_loops, test_drop),
        in(begin, test_routes),
        in(begin, test_conditions),
        in(begin, test_ranges),
        in(begin, test_files),
        in(begin, test_files_that_changed),
        in(begin, test_files_vanish),
        in(begin, test_bodies),
        in(begin, test_bodies_too_large),
        in(begin, test_refused_and_closed),
        in(begin, test_huge_heads),
        in(begin, test_not_tls),
        in(begin, test_old_tls),
        in(begin, test_host),
        in(begin, test_problems),
        in(begin, test_port_in_use),
        in(begin, test_bad_configurations),
        in(begin, test_reload),
        in(begin, test_ipv6),
        in(begin_two_loops, test_loops),
    };

    signal(SIGPIPE, SIG_IGN); /* the tests' own TLS clients write to connections that are gone */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
