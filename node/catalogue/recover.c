/*
 * A home that is older than its own log: its database was put back from a backup, or lost what it
 * committed. The log's files, here or fetched from a peer, prove what this institution signed; the
 * database learns it again from them. Nothing is signed on the way.
 */
#include <jansson.h>

#include <commonshelf/entry.h>
#include <commonshelf/record.h>

#include "catalogue/internal.h"

#define SLICE_ENTRIES 512 /* in one transaction */
#define SOURCE "own log"

struct adoption {
    struct catalogue *c;
    struct shelf_row shelf;
    struct log_row log;
    row_id bid;
    struct transaction *t;
    size_t in_transaction;
    int64_t put, withdrawn;
    struct cs_buffer body;
    struct cs_buffer redacted; /* indexes that R entries name */
};

/* ---- one entry */

/* The record without id and rev. Entries of this program begin with exactly these two. */
static int body_of(struct adoption *a, struct cs_span payload, const json_t *record,
                   struct problem *why)
{
    json_t *rest = json_copy((json_t *)(uintptr_t)record);
    struct cs_span end = payload;
    char *text;
    int commas = 0;

    cs_buffer_reset(&a->body);
    while (end.n > 0 && commas < 2) {
        commas += *end.p == ',';
        end = cs_span_make(end.p + 1, end.n - 1);
    }
    if (!rest)
        return problem_no_memory(why);
    json_object_del(rest, "id");
    json_object_del(rest, "rev");
    cs_buffer_add_byte(&a->body, '{');
    cs_buffer_add_span(&a->body, end);
    text = json_dumps(rest, JSON_COMPACT);
    json_decref(rest);
    if (!text || a->body.failed) {
        free(text);
        return problem_no_memory(why);
    }
    /* Another program of this protocol may order members otherwise: then the text is made anew. */
    json_t *again = json_loadb((const char *)a->body.p, a->body.n, 0, NULL);
    json_t *wanted = json_loads(text, 0, NULL);
    if (!again || !json_equal(again, wanted)) {
        cs_buffer_reset(&a->body);
        cs_buffer_add_text(&a->body, text);
    }
    json_decref(again);
    json_decref(wanted);
    free(text);
    return a->body.failed ? problem_no_memory(why) : 0;
}

static int begin_slice(struct adoption *a, struct problem *why)
{
    if (a->t)
        return 0;
    if (!(a->t = store_begin(a->c->store, why)))
        return -1;
    /* Live from the first slice on: what a crash interrupts is done again, and nothing discarded. */
    if (a->bid == 0 &&
        store_batch_begin(a->t, a->shelf.sid, SOURCE, SOURCE, clock_now(), &a->bid, why))
        return -1;
    return store_batch_state(a->t, a->bid, BATCH_LIVE, a->put, 0, a->withdrawn, why);
}

static int end_slice(struct adoption *a, struct problem *why)
{
    a->in_transaction = 0;
    return a->t ? store_commit(&a->t, why) : 0;
}

static int adopt_entry(void *arg, uint64_t index, const struct cs_bundle_item *item,
                       struct problem *why)
{
    struct adoption *a = arg;
    struct own_entry own = {.index = index};
    json_t *record = NULL;
    struct cs_entry entry;
    bool changed = false;
    int rc = -1;

    /* What was redacted, or is no record, says nothing of what a record is now. */
    if (item->entry.n == 0 || cs_entry_read(item->entry, &entry) != CS_OK)
        return 0;
    own.op = entry.op;
    if (entry.op == CS_OP_PUT) {
        if (cs_record_read(entry.payload, &record, &own.id, &own.rev, NULL) != CS_OK)
            return 0;
        if (body_of(a, entry.payload, record, why))
            goto out;
        own.body = cs_buffer_span(&a->body);
        cs_sha256(own.body, &own.body_hash);
    } else if (entry.op != CS_OP_WITHDRAW ||
               cs_withdrawal_read(entry.payload, &own.id, &own.rev) != CS_OK) {
        return 0;
    }
    if (begin_slice(a, why) ||
        store_own_adopt(a->t, a->bid, a->shelf.sid, SOURCE, &own, &changed, why))
        goto out;
    a->put += changed && own.op == CS_OP_PUT;
    a->withdrawn += changed && own.op == CS_OP_WITHDRAW;
    rc = ++a->in_transaction >= SLICE_ENTRIES ? end_slice(a, why) : 0;
out:
    json_decref(record);
    return rc;
}

/* ---- what was taken back since */

static int collect_redaction(void *arg, uint64_t index, const struct cs_bundle_item *item,
                             struct problem *why)
{
    struct adoption *a = arg;
    struct cs_entry entry;
    uint64_t target;

    if (item->entry.n == 0 || cs_entry_read(item->entry, &entry) != CS_OK ||
        entry.op != CS_OP_REDACT ||
        cs_redaction_read(entry.payload, a->log.epoch, index, &target) != CS_OK)
        return 0;
    cs_buffer_add(&a->redacted, &target, sizeof target);
    return a->redacted.failed ? problem_no_memory(why) : 0;
}

/* Before anything else is learnt: the older database still knows which record stood there, and has
 * what it said. */
