/*
 * What is believed of another node's keysets when they come in again: the rule of SPEC.md §4 for two
 * that contradict each other, and for those whose time is over.
 */
#include <inttypes.h>

#include "peering/internal.h"

/* A thief's profile may have any version: under a newer keyset they begin anew. */
static int put_chain(struct transaction *t, row_id nid, struct cs_span chain,
                     const struct cs_keyset *newest, bool grows, struct problem *why)
{
    struct cs_span note;

    if (grows && store_profile_outdate(t, nid, why))
        return -1;
    for (uint64_t version = 1; chain.n > 0 && cs_chain_next(&chain, &note); version++)
        if (store_keyset_put(t, nid, version, note, why))
            return -1;
    return store_node_keys(t, nid, newest->expires, 0, why);
}

/* Where the offered chain leaves the held one. */
struct parting {
    uint64_t version;
    struct cs_span held, offered;
};

static int keep_evidence(struct transaction *t, const struct node_row *node,
                         const struct parting *at, struct problem *why)
{
    log_line(LOG_LEVEL_WARN, "peering",
             _("two keysets %" PRIu64 " claim to be those of \"%s\" (%s)"), at->version, node->name,
             node->id.s);
    return store_evidence_add(t, node->nid, "keysets", at->held, at->offered, clock_now(), why);
}

static int judge(struct transaction *t, const struct node_row *node, struct cs_span held,
                 struct cs_span offered, const struct cs_keyset *newest, enum identity_taken *taken,
                 struct problem *why)
{
    enum cs_chain_relation relation;
    struct parting at;
    enum cs_status status = cs_chain_compare(held, offered, clock_agreed(), &relation, &at.version,
                                             &at.held, &at.offered);

    if (status != CS_OK)
        return problem_status(why, status, _("the keysets of the other node"));
    *taken = IDENTITY_TAKEN;
    switch (relation) {
    case CS_CHAIN_SAME:
    case CS_CHAIN_CONTINUES:
        return put_chain(t, node->nid, offered, newest, relation == CS_CHAIN_CONTINUES, why);
    case CS_CHAIN_OLDER:
        *taken = IDENTITY_OLDER;
        return 0;
    case CS_CHAIN_OVERRIDES:
        if (keep_evidence(t, node, &at, why) || store_keyset_drop(t, node->nid, at.version, why))
            return -1;
        return put_chain(t, node->nid, offered, newest, true, why);
    case CS_CHAIN_OVERRIDDEN:
        *taken = IDENTITY_OVERRIDDEN;
        return keep_evidence(t, node, &at, why);
    case CS_CHAIN_CONTRADICTS:
        break;
    }
    *taken = IDENTITY_FROZEN;
    if (keep_evidence(t, node, &at, why))
        return -1;
    return store_node_keys(t, node->nid, node->keyset_expires, at.version, why);
}

int peering_identity(struct transaction *t, const struct cs_node_id *node, struct cs_span chain,
                     const struct cs_keyset *newest, row_id *nid, enum identity_taken *taken,
                     struct problem *why)
{
    struct cs_buffer held = {.alloc = memory_allocator()};
    struct node_row *row = memory_new(sizeof *row);
    bool found;
    int rc = -1;

    *taken = IDENTITY_FROZEN;
    if (!row) {
        problem_no_memory(why);
        goto out;
    }
    if (store_node_add(t, node, nid, why) ||
        store_node_get(transaction_reader(t), *nid, row, &found, why) ||
        store_keyset_chain(transaction_reader(t), *nid, &held, why))
        goto out;
    if (*nid == STORE_SELF)
        rc =
            problem_set(why, "own_identity", "%s",
                        _("The other node has this node's own identity: it is a copy of this home. "
                          "Nothing was stored. Stop one of the two."));
    else
        rc = row->frozen ? 0 : judge(t, row, cs_buffer_span(&held), chain, newest, taken, why);
out:
    cs_buffer_free(&held);
    memory_free(row);
    return rc;
}

int peering_frozen(const char *name, struct problem *why)
{
    return problem_set(why, "identity_frozen",
                       _("Two sets of keys claim to be those of \"%s\", and nothing says which is "
                         "right: its root key may be in wrong hands. Nothing new is taken from it; "
                         "what was copied before stays, and both are kept as evidence. Speak with "
                         "the institution, then remove the peer and redeem a new invite."),
                       name);
}

int identity_problem(enum identity_taken taken, const char *name, struct problem *why)
{
    switch (taken) {
    case IDENTITY_TAKEN:
        return 0;
    case IDENTITY_OLDER:
        return problem_set(why, "keyset_older",
                           _("\"%s\" shows older keys than it did before. The newer ones stay in "
                             "force. If they restored a backup, they need the newest copy of their "
                             "keys, or \"commonshelf keys recover\"."),
                           name);
    case IDENTITY_OVERRIDDEN:
        return problem_set(why, "keyset_overridden",
                           _("Somebody shows keys of \"%s\" that its higher root key has taken "
                             "back. They were refused and kept as evidence. Ask the institution."),
                           name);
    case IDENTITY_FROZEN:
        break;
    }
    return peering_frozen(name, why);
}

int identity_expired(const struct cs_keyset *keyset, const char *name, struct problem *why)
{
    char when[CLOCK_TEXT];

    if (keyset->expires > clock_agreed())
        return 0;
    clock_text(keyset->expires, when);
    if (!name)
        return problem_set(why, "keys_expired",
                           _("This node's keys expired at %s, and nobody new is introduced with "
                             "them. Make new ones: commonshelf keys rotate"),
                           when);
    return problem_set(why, "keys_expired",
                       _("The keys of \"%s\" expired at %s. You are not peers yet. They need to "
                         "run \"commonshelf keys rotate\"; if they did, look at this machine's "
                         "clock."),
                       name, when);
}
