/*
 * A server on loopback with routes to try it by. Tests only.
 */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <strings.h>
#include <unistd.h>

#include "http/http.h"

#define WAIT_MS 10000 /* for what must come */
#define BIG_BYTES (4u << 20)

/* ---- the server */
struct fixture {
    char directory[64];
    char key[100], certificate[100], file[100], large[100];
    struct http_server *server;
    struct sockaddr_storage world, local;
    char base[80]; /* https://127.0.0.1:PORT */
    atomic_int entered, cancelled, left; /* of the slow handler */
    atomic_bool go_on;
    struct http_exchange *_Atomic kept;
    struct cidr proxy; /* with proxies = 1, before fixture_start */
    size_t proxies;
};

static void handle_hello(struct http_exchange *x, void *arg)
{
    (void)arg;
    http_set_header(x, "Cache-Control", "no-store");
    http_answer(x, 200, "text/plain", cs_span_of("hello\n"));
}

static void handle_tagged(struct http_exchange *x, void *arg)
{
    (void)arg;
    http_set_etag(x, "v1");
    http_answer(x, 200, "text/plain", cs_span_of("0123456789"));
}

static void handle_echo(struct http_exchange *x, void *arg)
{
    (void)arg;
    http_answer(x, 200, "application/octet-stream", http_request(x)->body);
}

static void handle_target(struct http_exchange *x, void *arg)
{
    struct cs_buffer out = CS_BUFFER_INIT;

    cs_buffer_add_text(&out, arg);
    cs_buffer_add_byte(&out, ' ');
    cs_buffer_add_span(&out, http_request(x)->path);
    cs_buffer_add_span(&out, http_request(x)->query);
    http_answer_buffer(x, 200, "text/plain", &out);
}

static void handle_file(struct http_exchange *x, void *arg)
{
    http_set_header(x, "Cache-Control", "max-age=86400");
    http_answer_file(x, "application/octet-stream", arg, "abc", NULL);
}

/* What /proved must hash to, as the test says. */
static struct cs_hash proved_sum __attribute__((unused));

static void handle_proved(struct http_exchange *x, void *arg)
{
    http_answer_file(x, "application/octet-stream", arg, "proved", &proved_sum);
}

static void handle_missing(struct http_exchange *x, void *arg)
{
    (void)arg;
    http_answer_file(x, "text/plain", "/nonexistent/file", "abc", NULL);
}

static void handle_big(struct http_exchange *x, void *arg)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    unsigned char *p = cs_buffer_reserve(&out, BIG_BYTES);

    (void)arg;
    for (size_t i = 0; i < BIG_BYTES; i++)
        p[i] = (unsigned char)(i * 31 / 7);
    out.n = BIG_BYTES;
    http_answer_buffer(x, 200, "application/octet-stream", &out);
}

static void handle_bad_header(struct http_exchange *x, void *arg)
{
    http_set_header(x, "X-Good", "stays out too");
    http_set_header(x, "Location", arg);
    http_answer(x, 200, "text/plain", cs_span_of("never seen"));
}

static void handle_problem(struct http_exchange *x, void *arg)
{
    (void)arg;
    http_answer_problem(x, 422, "bad_thing", "It is \"bad\"\n<b>.");
}

static void handle_see_other(struct http_exchange *x, void *arg)
{
    http_answer_see_other(x, arg);
}

static void work(struct http_exchange *x, void *arg)
{
    char text[32];

    (void)arg;
    snprintf(text, sizeof text, "worker %u", http_loop_index(x));
    http_set_etag(x, "w");
    http_answer(x, 200, "text/plain", cs_span_of(text));
}

static void handle_defer(struct http_exchange *x, void *arg)
{
    http_defer(x, work, arg);
}

static void work_nothing(struct http_exchange *x, void *arg)
{
    (void)x;
    (void)arg;
}

static void handle_forgetful(struct http_exchange *x, void *arg)
{
    http_defer(x, work_nothing, arg);
}