static int adopt_redactions(struct adoption *a, struct problem *why)
{
    for (size_t i = 0; i < a->redacted.n; i += sizeof(uint64_t)) {
        uint64_t target;

        memcpy(&target, a->redacted.p + i, sizeof target);
        if (begin_slice(a, why) || store_redaction_add(a->t, a->log.lid, target, false, why) ||
            store_place_redact(a->t, a->bid, a->shelf.sid, a->log.epoch, target, clock_now(), why))
            return -1;
    }
    return end_slice(a, why);
}

/* ---- the log */

/* A shelf that the database does not know. Of a restricted one it is not known for whom it was: for nobody, until
 * the owner says so. */
static int add_shelf(struct transaction *t, const char *path, row_id *sid, struct problem *why)
{
    bool restricted = strncmp(path, SHELF_RESTRICTED, sizeof SHELF_RESTRICTED - 1) == 0;

    return store_shelf_add(t, path, restricted ? AUDIENCE_PRIVATE : AUDIENCE_PUBLIC, sid, why);
}

static int find_log(struct adoption *a, const char *shelf, uint64_t epoch, struct problem *why)
{
    struct transaction *t = store_begin(a->c->store, why);
    row_id lid;
    bool found;

    if (!t)
        return -1;
    if (store_shelf_by_path(transaction_reader(t), shelf, &a->shelf, &found, why))
        goto failed;
    if (!found && (add_shelf(t, shelf, &a->shelf.sid, why) ||
                   store_shelf_by_path(transaction_reader(t), shelf, &a->shelf, &found, why)))
        goto failed;
    if (store_log_find(transaction_reader(t), STORE_SELF, shelf, epoch, &a->log, &found, why) ||
        (!found && (store_log_add(t, STORE_SELF, shelf, epoch, &lid, why) ||
                    store_log_supersede(t, lid, clock_now(), why) ||
                    store_log_get(transaction_reader(t), lid, &a->log, &found, why))))
        goto failed;
    return store_commit(&t, why);
failed:
    store_rollback(&t);
    return -1;
}

int catalogue_two_histories(const char *shelf, struct problem *why)
{
    return problem_set(
        why, "two_histories",
        _("There are two histories of the shelf \"%s\", both signed with this institution's key: "
          "perhaps a copy of this home ran on another machine. Nothing is signed here, and nothing "
          "was changed. Decide which one is true, and start the shelf anew with \"commonshelf keys "
          "rotate\" on that machine."),
        shelf);
}

/* The files from what the database has to the end of `checkpoint` must lead to its root. */
static int prove(struct adoption *a, const struct cs_checkpoint *checkpoint, struct cs_range *range,
                 struct problem *why)
{
    struct cs_hash root;

    *range = a->log.range;
    if (checkpoint->size < range->size)
        return catalogue_two_histories(a->log.shelf, why);
    if (log_prove(a->c->home, a->log.origin, range, checkpoint->size, collect_redaction, a, why))
        return -1;
    cs_range_root(range, &root);
    if (memcmp(root.b, checkpoint->root.b, CS_HASH) != 0)
        return catalogue_two_histories(a->log.shelf, why);
    return 0;
}

static int apply(struct adoption *a, const struct cs_checkpoint *checkpoint, struct cs_span note,
                 struct problem *why)
{
    struct cs_range again = a->log.range;
    bool whole = again.size == 0 && a->log.epoch > 1;
    int64_t left = 0;

    if (adopt_redactions(a, why) ||
        log_prove(a->c->home, a->log.origin, &again, checkpoint->size, adopt_entry, a, why) ||
        begin_slice(a, why) || (whole && store_own_left(a->t, a->bid, a->shelf.sid, &left, why)))
        return -1;
    a->withdrawn += left;
    if (store_batch_state(a->t, a->bid, BATCH_LIVE, a->put, 0, a->withdrawn, why) ||
        store_log_adopt(a->t, a->log.lid, &again, checkpoint, note, why) ||
        store_commit(&a->t, why))
        return -1;
    return checkpoint_derive(a->c, &a->log, note, why);
}

int catalogue_adopt(struct catalogue *c, struct cs_span note, int64_t *records, struct problem *why)
{
    struct adoption a = {
        .c = c, .body = {.alloc = memory_allocator()}, .redacted = {.alloc = memory_allocator()}};
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct cs_checkpoint checkpoint;
    struct cs_node_id node;
    enum cs_status status;
    struct cs_range range;
    uint64_t epoch, version;
    int rc = -1;

    *records = 0;
    status = cs_checkpoint_parse(note, &checkpoint);
    if (status == CS_OK)
        status = cs_origin_read(cs_span_of(checkpoint.origin), &node, shelf, &epoch);
    if (status == CS_OK)
        status = signer_read_checkpoint(c->signer, note, checkpoint.origin, &checkpoint, &version);
    if (status != CS_OK)
        return problem_status(why, status, _("a checkpoint of this institution's own log"));
    pthread_mutex_lock(&c->publishing);
    if (find_log(&a, shelf, epoch, why) || prove(&a, &checkpoint, &range, why) ||
        apply(&a, &checkpoint, note, why))
        goto out;
    signer_remember(c->signer, &checkpoint);
    if (a.redacted.n > 0 && redact_resume(c, why))
        goto out;
    *records = a.put + a.withdrawn;
    rc = 0;
out:
    store_rollback(&a.t);
    cs_buffer_free(&a.body);
    cs_buffer_free(&a.redacted);
    pthread_mutex_unlock(&c->publishing);
    return rc;
}
