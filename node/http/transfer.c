/*
 * One transfer of libcurl: its options and its callbacks. What a stranger may make this node do is
 * decided here: where it connects, with whom it speaks, how much it takes.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include <commonshelf/encode.h>

#include "http/certificate_internal.h"
#include "http/client_internal.h"

#define CONNECT_MS 10000
#define OTHER_STATUS_MAX 65536 /* bytes kept of a body that is only read to explain a refusal */
#define BUFFER_BYTES 65536L

/* ---- where to */

static bool may_contact(const struct http_fetch *fetch, const struct sockaddr *address)
{
    for (size_t i = 0; i < fetch->networks; i++)
        if (cidr_has(&fetch->network[i], address))
            return true;
    return false;
}

/* Sees the address that will really be connected to, after all resolving: a name that changed its
 * answer meanwhile gains nothing. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_fetch *fetch = arg;

    if (purpose != CURLSOCKTYPE_IPCXN || !may_contact(fetch, &address->addr)) {
        fetch->inside->end = FETCH_ADDRESS_NOT_ALLOWED;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- with whom */

static bool read_connected(const char *ip, int port, struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, ip, &v4->sin_addr) == 1) {
        out->ss_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        return true;
    }
    if (inet_pton(AF_INET6, ip, &v6->sin6_addr) == 1) {
        out->ss_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        return true;
    }
    return false;
}

static bool read_peer(struct http_fetch *fetch)
{
    struct curl_tlssessioninfo *session = NULL;
    const X509 *certificate;

    if (curl_easy_getinfo(fetch->inside->easy, CURLINFO_TLS_SSL_PTR, &session) || !session ||
        session->backend != CURLSSLBACKEND_OPENSSL || !session->internals ||
        !(certificate = SSL_get0_peer_certificate(session->internals)))
        return false;
    fetch->has_peer = certificate_spki(certificate, &fetch->peer) == 0;
    return fetch->has_peer;
}

static bool is_pinned(const struct http_fetch *fetch)
{
    for (size_t i = 0; i < fetch->pins; i++)
        if (memcmp(fetch->pin[i].spki.b, fetch->peer.spki.b, CS_HASH) == 0)
            return true;
    return false;
}

/*
 * Runs before each request is sent, on new connections and on reused ones: whatever libcurl thought
 * when it chose the connection, nothing leaves unless address and key are right for this fetch.
 */
