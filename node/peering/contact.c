#include "peering/internal.h"

/* ---- finding a peer by what a person calls it */

struct search {
    const char *who;
    struct peer_row *out;
    size_t hits;
};

static int find_by_name(struct reader *r, const char *who, struct peer_row *peer, size_t *hits,
                        struct problem *why)
{
    struct peer_row *rows = memory_new(sizeof *rows * STORE_PEERS_MAX);
    size_t n;
    int rc = -1;

    *hits = 0;
    if (!rows)
        return problem_no_memory(why);
    if (store_peer_list(r, rows, STORE_PEERS_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].node.name, who) == 0) {
            *peer = rows[i];
            ++*hits;
        }
    rc = 0;
out:
    memory_free(rows);
    return rc;
}

int peering_find(struct peering *p, struct reader *r, const char *who, struct peer_row *peer,
                 struct problem *why)
{
    struct cs_node_id id;
    struct node_row node;
    bool found;
    size_t hits = 0;

    (void)p;
    if (cs_node_id_read(cs_span_of(who), &id) == CS_OK) {
        if (store_node_find(r, &id, &node, &found, why))
            return -1;
        if (found && store_peer_get(r, node.nid, peer, &found, why))
            return -1;
        hits = found ? 1 : 0;
    } else if (find_by_name(r, who, peer, &hits, why)) {
        return -1;
    }
    if (hits == 1)
        return 0;
    if (hits == 0)
        return problem_set(why, "no_such_peer",
                           _("No peer is called \"%s\". Nothing was changed. \"commonshelf peer "
                             "list\" shows them."),
                           who);
    return problem_set(
        why, "several_peers",
        _("Several peers are called \"%s\". Nothing was changed. Name the one by its "
          "node ID: \"commonshelf peer list\" shows it."),
        who);
}

/* ---- what is known of a peer, verified again each time it is read */

int peering_contact(struct reader *r, const struct peer_row *row, struct contact *out,
                    struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    enum cs_status status = CS_MALFORMED;
    bool found;
    int rc = -1;

    memset(out, 0, sizeof *out);
    out->row = *row;
    if (store_keyset_get(r, row->node.nid, 0, &note, &found, why))
        goto out;
    if (found)
        status = cs_keyset_read(cs_buffer_span(&note), &out->keyset);
    cs_buffer_reset(&note);
    if (status == CS_OK && store_profile_get(r, row->node.nid, &note, &found, why))
        goto out;
    if (status == CS_OK)
        status = cs_profile_read(cs_buffer_span(&note), &row->node.id, &out->keyset, &out->profile);
    if (status != CS_OK) {
        problem_set(why, "profile_unreadable",
                    _("What is stored of \"%s\" does not verify any more. It was not contacted. "
                      "Remove the peer and redeem a new invite."),
                    row->node.name);
        goto out;
    }
    rc = 0;
out:
    cs_buffer_free(&note);
    return rc;
}

int peering_signer_key(struct reader *r, const struct cs_node_id *from, struct peer_row *peer,
                       struct cs_public_key *auth, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_keyset keyset;
    struct node_row node;
    bool found;
    int rc = -1;

    if (store_node_find(r, from, &node, &found, why) ||
        (found && store_peer_get(r, node.nid, peer, &found, why)) ||
        (found && store_keyset_get(r, node.nid, 0, &note, &found, why)))
        goto out;
    /* One that is followed through another never asked to be a peer, and is none. */
    if (!found || peer->through || cs_keyset_read(cs_buffer_span(&note), &keyset) != CS_OK) {
        problem_set(why, "unknown_key", _("The request is signed by a node that is no peer."));
        goto out;
    }
    *auth = keyset.auth;
    rc = 0;
out:
    cs_buffer_free(&note);
    return rc;
}

int peering_may_ask(const struct peer_row *peer, struct problem *why)
{
    if (peer->state == PEER_BLOCKED)
        return problem_set(why, "blocked", _("\"%s\" is blocked."), peer->node.name);
    return peer->node.frozen ? peering_frozen(peer->node.name, why) : 0;
}

static int networks_of(struct peering *p, const struct contact *contact,
                       struct cidr out[HTTP_FETCH_NETWORKS_MAX], size_t *n, struct problem *why)
{
    if (contact->row.network[0] == '\0') { /* not contacted yet: whatever is allowed at all */
        *n = allowed_networks(p, out);
        return 0;
    }
    *n = 1;
    if (cidr_read(contact->row.network, &out[0]) == 0)
        return 0;
    return problem_set(
        why, "address_not_allowed",
        _("The address of \"%s\" is in no network that this node may contact. Add its "
          "network to allow_cidr in commonshelf.conf, then run \"commonshelf peer set "
          "%s --network CIDR\"."),
        contact->row.node.name, contact->row.node.id.s);
}

