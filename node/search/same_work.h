/*
 * One work at several places is one hit with several holders. Inside search/ only.
 */
#ifndef SEARCH_SAME_WORK_H
#define SEARCH_SAME_WORK_H

#include "search/search.h"

/* Takes hits that hold the same work as a better one off the list and names them there. Alike at every
 * node: same ISBN, same URL, or same title, creators and date. */
CS_MUST_USE int same_work_group(struct search_answer *answer, struct problem *why);

#endif
