/*
 * The client against the real server, and against servers that do everything wrong.
 */
#include "tests/unit/http_fixture.h"

#include <arpa/inet.h>

struct client_fixture {
    struct fixture f;
    struct http_client *client;
    struct http_pin pin;
    atomic_bool cancel;
};

static int begin(void **state)
{
    struct client_fixture *c = calloc(1, sizeof *c);

    fixture_prepare(&c->f);
    fixture_start(&c->f, &(struct http_limits){0}, 1);
    assert_int_equal(http_certificate_pin(c->f.certificate, &c->pin, NULL), 0);
    c->client = http_client_new(&c->cancel, NULL);
    assert_non_null(c->client);
    *state = c;
    return 0;
}

static int end(void **state)
{
    struct client_fixture *c = *state;

    http_client_free(c->client);
    fixture_end(&c->f);
    free(c);
    return 0;
}

static struct cidr network(const char *text)
{
    struct cidr cidr;

    assert_int_equal(cidr_read(text, &cidr), 0);
    return cidr;
}

/* A fetch that is allowed everything that the fixture's server needs. */
static struct http_fetch *fetch_of(struct client_fixture *c, const char *base, const char *path)
{
    char url[CS_URL_MAX + 1];
    struct http_fetch *fetch;

    assert_int_equal(http_url_join(base, path, url), 0);
    fetch = http_fetch_new(url, NULL);
    assert_non_null(fetch);
    fetch->pin[0] = c->pin;
    fetch->pins = 1;
    fetch->network[0] = network("127.0.0.0/8");
    fetch->networks = 1;
    fetch->deadline_ms = WAIT_MS;
    return fetch;
}

static struct http_fetch *fetch_new(struct client_fixture *c, const char *path)
{
    return fetch_of(c, c->f.base, path);
}

/* Runs one; fails unless it has an answer. */
static void run(struct client_fixture *c, struct http_fetch *fetch)
{
    struct problem why = PROBLEM_INIT;

    if (http_fetch(c->client, &fetch, 1, &why))
        fail_msg("%s: %s (%s)", why.code, why.message, why.detail);
    assert_false(fetch->failed);
}

/* Runs one that must fail in this way. */
static void run_failing(struct client_fixture *c, struct http_fetch *fetch, const char *code)
{
    struct problem why = PROBLEM_INIT;

    assert_int_equal(http_fetch(c->client, &fetch, 1, &why), -1);
    assert_true(fetch->failed);
    assert_int_equal(fetch->status, 0);
    if (strcmp(why.code, code) != 0)
        fail_msg("%s, not %s: %s (%s)", why.code, code, why.message, why.detail);
    assert_true(why.message[0]);
    assert_string_equal(fetch->why.code, code);
}

static uint64_t accepted(struct client_fixture *c)
{
    struct http_server_numbers numbers;

    http_server_numbers(c->f.server, &numbers);
    return numbers.accepted;
}

static uint64_t requests(struct client_fixture *c)
{
    struct http_server_numbers numbers;

    http_server_numbers(c->f.server, &numbers);
    return numbers.requests;
}

/* A port where nobody listens. */
static const char *closed_base(void)
{
    static char base[80];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    close(fd);
    snprintf(base, sizeof base, "https://127.0.0.1:%u", ntohs(at.sin_port));
    return base;
}

/* ---- what works */

