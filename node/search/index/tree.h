/*
 * What is sought, as a tree, and how it is found: which documents match and how they score. Built by the
 * query language; the same for every segment. Inside search/ only.
 */
#ifndef SEARCH_INDEX_TREE_H
#define SEARCH_INDEX_TREE_H

#include "search/index/segment.h"

enum want_kind {
    WANT_EVERY, /* every document; scores 0 */
    WANT_TERM,
    WANT_PREFIX, /* any term that begins so; scores as the one of them with the greatest x would */
    WANT_PHRASE, /* its children, terms, at places that follow each other in one field */
    WANT_ALL, /* each of its children; scores are added */
    WANT_ANY, /* one of its children; scores of those that match are added */
    WANT_SAME, /* one of its children, which are one thing in several forms; the best score counts */
};

#define WANT_FIELDS_ALL ((1u << SCORE_FIELDS) - 1)
#define WANT_CHILDREN_MAX 64

struct want {
    enum want_kind kind;
    unsigned fields; /* only in these; 0 means WANT_FIELDS_ALL */
    double weight; /* of a term or prefix: times its x. 0 means 1 */
    struct cs_span text; /* of a term or prefix */
    struct want **child;
    size_t n;
    double idf; /* set by want_weigh */
};

/* What a query is asked of: the segments, and what counts over all of them. */
struct asked {
    struct segment *const *segment;
    size_t segments;
    struct score_basis basis;
};

/*
 * Sets the idf of every term: from the documents that hold it in any field, over all segments. The forms of
 * a WANT_SAME share one: that of the first of them that any document holds. A phrase has the sum of its terms'.
 */
void want_weigh(struct want *w, const struct asked *asked);

#endif
