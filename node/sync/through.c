/*
 * A peer that is read at relays: nobody can connect to it, or it is followed without an invite. What a relay
 * has is verified as if its publisher had sent it; how old that is, its signed times say.
 */
#include <stdio.h>

#include "sync/internal.h"

/* A publisher signs at least daily (SPEC.md §11). What is older may be newer at another relay. */
#define FRESH_SECONDS 90000
#define WAYS_MAX (CS_PROFILE_VIAS_MAX + 1 + RELAYS_MAX)

/* In the order in which they are asked. */
struct ways {
    row_id nid[WAYS_MAX];
    size_t n;
    bool here; /* this node is its relay too */
};

static void add(struct ways *ways, row_id nid)
{
    for (size_t i = 0; i < ways->n; i++)
        if (ways->nid[i] == nid)
            return;
    if (ways->n < WAYS_MAX)
        ways->nid[ways->n++] = nid;
}

/* Peers that said that they saw its first shelf; others, perhaps. */
static int find_others(struct pull *p, struct ways *ways, struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log);
    row_id nid[RELAYS_MAX];
    size_t n = 0, logs = 0;
    int rc = -1;

    if (!log)
        return problem_no_memory(why);
    if (store_log_list(p->reader, p->contact->row.node.nid, log, 1, &logs, why) == 0 &&
        (logs == 0 || store_relay_pick(p->reader, log->lid, p->contact->row.node.nid, RELAYS_MAX,
                                       nid, &n, why) == 0))
        rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        add(ways, nid[i]);
    memory_free(log);
    return rc;
}

/* The one that a person named, then those that the node itself names, from any of them on: no relay that
 * is behind is asked first for ever. */
static int find_ways(struct pull *p, struct ways *ways, struct problem *why)
{
    const struct cs_profile *profile = &p->contact->profile;
    struct node_row node;
    unsigned first = 0;
    bool found;

    memset(ways, 0, sizeof *ways);
    if (p->contact->row.through)
        add(ways, p->contact->row.through);
    random_bytes(&first, sizeof first);
    for (size_t i = 0; i < profile->vias; i++) {
        if (store_node_find(p->reader, &profile->via[(first + i) % profile->vias], &node, &found,
                            why))
            return -1;
        if (found && node.nid == STORE_SELF)
            ways->here = true;
        else if (found)
            add(ways, node.nid);
    }
    return peering_is_relayed(p->contact) ? find_others(p, ways, why) : 0;
}

/* *usable false: it is no peer, is blocked, or can't be reached either. */
static int contact_of(struct pull *p, row_id nid, struct contact *out, bool *usable,
                      struct problem *why)
{
    struct peer_row *row = memory_new(sizeof *row);
    struct problem unused = PROBLEM_INIT;
    bool found = false;
    int rc = row ? store_peer_get(p->reader, nid, row, &found, why) : problem_no_memory(why);

    *usable = rc == 0 && found && row->state == PEER_ACTIVE && !row->node.frozen &&
              peering_contact(p->reader, row, out, &unused) == 0 && out->profile.url[0] &&
              !peering_is_relayed(out);
    memory_free(row);
    return rc;
}

/* The publisher's newest word that is held, of the shelf where it is oldest; 0 where somebody has more. */
static int newest_word(struct pull *p, uint64_t *as_of, struct problem *why)
{
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    size_t n = 0;
    int rc = log ? store_log_list(p->reader, p->contact->row.node.nid, log, CS_PROFILE_SHELVES_MAX,
                                  &n, why)
                 : problem_no_memory(why);

    *as_of = UINT64_MAX;
    for (size_t i = 0; i < n; i++)
        if (log[i].audience == AUDIENCE_PUBLIC && log[i].ahead > log[i].checkpoint_size)
            *as_of = 0;
        else if (log[i].audience == AUDIENCE_PUBLIC && log[i].as_of < *as_of)
            *as_of = log[i].as_of;
    if (*as_of == UINT64_MAX)
        *as_of = 0;
    memory_free(log);
    return rc;
}

static bool is_due(const struct pull *p)
{
    return p->setup->renew ||
           p->contact->row.profile_checked + PROFILE_CHECK_SECONDS <= clock_now();
}

static int renew(struct pull *p, const struct contact *relay, struct problem *why)
{
    p->result->requests++;
    return peering_renew_at(p->setup->peering, p->reader, p->client, relay, p->contact, why);
}

/* The identity if it is time, then every shelf. A shelf that the relay has not says that its profile is newer
 * there, or older. */
