/*
 * Walks over the documents that hold one term, in ascending order, in one segment; it can leap, and says
 * beforehand how well a document of a stretch can do at most. Bytes that were never written so give other
 * documents, never one outside the segment. Inside search/index/ only.
 */
#ifndef SEARCH_INDEX_POSTINGS_H
#define SEARCH_INDEX_POSTINGS_H

#include "search/index/segment.h"

#define NO_DOCUMENT UINT32_MAX /* beyond the last */

struct postings {
    const struct segment *s;
    const struct scoring *scoring;
    uint32_t document; /* where it stands; NO_DOCUMENT at the end and before the first seek */
    bool begun;
    /* blocks: `full` of them, and the rest if rest > 0 */
    uint32_t full, rest;
    const unsigned char *last, *offset,
        *max; /* arrays in the file; unset if there is no full block */
    const unsigned char *blocks, *end;
    uint32_t block; /* the one that is read; UINT32_MAX: none */
    uint32_t shallow; /* the one that postings_bound was asked about */
    unsigned n, i; /* postings of the block, place in it */
    const unsigned char *payload, *block_end; /* of a full block, not yet read */
    const unsigned char *positions; /* of the block, once the payload is read */
    uint32_t documents[SEGMENT_BLOCK];
    score_bytes tf[SEGMENT_BLOCK];
    bool deep; /* tf is read */
    float rest_max; /* of a term without a full block, once it is known */
};

void postings_open(struct postings *p, const struct segment *s, const struct term *term,
                   const struct scoring *scoring);
/* To the first document that is not less than `target` (which never becomes smaller). */
uint32_t postings_seek(struct postings *p, uint32_t target);
/* How often the term stands in each field of the document it stands at. */
score_bytes postings_tf(struct postings *p);
/* Its x there. */
float postings_x(struct postings *p);
/*
 * At least the x of every document from `target` to *last, which is as far as one block reaches. Does not
 * move. 0 and NO_DOCUMENT beyond the end.
 */
float postings_bound(struct postings *p, uint32_t target, uint32_t *last);
/* The greatest of all. */
float postings_bound_all(struct postings *p);
/*
 * Its places in the document it stands at: those of field f at position[from[f]] … position[from[f + 1]].
 * At most `room` are read.
 */
void postings_positions(struct postings *p, uint32_t *position, size_t room,
                        uint32_t from[SCORE_FIELDS + 1]);

#endif
