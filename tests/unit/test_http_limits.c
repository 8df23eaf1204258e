/*
 * What the server does with clients that are slow, many, or gone, when memory is short, and when it is
 * stopped. Deadlines are short here; their upper bounds are wide, for slow machines.
 */
#include "tests/unit/http_wire.h"

static bool wait_for(atomic_int *value, int wanted)
{
    uint64_t end = clock_monotonic_ms() + WAIT_MS;

    while (atomic_load(value) < wanted && clock_monotonic_ms() < end)
        usleep(1000);
    return atomic_load(value) >= wanted;
}

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

/* Short deadlines, each different from the others. */
static int begin_hasty(void **state)
{
    return begin_with(state,
                      &(struct http_limits){.head_ms = 400,
                                            .body_ms = 700,
                                            .idle_ms = 1000,
                                            .write_ms = 300,
                                            .write_rate = 64u << 20},
                      1);
}

static int begin_narrow(void **state)
{
    return begin_with(
        state, &(struct http_limits){.connections = 6, .per_address = 4, .workers = 1, .queue = 1},
        1);
}

static int begin_draining(void **state)
{
    return begin_with(state, &(struct http_limits){.drain_ms = 1500}, 1);
}

static int end(void **state)
{
    struct fixture *f = *state;

    fixture_end(f);
    free(f);
    return 0;
}

/* ---- deadlines (T25): absolute, so a trickle does not extend them */

/* Sends `text` and then a byte every 50 ms; milliseconds until the server ends it. */
static uint64_t trickle(struct fixture *f, bool tls, const char *text)
{
    uint64_t from = clock_monotonic_ms();
    struct wire w;

    wire_open(&w, f, tls);
    assert_true(wire_say(&w, text));
    while (!w.ended && clock_monotonic_ms() - from < WAIT_MS) {
        wire_more(&w, clock_monotonic_ms() + 50);
        w.n = 0;
        if (!w.ended)
            wire_send(&w, "a", 1);
    }
    wire_close(&w);
    return clock_monotonic_ms() - from;
}

#define assert_between(value, low, high)                                                           \
    do {                                                                                           \
        uint64_t it = value;                                                                       \
        if (it < (low) || it > (high))                                                             \
            fail_msg("%ju is not between %d and %d", (uintmax_t)it, low, high);                    \
    } while (0)

static void test_slow_senders(void **state)
{
    struct fixture *f = *state;

    for (int tls = 0; tls < 2; tls++) {
        assert_between(trickle(f, tls, "GET /"), 350, 4000);
        assert_between(trickle(f, tls, "GET /hello HTTP/1.1\r\n" HOST "X: "), 350, 4000);
        assert_between(
            trickle(f, tls, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n"), 650,
            4000);
        /* the second request has its own time */
        assert_between(trickle(f, tls, GET("/hello") "GET /"), 350, 4000);
    }
}

static void test_slow_sender_is_told(void **state)
{
    struct wire w;
    struct answer a;

    wire_open(&w, *state, true);
    assert_true(wire_say(&w, "GET /hello HTT"));
    assert_true(wire_read(&w, &a, false));
    assert_int_equal(a.status, 408);
    answer_free(&a);
    wire_close(&w);
}

static void test_idle(void **state)
{
    struct fixture *f = *state;
    struct wire w;

    for (int tls = 0; tls < 2; tls++) {
        /* nothing at all, and no handshake even */
        assert_true(wire_try(&w, tls ? &f->world : &f->local, false));
        assert_between(wire_end(&w), 350, 4000);
        wire_close(&w);
        /* between requests */
        wire_open(&w, f, tls);
        expect(&w, GET("/hello"), 200, "hello\n");
        assert_between(wire_end(&w), 900, 4000);
        wire_close(&w);
    }
}

/* Takes nothing of a large answer: the server does not hold it for ever. */
static void test_slow_reader(void **state)
{
    struct fixture *f = *state;
    struct http_server_numbers numbers;
    static const char *const paths[] = {GET("/big"), GET("/large")};

    for (int i = 0; i < 4; i++) {
        uint64_t from = clock_monotonic_ms();
        struct wire w;
        int small = 4096;

        memset(&w, 0, sizeof w);
        w.fd = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(w.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        assert_int_equal(
            connect(w.fd, (struct sockaddr *)(i / 2 ? &f->world : &f->local), sizeof f->local), 0);
        if (i / 2) {
            w.ctx = SSL_CTX_new(TLS_client_method());
            w.ssl = SSL_new(w.ctx);
            SSL_set_fd(w.ssl, w.fd);
            assert_int_equal(SSL_connect(w.ssl), 1);
        }
        assert_true(wire_say(&w, paths[i % 2]));
        do {
            usleep(10000);
            http_server_numbers(f->server, &numbers);
        } while (numbers.connections && clock_monotonic_ms() - from < WAIT_MS);
        assert_between(clock_monotonic_ms() - from, 300, 4000);
        wire_close(&w);
    }
}

/* ---- limits of number */

static void test_per_address(void **state)
{
    struct fixture *f = *state;
    struct http_server_numbers numbers;
    struct wire w[5], other;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002)};

    for (int i = 0; i < 4; i++)
        wire_open(&w[i], f, true);
    assert_false(wire_try(&w[4], &f->world, true)); /* the fifth of one address */
    wire_close(&w[4]);
    memset(&other, 0, sizeof other); /* another address is served */
    other.fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(other.fd, (struct sockaddr *)&from, sizeof from), 0);
    assert_int_equal(connect(other.fd, (struct sockaddr *)&f->world, sizeof from), 0);
    other.ctx = SSL_CTX_new(TLS_client_method());
    other.ssl = SSL_new(other.ctx);
    SSL_set_fd(other.ssl, other.fd);
    assert_int_equal(SSL_connect(other.ssl), 1);
    expect(&other, GET("/hello"), 200, "hello\n");
    wire_close(&other);
    expect(&w[3], GET("/hello"), 200, "hello\n");
    for (int i = 0; i < 4; i++)
        wire_close(&w[i]);
    http_server_numbers(f->server, &numbers);
    assert_int_equal(numbers.refused, 1);
    /* the places are free again */
    for (uint64_t end_at = clock_monotonic_ms() + WAIT_MS;
         numbers.connections && clock_monotonic_ms() < end_at;) {
        usleep(1000);
        http_server_numbers(f->server, &numbers);
    }
    wire_open(&w[0], f, true);
    expect(&w[0], GET("/hello"), 200, "hello\n");
    wire_close(&w[0]);
}

