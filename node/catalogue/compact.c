/*
 * A new epoch of a log: what its records say now, without all they said before. The files of the new
 * log are written and proved beside the old one's; the commit point is the row that says which epoch
 * the shelf is in.
 */
#include <commonshelf/compaction.h>

#include "catalogue/internal.h"

static int no_memory_or(enum cs_status status, struct problem *why)
{
    return status == CS_OK ? 0 : problem_status(why, status, _("an entry of the log"));
}

static int add_place(void *arg, uint64_t index, const struct cs_bundle_item *item,
                     struct problem *why)
{
    (void)index;
    return no_memory_or(cs_compaction_add(arg, item), why);
}

struct copy {
    struct log_writer *writer;
    const uint64_t *live;
    size_t n, at;
};

static int copy_place(void *arg, uint64_t index, const struct cs_bundle_item *item,
                      struct problem *why)
{
    struct copy *copy = arg;

    if (copy->at == copy->n || copy->live[copy->at] != index)
        return 0;
    copy->at++;
    return log_writer_add(copy->writer, item, why);
}

/* Everything below proves the old log twice: what lives is chosen, and copied, from what was signed. */
static int prove_old(const char *home, const struct log_row *log,
                     int (*each)(void *arg, uint64_t index, const struct cs_bundle_item *item,
                                 struct problem *why),
                     void *arg, struct problem *why)
{
    struct cs_hash proved, held;
    struct cs_range range;

    cs_range_init(&range);
    if (log_prove(home, log->origin, &range, log->range.size, each, arg, why))
        return -1;
    cs_range_root(&range, &proved);
    cs_range_root(&log->range, &held);
    if (memcmp(proved.b, held.b, CS_HASH) == 0)
        return 0;
    return problem_set(why, "log_file_damaged",
                       _("The log of the shelf \"%s\" does not hold what was signed. Nothing was "
                         "changed. Run \"commonshelf doctor\"."),
                       log->shelf);
}

struct cs_compaction *log_choose_live(const char *home, const struct log_row *log,
                                      const uint64_t **live, size_t *n, struct problem *why)
{
    struct cs_compaction *c = cs_compaction_new(log->epoch, memory_allocator());

    if (!c) {
        problem_no_memory(why);
        return NULL;
    }
    if (prove_old(home, log, add_place, c, why)) {
        cs_compaction_free(c);
        return NULL;
    }
    cs_compaction_live(c, live, n);
    return c;
}

struct log_writer *log_copy_live(const char *home, const struct log_row *log, const char *origin,
                                 struct cs_span first, const uint64_t *live, size_t n,
                                 struct problem *why)
{
    struct cs_bundle_item item = {.entry = first};
    struct copy copy = {.live = live, .n = n};
    struct cs_range empty;

    cs_range_init(&empty);
    cs_merkle_leaf(first, &item.leaf);
    if ((copy.writer = log_writer_open(home, origin, &empty, why)) &&
        log_writer_add(copy.writer, &item, why) == 0 &&
        prove_old(home, log, copy_place, &copy, why) == 0 &&
        log_writer_flush(copy.writer, why) == 0)
        return copy.writer;
    log_writer_free(copy.writer);
    return NULL;
}

/* ---- own logs */

static int first_entry(struct catalogue *c, const struct log_row *log, uint64_t count,
                       struct cs_buffer *entry, struct problem *why)
{
    struct cs_buffer payload = {.alloc = memory_allocator()};
    struct cs_epoch_prev prev = {.size = log->range.size, .count = count};
    struct transaction *t = store_begin(c->store, why);
    unsigned char salt[CS_SALT];
    enum cs_status status;

