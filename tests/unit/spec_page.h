/*
 * The page protocol/SPEC.md as its test reads it: blocks fenced by "```example NAME", verbatim or made
 * of lines "name: value" (a line that begins with two spaces goes on with the one before). Tests only;
 * every function fails the test when what it is asked for is not there.
 */
#ifndef TESTS_SPEC_PAGE_H
#define TESTS_SPEC_PAGE_H

#include "tests/unit/vectors.h"

#include <commonshelf/keyset.h>

extern struct cs_buffer page; /* with a NUL behind it */

/* A group's setup and teardown. */
int find_blocks(void **state);
int forget_page(void **state);
/* Appends a file below $top_srcdir, with a NUL behind it. */
void load(const char *name, struct cs_buffer *out);

/* The block's bytes, up to the LF before its closing fence. */
struct cs_span block(const char *name);
/* Every block was asked for. */
void expect_all_read(void);

/* Takes one "name: value" off the front of `rest`; the value goes to `value`, emptied before, with a
 * NUL behind it. False at the end. */
bool next_field(struct cs_span *rest, struct cs_span *name, struct cs_buffer *value);
/* The n-th value of that name in an example; the span is `value`'s. */
struct cs_span field_at(const char *example, const char *name, size_t n, struct cs_buffer *value);
struct cs_span field(const char *example, const char *name, struct cs_buffer *value);
struct cs_node_id node_of(const char *example, const char *name);

void expect_field(const char *example, const char *name, const char *expected);
/* The value is these bytes in that encoding. */
void expect_encoded(const char *example, const char *name,
                    void (*encode)(struct cs_buffer *, struct cs_span), const void *p, size_t n);

#endif
