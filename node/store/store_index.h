/*
 * The search index of this version: SQLite FTS5 in a file of its own, fed with ready-made tokens.
 * Derived from the records; can be deleted at any time. Only search/ calls it. Part of store.h.
 */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "store/store_types.h"

struct index; /* one connection: for one thread */

enum { INDEX_TITLE, INDEX_CREATOR, INDEX_ABOUT, INDEX_TEXT, INDEX_FIELDS };
enum {
    INDEX_TYPE,
    INDEX_CATEGORY,
    INDEX_LEVEL,
    INDEX_LANGUAGE,
    INDEX_LICENSE,
    INDEX_AVAILABILITY,
    INDEX_KIND,
    INDEX_FACETS
};
#define INDEX_NODE INDEX_FACETS /* also a facet; its values are row numbers of nodes */

/*
 * Opens HOME/index/search.db. For writing, by the one process that holds the home: made when
 * missing; a file of another version, a damaged one, or one built with another `analysis` is removed
 * and made anew (*rebuilt true): the caller fills it. For reading: "index_missing" when there is
 * none of this version yet. `rebuilt` may be NULL.
 */
CS_MUST_USE struct index *store_index_open(const char *home, bool write, const char *analysis,
                                           bool *rebuilt, struct problem *why);
void store_index_close(struct index *index);
/* False once another file stands in the place of the one that was opened: open again. */
bool store_index_current(const struct index *index);
/* Removes the index's files. Nobody in this process may have it open for writing. */
CS_MUST_USE int store_index_discard(const char *home, struct problem *why);

/* ---- writing */
/* How far it reaches into the store's changes, and how far the change after that is done. */
struct index_progress {
    int64_t seq; /* changes up to this one are in the index */
    bool filling; /* every record is being put in, in order of row number, */
    row_id after; /* and is up to this one; when not filling: of the batch of change seq + 1 */
};
CS_MUST_USE int store_index_progress(struct index *index, struct index_progress *out,
                                     struct problem *why);
CS_MUST_USE int store_index_begin(struct index *index, struct problem *why);
CS_MUST_USE int store_index_commit(struct index *index, const struct index_progress *progress,
                                   struct problem *why);
void store_index_rollback(struct index *index);

/*
 * Puts a document in place of the one with this number; the same one again changes nothing. `tokens`
 * are per field: tokens separated by ' '; one that starts with 0x1F stands at the same place as the
 * one before it. `facets` are values separated by 0x1F, or NULL; values over INDEX_VALUE_MAX bytes
 * or beyond INDEX_VALUES_MAX in all are left out. `owner_only` documents are found only with that
 * flag below. Inside a transaction.
 */
#define INDEX_VALUE_MAX 400
#define INDEX_VALUES_MAX 64
CS_MUST_USE int store_index_put(struct index *index, row_id rid, row_id nid, bool owner_only,
                                const struct cs_span tokens[INDEX_FIELDS],
                                const char *const facets[INDEX_FACETS], struct problem *why);
CS_MUST_USE int store_index_remove(struct index *index, row_id rid, struct problem *why);
/* Forgets every document. Inside a transaction: readers see the old ones until it is committed. */
CS_MUST_USE int store_index_clear(struct index *index, struct problem *why);
/* True if so much of it is replaced or removed documents that it should be cleared and filled. */
CS_MUST_USE int store_index_worn(struct index *index, bool *worn, struct problem *why);
/* After a fill: merges what many transactions left in pieces. */
CS_MUST_USE int store_index_merge(struct index *index, struct problem *why);
/* Makes what was committed durable now (commits alone may be lost with the power, never torn). */
CS_MUST_USE int store_index_sync(struct index *index, struct problem *why);

/* ---- searching */
enum index_compare {
    INDEX_IS, /* the value, byte for byte */
    INDEX_LIKE, /* alike but for the case of ASCII letters */
    INDEX_SUBTAG, /* as INDEX_LIKE, or that followed by "-": "pt" for "pt-BR" */
    INDEX_CONTAINS, /* has it somewhere, whatever the case of ASCII letters */
};
/* Filters of one facet: any of them must hold. Those of different facets: all. */
struct index_filter {
    int facet; /* INDEX_TYPE … INDEX_NODE */
    enum index_compare how;
    bool without; /* must not have it: each of these must hold by itself */
    const char *value; /* not for nodes */
    row_id nid; /* for nodes */
};
#define INDEX_FILTERS_MAX 64

struct index_query {
    const char *match; /* FTS5 expression built from quoted tokens only; NULL: every document */
    double weight[INDEX_FIELDS];
    bool owner; /* include owner_only documents */
    const struct index_filter *filter;
    size_t filters; /* those beyond INDEX_FILTERS_MAX are not looked at */
    size_t offset, limit;
    size_t count_limit; /* total and facets are exact up to this many hits */
};
struct index_hit {
    row_id rid;
    double score; /* higher is better */
};
/*
 * Best first; equal scores by row number. `hits` has room for query->limit; *n are filled. A total
 * above count_limit is given as count_limit and not exact.
 */
CS_MUST_USE int store_index_search(struct index *index, const struct index_query *query,
                                   struct index_hit *hits, size_t *n, int64_t *total,
                                   bool *total_exact, struct problem *why);
/*
 * Of the last search: calls `each` for every value of a facet among its hits, most frequent first,
 * then the one known longer; at most `max`. Counted without the query's filters of that facet, so that choosing a
 * value doesn't hide the others. For INDEX_NODE the value is NULL and `nid` says which.
 */
CS_MUST_USE int store_index_facet(struct index *index, int facet, size_t max,
                                  void (*each)(void *arg, const char *value, row_id nid,
                                               int64_t count),
                                  void *arg, struct problem *why);
/* Every value of a facet that the index holds or once held, oldest first, at most `max`. */
CS_MUST_USE int store_index_values(struct index *index, int facet, size_t max,
                                   void (*each)(void *arg, const char *value), void *arg,
                                   struct problem *why);
/* ---- proving */
CS_MUST_USE int store_index_counts(struct index *index, int64_t *documents, struct problem *why);
/* The file's own checks and FTS5's: *ok. */
CS_MUST_USE int store_index_check(struct index *index, bool *ok, struct problem *why);

#endif
