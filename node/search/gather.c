#include "search/gather.h"

#include <pthread.h>

#include <commonshelf/record.h>

#define CHANGES_AT_ONCE 512

struct gathering {
    pthread_t thread;
    struct reader *reader;
    struct lane *lane;
    struct lane_block *block; /* being filled; NULL between two */
    struct analyser *analyser; /* made when there is something to analyse */
    struct document document;
    struct cs_buffer json;
    struct index_progress at;
    int64_t done, of;
    int rc;
    struct problem why; /* not set when it was the writer who stopped */
};

/* ---- filling blocks */

static struct lane_item *next_item(struct gathering *g, enum lane_kind kind, row_id rid)
{
    struct lane_item *item;

    if (!g->block && !(g->block = lane_take_empty(g->lane)))
        return NULL;
    item = &g->block->item[g->block->n];
    memset(item, 0, sizeof *item);
    item->kind = kind;
    item->rid = rid;
    item->after = g->at;
    item->start = g->block->bytes.n;
    return item;
}

static void give(struct gathering *g)
{
    if (!g->block)
        return;
    g->block->of = g->of;
    lane_give(g->lane);
    g->block = NULL;
}

static int add_item(struct gathering *g, struct problem *why)
{
    if (g->block->bytes.failed)
        return problem_no_memory(why);
    g->block->n++;
    if (g->block->n == LANE_ITEMS || g->block->bytes.n >= LANE_BYTES)
        give(g);
    return 0;
}

static int add_mark(struct gathering *g, struct problem *why)
{
    return next_item(g, LANE_MARK, 0) ? add_item(g, why) : -1;
}

static int add_gone(struct gathering *g, row_id rid, struct problem *why)
{
    return next_item(g, LANE_GONE, rid) ? add_item(g, why) : -1;
}

static int add_document(struct gathering *g, const struct record_row *row, struct problem *why)
{
    struct lane_item *item = next_item(g, LANE_DOCUMENT, row->rid);
    const struct document *d = &g->document;

    if (!item)
        return -1;
    item->nid = row->nid;
    item->owner_only = row->audience != AUDIENCE_PUBLIC;
    for (size_t i = 0; i < INDEX_FIELDS; i++) {
        item->tokens[i] = d->tokens[i].n;
        cs_buffer_add_span(&g->block->bytes, cs_buffer_span(&d->tokens[i]));
    }
    for (size_t i = 0; i < INDEX_FACETS; i++) {
        if (d->facet[i].n == 0)
            continue;
        item->facets[i] = d->facet[i].n + 1;
        cs_buffer_add_span(&g->block->bytes, cs_buffer_span(&d->facet[i]));
        cs_buffer_add_byte(&g->block->bytes, '\0');
    }
    return add_item(g, why);
}

/* ---- looking up what changed */

static int analyse_record(struct gathering *g, const struct record_row *row, struct problem *why)
{
    json_t *record = NULL;
    int rc = -1;

    if (cs_json_read(row->json, CS_ENTRY_MAX, &record) != CS_OK)
        return add_gone(g, row->rid, why); /* it can't be shown either */
    if ((g->analyser || (g->analyser = analyser_new(true, why))) &&
        document_read(&g->document, g->analyser, record, why) == 0)
        rc = add_document(g, row, why);
    json_decref(record);
    return rc;
}

/* `at` says already how far the index is with this record. */
static int look_at(struct gathering *g, row_id rid, struct problem *why)
{
    struct record_row row;
    bool found;

    cs_buffer_reset(&g->json);
    if (store_record_get(g->reader, rid, &row, &g->json, &found, why))
        return -1;
    g->done++;
    return found ? analyse_record(g, &row, why) : add_gone(g, rid, why);
}

/* Everything (bid 0) or the records of one batch, from where the last run came to. */
static int look_at_many(struct gathering *g, row_id bid, struct problem *why)
{
    row_id rids[CHANGES_AT_ONCE];
    size_t n;

    do {
        if (store_record_ids(g->reader, bid, g->at.after, rids, CHANGES_AT_ONCE, &n, why))
            return -1;
        for (size_t i = 0; i < n; i++) {
            g->at.after = rids[i];
            if (look_at(g, rids[i], why))
                return -1;
        }
    } while (n == CHANGES_AT_ONCE);
    return 0;
}

static int fill(struct gathering *g, struct problem *why)
{
    struct record_counts counts;

    if (store_record_counts(g->reader, &counts, why))
        return -1;
    g->of = counts.own + counts.mirrored;
    if (look_at_many(g, 0, why))
        return -1;
    g->at.filling = false;
    g->at.after = 0;
    return add_mark(g, why);
}

static int follow_change(struct gathering *g, const struct change *change, struct problem *why)
{
    if (change->bid == 0) {
        g->at.seq = change->seq;
        return look_at(g, change->rid, why);
    }
    if (look_at_many(g, change->bid, why))
        return -1;
    g->at.seq = change->seq;
    g->at.after = 0;
    return add_mark(g, why);
}

static int follow(struct gathering *g, struct problem *why)
{
    struct change change[CHANGES_AT_ONCE];
    int64_t last;
    size_t n;

    if (store_changes_last(g->reader, &last, why))
        return -1;
    g->of = g->done + last - g->at.seq;
    do {
        if (store_changes(g->reader, g->at.seq, change, CHANGES_AT_ONCE, &n, why))
            return -1;
        for (size_t i = 0; i < n; i++)
            if (follow_change(g, &change[i], why))
                return -1;
    } while (n > 0);
    return 0;
}

/* ---- the thread */

static void *gather(void *arg)
{
    struct gathering *g = arg;

    g->rc = (g->at.filling && fill(g, &g->why)) || follow(g, &g->why) ? -1 : 0;
    if (g->rc == 0)
        give(g);
    lane_end(g->lane);
    return NULL;
}

static void gathering_free(struct gathering *g)
{
    analyser_free(g->analyser);
    document_free(&g->document);
    cs_buffer_free(&g->json);
    memory_free(g);
}

struct gathering *gather_begin(struct reader *reader, struct lane *lane,
                               const struct index_progress *from, struct problem *why)
{
    struct gathering *g = memory_new(sizeof *g);

    if (!g) {
        problem_no_memory(why);
        return NULL;
    }
    g->reader = reader;
    g->lane = lane;
    g->at = *from;
    g->json.alloc = memory_allocator();
    document_init(&g->document);
    problem_clear(&g->why);
    if (pthread_create(&g->thread, NULL, gather, g) == 0)
        return g;
    gathering_free(g);
    problem_set(why, "no_thread", "%s",
                _("The system gives this node no further thread. The search is not up to date; no "
                  "record is lost. Try again."));
    return NULL;
}

int gather_end(struct gathering *g, struct problem *why)
{
    int rc;

    pthread_join(g->thread, NULL);
    rc = g->rc;
    if (rc && why && !why->code)
        *why = g->why;
    gathering_free(g);
    return rc;
}
