/*
 * Gathers documents in memory, term by term, and writes them as a segment. One thread. Inside
 * search/index/ only.
 */
#ifndef SEARCH_INDEX_BUILDER_H
#define SEARCH_INDEX_BUILDER_H

#include "search/index/segment_write.h"

struct builder;
CS_MUST_USE struct builder *builder_new(struct problem *why);
void builder_free(struct builder *b);

/*
 * A document: begin, its terms field by field in their order, with the places of a field ascending, end. A term
 * that is longer than SEGMENT_TERM_MAX is left out. After a failure the builder can only be freed.
 */
void builder_begin(struct builder *b, const struct segment_record *of);
void builder_add(struct builder *b, unsigned field, uint32_t place, struct cs_span term);
/* `length` of each field in places. -1 when memory ran out since builder_begin. */
CS_MUST_USE int builder_end(struct builder *b, const uint32_t length[SCORE_FIELDS],
                            struct problem *why);

uint32_t builder_documents(const struct builder *b);
/* Bytes that it holds, about. */
size_t builder_size(const struct builder *b);
/* Writes the segment and is empty again. */
CS_MUST_USE int builder_write(struct builder *b, const char *path, const char *analysis,
                              struct problem *why);

#endif