static int before_request(void *arg, char *to, char *from, int to_port, int from_port)
{
    struct http_fetch *fetch = arg;
    struct http_fetch_inside *in = fetch->inside;

    (void)from;
    (void)from_port;
    if (!read_connected(to, to_port, &fetch->address) ||
        !may_contact(fetch, (struct sockaddr *)&fetch->address))
        in->end = FETCH_ADDRESS_NOT_ALLOWED;
    else if (!read_peer(fetch) || (fetch->trust == HTTP_TRUST_PINS && !is_pinned(fetch)))
        in->end = FETCH_WRONG_CERTIFICATE;
    else
        in->end = FETCH_GOES_ON; /* one of several addresses may have been refused on the way */
    return in->end == FETCH_GOES_ON ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* ---- how much */

static size_t stop(struct http_fetch *fetch, enum fetch_end end)
{
    fetch->inside->end = end;
    return 0;
}

/* The field's number, or HTTP_FIELDS; `value` is what stands behind the colon. */
static int find_field(struct cs_span line, struct cs_span *value)
{
    static const char *const names[HTTP_FIELDS] = {
        "etag", "content-type",     "content-digest", "signature",  "signature-input",
        "date", "content-encoding", "content-range",  "retry-after"};
    const unsigned char *colon = memchr(line.p, ':', line.n);
    size_t name = colon ? (size_t)(colon - line.p) : 0;
    int field = 0;

    while (field < HTTP_FIELDS && (strlen(names[field]) != name ||
                                   strncasecmp(names[field], (const char *)line.p, name) != 0))
        field++;
    if (field == HTTP_FIELDS)
        return field;
    *value = cs_span_make(colon + 1, line.n - name - 1);
    while (value->n && strchr(" \t\r\n", value->p[value->n - 1]))
        value->n--;
    while (value->n && strchr(" \t", value->p[0]))
        *value = cs_span_make(value->p + 1, value->n - 1);
    return field;
}

static void drop_fields(struct http_fetch *fetch)
{
    for (int i = 0; i < HTTP_FIELDS; i++) {
        memory_free(fetch->inside->field[i]);
        fetch->inside->field[i] = NULL;
        fetch->field[i] = NULL;
    }
}

/* The head is whole: what it announces is judged before any body is taken. */
static size_t end_headers(struct http_fetch *fetch, size_t n)
{
    struct http_fetch_inside *in = fetch->inside;
    curl_off_t length = -1;
    long status = 0;

    curl_easy_getinfo(in->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200) {
        drop_fields(fetch); /* an interim one: the real head follows */
        return n;
    }
    in->headers_done = true;
    fetch->status = (unsigned)status;
    if (!curl_easy_getinfo(in->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) && length > 0 &&
        (uint64_t)length > fetch->cap && fetch->method != HTTP_HEAD)
        return stop(fetch, FETCH_TOO_LARGE);
    return n;
}

static size_t take_header(char *text, size_t one, size_t n, void *arg)
{
    struct http_fetch *fetch = arg;
    struct http_fetch_inside *in = fetch->inside;
    struct cs_span line = cs_span_make(text, n * one), value;
    int field;

    in->header_bytes += line.n;
    if (in->header_bytes > HTTP_RESPONSE_HEADERS_MAX ||
        ++in->header_lines > HTTP_RESPONSE_LINES_MAX)
        return stop(fetch, FETCH_TOO_LARGE);
    if (in->headers_done) /* trailers */
        return line.n;
    if (line.n <= 2 && line.p[0] != ':')
        return end_headers(fetch, line.n);
    if (memchr(line.p, 0, line.n))
        return stop(fetch, FETCH_NOT_HTTP);
    if ((field = find_field(line, &value)) == HTTP_FIELDS)
        return line.n;
    if (in->field[field])
        return stop(fetch, FETCH_NOT_HTTP);
    if (value.n > HTTP_FIELD_MAX)
        return stop(fetch, FETCH_TOO_LARGE);
    if (!(in->field[field] = memory_copy_span(value)))
        return stop(fetch, FETCH_NO_MEMORY);
    fetch->field[field] = in->field[field];
    return line.n;
}

static size_t take_body(char *bytes, size_t one, size_t n, void *arg)
{
    struct http_fetch *fetch = arg;
    struct cs_span span = cs_span_make(bytes, one * n);
    bool wanted = fetch->status == 200 || fetch->status == 206;

    fetch->received_bytes += span.n;
    if (fetch->received_bytes > fetch->cap)
        return stop(fetch, FETCH_TOO_LARGE);
    if (wanted && fetch->sink) {
        if (fetch->sink(fetch, span, fetch->sink_arg, &fetch->why))
            return stop(fetch, FETCH_SINK);
        return one * n;
    }
    if (!wanted && fetch->received.n + span.n > OTHER_STATUS_MAX)
        span.n = OTHER_STATUS_MAX - fetch->received.n;
    cs_buffer_add_span(&fetch->received, span);
    return fetch->received.failed ? stop(fetch, FETCH_NO_MEMORY) : one * n;
}

/* ---- options */

static void write_pins(const struct http_fetch *fetch, char out[FETCH_PINS_TEXT + 1])
{
    struct cs_buffer text = {.alloc = memory_allocator()};

    for (size_t i = 0; i < fetch->pins; i++) {
        cs_buffer_add_text(&text, i ? ";sha256//" : "sha256//");
        cs_base64_add(&text, cs_span_make(fetch->pin[i].spki.b, CS_HASH));
    }
    snprintf(out, FETCH_PINS_TEXT + 1, "%.*s", (int)text.n, text.n ? (const char *)text.p : "");
    cs_buffer_free(&text);
}

uint64_t transfer_deadline(const struct http_fetch *fetch)
{
    return fetch->deadline_ms ? fetch->deadline_ms : HTTP_FETCH_DEADLINE_DEFAULT;
}

/* What is left of the deadline, which counts over a second attempt too; 0 would mean none. */
static long time_left(const struct http_fetch *fetch)
{
    uint64_t whole = transfer_deadline(fetch);
    uint64_t gone = clock_monotonic_ms() - fetch->inside->started;

    return gone < whole ? (long)(whole - gone) : 1;
}

static CURLcode set_bounds(CURL *easy, const struct http_fetch *fetch)
{
    long deadline = time_left(fetch);
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    rc |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    rc |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    rc |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
    rc |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    rc |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    rc |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    rc |= curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    rc |= curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    rc |= curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, deadline);
    rc |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                           deadline < CONNECT_MS ? deadline : CONNECT_MS);
    rc |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT,
                           fetch->low_speed_bytes ? (long)fetch->low_speed_bytes : 512L);
    rc |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                           fetch->low_speed_s ? (long)fetch->low_speed_s : 15L);
    rc |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    rc |=
        curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 20L); /* servers here keep idle ones for 30 s */
    /* A resolver that hangs must not hold up the end of a transfer: its thread is left to itself. */
    rc |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    return rc;
}

