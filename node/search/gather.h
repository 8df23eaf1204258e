/*
 * The reading half of bringing the index up to date: what changed, looked up and analysed, on a thread
 * of its own. It touches the database only, never the index. Inside search/ only.
 */
#ifndef SEARCH_GATHER_H
#define SEARCH_GATHER_H

#include "search/lane.h"

struct gathering;
/* Begins with what follows `from`. The reader is the thread's own until gather_end. */
CS_MUST_USE struct gathering *gather_begin(struct reader *reader, struct lane *lane,
                                           const struct index_progress *from, struct problem *why);
/* Waits for the thread and frees it; 0 if it gave everything there was. */
CS_MUST_USE int gather_end(struct gathering *g, struct problem *why);

#endif
