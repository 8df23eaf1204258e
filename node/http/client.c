/*
 * Fetches, and running several of them at once.
 */
#include <pthread.h>

#include <commonshelf/encode.h>

#include "http/client_internal.h"
#include "http/server.h"

#define POLL_MS 200 /* how often a cancel is looked for */
#define HOST_CONNECTIONS 4L
#define KEPT_CONNECTIONS 16L

struct http_client {
    CURLM *multi;
    const atomic_bool *cancel, *stop;
};

/* ---- fetches */

struct http_fetch *http_fetch_new(const char *url, struct problem *why)
{
    struct http_fetch *fetch = memory_new(sizeof *fetch);

    if (!fetch || !(fetch->inside = memory_new(sizeof *fetch->inside))) {
        problem_no_memory(why);
        goto bad;
    }
    fetch->received.alloc = memory_allocator();
    fetch->method = HTTP_GET;
    fetch->deadline_ms = HTTP_FETCH_DEADLINE_DEFAULT;
    fetch->cap = HTTP_FETCH_CAP_DEFAULT;
    fetch->why.exit_status = EXIT_NOT_DONE;
    if (http_url_read(url, &fetch->url, why))
        goto bad;
    return fetch;
bad:
    http_fetch_free(fetch);
    return NULL;
}

void http_fetch_free(struct http_fetch *fetch)
{
    if (!fetch)
        return;
    if (fetch->inside) {
        transfer_forget(fetch);
        if (fetch->inside->easy)
            curl_easy_cleanup(fetch->inside->easy);
        curl_slist_free_all(fetch->inside->headers);
        memory_free(fetch->inside);
    }
    cs_buffer_free(&fetch->received);
    memory_free(fetch);
}

int http_fetch_reset(struct http_fetch *fetch, const char *url, struct problem *why)
{
    transfer_forget(fetch);
    curl_slist_free_all(fetch->inside->headers);
    fetch->inside->headers = NULL;
    fetch->inside->nonce[0] = fetch->inside->signature[0] = 0;
    return url ? http_url_read(url, &fetch->url, why) : 0;
}

static bool is_name(const char *name)
{
    return *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
               strlen(name);
}

static bool is_value(const char *value)
{
    for (; *value; value++)
        if (*value < ' ' || *value > '~')
            return false;
    return true;
}

static int append(struct curl_slist **list, const char *line, struct problem *why)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (!longer)
        return problem_no_memory(why);
    *list = longer;
    return 0;
}

int http_fetch_header(struct http_fetch *fetch, const char *name, const char *value,
                      struct problem *why)
{
    struct cs_buffer line = {.alloc = memory_allocator()};
    const char *text;
    unsigned count = 0;
    int rc;

    for (struct curl_slist *at = fetch->inside->headers; at; at = at->next)
        count++;
    if (!is_name(name) || !*value || !is_value(value) || count >= HTTP_FETCH_HEADERS_MAX)
        return problem_set(why, "bad_header", _("A request header cannot be sent: %s"), name);
    cs_buffer_printf(&line, "%s: %s", name, value);
    text = cs_buffer_text(&line);
    rc = text ? append(&fetch->inside->headers, text, why) : problem_no_memory(why);
    cs_buffer_free(&line);
    return rc;
}

/* ---- the client */

static void initialise(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct http_client *http_client_new(const atomic_bool *cancel, struct problem *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct http_client *client = memory_new(sizeof *client);

    pthread_once(&once, initialise);
    if (!client || !(client->multi = curl_multi_init())) {
        memory_free(client);
        problem_no_memory(why);
        return NULL;
    }
    client->cancel = cancel;
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, HOST_CONNECTIONS);
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
    curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return client;
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    curl_multi_cleanup(client->multi);
    memory_free(client);
}

void http_client_stop_on(struct http_client *client, const atomic_bool *stop)
{
    client->stop = stop;
}

static bool is_cancelled(const struct http_client *client)
{
    return (client->cancel && atomic_load(client->cancel)) ||
           (client->stop && atomic_load(client->stop));
}

static void fail(struct http_fetch *fetch)
{
    fetch->failed = true;
    fetch->status = 0;
}

/* curl's own defaults that are not wanted: no waiting for 100-continue, no form's content type. */
static int add_standing_headers(struct http_fetch *fetch, struct problem *why)
{
    struct http_fetch_inside *in = fetch->inside;

    for (struct curl_slist *at = in->headers; at; at = at->next)
        if (strcmp(at->data, "Expect:") == 0)
            return 0;
    if (append(&in->headers, "Expect:", why) ||
        append(&in->headers, "User-Agent: commonshelf", why))
        return -1;
    for (struct curl_slist *at = in->headers; at; at = at->next)
        if (strncmp(at->data, "Content-Type: ", 14) == 0)
            return 0;
    return fetch->method == HTTP_POST ? append(&in->headers, "Content-Type:", why) : 0;
}

