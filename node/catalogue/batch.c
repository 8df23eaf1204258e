/*
 * Batches: records staged in short transactions, made live by one.
 */
#include <jansson.h>

#include <commonshelf/entry.h>
#include <commonshelf/key.h>

#include "catalogue/internal.h"

#define SLICE_MS 50 /* a transaction holds up other writers no longer than this */
#define BODY_EXTRA 96 /* id and rev, which the entry has and the body has not */
#define REPLACE_SHARE 10 /* --replace may withdraw one in this many without being asked */
#define DISCARD_AT_ONCE 2000

/* The namespace of record ids made from an institution, its source and the source's identifier:
 * version 5 of the DNS namespace and "record.commonshelf". */
static const struct cs_uuid record_space = {{0xd3, 0x2c, 0xfb, 0x7a, 0x98, 0xa5, 0x5e, 0xd3, 0x8d,
                                             0xe3, 0x14, 0xd5, 0xa8, 0x7f, 0x51, 0x3d}};

struct catalogue_batch {
    struct catalogue *c;
    struct shelf_row shelf;
    char source[200];
    row_id bid;
    struct transaction *t; /* open while a slice lasts */
    uint64_t slice_start;
    bool replace_ready; /* every record of the source was remembered as kept */
    int64_t added, updated, unchanged, withdrawn;
};

static int slice(struct catalogue_batch *b, struct problem *why)
{
    if (b->t && clock_monotonic_ms() - b->slice_start >= SLICE_MS && store_commit(&b->t, why))
        return -1;
    if (b->t)
        return 0;
    b->slice_start = clock_monotonic_ms();
    b->t = store_begin(b->c->store, why);
    return b->t ? 0 : -1;
}

static int find_shelf(struct reader *r, const char *name, struct shelf_row *out,
                      struct problem *why)
{
    bool found;

    if (store_shelf_find(r, name, out, &found, why))
        return -1;
    if (!found)
        return problem_set(why, "no_such_shelf",
                           _("There is no shelf \"%s\". Nothing was changed. \"commonshelf shelf "
                             "list\" shows the shelves."),
                           name);
    return 0;
}

struct catalogue_batch *catalogue_batch_begin(struct catalogue *c, const char *shelf,
                                              const char *source, const char *file,
                                              struct problem *why)
{
    struct catalogue_batch *b = memory_new(sizeof *b);

    if (!b) {
        problem_no_memory(why);
        return NULL;
    }
    b->c = c;
    if (strlen(source) >= sizeof b->source) {
        problem_usage(why, "source_too_long", _("The name of a source has at most %zu bytes."),
                      sizeof b->source - 1);
        goto failed;
    }
    strcpy(b->source, source);
    if (slice(b, why) || find_shelf(transaction_reader(b->t), shelf, &b->shelf, why) ||
        store_batch_begin(b->t, b->shelf.sid, b->source, file, clock_now(), &b->bid, why) ||
        store_commit(&b->t, why))
        goto failed;
    return b;
failed:
    store_rollback(&b->t);
    memory_free(b);
    return NULL;
}

/* decisions: version 5 over (node ID, source, identifier); without one, version 4 remembered under
 * the hash of the row. */
static int record_id(struct catalogue_batch *b, const char *key, const struct cs_hash *row,
                     struct cs_uuid *id, struct problem *why)
{
    struct cs_buffer name = {.alloc = memory_allocator()};
    enum cs_status status;
    unsigned char random[16];
    bool found;

    if (key) {
        cs_buffer_printf(&name, "%s\n%s\n%s", signer_node(b->c->signer)->s, b->source, key);
        status =
            name.failed ? CS_NO_MEMORY : cs_uuid_name(&record_space, cs_buffer_span(&name), id);
        cs_buffer_free(&name);
        return status == CS_OK ? 0 : problem_status(why, status, _("an identifier"));
    }
    if (store_row_id_get(transaction_reader(b->t), b->source, row, id, &found, why))
        return -1;
    if (found)
        return 0;
    random_bytes(random, sizeof random);
    cs_uuid_random(random, id);
    return store_row_id_put(b->t, b->source, row, id, why);
}

static int stage(struct catalogue_batch *b, const struct cs_uuid *id, struct cs_span body,
                 const struct cs_hash *hash, struct cs_span original, enum draft_outcome *outcome,
                 struct problem *why)
{
    struct own_row own;
    bool found, again;

    if (store_own_find(transaction_reader(b->t), id, &own, &found, why))
        return -1;
    if (found && own.sid != b->shelf.sid) {
        *outcome = DRAFT_ELSEWHERE;
        return 0;
    }
    if (found && own.redacted) {
        *outcome = DRAFT_REDACTED;
        return 0;
    }
    if (found && store_kept_add(b->t, b->bid, own.rid, why))
        return -1;
    if (found && own.live && memcmp(own.body_hash.b, hash->b, CS_HASH) == 0) {
        /* The last row of an id counts: an earlier one of this batch that differed is forgotten. */
        if (store_version_drop(b->t, b->bid, own.rid, &again, why))
            return -1;
        *outcome = again ? DRAFT_REPEATED : DRAFT_UNCHANGED;
        b->updated -= again;
        b->unchanged++;
        return 0;
    }
    if (store_version_add(b->t, b->bid, b->shelf.sid, b->source, id, found ? own.rid : 0, body,
                          hash, original, &again, why))
        return -1;
    *outcome = again ? DRAFT_REPEATED : found && own.live ? DRAFT_UPDATED : DRAFT_ADDED;
    b->added += *outcome == DRAFT_ADDED;
    b->updated += *outcome == DRAFT_UPDATED;
    return 0;
}

