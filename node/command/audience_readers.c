#include "command/audience_readers.h"

int audience_readers(struct reader *r, const struct shelf_row *shelf, struct audience_readers *out,
                     struct problem *why)
{
    struct peer_row *peer = memory_new(STORE_PEERS_MAX * sizeof *peer);
    size_t n = 0;
    int rc = -1;

    out->n = 0;
    out->node = peer ? memory_new(STORE_PEERS_MAX * sizeof *out->node) : NULL;
    if (!out->node)
        problem_no_memory(why);
    else
        rc = store_peer_list(r, peer, STORE_PEERS_MAX, &n, why);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct viewer viewer = {.kind = VIEWER_PEER, .peer = peer[i].node.nid};
        bool may;

        rc = catalogue_reads(r, viewer, shelf, &may, why);
        if (rc == 0 && may)
            out->node[out->n++] = peer[i].node.id;
    }
    memory_free(peer);
    return rc;
}

static bool is_among(const struct cs_node_id *id, const struct audience_readers *readers)
{
    for (size_t i = 0; i < readers->n; i++)
        if (cs_node_id_equal(&readers->node[i], id))
            return true;
    return false;
}

void audience_drop(struct home *home, const struct audience_readers *before,
                   const struct audience_readers *after)
{
    for (size_t i = 0; i < before->n; i++)
        if (!is_among(&before->node[i], after))
            home_peer_dropped(home, &before->node[i], 0);
}
