/*
 * Numbers, times, dates and names of languages as the reader's language writes them: ICU's data,
 * one set of formatters for each language that was asked for. One for each thread. Sentences are
 * not made here; they go through _().
 */
#ifndef SITE_PHRASE_H
#define SITE_PHRASE_H

#include <stdint.h>

#include "support/support.h"

#define PHRASE_TEXT 160

struct phrases;

/* NULL when memory is short. A formatter that ICU can't make is replaced by digits. */
CS_MUST_USE struct phrases *phrase_new(void);
void phrase_free(struct phrases *phrases);

/* Each writes a NUL-terminated text in the language of language_get() and returns `out`. */

/* "1,204" */
const char *phrase_number(struct phrases *phrases, int64_t n, char out[PHRASE_TEXT]);
/* "1.2 MB" */
const char *phrase_bytes(struct phrases *phrases, int64_t bytes, char out[PHRASE_TEXT]);
/* "just now", "4 minutes ago", "yesterday", "3 days ago"; further back than four weeks, or ahead of
 * `now` by more than clocks differ, the date. */
const char *phrase_when(struct phrases *phrases, uint64_t then, uint64_t now,
                        char out[PHRASE_TEXT]);
/* "12 May 2026" from EDTF or an ISO 8601 time: what it knows of, and as it stands otherwise. */
const char *phrase_date(struct phrases *phrases, const char *edtf, char out[PHRASE_TEXT]);
/* "2 hours" from an ISO 8601 duration; as it stands if it is of another form. */
const char *phrase_duration(struct phrases *phrases, const char *duration, char out[PHRASE_TEXT]);
/* "Swahili" for "sw": in the reader's language; the tag itself if ICU has no name. */
const char *phrase_language(const char *tag, char out[PHRASE_TEXT]);
/* "Kiswahili" for "sw": in that language; empty if ICU has none. */
const char *phrase_language_own(const char *tag, char out[PHRASE_TEXT]);
/* True if the reader's language is written from right to left. */
bool phrase_right_to_left(void);

#endif
