/*
 * Publishing: pending entries → bundles and tiles, durable → read again and hashed again → the signed
 * checkpoint as a row, which is the commit point → the checkpoint file, derived from it. A crash
 * anywhere before the row leaves the old log; the pending entries keep their salts, so that the next
 * run writes the same bytes.
 */
#include "catalogue/internal.h"

#define FILL_AT_ONCE 2048 /* records looked at in one transaction */

int checkpoint_sign(struct catalogue *c, const struct log_row *log, const struct cs_range *range,
                    struct cs_checkpoint *checkpoint, struct cs_buffer *note, struct problem *why)
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    int rc;

    memset(checkpoint, 0, sizeof *checkpoint);
    strcpy(checkpoint->origin, log->origin);
    checkpoint->size = range->size;
    cs_range_root(range, &checkpoint->root);
    checkpoint->time = clock_now();
    cs_checkpoint_write(checkpoint, &text);
    rc = text.failed ? problem_no_memory(why)
                     : signer_note(c->signer, STATEMENT_CHECKPOINT, cs_buffer_span(&text),
                                   checkpoint->time, note, why);
    cs_buffer_free(&text);
    return rc;
}

int checkpoint_derive(struct catalogue *c, const struct log_row *log, struct cs_span note,
                      struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (log_checkpoint_path(c->home, log->origin, path, why))
        return -1;
    return file_put(path, note, 0644, why);
}

/* Gathers what differs from the log, in transactions that hold nobody up. The log is made by the
 * shelf's first publication. */
static int gather(struct catalogue *c, struct shelf_row *shelf, struct problem *why)
{
    struct transaction *t;
    bool more = true;

    while (more) {
        if (!(t = store_begin(c->store, why)))
            return -1;
        if ((shelf->lid == 0 &&
             store_log_add(t, STORE_SELF, shelf->path, shelf->epoch, &shelf->lid, why)) ||
            store_pending_fill(t, shelf->sid, shelf->lid, FILL_AT_ONCE, &more, why) ||
            store_commit(&t, why)) {
            store_rollback(&t);
            return -1;
        }
    }
    return 0;
}

/* A pending entry as it will stand in its bundle; the bytes are in `entry`. */
static int entry_of(const struct log_row *log, const struct pending *pending,
                    struct cs_buffer *payload, struct cs_buffer *entry, struct cs_bundle_item *item,
                    struct problem *why)
{
    enum cs_status status = CS_OK;

    if (pending->op == CS_OP_EPOCH)
        status = cs_epoch_write(log->epoch, NULL, payload);
    cs_buffer_reset(entry);
    if (status == CS_OK)
        status = cs_entry_write(pending->op, pending->salt, cs_buffer_span(payload), entry);
    if (status != CS_OK)
        return problem_status(why, status, _("an entry to be published"));
    item->entry = cs_buffer_span(entry);
    cs_merkle_leaf(item->entry, &item->leaf);
    return 0;
}

struct progress {
    void (*report)(void *arg, uint64_t done, uint64_t of);
    void *arg;
    uint64_t of;
};

/* R entries, behind the D entries of the records that they take back. */
static int write_redactions(struct catalogue *c, const struct log_row *log, struct log_writer *w,
                            struct problem *why)
{
    struct cs_buffer payload = {.alloc = memory_allocator()}, entry = payload;
    struct cs_bundle_item item;
    unsigned char salt[CS_SALT];
    enum cs_status status;
    uint64_t index = 0;
    bool found;
    int rc = -1;

    for (;; index++) {
        if (store_redaction_next(c->reader, log->lid, index, &index, salt, &found, why))
            goto out;
        if (!found)
            break;
        cs_buffer_reset(&payload);
        cs_buffer_reset(&entry);
        if ((status = cs_redaction_write(log->epoch, index, &payload)) != CS_OK ||
            (status = cs_entry_write(CS_OP_REDACT, salt, cs_buffer_span(&payload), &entry)) !=
                CS_OK) {
            problem_status(why, status, _("an entry to be published"));
            goto out;
        }
        item.entry = cs_buffer_span(&entry);
        cs_merkle_leaf(item.entry, &item.leaf);
        if (log_writer_add(w, &item, why))
            goto out;
    }
    rc = 0;
out:
    cs_buffer_free(&payload);
    cs_buffer_free(&entry);
    return rc;
}

static int write_entries(struct catalogue *c, const struct log_row *log, struct log_writer *w,
                         const struct progress *progress, struct problem *why)
{
    struct cs_buffer payload = {.alloc = memory_allocator()}, entry = payload;
    struct pending pending = {.rid = -1};
    struct cs_bundle_item item;
    uint64_t done = 0;
    bool found;
    int rc = -1;

    for (;;) {
        cs_buffer_reset(&payload);
        if (store_pending_next(c->reader, log->lid, pending.rid, &pending, &payload, &found, why))
            goto out;
        if (!found)
            break;
        if (entry_of(log, &pending, &payload, &entry, &item, why) || log_writer_add(w, &item, why))
            goto out;
        if (++done % CS_BUNDLE_WIDTH == 0 && progress->report)
            progress->report(progress->arg, done, progress->of);
    }
    if (write_redactions(c, log, w, why) == 0)
        rc = log_writer_flush(w, why);
out:
    cs_buffer_free(&payload);
    cs_buffer_free(&entry);
    return rc;
}

