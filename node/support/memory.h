/*
 * The one pair of allocation functions of the node. The libraries are given it too, so that a test
 * can fail the n-th allocation of the whole process. Not an arena: see arena below for that.
 */
#ifndef SUPPORT_MEMORY_H
#define SUPPORT_MEMORY_H

#include <commonshelf/base.h>

/* memory_resize(NULL, n) allocates. NULL on failure, with p as it was. n is never 0. */
CS_MUST_USE void *memory_resize(void *p, size_t n);
CS_MUST_USE void *memory_new(size_t n); /* zeroed */
void memory_free(void *p);
CS_MUST_USE char *memory_copy_text(const char *s);
CS_MUST_USE char *memory_copy_span(struct cs_span s); /* NUL-terminated copy */

/* Gives the pair to OpenSSL, SQLite, libcurl, libevent, jansson and ICU. Called once, first in main,
 * before any of them is used. -1 if one of them had already started. */
int memory_install(void);
/* For protocol/'s buffers. */
const struct cs_allocator *memory_allocator(void);
/* Tests: the n-th allocation from now fails (1 = the next), once; 0 switches it off. */
void memory_fail_at(unsigned long n);

/* A run of allocations freed together: a request's, an import's. Not thread-safe. */
struct arena;
CS_MUST_USE struct arena *arena_new(void);
CS_MUST_USE void *arena_take(struct arena *a, size_t n); /* zeroed, aligned for any type */
CS_MUST_USE char *arena_text(struct arena *a, const char *s, size_t n); /* NUL-terminated */
void arena_reset(struct arena *a); /* frees all but the first block */
void arena_free(struct arena *a);

#endif
