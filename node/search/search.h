/*
 * The door of search/: from what a person types to hits, over own and mirrored records. One analysis
 * serves index, query and snippets. It shows nothing: site, command and the API do.
 */
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include "catalogue/catalogue.h"
#include <commonshelf/encode.h>

#include "store/store.h"

#define SEARCH_LIMIT_DEFAULT 20
#define SEARCH_LIMIT_MAX 100
#define SEARCH_OFFSET_MAX 10000
#define SEARCH_QUERY_MAX 1000 /* bytes; the rest is ignored */
#define SEARCH_COUNT_EXACT 10000 /* totals and facets are exact up to here */

/* ---- the index: one writer for the home */
struct search_index;
/* Opens or makes it; *behind is true if records wait to be indexed (all of them after a rebuild). */
CS_MUST_USE struct search_index *search_index_open(const char *home, bool *behind,
                                                   struct problem *why);
void search_index_close(struct search_index *index);
/*
 * Brings the index up to the store's newest change, in transactions of at most some thousand records.
 * `progress` may be NULL. Safe at any time in one thread; a crash costs only repeated work.
 */
CS_MUST_USE int search_index_catch_up(struct search_index *index, struct store *store,
                                      void (*progress)(void *arg, int64_t done, int64_t of),
                                      void *arg, struct problem *why);
/* For doctor: documents in the index and records that should be. */
CS_MUST_USE int search_index_check(struct search_index *index, struct reader *r, int64_t *documents,
                                   int64_t *records, struct problem *why);

/* ---- searching: one searcher a thread */
struct searcher;
CS_MUST_USE struct searcher *search_open(const char *home, struct reader *reader,
                                         struct problem *why);
void search_close(struct searcher *s);

struct search_filter {
    char field[24]; /* type category educationalLevel inLanguage license node availability kind */
    char value[200];
};
struct search_request {
    struct cs_span query; /* anything at all */
    const char *lang; /* the reader's language: stems and which of several titles to show */
    struct viewer viewer; /* who asks: catalogue.h */
    const struct search_filter *filter;
    size_t filters;
    size_t offset, limit;
};

/* The same work at another place: same ISBN, same URL, or same title, creators and date. */
struct search_also {
    char id[CS_URN_UUID_LEN + 1];
    struct cs_node_id node;
    const char *node_name;
    const char *availability;
};

struct search_hit {
    struct record_row row; /* row.json points into the answer's arena */
    const struct json_t *record;
    double score;
    const char *name, *name_lang;
    const char *snippet; /* plain text; matched words between 0x02 and 0x03 */
    const char *snippet_lang;
    const char *availability; /* open ask loan onsite unknown */
    size_t also_n; /* others among the hits that hold the same work */
    const struct search_also *also;
};
struct search_facet_value {
    const char *value;
    int64_t count;
};
struct search_facet {
    const char *field;
    size_t n;
    struct search_facet_value *value;
};
struct search_peer {
    struct cs_node_id id;
    const char *name;
    const char *state; /* "mirrored", later answered late failed skipped */
    int64_t hits; /* among those shown */
    uint64_t last_sync;
};
struct search_answer {
    struct arena *arena; /* owns everything below */
    int64_t total; /* records that match; a work that several hold counts once for each */
    bool total_exact;
    double ms;
    size_t n;
    struct search_hit *hit;
    size_t facets;
    struct search_facet *facet;
    size_t peers;
    struct search_peer *peer;
};
/* A query never is a failure: what has no word in it finds everything when empty, nothing otherwise.
 * -1 only if the database or index can't be read. The caller frees with search_answer_free. */
CS_MUST_USE int search_run(struct searcher *s, const struct search_request *request,
                           struct search_answer *answer, struct problem *why);
void search_answer_free(struct search_answer *answer);

/* The JSON of the contract §3 for an answer; the caller owns it. */
CS_MUST_USE struct json_t *search_json(const struct search_request *request,
                                       const struct search_answer *answer);

#endif