static int pull_at(struct pull *p, const struct contact *relay, bool *changed, struct problem *why)
{
    bool renewed = is_due(p);

    if (renewed && renew(p, relay, why))
        return -1;
    if (pull_shelves(p, changed, why) == 0)
        return 0;
    if (renewed || !problem_is(why, "not_there no_signature bad_signature"))
        return -1;
    problem_clear(why);
    return renew(p, relay, why) || pull_shelves(p, changed, why) ? -1 : 0;
}

static int note_relay(struct pull *p, const struct contact *relay, struct problem *why)
{
    struct transaction *t;

    if (p->contact->row.relay == relay->row.node.nid)
        return 0;
    if (!(t = store_begin(p->setup->store, why)))
        return -1;
    if (store_peer_relay(t, p->contact->row.node.nid, relay->row.node.nid, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

/* From one relay. *good if all that it has was taken; what it said else is of no more interest than that. */
static int try(struct pull *p, const struct contact *relay, bool *good, bool *changed,
               struct problem *first, struct problem *why)
{
    struct http_source source;
    struct source *before = p->source;
    struct problem failed = PROBLEM_INIT;
    int rc;

    source_relay(&source, p->client, relay);
    p->source = &source.source;
    rc = pull_at(p, relay, changed, &failed);
    p->source = before;
    if (rc == 0) {
        *good = true;
        return note_relay(p, relay, why);
    }
    if (pull_is_own_failure(&failed) || problem_is(&failed, "cancelled forked")) {
        *why = failed;
        return -1;
    }
    log_line(LOG_LEVEL_DEBUG, "sync", "%s", failed.message);
    if (!first->code)
        *first = failed;
    return 0;
}

/* None of them is a peer that can be asked. */
static int no_way(struct pull *p, struct problem *why)
{
    struct http_fetch *none = peering_fetch(p->setup->peering, p->contact, "/", why);

    http_fetch_free(none);
    return -1;
}

int pull_through(struct pull *p, bool *changed, bool *fresh, struct problem *why)
{
    struct contact *relay = memory_new(sizeof *relay);
    struct problem first = PROBLEM_INIT;
    bool good = false, some = false;
    struct ways ways;
    int rc = -1;

    *fresh = false;
    if (!relay)
        return problem_no_memory(why);
    if (find_ways(p, &ways, why))
        goto out;
    for (size_t i = 0; i < ways.n; i++) {
        uint64_t as_of;
        bool usable;

        if (contact_of(p, ways.nid[i], relay, &usable, why))
            goto out;
        if (!usable)
            continue;
        some = true;
        if (try(p, relay, &good, changed, &first, why) || newest_word(p, &as_of, why))
            goto out;
        *fresh = good && as_of + FRESH_SECONDS > clock_agreed();
        if (*fresh || (good && *changed))
            break;
    }
    p->awaited = !some && ways.here;
    if (good || p->awaited)
        rc = 0;
    else if (some)
        *why = first;
    else
        no_way(p, why);
out:
    memory_free(relay);
    return rc;
}

/* ---- peers that ask to be spared */

/* What is for some readers only, no relay has. */
static int has_restricted(struct pull *p, bool *has, struct problem *why)
{
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    size_t n = 0;
    int rc = log ? store_log_list(p->reader, p->contact->row.node.nid, log, CS_PROFILE_SHELVES_MAX,
                                  &n, why)
                 : problem_no_memory(why);

    *has = false;
    for (size_t i = 0; rc == 0 && i < n; i++)
        *has = *has || log[i].audience != AUDIENCE_PUBLIC;
    memory_free(log);
    return rc;
}

int pull_sparing(struct pull *p, bool *changed, bool *done, struct problem *why)
{
    const struct peering *peering = p->setup->peering;
    struct problem failed = PROBLEM_INIT;
    bool restricted, fresh;

    *done = false;
    if (p->setup->renew || p->contact->profile.vias == 0 ||
        peering_is_relay_of(peering, &p->contact->profile) ||
        peering_direct_due(peering, &p->contact->row) <= clock_now())
        return 0;
    if (has_restricted(p, &restricted, why))
        return -1;
    if (restricted)
        return 0;
    if (pull_through(p, changed, &fresh, &failed) == 0) {
        *done = fresh;
        return 0;
    }
    if (!pull_is_own_failure(&failed) && !problem_is(&failed, "cancelled forked"))
        return 0;
    *why = failed;
    return -1;
}
