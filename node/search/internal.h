/*
 * What the files of search/ share, besides the analysis.
 */
#ifndef SEARCH_INTERNAL_H
#define SEARCH_INTERNAL_H

#include <jansson.h>

#include "search/analyse.h"
#include "search/search.h"

/* ---- document.c: what the index is told of a record */
struct document {
    struct cs_buffer tokens[INDEX_FIELDS];
    struct cs_buffer facet[INDEX_FACETS];
};
void document_init(struct document *d);
void document_free(struct document *d);
CS_MUST_USE int document_read(struct document *d, struct analyser *a, const json_t *record,
                              struct problem *why);
/* "open" "ask" "loan" "onsite" "unknown": conditionsOfAccess, or what the record's kind suggests. */
const char *record_availability(const json_t *record);

/* ---- query.c: what a person typed, as an expression of the index */
#define QUERY_FILTERS_MAX 16
struct query {
    struct cs_buffer match; /* FTS5, of quoted tokens only; empty: no word was typed */
    struct cs_buffer any; /* the same with OR between the words; empty for one word */
    bool nothing; /* words were typed, but none that could match */
    struct index_filter filter[QUERY_FILTERS_MAX];
    size_t filters;
    struct cs_buffer values; /* what the filters point into */
};
CS_MUST_USE int query_read(struct query *q, struct analyser *a, struct reader *r,
                           struct cs_span text, uint32_t stemmers, struct problem *why);
void query_free(struct query *q);
/* Finds the facet of a filter's name, here or in the query's own words; -1 if there is none. */
int query_facet(struct cs_span name);
/* Fills in one filter: a node's ID or name becomes its number. */
CS_MUST_USE int query_filter(struct index_filter *filter, struct reader *r, int facet,
                             const char *value, struct problem *why);

/* ---- snippet.c */
struct wanted; /* the words of a query, for finding them in a text */
CS_MUST_USE struct wanted *wanted_new(struct analyser *a, struct cs_span query, uint32_t stemmers,
                                      struct problem *why);
void wanted_free(struct wanted *w);
/* The part of the text with most of the words, marked; the beginning when there is none. In `arena`;
 * NULL only without memory. */
const char *snippet_make(struct wanted *w, struct analyser *a, struct arena *arena,
                         const char *text, uint32_t stemmers, bool *found);

#endif
