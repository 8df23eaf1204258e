/*
 * The best documents of an index for a query: the same, with the same scores, as if every document were
 * scored, but most of them are never looked at. Block-Max MaxScore and WAND: Ding and Suel, "Faster top-k
 * document retrieval using block-max indexes" (2011). Inside search/ only.
 */
#ifndef SEARCH_INDEX_TOPK_H
#define SEARCH_INDEX_TOPK_H

#include "search/index/tree.h"

struct found {
    uint32_t segment, document;
    double score;
};

struct topk_request {
    const struct asked *asked;
    const struct want *want,
        *without; /* weighed; no document that matches `without`, which may be NULL */
    size_t k;
    uint64_t count_limit; /* matches are counted up to here; UINT64_MAX counts all */
    /* Which documents may be found; NULL: all. */
    bool (*accept)(void *arg, uint32_t segment, uint32_t document);
    /* Told every match, as long as they are counted; may be NULL. */
    void (*match)(void *arg, uint32_t segment, uint32_t document);
    void *arg;
};

struct topk_answer {
    struct found
        *found; /* room for k: best first; equal scores in the order of segments and documents */
    size_t n;
    uint64_t total; /* matches that were counted */
    bool total_exact; /* false: at least so many */
};

/* -1 only when memory runs out. */
CS_MUST_USE int topk(const struct topk_request *request, struct topk_answer *answer,
                     struct problem *why);

#endif
