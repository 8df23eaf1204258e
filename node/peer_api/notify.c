/*
 * POST notify: somebody brings a checkpoint that may be newer than what is held. It is signed by its publisher,
 * so it does not matter who brings it; nothing is fetched because of it but from that publisher, in its time.
 */
#include "peer_api/internal.h"

static void answer(struct http_exchange *x, enum noticed result)
{
    http_set_header(x, "Cache-Control", "no-store");
    switch (result) {
    case NOTICED_NEWER:
    case NOTICED_KNOWN:
        http_answer(x, 204, NULL, cs_span_make(NULL, 0));
        break;
    case NOTICED_UNKNOWN:
        api_not_found(x);
        break;
    case NOTICED_FORBIDDEN:
        http_answer_problem(x, 403, "bad_signature", NULL);
        break;
    case NOTICED_MALFORMED:
        http_answer_problem(x, 400, "malformed", NULL);
        break;
    }
}

/* True if that publisher's notices may cost a verification now; else the exchange is answered. */
static bool has_tokens(struct peer_api *api, struct http_exchange *x, row_id nid)
{
    unsigned seconds = rate_limiter_take(api->notices, cs_span_make(&nid, sizeof nid), 1);

    if (seconds)
        http_answer_later(x, seconds);
    return !seconds;
}

void api_notify(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct cs_span note = http_request(x)->body;
    struct problem why = PROBLEM_INIT;
    enum noticed result;
    struct reader *r;
    row_id nid;

    if (api_has_query(x) || !(r = api_reader(api, x)))
        return;
    if (sync_notice_look(r, note, &nid, &result, &why)) {
        api_failed(x, &why);
        return;
    }
    if (result == NOTICED_NEWER) {
        if (!has_tokens(api, x, nid))
            return;
        if (sync_notice_verify(r, note, nid, &result, &why)) {
            api_failed(x, &why);
            return;
        }
        if (result == NOTICED_NEWER && api->noticed)
            api->noticed(api->noticed_arg, nid);
    }
    answer(x, result);
}
