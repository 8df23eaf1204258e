/*
 * Documents on their way from the thread that reads and analyses records to the one that writes the
 * index, in order and a block at a time. It knows neither records nor the index's file. Inside search/
 * only.
 */
#ifndef SEARCH_LANE_H
#define SEARCH_LANE_H

#include "search/internal.h"

#define LANE_ITEMS 64 /* documents of a block */
#define LANE_BYTES (256u << 10) /* a block with this much text takes no further document */

enum lane_kind {
    LANE_DOCUMENT, /* to be put into the index */
    LANE_GONE, /* to be taken out of it */
    LANE_MARK, /* only says how far the index has come */
};

struct lane_item {
    enum lane_kind kind;
    row_id rid, nid;
    bool owner_only;
    struct index_progress after; /* how far the index is when this is done */
    size_t start, tokens[INDEX_FIELDS]; /* where in `bytes`, and how many bytes of each field */
    size_t facets[INDEX_FACETS]; /* then the facets, each with its NUL; 0: none */
};

struct lane_block {
    struct lane_item item[LANE_ITEMS];
    size_t n;
    int64_t of; /* how many documents there will be in all, as far as is known */
    struct cs_buffer bytes;
};

struct lane;
CS_MUST_USE struct lane *lane_new(struct problem *why);
void lane_free(struct lane *lane); /* when the other thread has ended */

/* ---- the thread that reads */
/* An empty block, when one is free. NULL: the writer wants nothing more. */
struct lane_block *lane_take_empty(struct lane *lane);
void lane_give(struct lane *lane); /* the block that was taken last */
void lane_end(struct lane *lane); /* there is nothing more; also after a failure */

/* ---- the thread that writes */
/* The next block, when it is there. NULL: that was the last. */
struct lane_block *lane_take(struct lane *lane);
void lane_give_back(struct lane *lane); /* the block that was taken last */
void lane_stop(struct lane *lane); /* wants nothing more */

#endif
