/*
 * The index follows the store: what changed is looked up and put in or taken out, in the order in which
 * it was committed. How far it has come is committed with it, so a crash only repeats work. One thread
 * reads and analyses (gather.c), this one writes: either takes about half of the time.
 */
#include "search/gather.h"

#define RECORDS_AT_ONCE                                                                            \
    20000 /* in one transaction of the index: each leaves a piece to be merged */

struct search_index {
    struct index *index;
};

/* One run of search_index_catch_up. */
struct run {
    struct index *index;
    struct reader *reader;
    void (*progress)(void *arg, int64_t done, int64_t of);
    void *arg;
    int64_t done;
    struct index_progress at;
    size_t in_transaction;
};

struct search_index *search_index_open(const char *home, bool *behind, struct problem *why)
{
    struct search_index *s = memory_new(sizeof *s);
    char analysis[ANALYSIS_TEXT];
    bool rebuilt = false;

    if (!s) {
        problem_no_memory(why);
        return NULL;
    }
    analysis_version(analysis);
    if (!(s->index = store_index_open(home, true, analysis, &rebuilt, why))) {
        search_index_close(s);
        return NULL;
    }
    *behind = true; /* the first catch-up finds out; it costs one look when nothing changed */
    return s;
}

void search_index_close(struct search_index *s)
{
    if (!s)
        return;
    store_index_close(s->index);
    memory_free(s);
}

/* ---- writing what the other thread gathered */

static int put_document(struct index *index, const struct lane_item *item, const unsigned char *p,
                        struct problem *why)
{
    struct cs_span tokens[INDEX_FIELDS];
    const char *facets[INDEX_FACETS];

    for (size_t i = 0; i < INDEX_FIELDS; p += item->tokens[i++])
        tokens[i] = cs_span_make(p, item->tokens[i]);
    for (size_t i = 0; i < INDEX_FACETS; p += item->facets[i++])
        facets[i] = item->facets[i] ? (const char *)p : NULL;
    return store_index_put(index, item->rid, item->nid, item->owner_only, tokens, facets, why);
}

static int write_item(struct run *run, const struct lane_block *block, const struct lane_item *item,
                      struct problem *why)
{
    if (item->kind == LANE_DOCUMENT &&
        put_document(run->index, item, block->bytes.p + item->start, why))
        return -1;
    if (item->kind == LANE_GONE && store_index_remove(run->index, item->rid, why))
        return -1;
    run->at = item->after;
    run->done += item->kind != LANE_MARK;
    run->in_transaction += item->kind != LANE_MARK;
    return 0;
}

static int commit(struct run *run, int64_t of, struct problem *why)
{
    if (store_index_commit(run->index, &run->at, why))
        return -1;
    run->in_transaction = 0;
    if (run->progress)
        run->progress(run->arg, run->done, of);
    return store_index_begin(run->index, why);
}

static int write_block(struct run *run, const struct lane_block *block, struct problem *why)
{
    for (size_t i = 0; i < block->n; i++)
        if (write_item(run, block, &block->item[i], why))
            return -1;
    return run->in_transaction >= RECORDS_AT_ONCE ? commit(run, block->of, why) : 0;
}

static int write_all(struct run *run, struct lane *lane, struct problem *why)
{
    const struct lane_block *block;

    while ((block = lane_take(lane))) {
        if (write_block(run, block, why)) {
            lane_stop(lane);
            return -1;
        }
        lane_give_back(lane);
    }
    return 0;
}

/* ---- the run */

/* Called before a fill begins: what changes from now on is looked at after it. */
static int begin_fill(struct run *run, struct problem *why)
{
    run->at.filling = true;
    run->at.after = 0;
    return store_index_clear(run->index, why) || store_changes_last(run->reader, &run->at.seq, why)
               ? -1
               : 0;
}

static int gather_and_write(struct run *run, struct problem *why)
{
    struct lane *lane = lane_new(why);
    struct gathering *g = lane ? gather_begin(run->reader, lane, &run->at, why) : NULL;
    int rc = g ? write_all(run, lane, why) : -1;

    if (g && gather_end(g, why))
        rc = -1;
    lane_free(lane);
    return rc;
}

static int catch_up(struct run *run, struct problem *why)
{
    bool worn, filled;
    int64_t last;

    if (store_index_progress(run->index, &run->at, why) ||
        store_index_worn(run->index, &worn, why) || store_changes_last(run->reader, &last, why))
        return -1;
    if (!run->at.filling && !worn && run->at.seq == last)
        return 0;
    if (store_index_begin(run->index, why))
        return -1;
    /* A new index starts at no change at all: what was committed before is in the records. */
    if ((run->at.filling ? run->at.seq == 0 && run->at.after == 0 : worn) && begin_fill(run, why))
        return -1;
    filled = run->at.filling;
    if (gather_and_write(run, why) || store_index_commit(run->index, &run->at, why))
        return -1;
    return filled && store_index_merge(run->index, why) ? -1 : 0;
}

static int prune(struct run *run, struct store *store, struct problem *why)
{
    struct transaction *t;
    struct change change;
    size_t n;

    if (store_changes(run->reader, 0, &change, 1, &n, why))
        return -1;
    if (n == 0 || change.seq > run->at.seq)
        return 0;
    /* What is forgotten in the database must be in the index for good. */
    if (store_index_sync(run->index, why) || !(t = store_begin(store, why)))
        return -1;
    if (store_changes_prune(t, run->at.seq, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

int search_index_catch_up(struct search_index *index, struct store *store,
                          void (*progress)(void *arg, int64_t done, int64_t of), void *arg,
                          struct problem *why)
{
    struct run run = {.index = index->index, .progress = progress, .arg = arg};
    int rc = -1;

    if (!(run.reader = store_reader(store, why)))
        return -1;
    if (catch_up(&run, why))
        store_index_rollback(run.index);
    else
        rc = prune(&run, store, why);
    if (rc == 0 && progress)
        progress(arg, run.done, run.done);
    store_reader_free(run.reader);
    return rc;
}

int search_index_check(struct search_index *index, struct reader *r, int64_t *documents,
                       int64_t *records, struct problem *why)
{
    struct record_counts counts;

    if (store_index_counts(index->index, documents, why) || store_record_counts(r, &counts, why))
        return -1;
    *records = counts.own + counts.mirrored;
    return 0;
}