/* When all places are taken, the one that has waited longest without a request makes room. */
static void test_total(void **state)
{
    struct fixture *f = *state;
    struct wire w[8];

    for (int i = 0; i < 8; i++) {
        wire_open(&w[i], f, false);
        expect(&w[i], GET("/hello"), 200, "hello\n");
    }
    assert_true(wire_end(&w[0]) < 3000);
    assert_true(wire_end(&w[1]) < 3000);
    for (int i = 2; i < 8; i++)
        expect(&w[i], GET("/hello"), 200, "hello\n");
    for (int i = 0; i < 8; i++)
        wire_close(&w[i]);
}

/* Eight tokens that hardly come back, three new connections. */
static const struct http_limits sparing = {.request_rate = {1, 8}, .connection_rate = {1, 3}};

static int begin_sparing(void **state)
{
    return begin_with(state, &sparing, 1);
}

static int begin_proxied(void **state)
{
    struct fixture *f = malloc(sizeof *f);

    fixture_prepare(f);
    f->proxies = 1;
    assert_int_equal(cidr_read("127.0.0.1", &f->proxy), 0);
    fixture_start(f, &sparing, 1);
    *state = f;
    return 0;
}

static void test_request_rate(void **state)
{
    struct fixture *f = *state;
    struct wire w, local;
    struct answer a;
    char value[256];

    wire_open(&w, f, true);
    for (int i = 0; i < 2; i++)
        expect(&w, GET("/dear"), 200, "hello\n");
    expect(&w, GET("/none"), 404, NULL); /* what is not there counts too */
    expect(&w, GET("/hello"), 200, "hello\n");
    ask(&w, "/dear", "", &a);
    assert_int_equal(a.status, 429);
    assert_int_equal(answer_header(&a, "Retry-After", value) ? atoi(value) : 0, 3);
    answer_free(&a);
    ask(&w, "/hello", "", &a); /* the connection goes on */
    assert_true(a.status == 429 || a.status == 200);
    answer_free(&a);
    wire_open(&local, f, false); /* and who is at this machine is not counted */
    for (int i = 0; i < 20; i++)
        expect(&local, GET("/dear"), 200, "hello\n");
    wire_close(&local);
    wire_close(&w);
}

static void test_connection_rate(void **state)
{
    struct fixture *f = *state;
    struct http_server_numbers numbers;
    struct wire w;

    for (int i = 0; i < 3; i++) {
        wire_open(&w, f, true);
        expect(&w, GET("/hello"), 200, "hello\n");
        wire_close(&w);
    }
    for (int i = 0; i < 3; i++) {
        if (!wire_try(&w, &f->world, true))
            break; /* one may have come back meanwhile */
        wire_close(&w);
    }
    wire_close(&w);
    http_server_numbers(f->server, &numbers);
    assert_true(numbers.refused > 0);
}

/* Behind a trusted proxy each of its clients has tokens of its own; what a client writes in front of
 * the proxy's word does not help it. */
