/*
 * From text to words: the one analysis that index, query and snippets share. It decides what counts
 * as the same word, and nothing about ranking. Inside search/ only.
 *
 * A word has several tokens, all at its place in the text:
 *   surface  the word after NFKC_Casefold
 *   key      if it differs: without accents and vowel marks, letters that are written either way made
 *            one, digits as ASCII, Arabic without its article. Two words whose keys are equal match.
 *   stems    for each language given: STEM_MARK, the algorithm's letter, the key of the stem
 * Han, Kana and Hangul take a place for each character:
 *   pair     PAIR_MARK and the character with its successor; the last of a run alone
 *   word     the dictionary's word that starts there (in Hangul, the run), with its tokens as above
 */
#ifndef SEARCH_ANALYSE_H
#define SEARCH_ANALYSE_H

#include <unicode/utypes.h>

#include "support/support.h"

/* Bytes that can't be part of a word, in front of tokens of other kinds. FTS5 sees them as letters. */
#define SAME_PLACE "\x1F" /* to the index: stands where the token before it stands; no part of it */
#define STEM_MARK "\x1E"
#define PAIR_MARK "\x1D"
#define ISBN_MARK "\x1C"
#define GAP_TOKEN                                                                                  \
    "\x1B" /* between values of a field, so that no phrase reaches across; every
                           * document has one */

#define WORD_UNITS_MAX 64 /* UTF-16 units of a word that count; the rest of it is ignored */
#define STEMMERS_MAX 32 /* a set of languages is a bit for each algorithm */

enum piece_kind {
    PIECE_WORD, /* at the next place */
    PIECE_JOINED, /* parts around hyphens or apostrophes as one word, at the place of the word before;
                     * given at the first and at the last part */
    PIECE_PAIR, /* at the next place */
    PIECE_RUN_WORD, /* at the place of the pair before */
};

struct piece {
    enum piece_kind kind;
    unsigned unit; /* pieces of one unit are one word to a person: they match together */
    bool inside; /* a pair: its second character is of the same unit */
    bool lone; /* a pair that is the last character of its run */
    const char *tokens; /* separated by ' '; all but the first start with SAME_PLACE */
    size_t length;
    size_t surface; /* bytes of the first token */
    size_t key, key_length; /* where the key is: the first token if there is no other */
    size_t start, end; /* bytes of the text; only when asked for */
};

struct analyser; /* for one thread */
/* `cache` true for an indexer: remembers words, some MB. */
CS_MUST_USE struct analyser *analyser_new(bool cache, struct problem *why);
void analyser_free(struct analyser *a);

/*
 * Calls `each` for every piece of the text, in order. `stemmers` is a set from stemmers_of; `places`
 * asks for start and end. -1 when memory runs out.
 */
CS_MUST_USE int analyse(struct analyser *a, struct cs_span text, uint32_t stemmers, bool places,
                        void (*each)(void *arg, const struct piece *piece), void *arg,
                        struct problem *why);
/* Appends the tokens in the form that the index takes, with a ' ' before each. */
CS_MUST_USE int analyse_tokens(struct analyser *a, struct cs_span text, uint32_t stemmers,
                               struct cs_buffer *out, struct problem *why);

/* The set that holds the stemmer of a BCP 47 tag; empty if there is none for it. */
uint32_t stemmers_of(const char *lang);
/* "1/72": two indexes of one version hold the same tokens for the same text. */
#define ANALYSIS_TEXT 32
void analysis_version(char out[ANALYSIS_TEXT]);

/* ---- parts of the analysis, for its tests */
enum { FOLD_KEEP_ARTICLE = 1 };
/* The key of a word (UTF-16, NFKC_Casefold): at most `room` units are written. Returns how many. */
int32_t fold_word(const UChar *word, int32_t n, unsigned flags, UChar *out, int32_t room);

/* NFKC_Casefold of a text, with the bytes that each unit came from. */
struct plain {
    UChar *u;
    size_t n, room;
    bool identity; /* unit i is byte i */
    uint32_t *from, *to; /* bytes of the text, when asked for and not identity */
    size_t places_room;
    UChar *raw; /* before folding */
    uint32_t *raw_from;
    size_t raw_room, raw_places_room;
};
CS_MUST_USE int plain_read(struct plain *p, struct cs_span text, bool places, struct problem *why);
void plain_free(struct plain *p);

#endif