static void test_get(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/tagged");
    struct problem why = PROBLEM_INIT;

    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    assert_true(cs_span_is(cs_buffer_span(&fetch->received), "0123456789"));
    assert_int_equal(fetch->received_bytes, 10);
    assert_string_equal(fetch->field[HTTP_ETAG], "\"v1\"");
    assert_string_equal(fetch->field[HTTP_CONTENT_TYPE], "text/plain");
    assert_non_null(fetch->field[HTTP_DATE_FIELD]);
    assert_null(fetch->field[HTTP_CONTENT_RANGE]);
    assert_true(fetch->has_peer);
    assert_memory_equal(&fetch->peer, &c->pin, sizeof c->pin);
    assert_memory_equal(&((struct sockaddr_in *)&fetch->address)->sin_addr, "\x7f\0\0\1", 4);
    assert_int_equal(((struct sockaddr_in *)&fetch->address)->sin_port,
                     ((struct sockaddr_in *)&c->f.world)->sin_port);
    assert_int_equal(http_fetch_expect(fetch, 200, &why), 0);
    assert_int_equal(http_fetch_expect(fetch, 404, &why), -1);
    assert_string_equal(why.code, "http_status");

    /* the same object again, with a condition, on the same connection */
    assert_int_equal(http_fetch_header(fetch, "If-None-Match", "\"v1\"", NULL), 0);
    run(c, fetch);
    assert_int_equal(fetch->status, 304);
    assert_int_equal(fetch->received.n, 0);
    assert_int_equal(accepted(c), 1);

    /* and for something else */
    assert_int_equal(http_fetch_reset(fetch, closed_base(), NULL), 0);
    assert_int_equal(fetch->status, 0);
    run_failing(c, fetch, "refused");
    http_fetch_free(fetch);
}

static void test_post_and_head(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/echo");
    static unsigned char body[HTTP_BODY_MAX];

    memset(body, 'b', sizeof body);
    fetch->method = HTTP_POST;
    fetch->body = cs_span_make(body, sizeof body);
    fetch->cap = sizeof body;
    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    assert_true(cs_span_equal(cs_buffer_span(&fetch->received), fetch->body));
    fetch->body = cs_span_of("");
    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    assert_int_equal(fetch->received.n, 0);
    http_fetch_free(fetch);

    fetch = fetch_new(c, "/big");
    fetch->method = HTTP_HEAD;
    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    assert_int_equal(fetch->received_bytes, 0);
    http_fetch_free(fetch);
}

static void test_range(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/file");

    assert_int_equal(http_fetch_header(fetch, "Range", "bytes=100-199", NULL), 0);
    assert_int_equal(http_fetch_header(fetch, "If-Range", "\"abc\"", NULL), 0);
    run(c, fetch);
    assert_int_equal(fetch->status, 206);
    assert_int_equal(fetch->received.n, 100);
    assert_string_equal(fetch->field[HTTP_CONTENT_RANGE], "bytes 100-199/70000");
    http_fetch_free(fetch);
}

static void test_many(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *list[40];
    struct problem why = PROBLEM_INIT;

    for (int i = 0; i < 40; i++) {
        char path[20];

        snprintf(path, sizeof path, "/tree/%d", i);
        list[i] = i == 7 ? fetch_of(c, closed_base(), "/") : fetch_new(c, path);
    }
    assert_int_equal(http_fetch(c->client, list, 40, &why), -1);
    assert_string_equal(why.code, "refused");
    for (int i = 0; i < 40; i++) {
        char expected[30];

        assert_int_equal(list[i]->failed, i == 7);
        snprintf(expected, sizeof expected, "short /tree/%d", i);
        if (i != 7)
            assert_true(cs_span_is(cs_buffer_span(&list[i]->received), expected));
        http_fetch_free(list[i]);
    }
    assert_true(accepted(c) <= 4);
}

struct sunk {
    uint64_t bytes, stop_at;
};

static int sink(struct http_fetch *fetch, struct cs_span bytes, void *arg, struct problem *why)
{
    struct sunk *sunk = arg;

    assert_int_equal(fetch->status, 200);
    sunk->bytes += bytes.n;
    if (sunk->stop_at && sunk->bytes >= sunk->stop_at)
        return problem_set(why, "enough", "Enough.");
    return 0;
}

static void test_sink(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/large");
    struct sunk sunk = {0};

    fetch->sink = sink;
    fetch->sink_arg = &sunk;
    fetch->cap = BIG_BYTES;
    run(c, fetch);
    assert_int_equal(sunk.bytes, BIG_BYTES);
    assert_int_equal(fetch->received.n, 0);
    sunk = (struct sunk){0, 100000};
    run_failing(c, fetch, "enough");
    assert_true(sunk.bytes < 400000);
    http_fetch_free(fetch);

    /* a refusal's body is not the sink's */
    fetch = fetch_new(c, "/none");
    fetch->sink = sink;
    fetch->sink_arg = &sunk;
    run(c, fetch);
    assert_int_equal(fetch->status, 404);
    assert_non_null(memmem(fetch->received.p, fetch->received.n, "not_found", 9));
    http_fetch_free(fetch);
}

