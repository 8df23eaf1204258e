/*
 * Spans of time as people write them on a command line.
 */
#ifndef COMMAND_DURATION_H
#define COMMAND_DURATION_H

#include <commonshelf/base.h>

/* "45s", "30m", "12h", "7d", "2w": a whole number and its unit; 1 second to `max`. -1 for anything
 * else. */
CS_MUST_USE int duration_read(const char *text, uint64_t max, uint64_t *seconds);

#endif
