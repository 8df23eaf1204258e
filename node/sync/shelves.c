/*
 * What of a peer's shelves this node may read, as the peer says to it alone.
 */
#include <commonshelf/shelves.h>

#include "sync/internal.h"

int shelves_ask(struct pull *p, struct problem *why)
{
    const struct peer_question question = {.path = "/csh/v1/shelves", .cap = CS_SHELVES_MAX};
    struct http_fetch *answer;
    struct cs_span lines;
    enum cs_status status;

    p->result->requests++;
    if (peering_ask(p->setup->peering, p->client, p->contact, &question, &answer, why))
        return -1;
    p->result->bytes += answer->received_bytes;
    status = cs_shelves_read(cs_buffer_span(&answer->received), &p->contact->row.node.id, &lines);
    http_fetch_free(answer);
    return status == CS_OK ? 0 : problem_status(why, status, _("the other node's list of shelves"));
}