int catalogue_batch_add(struct catalogue_batch *b, const struct json_t *record, const char *key,
                        struct cs_span original, enum draft_outcome *outcome, struct problem *why)
{
    char *body = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
    struct cs_span text = cs_span_of(body);
    struct cs_hash hash;
    struct cs_uuid id;
    int rc = -1;

    if (!body)
        return problem_no_memory(why);
    if (text.n + BODY_EXTRA + CS_ENTRY_HEAD > CS_ENTRY_MAX) {
        *outcome = DRAFT_TOO_LARGE;
        rc = 0;
        goto out;
    }
    cs_sha256(text, &hash);
    if (slice(b, why) || record_id(b, key, &hash, &id, why))
        goto out;
    rc = stage(b, &id, text, &hash, original, outcome, why);
out:
    memory_free(body);
    return rc;
}

int catalogue_batch_replace(struct catalogue_batch *b, bool yes, int64_t *withdrawn,
                            struct problem *why)
{
    int64_t live;

    if (slice(b, why) ||
        store_missing_count(transaction_reader(b->t), b->bid, b->source, withdrawn, &live, why))
        return -1;
    if (!yes && *withdrawn * REPLACE_SHARE > live)
        return problem_set(
            why, "replace_too_much",
            _("This would withdraw %lld of the %lld records of \"%s\": more than a tenth. Nothing "
              "was changed. If the file is really the whole list, do it again with --yes."),
            (long long)*withdrawn, (long long)live, b->source);
    b->withdrawn = *withdrawn;
    return store_missing_withdraw(b->t, b->bid, b->source, why);
}

int catalogue_batch_live(struct catalogue_batch **b, struct batch_result *result,
                         struct problem *why)
{
    struct catalogue_batch *batch = *b;
    struct batch_result r = {0, batch->added, batch->updated, batch->unchanged, batch->withdrawn};

    if (r.added + r.updated + r.withdrawn == 0) {
        *result = r;
        catalogue_batch_drop(b);
        return 0;
    }
    if (slice(batch, why) ||
        store_batch_state(batch->t, batch->bid, BATCH_LIVE, r.added, r.updated, r.withdrawn, why) ||
        store_commit(&batch->t, why))
        return -1;
    r.bid = batch->bid;
    *result = r;
    memory_free(batch);
    *b = NULL;
    return 0;
}

void catalogue_batch_drop(struct catalogue_batch **b)
{
    struct catalogue_batch *batch = *b;
    struct problem why = PROBLEM_INIT;
    bool more = true;

    if (!batch)
        return;
    *b = NULL;
    /* The slice is committed so that what it holds is discarded with the rest, in slices again. */
    if (batch->t && store_commit(&batch->t, &why))
        more = false;
    while (more) {
        struct transaction *t = store_begin(batch->c->store, &why);
        if (!t || store_batch_discard(t, batch->bid, DISCARD_AT_ONCE, &more, &why) ||
            store_commit(&t, &why)) {
            store_rollback(&t);
            more = false;
        }
    }
    if (why.code) /* what stays behind is discarded at the next start */
        log_problem(LOG_LEVEL_WARN, "catalogue", &why);
    memory_free(batch);
}

int catalogue_batch_undo(struct catalogue *c, row_id bid, struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);
    struct batch_row row;
    bool found;
    int rc = -1;

    if (!t || store_batch_get(transaction_reader(t), bid, &row, &found, why))
        goto out;
    if (!found || row.state != BATCH_LIVE) {
        problem_set(why, "no_such_batch",
                    _("There is no import %lld that could be undone. Nothing was changed. "
                      "\"commonshelf status\" lists the last ones."),
                    (long long)bid);
        goto out;
    }
    if (store_batch_state(t, bid, BATCH_UNDONE, row.added, row.updated, row.withdrawn, why))
        goto out;
    rc = store_commit(&t, why);
out:
    store_rollback(&t);
    return rc;
}

int catalogue_withdraw(struct catalogue *c, const struct cs_uuid *id, row_id *bid,
                       struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);
    struct cs_span none = {NULL, 0};
    struct own_row own;
    bool found, again;
    int rc = -1;

    if (!t || store_own_find(transaction_reader(t), id, &own, &found, why))
        goto out;
    if (!found || !own.live) {
        problem_set(why, "no_such_record",
                    _("This institution has no such record to withdraw. Nothing was changed."));
        goto out;
    }
    if (store_batch_begin(t, own.sid, "by hand", "", clock_now(), bid, why) ||
        store_version_add(t, *bid, own.sid, "by hand", id, own.rid, none, NULL, none, &again,
                          why) ||
        store_batch_state(t, *bid, BATCH_LIVE, 0, 0, 1, why))
        goto out;
    rc = store_commit(&t, why);
out:
    store_rollback(&t);
    return rc;
}