/* ---- whom to trust */

static void test_pins(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");
    struct http_pin wrong = {{{1}}};

    fetch->pin[0] = wrong;
    run_failing(c, fetch, "wrong_certificate");
    fetch->pins = 0;
    run_failing(c, fetch, "wrong_certificate");
    assert_int_equal(requests(c), 0); /* nothing was sent */
    fetch->pin[1] = wrong;
    fetch->pin[1].spki.b[31] = 7;
    fetch->pin[2] = c->pin;
    fetch->pins = 3;
    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    http_fetch_free(fetch);
}

static void test_capture(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");

    fetch->pins = 0;
    fetch->trust = HTTP_TRUST_CAPTURE;
    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    assert_true(fetch->has_peer);
    assert_memory_equal(&fetch->peer, &c->pin, sizeof c->pin);
    memset(&fetch->peer, 0, sizeof fetch->peer);
    run(c, fetch); /* on the same connection: it still says whose it is */
    assert_int_equal(accepted(c), 1);
    assert_memory_equal(&fetch->peer, &c->pin, sizeof c->pin);
    http_fetch_free(fetch);
}

static void test_public(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");

    fetch->trust = HTTP_TRUST_PUBLIC; /* nobody vouches for our own certificate */
    run_failing(c, fetch, "wrong_certificate");
    assert_int_equal(requests(c), 0);
    http_fetch_free(fetch);
}

/* A kept connection serves only fetches that would have made it themselves. */
static void test_reuse(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");
    uint64_t before;

    fetch->trust = HTTP_TRUST_CAPTURE;
    run(c, fetch);
    before = requests(c);
    fetch->trust = HTTP_TRUST_PINS; /* not the same pins */
    fetch->pin[0].spki.b[0] ^= 1;
    run_failing(c, fetch, "wrong_certificate");
    fetch->trust = HTTP_TRUST_PUBLIC;
    run_failing(c, fetch, "wrong_certificate");
    fetch->trust = HTTP_TRUST_PINS; /* the right pin, but not the address */
    fetch->pin[0] = c->pin;
    run(c, fetch);
    fetch->network[0] = network("global");
    run_failing(c, fetch, "address_not_allowed");
    assert_int_equal(requests(c), before + 1);
    http_fetch_free(fetch);
}

/* The server's key is changed while a connection is kept: the old pin goes on working there, the new
 * pin makes a new connection. */
static void test_key_change(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");

    run(c, fetch);
    assert_int_equal(http_certificate_create(c->f.key, c->f.certificate, "127.0.0.1", NULL), 0);
    assert_int_equal(http_server_reload(c->f.server, c->f.key, c->f.certificate, NULL), 0);
    run(c, fetch);
    assert_int_equal(accepted(c), 1);
    assert_int_equal(http_certificate_pin(c->f.certificate, &fetch->pin[0], NULL), 0);
    run(c, fetch);
    assert_int_equal(accepted(c), 2);
    assert_memory_equal(&fetch->peer, &fetch->pin[0], sizeof c->pin);
    http_fetch_free(fetch);
}

/* ---- where to */

static void test_addresses(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");
    char url[100];
    uint64_t before = accepted(c);

    fetch->networks = 0;
    run_failing(c, fetch, "address_not_allowed");
    fetch->network[0] = network("10.0.0.0/8");
    fetch->network[1] = network("global");
    fetch->networks = 2;
    run_failing(c, fetch, "address_not_allowed");
    /* a name for a forbidden address is no way around */
    snprintf(url, sizeof url, "https://localhost:%u/hello",
             ntohs(((struct sockaddr_in *)&c->f.world)->sin_port));
    assert_int_equal(http_fetch_reset(fetch, url, NULL), 0);
    run_failing(c, fetch, "address_not_allowed");
    assert_int_equal(http_fetch_reset(fetch, "https://[::ffff:127.0.0.1]:7443/", NULL), 0);
    run_failing(c, fetch, "address_not_allowed");
    assert_int_equal(accepted(c), before);
    assert_int_equal(http_fetch_reset(fetch, url, NULL), 0);
    fetch->network[2] = network("127.0.0.1/32");
    fetch->networks = 3;
    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    http_fetch_free(fetch);
}

