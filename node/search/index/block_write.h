/*
 * The bytes of one term's postings. Inside search/index/ only.
 */
#ifndef SEARCH_INDEX_BLOCK_WRITE_H
#define SEARCH_INDEX_BLOCK_WRITE_H

#include "search/index/segment_write.h"

struct block_writer;
CS_MUST_USE struct block_writer *block_writer_new(struct problem *why);
void block_writer_free(struct block_writer *b);
CS_MUST_USE int block_writer_add(struct block_writer *b, const struct posting *p,
                                 const struct score_table *table, score_bytes lengths,
                                 struct problem *why);
/* The whole, until the next call; p is NULL if memory ran out. The writer is ready for the next term. */
CS_MUST_USE struct cs_span block_writer_end(struct block_writer *b);

#endif
