/*
 * Nodes that are read at a relay: those that nobody can connect to, and those that are followed without an
 * invite. Their keysets and profile prove themselves, whoever hands them out.
 */
#include <commonshelf/frames.h>

#include <stdio.h>

#include "peering/internal.h"

static int not_at_relay(const struct contact *relay, const char *name, struct problem *why)
{
    return problem_set(why, "not_at_relay",
                       _("\"%s\" has no public catalogue of %s: it does not follow that node, or "
                         "has nothing of it yet."),
                       relay->row.node.name, name);
}

/* What the relay has of the node's identity, verified; `bytes` holds what it points into. */
static int get_identity(struct peering *p, struct http_client *client, const struct contact *relay,
                        const struct cs_node_id *node, const char *name, struct carried *out,
                        struct cs_buffer *bytes, struct problem *why)
{
    struct cs_buffer profile = {.alloc = memory_allocator()};
    struct http_fetch *fetch;
    enum cs_status status;
    char path[128];
    size_t chain;
    int rc = -1;

    snprintf(path, sizeof path, "/csh/v1/relay/%s", node->s);
    if (!(fetch = peering_fetch(p, relay, path, why)))
        return -1;
    fetch->cap = CS_FRAMES_BODY_MAX;
    if (http_fetch(client, &fetch, 1, why))
        goto out;
    if (fetch->status == 404) {
        not_at_relay(relay, name, why);
        goto out;
    }
    if (http_fetch_expect(fetch, 200, why))
        goto out;
    status = peering_identity_read(cs_buffer_span(&fetch->received), bytes, &profile);
    chain = bytes->n;
    cs_buffer_add_span(bytes, cs_buffer_span(&profile));
    if (status == CS_OK)
        status = cs_buffer_status(bytes);
    if (status == CS_OK)
        status = peering_carried_read(cs_span_make(bytes->p, chain),
                                      cs_span_make(bytes->p + chain, bytes->n - chain), out);
    if (status == CS_OK && !cs_node_id_equal(&out->id, node))
        status = CS_WRONG_ORIGIN;
    rc = status == CS_OK
             ? 0
             : problem_status(why, status, _("what the relay has of the other node's keys"));
out:
    cs_buffer_free(&profile);
    http_fetch_free(fetch);
    return rc;
}

/* ---- of a peer: what is newer */

static int note_checked(struct peering *p, row_id nid, struct problem *why)
{
    struct transaction *t = store_begin(p->store, why);

    if (!t || store_peer_checked(t, nid, clock_now(), why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

int peering_renew_at(struct peering *p, struct reader *r, struct http_client *client,
                     const struct contact *relay, struct contact *contact, struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct carried *carried = memory_new(sizeof *carried);
    struct peer_row *row = memory_new(sizeof *row);
    int rc = -1;

    if (!carried || !row)
        problem_no_memory(why);
    else if (get_identity(p, client, relay, &contact->row.node.id, contact->row.node.name, carried,
                          &bytes, why) == 0 &&
             peering_carried_take(p, r, carried, false, row, why) == 0 &&
             note_checked(p, row->node.nid, why) == 0)
        rc = peering_contact(r, row, contact, why);
    memory_free(carried);
    memory_free(row);
    cs_buffer_free(&bytes);
    return rc;
}

/* ---- of a node that is none: followed from now on */

/* What it is here already: blocked, a peer of its own, or followed through another one. */
static int may_follow(struct reader *r, const struct cs_node_id *node, const struct contact *via,
                      struct peer_row *row, bool *followed, struct problem *why)
{
    struct node_row known;
    bool found;

    *followed = false;
    if (cs_node_id_equal(node, &via->row.node.id))
        return problem_usage(why, "is_peer",
                             _("\"%s\" is the peer itself. Name the node to follow through it."),
                             via->row.node.name);
    if (store_node_find(r, node, &known, &found, why))
        return -1;
    if (found && known.nid == STORE_SELF)
        return problem_usage(why, "own_identity", "%s", _("That is this node itself."));
    if (found && store_peer_get(r, known.nid, row, &found, why))
        return -1;
    *followed = found && row->through;
    if (found && !row->through)
        return problem_set(why, "is_peer",
                           _("\"%s\" is a peer of this node already. Nothing was changed."),
                           row->node.name);
    return peering_not_blocked(r, node, why);
}

int peering_follow(struct peering *p, struct reader *r, struct http_client *client,
                   const struct contact *via, const struct cs_node_id *node, struct peer_row *row,
                   struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct carried *carried = memory_new(sizeof *carried);
    bool followed;
    int rc = -1;

    if (!carried)
        problem_no_memory(why);
    else if (may_follow(r, node, via, row, &followed, why) == 0 &&
             get_identity(p, client, via, node, node->s, carried, &bytes, why) == 0 &&
             identity_expired(&carried->keyset, carried->profile.name, why) == 0)
        rc = carried_store(p, carried, followed, via->row.node.nid, row, why);
    memory_free(carried);
    cs_buffer_free(&bytes);
    return rc;
}

/* ---- peers that ask to be spared */

uint64_t peering_direct_due(const struct peering *p, const struct peer_row *row)
{
    uint64_t last = row->met > row->since ? row->met : row->since;
    uint64_t wait = (uint64_t)p->config->direct_hours * 3600;
    struct cs_hash hash;

    if (row->met > clock_now())
        return 0; /* the clock was set back */
    cs_sha256(cs_span_of(signer_node(p->signer)->s), &hash);
    return last + wait - wait / 8 + wait / 4 * hash.b[0] / 256;
}

bool peering_is_relay_of(const struct peering *p, const struct cs_profile *profile)
{
    for (size_t i = 0; i < profile->vias; i++)
        if (cs_node_id_equal(&profile->via[i], signer_node(p->signer)))
            return true;
    return false;
}