static void test_bad_headers(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");

    assert_int_equal(http_fetch_header(fetch, "X", "a\r\nHost: b", NULL), -1);
    assert_int_equal(http_fetch_header(fetch, "X: a\r\nY", "b", NULL), -1);
    assert_int_equal(http_fetch_header(fetch, "", "b", NULL), -1);
    assert_int_equal(http_fetch_header(fetch, "X", "\xc3\xa9", NULL), -1);
    for (int i = 0; i < HTTP_FETCH_HEADERS_MAX; i++)
        assert_int_equal(http_fetch_header(fetch, "X", "a", NULL), 0);
    assert_int_equal(http_fetch_header(fetch, "X", "a", NULL), -1);
    run(c, fetch);
    run(c, fetch);
    http_fetch_free(fetch);
}

/* ---- servers that do everything wrong */

struct villain {
    struct client_fixture *c;
    int fd;
    SSL_CTX *ctx;
    pthread_t thread;
    void (*act)(SSL *ssl);
    atomic_bool stop;
    atomic_int connections;
    char base[80];
};

static atomic_bool villain_stop;
static char seen[4096]; /* the last request */

static void *villain_run(void *arg)
{
    struct villain *v = arg;

    for (;;) {
        struct pollfd p = {v->fd, POLLIN, 0};
        int fd, n;
        SSL *ssl;
        char request[sizeof seen];

        while (poll(&p, 1, 50) == 0)
            if (atomic_load(&v->stop))
                return NULL;
        if (atomic_load(&v->stop) || (fd = accept(v->fd, NULL, NULL)) < 0)
            return NULL;
        atomic_fetch_add(&v->connections, 1);
        if (v->ctx) {
            ssl = SSL_new(v->ctx);
            SSL_set_fd(ssl, fd);
            if (SSL_accept(ssl) == 1 && (n = SSL_read(ssl, request, sizeof request - 1)) > 0) {
                request[n] = 0;
                strcpy(seen, request);
                v->act(ssl);
            }
            SSL_free(ssl);
        } else {
            n = (int)send(fd, "SSH-2.0-hello\r\n", 15, MSG_NOSIGNAL);
        }
        close(fd);
    }
}

static void villain_begin(struct villain *v, struct client_fixture *c, bool tls,
                          void (*act)(SSL *ssl))
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    socklen_t n = sizeof at;

    memset(v, 0, sizeof *v);
    v->c = c;
    v->act = act;
    v->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(v->fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(listen(v->fd, 8), 0);
    assert_int_equal(getsockname(v->fd, (struct sockaddr *)&at, &n), 0);
    snprintf(v->base, sizeof v->base, "https://127.0.0.1:%u", ntohs(at.sin_port));
    if (tls) {
        v->ctx = SSL_CTX_new(TLS_server_method());
        assert_int_equal(SSL_CTX_use_certificate_chain_file(v->ctx, c->f.certificate), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey_file(v->ctx, c->f.key, SSL_FILETYPE_PEM), 1);
    }
    atomic_store(&villain_stop, false);
    assert_int_equal(pthread_create(&v->thread, NULL, villain_run, v), 0);
}

static void villain_end(struct villain *v)
{
    atomic_store(&v->stop, true);
    atomic_store(&villain_stop, true);
    assert_int_equal(pthread_join(v->thread, NULL), 0);
    SSL_CTX_free(v->ctx);
    close(v->fd);
}

static bool say(SSL *ssl, const char *text)
{
    return SSL_write(ssl, text, (int)strlen(text)) > 0;
}

static void act_endless(SSL *ssl)
{
    static const char noise[16384];

    say(ssl, "HTTP/1.1 200 OK\r\n\r\n");
    while (SSL_write(ssl, noise, sizeof noise) > 0 && !atomic_load(&villain_stop))
        ;
}

static void act_endless_chunks(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (say(ssl, "a\r\n0123456789\r\n") && !atomic_load(&villain_stop))
        ;
}

static void act_long(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
    usleep(300000);
}