    if (!t || store_epoch_salt(t, log->lid, salt, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    strcpy(prev.origin, log->origin);
    cs_range_root(&log->range, &prev.root);
    if ((status = cs_epoch_write(log->epoch + 1, &prev, &payload)) == CS_OK)
        status = cs_entry_write(CS_OP_EPOCH, salt, cs_buffer_span(&payload), entry);
    cs_buffer_free(&payload);
    return no_memory_or(status, why);
}

/* What is signed is what the disk gave back. */
static int sign_and_switch(struct catalogue *c, const struct log_row *log, struct log_row *next,
                           const struct cs_range *written, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint checkpoint;
    struct transaction *t = NULL;
    struct cs_range proved;
    int rc = -1;

    cs_range_init(&next->range);
    if (log_read_again(c, next, written, &proved, why))
        goto out;
    next->range = proved;
    if (checkpoint_sign(c, next, &next->range, &checkpoint, &note, why) ||
        !(t = store_begin(c->store, why)))
        goto out;
    struct epoch_row row = {next->epoch, &next->range, &checkpoint, cs_buffer_span(&note), ""};
    if (store_epoch_switch(t, log->lid, &row, clock_now(), why) || store_commit(&t, why))
        goto out;
    rc = checkpoint_derive(c, next, cs_buffer_span(&note), why);
out:
    store_rollback(&t);
    cs_buffer_free(&note);
    return rc;
}

static int compact(struct catalogue *c, const struct log_row *log, struct compact_result *result,
                   struct problem *why)
{
    struct cs_buffer entry = {.alloc = memory_allocator()};
    struct log_writer *writer = NULL;
    struct cs_compaction *chosen;
    struct log_row next = *log;
    const uint64_t *live;
    size_t n;
    int rc = -1;

    next.epoch = log->epoch + 1;
    cs_origin_write(signer_node(c->signer), log->shelf, next.epoch, next.origin);
    if (!(chosen = log_choose_live(c->home, log, &live, &n, why)) ||
        first_entry(c, log, n, &entry, why) ||
        !(writer =
              log_copy_live(c->home, log, next.origin, cs_buffer_span(&entry), live, n, why)) ||
        sign_and_switch(c, log, &next, log_writer_range(writer), why))
        goto out;
    result->epoch = next.epoch;
    result->before = log->range.size;
    result->size = next.range.size;
    cs_range_root(&next.range, &result->root);
    strcpy(result->origin, next.origin);
    rc = 0;
out:
    log_writer_free(writer);
    cs_compaction_free(chosen);
    cs_buffer_free(&entry);
    return rc;
}

/* What waits for the old epoch by its indexes is said in it first. */
static int finish_redactions(struct catalogue *c, struct log_row *log, struct problem *why)
{
    struct redaction_counts counts;
    uint64_t appended = 0;
    bool changed;

    if (store_redaction_count(c->reader, log->lid, &counts, why) ||
        (counts.waiting > 0 && publish_waiting(c, log, &appended, why)))
        return -1;
    return log_redact_open(c->home, c->store, c->reader, log, &changed, why);
}

int catalogue_compact(struct catalogue *c, const char *name, struct compact_result *result,
                      struct problem *why)
{
    struct shelf_row shelf;
    struct log_row log;
    bool found;
    int rc = -1;

    pthread_mutex_lock(&c->publishing);
    if (store_shelf_find(c->reader, name, &shelf, &found, why))
        goto out;
    if (!found) {
        problem_set(why, "no_such_shelf",
                    _("There is no shelf \"%s\". Nothing was changed. \"commonshelf shelf list\" "
                      "shows the shelves."),
                    name);
        goto out;
    }
    if (shelf.lid && store_log_get(c->reader, shelf.lid, &log, &found, why))
        goto out;
    if (!shelf.lid || !found || log.range.size == 0) {
        problem_set(why, "not_published",
                    _("The shelf \"%s\" was not published yet: it has no log that could be made "
                      "smaller. Nothing was changed."),
                    name);
        goto out;
    }
    if (finish_redactions(c, &log, why) == 0)
        rc = compact(c, &log, result, why);
out:
    pthread_mutex_unlock(&c->publishing);
    return rc;
}

#define WORN_MIN 2048 /* entries: less is fetched in a moment */

bool catalogue_is_worn(uint64_t size, int64_t records)
{
    return size >= WORN_MIN && (uint64_t)records < size / 2;
}

/* ---- old epochs */

int logs_remove_leaving(const char *home, struct store *store, struct reader *r,
                        struct problem *why)
{
    char origin[CS_ORIGIN_MAX + 1] = "", name[80], path[FILE_PATH_MAX];
    bool found;

    for (;;) {
        struct transaction *t;

        if (store_leaving_next(r, origin, origin, &found, why))
            return -1;
        if (!found)
            return 0;
        strcpy(name, "logs/");
        cs_origin_directory(origin, name + strlen(name));
        if (file_join(path, home, name) || (file_exists(path) && file_remove_tree(path, why)))
            return -1;
        if (!(t = store_begin(store, why)) || store_leaving_done(t, origin, why) ||
            store_commit(&t, why)) {
            store_rollback(&t);
            return -1;
        }
    }
}

struct pruning {
    uint64_t before, pruned;
};

static int prune(struct catalogue *c, const struct log_row *log, void *arg, struct problem *why)
{
    struct pruning *pruning = arg;
    struct transaction *t;

    if (log->superseded == 0 || log->superseded >= pruning->before)
        return 0;
    if (!(t = store_begin(c->store, why)) || store_log_remove(t, log->lid, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    pruning->pruned++;
    return 0;
}

int catalogue_prune(struct catalogue *c, uint64_t before, uint64_t *pruned, struct problem *why)
{
    struct pruning pruning = {.before = before};
    int rc;

    pthread_mutex_lock(&c->publishing);
    rc = own_logs_each(c, prune, &pruning, why);
    if (rc == 0)
        rc = logs_remove_leaving(c->home, c->store, c->reader, why);
    pthread_mutex_unlock(&c->publishing);
    *pruned = pruning.pruned;
    return rc;
}
