/*
 * Receipts: a peer that mirrors own shelves is asked how far it has applied them, so that an institution
 * knows who has hidden what it took back. The answer is the peer's signed `seen` (SPEC.md, Witnesses).
 */
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

#define ASK_SECONDS 900 /* while a peer is behind */
#define HEAR_SECONDS 86400 /* otherwise: a receipt says when it was last heard */
#define DEADLINE_MS 10000
#define PAGES 8 /* of CS_SEEN_LOGS_MAX logs each, at most */

struct own {
    struct log_row log;
    struct receipt_row had, now;
};

/* Public shelves with something in their log. */
static int own_logs(struct pull *p, struct own *own, size_t *n, struct problem *why)
{
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    struct viewer anybody = {.kind = VIEWER_ANONYMOUS};
    size_t logs = 0;
    int rc;

    *n = 0;
    if (!log)
        return problem_no_memory(why);
    rc = store_log_list(p->reader, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &logs, why);
    for (size_t i = 0; rc == 0 && i < logs; i++) {
        struct shelf_row shelf;
        bool found;

        rc = store_shelf_by_path(p->reader, log[i].shelf, &shelf, &found, why);
        if (rc || !found || shelf.lid != log[i].lid || log[i].range.size == 0 ||
            !catalogue_allows(anybody, ACTION_READ, STORE_SELF, shelf.audience))
            continue;
        own[*n].log = log[i];
        rc = store_receipt_get(p->reader, log[i].lid, p->contact->row.node.nid, &own[*n].had, why);
        own[*n].now = own[*n].had;
        ++*n;
    }
    memory_free(log);
    return rc;
}

static bool is_due(const struct pull *p, const struct own *own, uint64_t now)
{
    const struct receipt_row *had = &own->had;
    bool behind = had->epoch != own->log.epoch || had->applied < own->log.range.size;

    return (behind && (p->setup->gossip_now || now >= had->asked + ASK_SECONDS)) ||
           now >= had->asked + HEAR_SECONDS || had->asked > now;
}

static void hear(struct own *own, size_t n, const struct cs_seen_log *said, uint64_t now)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(own[i].log.origin, said->origin) != 0)
            continue;
        own[i].now.epoch = own[i].log.epoch;
        own[i].now.applied = said->applied;
        own[i].now.seen = said->time;
        own[i].now.heard = now;
    }
}

/* One answer. *last gets the time of its last line, *full whether there may be more. */
static int read_note(struct pull *p, struct cs_span note, struct own *own, size_t n, uint64_t *last,
                     bool *full)
{
    const struct contact *peer = p->contact;
    struct cs_seen_log said;
    struct cs_span logs;
    uint64_t time;
    size_t lines = 0;

    if (cs_seen_read(note, &peer->row.node.id, &peer->keyset, &time, &logs) != CS_OK) {
        log_line(LOG_LEVEL_WARN, "sync", "%s: what it says it has seen does not verify",
                 peer->row.node.name);
        return -1;
    }
    for (; cs_seen_next(&logs, &said); lines++) {
        *last = said.time;
        hear(own, n, &said, clock_now());
    }
    *full = lines == CS_SEEN_LOGS_MAX;
    return 0;
}

static int ask_page(struct pull *p, uint64_t since, struct own *own, size_t n, uint64_t *last,
                    bool *full)
{
    struct problem unused = PROBLEM_INIT;
    struct http_fetch *fetch;
    char path[64];
    int rc = -1;

    snprintf(path, sizeof path, "/csh/v1/seen?since=%" PRIu64, since);
    if (!(fetch = peering_fetch(p->setup->peering, p->contact, path, &unused)))
        return -1;
    fetch->cap = CS_SEEN_MAX;
    fetch->deadline_ms = DEADLINE_MS;
    p->result->requests++;
    if (http_fetch(p->client, &fetch, 1, &unused) == 0 && fetch->status == 200)
        rc = read_note(p, cs_buffer_span(&fetch->received), own, n, last, full);
    http_fetch_free(fetch);
    return rc;
}

/* A line says when the log was seen, so one that is new here is not older than what was heard last; of a peer
 * that said nothing yet, not older than when it was asked, whatever its clock says. */
static uint64_t begin(const struct receipt_row *had)
{
    if (had->heard)
        return had->seen;
    return had->asked > HEAR_SECONDS ? had->asked - HEAR_SECONDS : 0;
}

static void ask(struct pull *p, struct own *own, size_t n)
{
    uint64_t since = UINT64_MAX, last = 0;
    bool full = true;

    for (size_t i = 0; i < n; i++)
        since = begin(&own[i].had) < since ? begin(&own[i].had) : since;
    for (unsigned page = 0; full && page < PAGES; page++) {
        if (ask_page(p, since, own, n, &last, &full) || last <= since)
            return;
        since = last;
    }
}

int collect_receipts(struct pull *p, struct problem *why)
{
    struct transaction *t = NULL;
    struct own *own = NULL;
    uint64_t now = clock_now();
    bool due = false;
    size_t n = 0;
    int rc = -1;

    if (!p->client || !p->setup->catalogue)
        return 0;
    if (!(own = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *own)))
        return problem_no_memory(why);
    if (own_logs(p, own, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        due = due || is_due(p, &own[i], now);
    if (!due) {
        rc = 0;
        goto out;
    }
    ask(p, own, n);
    if (!(t = store_begin(p->setup->store, why)))
        goto out;
    for (rc = 0; rc == 0 && n > 0; n--) {
        own[n - 1].now.asked = now;
        rc = store_receipt_put(t, own[n - 1].log.lid, p->contact->row.node.nid, &own[n - 1].now,
                               why);
    }
    if (rc == 0)
        rc = store_commit(&t, why);
    store_rollback(&t);
out:
    memory_free(own);
    return rc;
}
