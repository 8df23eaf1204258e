#include <assert.h>

#include "catalogue/internal.h"

#define CLEAN "clean" /* meta: 1 after a proper end, 0 while somebody may write */
#define DISCARD_AT_ONCE 2000

/*
 * The checkpoint file is written after the row. Where it is ahead of the row, the database lost what it
 * had committed, or was put back from a backup: then it learns it again from the log's files.
 */
static int look_ahead(struct catalogue *c, const char *origin, uint64_t size, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint checkpoint;
    char path[FILE_PATH_MAX];
    uint64_t version;
    int64_t records;
    int rc = -1;

    if (log_checkpoint_path(c->home, origin, path, why))
        goto out;
    rc = 0;
    if (!file_exists(path) || file_read(path, CS_CHECKPOINT_MAX, &note, NULL) ||
        signer_read_checkpoint(c->signer, cs_buffer_span(&note), origin, &checkpoint, &version) !=
            CS_OK ||
        checkpoint.size <= size)
        goto out;
    rc = catalogue_adopt(c, cs_buffer_span(&note), &records, why);
    if (rc == 0)
        log_line(LOG_LEVEL_WARN, "catalogue",
                 _("the database was older than the log in %s: %lld records were taken from it"),
                 path, (long long)records);
out:
    cs_buffer_free(&note);
    return rc;
}

static bool has_checkpoint(const struct catalogue *c, const char *origin)
{
    char path[FILE_PATH_MAX];

    return log_checkpoint_path(c->home, origin, path, NULL) == 0 && file_exists(path);
}

/* One shelf: the epoch that the database knows, and those that it may have forgotten. */
static int look_ahead_of(struct catalogue *c, const struct shelf_row *shelf, struct problem *why)
{
    char origin[CS_ORIGIN_MAX + 1];
    struct log_row log;
    bool found;

    for (uint64_t epoch = shelf->epoch;; epoch++) {
        cs_origin_write(signer_node(c->signer), shelf->path, epoch, origin);
        if (epoch > shelf->epoch && !has_checkpoint(c, origin))
            return 0;
        if (store_log_find(c->reader, STORE_SELF, shelf->path, epoch, &log, &found, why) ||
            look_ahead(c, origin, found ? log.range.size : 0, why))
            return -1;
    }
}

