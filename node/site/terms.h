/*
 * The coded values of records in words that people use. Values without a word here are shown as
 * they stand. Constants in the reader's language.
 */
#ifndef SITE_TERMS_H
#define SITE_TERMS_H

#include <commonshelf/base.h>

#define TERM_TEXT 80

/* NULL for a value that has no word. */
const char *term_category(const char *value);
const char *term_type(const char *value);
const char *term_availability(const char *value);
const char *term_kind(const char *value);
/* The heading of a facet: "How to get it". */
const char *term_facet(const char *field);

/*
 * The short name of a licence URI: "CC BY-SA 4.0", "Public domain", "In copyright"; the SPDX name.
 * False if it is none of those.
 */
bool term_license(const char *uri, char out[TERM_TEXT]);
/* "PDF" for "application/pdf"; the media type itself for those that have no common name. */
const char *term_media(const char *media_type);

/* The categories of a record, in the order in which they are offered; ended by NULL. */
extern const char *const term_categories[];

#endif
