/*
 * Writes a segment: first all documents, then all terms in the order of their bytes, each with its postings
 * in the order of documents. It analyses and decides nothing; builder.c and merge.c call it. Inside
 * search/index/ only.
 */
#ifndef SEARCH_INDEX_SEGMENT_WRITE_H
#define SEARCH_INDEX_SEGMENT_WRITE_H

#include "search/index/format.h"
#include "support/support.h"

struct posting {
    uint32_t document;
    uint32_t tf[SCORE_FIELDS]; /* 0 where the word is not in the field; at most SEGMENT_TF_MAX */
    const uint32_t *position; /* tf[0] places in field 0, ascending, then those of field 1 … */
};

struct segment_writer;
CS_MUST_USE struct segment_writer *segment_writer_new(const char *path, const char *analysis,
                                                      struct problem *why);
/* `length` in places. The document's number is how many were given before it. */
CS_MUST_USE int segment_writer_document(struct segment_writer *w, const struct segment_record *of,
                                        const uint32_t length[SCORE_FIELDS], struct problem *why);
/* Begins a term; the one before it is written. */
CS_MUST_USE int segment_writer_term(struct segment_writer *w, struct cs_span term,
                                    struct problem *why);
CS_MUST_USE int segment_writer_posting(struct segment_writer *w, const struct posting *p,
                                       struct problem *why);
/* Makes the file durable at its path; the directory is not synced. Frees the writer in any case. */
CS_MUST_USE int segment_writer_end(struct segment_writer *w, struct problem *why);
/* Leaves no file. NULL is fine. */
void segment_writer_drop(struct segment_writer *w);

#endif
