/*
 * What `serve` does beside answering: it keeps the index up to date and looks after the house once
 * an hour. Each on a thread of its own.
 */
#ifndef COMMAND_SERVE_TASKS_H
#define COMMAND_SERVE_TASKS_H

#include "command/home.h"

struct tasks;
/* Starts both; the indexer begins with what waits already. */
CS_MUST_USE struct tasks *tasks_start(struct home *home, struct problem *why);
/* There are records that the index has not. Any thread. */
void tasks_records_changed(struct tasks *tasks);
/* Ends both and joins their threads. NULL is fine. */
void tasks_stop(struct tasks *tasks);

#endif