static void work_file(struct http_exchange *x, void *arg)
{
    http_answer_file(x, "text/plain", arg, "abc", NULL);
}

static void handle_defer_file(struct http_exchange *x, void *arg)
{
    http_defer(x, work_file, arg);
}

static void work_slowly(struct http_exchange *x, void *arg)
{
    struct fixture *f = arg;

    atomic_fetch_add(&f->entered, 1);
    while (!atomic_load(&f->go_on) && !http_cancelled(x))
        usleep(1000);
    if (http_cancelled(x))
        atomic_fetch_add(&f->cancelled, 1);
    http_answer(x, 200, "text/plain", cs_span_of("slow\n"));
    atomic_fetch_add(&f->left, 1);
}

static void handle_slow(struct http_exchange *x, void *arg)
{
    http_defer(x, work_slowly, arg);
}

/* "/mine/LETTER": a node's whose ID begins so. */
static struct cs_node_id node_lettered(char letter)
{
    struct cs_node_id node = {"cs1"};

    node.s[3] = letter;
    return node;
}

static void belong(struct http_exchange *x)
{
    struct cs_span path = http_request(x)->path;
    struct cs_node_id node = node_lettered((char)path.p[path.n - 1]);

    http_belongs(x, &node);
}

static void handle_mine(struct http_exchange *x, void *arg)
{
    belong(x);
    handle_hello(x, arg);
}

static void work_mine(struct http_exchange *x, void *arg)
{
    belong(x);
    work_slowly(x, arg);
}

static void handle_mine_slowly(struct http_exchange *x, void *arg)
{
    http_defer(x, work_mine, arg);
}

static void answer_late(void *arg)
{
    http_answer(arg, 200, "text/plain", cs_span_of("late\n"));
}

static void handle_late(struct http_exchange *x, void *arg)
{
    struct fixture *f = arg;

    assert_int_equal(http_post(f->server, http_loop_index(x), answer_late, x), 0);
}

static void handle_kept(struct http_exchange *x, void *arg)
{
    struct fixture *f = arg;

    atomic_store(&f->kept, x);
}

static void add_route(struct fixture *f, const char *path, bool prefix, unsigned methods,
                      size_t body_max, http_handler handler, void *arg)
{
    struct http_route route = {.path = path,
                               .prefix = prefix,
                               .methods = methods,
                               .body_max = body_max,
                               .handler = handler,
                               .arg = arg};

    assert_int_equal(http_server_route(f->server, &route, NULL), 0);
}

static void add_dear_route(struct fixture *f)
{
    struct http_route dear = {
        .path = "/dear", .methods = HTTP_GET, .cost = 3, .handler = handle_hello};

    assert_int_equal(http_server_route(f->server, &dear, NULL), 0);
}