static void test_proxy(void **state)
{
    struct fixture *f = *state;
    struct answer a;
    struct wire w;

    for (int tls = 0; tls < 2; tls++) {
        for (int i = 0; i < 6; i++) { /* connections of a proxy are not counted */
            wire_open(&w, f, tls);
            expect(&w, GET("/dear"), 200, "hello\n"); /* nor requests of nobody */
            wire_close(&w);
        }
    }
    wire_open(&w, f, false);
    for (int i = 0; i < 2; i++) {
        ask(&w, "/dear", "X-Forwarded-For: 192.0.2.1\r\n", &a);
        assert_int_equal(a.status, 200);
        answer_free(&a);
    }
    ask(&w, "/dear", "X-Forwarded-For: 192.0.2.7, 192.0.2.1\r\n", &a);
    assert_int_equal(a.status, 429);
    answer_free(&a);
    ask(&w, "/dear", "X-Forwarded-For: 2001:db8::1\r\n", &a);
    assert_int_equal(a.status, 200);
    answer_free(&a);
    wire_close(&w);
}

/* Who is no proxy is not believed. */
static void test_no_proxy(void **state)
{
    struct fixture *f = *state;
    struct answer a;
    struct wire w;

    wire_open(&w, f, true);
    for (int i = 0; i < 3; i++) {
        char name[64];

        snprintf(name, sizeof name, "X-Forwarded-For: 192.0.2.%d\r\n", i);
        ask(&w, "/dear", name, &a);
        assert_int_equal(a.status, i < 2 ? 200 : 429);
        answer_free(&a);
    }
    wire_close(&w);
}

static int begin_holding(void **state)
{
    return begin_with(state, &(struct http_limits){.held = 2 * BIG_BYTES}, 1);
}

/* Readers that take nothing may hold so much together; then the longest at it is cut, and who reads
 * gets all of it. */
static void test_held(void **state)
{
    struct fixture *f = *state;
    struct http_server_numbers numbers;
    struct wire w[6], good;
    struct answer a;

    for (int i = 0; i < 6; i++) {
        wire_open(&w[i], f, false);
        assert_true(wire_say(&w[i], GET("/big")));
    }
    for (uint64_t until = clock_monotonic_ms() + WAIT_MS; clock_monotonic_ms() < until;) {
        http_server_numbers(f->server, &numbers);
        if (numbers.requests == 6 && numbers.connections <= 3)
            break;
        usleep(1000);
    }
    assert_true(numbers.connections <= 3);
    wire_open(&good, f, true);
    assert_true(wire_say(&good, GET("/big")));
    assert_true(wire_read(&good, &a, false));
    check_bytes(&a, 0, BIG_BYTES);
    answer_free(&a);
    wire_close(&good);
    for (int i = 0; i < 6; i++)
        wire_close(&w[i]);
}

static void test_busy(void **state)
{
    struct fixture *f = *state;
    struct wire w[3];
    struct answer a;
    char value[256];

    for (int i = 0; i < 3; i++)
        wire_open(&w[i], f, false);
    assert_true(wire_say(&w[0], GET("/slow"))); /* on the worker */
    assert_true(wait_for(&f->entered, 1));
    assert_true(wire_say(&w[1], GET("/slow"))); /* in the queue, */
    expect(&w[2], GET("/hello"), 200, "hello\n"); /* while the loop goes on */
    for (;;) {
        ask(&w[2], "/slow", "", &a); /* no place */
        if (a.status == 503)
            break;
        fail_msg("%u", a.status);
    }
    assert_string_equal(answer_header(&a, "Retry-After", value), "2");
    answer_free(&a);
    atomic_store(&f->go_on, true);
    expect(&w[0], "", 200, "slow\n");
    expect(&w[1], "", 200, "slow\n");
    for (int i = 0; i < 3; i++)
        wire_close(&w[i]);
}

/* ---- clients that go away */

