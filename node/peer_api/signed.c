/*
 * Who asks: the one place where a signed request becomes a peer. Nothing passes without a signature for this
 * node, by the newest auth key that is known of a peer, now, for the first time (SPEC.md §7).
 */
#include "peer_api/internal.h"

#define COME_BACK_SECONDS 10 /* when a peer's nonces have no room */

struct check {
    struct peer_api *api;
    struct reader *reader;
    struct caller *caller;
    uint64_t now;
};

static int key(void *arg, const struct http_exchange *x, const struct cs_node_id *from,
               struct cs_public_key *out, struct problem *why)
{
    struct check *check = arg;

    (void)x;
    return peering_signer_key(check->reader, from, &check->caller->peer, out, why);
}

static int nonce(void *arg, const struct cs_node_id *from, const char *text, uint64_t expires,
                 struct problem *why)
{
    struct check *check = arg;
    enum replay_found found;

    if (store_replay_add(check->api->replay, from, text, expires + CS_REQUEST_SKEW_MAX, check->now,
                         &found, why))
        return -1;
    if (found == REPLAY_FULL)
        problem_set(why, "too_many", _("There is no room for more requests of this node now."));
    return found == REPLAY_NEW ? 0 : -1;
}

static void refuse(struct peer_api *api, struct http_exchange *x, const struct caller *caller,
                   unsigned status, uint64_t now, const struct problem *why)
{
    if (problem_is(why, "expired not_yet")) {
        http_answer_wrong_time(x, api->signer, &caller->signature, now, why->code);
    } else if (problem_is(why, "too_many")) {
        http_answer_later(x, COME_BACK_SECONDS);
    } else if (status >= 500) {
        log_problem(LOG_LEVEL_ERROR, "peer_api", why);
        http_answer_problem(x, status, "internal", NULL);
    } else {
        http_answer_problem(x, status, why->code, NULL);
    }
}

/* The configured URL's authority: whatever Host says. */
static int authority(struct peer_api *api, struct http_url *url, struct problem *why)
{
    return http_url_read(peering_url(api->peering), url, why);
}

bool api_has_signature(const struct http_exchange *x)
{
    const struct http_request *r = http_request(x);

    return http_header(r, "signature", NULL) > 0 || http_header(r, "signature-input", NULL) > 0;
}

bool api_caller(struct peer_api *api, struct http_exchange *x, struct caller *caller)
{
    struct check check = {
        .api = api, .reader = api_reader(api, x), .caller = caller, .now = clock_now()};
    struct http_verifier verifier = {.self = signer_node(api->signer),
                                     .now = check.now,
                                     .key = key,
                                     .nonce = nonce,
                                     .arg = &check};
    struct http_url *url = arena_take(http_arena(x), sizeof *url);
    struct problem why = PROBLEM_INIT;
    unsigned status = 500;

    if (!check.reader)
        return false;
    if (!url)
        problem_no_memory(&why);
    if (!url || authority(api, url, &why)) {
        refuse(api, x, caller, status, check.now, &why);
        return false;
    }
    verifier.authority = url->authority;
    if (http_verify_request(x, &verifier, &caller->signature, &status, &why)) {
        refuse(api, x, caller, status, check.now, &why);
        return false;
    }
    if (peering_may_ask(&caller->peer, &why)) {
        refuse(api, x, caller, 403, check.now, &why);
        return false;
    }
    return true;
}

void api_answer_caller(struct peer_api *api, struct http_exchange *x, const struct caller *caller,
                       unsigned status, const char *type, struct cs_span body)
{
    http_set_header(x, "Cache-Control", "private, no-store");
    http_answer_signed(x, api->signer, &caller->signature, clock_now(), status, type, body);
}
