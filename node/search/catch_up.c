/*
 * The index follows the store: what changed is looked up and put in or taken out, in the order in which
 * it was committed. How far it has come is committed with it, so a crash only repeats work.
 */
#include <commonshelf/record.h>

#include "search/internal.h"

#define RECORDS_AT_ONCE                                                                            \
    20000 /* in one transaction of the index: each leaves a piece to be merged */
#define CHANGES_AT_ONCE 512

struct search_index {
    char home[FILE_PATH_MAX];
    struct index *index;
    struct analyser *analyser; /* made when there is something to index; let go afterwards */
    struct document document;
    struct cs_buffer json;
};

/* One run of search_index_catch_up. */
struct run {
    struct search_index *index;
    struct store *store;
    struct reader *reader;
    void (*progress)(void *arg, int64_t done, int64_t of);
    void *arg;
    int64_t done, of;
    struct index_progress at;
    size_t in_transaction;
};

struct search_index *search_index_open(const char *home, bool *behind, struct problem *why)
{
    struct search_index *s = memory_new(sizeof *s);
    char analysis[ANALYSIS_TEXT];
    bool rebuilt = false;

    if (!s || strlen(home) >= sizeof s->home) {
        memory_free(s);
        problem_no_memory(why);
        return NULL;
    }
    strcpy(s->home, home);
    s->json.alloc = memory_allocator();
    document_init(&s->document);
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
    analyser_free(s->analyser);
    document_free(&s->document);
    cs_buffer_free(&s->json);
    memory_free(s);
}

static int put_record(struct run *run, const struct record_row *row, struct problem *why)
{
    struct search_index *s = run->index;
    struct cs_span tokens[INDEX_FIELDS];
    const char *facets[INDEX_FACETS];
    json_t *record = NULL;
    int rc = -1;

    if (cs_json_read(row->json, CS_ENTRY_MAX, &record) != CS_OK)
        return store_index_remove(s->index, row->rid, why); /* it can't be shown either */
    if (!s->analyser && !(s->analyser = analyser_new(true, why)))
        goto out;
    if (document_read(&s->document, s->analyser, record, why))
        goto out;
    for (size_t i = 0; i < INDEX_FIELDS; i++)
        tokens[i] = cs_buffer_span(&s->document.tokens[i]);
    for (size_t i = 0; i < INDEX_FACETS; i++)
        facets[i] = s->document.facet[i].n ? cs_buffer_text(&s->document.facet[i]) : NULL;
    rc = store_index_put(s->index, row->rid, row->nid, row->audience != AUDIENCE_PUBLIC, tokens,
                         facets, why);
out:
    json_decref(record);
    return rc;
}

static int commit(struct run *run, struct problem *why)
{
    if (store_index_commit(run->index->index, &run->at, why))
        return -1;
    run->in_transaction = 0;
    if (run->progress)
        run->progress(run->arg, run->done, run->of);
    return store_index_begin(run->index->index, why);
}

static int look_at(struct run *run, row_id rid, struct problem *why)
{
    struct search_index *s = run->index;
    struct record_row row;
    bool found;

    cs_buffer_reset(&s->json);
    if (store_record_get(run->reader, rid, &row, &s->json, &found, why) ||
        (found ? put_record(run, &row, why) : store_index_remove(s->index, rid, why)))
        return -1;
    run->done++;
    run->in_transaction++;
    return 0;
}

/* Everything (bid 0) or the records of one batch, from where the last run came to. */
static int look_at_many(struct run *run, row_id bid, struct problem *why)
{
    row_id rids[CHANGES_AT_ONCE];
    size_t n;

    do {
        if (store_record_ids(run->reader, bid, run->at.after, rids, CHANGES_AT_ONCE, &n, why))
            return -1;
        for (size_t i = 0; i < n; i++)
            if (look_at(run, rids[i], why))
                return -1;
        if (n > 0)
            run->at.after = rids[n - 1];
        if (run->in_transaction >= RECORDS_AT_ONCE && commit(run, why))
            return -1;
    } while (n == CHANGES_AT_ONCE);
    run->at.after = 0;
    return 0;
}

static int fill(struct run *run, struct problem *why)
{
    struct record_counts counts;

    if (store_record_counts(run->reader, &counts, why))
        return -1;
    run->of = counts.own + counts.mirrored;
    if (look_at_many(run, 0, why))
        return -1;
    run->at.filling = false;
    return 0;
}

/* Called before a fill begins: what changes from now on is looked at after it. */
static int begin_fill(struct run *run, struct problem *why)
{
    run->at.filling = true;
    run->at.after = 0;
    return store_index_clear(run->index->index, why) ||
                   store_changes_last(run->reader, &run->at.seq, why)
               ? -1
               : 0;
}

static int follow(struct run *run, struct problem *why)
{
    struct change change[CHANGES_AT_ONCE];
    int64_t last;
    size_t n;

    if (store_changes_last(run->reader, &last, why))
        return -1;
    run->of = run->done + last - run->at.seq;
    do {
        if (store_changes(run->reader, run->at.seq, change, CHANGES_AT_ONCE, &n, why))
            return -1;
        for (size_t i = 0; i < n; i++) {
            if (change[i].bid ? look_at_many(run, change[i].bid, why)
                              : look_at(run, change[i].rid, why))
                return -1;
            run->at.seq = change[i].seq;
            if (run->in_transaction >= RECORDS_AT_ONCE && commit(run, why))
                return -1;
        }
    } while (n > 0);
    return 0;
}

static int catch_up(struct run *run, struct problem *why)
{
    struct index *index = run->index->index;
    bool worn, filled;

    if (store_index_progress(index, &run->at, why) || store_index_worn(index, &worn, why) ||
        store_index_begin(index, why))
        return -1;
    /* A new index starts at no change at all: what was committed before is in the records. */
    if ((run->at.filling ? run->at.seq == 0 && run->at.after == 0 : worn) && begin_fill(run, why))
        return -1;
    filled = run->at.filling;
    if ((run->at.filling && fill(run, why)) || follow(run, why))
        return -1;
    if (store_index_commit(index, &run->at, why))
        return -1;
    return filled && store_index_merge(index, why) ? -1 : 0;
}

static int prune(struct run *run, struct problem *why)
{
    struct transaction *t;
    struct change change;
    size_t n;

    if (store_changes(run->reader, 0, &change, 1, &n, why))
        return -1;
    if (n == 0 || change.seq > run->at.seq)
        return 0;
    /* What is forgotten in the database must be in the index for good. */
    if (store_index_sync(run->index->index, why) || !(t = store_begin(run->store, why)))
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
    struct run run = {.index = index, .store = store, .progress = progress, .arg = arg};
    int rc = -1;

    if (!(run.reader = store_reader(store, why)))
        return -1;
    if (catch_up(&run, why))
        store_index_rollback(index->index);
    else
        rc = prune(&run, why);
    if (rc == 0 && progress)
        progress(arg, run.done, run.done);
    store_reader_free(run.reader);
    analyser_free(index->analyser);
    index->analyser = NULL;
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
