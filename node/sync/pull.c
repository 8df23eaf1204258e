#include <assert.h>

#include "sync/internal.h"

static int find_log(struct pull *p, const char *shelf, uint64_t epoch, struct log_row *log,
                    struct problem *why)
{
    row_id nid = p->contact->row.node.nid, lid;
    struct transaction *t;
    bool found;

    if (store_log_find(p->reader, nid, shelf, epoch, log, &found, why))
        return -1;
    if (found)
        return 0;
    if (!(t = store_begin(p->setup->store, why)) ||
        store_log_add(t, nid, shelf, epoch, &lid, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return store_log_get(p->reader, lid, log, &found, why);
}

/* What R entries named, in this pull or in one that was cut off, leaves files and records. */
static int redact(struct pull *p, struct log_row *log, bool *changed, struct problem *why)
{
    bool found, some;

    if (store_log_get(p->reader, log->lid, log, &found, why) ||
        log_redact_open(p->setup->home, p->setup->store, p->reader, log, &some, why))
        return -1;
    if (some && p->setup->changed)
        p->setup->changed(p->setup->arg);
    *changed = *changed || some;
    return 0;
}

/* Once through. *again: hashes came that no R names. What is signed since may name them, so that is got before
 * anybody is asked for entries in their place. */
static int pull_once(struct pull *p, const char *shelf, uint64_t epoch, bool last, bool *again,
                     bool *changed, struct problem *why)
{
    struct log_pull *lp = memory_new(sizeof *lp);
    struct problem later = PROBLEM_INIT; /* the pull's own failure is the one to be told */
    bool left = false;
    enum target found;
    int rc = -1;

    if (!lp)
        return problem_no_memory(why);
    lp->pull = p;
    lp->note.alloc = lp->named.alloc = memory_allocator();
    if (find_log(p, shelf, epoch, &lp->log, why) || target_get(lp, &found, why))
        goto out;
    lp->held = lp->committed = lp->log.range.size;
    if (found == TARGET_NONE) {
        rc = 0;
    } else if (found == TARGET_SAME) {
        rc = target_accept(lp, why);
    } else if ((lp->writer =
                    log_writer_open(p->setup->home, lp->log.origin, &lp->log.range, why))) {
        rc = entries_get(lp, why);
        *changed = *changed || lp->committed > lp->held;
    }
    if (rc == 0)
        rc = blank_settle(lp, last || lp->committed == lp->held, &left, changed, why);
    *again = rc == 0 && left;
    if (rc == 0 && !left && lp->log.audience == AUDIENCE_PUBLIC)
        rc = witness_log(p, lp->log.lid, why);
    if (rc == 0 && !left && lp->log.audience == AUDIENCE_PUBLIC)
        rc = gossip_log(p, lp->log.lid, lp->committed > lp->held, why);
out:
    relays_free(lp);
    absorb_free(lp);
    log_writer_free(lp->writer);
    if (lp->log.lid && redact(p, &lp->log, changed, rc ? &later : why))
        rc = -1;
    cs_buffer_free(&lp->note);
    memory_free(lp);
    return rc;
}

int pull_log(struct pull *p, const char *shelf, uint64_t epoch, bool *changed, struct problem *why)
{
    bool again;

    if (pull_once(p, shelf, epoch, false, &again, changed, why))
        return -1;
    return again ? pull_once(p, shelf, epoch, true, &again, changed, why) : 0;
}

int pull_shelf(struct pull *p, const struct cs_profile_shelf *shelf, bool *changed,
               struct problem *why)
{
    bool older;

    if (epoch_follow(p, shelf->name, shelf->epoch, changed, &older, why))
        return -1;
    return older ? 0 : pull_log(p, shelf->name, shelf->epoch, changed, why);
}

int pull_shelves(struct pull *p, bool *changed, struct problem *why)
{
    const struct cs_profile *profile = &p->contact->profile;
    struct problem later = PROBLEM_INIT, now;

    for (size_t i = 0; i < profile->shelves; i++) {
        now = (struct problem)PROBLEM_INIT;
        if (pull_shelf(p, &profile->shelf[i], changed, &now) == 0)
            continue;
        /* Two histories of one shelf, or what is kept back of it, say nothing of the others. */
        if (!problem_is(&now, "forked incomplete")) {
            *why = now;
            return -1;
        }
        if (!problem_is(&later, "forked"))
            later = now;
    }
    if (later.code)
        *why = later;
    return later.code ? -1 : 0;
}

static int renew(struct pull *p, struct problem *why)
{
    p->renewed = true;
    p->result->requests += 2;
    return peering_renew(p->setup->peering, p->client, p->contact, why);
}

/* What else this node wants of a peer whose public shelves were just got. */
static int collect(struct pull *p, struct problem *why)
{
    return collect_charters(p, why) || collect_cosignatures(p, why) || collect_receipts(p, why) ? -1
                                                                                                : 0;
}

/* One whose certificate or shelves changed is asked for its profile once. */
static int pull_directly(struct pull *p, bool *changed, struct problem *why)
{
    if ((p->setup->renew ||
         p->contact->row.profile_checked + PROFILE_CHECK_SECONDS <= clock_now()) &&
        renew(p, why))
        return -1;
    if (pull_shelves(p, changed, why) == 0)
        return shelves_pull(p, changed, why) || collect(p, why) ? -1 : 0;
    if (p->renewed || !problem_is(why, "wrong_certificate not_there no_signature bad_signature"))
        return -1;
    problem_clear(why);
    if (renew(p, why) || pull_shelves(p, changed, why) || shelves_pull(p, changed, why))
        return -1;
    return collect(p, why);
}

/* Of one that names relays it is to be known when it was asked itself. */
static int note_met(struct pull *p, struct problem *why)
{
    struct transaction *t;

    if (p->contact->profile.vias == 0 && !p->contact->row.relay)
        return 0;
    if (!(t = store_begin(p->setup->store, why)))
        return -1;
    if (store_peer_met(t, p->contact->row.node.nid, clock_now(), why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static int pull_peer(struct pull *p, bool *changed, struct problem *why)
{
    bool done = false;

    if (peering_is_relayed(p->contact))
        return pull_through(p, changed, &done, why);
    if (pull_sparing(p, changed, &done, why))
        return -1;
    return done || (pull_directly(p, changed, why) == 0 && note_met(p, why) == 0) ? 0 : -1;
}

static int record_result(struct pull *p, row_id nid, const struct problem *failed,
                         struct problem *why)
{
    struct transaction *t = store_begin(p->setup->store, why);

    if (!t ||
        (p->awaited ? store_peer_tried(t, nid, clock_now(), why)
                    : store_peer_result(t, nid, clock_now(), failed == NULL, failed, why)) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

bool pull_is_own_failure(const struct problem *why)
{
    return problem_is(why, "disk_full permission read_only io no_memory database_damaged "
                           "database_busy database log_file_damaged log_file_missing");
}

static void say_blocked(struct sync_result *result)
{
    result->state = SYNC_FAILED;
    problem_clear(&result->why);
    problem_set(&result->why, "blocked",
                _("\"%s\" is blocked: nothing is fetched from it. \"commonshelf peer unblock\" "
                  "ends that."),
                result->name);
}

static int pull_known(struct pull *p, row_id peer, struct problem *why)
{
    struct sync_result *result = p->result;
    struct peer_row row;
    bool found, changed = false;

    if (store_peer_get(p->reader, peer, &row, &found, why))
        return -1;
    if (!found)
        return problem_set(why, "no_such_peer", _("This peer was removed meanwhile."));
    result->id = row.node.id;
    strcpy(result->name, row.node.name);
    if (row.state == PEER_BLOCKED) {
        say_blocked(result);
        return 0;
    }
    if (row.node.frozen) {
        result->state = SYNC_FAILED;
        peering_frozen(row.node.name, &result->why);
        return record_result(p, peer, &result->why, why);
    }
    if (peering_contact(p->reader, &row, p->contact, &result->why) == 0 &&
        pull_peer(p, &changed, &result->why) == 0) {
        result->state = changed ? SYNC_OK : SYNC_UNCHANGED;
        return record_result(p, peer, NULL, why);
    }
    result->state = SYNC_FAILED;
    if (!pull_is_own_failure(&result->why) && pull_from_relays(p, &changed, why))
        return -1;
    if (pull_is_own_failure(&result->why)) {
        if (why && !why->code)
            *why = result->why;
        return -1;
    }
    if (problem_is(&result->why, "cancelled"))
        return 0;
    return record_result(p, peer, &result->why, why);
}

int sync_pull(const struct sync_setup *setup, row_id peer, const atomic_bool *cancel,
              struct sync_result *result, struct problem *why)
{
    uint64_t start = clock_monotonic_ms();
    struct pull p = {.setup = setup, .cancel = cancel, .result = result};
    struct http_source source;
    atomic_bool stop = false;
    int rc = -1;

    memset(result, 0, sizeof *result);
    result->state = SYNC_FAILED;
    busy_enter(peer, &stop);
    if (!(p.contact = memory_new(sizeof *p.contact)))
        problem_no_memory(why);
    else if ((p.reader = store_reader(setup->store, why)) &&
             (p.client = http_client_new(cancel, why))) {
        http_client_stop_on(p.client, &stop);
        source_http(&source, p.client, p.contact);
        p.source = &source.source;
        rc = pull_known(&p, peer, why);
    }
    http_client_free(p.client);
    store_reader_free(p.reader);
    memory_free(p.contact);
    busy_leave(peer);
    if (atomic_load(&stop) && problem_is(&result->why, "cancelled"))
        say_blocked(result);
    result->ms = clock_monotonic_ms() - start;
    return rc;
}