static void act_endless_error(SSL *ssl)
{
    static const char noise[16384];

    say(ssl, "HTTP/1.1 500 No\r\n\r\n");
    while (SSL_write(ssl, noise, sizeof noise) > 0 && !atomic_load(&villain_stop))
        ;
}

static void act_short(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
}

static void act_cut_chunk(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n01234");
}

static void act_nothing(SSL *ssl)
{
    (void)ssl;
}

static void act_silence(SSL *ssl)
{
    (void)ssl;
    while (!atomic_load(&villain_stop))
        usleep(1000);
}

static void act_trickle(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (say(ssl, "a") && !atomic_load(&villain_stop))
        usleep(20000);
}

static void act_old(SSL *ssl)
{
    say(ssl, "hello there, this is no HTTP\n");
}

static void act_redirect(SSL *ssl)
{
    say(ssl,
        "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1:7443/\r\nContent-Length: 0\r\n\r\n");
}

static void act_endless_headers(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\n");
    while (say(ssl, "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n") &&
           !atomic_load(&villain_stop))
        ;
}

static void act_endless_interim(SSL *ssl)
{
    while (say(ssl, "HTTP/1.1 100 Continue\r\n\r\n") && !atomic_load(&villain_stop))
        ;
}

static void act_two_tags(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nETag: \"b\"\r\nContent-Length: 0\r\n\r\n");
}

static void act_long_field(SSL *ssl)
{
    char tag[HTTP_FIELD_MAX + 2];

    memset(tag, 'a', sizeof tag - 1);
    tag[sizeof tag - 1] = 0;
    say(ssl, "HTTP/1.1 200 OK\r\nETag: ");
    say(ssl, tag);
    say(ssl, "\r\nContent-Length: 0\r\n\r\n");
}

static void act_trailers(SSL *ssl)
{
    say(ssl, "HTTP/1.1 103 Early\r\nETag: \"early\"\r\n\r\n"
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
             "ETag: \"late\"\r\n\r\n");
}

static void act_gzip(SSL *ssl)
{
    say(ssl, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08");
}

static void test_villains(void **state)
{
    static const struct {
        void (*act)(SSL *ssl);
        const char *code;
    } table[] = {
        {act_endless, "too_large"},
        {act_endless_chunks, "too_large"},
        {act_long, "too_large"},
        {act_endless_error, "too_large"},
        {act_short, "cut_off"},
        {act_cut_chunk, "cut_off"},
        {act_nothing, "cut_off"},
        {act_silence, "timed_out"},
        {act_trickle, "timed_out"},
        {act_old, "not_http"},
        {act_endless_headers, "too_large"},
        {act_endless_interim, "too_large"},
        {act_two_tags, "not_http"},
        {act_long_field, "too_large"},
    };
    struct client_fixture *c = *state;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint64_t from = clock_monotonic_ms();
        struct http_fetch *fetch;
        struct villain v;

        villain_begin(&v, c, true, table[i].act);
        fetch = fetch_of(c, v.base, "/");
        fetch->cap = 100000;
        if (strcmp(table[i].code, "timed_out") == 0)
            fetch->deadline_ms = 500;
        run_failing(c, fetch, table[i].code);
        assert_true(fetch->received.n <= 100000);
        assert_true(clock_monotonic_ms() - from < fetch->deadline_ms + 1000);
        http_fetch_free(fetch);
        villain_end(&v);
    }
}

/* Slow servers do not hold up the others. */
static void test_villain_among_others(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *list[3];
    struct villain v;

    villain_begin(&v, c, true, act_silence);
    list[0] = fetch_of(c, v.base, "/");
    list[0]->deadline_ms = 2000;
    list[1] = fetch_new(c, "/hello");
    list[2] = fetch_new(c, "/large");
    list[2]->cap = BIG_BYTES;
    assert_int_equal(http_fetch(c->client, list, 3, NULL), -1);
    assert_string_equal(list[0]->why.code, "timed_out");
    assert_true(list[1]->status == 200 && list[1]->ms < 1500);
    assert_true(list[2]->ms < 1900 && list[2]->status == 200 && list[2]->received.n == BIG_BYTES);
    for (int i = 0; i < 3; i++)
        http_fetch_free(list[i]);
    villain_end(&v);
}