static void start(struct http_client *client, struct http_fetch *fetch)
{
    transfer_forget(fetch);
    if (add_standing_headers(fetch, &fetch->why) || transfer_prepare(fetch, &fetch->why)) {
        fail(fetch);
    } else if (curl_multi_add_handle(client->multi, fetch->inside->easy)) {
        problem_no_memory(&fetch->why);
        fail(fetch);
    } else {
        fetch->inside->running = true;
    }
}

/* A kept connection that was not for this fetch after all is no failure: once more on a new one. */
static bool wants_new_connection(struct http_fetch *fetch, CURLcode code)
{
    struct http_fetch_inside *in = fetch->inside;
    long connects = 0;

    if (in->fresh || code != CURLE_ABORTED_BY_CALLBACK ||
        (in->end != FETCH_WRONG_CERTIFICATE && in->end != FETCH_ADDRESS_NOT_ALLOWED))
        return false;
    curl_easy_getinfo(in->easy, CURLINFO_NUM_CONNECTS, &connects);
    return connects == 0;
}

/* The server is busy and says for how long: what it asks is done, as far as it is bearable. */
static bool comes_back(struct http_fetch *fetch, CURLcode code)
{
    struct http_fetch_inside *in = fetch->inside;
    uint64_t seconds, now = clock_monotonic_ms();

    if (code != CURLE_OK || (fetch->status != 429 && fetch->status != 503) ||
        !fetch->field[HTTP_RETRY_AFTER] || in->waits == HTTP_RETRIES_MAX ||
        cs_decimal_read(cs_span_of(fetch->field[HTTP_RETRY_AFTER]), HTTP_RETRY_AFTER_MAX,
                        &seconds) != CS_OK ||
        now - in->started + seconds * 1000 >= transfer_deadline(fetch))
        return false;
    in->waits++;
    in->waiting = true;
    in->again_at = now + seconds * 1000;
    return true;
}

static void end(struct http_client *client, struct http_fetch *fetch, CURLcode code)
{
    curl_multi_remove_handle(client->multi, fetch->inside->easy);
    fetch->inside->running = false;
    if (comes_back(fetch, code))
        return;
    if (wants_new_connection(fetch, code)) {
        fetch->inside->fresh = true;
        start(client, fetch);
        return;
    }
    transfer_finish(fetch, code);
    if (fetch->done)
        fetch->done(fetch, fetch->done_arg);
}

/* Takes what has ended out of the multi. */
static void take_ended(struct http_client *client)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left))) {
        struct http_fetch *fetch = NULL;

        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch) || !fetch)
            continue;
        end(client, fetch, message->data.result);
    }
}

static void cancel_all(struct http_client *client, struct http_fetch *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct http_fetch_inside *in = list[i]->inside;

        if (in->running)
            curl_multi_remove_handle(client->multi, in->easy);
        if (in->running || in->waiting)
            transfer_finish(list[i], CURLE_ABORTED_BY_CALLBACK);
        in->running = in->waiting = false;
    }
}

static size_t count_unfinished(struct http_fetch *const *list, size_t n)
{
    size_t unfinished = 0;

    for (size_t i = 0; i < n; i++)
        unfinished += list[i]->inside->running || list[i]->inside->waiting;
    return unfinished;
}

static void start_again(struct http_client *client, struct http_fetch *const *list, size_t n)
{
    uint64_t now = clock_monotonic_ms();

    for (size_t i = 0; i < n; i++) {
        if (!list[i]->inside->waiting || list[i]->inside->again_at > now)
            continue;
        list[i]->inside->waiting = false;
        start(client, list[i]);
    }
}

int http_fetch(struct http_client *client, struct http_fetch *const *list, size_t n,
               struct problem *why)
{
    int rc = 0, running;

    for (size_t i = 0; i < n; i++) {
        list[i]->inside->fresh = list[i]->inside->waiting = false;
        list[i]->inside->waits = 0;
        list[i]->inside->started = clock_monotonic_ms();
        start(client, list[i]);
    }
    while (count_unfinished(list, n)) {
        start_again(client, list, n);
        if (is_cancelled(client) || curl_multi_perform(client->multi, &running)) {
            cancel_all(client, list, n);
            break;
        }
        take_ended(client);
        if (count_unfinished(list, n))
            curl_multi_poll(client->multi, NULL, 0, POLL_MS, NULL);
    }
    for (size_t i = 0; i < n && !rc; i++) {
        if (list[i]->failed) {
            rc = -1;
            if (why && !why->code)
                *why = list[i]->why;
        }
    }
    return rc;
}

int http_fetch_expect(const struct http_fetch *fetch, unsigned status, struct problem *why)
{
    if (fetch->failed) {
        if (why && !why->code)
            *why = fetch->why;
        return -1;
    }
    if (fetch->status == status)
        return 0;
    problem_set(why, "http_status", _("%s answered %u (%s)."), fetch->url.authority, fetch->status,
                http_reason(fetch->status));
    return -1;
}
