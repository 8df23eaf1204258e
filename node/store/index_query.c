/*
 * Asking the search index: one walk over the matching documents gives the best of them, their number
 * and the facets.
 */
#include <assert.h>
#include <stdlib.h>

#include "store/index_internal.h"

#define TALLY_ROOM 64 /* slots kept from search to search; more are freed again */
#define TALLY_KEEP 4096
#define WANTED_MAX 256 /* values that one filter may stand for; further ones are not looked at */

/* ---- counting */

void tally_clear(struct tally *t)
{
    if (t->room > TALLY_KEEP) {
        memory_free(t->slot);
        t->slot = NULL;
        t->room = 0;
    }
    if (t->slot)
        memset(t->slot, 0, t->room * sizeof *t->slot);
    t->n = 0;
}

static struct tally_slot *tally_slot(const struct tally *t, int64_t key)
{
    size_t i = (uint64_t)key * 0x9E3779B97F4A7C15u >> 32 & (t->room - 1);

    while (t->slot[i].key && t->slot[i].key != key)
        i = (i + 1) & (t->room - 1);
    return &t->slot[i];
}

static int tally_grow(struct tally *t)
{
    struct tally bigger = {NULL, t->room ? t->room * 2 : TALLY_ROOM, t->n};

    bigger.slot = memory_new(bigger.room * sizeof *bigger.slot);
    if (!bigger.slot)
        return -1;
    for (size_t i = 0; i < t->room; i++)
        if (t->slot[i].key)
            *tally_slot(&bigger, t->slot[i].key) = t->slot[i];
    memory_free(t->slot);
    *t = bigger;
    return 0;
}

int tally_add(struct tally *t, int64_t key)
{
    struct tally_slot *slot;

    if (t->n * 2 >= t->room && tally_grow(t))
        return -1;
    slot = tally_slot(t, key);
    if (!slot->key) {
        slot->key = key;
        t->n++;
    }
    slot->count++;
    return 0;
}

/* ---- the best so far: a heap with the worst on top */

struct best {
    struct index_hit *hit;
    size_t n, room;
};

static bool worse(const struct index_hit *a, const struct index_hit *b)
{
    return a->score < b->score || (!(a->score > b->score) && a->rid > b->rid);
}

static void best_sink(struct best *best, size_t i)
{
    struct index_hit moving = best->hit[i];

    for (size_t child; (child = 2 * i + 1) < best->n; i = child) {
        if (child + 1 < best->n && worse(&best->hit[child + 1], &best->hit[child]))
            child++;
        if (!worse(&best->hit[child], &moving))
            break;
        best->hit[i] = best->hit[child];
    }
    best->hit[i] = moving;
}

static void best_add(struct best *best, struct index_hit hit)
{
    if (best->room == 0)
        return;
    if (best->n == best->room) {
        if (!worse(&best->hit[0], &hit))
            return;
        best->hit[0] = hit;
        best_sink(best, 0);
        return;
    }
    size_t i = best->n++;
    for (; i > 0 && worse(&hit, &best->hit[(i - 1) / 2]); i = (i - 1) / 2)
        best->hit[i] = best->hit[(i - 1) / 2];
    best->hit[i] = hit;
}

static int best_first(const void *a, const void *b)
{
    return worse(a, b) ? 1 : -1; /* no two are equal: row numbers differ */
}

/* ---- filters, resolved to numbers */

struct wanted {
    size_t n;
    int64_t key[WANTED_MAX];
};

struct filters {
    unsigned asked; /* bit f: facet f has filters that one must hold */
    struct wanted with[INDEX_FACETS + 1]; /* for each facet the values, or node numbers */
    struct wanted without[INDEX_FACETS + 1];
};

static void want(struct wanted *w, int64_t key)
{
    if (w->n < WANTED_MAX)
        w->key[w->n++] = key;
}

static bool wants(const struct wanted *w, int64_t key)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->key[i] == key)
            return true;
    return false;
}

static int resolve_values(struct index *index, const struct index_filter *f, struct wanted *w,
                          struct problem *why)
{
    static const char *const sql[] = {
        [INDEX_IS] = "SELECT vid FROM value WHERE facet=? AND text=?",
        [INDEX_LIKE] = "SELECT vid FROM value WHERE facet=? AND text=? COLLATE NOCASE",
        [INDEX_SUBTAG] = ("SELECT vid FROM value WHERE facet=?1 AND (text=?2 COLLATE NOCASE OR"
                          " substr(text,1,length(?2)+1)=?2||'-' COLLATE NOCASE)"),
        [INDEX_CONTAINS] = "SELECT vid FROM value WHERE facet=? AND instr(lower(text),lower(?))>0",
    };
    sqlite3_stmt *s;
    int rc = statement_first(&index->c, &index->failure, &s, sql[f->how], "it", (int64_t)f->facet,
                             f->value);

    for (; rc == 1; rc = statement_step(&index->c, s, &index->failure))
        want(w, sqlite3_column_int64(s, 0));
    return rc < 0 ? index_problem(index, why) : 0;
}

