/*
 * Taking own records back for good: withdrawn, every version forgotten here, and every entry that
 * said it named by an R, so that all who follow the log keep only its hash.
 */
#include <commonshelf/record.h>

#include <jansson.h>

#include "catalogue/internal.h"

#define LOGS_MAX CS_PROFILE_SHELVES_MAX

struct place {
    row_id lid;
    uint64_t index;
    bool say; /* by an R: an old epoch is not added to any more, its files change all the same */
};
/* Where a record stands in the own logs. */
struct places {
    const struct cs_uuid *id;
    char uuid[CS_URN_UUID_LEN + 1];
    const struct log_row *log; /* that is being looked at */
    struct place *place;
    size_t n, room;
};

static int remember(struct places *p, uint64_t index, struct problem *why)
{
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 16;
        struct place *more = memory_resize(p->place, room * sizeof *more);

        if (!more)
            return problem_no_memory(why);
        p->place = more;
        p->room = room;
    }
    p->place[p->n++] = (struct place){p->log->lid, index, !p->log->superseded};
    return 0;
}

static int look_at(void *arg, uint64_t index, const struct cs_bundle_item *item,
                   struct problem *why)
{
    struct places *p = arg;
    json_t *record = NULL;
    struct cs_entry entry;
    struct cs_uuid id;
    uint64_t rev;
    bool is_it;

    if (item->entry.n == 0 || cs_entry_read(item->entry, &entry) != CS_OK ||
        entry.op != CS_OP_PUT ||
        !memmem(entry.payload.p, entry.payload.n, p->uuid, strlen(p->uuid)))
        return 0;
    if (cs_json_read(entry.payload, CS_ENTRY_MAX, &record) != CS_OK)
        return 0;
    is_it = cs_record_key(record, &id, &rev) == CS_OK && memcmp(&id, p->id, sizeof id) == 0;
    json_decref(record);
    return is_it ? remember(p, index, why) : 0;
}

/* Proves the logs on the way: nothing is taken out of files that are not as signed. */
static int find_places(struct catalogue *c, const struct log_row *log, size_t logs,
                       struct places *p, struct problem *why)
{
    cs_uuid_write(p->id, p->uuid);
    for (size_t i = 0; i < logs; i++) {
        struct cs_range range;

        cs_range_init(&range);
        p->log = &log[i];
        if (log_prove(c->home, log[i].origin, &range, log[i].range.size, look_at, p, why))
            return -1;
    }
    return 0;
}

static int add_redactions(struct transaction *t, const struct places *p, struct problem *why)
{
    for (size_t i = 0; i < p->n; i++)
        if (store_redaction_add(t, p->place[i].lid, p->place[i].index, p->place[i].say, why))
            return -1;
    return 0;
}

static int lid_of(struct reader *r, const struct log_row *log, size_t logs, row_id sid, row_id *lid,
                  struct problem *why)
{
    struct shelf_row shelf;
    bool found;

    *lid = 0;
    for (size_t i = 0; i < logs; i++) {
        if (store_shelf_by_path(r, log[i].shelf, &shelf, &found, why))
            return -1;
        if (found && shelf.sid == sid && shelf.lid == log[i].lid)
            *lid = log[i].lid;
    }
    return 0;
}

/* All that must be known before anything is changed, in one transaction. */
static int record_intent(struct catalogue *c, const struct log_row *log, size_t logs,
                         const struct own_row *own, const struct places *p, struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);
    row_id bid, lid;
    int rc = -1;

    if (!t || store_batch_begin(t, own->sid, "by hand", "", clock_now(), &bid, why) ||
        store_record_redact(t, bid, own->rid, clock_now(), why) ||
        store_batch_state(t, bid, BATCH_LIVE, 0, 0, own->live ? 1 : 0, why) ||
        lid_of(transaction_reader(t), log, logs, own->sid, &lid, why) ||
        (lid && store_pending_look(t, own->sid, lid, own->rid, why)) || add_redactions(t, p, why))
        goto out;
    rc = store_commit(&t, why);
out:
    store_rollback(&t);
    return rc;
}

/* Appends what waits for each log, takes out of the files what was named. */
static int carry_out(struct catalogue *c, struct log_row *log, size_t logs, uint64_t *appended,
                     struct problem *why)
{
    struct redaction_counts counts;
    struct shelf_row shelf;
    bool found, changed;

    for (size_t i = 0; i < logs; i++) {
        if (store_redaction_count(c->reader, log[i].lid, &counts, why) ||
            store_shelf_by_path(c->reader, log[i].shelf, &shelf, &found, why))
            return -1;
        if (counts.open == 0 && counts.waiting == 0)
            continue;
        /* A shelf that nobody else can read gets its R when it is published again. */
        if (found && counts.waiting > 0 && shelf.audience != AUDIENCE_PRIVATE &&
            shelf.lid == log[i].lid && publish_waiting(c, &log[i], appended, why))
            return -1;
        if (counts.open > 0 &&
            log_redact_open(c->home, c->store, c->reader, &log[i], &changed, why))
            return -1;
    }
    return 0;
}

/* Where else its text may be: beyond the signed size, left by a publication that was cut off, and in
 * the database's own log. */
static void sweep(struct catalogue *c, const struct log_row *log, size_t logs)
{
    for (size_t i = 0; i < logs; i++)
        log_remove_beyond(c->home, log[i].origin, log[i].range.size, log[i].previous_size);
    store_forget(c->store);
}

int redact_resume(struct catalogue *c, struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log * LOGS_MAX);
    uint64_t appended = 0;
    size_t logs;
    int rc = -1;

    if (!log)
        return problem_no_memory(why);
    if (store_log_list(c->reader, STORE_SELF, log, LOGS_MAX, &logs, why) == 0)
        rc = carry_out(c, log, logs, &appended, why);
    memory_free(log);
    return rc;
}

static int no_such_record(struct problem *why)
{
    return problem_set(why, "no_such_record",
                       _("This institution never had such a record. Nothing was changed."));
}

int catalogue_redact(struct catalogue *c, const struct cs_uuid *id, struct redact_result *result,
                     struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log * LOGS_MAX);
    struct places p = {.id = id};
    struct own_row own;
    size_t logs;
    bool found;
    int rc = -1;

    memset(result, 0, sizeof *result);
    if (!log)
        return problem_no_memory(why);
    pthread_mutex_lock(&c->publishing);
    if (store_own_find(c->reader, id, &own, &found, why) ||
        store_log_list(c->reader, STORE_SELF, log, LOGS_MAX, &logs, why))
        goto out;
    if (!found) {
        no_such_record(why);
        goto out;
    }
    if (find_places(c, log, logs, &p, why) || record_intent(c, log, logs, &own, &p, why) ||
        carry_out(c, log, logs, &result->appended, why))
        goto out;
    sweep(c, log, logs);
    result->entries = p.n;
    rc = 0;
out:
    pthread_mutex_unlock(&c->publishing);
    memory_free(p.place);
    memory_free(log);
    return rc;
}

int catalogue_redact_allow(struct catalogue *c, const struct cs_uuid *id, struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);
    struct own_row own;
    bool found;
    int rc = -1;

    if (!t || store_own_find(transaction_reader(t), id, &own, &found, why))
        goto out;
    if (!found) {
        no_such_record(why);
        goto out;
    }
    if (store_record_allow(t, own.rid, why) == 0)
        rc = store_commit(&t, why);
out:
    store_rollback(&t);
    return rc;
}
