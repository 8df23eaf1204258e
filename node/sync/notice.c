/*
 * Notices: a publisher's newest checkpoint, brought by whoever has it. It says that there is something new and
 * proves it; what that is, the next pull finds out.
 */
#include "sync/internal.h"

/* What is known here before any signature is looked at. */
static int look_up(struct reader *r, const struct cs_checkpoint *checkpoint, struct peer_row *peer,
                   enum noticed *result, struct problem *why)
{
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct cs_node_id id;
    struct node_row node;
    struct log_row log;
    uint64_t epoch;
    bool found;

    *result = NOTICED_UNKNOWN;
    if (cs_origin_read(cs_span_of(checkpoint->origin), &id, shelf, &epoch) != CS_OK)
        return 0;
    if (store_node_find(r, &id, &node, &found, why))
        return -1;
    if (!found || node.nid == STORE_SELF)
        return 0;
    if (store_peer_get(r, node.nid, peer, &found, why))
        return -1;
    if (!found || peer->state != PEER_ACTIVE)
        return 0;
    if (store_log_by_origin(r, checkpoint->origin, &log, &found, why))
        return -1;
    /* Of a shelf or an epoch that is not known here the profile tells, when it is asked for. */
    *result = NOTICED_NEWER;
    /* Whether a restricted one is here is told to nobody who does not bring what its publisher signed. */
    if (found && log.audience == AUDIENCE_PUBLIC && checkpoint->size <= log.checkpoint_size)
        *result = NOTICED_KNOWN;
    return 0;
}

int sync_notice_look(struct reader *r, struct cs_span note, row_id *nid, enum noticed *result,
                     struct problem *why)
{
    struct peer_row *peer = memory_new(sizeof *peer);
    struct cs_checkpoint checkpoint;
    int rc;

    if (!peer)
        return problem_no_memory(why);
    if (cs_checkpoint_parse(note, &checkpoint) == CS_OK) {
        rc = look_up(r, &checkpoint, peer, result, why);
        *nid = peer->node.nid;
    } else {
        *result = NOTICED_MALFORMED;
        rc = 0;
    }
    memory_free(peer);
    return rc;
}

int sync_notice_verify(struct reader *r, struct cs_span note, row_id nid, enum noticed *result,
                       struct problem *why)
{
    struct cs_buffer keys = {.alloc = memory_allocator()};
    struct cs_checkpoint claimed, checkpoint;
    struct cs_keyset keyset;
    struct node_row node;
    bool found;
    int rc = store_node_get(r, nid, &node, &found, why);

    *result = NOTICED_FORBIDDEN;
    if (rc == 0 && found)
        rc = store_keyset_get(r, nid, 0, &keys, &found, why);
    if (rc == 0 && found && cs_keyset_read(cs_buffer_span(&keys), &keyset) == CS_OK &&
        cs_checkpoint_parse(note, &claimed) == CS_OK &&
        cs_checkpoint_read(note, claimed.origin, &node.id, &keyset, &checkpoint) == CS_OK)
        *result = NOTICED_NEWER;
    cs_buffer_free(&keys);
    return rc;
}