/* Also the shelves that the database thinks were never published. */
static int look_ahead_everywhere(struct catalogue *c, struct problem *why)
{
    struct shelf_row *shelf = memory_new(sizeof *shelf * CS_PROFILE_SHELVES_MAX);
    size_t n;
    int rc = -1;

    if (!shelf)
        return problem_no_memory(why);
    if (store_shelf_rows(c->reader, shelf, CS_PROFILE_SHELVES_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (look_ahead_of(c, &shelf[i], why))
            goto out;
    rc = 0;
out:
    memory_free(shelf);
    return rc;
}

int own_logs_each(struct catalogue *c, own_log *each, void *arg, struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log * CS_PROFILE_SHELVES_MAX);
    size_t n;
    int rc = -1;

    if (!log)
        return problem_no_memory(why);
    if (store_log_list(c->reader, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (log[i].range.size > 0 && each(c, &log[i], arg, why))
            goto out;
    rc = 0;
out:
    memory_free(log);
    return rc;
}

/* One own log at start: the signer learns what it signed, the checkpoint file is derived again, and
 * after an unclean end every file is proved. */
static int resume_log(struct catalogue *c, const struct log_row *log, void *was_clean,
                      struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint checkpoint;
    struct cs_range range;
    struct cs_hash root;
    enum cs_status status;
    uint64_t version;
    bool found;
    int rc = -1;

    if (store_log_checkpoint(c->reader, log->lid, &note, &found, why))
        goto out;
    if (!found) { /* its first publication was cut off */
        rc = 0;
        goto out;
    }
    status = signer_read_checkpoint(c->signer, cs_buffer_span(&note), log->origin, &checkpoint,
                                    &version);
    if (status != CS_OK) {
        problem_status(why, status, _("the newest checkpoint of this institution's own log"));
        goto out;
    }
    signer_remember(c->signer, &checkpoint);
    if (!*(const bool *)was_clean) {
        cs_range_init(&range);
        if (log_prove(c->home, log->origin, &range, log->range.size, NULL, NULL, why))
            goto out;
        cs_range_root(&range, &root);
        if (range.size != checkpoint.size || memcmp(root.b, checkpoint.root.b, CS_HASH) != 0) {
            problem_set(why, "log_file_damaged",
                        _("The log of the shelf \"%s\" does not hold what was signed. Nothing is "
                          "signed until it does. Run \"commonshelf doctor\"."),
                        log->shelf);
            goto out;
        }
    }
    rc = checkpoint_derive(c, log, cs_buffer_span(&note), why);
out:
    cs_buffer_free(&note);
    return rc;
}

#define SEEN_AT_ONCE 256

/* What this node cosigned for others: it must never cosign less, or another root, whatever comes. */
static int remember_seen(struct catalogue *c, struct problem *why)
{
    struct cs_seen_log *seen = memory_new(sizeof *seen * SEEN_AT_ONCE);
    char after[CS_ORIGIN_MAX + 1] = "";
    size_t n = SEEN_AT_ONCE;
    int rc = 0;

    if (!seen)
        return problem_no_memory(why);
    while (n == SEEN_AT_ONCE &&
           !(rc = store_seen_all(c->reader, after, seen, SEEN_AT_ONCE, &n, why)))
        for (size_t i = 0; i < n; i++) {
            struct cs_checkpoint checkpoint = {
                .size = seen[i].size, .root = seen[i].root, .time = seen[i].time};

            strcpy(checkpoint.origin, seen[i].origin);
            strcpy(after, seen[i].origin);
            signer_remember(c->signer, &checkpoint);
        }
    memory_free(seen);
    return rc;
}

static int discard_batches(struct catalogue *c, struct problem *why)
{
    bool more = true;

    while (more) {
        struct transaction *t = store_begin(c->store, why);
        if (!t || store_batch_discard(t, 0, DISCARD_AT_ONCE, &more, why) || store_commit(&t, why)) {
            store_rollback(&t);
            return -1;
        }
    }
    return 0;
}

static int set_clean(struct catalogue *c, bool clean, struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);

    if (!t || store_meta_set(t, CLEAN, clean, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

/* What stands in the way of this stands in the way of nothing else: it is tried again next time. */
static void resume_changes(struct catalogue *c)
{
    struct problem why = PROBLEM_INIT;

    pthread_mutex_lock(&c->publishing);
    if (moves_resume(c, &why))
        log_problem(LOG_LEVEL_WARN, "catalogue", &why);
    problem_clear(&why);
    if (redact_resume(c, &why) || logs_remove_leaving(c->home, c->store, c->reader, &why))
        log_problem(LOG_LEVEL_WARN, "catalogue", &why);
    pthread_mutex_unlock(&c->publishing);
}

struct catalogue *catalogue_open(const char *home, struct store *store, struct signer *signer,
                                 struct problem *why)
{
    struct catalogue *c = memory_new(sizeof *c);
    int64_t clean = 1;
    bool found, was_clean;

    if (!c) {
        problem_no_memory(why);
        return NULL;
    }
    assert(strlen(home) < sizeof c->home);
    strcpy(c->home, home);
    c->store = store;
    c->signer = signer;
    pthread_mutex_init(&c->publishing, NULL);
    if (!(c->reader = store_reader(store, why)) ||
        store_meta_get(c->reader, CLEAN, &clean, &found, why))
        goto failed;
    was_clean = !found || clean != 0;
    if (!was_clean) {
        log_line(LOG_LEVEL_INFO, "catalogue", "%s",
                 _("the last end was not a clean one: proving the logs"));
        if (discard_batches(c, why))
            goto failed;
    }
    if (look_ahead_everywhere(c, why) || own_logs_each(c, resume_log, &was_clean, why) ||
        remember_seen(c, why) || set_clean(c, false, why))
        goto failed;
    resume_changes(c);
    return c;
failed:
    store_reader_free(c->reader);
    pthread_mutex_destroy(&c->publishing);
    memory_free(c);
    return NULL;
}

void catalogue_close(struct catalogue *c)
{
    struct problem why = PROBLEM_INIT;

    if (!c)
        return;
    if (set_clean(c, true, &why))
        log_problem(LOG_LEVEL_WARN, "catalogue", &why);
    store_reader_free(c->reader);
    pthread_mutex_destroy(&c->publishing);
    memory_free(c);
}
