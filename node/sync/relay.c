/*
 * Relays: peers that mirror the same log serve it as its publisher would. What a publisher has not, or sends
 * wrong, is got from them part by part; of a publisher that does not answer, all that they have.
 */
#include "sync/internal.h"

/* Peers that are likely to have it, ready to be asked. */
static size_t find(struct pull *p, const struct log_row *log, struct relay *out)
{
    struct problem unused = PROBLEM_INIT;
    row_id nid[RELAYS_MAX];
    struct peer_row *row = memory_new(sizeof *row);
    size_t n = 0, found = 0;
    bool is;

    if (row && p->client &&
        store_relay_pick(p->reader, log->lid, log->nid, RELAYS_MAX, nid, &n, &unused) == 0)
        for (size_t i = 0; i < n; i++) {
            struct relay *relay = &out[found];

            if (store_peer_get(p->reader, nid[i], row, &is, &unused) || !is ||
                peering_contact(p->reader, row, &relay->contact, &unused)) {
                problem_clear(&unused);
                continue;
            }
            source_relay(&relay->source, p->client, &relay->contact);
            found++;
        }
    memory_free(row);
    return found;
}

struct relay *relay_get(struct log_pull *lp, unsigned i)
{
    /* Nobody else has, or is told of, what is for this node alone. */
    if (!lp->pull->source->live || lp->log.audience != AUDIENCE_PUBLIC)
        return NULL;
    if (!lp->relay) {
        if (!(lp->relay = memory_new(RELAYS_MAX * sizeof *lp->relay)))
            return NULL;
        lp->relays = find(lp->pull, &lp->log, lp->relay);
    }
    return i < lp->relays ? &lp->relay[i] : NULL;
}

void relays_free(struct log_pull *lp)
{
    memory_free(lp->relay);
    lp->relay = NULL;
    lp->relays = 0;
}

/* ---- a publisher that does not answer */

static bool is_silence(const struct problem *why)
{
    return problem_is(why, "refused unreachable timed_out unknown_host cut_off tls network "
                           "wrong_certificate");
}

/* The first relay that has more of it. Own failures only are failures. */
static int pull_relayed(struct pull *p, const struct log_row *log, struct relay *relay,
                        bool *changed, struct problem *why)
{
    size_t n = find(p, log, relay);
    struct source *publisher = p->source;
    bool more = false;

    for (size_t i = 0; i < n && !more; i++) {
        struct problem failed = PROBLEM_INIT;

        p->source = &relay[i].source.source;
        if (pull_log(p, log->shelf, log->epoch, &more, &failed) && pull_is_own_failure(&failed)) {
            p->source = publisher;
            *why = failed;
            return -1;
        }
        /* What this one keeps back, the next one may have. */
        if (problem_is(&failed, "incomplete")) {
            *changed = *changed || more;
            more = false;
        }
        if (failed.code)
            log_line(LOG_LEVEL_DEBUG, "sync", "%s", failed.message);
    }
    p->source = publisher;
    *changed = *changed || more;
    return 0;
}

int pull_from_relays(struct pull *p, bool *changed, struct problem *why)
{
    struct relay *relay = NULL;
    struct log_row *log = NULL;
    size_t n;
    int rc = -1;

    if (!p->client || !is_silence(&p->result->why))
        return 0;
    if (!(log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log)) ||
        !(relay = memory_new(RELAYS_MAX * sizeof *relay))) {
        problem_no_memory(why);
        goto out;
    }
    if (store_log_list(p->reader, p->contact->row.node.nid, log, CS_PROFILE_SHELVES_MAX, &n, why))
        goto out;
    rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        if (log[i].audience == AUDIENCE_PUBLIC)
            rc = pull_relayed(p, &log[i], relay, changed, why);
    p->relayed = p->relayed || *changed;
out:
    memory_free(relay);
    memory_free(log);
    return rc;
}
