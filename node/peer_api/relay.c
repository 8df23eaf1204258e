/*
 * relay/NODE-ID: who a node is whose public logs are mirrored here, for those who cannot ask it. Else a log
 * by its origin's hash.
 */
#include <commonshelf/frames.h>

#include "peer_api/internal.h"

#define RELAY "/csh/v1/relay/"

static void identity(struct peer_api *api, struct http_exchange *x, const struct cs_node_id *id)
{
    struct cs_buffer body = {.alloc = memory_allocator()};
    struct reader *r = api_reader(api, x);
    struct problem why = PROBLEM_INIT;
    bool found;
    row_id nid;

    if (!r || api_has_query(x))
        return;
    if (store_relayed_node(r, id, &nid, &found, &why) ||
        (found && peering_identity_frames(r, nid, &body, &why))) {
        api_failed(x, &why);
    } else if (!found) {
        api_not_found(x);
    } else {
        http_set_header(x, "Cache-Control", "public, max-age=60");
        http_answer_buffer(x, 200, CS_FRAMES_TYPE, &body);
    }
    cs_buffer_free(&body);
}

void api_relay(struct http_exchange *x, void *arg)
{
    struct cs_span rest = http_request(x)->path;
    struct cs_node_id id;

    rest = cs_span_make(rest.p + sizeof RELAY - 1, rest.n - (sizeof RELAY - 1));
    if (cs_node_id_read(rest, &id) == CS_OK)
        identity(arg, x, &id);
    else
        api_log(x, arg);
}
