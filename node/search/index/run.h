/*
 * A want at work in one segment: a tree of cursors. Inside search/index/ only.
 */
#ifndef SEARCH_INDEX_RUN_H
#define SEARCH_INDEX_RUN_H

#include "search/index/postings.h"
#include "search/index/tree.h"

/* Documents of a prefix, gathered from all its terms. */
struct gathered;

struct run {
    const struct want *want;
    uint32_t document; /* where it stands, as postings.document */
    double bound; /* of the stretch that run_bound was asked about last */
    bool idle; /* can't make a document good enough in this stretch by itself */
    struct postings *postings; /* of a term */
    struct gathered *gathered; /* of a prefix */
    struct run **child, **order; /* order: by bound or by length, as the kind needs it */
    size_t n, place; /* children; which child of its own it is */
    uint64_t cost; /* documents that it may stop at, about */
    struct adjacent *adjacent;
};

/* In `arena`. NULL without memory, or, with *nothing true, if no document of the segment can match. */
struct run *run_new(const struct want *w, const struct segment *s, const struct scoring *scoring,
                    struct arena *arena, bool *nothing);

/* To the first document from `target` on that may match; never back. */
uint32_t run_seek(struct run *r, uint32_t target);
/* Whether the document it stands at does match, and its score. Where that is seen not to be more than `need`, it
 * may be taken for one that does not match, or its score be given too low: -1 wants all. */
bool run_match(struct run *r, double need, double *score);
/* No document from `target` to *last scores more. */
double run_bound(struct run *r, uint32_t target, uint32_t *last);
/* After run_bound: documents of that stretch that score no more than `need` may be left out. Whether any may be:
 * then what stands beyond the stretch is not yet known. */
bool run_need(struct run *r, double need);

/* ---- adjacent.c */
struct adjacent;
struct adjacent *adjacent_new(struct arena *arena, size_t terms);
/* The frequencies, in each field of `fields`, of the children's terms following each other. */
score_bytes adjacent_tf(struct adjacent *p, struct run *const *child, size_t n, unsigned fields);

/* ---- gathered.c */
struct gathered *gathered_new(const struct segment *s, struct cs_span prefix, unsigned fields,
                              const struct scoring *scoring, struct arena *arena, bool *nothing);
uint32_t gathered_seek(struct gathered *g, uint32_t target);
float gathered_x(const struct gathered *g);
float gathered_bound(struct gathered *g, uint32_t target, uint32_t *last);
uint64_t gathered_n(const struct gathered *g);

#endif
