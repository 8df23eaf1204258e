/*
 * The tokens of one word, remembered from word to word while indexing: most words of a text have been
 * met before. Inside search/ only.
 */
#ifndef SEARCH_WORD_H
#define SEARCH_WORD_H

#include "search/analyse.h"

struct forms {
    const char *tokens; /* as in struct piece; until the next call */
    size_t length, surface, key, key_length;
};

struct words;
CS_MUST_USE struct words *words_new(bool cache, struct problem *why);
void words_free(struct words *w);
/* `u` is a word after NFKC_Casefold, n > 0. */
CS_MUST_USE int words_forms(struct words *w, const UChar *u, size_t n, uint32_t stemmers,
                            struct forms *out, struct problem *why);

#endif