static int no_way_there(const struct contact *contact, struct problem *why)
{
    if (contact->row.through)
        return problem_set(why, "unreachable",
                           _("\"%s\" is followed through \"%s\" and never asked itself."),
                           contact->row.node.name, contact->row.way.name);
    if (contact->profile.vias)
        return problem_set(why, "unreachable",
                           _("\"%s\" can't be reached from outside, and no node that relays for it "
                             "is a peer of this one. Its catalogue stays as it was last seen. "
                             "Become a peer of %s, for instance."),
                           contact->row.node.name, contact->profile.via[0].s);
    return problem_set(why, "unreachable",
                       _("\"%s\" can't be reached from outside and names nobody who relays for it. "
                         "Its catalogue stays as it was last seen."),
                       contact->row.node.name);
}

struct http_fetch *peering_fetch(struct peering *p, const struct contact *contact, const char *path,
                                 struct problem *why)
{
    char url[CS_URL_MAX + 1];
    struct http_fetch *fetch;

    if (!contact->profile.url[0] || peering_is_relayed(contact)) {
        no_way_there(contact, why);
        return NULL;
    }
    if (http_url_join(contact->profile.url, path, url)) {
        problem_set(why, "bad_url", _("The address of the other node is too long."));
        return NULL;
    }
    if (!(fetch = http_fetch_new(url, why)))
        return NULL;
    for (size_t i = 0; i < contact->profile.pins; i++)
        fetch->pin[i].spki = contact->profile.pin[i];
    fetch->pins = contact->profile.pins;
    if (networks_of(p, contact, fetch->network, &fetch->networks, why)) {
        http_fetch_free(fetch);
        return NULL;
    }
    return fetch;
}

static int store_renewed(struct peering *p, struct contact *contact, const struct introduction *in,
                         const struct cs_profile *profile, const char *network, struct problem *why)
{
    struct transaction *t = store_begin(p->store, why);
    enum identity_taken taken;
    row_id nid;
    bool found;

    if (!t || peer_store(t, in, profile, NULL, &nid, &taken, why) ||
        store_peer_checked(t, nid, clock_now(), why) ||
        (taken == IDENTITY_TAKEN && contact->row.network[0] == '\0' &&
         store_peer_put(t, nid, contact->row.state, network, clock_now(), why)) ||
        store_peer_get(transaction_reader(t), nid, &contact->row, &found, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    if (taken != IDENTITY_TAKEN)
        return identity_problem(taken, contact->row.node.name, why);
    contact->keyset = in->keyset;
    contact->profile = *profile;
    return 0;
}

int peering_renew(struct peering *p, struct http_client *client, struct contact *contact,
                  struct problem *why)
{
    struct cs_profile *profile = memory_new(sizeof *profile);
    struct introduction in = {.keysets = 0};
    struct cidr network[HTTP_FETCH_NETWORKS_MAX];
    struct sockaddr_storage address;
    char here[CIDR_TEXT] = "";
    struct http_pin pin;
    size_t networks;
    int rc = -1;

    if (!profile)
        return problem_no_memory(why);
    if (!contact->profile.url[0] || contact->row.through) {
        no_way_there(contact, why);
        goto out;
    }
    if (networks_of(p, contact, network, &networks, why) ||
        first_contact(p, client, contact->profile.url, &contact->row.node.id, network, networks,
                      &in, profile, &pin, &address, why))
        goto out;
    if (!network_of(p, (const struct sockaddr *)&address, here)) {
        problem_set(why, "address_not_allowed",
                    _("The other node's address is in no network that this node may contact."));
        goto out;
    }
    /* Older keysets and such that contradict are found there; then the profile is of no interest. */
    if (profile->version < contact->profile.version && in.keyset.version == contact->keyset.version)
        problem_set(why, "profile_older",
                    _("\"%s\" shows an older profile than it did before. The newer one stays in "
                      "force. If they restored a backup, they need to start the node once more."),
                    contact->row.node.name);
    else
        rc = store_renewed(p, contact, &in, profile, here, why);
out:
    introduction_free(&in);
    memory_free(profile);
    return rc;
}

int peering_block(struct peering *p, row_id nid, bool blocked, struct problem *why)
{
    struct transaction *t = store_begin(p->store, why);
    struct peer_row row;
    bool found;

    if (!t || store_peer_get(transaction_reader(t), nid, &row, &found, why) ||
        (found && store_peer_put(t, nid, blocked ? PEER_BLOCKED : PEER_ACTIVE, row.network,
                                 row.since, why)) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    if (found && blocked) {
        peer_clock_forget(p, nid);
        peer_dropped(p, &row.node.id, nid);
    }
    peers_changed(p);
    return 0;
}

int peering_not_blocked(struct reader *r, const struct cs_node_id *id, struct problem *why)
{
    struct node_row *node = memory_new(sizeof *node);
    struct peer_row *row = memory_new(sizeof *row);
    bool found = false;
    int rc = -1;

    if (!node || !row)
        problem_no_memory(why);
    else if (store_node_find(r, id, node, &found, why) == 0 &&
             (!found || store_peer_get(r, node->nid, row, &found, why) == 0))
        rc = 0;
    if (rc == 0 && found && row->state == PEER_BLOCKED)
        rc = problem_set(why, "blocked",
                         _("\"%s\" is blocked: an invite does not end that. \"commonshelf peer "
                           "unblock\" does."),
                         row->node.name);
    memory_free(node);
    memory_free(row);
    return rc;
}