static CURLcode set_trust(CURL *easy, struct http_fetch *fetch)
{
    long verify = fetch->trust == HTTP_TRUST_PUBLIC;
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify);
    rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    /* Resumed sessions would show the key of an earlier connection. */
    rc |= curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (fetch->trust == HTTP_TRUST_PINS && fetch->pins) {
        write_pins(fetch, fetch->inside->pins);
        rc |= curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, fetch->inside->pins);
    }
    return rc;
}

static CURLcode set_callbacks(CURL *easy, struct http_fetch *fetch)
{
    CURLcode rc = CURLE_OK;

    rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
    rc |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    rc |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, fetch);
    rc |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    rc |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
    rc |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    rc |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    rc |= curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
    return rc;
}

static CURLcode set_request(CURL *easy, const struct http_fetch *fetch)
{
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_URL, fetch->url.text);

    rc |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->inside->headers);
    if (fetch->method == HTTP_HEAD) {
        rc |= curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (fetch->method == HTTP_POST) {
        rc |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->body.n);
        rc |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                               fetch->body.n ? (const void *)fetch->body.p : "");
        rc |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
    }
    return rc;
}

int transfer_prepare(struct http_fetch *fetch, struct problem *why)
{
    struct http_fetch_inside *in = fetch->inside;

    if (!in->easy && !(in->easy = curl_easy_init()))
        return problem_no_memory(why);
    curl_easy_reset(in->easy);
    if (set_bounds(in->easy, fetch) || set_trust(in->easy, fetch) ||
        set_callbacks(in->easy, fetch) || set_request(in->easy, fetch) ||
        (in->fresh && curl_easy_setopt(in->easy, CURLOPT_FRESH_CONNECT, 1L))) {
        problem_set(why, "network", _("The network library does not offer what this node needs."));
        return -1;
    }
    return 0;
}

void transfer_forget(struct http_fetch *fetch)
{
    struct http_fetch_inside *in = fetch->inside;

    drop_fields(fetch);
    in->header_bytes = 0;
    in->header_lines = 0;
    in->headers_done = false;
    in->end = FETCH_GOES_ON;
    fetch->status = 0;
    cs_buffer_reset(&fetch->received);
    fetch->received.failed = false;
    fetch->received_bytes = 0;
    fetch->has_peer = false;
    memset(&fetch->peer, 0, sizeof fetch->peer);
    memset(&fetch->address, 0, sizeof fetch->address);
    fetch->failed = false;
    problem_clear(&fetch->why);
}
