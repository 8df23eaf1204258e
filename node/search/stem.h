/*
 * Snowball's stemmers, by language and script, opened when first needed. Inside search/ only.
 */
#ifndef SEARCH_STEM_H
#define SEARCH_STEM_H

#include "search/analyse.h"

struct stemmers;
CS_MUST_USE struct stemmers *stemmers_new(struct problem *why);
void stemmers_free(struct stemmers *s);
/* Those of the set that a word with this first character can belong to. */
uint32_t stemmers_for(uint32_t set, UChar32 first);
/*
 * Appends to `out`, each with " " SAME_PLACE STEM_MARK before it, the keys of the word's stems in each
 * language of the set. `surface` and `key` are UTF-8.
 */
void stemmers_add(struct stemmers *s, uint32_t set, struct cs_span surface, struct cs_span key,
                  struct cs_buffer *out);

#endif
