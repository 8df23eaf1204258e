#include "peer_api/internal.h"

#include <assert.h>
#include <stdio.h>

#include <commonshelf/encode.h>
#include <commonshelf/key.h>

#define NOTE_TYPE "text/plain; charset=utf-8"

struct reader *api_reader(struct peer_api *api, struct http_exchange *x)
{
    unsigned i = http_loop_index(x);
    struct problem why = PROBLEM_INIT;

    assert(i < READERS_MAX);
    if (!api->reader[i] && !(api->reader[i] = store_reader(api->store, &why)))
        api_failed(x, &why);
    return api->reader[i];
}

void api_not_found(struct http_exchange *x)
{
    http_set_header(x, "Cache-Control", "no-store");
    http_answer_problem(x, 404, "not_found", NULL);
}

void api_failed(struct http_exchange *x, const struct problem *why)
{
    log_problem(LOG_LEVEL_ERROR, "peer_api", why);
    http_answer_problem(x, 500, "internal", NULL);
}

void api_answer_note(struct http_exchange *x, struct cs_span body, unsigned max_age)
{
    char cache[48];

    snprintf(cache, sizeof cache, "public, max-age=%u", max_age);
    api_answer_note_to(x, body, cache);
}

void api_answer_note_to(struct http_exchange *x, struct cs_span body, const char *cache)
{
    struct cs_buffer etag = {.alloc = memory_allocator()};
    struct cs_hash hash;

    cs_sha256(body, &hash);
    cs_base64url_add(&etag, cs_span_make(hash.b, CS_HASH));
    http_set_header(x, "Cache-Control", cache);
    if (cs_buffer_text(&etag))
        http_set_etag(x, (const char *)etag.p);
    http_answer(x, 200, NOTE_TYPE, body);
    cs_buffer_free(&etag);
}

void api_answer_found(struct http_exchange *x, int failed, bool found, struct cs_span body,
                      unsigned max_age, const struct problem *why)
{
    if (failed)
        api_failed(x, why);
    else if (!found)
        api_not_found(x);
    else
        api_answer_note(x, body, max_age);
}

bool api_has_query(struct http_exchange *x)
{
    if (http_request(x)->query.n == 0)
        return false;
    http_answer_problem(x, 400, "unknown_parameter", NULL);
    return true;
}

static void answer_keyset(struct peer_api *api, struct http_exchange *x, uint64_t version)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    struct reader *r = api_reader(api, x);
    bool found;
    int rc;

    if (!r)
        return;
    rc = store_keyset_get(r, STORE_SELF, version, &note, &found, &why);
    api_answer_found(x, rc, found, cs_buffer_span(&note), version ? 86400 : API_NOTE_SECONDS, &why);
    cs_buffer_free(&note);
}

static void keyset(struct http_exchange *x, void *arg)
{
    if (!api_has_query(x))
        answer_keyset(arg, x, 0);
}

static void keyset_version(struct http_exchange *x, void *arg)
{
    struct cs_span path = http_request(x)->path;
    size_t prefix = sizeof "/csh/v1/keyset/" - 1;
    uint64_t version;

    if (api_has_query(x))
        return;
    if (cs_decimal_read(cs_span_make(path.p + prefix, path.n - prefix), INT64_MAX, &version) !=
            CS_OK ||
        version == 0)
        api_not_found(x);
    else
        answer_keyset(arg, x, version);
}

bool api_is_uncertain(struct peer_api *api, struct http_exchange *x)
{
    const char *held = signer_held(api->signer);

    /* That of two histories is true, whichever it is; and a home that is no copy is shown as it is. */
    if (!held || !strcmp(held, "two_histories") || !strcmp(held, "not_asked"))
        return false;
    http_set_header(x, "Retry-After", "2");
    http_answer_problem(x, 503, "not_certain", NULL);
    return true;
}

static void profile(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    struct reader *r;
    bool found;
    int rc;

    if (api_has_query(x) || api_is_uncertain(api, x) || !(r = api_reader(api, x)))
        return;
    rc = store_profile_get(r, STORE_SELF, &note, &found, &why);
    api_answer_found(x, rc, found, cs_buffer_span(&note), API_NOTE_SECONDS, &why);
    cs_buffer_free(&note);
}

/* Signing and storing takes a disk's time: a worker does it. */
static void hello_work(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct reader *r = api_reader(api, x);

    if (r)
        peering_hello(api->peering, r, x);
}

static void hello(struct http_exchange *x, void *arg)
{
    if (!api_has_query(x))
        http_defer(x, hello_work, arg);
}

