/*
 * Peers that are said to have something new, and when each is visited because of it: at a moment drawn by
 * chance, so that a publisher's followers do not all come in the same second, and not before somebody who
 * publishes one thing after the other had time to.
 */
#include "sync/internal.h"

struct notices {
    uint64_t within; /* seconds */
    size_t n;
    struct notice {
        row_id nid;
        uint64_t due;
    } notice[STORE_PEERS_MAX];
};

struct notices *notices_new(unsigned within)
{
    struct notices *notices = memory_new(sizeof *notices);

    if (notices)
        notices->within = within;
    return notices;
}

void notices_free(struct notices *notices)
{
    memory_free(notices);
}

static struct notice *find(struct notices *notices, row_id nid)
{
    for (size_t i = 0; i < notices->n; i++)
        if (notices->notice[i].nid == nid)
            return &notices->notice[i];
    return NULL;
}

void notices_add(struct notices *notices, row_id nid, uint64_t now)
{
    struct notice *notice = find(notices, nid);

    /* One that comes again does not put the visit off. A clock that was set back must not either. */
    if (notice && notice->due <= now + notices->within)
        return;
    if (!notice && notices->n == STORE_PEERS_MAX)
        return;
    if (!notice)
        notice = &notices->notice[notices->n++];
    notice->nid = nid;
    notice->due = now + notices->within / 10 +
                  random_below((uint32_t)(notices->within - notices->within / 10) + 1);
}

uint64_t notices_due(struct notices *notices, row_id nid)
{
    const struct notice *notice = find(notices, nid);

    return notice ? notice->due : UINT64_MAX;
}

void notices_done(struct notices *notices, row_id nid)
{
    struct notice *notice = find(notices, nid);

    if (notice)
        *notice = notices->notice[--notices->n];
}
