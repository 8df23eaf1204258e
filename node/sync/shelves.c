/*
 * What of a peer's shelves is for this node and not for everybody, as the peer says to it alone: pulled like any
 * log, by signed requests; nobody else is told of it. What the peer does not list any more is let go of.
 */
#include <commonshelf/shelves.h>

#include "sync/internal.h"

static int ask(struct pull *p, struct http_fetch **answer, struct cs_span *lines,
               struct problem *why)
{
    const struct peer_question question = {.path = "/csh/v1/shelves", .cap = CS_SHELVES_MAX};
    enum cs_status status;

    p->result->requests++;
    if (peering_ask(p->setup->peering, p->client, p->contact, &question, answer, why))
        return -1;
    p->result->bytes += (*answer)->received_bytes;
    status = cs_shelves_read(cs_buffer_span(&(*answer)->received), &p->contact->row.node.id, lines);
    return status == CS_OK ? 0 : problem_status(why, status, _("the other node's list of shelves"));
}

/* Its log, known from its first moment on as one that is not for others. *mine false: there is a public log of
 * that name. */
static int find_log(struct pull *p, const struct cs_shelf *shelf, bool *mine, struct problem *why)
{
    enum audience audience =
        shelf->audience == CS_SHELF_CHARTER ? AUDIENCE_CHARTER : AUDIENCE_NODES;
    row_id nid = p->contact->row.node.nid;
    struct transaction *t = store_begin(p->setup->store, why);
    struct log_row log;
    bool found;

    if (!t || store_log_current(transaction_reader(t), nid, shelf->path, &log, &found, why))
        goto failed;
    *mine = !found || log.audience != AUDIENCE_PUBLIC;
    if (!*mine || (found && log.audience == audience && strcmp(log.title, shelf->name) == 0)) {
        store_rollback(&t);
        return 0;
    }
    if ((!found && store_log_add(t, nid, shelf->path, shelf->epoch, &log.lid, why)) ||
        store_log_restrict(t, log.lid, audience, shelf->name, why) || store_commit(&t, why))
        goto failed;
    return 0;
failed:
    store_rollback(&t);
    return -1;
}

static bool is_public(const struct pull *p, const char *path)
{
    const struct cs_profile *profile = &p->contact->profile;

    for (size_t i = 0; i < profile->shelves; i++)
        if (strcmp(profile->shelf[i].name, path) == 0)
            return true;
    return false;
}

static int pull_one(struct pull *p, const struct cs_shelf *shelf, bool *changed,
                    struct problem *why)
{
    struct cs_profile_shelf at = {.epoch = shelf->epoch};
    bool mine;

    if (shelf->audience == CS_SHELF_PUBLIC || is_public(p, shelf->path))
        return 0;
    if (find_log(p, shelf, &mine, why))
        return -1;
    strcpy(at.name, shelf->path);
    return mine ? pull_shelf(p, &at, changed, why) : 0;
}

static bool is_listed(struct cs_span lines, const char *path)
{
    struct cs_shelf shelf;

    while (cs_shelves_next(&lines, &shelf))
        if (strcmp(shelf.path, path) == 0)
            return true;
    return false;
}

/* Records first, then the log, then its files: what is cut off goes on with the next list. */
static int let_go(struct pull *p, const struct log_row *log, struct problem *why)
{
    struct transaction *t;

    if (log_clear(p, log, why))
        return -1;
    if (!(t = store_begin(p->setup->store, why)) || store_log_forget(t, log->lid, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    log_line(LOG_LEVEL_INFO, "sync", _("\"%s\" shares its shelf \"%s\" with this node no longer"),
             p->contact->row.node.name, log->title);
    return logs_remove_leaving(p->setup->home, p->setup->store, p->reader, why);
}

static int let_go_of_others(struct pull *p, struct cs_span lines, bool *changed,
                            struct problem *why)
{
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * 2 * sizeof *log);
    bool gone = false;
    size_t n;
    int rc;

    if (!log)
        return problem_no_memory(why);
    rc = store_log_list(p->reader, p->contact->row.node.nid, log, CS_PROFILE_SHELVES_MAX * 2, &n,
                        why);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (log[i].audience == AUDIENCE_PUBLIC || is_listed(lines, log[i].shelf))
            continue;
        rc = let_go(p, &log[i], why);
        gone = true;
    }
    memory_free(log);
    if (gone && p->setup->changed)
        p->setup->changed(p->setup->arg);
    if (gone)
        store_forget(p->setup->store);
    *changed = *changed || gone;
    return rc;
}

static int pull_listed(struct pull *p, struct cs_span lines, bool *changed, struct problem *why)
{
    struct problem first = PROBLEM_INIT, now;
    struct cs_span rest = lines;
    struct cs_shelf shelf;

    if (let_go_of_others(p, lines, changed, why))
        return -1;
    while (cs_shelves_next(&rest, &shelf)) {
        now = (struct problem)PROBLEM_INIT;
        if (pull_one(p, &shelf, changed, &now) && !first.code)
            first = now;
        if (pull_is_own_failure(&now))
            break;
    }
    if (first.code)
        *why = first;
    return first.code ? -1 : 0;
}

/* New ones are learnt of as often as public ones; those that are held are looked after with every visit. */
static int is_due(const struct pull *p, bool *due, struct problem *why)
{
    *due = p->renewed || p->contact->row.last_sync == 0;
    return *due ? 0 : store_log_any_restricted(p->reader, p->contact->row.node.nid, due, why);
}

int shelves_pull(struct pull *p, bool *changed, struct problem *why)
{
    struct http_fetch *answer = NULL;
    struct problem failed = PROBLEM_INIT;
    struct cs_span lines;
    bool due;
    int rc;

    if (!p->client)
        return 0;
    if (is_due(p, &due, why))
        return -1;
    if (!due)
        return 0;
    if (ask(p, &answer, &lines, &failed) == 0) {
        rc = pull_listed(p, lines, changed, why);
    } else if (pull_is_own_failure(&failed) || problem_is(&failed, "cancelled")) {
        *why = failed;
        rc = -1;
    } else {
        /* Public shelves are got without it. */
        log_line(LOG_LEVEL_DEBUG, "sync", "%s", failed.message);
        rc = 0;
    }
    http_fetch_free(answer);
    return rc;
}