static void test_low_speed(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch;
    struct villain v;
    uint64_t from = clock_monotonic_ms();

    villain_begin(&v, c, true, act_trickle);
    fetch = fetch_of(c, v.base, "/");
    fetch->low_speed_bytes = 1000;
    fetch->low_speed_s = 1;
    run_failing(c, fetch, "timed_out");
    assert_true(clock_monotonic_ms() - from < 4000);
    http_fetch_free(fetch);
    villain_end(&v);
}

static void test_not_tls(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch;
    struct villain v;

    villain_begin(&v, c, false, NULL);
    fetch = fetch_of(c, v.base, "/");
    run_failing(c, fetch, "tls");
    http_fetch_free(fetch);
    villain_end(&v);
}

static void test_redirect(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch;
    struct villain v;

    villain_begin(&v, c, true, act_redirect);
    fetch = fetch_of(c, v.base, "/");
    run(c, fetch);
    assert_int_equal(fetch->status, 301);
    assert_int_equal(atomic_load(&v.connections), 1);
    http_fetch_free(fetch);
    villain_end(&v);
}

static atomic_int busy_for, busy_answers;

static void act_busy(SSL *ssl)
{
    char text[200];

    if (atomic_fetch_sub(&busy_answers, 1) > 0)
        snprintf(text, sizeof text,
                 "HTTP/1.1 429 Later\r\nRetry-After: %d\r\nContent-Length: 0\r\n\r\n",
                 atomic_load(&busy_for));
    else
        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    say(ssl, text);
}

/* A server that asks to be left alone for a while is: within the fetch if it asks for little, else that
 * is its answer. */
static void test_retry_after(void **state)
{
    static const struct {
        int answers, seconds;
        unsigned deadline_ms, status;
        int connections;
    } table[] = {
        {0, 0, WAIT_MS, 200, 1},
        {1, 1, WAIT_MS, 200, 2},
        {3, 0, WAIT_MS, 200, 4},
        {100, 0, WAIT_MS, 429, HTTP_RETRIES_MAX + 1},
        {1, HTTP_RETRY_AFTER_MAX + 1, 60000, 429, 1},
        {1, 2, 1500, 429, 1}, /* the deadline is for all of it */
    };
    struct client_fixture *c = *state;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint64_t from = clock_monotonic_ms();
        struct http_fetch *fetch;
        struct villain v;

        atomic_store(&busy_answers, table[i].answers);
        atomic_store(&busy_for, table[i].seconds);
        villain_begin(&v, c, true, act_busy);
        fetch = fetch_of(c, v.base, "/");
        fetch->deadline_ms = table[i].deadline_ms;
        run(c, fetch);
        assert_int_equal(fetch->status, table[i].status);
        assert_int_equal(atomic_load(&v.connections), table[i].connections);
        if (i == 1)
            assert_true(clock_monotonic_ms() - from >= 1000);
        assert_int_equal(fetch->received.n, fetch->status == 200 ? 2 : 0);
        http_fetch_free(fetch);
        villain_end(&v);
    }
}

static void *cancel_soon(void *arg)
{
    struct client_fixture *c = arg;

    usleep(200000);
    atomic_store(&c->cancel, true);
    return NULL;
}

static void test_retry_after_cancelled(void **state)
{
    struct client_fixture *c = *state;
    uint64_t from = clock_monotonic_ms();
    struct http_fetch *fetch;
    struct villain v;
    pthread_t thread;

    atomic_store(&busy_answers, 100);
    atomic_store(&busy_for, HTTP_RETRY_AFTER_MAX);
    villain_begin(&v, c, true, act_busy);
    fetch = fetch_of(c, v.base, "/");
    fetch->deadline_ms = 60000;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, c), 0);
    run_failing(c, fetch, "cancelled");
    assert_true(clock_monotonic_ms() - from < 3000);
    pthread_join(thread, NULL);
    http_fetch_free(fetch);
    villain_end(&v);
}

