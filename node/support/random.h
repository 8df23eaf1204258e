/*
 * Random bytes from the system. Tests give a seed and get the same bytes again.
 */
#ifndef SUPPORT_RANDOM_H
#define SUPPORT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills n bytes. Ends the process if the system has none to give: nothing safe can follow. Buffered:
 * cheap for 16 bytes at a time. Thread-safe; forgets its buffer after fork. */
void random_bytes(void *out, size_t n);
uint32_t random_below(uint32_t limit);
/* Tests: a reproducible stream from this seed; NULL goes back to the system's. */
void random_replay(const char *seed);

#endif