static void add_routes(struct fixture *f)
{
    struct http_route local = {"/local", false, HTTP_GET, HTTP_LOCAL, 0, handle_hello, NULL, 0};

    add_route(f, "/hello", false, HTTP_GET, 0, handle_hello, NULL);
    add_dear_route(f);
    add_route(f, "/tagged", false, HTTP_GET, 0, handle_tagged, NULL);
    add_route(f, "/echo", false, HTTP_POST, HTTP_BODY_MAX, handle_echo, NULL);
    add_route(f, "/small", false, HTTP_POST | HTTP_GET, 10, handle_echo, NULL);
    add_route(f, "/tree/", true, HTTP_GET, 0, handle_target, (void *)"short");
    add_route(f, "/tree/deep/", true, HTTP_GET, 0, handle_target, (void *)"long");
    add_route(f, "/tree/deep/one", false, HTTP_GET, 0, handle_target, (void *)"exact");
    add_route(f, "/file", false, HTTP_GET, 0, handle_file, f->file);
    add_route(f, "/large", false, HTTP_GET, 0, handle_file, f->large);
    add_route(f, "/proved", false, HTTP_GET, 0, handle_proved, f->file);
    add_route(f, "/proved-large", false, HTTP_GET, 0, handle_proved, f->large);
    add_route(f, "/missing", false, HTTP_GET, 0, handle_missing, NULL);
    add_route(f, "/big", false, HTTP_GET, 0, handle_big, NULL);
    add_route(f, "/bad-header", false, HTTP_GET, 0, handle_bad_header,
              (void *)"/a\r\nSet-Cookie: b");
    add_route(f, "/problem", false, HTTP_GET, 0, handle_problem, NULL);
    add_route(f, "/see-other", false, HTTP_GET, 0, handle_see_other, (void *)"/hello");
    add_route(f, "/see-elsewhere", false, HTTP_GET, 0, handle_see_other, (void *)"//evil.example/");
    add_route(f, "/defer", false, HTTP_GET, 0, handle_defer, NULL);
    add_route(f, "/forgetful", false, HTTP_GET, 0, handle_forgetful, NULL);
    add_route(f, "/defer-file", false, HTTP_GET, 0, handle_defer_file, f->file);
    add_route(f, "/slow", false, HTTP_GET, 0, handle_slow, f);
    add_route(f, "/mine/", true, HTTP_GET, 0, handle_mine, NULL);
    add_route(f, "/mine-slowly/", true, HTTP_GET, 0, handle_mine_slowly, f);
    add_route(f, "/late", false, HTTP_GET, 0, handle_late, f);
    add_route(f, "/kept", false, HTTP_GET, 0, handle_kept, f);
    assert_int_equal(http_server_route(f->server, &local, NULL), 0);
}

static void write_file(const char *path, size_t n)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (size_t i = 0; i < n; i++)
        putc((int)(i * 31 / 7 & 0xff), file);
    assert_int_equal(fclose(file), 0);
}

/* The files and the certificate; no server yet. */
static void fixture_prepare(struct fixture *f)
{
    struct problem why = PROBLEM_INIT;

    memset(f, 0, sizeof *f);
    strcpy(f->directory, "/tmp/http-test-XXXXXX");
    assert_non_null(mkdtemp(f->directory));
    snprintf(f->key, sizeof f->key, "%s/tls.key", f->directory);
    snprintf(f->certificate, sizeof f->certificate, "%s/tls.pem", f->directory);
    snprintf(f->file, sizeof f->file, "%s/file", f->directory);
    snprintf(f->large, sizeof f->large, "%s/large", f->directory);
    write_file(f->file, 70000);
    write_file(f->large, BIG_BYTES);
    if (http_certificate_create(f->key, f->certificate, "127.0.0.1", &why))
        fail_msg("%s: %s", why.message, why.detail);
}

static inline void fixture_start(struct fixture *f, const struct http_limits *limits,
                                 unsigned loops)
{
    struct problem why = PROBLEM_INIT;
    struct http_server_config config = {.world = "127.0.0.1:0",
                                        .local = "127.0.0.1:0",
                                        .key_path = f->key,
                                        .certificate_path = f->certificate,
                                        .loops = loops,
                                        .limits = *limits,
                                        .proxy = &f->proxy,
                                        .proxies = f->proxies};
    char address[ADDRESS_TEXT];
    socklen_t n;

    if (!(f->server = http_server_new(&config, &why)))
        fail_msg("%s: %s", why.message, why.detail);
    add_routes(f);
    if (http_server_start(f->server, &why))
        fail_msg("%s: %s", why.message, why.detail);
    assert_true(http_server_address(f->server, HTTP_WORLD, address));
    assert_int_equal(address_read(address, &f->world, &n), 0);
    snprintf(f->base, sizeof f->base, "https://%s", address);
    assert_true(http_server_address(f->server, HTTP_LOCAL, address));
    assert_int_equal(address_read(address, &f->local, &n), 0);
}

static void fixture_end(struct fixture *f)
{
    http_server_free(f->server);
    unlink(f->key);
    unlink(f->certificate);
    unlink(f->file);
    unlink(f->large);
    assert_int_equal(rmdir(f->directory), 0);
}

#endif