static void nothing_here(struct http_exchange *x, void *arg)
{
    (void)arg;
    api_not_found(x);
}

/* Each costs two verifications. One is enough until the visit that follows. */
static const struct rate notice_rate = {.per_second = 1, .burst = 20};

struct peer_api *peer_api_new(const char *home, struct store *store, struct signer *signer,
                              struct peering *peering, struct problem *why)
{
    struct peer_api *api = memory_new(sizeof *api);

    if (!api || !(api->notices = rate_limiter_new(notice_rate, STORE_PEERS_MAX))) {
        memory_free(api);
        problem_no_memory(why);
        return NULL;
    }
    assert(strlen(home) < sizeof api->home);
    strcpy(api->home, home);
    api->store = store;
    api->signer = signer;
    api->peering = peering;
    if (!(api->replay = store_replay_open(home, REPLAY_EACH, REPLAY_ALL, why))) {
        peer_api_free(api);
        return NULL;
    }
    return api;
}

int peer_api_register(struct peer_api *api, struct http_server *server, struct problem *why)
{
    const struct http_route routes[] = {
        {.path = "/csh/v1/keyset", .methods = HTTP_GET, .handler = keyset, .arg = api},
        {.path = "/csh/v1/keyset/",
         .prefix = true,
         .methods = HTTP_GET,
         .handler = keyset_version,
         .arg = api},
        {.path = "/csh/v1/profile", .methods = HTTP_GET, .handler = profile, .arg = api},
        {.path = "/csh/v1/log/",
         .prefix = true,
         .methods = HTTP_GET,
         .handler = api_log,
         .arg = api},
        {.path = "/csh/v1/relay/",
         .prefix = true,
         .methods = HTTP_GET,
         .handler = api_relay,
         .arg = api},
        {.path = "/csh/v1/shelves",
         .methods = HTTP_GET,
         .handler = api_shelves,
         .arg = api,
         .cost = COST_SIGNED},
        {.path = "/csh/v1/seen", .methods = HTTP_GET, .handler = api_seen, .arg = api},
        {.path = "/csh/v1/seen/",
         .prefix = true,
         .methods = HTTP_GET,
         .handler = api_seen_checkpoint,
         .arg = api},
        {.path = "/csh/v1/charter/",
         .prefix = true,
         .methods = HTTP_GET,
         .handler = api_charter,
         .arg = api},
        {.path = "/csh/v1/add-checkpoint",
         .methods = HTTP_POST,
         .listeners = HTTP_WORLD,
         .body_max = CS_WITNESS_BODY_MAX,
         .handler = api_add_checkpoint,
         .arg = api},
        {.path = "/csh/v1/notify",
         .methods = HTTP_POST,
         .listeners = HTTP_WORLD,
         .body_max = CS_CHECKPOINT_MAX,
         .handler = api_notify,
         .arg = api},
        {.path = "/csh/v1/deposit",
         .methods = HTTP_POST,
         .listeners = HTTP_WORLD,
         .body_max = CS_DEPOSIT_MAX,
         .handler = api_deposit,
         .arg = api,
         .cost = COST_SIGNED},
        {.path = "/csh/v1/deposit/",
         .prefix = true,
         .methods = HTTP_GET,
         .handler = api_deposit_held,
         .arg = api,
         .cost = COST_SIGNED},
        {.path = "/csh/v1/hello",
         .methods = HTTP_POST,
         .listeners = HTTP_WORLD,
         .body_max = CS_FRAMES_BODY_MAX,
         .handler = hello,
         .arg = api},
        {.path = "/csh/v1/",
         .prefix = true,
         .methods = HTTP_GET,
         .handler = nothing_here,
         .arg = api},
    };

    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (http_server_route(server, &routes[i], why))
            return -1;
    return 0;
}

void peer_api_on_notice(struct peer_api *api, void (*noticed)(void *arg, row_id nid), void *arg)
{
    api->noticed = noticed;
    api->noticed_arg = arg;
}

void peer_api_on_deposit(struct peer_api *api, uint64_t quota, void (*records)(void *arg),
                         void *arg)
{
    api->quota = quota;
    api->records = records;
    api->records_arg = arg;
}

void peer_api_free(struct peer_api *api)
{
    if (!api)
        return;
    for (size_t i = 0; i < READERS_MAX; i++) {
        store_reader_free(api->reader[i]);
        etags_free(api->etags[i]);
        log_proof_free(api->proof[i]);
    }
    store_replay_close(api->replay);
    rate_limiter_free(api->notices);
    memory_free(api);
}