/* Nothing of the environment or of the user's files changes where a request goes or what it says. */
static void act_look(SSL *ssl)
{
    say(ssl,
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

static void test_environment(void **state)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    struct client_fixture *c = *state;
    struct villain v, proxy;
    struct http_fetch *fetch;
    char url[100], netrc[100];
    FILE *file;

    villain_begin(&v, c, true, act_look);
    villain_begin(&proxy, c, false, NULL);
    snprintf(url, sizeof url, "http://%s", proxy.base + strlen("https://"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(setenv(names[i], url, 1), 0);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    snprintf(netrc, sizeof netrc, "%s/.netrc", c->f.directory);
    assert_non_null(file = fopen(netrc, "w"));
    fputs("default login thief password secret\n", file);
    fclose(file);
    assert_int_equal(setenv("HOME", c->f.directory, 1), 0);
    for (int i = 0; i < 2; i++) { /* the second time there could be a cookie */
        fetch = fetch_of(c, v.base, "/");
        run(c, fetch);
        assert_int_equal(fetch->status, 200);
        http_fetch_free(fetch);
        assert_null(strcasestr(seen, "authorization:"));
        assert_null(strcasestr(seen, "cookie:"));
        assert_non_null(strcasestr(seen, "user-agent: commonshelf\r\n"));
    }
    assert_int_equal(atomic_load(&v.connections), 2);
    assert_int_equal(atomic_load(&proxy.connections), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    unlink(netrc);
    villain_end(&v);
    villain_end(&proxy);
}

/* Fields count only in the head of the answer itself; encodings are the caller's to undo. */
static void test_heads_and_trailers(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch;
    struct villain v;

    villain_begin(&v, c, true, act_trailers);
    fetch = fetch_of(c, v.base, "/");
    run(c, fetch);
    assert_true(cs_span_is(cs_buffer_span(&fetch->received), "ok"));
    assert_null(fetch->field[HTTP_ETAG]);
    http_fetch_free(fetch);
    villain_end(&v);

    villain_begin(&v, c, true, act_gzip);
    fetch = fetch_of(c, v.base, "/");
    run(c, fetch);
    assert_true(cs_span_is(cs_buffer_span(&fetch->received), "\x1f\x8b\x08"));
    assert_string_equal(fetch->field[HTTP_CONTENT_ENCODING], "gzip");
    http_fetch_free(fetch);
    villain_end(&v);
}

static void test_cancel(void **state)
{
    struct client_fixture *c = *state;
    uint64_t from = clock_monotonic_ms();
    struct http_fetch *fetch;
    struct villain v;
    pthread_t thread;

    villain_begin(&v, c, true, act_silence);
    fetch = fetch_of(c, v.base, "/");
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, c), 0);
    run_failing(c, fetch, "cancelled");
    assert_true(clock_monotonic_ms() - from < 1000);
    pthread_join(thread, NULL);
    http_fetch_free(fetch);
    villain_end(&v);
}

/* The connections a client kept may have been closed by the server meanwhile. */
static void test_server_forgets(void **state)
{
    struct client_fixture *c = *state;
    struct http_fetch *fetch = fetch_new(c, "/hello");
    char address[ADDRESS_TEXT];
    struct http_server_config config = {
        .key_path = c->f.key, .certificate_path = c->f.certificate, .loops = 1};

    run(c, fetch);
    assert_true(http_server_address(c->f.server, HTTP_WORLD, address));
    http_server_free(c->f.server);
    run_failing(c, fetch, "refused");
    config.world = address;
    c->f.server = http_server_new(&config, NULL);
    add_routes(&c->f);
    assert_int_equal(http_server_start(c->f.server, NULL), 0);
    run(c, fetch);
    assert_int_equal(fetch->status, 200);
    http_fetch_free(fetch);
}

#define in(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in(test_get),
        in(test_post_and_head),
        in(test_range),
        in(test_many),
        in(test_sink),
        in(test_pins),
        in(test_capture),
        in(test_public),
        in(test_reuse),
        in(test_key_change),
        in(test_addresses),
        in(test_bad_headers),
        in(test_villains),
        in(test_villain_among_others),
        in(test_low_speed),
        in(test_not_tls),
        in(test_redirect),
        in(test_retry_after),
        in(test_retry_after_cancelled),
        in(test_environment),
        in(test_heads_and_trailers),
        in(test_cancel),
        in(test_server_forgets),
    };

    signal(SIGPIPE, SIG_IGN); /* the villains write to connections that are gone */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
