/*
 * Asking a peer as oneself: the request is signed for it alone, its answer verified. The clocks of two
 * institutions may differ by anything; each answer says by how much.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "peering/internal.h"

/* ---- peers' clocks: kept against this machine's monotonic clock, so that a step of its own clock
 * neither matters nor has to be noticed */

static int64_t monotonic_s(void)
{
    return (int64_t)(clock_monotonic_ms() / 1000);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Of an even number the one nearer to this machine's own clock. The lock is held. */
static int64_t median(const struct clocks *clocks)
{
    int64_t all[CLOCKS_MAX], own = (int64_t)clock_now() - monotonic_s(), low, high;
    size_t n = clocks->n;

    for (size_t i = 0; i < n; i++)
        all[i] = clocks->peer[i].ahead;
    qsort(all, n, sizeof *all, compare);
    low = all[(n - 1) / 2];
    high = all[n / 2];
    return llabs(low - own) <= llabs(high - own) ? low : high;
}

/* With fewer, one that lies or is wrong can be the median. The lock is held. */
static void agree(const struct clocks *clocks)
{
    clock_agree(median(clocks), clocks->n >= CLOCKS_FIRM);
}

void peer_clock_heard(struct peering *p, row_id nid, uint64_t at)
{
    struct clocks *clocks = &p->clocks;
    size_t i;

    pthread_mutex_lock(&clocks->lock);
    for (i = 0; i < clocks->n && clocks->peer[i].nid != nid; i++)
        ;
    if (i == clocks->n)
        i = clocks->n < CLOCKS_MAX ? clocks->n++ : clocks->next++ % CLOCKS_MAX;
    clocks->peer[i].nid = nid;
    clocks->peer[i].ahead = (int64_t)at - monotonic_s();
    agree(clocks);
    pthread_mutex_unlock(&clocks->lock);
}

uint64_t peer_clock(struct peering *p, row_id nid)
{
    struct clocks *clocks = &p->clocks;
    uint64_t now = clock_now();

    pthread_mutex_lock(&clocks->lock);
    for (size_t i = 0; i < clocks->n; i++)
        if (clocks->peer[i].nid == nid)
            now = (uint64_t)(clocks->peer[i].ahead + monotonic_s());
    pthread_mutex_unlock(&clocks->lock);
    return now;
}

void peer_clock_forget(struct peering *p, row_id nid)
{
    struct clocks *clocks = &p->clocks;

    pthread_mutex_lock(&clocks->lock);
    for (size_t i = 0; i < clocks->n; i++) {
        if (clocks->peer[i].nid != nid)
            continue;
        clocks->peer[i] = clocks->peer[--clocks->n];
        if (clocks->n > 0)
            agree(clocks);
        else
            clock_alone();
        break;
    }
    pthread_mutex_unlock(&clocks->lock);
}

void clocks_warn(const char *name, uint64_t theirs)
{
    uint64_t now = clock_now(), apart = theirs > now ? theirs - now : now - theirs;

    log_line(LOG_LEVEL_WARN, "peering",
             theirs > now ? _("by the clock of \"%s\" it is %" PRIu64 " h %02" PRIu64
                              " min later than by this machine's; one of them is wrong")
                          : _("by the clock of \"%s\" it is %" PRIu64 " h %02" PRIu64
                              " min earlier than by this machine's; one of them is wrong"),
             name, apart / 3600, apart / 60 % 60);
}

/* ---- asking */

int peering_sign(struct peering *p, const struct contact *contact, struct http_fetch *fetch,
                 const char *content_type, struct problem *why)
{
    return http_sign_request(fetch, p->signer, &contact->row.node.id, content_type,
                             peer_clock(p, contact->row.node.nid), why);
}

static struct http_fetch *send_signed(struct peering *p, struct http_client *client,
                                      const struct contact *contact,
                                      const struct peer_question *question, struct problem *why)
{
    struct http_fetch *fetch = peering_fetch(p, contact, question->path, why);

    if (!fetch)
        return NULL;
    if (question->content_type) {
        fetch->method = HTTP_POST;
        fetch->body = question->body;
    }
    if (question->cap)
        fetch->cap = question->cap;
    if (question->deadline_ms)
        fetch->deadline_ms = question->deadline_ms;
    if (peering_sign(p, contact, fetch, question->content_type, why) ||
        http_fetch(client, &fetch, 1, why)) {
        http_fetch_free(fetch);
        return NULL;
    }
    return fetch;
}

static int refused(const struct contact *contact, const struct http_fetch *fetch,
                   struct problem *why)
{
    const char *name = contact->row.node.name;

    switch (fetch->status) {
    case 401:
        return problem_set(why, "not_known_there",
                           _("\"%s\" does not take this node's signature: it is no peer there any "
                             "more, or its new keys are not known there yet."),
                           name);
    case 403:
        return problem_set(why, "blocked_there", _("\"%s\" has blocked this institution."), name);
    case 413:
    case 507:
        return problem_set(why, "no_room_there",
                           _("\"%s\" has no room for what was sent to it. Ask them for more: "
                             "relay_megabytes in their commonshelf.conf."),
                           name);
    case 404:
        return problem_set(why, "not_there", _("\"%s\" has nothing of the kind."), name);
    default:
        return http_fetch_expect(fetch, 200, why);
    }
}

int peering_ask(struct peering *p, struct http_client *client, const struct contact *contact,
                const struct peer_question *question, struct http_fetch **answer,
                struct problem *why)
{
    struct http_fetch *fetch = send_signed(p, client, contact, question, why);
    uint64_t at;

    *answer = NULL;
    /* By whose clock it was too early or too late: asked again by that one, once. */
    if (fetch && fetch->status == 401 &&
        http_verify_response(fetch, &contact->row.node.id, &contact->keyset.auth, &at, NULL) == 0) {
        clocks_warn(contact->row.node.name, at);
        peer_clock_heard(p, contact->row.node.nid, at);
        http_fetch_free(fetch);
        fetch = send_signed(p, client, contact, question, why);
    }
    if (!fetch)
        return -1;
    if (fetch->status != 200) {
        refused(contact, fetch, why);
        http_fetch_free(fetch);
        return -1;
    }
    if (http_verify_response(fetch, &contact->row.node.id, &contact->keyset.auth, &at, why)) {
        http_fetch_free(fetch);
        return -1;
    }
    peer_clock_heard(p, contact->row.node.nid, at);
    *answer = fetch;
    return 0;
}
