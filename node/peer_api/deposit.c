/*
 * POST deposit and GET deposit/HEX: a peer that nobody can reach brings its own logs to be relayed. Only who
 * was told that it may.
 */
#include <commonshelf/encode.h>

#include <inttypes.h>
#include <stdio.h>

#include "peer_api/internal.h"

#define HELD_TYPE "text/x.tlog.size"
#define DEPOSIT "/csh/v1/deposit/"

/* True if the caller may deposit here; else the exchange is answered. */
static bool may_deposit(struct http_exchange *x, const struct caller *caller)
{
    if (caller->peer.relay_for)
        return true;
    http_answer_problem(x, 403, "no_consent", NULL);
    return false;
}

static void answer_held(struct peer_api *api, struct http_exchange *x, const struct caller *caller,
                        uint64_t held)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64 "\n", held);
    api_answer_caller(api, x, caller, 200, HELD_TYPE, cs_span_of(text));
}

static void answer(struct peer_api *api, struct http_exchange *x, const struct caller *caller,
                   enum deposited result, uint64_t held, const struct problem *why)
{
    if (result != DEPOSIT_TAKEN && result != DEPOSIT_NO_ROOM)
        log_line(LOG_LEVEL_WARN, "peer_api", "%s", why->message);
    switch (result) {
    case DEPOSIT_TAKEN:
        answer_held(api, x, caller, held);
        break;
    case DEPOSIT_OTHERS:
        http_answer_problem(x, 403, "wrong_origin", NULL);
        break;
    case DEPOSIT_CONTRADICTS:
        http_answer_problem(x, 409, why->code, NULL);
        break;
    case DEPOSIT_MALFORMED:
        http_answer_problem(x, 400, why->code, NULL);
        break;
    case DEPOSIT_NO_ROOM:
        http_answer_problem(x, 507, "no_room", NULL);
        break;
    }
}

static void post_work(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct sync_setup setup = {.home = api->home,
                               .store = api->store,
                               .peering = api->peering,
                               .signer = api->signer,
                               .changed = api->records,
                               .arg = api->records_arg};
    struct caller *caller = arena_take(http_arena(x), sizeof *caller);
    struct reader *r = api_reader(api, x);
    struct problem why = PROBLEM_INIT;
    enum deposited result;
    uint64_t held;

    if (!r)
        return;
    if (!caller) {
        problem_no_memory(&why);
        api_failed(x, &why);
        return;
    }
    if (!api_caller(api, x, caller) || !may_deposit(x, caller))
        return;
    if (sync_deposit_take(&setup, r, &caller->peer, http_request(x)->body, api->quota, &result,
                          &held, &why)) {
        if (problem_is(&why, "disk_full"))
            http_answer_problem(x, 507, "no_room", NULL);
        else
            api_failed(x, &why);
        return;
    }
    answer(api, x, caller, result, held, &why);
}

void api_deposit(struct http_exchange *x, void *arg)
{
    if (!api_has_query(x))
        http_defer(x, post_work, arg);
}

static void held_work(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct caller *caller = arena_take(http_arena(x), sizeof *caller);
    struct cs_span path = http_request(x)->path;
    struct reader *r = api_reader(api, x);
    struct problem why = PROBLEM_INIT;
    uint64_t held;
    char hex[65];

    if (!r)
        return;
    if (!caller) {
        problem_no_memory(&why);
        api_failed(x, &why);
        return;
    }
    if (!api_caller(api, x, caller) || !may_deposit(x, caller))
        return;
    path = cs_span_make(path.p + sizeof DEPOSIT - 1, path.n - (sizeof DEPOSIT - 1));
    if (path.n != sizeof hex - 1) {
        api_not_found(x);
        return;
    }
    memcpy(hex, path.p, path.n);
    hex[path.n] = '\0';
    if (sync_deposit_held(r, caller->peer.node.nid, hex, &held, &why))
        api_failed(x, &why);
    else
        answer_held(api, x, caller, held);
}

void api_deposit_held(struct http_exchange *x, void *arg)
{
    if (!api_has_query(x))
        http_defer(x, held_work, arg);
}
