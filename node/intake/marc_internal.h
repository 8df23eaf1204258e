/*
 * What the parts of the MARC 21 map share.
 */
#ifndef INTAKE_MARC_INTERNAL_H
#define INTAKE_MARC_INTERNAL_H

#include "intake/draft.h"
#include "intake/marc.h"
#include "intake/text.h"
#include "intake/values.h"

#define MARC_LANGUAGES_MAX CS_RECORD_LANGUAGES_MAX

/* A record that is being mapped. */
struct marc_work {
    const struct marc_record *m;
    struct draft *draft;
    char languages[MARC_LANGUAGES_MAX][VALUE_LANGUAGE_MAX]; /* BCP 47, the text's own first */
    size_t n_languages;
};

/* One character of a fixed field; ' ' when it is shorter. */
char marc_position(const struct marc_record *m, const char *tag, size_t at);

/* marc_script.c: the same field in its own script. */

/* The 880 that belongs to a field by its $6; NULL when there is none. */
const struct marc_field *marc_linked(const struct marc_work *w, const struct marc_field *f);
/* Whether an 880 stands for `tag` with no field beside it ($6 TAG-00). */
bool marc_alone(const struct marc_field *f, const char *tag);
/* The tag of a text whose letters are of one script: the record's language that is written in it, or
 * "und-Arab". */
void marc_text_language(const struct marc_work *w, struct cs_span text,
                        char out[VALUE_LANGUAGE_MAX]);
/* Puts a text and, if there is one, its form in the original script before it. */
void marc_put_both(const struct marc_work *w, enum member member, const struct marc_field *f,
                   struct cs_span (*text)(struct draft *draft, const struct marc_field *f));

/* marc_codes.c: what the coded positions say. */
void marc_put_languages(struct marc_work *w);
void marc_put_type(const struct marc_work *w);
void marc_put_date(const struct marc_work *w);
/* marc_links.c: identifiers, addresses, access. */
void marc_put_identifiers(const struct marc_work *w);
void marc_put_links(const struct marc_work *w);
void marc_put_key(const struct marc_work *w);

#endif
