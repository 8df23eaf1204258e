/*
 * Numbers, times, dates and names of languages as the reader's language writes them: ICU's data, one
 * set of formatters for each language that was asked for. One for each thread. Sentences are not made
 * here; they go through _().
 */
#ifndef SITE_WORDS_H
#define SITE_WORDS_H

#include <stdint.h>

#include "support/support.h"

#define WORDS_TEXT 160

struct words;

/* NULL when memory is short. A formatter that ICU can't make is replaced by digits. */
CS_MUST_USE struct words *words_new(void);
void words_free(struct words *words);

/* Each writes a NUL-terminated text in the language of language_get() and returns `out`. */

/* "1,204" */
const char *words_number(struct words *words, int64_t n, char out[WORDS_TEXT]);
/* "1.2 MB" */
const char *words_bytes(struct words *words, int64_t bytes, char out[WORDS_TEXT]);
/* "just now", "4 minutes ago", "yesterday", "3 days ago"; further back than four weeks, or ahead of
 * `now` by more than clocks differ, the date. */
const char *words_when(struct words *words, uint64_t then, uint64_t now, char out[WORDS_TEXT]);
/* "12 May 2026" from EDTF or an ISO 8601 time: what it knows of, and as it stands otherwise. */
const char *words_date(struct words *words, const char *edtf, char out[WORDS_TEXT]);
/* "2 hours" from an ISO 8601 duration; as it stands if it is of another form. */
const char *words_duration(struct words *words, const char *duration, char out[WORDS_TEXT]);
/* "Swahili" for "sw": in the reader's language; the tag itself if ICU has no name. */
const char *words_language(const char *tag, char out[WORDS_TEXT]);
/* "Kiswahili" for "sw": in that language; empty if ICU has none. */
const char *words_language_own(const char *tag, char out[WORDS_TEXT]);
/* True if the reader's language is written from right to left. */
bool words_right_to_left(void);

#endif