static int resolve(struct index *index, const struct index_query *query, struct filters *out,
                   struct problem *why)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < query->filters && i < INDEX_FILTERS_MAX; i++) {
        const struct index_filter *f = &query->filter[i];
        struct wanted *w = f->without ? &out->without[f->facet] : &out->with[f->facet];
        assert(f->facet >= 0 && f->facet <= INDEX_NODE);
        if (!f->without)
            out->asked |= 1u << f->facet;
        if (f->facet == INDEX_NODE)
            want(w, f->nid);
        else if (resolve_values(index, f, w, why))
            return -1;
    }
    return 0;
}

/* ---- a document */

struct document {
    row_id rid, nid;
    bool owner_only;
    double score;
    size_t n;
    struct {
        int facet;
        int64_t vid;
    } value[INDEX_VALUES_MAX];
};

static void document_read(sqlite3_stmt *s, struct document *d)
{
    struct cs_span blob = column_span(s, 3);

    d->rid = sqlite3_column_int64(s, 0);
    d->nid = sqlite3_column_int64(s, 1);
    d->owner_only = sqlite3_column_int64(s, 2) != 0;
    d->score = 0 - sqlite3_column_double(s, 4); /* bm25() is the better the lower */
    d->n = 0;
    for (size_t i = 0; i < blob.n && d->n < INDEX_VALUES_MAX; d->n++) {
        uint64_t v = 0;
        for (unsigned shift = 0; i < blob.n && shift < 63; shift += 7) {
            v |= (uint64_t)(blob.p[i] & 0x7f) << shift;
            if (!(blob.p[i++] & 0x80))
                break;
        }
        d->value[d->n].facet = (int)(v & ((1u << FACET_BITS) - 1));
        d->value[d->n].vid = (int64_t)(v >> FACET_BITS);
    }
}

/* The facets whose filter the document fails, a bit each; *out true if it is to be passed over. */
static unsigned document_fails(const struct document *d, const struct filters *filters, bool *out)
{
    unsigned met = wants(&filters->with[INDEX_NODE], d->nid) ? 1u << INDEX_NODE : 0;

    *out = wants(&filters->without[INDEX_NODE], d->nid);
    for (size_t i = 0; i < d->n; i++) {
        int facet = d->value[i].facet;
        if (facet >= INDEX_FACETS)
            continue; /* a number this version doesn't write */
        if (wants(&filters->with[facet], d->value[i].vid))
            met |= 1u << facet;
        if (wants(&filters->without[facet], d->value[i].vid))
            *out = true;
    }
    return filters->asked & ~met;
}

struct walk {
    struct index *index;
    const struct index_query *query;
    struct filters filters;
    struct best best;
    int64_t hits;
    int64_t nearly[INDEX_FACETS + 1]; /* documents that fail only this facet's filter */
};

/* Counts the document for one facet, or for all of them (facet -1). */
static int walk_count(struct walk *w, const struct document *d, int facet)
{
    for (size_t i = 0; i < d->n; i++) {
        int f = d->value[i].facet;
        if (f < INDEX_FACETS && (facet < 0 || facet == f) &&
            tally_add(&w->index->tally[f], d->value[i].vid))
            return -1;
    }
    if (facet < 0 || facet == INDEX_NODE)
        return tally_add(&w->index->tally[INDEX_NODE], d->nid);
    return 0;
}

static int walk_document(struct walk *w, const struct document *d)
{
    int64_t limit = (int64_t)w->query->count_limit;
    bool out;
    unsigned fails;

    if (d->owner_only && !w->query->owner)
        return 0;
    fails = document_fails(d, &w->filters, &out);
    if (out)
        return 0;
    if (fails == 0) {
        best_add(&w->best, (struct index_hit){d->rid, d->score});
        return ++w->hits <= limit ? walk_count(w, d, -1) : 0;
    }
    if ((fails & (fails - 1)) == 0) {
        int facet = __builtin_ctz(fails);
        return ++w->nearly[facet] <= limit ? walk_count(w, d, facet) : 0;
    }
    return 0;
}

/* Without words all scores are equal and documents come in order: enough is enough. */
static bool walk_done(const struct walk *w)
{
    return !w->query->match && w->hits > (int64_t)w->query->count_limit &&
           w->best.n == w->best.room;
}

static int walk_rows(struct walk *w, sqlite3_stmt *s, int rc, struct problem *why)
{
    struct database *c = &w->index->c;
    struct document d;

    for (; rc == 1; rc = statement_step(c, s, &w->index->failure)) {
        document_read(s, &d);
        if (walk_document(w, &d)) {
            statement_end(s);
            return problem_no_memory(why);
        }
        if (walk_done(w)) {
            statement_end(s);
            return 0;
        }
    }
    return rc < 0 ? index_problem(w->index, why) : 0;
}

