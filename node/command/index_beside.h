/*
 * The search index brought up to date beside what a command does, on the second core. Not for `serve`,
 * which has a thread for that as long as it runs: there it does nothing, and costs nothing.
 */
#ifndef COMMAND_INDEX_BESIDE_H
#define COMMAND_INDEX_BESIDE_H

#include "command/command.h"

struct index_beside;
/* Begins. `waiting`: there are changes already; further ones are noticed. NULL where there is nothing
 * to be had by it, which index_beside_end takes too. */
struct index_beside *index_beside_begin(struct home *home, bool waiting);
/* Ends it: the index may have come some way or all. call_index does the rest. */
void index_beside_end(struct index_beside *beside);

#endif
