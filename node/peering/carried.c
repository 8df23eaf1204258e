/*
 * An identity that somebody carries here: a file on a stick, a relay. Proved by its own signatures, as
 * at a first contact; that the person means this node is theirs to say.
 */
#include "peering/internal.h"

enum cs_status peering_carried_read(struct cs_span chain, struct cs_span profile,
                                    struct carried *out)
{
    struct cs_span rest = chain, genesis;
    struct cs_keyset first;
    enum cs_status status;
    size_t count;

    if (!cs_chain_next(&rest, &genesis))
        return CS_MALFORMED;
    if ((status = cs_keyset_read(genesis, &first)) != CS_OK ||
        (status = cs_keyset_node_id(&first, &out->id)) != CS_OK ||
        (status = cs_chain_read(chain, &out->id, &out->keyset, &count)) != CS_OK)
        return status;
    out->chain = chain;
    out->note = profile;
    return cs_profile_read(profile, &out->id, &out->keyset, &out->profile);
}

static int unknown(const struct carried *c, struct problem *why)
{
    return problem_set(
        why, "unknown_node",
        _("\"%s\" is no peer of this node, so nothing of it was taken. Names can be chosen by "
          "anybody: if you know that this is its node ID, add --trust %s"),
        c->profile.name, c->id.s);
}

static int blocked(const struct peer_row *row, struct problem *why)
{
    return problem_set(
        why, "blocked",
        _("\"%s\" is blocked: nothing is taken from it. \"commonshelf peer unblock\" "
          "ends that."),
        row->node.name);
}

/* An older chain than the one held says nothing new, and is no reason to refuse what comes with it. */
int carried_store(struct peering *p, const struct carried *c, bool is_peer, row_id through,
                  struct peer_row *row, struct problem *why)
{
    const struct introduction in = {.chain = c->chain, .profile = c->note, .keyset = c->keyset};
    struct transaction *t = store_begin(p->store, why);
    enum identity_taken taken;
    row_id nid;
    bool found;

    /* The address of a new one is decided by the first connection to it, if there ever is one. */
    if (!t || peer_store(t, &in, &c->profile, is_peer ? NULL : "", &nid, &taken, why) ||
        (taken == IDENTITY_OLDER && !is_peer &&
         store_peer_put(t, nid, PEER_ACTIVE, "", clock_now(), why)) ||
        (through && store_peer_through(t, nid, through, why)) ||
        store_peer_get(transaction_reader(t), nid, row, &found, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    if (taken != IDENTITY_TAKEN && taken != IDENTITY_OLDER)
        return identity_problem(taken, c->profile.name, why);
    if (!is_peer)
        peers_changed(p);
    return 0;
}

int peering_carried_take(struct peering *p, struct reader *r, const struct carried *c, bool trusted,
                         struct peer_row *row, struct problem *why)
{
    struct node_row node;
    bool known, is_peer = false;

    memset(row, 0, sizeof *row);
    if (store_node_find(r, &c->id, &node, &known, why) ||
        (known && store_peer_get(r, node.nid, row, &is_peer, why)))
        return -1;
    if (!is_peer && !trusted)
        return unknown(c, why);
    if (is_peer && row->state == PEER_BLOCKED)
        return blocked(row, why);
    return carried_store(p, c, is_peer, 0, row, why);
}
