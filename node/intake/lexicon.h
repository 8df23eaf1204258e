/*
 * Words that stand for something: column headers, kinds, access, licences, types, names of languages,
 * in the languages people keep their lists in. Looked up folded (text_fold), so that case, accents
 * and punctuation don't matter.
 */
#ifndef INTAKE_LEXICON_H
#define INTAKE_LEXICON_H

#include <commonshelf/base.h>

enum lexicon_topic {
    LEXICON_HEADER, /* to a member's name, "id", "ignore" */
    LEXICON_ACCESS, /* to open, ask, loan, onsite */
    LEXICON_KIND, /* to resource, need */
    LEXICON_CATEGORY, /* to a category of contract.md §5 */
    LEXICON_TYPE, /* to a schema.org type */
    LEXICON_LICENCE, /* to a URI */
    LEXICON_LANGUAGE, /* to BCP 47 */
    LEXICON_TOPICS
};

/* One meaning and its spellings, separated by '|'. Lists end with a NULL meaning. */
struct lexicon_entry {
    const char *meaning;
    const char *spellings;
};
extern const struct lexicon_entry lexicon_headers[];
extern const struct lexicon_entry lexicon_access[];
extern const struct lexicon_entry lexicon_kinds[];
extern const struct lexicon_entry lexicon_categories[];
extern const struct lexicon_entry lexicon_types[];
extern const struct lexicon_entry lexicon_licences[];
extern const struct lexicon_entry lexicon_languages[]; /* beside those that ICU knows */

struct lexicon;
CS_MUST_USE struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *x);
/* The meaning, a constant or owned by the lexicon; NULL when it is in no table (or memory is out). The
 * names of languages are loaded at the first that is asked for. */
const char *lexicon_find(struct lexicon *x, enum lexicon_topic topic, struct cs_span word);

#endif