static int walk_matching(struct walk *w, const char *sql, struct problem *why)
{
    const double *weight = w->query->weight;
    sqlite3_stmt *s;
    int rc = statement_first(&w->index->c, &w->index->failure, &s, sql, "tffff", w->query->match,
                             weight[0], weight[1], weight[2], weight[3]);

    return walk_rows(w, s, rc, why);
}

static int walk_all(struct walk *w, struct problem *why)
{
    static const char for_all[] =
        "SELECT d.rid,d.nid,d.flags,d.facets,bm25(ft,?2,?3,?4,?5) FROM ft CROSS JOIN doc d"
        " ON d.docid=ft.rowid WHERE ft MATCH ?1";
    static const char for_owner[] =
        "SELECT d.rid,d.nid,d.flags,d.facets,bm25(ft_owner,?2,?3,?4,?5) FROM ft_owner"
        " CROSS JOIN doc d ON d.docid=ft_owner.rowid WHERE ft_owner MATCH ?1";
    static const char every[] = "SELECT rid,nid,flags,facets,0.0 FROM doc ORDER BY rid";
    sqlite3_stmt *s;
    int rc;

    if (!w->query->match) {
        rc = statement_first(&w->index->c, &w->index->failure, &s, every, "");
        return walk_rows(w, s, rc, why);
    }
    if (walk_matching(w, for_all, why))
        return -1;
    return w->query->owner ? walk_matching(w, for_owner, why) : 0;
}

int store_index_search(struct index *index, const struct index_query *query, struct index_hit *hits,
                       size_t *n, int64_t *total, bool *total_exact, struct problem *why)
{
    struct walk *w = memory_new(sizeof *w);
    int rc = -1;

    *n = 0;
    *total = 0;
    *total_exact = true;
    for (int i = 0; i <= INDEX_FACETS; i++)
        tally_clear(&index->tally[i]);
    if (!w)
        return problem_no_memory(why);
    w->index = index;
    w->query = query;
    w->best.room = query->limit ? query->offset + query->limit : 0;
    w->best.hit = memory_new((w->best.room + 1) * sizeof *w->best.hit);
    if (!w->best.hit) {
        problem_no_memory(why);
        goto out;
    }
    if (resolve(index, query, &w->filters, why) || walk_all(w, why))
        goto out;
    qsort(w->best.hit, w->best.n, sizeof *w->best.hit, best_first);
    for (size_t i = query->offset; i < w->best.n; i++)
        hits[(*n)++] = w->best.hit[i];
    *total = w->hits;
    *total_exact = w->hits <= (int64_t)query->count_limit;
    if (!*total_exact)
        *total = (int64_t)query->count_limit;
    rc = 0;
out:
    memory_free(w->best.hit);
    memory_free(w);
    return rc;
}

/* ---- facets of the last search */

static int more_first(const void *a, const void *b)
{
    const struct tally_slot *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return x->key < y->key ? -1 : x->key > y->key;
}

static int facet_value(struct index *index, int facet, const struct tally_slot *slot,
                       void (*each)(void *arg, const char *value, row_id nid, int64_t count),
                       void *arg, struct problem *why)
{
    sqlite3_stmt *s;
    int rc;

    if (facet == INDEX_NODE) {
        each(arg, NULL, slot->key, slot->count);
        return 0;
    }
    rc = statement_first(&index->c, &index->failure, &s, "SELECT text FROM value WHERE vid=?", "i",
                         slot->key);
    if (rc < 0)
        return index_problem(index, why);
    if (rc == 1) {
        each(arg, (const char *)sqlite3_column_text(s, 0), 0, slot->count);
        statement_end(s);
    }
    return 0;
}

int store_index_facet(struct index *index, int facet, size_t max,
                      void (*each)(void *arg, const char *value, row_id nid, int64_t count),
                      void *arg, struct problem *why)
{
    const struct tally *t = &index->tally[facet];
    struct tally_slot *sorted;
    size_t n = 0;
    int rc = 0;

    assert(facet >= 0 && facet <= INDEX_NODE);
    if (t->n == 0)
        return 0;
    if (!(sorted = memory_new(t->n * sizeof *sorted)))
        return problem_no_memory(why);
    for (size_t i = 0; i < t->room; i++)
        if (t->slot[i].key)
            sorted[n++] = t->slot[i];
    qsort(sorted, n, sizeof *sorted, more_first);
    for (size_t i = 0; i < n && i < max && rc == 0; i++)
        rc = facet_value(index, facet, &sorted[i], each, arg, why);
    memory_free(sorted);
    return rc;
}

int store_index_values(struct index *index, int facet, size_t max,
                       void (*each)(void *arg, const char *value), void *arg, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&index->c, &index->failure, &s,
                             "SELECT text FROM value WHERE facet=? ORDER BY vid LIMIT ?", "ii",
                             (int64_t)facet, (int64_t)max);

    for (; rc == 1; rc = statement_step(&index->c, s, &index->failure))
        each(arg, (const char *)sqlite3_column_text(s, 0));
    return rc < 0 ? index_problem(index, why) : 0;
}