static void test_gone(void **state)
{
    struct fixture *f = *state;
    struct linger reset = {1, 0};
    struct http_server_numbers numbers;
    struct wire w;

    /* while a worker has the exchange: it is told, its answer goes nowhere */
    wire_open(&w, f, false);
    assert_true(wire_say(&w, GET("/slow")));
    assert_true(wait_for(&f->entered, 1));
    setsockopt(w.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    wire_close(&w);
    assert_true(wait_for(&f->cancelled, 1));
    /* with half a body sent (T26) */
    wire_open(&w, f, true);
    assert_true(wire_say(&w, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\n12345"));
    wire_close(&w);
    /* before its large answer is through */
    wire_open(&w, f, true);
    assert_true(wire_say(&w, GET("/big")));
    assert_true(wire_more(&w, clock_monotonic_ms() + WAIT_MS));
    wire_close(&w);
    for (int i = 0; i < WAIT_MS; i++) {
        http_server_numbers(f->server, &numbers);
        if (!numbers.connections)
            break;
        usleep(1000);
    }
    assert_int_equal(numbers.connections, 0);
    wire_open(&w, f, true);
    expect(&w, GET("/hello"), 200, "hello\n");
    wire_close(&w);
}

/* Each allocation in turn fails once: that request may be lost, the server is not. */
static void test_no_memory(void **state)
{
    static const char *const requests[] = {
        GET("/hello"),
        GET("/file"),
        GET("/defer"),
        GET("/late"),
        GET("/none"),
        GET("/tree/a"),
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n12345",
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        for (unsigned long n = 1; n <= 12; n++) {
            struct wire w;
            struct answer a;

            memory_fail_at(n);
            if (wire_try(&w, n % 2 ? &f->world : &f->local, n % 2) && wire_say(&w, requests[i]) &&
                wire_read(&w, &a, false)) {
                assert_true(a.status == 200 || a.status == 404 || a.status == 500 ||
                            a.status == 503);
                answer_free(&a);
            }
            wire_close(&w);
        }
        memory_fail_at(0);
        for (int tls = 0; tls < 2; tls++) {
            struct wire w;

            wire_open(&w, f, tls);
            expect(&w, GET("/hello"), 200, "hello\n");
            wire_close(&w);
        }
    }
}

/* ---- stopping */

static void *stop(void *arg)
{
    struct fixture *f = arg;

    http_server_stop(f->server);
    return NULL;
}

static void test_drain(void **state)
{
    struct fixture *f = *state;
    struct wire idle, slow, big, w;
    struct answer a;
    uint64_t from;
    pthread_t thread;
    char value[256];

    wire_open(&idle, f, true);
    expect(&idle, GET("/hello"), 200, "hello\n");
    wire_open(&slow, f, true);
    assert_true(wire_say(&slow, GET("/slow")));
    assert_true(wait_for(&f->entered, 1));
    wire_open(&big, f, true);
    assert_true(wire_say(&big, GET("/big")));
    assert_true(wire_more(&big, clock_monotonic_ms() + WAIT_MS));
    from = clock_monotonic_ms();
    assert_int_equal(pthread_create(&thread, NULL, stop, f), 0);
    assert_true(wire_end(&idle) < 2000); /* idle ones end at once, */
    assert_true(idle.notified);
    assert_false(wire_try(&w, &f->world, true)); /* nobody new comes in, */
    wire_close(&w);
    assert_true(wire_read(&big, &a, false)); /* what is in flight is finished */
    check_bytes(&a, 0, BIG_BYTES);
    answer_free(&a);
    atomic_store(&f->go_on, true);
    assert_true(wire_read(&slow, &a, false));
    assert_string_equal((char *)a.body, "slow\n");
    assert_string_equal(answer_header(&a, "Connection", value), "close");
    answer_free(&a);
    wire_close(&slow);
    wire_close(&big);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(clock_monotonic_ms() - from < 4000); /* before the deadline */
    wire_close(&idle);
}

/* What never ends is ended: a reader that takes nothing, an exchange that nobody answers, work that
 * looks at http_cancelled. */
static void test_drain_deadline(void **state)
{
    struct fixture *f = *state;
    struct wire kept, stuck, slow;
    uint64_t from;

    wire_open(&kept, f, true);
    assert_true(wire_say(&kept, GET("/kept")));
    wire_open(&stuck, f, false);
    assert_true(wire_say(&stuck, GET("/large")));
    wire_open(&slow, f, false);
    assert_true(wire_say(&slow, GET("/slow")));
    assert_true(wait_for(&f->entered, 1));
    from = clock_monotonic_ms();
    http_server_stop(f->server);
    assert_between(clock_monotonic_ms() - from, 1000, 4000);
    assert_int_equal(atomic_load(&f->left), 1);
    wire_close(&kept);
    wire_close(&stuck);
    wire_close(&slow);
}

#define in(setup, test) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in(begin_hasty, test_slow_senders),
        in(begin_hasty, test_slow_sender_is_told),
        in(begin_hasty, test_idle),
        in(begin_hasty, test_slow_reader),
        in(begin_narrow, test_per_address),
        in(begin_narrow, test_total),
        in(begin_narrow, test_busy),
        in(begin_sparing, test_request_rate),
        in(begin_sparing, test_connection_rate),
        in(begin_proxied, test_proxy),
        in(begin_sparing, test_no_proxy),
        in(begin_holding, test_held),
        in(begin, test_gone),
        in(begin, test_no_memory),
        in(begin, test_drain),
        in(begin_draining, test_drain_deadline),
    };

    signal(SIGPIPE, SIG_IGN); /* the tests' own TLS clients write to connections that are gone */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