/* What will be signed is what is on disk, not what was in memory. */
int log_read_again(struct catalogue *c, const struct log_row *log, const struct cs_range *written,
                   struct cs_range *proved, struct problem *why)
{
    struct cs_hash a, b;

    *proved = log->range;
    if (log_prove(c->home, log->origin, proved, written->size, NULL, NULL, why))
        return -1;
    cs_range_root(written, &a);
    cs_range_root(proved, &b);
    if (memcmp(a.b, b.b, CS_HASH) != 0)
        return problem_set(why, "log_file_damaged",
                           _("The disk gave back other bytes than were written to the log. Nothing "
                             "was signed, the published catalogue is as before. Check the disk."));
    return 0;
}

static int commit(struct catalogue *c, struct log_row *log, const struct cs_range *range,
                  struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint checkpoint;
    struct transaction *t = NULL;
    int rc = -1;

    if (checkpoint_sign(c, log, range, &checkpoint, &note, why) ||
        !(t = store_begin(c->store, why)) ||
        store_log_publish(t, log->lid, range, &checkpoint, cs_buffer_span(&note), why) ||
        store_commit(&t, why) || checkpoint_derive(c, log, cs_buffer_span(&note), why))
        goto out;
    rc = 0;
out:
    store_rollback(&t);
    cs_buffer_free(&note);
    return rc;
}

static int append(struct catalogue *c, struct log_row *log, struct progress *progress,
                  struct problem *why)
{
    struct log_writer *w = log_writer_open(c->home, log->origin, &log->range, why);
    uint64_t before = log->range.size;
    struct cs_range proved;
    int rc = -1;

    if (!w || write_entries(c, log, w, progress, why) ||
        log_read_again(c, log, log_writer_range(w), &proved, why) || commit(c, log, &proved, why))
        goto out;
    /* Clients in the middle of a pull still ask for the edge before this one. */
    log_forget_edge(c->home, log->origin, log->previous_size, before, proved.size);
    log->range = proved;
    rc = 0;
out:
    log_writer_free(w);
    return rc;
}

int publish_waiting(struct catalogue *c, struct log_row *log, uint64_t *appended,
                    struct problem *why)
{
    struct progress progress = {NULL, NULL, 0};
    uint64_t before = log->range.size;
    bool found;

    if (append(c, log, &progress, why))
        return -1;
    *appended += log->range.size - before;
    return store_log_get(c->reader, log->lid, log, &found, why);
}

static int publish(struct catalogue *c, struct shelf_row *shelf, struct publish_result *result,
                   struct progress *progress, struct problem *why)
{
    struct log_row log;
    uint64_t before;
    bool found, changed;

    if (gather(c, shelf, why) || store_log_get(c->reader, shelf->lid, &log, &found, why) ||
        store_pending_count(c->reader, log.lid, &progress->of, why))
        return -1;
    before = log.range.size;
    if (progress->of > 0 &&
        (append(c, &log, progress, why) || store_log_get(c->reader, log.lid, &log, &found, why) ||
         log_redact_open(c->home, c->store, c->reader, &log, &changed, why)))
        return -1;
    result->shelf = *shelf;
    strcpy(result->origin, log.origin);
    result->size = log.range.size;
    result->added = log.range.size - before;
    cs_range_root(&log.range, &result->root);
    return 0;
}

int catalogue_publish(struct catalogue *c, const char *name, struct publish_result *result,
                      void (*report)(void *arg, uint64_t done, uint64_t of), void *arg,
                      struct problem *why)
{
    struct progress progress = {report, arg, 0};
    struct shelf_row shelf;
    bool found;
    int rc = -1;

    pthread_mutex_lock(&c->publishing);
    if (store_shelf_find(c->reader, name, &shelf, &found, why))
        goto out;
    if (!found)
        problem_set(why, "no_such_shelf",
                    _("There is no shelf \"%s\". Nothing was changed. \"commonshelf shelf list\" "
                      "shows the shelves."),
                    name);
    else if (shelf.audience == AUDIENCE_PRIVATE)
        problem_set(why, "shelf_private",
                    _("The shelf \"%s\" is private: only this institution sees it, and it is in no "
                      "log. To publish it, change who sees it: commonshelf shelf set %s --audience "
                      "public"),
                    name, name);
    else
        rc = publish(c, &shelf, result, &progress, why);
out:
    pthread_mutex_unlock(&c->publishing);
    return rc;
}

/* ---- keeping signatures fresh */

#define FRESH_FOR 86400 /* seconds: mirrors call a week without a signature stale */

static int refresh_log(struct catalogue *c, const struct log_row *log, void *now,
                       struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint checkpoint;
    struct transaction *t = NULL;
    int rc = -1;

    if (log->superseded || log->as_of + FRESH_FOR > *(const uint64_t *)now)
        return 0;
    if (checkpoint_sign(c, log, &log->range, &checkpoint, &note, why) ||
        !(t = store_begin(c->store, why)) ||
        store_log_refresh(t, log->lid, &checkpoint, cs_buffer_span(&note), why) ||
        store_commit(&t, why) || checkpoint_derive(c, log, cs_buffer_span(&note), why))
        goto out;
    rc = 0;
out:
    store_rollback(&t);
    cs_buffer_free(&note);
    return rc;
}

int catalogue_refresh(struct catalogue *c, struct problem *why)
{
    uint64_t now = clock_now();
    int rc;

    pthread_mutex_lock(&c->publishing);
    rc = own_logs_each(c, refresh_log, &now, why);
    pthread_mutex_unlock(&c->publishing);
    return rc;
}
